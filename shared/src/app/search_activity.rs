//! Searching: by text, type, actor, source, related resource and date, newest first.

use super::context::Context;
use super::find_page::{SearchQuery, find_page};
use super::listing::{Listing, Page};
use super::permit::Permit;
use crate::domain::activity::{Activity, RelatedResource, Source};
use crate::domain::activity_type::Category;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::named_actor::NamedActor;
use crate::domain::principal::{ActorType, TenantId};
use crate::index::cursor::{self, Binding};
use crate::index::{Position, Range, Term};

/// What to search for. Absent filters match everything.
#[derive(Clone, Debug, Default)]
pub struct SearchFilters {
    /// Words and phrases, all of which must be in summary or body.
    pub query: Option<SearchQuery>,
    /// One type.
    pub category: Option<Category>,
    /// One actor, of one type where that is said.
    pub actor: Option<NamedActor>,
    pub actor_type: Option<ActorType>,
    /// One way in.
    pub source: Option<Source>,
    /// One related resource.
    pub related_resource: Option<RelatedResource>,
    /// Inclusive.
    pub occurred_after: Option<Timestamp>,
    /// Exclusive.
    pub occurred_before: Option<Timestamp>,
}

impl SearchFilters {
    /// What a cursor of this search is bound to.
    fn binding(&self, tenant: &TenantId) -> Binding {
        let related = self.related_resource.as_ref();
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        Binding::new("activities", tenant)
            .with("query", self.query.as_ref().map(SearchQuery::text))
            .with("type", self.category.map(Category::as_str))
            .with("actor_id", self.actor.as_ref().map(NamedActor::as_str))
            .with("actor_type", self.actor_type.map(ActorType::as_str))
            .with("source", self.source.map(Source::as_str))
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
    pub fn cursor_after(&self, row: &Activity) -> String {
        cursor::encode(Position::of_activity(row), &self.binding(&row.tenant_id))
    }

    /// The lists that what matches is in: one of each operand's.
    fn operands(&self) -> Vec<Vec<Term>> {
        let mut operands = Vec::new();
        if self.category.is_some() || self.source.is_some() {
            operands.push(Term::categories(self.category, self.source));
        }
        let actors = self.actor.as_ref().map(|named| named.actors(self.actor_type));
        operands.extend(actors.map(|actors| actors.iter().map(Term::actor).collect()));
        operands.extend(self.related_resource.as_ref().map(|one| vec![Term::related(one)]));
        operands.extend(self.query.iter().flat_map(SearchQuery::terms).map(|word| vec![word]));
        if operands.is_empty() {
            operands.push(vec![Term::all()]);
        }
        operands
    }
}

/// A page of the activities that match. A row has the beginning of its body.
pub async fn search_activity(
    ctx: &Context,
    permit: Permit<'_>,
    listing: &Listing<SearchFilters>,
) -> Result<Page<Activity>> {
    let tenant = permit.tenant_id();
    let Listing { filters, limit, after } = listing;
    let Some(range) = Range::new(filters.occurred_after, filters.occurred_before, *after) else {
        return Ok(Page { rows: Vec::new(), next_cursor: None });
    };
    let query = filters.query.as_ref();
    let (rows, end) = find_page(ctx, tenant, filters.operands(), query, range, *limit).await?;
    let binding = filters.binding(tenant);
    Ok(Page { rows, next_cursor: end.map(|position| cursor::encode(position, &binding)) })
}
