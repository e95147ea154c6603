//! A disk and a file that fail: what `serve` says, and how soon.

use std::io::Read;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::rig::{Server, binary, directory, note, stderr, text};

const DATABASE: &str = "activity-log.sqlite3";

fn serve(folder: &Path) -> Command {
    let mut command = binary();
    command.args(["serve", "--json", "--empty", "--listen", "127.0.0.1:0"]);
    command.args(["--data-dir", text(folder)]);
    command
}

/// What a server says that does not start.
#[track_caller]
fn refused(folder: &Path) -> String {
    let output = serve(folder).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(output.stdout.is_empty(), "nothing is announced");
    stderr(&output)
}

#[tokio::test]
async fn it_says_what_it_found() {
    let directory = directory();
    for expected in ["holds a new log", "holds a log that was there"] {
        let (server, mut said) =
            Server::run_with_log(serve(directory.path()).env("LOG_LEVEL", "info"));
        assert_eq!(server.end_by("INT"), Some(0));
        let mut log = String::new();
        said.read_to_string(&mut log).expect("it is text");
        assert!(log.contains(expected), "{expected}: {log}");
        let existing = expected == "holds a log that was there";
        assert_eq!(log.contains("items="), existing, "{log}");
    }
}

#[tokio::test]
async fn a_file_that_was_a_log_is_not_taken_for_a_new_one() {
    let directory = directory();
    let server = Server::in_directory(directory.path());
    server.api().log(&note("kept")).await;
    assert_eq!(server.end_by("INT"), Some(0));
    let database = directory.path().join(DATABASE);
    let sound = std::fs::read(&database).expect("it can be read");

    std::fs::write(&database, "").expect("it can be written");
    assert!(refused(directory.path()).contains("is empty"), "{}", refused(directory.path()));
    let mut damaged = sound.clone();
    for page in damaged.chunks_mut(4096).skip(1).step_by(3) {
        page.fill(0xa5);
    }
    std::fs::write(&database, damaged).expect("it can be written");
    assert!(refused(directory.path()).contains("is damaged"), "{}", refused(directory.path()));
    std::fs::write(&database, vec![0; 8192]).expect("it can be written");
    assert!(refused(directory.path()).contains("is damaged"), "{}", refused(directory.path()));

    std::fs::write(&database, sound).expect("it can be written");
    let server = Server::in_directory(directory.path());
    assert_eq!(server.api().activities().await.len(), 1, "the copy is taken");
}

#[test]
fn a_folder_that_can_not_be_one_is_a_clear_error() {
    let directory = directory();
    let file = directory.path().join("file");
    std::fs::write(&file, "x").expect("it is written");
    assert!(refused(&file).contains(text(&file)));
    let long = directory.path().join("a".repeat(120));
    let said = refused(&long);
    assert!(said.contains("engine.sock") && said.contains("can't listen"), "{said}");
}

/// A server whose files can't grow beyond some kilobytes, as on a disk that has
/// no more. The limit is the shell's, which counts blocks of 512 bytes; a write
/// beyond it fails, since the signal that would end the process is ignored.
fn on_a_small_disk(folder: &Path, arguments: &str) -> Command {
    let script = format!(
        r#"trap '' XFSZ; ulimit -f 2000; exec "$0" serve --json \
        --listen 127.0.0.1:0 --data-dir "$1" {arguments}"#
    );
    let mut shell = Command::new("sh");
    shell.env_clear().args(["-c", &script, env!("CARGO_BIN_EXE_activity-log"), text(folder)]);
    shell
}

#[tokio::test]
async fn a_disk_that_does_not_take_the_demo_tenant_is_told_and_the_next_start_makes_it() {
    let directory = directory();
    let output = on_a_small_disk(directory.path(), "").output().expect("there is a shell");
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    let place = directory.path().display();
    for part in ["the demo tenant is not made", "--empty", &format!("holds {place}")] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    let last = said.lines().last().expect("it says something");
    assert!(last.starts_with("activity-log: ") && !last.contains("etry later"), "{last}");
    assert!(!said.contains("answered"), "requests of the week are not logged: {said}");
    assert!(output.stdout.is_empty(), "nothing is announced");

    let serve = ["serve", "--json", "--listen", "0", "--data-dir", text(directory.path())];
    let server = Server::run(binary().args(serve));
    let activities = server.api().audited_activities().await;
    assert_eq!(activities.len(), 41, "what was logged of the week is not logged again");
}

#[tokio::test]
async fn a_disk_that_takes_no_more_is_told_at_once_and_by_name() {
    let directory = directory();
    let (server, mut said) =
        Server::run_with_log(&mut on_a_small_disk(directory.path(), "--empty"));
    let api = server.api();
    let mut input = note("fills the disk");
    input["body"] = json!("one word after another of a long body ".repeat(1_000));
    let mut kept = 0;
    let refused = loop {
        let (status, _, body) = api.try_log(&input).await.expect("it answers");
        if status != 201 {
            assert_eq!(status, 503, "{body}");
            break body;
        }
        kept += 1;
        assert!(kept < 1_000, "the disk is full some time");
    };
    assert_eq!(refused["error"]["code"], "unavailable");
    assert!(!refused.to_string().contains(text(directory.path())), "callers get constant text");

    let (status, health) = api.get("/healthz").await;
    assert_eq!((status, &health["status"]), (503, &json!("unavailable")));
    let reason = health["reason"].as_str().expect("it says why");
    assert!(reason.contains(text(directory.path())), "{reason}");
    // What was acknowledged is there.
    let rows: Vec<Value> = api.activities().await;
    assert_eq!(rows.len(), kept);

    assert_eq!(server.end_by("INT"), Some(0));
    let mut log = String::new();
    said.read_to_string(&mut log).expect("it is text");
    let named = log.lines().filter(|line| line.contains("the engine can't work"));
    assert_eq!(named.count(), 1, "{log}");
    let failed = log.lines().filter(|line| line.contains("request failed"));
    assert_eq!(failed.count(), 1, "the cause is logged once: {log}");

    let server = Server::in_directory(directory.path());
    assert_eq!(server.api().audited_activities().await.len(), kept);
}
