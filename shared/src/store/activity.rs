//! Activities: one, the heads of some, and the long parts that are items of
//! their own.

use std::collections::HashMap;

use super::calls::Store;
use super::failure::CorruptItem;
use super::item::{Key, PK, SK};
use super::items::activity::Head;
use super::{items, keys};
use crate::domain::activity::{Activity, ActivityId, LongParts, NamedResource};
use crate::domain::activity_filters::ActivityFilters;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;

/// Which of the long parts of an activity are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Body and submission.
    All,
    Submission,
}

impl Store {
    /// An activity with its long parts: one round trip, two when they are an
    /// item of their own. An absent one takes the first alone, as another
    /// tenant's does.
    pub async fn activity(&self, tenant: &TenantId, id: ActivityId) -> Result<Option<Activity>> {
        self.activity_within(tenant, id, None).await
    }

    /// The same of one that filters match, where there are some: any other takes the
    /// calls of an absent one. Only where a head has no room for its related records, and
    /// one is asked for, and all else matches, they are read first.
    pub async fn activity_within(
        &self,
        tenant: &TenantId,
        id: ActivityId,
        filters: Option<&ActivityFilters>,
    ) -> Result<Option<Activity>> {
        let Some(item) = self.get(keys::head(tenant, id)).await? else { return Ok(None) };
        let head = items::activity::read(tenant, &item)?;
        let matches = |activity: &Activity| match filters {
            Some(filters) if head.related_is_elsewhere => filters.match_but_related(activity),
            Some(filters) => filters.match_activity(activity),
            None => true,
        };
        if !matches(&head.activity) {
            return Ok(None);
        }
        let activity = self.with_long_parts(head).await?;
        let is_related = filters.is_none_or(|filters| filters.match_related(&activity));
        Ok(is_related.then_some(activity))
    }

    /// The whole activity of a head.
    pub(super) async fn with_long_parts(&self, head: Head) -> Result<Activity> {
        if !head.activity.is_partial() {
            return Ok(head.activity);
        }
        let key = keys::body(&head.activity.tenant_id, head.activity.id);
        let corrupt = |problem: &str| CorruptItem {
            pk: key.pk.clone(),
            sk: key.sk.clone(),
            problem: problem.to_owned(),
        };
        let item = self.get(key.clone()).await?;
        let item = item.ok_or_else(|| corrupt("it is missing, though a head implies it"))?;
        let activity = head.completed_by(items::activity::read_long_parts(&item)?.1);
        if activity.is_partial() {
            return Err(corrupt("it lacks a part that a head implies, or has another").into());
        }
        Ok(activity)
    }

    /// The heads that exist of some activities, with all their related records.
    /// That takes one round trip, and another one for the rare heads that have
    /// no room for them.
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
        for (id, related) in self.related(tenant, &without_related).await? {
            if let Some(activity) = activities.get_mut(&id) {
                activity.related = related;
            }
        }
        Ok(activities)
    }

    /// Some activities with all their parts, as they are now. One that is not there, or
    /// can't be read, is left out: whoever proves them finds that it is missing.
    pub async fn activities_as_they_are(
        &self,
        tenant: &TenantId,
        ids: &[ActivityId],
    ) -> Result<HashMap<ActivityId, Activity>> {
        let mut keys: Vec<Key> = ids.iter().map(|id| keys::head(tenant, *id)).collect();
        // One whose event was sealed twice is asked for once.
        keys.sort_by(|one, other| one.pk.cmp(&other.pk));
        keys.dedup();
        let heads = self.batch_get(keys, None).await?;
        let heads = heads.iter().filter_map(|item| items::activity::read(tenant, item).ok());
        let (partial, whole): (Vec<Head>, Vec<Head>) =
            heads.partition(|head| head.activity.is_partial());
        let bodies = partial.iter().map(|head| keys::body(tenant, head.activity.id)).collect();
        let bodies = self.batch_get(bodies, None).await?;
        let bodies = bodies.iter().filter_map(|item| items::activity::read_long_parts(item).ok());
        let mut parts: HashMap<ActivityId, LongParts> = bodies.collect();
        let completed = partial.into_iter().filter_map(|head| {
            let parts = parts.remove(&head.activity.id)?;
            Some(head.completed_by(parts)).filter(|activity| !activity.is_partial())
        });
        let whole = whole.into_iter().map(|head| head.activity);
        Ok(whole.chain(completed).map(|activity| (activity.id, activity)).collect())
    }

    /// The related records of some activities whose heads are without them. What was
    /// submitted with them can be a hundred times as long.
    async fn related(
        &self,
        tenant: &TenantId,
        ids: &[ActivityId],
    ) -> Result<Vec<(ActivityId, Vec<NamedResource>)>> {
        let keys = ids.iter().map(|id| keys::body(tenant, *id)).collect();
        let items = self.batch_get(keys, Some(&related_only())).await?;
        items.iter().map(|item| Ok(items::activity::read_related(item)?)).collect()
    }

    /// The long parts that are items of their own, of some activities.
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
}

/// The projection that reads nothing of the item of the long parts but the related
/// records.
pub(super) fn related_only() -> String {
    [PK, SK, items::activity::RELATED].join(", ")
}

/// The projection that reads the item of the long parts without the body.
fn submission_only() -> String {
    [PK, SK, items::activity::RELATED, items::activity::SUBMISSION].join(", ")
}
