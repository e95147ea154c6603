//! `activities import`: what it takes, what it tells, and that nothing is logged
//! twice or lost.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::desk::Desk;
use super::rig::{PATIENCE, note, stderr, text};

impl Desk {
    /// Starts an import, and waits until it has logged something.
    async fn begin_import(&self, file: &Path) -> Child {
        let child = self
            .operator
            .command(&["activities", "import", "--tenant", "demo", text(file)])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let deadline = Instant::now() + PATIENCE;
        let api = self.server.api();
        while api.get("/v1/activities?limit=1").await.1["activities"] == json!([]) {
            assert!(Instant::now() < deadline, "it begins");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        child
    }

    fn import(&self, file: &Path, options: &[&str]) -> Output {
        let import = ["activities", "import", "--tenant", "demo", text(file), "--json"];
        self.operator.output(&[&import[..], options].concat())
    }

    /// The counts of an import: applied, unchanged, refused.
    #[track_caller]
    fn counts(&self, file: &Path, options: &[&str]) -> (u64, u64, u64) {
        let summary = summary(&self.import(file, options));
        let count = |name: &str| summary[name].as_u64().expect("a count");
        let counts = (count("applied"), count("unchanged"), count("refused"));
        assert_eq!(count("lines"), counts.0 + counts.1 + counts.2);
        counts
    }

    /// What a file is refused for as a whole.
    #[track_caller]
    fn refusal(&self, file: &Path, options: &[&str]) -> String {
        let output = self.import(file, options);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(output.stdout.is_empty(), "nothing is counted");
        stderr(&output)
    }

    async fn summaries(&self) -> Vec<String> {
        let rows = self.server.api().activities().await;
        let mut summaries: Vec<String> =
            rows.iter().map(|row| row["summary"].as_str().expect("text").to_owned()).collect();
        summaries.sort();
        summaries
    }
}

fn summary(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(output)))
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

#[tokio::test]
async fn an_import_logs_every_line_once_however_often_it_runs() {
    let desk = Desk::new();
    let mut keyed = note("with a key");
    keyed["idempotency_key"] = json!("k1");
    // Two equal lines are two activities.
    let file = desk.write("a.jsonl", lines(&[note("same"), note("same"), keyed.clone()]));
    let first = desk.import(&file, &[]);
    assert!(first.status.success());
    assert_eq!(summary(&first), json!({ "lines": 3, "applied": 3, "unchanged": 0, "refused": 0 }));
    assert_eq!(desk.counts(&file, &[]), (0, 3, 0));
    // Another file with a line of the same key.
    let file = desk.write("b.jsonl", keyed.to_string());
    assert_eq!(desk.counts(&file, &[]), (0, 1, 0));

    let api = desk.server.api();
    assert_eq!(api.audited_activities().await.len(), 3);
    assert!(api.activities().await.iter().all(|activity| activity["source"] == "admin"));
    for event in api.events_of("activity.logged").await {
        assert_eq!((&event["source"], &event["api_route"]), (&json!("admin"), &json!("import")));
        assert_eq!(event["actor"], json!({ "type": "service", "id": "import" }));
    }
    let printed = desk.operator.text(&["activities", "import", "--tenant", "demo", text(&file)]);
    assert_eq!(printed, "1 lines: 0 applied, 1 unchanged, 0 refused.\n");
    let left = std::fs::read_dir(desk.directory.path()).expect("a directory").count();
    assert_eq!(left, 2, "nothing is left beside the files");
}

