//! The control trail: what was done to a tenant's records and keys, and what was
//! refused, by whom, through which door.
//!
//! An event never holds the input itself, a key or a secret, and no function
//! changes or deletes one. What is an auditable fact is decided in [`action`].

pub mod action;
pub mod data;
pub mod entry_point;
pub mod record_hash;

use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use self::action::{Action, AuditStatus, Recording, ResourceType};
pub use self::data::Data;
pub use self::entry_point::{Door, EntryPoint, EventSource};
pub use self::record_hash::RecordHash;
use crate::domain::activity::Source;
use crate::domain::caller::Principal;
use crate::domain::client::Client;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, ErrorCode, FieldError};
use crate::domain::idempotency::{IdempotencyKey, IdempotencySpace, InputHash, KeyInSpace};
use crate::domain::principal::{Actor, Attribution, KeyId, Scope, TenantId};
use crate::domain::salt::Salts;

/// A call under way: who makes it, and through which door.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who calls.
    pub principal: Principal,
    /// How the call came in.
    pub door: Door,
}

/// What the trail names as credential of operators, who have their rights from AWS.
pub const OPERATOR_CREDENTIAL_ID: &str = "console";

impl Call {
    /// A command of an operator, for one tenant.
    #[must_use]
    pub fn of_operator(
        tenant_id: TenantId,
        actor: Actor,
        command: &str,
        request_id: String,
    ) -> Self {
        Self {
            principal: Principal {
                tenant_id,
                by: Attribution::of(actor),
                credential_id: KeyId::parse(OPERATOR_CREDENTIAL_ID).expect("the id is valid"),
                scopes: Scope::ALL.iter().copied().collect(),
                audit_reads: None,
                expires_at: None,
                bound_to: None,
            },
            door: Door {
                source: Source::Admin,
                entry_point: EntryPoint::Command(command.to_owned()),
                client: Client::default(),
                request_id,
            },
        }
    }

    /// A key that was given with the call, in the space that it belongs to.
    #[must_use]
    pub fn key(&self, key: IdempotencyKey) -> KeyInSpace {
        let space = match self.door.entry_point {
            EntryPoint::ApiRoute(_) | EntryPoint::Tool(_) | EntryPoint::Command(_) => {
                IdempotencySpace::Caller {
                    authenticated_as: self.principal.by.authenticated_as.clone(),
                    actor: self.principal.by.actor.clone(),
                }
            }
            EntryPoint::Event(_) => IdempotencySpace::Events,
            EntryPoint::Import => IdempotencySpace::Imports,
        };
        KeyInSpace { space, key }
    }

    /// The request, as the response and the log name it.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.door.request_id
    }
}

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its id, a UUID version 7.
    pub id: Uuid,
    /// The tenant that it belongs to.
    pub tenant_id: TenantId,
    /// Who acted.
    pub by: Attribution,
    /// The credential that proved it.
    pub credential_id: KeyId,
    /// The way by which the call came in.
    pub source: Source,
    /// The door.
    pub entry_point: EntryPoint,
    /// The caller's end.
    pub client: Client,
    /// What was asked for.
    pub action: Action,
    /// The id of what it is about, where that is one thing.
    pub resource_id: Option<String>,
    /// Hash of the input, where it could be parsed.
    pub input_hash: Option<InputHash>,
    /// Hash of the record that was written, where it is an activity.
    pub record_hash: Option<RecordHash>,
    /// What its parts are hashed with in the provable trail.
    pub salts: Salts,
    /// What became of it.
    pub status: AuditStatus,
    /// Why it was refused, where it was.
    pub error_code: Option<ErrorCode>,
    /// The properties, parameters and headers that broke a rule.
    pub fields: Vec<String>,
    /// What else there is to tell.
    pub data: Data,
    pub request_id: String,
    /// When it was decided.
    pub occurred_at: Timestamp,
}

/// How many names of violating fields an event has.
const MAX_FIELDS: usize = 20;

impl AuditEvent {
    /// The event of a call that is done.
    #[must_use]
    pub fn of(call: &Call, action: Action, id: Uuid, occurred_at: Timestamp, salts: Salts) -> Self {
        Self {
            id,
            tenant_id: call.principal.tenant_id.clone(),
            by: call.principal.by.clone(),
            credential_id: call.principal.credential_id.clone(),
            source: call.door.source,
            entry_point: call.door.entry_point.clone(),
            client: call.door.client.clone(),
            action,
            resource_id: None,
            input_hash: None,
            record_hash: None,
            salts,
            status: AuditStatus::Succeeded,
            error_code: None,
            fields: Vec::new(),
            data: Data::default(),
            request_id: call.door.request_id.clone(),
            occurred_at,
        }
    }

    /// The id of what it is about, where that may name a person or names a key.
    #[must_use]
    pub fn subject_id(&self) -> Option<&str> {
        match self.action.resource_type() {
            ResourceType::Actor | ResourceType::Resource | ResourceType::Key => {
                self.resource_id.as_deref()
            }
            ResourceType::Activity
            | ResourceType::ActivityType
            | ResourceType::RecordType
            | ResourceType::AuditEvent
            | ResourceType::Tool
            | ResourceType::Tenant
            | ResourceType::Log
            | ResourceType::Trail => None,
        }
    }

    /// The same of a call that was refused.
    #[must_use]
    pub fn refused(mut self, status: AuditStatus, error: &Error) -> Self {
        self.status = status;
        self.error_code = Some(error.code());
        self.fields = field_names(error.field_errors().unwrap_or_default());
        self
    }
}

/// The names of the fields that broke rules, each once, those that the caller chose
/// left out.
fn field_names(errors: &[FieldError]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in errors.iter().map(FieldError::name_of_schema) {
        if names.len() < MAX_FIELDS && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The id of an event that stands for several calls: a UUID version 7 of the time
/// that they are counted from, whose other bits are of SHA-256 over what they have in
/// common. So everybody who writes it writes the same.
#[must_use]
pub fn computed_event_id(since: Timestamp, in_common: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in in_common {
        // Each behind its length, so that no parts make the bytes of others.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(since.as_millis().to_be_bytes());
    let digest = hash.finalize();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    let millis = u64::try_from(since.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_names_fields_of_the_schema_once_and_none_that_the_caller_chose() {
        let errors = [
            FieldError::new("limit", "x"),
            FieldError::of_unknown("secret-name", "is not a known property"),
            FieldError::new("limit", "y"),
            FieldError::of_unknown("other", "is not a known property"),
        ];
        assert_eq!(field_names(&errors), ["limit", "$"]);
        let many: Vec<_> = (0..50).map(|n| FieldError::new(&format!("f{n}"), "x")).collect();
        assert_eq!(field_names(&many).len(), MAX_FIELDS);
    }

    #[test]
    fn a_computed_id_is_that_of_its_parts_and_its_time() {
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let id = computed_event_id(at(1_772_357_400_000), &["a", "b"]);
        assert_eq!(id, computed_event_id(at(1_772_357_400_000), &["a", "b"]));
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_timestamp().map(|time| time.to_unix().0), Some(1_772_357_400));
        for other in [
            computed_event_id(at(1_772_357_400_000), &["ab", ""]),
            computed_event_id(at(1_772_357_400_001), &["a", "b"]),
        ] {
            assert_ne!(id, other);
        }
    }
}
