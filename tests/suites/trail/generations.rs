//! A log that follows a declared restore, and the one before it.

use std::collections::BTreeSet;
use std::fs;

use activity_log_core::domain::audit::{Action, AuditEvent, Data};
use activity_log_core::domain::audit_log::Generation;
use activity_log_core::trail::entry::SealingTimes;
use activity_log_core::trail::hash::TreeHash;
use activity_log_tests::trail_log::{Leaf, SigningKey, TrailLog, at};

use super::{Export, told};

/// A log that goes on where another one ended, as its first leaf says.
fn restored(before: &TrailLog, size: u64, root: TreeHash) -> TrailLog {
    let mut log = TrailLog::empty("acme");
    log.audit_log.generation =
        Generation::new(before.audit_log.generation.number() + 1).expect("there are more");
    let newest =
        before.leaves.last().expect("there is a leaf").times.sealed_at.as_millis() + 60_000;
    let event = log.events.event(Action::LogRestored, newest);
    let data = Data::default()
        .word("previous_origin", &before.origin())
        .number("previous_size", size)
        .word("previous_root", &root.to_string());
    let times = SealingTimes { written_at: None, sealed_at: at(newest) };
    log.leaves.push(Leaf::of(AuditEvent { data, ..event }, None, times));
    log.seals.push(1);
    let later = (1_000..1_100).map(|n| log.events.nth(n)).collect();
    log.seal(later);
    log
}

/// The exports of two generations, the newer one with the older in it.
fn export(before: &TrailLog, log: &TrailLog) -> Export {
    let mut export = Export::of(log);
    before.export(&export.file("generations/1"));
    export.keys.extend(before.verifier_keys());
    export
}

fn two() -> (TrailLog, TrailLog) {
    let before = TrailLog::of("acme", 300, 70);
    let log = restored(&before, 300, before.checkpoint(300).root);
    (before, log)
}

#[test]
fn a_declared_restore_is_told_and_both_logs_are_proved() {
    let (before, log) = two();
    let mut both = export(&before, &log);
    both.remember(&before.note(280), None);
    let report = both.proved();
    assert_eq!(report.checked.events, 401);
    assert_eq!(report.checked.origins, ["log.example/acme/2", "log.example/acme"]);
    assert_eq!(told(&report), BTreeSet::from(["backfilled", "restored"]));
    // Events that were sealed behind the restored state are lost, and that is said.
    let mut longer = TrailLog::of("acme", 300, 70);
    let lost = (300..350).map(|n| longer.events.nth(n)).collect();
    longer.seal(lost);
    both.remember(&longer.note(350), None);
    let report = both.proved();
    let lost =
        report.listed.first().iter().find(|told| told.code.as_str() == "restore_lost_events");
    let said = lost.unwrap().found.as_deref().unwrap();
    assert!(said.contains("ended at 300") && said.contains("of 350 covers 50 events"), "{said}");
}

#[test]
fn a_generation_in_which_nothing_was_sealed_is_passed_over_and_one_that_is_known_is_not() {
    let (before, _) = two();
    let mut log = TrailLog::of("acme", 300, 70);
    log.audit_log.generation = Generation::new(2).expect("there are more");
    let log = {
        let mut third = restored(&log, 300, before.checkpoint(300).root);
        let event = &mut third.leaves[0];
        let data = Data::default()
            .word("previous_origin", &before.origin())
            .number("previous_size", 300)
            .word("previous_root", &before.checkpoint(300).root.to_string());
        *event = Leaf::of(AuditEvent { data, ..event.event.clone() }, None, event.times);
        third
    };
    let mut both = export(&before, &log);
    assert_eq!(both.proved().checked.origins, ["log.example/acme/3", "log.example/acme"]);
    // Somebody remembers one of the second generation, which was not empty then.
    let mut second = TrailLog::of("acme", 10, 10);
    second.audit_log.generation = Generation::new(2).expect("there are more");
    both.keys.extend(second.verifier_keys());
    both.remember(&second.note(10), None);
    both.tampered_by("restore_contradicts");
}

