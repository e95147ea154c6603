//! Sealing: audit events become leaves of their tenant's log, and the tree that ends with
//! them is signed.
//!
//! ```text
//! read    the newest seals, as far back as these events can have been sealed
//! check   that the newest one is signed by this deployment, and that its tree ends with the
//!         leaves of all of them
//! drop    the events whose entries are among these leaves
//! make    leaves, the edge of the tree behind them, and its checkpoint
//! sign    the checkpoint
//! put     the seal, where there is none at its place
//!         ── there is one: drop the signature, and begin again
//! put     the tiles that are full now
//! ```
//!
//! The condition of the put is the only lock: a log has one seal at each place, whoever
//! makes it. The note is in the seal, so nobody who can't sign makes one. A crash before the
//! put has done nothing; one behind it leaves tiles to whoever sees the events again.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::context::Context;
use super::log_reader::{LogReader, is_missing_seal};
use crate::domain::activity::Source;
use crate::domain::audit::{
    Action, AuditEvent, Call, Data, EntryPoint, ResourceType, computed_event_id,
};
use crate::domain::audit_log::AuditLog;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result, chain};
use crate::domain::principal::{Actor, TenantId};
use crate::domain::salt::Salts;
use crate::platform::backoff::Backoff;
use crate::store::{PutSeal, Store, UnsealedEvent, is_corrupt_item, is_passing};
use crate::trail::edge::Edge;
use crate::trail::entry::sealed_event;
use crate::trail::entry::{SealingTimes, WrittenAt};
use crate::trail::hash::TreeHash;
use crate::trail::note::{Checkpoint, SignedNote, VerifierKey};
use crate::trail::seal::{Seal, SealedLeaf};
use crate::trail::signer::Signer;
use crate::trail::tile::{MAX_TILE_LEVEL, TileName};
use crate::trail::tree::TILE_WIDTH;

/// So many leaves one seal has at most: with 52 bytes each they are a quarter of an item.
pub const MAX_LEAVES: usize = 2_048;
/// Clocks differ by less, and a commit comes at most a minute behind the id of its event.
pub(super) const CLOCKS_DIFFER_BY: Duration = Duration::from_secs(120);
/// A clock that is behind by more is wrong: nothing is sealed by it.
pub(super) const CLOCK_IS_WRONG_BY: Duration = Duration::from_secs(300);
/// How many seals of the log before are looked at for one of ours.
const LAST_SEALS: usize = 16;
/// How many seals are read first, and how many more of them each time.
const FIRST_PAGE: usize = 4;
const PAGE_GROWS_BY: usize = 4;
/// How many pages are read back at most, a megabyte each. What lies further back is sealed
/// twice, which is no harm.
const MAX_PAGES: usize = 256;
const MINUTE: Duration = Duration::from_secs(60);

/// Who signs the logs of a deployment: one key, or two while one follows the other.
#[derive(Clone)]
pub struct Sealer {
    signers: Vec<Arc<dyn Signer>>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("signers", &self.signers.len()).finish()
    }
}

/// What became of some events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// How many were sealed.
    pub sealed: usize,
    /// How many had been sealed before.
    pub known: usize,
    /// How many seals were made.
    pub seals: usize,
    /// How many have parts without a salt, or longer ones than entries have room for: they
    /// are none of this project's.
    pub unsealable: usize,
    /// How often another sealer was faster.
    pub conflicts: usize,
    /// How many leaves the log has.
    pub size: u64,
}

/// Why events were not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The log is not what this deployment has made: its newest seal is another's, or a
    /// part of it is gone or can't be read. Somebody has to look at it, and nothing is
    /// signed behind it.
    #[error("the log is not what this deployment has signed: {0}")]
    Foreign(String),
    /// This machine's clock is wrong.
    #[error("the clock of this machine is minutes behind the table's")]
    ClockIsWrong,
    /// The newest seal says that it was made at a time to come. Nothing signs that by
    /// itself, so somebody may have changed it; or the clock of a machine is wrong.
    #[error("the newest seal says that it was made at {0}, which is minutes from now")]
    SealToCome(Timestamp),
    /// The log of a later generation has begun, and says where this one ended.
    #[error("the log of generation {0} has begun, and nothing is added to an earlier one")]
    Superseded(u16),
    /// What the table or the key could not do: it is tried again.
    #[error(transparent)]
    Failed(Error),
}

