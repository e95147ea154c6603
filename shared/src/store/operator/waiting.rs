//! Records that wait to be made into segments.

use std::collections::BTreeMap;

use crate::domain::principal::TenantId;
use crate::index::entry::EntryPart;
use crate::index::segment::Collection;

/// What they may take, in bytes of their terms.
const WAITING_BYTES: usize = 32 * 1024 * 1024;

/// Records that wait to be made into a segment.
#[derive(Default)]
pub(super) struct Group {
    pub(super) parts: Vec<EntryPart>,
    bytes: usize,
    /// The number of the segment: the manifest's next one before any of them was read.
    pub(super) number: u64,
}

/// Records that wait, by tenant and collection.
#[derive(Default)]
pub(super) struct Waiting {
    groups: BTreeMap<(TenantId, Collection), Group>,
    bytes: usize,
}

impl Waiting {
    pub(super) fn add(
        &mut self,
        tenant: &TenantId,
        collection: Collection,
        part: EntryPart,
        number: u64,
    ) {
        let group = self.groups.entry((tenant.clone(), collection)).or_default();
        if group.parts.is_empty() {
            group.number = number;
        }
        let terms = part.terms.iter().map(|term| term.as_bytes().len() + 2 * size_of::<usize>());
        let bytes: usize = terms.sum();
        group.parts.push(part);
        group.bytes += bytes;
        self.bytes += bytes;
    }

    /// The largest group, where one has so many records, where there is no more room, or where
    /// all are wanted.
    pub(super) fn take(
        &mut self,
        records: usize,
        all: bool,
    ) -> Option<((TenantId, Collection), Group)> {
        let (key, _) = self.groups.iter().max_by_key(|(_, group)| group.bytes)?;
        let is_due = all
            || self.bytes >= WAITING_BYTES
            || self.groups.values().any(|group| group.parts.len() >= records);
        if !is_due {
            return None;
        }
        let key = key.clone();
        let group = self.groups.remove(&key)?;
        self.bytes -= group.bytes;
        Some((key, group))
    }
}
