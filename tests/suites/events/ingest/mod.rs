//! Events in: from a queue, a bus or an invocation, each done once however
//! often it is delivered, and none acknowledged that was not done.

mod failures;

use std::collections::BTreeSet;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::principal::{Actor, TenantId};
use activity_log_core::domain::record_type::{ApiNamed, RecordType};
use activity_log_core::domain::registry::{Presence, ResourceRecord};
use activity_log_core::lambda::InvocationError;
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::v1::{id_of, rows};
use activity_log_tests::lambda::{AWS_REQUEST_ID, batch_failures, invocation, sample};
use activity_log_tests::rig::{COMMON_WORD, Rig, TENANT};
use activity_log_tests::stack::Stack;
use serde_json::{Value, json};

async fn invoke(ctx: &Context, payload: &Value) -> Result<Value, InvocationError> {
    let answer = fn_ingest::handle(ctx, invocation(&payload.to_string())).await?;
    Ok(serde_json::to_value(answer).expect("an answer has a JSON form"))
}

/// The code and the message of an invocation that fails.
#[track_caller]
fn refused(answer: Result<Value, InvocationError>) -> (&'static str, String) {
    let error = answer.expect_err("it is refused");
    (error.code, error.message)
}

/// A batch of messages `m0`, `m1` and so on.
fn batch<T: ToString>(bodies: &[T]) -> Value {
    let message = |(n, body): (usize, &T)| json!({ "messageId": format!("m{n}"), "body": body.to_string(), "eventSource": "aws:sqs" });
    json!({ "Records": bodies.iter().enumerate().map(message).collect::<Vec<_>>() })
}

/// The messages that are to be delivered again.
async fn failures(ctx: &Context, batch: &Value) -> Vec<String> {
    let answer = invoke(ctx, batch).await.expect("the batch can be read");
    let ids = batch_failures(&answer);
    let distinct: BTreeSet<String> = ids.iter().cloned().collect();
    assert_eq!(distinct.len(), ids.len(), "a message is named once");
    distinct.into_iter().collect()
}

/// An event of an activity that is found by a word of its own.
fn log_event(word: &str) -> Value {
    json!({
        "id": format!("event of {word}"),
        "type": "activity.log",
        "tenant_id": TENANT,
        "actor": { "type": "service", "id": "billing" },
        "activity": { "type": "note", "summary": format!("{COMMON_WORD} {word}") },
    })
}

fn resource_event(event_type: &str, kind: &str, id: &str, changed_at: &str) -> Value {
    json!({
        "type": event_type,
        "tenant_id": TENANT,
        "resource": { "type": kind, "id": id, "display_name": format!("{id} at {changed_at}") },
        "changed_at": changed_at,
    })
}

