//! A change of the text analyzer: what an older one filed is filed anew, and
//! nothing else is touched, whatever happens meanwhile.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use activity_log_core::app::compact_index::index_status;
use activity_log_core::domain::error::{Result, chain};
use activity_log_core::domain::principal::{Scope, TenantId};
use activity_log_core::store::operator::commits::COMMITS_WITHIN;
use activity_log_core::store::operator::old_words::{OldWords, remove_old_words};
use activity_log_core::store::operator::reindex::{self, Pace, Reindexed, Selection, Step};
use activity_log_core::text::ANALYZER_VERSION;
use activity_log_tests::client::v1::{id_of, note_with, rows};
use activity_log_tests::client::{Answer, logged_activity};
use activity_log_tests::faulty_engine::{Fault, FaultKind, Gate, TableCall, When};
use activity_log_tests::raw_table::{Items, RawTable, text, with};
use activity_log_tests::rig::{Rig, input, long_keyed_input};
use activity_log_tests::stack::Stack;
use activity_log_tests::workspace::{TENANT, Workspace, own_id};
use serde_json::{Value, json};

/// That of a run beside which no write is under way.
fn at_once() -> Pace {
    Pace { commits_within: Duration::ZERO, ..Pace::default() }
}

async fn reindex(stack: &Stack, selection: Selection) -> Reindexed {
    let run = reindex_at(stack, selection, at_once()).await;
    run.expect("the table is indexed")
}

async fn reindex_at(stack: &Stack, selection: Selection, pace: Pace) -> Result<Reindexed> {
    let env = stack.ctx.environment.as_ref();
    reindex::reindex(&stack.ctx.store, env, selection, pace, |_| {}).await
}

async fn remove_old(stack: &Stack) -> OldWords {
    let env = stack.ctx.environment.as_ref();
    let run = remove_old_words(&stack.ctx.store, env, Duration::ZERO, |_| {}).await;
    run.expect("the table is scanned")
}

/// How many segments have activities that a version of the analyzer filed.
async fn segments_of(stack: &Stack, version: u32) -> usize {
    let tenant = TenantId::parse(TENANT).expect("the tenant id is valid");
    let status = index_status(&stack.ctx, &tenant).await.expect("the index is there");
    let of_version = |tier: &&_| {
        let tier: &activity_log_core::index::status::TierStatus = tier;
        tier.collection == "activities" && tier.analyzer == version
    };
    status.tiers.iter().filter(of_version).map(|tier| tier.segments).sum()
}

fn writes(calls: &[TableCall]) -> usize {
    let reads = ["Scan", "Query", "GetItem", "BatchGetItem"];
    calls.iter().filter(|call| !reads.contains(&call.operation.as_str())).count()
}

fn count(items: &Items, is_one: impl Fn(&str, &str) -> bool) -> usize {
    items.keys().filter(|(pk, sk)| is_one(pk, sk)).count()
}

/// Everything but the index, which runs lay out as they come.
fn records(items: &Items) -> Items {
    let of_index = |pk: &str| ["#TAIL", "#SEGS", "#SEG#"].iter().any(|kind| pk.contains(kind));
    let records = items.iter().filter(|((pk, _), _)| !of_index(pk));
    records.map(|(key, item)| (key.clone(), item.clone())).collect()
}

