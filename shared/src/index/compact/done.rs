//! What a run did to the table and has still to say in the manifest.

use std::collections::{BTreeMap, BTreeSet};

use super::struck::may_have;
use crate::index::manifest::{Manifest, Struck, TailKey};
use crate::index::segment::{PartCounts, SegmentId};

/// What was done and is still to be said: the next put says it, whatever it is for.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Entries of the tail that are gone.
    pub(super) gone: BTreeSet<TailKey>,
    /// What is left of garbage; `None` where nothing is.
    pub(super) garbage: BTreeMap<SegmentId, Option<PartCounts>>,
    /// Struck records that the tail had not when it was read last.
    pub(super) not_in_tail: Vec<Struck>,
}

impl Done {
    /// Takes out of a manifest what is done with.
    ///
    /// A struck record is done with when neither the tail nor a segment can have it: one
    /// that was begun later has dropped it, and one of another time never had it. The last one
    /// stays nevertheless. It tells those who build a segment from the records whether
    /// anything was struck since they began.
    pub(super) fn say_in(&self, manifest: &mut Manifest) {
        manifest.pending.retain(|key| !self.gone.contains(key));
        manifest.garbage.retain_mut(|garbage| match self.garbage.get(&garbage.segment) {
            Some(None) => false,
            Some(Some(left)) => {
                garbage.parts = *left;
                true
            }
            None => true,
        });
        let segments = &manifest.segments;
        let last = manifest.struck.iter().map(|struck| struck.before).max();
        manifest.struck.retain(|struck| {
            Some(struck.before) == last
                || !self.not_in_tail.contains(struck)
                || segments.iter().any(|segment| may_have(segment, struck))
        });
    }
}
