//! Removes everything of a tenant.
//!
//! ```text
//! tombstone ─▶ revoke the credentials ─▶ wait ─▶ heads ─▶ everything else ─▶ credentials
//!          └───────── close ─────────┘          └───────────── remove ─────────────┘
//! ```
//!
//! The tombstone is there before the first item goes, and stays: from then on the
//! tenant gets no credentials and no events, so its id is not given away again
//! by accident. A credential is added only where there is none, in one transaction, so
//! each one was either refused or is found by the revocation.
//!
//! Before the wait, functions may take a revoked key, and end what they
//! have begun: the wait is the caller's. From the removal of the heads on no
//! activity is to be seen, whole or in part, should someone make a new key. The
//! credentials go last, so that a run that was cut off leaves behind since when
//! they are revoked.
//!
//! No index leads from a tenant to its items, so the table is scanned twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use tokio::time::Instant;

use super::scan::{self, Scan, ScanPage, Tally, insist};
use crate::domain::audit_log::Generation;
use crate::domain::clock::{Environment, Timestamp};
use crate::domain::error::{Error, Result};
use crate::domain::principal::{KeyId, TenantId};
use crate::index::compact;
use crate::index::compact::sweep::sweep;
use crate::index::segment::{Collection, PartName, Segment};
use crate::index::store::IndexStore;
use crate::store::calls::{Store, pages};
use crate::store::failure::is_corrupt_item;
use crate::store::item::{Item, Key, SK, keys_only};
use crate::store::keys::{self, ItemKind};
use crate::store::segments::TenantIndex;

/// Items that are removed within one deadline.
const CHUNK_ITEMS: usize = 1_000;
/// How long the removal of a chunk may take.
const DELETE_DEADLINE: Duration = Duration::from_secs(60);

/// What becomes of a tenant's audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditTrail {
    /// It stays, with what it is found by: it can be read with a new key.
    Kept,
    /// It goes too, but for the newest seal of each log up to this generation: it has hashes
    /// alone, and a tenant that gets the id again goes on behind it.
    RemovedUpTo(Generation),
}

/// Items of a tenant, counted by their kind.
pub type Counts = BTreeMap<ItemKind, usize>;

/// What was found of a tenant so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TenantItems {
    /// Items that were removed, or would be.
    pub removed: Counts,
    /// Items that stay.
    pub kept: Counts,
}

/// Which items a scan is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    Heads,
    /// All but the credentials.
    Rest,
    All,
}

/// Leaves the tombstone of a tenant, and then revokes all its credentials. Tells
/// since when nobody new can be writing, which may be a while ago: when the
/// tombstone was left or the last credential was revoked.
pub async fn close(store: &Store, tenant: &TenantId, now: Timestamp) -> Result<Timestamp> {
    let began_at = insist(|| store.begin_removal(tenant, now)).await?;
    let revoked_at = revoke_credentials(store, tenant, now).await?;
    Ok(revoked_at.map_or(began_at, |revoked_at| revoked_at.max(began_at)))
}

