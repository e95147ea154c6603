//! What to search for instead, where nothing matches a long query: the nearest queries
//! that do match.
//!
//! A query of many words often has one that no record shares with the others, and a question
//! has several. So those queries are looked for that have one word less, and if none of them
//! matches, those of fewer and fewer words, down to two. Which of many sets are worth a look
//! is told by the lists of the words, which have to be read anyway: those of rare words say
//! which records have them, and so which go together.
//!
//! ```text
//! how common is each operand,  ─▶  without one of them,   ─▶  without two, three … of them,
//! and what is known to go          the most common first      the largest sets first
//! together
//! ```
//!
//! Guarantees: each suggestion matches by the path of any search, so it tells whoever is bound
//! of nothing that it may not see. All that is read is within the budget of the search, and
//! where that ends, so do the suggestions. An operand that is nowhere costs no further read.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::find_page::{Finding, SearchQuery, Shorter};
use crate::domain::error::Result;
use crate::index::Position;
use crate::index::expression::Expression;
use crate::index::search::{AtHand, Place, Search};
use crate::store::TenantIndex;
use crate::text::Operands;

/// From how many operands on a query is one of many words.
const LEAST_OPERANDS: usize = 4;
/// How many queries are suggested at most.
pub const MOST_SUGGESTIONS: usize = 3;
/// The fewest operands of what is suggested.
const FEWEST_LEFT: usize = 2;
/// How many queries are looked for side by side.
const SIDE_BY_SIDE: usize = 8;
/// Of so many records that have the most of the operands it is tried what else they have.
const MOST_TOGETHER: usize = 6;
/// How many sets of fewer operands are tried at most.
const MOST_SETS: usize = 32;
/// How many matches of a query are looked at first. One is enough, but what is under way has no
/// row yet.
const FIRST_CANDIDATES: usize = 2;
/// How many times more are looked at, where none of these is found.
const GROWTH: usize = 4;

/// Operands of a query, by their numbers.
type Kept = u32;

/// A long query, which can be asked for with less.
#[derive(Debug)]
pub(super) struct LongQuery<'a, E> {
    operands: Operands<'a>,
    /// What the index is asked for with a query in the place of the one that was given.
    expression_of: E,
}

impl<'a, E: Fn(&SearchQuery) -> Expression> LongQuery<'a, E> {
    /// `None` for a query of few words, and for one whose text can't be cut.
    pub(super) fn of(query: &'a SearchQuery, expression_of: E) -> Option<Self> {
        let operands = query.operands()?;
        (operands.count() >= LEAST_OPERANDS).then_some(Self { operands, expression_of })
    }

    /// Each operand, as if it were asked for alone; `None` where one can't be.
    pub(super) fn alone(&self) -> Option<Vec<Shorter>> {
        (0..self.operands.count()).map(|operand| self.only(1 << operand)).collect()
    }

    fn only(&self, kept: Kept) -> Option<Shorter> {
        let text = self.operands.only(|operand| kept >> operand & 1 == 1)?;
        let query = SearchQuery::parse(&text).ok()?;
        let expression = (self.expression_of)(&query);
        Some(Shorter { query, expression })
    }

    /// The queries to suggest, where the query itself was looked for in vain.
    pub(super) async fn suggest(
        &self,
        finding: &mut Finding<'_>,
        alone: &[Shorter],
    ) -> Result<Vec<String>> {
        let Overview { operands, together } = Overview::of(finding, alone).await?;
        let all = operands.iter().fold(0, |all, operand| all | operand.bit);
        let absent = operands.iter().filter(|operand| !operand.is_present);
        let absent = absent.fold(0, |absent, operand| absent | operand.bit);
        let common_first = operands.iter().rev();
        let without_one = common_first.map(|operand| all & !operand.bit);
        let without_one: Vec<Kept> = without_one.filter(|kept| kept & absent == 0).collect();
        let nearest = self.matching(finding, &without_one).await?;
        if !nearest.is_empty() {
            return Ok(nearest);
        }
        self.matching(finding, &with_fewer(&operands, &together)).await
    }

    /// Those of some queries that match, of the largest of them that do.
    async fn matching(&self, finding: &mut Finding<'_>, kept: &[Kept]) -> Result<Vec<String>> {
        let mut suggestions = Vec::new();
        let mut size = 0;
        for some in kept.chunks(SIDE_BY_SIDE) {
            let shorter = some.iter().filter_map(|kept| Some((*kept, self.only(*kept)?)));
            for (kept, text) in matching_of(finding, shorter.collect()).await? {
                if suggestions.is_empty() {
                    size = kept.count_ones();
                }
                if kept.count_ones() == size && suggestions.len() < MOST_SUGGESTIONS {
                    suggestions.push(text);
                }
            }
            let goes_on = some.last().is_some_and(|kept| kept.count_ones() == size);
            if suggestions.len() == MOST_SUGGESTIONS || !suggestions.is_empty() && !goes_on {
                break;
            }
        }
        Ok(suggestions)
    }
}

