//! Where in a tenant's log an event is.
//!
//! Nothing in the table leads from an event to its leaf: an item for each would cost a
//! write each, and proofs are rare. But no event is sealed before it happened, and
//! `sealed_at` never falls. So the seals of its time are found by halving the log, and read
//! forward from there.

use uuid::Uuid;

use super::context::Context;
use super::log_reader::MissingSeal;
use super::seal_events::{CLOCK_IS_WRONG_BY, CLOCKS_DIFFER_BY};
use crate::domain::audit::AuditEvent;
use crate::domain::audit_log::{AuditLog, Generation};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::store::Store;
use crate::trail::entry::SealingTimes;
use crate::trail::seal::{SealHead, SealedLeaf};

/// Seals that are read at once, in the order of the log: few first, since most events are
/// sealed within minutes. A megabyte of them ends it earlier.
const FIRST_PAGE: usize = 16;
const PAGE_GROWS_BY: usize = 4;
const MAX_PAGE: usize = 256;
/// How many pages are read at most: a leaf that is further behind was sealed hours late.
const MAX_PAGES: usize = 64;

/// A leaf of a log, and the newest checkpoint of that log that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLeaf {
    /// Which log of the tenant it is.
    pub generation: Generation,
    /// Its place in it.
    pub index: u64,
    /// When it was written and sealed.
    pub times: SealingTimes,
    /// How many leaves the checkpoint has.
    pub size: u64,
    /// The signed checkpoint.
    pub note: String,
}

/// What a log says of an event.
#[derive(Debug)]
enum Outcome {
    Found(FoundLeaf),
    /// It is not in this one, and may be in the one before.
    NotInThis,
    /// It is not in this one, which began before it happened.
    NotSealed,
}

/// The search went through as many seals as one request may.
#[derive(Debug, thiserror::Error)]
#[error("the event is in none of the seals behind its time, as far as they were read")]
struct TooFar;

/// The leaf of an event; `None` where it is in none of the seals that there are.
///
/// # Errors
///
/// [`Error::Unavailable`] where that was not found out.
pub async fn find_leaf(ctx: &Context, event: &AuditEvent) -> Result<Option<FoundLeaf>> {
    find_leaf_within(ctx, event, MAX_PAGES).await
}

/// The same, by reading so many pages of seals at most.
///
/// # Errors
///
/// As [`find_leaf`].
pub async fn find_leaf_within(
    ctx: &Context,
    event: &AuditEvent,
    mut pages: usize,
) -> Result<Option<FoundLeaf>> {
    let mut log = Some(ctx.config.audit_log.clone());
    while let Some(AuditLog { generation, .. }) = log {
        let search = Search::of(&ctx.store, event, generation);
        match search.run(&mut pages).await? {
            Outcome::Found(leaf) => return Ok(Some(leaf)),
            Outcome::NotSealed => return Ok(None),
            Outcome::NotInThis => log = log.and_then(|log| log.previous()),
        }
    }
    Ok(None)
}

/// The search for an event in one log.
struct Search<'a> {
    store: &'a Store,
    tenant: &'a TenantId,
    event_id: Uuid,
    generation: Generation,
    occurred_at: Timestamp,
    /// It was not sealed before.
    earliest: Timestamp,
}

impl<'a> Search<'a> {
    fn of(store: &'a Store, event: &'a AuditEvent, generation: Generation) -> Self {
        let (tenant, event_id) = (&event.tenant_id, event.id);
        let occurred_at = event.occurred_at;
        let earliest = occurred_at.minus(CLOCKS_DIFFER_BY + CLOCK_IS_WRONG_BY);
        Self { store, tenant, event_id, generation, occurred_at, earliest }
    }

