//! `keys`: created, named, limited, listed, rotated and revoked.

use serde_json::{Value, json};

use super::rig::{Api, Operator, Server, note, stderr};

#[tokio::test]
async fn keys_are_created_shown_once_listed_and_revoked() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    assert_eq!(operator.text(&["keys", "list", "--tenant", "acme"]), "There are no keys.\n");
    let create = ["keys", "create", "--tenant", "acme", "--actor", "agent:bot", "--scopes"];
    let created = operator.json(&[&create[..], &["activity:write,activity:read"]].concat());
    let key = created["key"].as_str().expect("the key is shown").to_owned();
    let key_id = created["key_id"].as_str().expect("it has an id").to_owned();
    assert!(key.starts_with(&format!("alk_acme.{key_id}.")));
    let url = server.announced("url");
    let logged = Api::new(&url, &key).log(&note("by the agent")).await;
    assert_eq!(logged["last_agent_actor_id"], "bot");

    let plain = operator.text(&[&create[..], &["audit:read"]].concat());
    assert!(plain.starts_with("alk_acme.") && plain.lines().count() == 1, "{plain}");
    let secret = key.rsplit('.').next().expect("it has parts");
    let listed = operator.json(&["keys", "list", "--tenant", "acme"]);
    assert_eq!(listed["keys"].as_array().map(Vec::len), Some(2));
    let text = operator.text(&["keys", "list", "--tenant", "acme"]);
    assert!(text.contains(&key_id) && text.contains("agent:bot") && text.contains("active"));
    for shown in [listed.to_string(), text] {
        assert!(!shown.contains(secret), "the secret is shown once");
    }

    let revoke = ["keys", "revoke", "--tenant", "acme", &*key_id];
    assert_eq!(operator.json(&revoke), json!({ "key_id": key_id, "revoked": true }));
    assert_eq!(operator.text(&revoke), format!("The key {key_id} is revoked.\n"), "twice is fine");
    assert!(operator.text(&["keys", "list", "--tenant", "acme"]).contains("revoked 2"));
    // Another process, which has not seen the key before.
    let other = Server::beside(&operator.door, &[]);
    assert_eq!(Api::new(&other.announced("url"), &key).get("/v1/activities").await.0, 401);
    for tenant in ["acme", "other"] {
        let unknown = operator.output(&["keys", "revoke", "--tenant", tenant, "0123"]);
        assert_eq!(unknown.status.code(), Some(1));
        assert_eq!(stderr(&unknown), "activity-log: there is no such key\n");
    }
}

#[test]
fn keys_are_listed_with_their_names_in_columns_under_a_header() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let create = |actor: &str, name: &[&str]| {
        let create = ["keys", "create", "--tenant", "acme", "--actor", actor];
        operator.json(&[&create[..], &["--scopes", "activity:read"], name].concat())
    };
    let named = create("user:maria", &["--name", " \u{6771}\u{4eac} office "]);
    assert_eq!(named["name"], "\u{6771}\u{4eac} office", "white space around it is left out");
    assert_eq!(create("service:a-longer-name", &[])["name"], Value::Null);
    let listed = operator.json(&["keys", "list", "--tenant", "acme"]);
    let mut names: Vec<Value> = listed["keys"]
        .as_array()
        .expect("there are keys")
        .iter()
        .map(|key| key["name"].clone())
        .collect();
    names.sort_by_key(Value::is_null);
    assert_eq!(names, [named["name"].clone(), Value::Null]);

    let text = operator.text(&["keys", "list", "--tenant", "acme"]);
    let (header, rows) = text.split_once('\n').expect("it has lines");
    let names: Vec<&str> = header.split("  ").map(str::trim).filter(|it| !it.is_empty()).collect();
    let columns = ["KEY ID", "NAME", "ACTOR", "SCOPES", "EXPIRES", "LAST USED", "STATE"];
    assert_eq!(names, columns);
    let column = |line: &str, part: &str| line.find(part).map(|at| unicode_width(&line[..at]));
    for row in rows.lines() {
        let actor = if row.contains("maria") { "user:" } else { "service:" };
        assert_eq!(column(row, actor), column(header, "ACTOR"), "{text}");
        assert_eq!(column(row, "activity:read"), column(header, "SCOPES"), "{text}");
        assert_eq!(column(row, "active"), column(header, "STATE"), "{text}");
    }
    assert_eq!(rows.lines().count(), 2);
}

