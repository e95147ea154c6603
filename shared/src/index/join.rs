//! The intersection of posting lists, newest first: a leapfrog join (Veldhuizen,
//! "Leapfrog Triejoin", ICDT 2014) that reads pages instead of single entries.
//!
//! ```text
//!            newer ─────────────────────────────────────────────▶ older
//! rare list   ·        ·              ·        ·      ·           (read to here)
//! dense list  ··················(read to here)
//!             └── all lists read: ──┘└── the rare list names the only
//!                 intersect                positions that can still match
//! ```
//!
//! Each round decides what every list has been read for. Beyond that, the
//! lists that reach furthest name the candidates. Where these are far apart, the
//! others are asked for exactly those entries. Else all lists are read on side by
//! side, by as many entries as enough matches are to be expected in, from how
//! many there were so far. So the cost follows the rarest term and not the
//! history, and a round is a few calls side by side: one round trip.
//!
//! The join is bounded by a [`Budget`]. When that is spent it stops between
//! two positions and says where, which is a cursor.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::try_join_all;

use super::{Extent, Position, PostingLists, PostingPage, Range, Term};
use crate::domain::error::Result;

/// The first page of each list when several are joined: a read unit or two.
const FIRST_PAGE: usize = 64;
/// The largest page: about 20 read units, and well under the megabyte that
/// ends a page by itself.
const MAX_PAGE: usize = 1_000;
/// Asking for one entry by its key costs a read unit, which otherwise reads
/// this many entries in a row: of 80 bytes, with a tenant's id as long as a UUID.
const ENTRIES_A_READ_UNIT: f64 = 50.0;
/// How many entries of a page tell how densely its list is filled.
const ENOUGH_FOR_DENSITY: usize = 16;
/// Candidates that the other lists are asked for in one round, at first and at
/// most: what an ordinary page needs when nearly all of them match, and four
/// calls of 100 keys a list.
const FIRST_PROBES: usize = 25;
const MAX_PROBES: usize = 400;
/// How much further than all rounds before it a round may read: those may have
/// met few matches by chance.
const GROWTH: usize = 4;

/// What a search may spend.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Sequential round trips to the table.
    pub round_trips: usize,
    /// Entries read or asked for.
    pub entries: usize,
}

impl Default for Budget {
    /// 24 round trips of some 10 ms keep a page under a second. 20,000 entries
    /// that are read in a row are some 400 read units, an eighth of what one
    /// partition gives a second; an entry that is asked for by its key is a unit.
    fn default() -> Self {
        Self { round_trips: 24, entries: 20_000 }
    }
}

impl Budget {
    /// Whether nothing more may be read.
    #[must_use]
    pub fn is_spent(self) -> bool {
        self.round_trips == 0 || self.entries == 0
    }

    fn spend(&mut self, entries: usize) {
        self.round_trips = self.round_trips.saturating_sub(1);
        self.entries = self.entries.saturating_sub(entries);
    }
}

/// Positions that all lists have, and how far the join came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The matches, newest first.
    pub matches: Vec<Position>,
    /// How far the join came.
    pub progress: Progress,
}

/// How far a join came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is left.
    Finished,
    /// Everything down to this position, inclusive, is decided.
    DecidedTo(Position),
}

/// An intersection under way.
#[derive(Debug)]
pub struct Join<'a, L> {
    source: &'a L,
    lists: Vec<List>,
    /// The newest position that is not decided; `None` when all are.
    next: Option<Position>,
    oldest: Position,
    decided: Option<Position>,
    /// Matches so far.
    found: usize,
    probes: usize,
    budget: Budget,
}

/// One operand: the union of one or more posting lists.
#[derive(Debug)]
struct List {
    terms: Vec<Term>,
    /// What was read and is not decided, newest first.
    entries: Vec<Position>,
    /// How far the list was read; `None` when it was not read at `next`.
    extent: Option<Extent>,
    /// Entries a millisecond, on the last page of some length; none when the list
    /// was read to its end.
    density: f64,
    /// How many entries were read and are decided.
    decided_entries: usize,
}

