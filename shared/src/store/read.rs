//! Reads: single records, batches of rows, and posting lists.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::future::try_join_all;
use tokio::time::{Duration, Instant};
use uuid::Uuid;

use super::failure::{CorruptItem, DeadlinePassed, to_error};
use super::items;
use super::keys::{self, Index, Key, PK, SK};
use super::{Backoff, Item, Store};
use crate::activity::{Activity, ActivityId, Body, BodyText, RelatedResource};
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::idempotency::{IdempotencyKey, IdempotencyRecord};
use crate::index::{Extent, Position, PostingLists, PostingPage, Range, Term};
use crate::principal::{Credential, KeyId, TenantId};
use crate::registry::ResourceRecord;

/// The keys that one BatchGetItem takes.
const BATCH_KEYS: usize = 100;
/// How long unprocessed keys are asked for again.
const BATCH_DEADLINE: Duration = Duration::from_secs(10);

impl Store {
    /// An activity with its whole body: one round trip, two when the body is
    /// an item of its own. An absent one takes the first alone, as another
    /// tenant's does.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn activity(&self, tenant: &TenantId, id: ActivityId) -> Result<Option<Activity>> {
        let Some(item) = self.get(keys::head(tenant, id)).await? else { return Ok(None) };
        let mut activity = items::activity::read(tenant, &item)?;
        if matches!(activity.body, BodyText::Beginning(_)) {
            let key = keys::body(tenant, id);
            let item = self.get(key.clone()).await?.ok_or_else(|| CorruptItem {
                pk: key.pk,
                sk: key.sk,
                problem: "it is missing, though a head implies it".to_owned(),
            })?;
            activity.body = BodyText::Whole(items::activity::read_body(&item)?.1);
        }
        Ok(Some(activity))
    }

    /// The heads that exist of some activities.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn heads(
        &self,
        tenant: &TenantId,
        ids: &[ActivityId],
    ) -> Result<HashMap<ActivityId, Activity>> {
        let keys = ids.iter().map(|id| keys::head(tenant, *id)).collect();
        let items = self.batch_get(keys, None).await?;
        items
            .iter()
            .map(|item| {
                let activity = items::activity::read(tenant, item)?;
                Ok((activity.id, activity))
            })
            .collect()
    }

    /// The bodies that are items of their own, of some activities.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn bodies(
        &self,
        tenant: &TenantId,
        ids: &[ActivityId],
    ) -> Result<HashMap<ActivityId, Body>> {
        let keys = ids.iter().map(|id| keys::body(tenant, *id)).collect();
        let items = self.batch_get(keys, None).await?;
        items.iter().map(|item| Ok(items::activity::read_body(item)?)).collect()
    }

    /// The audit events that exist of some ids.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn audit_events(
        &self,
        tenant: &TenantId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, AuditEvent>> {
        let keys = ids.iter().map(|id| keys::audit_event(tenant, *id)).collect();
        let items = self.batch_get(keys, None).await?;
        items
            .iter()
            .map(|item| {
                let event = items::audit_event::read(tenant, item)?;
                Ok((event.id, event))
            })
            .collect()
    }

    /// What is remembered of a key, expired or not.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn idempotency_record(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>> {
        let item = self.get(keys::idempotency(tenant, key)).await?;
        Ok(item.as_ref().map(items::idempotency_record::read).transpose()?)
    }

    /// What the registry knows of a resource, tombstones included.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn related_resource(
        &self,
        tenant: &TenantId,
        resource: &RelatedResource,
    ) -> Result<Option<ResourceRecord>> {
        let item = self.get(keys::related_resource(tenant, resource)).await?;
        let read = |item| items::related_resource::read(resource.clone(), item);
        Ok(item.as_ref().map(read).transpose()?)
    }

    /// A credential, revoked or not.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn credential(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
    ) -> Result<Option<Credential>> {
        let item = self.get(keys::credential(tenant, key_id)).await?;
        Ok(item.as_ref().map(|item| items::credential::read(tenant, item)).transpose()?)
    }

    async fn get(&self, key: Key) -> Result<Option<Item>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table_name)
            .set_key(Some(key.into_item()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| to_error("GetItem", &error))?;
        Ok(answer.item)
    }

    /// The items that exist of some keys, up to 100 a call, side by side. Only
    /// a key that was answered is taken as absent: unprocessed keys are asked
    /// for again.
    pub(super) async fn batch_get(
        &self,
        keys: Vec<Key>,
        projection: Option<&str>,
    ) -> Result<Vec<Item>> {
        let batches = keys.chunks(BATCH_KEYS).map(|batch| {
            let keys = batch.iter().cloned().map(Key::into_item).collect();
            self.batch_get_one(keys, projection)
        });
        Ok(try_join_all(batches).await?.into_iter().flatten().collect())
    }

    async fn batch_get_one(
        &self,
        mut keys: Vec<Item>,
        projection: Option<&str>,
    ) -> Result<Vec<Item>> {
        let mut found = Vec::with_capacity(keys.len());
        let mut backoff = Backoff::until(Instant::now() + BATCH_DEADLINE);
        while !keys.is_empty() {
            let request = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(true)
                .set_projection_expression(projection.map(str::to_owned))
                .build()
                .map_err(|error| Error::Internal(error.into()))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table_name, request)
                .send()
                .await
                .map_err(|error| to_error("BatchGetItem", &error))?;
            let items = answer.responses.and_then(|mut tables| tables.remove(&self.table_name));
            found.extend(items.unwrap_or_default());
            keys = answer
                .unprocessed_keys
                .and_then(|mut tables| tables.remove(&self.table_name))
                .map(|unprocessed| unprocessed.keys)
                .unwrap_or_default();
            if !keys.is_empty() && !backoff.wait().await {
                return Err(DeadlinePassed("reading unprocessed keys again").into());
            }
        }
        Ok(found)
    }

    async fn posting_page(&self, list: String, range: Range, limit: usize) -> Result<PostingPage> {
        let mut positions = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table_name)
                .key_condition_expression("pk = :list AND sk BETWEEN :oldest AND :newest")
                .expression_attribute_values(":list", AttributeValue::S(list.clone()))
                .expression_attribute_values(
                    ":oldest",
                    AttributeValue::S(keys::sort_key(range.oldest)),
                )
                .expression_attribute_values(
                    ":newest",
                    AttributeValue::S(keys::sort_key(range.newest)),
                )
                .projection_expression(SK)
                .scan_index_forward(false)
                .consistent_read(true)
                .limit(i32::try_from(limit - positions.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| to_error("Query", &error))?;
            for item in answer.items.unwrap_or_default() {
                positions.push(parse_posting(&item)?);
            }
            start = answer.last_evaluated_key;
            match &start {
                None => return Ok(PostingPage { positions, extent: Extent::Whole }),
                // A page can be empty and still not be the last.
                Some(key) if positions.is_empty() && limit > 0 => {
                    tracing::debug!(attributes = key.len(), "an empty page is not the last");
                }
                Some(key) => {
                    let reached = parse_posting(key)?;
                    return Ok(PostingPage { positions, extent: Extent::Through(reached) });
                }
            }
        }
    }

    async fn contained(
        &self,
        tenant: &TenantId,
        index: Index,
        term: &Term,
        positions: &[Position],
    ) -> Result<HashSet<Position>> {
        let keys = positions
            .iter()
            .map(|position| keys::posting(tenant, index, term, *position))
            .collect();
        let items = self.batch_get(keys, Some(SK)).await?;
        Ok(items.iter().map(parse_posting).collect::<Result<_, _>>()?)
    }
}

