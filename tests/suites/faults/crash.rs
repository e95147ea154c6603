//! A process may end between any two calls. What it staged is never seen, and
//! `sweep` removes it, and nothing else.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use activity_log_core::app::compact_index::settle_index;
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::platform::config::Config;
use activity_log_core::store::operator::sweep::{self, GRACE, Swept};
use activity_log_tests::faulty_engine::{Fault, FaultKind, Gate, When};
use activity_log_tests::raw_table::{RawTable, text, with};
use activity_log_tests::rig::{Rig, input, long_keyed_input};
use activity_log_tests::stack::Stack;
use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use uuid::Builder;

type Keys = BTreeSet<(String, String)>;

async fn keys(rig: &Rig) -> Keys {
    rig.direct.keys_in_table().await.into_iter().collect()
}

/// Those of a rig without tallies of refusals: one that was cut off is counted, and was
/// answered to nobody.
async fn keys_but_tallies(rig: &Rig) -> Keys {
    keys(rig).await.into_iter().filter(|(pk, _)| !pk.ends_with("#REF")).collect()
}

/// When everything that was staged until now may be swept.
fn past_grace(rig: &Rig) -> Timestamp {
    rig.direct.clock.time().plus(GRACE + Duration::from_millis(1))
}

async fn sweep(stack: &Stack, now: Timestamp) -> Swept {
    sweep::sweep(&stack.ctx.store, now, |_| {}).await.expect("the table is swept")
}

/// A commit that is given up soon.
fn impatient(config: &mut Config) {
    config.write_timeouts.commit = Duration::from_millis(100);
    config.write_timeouts.unstaging = Duration::from_millis(100);
}

/// Stages an activity that is never committed, and returns the keys of it. The
/// rig is [`impatient`]. Its commit is kept away from then on: the attempt that was
/// given up last may be on its way still.
async fn orphan(rig: &Rig, input: &Value) -> Keys {
    let before = keys(rig).await;
    let summary = input["summary"].to_string();
    let is_of_it = move |request: &Value| request.to_string().contains(&summary);
    let lost = Fault::on("TransactWriteItems", When::Always, FaultKind::DropRequest);
    rig.proxy.inject(lost.only_if(is_of_it));
    drop(rig.faulty_v1.log(input).await.expect(503));
    let staged: Keys = keys(rig).await.difference(&before).cloned().collect();
    assert!(staged.len() > 2, "it was staged");
    staged
}

#[tokio::test]
async fn a_crash_before_the_commit_leaves_nothing_to_be_seen_and_nothing_after_a_sweep() {
    let refused = {
        let mut input = long_keyed_input("w");
        input["related_resource_id"] = json!("nobody");
        input
    };
    let logged = long_keyed_input("w");
    let crashes = [
        (&logged, "GetItem", 1),
        (&logged, "BatchWriteItem", 1),
        (&logged, "TransactWriteItems", 1),
        (&refused, "BatchWriteItem", 1),
        (&refused, "PutItem", 1),
    ];
    let rig = Rig::start().await;
    drop(rig.direct_v1.log(&long_keyed_input("before")).await.expect(201));
    let before = keys_but_tallies(&rig).await;
    let mut staged = 0;
    for (input, operation, n) in crashes {
        let gate = Gate::closed();
        let hold = FaultKind::Hold(gate.clone());
        rig.proxy.inject(Fault::on(operation, When::Nth(n), hold));
        rig.crash_at(&gate, input).await;
        gate.open();
        rig.proxy.clear();

        let trail = rig.trail().await;
        assert_eq!((trail.activities.len(), trail.events.len()), (1, 1), "{operation} {n}");
        for call in rig.proxy.calls() {
            let Some(id) = call.request["ClientRequestToken"].as_str() else { continue };
            drop(rig.direct_v1.read(id).await.expect(404));
            let about = rig.direct_v1.audit_events(&[("resource_id", id)]).await.expect(200);
            assert_eq!(about.json()["audit_events"], json!([]));
        }
        let found = rig.direct_v1.search(&[("query", "w")]).await.expect(200);
        assert_eq!(found.json()["activities"], json!([]));

        staged += keys_but_tallies(&rig).await.difference(&before).count();
        sweep(&rig.direct, past_grace(&rig)).await;
        assert_eq!(keys_but_tallies(&rig).await, before, "{operation} {n}");
        rig.proxy.reset_calls();
    }
    assert!(staged > 5, "{staged} items were staged and swept");
    // The key was never taken.
    let logged = rig.faulty_v1.log(&logged).await.expect(201);
    assert_eq!(logged.header("idempotency-replayed"), "");
}

