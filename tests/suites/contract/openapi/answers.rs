//! Real answers are as described, and every status that is described can be met.

use std::collections::BTreeSet;

use activity_log_core::app::seal_events::Sealer;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::routes::{Dialect, Operation, Route, described_routes, dialect_of};
use activity_log_core::store::client::connect_local;
use activity_log_tests::client::logged_activity::notes;
use activity_log_tests::client::{ABSENT_ID, Answer};
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, When};
use activity_log_tests::sealing::{TestSigner, seal_all};
use activity_log_tests::stack::Stack;
use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use super::{Description, absent_id, array, call, email, object, route_of, text};

/// Statuses that were met, by route.
type Met = BTreeSet<(&'static str, Method, u16)>;

fn meet(met: &mut Met, description: &Description, route: &'static Route, answer: &Answer) {
    description.assert_answer(route, answer);
    met.insert((route.template, route.method.clone(), answer.status.as_u16()));
}

/// Every status that is described can be met, and every answer is as described.
#[tokio::test]
async fn answers_are_as_described_in_every_status() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let mut met = Met::new();
    meet_successes(&stack, &description, &mut met).await;
    meet_keys(&stack, &description, &mut met).await;
    meet_refusals(&stack, &description, &mut met).await;
    meet_refused_writes(&stack, &description, &mut met).await;
    meet_refused_keys(&stack, &description, &mut met).await;
    meet_failures(&description, &mut met).await;

    let mut described = Met::new();
    for route in described_routes() {
        for status in object(&description.operation(route)["responses"]).keys() {
            described.insert((route.template, route.method.clone(), status.parse().unwrap()));
        }
    }
    // It asks the table for nothing, so that nothing in it can be made to fail.
    let openapi = route_of(Operation::GetOpenApi);
    assert!(described.remove(&(openapi.template, openapi.method.clone(), 500)));
    assert_eq!(met, described);
}

async fn meet_successes(stack: &Stack, description: &Description, met: &mut Met) {
    let service = stack.service_key("acme").await;
    let agent = stack.issue_key("acme", "agent:agent_7", Scope::ALL).await;
    stack.put_resource("acme", "contact", "con_123", Some("Jane Doe")).await;
    let mut whole = email();
    whole["body"] = "She has 40 seats in mind. ".repeat(20).into();
    whole["occurred_at"] = "2026-03-01T09:30:00+02:00".into();
    whole["idempotency_key"] = "once".into();
    let least = json!({ "type": "note", "summary": "x" });
    let log = route_of(Operation::LogActivity);
    let mut ids = Vec::new();
    for (key, input, replayed) in
        [(&agent, &whole, ""), (&agent, &whole, "true"), (&service, &least, "")]
    {
        let answer = stack.v1(key).log(input).await.expect(201);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
        meet(met, description, log, &answer);
        ids.push(text(&answer.json()["activity"]["id"]).to_owned());
    }
    // A rejected and a denied write, for the audit trail to have one of each.
    let _ = stack.v1(&service).log(&json!({})).await.expect(422);
    let reader = stack.issue_key("acme", "user:user_1", &[Scope::ActivityRead]).await;
    let _ = stack.v1(&reader).log(&least).await.expect(403);

    let typed = route_of(Operation::LogTypedActivity);
    for replayed in ["", "true"] {
        let call = call(stack, typed, "", "", Some(&service)).header("idempotency-key", "typed");
        let answer = call.send().await.expect(201);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
        meet(met, description, typed, &answer);
    }

    let sealer = TestSigner::sealer(1);
    let sealed = seal_all(stack, "acme", &sealer).await;
    // Before the first, and of a tenant that has none.
    let other = stack.service_key("other").await;
    let none = stack.v1(&other).get("/v1/audit-log/checkpoint").await.expect(404);
    meet(met, description, route_of(Operation::GetCheckpoint), &none);
    meet_proofs(stack, description, met, &service).await;
    assert!(sealed.sealed > 3);

    let of_activities = |route: &&Route| {
        !matches!(route.scope, Some(Scope::ActivityWrite | Scope::KeysManage))
            && !matches!(route.operation, Operation::CreateViewerToken | Operation::GetProof)
    };
    for route in described_routes().filter(of_activities) {
        let key = (!route.is_open()).then_some(service.as_str());
        for id in &ids {
            meet(
                met,
                description,
                route,
                &call(stack, route, id, "", key).send().await.expect(200),
            );
        }
        if route.operation == Operation::ListCheckpoints {
            seal_more(stack, &sealer).await;
        }
        // A page in the middle has a cursor.
        if description.parameters(route, "query").contains_key("limit") {
            let answer = call(stack, route, "", "?limit=1", key).send().await.expect(200);
            assert!(answer.json()["next_cursor"].is_string());
            meet(met, description, route, &answer);
        }
        if description.parameters(route, "query").contains_key("page_size") {
            let answer = call(stack, route, "", "?page_size=1", key).send().await.expect(200);
            assert!(answer.json()["next"].is_string());
            meet(met, description, route, &answer);
        }
    }
}