impl From<Error> for SealError {
    /// What no later attempt would make better is somebody's to look at.
    fn from(error: Error) -> Self {
        if is_corrupt_item(&error) || is_missing_seal(&error) {
            return Self::Foreign(chain(&error));
        }
        Self::Failed(error)
    }
}

impl Sealer {
    /// Signs with some keys, of which there is one at least.
    #[must_use]
    pub fn new(signers: Vec<Arc<dyn Signer>>) -> Self {
        Self { signers }
    }

    /// The keys that verify the log of an origin.
    #[must_use]
    pub fn verifier_keys(&self, origin: &str) -> Vec<VerifierKey> {
        let key = |signer: &Arc<dyn Signer>| VerifierKey::of_log(origin, signer.public_key());
        self.signers.iter().map(key).collect()
    }

    pub(super) fn signers(&self) -> &[Arc<dyn Signer>] {
        &self.signers
    }

    async fn sign(&self, checkpoint: &Checkpoint) -> Result<String> {
        let text = checkpoint.text();
        let mut lines = String::new();
        for (signer, key) in self.signers.iter().zip(self.verifier_keys(&checkpoint.origin)) {
            lines += &key.signature_line(&signer.sign(text.as_bytes()).await?);
        }
        Ok(checkpoint.note(&lines))
    }
}

/// What the log is before the next seal.
#[derive(Default)]
struct Head {
    newest: Option<Seal>,
    edge: Edge,
    /// Of the events that are to be sealed, those that are.
    known: HashSet<Uuid>,
}

/// The log of a tenant that is being sealed.
struct Log<'a> {
    ctx: &'a Context,
    sealer: &'a Sealer,
    tenant: &'a TenantId,
    origin: String,
}

/// Seals events of a tenant, those that are not sealed yet.
///
/// # Errors
///
/// [`SealError`]. What was sealed before it stays.
pub async fn seal_events(
    ctx: &Context,
    sealer: &Sealer,
    tenant: &TenantId,
    events: Vec<UnsealedEvent>,
    deadline: Instant,
) -> Result<Sealed, SealError> {
    let origin = ctx.config.audit_log.origin(tenant);
    let log = Log { ctx, sealer, tenant, origin };
    let mut done = Sealed::default();
    let mut pending: BTreeMap<Uuid, UnsealedEvent> = BTreeMap::new();
    for unsealed in events {
        let id = unsealed.event.id;
        // It was not written by this project, and stands in the way of no other.
        let times = SealingTimes { written_at: unsealed.written_at, sealed_at: Timestamp::MAX };
        if let Err(error) = sealed_event(&unsealed.event, times) {
            tracing::error!(%tenant, event_id = %id, error = chain(&error), "it can't be sealed");
            done.unsealable += 1;
            continue;
        }
        // The first one that the table took: another of its id was put in its place, and one
        // without a time was only read back.
        let known = pending.get(&id);
        if known.is_none_or(|known| known.written_at.is_none() && unsealed.written_at.is_some()) {
            pending.insert(id, unsealed);
        }
    }
    let mut backoff = Backoff::until(deadline);
    while !pending.is_empty() {
        let head = match log.read(&pending).await {
            Ok(head) => head,
            Err(SealError::Failed(error)) if is_passing(&error) && backoff.wait().await => continue,
            Err(error) => return Err(error),
        };
        done.size = head.edge.size();
        done.known += head.known.len();
        pending.retain(|id, _| !head.known.contains(id));
        if !head.known.is_empty() {
            // Who sealed them may have ended before the tiles were put.
            log.put_missing_tiles(head.edge.size()).await?;
        }
        if pending.is_empty() {
            break;
        }
        match log.seal_some(head.newest, head.edge, &mut pending, &mut done).await {
            Ok(()) => {}
            Err(SealError::Failed(error)) if is_passing(&error) && backoff.wait().await => {}
            Err(error) => return Err(error),
        }
        if !pending.is_empty() && Instant::now() >= deadline {
            return Err(Error::Unavailable("not all events were sealed in time".into()).into());
        }
    }
    Ok(done)
}

/// Whether the newest seal of a tenant's log, where there is one, is signed by who is to seal
/// more.
///
/// # Errors
///
/// [`SealError`].
pub async fn expect_own_log(
    ctx: &Context,
    sealer: &Sealer,
    tenant: &TenantId,
) -> Result<(), SealError> {
    let AuditLog { generation, .. } = ctx.config.audit_log;
    let origin = ctx.config.audit_log.origin(tenant);
    let newest = ctx.store.seals_before(tenant, generation, None, 1).await?;
    let log = Log { ctx, sealer, tenant, origin };
    newest.first().map_or(Ok(()), |newest| log.signed_edge(newest, &log.origin).map(drop))
}