/// An operand, and how common it is among what is searched.
#[derive(Clone, Copy, Debug)]
struct Operand {
    bit: Kept,
    /// About how many records have it.
    records: f64,
    is_present: bool,
    /// Whether all records that have it are known, so that it is known what it goes with.
    is_known: bool,
}

/// What the lists and all that was read tell of the operands.
#[derive(Debug)]
struct Overview {
    /// The rarest first.
    operands: Vec<Operand>,
    /// What known records have of them.
    together: Vec<Kept>,
}

impl Overview {
    async fn of(finding: &mut Finding<'_>, alone: &[Shorter]) -> Result<Self> {
        let mut at_hand = Vec::new();
        if let Some(search) = finding.search() {
            let mut searches: Vec<Search<'_, TenantIndex<'_>>> =
                alone.iter().map(|operand| search.instead(operand.expression.clone())).collect();
            at_hand = search.glance_at(&mut searches).await?;
        }
        let (mut operands, mut of_places) = (Vec::new(), HashMap::<Place, Kept>::new());
        for (at, AtHand { places, is_all, likely }) in at_hand.into_iter().enumerate() {
            let bit = 1 << at;
            let in_vain = finding.in_vain().iter().filter(|found| *found & bit != 0).count();
            operands.push(Operand {
                bit,
                records: likely.unwrap_or_default() + in_vain as f64,
                is_present: likely.is_some() || in_vain > 0,
                is_known: is_all,
            });
            for place in places {
                *of_places.entry(place).or_default() |= bit;
            }
        }
        operands.sort_by(|a, b| a.records.total_cmp(&b.records));
        let together: HashSet<Kept> =
            of_places.into_values().chain(finding.in_vain().iter().copied()).collect();
        Ok(Self { operands, together: together.into_iter().collect() })
    }
}

/// Sets of operands of at least two less than all, the largest first, of one size the rarest:
/// what goes together by what is known, with the most of those of which that is not known; and
/// the rarest operands.
fn with_fewer(operands: &[Operand], together: &[Kept]) -> Vec<Kept> {
    let of = |operands: &[&Operand]| operands.iter().fold(0, |kept, operand| kept | operand.bit);
    let most_common_of = |kept: Kept| {
        let ranks = operands.iter().enumerate().filter(move |(_, operand)| kept & operand.bit != 0);
        ranks.map(|(rank, _)| rank).sum::<usize>()
    };
    let order = |kept: &Kept| (Reverse(kept.count_ones()), most_common_of(*kept), *kept);
    let present: Vec<&Operand> = operands.iter().filter(|operand| operand.is_present).collect();
    let unknown: Vec<&Operand> =
        present.iter().copied().filter(|operand| !operand.is_known).collect();
    let sizes = FEWEST_LEFT..=operands.len().saturating_sub(2);
    let mut known: Vec<Kept> = together.to_vec();
    // What has more was looked at, or is about to be written.
    known.retain(|kept| kept.count_ones() as usize <= *sizes.end());
    known.sort_by_key(order);
    let mut sets: Vec<Kept> = (0..=present.len()).map(|count| of(&present[..count])).collect();
    for kept in known.into_iter().take(MOST_TOGETHER) {
        sets.extend((0..=unknown.len()).map(|count| kept | of(&unknown[..count])));
    }
    sets.retain(|kept| sizes.contains(&(kept.count_ones() as usize)));
    sets.sort_by_key(order);
    sets.dedup();
    sets.truncate(MOST_SETS);
    sets
}

