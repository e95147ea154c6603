//! The line of a request in the log: who called, for what, and what it cost of the
//! table, held against what a proxy before the table saw. And what it never has.

use activity_log_core::domain::principal::Scope;
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::v1::key_id_of;
use activity_log_tests::client::{ABSENT_ID, Answer};
use activity_log_tests::engine::Engine;
use activity_log_tests::measured::{MeasuredStack, TENANT};
use activity_log_tests::stack::Stack;
use activity_log_tests::workspace::type_of;
use http::Method;
use serde_json::{Value, json};

async fn start() -> MeasuredStack {
    let measured = MeasuredStack::start(Engine::start().await).await;
    measured.stack.put_resource(TENANT, "contact", "con_123", Some("Jane Doe")).await;
    measured.stack.define_type(TENANT, type_of("site_visit", json!([]))).await;
    measured
}

/// The id of the credential in a key.
fn credential_id(key: &str) -> &str {
    key.split('.').nth(1).expect("a key names its credential")
}

/// The line of a request, without its message, its id and its duration, which are
/// looked at here.
fn take_line(log: &CapturedLog, answer: &Answer) -> Value {
    let lines = log.fields_with(answer.header("x-request-id"));
    let [line] = lines.as_slice() else { panic!("not one line: {lines:?}") };
    let mut line = line.clone();
    let fields = line.as_object_mut().expect("fields are an object");
    assert_eq!(fields.remove("message"), Some(json!("answered")));
    assert!(fields.remove("request_id").is_some());
    let duration_ms = fields.remove("duration_ms").expect("every line has it");
    assert!(duration_ms.as_u64().is_some_and(|duration_ms| duration_ms < 60_000));
    line
}

/// Asserts that the line of a request says who called and for what, and of its cost
/// what the proxy saw.
async fn assert_line(
    measured: &MeasuredStack,
    request: impl Future<Output = Answer>,
    mut expected: Value,
) -> Answer {
    let (log, _guard) = CapturedLog::start();
    let (cost, round_trips) = measured.measure_with_round_trips(request).await;
    expected["status"] = json!(cost.answer.status.as_u16());
    expected["table_calls"] = json!(cost.calls.len());
    expected["round_trips"] = json!(round_trips);
    expected["read_units"] = json!(cost.read_units);
    expected["write_units"] = json!(cost.write_units);
    assert_eq!(take_line(&log, &cost.answer), expected);
    cost.answer
}

/// A line of the tenant's own key.
fn of_service(key: &str, method: &str, route: &str, operation: &str) -> Value {
    json!({
        "method": method,
        "route": route,
        "operation": operation,
        "tenant_id": TENANT,
        "credential_id": credential_id(key),
        "actor": "service:suite",
    })
}

#[tokio::test]
async fn a_request_has_one_line_with_its_caller_its_operation_and_its_cost() {
    let measured = start().await;
    let MeasuredStack { v1, key, .. } = &measured;
    let words: Vec<String> = (0..300).map(|n| format!("word{n}")).collect();
    let input = json!({
        "type": "note",
        "summary": "Renewal",
        "body": words.join(" "),
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
        "idempotency_key": "key",
    });
    let log = of_service(key, "POST", "/v1/activities", "log_activity");
    let logged = assert_line(&measured, v1.log(&input), log.clone()).await.expect(201);
    // A replay, and a conflict, whose refusal is audited.
    drop(assert_line(&measured, v1.log(&input), log.clone()).await.expect(201));
    let other = json!({ "type": "note", "summary": "x", "idempotency_key": "key" });
    drop(assert_line(&measured, v1.log(&other), log.clone()).await.expect(409));
    drop(assert_line(&measured, v1.log(&json!({})), log).await.expect(422));

    let search = of_service(key, "GET", "/v1/activities", "search_activity");
    for parameters in [&[][..], &[("query", "renewal word7"), ("type", "note")]] {
        let page = assert_line(&measured, v1.search(parameters), search.clone()).await;
        assert_eq!(page.expect(200).json()["activities"].as_array().map(Vec::len), Some(1));
    }
    let refused = v1.search(&[("limit", "0")]);
    drop(assert_line(&measured, refused, search).await.expect(422));

    let get = of_service(key, "GET", "/v1/activities/{id}", "get_activity");
    let found = v1.get(logged.header("location"));
    drop(assert_line(&measured, found, get.clone()).await.expect(200));
    drop(assert_line(&measured, v1.read(ABSENT_ID), get).await.expect(404));

    // The first use of a key is looked up, and noted beside the request.
    let new = measured.stack.service_key(TENANT).await;
    let of_new = of_service(&new, "GET", "/v1/activities/{id}", "get_activity");
    let v1_of_new = measured.stack.v1(&new);
    drop(assert_line(&measured, v1_of_new.read(ABSENT_ID), of_new).await.expect(404));

    let audit = of_service(key, "GET", "/v1/audit-events", "list_audit_events");
    drop(assert_line(&measured, v1.audit_events(&[]), audit).await.expect(200));
}

