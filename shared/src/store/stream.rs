//! The table's stream: its changes, as Lambda hands them over, read back as
//! records.
//!
//! Of all changes only the insertion of a head says that an activity was
//! logged. What is staged before it means nothing by itself, and nothing changes
//! a head. The insertion of a marked entry of the index's tail asks for a run of
//! the compactor: its key names the tenant, and no more of it is read than the mark.
//! The insertion of an audit event is what is sealed; any other change of one, or of a
//! head, is made by none of this project's functions.
//!
//! Values are read by an enumeration of the three types that items here are made
//! of, which serde does without a library between the stream's JSON and the
//! SDK's types. A binary value comes in base 64.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::activity::related_only;
use super::calls::Store;
use super::failure::CorruptItem;
use super::item::{Item, Key, PK, SK};
use super::items::activity::{Head, read, read_related};
use super::items::audit_event;
use super::keys;
use super::seals::UnsealedEvent;
use crate::domain::activity::Activity;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::trail::entry::WrittenAt;

/// The longest image that is read, in bytes of JSON: beyond what a head of 4 KB has, or an
/// audit event, where each of its characters is escaped.
const MAX_IMAGE_BYTES: usize = 64 * 1024;

/// A batch of changes, in their order.
#[derive(Debug, Deserialize)]
pub struct StreamBatch<'a> {
    /// The changes.
    #[serde(rename = "Records", borrow)]
    pub records: Vec<StreamRecord<'a>>,
}

/// A change of an item.
#[derive(Debug, Deserialize)]
pub struct StreamRecord<'a> {
    #[serde(rename = "eventName")]
    event_name: String,
    #[serde(borrow)]
    dynamodb: Change<'a>,
}

/// What a change means for the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrailChange {
    /// An audit event was written, which is to be sealed.
    Written(Box<UnsealedEvent>),
    /// What the trail proves was touched by somebody.
    Touched(TouchedItem),
}

/// An activity or an audit event that somebody has changed or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchedItem {
    /// Whose it was.
    pub tenant: TenantId,
    /// What it is.
    pub item: ProvenItem,
    /// The id of the activity or the event.
    pub id: Uuid,
    /// What was done to it.
    pub touch: Touch,
    /// When, by the table's clock.
    pub at: Option<WrittenAt>,
}

/// What the trail proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvenItem {
    /// The head of an activity.
    Activity,
    /// An audit event.
    AuditEvent,
}

/// What is done to an item that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// It has other attributes now.
    Changed,
    /// It is gone.
    Removed,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change<'a> {
    /// Seconds since 1970. Read by itself, since most readers do without it.
    #[serde(borrow, default)]
    approximate_creation_date_time: Option<&'a RawValue>,
    keys: Keys,
    /// Read by itself, so that one item that can't be read stands in the way of
    /// no other.
    #[serde(borrow)]
    new_image: Option<&'a RawValue>,
    sequence_number: String,
}

#[derive(Debug, Deserialize)]
struct Keys {
    pk: Text,
    sk: Text,
}

#[derive(Debug, Deserialize)]
enum Text {
    S(String),
}

#[derive(Debug, Deserialize)]
enum Value {
    S(String),
    N(String),
    B(String),
}

impl Value {
    /// The value as an item has it; `None` where its base 64 can't be read.
    fn into_attribute(self) -> Option<AttributeValue> {
        Some(match self {
            Self::S(text) => AttributeValue::S(text),
            Self::N(digits) => AttributeValue::N(digits),
            Self::B(base64) => AttributeValue::B(STANDARD.decode(base64).ok()?.into()),
        })
    }
}

