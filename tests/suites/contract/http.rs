//! HTTP: what every response has, media types, sizes, syntax, methods and
//! paths, and the order of checks.

use activity_log_core::domain::principal::Scope;
use activity_log_tests::client::mcp::ACCEPT;
use activity_log_tests::client::v1::{assert_violations, id_of, note, note_with};
use activity_log_tests::client::{ABSENT_ID, MIB};
use activity_log_tests::stack::Stack;
use http::{HeaderName, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn every_response_is_json_uncached_and_named_by_its_request_id() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let logged = v1.log(&note("x")).await.expect(201);
    let id = id_of(&logged);
    let answers = [
        logged,
        v1.log(&json!({})).await.expect(422),
        v1.get("/v1/activities").await.expect(200),
        v1.read(&id).await.expect(200),
        v1.get("/v1/audit-events").await.expect(200),
        stack.v1("none").get("/v1/audit-events").await.expect(401),
        v1.get("/nothing").await.expect(404),
        v1.call(Method::DELETE, "/v1/activities").send().await.expect(405),
    ];
    for answer in &answers {
        let body = answer.json();
        let request_id = answer.header("x-request-id");
        assert!(request_id.len() == 36 && request_id.starts_with("req_"), "{request_id}");
        let in_body = body.get("request_id").or_else(|| body["error"].get("request_id"));
        assert_eq!(in_body, Some(&json!(request_id)));
    }
    let dialect = [stack.logged_activity("acme", &key).read(&id).await.expect(200)];
    for answer in answers.iter().chain(&dialect) {
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("x-request-id").starts_with("req_"));
        for absent in ["etag", "content-encoding", "access-control-allow-origin", "vary"] {
            assert!(!answer.headers.contains_key(absent), "{absent}");
        }
    }
}

#[tokio::test]
async fn a_callers_own_request_id_is_ignored() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let call = v1.call(Method::POST, "/v1/activities").header("x-request-id", "req_mine");
    let answer = call.json(&note("x")).send().await.expect(201);
    assert_ne!(answer.header("x-request-id"), "req_mine");
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
}

#[tokio::test]
async fn accept_is_ignored() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for accept in ["text/html", "application/xml;q=1", "*/*;q=0", "nonsense"] {
        let call = v1.call(Method::GET, "/v1/activities").header("accept", accept);
        let answer = call.header("accept-encoding", "gzip, br").send().await.expect(200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(!answer.headers.contains_key("content-encoding"));
    }
}

#[tokio::test]
async fn only_plain_json_in_utf8_is_taken() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let body = note("x").to_string();
    for taken in [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=UTF-8",
        "application/json; charset=utf8",
        "application/json;",
        "application/json; version=1; charset=\"utf-8\"",
    ] {
        assert_eq!(v1.log_bytes(taken, body.clone()).await.status, 201, "{taken}");
    }
    for refused in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/ld+json",
        "application/json; charset=latin1",
        "application/json; charset=utf-16",
    ] {
        let answer = v1.log_bytes(refused, body.clone()).await;
        assert_eq!(answer.status, 415, "{refused}");
    }
    let call = || v1.call(Method::POST, "/v1/activities").body(body.clone());
    call().send().await.expect(415);
    let twice = call().header("content-type", "application/json");
    twice.header("content-type", "application/json").send().await.expect(415);
    for (encoding, status) in
        [("gzip", 415), ("br", 415), ("gzip, identity", 415), ("identity", 201)]
    {
        let call = call().header("content-type", "application/json");
        call.header("content-encoding", encoding).send().await.expect(status);
    }
    for body in [format!("\u{feff}{body}"), format!("\u{feff}\n{body}\n")] {
        v1.log_bytes("application/json", body).await.expect(201);
    }
}

#[tokio::test]
async fn a_body_of_1_mib_is_taken_and_one_more_byte_is_413() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let mut body = note("x").to_string().into_bytes();
    body.resize(MIB, b' ');
    v1.log_bytes("application/json", body.clone()).await.expect(201);
    body.push(b' ');
    v1.log_bytes("application/json", body.clone()).await.expect(413);
    body.resize(11 * MIB, b' ');
    let huge = v1
        .call(Method::POST, "/v1/activities")
        .header("content-type", "application/json")
        .body(body)
        .try_send()
        .await;
    // A server may close the connection while such a body is still coming.
    assert!(huge.is_err() || huge.is_ok_and(|answer| answer.status == 413));
}

/// A request without its body.
fn announced(path: &str, key: &str, length: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\n{length}\r\n\r\n"
    )
}

