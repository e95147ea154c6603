//! Seals of audit events, and what follows from them. All of it is put once, and by no
//! function changed or deleted: the condition of a seal's put is what makes one log of what
//! several sealers do.

use std::collections::{BTreeMap, HashMap};
use std::ops::{Range, RangeInclusive};

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::calls::{IF_ABSENT, Store, pages};
use super::failure::{is_failed_condition, to_error};
use super::item::{Item, ItemReader, ItemWriter, Key, SK};
use super::items::seal;
use super::measured::Measured as _;
use super::{items, keys};
use crate::domain::audit::AuditEvent;
use crate::domain::audit_log::Generation;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::trail::entry::WrittenAt;
use crate::trail::hash::TreeHash;
use crate::trail::seal::Seal;
use crate::trail::tree::TILE_WIDTH;

/// An event that is in no seal yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsealedEvent {
    pub event: AuditEvent,
    /// When the table took it, where its insertion told it.
    pub written_at: Option<WrittenAt>,
}

/// What was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPutAside {
    /// The end of its key: the event's id, where a function put it there.
    pub key: String,
    /// The event; `None` where it can't be read.
    pub unsealed: Option<UnsealedEvent>,
    /// The signatures of those who put it there, one behind the other.
    pub signatures: Vec<u8>,
}

/// How the put of a seal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutSeal {
    /// It is there.
    Done,
    /// There is one already: of another sealer, or of an attempt whose answer was lost.
    Exists,
}

/// So many leaves a log has at most: its keys have 12 digits.
pub(super) const MAX_LEAVES: u64 = 1_000_000_000_000;

const COSIGNATURE_LINE: &str = "line";

/// In which order seals are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    OldestFirst,
    NewestFirst,
}

