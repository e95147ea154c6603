//! A search of the index: the tail, and all segments that a manifest names.
//!
//! ```text
//!   tail  ─┐                   newest positions that all of them have decided
//!   segment ─┬─ segment ─┬─ …  ─────────────────────────────────────────────▶ older
//! ```
//!
//! Each round evaluates what is at hand (`segment_search`), and reads side by
//! side what is missing. A round is one round trip.
//!
//! **Nothing that was acknowledged is missed.** An entry is in the tail until a manifest
//! names a segment with it. So a result counts only when the manifest that it was found
//! by was read after the last read of the tail, or was found unchanged then. A part that
//! is gone tells that a newer manifest is there; if none is, the index is damaged, and
//! the search fails instead of answering without it.
//!
//! **Bounded.** A search reads some [`Budget::units`] units in [`Budget::trips`] round trips.
//! Then it stops between two positions and says where, which is a cursor. It goes on a little
//! where nothing is decided by then. One of audit events has to read all of the tail, whatever
//! that costs, and fails where its round trips do not suffice for that.

use std::collections::{BTreeSet, HashSet};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{try_join, try_join_all};

use super::expression::Expression;
use super::manifest::Manifest;
use super::plan::Plan;
use super::segment::{Collection, PartName};
use super::segment_search::{Ahead, Missing, Parts, SegmentSearch, with_slack};
use super::store::{AbsentPart, CorruptSegment, Version};
use super::term::Term;
use super::{Position, Range};
use crate::domain::error::{Error, Result};

mod instead;

pub use instead::{AtHand, Place};

/// A manifest that was read.
#[derive(Clone, Debug)]
pub struct Current {
    pub version: Version,
    pub manifest: Arc<Manifest>,
    /// What a read of it costs, in units.
    pub units: usize,
}

/// Some of the tail, newest first.
#[derive(Clone, Debug, Default)]
pub struct TailRead {
    /// The positions of the entries that were asked for.
    pub found: Vec<Position>,
    /// Where the next ones begin, if there are more.
    pub next: Option<Position>,
    /// How many entries were read, and their bytes.
    pub entries: usize,
    pub bytes: usize,
    /// What was read, in units.
    pub units: usize,
}

/// Parts of segments that were read.
#[derive(Clone, Debug, Default)]
pub struct PartsRead {
    /// One for each name; `None` for what is not there.
    pub parts: Vec<Option<Arc<[u8]>>>,
    /// What was read, in units. What a process has kept costs nothing.
    pub units: usize,
}

/// What is read of the tail.
#[derive(Clone, Copy)]
pub struct TailQuery<'a> {
    pub collection: Collection,
    pub shard: u8,
    /// The keys of the entries, where these are the positions that are asked for.
    pub range: Option<Range>,
    /// Where the page before ended.
    pub start: Option<Position>,
    /// How many entries are read at most; `None` where a page may be as long as the table has it.
    pub most: Option<usize>,
    /// Whether an entry is asked for: by the version of the analyzer, its position and
    /// its terms, which are sorted.
    pub matches: &'a (dyn Fn(u32, Position, &[Term]) -> bool + Sync),
}

/// Where the index of a tenant is read from. All reads are strongly consistent.
pub trait IndexReader: Sync {
    /// The manifest that this process read last, whatever became of it.
    fn last_manifest(&self) -> Option<Current>;

    /// The manifest.
    fn manifest(&self) -> impl Future<Output = Result<Option<Current>>> + Send;

    /// A page of one shard of the tail.
    fn tail(&self, query: TailQuery<'_>) -> impl Future<Output = Result<TailRead>> + Send;

    /// Notes how long a tail is, as far as a search has read it.
    fn note_tail(&self, bytes: usize);

    /// A part that this process has, so that no call is needed for it.
    fn kept(&self, name: &PartName) -> Option<Arc<[u8]>>;

    /// Parts of segments.
    fn parts(&self, names: &[PartName]) -> impl Future<Output = Result<PartsRead>> + Send;
}

/// What a search may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Read units.
    pub units: usize,
    /// Round trips.
    pub trips: usize,
}

impl Budget {
    /// Whether there is nothing left to spend.
    #[must_use]
    pub fn is_spent(self) -> bool {
        self.units == 0 || self.trips == 0
    }

