//! `activity-log audit verify`: its arguments, and the statuses that it ends with. What it
//! finds is held by the suites.

use std::fs;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::rig::binary;

/// A key, and the log without an event that it has signed.
const KEY: &str = "log.example/acme+6a967d9a+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
const NOTE: &str = "log.example/acme
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

\u{2014} log.example/acme apZ9mhMoQU/gBKdFIvQNOgQ1+ioA1L1tKNqy6ZA0AYDkNzXNz4agoKdjXyLhE4hui4//pomALFhWz+QDuXdbGrL33QI=
";

/// The export of the log.
fn export() -> TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("checkpoint"), NOTE).expect("it is written");
    fs::write(folder.path().join("events.jsonl"), "").expect("it is written");
    folder
}

fn verify(export: &TempDir, arguments: &[&str]) -> Output {
    let mut command = binary();
    command.args(["audit", "verify"]).arg(export.path()).args(arguments);
    command.output().expect("it runs")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("it is one JSON value")
}

#[test]
fn the_status_tells_whether_an_export_is_proved() {
    let export = export();
    let proved = verify(&export, &["--vkey", KEY]);
    let text = String::from_utf8_lossy(&proved.stdout);
    assert_eq!(proved.status.code(), Some(0), "{text}");
    assert!(
        text.starts_with("proved: log.example/acme\n") && text.contains("not checked:"),
        "{text}"
    );
    let proved = verify(&export, &["--vkey", KEY, "--json"]);
    assert_eq!((proved.status.code(), json(&proved)["result"].as_str()), (Some(0), Some("proved")));
    fs::write(export.path().join("checkpoint"), NOTE.replace("\n0\n", "\n1\n")).expect("it is");
    let tampered = verify(&export, &["--vkey", KEY, "--json"]);
    assert_eq!(tampered.status.code(), Some(1));
    let json_of = json(&tampered);
    assert_eq!(json_of["result"], "tampered");
    assert_eq!(json_of["findings"][0]["code"], "note_wrong_signature");
    fs::remove_file(export.path().join("checkpoint")).expect("it is removed");
    fs::write(export.path().join("events.jsonl"), "x").expect("it is written");
    let unknown = verify(&export, &["--vkey", KEY, "--json"]);
    assert_eq!(
        (unknown.status.code(), json(&unknown)["result"].as_str()),
        (Some(2), Some("unknown"))
    );
}

#[test]
fn a_checkpoint_that_was_kept_is_given_with_its_time() {
    let export = export();
    let kept = export.path().join("checkpoint");
    let since = format!("{}@2026-10-01T09:00:00Z", kept.display());
    let proved = verify(&export, &["--vkey", KEY, "--since", &since, "--json"]);
    assert_eq!(
        (proved.status.code(), &json(&proved)["checked"]["remembered"]),
        (Some(0), &1.into())
    );
}

#[test]
fn keys_that_are_none_are_refused_with_the_status_of_a_wrong_command_line() {
    let export = export();
    let other_id = KEY.replacen(KEY.split('+').nth(1).expect("it has an id"), "00000000", 1);
    for arguments in [
        &[][..],
        &["--vkey", "log.example/acme"],
        // The id is not that of the key.
        &["--vkey", &other_id],
        &["--vkey", KEY, "--witness", KEY],
        &["--vkey", KEY, "--unknown"],
    ] {
        let refused = verify(&export, arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(refused.stdout.is_empty() && !refused.stderr.is_empty(), "{arguments:?}");
    }
}
