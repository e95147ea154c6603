//! The merge of a run: claimed or taken over, written in two steps, ended.

use super::model::{Actor, Broken, Object, Steps, Walk};
use super::run::ended;
use super::state::{Claim, Job, Manifest, Run, RunPhase, Set, State, merged_by, parts_of};

pub(super) fn steps(walk: &Walk, run: u8, steps: &mut Steps<'_>) {
    let own = steps.from.runs[usize::from(run)];
    match own.phase {
        RunPhase::Merge => begin(walk, run, steps),
        RunPhase::Write => write(walk, run, steps),
        _ => note(walk, run, steps),
    }
}

fn begin(walk: &Walk, run: u8, steps: &mut Steps<'_>) {
    let state = steps.from;
    let at = usize::from(run);
    let begun = |output: u8, part: u8| Run {
        phase: if part < parts_of(output) && !walk.breaks(Broken::ProgressFirst) {
            RunPhase::Write
        } else {
            RunPhase::Note
        },
        output,
        part,
        ..Run::default()
    };
    if let Some(job) = state.manifest.job {
        if job.owner != run {
            let does = "takes a merge over";
            steps.add(Actor::Run(run), does, Some(Object::Segment(job.output)), |next| {
                next.manifest.job = Some(Job { owner: run, ..job });
                next.put_by(Some(run));
                next.runs[at] = begun(job.output, job.progress);
                remember_struck(walk, next, run);
            });
        }
        return;
    }
    for inputs in mergeable(&state.manifest) {
        let does = "claims a merge";
        let least = inputs.members().next().map(Object::Segment);
        steps.add(Actor::Run(run), does, least, |next| {
            let output = merged_by(run);
            let keeps = walk.breaks(Broken::StruckMerged) || walk.breaks(Broken::DroppedNotFixed);
            let dropped = if keeps { Set::EMPTY } else { state.manifest.struck };
            let content = state.content_of_all(inputs).minus(dropped);
            next.claims[at] = Claim { inputs, content };
            next.manifest.job = Some(Job { owner: run, output, progress: 0 });
            next.put_by(Some(run));
            next.runs[at] = begun(output, 0);
            remember_struck(walk, next, run);
        });
    }
}

fn remember_struck(walk: &Walk, next: &mut State, run: u8) {
    if walk.breaks(Broken::DroppedNotFixed) {
        next.runs[usize::from(run)].base = next.manifest.struck;
    }
}

/// What a merge may take: any two segments, which stand for a tier; or one
/// alone, which may have what is struck.
fn mergeable(manifest: &Manifest) -> Vec<Set> {
    let segments: Vec<u8> = manifest.segments.members().collect();
    let mut all = Vec::new();
    for (at, &first) in segments.iter().enumerate() {
        all.extend(segments[at + 1..].iter().map(|&second| Set::of(&[first, second])));
        if manifest.older.has(first) {
            all.push(Set::of(&[first]));
        }
    }
    all
}

fn write(walk: &Walk, run: u8, steps: &mut Steps<'_>) {
    let state = steps.from;
    let at = usize::from(run);
    let own = state.runs[at];
    let does = if own.part == 0 { "writes the first part" } else { "writes the second part" };
    steps.add(Actor::Run(run), does, Some(Object::Segment(own.output)), |next| {
        let content = state.claim(own.output).content;
        // `base` is empty but where a variant fills it.
        next.write(own.output, own.part, content.minus(own.base));
        if walk.breaks(Broken::ProgressFirst) && own.part == 0 {
            next.runs[at].part = 1;
        } else {
            next.runs[at].phase = RunPhase::Note;
        }
    });
}

/// Reads the manifest, and as long as the merge is still the run's own, notes
/// how far it came, or ends it, whatever else was put in between.
fn note(walk: &Walk, run: u8, steps: &mut Steps<'_>) {
    let state = steps.from;
    let actor = Actor::Run(run);
    let at = usize::from(run);
    let own = state.runs[at];
    let object = Some(Object::Segment(own.output));
    let is_last = own.part + 1 == parts_of(own.output);
    let job = state.manifest.job.filter(|job| job.owner == run && job.output == own.output);
    match job {
        Some(job) if !is_last => steps.add(actor, "notes its progress", object, |next| {
            next.manifest.job = Some(Job { progress: own.part + 1, ..job });
            next.put_by(Some(run));
            next.runs[at].phase = RunPhase::Write;
            if !walk.breaks(Broken::ProgressFirst) {
                next.runs[at].part = own.part + 1;
            }
        }),
        None if !is_last || !walk.breaks(Broken::EndedBlindly) => {
            steps.add(actor, "sees that the merge is not its own any more", object, |next| {
                next.runs[at] = ended();
                if walk.breaks(Broken::LoserDeletesOutput) {
                    next.delete(own.output);
                }
            });
        }
        _ => steps.add(actor, "ends the merge", object, |next| {
            let Claim { inputs, content } = state.claim(own.output);
            next.manifest.segments = next.manifest.segments.minus(inputs);
            if !content.is_empty() {
                next.manifest.segments = next.manifest.segments.with(own.output);
            }
            next.manifest.garbage = next.manifest.garbage.and(inputs);
            if job.is_some() {
                next.manifest.job = None;
            }
            next.put_by(Some(run));
            next.runs[at] = ended();
            if walk.breaks(Broken::GarbageAtOnce) {
                inputs.members().for_each(|input| next.delete(input));
            }
        }),
    }
}
