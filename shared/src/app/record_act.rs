//! Acts of an operator that are no single write: what the trail has of them.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::audited::new_event;
use super::context::Context;
use crate::domain::audit::{Action, AuditEvent, Call, Data};
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::domain::refusal_tally::RefusalTally;
use crate::domain::salt::Salts;

/// Minutes of other machines begin earlier, but not by more than this.
const CLOCKS_DIFFER_BY: Duration = Duration::from_secs(600);

/// Writes the one event of an act: of a run through a file, with its counts, or of a step
/// of a removal. It tells the event's id.
///
/// # Errors
///
/// What the table could not do: then the act is not in the trail.
pub async fn record_act(ctx: &Context, call: &Call, action: Action, data: Data) -> Result<Uuid> {
    let event = AuditEvent { data, ..new_event(ctx, call, action)? };
    let deadline = Instant::now() + ctx.config.write_timeouts.refusal;
    ctx.store.put_audit_event(&event, deadline).await?;
    Ok(event.id)
}

/// Closes every tally of refusals, also those of this minute: they go with their tenant,
/// and its trail is to have the numbers.
///
/// # Errors
///
/// What the table could not do: then the others are still there.
pub async fn close_every_refusal_tally(ctx: &Context, tenant: &TenantId) -> Result<()> {
    let now = ctx.environment.now()?;
    let end = now.plus(CLOCKS_DIFFER_BY);
    let mut before: Vec<RefusalTally> = Vec::new();
    loop {
        let tallies = ctx.store.refusal_tallies(tenant, end).await?;
        // One that stays as it is has its event.
        if tallies == before {
            return Ok(());
        }
        for tally in &tallies {
            let deadline = Instant::now() + ctx.config.write_timeouts.refusal;
            let salts = Salts::random(ctx.environment.as_ref());
            ctx.store.close_refusal_tally(tally, now, salts, deadline).await?;
        }
        before = tallies;
    }
}
