//! Idempotency keys: what a retry is, what it answers, and what it leaves
//! alone.

use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_core::index::Position;
use activity_log_tests::client::v1::{assert_violations, id_of, note, note_with, rows, summaries};
use activity_log_tests::faulty_engine::{Fault, FaultKind, Gate, When};
use activity_log_tests::stack::Stack;
use futures_util::future::join_all;
use http::Method;
use serde_json::json;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn the_same_key_and_input_is_the_same_activity_and_nothing_is_written() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let input = note_with(json!({"idempotency_key": "k", "body": "b".repeat(10_000)}));
    let first = v1.log(&input).await.expect(201);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let before = stack.keys_in_table().await;
    // Also by another credential of the same principal.
    let other = stack.issue_key("acme", "service:suite", &[Scope::ActivityWrite]).await;
    for key in [&key, &key, &other] {
        let again = stack.v1(key).log(&input).await.expect(201);
        assert_eq!(again.json()["activity"], first.json()["activity"]);
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.header("location"), first.header("location"));
        assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
        assert_eq!(again.json()["request_id"], again.header("x-request-id"));
    }
    let after = stack.keys_in_table().await;
    let new: Vec<_> = after.iter().filter(|key| !before.contains(key)).collect();
    assert!(matches!(new[..], [(pk, _)] if pk == "T#acme#KEY"), "only the second credential");
}

#[tokio::test]
async fn a_key_may_stand_in_body_header_or_both() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let in_body = note_with(json!({"idempotency_key": "k"}));
    let first = v1.log_with_key(&note("Renewal"), "k").await.expect(201);
    for again in [
        v1.log(&in_body).await.expect(201),
        v1.log_with_key(&in_body, "k").await.expect(201),
        v1.log_with_key(&note("Renewal"), "k").await.expect(201),
    ] {
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(id_of(&again), id_of(&first));
    }
    let answer = v1.log_with_key(&in_body, "K").await;
    assert_violations(&answer, &[("idempotency_key", "must equal the Idempotency-Key header")]);
}

#[tokio::test]
async fn another_input_is_a_conflict_that_names_the_key() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    stack.put_resource("acme", "deal", "d", None).await;
    let first = note_with(json!({"idempotency_key": "k"}));
    let id = id_of(&v1.log(&first).await.expect(201));
    let occurred_at = v1.read(&id).await.expect(200).json()["activity"]["occurred_at"].clone();
    for other in [
        json!({"summary": "renewal"}),
        json!({"type": "call"}),
        json!({"body": ""}),
        // A field that is given is not the same as its default.
        json!({"occurred_at": occurred_at}),
        json!({"related_resource_type": "deal", "related_resource_id": "d"}),
        json!({"related_resource_type": "deal", "related_resource_id": "unknown"}),
    ] {
        let mut input = first.clone();
        let properties = input.as_object_mut().expect("an input is an object");
        properties.extend(other.as_object().expect("properties are an object").clone());
        let answer = v1.log(&input).await.expect(409);
        assert_eq!(answer.json()["error"]["idempotency_key"], "k");
        assert!(!answer.headers.contains_key("idempotency-replayed"));
    }
    assert_eq!(summaries(&v1.search(&[]).await.expect(200)), ["Renewal"]);
}

#[tokio::test]
async fn order_escapes_and_spaces_are_no_other_input() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let mut ids = Vec::new();
    for body in [
        r#"{"type":"note","summary":"Café / 1","idempotency_key":"k"}"#,
        r#"{"idempotency_key":"k","summary":"Café / 1","type":"note"}"#,
        r#" { "summary" : "Caf\u00e9 \/ 1" , "\u0074ype":"not\u0065", "idempotency_key":"\u006b"}  "#,
    ] {
        let answer = v1.log_bytes("application/json", body).await.expect(201);
        ids.push(id_of(&answer));
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    // Another spelling of the same letter is another text.
    let decomposed =
        "{\"type\":\"note\",\"summary\":\"Cafe\u{301} / 1\",\"idempotency_key\":\"k\"}";
    v1.log_bytes("application/json", decomposed).await.expect(409);
}

