//! Proving that an event is in its tenant's log.

use uuid::Uuid;

use super::context::Context;
use super::find_leaf::find_leaf;
use super::log_reader::LogReader;
use super::permit::Permit;
use crate::domain::actor_names::Attributed;
use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::principal::Attribution;
use crate::trail::entry::{SealedEvent, sealed_event};
use crate::trail::proof::InclusionProof;
use crate::trail::tree::inclusion_proof;

/// An event, and where it is in the log.
#[derive(Clone, Debug)]
pub struct ProvenEvent {
    pub event: AuditEvent,
    /// `None` until it is sealed.
    pub proof: Option<EventProof>,
}

impl Attributed for ProvenEvent {
    fn attributions(&self) -> impl Iterator<Item = &Attribution> {
        self.event.attributions()
    }
}

/// That an event is in the log.
#[derive(Clone, Debug)]
pub struct EventProof {
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// Its entry and what can be taken back of it.
    pub sealed: SealedEvent,
    /// The path from its leaf to the root of a signed checkpoint.
    pub inclusion: InclusionProof,
}

/// The event of an id, with the proof that it is in the log.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for an id that is absent or another tenant's: the two take
/// the same call.
pub async fn prove_event(ctx: &Context, permit: Permit<'_>, id: Uuid) -> Result<ProvenEvent> {
    let tenant = permit.tenant_id();
    let event = ctx.store.audit_events(tenant, &[id]).await?.remove(&id);
    let event = event.ok_or(Error::ResourceNotFound)?;
    let Some(leaf) = find_leaf(ctx, &event).await? else {
        return Ok(ProvenEvent { event, proof: None });
    };
    let mut log = LogReader::new(&ctx.store, tenant, leaf.generation, leaf.size);
    let hashes = log.proof(inclusion_proof(leaf.index, leaf.size)).await?;
    let proof = EventProof {
        sealed_at: leaf.times.sealed_at,
        sealed: sealed_event(&event, leaf.times)?,
        inclusion: InclusionProof { index: leaf.index, hashes, note: leaf.note },
    };
    Ok(ProvenEvent { event, proof: Some(proof) })
}
