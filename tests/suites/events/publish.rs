//! Events out: for every logged activity there is an `activity.logged` on the
//! bus, at least once and always with one id, or Lambda is told where to go on.

use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::domain::clock::{Environment, SystemEnvironment};
use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::domain::principal::Scope;
use activity_log_core::domain::record_type::NAMESPACE;
use activity_log_core::lambda::{Invocation, InvocationError};
use activity_log_core::platform::config::Config;
use activity_log_core::store::Store;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::table::{self, ChangeStream};
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::logged_activity::id_of;
use activity_log_tests::client::v1::{V1, note};
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::event_bus::{BusFault, StubBus, detail};
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, Gate, When};
use activity_log_tests::lambda::{batch_failures, invocation, sample};
use activity_log_tests::stack::Stack;
use activity_log_tests::stream::{Stream, is_of_a_logged_activity};
use activity_log_tests::workspace::{TENANT, Workspace, objects_beyond_a_head};
use fn_publish::EventBus;
use serde_json::{Value, json};
use uuid::Uuid;

/// A text that no event may have, and no log.
const SECRET: &str = "marzipan";

/// A table with a stream, and a bus.
struct Publishing {
    workspace: Workspace,
    stream: Stream,
    endpoint: String,
    bus: StubBus,
    logged: usize,
}

impl Publishing {
    async fn start() -> Self {
        let engine = Engine::start().await;
        let name = unique_name("publish");
        let store = Store::new(connect_local(&engine.endpoint), &name);
        table::create(&store, ChangeStream::On).await.expect("the engine makes a table");
        let stack = Stack::start_on(&engine.endpoint, &name, |_| {}).await;
        let stream = Stream::of(&engine.endpoint, &store).await;
        Self {
            workspace: Workspace::on(stack).await,
            stream,
            endpoint: engine.endpoint,
            bus: StubBus::start().await,
            logged: 0,
        }
    }

    fn ctx(&self) -> &Context {
        &self.workspace.stack.ctx
    }

    /// Logs through `/v1`.
    async fn log(&mut self, input: &Value) -> Value {
        self.log_as(&self.workspace.v1.clone(), input).await
    }

    async fn log_as(&mut self, v1: &V1, input: &Value) -> Value {
        self.logged += 1;
        v1.log(input).await.expect(201).json()
    }

    /// Logs notes of these summaries.
    async fn log_notes(&mut self, summaries: &[&str]) {
        for summary in summaries {
            self.log(&note(summary)).await;
        }
    }

    /// Logs through the dialect, and returns the id.
    async fn submit(&mut self, input: &Value) -> String {
        self.logged += 1;
        id_of(&self.workspace.api.log("site_visit", input).await.expect(201))
    }

    /// What the stream has, all of it.
    async fn records(&self) -> Vec<Value> {
        self.stream.records(self.logged).await
    }

    /// The records of logged activities.
    async fn heads(&self) -> Vec<Value> {
        let records = self.records().await;
        records.into_iter().filter(is_of_a_logged_activity).collect()
    }

    /// The places that the function names to Lambda.
    async fn publish(&self, records: &[Value]) -> Vec<String> {
        publish(self.ctx(), &self.bus, records).await
    }

    /// An activity as `/v1` shows it, without its body.
    async fn shown(&self, id: &str) -> Value {
        let answer = self.workspace.v1.read(id).await.expect(200);
        let mut activity = answer.json()["activity"].take();
        let properties = activity.as_object_mut().expect("it is an object");
        for only_by_id in ["body", "submission"] {
            properties.remove(only_by_id);
        }
        activity
    }
}

async fn invoke(
    ctx: &Context,
    bus: &StubBus,
    payload: &Value,
    left: Option<Duration>,
) -> Result<Value, InvocationError> {
    let deadline = left.map(|left| SystemEnvironment.now().expect("the clock is right").plus(left));
    let invocation = Invocation { deadline, ..invocation(&payload.to_string()) };
    let bus = EventBus::connect_local(&bus.url, "crm");
    let answer = fn_publish::handle(ctx, &bus, invocation).await?;
    Ok(serde_json::to_value(answer).expect("an answer has a JSON form"))
}

