//! Refusals are told by the trail, each once: the first of a minute by events of their
//! own, the others by a number. Whatever ends, races or fails in between.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use activity_log_core::app::audited::{NOT_AUDITED, NOT_COUNTED};
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::message::Request;
use activity_log_core::http::request_body::RequestBody;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::table::{self, ChangeStream};
use activity_log_core::store::{CLOSED_AT_ONCE, Store};
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::REQUEST_ID;
use activity_log_tests::client::v1::{V1, log_request, note};
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::event_bus::StubBus;
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, Gate, When};
use activity_log_tests::function_process::{FunctionProcess, Outcome};
use activity_log_tests::gateway::{Gateway, Sent};
use activity_log_tests::lambda::invocation;
use activity_log_tests::raw_table::RawTable;
use activity_log_tests::rig::{TENANT, distinct_ids};
use activity_log_tests::stack::Stack;
use activity_log_tests::stream::Stream;
use fn_publish::EventBus;
use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

/// Refusals of a minute, a credential and a code that have events of their own.
const EVENTS_A_MINUTE: usize = 10;
/// After so long every tally of before can be closed.
const CLOSABLE: Duration = Duration::from_secs(91);
/// Processes on one table.
const PROCESSES: usize = 6;
/// What each of them refuses.
const REFUSALS_OF_A_PROCESS: usize = 50;

/// A key that may not write.
async fn key_of_a_reader(stack: &Stack) -> String {
    stack.issue_key(TENANT, "service:reader", &[Scope::ActivityRead]).await
}

/// A caller who may read the trail.
async fn auditor(stack: &Stack) -> V1 {
    stack.v1(&stack.issue_key(TENANT, "service:auditor", &[Scope::AuditRead]).await)
}

/// Lets a stack refuse a write so many times, one after the other.
async fn refuse(stack: &Stack, key: &str, times: usize) {
    for _ in 0..times {
        drop(stack.v1(key).log(&note("x")).await.expect(403));
    }
}

/// What the trail tells of refused writes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    /// Refusals with events of their own.
    events: usize,
    /// What each of the other events counts, smallest first.
    counts: Vec<u64>,
}

impl Told {
    /// Reads the trail, which closes what can be closed.
    async fn by(auditor: &V1) -> Self {
        let events = auditor.every_audit_event(&[("status", "denied")]).await;
        distinct_ids(&events);
        let (counted, own): (Vec<&Value>, Vec<&Value>) =
            events.iter().partition(|event| event["action"] == "key.refusals_counted");
        assert!(own.iter().all(|event| event["action"] == "activity.logged"), "{own:?}");
        let requests: BTreeSet<&str> =
            own.iter().filter_map(|event| event["request_id"].as_str()).collect();
        assert_eq!(requests.len(), own.len(), "a refusal has one event");
        let count = |event: &&Value| event["data"]["count"].as_u64().expect("it has a count");
        let mut counts: Vec<u64> = counted.iter().map(count).collect();
        counts.sort_unstable();
        Self { events: own.len(), counts }
    }

    fn refusals(&self) -> usize {
        self.events + usize::try_from(self.counts.iter().sum::<u64>()).expect("they are few")
    }
}

/// How many tallies are not closed.
async fn tallies(stack: &Stack) -> usize {
    stack.keys_in_table().await.iter().filter(|(pk, _)| pk.ends_with("#REF")).count()
}

/// The same process a while later: what can be closed by then is closed by whoever looks.
async fn later(stack: &Stack, after: Duration) -> Stack {
    let later = Stack::start_beside(stack).await;
    later.clock.advance(after);
    later
}

/// The function `log`, as Lambda runs it.
async fn start_log(stack: &Stack) -> FunctionProcess {
    start_log_on(stack, &stack.endpoint).await
}

/// The same, whose calls go through an endpoint.
async fn start_log_on(stack: &Stack, endpoint: &str) -> FunctionProcess {
    let variables = [
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint),
        ("ACTIVITY_LOG_TABLE", stack.ctx.store.table_name()),
    ];
    FunctionProcess::start("log", &variables).await
}