impl StreamRecord<'_> {
    /// Whether it says that an activity was logged.
    #[must_use]
    pub fn is_of_a_logged_activity(&self) -> bool {
        self.event_name == "INSERT" && self.tenant_of_head().is_some()
    }

    /// The tenant whose activity it is about.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        TenantId::parse(self.tenant_of_head()?).ok()
    }

    /// The tenant for whose index a run of the compactor is asked for.
    #[must_use]
    pub fn tenant_to_compact(&self) -> Option<TenantId> {
        /// All else is skipped, the entry's bytes too.
        #[derive(Deserialize)]
        struct Marked {
            #[serde(rename = "m")]
            _mark: Text,
        }
        let (pk, _) = self.key();
        let tenant = keys::tenant_of_tail(pk).filter(|_| self.event_name == "INSERT")?;
        serde_json::from_str::<Marked>(self.dynamodb.new_image?.get()).ok()?;
        TenantId::parse(tenant).ok()
    }

    /// What it means for the trail, if anything.
    ///
    /// # Errors
    ///
    /// An audit event that can't be read.
    pub fn trail_change(&self) -> Result<Option<TrailChange>> {
        let (pk, sk) = self.key();
        let touch = match self.event_name.as_str() {
            "INSERT" if keys::is_audit_event(pk, sk) => {
                return Ok(Some(TrailChange::Written(Box::new(self.unsealed_event()?))));
            }
            "MODIFY" => Touch::Changed,
            "REMOVE" => Touch::Removed,
            _ => return Ok(None),
        };
        let touched = |item, (tenant, id)| TouchedItem { tenant, item, id, touch, at: self.at() };
        let event = keys::audit_event_of(pk, sk).map(|of| touched(ProvenItem::AuditEvent, of));
        let head = || keys::head_of(pk, sk).map(|of| touched(ProvenItem::Activity, of));
        Ok(event.or_else(head).map(TrailChange::Touched))
    }

    fn unsealed_event(&self) -> Result<UnsealedEvent, CorruptItem> {
        let (pk, sk) = self.key();
        let (tenant, _) = keys::audit_event_of(pk, sk)
            .ok_or_else(|| self.corrupt("the key does not name a tenant and an event"))?;
        let event = audit_event::read(&tenant, &self.image()?)?;
        Ok(UnsealedEvent { event, written_at: self.at() })
    }

    /// When the table took the change, in whole seconds. A table may tell fractions of them.
    #[must_use]
    pub fn at(&self) -> Option<WrittenAt> {
        let seconds: f64 =
            serde_json::from_str(self.dynamodb.approximate_creation_date_time?.get()).ok()?;
        let is_a_time = (0.0..=f64::from(u32::MAX)).contains(&seconds);
        WrittenAt::from_seconds(seconds as u32).filter(|_| is_a_time)
    }

    /// The place in the stream, by which Lambda is told where to go on.
    #[must_use]
    pub fn sequence_number(&self) -> &str {
        &self.dynamodb.sequence_number
    }

    /// The item that changed, for the log.
    #[must_use]
    pub fn pk(&self) -> &str {
        self.key().0
    }

    fn key(&self) -> (&str, &str) {
        let Keys { pk: Text::S(pk), sk: Text::S(sk) } = &self.dynamodb.keys;
        (pk, sk)
    }

    fn tenant_of_head(&self) -> Option<&str> {
        let (pk, sk) = self.key();
        keys::tenant_of_head(pk, sk)
    }

    fn head(&self) -> Result<Head, CorruptItem> {
        let tenant = self.tenant().ok_or_else(|| self.corrupt("the key does not name a tenant"))?;
        read(&tenant, &self.image()?)
    }

    /// The item as it is after the change.
    fn image(&self) -> Result<Item, CorruptItem> {
        let (pk, sk) = self.key();
        let image =
            self.dynamodb.new_image.ok_or_else(|| self.corrupt("there is no new image of it"))?;
        if image.get().len() > MAX_IMAGE_BYTES {
            return Err(self.corrupt("its image is longer than any that is written"));
        }
        // Not serde's error, which quotes what it can't read.
        let image: HashMap<String, Value> = serde_json::from_str(image.get()).map_err(|_| {
            self.corrupt("its image has other values than strings, numbers and bytes")
        })?;
        let attribute = |(name, value): (String, Value)| Some((name, value.into_attribute()?));
        let item: Option<Item> = image.into_iter().map(attribute).collect();
        let mut item =
            item.ok_or_else(|| self.corrupt("its image has bytes that are not base 64"))?;
        item.insert(PK.to_owned(), AttributeValue::S(pk.to_owned()));
        item.insert(SK.to_owned(), AttributeValue::S(sk.to_owned()));
        Ok(item)
    }

    fn corrupt(&self, problem: &str) -> CorruptItem {
        let (pk, sk) = self.key();
        CorruptItem { pk: pk.to_owned(), sk: sk.to_owned(), problem: problem.to_owned() }
    }
}

/// The key of the item that has the related records of a head without them.
fn related_key(head: &Head) -> Option<Key> {
    head.related_is_elsewhere.then(|| keys::body(&head.activity.tenant_id, head.activity.id))
}

impl Store {
    /// The activities that records of logged ones tell of, in the order of the
    /// records, each with all its related records and as much of its long parts
    /// as its head has. That takes no call, and one BatchGetItem for the rare
    /// heads that have no room for the related records.
    ///
    /// # Errors
    ///
    /// For each record: a corrupt item, or the failed call that it needs.
    pub async fn logged_activities(
        &self,
        records: &[&StreamRecord<'_>],
    ) -> Vec<Result<Activity, Arc<Error>>> {
        let heads: Vec<Result<Head, CorruptItem>> =
            records.iter().map(|record| record.head()).collect();
        let related: HashSet<Key> = heads.iter().flatten().filter_map(related_key).collect();
        let related = self.related_at(related).await.map_err(Arc::new);
        let activity = |head: Result<Head, CorruptItem>| {
            let head = head.map_err(|corrupt| Arc::new(corrupt.into()))?;
            let Some(key) = related_key(&head) else { return Ok(head.activity) };
            let related = related.as_ref().map_err(Arc::clone)?;
            complete(head.activity, key, related).map_err(|corrupt| Arc::new(corrupt.into()))
        };
        heads.into_iter().map(activity).collect()
    }

    /// The items of long parts that exist, with the related records alone.
    async fn related_at(&self, keys: HashSet<Key>) -> Result<HashMap<Key, Item>> {
        let items = self.batch_get(keys.into_iter().collect(), Some(&related_only())).await?;
        Ok(items.into_iter().filter_map(|item| Some((Key::of(&item)?, item))).collect())
    }
}

fn complete(
    mut activity: Activity,
    key: Key,
    related: &HashMap<Key, Item>,
) -> Result<Activity, CorruptItem> {
    let Some(item) = related.get(&key) else {
        let problem = "it is missing, though a head implies it".to_owned();
        return Err(CorruptItem { pk: key.pk, sk: key.sk, problem });
    };
    activity.related = read_related(item)?.1;
    Ok(activity)
}
