//! Searching: by text, type, actor, source, related resource and date, newest first.

use super::context::Context;
use super::find_page::{Finding, SearchQuery};
use super::found_activity::FoundActivity;
use super::listing::{Listing, Page};
use super::permit::View;
use super::suggest_queries::LongQuery;
pub use super::suggest_queries::MOST_SUGGESTIONS;
use crate::domain::activity::Source;
use crate::domain::activity_filters::ActivityFilters;
use crate::domain::actor_names::Attributed;
use crate::domain::caller::Bounds;
use crate::domain::error::Result;
use crate::domain::named_actor::NamedActor;
use crate::domain::principal::{ActorType, Attribution};
use crate::index::cursor::{self, Binding, CursorKey};
use crate::index::expression::{AnyOf, Expression};
use crate::index::term::Term;
use crate::index::{Position, Range};
use crate::store::TenantIndex;

/// What to search for, and among which activities.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    /// What may be seen of the result.
    pub view: View<'a>,
    /// Words and phrases, all of which must be in summary or body.
    pub query: Option<SearchQuery>,
    pub filters: ActivityFilters,
}

impl Search<'_> {
    /// What a cursor of this search is bound to. A viewer's is bound to what the viewer
    /// is bound to as well.
    fn binding(&self) -> Binding {
        let binding = Binding::new("activities", self.view.tenant_id())
            .with("query", self.query.as_ref().map(SearchQuery::text));
        let binding = with_filters(binding, &self.filters);
        match self.view.bound_to() {
            None => binding,
            Some(bounds) => with_filters(binding.with("viewer", Some("")), &bounds.filters)
                .encrypted_with(CursorKey(bounds.cursor_key)),
        }
    }

    /// Where a cursor stands; `None` when it is not one of this search.
    #[must_use]
    pub fn position(&self, cursor: &str) -> Option<Position> {
        cursor::decode(cursor, &self.binding())
    }

    /// The cursor that continues after a row that was found.
    #[must_use]
    pub fn cursor_after(&self, row: &FoundActivity) -> String {
        cursor::encode(Position::of_activity(&row.activity), &self.binding())
    }

    /// What the index is asked for, with a query. What a viewer is bound to is asked first.
    fn expression(&self, query: Option<&SearchQuery>) -> Expression {
        let bound = self.view.bound_to().map(|bounds| clauses_of(&bounds.filters));
        let mut expression = Expression {
            bounds: bound.unwrap_or_default(),
            all: clauses_of(&self.filters),
            ..Expression::default()
        };
        if let Some(query) = query {
            query.add_to(&mut expression);
        }
        let asks = !expression.all.is_empty() || !expression.none.is_empty();
        if asks && expression.bounds.is_empty() && self.view.bound_to().is_some_and(is_bound) {
            // What is bound to a time alone must not learn of words at other times either.
            expression.bounds.push(AnyOf::everything());
        }
        expression
    }

    /// The range of time that is left, beyond a cursor where there is one.
    fn range(&self, after: Option<Position>) -> Option<Range> {
        let bound = self.view.bound_to().map(|bounds| &bounds.filters);
        let both = || std::iter::once(&self.filters).chain(bound);
        let oldest = both().filter_map(|filters| filters.occurred_after).max();
        let newest = both().filter_map(|filters| filters.occurred_before).min();
        Range::new(oldest, newest, after)
    }
}

/// Whether anything is kept from a viewer.
fn is_bound(bounds: &Bounds) -> bool {
    bounds.filters != ActivityFilters::default()
}

fn with_filters(binding: Binding, filters: &ActivityFilters) -> Binding {
    let ActivityFilters {
        categories,
        actor,
        actor_type,
        source,
        related_resource: related,
        occurred_after,
        occurred_before,
    } = filters;
    let related = related.as_ref();
    // In the order of the set: that of the call means nothing.
    let types: Vec<&str> = categories.iter().map(|category| category.as_str()).collect();
    let types = (!types.is_empty()).then(|| types.join(","));
    binding
        .with("type", types.as_deref())
        .with("actor_id", actor.as_ref().map(NamedActor::as_str))
        .with("actor_type", actor_type.map(ActorType::as_str))
        .with("source", source.map(Source::as_str))
        .with("related_resource_type", related.map(|(built_in, _)| built_in.as_str()))
        .with("related_resource_id", related.map(|(_, id)| id.as_str()))
        .with("occurred_after", occurred_after.map(|time| time.to_string()).as_deref())
        .with("occurred_before", occurred_before.map(|time| time.to_string()).as_deref())
}

/// What filters ask the index for; the range of time is no term.
fn clauses_of(filters: &ActivityFilters) -> Vec<AnyOf> {
    let ActivityFilters {
        categories,
        source,
        actor,
        actor_type,
        related_resource: _,
        occurred_after: _,
        occurred_before: _,
    } = filters;
    let actors = actor.as_ref().map(|named| named.actors(*actor_type));
    let types = categories.iter().copied().map(Term::category);
    [
        (!categories.is_empty()).then(|| AnyOf::terms(types)),
        source.map(|source| AnyOf::terms([Term::source(source)])),
        actors.map(|actors| AnyOf::terms(actors.iter().map(Term::actor))),
        filters.related_resource().map(|resource| AnyOf::terms([Term::related(&resource)])),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a search has found.
#[derive(Clone, Debug)]
pub struct Found {
    pub page: Page<FoundActivity>,
    /// Where nothing matches a query of many words: the nearest queries that match.
    pub suggested_queries: Vec<String>,
}

impl Attributed for Found {
    fn attributions(&self) -> impl Iterator<Item = &Attribution> {
        self.page.attributions()
    }
}

/// A page of the activities that match.
pub async fn search_activity(ctx: &Context, listing: &Listing<Search<'_>>) -> Result<Found> {
    let Listing { filters: search, limit, after } = listing;
    let mut page = Page { rows: Vec::new(), next_cursor: None };
    let Some(range) = search.range(*after) else {
        return Ok(Found { page, suggested_queries: Vec::new() });
    };
    let index = TenantIndex { store: &ctx.store, tenant: search.view.tenant_id() };
    let query = search.query.as_ref();
    let expression = search.expression(query);
    let mut finding = Finding::new(ctx, &index, expression, query, range, *limit);
    // Whoever has come to a further page has found something.
    let long = query.filter(|_| after.is_none()).and_then(|query| {
        let long = LongQuery::of(query, |shorter| search.expression(Some(shorter)))?;
        let alone = long.alone()?;
        Some((long, alone))
    });
    if let Some((_, alone)) = &long {
        finding = finding.remembering(alone.clone());
    }
    let end;
    (page.rows, end) = finding.rows(*limit).await?;
    let suggested_queries = match long {
        Some((long, alone)) if page.rows.is_empty() && end.is_none() => {
            long.suggest(&mut finding, &alone).await?
        }
        _ => Vec::new(),
    };
    let binding = search.binding();
    page.next_cursor = end.map(|position| cursor::encode(position, &binding));
    Ok(Found { page, suggested_queries })
}
