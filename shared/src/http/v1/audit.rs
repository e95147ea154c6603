//! `GET /v1/audit-events`.

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;

use crate::app::input::Reader;
use crate::app::list_audit_events::AuditFilters;
use crate::app::listing::{
    DEFAULT_LIMIT, GivenCursor, Limit, Listing, MAX_LIMIT, Page, parse_bound, read_cursor,
    read_range,
};
use crate::app::permit::Permit;
use crate::domain::activity::{ActivityId, Source};
use crate::domain::actor_names::ActorNames;
use crate::domain::audit::{Action, AuditEvent, AuditStatus, ResourceType};
use crate::domain::clock::Bound;
use crate::domain::error::Result;
use crate::domain::named_actor::NamedActor;
use crate::domain::principal::{ActorType, KeyId};
use crate::domain::value::{Refusal, check_id, id_schema};
use crate::http::describe::{AUDIT, Described, query_parameters, success};
use crate::http::examples::{CURSOR, REQUEST_ID, actor_names, audit_event};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::page::respond_with_page;
use crate::http::view::AuditEventView;
use crate::input;

input! {
    /// Which events to list. All filters must match.
    pub struct ListAuditEventsInput {
        /// Only events about the thing with this id, such as an activity.
        optional "resource_id" => resource_id: GivenId;
        /// Only events about this kind of thing.
        optional "resource_type" => resource_type: ResourceType;
        /// Only events of this actor: its id, 1 to 255 bytes without control characters, or
        /// its type and id, as in `service:crm`.
        optional "actor_id" => actor: NamedActor;
        /// Only events of this kind of actor.
        optional "actor_type" => actor_type: ActorType;
        /// Only events of this action.
        optional "action" => action: Action;
        /// Only events of this credential: the public part of a key.
        optional "credential_id" => credential_id: KeyId;
        /// Only events of what came in this way.
        optional "source" => source: Source;
        /// Only events of what ended so.
        optional "status" => status: AuditStatus;
        /// Only the events of this request, as the header `x-request-id` of its response named it.
        optional "request_id" => request_id: GivenId;
        /// Only what was decided then or later: RFC 3339 with an offset, from 1970 on.
        time "occurred_after" => occurred_after: Bound = parse_bound;
        /// Only what was decided earlier: RFC 3339 with an offset, later than `occurred_after`.
        time "occurred_before" => occurred_before: Bound = parse_bound;
        /// Maximum number of audit events to return.
        number "limit" => limit: Limit = 1..=MAX_LIMIT;
        /// Opaque cursor from a previous response's `next_cursor`, with the same filters.
        optional "cursor" => cursor: GivenCursor;
    }
}

/// An id of whatever it may be, as a caller names it.
#[derive(Clone, Debug)]
pub struct GivenId(String);

impl GivenId {
    fn parse(text: &str) -> Result<Self, Refusal> {
        check_id(text)?;
        // An id of an activity may be written in capitals.
        let id = ActivityId::parse(text).map(|id| id.to_string());
        Ok(Self(id.unwrap_or_else(|| text.to_owned())))
    }
}

impl JsonSchema for GivenId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "GivenId".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        id_schema()
    }
}

/// Reads a request.
///
/// # Errors
///
/// 400 for a query that can't be decoded, and 422 with every violation.
pub fn parse(exchange: &Exchange<'_>, permit: Permit<'_>) -> Result<Listing<AuditFilters>> {
    let query = exchange.query()?;
    let mut reader = Reader::new(&query);
    let input = ListAuditEventsInput::read(&mut reader);
    let (occurred_after, occurred_before) =
        read_range(&mut reader, input.occurred_after, input.occurred_before);
    let filters = AuditFilters {
        resource_id: input.resource_id.map(|id| id.0),
        resource_type: input.resource_type,
        actor: input.actor,
        actor_type: input.actor_type,
        action: input.action,
        credential_id: input.credential_id,
        source: input.source,
        status: input.status,
        request_id: input.request_id.map(|id| id.0),
        occurred_after,
        occurred_before,
    };
    let position = |cursor: &str| filters.position(permit.tenant_id(), cursor);
    let after = read_cursor(&mut reader, input.cursor.as_ref(), position);
    let limit = input.limit.unwrap_or(DEFAULT_LIMIT);
    reader.finish(Ok(Listing { filters, limit, after }))
}

/// A page of the audit trail.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEventsResponse")]
pub struct AuditEventsBody<'a> {
    audit_events: Vec<AuditEventView<'a>>,
    /// Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    next_cursor: Option<&'a str>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

/// Writes a page.
#[must_use]
pub fn respond(
    exchange: &Exchange<'_>,
    listing: &Listing<AuditFilters>,
    page: &Page<AuditEvent>,
    names: &ActorNames,
) -> Response {
    let write = |rows: &[AuditEvent], next_cursor: Option<&str>| {
        let view = AuditEventsBody {
            audit_events: rows.iter().map(|row| AuditEventView::of(row, names)).collect(),
            next_cursor,
            request_id: exchange.request_id(),
        };
        json(StatusCode::OK, &view)
    };
    respond_with_page(page, write, |row| listing.filters.cursor_after(row))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "list_audit_events",
        tag: AUDIT,
        summary: "List audit events",
        description: "What was done and what was refused, newest first by the time it was \
            decided. For those who synchronise it is the feed: a search orders by when things \
            happened, so that a poller of it would miss what was logged late.",
        parameters: query_parameters::<ListAuditEventsInput>(schemas),
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "A page of the audit events that match.",
            &[],
            schemas.subschema_for::<AuditEventsBody<'static>>(),
            json!({
                "audit_events": [AuditEventView::of(&audit_event(), &actor_names())],
                "next_cursor": CURSOR,
                "request_id": REQUEST_ID,
            }),
        ),
    }
}
