//! The event `index.requested`: the compactor of the index is to run for a tenant.
//!
//! Some entries of the index's tail are marked, so that about every sixteenth KB asks for
//! a run. The stream tells of them here because it has no room for another reader, and the
//! bus takes them to the function `index`.
//!
//! An event that the bus does not take at once is given up: the tenant's next marked entry
//! asks again, and a run does all that there is. So nothing waits for it, and no record of
//! a batch fails by it.

use std::collections::BTreeSet;

use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::principal::TenantId;
use futures_util::future::join_all;
use serde::Serialize;
use tokio::time::Instant;

use crate::delivery::CALL_EVENTS;
use crate::event::Event;
use crate::event_bus::EventBus;

/// The type that the rule of `index` matches.
const DETAIL_TYPE: &str = "index.requested";

/// The version of the detail.
const VERSION: u8 = 1;

#[derive(Debug, Serialize)]
struct IndexRequested<'a> {
    version: u8,
    tenant_id: &'a TenantId,
}

/// Asks for one run a tenant, and returns how many were asked for.
pub(crate) async fn request_runs(
    bus: &EventBus,
    tenants: &BTreeSet<TenantId>,
    now: Timestamp,
    deadline: Instant,
    aws_request_id: &str,
) -> usize {
    let event =
        |tenant_id| Event::new(DETAIL_TYPE, now, &IndexRequested { version: VERSION, tenant_id });
    let events: Vec<Event> = tenants.iter().map(event).collect();
    let calls = events.chunks(CALL_EVENTS).map(|call| bus.put(call, deadline));
    let outcomes: Vec<_> = join_all(calls).await.into_iter().flatten().collect();
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    if let Some(first) = refused.first() {
        tracing::warn!(
            aws_request_id,
            failed = refused.len(),
            error = first.reason,
            "runs of the compactor not asked for"
        );
    }
    outcomes.len() - refused.len()
}
