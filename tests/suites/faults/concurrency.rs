//! Many callers at once: one key makes one activity, and whoever loses leaves
//! nothing behind.

use std::collections::BTreeSet;
use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_core::platform::config::Config;
use activity_log_tests::client::Answer;
use activity_log_tests::faulty_engine::{Fault, FaultKind, Gate, TableCall, When};
use activity_log_tests::rig::{Rig, TENANT, input, long_keyed_input};
use futures_util::future::{BoxFuture, FutureExt, join_all};
use futures_util::stream::{self, StreamExt};
use http::Method;
use serde_json::{Value, json};

const CALLERS: usize = 64;
/// The event of a refusal, its place in the list of all, and what it is found by.
const ITEMS_OF_A_REFUSAL: usize = 3;
/// Refusals of a minute, a credential and a code that have events of their own.
const EVENTS_A_MINUTE: usize = 10;

type Keys = BTreeSet<(String, String)>;

/// A busy machine may take seconds until the last of many callers has staged.
fn patient(config: &mut Config) {
    config.write_timeouts.commit = Duration::from_secs(20);
    config.write_timeouts.unstaging = Duration::from_secs(20);
}

async fn keys(rig: &Rig) -> Keys {
    rig.direct.keys_in_table().await.into_iter().collect()
}

/// An input with a key.
fn keyed_input(word: &str) -> Value {
    let mut input = input(word);
    input["idempotency_key"] = json!("one key");
    input
}

/// How many items an input makes that is logged alone.
async fn items_of(input: &Value) -> usize {
    let rig = Rig::start().await;
    let before = keys(&rig).await;
    drop(rig.direct_v1.log(input).await.expect(201));
    keys(&rig).await.difference(&before).count()
}

/// Sends all inputs at once, and lets no commit happen before all of them have
/// read, found the key free, and staged.
async fn log_at_once(rig: &Rig, inputs: &[&Value]) -> Vec<Answer> {
    let gate = Gate::closed();
    let hold = FaultKind::Hold(gate.clone());
    rig.proxy.inject(Fault::on("TransactWriteItems", When::Always, hold));
    let logs = join_all(inputs.iter().map(|input| rig.faulty_v1.log(input)));
    let opened = async {
        gate.arrived(inputs.len()).await;
        gate.open();
    };
    tokio::join!(logs, opened).0
}

#[tokio::test]
async fn concurrent_requests_with_one_key_make_one_activity_and_all_get_it() {
    let rig = Rig::start_with(patient).await;
    let before = keys(&rig).await;
    let input = keyed_input("w");
    let answers = log_at_once(&rig, &[&input; CALLERS]).await;

    let bodies: BTreeSet<String> =
        answers.iter().map(|answer| answer.clone().expect(201).body_without_request_id()).collect();
    assert_eq!(bodies.len(), 1, "all get the same activity");
    let locations: BTreeSet<&str> =
        answers.iter().map(|answer| answer.header("location")).collect();
    assert_eq!(locations.len(), 1);
    let request_ids: BTreeSet<&str> =
        answers.iter().map(|answer| answer.header("x-request-id")).collect();
    assert_eq!(request_ids.len(), CALLERS, "each request has an id of its own");
    let first: Vec<&Answer> =
        answers.iter().filter(|answer| answer.header("idempotency-replayed").is_empty()).collect();
    assert_eq!(first.len(), 1, "one logged it, and the others were told that they did not");

    let trail = rig.trail().await;
    assert_eq!((trail.activities.len(), trail.events.len()), (1, 1));
    assert_eq!(trail.events[0]["request_id"], first[0].header("x-request-id"));
    let items = keys(&rig).await.difference(&before).count();
    assert_eq!(items, items_of(&input).await, "the losers cleaned up what they staged");
}

