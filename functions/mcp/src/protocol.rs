//! The protocol, spoken by `rmcp`: one request in, one JSON answer out.
//!
//! The library runs its handlers on tasks of their own, which can't borrow the
//! context of this process. So its handler for calls of tools only names the
//! tool, and waits; the tool itself runs here, in the request's own future,
//! within its time limit and its guard against panics.
//!
//! ```text
//! request ──▶ rmcp ── name of the tool ──▶ here ──▶ use case
//! answer  ◀── rmcp ◀── result of the call ── here ◀──────┘
//! ```

use std::borrow::Cow;
use std::future::Future;

use activity_log_core::app::json::Object;
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::domain::principal::Scopes;
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::mcp::rpc_error;
use activity_log_core::http::message::Response;
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Full};
use rmcp::model::{
    CacheScope, CallToolRequestMethod, CallToolRequestParams, CallToolResponse, CallToolResult,
    CompleteRequestMethod, CompleteRequestParams, CompleteResult, ConstString, CustomRequest,
    CustomResult, DiscoverResult, ErrorCode, ErrorData, Implementation, InitializeResultMethod,
    ListPromptsRequestMethod, ListPromptsResult, ListResourceTemplatesRequestMethod,
    ListResourceTemplatesResult, ListResourcesRequestMethod, ListResourcesResult,
    ListToolsRequestMethod, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use crate::failure::invalid_request;
use crate::message::Message;
use crate::tools::{INSTRUCTIONS, ToolName, tools_for};

/// The revisions that are served.
const REVISIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::V_2025_06_18, ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28];
/// How long a client may keep what describes this server. It changes with a
/// deployment, and the list of tools also with the scopes of the credential.
const DESCRIPTION_TTL_MS: u64 = 10 * 60 * 1000;
/// What the library wants a client to take.
const ACCEPT: &str = "application/json, text/event-stream";
/// The path of the endpoint, for the library's eyes.
const PATH: &str = "/mcp";

/// The call of a tool, on its way from the library's task to the request.
#[derive(Debug)]
struct Called {
    tool: ToolName,
    result: oneshot::Sender<CallToolResult>,
}

/// The protocol around one request.
#[derive(Debug)]
pub(crate) struct Protocol<'a> {
    pub(crate) exchange: &'a Exchange<'a>,
}

impl Protocol<'_> {
    /// Refuses a revision that is named in the header alone and is not served.
    /// A handshake negotiates its own, and a message that names one itself is
    /// held against the header by the library.
    pub(crate) fn refuse_unsupported_revision(&self, message: &Message) -> Option<Response> {
        if message.method() == Some("initialize") || message.names_revision() {
            return None;
        }
        let value = self.exchange.request().headers.get("mcp-protocol-version")?;
        if REVISIONS.iter().any(|revision| revision.as_str().as_bytes() == value.as_bytes()) {
            return None;
        }
        let code = i64::from(ErrorCode::UNSUPPORTED_PROTOCOL_VERSION.0);
        let data = json!({
            "requested": String::from_utf8_lossy(value.as_bytes()),
            "supported": REVISIONS,
            "request_id": self.exchange.request_id(),
        });
        let body = &self.exchange.request().body;
        let message = "Unsupported protocol version";
        Some(rpc_error(StatusCode::BAD_REQUEST, body, code, message, &data))
    }

    /// Answers a message, with `run` for the tool that it calls.
    ///
    /// # Errors
    ///
    /// Those of `run`, which end the request, and a fault of the library.
    pub(crate) async fn answer<F: Future<Output = Result<CallToolResult>>>(
        &self,
        message: &Object,
        scopes: Scopes,
        run: impl FnOnce(ToolName) -> F,
    ) -> Result<Response> {
        let (calls, mut called) = mpsc::channel(1);
        let body = serde_json::to_vec(message).map_err(|error| Error::Internal(error.into()))?;
        let answer = self.send(body.into(), Server { scopes, calls });
        tokio::pin!(answer);
        let call = tokio::select! {
            response = &mut answer => return response,
            Some(call) = called.recv() => call,
        };
        let result = run(call.tool).await?;
        // Nobody waits any more where the library gave the request up.
        let _ = call.result.send(result);
        answer.await
    }

    async fn send(&self, body: Bytes, server: Server) -> Result<Response> {
        let mut request = http::Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = http::Uri::from_static(PATH);
        let headers = request.headers_mut();
        headers.clone_from(&self.exchange.request().headers);
        // What a client sends and takes was looked at before, and less strictly.
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
        let service = StreamableHttpService::new(
            move || Ok(server.clone()),
            NeverSessionManager::default().into(),
            rules(),
        );
        let (parts, body) = service.handle(request).await.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(never) => match never {},
        };
        self.in_json(http::Response::from_parts(parts, body))
    }

    /// The library refuses some requests in plain text; callers get every
    /// refusal as a JSON-RPC error.
    fn in_json(&self, response: Response) -> Result<Response> {
        let json = HeaderValue::from_static("application/json");
        let status = response.status();
        if status.is_success() || response.headers().get(header::CONTENT_TYPE) == Some(&json) {
            return Ok(response);
        }
        let text = String::from_utf8_lossy(response.body()).into_owned();
        if status.is_server_error() {
            return Err(Error::Internal(text.into()));
        }
        // The media type was looked at before: this is about the message.
        if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            let text = "Invalid Request: not a message of this protocol";
            return Ok(invalid_request(self.exchange, StatusCode::BAD_REQUEST, text));
        }
        Ok(invalid_request(self.exchange, status, &text))
    }
}

