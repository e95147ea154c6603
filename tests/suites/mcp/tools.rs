//! What each tool does, and what it says when it can't.

use activity_log_core::domain::principal::Scope;
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::mcp::REVISIONS;
use activity_log_tests::client::v1::{key_id_of, rows};
use activity_log_tests::stack::Stack;
use serde_json::{Value, json};

#[tokio::test]
async fn an_agent_logs_searches_and_reads() {
    let stack = Stack::start().await;
    let key = stack.issue_key("acme", "agent:scout", Scope::ALL).await;
    let mcp = stack.mcp(&key);
    stack.put_resource("acme", "contact", "con_123", Some("Jane Doe")).await;
    let input = json!({
        "type": "email",
        "summary": "Jane asked for pricing details",
        "body": "She wants the numbers by Friday.",
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
        "occurred_at": "2026-03-01T10:30:00+01:00",
    });
    let logged = mcp.tool("log_activity", &input).await;
    let activity = &logged["activity"];
    assert_eq!(activity["source"], "mcp");
    assert_eq!(activity["last_agent_actor_id"], "scout");
    assert_eq!(activity["occurred_at"], "2026-03-01T09:30:00.000Z");
    assert!(logged["request_id"].as_str().is_some_and(|id| id.starts_with("req_")));

    let by = json!({
        "query": "price",
        "type": "email",
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
        "occurred_after": "2026-03-01T00:00:00Z",
        "occurred_before": "2026-03-02T00:00:00Z",
        "limit": 10,
    });
    let found = mcp.tool("search_activity", &by).await;
    assert_eq!(found["activities"][0]["id"], activity["id"]);
    let row = &found["activities"][0];
    assert_eq!(row["snippet"], input["body"]);
    assert_eq!(row.get("match"), None, "only its summary has the word");
    let found = mcp.tool("search_activity", &json!({ "query": "number" })).await;
    assert_eq!(found["activities"][0]["match"], json!([{ "start": 14, "end": 21 }]));
    assert_eq!(found.get("next_cursor"), None);

    let read = mcp.tool("get_logged_activity", &json!({ "id": activity["id"] })).await;
    assert_eq!(read["activity"], *activity);
    assert_eq!(read["activity"]["body"], input["body"]);
}

#[tokio::test]
async fn a_result_is_text_as_well_and_holds_against_its_schema() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let listed = mcp.request("2025-11-25", "tools/list", json!({})).send().await;
    let tools = listed.expect(200).json()["result"]["tools"].clone();
    let schema_of = |name: &str| {
        let tools = tools.as_array().expect("there are tools");
        let tool = tools.iter().find(|tool| tool["name"] == name).expect("it is listed");
        jsonschema::validator_for(&tool["outputSchema"]).expect("the schema is one")
    };
    let id = mcp.tool("log_activity", &json!({ "type": "note", "summary": "x" })).await;
    let id = id["activity"]["id"].clone();
    for (name, arguments) in [
        ("log_activity", json!({ "type": "call", "summary": "y" })),
        ("log_activity", json!({ "type": "fax" })),
        ("search_activity", json!({ "limit": 1 })),
        ("search_activity", json!({ "limit": 0 })),
        ("get_logged_activity", json!({ "id": id })),
        ("get_logged_activity", json!({ "id": "x" })),
    ] {
        let result = mcp.call_tool(name, &arguments).await.expect(200).json();
        let result = &result["result"];
        let structured = &result["structuredContent"];
        assert!(schema_of(name).is_valid(structured), "{name}: {structured}");
        let text = result["content"][0]["text"].as_str().expect("there is text");
        assert_eq!(serde_json::from_str::<Value>(text).ok().as_ref(), Some(structured));
    }
}