async fn publish(ctx: &Context, bus: &StubBus, records: &[Value]) -> Vec<String> {
    publish_within(ctx, bus, records, None).await
}

async fn publish_within(
    ctx: &Context,
    bus: &StubBus,
    records: &[Value],
    left: Option<Duration>,
) -> Vec<String> {
    let answer = invoke(ctx, bus, &json!({ "Records": records }), left).await;
    batch_failures(&answer.expect("the batch can be read"))
}

#[tokio::test]
async fn a_batch_is_read_again_where_the_clock_tells_no_time() {
    let stack = Stack::start().await;
    let bus = StubBus::start().await;
    stack.clock.set_before_1970(true);
    let answer = invoke(&stack.ctx, &bus, &json!({ "Records": [] }), None).await;
    let error = answer.expect_err("it is not begun");
    assert_eq!((error.code, &*error.message), ("internal_error", "An internal error occurred."));
    stack.clock.set_before_1970(false);
    invoke(&stack.ctx, &bus, &json!({ "Records": [] }), None).await.expect("it is done");
}

fn places(records: &[Value]) -> Vec<String> {
    let place = |record: &Value| record["dynamodb"]["SequenceNumber"].as_str().map(str::to_owned);
    records.iter().map(|record| place(record).expect("a record has a place")).collect()
}

fn summaries<'a>(details: &'a [Value]) -> Vec<&'a str> {
    let summary = |detail: &'a Value| detail["activity"]["summary"].as_str();
    details.iter().map(|detail| summary(detail).expect("an event has a summary")).collect()
}

/// Holds an entry against what is documented.
fn check(entry: &Value) {
    let detail = detail(entry);
    let schema = sample("activity-logged.schema.json");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is one");
    let errors: Vec<String> =
        validator.iter_errors(&detail).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}: {detail}");
    for (part, schema) in
        [(&detail, &schema), (&detail["activity"], &schema["properties"]["activity"])]
    {
        for name in part.as_object().expect("it is an object").keys() {
            assert!(!schema["properties"][name].is_null(), "{name} is not documented");
        }
    }
    let (tenant, id) = (&detail["tenant_id"], &detail["activity"]["id"]);
    let name = [tenant, id].map(|value| value.as_str().expect("it is text")).join("/");
    let event_id = Uuid::new_v5(&NAMESPACE, format!("activity.logged/{name}").as_bytes());
    assert_eq!(detail["event_id"], event_id.to_string());
    assert_eq!((&detail["version"], tenant), (&json!(1), &detail["activity"]["tenant_id"]));

    let mut names: Vec<&str> =
        entry.as_object().expect("it is an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["Detail", "DetailType", "EventBusName", "Source", "Time"]);
    assert_eq!(entry["Source"], "activity-log");
    assert_eq!(entry["DetailType"], "activity.logged");
    assert_eq!(entry["EventBusName"], "crm");
    let logged_at = detail["activity"]["logged_at"].as_str().expect("it is a time");
    let logged_at = Timestamp::parse(logged_at, Rounding::Down).expect("it is a time");
    // Seconds with three decimals.
    assert_eq!(entry["Time"].as_f64(), Some(logged_at.as_millis() as f64 / 1000.0));
    assert!(!entry.to_string().contains(SECRET), "{entry}");
}

#[test]
fn the_schema_is_that_of_the_code() {
    let schema = fn_publish::activity_logged::detail_schema();
    let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    assert_eq!(sample("activity-logged.schema.json"), schema, "{text}");
}

