//! A tool is a dialect: REST and MCP store and find the same, and share keys,
//! hashes and cursors.

use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_tests::stack::Stack;
use serde_json::{Value, json};

/// What differs between two logs of one input.
fn without_identity(activity: &Value) -> Value {
    let mut activity = activity.clone();
    let fields = activity.as_object_mut().expect("an activity is an object");
    for field in ["id", "logged_at", "source"] {
        assert!(fields.remove(field).is_some(), "{field}");
    }
    activity
}

fn inputs() -> Vec<Value> {
    let long = "wörter und 語 ".repeat(2_000);
    vec![
        json!({ "type": "note", "summary": "x", "occurred_at": "2026-03-01T09:30:00.5+02:00" }),
        json!({
            "type": "agent_action", "summary": " 東京 \u{1f600} ", "body": "",
            "occurred_at": "2026-03-01T09:30:00Z",
        }),
        json!({
            "type": "call", "summary": "s".repeat(500), "body": long,
            "related_resource_type": "deal", "related_resource_id": "deal#1%",
            "occurred_at": "1970-01-01T00:00:00Z",
        }),
        json!({ "type": "fax", "summary": " ", "occurred_at": "now" }),
        json!({ "type": "note", "summary": "x", "related_resource_type": "contact" }),
        json!({ "type": "note", "summary": "s".repeat(501), "body": "b".repeat(65_537) }),
        json!({ "type": 1, "summary": ["x"] }),
        json!({}),
        json!({
            "type": "task", "summary": "x",
            "related_resource_type": "contact", "related_resource_id": "con_9",
        }),
        json!({
            "type": "note", "summary": "x",
            "related_resource_type": "contact", "related_resource_id": "con_9",
        }),
    ]
}

#[tokio::test]
async fn the_same_input_is_stored_or_refused_alike_and_hashed_alike() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let (v1, mcp) = (stack.v1(&key), stack.mcp(&key));
    stack.put_resource("acme", "deal", "deal#1%", None).await;
    let (mut stored, mut refused) = (0, 0);
    for input in inputs() {
        // Of a minute, not all refusals with one code have events of their own.
        stack.clock.advance(Duration::from_secs(61));
        let rest = v1.log(&input).await;
        let called = mcp.call_tool("log_activity", &input).await.expect(200);
        let result = called.json()["result"].clone();
        let structured = &result["structuredContent"];
        if result["isError"] == false {
            stored += 1;
            let rest = rest.clone().expect(201).json();
            assert_eq!(
                without_identity(&structured["activity"]),
                without_identity(&rest["activity"])
            );
            let id = structured["activity"]["id"].as_str().expect("there is an id");
            let read = v1.read(id).await.expect(200).json();
            assert_eq!(read["activity"], structured["activity"]);
        } else {
            refused += 1;
            let rest = &rest.json()["error"];
            for field in ["code", "message", "field_errors"] {
                assert_eq!(structured["error"].get(field), rest.get(field), "{input:.200}");
            }
        }
        let mut events = Vec::new();
        for answer in [&rest, &called] {
            let id = answer.header("x-request-id");
            let page = v1.audit_events(&[("request_id", id)]).await.expect(200).json();
            assert_eq!(page["audit_events"].as_array().map(Vec::len), Some(1));
            events.push(page["audit_events"][0].clone());
        }
        assert_eq!((&events[0]["source"], &events[1]["source"]), (&json!("api"), &json!("mcp")));
        assert_eq!(events[0]["api_route"], "/v1/activities");
        assert_eq!(events[1]["tool_name"], "log_activity");
        for field in ["input_hash", "status", "error_code", "actor", "credential_id", "action"] {
            assert_eq!(events[0].get(field), events[1].get(field), "{field} of {input:.200}");
        }
    }
    assert!(stored >= 3 && refused >= 6, "{stored} stored, {refused} refused");
}

#[tokio::test]
async fn a_key_is_shared_by_both_doors() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let (v1, mcp) = (stack.v1(&key), stack.mcp(&key));
    let input = json!({ "type": "note", "summary": "Once", "idempotency_key": "k-1" });
    let rest = v1.log(&input).await.expect(201).json();
    let called = mcp.call_tool("log_activity", &input).await.expect(200);
    let result = called.json()["result"].clone();
    assert_eq!(result["structuredContent"]["activity"], rest["activity"]);
    assert_eq!(result["_meta"]["idempotency_replayed"], true);

    let other = json!({ "type": "note", "summary": "Another", "idempotency_key": "k-1" });
    let error = mcp.tool_error("log_activity", &other).await;
    assert_eq!(error["code"], "idempotency_conflict");
    assert_eq!(error["idempotency_key"], "k-1");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("new idempotency_key")));

    let input = json!({ "type": "note", "summary": "Twice", "idempotency_key": "k-2" });
    let first = mcp.call_tool("log_activity", &input).await.expect(200).json();
    assert_eq!(first["result"].get("_meta"), None);
    // The same input in REST: the key is in the header and not in the body.
    let input = json!({ "summary": "Twice", "type": "note" });
    let rest = v1.log_with_key(&input, "k-2").await.expect(201);
    assert_eq!(rest.header("idempotency-replayed"), "true");
    assert_eq!(rest.json()["activity"], first["result"]["structuredContent"]["activity"]);

    let found = v1.search(&[]).await.expect(200).json();
    assert_eq!(found["activities"].as_array().map(Vec::len), Some(2));
    let succeeded = v1.audit_events(&[("status", "succeeded")]).await.expect(200).json();
    assert_eq!(succeeded["audit_events"].as_array().map(Vec::len), Some(2), "replays leave none");
}

