//! `POST /mcp` speaks the protocol in each of its revisions, without a session,
//! and refuses what it should in the words of JSON-RPC.

use activity_log_core::domain::principal::Scope;
use activity_log_tests::client::Answer;
use activity_log_tests::client::mcp::{ACCEPT, PATH, REVISIONS, SELF_CONTAINED};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::json;

const HANDSHAKE_REVISIONS: [&str; 2] = ["2025-06-18", "2025-11-25"];

fn rpc_code(answer: &Answer) -> i64 {
    answer.json()["error"]["code"].as_i64().expect("there is an error")
}

#[tokio::test]
async fn the_handshake_agrees_on_each_revision_that_has_one() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let mcp = stack.mcp(&key);
    for revision in HANDSHAKE_REVISIONS {
        let params = json!({
            "protocolVersion": revision,
            "capabilities": {},
            "clientInfo": { "name": "suite", "version": "1" },
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": "a", "method": "initialize", "params": params });
        let answer = mcp.post().body(message.to_string()).send().await.expect(200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("mcp-session-id"), "", "there are no sessions");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("x-request-id").starts_with("req_"));
        let body = answer.json();
        assert_eq!(body["id"], "a");
        assert_eq!(body["result"]["protocolVersion"], revision);
        assert_eq!(body["result"]["capabilities"], json!({ "tools": {} }));
        assert_eq!(body["result"]["serverInfo"]["name"], "activity-log");
        assert!(body["result"]["instructions"].as_str().is_some_and(|text| text.contains("data")));

        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let answer = stack
            .mcp(&key)
            .post()
            .header("mcp-protocol-version", revision)
            .body(initialized.to_string())
            .send()
            .await
            .expect(202);
        assert!(answer.body.is_empty());
        assert!(answer.header("x-request-id").starts_with("req_"));
    }
}

#[tokio::test]
async fn a_handshake_for_an_unknown_revision_is_offered_one_that_is_served() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    for revision in ["2024-11-05", "2099-01-01"] {
        let params = json!({
            "protocolVersion": revision,
            "capabilities": {},
            "clientInfo": { "name": "suite", "version": "1" },
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        let answer = mcp.post().body(message.to_string()).send().await.expect(200).json();
        let offered = answer["result"]["protocolVersion"].as_str().expect("one is offered");
        assert!(HANDSHAKE_REVISIONS.contains(&offered), "{offered}");
    }
}

#[tokio::test]
async fn discovery_names_the_revisions_and_may_be_kept_for_a_while() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let answer = stack
        .mcp(&key)
        .request(SELF_CONTAINED, "server/discover", json!({}))
        .send()
        .await
        .expect(200)
        .json();
    let result = &answer["result"];
    assert_eq!(result["supportedVersions"], json!(REVISIONS));
    assert_eq!(result["capabilities"], json!({ "tools": {} }));
    assert_eq!(result["cacheScope"], "private");
    assert!(result["ttlMs"].as_u64().is_some_and(|ttl_ms| ttl_ms > 0));
    let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(server["name"], "activity-log");
}

#[tokio::test]
async fn every_revision_lists_calls_and_pings_without_a_session() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    for revision in REVISIONS {
        let listed = mcp.request(revision, "tools/list", json!({})).send().await.expect(200);
        let listed = listed.json();
        assert_eq!(listed["result"]["tools"].as_array().map(Vec::len), Some(3), "{revision}");
        assert_eq!(listed["result"]["cacheScope"], "private");
        assert!(listed["result"]["ttlMs"].as_u64().is_some_and(|ttl_ms| ttl_ms > 0));

        let params = json!({
            "name": "log_activity",
            "arguments": { "type": "note", "summary": format!("Said in {revision}") },
        });
        let called = mcp.request(revision, "tools/call", params).send().await.expect(200).json();
        assert_eq!(called["result"]["isError"], false, "{revision}: {called}");
        let complete = (revision == SELF_CONTAINED).then(|| json!("complete"));
        assert_eq!(called["result"].get("resultType"), complete.as_ref());

        let ping = mcp.request(revision, "ping", json!({})).send().await;
        if revision == SELF_CONTAINED {
            assert_eq!(rpc_code(&ping.expect(404)), -32601, "that revision has no ping");
        } else {
            assert_eq!(ping.expect(200).json()["result"], json!({}));
        }
    }
    // Without the header, as the oldest clients call.
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let _ = mcp.post().body(message.to_string()).send().await.expect(200);
}

