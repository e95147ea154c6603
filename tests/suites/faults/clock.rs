//! A clock that tells no time that a record can have, before 1970 or after 9999:
//! every door answers, says nothing of the cause, and does nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use activity_log_core::Context;
use activity_log_core::domain::clock::{
    ClockOutOfRange, Environment, SystemEnvironment, Timestamp,
};
use activity_log_core::domain::credential::Credential;
use activity_log_core::domain::principal::{Actor, Scope, TenantId};
use activity_log_core::http::routes::{Dialect, ROUTES, dialect_of};
use activity_log_core::platform::config::Config;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::table::{self, ChangeStream};
use activity_log_core::store::{RemovedTenant, Store};
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::ABSENT_ID;
use activity_log_tests::client::v1::{log_request, note, note_with};
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::lambda::{invocation, sample};
use activity_log_tests::stack::{Stack, keys_in_table};
use serde_json::{Value, json};

const CAUSE: &str = "the clock of this machine is not within the years 1970 to 9999";

#[tokio::test]
async fn every_route_is_a_500_that_the_log_explains() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    stack.v1(&key).log(&note("x")).await.expect(201);
    let before = stack.keys_in_table().await;
    let (log, _guard) = CapturedLog::start();
    stack.clock.set_before_1970(true);
    let mut asked = 0;
    for route in ROUTES.iter().filter(|route| !route.is_open()) {
        let path = route.template.split('/').map(|part| match part {
            "{activity_identifier}" => "call",
            part if part.starts_with('{') => ABSENT_ID,
            part => part,
        });
        let path = path.collect::<Vec<_>>().join("/");
        let call = stack.call("acme", &key, route.method.clone(), &path);
        let answer = call.header("content-type", "application/json").body("{}").send().await;
        let name = format!("{} {path}", route.method);
        assert_eq!(answer.status, 500, "{name}");
        let request_id = answer.header("x-request-id");
        assert!(request_id.starts_with("req_") && request_id.len() == 36, "{name}: {request_id}");
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains("clock"), "{name}: {text}");
        if dialect_of(&path) == Dialect::V1 {
            assert_eq!(answer.json()["error"]["code"], "internal_error", "{name}");
            assert_eq!(answer.json()["error"]["message"], "An internal error occurred.");
        }
        let told = log.lines_with(request_id);
        assert!(told.iter().any(|line| line.contains(CAUSE)), "{name}: {told:?}");
        asked += 1;
    }
    assert!(asked >= 11, "all routes but the description: {asked}");
    // What needs no time is answered.
    stack.anonymous(http::Method::GET, "/openapi.json").send().await.expect(200);
    stack.anonymous(http::Method::GET, "/v1/activities").send().await.expect(401);

    stack.clock.set_before_1970(false);
    assert_eq!(stack.keys_in_table().await, before, "nothing was written");
    stack.v1(&key).log(&note("y")).await.expect(201);
}

#[tokio::test]
async fn every_tool_and_every_event_is_refused() {
    let stack = Stack::start().await;
    let key = stack.service_key("demo").await;
    stack.mcp(&key).tool("search_activity", &json!({})).await;
    stack.clock.set_before_1970(true);
    for tool in ["log_activity", "search_activity", "get_logged_activity"] {
        let answer = stack.mcp(&key).call_tool(tool, &note("x")).await.expect(500);
        assert_eq!(answer.json()["error"]["message"], "An internal error occurred.", "{tool}");
    }
    let before = stack.keys_in_table().await;
    let (log, _guard) = CapturedLog::start();
    for name in ["ingest.json", "ingest-eventbridge.json"] {
        let payload = sample(name).to_string();
        let refused = fn_ingest::handle(&stack.ctx, invocation(&payload)).await;
        let refused = refused.expect_err("it is not done");
        assert_eq!(refused.code, "internal_error");
        assert_eq!(refused.message, "An internal error occurred.");
    }
    let batch = sample("ingest-sqs.json");
    let messages = batch["Records"].as_array().expect("it is a batch").len();
    let answer = fn_ingest::handle(&stack.ctx, invocation(&batch.to_string())).await;
    let answer = serde_json::to_value(answer.expect("it is read")).expect("it has a JSON form");
    assert_eq!(answer["batchItemFailures"].as_array().map(Vec::len), Some(messages));
    assert_eq!(log.lines_with(CAUSE).len(), messages + 2);
    assert_eq!(stack.keys_in_table().await, before);
    stack.clock.set_before_1970(false);
    let payload = sample("ingest-sqs.json").to_string();
    fn_ingest::handle(&stack.ctx, invocation(&payload)).await.expect("it is delivered again");
}

/// A clock that tells the time so often, and then no more.
#[derive(Default)]
struct Failing {
    left: AtomicI64,
}

impl Environment for Failing {
    fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
        if self.left.fetch_sub(1, Ordering::SeqCst) > 0 {
            SystemEnvironment.now()
        } else {
            Err(ClockOutOfRange)
        }
    }
    fn fill_random(&self, bytes: &mut [u8]) {
        SystemEnvironment.fill_random(bytes);
    }
}

#[tokio::test]
async fn a_clock_that_fails_in_the_midst_of_a_log_leaves_nothing() {
    let client = connect_local(&Engine::start().await.endpoint);
    let store = Store::new(client.clone(), &unique_name("clock"));
    table::create(&store, ChangeStream::On).await.expect("the engine makes a table");
    let config = Config::for_table(store.table_name());
    let clock = Arc::new(Failing::default());
    let ctx = Context::with_environment(store, config, clock.clone());
    let (credential, key) = Credential::issue(
        &SystemEnvironment,
        TenantId::parse("acme").expect("the id is valid"),
        Actor::parse("service:crm").expect("the actor is valid"),
        Scope::ALL.iter().copied().collect(),
    )
    .expect("the clock of this machine is right");
    ctx.store.put_credential(&credential, RemovedTenant::Refuse).await.expect("it is stored");
    let keys = async || keys_in_table(&client, ctx.store.table_name()).await;
    let before = keys().await;
    let inputs: [Value; 3] = [note_with(json!({ "idempotency_key": "k" })), note("x"), json!({})];
    for (input, done) in inputs.iter().zip([201, 201, 422]) {
        for times in 0.. {
            let table = keys().await;
            clock.left.store(times, Ordering::SeqCst);
            let request = log_request(&key.reveal(), input);
            let response = activity_log::stack::answer(&ctx, request).await;
            let failed = clock.left.load(Ordering::SeqCst) < 0;
            let status = response.status().as_u16();
            if !failed {
                assert_eq!(status, done);
                assert!(times > 2, "it asks for the time of the request and of the write");
                break;
            }
            // What is done is done, and a refusal stays one, without its audit event.
            assert!(status == 500 || status == done, "{status} after {times}");
            if status == 500 {
                assert_eq!(keys().await, table, "{input} after {times}");
            }
        }
    }
    assert!(keys().await.len() > before.len());
}