impl Log<'_> {
    fn store(&self) -> &Store {
        &self.ctx.store
    }

    fn audit_log(&self) -> &AuditLog {
        &self.ctx.config.audit_log
    }

    /// Reads back as far as some of the events can have been sealed.
    ///
    /// Only the newest seal is signed for: each one before it is what its successor's tree
    /// has at that place, or the log is not what was signed.
    async fn read(&self, pending: &BTreeMap<Uuid, UnsealedEvent>) -> Result<Head, SealError> {
        let oldest = pending.values().map(|unsealed| unsealed.event.occurred_at).min();
        let until = oldest.unwrap_or(Timestamp::MAX).minus(CLOCKS_DIFFER_BY);
        let mut head = Head::default();
        let (mut before, mut limit) = (None, FIRST_PAGE);
        // The oldest seal that was read. Without the one before it, its leaves are hearsay.
        let mut oldest: Option<Seal> = None;
        for _ in 0..MAX_PAGES {
            let generation = self.audit_log().generation;
            let page = self.store().seals_before(self.tenant, generation, before, limit).await?;
            if page.is_empty() {
                break;
            }
            limit = limit.saturating_mul(PAGE_GROWS_BY);
            for seal in page {
                before = Some(seal.first);
                match &oldest {
                    Some(newer) => head.known.extend(known_of(newer, &seal.edge, pending)?),
                    None => {
                        head.edge = self.signed_edge(&seal, &self.origin)?;
                        head.newest = Some(seal.clone());
                    }
                }
                oldest = Some(seal);
            }
            let is_far_enough = |seal: &Seal| {
                let tells_of = |leaf: &SealedLeaf| pending.contains_key(&leaf.event_id);
                seal.sealed_at < until && !seal.leaves.iter().any(tells_of)
            };
            if oldest.as_ref().is_none_or(|seal| seal.first == 0 || is_far_enough(seal)) {
                break;
            }
        }
        if let Some(first) = oldest.filter(|seal| seal.first == 0) {
            head.known.extend(known_of(&first, &Edge::default(), pending)?);
        }
        Ok(head)
    }

    /// The edge of a log, where its newest seal is what this deployment signed.
    fn signed_edge(&self, seal: &Seal, origin: &str) -> Result<Edge, SealError> {
        let foreign = |problem: &str| foreign(seal, problem);
        let note = SignedNote::parse(&seal.note).map_err(|error| foreign(&error.to_string()))?;
        note.verify_any(&self.sealer.verifier_keys(origin))
            .map_err(|error| foreign(&error.to_string()))?;
        let checkpoint = note.checkpoint().map_err(|error| foreign(&error.to_string()))?;
        if checkpoint.origin != origin {
            return Err(foreign("its note is of another log"));
        }
        if checkpoint.size != seal.size() || checkpoint.root != seal.edge.root() {
            return Err(foreign("its note is of another tree"));
        }
        Ok(seal.edge.clone())
    }

    /// Seals the oldest of the events, and takes away what is sealed.
    async fn seal_some(
        &self,
        newest: Option<Seal>,
        mut edge: Edge,
        pending: &mut BTreeMap<Uuid, UnsealedEvent>,
        done: &mut Sealed,
    ) -> Result<(), SealError> {
        let now = self.ctx.environment.now().map_err(Error::from)?;
        let sealed_at = self.sealed_at(now, newest.as_ref(), pending)?;
        let mut events = self.events_of_log(now, newest.as_ref()).await?;
        let of_log: HashSet<Uuid> = events.iter().map(|unsealed| unsealed.event.id).collect();
        let mut oldest_first: Vec<&UnsealedEvent> =
            pending.values().filter(|unsealed| !of_log.contains(&unsealed.event.id)).collect();
        oldest_first.sort_by_key(|unsealed| (unsealed.event.occurred_at, unsealed.event.id));
        let room = MAX_LEAVES - events.len();
        events.extend(oldest_first.into_iter().take(room).cloned());
        let first = edge.size();
        let mut leaves = Vec::with_capacity(events.len());
        for UnsealedEvent { event, written_at } in &events {
            let times = SealingTimes { written_at: *written_at, sealed_at };
            let entry = sealed_event(event, times).map_err(Error::from)?.entry;
            let hash = TreeHash::of_leaf(&entry);
            edge.append(hash);
            leaves.push(SealedLeaf { event_id: event.id, written_at: *written_at, hash });
        }
        let checkpoint =
            Checkpoint { origin: self.origin.clone(), size: edge.size(), root: edge.root() };
        let note = self.sealer.sign(&checkpoint).await?;
        let seal = Seal { first, sealed_at, leaves, edge, note };
        match self.store().put_seal(self.tenant, self.audit_log().generation, &seal).await? {
            PutSeal::Exists => {
                done.conflicts += 1;
                return Err(Error::Unavailable("another sealer was faster".into()).into());
            }
            PutSeal::Done => {
                done.seals += 1;
                done.sealed += events.len();
                done.size = seal.size();
                for unsealed in &events {
                    pending.remove(&unsealed.event.id);
                }
            }
        }
        Ok(self.put_full_tiles(seal.first..seal.size()).await?)
    }

    /// When the next seal is made: never before the newest one.
    fn sealed_at(
        &self,
        now: Timestamp,
        newest: Option<&Seal>,
        pending: &BTreeMap<Uuid, UnsealedEvent>,
    ) -> Result<Timestamp, SealError> {
        let latest = now.plus(CLOCK_IS_WRONG_BY);
        let written = pending.values().filter_map(|unsealed| unsealed.written_at).max();
        if written.map(WrittenAt::time).is_some_and(|written| written > latest) {
            return Err(SealError::ClockIsWrong);
        }
        match newest {
            // All that comes behind it would have that time.
            Some(seal) if seal.sealed_at > latest => Err(SealError::SealToCome(seal.sealed_at)),
            Some(seal) => Ok(now.max(seal.sealed_at)),
            None => Ok(now),
        }
    }

    /// What the log has to tell of itself first: that it follows a restore, or that another
    /// key signs it from now on.
    async fn events_of_log(
        &self,
        now: Timestamp,
        newest: Option<&Seal>,
    ) -> Result<Vec<UnsealedEvent>, SealError> {
        let mut events = Vec::new();
        match newest {
            None => {
                if let Some(data) = self.what_was_before().await? {
                    events.push(self.put_event(now, Action::LogRestored, data).await?);
                }
            }
            Some(seal) => {
                let note =
                    SignedNote::parse(&seal.note).map_err(|error| Error::Internal(error.into()))?;
                for key in self.sealer.verifier_keys(&self.origin) {
                    if !note.names(&key) {
                        let data = Data::default().word("verifier_key", &key.to_string());
                        events.push(self.put_event(now, Action::LogKeyAdded, data).await?);
                    }
                }
            }
        }
        Ok(events)
    }

    /// The end of the log before, where there is one. Another key may have signed it, which
    /// was lost. But nobody else has signed the end of a log whose last seals are ours.
    async fn what_was_before(&self) -> Result<Option<Data>, SealError> {
        let mut earlier = self.audit_log().previous();
        // A tenant that did nothing in a generation has no log of it.
        while let Some(log) = earlier {
            let origin = log.origin(self.tenant);
            let last =
                self.store().seals_before(self.tenant, log.generation, None, LAST_SEALS).await?;
            if let Some(seal) = last.first() {
                let is_ours = |seal: &Seal| self.signed_edge(seal, &origin).is_ok();
                if last.iter().any(is_ours) {
                    self.signed_edge(seal, &origin)?;
                }
                let data = Data::default()
                    .word("previous_origin", &origin)
                    .number("previous_size", seal.size())
                    .word("previous_root", &seal.edge.root().to_string());
                return Ok(Some(data));
            }
            earlier = log.previous();
        }
        Ok(None)
    }

    /// Puts an event of the log itself: once in a minute, however many sealers do it.
    async fn put_event(&self, now: Timestamp, action: Action, data: Data) -> Result<UnsealedEvent> {
        let what = serde_json::to_string(&data).map_err(|error| Error::Internal(error.into()))?;
        let in_common = [self.origin.as_str(), action.as_str(), what.as_str()];
        let id = computed_event_id(now.start_of(MINUTE), &in_common);
        let event = event_of_log(self.ctx, self.tenant, action, id, now);
        self.store().put_event_of_log(&AuditEvent { data, ..event }).await?;
        // Another sealer's may be there, with salts and a time of its own.
        let mut stored = self.store().audit_events(self.tenant, &[id]).await?;
        let event = stored.remove(&id);
        let event =
            event.ok_or_else(|| Error::Internal("an event that was put is absent".into()))?;
        Ok(UnsealedEvent { event, written_at: None })
    }

    /// Puts the tiles that leaves have filled.
    async fn put_full_tiles(&self, leaves: std::ops::Range<u64>) -> Result<()> {
        match self.put_tiles_of(leaves.clone()).await {
            // What was before went with a removed tenant, and its tiles can't be made.
            Err(error) if is_missing_seal(&error) => {
                let generation = self.audit_log().generation;
                let log = LogReader::new(self.store(), self.tenant, generation, leaves.end);
                if log.tombstone().await?.is_some() { Ok(()) } else { Err(error) }
            }
            put => put,
        }
    }

    async fn put_tiles_of(&self, leaves: std::ops::Range<u64>) -> Result<()> {
        let generation = self.audit_log().generation;
        let reader = LogReader::new(self.store(), self.tenant, generation, leaves.end);
        let mut reader = reader.of_seals_alone();
        for index in leaves.start / TILE_WIDTH..leaves.end / TILE_WIDTH {
            let name = TileName { index, width: TILE_WIDTH as u16 };
            let hashes = reader.tile(0, name).await?;
            self.store().put_tile(self.tenant, generation, 0, index, &hashes).await?;
            let (mut level, mut index, mut root) = (1, index, TreeHash::of_perfect(&hashes));
            while level <= MAX_TILE_LEVEL {
                self.store().put_tile(self.tenant, generation, level, index, &[root]).await?;
                if (index + 1) % TILE_WIDTH != 0 {
                    break;
                }
                index /= TILE_WIDTH;
                let name = TileName { index, width: TILE_WIDTH as u16 };
                root = TreeHash::of_perfect(&reader.tile(level, name).await?);
                level += 1;
            }
        }
        Ok(())
    }

    /// The last full tile, where whoever sealed its last leaf did not put it.
    async fn put_missing_tiles(&self, size: u64) -> Result<()> {
        let Some(last) = (size / TILE_WIDTH).checked_sub(1) else { return Ok(()) };
        let generation = self.audit_log().generation;
        let roots = self.store().tile_roots(self.tenant, generation, 1, last..last + 1).await?;
        if roots.is_empty() {
            self.put_full_tiles(last * TILE_WIDTH..(last + 1) * TILE_WIDTH).await?;
        }
        Ok(())
    }
}

