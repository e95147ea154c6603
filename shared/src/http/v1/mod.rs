//! The `/v1` dialect: bearer credentials, one error envelope, strict input.

pub mod audit;
pub mod get;
pub mod keys;
pub mod log;
pub mod search;

use schemars::JsonSchema;
use serde::Serialize;

use super::exchange::Exchange;
use super::message::{Response, json};
use super::status::status;
use super::view::ErrorDetail;
use crate::app::authenticate::{self, Presented};
use crate::app::context::Context;
use crate::domain::error::{Error, Result};
use crate::domain::principal::Principal;

/// The body of every error.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ErrorResponse")]
pub struct ErrorBody<'a> {
    error: ErrorDetail<'a>,
}

/// Writes an error.
#[must_use]
pub fn error(error: &Error, request_id: &str) -> Response {
    let body = ErrorBody { error: ErrorDetail::of(error, request_id) };
    json(status(error.code()), &body)
}

/// The header by which a caller names the user that it acts for.
const USER: &str = "x-user-id";

/// The caller, from `Authorization: Bearer <key>`, and the user whom `X-USER-ID` names,
/// where there is one.
pub async fn authenticate(ctx: &Context, exchange: &Exchange<'_>) -> Result<Principal> {
    let value = exchange.header("authorization").ok_or(Error::Unauthorized)?;
    let (scheme, key) = value.split_once(' ').ok_or(Error::Unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Error::Unauthorized);
    }
    let user = match exchange.request().headers.contains_key(USER) {
        false => None,
        // With a comma it may be two that a gateway has joined. Nobody is called nothing.
        true => Some(exchange.header(USER).filter(|user| !user.contains(',')).unwrap_or("")),
    };
    let presented = Presented {
        key: key.trim(),
        key_header: "Authorization",
        user,
        business: None,
        door: &exchange.door(),
    };
    exchange.note_caller(ctx, authenticate::authenticate(ctx, presented).await)
}
