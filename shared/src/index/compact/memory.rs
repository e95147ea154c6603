//! The items of an index in memory, and what can go wrong with the calls for them.
//!
//! Processes are handles of one table. A call for several items is one step for each, since
//! that is what can be seen of it from beside. A handle that pauses lets others run before
//! each step, and a fault is planned for a step of a handle.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use uuid::Uuid;

use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::index::Position;
use crate::index::entry::Entry;
use crate::index::manifest::{Manifest, TailKey};
use crate::index::segment::bucket::{self, List};
use crate::index::segment::merge::Parts;
use crate::index::segment::{Collection, Part, PartName, Segment, SegmentId, ordinals, positions};
use crate::index::store::{AbsentPart, IndexStore, TailPage, UnreadableManifest, Version};
use crate::index::term::Term;

/// A process with a table.
#[derive(Clone)]
pub(in crate::index) struct Memory {
    table: Arc<Mutex<Table>>,
    process: Arc<Mutex<Process>>,
    pauses: bool,
}

/// What becomes of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::index) enum Fault {
    /// It fails, and nothing was done.
    Refused,
    /// It fails, but was done.
    Unanswered,
    /// It fails, and is done later: see [`Memory::be_late`].
    Late,
    /// It is done twice, as by a client that repeats what it got no answer to.
    Repeated,
    /// It fails, as everything that the process does from then on.
    Dead,
}

#[derive(Default)]
struct Process {
    steps: usize,
    faults: BTreeMap<usize, Fault>,
    is_dead: bool,
}

/// The items, and what they cost.
#[derive(Default)]
pub(in crate::index) struct Table {
    pub(in crate::index) manifest: Option<(Version, Vec<u8>)>,
    pub(in crate::index) tail: BTreeMap<TailKey, Vec<u8>>,
    pub(in crate::index) parts: BTreeMap<PartName, Vec<u8>>,
    pub(in crate::index) used: Used,
    /// Whether conditions of puts are not looked at, as in no table.
    pub(in crate::index) is_unconditional: bool,
    busy: Option<(Uuid, Timestamp)>,
    versions: u128,
    late: Vec<Effect>,
    /// All parts that were ever written.
    written: BTreeMap<PartName, Vec<u8>>,
}

/// Calls and units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::index) struct Used {
    pub(in crate::index) calls: usize,
    pub(in crate::index) read_units: usize,
    pub(in crate::index) write_units: usize,
}

type Effect = Box<dyn FnOnce(&mut Table) + Send>;

/// What a record is found by: terms, each with the version of the analyzer that it is of.
pub(in crate::index) type Records = BTreeMap<(Collection, Position), BTreeSet<(u32, Term)>>;

/// Key and names of attributes of an item, and what DynamoDB counts for it.
const ITEM_BYTES: usize = 85;
const WRITES_A_CALL: usize = 25;
const READS_A_CALL: usize = 100;

impl Used {
    fn write(&mut self, bytes: usize) {
        self.write_units += (bytes + ITEM_BYTES).div_ceil(1024);
    }

    fn read(&mut self, bytes: usize) {
        self.read_units += (bytes + ITEM_BYTES).div_ceil(4096);
    }
}

