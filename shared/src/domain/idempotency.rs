//! What makes a retry safe: the caller's key in the space that it belongs to,
//! the hash of the input, and the record that remembers both.

use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::activity::ActivityId;
use crate::domain::clock::Timestamp;
use crate::domain::principal::{Actor, KeyId};
use crate::domain::value::{check_id, id_schema, text};

text! {
    /// A key that the caller chose: 1 to 255 bytes without control characters.
    ///
    /// It means something only in a space: [`KeyInSpace`].
    IdempotencyKey, check_id, id_schema
}

/// Among whose keys a key is one, within a tenant. The same key in two spaces is
/// two keys, so nobody can claim, replay or even notice the key of another.
///
/// Which space a write is in follows from its [`Call`](crate::domain::audit::Call)
/// and from nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotencySpace {
    /// A caller's, by all dialects and with all credentials of the same principal.
    Caller {
        /// Whom the credential stands for.
        authenticated_as: Actor,
        /// Who calls, or on whose behalf.
        actor: Actor,
    },
    /// That of events, for their ids and for the keys that they name.
    Events,
    /// That of imports.
    Imports,
}

impl IdempotencySpace {
    /// How long a key is remembered where a deployment keeps callers' keys for
    /// `configured`; `None` is for good. A file may be imported again years later.
    #[must_use]
    pub fn retention(&self, configured: Duration) -> Option<Duration> {
        match self {
            Self::Caller { .. } | Self::Events => Some(configured),
            Self::Imports => None,
        }
    }

    fn parts(&self) -> Vec<&str> {
        match self {
            Self::Caller { authenticated_as, actor } => [authenticated_as, actor]
                .into_iter()
                .flat_map(|who| [who.actor_type.as_str(), who.id.as_str()])
                .collect(),
            Self::Events => vec!["events"],
            Self::Imports => vec!["imports"],
        }
    }
}

/// A key in its space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInSpace {
    pub space: IdempotencySpace,
    pub key: IdempotencyKey,
}

impl KeyInSpace {
    /// SHA-256, in hex, of the key and its space: what is stored in their place.
    ///
    /// Each part is hashed behind its length, and their number tells the kind of
    /// the space, so no ids and keys make the bytes of others.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in self.space.parts().into_iter().chain([self.key.as_str()]) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hex::encode(hash.finalize())
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

/// What an idempotency key made. All that callers make have one space of keys, so a
/// key that made something of another kind is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    Activity(ActivityId),
    /// A credential, by the id of its key.
    Key(KeyId),
}

impl Made {
    /// The activity, where it is one.
    #[must_use]
    pub fn activity(&self) -> Option<ActivityId> {
        match self {
            Self::Activity(id) => Some(*id),
            Self::Key(_) => None,
        }
    }

    /// The key, where it is one.
    #[must_use]
    pub fn key(&self) -> Option<&KeyId> {
        match self {
            Self::Activity(_) => None,
            Self::Key(id) => Some(id),
        }
    }
}

/// What is remembered of a keyed write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// What the key made.
    pub made: Made,
    /// The input that it was made of.
    pub input_hash: InputHash,
    /// From when on the record counts as absent; never, where there is none.
    pub expires_at: Option<Timestamp>,
}

/// A key that an earlier write has, with what is remembered of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenKey {
    pub key: KeyInSpace,
    /// What is remembered.
    pub record: IdempotencyRecord,
}

impl IdempotencyRecord {
    /// Whether the record still counts. An expired one may be removed late, so
    /// every read decides for itself, on the same whole seconds that the
    /// condition of the write compares.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|expires_at| expires_at.as_seconds() > now.as_seconds())
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

    fn digest(space: IdempotencySpace, key: &str) -> String {
        KeyInSpace { space, key: IdempotencyKey::parse(key).unwrap() }.digest()
    }

    fn caller(authenticated_as: &str, actor: &str) -> IdempotencySpace {
        IdempotencySpace::Caller {
            authenticated_as: Actor::parse(authenticated_as).unwrap(),
            actor: Actor::parse(actor).unwrap(),
        }
    }

    #[test]
    fn no_two_spaces_have_a_key_in_common() {
        let names = [
            "a",
            "b",
            "a#b",
            "a%23b",
            "a|b",
            "a:b",
            "user",
            "user:a",
            "service:a|user:b",
            "1:a",
            "events",
            "imports",
            "\u{e9}",
            "e\u{301}",
        ];
        let kinds = ["user", "agent", "service"];
        let actors: Vec<String> = kinds
            .iter()
            .flat_map(|kind| names.iter().map(move |name| format!("{kind}:{name}")))
            .collect();
        let mut seen = std::collections::HashSet::new();
        for key in names {
            for authenticated_as in &actors {
                for actor in &actors {
                    let new = seen.insert(digest(caller(authenticated_as, actor), key));
                    assert!(new, "{authenticated_as}, {actor}: {key}");
                }
            }
            assert!(seen.insert(digest(IdempotencySpace::Events, key)), "events: {key}");
            assert!(seen.insert(digest(IdempotencySpace::Imports, key)), "imports: {key}");
        }
    }

    #[test]
    fn no_part_of_a_space_runs_into_the_next_one() {
        let pairs = [
            (digest(caller("user:ab", "user:c"), "k"), digest(caller("user:a", "user:bc"), "k")),
            (digest(caller("user:a", "user:bk"), "k"), digest(caller("user:a", "user:b"), "kk")),
            (digest(caller("user:a", "user:a"), "k"), digest(caller("user:a", "user:auser"), "k")),
        ];
        for (one, other) in pairs {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn a_record_without_an_expiry_is_live_for_ever() {
        let record = |expires_at| IdempotencyRecord {
            made: Made::Activity(ActivityId(uuid::Uuid::from_u128(7))),
            input_hash: hash("{}"),
            expires_at,
        };
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        assert!(record(None).is_live(Timestamp::MAX));
        assert!(record(Some(at(2_000))).is_live(at(1_999)));
        assert!(!record(Some(at(2_000))).is_live(at(2_000)));
        let month = Duration::from_secs(30 * 24 * 60 * 60);
        assert_eq!(IdempotencySpace::Imports.retention(month), None);
        assert_eq!(IdempotencySpace::Events.retention(month), Some(month));
        assert_eq!(caller("user:a", "user:a").retention(month), Some(month));
    }

    #[test]
    fn an_absent_field_is_another_input_than_its_default() {
        assert_ne!(hash(r#"{"type":"note"}"#), hash(r#"{"type":"note","body":""}"#));
    }
}
