//! What Lambda is told of a batch of a queue or a stream.

use serde::Serialize;

/// The parts of a batch that are to be handed over again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    batch_item_failures: Vec<BatchItemFailure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

impl BatchAnswer {
    /// Names what failed: messages by their ids, records by their places in the stream.
    pub fn of_failures(ids: impl IntoIterator<Item = String>) -> Self {
        let failure = |item_identifier| BatchItemFailure { item_identifier };
        Self { batch_item_failures: ids.into_iter().map(failure).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_named_as_lambda_reads_them() {
        let json = |ids: &[&str]| {
            let answer = BatchAnswer::of_failures(ids.iter().map(|id| (*id).to_owned()));
            serde_json::to_string(&answer).unwrap()
        };
        assert_eq!(json(&[]), r#"{"batchItemFailures":[]}"#);
        assert_eq!(json(&["7"]), r#"{"batchItemFailures":[{"itemIdentifier":"7"}]}"#);
    }
}
