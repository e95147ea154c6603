//! What can't be done: it fails alone, is delivered again, and is said once,
//! without its values.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::domain::clock::{
    ClockOutOfRange, Environment, SystemEnvironment, Timestamp,
};
use activity_log_core::domain::registry::Presence;
use activity_log_core::index::entry::Entry;
use activity_log_core::platform::config::Config;
use activity_log_core::store::Store;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::table::{self, ChangeStream};
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::MIB;
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::faulty_engine::{Fault, FaultKind, Gate, When};
use activity_log_tests::lambda::{AWS_REQUEST_ID, invocation};
use activity_log_tests::rig::{Rig, TENANT};
use activity_log_tests::stack::{Stack, keys_in_table};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{batch, failures, invoke, log_event, refused, registered, resource_event, with};

/// What the log must not hold, though events do.
const PRIVATE: [&str; 5] =
    ["private-summary", "private-property", "private-name", "private-actor", "private-key"];

/// Messages that can't be done: their body, the code and the message of the
/// log, and whether an audit event tells of it.
fn poisons() -> Vec<(String, &'static str, String, bool)> {
    let event = log_event("private-summary");
    let invalid = |violations: &str| format!("The request failed validation. {violations}");
    let duplicate = event.to_string().replacen("{\"activity\"", "{\"id\":1,\"activity\"", 1);
    let second_id = duplicate.rfind("\"id\":\"event").expect("the event has its own") + 4;
    let not_json = |what: &str| format!("The input is not valid JSON: {what}.");
    let summary = "x".repeat(501);
    let types = "must be one of: activity.log resource.created resource.updated resource.deleted \
                 actor.updated actor.deleted";
    vec![
        (
            "{\"private-property\"".to_owned(),
            "malformed_request",
            not_json("an object that does not end, at line 1, column 19"),
            false,
        ),
        (
            String::new(),
            "malformed_request",
            not_json("it is empty, at line 1, column 1"),
            false,
        ),
        (
            duplicate,
            "malformed_request",
            not_json(&format!("a duplicate name in an object, at line 1, column {second_id}")),
            false,
        ),
        (
            "[\"private-summary\"]".to_owned(),
            "validation_failed",
            invalid("$: must be a JSON object."),
            false,
        ),
        (
            format!("{event}{}", " ".repeat(MIB)),
            "payload_too_large",
            "The request body is larger than 1 MiB.".to_owned(),
            false,
        ),
        (
            with(event.clone(), "/private-property of", json!(1)).to_string(),
            "validation_failed",
            invalid("$: is not a known property."),
            true,
        ),
        (
            with(event.clone(), "/activity/private-property: red", json!(1)).to_string(),
            "validation_failed",
            invalid("activity: is not a known property."),
            true,
        ),
        (
            // It may be a secret.
            with(event.clone(), &format!("/activity/{}", "k".repeat(41)), json!(1)).to_string(),
            "validation_failed",
            invalid("activity: is not a known property."),
            true,
        ),
        (
            with(with(event.clone(), "/sent_by", json!("private-name")), "/activity/colour", json!("private-key"))
                .to_string(),
            "validation_failed",
            invalid("activity.colour: is not a known property. sent_by: is not a known property."),
            true,
        ),
        (
            with(
                with(event.clone(), "/activity/related_resource_type", json!("contact")),
                "/activity/related_resource_id",
                json!("private-name"),
            )
            .to_string(),
            "resource_not_found",
            "The requested resource does not exist in this workspace. activity.related_resource_id: \
             there is no such resource in this workspace."
                .to_owned(),
            true,
        ),
        (
            with(event.clone(), "/tenant_id", json!("private name")).to_string(),
            "validation_failed",
            invalid("tenant_id: must have 1 to 64 of A-Z a-z 0-9 -."),
            false,
        ),
        (
            with(event.clone(), "/type", json!("private-summary")).to_string(),
            "validation_failed",
            invalid(&format!("type: {types}.")),
            false,
        ),
        (
            with(event.clone(), "/actor/type", json!("private-actor")).to_string(),
            "validation_failed",
            invalid("actor.type: must be one of: user agent service."),
            false,
        ),
        (
            with(event.clone(), "/activity/summary", json!(summary)).to_string(),
            "validation_failed",
            invalid("activity.summary: must have at most 500 characters."),
            true,
        ),
        (
            with(event, "/activity", Value::Null).to_string(),
            "validation_failed",
            invalid("activity: is required."),
            true,
        ),
        (
            with(
                resource_event("resource.created", "contact", "private-name", "yesterday"),
                "/resource/private-property 1",
                json!(1),
            )
            .to_string(),
            "validation_failed",
            invalid(
                "resource: is not a known property. \
                 changed_at: must be an RFC 3339 date-time with an offset, from 1970 on.",
            ),
            true,
        ),
    ]
}

