//! What asks for a run of the index's compactor: for each tenant of a batch with a marked
//! entry there is an `index.requested` on the bus. It is tried once, and no record of the
//! batch fails by it.

use std::time::Duration;

use activity_log_core::domain::clock::{Environment, SystemEnvironment};
use activity_log_core::lambda::Invocation;
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::event_bus::{BusFault, StubBus, detail};
use activity_log_tests::lambda::{batch_failures, invocation, sample};
use activity_log_tests::stack::Stack;
use activity_log_tests::stream::is_of_a_logged_activity;
use fn_publish::EventBus;
use serde_json::{Value, json};

/// The insertion of a marked entry, as the stream hands it over.
fn marked(tail: &str) -> Value {
    let (pk, sk) = (json!({ "S": tail }), json!({ "S": "entry" }));
    json!({
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": { "pk": pk, "sk": sk },
            "NewImage": { "pk": pk, "sk": sk, "b": { "B": "AAECAw==" }, "m": { "S": "1" } },
            "SequenceNumber": "marked",
        },
    })
}

/// The records of the sample that tell of activities.
fn heads() -> Vec<Value> {
    let batch = sample("publish.json");
    let records = batch["Records"].as_array().expect("there are records");
    records.iter().filter(|record| is_of_a_logged_activity(record)).cloned().collect()
}

/// The places that the function names to Lambda.
async fn publish(bus: &StubBus, records: &[Value], left: Option<Duration>) -> Vec<String> {
    let stack = Stack::start().await;
    let now = SystemEnvironment.now().expect("the clock is right");
    let payload = json!({ "Records": records }).to_string();
    let invocation =
        Invocation { deadline: left.map(|left| now.plus(left)), ..invocation(&payload) };
    let bus = EventBus::connect_local(&bus.url, "crm");
    let answer = fn_publish::handle(&stack.ctx, &bus, invocation).await;
    let answer = answer.expect("the batch can be read");
    batch_failures(&serde_json::to_value(answer).expect("an answer has a JSON form"))
}

/// The tenants for which the bus took an event.
fn tenants(bus: &StubBus) -> Vec<Value> {
    let taken = bus.taken();
    let requests = taken.iter().filter(|entry| entry["DetailType"] == "index.requested");
    requests.map(|entry| detail(entry)["tenant_id"].clone()).collect()
}

#[tokio::test]
async fn a_batch_asks_for_one_run_of_each_tenant_that_it_has_a_marked_entry_of() {
    let mut records: Vec<Value> =
        ["T#acme#TAIL", "T#other#TAIL", "T#acme#TAIL#3", "T#acme#TAIL"].map(marked).into();
    for (change, tail) in [("MODIFY", "T#changed#TAIL"), ("REMOVE", "T#gone#TAIL")] {
        let mut record = marked(tail);
        record["eventName"] = json!(change);
        records.push(record);
    }
    let mut unmarked = marked("T#unmarked#TAIL");
    unmarked["dynamodb"]["NewImage"].as_object_mut().expect("an object").remove("m");
    let mut without_image = marked("T#keys-only#TAIL");
    without_image["dynamodb"].as_object_mut().expect("an object").remove("NewImage");
    records.extend([unmarked, without_image]);
    records.extend(["T#a_b#TAIL", "T#acme#BODY#1", "T#elsewhere#SEGS"].map(marked));

    let bus = StubBus::start().await;
    let (log, guard) = CapturedLog::start();
    assert_eq!(publish(&bus, &records, None).await, [""; 0]);
    drop(guard);
    assert_eq!(bus.calls().len(), 1);
    let taken = bus.taken();
    assert_eq!(tenants(&bus), [json!("acme"), json!("other")]);
    for entry in &taken {
        assert_eq!(entry["Source"], "activity-log");
        assert_eq!(entry["EventBusName"], "crm");
        let detail = detail(entry);
        assert_eq!(detail, json!({ "version": 1, "tenant_id": detail["tenant_id"] }));
    }
    let line = &log.fields_with("batch published")[0];
    let counts = ["records", "published", "failed", "runs_requested"];
    assert_eq!(counts.map(|name| line[name].as_u64()), [Some(11), Some(0), Some(0), Some(2)]);
}

