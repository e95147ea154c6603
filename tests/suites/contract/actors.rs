//! The names of actors: a label of today, shown beside type and id wherever somebody
//! is named, and part of no record.

use activity_log_core::domain::principal::Scope;
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::v1::{ACTIVITIES, AUDIT_EVENTS, V1, id_of, note, note_with};
use activity_log_tests::client::{Answer, HttpCall};
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, When};
use activity_log_tests::raw_table::RawTable;
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::{Value, json};

const TENANT: &str = "acme";

/// A call for a user.
fn for_user(call: HttpCall, user: &str) -> HttpCall {
    call.header("x-user-id", user)
}

async fn log_for(v1: &V1, user: &str, input: &Value) -> Answer {
    for_user(v1.call(Method::POST, ACTIVITIES), user).json(input).send().await.expect(201)
}

/// Who acted, as a view has it.
fn who(shown: &Value) -> Value {
    let mut who = json!({});
    for name in ["actor", "authenticated_as", "on_behalf_of"] {
        if let Some(actor) = shown.get(name) {
            who[name] = actor.clone();
        }
    }
    who
}

/// Who logged an activity, as each answer of `/v1` shows it.
async fn shown_everywhere(v1: &V1, id: &str) -> Vec<Value> {
    let read = v1.read(id).await.expect(200).json();
    let mut shown = vec![who(&read["activity"])];
    let rows = v1.every_activity(&[]).await;
    shown.extend(rows.iter().filter(|row| row["id"] == id).map(who));
    let events = v1.every_audit_event(&[("resource_id", id), ("status", "succeeded")]).await;
    let logged = |event: &&Value| event["action"] == "activity.logged";
    shown.extend(events.iter().filter(logged).map(who));
    assert_eq!(shown.len(), 3, "{shown:?}");
    shown
}

#[tokio::test]
async fn a_name_is_shown_wherever_its_actor_is() {
    let stack = Stack::start().await;
    let service = stack.v1(&stack.issue_key(TENANT, "service:crm", Scope::ALL).await);
    let agent = stack.v1(&stack.issue_key(TENANT, "agent:scout", Scope::ALL).await);
    for (actor, name) in
        [("user:jane", "Jane Doe"), ("service:crm", "CRM"), ("agent:scout", "Scout \u{1f600}")]
    {
        stack.name_actor(TENANT, actor, name).await;
    }
    // The same ids of other types are others.
    stack.name_actor(TENANT, "agent:jane", "Another").await;
    let jane = json!({ "type": "user", "id": "jane", "display_name": "Jane Doe" });
    let crm = json!({ "type": "service", "id": "crm", "display_name": "CRM" });
    let scout = json!({ "type": "agent", "id": "scout", "display_name": "Scout \u{1f600}" });
    let keyed = |key: &str| note_with(json!({ "idempotency_key": key }));

    for (v1, key, expected) in [
        (&service, "a", json!({ "actor": jane, "authenticated_as": crm })),
        (&agent, "b", json!({ "actor": scout, "on_behalf_of": jane })),
    ] {
        for replayed in [false, true] {
            let logged = log_for(v1, "jane", &keyed(key)).await;
            assert_eq!(logged.headers.contains_key("idempotency-replayed"), replayed);
            assert_eq!(who(&logged.json()["activity"]), expected);
            for shown in shown_everywhere(v1, &id_of(&logged)).await {
                assert_eq!(shown, expected);
            }
        }
    }
    // Of a replay, the agent may name somebody else by now.
    let replay = log_for(&agent, "joe", &keyed("b")).await;
    assert_eq!(replay.header("idempotency-replayed"), "true");
    assert_eq!(who(&replay.json()["activity"]), json!({ "actor": scout, "on_behalf_of": jane }),);
    // Who has no name is shown without one.
    let logged = log_for(&service, "joe", &note("x")).await;
    let joe = json!({ "actor": { "type": "user", "id": "joe" }, "authenticated_as": crm });
    for shown in shown_everywhere(&service, &id_of(&logged)).await {
        assert_eq!(shown, joe);
    }
}

#[tokio::test]
async fn a_rename_shows_at_once_and_changes_no_record() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.issue_key(TENANT, "user:jane", Scope::ALL).await);
    let input = note_with(json!({ "idempotency_key": "k" }));
    let logged = v1.log(&input).await.expect(201);
    let id = id_of(&logged);
    let table = RawTable::of(&stack).await;
    let records = async || {
        let mut items = table.items().await;
        items.retain(|(pk, _), _| !pk.contains("#ACTOR"));
        items
    };
    let nameless = json!({ "actor": { "type": "user", "id": "jane" } });
    assert_eq!(shown_everywhere(&v1, &id).await, vec![nameless.clone(); 3]);
    let before = records().await;
    for name in ["Jane Doe", "Jane Roe", "é".repeat(200).as_str()] {
        stack.clock.advance(std::time::Duration::from_secs(1));
        stack.name_actor(TENANT, "user:jane", name).await;
        let expected = json!({ "actor": { "type": "user", "id": "jane", "display_name": name } });
        let replay = v1.log(&input).await.expect(201);
        assert_eq!(replay.header("idempotency-replayed"), "true");
        assert_eq!(who(&replay.json()["activity"]), expected);
        assert_eq!(shown_everywhere(&v1, &id).await, vec![expected; 3]);
    }
    stack.forget_actor(TENANT, "user:jane").await;
    assert_eq!(shown_everywhere(&v1, &id).await, vec![nameless; 3]);
    let mut after = records().await;
    after.retain(|key, _| before.contains_key(key));
    assert_eq!(after, before, "to the byte");
    let names = table.items().await.into_iter().filter(|((pk, _), _)| pk.contains("#ACTOR"));
    assert_eq!(names.count(), 2, "the entry and the sign that there is one");
}

