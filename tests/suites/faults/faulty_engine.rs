//! What callers are promised while the engine throttles, conflicts, answers in
//! parts or loses its answers.
//!
//! Each fault is tried alone in every call of a request, then all of them mixed
//! by a seed. Dropping a rig's proxy asserts that every read asked for
//! consistency.

use std::sync::Arc;
use std::time::Duration;

use activity_log_tests::client::Answer;
use activity_log_tests::client::v1::is_refused_for_now;
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::faulty_engine::{Fault, FaultKind, When};
use activity_log_tests::rig::{Rig, TENANT, distinct_ids, input, long_keyed_input};
use activity_log_tests::stack::Stack;
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};

/// Every fault that one call can meet, but for those that only tests hold.
fn every_kind() -> Vec<FaultKind> {
    vec![
        FaultKind::LoseAnswer,
        FaultKind::DropRequest,
        FaultKind::DelayMs(30),
        FaultKind::Throttle,
        FaultKind::ServerError,
        FaultKind::UnprocessedItems { keep: 0 },
        FaultKind::UnprocessedItems { keep: 1 },
        FaultKind::UnprocessedItems { keep: 3 },
        FaultKind::UnprocessedKeys { keep: 0 },
        FaultKind::UnprocessedKeys { keep: 1 },
        FaultKind::TransactionConflict,
        FaultKind::TransactionThrottled,
        FaultKind::TransactionInProgress,
        FaultKind::ForgetToken,
        FaultKind::ShortPage { limit: 1 },
        FaultKind::ShortPage { limit: 3 },
    ]
}

/// The operations of requests that a fault can happen to.
fn operations_of(kind: &FaultKind) -> &'static [&'static str] {
    match kind {
        FaultKind::UnprocessedItems { .. } => &["BatchWriteItem"],
        FaultKind::UnprocessedKeys { .. } => &["BatchGetItem"],
        FaultKind::TransactionConflict => &["TransactWriteItems", "PutItem"],
        FaultKind::TransactionThrottled
        | FaultKind::TransactionInProgress
        | FaultKind::ForgetToken => &["TransactWriteItems"],
        FaultKind::ShortPage { .. } => &["Query"],
        _ => {
            &["GetItem", "PutItem", "Query", "BatchGetItem", "BatchWriteItem", "TransactWriteItems"]
        }
    }
}

/// Has a request meet each fault in each of its calls, each fault on a rig of
/// its own, side by side. Tells how often a fault was felt.
async fn each_fault_in_each_call<F>(request: impl Fn(Arc<Rig>, String) -> F) -> usize
where
    F: Future<Output = ()>,
{
    let felt = join_all(every_kind().into_iter().map(|kind| {
        let request = &request;
        async move {
            let rig = Arc::new(Rig::start().await);
            request(rig.clone(), "sound".to_owned()).await;
            let mut felt = 0;
            let calls = rig.proxy.calls();
            for operation in operations_of(&kind) {
                let count = calls.iter().filter(|call| call.operation == *operation).count();
                for n in 1..=count {
                    let fault = Fault::on(operation, When::Nth(n), kind.clone());
                    let injected = rig.proxy.inject(fault);
                    request(rig.clone(), format!("{operation}{n}")).await;
                    felt += injected.fired();
                    rig.proxy.clear();
                }
            }
            rig.trail().await;
            felt
        }
    }))
    .await;
    felt.into_iter().sum()
}

#[tokio::test]
async fn a_fault_in_any_call_of_a_log_leaves_one_activity_with_one_audit_event() {
    let felt = each_fault_in_each_call(|rig, word| async move {
        let input = long_keyed_input(&word);
        let logged = rig.faulty_v1.log(&input).await.expect(201);
        assert_eq!(logged.header("idempotency-replayed"), "", "{word}: it was the first");
        let (activity, event) = rig.only(&word).await;
        assert_eq!(activity, logged.json()["activity"]);
        assert_eq!(event["request_id"], logged.json()["request_id"]);
    })
    .await;
    // Two reads, three batches and a transaction, with five kinds or more each.
    assert!(felt > 30, "{felt} faults were felt");
}

