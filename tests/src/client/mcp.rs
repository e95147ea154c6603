//! A client of the MCP endpoint, as plain as the protocol: one POST, one JSON
//! answer.

use http::Method;
use serde_json::{Value, json};

use super::{Answer, Http, HttpCall};

/// The path of the endpoint.
pub const PATH: &str = "/mcp";
/// The media types that every client accepts.
pub const ACCEPT: &str = "application/json, text/event-stream";
/// The revisions that are served.
pub const REVISIONS: [&str; 3] = ["2025-06-18", "2025-11-25", "2026-07-28"];
/// The revision that has no handshake, but names itself in every request.
pub const SELF_CONTAINED: &str = "2026-07-28";

/// A caller with a bearer key.
#[derive(Clone, Debug)]
pub struct Mcp {
    http: Http,
    key: String,
}

impl Mcp {
    pub(crate) fn new(http: Http, key: &str) -> Self {
        Self { http, key: key.to_owned() }
    }

    /// A call of the endpoint with the key.
    #[must_use]
    pub fn call(&self, method: Method) -> HttpCall {
        self.http.call(method, PATH).header("authorization", &format!("Bearer {}", self.key))
    }

    /// A POST with the headers that every client sends.
    #[must_use]
    pub fn post(&self) -> HttpCall {
        let call = self.call(Method::POST).header("accept", ACCEPT);
        call.header("content-type", "application/json")
    }

    /// A request of a revision, with what that revision wants around it.
    #[must_use]
    pub fn request(&self, revision: &str, method: &str, mut params: Value) -> HttpCall {
        let mut call = self.post().header("mcp-protocol-version", revision);
        if revision == SELF_CONTAINED {
            call = call.header("mcp-method", method);
            let named =
                ["name", "uri", "taskId"].into_iter().find_map(|name| params[name].as_str());
            if let Some(name) = named {
                call = call.header("mcp-name", name);
            }
            params["_meta"] = self_contained_meta(revision, &params["_meta"]);
        }
        call.body(
            json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string(),
        )
    }

    /// The answer to the call of a tool.
    pub async fn call_tool(&self, tool: &str, arguments: &Value) -> Answer {
        let params = json!({ "name": tool, "arguments": arguments });
        self.request("2025-11-25", "tools/call", params).send().await
    }

    /// What a tool gave back.
    ///
    /// # Panics
    ///
    /// When it failed.
    pub async fn tool(&self, tool: &str, arguments: &Value) -> Value {
        let answer = self.call_tool(tool, arguments).await.expect(200).json();
        assert_eq!(answer["result"]["isError"], false, "{answer}");
        answer["result"]["structuredContent"].clone()
    }

    /// What a tool said was wrong.
    ///
    /// # Panics
    ///
    /// When it did not fail.
    pub async fn tool_error(&self, tool: &str, arguments: &Value) -> Value {
        let answer = self.call_tool(tool, arguments).await.expect(200).json();
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        answer["result"]["structuredContent"]["error"].clone()
    }
}

/// The `_meta` of a revision that names itself, beside what is given.
fn self_contained_meta(revision: &str, given: &Value) -> Value {
    let mut meta = json!({
        "io.modelcontextprotocol/protocolVersion": revision,
        "io.modelcontextprotocol/clientInfo": { "name": "suite", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    for (name, value) in given.as_object().into_iter().flatten() {
        meta[name] = value.clone();
    }
    meta
}
