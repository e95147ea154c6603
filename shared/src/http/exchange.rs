//! What every request has around it: an id, a route, a time limit, errors in
//! its dialect, and one line in the log.

use std::future::Future;
use std::sync::OnceLock;

use http::{HeaderValue, Method, header};
use uuid::Uuid;

use super::routes::{Dialect, Resolved, Route, dialect_of, resolve};
use super::{IDEMPOTENCY_REPLAYED, Request, Response, X_REQUEST_ID, logged_activity, mcp, v1};
use crate::Context;
use crate::error::{Error, ErrorCode, Result, chain};
use crate::guard::{REQUEST_TIMEOUT, guard};
use crate::telemetry::TraceId;

/// A request under way.
#[derive(Debug)]
pub struct Exchange<'a> {
    ctx: &'a Context,
    request: Request,
    resolved: Resolved,
    dialect: Dialect,
    request_id: String,
    trace_id: OnceLock<TraceId>,
}

impl<'a> Exchange<'a> {
    /// Begins to answer a request. An id that the caller sends is ignored.
    #[must_use]
    pub fn begin(ctx: &'a Context, request: Request) -> Self {
        let resolved = resolve(&request.method, &request.path);
        let dialect = dialect_of(&request.path);
        let request_id = new_request_id(ctx.environment.new_uuid());
        Self { ctx, request, resolved, dialect, request_id, trace_id: OnceLock::new() }
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The id that names this request in the response, the log and the audit
    /// trail.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The route.
    ///
    /// # Errors
    ///
    /// 404 and 405.
    pub fn route(&self) -> Result<&'static Route> {
        match &self.resolved {
            Resolved::Route(route, _) => Ok(route),
            Resolved::MethodNotAllowed(methods) => Err(Error::MethodNotAllowed(methods)),
            Resolved::NotFound => Err(Error::ResourceNotFound),
        }
    }

    /// A parameter of the path, still percent-encoded; empty where there is none.
    #[must_use]
    pub fn path_parameter(&self, index: usize) -> &str {
        match &self.resolved {
            Resolved::Route(_, parameters) => parameters.get(index).map_or("", String::as_str),
            Resolved::MethodNotAllowed(_) | Resolved::NotFound => "",
        }
    }

    /// A header that is given once and is text: ids may be of any script.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.request.headers.get_all(name).iter();
        let (value, None) = (values.next()?, values.next()) else { return None };
        std::str::from_utf8(value.as_bytes()).ok()
    }

    /// Makes this request part of the caller's trace: the log names it.
    pub fn join_trace(&self, trace_id: TraceId) {
        // The first one stands; there is only one to a request.
        let _ = self.trace_id.set(trace_id);
    }

    /// The address of a path of this deployment, as the caller has to call it:
    /// below `PUBLIC_URL`, or a reference without a host, since the headers that
    /// name one are the caller's to choose.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        match &self.ctx.config.public_url {
            Some(url) => format!("{url}{path}"),
            None => format!("{}{path}", self.request.prefix),
        }
    }

    /// Runs the handler within the time limit, and writes its result or its
    /// error in the dialect of the path.
    pub fn answer(
        &self,
        handler: impl Future<Output = Result<Response>>,
    ) -> impl Future<Output = Response> {
        // Some 20 kB, which every layer around it would move.
        let handler = Box::pin(handler);
        async move {
            let mut response = match guard(REQUEST_TIMEOUT, handler).await {
                Ok(response) => response,
                Err(error) => self.write_error(&error),
            };
            self.finish(&mut response);
            response
        }
    }

    /// Logs the cause of what the caller only reads a constant text of.
    pub fn log_failure(&self, error: &Error) {
        let code = error.code();
        if code.status().is_server_error() || code == ErrorCode::RateLimited {
            tracing::error!(
                request_id = self.request_id,
                trace_id = self.trace_id.get().map(TraceId::as_str),
                error = chain(error),
                "request failed"
            );
        }
    }

    fn write_error(&self, error: &Error) -> Response {
        self.log_failure(error);
        let mut response = match self.dialect {
            Dialect::V1 => v1::error(error, &self.request_id),
            Dialect::LoggedActivity => logged_activity::error(error),
            Dialect::Mcp => mcp::error(error, &self.request.body, &self.request_id),
        };
        let headers = response.headers_mut();
        match error {
            Error::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Error::MissingRequiredScope(scope) if self.dialect == Dialect::Mcp => {
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
                headers.insert(header::WWW_AUTHENTICATE, header_value(&challenge));
            }
            Error::MethodNotAllowed(methods) => {
                let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
                headers.insert(header::ALLOW, header_value(&methods.join(", ")));
            }
            _ => {}
        }
        if let Some(delay) = error.retry_after() {
            headers.insert(header::RETRY_AFTER, delay.as_secs().into());
        }
        response
    }

    fn finish(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_REQUEST_ID, header_value(&self.request_id));
        self.allow_origin(headers);
        let template = match &self.resolved {
            Resolved::Route(route, _) => route.template,
            Resolved::MethodNotAllowed(_) | Resolved::NotFound => "none",
        };
        tracing::info!(
            request_id = self.request_id,
            trace_id = self.trace_id.get().map(TraceId::as_str),
            method = self.request.method.as_str(),
            route = template,
            status = response.status().as_u16(),
            "answered"
        );
    }

    /// The origin of the request, where the deployment allows it.
    fn allowed_origin(&self) -> Option<HeaderValue> {
        let allowed = &self.ctx.config.cors_allow_origins;
        if allowed.iter().any(|origin| origin == "*") {
            return Some(HeaderValue::from_static("*"));
        }
        let origin = self.request.headers.get(header::ORIGIN)?;
        allowed.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone())
    }

    fn allow_origin(&self, headers: &mut http::HeaderMap) {
        if self.ctx.config.cors_allow_origins.is_empty() {
            return;
        }
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = self.allowed_origin() else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = [X_REQUEST_ID, header::LOCATION, IDEMPOTENCY_REPLAYED, header::RETRY_AFTER]
            .map(|name| name.to_string());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, header_value(&exposed.join(", ")));
    }

    /// The answer to a preflight request, where CORS is on and the origin is
    /// allowed.
    #[must_use]
    pub fn preflight(&self) -> Option<Response> {
        let preflight = self.request.method == Method::OPTIONS
            && self.request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let Resolved::MethodNotAllowed(methods) = &self.resolved else { return None };
        if !preflight || self.allowed_origin().is_none() {
            return None;
        }
        let mut response = Response::default();
        *response.status_mut() = http::StatusCode::NO_CONTENT;
        let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, header_value(&methods.join(", ")));
        let allowed_headers = match self.dialect {
            Dialect::V1 | Dialect::LoggedActivity => {
                "authorization, content-type, idempotency-key, x-api-key, x-business-id, x-user-id"
            }
            Dialect::Mcp => mcp::REQUEST_HEADERS,
        };
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(allowed_headers),
        );
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        Some(response)
    }
}

/// The form of a request's id.
#[must_use]
pub fn new_request_id(id: Uuid) -> String {
    format!("req_{}", id.simple())
}

/// A header of text that this crate wrote itself.
pub(super) fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("the text is of this crate's own and visible ASCII")
}
