//! All HTTP functions in one process, through the very handlers that run on
//! Lambda.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::http::message::{Request, Response, client_of, json_bytes};
use activity_log_core::http::request_body::{MAX_BYTES, RequestBody};
use activity_log_core::http::routes::{Function, Resolved, resolve};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::routing::get;
use http::{StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::engine::Disk;
use crate::listener::{self, BodyProblem, read_body};

/// What is still taken of a body that is refused, and thrown away, so that a caller
/// who reads no answer before it has sent everything gets one: what a gateway takes.
const MAX_DISCARDED_BYTES: usize = 10 * MAX_BYTES;
/// For how long.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(5);

/// Answers a request through the function that its route belongs to.
pub async fn answer(ctx: &Context, request: Request) -> Response {
    let function = match resolve(ctx.config.web_pages, &request.method, &request.path) {
        Resolved::Route(route, _) => route.function,
        Resolved::MethodNotAllowed(_) | Resolved::NotFound => Function::Audit,
    };
    match function {
        Function::Log => fn_log::handle(ctx, request).await,
        Function::Search => fn_search::handle(ctx, request).await,
        Function::Mcp => fn_mcp::handle(ctx, request).await,
        Function::GetLogged => fn_get_logged::handle(ctx, request).await,
        Function::Keys => fn_keys::handle(ctx, request).await,
        Function::Web => fn_web::handle(ctx.setting(), request).await,
        Function::Audit => fn_audit::handle(ctx, request).await,
    }
}

/// What the requests of a server share.
#[derive(Clone)]
struct Shared {
    ctx: Arc<Context>,
    /// What the engine's table is on, where it is this process's.
    disk: Option<Arc<Disk>>,
}

/// Serves until `shutdown` resolves, then lets requests under way finish.
pub async fn serve(
    listener: TcpListener,
    ctx: Arc<Context>,
    disk: Option<Arc<Disk>>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let shared = Shared { ctx, disk };
    let router = Router::new().route("/healthz", get(healthz)).fallback(receive);
    listener::serve(listener, router.with_state(shared), shutdown).await;
}

async fn healthz(State(shared): State<Shared>) -> http::Response<Body> {
    let trouble = match shared.disk {
        None => None,
        // It may wait for the disk.
        Some(disk) => tokio::task::spawn_blocking(move || disk.look_again()).await.unwrap_or(None),
    };
    let (status, body) = match trouble {
        None => (StatusCode::OK, json!({ "status": "ok" })),
        Some(trouble) => (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({ "status": "unavailable", "reason": trouble.to_string() }),
        ),
    };
    json_bytes(status, body.to_string().into()).map(Body::from)
}

async fn receive(
    State(shared): State<Shared>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: axum::extract::Request,
) -> http::Response<Body> {
    let (parts, mut request_body) = request.into_parts();
    let body = match read_body(&mut request_body, MAX_BYTES).await {
        Ok(body) => RequestBody::of(body),
        Err(BodyProblem::TooLong) => {
            // A caller who asked first sends nothing.
            if !parts.headers.contains_key(header::EXPECT) {
                tokio::spawn(timeout(DISCARD_TIMEOUT, discard(request_body)));
            }
            RequestBody::TOO_LARGE
        }
        Err(problem) => return problem.response().map(Body::from),
    };
    let request = Request {
        method: parts.method,
        prefix: String::new(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        client: client_of(Some(peer.ip()), &parts.headers),
        headers: parts.headers,
        body,
    };
    let ctx = &shared.ctx;
    answer(ctx, request.below(&ctx.config.base_path)).await.map(Body::from)
}

async fn discard(body: Body) {
    let mut body = Limited::new(body, MAX_DISCARDED_BYTES);
    while let Some(Ok(_)) = body.frame().await {}
}
