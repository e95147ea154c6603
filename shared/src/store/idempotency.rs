//! What is remembered of callers' keys. It is written by the commit of the
//! activity that a key made.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure};

use super::calls::Store;
use super::{items, keys};
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::idempotency::{IdempotencyRecord, KeyInSpace, TakenKey};
use crate::domain::principal::TenantId;

impl Store {
    /// What is remembered of a key, expired or not.
    pub async fn idempotency_record(
        &self,
        tenant: &TenantId,
        key: &KeyInSpace,
    ) -> Result<Option<IdempotencyRecord>> {
        let item = self.get(keys::idempotency(tenant, key)).await?;
        Ok(item.as_ref().map(items::idempotency_record::read).transpose()?)
    }

    /// Remembers something of a key that nothing is remembered of, or nothing
    /// any more at a time: DynamoDB removes what has expired when it likes. A
    /// record without an expiry is not before any time.
    pub(super) fn put_idempotency_record(
        &self,
        tenant: &TenantId,
        taken: &TakenKey,
        now: Timestamp,
    ) -> Result<Put, BuildError> {
        let item = items::idempotency_record::write(tenant, &taken.key, &taken.record);
        Put::builder()
            .table_name(&self.table_name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", AttributeValue::N(now.as_seconds().to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
    }
}