/// The columns of a terminal that a text of ASCII and of Chinese characters takes.
fn unicode_width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// What a release made that knew no names.
#[tokio::test]
async fn a_key_from_before_names_is_listed_and_taken() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let created = operator.create_key("acme", "user:jo", "activity:read");
    let client = operator.door.client();
    let items = client.scan().table_name("activity-log").send().await.expect("it is scanned");
    let id = created["key_id"].as_str().expect("it has an id");
    let item = items.items().iter().find(|item| item["sk"].as_s().is_ok_and(|sk| sk == id));
    assert!(!item.expect("it is stored").contains_key("name"), "no name is no attribute");
    let listed = operator.json(&["keys", "list", "--tenant", "acme"]);
    assert_eq!(listed["keys"][0]["name"], Value::Null);
    let key = created["key"].as_str().expect("the key is shown");
    assert_eq!(Api::new(&server.announced("url"), key).get("/v1/activities").await.0, 200);
}

#[tokio::test]
async fn a_key_is_limited_rotated_and_shown_and_the_trail_tells_of_it() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let create = ["keys", "create", "--tenant", "acme", "--actor", "service:crm"];
    let limits = [
        "--scopes",
        "activity:read,audit:read",
        "--expires-in",
        "90d",
        "--from",
        "127.0.0.0/8,2001:db8::1",
        "--from",
        "10.0.0.0/8",
        "--users",
        "jo, ann",
    ];
    let created = operator.json(&[&create[..], &limits].concat());
    assert_eq!(created["address_ranges"], json!(["10.0.0.0/8", "127.0.0.0/8", "2001:db8::1/128"]));
    assert_eq!(created["users"], json!(["ann", "jo"]));
    let text = |value: &Value| value.as_str().expect("it is text").to_owned();
    let (id, key) = (text(&created["key_id"]), text(&created["key"]));
    let url = server.announced("url");
    assert_eq!(Api::new(&url, &key).get("/v1/activities").await.0, 200);

    let rotate = ["keys", "rotate", "--tenant", "acme", &*id, "--old-expires-in", "7d"];
    let successor = operator.json(&rotate);
    assert_eq!(successor["address_ranges"], created["address_ranges"]);
    assert_eq!(Api::new(&url, &text(&successor["key"])).get("/v1/activities").await.0, 200);
    let shown = operator.json(&["keys", "get", "--tenant", "acme", &*id]);
    assert_eq!(shown["replaced_by"], successor["key_id"]);
    assert!(text(&shown["expires_at"]) < text(&created["expires_at"]));
    assert!(shown["last_used_at"].is_string() && shown["revoked_at"].is_null());
    let listed = operator.text(&["keys", "list", "--tenant", "acme"]);
    assert!(listed.contains(&format!("active, replaced by {}", text(&successor["key_id"]))));
    let refused = operator.output(&rotate);
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    assert!(said.contains("key_id: was rotated already, and replaced by"), "{said}");

    let (_, trail) = Api::new(&url, &key).get("/v1/audit-events?resource_type=key").await;
    let events: Vec<(String, String)> = trail["audit_events"]
        .as_array()
        .expect("there are events")
        .iter()
        .map(|event| (text(&event["action"]), text(&event["status"])))
        .collect();
    let pair = |action: &str, status: &str| (action.to_owned(), status.to_owned());
    let expected = [
        pair("key.rotated", "rejected"),
        pair("key.rotated", "succeeded"),
        pair("key.created", "succeeded"),
    ];
    assert_eq!(events, expected);
    for event in trail["audit_events"].as_array().into_iter().flatten() {
        assert_eq!(event["source"], "admin");
        assert!(text(&event["command"]).starts_with("keys "), "{event}");
    }
}

#[test]
fn limits_that_are_none_are_told() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let create = ["keys", "create", "--tenant", "acme", "--scopes", "activity:read", "--actor"];
    for (arguments, code, part) in [
        (&["service:crm", "--from", "10.0.0.1/8"][..], 2, "has bits beyond its prefix"),
        (&["service:crm", "--expires-in", "90"], 2, "must be a whole number and a unit"),
        (&["service:crm", "--expires-at", "2020-01-01T00:00:00Z"], 1, "must be in the future"),
        (
            &["service:crm", "--expires-at", "2999-01-01T00:00:00Z", "--expires-in", "1d"],
            2,
            "cannot be used with",
        ),
        (&["user:jo", "--users", "jo"], 1, "users: must be left out"),
    ] {
        let refused = operator.output(&[&create[..], arguments].concat());
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}");
        let said = stderr(&refused);
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
    let rotate = ["keys", "rotate", "--tenant", "acme", "0123"];
    let unknown = operator.output(&rotate);
    assert_eq!(stderr(&unknown), "activity-log: there is no such key\n");
    let long = operator.output(&[&rotate[..], &["--old-expires-in", "31d"]].concat());
    assert_eq!(long.status.code(), Some(2));
}