/// The event of a write with a key.
fn write_event(key: &str) -> String {
    let sent = Sent::new("POST", "/v1/activities").json(&note("x"));
    let sent = sent.header("authorization", &format!("Bearer {key}"));
    Gateway::HttpApi { stage: "$default" }.event(&sent).to_string()
}

fn expect_refused(outcome: &Outcome) {
    let Outcome::Response(answer) = outcome else { panic!("it failed: {outcome:?}") };
    let answer: Value = serde_json::from_slice(answer).expect("an answer is JSON");
    assert_eq!(answer["statusCode"], 403, "{answer}");
}

#[tokio::test]
async fn every_refusal_of_many_processes_is_told_once_whoever_closes_meanwhile() {
    let stack = Stack::start().await;
    let key = key_of_a_reader(&stack).await;
    let auditor_key = auditor(&stack).await.key().to_owned();
    let event = write_event(&key);
    let in_this_minute = join_all((0..PROCESSES).map(|_| async {
        let mut process = start_log(&stack).await;
        for _ in 0..REFUSALS_OF_A_PROCESS {
            expect_refused(&process.invoke(event.clone()).await);
        }
        REFUSALS_OF_A_PROCESS
    }));
    // Their clocks are ahead: they refuse in later minutes, and close the tallies in which
    // the others still count.
    let ahead = join_all((1..=3).map(|n| {
        let (stack, key, auditor_key) = (&stack, &key, &auditor_key);
        async move {
            let ahead = later(stack, CLOSABLE * n).await;
            let auditor = ahead.v1(auditor_key);
            for _ in 0..REFUSALS_OF_A_PROCESS {
                refuse(&ahead, key, 1).await;
                drop(auditor.audit_events(&[("limit", "1")]).await.expect(200));
                ahead.clock.advance(Duration::from_secs(2));
            }
            REFUSALS_OF_A_PROCESS
        }
    }));
    let (in_this_minute, ahead) = tokio::join!(in_this_minute, ahead);
    let answered: usize = in_this_minute.iter().chain(&ahead).sum();
    assert_eq!(answered, (PROCESSES + 3) * REFUSALS_OF_A_PROCESS);

    let last = later(&stack, CLOSABLE * 6).await;
    let told = Told::by(&last.v1(&auditor_key)).await;
    assert_eq!(told.refusals(), answered, "{told:?}");
    assert!(!told.counts.is_empty() && told.events > EVENTS_A_MINUTE, "{told:?}");
    assert_eq!(tallies(&stack).await, 0);
    assert_eq!(Told::by(&last.v1(&auditor_key)).await, told, "nothing is told again");
}

/// Where a process is killed.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// Before the n-th refusal is counted.
    BeforeCount(usize),
    /// When the n-th is being counted, or was.
    AtCount(usize),
    /// When the first has been counted, and this call is to write its event.
    BeforeEvent(&'static str),
    Never,
}

