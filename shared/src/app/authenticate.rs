//! Credentials: from a presented key to a principal.

use super::context::Context;
use crate::domain::error::{Error, Result};
use crate::domain::principal::{
    Actor, ActorId, ActorType, ApiKey, Attribution, Credential, Principal,
};

/// The principal that a presented key proves, and the user that the caller names, where
/// it names one.
///
/// A key bound to one user accepts only that user. A service acts for the user that it
/// names, who is then the actor. An agent stays the actor, and acts on the user's behalf.
///
/// # Errors
///
/// [`Error::Unauthorized`], whatever part was wrong.
pub async fn authenticate(ctx: &Context, key: &str, user: Option<&str>) -> Result<Principal> {
    let user = user.map(ActorId::parse).transpose().map_err(|_| Error::Unauthorized)?;
    let credential = verify(ctx, key).await?;
    let mut by = Attribution::of(credential.actor);
    if let Some(id) = user {
        let user = Actor { actor_type: ActorType::User, id };
        match by.actor.actor_type {
            ActorType::User if by.actor == user => {}
            ActorType::User => return Err(Error::Unauthorized),
            ActorType::Service => by.actor = user,
            ActorType::Agent => by.on_behalf_of = Some(user),
        }
    }
    Ok(Principal {
        tenant_id: credential.tenant_id,
        by,
        credential_id: credential.key_id,
        scopes: credential.scopes,
    })
}

/// The same for a key of the business that is named, and a user who must be. An agent's
/// key is refused: this is for callers of a dialect that knows none.
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
    let principal = authenticate(ctx, key, Some(user)).await?;
    let is_agent = principal.by.actor.actor_type == ActorType::Agent;
    if is_agent || principal.tenant_id.as_str() != business {
        return Err(Error::Unauthorized);
    }
    Ok(principal)
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
