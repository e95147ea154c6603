//! The compactor may end at any of its calls, be at work several times at once, and be
//! down for days: searches and lists of the trail find what there is, once. What is
//! damaged is told, and hides nothing else.

use activity_log_core::index::compact::{Limits, Ran};
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::Answer;
use activity_log_tests::client::v1::{ACTIVITIES, AUDIT_EVENTS, V1, next_cursor};
use activity_log_tests::client::with_query;
use activity_log_tests::compaction::{claiming, small};
use activity_log_tests::faulty_engine::{Fault, FaultKind, Gate, When};
use activity_log_tests::raw_table::{Item, RawTable, with};
use activity_log_tests::rig::{COMMON_WORD, Rig, TENANT, distinct_ids, input};
use activity_log_tests::stack::Stack;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};

/// What all audit events have.
const LOGGED: (&str, &str) = ("action", "activity.logged");

/// All pages of a listing, none of which is refused.
async fn listed(v1: &V1, path: &str, parameters: &[(&str, &str)]) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut cursor = None;
    loop {
        let mut parameters = parameters.to_vec();
        parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = v1.get(&with_query(path, &parameters)).await.expect(200);
        let body = page.json();
        let list = body.get("activities").or_else(|| body.get("audit_events"));
        rows.extend(list.and_then(Value::as_array).expect("a page has rows").iter().cloned());
        cursor = next_cursor(&page);
        if cursor.is_none() {
            rows.retain(|row| row["action"] != "audit_event.read");
            return rows;
        }
    }
}

/// Asserts that the index has what the lists of all have, each record once, and how many
/// there are.
async fn expect_whole(v1: &V1, count: usize) {
    let all = distinct_ids(&listed(v1, ACTIVITIES, &[("limit", "100")]).await);
    assert_eq!(all.len(), count);
    for parameters in [
        &[("query", COMMON_WORD), ("limit", "100")][..],
        &[("query", "led* -absent"), ("limit", "7")],
        &[("type", "note"), ("source", "api"), ("limit", "100")],
    ] {
        let found = distinct_ids(&listed(v1, ACTIVITIES, parameters).await);
        assert_eq!(found, all, "{parameters:?}");
    }
    let events = listed(v1, AUDIT_EVENTS, &[("limit", "100")]).await;
    assert_eq!(events.len(), count);
    for limit in ["100", "7"] {
        let filters = [LOGGED, ("status", "succeeded"), ("limit", limit)];
        assert_eq!(listed(v1, AUDIT_EVENTS, &filters).await, events);
    }
}

/// Logs some through the sound stack.
async fn log(rig: &Rig, numbers: std::ops::Range<usize>) {
    for number in numbers {
        drop(rig.direct_v1.log(&input(&format!("n{number}"))).await.expect(201));
    }
}

async fn keys_with(stack: &Stack, text: &str) -> Vec<(String, String)> {
    let keys = stack.keys_in_table().await.into_iter();
    keys.filter(|(pk, _)| pk.contains(text)).collect()
}

async fn settle(stack: &Stack) -> Ran {
    stack.settle(TENANT).await.expect("the index is settled")
}

/// What happens at a call of a run.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The call fails for good, and is not done.
    Refused,
    /// The call is done, its answer is lost, and the client makes it again.
    Lost,
    /// The process ends before it is made.
    Killed,
}

/// Lets the failing stack compact, and the n-th of its calls end so; whether there were so
/// many.
async fn run_until(rig: &Rig, nth: usize, end: End, limits: &Limits) -> bool {
    let gate = Gate::closed();
    let kind = match end {
        End::Refused => FaultKind::StorageUnavailable,
        End::Lost => FaultKind::LoseAnswer,
        End::Killed => FaultKind::Hold(gate.clone()),
    };
    let injected = rig.proxy.inject(Fault::on_any(When::Nth(nth), kind));
    tokio::select! {
        ran = rig.faulty.compact(TENANT, limits) => match end {
            // The end of the hint that a run is at work is of no weight.
            End::Refused => assert!(ran.is_err() || injected.fired() == 0 || is_last(rig)),
            End::Lost | End::Killed => drop(ran.expect("nothing failed that counts")),
        },
        () = gate.arrived(1) => {}
    }
    rig.proxy.settled().await;
    rig.proxy.clear();
    rig.proxy.reset_calls();
    injected.fired() > 0
}

