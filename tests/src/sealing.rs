//! Sealed logs: a key in memory that signs, and the trail of a tenant of a stack, sealed
//! with it.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use activity_log_core::app::seal_events::{Sealed, Sealer, seal_events};
use activity_log_core::domain::error::Result;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::index::search::Progress;
use activity_log_core::index::segment::Collection;
use activity_log_core::index::{Position, Range};
use activity_log_core::store::UnsealedEvent;
use activity_log_core::trail::entry::WrittenAt;
use activity_log_core::trail::signer::{Signature, Signer};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use tokio::time::Instant;
use uuid::Uuid;

use crate::stack::Stack;

/// So many positions are listed at once.
const LISTED_AT_ONCE: usize = 1_000;

/// A key in memory.
pub struct TestSigner(Ed25519KeyPair);

impl TestSigner {
    /// The key of a seed: the same one each time.
    ///
    /// # Panics
    ///
    /// Never: any 32 bytes are a seed.
    #[must_use]
    pub fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("32 bytes are a seed"))
    }

    /// What signs with this key alone.
    #[must_use]
    pub fn sealer(seed: u8) -> Sealer {
        Sealer::new(vec![Arc::new(Self::new(seed))])
    }
}

impl Signer for TestSigner {
    fn public_key(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().expect("a public key has 32 bytes")
    }

    fn sign<'a>(
        &'a self,
        text: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = Result<Signature>> + Send + 'a>> {
        let signature = self.0.sign(text);
        let bytes = signature.as_ref().try_into().expect("a signature has 64 bytes");
        Box::pin(ready(Ok(bytes)))
    }
}

/// The ids of all events of a tenant's trail, oldest first.
///
/// # Panics
///
/// When they can't be listed.
pub async fn ids_of_trail(stack: &Stack, tenant: &TenantId) -> Vec<Uuid> {
    let (mut ids, mut after) = (Vec::new(), None);
    // Nothing is before the last position of all.
    while let Some(range) = Range::new(None, None, after) {
        let events = Collection::AuditEvents;
        let step = stack.ctx.store.listed(tenant, events, range, LISTED_AT_ONCE).await;
        let step = step.expect("the trail is listed");
        ids.extend(step.matches.iter().map(|position: &Position| position.id));
        match step.progress {
            Progress::DecidedTo(position) => after = Some(position),
            Progress::Finished => break,
        }
    }
    ids.reverse();
    ids
}

/// Seals all events of a tenant's trail that are not sealed yet, as if the table's stream
/// had told of each in the second of its time.
///
/// # Panics
///
/// When they can't be sealed.
pub async fn seal_all(stack: &Stack, tenant: &str, sealer: &Sealer) -> Sealed {
    let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
    let ids = ids_of_trail(stack, &tenant).await;
    seal_events_of(stack, &tenant, &ids, sealer).await
}

/// The same with some events alone.
///
/// # Panics
///
/// When they can't be sealed.
pub async fn seal_events_of(
    stack: &Stack,
    tenant: &TenantId,
    ids: &[Uuid],
    sealer: &Sealer,
) -> Sealed {
    let events = stack.ctx.store.audit_events(tenant, ids).await.expect("they are read");
    let unsealed = events.into_values().map(|event| {
        let written_at = WrittenAt::of(event.occurred_at);
        UnsealedEvent { event, written_at }
    });
    let deadline = Instant::now() + Duration::from_secs(30);
    let sealed = seal_events(&stack.ctx, sealer, tenant, unsealed.collect(), deadline).await;
    sealed.expect("they are sealed")
}
