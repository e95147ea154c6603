//! What the trail has of commands: who ran which, for what, and how it ended.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::desk::Desk;
use super::rig::{Api, Operator, Server, binary, directory, note, stderr, text};

impl Desk {
    /// What the trail of the demo tenant has more after some work than before it, in the
    /// order in which it was done.
    async fn left_by<T>(&self, work: impl FnOnce() -> T) -> (T, Vec<Value>) {
        let api = self.server.api();
        let ids = |events: &[Value]| -> BTreeSet<String> {
            events.iter().map(|event| event["id"].to_string()).collect()
        };
        let before = ids(&api.events().await);
        let done = work();
        let mut left = api.events().await;
        left.retain(|event| !before.contains(&event["id"].to_string()));
        left.reverse();
        (done, left)
    }

    /// The one event that a command leaves, which is to succeed, and what it prints.
    async fn event_of(&self, arguments: &[&str]) -> (Value, Value) {
        let of_demo = [arguments, &["--tenant", "demo"]].concat();
        let (printed, left) = self.left_by(|| self.operator.json(&of_demo)).await;
        assert_eq!(left.len(), 1, "{arguments:?}: {left:?}");
        (told(&left[0]), printed)
    }

    /// What a command leaves that is to fail.
    async fn left_by_refused(&self, arguments: &[&str]) -> Vec<Value> {
        let of_demo = [arguments, &["--tenant", "demo"]].concat();
        let (output, left) = self.left_by(|| self.operator.output(&of_demo)).await;
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", stderr(&output));
        left.iter().map(told).collect()
    }
}

/// An event without what is another one at each time.
fn told(event: &Value) -> Value {
    let mut told = event.clone();
    let members = told.as_object_mut().expect("it is an object");
    for name in ["id", "occurred_at", "request_id"] {
        assert!(members.remove(name).is_some_and(|value| value.is_string()), "{event}");
    }
    told
}

/// The same without the hash of the input, which has to be there.
fn without_hash(mut event: Value) -> Value {
    let hash = event.as_object_mut().and_then(|event| event.remove("input_hash"));
    assert!(hash.is_some_and(|hash| hash.as_str().is_some_and(|hash| hash.len() == 64)), "{event}");
    event
}

/// What a command leaves in the trail of the demo tenant.
fn act(command: &str, action: &str) -> Value {
    let (about, _) = action.split_once('.').expect("an action has two parts");
    json!({
        "tenant_id": "demo", "actor": { "type": "service", "id": "console" },
        "credential_id": "console", "source": "admin", "command": command,
        "action": action, "resource_type": about, "status": "succeeded",
    })
}

fn about(mut act: Value, id: &str) -> Value {
    act["resource_id"] = json!(id);
    act
}

fn with_data(mut act: Value, data: Value) -> Value {
    act["data"] = data;
    act
}

fn refused(mut act: Value, code: &str, fields: &[&str]) -> Value {
    act["status"] = json!("rejected");
    act["error_code"] = json!(code);
    if !fields.is_empty() {
        act["fields"] = json!(fields);
    }
    act
}

const CREATE: [&str; 6] = ["keys", "create", "--actor", "service:crm", "--scopes", "audit:read"];

#[tokio::test]
async fn each_change_of_the_registries_and_settings_leaves_one_event() {
    const ID: &str = "11111111-2222-4333-8444-555555555555";
    let desk = Desk::new();
    let visit = json!({"name": "Visit", "api_name": "visit",
        "association_mode": "all_objects_associated"});
    let file = desk.write("visit.json", visit.to_string());
    let resource = ["--type", "deal", "--id", "d 1"];
    let set = |reads| {
        let act = act("tenant set", "tenant.updated");
        with_data(act, json!({ "audit_reads": reads }))
    };
    for (arguments, expected) in [
        (
            [&["resources", "put"][..], &resource, &["--display-name", "One"]].concat(),
            about(act("resources put", "resource.updated"), "deal:d 1"),
        ),
        (
            [&["resources", "delete"][..], &resource].concat(),
            about(act("resources delete", "resource.deleted"), "deal:d 1"),
        ),
        (
            vec!["resources", "types", "put", "--id", ID, "--api-name", "property"],
            about(act("resources types put", "record_type.updated"), "property"),
        ),
        (
            vec!["resources", "types", "delete", "--api-name", "property"],
            about(act("resources types delete", "record_type.updated"), "property"),
        ),
        (
            vec!["actors", "put", "user:jane", "--name", "Jane"],
            about(act("actors put", "actor.updated"), "user:jane"),
        ),
        (
            vec!["actors", "delete", "user:jane"],
            about(act("actors delete", "actor.deleted"), "user:jane"),
        ),
        (
            vec!["types", "put", text(&file)],
            about(act("types put", "activity_type.updated"), "visit"),
        ),
        (
            vec!["types", "disable", "visit"],
            about(act("types disable", "activity_type.disabled"), "visit"),
        ),
        (vec!["tenant", "set", "--audit-reads", "all"], set("all")),
        (vec!["tenant", "set", "--audit-reads", "denied"], set("denied")),
        (vec!["tenant", "set", "--audit-reads", "default"], set("default")),
    ] {
        let (event, _) = desk.event_of(&arguments).await;
        assert_eq!(event, expected, "{arguments:?}");
    }
}