/// Lets others run once.
#[derive(Default)]
struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Memory {
    pub(in crate::index) fn new() -> Self {
        Self { table: Arc::default(), process: Arc::default(), pauses: false }
    }

    /// Another process with the same table.
    pub(in crate::index) fn process(&self) -> Self {
        Self { table: self.table.clone(), process: Arc::default(), pauses: false }
    }

    /// Another process with the same table, which lets others run before each step.
    pub(in crate::index) fn pausing(&self) -> Self {
        Self { pauses: true, ..self.process() }
    }

    pub(in crate::index) fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap()
    }

    /// Plans a fault for a step of this process; the next one is `steps()`.
    pub(in crate::index) fn plan(&self, step: usize, fault: Fault) {
        self.process.lock().unwrap().faults.insert(step, fault);
    }

    /// How many steps this process has done.
    pub(in crate::index) fn steps(&self) -> usize {
        self.process.lock().unwrap().steps
    }

    /// Whether a fault has ended this process.
    pub(in crate::index) fn is_dead(&self) -> bool {
        self.process.lock().unwrap().is_dead
    }

    /// Does one of the things that are late.
    pub(in crate::index) fn be_late(&self, which: usize) {
        let mut table = self.table();
        if !table.late.is_empty() {
            let which = which % table.late.len();
            let effect = table.late.swap_remove(which);
            effect(&mut table);
        }
    }

    /// Puts an entry into the tail, as a writer does.
    pub(in crate::index) fn log(&self, shard: u8, entry: &Entry) -> TailKey {
        let part = entry.activity.as_ref().or(entry.event.as_ref()).unwrap();
        let key = TailKey { shard, position: part.position };
        let bytes = entry.encode();
        let mut table = self.table();
        table.used.calls += 1;
        table.used.write(bytes.len());
        table.tail.insert(key, bytes);
        key
    }

    pub(in crate::index) fn manifest_now(&self) -> Manifest {
        let table = self.table();
        let bytes = table.manifest.as_ref().map(|(_, bytes)| bytes);
        bytes.map(|bytes| Manifest::decode(bytes).unwrap()).unwrap_or_default()
    }

    /// Everything that is found by a reader that reads all: in the tail, and in segments that
    /// the manifest lists. What is struck is not found.
    pub(in crate::index) fn records(&self) -> Records {
        let mut records = Records::new();
        for bytes in self.table().tail.values() {
            let Ok(entry) = Entry::decode(bytes) else { continue };
            for (collection, analyzer, part) in [
                (Collection::Activities, entry.analyzer, entry.activity),
                (Collection::AuditEvents, 0, entry.event),
            ] {
                let Some(part) = part else { continue };
                let terms = part.terms.into_iter().map(|term| (analyzer, term));
                records.entry((collection, part.position)).or_default().extend(terms);
            }
        }
        let manifest = self.manifest_now();
        for segment in &manifest.segments {
            for (position, terms) in self.records_of(segment) {
                records.entry((segment.collection, position)).or_default().extend(terms);
            }
        }
        for struck in &manifest.struck {
            records.remove(&(struck.collection, struck.position));
        }
        records
    }

    /// What a segment has, by each of its parts.
    fn records_of(&self, segment: &Segment) -> BTreeMap<Position, BTreeSet<(u32, Term)>> {
        let table = self.table();
        let part = |part| {
            let name = segment.name(part);
            table.parts.get(&name).unwrap_or_else(|| panic!("{name:?} is absent"))
        };
        for fence in segment.parts() {
            part(fence);
        }
        let counts = segment.counts();
        let positions: Vec<Position> = (0..counts.positions())
            .flat_map(|at| positions::decode(part(Part::Positions(at))).unwrap())
            .collect();
        assert_eq!(positions.len(), segment.len as usize);
        let mut records: BTreeMap<Position, BTreeSet<(u32, Term)>> =
            positions.iter().map(|position| (*position, BTreeSet::new())).collect();
        for bucket in 0..segment.buckets {
            for (term, list) in bucket::entries(part(Part::Bucket(bucket)), segment.len).unwrap() {
                let ordinals = match list {
                    List::Inline(ordinals) => ordinals,
                    List::Blocks { first_block, first_pages, .. } => (first_block..)
                        .take(first_pages.len())
                        .flat_map(|block| {
                            ordinals::all(part(Part::Block(block)), segment.len).unwrap()
                        })
                        .collect(),
                };
                for ordinal in ordinals {
                    let record = records.get_mut(&positions[ordinal as usize]).unwrap();
                    record.insert((segment.analyzer, term.clone()));
                }
            }
        }
        records
    }

    async fn step<T: Send + 'static>(
        &self,
        effect: impl Fn(&mut Table) -> T + Send + 'static,
    ) -> Result<T> {
        if self.pauses {
            Pause::default().await;
        }
        let fault = {
            let mut process = self.process.lock().unwrap();
            let step = process.steps;
            process.steps += 1;
            let planned = process.faults.get(&step).copied();
            process.is_dead |= planned == Some(Fault::Dead);
            if process.is_dead { Some(Fault::Dead) } else { planned }
        };
        let failed = || Err(Error::Unavailable("a fault was planned".into()));
        match fault {
            None => Ok(effect(&mut self.table())),
            Some(Fault::Repeated) => {
                effect(&mut self.table());
                Ok(effect(&mut self.table()))
            }
            Some(Fault::Unanswered) => {
                effect(&mut self.table());
                failed()
            }
            Some(Fault::Late) => {
                let late = Box::new(move |table: &mut Table| drop(effect(table)));
                self.table().late.push(late);
                failed()
            }
            Some(Fault::Refused | Fault::Dead) => failed(),
        }
    }

    fn note_calls(&self, items: usize, a_call: usize) {
        self.table().used.calls += items.div_ceil(a_call);
    }
}

impl Parts for Memory {
    async fn read(&self, names: &[PartName]) -> Result<Vec<Vec<u8>>> {
        self.note_calls(names.len(), READS_A_CALL);
        let mut all = Vec::new();
        for &name in names {
            let read = move |table: &mut Table| {
                let bytes = table.parts.get(&name).cloned();
                table.used.read(bytes.as_ref().map_or(0, Vec::len));
                bytes
            };
            all.push(self.step(read).await?.ok_or(AbsentPart(name))?);
        }
        Ok(all)
    }