/// Activities of every dialect, in the head alone and with an item of their own,
/// and the words that each can be found by.
async fn log_in_every_dialect(workspace: &Workspace) -> Vec<(&'static str, String)> {
    let Workspace { stack, key, api, v1 } = workspace;
    workspace
        .define_fields(
            "visit",
            json!([
                {"name": "roof", "display_name": "Roof", "field_type": "longtext"},
                {"name": "count", "display_name": "Count", "field_type": "integer"},
            ]),
        )
        .await;
    let long = "filler ".repeat(1_000);
    let mut found_by = Vec::new();

    let short = json!({"type": "note", "summary": "Zebra stripes", "body": "東京で会議"});
    let id = id_of(&v1.log(&short).await.expect(201));
    found_by.extend(["zebras", "会議"].map(|word| (word, id.clone())));
    let body = format!("{long} giraffes");
    let related = json!({"summary": "Quagga", "body": body, "idempotency_key": "k",
        "related_resource_type": "contact", "related_resource_id": "con_1"});
    let id = id_of(&v1.log(&note_with(related)).await.expect(201));
    found_by.extend(["quagga", "giraffe", "\"filler giraffes\""].map(|word| (word, id.clone())));

    let call = json!({"type": "call", "summary": "An okapi called"});
    let logged = stack.mcp(key).tool("log_activity", &call).await;
    let id = logged["activity"]["id"].as_str();
    found_by.push(("okapi", id.unwrap_or_else(|| panic!("an id in {logged}")).to_owned()));

    for (notes, roof, words) in [
        ("Tapir seen".to_owned(), "Capybara".to_owned(), ["tapirs", "capybaras"]),
        (format!("Ibex\n{long}"), format!("{long} markhor"), ["ibexes", "markhor"]),
    ] {
        let input = json!({
            "related_objects": [{"custom_object": "contact", "entity_id": "con_1"},
                {"custom_object": "property", "entity_id": "pro_1"}],
            "notes": notes,
            "fields": [{"id": own_id("visit/roof"), "value": roof},
                {"id": own_id("visit/count"), "value": 7}],
        });
        let answer = api.log("visit", &input).await.expect(201);
        let id = logged_activity::id_of(&answer);
        found_by.extend(words.map(|word| (word, id.clone())));
    }
    drop(v1.log(&json!({"type": "unknown"})).await.expect(422));
    found_by
}

/// Which activities a word finds.
async fn found(workspace: &Workspace, word: &str) -> Vec<String> {
    let page = workspace.v1.search(&[("query", word)]).await.expect(200);
    rows(&page, "activities", "id")
}

#[tokio::test]
async fn activities_of_an_older_analyzer_are_found_by_every_word_after_a_reindex() {
    let rig = Rig::start().await;
    let workspace = Workspace::on(rig.direct).await;
    let found_by = log_in_every_dialect(&workspace).await;
    let table = RawTable::of(&workspace.stack).await;
    assert_eq!(table.file_under_version(0).await, 5);
    let older = table.items().await;
    for (word, _) in &found_by {
        assert_eq!(found(&workspace, word).await, [""; 0], "{word} before");
    }
    // By what is no word they are found all the time.
    let by_type = workspace.v1.search(&[("type", "note")]).await.expect(200);
    assert_eq!(rows(&by_type, "activities", "id").len(), 4);

    let done = reindex(&rig.faulty, Selection::Outdated).await;
    assert_eq!((done.activities, done.audit_events, done.failed), (5, 0, 0));
    for (word, id) in &found_by {
        assert_eq!(found(&workspace, word).await, [id.as_str()], "{word} after");
    }
    // What the older functions read is all there still.
    let both = table.items().await;
    assert!(older.iter().all(|(key, item)| both[key] == *item));

    rig.proxy.reset_calls();
    let again = reindex(&rig.faulty, Selection::Outdated).await;
    assert_eq!((again.activities, again.failed), (0, 0));
    assert_eq!(writes(&rig.proxy.calls()), 0);

    assert!(matches!(remove_old(&rig.faulty).await, OldWords::Dropped { segments: 1.. }));
    assert_eq!(remove_old(&rig.faulty).await, OldWords::Dropped { segments: 0 });
    assert_eq!(records(&table.items().await), records(&older));
    for (word, id) in &found_by {
        assert_eq!(found(&workspace, word).await, [id.as_str()], "{word} at the end");
    }
}