#[tokio::test]
async fn a_crash_after_the_commit_leaves_the_whole_activity() {
    let rig = Rig::start().await;
    let gate = Gate::closed();
    rig.proxy.inject(Fault::on("TransactWriteItems", When::Nth(1), FaultKind::LoseAnswer));
    let hold = FaultKind::Hold(gate.clone());
    rig.proxy.inject(Fault::on("TransactWriteItems", When::Nth(2), hold));
    let input = long_keyed_input("w");
    rig.crash_at(&gate, &input).await;
    rig.proxy.clear();
    let (activity, _) = rig.only("w").await;
    assert_eq!(activity["body"], input["body"]);

    let before = keys(&rig).await;
    sweep(&rig.direct, past_grace(&rig)).await;
    assert_eq!(keys(&rig).await, before);
    let retried = rig.faulty_v1.log(&input).await.expect(201);
    assert_eq!(retried.header("idempotency-replayed"), "true");
    assert_eq!(retried.json()["activity"], activity);
}

#[tokio::test]
async fn an_engine_that_is_lost_after_staging_leaves_nothing_to_be_seen() {
    let rig = Rig::start_with(impatient).await;
    let before = keys(&rig).await;
    let lost = |operation| Fault::on(operation, When::Always, FaultKind::DropRequest);
    let deletes = |input: &Value| input.to_string().contains("DeleteRequest");
    rig.proxy.inject(lost("TransactWriteItems"));
    rig.proxy.inject(lost("GetItem").only_if(|input| input.to_string().contains("#ACT#")));
    rig.proxy.inject(lost("BatchWriteItem").only_if(deletes));
    drop(rig.faulty_v1.log(&long_keyed_input("w")).await.expect(503));
    rig.proxy.clear();
    let trail = rig.trail().await;
    assert_eq!((trail.activities.len(), trail.events.len()), (0, 0));
    assert!(keys(&rig).await.len() > before.len());
    sweep(&rig.direct, past_grace(&rig)).await;
    assert_eq!(keys(&rig).await, before);
}

/// Committed activities of every form, and refusals.
async fn populate(rig: &Rig, name: &str) {
    for input in [input(name), long_keyed_input(&format!("{name} long"))] {
        drop(rig.direct_v1.log(&input).await.expect(201));
    }
    let mut refused = input(name);
    refused["type"] = json!("unknown");
    drop(rig.direct_v1.log(&refused).await.expect(422));
}

