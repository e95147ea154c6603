//! Deletion of parts that no manifest names: those of runs that ended between writing a
//! segment and listing it, and those that a run wrote of a merge which another one had finished.
//!
//! A segment is listed within a quarter of an hour after its id was minted, or never, and is
//! swept after an hour. That alone would leave it to clocks whether somebody lists what is
//! being deleted. So the manifest gets a new version before anything is deleted: whoever read
//! an older one can put nothing any more, and whoever reads a newer one finds that it is late.

use std::collections::BTreeMap;

use super::current::{Change, Current};
use crate::domain::activity::minted_at;
use crate::domain::clock::{HOUR, Timestamp};
use crate::domain::error::Result;
use crate::index::manifest::Manifest;
use crate::index::segment::{PartName, SegmentId};
use crate::index::store::IndexStore;

/// How often the manifest gets a new version at most, where others change it as well.
const ATTEMPTS: usize = 32;

/// Deletes those of the found parts that no manifest names and whose segment is older than an
/// hour, and how many there were.
///
/// # Errors
///
/// A failed call. What was deleted until then stays deleted.
pub async fn sweep(
    store: &impl IndexStore,
    found: impl IntoIterator<Item = PartName>,
    now: Timestamp,
) -> Result<usize> {
    let mut old: BTreeMap<SegmentId, Vec<PartName>> = BTreeMap::new();
    let is_old = |id: SegmentId| minted_at(id.0).is_some_and(|minted| minted <= now.minus(HOUR));
    for name in found.into_iter().filter(|name| is_old(name.segment)) {
        old.entry(name.segment).or_default().push(name);
    }
    let mut current = Current::read(store).await?;
    old.retain(|id, _| !names(&current.manifest, *id));
    if old.is_empty() {
        return Ok(0);
    }
    current.change(ATTEMPTS, |_| Change::Put).await?;
    let mut deleted = 0;
    for (id, parts) in old {
        current.reread().await?;
        if !names(&current.manifest, id) {
            store.delete_parts(&parts).await?;
            deleted += parts.len();
        }
    }
    Ok(deleted)
}

/// Whether a manifest says something of a segment.
fn names(manifest: &Manifest, id: SegmentId) -> bool {
    manifest.segments.iter().any(|segment| segment.id == id)
        || manifest.garbage.iter().any(|garbage| garbage.segment == id)
        || manifest.merge.as_ref().is_some_and(|job| job.output.id == id)
}