/// Whether the last call was the one that says that the run is over.
fn is_last(rig: &Rig) -> bool {
    let calls = rig.proxy.calls();
    calls.last().is_some_and(|call| call.request.to_string().contains("BUSY"))
}

#[tokio::test]
async fn a_run_that_ends_at_any_of_its_calls_leaves_nothing_missed_or_doubled() {
    for (end, limits) in [
        (End::Refused, small()),
        (End::Lost, claiming()),
        (End::Killed, small()),
        (End::Killed, claiming()),
    ] {
        let rig = Rig::start().await;
        let mut logged = 0;
        let mut calls = 0;
        loop {
            log(&rig, logged..logged + 1).await;
            logged += 1;
            if !run_until(&rig, calls + 1, end, &limits).await {
                break;
            }
            calls += 1;
            // One of them has the manifest of the run before in memory.
            let v1 = if calls % 2 == 0 { &rig.direct_v1 } else { &rig.faulty_v1 };
            for (path, filter) in [(ACTIVITIES, ("query", COMMON_WORD)), (AUDIT_EVENTS, LOGGED)] {
                let found = listed(v1, path, &[filter, ("limit", "100")]).await;
                assert_eq!(distinct_ids(&found).len(), logged, "{end:?} at call {calls}");
            }
            rig.proxy.reset_calls();
        }
        assert!(calls >= 10, "{end:?}: a run makes more than {calls} calls");
        // A later one finishes what was begun.
        assert_eq!(settle(&rig.direct).await.tail_bytes_left, 0);
        assert_eq!(keys_with(&rig.direct, "#TAIL").await, []);
        expect_whole(&rig.direct_v1, logged).await;
        expect_whole(&rig.faulty_v1, logged).await;
        let after = settle(&rig.direct).await;
        assert_eq!(after, Ran::default(), "there is nothing left to do");
    }
}

#[tokio::test]
async fn runs_side_by_side_miss_and_double_nothing_for_those_who_search_meanwhile() {
    const RUNS: usize = 4;
    let rig = Rig::start().await;
    let third = Stack::start_beside(&rig.direct).await;
    let mut logged = 0;
    for limits in [small(), claiming(), small(), claiming()] {
        log(&rig, logged..logged + 8).await;
        logged += 8;
        let stacks = [&rig.direct, &rig.faulty, &third, &rig.direct];
        let runs = join_all(stacks[..RUNS].iter().map(|stack| stack.compact(TENANT, &limits)));
        let searches =
            join_all([expect_whole(&rig.direct_v1, logged), expect_whole(&rig.faulty_v1, logged)]);
        let (runs, _) = join(runs, searches).await;
        for ran in runs {
            let ran = ran.expect("others are no failure");
            assert_eq!(ran.segments_set_aside, 0);
        }
    }
    settle(&rig.direct).await;
    assert_eq!(keys_with(&rig.direct, "#TAIL").await, []);
    expect_whole(&rig.faulty_v1, logged).await;
}

#[tokio::test]
async fn a_run_leaves_a_tenant_to_the_one_that_is_at_work() {
    let rig = Rig::start().await;
    log(&rig, 0..9).await;
    let gate = Gate::closed();
    let writes = Fault::on("BatchWriteItem", When::First(1), FaultKind::Hold(gate.clone()));
    rig.proxy.inject(writes);
    let limits = Limits::default();
    let busy = rig.faulty.compact(TENANT, &limits);
    let other = async {
        gate.arrived(1).await;
        let ran = rig.direct.compact(TENANT, &limits).await.expect("it ends");
        gate.open();
        ran
    };
    let (busy, other) = join(busy, other).await;
    assert_eq!(busy.expect("it is at work").entries_flushed, 9);
    assert_eq!(other, Ran { ended_for_another: true, ..Ran::default() });
    let after = rig.direct.compact(TENANT, &limits).await.expect("it ends");
    assert_eq!(after, Ran::default(), "nobody is at work any more, and nothing is left to do");
}

/// Two segments of activities, of which the second has the newer ones. Returns a time
/// between them.
async fn two_segments(rig: &Rig) -> String {
    let limits = Limits { fan: 4, ..small() };
    for (n, day) in ["2026-03-01", "2026-03-02"].into_iter().enumerate() {
        for number in 0..3 {
            let mut input = input(&format!("n{n}{number}"));
            input["occurred_at"] = json!(format!("{day}T10:00:00Z"));
            drop(rig.direct_v1.log(&input).await.expect(201));
        }
        rig.direct.compact(TENANT, &limits).await.expect("the index is compacted");
    }
    assert_eq!(keys_with(&rig.direct, "#TAIL").await, []);
    "2026-03-02T00:00:00Z".to_owned()
}