/// Another event, sealed by itself.
async fn seal_more(stack: &Stack, sealer: &Sealer) {
    let v1 = stack.v1(&stack.service_key("acme").await);
    v1.log(&json!({ "type": "note", "summary": "more" })).await.expect(201);
    assert_ne!(seal_all(stack, "acme", sealer).await.seals, 0);
}

/// The proof of a sealed event, and what there is of one that is not sealed.
async fn meet_proofs(stack: &Stack, description: &Description, met: &mut Met, key: &str) {
    let (route, v1) = (route_of(Operation::GetProof), stack.v1(key));
    let newest = async || {
        let page = v1.audit_events(&[("action", "activity.logged"), ("limit", "1")]).await;
        text(&page.expect(200).json()["audit_events"][0]["id"]).to_owned()
    };
    for sealed in [true, false] {
        let answer = call(stack, route, &newest().await, "", Some(key)).send().await.expect(200);
        assert_eq!(answer.json()["sealed"], sealed);
        meet(met, description, route, &answer);
        v1.log(&json!({ "type": "note", "summary": "not sealed yet" })).await.expect(201);
    }
}

/// Keys with everything and with the least, made, replayed, listed, read and ended.
async fn meet_keys(stack: &Stack, description: &Description, met: &mut Met) {
    let service = stack.service_key("acme").await;
    let v1 = stack.v1(&service);
    let create = route_of(Operation::CreateKey);
    let whole = json!({
        "actor": { "type": "service", "id": "billing" },
        "scopes": ["activity:read", "keys:manage"],
        "name": "Billing, production",
        "expires_at": "2999-01-01T00:00:00+02:00",
        "address_ranges": ["127.0.0.0/8", "2001:db8::1"],
        "users": ["jane"],
        "idempotency_key": "whole",
    });
    let least = json!({ "actor": { "type": "agent", "id": "bot" }, "scopes": [] });
    let mut made = Vec::new();
    for (input, replayed) in [(&whole, ""), (&whole, "true"), (&least, "")] {
        let answer = v1.call(Method::POST, create.template).json(input).send().await.expect(201);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
        assert_eq!(answer.json().get("secret").is_some(), replayed.is_empty());
        meet(met, description, create, &answer);
        made.push(answer.json());
    }
    let ids = [&made[0], &made[2]].map(|made| text(&made["key"]["key_id"]).to_owned());
    // It is used.
    stack.v1(text(&made[0]["secret"])).get("/v1/keys").await.expect(200);
    let rotate = route_of(Operation::RotateKey);
    for replayed in ["", "true"] {
        let call = call(stack, rotate, &ids[0], "", Some(&service));
        let answer = call.header("idempotency-key", "rotation").send().await.expect(201);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
        meet(met, description, rotate, &answer);
    }
    for operation in [Operation::GetKey, Operation::RevokeKey, Operation::GetKey] {
        for id in &ids {
            let route = route_of(operation);
            let answer = call(stack, route, id, "", Some(&service)).send().await.expect(200);
            meet(met, description, route, &answer);
        }
    }
    let token = route_of(Operation::CreateViewerToken);
    let whole = json!({
        "user_id": "jane",
        "expires_in_seconds": 60,
        "filters": {
            "type": "call",
            "actor_id": "agent_7",
            "actor_type": "agent",
            "source": "mcp",
            "related_resource_type": "contact",
            "related_resource_id": "con_123",
            "occurred_after": "2026-03-01T09:30:00+02:00",
            "occurred_before": "2026-04-01T00:00:00Z",
        },
    });
    for input in [json!({ "user_id": "jane" }), whole] {
        let post = v1.call(Method::POST, token.template).json(&input);
        let answer = post.send().await.expect(201);
        meet(met, description, token, &answer);
        let me = route_of(Operation::GetMe);
        let viewer = stack.v1(text(&answer.json()["viewer_token"]));
        meet(met, description, me, &viewer.get(me.template).await.expect(200));
    }
    let list = route_of(Operation::ListKeys);
    for query in ["", "?limit=1"] {
        let answer = call(stack, list, "", query, Some(&service)).send().await.expect(200);
        assert_eq!(answer.json()["next_cursor"].is_string(), !query.is_empty());
        meet(met, description, list, &answer);
    }
}