#[tokio::test]
async fn whatever_becomes_of_a_file_its_lines_are_logged_once() {
    let desk = Desk::new();
    let (one, two, three) = (note("one"), note("two"), note("three"));
    let broken = json!({ "type": "note", "summary": "" });
    let file = desk.write("a.jsonl", lines(&[one.clone(), broken, three.clone()]));
    assert_eq!(desk.counts(&file, &[]), (2, 0, 1));
    // Mended in its place.
    desk.write("a.jsonl", lines(&[one.clone(), two.clone(), three.clone()]));
    assert_eq!(desk.counts(&file, &[]), (1, 2, 0));
    // Appended to.
    let four = note("four");
    let all = [one.clone(), two.clone(), three.clone(), four.clone()];
    desk.write("a.jsonl", lines(&all));
    assert_eq!(desk.counts(&file, &[]), (1, 3, 0));
    // Saved by other programs, sorted, under another name.
    for content in [
        lines(&all).replace('\n', "\r\n"),
        format!("\u{feff}{}", lines(&all)),
        lines(&all).replace(':', " : ").replace('\n', "  \n\n"),
        lines(&[four, three, two, one.clone()]),
        lines(&all).replace(",\"type\":\"note\"", "").replace('{', "{\"type\":\"note\","),
    ] {
        let file = desk.write("b.jsonl", &content);
        let done = desk.counts(&file, &[]);
        assert_eq!((done.0, done.1), (0, 4), "{content}");
    }
    assert_eq!(desk.summaries().await, ["four", "one", "three", "two"]);

    // A second file with an equal line can be meant.
    let file = desk.write("c.jsonl", lines(std::slice::from_ref(&one)));
    assert_eq!(desk.counts(&file, &["--batch", "april"]), (1, 0, 0));
    assert_eq!(desk.counts(&file, &["--batch", "april"]), (0, 1, 0));
    assert_eq!(desk.counts(&file, &["--batch", "may"]), (1, 0, 0));
    // And a line more of the same in one file.
    let file = desk.write("d.jsonl", lines(&[one.clone(), one]));
    assert_eq!(desk.counts(&file, &[]), (1, 1, 0));
    let long = "x".repeat(65);
    assert_eq!(desk.import(&file, &["--batch", &long]).status.code(), Some(2));
}

#[tokio::test]
async fn what_was_there_already_is_listed_where_that_is_asked_for() {
    let desk = Desk::new();
    let file = desk.write("a.jsonl", lines(&[note("one"), note("two")]));
    let first = desk.import(&file, &["--verbose"]);
    assert!(!stderr(&first).contains("was there already"), "{}", stderr(&first));
    assert!(!stderr(&desk.import(&file, &[])).contains("was there already"));
    let again = stderr(&desk.import(&file, &["--verbose"]));
    for row in desk.server.api().activities().await {
        let line = if row["summary"] == "one" { 1 } else { 2 };
        let id = row["id"].as_str().expect("an id");
        let told = format!("line {line}: was there already, {id}");
        assert!(again.contains(&told), "{told} is not in {again}");
    }
}

