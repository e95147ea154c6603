//! What a run did to the table and has still to say in the manifest.

use std::collections::{BTreeMap, BTreeSet};

use super::struck::SeenInTail;
use crate::domain::clock::Environment;
use crate::index::manifest::{Manifest, TailKey};
use crate::index::segment::{PartCounts, SegmentId};

/// What was done and is still to be said: the next put says it, whatever it is for.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Entries of the tail that are gone.
    pub(super) gone: BTreeSet<TailKey>,
    /// What is left of garbage; `None` where nothing is.
    pub(super) garbage: BTreeMap<SegmentId, Option<PartCounts>>,
    /// What the tail told of struck records when it was read last.
    pub(super) seen: SeenInTail,
}

impl Done {
    /// Takes out of a manifest what is done with. It is about to be put in the place of the one
    /// that it was read as.
    pub(super) fn say_in(&self, manifest: &mut Manifest, env: &dyn Environment) {
        manifest.pending.retain(|key| !self.gone.contains(key));
        manifest.garbage.retain_mut(|garbage| match self.garbage.get(&garbage.segment) {
            Some(None) => false,
            Some(Some(left)) => {
                garbage.parts = *left;
                true
            }
            None => true,
        });
        self.seen.say_in(manifest, env);
    }
}
