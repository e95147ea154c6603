//! The layout of the table: a build does nothing with a table of another one, at any
//! door, and never finds it empty.

use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::layout::{Intent, settle};
use activity_log_core::store::{LAYOUT, OtherLayout, Store};
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::v1::note;
use activity_log_tests::client::{ABSENT_ID, Answer};
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, When};
use activity_log_tests::lambda::invocation;
use activity_log_tests::raw_table::{RawTable, text};
use activity_log_tests::stack::Stack;
use serde_json::json;

const TENANT: &str = "acme";

/// One request to each function that reads a table.
async fn requests(stack: &Stack, key: &str) -> Vec<(&'static str, Answer)> {
    let v1 = stack.v1(key);
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    vec![
        ("log", v1.log(&note("it is not logged")).await),
        ("search", v1.search(&[]).await),
        ("get-logged", v1.read(ABSENT_ID).await),
        ("audit", v1.audit_events(&[]).await),
        ("keys", v1.get("/v1/keys").await),
        ("mcp", stack.mcp(key).post().json(&list).send().await),
    ]
}

#[tokio::test]
async fn a_table_of_another_layout_is_unavailable_through_every_function_until_it_is_mended() {
    let stack = Stack::start().await;
    let key = stack.issue_key(TENANT, "service:crm", Scope::ALL).await;
    let table = RawTable::of(&stack).await;
    let before = table.items().await;
    for (version, sentence) in [
        (Some(1), "the table has layout 1"),
        (Some(3), "the table has layout 3"),
        (None, "no layout"),
    ] {
        table.say_layout(version).await;
        let cold = Stack::start_cold(&stack).await;
        // It is wrong each time, and so it is told each time.
        for _ in 0..2 {
            let (log, guard) = CapturedLog::start();
            let answers = requests(&cold, &key).await;
            drop(guard);
            for (function, answer) in answers {
                assert_eq!(answer.status, 503, "{function}");
                let body = String::from_utf8_lossy(&answer.body);
                assert!(body.contains("The service is unavailable. Retry later."), "{body}");
                assert!(!body.contains("layout"), "{body}");
                let told: Vec<_> = log.fields_with(answer.header("x-request-id"));
                let told = told.iter().filter(|line| line["message"] == "request failed");
                let told: Vec<String> = told.map(|line| line["error"].to_string()).collect();
                assert_eq!(told.len(), 1, "{function}: {told:?}");
                assert!(told[0].contains(sentence) && told[0].contains("this build"), "{told:?}");
            }
        }
        assert_eq!(table.items().await, before, "nothing is written");

        table.say_layout(Some(LAYOUT)).await;
        drop(cold.v1(&key).search(&[]).await.expect(200));
        // What was right once is not looked for again.
        table.say_layout(Some(3)).await;
        let other = stack.issue_key(TENANT, "service:other", &[Scope::ActivityRead]).await;
        drop(cold.v1(&other).search(&[]).await.expect(200));
        table.say_layout(Some(LAYOUT)).await;
        let key_id = other.split('.').nth(1).expect("a key names its credential");
        let mut written = table.items_since(&before).await;
        written.retain(|(pk, sk), _| !pk.contains("#USED#") && sk != key_id);
        assert!(written.is_empty(), "{written:?}");
        for (pk, sk) in table.items_since(&before).await.into_keys() {
            table
                .delete(&[("pk".to_owned(), text(&pk)), ("sk".to_owned(), text(&sk))].into())
                .await;
        }
    }
}

#[tokio::test]
async fn who_is_unknown_where_nothing_is_begun_is_told_that() {
    let stack = Stack::start().await;
    let key = stack.issue_key(TENANT, "service:crm", Scope::ALL).await;
    let table = RawTable::of(&stack).await;
    for item in table.items().await.into_values() {
        table.delete(&item).await;
    }
    table.say_layout(None).await;
    let cold = Stack::start_cold(&stack).await;
    drop(cold.v1(&key).search(&[]).await.expect(401));
    // Where keys of another layout may be elsewhere, nobody is told that theirs is none.
    table.say_layout(Some(3)).await;
    drop(cold.v1(&key).search(&[]).await.expect(503));
}

#[tokio::test]
async fn an_event_for_a_table_of_another_layout_is_delivered_again() {
    let stack = Stack::start().await;
    let table = RawTable::of(&stack).await;
    let event = json!({
        "id": "e1", "type": "activity.log", "tenant_id": TENANT,
        "actor": {"type": "service", "id": "crm"}, "activity": note("an event"),
    });
    let event = event.to_string();
    for version in [None, Some(3)] {
        table.say_layout(version).await;
        let cold = Stack::start_cold(&stack).await;
        let (log, guard) = CapturedLog::start();
        let failed = fn_ingest::handle(&cold.ctx, invocation(&event)).await;
        drop(guard);
        assert_eq!(failed.expect_err("it is not done").code, "unavailable");
        assert_eq!(log.lines_with("this build reads and writes layout").len(), 1);
        let batch = json!({"Records": [{"messageId": "m", "body": event}]}).to_string();
        let failed = fn_ingest::handle(&cold.ctx, invocation(&batch)).await;
        let failed = serde_json::to_value(failed.expect("it is a batch")).expect("it is JSON");
        assert_eq!(failed["batchItemFailures"][0]["itemIdentifier"], "m");
        assert!(table.items().await.is_empty(), "nothing is written");
        table.say_layout(Some(LAYOUT)).await;
    }
    let cold = Stack::start_cold(&stack).await;
    let done = fn_ingest::handle(&cold.ctx, invocation(&event)).await;
    done.expect("it is done once the table is right");
}