#[tokio::test]
async fn the_same_search_finds_the_same_and_cursors_pass_from_one_to_the_other() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let (v1, mcp) = (stack.v1(&key), stack.mcp(&key));
    stack.put_resource("acme", "contact", "con_1", None).await;
    for number in 0..9 {
        let mut input = json!({
            "type": if number % 2 == 0 { "note" } else { "email" },
            "summary": format!("Pricing number {number}"),
            "body": "Jane Doe asked",
            "occurred_at": format!("2026-03-0{}T00:00:00Z", number + 1),
        });
        if number % 3 == 0 {
            input["related_resource_type"] = json!("contact");
            input["related_resource_id"] = json!("con_1");
        }
        let _ = v1.log(&input).await.expect(201);
    }
    for filters in [
        vec![],
        vec![("query", "price")],
        vec![("query", "\"jane doe\" number")],
        vec![("type", "email")],
        vec![("actor_id", "suite")],
        vec![("actor_id", "service:suite"), ("source", "api")],
        vec![("actor_id", "suite"), ("actor_type", "service"), ("type", "note")],
        vec![("actor_id", "suite"), ("actor_type", "user")],
        vec![("source", "mcp")],
        vec![("related_resource_type", "contact"), ("related_resource_id", "con_1")],
        vec![
            ("occurred_after", "2026-03-02T00:00:00Z"),
            ("occurred_before", "2026-03-07T00:00:00Z"),
        ],
        vec![("query", "nothing")],
        vec![("query", "jane doe asked nobody")],
    ] {
        let arguments: serde_json::Map<String, Value> =
            filters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let rest = v1.search(&filters).await.expect(200).json();
        let found = mcp.tool("search_activity", &json!(arguments)).await;
        for list in ["activities", "suggested_queries"] {
            assert_eq!(found.get(list), rest.get(list), "{filters:?}");
        }

        // One row at a time, by turns through one door and the other.
        let mut found = Vec::new();
        let mut cursor: Option<String> = None;
        for turn in 0.. {
            let page = if turn % 2 == 0 {
                let mut arguments = arguments.clone();
                arguments.insert("limit".to_owned(), json!(1));
                arguments.extend(cursor.take().map(|cursor| ("cursor".to_owned(), json!(cursor))));
                mcp.tool("search_activity", &json!(arguments)).await
            } else {
                let mut parameters = filters.clone();
                parameters.push(("limit", "1"));
                let cursor = cursor.take().unwrap_or_default();
                parameters.push(("cursor", &cursor));
                v1.search(&parameters).await.expect(200).json()
            };
            found.extend(page["activities"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        assert_eq!(json!(found), rest["activities"], "{filters:?}");
    }
}

#[tokio::test]
async fn where_nothing_matches_an_agent_reads_in_plain_words_what_does() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let mcp = stack.mcp(&key);
    mcp.tool("log_activity", &json!({ "type": "note", "summary": "Tom asked for prices" })).await;
    for (query, suggested) in [
        ("tom asked for discounts", Some(json!(["tom asked for"]))),
        ("tom asked for prices", None),
        ("nobody was here then", None),
    ] {
        let answer = mcp.call_tool("search_activity", &json!({ "query": query })).await;
        let result = answer.expect(200).json()["result"].clone();
        assert_eq!(result["structuredContent"].get("suggested_queries"), suggested.as_ref());
        let content = result["content"].as_array().expect("there is content");
        let texts: Vec<&Value> = content[1..].iter().map(|block| &block["text"]).collect();
        let expected =
            "Nothing matches all words of this query. These queries match:\ntom asked for";
        assert_eq!(texts, if suggested.is_some() { vec![expected] } else { vec![] }, "{query}");
    }
}

#[tokio::test]
async fn several_types_are_a_list_where_rest_repeats_the_parameter() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let (v1, mcp) = (stack.v1(&key), stack.mcp(&key));
    for name in ["call", "email", "note", "email", "call"] {
        stack.clock.advance(Duration::from_millis(1));
        let _ = v1.log(&json!({ "type": name, "summary": name })).await.expect(201);
    }
    let twice = [("type", "email"), ("type", "call"), ("limit", "2")];
    let rest = v1.search(&twice).await.expect(200).json();
    let mut arguments = json!({ "types": ["call", "email", "call"], "limit": 2, "type": null });
    let found = mcp.tool("search_activity", &arguments).await;
    assert_eq!(found["activities"], rest["activities"]);
    // The order of the types is none of the cursor's business.
    assert_eq!(found["next_cursor"], rest["next_cursor"]);
    arguments["cursor"] = rest["next_cursor"].clone();
    let next = mcp.tool("search_activity", &arguments).await;
    let types = |page: &Value| -> Vec<Value> {
        let rows = page["activities"].as_array().expect("there are rows").iter();
        rows.map(|row| row["type"].clone()).collect()
    };
    assert_eq!(types(&found), ["call", "email"]);
    assert_eq!(types(&next), ["email", "call"]);
    assert_eq!(next.get("next_cursor"), None);
    let one = mcp.tool("search_activity", &json!({ "types": ["note"] })).await;
    assert_eq!(one["activities"], v1.search(&[("type", "note")]).await.json()["activities"]);

    for (types, rule) in [
        (json!([]), "must have at least one element"),
        (json!("call"), "must be a list"),
        (json!(["call", "fax"]), "element 1: must be one of: note call email meeting agent_action"),
        (json!([null]), "element 0: must be a string"),
        (json!(["call", "call", "call", "call", "call", "call"]), "must have at most 5 elements"),
    ] {
        let error = mcp.tool_error("search_activity", &json!({ "types": types })).await;
        assert_eq!(error["field_errors"], json!([{ "field": "types", "message": rule }]));
    }
    let list = json!({ "type": ["call", "email"] });
    let error = mcp.tool_error("search_activity", &list).await;
    let rule = "must be a string: for several, use types";
    assert_eq!(error["field_errors"], json!([{ "field": "type", "message": rule }]));
    let error = mcp.tool_error("log_activity", &json!({ "type": ["call"], "summary": "x" })).await;
    let rule = "must be a string";
    assert_eq!(error["field_errors"], json!([{ "field": "type", "message": rule }]));

    let both = json!({ "type": "call", "types": ["call"] });
    let error = mcp.tool_error("search_activity", &both).await;
    let rule = "is not taken beside type: list all types here, and leave type out";
    assert_eq!(error["field_errors"], json!([{ "field": "types", "message": rule }]));
}