#[tokio::test]
async fn every_answered_refusal_is_told_where_processes_are_killed_in_the_middle() {
    let stack = Stack::start().await;
    let auditor_key = auditor(&stack).await.key().to_owned();
    let shared = key_of_a_reader(&stack).await;
    let (sent, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let kills = [
        Kill::BeforeCount(5),
        Kill::AtCount(20),
        Kill::BeforeEvent("BatchWriteItem"),
        Kill::BeforeEvent("PutItem"),
        Kill::AtCount(30),
        Kill::Never,
        Kill::Never,
    ];
    let killed = join_all(kills.map(|kill| {
        let (stack, shared, sent, answered) = (&stack, &shared, &sent, &answered);
        async move {
            // Of a key of its own, the first refusal has an event.
            let own = match kill {
                Kill::BeforeEvent(_) => Some(key_of_a_reader(stack).await),
                _ => None,
            };
            let event = write_event(own.as_ref().unwrap_or(shared));
            let engine = FaultyEngine::start(&stack.endpoint).await;
            let gate = Gate::closed();
            let hold = |operation, n| {
                Fault::on(operation, When::Nth(n), FaultKind::Hold(gate.clone()))
                    .only_if(|input| !input["Item"].to_string().contains("#USED#"))
            };
            let lost = match kill {
                Kill::BeforeCount(n) => engine.inject(hold("UpdateItem", n)),
                Kill::AtCount(n) => {
                    engine.inject(Fault::on("UpdateItem", When::Nth(n), FaultKind::LoseAnswer))
                }
                Kill::BeforeEvent(operation) => engine.inject(hold(operation, 1)),
                Kill::Never => engine.inject(hold("Scan", 1)),
            };
            let mut process = start_log_on(stack, &engine.endpoint).await;
            let refusing = async {
                for _ in 0..REFUSALS_OF_A_PROCESS {
                    sent.fetch_add(1, Ordering::SeqCst);
                    expect_refused(&process.invoke(event.clone()).await);
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            };
            let felt = async {
                match kill {
                    Kill::Never => std::future::pending().await,
                    Kill::AtCount(_) => {
                        while lost.fired() == 0 {
                            tokio::task::yield_now().await;
                        }
                    }
                    _ => gate.arrived(1).await,
                }
            };
            let killed = tokio::select! {
                () = refusing => false,
                () = felt => true,
            };
            // It is killed by being dropped.
            drop(process);
            engine.settled().await;
            killed
        }
    }))
    .await;
    assert_eq!(killed, [true, true, true, true, true, false, false]);

    let last = later(&stack, CLOSABLE).await;
    let told = Told::by(&last.v1(&auditor_key)).await;
    let (sent, answered) = (sent.into_inner(), answered.into_inner());
    assert!(answered < sent, "some were cut off");
    assert!((answered..=sent).contains(&told.refusals()), "{answered}..={sent}: {told:?}");
    assert_eq!(tallies(&stack).await, 0);
}

#[tokio::test]
async fn a_refusal_that_is_cut_off_between_its_calls_takes_nothing_from_the_others() {
    let (stack, engine) = Stack::start_faulty().await;
    let (key, auditor) = (key_of_a_reader(&stack).await, auditor(&stack).await);
    stack.clock.advance_to_a_minute();
    // Counted, and ended before its event: nobody was answered.
    for operation in ["BatchWriteItem", "PutItem"] {
        let gate = Gate::closed();
        engine.inject(Fault::on(operation, When::Nth(1), FaultKind::Hold(gate.clone())));
        let (ctx, request) = (stack.ctx.clone(), log_request(&key, &note("x")));
        let cut = tokio::spawn(async move { activity_log::stack::answer(&ctx, request).await });
        gate.arrived(1).await;
        cut.abort();
        cut.await.expect_err("it does not finish");
        engine.clear();
    }
    refuse(&stack, &key, 13).await;
    stack.clock.advance(CLOSABLE);
    let told = Told::by(&auditor).await;
    // Two of the first ten have no event, and were told to nobody.
    assert_eq!(told, Told { events: 8, counts: vec![5] });
}

#[tokio::test]
async fn two_readers_and_a_refusing_process_close_a_tally_with_one_event() {
    let (stack, engine) = Stack::start_faulty().await;
    let (key, auditor) = (key_of_a_reader(&stack).await, auditor(&stack).await);
    stack.clock.advance_to_a_minute();
    refuse(&stack, &key, 15).await;
    stack.clock.advance(CLOSABLE);
    let readers = [later(&stack, Duration::ZERO).await, later(&stack, Duration::ZERO).await];
    let gate = Gate::closed();
    let closes = |input: &Value| input["TransactItems"].to_string().contains("#REF\"");
    let hold = Fault::on("TransactWriteItems", When::Always, FaultKind::Hold(gate.clone()));
    engine.inject(hold.only_if(closes));
    let read = async |stack: &Stack| Told::by(&stack.v1(auditor.key())).await;
    let opened = async {
        gate.arrived(3).await;
        gate.open();
    };
    let (one, other, (), ()) =
        tokio::join!(read(&readers[0]), read(&readers[1]), refuse(&stack, &key, 1), opened);
    for told in [one, other] {
        assert_eq!(told.counts, [5], "a reader sees what was counted");
    }
    assert_eq!(Told::by(&auditor).await, Told { events: 11, counts: vec![5] });
}

#[tokio::test]
async fn a_refusal_that_is_counted_while_its_tally_is_closed_is_told_too() {
    let (slow, engine) = Stack::start_faulty().await;
    let (key, auditor) = (key_of_a_reader(&slow).await, auditor(&slow).await);
    slow.clock.advance_to_a_minute();
    refuse(&slow, &key, 12).await;
    let reader = later(&slow, CLOSABLE).await;
    let gate = Gate::closed();
    let closes = |input: &Value| input["TransactItems"].to_string().contains("#REF\"");
    let hold = Fault::on("TransactWriteItems", When::Nth(1), FaultKind::Hold(gate.clone()));
    engine.inject(hold.only_if(closes));
    // The reader has seen twelve, and is about to tell of two.
    let counted = async {
        gate.arrived(1).await;
        refuse(&slow, &key, 1).await;
        gate.open();
    };
    let reader = reader.v1(auditor.key());
    let (told, ()) = tokio::join!(Told::by(&reader), counted);
    assert_eq!(told, Told { events: 10, counts: Vec::new() }, "it closes nothing");
    assert_eq!(Told::by(&reader).await, Told { events: 10, counts: vec![3] });
    assert_eq!(tallies(&slow).await, 0);
}

/// Refuses in a process that ends then, and more often than there are events.
async fn refused_and_ended(stack: &Stack, key: &str) -> usize {
    let mut process = start_log(stack).await;
    for _ in 0..25 {
        expect_refused(&process.invoke(write_event(key)).await);
    }
    25
}

#[tokio::test]
async fn what_an_ended_process_counted_is_told_by_the_next_first_refusal() {
    let stack = Stack::start().await;
    let (key, other) = (key_of_a_reader(&stack).await, key_of_a_reader(&stack).await);
    let refused = refused_and_ended(&stack, &key).await;
    assert!(tallies(&stack).await > 0);
    let next = later(&stack, CLOSABLE).await;
    // Of another credential: any of the tenant does.
    refuse(&next, &other, 1).await;
    assert_eq!(tallies(&stack).await, 1, "its own");
    // A reader of now can close nothing.
    let told = Told::by(&auditor(&stack).await).await;
    assert_eq!(told.refusals(), refused + 1, "{told:?}");
}

#[tokio::test]
async fn what_an_ended_process_counted_is_told_to_a_reader() {
    let stack = Stack::start().await;
    let key = key_of_a_reader(&stack).await;
    let refused = refused_and_ended(&stack, &key).await;
    let reader = later(&stack, CLOSABLE).await;
    let told = Told::by(&auditor(&reader).await).await;
    assert_eq!(told.refusals(), refused, "{told:?}");
    assert_eq!(tallies(&stack).await, 0);
}

#[tokio::test]
async fn what_an_ended_process_counted_is_told_where_publish_comes_by() {
    let engine = Engine::start().await;
    let name = unique_name("refusals");
    let store = Store::new(connect_local(&engine.endpoint), &name);
    table::create(&store, ChangeStream::On).await.expect("the engine makes a table");
    let stack = Stack::start_on(&engine.endpoint, &name, |_| {}).await;
    let stream = Stream::of(&engine.endpoint, &store).await;
    let key = key_of_a_reader(&stack).await;
    let refused = refused_and_ended(&stack, &key).await;

    // Another caller of the tenant logs something.
    drop(stack.v1(&stack.service_key(TENANT).await).log(&note("x")).await.expect(201));
    let (bus, batch) = (StubBus::start().await, stream.records(1).await);
    let batch = json!({ "Records": batch }).to_string();
    let bus = EventBus::connect_local(&bus.url, "crm");
    fn_publish::handle(&stack.ctx, &bus, invocation(&batch)).await.expect("it is a batch");
    assert!(tallies(&stack).await > 0, "their minute may not be over yet");
    let next = later(&stack, CLOSABLE).await;
    fn_publish::handle(&next.ctx, &bus, invocation(&batch)).await.expect("it is a batch");
    assert_eq!(tallies(&stack).await, 0);
    let told = Told::by(&auditor(&stack).await).await;
    assert_eq!(told.refusals(), refused, "{told:?}");
}

#[tokio::test]
async fn a_refusal_that_is_counted_after_its_tally_was_closed_is_told_too() {
    let slow = Stack::start().await;
    let (key, auditor) = (key_of_a_reader(&slow).await, auditor(&slow).await);
    slow.clock.advance_to_a_minute();
    let mut refused = 0;
    // The clocks of the others are ahead, so they close the minute of the slow one.
    for (n, more) in [12, 1, 11, 10].into_iter().enumerate() {
        refuse(&slow, &key, more).await;
        refused += more;
        let other = later(&slow, CLOSABLE).await;
        let told = Told::by(&other.v1(auditor.key())).await;
        assert_eq!(told.refusals(), refused, "{n}: {told:?}");
        assert_eq!(tallies(&slow).await, 0);
    }
    let told = Told::by(&auditor).await;
    assert_eq!(told, Told { events: 10 + 1 + 10 + 10, counts: vec![1, 2] });
}

#[tokio::test]
async fn more_tallies_than_are_closed_at_once_are_told_by_the_next_calls() {
    let stack = Stack::start().await;
    let auditor = auditor(&stack).await;
    let keys = join_all((0..CLOSED_AT_ONCE + 5).map(|_| key_of_a_reader(&stack))).await;
    stack.clock.advance_to_a_minute();
    for key in &keys {
        refuse(&stack, key, 1).await;
    }
    assert_eq!(tallies(&stack).await, keys.len());
    stack.clock.advance(CLOSABLE);
    // What may be written is no refusal, and closes what its process has counted.
    let writer = stack.v1(&stack.service_key(TENANT).await);
    for left in [5, 0] {
        drop(writer.log(&note("x")).await.expect(201));
        assert_eq!(tallies(&stack).await, left);
    }
    assert_eq!(Told::by(&auditor).await, Told { events: keys.len(), counts: Vec::new() });
}

/// A stack whose calls fail, and what it logs on this thread.
struct Refusing {
    stack: Stack,
    engine: FaultyEngine,
    key: String,
    auditor: V1,
}

impl Refusing {
    /// At the beginning of a minute, with some refusals counted.
    async fn start(counted: usize) -> Self {
        let engine = FaultyEngine::start(&Engine::start().await.endpoint).await;
        let stack = Stack::start_on(&engine.endpoint, &unique_name("refusing"), |config| {
            // Long enough for an engine that is busy to count a refusal in half of it.
            config.write_timeouts.refusal = Duration::from_secs(4);
        })
        .await;
        let (key, auditor) = (key_of_a_reader(&stack).await, auditor(&stack).await);
        drop(auditor.audit_events(&[]).await.expect(200));
        stack.clock.advance_to_a_minute();
        refuse(&stack, &key, counted).await;
        Self { stack, engine, key, auditor }
    }

    /// A refusal without a server in between; returns the id of its request.
    async fn refuse(&self) -> String {
        let request = log_request(&self.key, &note("x"));
        let response = activity_log::stack::answer(&self.stack.ctx, request).await;
        assert_eq!(response.status(), 403);
        let body = String::from_utf8(response.body().to_vec()).expect("it is text");
        let request_id = response.headers()["x-request-id"].to_str().expect("it is text");
        self.engine.clear();
        let sound = self.stack.v1(&self.key).log(&note("x")).await.expect(403);
        let body = body.replace(request_id, REQUEST_ID);
        assert_eq!(body, sound.body_without_request_id(), "the answer is that of any refusal");
        request_id.to_owned()
    }

    /// What is told once the minute is over, without the refusal to compare with.
    async fn told(&self) -> usize {
        self.stack.clock.advance(CLOSABLE);
        let told = Told::by(&self.auditor).await;
        assert_eq!(tallies(&self.stack).await, 0);
        told.refusals() - 1
    }

    async fn has_event(&self, request_id: &str) -> bool {
        let events = self.auditor.every_audit_event(&[("request_id", request_id)]).await;
        events.iter().any(|event| event["action"] == "activity.logged")
    }
}

#[tokio::test]
async fn a_refusal_of_which_it_is_not_known_whether_it_was_counted_has_an_event() {
    let kinds = [
        (FaultKind::LoseAnswer, true),
        (FaultKind::DropRequest, false),
        (FaultKind::ServerError, false),
        (FaultKind::StorageUnavailable, false),
        (FaultKind::Hold(Gate::closed()), false),
    ];
    for (kind, counted) in kinds {
        for before in [0, EVENTS_A_MINUTE + 2] {
            let refusing = Refusing::start(before).await;
            let fault = Fault::on("UpdateItem", When::Always, kind.clone());
            let fault = refusing.engine.inject(fault);
            let (log, guard) = CapturedLog::start();
            let request_id = refusing.refuse().await;
            drop(guard);
            assert_eq!(fault.fired(), 1, "{kind:?}: it is not tried again");
            assert!(refusing.has_event(&request_id).await, "{kind:?} after {before}");
            assert!(log.lines_with(NOT_COUNTED)[0].contains(&request_id));
            assert!(log.lines_with(NOT_AUDITED).is_empty(), "{kind:?}: it is recorded");
            // Counted beyond the first ones, it is told by the number too.
            let twice = usize::from(counted && before > 0);
            assert_eq!(refusing.told().await, before + 1 + twice, "{kind:?} after {before}");
        }
    }
}

#[tokio::test]
async fn a_refusal_that_waits_for_the_table_is_counted_once() {
    for kind in [FaultKind::Throttle, FaultKind::TransactionConflict] {
        for before in [0, EVENTS_A_MINUTE + 2] {
            let refusing = Refusing::start(before).await;
            let fault = Fault::on("UpdateItem", When::First(2), kind.clone());
            let fault = refusing.engine.inject(fault);
            let (log, guard) = CapturedLog::start();
            let request_id = refusing.refuse().await;
            drop(guard);
            assert_eq!(fault.fired(), 2);
            assert_eq!(refusing.has_event(&request_id).await, before == 0);
            assert!(log.lines_with(NOT_COUNTED).is_empty());
            assert!(log.lines_with(NOT_AUDITED).is_empty());
            assert_eq!(refusing.told().await, before + 1, "{kind:?} after {before}");
        }
    }
}

#[tokio::test]
async fn a_refusal_that_was_not_recorded_is_answered_alike_and_the_log_says_so() {
    let down = |operation| Fault::on(operation, When::Always, FaultKind::StorageUnavailable);
    let throttled = |operation| Fault::on(operation, When::Always, FaultKind::Throttle);
    let cases = [
        vec![throttled("UpdateItem")],
        vec![down("UpdateItem"), down("BatchWriteItem")],
        vec![down("UpdateItem"), down("PutItem")],
    ];
    for faults in cases {
        let refusing = Refusing::start(EVENTS_A_MINUTE + 2).await;
        let injected: Vec<_> =
            faults.into_iter().map(|fault| refusing.engine.inject(fault)).collect();
        let (log, guard) = CapturedLog::start();
        let request_id = refusing.refuse().await;
        drop(guard);
        assert!(injected.iter().all(|fault| fault.fired() > 0));
        let lines = log.lines_with(NOT_AUDITED);
        assert!(matches!(&lines[..], [line] if line.contains(&request_id)), "{lines:?}");
        assert!(!refusing.has_event(&request_id).await);
        assert_eq!(refusing.told().await, EVENTS_A_MINUTE + 2, "neither counted nor told");
    }
}

#[tokio::test]
async fn a_tally_that_can_not_be_closed_keeps_no_refusal_from_being_told() {
    for kind in [FaultKind::Throttle, FaultKind::DropRequest, FaultKind::StorageUnavailable] {
        let refusing = Refusing::start(EVENTS_A_MINUTE + 2).await;
        refusing.stack.clock.advance(CLOSABLE);
        let closing = Fault::on("TransactWriteItems", When::Always, kind.clone());
        let closing = refusing.engine.inject(closing);
        let (log, guard) = CapturedLog::start();
        let request_id = refusing.refuse().await;
        drop(guard);
        assert!(closing.fired() > 0);
        assert!(log.lines_with(NOT_AUDITED)[0].contains(&request_id));
        assert!(refusing.has_event(&request_id).await, "{kind:?}");
        assert_eq!(refusing.told().await, EVENTS_A_MINUTE + 3, "{kind:?}");
    }
}

#[tokio::test]
async fn a_fault_in_any_call_that_closes_a_tally_leaves_one_event() {
    let kinds = [
        FaultKind::LoseAnswer,
        FaultKind::DropRequest,
        FaultKind::Throttle,
        FaultKind::ServerError,
        FaultKind::TransactionConflict,
        FaultKind::TransactionThrottled,
        FaultKind::TransactionInProgress,
        FaultKind::ForgetToken,
    ];
    for kind in kinds {
        let refusing = Refusing::start(EVENTS_A_MINUTE + 2).await;
        refusing.stack.clock.advance(CLOSABLE);
        // Its answer is lost, so that the next attempt is another one for the engine.
        if matches!(kind, FaultKind::ForgetToken) {
            let lost = Fault::on("TransactWriteItems", When::Nth(1), FaultKind::LoseAnswer);
            refusing.engine.inject(lost);
        }
        let closes = |input: &Value| input["TransactItems"].to_string().contains("#REF\"");
        let fault = Fault::on("TransactWriteItems", When::First(2), kind.clone());
        let fault = refusing.engine.inject(fault.only_if(closes));
        let told = Told::by(&refusing.auditor).await;
        assert!(fault.fired() > 0, "{kind:?}");
        assert_eq!(told, Told { events: EVENTS_A_MINUTE, counts: vec![2] }, "{kind:?}");
        assert_eq!(tallies(&refusing.stack).await, 0);
    }
}

#[tokio::test]
async fn a_tally_that_can_not_be_read_keeps_nobody_from_the_trail() {
    let stack = Stack::start().await;
    let auditor = auditor(&stack).await;
    refuse(&stack, &key_of_a_reader(&stack).await, 3).await;
    let table = RawTable::of(&stack).await;
    // Before every other one.
    let sk = "2020-01-01T00:00:00.000Z#0#internal_error";
    table.corrupt(&format!("T#{TENANT}#REF"), sk).await;
    stack.clock.advance(CLOSABLE);
    // It keeps no other from being closed.
    assert_eq!(Told::by(&auditor).await, Told { events: 3, counts: vec![] });
    assert_eq!(tallies(&stack).await, 1);
    let (log, _guard) = CapturedLog::start();
    let request = read_trail_request(auditor.key());
    let answer = activity_log::stack::answer(&stack.ctx, request).await;
    assert_eq!(answer.status(), 200);
    let request_id = answer.headers()["x-request-id"].to_str().expect("it is text");
    let reported = log.lines_with(NOT_AUDITED);
    assert!(!reported.is_empty());
    assert!(reported.iter().all(|line| line.contains(request_id)), "{reported:?}");
}

#[tokio::test]
async fn refusals_through_doors_of_every_kind_are_counted_together() {
    let stack = Stack::start().await;
    let auditor = auditor(&stack).await;
    let key = key_of_a_reader(&stack).await;
    let mcp = stack.mcp(&key);
    let tool = json!({ "name": "log_activity", "arguments": note("x") });
    stack.clock.advance_to_a_minute();
    for _ in 0..8 {
        let call = mcp.request("2025-11-25", "tools/call", tool.clone());
        drop(call.send().await.expect(403));
        refuse(&stack, &key, 2).await;
    }
    stack.clock.advance(CLOSABLE);
    let told = Told::by(&auditor).await;
    assert_eq!(told, Told { events: EVENTS_A_MINUTE, counts: vec![14] });
    assert_eq!(tallies(&stack).await, 0);
    let counted = auditor.every_audit_event(&[("action", "key.refusals_counted")]).await;
    assert_eq!(
        (&counted[0]["tool_name"], &counted[0]["source"]),
        (&json!("log_activity"), &json!("mcp"))
    );
}

/// `GET /v1/audit-events`, handed to the function without a server in between, so that
/// what it logs is logged on this thread.
fn read_trail_request(key: &str) -> Request {
    let mut request = log_request(key, &json!({}));
    request.method = Method::GET;
    "/v1/audit-events".clone_into(&mut request.path);
    request.body = RequestBody::EMPTY;
    request
}
