//! `GET /v1/audit-log/checkpoint`.

use http::{StatusCode, header};
use serde_json::json;

use crate::domain::error::Result;
use crate::http::describe::{AUDIT_LOG, Described, success_in};
use crate::http::examples::CHECKPOINT;
use crate::http::exchange::Exchange;
use crate::http::message::{MediaType, Response, header_value, typed};
use crate::trail::seal::SealHead;

/// Reads a request.
///
/// # Errors
///
/// 400 and 422 for parameters.
pub fn parse(exchange: &Exchange<'_>) -> Result<()> {
    exchange.expect_no_parameters()
}

/// Writes the newest checkpoint.
#[must_use]
pub fn respond(newest: SealHead) -> Response {
    let sealed_at = header_value(&newest.sealed_at.to_http_date());
    let mut response = typed(MediaType::Text, newest.note);
    response.headers_mut().insert(header::LAST_MODIFIED, sealed_at);
    response
}

/// Describes the endpoint.
#[must_use]
pub fn describe() -> Described {
    Described {
        id: "get_checkpoint",
        tag: AUDIT_LOG,
        summary: "Read the newest checkpoint",
        description: "How many leaves the log has, and the root of their tree, signed: a [signed \
            note](https://c2sp.org/signed-note) with a \
            [checkpoint](https://c2sp.org/tlog-checkpoint), and under it the \
            [cosignatures](https://c2sp.org/tlog-cosignature) of witnesses that have signed this \
            one. Keep it: a later one that does not go on from it shows that something was \
            removed. Before anything is sealed it is answered with 404.",
        parameters: Vec::new(),
        request_body: None,
        status: StatusCode::OK,
        success: success_in(
            MediaType::Text,
            "The signed note. `Last-Modified` is when it was made.",
            &["Last-Modified"],
            json!({ "type": "string" }),
            Some(json!(CHECKPOINT)),
        ),
    }
}
