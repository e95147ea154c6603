//! What others than writers, runs and searches do: one more shard for the tail,
//! the erasure of a position, `reindex`, and `sweep`.

use super::model::{Actor, Broken, Object, Steps, Walk};
use super::state::{
    Nowhere, REINDEXED, RUNS, Reindex, RunPhase, SEGMENTS, Set, Stage, State, Sweep, WriterPhase,
};

pub(super) fn steps(walk: &Walk, steps: &mut Steps<'_>) {
    if steps.from.manifest.shards < walk.shards {
        steps.add(Actor::Operator, "puts the manifest with one more shard", None, |next| {
            next.manifest.shards += 1;
            next.put_by(None);
        });
    }
    if walk.erasure {
        strike(walk, steps);
        let_an_hour_pass(steps);
    }
    if walk.reindex {
        reindex(walk, steps);
    }
    if walk.sweep {
        sweep_segments(walk, steps);
        sweep_entries(walk, steps);
    }
}

/// Strikes one position. Its head would go before, which hides it as well: it
/// stays here, so that the index alone is asked.
fn strike(walk: &Walk, steps: &mut Steps<'_>) {
    let state = steps.from;
    if !state.ever_struck.is_empty() {
        return;
    }
    for position in state.heads.members() {
        steps.add(Actor::Erasure, "strikes", Some(Object::Position(position)), |next| {
            next.ever_struck = Set::of(&[position]);
            next.manifest.struck = next.ever_struck;
            next.manifest.older = if walk.breaks(Broken::NumberedAtEnd) {
                next.manifest.segments
            } else {
                next.manifest.segments_and_output()
            };
            next.put_by(None);
            next.reindex.outdated = next.reindex.phase == Stage::Under;
        });
    }
}

/// An hour passes since nothing had what was struck. By then every search has ended that had
/// begun before, no put of its entry is on its way any more, and who flushed an entry of it
/// before has deleted that.
fn let_an_hour_pass(steps: &mut Steps<'_>) {
    let state = steps.from;
    let struck = state.manifest.struck;
    let is_deleted = state.runs.iter().all(|run| run.todo.common(struck).is_empty());
    if state.manifest.nowhere == Nowhere::Seen && is_deleted && !state.search.began_before {
        steps.add(Actor::Operator, "lets an hour pass", None, |next| {
            next.manifest.nowhere = Nowhere::ForAnHour;
            struck.members().for_each(|position| next.writers[usize::from(position)].over = true);
        });
    }
}

/// Builds a segment from the heads, and adds it to the manifest, unless
/// something was struck since it began to read heads.
fn reindex(walk: &Walk, steps: &mut Steps<'_>) {
    let state = steps.from;
    let done = Reindex { phase: Stage::Done, outdated: false };
    match state.reindex.phase {
        Stage::Idle => {
            let found = state.heads.minus(state.ever_struck);
            if !found.is_empty() {
                let does = "reads the manifest, then heads, and writes a segment";
                steps.add(Actor::Reindex, does, None, |next| {
                    next.write(REINDEXED, 0, found);
                    next.reindex.phase = Stage::Under;
                });
            }
        }
        Stage::Under if state.reindex.outdated && !walk.breaks(Broken::ReindexIgnoresStrikes) => {
            steps.add(Actor::Reindex, "leaves an outdated segment", None, |next| {
                next.reindex = done;
            });
        }
        Stage::Under => {
            steps.add(Actor::Reindex, "puts the manifest with its segment", None, |next| {
                next.manifest.segments = next.manifest.segments.with(REINDEXED);
                next.put_by(None);
                next.reindex = done;
            });
            if walk.sweep {
                steps.add(Actor::Reindex, "crashes", None, |next| next.reindex = done);
            }
        }
        Stage::Done => {}
    }
}

/// Deletes a segment that no manifest names. Its id has a time, and `sweep`
/// touches those alone whose run must have ended: that it has is asked before
/// the manifest is read.
fn sweep_segments(walk: &Walk, steps: &mut Steps<'_>) {
    let state = steps.from;
    let sweep = state.sweep;
    if walk.breaks(Broken::SweptByOldManifest) {
        return sweep_by_old_manifest(walk, steps);
    }
    if sweep.phase == Stage::Under {
        let object = Some(Object::Segment(sweep.target));
        steps.add(Actor::Sweep, "deletes a segment", object, |next| {
            next.delete(sweep.target);
            next.sweep = Sweep::default();
        });
        return;
    }
    for segment in (0..SEGMENTS).filter(|&segment| is_there(state, segment)) {
        if !named(walk, state).has(segment) && is_abandoned(walk, state, segment) {
            let does = "finds a segment that the manifest does not name";
            steps.add(Actor::Sweep, does, Some(Object::Segment(segment)), |next| {
                next.sweep = Sweep { phase: Stage::Under, target: segment, named: Set::EMPTY };
            });
        }
    }
}

/// A variant: the manifest is read once, before the first deletion.
fn sweep_by_old_manifest(walk: &Walk, steps: &mut Steps<'_>) {
    let state = steps.from;
    let named_then = state.sweep.named;
    if state.sweep.phase == Stage::Idle {
        steps.add(Actor::Sweep, "reads the manifest", None, |next| {
            next.sweep = Sweep { phase: Stage::Under, target: 0, named: named(walk, state) };
        });
        return;
    }
    for segment in (0..SEGMENTS).filter(|&segment| is_there(state, segment)) {
        if !named_then.has(segment) && is_abandoned(walk, state, segment) {
            let object = Some(Object::Segment(segment));
            let delete = |next: &mut State| next.delete(segment);
            steps.add(Actor::Sweep, "deletes a segment", object, delete);
        }
    }
}

fn is_there(state: &State, segment: u8) -> bool {
    state.parts.iter().any(|part| part.has(segment))
}

fn named(walk: &Walk, state: &State) -> Set {
    let manifest = &state.manifest;
    let segments = if walk.breaks(Broken::SweptOutput) {
        manifest.segments
    } else {
        manifest.segments_and_output()
    };
    segments.and(manifest.garbage)
}

/// Whoever minted the id has ended. Another run may still work on it, if the
/// manifest names it.
fn is_abandoned(walk: &Walk, state: &State, segment: u8) -> bool {
    if walk.breaks(Broken::SweptYoung) {
        return true;
    }
    if segment == REINDEXED {
        return state.reindex.phase == Stage::Done;
    }
    segment >= 2 * RUNS || state.runs[usize::from(segment % RUNS)].phase == RunPhase::Ended
}

/// Deletes an entry without a head, whose writer can't commit any more.
fn sweep_entries(walk: &Walk, steps: &mut Steps<'_>) {
    let state = steps.from;
    for position in state.tail.minus(state.heads).members() {
        let writer = state.writers[usize::from(position)];
        if writer.phase == WriterPhase::Refused || walk.breaks(Broken::SweptEntries) {
            let object = Some(Object::Position(position));
            steps.add(Actor::Sweep, "deletes an entry without a head", object, |next| {
                next.tail = next.tail.without(position);
            });
        }
    }
}
