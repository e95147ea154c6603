//! The function `seal` on AWS, which alone can use the key: what an operator has it do.

use std::time::Duration;

use activity_log_core::platform::aws::{self, Endpoint, Service};
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::{Client, Config};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cli::error::CliError;

/// No function runs for longer
/// ([Lambda quotas](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)).
const LONGEST_RUN: Duration = Duration::from_secs(15 * 60);

/// Invokes the function, and returns what it answers.
pub(super) async fn invoke<T: DeserializeOwned>(
    function: &str,
    payload: &Value,
) -> Result<T, CliError> {
    let failed = |problem: String| CliError::Function { name: function.to_owned(), problem };
    let config = aws::config(Service::Lambda, &Endpoint::default()).await?;
    // Calls of the table are given up much earlier; this one answers when all is done.
    let timeouts = config.timeout_config().map_or_else(TimeoutConfig::builder, |timeouts| {
        timeouts.to_builder().operation_attempt_timeout(LONGEST_RUN)
    });
    let config = Config::from(&config).to_builder().timeout_config(timeouts.build()).build();
    let answer = Client::from_conf(config)
        .invoke()
        .function_name(function)
        .payload(Blob::new(payload.to_string()))
        .send()
        .await
        .map_err(|error| failed(DisplayErrorContext(error).to_string()))?;
    let payload = answer.payload.unwrap_or_else(|| Blob::new(Vec::new())).into_inner();
    if answer.function_error.is_some() {
        let said: Option<Value> = serde_json::from_slice(&payload).ok();
        let message = said.as_ref().and_then(|said| said["errorMessage"].as_str());
        return Err(failed(message.unwrap_or("it says nothing").to_owned()));
    }
    serde_json::from_slice(&payload).map_err(|_| failed("its answer can't be read".to_owned()))
}
