//! A run of the compactor, up to the end of its flush: what is pending, garbage,
//! the tail, its segment, the manifest, and the entries that it took.
//!
//! A read of the manifest and a put under its version, with nothing in between
//! that the put depends on, are one step: if the put succeeds, nobody else put
//! one in between, and if it does not, the run does it again or crashes. A flush
//! reads the tail in between, so it has two, and whether it was overtaken.

use super::model::{Actor, Broken, Object, Steps, Walk};
use super::state::{Nowhere, Run, RunPhase, Search, SearchPhase, Set, State, flushed_by};

pub(super) fn steps(walk: &Walk, run: u8, steps: &mut Steps<'_>) {
    let state = steps.from;
    let actor = Actor::Run(run);
    let at = usize::from(run);
    let own = state.runs[at];
    // Only `sweep` waits for the end of runs.
    if walk.sweep && !matches!(own.phase, RunPhase::Idle | RunPhase::Ended) {
        steps.add(actor, "crashes", None, |next| next.runs[at] = ended());
    }
    match own.phase {
        RunPhase::Idle => steps.add(actor, "reads the manifest", None, |next| {
            let manifest = next.manifest;
            let own = &mut next.runs[at];
            own.current = true;
            // What is struck is left to the flush, whose put says that it was there.
            own.todo = manifest.pending.minus(manifest.struck);
            own.garbage = manifest.garbage;
            if walk.breaks(Broken::UnconditionalPut) {
                own.base = manifest.segments;
            }
            if walk.breaks(Broken::PendingForgotten) {
                own.todo = Set::EMPTY;
            }
            own.phase = RunPhase::Pending;
            skip_what_is_empty(walk, own);
        }),
        RunPhase::Pending | RunPhase::Delete => {
            let does = if own.phase == RunPhase::Pending {
                "deletes a pending entry"
            } else {
                "deletes an entry that it flushed"
            };
            for position in own.todo.members() {
                steps.add(actor, does, Some(Object::Position(position)), |next| {
                    next.tail = next.tail.without(position);
                    // It is not much later than the put of this run, which said that it was there.
                    next.search.began_before |= state.manifest.nowhere == Nowhere::Seen
                        && is_searching(&state.search)
                        && !walk.breaks(Broken::HourGoesOn);
                    next.runs[at].todo = own.todo.without(position);
                    skip_what_is_empty(walk, &mut next.runs[at]);
                });
            }
        }
        RunPhase::Garbage => steps.add(actor, "deletes the garbage that it found", None, |next| {
            own.garbage.members().for_each(|segment| next.delete(segment));
            next.runs[at].garbage = Set::EMPTY;
            next.runs[at].phase = RunPhase::Tail;
        }),
        RunPhase::Tail => read_tail(walk, run, steps),
        RunPhase::Flush => flush(walk, run, steps),
        RunPhase::Misled => {
            steps.add(actor, "reads the manifest, to see what came of its put", None, |next| {
                let segment = flushed_by(run);
                let own = &mut next.runs[at];
                if next.manifest.segments.has(segment) && !walk.breaks(Broken::RefusalBelieved) {
                    own.phase = RunPhase::Delete;
                    skip_what_is_empty(walk, own);
                } else {
                    next.runs[at] = ended();
                    next.delete(segment);
                }
            });
        }
        RunPhase::Merge | RunPhase::Write | RunPhase::Note => {
            super::merge::steps(walk, run, steps);
        }
        RunPhase::Ended => {}
    }
}

pub(super) fn ended() -> Run {
    Run { phase: RunPhase::Ended, ..Run::default() }
}

/// Goes on from a phase that has nothing to do.
fn skip_what_is_empty(walk: &Walk, own: &mut Run) {
    if own.phase == RunPhase::Pending && own.todo.is_empty() {
        own.phase = RunPhase::Garbage;
    }
    if own.phase == RunPhase::Garbage && own.garbage.is_empty() {
        own.phase = RunPhase::Tail;
    }
    if own.phase == RunPhase::Delete && own.todo.is_empty() {
        *own = after_flush(walk);
    }
}

fn after_flush(walk: &Walk) -> Run {
    let phase = if walk.merges { RunPhase::Merge } else { RunPhase::Ended };
    Run { phase, ..Run::default() }
}

fn read_tail(walk: &Walk, run: u8, steps: &mut Steps<'_>) {
    let state = steps.from;
    let at = usize::from(run);
    let own = state.runs[at];
    if !own.current && !walk.breaks(Broken::UnconditionalPut) {
        // Its put will be refused. What it does until then is written where
        // nobody looks, and deleted by itself.
        steps.add(Actor::Run(run), "is overtaken, and ends", None, |next| {
            next.runs[at] = ended();
        });
        return;
    }
    let does = "reads the tail, and at its end writes its segment";
    steps.add(Actor::Run(run), does, Some(Object::Shard(own.part)), |next| {
        if own.part == 0 {
            next.runs[at].waited = state.manifest.nowhere == Nowhere::ForAnHour;
        }
        let shard = state.tail_of(own.part + 1).minus(state.tail_of(own.part));
        let read = own.read.and(shard);
        next.runs[at].read = read;
        next.runs[at].part += 1;
        if next.runs[at].part < state.manifest.shards {
            return;
        }
        next.runs[at].part = 0;
        next.runs[at].phase = RunPhase::Flush;
        let content = flushed(walk, state, read);
        if !content.is_empty() {
            next.write(flushed_by(run), 0, content);
        }
        if walk.breaks(Broken::DeleteBeforePut) {
            next.tail = next.tail.minus(read);
        }
        // A variant may have something to say later on.
        let says_later = walk.breaks(Broken::HourEndsAtPut);
        if read.is_empty() && seen(walk, next, run).is_none() && !says_later {
            next.runs[at] = after_flush(walk);
        }
    });
}

