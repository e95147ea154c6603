//! Who signs checkpoints: a key of AWS KMS, or one in a file.

use std::future::Future;
use std::pin::Pin;

use crate::domain::error::Result;

/// A signature of Ed25519 ([RFC 8032](https://www.rfc-editor.org/rfc/rfc8032)).
pub type Signature = [u8; 64];

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
