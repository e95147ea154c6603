//! `reindex` and `tenant remove`: what they print, refuse, and leave.

use activity_log_core::domain::principal::TenantId;
use activity_log_core::domain::record_type::{ApiNamed, RecordType};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::rig::{Door, Operator, Server, binary, directory, note, stderr, text};

/// Sets an attribute of the head of an activity of the demo tenant.
async fn set_in_head(server: &Server, id: &str, name: &str, value: AttributeValue) {
    let client = Door::of(server).client();
    let set = client
        .update_item()
        .table_name("activity-log")
        .key("pk", AttributeValue::S(format!("T#demo#ACT#{id}")))
        .key("sk", AttributeValue::S("HEAD".to_owned()))
        .update_expression(format!("SET {name} = :value"))
        .expression_attribute_values(":value", value);
    set.send().await.expect("the head is changed");
}

fn id_of(activity: &Value) -> &str {
    activity["id"].as_str().expect("an id")
}

#[tokio::test]
async fn kinds_of_records_have_the_ids_that_are_registered() {
    fn put<'a>(id: &'a str, api_name: &'a str) -> [&'a str; 9] {
        ["resources", "types", "put", "--tenant", "demo", "--id", id, "--api-name", api_name]
    }
    const ID: &str = "11111111-2222-4333-8444-555555555555";
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let list = ["resources", "types", "list", "--tenant", "demo"];
    assert_eq!(operator.json(&list), json!({ "record_types": [] }));
    assert_eq!(operator.text(&list), "There are no ids registered.\n");
    assert_eq!(operator.json(&put(ID, "property")), json!({ "api_name": "property", "id": ID }));
    let registered = json!({ "record_types": [{ "api_name": "property", "id": ID }] });
    assert_eq!(operator.json(&list), registered);
    assert_eq!(operator.text(&list), format!("{:36}  API NAME\n{ID}  property\n", "ID"));

    let taken = operator.output(&put(ID, "house"));
    assert!(stderr(&taken).contains("is the id of another record type"), "{}", stderr(&taken));
    // The id by its name of a type that the registry has seen is that type's.
    let garage = ["resources", "put", "--tenant", "demo", "--type", "garage", "--id", "g_1"];
    let _ = operator.json(&garage);
    let by_name = RecordType::parse("garage").expect("the name is valid");
    let by_name = by_name.id(&TenantId::parse("demo").expect("the id is valid")).to_string();
    let taken = operator.output(&put(&by_name, "shed"));
    assert!(stderr(&taken).contains("is the id of another record type"), "{}", stderr(&taken));
    let no_uuid = operator.output(&put("house", "house"));
    assert!(stderr(&no_uuid).contains("must be a UUID"), "{}", stderr(&no_uuid));
    assert_eq!(operator.json(&list), registered);

    // It names the kind of a record, here and in a file.
    let resource =
        operator.json(&["resources", "put", "--tenant", "demo", "--type", ID, "--id", "pro_1"]);
    assert_eq!(resource["type"], "property");
    let folder = directory();
    let file = folder.path().join("resources.jsonl");
    std::fs::write(&file, format!("{{\"type\":\"{ID}\",\"id\":\"pro_2\"}}\n"))
        .expect("it is written");
    let imported = operator.json(&["resources", "import", "--tenant", "demo", text(&file)]);
    assert_eq!(imported["applied"], 1);

    let delete = ["resources", "types", "delete", "--tenant", "demo", "--api-name", "property"];
    assert_eq!(operator.json(&delete), json!({ "api_name": "property" }));
    assert_eq!(operator.json(&list), json!({ "record_types": [] }));
    let none = operator.output(&delete);
    assert!(stderr(&none).contains("there is no id registered"), "{}", stderr(&none));
    let _ = operator.json(&put(ID, "house"));
}