#[test]
fn the_log_before_is_proved_by_its_successor_without_a_key_of_its_own() {
    let (before, log) = two();
    let mut both = export(&before, &log);
    both.keys.pop();
    assert!(
        both.proved()
            .not_checked
            .iter()
            .any(|text| text.contains("no key of log.example/acme was"))
    );
    let mut changed = TrailLog::of("acme", 300, 70);
    changed.leaves[200].change("req_", "req-");
    changed.leaves[200].seal();
    changed.keys = vec![SigningKey::new(9)];
    changed.export(&both.file("generations/1"));
    let report = both.tampered_by("restore_contradicts");
    assert_eq!(report.findings.first()[0].origin.as_deref(), Some("log.example/acme"));
    // It ended earlier than it is said to.
    fs::remove_dir_all(both.file("generations")).unwrap();
    TrailLog::of("acme", 280, 70).export(&both.file("generations/1"));
    assert!(both.tampered().contains("restore_contradicts"));
}

#[test]
fn a_log_before_that_is_not_in_the_export_is_not_checked() {
    let (before, log) = two();
    let both = export(&before, &log);
    fs::remove_dir_all(both.file("generations")).unwrap();
    let sentences = both.proved().not_checked.join("\n");
    assert!(sentences.contains("the events of log.example/acme are not in the export"));
}

#[test]
fn a_checkpoint_of_a_log_that_is_not_in_the_export_is_held_against_what_follows_it() {
    let (before, log) = two();
    let with = |note: &str| {
        let mut export = Export::of(&log);
        export.keys.extend(before.verifier_keys());
        export.remember(note, None);
        export
    };
    with(&before.note(300)).proved();
    // Another one of that size, and one of which the next log says nothing.
    let mut other = TrailLog::of("acme", 300, 70);
    other.leaves[200].change("req_", "req-");
    other.leaves[200].seal();
    with(&other.note(300)).tampered_by("remembered_differs");
    let report = with(&before.note(280)).verify();
    assert_eq!(report.outcome().exit_status(), 2, "{}", report.text());
    assert_eq!(super::found(&report), BTreeSet::from(["remembered_not_usable"]));
    // A log without a leaf says nothing of the one before.
    let mut empty = TrailLog::empty("acme");
    empty.audit_log.generation = log.audit_log.generation;
    let mut export = Export::of(&empty);
    export.keys.extend(before.verifier_keys());
    export.remember(&before.note(300), None);
    assert_eq!(export.verify().outcome().exit_status(), 2);
}

#[test]
fn a_later_log_was_sealed_after_the_one_before_was_the_newest() {
    let (before, log) = two();
    let mut both = export(&before, &log);
    let first = log.leaves[0].times.sealed_at.as_millis();
    both.remember(&before.note(280), Some(at(first)));
    both.proved();
    let mut both = export(&before, &log);
    both.remember(&before.note(280), Some(at(first + 10 * 60 * 1_000)));
    let report = both.tampered_by("sealed_before_remembered");
    assert_eq!(report.findings.first()[0].origin, None, "it is one of the newest log");
}

#[test]
fn a_witness_has_to_have_cosigned_the_newest_log() {
    let (before, log) = two();
    let mut both = export(&before, &log);
    let (witness, name) = (SigningKey::new(5), "witness.example");
    both.witnesses = vec![witness.witness(name)];
    let cosigned = |log: &TrailLog, size: u64| {
        let checkpoint = log.checkpoint(size);
        log.note_of(&checkpoint) + &witness.cosignature(name, &checkpoint, 1_790_000_000)
    };
    both.write("generations/1/checkpoints/280", cosigned(&before, 280));
    both.tampered_by("not_cosigned");
    both.write("checkpoints/1", cosigned(&log, 1));
    let report = both.proved();
    assert_eq!(report.checked.cosignatures, 2);
    assert!(report.not_checked.iter().any(|text| text.contains("cosigned 1 events of 101")));
}