#[tokio::test]
async fn the_sample_batch_is_published() {
    let stack = Stack::start().await;
    let bus = StubBus::start().await;
    let batch = sample("publish.json");
    let answer = invoke(&stack.ctx, &bus, &batch, None).await.expect("the batch can be read");
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let records = batch["Records"].as_array().expect("there are records");
    let heads: Vec<_> = records.iter().filter(|record| is_of_a_logged_activity(record)).collect();
    assert!(heads.len() < records.len(), "a batch may have other records");
    let ids: Vec<&str> = heads
        .iter()
        .map(|head| head["dynamodb"]["Keys"]["pk"]["S"].as_str().expect("a head has a key"))
        .collect();
    let details = bus.details();
    assert_eq!(bus.taken().len(), details.len() + 1, "and a run of the compactor is asked for");
    let published: Vec<String> = details
        .iter()
        .map(|detail| format!("T#demo#ACT#{}", detail["activity"]["id"].as_str().expect("an id")))
        .collect();
    assert_eq!(published, ids, "in the order of the stream");
    bus.logged().iter().for_each(check);

    // What it is a sample of.
    let image = |name: &str| {
        heads.iter().filter(|head| !head["dynamodb"]["NewImage"][name].is_null()).count()
    };
    assert_eq!(heads.len(), 5);
    assert_eq!(["body", "body_start", "object", "submission"].map(image), [2, 1, 2, 2]);
    let agents = details.iter().filter(|detail| detail["actor"]["type"] == "agent").count();
    assert_eq!(agents, 1);
}

#[tokio::test]
async fn an_event_shows_what_v1_shows_and_no_text_but_the_summary() {
    let mut publishing = Publishing::start().await;
    let stack = &publishing.workspace.stack;
    let agent = stack.v1(&stack.issue_key(TENANT, "agent:scout", Scope::ALL).await);
    publishing.workspace.define_fields("site_visit", json!([])).await;
    let plain = publishing.log(&note("Nothing else")).await;
    // It is deflated in the head.
    let body = format!("{SECRET} ").repeat(100);
    let related = json!({
        "type": "email", "summary": "With \"all\" of it \u{1}\u{1f600}", "body": body,
        "related_resource_type": "contact", "related_resource_id": "con_1",
        "occurred_at": "2020-02-29T12:00:00.123+02:00",
    });
    let related = publishing.log(&related).await;
    let long = format!("{SECRET} ").repeat(2_000);
    let long = json!({ "type": "agent_action", "summary": "Long", "body": long });
    let long = publishing.log_as(&agent, &long).await;
    let submission = json!({
        "notes": format!("The first line\n{SECRET}"),
        "mentions": [Uuid::max()],
        "related_objects": [
            { "custom_object": "property", "entity_id": "pro_1" },
            { "custom_object": "company", "entity_id": "com_1" },
        ],
    });
    publishing.submit(&submission).await;

    let records = publishing.records().await;
    let deflated = |record: &&Value| record["dynamodb"]["NewImage"]["body"]["B"].is_string();
    let heads = records.iter().filter(|record| is_of_a_logged_activity(record));
    assert_eq!(heads.filter(deflated).count(), 1);
    assert_eq!(publishing.publish(&records).await, [""; 0]);
    publishing.bus.logged().iter().for_each(check);
    let details = publishing.bus.details();
    assert_eq!(
        summaries(&details)[..3],
        ["Nothing else", "With \"all\" of it \u{1}\u{1f600}", "Long"]
    );
    for (detail, answer) in details.iter().zip([&plain, &related, &long]) {
        assert_eq!(detail["request_id"], answer["request_id"]);
        assert_eq!(detail["activity"]["id"], answer["activity"]["id"]);
    }
    for detail in &details {
        let id = detail["activity"]["id"].as_str().expect("it has an id");
        assert_eq!(detail["activity"], publishing.shown(id).await);
    }
    let actors: Vec<&Value> = details.iter().map(|detail| &detail["actor"]).collect();
    let actor = |kind: &str, id: &str| json!({ "type": kind, "id": id });
    let suite = actor("service", "suite");
    assert_eq!(actors, [&suite, &suite, &actor("agent", "scout"), &actor("user", "jane")]);
    assert_eq!(details[2]["activity"]["last_agent_actor_id"], "scout");
    assert_eq!(details[3]["activity"]["related_objects"][0]["id"], "pro_1");
    assert_eq!(details[3]["activity"]["related_resource_id"], "com_1");
}

