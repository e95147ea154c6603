//! What is an auditable fact: the one place that decides it.
//!
//! Every call of an authenticated caller, every event and every command of an
//! operator is one [`Action`]. [`Action::recording`] tells what the trail has of it,
//! by how it ended.

use crate::domain::audit_reads::AuditReads;
use crate::domain::error::Error;
use crate::domain::value::word_enum;

word_enum! {
    /// What an audit event records.
    Action {
        /// An activity was logged.
        ActivityLogged = "activity.logged",
        /// An activity was read by its id.
        ActivityRead = "activity.read",
        /// Activities were searched or listed.
        ActivitiesSearched = "activity.searched",
        /// A file of activities was imported: one event a run.
        ActivitiesImported = "activity.imported",
        /// Activities were filed again for searches: one event a run.
        ActivitiesReindexed = "activity.reindexed",
        /// An activity type was defined or changed.
        ActivityTypeUpdated = "activity_type.updated",
        /// An activity type was disabled.
        ActivityTypeDisabled = "activity_type.disabled",
        /// Activity types were read.
        ActivityTypeRead = "activity_type.read",
        /// Ids were registered for record types.
        RecordTypesUpdated = "record_type.updated",
        /// A related resource was named or renamed in the registry.
        ResourceUpdated = "resource.updated",
        /// A related resource was taken out of the registry.
        ResourceDeleted = "resource.deleted",
        /// A file of related resources was put into the registry: one event a run.
        ResourcesImported = "resource.imported",
        /// An actor was named or renamed in the registry.
        ActorUpdated = "actor.updated",
        /// An actor was taken out of the registry.
        ActorDeleted = "actor.deleted",
        /// A token was made with which a user may view activities.
        ViewerTokenCreated = "actor.viewer_token_created",
        /// A file of actors was put into the registry: one event a run.
        ActorsImported = "actor.imported",
        /// A key was made.
        KeyCreated = "key.created",
        /// A key got a successor.
        KeyRotated = "key.rotated",
        /// A key was revoked.
        KeyRevoked = "key.revoked",
        /// Keys were read.
        KeyRead = "key.read",
        /// A key that holds was used where it may not be: for another tenant, for a
        /// user whom it may not name, after its end, from elsewhere.
        KeyRefused = "key.refused",
        /// Refusals of a key beyond those that have events of their own were counted.
        RefusalsCounted = "key.refusals_counted",
        /// The audit trail was read.
        AuditEventsRead = "audit_event.read",
        /// A message to the MCP endpoint could not be read.
        ToolCalled = "tool.called",
        /// The settings of the tenant were changed.
        TenantUpdated = "tenant.updated",
        /// The removal of the tenant began: it is closed.
        TenantClosed = "tenant.closed",
        /// The tenant's records were removed.
        TenantRemoved = "tenant.removed",
        /// A log was begun anew behind a restore of the table.
        LogRestored = "log.restored",
        /// Checkpoints of the log are signed by one more key.
        LogKeyAdded = "log.key_added",
        /// An activity or an audit event was removed from the table by somebody.
        TrailItemRemoved = "trail.item_removed",
        /// An activity or an audit event was changed in the table by somebody.
        TrailItemChanged = "trail.item_changed",
    }
}

word_enum! {
    /// What an audit event is about.
    ResourceType as "AuditedResourceType" {
        /// An activity.
        Activity = "activity",
        /// An activity type.
        ActivityType = "activity_type",
        /// A record type of the tenant's own.
        RecordType = "record_type",
        /// A related resource; its id is `<record type>:<id>`.
        Resource = "resource",
        /// An actor; its id is `<type>:<id>`.
        Actor = "actor",
        /// A key.
        Key = "key",
        /// The trail itself.
        AuditEvent = "audit_event",
        /// An MCP tool.
        Tool = "tool",
        /// The tenant.
        Tenant = "tenant",
        /// The signed log of the trail.
        Log = "log",
        /// An item of the table that the trail proves.
        Trail = "trail",
    }
}

/// What the trail has of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// Nothing.
    Nothing,
    /// Nothing more: the event was written in the transaction of what was done.
    Done,
    /// An event of its own.
    Event,
    /// One event for all calls of the credential by the route in an hour.
    Hourly,
    /// An event of its own where it is one of the first of a minute; else it counts.
    Refusal,
}

/// What kind of thing an action is, where the trail is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It changes something.
    Change,
    /// It reads records or searches them.
    Read,
    /// It reads the trail.
    ReadOfTrail,
}

impl Action {
    /// What kind of resource it is about.
    #[must_use]
    pub fn resource_type(self) -> ResourceType {
        match self {
            Self::ActivityLogged
            | Self::ActivityRead
            | Self::ActivitiesSearched
            | Self::ActivitiesImported
            | Self::ActivitiesReindexed => ResourceType::Activity,
            Self::ActivityTypeUpdated | Self::ActivityTypeDisabled | Self::ActivityTypeRead => {
                ResourceType::ActivityType
            }
            Self::RecordTypesUpdated => ResourceType::RecordType,
            Self::ResourceUpdated | Self::ResourceDeleted | Self::ResourcesImported => {
                ResourceType::Resource
            }
            Self::ActorUpdated
            | Self::ActorDeleted
            | Self::ViewerTokenCreated
            | Self::ActorsImported => ResourceType::Actor,
            Self::KeyCreated
            | Self::KeyRotated
            | Self::KeyRevoked
            | Self::KeyRead
            | Self::KeyRefused
            | Self::RefusalsCounted => ResourceType::Key,
            Self::AuditEventsRead => ResourceType::AuditEvent,
            Self::ToolCalled => ResourceType::Tool,
            Self::TenantUpdated | Self::TenantClosed | Self::TenantRemoved => ResourceType::Tenant,
            Self::LogRestored | Self::LogKeyAdded => ResourceType::Log,
            Self::TrailItemRemoved | Self::TrailItemChanged => ResourceType::Trail,
        }
    }

