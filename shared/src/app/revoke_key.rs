//! Revoking a key, for good.

use super::audited::WritePermit;
use super::context::Context;
use super::get_key::{KeyDetails, find_key};
use crate::domain::error::{Error, Result};
use crate::domain::principal::KeyId;

/// Revokes a key, and tells how it is then. A revoked one keeps its first time, and
/// nothing is written.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for an id that is absent or another tenant's: the two
/// take the same calls.
pub async fn revoke_key(
    ctx: &Context,
    permit: WritePermit<'_>,
    key_id: &KeyId,
) -> Result<KeyDetails> {
    let tenant = &permit.call().principal.tenant_id;
    let found = find_key(ctx, tenant, key_id).await?;
    let mut details = found.ok_or(Error::ResourceNotFound)?;
    if details.credential.revoked_at.is_none() {
        let now = ctx.environment.now()?;
        let revoked_at = ctx.store.revoke_credential(tenant, key_id, now).await?;
        details.credential.revoked_at = Some(revoked_at);
    }
    Ok(details)
}