    async fn write(&self, segment: SegmentId, parts: Vec<(Part, Vec<u8>)>) -> Result<()> {
        self.note_calls(parts.len(), WRITES_A_CALL);
        for (part, bytes) in parts {
            let name = PartName { segment, part };
            let write = move |table: &mut Table| {
                table.used.write(bytes.len());
                let first = table.written.entry(name).or_insert_with(|| bytes.clone());
                assert_eq!(*first, bytes, "{name:?} is written with other bytes");
                table.parts.insert(name, bytes.clone());
            };
            self.step(write).await?;
        }
        Ok(())
    }
}

impl IndexStore for Memory {
    async fn manifest(&self) -> Result<Option<(Version, Manifest)>> {
        self.note_calls(1, 1);
        let read = |table: &mut Table| {
            table.used.read(table.manifest.as_ref().map_or(0, |(_, bytes)| bytes.len()));
            table.manifest.clone()
        };
        let found = self.step(read).await?;
        let Some((version, bytes)) = found else { return Ok(None) };
        let manifest = Manifest::decode(&bytes).map_err(|corrupt| UnreadableManifest {
            version: Some(version),
            source: Box::new(corrupt),
        })?;
        Ok(Some((version, manifest)))
    }

    async fn put_manifest(
        &self,
        expected: Option<Version>,
        new: &Manifest,
    ) -> Result<Option<Version>> {
        self.note_calls(1, 1);
        let bytes = new.encode();
        assert_eq!(Manifest::decode(&bytes).as_ref(), Ok(new));
        let put = move |table: &mut Table| {
            let is_as_expected = table.manifest.as_ref().map(|(version, _)| *version) == expected;
            if !is_as_expected && !table.is_unconditional {
                table.used.write(0);
                return None;
            }
            table.used.write(bytes.len());
            table.versions += 1;
            let version = Version(Uuid::from_u128(table.versions));
            table.manifest = Some((version, bytes.clone()));
            Some(version)
        };
        self.step(put).await
    }

    async fn tail(&self, shard: u8, after: Option<TailKey>, max_bytes: usize) -> Result<TailPage> {
        self.note_calls(1, 1);
        let read = move |table: &mut Table| {
            let mut page = TailPage::default();
            let is_in_it =
                |key: &TailKey| key.shard == shard && after.is_none_or(|after| *key > after);
            let mut last = None;
            for (key, bytes) in table.tail.iter().filter(|(key, _)| is_in_it(key)) {
                if page.bytes >= max_bytes && last.is_some() {
                    page.next = last;
                    break;
                }
                page.bytes += bytes.len() + ITEM_BYTES;
                match Entry::decode(bytes) {
                    Ok(entry) => page.entries.push((*key, entry)),
                    Err(_) => page.unreadable.push(*key),
                }
                last = Some(*key);
            }
            table.used.read_units += page.bytes.div_ceil(4096).max(1);
            page
        };
        self.step(read).await
    }

    async fn delete_tail(&self, keys: &[TailKey]) -> Result<()> {
        self.note_calls(keys.len(), WRITES_A_CALL);
        for &key in keys {
            let delete = move |table: &mut Table| {
                let bytes = table.tail.remove(&key).map_or(0, |bytes| bytes.len());
                table.used.write(bytes);
            };
            self.step(delete).await?;
        }
        Ok(())
    }

    async fn delete_parts(&self, names: &[PartName]) -> Result<()> {
        self.note_calls(names.len(), WRITES_A_CALL);
        for &name in names {
            let delete = move |table: &mut Table| {
                let bytes = table.parts.remove(&name).map_or(0, |bytes| bytes.len());
                table.used.write(bytes);
            };
            self.step(delete).await?;
        }
        Ok(())
    }

    async fn begin(&self, owner: Uuid, now: Timestamp, until: Timestamp) -> Result<bool> {
        self.note_calls(1, 1);
        let begin = move |table: &mut Table| {
            table.used.write(0);
            let is_free = table.busy.is_none_or(|(other, until)| other == owner || until <= now);
            if is_free {
                table.busy = Some((owner, until));
            }
            is_free
        };
        self.step(begin).await
    }

    async fn end(&self, owner: Uuid) -> Result<()> {
        self.note_calls(1, 1);
        let end = move |table: &mut Table| {
            table.used.write(0);
            table.busy.take_if(|(other, _)| *other == owner);
        };
        self.step(end).await
    }
}