    async fn run(&self, pages: &mut usize) -> Result<Outcome> {
        let (oldest, newest) = tokio::join!(self.seal_with(0), self.newest());
        let (oldest, newest) = (oldest?, newest?);
        let Some(newest) = newest else { return Ok(Outcome::NotInThis) };
        let oldest = match oldest {
            Some(oldest) => oldest,
            None => self.tombstone().await?.ok_or(MissingSeal(0))?,
        };
        if newest.sealed_at < self.earliest {
            return Ok(Outcome::NotSealed);
        }
        let first = self.first_since(&oldest, &newest).await?;
        match self.read_forward(first, newest, pages).await? {
            Some(leaf) => Ok(Outcome::Found(leaf)),
            None if first > oldest.first => Ok(Outcome::NotSealed),
            // The whole log is younger than the event, so the one before may have it.
            None if oldest.first == 0 => Ok(Outcome::NotInThis),
            // It may have been sealed in what is gone.
            None if self.occurred_at < oldest.sealed_at => Err(MissingSeal(0).into()),
            None => Ok(Outcome::NotSealed),
        }
    }

    async fn newest(&self) -> Result<Option<SealHead>> {
        self.store.newest_seal(self.tenant, self.generation).await
    }

    /// The oldest seal of a log whose beginning went with a removed tenant.
    async fn tombstone(&self) -> Result<Option<SealHead>> {
        let page = self.store.seal_heads_from(self.tenant, self.generation, 0, 1).await?;
        Ok(page.seals.into_iter().next())
    }

    async fn seal_with(&self, leaf: u64) -> Result<Option<SealHead>> {
        self.store.seal_with(self.tenant, self.generation, leaf).await
    }

    /// The first leaf of the first seal that was made since the event can have been sealed.
    async fn first_since(&self, oldest: &SealHead, newest: &SealHead) -> Result<u64> {
        let mut halving = Halving::new(self.earliest, oldest, newest);
        while let Some(leaf) = halving.next_leaf() {
            let seal = self.seal_with(leaf).await?;
            let seal = seal.filter(|seal| seal.size > leaf);
            halving.note(&seal.ok_or(MissingSeal(leaf))?);
        }
        Ok(halving.end)
    }

    /// Reads seals from a leaf on, to the newest one.
    async fn read_forward(
        &self,
        first: u64,
        newest: SealHead,
        pages: &mut usize,
    ) -> Result<Option<FoundLeaf>> {
        let (tenant, generation) = (self.tenant, self.generation);
        let (mut next, mut limit) = (first, FIRST_PAGE);
        while *pages > 0 {
            *pages -= 1;
            let page = self.store.seals_beginning_at(tenant, generation, next, limit).await?;
            limit = (limit * PAGE_GROWS_BY).min(MAX_PAGE);
            if page.is_empty() {
                return Ok(None);
            }
            for seal in page {
                if seal.first != next {
                    return Err(MissingSeal(next).into());
                }
                next = seal.size();
                let is_it = |leaf: &SealedLeaf| leaf.event_id == self.event_id;
                let Some(at) = seal.leaves.iter().position(is_it) else { continue };
                // A seal that was made meanwhile has a later checkpoint.
                let checkpoint = if newest.size < next { seal.head() } else { newest };
                return Ok(Some(FoundLeaf {
                    generation,
                    index: seal.first + at as u64,
                    times: seal.times(&seal.leaves[at]),
                    size: checkpoint.size,
                    note: checkpoint.note,
                }));
            }
        }
        Err(Error::Unavailable(TooFar.into()))
    }
}

/// The part of a log where the first seal since a time begins: every seal before `start`
/// is older, and the one that begins at `end` is not.
#[derive(Clone, Copy, Debug)]
struct Halving {
    since: Timestamp,
    start: u64,
    start_time: Timestamp,
    end: u64,
    end_time: Timestamp,
    looks: u32,
}

impl Halving {
    /// Of a log whose newest seal is not older.
    fn new(since: Timestamp, oldest: &SealHead, newest: &SealHead) -> Self {
        let (start_time, end_time) = (oldest.sealed_at, newest.sealed_at);
        let (start, end) = (oldest.first, newest.first);
        let mut halving = Self { since, start, start_time, end, end_time, looks: 0 };
        halving.note(oldest);
        halving
    }

