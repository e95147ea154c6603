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
use crate::domain::principal::{ActorId, TenantId};
use crate::index::cursor::{self, Binding};
use crate::index::join::{Budget, Join};
use crate::index::{Position, Range, Term};
use crate::store::{Index, Postings};

/// Which events to list. Absent filters match everything.
#[derive(Clone, Debug, Default)]
pub struct AuditFilters {
    /// Events about one activity.
    pub resource_id: Option<ActivityId>,
    /// Events of one actor.
    pub actor_id: Option<ActorId>,
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
            .with("actor_id", self.actor_id.as_ref().map(ActorId::as_str))
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
        let terms = [
            self.resource_id.map(Term::audit_resource),
            self.actor_id.as_ref().map(Term::audit_actor),
            self.status.map(Term::audit_status),
            self.request_id.as_deref().map(Term::audit_request),
        ];
        let operands: Vec<Vec<Term>> = terms.into_iter().flatten().map(|term| vec![term]).collect();
        if operands.is_empty() {
            return vec![
                AuditStatus::ALL.iter().map(|status| Term::audit_status(*status)).collect(),
            ];
        }
        operands
    }
}

/// A page of the audit events that match.
pub async fn list_audit_events(
    ctx: &Context,
    permit: Permit<'_>,
    listing: &Listing<AuditFilters>,
) -> Result<Page<AuditEvent>> {
    let tenant = permit.tenant_id();
    let Listing { filters, limit, after } = listing;
    let Some(range) = Range::new(filters.occurred_after, filters.occurred_before, *after) else {
        return Ok(Page { rows: Vec::new(), next_cursor: None });
    };
    let postings = Postings { store: &ctx.store, tenant, index: Index::AuditEvents };
    let mut join = Join::new(&postings, filters.operands(), range, Budget::default());
    let step = join.step(limit + 1).await?;
    let (matches, end) = split(&step.matches, step.progress, *limit);
    let ids: Vec<Uuid> = matches.iter().map(|position| position.id).collect();
    let mut events = ctx.store.audit_events(tenant, &ids).await?;
    let rows = ids.iter().filter_map(|id| events.remove(id)).collect();
    let binding = filters.binding(tenant);
    Ok(Page { rows, next_cursor: end.map(|position| cursor::encode(position, &binding)) })
}
