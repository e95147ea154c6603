//! `keys`: created, named, listed and revoked.

use serde_json::{Value, json};

use super::{Api, Operator, Server, note, stderr};

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
    assert_eq!(names, ["KEY ID", "NAME", "ACTOR", "SCOPES", "CREATED", "STATE"]);
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
