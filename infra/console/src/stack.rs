//! All HTTP functions in one process, through the very handlers that run on
//! Lambda.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::http::message::{Request, Response, json_bytes};
use activity_log_core::http::request_body::{MAX_BYTES, RequestBody};
use activity_log_core::http::routes::{Function, Resolved, resolve};
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::State;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, Limited};
use tokio::net::TcpListener;
use tokio::time::timeout;

/// What is still taken of a body that is refused, and thrown away, so that a caller
/// who reads no answer before it has sent everything gets one: what a gateway takes.
const MAX_DISCARDED_BYTES: usize = 10 * MAX_BYTES;
/// For how long.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(5);

/// Answers a request through the function that its route belongs to.
pub async fn answer(ctx: &Context, request: Request) -> Response {
    let function = match resolve(&request.method, &request.path) {
        Resolved::Route(route, _) => route.function,
        Resolved::MethodNotAllowed(_) | Resolved::NotFound => Function::Audit,
    };
    match function {
        Function::Log => fn_log::handle(ctx, request).await,
        Function::Search => fn_search::handle(ctx, request).await,
        Function::Mcp => fn_mcp::handle(ctx, request).await,
        Function::GetLogged => fn_get_logged::handle(ctx, request).await,
        Function::Audit => fn_audit::handle(ctx, request).await,
    }
}

/// Serves until `shutdown` resolves, then lets requests under way finish.
pub async fn serve(
    listener: TcpListener,
    ctx: Arc<Context>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new().route("/healthz", get(healthz)).fallback(receive).with_state(ctx);
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

async fn healthz() -> http::Response<Body> {
    let body = Bytes::from_static(b"{\"status\":\"ok\"}");
    json_bytes(http::StatusCode::OK, body).map(Body::from)
}

async fn receive(
    State(ctx): State<Arc<Context>>,
    request: axum::extract::Request,
) -> http::Response<Body> {
    let (parts, body) = request.into_parts();
    let body = read(&parts.headers, body).await;
    let request = Request {
        method: parts.method,
        prefix: String::new(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    answer(&ctx, request.below(&ctx.config.base_path)).await.map(Body::from)
}

/// Reads a body as far as it may be one. Nothing is read of one that says that it
/// is longer.
async fn read(headers: &HeaderMap, mut body: Body) -> RequestBody {
    let mut bytes = Vec::new();
    while bytes.len() <= MAX_BYTES && body.size_hint().lower() <= MAX_BYTES as u64 {
        match body.frame().await {
            Some(Ok(frame)) => bytes.extend(frame.into_data().unwrap_or_default()),
            // Broken off: nobody reads the answer.
            Some(Err(_)) => return RequestBody::TOO_LARGE,
            None => return RequestBody::of(bytes.into()),
        }
    }
    // A caller who asked first sends nothing.
    if !headers.contains_key(header::EXPECT) {
        tokio::spawn(timeout(DISCARD_TIMEOUT, discard(body)));
    }
    RequestBody::TOO_LARGE
}

async fn discard(body: Body) {
    let mut body = Limited::new(body, MAX_DISCARDED_BYTES);
    while let Some(Ok(_)) = body.frame().await {}
}
