//! The positions that a request looks through: those that the index finds, or, where
//! nothing is asked of the index, those of the list of all.
//!
//! Guarantees: whatever a request does with them and in how many rounds, it has one
//! [`Budget`], and each position is handed out once, newest first.

use std::collections::VecDeque;

use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::index::expression::Expression;
use crate::index::search::{Budget, Progress, Search, Step};
use crate::index::segment::Collection;
use crate::index::{Position, Range};
use crate::store::{Store, TenantIndex};

/// What a request may read, and how often it may wait for the table, of 400 units and 24 round
/// trips. A unit tells whether the tenant names actors, and three round trips are to pin where a
/// page ends, and those of the rows and of the names in them.
const BUDGET: Budget = Budget { units: 399, trips: 21 };

/// Where the positions of a page come from.
enum Matches<'a> {
    /// The list of all.
    All {
        store: &'a Store,
        tenant: &'a TenantId,
        collection: Collection,
        range: Range,
    },
    Found(Box<Search<'a, TenantIndex<'a>>>),
    /// They are known, and what is left to spend on them.
    Known(Budget),
}

impl Matches<'_> {
    async fn step(&mut self, wanted: usize) -> Result<Step> {
        match self {
            Self::All { store, tenant, collection, range } => {
                let step = store.listed(tenant, *collection, *range, wanted).await?;
                if let Progress::DecidedTo(last) = step.progress
                    && let Some(newest) = last.older()
                {
                    range.newest = newest;
                }
                Ok(step)
            }
            Self::Found(search) => search.step(wanted).await,
            Self::Known(_) => {
                Ok(Step { matches: Vec::new(), progress: Progress::Finished, is_exact: true })
            }
        }
    }

    fn spend(&mut self, units: usize) {
        match self {
            Self::All { .. } => {}
            Self::Found(search) => search.spend(units),
            Self::Known(budget) => budget.spend(units),
        }
    }

    fn is_spent(&self) -> bool {
        match self {
            Self::All { .. } => false,
            Self::Found(search) => search.is_spent(),
            Self::Known(budget) => budget.is_spent(),
        }
    }

    fn budget_left(&self) -> Budget {
        match self {
            Self::All { .. } => BUDGET,
            Self::Found(search) => search.budget(),
            Self::Known(budget) => *budget,
        }
    }
}

/// The positions of a request, newest first, in as many rounds as it takes: all of them
/// within one budget.
pub(super) struct Candidates<'a> {
    matches: Matches<'a>,
    /// What was found and not taken yet.
    pub(super) found: VecDeque<Position>,
    /// How far everything is decided; `None` before anything was looked for.
    pub(super) progress: Option<Progress>,
    /// Whether all that was found matches; see [`Step::is_exact`].
    pub(super) are_exact: bool,
}

impl<'a> Candidates<'a> {
    /// What an expression holds of, within a budget of which so many units are kept back
    /// for rows.
    pub(super) fn new(
        index: &'a TenantIndex<'a>,
        collection: Collection,
        expression: Expression,
        range: Range,
        rows: usize,
    ) -> Self {
        let matches = if expression == Expression::default() {
            let TenantIndex { store, tenant } = index;
            Matches::All { store, tenant, collection, range }
        } else {
            let budget = Budget { units: BUDGET.units.saturating_sub(rows), ..BUDGET };
            let search = Search::new(index, collection, expression, range, budget);
            Matches::Found(Box::new(search))
        };
        Self { matches, found: VecDeque::new(), progress: None, are_exact: true }
    }

    /// Positions that were found elsewhere, with what is left to spend on them.
    pub(super) fn known(found: Vec<Position>, are_exact: bool, budget: Budget) -> Self {
        let (found, progress) = (found.into(), Some(Progress::Finished));
        Self { matches: Matches::Known(budget), found, progress, are_exact }
    }

    /// The same, of which [`Self::search`] can be asked for other searches in the end.
    pub(super) fn remembering(self) -> Self {
        let matches = match self.matches {
            Matches::Found(search) => Matches::Found(Box::new(search.remembering())),
            matches => matches,
        };
        Self { matches, ..self }
    }

    /// The search of the index, where there is one.
    pub(super) fn search(&mut self) -> Option<&mut Search<'a, TenantIndex<'a>>> {
        match &mut self.matches {
            Matches::Found(search) => Some(search),
            Matches::All { .. } | Matches::Known(_) => None,
        }
    }

    /// Takes a round trip, and what was read in it, from the budget.
    pub(super) fn spend(&mut self, units: usize) {
        self.matches.spend(units);
    }

    /// Whether the budget is spent.
    pub(super) fn is_spent(&self) -> bool {
        self.matches.is_spent()
    }

    /// The units that are left of it.
    pub(super) fn units_left(&self) -> usize {
        self.budget_left().units
    }

    /// What is left of it.
    pub(super) fn budget_left(&self) -> Budget {
        self.matches.budget_left()
    }

    /// Looks for more, once, until there are so many: fewer are there at the end, and where the
    /// budget is spent. To look again then would spend what a search has to come on at all.
    pub(super) async fn look_for(&mut self, wanted: usize) -> Result<()> {
        let missing = wanted.saturating_sub(self.found.len());
        if missing > 0 && self.progress != Some(Progress::Finished) {
            let step = self.matches.step(missing).await?;
            self.found.extend(step.matches);
            self.progress = Some(step.progress);
            self.are_exact &= step.is_exact;
        }
        Ok(())
    }

    /// The next positions of those that were found, and where to go on if there is more. One
    /// more than the page has tells that.
    pub(super) fn take(&mut self, limit: usize) -> (Vec<Position>, Option<Position>) {
        let taken: Vec<Position> = self.found.drain(..limit.min(self.found.len())).collect();
        let end = match (taken.last(), self.progress) {
            (Some(last), _) if !self.found.is_empty() => Some(*last),
            (_, Some(Progress::DecidedTo(position))) => Some(position),
            (_, Some(Progress::Finished) | None) => None,
        };
        (taken, end)
    }

    /// Keeps so many of what was found, and leaves the others to the next page: the budget has
    /// to be spent on these.
    pub(super) fn keep(&mut self, most: usize) {
        if self.found.len() > most {
            self.found.truncate(most);
            self.progress = self.found.back().copied().map(Progress::DecidedTo);
        }
    }

    /// Where to go on behind a position that was taken, if there is more.
    pub(super) fn end_behind(&self, taken: Position) -> Option<Position> {
        let is_last = self.found.is_empty() && self.progress == Some(Progress::Finished);
        (!is_last).then_some(taken)
    }
}