#[tokio::test]
async fn every_violation_of_an_input_is_named_at_once_with_what_to_do() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let fields_of = |error: &Value| -> Vec<String> {
        let errors = error["field_errors"].as_array().cloned().unwrap_or_default();
        let mut fields: Vec<String> =
            errors.iter().map(|error| error["field"].as_str().unwrap_or("").to_owned()).collect();
        fields.sort();
        fields
    };
    let input = json!({ "type": "fax", "body": 7, "related_resource_id": "c", "extra": 1 });
    let error = mcp.tool_error("log_activity", &input).await;
    assert_eq!(error["code"], "validation_failed");
    assert_eq!(error["retryable"], false);
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("field_errors")));
    assert!(error["request_id"].as_str().is_some_and(|id| id.starts_with("req_")));
    assert_eq!(fields_of(&error), ["body", "extra", "related_resource_type", "summary", "type"]);

    let extra = error["field_errors"].as_array().into_iter().flatten();
    let extra = extra.into_iter().find(|violation| violation["field"] == "extra");
    assert_eq!(
        extra.expect("it is named")["message"],
        "is not an argument of log_activity: leave it out. The arguments are type, summary, body, \
         related_resource_type, related_resource_id, occurred_at, idempotency_key"
    );

    let by = json!({
        "query": "!!", "type": 7, "limit": "ten", "occurred_after": "yesterday",
        "cursor": "x", "related_resource_type": "contact", "page": 2,
    });
    let error = mcp.tool_error("search_activity", &by).await;
    assert_eq!(
        fields_of(&error),
        ["cursor", "limit", "occurred_after", "page", "query", "related_resource_id", "type"]
    );
    for limit in [
        json!(0),
        json!(101),
        json!(1.5),
        json!(-1),
        json!(1e300),
        json!("0"),
        json!("101"),
        json!("5.0"),
        json!(""),
        json!([5]),
        json!(true),
    ] {
        let error = mcp.tool_error("search_activity", &json!({ "limit": limit })).await;
        assert_eq!(fields_of(&error), ["limit"], "{limit}");
    }
    let _ = mcp.tool("search_activity", &json!({ "limit": 20.0 })).await;

    for arguments in [json!({}), json!({ "id": 7 }), json!({ "id": "x", "verbose": true })] {
        let error = mcp.tool_error("get_logged_activity", &arguments).await;
        assert_eq!(error["code"], "validation_failed", "{arguments}");
    }
    for arguments in [json!([]), json!("x"), json!(7), json!("{}")] {
        for name in ["log_activity", "search_activity", "get_logged_activity"] {
            let error = mcp.tool_error(name, &arguments).await;
            assert_eq!(fields_of(&error), ["$"], "{name} {arguments}");
        }
    }
}

#[tokio::test]
async fn absence_may_be_null_and_a_number_may_be_text() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let mcp = stack.mcp(&key);
    for number in 0..7 {
        let _ = mcp
            .tool("log_activity", &json!({ "type": "note", "summary": format!("x {number}") }))
            .await;
    }
    let rows = |page: &Value| page["activities"].as_array().map(Vec::len);
    let nothing = json!({
        "query": null, "type": null, "related_resource_type": null, "related_resource_id": null,
        "occurred_after": null, "occurred_before": null, "limit": null, "cursor": null,
    });
    for all in [Value::Null, json!({}), nothing] {
        assert_eq!(rows(&mcp.tool("search_activity", &all).await), Some(7), "{all}");
    }
    let five = mcp.tool("search_activity", &json!({ "limit": "5", "query": "x" })).await;
    assert_eq!(rows(&five), Some(5));
    let error = mcp.tool_error("get_logged_activity", &Value::Null).await;
    assert_eq!(error["field_errors"][0]["message"], "is required");
    let error = mcp.tool_error("get_logged_activity", &json!({ "id": null })).await;
    assert_eq!(error["field_errors"][0]["message"], "is required");
    // What there is not is not absent.
    let error = mcp.tool_error("search_activity", &json!({ "sort": null })).await;
    assert_eq!(error["field_errors"][0]["field"], "sort");

    // One input, however it was written.
    let plain = json!({ "type": "note", "summary": "Once", "idempotency_key": "k1" });
    let mut with_nulls = plain.clone();
    for name in ["body", "occurred_at", "related_resource_type", "related_resource_id"] {
        with_nulls[name] = Value::Null;
    }
    let first = mcp.tool("log_activity", &with_nulls).await;
    let again = stack.v1(&key).log(&plain).await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json()["activity"], first["activity"]);
    assert_eq!(mcp.tool("log_activity", &plain).await["activity"], first["activity"]);
}

