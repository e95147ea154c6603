//! What is done to an index beside its runs: records are struck, segments that were built from
//! the records are added, and others are dropped.

use uuid::Uuid;

use super::current::{Change, Current, TooManyOthers};
use super::limits::Limits;
use super::merge_tiers::{garbage, is_young};
use super::struck::{MAX_STRUCK, strike as name_struck};
use crate::domain::clock::Environment;
use crate::domain::error::{Error, Result};
use crate::index::Position;
use crate::index::manifest::{MAX_SHARDS, Manifest};
use crate::index::segment::build::Built;
use crate::index::segment::{Collection, Part, Segment, SegmentId};
use crate::index::store::{IndexStore, is_absence, unreadable_version};

/// How often a change is tried over those of others, which come about once a second.
const ATTEMPTS: usize = 32;

/// More was struck than can be remembered.
#[derive(Debug, thiserror::Error)]
#[error("{MAX_STRUCK} struck records are in segments yet: settle the index first")]
struct TooManyStruck;

/// A segment that was built from the records can't be listed.
#[derive(Debug, thiserror::Error)]
#[error("records were struck, or much time has passed, since the segment was begun")]
struct BuiltTooEarly;

/// Lets a record be found by nothing any more. It is left out of all that is written from now
/// on; `settle` writes anew what has it. It is there for the erasure of a record, which the
/// product does not offer yet: tests alone call it.
///
/// # Errors
///
/// A failed call, after which it may be struck; and where too many wait to be left out.
pub async fn strike(
    store: &impl IndexStore,
    collection: Collection,
    position: Position,
) -> Result<()> {
    let mut current = Current::read(store).await?;
    let is_it = |manifest: &Manifest| {
        let mut struck = manifest.struck.iter();
        struck.any(|it| it.collection == collection && it.position == position)
    };
    let name_it = |manifest: &mut Manifest| {
        if is_it(manifest) {
            return Change::Done;
        }
        if manifest.struck.len() >= MAX_STRUCK {
            return Change::Impossible;
        }
        name_struck(manifest, collection, position);
        Change::Put
    };
    match current.change(ATTEMPTS, name_it).await? {
        true => Ok(()),
        false => Err(Error::Unavailable(Box::new(TooManyStruck))),
    }
}

/// Lists a segment that was built from the records. Its number is the manifest's next one at a
/// time before any of the records was read. Its id and its tier are chosen here: where a call
/// failed, what it wrote may have been listed, merged away and deleted, so the next call writes
/// a segment of its own.
///
/// # Errors
///
/// A failed call, after which the segment may be listed; and where a record may have been
/// struck after it was read. What was written is for `sweep` then.
pub async fn add_segment(
    store: &impl IndexStore,
    env: &dyn Environment,
    built: Built,
) -> Result<()> {
    let Built { mut segment, parts } = built;
    segment.id = SegmentId(env.new_uuid()?);
    segment.tier = Limits::default().tier(segment.bytes);
    store.write(segment.id, parts).await?;
    let mut current = Current::read(store).await?;
    for attempt in 0..ATTEMPTS {
        let manifest = &current.manifest;
        if is_named(manifest, segment.id) {
            return Ok(());
        }
        // A put that was refused may have been done before, and its segment be merged away and
        // deleted by now. Garbage is named until all of it is deleted.
        if attempt > 0 && !is_there(store, &segment).await? {
            return Ok(());
        }
        let is_struck_since = manifest.struck.iter().any(|it| it.before > segment.number);
        if is_struck_since || !is_young(env, segment.id) {
            return Err(Error::Unavailable(Box::new(BuiltTooEarly)));
        }
        let mut new = manifest.clone();
        new.segments.push(segment.clone());
        new.next_number = new.next_number.max(segment.number + 1);
        if current.put_once(new).await? {
            return Ok(());
        }
    }
    Err(Error::Unavailable(Box::new(TooManyOthers(ATTEMPTS))))
}

/// Whether a manifest lists a segment, or names it as merged away or dropped.
fn is_named(manifest: &Manifest, id: SegmentId) -> bool {
    manifest.segments.iter().any(|segment| segment.id == id)
        || manifest.garbage.iter().any(|garbage| garbage.segment == id)
}

/// Whether the part of a segment that is deleted last is there.
async fn is_there(store: &impl IndexStore, segment: &Segment) -> Result<bool> {
    match store.read(&[segment.name(Part::Positions(0))]).await {
        Ok(_) => Ok(true),
        Err(error) if is_absence(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Drops segments for good, and how many there were: those of an old analyzer, or all of them
/// before the index is built from the records again. Later runs delete their parts. Entries of
/// the tail that they had are flushed once more where they are still there, since another
/// segment may have been made of them as well.
///
/// # Errors
///
/// A failed call, after which they may be dropped.
pub async fn drop_segments(
    store: &impl IndexStore,
    env: &dyn Environment,
    which: impl Fn(&Segment) -> bool + Send + Sync,
) -> Result<usize> {
    let run = env.new_uuid()?;
    let mut current = Current::read(store).await?;
    let mut dropped = 0;
    let drop_them = |manifest: &mut Manifest| drop_from(manifest, run, &which, &mut dropped);
    current.change(ATTEMPTS, drop_them).await?;
    Ok(dropped)
}

/// Drops all segments, also where the manifest can't be read, and how many are known of. A
/// manifest that can't be read is replaced by one that names nothing: what it named is for
/// `sweep`, and its tail may have had the most shards. What it named as struck has no record
/// any more, so that no search shows it.
///
/// # Errors
///
/// A failed call, after which they may be dropped; and a manifest of which not even the version
/// can be read.
pub async fn drop_all(store: &impl IndexStore, env: &dyn Environment) -> Result<usize> {
    let dropped = drop_segments(store, env, |_| true).await;
    let Some(version) = dropped.as_ref().err().and_then(unreadable_version) else {
        return dropped;
    };
    // Numbers go on behind all that it may have named: there is less than one a millisecond.
    let next_number = u64::try_from(env.now()?.as_millis()).unwrap_or_default();
    let new = Manifest { shards: MAX_SHARDS, next_number, ..Manifest::default() };
    match store.put_manifest(Some(version), &new).await? {
        Some(_) => Ok(0),
        // Somebody else replaced it.
        None => drop_segments(store, env, |_| true).await,
    }
}

/// Takes segments out of a manifest, with the merge that has any of them.
fn drop_from(
    manifest: &mut Manifest,
    run: Uuid,
    which: &impl Fn(&Segment) -> bool,
    dropped: &mut usize,
) -> Change {
    let (gone, kept): (Vec<Segment>, Vec<Segment>) =
        std::mem::take(&mut manifest.segments).into_iter().partition(which);
    manifest.segments = kept;
    if gone.is_empty() {
        return Change::Done;
    }
    *dropped = gone.len();
    let is_gone = |id: &SegmentId| gone.iter().any(|segment| segment.id == *id);
    manifest.merge.take_if(|job| job.inputs.iter().any(is_gone));
    manifest.pending.clear();
    manifest.garbage.extend(gone.iter().map(|segment| garbage(segment, run)));
    Change::Put
}