#[tokio::test]
async fn nothing_is_made_of_an_entry_but_its_mark() {
    let mut record = marked("T#acme#TAIL");
    let image = &mut record["dynamodb"]["NewImage"];
    image["b"]["B"] = json!("A".repeat(400_000));
    image["later"] = json!({ "M": { "of": { "L": [{ "BOOL": true }] } } });
    let bus = StubBus::start().await;
    assert_eq!(publish(&bus, &[record], None).await, [""; 0]);
    assert_eq!(tenants(&bus), [json!("acme")]);
}

#[tokio::test]
async fn more_than_ten_tenants_are_several_calls() {
    let records: Vec<Value> = (0..25).map(|n| marked(&format!("T#tenant-{n}#TAIL"))).collect();
    let bus = StubBus::start().await;
    assert_eq!(publish(&bus, &records, None).await, [""; 0]);
    assert_eq!(bus.calls().len(), 3);
    assert_eq!(tenants(&bus).len(), 25);
}

#[tokio::test]
async fn a_run_that_cannot_be_asked_for_fails_no_record() {
    let refuse = |status, code| BusFault::Refuse { status, code, message: "no".to_owned() };
    let some = |code| BusFault::FailEntries { with: "other".to_owned(), code };
    for (fault, failed) in [
        (refuse(400, "ThrottlingException"), 2),
        (refuse(400, "AccessDeniedException"), 2),
        (refuse(500, "InternalException"), 2),
        (some("ThrottlingException"), 1),
        (some("NotAuthorizedForDetailTypeException"), 1),
        (BusFault::HangUp, 2),
        (BusFault::CutAnswer, 2),
    ] {
        let name = format!("{fault:?}");
        let bus = StubBus::start().await;
        bus.fail([fault]);
        let records = ["T#acme#TAIL", "T#other#TAIL"].map(marked);
        let (log, guard) = CapturedLog::start();
        assert_eq!(publish(&bus, &records, None).await, [""; 0], "{name}");
        drop(guard);
        assert_eq!(bus.calls().len(), 1, "{name}: it is tried once");
        let lines = log.fields_with("runs of the compactor not asked for");
        assert_eq!(lines.len(), 1, "{name}");
        assert_eq!(lines[0]["failed"], failed, "{name}");
        assert_eq!(log.fields_with("batch published")[0]["runs_requested"], 2 - failed, "{name}");
    }
}

#[tokio::test]
async fn a_run_is_asked_for_whatever_becomes_of_the_activities_of_a_batch() {
    let mut records = heads();
    let mut unreadable = records[0].clone();
    unreadable["dynamodb"]["NewImage"]["summary"] = json!({ "N": "1" });
    unreadable["dynamodb"]["SequenceNumber"] = json!("unreadable");
    records.push(unreadable);
    records.push(marked("T#acme#TAIL"));
    let bus = StubBus::start().await;
    assert_eq!(publish(&bus, &records, None).await, ["unreadable"]);
    assert_eq!(tenants(&bus), [json!("acme")]);
    assert_eq!(bus.taken().len(), heads().len() + 1);
}

#[tokio::test]
async fn a_bus_that_does_not_answer_fails_no_record() {
    let bus = StubBus::start().await;
    bus.fail([BusFault::Stall]);
    let left = Some(Duration::from_millis(1_500));
    assert_eq!(publish(&bus, &[marked("T#acme#TAIL")], left).await, [""; 0]);

    // Less than the answer itself takes.
    let left = Some(Duration::from_millis(900));
    assert_eq!(publish(&bus, &[marked("T#acme#TAIL")], left).await, [""; 0]);
    assert_eq!(bus.calls().len(), 1, "no call is begun after the deadline");
}
