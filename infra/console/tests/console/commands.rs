//! The commands, one after the other: what they print, and what they refuse.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::rig::{Operator, Server, binary, directory, note, stderr, text};

#[test]
fn table_makes_and_describes_a_table() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator { table: "made".to_owned(), ..Operator::on(&server) };
    let missing = operator.output(&["table", "describe"]);
    assert_eq!(missing.status.code(), Some(1));
    let message = "activity-log: there is no table made at http://127.0.0.1:";
    assert!(stderr(&missing).starts_with(message), "{}", stderr(&missing));
    assert_eq!(operator.json(&["table", "create"]), json!({ "table": "made", "created": true }));
    assert_eq!(operator.json(&["table", "create"]), json!({ "table": "made", "created": false }));
    let described = operator.json(&["table", "describe"]);
    assert_eq!(described["status"], "ACTIVE");
    assert_eq!(described["layout"], 2);
    assert_eq!(described["time_to_live_attribute"], "expires_at");
    assert!(described["stream_arn"].is_string());
    assert!(operator.text(&["table", "describe"]).contains("status        ACTIVE"));
    assert_eq!(operator.text(&["table", "create"]), "The table made was there.\n");
}

#[tokio::test]
async fn resources_are_put_imported_and_deleted() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let api = server.api();
    let related = |id: &str| {
        let mut input = note("about it");
        input["related_resource_type"] = json!("deal");
        input["related_resource_id"] = json!(id);
        input
    };
    let status = async |id: &str| api.try_log(&related(id)).await.expect("it answers").0;
    let resource = ["--tenant", "demo", "--type", "deal", "--id", "d1"];
    assert_eq!(status("d1").await, 404);
    let put = [&["resources", "put"][..], &resource, &["--display-name", "Renewal"]].concat();
    assert_eq!(operator.json(&put), json!({ "type": "deal", "id": "d1", "applied": true }));
    assert_eq!(status("d1").await, 201);
    let delete = [&["resources", "delete"][..], &resource].concat();
    assert_eq!(operator.text(&delete), "deal d1 is deleted.\n");
    assert_eq!(status("d1").await, 404);

    let directory = directory();
    let file = directory.path().join("resources.jsonl");
    let lines = [
        r#"{"type":"deal","id":"d2","display_name":"Two"}"#,
        r#"{"type":"deal","id":"d1","changed_at":"2020-01-01T00:00:00Z"}"#,
        r#"{"type":"Planet","id":"d3"}"#,
        r#"{"type":"deal","id":"d4"}"#,
    ];
    std::fs::write(&file, lines.join("\n")).expect("it is written");
    let import = ["resources", "import", "--tenant", "demo", text(&file), "--json"];
    let output = operator.output(&import);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("line 3: "), "{}", stderr(&output));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let refused_file = format!("{}.refused.jsonl", text(&file));
    assert_eq!(
        summary,
        json!({ "lines": 4, "applied": 2, "unchanged": 1, "refused": 1, "refused_file": refused_file })
    );
    let refused = std::fs::read_to_string(&refused_file).expect("it is kept");
    assert_eq!(refused, format!("{}\n", lines[2]));
    assert_eq!((status("d2").await, status("d4").await), (201, 201));
    assert_eq!(status("d1").await, 404, "a deletion is newer than old news");
}