#[tokio::test]
async fn of_concurrent_requests_with_one_key_and_two_inputs_one_input_wins() {
    let rig = Rig::start_with(patient).await;
    let before = keys(&rig).await;
    let (one, two) = (keyed_input("one"), keyed_input("two"));
    rig.faulty.clock.advance_to_a_minute();
    let inputs: Vec<&Value> = (0..CALLERS).map(|n| if n % 2 == 0 { &one } else { &two }).collect();
    let answers = log_at_once(&rig, &inputs).await;

    let count = |status: u16, replayed: &str| {
        let matches = |answer: &&Answer| {
            answer.status == status && answer.header("idempotency-replayed") == replayed
        };
        answers.iter().filter(matches).count()
    };
    assert_eq!(
        (count(201, ""), count(201, "true"), count(409, "")),
        (1, CALLERS / 2 - 1, CALLERS / 2)
    );
    for answer in answers.iter().filter(|answer| answer.status == 409) {
        assert_eq!(answer.json()["error"]["idempotency_key"], one["idempotency_key"]);
    }
    let items = keys(&rig).await.difference(&before).count();
    let trail = rig.trail().await;
    assert_eq!(trail.activities.len(), 1);
    assert_eq!(trail.events_with_status("rejected"), EVENTS_A_MINUTE);
    assert_eq!(items, items_of(&one).await + EVENTS_A_MINUTE * ITEMS_OF_A_REFUSAL + 1);
}

#[tokio::test]
async fn concurrent_requests_without_a_key_are_activities_of_their_own() {
    let rig = Rig::start_with(patient).await;
    let input = input("w");
    let answers = log_at_once(&rig, &[&input; 16]).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    assert_eq!(rig.trail().await.activities.len(), 16);
}

#[tokio::test]
async fn a_thousand_refused_and_replayed_writes_leave_no_entry() {
    let rig = Rig::start().await;
    let (keyed, conflicting) = (keyed_input("w"), keyed_input("other"));
    drop(rig.direct_v1.log(&keyed).await.expect(201));
    let mut unrelated = input("w");
    unrelated["related_resource_type"] = json!("deal");
    unrelated["related_resource_id"] = json!("nowhere");
    let invalid = json!({ "type": "note", "summary": "" });
    let kinds = [(&keyed, 201), (&conflicting, 409), (&unrelated, 404), (&invalid, 422)];

    let before = keys(&rig).await;
    let send = |from: usize, to: usize| {
        let (rig, kinds) = (&rig, &kinds);
        let one = move |n: usize| async move {
            let (input, status) = kinds[n % kinds.len()];
            drop(rig.direct_v1.log(input).await.expect(status));
        };
        stream::iter((from..to).map(one)).buffer_unordered(8).collect::<Vec<()>>()
    };
    send(0, 1_000).await;
    let after = keys(&rig).await;

    assert!(after.is_superset(&before), "nothing was removed or written over");
    let added: Vec<_> = after.difference(&before).collect();
    let count = |kind: &str| added.iter().filter(|(pk, _)| pk.contains(kind)).count();
    let (events, tallies) = (count("#AUD#"), count("#REF"));
    // Three codes, in as many minutes as it took.
    assert!(
        tallies >= 3 && events <= EVENTS_A_MINUTE * tallies,
        "{events} events, {tallies} tallies"
    );
    assert_eq!((count("#AX"), count("#TAIL")), (events, events));
    assert_eq!(added.len(), events * ITEMS_OF_A_REFUSAL + tallies, "and nothing else");

    // After the minute, the count of the others is told too.
    rig.direct.clock.advance(Duration::from_secs(91));
    let trail = rig.direct_v1.every_audit_event(&[("status", "rejected")]).await;
    let counted = trail.iter().filter_map(|event| event["data"]["count"].as_u64());
    assert_eq!(events as u64 + counted.sum::<u64>(), 750);
    assert!(keys(&rig).await.iter().all(|(pk, _)| !pk.contains("#REF")), "tallies are closed");
}

/// Whether a call writes an item of an activity.
fn writes_activity(call: &TableCall) -> bool {
    let writes = ["BatchWriteItem", "PutItem", "TransactWriteItems", "UpdateItem"];
    let request = call.request.to_string();
    writes.contains(&call.operation.as_str())
        && ["#IX\"", "#BODY#", "#ACT#", "#IDEM#"].iter().any(|kind| request.contains(kind))
}