#[tokio::test]
async fn one_poison_among_ten_fails_alone_and_the_log_says_why_without_its_values() {
    let rig = Rig::start().await;
    for (n, (poison, code, reason, audited)) in poisons().into_iter().enumerate() {
        // Of a minute, not all refusals with one code have events of their own.
        rig.direct.clock.advance(Duration::from_secs(61));
        let (log, guard) = CapturedLog::start();
        let mut bodies: Vec<String> =
            (0..9).map(|sound| log_event(&format!("p{n}s{sound}")).to_string()).collect();
        bodies.insert(4, poison.clone());
        assert_eq!(failures(&rig.direct.ctx, &batch(&bodies)).await, ["m4"], "{reason}");
        drop(guard);

        let refusals = log.fields_with("event refused");
        assert_eq!(refusals.len(), 1, "{reason}: {refusals:?}");
        assert_eq!(refusals[0]["error"], *reason);
        assert_eq!(refusals[0]["code"], code);
        assert_eq!(refusals[0]["message_id"], "m4");
        assert_eq!(refusals[0]["aws_request_id"], AWS_REQUEST_ID);
        let done = log.fields_with("event ingested");
        assert_eq!(done.len(), 9, "{reason}");
        let lines = log.lines_with("");
        assert_eq!(lines.len(), 10, "a line each: {lines:?}");
        assert!(lines.iter().all(|line| PRIVATE[1..].iter().all(|text| !line.contains(text))));
        // The id of the event is logged, and is the sender's choice.
        let said = lines.iter().map(|line| line.replace("event of private-summary", ""));
        assert!(said.into_iter().all(|line| !line.contains(PRIVATE[0])));

        let request_id = refusals[0]["request_id"].as_str().expect("it has a request id");
        let filter = [("request_id", request_id)];
        let events = rig.direct_v1.every_audit_event(&filter).await;
        assert_eq!(events.len(), usize::from(audited), "{reason}");
        for event in events {
            assert_eq!(
                (&event["status"], &event["error_code"]),
                (&json!("rejected"), &json!(code))
            );
            assert_eq!(event["api_route"], "event:sqs");
            let is_news = event["resource_type"] == "resource";
            let actor = if is_news { "event" } else { "billing" };
            assert_eq!(event["actor"], json!({ "type": "service", "id": actor }));
        }
    }
    let trail = rig.trail().await;
    assert_eq!(trail.activities.len(), 9 * poisons().len());
}

