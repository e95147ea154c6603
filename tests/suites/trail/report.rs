//! What a report says, and that nothing of an export keeps a reader waiting.

use std::fs;
use std::os::unix::fs::symlink;

use activity_log::verify::keys::KeysError;
use activity_log::verify::{Request, verify};
use activity_log_tests::trail_log::{SigningKey, TrailLog};

use super::{Export, found, some_log};

#[test]
fn a_report_is_text_for_people_and_one_json_object() {
    let log = some_log();
    let mut export = Export::of(&log);
    let text = export.proved().text();
    assert!(text.starts_with("proved: log.example/acme\n600 events,"), "{text}");
    assert!(text.contains("no remembered checkpoint was given"), "{text}");
    export.remember(&log.note(560), None);
    let json = export.proved().json();
    assert_eq!((&json["result"], &json["checked"]["remembered"]), (&"proved".into(), &1.into()));
    let mut older = Export::of(&TrailLog::of("acme", 560, 70));
    older.remember(&log.note(600), None);
    let report = older.verify();
    assert_eq!(report.json()["result"], "tampered");
    assert_eq!(report.json()["findings"][0]["code"], "rolled_back");
    let line = "rolled_back";
    assert!(report.text().starts_with("TAMPERED: ") && report.text().contains(line));
}

#[test]
fn what_is_missing_of_the_export_itself_cannot_be_told() {
    for name in ["checkpoint", "events.jsonl"] {
        let export = Export::of(&some_log());
        fs::remove_file(export.file(name)).unwrap();
        let report = export.verify();
        assert_eq!(report.outcome().exit_status(), 2, "{}", report.text());
        assert!(found(&report).contains("file_not_read") && report.json()["result"] == "unknown");
    }
    let export = Export::of(&some_log());
    fs::remove_dir_all(export.dir()).unwrap();
    assert_eq!(export.verify().outcome().exit_status(), 2);
    fs::create_dir(export.dir()).unwrap();
    assert_eq!(export.verify().outcome().exit_status(), 2);
}

#[test]
fn what_is_no_file_keeps_nobody_waiting() {
    for name in [
        "tile/entries/001",
        "tile/0/001",
        "tile/1/000.p/2",
        "checkpoints/600",
        "checkpoint",
        "events.jsonl",
        "activities.jsonl",
        "unsealed.jsonl",
    ] {
        let export = Export::of(&some_log());
        export.write(name, "");
        fs::remove_file(export.file(name)).unwrap();
        symlink("/dev/zero", export.file(name)).unwrap();
        assert_ne!(export.verify().outcome().exit_status(), 0, "{name}");
        // A file without an end of a line is read up to its bound.
        fs::remove_file(export.file(name)).unwrap();
        let file = fs::File::create(export.file(name)).unwrap();
        file.set_len(1 << 32).unwrap();
        assert_ne!(export.verify().outcome().exit_status(), 0, "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_no_tampering() {
    let unread = |name: &str| {
        let export = Export::of(&some_log());
        let kept = export.folder.path().join("kept");
        fs::rename(export.file(name), &kept).unwrap();
        // What a link leads to is as it should be.
        symlink(&kept, export.file(name)).unwrap();
        let report = export.verify();
        assert_eq!(report.outcome().exit_status(), 2, "{name}: {}", report.text());
        assert!(found(&report).contains("file_not_read"), "{name}: {}", report.text());
    };
    for file in ["tile/entries/001", "tile/0/001", "tile/1/000.p/2", "checkpoints/560"] {
        unread(file);
    }
    for folder in ["tile", "tile/0", "tile/entries", "checkpoints"] {
        unread(folder);
    }
}

#[test]
fn an_export_is_named_by_a_link_too() {
    let export = Export::of(&some_log());
    let link = export.folder.path().join("link");
    symlink(export.dir(), &link).unwrap();
    let request = Request::new(&link, export.keys.clone(), Vec::new()).unwrap();
    let report = verify(&request, &|_, _| {});
    assert_eq!(report.outcome().exit_status(), 0, "{}", report.text());
}

#[test]
fn an_export_that_was_not_written_to_its_end_cannot_be_told() {
    let export = Export::of(&TrailLog::empty("acme"));
    export.proved();
    fs::create_dir(export.file("tile")).unwrap();
    assert_eq!(export.verify().outcome().exit_status(), 2);
}

#[test]
fn nothing_of_an_export_turns_the_text_around_it() {
    let export = Export::of(&some_log());
    export.write("\u{202e}gnp.exe", "x");
    let text = export.proved().text();
    assert!(text.contains(r"\u{202e}gnp.exe") && !text.contains('\u{202e}'), "{text}");
}

#[test]
fn keys_that_have_nothing_to_do_with_each_other_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (key, witness) = (SigningKey::new(1), SigningKey::new(2).witness("witness.example"));
    let (acme, globex) = (key.verifier("log.example/acme"), key.verifier("log.example/globex"));
    let refused = |keys, witnesses| Request::new(dir.path(), keys, witnesses).unwrap_err();
    assert!(matches!(refused(vec![], vec![]), KeysError::None));
    assert!(matches!(refused(vec![witness.clone()], vec![]), KeysError::OfAWitness(_)));
    assert!(matches!(refused(vec![acme.clone()], vec![acme.clone()]), KeysError::OfALog(_)));
    assert!(matches!(refused(vec![acme.clone(), globex], vec![]), KeysError::OfOthers(..)));
    assert!(Request::new(dir.path(), vec![acme], vec![witness]).is_ok());
}

#[test]
fn progress_is_told_up_to_the_last_event() {
    let export = Export::of(&some_log());
    let request = Request::new(&export.dir(), export.keys.clone(), Vec::new()).unwrap();
    let told = std::cell::RefCell::new(Vec::new());
    let _ = verify(&request, &|done, all| told.borrow_mut().push((done, all)));
    assert_eq!(*told.borrow(), [(0, 600), (256, 600), (512, 600), (600, 600)]);
}
