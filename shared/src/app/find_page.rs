//! Finding a page: a search of the index, and the rows read by id.
//!
//! Every filter is a term of the index. Phrases and runs of unspaced script are
//! candidates from the index that are then held against the text. So is all that the index
//! was not asked for everything of: beginnings of very many words, and whatever a viewer
//! looks for, whose reads must tell nothing of what it may not see.

use std::collections::HashMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::candidates::Candidates;
use super::context::Context;
use super::found_activity::FoundActivity;
use crate::domain::activity::{Activity, ActivityId, LongParts};
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::index::expression::{AnyOf, Expression, Leaf};
use crate::index::filed::activity_part;
use crate::index::search::{Progress, Search};
use crate::index::segment::Collection;
use crate::index::term::Term;
use crate::index::visible_text::visible_text;
use crate::index::{Position, Range};
use crate::store::{Parts, TenantIndex};
use crate::text::{self, ANALYZER_VERSION, Operands, QueryError, TextQuery, Word};

/// The longest query, in characters.
pub const MAX_QUERY_CHARS: usize = 500;
/// What reading the longest item takes, of 400 KB. Bodies that are held against phrases are
/// read side by side, with what else is in their items: as many as surely fit the budget.
const MAX_ITEM_UNITS: usize = 100;
/// What the rows of a page may keep, in bytes of JSON, of what was read with those
/// bodies.
const MAX_SUBMISSION_BYTES: usize = 1_000_000;
/// Candidates that are held against the text in one round, after a first one
/// of just what the page needs: mostly all of them match.
const CANDIDATES_A_ROUND: usize = 50;
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

    /// What can be left out of it, where its text can be cut like that.
    pub(crate) fn operands(&self) -> Option<Operands<'_>> {
        Operands::of(&self.text)
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

/// A query that asks for less than another one.
#[derive(Clone, Debug)]
pub(crate) struct Shorter {
    pub(crate) query: SearchQuery,
    /// What the index is asked for.
    pub(crate) expression: Expression,
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
    let mut candidates = Candidates::new(&index, collection, expression, range, limit);
    candidates.look_for(limit + 1).await?;
    Ok(candidates.take(limit))
}

/// The activities that an expression holds of within a range, and that have what a query
/// asks for, whose words are part of the expression. They are found in rounds, for a request
/// that has more to do with the rows: all of them are within one budget.
pub(crate) struct Finding<'a> {
    ctx: &'a Context,
    tenant: &'a TenantId,
    expression: Expression,
    query: Option<&'a TextQuery>,
    candidates: Candidates<'a>,
    /// Heads of candidates that are held against the text.
    heads: HashMap<ActivityId, Activity>,
    /// What was held against the text in vain, where that is remembered.
    in_vain: Option<InVain>,
}

/// What the candidates that are not found have of a query.
struct InVain {
    /// Each operand of it, as if it were asked for alone.
    operands: Vec<Shorter>,
    /// Of each candidate, a bit for each of these that finds it.
    found: Vec<u32>,
}

impl InVain {
    fn note(&mut self, activity: &Activity, terms: &[Term]) {
        let finds = |operand: &Shorter| {
            operand.expression.holds_of(terms) && is_verified(&operand.query.parsed, activity)
        };
        let operands = self.operands.iter().enumerate();
        let found = operands.filter(|(_, operand)| finds(operand));
        self.found.push(found.fold(0, |found, (at, _)| found | 1 << at));
    }
}

impl<'a> Finding<'a> {
    /// Finds up to so many rows a round.
    pub(crate) fn new(
        ctx: &'a Context,
        index: &'a TenantIndex<'a>,
        expression: Expression,
        query: Option<&'a SearchQuery>,
        range: Range,
        rows_a_round: usize,
    ) -> Self {
        let query = query.map(|query| &query.parsed);
        // Heads that are held against the text are taken from the budget when they are read.
        let verifies = query.is_some_and(TextQuery::needs_verification);
        let reserved = if verifies { 0 } else { rows_a_round };
        let collection = Collection::Activities;
        Self {
            ctx,
            tenant: index.tenant,
            expression: expression.clone(),
            query,
            candidates: Candidates::new(index, collection, expression, range, reserved),
            heads: HashMap::new(),
            in_vain: None,
        }
    }

