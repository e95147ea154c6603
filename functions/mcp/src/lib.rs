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
mod refused;
mod schema;
mod tool_call;
mod tools;

use std::sync::atomic::{AtomicBool, Ordering};

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
use refused::{Refused, refuse};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx.setting(), request);
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
    let message = match read(exchange) {
        Ok(message) => message,
        Err(refused) => return refuse(ctx, exchange, principal, refused).await,
    };
    let (message, arguments) = message.split_arguments();
    let scopes = principal.scopes.clone();
    let called = AtomicBool::new(false);
    let run = |tool| {
        called.store(true, Ordering::Relaxed);
        tool_call::run(ctx, exchange, principal.clone(), tool, arguments)
    };
    let answer = Protocol { exchange }.answer(&message, scopes, run).await?;
    if called.into_inner() || !is_refusal(&answer) {
        return Ok(answer);
    }
    refuse(ctx, exchange, principal, Refused::Answer(answer.into())).await
}

/// Reads the message of a request, as far as it is one that the protocol is asked about.
fn read(exchange: &Exchange<'_>) -> Result<Message, Refused> {
    let message = Message::read(exchange)?;
    if let Some(trace_id) = message.trace_id() {
        exchange.join_trace(trace_id);
    }
    if !accept::takes_json(&exchange.request().headers) {
        let message = "Not Acceptable: answers are application/json";
        let answer = invalid_request(exchange, StatusCode::NOT_ACCEPTABLE, message);
        return Err(Refused::Answer(answer.into()));
    }
    match (Protocol { exchange }).refuse_unsupported_revision(&message) {
        Some(answer) => Err(Refused::Answer(answer.into())),
        None => Ok(message),
    }
}

/// Whether the protocol refused a message: by a status, or by an error in its answer.
fn is_refusal(answer: &Response) -> bool {
    #[derive(Deserialize)]
    struct RpcAnswer {
        error: Option<IgnoredAny>,
    }
    let has_error = || {
        serde_json::from_slice::<RpcAnswer>(answer.body())
            .is_ok_and(|answer| answer.error.is_some())
    };
    answer.status().is_client_error() || has_error()
}