/// The status of the answer to a request that is never finished.
async fn status_of_unfinished(stack: &Stack, sent: &[u8]) -> String {
    let mut connection = TcpStream::connect(stack.address).await.expect("it listens");
    connection.write_all(sent).await.expect("it is taken");
    let mut status = [0; "HTTP/1.1 413".len()];
    connection.read_exact(&mut status).await.expect("there is an answer");
    String::from_utf8_lossy(&status).into_owned()
}

#[tokio::test]
async fn a_body_is_refused_by_its_announced_length_and_read_no_further_than_the_limit() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    for path in ["/v1/activities", "/mcp"] {
        let length = format!("content-length: {}", MIB + 1);
        let sent = announced(path, &key, &length);
        assert_eq!(status_of_unfinished(&stack, sent.as_bytes()).await, "HTTP/1.1 413");
        let sent = announced(path, "none", &length);
        assert_eq!(status_of_unfinished(&stack, sent.as_bytes()).await, "HTTP/1.1 401");

        let mut sent = announced(path, &key, "transfer-encoding: chunked").into_bytes();
        sent.extend(format!("{:x}\r\n", MIB + 2).into_bytes());
        sent.resize(sent.len() + MIB + 1, b' ');
        assert_eq!(status_of_unfinished(&stack, &sent).await, "HTTP/1.1 413");
    }
}

#[tokio::test]
async fn a_body_has_up_to_65536_values_in_every_dialect() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let typed = stack.logged_activity("acme", &key);
    let typed = |path: &str| typed.call(Method::POST, path);
    // The object, its name and the list are values too.
    for (zeros, within) in [(65_533, true), (65_534, false)] {
        let body = format!(r#"{{"x":[{}0]}}"#, "0,".repeat(zeros - 1));
        for (call, refused) in [
            (stack.v1(&key).call(Method::POST, "/v1/activities"), 422),
            (typed("/api/activities/note/log-activity"), 400),
            (typed("/api/activities/note/responses"), 400),
            (stack.mcp(&key).call(Method::POST).header("accept", ACCEPT), 400),
        ] {
            let call = call.header("content-type", "application/json").body(body.clone());
            let _ = call.send().await.expect(if within { refused } else { 413 });
        }
    }
}

#[tokio::test]
async fn bytes_syntax_and_duplicate_keys_are_malformed_and_not_invalid() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let deep = "[".repeat(1000);
    for body in [
        &b""[..],
        b" ",
        b"{",
        b"{}{}",
        b"{'type':'note'}",
        b"{\"type\":\"note\",}",
        b"\xef\xbb\xbf",
        b"{}\xef\xbb\xbf",
        b"{\"type\":\"n\xc3\"}",
        b"{\"n\":1e999}",
        b"{\"summary\":\"\\ud800\"}",
        br#"{"type":"note","summary":"x","summary":"x"}"#,
        br#"{"type":"note","summary":"x","extra":{"a":[{"b":1,"b":1}]}}"#,
        br#"{"type":"note","summary":"x","\u0074ype":"note"}"#,
        deep.as_bytes(),
    ] {
        let answer = v1.log_bytes("application/json", body).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        assert_eq!(
            (answer.status.as_u16(), answer.error_code()),
            (400, "malformed_request".to_owned()),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_query_string_that_cannot_be_decoded_is_malformed() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for path in ["/v1/activities", "/v1/audit-events", &format!("/v1/activities/{ABSENT_ID}")] {
        for query in ["query=%", "query=%4", "query=%zz", "query=%ff", "query=%c3%28", "%80=x"] {
            let answer = v1.get(&format!("{path}?{query}")).await.expect(400);
            assert_eq!(answer.error_code(), "malformed_request", "{path}?{query}");
        }
    }
    let answer = v1.call(Method::POST, "/v1/activities?a=%f").json(&note("x"));
    assert_eq!(answer.send().await.expect(400).error_code(), "malformed_request");
}

#[tokio::test]
async fn a_method_that_a_path_does_not_know_is_405_with_allow() {
    let stack = Stack::start().await;
    let item = format!("/v1/activities/{ABSENT_ID}");
    let logged = format!("/api/activities/logged/{ABSENT_ID}");
    for (path, allow) in [
        ("/v1/activities", "GET, HEAD, POST"),
        (item.as_str(), "GET, HEAD"),
        ("/v1/audit-events", "GET, HEAD"),
        ("/v1/audit-log/tile/0/000", "GET, HEAD"),
        (logged.as_str(), "GET, HEAD"),
        ("/mcp", "POST"),
    ] {
        for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
            let method = Method::from_bytes(method.as_bytes()).expect("the method is a token");
            // Without a credential: there is nothing to protect.
            let answer = stack.anonymous(method.clone(), path).send().await.expect(405);
            assert_eq!(answer.header("allow"), allow, "{method} {path}");
            assert!(answer.header("x-request-id").starts_with("req_"));
            assert!(!answer.body.is_empty(), "{method} {path}");
        }
    }
    let answer = stack.anonymous(Method::HEAD, "/mcp").send().await.expect(405);
    assert_eq!((answer.header("allow"), answer.body.len()), ("POST", 0));
    let answer = stack.anonymous(Method::POST, &item).json(&note("x")).send().await.expect(405);
    assert_eq!(answer.error_code(), "method_not_allowed");
}

