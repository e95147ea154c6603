//! `POST /api/activities/{activity_identifier}/log-activity`: what is taken,
//! what is refused and on which field, and what is read back.

use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_core::platform::config::RelatedResourceCheck;
use activity_log_core::store::operator::sweep::sweep;
use activity_log_tests::client::Answer;
use activity_log_tests::client::logged_activity::{
    about, assert_refused, empty, id_of, notes, refused_fields,
};
use activity_log_tests::client::v1::rows;
use activity_log_tests::stack::Stack;
use activity_log_tests::workspace::{TENANT, Workspace, built_in_id, own_id, type_of};
use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

const SCHEDULED: &str = "6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a19";

#[tokio::test]
async fn an_activity_is_echoed_as_it_was_sent_and_read_whole() {
    let workspace = Workspace::start().await;
    workspace
        .define_fields(
            "site_visit",
            json!([
                {"name": "result", "display_name": "Result", "field_type": "decimal"},
            ]),
        )
        .await;
    let mention = "0193c1d2-0000-7000-8000-000000000001";
    let input = json!({
        "related_objects": [
            {"custom_object": "contact", "entity_id": "con_1"},
            {"custom_object": own_id("property"), "entity_id": "pro_2"},
        ],
        "notes": "Roof inspected\nAll is well",
        "scheduled_activity_id": SCHEDULED,
        "mentions": [mention],
        "fields": [{"id": own_id("site_visit/result"), "value": 1.5}],
    });
    let answer = workspace.api.log("site_visit", &input).await.expect(201);
    let id = id_of(&answer);
    let mut expected = input.clone();
    expected["id"] = json!(id);
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("location"), format!("/api/activities/logged/{id}"));

    let read = workspace.api.read(&id).await.expect(200).json();
    let person = json!({"id": "jane", "display_name": "jane", "email": null, "picture": null});
    assert_eq!(
        read,
        json!({
            "id": id,
            "notes": "Roof inspected\nAll is well",
            "activity_object": {
                "id": own_id("site_visit"),
                "name": "Site visit",
                "api_name": "site_visit",
                "association_mode": "all_objects_associated",
            },
            "associated_entities": [
                {
                    "object_api_name": "contact",
                    "entity_id": "con_1",
                    "display_name": "Jane Doe",
                    "custom_object": built_in_id("contact"),
                },
                {
                    "object_api_name": "property",
                    "entity_id": "pro_2",
                    "display_name": "pro_2",
                    "custom_object": own_id("property"),
                },
            ],
            "logged_at": read["logged_at"],
            "logged_by": person,
            "completed_at": read["logged_at"],
            "completed_by": person,
            "scheduled_activity_id": SCHEDULED,
            "mentions": [mention],
            "fields": [{
                "id": own_id("site_visit/result"),
                "name": "result",
                "display_name": "Result",
                "field_type": "decimal",
                "custom_field_type": null,
                "value": "1.5",
            }],
            "type": "note",
            "summary": "Roof inspected",
            "body": "Roof inspected\nAll is well",
            "source": "api",
            "occurred_at": read["logged_at"],
        })
    );

    // `/v1` has it as well, where the activity is read by its id.
    let in_v1 = workspace.v1.read(&id).await.expect(200).json();
    assert_eq!(
        in_v1["activity"]["submission"],
        json!({
            "activity_object": {
                "id": own_id("site_visit"),
                "name": "Site visit",
                "api_name": "site_visit",
            },
            "completed_at": read["logged_at"],
            "scheduled_activity_id": SCHEDULED,
            "mentions": [mention],
            "fields": [{
                "id": own_id("site_visit/result"),
                "name": "result",
                "display_name": "Result",
                "field_type": "decimal",
                "value": "1.5",
            }],
        })
    );
    let rows = workspace.v1.search(&[]).await.expect(200).json();
    assert_eq!(rows["activities"][0].get("submission"), None);
}