#[tokio::test]
async fn every_violation_of_an_event_is_said_at_once_with_its_path() {
    let stack = Stack::start().await;
    let wrong = json!({
        "id": "",
        "type": "activity.log",
        "tenant_id": "a/b",
        "actor": { "type": "robot", "name": "R2" },
        "activity": { "type": "letter", "idempotency_key": 1, "colour": "red" },
        "changed_at": "2026-03-01T09:00:00Z",
    });
    let (code, message) = refused(invoke(&stack.ctx, &wrong).await);
    assert_eq!(code, "validation_failed");
    for violation in [
        "id: must have 1 to 255 bytes.",
        "tenant_id: must have 1 to 64 of A-Z a-z 0-9 -.",
        "actor.type: must be one of: user agent service.",
        "actor.id: is required.",
        "actor.name: is not a known property.",
        "activity.type: must be one of: note call email meeting agent_action.",
        "activity.summary: is required.",
        "activity.idempotency_key: must be a string.",
        "activity.colour: is not a known property.",
        "changed_at: is not a known property.",
    ] {
        assert_eq!(message.matches(violation).count(), 1, "{violation} in {message}");
    }
    assert_eq!(message.matches(": ").count(), 10 + 2, "and no others: {message}");

    let wrong = json!({
        "id": 7,
        "type": "resource.deleted",
        "tenant_id": TENANT,
        "resource": { "type": "Contact", "display_name": "" },
        "activity": {},
        "actor": {},
    });
    let (_, message) = refused(invoke(&stack.ctx, &wrong).await);
    for violation in [
        "id: must be a string.",
        "activity: is not a known property.",
        "resource.type: must have 1 to 64 of a-z 0-9 _.",
        "resource.id: is required.",
        "resource.display_name: must have 1 to 200 characters.",
        "changed_at: is required.",
        "actor: is not a known property.",
    ] {
        assert_eq!(message.matches(violation).count(), 1, "{violation} in {message}");
    }
}

#[tokio::test]
async fn a_refused_event_is_audited_where_tenant_and_actor_are_known() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    let unknown = json!({
        "type": "note", "summary": "x",
        "related_resource_type": "deal", "related_resource_id": "unknown",
    });
    let expected = [
        (with(log_event("w"), "/activity", unknown), "resource_not_found", true),
        (with(log_event("w"), "/activity/type", json!("letter")), "validation_failed", true),
        (with(log_event("w"), "/activity", json!("a note")), "validation_failed", false),
        (with(log_event("w"), "/extra", json!(1)), "validation_failed", true),
    ];
    for (event, code, hashed) in &expected {
        stack.clock.advance(Duration::from_millis(5));
        assert_eq!(refused(invoke(&stack.ctx, event).await).0, *code);
        let newest = [("limit", "1"), ("action", "activity.logged")];
        let page = v1.audit_events(&newest).await.expect(200).json();
        let audited = &page["audit_events"][0];
        assert_eq!(
            (&audited["status"], &audited["error_code"]),
            (&json!("rejected"), &json!(code))
        );
        assert_eq!(audited["credential_id"], "event");
        assert_eq!(audited.get("input_hash").is_some(), *hashed, "{event}");
    }
    let audited = v1.every_audit_event(&[]).await.len();
    assert_eq!(audited, expected.len());
    for event in [
        with(log_event("w"), "/actor/id", Value::Null),
        with(log_event("w"), "/tenant_id", Value::Null),
    ] {
        assert_eq!(refused(invoke(&stack.ctx, &event).await).0, "validation_failed");
    }
    let page = v1.every_audit_event(&[]).await;
    assert_eq!(page.len(), audited, "nobody is known to have tried");

    // News of a registry names nobody, so its tenant is enough.
    let news = with(resource_event("resource.created", "contact", "c", "now"), "/id", json!("r"));
    assert_eq!(refused(invoke(&stack.ctx, &news).await).0, "validation_failed");
    let refused = v1.every_audit_event(&[("action", "resource.updated")]).await;
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0]["fields"], json!(["changed_at"]));
    assert_eq!(refused[0]["actor"], json!({ "type": "service", "id": "event" }));
}

