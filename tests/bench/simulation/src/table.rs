//! The items of one tenant's index, in memory.

use std::collections::{BTreeMap, HashMap};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::Result;
use activity_log_core::index::entry::Entry;
use activity_log_core::index::manifest::{Manifest, TailKey};
use activity_log_core::index::search::Current;
use activity_log_core::index::segment::merge::Parts;
use activity_log_core::index::segment::{Part, PartName, SegmentId};
use activity_log_core::index::store::{AbsentPart, IndexStore, TailPage, Version};
use uuid::Uuid;

use crate::units::{Partition, Units, Written, read_units, write_units};

/// What items have beside their bytes: keys and the names of attributes.
pub(crate) const ENTRY_BYTES: usize = 78;
pub(crate) const PART_BYTES: usize = 92;
pub(crate) const MANIFEST_BYTES: usize = 73;
/// What DynamoDB adds to each item that it stores.
const STORED_BYTES: usize = 100;
/// Items of a batch, and the batches that a run has under way at a time.
const BATCH: usize = 25;
const BATCHES: usize = 8;

/// An entry of the tail.
pub(crate) struct StoredEntry {
    pub(crate) entry: Entry,
    /// Of the whole item.
    pub(crate) bytes: usize,
}

/// The items.
#[derive(Default)]
pub(crate) struct Items {
    pub(crate) manifest: Option<Current>,
    manifest_bytes: usize,
    pub(crate) tail: BTreeMap<TailKey, StoredEntry>,
    pub(crate) parts: HashMap<PartName, Arc<[u8]>>,
    /// How many manifests there were.
    versions: u128,
    busy: Option<(Uuid, Timestamp)>,
    /// What was written, since the beginning.
    pub(crate) written: Units,
    /// The same by partitions, since it was last taken.
    pub(crate) by_partition: BTreeMap<Partition, u64>,
}

impl Items {
    fn write(&mut self, what: Written, partition: Option<Partition>, bytes: usize) {
        let units = write_units(bytes);
        *self.written.entry(what).or_default() += units;
        if let Some(partition) = partition {
            *self.by_partition.entry(partition).or_default() += units;
        }
    }

    /// Adds an entry of the tail.
    pub(crate) fn log(&mut self, key: TailKey, entry: Entry, encoded_bytes: usize) {
        let bytes = encoded_bytes + ENTRY_BYTES;
        self.write(Written::Entries, Some(Partition::Tail(key.shard)), bytes);
        self.tail.insert(key, StoredEntry { entry, bytes });
    }

    /// The bytes of the manifest's item.
    pub(crate) fn manifest_bytes(&self) -> usize {
        self.manifest_bytes + MANIFEST_BYTES
    }

    /// The bytes that segments take, as they are paid for.
    pub(crate) fn stored_bytes(&self) -> usize {
        self.parts.values().map(|bytes| bytes.len() + PART_BYTES + STORED_BYTES).sum()
    }
}

/// A table.
#[derive(Clone, Default)]
pub(crate) struct Table {
    items: Arc<Mutex<Items>>,
    /// Whether its calls take a round trip, so that several are under way at a time.
    takes_time: bool,
}

impl Table {
    /// A table whose calls end a poll after they began.
    pub(crate) fn that_takes_time() -> Self {
        Self { takes_time: true, ..Self::default() }
    }

    pub(crate) fn items(&self) -> MutexGuard<'_, Items> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many calls, one after the other.
    async fn take_time(&self, calls: usize) {
        for _ in 0..if self.takes_time { calls.max(1) } else { 0 } {
            round_trip().await;
        }
    }
}

