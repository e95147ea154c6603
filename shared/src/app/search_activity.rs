//! Searching: by text, type, related resource and date, newest first.
//!
//! Every filter is a term of the index, so a search is one join of posting
//! lists; the rows are read by id. Phrases and runs of unspaced script are
//! candidates from the index that are then held against the text.

use std::collections::HashMap;

use schemars::JsonSchema;

use crate::Context;
use crate::app::input::Fields;
use crate::app::listing::{Listing, Page, limit_schema, read_dates, read_page};
use crate::domain::activity::{
    Activity, ActivityId, LongParts, RelatedResource, RelatedResourceId,
};
use crate::domain::activity_type::Category;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::{Principal, Scope, TenantId};
use crate::domain::record_type::BuiltInRecordType;
use crate::index::cursor::{self, Binding};
use crate::index::join::{Budget, Join, Progress};
use crate::index::{Position, Range, Term};
use crate::store::{Index, Parts, Postings};
use crate::text::TextQuery;

/// The longest query, in characters.
pub const MAX_QUERY_CHARS: usize = 500;
/// Bodies that are read side by side to hold phrases against: at most 2.5 MB.
const BODIES_A_ROUND: usize = 10;
/// Bodies that one page reads for phrases: at most 25 MB, in the worst case.
const MAX_BODIES: usize = 100;
/// Candidates that are held against the text in one round, after a first one
/// of just what the page needs: mostly all of them match.
const CANDIDATES_A_ROUND: usize = 50;

/// A text query with what it was parsed from.
#[derive(Clone, Debug)]
pub struct Query {
    text: String,
    parsed: TextQuery,
}

impl Query {
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

    /// The lists that what matches is in.
    pub(crate) fn terms(&self) -> Vec<Term> {
        self.parsed.terms().iter().map(|word| Term::word(word)).collect()
    }
}

/// What callers can search by, for the descriptions of the dialects.
/// [`read_search`] reads just these.
#[derive(JsonSchema)]
#[schemars(
    deny_unknown_fields,
    rename = "SearchActivityInput",
    extend("dependentRequired" = {
        "related_resource_type": ["related_resource_id"],
        "related_resource_id": ["related_resource_type"],
    })
)]
#[expect(dead_code, reason = "it describes the input; the parser reports every violation at once")]
pub struct SearchActivityInput {
    /// Free-text search across activity summary and body: at least one word, up to 16. Every word must match, in summary or body; a phrase in double quotes must stand as such.
    #[schemars(
        with = "String",
        length(min = 1, max = MAX_QUERY_CHARS),
        example = &"pricing",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    query: Option<String>,
    /// Restrict results to one activity category.
    #[schemars(
        rename = "type",
        with = "Category",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    category: Option<Category>,
    /// Restrict results to one related resource; goes together with `related_resource_id`.
    #[schemars(with = "BuiltInRecordType", default, skip_serializing_if = "Option::is_none")]
    related_resource_type: Option<BuiltInRecordType>,
    /// Restrict results to one related resource: its id, 1 to 255 bytes without control characters; goes together with `related_resource_type`.
    #[schemars(with = "RelatedResourceId", default, skip_serializing_if = "Option::is_none")]
    related_resource_id: Option<RelatedResourceId>,
    /// Only what happened then or later: RFC 3339 with an offset, from 1970 on.
    #[schemars(with = "Timestamp", default, skip_serializing_if = "Option::is_none")]
    occurred_after: Option<Timestamp>,
    /// Only what happened earlier: RFC 3339 with an offset, later than `occurred_after`.
    #[schemars(with = "Timestamp", default, skip_serializing_if = "Option::is_none")]
    occurred_before: Option<Timestamp>,
    /// Maximum number of activities to return; 20 by default.
    #[schemars(schema_with = "limit_schema", default, skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
    /// Opaque cursor from a previous response's `next_cursor`, with the same filters.
    #[schemars(with = "String", length(min = 1), default, skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// Reads what to search for; what is wrong with it is noted in `fields`.
pub fn read_search(fields: &mut impl Fields, tenant: &TenantId) -> Listing<Filters> {
    let query = fields.optional("query", Query::parse);
    let category = fields.optional("type", Category::parse);
    let resource_type = fields.optional("related_resource_type", BuiltInRecordType::parse);
    let resource_id = fields.optional("related_resource_id", RelatedResourceId::parse);
    fields.expect_together("related_resource_type", "related_resource_id");
    let (occurred_after, occurred_before) = read_dates(fields);
    let filters = Filters {
        query,
        category,
        related_resource: resource_type
            .zip(resource_id)
            .map(|(kind, id)| RelatedResource { resource_type: kind.into(), id }),
        occurred_after,
        occurred_before,
    };
    let (limit, after) = read_page(fields, |cursor| filters.position(tenant, cursor));
    Listing { filters, limit, after }
}

/// What to search for. Absent filters match everything.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Words and phrases, all of which must be in summary or body.
    pub query: Option<Query>,
    /// One type.
    pub category: Option<Category>,
    /// One related resource.
    pub related_resource: Option<RelatedResource>,
    /// Inclusive.
    pub occurred_after: Option<Timestamp>,
    /// Exclusive.
    pub occurred_before: Option<Timestamp>,
}