async fn revoke_credentials(
    store: &Store,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let mut last = None;
    for key in credential_keys(store, tenant).await? {
        // By an id that is none, nobody can be authenticated.
        let Some(Ok(key_id)) = key.get(SK).and_then(|sk| sk.as_s().ok()).map(|sk| KeyId::parse(sk))
        else {
            continue;
        };
        let revoked = insist(|| store.revoke_credential(tenant, &key_id, now)).await;
        match revoked {
            Ok(revoked_at) => last = last.max(Some(revoked_at)),
            // It says that it is revoked, if not when.
            Err(error) if is_corrupt_item(&error) => last = last.max(Some(now)),
            // Another run was faster.
            Err(Error::ResourceNotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(last)
}

/// Counts what [`remove`] would remove and keep, in one scan.
pub async fn count(
    store: &Store,
    tenant: &TenantId,
    audit_trail: AuditTrail,
    report: impl Fn(&TenantItems),
) -> Result<TenantItems> {
    let last_seals = &last_seals(store, tenant, audit_trail).await?;
    let tally = Tally::default();
    let (report, shared) = (&report, &tally);
    let count = |page: ScanPage| async move {
        let sorted = sort(tenant, page.items, audit_trail, last_seals);
        report(&shared.update(|found: &mut TenantItems| {
            for (kind, items) in &sorted.remove {
                add(&mut found.removed, *kind, items.len());
            }
            sorted.keep.iter().for_each(|(kind, count)| add(&mut found.kept, *kind, *count));
        }));
        Ok(())
    };
    scan::each_page(store, &scan_of(tenant, Pass::All), count).await?;
    Ok(tally.into_inner())
}

/// Removes everything of a tenant but its tombstone, and counts it. It has to be
/// closed before, for so long that nobody can be writing: what comes in behind
/// this is left.
///
/// # Errors
///
/// A failed call. What was removed until then stays removed, `report` was
/// told of it, and another run removes the rest.
pub async fn remove(
    store: &Store,
    tenant: &TenantId,
    audit_trail: AuditTrail,
    env: &dyn Environment,
    report: impl Fn(&TenantItems),
) -> Result<TenantItems> {
    let now = env.now()?;
    let last_seals = &last_seals(store, tenant, audit_trail).await?;
    let tally = Tally::default();
    let (report, shared) = (&report, &tally);
    let remove = |sorted: Sorted| async move {
        for (kind, items) in sorted.remove {
            for chunk in items.chunks(CHUNK_ITEMS) {
                store.batch_delete(chunk, Instant::now() + DELETE_DEADLINE).await?;
                let removed = chunk.len();
                report(&shared.update(|so_far: &mut TenantItems| {
                    add(&mut so_far.removed, kind, removed);
                }));
            }
        }
        report(&shared.update(|so_far| {
            sorted.keep.iter().for_each(|(kind, count)| add(&mut so_far.kept, *kind, *count));
        }));
        Ok(())
    };
    let page = |page: ScanPage| async move {
        let mut sorted = sort(tenant, page.items, audit_trail, last_seals);
        let unnamed = sweep_parts(store, tenant, &sorted.kept_parts).await?;
        if unnamed > 0 {
            report(&shared.update(|so_far: &mut TenantItems| {
                add(&mut so_far.removed, ItemKind::SegmentPart, unnamed);
            }));
            let kept = sorted.keep.entry(ItemKind::SegmentPart).or_default();
            *kept = kept.saturating_sub(unnamed);
        }
        remove(sorted).await
    };
    scan::each_page(store, &scan_of(tenant, Pass::Heads), page).await?;
    match audit_trail {
        AuditTrail::Kept => insist(|| forget_activities(store, tenant, env)).await?,
        AuditTrail::RemovedUpTo(_) => insist(|| store.note_shards(tenant)).await?,
    }
    scan::each_page(store, &scan_of(tenant, Pass::Rest), page).await?;
    remove(sort(tenant, credential_keys(store, tenant).await?, audit_trail, last_seals)).await?;
    insist(|| store.end_removal(tenant, now)).await?;
    Ok(tally.into_inner())
}

/// Takes activities out of a tenant's index, and leaves what audit events are found by.
async fn forget_activities(store: &Store, tenant: &TenantId, env: &dyn Environment) -> Result<()> {
    let index = TenantIndex { store, tenant };
    let of_activities = |segment: &Segment| segment.collection == Collection::Activities;
    // What is in the tail becomes segments of one collection each; those that are dropped
    // are deleted by what comes after.
    compact::settle(&index, env).await?;
    compact::operate::drop_segments(&index, env, of_activities).await?;
    compact::settle(&index, env).await?;
    // What can't be read is in no segment, and may have words all the same.
    let manifest = IndexStore::manifest(&index).await?.map(|(_, manifest)| manifest);
    for shard in 0..manifest.unwrap_or_default().shards {
        let mut after = None;
        loop {
            let page = IndexStore::tail(&index, shard, after, usize::MAX).await?;
            index.delete_tail(&page.unreadable).await?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// Removes those of some parts of segments that the manifest does not name, however young they
/// are: a run that was cut off left them, and they may be of activities. Nobody lists them any
/// more: all that was due is done, so a run that is at work still finds its inputs gone.
async fn sweep_parts(store: &Store, tenant: &TenantId, parts: &[PartName]) -> Result<usize> {
    if parts.is_empty() {
        return Ok(0);
    }
    let index = TenantIndex { store, tenant };
    insist(|| sweep(&index, parts.iter().copied(), Timestamp::MAX)).await
}

/// The keys of a tenant's credentials, whatever else is in them.
async fn credential_keys(store: &Store, tenant: &TenantId) -> Result<Vec<Item>> {
    let page = |start| store.partition_page(keys::credentials(tenant), Some(keys_only()), start);
    pages(|start: Option<Item>| insist(move || page(start.clone()))).await
}

fn scan_of(tenant: &TenantId, pass: Pass) -> Scan {
    let text = |text: String| AttributeValue::S(text);
    let scan = Scan::keys().with(":tenant", text(keys::tenant_prefix(tenant)));
    match pass {
        Pass::All => scan.only("begins_with(pk, :tenant)"),
        Pass::Heads => scan
            .only("begins_with(pk, :tenant) AND sk = :head")
            .with(":head", text(keys::HEAD.to_owned())),
        Pass::Rest => scan
            .only("begins_with(pk, :tenant) AND pk <> :credentials")
            .with(":credentials", text(keys::credentials(tenant))),
    }
}

/// Some items of a tenant.
struct Sorted {
    remove: BTreeMap<ItemKind, Vec<Item>>,
    keep: Counts,
    /// The parts of segments among those that stay.
    kept_parts: Vec<PartName>,
}

/// The newest seals of a tenant's logs, where the trail goes.
async fn last_seals(
    store: &Store,
    tenant: &TenantId,
    audit_trail: AuditTrail,
) -> Result<BTreeSet<(String, String)>> {
    let AuditTrail::RemovedUpTo(newest) = audit_trail else { return Ok(BTreeSet::new()) };
    let mut last = BTreeSet::new();
    for generation in (1..=newest.number()).filter_map(Generation::new) {
        let seals = insist(|| store.seals_before(tenant, generation, None, 1)).await?;
        let key = seals.first().map(|seal| keys::seal(tenant, generation, seal.first));
        last.extend(key.map(|key| (key.pk, key.sk)));
    }
    Ok(last)
}

fn sort(
    tenant: &TenantId,
    items: Vec<Item>,
    audit_trail: AuditTrail,
    last_seals: &BTreeSet<(String, String)>,
) -> Sorted {
    let (remove, keep, kept_parts) = (BTreeMap::new(), Counts::new(), Vec::new());
    let mut sorted = Sorted { remove, keep, kept_parts };
    for item in items {
        // The filter has seen to it; but nothing is removed on its word alone.
        let Some(key) = Key::of(&item) else { continue };
        let Some((owner, kind)) = keys::kind_of(&key.pk) else { continue };
        // The tombstone is nothing of the tenant, but what is left in its place.
        if owner != *tenant || kind == ItemKind::Tombstone {
            continue;
        }
        let is_last_seal =
            kind == ItemKind::Seal && last_seals.contains(&(key.pk.clone(), key.sk.clone()));
        if is_last_seal || is_of_trail(kind) && audit_trail == AuditTrail::Kept {
            add(&mut sorted.keep, kind, 1);
            sorted.kept_parts.extend(keys::part_name(&key.pk).map(|(_, name)| name));
        } else {
            sorted.remove.entry(kind).or_default().push(item);
        }
    }
    sorted
}

/// Whether items of this kind are part of the audit trail. What it is found by is, once
/// nothing of activities is in it.
fn is_of_trail(kind: ItemKind) -> bool {
    use ItemKind::{
        AuditEvent, AuditListed, Cosignature, Manifest, Seal, SegmentPart, TailEntry, Tile,
        Unsealed,
    };
    matches!(
        kind,
        AuditEvent
            | AuditListed
            | Cosignature
            | Manifest
            | Seal
            | SegmentPart
            | TailEntry
            | Tile
            | Unsealed
    )
}

fn add(counts: &mut Counts, kind: ItemKind, count: usize) {
    *counts.entry(kind).or_default() += count;
}
