//! What makes a retry safe: the caller's key, the hash of the input, and the
//! record that remembers both.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::domain::activity::ActivityId;
use crate::domain::clock::Timestamp;
use crate::domain::value::{check_id, id_schema, text};

text! {
    /// A key that the caller chose: 1 to 255 bytes without control characters.
    ///
    /// It belongs to its tenant and is shared by all dialects.
    IdempotencyKey, check_id, id_schema
}

impl IdempotencyKey {
    /// SHA-256 of the key, in hex: what is stored in its place.
    #[must_use]
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes()))
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
        Self::of_canonical(&without_key)
    }

    /// Hashes the canonical JSON of an input, whole.
    pub fn of_canonical(input: &impl serde::Serialize) -> Result<Self, serde_json::Error> {
        let canonical = serde_json_canonicalizer::to_vec(input)?;
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

/// A key that an earlier write has, with what is remembered of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenKey {
    pub key: IdempotencyKey,
    /// What is remembered.
    pub record: IdempotencyRecord,
}

impl IdempotencyRecord {
    /// Whether the record still counts. An expired one may be removed late, so
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