#[tokio::test]
async fn keys_that_are_made_rotated_and_revoked_leave_an_event_each() {
    let desk = Desk::new();
    let (event, created) = desk.event_of(&CREATE).await;
    let id = created["key_id"].as_str().expect("it has an id");
    let made = about(act("keys create", "key.created"), id);
    let data = json!({ "actor_type": "service", "scopes": "audit:read" });
    assert_eq!(without_hash(event), with_data(made, data));

    let (event, successor) = desk.event_of(&["keys", "rotate", id]).await;
    let old = desk.operator.json(&["keys", "get", "--tenant", "demo", id]);
    let data = json!({ "replaced_by": successor["key_id"], "ends_at": old["expires_at"] });
    let rotated = with_data(about(act("keys rotate", "key.rotated"), id), data);
    assert_eq!(without_hash(event), rotated);

    let revoke = ["keys", "revoke", id];
    let (event, _) = desk.event_of(&revoke).await;
    assert_eq!(event, about(act("keys revoke", "key.revoked"), id));
    let again = [&revoke[..], &["--tenant", "demo"]].concat();
    let (_, left) = desk.left_by(|| desk.operator.text(&again)).await;
    assert_eq!(left, Vec::<Value>::new(), "what was revoked before is not revoked");
}

#[tokio::test]
async fn an_import_leaves_one_event_with_its_counts() {
    let desk = Desk::new();
    let resources = [
        r#"{"type":"deal","id":"d1"}"#,
        r#"{"type":"contact","id":"con_123","changed_at":"2020-01-01T00:00:00Z"}"#,
        r#"{"type":"deal","id":"d2"}"#,
        r#"{"type":"Planet","id":"p1"}"#,
    ];
    let actors = [r#"{"type":"user","id":"jane","display_name":"Jane"}"#; 2];
    let activities = [note("one").to_string(), note("two").to_string(), note("").to_string()];
    for (registry, action, lines, counts) in [
        ("resources", "resource.imported", resources.join("\n"), [2, 1, 1]),
        ("actors", "actor.imported", actors.join("\n"), [1, 1, 0]),
        ("activities", "activity.imported", activities.join("\n"), [2, 0, 1]),
    ] {
        let file = desk.write("records.jsonl", &lines);
        let one_by_one = ["--concurrency", "1"];
        let import = [&[registry, "import", "--tenant", "demo", text(&file)][..], &one_by_one];
        let (_, left) = desk.left_by(|| desk.operator.output(&import.concat())).await;
        // Activities are the records of the trail, each with an event of its own.
        let (of_records, of_run): (Vec<Value>, Vec<Value>) =
            left.into_iter().partition(|event| event["action"] == "activity.logged");
        let logged = if registry == "activities" { 3 } else { 0 };
        assert_eq!(of_records.len(), logged, "{registry}");
        let [applied, unchanged, refused] = counts;
        let counts = json!({ "applied": applied, "unchanged": unchanged, "refused": refused });
        let expected = with_data(act(&format!("{registry} import"), action), counts);
        assert_eq!(of_run.iter().map(told).collect::<Vec<_>>(), [expected]);
    }
}

#[tokio::test]
async fn an_import_that_is_cut_off_leaves_an_event_of_what_it_did() {
    let desk = Desk::new();
    let mut rows = "type,id\n".to_owned();
    for n in 0..300 {
        rows += &format!("deal,d{n}\n");
    }
    // A row without an end.
    rows += "deal,\"";
    rows += &"x".repeat(4 << 20);
    let file = desk.write("resources.csv", &rows);
    let import = ["resources", "import", "--tenant", "demo", text(&file)];
    let (output, left) = desk.left_by(|| desk.operator.output(&import)).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cut off at line 302"), "{}", stderr(&output));
    // It reads 256 records ahead.
    let counts = json!({ "applied": 256, "unchanged": 0, "refused": 0 });
    let expected = with_data(act("resources import", "resource.imported"), counts);
    assert_eq!(left.iter().map(told).collect::<Vec<_>>(), [expected]);
}

#[tokio::test]
async fn whoever_runs_a_command_is_named() {
    let desk = Desk::new();
    let put = ["actors", "put", "user:jane", "--tenant", "demo", "--name", "Jane"];
    let variable = |command: &mut std::process::Command| {
        command.env("ACTIVITY_LOG_OPERATOR", "agent:deployer");
    };
    for (option, from_variable, (kind, id)) in [
        (None, false, ("service", "console")),
        (Some("user:o'hara@example.com"), false, ("user", "o'hara@example.com")),
        (None, true, ("agent", "deployer")),
        (Some("user:ann"), true, ("user", "ann")),
    ] {
        let run = || {
            let mut command = desk.operator.command(&put);
            command.args(option.iter().flat_map(|actor| ["--operator", actor]));
            if from_variable {
                variable(&mut command);
            }
            let output = command.output().expect("the binary runs");
            assert!(output.status.success(), "{}", stderr(&output));
        };
        let ((), left) = desk.left_by(run).await;
        let mut expected = about(act("actors put", "actor.updated"), "user:jane");
        expected["actor"] = json!({ "type": kind, "id": id });
        assert_eq!(left.iter().map(told).collect::<Vec<_>>(), [expected]);
    }
    for arguments in [&["--operator", "ann"][..], &["--operator", "robot:1"]] {
        let wrong = desk.operator.output(&[&put[..], arguments].concat());
        assert_eq!(wrong.status.code(), Some(2), "{arguments:?}");
    }
    let mut command = desk.operator.command(&put);
    let wrong = command.env("ACTIVITY_LOG_OPERATOR", "ann").output().expect("the binary runs");
    assert_eq!(wrong.status.code(), Some(2), "{}", stderr(&wrong));
}

#[tokio::test]
async fn a_key_that_is_refused_leaves_an_event_of_the_refusal() {
    let desk = Desk::new();
    let unknown = |command, action| {
        let act = about(act(command, action), "0123");
        refused(act, "resource_not_found", &[])
    };
    let left = desk.left_by_refused(&["keys", "revoke", "0123"]).await;
    assert_eq!(left, [unknown("keys revoke", "key.revoked")]);
    let mut left = desk.left_by_refused(&["keys", "rotate", "0123"]).await;
    left = left.into_iter().map(without_hash).collect();
    assert_eq!(left, [unknown("keys rotate", "key.rotated")]);

    let (_, created) = desk.event_of(&CREATE).await;
    let id = created["key_id"].as_str().expect("it has an id");
    let _ = desk.event_of(&["keys", "rotate", id]).await;
    let mut left = desk.left_by_refused(&["keys", "rotate", id]).await;
    left = left.into_iter().map(without_hash).collect();
    let expected = about(act("keys rotate", "key.rotated"), id);
    assert_eq!(left, [refused(expected, "validation_failed", &["key_id"])]);

    let create = ["keys", "create", "--actor", "user:jo", "--scopes", "audit:read"];
    let mut left = desk.left_by_refused(&[&create[..], &["--users", "jo"]].concat()).await;
    left = left.into_iter().map(without_hash).collect();
    let expected = refused(act("keys create", "key.created"), "validation_failed", &["users"]);
    assert_eq!(left, [expected]);
}

#[tokio::test]
async fn what_changes_nothing_leaves_nothing() {
    let desk = Desk::new();
    let newer = desk.write(
        "newer.jsonl",
        r#"{"type":"deal","id":"d1","display_name":"New","changed_at":"2999-01-01T00:00:00Z"}"#,
    );
    let actors = desk.write(
        "actors.jsonl",
        r#"{"type":"user","id":"jane","display_name":"Jane","changed_at":"2999-01-01T00:00:00Z"}"#,
    );
    let activities = desk.write("activities.jsonl", note("").to_string());
    for (registry, file) in [("resources", &newer), ("actors", &actors)] {
        desk.operator.text(&[registry, "import", "--tenant", "demo", text(file)]);
    }
    let keys = desk.operator.json(&["keys", "list", "--tenant", "demo"]);
    let key_id = keys["keys"][0]["key_id"].as_str().expect("it has an id");
    let deal = ["--type", "deal", "--id", "d1"];
    let outdated = [
        [&["resources", "put"][..], &deal].concat(),
        [&["resources", "delete"][..], &deal].concat(),
        vec!["actors", "put", "user:jane", "--name", "J"],
        vec!["actors", "delete", "user:jane"],
    ];
    for arguments in outdated {
        let of_demo = [&arguments[..], &["--tenant", "demo"]].concat();
        let (printed, left) = desk.left_by(|| desk.operator.json(&of_demo)).await;
        assert_eq!((&printed["applied"], left.len()), (&json!(false), 0), "{arguments:?}");
    }
    let nothing: [(&[&str], i32); 17] = [
        (&["resources", "import", text(&newer), "--dry-run"], 0),
        (&["actors", "import", text(&actors), "--dry-run"], 0),
        (&["activities", "import", text(&activities), "--dry-run"], 1),
        (&["activities", "import", "missing.jsonl"], 1),
        (&["tenant", "remove", "--dry-run"], 0),
        // It asks for the tenant's id at a terminal.
        (&["tenant", "remove"], 1),
        (&["tenant", "set", "--audit-reads", "some"], 2),
        (&["keys", "list"], 0),
        (&["keys", "get", key_id], 0),
        (&["keys", "get", "0123"], 1),
        (&["types", "list"], 0),
        (&["types", "disable", "unknown"], 1),
        (&["types", "disable", "call"], 1),
        (&["types", "put", text(&newer)], 1),
        (&["resources", "types", "list"], 0),
        (&["resources", "types", "delete", "--api-name", "property"], 1),
        (&["actors", "get", "user:jane"], 0),
    ];
    for (arguments, code) in nothing {
        let of_demo = [arguments, &["--tenant", "demo"]].concat();
        let (output, left) = desk.left_by(|| desk.operator.output(&of_demo)).await;
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert_eq!(left, Vec::<Value>::new(), "{arguments:?}");
    }
    for arguments in [&["reindex"][..], &["index", "settle"], &["sweep"], &["table", "describe"]] {
        let (_, left) = desk.left_by(|| desk.operator.text(arguments)).await;
        assert_eq!(left, Vec::<Value>::new(), "{arguments:?}");
    }
}

#[tokio::test]
async fn keys_that_are_read_leave_an_event_where_the_tenant_wants_all_reads() {
    let desk = Desk::new();
    let (_, created) = desk.event_of(&CREATE).await;
    let id = created["key_id"].as_str().expect("it has an id");
    let of_demo = |arguments: &[&'static str]| [arguments, &["--tenant", "demo"]].concat();
    desk.operator.text(&of_demo(&["tenant", "set", "--audit-reads", "all"]));
    let (event, _) = desk.event_of(&["keys", "list"]).await;
    assert_eq!(event, act("keys list", "key.read"));
    let (event, _) = desk.event_of(&["keys", "get", id]).await;
    assert_eq!(event, about(act("keys get", "key.read"), id));
    let left = desk.left_by_refused(&["keys", "get", "0123"]).await;
    let expected = about(act("keys get", "key.read"), "0123");
    assert_eq!(left, [refused(expected, "resource_not_found", &[])]);

    for setting in ["denied", "default"] {
        desk.operator.text(&of_demo(&["tenant", "set", "--audit-reads", setting]));
        let (_, left) = desk.left_by(|| desk.operator.text(&of_demo(&["keys", "list"]))).await;
        assert_eq!(left, Vec::<Value>::new(), "{setting}");
    }
}

#[tokio::test]
async fn a_reindex_leaves_an_event_for_each_tenant_of_which_something_was_filed() {
    let desk = Desk::new();
    let all = "activity:write,activity:read,audit:read";
    let url = desk.server.announced("url");
    let api_of = |tenant| {
        let created = desk.operator.create_key(tenant, "service:crm", all);
        Api::new(&url, created["key"].as_str().expect("the key is shown"))
    };
    let (acme, other) = (api_of("acme"), api_of("other"));
    for api in [&desk.server.api(), &acme, &other] {
        api.log(&note("filed twice")).await;
    }
    // All of it is of this release.
    let (printed, left) = desk.left_by(|| desk.operator.json(&["reindex"])).await;
    assert_eq!((&printed["activities"], left), (&json!(0), Vec::new()));

    let reindex = ["reindex", "--all", "--drain-seconds", "0", "--operator", "user:ann"];
    let (printed, left) = desk.left_by(|| desk.operator.json(&reindex)).await;
    assert_eq!(printed["activities"], 3);
    let reindexed = |tenant: &str, event: &Value| {
        let mut expected = act("reindex", "activity.reindexed");
        expected["actor"] = json!({ "type": "user", "id": "ann" });
        expected["tenant_id"] = json!(tenant);
        let records = event["data"]["records"].clone();
        assert!(records.as_u64().is_some_and(|records| records > 1), "{event}");
        assert_eq!(told(event), with_data(expected, json!({ "records": records })));
    };
    assert_eq!(left.len(), 1);
    reindexed("demo", &left[0]);
    for (tenant, api) in [("acme", &acme), ("other", &other)] {
        let events = api.events_of("activity.reindexed").await;
        assert_eq!(events.len(), 1);
        reindexed(tenant, &events[0]);
    }
}

#[tokio::test]
async fn a_removal_is_told_by_the_trail_where_that_stays() {
    let desk = Desk::new();
    desk.operator.create_key("acme", "service:crm", "activity:write");
    let remove = ["tenant", "remove", "--tenant", "acme", "--yes", "--drain-seconds", "0"];
    let removed = desk.operator.json(&remove);
    let create = [&CREATE[..], &["--tenant", "acme"]].concat();
    let closed = desk.operator.output(&create);
    assert_eq!(closed.status.code(), Some(1), "a key is refused, and nothing is left of that");
    let reopened = desk.operator.json(&[&create[..], &["--reopen-removed-tenant"]].concat());
    let key = reopened["key"].as_str().expect("the key is shown");
    let mut trail = Api::new(&desk.server.announced("url"), key).events().await;
    trail.reverse();
    let of_acme = |mut act: Value| {
        act["tenant_id"] = json!("acme");
        act
    };
    let count = removed["removed"]["credentials"].clone();
    assert_eq!(count, 1);
    let told: Vec<Value> = trail[1..].iter().map(told).collect();
    let (last, others) = told.split_last().expect("there are events");
    assert_eq!(trail[0]["action"], "key.created");
    let expected = [
        act("tenant remove", "tenant.closed"),
        with_data(act("tenant remove", "tenant.removed"), json!({ "removed": count })),
    ];
    assert_eq!(others, expected.map(of_acme));
    let reopened_by = about(
        act("keys create", "key.created"),
        reopened["key_id"].as_str().expect("it has an id"),
    );
    let reopened_by = with_data(
        reopened_by,
        json!({
            "actor_type": "service", "scopes": "audit:read", "removed_tenant": "reopened",
        }),
    );
    assert_eq!(without_hash(last.clone()), of_acme(reopened_by));
}

#[tokio::test]
async fn refusals_that_were_only_counted_are_told_before_their_tenant_is_removed() {
    const REFUSED: usize = 45;
    let desk = Desk::new();
    let file = desk.write("activities.jsonl", format!("{}\n", note("")).repeat(REFUSED));
    let import = ["activities", "import", "--tenant", "acme", text(&file)];
    assert_eq!(desk.operator.output(&import).status.code(), Some(1));
    let remove = ["tenant", "remove", "--tenant", "acme", "--yes", "--drain-seconds", "0"];
    desk.operator.text(&remove);
    let create = [&CREATE[..], &["--tenant", "acme", "--reopen-removed-tenant"]].concat();
    let reopened = desk.operator.json(&create);
    let key = reopened["key"].as_str().expect("the key is shown");
    let api = Api::new(&desk.server.announced("url"), key);
    let told = api.events_of("activity.logged").await.len();
    assert!(told < REFUSED, "{told} have events of their own");
    let counted = api.events_of("key.refusals_counted").await;
    let counts = counted.iter().map(|event| event["data"]["count"].as_u64().expect("a number"));
    assert_eq!(told as u64 + counts.sum::<u64>(), REFUSED as u64);
}

#[tokio::test]
async fn of_a_tenant_without_its_trail_only_the_tombstone_stays() {
    let desk = Desk::new();
    desk.operator.create_key("acme", "service:crm", "activity:write");
    desk.operator.text(&["tenant", "set", "--tenant", "acme", "--audit-reads", "all"]);
    desk.operator.output(&["keys", "revoke", "--tenant", "acme", "0123"]);
    let remove = ["tenant", "remove", "--tenant", "acme", "--yes", "--drain-seconds", "0"];
    let remove = [&remove[..], &["--include-audit-events"]].concat();
    let removed = desk.operator.json(&remove);
    // Of the key, the setting, the refusal, and the beginning of the removal.
    assert_eq!(removed["removed"]["audit_events"], 4);
    assert_eq!(removed["kept"], json!({}));
    let left = || async {
        let client = desk.operator.door.client();
        let scan = client.scan().table_name("activity-log").send().await.expect("it is scanned");
        let of_acme = |item: &std::collections::HashMap<String, AttributeValue>| {
            let pk = item["pk"].as_s().ok()?;
            pk.starts_with("T#acme#").then(|| pk.clone())
        };
        scan.items().iter().filter_map(of_acme).collect::<BTreeSet<_>>()
    };
    let tombstone = BTreeSet::from(["T#acme#REMOVED".to_owned()]);
    assert_eq!(left().await, tombstone);
    let again = desk.operator.json(&remove);
    assert_eq!(again["removed"], json!({}), "a further run finds nothing, not even itself");
    let refused: [&[&str]; 4] = [
        &["keys", "revoke", "0123"],
        &["keys", "rotate", "0123"],
        &["keys", "create", "--actor", "user:jo", "--scopes", "audit:read", "--users", "jo"],
        &["tenant", "set", "--audit-reads", "all"],
    ];
    for arguments in refused {
        let output = desk.operator.output(&[arguments, &["--tenant", "acme"]].concat());
        let said = stderr(&output);
        assert!(said.contains("the tenant acme was removed, and nothing was done"), "{said}");
    }
    assert_eq!(left().await, tombstone);
}

#[tokio::test]
async fn a_first_start_is_told_and_a_further_one_adds_nothing() {
    let directory = directory();
    let server = Server::in_directory(directory.path());
    let trail = server.api().events().await;
    let mut told: Vec<Value> = trail.iter().map(told).collect();
    let key = without_hash(told.remove(0));
    let keys = Operator::on(&server).json(&["keys", "list", "--tenant", "demo"]);
    let id = keys["keys"][0]["key_id"].as_str().expect("it has an id");
    let data = json!({
        "actor_type": "service",
        "scopes": "activity:write activity:read audit:read keys:manage",
    });
    assert_eq!(key, with_data(about(act("serve", "key.created"), id), data));
    let resources = ["deal:deal_123", "company:com_123", "contact:con_123"];
    assert_eq!(told, resources.map(|id| about(act("serve", "resource.updated"), id)));
    assert_eq!(server.end_by("INT"), Some(0));
    for _ in 0..2 {
        let again = Server::in_directory(directory.path());
        assert_eq!(again.api().events().await, trail);
        assert_eq!(again.end_by("INT"), Some(0));
    }
}

#[tokio::test]
async fn the_week_of_the_demo_leaves_an_event_of_every_key_that_was_made_for_it() {
    let serve = ["serve", "--json", "--listen", "0", "--dynamodb-listen", "0", "--in-memory"];
    let server = Server::run(binary().args(serve));
    let api = server.api();
    let keys = Operator::on(&server).json(&["keys", "list", "--tenant", "demo"]);
    let ids = |rows: &[Value], name: &str| -> BTreeSet<String> {
        rows.iter().map(|row| row[name].as_str().expect("an id").to_owned()).collect()
    };
    let keys = ids(keys["keys"].as_array().expect("there are keys"), "key_id");
    let created = api.events_of("key.created").await;
    assert_eq!(ids(&created, "resource_id"), keys);
    assert_eq!(created.len(), keys.len());
    assert!(keys.len() > 5, "one of each caller, and the tenant's own");
    for event in &created {
        let id = event["resource_id"].as_str().expect("an id");
        let data = event["data"].clone();
        assert!(data["actor_type"].is_string() && data["scopes"].is_string(), "{event}");
        let made = with_data(about(act("serve", "key.created"), id), data);
        assert_eq!(without_hash(told(event)), made);
    }
    // Its clock has gone through the week, and stands at now for the tenant's own.
    let day = |event: &Value| event["occurred_at"].as_str().map(|time| time[..10].to_owned());
    let days: BTreeSet<_> = created[1..].iter().map(day).collect();
    assert_eq!(days.len(), 1);
    let first_day = api.events_of("activity.logged").await.last().map(day);
    assert_eq!(days.into_iter().next(), first_day);
    let types = api.events_of("activity_type.updated").await;
    let types: Vec<Value> = types.iter().map(told).collect();
    assert_eq!(types, [about(act("serve", "activity_type.updated"), "site_visit")]);
}
