//! What is left of a tenant that was removed: a tombstone, so that its id is not
//! given away again by accident.

use super::calls::Store;
use super::failure::to_error;
use super::items::tombstone::{BEGAN_AT, ENDED_AT, read_began_at};
use super::keys;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;

impl Store {
    /// Whether a tenant is removed, or is being removed.
    ///
    /// # Errors
    ///
    /// A table of another layout, or one that says none.
    pub async fn is_removed(&self, tenant: &TenantId) -> Result<bool> {
        let (item, layout) = self.get_first(keys::tombstone(tenant)).await?;
        layout?;
        Ok(item.is_some())
    }

    /// Notes that the removal of a tenant begins, and tells when it began first.
    pub(super) async fn begin_removal(
        &self,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<Timestamp> {
        let update = format!("SET {BEGAN_AT} = if_not_exists({BEGAN_AT}, :now) REMOVE {ENDED_AT}");
        self.update_tombstone(tenant, &update, now).await
    }

    /// Notes that nothing is left that a removal was to remove.
    pub(super) async fn end_removal(&self, tenant: &TenantId, now: Timestamp) -> Result<()> {
        let update = format!("SET {BEGAN_AT} = if_not_exists({BEGAN_AT}, :now), {ENDED_AT} = :now");
        self.update_tombstone(tenant, &update, now).await.map(|_| ())
    }

    async fn update_tombstone(
        &self,
        tenant: &TenantId,
        update: &str,
        now: Timestamp,
    ) -> Result<Timestamp> {
        let answer = self
            .note_time(keys::tombstone(tenant), update, now)
            .send()
            .await
            .map_err(|error| to_error("UpdateItem", &error))?;
        Ok(read_began_at(&answer.attributes.unwrap_or_default())?)
    }
}
