//! Files activities under the words of this build's analyzer, and drops what older ones
//! filed; and builds an index anew.
//!
//! A search for words looks at what its own build's analyzer filed, so an activity is found
//! by its words as soon as they are filed under that version. So the order is
//!
//! ```text
//! file under the new version ─▶ switch the functions ─▶ drop what the old one filed
//! ```
//!
//! What is left to do is told by the index itself: the positions that segments and entries
//! of other versions have, and those of this version have not. So a run that is cut off is
//! gone on with by the next one, and no head is touched.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use tokio::time::Instant;

use super::indexed_tenants::indexed_tenants;
use super::scan::{self, Scan, ScanPage, insist};
use crate::domain::activity::ActivityId;
use crate::domain::clock::Environment;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::index::Position;
use crate::index::compact::{self, operate};
use crate::index::entry::EntryPart;
use crate::index::filed::{activity_part, event_part};
use crate::index::segment::build::build;
use crate::index::segment::merge::Parts as _;
use crate::index::segment::{Birth, Collection, Part, Segment, SegmentId, positions};
use crate::index::store::IndexStore;
use crate::index::visible_text::visible_text;
use crate::store::calls::Store;
use crate::store::failure::{CorruptItem, is_corrupt_item};
use crate::store::item::{Item, ItemReader, Key, keys_only};
use crate::store::items;
use crate::store::keys::{self, ItemKind};
use crate::store::segments::TenantIndex;
use crate::text::{self, ANALYZER_VERSION};

/// Records that are made into one segment.
const RECORDS_A_SEGMENT: usize = 4_096;
/// What records that wait to be made into segments may take, in bytes of their terms.
const WAITING_BYTES: usize = 32 * 1024 * 1024;
/// Heads, with their long parts, that are in memory at a time.
const HEADS_A_ROUND: usize = 50;
/// Parts of positions that are read at a time.
const PARTS_A_ROUND: usize = 100;
/// How long the writes of a page may take.
const WRITE_DEADLINE: Duration = Duration::from_secs(60);

/// Which records are indexed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Activities that another version of the analyzer filed, and this one did not.
    Outdated,
    /// All activities and audit events: the index is dropped and built anew.
    All,
}

/// What was done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Reindexed {
    /// Items of the table that were looked at.
    pub scanned: usize,
    /// Activities that were filed.
    pub activities: usize,
    /// Audit events that were filed.
    pub audit_events: usize,
    /// Records that were not in the list of all, and are.
    pub listed: usize,
    /// Records that can't be indexed.
    pub failed: usize,
}

/// What a run tells while it goes on.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// Some of it is done.
    Progress(Reindexed),
    /// Records of a tenant were filed.
    Filed {
        /// The tenant.
        tenant: &'a TenantId,
        /// How many.
        records: usize,
    },
    /// A record can't be indexed, because of what it is. The others go on.
    Failed(&'a Error),
}

/// What became of what older versions filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldWords {
    /// So many activities would not be found by their words. Nothing was dropped.
    InUse {
        /// Activities that only another version filed.
        activities: usize,
    },
    /// It is gone.
    Dropped {
        /// How many segments it was.
        segments: usize,
    },
}

/// A run.
struct Run<'a, R> {
    store: &'a Store,
    env: &'a dyn Environment,
    report: R,
    done: Reindexed,
}

