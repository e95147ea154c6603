//! Searches in the place of one that found nothing, for less than it asked for.
//!
//! Guarantees: they are of the same state of the index, whose tail and manifest are read no
//! second time, and read side by side what none of them has, all within the one budget.

use std::collections::BTreeSet;

use super::{IndexReader, Search, TailShard};
use crate::domain::error::Result;
use crate::index::Position;
use crate::index::expression::{Expression, Leaf};
use crate::index::plan::Plan;
use crate::index::search::Budget;
use crate::index::segment::{PartName, SegmentId};
use crate::index::segment_search::{Ahead, Missing, SegmentSearch};
use crate::index::store::CorruptSegment;
use crate::index::term::Term;

/// An entry of the tail that does not match, by what it has of the terms that are asked for.
#[derive(Clone, Debug)]
pub(super) struct Other {
    position: Position,
    /// Sorted.
    terms: Vec<Term>,
}

impl Other {
    /// `None` for an entry that has none of the terms.
    pub(super) fn of(position: Position, terms: &[Term], plan: &Plan) -> Option<Self> {
        let first = |leaf: &Leaf| {
            let (Leaf::Term(term) | Leaf::Beginning(term)) = leaf;
            let found = terms.get(terms.partition_point(|known| known < term));
            found.filter(|_| leaf.holds_of(terms)).cloned()
        };
        let asked: BTreeSet<Term> = plan.leaves.iter().filter_map(first).collect();
        let terms: Vec<Term> = asked.into_iter().collect();
        (!terms.is_empty()).then_some(Self { position, terms })
    }
}

/// Where a record is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    InTail(Position),
    /// At an ordinal of a segment.
    InSegment(SegmentId, u32),
}

/// What of a search is known without a further read.
#[derive(Clone, Debug)]
pub struct AtHand {
    /// Where it has matches, in each segment the newest of them.
    pub places: Vec<Place>,
    /// Whether these are all.
    pub is_all: bool,
    /// About how many matches it has; `None` where it is certain that there is none.
    pub likely: Option<f64>,
}

/// How many matches in a segment are told of what is at hand.
const PLACES_OF_A_SEGMENT: usize = 500;

impl<'a, R: IndexReader> Search<'a, R> {
    /// The same search, which can be asked for another one when it has come to its end.
    #[must_use]
    pub fn remembering(mut self) -> Self {
        self.others_in_tail = Some(Vec::new());
        self
    }

    /// A search of the same range for some of what this one asks for, one clause at least, in
    /// the state of the index that it was answered by. It finds what this one did not. A
    /// search with bounds was given all that segments have within these, as candidates, so
    /// only the tail is left to look through.
    #[must_use]
    pub fn instead(&self, expression: Expression) -> Self {
        let plan = Plan::new(expression);
        let others = self.others_in_tail.iter().flatten();
        let found = others.filter(|other| plan.expression.holds_of(&other.terms));
        let found_in_tail = found.map(|other| other.position).collect();
        let is_bound = !plan.bounds.is_empty();
        let segments = self.segments.iter().filter(|_| !is_bound);
        let segments =
            segments.map(|search| SegmentSearch::new(search.segment().clone(), &plan)).collect();
        let is_read =
            |shard: &TailShard| TailShard { shard: shard.shard, start: None, is_read: true };
        Self {
            reader: self.reader,
            collection: self.collection,
            plan,
            whole: self.whole,
            range: self.whole,
            tail: self.tail.iter().map(is_read).collect(),
            found_in_tail,
            others_in_tail: None,
            tail_entries: 0,
            tail_units: 0,
            tail_bytes: 0,
            current: self.current.clone(),
            is_valid: true,
            absent: None,
            segments,
            parts: self.parts.clone(),
            struck: self.struck.clone(),
            budget: self.budget,
            overtime: 0,
            ahead: 1,
            was_far_ahead: false,
            expected: 0.0,
            to_compare: None,
            doubts: false,
        }
    }

    /// Reads the lists of some of these searches, and says what they tell. Where the budget does
    /// not suffice for all lists, that is less.
    pub async fn glance_at(&mut self, searches: &mut [Self]) -> Result<Vec<AtHand>> {
        self.read_for(searches, |search| search.missing_parts(0)).await?;
        searches.iter_mut().map(Self::at_hand).collect()
    }