#[tokio::test]
async fn actors_are_named_imported_and_forgotten() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let api = server.api();
    api.log(&note("by somebody")).await;
    let of_demo = |words: &[&str]| -> Vec<String> {
        let all = [&["actors"][..], words, &["--tenant", "demo"]].concat();
        all.into_iter().map(str::to_owned).collect()
    };
    let run = |words: &[&str]| {
        let words = of_demo(words);
        operator.json(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let text_of = |words: &[&str]| {
        let words = of_demo(words);
        operator.text(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let shown = async || api.activities().await[0]["actor"].clone();
    let nameless = shown().await;
    let actor = format!(
        "{}:{}",
        nameless["type"].as_str().expect("it has a type"),
        nameless["id"].as_str().expect("it has an id")
    );
    assert_eq!(nameless.get("display_name"), None);

    let put = run(&["put", &actor, "--name", "Jane Doe"]);
    let expected = json!({ "type": nameless["type"], "id": nameless["id"], "applied": true });
    assert_eq!(put, expected);
    assert_eq!(shown().await["display_name"], "Jane Doe");
    let known = run(&["get", &actor]);
    assert_eq!(known["display_name"], "Jane Doe");
    assert!(known["changed_at"].is_string());
    assert_eq!(text_of(&["get", &actor]), "Jane Doe\n");

    let directory = directory();
    let file = directory.path().join("actors.jsonl");
    let lines = [
        format!(
            r#"{{"type":{},"id":{},"display_name":"Old","changed_at":"2020-01-01T00:00:00Z"}}"#,
            nameless["type"], nameless["id"]
        ),
        r#"{"type":"agent","id":"scout","display_name":"Scout"}"#.to_owned(),
        r#"{"type":"robot","id":"r2"}"#.to_owned(),
    ];
    std::fs::write(&file, lines.join("\n")).expect("it is written");
    for (dry, scout) in [(true, None), (false, Some("Scout"))] {
        let mut import = vec!["actors", "import", "--tenant", "demo", text(&file), "--json"];
        import.extend(dry.then_some("--dry-run"));
        let output = operator.output(&import);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("line 3: "), "{}", stderr(&output));
        let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let counts = ["applied", "unchanged", "refused"].map(|name| summary[name].clone());
        assert_eq!(counts, [json!(1), json!(1), json!(1)]);
        let get = operator.output(&["actors", "get", "agent:scout", "--tenant", "demo"]);
        assert_eq!(get.status.success(), scout.is_some(), "{}", stderr(&get));
    }
    assert_eq!(run(&["get", "agent:scout"])["display_name"], "Scout");
    assert_eq!(shown().await["display_name"], "Jane Doe", "old news changes nothing");

    assert_eq!(text_of(&["delete", &actor]), format!("{actor} has no name.\n"));
    assert_eq!(shown().await, nameless);
    let gone = operator.output(&["actors", "get", &actor, "--tenant", "demo"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(stderr(&gone).contains("there is no name of this actor"), "{}", stderr(&gone));
}

#[tokio::test]
async fn types_are_put_listed_and_disabled_and_resources_are_of_any_kind() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let directory = directory();
    let file = directory.path().join("type.json");
    let write = |definition: Value| std::fs::write(&file, definition.to_string());
    let put = ["types", "put", text(&file), "--tenant", "demo"];
    write(json!({"name": "Visit", "api_name": "note"})).expect("it is written");
    let refused = operator.output(&put);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("\n  api_name: is the name"), "{}", stderr(&refused));
    let visit = json!({"name": "Visit", "api_name": "visit", "fields": [
        {"name": "cost", "display_name": "Cost", "field_type": "money", "required": true}],
        "association_mode": "all_objects_associated"});
    write(visit).expect("it is written");
    let first = operator.json(&put);
    assert_eq!((&first["enabled"], &first["fields"][0]["name"]), (&json!(true), &json!("cost")));
    assert_eq!(operator.json(&put), first, "id and time of creation stay");
    let id = first["id"].as_str().expect("an id");
    let listed = operator.json(&["types", "list", "--tenant", "demo"]);
    assert_eq!(
        (listed["types"].as_array().map(Vec::len), &listed["types"][5]["id"]),
        (Some(6), &first["id"])
    );
    assert_eq!(operator.json(&["types", "disable", id, "--tenant", "demo"])["enabled"], false);
    assert!(operator.text(&["types", "list", "--tenant", "demo"]).ends_with("disabled\n"));
    let built_in = operator.output(&["types", "disable", "call", "--tenant", "demo"]);
    assert_eq!(built_in.status.code(), Some(1));

    let put = |record_type: &str| {
        operator.output(&[
            "resources",
            "put",
            "--tenant",
            "demo",
            "--type",
            record_type,
            "--id",
            "1",
        ])
    };
    // UUIDv5 of `demo/boat` in the namespace that docs/api/logged-activity.md names.
    let boat = "f03f1b93-34c6-5c73-ade7-0fc80ef7dae9";
    assert_eq!(put(boat).status.code(), Some(1), "no record type of this id was seen");
    assert!(put("boat").status.success() && put(boat).status.success());
}

/// The blocks for a shell of a document.
fn shell_blocks(document: &str) -> impl Iterator<Item = &str> {
    let blocks = document.split("\n```bash\n").skip(1);
    blocks.map(|block| block.split("\n```").next().unwrap_or_default())
}

#[tokio::test]
async fn the_commands_that_the_page_of_the_console_prints_do_what_it_says() {
    let directory = directory();
    let data = directory.path().join(".activity-log");
    let server = Server::in_directory(&data);
    let page = include_str!("../../../../docs/console.md");
    // A program of that name, for the alias that a script does not have.
    let is_setting = |line: &&str| line.starts_with("alias ");
    assert!(page.contains("alias activity-log='cargo run -q -- --local'"));
    let bin = directory.path().join("bin");
    std::fs::create_dir(&bin).expect("it is made");
    let alias =
        format!("#!/bin/sh\nexec '{}' --local \"$@\"\n", env!("CARGO_BIN_EXE_activity-log"));
    let aliased = bin.join("activity-log");
    std::fs::write(&aliased, alias).expect("it is written");
    std::fs::set_permissions(&aliased, std::fs::Permissions::from_mode(0o700)).expect("it is one");
    for block in shell_blocks(page) {
        let script: Vec<&str> = block.lines().filter(|line| !is_setting(line)).collect();
        let output = Command::new("sh")
            .args(["-euc", &script.join("\n")])
            .current_dir(directory.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", text(&bin)))
            .output()
            .expect("there is a shell");
        assert!(output.status.success(), "{}\n{block}", stderr(&output));
    }
    let operator = Operator::on(&server);
    let types = operator.json(&["types", "list", "--tenant", "acme"]);
    let visit = types["types"].as_array().and_then(|types| types.last()).expect("there are types");
    assert_eq!((&visit["api_name"], &visit["enabled"]), (&json!("site_visit"), &json!(false)));
    let keys = operator.json(&["keys", "list", "--tenant", "acme"]);
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(2), "{keys}");
}

#[tokio::test]
async fn sweep_leaves_what_is_committed() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    server.api().log(&note("kept")).await;
    let swept = operator.json(&["sweep"]);
    assert_eq!(swept["removed"], 0);
    assert!(swept["scanned"].as_u64().is_some_and(|scanned| scanned > 5));
    assert!(operator.text(&["sweep"]).ends_with("items scanned, 0 removed.\n"));
    assert_eq!(server.api().activities().await.len(), 1);
}

#[test]
fn what_a_command_cannot_be_asked_is_a_usage_error() {
    let asked: [&[&str]; 19] = [
        &["actors", "put", "--tenant", "a", "robot:1", "--name", "x"],
        &["actors", "put", "--tenant", "a", "user:1", "--name", ""],
        &["keys", "list", "--tenant", "a_b"],
        &["keys", "list", "--tenant", ""],
        &["keys", "list"],
        &["keys", "create", "--tenant", "a", "--actor", "robot:1", "--scopes", "audit:read"],
        &["keys", "create", "--tenant", "a", "--actor", "user:1", "--scopes", "audit:write"],
        &["keys", "create", "--tenant", "a", "--actor", "user:1"],
        &["resources", "put", "--tenant", "a", "--type", "Planet", "--id", "1"],
        &["resources", "put", "--tenant", "a", "--type", "deal", "--id", ""],
        &["activities", "import", "--tenant", "a#b", "file"],
        &[
            "keys",
            "create",
            "--tenant",
            "a",
            "--actor",
            "user:1",
            "--scopes",
            "audit:read",
            "--name",
            " ",
        ],
        &["serve", "--listen", "nowhere"],
        &["serve", "--local", "--in-memory"],
        &["sweep", "--local", "--data-dir", "x"],
        &["completions", "cmd"],
        &["sweep", "--endpoint-url", "localhost:8000"],
        &["table"],
        &["unknown"],
    ];
    for arguments in asked {
        let output = binary().args(arguments).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn every_command_takes_endpoint_url_local_table_operator_and_json() {
    let commands: [&[&str]; 14] = [
        &["serve"],
        &["table", "create"],
        &["table", "describe"],
        &["keys", "create"],
        &["keys", "list"],
        &["keys", "revoke"],
        &["resources", "put"],
        &["resources", "import"],
        &["actors", "put"],
        &["actors", "import"],
        &["actors", "get"],
        &["types", "put"],
        &["sweep"],
        &["activities", "import"],
    ];
    for command in commands {
        let output = binary().args(command).arg("--help").output().expect("the binary runs");
        let help = String::from_utf8(output.stdout).expect("help is text");
        for option in ["--endpoint-url", "--local", "--table", "--json", "--operator"] {
            assert!(help.contains(option), "{command:?} {option}");
        }
    }
}

#[test]
fn a_configuration_that_is_not_valid_is_named() {
    for (variable, value) in
        [("IDEMPOTENCY_RETENTION_DAYS", "0"), ("PAGES_FRAME_ANCESTORS", "crm.example.com")]
    {
        let mut child = binary()
            .args([
                "serve",
                "--in-memory",
                "--listen",
                "127.0.0.1:0",
                "--dynamodb-listen",
                "127.0.0.1:0",
            ])
            .env(variable, value)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut message = String::new();
        let mut pipe = child.stderr.take().expect("it is piped");
        pipe.read_to_string(&mut message).expect("it is text");
        assert_eq!(child.wait().expect("it ends").code(), Some(1));
        assert!(message.contains(&format!("{variable} must be")), "{message}");
    }
}
