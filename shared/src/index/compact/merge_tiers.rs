//! Merges: four segments of a tier become one of the next, and what was struck is left out.
//!
//! - **A small merge** is done in one go. Nobody knows of its output until the manifest lists
//!   it in the place of its inputs. Where that can't be done any more, the output is deleted.
//! - **A large merge** is claimed: the manifest names its output, inputs and owner, and how far
//!   it came. It goes on in later runs, whose first act is to make themselves the owner. What
//!   it writes depends on nothing but what was claimed, so two runs that both believe to be the
//!   owner write the same bytes. One of another build, which may write others, does not go on
//!   with it: it names it no more, and the merge is begun anew. Its output was named, so a run
//!   never deletes it; what nobody lists in the end is for `sweep`.
//!
//! Both are listed over whatever others put in between, as long as all inputs are listed: a
//! flush must not make a merge begin again. Inputs become garbage, which a later run deletes,
//! since searches with the manifest of before may still read them.
//!
//! A segment with a part that is absent or can't be read is set aside: merged no more, and
//! counted by every run. The others go on.

use std::error::Error as _;
use std::time::Duration;

use uuid::Uuid;

use super::current::Change;
use super::due::{self, Due};
use super::limits::SET_ASIDE;
use super::session::Session;
use super::struck::dropped;
use crate::domain::activity::minted_at;
use crate::domain::clock::Environment;
use crate::domain::error::{Error, Result};
use crate::index::manifest::{Garbage, Manifest, MergeJob};
use crate::index::segment::merge::{Advance, Merge};
use crate::index::segment::{Birth, CorruptPart, MERGE_VERSION, Progress, Segment, SegmentId};
use crate::index::store::{AbsentPart, IndexStore};

/// How long after its id was minted a segment can be listed for the first time, where that is
/// tried again. `sweep` deletes what nobody lists an hour after it, and spoils all versions of
/// the manifest that are older than that.
pub(super) const MAX_AGE: Duration = Duration::from_secs(15 * 60);

/// What was merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Merged {
    /// Nothing is due.
    Nothing,
    /// Something small, or nothing yet of something large.
    Little,
    /// A part of something large, which took a while.
    Much,
}

/// Merges one thing that is due, small things first, or goes on with a large one.
pub(super) async fn merge_one<S: IndexStore>(session: &mut Session<'_, S>) -> Result<Merged> {
    let is_under_way = session.current.manifest.merge.is_some();
    match next(session) {
        Some(due) if due.bytes() <= session.limits.slice_bytes as u64 => {
            merge_small(session, &due).await?;
        }
        Some(due) if !is_under_way => claim(session, &due).await?,
        _ if is_under_way => {
            go_on(session).await?;
            return Ok(Merged::Much);
        }
        _ => return Ok(Merged::Nothing),
    }
    Ok(Merged::Little)
}

/// What is due next. What was struck is left to merges, until somebody settles.
fn next<S>(session: &Session<'_, S>) -> Option<Due> {
    let manifest = &session.current.manifest;
    let full = due::full_tier(manifest, session.limits);
    full.or_else(|| if session.settles { due::with_struck(manifest) } else { None })
}

/// What is decided of the output of a merge that is begun now.
fn birth<S: IndexStore>(session: &Session<'_, S>, due: &Due) -> Result<Birth> {
    let Segment { collection, analyzer, .. } = due.inputs[0];
    let number = session.current.manifest.next_number;
    Ok(Birth { id: session.new_segment_id()?, collection, analyzer, tier: due.tier, number })
}

/// Merges in one go.
async fn merge_small<S: IndexStore>(session: &mut Session<'_, S>, due: &Due) -> Result<()> {
    let birth = birth(session, due)?;
    let inputs: Vec<SegmentId> = due.inputs.iter().map(|segment| segment.id).collect();
    let dropped = dropped(&session.current.manifest, birth.collection, birth.number);
    let mut merge = Merge::new(birth, due.inputs.clone(), dropped, Progress::default());
    let output = loop {
        match merge.advance(session.store, usize::MAX).await {
            Ok(Advance::Done(output)) => break output,
            Ok(Advance::Paused(_)) => {}
            Err(error) => return set_aside(session, &inputs, error).await,
        }
    };
    let (run, env) = (session.id, session.env);
    let swap_for_inputs = |manifest: &mut Manifest| {
        // An earlier put of it was done, however long ago that is.
        if are_listed(manifest, &[birth.id]) {
            return Change::Done;
        }
        let is_taken = |job: &MergeJob| job.inputs.iter().any(|id| inputs.contains(id));
        if manifest.merge.as_ref().is_some_and(is_taken) || !is_young(env, birth.id) {
            return Change::Impossible;
        }
        swap(manifest, birth, &inputs, output.as_ref(), run)
    };
    let listed = session.change(swap_for_inputs).await?;
    if listed {
        note_merge(session, output.as_ref());
    } else if let Some(output) = output {
        let names: Vec<_> = output.parts().map(|part| output.name(part)).collect();
        session.store.delete_parts(&names).await?;
    }
    Ok(())
}