async fn meet_refused_keys(stack: &Stack, description: &Description, met: &mut Met) {
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let (credential, _) = stack.issue("acme", "service:old", &[]).await;
    let create = route_of(Operation::CreateKey);
    let rotate = route_of(Operation::RotateKey);
    let rotated = rotate.template.replace("{key_id}", credential.key_id.as_str());
    let first = json!({
        "actor": { "type": "agent", "id": "bot" }, "scopes": [], "idempotency_key": "in use",
    });
    let _ = v1.call(Method::POST, create.template).json(&first).send().await.expect(201);
    let other = json!({ "idempotency_key": "in use" });
    let mut made = first.clone();
    made["name"] = "other".into();
    let token = route_of(Operation::CreateViewerToken);
    for (route, path, other) in [
        (create, create.template, Some(&made)),
        (rotate, rotated.as_str(), Some(&other)),
        (token, token.template, None),
    ] {
        let post = || v1.call(Method::POST, path);
        let as_json = || post().header("content-type", "application/json");
        if let Some(other) = other {
            meet(met, description, route, &post().json(other).send().await.expect(409));
        }
        for (call, status) in [
            (as_json().body("{"), 400),
            (as_json().body(vec![b' '; 1024 * 1024 + 1]), 413),
            (post().header("content-type", "text/plain").body("{}"), 415),
            (as_json().body("[]"), 422),
            (post().json(&json!({ "expires_at": "yesterday", "verbose": true })), 422),
        ] {
            meet(met, description, route, &call.send().await.expect(status));
        }
    }
}

async fn meet_refusals(stack: &Stack, description: &Description, met: &mut Met) {
    let service = stack.service_key("acme").await;
    for route in described_routes() {
        let key = (!route.is_open()).then_some(service.as_str());
        let parameters = description.parameters(route, "query");
        let repeated = parameters.keys().next().map(|name| format!("?{name}=1&{name}=1"));
        let mut cases = match (dialect_of(route.template), &repeated) {
            (Dialect::V1 | Dialect::Mcp, _) => vec![("?verbose=1", key, 422)],
            (Dialect::LoggedActivity, Some(repeated)) => vec![(repeated.as_str(), key, 400)],
            // It takes whatever it is sent.
            (Dialect::LoggedActivity, None) => vec![],
        };
        // What takes a body reads it first.
        let takes_no_body = route.method != Method::POST;
        if takes_no_body {
            cases.push(("?a=%zz", key, 400));
        }
        if !route.is_open() {
            cases.push(("", None, 401));
            cases.push(("", Some("alk_acme.0.0"), 401));
        }
        let lacking;
        if let Some(scope) = route.scope {
            let others: Vec<Scope> =
                Scope::ALL.iter().copied().filter(|other| *other != scope).collect();
            lacking = stack.issue_key("acme", "service:other", &others).await;
            cases.push(("", Some(&lacking), 403));
        }
        // The type is looked for before what is asked of it.
        let id = absent_id(route);
        if takes_no_body {
            let too_long = call(stack, route, id, "", key).body(vec![b' '; 1024 * 1024 + 1]);
            meet(met, description, route, &too_long.send().await.expect(413));
        }
        for (query, key, status) in cases {
            let answer = call(stack, route, id, query, key).send().await.expect(status);
            meet(met, description, route, &answer);
        }
        if route.template.contains('{') {
            for id in [ABSENT_ID, "act_123"] {
                let answer = call(stack, route, id, "", key).send().await.expect(404);
                meet(met, description, route, &answer);
            }
        }
    }
}

