//! How a call fails: as an error of the protocol, or as the result of a tool.

use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::mcp::{INVALID_REQUEST, rpc_error};
use activity_log_core::http::message::Response;
use activity_log_core::http::view::ErrorDetail;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

/// What is wrong with a call of a tool, and what to do about it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ToolError")]
pub(crate) struct ToolError<'a> {
    #[serde(flatten)]
    pub(crate) detail: ErrorDetail<'a>,
    /// Whether the same call can succeed later.
    pub(crate) retryable: bool,
    /// What to do next.
    pub(crate) hint: &'a str,
}

/// Refuses what is no request that this server takes.
pub(crate) fn invalid_request(
    exchange: &Exchange<'_>,
    status: StatusCode,
    message: &str,
) -> Response {
    let data = json!({ "request_id": exchange.request_id() });
    rpc_error(status, &exchange.request().body, INVALID_REQUEST, message, &data)
}
