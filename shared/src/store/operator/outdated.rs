//! The activities that another version of the analyzer filed, and this one did not.
//!
//! The positions of the others are in memory while this version's are gone through, 25 bytes
//! each: a quarter of a gigabyte for ten million activities of a tenant.

use std::collections::BTreeSet;
use std::error::Error as _;

use crate::domain::error::{Error, Result};
use crate::index::Position;
use crate::index::segment::merge::Parts as _;
use crate::index::segment::{Collection, Part, Segment, SegmentId, positions};
use crate::index::store::{AbsentPart, IndexStore};
use crate::store::failure::CorruptItem;
use crate::store::keys;
use crate::store::segments::TenantIndex;
use crate::text::ANALYZER_VERSION;

/// Parts of positions that are read at a time.
const PARTS_A_ROUND: usize = 100;
/// How often a manifest is read that others change meanwhile. What was read until then counts,
/// so each time there is less to read.
pub(super) const ATTEMPTS: usize = 32;

/// Segments were merged away each time before they were read.
#[derive(Debug, thiserror::Error)]
#[error("segments were merged away {ATTEMPTS} times while they were read")]
pub(super) struct MergedAway;

/// The activities of a tenant that another version of the analyzer filed, and this one did
/// not, newest first.
pub(super) async fn outdated(index: &TenantIndex<'_>) -> Result<Vec<Position>> {
    let mut others = Vec::new();
    // The tail first: what leaves it meanwhile is in a segment of the manifest.
    each_in_tail(index, |analyzer, position| {
        if analyzer != ANALYZER_VERSION {
            others.push(position);
        }
    })
    .await?;
    let is_other = |segment: &Segment| segment.analyzer != ANALYZER_VERSION;
    each_in_segments(index, is_other, |positions| others.extend(positions)).await?;
    not_filed(index, others).await
}

/// Those of some positions that this version has not filed, newest first.
pub(super) async fn not_filed(
    index: &TenantIndex<'_>,
    mut positions: Vec<Position>,
) -> Result<Vec<Position>> {
    positions.sort_unstable();
    positions.dedup();
    if positions.is_empty() {
        return Ok(positions);
    }
    let mut is_filed = vec![false; positions.len()];
    let mut note = |position: Position| {
        if let Ok(at) = positions.binary_search(&position) {
            is_filed[at] = true;
        }
    };
    each_in_tail(index, |analyzer, position| {
        if analyzer == ANALYZER_VERSION {
            note(position);
        }
    })
    .await?;
    let is_ours = |segment: &Segment| segment.analyzer == ANALYZER_VERSION;
    each_in_segments(index, is_ours, |positions| positions.into_iter().for_each(&mut note)).await?;
    let mut is_filed = is_filed.into_iter();
    positions.retain(|_| !is_filed.next().unwrap_or_default());
    positions.reverse();
    Ok(positions)
}

/// The activities in the tail, each with the version of the analyzer that filed it.
async fn each_in_tail(index: &TenantIndex<'_>, mut each: impl FnMut(u32, Position)) -> Result<()> {
    let shards = IndexStore::manifest(index).await?.map_or(1, |(_, manifest)| manifest.shards);
    for shard in 0..shards {
        let mut after = None;
        loop {
            let page = IndexStore::tail(index, shard, after, usize::MAX).await?;
            for (_, entry) in page.entries {
                if let Some(part) = entry.activity {
                    each(entry.analyzer, part.position);
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// The positions in some segments of activities; some more than once, where segments are
/// merged meanwhile.
async fn each_in_segments(
    index: &TenantIndex<'_>,
    which: impl Fn(&Segment) -> bool,
    mut take: impl FnMut(Vec<Position>),
) -> Result<()> {
    let mut read: BTreeSet<SegmentId> = BTreeSet::new();
    'manifests: for _ in 0..ATTEMPTS {
        let manifest = IndexStore::manifest(index).await?.map(|(_, manifest)| manifest);
        for segment in manifest.unwrap_or_default().segments {
            let is_wanted = segment.collection == Collection::Activities && which(&segment);
            if !is_wanted || read.contains(&segment.id) {
                continue;
            }
            match read_positions(index, &segment, &mut take).await {
                Ok(()) => {}
                Err(error) if is_merged_away(index, &error).await? => continue 'manifests,
                Err(error) => return Err(error),
            }
            read.insert(segment.id);
        }
        return Ok(());
    }
    Err(Error::Unavailable(Box::new(MergedAway)))
}

/// The positions in a segment.
pub(super) async fn read_positions(
    index: &TenantIndex<'_>,
    segment: &Segment,
    mut take: impl FnMut(Vec<Position>),
) -> Result<()> {
    let of_positions = segment.parts().filter(|part| matches!(part, Part::Positions(_)));
    let names: Vec<_> = of_positions.map(|part| segment.name(part)).collect();
    for round in names.chunks(PARTS_A_ROUND) {
        for (bytes, name) in index.read(round).await?.iter().zip(round) {
            let positions = positions::decode(bytes).map_err(|corrupt| CorruptItem {
                pk: keys::part(index.tenant, *name).pk,
                sk: String::new(),
                problem: corrupt.to_string(),
            })?;
            take(positions);
        }
    }
    Ok(())
}

/// Whether a part is absent because its segment was merged away, and the index is not damaged.
pub(super) async fn is_merged_away(index: &TenantIndex<'_>, error: &Error) -> Result<bool> {
    let absent = error.source().and_then(|cause| cause.downcast_ref::<AbsentPart>());
    let Some(AbsentPart(name)) = absent else { return Ok(false) };
    let manifest = IndexStore::manifest(index).await?.map(|(_, manifest)| manifest);
    let segments = manifest.unwrap_or_default().segments;
    Ok(!segments.iter().any(|segment| segment.id == name.segment))
}
