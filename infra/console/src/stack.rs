//! All HTTP functions in one process, through the very handlers that run on
//! Lambda.

use std::future::Future;
use std::sync::Arc;

use activity_log_core::Context;
use activity_log_core::http::body;
use activity_log_core::http::message::{Request, Response, json_bytes};
use activity_log_core::http::routes::{Function, Resolved, resolve};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use tokio::net::TcpListener;

/// The gateway refuses larger bodies itself; here they are cut off, just
/// beyond what the handlers refuse.
const MAX_BODY_BYTES: usize = 10 * body::MAX_BYTES;

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
    let (parts, request_body) = request.into_parts();
    let body = match Limited::new(request_body, MAX_BODY_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        // Too long, or broken off: what the handler refuses by its length
        // either way, and nobody reads the answer to a broken connection.
        Err(_) => Bytes::from(vec![b' '; body::MAX_BYTES + 1]),
    };
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