/// Logs a note, and two activities whose heads have no room for their records.
async fn with_related_records_elsewhere() -> (Publishing, Vec<Value>) {
    let mut publishing = Publishing::start().await;
    publishing.workspace.define_fields("site_visit", json!([])).await;
    for object in objects_beyond_a_head() {
        let text = |name: &str| object[name].as_str().expect("it is text");
        let stack = &publishing.workspace.stack;
        stack.put_resource(TENANT, text("custom_object"), text("entity_id"), None).await;
    }
    publishing.log_notes(&["plain"]).await;
    for _ in 0..2 {
        publishing
            .submit(&json!({ "notes": "Far", "related_objects": objects_beyond_a_head() }))
            .await;
    }
    let heads = publishing.heads().await;
    let has_related = |head: &Value| !head["dynamodb"]["NewImage"]["related"].is_null();
    assert_eq!(heads.iter().filter(|head| has_related(head)).count(), 0);
    (publishing, heads)
}

/// A context whose calls to the table go through a proxy.
async fn faulty(publishing: &Publishing) -> (FaultyEngine, Context) {
    let proxy = FaultyEngine::start(&publishing.endpoint).await;
    let table = publishing.ctx().store.table_name();
    let store = Store::new(connect_local(&proxy.endpoint), table);
    (proxy, Context::new(store, Config::for_table(table)))
}

#[tokio::test]
async fn related_records_that_the_head_has_no_room_for_are_read_in_one_call() {
    let (publishing, heads) = with_related_records_elsewhere().await;
    let (proxy, ctx) = faulty(&publishing).await;
    // Twice the same, which BatchGetItem would refuse.
    let twice = [&heads[..], &heads[2..]].concat();
    assert_eq!(publish(&ctx, &publishing.bus, &twice).await, [""; 0]);
    let operations: Vec<_> = proxy.calls().into_iter().map(|call| call.operation).collect();
    // And it looks for names, and for counts of refusals that nobody has told.
    assert_eq!(operations, ["BatchGetItem", "BatchGetItem", "Query"]);
    publishing.bus.logged().iter().for_each(check);
    let details = publishing.bus.details();
    assert_eq!(summaries(&details), ["plain", "Far", "Far", "Far"]);
    for detail in &details[1..] {
        let id = detail["activity"]["id"].as_str().expect("it has an id");
        assert_eq!(detail["activity"], publishing.shown(id).await);
        assert_eq!(detail["activity"]["related_objects"].as_array().map(Vec::len), Some(20));
    }

    proxy.reset_calls();
    assert_eq!(publish(&ctx, &publishing.bus, &heads[..1]).await, [""; 0]);
    let calls = proxy.calls();
    assert_eq!(calls.len(), 1, "a head that says all needs no call but for names");
    assert!(calls[0].request.to_string().contains("#ACTORS"));
}