/// How the library serves. Hosts and origins are looked at before, in
/// [`origin`](crate::origin), and so is the length of a body, whose numbers may be
/// written longer than they were.
fn rules() -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        .with_max_request_body_bytes(usize::MAX)
        .disable_allowed_hosts()
        .disable_allowed_origins()
}

/// The library's view of this server, for one request.
#[derive(Clone, Debug)]
struct Server {
    scopes: Scopes,
    calls: mpsc::Sender<Called>,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let server = Implementation::new("activity-log", env!("CARGO_PKG_VERSION"))
            .with_title("Activity log")
            .with_description("Logs, searches and reads what happened in a business.");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(server)
            .with_instructions(INSTRUCTIONS)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(&REVISIONS)
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let result = DiscoverResult::from_server_info(REVISIONS.to_vec(), self.get_info());
        Ok(result.with_ttl_ms(DESCRIPTION_TTL_MS).with_cache_scope(CacheScope::Private))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = ListToolsResult::with_all_items(tools_for(&self.scopes));
        Ok(tools.with_ttl_ms(DESCRIPTION_TTL_MS).with_cache_scope(CacheScope::Private))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Ok(tool) = ToolName::parse(&request.name) else {
            let message = "Unknown tool: tools/list has those that this credential may call.";
            return Err(ErrorData::invalid_params(message, None));
        };
        let given_up = || ErrorData::internal_error("An internal error occurred.", None);
        let (result, received) = oneshot::channel();
        self.calls.send(Called { tool, result }).await.map_err(|_| given_up())?;
        received.await.map(CallToolResponse::Complete).map_err(|_| given_up())
    }

    // What this server does not declare, it does not have: by default the
    // library would answer these with empty lists.

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourcesRequestMethod>())
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourceTemplatesRequestMethod>())
    }

    async fn complete(
        &self,
        _: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Err(ErrorData::method_not_found::<CompleteRequestMethod>())
    }

    /// What the library does not know: another method, or one of its own whose
    /// parameters it can't read. The handshake is no method of the revisions
    /// that name themselves.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let known = match request.method.as_str() {
            CallToolRequestMethod::VALUE | ListToolsRequestMethod::VALUE => true,
            InitializeResultMethod::VALUE => context.meta.protocol_version().is_none(),
            _ => false,
        };
        if known {
            return Err(ErrorData::invalid_params("The params are not those of the method.", None));
        }
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, "Method not found", None))
    }
}