impl<'a, L: PostingLists> Join<'a, L> {
    /// A join of operands, each the union of its terms' lists, within a range.
    ///
    /// # Panics
    ///
    /// When there is no operand: the intersection of nothing is everything.
    #[must_use]
    pub fn new(source: &'a L, operands: Vec<Vec<Term>>, range: Range, budget: Budget) -> Self {
        assert!(!operands.is_empty(), "a search has at least one list");
        let lists = operands
            .into_iter()
            .map(|terms| List {
                terms,
                entries: Vec::new(),
                extent: None,
                density: 0.0,
                decided_entries: 0,
            })
            .collect();
        Self {
            source,
            lists,
            next: Some(range.newest),
            oldest: range.oldest,
            decided: None,
            found: 0,
            probes: FIRST_PROBES,
            budget,
        }
    }

    /// `want` further matches, or some more. Fewer only when the join is finished
    /// or the budget is spent; the first step decides at least one position.
    pub async fn step(&mut self, want: usize) -> Result<Step> {
        let mut matches = Vec::new();
        let mut first = true;
        while let Some(next) = self.next {
            if matches.len() >= want || (!first && self.budget.is_spent()) {
                break;
            }
            first = false;
            let wanted = want - matches.len();
            if self.lists.iter().all(|list| list.extent.is_some()) {
                // What an earlier step read and did not need.
            } else if let [_] = self.lists[..] {
                self.read(|_| Some((next, wanted))).await?;
            } else if self.decided.is_none() {
                self.read(|_| Some((next, FIRST_PAGE.max(wanted)))).await?;
            } else {
                self.go_on(wanted, &mut matches).await?;
            }
            self.decide_what_all_have_read(want, &mut matches);
        }
        let progress = match (self.next, self.decided) {
            (Some(_), Some(decided)) => Progress::DecidedTo(decided),
            _ => Progress::Finished,
        };
        Ok(Step { matches, progress })
    }

    /// Spends something on what was asked for beside the join.
    pub(super) fn spend(&mut self, entries: usize) {
        self.budget.spend(entries);
    }

    /// What is left to spend.
    #[must_use]
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// Reads a page of some lists, side by side: for each, from where on, and how
    /// many entries at most.
    async fn read(&mut self, what: impl Fn(&List) -> Option<(Position, usize)>) -> Result<()> {
        let (source, oldest) = (self.source, self.oldest);
        let asked: Vec<Option<(Position, usize)>> = self.lists.iter().map(what).collect();
        let reads = self.lists.iter().zip(&asked).filter_map(|(list, asked)| {
            let (newest, limit) = (*asked)?;
            Some(read_union(source, &list.terms, Range { newest, oldest }, limit.min(MAX_PAGE)))
        });
        let pages = try_join_all(reads).await?;
        self.budget.spend(pages.iter().map(|page| page.positions.len().max(1)).sum());
        let read = self.lists.iter_mut().zip(asked).filter(|(_, asked)| asked.is_some());
        for ((list, _), page) in read.zip(pages) {
            list.accept(page);
        }
        Ok(())
    }

    /// Lets the lists that were read at `next` name the candidates, and asks the
    /// others for them, or reads all lists on.
    async fn go_on(&mut self, wanted: usize, matches: &mut Vec<Position>) -> Result<()> {
        if self.lists.iter().any(|list| list.extent.is_some()) {
            let leaders = || self.lists.iter().filter(|list| list.extent.is_some());
            let reach = self.reach(leaders());
            let candidates = intersect(leaders(), reach);
            let Some(&newest) = candidates.first() else {
                // No candidate as far as the leaders reach: all of it is decided,
                // and the others jump over it without being read.
                self.decide_to(reach);
                return Ok(());
            };
            if let Some(skipped) = newest.newer()
                && self.next.is_some_and(|next| skipped <= next)
            {
                self.decide_to(skipped);
            }
            let asked = &candidates[..candidates.len().min(self.probes.max(wanted))];
            if self.are_far_apart(asked) {
                return self.probe(asked, matches).await;
            }
        }
        self.read_on(wanted).await
    }