    /// The leaf whose seal tells most; `None` where all is told.
    ///
    /// Every other one is where the time would be if seals were made at one rate, which
    /// leaves little to halve. The others halve, whatever the rate.
    fn next_leaf(&self) -> Option<u64> {
        let leaves = self.end.checked_sub(self.start).filter(|leaves| *leaves > 0)?;
        let halfway = self.start + leaves / 2;
        if self.looks % 2 == 1 {
            return Some(halfway);
        }
        let millis = |from: Timestamp, to: Timestamp| {
            u128::try_from(to.as_millis() - from.as_millis()).unwrap_or_default()
        };
        let whole = millis(self.start_time, self.end_time);
        let part = millis(self.start_time, self.since).min(whole);
        let at = (u128::from(leaves) * part).checked_div(whole);
        let at = at.and_then(|at| u64::try_from(at).ok()).unwrap_or(leaves / 2);
        Some(self.start + at.min(leaves - 1))
    }

    /// Takes in what the seal with that leaf tells.
    fn note(&mut self, seal: &SealHead) {
        self.looks += 1;
        if seal.sealed_at < self.since {
            (self.start, self.start_time) = (self.start.max(seal.size), seal.sealed_at);
        } else if seal.first < self.end {
            (self.end, self.end_time) = (seal.first, seal.sealed_at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds as i64 * 1_000).unwrap()
    }

    /// Seals of some leaves each, made at some times.
    fn seals(of: impl IntoIterator<Item = (u64, u64)>) -> Vec<SealHead> {
        let mut first = 0;
        let seal = |(leaves, seconds): (u64, u64)| {
            let size = first + leaves;
            let seal = SealHead { first, size, sealed_at: time(seconds), note: String::new() };
            first = size;
            seal
        };
        of.into_iter().map(seal).collect()
    }

    /// Where the first seal since a time begins, and how many seals were looked at.
    fn halved(log: &[SealHead], since: Timestamp) -> (u64, u32) {
        let (oldest, newest) = (log.first().unwrap(), log.last().unwrap());
        let (mut halving, mut looks) = (Halving::new(since, oldest, newest), 0);
        while let Some(leaf) = halving.next_leaf() {
            let at = log.partition_point(|seal| seal.size <= leaf);
            halving.note(&log[at]);
            looks += 1;
        }
        (halving.end, looks)
    }

    fn assert_found(log: &[SealHead], max_looks: u32) {
        let last = log.last().unwrap().sealed_at;
        let times = log.iter().flat_map(|seal| {
            let millis = seal.sealed_at.as_millis();
            [millis - 1, millis, millis + 1].map(|millis| Timestamp::from_millis(millis).unwrap())
        });
        for since in times.filter(|since| *since <= last) {
            let expected = log.iter().find(|seal| seal.sealed_at >= since).unwrap().first;
            let (found, looks) = halved(log, since);
            assert_eq!(found, expected, "{since}");
            assert!(looks <= max_looks, "{looks} looks for {since}");
        }
    }

    #[test]
    fn the_first_seal_since_a_time_is_found() {
        assert_found(&seals([(7, 10)]), 0);
        assert_found(&seals([(1, 10), (1, 10), (1, 10)]), 4);
        // At one rate it is a handful, however many there are.
        assert_found(&seals((1..=3_000).map(|n| (3, n * 60))), 4);
        // At none, it is no more than twice what halving takes.
        assert_found(&seals((1..=1_000).map(|n| (1 + n % 7, n * n * n))), 24);
        let burst = (1..=500).map(|n| (2_048, 1_000 + n / 100));
        assert_found(&seals([(1, 1)].into_iter().chain(burst).chain([(1, 9_000_000)])), 40);
    }
}
