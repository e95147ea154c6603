//! Who signs checkpoints: a key of AWS KMS, or one in a file.

use std::future::Future;
use std::pin::Pin;

use ring::signature::{ED25519, UnparsedPublicKey};

use crate::domain::error::Result;

/// A signature of Ed25519 ([RFC 8032](https://www.rfc-editor.org/rfc/rfc8032)).
pub type Signature = [u8; SIGNATURE_BYTES];

/// How long a signature is.
pub const SIGNATURE_BYTES: usize = 64;

/// Whether a public key verifies the signature of a text.
#[must_use]
pub fn verifies(public_key: &[u8; 32], text: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(text, signature).is_ok()
}

/// A private key that is used and not read.
pub trait Signer: Send + Sync {
    /// Its public half.
    fn public_key(&self) -> [u8; 32];

    /// Signs a text.
    ///
    /// # Errors
    ///
    /// What the holder of the key could not do.
    fn sign<'a>(
        &'a self,
        text: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = Result<Signature>> + Send + 'a>>;
}
