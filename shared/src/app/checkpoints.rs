//! Reading the signed checkpoints of a tenant's log: the newest one, and all from the
//! oldest on. Each proves the tree that it was signed for, so whoever has kept one can
//! tell whether that tree is still the beginning of the log.

use super::context::Context;
use super::listing::Page;
use super::permit::Permit;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::index::cursor::{self, Binding};
use crate::trail::seal::SealHead;

/// The newest seal of the tenant's log.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] before the first.
pub async fn newest_checkpoint(ctx: &Context, permit: Permit<'_>) -> Result<SealHead> {
    let generation = ctx.config.audit_log.generation;
    let newest = ctx.store.newest_seal(permit.tenant_id(), generation).await?;
    newest.ok_or(Error::ResourceNotFound)
}

/// The same, with the lines of the witnesses that have cosigned it.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] before the first.
pub async fn newest_cosigned_checkpoint(ctx: &Context, permit: Permit<'_>) -> Result<SealHead> {
    let mut newest = newest_checkpoint(ctx, permit).await?;
    add_cosignatures(ctx, permit.tenant_id(), std::slice::from_mut(&mut newest)).await?;
    Ok(newest)
}

/// Puts the lines of witnesses under the notes that these have cosigned.
async fn add_cosignatures(
    ctx: &Context,
    tenant: &TenantId,
    oldest_first: &mut [SealHead],
) -> Result<()> {
    let (Some(first), Some(last)) = (oldest_first.first(), oldest_first.last()) else {
        return Ok(());
    };
    let (generation, sizes) = (ctx.config.audit_log.generation, first.size..=last.size);
    let lines = ctx.store.cosignatures(tenant, generation, sizes).await?;
    for seal in oldest_first {
        if let Some(lines) = lines.get(&seal.size) {
            seal.note += lines;
        }
    }
    Ok(())
}

/// Which checkpoints to list.
#[derive(Clone, Copy, Debug)]
pub struct CheckpointListing {
    /// Checkpoints of the page.
    pub limit: usize,
    /// The first leaf of the seal that it begins with, or of a later one.
    pub from: u64,
}

/// A listing goes on with one log: another generation has other seals.
fn binding(ctx: &Context, tenant: &TenantId) -> Binding {
    let origin = ctx.config.audit_log.origin(tenant);
    Binding::new("checkpoints", tenant).with("origin", Some(&origin))
}

/// Where a cursor stands; `None` when it is not one of this listing.
#[must_use]
pub fn position(ctx: &Context, tenant: &TenantId, cursor: &str) -> Option<u64> {
    cursor::decode_name(cursor, &binding(ctx, tenant))?.parse().ok()
}

/// The cursor that continues after a seal.
#[must_use]
pub fn cursor_after(ctx: &Context, tenant: &TenantId, row: &SealHead) -> String {
    // The next one begins where it ends.
    cursor::encode_name(&row.size.to_string(), &binding(ctx, tenant))
}

/// A page of the checkpoints of the tenant's log, oldest first, with the lines of witnesses.
pub async fn list_checkpoints(
    ctx: &Context,
    permit: Permit<'_>,
    listing: &CheckpointListing,
) -> Result<Page<SealHead>> {
    let tenant = permit.tenant_id();
    let CheckpointListing { limit, from } = *listing;
    let generation = ctx.config.audit_log.generation;
    let mut page = ctx.store.seal_heads_from(tenant, generation, from, limit).await?;
    add_cosignatures(ctx, tenant, &mut page.seals).await?;
    let last = page.seals.last().filter(|_| page.more);
    let next_cursor = last.map(|last| cursor_after(ctx, tenant, last));
    Ok(Page { rows: page.seals, next_cursor })
}
