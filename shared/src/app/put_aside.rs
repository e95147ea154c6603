//! Events that can't be sealed now, because somebody has to look at their log first. They
//! are kept as their insertion told them, and signed: whoever only writes to the table puts
//! none aside whose times are made up.

use super::context::Context;
use super::seal_events::Sealer;
use crate::domain::audit_log::{AuditLog, Generation};
use crate::domain::error::{Result, chain};
use crate::store::{EventPutAside, UnsealedEvent};
use crate::trail::TrailError;
use crate::trail::entry::{SealingTimes, sealed_event};
use crate::trail::hash::TreeHash;
use crate::trail::signer::{SIGNATURE_BYTES, verifies};

/// Keeps an event, signed. One that makes no entry is none of this project's, and is not
/// kept.
///
/// # Errors
///
/// What the key or the table could not do.
pub async fn put_aside(ctx: &Context, sealer: &Sealer, unsealed: &UnsealedEvent) -> Result<()> {
    let text = match text(&ctx.config.audit_log, unsealed) {
        Ok(text) => text,
        Err(error) => {
            let UnsealedEvent { event, .. } = unsealed;
            tracing::error!(
                tenant = %event.tenant_id, event_id = %event.id, error = chain(&error),
                "it can't be sealed"
            );
            return Ok(());
        }
    };
    let mut signatures = Vec::new();
    for signer in sealer.signers() {
        signatures.extend(signer.sign(text.as_bytes()).await?);
    }
    ctx.store.put_aside(unsealed, &signatures).await
}

/// The event that was put aside, where one of the sealer's keys has signed that it was.
pub(super) fn read_back(
    ctx: &Context,
    sealer: &Sealer,
    aside: EventPutAside,
) -> Option<UnsealedEvent> {
    let unsealed = aside.unsealed?;
    let text = text(&ctx.config.audit_log, &unsealed).ok()?;
    let (signatures, _) = aside.signatures.as_chunks::<SIGNATURE_BYTES>();
    let is_signed = sealer.signers().iter().any(|signer| {
        let key = signer.public_key();
        signatures.iter().any(|signature| verifies(&key, text.as_bytes(), signature))
    });
    is_signed.then_some(unsealed)
}

/// What is signed: which log it is of, in any generation, and the hash of what its entry
/// would be if it was sealed when it occurred. A checkpoint has a number in the second line,
/// so this is none.
fn text(audit_log: &AuditLog, unsealed: &UnsealedEvent) -> Result<String, TrailError> {
    let UnsealedEvent { event, written_at } = unsealed;
    let times = SealingTimes { written_at: *written_at, sealed_at: event.occurred_at };
    let hash = TreeHash::of_leaf(&sealed_event(event, times)?.entry);
    let first = AuditLog { generation: Generation::FIRST, ..audit_log.clone() };
    Ok(format!("{}\nput aside\n{hash}\n", first.origin(&event.tenant_id)))
}