#[tokio::test]
async fn a_byte_order_mark_is_skipped_by_every_route_that_takes_a_body() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let (v1, api, mcp) = (stack.v1(&key), stack.logged_activity("acme", &key), stack.mcp(&key));
    let call = |path: &str, mark: &str| {
        let (call, body) = match path {
            "/mcp" => {
                (mcp.call(Method::POST), json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }))
            }
            "/v1/activities" => (v1.call(Method::POST, path), note("x")),
            _ if path.ends_with("log-activity") => (
                api.call(Method::POST, path),
                json!({ "related_objects": [], "notes": "x", "mentions": [] }),
            ),
            _ => (api.call(Method::POST, path), json!({ "search": "x" })),
        };
        let call = call.header("content-type", "application/json");
        call.body(format!("{mark}{body}")).send()
    };
    for path in [
        "/v1/activities",
        "/mcp",
        "/api/activities/call/log-activity",
        "/api/activities/call/responses",
    ] {
        let (plain, marked) = (call(path, "").await, call(path, "\u{feff}").await);
        assert!(plain.status.is_success(), "{path}");
        assert_eq!(marked.status, plain.status, "{path}");
        assert_eq!(marked.body.len(), plain.body.len(), "{path}");
    }
}

#[tokio::test]
async fn head_is_answered_as_get_without_a_body() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let api = stack.logged_activity("acme", &key);
    let id = id_of(&v1.log(&note("x")).await.expect(201));
    for path in [
        "/v1/activities?limit=1".to_owned(),
        "/v1/activities?limit=0".to_owned(),
        format!("/v1/activities/{id}"),
        format!("/v1/activities/{ABSENT_ID}"),
        "/v1/audit-events".to_owned(),
        format!("/api/activities/logged/{id}"),
        "/api/activities".to_owned(),
        "/api/activities/call".to_owned(),
        "/api/activities/call/fields".to_owned(),
        "/openapi.json".to_owned(),
        "/nothing".to_owned(),
    ] {
        let call = |method| {
            if path.starts_with("/api") { api.call(method, &path) } else { v1.call(method, &path) }
        };
        // The first read of the trail leaves an event, which the next one shows.
        drop(call(Method::GET).send().await);
        let (get, head) = (call(Method::GET).send().await, call(Method::HEAD).send().await);
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
        for name in ["content-type", "content-length", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
        let anonymous = stack.anonymous(Method::HEAD, &path).send().await;
        assert_eq!(anonymous.status, stack.anonymous(Method::GET, &path).send().await.status);
    }
}

#[tokio::test]
async fn an_unknown_path_is_told_from_an_unknown_resource() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    for (path, says_path) in [
        ("/v1/activites", true),
        ("/v1/activities/", true),
        ("/api/activities/logged", true),
        ("/mcp/", true),
        ("/v1/activities/act_123", false),
        ("/api/activities/nothing", false),
    ] {
        let api = stack.logged_activity("acme", &key);
        let call = if path.starts_with("/api") {
            api.call(Method::GET, path)
        } else {
            stack.v1(&key).call(Method::GET, path)
        };
        let body = call.send().await.expect(404).json().to_string();
        assert_eq!(body.contains("There is no such path."), says_path, "{path} {body}");
    }
}