#[tokio::test]
async fn a_fault_in_any_call_of_a_refusal_leaves_one_audit_event() {
    let felt = each_fault_in_each_call(|rig, word| async move {
        let mut input = long_keyed_input(&word);
        input["related_resource_id"] = json!("nobody");
        let refused = rig.faulty_v1.log(&input).await.expect(404);
        let request_id = [("request_id", refused.header("x-request-id"))];
        let events = rig.direct_v1.every_audit_event(&request_id).await;
        assert_eq!(events.len(), 1, "{word}: {events:?}");
        assert_eq!(events[0]["status"], "rejected");
    })
    .await;
    assert!(felt > 15, "{felt} faults were felt");
}

#[tokio::test]
async fn a_fault_in_any_call_of_a_replay_writes_nothing_and_answers_the_same() {
    let felt = each_fault_in_each_call(|rig, _| async move {
        // Logged past the proxy, by the sound stack.
        let input = long_keyed_input("once");
        let first = rig.direct_v1.log(&input).await.expect(201).json();
        let before = rig.direct.keys_in_table().await;
        let replayed = rig.faulty_v1.log(&input).await.expect(201);
        assert_eq!(replayed.header("idempotency-replayed"), "true");
        assert_eq!(replayed.json()["activity"], first["activity"]);
        assert_eq!(rig.direct.keys_in_table().await, before);
    })
    .await;
    assert!(felt > 10, "{felt} faults were felt");
}

/// Thirty-six activities of all kinds, three of a time, and some that were given up.
async fn populate(rig: &Rig) {
    let inputs: Vec<Value> = (0..36)
        .map(|n| {
            let mut input = if n % 4 == 0 {
                long_keyed_input(&format!("n{n}"))
            } else {
                input(&format!("n{n}"))
            };
            input["type"] = json!(if n % 3 == 0 { "email" } else { "call" });
            input["occurred_at"] = json!(format!("2026-03-01T09:{:02}:00Z", n / 3));
            input
        })
        .collect();
    let logged = inputs.iter().map(|input| rig.direct_v1.log(input));
    for answer in stream::iter(logged).buffer_unordered(8).collect::<Vec<_>>().await {
        drop(answer.expect(201));
    }
    let drop_commit = Fault::on("TransactWriteItems", When::Always, FaultKind::DropRequest);
    rig.proxy.inject(drop_commit);
    for n in 0..3 {
        let mut input = input(&format!("given up {n}"));
        input["occurred_at"] = json!(format!("2026-03-01T09:{:02}:00Z", n * 5));
        drop(rig.faulty_v1.log(&input).await.expect(503));
    }
    rig.proxy.clear();
    rig.proxy.reset_calls();
}

/// A path, its parameters, and how many rows it has at least.
type Listing = (&'static str, &'static [(&'static str, &'static str)], usize);

#[tokio::test]
async fn no_fault_skips_or_repeats_a_row_in_paging() {
    let commit = Duration::from_millis(300);
    let rig = Rig::start_with(|config| config.write_timeouts.commit = commit).await;
    populate(&rig).await;
    let listings: [Listing; 4] = [
        ("/v1/activities", &[("limit", "5")], 36),
        ("/v1/activities", &[("limit", "4"), ("query", "ledger"), ("type", "email")], 12),
        ("/v1/activities", &[("limit", "4"), ("query", "\"detail1 detail2\" detail9")], 9),
        // Without the event that tells of these reads.
        ("/v1/audit-events", &[("limit", "5"), ("action", "activity.logged")], 36),
    ];
    let sound = join_all(listings.map(|(path, parameters, count)| {
        let rig = &rig;
        async move {
            let rows = rig.faulty_v1.every_row(path, parameters).await;
            assert!(rows.len() >= count, "{path} {parameters:?} finds {}", rows.len());
            distinct_ids(&rows);
            rows
        }
    }))
    .await;
    let mut felt = 0;
    for kind in every_kind() {
        let injected = rig.proxy.inject(Fault::on_any(When::Every(3), kind.clone()));
        let faulty = join_all(
            listings.map(|(path, parameters, _)| rig.faulty_v1.every_row(path, parameters)),
        )
        .await;
        assert_eq!(faulty, sound, "with {kind:?}");
        felt += injected.fired();
        rig.proxy.clear();
    }
    assert!(felt > 60, "{felt} faults were felt");
    rig.trail().await;
}