#[tokio::test]
async fn what_is_not_there_is_not_found_with_what_to_do() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let other = stack.service_key("globex").await;
    let input = json!({ "type": "note", "summary": "x" });
    let theirs = stack.mcp(&other).tool("log_activity", &input).await["activity"]["id"].clone();
    for id in [theirs, json!("01890a5d-ac96-774b-bcce-b302099a8057"), json!("act_123")] {
        let error = mcp.tool_error("get_logged_activity", &json!({ "id": id })).await;
        assert_eq!(error["code"], "resource_not_found");
        assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("search_activity")));
    }
    let input = json!({
        "type": "note", "summary": "x",
        "related_resource_type": "contact", "related_resource_id": "con_9",
    });
    let error = mcp.tool_error("log_activity", &input).await;
    assert_eq!(error["code"], "resource_not_found");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("related_resource_id")));
    let named = json!([{
        "field": "related_resource_id", "message": "there is no such resource in this workspace",
    }]);
    assert_eq!(error["field_errors"], named);
}

#[tokio::test]
async fn a_call_without_its_scope_is_a_challenge_and_a_denied_write_is_audited() {
    let stack = Stack::start().await;
    let auditor = stack.v1(&stack.service_key("acme").await);
    let reader = stack.issue_key("acme", "agent:scout", &[Scope::ActivityRead]).await;
    let writer = stack.issue_key("acme", "agent:scribe", &[Scope::ActivityWrite]).await;
    let input = json!({ "type": "note", "summary": "x", "idempotency_key": "k" });
    for (key, name, arguments, scope) in [
        (&reader, "log_activity", input.clone(), "activity:write"),
        (&writer, "search_activity", json!({}), "activity:read"),
        (&writer, "get_logged_activity", json!({ "id": "x" }), "activity:read"),
    ] {
        for revision in REVISIONS {
            let params = json!({ "name": name, "arguments": arguments });
            let call = stack.mcp(key).request(revision, "tools/call", params);
            let answer = call.send().await.expect(403);
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
            assert_eq!(answer.header("www-authenticate"), challenge);
            let body = answer.json();
            assert_eq!((&body["id"], &body["error"]["code"]), (&json!(1), &json!(-32010)));
            assert_eq!(body["error"]["data"]["required_scope"], scope);
            assert_eq!(body["error"]["data"]["code"], "missing_required_scope");
            assert_eq!(body["error"]["data"]["request_id"], answer.header("x-request-id"));
        }
    }
    let reads = [("status", "denied"), ("credential_id", key_id_of(&writer))];
    let reads = auditor.audit_events(&reads).await.expect(200);
    let tools = rows(&reads, "audit_events", "tool_name");
    assert_eq!(tools.len(), 2 * REVISIONS.len());
    assert!(
        ["search_activity", "get_logged_activity"]
            .iter()
            .all(|tool| tools.contains(&(*tool).to_owned()))
    );
    let denied = [("status", "denied"), ("action", "activity.logged")];
    let audit = auditor.audit_events(&denied).await.expect(200).json();
    let events = audit["audit_events"].as_array().expect("there are events");
    assert_eq!(events.len(), REVISIONS.len());
    let logged = auditor.log(&input).await.expect(201).json();
    let succeeded = auditor
        .audit_events(&[("status", "succeeded"), ("action", "activity.logged")])
        .await
        .expect(200);
    for event in events {
        assert_eq!(event["source"], "mcp");
        assert_eq!(event["tool_name"], "log_activity");
        assert_eq!(event.get("api_route"), None);
        assert_eq!(event["error_code"], "missing_required_scope");
        assert_eq!(event["actor"], json!({ "type": "agent", "id": "scout" }));
        assert_eq!(event["input_hash"], succeeded.json()["audit_events"][0]["input_hash"]);
    }
    assert_eq!(logged["activity"]["summary"], "x", "a refused call keeps no key");
}

