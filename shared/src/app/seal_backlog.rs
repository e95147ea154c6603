//! Seals what nobody handed over: events that the table's stream has lost, or that were put
//! aside because their tenant could not be sealed then.
//!
//! It compares the list of all audit events with the seals, so it takes some memory for each
//! event: [`seal_backlog`] can be told from when on it is to look.

use std::collections::HashSet;

use futures_util::future::try_join_all;
use tokio::time::Instant;
use uuid::Uuid;

use super::context::Context;
use super::put_aside::read_back;
use super::seal_events::{CLOCKS_DIFFER_BY, SealError, Sealed, Sealer, seal_events};
use crate::domain::audit_log::Generation;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::index::search::Progress;
use crate::index::segment::Collection;
use crate::index::{Position, Range};
use crate::store::UnsealedEvent;

/// Positions that are read at once.
const POSITIONS_A_PAGE: usize = 1_000;
/// Events that are read and sealed at once.
const EVENTS_A_STEP: usize = 1_000;
/// Events that were put aside and are read at once.
const ASIDE_A_PAGE: usize = 100;
/// Seals that are read at once.
const SEALS_A_PAGE: usize = 1_000;
/// How many generations are looked at for one that has begun. A tenant that did nothing in
/// one has no log of it.
const LATER_GENERATIONS: usize = 8;

/// What was done of a backlog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many events were sealed, and how many leaves there are.
    pub sealed: Sealed,
    /// The events that were put aside once and are sealed now. They can be forgotten.
    pub put_aside: Vec<Uuid>,
    /// Events that are in the list and can't be read, and what is put aside and was not by
    /// who signs this log.
    pub unreadable: usize,
    /// Whether there was time for all of it.
    pub finished: bool,
}

impl Backlog {
    fn add(&mut self, more: Sealed) {
        self.sealed.sealed += more.sealed;
        self.sealed.known += more.known;
        self.sealed.seals += more.seals;
        self.sealed.unsealable += more.unsealable;
        self.sealed.conflicts += more.conflicts;
        self.sealed.size = self.sealed.size.max(more.size);
    }
}

/// Seals all events of a tenant that are not sealed yet, of those that were committed before
/// it began; from a time on, where one is given.
///
/// # Errors
///
/// [`SealError`]. What was sealed before it stays.
pub async fn seal_backlog(
    ctx: &Context,
    sealer: &Sealer,
    tenant: &TenantId,
    since: Option<Timestamp>,
    deadline: Instant,
) -> Result<Backlog, SealError> {
    expect_newest(ctx, tenant).await?;
    let mut backlog = Backlog::default();
    // With the time that their insertion told, before the list has them without it.
    if !seal_put_aside(ctx, sealer, tenant, deadline, &mut backlog).await? {
        return Ok(backlog);
    }
    let since = since.unwrap_or(Timestamp::MIN);
    // Seals before events: what is sealed in between is found by `seal_events` again.
    let generation = ctx.config.audit_log.generation;
    let sealed = sealed_ids(ctx, tenant, generation, since, None).await?;
    backlog.sealed.size = backlog.sealed.size.max(sealed.size);
    let mut unsealed = unsealed_ids(ctx, tenant, since, &sealed.ids).await?;
    drop(sealed);
    // The list has the newest first.
    while !unsealed.is_empty() {
        if Instant::now() >= deadline {
            return Ok(backlog);
        }
        let from = unsealed.len().saturating_sub(EVENTS_A_STEP);
        let ids = unsealed.split_off(from);
        let found = ctx.store.audit_events_as_they_are(tenant, &ids).await?;
        let mut events = Vec::with_capacity(found.len());
        for event in found.into_values() {
            match event {
                Some(event) => events.push(UnsealedEvent { event, written_at: None }),
                None => backlog.unreadable += 1,
            }
        }
        backlog.add(seal_events(ctx, sealer, tenant, events, deadline).await?);
    }
    backlog.finished = true;
    Ok(backlog)
}

