//! Credentials: from a presented key to a principal.
//!
//! A process remembers the credentials that it has read for at most
//! [`CACHE_FOR`], which is how long a revoked key can still be taken. Absent
//! keys are not remembered, so that a new key works at once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::Context;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::principal::{
    Actor, ActorId, ActorType, ApiKey, Credential, KeyId, Principal, Scope, TenantId,
};

/// How long a process takes a credential without reading it again.
pub const CACHE_FOR: Duration = Duration::from_secs(60);
/// The cache is emptied when it would outgrow this, which bounds its memory.
const CACHE_CREDENTIALS: usize = 1_000;

impl Principal {
    /// Lets the caller do what the scope allows.
    ///
    /// # Errors
    ///
    /// [`Error::MissingRequiredScope`] when the credential lacks the scope.
    pub fn require(&self, scope: Scope) -> Result<()> {
        if self.scopes.contains(&scope) { Ok(()) } else { Err(Error::MissingRequiredScope(scope)) }
    }
}

/// The credentials that this process has read, with the time of the read.
#[derive(Debug, Default)]
pub(crate) struct CredentialCache(Mutex<HashMap<(TenantId, KeyId), (Credential, Timestamp)>>);

impl CredentialCache {
    fn get(&self, key: &ApiKey, now: Timestamp) -> Option<Credential> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (credential, read_at) = cache.get(&(key.tenant_id.clone(), key.key_id.clone()))?;
        // A clock that was set back must not keep a credential for ever.
        let fresh = *read_at <= now && now < read_at.plus(CACHE_FOR);
        fresh.then(|| credential.clone())
    }

    fn put(&self, credential: &Credential, now: Timestamp) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CACHE_CREDENTIALS {
            cache.clear();
        }
        let key = (credential.tenant_id.clone(), credential.key_id.clone());
        cache.insert(key, (credential.clone(), now));
    }
}

/// The principal that a presented key proves.
///
/// # Errors
///
/// [`Error::Unauthorized`], whatever part of the key was wrong.
pub async fn authenticate(ctx: &Context, key: &str) -> Result<Principal> {
    let credential = verify(ctx, key).await?;
    Ok(Principal {
        tenant_id: credential.tenant_id,
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

async fn verify(ctx: &Context, key: &str) -> Result<Credential> {
    let key = ApiKey::parse(key).ok_or(Error::Unauthorized)?;
    let now = ctx.environment.now();
    let credential = match ctx.credentials.get(&key, now) {
        Some(credential) => credential,
        None => {
            let stored = ctx.store.credential(&key.tenant_id, &key.key_id).await?;
            let credential = stored.ok_or(Error::Unauthorized)?;
            ctx.credentials.put(&credential, now);
            credential
        }
    };
    if credential.accepts(&key) { Ok(credential) } else { Err(Error::Unauthorized) }
}
