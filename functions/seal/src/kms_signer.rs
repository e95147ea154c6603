//! A key of AWS KMS. What it signs is what Ed25519 signs everywhere (RFC 8032), so nobody
//! needs AWS to verify it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use activity_log_core::app::seal_events::Sealer;
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::platform::aws::{self, Endpoint, Service};
use activity_log_core::trail::signer::{Signature, Signer};
use aws_sdk_kms::Client;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::operation::RequestId;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};

/// What the public key of Ed25519 begins with as X.509 has it (RFC 8410). The 32 bytes of
/// the key are all that follows.
const SPKI_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A key of KMS that signs.
#[derive(Clone, Debug)]
struct KmsSigner {
    client: Client,
    arn: String,
    public_key: [u8; 32],
}

/// Why there is no signer.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// Nothing says which key signs.
    #[error("AUDIT_SIGNING_KEY_ARNS must name the key that signs")]
    NoKey,
    /// There is no client of KMS.
    #[error(transparent)]
    Client(#[from] aws::StartError),
    /// Its public half could not be had.
    #[error(transparent)]
    Kms(#[from] KmsError),
    /// It signs otherwise.
    #[error("{0} is no key of Ed25519: its key spec must be ECC_NIST_EDWARDS25519")]
    OtherKey(String),
}

/// What KMS could not do.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed: {code} (request id {request_id})")]
pub struct KmsError {
    operation: &'static str,
    code: String,
    request_id: String,
}

impl KmsError {
    /// Nothing of a text is told, which may quote what was sent.
    fn of<E, R>(operation: &'static str, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata,
        SdkError<E, R>: RequestId,
    {
        let code = match error {
            SdkError::ServiceError(service) => service.err().code().unwrap_or("unknown"),
            SdkError::TimeoutError(_) => "no answer in time",
            SdkError::DispatchFailure(_) => "no connection",
            SdkError::ResponseError(_) => "an answer that can't be read",
            _ => "unknown",
        };
        let request_id = error.request_id().unwrap_or("unknown");
        Self { operation, code: code.to_owned(), request_id: request_id.to_owned() }
    }
}

/// Who signs with the keys of some ARNs, where the environment says that they are.
///
/// # Errors
///
/// [`SignerError`].
pub async fn connect(arns: &[String]) -> std::result::Result<Sealer, SignerError> {
    let config = aws::config(Service::Kms, &Endpoint::default()).await?;
    sealer(&Client::new(&config), arns).await
}

/// The same with keys on this machine, which takes any credentials.
///
/// # Errors
///
/// [`SignerError`].
pub async fn connect_local(url: &str, arns: &[String]) -> std::result::Result<Sealer, SignerError> {
    sealer(&Client::new(&aws::local_config(url)), arns).await
}

async fn sealer(client: &Client, arns: &[String]) -> std::result::Result<Sealer, SignerError> {
    if arns.is_empty() {
        return Err(SignerError::NoKey);
    }
    let mut signers: Vec<Arc<dyn Signer>> = Vec::with_capacity(arns.len());
    for arn in arns {
        signers.push(Arc::new(KmsSigner::of(client, arn).await?));
    }
    Ok(Sealer::new(signers))
}

impl KmsSigner {
    async fn of(client: &Client, arn: &str) -> std::result::Result<Self, SignerError> {
        let answer = client.get_public_key().key_id(arn).send().await;
        let answer = answer.map_err(|error| KmsError::of("GetPublicKey", &error))?;
        let public_key = answer.public_key().and_then(|der| ed25519_of(der.as_ref()));
        let public_key = public_key.ok_or_else(|| SignerError::OtherKey(arn.to_owned()))?;
        Ok(Self { client: client.clone(), arn: arn.to_owned(), public_key })
    }
}

/// The key of Ed25519 that X.509 has so.
fn ed25519_of(der: &[u8]) -> Option<[u8; 32]> {
    der.strip_prefix(&SPKI_PREFIX)?.try_into().ok()
}

impl Signer for KmsSigner {
    fn public_key(&self) -> [u8; 32] {
        self.public_key
    }

    fn sign<'a>(
        &'a self,
        text: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = Result<Signature>> + Send + 'a>> {
        Box::pin(async move {
            let answer = self
                .client
                .sign()
                .key_id(&self.arn)
                .message(Blob::new(text))
                // Not of a digest, which would be another signature.
                .message_type(MessageType::Raw)
                .signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512)
                .send()
                .await
                .map_err(|error| Error::Unavailable(KmsError::of("Sign", &error).into()))?;
            let signature = answer.signature().and_then(|bytes| bytes.as_ref().try_into().ok());
            signature.ok_or_else(|| Error::Unavailable("a signature is not 64 bytes long".into()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_is_that_of_ed25519_or_none() {
        let key = [7; 32];
        let der = [&SPKI_PREFIX[..], &key].concat();
        assert_eq!(ed25519_of(&der), Some(key));
        assert_eq!(ed25519_of(&der[..43]), None);
        assert_eq!(ed25519_of(&[&der[..], &[0]].concat()), None);
        // X25519, which is as long.
        let mut other = der;
        other[8] = 0x6e;
        assert_eq!(ed25519_of(&other), None);
        assert_eq!(ed25519_of(&[]), None);
    }
}