#[tokio::test]
async fn an_import_reports_each_refused_line_and_goes_on() {
    let desk = Desk::new();
    let mut unrelated = note("unrelated");
    unrelated["related_resource_type"] = json!("deal");
    unrelated["related_resource_id"] = json!("nowhere");
    let refused: [Vec<u8>; 7] = [
        b"{not json".to_vec(),
        b"\xff\xfe".to_vec(),
        json!({ "type": "note" }).to_string().into_bytes(),
        note(&"x".repeat(2 << 20)).to_string().into_bytes(),
        unrelated.to_string().into_bytes(),
        b"[]".to_vec(),
        br#"{"type":"note","summary":"a","summary":"b"}"#.to_vec(),
    ];
    let mut all = vec![note("first").to_string().into_bytes(), Vec::new()];
    all.push(refused[0].clone());
    all.push(b"   ".to_vec());
    all.extend(refused[1..].iter().cloned());
    all.push(note("last").to_string().into_bytes());
    let file = desk.write("a.jsonl", all.join(&b'\n'));
    let output = desk.import(&file, &[]);
    assert_eq!(output.status.code(), Some(1));
    let kept = desk.path("a.jsonl.refused.jsonl");
    assert_eq!(
        summary(&output),
        json!({ "lines": 9, "applied": 2, "unchanged": 0, "refused": 7, "refused_file": text(&kept) })
    );
    let reported = stderr(&output);
    for reason in [
        "line 3: malformed_request: The input is not valid JSON: a name that is not in double quotes, at line 3, column 2.",
        "line 5: malformed_request: The input is not valid JSON: bytes that are not UTF-8, at line 5, column 1.",
        "line 6: validation_failed: The request failed validation. summary: is required",
        "line 7: payload_too_large: ",
        "line 8: resource_not_found: The requested resource does not exist in this workspace. related_resource_id: there is no such resource",
        "line 9: validation_failed: The request failed validation. $: must be a JSON object",
        "line 10: malformed_request: The input is not valid JSON: a duplicate name in an object, at line 10, column 38.",
        "activity-log: 7 of 9 lines were refused; they are in ",
    ] {
        assert!(reported.contains(reason), "{reason} is not in {reported}");
    }
    assert_eq!(desk.summaries().await, ["first", "last"]);
    let events = desk.server.api().events_of("activity.logged").await;
    let rejected = events.iter().filter(|event| event["status"] == "rejected").count();
    assert_eq!(rejected, 7, "refused lines are audited");
    // Every one of them is there as it was, the longest too.
    let bytes = std::fs::read(&kept).expect("it is kept");
    let expected: Vec<u8> = refused.iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect();
    assert!(bytes == expected, "{}", String::from_utf8_lossy(&bytes[..200]));
}

#[tokio::test]
async fn refused_lines_are_mended_and_imported_alone() {
    let desk = Desk::new();
    let file = desk.write("a.jsonl", lines(&[note("one"), note(""), note("three")]));
    assert_eq!(desk.counts(&file, &[]), (2, 0, 1));
    let kept = desk.path("a.jsonl.refused.jsonl");
    assert_eq!(std::fs::read_to_string(&kept).expect("it is kept"), lines(&[note("")]));
    std::fs::write(&kept, lines(&[note("two")])).expect("it is mended");
    assert_eq!(desk.counts(&kept, &[]), (1, 0, 0));
    // What was mended there is not lost where the file itself is imported again.
    assert_eq!(desk.counts(&file, &[]), (0, 2, 1));
    assert_eq!(std::fs::read_to_string(&kept).expect("it is kept"), lines(&[note("")]));
    // However often that is.
    assert_eq!(desk.counts(&file, &[]), (0, 2, 1));
    let earlier = |n: u32| {
        let path = desk.path(&format!("a.jsonl.refused.jsonl.~{n}~"));
        std::fs::read_to_string(path).expect("it is kept")
    };
    assert_eq!([earlier(1), earlier(2)], [lines(&[note("two")]), lines(&[note("")])]);
    // What is refused of the kept ones is kept beside them.
    assert_eq!(desk.counts(&kept, &[]), (0, 0, 1));
    let again = desk.path("a.jsonl.refused.jsonl.refused.jsonl");
    assert_eq!(std::fs::read_to_string(again).expect("it is kept"), lines(&[note("")]));
    let mode = std::fs::metadata(&kept).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "whatever the file's is");
    // A run that refuses nothing leaves none.
    desk.write("a.jsonl", lines(&[note("one"), note("two"), note("three")]));
    assert_eq!(desk.counts(&file, &[]), (0, 3, 0));
    assert!(!kept.exists());
    assert_eq!(desk.summaries().await, ["one", "three", "two"]);
}

