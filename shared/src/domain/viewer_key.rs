//! The key pair that signs viewer tokens: Ed25519
//! ([RFC 8032](https://www.rfc-editor.org/rfc/rfc8032)), derived from the secret of a
//! service's key (HKDF, [RFC 5869](https://www.rfc-editor.org/rfc/rfc5869)).
//!
//! A credential has the public half alone, so whoever reads the table can make no token.

use std::fmt;

use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

/// What the secret of a key is derived for. Another use gets another text.
const PURPOSE: &[u8] = b"activity-log viewer tokens v1";
const SEED_BYTES: usize = 32;

/// The public half of the key pair that signs a credential's viewer tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViewerKey([u8; 32]);

impl ViewerKey {
    /// What stands for the key of nobody, so that a check takes as long.
    pub(super) const NONE: Self = Self([0; 32]);

    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Result<Self, hex::FromHexError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }

    pub(super) fn verifies(self, message: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message.as_bytes(), signature).is_ok()
    }
}

/// In hex.
impl fmt::Display for ViewerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The key pair that signs viewer tokens.
#[derive(Debug)]
pub struct ViewerSigner(Ed25519KeyPair);

/// How much HKDF derives.
struct Seed;

impl KeyType for Seed {
    fn len(&self) -> usize {
        SEED_BYTES
    }
}

impl ViewerSigner {
    /// The key pair of a secret. The same secret has the same one.
    pub(super) fn of_secret(secret: &str) -> Self {
        let mut seed = [0; SEED_BYTES];
        let extracted = Salt::new(HKDF_SHA256, &[]).extract(secret.as_bytes());
        extracted
            .expand(&[PURPOSE], Seed)
            .and_then(|derived| derived.fill(&mut seed))
            .expect("a seed is shorter than HKDF's limit");
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed);
        Self(pair.expect("every 32 bytes are a seed"))
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> ViewerKey {
        let bytes = self.0.public_key().as_ref().try_into();
        ViewerKey(bytes.expect("a public key has 32 bytes"))
    }

    /// Signs a text.
    pub(super) fn sign(&self, message: &str) -> Vec<u8> {
        self.0.sign(message.as_bytes()).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_one_key_pair_which_tells_nothing_of_it() {
        let (one, again) = (ViewerSigner::of_secret("one"), ViewerSigner::of_secret("one"));
        let other = ViewerSigner::of_secret("other");
        assert_eq!(one.public(), again.public());
        assert_ne!(one.public(), other.public());
        let signature = one.sign("text");
        assert!(again.public().verifies("text", &signature));
        assert!(!other.public().verifies("text", &signature));
        assert!(!one.public().verifies("texts", &signature));
        assert!(!one.public().verifies("text", &signature[1..]));
        assert!(!ViewerKey::NONE.verifies("text", &signature));
    }

    #[test]
    fn a_public_half_is_read_back_as_it_was_written() {
        let public = ViewerSigner::of_secret("secret").public();
        let text = public.to_string();
        assert_eq!(ViewerKey::parse(&text).unwrap(), public);
        for text in [&text[1..], &text.replace(|_| true, "x"), ""] {
            assert!(ViewerKey::parse(text).is_err(), "{text}");
        }
    }
}