#[tokio::test]
async fn old_words_stay_while_an_activity_has_no_others() {
    let rig = Rig::start().await;
    drop(rig.direct_v1.log(&input("first")).await.expect(201));
    drop(rig.direct_v1.log(&long_keyed_input("second")).await.expect(201));
    let table = RawTable::of(&rig.direct).await;
    table.file_under_version(0).await;
    let older = table.items().await;
    rig.proxy.reset_calls();
    assert_eq!(remove_old(&rig.faulty).await, OldWords::InUse { activities: 2 });
    assert_eq!(writes(&rig.proxy.calls()), 0);
    assert_eq!(table.items().await, older);

    reindex(&rig.faulty, Selection::Outdated).await;
    // A function of the older build logs on.
    drop(rig.direct_v1.log(&input("third")).await.expect(201));
    table.file_under_version(0).await;
    assert_eq!(remove_old(&rig.faulty).await, OldWords::InUse { activities: 1 });
    assert_eq!(reindex(&rig.faulty, Selection::Outdated).await.activities, 1);
    assert!(matches!(remove_old(&rig.faulty).await, OldWords::Dropped { segments: 1.. }));
    for word in ["first", "second", "third"] {
        rig.only(word).await;
    }
}

#[tokio::test]
async fn words_of_a_newer_analyzer_are_left_alone() {
    let rig = Rig::start().await;
    drop(rig.direct_v1.log(&long_keyed_input("newer")).await.expect(201));
    let table = RawTable::of(&rig.direct).await;
    table.file_under_version(ANALYZER_VERSION + 1).await;
    let newer = table.items().await;
    assert_eq!(remove_old(&rig.faulty).await, OldWords::InUse { activities: 1 });
    // After a roll-back to this build, which reads its own words alone.
    assert_eq!(reindex(&rig.faulty, Selection::Outdated).await.activities, 1);
    rig.only("newer").await;
    assert_eq!(remove_old(&rig.faulty).await, OldWords::Dropped { segments: 0 });
    let both = table.items().await;
    assert!(newer.iter().all(|(key, item)| both[key] == *item));
}

#[tokio::test]
async fn an_index_is_built_anew_of_activities_and_audit_events() {
    let rig = Rig::start().await;
    drop(rig.direct_v1.log(&input("short")).await.expect(201));
    drop(rig.direct_v1.log(&long_keyed_input("long")).await.expect(201));
    drop(rig.direct_v1.log(&json!({"type": "unknown"})).await.expect(422));
    let table = RawTable::of(&rig.direct).await;
    let whole = table.items().await;
    // As a restore may leave it: the tail and the lists are of another moment.
    let mut lost = 0;
    for ((pk, _), item) in &whole {
        if pk.contains("#TAIL") || pk.ends_with("#IX") {
            table.delete(item).await;
            lost += usize::from(pk.ends_with("#IX"));
        }
    }
    let done = reindex(&rig.faulty, Selection::All).await;
    assert_eq!((done.activities, done.audit_events, done.failed), (2, 3, 0));
    assert_eq!((done.listed, lost), (2, 2));
    assert_eq!(records(&table.items().await), records(&whole));
    rig.trail().await;
    for word in ["short", "long"] {
        rig.only(word).await;
    }
    // And again, over the segments that are there now.
    let done = reindex(&rig.faulty, Selection::All).await;
    // With the event of reading the trail.
    assert_eq!((done.activities, done.audit_events, done.listed), (2, 4, 0));
    rig.trail().await;
}

