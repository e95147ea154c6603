//! Every way to tamper that shows in an export is found, and named by its code and its
//! event.

use std::collections::BTreeSet;

use activity_log::verify::code::Code;
use activity_log_core::domain::audit::{Action, AuditEvent};
use activity_log_core::domain::principal::Actor;
use activity_log_core::trail::entry::{SealingTimes, WrittenAt};
use activity_log_core::trail::hash::TreeHash;
use activity_log_core::trail::note::Checkpoint;
use activity_log_tests::trail_log::{BEGIN_MS, Leaf, SigningKey, TrailLog, at};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Export, found, some_log, told};

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// An export of a log that somebody has changed behind its seals.
fn changed(change: impl FnOnce(&mut TrailLog)) -> Export {
    let mut log = some_log();
    change(&mut log);
    Export::of(&log)
}

/// The first finding is about that leaf.
fn names(export: &Export, code: &str, index: u64) {
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
fn a_byte_in_a_bundle_in_its_tile_or_in_both_is_found() {
    let log = some_log();
    let flip = |export: &Export, file: &str, at: usize| {
        let mut bytes = export.read(file);
        bytes[at] ^= 1;
        export.write(file, bytes);
    };
    let export = Export::of(&log);
    flip(&export, "tile/0/001", 40);
    names(&export, "tile_differs", 257);
    let export = Export::of(&log);
    flip(&export, "tile/1/000.p/2", 40);
    export.tampered_by("tile_differs");
    // CVE-2026-56865: the entry and the hash of it in its tile are changed together.
    let mut changed = log.leaves[300].clone();
    changed.change("req_", "req-");
    let export = Export::of(&log);
    let (from, to) = (log.leaves[300].text(), changed.text());
    export.edit("events.jsonl", |text| text.replace(&from, &to));
    let replace = |file: &str, from: &[u8], to: &[u8]| {
        let mut bytes = export.read(file);
        let place = bytes.windows(from.len()).position(|window| window == from).unwrap();
        bytes[place..place + from.len()].copy_from_slice(to);
        export.write(file, bytes);
    };
    replace("tile/entries/001", from.as_bytes(), to.as_bytes());
    let hash = TreeHash::of_leaf(to.as_bytes());
    replace("tile/0/001", log.leaves[300].hash.as_bytes(), hash.as_bytes());
    let codes = export.tampered();
    assert!(codes.contains("root_differs"), "{codes:?}");
    let report = export.verify();
    let root =
        report.findings.first().iter().find(|finding| finding.code.as_str() == "root_differs");
    // The note of 350 is the first that has the leaf; that of 280 is still right.
    assert_eq!(root.unwrap().index, Some(280));
    assert_eq!(root.unwrap().file.as_deref(), Some("checkpoints/350"));
}

#[test]
fn entries_that_were_swapped_or_dropped_are_found() {
    let log = some_log();
    let mut swapped = log.clone_leaves();
    swapped.leaves.swap(300, 301);
    let export = Export::of(&swapped);
    for size in &log.seals {
        export.write(&format!("checkpoints/{size}"), log.note(*size));
    }
    export.write("checkpoint", log.note(600));
    assert!(export.tampered().contains("root_differs"));
    // The last entry is dropped, and the count lowered: that nobody signed.
    let mut dropped = log.clone_leaves();
    dropped.leaves.pop();
    dropped.seals = vec![560, 599];
    dropped.keys = vec![SigningKey::new(9)];
    let mut export = Export::of(&dropped);
    export.keys = log.verifier_keys();
    assert!(export.tampered().contains("note_not_signed"));
    // The size in a signed note is changed.
    let export = Export::of(&log);
    export.edit("checkpoint", |note| note.replace("\n600\n", "\n599\n"));
    assert!(export.tampered().contains("note_wrong_signature"));
    // The signed note of the dropped one is there.
    let export = Export::of(&log);
    export.write("checkpoint", log.note(560));
    assert!(export.tampered().contains("note_not_newest"));
}

/// A log again, to be changed.
trait CloneLeaves {
    fn clone_leaves(&self) -> TrailLog;
}

impl CloneLeaves for TrailLog {
    fn clone_leaves(&self) -> TrailLog {
        let mut log = TrailLog::empty("acme");
        log.leaves.clone_from(&self.leaves);
        log.seals.clone_from(&self.seals);
        log
    }
}

#[test]
fn bytes_behind_an_end_and_files_that_were_cut_are_found() {
    let log = some_log();
    let with = |file: &str, edit: fn(Vec<u8>) -> Vec<u8>| {
        let export = Export::of(&log);
        export.write(file, edit(export.read(file)));
        export.tampered()
    };
    let behind = |bytes: Vec<u8>| [bytes, vec![0]].concat();
    let last_line = |bytes: Vec<u8>| {
        let end = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
        bytes[..=end].to_vec()
    };
    let line_behind = |bytes: Vec<u8>| [bytes, b"{}\n".to_vec()].concat();
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    for (file, edit, code) in [
        ("tile/entries/001", behind as fn(Vec<u8>) -> Vec<u8>, "file_malformed"),
        ("tile/entries/002.p/88", half, "file_malformed"),
        ("tile/0/001", behind, "file_malformed"),
        ("tile/0/001", half, "file_malformed"),
        ("checkpoint", behind, "note_malformed"),
        ("checkpoint", half, "note_malformed"),
        ("checkpoints/560", behind, "note_malformed"),
        ("events.jsonl", behind, "file_malformed"),
        ("events.jsonl", line_behind, "event_line_extra"),
        ("events.jsonl", last_line, "event_line_missing"),
        ("events.jsonl", half, "event_line_missing"),
        ("activities.jsonl", behind, "file_malformed"),
        ("activities.jsonl", line_behind, "file_malformed"),
        ("activities.jsonl", last_line, "activity_missing"),
        ("activities.jsonl", half, "activity_missing"),
    ] {
        let codes = with(file, edit);
        assert!(codes.contains(code), "{file}: {codes:?}");
    }
}

#[test]
fn files_that_are_missing_or_too_many_are_found() {
    let log = some_log();
    for (file, code) in [
        ("tile/entries/001", "file_missing"),
        ("tile/0/001", "file_missing"),
        ("tile/1/000.p/2", "file_missing"),
        ("checkpoints/600", "file_missing"),
    ] {
        let export = Export::of(&log);
        std::fs::remove_file(export.file(file)).unwrap();
        assert!(export.tampered().contains(code), "{file}");
    }
    let export = Export::of(&log);
    std::fs::remove_dir_all(export.file("tile")).unwrap();
    assert!(export.tampered().contains("event_missing"));
    for file in [
        "tile/0/002.p/87",
        "tile/0/003",
        "tile/2/000.p/1",
        "tile/entries/003.p/1",
        "tile/keys",
        "checkpoints/560.old",
        "checkpoints/0560",
    ] {
        let export = Export::of(&log);
        export.write(file, "");
        export.tampered_by("file_extra");
    }
}

#[test]
fn an_entry_of_another_form_is_none_though_it_means_the_same() {
    let forms: [(&str, &str); 6] = [
        (r#""source":"#, r#""source": "#),
        (r#""v":1"#, r#""v":1.0"#),
        ("/v1/activities", r"\/v1\/activities"),
        (r#""v":1"#, r#""v":1,"v":1"#),
        (r#""source":"api","status":"succeeded""#, r#""status":"succeeded","source":"api""#),
        ("req_", r"\u0072eq_"),
    ];
    for (from, to) in forms {
        // Behind the seal, and by somebody who signs.
        let export = changed(|log| log.leaves[300].change(from, to));
        let codes = export.tampered();
        assert!(codes.is_superset(&BTreeSet::from(["entry_malformed", "event_changed"])), "{to}");
        let export = changed(|log| {
            log.leaves[300].change(from, to);
            log.leaves[300].seal();
        });
        assert!(export.tampered().contains("entry_malformed"), "{to}");
    }
}

#[test]
fn lines_of_events_have_one_form_and_the_entry_of_the_bundle() {
    let log = some_log();
    for (from, to, code) in [
        (r#","index":300}"#, r#","index": 300}"#, "event_line_malformed"),
        (r#","index":300}"#, r#","index":301}"#, "event_line_missing"),
        (r#","index":300}"#, r#","index":0300}"#, "event_line_malformed"),
        (r#","index":300}"#, r#","index":300,"x":1}"#, "event_line_malformed"),
    ] {
        let export = Export::of(&log);
        export.edit("events.jsonl", |text| text.replacen(from, to, 1));
        assert!(export.tampered().contains(code), "{to}");
    }
    let export = Export::of(&log);
    let (from, to) = (log.leaves[300].text(), log.leaves[300].text().replace("req_", "req-"));
    export.edit("events.jsonl", |text| text.replace(&from, &to));
    names(&export, "event_line_differs", 300);
    // A line is missing in between: the others are still read.
    let export = Export::of(&log);
    export.edit("events.jsonl", |text| {
        let lines = text.lines().enumerate().filter(|(n, _)| *n != 300);
        lines.map(|(_, line)| format!("{line}\n")).collect()
    });
    let report = export.verify();
    let total: u64 = report.findings.counts().values().sum();
    assert!(found(&report).contains("event_line_missing") && total < 3, "{}", report.text());
}

#[test]
fn a_disclosure_has_to_be_of_its_event_once_and_all_of_them_there() {
    let log = some_log();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        changed(|log| change(&mut log.leaves[300].disclosures)).tampered()
    };
    let foreign = log.leaves[301].disclosures[0].clone();
    assert!(with(&|all| all.push(foreign.clone())).contains("disclosure_foreign"));
    let codes = with(&|all| all[0].clone_from(&foreign));
    assert!(codes.is_superset(&BTreeSet::from(["disclosure_foreign", "disclosure_missing"])));
    assert!(with(&|all| all.push(all[0].clone())).contains("disclosure_twice"));
    // Another value, with a fresh salt.
    let other = URL_SAFE_NO_PAD
        .encode(r#"["AAAAAAAAAAAAAAAAAAAAAA","actor",{"id":"other","type":"user"}]"#);
    assert!(with(&|all| all[0].clone_from(&other)).contains("disclosure_foreign"));
    for place in 0..log.leaves[300].disclosures.len() {
        let codes = with(&|all| drop(all.remove(place)));
        assert!(codes.contains("disclosure_missing"), "{place}: {codes:?}");
    }
}

#[test]
fn a_disclosure_that_the_log_signed_has_its_members() {
    for (json, code) in [
        (r#"["s","client",{}]"#, "disclosure_malformed"),
        (r#"["s","subject",{"replaced_by":"x"}]"#, "disclosure_malformed"),
        (r#"["s","content",{"input_hash":"abc"}]"#, "disclosure_malformed"),
        (r#"["s","actor",{"id":"again","type":"user"}]"#, "disclosure_twice"),
        (r#"["s", "client",{"address":"x"}]"#, "disclosure_malformed"),
    ] {
        let export = changed(|log| {
            let text = URL_SAFE_NO_PAD.encode(json);
            let digest = activity_log_core::trail::disclosure::digest_of(&text);
            let leaf = &mut log.leaves[7];
            let from = leaf.text();
            let list = &from[r#"{"_sd":["#.len()..from.find(']').unwrap()];
            let mut digests: Vec<&str> = list.split(',').collect();
            let digest = format!("\"{digest}\"");
            digests.push(&digest);
            digests.sort_unstable();
            leaf.change(list, &digests.join(","));
            leaf.disclosures.push(text);
            leaf.seal();
        });
        let codes = export.tampered();
        assert!(codes.contains(code), "{json}: {codes:?}");
    }
}

/// The event of an activity's erasure.
pub(super) fn erasure(log: &TrailLog, millis: i64, activity: &str) -> Leaf {
    let event = log.events.event(Action::ActivityRead, millis);
    let event = AuditEvent { resource_id: Some(activity.to_owned()), ..event };
    let sealed_at = log.leaves.last().map_or(at(millis), |leaf| leaf.times.sealed_at);
    let sealed_at = sealed_at.max(at(millis));
    let times = SealingTimes { written_at: WrittenAt::of(event.occurred_at), sealed_at };
    let mut leaf = Leaf::of(event, None, times);
    leaf.change(r#""action":"activity.read""#, r#""action":"activity.erased""#);
    leaf.seal();
    leaf
}

/// Erases the activity of a leaf; its id.
pub(super) fn erase(leaf: &mut Leaf) -> String {
    let activity = leaf.event.resource_id.clone().expect("it is of an activity");
    leaf.disclosures.pop();
    leaf.record = Some(format!(r#"{{"id":"{activity}"}}"#));
    activity
}

/// What somebody puts into a log to excuse that an activity is missing.
type Excuse<'a> = &'a dyn Fn(&mut TrailLog, &str);

#[test]
fn what_is_missing_has_to_have_been_erased_and_by_a_sealed_erasure_behind_it() {
    let newest = some_log().leaves[599].event.occurred_at.as_millis();
    // None; one of another activity; an earlier one; one that was refused; none is sealed.
    let excuses: [Excuse<'_>; 5] = [
        &|_, _| {},
        &|log, _| {
            let other = log.leaves[301].event.resource_id.clone().unwrap();
            log.leaves.push(erasure(log, newest, &other));
        },
        &|log, activity| log.leaves.push(erasure(log, BEGIN_MS, activity)),
        &|log, activity| {
            let mut leaf = erasure(log, newest, activity);
            leaf.change("succeeded", "rejected");
            leaf.seal();
            log.leaves.push(leaf);
        },
        &|log, activity| {
            let leaf = erasure(log, newest, activity);
            log.unsealed.push(format!(
                r#"{{"id":"{}","occurred_at":"{}"}}"#,
                leaf.event.id, leaf.event.occurred_at
            ));
        },
    ];
    for (n, excuse) in excuses.iter().enumerate() {
        let export = changed(|log| {
            let activity = erase(&mut log.leaves[300]);
            excuse(log, &activity);
            log.seals.push(log.size());
            log.seals.dedup();
        });
        let codes = export.tampered();
        let both = BTreeSet::from(["disclosure_missing", "activity_missing"]);
        assert!(codes.is_superset(&both), "{n}: {codes:?}");
    }
    // Nothing else of the event is excused.
    let export = changed(|log| {
        let activity = erase(&mut log.leaves[300]);
        log.leaves[300].disclosures.pop();
        log.leaves.push(erasure(log, newest, &activity));
        log.seals.push(601);
    });
    export.tampered_by("disclosure_missing");
}

#[test]
fn an_activity_that_was_changed_is_found_whatever_of_it_was() {
    for (from, to) in [
        (r#""summary":"Note"#, r#""summary":"note"#),
        (r#""body":"40"#, r#""body":"41"#),
        ("Jane Doe", "John Doe"),
        ("contact_9", "contact_8"),
        (r#""v":1"#, r#""v":2"#),
        (r#""source":"api""#, r#""source":"mcp""#),
        (r#""type":"email""#, r#""type":"note""#),
        (r#""tenant_id":"acme""#, r#""tenant_id":"acmf""#),
    ] {
        let export = changed(|log| {
            let record = log.leaves[300].record.as_mut().unwrap();
            *record = record.replacen(from, to, 1);
        });
        names(&export, "activity_changed", 300);
    }
}

#[test]
fn an_activity_that_was_deleted_or_put_in_is_found() {
    let marked = changed(|log| {
        let id = log.leaves[300].event.resource_id.clone().unwrap();
        log.leaves[300].record = Some(format!(r#"{{"id":"{id}"}}"#));
    });
    names(&marked, "activity_missing", 300);
    let dropped = changed(|log| log.leaves[300].record = None);
    names(&dropped, "activity_missing", 300);
    let invented = changed(|log| {
        let record = log.leaves[300].record.clone().unwrap();
        let id = log.leaves[300].event.resource_id.clone().unwrap();
        log.more_activities.push(record.replace(&id, &log.leaves[300].event.id.to_string()));
    });
    invented.tampered_by("activity_without_event");
    // Whose content was erased proves no activity.
    let back = changed(|log| {
        let record = log.leaves[300].record.clone();
        let activity = erase(&mut log.leaves[300]);
        log.leaves[300].record = record;
        let newest = log.leaves[599].event.occurred_at.as_millis();
        log.leaves.push(erasure(log, newest, &activity));
        log.seals.push(601);
    });
    names(&back, "activity_not_proved", 300);
}

#[test]
fn an_event_that_is_not_sealed_for_more_than_a_day_is_found() {
    let unsealed = |log: &mut TrailLog, age: i64| {
        let newest = log.leaves[599].times.sealed_at.as_millis();
        let event = log.events.event(Action::ToolCalled, newest - age);
        log.unsealed
            .push(format!(r#"{{"id":"{}","occurred_at":"{}"}}"#, event.id, event.occurred_at));
    };
    let export = changed(|log| unsealed(log, 24 * HOUR_MS + 1_000));
    export.tampered_by("unsealed_too_long");
    let export = changed(|log| unsealed(log, 23 * HOUR_MS));
    assert!(told(&export.proved()).contains("not_sealed_yet"));
    let export = changed(|log| unsealed(log, 60_000));
    assert!(told(&export.proved()).is_empty());
    let export = changed(|log| {
        let event = &log.leaves[300].event;
        let line = format!(r#"{{"id":"{}","occurred_at":"{}"}}"#, event.id, event.occurred_at);
        log.unsealed.push(line);
    });
    export.tampered_by("unsealed_contradicts");
}

/// The line of an event that waits, and tells of an activity.
fn waiting(event: &AuditEvent, activity: &str, millis: i64) -> String {
    let (id, occurred_at) = (event.id, at(millis));
    format!(r#"{{"activity":"{activity}","id":"{id}","occurred_at":"{occurred_at}"}}"#)
}

#[test]
fn what_is_said_to_wait_excuses_no_activity_but_its_own() {
    let log = some_log();
    let newest = log.leaves[599].times.sealed_at.as_millis();
    let leaf = &log.leaves[300];
    let (sealed, then) = (leaf.event.resource_id.clone().unwrap(), leaf.event.occurred_at);
    // One that was sealed, once more: of its own time, and of now.
    for millis in [then.as_millis(), newest] {
        for again in ["again", "Note 300"] {
            let export = changed(|log| {
                let event = log.events.event(Action::ActivityLogged, millis);
                log.unsealed.push(waiting(&event, &sealed, millis));
                let record = log.leaves[300].record.clone().unwrap();
                log.more_activities.push(record.replace("Note 300", again));
            });
            assert!(export.tampered().contains("activity_without_event"), "{millis} {again}");
        }
    }
    // One of long ago, of which a line says that it was just logged; and one whose record
    // says so.
    let (event, old) = log.events.logged(newest - HOUR_MS, "Long ago");
    let times = SealingTimes { written_at: None, sealed_at: at(newest) };
    let record = Leaf::of(event.clone(), Some(&old), times).record.unwrap();
    let id = old.id.to_string();
    let export = changed(|log| {
        let event = log.events.event(Action::ActivityLogged, newest);
        log.unsealed.push(waiting(&event, &id, newest));
        log.more_activities.push(record.clone());
    });
    let both = BTreeSet::from(["activity_without_event", "unsealed_contradicts"]);
    assert_eq!(export.tampered(), both);
    let export = changed(|log| {
        log.unsealed.push(waiting(&event, &id, newest - HOUR_MS));
        let logged_at = |time| format!(r#""logged_at":"{time}""#);
        let record = record.replace(&logged_at(old.logged_at), &logged_at(at(newest)));
        log.more_activities.push(record);
    });
    export.tampered_by("activity_without_event");
    // One is told of once, and a line is no second one of an event.
    let twice = |lines: usize, activities: usize| {
        changed(|log| {
            let line = waiting(&event, &id, newest - HOUR_MS);
            log.unsealed.extend(std::iter::repeat_n(line, lines));
            log.more_activities.extend(std::iter::repeat_n(record.clone(), activities));
        })
    };
    twice(1, 1).proved();
    twice(1, 2).tampered_by("activity_without_event");
    twice(2, 1).tampered_by("unsealed_contradicts");
}

#[test]
fn a_line_of_an_activity_that_is_none_is_named() {
    for line in ["{}", r#"{"id":"x"}"#, "x"] {
        let export = changed(|log| log.more_activities.push(line.to_owned()));
        let report = export.tampered_by("file_malformed");
        let found = report.findings.first()[0].found.clone().unwrap();
        assert_eq!(found, format!("line {}", report.checked.activities + 1));
    }
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
