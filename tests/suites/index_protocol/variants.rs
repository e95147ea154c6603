//! The rules, broken one by one: the check has to see what each is there for.

use super::check::{Outcome, walk};
use super::model::{Broken, Walk};
use super::{
    ERASURE, ERASURE_AND_MERGES, ERASURE_IN_TAIL, FLUSHES, LOST_ANSWERS, MERGES, REINDEX,
    REMEMBERED, SHARDS, SWEPT_ENTRIES, SWEPT_SEGMENTS, TAKEN_OVER,
};

const MISSED: &str = "a search missed what was acknowledged";
const LOST: &str = "the index lost position";
const ABSENT: &str = "of which a part is absent";
const UNWRITTEN: &str = "a part that a merge noted as written is absent";
const SHOWN: &str = "showed what was struck";
const FORGOTTEN: &str = "the index forgot to hide position";

/// Asserts that breaking `rule` leads to a violation that says `what`.
#[track_caller]
fn assert_seen(rule: Broken, among: Walk, what: &str) {
    match walk(&Walk { broken: Some(rule), ..among }) {
        Outcome::Violated(violation) => {
            println!("{violation}");
            assert!(violation.what.contains(what), "{violation}");
        }
        Outcome::Holds { states } => panic!("{rule:?} is seen in none of {states} states"),
    }
}

/// Asserts that `rule` is one of cost, and breaking it does no harm.
#[track_caller]
fn assert_harmless(rule: Broken, among: Walk) {
    if let Outcome::Violated(violation) = walk(&Walk { broken: Some(rule), ..among }) {
        panic!("{violation}");
    }
}

#[test]
fn an_entry_comes_before_its_head() {
    assert_seen(Broken::CommitBeforeStage, FLUSHES, LOST);
}

#[test]
fn a_writer_takes_a_shard_that_the_manifest_names() {
    assert_seen(Broken::ShardBeyond, SHARDS, LOST);
}

#[test]
fn entries_are_deleted_after_the_manifest_is_put() {
    assert_seen(Broken::DeleteBeforePut, FLUSHES, LOST);
}

#[test]
fn exactly_the_entries_that_were_read_are_deleted() {
    assert_seen(Broken::WholeTailDeleted, FLUSHES, LOST);
}

#[test]
fn the_manifest_is_put_under_a_condition() {
    assert_seen(Broken::UnconditionalPut, FLUSHES, LOST);
}

#[test]
fn a_refusal_may_be_the_echo_of_a_put_that_was_done() {
    assert_seen(Broken::RefusalBelieved, LOST_ANSWERS, ABSENT);
}

#[test]
fn progress_is_noted_after_a_part_is_written() {
    assert_seen(Broken::ProgressFirst, TAKEN_OVER, UNWRITTEN);
}

#[test]
fn whom_a_merge_was_taken_from_leaves_its_output_alone() {
    assert_seen(Broken::LoserDeletesOutput, TAKEN_OVER, UNWRITTEN);
}

#[test]
fn a_merge_is_ended_by_its_owner_while_its_inputs_are_listed() {
    assert_seen(Broken::EndedBlindly, TAKEN_OVER, "whose inputs are not listed");
}

#[test]
fn garbage_is_left_for_a_later_run_only_to_spare_searches_a_retry() {
    assert_harmless(Broken::GarbageAtOnce, TAKEN_OVER);
}

#[test]
fn pending_entries_are_deleted_only_to_spare_the_next_flush_their_price() {
    assert_harmless(Broken::PendingForgotten, FLUSHES);
}

#[test]
fn what_a_merge_drops_is_fixed_when_it_is_claimed() {
    assert_seen(Broken::DroppedNotFixed, ERASURE_AND_MERGES, "with other bytes");
}

#[test]
fn the_manifest_is_read_after_the_tail() {
    assert_seen(Broken::ManifestNotReread, MERGES, MISSED);
    assert_seen(Broken::ManifestNotReread, REMEMBERED, MISSED);
}

#[test]
fn an_absent_part_is_not_an_empty_one() {
    assert_seen(Broken::AbsentIsEmpty, TAKEN_OVER, MISSED);
}

#[test]
fn new_shards_are_read_before_the_manifest_counts() {
    assert_seen(Broken::NewShardsIgnored, SHARDS, MISSED);
}

#[test]
fn rows_of_the_tail_and_of_segments_are_one_set() {
    assert_seen(Broken::RowsNotUnited, FLUSHES, "showed a row twice");
}

#[test]
fn rows_have_heads() {
    assert_seen(Broken::HeadsNotAsked, FLUSHES, "showed what was not committed");
}

#[test]
fn sweep_leaves_segments_of_runs_that_go_on_alone() {
    assert_seen(Broken::SweptYoung, SWEPT_ENTRIES, ABSENT);
}

#[test]
fn sweep_reads_the_manifest_before_each_deletion() {
    assert_seen(Broken::SweptByOldManifest, SWEPT_ENTRIES, ABSENT);
}

#[test]
fn sweep_leaves_the_output_of_a_merge_under_way_alone() {
    assert_seen(Broken::SweptOutput, SWEPT_SEGMENTS, UNWRITTEN);
}

#[test]
fn sweep_leaves_entries_of_writers_that_may_commit_alone() {
    assert_seen(Broken::SweptEntries, SWEPT_ENTRIES, LOST);
}

#[test]
fn searches_leave_out_what_is_struck() {
    assert_seen(Broken::StruckShown, ERASURE, SHOWN);
}

#[test]
fn flushes_and_merges_drop_what_is_struck() {
    assert_seen(Broken::StruckFlushed, ERASURE_IN_TAIL, FORGOTTEN);
    assert_seen(Broken::StruckMerged, ERASURE, FORGOTTEN);
}

#[test]
fn nothing_struck_is_forgotten_while_an_older_segment_is_there() {
    assert_seen(Broken::ForgottenByAge, ERASURE, FORGOTTEN);
}

/// A merge that was claimed before the strike has what was struck, however late
/// it ends.
#[test]
fn an_output_is_numbered_when_its_merge_is_claimed() {
    assert_seen(Broken::NumberedAtEnd, ERASURE_AND_MERGES, FORGOTTEN);
}

#[test]
fn nothing_struck_is_forgotten_while_the_tail_has_it() {
    assert_seen(Broken::TailNotAsked, ERASURE_IN_TAIL, FORGOTTEN);
}

/// An entry of it may be put again; and a search that read one before it was
/// deleted, and the manifest after it forgot what was struck, would show it.
#[test]
fn what_is_struck_is_remembered_for_an_hour_after_nothing_has_it() {
    assert_seen(Broken::HourNotAwaited, ERASURE_IN_TAIL, FORGOTTEN);
    let without_late_puts = Walk { late_puts: false, ..ERASURE_IN_TAIL };
    assert_seen(Broken::HourNotAwaited, without_late_puts, SHOWN);
}

#[test]
fn the_hour_begins_anew_when_what_is_struck_comes_again() {
    assert_seen(Broken::HourGoesOn, Walk { runs: 4, ..ERASURE_IN_TAIL }, SHOWN);
}

#[test]
fn the_hour_is_over_before_the_tail_is_read() {
    assert_seen(Broken::HourEndsAtPut, Walk { search: false, ..ERASURE_IN_TAIL }, FORGOTTEN);
}

#[test]
fn reindex_begins_again_when_something_was_struck_meanwhile() {
    assert_seen(Broken::ReindexIgnoresStrikes, REINDEX, FORGOTTEN);
}
