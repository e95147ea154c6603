//! The start-up of the SDK, made for a short cold start.
//!
//! TLS uses ring, whose first handshake does not gather CPU-jitter entropy as
//! AWS-LC's does, and trusts only the roots that AWS endpoints chain to
//! ([Amazon Trust Services](https://www.amazontrust.com/repository/)), because
//! parsing a whole bundle costs more than the rest of the start. Plain HTTP
//! endpoints, as local engines have, get a client without TLS. Credentials and
//! region come from the environment, where Lambda puts them, and from the
//! ordinary chain otherwise; an engine on this machine takes any, so that there
//! nobody needs to have some.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Credentials, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

/// A connection that takes longer is tried anew.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// An answer that takes longer is taken as lost. DynamoDB's slowest percentile
/// is under a tenth of a second.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(8);
/// The SDK's own attempts at a call, with its exponential backoff.
const ATTEMPTS: u32 = 4;
/// The longest wait before the second attempt. The SDK's default of a second
/// would spend most of a request's time on one lost connection.
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
/// The region of an engine on this machine.
const LOCAL_REGION: Region = Region::from_static("us-east-1");
/// The roots that AWS endpoints chain to, picked by the build script.
const AWS_ROOTS: &str = include_str!(concat!(env!("OUT_DIR"), "/aws-roots.pem"));

/// What can't be started with.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// `AWS_CA_BUNDLE` names a file that can't be read.
    #[error("AWS_CA_BUNDLE can't be read")]
    CaBundle(#[source] std::io::Error),
    /// The trust store can't be used.
    #[error("the trust store can't be used")]
    TrustStore(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where the table is, if not where the environment says.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// An engine's address; `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL`
    /// otherwise, else AWS.
    pub url: Option<String>,
}

impl Endpoint {
    fn resolve(&self) -> Option<String> {
        let from_env = |name| std::env::var(name).ok().filter(|url| !url.is_empty());
        self.url
            .clone()
            .or_else(|| from_env("AWS_ENDPOINT_URL_DYNAMODB"))
            .or_else(|| from_env("AWS_ENDPOINT_URL"))
    }
}

/// A client for DynamoDB, from the environment.
///
/// # Errors
///
/// A trust store that can't be used.
pub async fn connect(endpoint: &Endpoint) -> Result<Client, StartError> {
    let url = endpoint.resolve();
    let http_client = http_client(url.as_deref())?;
    // A profile that was chosen is used there too: engines may keep the tables
    // of different credentials apart.
    let local =
        url.as_deref().is_some_and(is_on_this_machine) && std::env::var_os("AWS_PROFILE").is_none();
    let credentials = credentials_from_env().or_else(|| local.then(local_credentials));
    let region = region_from_env().or_else(|| local.then_some(LOCAL_REGION));
    let mut config = aws_sdk_dynamodb::Config::builder();
    match (credentials, region) {
        (Some(credentials), Some(region)) => {
            config = config
                .behavior_version(BehaviorVersion::latest())
                .credentials_provider(credentials)
                .region(region);
        }
        _ => {
            let shared = aws_config::defaults(BehaviorVersion::latest())
                .http_client(http_client.clone())
                .load()
                .await;
            config = aws_sdk_dynamodb::config::Builder::from(&shared);
        }
    }
    Ok(build(config, http_client, url.as_deref()))
}

/// A client for an engine on this machine, which takes any credentials.
#[must_use]
pub fn connect_local(url: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(local_credentials())
        .region(LOCAL_REGION);
    build(config, Builder::new().build_http(), Some(url))
}

fn build(
    config: aws_sdk_dynamodb::config::Builder,
    http_client: SharedHttpClient,
    url: Option<&str>,
) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    let mut config = config
        .http_client(http_client)
        .timeout_config(timeouts)
        .retry_config(
            RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF),
        )
        // Clients of one name share the budget of their retries; a client of
        // another engine must not pay for this one's faults.
        .retry_partition(RetryPartition::new(url.unwrap_or("dynamodb").to_owned()));
    if let Some(url) = url {
        config = config.endpoint_url(url);
    }
    Client::from_conf(config.build())
}

fn http_client(url: Option<&str>) -> Result<SharedHttpClient, StartError> {
    if url.is_some_and(|url| url.starts_with("http://")) {
        return Ok(Builder::new().build_http());
    }
    let context = TlsContext::builder()
        .with_trust_store(trust_store(url)?)
        .build()
        .map_err(|error| StartError::TrustStore(error.into()))?;
    Ok(Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(context)
        .build_https())
}

fn trust_store(url: Option<&str>) -> Result<TrustStore, StartError> {
    if let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) {
        let pem = std::fs::read(path).map_err(StartError::CaBundle)?;
        return Ok(TrustStore::empty().with_pem_certificate(pem));
    }
    if url.is_some() {
        // Somebody's own endpoint may have a certificate of anybody's.
        return Ok(TrustStore::empty().with_native_roots(true));
    }
    Ok(TrustStore::empty().with_pem_certificate(AWS_ROOTS))
}

fn local_credentials() -> Credentials {
    Credentials::new("local", "local", None, None, "local")
}

/// Whether an endpoint is spoken to in plain HTTP at a loopback address.
fn is_on_this_machine(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let loopback = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    uri.scheme() == Some(&http::uri::Scheme::HTTP) && (loopback || host == "localhost")
}

fn credentials_from_env() -> Option<Credentials> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    Some(Credentials::new(
        variable("AWS_ACCESS_KEY_ID")?,
        variable("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN"),
        None,
        "environment",
    ))
}

fn region_from_env() -> Option<Region> {
    ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|region| !region.is_empty()))
        .map(Region::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_at_a_loopback_address_is_on_this_machine() {
        for url in ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000/"] {
            assert!(is_on_this_machine(url), "{url}");
        }
        for url in [
            "https://127.0.0.1:8000",
            "http://10.0.0.1:8000",
            "http://localhost.example",
            "nowhere",
        ] {
            assert!(!is_on_this_machine(url), "{url}");
        }
    }

    #[test]
    fn the_trust_store_has_the_roots_that_aws_endpoints_chain_to() {
        // Amazon Root CA 1 to 4, and Starfield Services Root CA G2.
        assert_eq!(AWS_ROOTS.matches("BEGIN CERTIFICATE").count(), 5);
        assert!(http_client(None).is_ok());
    }
}
