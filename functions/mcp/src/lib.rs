//! The function `mcp`: agents log, search and read through the use cases of
//! REST.
//!
//! `rmcp` speaks the protocol, in each of its revisions and without a session.
//! A tool is a dialect: it only translates, so it has the validation, the
//! idempotency, the audit trail and the limits of REST.
//!
//! ```text
//! foreign host ─▶ credential ─▶ message ─▶ protocol ─▶ scope ─▶ tool
//!     403            401        400, 413   400, 406     403      a result
//! ```
//!
//! Deliberately absent: sessions, event streams, prompts, resources. Each
//! request is answered by itself, as plain JSON, so any instance of the
//! function can answer it.

mod accept;
mod arguments;
mod failure;
mod message;
mod origin;
mod protocol;
mod schema;
mod tool_call;
mod tools;

use activity_log_core::http::answer::{answer, preflight};
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::message::{Request, Response};
use activity_log_core::http::routes::Operation;
use activity_log_core::http::v1;
use activity_log_core::{Context, Error, Result};

use failure::invalid_request;
use http::StatusCode;
use message::Message;
use protocol::Protocol;

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx, request);
    answer(&exchange, dispatch(ctx, &exchange)).await
}

async fn dispatch(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    if let Some(response) = preflight(exchange) {
        return Ok(response);
    }
    match exchange.route()?.operation {
        Operation::CallMcp => post_message(ctx, exchange).await,
        _ => Err(Error::UnknownPath),
    }
}

async fn post_message(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    if let Some(refusal) = origin::refuse_foreign(&ctx.config, exchange) {
        return Ok(refusal);
    }
    let principal = v1::authenticate(ctx, exchange).await?;
    let message = Message::read(exchange)?;
    if let Some(trace_id) = message.trace_id() {
        exchange.join_trace(trace_id);
    }
    if !accept::takes_json(&exchange.request().headers) {
        let message = "Not Acceptable: answers are application/json";
        return Ok(invalid_request(exchange, StatusCode::NOT_ACCEPTABLE, message));
    }
    let protocol = Protocol { exchange };
    if let Some(refusal) = protocol.refuse_unsupported_revision(&message) {
        return Ok(refusal);
    }
    let (message, arguments) = message.split_arguments();
    let scopes = principal.scopes.clone();
    let run = |tool| tool_call::run(ctx, exchange, principal, tool, arguments);
    protocol.answer(&message, scopes, run).await
}
