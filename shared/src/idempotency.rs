//! What makes a retry safe: the caller's key, the hash of the input, and the
//! record that remembers both.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use sha2::{Digest, Sha256};

use crate::activity::ActivityId;
use crate::clock::Timestamp;
use crate::value::{Refusal, check_id, id_schema};

/// A key that the caller chose: 1 to 255 bytes without control characters.
///
/// It belongs to its tenant and is shared by all dialects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

const HEADER_WITH_COMMA: &str =
    "must not have a comma: in /v1, such a key goes into the body, as idempotency_key";

impl IdempotencyKey {
    /// Checks the limits.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        check_id(text).map(|()| Self(text.to_owned()))
    }

    /// Reads the value of a header. With a comma it may be two keys that a gateway
    /// has joined.
    pub fn parse_header(value: &[u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(value).map_err(|_| "must be UTF-8")?;
        if text.contains(',') {
            return Err(HEADER_WITH_COMMA.into());
        }
        Self::parse(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the key, in hex: what the table stores in its place.
    #[must_use]
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes()))
    }
}

impl JsonSchema for IdempotencyKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "IdempotencyKey".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        id_schema()
    }
}

/// SHA-256, in hex, over the RFC 8785 canonical JSON of an input as it was
/// given: without the idempotency key and before defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputHash(String);

impl InputHash {
    /// Hashes an input object, leaving out `idempotency_key`.
    ///
    /// # Errors
    ///
    /// RFC 8785 has no form for some numbers (those beyond IEEE 754 doubles);
    /// the JSON parser refuses them before.
    pub fn of(
        input: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self, serde_json::Error> {
        let without_key: std::collections::BTreeMap<&String, &serde_json::Value> =
            input.iter().filter(|(name, _)| *name != "idempotency_key").collect();
        let canonical = serde_json_canonicalizer::to_vec(&without_key)?;
        Ok(Self(hex::encode(Sha256::digest(canonical))))
    }

    /// A hash that was read back.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The hash in hex.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InputHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is remembered of a keyed write until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The activity that the key made.
    pub activity_id: ActivityId,
    /// The input that it was made of.
    pub input_hash: InputHash,
    /// From when on the record counts as absent.
    pub expires_at: Timestamp,
}

impl IdempotencyRecord {
    /// Whether the record still counts. DynamoDB removes expired items late, so
    /// every read decides for itself, on the same whole seconds that the
    /// condition of the write compares.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.as_seconds() > now.as_seconds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(json: &str) -> InputHash {
        InputHash::of(&serde_json::from_str(json).unwrap()).unwrap()
    }

    #[test]
    fn the_hash_ignores_order_spacing_and_the_key() {
        let one = hash(r#"{"type":"note","summary":"caf\u00e9","idempotency_key":"a"}"#);
        let two = hash(r#"{ "summary" : "café", "type" : "note" }"#);
        assert_eq!(one, two);
        assert_eq!(one.as_str().len(), 64);
    }

    #[test]
    fn the_hash_is_that_of_the_canonical_json() {
        let expected = hex::encode(Sha256::digest(br#"{"summary":"x","type":"note"}"#));
        assert_eq!(hash(r#"{"type":"note","summary":"x"}"#).as_str(), expected);
    }

    #[test]
    fn an_absent_field_is_another_input_than_its_default() {
        assert_ne!(hash(r#"{"type":"note"}"#), hash(r#"{"type":"note","body":""}"#));
    }
}
