//! One JSON-RPC message, read strictly before the protocol sees it.
//!
//! The library answers what is not JSON in plain text, and reads duplicate keys
//! as it likes; here both are refused as everywhere else.

use activity_log_core::app::input::Violations;
use activity_log_core::app::json::Object;
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::{body, mcp};
use activity_log_core::platform::telemetry::TraceId;
use serde_json::Value;

/// The `_meta` of a request that names its revision itself.
const META_REVISION: &str = "io.modelcontextprotocol/protocolVersion";

/// A message that has the form of JSON-RPC 2.0.
#[derive(Debug)]
pub(crate) struct Message(Object);

impl Message {
    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// 415 and 413; 400 for what is not JSON, for a batch, and for an object
    /// that is not a message.
    pub(crate) fn read(exchange: &Exchange<'_>) -> Result<Self> {
        let object = body::object(exchange.request()).map_err(|error| match error {
            Error::ValidationFailed(_) => {
                Error::invalid("$", "must be one JSON-RPC message; batches are not taken")
            }
            error => error,
        })?;
        let mut violations = Violations::default();
        if object.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            violations.push("jsonrpc", "must be \"2.0\"");
        }
        if object.get("id").is_some_and(|id| !mcp::is_id(id)) {
            violations.push("id", "must be a string or a whole number");
        }
        if object.get("params").is_some_and(|params| !params.is_object()) {
            violations.push("params", "must be a JSON object");
        }
        let answers = object.contains_key("result") || object.contains_key("error");
        match object.get("method") {
            Some(Value::String(_)) => {}
            Some(_) => {
                violations.push("method", "must be a string");
            }
            None if answers => {}
            None => {
                violations.push("method", "is required");
            }
        }
        violations.finish(Ok(Self(object)))
    }

    /// The method of a request or a notification.
    pub(crate) fn method(&self) -> Option<&str> {
        self.0.get("method").and_then(Value::as_str)
    }

    /// Whether the message names its revision itself, as those from 2026-07-28
    /// on do.
    pub(crate) fn names_revision(&self) -> bool {
        self.meta(META_REVISION).is_some()
    }

    /// The caller's trace, where it names one.
    pub(crate) fn trace_id(&self) -> Option<TraceId> {
        TraceId::from_traceparent(self.meta("traceparent")?.as_str()?)
    }

    fn meta(&self, name: &str) -> Option<&Value> {
        self.0.get("params")?.get("_meta")?.get(name)
    }

    /// Parts the call of a tool from its arguments. They are the input that the
    /// use case reads and hashes, so they stay exactly as they were given, and
    /// what is wrong with them is answered by the tool and not by the protocol.
    pub(crate) fn split_arguments(mut self) -> (Object, Result<Object>) {
        let calls_tool = self.method() == Some("tools/call");
        let params = self.0.get_mut("params").and_then(Value::as_object_mut);
        let arguments = match params.filter(|_| calls_tool) {
            Some(params) => params.remove("arguments"),
            None => None,
        };
        let arguments = match arguments {
            // Some clients write null where they have none.
            None | Some(Value::Null) => Ok(Object::new()),
            Some(Value::Object(arguments)) => Ok(arguments),
            Some(_) => Err(Error::invalid("$", "must be a JSON object")),
        };
        (self.0, arguments)
    }
}