#[tokio::test]
async fn an_event_has_the_names_of_those_who_acted() {
    let mut publishing = Publishing::start().await;
    publishing.log_notes(&["nameless", "named"]).await;
    let heads = publishing.heads().await;
    let nameless = json!({ "type": "service", "id": "suite" });
    assert_eq!(publishing.publish(&heads[..1]).await, [""; 0]);
    publishing.workspace.stack.name_actor(TENANT, "service:suite", "The suite").await;
    publishing.workspace.stack.name_actor("other", "service:suite", "Another").await;
    // The heads of two tenants, of which one names nobody.
    let mut foreign = heads[1].clone();
    foreign["dynamodb"]["Keys"]["pk"]["S"] = json!(format!("T#nobody#ACT#{}", Uuid::max()));
    let (proxy, ctx) = faulty(&publishing).await;
    let batch = [&heads[1..], &[foreign]].concat();
    assert_eq!(publish(&ctx, &publishing.bus, &batch).await, [""; 0]);
    let calls = proxy.calls();
    let reads = calls.iter().filter(|call| call.operation == "BatchGetItem").count();
    assert_eq!(reads, 2, "whose registries there are, and the names");
    let named = json!({ "type": "service", "id": "suite", "display_name": "The suite" });
    let details = publishing.bus.details();
    publishing.bus.logged().iter().for_each(check);
    assert_eq!(details.len(), 3);
    for (detail, actor) in details.iter().zip([&nameless, &named, &nameless]) {
        assert_eq!((&detail["actor"], &detail["activity"]["actor"]), (actor, actor));
    }
    let id = details[1]["activity"]["id"].as_str().expect("it has an id");
    assert_eq!(details[1]["activity"], publishing.shown(id).await);

    // Names that can't be read are read again, with their records.
    proxy.inject(
        Fault::on("BatchGetItem", When::Always, FaultKind::Throttle)
            .only_if(|request| request.to_string().contains("#ACTOR#")),
    );
    assert_eq!(publish(&ctx, &publishing.bus, &batch).await, places(&heads[1..]));
}

#[tokio::test]
async fn a_record_whose_related_records_cannot_be_read_is_named_and_the_others_are_published() {
    let (publishing, mut heads) = with_related_records_elsewhere().await;
    let (proxy, ctx) = faulty(&publishing).await;
    let bodies = |request: &Value| request.to_string().contains("#BODY#");
    let refuse = Fault::on("BatchGetItem", When::Always, FaultKind::Throttle).only_if(bodies);
    proxy.inject(refuse);
    let (log, guard) = CapturedLog::start();
    assert_eq!(publish(&ctx, &publishing.bus, &heads).await, places(&heads[1..]));
    drop(guard);
    let reasons = log.fields_with("events not published");
    assert_eq!(reasons.len(), 1, "the call failed once");
    assert_eq!(reasons[0]["failed"], 2);
    assert_eq!(summaries(&publishing.bus.details()), ["plain"]);

    // A head whose other item is not there.
    let key = format!("T#{TENANT}#ACT#{}", Uuid::max());
    heads[1]["dynamodb"]["Keys"]["pk"]["S"] = json!(key);
    let (log, guard) = CapturedLog::start();
    assert_eq!(publishing.publish(&heads).await, places(&heads[1..2]));
    drop(guard);
    assert_eq!(log.lines_with("is corrupt").len(), 1);
    assert_eq!(summaries(&publishing.bus.details()), ["plain", "plain", "Far"]);
}

#[tokio::test]
async fn a_table_that_does_not_answer_in_time_is_asked_again_by_the_next_invocation() {
    let (publishing, heads) = with_related_records_elsewhere().await;
    let (proxy, ctx) = faulty(&publishing).await;
    let gate = Gate::closed();
    proxy.inject(Fault::on("BatchGetItem", When::Always, FaultKind::Hold(gate.clone())));
    let left = Some(Duration::from_millis(1_200));
    let failed = publish_within(&ctx, &publishing.bus, &heads, left).await;
    assert_eq!(failed, places(&heads));
    assert!(publishing.bus.calls().is_empty());
    gate.open();
    assert_eq!(publish(&ctx, &publishing.bus, &heads).await, [""; 0]);
    assert_eq!(publishing.bus.logged().len(), 3);
}

/// Copies of a head, each of another activity.
fn copies(head: &Value, count: usize) -> Vec<Value> {
    let copy = |n: usize| {
        let mut head = head.clone();
        let key = format!("T#{TENANT}#ACT#{}", Uuid::from_u128(n as u128));
        head["dynamodb"]["Keys"]["pk"]["S"] = json!(key);
        head["dynamodb"]["NewImage"]["summary"]["S"] = json!(format!("note {n}."));
        head["dynamodb"]["SequenceNumber"] = json!(n.to_string());
        head
    };
    (1..=count).map(copy).collect()
}