#[tokio::test]
async fn a_sweep_removes_what_is_old_and_was_never_committed_and_nothing_else() {
    let rig = Rig::start_with(impatient).await;
    populate(&rig, "old").await;
    let mut old = orphan(&rig, &long_keyed_input("old orphan")).await;
    old.extend(orphan(&rig, &input("another old orphan")).await);
    // A minute before the grace period is over nothing may be removed.
    let everything = keys(&rig).await;
    let minute = Duration::from_secs(60);
    assert_eq!(sweep(&rig.direct, past_grace(&rig).minus(minute)).await.removed, 0);
    assert_eq!(keys(&rig).await, everything);

    for stack in [&rig.direct, &rig.faulty] {
        stack.clock.advance(GRACE + minute);
    }
    populate(&rig, "young").await;
    let young = orphan(&rig, &long_keyed_input("young orphan")).await;
    let before = rig.trail().await;
    let all = keys(&rig).await;
    assert!(all.is_superset(&young) && all.is_superset(&old));

    // With those that tell of reading the trail, and of uses of the key.
    let scanned = RawTable::of(&rig.direct).await.items().await.len();
    let swept = sweep(&rig.direct, rig.direct.clock.time()).await;
    // And what says the layout of the table.
    assert_eq!((swept.scanned, swept.removed), (scanned + 1, old.len()));
    assert_eq!(keys(&rig).await, all.difference(&old).cloned().collect());
    let after = rig.trail().await;
    assert_eq!((after.activities, after.events), (before.activities, before.events));
    let again = sweep(&rig.direct, rig.direct.clock.time()).await;
    assert_eq!(again.removed, 0);
}

#[tokio::test]
async fn parts_of_segments_that_no_manifest_names_are_swept_and_no_others() {
    let rig = Rig::start().await;
    for n in 0..10 {
        drop(rig.direct_v1.log(&input(&format!("w{n}"))).await.expect(201));
    }
    let settled = settle_index(&rig.direct.ctx, &TenantId::parse("acme").expect("an id")).await;
    assert_ne!(settled.expect("the index is settled").segments_flushed, 0);
    let table = RawTable::of(&rig.direct).await;
    let items = table.items().await;
    let listed = items.iter().find(|((_, sk), _)| sk == "SEG").expect("there are segments").1;
    let of_segment = |begun: Timestamp| {
        let id = Builder::from_unix_timestamp_millis(begun.as_millis().unsigned_abs(), &[7; 10]);
        format!("T#acme#SEG#{}#b0", id.into_uuid())
    };
    let now = rig.direct.clock.time();
    let (old, young) = (of_segment(now.minus(GRACE)), of_segment(now));
    for pk in [&old, &young] {
        table.put(with(listed, "pk", text(pk))).await;
    }
    let mut expected = keys(&rig).await;
    expected.remove(&(old, "SEG".to_owned()));
    assert_eq!(sweep(&rig.direct, now).await.removed, 1);
    assert_eq!(keys(&rig).await, expected);
    assert_eq!(sweep(&rig.direct, now).await.removed, 0);
    for n in 0..10 {
        rig.only(&format!("w{n}")).await;
    }
}

#[tokio::test]
async fn a_sweep_is_right_whatever_a_call_of_it_meets() {
    let rig = Rig::start_with(impatient).await;
    populate(&rig, "committed").await;
    let committed = keys(&rig).await;
    let kinds = [
        FaultKind::LoseAnswer,
        FaultKind::DropRequest,
        FaultKind::Throttle,
        FaultKind::ServerError,
        FaultKind::UnprocessedItems { keep: 0 },
        FaultKind::UnprocessedItems { keep: 2 },
        FaultKind::UnprocessedKeys { keep: 0 },
        FaultKind::UnprocessedKeys { keep: 1 },
        FaultKind::ShortPage { limit: 3 },
        FaultKind::ShortPage { limit: 40 },
    ];
    for kind in kinds {
        let staged = orphan(&rig, &long_keyed_input("orphan")).await;
        let when = match kind {
            FaultKind::UnprocessedItems { .. } | FaultKind::UnprocessedKeys { .. } => {
                When::First(2)
            }
            FaultKind::ShortPage { .. } => When::Always,
            // A sweep of one page is three calls and more.
            _ => When::Nth(2),
        };
        let injected = rig.proxy.inject(Fault::on_any(when, kind.clone()));
        let swept = sweep(&rig.faulty, past_grace(&rig)).await;
        assert!(injected.fired() > 0, "{kind:?} was not met");
        assert_eq!(swept.removed, staged.len(), "{kind:?}");
        assert_eq!(keys(&rig).await, committed, "{kind:?}");
        rig.proxy.clear();
    }
}