fn envelope(id: &str, detail_type: &str, detail: &Value) -> Value {
    json!({
        "version": "0",
        "id": id,
        "detail-type": detail_type,
        "source": "billing",
        "account": "123456789012",
        "time": "2026-03-01T09:30:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    })
}

/// An event with a property changed, or without it where it is null.
fn with(mut event: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer has a slash");
    let object = event.pointer_mut(parent).and_then(Value::as_object_mut);
    let object = object.expect("the parent is an object");
    if value.is_null() {
        object.remove(name);
    } else {
        object.insert(name.to_owned(), value);
    }
    event
}

async fn registered(ctx: &Context, kind: &str, id: &str) -> Option<ResourceRecord> {
    let resource = RelatedResource {
        resource_type: RecordType::parse(kind).expect("the name is valid"),
        id: RelatedResourceId::parse(id).expect("the id is valid"),
    };
    let tenant = TenantId::parse(TENANT).expect("the id is valid");
    ctx.store.related_resource(&tenant, &resource).await.expect("the registry is read")
}

async fn demo_stack() -> (Stack, String) {
    let stack = Stack::start().await;
    let key = stack.service_key("demo").await;
    for (kind, id) in [("contact", "con_123"), ("company", "com_123"), ("deal", "deal_123")] {
        stack.put_resource("demo", kind, id, None).await;
    }
    (stack, key)
}

/// What SNS puts around a message for a queue that has not asked for it alone.
fn notification(message: &str) -> Value {
    json!({
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:crm",
        "Subject": "An event",
        "Message": message,
        "Timestamp": "2026-03-01T09:30:00.000Z",
        "SignatureVersion": "1",
        "Signature": "c2lnbmF0dXJl",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/cert.pem",
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
        "MessageAttributes": { "kind": { "Type": "String", "Value": "crm" } },
    })
}

#[tokio::test]
async fn the_envelope_of_sns_is_taken_off() {
    let rig = Rig::start().await;
    let ctx = &rig.direct.ctx;
    let nameless = with(log_event("anonymous"), "/id", Value::Null).to_string();
    let bridged = envelope("eb-1", "activity.log", &with(log_event("bridged"), "/id", Value::Null));
    let bodies = [
        notification(&log_event("plain").to_string()),
        notification(&format!("\u{feff}{}", log_event("marked"))),
        notification(&bridged.to_string()),
        notification(&nameless),
        // The queue has it twice, under ids of its own.
        notification(&nameless),
    ];
    assert_eq!(failures(ctx, &batch(&bodies)).await, [""; 0]);
    for word in ["plain", "marked", "bridged", "anonymous"] {
        rig.only(word).await;
    }
    let trail = rig.direct_v1.every_audit_event(&[]).await;
    let mut routes: Vec<&str> =
        trail.iter().filter_map(|event| event["api_route"].as_str()).collect();
    routes.sort_unstable();
    assert_eq!(routes, ["event:eventbridge", "event:sqs", "event:sqs", "event:sqs"]);

    let event = log_event("plain").to_string();
    for (envelope, message) in [
        (
            with(notification(&event), "/Type", json!("UnsubscribeConfirmation")),
            "Type: must be Notification.",
        ),
        (with(notification(&event), "/Message", json!({})), "Message: must be a string."),
        (with(notification(&event), "/Message", Value::Null), "Message: must be a string."),
    ] {
        let (code, said) = refused(invoke(ctx, &envelope).await);
        assert_eq!(
            (code, said),
            ("validation_failed", format!("The request failed validation. {message}"))
        );
    }
    let (code, said) = refused(invoke(ctx, &notification("{\"id\":1,}")).await);
    let expected = "The input is not valid JSON: a trailing comma, at line 1, column 9.";
    assert_eq!((code, said.as_str()), ("malformed_request", expected));
}

#[tokio::test]
async fn a_byte_order_mark_in_front_of_an_event_is_skipped() {
    let rig = Rig::start().await;
    let marked = format!("\u{feff}{}", log_event("marked"));
    assert_eq!(failures(&rig.direct.ctx, &batch(&[marked])).await, [""; 0]);
    rig.only("marked").await;
}

#[tokio::test]
async fn the_sample_events_are_done_once() {
    let (stack, key) = demo_stack().await;
    let direct = invoke(&stack.ctx, &sample("ingest.json")).await.expect("it is logged");
    assert_eq!((&direct["id"], &direct["status"]), (&json!("sample-invoke"), &json!("logged")));
    let bridged = invoke(&stack.ctx, &sample("ingest-eventbridge.json")).await;
    let bridged = bridged.expect("it is logged");
    assert_eq!(bridged["id"], "6a7e8feb-b491-4cf7-a9f1-bf3703467718");
    assert!(failures(&stack.ctx, &sample("ingest-sqs.json")).await.is_empty());
    let named = invoke(&stack.ctx, &sample("ingest-actor.json")).await.expect("it is known");
    assert_eq!(named, json!({ "id": "sample-actor", "status": "applied" }));

    let events = stack.v1(&key).every_audit_event(&[]).await;
    let named = |event: &Value| {
        let text = |value: &Value| value.as_str().expect("it is text").to_owned();
        let actor = &event["actor"];
        [&event["api_route"], &actor["type"], &actor["id"], &event["source"], &event["status"]]
            .map(text)
    };
    let named: BTreeSet<_> = events.iter().map(named).collect();
    let expected = [
        ["event:invoke", "service", "billing", "api", "succeeded"],
        ["event:eventbridge", "agent", "dunning", "api", "succeeded"],
        ["event:sqs", "user", "jane", "api", "succeeded"],
        // What resources and an actor are called.
        ["event:invoke", "service", "event", "api", "succeeded"],
        ["event:eventbridge", "service", "event", "api", "succeeded"],
        ["event:sqs", "service", "event", "api", "succeeded"],
    ];
    assert_eq!(named, expected.map(|names| names.map(str::to_owned)).into());
    assert!(events.iter().all(|event| event["credential_id"] == "event"));

    let before = stack.keys_in_table().await;
    let again = invoke(&stack.ctx, &sample("ingest.json")).await.expect("it is replayed");
    let expected = json!({
        "id": "sample-invoke", "status": "replayed", "activity_id": direct["activity_id"],
    });
    assert_eq!(again, expected);
    let again = invoke(&stack.ctx, &sample("ingest-eventbridge.json")).await;
    let again = again.expect("it is replayed");
    assert_eq!(
        (&again["status"], &again["activity_id"]),
        (&json!("replayed"), &bridged["activity_id"])
    );
    assert!(failures(&stack.ctx, &sample("ingest-sqs.json")).await.is_empty());
    assert_eq!(stack.keys_in_table().await, before);
}

#[tokio::test]
async fn an_event_logs_what_the_same_input_logs_over_http() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    stack.put_resource(TENANT, "contact", "con_1", Some("Jane Doe")).await;
    let input = json!({
        "type": "email",
        "summary": "Jane asked for pricing details",
        "body": "She wants the numbers by Friday.",
        "related_resource_type": "contact",
        "related_resource_id": "con_1",
        "occurred_at": "2026-03-01T10:30:00+01:00",
    });
    let event = with(log_event("x"), "/activity", input.clone());
    let answer = invoke(&stack.ctx, &event).await.expect("it is logged");
    let id = answer["activity_id"].as_str().expect("it names the activity");
    assert_eq!(answer, json!({ "id": "event of x", "status": "logged", "activity_id": id }));

    let over_http = v1.log(&input).await.expect(201).json();
    let read = v1.read(id).await.expect(200).json();
    let without_own = |activity: &Value| {
        let activity = with(json!({ "a": activity }), "/a/id", Value::Null);
        let activity = with(activity, "/a/actor", Value::Null);
        with(activity, "/a/logged_at", Value::Null)
    };
    assert_eq!(read["activity"]["actor"], event["actor"]);
    assert_eq!(without_own(&read["activity"]), without_own(&over_http["activity"]));
    let hashes = v1.audit_events(&[]).await.expect(200);
    let hashes = rows(&hashes, "audit_events", "input_hash");
    assert_eq!(hashes[0], hashes[1], "the input is that of POST /v1/activities");

    // The id of an event is no key of a caller.
    let mut keyed = input.clone();
    keyed["idempotency_key"] = json!("event of x");
    let logged = v1.log(&keyed).await.expect(201);
    assert!(!logged.headers.contains_key("idempotency-replayed"));
    assert_ne!(id_of(&logged), id);
}

#[tokio::test]
async fn the_actor_is_the_one_that_the_event_names() {
    let rig = Rig::start().await;
    let event = with(log_event("w"), "/actor", json!({ "type": "agent", "id": "scout" }));
    invoke(&rig.direct.ctx, &event).await.expect("it is logged");
    let (activity, audited) = rig.only("w").await;
    assert_eq!(activity["last_agent_actor_id"], "scout");
    assert_eq!(activity["source"], "api");
    assert_eq!(audited["actor"], json!({ "type": "agent", "id": "scout" }));
    assert_eq!(audited["credential_id"], "event");
    assert_eq!(audited["api_route"], "event:invoke");
    assert_eq!(audited.get("tool_name"), None);
    assert!(audited["request_id"].as_str().is_some_and(|id| id.starts_with("req_")));
}

#[tokio::test]
async fn an_event_without_an_id_has_that_of_its_envelope_or_else_of_its_carrier() {
    let stack = Stack::start().await;
    let (log, _guard) = CapturedLog::start();
    let anonymous = with(log_event("w"), "/id", Value::Null);
    let id_of_event = async |payload: &Value| {
        let answer = invoke(&stack.ctx, payload).await.expect("it is logged or replayed");
        (answer["id"].clone(), answer["status"].clone())
    };
    assert_eq!(id_of_event(&anonymous).await, (json!(AWS_REQUEST_ID), json!("logged")));
    assert_eq!(id_of_event(&anonymous).await, (json!(AWS_REQUEST_ID), json!("replayed")));
    let enveloped = envelope("e-1", "activity.log", &anonymous);
    assert_eq!(id_of_event(&enveloped).await, (json!("e-1"), json!("logged")));
    let own = envelope("e-1", "activity.log", &with(anonymous.clone(), "/id", json!("own")));
    assert_eq!(id_of_event(&own).await, (json!("own"), json!("logged")));

    // In messages: the message's own, and that of the envelope in it, which a
    // queue may deliver twice under different names.
    let bodies = [anonymous.clone(), envelope("e-1", "activity.log", &anonymous)];
    assert!(failures(&stack.ctx, &batch(&bodies)).await.is_empty());
    let logged = log.fields_with("event ingested");
    let last = logged[logged.len() - 2..].iter();
    let mut last: Vec<_> = last
        .map(|line| (line["message_id"].clone(), line["event_id"].clone(), line["status"].clone()))
        .collect();
    last.sort_by_key(|(message_id, ..)| message_id.to_string());
    let expected = [("m0", "m0", "logged"), ("m1", "e-1", "replayed")];
    assert_eq!(last, expected.map(|(a, b, c)| (json!(a), json!(b), json!(c))));
}

#[tokio::test]
async fn the_key_of_the_activity_wins_over_the_id_of_the_event() {
    let rig = Rig::start().await;
    let first = with(log_event("w"), "/activity/idempotency_key", json!("k"));
    let other_event = with(first.clone(), "/id", json!("another"));
    let logged = invoke(&rig.direct.ctx, &first).await.expect("it is logged");
    let replayed = invoke(&rig.direct.ctx, &other_event).await.expect("it is replayed");
    assert_eq!(replayed["status"], "replayed");
    assert_eq!(replayed["activity_id"], logged["activity_id"]);
    // So its id is not a key.
    let by_id = with(log_event("v"), "/id", json!("another"));
    assert_eq!(invoke(&rig.direct.ctx, &by_id).await.expect("it is logged")["status"], "logged");
    rig.only("w").await;
    rig.only("v").await;
}

#[tokio::test]
async fn the_type_of_an_event_may_be_that_of_its_envelope_and_no_other() {
    let stack = Stack::start().await;
    let untyped = with(log_event("w"), "/type", Value::Null);
    let logged = invoke(&stack.ctx, &envelope("e", "activity.log", &untyped)).await;
    assert_eq!(logged.expect("it is logged")["status"], "logged");
    let both = invoke(&stack.ctx, &envelope("e", "activity.log", &log_event("v"))).await;
    assert_eq!(both.expect("it is logged")["status"], "logged");

    let failed = "The request failed validation.";
    let different = envelope("e", "resource.created", &log_event("u"));
    let (_, message) = refused(invoke(&stack.ctx, &different).await);
    assert_eq!(message, format!("{failed} type: must equal detail-type."));
    let words = "must be one of: activity.log resource.created resource.updated resource.deleted \
                 actor.updated actor.deleted";
    let unknown = envelope("e", "activity.logged", &untyped);
    let (_, message) = refused(invoke(&stack.ctx, &unknown).await);
    assert_eq!(message, format!("{failed} detail-type: {words}."));
    let (_, message) = refused(invoke(&stack.ctx, &untyped).await);
    assert_eq!(message, format!("{failed} type: is required."));
    let unknown = with(log_event("t"), "/type", json!("activity.logged"));
    let (_, message) = refused(invoke(&stack.ctx, &unknown).await);
    assert_eq!(message, format!("{failed} type: {words}."));
    let empty = envelope("", "activity.log", &json!("activity"));
    let (_, message) = refused(invoke(&stack.ctx, &empty).await);
    assert_eq!(
        message,
        format!("{failed} id: must have 1 to 255 bytes. detail: must be an object.")
    );
}

#[tokio::test]
async fn an_envelope_in_a_message_is_an_event_of_the_bus() {
    let rig = Rig::start().await;
    let body = envelope("e", "activity.log", &log_event("w"));
    assert!(failures(&rig.direct.ctx, &batch(&[body])).await.is_empty());
    assert_eq!(rig.only("w").await.1["api_route"], "event:eventbridge");
}

#[tokio::test]
async fn an_event_that_comes_twice_in_a_batch_and_again_is_logged_once() {
    let rig = Rig::start().await;
    let events: Vec<Value> =
        (0..10).map(|n| log_event(if n % 3 == 0 { "w" } else { "v" })).collect();
    for _ in 0..2 {
        assert!(failures(&rig.direct.ctx, &batch(&events)).await.is_empty());
        rig.only("w").await;
        rig.only("v").await;
        assert_eq!(rig.trail().await.events.len(), 2);
    }
}

#[tokio::test]
async fn an_id_with_another_input_fails_as_a_conflict_and_the_others_go_on() {
    let rig = Rig::start().await;
    invoke(&rig.direct.ctx, &log_event("w")).await.expect("it is logged");
    let conflicting = with(log_event("w"), "/activity/summary", json!("something else"));
    let events = [log_event("v"), conflicting.clone(), log_event("w"), log_event("u")];
    assert_eq!(failures(&rig.direct.ctx, &batch(&events)).await, ["m1"]);
    let trail = rig.trail().await;
    assert_eq!(trail.activities.len(), 3);
    assert_eq!(trail.events_with_status("rejected"), 1);

    let (code, message) = refused(invoke(&rig.direct.ctx, &conflicting).await);
    assert_eq!(code, "idempotency_conflict");
    assert_eq!(message, "The idempotency key was already used with a different input.");
}

/// Every order of some indices.
fn permutations(indices: &[usize]) -> Vec<Vec<usize>> {
    if indices.is_empty() {
        return vec![Vec::new()];
    }
    let mut orders = Vec::new();
    for (n, first) in indices.iter().enumerate() {
        let mut rest = indices.to_vec();
        rest.remove(n);
        orders
            .extend(permutations(&rest).into_iter().map(|order| [&[*first][..], &order].concat()));
    }
    orders
}

#[tokio::test]
async fn news_of_a_resource_in_any_order_end_in_the_same_registry() {
    let stack = Stack::start().await;
    let mut changes = 0;
    let news = |id: &str, last: &str| {
        [
            resource_event("resource.created", "property", id, "2026-03-01T09:00:00Z"),
            resource_event("resource.updated", "property", id, "2026-03-01T10:30:00+01:00"),
            resource_event("resource.deleted", "property", id, "2026-03-01T10:00:00Z"),
            resource_event(last, "property", id, "2026-03-01T11:00:00Z"),
        ]
    };
    for (last, presence) in
        [("resource.created", Presence::Present), ("resource.deleted", Presence::Deleted)]
    {
        let mut found = Vec::new();
        for (n, order) in permutations(&[0, 1, 2, 3]).iter().enumerate() {
            let id = format!("{last} {n}");
            let news = news(&id, last);
            let mut newest = None;
            for index in order {
                let answer = invoke(&stack.ctx, &news[*index]).await.expect("it is known");
                let applied = newest.is_none_or(|newest| *index > newest);
                newest = newest.max(Some(*index));
                changes += usize::from(applied);
                let status = if applied { "applied" } else { "outdated" };
                assert_eq!(answer["status"], status, "{order:?}");
                assert_eq!(answer.get("activity_id"), None);
            }
            let record = registered(&stack.ctx, "property", &id).await.expect("it is known");
            let name = format!("{id} at 2026-03-01T11:00:00Z");
            let name = (presence == Presence::Present).then_some(name);
            assert_eq!(record.display_name.as_ref().map(|name| name.as_str()), name.as_deref());
            found.push((record.presence, record.changed_at.to_string()));
        }
        assert_eq!(found.len(), 24);
        let expected = (presence, "2026-03-01T11:00:00.000Z".to_owned());
        assert!(found.iter().all(|found| *found == expected), "{found:?}");
    }
    // The same at once, where the engine decides the order.
    let news = news("at once", "resource.deleted");
    assert!(failures(&stack.ctx, &batch(&news)).await.is_empty());
    let record = registered(&stack.ctx, "property", "at once").await.expect("it is known");
    assert_eq!(record.presence, Presence::Deleted);

    let tenant = TenantId::parse(TENANT).expect("the id is valid");
    let property = RecordType::parse("property").expect("the name is valid").id(&tenant);
    let seen = stack.ctx.store.record_types(&tenant, &[property].into()).await;
    assert!(seen.expect("they are read").contains_key(&property), "its type is known");
    // Each change has an event, and what was outdated has none.
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    let events = v1.every_audit_event(&[("resource_type", "resource")]).await;
    let of_batch = |event: &&Value| event["resource_id"] == "property:at once";
    assert_eq!(events.len() - events.iter().filter(of_batch).count(), changes);
    let last = events.iter().rfind(|event| !of_batch(event)).expect("there are some");
    assert_eq!(last["resource_id"], "property:resource.created 0");
    assert_eq!(last["actor"], json!({ "type": "service", "id": "event" }));
}

#[tokio::test]
async fn news_of_the_same_moment_leave_the_first() {
    let stack = Stack::start().await;
    let at = "2026-03-01T09:00:00Z";
    let created = resource_event("resource.created", "contact", "con_1", at);
    let deleted = resource_event("resource.deleted", "contact", "con_1", at);
    for (event, status) in [(&created, "applied"), (&created, "outdated"), (&deleted, "outdated")] {
        assert_eq!(invoke(&stack.ctx, event).await.expect("it is done")["status"], status);
    }
    let record = registered(&stack.ctx, "contact", "con_1").await.expect("it is known");
    assert_eq!(record.presence, Presence::Present);
}

#[tokio::test]
async fn news_from_a_clock_that_is_wrong_by_days_are_refused() {
    let stack = Stack::start().await;
    let at = |ahead: u64| stack.clock.time().plus(Duration::from_secs(ahead)).to_string();
    let day = 24 * 60 * 60;
    let early = resource_event("resource.created", "contact", "con_1", &at(day + 60));
    let (code, message) = refused(invoke(&stack.ctx, &early).await);
    assert_eq!(code, "validation_failed");
    let rule = "changed_at: must be at most 24 hours from now.";
    assert_eq!(message, format!("The request failed validation. {rule}"));
    assert_eq!(registered(&stack.ctx, "contact", "con_1").await, None);
    let fast = resource_event("resource.created", "contact", "con_1", &at(day - 60));
    assert_eq!(invoke(&stack.ctx, &fast).await.expect("it is known")["status"], "applied");
}

#[tokio::test]
async fn an_activity_that_comes_before_its_resource_heals_by_itself() {
    let rig = Rig::start().await;
    let related = json!({
        "type": "note", "summary": format!("{COMMON_WORD} w"),
        "related_resource_type": "contact", "related_resource_id": "con_9",
    });
    let early = batch(&[with(log_event("w"), "/activity", related)]);
    assert_eq!(failures(&rig.direct.ctx, &early).await, ["m0"]);
    let news = resource_event("resource.created", "contact", "con_9", "2026-03-01T09:00:00Z");
    invoke(&rig.direct.ctx, &news).await.expect("it is known");
    assert!(failures(&rig.direct.ctx, &early).await.is_empty());
    rig.only("w").await;
    let gone = resource_event("resource.deleted", "contact", "con_9", "2026-03-01T10:00:00Z");
    invoke(&rig.direct.ctx, &gone).await.expect("it is known");
    assert!(failures(&rig.direct.ctx, &early).await.is_empty(), "a replay does not look again");
}

fn actor_event(event_type: &str, name: Option<&str>, changed_at: &str) -> Value {
    let mut event = json!({
        "type": event_type,
        "tenant_id": TENANT,
        "actor": { "type": "user", "id": "jane" },
        "changed_at": changed_at,
    });
    if let Some(name) = name {
        event["actor"]["display_name"] = json!(name);
    }
    event
}

/// The name that the registry has of the user.
async fn name_of_jane(ctx: &Context) -> Option<String> {
    let tenant = TenantId::parse(TENANT).expect("the id is valid");
    let jane = Actor::parse("user:jane").expect("the actor is valid");
    let names = ctx.store.actor_names(&tenant, [&jane].into()).await.expect("they are read");
    names.of(&jane).map(|name| name.as_str().to_owned())
}

#[tokio::test]
async fn news_of_an_actor_in_any_order_end_in_the_same_name() {
    let news = [
        actor_event("actor.updated", Some("Jane"), "2026-03-01T09:00:00Z"),
        actor_event("actor.updated", Some("Jane Roe"), "2026-03-01T10:30:00+01:00"),
        actor_event("actor.deleted", Some("Jane"), "2026-03-01T10:00:00Z"),
    ];
    let last = [
        (actor_event("actor.updated", Some("Jane Doe"), "2026-03-01T11:00:00Z"), Some("Jane Doe")),
        (actor_event("actor.updated", None, "2026-03-01T11:00:00Z"), None),
        (actor_event("actor.deleted", None, "2026-03-01T11:00:00Z"), None),
    ];
    for (last, name) in last {
        let news = [&news[..], &[last]].concat();
        for order in permutations(&[0, 1, 2, 3]) {
            let stack = Stack::start().await;
            let mut newest = None;
            for index in &order {
                let answer = invoke(&stack.ctx, &news[*index]).await.expect("it is known");
                let applied = newest.is_none_or(|newest| *index > newest);
                newest = newest.max(Some(*index));
                let status = if applied { "applied" } else { "outdated" };
                assert_eq!(answer["status"], status, "{order:?}");
            }
            assert_eq!(name_of_jane(&stack.ctx).await.as_deref(), name, "{order:?}");
        }
    }
    // Of the same moment the first stays.
    let stack = Stack::start().await;
    let at = "2026-03-01T09:00:00Z";
    for (name, status) in [("Jane", "applied"), ("Joan", "outdated")] {
        let event = envelope("e", "actor.updated", &actor_event("actor.updated", Some(name), at));
        assert_eq!(invoke(&stack.ctx, &event).await.expect("it is known")["status"], status);
    }
    assert_eq!(name_of_jane(&stack.ctx).await.as_deref(), Some("Jane"));
}

#[tokio::test]
async fn the_name_of_an_event_shows_in_what_the_actor_did_before() {
    let rig = Rig::start().await;
    let event = with(log_event("w"), "/actor", json!({ "type": "user", "id": "jane" }));
    invoke(&rig.direct.ctx, &event).await.expect("it is logged");
    assert_eq!(rig.only("w").await.0["actor"], json!({ "type": "user", "id": "jane" }));
    let news = actor_event("actor.updated", Some("Jane Doe"), "2026-03-01T09:00:00Z");
    assert!(failures(&rig.direct.ctx, &batch(&[news])).await.is_empty());
    let named = json!({ "type": "user", "id": "jane", "display_name": "Jane Doe" });
    let (activity, audited) = rig.only("w").await;
    assert_eq!((&activity["actor"], &audited["actor"]), (&named, &named));
}

#[tokio::test]
async fn news_of_an_actor_are_read_strictly() {
    let stack = Stack::start().await;
    let day = 24 * 60 * 60;
    let ahead = stack.clock.time().plus(Duration::from_secs(day + 60)).to_string();
    let right = actor_event("actor.updated", Some("Jane"), "2026-03-01T09:00:00Z");
    for (pointer, value, violation) in [
        ("/changed_at", json!(ahead), "changed_at: must be at most 24 hours from now."),
        ("/changed_at", Value::Null, "changed_at: is required."),
        ("/actor/display_name", json!(""), "actor.display_name: must have 1 to 200 characters."),
        (
            "/actor/display_name",
            json!("x".repeat(201)),
            "actor.display_name: must have 1 to 200 characters.",
        ),
        ("/actor/type", json!("robot"), "actor.type: must be one of: user agent service."),
        ("/actor/id", Value::Null, "actor.id: is required."),
        ("/actor/email", json!("j@x"), "actor.email: is not a known property."),
        ("/actor", Value::Null, "actor: is required."),
        ("/activity", json!({}), "activity: is not a known property."),
        ("/resource", json!({}), "resource: is not a known property."),
        ("/tenant_id", Value::Null, "tenant_id: is required."),
    ] {
        let (code, message) =
            refused(invoke(&stack.ctx, &with(right.clone(), pointer, value)).await);
        let expected = format!("The request failed validation. {violation}");
        assert_eq!((code, message), ("validation_failed", expected));
    }
    // And who logs has no name to give.
    let named = with(log_event("w"), "/actor/display_name", json!("Jane"));
    let (_, message) = refused(invoke(&stack.ctx, &named).await);
    let violation = "actor.display_name: is not a known property.";
    assert_eq!(message, format!("The request failed validation. {violation}"));
    assert_eq!(name_of_jane(&stack.ctx).await, None);
}