/// What a flush keeps of the entries that it read.
fn flushed(walk: &Walk, state: &State, read: Set) -> Set {
    if walk.breaks(Broken::StruckFlushed) { read } else { read.minus(state.manifest.struck) }
}

fn flush(walk: &Walk, run: u8, steps: &mut Steps<'_>) {
    let state = steps.from;
    let actor = Actor::Run(run);
    let at = usize::from(run);
    let own = state.runs[at];
    let unconditional = walk.breaks(Broken::UnconditionalPut);
    if !own.current && !unconditional {
        steps.add(actor, "is refused its put, and deletes its segment", None, |next| {
            next.runs[at] = ended();
            next.delete(flushed_by(run));
        });
        return;
    }
    if own.read.is_empty() && seen(walk, state, run).is_none() {
        return;
    }
    if own.read.is_empty() {
        steps.add(actor, "puts a manifest that says what nothing has any more", None, |next| {
            say_what_is_seen(walk, next, run);
            next.put_by(Some(run));
            next.runs[at] = after_flush(walk);
        });
        return;
    }
    let put = |next: &mut State| {
        if unconditional {
            next.manifest.segments = own.base;
        }
        if state.parts[0].has(flushed_by(run)) {
            next.manifest.segments = next.manifest.segments.with(flushed_by(run));
        }
        next.manifest.pending = own.read;
        // All garbage of the manifest that it replaces is deleted.
        next.manifest.garbage = Set::EMPTY;
        say_what_is_seen(walk, next, run);
        next.put_by(Some(run));
        next.runs[at] = Run { phase: RunPhase::Delete, todo: own.read, ..Run::default() };
        if walk.breaks(Broken::WholeTailDeleted) {
            next.runs[at].todo = Set::up_to(walk.positions);
        }
        skip_what_is_empty(walk, &mut next.runs[at]);
    };
    steps.add(actor, "puts the manifest with its segment", None, put);
    if walk.lost_answers {
        let does = "puts the manifest, loses the answer, and is refused the retry";
        steps.add(actor, does, None, |next| {
            put(next);
            next.runs[at] = Run { phase: RunPhase::Misled, todo: own.read, ..Run::default() };
        });
    }
}

/// What a run tells of what was struck, where that changes what the manifest says: that it
/// was met again, that nothing has it, or that it is forgotten.
///
/// It is forgotten when nothing can show it any more. A search that read its entry has ended
/// an hour after nothing had it, and nobody puts an entry of it again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Again,
    Nowhere,
    Forgotten,
}

fn seen(walk: &Walk, state: &State, run: u8) -> Option<Seen> {
    let own = state.runs[usize::from(run)];
    let manifest = &state.manifest;
    if manifest.struck.is_empty() || !own.current {
        return None;
    }
    let in_segments = !manifest.older.common(manifest.segments_and_output()).is_empty();
    let in_tail = !own.read.common(manifest.struck).is_empty();
    if in_segments && !walk.breaks(Broken::ForgottenByAge)
        || in_tail && !walk.breaks(Broken::TailNotAsked)
    {
        let is_told = manifest.nowhere == Nowhere::Unseen || walk.breaks(Broken::HourGoesOn);
        return (!is_told).then_some(Seen::Again);
    }
    let waited = match manifest.nowhere {
        Nowhere::ForAnHour => own.waited || walk.breaks(Broken::HourEndsAtPut),
        Nowhere::Unseen | Nowhere::Seen => walk.breaks(Broken::HourNotAwaited),
    };
    if waited {
        return Some(Seen::Forgotten);
    }
    (manifest.nowhere == Nowhere::Unseen).then_some(Seen::Nowhere)
}

fn say_what_is_seen(walk: &Walk, next: &mut State, run: u8) {
    match seen(walk, next, run) {
        None => {}
        Some(Seen::Again) => next.manifest.nowhere = Nowhere::Unseen,
        Some(Seen::Nowhere) => {
            next.manifest.nowhere = Nowhere::Seen;
            next.search.began_before = is_searching(&next.search);
        }
        Some(Seen::Forgotten) => {
            next.manifest.struck = Set::EMPTY;
            next.manifest.nowhere = Nowhere::Unseen;
            next.search.began_before = false;
        }
    }
}

fn is_searching(search: &Search) -> bool {
    matches!(search.phase, SearchPhase::Tail | SearchPhase::Parts)
}
