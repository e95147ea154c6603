//! Events as Lambda hands them over, and what it is told of a batch.

use std::path::Path;

use activity_log_core::lambda::Invocation;
use serde_json::Value;
use serde_json::value::RawValue;

/// What Lambda calls the invocations of tests.
pub const AWS_REQUEST_ID: &str = "aws-request-1";

/// An invocation without a deadline.
///
/// # Panics
///
/// When the payload is not JSON.
#[must_use]
pub fn invocation(payload: &str) -> Invocation {
    Invocation {
        payload: RawValue::from_string(payload.to_owned()).expect("Lambda hands over JSON"),
        request_id: AWS_REQUEST_ID.to_owned(),
        deadline: None,
    }
}

/// A file of `infra/events`.
///
/// # Panics
///
/// When there is none, or it is not JSON.
#[must_use]
pub fn sample(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/events").join(name);
    let text = std::fs::read_to_string(path).expect("the file is there");
    serde_json::from_str(&text).expect("it is JSON")
}

/// The parts of a batch that are to be delivered again.
///
/// # Panics
///
/// When an answer names none.
#[must_use]
pub fn batch_failures(answer: &Value) -> Vec<String> {
    let items = answer["batchItemFailures"].as_array().expect("it is a list").iter();
    let id = |item: &Value| item["itemIdentifier"].as_str().expect("it names one").to_owned();
    items.map(id).collect()
}
