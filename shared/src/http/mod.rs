//! The edge: from an HTTP request to a use case and back.
//!
//! [`routes`] is the one table of routes, [`exchange`] what every request has
//! around it (its id, its deadline, its errors, its log line), and there is a
//! module for each dialect: [`v1`], [`logged_activity`] and [`mcp`]. A dialect
//! only translates.
//!
//! The types are the `http` crate's, so that Lambda and the local server call
//! the same handlers.

pub mod body;
pub mod exchange;
pub mod logged_activity;
pub mod mcp;
pub mod query;
pub mod routes;
pub mod v1;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};

pub use exchange::Exchange;

use crate::config::BasePath;

/// A request as it came in: path and query are not decoded yet.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// What the caller's path has before [`path`](Self::path): the stage and the
    /// base path of the deployment. Links carry it again.
    pub prefix: String,
    /// The path, percent-encoded.
    pub path: String,
    /// What follows the `?`, percent-encoded; it may have bytes that a URI can't.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, cut off one byte beyond [`body::MAX_BYTES`] at the earliest.
    pub body: Bytes,
}

impl Request {
    /// Takes the base path of the deployment off the path, where it has one: an
    /// HTTP API takes the key of a mapping off by itself, and the own name of an
    /// API has none.
    #[must_use]
    pub fn below(mut self, base_path: &BasePath) -> Self {
        if let Some(path) = base_path.strip_from(&self.path) {
            self.path = path.to_owned();
            self.prefix.push_str(base_path.as_str());
        }
        self
    }
}

/// A response, whole.
pub type Response = http::Response<Bytes>;

/// The header that names a request in every response.
pub const X_REQUEST_ID: http::HeaderName = http::HeaderName::from_static("x-request-id");
/// The header by which a replay is told from a first write.
pub const IDEMPOTENCY_REPLAYED: http::HeaderName =
    http::HeaderName::from_static("idempotency-replayed");

/// A JSON response.
///
/// # Errors
///
/// A value that has no JSON form.
pub fn json(status: StatusCode, value: &impl serde::Serialize) -> crate::Result<Response> {
    let body = serde_json::to_vec(value).map_err(|error| crate::Error::Internal(error.into()))?;
    Ok(json_bytes(status, body.into()))
}

/// A response of JSON that is already written.
#[must_use]
pub fn json_bytes(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
