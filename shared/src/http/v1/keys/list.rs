//! `GET /v1/keys`.

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;

use super::KeyView;
use crate::app::get_key::KeyDetails;
use crate::app::input::Reader;
use crate::app::list_keys::{KeyListing, cursor_after, position};
use crate::app::listing::{DEFAULT_LIMIT, GivenCursor, Limit, MAX_LIMIT, Page, read_cursor};
use crate::app::permit::Permit;
use crate::domain::error::Result;
use crate::http::describe::{Described, KEYS, query_parameters, success};
use crate::http::examples::{CURSOR, REQUEST_ID, key_details};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::page::respond_with_page;
use crate::input;

input! {
    /// Which keys to list.
    pub struct ListKeysInput {
        /// Maximum number of keys to return.
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
pub fn parse(exchange: &Exchange<'_>, permit: Permit<'_>) -> Result<KeyListing> {
    let query = exchange.query()?;
    let mut reader = Reader::new(&query);
    let input = ListKeysInput::read(&mut reader);
    let position = |cursor: &str| position(permit.tenant_id(), cursor);
    let after = read_cursor(&mut reader, input.cursor.as_ref(), position);
    reader.finish(Ok(KeyListing { limit: input.limit.unwrap_or(DEFAULT_LIMIT), after }))
}

/// A page of the keys.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "KeysResponse")]
pub struct KeysBody<'a> {
    keys: Vec<KeyView<'a>>,
    /// Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    next_cursor: Option<&'a str>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

/// Writes a page.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, page: &Page<KeyDetails>) -> Response {
    let write = |rows: &[KeyDetails], next_cursor: Option<&str>| {
        let view = KeysBody {
            keys: rows.iter().map(KeyView::of).collect(),
            next_cursor,
            request_id: exchange.request_id(),
        };
        json(StatusCode::OK, &view)
    };
    respond_with_page(page, write, cursor_after)
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "list_keys",
        tag: KEYS,
        summary: "List keys",
        description: "The keys of the workspace, those that have ended included, by their ids: \
            these are random, so the order says nothing, and none is listed twice or skipped \
            however many are made meanwhile. Only the absence of `next_cursor` means the end.",
        parameters: query_parameters::<ListKeysInput>(schemas),
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "A page of the keys.",
            &[],
            schemas.subschema_for::<KeysBody<'static>>(),
            json!({
                "keys": [KeyView::of(&key_details())],
                "next_cursor": CURSOR,
                "request_id": REQUEST_ID,
            }),
        ),
    }
}