    /// Takes a round trip from it, and what was read in it.
    pub fn spend(&mut self, units: usize) {
        self.trips = self.trips.saturating_sub(1);
        self.spend_units(units);
    }

    fn spend_units(&mut self, units: usize) {
        self.units = self.units.saturating_sub(units);
    }
}

/// How many rounds beyond its budget a search may take to decide anything at all, and the
/// parts that one of them reads: fences, buckets, blocks and positions of some segments. So
/// whatever took the budget, a page comes to an end, and the next one goes on behind it.
const OVERTIME_ROUNDS: usize = 8;
const OVERTIME_PARTS: usize = 25;
/// How many times further each round looks than the one before that did not suffice.
const AHEAD_GROWTH: usize = 4;
/// How many entries a round reads of a tail in several shards, before it is known what they
/// cost. One shard's page is within any budget.
const FIRST_ENTRIES: usize = 800;
/// How many entries are worth a call.
const LEAST_ENTRIES: usize = 20;
/// Blocks that a round asks for at most, beyond the pages that it is ahead anyway, where
/// little is to be expected of each.
const BLOCKS_AHEAD: usize = 48;
/// From how many matches on it tells something when fewer than a quarter of what was expected
/// is there: lists that have less in common than chance has.
const TELLING: f64 = 4.0;

/// What a step found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The next matches, newest first.
    pub matches: Vec<Position>,
    /// How far everything is decided.
    pub progress: Progress,
    /// Whether all of these match. Else they are candidates, beside which nothing matches, and
    /// [`Expression::holds_of`] tells of each record whether it does.
    pub is_exact: bool,
}

/// How far a search came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// To its end.
    Finished,
    /// To this position, inclusive.
    DecidedTo(Position),
}

/// A shard of the tail, as far as it was read.
#[derive(Debug)]
struct TailShard {
    shard: u8,
    /// Where the next page begins; `None` when nothing was read yet.
    start: Option<Position>,
    is_read: bool,
}

/// A search while it goes on.
#[derive(Debug)]
pub struct Search<'a, R> {
    reader: &'a R,
    collection: Collection,
    plan: Plan,
    /// What was asked for.
    whole: Range,
    /// What is left of the range, beyond what was given out.
    range: Range,
    tail: Vec<TailShard>,
    found_in_tail: BTreeSet<Position>,
    /// What of the tail did not match, where that is remembered.
    others_in_tail: Option<Vec<instead::Other>>,
    /// How many entries of the tail were read, and the units of them.
    tail_entries: usize,
    tail_units: usize,
    tail_bytes: usize,
    /// The manifest that is searched by.
    current: Option<Current>,
    /// Whether it was read, or found unchanged, after the last read of the tail.
    is_valid: bool,
    /// A part that was not there, by that manifest.
    absent: Option<PartName>,
    segments: Vec<SegmentSearch>,
    parts: Parts,
    struck: HashSet<Position>,
    budget: Budget,
    /// How many rounds it may go on beyond its budget, where nothing was decided within it.
    overtime: usize,
    ahead: usize,
    /// Whether the last round was planned as far ahead as it may be.
    was_far_ahead: bool,
    /// How many matches can be expected of the blocks that were asked for last.
    expected: f64,
    /// The same of the blocks that were read, until it is compared with what was found.
    to_compare: Option<f64>,
    /// Whether what can be expected has turned out to be wrong.
    doubts: bool,
}

impl<'a, R: IndexReader> Search<'a, R> {
    /// A search of a range, newest first.
    pub fn new(
        reader: &'a R,
        collection: Collection,
        expression: Expression,
        range: Range,
        budget: Budget,
    ) -> Self {
        let mut search = Self {
            reader,
            collection,
            plan: Plan::new(expression),
            whole: range,
            range,
            tail: Vec::new(),
            found_in_tail: BTreeSet::new(),
            others_in_tail: None,
            tail_entries: 0,
            tail_units: 0,
            tail_bytes: 0,
            current: None,
            is_valid: false,
            absent: None,
            segments: Vec::new(),
            parts: Parts::new(),
            struck: HashSet::new(),
            budget,
            overtime: OVERTIME_ROUNDS,
            ahead: 1,
            was_far_ahead: false,
            expected: 0.0,
            to_compare: None,
            doubts: false,
        };
        search.add_shards(1);
        if let Some(last) = reader.last_manifest() {
            search.adopt(Some(last));
        }
        search
    }