    /// The actions about a kind of resource.
    pub fn about(resource_type: ResourceType) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |action| action.resource_type() == resource_type)
    }

    fn kind(self) -> Kind {
        match self {
            Self::ActivityRead
            | Self::ActivitiesSearched
            | Self::ActivityTypeRead
            | Self::KeyRead => Kind::Read,
            Self::AuditEventsRead => Kind::ReadOfTrail,
            _ => Kind::Change,
        }
    }

    /// What the trail has of a call that asked for this and ended so: with nothing
    /// wrong, or with an error. `reads` is what the tenant asked for.
    ///
    /// Failures of the service are none of the caller's deeds, and somebody who is
    /// not authenticated has none.
    #[must_use]
    pub fn recording(self, error: Option<&Error>, reads: AuditReads) -> Recording {
        let Some(error) = error else {
            return match self.kind() {
                Kind::Change => Recording::Done,
                Kind::Read if reads == AuditReads::All => Recording::Event,
                Kind::Read => Recording::Nothing,
                Kind::ReadOfTrail => Recording::Hourly,
            };
        };
        match (AuditStatus::of_refusal(error), self.kind()) {
            (None, _) => Recording::Nothing,
            (Some(_), Kind::Change) | (Some(AuditStatus::Denied), _) => Recording::Refusal,
            (Some(_), Kind::Read | Kind::ReadOfTrail) if reads == AuditReads::All => {
                Recording::Refusal
            }
            (Some(_), Kind::Read | Kind::ReadOfTrail) => Recording::Nothing,
        }
    }
}

word_enum! {
    /// What became of what was asked for.
    AuditStatus {
        /// It was done.
        Succeeded = "succeeded",
        /// The credential lacked the scope, or could not be used so.
        Denied = "denied",
        /// It was refused for any other reason.
        Rejected = "rejected",
    }
}

impl AuditStatus {
    /// How a refusal is recorded; `None` when nothing was refused but failed, or
    /// nobody was authenticated.
    #[must_use]
    pub fn of_refusal(error: &Error) -> Option<Self> {
        match error {
            Error::MissingRequiredScope(_) => Some(Self::Denied),
            Error::MalformedRequest(_)
            | Error::ResourceNotFound
            | Error::NamedResourceNotFound(_)
            | Error::UnknownPath
            | Error::MethodNotAllowed
            | Error::IdempotencyConflict(_)
            | Error::PayloadTooLarge
            | Error::TooManyValues
            | Error::UnsupportedMediaType
            | Error::ValidationFailed(_) => Some(Self::Rejected),
            Error::Unauthorized
            | Error::RateLimited(_)
            | Error::Unavailable(_)
            | Error::Internal(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::principal::Scope;

    fn denied() -> Error {
        Error::MissingRequiredScope(Scope::ActivityRead)
    }

    #[test]
    fn a_change_is_recorded_with_what_it_did_and_each_of_its_refusals() {
        for reads in [AuditReads::Denied, AuditReads::All] {
            let recording = |error: Option<&Error>| Action::ActivityLogged.recording(error, reads);
            assert_eq!(recording(None), Recording::Done);
            assert_eq!(recording(Some(&denied())), Recording::Refusal);
            assert_eq!(recording(Some(&Error::PayloadTooLarge)), Recording::Refusal);
            assert_eq!(recording(Some(&Error::ResourceNotFound)), Recording::Refusal);
        }
    }

    #[test]
    fn a_read_is_recorded_where_it_was_denied_or_the_tenant_wants_all() {
        for action in [Action::ActivityRead, Action::ActivitiesSearched, Action::KeyRead] {
            let some = |error: Option<&Error>| action.recording(error, AuditReads::Denied);
            assert_eq!(some(None), Recording::Nothing);
            assert_eq!(some(Some(&denied())), Recording::Refusal);
            assert_eq!(some(Some(&Error::ResourceNotFound)), Recording::Nothing);
            let all = |error: Option<&Error>| action.recording(error, AuditReads::All);
            assert_eq!(all(None), Recording::Event);
            assert_eq!(all(Some(&denied())), Recording::Refusal);
            assert_eq!(all(Some(&Error::ResourceNotFound)), Recording::Refusal);
        }
    }

    #[test]
    fn reads_of_the_trail_are_one_event_an_hour() {
        for reads in [AuditReads::Denied, AuditReads::All] {
            assert_eq!(Action::AuditEventsRead.recording(None, reads), Recording::Hourly);
            let refused = Action::AuditEventsRead.recording(Some(&denied()), reads);
            assert_eq!(refused, Recording::Refusal);
        }
    }

    #[test]
    fn a_failure_or_nobody_is_never_recorded() {
        for action in Action::ALL {
            for error in [Error::Unauthorized, Error::Internal("x".into())] {
                let recording = action.recording(Some(&error), AuditReads::All);
                assert_eq!(recording, Recording::Nothing, "{action}");
            }
        }
    }

    #[test]
    fn the_word_of_an_action_begins_with_what_it_is_about() {
        for action in Action::ALL {
            let (about, deed) = action.as_str().split_once('.').unwrap();
            assert_eq!(about, action.resource_type().as_str());
            assert!(!deed.is_empty());
        }
        for resource_type in ResourceType::ALL {
            assert!(Action::about(*resource_type).next().is_some(), "{resource_type}");
        }
    }
}
