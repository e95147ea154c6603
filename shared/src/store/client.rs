//! The client of the table.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_types::SdkConfig;

use crate::platform::aws::{self, Endpoint, Service, SharedHttpClient, StartError};

/// A client for DynamoDB, from the environment.
pub async fn connect(endpoint: &Endpoint) -> Result<Client, StartError> {
    Ok(build(&aws::config(Service::DynamoDb, endpoint).await?))
}

/// A client for an engine on this machine, which takes any credentials.
#[must_use]
pub fn connect_local(url: &str) -> Client {
    build(&aws::local_config(url))
}

/// A client for an engine that a client of HTTP knows the way to.
#[must_use]
pub fn connect_through(http_client: SharedHttpClient) -> Client {
    build(&aws::local_config_through(http_client))
}

/// A client of a configuration.
#[must_use]
pub fn build(config: &SdkConfig) -> Client {
    // Clients of one name share the budget of their retries; a client of
    // another engine must not pay for this one's faults.
    let partition = RetryPartition::new(config.endpoint_url().unwrap_or("dynamodb").to_owned());
    let config = aws_sdk_dynamodb::config::Builder::from(config).retry_partition(partition);
    Client::from_conf(config.build())
}