/// Is pending once.
pub(crate) async fn round_trip() {
    let mut is_first = true;
    poll_fn(move |context| {
        if std::mem::take(&mut is_first) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

/// What a future comes to, and how many round trips it takes.
pub(crate) fn drive<T>(future: impl Future<Output = T>) -> (T, usize) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for round_trips in 0.. {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return (output, round_trips);
        }
    }
    unreachable!("a loop without an end ends by returning")
}

impl Parts for Table {
    async fn read(&self, names: &[PartName]) -> Result<Vec<Vec<u8>>> {
        self.take_time(1).await;
        let items = self.items();
        let part = |name: &PartName| match items.parts.get(name) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(AbsentPart(*name).into()),
        };
        names.iter().map(part).collect()
    }

    async fn write(&self, segment: SegmentId, parts: Vec<(Part, Vec<u8>)>) -> Result<()> {
        self.take_time(parts.len().div_ceil(BATCH * BATCHES)).await;
        let mut items = self.items();
        for (part, bytes) in parts {
            items.write(Written::Segments, None, bytes.len() + PART_BYTES);
            items.parts.insert(PartName { segment, part }, bytes.into());
        }
        Ok(())
    }
}

impl IndexStore for Table {
    async fn manifest(&self) -> Result<Option<(Version, Manifest)>> {
        self.take_time(1).await;
        let current = self.items().manifest.clone();
        Ok(current.map(|current| (current.version, Manifest::clone(&current.manifest))))
    }

    async fn put_manifest(
        &self,
        expected: Option<Version>,
        new: &Manifest,
    ) -> Result<Option<Version>> {
        self.take_time(1).await;
        let mut items = self.items();
        if items.manifest.as_ref().map(|current| current.version) != expected {
            // A condition that fails costs a unit as well.
            items.write(Written::ManifestAndHint, Some(Partition::Manifest), 0);
            return Ok(None);
        }
        items.manifest_bytes = new.encode().len();
        let bytes = items.manifest_bytes();
        items.write(Written::ManifestAndHint, Some(Partition::Manifest), bytes);
        items.versions += 1;
        let version = Version(Uuid::from_u128(items.versions));
        let units = read_units(bytes) as usize;
        items.manifest = Some(Current { version, manifest: Arc::new(new.clone()), units });
        Ok(Some(version))
    }

    async fn tail(&self, shard: u8, after: Option<TailKey>, max_bytes: usize) -> Result<TailPage> {
        self.take_time(1).await;
        let items = self.items();
        let mut page = TailPage::default();
        let behind = items
            .tail
            .iter()
            .filter(|(key, _)| key.shard == shard && after.is_none_or(|after| **key > after));
        for (key, stored) in behind {
            if page.bytes >= max_bytes {
                page.next = page.entries.last().map(|(key, _)| *key);
                break;
            }
            page.bytes += stored.bytes;
            page.entries.push((*key, stored.entry.clone()));
        }
        Ok(page)
    }

    async fn delete_tail(&self, keys: &[TailKey]) -> Result<()> {
        for batch in keys.chunks(BATCH * BATCHES) {
            self.take_time(1).await;
            let mut items = self.items();
            for key in batch {
                let bytes = items.tail.remove(key).map_or(0, |stored| stored.bytes);
                items.write(Written::EntriesDeleted, Some(Partition::Tail(key.shard)), bytes);
            }
        }
        Ok(())
    }

    async fn delete_parts(&self, names: &[PartName]) -> Result<()> {
        self.take_time(names.len().div_ceil(BATCH * BATCHES)).await;
        let mut items = self.items();
        for name in names {
            let bytes = items.parts.remove(name).map_or(0, |bytes| bytes.len() + PART_BYTES);
            items.write(Written::SegmentsDeleted, None, bytes);
        }
        Ok(())
    }

    async fn begin(&self, owner: Uuid, now: Timestamp, until: Timestamp) -> Result<bool> {
        self.take_time(1).await;
        let mut items = self.items();
        items.write(Written::ManifestAndHint, Some(Partition::Manifest), 0);
        let is_free = items.busy.is_none_or(|(other, until)| other == owner || until <= now);
        if is_free {
            items.busy = Some((owner, until));
        }
        Ok(is_free)
    }

    async fn end(&self, owner: Uuid) -> Result<()> {
        self.take_time(1).await;
        let mut items = self.items();
        items.write(Written::ManifestAndHint, Some(Partition::Manifest), 0);
        items.busy.take_if(|(other, _)| *other == owner);
        Ok(())
    }
}
