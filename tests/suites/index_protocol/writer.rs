//! A writer puts its entry into the tail, and then its head, which is the
//! commit. It may lose its key, or die; and the put of its entry may arrive
//! again, at any later time.

use super::model::{Actor, Broken, Object, Steps, Walk};
use super::state::WriterPhase;

pub(super) fn steps(walk: &Walk, position: u8, steps: &mut Steps<'_>) {
    let state = steps.from;
    let actor = Actor::Writer(position);
    let at = usize::from(position);
    let writer = state.writers[at];
    match writer.phase {
        WriterPhase::Idle => {
            // Positions are alike until they are written, so they are written in order.
            let before = at.checked_sub(1).map(|before| state.writers[before].phase);
            if before == Some(WriterPhase::Idle) {
                return;
            }
            // The number of shards never falls, so a writer that read it at any
            // earlier time takes one of these.
            let shards =
                if walk.breaks(Broken::ShardBeyond) { walk.shards } else { state.manifest.shards };
            for shard in 0..shards {
                steps.add(actor, "puts its entry", Some(Object::Shard(shard)), |next| {
                    next.writers[at].phase = WriterPhase::Staged;
                    next.writers[at].shard = shard;
                    if !walk.breaks(Broken::CommitBeforeStage) {
                        next.tail = next.tail.with(position);
                    }
                });
            }
        }
        WriterPhase::Staged => {
            steps.add(actor, "puts its head, and is acknowledged", None, |next| {
                next.writers[at].phase = WriterPhase::Committed;
                next.heads = next.heads.with(position);
            });
            if walk.refusals {
                steps.add(actor, "loses its key, or dies", None, |next| {
                    next.writers[at].phase = WriterPhase::Refused;
                });
            }
        }
        WriterPhase::Refused => {
            if state.tail.has(position) {
                steps.add(actor, "deletes its entry", None, |next| {
                    next.tail = next.tail.without(position);
                });
            }
        }
        WriterPhase::Committed => {}
    }
    let may_arrive = walk.late_puts && writer.phase != WriterPhase::Idle && !writer.over;
    if may_arrive && !state.tail.has(position) {
        steps.add(actor, "is retried: its entry is put again", None, |next| {
            next.tail = next.tail.with(position);
        });
    }
}
