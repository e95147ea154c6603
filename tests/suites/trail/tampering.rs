//! Every way to tamper that shows in an export is found, and named by its code and its
//! event. Here are events, seals, notes and clocks; files and contents stand beside it.

use std::collections::BTreeSet;

use activity_log::verify::code::Code;
use activity_log_core::domain::audit::{Action, AuditEvent};
use activity_log_core::domain::principal::Actor;
use activity_log_core::trail::entry::{SealingTimes, WrittenAt};
use activity_log_core::trail::hash::TreeHash;
use activity_log_core::trail::note::Checkpoint;
use activity_log_tests::trail_log::{BEGIN_MS, Leaf, SigningKey, TrailLog, at};

use super::{Export, found, some_log, told};

pub(super) const HOUR_MS: i64 = 60 * 60 * 1_000;

/// An export of a log that somebody has changed behind its seals.
pub(super) fn changed(change: impl FnOnce(&mut TrailLog)) -> Export {
    let mut log = some_log();
    change(&mut log);
    Export::of(&log)
}

/// The first finding is about that leaf.
pub(super) fn names(export: &Export, code: &str, index: u64) {
    let report = export.tampered_by(code);
    let finding = &report.findings.first()[0];
    assert_eq!(finding.index, Some(index), "{finding}");
}

#[test]
fn a_log_that_nobody_tampered_with_is_proved() {
    let report = Export::of(&some_log()).proved();
    assert_eq!((report.checked.events, report.checked.checkpoints), (600, 10));
    assert!(report.checked.activities > 500 && report.checked.disclosures > 2_000);
    assert_eq!(report.checked.tiles, 3 + 1);
}

#[test]
fn an_event_that_was_deleted_is_named() {
    // So is an activity that is there without it.
    let export = changed(|log| log.leaves[300].entry = None);
    let report = export.verify();
    let codes = BTreeSet::from(["event_missing", "activity_without_event"]);
    assert_eq!((found(&report), report.findings.total()), (codes, 2), "{}", report.text());
    assert_eq!(report.findings.first()[0].index, Some(300));
    names(&changed(|log| log.leaves[7].entry = None), "event_missing", 7);
}

