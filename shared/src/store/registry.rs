//! The registry of related resources, and the record types that it has seen.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use tokio::time::Instant;
use uuid::Uuid;

use super::audited_write::{AUDITED_DEADLINE, AuditedWrite, not_new};
use super::calls::Store;
use super::failure::{is_failed_condition, to_error};
use super::item::{Item, Key};
use super::items::news::IF_NEWER;
use super::items::record_type_ids::IDS;
use super::measured::Measured as _;
use super::{items, keys};
use crate::domain::activity::RelatedResource;
use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::domain::record_type::{ApiNamed, RecordType};
use crate::domain::record_type_ids::RecordTypeIds;
use crate::domain::registry::ResourceRecord;

/// What became of news about a resource or an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// It was the newest.
    Applied,
    /// The registry knew something newer, or just this.
    Outdated,
}

impl Store {
    /// What the registry knows of a resource, tombstones included.
    pub async fn related_resource(
        &self,
        tenant: &TenantId,
        resource: &RelatedResource,
    ) -> Result<Option<ResourceRecord>> {
        let item = self.get(keys::related_resource(tenant, resource)).await?;
        let read = |item| items::related_resource::read(resource.clone(), item);
        Ok(item.as_ref().map(read).transpose()?)
    }

    /// The same for several resources.
    pub async fn related_resources(
        &self,
        tenant: &TenantId,
        resources: &HashSet<RelatedResource>,
    ) -> Result<HashMap<RelatedResource, ResourceRecord>> {
        let by_key: HashMap<Key, &RelatedResource> = resources
            .iter()
            .map(|resource| (keys::related_resource(tenant, resource), resource))
            .collect();
        let items = self.batch_get(by_key.keys().cloned().collect(), None).await?;
        let mut records = HashMap::new();
        for item in items {
            // Every item is one of those that were asked for.
            let Some(resource) = Key::of(&item).and_then(|key| by_key.get(&key)) else {
                continue;
            };
            let record = items::related_resource::read((*resource).clone(), &item)?;
            records.insert((*resource).clone(), record);
        }
        Ok(records)
    }

    /// Puts a resource or a tombstone, unless the registry has newer news. News
    /// of the same moment: the first stays. The event that tells of it, where it is told
    /// by itself, is written with it or not at all.
    pub async fn put_related_resource(
        &self,
        tenant: &TenantId,
        record: &ResourceRecord,
        event: Option<&AuditEvent>,
    ) -> Result<Registered> {
        // Before the record, so that a type is known as soon as one of it is.
        if record.resource.resource_type.built_in().is_none() {
            self.put_record_type(tenant, &record.resource.resource_type).await?;
        }
        let entry = items::related_resource::write(tenant, record);
        self.put_news(entry, record.changed_at, event).await
    }

    /// Puts the entry of a registry, unless there is one with newer news.
    pub(super) async fn put_news(
        &self,
        entry: Item,
        changed_at: Timestamp,
        event: Option<&AuditEvent>,
    ) -> Result<Registered> {
        let put = Put::builder()
            .table_name(&self.table_name)
            .set_item(Some(entry))
            .condition_expression(IF_NEWER)
            .expression_attribute_values(":changed_at", AttributeValue::S(changed_at.to_string()))
            .build()?;
        self.put_if(put, event).await
    }

    /// A conditional put, with its event or by itself.
    async fn put_if(&self, put: Put, event: Option<&AuditEvent>) -> Result<Registered> {
        let Some(event) = event else {
            let answer = self
                .client
                .put_item()
                .table_name(put.table_name)
                .set_item(Some(put.item))
                .set_condition_expression(put.condition_expression)
                .set_expression_attribute_values(put.expression_attribute_values)
                .measured()
                .await;
            return match answer {
                Ok(_) => Ok(Registered::Applied),
                Err(error) if is_failed_condition(&error) => Ok(Registered::Outdated),
                Err(error) => Err(to_error("PutItem", &error)),
            };
        };
        let writes = vec![TransactWriteItem::builder().put(put).build()];
        match self.write_audited(writes, event, Instant::now() + AUDITED_DEADLINE).await? {
            AuditedWrite::Done => Ok(Registered::Applied),
            AuditedWrite::Refused(_) => Ok(Registered::Outdated),
            AuditedWrite::EventExists => Err(not_new()),
        }
    }

    /// Remembers a record type by its id. The same again changes nothing.
    async fn put_record_type(&self, tenant: &TenantId, record_type: &RecordType) -> Result<()> {
        self.client
            .put_item()
            .table_name(&self.table_name)
            .set_item(Some(items::record_type::write(tenant, record_type)))
            .measured()
            .await
            .map_err(|error| to_error("PutItem", &error))?;
        Ok(())
    }

    /// The ids that a tenant registered for its record types.
    pub async fn record_type_ids(&self, tenant: &TenantId) -> Result<RecordTypeIds> {
        let item = self.get(keys::record_type_ids(tenant)).await?;
        Ok(items::record_type_ids::read(tenant, item.as_ref())?)
    }

    /// Puts them in the place of those that were read before, unless others are there
    /// by now.
    pub async fn put_record_type_ids(
        &self,
        before: &RecordTypeIds,
        after: &RecordTypeIds,
        event: Option<&AuditEvent>,
    ) -> Result<Registered> {
        let known = items::record_type_ids::write(before).remove(IDS);
        let put = Put::builder()
            .table_name(&self.table_name)
            .set_item(Some(items::record_type_ids::write(after)));
        let put = if before.registered().is_empty() {
            // Where all were forgotten, there is an empty item.
            put.condition_expression(format!("attribute_not_exists({IDS}) OR {IDS} = :known"))
        } else {
            put.condition_expression(format!("{IDS} = :known"))
        };
        let known = known.map(|ids| [(":known".to_owned(), ids)].into());
        self.put_if(put.set_expression_attribute_values(known).build()?, event).await
    }

    /// The record types, of some ids, that the registry has seen.
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
}
