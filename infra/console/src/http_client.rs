//! Calls to servers of others: an activity log's API, or a witness. HTTP, and HTTPS with the
//! certificates that this machine trusts.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};

/// How long a call may take.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// The longest answer that is read: 256 entries of 65,535 bytes with their disclosures.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
const USER_AGENT: &str = concat!("activity-log/", env!("CARGO_PKG_VERSION"));

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// It is not where a call can go.
    #[error("{0} is no address: it must be http://HOST or https://HOST, perhaps with a path")]
    Address(String),
    /// This machine trusts nobody.
    #[error("this machine has no certificates that HTTPS needs")]
    NoCertificates,
    /// There was none in time.
    #[error("{0} did not answer in time")]
    TimedOut(String),
    /// The call or its answer was cut off, or can't be read.
    #[error("{url} can't be reached: {problem}")]
    Failed { url: String, problem: String },
}

/// An answer.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl HttpAnswer {
    /// The body, where it is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }
}

/// Calls paths below an address.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    authorization: Option<header::HeaderValue>,
}

impl HttpClient {
    /// A client of the server at an address.
    ///
    /// # Errors
    ///
    /// An address that is none, and HTTPS on a machine without certificates.
    pub fn of(url: &str) -> Result<Self, HttpError> {
        let base = url.strip_suffix('/').unwrap_or(url).to_owned();
        let uri: Uri = base.parse().map_err(|_| HttpError::Address(url.to_owned()))?;
        let is_https = uri.scheme_str() == Some("https");
        let is_address = (is_https || uri.scheme_str() == Some("http"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.query().is_none()
            && !uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if !is_address {
            return Err(HttpError::Address(url.to_owned()));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| HttpError::NoCertificates)?;
        let config = match config.clone().with_native_roots() {
            Ok(config) => config.with_no_client_auth(),
            // HTTP needs none.
            Err(_) if !is_https => {
                config.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
            }
            Err(_) => return Err(HttpError::NoCertificates),
        };
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1();
        let client = Client::builder(TokioExecutor::new()).build(connector.build());
        Ok(Self { client, base, authorization: None })
    }

    /// The same with a key.
    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        let mut authorization = header::HeaderValue::try_from(format!("Bearer {key}")).ok();
        if let Some(value) = &mut authorization {
            value.set_sensitive(true);
        }
        Self { authorization, ..self }
    }

    /// Asks for a path.
    ///
    /// # Errors
    ///
    /// [`HttpError`]. An answer with any status is one.
    pub async fn get(&self, path: &str) -> Result<HttpAnswer, HttpError> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    /// Sends a text to a path.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub async fn post(&self, path: &str, text: String) -> Result<HttpAnswer, HttpError> {
        self.call(Method::POST, path, text.into()).await
    }

    async fn call(&self, method: Method, path: &str, body: Bytes) -> Result<HttpAnswer, HttpError> {
        let url = format!("{}{path}", self.base);
        let failed = |problem: String| HttpError::Failed { url: url.clone(), problem };
        let mut request = Request::builder()
            .method(method)
            .uri(&url)
            .header(header::USER_AGENT, USER_AGENT)
            .body(Full::new(body))
            .map_err(|_| HttpError::Address(url.clone()))?;
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(header::AUTHORIZATION, authorization.clone());
        }
        let answered = async {
            let response = self.client.request(request).await;
            let response = response.map_err(|error| failed(chain(&error)))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await;
            let body = body.map_err(|error| failed(chain(&*error)))?.to_bytes();
            Ok(HttpAnswer { status: parts.status, headers: parts.headers, body })
        };
        match tokio::time::timeout(TIME_LIMIT, answered).await {
            Ok(answered) => answered,
            Err(_) => Err(HttpError::TimedOut(self.base.clone())),
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    activity_log_core::domain::error::chain(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme_and_a_host_and_no_secret() {
        for url in ["http://127.0.0.1:8080", "https://log.example.com/v", "http://localhost/"] {
            assert!(HttpClient::of(url).is_ok(), "{url}");
        }
        for url in ["", "localhost", "ftp://x", "http://", "http://a:b@host", "http://h/?q", "/v1"]
        {
            assert!(matches!(HttpClient::of(url), Err(HttpError::Address(_))), "{url}");
        }
    }

    #[tokio::test]
    async fn where_nobody_listens_the_address_is_named_and_a_key_never_is() {
        let client = HttpClient::of("http://127.0.0.1:9").unwrap().with_key("secret-key");
        let error = client.get("/x").await.unwrap_err().to_string();
        assert!(error.contains("http://127.0.0.1:9/x"), "{error}");
        assert!(!error.contains("secret-key") && !format!("{client:?}").contains("secret-key"));
    }
}
