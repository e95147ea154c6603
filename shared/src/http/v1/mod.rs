//! The `/v1` dialect: bearer credentials, one error envelope, strict input.

pub mod audit;
pub mod audit_log;
pub mod get;
pub mod keys;
pub mod log;
pub mod me;
pub mod proof;
pub mod search;
pub mod viewer_tokens;

use schemars::JsonSchema;
use serde::Serialize;

use super::exchange::Exchange;
use super::message::{Response, json};
use super::status::status;
use super::view::ErrorDetail;
use crate::app::authenticate::{self, Presented, Viewers};
use crate::app::context::Context;
use crate::domain::caller::Principal;
use crate::domain::credential::ApiKey;
use crate::domain::error::{Error, Result};

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
    authenticate_with(ctx, exchange, Viewers::Refused).await
}

/// The same, or a viewer, from a viewer token in the place of the key.
pub async fn authenticate_viewer(ctx: &Context, exchange: &Exchange<'_>) -> Result<Principal> {
    authenticate_with(ctx, exchange, Viewers::Admitted).await
}

async fn authenticate_with(
    ctx: &Context,
    exchange: &Exchange<'_>,
    viewers: Viewers,
) -> Result<Principal> {
    let user = match exchange.request().headers.contains_key(USER) {
        false => None,
        // With a comma it may be two that a gateway has joined. Nobody is called nothing.
        true => Some(exchange.header(USER).filter(|user| !user.contains(',')).unwrap_or("")),
    };
    let presented = Presented {
        key: bearer(exchange).ok_or(Error::Unauthorized)?,
        viewers,
        key_header: "Authorization",
        user,
        business: None,
        door: &exchange.door(),
    };
    exchange.note_caller(ctx, authenticate::authenticate(ctx, presented).await)
}

/// What stands behind `Bearer`.
fn bearer<'a>(exchange: &'a Exchange<'_>) -> Option<&'a str> {
    let (scheme, key) = exchange.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// The key that a call presents.
///
/// # Errors
///
/// [`Error::Unauthorized`] where it presents none.
pub fn presented_key(exchange: &Exchange<'_>) -> Result<ApiKey> {
    bearer(exchange).and_then(ApiKey::parse).ok_or(Error::Unauthorized)
}