#[tokio::test]
async fn what_was_not_submitted_is_null_or_left_out() {
    let workspace = Workspace::start().await;
    workspace.define_fields("site_visit", json!([])).await;
    let answer = workspace.api.log("site_visit", &empty()).await.expect(201);
    let id = id_of(&answer);
    assert_eq!(
        answer.json(),
        json!({
            "id": id, "notes": "", "related_objects": [], "scheduled_activity_id": null,
            "mentions": [], "fields": [],
        })
    );
    let read = workspace.api.read(&id).await.expect(200).json();
    for absent in ["completed_at", "completed_by", "scheduled_activity_id"] {
        assert_eq!(read[absent], Value::Null, "{absent}");
    }
    assert_eq!((&read["notes"], &read["mentions"]), (&json!(""), &json!([])));
    assert_eq!((read.get("fields"), read.get("body")), (None, None));
    assert_eq!(read["summary"], "Site visit");
}

#[tokio::test]
async fn notes_read_back_as_sent() {
    let workspace = Workspace::start().await;
    let long = format!("{}\nsecond", "é".repeat(600));
    for (text, summary) in [
        ("", "Call"),
        (" \n\t", "Call"),
        ("\n  first \r\nsecond\n", "first"),
        (long.as_str(), &"é".repeat(500)),
    ] {
        let read = workspace.api.log_and_read("call", &notes(text)).await;
        assert_eq!((&read["notes"], &read["summary"]), (&json!(text), &json!(summary)));
    }
}

#[tokio::test]
async fn a_type_is_named_by_its_api_name_or_its_uuid_in_either_case() {
    let workspace = Workspace::start().await;
    workspace.define_fields("site_visit", json!([])).await;
    for (name, id) in [("site_visit", own_id("site_visit")), ("email", built_in_id("email"))] {
        for identifier in [name.to_owned(), id.clone(), id.to_uppercase()] {
            let read = workspace.api.log_and_read(&identifier, &empty()).await;
            let object = &read["activity_object"];
            assert_eq!((&object["api_name"], &object["id"]), (&json!(name), &json!(id)));
        }
    }
}

#[tokio::test]
async fn what_is_no_type_is_not_found() {
    let workspace = Workspace::start().await;
    workspace.stack.define_type("other", type_of("site_visit", json!([]))).await;
    for identifier in ["site_visit", "Email", "scheduled-activity", &own_id("site_visit"), "a%20b"]
    {
        let answer = workspace.api.log(identifier, &empty()).await.expect(404);
        assert_eq!(answer.json()["code"], "not_found", "{identifier}");
    }
    for path in [
        "/api/activities/email/log-activity/",
        "/api/activities/scheduled-activity",
        "/api/activities/scheduled-activity/x",
        "/api/activities/",
    ] {
        workspace.api.call(Method::POST, path).json(&empty()).send().await.expect(404);
    }
    workspace.api.get("/api/activities/logged").await.expect(404);
    // It is the address of a logged activity.
    let answer = workspace.api.log("logged", &empty()).await.expect(405);
    assert_eq!(answer.header("allow"), "GET, HEAD");
    let answer = workspace.api.get("/api/activities/email/log-activity").await.expect(405);
    assert_eq!(answer.header("allow"), "POST");
}

#[tokio::test]
async fn every_violation_is_named_at_once() {
    let workspace = Workspace::start().await;
    workspace
        .define_fields(
            "visit",
            json!([
                {"name": "must", "display_name": "Must", "field_type": "text", "required": true},
                {"name": "count", "display_name": "Count", "field_type": "integer"},
            ]),
        )
        .await;
    let input = json!({
        "related_objects": [
            {"custom_object": "contact", "entity_id": "con_1"},
            {"custom_object": built_in_id("contact"), "entity_id": "con_2"},
            {"custom_object": "Contact", "entity_id": ""},
            7,
        ],
        "notes": 1,
        "scheduled_activity_id": "tomorrow",
        "completed_at": "2999-01-01T00:00:00Z",
        "mentions": ["jane"],
        "fields": [
            {"id": own_id("visit/count"), "value": "many"},
            {"id": "nothing", "value": 1},
            {"id": own_id("visit/count")},
        ],
        "colour": "red",
    });
    let call = workspace.api.call(Method::POST, "/api/activities/visit/log-activity?x=1");
    let answer = call
        .header("idempotency-key", "one")
        .header("idempotency-key", "two")
        .json(&input)
        .send()
        .await;
    let mut expected = vec![
        "Idempotency-Key".to_owned(),
        "colour".to_owned(),
        "completed_at".to_owned(),
        "fields".to_owned(),
        format!("fields.{}", own_id("visit/count")),
        format!("fields.{}", own_id("visit/must")),
        "fields.nothing".to_owned(),
        "mentions".to_owned(),
        "notes".to_owned(),
        "related_objects".to_owned(),
        "scheduled_activity_id".to_owned(),
    ];
    expected.sort();
    assert_eq!(refused_fields(&answer), expected);
    let related = answer.json()["related_objects"].clone();
    assert_eq!(related.as_array().map(Vec::len), Some(4), "{related}");
}