#[tokio::test]
async fn what_can_not_be_indexed_is_named_and_the_others_go_on() {
    let rig = Rig::start().await;
    for word in ["whole", "headless", "bodiless"] {
        drop(rig.direct_v1.log(&with_own_body(word)).await.expect(201));
    }
    let table = RawTable::of(&rig.direct).await;
    table.file_under_version(0).await;
    let items = table.items().await;
    let mut damaged = Vec::new();
    for ((pk, sk), item) in &items {
        let Some(summary) = item.get("summary").filter(|_| sk == "HEAD") else { continue };
        let summary = summary.as_s().expect("a summary is text");
        if summary.ends_with("headless") {
            table.put(with(item, "occurred_at", text("yesterday"))).await;
        } else if summary.ends_with("bodiless") {
            let body = (pk.replace("#ACT#", "#BODY#"), "BODY".to_owned());
            table.delete(&items[&body]).await;
        } else {
            continue;
        }
        damaged.push(pk.rsplit('#').next().expect("a key has parts").to_owned());
    }
    assert_eq!(damaged.len(), 2);
    let failures = Mutex::new(Vec::new());
    let env = rig.faulty.ctx.environment.as_ref();
    let done =
        reindex::reindex(&rig.faulty.ctx.store, env, Selection::Outdated, at_once(), |step| {
            if let Step::Failed(error) = step {
                failures.lock().expect("nobody panicked").push(chain(error));
            }
        });
    let done = done.await.expect("the table is indexed");
    assert_eq!((done.activities, done.failed), (1, 2));
    let failures = failures.into_inner().expect("nobody panicked");
    for id in damaged {
        let named = failures.iter().filter(|failure| failure.contains(&id)).count();
        assert_eq!(named, 1, "{id} in {failures:?}");
    }
    rig.only("whole").await;
    assert_eq!(remove_old(&rig.faulty).await, OldWords::InUse { activities: 2 });
}

/// An input whose body is an item of its own.
fn with_own_body(word: &str) -> Value {
    let mut input = input(word);
    let body: Vec<String> = (0..3_000_u64).map(|n| format!("{:x}", n * 0x9e37_79b9)).collect();
    input["body"] = json!(body.join(" "));
    input
}

/// Four activities of an older analyzer.
const OLDER: [&str; 4] = ["n0", "n1", "n2", "long"];

async fn log_older(rig: &Rig) {
    for word in &OLDER[..3] {
        drop(rig.direct_v1.log(&input(word)).await.expect(201));
    }
    drop(rig.direct_v1.log(&long_keyed_input(OLDER[3])).await.expect(201));
    RawTable::of(&rig.direct).await.file_under_version(0).await;
}

/// Each is found by its words, and what is found by those of an older analyzer is gone.
async fn assert_indexed_and_dropped(rig: &Rig, stack: &Stack) {
    assert!(matches!(remove_old(stack).await, OldWords::Dropped { .. }));
    for word in OLDER {
        rig.only(word).await;
    }
    rig.trail().await;
}

#[tokio::test]
async fn a_run_that_ends_in_the_middle_is_finished_by_the_next() {
    for (operation, n) in [("BatchWriteItem", 1), ("PutItem", 1), ("BatchGetItem", 1)] {
        let rig = Rig::start().await;
        log_older(&rig).await;
        let gate = Gate::closed();
        rig.proxy.inject(Fault::on(operation, When::Nth(n), FaultKind::Hold(gate.clone())));
        let ctx = Arc::clone(&rig.faulty.ctx);
        let run = tokio::spawn(async move {
            let env = ctx.environment.as_ref();
            reindex::reindex(&ctx.store, env, Selection::Outdated, at_once(), |_| {}).await
        });
        gate.arrived(1).await;
        run.abort();
        assert!(run.await.is_err_and(|error| error.is_cancelled()), "{operation} {n}");
        // A held call that is let go before it is given up would be done.
        rig.proxy.settled().await;
        gate.open();
        rig.proxy.clear();
        assert!(matches!(remove_old(&rig.direct).await, OldWords::InUse { .. }));

        reindex(&rig.direct, Selection::Outdated).await;
        assert_indexed_and_dropped(&rig, &rig.direct).await;
    }
}

