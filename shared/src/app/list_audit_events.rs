//! Reading the audit trail, newest first.
//!
//! Ordered by when something was decided and not by when an activity happened,
//! it is also the feed for those who synchronise. Every filter is a list of the index, or
//! the union of a few.

use uuid::Uuid;

use super::audited::{close_refusal_tallies, log_not_audited};
use super::context::Context;
use super::find_page::split;
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
use crate::index::join::{Budget, Join};
use crate::index::{Position, Range, Term};
use crate::store::{Index, Postings};

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

    /// The lists that an event is in which matches; `None` where none can match.
    ///
    /// Every event has a status, so that without a filter the union of the
    /// statuses is everything.
    fn operands(&self) -> Option<Vec<Vec<Term>>> {
        let one = |term: Term| vec![term];
        let operands = [
            self.resource_id.as_deref().map(|id| one(Term::audit_resource(id))),
            self.actor
                .as_ref()
                .map(|named| named.actors(self.actor_type).iter().map(Term::audit_actor).collect()),
            self.credential_id.as_ref().map(|id| one(Term::audit_credential(id))),
            self.request_id.as_deref().map(|id| one(Term::audit_request(id))),
            self.status.map(|status| one(Term::audit_status(status))),
            self.actions(),
            self.origins(),
        ];
        let operands: Vec<Vec<Term>> = operands.into_iter().flatten().collect();
        if operands.iter().any(Vec::is_empty) {
            return None;
        }
        if operands.is_empty() {
            let all = AuditStatus::ALL.iter().map(|status| Term::audit_status(*status));
            return Some(vec![all.collect()]);
        }
        Some(operands)
    }

    /// The lists of the action, or of those about the kind of thing.
    fn actions(&self) -> Option<Vec<Term>> {
        let about = self.resource_type.map(|resource_type| Action::about(resource_type).collect());
        let actions: Vec<Action> = match (self.action, about) {
            (None, None) => return None,
            (Some(action), None) => vec![action],
            (None, Some(about)) => about,
            (Some(action), Some(about)) => {
                let about: Vec<Action> = about;
                about.into_iter().filter(|known| *known == action).collect()
            }
        };
        Some(actions.into_iter().map(Term::audit_action).collect())
    }

    /// The lists of the way in and the kind of actor. Those of one actor are of its kind.
    fn origins(&self) -> Option<Vec<Term>> {
        let actor_type = self.actor_type.filter(|_| self.actor.is_none());
        if self.source.is_none() && actor_type.is_none() {
            return None;
        }
        let sources = Source::ALL.iter().copied();
        let sources = sources.filter(|source| self.source.is_none_or(|known| known == *source));
        let types = ActorType::ALL.iter().copied();
        let types = types.filter(|of_type| actor_type.is_none_or(|known| known == *of_type));
        let types: Vec<ActorType> = types.collect();
        let terms = sources.flat_map(|source| {
            types.iter().map(move |actor_type| Term::audit_origin(source, *actor_type))
        });
        Some(terms.collect())
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
    let range = Range::new(filters.occurred_after, filters.occurred_before, *after);
    let (Some(range), Some(operands)) = (range, filters.operands()) else {
        return Ok(Page { rows: Vec::new(), next_cursor: None });
    };
    let postings = Postings { store: &ctx.store, tenant, index: Index::AuditEvents };
    let mut join = Join::new(&postings, operands, range, Budget::default());
    let step = join.step(limit + 1).await?;
    let (matches, end) = split(&step.matches, step.progress, *limit);
    let ids: Vec<Uuid> = matches.iter().map(|position| position.id).collect();
    let mut events = ctx.store.audit_events(tenant, &ids).await?;
    let rows = ids.iter().filter_map(|id| events.remove(id)).collect();
    let binding = filters.binding(tenant);
    Ok(Page { rows, next_cursor: end.map(|position| cursor::encode(position, &binding)) })
}
