//! Acts of an operator that are no single write: what the trail has of them.

use tokio::time::Instant;

use super::audited::new_event;
use super::context::Context;
use crate::domain::audit::{Action, AuditEvent, Call, Data};
use crate::domain::error::Result;

/// Writes the one event of an act: of a run through a file, with its counts, or of a step
/// of a removal.
///
/// # Errors
///
/// What the table could not do: then the act is not in the trail.
pub async fn record_act(ctx: &Context, call: &Call, action: Action, data: Data) -> Result<()> {
    let event = AuditEvent { data, ..new_event(ctx, call, action)? };
    ctx.store.put_audit_event(&event, Instant::now() + ctx.config.write_timeouts.refusal).await
}
