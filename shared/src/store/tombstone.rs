//! What is left of a tenant that was removed: a tombstone, so that its id is not
//! given away again by accident.

use aws_sdk_dynamodb::types::AttributeValue;

use super::calls::Store;
use super::failure::{is_corrupt_item, is_failed_condition, to_error};
use super::items::manifest;
use super::items::tombstone::{BEGAN_AT, ENDED_AT, SHARDS, read_began_at};
use super::keys;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::index::manifest::MAX_SHARDS;

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

    /// Notes how many shards the tail of a tenant has whose index is to be removed. Processes
    /// that know of them write to all, also once the tenant is reopened, so it must not have
    /// fewer then.
    pub(super) async fn note_shards(&self, tenant: &TenantId) -> Result<()> {
        let manifest = self.get(keys::manifest(tenant)).await?;
        let shards = match manifest.as_ref().map(manifest::read).transpose().map_err(Error::from) {
            Ok(current) => current.map_or(1, |current| current.manifest.shards),
            // What a process may have read of it before.
            Err(error) if is_corrupt_item(&error) => MAX_SHARDS,
            Err(error) => return Err(error),
        };
        if shards == 1 {
            return Ok(());
        }
        let noted = self
            .client
            .update_item()
            .table_name(&self.table_name)
            .set_key(Some(keys::tombstone(tenant).into_item()))
            .update_expression(format!("SET {SHARDS} = :shards"))
            .condition_expression(format!("attribute_not_exists({SHARDS}) OR {SHARDS} < :shards"))
            .expression_attribute_values(":shards", AttributeValue::N(shards.to_string()))
            .send()
            .await;
        match noted {
            Ok(_) => Ok(()),
            // An earlier run has noted as many.
            Err(error) if is_failed_condition(&error) => Ok(()),
            Err(error) => Err(to_error("UpdateItem", &error)),
        }
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