/// Whether a call writes an entry of the index with a word that begins like this.
fn files(call: &Value, beginning: &str) -> bool {
    let of_word = [b"w", beginning.as_bytes()].concat();
    let puts = call["RequestItems"].as_object().into_iter().flat_map(|tables| tables.values());
    let entries = puts.filter_map(Value::as_array).flatten().filter_map(|put| {
        let bytes = put["PutRequest"]["Item"]["b"]["B"].as_str()?;
        Entry::decode(&STANDARD.decode(bytes).ok()?).ok()
    });
    let mut terms = entries.filter_map(|entry| entry.activity).flat_map(|part| part.terms);
    terms.any(|term| term.as_bytes().starts_with(&of_word))
}

#[tokio::test]
async fn what_the_engine_fails_is_delivered_again_and_logged_once() {
    let cases = [
        ("TransactWriteItems", FaultKind::Throttle, "rate_limited", 0),
        ("TransactWriteItems", FaultKind::ServerError, "unavailable", 0),
        ("TransactWriteItems", FaultKind::DropRequest, "unavailable", 0),
        // The commits are done, and only their answers are lost.
        ("TransactWriteItems", FaultKind::LoseAnswer, "unavailable", 2),
        ("BatchWriteItem", FaultKind::UnprocessedItems { keep: 0 }, "unavailable", 0),
    ];
    for (operation, kind, code, done) in cases {
        let rig = Rig::start_with(|config| {
            // Long enough for all attempts of the SDK at one call.
            config.write_timeouts.commit = Duration::from_secs(3);
            config.write_timeouts.staging = Duration::from_secs(3);
        })
        .await;
        let case = format!("{operation} {kind:?}");
        let (log, guard) = CapturedLog::start();
        let events = ["sound1", "broken1", "sound2", "broken2", "sound3"].map(log_event);
        // Heads have the word, and so have entries of the index.
        let fault = Fault::on(operation, When::Always, kind)
            .only_if(|call| call.to_string().contains("broken") || files(call, "broken"));
        let injected = rig.proxy.inject(fault);
        let batch = batch(&events);
        assert_eq!(failures(&rig.faulty.ctx, &batch).await, ["m1", "m3"], "{case}");
        drop(guard);
        assert!(injected.fired() >= 2, "{case}");
        assert_eq!(rig.trail().await.activities.len(), 3 + done, "{case}");
        let failed = log.fields_with("event failed");
        assert_eq!(failed.len(), 2, "{case}");
        assert!(failed.iter().all(|line| line["code"] == code), "{case}: {failed:?}");
        let levels = log.lines_with("event failed");
        assert!(levels.iter().all(|line| line.contains("\"ERROR\"")), "{case}");

        rig.proxy.clear();
        assert!(failures(&rig.faulty.ctx, &batch).await.is_empty(), "{case}");
        let trail = rig.trail().await;
        assert_eq!((trail.activities.len(), trail.events.len()), (5, 5), "{case}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_once_is_no_failure() {
    let rig = Rig::start().await;
    let fault = Fault::on("TransactWriteItems", When::First(1), FaultKind::LoseAnswer);
    let lost = rig.proxy.inject(fault);
    let answer = invoke(&rig.faulty.ctx, &log_event("w")).await.expect("it is logged");
    assert_eq!((lost.fired(), &answer["status"]), (1, &json!("logged")));
    let again = invoke(&rig.faulty.ctx, &log_event("w")).await.expect("it is replayed");
    assert_eq!(again["status"], "replayed");
    rig.only("w").await;
}

#[tokio::test]
async fn news_that_the_engine_fails_are_delivered_again() {
    let rig = Rig::start().await;
    let fault =
        rig.proxy.inject(Fault::on("TransactWriteItems", When::Always, FaultKind::Throttle));
    let news = resource_event("resource.created", "contact", "con_9", "2026-03-01T09:00:00Z");
    assert_eq!(failures(&rig.faulty.ctx, &batch(std::slice::from_ref(&news))).await, ["m0"]);
    assert!(fault.fired() > 0);
    let (code, message) = refused(invoke(&rig.faulty.ctx, &news).await);
    assert_eq!((code, message.as_str()), ("rate_limited", "Too many requests. Retry later."));
    rig.proxy.clear();
    assert!(failures(&rig.faulty.ctx, &batch(&[news])).await.is_empty());
    let record = registered(&rig.direct.ctx, "contact", "con_9").await.expect("it is known");
    assert_eq!(record.presence, Presence::Present);
}

#[tokio::test]
async fn an_engine_that_is_gone_fails_all_messages_and_says_nothing_of_why() {
    let engine = Engine::fresh().await;
    let stack = Stack::start_on(&engine.endpoint, &unique_name("gone"), |_| {}).await;
    drop(engine);
    assert_eq!(failures(&stack.ctx, &batch(&["a", "b"].map(log_event))).await, ["m0", "m1"]);
    let (code, message) = refused(invoke(&stack.ctx, &log_event("a")).await);
    assert_eq!(code, "unavailable");
    assert_eq!(message, "The service is unavailable. Retry later.");
}

#[tokio::test]
async fn a_message_is_not_begun_that_the_invocation_would_end_before() {
    let rig = Rig::start().await;
    let stack = &rig.direct;
    let (log, _guard) = CapturedLog::start();
    let events = batch(&["a", "b"].map(log_event)).to_string();
    let ends_in = async |seconds: u64| {
        let mut invocation = invocation(&events);
        let deadline = stack.clock.time().plus(Duration::from_secs(seconds));
        invocation.deadline = Some(deadline);
        let answer = fn_ingest::handle(&stack.ctx, invocation).await.expect("the batch is read");
        let answer = serde_json::to_value(answer).expect("an answer has a JSON form");
        answer["batchItemFailures"].as_array().map(Vec::len)
    };
    let before = stack.keys_in_table().await;
    assert_eq!(ends_in(27).await, Some(2));
    assert_eq!(stack.keys_in_table().await, before);
    let failed = log.fields_with("event failed");
    let named = |line: &Value| line["code"] == "unavailable" && line["message_id"].is_string();
    assert!(failed.len() == 2 && failed.iter().all(named), "{failed:?}");
    assert_eq!(ends_in(60).await, Some(0));
    rig.only("a").await;
    rig.only("b").await;

    // An invocation by itself has nothing to save for others.
    let mut last = invocation(&log_event("c").to_string());
    last.deadline = Some(stack.clock.time().plus(Duration::from_secs(5)));
    fn_ingest::handle(&stack.ctx, last).await.expect("it is logged");
    rig.only("c").await;
}

/// An environment that panics when it is asked for a certain id.
#[derive(Default)]
struct PanicsOnce {
    asked: AtomicUsize,
    panics_at: AtomicUsize,
}

impl Environment for PanicsOnce {
    fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
        SystemEnvironment.now()
    }
    fn fill_random(&self, bytes: &mut [u8]) {
        SystemEnvironment.fill_random(bytes);
    }
    fn new_uuid(&self) -> Result<Uuid, ClockOutOfRange> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        assert_ne!(asked, self.panics_at.load(Ordering::SeqCst), "as the test wants it");
        SystemEnvironment.new_uuid()
    }
}