#[tokio::test]
async fn a_retry_without_occurred_at_is_the_same_input_at_another_time() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let input = note_with(json!({"idempotency_key": "k"}));
    let first = v1.log(&input).await.expect(201);
    stack.clock.advance(DAY);
    let again = v1.log(&input).await.expect(201);
    assert_eq!(again.json()["activity"], first.json()["activity"]);
}

#[tokio::test]
async fn a_key_is_kept_for_30_days_and_an_expired_record_counts_as_absent() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let input = note_with(json!({"idempotency_key": "k"}));
    let first = id_of(&v1.log(&input).await.expect(201));
    stack.clock.advance(30 * DAY - HOUR);
    let replay = v1.log(&input).await.expect(201);
    assert_eq!(id_of(&replay), first);

    stack.clock.advance(HOUR);
    // The engine has not removed it; another input is no conflict any more.
    let before = stack.keys_in_table().await;
    assert!(before.iter().any(|(pk, _)| pk.contains("#IDEM#")));
    let other = note_with(json!({"idempotency_key": "k", "body": "other"}));
    let second = v1.log(&other).await.expect(201);
    assert!(!second.headers.contains_key("idempotency-replayed"));
    assert_ne!(id_of(&second), first);
    // The new record took the place of the old one, for 30 days more.
    v1.log(&input).await.expect(409);
    stack.clock.advance(29 * DAY);
    assert_eq!(id_of(&v1.log(&other).await.expect(201)), id_of(&second));
    v1.read(&first).await.expect(200);
}

#[tokio::test]
async fn the_retention_is_configurable() {
    let stack = Stack::start_with(|config| config.idempotency_retention = DAY).await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let input = note_with(json!({"idempotency_key": "k"}));
    let first = id_of(&v1.log(&input).await.expect(201));
    stack.clock.advance(DAY - HOUR);
    assert_eq!(id_of(&v1.log(&input).await.expect(201)), first);
    stack.clock.advance(HOUR);
    assert_ne!(id_of(&v1.log(&input).await.expect(201)), first);
}

#[tokio::test]
async fn a_refused_request_keeps_no_key() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let reader = stack.issue_key("acme", "service:reader", &[Scope::ActivityRead]).await;
    let related = json!({
        "idempotency_key": "k", "related_resource_type": "deal", "related_resource_id": "d",
    });
    let input = note_with(related);
    stack.v1(&reader).log(&input).await.expect(403);
    v1.log(&note_with(json!({"idempotency_key": "k", "x": 1}))).await.expect(422);
    v1.log(&input).await.expect(404);
    let kept = stack.keys_in_table().await;
    assert!(kept.iter().all(|(pk, _)| !pk.contains("#IDEM#")));
    // The very same request succeeds once its cause is gone.
    stack.put_resource("acme", "deal", "d", None).await;
    let answer = v1.log(&input).await.expect(201);
    assert!(!answer.headers.contains_key("idempotency-replayed"));
}

#[tokio::test]
async fn a_key_of_one_tenant_is_nothing_to_another() {
    let stack = Stack::start().await;
    let acme = stack.v1(&stack.service_key("acme").await);
    let other = stack.v1(&stack.service_key("other").await);
    let input = note_with(json!({"idempotency_key": "k"}));
    let first = id_of(&acme.log(&input).await.expect(201));
    let different = note_with(json!({"idempotency_key": "k", "body": "other"}));
    let second = other.log(&different).await.expect(201);
    assert!(!second.headers.contains_key("idempotency-replayed"));
    assert_ne!(id_of(&second), first);
    assert_eq!(id_of(&acme.log(&input).await.expect(201)), first);
}

#[tokio::test]
async fn a_replay_is_not_served_without_the_scope_or_with_a_broken_rule() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let reader = stack.issue_key("acme", "service:reader", &[Scope::ActivityRead]).await;
    let input = note_with(json!({"idempotency_key": "k"}));
    v1.log(&input).await.expect(201);
    stack.v1(&reader).log(&input).await.expect(403);
    stack.v1("alk_acme.0.0").log(&input).await.expect(401);
    let call = v1.call(Method::POST, "/v1/activities?x=1").json(&input);
    call.send().await.expect(422);
}