#[tokio::test]
async fn nothing_is_staged_for_a_request_that_is_already_refused() {
    let rig = Rig::start().await;
    let keyed = long_keyed_input("w");
    drop(rig.faulty_v1.log(&keyed).await.expect(201));
    assert!(rig.proxy.calls().iter().any(writes_activity), "a log is seen to write");
    let reader = rig.direct.issue_key(TENANT, "user:u", &[Scope::ActivityRead]).await;

    let mut conflicting = long_keyed_input("other");
    conflicting["idempotency_key"] = keyed["idempotency_key"].clone();
    let mut unrelated = long_keyed_input("third");
    unrelated["related_resource_id"] = json!("nobody");
    let mut invalid = long_keyed_input("fourth");
    invalid["unknown"] = json!(1);
    let log = |input: Value| rig.faulty_v1.call(Method::POST, "/v1/activities").json(&input);
    let calls: [(u16, BoxFuture<'_, Answer>); 8] = [
        (201, log(keyed.clone()).send().boxed()),
        (409, log(conflicting).send().boxed()),
        (404, log(unrelated).send().boxed()),
        (422, log(invalid).send().boxed()),
        (400, log(json!({})).body("{").send().boxed()),
        (415, log(json!({})).header("content-encoding", "gzip").send().boxed()),
        (403, async { rig.faulty.v1(&reader).log(&keyed).await }.boxed()),
        (401, async { rig.faulty.v1("alk_acme.0.x").log(&keyed).await }.boxed()),
    ];
    for (status, call) in calls {
        rig.proxy.reset_calls();
        drop(call.await.expect(status));
        let written: Vec<String> = rig
            .proxy
            .calls()
            .into_iter()
            .filter(|call| !["GetItem", "Query", "BatchGetItem"].contains(&&*call.operation))
            // That its key is used is noted of any caller.
            .filter(|call| !call.request.to_string().contains("#USED#"))
            .map(|call| call.operation)
            .collect();
        assert!(!rig.proxy.calls().iter().any(writes_activity), "{status} stages nothing");
        if [201, 401].contains(&status) {
            assert!(written.is_empty(), "{status} writes nothing at all: {written:?}");
        } else {
            assert_eq!(written, ["UpdateItem", "BatchWriteItem", "PutItem"], "{status} is audited");
        }
    }
}

#[tokio::test]
async fn nothing_is_staged_before_it_is_known_whether_the_request_is_refused() {
    let rig = Rig::start().await;
    let mut unrelated = long_keyed_input("w");
    unrelated["related_resource_id"] = json!("nobody");
    for read in ["#RES#", "#IDEM#"] {
        let gate = Gate::closed();
        let hold = Fault::on("GetItem", When::Nth(1), FaultKind::Hold(gate.clone()));
        rig.proxy.inject(hold.only_if(move |input| input["Key"].to_string().contains(read)));
        rig.proxy.reset_calls();
        let looked = async {
            gate.arrived(1).await;
            // Whatever does not wait for this read has had its turn by then.
            drop(rig.direct_v1.search(&[]).await.expect(200));
            let calls = rig.proxy.calls();
            gate.open();
            calls
        };
        let (answer, calls) = tokio::join!(rig.faulty_v1.log(&unrelated), looked);
        drop(answer.expect(404));
        assert!(
            !calls.iter().any(|call| call.operation == "BatchWriteItem"),
            "{read} is read first"
        );
    }
}

#[tokio::test]
async fn a_loser_is_told_even_where_its_cleaning_up_fails() {
    let commit = Duration::from_secs(20);
    let rig = Rig::start_with(|config| {
        config.write_timeouts.commit = commit;
        config.write_timeouts.unstaging = Duration::from_millis(200);
    })
    .await;
    let before = keys(&rig).await;
    let deletes = Fault::on("BatchWriteItem", When::Always, FaultKind::DropRequest);
    let input = long_keyed_input("w");
    let undone = rig.proxy.inject(
        deletes.only_if(|input| input["RequestItems"].to_string().contains("DeleteRequest")),
    );
    let answers = log_at_once(&rig, &[&input; 4]).await;
    assert!(undone.fired() > 0);
    assert!(answers.iter().all(|answer| answer.status == 201));
    assert_eq!(rig.trail().await.activities.len(), 1, "what is left is not to be seen");
    let left = keys(&rig).await.difference(&before).count();
    assert!(left > items_of(&input).await, "it is left for sweep");
}
