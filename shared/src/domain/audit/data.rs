//! What an event tells beside its properties, by its action: numbers, times and words
//! that name no person.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::domain::clock::Timestamp;

/// Members by their names, such as `count`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Data(BTreeMap<String, Value>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Number(u64),
    Text(String),
}

impl Data {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a number of things.
    #[must_use]
    pub fn number(mut self, name: &str, number: u64) -> Self {
        self.0.insert(name.to_owned(), Value::Number(number));
        self
    }

    /// Adds a time.
    #[must_use]
    pub fn time(self, name: &str, time: Timestamp) -> Self {
        self.word(name, &time.to_string())
    }

    /// Adds a word of this crate's own.
    #[must_use]
    pub fn word(mut self, name: &str, word: &str) -> Self {
        self.0.insert(name.to_owned(), Value::Text(word.to_owned()));
        self
    }
}

impl JsonSchema for Data {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AuditEventData".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "What the event tells beside its properties, by its action: \
                numbers, times and words.",
            "additionalProperties": true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_read_back() {
        let data = Data::default().number("count", 15).time("first_at", Timestamp::MIN);
        let text = serde_json::to_string(&data).unwrap();
        assert_eq!(text, r#"{"count":15,"first_at":"1970-01-01T00:00:00.000Z"}"#);
        assert_eq!(serde_json::from_str::<Data>(&text).unwrap(), data);
        assert!(Data::default().is_empty() && !data.is_empty());
    }
}
