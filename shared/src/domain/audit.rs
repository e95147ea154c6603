//! The control trail: one event for every write and every refused write of an
//! authenticated caller.
//!
//! An event never holds the input itself, a key or a secret, and no function
//! changes or deletes one.

use uuid::Uuid;

use crate::domain::activity::{ActivityId, Source};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, ErrorCode};
use crate::domain::idempotency::{IdempotencyKey, IdempotencySpace, InputHash, KeyInSpace};
use crate::domain::principal::{Attribution, KeyId, Principal, TenantId};
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

word_enum! {
    /// The way by which an event came, as the trail names it.
    EventSource {
        /// A message of a queue.
        Sqs = "event:sqs",
        /// A rule of a bus, also where a queue is in between.
        EventBridge = "event:eventbridge",
        /// An invocation of the function.
        Invoke = "event:invoke",
    }
}

/// What the trail names as the route of an import.
const IMPORT: &str = "import";

/// The door that a write came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryPoint {
    /// An HTTP route, by its template.
    ApiRoute(String),
    /// An MCP tool.
    Tool(String),
    /// An event.
    Event(EventSource),
    /// The operator's import of a file.
    Import,
}

impl EntryPoint {
    /// The tool, where it is one.
    #[must_use]
    pub fn tool_name(&self) -> Option<&str> {
        match self {
            Self::Tool(name) => Some(name),
            Self::ApiRoute(_) | Self::Event(_) | Self::Import => None,
        }
    }

    /// What the trail names as the route, where it is no tool.
    #[must_use]
    pub fn api_route(&self) -> Option<&str> {
        match self {
            Self::Tool(_) => None,
            Self::ApiRoute(template) => Some(template),
            Self::Event(source) => Some(source.as_str()),
            Self::Import => Some(IMPORT),
        }
    }

    /// The door that the trail names as a route.
    #[must_use]
    pub fn of_api_route(text: &str) -> Self {
        match EventSource::parse(text) {
            Ok(source) => Self::Event(source),
            Err(_) if text == IMPORT => Self::Import,
            Err(_) => Self::ApiRoute(text.to_owned()),
        }
    }
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

impl Call {
    /// A key that was given with the call, in the space that it belongs to.
    #[must_use]
    pub fn key(&self, key: IdempotencyKey) -> KeyInSpace {
        let space = match self.entry_point {
            EntryPoint::ApiRoute(_) | EntryPoint::Tool(_) => IdempotencySpace::Caller {
                authenticated_as: self.principal.by.authenticated_as.clone(),
                actor: self.principal.by.actor.clone(),
            },
            EntryPoint::Event(_) => IdempotencySpace::Events,
            EntryPoint::Import => IdempotencySpace::Imports,
        };
        KeyInSpace { space, key }
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
            by: call.principal.by.clone(),
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
