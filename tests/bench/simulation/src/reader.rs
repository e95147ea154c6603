//! A process that searches, and counts what it reads.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use activity_log_core::domain::error::Result;
use activity_log_core::index::expression::Expression;
use activity_log_core::index::search::{
    Budget, Current, IndexReader, PartsRead, Search, TailQuery, TailRead,
};
use activity_log_core::index::segment::{Collection, Part, PartName};
use activity_log_core::index::{Position, Range};

use crate::table::{PART_BYTES, Table, drive, round_trip};
use crate::units::read_units;

/// Rows of a page.
const PAGE: usize = 20;
/// A query of DynamoDB ends here.
const TAIL_PAGE_BYTES: usize = 1 << 20;
/// What a page may read, without its rows and their names: as `app/find_page.rs` has it.
const BUDGET: Budget = Budget { units: 400 - PAGE, trips: 22 };

/// What a page cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) units: f64,
    pub(crate) round_trips: f64,
}

/// A process.
pub(crate) struct Reader<'a> {
    table: &'a Table,
    last: Option<Current>,
    kept: Mutex<HashMap<PartName, Arc<[u8]>>>,
    units: AtomicU64,
}

impl<'a> Reader<'a> {
    /// One that knows nothing.
    pub(crate) fn cold(table: &'a Table) -> Self {
        Self { table, last: None, kept: Mutex::default(), units: AtomicU64::new(0) }
    }

    /// One that knows the manifest, and where terms and times are, but has read no list.
    pub(crate) fn warm(table: &'a Table) -> Self {
        let reader = Self { last: table.items().manifest.clone(), ..Self::cold(table) };
        let items = table.items();
        for segment in reader.last.iter().flat_map(|current| &current.manifest.segments) {
            let fences = segment
                .parts()
                .filter(|part| matches!(part, Part::TermFence(_) | Part::TimeFence(_)));
            for name in fences.map(|part| segment.name(part)) {
                reader.kept().insert(name, Arc::clone(&items.parts[&name]));
            }
        }
        reader
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<PartName, Arc<[u8]>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spend(&self, units: u64) {
        self.units.fetch_add(units, Ordering::Relaxed);
    }

    /// What a page of 20 costs, with its rows and the look whether anybody has a name.
    pub(crate) fn page(&self, expression: Expression) -> Result<Cost> {
        let range = Range { newest: Position::NEWEST, oldest: Position::OLDEST };
        let mut search = Search::new(self, Collection::Activities, expression, range, BUDGET);
        // One more tells whether there is a next page.
        let (step, round_trips) = drive(search.step(PAGE + 1));
        let rows = step?.matches.len().min(PAGE);
        let of_rows = if rows > 0 { 1 } else { 0 };
        let units = self.units.load(Ordering::Relaxed) as usize + rows + of_rows;
        Ok(Cost { units: units as f64, round_trips: (round_trips + of_rows) as f64 })
    }
}

impl IndexReader for Reader<'_> {
    fn last_manifest(&self) -> Option<Current> {
        self.last.clone()
    }

    async fn manifest(&self) -> Result<Option<Current>> {
        round_trip().await;
        let items = self.table.items();
        self.spend(read_units(items.manifest_bytes()));
        Ok(items.manifest.clone())
    }

    async fn tail(&self, query: TailQuery<'_>) -> Result<TailRead> {
        round_trip().await;
        let items = self.table.items();
        let mut read = TailRead::default();
        for (key, stored) in items.tail.iter().rev().filter(|(key, _)| {
            key.shard == query.shard
                && query.start.is_none_or(|start| key.position < start)
                && query.range.is_none_or(|range| range.has(key.position))
        }) {
            read.bytes += stored.bytes;
            read.entries += 1;
            let entry = &stored.entry;
            let part = match query.collection {
                Collection::Activities => &entry.activity,
                Collection::AuditEvents => &entry.event,
            };
            let found = part
                .as_ref()
                .filter(|part| (query.matches)(entry.analyzer, part.position, &part.terms));
            read.found.extend(found.map(|part| part.position));
            if read.bytes > TAIL_PAGE_BYTES || query.most.is_some_and(|most| read.entries >= most) {
                read.next = Some(key.position);
                break;
            }
        }
        let units = read_units(read.bytes);
        self.spend(units);
        read.units = units as usize;
        Ok(read)
    }

    // Nothing watches the length of this one.
    fn note_tail(&self, _: usize) {}

    fn kept(&self, name: &PartName) -> Option<Arc<[u8]>> {
        Reader::kept(self).get(name).cloned()
    }

    async fn parts(&self, names: &[PartName]) -> Result<PartsRead> {
        let mut read = PartsRead::default();
        let mut is_called = false;
        for name in names {
            let kept = IndexReader::kept(self, name);
            if kept.is_some() {
                read.parts.push(kept);
                continue;
            }
            is_called = true;
            let part = self.table.items().parts.get(name).cloned();
            if let Some(bytes) = &part {
                let units = read_units(bytes.len() + PART_BYTES);
                self.spend(units);
                read.units += units as usize;
                Reader::kept(self).insert(*name, Arc::clone(bytes));
            }
            read.parts.push(part);
        }
        if is_called {
            round_trip().await;
        }
        Ok(read)
    }
}