#[tokio::test]
async fn a_name_of_another_tenant_is_never_shown() {
    let (stack, engine) = Stack::start_faulty().await;
    let others = ["acme2", "ACME", "acme-"];
    for other in others {
        stack.name_actor(other, "user:jane", "Somebody else").await;
    }
    for has_own in [false, true] {
        if has_own {
            stack.name_actor(TENANT, "user:joe", "Joe").await;
        }
        let v1 = stack.v1(&stack.issue_key(TENANT, "user:jane", Scope::ALL).await);
        let logged = v1.log(&note("x")).await.expect(201);
        engine.reset_calls();
        for shown in shown_everywhere(&v1, &id_of(&logged)).await {
            assert_eq!(shown, json!({ "actor": { "type": "user", "id": "jane" } }));
        }
        let names: Vec<String> =
            engine.calls().iter().map(|call| call.request.to_string()).collect();
        assert!(names.iter().any(|call| call.contains("T#acme#ACTORS")));
        assert_eq!(names.iter().any(|call| call.contains("T#acme#ACTOR#")), has_own);
        for other in others {
            assert!(!names.iter().any(|call| call.contains(&format!("T#{other}#"))));
        }
    }
}

#[tokio::test]
async fn a_page_names_more_actors_than_one_call_reads() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.issue_key(TENANT, "service:crm", Scope::ALL).await);
    stack.name_actor(TENANT, "service:crm", "CRM").await;
    for n in 0..100 {
        stack.name_actor(TENANT, &format!("user:{n}"), &format!("Name {n}")).await;
        drop(log_for(&v1, &n.to_string(), &note("x")).await);
    }
    for (path, list) in [(ACTIVITIES, "activities"), (AUDIT_EVENTS, "audit_events")] {
        let page = v1.get(&format!("{path}?limit=100")).await.expect(200).json();
        let rows = page[list].as_array().expect("there are rows");
        assert_eq!(rows.len(), 100);
        for (row, n) in rows.iter().zip((0..100).rev()) {
            assert_eq!(row["actor"]["id"], n.to_string());
            assert_eq!(row["actor"]["display_name"], format!("Name {n}"));
            assert_eq!(row["authenticated_as"]["display_name"], "CRM");
        }
    }
}

/// Reads of names fail, and no others.
fn refuse_names(engine: &FaultyEngine) {
    let names = |request: &Value| request.to_string().contains("#ACTOR");
    engine.inject(Fault::on_any(When::Always, FaultKind::ServerError).only_if(names));
}

#[tokio::test]
async fn a_write_is_acknowledged_where_its_names_can_not_be_read() {
    let (stack, engine) = Stack::start_faulty().await;
    let v1 = stack.v1(&stack.issue_key(TENANT, "user:jane", Scope::ALL).await);
    stack.name_actor(TENANT, "user:jane", "Jane Doe").await;
    refuse_names(&engine);
    let (log, guard) = CapturedLog::start();
    let logged = v1.log(&note("x")).await.expect(201);
    drop(guard);
    let nameless = json!({ "actor": { "type": "user", "id": "jane" } });
    assert_eq!(who(&logged.json()["activity"]), nameless);
    assert_eq!(log.fields_with("the names of actors could not be read").len(), 1);
    // A read can be tried again.
    let id = id_of(&logged);
    let read = v1.read(&id).await.expect(503);
    assert_eq!(read.error_code(), "unavailable");
    engine.clear();
    assert_eq!(
        who(&v1.read(&id).await.expect(200).json()["activity"])["actor"]["display_name"],
        "Jane Doe"
    );
}

#[tokio::test]
async fn the_logged_activity_dialect_knows_nobody_by_name() {
    let workspace = activity_log_tests::workspace::Workspace::start().await;
    workspace.define_fields("visit", json!([])).await;
    workspace.stack.name_actor(TENANT, "user:jane", "Jane Doe").await;
    let input = json!({ "related_objects": [], "notes": "seen" });
    let logged = workspace.api.log("visit", &input).await.expect(201);
    let id = activity_log_tests::client::logged_activity::id_of(&logged);
    let read = workspace.api.read(&id).await.expect(200).json();
    assert_eq!(read["logged_by"]["display_name"], "jane");
    let in_v1 = workspace.v1.read(&id).await.expect(200).json();
    assert_eq!(in_v1["activity"]["actor"]["display_name"], "Jane Doe");
}