    /// The next `wanted` matches, or fewer where the budget is spent.
    ///
    /// # Errors
    ///
    /// A failed call; what can't be read; and where a single position can't be decided within
    /// the budget and a little more.
    pub async fn step(&mut self, wanted: usize) -> Result<Step> {
        loop {
            let decided = self.decided();
            if self.is_valid && (decided.len() >= wanted || self.undecided().is_none()) {
                return Ok(self.give_out(decided, wanted));
            }
            let mut names = self.plan_round(wanted)?.into_names();
            // What is at hand may have told that less is wanted, or what is missing behind it.
            if self.decided().len() > decided.len() || self.take_kept(&names) {
                continue;
            }
            if self.is_valid && self.is_spent() {
                if let Some(step) = self.pause(wanted).await? {
                    return Ok(step);
                }
                // A long tail may have taken all of it before anything else was read.
                self.overtime = self.overtime.checked_sub(1).ok_or_else(nothing_decided)?;
            }
            let tail = self.tail_to_read(wanted)?;
            // What was read of the tail counts with the manifest of a later round.
            let with_manifest = self.absent.is_some()
                || self.current.is_none()
                || (tail.is_empty() && !self.is_valid);
            if names.is_empty() && tail.is_empty() && !with_manifest {
                // Evaluating went on by what is at hand.
                continue;
            }
            self.note_reading();
            let room = match self.is_spent() {
                true => OVERTIME_PARTS,
                // What the tail costs is not known yet.
                false if !tail.is_empty() => self.budget.units / 2,
                false => self.budget.units,
            };
            names.truncate(room);
            self.read(&tail, &names, with_manifest).await?;
        }
    }

