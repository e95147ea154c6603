//! What every response has around it: a time limit, errors in the dialect of
//! the request, the headers of all, and one line in the log.
//!
//! This is the only file that knows all dialects.

use std::future::Future;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::exchange::Exchange;
use super::message::{IDEMPOTENCY_REPLAYED, Response, X_REQUEST_ID, header_value};
use super::routes::{Dialect, Operation};
use super::{logged_activity, mcp, v1};
use crate::domain::error::{Error, Result};
use crate::domain::principal::{Actor, Attribution};
use crate::platform::guard::{REQUEST_TIMEOUT, guard};
use crate::platform::usage::{Usage, Used};

/// The headers that a web page may send to the HTTP dialects, for the answer to its
/// preflight.
const API_HEADERS: &[&str] = &[
    "authorization",
    "content-type",
    "idempotency-key",
    "x-api-key",
    "x-business-id",
    "x-user-id",
];
/// What libraries add to every request of a page: for
/// [tracing](https://www.w3.org/TR/trace-context/), and to tell that it is a script's.
const TRACING_HEADERS: &[&str] =
    &["traceparent", "tracestate", "baggage", "sentry-trace", "x-requested-with"];

/// Runs a handler within the time limit, and writes its result or its error in
/// the dialect of the path.
pub fn answer(
    exchange: &Exchange<'_>,
    handler: impl Future<Output = Result<Response>>,
) -> impl Future<Output = Response> {
    // Some 20 kB, which every layer around it would move.
    let handler = Box::pin(handler);
    async move {
        let usage = Usage::default();
        let mut response = match usage.of(guard(REQUEST_TIMEOUT, handler)).await {
            Ok(response) => response,
            Err(error) => write_error(exchange, &error),
        };
        exchange.settle_use().await;
        finish(exchange, &mut response);
        log_answer(exchange, &response, usage.used());
        response
    }
}

fn write_error(exchange: &Exchange<'_>, error: &Error) -> Response {
    exchange.log_failure(error);
    let dialect = exchange.dialect();
    let mut response = match dialect {
        Dialect::V1 => v1::error(error, exchange.request_id()),
        Dialect::LoggedActivity => logged_activity::error(error),
        Dialect::Mcp => mcp::error(error, &exchange.request().body, exchange.request_id()),
    };
    let headers = response.headers_mut();
    match error {
        Error::Unauthorized => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Error::MissingRequiredScope(scope) if dialect == Dialect::Mcp => {
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
            headers.insert(header::WWW_AUTHENTICATE, header_value(&challenge));
        }
        Error::MethodNotAllowed => {
            headers.insert(header::ALLOW, list(exchange.allowed_methods()));
        }
        _ => {}
    }
    if let Some(delay) = error.retry_after() {
        headers.insert(header::RETRY_AFTER, delay.as_secs().into());
    }
    response
}

fn list(methods: &[Method]) -> HeaderValue {
    let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    header_value(&names.join(", "))
}

fn finish(exchange: &Exchange<'_>, response: &mut Response) {
    let headers = response.headers_mut();
    // Only the pages may be kept, and say how.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_REQUEST_ID, header_value(exchange.request_id()));
    allow_origin(exchange, headers);
}

/// The line of a request. Of what the caller sent it has the method, and of the caller
/// what its credential proves: no query, no body, no key.
fn log_answer(exchange: &Exchange<'_>, response: &Response, used: Used) {
    let principal = exchange.principal();
    let by = principal.map(|principal| &principal.by);
    tracing::info!(
        request_id = exchange.request_id(),
        trace_id = exchange.trace_id(),
        method = logged_method(&exchange.request().method),
        route = exchange.template(),
        operation = exchange.operation().map(Operation::as_str),
        tool = exchange.tool(),
        status = response.status().as_u16(),
        tenant_id = principal.map(|principal| principal.tenant_id.as_str()),
        credential_id = principal.map(|principal| principal.credential_id.as_str()),
        actor = by.map(|by| by.actor.to_string()),
        authenticated_as = by.and_then(Attribution::other_credential).map(Actor::to_string),
        on_behalf_of = by.and_then(|by| by.on_behalf_of.as_ref()).map(Actor::to_string),
        duration_ms = u64::try_from(exchange.duration().as_millis()).unwrap_or(u64::MAX),
        table_calls = used.table_calls,
        round_trips = used.round_trips,
        read_units = used.read_units,
        write_units = used.write_units,
        "answered"
    );
}

/// A method may be any word, of any length, and the log of everybody's calls is not
/// the place for it.
fn logged_method(method: &Method) -> &str {
    const MAX_BYTES: usize = 16;
    let method = method.as_str();
    method.get(..MAX_BYTES).unwrap_or(method)
}

/// The origin of a request, where the deployment allows it.
fn allowed_origin(exchange: &Exchange<'_>) -> Option<HeaderValue> {
    let allowed = &exchange.setting.config.cors_allow_origins;
    if allowed.iter().any(|origin| origin == "*") {
        return Some(HeaderValue::from_static("*"));
    }
    let origin = exchange.request().headers.get(header::ORIGIN)?;
    allowed.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone())
}

fn allow_origin(exchange: &Exchange<'_>, headers: &mut HeaderMap) {
    if exchange.setting.config.cors_allow_origins.is_empty() {
        return;
    }
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = allowed_origin(exchange) else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let exposed = [X_REQUEST_ID, header::LOCATION, IDEMPOTENCY_REPLAYED, header::RETRY_AFTER]
        .map(|name| name.to_string());
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, header_value(&exposed.join(", ")));
}

/// The answer to a preflight request, where CORS is on and the origin is
/// allowed.
#[must_use]
pub fn preflight(exchange: &Exchange<'_>) -> Option<Response> {
    let request = exchange.request();
    let preflight = request.method == Method::OPTIONS
        && request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let methods = exchange.allowed_methods();
    if !preflight || methods.is_empty() || allowed_origin(exchange).is_none() {
        return None;
    }
    let mut response = Response::default();
    *response.status_mut() = http::StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, list(methods));
    let of_dialect = match exchange.dialect() {
        Dialect::V1 | Dialect::LoggedActivity => API_HEADERS,
        Dialect::Mcp => mcp::REQUEST_HEADERS,
    };
    let configured = exchange.setting.config.cors_allow_headers.iter().map(HeaderName::as_str);
    let allowed: Vec<&str> =
        of_dialect.iter().chain(TRACING_HEADERS).copied().chain(configured).collect();
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, header_value(&allowed.join(", ")));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    Some(response)
}
