//! Records that must be found by nothing any more.
//!
//! Searches leave out what the manifest names as struck, so a record is found no more from
//! the moment on that it is named. Flushes and merges that are begun later leave it out for
//! good. Which those are is told by numbers: striking takes a number as the beginning of a
//! segment does, so a segment of a lower one was begun without knowing.
//!
//! When nothing has it any more it is still remembered for an hour:
//!
//! ```text
//! search: reads it in the tail ──────────────────────────────▶ reads the manifest, and shows it
//! run:        flushes without it ─ sees that nothing has it ─ forgets it
//! ```
//!
//! A search that began before it was gone has ended by then, and no put of its entry is on its
//! way any more: a request takes less than a minute.

use std::collections::BTreeSet;

use crate::domain::clock::{Environment, HOUR, Timestamp};
use crate::index::Position;
use crate::index::entry::Entry;
use crate::index::manifest::{Manifest, Struck, TailKey};
use crate::index::segment::{Collection, Segment};

/// How many records can be struck at once: the manifest names each.
pub(super) const MAX_STRUCK: usize = 2_000;

/// Names a record as struck.
pub(super) fn strike(manifest: &mut Manifest, collection: Collection, position: Position) {
    manifest.next_number += 1;
    let before = manifest.next_number;
    manifest.struck.push(Struck { collection, position, before, nowhere_since: None });
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

/// What names a record.
type Name = (Collection, Position);

/// What the tail told of struck records when it was read.
#[derive(Debug, Default)]
pub(super) struct SeenInTail {
    there: BTreeSet<Name>,
    /// The entries that have some of them.
    keys: BTreeSet<TailKey>,
    /// What it had not, and when the reading began.
    absent: Option<(BTreeSet<Name>, Timestamp)>,
}

impl SeenInTail {
    /// What entries tell that were read from some time on. They may be all that the tail has.
    pub(super) fn new<'a>(
        manifest: &Manifest,
        entries: impl IntoIterator<Item = (TailKey, &'a Entry)>,
        are_all: bool,
        began: Timestamp,
    ) -> Self {
        let struck = manifest.struck.iter().map(|struck| (struck.collection, struck.position));
        let mut absent: BTreeSet<Name> = struck.collect();
        let mut seen = Self::default();
        if absent.is_empty() {
            return seen;
        }
        for (key, entry) in entries {
            for name in names_of(entry) {
                if absent.remove(&name) || seen.there.contains(&name) {
                    seen.there.insert(name);
                    seen.keys.insert(key);
                }
            }
        }
        seen.absent = are_all.then_some((absent, began));
        seen
    }

    /// Whether an entry has a struck record.
    pub(super) fn is_in(&self, key: TailKey) -> bool {
        self.keys.contains(&key)
    }

    /// Notes in a manifest, which is put now, what was seen to be nowhere, and forgets what is
    /// nowhere for an hour.
    ///
    /// The hour begins with the put that names it, since others may have seen it until then;
    /// and it has to be over before the tail was read, since a run may sleep between the two.
    ///
    /// The last one that was struck stays. It tells those who build a segment from the records
    /// whether anything was struck since they began.
    pub(super) fn say_in(&self, manifest: &mut Manifest, env: &dyn Environment) {
        let segments = &manifest.segments;
        let last = manifest.struck.iter().map(|struck| struck.before).max();
        manifest.struck.retain_mut(|struck| {
            let name = (struck.collection, struck.position);
            if self.there.contains(&name) || segments.iter().any(|it| may_have(it, struck)) {
                struck.nowhere_since = None;
                return true;
            }
            let Some((absent, began)) = &self.absent else { return true };
            if !absent.contains(&name) {
                return true;
            }
            if struck.nowhere_since.is_none() {
                struck.nowhere_since = env.now().ok();
            }
            let is_over = |since: Timestamp| since.plus(HOUR) <= *began;
            Some(struck.before) == last || !struck.nowhere_since.is_some_and(is_over)
        });
    }
}

/// The records of an entry.
fn names_of(entry: &Entry) -> impl Iterator<Item = Name> {
    let activity = entry.activity.iter().map(|part| (Collection::Activities, part.position));
    activity.chain(entry.event.iter().map(|part| (Collection::AuditEvents, part.position)))
}
