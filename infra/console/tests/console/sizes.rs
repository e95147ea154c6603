//! Every limit of what the commands take, filled at once, with the characters that
//! take the most bytes: it is taken, or refused by name.

use serde_json::{Value, json};

use super::rig::{Operator, Server, directory, stderr, text};

/// The longest tenant id.
const TENANT: &str = "tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt";
/// Four bytes in the table.
const WIDE: &str = "\u{1f600}";

/// The longest id. Keys of the table escape a `#`.
fn id() -> String {
    "#".repeat(255)
}

/// A type with the longest names, some of whose options are in a second field.
fn longest_type(further_options: usize) -> Value {
    let option = |n: usize| json!({"id": format!("o{n:04}"), "code": format!("c{n:04}"), "name": WIDE.repeat(44)});
    let field = |name: &str, options: Vec<Value>| {
        json!({"name": name, "display_name": WIDE.repeat(200), "field_type": "dynamictags",
            "options": options})
    };
    json!({
        "name": WIDE.repeat(200),
        "api_name": "a".repeat(64),
        "description": "\u{1}".repeat(1_000),
        "association_mode": "selected_objects_associated",
        "selected_objects":
            (0..100).map(|n| format!("{:a<64}", format!("kind{n:02}"))).collect::<Vec<_>>(),
        "fields": [
            field(&"f".repeat(64), (0..1_000).map(option).collect()),
            field("more", (1_000..1_000 + further_options).map(option).collect()),
        ],
    })
}

#[test]
fn the_longest_key_resource_and_type_are_taken_and_a_longer_type_is_refused_by_name() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let (directory, tenant) = (directory(), ["--tenant", TENANT]);
    let with_tenant = |command: &[&str]| operator.json(&[command, &tenant].concat());

    let actor = format!("service:{}", id());
    let scopes = "activity:read activity:write audit:read".replace(' ', ",");
    with_tenant(&["keys", "create", "--actor", &actor, "--scopes", &scopes]);
    assert!(operator.text(&[&["keys", "list"][..], &tenant].concat()).contains(&id()));

    let kind = "k".repeat(64);
    let name = WIDE.repeat(200);
    let resource = ["--type", &kind, "--id", &id()];
    let put = [&["resources", "put"][..], &resource, &["--display-name", &name]].concat();
    assert_eq!(with_tenant(&put)["applied"], true);
    assert_eq!(with_tenant(&[&["resources", "delete"][..], &resource].concat())["applied"], true);

    let file = directory.path().join("type.json");
    let write = |definition: Value| {
        std::fs::write(&file, definition.to_string()).expect("it is written");
    };
    write(longest_type(150));
    let defined = with_tenant(&["types", "put", text(&file)]);
    assert_eq!(defined["fields"][1]["options"].as_array().map(Vec::len), Some(150));
    write(longest_type(300));
    let refused = operator.output(&[&["types", "put", text(&file)][..], &tenant].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("\n  fields: must have at most 256 KB"));
}

#[test]
fn the_longest_records_are_imported() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let directory = directory();
    let write = |name: &str, line: &Value| {
        let file = directory.path().join(name);
        std::fs::write(&file, format!("{line}\n")).expect("it is written");
        file
    };
    let import = |kind: &str, file: &std::path::Path| {
        let summary = operator.json(&[kind, "import", text(file), "--tenant", TENANT]);
        assert_eq!((&summary["applied"], &summary["refused"]), (&json!(1), &json!(0)), "{kind}");
    };
    let resource = json!({"type": "contact", "id": id(), "display_name": WIDE.repeat(200)});
    import("resources", &write("resources.jsonl", &resource));
    let activity = json!({
        "type": "agent_action",
        "summary": WIDE.repeat(500),
        "body": WIDE.repeat(65_536),
        "related_resource_type": "contact",
        "related_resource_id": id(),
        "occurred_at": "2026-03-01T09:30:00.123+00:00",
        "idempotency_key": id(),
        "actor": {"type": "agent", "id": id()},
    });
    import("activities", &write("activities.jsonl", &activity));
}
