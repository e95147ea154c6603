//! When keys were used, to the hour.

use aws_sdk_dynamodb::types::AttributeValue;

use super::calls::{IF_ABSENT, Store};
use super::failure::{is_failed_condition, to_error};
use super::measured::Measured as _;
use super::{items, keys};
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::{KeyId, TenantId};

impl Store {
    /// Notes that a key was used in an hour. What is noted is never written over.
    pub async fn put_key_use(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
        hour: Timestamp,
    ) -> Result<()> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.table_name)
            .set_item(Some(items::key_use::write(tenant, key_id, hour)))
            .condition_expression(IF_ABSENT)
            .measured()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if is_failed_condition(&error) => Ok(()),
            Err(error) => Err(to_error("PutItem", &error)),
        }
    }

    /// The hour in which a key was used last, where it is known.
    pub async fn last_key_use(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
    ) -> Result<Option<Timestamp>> {
        let answer = self
            .client
            .query()
            .table_name(&self.table_name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::key_uses(tenant, key_id)))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(1)
            .measured()
            .await
            .map_err(|error| to_error("Query", &error))?;
        let items = answer.items.unwrap_or_default();
        Ok(items.first().map(items::key_use::read).transpose()?)
    }
}
