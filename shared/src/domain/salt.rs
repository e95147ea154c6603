//! Salts of what can be taken back from the trail.
//!
//! Whoever has a digest of a short value can guess the value, unless a salt was hashed
//! with it. Where the salt is removed, the digest that stays tells nothing any more.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::clock::Environment;

/// 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; Self::BYTES]);

impl Salt {
    /// Its length.
    pub const BYTES: usize = 16;

    /// A new one.
    #[must_use]
    pub fn random(environment: &dyn Environment) -> Self {
        let mut bytes = [0; Self::BYTES];
        environment.fill_random(&mut bytes);
        Self(bytes)
    }

    /// One that was read back; `None` where the length is wrong.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Base 64 for addresses, without padding: 22 characters.
impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// It belongs to what it hides, so no log has it.
impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// The salts of an event: one for each part of it that can be taken back by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Salts {
    /// Of who acted.
    pub actor: Option<Salt>,
    /// Of whom the credential stands for.
    pub authenticated_as: Option<Salt>,
    /// Of the user for whom an agent acted.
    pub on_behalf_of: Option<Salt>,
    /// Of the caller's end.
    pub client: Option<Salt>,
    /// Of the person, record or key that the event is about.
    pub subject: Option<Salt>,
    /// Of the hashes of what was written.
    pub content: Option<Salt>,
}

impl Salts {
    /// A new one for each.
    #[must_use]
    pub fn random(environment: &dyn Environment) -> Self {
        let salt = || Some(Salt::random(environment));
        Self {
            actor: salt(),
            authenticated_as: salt(),
            on_behalf_of: salt(),
            client: salt(),
            subject: salt(),
            content: salt(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::SystemEnvironment;

    #[test]
    fn every_salt_is_another_one_and_is_read_back() {
        let (one, other) = (Salts::random(&SystemEnvironment), Salts::random(&SystemEnvironment));
        assert_ne!(one.actor, one.content);
        assert_ne!(one.actor, other.actor);
        let salt = one.actor.unwrap();
        assert_eq!(Salt::from_bytes(salt.as_bytes()), Some(salt));
        assert_eq!(Salt::from_bytes(&salt.as_bytes()[1..]), None);
        assert_eq!(salt.to_string().len(), 22);
        assert_eq!(format!("{salt:?}"), "Salt(..)");
    }
}
