//! Reading the audit trail, newest first.
//!
//! Ordered by when something was decided and not by when an activity happened,
//! it is also the feed for those who synchronise. Every filter is a term of the index.

use uuid::Uuid;

use super::audited::{close_refusal_tallies, log_not_audited};
use super::context::Context;
use super::find_page::find_positions;
use super::listing::{Listing, Page};
use super::permit::Permit;
use crate::domain::activity::Source;
use crate::domain::audit::{Action, AuditEvent, AuditStatus, ResourceType};
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::named_actor::NamedActor;
use crate::domain::principal::{ActorType, KeyId, TenantId};
use crate::domain::refusal_tally::closable_before;
use crate::index::cursor::{self, Binding};
use crate::index::expression::{AnyOf, Expression};
use crate::index::segment::Collection;
use crate::index::term::Term;
use crate::index::{Position, Range};

/// Which events to list. Absent filters match everything.
#[derive(Clone, Debug, Default)]
pub struct AuditFilters {
    /// Events about one thing, by its id.
    pub resource_id: Option<String>,
    /// Events about one kind of thing.
    pub resource_type: Option<ResourceType>,
    /// Events of one actor.
    pub actor: Option<NamedActor>,
    /// Events of one kind of actor.
    pub actor_type: Option<ActorType>,
    /// Events of one action.
    pub action: Option<Action>,
    /// Events of one credential.
    pub credential_id: Option<KeyId>,
    /// Events of what came in one way.
    pub source: Option<Source>,
    /// Events of one status.
    pub status: Option<AuditStatus>,
    /// Events of one request.
    pub request_id: Option<String>,
    /// Inclusive.
    pub occurred_after: Option<Timestamp>,
    /// Exclusive.
    pub occurred_before: Option<Timestamp>,
}

impl AuditFilters {
    /// What a cursor of this listing is bound to.
    fn binding(&self, tenant: &TenantId) -> Binding {
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        Binding::new("audit_events", tenant)
            .with("resource_id", self.resource_id.as_deref())
            .with("resource_type", self.resource_type.map(ResourceType::as_str))
            .with("actor_id", self.actor.as_ref().map(NamedActor::as_str))
            .with("actor_type", self.actor_type.map(ActorType::as_str))
            .with("action", self.action.map(Action::as_str))
            .with("credential_id", self.credential_id.as_ref().map(KeyId::as_str))
            .with("source", self.source.map(Source::as_str))
            .with("status", self.status.map(AuditStatus::as_str))
            .with("request_id", self.request_id.as_deref())
            .with("occurred_after", time(self.occurred_after).as_deref())
            .with("occurred_before", time(self.occurred_before).as_deref())
    }

    /// Where a cursor stands; `None` when it is not one of this listing.
    #[must_use]
    pub fn position(&self, tenant: &TenantId, cursor: &str) -> Option<Position> {
        cursor::decode(cursor, &self.binding(tenant))
    }

    /// The cursor that continues after an event that was found.
    #[must_use]
    pub fn cursor_after(&self, row: &AuditEvent) -> String {
        cursor::encode(Position::of_audit_event(row), &self.binding(&row.tenant_id))
    }

    /// What the index is asked for; the range of time is no term.
    fn expression(&self) -> Expression {
        let one = |term: Term| AnyOf::terms([term]);
        let actors = self.actor.as_ref().map(|named| named.actors(self.actor_type));
        // The kind of an actor that is named is part of its name.
        let actor_type = self.actor_type.filter(|_| self.actor.is_none());
        let all = [
            self.resource_id.as_deref().map(|id| one(Term::resource(id))),
            self.resource_type.map(|resource_type| one(Term::resource_type(resource_type))),
            actors.map(|actors| AnyOf::terms(actors.iter().map(Term::actor))),
            actor_type.map(|actor_type| one(Term::actor_type(actor_type))),
            self.action.map(|action| one(Term::action(action))),
            self.credential_id.as_ref().map(|id| one(Term::credential(id))),
            self.source.map(|source| one(Term::source(source))),
            self.status.map(|status| one(Term::status(status))),
            self.request_id.as_deref().map(|id| one(Term::request(id))),
        ];
        Expression { all: all.into_iter().flatten().collect(), ..Expression::default() }
    }
}

/// A page of the audit events that match. What was counted of refusals before it is told
/// by then; where it can't be, the log of the request says so, and the page is that of
/// what is told.
pub async fn list_audit_events(
    ctx: &Context,
    permit: Permit<'_>,
    request_id: &str,
    listing: &Listing<AuditFilters>,
) -> Result<Page<AuditEvent>> {
    let tenant = permit.tenant_id();
    let before = closable_before(ctx.environment.now()?);
    let (tallies, page) =
        tokio::join!(ctx.store.refusal_tallies(tenant, before), find_page(ctx, tenant, listing));
    let closed = match tallies {
        Ok(tallies) if tallies.is_empty() => return page,
        Ok(_) => close_refusal_tallies(ctx, tenant).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = closed {
        log_not_audited(request_id, &failure);
        return page;
    }
    find_page(ctx, tenant, listing).await
}

async fn find_page(
    ctx: &Context,
    tenant: &TenantId,
    listing: &Listing<AuditFilters>,
) -> Result<Page<AuditEvent>> {
    let Listing { filters, limit, after } = listing;
    let Some(range) = Range::new(filters.occurred_after, filters.occurred_before, *after) else {
        return Ok(Page { rows: Vec::new(), next_cursor: None });
    };
    let (expression, collection) = (filters.expression(), Collection::AuditEvents);
    let (positions, end) =
        find_positions(ctx, tenant, collection, expression, range, *limit).await?;
    let ids: Vec<Uuid> = positions.iter().map(|position| position.id).collect();
    let mut events = ctx.store.audit_events(tenant, &ids).await?;
    let rows = ids.iter().filter_map(|id| events.remove(id)).collect();
    let binding = filters.binding(tenant);
    Ok(Page { rows, next_cursor: end.map(|position| cursor::encode(position, &binding)) })
}