#[tokio::test]
async fn paging_while_others_write_skips_and_repeats_nothing_under_any_fault() {
    let rig = Rig::start().await;
    populate_plainly(&rig, 40).await;
    let there = distinct_ids(&rig.direct_v1.every_activity(&[]).await);
    for (n, kind) in every_kind().into_iter().enumerate() {
        let when = When::Seeded { seed: n as u64, probability_percent: 8 };
        rig.proxy.inject(Fault::on_any(when, kind));
    }
    let writer = async {
        for n in 0..30 {
            let mut input = input(&format!("later {n}"));
            // Among those that are there.
            input["occurred_at"] = json!(format!("2026-03-01T09:{n:02}:30Z"));
            drop(rig.direct_v1.log(&input).await.expect(201));
        }
    };
    let reader = rig.faulty_v1.every_activity(&[("limit", "3")]);
    let ((), rows) = tokio::join!(writer, reader);
    assert!(distinct_ids(&rows).is_superset(&there), "what was there is not skipped");
}

async fn populate_plainly(rig: &Rig, count: usize) {
    for n in 0..count {
        let mut input = input(&format!("n{n}"));
        input["occurred_at"] = json!(format!("2026-03-01T09:{n:02}:00Z"));
        drop(rig.direct_v1.log(&input).await.expect(201));
    }
}

#[tokio::test]
async fn whatever_goes_wrong_an_acknowledged_activity_is_there_once_and_a_retry_makes_it_one() {
    join_all((1..=3).map(one_mixture)).await;
}

/// Forty writes among searches, eight at a time, with every fault in some of a
/// hundred calls.
async fn one_mixture(seed: u64) {
    let rig = Rig::start().await;
    for (n, kind) in every_kind().into_iter().enumerate() {
        let when = When::Seeded { seed: seed * 100 + n as u64, probability_percent: 9 };
        rig.proxy.inject(Fault::on_any(when, kind));
    }
    let operations = (0..40).map(|n| {
        let rig = &rig;
        async move {
            let word = format!("w{n}");
            let input = match n % 3 {
                0 => long_keyed_input(&word),
                1 => {
                    let mut input = input(&word);
                    input["idempotency_key"] = json!(word);
                    input
                }
                _ => input(&word),
            };
            let answer = rig.faulty_v1.log(&input).await;
            if n % 5 == 0 {
                let page = rig.faulty_v1.search(&[("limit", "100")]).await;
                assert_answered(&page, 200);
                if page.status == 200 {
                    let rows = page.json()["activities"].as_array().cloned().expect("rows");
                    distinct_ids(&rows);
                }
            }
            (word, input, answer)
        }
    });
    let answers: Vec<(String, Value, Answer)> =
        stream::iter(operations).buffer_unordered(8).collect().await;
    rig.proxy.clear();

    let trail = rig.trail().await;
    for (word, input, answer) in &answers {
        assert_answered(answer, 201);
        let found = trail.with_word(word);
        if answer.status == 201 {
            assert_eq!(found.len(), 1, "{word} was acknowledged");
            assert_eq!(*found[0], answer.json()["activity"]);
        } else {
            assert!(found.len() <= 1, "{word} is doubled");
        }
        if input.get("idempotency_key").is_some() {
            let retried = rig.log_until_acknowledged(input).await;
            let replayed = retried.header("idempotency-replayed") == "true";
            assert_eq!(replayed, !found.is_empty(), "{word}: a retry replays what is there");
        }
    }
    let trail = rig.trail().await;
    for (word, input, _) in answers {
        if input.get("idempotency_key").is_some() {
            assert_eq!(trail.with_word(&word).len(), 1, "{word} after its retry");
        }
    }
}

/// A success, or a refusal for the time being.
#[track_caller]
fn assert_answered(answer: &Answer, success: u16) {
    if !is_refused_for_now(answer) {
        drop(answer.clone().expect(success));
    }
}