/// A table with a stream, and so many records of activities.
async fn with_heads(count: usize) -> (Publishing, Vec<Value>) {
    let mut publishing = Publishing::start().await;
    publishing.log_notes(&["note"]).await;
    let heads = publishing.heads().await;
    (publishing, copies(&heads[0], count))
}

#[tokio::test]
async fn a_call_has_up_to_ten_events_and_there_are_four_at_a_time() {
    let (publishing, heads) = with_heads(85).await;
    assert_eq!(publishing.publish(&heads[..25]).await, [""; 0]);
    let sizes: Vec<usize> = publishing.bus.calls().iter().map(Vec::len).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 25);
    assert_eq!(sizes.iter().filter(|size| **size == 10).count(), 2);

    let bus = StubBus::start().await;
    bus.gather(4);
    assert_eq!(publish(publishing.ctx(), &bus, &heads[..80]).await, [""; 0]);
    assert_eq!((bus.calls().len(), bus.most_in_flight()), (8, 4));
    let mut published: Vec<Value> = bus.details();
    published.sort_by_key(|detail| detail["activity"]["id"].to_string());
    let expected: Vec<String> = (1..=80).map(|n| format!("note {n}.")).collect();
    assert_eq!(summaries(&published), expected, "each once");
}

#[tokio::test]
async fn ten_of_the_largest_events_fit_a_call() {
    let (publishing, mut heads) = with_related_records_elsewhere().await;
    let largest = &mut heads[1]["dynamodb"]["NewImage"];
    // Control characters take six bytes in JSON, quotes two.
    largest["summary"]["S"] = json!(format!("{}x", "\u{1}".repeat(499)));
    largest["actor_type"]["S"] = json!("agent");
    largest["actor_id"]["S"] = json!("\"".repeat(255));
    assert_eq!(publishing.publish(&vec![heads[1].clone(); 10]).await, [""; 0]);
    let calls = publishing.bus.calls();
    assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [10]);
    let bytes = calls[0][0]["Detail"].as_str().map_or(0, str::len);
    assert!(bytes > 15_000, "{bytes} bytes are not the largest");
}

#[tokio::test]
async fn only_the_events_that_were_not_taken_are_put_again_and_with_the_same_id() {
    let (publishing, heads) = with_heads(4).await;
    let fail = |with: &str, code| BusFault::FailEntries { with: with.to_owned(), code };
    publishing.bus.fail([
        fail("note ", "ThrottlingException"),
        fail("note 2.", "InternalFailure"),
        // Unknown codes are no reason to give up.
        fail("note 2.", "SomethingNewException"),
    ]);
    assert_eq!(publishing.publish(&heads).await, [""; 0]);
    let calls = publishing.bus.calls();
    assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 1, 1]);
    assert_eq!(calls[0], calls[1]);
    assert_eq!(calls[2], calls[3]);
    assert_eq!(calls[0][1], calls[2][0]);
    let details = publishing.bus.details();
    assert_eq!(summaries(&details), ["note 1.", "note 3.", "note 4.", "note 2."]);
}

#[tokio::test]
async fn an_event_that_is_refused_for_good_is_named_by_its_place() {
    let (publishing, heads) = with_heads(4).await;
    for (n, code) in ["MalformedDetail", "NotAuthorizedForSourceException"].into_iter().enumerate()
    {
        let with = "note 3.".to_owned();
        publishing.bus.fail([BusFault::FailEntries { with, code }]);
        let (log, guard) = CapturedLog::start();
        assert_eq!(publishing.publish(&heads).await, ["3"]);
        drop(guard);
        assert_eq!(publishing.bus.calls().len(), n + 1, "it is not put again");
        let reasons = log.fields_with("events not published");
        assert_eq!(reasons.len(), 1);
        assert_eq!(reasons[0]["error"], code);
        assert_eq!(reasons[0]["sequence_number"], "3");
        assert_eq!(reasons[0]["items"], heads[2]["dynamodb"]["Keys"]["pk"]["S"]);
        let batches = log.fields_with("batch published");
        assert_eq!(batches.len(), 1);
        let counts = ["records", "published", "failed"].map(|name| batches[0][name].as_u64());
        assert_eq!(counts, [Some(4), Some(3), Some(1)]);
    }
}

