//! What is suggested where nothing matches, held against every query with less.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::Value;

use super::case::Case;
use super::operations::Search;
use super::texts::Clause;

/// From how many operands on there are suggestions, how many at most, and how many operands
/// they have at least.
const LEAST_OPERANDS: usize = 4;
const MOST: usize = 3;
const FEWEST_LEFT: usize = 2;

/// The operands of a search, each by what is asked for. What is asked for twice is one.
fn operands(search: &Search) -> Vec<String> {
    let mut operands = Vec::new();
    for asked in search.query.iter().filter_map(Clause::asked) {
        if !operands.contains(&asked) {
            operands.push(asked);
        }
    }
    operands
}

/// The search with some of its operands, and all that it excludes.
fn only(search: &Search, is_kept: impl Fn(&str) -> bool) -> Search {
    let mut only = search.clone();
    only.query.retain(|clause| clause.asked().is_none_or(|asked| is_kept(&asked)));
    only
}

impl Case<'_> {
    /// Checks what a page suggests. Where nothing interferes, what has one operand less and
    /// matches must be named.
    pub(super) fn check_suggestions(
        &self,
        search: &Search,
        page: &Value,
        is_first: bool,
    ) -> TestCaseResult {
        let suggested: Vec<&str> = match page.get("suggested_queries") {
            None => Vec::new(),
            Some(suggested) => {
                let suggested = suggested.as_array().expect("it is a list");
                prop_assert!((1..=MOST).contains(&suggested.len()), "{:?}", suggested);
                suggested.iter().filter_map(Value::as_str).collect()
            }
        };
        let operands = operands(search);
        if !is_first || operands.len() < LEAST_OPERANDS || self.has_match(search) {
            prop_assert!(suggested.is_empty(), "{:?}", suggested);
            return Ok(());
        }
        let near = operands.iter().any(|left_out| {
            let less = only(search, |operand| operand != left_out);
            self.has_match(&less)
        });
        let mut sizes = Vec::new();
        for query in suggested {
            let of_text = (0..1_u32 << operands.len()).find_map(|kept| {
                let is_kept = |asked: &str| {
                    operands
                        .iter()
                        .position(|known| known == asked)
                        .is_some_and(|at| kept >> at & 1 == 1)
                };
                let less = only(search, is_kept);
                let is_it = less.parameters().contains(&("query", query.to_owned()));
                is_it.then_some((kept.count_ones() as usize, less))
            });
            let Some((size, less)) = of_text else {
                return Err(TestCaseError::fail(format!("{query} is no part of the query")));
            };
            prop_assert!(self.has_match(&less), "{} matches nothing", query);
            sizes.push(size);
        }
        sizes.dedup();
        prop_assert!(sizes.len() <= 1, "of several sizes: {:?}", sizes);
        let size = sizes.first().copied();
        if near && (self.is_quiet || size.is_some()) {
            prop_assert_eq!(size, Some(operands.len() - 1));
        }
        prop_assert!(size.is_none_or(|size| (FEWEST_LEFT..operands.len()).contains(&size)));
        Ok(())
    }
}
