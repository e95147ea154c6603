//! `GET /v1/audit-log/checkpoints`.

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;

use crate::app::checkpoints::{CheckpointListing, cursor_after, position};
use crate::app::context::Context;
use crate::app::input::Reader;
use crate::app::listing::{DEFAULT_LIMIT, GivenCursor, Limit, MAX_LIMIT, Page, read_cursor};
use crate::app::permit::Permit;
use crate::domain::error::Result;
use crate::http::describe::{AUDIT_LOG, Described, query_parameters, success};
use crate::http::examples::{CHECKPOINT, CURSOR, REQUEST_ID};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::page::respond_with_page;
use crate::input;
use crate::trail::seal::SealHead;

input! {
    /// Which checkpoints to list.
    pub struct ListCheckpointsInput {
        /// Maximum number of checkpoints to return.
        number "limit" => limit: Limit = 1..=MAX_LIMIT;
        /// Opaque cursor from a previous response's `next_cursor`.
        optional "cursor" => cursor: GivenCursor;
    }
}

/// Reads a request.
///
/// # Errors
///
/// 400 for a query that can't be decoded, and 422 with every violation.
pub fn parse(
    ctx: &Context,
    exchange: &Exchange<'_>,
    permit: Permit<'_>,
) -> Result<CheckpointListing> {
    let query = exchange.query()?;
    let mut reader = Reader::new(&query);
    let input = ListCheckpointsInput::read(&mut reader);
    let position = |cursor: &str| position(ctx, permit.tenant_id(), cursor);
    let from = read_cursor(&mut reader, input.cursor.as_ref(), position).unwrap_or(0);
    reader.finish(Ok(CheckpointListing { limit: input.limit.unwrap_or(DEFAULT_LIMIT), from }))
}

/// A page of the checkpoints.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CheckpointsResponse")]
pub struct CheckpointsBody<'a> {
    /// Signed notes, oldest first.
    checkpoints: Vec<&'a str>,
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
    ctx: &Context,
    exchange: &Exchange<'_>,
    permit: Permit<'_>,
    page: &Page<SealHead>,
) -> Response {
    let write = |rows: &[SealHead], next_cursor: Option<&str>| {
        let view = CheckpointsBody {
            checkpoints: rows.iter().map(|row| row.note.as_str()).collect(),
            next_cursor,
            request_id: exchange.request_id(),
        };
        json(StatusCode::OK, &view)
    };
    respond_with_page(page, write, |row| cursor_after(ctx, permit.tenant_id(), row))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "list_checkpoints",
        tag: AUDIT_LOG,
        summary: "List checkpoints",
        description: "Every checkpoint that was signed, oldest first, with the \
            [cosignatures](https://c2sp.org/tlog-cosignature) of witnesses. Only the absence of \
            `next_cursor` means the end.",
        parameters: query_parameters::<ListCheckpointsInput>(schemas),
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "A page of the checkpoints.",
            &[],
            schemas.subschema_for::<CheckpointsBody<'static>>(),
            json!({
                "checkpoints": [CHECKPOINT],
                "next_cursor": CURSOR,
                "request_id": REQUEST_ID,
            }),
        ),
    }
}
