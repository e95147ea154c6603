//! The control trail: one event for every write and every refused write of an
//! authenticated caller.
//!
//! An event never holds the input itself, a key or a secret, and no function
//! changes or deletes one.

use uuid::Uuid;

use crate::domain::activity::{ActivityId, Source};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, ErrorCode};
use crate::domain::idempotency::InputHash;
use crate::domain::principal::{Actor, KeyId, Principal, TenantId};
use crate::domain::value::word_enum;

word_enum! {
    /// What became of a write.
    AuditStatus {
        /// It was done, in the same transaction as the event.
        Succeeded = "succeeded",
        /// The credential lacked the scope.
        Denied = "denied",
        /// It was refused for any other reason.
        Rejected = "rejected",
    }
}

impl AuditStatus {
    /// How a write is recorded that was refused so; `None` when it was not
    /// refused but failed, or was not authenticated.
    #[must_use]
    pub fn of_refusal(error: &Error) -> Option<Self> {
        match error {
            Error::MissingRequiredScope(_) => Some(Self::Denied),
            Error::MalformedRequest(_)
            | Error::ResourceNotFound
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

/// The door that a write came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryPoint {
    /// An HTTP route's template, `event:<source>` or `import`.
    ApiRoute(String),
    /// An MCP tool.
    Tool(String),
}

/// A write under way: who does it, through which door, in which request.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who calls.
    pub principal: Principal,
    /// The way by which the record comes in.
    pub source: Source,
    /// The door.
    pub entry_point: EntryPoint,
    /// The request, as the response and the log name it.
    pub request_id: String,
}

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its id, a UUID version 7.
    pub id: Uuid,
    /// The tenant that it belongs to.
    pub tenant_id: TenantId,
    /// Who acted.
    pub actor: Actor,
    /// The credential that proved it.
    pub credential_id: KeyId,
    /// The way by which the write came in.
    pub source: Source,
    /// The door.
    pub entry_point: EntryPoint,
    /// The activity that was written, where one was.
    pub resource_id: Option<ActivityId>,
    /// Hash of the input, where it could be parsed.
    pub input_hash: Option<InputHash>,
    /// What became of the write.
    pub status: AuditStatus,
    /// Why it was refused, where it was.
    pub error_code: Option<ErrorCode>,
    pub request_id: String,
    /// When it was decided.
    pub occurred_at: Timestamp,
}

/// What every event of this log is about.
pub const RESOURCE_TYPE: &str = "activity";
/// What every event of this log records.
pub const ACTION: &str = "activity.logged";

impl AuditEvent {
    /// The event of a call, before it is known what became of it.
    #[must_use]
    pub fn of(call: &Call, id: Uuid, occurred_at: Timestamp) -> Self {
        Self {
            id,
            tenant_id: call.principal.tenant_id.clone(),
            actor: call.principal.actor.clone(),
            credential_id: call.principal.credential_id.clone(),
            source: call.source,
            entry_point: call.entry_point.clone(),
            resource_id: None,
            input_hash: None,
            status: AuditStatus::Succeeded,
            error_code: None,
            request_id: call.request_id.clone(),
            occurred_at,
        }
    }
}