#[test]
fn what_belongs_to_no_generation_is_told() {
    let (before, log) = two();
    let both = export(&before, &log);
    for name in ["generations/old", "generations/01", "generations/1/key.pem"] {
        both.write(name, "x");
        let report = both.proved();
        let told = report.listed.first();
        let is_named = told.iter().any(|told| told.file.as_deref() == Some(name));
        assert!(is_named, "{name}: {}", report.text());
    }
}

#[test]
fn a_first_leaf_that_says_something_else_is_found() {
    let (before, log) = two();
    for (from, to) in [
        (r#""previous_origin":"log.example/acme""#, r#""previous_origin":"log.example/other""#),
        (r#""previous_size":300"#, r#""previous_size":299"#),
        (r#""previous_size":300"#, r#""previous_siz":300"#),
        (r#""previous_root":""#, r#""previous_root":"A"#),
    ] {
        let mut log = restored(&before, 300, before.checkpoint(300).root);
        log.leaves[0].change(from, to);
        log.leaves[0].seal();
        let codes = export(&before, &log).tampered();
        assert!(codes.contains("restore_contradicts"), "{to}: {codes:?}");
    }
    // A later generation that names none says that there was none.
    let mut silent = restored(&before, 300, before.checkpoint(300).root);
    silent.leaves.remove(0);
    silent.seals = vec![100];
    let mut both = export(&before, &silent);
    both.tampered_by("restore_contradicts");
    fs::remove_dir_all(both.file("generations")).unwrap();
    assert!(both.proved().not_checked.iter().any(|text| text.contains("no log before it")));
    both.remember(&before.note(280), None);
    both.tampered_by("restore_contradicts");
    // And it is declared at the beginning of a later generation, and nowhere else.
    let mut first = TrailLog::of("acme", 300, 70);
    first.leaves.insert(7, log.leaves[0].clone());
    let again = told_again(log, |leaf| leaf.change(r#":300"#, r#":299"#));
    assert!(export(&before, &again).tampered().contains("restore_out_of_place"));
    assert!(Export::of(&first).tampered().contains("restore_out_of_place"));
}

/// A log whose second leaf says that it follows a restore, as the first one does or not.
fn told_again(mut log: TrailLog, change: impl Fn(&mut Leaf)) -> TrailLog {
    let mut again = log.leaves[0].clone();
    let other = log.events.event(Action::LogRestored, again.event.occurred_at.as_millis());
    again.change(&again.event.id.to_string(), &other.id.to_string());
    change(&mut again);
    again.seal();
    log.leaves.insert(1, again);
    log.seals = vec![102];
    log
}

#[test]
fn a_restore_is_told_of_once_more_where_its_first_sealing_failed_or_a_later_log_has_all() {
    let (before, log) = two();
    export(&before, &told_again(two().1, |_| {})).proved();
    // The third log has what the second one began with.
    let mut third = restored(&log, 101, log.checkpoint(101).root);
    let mut again = log.leaves[0].clone();
    third.leaves.truncate(1);
    let sealed_at = third.leaves[0].times.sealed_at;
    let of_seal = |time| format!(r#""sealed_at":"{time}""#);
    again.change(&of_seal(again.times.sealed_at), &of_seal(sealed_at));
    again.seal();
    third.leaves.push(again);
    third.seals = vec![2];
    let both = Export::of(&third);
    log.export(&both.file("generations/2"));
    before.export(&both.file("generations/1"));
    both.proved();
}

#[test]
fn an_earlier_log_is_not_taken_for_the_newest() {
    let (before, log) = two();
    let mut old = Export::of(&before);
    old.keys.extend(log.verifier_keys());
    old.tampered_by("note_wrong_origin");
}

#[test]
fn a_checkpoint_of_a_log_that_nobody_knows_cannot_be_used() {
    let (_, log) = two();
    let mut export = Export::of(&log);
    export.remember(&TrailLog::of("globex", 10, 10).note(10), None);
    export.remember("not a note", None);
    let report = export.verify();
    assert_eq!(report.outcome().exit_status(), 2);
    assert_eq!(super::found(&report), BTreeSet::from(["remembered_not_usable"]));
    assert_eq!(report.findings.total(), 2);
}
