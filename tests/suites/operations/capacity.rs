//! What single requests cost in DynamoDB's units. What the index costs while a history
//! grows is in `cost_of_logs.rs`, `cost_of_any_text.rs` and `cost_of_searches.rs`.
//!
//! Always on the embedded engine: DynamoDB Local's units of transactions are
//! wrong.

use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_tests::client::ABSENT_ID;
use activity_log_tests::client::v1::V1;
use activity_log_tests::engine::Engine;
use activity_log_tests::history::Vocabulary;
use activity_log_tests::measured::{MeasuredStack, TENANT};
use activity_log_tests::raw_table::{Item, Items, size_bytes};
use serde_json::{Value, json};

/// The place of an event in the list of all, and what it is found by.
const AUDIT_ITEMS: usize = 2;

fn write_units(item: &Item) -> usize {
    size_bytes(item).div_ceil(1024)
}

/// Logs an input, and asserts that it cost the units of what was staged, twice the units of
/// what the transaction writes, nothing else, and two calls beside those that look something
/// up.
async fn assert_cost_of_log(measured: &MeasuredStack, input: &Value) -> Items {
    let table = measured.table();
    let before = table.items().await;
    let logged = measured.measure(measured.v1.log(input)).await;
    let logged_units = logged.write_units;
    let writes = logged.calls.iter().filter(|call| call.operation.contains("Write"));
    let writes: Vec<&str> = writes.map(|call| call.operation.as_str()).collect();
    assert_eq!(writes, ["BatchWriteItem", "TransactWriteItems"]);
    drop(logged.answer.expect(201));
    let written = table.items_since(&before).await;

    let mut expected = 0;
    for ((pk, _), item) in &written {
        expected += match pk.split('#').nth(2).expect("a key names its kind") {
            "IX" | "AX" => 1,
            "TAIL" | "BODY" => write_units(item),
            "ACT" | "AUD" | "IDEM" => 2 * write_units(item),
            other => panic!("a log writes {other}"),
        };
    }
    assert_eq!(logged_units, expected as f64);
    let reads = ["idempotency_key", "related_resource_id"];
    let reads = reads.iter().filter(|name| input.get(**name).is_some()).count();
    // And the name of the caller, whether it has one or not.
    assert_eq!(logged.read_units, (reads + 1) as f64);
    written
}

#[tokio::test]
async fn a_log_of_any_length_costs_one_batch_and_one_transaction() {
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    measured.stack.put_resource(TENANT, "contact", "con_123", Some("Jane Doe")).await;
    let mut vocabulary = Vocabulary::new(7);
    let summary = vocabulary.text(60);
    // The units of head and audit event, which are in a transaction, and of the body's item.
    for (chars, in_transaction, of_body) in [
        (0, 4, None),
        (100, 4, None),
        (1_000, 4, None),
        (3_000, 6, None),
        (10_000, 4, Some(5)),
        (65_536, 4, Some(27)),
    ] {
        let mut input = json!({ "type": "note", "summary": summary });
        if chars > 0 {
            input["body"] = json!(vocabulary.text(chars));
        }
        let written = assert_cost_of_log(&measured, &input).await;
        let kinds = |kind| written.keys().filter(|(pk, _)| pk.contains(kind)).count();
        assert_eq!((kinds("#ACT#"), kinds("#AUD#"), kinds("#IDEM#")), (1, 1, 0));
        let units = |kind: &str| {
            let item = written.iter().find(|((pk, _), _)| pk.contains(kind));
            item.map(|(_, item)| write_units(item))
        };
        let twice = ["#ACT#", "#AUD#"].map(|kind| 2 * units(kind).expect("it is written"));
        let of_kinds = (twice.iter().sum::<usize>(), units("#BODY#"));
        assert_eq!(of_kinds, (in_transaction, of_body), "{chars} characters");
    }
    let everything = json!({
        "type": "email",
        "summary": "Jane asked for pricing details: 与客户讨论价格",
        "body": vocabulary.text(5_000),
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
        "idempotency_key": "key",
    });
    assert_cost_of_log(&measured, &everything).await;
}

/// A caller who may only read activities, whose key has been used in this hour, at the
/// beginning of a minute. The process has just read the credential, and so knows it for that
/// minute.
async fn known_reader(measured: &MeasuredStack) -> V1 {
    let key = measured.stack.issue_key(TENANT, "user:jo", &[Scope::ActivityRead]).await;
    let reader = measured.stack.v1(&key);
    measured.stack.clock.advance_to_a_minute();
    drop(reader.read(ABSENT_ID).await.expect(404));
    reader
}