    /// Whether asking the lists that were not read for some candidates costs
    /// less than reading what is between them.
    fn are_far_apart(&self, candidates: &[Position]) -> bool {
        let (Some(newest), Some(oldest)) = (candidates.first(), candidates.last()) else {
            return false;
        };
        let span_ms = span_ms(*newest, *oldest);
        self.lists.iter().filter(|list| list.extent.is_none()).any(|list| {
            let between = list.density * span_ms;
            let probes = candidates.len() * list.terms.len();
            between > probes as f64 * ENTRIES_A_READ_UNIT
        })
    }

    /// Asks the lists that were not read at `next` for some candidates.
    async fn probe(&mut self, candidates: &[Position], matches: &mut Vec<Position>) -> Result<()> {
        let Some(oldest) = candidates.last() else { return Ok(()) };
        let source = self.source;
        let followers = || self.lists.iter().filter(|list| list.extent.is_none());
        let answers = try_join_all(followers().flat_map(|list| {
            candidates
                .chunks(100)
                .map(move |keys| async move { contained_in_union(source, &list.terms, keys).await })
        }))
        .await?;
        let lists = followers().count();
        let calls = candidates.chunks(100).len();
        let terms: usize = followers().map(|list| list.terms.len()).sum();
        self.budget.spend(candidates.len() * terms);
        // Another round means that few of these matched.
        self.probes = (self.probes * 2).min(MAX_PROBES);
        for (index, position) in candidates.iter().enumerate() {
            if (0..lists).all(|list| answers[list * calls + index / 100].contains(position)) {
                matches.push(*position);
                self.found += 1;
            }
        }
        self.decide_to(*oldest);
        Ok(())
    }

    /// Reads the lists on, about as far as enough matches are to be expected. How
    /// far that is, is said in entries and not in time, so that a gap in a list is
    /// jumped over.
    async fn read_on(&mut self, wanted: usize) -> Result<()> {
        let Some(next) = self.next else { return Ok(()) };
        let by_density = |a: &&List, b: &&List| a.density.total_cmp(&b.density);
        let Some(rarest) = self.lists.iter().min_by(by_density) else { return Ok(()) };
        let target = self.target(rarest, next, wanted).min(next);
        let (oldest, much_denser) = (self.oldest, rarest.density * ENTRIES_A_READ_UNIT);
        let rarest_is_unread = rarest.extent.is_none();
        self.read(|list| {
            // It is better asked for the candidates that the rarest list names; a
            // page of it tells whether that is still so.
            let waits = list.density > much_denser * list.terms.len() as f64;
            let from = match list.extent {
                None if waits && rarest_is_unread => return Some((next, FIRST_PAGE)),
                None => next,
                Some(Extent::Through(read_to)) => {
                    read_to.older().filter(|from| !waits && *from >= target.max(oldest))?
                }
                Some(Extent::Whole) => return None,
            };
            let entries = list.density * span_ms(from, target);
            // What is left of the last read unit costs nothing.
            let units = (entries / ENTRIES_A_READ_UNIT).ceil().max(1.0);
            Some((from, (units * ENTRIES_A_READ_UNIT) as usize))
        })
        .await
    }

