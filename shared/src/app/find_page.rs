//! Finding a page: a search of the index, and the rows read by id.
//!
//! Every filter is a term of the index. Phrases and runs of unspaced script are
//! candidates from the index that are then held against the text. So is all that the index
//! was not asked for everything of: beginnings of very many words, and whatever a viewer
//! looks for, whose reads must tell nothing of what it may not see. What is listed without
//! any filter is read from the list of all.

use std::collections::HashMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::context::Context;
use super::found_activity::FoundActivity;
use crate::domain::activity::{Activity, ActivityId, LongParts};
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::index::expression::{AnyOf, Expression, Leaf};
use crate::index::filed::activity_part;
use crate::index::search::{Budget, Progress, Search, Step};
use crate::index::segment::Collection;
use crate::index::term::Term;
use crate::index::visible_text::visible_text;
use crate::index::{Position, Range};
use crate::store::{Parts, Store, TenantIndex};
use crate::text::{self, ANALYZER_VERSION, QueryError, TextQuery, Word};

/// The longest query, in characters.
pub const MAX_QUERY_CHARS: usize = 500;
/// Bodies that are read side by side to hold phrases against, with what else is in
/// their items: at most 4 MB.
const BODIES_A_ROUND: usize = 10;
/// Bodies that one page reads for phrases: at most 40 MB, in the worst case.
const MAX_BODIES: usize = 100;
/// What the rows of a page may keep, in bytes of JSON, of what was read with those
/// bodies.
const MAX_SUBMISSION_BYTES: usize = 1_000_000;
/// Candidates that are held against the text in one round, after a first one
/// of just what the page needs: mostly all of them match.
const CANDIDATES_A_ROUND: usize = 50;
/// What a page may read, and how often it may wait for the table. Three more round trips
/// are to pin where it ends, and those of the rows and of the names in them.
const BUDGET: Budget = Budget { units: 400, trips: 21 };

/// A text query with what it was parsed from.
#[derive(Clone, Debug)]
pub struct SearchQuery {
    text: String,
    parsed: TextQuery,
}

impl SearchQuery {
    /// Parses a query of up to 500 characters and 16 words.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        if text.chars().count() > MAX_QUERY_CHARS {
            return Err(format!("must have at most {MAX_QUERY_CHARS} characters"));
        }
        let parsed = TextQuery::parse(text).map_err(|error| error.to_string())?;
        Ok(Self { text: text.to_owned(), parsed })
    }

    /// What it was parsed from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The row of an activity that it has found.
    #[must_use]
    pub fn row_of(&self, activity: Activity) -> FoundActivity {
        FoundActivity::new(activity, Some(&self.parsed))
    }

    /// Whether it says of anything that it is to be found, and does not only exclude.
    #[must_use]
    pub fn has_positive(&self) -> bool {
        self.parsed.has_positive()
    }

    /// Asks an expression for the words.
    pub(crate) fn add_to(&self, expression: &mut Expression) {
        let words = self.parsed.words();
        expression.all.extend(words.all.iter().map(clause));
        expression.none.extend(words.none.iter().map(clause));
        expression.analyzer = Some(ANALYZER_VERSION);
    }
}

/// What a query is refused with that only excludes, where nothing else says what to find.
#[must_use]
pub fn only_exclusions() -> String {
    QueryError::OnlyExclusions.to_string()
}

/// Alternatives of words, as the index has them.
fn clause(words: &text::AnyOf) -> AnyOf {
    let leaf = |word: &Word| match word {
        Word::Whole(word) => Leaf::Term(Term::word(word)),
        Word::Beginning(beginning) => Leaf::Beginning(Term::word(beginning)),
    };
    AnyOf(words.iter().map(|all| all.iter().map(leaf).collect()).collect())
}

impl JsonSchema for SearchQuery {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SearchQuery".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_QUERY_CHARS,
            "examples": ["pricing"],
        })
    }
}

/// Rows, and where to go on if there is more.
pub(crate) type RowsAndEnd = (Vec<FoundActivity>, Option<Position>);

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
}

