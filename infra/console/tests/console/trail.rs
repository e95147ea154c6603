//! The signed log of a server's trail, and a table that somebody has a hand in: everything
//! that is done to it past this project shows in an export, and names what it was done to.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::rig::{Api, Operator, PATIENCE, Server, binary, directory, note, stderr, text};

type Item = std::collections::HashMap<String, AttributeValue>;

/// A server, its folder, and who works on its table.
struct Log {
    folder: TempDir,
    server: Server,
    operator: Operator,
    api: Api,
    exports: usize,
    /// The log that the operator goes on with.
    generation: u16,
}

/// What `audit verify` came to.
struct Verified {
    status: Option<i32>,
    said: Value,
}

impl Verified {
    fn codes(&self) -> Vec<&str> {
        let findings = self.said["findings"].as_array().expect("a list");
        findings.iter().map(|finding| finding["code"].as_str().expect("a code")).collect()
    }

    /// How often something is told that is no tampering.
    fn told(&self, code: &str) -> u64 {
        self.said["listed_counts"][code].as_u64().unwrap_or_default()
    }

    /// Asserts that it is tampering, of this kind, and names the id.
    #[track_caller]
    fn assert_tampered(&self, code: &str, id: &str) {
        assert_eq!(self.status, Some(1), "{}", self.said);
        assert!(self.codes().contains(&code), "{code}: {}", self.said);
        assert!(self.said["findings"].to_string().contains(id), "{id}: {}", self.said);
    }
}

impl Log {
    /// A server whose tenant has logged some notes, which are sealed.
    async fn with_notes(notes: usize) -> Self {
        let folder = directory();
        let server = Server::in_directory(folder.path());
        let (operator, api) = (Operator::on(&server), server.api());
        let log = Self { folder, server, operator, api, exports: 0, generation: 1 };
        for n in 0..notes {
            log.api.log(&note(&format!("note {n}"))).await;
        }
        log.seal();
        log
    }

    fn key_file(&self) -> String {
        text(&self.folder.path().join("audit-key.pem")).to_owned()
    }

    fn output(&self, arguments: &[&str]) -> Output {
        let mut command = self.operator.command(arguments);
        command.env("AUDIT_LOG_GENERATION", self.generation.to_string());
        command.output().expect("the binary runs")
    }

