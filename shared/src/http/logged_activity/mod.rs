//! The logged-activity dialect, `/api/activities/...`: three headers, and errors
//! of its own shape.

pub mod get;
pub mod get_type;
pub mod list;
pub mod list_fields;
pub mod list_types;
pub mod log;
pub mod ordering;
pub mod page;
pub mod view;

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::exchange::Exchange;
use super::message::{Response, json};
use crate::app::authenticate::{self, Presented, Viewers};
use crate::app::context::Context;
use crate::domain::caller::Principal;
use crate::domain::error::{Error, ErrorCode, Result};

/// The body of every error of one cause.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LoggedActivityError")]
pub struct ErrorBody<'a> {
    /// What went wrong, for people.
    detail: &'a str,
    /// What went wrong, for programs.
    #[schemars(with = "CodeWord")]
    code: &'static str,
}

/// The word of this dialect for a code: its description.
struct CodeWord;

impl JsonSchema for CodeWord {
    fn schema_name() -> Cow<'static, str> {
        "LoggedActivityErrorCode".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let coded = ErrorCode::ALL.iter().filter(|code| **code != ErrorCode::ValidationFailed);
        let words: Vec<&str> = coded.map(|code| code_word(*code)).collect();
        json_schema!({ "type": "string", "description": "Why a call failed.", "enum": words })
    }
}

/// The body of field errors: for each field, the rules that it breaks.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(rename = "LoggedActivityFieldErrors")]
pub struct FieldErrorsBody<'a>(BTreeMap<&'a str, Vec<&'a str>>);

/// The body of a 400, which is either of the two: its description.
#[derive(Debug)]
pub struct BadRequestBody;

impl JsonSchema for BadRequestBody {
    fn schema_name() -> Cow<'static, str> {
        "LoggedActivityBadRequest".into()
    }
    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The body of a 400: an error of one cause, or field errors.",
            "oneOf": [
                schemas.subschema_for::<ErrorBody<'static>>(),
                schemas.subschema_for::<FieldErrorsBody<'static>>(),
            ],
        })
    }
}

/// The word of this dialect for a code.
#[must_use]
pub fn code_word(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ResourceNotFound => "not_found",
        ErrorCode::MissingRequiredScope => "permission_required",
        code => code.as_str(),
    }
}

/// The status of this dialect for a code.
#[must_use]
pub fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::ValidationFailed => StatusCode::BAD_REQUEST,
        code => super::status::status(code),
    }
}

/// Writes an error: field errors as `{"field": ["..."]}`, every other as
/// `{"detail", "code"}`.
#[must_use]
pub fn error(error: &Error) -> Response {
    let status = status(error.code());
    let Error::ValidationFailed(errors) = error else {
        let code = code_word(error.code());
        return json(status, &ErrorBody { detail: error.public_message(), code });
    };
    let mut fields = FieldErrorsBody::default();
    for violation in errors {
        fields.0.entry(&violation.field).or_default().push(&violation.message);
    }
    json(status, &fields)
}

/// The caller, from `X-API-KEY`, `X-BUSINESS-ID` and `X-USER-ID`.
///
/// # Errors
///
/// [`Error::Unauthorized`], whatever is missing or does not match.
pub async fn authenticate(ctx: &Context, exchange: &Exchange<'_>) -> Result<Principal> {
    // With a comma it may be two that a gateway has joined.
    let once = |value: &&str| !value.contains(',');
    let header = |name| exchange.header(name).filter(once);
    // Nobody is called nothing, and no business.
    let presented = Presented {
        key: header("x-api-key").ok_or(Error::Unauthorized)?,
        viewers: Viewers::Refused,
        key_header: "X-API-KEY",
        user: Some(header("x-user-id").unwrap_or("")),
        business: Some(header("x-business-id").unwrap_or("")),
        door: &exchange.door(),
    };
    exchange.note_caller(ctx, authenticate::authenticate(ctx, presented).await)
}
