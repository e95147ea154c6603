//! Drops what older versions of the analyzer filed.
//!
//! ```text
//! flush the tail ─ note the old segments ─ look what is in them ─ drop these segments
//! ```
//!
//! What is dropped is what was looked at. A function of an older build may have staged an
//! activity that an old segment has, and commit it later: where a head is absent, it is looked
//! for again when nothing of that time can be committed any more.

use std::collections::BTreeSet;
use std::time::Duration;

use super::commits::wait;
use super::indexed_tenants::indexed_tenants;
use super::outdated::{ATTEMPTS, MergedAway, is_merged_away, not_filed, outdated, read_positions};
use super::scan::insist;
use super::sweep::GRACE;
use crate::domain::activity::{ActivityId, minted_at};
use crate::domain::clock::Environment;
use crate::domain::error::{Error, Result};
use crate::index::Position;
use crate::index::compact::{self, operate};
use crate::index::segment::{Collection, Segment, SegmentId};
use crate::index::store::IndexStore;
use crate::store::calls::Store;
use crate::store::item::{Key, keys_only};
use crate::store::keys;
use crate::store::segments::TenantIndex;
use crate::text::ANALYZER_VERSION;

/// Heads that are looked for at a time.
const HEADS_A_ROUND: usize = 100;

/// What became of what older versions filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldWords {
    /// So many activities would not be found by their words. Nothing was dropped.
    InUse {
        /// Activities that only another version filed.
        activities: usize,
    },
    /// It is gone.
    Dropped {
        /// How many segments it was.
        segments: usize,
    },
}

/// The old segments of a tenant.
#[derive(Default)]
struct Old {
    segments: BTreeSet<SegmentId>,
    /// What only they have.
    only: Vec<Position>,
}

/// Which of some activities there are.
#[derive(Default)]
struct Heads {
    found: usize,
    /// Those without a head that may get one.
    awaited: Vec<Position>,
}

/// Drops what older versions of the analyzer filed, unless an activity would not be found
/// by its words then. `commits_within` is how long after it began a write may be committed.
///
/// # Errors
///
/// A failed call. What was dropped until then stays dropped.
pub async fn remove_old_words(
    store: &Store,
    env: &dyn Environment,
    commits_within: Duration,
    report: impl Fn(usize),
) -> Result<OldWords> {
    let tenants = indexed_tenants(store, report).await?;
    // As long as something is to be filed, nothing is changed.
    let mut activities = 0;
    for tenant in &tenants {
        let index = TenantIndex { store, tenant };
        let outdated = insist(|| outdated(&index)).await?;
        activities += heads(&index, env, &outdated).await?.found;
    }
    if activities > 0 {
        return Ok(OldWords::InUse { activities });
    }
    let (mut old, mut awaited) = (Vec::new(), Vec::new());
    for tenant in &tenants {
        let index = TenantIndex { store, tenant };
        if !insist(|| has_old(&index)).await? {
            continue;
        }
        // What the tail has of an older version becomes a segment of it.
        insist(|| compact::settle(&index, env)).await?;
        let Old { segments, only } = insist(|| old_segments(&index)).await?;
        let heads = heads(&index, env, &only).await?;
        activities += heads.found;
        old.push((tenant, segments));
        awaited.push((tenant, heads.awaited));
    }
    if activities == 0 && awaited.iter().any(|(_, awaited)| !awaited.is_empty()) {
        wait(env, commits_within).await?;
        for (tenant, awaited) in awaited {
            let index = TenantIndex { store, tenant };
            activities += heads(&index, env, &awaited).await?.found;
        }
    }
    if activities > 0 {
        return Ok(OldWords::InUse { activities });
    }
    let mut segments = 0;
    for (tenant, old) in &old {
        segments += drop_old(&TenantIndex { store, tenant }, env, old).await?;
    }
    Ok(OldWords::Dropped { segments })
}

/// Drops these segments. What was merged of one of them meanwhile stays.
async fn drop_old(
    index: &TenantIndex<'_>,
    env: &dyn Environment,
    old: &BTreeSet<SegmentId>,
) -> Result<usize> {
    let is_it = |segment: &Segment| old.contains(&segment.id);
    let dropped = insist(|| operate::drop_segments(index, env, is_it)).await?;
    insist(|| compact::settle(index, env)).await?;
    Ok(dropped)
}

fn is_old(segment: &Segment) -> bool {
    segment.collection == Collection::Activities && segment.analyzer < ANALYZER_VERSION
}

/// Which old segments there are now, and what only they have.
async fn old_segments(index: &TenantIndex<'_>) -> Result<Old> {
    'manifests: for _ in 0..ATTEMPTS {
        let manifest = IndexStore::manifest(index).await?.map(|(_, manifest)| manifest);
        let (mut segments, mut only) = (BTreeSet::new(), Vec::new());
        for segment in manifest.unwrap_or_default().segments.iter().filter(|it| is_old(it)) {
            let read = read_positions(index, segment, |positions| only.extend(positions)).await;
            match read {
                Ok(()) => {}
                Err(error) if is_merged_away(index, &error).await? => continue 'manifests,
                Err(error) => return Err(error),
            }
            segments.insert(segment.id);
        }
        return Ok(Old { segments, only: not_filed(index, only).await? });
    }
    Err(Error::Unavailable(Box::new(MergedAway)))
}

/// Which of some activities there are.
async fn heads(
    index: &TenantIndex<'_>,
    env: &dyn Environment,
    positions: &[Position],
) -> Result<Heads> {
    let committed_by_now = env.now()?.minus(GRACE);
    let may_come = |at: &Position| minted_at(at.id).is_some_and(|at| at > committed_by_now);
    let mut heads = Heads::default();
    let projection = keys_only();
    for round in positions.chunks(HEADS_A_ROUND) {
        let head = |at: &Position| keys::head(index.tenant, ActivityId(at.id));
        let wanted: Vec<Key> = round.iter().map(head).collect();
        let look = || index.store.batch_get(wanted.clone(), Some(&projection));
        let found: Vec<Key> = insist(look).await?.iter().filter_map(Key::of).collect();
        heads.found += found.len();
        let absent = round.iter().filter(|at| !found.contains(&head(at)));
        heads.awaited.extend(absent.filter(|at| may_come(at)));
    }
    Ok(heads)
}

/// Whether an index has activities that an older version of the analyzer filed.
async fn has_old(index: &TenantIndex<'_>) -> Result<bool> {
    let manifest = IndexStore::manifest(index).await?.map(|(_, manifest)| manifest);
    let manifest = manifest.unwrap_or_default();
    if manifest.segments.iter().any(is_old) {
        return Ok(true);
    }
    for shard in 0..manifest.shards {
        let mut after = None;
        loop {
            let page = IndexStore::tail(index, shard, after, usize::MAX).await?;
            let mut entries = page.entries.iter().map(|(_, entry)| entry);
            if entries.any(|entry| entry.activity.is_some() && entry.analyzer < ANALYZER_VERSION) {
                return Ok(true);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(false)
}