/// Names a merge in the manifest, so that it can go on in this run and in later ones.
async fn claim<S: IndexStore>(session: &mut Session<'_, S>, due: &Due) -> Result<()> {
    let birth = birth(session, due)?;
    let inputs: Vec<SegmentId> = due.inputs.iter().map(|segment| segment.id).collect();
    let owner = session.id;
    let name_it = |manifest: &mut Manifest| match &manifest.merge {
        Some(job) if job.output.id == birth.id => Change::Done,
        Some(_) => Change::Impossible,
        None if !are_listed(manifest, &inputs) => Change::Impossible,
        None => {
            // Its number is that of the manifest which names it.
            let output = Birth { number: manifest.next_number, ..birth };
            manifest.next_number += 1;
            let progress = Progress::default();
            let (inputs, version) = (inputs.clone(), MERGE_VERSION);
            manifest.merge = Some(MergeJob { owner, output, inputs, version, progress });
            Change::Put
        }
    };
    session.change(name_it).await?;
    Ok(())
}

/// Goes on with the merge that the manifest names, by one slice.
async fn go_on<S: IndexStore>(session: &mut Session<'_, S>) -> Result<()> {
    let Some(job) = take_over(session).await? else { return Ok(()) };
    if job.version != MERGE_VERSION {
        return abandon(session, &job).await;
    }
    let begun = session.merge.take().filter(|(output, _)| *output == job.output.id);
    let mut merge = match begun {
        Some((_, merge)) => merge,
        None => match begin(session, &job) {
            Some(merge) => merge,
            None => return abandon(session, &job).await,
        },
    };
    match merge.advance(session.store, session.limits.slice_bytes).await {
        Ok(Advance::Paused(progress)) => {
            if save(session, &job, progress).await? {
                session.merge = Some((job.output.id, merge));
            } else {
                session.ran.ended_for_another = true;
            }
            Ok(())
        }
        Ok(Advance::Done(output)) => {
            let run = session.id;
            let swap_for_inputs = |manifest: &mut Manifest| {
                let named = manifest.merge.take_if(|it| it.output.id == job.output.id);
                // What is named no more may be swept already.
                if named.is_none() && !are_listed(manifest, &[job.output.id]) {
                    return Change::Impossible;
                }
                swap(manifest, job.output, &job.inputs, output.as_ref(), run)
            };
            if session.change(swap_for_inputs).await? {
                note_merge(session, output.as_ref());
            }
            Ok(())
        }
        Err(error) => set_aside(session, &job.inputs, error).await,
    }
}

/// The merge that the manifest names, from where it was left; `None` where an input is listed
/// no more.
fn begin<S>(session: &Session<'_, S>, job: &MergeJob) -> Option<Merge> {
    let manifest = &session.current.manifest;
    let listed = |id: &SegmentId| manifest.segments.iter().find(|it| it.id == *id).cloned();
    let inputs = job.inputs.iter().map(listed).collect::<Option<Vec<Segment>>>()?;
    let dropped = dropped(manifest, job.output.collection, job.output.number);
    Some(Merge::new(job.output, inputs, dropped, job.progress.clone()))
}

/// Makes this run the owner of the merge that the manifest names.
async fn take_over<S: IndexStore>(session: &mut Session<'_, S>) -> Result<Option<MergeJob>> {
    let Some(found) = session.current.manifest.merge.clone() else { return Ok(None) };
    let owner = session.id;
    let was_owner = session.merge.as_ref().is_some_and(|(output, _)| *output == found.output.id);
    if was_owner && found.owner != owner && !session.settles {
        session.ran.ended_for_another = true;
        return Ok(None);
    }
    let own = |manifest: &mut Manifest| match &mut manifest.merge {
        Some(job) if job.output.id != found.output.id => Change::Impossible,
        Some(job) if job.owner == owner => Change::Done,
        Some(job) => {
            job.owner = owner;
            Change::Put
        }
        None => Change::Impossible,
    };
    let is_owner = session.change(own).await?;
    Ok(session.current.manifest.merge.clone().filter(|_| is_owner))
}