    /// Goes on with some of these searches until each has `wanted` matches or came to its end,
    /// or the budget is spent.
    pub async fn find_for(&mut self, searches: &mut [Self], wanted: usize) -> Result<()> {
        self.read_for(searches, |search| search.missing_parts(wanted)).await
    }

    /// The matches that are known, newest first.
    #[must_use]
    pub fn known(&self) -> Vec<Position> {
        self.decided()
    }

    /// Whether all of its matches are known.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.undecided().is_none()
    }

    /// Whether a match is one for certain; see [`super::Step::is_exact`].
    #[must_use]
    pub fn knows_for_certain(&self) -> bool {
        self.is_exact()
    }

    /// What is left to spend.
    #[must_use]
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// Goes on with another budget, such as what is left of this one by now.
    pub fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    async fn read_for(
        &mut self,
        searches: &mut [Self],
        mut missing: impl FnMut(&mut Self) -> Result<Vec<PartName>>,
    ) -> Result<()> {
        loop {
            let mut names: Vec<PartName> = Vec::new();
            for search in &mut *searches {
                for name in missing(search)? {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
            if names.is_empty() || self.is_spent() {
                return Ok(());
            }
            names.truncate(self.budget.units);
            searches.iter_mut().for_each(Self::note_reading);
            let read = self.reader.parts(&names).await?;
            self.spend(read.units);
            let parts = names.iter().zip(read.parts);
            let parts =
                parts.map(|(name, bytes)| Some((*name, bytes?))).collect::<Option<Vec<_>>>();
            let Some(parts) = parts else {
                // A segment was merged meanwhile, so nothing more is told by this state.
                self.budget = Budget { units: 0, trips: 0 };
                return Ok(());
            };
            for search in searches.iter_mut().chain([&mut *self]) {
                search.parts.extend(parts.iter().cloned());
            }
        }
    }

    /// The parts that tell its next matches, where there are fewer than `wanted`; of none, those
    /// that its lists are in.
    fn missing_parts(&mut self, wanted: usize) -> Result<Vec<PartName>> {
        loop {
            let is_enough = wanted > 0 && self.decided().len() >= wanted;
            if is_enough || self.undecided().is_none() {
                return Ok(Vec::new());
            }
            let names = match wanted {
                0 => self.evaluate(0)?,
                _ => self.plan_round(wanted)?,
            };
            let names = names.into_names();
            if !self.take_kept(&names) && (wanted == 0 || !names.is_empty()) {
                return Ok(names);
            }
        }
    }

    fn at_hand(&mut self) -> Result<AtHand> {
        drop(self.evaluate(PLACES_OF_A_SEGMENT)?);
        let in_tail = self.found_in_tail.iter().copied().map(Place::InTail);
        let in_segment = |search: &SegmentSearch| {
            let id = search.segment().id;
            let ordinals = search.ordinals().iter().take(PLACES_OF_A_SEGMENT);
            ordinals.map(|ordinal| Place::InSegment(id, *ordinal)).collect::<Vec<_>>()
        };
        let likely = self.segments.iter().filter_map(|search| search.likely(&self.plan));
        let likely_in_tail = (!self.found_in_tail.is_empty()).then_some(self.found_in_tail.len());
        Ok(AtHand {
            places: in_tail.chain(self.segments.iter().flat_map(in_segment)).collect(),
            is_all: self.segments.iter().all(SegmentSearch::is_judged),
            likely: likely
                .chain(likely_in_tail.map(|count| count as f64))
                .reduce(|all, more| all + more),
        })
    }

    /// Evaluates all segments by what is at hand, and says what they lack for so many matches.
    fn evaluate(&mut self, wanted: usize) -> Result<Missing> {
        let mut missing = Missing::default();
        let (plan, range, parts) = (&self.plan, self.range, &self.parts);
        for search in &mut self.segments {
            let id = search.segment().id;
            let mut ahead = Ahead { pages: 0, matches: 0.0, blocks: 0, expected: 0.0 };
            search
                .advance(plan, range, parts, wanted, &mut ahead, &mut missing)
                .map_err(|source| CorruptSegment { id, source })?;
        }
        Ok(missing)
    }
}
