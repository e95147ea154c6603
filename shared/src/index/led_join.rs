//! A join that some operands lead: only their lists are read, and the others are asked for
//! what those have in common.
//!
//! It is for those who may see a part of the rows. The lists of that part lead; so what
//! such a search costs, and where it pauses, follows from what its caller may see, and
//! tells nothing of what else is filed under a word.

use futures_util::future::try_join_all;

use super::join::{Budget, Join, Progress, Step, contained_in_union};
use super::{PostingLists, Range, Term};
use crate::domain::error::Result;

/// What a search joins, each the union of its terms' lists.
#[derive(Clone, Debug)]
pub struct Operands {
    /// Those whose lists are read. There is at least one.
    pub leading: Vec<Vec<Term>>,
    /// Those that are asked for candidates.
    pub following: Vec<Vec<Term>>,
}

/// Candidates that are asked for in one call each list, at least.
const CANDIDATES: usize = 25;
/// What a search may spend whose lists are asked for candidates: each of these costs a
/// read unit a list, and a partition has 3,000 of them a second.
const FOLLOWED: Budget = Budget { round_trips: 24, entries: 2_000 };

/// An intersection under way.
#[derive(Debug)]
pub struct LedJoin<'a, L> {
    source: &'a L,
    leading: Join<'a, L>,
    following: Vec<Vec<Term>>,
}

impl<'a, L: PostingLists> LedJoin<'a, L> {
    /// A join within a range.
    ///
    /// # Panics
    ///
    /// When no operand leads.
    #[must_use]
    pub fn new(source: &'a L, operands: Operands, range: Range) -> Self {
        let budget = match operands.following.is_empty() {
            true => Budget::default(),
            false => FOLLOWED,
        };
        Self::within(source, operands, range, budget)
    }

    fn within(source: &'a L, operands: Operands, range: Range, budget: Budget) -> Self {
        let Operands { leading, following } = operands;
        Self { source, leading: Join::new(source, leading, range, budget), following }
    }

    /// As [`Join::step`].
    pub async fn step(&mut self, want: usize) -> Result<Step> {
        if self.following.is_empty() {
            return self.leading.step(want).await;
        }
        let mut matches = Vec::new();
        loop {
            let step = self.leading.step(CANDIDATES.max(want - matches.len())).await?;
            let source = self.source;
            let candidates = step.matches.as_slice();
            let asked = self.following.iter().flat_map(|terms| {
                candidates
                    .chunks(100)
                    .map(move |keys| async move { contained_in_union(source, terms, keys).await })
            });
            let answers = try_join_all(asked).await?;
            let calls = candidates.chunks(100).len();
            for (index, position) in candidates.iter().enumerate() {
                let has =
                    |operand: usize| answers[operand * calls + index / 100].contains(position);
                if (0..self.following.len()).all(has) {
                    matches.push(*position);
                }
            }
            if !candidates.is_empty() {
                let terms: usize = self.following.iter().map(Vec::len).sum();
                self.leading.spend(candidates.len() * terms);
            }
            let is_over = step.progress == Progress::Finished
                || matches.len() >= want
                || self.leading.budget().is_spent();
            if is_over {
                return Ok(Step { matches, progress: step.progress });
            }
        }
    }

    /// What is left to spend.
    #[must_use]
    pub fn budget(&self) -> Budget {
        self.leading.budget()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::index::Position;
    use crate::index::join::tests::{EVERYTHING, Memory, at, block_on};

    fn term(index: usize) -> Term {
        Term(index.to_string())
    }

    fn filed(lists: &[BTreeSet<Position>], page_cap: usize) -> Memory {
        let named = |(index, list): (usize, &BTreeSet<Position>)| {
            (term(index).as_str().to_owned(), list.clone())
        };
        let lists = lists.iter().enumerate().map(named).collect();
        Memory { lists, page_cap, ..Memory::default() }
    }

    /// Pages through a join, one cursor after the other.
    fn page_through(
        memory: &Memory,
        operands: &Operands,
        want: usize,
        budget: Budget,
    ) -> Vec<Position> {
        let mut found = Vec::new();
        let mut range = Some(EVERYTHING);
        while let Some(current) = range {
            let mut join = LedJoin::within(memory, operands.clone(), current, budget);
            let step = block_on(join.step(want)).unwrap();
            found.extend(step.matches);
            range = match step.progress {
                Progress::Finished => None,
                Progress::DecidedTo(position) => {
                    assert!(position <= current.newest, "every page decides something");
                    position.older().map(|newest| Range { newest, ..current })
                }
            };
        }
        found
    }

    proptest! {
        #[test]
        fn whoever_leads_the_join_is_the_intersection(
            lists in prop::collection::vec(
                prop::collection::btree_set((0_i64..60, 0_u128..4), 0..150), 1..5),
            leading in 1_usize..5,
            want in 1_usize..12,
            page_cap in 1_usize..80,
            round_trips in 1_usize..5,
        ) {
            let lists: Vec<BTreeSet<Position>> = lists
                .iter()
                .map(|list| list.iter().map(|(time, id)| at(*time, *id)).collect())
                .collect();
            let memory = filed(&lists, page_cap);
            let mut operands: Vec<Vec<Term>> =
                (0..lists.len()).map(|index| vec![term(index)]).collect();
            let following = operands.split_off(leading.min(lists.len()));
            let operands = Operands { leading: operands, following };
            let common = lists.iter().skip(1).fold(lists[0].clone(), |common, list| &common & list);
            let expected: Vec<Position> = common.into_iter().rev().collect();
            let budget = Budget { round_trips, entries: 10_000 };
            prop_assert_eq!(page_through(&memory, &operands, want, budget), expected);
        }
    }

    #[test]
    fn a_page_that_finds_nothing_among_many_pauses_within_its_budget() {
        let ours: BTreeSet<Position> = (0..100_000).map(|n| at(n, 1)).collect();
        let memory = filed(&[ours, BTreeSet::from([at(0, 1)])], 1_000);
        let operands = Operands { leading: vec![vec![term(0)]], following: vec![vec![term(1)]] };
        let mut join = LedJoin::new(&memory, operands, EVERYTHING);
        let step = block_on(join.step(21)).unwrap();
        assert_eq!(step.matches, []);
        assert!(matches!(step.progress, Progress::DecidedTo(_)));
        assert!(memory.entries.into_inner() < 2 * FOLLOWED.entries);
    }

    #[test]
    fn what_a_following_list_has_beside_costs_nothing() {
        let ours: BTreeSet<Position> = (0..200).map(|n| at(n * 2, 1)).collect();
        let others = |count: i64| (0..count).map(|n| at(n * 2 + 1, 2)).collect();
        let costs = [0, 1, 5_000].map(|count| {
            let memory = filed(&[ours.clone(), others(count)], 1_000);
            let operands =
                Operands { leading: vec![vec![term(0)]], following: vec![vec![term(1)]] };
            let mut join = LedJoin::new(&memory, operands, EVERYTHING);
            let step = block_on(join.step(20)).unwrap();
            assert_eq!(step, Step { matches: Vec::new(), progress: Progress::Finished });
            let round_trips = join.budget().round_trips;
            (memory.entries.into_inner(), round_trips)
        });
        assert_eq!(costs[0], costs[1]);
        assert_eq!(costs[0], costs[2]);
    }
}