/// Those of some queries that match, in their order, as far as the budget tells. Where one of
/// them does, shorter ones are not looked at.
async fn matching_of(
    finding: &mut Finding<'_>,
    queries: Vec<(Kept, Shorter)>,
) -> Result<Vec<(Kept, String)>> {
    let is_in_vain = |kept: Kept| finding.in_vain().iter().any(|found| found & kept == kept);
    let mut looked_at: Vec<LookedAt> = queries
        .into_iter()
        .map(|(kept, shorter)| LookedAt { kept, shorter, checked: 0, matches: is_in_vain(kept) })
        .collect();
    let Some(search) = finding.search() else { return Ok(Vec::new()) };
    let mut searches: Vec<Search<'_, TenantIndex<'_>>> =
        looked_at.iter().map(|query| search.instead(query.shorter.expression.clone())).collect();
    let mut open: Vec<usize> = (0..looked_at.len()).collect();
    let mut wanted = FIRST_CANDIDATES;
    while let Some(search) = finding.search() {
        let mut is_open = open.iter().map(|at| !is_enough(&looked_at, *at));
        searches.retain(|_| is_open.next().unwrap_or_default());
        open.retain(|at| !is_enough(&looked_at, *at));
        search.find_for(&mut searches, wanted).await?;
        let is_spent = search.is_spent();
        let mut is_more = false;
        for (at, search) in open.iter().zip(&searches) {
            if is_enough(&looked_at, *at) {
                continue;
            }
            let LookedAt { shorter, checked, matches, .. } = &mut looked_at[*at];
            let known = search.known();
            let candidates: Vec<Position> =
                known.iter().take(wanted).skip(*checked).copied().collect();
            *checked += candidates.len();
            *matches = !candidates.is_empty()
                && finding.finds_any(shorter, candidates, search.knows_for_certain()).await?;
            is_more |= !*matches && (*checked < known.len() || !search.is_finished());
        }
        if is_spent || !is_more {
            break;
        }
        wanted = wanted.saturating_mul(GROWTH);
    }
    let matching = looked_at.into_iter().filter(|query| query.matches);
    Ok(matching.map(|query| (query.kept, query.shorter.query.text().to_owned())).collect())
}

/// A query that may match.
#[derive(Debug)]
struct LookedAt {
    kept: Kept,
    shorter: Shorter,
    /// How many of its candidates were looked at.
    checked: usize,
    matches: bool,
}

/// Whether a query needs no further look: it matches, or a larger one does, or as many of its
/// size as are suggested.
fn is_enough(looked_at: &[LookedAt], at: usize) -> bool {
    let LookedAt { kept, matches, .. } = &looked_at[at];
    let size = kept.count_ones();
    let sizes =
        || looked_at.iter().filter(|query| query.matches).map(|query| query.kept.count_ones());
    *matches
        || sizes().any(|of_match| of_match > size)
        || sizes().filter(|of_match| *of_match == size).count() >= MOST_SUGGESTIONS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Operands from the rarest to the most common.
    fn operands(marks: &str) -> Vec<Operand> {
        let operand = |(at, mark): (usize, char)| Operand {
            bit: 1 << at,
            records: at as f64,
            is_present: mark != '-',
            is_known: mark != '?',
        };
        marks.chars().enumerate().map(operand).collect()
    }

    #[test]
    fn the_largest_sets_come_first_and_of_one_size_the_rarest() {
        // Nothing is known of what goes together, so the most common goes first.
        assert_eq!(with_fewer(&operands("++--"), &[]), [0b0011]);
        assert_eq!(with_fewer(&operands("+---"), &[0b0001]), [] as [Kept; 0]);
        assert_eq!(with_fewer(&operands("++++++"), &[]), [0b1111, 0b0111, 0b0011]);
        assert_eq!(
            with_fewer(&operands("++++++"), &[0b11_0000, 0b10_0110]),
            [0b00_1111, 0b00_0111, 0b10_0110, 0b00_0011, 0b11_0000]
        );
        // What is not known to go with the others may do so.
        assert_eq!(
            with_fewer(&operands("+++--??"), &[0b000_0101]),
            [0b110_0111, 0b010_0111, 0b110_0101, 0b000_0111, 0b010_0101, 0b000_0011, 0b000_0101]
        );
    }

    #[test]
    fn a_query_is_looked_at_until_there_are_enough_of_its_size_or_larger_ones() {
        let looked_at = |sets: &[(Kept, bool)]| -> Vec<LookedAt> {
            let query = SearchQuery::parse("word").unwrap();
            let shorter = Shorter { query, expression: Expression::default() };
            let query = |(kept, matches): &(Kept, bool)| LookedAt {
                kept: *kept,
                shorter: shorter.clone(),
                checked: 0,
                matches: *matches,
            };
            sets.iter().map(query).collect()
        };
        // Those that match are of less.
        let less = [(0b111, false), (0b011, true), (0b101, true), (0b110, true)];
        assert!(!is_enough(&looked_at(&less), 0));
        assert!(is_enough(&looked_at(&less), 1));
        let larger = [(0b111, true), (0b1011, false), (0b011, false)];
        assert_eq!([1, 2].map(|at| is_enough(&looked_at(&larger), at)), [false, true]);
        let many = [(0b011, true), (0b101, true), (0b110, true), (0b1001, false)];
        assert!(is_enough(&looked_at(&many), 3));
    }

    #[test]
    fn sets_are_bounded() {
        let together: Vec<Kept> = (8..14).map(|at| 0b11 << at).collect();
        let sets = with_fewer(&operands(&"?".repeat(16)), &together);
        assert_eq!(sets.len(), MOST_SETS);
        assert!(sets.is_sorted_by_key(|set| Reverse(set.count_ones())));
        assert!(sets.iter().all(|set| (2..=14).contains(&set.count_ones())));
    }
}
