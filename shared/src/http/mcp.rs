//! The MCP dialect as far as it is HTTP: refusals of a request to `/mcp` as
//! JSON-RPC errors.
//!
//! Protocol and tools are the function's, `fn-mcp`: the library that speaks the
//! protocol must not become part of the other functions. What goes wrong with
//! the call of a tool is a result of that call, and is not written here, but
//! for the missing scope, which the protocol wants as a 403.

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::message::{Response, json_bytes};
use super::request_body::RequestBody;
use super::status::status;
use crate::app::json::properties_of;
use crate::domain::error::Error;

/// JSON-RPC: the body is not JSON.
pub const PARSE_ERROR: i64 = -32700;
/// JSON-RPC: the body is not a request.
pub const INVALID_REQUEST: i64 = -32600;
/// JSON-RPC: a fault of the server.
pub const INTERNAL_ERROR: i64 = -32603;
/// Of this server: the credential lacks the scope of a tool.
pub const MISSING_SCOPE: i64 = -32010;
/// Of this server: there is no credential, or it does not hold.
pub const UNAUTHORIZED: i64 = -32011;

/// The headers that a web page may send, for the answer to its preflight.
pub(super) const REQUEST_HEADERS: &[&str] = &[
    "authorization",
    "content-type",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "x-user-id",
];

/// Writes an error as a JSON-RPC error with the id of the request. `data` says
/// what the other dialects say.
#[must_use]
pub fn error(error: &Error, request_body: &RequestBody, request_id: &str) -> Response {
    let code = error.code();
    let mut data = json!({ "code": code, "request_id": request_id });
    let (http_status, rpc_code, message) = match error {
        Error::MalformedRequest(message) => (status(code), PARSE_ERROR, message.clone().into()),
        Error::Unauthorized => (status(code), UNAUTHORIZED, error.public_message().to_owned()),
        Error::MissingRequiredScope(scope) => {
            data["required_scope"] = json!(scope);
            (status(code), MISSING_SCOPE, error.public_message().to_owned())
        }
        Error::ValidationFailed(errors) => {
            let rules: Vec<String> =
                errors.iter().map(|error| format!("{} {}", error.field, error.message)).collect();
            data["field_errors"] = json!(errors);
            let message = format!("Invalid Request: {}", rules.join("; "));
            (StatusCode::BAD_REQUEST, INVALID_REQUEST, message)
        }
        Error::ResourceNotFound
        | Error::NamedResourceNotFound(_)
        | Error::UnknownPath
        | Error::MethodNotAllowed
        | Error::IdempotencyConflict(_)
        | Error::PayloadTooLarge
        | Error::TooManyValues
        | Error::UnsupportedMediaType => {
            (status(code), INVALID_REQUEST, error.public_message().to_owned())
        }
        Error::RateLimited(_) | Error::Unavailable(_) | Error::Internal(_) => {
            (status(code), INTERNAL_ERROR, error.public_message().to_owned())
        }
    };
    if let Some(delay) = error.retry_after() {
        data["retry_after_seconds"] = json!(delay.as_secs());
    }
    rpc_error(http_status, request_body, rpc_code, &message, &data)
}

/// Writes a JSON-RPC error with the id of the request.
#[must_use]
pub fn rpc_error(
    status: StatusCode,
    request_body: &RequestBody,
    code: i64,
    message: &str,
    data: &Value,
) -> Response {
    let error = json!({ "code": code, "message": message, "data": data });
    let mut body = json!({ "jsonrpc": "2.0", "error": error });
    if let Some(id) = id_of(request_body) {
        body["id"] = id;
    }
    json_bytes(status, Bytes::from(body.to_string()))
}

/// The id of a request, where there is one and it is valid. Without one an
/// error has no id either: null, as plain JSON-RPC has it, is none to MCP.
///
/// Refused requests come from anybody, so nothing is kept of the body but the text
/// of a string or a number.
fn id_of(request_body: &RequestBody) -> Option<Value> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        id: &'a RawValue,
    }
    let id = properties_of::<Envelope<'_>>(request_body.read().ok()?)?.id.get();
    let is_scalar =
        id.starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit());
    let id = is_scalar.then(|| serde_json::from_str(id).ok()).flatten();
    id.filter(is_id)
}

/// Whether a value can be the id of a request: a string or a whole number.
#[must_use]
pub fn is_id(value: &Value) -> bool {
    value.is_string() || value.is_i64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::error::ErrorCode;
    use crate::domain::principal::Scope;
    use crate::http::request_body::MAX_BYTES;

    #[test]
    fn a_refusal_has_the_id_of_its_request() {
        for (body, id) in [
            (r#"{"id":7,"method":"x"}"#, Some(json!(7))),
            (r#"{"id":"a"}"#, Some(json!("a"))),
            (r#"{"id":null}"#, None),
            (r#"{"id":1.5}"#, None),
            (r#"{"id":{}}"#, None),
            (r#"{"id":[{"":0},{"":0}]}"#, None),
            (r#"{"id":-1,"id":2}"#, None),
            (r#"{"params":{"id":3},"id" : "\u0061\"b"}"#, Some(json!("a\"b"))),
            (r#"[{"id":1}]"#, None),
            ("[7]", None),
            ("{", None),
        ] {
            let body_sent = RequestBody::of(Bytes::from_static(body.as_bytes()));
            let response = error(&Error::Unauthorized, &body_sent, "req_1");
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
            let written: Value = serde_json::from_slice(response.body()).unwrap();
            assert_eq!(written.get("id"), id.as_ref(), "{body}");
            assert_eq!(written["error"]["code"], UNAUTHORIZED);
            assert_eq!(written["error"]["data"]["request_id"], "req_1");
        }
    }

    #[test]
    fn a_body_over_the_limit_is_not_looked_at() {
        let of_bytes = |bytes: usize| {
            let start = r#"{"id":7,"params":""#;
            format!("{start}{}\"}}", "x".repeat(bytes - start.len() - 2))
        };
        for (bytes, id) in [(MAX_BYTES, Some(json!(7))), (MAX_BYTES + 1, None)] {
            let body = of_bytes(bytes);
            assert_eq!(body.len(), bytes);
            let response = error(&Error::Unauthorized, &RequestBody::of(body.into()), "req_1");
            let written: Value = serde_json::from_slice(response.body()).unwrap();
            assert_eq!(written.get("id"), id.as_ref(), "{bytes}");
        }
    }

    #[test]
    fn a_missing_scope_is_named() {
        let response =
            error(&Error::MissingRequiredScope(Scope::ActivityWrite), &RequestBody::EMPTY, "req_1");
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        let written: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(written["error"]["code"], MISSING_SCOPE);
        assert_eq!(written["error"]["data"]["required_scope"], "activity:write");
        assert_eq!(written["error"]["data"]["code"], json!(ErrorCode::MissingRequiredScope));
    }
}