    /// How far the lists have to be read for enough matches, by the share of the
    /// rarest list's entries that were matches so far.
    fn target(&self, rarest: &List, next: Position, wanted: usize) -> Position {
        let (found, decided) = (self.found as f64, rarest.decided_entries as f64);
        let share = ((found + 0.5) / (decided + 1.0)).min(1.0);
        // One standard deviation more than what has them on average.
        let most = wanted as f64 + (wanted as f64 * (1.0 - share)).sqrt();
        let needed = (most / share).ceil() as usize;
        let needed = needed.min((rarest.decided_entries * GROWTH).max(wanted).max(FIRST_PROBES));
        if let Some(position) = rarest.entries.get(needed - 1) {
            return *position;
        }
        let read_to = match rarest.extent {
            None => next,
            Some(Extent::Through(read_to)) => read_to,
            Some(Extent::Whole) => return rarest.entries.last().copied().unwrap_or(self.oldest),
        };
        let unread = (needed - rarest.entries.len()) as f64;
        let span_ms = (unread / rarest.density).ceil();
        let time = read_to.time.minus(Duration::from_millis(span_ms as u64));
        Position::start_of(time).max(self.oldest)
    }

    /// Intersects the lists as far as all of them were read, up to `want`
    /// matches in all.
    fn decide_what_all_have_read(&mut self, want: usize, matches: &mut Vec<Position>) {
        if self.next.is_none() || self.lists.iter().any(|list| list.extent.is_none()) {
            return;
        }
        let reach = self.reach(self.lists.iter());
        for position in intersect(self.lists.iter(), reach) {
            matches.push(position);
            self.found += 1;
            if matches.len() >= want {
                self.decide_to(position);
                return;
            }
        }
        self.decide_to(reach);
    }

    /// How far all of `lists` were read.
    fn reach<'l>(&self, lists: impl Iterator<Item = &'l List>) -> Position {
        lists
            .map(|list| match list.extent {
                Some(Extent::Through(position)) => position,
                Some(Extent::Whole) => self.oldest,
                None => Position::NEWEST,
            })
            .max()
            .unwrap_or(self.oldest)
    }

    /// Moves `next` below `position`, and forgets what was read above it.
    fn decide_to(&mut self, position: Position) {
        self.decided = Some(position);
        self.next = position.older().filter(|next| *next >= self.oldest);
        for list in &mut self.lists {
            let decided = list.entries.partition_point(|entry| *entry >= position);
            list.entries.drain(..decided);
            list.decided_entries += decided;
            if let Some(Extent::Through(read_to)) = list.extent
                && read_to >= position
            {
                list.extent = None;
            }
        }
    }
}

impl List {
    fn accept(&mut self, page: PostingPage) {
        let first = self.entries.is_empty() && self.decided_entries == 0;
        if let (Some(newest), Some(oldest)) = (page.positions.first(), page.positions.last()) {
            // A few entries say little.
            if first || page.positions.len() >= ENOUGH_FOR_DENSITY {
                let between = (page.positions.len() - 1) as f64;
                self.density = between / span_ms(*newest, *oldest).max(1.0);
            }
        }
        if page.extent == Extent::Whole {
            self.density = 0.0;
        }
        self.entries.extend(page.positions);
        self.extent = Some(page.extent);
    }
}

/// The milliseconds from a position to an older one.
fn span_ms(newest: Position, oldest: Position) -> f64 {
    (newest.time.as_millis() - oldest.time.as_millis()) as f64
}

/// The positions that all lists have, down to `reach`, newest first.
fn intersect<'l>(lists: impl Iterator<Item = &'l List>, reach: Position) -> Vec<Position> {
    let mut lists: Vec<&[Position]> = lists.map(|list| list.entries.as_slice()).collect();
    lists.sort_by_key(|entries| entries.len());
    let Some((shortest, others)) = lists.split_first() else { return Vec::new() };
    shortest
        .iter()
        .copied()
        .take_while(|position| *position >= reach)
        .filter(|position| {
            let has = |entries: &&[Position]| {
                entries.binary_search_by(|entry| position.cmp(entry)).is_ok()
            };
            others.iter().all(has)
        })
        .collect()
}

