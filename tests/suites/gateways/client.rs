//! Who a request came from: what the gateway knows, and nothing that the caller wrote.

use std::sync::Mutex;

use activity_log_core::domain::client::Client;
use activity_log_core::http::message::Response;
use activity_log_core::lambda::http_event::{self, HttpEvent};
use activity_log_tests::gateway::{CALLER, GATEWAYS, Gateway, Sent};
use activity_log_tests::stack::Stack;
use serde_json::{Value, json};

/// The client that a handler is told of.
async fn client_of(stack: &Stack, event: &Value) -> Client {
    let event: HttpEvent = serde_json::from_str(&event.to_string()).expect("it is an event");
    let seen = Mutex::new(None);
    let answer = http_event::answer(
        stack.ctx.setting(),
        |request| {
            *seen.lock().expect("no test panicked with it") = Some(request.client);
            std::future::ready(Response::default())
        },
        event,
    );
    drop(answer.await);
    seen.into_inner().expect("no test panicked with it").expect("the request was taken")
}

fn address(client: &Client) -> Option<String> {
    client.address.map(|address| address.to_string())
}

#[tokio::test]
async fn the_address_is_the_one_that_the_gateway_saw_whatever_headers_say() {
    let stack = Stack::start().await;
    let plain = Sent::new("GET", "/v1/activities");
    let mut spoofed = vec![plain.clone()];
    for forwarded in ["203.0.113.9", "203.0.113.9, 198.51.100.7", "\"", ","] {
        spoofed.push(plain.clone().header("x-forwarded-for", forwarded));
    }
    let twice = plain.clone().header("x-forwarded-for", "203.0.113.9");
    spoofed.push(twice.header("x-forwarded-for", "203.0.113.10"));
    for name in ["forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip", "client-ip"] {
        spoofed.push(plain.clone().header(name, "203.0.113.9"));
    }
    for gateway in GATEWAYS {
        for sent in &spoofed {
            let client = client_of(&stack, &gateway.event(sent)).await;
            assert_eq!(address(&client).as_deref(), Some(CALLER), "{gateway:?} {sent:?}");
        }
    }
}

#[tokio::test]
async fn an_address_may_be_of_ipv6_and_with_a_port_and_is_left_out_where_it_is_none() {
    let stack = Stack::start().await;
    let of_balancer = |forwarded: &str, multi_value: bool| {
        let mut event =
            Gateway::LoadBalancer { multi_value }.event(&Sent::new("GET", "/v1/activities"));
        match multi_value {
            true => event["multiValueHeaders"]["x-forwarded-for"] = json!([forwarded]),
            false => event["headers"]["x-forwarded-for"] = json!(forwarded),
        }
        event
    };
    for (forwarded, expected) in [
        ("203.0.113.9,2001:db8::1", Some("2001:db8::1")),
        ("203.0.113.9, 192.0.2.1:41234", Some("192.0.2.1")),
        ("[2001:db8::1]:41234", Some("2001:db8::1")),
        ("::ffff:192.0.2.1", Some("192.0.2.1")),
        ("203.0.113.9, unknown", None),
        ("203.0.113.9, ", None),
        ("", None),
    ] {
        for multi_value in [false, true] {
            let client = client_of(&stack, &of_balancer(forwarded, multi_value)).await;
            assert_eq!(address(&client).as_deref(), expected, "{forwarded}");
        }
    }
    // The console of API Gateway tries a method without a caller.
    let rest_api = Gateway::RestApi { stage: "prod" };
    let mut tried = rest_api.event(&Sent::new("GET", "/v1/activities"));
    tried["requestContext"]["identity"]["sourceIp"] = json!("test-invoke-source-ip");
    assert_eq!(client_of(&stack, &tried).await.address, None);
}

#[tokio::test]
async fn the_user_agent_is_the_callers_header_cleaned_and_cut() {
    let stack = Stack::start().await;
    let sent = Sent::new("GET", "/v1/activities");
    for gateway in GATEWAYS {
        for (header, expected) in [
            (None, None),
            (Some(""), None),
            (Some("curl/8.5.0"), Some("curl/8.5.0".to_owned())),
            (Some("a\tb"), Some("ab".to_owned())),
            (Some(&*"x".repeat(300)), Some("x".repeat(256))),
        ] {
            let sent = header.map_or(sent.clone(), |text| sent.clone().header("user-agent", text));
            let client = client_of(&stack, &gateway.event(&sent)).await;
            assert_eq!(client.user_agent, expected, "{gateway:?} {header:?}");
        }
    }
}