/// Files the selected records, and tells `report` of what is done, and of each record that
/// can't be indexed.
///
/// # Errors
///
/// A failed call. What was done until then stays.
pub async fn reindex(
    store: &Store,
    env: &dyn Environment,
    selection: Selection,
    report: impl Fn(Step<'_>) + Sync,
) -> Result<Reindexed> {
    let mut run = Run { store, env, report, done: Reindexed::default() };
    match selection {
        Selection::Outdated => run.file_outdated().await?,
        Selection::All => run.build_anew().await?,
    }
    Ok(run.done)
}

impl<R: Fn(Step<'_>) + Sync> Run<'_, R> {
    fn progress(&self) {
        (self.report)(Step::Progress(self.done));
    }

    async fn file_outdated(&mut self) -> Result<()> {
        let tenants = self.tenants().await?;
        for tenant in &tenants {
            let outdated = insist(|| outdated(self.store, tenant)).await?;
            let mut waiting = Waiting::default();
            for round in outdated.chunks(HEADS_A_ROUND) {
                let number = self.next_number(tenant).await?;
                let found = insist(|| self.activities(tenant, round)).await?;
                for part in found {
                    if let Some(part) = self.told(part) {
                        waiting.add(tenant, Collection::Activities, part, number);
                    }
                }
                self.file(&mut waiting, false).await?;
            }
            self.file(&mut waiting, true).await?;
        }
        self.progress();
        Ok(())
    }

    /// Drops what the index of each tenant has, and files everything.
    async fn build_anew(&mut self) -> Result<()> {
        // The numbers of segments are of a time before any record is read.
        let mut numbers: BTreeMap<TenantId, u64> = BTreeMap::new();
        for tenant in self.tenants().await? {
            let index = TenantIndex { store: self.store, tenant: &tenant };
            insist(|| operate::drop_segments(&index, self.env, |_| true)).await?;
            let number = self.next_number(&tenant).await?;
            numbers.insert(tenant, number);
        }
        let scan = Scan::default()
            .only("sk = :head OR sk = :event")
            .with(":head", AttributeValue::S(keys::HEAD.to_owned()))
            .with(":event", AttributeValue::S(keys::EVENT.to_owned()));
        let mut waiting = Waiting::default();
        let mut start = None;
        loop {
            let read = || scan::read_page(self.store, &scan, None, start.clone());
            let (page, next) = insist(read).await?;
            self.file_page(page, &numbers, &mut waiting).await?;
            start = next;
            if start.is_none() {
                break;
            }
        }
        self.file(&mut waiting, true).await?;
        self.progress();
        Ok(())
    }

    async fn file_page(
        &mut self,
        page: ScanPage,
        numbers: &BTreeMap<TenantId, u64>,
        waiting: &mut Waiting,
    ) -> Result<()> {
        for item in &page.items {
            let Some((tenant, kind)) = Key::of(item).and_then(|key| keys::kind_of(&key.pk)) else {
                continue;
            };
            // One without an index has struck nothing.
            let number = numbers.get(&tenant).copied().unwrap_or_default();
            let (collection, part) = match kind {
                ItemKind::Activity => {
                    let part = insist(|| self.activity(&tenant, item)).await;
                    (Collection::Activities, part)
                }
                ItemKind::AuditEvent => {
                    let event = items::audit_event::read(&tenant, item).map_err(Error::from);
                    (Collection::AuditEvents, event.map(|event| event_part(&event)))
                }
                _ => continue,
            };
            let part = match part {
                Err(error) if !is_corrupt_item(&error) => return Err(error),
                part => part,
            };
            if let Some(part) = self.told(part) {
                waiting.add(&tenant, collection, part, number);
            }
        }
        self.done.scanned += page.scanned;
        self.progress();
        self.file(waiting, false).await
    }

    /// What a record is found by, where it can be indexed.
    fn told(&mut self, part: Result<EntryPart>) -> Option<EntryPart> {
        if let Err(error) = &part {
            (self.report)(Step::Failed(error));
            self.done.failed += 1;
        }
        part.ok()
    }

    async fn tenants(&self) -> Result<BTreeSet<TenantId>> {
        let report = |scanned| (self.report)(Step::Progress(Reindexed { scanned, ..self.done }));
        indexed_tenants(self.store, report).await
    }

    /// The number that a segment gets whose records are read from now on.
    async fn next_number(&self, tenant: &TenantId) -> Result<u64> {
        let index = TenantIndex { store: self.store, tenant };
        let manifest = insist(|| IndexStore::manifest(&index)).await?;
        Ok(manifest.map_or(0, |(_, manifest)| manifest.next_number))
    }

    /// What activities are found by, those that exist.
    async fn activities(
        &self,
        tenant: &TenantId,
        positions: &[Position],
    ) -> Result<Vec<Result<EntryPart>>> {
        let heads = positions.iter().map(|at| keys::head(tenant, ActivityId(at.id))).collect();
        let mut parts = Vec::new();
        for item in self.store.batch_get(heads, None).await? {
            match self.activity(tenant, &item).await {
                Err(error) if !is_corrupt_item(&error) => return Err(error),
                part => parts.push(part),
            }
        }
        Ok(parts)
    }

    async fn activity(&self, tenant: &TenantId, head: &Item) -> Result<EntryPart> {
        let activity = items::activity::read(tenant, head)?.activity;
        let activity = self.store.with_long_parts(activity).await?;
        let words =
            text::index_terms_and_forms(activity.texts().map(visible_text)).map_err(|error| {
                ItemReader::new(head).corrupt(format!("it can't be indexed: {error}"))
            })?;
        Ok(activity_part(&activity, words.all()))
    }

    /// Files what waits, as far as it is enough for a segment, or all of it.
    async fn file(&mut self, waiting: &mut Waiting, all: bool) -> Result<()> {
        while let Some(((tenant, collection), group)) = waiting.take(all) {
            let records = group.parts.len();
            let listed = self.list(&tenant, collection, &group.parts).await?;
            let birth = Birth {
                id: SegmentId(self.env.new_uuid()?),
                collection,
                analyzer: match collection {
                    Collection::Activities => ANALYZER_VERSION,
                    Collection::AuditEvents => 0,
                },
                tier: 0,
                number: group.number,
            };
            let index = TenantIndex { store: self.store, tenant: &tenant };
            operate::add_segment(&index, self.env, build(birth, group.parts)).await?;
            self.done.listed += listed;
            match collection {
                Collection::Activities => self.done.activities += records,
                Collection::AuditEvents => self.done.audit_events += records,
            }
            (self.report)(Step::Filed { tenant: &tenant, records });
            self.progress();
        }
        Ok(())
    }

    /// Puts into the list of all what is not there. To look costs a fifth of what it costs
    /// to write.
    async fn list(
        &self,
        tenant: &TenantId,
        collection: Collection,
        parts: &[EntryPart],
    ) -> Result<usize> {
        let key = |part: &EntryPart| keys::listed(tenant, collection, part.position);
        let wanted: Vec<Key> = parts.iter().map(key).collect();
        let projection = keys_only();
        let look = || self.store.batch_get(wanted.clone(), Some(&projection));
        let there: BTreeSet<String> =
            insist(look).await?.iter().filter_map(Key::of).map(|key| key.sk).collect();
        let missing: Vec<Item> = wanted
            .iter()
            .filter(|key| !there.contains(&key.sk))
            .map(|key| key.clone().into_item())
            .collect();
        let put = || self.store.batch_put(&missing, Clone::clone, Instant::now() + WRITE_DEADLINE);
        insist(put).await?;
        Ok(missing.len())
    }
}

/// Records that wait to be made into a segment.
#[derive(Default)]
struct Group {
    parts: Vec<EntryPart>,
    bytes: usize,
    /// The number of the segment: the manifest's next one before any of them was read.
    number: u64,
}

/// Records that wait, by tenant and collection.
#[derive(Default)]
struct Waiting {
    groups: BTreeMap<(TenantId, Collection), Group>,
    bytes: usize,
}

impl Waiting {
    fn add(&mut self, tenant: &TenantId, collection: Collection, part: EntryPart, number: u64) {
        let group = self.groups.entry((tenant.clone(), collection)).or_default();
        if group.parts.is_empty() {
            group.number = number;
        }
        let terms = part.terms.iter().map(|term| term.as_bytes().len() + 2 * size_of::<usize>());
        let bytes: usize = terms.sum();
        group.parts.push(part);
        group.bytes += bytes;
        self.bytes += bytes;
    }

    /// The largest group, where it is enough for a segment, where there is no more room,
    /// or where all are wanted.
    fn take(&mut self, all: bool) -> Option<((TenantId, Collection), Group)> {
        let (key, group) = self.groups.iter().max_by_key(|(_, group)| group.bytes)?;
        let is_due = all
            || group.parts.len() >= RECORDS_A_SEGMENT
            || self.bytes >= WAITING_BYTES
            || self.groups.values().any(|group| group.parts.len() >= RECORDS_A_SEGMENT);
        if !is_due {
            return None;
        }
        let key = key.clone();
        let group = self.groups.remove(&key)?;
        self.bytes -= group.bytes;
        Some((key, group))
    }
}

/// The activities of a tenant that another version of the analyzer filed, and this one did
/// not, newest first.
async fn outdated(store: &Store, tenant: &TenantId) -> Result<Vec<Position>> {
    let index = TenantIndex { store, tenant };
    // The tail first: what leaves it meanwhile is in a segment of the manifest.
    let shards = IndexStore::manifest(&index).await?.map_or(1, |(_, manifest)| manifest.shards);
    let (mut others, mut ours) = (BTreeSet::new(), BTreeSet::new());
    for shard in 0..shards {
        let mut after = None;
        loop {
            let page = IndexStore::tail(&index, shard, after, usize::MAX).await?;
            for (_, entry) in page.entries {
                let Some(part) = entry.activity else { continue };
                let of_ours = entry.analyzer == ANALYZER_VERSION;
                if of_ours { &mut ours } else { &mut others }.insert(part.position);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    let manifest = IndexStore::manifest(&index).await?.map(|(_, manifest)| manifest);
    for segment in manifest.unwrap_or_default().segments {
        if segment.collection == Collection::Activities {
            let of_ours = segment.analyzer == ANALYZER_VERSION;
            let found = if of_ours { &mut ours } else { &mut others };
            read_positions(&index, &segment, found).await?;
        }
    }
    let mut outdated: Vec<Position> = others.difference(&ours).copied().collect();
    outdated.reverse();
    Ok(outdated)
}

async fn read_positions(
    index: &TenantIndex<'_>,
    segment: &Segment,
    found: &mut BTreeSet<Position>,
) -> Result<()> {
    let of_positions = segment.parts().filter(|part| matches!(part, Part::Positions(_)));
    let names: Vec<_> = of_positions.map(|part| segment.name(part)).collect();
    for round in names.chunks(PARTS_A_ROUND) {
        for (bytes, name) in index.read(round).await?.iter().zip(round) {
            let positions = positions::decode(bytes).map_err(|corrupt| CorruptItem {
                pk: keys::part(index.tenant, *name).pk,
                sk: String::new(),
                problem: corrupt.to_string(),
            })?;
            found.extend(positions);
        }
    }
    Ok(())
}

/// Drops what older versions of the analyzer filed, unless an activity would not be found
/// by its words then. An activity that a function of an older build commits after that was
/// looked at may lose its words; [`reindex`] files it as any other.
///
/// # Errors
///
/// A failed call. What was dropped until then stays dropped.
pub async fn remove_old_words(
    store: &Store,
    env: &dyn Environment,
    report: impl Fn(usize),
) -> Result<OldWords> {
    let tenants = indexed_tenants(store, report).await?;
    let mut activities = 0;
    for tenant in &tenants {
        let outdated = insist(|| outdated(store, tenant)).await?;
        for round in outdated.chunks(PARTS_A_ROUND) {
            // What has no head is nothing that could be found.
            let heads: Vec<Key> =
                round.iter().map(|at| keys::head(tenant, ActivityId(at.id))).collect();
            let projection = keys_only();
            let look = || store.batch_get(heads.clone(), Some(&projection));
            activities += insist(look).await?.len();
        }
    }
    if activities > 0 {
        return Ok(OldWords::InUse { activities });
    }
    let is_old = |segment: &Segment| {
        segment.collection == Collection::Activities && segment.analyzer < ANALYZER_VERSION
    };
    let mut segments = 0;
    for tenant in &tenants {
        let index = TenantIndex { store, tenant };
        let manifest = insist(|| IndexStore::manifest(&index)).await?;
        let has_old = manifest.is_some_and(|(_, manifest)| manifest.segments.iter().any(is_old));
        let in_tail = insist(|| has_old_entries(&index)).await?;
        if !has_old && !in_tail {
            continue;
        }
        // What the tail has of an older version becomes a segment of it.
        insist(|| compact::settle(&index, env)).await?;
        segments += insist(|| operate::drop_segments(&index, env, is_old)).await?;
        insist(|| compact::settle(&index, env)).await?;
    }
    Ok(OldWords::Dropped { segments })
}

/// Whether the tail has activities that an older version of the analyzer filed.
async fn has_old_entries(index: &TenantIndex<'_>) -> Result<bool> {
    let shards = IndexStore::manifest(index).await?.map_or(1, |(_, manifest)| manifest.shards);
    for shard in 0..shards {
        let mut after = None;
        loop {
            let page = IndexStore::tail(index, shard, after, usize::MAX).await?;
            let mut entries = page.entries.iter().map(|(_, entry)| entry);
            if entries.any(|entry| entry.activity.is_some() && entry.analyzer < ANALYZER_VERSION) {
                return Ok(true);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(false)
}