#[tokio::test]
async fn a_reindex_counts_what_it_did_and_reports_what_it_could_not() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    server.api().log(&note("kept as it is")).await;

    let mut done = operator.json(&["reindex"]);
    done["scanned"].take();
    let nothing =
        json!({"scanned": null, "activities": 0, "audit_events": 0, "listed": 0, "failed": 0});
    assert_eq!(done, nothing, "its words are those of this version");
    let mut all = operator.json(&["reindex", "--all", "--drain-seconds", "0"]);
    assert_eq!((&all["activities"], &all["failed"]), (&json!(1), &json!(0)));
    assert!(all["audit_events"].take().as_u64().is_some_and(|events| events > 1));
    assert!(
        operator
            .text(&["reindex"])
            .ends_with(" items scanned, 0 activities and 0 audit events indexed, 0 failed.\n")
    );

    let damaged = server.api().log(&note("damaged")).await;
    set_in_head(&server, id_of(&damaged), "occurred_at", AttributeValue::S("?".to_owned())).await;
    let failed = operator.output(&["reindex", "--all", "--drain-seconds", "0", "--json"]);
    assert_eq!(failed.status.code(), Some(1));
    let done: Value = serde_json::from_slice(&failed.stdout).expect("it prints JSON");
    assert_eq!((&done["activities"], &done["failed"]), (&json!(1), &json!(1)));
    for part in [id_of(&damaged), "occurred_at is not valid", "1 records can't be indexed"] {
        assert!(stderr(&failed).contains(part), "{part} is not in {}", stderr(&failed));
    }

    assert_eq!(operator.json(&["reindex", "--remove-old"]), json!({ "segments": 0 }));
    assert_eq!(operator.text(&["reindex", "--remove-old"]), "0 segments dropped.\n");
    let both = operator.output(&["reindex", "--all", "--remove-old"]);
    assert_eq!(both.status.code(), Some(2), "the two exclude each other");
}

#[tokio::test]
async fn a_tenant_is_removed_only_when_that_is_confirmed() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    server.api().log(&note("stays")).await;
    let directory = directory();
    let file = directory.path().join("activities.jsonl");
    std::fs::write(&file, note("goes").to_string()).expect("it is written");
    operator.text(&["activities", "import", "--tenant", "demo2", text(&file)]);
    let remove = ["tenant", "remove", "--tenant", "demo2"];
    let dry_run = || operator.json(&[&remove[..], &["--dry-run"]].concat());

    let counted = dry_run();
    let removed = json!({"activities": 1, "idempotency_records": 1, "listed_activities": 1});
    // That of the activity and those of commands. What they are found by is in the tail.
    let kept = json!({"audit_events": 2, "listed_audit_events": 2, "tail_entries": 2});
    let mut expected = json!({"tenant": "demo2", "dry_run": true, "complete": false,
        "removed": removed, "kept": kept});
    assert_eq!(counted, expected);

    let refused = operator.output(&remove);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty());
    let message = "nothing was removed: name the tenant at the prompt of a terminal";
    assert!(stderr(&refused).contains(message), "{}", stderr(&refused));
    assert_eq!(dry_run(), counted);

    let confirmed = [&remove[..], &["--yes", "--drain-seconds", "0"]].concat();
    expected["dry_run"] = json!(false);
    expected["complete"] = json!(true);
    // A run leaves one event before it begins, and one at its end. The former is in a segment
    // when it counts, with those before it.
    let in_segments = |kept: &Value, events: u64| {
        assert_eq!([&kept["audit_events"], &kept["listed_audit_events"]], [events; 2], "{kept}");
        let (manifests, entries) = (&kept["manifests"], &kept["tail_entries"]);
        assert_eq!((manifests, entries), (&json!(1), &Value::Null), "{kept}");
        assert!(kept["segment_parts"].as_u64().is_some_and(|parts| parts > 1), "{kept}");
    };
    let mut first = operator.json(&confirmed);
    in_segments(&first["kept"].take(), 3);
    expected["kept"] = Value::Null;
    assert_eq!(first, expected);
    expected["removed"] = json!({});
    let mut second = operator.json(&confirmed);
    in_segments(&second["kept"].take(), 5);
    assert_eq!(second, expected, "nothing is left but the trail");
    let printed = operator.text(&confirmed);
    assert!(printed.starts_with("Tenant demo2: 0 items removed\n"), "{printed}");
    assert!(printed.contains(" kept\n  7  audit"), "{printed}");
    let with_audit = [&confirmed[..], &["--include-audit-events"]].concat();
    let removed = operator.json(&with_audit);
    assert_eq!((&removed["kept"], &removed["removed"]["audit_events"]), (&json!({}), &json!(8)));
    expected["kept"] = json!({});
    assert_eq!(operator.json(&with_audit), expected, "nothing is left at all");
    assert_eq!(server.api().activities().await.len(), 1, "the other tenant is whole");
}