#[tokio::test]
async fn a_path_that_is_not_listed_or_ends_in_a_slash_is_404() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let id = id_of(&v1.log(&note("x")).await.expect(201));
    for path in [
        "//".to_owned(),
        "/v1".to_owned(),
        "/v1/".to_owned(),
        "/v1/activities/".to_owned(),
        "//v1/activities".to_owned(),
        "/V1/activities".to_owned(),
        "/v1/activities%2F".to_owned(),
        "/v1/activit%69es".to_owned(),
        "/v1/audit-events/".to_owned(),
        format!("/v1/activities/{id}/"),
        format!("/v1/activities/{id}/body"),
        format!("/api/activities/logged/{id}/"),
        "/api/activities/logged".to_owned(),
        "/api/activities/logged/".to_owned(),
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = v1.call(method.clone(), &path).send().await;
            assert_eq!(answer.status, 404, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn checks_come_in_the_order_of_the_contract() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let reader = stack.issue_key("acme", "service:reader", &[Scope::ActivityRead]).await;
    let taken = note_with(json!({"idempotency_key": "taken"}));
    v1.log(&taken).await.expect(201);

    let large = vec![b'{'; MIB + 1];
    let unknown = json!({"related_resource_type": "contact", "related_resource_id": "nobody"});
    let mut conflicting = note_with(unknown.clone());
    conflicting["idempotency_key"] = json!("taken");
    let mut absent = note_with(unknown);
    absent["idempotency_key"] = json!("free");

    // Each request breaks all that come after the check that refuses it.
    let path = "/v1/activities?x=%zz";
    for (key, path, content_type, body, status) in [
        ("none", path, "text/plain", large.clone(), 401),
        (reader.as_str(), path, "text/plain", large.clone(), 403),
        (&key, path, "text/plain", large.clone(), 415),
        (&key, path, "application/json", large, 413),
        (&key, path, "application/json", b"{".to_vec(), 400),
        (&key, path, "application/json", b"[]".to_vec(), 400),
        (&key, path, "application/json", b"{}".to_vec(), 400),
        (&key, "/v1/activities?x=1", "application/json", conflicting.to_string().into(), 422),
        (&key, "/v1/activities", "application/json", conflicting.to_string().into(), 409),
        (&key, "/v1/activities", "application/json", absent.to_string().into(), 404),
    ] {
        let call = stack.v1(key).call(Method::POST, path).header("content-type", content_type);
        let answer = call.body(body).send().await;
        assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
    }
    // And for reads: credential, scope, syntax, rules, existence.
    let writer = stack.issue_key("acme", "service:writer", &[Scope::ActivityWrite]).await;
    for (key, path, status) in [
        ("none", format!("/v1/activities/{ABSENT_ID}?x=%zz"), 401),
        (writer.as_str(), format!("/v1/activities/{ABSENT_ID}?x=%zz"), 403),
        (&key, format!("/v1/activities/{ABSENT_ID}?x=%zz"), 400),
        (&key, format!("/v1/activities/{ABSENT_ID}?x=1"), 422),
        (&key, format!("/v1/activities/{ABSENT_ID}"), 404),
        (&writer, "/v1/activities?limit=%zz".to_owned(), 403),
        (&key, "/v1/activities?limit=0&x=%zz".to_owned(), 400),
        (&writer, "/v1/audit-events?limit=0".to_owned(), 403),
    ] {
        assert_eq!(stack.v1(key).get(&path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn violations_of_body_query_and_header_are_listed_together() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let call = |path: &str, body: &Value| {
        v1.call(Method::POST, path)
            .header("idempotency-key", "a")
            .header("idempotency-key", "b")
            .json(body)
    };
    let answer = call("/v1/activities?dry_run=true", &json!({"type": "note"})).send().await;
    let unknown_parameter = ("dry_run", "is not a known parameter");
    let twice = ("Idempotency-Key", "is given more than once");
    assert_violations(&answer, &[("summary", "is required"), twice, unknown_parameter]);

    let answer = call("/v1/activities?dry_run=true", &json!([])).send().await;
    assert_violations(&answer, &[("$", "must be a JSON object"), unknown_parameter]);
}

#[tokio::test]
async fn cors_is_off_unless_configured_and_then_exposes_its_four_headers() {
    let allowed = "https://app.example";
    let stack = Stack::start_with(|config| {
        config.cors_allow_origins = vec![allowed.to_owned()];
        config.cors_allow_headers = vec![HeaderName::from_static("x-datadog-trace-id")];
    })
    .await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let get = |origin| v1.call(Method::GET, "/v1/activities").header("origin", origin);
    let answer = get(allowed).send().await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), allowed);
    let exposed = "x-request-id, location, idempotency-replayed, retry-after";
    assert_eq!(answer.header("access-control-expose-headers"), exposed);
    let answer = get("https://other.example").send().await.expect(200);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));

    let preflight = |origin| {
        stack
            .anonymous(Method::OPTIONS, "/v1/activities")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
    };
    let answer = preflight(allowed).send().await.expect(204);
    assert_eq!(answer.header("access-control-allow-methods"), "GET, HEAD, POST");
    let allowed_headers = answer.header("access-control-allow-headers");
    for name in [
        "authorization",
        "content-type",
        "idempotency-key",
        "traceparent",
        "tracestate",
        "baggage",
        "sentry-trace",
        "x-requested-with",
        "x-datadog-trace-id",
    ] {
        assert!(allowed_headers.split(", ").any(|allowed| allowed == name), "{name}");
    }
    assert_eq!(answer.header("cache-control"), "no-store");
    preflight("https://other.example").send().await.expect(405);

    let closed = Stack::start().await;
    let call = closed.anonymous(Method::OPTIONS, "/v1/activities").header("origin", allowed);
    call.header("access-control-request-method", "POST").send().await.expect(405);
}
