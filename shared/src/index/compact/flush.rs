//! A flush: entries of the tail become segments.
//!
//! ```text
//! read the manifest ─ read the tail ─ write segments of exactly these entries
//!     ─ put the manifest with them, if nobody put one since ─ delete exactly these entries
//! ```
//!
//! So at every moment an entry is in the tail or in a whole segment that the manifest lists.
//! What is deleted is named in the manifest as pending, for a run that ends before it has
//! deleted it. A run that was slower than another one deletes what it wrote: nobody names it,
//! and the condition on the manifest's version keeps it from ever being named.

use std::collections::{BTreeMap, BTreeSet};

use super::current::Current;
use super::garbage::delete_some;
use super::limits::Limits;
use super::session::Session;
use super::struck::{SeenInTail, dropped};
use super::tail::TailRead;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::index::entry::{Entry, EntryPart};
use crate::index::manifest::{Manifest, TailKey};
use crate::index::segment::build::{Built, build};
use crate::index::segment::{Birth, Collection, PartName, SegmentId};
use crate::index::store::IndexStore;

/// What a flush came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flushed {
    /// There was too little.
    Nothing,
    /// All that was there. By now there is hardly more.
    All,
    /// Much, so there may well be more.
    Much,
    /// Somebody else changed the manifest meanwhile.
    Lost,
}

/// Flushes what the tail has, where that is enough.
pub(super) async fn flush<S: IndexStore>(session: &mut Session<'_, S>) -> Result<Flushed> {
    let limits = session.limits;
    let shards = session.current.manifest.shards;
    let began = session.env.now()?;
    let read = TailRead::read(session.store, shards, limits.max_tail_bytes).await?;
    session.ran.tail_bytes_found = session.ran.tail_bytes_found.max(read.bytes);
    session.ran.tail_bytes_left = read.bytes;
    session.ran.unreadable_entries = read.unreadable.len() + read.unnamed;
    note_what_is_gone(session, &read, began).await?;

    let (bytes, found, is_whole) = (read.bytes, read.entries.len(), read.is_whole());
    let gone = &session.done.gone;
    let mut new = read.entries.into_iter().filter(|(key, _)| !gone.contains(key));
    let (keys, entries): (Vec<TailKey>, Vec<Entry>) =
        new.by_ref().take(limits.max_flushed_entries).unzip();
    let is_all = is_whole && new.next().is_none();
    if !is_enough(session, bytes, keys.len()) {
        return Ok(Flushed::Nothing);
    }
    let mut rate = session.rate.clone();
    rate.note(keys.iter().copied(), bytes / found * keys.len());

    // So that the same put says it.
    delete_some(session).await?;
    let written = write_segments(session, entries).await?;
    let mut new = session.current.manifest.clone();
    new.next_number += written.len() as u64;
    new.shards = rate.shards(new.shards);
    new.segments.extend(written.iter().map(|built| built.segment.clone()));
    session.done.say_in(&mut new, session.env);
    new.pending.extend(&keys);
    new.pending.sort();
    new.pending.dedup();
    session.changed = true;
    if !put(&mut session.current, new, &written).await? {
        return Ok(Flushed::Lost);
    }
    session.rate = rate;
    session.ran.entries_flushed += keys.len();
    session.ran.segments_flushed += written.len();
    session.ran.bytes_written += written.iter().map(|built| built.segment.bytes).sum::<u64>();

    session.store.delete_tail(&keys).await?;
    if is_all {
        session.ran.tail_bytes_left = 0;
    }
    let much = bytes >= 2 * limits.flush_bytes || keys.len() >= 4 * limits.least_entries;
    session.done.gone.extend(keys);
    Ok(if much || !is_all { Flushed::Much } else { Flushed::All })
}

/// Deletes what an earlier run flushed and did not come to delete, and notes what the tail
/// has no more. An entry that the manifest names as pending is in a segment that it lists.
///
/// One of a struck record may have been put again. It is flushed once more, so that the put of
/// the manifest says that it was there before it is deleted.
async fn note_what_is_gone<S: IndexStore>(
    session: &mut Session<'_, S>,
    read: &TailRead,
    began: Timestamp,
) -> Result<()> {
    let entries = read.entries.iter().map(|(key, entry)| (*key, entry));
    let are_all = read.is_whole() && read.unreadable.is_empty() && read.unnamed == 0;
    let seen = SeenInTail::new(&session.current.manifest, entries, are_all, began);
    let pending: BTreeSet<TailKey> =
        session.current.manifest.pending.iter().copied().filter(|key| !seen.is_in(*key)).collect();
    let found = read.entries.iter().map(|(key, _)| key).chain(&read.unreadable);
    let left: Vec<TailKey> = found.filter(|key| pending.contains(key)).copied().collect();
    if !left.is_empty() {
        session.store.delete_tail(&left).await?;
        session.changed = true;
    }
    session.done.gone.extend(pending.into_iter().filter(|key| read.covers(*key)));
    session.done.gone.retain(|key| !seen.is_in(*key));
    session.done.seen = seen;
    Ok(())
}

/// Whether so many new entries are worth a flush.
fn is_enough<S>(session: &Session<'_, S>, bytes: usize, new: usize) -> bool {
    let Limits { flush_bytes, least_entries, .. } = session.limits;
    let least_entries = if session.settles { 1 } else { *least_entries };
    new >= least_entries || (new > 0 && bytes >= flush_bytes / 4)
}

/// Writes a segment for each collection and analyzer, of all that is not struck.
async fn write_segments<S: IndexStore>(
    session: &Session<'_, S>,
    entries: Vec<Entry>,
) -> Result<Vec<Built>> {
    let manifest = &session.current.manifest;
    let mut groups: BTreeMap<(Collection, u32), Vec<EntryPart>> = BTreeMap::new();
    for entry in entries {
        let Entry { activity, event, analyzer } = entry;
        if let Some(part) = activity {
            groups.entry((Collection::Activities, analyzer)).or_default().push(part);
        }
        if let Some(part) = event {
            groups.entry((Collection::AuditEvents, 0)).or_default().push(part);
        }
    }
    let mut written = Vec::new();
    for ((collection, analyzer), mut parts) in groups {
        let number = manifest.next_number + written.len() as u64;
        let struck = dropped(manifest, collection, number);
        parts.retain(|part| !struck.contains(&part.position));
        if parts.is_empty() {
            continue;
        }
        let id = session.new_segment_id()?;
        let mut built = build(Birth { id, collection, analyzer, tier: 0, number }, parts);
        built.segment.tier = session.limits.tier(built.segment.bytes);
        session.store.write(id, std::mem::take(&mut built.parts)).await?;
        written.push(built);
    }
    Ok(written)
}

/// Puts a manifest with segments that were just written, and else deletes them.
async fn put<S: IndexStore>(
    current: &mut Current<'_, S>,
    new: Manifest,
    written: &[Built],
) -> Result<bool> {
    if current.put_once(new).await? {
        return Ok(true);
    }
    // The put may have been done by a call whose answer was lost. Where its segments were
    // merged away since, deleting them is what becomes of them anyway.
    let is_ours = |id: SegmentId| written.iter().any(|built| built.segment.id == id);
    if current.manifest.segments.iter().any(|segment| is_ours(segment.id)) {
        return Ok(true);
    }
    let names: Vec<PartName> = written
        .iter()
        .flat_map(|built| built.segment.parts().map(|part| built.segment.name(part)))
        .collect();
    current.store.delete_parts(&names).await?;
    Ok(false)
}