#[test]
fn an_event_of_which_any_property_was_changed_is_named() {
    for (from, to) in [
        (r#""status":"succeeded""#, r#""status":"denied""#),
        (r#""action":"activity.logged""#, r#""action":"activity.read""#),
        (r#""api_route":"/v1/activities""#, r#""api_route":"/v1/activitiez""#),
        (r#""request_id":"req_"#, r#""request_id":"req-"#),
        (r#""resource_id":"0"#, r#""resource_id":"1"#),
        (r#""source":"api""#, r#""source":"mcp""#),
        // When it was written, and when it was sealed.
        (r#""sealed_at":"2026-09-21T14"#, r#""sealed_at":"2026-09-21T15"#),
        (r#"Z"}"#, r#"Z" }"#),
    ] {
        let export = changed(|log| log.leaves[300].change(from, to));
        let report = export.verify();
        let finding = &report.findings.first();
        let finding = finding.iter().find(|finding| finding.code.as_str() == "event_changed");
        assert_eq!(finding.unwrap().index, Some(300), "{to}");
    }
    names(&changed(|log| log.leaves[7].change("rejected", "denied")), "event_changed", 7);
    let code = |log: &mut TrailLog| log.leaves[7].change("validation_failed", "unauthorized");
    names(&changed(code), "event_changed", 7);
}

#[test]
fn a_person_or_a_hash_of_the_content_that_was_changed_is_found() {
    let export = changed(|log| {
        let leaf = &mut log.leaves[300];
        let event = AuditEvent { input_hash: None, ..leaf.event.clone() };
        let other = Leaf::of(event, None, leaf.times);
        (leaf.entry, leaf.disclosures) = (other.entry, other.disclosures);
    });
    assert!(export.tampered().contains("event_changed"));
    let export = changed(|log| {
        let leaf = &mut log.leaves[300];
        let mut event = leaf.event.clone();
        event.by.actor = Actor::parse("user:other").unwrap();
        let other = Leaf::of(event, None, leaf.times);
        (leaf.entry, leaf.disclosures) = (other.entry, other.disclosures);
    });
    assert!(export.tampered().contains("event_changed"));
}

#[test]
fn two_events_whose_contents_were_swapped_are_named() {
    let export = changed(|log| {
        let (one, other) = (log.leaves[300].clone(), log.leaves[301].clone());
        (log.leaves[300].entry, log.leaves[300].disclosures) = (other.entry, other.disclosures);
        (log.leaves[301].entry, log.leaves[301].disclosures) = (one.entry, one.disclosures);
    });
    let report = export.verify();
    assert_eq!(report.findings.counts()[&Code::EventChanged], 2, "{}", report.text());
}

#[test]
fn an_event_of_another_tenant_is_named() {
    let export = changed(|log| {
        log.leaves[300].change(r#""tenant_id":"acme""#, r#""tenant_id":"globex""#);
        log.leaves[300].seal();
    });
    assert!(export.tampered().contains("tenant_differs"));
}

#[test]
fn an_event_that_was_invented_with_old_times_is_named() {
    let export = changed(|log| {
        // The table's clock is today's, whatever the event says.
        let old = log.events.logged(BEGIN_MS - HOUR_MS, "Invented");
        let now = log.leaves[599].times.sealed_at;
        let times = SealingTimes { written_at: WrittenAt::of(now), sealed_at: now };
        log.leaves.push(Leaf::of(old.0, Some(&old.1), times));
        log.seals.push(601);
    });
    names(&export, "written_time_differs", 600);
    // Its id can't say another time either.
    let export = changed(|log| {
        let leaf = &mut log.leaves[599];
        let (id, older) =
            (leaf.event.id.to_string(), log.events.event(Action::ToolCalled, BEGIN_MS - HOUR_MS));
        leaf.change(&id, &older.id.to_string());
        leaf.event.id = older.id;
        leaf.seal();
    });
    assert!(export.tampered().contains("id_time_differs"));
}

#[test]
fn a_seal_that_nobody_signed_is_found() {
    let log = some_log();
    let other = SigningKey::new(9);
    let with_note = |note: &str| {
        let export = Export::of(&log);
        export.write("checkpoint", note);
        export.write("checkpoints/600", note);
        export
    };
    let unsigned = with_note(&log.checkpoint(600).text());
    assert_eq!(unsigned.tampered(), BTreeSet::from(["note_malformed"]));
    let of_another_seal = with_note(&log.note(560));
    assert!(of_another_seal.tampered().is_superset(&BTreeSet::from(["file_extra"])));
    let of_another_key = with_note(&other.note(&log.checkpoint(600)));
    assert_eq!(of_another_key.tampered(), BTreeSet::from(["note_not_signed"]));
}

#[test]
fn times_of_a_seal_that_were_changed_are_found() {
    // The entries are rebuilt with them, and are other ones then.
    let with_times = |times: fn(SealingTimes) -> SealingTimes| {
        changed(|log| {
            for leaf in &mut log.leaves[280..350] {
                let again = Leaf::of(leaf.event.clone(), None, times(leaf.times));
                leaf.entry = again.entry;
            }
        })
    };
    let earlier = with_times(|times| SealingTimes { sealed_at: at(BEGIN_MS), ..times });
    assert!(earlier.tampered().contains("event_changed"));
    let written = with_times(|times| SealingTimes {
        written_at: WrittenAt::from_seconds(times.written_at.unwrap().as_seconds() + 1),
        ..times
    });
    names(&written, "event_changed", 280);
    let not_written = with_times(|times| SealingTimes { written_at: None, ..times });
    names(&not_written, "event_changed", 280);
}

#[test]
fn a_log_that_was_rolled_back_is_found_by_whoever_remembers_and_else_it_is_said() {
    let log = some_log();
    let mut export = Export::of(&TrailLog::of("acme", 560, 70));
    let report = export.proved();
    assert!(report.not_checked.iter().any(|sentence| sentence.contains("cut off")));
    export.remember(&log.note(600), None);
    let report = export.tampered_by("rolled_back");
    assert_eq!(report.findings.first()[0].found.as_deref(), Some("560"));
    // A checkpoint that is no newer says nothing.
    let mut export = Export::of(&log);
    export.remember(&log.note(560), None);
    assert_eq!(export.proved().checked.remembered, 1);
    // All is gone, and begins anew.
    let mut export = Export::of(&TrailLog::empty("acme"));
    export.remember(&log.note(560), None);
    export.tampered_by("rolled_back");
}

#[test]
fn a_log_that_was_made_anew_without_an_event_is_found() {
    let log = some_log();
    let mut without = some_log();
    without.leaves.remove(300);
    without.seals.iter_mut().filter(|size| **size > 300).for_each(|size| *size -= 1);
    // By a key that nobody knows.
    without.keys = vec![SigningKey::new(9)];
    let mut export = Export::of(&without);
    export.keys = log.verifier_keys();
    export.tampered_by("note_not_signed");
    // By the right one: whoever remembers a checkpoint sees it.
    without.keys = vec![SigningKey::new(1)];
    let mut export = Export::of(&without);
    export.proved();
    export.remember(&log.note(560), None);
    export.tampered_by("remembered_differs");
    // So does whoever trusts a witness, which does not sign the other tree.
    let mut export = Export::of(&without);
    let witness = SigningKey::new(5);
    export.witnesses = vec![witness.witness("witness.example")];
    export.tampered_by("not_cosigned");
    let cosigned = log.checkpoint(560);
    let line = witness.cosignature("witness.example", &cosigned, 1_790_000_000);
    export.write("checkpoints/560", log.note_of(&cosigned) + &line);
    export.tampered_by("root_differs");
}

#[test]
fn two_notes_of_one_size_are_a_fork() {
    let log = some_log();
    let mut fork = log.checkpoint(560);
    fork.root = TreeHash::of_nothing();
    let export = Export::of(&log);
    export.write("checkpoints/560", log.note_of(&fork));
    export.tampered_by("root_differs");
    let mut export = Export::of(&log);
    export.remember(&log.note_of(&fork), None);
    export.tampered_by("remembered_differs");
    let newest = Checkpoint { size: 600, ..fork };
    let export = Export::of(&log);
    export.write("checkpoint", log.note_of(&newest));
    export.tampered_by("root_differs");
}

#[test]
fn a_note_of_another_log_is_none_of_this_one() {
    let log = some_log();
    for origin in ["log.example/globex", "log.example/acme/2", "other.example/acme"] {
        let other = Checkpoint { origin: origin.to_owned(), ..log.checkpoint(600) };
        let export = Export::of(&log);
        export.write("checkpoint", log.note_of(&other));
        export.tampered_by("note_wrong_origin");
    }
}

#[test]
fn a_wrong_signature_of_a_known_key_counts_whoever_else_signed() {
    let log = some_log();
    let (good, other) = (log.checkpoint(600), SigningKey::new(9));
    let wrong = log.keys[0].line(&log.checkpoint(560));
    let export = Export::of(&log);
    export.write("checkpoint", good.note(&(wrong + &other.line(&good))));
    export.tampered_by("note_wrong_signature");
    let export = Export::of(&log);
    export.write("checkpoint", other.note(&good));
    export.tampered_by("note_not_signed");
}

#[test]
fn a_restore_that_is_not_declared_is_found_by_whoever_remembers() {
    let log = some_log();
    // 500 of the 600 are there again, and the log goes on as if they were all.
    let mut restored = TrailLog::of("acme", 490, 70);
    let later = (0..150).map(|n| restored.events.nth(1_000 + n)).collect();
    restored.seal(later);
    let mut export = Export::of(&restored);
    export.proved();
    export.remember(&log.note(600), None);
    export.tampered_by("remembered_differs");
}

#[test]
fn two_leaves_of_one_id_that_differ_are_found() {
    let export = changed(|log| {
        let mut again = log.leaves[300].clone();
        again.change("req_", "req-");
        again.record = None;
        again.times.sealed_at = log.leaves[599].times.sealed_at;
        let from = format!(r#""sealed_at":"{}""#, log.leaves[300].times.sealed_at);
        again.change(&from, &format!(r#""sealed_at":"{}""#, again.times.sealed_at));
        again.record.clone_from(&log.leaves[300].record);
        again.seal();
        log.leaves.push(again);
        log.seals.push(601);
    });
    names(&export, "id_twice", 600);
}

#[test]
fn a_key_in_the_export_is_never_used() {
    let mut log = some_log();
    let known = log.verifier_keys();
    log.keys = vec![SigningKey::new(9)];
    let mut export = Export::of(&log);
    export.write("vkey", log.verifier_keys()[0].to_string());
    export.keys = known;
    let report = export.tampered_by("note_not_signed");
    assert!(told(&report).contains("file_not_known"));
}

#[test]
fn clocks_that_contradict_each_other_are_found() {
    let with = |change: &dyn Fn(&mut Leaf)| {
        let export = changed(|log| {
            change(&mut log.leaves[300]);
            log.leaves[300].seal();
        });
        let report = export.verify();
        report.findings.first()[0].code.as_str()
    };
    let set = |leaf: &mut Leaf, name: &str, to: &str| {
        let text = leaf.text();
        let start = text.find(&format!(r#""{name}":""#)).unwrap() + name.len() + 4;
        let from = text[start..start + 24].to_owned();
        leaf.change(&format!(r#""{name}":"{from}""#), &format!(r#""{name}":"{to}""#));
    };
    let base = some_log().leaves[300].clone();
    let occurred = base.event.occurred_at.as_millis();
    let written = |behind: i64| {
        let time = at((occurred / 1_000) * 1_000 + behind * 1_000).to_string();
        with(&|leaf| set(leaf, "written_at", &time))
    };
    assert_eq!(written(-120), "written_time_differs");
    assert_eq!(written(130), "written_time_differs");
    let later = at(occurred + 61_001).to_string();
    let earlier = at(base.times.sealed_at.as_millis() - 30_000).to_string();
    assert_eq!(with(&|leaf| set(leaf, "sealed_at", &earlier)), "sealed_time_fell");
    assert_eq!(with(&|leaf| set(leaf, "written_at", "2026-09-21T14:01:15.001Z")), "time_malformed");
    assert_eq!(
        with(&|leaf| set(leaf, "occurred_at", "2026-09-21t14:01:15.001z")),
        "time_malformed"
    );
    assert_eq!(with(&|leaf| set(leaf, "occurred_at", &later)), "id_time_differs");
    let backfill = r#""data":{"backfill":true},"id":""#;
    assert_eq!(with(&|leaf| leaf.change(r#""id":""#, backfill)), "backfill_unmarked");
    let not_marked = |leaf: &mut Leaf| {
        let from = format!(r#","written_at":"{}""#, leaf.times.written_at.unwrap().time());
        leaf.change(&from, "");
    };
    assert_eq!(with(&not_marked), "backfill_unmarked");
}

#[test]
fn what_is_behind_a_checkpoint_was_sealed_behind_it() {
    let log = some_log();
    let mut export = Export::of(&log);
    let sealed_at = log.leaves[570].times.sealed_at;
    export.remember(&log.note(560), Some(sealed_at));
    assert!(export.proved().not_checked.iter().all(|sentence| !sentence.contains("@TIME")));
    export.since.clear();
    export.remember(&log.note(560), Some(at(sealed_at.as_millis() + HOUR_MS)));
    let report = export.tampered_by("sealed_before_remembered");
    assert_eq!(report.findings.total(), 40);
}
