//! Runs of the compactor beside a stack, with limits so small that a few records are
//! flushed, and a few segments merged.

use std::time::Duration;

use activity_log_core::app::compact_index::settle_index;
use activity_log_core::domain::error::Result;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::index::compact::{self, Limits, Ran};
use activity_log_core::store::TenantIndex;

use crate::stack::Stack;

/// One record is worth a flush, three are one, and two segments are worth a merge. Runs
/// don't keep each other away, so that several are at work at once.
#[must_use]
pub fn small() -> Limits {
    Limits {
        least_entries: 1,
        max_flushed_entries: 3,
        fan: 2,
        busy: Duration::ZERO,
        ..Limits::default()
    }
}

/// The same, and every merge is claimed in the manifest, so that another run can take it
/// over.
#[must_use]
pub fn claiming() -> Limits {
    Limits { slice_bytes: 1, ..small() }
}

impl Stack {
    /// A run of the compactor in this process.
    ///
    /// # Errors
    ///
    /// A failed call.
    pub async fn compact(&self, tenant: &str, limits: &Limits) -> Result<Ran> {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        let index = TenantIndex { store: &self.ctx.store, tenant: &tenant };
        compact::run(&index, self.ctx.environment.as_ref(), limits).await
    }

    /// Does everything that there is to do for a tenant's index.
    ///
    /// # Errors
    ///
    /// A failed call.
    pub async fn settle(&self, tenant: &str) -> Result<Ran> {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        settle_index(&self.ctx, &tenant).await
    }
}
