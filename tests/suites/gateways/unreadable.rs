//! What a gateway hands over that is no valid request: answered in the form of
//! its gateway where it can be, and never the end of the process.

use activity_log_core::lambda::http_event::silence_panics;
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::Answer;
use activity_log_tests::client::v1::note;
use activity_log_tests::gateway::{GATEWAYS, Gateway, Sent, invoke};
use serde_json::{Value, json};

use super::Doors;

fn is_http_api(gateway: Gateway) -> bool {
    matches!(gateway, Gateway::HttpApi { .. } | Gateway::FunctionUrl)
}

/// Where an event has its path.
fn path_name(gateway: Gateway) -> &'static str {
    if is_http_api(gateway) { "rawPath" } else { "path" }
}

/// Sets a header, as the gateway writes it.
fn set_header(gateway: Gateway, event: &mut Value, name: &str, value: &str) {
    if gateway != (Gateway::LoadBalancer { multi_value: true }) {
        event["headers"][name] = json!(value);
    }
    if event.get("multiValueHeaders").is_some() {
        event["multiValueHeaders"][name] = json!([value]);
    }
}

fn set_method(gateway: Gateway, event: &mut Value, method: &Value) {
    if is_http_api(gateway) {
        event["requestContext"]["http"]["method"] = method.clone();
    } else {
        event["httpMethod"] = method.clone();
    }
}

#[track_caller]
fn assert_malformed(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what} {answer:?}");
    assert_eq!(answer.error_code(), "malformed_request", "{what}");
    let id = answer.header("x-request-id");
    assert!(id.starts_with("req_"), "{what}");
    assert_eq!(answer.json()["error"]["request_id"], id, "{what}");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn raw_bytes_in_a_query_are_400() {
    let doors = Doors::open().await;
    for query in [
        "query=a b",
        "query=\"a\"",
        "query=<a>",
        "query=caf\u{e9}",
        "query=値",
        "query=\u{0}",
        "query=\u{7f}",
        "query=%",
        "query=%zz",
    ] {
        for path in ["/v1/activities", "/v1/audit-events"] {
            let sent = doors.bearer(Sent::new("GET", &format!("{path}?{query}")));
            for gateway in GATEWAYS {
                // A REST API writes what it has decoded.
                if !matches!(gateway, Gateway::RestApi { .. }) {
                    let answer = gateway.send(doors.stack(), &sent).await;
                    assert_malformed(&answer, &format!("{gateway:?} {query:?}"));
                }
            }
        }
    }
}

#[tokio::test]
async fn raw_bytes_in_a_path_lead_nowhere() {
    let doors = Doors::open().await;
    for path in [
        "",
        "//",
        "*",
        "v1/activities",
        "/v1/activities/a b",
        "/v1/activities/\"a\"",
        "/v1/activities/caf\u{e9} %zz",
        "/v1/activities/%",
        "/v1/activities/\u{0}",
        "/v1/activities/a?b",
        "/v1/activities/a#b",
        "/v1/activities/..",
        "/v1/../v1/activities",
        "/v1\\activities",
    ] {
        let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
        for gateway in GATEWAYS {
            let mut event = gateway.event(&sent);
            event[path_name(gateway)] = json!(path);
            let answer = gateway.invoke(doors.stack(), &event).await;
            let status = answer.status.as_u16();
            assert!(matches!(status, 400 | 404), "{gateway:?} {path:?} {status}");
            assert!(["malformed_request", "resource_not_found"].contains(&&*answer.error_code()));
        }
    }
}

#[tokio::test]
async fn a_path_of_any_length_is_answered() {
    let doors = Doors::open().await;
    for (length, status) in [(10_000, 404), (70_000, 400), (1_000_000, 400)] {
        let path = format!("/v1/activities/{}", "a".repeat(length));
        let sent = doors.bearer(Sent::new("GET", &path));
        for gateway in GATEWAYS {
            let answer = gateway.send(doors.stack(), &sent).await;
            assert_eq!(answer.status.as_u16(), status, "{gateway:?} {length}");
        }
    }
}