#[tokio::test]
async fn a_head_that_cannot_be_read_is_named_and_the_others_are_published() {
    let (publishing, mut heads) = with_heads(9).await;
    let image = |record: &mut Value| record["dynamodb"]["NewImage"].take();
    let mut without_summary = image(&mut heads[1]);
    without_summary.as_object_mut().expect("it is an object").remove("summary");
    heads[1]["dynamodb"]["NewImage"] = without_summary;
    heads[2]["dynamodb"]["NewImage"]["summary"] = json!({ "BOOL": SECRET });
    // A stream that hands over keys only.
    image(&mut heads[3]);
    heads[4]["dynamodb"]["Keys"]["pk"]["S"] = json!("T#a_b#ACT#1");
    heads[5]["dynamodb"]["NewImage"]["logged_at"]["S"] = json!(SECRET);
    heads[6]["dynamodb"]["NewImage"]["body"] = json!({ "B": SECRET });
    // Base 64 of what can't be inflated.
    heads[7]["dynamodb"]["NewImage"]["body"] = json!({ "B": "/////w==" });
    let (log, guard) = CapturedLog::start();
    assert_eq!(publishing.publish(&heads).await, places(&heads[1..8]));
    drop(guard);
    assert_eq!(summaries(&publishing.bus.details()), ["note 1.", "note 9."]);
    let reasons = log.fields_with("events not published");
    assert_eq!(reasons.len(), 7);
    assert!(reasons.iter().all(|reason| reason.to_string().contains("is corrupt")));
    assert!(log.lines_with(SECRET).is_empty(), "the log quotes no values");
}

#[tokio::test]
async fn a_call_that_fails_is_made_again_for_all_of_its_events() {
    let (publishing, heads) = with_heads(3).await;
    let refuse = |status, code| BusFault::Refuse { status, code, message: "Try later.".to_owned() };
    for (n, fault) in [
        refuse(400, "ThrottlingException"),
        refuse(500, "InternalException"),
        refuse(503, "ServiceUnavailable"),
        BusFault::HangUp,
        BusFault::CutAnswer,
        BusFault::LoseAnswer,
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("{fault:?}");
        publishing.bus.fail([fault]);
        assert_eq!(publishing.publish(&heads).await, [""; 0], "{name}");
        let calls = publishing.bus.calls();
        assert_eq!(calls.len(), 2 * (n + 1), "{name}");
        assert_eq!(calls[2 * n], calls[2 * n + 1], "{name}: the same ids and times");
    }
    // Those of the answers that were cut and lost arrived twice.
    assert_eq!(publishing.bus.logged().len(), 8 * 3);
}

#[tokio::test]
async fn a_call_that_is_refused_for_good_fails_all_of_its_events_and_quotes_none() {
    let (publishing, heads) = with_heads(12).await;
    let refuse =
        |code, message: &str| BusFault::Refuse { status: 400, code, message: message.to_owned() };
    let denial = "not authorized to perform: events:PutEvents";
    for (code, message, logged) in
        [("AccessDeniedException", denial, true), ("ValidationException", SECRET, false)]
    {
        let bus = StubBus::start().await;
        bus.fail([refuse(code, message), refuse(code, message)]);
        let (log, guard) = CapturedLog::start();
        assert_eq!(publish(publishing.ctx(), &bus, &heads).await, places(&heads));
        drop(guard);
        assert_eq!(bus.calls().len(), 2, "{code} is not tried again");
        let reasons = log.fields_with("events not published");
        assert_eq!(reasons.len(), 1);
        assert_eq!(reasons[0]["failed"], 12);
        assert_eq!(reasons[0]["sequence_number"], "1");
        assert_eq!(log.lines_with(code).len(), 1);
        assert_eq!(log.lines_with("stub-request").len(), 1);
        assert_eq!(log.lines_with(message).is_empty(), !logged);
    }
}