/// The key of a list has words of a text in it, so an error names only the
/// position.
fn parse_posting(item: &Item) -> Result<Position, CorruptItem> {
    let sk = item.get(SK).and_then(|value| value.as_s().ok());
    sk.and_then(|sk| keys::parse_sort_key(sk)).ok_or_else(|| CorruptItem {
        pk: "(a posting list)".to_owned(),
        sk: sk.cloned().unwrap_or_default(),
        problem: "the sort key is not a position".to_owned(),
    })
}

/// A tenant's lists of activities.
#[derive(Clone, Copy, Debug)]
pub struct ActivityPostings<'a> {
    /// The table.
    pub store: &'a Store,
    /// The tenant.
    pub tenant: &'a TenantId,
}

/// A tenant's lists of audit events.
#[derive(Clone, Copy, Debug)]
pub struct AuditPostings<'a> {
    /// The table.
    pub store: &'a Store,
    /// The tenant.
    pub tenant: &'a TenantId,
}

impl PostingLists for ActivityPostings<'_> {
    async fn page(&self, term: &Term, range: Range, limit: usize) -> Result<PostingPage> {
        let list = keys::list(self.tenant, Index::Activities, term);
        self.store.posting_page(list, range, limit).await
    }
    async fn contained(&self, term: &Term, positions: &[Position]) -> Result<HashSet<Position>> {
        self.store.contained(self.tenant, Index::Activities, term, positions).await
    }
}

impl PostingLists for AuditPostings<'_> {
    async fn page(&self, term: &Term, range: Range, limit: usize) -> Result<PostingPage> {
        let list = keys::list(self.tenant, Index::AuditEvents, term);
        self.store.posting_page(list, range, limit).await
    }
    async fn contained(&self, term: &Term, positions: &[Position]) -> Result<HashSet<Position>> {
        self.store.contained(self.tenant, Index::AuditEvents, term, positions).await
    }
}

/// The projection that reads keys alone.
pub(super) fn keys_only() -> String {
    format!("{PK}, {SK}")
}