#[tokio::test]
async fn a_reindex_is_right_whatever_a_call_of_it_meets() {
    let kinds = [
        FaultKind::LoseAnswer,
        FaultKind::DropRequest,
        FaultKind::Throttle,
        FaultKind::ServerError,
        FaultKind::UnprocessedItems { keep: 1 },
        FaultKind::UnprocessedKeys { keep: 1 },
        FaultKind::ShortPage { limit: 7 },
    ];
    for kind in kinds {
        let rig = Rig::start().await;
        log_older(&rig).await;
        let when = match kind {
            FaultKind::UnprocessedItems { .. } | FaultKind::UnprocessedKeys { .. } => {
                When::First(4)
            }
            FaultKind::ShortPage { .. } => When::Always,
            _ => When::Every(5),
        };
        let injected = rig.proxy.inject(Fault::on_any(when, kind.clone()));
        let done = reindex(&rig.faulty, Selection::Outdated).await;
        assert_eq!((done.activities, done.failed), (4, 0), "{kind:?}");
        assert_indexed_and_dropped(&rig, &rig.faulty).await;
        assert!(injected.fired() > 0, "{kind:?} was not met");
    }
}

#[tokio::test]
async fn a_table_that_throttles_for_longer_than_a_call_is_tried_is_waited_for() {
    let rig = Rig::start().await;
    log_older(&rig).await;
    // More than the attempts of the SDK at one call of each segment.
    for operation in ["Scan", "BatchGetItem", "BatchWriteItem", "PutItem"] {
        rig.proxy.inject(Fault::on(operation, When::First(20), FaultKind::Throttle));
    }
    assert_eq!(reindex(&rig.faulty, Selection::Outdated).await.activities, 4);
    assert_indexed_and_dropped(&rig, &rig.faulty).await;
}

#[tokio::test]
async fn a_table_that_is_lost_ends_the_run_with_an_error() {
    let rig = Rig::start().await;
    log_older(&rig).await;
    for operation in ["Scan", "BatchGetItem", "PutItem"] {
        rig.proxy.inject(Fault::on(operation, When::Always, FaultKind::DropRequest));
        let env = rig.faulty.ctx.environment.as_ref();
        let store = &rig.faulty.ctx.store;
        let run = reindex::reindex(store, env, Selection::Outdated, at_once(), |step| {
            assert!(matches!(step, Step::Progress(_)), "the record is not to blame");
        });
        let error = run.await.expect_err("nothing can be done");
        assert!(error.retryable(), "{operation}: {error:?}");
        rig.proxy.clear();
    }
    reindex(&rig.faulty, Selection::Outdated).await;
    assert_indexed_and_dropped(&rig, &rig.faulty).await;
}

#[tokio::test]
async fn logging_and_removing_go_on_while_a_reindex_runs() {
    let rig = Rig::start().await;
    log_older(&rig).await;
    let gate = Gate::closed();
    rig.proxy.inject(Fault::on("BatchWriteItem", When::Always, FaultKind::Hold(gate.clone())));
    let table = RawTable::of(&rig.direct).await;
    let meanwhile = async {
        gate.arrived(1).await;
        // All heads but the new one go, under the hands of the run.
        let items = table.items().await;
        for ((_, sk), head) in &items {
            if sk == "HEAD" {
                table.delete(head).await;
            }
        }
        drop(rig.direct_v1.log(&long_keyed_input("meanwhile")).await.expect(201));
        gate.open();
    };
    let (done, ()) = tokio::join!(reindex(&rig.faulty, Selection::Outdated), meanwhile);
    assert_eq!(done.failed, 0);
    let items = table.items().await;
    assert_eq!(count(&items, |_, sk| sk == "HEAD"), 1, "no head comes back");
    rig.only("meanwhile").await;
    for word in OLDER {
        assert_eq!(rig.direct_v1.every_activity(&[("query", word)]).await.len(), 0, "{word}");
    }
}

