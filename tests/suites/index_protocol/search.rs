//! A search: the tail, beside what it knows of segments; the manifest, after
//! the last read of the tail; and the parts that this one names.
//!
//! Its process may have read a manifest, and parts that this one named, at any
//! earlier time. A search that comes cold reads its first manifest beside the
//! tail.
//!
//! The parts that count are read in a fixed order. Another order would find the
//! same in each, since no part changes; and one that is absent, sooner or later,
//! makes the search read the manifest again.

use super::model::{Actor, Broken, Object, Steps, Walk};
use super::state::{Fault, Search, SearchPhase, Set, State, parts_of};

pub(super) fn steps(walk: &Walk, steps: &mut Steps<'_>) {
    let state = steps.from;
    let search = &state.search;
    match search.phase {
        SearchPhase::Idle => {
            if walk.cached {
                steps.add(Actor::Search, "'s process remembers the manifest", None, |next| {
                    next.search.phase = SearchPhase::Warm;
                    know(next);
                });
            }
            steps.add(Actor::Search, "starts cold", None, start);
        }
        SearchPhase::Warm => {
            read_parts(steps);
            steps.add(Actor::Search, "starts with what is remembered", None, start);
        }
        SearchPhase::Tail => {
            if walk.cached && search.knows {
                read_parts(steps);
            }
            if !search.knows && reads_beside_tail(walk) {
                steps.add(Actor::Search, "reads the manifest beside the tail", None, know);
            }
            read_tail(walk, steps);
        }
        SearchPhase::Parts => end(walk, steps),
        SearchPhase::Done => {}
    }
}

/// Only the number of shards makes a difference by the manifest that is read
/// beside the tail, unless a search stays with it.
fn reads_beside_tail(walk: &Walk) -> bool {
    walk.shards > 1 || walk.breaks(Broken::ManifestNotReread)
}

fn start(next: &mut State) {
    let required = next.heads.minus(next.ever_struck);
    next.search.phase = SearchPhase::Tail;
    next.search.acknowledged = required;
    next.search.forbidden = next.ever_struck;
    next.search.shards = next.search.shards.max(1);
}

fn know(next: &mut State) {
    let manifest = next.manifest;
    let search = &mut next.search;
    search.knows = true;
    search.current = true;
    search.shards = search.shards.max(manifest.shards);
    search.segments = manifest.segments;
    search.struck = manifest.struck;
    // What else it has read is of no use any more: no id comes back.
    search.parts = search.parts.map(|parts| parts.common(manifest.segments));
}

/// The parts that it has not read, of the segments that its manifest names.
fn missing(search: &Search) -> impl Iterator<Item = (u8, u8)> {
    search
        .segments
        .members()
        .flat_map(|segment| (0..parts_of(segment)).map(move |part| (segment, part)))
        .filter(|&(segment, part)| !search.parts[usize::from(part)].has(segment))
}

/// Reads parts before it knows whether they will count. One that is absent is
/// asked for again if it does.
fn read_parts(steps: &mut Steps<'_>) {
    let state = steps.from;
    for (segment, part) in missing(&state.search) {
        if state.parts[usize::from(part)].has(segment) {
            read_part(steps, segment, part);
        }
    }
}

fn read_part(steps: &mut Steps<'_>, segment: u8, part: u8) {
    steps.add(Actor::Search, "reads a part", Some(Object::Segment(segment)), |next| {
        let read = &mut next.search.parts[usize::from(part)];
        *read = read.with(segment);
    });
}

/// Reads the tail entry by entry, in any order, since a query is no snapshot.
/// Where there are shards, each is read at once, which leaves some of these
/// orders out.
fn read_tail(walk: &Walk, steps: &mut Steps<'_>) {
    let state = steps.from;
    let search = &state.search;
    let by_shard = walk.shards > 1;
    let end = if by_shard { search.shards } else { walk.positions };
    for at in (0..end).filter(|&at| !search.looked.has(at)) {
        let (object, found) = if by_shard {
            let shard = state.tail_of(at + 1).minus(state.tail_of(at));
            (Object::Shard(at), shard)
        } else {
            (Object::Position(at), state.tail.common(Set::of(&[at])))
        };
        steps.add(Actor::Search, "looks into the tail", Some(object), |next| {
            next.search.looked = next.search.looked.with(at);
            next.search.seen = next.search.seen.and(found);
        });
    }
    if search.looked != Set::up_to(end) {
        return;
    }
    if search.knows && walk.breaks(Broken::ManifestNotReread) {
        steps.add(Actor::Search, "goes by the manifest that it has", None, |next| {
            next.search.phase = SearchPhase::Parts;
        });
        return;
    }
    steps.add(Actor::Search, "reads the manifest after the tail", None, |next| {
        let queried = next.search.shards;
        know(next);
        if next.search.shards == queried || walk.breaks(Broken::NewShardsIgnored) {
            next.search.phase = SearchPhase::Parts;
        }
    });
}

fn end(walk: &Walk, steps: &mut Steps<'_>) {
    let state = steps.from;
    let Some((segment, part)) = missing(&state.search).next() else {
        steps.add(Actor::Search, "shows its rows", None, |next| {
            next.fault = fault_of_rows(walk, state);
            next.search = Search { phase: SearchPhase::Done, ..Search::default() };
        });
        return;
    };
    if state.parts[usize::from(part)].has(segment) {
        read_part(steps, segment, part);
        return;
    }
    let object = Some(Object::Segment(segment));
    if walk.breaks(Broken::AbsentIsEmpty) {
        steps.add(Actor::Search, "takes an absent part for an empty one", object, |next| {
            next.search.segments = next.search.segments.without(segment);
        });
        return;
    }
    steps.add(Actor::Search, "misses a part, and reads the manifest again", object, |next| {
        if next.search.current {
            next.fault = Fault::Absent;
        }
        // The shards that it reads stay those of the tail that it has read.
        let shards = next.search.shards;
        know(next);
        next.search.shards = shards;
    });
}

fn fault_of_rows(walk: &Walk, state: &State) -> Fault {
    let search = &state.search;
    let hidden = if walk.breaks(Broken::StruckShown) { Set::EMPTY } else { search.struck };
    let heads =
        if walk.breaks(Broken::HeadsNotAsked) { Set::up_to(walk.positions) } else { state.heads };
    let shown = |found: Set| found.minus(hidden).common(heads);
    let mut rows = shown(search.seen);
    let mut twice = Set::EMPTY;
    for segment in search.segments.members() {
        let found = shown(state.content(segment));
        if walk.breaks(Broken::RowsNotUnited) {
            twice = twice.and(rows.common(found));
        }
        rows = rows.and(found);
    }
    // What was struck meanwhile may be there or not.
    if !search.acknowledged.minus(state.ever_struck).is_within(rows) {
        Fault::Missed
    } else if !rows.is_within(state.heads) {
        Fault::Uncommitted
    } else if !twice.is_empty() {
        Fault::Twice
    } else if !rows.common(search.forbidden).is_empty() {
        Fault::Struck
    } else {
        Fault::None
    }
}