fn expect_unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503);
    assert_eq!(answer.error_code(), "unavailable");
}

#[tokio::test]
async fn an_absent_part_fails_what_needs_it_and_is_told() {
    const CAUSE: &str = "a part of a segment is absent";
    let rig = Rig::start().await;
    let bound = two_segments(&rig).await;
    let table = RawTable::of(&rig.direct).await;
    // The first bucket of the older segment of activities.
    let mut buckets = keys_with(&rig.direct, "#SEG#").await;
    buckets.sort();
    let items = table.items().await;
    let oldest = buckets
        .iter()
        .filter(|(pk, _)| pk.ends_with("#b0"))
        .find(|key| {
            let bytes = items[*key]["b"].as_b().expect("a part has bytes").as_ref();
            bytes.windows(3).any(|word| word == b"n00")
        })
        .expect("a bucket has the words of the older activities");
    table.delete(&items[oldest]).await;

    let cold = Stack::start_beside(&rig.direct).await;
    let v1 = cold.v1(&rig.key);
    let (log, _guard) = CapturedLog::start();
    let answer = v1.search(&[("query", COMMON_WORD)]).await;
    expect_unavailable(&answer);
    let lines = log.lines_with(CAUSE);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains(answer.header("x-request-id")), "{lines:#?}");
    // What does not need it is found as before.
    let newer = [("query", COMMON_WORD), ("occurred_after", bound.as_str())];
    assert_eq!(listed(&v1, ACTIVITIES, &newer).await.len(), 3);
    assert_eq!(listed(&v1, ACTIVITIES, &[]).await.len(), 6);
    assert_eq!(listed(&v1, AUDIT_EVENTS, &[("status", "succeeded")]).await.len(), 6);

    // A merge of it is not done, and each run counts it.
    let ran = cold.compact(TENANT, &small()).await.expect("the others go on");
    assert_eq!(ran.segments_set_aside, 1);
    assert_eq!(cold.settle(TENANT).await.expect("the others go on").segments_set_aside, 1);
    expect_unavailable(&v1.search(&[("query", COMMON_WORD)]).await);
    assert_eq!(listed(&v1, ACTIVITIES, &newer).await.len(), 3);

    // Put back, it is searched again.
    table.put(items[oldest].clone()).await;
    expect_whole(&v1, 6).await;
}

#[tokio::test]
async fn a_damaged_part_fails_what_needs_it_and_is_told() {
    let rig = Rig::start().await;
    let bound = two_segments(&rig).await;
    let table = RawTable::of(&rig.direct).await;
    let items = table.items().await;
    let parts = items.iter().filter(|((pk, _), _)| pk.contains("#SEG#"));
    for (_, item) in parts {
        table.put(with(item, "b", AttributeValue::B(Blob::new([0xff; 9])))).await;
    }
    let cold = Stack::start_beside(&rig.direct).await;
    let v1 = cold.v1(&rig.key);
    for parameters in
        [&[("query", COMMON_WORD)][..], &[("type", "note"), ("occurred_after", bound.as_str())]]
    {
        expect_unavailable(&v1.search(parameters).await);
    }
    expect_unavailable(&v1.audit_events(&[("status", "succeeded")]).await);
    assert_eq!(listed(&v1, ACTIVITIES, &[]).await.len(), 6);
    let ran = cold.compact(TENANT, &small()).await.expect("a damaged segment is set aside");
    assert!(ran.segments_set_aside > 0);
}