    fn audit(&self, arguments: &[&str]) -> Output {
        self.output(&[&["audit"], arguments].concat())
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.output(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        serde_json::from_slice(&output.stdout).expect("it prints JSON")
    }

    #[track_caller]
    fn seal(&self) -> Value {
        let key = self.key_file();
        self.json(&["audit", "seal", "--tenant", "demo", "--audit-key", &key])
    }

    fn vkey(&self) -> String {
        let key = self.key_file();
        let keys = self.json(&["audit", "vkey", "--tenant", "demo", "--audit-key", &key]);
        keys["verifier_keys"][0].as_str().expect("a key").to_owned()
    }

    #[track_caller]
    fn export(&mut self) -> PathBuf {
        self.exports += 1;
        let out = self.folder.path().join(format!("export{}", self.exports));
        let path = text(&out).to_owned();
        self.json(&["audit", "export", "--tenant", "demo", "--activities", "--out", &path]);
        out
    }

    fn verify(&self, export: &Path, more: &[&str]) -> Verified {
        let vkey = self.vkey();
        let arguments = ["verify", text(export), "--vkey", &vkey, "--json"];
        let output = self.audit(&[&arguments[..], more].concat());
        let said = serde_json::from_slice(&output.stdout);
        let said = said.unwrap_or_else(|error| panic!("{error}: {}", stderr(&output)));
        Verified { status: output.status.code(), said }
    }

    #[track_caller]
    fn export_and_verify(&mut self) -> Verified {
        let export = self.export();
        self.verify(&export, &[])
    }

    fn client(&self) -> aws_sdk_dynamodb::Client {
        self.operator.door.client()
    }

    async fn item(&self, pk: &str, sk: &str) -> Item {
        let get = self.client().get_item().table_name("activity-log").consistent_read(true);
        let key = |text: &str| AttributeValue::S(text.to_owned());
        let answer = get.key("pk", key(pk)).key("sk", key(sk)).send().await;
        answer.expect("it is read").item.unwrap_or_else(|| panic!("there is no {pk} {sk}"))
    }

    async fn put(&self, item: Item) {
        let put = self.client().put_item().table_name("activity-log").set_item(Some(item));
        put.send().await.expect("it is put");
    }

    async fn delete(&self, pk: &str, sk: &str) {
        let key = |text: &str| AttributeValue::S(text.to_owned());
        let delete = self.client().delete_item().table_name("activity-log");
        delete.key("pk", key(pk)).key("sk", key(sk)).send().await.expect("it is deleted");
    }

    async fn change(&self, pk: &str, sk: &str, name: &str, value: AttributeValue) {
        let mut item = self.item(pk, sk).await;
        item.insert(name.to_owned(), value);
        self.put(item).await;
    }

    /// The keys of items whose partition begins so, in their order.
    async fn keys(&self, prefix: &str) -> Vec<(String, String)> {
        let scan = self.client().scan().table_name("activity-log").consistent_read(true);
        let items = scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
        let part = |item: &Item, name: &str| item[name].as_s().expect("a text").clone();
        let items = items.expect("it is scanned");
        let mut keys: Vec<_> =
            items.iter().map(|item| (part(item, "pk"), part(item, "sk"))).collect();
        keys.retain(|(pk, _)| pk.starts_with(prefix));
        keys.sort();
        keys
    }

    /// An event of a logged note that is sealed, with its activity.
    async fn an_event(&self, n: usize) -> (String, String) {
        let events = self.api.events_of("activity.logged").await;
        let id = |name: &str| events[n][name].as_str().expect("an id").to_owned();
        (id("id"), id("resource_id"))
    }
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn event_key(id: &str) -> String {
    format!("T#demo#AUD#{id}")
}

#[tokio::test]
async fn what_was_sealed_is_proved_and_what_was_not_checked_is_said() {
    let mut log = Log::with_notes(3).await;
    let early = log.export();
    assert_eq!(log.verify(&early, &[]).status, Some(0));
    log.api
        .log(&json!({ "type": "note", "summary": "x", "body": "\u{1f600} ".repeat(30_000) }))
        .await;
    log.seal();
    let late = log.export();
    let note = early.join("checkpoint");
    let verified = log.verify(&late, &["--since", text(&note)]);
    assert_eq!(verified.status, Some(0), "{}", verified.said);
    assert_eq!(verified.said["result"], "proved");
    let not_checked = log.verify(&late, &[]).said["not_checked"].to_string();
    assert!(not_checked.contains("remembered"), "{not_checked}");
    // Another tenant's key, and one of a key that is not this log's.
    for other in [log.vkey().replace("/demo+", "/other+"), "x".to_owned()] {
        let refused = log.audit(&["verify", text(&late), "--vkey", &other]);
        assert_ne!(refused.status.code(), Some(0));
    }
    // An export is written to no folder that has something.
    let again = ["export", "--tenant", "demo", "--out", text(&late)];
    assert!(stderr(&log.audit(&again)).contains("is not empty"));
    let out = log.folder.path().join("nobody");
    let nobody = ["export", "--tenant", "nobody", "--out", text(&out)];
    assert!(stderr(&log.audit(&nobody)).contains("has no log yet"));
}

#[tokio::test]
async fn an_event_that_is_removed_changed_or_moved_is_named() {
    let mut log = Log::with_notes(4).await;
    let (id, _) = log.an_event(1).await;
    let whole = log.item(&event_key(&id), "EVENT").await;
    for (name, value) in [
        ("status", "denied"),
        ("actor_id", "mallory"),
        ("credential_id", "0000"),
        ("source", "mcp"),
        ("api_route", "/v1/keys"),
        ("user_agent", "curl/1"),
        ("client_address", "192.0.2.1"),
        ("action", "activity.read"),
        ("error_code", "forbidden"),
        ("request_id", "req_0"),
        ("resource_id", "01a0c450-6d4b-76f0-8a5e-d2a2f1c3b4e5"),
        ("occurred_at", "2020-01-01T00:00:00.000Z"),
        ("input_hash", "00"),
        ("data", r#"{"count":1}"#),
        ("fields", r#"["limit"]"#),
    ] {
        log.change(&event_key(&id), "EVENT", name, s(value)).await;
        let verified = log.export_and_verify();
        let code = if verified.codes().contains(&"event_missing") {
            "event_missing"
        } else {
            "event_changed"
        };
        verified.assert_tampered(code, &id);
        log.put(whole.clone()).await;
    }
    let hash = AttributeValue::B(vec![0; 32].into());
    log.change(&event_key(&id), "EVENT", "record_hash", hash).await;
    log.export_and_verify().assert_tampered("event_changed", &id);
    log.put(whole.clone()).await;
    assert_eq!(log.export_and_verify().status, Some(0), "it is whole again");

    log.delete(&event_key(&id), "EVENT").await;
    log.export_and_verify().assert_tampered("event_missing", &id);
    // To another tenant.
    let mut moved = whole.clone();
    moved.insert("pk".to_owned(), s(&format!("T#other#AUD#{id}")));
    log.put(moved).await;
    log.export_and_verify().assert_tampered("event_missing", &id);
    // Two contents under each other's ids.
    let (other_id, _) = log.an_event(0).await;
    let other = log.item(&event_key(&other_id), "EVENT").await;
    for (content, id) in [(&whole, &other_id), (&other, &id)] {
        let mut swapped = content.clone();
        swapped.insert("pk".to_owned(), s(&event_key(id)));
        log.put(swapped).await;
    }
    let verified = log.export_and_verify();
    verified.assert_tampered("event_changed", &id);
    verified.assert_tampered("event_changed", &other_id);
}

#[tokio::test]
async fn an_event_that_is_deleted_before_it_is_sealed_is_missed_all_the_same() {
    let mut log = Log::with_notes(1).await;
    let activity = log.api.log(&note("gone at once")).await;
    // Before the second is over in which it is gathered for a seal, or just behind it.
    let (id, resource_id) = log.an_event(0).await;
    assert_eq!(activity["id"], json!(resource_id));
    log.delete(&event_key(&id), "EVENT").await;
    let began = std::time::Instant::now();
    loop {
        let verified = log.export_and_verify();
        // Until it is sealed, its activity has no event at all.
        if verified.codes().contains(&"event_missing") {
            verified.assert_tampered("event_missing", &id);
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{}", verified.said);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test]
async fn an_activity_whose_event_waits_to_be_sealed_is_told_and_is_no_tampering() {
    let mut log = Log::with_notes(1).await;
    let began = std::time::Instant::now();
    loop {
        log.api.log(&note("just now")).await;
        let verified = log.export_and_verify();
        assert_eq!(verified.status, Some(0), "{}", verified.said);
        // Where the server was faster with its seal, there is nothing to tell.
        if verified.told("activity_not_sealed_yet") > 0 {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{}", verified.said);
    }
}

#[tokio::test]
async fn a_tile_that_somebody_changed_is_named_and_made_anew_where_it_is_taken_away() {
    let mut log = Log::with_notes(260).await;
    let key = ("T#demo#TILE#1", "0#000000000000");
    let tile = log.item(key.0, key.1).await;
    assert_eq!(log.export_and_verify().status, Some(0));
    log.change(key.0, key.1, "hashes", AttributeValue::B(vec![7; 256 * 32].into())).await;
    log.export_and_verify().assert_tampered("tile_differs", "\"index\":255");
    log.put(tile).await;
    log.change(key.0, "1#000000000000", "hashes", AttributeValue::B(vec![7; 32].into())).await;
    log.export_and_verify().assert_tampered("tile_differs", "tile/1/000.p/1");
    log.delete(key.0, key.1).await;
    // They follow from the seals, so it is enough to take them away.
    log.delete(key.0, "1#000000000000").await;
    assert_eq!(log.export_and_verify().status, Some(0));
}

#[tokio::test]
async fn what_was_sealed_before_a_declared_restore_does_not_wait_behind_it() {
    let mut log = Log::with_notes(3).await;
    let now = log.api.log(&note("the last one")).await["logged_at"].clone();
    log.seal();
    log.generation = 2;
    let now = now.as_str().expect("a time");
    let key = ["keys", "create", "--tenant", "demo", "--actor", "service:other"];
    log.json(&[&key[..], &["--scopes", "audit:read"]].concat());
    let key_file = log.key_file();
    let seal = ["audit", "seal", "--tenant", "demo", "--audit-key", &key_file, "--since", now];
    // What tells of the restore, and what was done since.
    assert_ne!(log.json(&seal)["sealed"], json!(0));
    let verified = log.export_and_verify();
    assert_eq!(verified.status, Some(0), "{}", verified.said);
    assert_eq!(verified.told("restored"), 1, "{}", verified.said);
    // Who still goes on with the log of before is refused.
    log.generation = 1;
    let refused = log.audit(&["seal", "--tenant", "demo", "--audit-key", &key_file]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("generation 2 has begun"), "{}", stderr(&refused));
}

#[tokio::test]
async fn an_activity_that_is_changed_removed_or_put_in_is_named() {
    let mut log = Log::with_notes(2).await;
    let long = json!({ "type": "note", "summary": "long", "body": "word ".repeat(3_000) });
    log.api.log(&long).await;
    log.seal();
    let (_, short_id) = log.an_event(1).await;
    let (_, long_id) = log.an_event(0).await;
    let head = log.item(&format!("T#demo#ACT#{short_id}"), "HEAD").await;
    for (name, value) in [
        ("summary", "another"),
        ("type", "call"),
        ("occurred_at", "2020-01-01T00:00:00.000Z"),
        ("logged_at", "2020-01-01T00:00:00.000Z"),
        ("actor_id", "mallory"),
        ("request_id", "req_0"),
        ("source", "mcp"),
        ("related_name", "Mallory"),
    ] {
        log.change(&format!("T#demo#ACT#{short_id}"), "HEAD", name, s(value)).await;
        let verified = log.export_and_verify();
        // A name alone is none of a record: it is not one that this project wrote.
        if name != "related_name" {
            assert_eq!(verified.status, Some(1), "{name}: {}", verified.said);
            assert!(verified.said["findings"].to_string().contains(&short_id), "{name}");
        }
        log.put(head.clone()).await;
    }
    log.delete(&format!("T#demo#ACT#{short_id}"), "HEAD").await;
    log.export_and_verify().assert_tampered("activity_missing", &short_id);
    log.put(head.clone()).await;

    let body = format!("T#demo#BODY#{long_id}");
    let whole = log.item(&body, "BODY").await;
    log.change(&body, "BODY", "body", s("another body")).await;
    assert_eq!(log.export_and_verify().status, Some(1));
    log.delete(&body, "BODY").await;
    assert_eq!(log.export_and_verify().status, Some(1));
    log.put(whole).await;
    // What rows show of it is the beginning of the body.
    let rows_show = format!("T#demo#ACT#{long_id}");
    let long_head = log.item(&rows_show, "HEAD").await;
    log.change(&rows_show, "HEAD", "body_start", s("another beginning")).await;
    log.export_and_verify().assert_tampered("activity_missing", &long_id);
    log.put(long_head).await;
    assert_eq!(log.export_and_verify().status, Some(0), "it is whole again");

    // One that no event tells of, of an hour ago.
    let id = "01a22000-0000-7000-8000-000000000001";
    let mut invented = head;
    invented.insert("pk".to_owned(), s(&format!("T#demo#ACT#{id}")));
    log.put(invented).await;
    let keys = log.keys("T#demo#IX").await;
    let position = position_of(id);
    assert!(!keys.iter().any(|(_, sk)| *sk == position));
    log.put(Item::from([("pk".to_owned(), s("T#demo#IX")), ("sk".to_owned(), s(&position))])).await;
    log.export_and_verify().assert_tampered("activity_without_event", id);
}

/// The place in the list of all of a record of an id that says its time.
fn position_of(id: &str) -> String {
    let id: uuid::Uuid = id.parse().expect("an id");
    let (seconds, nanos) = id.get_timestamp().expect("a time").to_unix();
    let millis = i64::try_from(seconds).expect("a time") * 1_000 + i64::from(nanos / 1_000_000);
    let time = activity_log_core::domain::clock::Timestamp::from_millis(millis).expect("a time");
    activity_log_core::index::Position { time, id }.encode()
}

#[tokio::test]
async fn a_seal_that_somebody_changed_or_took_away_is_seen_and_the_sealer_goes_no_further() {
    let mut log = Log::with_notes(2).await;
    let early = log.export();
    log.api.log(&note("one more")).await;
    log.seal();
    let seals = log.keys("T#demo#SEAL#1").await;
    let (pk, last) = seals.last().expect("there is one").clone();
    let whole = log.item(&pk, &last).await;
    let count = log.seal()["size"].as_u64().expect("a size");

    // Times of it.
    log.change(&pk, &last, "sealed_at", s("2020-01-01T00:00:00.000Z")).await;
    assert_eq!(log.export_and_verify().status, Some(1));
    log.put(whole.clone()).await;
    let leaves = whole["count"].as_n().expect("a number").parse::<usize>().expect("a number");
    log.change(&pk, &last, "written", AttributeValue::B(vec![1; 4 * leaves].into())).await;
    assert_eq!(log.export_and_verify().status, Some(1));
    log.put(whole.clone()).await;

    // The log goes back: whoever remembers sees it, and without that it is said that
    // nobody could.
    let late = log.export();
    log.delete(&pk, &last).await;
    let rolled_back = log.export();
    let remembered = late.join("checkpoint");
    let verified = log.verify(&rolled_back, &["--since", text(&remembered)]);
    verified.assert_tampered("rolled_back", "");
    let without = log.verify(&rolled_back, &[]);
    assert!(without.said["not_checked"].to_string().contains("remembered"), "{}", without.said);
    log.put(whole.clone()).await;

    // A seal that is put by hand behind the last one, with the note of another.
    let mut invented = whole.clone();
    invented.insert("sk".to_owned(), s(&format!("{count:012}")));
    log.put(invented).await;
    log.api.log(&note("behind it")).await;
    let key = log.key_file();
    let refused = log.audit(&["seal", "--tenant", "demo", "--audit-key", &key]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("this deployment has signed"), "{}", stderr(&refused));
    let out = log.folder.path().join("invented");
    let exported = log.audit(&["export", "--tenant", "demo", "--out", text(&out)]);
    if exported.status.success() {
        assert_eq!(log.verify(&out, &["--since", text(&early.join("checkpoint"))]).status, Some(1));
    }
}

#[tokio::test]
async fn a_listing_that_hides_an_event_is_seen() {
    let mut log = Log::with_notes(3).await;
    let (id, _) = log.an_event(1).await;
    let (status, whole) = log.api.get("/v1/audit-events?limit=100").await;
    assert_eq!(status, 200);
    log.seal();
    let export = log.export();
    let save = |name: &str, listing: &Value| {
        let path = log.folder.path().join(name);
        std::fs::write(&path, listing.to_string()).expect("it is written");
        text(&path).to_owned()
    };
    let verified = log.verify(&export, &["--listing", &save("whole.json", &whole)]);
    assert_eq!(verified.status, Some(0), "{}", verified.said);
    let mut hiding = whole.clone();
    let rows = hiding["audit_events"].as_array_mut().expect("a list");
    rows.retain(|row| row["id"] != json!(id));
    let verified = log.verify(&export, &["--listing", &save("hiding.json", &hiding)]);
    verified.assert_tampered("listing_lacks_event", &id);
}

#[tokio::test]
async fn a_tenant_exports_over_the_api_what_the_operator_exports_from_the_table() {
    let mut log = Log::with_notes(2).await;
    // Their records come in several answers, among leaves that have none.
    let body = "word ".repeat(13_000);
    for n in 0..60 {
        log.api.log(&json!({ "type": "note", "summary": format!("long {n}"), "body": body })).await;
        if n % 10 == 0 {
            let (status, _, _) =
                log.api.try_log(&json!({ "type": "none" })).await.expect("it answers");
            assert_eq!(status, 422);
        }
    }
    log.seal();
    let of_table = log.export();
    let out = log.folder.path().join("over-the-api");
    let (url, key) = (log.server.announced("url"), log.server.announced("demo_key"));
    let export = |key: &str, out: &Path| {
        let arguments = ["audit", "export", "--activities", "--api", &url, "--out", text(out)];
        let mut command = binary();
        if !key.is_empty() {
            command.env("ACTIVITY_LOG_KEY", key);
        }
        command.args(arguments).output().expect("the binary runs")
    };
    let exported = export(&key, &out);
    assert!(exported.status.success(), "{}", stderr(&exported));
    let newest = std::fs::read_to_string(out.join("checkpoint")).expect("it is there");
    let size = newest.lines().nth(1).expect("a size");
    for name in ["checkpoint", "events.jsonl", "activities.jsonl"] {
        let read = |folder: &Path| std::fs::read(folder.join(name)).expect("it is there");
        assert!(read(&out) == read(&of_table), "{name}");
    }
    assert_eq!(log.verify(&out, &[]).status, Some(0), "{size} leaves");
    // Without a key, and with one that may not read the trail.
    let nothing = log.folder.path().join("nothing");
    assert!(stderr(&export("", &nothing)).contains("ACTIVITY_LOG_KEY"));
    let other = log.operator.create_key("demo", "service:reader", "activity:read");
    let refused = export(other["key"].as_str().expect("a key"), &nothing);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("403"), "{}", stderr(&refused));
    assert!(!stderr(&refused).contains(other["key"].as_str().expect("a key")));
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_goes_on_with_its_log() {
    let mut log = Log::with_notes(2).await;
    let early = log.export();
    log.api.log(&note("perhaps not sealed yet")).await;
    let Log { folder, server, .. } = log;
    server.end_by("KILL");
    let server = Server::in_directory(folder.path());
    let (operator, api) = (Operator::on(&server), server.api());
    let mut log = Log { folder, server, operator, api, exports: 1, generation: 1 };
    log.seal();
    let late = log.export();
    let note = early.join("checkpoint");
    let verified = log.verify(&late, &["--since", text(&note)]);
    assert_eq!(verified.status, Some(0), "{}", verified.said);
    assert_eq!(log.server.announced("demo_vkey"), log.vkey());
}

#[tokio::test]
async fn a_tenant_that_is_removed_with_its_trail_leaves_a_last_note() {
    let log = Log::with_notes(2).await;
    let remove = ["tenant", "remove", "--tenant", "demo", "--include-audit-events", "--yes"];
    let remove = || log.operator.json(&[&remove[..], &["--drain-seconds", "0"]].concat());
    let removed = remove();
    let last_note = removed["last_note"].as_str().expect("a note");
    assert!(last_note.starts_with("activity-log.local/demo\n"), "{last_note}");
    assert_eq!(removed["kept"]["seals"], 1);
    let left: Vec<String> = log.keys("T#demo#").await.into_iter().map(|(pk, _)| pk).collect();
    assert_eq!(left, ["T#demo#REMOVED", "T#demo#SEAL#1"]);
    // A run that finds nothing says what is left of it.
    let again = remove();
    assert_eq!(again["last_note"].as_str(), Some(last_note));

    // The tenant comes back: its log goes on, and can't be exported whole.
    let key = ["keys", "create", "--tenant", "demo", "--actor", "service:again"];
    let scopes = ["--scopes", "activity:write,audit:read", "--reopen-removed-tenant"];
    let key = log.json(&[&key[..], &scopes].concat());
    let api = Api::new(&log.server.announced("url"), key["key"].as_str().expect("a key"));
    api.log(&note("again")).await;
    log.seal();
    let out = log.folder.path().join("behind");
    let refused = log.audit(&["export", "--tenant", "demo", "--out", text(&out)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("begins with leaf"), "{}", stderr(&refused));
    assert!(!out.exists(), "nothing is written of it");
}

#[tokio::test]
async fn activities_that_went_with_their_tenant_are_told_and_its_trail_is_proved() {
    let mut log = Log::with_notes(3).await;
    let remove = ["tenant", "remove", "--tenant", "demo", "--yes", "--drain-seconds", "0"];
    log.json(&remove);
    log.seal();
    let verified = log.export_and_verify();
    assert_eq!(verified.status, Some(0), "{}", verified.said);
    assert_eq!(verified.told("removed_with_tenant"), 3, "{}", verified.said);
}