#[tokio::test]
async fn a_replay_is_served_although_the_related_resource_is_gone() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    stack.put_resource("acme", "deal", "d", None).await;
    let input = note_with(json!({
        "idempotency_key": "k", "related_resource_type": "deal", "related_resource_id": "d",
    }));
    let first = id_of(&v1.log(&input).await.expect(201));
    stack.delete_resource("acme", "deal", "d").await;
    assert_eq!(id_of(&v1.log(&input).await.expect(201)), first);
    v1.log(&note_with(json!({
        "related_resource_type": "deal", "related_resource_id": "d",
    })))
    .await
    .expect(404);
}

#[tokio::test]
async fn concurrent_requests_with_one_key_make_one_activity_and_all_get_it() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let input = note_with(json!({"idempotency_key": "k"}));
    // All have looked for the key before any of them commits.
    let gate = Gate::closed();
    let kind = FaultKind::Hold(gate.clone());
    engine.inject(Fault::on("TransactWriteItems", When::First(4), kind));
    let requests = join_all((0..4).map(|_| v1.log(&input)));
    let open = async {
        gate.arrived(4).await;
        gate.open();
    };
    let (answers, ()) = tokio::join!(requests, open);
    let mut ids: Vec<String> = Vec::new();
    let mut replayed = 0;
    for answer in answers {
        let answer = answer.expect(201);
        replayed += usize::from(answer.header("idempotency-replayed") == "true");
        ids.push(id_of(&answer));
    }
    ids.dedup();
    assert_eq!((ids.len(), replayed), (1, 3));
    let found = v1.search(&[]).await.expect(200);
    assert_eq!(rows(&found, "activities", "id"), ids);
    let audit = v1.audit_events(&[("action", "activity.logged")]).await.expect(200);
    assert_eq!(rows(&audit, "audit_events", "status"), ["succeeded"]);
    // What the losers had staged is gone.
    let keys = stack.keys_in_table().await;
    let owners = |kind: &str| {
        let listed = keys.iter().filter(|(pk, _)| pk.ends_with(kind));
        let owner = |sk| Position::decode(sk).expect("it is a position").id.to_string();
        let mut owners: Vec<_> = listed.map(|(_, sk)| owner(sk)).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    };
    assert_eq!(owners("#IX"), ids);
    assert_eq!(owners("#AX").len(), 1);
    assert_eq!(owners("#TAIL"), ids);
}

#[tokio::test]
async fn concurrent_requests_with_one_key_and_two_inputs_are_one_activity_and_a_conflict() {
    let (stack, engine) = Stack::start_faulty().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let gate = Gate::closed();
    let kind = FaultKind::Hold(gate.clone());
    engine.inject(Fault::on("TransactWriteItems", When::First(2), kind));
    let inputs =
        ["one", "two"].map(|body| note_with(json!({"idempotency_key": "k", "body": body})));
    let open = async {
        gate.arrived(2).await;
        gate.open();
    };
    let (one, two, ()) = tokio::join!(v1.log(&inputs[0]), v1.log(&inputs[1]), open);
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(summaries(&v1.search(&[]).await.expect(200)).len(), 1);
}

#[tokio::test]
async fn a_lost_answer_to_the_commit_is_no_second_activity_and_no_replay() {
    let (stack, engine) = Stack::start_faulty().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let lost = engine.inject(Fault::on("TransactWriteItems", When::Nth(1), FaultKind::LoseAnswer));
    for input in [note_with(json!({"idempotency_key": "k"})), note("keyless")] {
        let answer = v1.log(&input).await.expect(201);
        assert!(!answer.headers.contains_key("idempotency-replayed"));
        v1.get(answer.header("location")).await.expect(200);
        stack.clock.advance(Duration::from_millis(1));
    }
    assert_eq!(lost.fired(), 1);
    assert_eq!(summaries(&v1.search(&[]).await.expect(200)), ["keyless", "Renewal"]);
}

#[tokio::test]
async fn without_a_key_the_same_input_is_another_activity() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let ids = [
        id_of(&v1.log(&note("x")).await.expect(201)),
        id_of(&v1.log(&note("x")).await.expect(201)),
    ];
    assert_ne!(ids[0], ids[1]);
}
