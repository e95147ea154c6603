//! A batch of the stream: its events, tenant by tenant.
//!
//! ```text
//! tenants, 8 side by side
//!         seal the events          ── the log is not what was signed: put them aside
//!                                  ── failed: their records are read again
//!         tell of touched items    ── failed: their records are read again
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::put_aside::put_aside;
use activity_log_core::app::seal_events::{SealError, Sealed, Sealer, seal_events};
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::{Error, Result, chain};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::store::UnsealedEvent;
use activity_log_core::store::stream::{StreamRecord, TouchedItem, TrailChange};
use activity_log_core::trail::entry::WrittenAt;
use futures_util::stream::{self, StreamExt};
use tokio::time::{Instant, timeout_at};

use crate::failure::Failure;
use crate::trip_wire;

/// How many tenants are under way at once.
const TENANTS_IN_FLIGHT: usize = 8;
/// How many events of a tenant are put aside at once.
const PUTS_IN_FLIGHT: usize = 8;
/// How long an event that can't be read is handed over again. A release that is being
/// deployed may write what this one can't read yet; what it can't read then holds up the
/// tenants of its shard no longer.
const UNREADABLE_FOR: Duration = Duration::from_secs(15 * 60);

/// What became of a batch, or of a tenant's part of it.
#[derive(Debug, Default)]
pub(crate) struct SealedBatch {
    pub(crate) tenants: usize,
    pub(crate) sealed: usize,
    /// Events that had been sealed before.
    pub(crate) known: usize,
    pub(crate) seals: usize,
    /// How often another sealer was faster.
    pub(crate) conflicts: usize,
    /// Events that wait for somebody to look at their log.
    pub(crate) put_aside: usize,
    /// Events that this project has not written, or that can't be read.
    pub(crate) unsealable: usize,
    /// Items that somebody has changed or removed, and that the trail was told of.
    pub(crate) touched_items: usize,
    pub(crate) failures: Vec<Failure>,
}

impl SealedBatch {
    fn add(&mut self, other: Self) {
        self.tenants += other.tenants;
        self.sealed += other.sealed;
        self.known += other.known;
        self.seals += other.seals;
        self.conflicts += other.conflicts;
        self.put_aside += other.put_aside;
        self.unsealable += other.unsealable;
        self.touched_items += other.touched_items;
        self.failures.extend(other.failures);
    }
}

impl From<Sealed> for SealedBatch {
    fn from(sealed: Sealed) -> Self {
        let Sealed { sealed, known, seals, unsealable, conflicts, size: _ } = sealed;
        Self { sealed, known, seals, unsealable, conflicts, ..Self::default() }
    }
}

/// What a batch has of a tenant.
#[derive(Default)]
struct OfTenant<'a> {
    events: Vec<UnsealedEvent>,
    /// The records of the events.
    written: Vec<&'a StreamRecord<'a>>,
    touched: Vec<(TouchedItem, &'a StreamRecord<'a>)>,
}

/// Seals the events of a batch, as far as there is time.
pub(crate) async fn seal_batch<'a>(
    ctx: &Context,
    sealer: &Sealer,
    records: &'a [StreamRecord<'a>],
    now: Timestamp,
    deadline: Instant,
) -> SealedBatch {
    let mut done = SealedBatch::default();
    let mut tenants: BTreeMap<TenantId, OfTenant<'a>> = BTreeMap::new();
    for record in records {
        match record.trail_change() {
            Ok(Some(TrailChange::Written(unsealed))) => {
                let of = tenants.entry(unsealed.event.tenant_id.clone()).or_default();
                of.events.push(*unsealed);
                of.written.push(record);
            }
            Ok(Some(TrailChange::Touched(item))) => {
                tenants.entry(item.tenant.clone()).or_default().touched.push((item, record));
            }
            Ok(None) => {}
            Err(error) if is_given_up(record, now) => {
                tracing::error!(
                    sequence_number = record.sequence_number(),
                    item = record.pk(),
                    error = chain(&error),
                    "an event can't be read, and is not sealed"
                );
                done.unsealable += 1;
            }
            Err(error) => done.failures.push(Failure::of(record, &chain(&error))),
        }
    }
    done.tenants = tenants.len();
    let work = tenants.into_iter().map(|(tenant, of)| async move {
        let OfTenant { events, written, touched } = of;
        let (sealed, told) = tokio::join!(
            seal(ctx, sealer, &tenant, events, &written, deadline),
            trip_wire::tell(ctx, &tenant, touched, deadline),
        );
        let mut done = sealed;
        done.touched_items = told.told;
        done.failures.extend(told.failures);
        done
    });
    let mut work = stream::iter(work).buffer_unordered(TENANTS_IN_FLIGHT);
    while let Some(of_tenant) = work.next().await {
        done.add(of_tenant);
    }
    done
}

/// Whether a record that can't be read has been handed over for long enough.
fn is_given_up(record: &StreamRecord<'_>, now: Timestamp) -> bool {
    let written = record.at().map(WrittenAt::time);
    written.is_some_and(|written| written < now.minus(UNREADABLE_FOR))
}

/// Seals the events of a tenant.
async fn seal(
    ctx: &Context,
    sealer: &Sealer,
    tenant: &TenantId,
    events: Vec<UnsealedEvent>,
    records: &[&StreamRecord<'_>],
    deadline: Instant,
) -> SealedBatch {
    if events.is_empty() {
        return SealedBatch::default();
    }
    // On the heap: the state of a sealing is large.
    let sealing = Box::pin(seal_events(ctx, sealer, tenant, events, deadline));
    let reason = match timeout_at(deadline, sealing).await {
        Ok(Ok(sealed)) => return sealed.into(),
        Ok(Err(error @ (SealError::Foreign(_) | SealError::SealToCome(_)))) => {
            tracing::error!(%tenant, events = records.len(), error = chain(&error), "events put aside");
            return put_all_aside(ctx, sealer, records, deadline).await;
        }
        Ok(Err(error)) => chain(&error),
        Err(_) => "the events were not sealed in time".to_owned(),
    };
    let failures = records.iter().map(|record| Failure::of(record, &reason)).collect();
    SealedBatch { failures, ..SealedBatch::default() }
}

/// Keeps the events of a log that nothing is signed behind.
async fn put_all_aside(
    ctx: &Context,
    sealer: &Sealer,
    records: &[&StreamRecord<'_>],
    deadline: Instant,
) -> SealedBatch {
    let puts = records.iter().map(|record| async move {
        let put = timeout_at(deadline, put_one_aside(ctx, sealer, record)).await;
        match put {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Failure::of(record, &chain(&error))),
            Err(_) => Some(Failure::of(record, "an event was not put aside in time")),
        }
    });
    let failures = stream::iter(puts).buffer_unordered(PUTS_IN_FLIGHT);
    let failures: Vec<Failure> =
        failures.filter_map(|failure| async move { failure }).collect().await;
    let put_aside = records.len() - failures.len();
    SealedBatch { put_aside, failures, ..SealedBatch::default() }
}

/// The event is read once more: only here is it needed again.
async fn put_one_aside(ctx: &Context, sealer: &Sealer, record: &StreamRecord<'_>) -> Result<()> {
    match record.trail_change()? {
        Some(TrailChange::Written(unsealed)) => put_aside(ctx, sealer, &unsealed).await,
        _ => Err(Error::Internal("a record of an event tells of none".into())),
    }
}