#[tokio::test]
async fn a_batch_that_is_handed_over_again_has_the_same_events() {
    let (publishing, heads) = with_heads(2).await;
    for _ in 0..2 {
        assert_eq!(publishing.publish(&heads).await, [""; 0]);
    }
    let calls = publishing.bus.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0], calls[1]);
}

#[tokio::test]
async fn only_the_insertion_of_a_head_is_an_event() {
    let mut publishing = Publishing::start().await;
    let refused = publishing.workspace.v1.log(&json!({})).await;
    refused.expect(422);
    let long = json!({ "type": "note", "summary": "Long", "body": "word ".repeat(2_000) });
    publishing.log(&long).await;
    let (heads, mut others): (Vec<Value>, Vec<Value>) =
        publishing.records().await.into_iter().partition(is_of_a_logged_activity);
    let sks: Vec<&str> =
        others.iter().filter_map(|record| record["dynamodb"]["Keys"]["sk"]["S"].as_str()).collect();
    for sk in ["BODY", "EVENT", "RES"] {
        assert!(sks.contains(&sk), "{sk} is among {sks:?}");
    }
    for change in ["MODIFY", "REMOVE"] {
        let mut record = heads[0].clone();
        record["eventName"] = json!(change);
        others.push(record);
    }
    let (log, guard) = CapturedLog::start();
    assert_eq!(publishing.publish(&others).await, [""; 0]);
    drop(guard);
    // Some write of these may have asked for a run of the index.
    assert_eq!(publishing.bus.logged(), [] as [Value; 0]);
    assert_eq!(log.fields_with("batch published")[0]["published"], 0);
}

#[tokio::test]
async fn what_is_not_taken_before_the_deadline_is_named() {
    let (publishing, heads) = with_heads(45).await;
    let ctx = publishing.ctx();
    let left = |millis| Some(Duration::from_millis(millis));

    // Less than the answer itself takes.
    assert_eq!(publish_within(ctx, &publishing.bus, &heads, left(900)).await, places(&heads));
    assert!(publishing.bus.calls().is_empty());

    let fault = |code| BusFault::FailEntries { with: "note 7.".to_owned(), code };
    publishing.bus.fail(vec![fault("ThrottlingException"); 10_000]);
    assert_eq!(publish_within(ctx, &publishing.bus, &heads, left(3_000)).await, ["7"]);
    let calls = publishing.bus.calls();
    assert!(calls.len() > 5, "it was tried again");
    assert!(calls[5..].iter().all(|call| call.len() == 1));

    let bus = StubBus::start().await;
    bus.fail(vec![BusFault::Stall; 4]);
    assert_eq!(publish_within(ctx, &bus, &heads, left(2_000)).await, places(&heads));
    assert_eq!(bus.calls().len(), 4, "no call is begun after the deadline");
}

#[tokio::test]
async fn a_payload_that_is_no_batch_fails_the_invocation() {
    let stack = Stack::start().await;
    let bus = StubBus::start().await;
    let mut without_place = sample("publish.json");
    let dynamodb = without_place["Records"][0]["dynamodb"].as_object_mut();
    dynamodb.expect("it is an object").remove("SequenceNumber");
    let other_table = json!({ "Records": [{ "eventName": "INSERT", "dynamodb": {
        "Keys": { "id": { "N": "1" } }, "SequenceNumber": "1",
    } }] });
    for payload in [json!({}), json!([]), json!({ "Records": [{}] }), without_place, other_table] {
        let (log, guard) = CapturedLog::start();
        let error = invoke(&stack.ctx, &bus, &payload, None).await.expect_err("it is no batch");
        drop(guard);
        assert_eq!(error.code, "malformed_request");
        assert_eq!(log.lines_with("the payload is no batch").len(), 1);
    }
    assert!(bus.calls().is_empty());
    let empty = invoke(&stack.ctx, &bus, &json!({ "Records": [] }), None).await;
    assert_eq!(empty.expect("it is a batch"), json!({ "batchItemFailures": [] }));
}
