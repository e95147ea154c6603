//! Reading one key.

use super::context::Context;
use super::permit::Permit;
use crate::domain::clock::Timestamp;
use crate::domain::credential::Credential;
use crate::domain::error::{Error, Result};
use crate::domain::principal::{KeyId, TenantId};

/// A key as those read it who manage keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDetails {
    pub credential: Credential,
    /// The hour in which it was used last, where that is known.
    pub last_used_at: Option<Timestamp>,
}

/// A key of the tenant.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for an id that is absent or another tenant's:
/// the two take the same calls.
pub async fn get_key(ctx: &Context, permit: Permit<'_>, key_id: &KeyId) -> Result<KeyDetails> {
    find_key(ctx, permit.tenant_id(), key_id).await?.ok_or(Error::ResourceNotFound)
}

/// The same, where it may be absent.
pub(crate) async fn find_key(
    ctx: &Context,
    tenant: &TenantId,
    key_id: &KeyId,
) -> Result<Option<KeyDetails>> {
    let (credential, last_used_at) =
        tokio::join!(ctx.store.credential(tenant, key_id), ctx.store.last_key_use(tenant, key_id),);
    let last_used_at = last_used_at?;
    Ok(credential?.map(|credential| KeyDetails { credential, last_used_at }))
}