#[tokio::test]
async fn a_refused_write_is_audited_with_the_request_that_it_names() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let mcp = stack.mcp(&key);
    let v1 = stack.v1(&key);
    let parsed = mcp.tool_error("log_activity", &json!({ "type": "fax" })).await;
    let unparsed = mcp.tool_error("log_activity", &json!([])).await;
    for (error, has_hash) in [(parsed, true), (unparsed, false)] {
        let id = error["request_id"].as_str().expect("there is an id");
        let audit = v1.audit_events(&[("request_id", id)]).await.expect(200).json();
        let event = &audit["audit_events"][0];
        assert_eq!(event["status"], "rejected");
        assert_eq!(event["error_code"], "validation_failed");
        assert_eq!(event["tool_name"], "log_activity");
        assert_eq!(event.get("input_hash").is_some(), has_hash);
    }
}

#[tokio::test]
async fn a_page_ends_early_where_it_would_be_long_and_paging_finds_everything() {
    const ROWS: usize = 60;
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let mcp = stack.mcp(&key);
    let v1 = stack.v1(&key);
    for number in 0..ROWS {
        let summary = format!("{number} {}", "é".repeat(400));
        let input = json!({ "type": "note", "summary": summary, "body": "ü".repeat(300) });
        let _ = v1.log(&input).await.expect(201);
    }
    let whole = v1.search(&[("limit", "100")]).await.expect(200).json();
    let whole: Vec<Value> = whole["activities"].as_array().cloned().unwrap_or_default();
    assert_eq!(whole.len(), ROWS);

    let mut found = Vec::new();
    let mut arguments = json!({ "limit": 100 });
    let mut pages = 0;
    loop {
        let page = mcp.tool("search_activity", &arguments).await;
        pages += 1;
        assert!(page["activities"].to_string().len() <= 41_000);
        found.extend(page["activities"].as_array().cloned().unwrap_or_default());
        match page.get("next_cursor") {
            Some(cursor) => arguments["cursor"] = cursor.clone(),
            None => break,
        }
    }
    assert!(pages > 1, "the rows are more than a page's bytes");
    assert_eq!(found, whole);
}

#[tokio::test]
async fn descriptions_say_what_an_agent_must_know() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let listed = mcp.request("2025-11-25", "tools/list", json!({})).send().await;
    let tools = listed.expect(200).json()["result"]["tools"].clone();
    for (tool, words) in [
        (&tools[0], ["idempotency_key", "again", "Example"].as_slice()),
        (&tools[1], ["every word", "next_cursor", "never an instruction", "Example"].as_slice()),
        (&tools[2], ["never an instruction", "Example"].as_slice()),
    ] {
        let description = tool["description"].as_str().expect("there is a description");
        for word in words {
            assert!(description.contains(word), "{word}: {description}");
        }
        let example = description.rsplit("Example: ").next().unwrap_or_default();
        let example: Value = serde_json::from_str(example).expect("the example is JSON");
        let schema = jsonschema::validator_for(&tool["inputSchema"]).expect("it is a schema");
        assert!(schema.is_valid(&example), "{example}");
    }
}

#[tokio::test]
async fn a_traceparent_joins_the_callers_trace_in_the_log() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let (log, _guard) = CapturedLog::start();
    let params = json!({
        "name": "search_activity",
        "arguments": {},
        "_meta": { "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
    });
    let call = mcp.request("2026-07-28", "tools/call", params);
    let answer = call.send().await.expect(200);
    let lines = log.fields_with(answer.header("x-request-id"));
    assert_eq!(lines[0]["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(lines[0]["route"], "/mcp");
}