#[tokio::test]
async fn a_panic_fails_its_message_and_no_other() {
    let engine = Engine::start().await;
    let client = connect_local(&engine.endpoint);
    let store = Store::new(client.clone(), &unique_name("panics"));
    table::create(&store, ChangeStream::On).await.expect("the engine makes a table");
    let environment = Arc::new(PanicsOnce::default());
    let config = Config::for_table(store.table_name());
    let ctx = Context::with_environment(store, config, environment.clone());
    let (log, _guard) = CapturedLog::start();
    let events = batch(&["a", "b", "c"].map(log_event));
    // The first three are the ids of the requests; the fourth is that of the
    // first activity that is written.
    environment.panics_at.store(4, Ordering::SeqCst);
    assert_eq!(failures(&ctx, &events).await.len(), 1);
    let failed = log.fields_with("event failed");
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["code"], "internal_error");
    assert!(failed[0]["event_id"].as_str().is_some_and(|id| id.starts_with("event of ")));
    let heads = async || {
        let keys = keys_in_table(&client, ctx.store.table_name()).await;
        keys.iter().filter(|(_, sk)| sk == "HEAD").count()
    };
    assert_eq!(heads().await, 2);

    assert!(failures(&ctx, &events).await.is_empty());
    assert_eq!(heads().await, 3);
    assert_eq!(log.fields_with("\"replayed\"").len(), 2);
}

