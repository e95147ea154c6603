//! Files activities under the words of this build's analyzer; and builds an index anew.
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
use tokio::time::{Instant, sleep};

use super::commits::{COMMITS_WITHIN, wait};
use super::indexed_tenants::indexed_tenants;
use super::outdated::outdated;
use super::scan::{self, Scan, ScanPage, insist};
use super::waiting::Waiting;
use crate::domain::activity::ActivityId;
use crate::domain::clock::Environment;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::index::Position;
use crate::index::compact::{self, Limits, operate};
use crate::index::entry::EntryPart;
use crate::index::filed::{activity_part, event_part};
use crate::index::segment::build::build;
use crate::index::segment::{Birth, Collection, SegmentId};
use crate::index::store::IndexStore;
use crate::index::visible_text::visible_text;
use crate::store::calls::Store;
use crate::store::failure::is_corrupt_item;
use crate::store::item::{Item, ItemReader, Key, keys_only};
use crate::store::items;
use crate::store::keys::{self, ItemKind};
use crate::store::segments::TenantIndex;
use crate::text::{self, ANALYZER_VERSION};

/// Heads, with their long parts, that are in memory at a time.
const HEADS_A_ROUND: usize = 50;
/// How long the writes of a page may take.
const WRITE_DEADLINE: Duration = Duration::from_secs(60);
/// How long one run of the compactor goes on.
const COMPACTION: Duration = Duration::from_secs(600);
/// How often a run of the compactor is tried while another one is at it: for longer than one
/// that ended without a word keeps others away.
const COMPACTIONS: usize = 35;
/// How long to wait for another run.
const COMPACTION_PAUSE: Duration = Duration::from_secs(1);

/// How a run goes about it.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Records that are made into one segment.
    pub records_a_segment: usize,
    /// After so many new segments of a tenant, they are merged.
    pub segments_a_merge: usize,
    /// How long after it began a write may be committed.
    pub commits_within: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { records_a_segment: 4_096, segments_a_merge: 32, commits_within: COMMITS_WITHIN }
    }
}

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

/// A run.
struct Run<'a, R> {
    store: &'a Store,
    env: &'a dyn Environment,
    pace: Pace,
    report: R,
    done: Reindexed,
    /// How many segments of a tenant were added since they were merged.
    unmerged: BTreeMap<TenantId, usize>,
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
    pace: Pace,
    report: impl Fn(Step<'_>) + Sync,
) -> Result<Reindexed> {
    let (done, unmerged) = (Reindexed::default(), BTreeMap::new());
    let mut run = Run { store, env, pace, report, done, unmerged };
    match selection {
        Selection::Outdated => run.file_outdated().await?,
        Selection::All => run.build_anew().await?,
    }
    for tenant in std::mem::take(&mut run.unmerged).into_keys() {
        run.merge(&tenant).await?;
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
            let index = TenantIndex { store: self.store, tenant };
            let outdated = insist(|| outdated(&index)).await?;
            let mut waiting = Waiting::default();
            let heads = HEADS_A_ROUND.min(self.pace.records_a_segment).max(1);
            for round in outdated.chunks(heads) {
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
            insist(|| operate::drop_all(&index, self.env)).await?;
            let number = self.next_number(&tenant).await?;
            numbers.insert(tenant, number);
        }
        // What was dropped may have been of a write that is committed yet:
        //
        // staged ─ flushed ─ dropped ─ (its head is looked for) ─ committed
        //
        // Its entry is gone, so it is found by the scan, or never.
        if !numbers.is_empty() {
            wait(self.env, self.pace.commits_within).await?;
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
        let activity = self.store.with_long_parts(items::activity::read(tenant, head)?).await?;
        let words = text::index_terms(activity.texts().map(visible_text)).map_err(|error| {
            ItemReader::new(head).corrupt(format!("it can't be indexed: {error}"))
        })?;
        Ok(activity_part(&activity, words.iter()))
    }

    /// Files what waits, as far as it is enough for a segment, or all of it.
    async fn file(&mut self, waiting: &mut Waiting, all: bool) -> Result<()> {
        while let Some(((tenant, collection), group)) =
            waiting.take(self.pace.records_a_segment, all)
        {
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
            let add = || operate::add_segment(&index, self.env, build(birth, group.parts.clone()));
            insist(add).await?;
            self.done.listed += listed;
            match collection {
                Collection::Activities => self.done.activities += records,
                Collection::AuditEvents => self.done.audit_events += records,
            }
            (self.report)(Step::Filed { tenant: &tenant, records });
            self.progress();
            let unmerged = self.unmerged.entry(tenant.clone()).or_default();
            *unmerged += 1;
            if *unmerged >= self.pace.segments_a_merge {
                self.unmerged.remove(&tenant);
                self.merge(&tenant).await?;
            }
        }
        Ok(())
    }

    /// Merges what is due, as the next write that asks for a run would: until then each
    /// segment is one more for every search, and one more in the manifest.
    async fn merge(&self, tenant: &TenantId) -> Result<()> {
        let index = TenantIndex { store: self.store, tenant };
        let limits = Limits { run: COMPACTION, ..Limits::default() };
        for _ in 0..COMPACTIONS {
            let ran = insist(|| compact::run(&index, self.env, &limits)).await?;
            if !ran.ended_for_another {
                break;
            }
            // The other one may be about to end.
            sleep(COMPACTION_PAUSE).await;
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
