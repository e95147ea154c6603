//! Tampering with the files of an export: bundles, tiles, lines, and their forms.

use std::collections::BTreeSet;

use activity_log_core::trail::hash::TreeHash;
use activity_log_tests::trail_log::{SigningKey, TrailLog};

use super::tampering::{changed, names};
use super::{Export, found, some_log};

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