impl Filters {
    /// What a cursor of this search is bound to.
    fn binding(&self, tenant: &TenantId) -> Binding {
        let related = self.related_resource.as_ref();
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        Binding::new("activities", tenant)
            .with("query", self.query.as_ref().map(|query| query.text.as_str()))
            .with("type", self.category.map(Category::as_str))
            .with("related_resource_type", related.map(|resource| resource.resource_type.as_str()))
            .with("related_resource_id", related.map(|resource| resource.id.as_str()))
            .with("occurred_after", time(self.occurred_after).as_deref())
            .with("occurred_before", time(self.occurred_before).as_deref())
    }

    /// Where a cursor stands; `None` when it is not one of this search.
    #[must_use]
    pub fn position(&self, tenant: &TenantId, cursor: &str) -> Option<Position> {
        cursor::decode(cursor, &self.binding(tenant))
    }

    /// The cursor that continues after a row that was found.
    #[must_use]
    pub fn cursor_after(&self, tenant: &TenantId, row: &Activity) -> String {
        let position = Position { time: row.occurred_at, id: row.id.0 };
        cursor::encode(position, &self.binding(tenant))
    }

    fn operands(&self) -> Vec<Vec<Term>> {
        let mut terms: Vec<Term> = Vec::new();
        terms.extend(self.category.map(Term::category));
        terms.extend(self.related_resource.as_ref().map(Term::related));
        terms.extend(self.query.iter().flat_map(Query::terms));
        if terms.is_empty() {
            terms.push(Term::all());
        }
        terms.into_iter().map(|term| vec![term]).collect()
    }
}

/// A page of the activities that match. A row has the beginning of its body.
///
/// # Errors
///
/// A missing scope, or what the table could not do.
pub async fn search_activity(
    ctx: &Context,
    principal: &Principal,
    filters: &Filters,
    limit: usize,
    after: Option<Position>,
) -> Result<Page<Activity>> {
    principal.require(Scope::ActivityRead)?;
    let tenant = &principal.tenant_id;
    let Some(range) = Range::new(filters.occurred_after, filters.occurred_before, after) else {
        return Ok(Page { rows: Vec::new(), next_cursor: None });
    };
    let (rows, end) =
        find(ctx, tenant, filters.operands(), filters.query.as_ref(), range, limit).await?;
    let binding = filters.binding(tenant);
    Ok(Page { rows, next_cursor: end.map(|position| cursor::encode(position, &binding)) })
}

/// Rows, and where to go on if there is more.
pub(crate) type RowsAndEnd = (Vec<Activity>, Option<Position>);

/// The activities that all lists have within a range, and that have the phrases
/// of a query, whose words are among the lists.
pub(crate) async fn find(
    ctx: &Context,
    tenant: &TenantId,
    operands: Vec<Vec<Term>>,
    query: Option<&Query>,
    range: Range,
    limit: usize,
) -> Result<RowsAndEnd> {
    let postings = Postings { store: &ctx.store, tenant, index: Index::Activities };
    let mut join = Join::new(&postings, operands, range, Budget::default());
    let phrases = query.map(|query| &query.parsed);
    match phrases.filter(|query| query.needs_verification()) {
        None => plain_page(ctx, tenant, &mut join, limit).await,
        Some(query) => verified_page(ctx, tenant, &mut join, limit, query).await,
    }
}

async fn plain_page(
    ctx: &Context,
    tenant: &TenantId,
    join: &mut Join<'_, Postings<'_>>,
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
    join: &mut Join<'_, Postings<'_>>,
    limit: usize,
    query: &TextQuery,
) -> Result<RowsAndEnd> {
    let mut rows = Vec::new();
    let mut bodies_left = MAX_BODIES;
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
                if let Some(parts) = parts.remove(&activity.id) {
                    activity.complete(parts);
                }
                if query.matches(activity.texts()) {
                    rows.push(activity);
                }
                if rows.len() == limit {
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
