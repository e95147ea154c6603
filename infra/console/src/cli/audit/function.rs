//! The function `seal` on AWS, which alone can use the key: what an operator has it do.

use activity_log_core::platform::aws::{self, Endpoint, Service};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::primitives::Blob;
use serde_json::Value;

use crate::cli::error::CliError;

/// Invokes the function, and returns what it answers.
pub(super) async fn invoke(function: &str, payload: &Value) -> Result<Value, CliError> {
    let failed = |problem: String| CliError::Function { name: function.to_owned(), problem };
    let config = aws::config(Service::Lambda, &Endpoint::default()).await?;
    let answer = Client::new(&config)
        .invoke()
        .function_name(function)
        .payload(Blob::new(payload.to_string()))
        .send()
        .await
        .map_err(|error| failed(DisplayErrorContext(error).to_string()))?;
    let payload = answer.payload.unwrap_or_else(|| Blob::new(Vec::new())).into_inner();
    let said: Value = serde_json::from_slice(&payload)
        .map_err(|_| failed("its answer can't be read".to_owned()))?;
    match answer.function_error {
        None => Ok(said),
        Some(_) => {
            let message = said["errorMessage"].as_str().unwrap_or("it says nothing");
            Err(failed(message.to_owned()))
        }
    }
}
