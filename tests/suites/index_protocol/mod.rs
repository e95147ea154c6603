//! The protocol of the index, walked through in every order of its calls.
//!
//! The tail, the segments and the manifest are separate items, and there is no
//! lock: who may do what when is decided by conditions and by order alone. So
//! this is a model of it, in which writers, runs of the compactor, `sweep`,
//! `reindex`, an erasure and a search take turns after each call on an item, in
//! each possible order. In every state that can come of it:
//!
//! - A search has every activity that was acknowledged before it started, each
//!   once, and none that is not committed.
//! - It shows nothing that was struck before it started, also where a late put
//!   brings the entry back, or a merge ends that was claimed before.
//! - What is committed is in the tail, or in a segment that the manifest names.
//! - Nothing that the current manifest names is absent, and no part is written
//!   again with other bytes.
//!
//! A model is no proof of the code. It leaves out what an item holds beyond
//! positions, pages of the tail, two analyzers beside each other, and retention.
//! The walks are small: up to three positions, four runs, one erasure. Each of
//! them combines what can touch the same items. `ACTIVITY_LOG_TEST_STATES=full`
//! walks through larger ones as well, with millions of states.
//!
//! These reductions lose no violation:
//!
//! - Who crashes takes no further step. That is a step of its own only where
//!   `sweep` waits for the end of a run.
//! - A step that only its doer sees is taken together with the one before it.
//! - Runs, and positions, are alike before they begin, so they begin in order.
//!
//! [`variants`] breaks the rules, one by one, and asks the check to see it.

mod check;
mod invariants;
mod merge;
mod model;
mod operator;
mod run;
mod search;
mod state;
mod variants;
mod writer;

use self::check::{Outcome, walk};
use self::model::Walk;

/// Asks for the larger walks.
const STATES_VARIABLE: &str = "ACTIVITY_LOG_TEST_STATES";

/// Two writers, whose entries two runs flush.
const FLUSHES: Walk = Walk { positions: 2, runs: 2, search: true, late_puts: true, ..Walk::NOBODY };

/// A writer, and two runs that may not hear that their put was done.
const LOST_ANSWERS: Walk =
    Walk { positions: 1, lost_answers: true, refusals: true, merges: true, ..FLUSHES };

/// A segment and a writer, whose entry is flushed while there are merges.
const MERGES: Walk =
    Walk { positions: 2, seeded: 1, runs: 3, search: true, merges: true, ..Walk::NOBODY };

/// Two segments, whose merge is taken over from run to run.
const TAKEN_OVER: Walk = Walk { seeded: 2, runs: 4, ..MERGES };

/// The process of the search remembers a manifest and parts.
const REMEMBERED: Walk = Walk { runs: 2, cached: true, ..MERGES };

/// The tail gets a second shard.
const SHARDS: Walk = Walk { runs: 1, shards: 2, cached: true, ..FLUSHES };

/// Segments that runs leave behind are swept.
const SWEPT_SEGMENTS: Walk = Walk { seeded: 2, sweep: true, ..MERGES };

/// Entries that writers leave behind are swept, and segments.
const SWEPT_ENTRIES: Walk =
    Walk { runs: 2, sweep: true, refusals: true, late_puts: true, search: false, ..MERGES };

/// A position is struck that is in a segment, and in the tail again. One run writes the segment
/// anew, one sees that nothing has the position any more, and one forgets it.
const ERASURE: Walk = Walk { positions: 1, runs: 3, late_puts: true, erasure: true, ..MERGES };

/// A position is struck that is in the tail alone, and is put there again.
const ERASURE_IN_TAIL: Walk = Walk { seeded: 0, merges: false, ..ERASURE };

/// One of two positions is struck before, while and after they are merged.
const ERASURE_AND_MERGES: Walk = Walk { seeded: 2, erasure: true, search: false, ..MERGES };

/// `reindex` builds a segment of what is in others, while a position is struck.
const REINDEX: Walk = Walk { positions: 1, erasure: true, reindex: true, ..MERGES };

/// `reindex` may not hear that its segment was listed, while that is merged and deleted.
const REINDEX_UNANSWERED: Walk =
    Walk { runs: 2, lost_answers: true, reindex: true, search: false, ..MERGES };

/// Asserts that nothing is wrong in any state of the ordinary walk; nor in any
/// of the larger ones, if these are asked for.
#[track_caller]
fn assert_holds(ordinary: Walk, larger: &[Walk]) {
    let full = std::env::var(STATES_VARIABLE).is_ok_and(|states| states == "full");
    for walked in [ordinary].iter().chain(larger.iter().filter(|_| full)) {
        match walk(walked) {
            Outcome::Holds { states } => println!("{states} states of {walked:?}"),
            Outcome::Violated(violation) => panic!("{violation}\n{walked:?}"),
        }
    }
}

#[test]
fn searches_find_what_is_acknowledged_while_it_is_flushed() {
    assert_holds(FLUSHES, &[Walk { lost_answers: true, refusals: true, ..FLUSHES }]);
}

#[test]
fn a_run_that_never_hears_of_its_put_deletes_nothing_that_is_named() {
    assert_holds(LOST_ANSWERS, &[Walk { runs: 3, ..LOST_ANSWERS }]);
}

#[test]
fn nothing_is_lost_by_merges_beside_flushes() {
    assert_holds(MERGES, &[Walk { cached: true, ..MERGES }]);
}

#[test]
fn nothing_is_lost_by_merges_that_are_taken_over() {
    assert_holds(TAKEN_OVER, &[Walk { cached: true, ..TAKEN_OVER }]);
}

#[test]
fn what_a_process_remembers_hides_nothing() {
    assert_holds(REMEMBERED, &[]);
}

#[test]
fn a_search_learns_of_shards_that_it_does_not_know() {
    assert_holds(SHARDS, &[Walk { runs: 2, ..SHARDS }]);
}

#[test]
fn sweep_deletes_nothing_that_is_needed() {
    assert_holds(SWEPT_SEGMENTS, &[Walk { seeded: 1, ..SWEPT_SEGMENTS }]);
    assert_holds(SWEPT_ENTRIES, &[Walk { search: true, ..SWEPT_ENTRIES }]);
}

#[test]
fn what_is_struck_is_found_by_nothing() {
    let runs = |runs| Walk { runs, ..ERASURE };
    // With three runs, late puts beside a search are more states than a machine should keep.
    let without_late_puts = Walk { late_puts: false, ..ERASURE };
    let without_search = Walk { search: false, ..ERASURE };
    assert_holds(runs(2), &[Walk { cached: true, ..runs(2) }, without_late_puts, without_search]);
    assert_holds(ERASURE_IN_TAIL, &[Walk { runs: 4, ..ERASURE_IN_TAIL }]);
    assert_holds(
        ERASURE_AND_MERGES,
        &[
            Walk { search: true, cached: true, ..ERASURE_AND_MERGES },
            Walk { late_puts: true, runs: 2, ..ERASURE_AND_MERGES },
        ],
    );
}

#[test]
fn reindex_brings_back_nothing_that_is_struck() {
    assert_holds(REINDEX, &[Walk { runs: 2, late_puts: true, ..REINDEX }]);
}

#[test]
fn reindex_lists_nothing_again_that_was_merged_away() {
    assert_holds(REINDEX_UNANSWERED, &[Walk { runs: 3, ..REINDEX_UNANSWERED }]);
}