#[tokio::test]
async fn a_sweep_that_fails_in_the_middle_has_harmed_nothing_and_can_be_done_again() {
    let rig = Rig::start_with(impatient).await;
    populate(&rig, "committed").await;
    let committed = keys(&rig).await;
    for n in 0..3 {
        orphan(&rig, &long_keyed_input(&format!("orphan {n}"))).await;
    }
    // Of several pages, the second can't be read, or no owner can be looked up.
    for operation in ["Scan", "BatchGetItem"] {
        let gone =
            move |input: &Value| operation != "Scan" || input.get("ExclusiveStartKey").is_some();
        rig.proxy.inject(Fault::on(operation, When::Always, FaultKind::DropRequest).only_if(gone));
        rig.proxy.inject(Fault::on("Scan", When::Always, FaultKind::ShortPage { limit: 20 }));
        let failed = sweep::sweep(&rig.faulty.ctx.store, past_grace(&rig), |_| {}).await;
        assert!(failed.is_err(), "{operation}");
        assert!(keys(&rig).await.is_superset(&committed), "{operation}");
        rig.proxy.clear();
    }
    sweep(&rig.faulty, past_grace(&rig)).await;
    assert_eq!(keys(&rig).await, committed);
}

#[tokio::test]
async fn a_sweep_in_the_middle_of_logging_loses_nothing() {
    let rig = Rig::start_with(impatient).await;
    let old = orphan(&rig, &long_keyed_input("orphan")).await;
    for stack in [&rig.direct, &rig.faulty] {
        stack.clock.advance(2 * GRACE);
    }
    // Short pages, so that a sweep is many calls among those of the writers.
    rig.proxy.inject(Fault::on("Scan", When::Always, FaultKind::ShortPage { limit: 50 }));
    let done = AtomicBool::new(false);
    let sweeps = async {
        let mut sweeps = 0;
        while !done.load(Ordering::SeqCst) {
            sweep(&rig.faulty, rig.faulty.clock.time()).await;
            sweeps += 1;
        }
        sweeps
    };
    let logs = async {
        let one = |n: usize| {
            let rig = &rig;
            async move {
                let input = if n.is_multiple_of(2) {
                    input(&format!("w{n}"))
                } else {
                    long_keyed_input(&format!("w{n}"))
                };
                drop(rig.direct_v1.log(&input).await.expect(201));
            }
        };
        stream::iter((0..40).map(one)).buffer_unordered(4).collect::<Vec<()>>().await;
        done.store(true, Ordering::SeqCst);
    };
    let (sweeps, ()) = tokio::join!(sweeps, logs);
    assert!(sweeps > 0);
    let trail = rig.trail().await;
    assert_eq!(trail.activities.len(), 40);
    for n in 0..40 {
        let (activity, _) = rig.only(&format!("w{n}")).await;
        assert_eq!(activity.get("body").is_some(), n % 2 == 1, "bodies are kept");
    }
    assert!(keys(&rig).await.is_disjoint(&old));
}

#[tokio::test]
async fn a_write_that_is_under_way_while_a_sweep_runs_is_committed_whole() {
    let rig = Rig::start().await;
    let gate = Gate::closed();
    let hold = FaultKind::Hold(gate.clone());
    rig.proxy.inject(Fault::on("TransactWriteItems", When::Always, hold));
    let input = long_keyed_input("w");
    let swept = async {
        gate.arrived(1).await;
        let swept = sweep(&rig.direct, rig.direct.clock.time()).await;
        gate.open();
        swept
    };
    let (answer, swept) = tokio::join!(rig.faulty_v1.log(&input), swept);
    assert_eq!(swept.removed, 0);
    drop(answer.expect(201));
    let (activity, _) = rig.only("w").await;
    assert_eq!(activity["body"], input["body"]);
    rig.trail().await;
}