#[tokio::test]
async fn at_most_ten_messages_are_under_way_at_once() {
    let rig = Rig::start().await;
    let gate = Gate::closed();
    let held = rig.proxy.inject(Fault::on("GetItem", When::Always, FaultKind::Hold(gate.clone())));
    let words: Vec<String> = (0..30).map(|n| format!("w{n}")).collect();
    let events = batch(&words.iter().map(|word| log_event(word)).collect::<Vec<_>>());
    let open = async {
        gate.arrived(10).await;
        gate.open();
    };
    let (failed, ()) = tokio::join!(failures(&rig.faulty.ctx, &events), open);
    assert!(failed.is_empty());
    // Each looks for the tombstone of its tenant and for its key.
    assert_eq!(held.fired(), 2 * 30);
    // These messages make one call after the other.
    let mut moments: Vec<(u64, i32)> = Vec::new();
    for call in rig.proxy.calls() {
        moments.push((call.started, 1));
        moments.push((call.ended.expect("it has ended"), -1));
    }
    moments.sort_unstable();
    let under_way = moments.iter().scan(0, |calls, (_, change)| {
        *calls += change;
        Some(*calls)
    });
    assert_eq!(under_way.max(), Some(10));
    assert_eq!(rig.trail().await.activities.len(), 30);
}

#[tokio::test]
async fn a_batch_that_cannot_be_read_fails_as_a_whole() {
    let stack = Stack::start().await;
    let (log, _guard) = CapturedLog::start();
    let cases = [
        json!({ "Records": "private-summary" }),
        json!({ "Records": [{ "messageId": "m0" }] }),
        json!({ "Records": [{ "body": log_event("private-summary").to_string() }] }),
        json!({ "Records": [{ "eventSource": "aws:s3", "s3": { "object": "private-name" } }] }),
        json!({ "Records": null }),
    ];
    let count = cases.len();
    for payload in cases {
        let (code, message) = refused(invoke(&stack.ctx, &payload).await);
        assert_eq!(code, "malformed_request");
        assert_eq!(message, "The records are not messages of a queue.");
    }
    let lines = log.lines_with("event refused");
    assert_eq!(lines.len(), count);
    assert!(lines.iter().all(|line| line.contains("event:sqs") && line.contains(AWS_REQUEST_ID)));
    assert!(lines.iter().all(|line| PRIVATE.iter().all(|text| !line.contains(text))));
    assert!(failures(&stack.ctx, &json!({ "Records": [] })).await.is_empty());
}

#[tokio::test]
async fn a_payload_that_is_no_event_is_refused() {
    let stack = Stack::start().await;
    for (payload, code) in [
        ("null", "validation_failed"),
        ("[[]]", "validation_failed"),
        ("{}", "validation_failed"),
        (r#"{"type":"activity.log","type":"activity.log"}"#, "malformed_request"),
    ] {
        let answer = fn_ingest::handle(&stack.ctx, invocation(payload)).await;
        assert_eq!(answer.expect_err("it is refused").code, code, "{payload}");
    }
    let long = with(log_event("w"), "/activity/body", json!("x".repeat(MIB)));
    let (code, message) = refused(invoke(&stack.ctx, &long).await);
    assert_eq!(
        (code, message.as_str()),
        ("payload_too_large", "The request body is larger than 1 MiB.")
    );
}