/// A page of the union of lists: as far as all of them were read.
async fn read_union<L: PostingLists>(
    source: &L,
    terms: &[Term],
    range: Range,
    limit: usize,
) -> Result<PostingPage> {
    let pages = try_join_all(terms.iter().map(|term| source.page(term, range, limit))).await?;
    if let [_] = terms {
        return Ok(pages.into_iter().next().unwrap_or_default());
    }
    let reach = pages
        .iter()
        .filter_map(|page| match page.extent {
            Extent::Through(position) => Some(position),
            Extent::Whole => None,
        })
        .max();
    let mut positions: Vec<Position> = pages
        .into_iter()
        .flat_map(|page| page.positions)
        .filter(|position| reach.is_none_or(|reach| *position >= reach))
        .collect();
    positions.sort_unstable_by(|a, b| b.cmp(a));
    positions.dedup();
    Ok(PostingPage { positions, extent: reach.map_or(Extent::Whole, Extent::Through) })
}

pub(super) async fn contained_in_union<L: PostingLists>(
    source: &L,
    terms: &[Term],
    keys: &[Position],
) -> Result<HashSet<Position>> {
    let answers = try_join_all(terms.iter().map(|term| source.contained(term, keys))).await?;
    Ok(answers.into_iter().flatten().collect())
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::{BTreeSet, HashMap};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::clock::Timestamp;

    #[derive(Default)]
    pub(in crate::index) struct Memory {
        pub(in crate::index) lists: HashMap<String, BTreeSet<Position>>,
        /// A page ends here even if more was asked for, as at a megabyte.
        pub(in crate::index) page_cap: usize,
        pub(in crate::index) entries: AtomicUsize,
        pub(in crate::index) read_units: AtomicUsize,
    }

    impl PostingLists for Memory {
        async fn page(&self, term: &Term, range: Range, limit: usize) -> Result<PostingPage> {
            assert!(range.oldest <= range.newest, "an empty range is not asked for");
            let limit = limit.min(self.page_cap);
            let positions: Vec<Position> = self
                .lists
                .get(term.as_str())
                .into_iter()
                .flat_map(|list| list.range(range.oldest..=range.newest).rev())
                .copied()
                .take(limit)
                .collect();
            self.entries.fetch_add(positions.len(), Ordering::Relaxed);
            let units = positions.len().div_ceil(ENTRIES_A_READ_UNIT as usize).max(1);
            self.read_units.fetch_add(units, Ordering::Relaxed);
            // As DynamoDB: a page that ends at the limit does not know whether
            // it was the last.
            let extent = match positions.last() {
                Some(last) if positions.len() == limit => Extent::Through(*last),
                _ => Extent::Whole,
            };
            Ok(PostingPage { positions, extent })
        }

        async fn contained(&self, term: &Term, keys: &[Position]) -> Result<HashSet<Position>> {
            assert!(keys.len() <= 100, "a batch has at most 100 keys");
            self.entries.fetch_add(keys.len(), Ordering::Relaxed);
            self.read_units.fetch_add(keys.len(), Ordering::Relaxed);
            let list = self.lists.get(term.as_str());
            Ok(keys
                .iter()
                .filter(|key| list.is_some_and(|list| list.contains(key)))
                .copied()
                .collect())
        }
    }

    pub(in crate::index) fn at(millis: i64, id: u128) -> Position {
        Position { time: Timestamp::from_millis(millis).unwrap(), id: Uuid::from_u128(id) }
    }

    pub(in crate::index) fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    /// Pages through a join as callers do, one cursor after the other.
    fn page_through(
        memory: &Memory,
        operands: &[Vec<Term>],
        range: Range,
        want: usize,
        budget: Budget,
    ) -> Vec<Position> {
        let mut found = Vec::new();
        let mut range = Some(range);
        let mut pages = 0;
        while let Some(current) = range {
            pages += 1;
            assert!(pages < 10_000, "paging comes to an end");
            let mut join = Join::new(memory, operands.to_vec(), current, budget);
            let step = block_on(join.step(want)).unwrap();
            assert!(step.matches.len() <= want.max(MAX_PROBES));
            found.extend(step.matches);
            range = match step.progress {
                Progress::Finished => None,
                Progress::DecidedTo(position) => {
                    assert!(position <= current.newest, "every page decides something");
                    position
                        .older()
                        .filter(|newest| *newest >= current.oldest)
                        .map(|newest| Range { newest, ..current })
                }
            };
        }
        found
    }

    pub(in crate::index) const EVERYTHING: Range =
        Range { newest: Position::NEWEST, oldest: Position::OLDEST };

    proptest! {
        #[test]
        fn the_join_is_the_intersection_newest_first(
            lists in prop::collection::vec(
                prop::collection::btree_set((0_i64..60, 0_u128..4), 0..200), 1..5),
            unions in prop::collection::vec(prop::bool::ANY, 5),
            want in 1_usize..12,
            page_cap in 1_usize..80,
            round_trips in 1_usize..5,
            bounds in (0_i64..60, 0_i64..61),
        ) {
            let mut memory = Memory { page_cap, ..Memory::default() };
            let mut operands: Vec<Vec<Term>> = Vec::new();
            let mut expected: Option<BTreeSet<Position>> = None;
            for (index, list) in lists.iter().enumerate() {
                let positions: BTreeSet<Position> = list.iter().map(|(t, id)| at(*t, *id)).collect();
                // An operand may be the union of two lists that share entries.
                let parts = if unions[index] { 2 } else { 1 };
                let mut terms = Vec::new();
                for part in 0..parts {
                    let term = Term(format!("{index}.{part}"));
                    let share = positions.iter().enumerate()
                        .filter(|(n, _)| parts == 1 || n % 3 != part)
                        .map(|(_, position)| *position);
                    memory.lists.insert(term.as_str().to_owned(), share.collect());
                    terms.push(term);
                }
                operands.push(terms);
                expected = Some(match expected {
                    None => positions,
                    Some(others) => others.intersection(&positions).copied().collect(),
                });
            }
            let after = Timestamp::from_millis(bounds.0);
            let before = Timestamp::from_millis(bounds.1);
            if let Some(range) = Range::new(after, before, None) {
                let expected: Vec<Position> = expected.unwrap().into_iter().rev()
                    .filter(|position| position.time >= after.unwrap() && position.time < before.unwrap())
                    .collect();
                let budget = Budget { round_trips, entries: 10_000 };
                prop_assert_eq!(page_through(&memory, &operands, range, want, budget), expected);
            }
        }
    }

    fn dense(count: i64, step_ms: i64) -> BTreeSet<Position> {
        (0..count).map(|n| at(n * step_ms, u128::try_from(n).unwrap())).collect()
    }

    fn every(n: usize, list: &BTreeSet<Position>) -> BTreeSet<Position> {
        list.iter().copied().step_by(n).collect()
    }

    /// What the first step of a join came to.
    struct Joined {
        step: Step,
        round_trips: usize,
        entries: usize,
    }

    fn join_two(a: BTreeSet<Position>, b: BTreeSet<Position>, want: usize) -> Joined {
        let memory = Memory {
            page_cap: 10_000,
            lists: HashMap::from([("a".into(), a), ("b".into(), b)]),
            ..Memory::default()
        };
        let operands = vec![vec![Term("a".into())], vec![Term("b".into())]];
        let mut join = Join::new(&memory, operands, EVERYTHING, Budget::default());
        let step = block_on(join.step(want)).unwrap();
        let round_trips = Budget::default().round_trips - join.budget().round_trips;
        Joined { step, round_trips, entries: memory.entries.into_inner() }
    }

    #[test]
    fn a_rare_and_a_common_term_cost_what_the_rare_one_costs() {
        let common = dense(200_000, 1000);
        let rare = every(5_000, &common);
        let expected: Vec<Position> = rare.iter().rev().copied().collect();
        let Joined { step, round_trips, entries } = join_two(common, rare, 21);
        assert_eq!(step.matches[..21], expected[..21]);
        assert!(round_trips <= 3, "{round_trips} round trips");
        assert!(entries < 300);
    }

    #[test]
    fn a_union_is_read_on_where_asking_each_of_its_lists_would_cost_more() {
        let all = dense(200_000, 1000);
        // One of five lists has nearly everything, as one source has.
        let rare = every(100, &all);
        let names = ["0", "1", "2", "3", "4"];
        let mut lists: HashMap<String, BTreeSet<Position>> =
            names.map(|name| (name.to_owned(), BTreeSet::new())).into();
        lists.insert("1".into(), every(1_000, &all));
        lists.insert("0".into(), all);
        lists.insert("rare".into(), rare.clone());
        let memory = Memory { page_cap: 10_000, lists, ..Memory::default() };
        let union = names.map(|name| Term(name.into())).to_vec();
        let operands = vec![vec![Term("rare".into())], union];
        let mut join = Join::new(&memory, operands, EVERYTHING, Budget::default());
        let step = block_on(join.step(21)).unwrap();
        let expected: Vec<Position> = rare.into_iter().rev().take(21).collect();
        assert_eq!(step.matches[..21], expected);
        // 21 entries of each of five lists would be more.
        let units = memory.read_units.into_inner();
        assert!(units <= 80, "{units} units");
    }

    #[test]
    fn two_common_terms_are_read_side_by_side() {
        let all = dense(100_000, 1000);
        let Joined { step, round_trips, .. } = join_two(every(10, &all), every(7, &all), 21);
        assert_eq!(step.matches.len(), 21);
        assert!(round_trips <= 2, "{round_trips} round trips");
    }

    #[test]
    fn a_spent_budget_ends_a_step_where_it_can_go_on() {
        let all = dense(50_000, 1);
        let odd: BTreeSet<Position> = all.iter().copied().skip(1).step_by(2).collect();
        let even: BTreeSet<Position> = all.iter().copied().step_by(2).collect();
        let memory = Memory {
            page_cap: 10_000,
            lists: HashMap::from([("odd".into(), odd), ("even".into(), even)]),
            ..Memory::default()
        };
        let operands = vec![vec![Term("odd".into())], vec![Term("even".into())]];
        let budget = Budget { round_trips: 3, entries: 20_000 };
        let mut join = Join::new(&memory, operands.clone(), EVERYTHING, budget);
        let step = block_on(join.step(20)).unwrap();
        assert!(step.matches.is_empty() && matches!(step.progress, Progress::DecidedTo(_)));
        assert!(page_through(&memory, &operands, EVERYTHING, 20, budget).is_empty());
    }

    #[test]
    fn a_gap_in_the_lists_is_jumped_over() {
        // A thousand activities before a year without any, and a few after it.
        let year_ms = 365 * 24 * 60 * 60 * 1_000;
        let mut all = dense(1_000, 60_000);
        all.extend((0..50).map(|n| at(year_ms + n * 60_000, 1 << 64 | n as u128)));
        for (n, m) in [(2, 3), (3, 5), (1, 10), (10, 10)] {
            let (a, b) = (every(n, &all), every(m, &all));
            let expected: Vec<Position> = a.intersection(&b).copied().collect();
            let Joined { step, round_trips, .. } = join_two(a, b, 1_000);
            assert!(step.matches.iter().eq(expected.iter().rev()));
            assert_eq!(step.progress, Progress::Finished);
            assert!(round_trips <= 4, "1 of {n}, 1 of {m}: {round_trips} round trips");
        }
    }

    #[test]
    fn lists_that_are_filled_unevenly_stay_within_the_budget() {
        const HOUR_MS: i64 = 3_600_000;
        let list = |times: &mut dyn Iterator<Item = i64>| -> BTreeSet<Position> {
            times.map(|millis| at(millis, 7)).collect()
        };
        let years = 4 * 365 * 24;
        let hourly = list(&mut (0..years).map(|hour| hour * HOUR_MS));
        // Every hour for years, and 64 within minutes after ten in all those years.
        let burst = (0..64).map(|n| years * HOUR_MS + n * 1_000);
        let burst = list(&mut burst.chain((0..10).map(|n| n * 3_000 * HOUR_MS)));
        // Ten a minute, but only since yesterday.
        let young = list(&mut (0..14_400).map(|n| (years - 24) * HOUR_MS + n * 6_000));
        // Ended a year ago.
        let old = list(&mut (0..50_000).map(|n| n * 60_000));
        // Every minute of the working hours.
        let working = |minute: &i64| (minute / 60) % 24 >= 9 && (minute / 60) % 24 < 17;
        let week = |minute: &i64| working(minute) && (minute / 1_440) % 7 < 5;
        let office = |n: usize| {
            list(&mut (0..500_000).filter(week).step_by(n).map(|minute| minute * 60_000))
        };
        // Times to the day only.
        let days = |n: usize| -> BTreeSet<Position> {
            let day = |n: u128| at(i64::try_from(n / 700).unwrap() * 24 * HOUR_MS, n);
            (0..70_000).step_by(n).map(day).collect()
        };
        let short = |n: usize| every(n, &dense(1_000, 60_000));
        for (name, a, b, most_trips, most_entries) in [
            ("a burst and every hour", burst, hourly.clone(), 6, 600),
            ("since yesterday and every hour", young.clone(), hourly, 6, 600),
            ("since yesterday and until a year ago", young, old, 6, 600),
            ("working hours", office(10), office(7), 6, 1_200),
            ("days", days(10), days(5), 6, 1_000),
            ("all of a short history", short(40), short(2), 3, 600),
        ] {
            let newest_first = a.iter().rev().filter(|position| b.contains(position));
            let expected: Vec<Position> = newest_first.copied().take(21).collect();
            let Joined { step, round_trips, entries } = join_two(a, b, 21);
            assert!(step.matches.starts_with(&expected), "{name}");
            assert!(round_trips <= most_trips, "{name}: {round_trips} round trips");
            assert!(entries <= most_entries, "{name}: {entries} entries");
        }
    }

    #[test]
    fn independent_terms_take_two_or_three_rounds_and_little_more_than_is_needed() {
        let all: Vec<Position> = dense(100_000, 60_000).into_iter().collect();
        // SplitMix64: whether an activity has a word does not depend on another.
        let mix = |x: u64| {
            let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^ (x >> 31)
        };
        const SEEDS: u64 = 20;
        // On average, 21 matches are in 420, 882, 315 and 105 entries.
        for (one_in, most_trips, most_entries) in
            [([10, 10], 2.8, 600), ([40, 2], 3.5, 1_200), ([5, 10], 3.0, 500), ([2, 3], 1.6, 160)]
        {
            let (mut trips, mut entries) = (0, 0);
            for seed in 0..SEEDS {
                let list = |word: u64| -> BTreeSet<Position> {
                    let has = |n: &u64| mix(n + mix(word + 2 * seed)) % one_in[word as usize] == 0;
                    (0..all.len() as u64).filter(has).map(|n| all[n as usize]).collect()
                };
                let joined = join_two(list(0), list(1), 21);
                assert_eq!(joined.step.matches.len(), 21);
                trips += joined.round_trips;
                entries += joined.entries;
            }
            let trips = trips as f64 / SEEDS as f64;
            let entries = entries / SEEDS as usize;
            assert!(trips <= most_trips, "{one_in:?}: {trips} round trips");
            assert!(entries <= most_entries, "{one_in:?}: {entries} entries");
        }
    }
}
