//! Reads: single records, batches of rows, and posting lists.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::future::try_join_all;
use tokio::time::{Duration, Instant};
use uuid::Uuid;

use super::failure::{CorruptItem, DeadlinePassed, to_error};
use super::items;
use super::keys::{self, Index, Key, PK, SK, key_of};
use super::{Backoff, Item, Store};
use crate::domain::activity::{Activity, ActivityId, LongParts, RelatedResource};
use crate::domain::audit::AuditEvent;
use crate::domain::error::{Error, Result};
use crate::domain::idempotency::{IdempotencyKey, IdempotencyRecord};
use crate::domain::principal::{Credential, KeyId, TenantId};
use crate::domain::registry::ResourceRecord;
use crate::index::{Extent, Position, PostingLists, PostingPage, Range, Term};

/// The keys that one BatchGetItem takes.
const BATCH_KEYS: usize = 100;
/// How long unprocessed keys are asked for again.
const BATCH_DEADLINE: Duration = Duration::from_secs(10);

/// Which of the long parts of an activity are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Body and submission.
    All,
    /// The submission.
    Submission,
}

impl Store {
    /// An activity with its long parts: one round trip, two when they are an
    /// item of their own. An absent one takes the first alone, as another
    /// tenant's does.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn activity(&self, tenant: &TenantId, id: ActivityId) -> Result<Option<Activity>> {
        let Some(item) = self.get(keys::head(tenant, id)).await? else { return Ok(None) };
        let head = items::activity::read(tenant, &item)?.activity;
        self.with_long_parts(head).await.map(Some)
    }

    /// The whole activity of a head.
    pub(super) async fn with_long_parts(&self, mut activity: Activity) -> Result<Activity> {
        if activity.is_partial() {
            let key = keys::body(&activity.tenant_id, activity.id);
            let missing = |problem: &str| CorruptItem {
                pk: key.pk.clone(),
                sk: key.sk.clone(),
                problem: problem.to_owned(),
            };
            let item = self.get(key.clone()).await?;
            let item = item.ok_or_else(|| missing("it is missing, though a head implies it"))?;
            activity.complete(items::activity::read_long_parts(&item)?.1);
            if activity.is_partial() {
                return Err(missing("it lacks a part that a head implies").into());
            }
        }
        Ok(activity)
    }

    /// The heads that exist of some activities, with all their related records.
    /// That takes one round trip, and another one for the rare heads that have
    /// no room for them.
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
        let mut activities = HashMap::with_capacity(ids.len());
        let mut without_related = Vec::new();
        for item in self.batch_get(keys, None).await? {
            let head = items::activity::read(tenant, &item)?;
            let id = head.activity.id;
            activities.insert(id, head.activity);
            if head.related_is_elsewhere {
                without_related.push(id);
            }
        }
        let parts = self.long_parts(tenant, &without_related, Parts::Submission).await?;
        for (id, parts) in parts {
            if let Some(activity) = activities.get_mut(&id) {
                activity.complete(parts);
            }
        }
        Ok(activities)
    }

    /// The long parts that are items of their own, of some activities.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
    pub async fn long_parts(
        &self,
        tenant: &TenantId,
        ids: &[ActivityId],
        parts: Parts,
    ) -> Result<HashMap<ActivityId, LongParts>> {
        let keys = ids.iter().map(|id| keys::body(tenant, *id)).collect();
        let without_body = submission_only();
        let projection = match parts {
            Parts::All => None,
            Parts::Submission => Some(without_body.as_str()),
        };
        let items = self.batch_get(keys, projection).await?;
        items.iter().map(|item| Ok(items::activity::read_long_parts(item)?)).collect()
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

    /// The same for several resources.
    ///
    /// # Errors
    ///
    /// A failed call, or a corrupt item.
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
            let Some(resource) = key_of(&item).and_then(|key| by_key.get(&key)) else {
                continue;
            };
            let record = items::related_resource::read((*resource).clone(), &item)?;
            records.insert((*resource).clone(), record);
        }
        Ok(records)
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

    pub(super) async fn get(&self, key: Key) -> Result<Option<Item>> {
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
                .expression_attribute_values(":oldest", AttributeValue::S(range.oldest.encode()))
                .expression_attribute_values(":newest", AttributeValue::S(range.newest.encode()))
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
    sk.and_then(|sk| Position::decode(sk)).ok_or_else(|| CorruptItem {
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

/// The projection that reads the item of the long parts without the body.
pub(super) fn submission_only() -> String {
    [PK, SK, items::activity::RELATED, items::activity::SUBMISSION].join(", ")
}

/// The projection that reads keys alone.
pub(super) fn keys_only() -> String {
    format!("{PK}, {SK}")
}
