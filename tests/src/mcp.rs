//! A client of the MCP endpoint, as plain as the protocol: one POST, one JSON
//! answer.

use http::Method;
use serde_json::{Value, json};

use crate::stack::{Answer, Call, Stack};

/// The revisions that are served.
pub const REVISIONS: [&str; 3] = ["2025-06-18", "2025-11-25", "2026-07-28"];
/// The revision that has no handshake, but names itself in every request.
pub const SELF_CONTAINED: &str = "2026-07-28";

/// A POST to the endpoint with the headers that every client sends.
#[must_use]
pub fn post<'a>(stack: &'a Stack, key: &str) -> Call<'a> {
    stack
        .call(key, Method::POST, "/mcp")
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json")
}

/// A request of a revision, with what that revision wants around it.
#[must_use]
pub fn request<'a>(
    stack: &'a Stack,
    key: &str,
    revision: &str,
    method: &str,
    mut params: Value,
) -> Call<'a> {
    let mut call = post(stack, key).header("mcp-protocol-version", revision);
    if revision == SELF_CONTAINED {
        call = call.header("mcp-method", method);
        let named = ["name", "uri", "taskId"].into_iter().find_map(|name| params[name].as_str());
        if let Some(name) = named {
            call = call.header("mcp-name", name);
        }
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": revision,
            "io.modelcontextprotocol/clientInfo": { "name": "suite", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let Value::Object(meta) = meta else { unreachable!("it is an object") };
        let given = params["_meta"].as_object().cloned().unwrap_or_default();
        params["_meta"] = Value::Object(meta.into_iter().chain(given).collect());
    }
    call.body(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string())
}

/// The answer to the call of a tool.
pub async fn call_tool(stack: &Stack, key: &str, tool: &str, arguments: &Value) -> Answer {
    let params = json!({ "name": tool, "arguments": arguments });
    request(stack, key, "2025-11-25", "tools/call", params).send().await
}

/// What a tool gave back.
///
/// # Panics
///
/// When it failed.
pub async fn tool(stack: &Stack, key: &str, tool: &str, arguments: &Value) -> Value {
    let answer = call_tool(stack, key, tool, arguments).await.expect(200).json();
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    answer["result"]["structuredContent"].clone()
}

/// What a tool said was wrong.
///
/// # Panics
///
/// When it did not fail.
pub async fn tool_error(stack: &Stack, key: &str, tool: &str, arguments: &Value) -> Value {
    let answer = call_tool(stack, key, tool, arguments).await.expect(200).json();
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    answer["result"]["structuredContent"]["error"].clone()
}