#[tokio::test]
async fn a_search_is_refused_alike() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let (v1, mcp) = (stack.v1(&key), stack.mcp(&key));
    let many_words = "word ".repeat(17);
    for filters in [
        vec![("query", "")],
        vec![("query", "!?")],
        vec![("query", many_words.as_str())],
        vec![("type", "fax"), ("cursor", "x"), ("unknown", "1")],
        vec![("related_resource_type", "contact")],
        vec![("related_resource_id", "")],
        vec![("actor_id", ""), ("source", "ui")],
        vec![("actor_type", "user")],
        vec![("actor_id", "service:crm"), ("actor_type", "user")],
        vec![("actor_id", "crm"), ("actor_type", "robot")],
        vec![("occurred_after", "2026-03-02"), ("occurred_before", "x")],
        vec![
            ("occurred_after", "2026-03-02T00:00:00Z"),
            ("occurred_before", "2026-03-02T00:00:00Z"),
        ],
    ] {
        let arguments: serde_json::Map<String, Value> =
            filters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let mut rest = v1.search(&filters).await.expect(422).json()["error"].clone();
        let mut error = mcp.tool_error("search_activity", &json!(arguments)).await;
        // A query string has parameters, an object has properties.
        for error in [&mut rest, &mut error] {
            let errors = error["field_errors"].as_array_mut().expect("there are violations");
            errors.retain(|error| error["field"] != "unknown");
        }
        assert_eq!(error["field_errors"], rest["field_errors"], "{filters:?}");
    }
}

#[tokio::test]
async fn actors_are_shown_with_their_names_as_in_v1() {
    let stack = Stack::start().await;
    let key = stack.issue_key("acme", "agent:scout", Scope::ALL).await;
    let (v1, mcp) = (stack.v1(&key), stack.mcp(&key));
    stack.name_actor("acme", "agent:scout", "Scout").await;
    let named = json!({ "type": "agent", "id": "scout", "display_name": "Scout" });
    let input = json!({ "type": "note", "summary": "x", "idempotency_key": "k" });
    for _ in 0..2 {
        let logged = mcp.tool("log_activity", &input).await;
        assert_eq!(logged["activity"]["actor"], named);
        let id = json!({ "id": logged["activity"]["id"] });
        let read = mcp.tool("get_logged_activity", &id).await;
        let path = id["id"].as_str().expect("there is an id");
        assert_eq!(read["activity"], v1.read(path).await.expect(200).json()["activity"]);
        let found = mcp.tool("search_activity", &json!({})).await;
        assert_eq!(found["activities"], v1.search(&[]).await.expect(200).json()["activities"]);
        for shown in [&read["activity"], &found["activities"][0]] {
            assert_eq!(shown["actor"], named);
        }
    }
}