/// The events that a seal has leaves of, where these lead from the edge of the seal before
/// it to its own. An id that somebody wrote into it is of no leaf.
fn known_of(
    seal: &Seal,
    before: &Edge,
    pending: &BTreeMap<Uuid, UnsealedEvent>,
) -> Result<Vec<Uuid>, SealError> {
    if before.size() != seal.first {
        return Err(foreign(seal, "the seal before it is not there"));
    }
    let mut edge = before.clone();
    seal.leaves.iter().for_each(|leaf| edge.append(leaf.hash));
    if edge != seal.edge {
        return Err(foreign(seal, "its leaves are not those of its tree"));
    }
    let is_its_leaf = |leaf: &&SealedLeaf| {
        pending.get(&leaf.event_id).is_some_and(|unsealed| {
            let sealed = sealed_event(&unsealed.event, seal.times(leaf));
            sealed.is_ok_and(|sealed| TreeHash::of_leaf(&sealed.entry) == leaf.hash)
        })
    };
    Ok(seal.leaves.iter().filter(is_its_leaf).map(|leaf| leaf.event_id).collect())
}

fn foreign(seal: &Seal, problem: &str) -> SealError {
    SealError::Foreign(format!("seal {}: {problem}", seal.first))
}

/// Whom events of the log itself name.
const LOG_ACTOR: &str = "service:activity-log-seal";
/// The command that they name.
const LOG_COMMAND: &str = "seal";

/// An event that the log tells of itself, or of the table that it is in.
#[must_use]
pub fn event_of_log(
    ctx: &Context,
    tenant: &TenantId,
    action: Action,
    id: Uuid,
    now: Timestamp,
) -> AuditEvent {
    let actor = Actor::parse(LOG_ACTOR).expect("the actor is valid");
    let request_id = format!("seal_{}", id.simple());
    let mut call = Call::of_operator(tenant.clone(), actor, LOG_COMMAND, request_id);
    call.door.source = Source::Admin;
    call.door.entry_point = EntryPoint::Command(LOG_COMMAND.to_owned());
    debug_assert!(matches!(action.resource_type(), ResourceType::Log | ResourceType::Trail));
    AuditEvent::of(&call, action, id, now, Salts::random(ctx.environment.as_ref()))
}