async fn meet_refused_writes(stack: &Stack, description: &Description, met: &mut Met) {
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let log = route_of(Operation::LogActivity);
    let post = || v1.call(Method::POST, log.template);
    let as_json = || post().header("content-type", "application/json");
    let mut unknown = email();
    unknown["related_resource_id"] = "con_404".into();
    let first = json!({ "type": "note", "summary": "x", "idempotency_key": "conflict" });
    let other = json!({ "type": "call", "summary": "x", "idempotency_key": "conflict" });
    let _ = v1.log(&first).await.expect(201);
    for (call, status) in [
        (as_json().body("{"), 400),
        (as_json().body(r#"{"type":"note","type":"note"}"#), 400),
        (post().json(&unknown), 404),
        (post().json(&other), 409),
        (as_json().body(vec![b' '; 1024 * 1024 + 1]), 413),
        (post().header("content-type", "text/plain").body("{}"), 415),
        (as_json().body("[]"), 422),
        (post().json(&json!({ "type": 1, "verbose": true })), 422),
    ] {
        meet(met, description, log, &call.send().await.expect(status));
    }
    let typed = route_of(Operation::LogTypedActivity);
    let api = stack.logged_activity("acme", &key);
    let _ = api.log_with_key("email", &notes("x"), "conflict").await.expect(201);
    let conflict = api.log_with_key("email", &notes("y"), "conflict").await.expect(409);
    meet(met, description, typed, &conflict);
    for route in [typed, route_of(Operation::ListActivitiesOfType)] {
        let bytes = |body: Vec<u8>| {
            let path = route.template.replace("{activity_identifier}", "email");
            api.call(Method::POST, &path).body(body)
        };
        for (call, status) in [
            (bytes(vec![b' '; 1024 * 1024 + 1]).header("content-type", "application/json"), 413),
            (bytes(b"{}".to_vec()).header("content-type", "text/plain"), 415),
            (bytes(br#"{"x":1}"#.to_vec()).header("content-type", "application/json"), 400),
        ] {
            meet(met, description, route, &call.send().await.expect(status));
        }
    }
}

/// The table throttles, can't be reached, or is gone.
async fn meet_failures(description: &Description, met: &mut Met) {
    let engine = Engine::start().await;
    let faulty = FaultyEngine::start(&engine.endpoint).await;
    let table_name = unique_name("suite");
    let stack = Stack::start_on(&faulty.endpoint, &table_name, |_| {}).await;
    // The credential is what every route reads first.
    let key = stack.service_key("acme").await;
    let secured = || described_routes().filter(|route| !route.is_open());
    for (kind, status) in [(FaultKind::Throttle, 429), (FaultKind::ServerError, 503)] {
        faulty.inject(Fault::on("GetItem", When::Always, kind));
        // Side by side, since each is only given up after some attempts.
        let answers = secured().map(async |route| {
            let answer = call(&stack, route, ABSENT_ID, "", Some(&key)).send().await;
            (route, answer.expect(status))
        });
        for (route, answer) in join_all(answers).await {
            meet(met, description, route, &answer);
        }
        faulty.clear();
    }
    let client = connect_local(&engine.endpoint);
    let deleted = client.delete_table().table_name(&table_name).send().await;
    deleted.expect("the engine deletes the table");
    for route in secured() {
        let answer = call(&stack, route, ABSENT_ID, "", Some(&key)).send().await.expect(500);
        meet(met, description, route, &answer);
    }
}

/// What is no route is answered as the text of the document says.
#[tokio::test]
async fn unknown_paths_and_methods_are_as_described() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    for (method, path, name) in [
        (Method::GET, "/v1/nothing", "v1_404"),
        (Method::DELETE, "/v1/activities", "v1_405"),
        (Method::GET, "/api/activities/logged", "logged_activity_404"),
        (Method::PUT, "/api/activities/logged/1", "logged_activity_405"),
    ] {
        let answer = stack.anonymous(method, path).send().await;
        let response = &description.document["components"]["responses"][name];
        assert!(name.ends_with(answer.status.as_str()), "{path}");
        description
            .assert_valid(&response["content"]["application/json"]["schema"], &answer.json());
        for header in object(&response["headers"]).keys() {
            assert!(!answer.header(header).is_empty(), "{path} has no {header}");
        }
    }
}

#[tokio::test]
async fn a_described_null_is_there_and_null() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let input = json!({ "type": "note", "summary": "x" });
    let id = v1.log(&input).await.expect(201).json()["activity"]["id"].clone();
    let route = route_of(Operation::GetLoggedActivity);
    let answer = call(&stack, route, text(&id), "", Some(&key)).send().await.expect(200);
    let schema = &description.document["components"]["schemas"]["LoggedActivity"];
    for name in ["completed_at", "scheduled_activity_id"] {
        assert_eq!(schema["properties"][name]["type"], json!(["string", "null"]));
        assert!(array(&schema["required"]).contains(&json!(name)));
        assert_eq!(answer.json().get(name), Some(&Value::Null));
    }
}
