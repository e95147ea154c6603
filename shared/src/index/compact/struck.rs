//! Records that must be found by nothing any more.
//!
//! Searches leave out what the manifest names as struck, so a record is found no more from
//! the moment on that it is named. Flushes and merges that are begun later leave it out for
//! good. Which those are is told by numbers: striking takes a number as the beginning of a
//! segment does, so a segment of a lower one was begun without knowing.

use std::collections::BTreeSet;

use crate::index::Position;
use crate::index::manifest::{Manifest, Struck};
use crate::index::segment::{Collection, Segment};

/// How many records can be struck at once: the manifest names each.
pub(super) const MAX_STRUCK: usize = 2_000;

/// Names a record as struck.
pub(super) fn strike(manifest: &mut Manifest, collection: Collection, position: Position) {
    manifest.next_number += 1;
    manifest.struck.push(Struck { collection, position, before: manifest.next_number });
}

/// Whether a segment may have what was struck.
pub(super) fn may_have(segment: &Segment, struck: &Struck) -> bool {
    segment.collection == struck.collection
        && segment.number < struck.before
        && (segment.oldest..=segment.newest).contains(&struck.position.time)
}

/// What a segment of this number leaves out.
pub(super) fn dropped(
    manifest: &Manifest,
    collection: Collection,
    number: u64,
) -> BTreeSet<Position> {
    let known = |struck: &&Struck| struck.collection == collection && struck.before <= number;
    manifest.struck.iter().filter(known).map(|struck| struck.position).collect()
}
