//! Which segments are to be merged next.

use std::collections::{BTreeMap, BTreeSet};

use super::limits::{Limits, MAX_TIER, SET_ASIDE};
use super::struck::may_have;
use crate::index::manifest::Manifest;
use crate::index::segment::{Collection, Segment};

/// Segments that are to become one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// In the order in which they were begun.
    pub(super) inputs: Vec<Segment>,
    /// The tier of the output.
    pub(super) tier: u8,
}

impl Due {
    /// Payload of the inputs.
    pub(super) fn bytes(&self) -> u64 {
        self.inputs.iter().map(|segment| segment.bytes).sum()
    }
}

/// The segments that may be merged: those that no merge under way has.
fn free(manifest: &Manifest) -> impl Iterator<Item = &Segment> {
    let taken: BTreeSet<_> = manifest.merge.iter().flat_map(|job| &job.inputs).collect();
    let is_free =
        move |segment: &&Segment| segment.tier != SET_ASIDE && !taken.contains(&segment.id);
    manifest.segments.iter().filter(is_free)
}

/// A full set of a tier's segments, of one collection and analyzer: the smallest such set. It
/// takes the oldest segments of the tier, and none that would be too long with others of its
/// size.
pub(super) fn full_tier(manifest: &Manifest, limits: &Limits) -> Option<Due> {
    let max_len = limits.max_positions / limits.fan as u64;
    let mut tiers: BTreeMap<(Collection, u32, u8), Vec<&Segment>> = BTreeMap::new();
    for segment in free(manifest).filter(|segment| u64::from(segment.len) <= max_len) {
        let Segment { collection, analyzer, tier, .. } = *segment;
        tiers.entry((collection, analyzer, tier)).or_default().push(segment);
    }
    let full = tiers.into_iter().filter_map(|((_, _, tier), mut segments)| {
        segments.sort_by_key(|segment| segment.number);
        let inputs = segments.get(..limits.fan)?.iter().copied().cloned().collect();
        Some(Due { inputs, tier: tier.saturating_add(1).min(MAX_TIER) })
    });
    full.min_by_key(Due::bytes)
}

/// A segment that may have what was struck, to be written again without it.
pub(super) fn with_struck(manifest: &Manifest) -> Option<Due> {
    let has = |segment: &&Segment| manifest.struck.iter().any(|struck| may_have(segment, struck));
    let segment = free(manifest).find(has)?;
    Some(Due { inputs: vec![segment.clone()], tier: segment.tier })
}
