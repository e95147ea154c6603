//! Revoking a key, for good.

use tokio::time::Instant;

use super::audited::{WritePermit, new_event};
use super::context::Context;
use super::get_key::{KeyDetails, find_key};
use super::make_key::Maker;
use crate::domain::audit::{Action, AuditEvent};
use crate::domain::error::{Error, Result};
use crate::domain::principal::KeyId;
use crate::store::Revoked;

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
    maker: Maker,
    key_id: &KeyId,
) -> Result<KeyDetails> {
    let tenant = &permit.call().principal.tenant_id;
    let (by, found) =
        tokio::join!(maker.credential(ctx, permit.call()), find_key(ctx, tenant, key_id));
    // A key revokes nothing any more from the moment on that it is revoked.
    by?;
    let mut details = found?.ok_or(Error::ResourceNotFound)?;
    if details.credential.revoked_at.is_some() {
        return Ok(details);
    }
    let event = AuditEvent {
        resource_id: Some(key_id.to_string()),
        ..new_event(ctx, permit.call(), Action::KeyRevoked)?
    };
    let deadline = Instant::now() + ctx.config.write_timeouts.commit;
    match ctx.store.revoke_audited(tenant, key_id, &event, deadline).await? {
        Revoked::Now => {
            details.credential.revoked_at = Some(event.occurred_at);
            Ok(details)
        }
        // Somebody else was faster.
        Revoked::NotNow => find_key(ctx, tenant, key_id).await?.ok_or(Error::ResourceNotFound),
    }
}
