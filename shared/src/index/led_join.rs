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
    pub fn new(source: &'a L, operands: Operands, range: Range, budget: Budget) -> Self {
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
