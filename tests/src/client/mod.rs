//! Clients that speak HTTP to a stack, one for each dialect, and what they have
//! in common: calls and answers.

pub mod logged_activity;
pub mod mcp;
pub mod v1;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// An id of the right form that no activity has.
pub const ABSENT_ID: &str = "018f3c5e-0000-7000-8000-000000000000";
/// What stands in a pinned body for the id of its request.
pub const REQUEST_ID: &str = "<request id>";

/// The longest body of a request.
pub const MIB: usize = 1024 * 1024;

/// Connections to one server.
#[derive(Clone, Debug)]
pub struct Http {
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Http {
    /// Connections to a server at `http://<host>:<port>`.
    #[must_use]
    pub fn to(url: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { url: url.to_owned(), client }
    }

    /// A call of any path.
    #[must_use]
    pub fn call(&self, method: Method, path: &str) -> HttpCall {
        let request = http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        HttpCall { client: self.client.clone(), request, body: Bytes::new() }
    }
}

/// A path with parameters, percent-encoded here.
#[must_use]
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    format!("{path}?{}", encode(parameters))
}

/// Parameters as a query string.
#[must_use]
pub fn encode(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// A call that is being made.
#[derive(Debug)]
pub struct HttpCall {
    client: Client<HttpConnector, Full<Bytes>>,
    request: http::request::Builder,
    body: Bytes,
}

impl HttpCall {
    /// Adds a header; the same name again adds a value.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value.as_bytes());
        self
    }

    /// A body of JSON, with its media type.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.header("content-type", "application/json").body(value.to_string())
    }

    /// A body of any bytes.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    pub async fn send(self) -> Answer {
        let answer = self.try_send().await;
        answer.expect("the stack answers")
    }

    /// Sends it, where the stack may be gone.
    pub async fn try_send(self) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let request = self.request.body(Full::new(self.body))?;
        let response = self.client.request(request).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("not JSON ({error}): {}", String::from_utf8_lossy(&self.body))
        })
    }

    /// A header as text, empty where it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("the header is text"))
    }

    /// The same answer, after its status was checked.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status.as_u16(),
            status,
            "unexpected status; the body is {}",
            String::from_utf8_lossy(&self.body)
        );
        self
    }

    /// The code of a `/v1` error.
    #[must_use]
    pub fn error_code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The body without the request's id, for comparing answers byte by byte.
    #[must_use]
    pub fn body_without_request_id(&self) -> String {
        let id = self.header("x-request-id");
        assert!(!id.is_empty(), "every answer has a request id");
        String::from_utf8_lossy(&self.body).replace(id, REQUEST_ID)
    }

    /// The whole body as JSON, its request's id replaced by [`REQUEST_ID`].
    #[must_use]
    pub fn pinned(&self) -> Value {
        serde_json::from_str(&self.body_without_request_id()).expect("the body is JSON")
    }
}