impl<'a> Matches<'a> {
    fn new(
        index: &'a TenantIndex<'a>,
        collection: Collection,
        expression: Expression,
        range: Range,
        rows: usize,
    ) -> Self {
        if expression == Expression::default() {
            let TenantIndex { store, tenant } = index;
            return Self::All { store, tenant, collection, range };
        }
        let budget = Budget { units: BUDGET.units.saturating_sub(rows), ..BUDGET };
        Self::Found(Box::new(Search::new(index, collection, expression, range, budget)))
    }

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
        }
    }

    fn spend(&mut self, units: usize) {
        if let Self::Found(search) = self {
            search.spend(units);
        }
    }

    fn is_spent(&self) -> bool {
        match self {
            Self::All { .. } => false,
            Self::Found(search) => search.is_spent(),
        }
    }
}

/// The positions of a page, and where to go on if there is more. It is for expressions of
/// whole terms without bounds, of which the index tells all.
pub(crate) async fn find_positions(
    ctx: &Context,
    tenant: &TenantId,
    collection: Collection,
    expression: Expression,
    range: Range,
    limit: usize,
) -> Result<(Vec<Position>, Option<Position>)> {
    let index = TenantIndex { store: &ctx.store, tenant };
    let mut matches = Matches::new(&index, collection, expression, range, limit);
    // One match more than the page tells whether there is a next one.
    Ok(page_of(matches.step(limit + 1).await?, limit))
}

/// The first matches of a step, and where the next page begins.
fn page_of(step: Step, limit: usize) -> (Vec<Position>, Option<Position>) {
    let mut positions = step.matches;
    if positions.len() > limit {
        positions.truncate(limit);
        let end = positions.last().copied();
        return (positions, end);
    }
    let end = match step.progress {
        Progress::Finished => None,
        Progress::DecidedTo(position) => Some(position),
    };
    (positions, end)
}

/// The activities that an expression holds of within a range, and that have what a query
/// asks for, whose words are part of the expression.
pub(crate) async fn find_page(
    ctx: &Context,
    tenant: &TenantId,
    expression: Expression,
    query: Option<&SearchQuery>,
    range: Range,
    limit: usize,
) -> Result<RowsAndEnd> {
    let query = query.map(|query| &query.parsed);
    let check = Check { expression: expression.clone(), query };
    let index = TenantIndex { store: &ctx.store, tenant };
    let needs_text = check.needs_text();
    // A page reads a head for each of its rows, beside those that it checks.
    let rows = if needs_text { 0 } else { limit };
    let mut matches = Matches::new(&index, Collection::Activities, expression, range, rows);
    let wanted = if needs_text { CANDIDATES_A_ROUND.min(limit + 1) } else { limit + 1 };
    let step = matches.step(wanted).await?;
    if needs_text || !step.is_exact {
        return checked_page(ctx, tenant, &mut matches, step, limit, &check).await;
    }
    let (positions, end) = page_of(step, limit);
    let mut heads = ctx.store.heads(tenant, &ids(&positions)).await?;
    // A position without a head belongs to a write that is under way or was given up: it
    // is not there.
    let found = positions.iter().filter_map(|position| heads.remove(&ActivityId(position.id)));
    Ok((found.map(|activity| FoundActivity::new(activity, query)).collect(), end))
}

/// What a candidate is held against.
struct Check<'a> {
    expression: Expression,
    query: Option<&'a TextQuery>,
}

impl Check<'_> {
    /// Whether the index alone can't tell, whatever it is asked for.
    fn needs_text(&self) -> bool {
        self.query.is_some_and(TextQuery::needs_verification)
    }

    /// Whether an activity, with all of its texts, is what is searched for. An exact candidate
    /// is, but for phrases.
    fn holds_of(&self, activity: &Activity, is_exact: bool) -> bool {
        if !is_exact && !self.terms_hold_of(activity) {
            return false;
        }
        let query = self.query.filter(|query| query.needs_verification());
        query.is_none_or(|query| query.matches(activity.texts().map(visible_text)))
    }

    fn terms_hold_of(&self, activity: &Activity) -> bool {
        // What has too many words was never logged, and is found by nothing.
        let Ok(words) = text::index_terms_and_forms(activity.texts().map(visible_text)) else {
            return false;
        };
        self.expression.holds_of(&activity_part(activity, words.all()).terms)
    }
}