#[tokio::test]
async fn a_host_that_is_none_is_400_where_the_event_has_it() {
    let doors = Doors::open().await;
    for host in ["a b", "<a>", "a:port", "a:99999", "[::1", "%zz", "a^b"] {
        let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
        for gateway in GATEWAYS {
            let mut event = gateway.event(&sent);
            set_header(gateway, &mut event, "host", host);
            let answer = gateway.invoke(doors.stack(), &event).await;
            if gateway == (Gateway::LoadBalancer { multi_value: true }) {
                // It has no part in the address there, and links have no host.
                let _ = answer.expect(200);
            } else {
                assert_malformed(&answer, &format!("{gateway:?} {host:?}"));
            }
        }
    }
    for scheme in ["https,http", "a b", "gopher"] {
        let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
        for gateway in GATEWAYS {
            let mut event = gateway.event(&sent);
            set_header(gateway, &mut event, "x-forwarded-proto", scheme);
            let _ = gateway.invoke(doors.stack(), &event).await.expect(200);
        }
    }
    for host in ["", "localhost", "localhost:9000", "[::1]:9000", "my_host", "a.example."] {
        let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
        for gateway in GATEWAYS {
            let mut event = gateway.event(&sent);
            set_header(gateway, &mut event, "host", host);
            let _ = gateway.invoke(doors.stack(), &event).await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_header_that_cannot_be_one_is_400() {
    let doors = Doors::open().await;
    let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
    for (name, value) in [("a b", "x"), ("", "x"), ("clé", "x"), ("x-bad", "a\nb"), ("x-bad", "\0")]
    {
        for gateway in GATEWAYS {
            let mut event = gateway.event(&sent);
            set_header(gateway, &mut event, name, value);
            let answer = gateway.invoke(doors.stack(), &event).await;
            assert_malformed(&answer, &format!("{gateway:?} {name:?} {value:?}"));
        }
    }
    for gateway in GATEWAYS {
        let mut event = gateway.event(&sent);
        set_header(gateway, &mut event, "x-good", "clé");
        let _ = gateway.invoke(doors.stack(), &event).await.expect(200);
    }
}

#[tokio::test]
async fn more_headers_than_a_map_takes_are_400() {
    let doors = Doors::open().await;
    let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
    for gateway in GATEWAYS {
        let mut event = gateway.event(&sent);
        let name = if event["headers"].is_object() { "headers" } else { "multiValueHeaders" };
        let headers = event[name].as_object_mut().expect("it has headers");
        headers.extend((0..40_000).map(|n| (format!("x-{n}"), json!("a"))));
        let answer = gateway.invoke(doors.stack(), &event).await;
        assert_malformed(&answer, &format!("{gateway:?}"));
    }
}

#[tokio::test]
async fn a_method_that_is_no_token_is_400() {
    let doors = Doors::open().await;
    let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
    for method in [json!("a b"), json!("GÉT"), json!("GET\n"), json!(1), json!({})] {
        for gateway in GATEWAYS {
            let mut event = gateway.event(&sent);
            set_method(gateway, &mut event, &method);
            let answer = gateway.invoke(doors.stack(), &event).await;
            assert_malformed(&answer, &format!("{gateway:?} {method}"));
        }
    }
    for gateway in GATEWAYS {
        let mut event = gateway.event(&sent);
        set_method(gateway, &mut event, &json!("BREW"));
        if let Gateway::RestApi { .. } = gateway {
            event["requestContext"]["httpMethod"] = json!("BREW");
        }
        assert_eq!(gateway.invoke(doors.stack(), &event).await.status, 405);
    }
}

#[tokio::test]
async fn a_body_that_only_claims_to_be_base64_is_400() {
    let doors = Doors::open().await;
    let sent = doors.bearer(Sent::new("POST", "/v1/activities")).json(&note("x"));
    // The last is base64, of bytes that are no text.
    for body in ["{}", "a", "====", "e30", "e30=e30=", "é", "//79"] {
        for gateway in GATEWAYS {
            let mut event = gateway.event(&sent);
            event["body"] = json!(body);
            event["isBase64Encoded"] = json!(true);
            let answer = gateway.invoke(doors.stack(), &event).await;
            assert_malformed(&answer, &format!("{gateway:?} {body:?}"));
        }
    }
}

#[tokio::test]
async fn an_unreadable_request_is_refused_in_the_dialect_of_its_path() {
    let doors = Doors::open().await;
    for gateway in [Gateway::HttpApi { stage: "prod" }, Gateway::RestApi { stage: "prod" }] {
        for readable in [true, false] {
            let refuse = |target: &str| {
                let mut event = gateway.event(&Sent::new("POST", target));
                let (name, value) = if readable { ("host", "a b") } else { ("a b", "x") };
                set_header(gateway, &mut event, name, value);
                event
            };
            let logged = gateway.invoke(doors.stack(), &refuse("/api/activities")).await;
            assert_eq!(logged.expect(400).json()["code"], "malformed_request");
            let mcp = gateway.invoke(doors.stack(), &refuse("/mcp")).await;
            assert_eq!(mcp.expect(400).json()["error"]["code"], -32700);
            let v1 = gateway.invoke(doors.stack(), &refuse("/v1/activities")).await;
            assert_malformed(&v1, "v1");
        }
    }
}

#[tokio::test]
async fn a_page_may_read_why_its_request_is_not_valid() {
    let doors = Doors::open().await;
    let sent = Sent::new("GET", "/v1/activities").header("origin", "https://crm.example");
    for gateway in GATEWAYS {
        if gateway == (Gateway::LoadBalancer { multi_value: true }) {
            continue;
        }
        let mut event = gateway.event(&sent);
        set_header(gateway, &mut event, "host", "a b");
        let answer = gateway.invoke(doors.stack(), &event).await;
        assert_malformed(&answer, "with an origin");
        assert_eq!(answer.header("access-control-allow-origin"), "https://crm.example");
    }
}

#[tokio::test]
async fn what_may_be_left_out_may_be_null() {
    let doors = Doors::open().await;
    let sent = doors.bearer(Sent::new("GET", "/v1/activities"));
    for gateway in GATEWAYS {
        let event = gateway.event(&sent);
        let members: Vec<String> = event.as_object().expect("it is").keys().cloned().collect();
        for member in members.iter().map(String::as_str).chain(["cookies", "body"]) {
            let needed = ["requestContext", "httpMethod", path_name(gateway)].contains(&member);
            let credential = ["headers", "multiValueHeaders"].contains(&member);
            if needed {
                continue;
            }
            for absent in [false, true] {
                let mut event = event.clone();
                if absent {
                    event.as_object_mut().expect("it is").remove(member);
                } else {
                    event[member] = Value::Null;
                }
                let status = gateway.invoke(doors.stack(), &event).await.status.as_u16();
                // A REST API has its headers twice.
                let with_credential = !credential || matches!(gateway, Gateway::RestApi { .. });
                let expected = if with_credential { 200 } else { 401 };
                assert_eq!(status, expected, "{gateway:?} {member} absent: {absent}");
            }
        }
        let context = event["requestContext"].as_object().expect("it is").clone();
        for member in context.keys() {
            let needed = ["http", "elb", "httpMethod", "stage"].contains(&member.as_str());
            if !needed {
                let mut event = event.clone();
                event["requestContext"][member] = Value::Null;
                let _ = gateway.invoke(doors.stack(), &event).await.expect(200);
                event["requestContext"].as_object_mut().expect("it is").remove(member);
                let _ = gateway.invoke(doors.stack(), &event).await.expect(200);
            }
        }
    }
}

#[tokio::test]
async fn an_event_of_cargo_lambda_is_a_request() {
    let doors = Doors::open().await;
    // As it sends a call without a query and a body.
    let event = json!({
        "type": null,
        "methodArn": null,
        "httpMethod": "GET",
        "identitySource": null,
        "authorizationToken": null,
        "resource": null,
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/v1/activities",
        "rawQueryString": null,
        "cookies": [],
        "headers": {
            "host": "localhost:9000",
            "authorization": format!("Bearer {}", doors.workspace.key),
        },
        "requestContext": {
            "routeKey": "$default",
            "accountId": null,
            "stage": "$default",
            "requestId": null,
            "apiId": null,
            "domainName": null,
            "domainPrefix": null,
            "time": null,
            "timeEpoch": 0,
            "http": {
                "method": "GET",
                "path": "/v1/activities",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": null,
            },
        },
        "stageVariables": {},
        "body": null,
        "isBase64Encoded": false,
    });
    let _ = Gateway::FunctionUrl.invoke(doors.stack(), &event).await.expect(200);
}

#[tokio::test]
async fn what_is_no_http_event_fails_as_an_invocation() {
    let doors = Doors::open().await;
    for event in [
        json!({}),
        json!(null),
        json!([]),
        json!("GET /v1/activities"),
        json!({ "rawPath": "/v1/activities" }),
        json!({ "httpMethod": "GET", "path": "/v1/activities" }),
        json!({ "requestContext": {} }),
        json!({ "requestContext": "http" }),
        json!({ "Records": [{ "messageId": "1", "body": "{}" }] }),
        json!({ "detail-type": "activity.log", "source": "crm", "detail": {} }),
    ] {
        let error = invoke(doors.stack(), &event.to_string()).await.expect_err("it is no request");
        // Nothing of it is in what the log has of the failure.
        assert_eq!(error.to_string(), "the event is no HTTP request");
    }
}

#[tokio::test]
async fn a_refused_request_is_one_line_of_the_log_without_its_bytes() {
    silence_panics();
    let doors = Doors::open().await;
    let (log, _guard) = CapturedLog::start();
    let sent = doors.bearer(Sent::new("POST", "/v1/activities")).json(&note("x"));
    let gateway = Gateway::HttpApi { stage: "prod" };
    let mut event = gateway.event(&sent);
    set_header(gateway, &mut event, "host", "secret bytes");
    let answer = gateway.invoke(doors.stack(), &event).await;
    assert_malformed(&answer, "a host");
    let lines = log.fields_with("");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["status"], 400);
    assert_eq!(lines[0]["request_id"], answer.header("x-request-id"));
    assert_eq!(log.lines_with("secret"), Vec::<String>::new());
}