impl Store {
    /// The newest seals whose first leaf is before an index, newest first, at most `limit`.
    /// A megabyte of them ends it earlier.
    pub async fn seals_before(
        &self,
        tenant: &TenantId,
        generation: Generation,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Seal>> {
        let range = 0..before.unwrap_or(MAX_LEAVES);
        self.query_seals(tenant, generation, range, Order::NewestFirst, limit).await
    }

    /// The seals from the one on that has a leaf, oldest first, at most `limit`. A megabyte
    /// of them ends it earlier.
    pub async fn seals_from(
        &self,
        tenant: &TenantId,
        generation: Generation,
        leaf: u64,
        limit: usize,
    ) -> Result<Vec<Seal>> {
        let with = self.seals_before(tenant, generation, Some(leaf + 1), 1).await?;
        let first = with.first().map_or(leaf, |seal| seal.first);
        let range = first..MAX_LEAVES;
        self.query_seals(tenant, generation, range, Order::OldestFirst, limit).await
    }

    /// Those whose first leaf is within a range.
    pub(super) async fn query_seals(
        &self,
        tenant: &TenantId,
        generation: Generation,
        first: Range<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seal>> {
        if first.is_empty() {
            return Ok(Vec::new());
        }
        let query = self.query_of_seals(tenant, generation, first, order, limit);
        let answer = query.measured().await.map_err(|error| to_error("Query", &error))?;
        let items = answer.items.unwrap_or_default();
        Ok(items.iter().map(seal::read).collect::<Result<_, _>>()?)
    }

    /// The query of those, where the range is not empty.
    pub(super) fn query_of_seals(
        &self,
        tenant: &TenantId,
        generation: Generation,
        first: Range<u64>,
        order: Order,
        limit: usize,
    ) -> QueryFluentBuilder {
        let (from, last) = (keys::leaf_index(first.start), keys::leaf_index(first.end - 1));
        self.client
            .query()
            .table_name(&self.table_name)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :last")
            .expression_attribute_values(":pk", AttributeValue::S(keys::seals(tenant, generation)))
            .expression_attribute_values(":from", AttributeValue::S(from))
            .expression_attribute_values(":last", AttributeValue::S(last))
            .scan_index_forward(order == Order::OldestFirst)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
    }

    /// Puts a seal where there is none at its place.
    ///
    /// # Errors
    ///
    /// When it is not known whether it was put: whoever reads the seals again finds it, or
    /// not.
    pub async fn put_seal(
        &self,
        tenant: &TenantId,
        generation: Generation,
        new: &Seal,
    ) -> Result<PutSeal> {
        let put = self.put_if_absent(seal::write(tenant, generation, new)).await?;
        Ok(if put { PutSeal::Done } else { PutSeal::Exists })
    }

    /// Whether it was put; `false` where such an item exists.
    async fn put_if_absent(&self, item: Item) -> Result<bool> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.table_name)
            .set_item(Some(item))
            .condition_expression(IF_ABSENT)
            .measured()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) if is_failed_condition(&error) => Ok(false),
            Err(error) => Err(to_error("PutItem", &error)),
        }
    }

    /// The leaves' hashes of a full tile, where they were put. What can't be read is none:
    /// it follows from the seals.
    pub async fn tile(
        &self,
        tenant: &TenantId,
        generation: Generation,
        index: u64,
    ) -> Result<Option<Vec<TreeHash>>> {
        let item = self.get(keys::tile(tenant, generation, 0, index)).await?;
        let tile = item.and_then(|item| seal::read_tile(&item).ok());
        let is_full = |hashes: &Vec<TreeHash>| hashes.len() as u64 == TILE_WIDTH;
        Ok(tile.map(|(_, hashes)| hashes).filter(is_full))
    }

    /// The hashes of a higher level of tiles within a range of at most 256, as far as they
    /// were put.
    pub async fn tile_roots(
        &self,
        tenant: &TenantId,
        generation: Generation,
        level: u8,
        range: Range<u64>,
    ) -> Result<HashMap<u64, TreeHash>> {
        if range.is_empty() {
            return Ok(HashMap::new());
        }
        let text = AttributeValue::S;
        let answer = self
            .client
            .query()
            .table_name(&self.table_name)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :last")
            .expression_attribute_values(":pk", text(keys::tiles(tenant, generation)))
            .expression_attribute_values(":from", text(keys::tile_index(level, range.start)))
            .expression_attribute_values(":last", text(keys::tile_index(level, range.end - 1)))
            .consistent_read(true)
            .measured()
            .await
            .map_err(|error| to_error("Query", &error))?;
        let mut roots = HashMap::new();
        for item in answer.items.unwrap_or_default() {
            if let Ok((index, hashes)) = seal::read_tile(&item)
                && let [root] = hashes[..]
            {
                roots.insert(index, root);
            }
        }
        Ok(roots)
    }

    /// Puts hashes of a level of tiles where there are none: all of a full tile of the lowest
    /// level, or one of a higher level. They follow from the leaves, so it is the same
    /// whoever does it, and however often.
    pub async fn put_tile(
        &self,
        tenant: &TenantId,
        generation: Generation,
        level: u8,
        index: u64,
        hashes: &[TreeHash],
    ) -> Result<()> {
        let item = seal::write_tile(tenant, generation, level, index, hashes);
        self.put_if_absent(item).await.map(drop)
    }

    /// Keeps the line of a witness for the tree of a size.
    pub async fn put_cosignature(
        &self,
        tenant: &TenantId,
        generation: Generation,
        size: u64,
        line: &str,
    ) -> Result<()> {
        // A line names its witness between two spaces.
        let witness = line.split(' ').nth(1).unwrap_or_default();
        let key = keys::cosignature(tenant, generation, size, witness);
        let item = ItemWriter::new(key).text(COSIGNATURE_LINE, line).finish();
        self.put_if_absent(item).await.map(drop)
    }

    /// The lines of witnesses, by the sizes of the trees that they signed, from one size to
    /// another. What can't be read is none: whoever reads a line verifies it.
    pub async fn cosignatures(
        &self,
        tenant: &TenantId,
        generation: Generation,
        sizes: RangeInclusive<u64>,
    ) -> Result<BTreeMap<u64, String>> {
        let (pk, sks) = keys::cosignatures_of(tenant, generation, sizes);
        let page = |start| self.page_between(pk.clone(), sks.clone(), start);
        let mut lines: BTreeMap<u64, String> = BTreeMap::new();
        for item in pages(page).await? {
            let reader = ItemReader::new(&item);
            if let Some(size) = keys::cosigned_size(reader.text(SK)?)
                && let Ok(line) = reader.text(COSIGNATURE_LINE)
            {
                *lines.entry(size).or_default() += line;
            }
        }
        Ok(lines)
    }

    /// Keeps an event that can't be sealed now, as its insertion told it, with the
    /// signatures of who keeps it.
    pub async fn put_aside(&self, unsealed: &UnsealedEvent, signatures: &[u8]) -> Result<()> {
        let UnsealedEvent { event, written_at } = unsealed;
        let item = seal::write_unsealed(event, *written_at, signatures);
        self.put_if_absent(item).await.map(drop)
    }

    /// What was put aside, in the order of the keys from one on, at most `limit`.
    pub async fn events_put_aside(
        &self,
        tenant: &TenantId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<EventPutAside>> {
        let after = after.unwrap_or(" ").to_owned();
        let (items, _) = self.items_after(keys::unsealed_events(tenant), after, limit).await?;
        let read = |item: &Item| {
            let key = ItemReader::new(item).text(SK)?.to_owned();
            // Whoever can write to the table can put one there: it stands in no other's way.
            Ok(match seal::read_unsealed(tenant, item) {
                Ok((event, written_at, signatures)) => {
                    let unsealed = Some(UnsealedEvent { event, written_at });
                    EventPutAside { key, unsealed, signatures }
                }
                Err(_) => EventPutAside { key, unsealed: None, signatures: Vec::new() },
            })
        };
        items.iter().map(read).collect()
    }

    /// The audit events of some ids, as they are now: those that exist, and `None` for one
    /// that can't be read.
    pub async fn audit_events_as_they_are(
        &self,
        tenant: &TenantId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Option<AuditEvent>>> {
        let mut keys: Vec<Key> = ids.iter().map(|id| keys::audit_event(tenant, *id)).collect();
        // An event that was sealed twice is asked for once.
        keys.sort_by(|one, other| one.pk.cmp(&other.pk));
        keys.dedup();
        let items = self.batch_get(keys, None).await?;
        let event = |item: &Item| {
            let key = Key::of(item)?;
            let (_, id) = keys::audit_event_of(&key.pk, &key.sk)?;
            Some((id, items::audit_event::read(tenant, item).ok()))
        };
        Ok(items.iter().filter_map(event).collect())
    }

    /// Puts an event that this project's own functions tell of the log, where there is none
    /// of its id.
    pub async fn put_event_of_log(&self, event: &AuditEvent) -> Result<()> {
        let deadline = tokio::time::Instant::now() + super::audited_write::AUDITED_DEADLINE;
        self.put_audit_event_once(event, deadline).await
    }

    /// Removes events that were put aside and are sealed now. No function may.
    pub async fn forget_put_aside(&self, tenant: &TenantId, ids: &[Uuid]) -> Result<()> {
        let keys: Vec<Item> =
            ids.iter().map(|id| keys::unsealed(tenant, *id).into_item()).collect();
        let deadline = tokio::time::Instant::now() + super::audited_write::AUDITED_DEADLINE;
        self.batch_delete(&keys, deadline).await
    }
}
