//! `DELETE /v1/keys/{key_id}`.

use http::StatusCode;
use schemars::SchemaGenerator;

use super::{describe_key_id, describe_one, key_id, respond_one};
use crate::app::get_key::KeyDetails;
use crate::domain::error::Result;
use crate::domain::principal::KeyId;
use crate::http::describe::{Described, KEYS};
use crate::http::exchange::Exchange;
use crate::http::message::Response;

/// Reads a request.
///
/// # Errors
///
/// 400 and 422 for parameters, and 404 for what is not an id at all.
pub fn parse(exchange: &Exchange<'_>) -> Result<KeyId> {
    exchange.expect_no_parameters()?;
    key_id(exchange)
}

/// Writes the key as it is now.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, details: &KeyDetails) -> Response {
    respond_one(exchange, details)
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "revoke_key",
        tag: KEYS,
        summary: "Revoke a key",
        description: "Ends a key for good. It makes no keys any more from then on, and is \
            refused everywhere after 60 seconds at the latest. It stays in the list. A key that \
            is revoked already keeps its first time.",
        parameters: vec![describe_key_id(schemas)],
        request_body: None,
        status: StatusCode::OK,
        success: describe_one(schemas, "The key as it is now."),
    }
}