/// The whole body of an error for the time being, which says nothing of why.
#[track_caller]
fn assert_refused_for_now(answer: &Answer, status: u16) {
    let (code, message) = match status {
        429 => ("rate_limited", "Too many requests. Retry later."),
        _ => ("unavailable", "The service is unavailable. Retry later."),
    };
    let body = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status.as_u16(), status, "{body}");
    let expected = json!({ "error": {
        "code": code,
        "message": message,
        "request_id": answer.header("x-request-id"),
        "retry_after_seconds": 1,
    } });
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn an_engine_that_stays_at_fault_is_429_or_503_with_a_constant_body() {
    let log = |rig: Arc<Rig>| async move { rig.faulty_v1.log(&long_keyed_input("w")).await };
    let search = |rig: Arc<Rig>| async move { rig.faulty_v1.search(&[("query", "ledger")]).await };
    let read = |rig: Arc<Rig>| async move {
        let id = "0199e0a0-0000-7000-8000-000000000000";
        rig.faulty_v1.read(id).await
    };
    type Asked = futures_util::future::BoxFuture<'static, Answer>;
    let log = |rig| -> Asked { Box::pin(log(rig)) };
    let search = |rig| -> Asked { Box::pin(search(rig)) };
    let read = |rig| -> Asked { Box::pin(read(rig)) };
    type Request<'a> = &'a (dyn Fn(Arc<Rig>) -> Asked + Sync);
    let cases: [(Request<'_>, &str, FaultKind, u16); 16] = [
        (&log, "GetItem", FaultKind::Throttle, 429),
        (&log, "GetItem", FaultKind::ServerError, 503),
        (&log, "GetItem", FaultKind::DropRequest, 503),
        (&log, "TransactWriteItems", FaultKind::Throttle, 429),
        (&log, "TransactWriteItems", FaultKind::TransactionThrottled, 429),
        (&log, "TransactWriteItems", FaultKind::TransactionConflict, 503),
        (&log, "TransactWriteItems", FaultKind::TransactionInProgress, 503),
        (&log, "TransactWriteItems", FaultKind::ServerError, 503),
        (&log, "TransactWriteItems", FaultKind::DropRequest, 503),
        (&log, "TransactWriteItems", FaultKind::LoseAnswer, 503),
        (&search, "Query", FaultKind::Throttle, 429),
        (&search, "Query", FaultKind::ServerError, 503),
        (&search, "BatchGetItem", FaultKind::Throttle, 429),
        (&search, "BatchGetItem", FaultKind::UnprocessedKeys { keep: 0 }, 503),
        (&read, "GetItem", FaultKind::Throttle, 429),
        (&read, "GetItem", FaultKind::LoseAnswer, 503),
    ];
    join_all(cases.into_iter().map(|(request, operation, kind, status)| async move {
        let rig = Arc::new(Rig::start().await);
        drop(rig.direct_v1.log(&input("before")).await.expect(201));
        let lost = matches!(kind, FaultKind::LoseAnswer) && operation == "TransactWriteItems";
        let injected = rig.proxy.inject(Fault::on(operation, When::Always, kind.clone()));
        let answer = request(rig.clone()).await;
        assert_refused_for_now(&answer, status);
        assert!(injected.fired() > 1, "{operation} was tried {} times", injected.fired());
        // The answers of a commit may have been lost, and not the commit.
        assert_eq!(rig.trail().await.with_word("w").len(), usize::from(lost));

        rig.proxy.clear();
        let input = long_keyed_input("w");
        let retried = rig.log_until_acknowledged(&input).await;
        assert_eq!(retried.header("idempotency-replayed") == "true", lost);
        rig.only("w").await;
    }))
    .await;
}

/// What can't be done before somebody makes room is not tried again while the
/// caller waits.
#[tokio::test]
async fn an_engine_that_can_not_use_its_storage_is_503_at_the_first_call() {
    let cases = [
        ("GetItem", "a log"),
        ("BatchWriteItem", "a log"),
        ("TransactWriteItems", "a log"),
        ("Query", "a search"),
        ("BatchGetItem", "a search"),
        ("PutItem", "a refusal"),
    ];
    join_all(cases.into_iter().map(|(operation, request)| async move {
        let rig = Rig::start().await;
        drop(rig.direct_v1.log(&input("before")).await.expect(201));
        let full = Fault::on(operation, When::Always, FaultKind::StorageUnavailable);
        let injected = rig.proxy.inject(full);
        let answer = match request {
            "a log" => rig.faulty_v1.log(&long_keyed_input("w")).await,
            "a search" => rig.faulty_v1.search(&[("query", "ledger")]).await,
            _ => rig.faulty_v1.log(&json!({})).await,
        };
        if request == "a refusal" {
            drop(answer.expect(422));
        } else {
            assert_refused_for_now(&answer, 503);
        }
        // Those that are under way side by side are given up with the first one.
        let calls = 1..=calls_at_once(operation);
        assert!(calls.contains(&injected.fired()), "{operation}: {} calls", injected.fired());
        assert_eq!(rig.trail().await.with_word("w").len(), 0);
    }))
    .await;
}

/// The calls of an operation in a request whose calls are all refused.
fn calls_at_once(operation: &str) -> usize {
    match operation {
        // The idempotency record and the related resource.
        "GetItem" => 2,
        // Three batches, and what would undo them.
        "BatchWriteItem" => 6,
        _ => 1,
    }
}

#[tokio::test]
async fn an_engine_that_is_gone_is_503_with_a_constant_body() {
    let engine = Engine::fresh().await;
    let stack = Stack::start_on(&engine.endpoint, &unique_name("gone"), |config| {
        config.write_timeouts.staging = Duration::from_secs(1);
    })
    .await;
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    drop(v1.log(&input("before")).await.expect(201));
    drop(engine);
    let unknown_key = format!("alk_{TENANT}.0.secret");
    for answer in [
        v1.log(&input("after")).await,
        v1.search(&[]).await,
        v1.audit_events(&[]).await,
        stack.v1(&unknown_key).search(&[]).await,
    ] {
        assert_refused_for_now(&answer, 503);
    }
}

#[tokio::test]
async fn a_lost_answer_after_a_commit_is_the_same_commit() {
    // Once: the SDK tries again. Five times: it gives up, and the commit goes on.
    let cases = [1, 5].into_iter().flat_map(|losses| {
        [false, true]
            .into_iter()
            .flat_map(move |forgotten| [false, true].map(move |keyed| (losses, forgotten, keyed)))
    });
    join_all(cases.map(|(losses, forgotten, keyed)| async move {
        let case = format!("{losses} losses, forgotten {forgotten}, keyed {keyed}");
        let rig = Rig::start().await;
        let lost = rig.proxy.inject(Fault::on(
            "TransactWriteItems",
            When::First(losses),
            FaultKind::LoseAnswer,
        ));
        let forgets = forgotten.then(|| {
            let always = Fault::on("TransactWriteItems", When::Always, FaultKind::ForgetToken);
            rig.proxy.inject(always)
        });
        let input = if keyed { long_keyed_input("w") } else { input("w") };
        let logged = rig.faulty_v1.log(&input).await.expect(201);
        assert_eq!(lost.fired(), losses, "{case}");
        assert!(forgets.is_none_or(|forgets| forgets.fired() == 1), "{case}");
        assert_eq!(logged.header("idempotency-replayed"), "", "{case}: it was this request");

        let (activity, event) = rig.only("w").await;
        assert_eq!(activity, logged.json()["activity"], "{case}");
        assert_eq!(event["request_id"], logged.json()["request_id"], "{case}");
        rig.trail().await;
    }))
    .await;
}

#[tokio::test]
async fn the_parameters_of_a_commit_are_frozen_for_all_its_attempts() {
    let rig = Rig::start().await;
    rig.proxy.inject(Fault::on(
        "TransactWriteItems",
        When::First(2),
        FaultKind::TransactionConflict,
    ));
    rig.proxy.inject(Fault::on("TransactWriteItems", When::First(2), FaultKind::ServerError));
    drop(rig.faulty_v1.log(&long_keyed_input("w")).await.expect(201));
    let calls = rig.proxy.calls();
    let commits: Vec<_> =
        calls.iter().filter(|call| call.operation == "TransactWriteItems").collect();
    assert_eq!(commits.len(), 5);
    assert!(commits[0].request["ClientRequestToken"].is_string());
    assert!(commits.iter().all(|commit| commit.request == commits[0].request));
}
