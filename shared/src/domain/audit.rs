//! The control trail: one event for every write and every refused write of an
//! authenticated caller.
//!
//! An event never holds the input itself, a key or a secret, and no function
//! changes or deletes one.

use schemars::JsonSchema;
use serde::Serialize;
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
            | Error::MethodNotAllowed(_)
            | Error::IdempotencyConflict(_)
            | Error::PayloadTooLarge
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
    /// The request.
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

/// What became of one write. Optional fields that have no value are left out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEvent")]
pub struct AuditEventView<'a> {
    /// Its id, a UUID version 7.
    #[schemars(extend("format" = "uuid"))]
    id: String,
    /// The workspace that it belongs to.
    tenant_id: &'a TenantId,
    /// Who acted.
    actor: &'a Actor,
    /// The credential that proved it: the public part of the key.
    credential_id: &'a KeyId,
    /// The way by which the write came in.
    source: Source,
    /// The MCP tool that was called, where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    tool_name: Option<&'a str>,
    /// The route's template, where no tool was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    api_route: Option<&'a str>,
    /// What kind of record the event is about.
    #[schemars(extend("const" = RESOURCE_TYPE))]
    resource_type: &'static str,
    /// The activity that was written, where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActivityId")]
    resource_id: Option<ActivityId>,
    /// What the event records.
    #[schemars(extend("const" = ACTION))]
    action: &'static str,
    /// SHA-256, in hex, of the canonical JSON of the input, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("pattern" = "^[0-9a-f]{64}$"))]
    input_hash: Option<&'a str>,
    /// What became of the write.
    status: AuditStatus,
    /// Why it was refused, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ErrorCode")]
    error_code: Option<ErrorCode>,
    /// The request that asked for the write.
    request_id: &'a str,
    /// When it was decided, in UTC.
    occurred_at: Timestamp,
}

impl<'a> From<&'a AuditEvent> for AuditEventView<'a> {
    fn from(event: &'a AuditEvent) -> Self {
        let (tool_name, api_route) = match &event.entry_point {
            EntryPoint::Tool(name) => (Some(name.as_str()), None),
            EntryPoint::ApiRoute(route) => (None, Some(route.as_str())),
        };
        Self {
            id: event.id.to_string(),
            tenant_id: &event.tenant_id,
            actor: &event.actor,
            credential_id: &event.credential_id,
            source: event.source,
            tool_name,
            api_route,
            resource_type: RESOURCE_TYPE,
            resource_id: event.resource_id,
            action: ACTION,
            input_hash: event.input_hash.as_ref().map(InputHash::as_str),
            status: event.status,
            error_code: event.error_code,
            request_id: &event.request_id,
            occurred_at: event.occurred_at,
        }
    }
}