#[tokio::test]
async fn related_objects_are_required_and_at_most_twenty() {
    let workspace = Workspace::start().await;
    assert_refused(&workspace.api.log("note", &json!({})).await, "related_objects");
    assert_refused(
        &workspace.api.log("note", &json!({"related_objects": null})).await,
        "related_objects",
    );
    let mut objects = Vec::new();
    for n in 0..21 {
        let kind = format!("kind_{n}");
        workspace.stack.put_resource(TENANT, &kind, &"x".repeat(255), Some(&"n".repeat(200))).await;
        objects.push(json!({"custom_object": kind, "entity_id": "x".repeat(255)}));
    }
    let answer = workspace.api.log("note", &json!({ "related_objects": objects })).await;
    assert_refused(&answer, "related_objects");
    objects.pop();
    let read = workspace.api.log_and_read("note", &json!({ "related_objects": objects })).await;
    let entities = read["associated_entities"].as_array().unwrap();
    assert_eq!(entities.len(), 20);
    assert_eq!(entities[19]["object_api_name"], "kind_19");
    // Too many for the row, which is completed from the rest.
    let found = workspace.v1.search(&[]).await.expect(200).json();
    assert_eq!(found["activities"][0]["related_objects"].as_array().map(Vec::len), Some(20));
}

#[tokio::test]
async fn an_entity_has_to_be_one_that_the_registry_knows_now() {
    let workspace = Workspace::start().await;
    for objects in [
        &[("contact", "con_2")][..],
        &[("contact", "con_1"), ("company", "con_1")],
        &[("boat", "boa_1")],
        &[(own_id("boat").as_str(), "boa_1")],
        &[(own_id("property").as_str(), "pro_3")],
    ] {
        assert_refused(&workspace.api.log("note", &about(objects)).await, "related_objects");
    }
    workspace.api.log("note", &about(&[("contact", "con_1")])).await.expect(201);
    workspace.stack.delete_resource(TENANT, "contact", "con_1").await;
    let answer = workspace.api.log("note", &about(&[("contact", "con_1")])).await;
    assert_refused(&answer, "related_objects");
}

#[tokio::test]
async fn without_the_check_any_entity_is_taken() {
    let stack =
        Stack::start_with(|config| config.related_resource_check = RelatedResourceCheck::Off).await;
    let workspace = Workspace::on(stack).await;
    let input = about(&[("boat", "boa_1"), (&own_id("property"), "pro_9")]);
    let read = workspace.api.log_and_read("note", &input).await;
    assert_eq!(read["associated_entities"][0]["display_name"], "boa_1");
    assert_eq!(read["associated_entities"][1]["object_api_name"], "property");
    // A UUID tells no name, so the registry must have seen the record type.
    let answer = workspace.api.log("note", &about(&[(&own_id("boat"), "boa_1")])).await;
    assert_refused(&answer, "related_objects");
}

#[tokio::test]
async fn a_type_goes_with_the_objects_of_its_association_mode() {
    let workspace = Workspace::start().await;
    for (name, mode, selected) in [
        ("any", "all_objects_associated", json!([])),
        ("some", "selected_objects_associated", json!(["contact", "property"])),
        ("none", "no_objects_associated", json!([])),
    ] {
        let mut definition = type_of(name, json!([]));
        definition["association_mode"] = json!(mode);
        if selected != json!([]) {
            definition["selected_objects"] = selected;
        }
        workspace.define(definition).await;
    }
    let property = own_id("property");
    let contact = about(&[("contact", "con_1"), (&property, "pro_1")]);
    let company = about(&[("contact", "con_1"), ("company", "com_1")]);
    for (name, input, taken) in [
        ("any", &contact, true),
        ("any", &company, true),
        ("some", &contact, true),
        ("some", &company, false),
        ("none", &contact, false),
    ] {
        let answer = workspace.api.log(name, input).await;
        if taken {
            let _ = answer.expect(201);
        } else {
            assert_refused(&answer, "related_objects");
        }
        workspace.api.log(name, &empty()).await.expect(201);
    }
}