#[tokio::test]
async fn a_reindex_touches_no_audit_event_and_no_other_tenants_words() {
    let workspace = Workspace::start().await;
    let stack = &workspace.stack;
    let other = stack.issue_key("acme2", "service:suite", Scope::ALL).await;
    for key in [&workspace.key, &other] {
        drop(stack.v1(key).log(&input("shared")).await.expect(201));
    }
    let table = RawTable::of(stack).await;
    let logged = table.items().await;
    table.file_under_version(0).await;
    assert_eq!(reindex(stack, Selection::Outdated).await.activities, 2);
    assert_eq!(records(&table.items().await), records(&logged));
    for (tenant, key) in [(TENANT, &workspace.key), ("acme2", &other)] {
        let page = stack.v1(key).search(&[("query", "shared")]).await.expect(200);
        assert_eq!(rows(&page, "activities", "tenant_id"), [tenant]);
        let read: Vec<Value> =
            stack.v1(key).audit_events(&[]).await.expect(200).json()["audit_events"]
                .as_array()
                .expect("a page has rows")
                .clone();
        assert_eq!(read.len(), 1);
    }
}

/// Lets the failing stack log something, and holds the commit at the gate.
fn log_held(rig: &Rig, gate: &Gate, word: &str) -> impl Future<Output = Answer> + Send + 'static {
    let held = FaultKind::Hold(gate.clone());
    rig.proxy.inject(Fault::on("TransactWriteItems", When::Nth(1), held));
    let (v1, input) = (rig.faulty_v1.clone(), input(word));
    async move { v1.log(&input).await }
}

/// How long a command must not have ended that waits for a clock which nobody moves. It would
/// have within a fraction of it.
const A_WHILE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_write_that_is_committed_after_its_segment_was_dropped_is_filed_again() {
    let rig = Rig::start().await;
    let gate = Gate::closed();
    let held = tokio::spawn(log_held(&rig, &gate, "late"));
    gate.arrived(1).await;
    // What it staged is in a segment, which is dropped.
    rig.direct.settle(TENANT).await.expect("the index is settled");
    assert_eq!(segments_of(&rig.direct, ANALYZER_VERSION).await, 1);
    let ctx = Arc::clone(&rig.direct.ctx);
    let mut run = tokio::spawn(async move {
        let (env, pace) = (ctx.environment.as_ref(), Pace::default());
        reindex::reindex(&ctx.store, env, Selection::All, pace, |_| {}).await
    });
    let waits = tokio::time::timeout(A_WHILE, &mut run).await;
    assert!(waits.is_err(), "it waits for what may be committed: {waits:?}");
    assert_eq!(segments_of(&rig.direct, ANALYZER_VERSION).await, 0);
    gate.open();
    drop(held.await.expect("it logs").expect(201));
    rig.direct.clock.advance(COMMITS_WITHIN);
    let done = run.await.expect("it ends").expect("the table is indexed");
    assert_eq!((done.activities, done.failed), (1, 0));
    rig.only("late").await;
}

#[tokio::test]
async fn old_words_of_a_write_that_is_committed_later_stay() {
    let rig = Rig::start().await;
    let table = RawTable::of(&rig.direct).await;
    let gate = Gate::closed();
    let held = tokio::spawn(log_held(&rig, &gate, "late"));
    gate.arrived(1).await;
    // A function of the older build has staged it.
    assert_eq!(table.file_under_version(0).await, 1);
    let ctx = Arc::clone(&rig.direct.ctx);
    let mut run = tokio::spawn(async move {
        let env = ctx.environment.as_ref();
        remove_old_words(&ctx.store, env, COMMITS_WITHIN, |_| {}).await
    });
    let waits = tokio::time::timeout(A_WHILE, &mut run).await;
    assert!(waits.is_err(), "it waits for what may be committed: {waits:?}");
    gate.open();
    drop(held.await.expect("it logs").expect(201));
    rig.direct.clock.advance(COMMITS_WITHIN);
    let old = run.await.expect("it ends").expect("the table is scanned");
    assert_eq!(old, OldWords::InUse { activities: 1 });
    assert_eq!(segments_of(&rig.direct, 0).await, 1);

    assert_eq!(reindex(&rig.direct, Selection::Outdated).await.activities, 1);
    assert_eq!(remove_old(&rig.direct).await, OldWords::Dropped { segments: 1 });
    rig.only("late").await;
}

