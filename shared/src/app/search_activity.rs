//! Searching: by text, type, actor, source, related resource and date, newest first.

use super::context::Context;
use super::find_page::{SearchQuery, find_page};
use super::listing::{Listing, Page};
use super::permit::View;
use crate::domain::activity::{Activity, Source};
use crate::domain::activity_filters::ActivityFilters;
use crate::domain::activity_type::Category;
use crate::domain::error::Result;
use crate::domain::named_actor::NamedActor;
use crate::domain::principal::{Actor, ActorType};
use crate::index::cursor::{self, Binding};
use crate::index::{Position, Range, Term};

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
        let bound = |binding: Binding| match self.view.bound_to() {
            None => binding,
            Some(filters) => with_filters(binding.with("viewer", Some("")), filters),
        };
        let binding = Binding::new("activities", self.view.tenant_id())
            .with("query", self.query.as_ref().map(SearchQuery::text));
        bound(with_filters(binding, &self.filters))
    }

    /// Where a cursor stands; `None` when it is not one of this search.
    #[must_use]
    pub fn position(&self, cursor: &str) -> Option<Position> {
        cursor::decode(cursor, &self.binding())
    }

    /// The cursor that continues after a row that was found.
    #[must_use]
    pub fn cursor_after(&self, row: &Activity) -> String {
        cursor::encode(Position::of_activity(row), &self.binding())
    }

    /// The lists that what matches is in: one of each operand's. `None`, where nothing
    /// can match.
    fn operands(&self) -> Option<Vec<Vec<Term>>> {
        let everything = ActivityFilters::default();
        let (asked, bound) = (&self.filters, self.view.bound_to().unwrap_or(&everything));
        let category = both(asked.category, bound.category)?;
        let source = both(asked.source, bound.source)?;
        let mut operands = Vec::new();
        if category.is_some() || source.is_some() {
            operands.push(Term::categories(category, source));
        }
        if let Some(actors) = actors_of_both(asked, bound) {
            operands.push(actors.iter().map(Term::actor).collect());
        }
        let mut related: Vec<_> =
            [asked, bound].into_iter().filter_map(ActivityFilters::related_resource).collect();
        related.dedup();
        operands.extend(related.iter().map(|one| vec![Term::related(one)]));
        operands.extend(self.query.iter().flat_map(SearchQuery::terms).map(|word| vec![word]));
        if operands.is_empty() {
            operands.push(vec![Term::all()]);
        }
        operands.iter().all(|lists| !lists.is_empty()).then_some(operands)
    }

    /// The range of time that is left, beyond a cursor where there is one.
    fn range(&self, after: Option<Position>) -> Option<Range> {
        let (asked, bound) = (Some(&self.filters), self.view.bound_to());
        let both = || asked.into_iter().chain(bound);
        let oldest = both().filter_map(|filters| filters.occurred_after).max();
        let newest = both().filter_map(|filters| filters.occurred_before).min();
        Range::new(oldest, newest, after)
    }
}

fn with_filters(binding: Binding, filters: &ActivityFilters) -> Binding {
    let related = filters.related_resource.as_ref();
    let (after, before) = (filters.occurred_after, filters.occurred_before);
    binding
        .with("type", filters.category.map(Category::as_str))
        .with("actor_id", filters.actor.as_ref().map(NamedActor::as_str))
        .with("actor_type", filters.actor_type.map(ActorType::as_str))
        .with("source", filters.source.map(Source::as_str))
        .with("related_resource_type", related.map(|(built_in, _)| built_in.as_str()))
        .with("related_resource_id", related.map(|(_, id)| id.as_str()))
        .with("occurred_after", after.map(|time| time.to_string()).as_deref())
        .with("occurred_before", before.map(|time| time.to_string()).as_deref())
}

/// The one value that is left of two, each of which may be absent; `None`, where they
/// contradict each other.
fn both<T: PartialEq>(asked: Option<T>, bound: Option<T>) -> Option<Option<T>> {
    match (asked, bound) {
        (Some(asked), Some(bound)) => (asked == bound).then_some(Some(asked)),
        (asked, bound) => Some(asked.or(bound)),
    }
}

/// Those actors whom all filters name that name some.
fn actors_of_both(asked: &ActivityFilters, bound: &ActivityFilters) -> Option<Vec<Actor>> {
    let named = |filters: &ActivityFilters| {
        filters.actor.as_ref().map(|named| named.actors(filters.actor_type))
    };
    match (named(asked), named(bound)) {
        (Some(asked), Some(bound)) => {
            Some(asked.into_iter().filter(|actor| bound.contains(actor)).collect())
        }
        (asked, bound) => asked.or(bound),
    }
}

/// A page of the activities that match. A row has the beginning of its body.
pub async fn search_activity(
    ctx: &Context,
    listing: &Listing<Search<'_>>,
) -> Result<Page<Activity>> {
    let Listing { filters: search, limit, after } = listing;
    let Some((operands, range)) = search.operands().zip(search.range(*after)) else {
        return Ok(Page { rows: Vec::new(), next_cursor: None });
    };
    let (tenant, query) = (search.view.tenant_id(), search.query.as_ref());
    let (rows, end) = find_page(ctx, tenant, operands, query, range, *limit).await?;
    let binding = search.binding();
    Ok(Page { rows, next_cursor: end.map(|position| cursor::encode(position, &binding)) })
}