#[tokio::test]
async fn the_keys_of_a_tenant_are_revoked_before_it_is_removed() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let created = operator.create_key("acme", "user:jo", "activity:write");
    assert_eq!(created["revoked_at"], Value::Null);
    let remove =
        ["tenant", "remove", "--tenant", "acme", "--yes", "--json", "--drain-seconds", "1"];
    let output = operator.output(&remove);
    assert!(output.status.success(), "{}", stderr(&output));
    let message = "The tenant is closed. Waiting 1 s until no function works for it any more.";
    assert!(stderr(&output).contains(message), "{}", stderr(&output));
    let removed: Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    assert_eq!(removed["removed"], json!({"credentials": 1}));
    let listed = operator.json(&["keys", "list", "--tenant", "acme"]);
    assert_eq!(listed, json!({"keys": []}));
    let create = ["keys", "create", "--tenant", "acme", "--actor", "service:a", "--scopes"];
    let create = [&create[..], &["activity:write,activity:read,audit:read"]].concat();
    let types = directory();
    let file = types.path().join("file");
    std::fs::write(&file, "{}").expect("the file is written");
    let resource = ["resources", "put", "--tenant", "acme", "--type", "contact", "--id", "con_1"];
    let refused: [&[&str]; 7] = [
        &create,
        &resource,
        &["resources", "import", "--tenant", "acme", text(&file)],
        &["actors", "put", "user:jane", "--tenant", "acme", "--name", "Jane Doe"],
        &["actors", "import", "--tenant", "acme", text(&file)],
        &["types", "put", "--tenant", "acme", text(&file)],
        &["activities", "import", "--tenant", "acme", text(&file)],
    ];
    for command in refused {
        let output = operator.output(command);
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        let message = stderr(&output);
        assert!(message.contains("the tenant acme was removed, and nothing was done"), "{message}");
        assert!(message.contains("keys create --reopen-removed-tenant"), "{message}");
    }
    let reopened = operator.json(&[&create[..], &["--reopen-removed-tenant"]].concat());
    assert_eq!(reopened["tenant"], "acme");
    operator.json(&create);
    let removed = operator.output(&remove);
    assert!(removed.status.success(), "{}", stderr(&removed));
    let again = operator.output(&remove);
    assert_eq!(stderr(&again), "", "it was closed before");
}

#[test]
fn what_the_operations_can_not_be_asked_is_a_usage_error() {
    let asked: [&[&str]; 4] = [
        &["tenant", "remove"],
        &["tenant", "remove", "--tenant", "a_b"],
        &["tenant", "remove", "--tenant", "a", "--drain-seconds", "-1"],
        &["reindex", "--tenant", "a"],
    ];
    for arguments in asked {
        let output = binary().args(arguments).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    }
    for command in [&["tenant", "remove"][..], &["reindex"]] {
        let output = binary().args(command).arg("--help").output().expect("the binary runs");
        let help = String::from_utf8(output.stdout).expect("help is text");
        for option in ["--endpoint-url", "--table", "--json"] {
            assert!(help.contains(option), "{command:?} {option}");
        }
    }
}