#[tokio::test]
async fn old_words_of_what_was_never_committed_are_dropped_after_a_while() {
    let rig = Rig::start().await;
    let table = RawTable::of(&rig.direct).await;
    drop(rig.direct_v1.log(&input("headless")).await.expect(201));
    table.file_under_version(0).await;
    for ((_, sk), head) in &table.items().await {
        if sk == "HEAD" {
            table.delete(head).await;
        }
    }
    assert_eq!(remove_old(&rig.direct).await, OldWords::Dropped { segments: 1 });
    assert_eq!(segments_of(&rig.direct, 0).await, 0);
}

#[tokio::test]
async fn segments_that_are_merged_while_they_are_looked_at_are_looked_at_again() {
    let rig = Rig::start().await;
    let table = RawTable::of(&rig.direct).await;
    let file_old = async |word: &str| {
        drop(rig.direct_v1.log(&input(word)).await.expect(201));
        table.file_under_version(0).await;
        rig.direct.settle(TENANT).await.expect("the index is settled");
    };
    for word in ["n0", "n1", "n2"] {
        file_old(word).await;
    }
    assert_eq!(segments_of(&rig.direct, 0).await, 3);
    let gate = Gate::closed();
    rig.proxy.inject(Fault::on("BatchGetItem", When::Nth(1), FaultKind::Hold(gate.clone())));
    let meanwhile = async {
        gate.arrived(1).await;
        // The fourth is merged with the three, and they are deleted.
        file_old("n3").await;
        assert_eq!(segments_of(&rig.direct, 0).await, 1);
        gate.open();
    };
    let (old, ()) = tokio::join!(remove_old(&rig.faulty), meanwhile);
    assert_eq!(old, OldWords::InUse { activities: 4 });
    assert_eq!(reindex(&rig.faulty, Selection::Outdated).await.activities, 4);
    for word in ["n0", "n1", "n2", "n3"] {
        rig.only(word).await;
    }
}

#[tokio::test]
async fn a_part_that_is_absent_of_a_listed_segment_ends_the_run_with_an_error() {
    let rig = Rig::start().await;
    drop(rig.direct_v1.log(&input("damaged")).await.expect(201));
    let table = RawTable::of(&rig.direct).await;
    table.file_under_version(0).await;
    rig.direct.settle(TENANT).await.expect("the index is settled");
    for ((pk, _), item) in &table.items().await {
        if pk.contains("#SEG#") {
            table.delete(item).await;
        }
    }
    let failed = reindex_at(&rig.direct, Selection::Outdated, at_once()).await;
    let failed = failed.expect_err("the index is damaged");
    assert!(chain(&failed).contains("a part of a segment is absent"), "{}", chain(&failed));
}

#[tokio::test]
async fn what_a_reindex_adds_is_merged_while_it_goes_on_and_at_its_end() {
    let rig = Rig::start().await;
    for n in 0..9 {
        drop(rig.direct_v1.log(&input(&format!("word{n}"))).await.expect(201));
    }
    RawTable::of(&rig.direct).await.file_under_version(0).await;
    rig.proxy.reset_calls();
    let pace = Pace { records_a_segment: 1, segments_a_merge: 4, ..at_once() };
    let done = reindex_at(&rig.faulty, Selection::Outdated, pace).await;
    assert_eq!(done.expect("the table is indexed").activities, 9);
    // Two of four each, and the last one.
    assert_eq!(segments_of(&rig.direct, ANALYZER_VERSION).await, 3);
    let runs = rig.proxy.calls();
    let runs = runs.iter().filter(|call| call.request["Item"]["sk"]["S"] == "BUSY");
    assert_eq!(runs.count(), 2 * 3, "each says when it begins and ends");
    for n in 0..9 {
        rig.only(&format!("word{n}")).await;
    }
}
