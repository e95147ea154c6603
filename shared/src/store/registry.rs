//! Writes of an operator: credentials and the registry of related resources.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use uuid::Uuid;

use super::failure::to_error;
use super::{Store, items, keys};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::principal::{Credential, KeyId, TenantId};
use crate::domain::record_type::{ApiNamed, RecordType};
use crate::domain::registry::ResourceRecord;

/// What became of news about a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// It was the newest.
    Applied,
    /// The registry knew something newer, or just this.
    Outdated,
}

impl Store {
    /// Puts a resource or a tombstone, unless the registry has newer news. News
    /// of the same moment: the first stays.
    ///
    /// # Errors
    ///
    /// A failed call.
    pub async fn put_related_resource(
        &self,
        tenant: &TenantId,
        record: &ResourceRecord,
    ) -> Result<Registered> {
        // Before the record, so that a type is known as soon as one of it is.
        if record.resource.resource_type.built_in().is_none() {
            self.put_record_type(tenant, &record.resource.resource_type).await?;
        }
        let answer = self
            .client
            .put_item()
            .table_name(&self.table_name)
            .set_item(Some(items::related_resource::write(tenant, record)))
            .condition_expression("attribute_not_exists(pk) OR changed_at < :changed_at")
            .expression_attribute_values(
                ":changed_at",
                AttributeValue::S(record.changed_at.to_string()),
            )
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Registered::Applied),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                Ok(Registered::Outdated)
            }
            Err(error) => Err(to_error("PutItem", &error)),
        }
    }

    /// Remembers a record type by its id. The same again changes nothing.
    async fn put_record_type(&self, tenant: &TenantId, record_type: &RecordType) -> Result<()> {
        self.client
            .put_item()
            .table_name(&self.table_name)
            .set_item(Some(items::record_type::write(tenant, record_type)))
            .send()
            .await
            .map_err(|error| to_error("PutItem", &error))?;
        Ok(())
    }

    /// The record types, of some ids, that the registry has seen.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn record_types(
        &self,
        tenant: &TenantId,
        ids: &HashSet<Uuid>,
    ) -> Result<HashMap<Uuid, RecordType>> {
        let keys = ids.iter().map(|id| keys::record_type(tenant, *id)).collect();
        let items = self.batch_get(keys, None).await?;
        items
            .iter()
            .map(|item| {
                let record_type = items::record_type::read(item)?;
                Ok((record_type.id(tenant), record_type))
            })
            .collect()
    }

    /// Adds a credential. One that exists is never written over.
    ///
    /// # Errors
    ///
    /// A failed call.
    pub async fn put_credential(&self, credential: &Credential) -> Result<()> {
        self.client
            .put_item()
            .table_name(&self.table_name)
            .set_item(Some(items::credential::write(credential)))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await
            .map_err(|error| to_error("PutItem", &error))?;
        Ok(())
    }

    /// A tenant's credentials, by key id.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn credentials(&self, tenant: &TenantId) -> Result<Vec<Credential>> {
        let mut credentials = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table_name)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", AttributeValue::S(keys::credentials(tenant)))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| to_error("Query", &error))?;
            for item in answer.items.unwrap_or_default() {
                credentials.push(items::credential::read(tenant, &item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(credentials);
            }
        }
    }

    /// Revokes a credential; a revoked one keeps its first time. Tells that time.
    ///
    /// # Errors
    ///
    /// [`Error::ResourceNotFound`] when there is no such credential.
    pub async fn revoke_credential(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
        now: Timestamp,
    ) -> Result<Timestamp> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.table_name)
            .set_key(Some(keys::credential(tenant, key_id).into_item()))
            .update_expression("SET revoked_at = if_not_exists(revoked_at, :now)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                Ok(items::credential::read_revoked_at(&answer.attributes.unwrap_or_default())?)
            }
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                Err(Error::ResourceNotFound)
            }
            Err(error) => Err(to_error("UpdateItem", &error)),
        }
    }
}
