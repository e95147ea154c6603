//! The start-up of the AWS SDK, made for a short cold start and the same for
//! every service.
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

use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder as HttpClientBuilder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
pub use aws_types::SdkConfig;
use aws_types::region::Region;
pub use aws_types::sdk_config::SharedHttpClient;
use aws_types::sdk_config::{
    Builder as ConfigBuilder, RetryConfig, SharedCredentialsProvider, TimeoutConfig,
};

use crate::platform::loopback::is_loopback;

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
/// The region of an engine on this machine, which has none.
pub const LOCAL_REGION_NAME: &str = "us-east-1";

const LOCAL_REGION: Region = Region::from_static(LOCAL_REGION_NAME);
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

/// A service of AWS, as the environment names its endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The table.
    DynamoDb,
    /// The bus.
    EventBridge,
    /// The keys that sign.
    Kms,
    /// The functions, where an operator invokes one.
    Lambda,
}

impl Service {
    /// The variables that say where it is, the first of them first.
    pub(super) fn endpoint_variables(self) -> [&'static str; 2] {
        let own = match self {
            Self::DynamoDb => "AWS_ENDPOINT_URL_DYNAMODB",
            Self::EventBridge => "AWS_ENDPOINT_URL_EVENTBRIDGE",
            Self::Kms => "AWS_ENDPOINT_URL_KMS",
            Self::Lambda => "AWS_ENDPOINT_URL_LAMBDA",
        };
        [own, "AWS_ENDPOINT_URL"]
    }
}

/// Where a service is, if not where the environment says.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// Its address; the service's own variable (`AWS_ENDPOINT_URL_DYNAMODB`) or
    /// `AWS_ENDPOINT_URL` otherwise, else AWS.
    pub url: Option<String>,
}

impl Endpoint {
    fn resolve(&self, service: Service) -> Option<String> {
        let from_env = |name| std::env::var(name).ok().filter(|url| !url.is_empty());
        self.url.clone().or_else(|| service.endpoint_variables().into_iter().find_map(from_env))
    }
}

/// What the client of a service is made of, from the environment.
pub async fn config(service: Service, endpoint: &Endpoint) -> Result<SdkConfig, StartError> {
    let url = endpoint.resolve(service);
    let http_client = http_client(url.as_deref())?;
    // A profile that was chosen is used there too: engines may keep the tables
    // of different credentials apart.
    let local =
        url.as_deref().is_some_and(is_on_this_machine) && std::env::var_os("AWS_PROFILE").is_none();
    let credentials = credentials_from_env().or_else(|| local.then(local_credentials));
    let region = region_from_env().or_else(|| local.then_some(LOCAL_REGION));
    let config = match (credentials, region) {
        (Some(credentials), Some(region)) => config_of(credentials, region),
        _ => {
            let loader = aws_config::defaults(BehaviorVersion::latest());
            loader.http_client(http_client.clone()).load().await.into_builder()
        }
    };
    Ok(finish(config, http_client, url.as_deref()))
}

/// What a client is made of for an engine on this machine, which takes any
/// credentials.
#[must_use]
pub fn local_config(url: &str) -> SdkConfig {
    let config = config_of(local_credentials(), LOCAL_REGION);
    finish(config, HttpClientBuilder::new().build_http(), Some(url))
}

/// What a client is made of for an engine that another client of HTTP knows the
/// way to: the address in its requests is not looked at.
#[must_use]
pub fn local_config_through(http_client: SharedHttpClient) -> SdkConfig {
    finish(config_of(local_credentials(), LOCAL_REGION), http_client, Some("http://localhost"))
}

fn config_of(credentials: Credentials, region: Region) -> ConfigBuilder {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(region)
}

fn finish(
    mut config: ConfigBuilder,
    http_client: SharedHttpClient,
    url: Option<&str>,
) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    let retries =
        RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF);
    config.set_endpoint_url(url.map(str::to_owned));
    config.http_client(http_client).timeout_config(timeouts).retry_config(retries).build()
}

fn http_client(url: Option<&str>) -> Result<SharedHttpClient, StartError> {
    if url.is_some_and(|url| url.starts_with("http://")) {
        return Ok(HttpClientBuilder::new().build_http());
    }
    let context = TlsContext::builder()
        .with_trust_store(trust_store(url)?)
        .build()
        .map_err(|error| StartError::TrustStore(error.into()))?;
    Ok(HttpClientBuilder::new()
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
    uri.scheme() == Some(&http::uri::Scheme::HTTP) && uri.host().is_some_and(is_loopback)
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