    /// The same, after which [`Self::search`] and [`Self::in_vain`] tell of what was read, where
    /// nothing was found.
    pub(crate) fn remembering(self, operands: Vec<Shorter>) -> Self {
        let in_vain = Some(InVain { operands, found: Vec::new() });
        Self { candidates: self.candidates.remembering(), in_vain, ..self }
    }

    /// The search of the index, where there is one.
    pub(crate) fn search(&mut self) -> Option<&mut Search<'a, TenantIndex<'a>>> {
        self.candidates.search()
    }

    /// What each candidate that was held against its text in vain has of the operands: a bit for
    /// each of these, by their order.
    pub(crate) fn in_vain(&self) -> &[u32] {
        self.in_vain.as_ref().map_or(&[], |in_vain| &in_vain.found)
    }

    /// Whether another query finds one of some candidates, within the same budget.
    pub(crate) async fn finds_any(
        &mut self,
        shorter: &Shorter,
        candidates: Vec<Position>,
        are_exact: bool,
    ) -> Result<bool> {
        let budget = self.candidates.budget_left();
        if budget.is_spent() {
            return Ok(false);
        }
        let query = &shorter.query.parsed;
        let mut finding = Finding {
            ctx: self.ctx,
            tenant: self.tenant,
            expression: shorter.expression.clone(),
            query: Some(query),
            candidates: Candidates::known(candidates, are_exact, budget),
            heads: HashMap::new(),
            in_vain: None,
        };
        finding.read_heads().await?;
        let is_found = if are_exact && !query.needs_verification() {
            !finding.heads.is_empty()
        } else {
            let (rows, _) = finding.checked_rows(1).await?;
            !rows.is_empty()
        };
        let left = finding.candidates.budget_left();
        if let Some(search) = self.candidates.search() {
            search.set_budget(left);
        }
        Ok(is_found)
    }

    /// Whether the budget is spent, so that a page ends here.
    pub(crate) fn is_spent(&self) -> bool {
        self.candidates.is_spent()
    }

    /// Takes rows that nobody is given from the budget, and the round trip for them.
    pub(crate) fn leave_out(&mut self, rows: usize) {
        if rows > 0 {
            self.candidates.spend(rows);
        }
    }

    /// The next rows, and where to go on if there is more.
    pub(crate) async fn rows(&mut self, limit: usize) -> Result<RowsAndEnd> {
        let needs_text = self.query.is_some_and(TextQuery::needs_verification);
        if needs_text || !self.candidates.are_exact {
            return self.checked_rows(limit).await;
        }
        self.candidates.look_for(limit + 1).await?;
        if !self.candidates.are_exact {
            self.read_heads().await?;
            return self.checked_rows(limit).await;
        }
        let (positions, end) = self.candidates.take(limit);
        let mut heads = self.ctx.store.heads(self.tenant, &ids(&positions)).await?;
        // A position without a head belongs to a write that is under way or was given up: it
        // is not there.
        let found = positions.iter().filter_map(|position| heads.remove(&ActivityId(position.id)));
        Ok((found.map(|activity| FoundActivity::new(activity, self.query)).collect(), end))
    }

    async fn checked_rows(&mut self, limit: usize) -> Result<RowsAndEnd> {
        let mut rows = Vec::new();
        let mut submission_bytes = 0;
        let mut candidates_a_round = CANDIDATES_A_ROUND.min(limit + 1);
        loop {
            if self.candidates.found.is_empty() {
                self.look_for_candidates(candidates_a_round).await?;
                candidates_a_round = CANDIDATES_A_ROUND;
            }
            while !self.candidates.found.is_empty() {
                let round = self.next_round();
                let mut parts = self.long_parts_of(&round).await?;
                for position in &round {
                    self.candidates.found.pop_front();
                    let Some(activity) = self.heads.remove(&ActivityId(position.id)) else {
                        continue;
                    };
                    let parts = parts.remove(&activity.id);
                    let kept_bytes = parts.as_ref().map_or(0, |parts| parts.submission_bytes);
                    let Some(row) = self.checked_row(activity, parts) else { continue };
                    self.in_vain = None;
                    submission_bytes += kept_bytes;
                    rows.push(row);
                    if rows.len() == limit || submission_bytes > MAX_SUBMISSION_BYTES {
                        return Ok((rows, self.candidates.end_behind(*position)));
                    }
                }
                if let Some(last) = round.last().filter(|_| self.is_spent()) {
                    return Ok((rows, self.candidates.end_behind(*last)));
                }
            }
            match self.candidates.progress {
                Some(Progress::DecidedTo(position)) if self.is_spent() => {
                    return Ok((rows, Some(position)));
                }
                Some(Progress::DecidedTo(_)) => {}
                Some(Progress::Finished) | None => return Ok((rows, None)),
            }
        }
    }

