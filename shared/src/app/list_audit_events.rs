//! Reading the audit trail, newest first.
//!
//! Ordered by when a write was decided and not by when the activity happened,
//! it is also the feed for those who synchronise.

use uuid::Uuid;

use super::context::Context;
use super::find_page::split;
use super::listing::{Listing, Page};
use super::permit::Permit;
use crate::domain::activity::ActivityId;
use crate::domain::audit::{AuditEvent, AuditStatus};
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::named_actor::NamedActor;
use crate::domain::principal::TenantId;
use crate::index::cursor::{self, Binding};
use crate::index::join::{Budget, Join};
use crate::index::{Position, Range, Term};
use crate::store::{Index, Postings};

/// How often more events are read for a page of which some were left out.
const MAX_ROUNDS: usize = 5;

/// Which events to list. Absent filters match everything.
#[derive(Clone, Debug, Default)]
pub struct AuditFilters {
    /// Events about one activity.
    pub resource_id: Option<ActivityId>,
    /// Events of one actor.
    pub actor: Option<NamedActor>,
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
            .with("resource_id", self.resource_id.map(|id| id.to_string()).as_deref())
            .with("actor_id", self.actor.as_ref().map(NamedActor::as_str))
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

    /// Every event has a status, so that without a filter the union of the
    /// statuses is everything.
    fn operands(&self) -> Vec<Vec<Term>> {
        let one = |term: Term| vec![term];
        let operands = [
            self.resource_id.map(|id| one(Term::audit_resource(id))),
            self.actor.as_ref().map(|actor| actor.ids().map(Term::audit_actor).collect()),
            self.status.map(|status| one(Term::audit_status(status))),
            self.request_id.as_deref().map(|id| one(Term::audit_request(id))),
        ];
        let operands: Vec<Vec<Term>> = operands.into_iter().flatten().collect();
        if operands.is_empty() {
            return vec![
                AuditStatus::ALL.iter().map(|status| Term::audit_status(*status)).collect(),
            ];
        }
        operands
    }

    /// Whether an event matches that is in the lists. These are by the id of an actor,
    /// whatever its type.
    fn matches(&self, event: &AuditEvent) -> bool {
        self.actor.as_ref().is_none_or(|named| named.names(&event.by.actor))
    }
}

/// A page of the audit events that match. It is short where actors of several types
/// share the id that is asked for.
pub async fn list_audit_events(
    ctx: &Context,
    permit: Permit<'_>,
    listing: &Listing<AuditFilters>,
) -> Result<Page<AuditEvent>> {
    let tenant = permit.tenant_id();
    let Listing { filters, limit, after } = listing;
    let mut rows = Vec::new();
    let mut end = *after;
    for _ in 0..MAX_ROUNDS {
        let Some(range) = Range::new(filters.occurred_after, filters.occurred_before, end) else {
            return Ok(Page { rows, next_cursor: None });
        };
        let found;
        (found, end) = find(ctx, tenant, filters, range, limit - rows.len()).await?;
        let listed = found.len();
        let before = rows.len();
        rows.extend(found.into_iter().filter(|event| filters.matches(event)));
        let left_out = listed - (rows.len() - before);
        if end.is_none() || left_out == 0 {
            break;
        }
    }
    let binding = filters.binding(tenant);
    Ok(Page { rows, next_cursor: end.map(|position| cursor::encode(position, &binding)) })
}

/// Events that are in the lists, and where to go on if there are more.
async fn find(
    ctx: &Context,
    tenant: &TenantId,
    filters: &AuditFilters,
    range: Range,
    limit: usize,
) -> Result<(Vec<AuditEvent>, Option<Position>)> {
    let postings = Postings { store: &ctx.store, tenant, index: Index::AuditEvents };
    let mut join = Join::new(&postings, filters.operands(), range, Budget::default());
    let step = join.step(limit + 1).await?;
    let (matches, end) = split(&step.matches, step.progress, limit);
    let ids: Vec<Uuid> = matches.iter().map(|position| position.id).collect();
    let mut events = ctx.store.audit_events(tenant, &ids).await?;
    Ok((ids.iter().filter_map(|id| events.remove(id)).collect(), end))
}