/// A page of what the index has candidates for, which are held against the activities.
async fn checked_page(
    ctx: &Context,
    tenant: &TenantId,
    found: &mut Matches<'_>,
    first: Step,
    limit: usize,
    check: &Check<'_>,
) -> Result<RowsAndEnd> {
    let mut rows = Vec::new();
    let mut bodies_left = MAX_BODIES;
    let mut submission_bytes = 0;
    let mut step = first;
    loop {
        let mut heads = ctx.store.heads(tenant, &ids(&step.matches)).await?;
        found.spend(step.matches.len());
        let mut candidates = step.matches.as_slice();
        while !candidates.is_empty() {
            let round = &candidates[..candidates.len().min(BODIES_A_ROUND)];
            candidates = &candidates[round.len()..];
            let mut parts = long_parts_of(ctx, tenant, &heads, round).await?;
            bodies_left = bodies_left.saturating_sub(parts.len());
            found.spend(parts.values().map(|parts| parts.read_units).sum());
            for position in round {
                let Some(activity) = heads.remove(&ActivityId(position.id)) else { continue };
                let parts = parts.remove(&activity.id);
                let kept_bytes = parts.as_ref().map_or(0, |parts| parts.submission_bytes);
                let Some(row) = checked_row(activity, parts, check, step.is_exact) else {
                    continue;
                };
                submission_bytes += kept_bytes;
                rows.push(row);
                if rows.len() == limit || submission_bytes > MAX_SUBMISSION_BYTES {
                    let more = *position != *step.matches.last().unwrap_or(position)
                        || step.progress != Progress::Finished;
                    return Ok((rows, more.then_some(*position)));
                }
            }
            let decided = round.last().copied();
            let is_spent = bodies_left == 0 || found.is_spent();
            if is_spent && (!candidates.is_empty() || step.progress != Progress::Finished) {
                return Ok((rows, decided));
            }
        }
        match step.progress {
            Progress::Finished => return Ok((rows, None)),
            Progress::DecidedTo(position) if found.is_spent() => {
                return Ok((rows, Some(position)));
            }
            Progress::DecidedTo(_) => {}
        }
        step = found.step(CANDIDATES_A_ROUND).await?;
    }
}

/// The row of a candidate that is what is searched for, by what its head has and its long
/// parts. It shows a part of the body and keeps no more of it than the head had.
fn checked_row(
    mut activity: Activity,
    parts: Option<LongParts>,
    check: &Check<'_>,
    is_exact: bool,
) -> Option<FoundActivity> {
    let beginning = parts.as_ref().map(|_| activity.body.clone());
    parts.into_iter().for_each(|parts| activity.complete(parts));
    if !check.holds_of(&activity, is_exact) {
        return None;
    }
    let mut row = FoundActivity::new(activity, check.query);
    row.activity.body = beginning.unwrap_or(row.activity.body);
    Some(row)
}

/// The long parts, of some candidates, that are not in their heads.
async fn long_parts_of(
    ctx: &Context,
    tenant: &TenantId,
    heads: &HashMap<ActivityId, Activity>,
    candidates: &[Position],
) -> Result<HashMap<ActivityId, LongParts>> {
    let partial: Vec<ActivityId> = candidates
        .iter()
        .filter_map(|position| heads.get(&ActivityId(position.id)))
        .filter(|activity| activity.is_partial())
        .map(|activity| activity.id)
        .collect();
    ctx.store.long_parts(tenant, &partial, Parts::All).await
}

fn ids(positions: &[Position]) -> Vec<ActivityId> {
    positions.iter().map(|position| ActivityId(position.id)).collect()
}
