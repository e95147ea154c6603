//! Runs of the compactor of a tenant's index.

use super::context::Context;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::index::compact::{self, Limits};
use crate::index::status::{IndexStatus, status};
use crate::store::TenantIndex;

pub use crate::index::compact::Ran;

/// Does what is due for a tenant's index, unless another run is at it.
///
/// # Errors
///
/// A table of another layout, which is not touched; and what the run failed of.
pub async fn compact_index(ctx: &Context, tenant: &TenantId) -> Result<Ran> {
    ctx.store.expect_layout().await?;
    let index = TenantIndex { store: &ctx.store, tenant };
    compact::run(&index, ctx.environment.as_ref(), &Limits::default()).await
}

/// Does everything that there is to do for a tenant's index, however little.
pub async fn settle_index(ctx: &Context, tenant: &TenantId) -> Result<Ran> {
    let index = TenantIndex { store: &ctx.store, tenant };
    compact::settle(&index, ctx.environment.as_ref()).await
}

/// What a tenant's index is made of.
pub async fn index_status(ctx: &Context, tenant: &TenantId) -> Result<IndexStatus> {
    status(&TenantIndex { store: &ctx.store, tenant }).await
}