#[tokio::test]
async fn a_list_of_tools_has_those_that_the_credential_may_call() {
    let stack = Stack::start().await;
    let tools_of = async |scopes: &[Scope]| {
        let key = stack.issue_key("acme", "agent:scout", scopes).await;
        let answer = stack.mcp(&key).request("2025-11-25", "tools/list", json!({})).send().await;
        let tools = answer.expect(200).json()["result"]["tools"].as_array().cloned();
        let names = tools.unwrap_or_default();
        names.iter().map(|tool| tool["name"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(tools_of(&[Scope::ActivityWrite]).await, ["log_activity"]);
    assert_eq!(tools_of(&[Scope::ActivityRead]).await, ["search_activity", "get_logged_activity"]);
    assert!(tools_of(&[Scope::AuditRead]).await.is_empty());
}

#[tokio::test]
async fn what_is_not_one_json_rpc_message_is_refused_in_json_rpc() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for (body, code) in [
        ("{", -32700),
        ("", -32700),
        (r#"{"jsonrpc":"2.0","id":1,"id":1,"method":"ping"}"#, -32700),
        ("\u{feff}", -32700),
        ("\u{feff}{}", -32600),
        ("[]", -32600),
        (format!("[{ping}]").as_str(), -32600),
        ("1", -32600),
        ("{}", -32600),
        (r#"{"id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#, -32600),
    ] {
        let answer = mcp.post().body(body.to_owned()).send().await.expect(400);
        assert_eq!(rpc_code(&answer), code, "{body}");
        assert_eq!(answer.json()["jsonrpc"], "2.0");
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(answer.header("x-request-id").starts_with("req_"));
    }
    let invalid_utf8 = mcp.post().body(b"{\"a\":\"\xff\"}".to_vec()).send().await;
    assert_eq!(rpc_code(&invalid_utf8.expect(400)), -32700);
}

#[tokio::test]
async fn methods_that_are_not_served_are_not_found() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    for method in [
        "prompts/list",
        "prompts/get",
        "resources/list",
        "resources/templates/list",
        "resources/read",
        "completion/complete",
        "logging/setLevel",
        "tasks/get",
        "subscriptions/listen",
        "initialize",
        "no/such",
    ] {
        for revision in REVISIONS {
            if method == "initialize" && revision != SELF_CONTAINED {
                continue;
            }
            let params = match method {
                "prompts/get" => json!({ "name": "x" }),
                "resources/read" => json!({ "uri": "x:y" }),
                "logging/setLevel" => json!({ "level": "info" }),
                "tasks/get" => json!({ "taskId": "x" }),
                "subscriptions/listen" => json!({ "notifications": {} }),
                "completion/complete" => json!({
                    "ref": { "type": "ref/prompt", "name": "x" },
                    "argument": { "name": "x", "value": "y" },
                }),
                _ => json!({}),
            };
            let status = if revision == SELF_CONTAINED { 404 } else { 200 };
            let answer = mcp.request(revision, method, params).send().await;
            let answer = answer.expect(status);
            assert_eq!(rpc_code(&answer), -32601, "{method} in {revision}");
            assert_eq!(answer.json()["id"], 1);
        }
    }
}

#[tokio::test]
async fn an_unknown_tool_or_params_of_another_form_are_invalid() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    for params in [
        json!({ "name": "drop_table", "arguments": {} }),
        json!({ "arguments": {} }),
        json!({ "name": 7 }),
    ] {
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let answer = mcp.post().body(message.to_string()).send().await.expect(200);
        assert_eq!(rpc_code(&answer), -32602, "{params}");
    }
}

#[tokio::test]
async fn headers_that_contradict_the_protocol_are_refused() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let plain = |accept: &str, media_type: &str| {
        mcp.call(Method::POST)
            .header("accept", accept)
            .header("content-type", media_type)
            .body(ping)
    };
    for (accept, media_type, status) in [
        ("text/event-stream", "application/json", 406),
        ("text/html", "application/json", 406),
        ("application/json;q=0, */*", "application/json", 406),
        (ACCEPT, "text/plain", 415),
        (ACCEPT, "application/json; charset=latin1", 415),
    ] {
        let answer = plain(accept, media_type).send().await.expect(status);
        assert_eq!(rpc_code(&answer), -32600, "{accept} {media_type}");
        assert_eq!(answer.json()["id"], 1);
    }
    for accept in ["application/json", "*/*", "application/*;q=0.5", "text/html, *", ""] {
        for media_type in ["application/json;", "application/json; charset=utf8; x=1"] {
            let call = plain(accept, media_type).header("content-encoding", "identity");
            assert_eq!(call.send().await.expect(200).json()["result"], json!({}), "{accept}");
        }
    }
    let call = mcp.call(Method::POST).header("content-type", "application/json");
    let marked = format!("\u{feff}{ping}");
    assert_eq!(call.body(marked).send().await.expect(200).json()["result"], json!({}));
    let encoded = plain(ACCEPT, "application/json").header("content-encoding", "gzip").send().await;
    assert_eq!(rpc_code(&encoded.expect(415)), -32600);

    for revision in ["2024-11-05", "2099-01-01", "nonsense"] {
        let call = mcp.post().header("mcp-protocol-version", revision).body(ping);
        let answer = call.send().await.expect(400);
        assert_eq!(rpc_code(&answer), -32022, "{revision}");
        assert_eq!(answer.json()["error"]["data"]["supported"], json!(REVISIONS));
    }

    // From 2026-07-28 on, header and body must say the same.
    let named = |header: &str, method: &str, name: &str| {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": SELF_CONTAINED,
            "io.modelcontextprotocol/clientInfo": { "name": "suite", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let params = json!({ "name": "search_activity", "arguments": {}, "_meta": meta });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        mcp.post()
            .header("mcp-protocol-version", header)
            .header("mcp-method", method)
            .header("mcp-name", name)
            .body(message.to_string())
    };
    let right = named(SELF_CONTAINED, "tools/call", "search_activity").send().await.expect(200);
    assert_eq!(right.json()["result"]["isError"], false);
    for call in [
        named("2025-11-25", "tools/call", "search_activity"),
        named(SELF_CONTAINED, "tools/list", "search_activity"),
        named(SELF_CONTAINED, "tools/call", "log_activity"),
    ] {
        assert_eq!(rpc_code(&call.send().await.expect(400)), -32020);
    }
}

#[tokio::test]
async fn a_foreign_host_or_origin_is_refused_before_the_credential_is_looked_at() {
    let stack = Stack::start_with(|config| {
        config.mcp_allowed_hosts = vec!["127.0.0.1".into(), "log.example:8443".into()];
        config.mcp_allowed_origins = vec!["https://app.example".into()];
    })
    .await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    for (host, origin, status) in [
        ("log.example:8443", None, 200),
        ("log.example", None, 403),
        ("evil.example", None, 403),
        ("localhost", None, 403),
        ("127.0.0.1", Some("https://app.example"), 200),
        ("127.0.0.1", Some("https://app.example:8443"), 403),
        ("127.0.0.1", Some("http://app.example"), 403),
        ("127.0.0.1", Some("https://evil.example"), 403),
        ("127.0.0.1", Some("null"), 403),
    ] {
        let mut call = mcp.post().header("host", host).body(list);
        if let Some(origin) = origin {
            call = call.header("origin", origin);
        }
        let answer = call.send().await.expect(status);
        assert!(answer.header("x-request-id").starts_with("req_"));
        if status == 403 {
            assert_eq!(rpc_code(&answer), -32600, "{host} {origin:?}");
            assert_eq!(answer.header("www-authenticate"), "");
        }
    }
    let anonymous = stack
        .anonymous(Method::POST, PATH)
        .header("accept", ACCEPT)
        .header("origin", "https://evil.example")
        .json(&json!({}));
    let _ = anonymous.send().await.expect(403);

    let any = Stack::start_with(|config| config.mcp_allowed_hosts = vec!["*".into()]).await;
    let mcp = any.mcp(&any.service_key("acme").await);
    let call = mcp.post().header("host", "anything.example").body(list);
    let _ = call.send().await.expect(200);
}

#[tokio::test]
async fn this_machine_is_allowed_by_default_and_no_other() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080"] {
        let _ = mcp.post().header("host", host).body(list).send().await.expect(200);
    }
    for (origin, status) in [
        ("http://localhost:6274", 200),
        ("http://127.0.0.1", 200),
        ("http://[::1]:8080", 200),
        ("https://localhost", 403),
        ("http://localhost.evil.example", 403),
        ("http://192.168.0.1:8080", 403),
    ] {
        let call = mcp.post().header("origin", origin).body(list);
        assert_eq!(call.send().await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn without_a_valid_credential_every_message_is_a_plain_challenge() {
    let stack = Stack::start().await;
    for authorization in [None, Some("Bearer"), Some("Basic eDp5"), Some("Bearer alk_acme.a.b")] {
        for method in ["initialize", "server/discover", "ping", "tools/list", "tools/call"] {
            let message = json!({ "jsonrpc": "2.0", "id": 9, "method": method, "params": {} });
            let mut call =
                stack.anonymous(Method::POST, PATH).header("accept", ACCEPT).json(&message);
            if let Some(authorization) = authorization {
                call = call.header("authorization", authorization);
            }
            let answer = call.send().await.expect(401);
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            let body = answer.json();
            assert_eq!((&body["id"], &body["error"]["code"]), (&json!(9), &json!(-32011)));
            assert_eq!(body["error"]["data"]["code"], "unauthorized");
            assert_eq!(body["error"]["data"]["request_id"], answer.header("x-request-id"));
        }
    }
    let v1 = stack.v1(&stack.service_key("acme").await);
    for path in [
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
        "/mcp/",
        "/mcp/x",
    ] {
        let answer = v1.get(path).await.expect(404);
        assert_eq!(answer.error_code(), "resource_not_found");
    }
}

#[tokio::test]
async fn other_methods_of_http_are_not_allowed() {
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::OPTIONS] {
        let call = mcp.call(method.clone()).header("accept", "text/event-stream");
        let answer = call.send().await.expect(405);
        assert_eq!(answer.header("allow"), "POST", "{method}");
        assert_eq!(answer.json()["error"]["data"]["code"], "method_not_allowed");
    }
}

#[tokio::test]
async fn a_browser_of_an_allowed_origin_gets_through_its_preflight() {
    let origin = "https://app.example";
    let stack = Stack::start_with(|config| {
        config.cors_allow_origins = vec![origin.into()];
        config.mcp_allowed_origins = vec![origin.into()];
    })
    .await;
    let answer = stack
        .anonymous(Method::OPTIONS, PATH)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .send()
        .await
        .expect(204);
    assert_eq!(answer.header("access-control-allow-origin"), origin);
    assert!(answer.header("access-control-allow-headers").contains("mcp-protocol-version"));
}

#[tokio::test]
async fn a_body_may_have_a_mebibyte_and_no_more() {
    const MEBIBYTE: usize = 1024 * 1024;
    let stack = Stack::start().await;
    let mcp = stack.mcp(&stack.service_key("acme").await);
    let message = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let whole = format!("{message}{}", " ".repeat(MEBIBYTE - message.len()));
    let _ = mcp.post().body(whole.clone()).send().await.expect(200);
    let answer = mcp.post().body(format!("{whole} ")).send().await.expect(413);
    assert_eq!(rpc_code(&answer), -32600);
    assert_eq!(answer.json()["error"]["data"]["code"], "payload_too_large");

    // The longest activity, in the longest form that JSON has for a character.
    let body = "\\ud83d\\ude00".repeat(65_536);
    let call = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"log_activity","arguments":{{"type":"note","summary":"Long","body":"{body}"}}}}}}"#
    );
    assert!(call.len() < MEBIBYTE);
    let answer = mcp.post().body(call).send().await.expect(200).json();
    assert_eq!(answer["result"]["isError"], false, "{:.500}", answer.to_string());
}
