//! The credentials that a process has taken.
//!
//! They are remembered for at most [`CACHE_FOR`], which is how long a revoked
//! key can still be taken. Only a key that was proven is remembered: a new key
//! works at once, and whoever has none can neither fill the cache nor empty it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::clock::Timestamp;
use crate::domain::credential::Credential;
use crate::domain::principal::{KeyId, TenantId};

/// How long a process takes a credential without reading it again.
pub const CACHE_FOR: Duration = Duration::from_secs(60);
/// The cache is emptied when it would outgrow this, which bounds its memory.
const CACHE_CREDENTIALS: usize = 1_000;

/// Credentials, with the time at which each was read.
#[derive(Debug, Default)]
pub(crate) struct CredentialCache(Mutex<HashMap<(TenantId, KeyId), (Credential, Timestamp)>>);

impl CredentialCache {
    pub(crate) fn get(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
        now: Timestamp,
    ) -> Option<Credential> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (credential, read_at) = cache.get(&(tenant.clone(), key_id.clone()))?;
        // A clock that was set back must not keep a credential for ever.
        let fresh = *read_at <= now && now < read_at.plus(CACHE_FOR);
        fresh.then(|| credential.clone())
    }

    pub(crate) fn put(&self, credential: &Credential, now: Timestamp) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CACHE_CREDENTIALS {
            cache.clear();
        }
        let key = (credential.tenant_id.clone(), credential.key_id.clone());
        cache.insert(key, (credential.clone(), now));
    }
}