#[tokio::test]
async fn a_file_of_another_kind_is_told_once_and_nothing_is_imported() {
    let desk = Desk::new();
    let api = desk.server.api();
    let trail = api.events().await;
    let object = note("never").to_string();
    let utf16: Vec<u8> =
        format!("\u{feff}{object}\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let row = b"type,summary\nnote,never\n".to_vec();
    for (content, what) in [
        (Vec::new(), "it is empty"),
        (b"\r\n\n".to_vec(), "it is empty"),
        (utf16, "it is UTF-16"),
        (row.clone(), "it is CSV"),
        (format!("[{object}]").into_bytes(), "it is a JSON array"),
        (format!("[\n{object}\n]\n").into_bytes(), "it is a JSON array"),
        (b"{\n  \"type\": \"note\"\n}\n".to_vec(), "it is JSON over several lines"),
        (b"\"text\"\n".to_vec(), "no object a line"),
        (b"PK\x03\x04\x14\0\0\0\x08\0".to_vec(), "spreadsheet"),
        (b"\x1f\x8b\x08\0\0\0\0\0\x02\xff".to_vec(), "it is compressed"),
        (b"SQLite format 3\0\x10\0".to_vec(), "it is no text"),
        (format!("{object},\n{object}\n").into_bytes(), "its lines end in commas"),
        (format!("{object}{object}").into_bytes(), "it has several objects in a line"),
        (format!("{object}\r{object}\r").into_bytes(), "its lines end in carriage returns"),
        (b"<xml/>\n".repeat(1_000), "its first line is no JSON object"),
    ] {
        let file = desk.write("a.jsonl", &content);
        let said = desk.refusal(&file, &[]);
        let told = format!("activity-log: nothing was imported: {what}");
        assert!(said.starts_with("activity-log: nothing was imported: "), "{said}");
        assert!(said.contains(what) && said.lines().count() == 1, "{told}: {said}");
    }
    for (name, content, options, what) in [
        ("a.csv", object.clone().into_bytes(), &[][..], "it is JSON lines"),
        ("a.jsonl", object.clone().into_bytes(), &["--format", "csv"], "it is JSON lines"),
        ("a.csv", row, &["--format", "jsonl"], "it is CSV"),
        ("a.csv", b"type,subject\nnote,never\n".to_vec(), &[], "names \"subject\""),
        ("a.csv", b"type,type\nnote,never\n".to_vec(), &[], "names \"type\" twice"),
    ] {
        let file = desk.write(name, &content);
        let said = desk.refusal(&file, options);
        assert!(said.contains(what) && said.lines().count() == 1, "{what}: {said}");
    }
    let pipe = desk.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    for path in [pipe.as_path(), Path::new("/dev/stdin"), Path::new("-")] {
        let said = desk.refusal(path, &[]);
        assert!(said.contains("it is no file on a disk"), "{said}");
    }
    let missing = desk.refusal(&desk.path("missing"), &[]);
    assert!(missing.contains("missing: No such file"), "{missing}");
    let folder = desk.refusal(desk.directory.path(), &[]);
    assert!(folder.contains("Is a directory"), "{folder}");
    assert_eq!(api.activities().await.len(), 0);
    assert_eq!(api.events().await, trail, "nothing was done, and nothing is told");
}

#[tokio::test]
async fn a_row_of_csv_is_what_the_same_line_of_json_is() {
    let desk = Desk::new();
    let rows = "\u{feff}type;summary;body;occurred_at;related_resource_type;related_resource_id;actor\r\n\
        call;\"Jane; about \"\"pricing\"\"\";\"two\r\nlines\";2020-05-01T10:00:00Z;contact;con_123;user:jane\r\n\
        note;plain;;;;;\r\n\
        ;;;;;;\r\n\
        note;short\r\n\
        note;;;;;;\r\n\
        note;long;;;;;;;beyond\r\n";
    let file = desk.write("history.csv", rows);
    let output = desk.import(&file, &[]);
    assert_eq!(summary(&output)["applied"], 2, "{}", stderr(&output));
    assert_eq!(summary(&output)["refused"], 3);
    let said = stderr(&output);
    for told in [
        "line 6: validation_failed",
        "columns_without_cell",
        "line 7: validation_failed",
        "summary: is required",
        "line 8: validation_failed",
        "cells_without_column",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let kept = std::fs::read_to_string(desk.path("history.csv.refused.jsonl")).expect("it is kept");
    let refused: Vec<Value> =
        kept.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let long = json!({"type": "note", "summary": "long", "cells_without_column": ["", "beyond"]});
    let short = json!({
        "type": "note", "summary": "short", "columns_without_cell": [
            "body", "occurred_at", "related_resource_type", "related_resource_id", "actor",
        ],
    });
    assert_eq!(refused, [short, json!({"type": "note"}), long]);

    let same = json!({
        "type": "call", "summary": "Jane; about \"pricing\"", "body": "two\r\nlines",
        "occurred_at": "2020-05-01T10:00:00Z", "related_resource_type": "contact",
        "related_resource_id": "con_123", "actor": "user:jane",
    });
    let file = desk.write("same.jsonl", lines(&[same, note("plain")]));
    assert_eq!(desk.counts(&file, &[]), (0, 2, 0), "the same content has the same key");
}

#[tokio::test]
async fn a_row_that_is_not_whole_is_refused_until_it_is_mended() {
    let desk = Desk::new();
    let rows: [&[u8]; 6] = [
        b"type,summary,body",
        b"note,Bob,M\xfcller",
        b"call,\"Jane,about",
        b"note,\"quoted\",x",
        b"note,cut",
        b"note,whole,",
    ];
    let file = desk.write("a.csv", rows.join(&b'\n'));
    let output = desk.import(&file, &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    for told in [
        "line 2: validation_failed: The request failed validation. cells_not_utf_8: ",
        "line 3: validation_failed: The request failed validation. misplaced_quote: ",
        "line 5: validation_failed: The request failed validation. columns_without_cell: ",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert_eq!(desk.summaries().await, ["whole"]);
    // Nothing of them is lost, and nothing is taken for whole by itself.
    let kept = desk.path("a.csv.refused.jsonl");
    let text = std::fs::read_to_string(&kept).expect("it is kept");
    for part in ["Müller", "Jane,about", "quoted", "cut"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(desk.counts(&kept, &[]), (0, 0, 3));
    assert_eq!(desk.summaries().await, ["whole"]);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_is_told() {
    let desk = Desk::new();
    let file = desk.write("a.jsonl", lines(&[note("")]).repeat(3_000));
    let mut child = desk
        .operator
        .command(&["activities", "import", "--tenant", "demo", text(&file), "--dry-run"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // It has begun where it tells the first refusal, and tells more of them than a
    // pipe holds: it can't end before they are read.
    let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut line = String::new();
    said.read_line(&mut line).expect("it tells a refusal");
    assert!(line.starts_with("line 1: "), "{line}");
    std::fs::write(desk.path("b"), note("another").to_string()).expect("it is written");
    std::fs::rename(desk.path("b"), &file).expect("it is replaced");
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("it is read");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert!(rest.contains("was changed while it was read; run it again"), "{rest}");
    assert_eq!(desk.counts(&file, &[]), (1, 0, 0));
}

#[tokio::test]
async fn a_file_may_have_any_name() {
    let desk = Desk::new();
    let file = desk.directory.path().join(OsStr::from_bytes(b"a\xff.jsonl"));
    std::fs::write(&file, note("").to_string()).expect("it is written");
    let mut command =
        desk.operator.command(&["activities", "import", "--tenant", "demo", "--json"]);
    let output = command.arg(&file).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(summary(&output)["refused"], 1);
}

#[tokio::test]
async fn history_keeps_its_authors() {
    let desk = Desk::new();
    let by = |summary: &str, actor: Value| {
        let mut line = note(summary);
        line["actor"] = actor;
        line
    };
    let all = [
        by("by jane", json!({"type": "user", "id": "jane"})),
        by("by scout", json!("agent:scout")),
        note("by nobody"),
        by("refused", json!({"type": "robot", "id": ""})),
        by("", json!("user:bob")),
    ];
    let file = desk.write("a.jsonl", lines(&all));
    let output = desk.import(&file, &[]);
    let said = stderr(&output);
    for told in ["line 4: validation_failed", "actor.type: ", "actor.id: ", "line 5: "] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert_eq!(summary(&output)["applied"], 3);
    let api = desk.server.api();
    let rows: BTreeMap<String, String> = api
        .activities()
        .await
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().expect("text").to_owned();
            (text("id"), text("summary"))
        })
        .collect();
    for event in api.events_of("activity.logged").await {
        let Some(id) = event["resource_id"].as_str() else { continue };
        let actor = match rows[id].as_str() {
            "by jane" => json!({"type": "user", "id": "jane"}),
            "by scout" => json!({"type": "agent", "id": "scout"}),
            _ => json!({"type": "service", "id": "import"}),
        };
        assert_eq!(event["actor"], actor, "{event}");
        // It is told where it is another.
        let import = json!({"type": "service", "id": "import"});
        let beside = if actor == import { &Value::Null } else { &import };
        assert_eq!(&event["authenticated_as"], beside, "{event}");
    }
    assert_eq!(desk.counts(&file, &[]), (0, 3, 2));
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_does_nothing() {
    let desk = Desk::new();
    let there = desk.write("there.jsonl", lines(&[note("there")]));
    assert_eq!(desk.counts(&there, &[]), (1, 0, 0));
    let mut unrelated = note("unrelated");
    unrelated["related_resource_type"] = json!("deal");
    unrelated["related_resource_id"] = json!("nowhere");
    let file = desk.write("a.jsonl", lines(&[note("there"), note("new"), note(""), unrelated]));
    let api = desk.server.api();
    let trail = api.events().await;
    let output = desk.import(&file, &["--dry-run"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        summary(&output),
        json!({ "lines": 4, "applied": 1, "unchanged": 1, "refused": 2, "dry_run": true })
    );
    let said = stderr(&output);
    assert!(
        said.contains("line 3: validation_failed") && said.contains("line 4: resource_not"),
        "{said}"
    );
    assert!(!desk.path("a.jsonl.refused.jsonl").exists());
    assert_eq!(api.activities().await.len(), 1);
    assert_eq!(api.events_of("activity.logged").await.len(), 1);
    assert_eq!(api.events().await, trail);

    // A key that two records name is the first one's in both.
    let keyed = |summary: &str| {
        let mut line = note(summary);
        line["idempotency_key"] = json!("k1");
        line
    };
    let twice = lines(&[keyed("first"), keyed("first"), keyed("second")]);
    let file = desk.write("b.jsonl", twice);
    let one_by_one = |dry: &[&str]| desk.counts(&file, &[dry, &["--concurrency", "1"]].concat());
    assert_eq!(one_by_one(&["--dry-run"]), (1, 1, 1));
    assert_eq!(one_by_one(&[]), (1, 1, 1));
    assert_eq!(one_by_one(&["--dry-run"]), (0, 2, 1));

    let resources = desk.write("resources.jsonl", r#"{"type":"deal","id":"d9"}"#);
    let dry = ["resources", "import", "--tenant", "demo", text(&resources), "--dry-run"];
    assert_eq!(desk.operator.json(&dry)["applied"], 1);
    assert_eq!(desk.operator.text(&dry), "1 lines: 1 would be applied, 0 unchanged, 0 refused.\n");
    let file = desk.path("a.jsonl");
    let still = desk.operator.output(&["activities", "import", "--tenant", "demo", text(&file)]);
    assert!(stderr(&still).contains("line 4: resource_not"), "nothing was registered");
    let import = ["resources", "import", "--tenant", "demo", text(&resources)];
    assert_eq!(desk.operator.json(&import)["applied"], 1);
    let older = r#"{"type":"deal","id":"d9","changed_at":"2020-01-01T00:00:00Z"}"#;
    desk.write("resources.jsonl", older);
    for counts in [desk.operator.json(&dry), desk.operator.json(&import)] {
        assert_eq!((&counts["applied"], &counts["unchanged"]), (&json!(0), &json!(1)));
    }
}

#[tokio::test]
async fn an_import_that_was_killed_in_the_middle_goes_on_where_it_was() {
    const LINES: usize = 1_500;
    let desk = Desk::new();
    let all: Vec<Value> = (0..LINES).map(|n| note(&format!("line{n}"))).collect();
    let file = desk.write("a.jsonl", lines(&all));
    let mut child = desk
        .operator
        .command(&["activities", "import", "--tenant", "demo", text(&file), "--concurrency", "3"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let deadline = Instant::now() + PATIENCE;
    let api = desk.server.api();
    while api.get("/v1/activities?limit=1").await.1["activities"] == json!([]) {
        assert!(Instant::now() < deadline, "it begins");
        assert!(child.try_wait().expect("it can be asked").is_none(), "it is in the middle");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let done = api.activities().await.len();
    assert!((1..LINES).contains(&done), "{done} lines were done");

    let (applied, unchanged, refused) = desk.counts(&file, &["--concurrency", "64"]);
    assert_eq!((applied + unchanged, refused), (LINES as u64, 0));
    assert!(unchanged >= done as u64, "{unchanged}");
    let summaries: BTreeSet<String> = api
        .audited_activities()
        .await
        .values()
        .map(|row| row["summary"].as_str().expect("text").to_owned())
        .collect();
    assert_eq!(summaries, (0..LINES).map(|n| format!("line{n}")).collect());
    for wrong in ["0", "65", "-1", "x"] {
        let output = desk.import(&file, &["--concurrency", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}

/// Ctrl-C, and what a supervisor sends.
#[tokio::test]
async fn an_import_that_is_asked_to_end_tells_where_and_the_trail_has_what_it_did() {
    const LINES: usize = 1_500;
    for signal in ["INT", "TERM"] {
        let desk = Desk::new();
        let all: Vec<Value> = (0..LINES).map(|n| note(&format!("line{n}"))).collect();
        let file = desk.write("a.jsonl", lines(&all));
        let child = desk.begin_import(&file).await;
        let api = desk.server.api();
        let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1), "{signal}");
        let said = stderr(&output);
        let done = api.activities().await.len();
        assert!((1..LINES).contains(&done), "{done} lines were done");
        let told =
            format!("cut off at line {}; run it again to go on: it was asked to end", done + 1);
        assert!(said.contains(&told), "{told} is not in {said}");
        assert!(output.stdout.is_empty(), "nothing is counted");
        let events = api.events_of("activity.imported").await;
        let counts: Vec<&Value> = events.iter().map(|event| &event["data"]).collect();
        assert_eq!(counts, [&json!({ "applied": done, "unchanged": 0, "refused": 0 })]);

        let (applied, unchanged, refused) = desk.counts(&file, &[]);
        assert_eq!((applied, unchanged, refused), ((LINES - done) as u64, done as u64, 0));
    }
}

#[tokio::test]
async fn an_engine_that_is_gone_ends_the_run_before_its_first_record() {
    let desk = Desk::new();
    let file = desk.write("a.jsonl", lines(&[note("one")]));
    let Desk { server, operator, directory } = desk;
    assert_eq!(server.end_by("KILL"), None);
    let output = operator.output(&["activities", "import", "--tenant", "demo", text(&file)]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    // The table is looked at before the file.
    assert!(said.contains("can't reach http://"), "{said}");
    assert!(output.stdout.is_empty());
    drop(directory);
}

#[tokio::test]
async fn an_engine_that_is_lost_in_the_midst_of_a_file_ends_the_run_and_says_where() {
    let desk = Desk::new();
    let all: Vec<Value> = (0..1_500).map(|n| note(&format!("line{n}"))).collect();
    let file = desk.write("a.jsonl", lines(&all));
    let child = desk.begin_import(&file).await;
    let Desk { server, directory, .. } = desk;
    assert_eq!(server.end_by("KILL"), None);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("cut off at line "), "{said}");
    assert!(said.contains("run it again to go on"), "{said}");
    assert!(output.stdout.is_empty(), "nothing is counted");
    drop(directory);
}
