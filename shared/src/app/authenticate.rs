//! Credentials: from a presented key to a principal.

use std::net::IpAddr;

use super::context::Context;
use crate::domain::clock::Timestamp;
use crate::domain::credential::{ApiKey, Credential, NotAdmitted};
use crate::domain::error::{Error, Result};
use crate::domain::principal::{ActorId, ActorType, Principal};

/// What a caller presents.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// The key.
    pub key: &'a str,
    /// The user whom the caller names, where it names one.
    pub user: Option<&'a str>,
    /// Where it calls from, where that is known.
    pub address: Option<IpAddr>,
}

/// The principal that a presented key proves, and the user that the caller names, where
/// it names one: [`Credential::admit`].
///
/// # Errors
///
/// [`Error::Unauthorized`], whatever part was wrong.
pub async fn authenticate(ctx: &Context, presented: Presented<'_>) -> Result<Principal> {
    let user = presented.user.map(ActorId::parse).transpose().map_err(|_| Error::Unauthorized)?;
    let now = ctx.environment.now()?;
    let proven = prove(ctx, presented.key, now).await?;
    match proven.credential().admit(now, presented.address, user) {
        Ok(by) => {
            let credential = proven.admitted(ctx, now);
            Ok(Principal {
                tenant_id: credential.tenant_id,
                by,
                credential_id: credential.key_id,
                scopes: credential.grant.scopes,
            })
        }
        Err(reason) => Err(refuse(proven.credential(), reason)),
    }
}

/// The one place of those who have a key and are refused: the caller reads what
/// everybody reads, whichever part it was.
fn refuse(credential: &Credential, reason: NotAdmitted) -> Error {
    tracing::info!(
        tenant_id = credential.tenant_id.as_str(),
        key_id = credential.key_id.as_str(),
        reason = ?reason,
        "a proven key was not admitted"
    );
    Error::Unauthorized
}

/// The same for a key of the business that is named, and a user who must be. An agent's
/// key is refused: this is for callers of a dialect that knows none.
///
/// # Errors
///
/// [`Error::Unauthorized`], whatever part did not match.
pub async fn authenticate_on_behalf(
    ctx: &Context,
    presented: Presented<'_>,
    business: &str,
) -> Result<Principal> {
    let principal = authenticate(ctx, presented).await?;
    let is_agent = principal.by.actor.actor_type == ActorType::Agent;
    if is_agent || principal.tenant_id.as_str() != business {
        return Err(Error::Unauthorized);
    }
    Ok(principal)
}

/// A credential that was proven, by what is remembered or by the table.
enum Proven {
    Remembered(Credential),
    Read(Credential),
}

impl Proven {
    fn credential(&self) -> &Credential {
        let (Self::Remembered(credential) | Self::Read(credential)) = self;
        credential
    }

    /// Remembers a credential that was read, now that it is taken.
    fn admitted(self, ctx: &Context, now: Timestamp) -> Credential {
        match self {
            Self::Remembered(credential) => credential,
            Self::Read(credential) => {
                ctx.credentials.put(&credential, now);
                credential
            }
        }
    }
}

/// The credential that a key proves.
///
/// What is remembered answers only those who have the secret. Everybody else
/// costs the same read of the table and the same comparison, whether there is
/// such a key id, whether it was used, and whether it is revoked; so how long a
/// refusal takes tells nothing of that. A refused key leaves nothing behind.
async fn prove(ctx: &Context, key: &str, now: Timestamp) -> Result<Proven> {
    let key = ApiKey::parse(key).ok_or(Error::Unauthorized)?;
    let known = ctx.credentials.get(&key, now);
    if let Some(credential) = key.prove(known) {
        return Ok(Proven::Remembered(credential));
    }
    let stored = ctx.store.credential(&key.tenant_id, &key.key_id).await?;
    key.prove(stored).map(Proven::Read).ok_or(Error::Unauthorized)
}