/// Seals what was put aside by who signs this log. Whether there was time for all of it.
async fn seal_put_aside(
    ctx: &Context,
    sealer: &Sealer,
    tenant: &TenantId,
    deadline: Instant,
    backlog: &mut Backlog,
) -> Result<bool, SealError> {
    let mut after: Option<String> = None;
    loop {
        let page = ctx.store.events_put_aside(tenant, after.as_deref(), ASIDE_A_PAGE).await?;
        let Some(last) = page.last() else { return Ok(true) };
        after = Some(last.key.clone());
        let mut events = Vec::with_capacity(page.len());
        for aside in page {
            let key = aside.key.clone();
            match read_back(ctx, sealer, aside) {
                Some(unsealed) => events.push(unsealed),
                None => {
                    tracing::error!(%tenant, key, "nobody who signs this log put it aside");
                    backlog.unreadable += 1;
                }
            }
        }
        let ids: Vec<Uuid> = events.iter().map(|unsealed| unsealed.event.id).collect();
        backlog.add(seal_events(ctx, sealer, tenant, events, deadline).await?);
        backlog.put_aside.extend(ids);
        if Instant::now() >= deadline {
            return Ok(false);
        }
    }
}

/// Whether none of the next generations of a tenant's log has begun: an operator's
/// configuration may be older than that of the functions.
///
/// # Errors
///
/// [`SealError::Superseded`], and a failed call.
pub async fn expect_newest(ctx: &Context, tenant: &TenantId) -> Result<(), SealError> {
    let next = ctx.config.audit_log.generation.next();
    let later = std::iter::successors(next, |later| later.next()).take(LATER_GENERATIONS);
    let begun = later.map(|later| async move {
        let seals = ctx.store.seals_before(tenant, later, None, 1).await?;
        Ok::<_, Error>(seals.first().map(|_| later))
    });
    let begun = try_join_all(begun).await?;
    let begun = begun.into_iter().flatten().next();
    begun.map_or(Ok(()), |later| Err(SealError::Superseded(later.number())))
}

/// The events that the list has and none of the first so many leaves has, nor one of a log
/// before, newest first. One that was staged and never committed is among them.
///
/// # Errors
///
/// A failed call.
pub async fn unsealed_events(ctx: &Context, tenant: &TenantId, leaves: u64) -> Result<Vec<Uuid>> {
    let newest = ctx.config.audit_log.generation;
    let mut sealed = sealed_ids(ctx, tenant, newest, Timestamp::MIN, Some(leaves)).await?.ids;
    for earlier in std::iter::successors(newest.previous(), |earlier| earlier.previous()) {
        sealed.extend(sealed_ids(ctx, tenant, earlier, Timestamp::MIN, None).await?.ids);
    }
    unsealed_ids(ctx, tenant, Timestamp::MIN, &sealed).await
}

struct SealedIds {
    ids: HashSet<Uuid>,
    size: u64,
}

/// The events of all seals that can have one of a time and later; of those before a leaf,
/// where one is given.
async fn sealed_ids(
    ctx: &Context,
    tenant: &TenantId,
    generation: Generation,
    since: Timestamp,
    mut before: Option<u64>,
) -> Result<SealedIds> {
    let mut sealed = SealedIds { ids: HashSet::new(), size: 0 };
    let until = since.minus(CLOCKS_DIFFER_BY);
    loop {
        let page = ctx.store.seals_before(tenant, generation, before, SEALS_A_PAGE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.first);
        let is_far_enough = last.sealed_at < until || last.first == 0;
        for seal in &page {
            sealed.size = sealed.size.max(seal.size());
            sealed.ids.extend(seal.leaves.iter().map(|leaf| leaf.event_id));
        }
        if is_far_enough {
            break;
        }
    }
    Ok(sealed)
}

async fn unsealed_ids(
    ctx: &Context,
    tenant: &TenantId,
    since: Timestamp,
    sealed: &HashSet<Uuid>,
) -> Result<Vec<Uuid>> {
    let mut unsealed = Vec::new();
    let mut range = Range { newest: Position::NEWEST, oldest: Position::start_of(since) };
    loop {
        let step =
            ctx.store.listed(tenant, Collection::AuditEvents, range, POSITIONS_A_PAGE).await?;
        let ids = step.matches.iter().map(|position| position.id);
        unsealed.extend(ids.filter(|id| !sealed.contains(id)));
        let next = match step.progress {
            Progress::Finished => None,
            Progress::DecidedTo(last) => last.older(),
        };
        let Some(newest) = next else { return Ok(unsealed) };
        range.newest = newest;
    }
}