#[tokio::test]
async fn a_disabled_type_is_refused_and_what_it_logged_stays() {
    let workspace = Workspace::start().await;
    workspace.define_fields("site_visit", json!([])).await;
    let first = workspace.api.log_with_key("site_visit", &empty(), "k").await.expect(201);
    let mut definition = type_of("site_visit", json!([]));
    definition["enabled"] = json!(false);
    workspace.define(definition).await;
    assert_refused(&workspace.api.log("site_visit", &empty()).await, "activity_identifier");
    workspace.api.read(&id_of(&first)).await.expect(200);
    let listed = workspace.api.responses("site_visit", &json!({})).await.expect(200);
    assert_eq!(listed.json()["results"][0]["id"], first.json()["id"]);
    // A retry of what was accepted is still its replay.
    let replay = workspace.api.log_with_key("site_visit", &empty(), "k").await.expect(201);
    assert_eq!(replay.json(), first.json());
    assert_eq!(replay.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn completed_at_is_only_what_was_said_or_comes_from_a_scheduled_activity() {
    let workspace = Workspace::start().await;
    let mut input = empty();
    assert_eq!(workspace.api.log_and_read("call", &input).await["completed_at"], Value::Null);
    input["scheduled_activity_id"] = Value::Null;
    assert_eq!(workspace.api.log_and_read("call", &input).await["completed_by"], Value::Null);
    input["completed_at"] = json!("2026-03-01T10:30:00.1239+01:00");
    let read = workspace.api.log_and_read("call", &input).await;
    assert_eq!(read["completed_at"], "2026-03-01T09:30:00.123Z");
    assert_eq!(read["completed_by"], read["logged_by"]);
    input["scheduled_activity_id"] = json!(SCHEDULED);
    let read = workspace.api.log_and_read("call", &input).await;
    assert_eq!(read["completed_at"], "2026-03-01T09:30:00.123Z");
}

#[tokio::test]
async fn a_scheduled_activity_is_completed_once() {
    let workspace = Workspace::start().await;
    let mut input = empty();
    input["scheduled_activity_id"] = json!(SCHEDULED);
    let first = workspace.api.log_with_key("call", &input, "k").await.expect(201);
    for identifier in ["call", "note"] {
        let answer = workspace.api.log(identifier, &input).await;
        assert_refused(&answer, "scheduled_activity_id");
    }
    let replay = workspace.api.log_with_key("call", &input, "k").await.expect(201);
    assert_eq!(replay.json(), first.json());
    // Another tenant's scheduled activity of the same id is another one.
    let key = workspace.stack.service_key("other").await;
    let path = "/api/activities/call/log-activity";
    let call = workspace.stack.logged_activity("other", &key).call(Method::POST, path);
    call.json(&input).send().await.expect(201);
}

/// Logs until there is an answer: a slow machine says 503 to some of so many at
/// once. The key makes that safe.
async fn log_until_answered(workspace: &Workspace, input: &Value, key: &str) -> Answer {
    loop {
        let answer = workspace.api.log_with_key("call", input, key).await;
        if answer.status != 503 {
            return answer;
        }
    }
}

#[tokio::test]
async fn two_hundred_concurrent_completions_of_one_scheduled_activity_make_one() {
    let workspace = Workspace::start().await;
    let mut input = notes("Inspected");
    input["scheduled_activity_id"] = json!(SCHEDULED);
    let keys: Vec<String> = (0..200).map(|n| n.to_string()).collect();
    let answers =
        join_all(keys.iter().map(|key| log_until_answered(&workspace, &input, key))).await;
    let (done, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((done.len(), refused.len()), (1, 199));
    for answer in &refused {
        assert_refused(answer, "scheduled_activity_id");
    }
    // What losers staged, they or a sweep remove.
    let later = workspace.stack.clock.time().plus(Duration::from_secs(2 * 60 * 60));
    sweep(&workspace.stack.ctx.store, later, |_| {}).await.expect("the table is swept");
    let keys = workspace.stack.keys_in_table().await;
    let named = |kind: &str| keys.iter().filter(|(pk, _)| pk.contains(kind)).count();
    for kind in ["#SCHED#", "#ACT#", "#IDEM#", "#IX"] {
        assert_eq!(named(kind), 1, "{kind}");
    }
    let found = workspace.v1.search(&[("query", "inspected")]).await.expect(200);
    assert_eq!(rows(&found, "activities", "id"), [id_of(&done[0])]);
}

#[tokio::test]
async fn concurrent_twins_with_a_key_complete_once_and_both_get_it() {
    let workspace = Workspace::start().await;
    let mut input = empty();
    input["scheduled_activity_id"] = json!(SCHEDULED);
    let answers = join_all((0..32).map(|_| workspace.api.log_with_key("call", &input, "k"))).await;
    let first = answers[0].clone().expect(201).json();
    for answer in answers {
        assert_eq!(answer.expect(201).json(), first);
    }
}

#[tokio::test]
async fn a_completion_that_was_lost_is_done_once_by_its_retry() {
    use activity_log_tests::faulty_engine::{Fault, FaultKind, When};
    let (stack, engine) = Stack::start_faulty().await;
    let workspace = Workspace::on(stack).await;
    let mut input = empty();
    input["scheduled_activity_id"] = json!(SCHEDULED);
    for kind in [FaultKind::LoseAnswer, FaultKind::TransactionConflict, FaultKind::ServerError] {
        input["scheduled_activity_id"] =
            json!(uuid::Uuid::new_v5(&uuid::Uuid::nil(), format!("{kind:?}").as_bytes(),));
        let fault = engine.inject(Fault::on("TransactWriteItems", When::First(1), kind));
        workspace.api.log("call", &input).await.expect(201);
        assert_eq!(fault.fired(), 1);
        engine.clear();
        assert_refused(&workspace.api.log("call", &input).await, "scheduled_activity_id");
    }
    engine.assert_consistent();
}

#[tokio::test]
async fn a_key_makes_one_activity_of_one_type_and_one_input() {
    let workspace = Workspace::start().await;
    let first = workspace.api.log_with_key("call", &notes("x"), "k").await.expect(201);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let by_id =
        workspace.api.log_with_key(&built_in_id("call"), &notes("x"), "k").await.expect(201);
    assert_eq!(by_id.json(), first.json());
    assert_eq!(by_id.header("idempotency-replayed"), "true");
    for (identifier, input) in [("email", notes("x")), ("call", notes("y")), ("call", empty())] {
        let answer = workspace.api.log_with_key(identifier, &input, "k").await.expect(409);
        assert_eq!(answer.json()["code"], "idempotency_conflict");
    }
    // A key is shared by all dialects, for the same actor.
    let v1 = json!({"type": "call", "summary": "x", "idempotency_key": "k"});
    workspace.v1.log(&v1).await.expect(201);
    let jane = workspace.stack.issue_key("acme", "user:jane", Scope::ALL).await;
    let as_jane = workspace.stack.logged_activity("acme", &jane);
    as_jane.log_with_key("call", &notes("x"), "of jane").await.expect(201);
    let v1 = json!({"type": "call", "summary": "x", "idempotency_key": "of jane"});
    workspace.stack.v1(&jane).log(&v1).await.expect(409);
    // A refused request keeps no key.
    assert_refused(
        &workspace.api.log_with_key("call", &json!({}), "free").await,
        "related_objects",
    );
    workspace.api.log_with_key("call", &empty(), "free").await.expect(201);
}

#[tokio::test]
async fn inputs_that_differ_only_in_digits_beyond_a_double_are_different() {
    let workspace = Workspace::start().await;
    workspace
        .define_fields(
            "t",
            json!([
                {"name": "n", "display_name": "N", "field_type": "integer"},
                {"name": "d", "display_name": "D", "field_type": "decimal"},
            ]),
        )
        .await;
    for (key, field, one, other, read) in [
        ("k1", "n", "9007199254740993", "9007199254740992", json!(9_007_199_254_740_993_i64)),
        ("k2", "d", "0.10000000000000000001", "0.1", json!("0.10000000000000000001")),
    ] {
        let body = |number: &str| {
            let id = own_id(&format!("t/{field}"));
            format!(r#"{{"related_objects": [], "fields": [{{"id": "{id}", "value": {number}}}]}}"#)
        };
        let post = async |number: &str| {
            let call = workspace.api.call(Method::POST, "/api/activities/t/log-activity");
            let call = call.header("idempotency-key", key);
            call.header("content-type", "application/json").body(body(number)).send().await
        };
        let first = post(one).await.expect(201);
        assert!(String::from_utf8_lossy(&first.body).contains(one), "the echo keeps its digits");
        assert_eq!(
            workspace.api.read(&id_of(&first)).await.expect(200).json()["fields"][0]["value"],
            read
        );
        let _ = post(other).await.expect(409);
        let replay = post(one).await.expect(201);
        assert_eq!(replay.body, first.body);
    }
}

#[tokio::test]
async fn refused_and_accepted_writes_are_audited_under_their_route() {
    let workspace = Workspace::start().await;
    let template = "/api/activities/{activity_identifier}/log-activity";
    let path = "/api/activities/email/log-activity";
    let reader = workspace.reader_key().await;
    let call = || workspace.api.call(Method::POST, path);
    let denied =
        workspace.stack.logged_activity(TENANT, &reader).call(Method::POST, path).json(&empty());
    let text = call().header("content-type", "text/plain").body("x");
    let broken = call().header("content-type", "application/json").body("{");
    for (call, status, audited, code, hashed) in [
        (call().json(&empty()), 201, "succeeded", Value::Null, true),
        (denied, 403, "denied", json!("missing_required_scope"), true),
        (call().json(&json!({})), 400, "rejected", json!("validation_failed"), true),
        (text, 415, "rejected", json!("unsupported_media_type"), false),
        (broken, 400, "rejected", json!("malformed_request"), false),
        (
            workspace.api.call(Method::POST, "/api/activities/nothing/log-activity").json(&empty()),
            404,
            "rejected",
            json!("resource_not_found"),
            true,
        ),
    ] {
        let answer = call.send().await.expect(status);
        let request = answer.header("x-request-id");
        let events = workspace.v1.audit_events(&[("request_id", request)]).await;
        let events = events.expect(200).json();
        let events = events["audit_events"].as_array().unwrap();
        assert_eq!(events.len(), 1, "{status}");
        let event = &events[0];
        assert_eq!(event["status"], audited);
        assert_eq!(event.get("error_code").cloned().unwrap_or_default(), code);
        assert_eq!(event["api_route"], template);
        assert_eq!(event["actor"], json!({"type": "user", "id": "jane"}));
        assert_eq!(event.get("input_hash").is_some(), hashed, "{status}");
    }
}

#[tokio::test]
async fn a_credential_that_does_not_match_is_refused_on_every_route() {
    let workspace = Workspace::start().await;
    let agent = workspace.stack.issue_key(TENANT, "agent:scout", Scope::ALL).await;
    let own = workspace.stack.issue_key(TENANT, "user:jo", Scope::ALL).await;
    for (method, path) in [
        (Method::POST, "/api/activities/email/log-activity"),
        (Method::POST, "/api/activities/email/responses"),
        (Method::GET, "/api/activities"),
        (Method::GET, "/api/activities/email"),
        (Method::GET, "/api/activities/email/fields"),
    ] {
        for (tenant, key) in
            [("other", workspace.key.as_str()), (TENANT, &agent), (TENANT, &own), (TENANT, "x")]
        {
            let call = workspace
                .stack
                .logged_activity(tenant, key)
                .call(method.clone(), path)
                .json(&empty());
            let answer = call.send().await.expect(401);
            assert_eq!(answer.json()["code"], "unauthorized");
        }
        let bearer = workspace.v1.call(method, path).json(&empty());
        bearer.send().await.expect(401);
    }
}
