//! What an event tells beside its properties, by its action: numbers, times and words
//! that name no person.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::domain::clock::Timestamp;

/// What there is to tell. Pages have words for each, so a new one is added here and there.
const NUMBERS: [&str; 7] =
    ["applied", "count", "previous_size", "records", "refused", "removed", "unchanged"];
const TIMES: [&str; 5] = ["ends_at", "expires_at", "first_at", "hour", "last_at"];
const WORDS: [&str; 9] = [
    "actor_type",
    "audit_reads",
    "item",
    "previous_origin",
    "previous_root",
    "removed_tenant",
    REPLACED_BY,
    "scopes",
    "verifier_key",
];
/// The id of a key, which the trail can take back with the other ids of keys.
const REPLACED_BY: &str = "replaced_by";

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
    pub fn number(self, name: &str, number: u64) -> Self {
        debug_assert!(NUMBERS.contains(&name), "{name} is not published as a number");
        self.with(name, Value::Number(number))
    }

    /// Adds a time.
    #[must_use]
    pub fn time(self, name: &str, time: Timestamp) -> Self {
        debug_assert!(TIMES.contains(&name), "{name} is not published as a time");
        self.with(name, Value::Text(time.to_string()))
    }

    /// Adds a word of this crate's own.
    #[must_use]
    pub fn word(self, name: &str, word: &str) -> Self {
        debug_assert!(WORDS.contains(&name), "{name} is not published as a word");
        self.with(name, Value::Text(word.to_owned()))
    }

    /// Whether a member can have that name.
    #[must_use]
    pub fn has_name(name: &str) -> bool {
        NUMBERS.contains(&name) || TIMES.contains(&name) || WORDS.contains(&name)
    }

    /// The key that follows the one that the event is about.
    #[must_use]
    pub fn replaced_by(&self) -> Option<&str> {
        match self.0.get(REPLACED_BY)? {
            Value::Text(id) => Some(id),
            Value::Number(_) => None,
        }
    }

    /// The members that name no key, as JSON.
    ///
    /// # Errors
    ///
    /// None: what is a member has a JSON form.
    pub fn without_keys(&self) -> serde_json::Result<BTreeMap<String, serde_json::Value>> {
        let members = self.0.iter().filter(|(name, _)| *name != REPLACED_BY);
        members.map(|(name, value)| Ok((name.clone(), serde_json::to_value(value)?))).collect()
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }
}

impl JsonSchema for Data {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AuditEventData".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let numbers = NUMBERS.map(|name| (name, json!({ "type": "integer", "minimum": 0 })));
        let times = TIMES.map(|name| (name, json!({ "type": "string", "format": "date-time" })));
        let words = WORDS.map(|name| (name, json!({ "type": "string" })));
        let properties: BTreeMap<&str, serde_json::Value> =
            numbers.into_iter().chain(times).chain(words).collect();
        json_schema!({
            "type": "object",
            "properties": properties,
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