#[tokio::test]
async fn a_run_of_the_compactor_leaves_a_table_of_another_layout_alone() {
    let stack = Stack::start().await;
    let key = stack.issue_key(TENANT, "service:crm", Scope::ALL).await;
    for _ in 0..10 {
        drop(stack.v1(&key).log(&note("it waits in the tail")).await.expect(201));
    }
    let table = RawTable::of(&stack).await;
    let before = table.items().await;
    let event = json!({"tenant_id": TENANT}).to_string();
    for version in [Some(1), Some(3), None] {
        table.say_layout(version).await;
        let cold = Stack::start_cold(&stack).await;
        let (log, guard) = CapturedLog::start();
        let failed = fn_index::handle(&cold.ctx, invocation(&event)).await;
        drop(guard);
        assert_eq!(failed.expect_err("it is not done").code, "unavailable");
        assert_eq!(log.lines_with("this build reads and writes layout").len(), 1);
        assert_eq!(table.items().await, before, "nothing is written");
    }
    table.say_layout(Some(LAYOUT)).await;
    let cold = Stack::start_cold(&stack).await;
    let done = fn_index::handle(&cold.ctx, invocation(&event)).await;
    done.expect("it is done once the table is right");
    assert_ne!(table.items().await, before, "and there was something to do");
}

#[tokio::test]
async fn the_look_is_one_read_of_the_first_request_and_takes_no_round_trip() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.issue_key(TENANT, "user:jo", Scope::ALL).await;
    let cold = Stack::start_cold(&stack).await;
    drop(stack.v1(&key).read(ABSENT_ID).await.expect(404));
    let looks = |engine: &FaultyEngine| {
        let calls = engine.calls();
        calls.iter().filter(|call| call.request["Key"]["pk"]["S"] == "LAYOUT").count()
    };
    for (n, expected) in [1, 0, 0].into_iter().enumerate() {
        engine.reset_calls();
        drop(cold.v1(&key).read(ABSENT_ID).await.expect(404));
        assert_eq!(looks(&engine), expected, "request {n}");
        cold.clock.advance(Duration::from_secs(61));
    }

    let trips = async |stack: &Stack| {
        engine.inject(Fault::on_any(When::Always, FaultKind::DelayMs(50)));
        engine.reset_calls();
        stack.ctx.store.warm_up().await.expect("the table answers");
        let trips = engine.sequential_round_trips();
        engine.clear();
        trips
    };
    let cold = Stack::start_cold(&stack).await;
    assert_eq!((trips(&cold).await, trips(&cold).await), (1, 1));
}

#[tokio::test]
async fn an_empty_table_is_begun_by_who_writes_and_one_with_items_never_is() {
    let stack = Stack::start().await;
    let table = RawTable::of(&stack).await;
    let fresh = || Store::new(connect_local(&stack.endpoint), stack.ctx.store.table_name());
    assert_eq!(fresh().layout().await.expect("it can be read"), Some(LAYOUT), "a new table");

    table.say_layout(None).await;
    settle(&fresh(), Intent::Read).await.expect("there is nothing to read");
    assert_eq!(fresh().layout().await.expect("it can be read"), None);
    let stores = [fresh(), fresh()];
    let both = tokio::join!(settle(&stores[0], Intent::Write), settle(&stores[1], Intent::Write));
    both.0.expect("one begins it");
    both.1.expect("the other finds it begun");
    assert_eq!(fresh().layout().await.expect("it can be read"), Some(LAYOUT));

    let key = stack.issue_key(TENANT, "service:crm", Scope::ALL).await;
    drop(stack.v1(&key).log(&note("of an older build")).await.expect(201));
    for (says, found) in [(None, 1), (Some(1), 1), (Some(3), 3)] {
        table.say_layout(says).await;
        let before = table.items().await;
        for intent in [Intent::Read, Intent::Write] {
            let error = settle(&fresh(), intent).await.expect_err("it has another layout");
            let cause = std::error::Error::source(&error).expect("it has a cause");
            let other = cause.downcast_ref::<OtherLayout>().expect("it is the layout");
            assert_eq!(other.found, Some(found));
        }
        assert_eq!(fresh().layout().await.expect("it can be read"), says);
        assert_eq!(table.items().await, before);
    }
}