/// Saves how far a merge came; whether it is still this run's.
async fn save<S: IndexStore>(
    session: &mut Session<'_, S>,
    job: &MergeJob,
    progress: Progress,
) -> Result<bool> {
    let owner = session.id;
    let note = |manifest: &mut Manifest| match &mut manifest.merge {
        Some(named) if named.output.id == job.output.id && named.owner == owner => {
            if named.progress == progress {
                return Change::Done;
            }
            named.progress.clone_from(&progress);
            Change::Put
        }
        _ => Change::Impossible,
    };
    session.change(note).await
}

/// Names a merge no more. What was written of its output is for `sweep`.
async fn abandon<S: IndexStore>(session: &mut Session<'_, S>, job: &MergeJob) -> Result<()> {
    let name_no_more = |manifest: &mut Manifest| {
        let named = manifest.merge.take_if(|named| named.output.id == job.output.id);
        if named.is_some() { Change::Put } else { Change::Impossible }
    };
    session.change(name_no_more).await?;
    Ok(())
}

/// Lists the output in the place of the inputs, while all of these are listed.
fn swap(
    manifest: &mut Manifest,
    birth: Birth,
    inputs: &[SegmentId],
    output: Option<&Segment>,
    run: Uuid,
) -> Change {
    if are_listed(manifest, &[birth.id]) {
        return Change::Done;
    }
    if !are_listed(manifest, inputs) {
        return Change::Impossible;
    }
    let (merged, others): (Vec<Segment>, Vec<Segment>) = std::mem::take(&mut manifest.segments)
        .into_iter()
        .partition(|segment| inputs.contains(&segment.id));
    manifest.segments = others;
    manifest.segments.extend(output.cloned());
    manifest.garbage.extend(merged.iter().map(|segment| garbage(segment, run)));
    // What is struck from now on was not known to the output.
    manifest.next_number = manifest.next_number.max(birth.number + 1);
    Change::Put
}

/// A segment that nothing lists any more, since this run.
pub(super) fn garbage(segment: &Segment, run: Uuid) -> Garbage {
    Garbage { segment: segment.id, parts: segment.counts(), run }
}

fn are_listed(manifest: &Manifest, ids: &[SegmentId]) -> bool {
    let is_listed = |id: &SegmentId| manifest.segments.iter().any(|it| it.id == *id);
    ids.iter().all(is_listed)
}

/// Whether a segment can still be listed for the first time.
pub(super) fn is_young(env: &dyn Environment, id: SegmentId) -> bool {
    let minted = minted_at(id.0);
    minted.zip(env.now().ok()).is_some_and(|(minted, now)| now < minted.plus(MAX_AGE))
}

fn note_merge<S>(session: &mut Session<'_, S>, output: Option<&Segment>) {
    session.ran.merges += 1;
    session.ran.bytes_written += output.map_or(0, |segment| segment.bytes);
}

/// Sets aside the segment that a merge failed of.
///
/// # Errors
///
/// The failure, where it is of no part of a segment.
async fn set_aside<S: IndexStore>(
    session: &mut Session<'_, S>,
    inputs: &[SegmentId],
    failure: Error,
) -> Result<()> {
    let Some(broken) = broken_segment(&failure) else { return Err(failure) };
    // An absent part of what is listed no more is gone for a good reason.
    session.current.reread().await?;
    let set_it_aside = |manifest: &mut Manifest| {
        if !are_listed(manifest, inputs) {
            return Change::Impossible;
        }
        manifest.merge.take_if(|job| job.inputs.contains(&broken));
        let mut broken = manifest.segments.iter_mut().filter(|segment| segment.id == broken);
        match broken.next() {
            Some(segment) if segment.tier != SET_ASIDE => {
                segment.tier = SET_ASIDE;
                Change::Put
            }
            _ => Change::Done,
        }
    };
    session.change(set_it_aside).await?;
    Ok(())
}

/// The segment with the part that is absent or can't be read, where that is the failure.
fn broken_segment(failure: &Error) -> Option<SegmentId> {
    let cause = failure.source()?;
    let corrupt = cause.downcast_ref::<CorruptPart>().map(|corrupt| corrupt.name);
    let absent = cause.downcast_ref::<AbsentPart>().map(|absent| absent.0);
    corrupt.or(absent).map(|name| name.segment)
}
