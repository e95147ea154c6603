//! Credentials: from a presented key to a principal.

use super::context::Context;
use crate::domain::error::{Error, Result};
use crate::domain::principal::{Actor, ActorId, ActorType, ApiKey, Credential, Principal};

/// The principal that a presented key proves.
///
/// # Errors
///
/// [`Error::Unauthorized`], whatever part of the key was wrong.
pub async fn authenticate(ctx: &Context, key: &str) -> Result<Principal> {
    let credential = verify(ctx, key).await?;
    Ok(Principal {
        tenant_id: credential.tenant_id,
        authenticated_as: credential.actor.clone(),
        actor: credential.actor,
        credential_id: credential.key_id,
        scopes: credential.scopes,
    })
}

/// The principal on whose behalf a key of the named business acts.
///
/// A key bound to one user accepts only that user, a service key acts for the
/// user that is named, and an agent's key is refused.
///
/// # Errors
///
/// [`Error::Unauthorized`], whatever part did not match.
pub async fn authenticate_on_behalf(
    ctx: &Context,
    key: &str,
    business: &str,
    user: &str,
) -> Result<Principal> {
    let user = ActorId::parse(user).map_err(|_| Error::Unauthorized)?;
    let principal = authenticate(ctx, key).await?;
    if principal.tenant_id.as_str() != business {
        return Err(Error::Unauthorized);
    }
    match principal.actor.actor_type {
        ActorType::User if principal.actor.id == user => Ok(principal),
        ActorType::Service => {
            Ok(Principal { actor: Actor { actor_type: ActorType::User, id: user }, ..principal })
        }
        ActorType::User | ActorType::Agent => Err(Error::Unauthorized),
    }
}

/// The credential that a key proves.
///
/// What is remembered answers only those who have the secret. Everybody else
/// costs the same read of the table and the same comparison, whether there is
/// such a key id, whether it was used, and whether it is revoked; so how long a
/// refusal takes tells nothing of that. A refused key leaves nothing behind.
async fn verify(ctx: &Context, key: &str) -> Result<Credential> {
    let key = ApiKey::parse(key).ok_or(Error::Unauthorized)?;
    let now = ctx.environment.now()?;
    let known = ctx.credentials.get(&key, now);
    if let Some(credential) = key.prove(known) {
        return Ok(credential);
    }
    let stored = ctx.store.credential(&key.tenant_id, &key.key_id).await?;
    let credential = key.prove(stored).ok_or(Error::Unauthorized)?;
    ctx.credentials.put(&credential, now);
    Ok(credential)
}