#[tokio::test]
async fn being_refused_costs_ten_events_a_minute_and_then_a_unit_each() {
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    let reader = known_reader(&measured).await;
    let input = json!({ "type": "note", "summary": "refused" });
    for n in 1..=30 {
        let refused = measured.measure(reader.log(&input)).await;
        drop(refused.answer.expect(403));
        // It is counted; its event, the place of that in the list of all, and what it is
        // found by. The first one looks for what is to be closed.
        let (reads, writes) = match n {
            1 => (1.0, 4.0),
            2..=10 => (0.0, 4.0),
            _ => (0.0, 1.0),
        };
        assert_eq!((refused.read_units, refused.write_units), (reads, writes), "the {n}th");
        assert!(n <= 10 || refused.calls.len() == 1);
    }
    // A read is refused at the same price, and one that finds nothing costs no write.
    let auditor = measured.stack.issue_key(TENANT, "user:au", &[Scope::AuditRead]).await;
    let auditor = measured.stack.v1(&auditor);
    drop(auditor.audit_events(&[]).await.expect(200));
    for (n, writes) in [(1, 4.0), (2, 4.0)] {
        let refused = measured.measure(auditor.search(&[])).await;
        assert_eq!(refused.write_units, writes, "the {n}th");
        drop(refused.answer.expect(403));
    }
    let absent = measured.measure(reader.read(ABSENT_ID)).await;
    assert_eq!(absent.write_units, 0.0);
    drop(absent.answer.expect(404));

    // The next call closes: it looks, deletes, and tells the number of those that have no
    // event, with what it is found by and in one transaction. Those of the auditor all have
    // one.
    measured.stack.clock.advance(Duration::from_secs(91));
    let closing = measured.measure(reader.read(ABSENT_ID)).await;
    let (delete_with_event, delete_alone) = (2 * (1 + 1 + AUDIT_ITEMS), 1);
    assert_eq!(closing.write_units, (delete_with_event + delete_alone) as f64);
    // The tallies, and the credential, which was remembered for a minute.
    assert_eq!(closing.read_units - absent.read_units, 2.0);
    let after = measured.measure(reader.read(ABSENT_ID)).await;
    assert_eq!((after.read_units, after.write_units), (absent.read_units, 0.0));
}

#[tokio::test]
async fn a_read_of_the_trail_is_one_event_an_hour_and_then_writes_nothing() {
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    measured.stack.clock.advance_to_an_hour();
    for _ in 0..3 {
        let input = json!({ "type": "note", "summary": "a summary" });
        drop(measured.v1.log(&input).await.expect(201));
    }
    let logged = [("action", "activity.logged")];
    for (n, writes) in [(1, 2 * (1 + AUDIT_ITEMS)), (2, 0), (3, 0)] {
        let page = measured.measure(measured.v1.audit_events(&logged)).await;
        // The tallies, the tail, the manifest beside it and behind it, three events, and
        // whether anybody has a name.
        assert_eq!((page.read_units, page.write_units), (8.0, writes as f64), "the {n}th");
        drop(page.answer.expect(200));
    }
}

#[tokio::test]
async fn the_first_use_of_a_key_in_an_hour_costs_a_unit() {
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    measured.stack.clock.advance_to_an_hour();
    let read = || measured.measure(measured.v1.read(ABSENT_ID));
    // The process has known the credential for longer than a minute, and reads it again.
    let (first, second) = (read().await, read().await);
    assert_eq!((first.write_units, second.write_units), (1.0, 0.0));
    assert_eq!(first.read_units - second.read_units, 1.0);
}

#[tokio::test]
async fn a_replay_writes_nothing() {
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    let input = json!({ "type": "note", "summary": "once", "idempotency_key": "key" });
    drop(measured.v1.log(&input).await.expect(201));
    let replay = measured.measure(measured.v1.log(&input)).await;
    assert_eq!(replay.answer.header("idempotency-replayed"), "true");
    // The key, the activity, and the name of the caller.
    assert_eq!((replay.write_units, replay.read_units), (0.0, 3.0));
}

#[tokio::test]
async fn a_get_costs_two_read_units_and_those_of_a_long_body() {
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    // The head, and whether the tenant names anybody; and the body where it is an item of
    // its own, deflated.
    for (body_chars, expected) in [(0, 2), (1_000, 2), (3_000, 2), (10_000, 4), (65_536, 9)] {
        let body = Vocabulary::new(7).text(body_chars);
        let input = json!({ "type": "note", "summary": "a summary", "body": body });
        let logged = measured.v1.log(&input).await.expect(201);
        let path = logged.header("location").to_owned();
        let read = measured.measure(measured.v1.get(&path)).await;
        assert_eq!(read.answer.json()["activity"]["body"], body);
        assert_eq!(read.read_units, f64::from(expected), "{body_chars} characters");
        assert_eq!(read.write_units, 0.0);
    }
}

#[tokio::test]
async fn names_cost_a_read_unit_an_actor_where_a_tenant_names_anybody() {
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    let input = json!({ "type": "note", "summary": "a summary" });
    let user = |user: &str| {
        let call = measured.v1.call(http::Method::POST, "/v1/activities");
        call.header("x-user-id", user).json(&input)
    };
    for n in 0..6 {
        // The user, and the service that acts for it.
        let logged = measured.measure(user(&format!("user {}", n % 3)).send()).await;
        assert_eq!(logged.read_units, 2.0);
        drop(logged.answer.expect(201));
    }
    let mut units = Vec::new();
    for _ in 0..2 {
        let page = measured.search(&[]).await;
        assert_eq!(page.answer.json()["activities"].as_array().map(Vec::len), Some(6));
        units.push(page.read_units);
        measured.stack.name_actor(TENANT, "user:user 1", "Jane Doe").await;
    }
    // The list, six heads, and whether anybody has a name; and then three users and a
    // service, each once.
    assert_eq!(units, [8.0, 12.0]);
}