    async fn look_for_candidates(&mut self, wanted: usize) -> Result<()> {
        self.candidates.look_for(wanted).await?;
        self.read_heads().await
    }

    /// Reads the heads of what was found, as far as the budget reaches, or one.
    async fn read_heads(&mut self) -> Result<()> {
        self.candidates.keep(self.candidates.units_left().max(1));
        let positions: Vec<Position> = self.candidates.found.iter().copied().collect();
        self.heads = self.ctx.store.heads(self.tenant, &ids(&positions)).await?;
        if !positions.is_empty() {
            self.candidates.spend(positions.len());
        }
        Ok(())
    }

    /// The row of a candidate that is what is searched for, by what its head has and its long
    /// parts. It shows a part of the body and keeps no more of it than the head had.
    fn checked_row(
        &mut self,
        mut activity: Activity,
        parts: Option<LongParts>,
    ) -> Option<FoundActivity> {
        let beginning = parts.as_ref().map(|_| activity.body.clone());
        parts.into_iter().for_each(|parts| activity.complete(parts));
        let are_exact = self.candidates.are_exact;
        let terms = if are_exact && self.in_vain.is_none() { None } else { terms_of(&activity) };
        let has_terms = terms.as_ref().is_some_and(|terms| self.expression.holds_of(terms));
        let is_found = (are_exact || has_terms)
            && self.query.is_none_or(|query| is_verified(query, &activity));
        if !is_found {
            self.in_vain.iter_mut().zip(terms).for_each(|(in_vain, terms)| {
                in_vain.note(&activity, &terms);
            });
            return None;
        }
        let mut row = FoundActivity::new(activity, self.query);
        row.activity.body = beginning.unwrap_or(row.activity.body);
        Some(row)
    }

    /// The candidates that come next, with as many bodies to read as the budget has room for
    /// whatever they cost, or one. So a page spends more only by the last body that it reads.
    fn next_round(&self) -> Vec<Position> {
        let most = (self.candidates.units_left() / MAX_ITEM_UNITS).max(1);
        let mut bodies = 0;
        let is_within = |position: &&Position| {
            bodies += usize::from(self.is_partial(**position));
            bodies <= most
        };
        self.candidates.found.iter().take_while(is_within).copied().collect()
    }

    fn is_partial(&self, position: Position) -> bool {
        self.heads.get(&ActivityId(position.id)).is_some_and(Activity::is_partial)
    }

    /// The long parts, of some candidates, that are not in their heads.
    async fn long_parts_of(
        &mut self,
        round: &[Position],
    ) -> Result<HashMap<ActivityId, LongParts>> {
        let partial = round.iter().filter(|position| self.is_partial(**position));
        let partial: Vec<Position> = partial.copied().collect();
        if partial.is_empty() {
            return Ok(HashMap::new());
        }
        let parts = self.ctx.store.long_parts(self.tenant, &ids(&partial), Parts::All).await?;
        self.candidates.spend(parts.values().map(|parts| parts.read_units).sum());
        Ok(parts)
    }
}

/// Whether an activity that has the words of a query has all else of it.
fn is_verified(query: &TextQuery, activity: &Activity) -> bool {
    !query.needs_verification() || query.matches(activity.texts().map(visible_text))
}

/// What an activity is filed under. What has too many words was never logged, and is found by
/// nothing.
fn terms_of(activity: &Activity) -> Option<Vec<Term>> {
    let words = text::index_terms(activity.texts().map(visible_text)).ok()?;
    Some(activity_part(activity, words.iter()).terms)
}

fn ids(positions: &[Position]) -> Vec<ActivityId> {
    positions.iter().map(|position| ActivityId(position.id)).collect()
}
