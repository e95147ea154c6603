//! What a process remembers of the index: parts of segments, which never change, the last
//! manifest of a tenant, and how many shards its tail has.
//!
//! None of it decides anything. A manifest that is remembered is compared with the one of
//! the table before a result counts, and shards are never fewer than they were.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::items::tail_entry::TailShards;
use crate::domain::principal::TenantId;
use crate::index::search::Current;
use crate::index::segment::PartName;

/// How many bytes of parts a process keeps.
const PARTS_BYTES: u64 = 24 * 1024 * 1024;
/// About how many parts these are.
const PARTS: usize = 8_000;
/// The tenants whose manifests a process keeps. One takes some KB.
const TENANTS: usize = 1_000;
/// After so many writes for a tenant, a process looks again how many shards there are.
const WRITES_A_LOOK: u32 = 64;
/// The runs that wait in this process. What has no room is asked for by a later write.
const RUNS: usize = 64;

/// What a process remembers.
#[derive(Debug)]
pub(super) struct IndexMemory {
    parts: Cache<PartName, Arc<[u8]>, Bytes>,
    tenants: Cache<TenantId, Arc<OfTenant>>,
    /// Where runs are asked for, in a process that does them itself.
    runs: OnceLock<Sender<TenantId>>,
}

#[derive(Debug)]
struct OfTenant {
    current: Mutex<Option<Current>>,
    shards: AtomicU8,
    writes: AtomicU32,
}

impl Default for OfTenant {
    fn default() -> Self {
        Self { current: Mutex::new(None), shards: AtomicU8::new(1), writes: AtomicU32::new(0) }
    }
}

/// Weighs a part by its bytes.
#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<PartName, Arc<[u8]>> for Bytes {
    fn weight(&self, _: &PartName, bytes: &Arc<[u8]>) -> u64 {
        (bytes.len() + size_of::<PartName>()) as u64
    }
}

impl Default for IndexMemory {
    fn default() -> Self {
        Self {
            parts: Cache::with_weighter(PARTS, PARTS_BYTES, Bytes),
            tenants: Cache::new(TENANTS),
            runs: OnceLock::new(),
        }
    }
}

impl IndexMemory {
    pub(super) fn part(&self, name: &PartName) -> Option<Arc<[u8]>> {
        self.parts.get(name)
    }

    pub(super) fn keep_part(&self, name: PartName, bytes: Arc<[u8]>) {
        self.parts.insert(name, bytes);
    }

    pub(super) fn last_manifest(&self, tenant: &TenantId) -> Option<Current> {
        let of_tenant = self.tenants.get(tenant)?;
        let current = of_tenant.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    pub(super) fn keep_manifest(&self, tenant: &TenantId, current: Option<&Current>) {
        let of_tenant = self.of(tenant);
        if let Some(current) = current {
            // Shards never become fewer, whoever reads an older manifest.
            of_tenant.shards.fetch_max(current.manifest.shards, Ordering::Relaxed);
        }
        *of_tenant.current.lock().unwrap_or_else(PoisonError::into_inner) = current.cloned();
    }

    pub(super) fn tail_shards(&self, tenant: &TenantId) -> TailShards {
        let known = self.tenants.get(tenant);
        TailShards::new(known.map_or(1, |known| known.shards.load(Ordering::Relaxed)))
    }

    /// Counts a write, and tells whether it is time to look how many shards there are.
    pub(super) fn is_look_due(&self, tenant: &TenantId) -> bool {
        let writes = self.of(tenant).writes.fetch_add(1, Ordering::Relaxed);
        writes % WRITES_A_LOOK == WRITES_A_LOOK - 1
    }

    /// Asks for a run, where this process does them.
    pub(super) fn ask_for_run(&self, tenant: &TenantId) {
        if let Some(runs) = self.runs.get()
            && runs.try_send(tenant.clone()).is_err()
        {
            tracing::debug!(%tenant, "a run of the compactor is left to a later write");
        }
    }

    /// From now on this process does runs; `None` where it was said before.
    pub(super) fn do_runs(&self) -> Option<Receiver<TenantId>> {
        let (sender, receiver) = channel(RUNS);
        self.runs.set(sender).ok().map(|()| receiver)
    }

    fn of(&self, tenant: &TenantId) -> Arc<OfTenant> {
        self.tenants
            .get_or_insert_with(tenant, || Ok::<_, std::convert::Infallible>(Arc::default()))
            .unwrap_or_else(|never| match never {})
    }
}
