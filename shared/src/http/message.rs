//! Requests and responses, whole.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Serialize;

use super::request_body::RequestBody;
use crate::domain::client::Client;
use crate::platform::config::BasePath;

/// A request as it came in: path and query are not decoded yet.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    /// What the caller's path has before [`path`](Self::path): the stage and the
    /// base path of the deployment. Links carry it again.
    pub prefix: String,
    /// The path, percent-encoded.
    pub path: String,
    /// What follows the `?`, percent-encoded; it may have bytes that a URI can't.
    pub query: String,
    pub headers: HeaderMap,
    pub body: RequestBody,
    /// Who sent it.
    pub client: Client,
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

/// The client of a request: its address is what the gateway knows, and no header's.
#[must_use]
pub fn client_of(address: Option<IpAddr>, headers: &HeaderMap) -> Client {
    let user_agent = headers.get(header::USER_AGENT);
    let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
    Client::new(address, user_agent.as_deref())
}

/// A response, whole.
pub type Response = http::Response<Bytes>;

/// The header that names a request in every response.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header by which a replay is told from a first write.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A JSON response.
pub fn json(status: StatusCode, view: &impl Serialize) -> Response {
    let body = serde_json::to_vec(view).expect("a view has a JSON form");
    json_bytes(status, body.into())
}

/// A response of JSON that is already written.
#[must_use]
pub fn json_bytes(status: StatusCode, body: Bytes) -> Response {
    let mut response = typed(MediaType::Json, body);
    *response.status_mut() = status;
    response
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    Json,
    /// A JSON value a line.
    JsonLines,
    Text,
    Bytes,
}

impl MediaType {
    /// As the header `Content-Type` names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::JsonLines => "application/jsonl",
            Self::Text => "text/plain; charset=utf-8",
            Self::Bytes => "application/octet-stream",
        }
    }
}

/// A response of a media type.
#[must_use]
pub fn typed(media_type: MediaType, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(body.into());
    let media_type = HeaderValue::from_static(media_type.as_str());
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}

/// A header of text that this crate wrote itself.
pub(super) fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("the text is of this crate's own and visible ASCII")
}
