//! Removes what was staged and never committed.
//!
//! Nothing commits later than a minute after its id was minted, so an item
//! whose id is older than [`GRACE`] and whose owner does not exist never will
//! have one. So is a part of a segment that no manifest names, which
//! [`compact::sweep`] decides.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::scan::{self, Scan};
use crate::domain::activity::{ActivityId, minted_at};
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::index::compact;
use crate::index::segment::PartName;
use crate::store::calls::Store;
use crate::store::item::{Item, Key, keys_only};
use crate::store::keys::{self, Staged};
use crate::store::segments::TenantIndex;

/// How old an id has to be before what it names is swept.
pub const GRACE: Duration = Duration::from_secs(60 * 60);
/// How long one batch of deletions may take.
const DELETE_DEADLINE: Duration = Duration::from_secs(60);

/// What a sweep did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Items that were looked at.
    pub scanned: usize,
    /// Items that were removed.
    pub removed: usize,
}

/// Scans the whole table, and removes staged items without an owner and parts of segments
/// that nothing names. Tells `progress` after each page.
///
/// # Errors
///
/// A failed call. What was removed until then stays removed.
pub async fn sweep(
    store: &Store,
    now: Timestamp,
    mut progress: impl FnMut(Swept),
) -> Result<Swept> {
    let mut swept = Swept::default();
    let mut start = None;
    loop {
        let (page, next) = scan::read_page(store, &Scan::keys(), None, start).await?;
        swept.scanned += page.scanned;
        for (tenant, parts) in parts(&page.items) {
            let index = TenantIndex { store, tenant: &tenant };
            swept.removed += compact::sweep::sweep(&index, parts, now).await?;
        }
        let orphans = orphans(store, page.items, now).await?;
        swept.removed += orphans.len();
        store.batch_delete(&orphans, Instant::now() + DELETE_DEADLINE).await?;
        progress(swept);
        start = next;
        if start.is_none() {
            return Ok(swept);
        }
    }
}

/// The parts of segments among the keys of a page, by tenant.
fn parts(items: &[Item]) -> BTreeMap<TenantId, Vec<PartName>> {
    let mut parts: BTreeMap<TenantId, Vec<PartName>> = BTreeMap::new();
    for key in items.iter().filter_map(Key::of) {
        if let Some((tenant, name)) = keys::part_name(&key.pk) {
            parts.entry(tenant).or_default().push(name);
        }
    }
    parts
}

/// The keys, among those of a page, that were staged before the grace
/// period and whose owner does not exist.
async fn orphans(store: &Store, items: Vec<Item>, now: Timestamp) -> Result<Vec<Item>> {
    let staged: Vec<(Item, Vec<Key>)> = items
        .into_iter()
        .filter_map(|item| {
            let owners = old_owners(&item, now)?;
            Some((item, owners))
        })
        .collect();
    let owners: HashSet<Key> = staged.iter().flat_map(|(_, owners)| owners).cloned().collect();
    let existing = store.batch_get(owners.into_iter().collect(), Some(&keys_only())).await?;
    let existing: HashSet<Key> = existing.iter().filter_map(Key::of).collect();
    let is_orphan = |owners: &[Key]| !owners.iter().any(|owner| existing.contains(owner));
    let orphans = staged.into_iter().filter(|(_, owners)| is_orphan(owners));
    Ok(orphans.map(|(item, _)| item).collect())
}

/// The keys of the records that a staged item may be of, where it is past its grace
/// period.
fn old_owners(item: &Item, now: Timestamp) -> Option<Vec<Key>> {
    let key = Key::of(item)?;
    let (tenant, staged) = keys::staged_owner(&key.pk, &key.sk)?;
    let head = |id| keys::head(&tenant, ActivityId(id));
    let event = |id| keys::audit_event(&tenant, id);
    let (id, owners) = match staged {
        Staged::Activity(id) => (id, vec![head(id)]),
        Staged::AuditEvent(id) => (id, vec![event(id)]),
        Staged::Either(id) => (id, vec![head(id), event(id)]),
    };
    (minted_at(id)? <= now.minus(GRACE)).then_some(owners)
}
