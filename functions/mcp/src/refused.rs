//! Messages that are refused before a tool sees them. Those that call one, or may have,
//! are in the trail like every refused call.

use std::borrow::Cow;
use std::future::ready;

use activity_log_core::Context;
use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::domain::audit::{Action, Call};
use activity_log_core::domain::caller::Principal;
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::message::Response;
use serde::Deserialize;

use crate::tool_call::call_of;
use crate::tools::ToolName;

/// Why a message gets no further.
#[derive(Debug)]
pub(crate) enum Refused {
    /// An error like that of any door.
    Error(Error),
    /// An answer of the protocol's own.
    Answer(Box<Response>),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What a refused message asks for, as far as that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// A tool.
    Tool(ToolName),
    /// Something else of the protocol.
    NoTool,
    /// That can't be told.
    Unknown,
}

/// The parts of a message that tell what it asks for. Nothing is kept of the others.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow, default)]
    params: Option<Params<'a>>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
}

impl Asked {
    fn of(message: &[u8]) -> Self {
        // An array could stand for either of the two objects.
        if !message.trim_ascii_start().starts_with(b"{") {
            return Self::Unknown;
        }
        let Ok(named) = serde_json::from_slice::<Named<'_>>(message) else { return Self::Unknown };
        if named.method != "tools/call" {
            return Self::NoTool;
        }
        let name = named.params.and_then(|params| params.name);
        match name.as_deref().map(ToolName::parse) {
            Some(Ok(tool)) => Self::Tool(tool),
            Some(Err(_)) | None => Self::Unknown,
        }
    }
}

/// Answers a message that is refused, and leaves what the trail is to have of it.
///
/// # Errors
///
/// The error that it is refused with.
pub(crate) async fn refuse(
    ctx: &Context,
    exchange: &Exchange<'_>,
    principal: Principal,
    refused: Refused,
) -> Result<Response> {
    let (error, answer) = match refused {
        Refused::Error(error) => (error, None),
        Refused::Answer(answer) => {
            (Error::MalformedRequest("no message of the protocol".into()), Some(answer))
        }
    };
    let asked = exchange.request().body.read().map_or(Asked::Unknown, Asked::of);
    let record = match asked {
        Asked::NoTool => None,
        Asked::Tool(tool) => Some((call_of(exchange, principal, tool), tool.action())),
        Asked::Unknown => Some((exchange.call(principal), Action::ToolCalled)),
    };
    let error = match record {
        Some((call, action)) => record_refusal(ctx, &call, action, error).await,
        None => error,
    };
    answer.map(|answer| *answer).ok_or(error)
}

async fn record_refusal(ctx: &Context, call: &Call, action: Action, error: Error) -> Error {
    let attempt = Attempt::of(call, action);
    match audited(ctx, &attempt, ready(Err::<std::convert::Infallible, _>(error))).await {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tool_is_told_of_a_message_that_is_refused() {
        let log =
            r#""method":"tools/call","params":{"name":"log_activity","arguments":{"a":1,"a":2}}"#;
        for (message, asked) in [
            (format!("{{{log}}}"), Asked::Tool(ToolName::Log)),
            (format!(" {{\"jsonrpc\":\"1\",\"id\":{{}},{log}}}"), Asked::Tool(ToolName::Log)),
            (r#"{"method":"tools/list","params":{"a":1,"a":2}}"#.to_owned(), Asked::NoTool),
            (r#"{"method":"initialize"}"#.to_owned(), Asked::NoTool),
            (format!("[{{{log}}}]"), Asked::Unknown),
            (r#"["tools/call",{"name":"log_activity"}]"#.to_owned(), Asked::Unknown),
            (format!("{{{log}"), Asked::Unknown),
            (format!("{{{log},{log}}}"), Asked::Unknown),
            (r#"{"method":"tools/call","params":{"name":"drop"}}"#.to_owned(), Asked::Unknown),
            (r#"{"method":"tools/call"}"#.to_owned(), Asked::Unknown),
            (r#"{"method":1}"#.to_owned(), Asked::Unknown),
            (String::new(), Asked::Unknown),
        ] {
            assert_eq!(Asked::of(message.as_bytes()), asked, "{message}");
        }
    }
}
