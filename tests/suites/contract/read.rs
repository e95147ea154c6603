//! `GET /v1/activities/{id}` and `GET /api/activities/logged/{id}`: the whole
//! record, in two dialects.

use activity_log_core::domain::principal::Scope;
use activity_log_tests::client::ABSENT_ID;
use activity_log_tests::client::v1::{assert_violations, id_of, note, note_with};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::json;
use uuid::Uuid;

/// `UUIDv5` of an api name in the published namespace.
fn built_in(api_name: &str) -> String {
    let namespace = Uuid::from_u128(0x0f5b_6c1e_93a4_4d0b_8f6e_2c7d_51a9_e340);
    Uuid::new_v5(&namespace, api_name.as_bytes()).to_string()
}

#[tokio::test]
async fn an_activity_reads_back_as_it_was_answered_body_included() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for body in [json!({}), json!({"body": ""}), json!({"body": "b\u{0}\n😀"})] {
        let logged = v1.log(&note_with(body)).await.expect(201);
        let read = v1.get(logged.header("location")).await.expect(200);
        assert_eq!(read.json()["activity"], logged.json()["activity"]);
        assert_ne!(read.json()["request_id"], logged.json()["request_id"]);
        let names = read.json();
        assert_eq!(names.as_object().map(serde_json::Map::len), Some(2));
        assert!(names["activity"].get("snippet").is_none());
    }
}

#[tokio::test]
async fn an_id_is_a_hyphenated_uuid_in_either_case_and_anything_else_is_404() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let id = id_of(&v1.log(&note("x")).await.expect(201));
    let upper = id.to_uppercase();
    assert_eq!(id_of(&v1.read(&upper).await.expect(200)), id);

    let absent = v1.read(ABSENT_ID).await.expect(404);
    for other in [
        "act_123",
        &id.replace('-', ""),
        &format!("%7B{id}%7D"),
        &format!("urn:uuid:{id}"),
        &id.replacen('-', "%2D", 1),
        &format!("{id}%20"),
        "%zz",
        "..",
        "caf\u{e9}",
    ] {
        let answer = v1.read(other).await.expect(404);
        assert_eq!(answer.pinned(), absent.pinned(), "{other}");
        stack.logged_activity("acme", &key).read(other).await.expect(404);
    }
}

#[tokio::test]
async fn a_read_by_id_takes_no_parameters() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let id = id_of(&v1.log(&note("x")).await.expect(201));
    let answer = v1.get(&format!("/v1/activities/{id}?expand=body&a=1&a=2")).await;
    let unknown = "is not a known parameter";
    assert_violations(&answer, &[("expand", unknown), ("a", unknown)]);
    v1.get(&format!("/v1/activities/{id}?")).await.expect(200);
}

#[tokio::test]
async fn the_logged_activity_dialect_shows_the_vendors_view_of_it() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    stack.put_resource("acme", "contact", "con_1", Some("Jane Doe")).await;
    let input = json!({
        "type": "agent_action",
        "summary": "Renewal",
        "body": "At length",
        "related_resource_type": "contact",
        "related_resource_id": "con_1",
        "occurred_at": "2026-03-01T09:30:00Z",
    });
    let logged = v1.log(&input).await.expect(201);
    let id = id_of(&logged);
    let read = stack.logged_activity("acme", &key).read(&id).await.expect(200);
    assert_eq!(
        read.json(),
        json!({
            "id": id,
            "notes": "At length",
            "activity_object": {
                "id": built_in("agent_action"),
                "name": "Agent action",
                "api_name": "agent_action",
                "association_mode": "all_objects_associated",
            },
            "associated_entities": [{
                "object_api_name": "contact",
                "entity_id": "con_1",
                "display_name": "Jane Doe",
                "custom_object": built_in("contact"),
            }],
            "logged_at": logged.json()["activity"]["logged_at"],
            "logged_by": {
                "id": "suite", "display_name": "suite", "email": null, "picture": null,
            },
            "completed_at": null,
            "completed_by": null,
            "scheduled_activity_id": null,
            "mentions": [],
            "type": "agent_action",
            "summary": "Renewal",
            "body": "At length",
            "source": "api",
            "occurred_at": "2026-03-01T09:30:00.000Z",
        })
    );
}

#[tokio::test]
async fn the_ids_of_the_types_are_stable() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    for (name, id) in [
        ("note", built_in("note")),
        ("call", built_in("call")),
        ("email", built_in("email")),
        ("meeting", built_in("meeting")),
        ("agent_action", built_in("agent_action")),
    ] {
        let logged = v1.log(&json!({"type": name, "summary": "x"})).await.expect(201);
        let read =
            stack.logged_activity("acme", &key).read(&id_of(&logged)).await.expect(200).json();
        assert_eq!(read["activity_object"]["id"], id, "{name}");
    }
}

#[tokio::test]
async fn notes_are_the_body_or_the_summary_where_there_is_none() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    for (body, notes) in
        [(json!({}), "Renewal"), (json!({"body": ""}), ""), (json!({"body": " b "}), " b ")]
    {
        let id = id_of(&v1.log(&note_with(body.clone())).await.expect(201));
        let read = stack.logged_activity("acme", &key).read(&id).await.expect(200).json();
        assert_eq!(read["notes"], notes);
        assert_eq!(read.get("body"), body.get("body"));
        assert_eq!(read["associated_entities"], json!([]));
    }
}

#[tokio::test]
async fn an_entity_has_the_name_of_the_time_of_logging_or_its_id() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    stack.put_resource("acme", "deal", "named", Some("Acme renewal")).await;
    stack.put_resource("acme", "deal", "nameless", None).await;
    let mut ids = Vec::new();
    for id in ["named", "nameless"] {
        let related = json!({"related_resource_type": "deal", "related_resource_id": id});
        ids.push(id_of(&v1.log(&note_with(related)).await.expect(201)));
    }
    stack.clock.advance(std::time::Duration::from_secs(1));
    stack.put_resource("acme", "deal", "named", Some("Renamed since")).await;
    for (id, name) in ids.iter().zip(["Acme renewal", "nameless"]) {
        let read = stack.logged_activity("acme", &key).read(id).await.expect(200).json();
        assert_eq!(read["associated_entities"][0]["display_name"], name);
    }
}

#[tokio::test]
async fn logged_by_is_the_actor_of_the_write_and_not_of_the_read() {
    let stack = Stack::start().await;
    let service = stack.service_key("acme").await;
    let user = stack.issue_key("acme", "user:ann", Scope::ALL).await;
    let agent = stack.issue_key("acme", "agent:bot", Scope::ALL).await;
    for (key, actor) in [(&service, "suite"), (&user, "ann"), (&agent, "bot")] {
        let id = id_of(&stack.v1(key).log(&note("x")).await.expect(201));
        let read = stack.logged_activity("acme", &service).read(&id).await.expect(200).json();
        assert_eq!(read["logged_by"]["id"], actor);
    }
}

#[tokio::test]
async fn a_body_sent_with_a_read_is_ignored() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let answer = v1.log_bytes("application/json", note("x").to_string()).await;
    let path = format!("/v1/activities/{}", id_of(&answer.expect(201)));
    let call = v1.call(Method::GET, &path).header("content-type", "text/plain");
    call.body("not JSON").send().await.expect(200);
}
