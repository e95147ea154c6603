//! Finding a page: one join of posting lists, and the rows read by id.
//!
//! Every filter is a term of the index. Phrases and runs of unspaced script are
//! candidates from the index that are then held against the text.

use std::collections::{BTreeSet, HashMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::context::Context;
use crate::domain::activity::{Activity, ActivityId, LongParts};
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::index::join::Progress;
use crate::index::led_join::{LedJoin, Operands};
use crate::index::visible_text::visible_text;
use crate::index::{Position, Range, Term};
use crate::store::{Index, Parts, Postings};
use crate::text::{TextQuery, Word};

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
        refuse_what_lists_cannot_answer(&parsed)?;
        Ok(Self { text: text.to_owned(), parsed })
    }

    /// What it was parsed from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lists that what matches is in.
    pub(crate) fn terms(&self) -> Vec<Term> {
        let words: BTreeSet<&Word> = self.parsed.words().all.iter().flatten().flatten().collect();
        words
            .into_iter()
            .map(|word| match word {
                Word::Whole(word) | Word::Beginning(word) => Term::word(word),
            })
            .collect()
    }
}

/// Refuses the queries that need more than lists which all have to be in: posting lists
/// answer no other.
fn refuse_what_lists_cannot_answer(query: &TextQuery) -> std::result::Result<(), &'static str> {
    if query.has_exclusions() {
        return Err(
            "must not have - in front of a word or a phrase: nothing can be excluded, and \
                    every word must match. In double quotes it is punctuation",
        );
    }
    if query.words().all.iter().any(|any| any.len() > 1) {
        return Err("must not have OR, AND or NOT in capitals: every word must match. In small \
                    letters or in double quotes it is a word");
    }
    let is_beginning = |word: &Word| matches!(word, Word::Beginning(_));
    if query.words().all.iter().flatten().flatten().any(is_beginning) {
        return Err("must not have * beside a word: whole words match, in any inflection. In \
                    double quotes it is punctuation");
    }
    Ok(())
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
pub(crate) type RowsAndEnd = (Vec<Activity>, Option<Position>);

/// The activities that all lists have within a range, and that have the phrases
/// of a query, whose words are among the lists.
pub(crate) async fn find_page(
    ctx: &Context,
    tenant: &TenantId,
    operands: Operands,
    query: Option<&SearchQuery>,
    range: Range,
    limit: usize,
) -> Result<RowsAndEnd> {
    let postings = Postings { store: &ctx.store, tenant, index: Index::Activities };
    let mut join = LedJoin::new(&postings, operands, range);
    let phrases = query.map(|query| &query.parsed);
    match phrases.filter(|query| query.needs_verification()) {
        None => plain_page(ctx, tenant, &mut join, limit).await,
        Some(query) => verified_page(ctx, tenant, &mut join, limit, query).await,
    }
}

async fn plain_page(
    ctx: &Context,
    tenant: &TenantId,
    join: &mut LedJoin<'_, Postings<'_>>,
    limit: usize,
) -> Result<RowsAndEnd> {
    // One match more than the page tells whether there is a next one.
    let step = join.step(limit + 1).await?;
    let (matches, end) = split(&step.matches, step.progress, limit);
    let mut heads = ctx.store.heads(tenant, &ids(matches)).await?;
    // A posting without a head belongs to a write that is under way or was
    // given up: it is not there.
    let rows = matches.iter().filter_map(|position| heads.remove(&ActivityId(position.id)));
    Ok((rows.collect(), end))
}

async fn verified_page(
    ctx: &Context,
    tenant: &TenantId,
    join: &mut LedJoin<'_, Postings<'_>>,
    limit: usize,
    query: &TextQuery,
) -> Result<RowsAndEnd> {
    let mut rows = Vec::new();
    let mut bodies_left = MAX_BODIES;
    let mut submission_bytes = 0;
    let mut candidates_a_round = CANDIDATES_A_ROUND.min(limit + 1);
    loop {
        let step = join.step(candidates_a_round).await?;
        candidates_a_round = CANDIDATES_A_ROUND;
        let mut heads = ctx.store.heads(tenant, &ids(&step.matches)).await?;
        let mut candidates = step.matches.as_slice();
        while !candidates.is_empty() {
            let round = &candidates[..candidates.len().min(BODIES_A_ROUND)];
            candidates = &candidates[round.len()..];
            let mut parts = long_parts_of(ctx, tenant, &heads, round).await?;
            bodies_left = bodies_left.saturating_sub(parts.len());
            for position in round {
                let Some(mut activity) = heads.remove(&ActivityId(position.id)) else { continue };
                let parts = parts.remove(&activity.id);
                let kept_bytes = parts.as_ref().map_or(0, |parts| parts.submission_bytes);
                if !has_phrases(&mut activity, parts, query) {
                    continue;
                }
                submission_bytes += kept_bytes;
                rows.push(activity);
                if rows.len() == limit || submission_bytes > MAX_SUBMISSION_BYTES {
                    let more = *position != *step.matches.last().unwrap_or(position)
                        || step.progress != Progress::Finished;
                    return Ok((rows, more.then_some(*position)));
                }
            }
            let decided = round.last().copied();
            if bodies_left == 0 && (!candidates.is_empty() || step.progress != Progress::Finished) {
                return Ok((rows, decided));
            }
        }
        match step.progress {
            Progress::Finished => return Ok((rows, None)),
            Progress::DecidedTo(position) if join.budget().is_spent() => {
                return Ok((rows, Some(position)));
            }
            Progress::DecidedTo(_) => {}
        }
    }
}

/// Whether an activity has the phrases of a query, in what its head has or in its
/// long parts. A row shows the beginning of a body and keeps no more of it.
fn has_phrases(activity: &mut Activity, parts: Option<LongParts>, query: &TextQuery) -> bool {
    let Some(parts) = parts else { return query.matches(activity.texts().map(visible_text)) };
    let beginning = activity.body.clone();
    activity.complete(parts);
    let matches = query.matches(activity.texts().map(visible_text));
    activity.body = beginning;
    matches
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

/// The first `limit` of some matches, and where to go on if there is more.
pub(crate) fn split(
    matches: &[Position],
    progress: Progress,
    limit: usize,
) -> (&[Position], Option<Position>) {
    if matches.len() > limit {
        let kept = &matches[..limit];
        return (kept, kept.last().copied());
    }
    match progress {
        Progress::Finished => (matches, None),
        Progress::DecidedTo(position) => (matches, Some(position)),
    }
}

fn ids(positions: &[Position]) -> Vec<ActivityId> {
    positions.iter().map(|position| ActivityId(position.id)).collect()
}