    /// Whether there is nothing left to spend.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.budget.is_spent()
    }

    /// Takes a round trip that was spent on something else from the budget.
    pub fn spend(&mut self, units: usize) {
        self.budget.spend(units);
    }

    /// Prepares for a round of reading what was planned.
    fn note_reading(&mut self) {
        if std::mem::take(&mut self.was_far_ahead) {
            self.ahead = self.ahead.saturating_mul(AHEAD_GROWTH);
        }
        self.to_compare = (self.expected >= TELLING).then_some(self.expected);
    }

    fn add_shards(&mut self, shards: u8) {
        for shard in u8::try_from(self.tail.len()).unwrap_or(u8::MAX)..shards {
            self.tail.push(TailShard { shard, start: None, is_read: false });
        }
    }

    /// Searches by a manifest from now on.
    fn adopt(&mut self, current: Option<Current>) {
        let manifest = current.as_ref().map(|current| Arc::clone(&current.manifest));
        let (manifest, collection) = (manifest.unwrap_or_default(), self.collection);
        let mut known: Vec<SegmentSearch> = std::mem::take(&mut self.segments);
        let listed = manifest.segments.iter().filter(|segment| {
            segment.collection == collection
                && self.plan.expression.is_of(segment.analyzer)
                && segment.oldest <= self.range.newest.time
                && self.range.oldest.time <= segment.newest
        });
        for segment in listed {
            let same = known.iter().position(|search| search.segment().id == segment.id);
            self.segments.push(match same {
                Some(at) => known.swap_remove(at),
                None => SegmentSearch::new(segment.clone(), &self.plan),
            });
        }
        let struck = manifest.struck.iter().filter(|struck| struck.collection == collection);
        self.struck = struck.map(|struck| struck.position).collect();
        self.add_shards(manifest.shards);
        self.current = current;
    }

    /// Notes a manifest that was read. It counts where all that was read of the tail had
    /// been read before.
    fn note(&mut self, current: Option<Current>, counts: bool) -> Result<()> {
        let is_listed = |absent: &PartName| {
            let mut segments = current.iter().flat_map(|current| &current.manifest.segments);
            segments.any(|segment| segment.id == absent.segment)
        };
        // Parts of a segment are there for as long as a manifest names it.
        if let Some(absent) = self.absent.take().filter(is_listed) {
            return Err(Error::Unavailable(Box::new(AbsentPart(absent))));
        }
        let version = |current: &Option<Current>| current.as_ref().map(|current| current.version);
        let shards = self.tail.len();
        if version(&self.current) != version(&current) {
            self.adopt(current);
        }
        // A shard that was not known of has to be read, and then a manifest again.
        self.is_valid = counts && shards == self.tail.len();
        Ok(())
    }

    /// The newest position that may still turn out to match.
    fn undecided(&self) -> Option<Position> {
        let of_segments = self.segments.iter().filter_map(|search| search.undecided(self.range));
        of_segments.chain(self.undecided_in_tail()).max()
    }

    fn undecided_in_tail(&self) -> impl Iterator<Item = Position> {
        let unread = self.tail.iter().filter(|shard| !shard.is_read);
        unread.map(|shard| match (self.collection, shard.start) {
            (Collection::Activities, Some(start)) => start,
            // The tail is in the order of its keys, and an event's is its activity's.
            (Collection::Activities, None) | (Collection::AuditEvents, _) => self.range.newest,
        })
    }

    /// What was found within the range, newest first.
    fn found(&self) -> Vec<Position> {
        let in_segments = self.segments.iter().flat_map(SegmentSearch::found);
        let all: BTreeSet<Position> = in_segments
            .chain(&self.found_in_tail)
            .filter(|position| self.range.has(**position) && !self.struck.contains(position))
            .copied()
            .collect();
        all.into_iter().rev().collect()
    }

    /// What was found, as far as nothing newer can be found any more.
    fn decided(&self) -> Vec<Position> {
        let undecided = self.undecided();
        let mut found = self.found();
        found.retain(|position| undecided.is_none_or(|undecided| *position > undecided));
        found
    }

    fn is_exact(&self) -> bool {
        self.segments.iter().all(SegmentSearch::is_exact)
    }

    fn give_out(&mut self, mut matches: Vec<Position>, wanted: usize) -> Step {
        let is_finished = matches.len() <= wanted && self.undecided().is_none();
        matches.truncate(wanted);
        let last = match matches.last() {
            _ if is_finished => None,
            Some(last) => Some(*last),
            None => self.undecided().and_then(Position::newer),
        };
        let progress = last.map_or(Progress::Finished, Progress::DecidedTo);
        if let Some(newest) = last.and_then(Position::older) {
            self.range.newest = newest;
        }
        Step { matches, progress, is_exact: self.is_exact() }
    }

    /// Ends a search whose budget is spent, at the last position that is decided. `None`
    /// where that is none.
    async fn pause(&mut self, wanted: usize) -> Result<Option<Step>> {
        let newest = self.range.newest;
        let mut missing = Missing::default();
        self.segments.iter().for_each(|search| search.pin(&mut missing));
        let names = missing.into_names();
        if !names.is_empty() {
            let read = self.reader.parts(&names).await?;
            self.take_parts(&names, read);
            if self.absent.take().is_none() {
                for search in &mut self.segments {
                    let id = search.segment().id;
                    let taken = search.take_positions(&self.parts);
                    taken.map_err(|source| CorruptSegment { id, source })?;
                }
            }
        }
        let mut decided = self.decided();
        decided.truncate(wanted);
        let last = match (decided.last(), self.undecided()) {
            (Some(last), Some(_)) if decided.len() == wanted => Some(*last),
            (_, Some(undecided)) => undecided.newer(),
            (_, None) => return Ok(Some(self.give_out(decided, wanted))),
        };
        let Some(last) = last.filter(|last| *last <= newest) else { return Ok(None) };
        if let Some(older) = last.older() {
            self.range.newest = older;
        }
        let progress = Progress::DecidedTo(last);
        Ok(Some(Step { matches: decided, progress, is_exact: self.is_exact() }))
    }

    /// Evaluates the segments that can have one of the wanted positions, and what they lack.
    fn plan_round(&mut self, wanted: usize) -> Result<Missing> {
        let matches = |search: &Self| search.segments.iter().map(SegmentSearch::matches).sum();
        let before: usize = matches(self);
        let mut missing = Missing::default();
        self.plan_reads(wanted, &mut missing)?;
        let found = matches(self).saturating_sub(before);
        if self.to_compare.take().is_some_and(|expected| found as f64 * 4.0 < expected) {
            // Words that are hardly ever together here are hardly so in other segments.
            self.doubts = true;
            missing = Missing::default();
            self.plan_reads(wanted, &mut missing)?;
        }
        Ok(missing)
    }

    fn plan_reads(&mut self, wanted: usize, missing: &mut Missing) -> Result<()> {
        let decided = self.decided().len();
        // What is older than so many that were found can't be among the wanted.
        let oldest = self.found().get(wanted.saturating_sub(1)).copied();
        let range = self.range;
        let mut open: Vec<(Position, &mut SegmentSearch)> = self
            .segments
            .iter_mut()
            .filter_map(|search| search.undecided(range).map(|undecided| (undecided, search)))
            .filter(|(undecided, _)| oldest.is_none_or(|oldest| *undecided >= oldest))
            .collect();
        open.sort_unstable_by_key(|(undecided, _)| std::cmp::Reverse(*undecided));
        let Some((_, newest)) = open.first() else { return Ok(()) };

        // Segments that overlap in time share what is wanted by their lengths.
        let end = newest.segment().oldest;
        let overlaps = |undecided: Position| undecided.time >= end;
        let shared: Vec<u64> = open
            .iter()
            .filter(|(undecided, _)| overlaps(*undecided))
            .map(|(_, search)| u64::from(search.segment().len))
            .collect();
        let (sharers, of_all) = (shared.len(), shared.iter().sum::<u64>().max(1));
        let need = wanted.saturating_sub(decided).max(1);
        let enough = with_slack(need);
        let mut expected = 0;
        let matches = if self.doubts { f64::INFINITY } else { enough as f64 };
        let mut ahead = Ahead { pages: self.ahead, matches, blocks: BLOCKS_AHEAD, expected: 0.0 };
        for (undecided, search) in open {
            let is_shared = overlaps(undecided);
            if !is_shared && expected >= enough {
                break;
            }
            let more = if is_shared && sharers > 1 {
                let len = u64::from(search.segment().len);
                let share = (need as u64).saturating_mul(len).saturating_mul(3) / (2 * of_all);
                need.min(usize::try_from(share).unwrap_or(usize::MAX) + 2)
            } else {
                enough.saturating_sub(expected).clamp(1, need)
            };
            let wanted_here = search.found().len() + more;
            let id = search.segment().id;
            search
                .advance(&self.plan, range, &self.parts, wanted_here, &mut ahead, missing)
                .map_err(|source| CorruptSegment { id, source })?;
            if !self.doubts {
                expected += search.expected(&self.plan);
            }
        }
        self.expected = ahead.expected;
        self.was_far_ahead = ahead.pages == 0;
        Ok(())
    }

    /// The shards of the tail whose next page is wanted. Where the budget is spent, a search
    /// of activities ends where the pages that were read do. Audit events are not in the order
    /// of the tail, so nothing is decided of them before all of it was read.
    fn tail_to_read(&self, wanted: usize) -> Result<Vec<usize>> {
        let is_begun = |shard: &TailShard| shard.is_read || shard.start.is_some();
        let is_begun = self.tail.iter().all(is_begun);
        match self.collection {
            Collection::Activities if is_begun && self.is_spent() => return Ok(Vec::new()),
            Collection::AuditEvents if is_begun && self.budget.trips == 0 => {
                let is_read = self.tail.iter().all(|shard| shard.is_read);
                return if is_read { Ok(Vec::new()) } else { Err(too_long_a_tail()) };
            }
            Collection::Activities | Collection::AuditEvents => {}
        }
        let oldest = self.found().get(wanted.saturating_sub(1)).copied();
        let is_wanted = |shard: &TailShard| match (self.collection, shard.start) {
            (Collection::Activities, Some(start)) => oldest.is_none_or(|oldest| start >= oldest),
            (Collection::Activities, None) | (Collection::AuditEvents, _) => true,
        };
        let shards = self.tail.iter().enumerate();
        let unread = shards.filter(|(_, shard)| !shard.is_read && is_wanted(shard));
        Ok(unread.map(|(at, _)| at).collect())
    }

    /// How many entries a round reads of each of so many shards, so that it stays within what
    /// is left to spend. One of audit events has to read them all.
    fn most_of_a_shard(&self, shards: usize) -> Option<usize> {
        if self.collection == Collection::AuditEvents || shards == 0 {
            return None;
        }
        let most = match self.tail_units {
            0 if shards == 1 => return None,
            0 => FIRST_ENTRIES,
            units => self.budget.units.saturating_mul(self.tail_entries) / units,
        };
        Some((most / shards).max(LEAST_ENTRIES))
    }

    async fn read(&mut self, tail: &[usize], names: &[PartName], manifest: bool) -> Result<()> {
        let reader = self.reader;
        let (collection, range) = (self.collection, self.range);
        let plan = &self.plan;
        let others = self.others_in_tail.as_ref().map(|_| Mutex::new(Vec::new()));
        let matches = |analyzer: u32, position: Position, terms: &[Term]| {
            if !range.has(position) || !plan.expression.is_of(analyzer) {
                return false;
            }
            let holds = plan.expression.holds_of(terms);
            if let Some(others) = others.as_ref().filter(|_| !holds) {
                let mut others = others.lock().unwrap_or_else(PoisonError::into_inner);
                others.extend(instead::Other::of(position, terms, plan));
            }
            holds
        };
        let shards: Vec<(u8, Option<Position>)> =
            tail.iter().map(|at| (self.tail[*at].shard, self.tail[*at].start)).collect();
        let most = self.most_of_a_shard(shards.len());
        let tail_pages = try_join_all(shards.into_iter().map(|(shard, start)| {
            let range = (collection == Collection::Activities).then_some(range);
            reader.tail(TailQuery { collection, shard, range, start, most, matches: &matches })
        }));
        let parts = async {
            if names.is_empty() { Ok(PartsRead::default()) } else { reader.parts(names).await }
        };
        let current = async { if manifest { reader.manifest().await.map(Some) } else { Ok(None) } };
        let (pages, (parts, current)) = try_join(tail_pages, try_join(parts, current)).await?;

        if let (Some(all), Some(read)) = (&mut self.others_in_tail, others) {
            all.extend(read.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
        self.budget.trips = self.budget.trips.saturating_sub(1);
        if let Some(current) = current {
            self.budget.spend_units(current.as_ref().map_or(1, |current| current.units));
            self.note(current, tail.is_empty())?;
        }
        // A part that is not there tells something of manifests that are read later.
        self.take_parts(names, parts);
        for (at, page) in tail.iter().zip(pages) {
            self.budget.spend_units(page.units);
            self.tail_units += page.units;
            self.tail_entries += page.entries;
            self.tail_bytes += page.bytes;
            self.found_in_tail.extend(page.found);
            self.tail[*at].is_read = page.next.is_none();
            self.tail[*at].start = page.next;
        }
        if !tail.is_empty() {
            self.reader.note_tail(self.tail_bytes);
        }
        self.is_valid &= tail.is_empty() && self.absent.is_none();
        Ok(())
    }

    /// Whether a part is of a segment that is searched.
    fn searches(&self, name: PartName) -> bool {
        self.segments.iter().any(|search| search.segment().id == name.segment)
    }

    /// Takes what this process has of some parts; whether it has any of them.
    fn take_kept(&mut self, names: &[PartName]) -> bool {
        let reader = self.reader;
        let kept = names.iter().filter_map(|name| Some((*name, reader.kept(name)?)));
        let before = self.parts.len();
        self.parts.extend(kept);
        self.parts.len() > before
    }

    fn take_parts(&mut self, names: &[PartName], read: PartsRead) {
        self.budget.spend_units(read.units);
        for (name, part) in names.iter().zip(read.parts) {
            match part {
                Some(bytes) => {
                    self.parts.insert(*name, bytes);
                }
                None if self.searches(*name) => self.absent = Some(*name),
                None => {}
            }
        }
    }
}

fn nothing_decided() -> Error {
    Error::Unavailable("a search decided nothing within its budget".into())
}

fn too_long_a_tail() -> Error {
    Error::Unavailable("the tail is longer than a search of audit events can read".into())
}

#[cfg(test)]
mod tests;