#[tokio::test]
async fn a_line_names_the_user_that_a_service_acts_for_and_the_service() {
    let measured = start().await;
    let api = measured.stack.logged_activity(TENANT, &measured.key);
    let line = |method: &str, route: &str, operation: &str| {
        let mut line = of_service(&measured.key, method, route, operation);
        line["actor"] = json!("user:jane");
        line["authenticated_as"] = json!("service:suite");
        line
    };
    let log =
        line("POST", "/api/activities/{activity_identifier}/log-activity", "log_typed_activity");
    let input = json!({ "related_objects": [], "fields": [] });
    drop(assert_line(&measured, api.log("site_visit", &input), log).await.expect(201));
    let list = line("POST", "/api/activities/{activity_identifier}/responses", "list_responses");
    let everything = json!({});
    let responses = api.responses("site_visit", &everything);
    drop(assert_line(&measured, responses, list).await.expect(200));
}

#[tokio::test]
async fn a_line_of_mcp_names_the_tool_and_whom_an_agent_acts_for() {
    let measured = start().await;
    let key = measured.stack.issue_key(TENANT, "agent:bot", &[Scope::ActivityRead]).await;
    drop(measured.stack.v1(&key).read(ABSENT_ID).await.expect(404));
    let mcp = measured.stack.mcp(&key);
    let call = |tool: &str, arguments: Value| {
        let params = json!({ "name": tool, "arguments": arguments });
        mcp.request("2025-11-25", "tools/call", params).header("x-user-id", "jane").send()
    };
    let line = |tool: Option<&str>| {
        let mut line = of_service(&key, "POST", "/mcp", "call_mcp");
        line["actor"] = json!("agent:bot");
        line["on_behalf_of"] = json!("user:jane");
        if let Some(tool) = tool {
            line["tool"] = json!(tool);
        }
        line
    };
    let search = call("search_activity", json!({ "query": "renewal" }));
    let search = assert_line(&measured, search, line(Some("search_activity"))).await;
    assert_eq!(search.expect(200).json()["result"]["isError"], false);
    // It has no scope to write; the refusal is audited.
    let log = call("log_activity", json!({ "type": "note", "summary": "x" }));
    drop(assert_line(&measured, log, line(Some("log_activity"))).await.expect(403));
    let unknown = call("drop_table", json!({}));
    drop(assert_line(&measured, unknown, line(None)).await);
    let list = mcp.request("2025-11-25", "tools/list", json!({}));
    let list = list.header("x-user-id", "jane").send();
    drop(assert_line(&measured, list, line(None)).await.expect(200));
}

#[tokio::test]
async fn a_line_of_an_unknown_caller_names_nobody() {
    let measured = start().await;
    let nobody = |method: &str, route: &str| json!({ "method": method, "route": route });
    let anonymous = |path: &str| measured.stack.anonymous(Method::GET, path).send();
    let mut search = nobody("GET", "/v1/activities");
    search["operation"] = json!("search_activity");
    let without_key = anonymous("/v1/activities?query=x");
    drop(assert_line(&measured, without_key, search.clone()).await.expect(401));
    // It is looked for, and is not there.
    let absent = format!("alk_{TENANT}.0123456789abcdef.secret");
    let absent = measured.stack.v1(&absent);
    let wrong_key = absent.search(&[]);
    drop(assert_line(&measured, wrong_key, search.clone()).await.expect(401));
    // Who has a key that holds is known, and refused all the same.
    let key = measured.stack.issue_key(TENANT, "user:jane", &[Scope::ActivityRead]).await;
    let for_bob = measured.stack.v1(&key).call(Method::GET, "/v1/activities");
    let for_bob = for_bob.header("x-user-id", "bob").send();
    let mut refused = search;
    refused["tenant_id"] = json!(TENANT);
    refused["credential_id"] = json!(key_id_of(&key));
    refused["actor"] = json!("user:jane");
    drop(assert_line(&measured, for_bob, refused).await.expect(401));
    drop(assert_line(&measured, anonymous("/nowhere"), nobody("GET", "none")).await.expect(404));
    let post = measured.stack.anonymous(Method::POST, "/openapi.json").send();
    drop(assert_line(&measured, post, nobody("POST", "none")).await.expect(405));
}

#[tokio::test]
async fn the_log_has_no_key_no_query_and_no_text() {
    let stack = Stack::start().await;
    let key = stack.service_key(TENANT).await;
    let (log, _guard) = CapturedLog::start();
    let v1 = stack.v1(&key);
    let input = json!({ "type": "note", "summary": "confidential", "body": "confidential" });
    drop(v1.log(&input).await.expect(201));
    drop(v1.search(&[("query", "confidential")]).await.expect(200));
    drop(v1.search(&[("cursor", "confidential")]).await.expect(422));
    let tool = json!({ "query": "confidential" });
    drop(stack.mcp(&key).call_tool("search_activity", &tool).await.expect(200));
    drop(stack.v1(&format!("{key}confidential")).search(&[]).await.expect(401));
    let call = stack.anonymous(Method::GET, "/v1/activities").header("user-agent", "confidential");
    drop(call.header("x-forwarded-for", "203.0.113.9").send().await.expect(401));
    assert_eq!(log.lines_with("answered").len(), 6);
    let secret = key.rsplit('.').next().expect("a key has a secret");
    for hidden in ["confidential", secret, "203.0.113.9", "127.0.0.1"] {
        assert_eq!(log.lines_with(hidden), Vec::<String>::new(), "{hidden}");
    }
}