#[tokio::test]
async fn an_unreadable_entry_of_the_tail_hides_no_other() {
    let rig = Rig::start().await;
    log(&rig, 0..9).await;
    let table = RawTable::of(&rig.direct).await;
    let items = table.items().await;
    let tail: Vec<&Item> =
        items.iter().filter(|((pk, _), _)| pk.contains("#TAIL")).map(|(_, item)| item).collect();
    assert_eq!(tail.len(), 9);
    table.put(with(tail[2], "b", AttributeValue::B(Blob::new([0xff; 9])))).await;
    let text = |name: &str| tail[5][name].as_s().expect("a key is text").clone();
    table.corrupt(&text("pk"), &text("sk")).await;

    let (captured, _guard) = CapturedLog::start();
    for _ in 0..2 {
        let found = listed(&rig.faulty_v1, ACTIVITIES, &[("query", COMMON_WORD)]).await;
        assert_eq!(found.len(), 7);
        let events = listed(&rig.faulty_v1, AUDIT_EVENTS, &[("status", "succeeded")]).await;
        assert_eq!(events.len(), 7);
        assert_eq!(listed(&rig.faulty_v1, ACTIVITIES, &[]).await.len(), 9);
        // The others are flushed, and those two stay and are counted.
        let ran = settle(&rig.direct).await;
        assert_eq!(ran.unreadable_entries, 2);
    }
    assert!(!captured.lines_with("an entry of the tail is left out").is_empty());
    assert_eq!(keys_with(&rig.direct, "#TAIL").await.len(), 2);
    // Repaired, they are found and flushed.
    for item in tail {
        table.put(item.clone()).await;
    }
    expect_whole(&rig.direct_v1, 9).await;
    assert_eq!(settle(&rig.direct).await.unreadable_entries, 0);
    expect_whole(&rig.faulty_v1, 9).await;
}

/// There are more of them than one call asks for.
#[tokio::test]
async fn items_of_the_tail_whose_keys_are_none_of_entries_stop_no_run() {
    let rig = Rig::start().await;
    log(&rig, 0..9).await;
    let table = RawTable::of(&rig.direct).await;
    let items = table.items().await;
    let entry = items.iter().find(|((pk, _), _)| pk.contains("#TAIL")).expect("nine are there").1;
    for number in 0..70 {
        table.put(with(entry, "sk", AttributeValue::S(format!("!{number:02}")))).await;
    }
    let (captured, _guard) = CapturedLog::start();
    let limits = Limits { max_tail_bytes: 600, ..Limits::default() };
    let ran = rig.direct.compact(TENANT, &limits).await.expect("it goes on behind them");
    assert_eq!((ran.entries_flushed, ran.unreadable_entries), (9, 70));
    assert!(!captured.lines_with("an item of the tail is left out").is_empty());
    assert_eq!(keys_with(&rig.direct, "#TAIL").await.len(), 70);
}

#[tokio::test]
async fn a_process_with_an_old_manifest_in_memory_finds_everything() {
    let rig = Rig::start().await;
    two_segments(&rig).await;
    // It reads the manifest, and no part: nothing is of this time.
    let none = [("query", COMMON_WORD), ("occurred_before", "2026-01-01T00:00:00Z")];
    assert_eq!(listed(&rig.faulty_v1, ACTIVITIES, &none).await, [] as [Value; 0]);

    // All that this manifest names is merged away and deleted.
    let named = keys_with(&rig.direct, "#SEG#").await;
    rig.direct.compact(TENANT, &small()).await.expect("the segments are merged");
    settle(&rig.direct).await;
    let left = keys_with(&rig.direct, "#SEG#").await;
    assert!(left.iter().all(|key| !named.contains(key)), "{named:?} {left:?}");

    expect_whole(&rig.faulty_v1, 6).await;
    // And what is logged and flushed since, which its manifest knows nothing of.
    log(&rig, 0..5).await;
    settle(&rig.direct).await;
    expect_whole(&rig.faulty_v1, 11).await;
}

#[tokio::test]
async fn marked_writes_ask_for_runs() {
    const MOST: usize = 500;
    let rig = Rig::start().await;
    let mut runs = rig.direct.ctx.store.runs_asked_for().expect("nobody does them yet");
    assert!(rig.direct.ctx.store.runs_asked_for().is_none(), "one part of a process does them");
    // Entries of two kilobytes: every eighth asks.
    let words: Vec<String> = (0..300).map(|n| format!("{:x}", n * 104_729 + 7_919)).collect();
    let mut logged = 0;
    while runs.is_empty() {
        let mut input = input(&format!("n{logged}"));
        input["body"] = json!(words.join(" "));
        drop(rig.direct_v1.log(&input).await.expect(201));
        logged += 1;
        assert!(logged < MOST, "none of so many asks");
    }
    assert_eq!(runs.recv().await.expect("it asks").as_str(), TENANT);
    let items = RawTable::of(&rig.direct).await.items().await;
    let marked = items.values().filter(|item| item.contains_key("m")).count();
    assert_eq!(marked, 1, "what asks is what the stream tells of");
}
