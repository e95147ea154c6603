//! Credentials: the keys of both dialects, scopes, revocation.

use std::time::Duration;

use activity_log_core::app::credential_cache::CACHE_FOR;
use activity_log_core::domain::credential::Credential;
use activity_log_core::domain::principal::{Actor, Scope, TenantId};
use activity_log_core::http::routes::{Dialect, ROUTES, Route, dialect_of};
use activity_log_core::store::RemovedTenant;
use activity_log_tests::client::v1::{id_of, note, summaries};
use activity_log_tests::client::{ABSENT_ID, Answer};
use activity_log_tests::faulty_engine::{FaultyEngine, TableCall};
use activity_log_tests::raw_table::RawTable;
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::{Value, json};

/// `GET /api/activities/logged/{id}` with these headers alone.
async fn get_with(stack: &Stack, id: &str, headers: &[(&str, &str)]) -> Answer {
    let call = stack.anonymous(Method::GET, &format!("/api/activities/logged/{id}"));
    headers.iter().fold(call, |call, (name, value)| call.header(name, value)).send().await
}

#[tokio::test]
async fn a_bearer_key_is_all_that_v1_asks_for() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let get = |value: &str| {
        stack.anonymous(Method::GET, "/v1/activities").header("authorization", value).send()
    };
    for value in [format!("Bearer {key}"), format!("bearer {key}"), format!("BEARER  {key}")] {
        get(&value).await.expect(200);
    }
    let other = stack.service_key("other").await;
    let (prefix, secret) = key.rsplit_once('.').expect("a key has three parts");
    let (other_prefix, other_secret) = other.rsplit_once('.').expect("a key has three parts");
    let mut refusals = Vec::new();
    for value in [
        String::new(),
        key.clone(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {key}"),
        format!("Bearer {prefix}"),
        format!("Bearer {prefix}."),
        format!("Bearer {prefix}.{other_secret}"),
        format!("Bearer {other_prefix}.{secret}"),
        format!("Bearer {prefix}.{secret}x"),
        format!("Bearer {prefix}.{}", secret.to_uppercase()),
        format!("Bearer {key}.x"),
        format!("Bearer {key} x"),
        format!("Bearer {}", key.replacen("alk_acme", "alk_acm", 1)),
        format!("Bearer {}", key.replacen("alk_", "", 1)),
        format!("Bearer {}", "x".repeat(5_000)),
        "Bearer alk_acme.0123456789abcdef.secret".to_owned(),
    ] {
        let answer = get(&value).await.expect(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        refusals.push(answer.pinned());
    }
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "a refusal never says which part was wrong");
    let twice = v1.call(Method::GET, "/v1/activities");
    twice.header("authorization", &format!("Bearer {key}")).send().await.expect(401);
    let cookie = stack.anonymous(Method::GET, &format!("/v1/activities?access_token={key}"));
    cookie.header("x-api-key", &key).send().await.expect(401);
}

#[tokio::test]
async fn the_logged_activity_dialect_asks_for_all_three_headers() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let id = id_of(&v1.log(&note("x")).await.expect(201));
    let api = stack.logged_activity("acme", &key);
    let all = api.headers();
    get_with(&stack, &id, &all).await.expect(200);

    let mut refusals = Vec::new();
    for missing in 0..3 {
        let mut headers = all.to_vec();
        headers.remove(missing);
        refusals.push(get_with(&stack, &id, &headers).await.expect(401));
        headers.insert(missing, (all[missing].0, ""));
        refusals.push(get_with(&stack, &id, &headers).await.expect(401));
        let mut twice = all.to_vec();
        twice.push(all[missing]);
        refusals.push(get_with(&stack, &id, &twice).await.expect(401));
    }
    for (name, wrong) in [
        ("x-business-id", "other"),
        ("x-business-id", "ACME"),
        ("x-business-id", "acme,acme"),
        ("x-api-key", "alk_acme.0.0"),
        ("x-user-id", &"u".repeat(256)),
    ] {
        let headers: Vec<_> =
            all.iter().map(|(n, v)| (*n, if *n == name { wrong } else { *v })).collect();
        refusals.push(get_with(&stack, &id, &headers).await.expect(401));
    }
    // A bearer key is no credential here.
    let call = v1.call(Method::GET, &format!("/api/activities/logged/{id}"));
    refusals.push(call.send().await.expect(401));
    for refusal in &refusals {
        assert_eq!(refusal.header("www-authenticate"), "Bearer");
        assert_eq!(refusal.body, refusals[0].body);
    }
}

#[tokio::test]
async fn a_key_bound_to_a_user_accepts_only_that_user() {
    let stack = Stack::start().await;
    for user in ["jo", "José", "用户 1", "a:b@c"] {
        let key = stack.issue_key("acme", &format!("user:{user}"), Scope::ALL).await;
        let v1 = stack.v1(&key);
        let id = id_of(&v1.log(&note("x")).await.expect(201));
        let read_as =
            async |user: &str| stack.logged_activity("acme", &key).as_user(user).read(&id).await;
        read_as(user).await.expect(200);
        read_as("ann").await.expect(401);
        read_as(&format!("{user}x")).await.expect(401);
    }
}

#[tokio::test]
async fn a_service_key_acts_on_behalf_of_the_user_named_and_an_agents_key_is_refused() {
    let stack = Stack::start().await;
    let service = stack.service_key("acme").await;
    let agent = stack.issue_key("acme", "agent:bot", Scope::ALL).await;
    let id = id_of(&stack.v1(&agent).log(&note("x")).await.expect(201));
    for (key, user, status) in [
        (&service, "jo", 200),
        (&service, "ann", 200),
        (&service, "suite", 200),
        (&agent, "bot", 401),
        (&agent, "jo", 401),
    ] {
        let api = stack.logged_activity("acme", key).as_user(user);
        assert_eq!(api.read(&id).await.status, status, "{user}");
    }
}

async fn revoke(stack: &Stack, credential: &Credential) {
    let now = stack.clock.time();
    let revoked = stack.ctx.store.revoke_credential(&credential.tenant_id, &credential.key_id, now);
    revoked.await.expect("the credential is revoked");
}

#[tokio::test]
async fn a_revoked_key_is_taken_for_at_most_60_seconds_more() {
    let stack = Stack::start().await;
    let (credential, key) = stack.issue("acme", "service:crm", Scope::ALL).await;
    let v1 = stack.v1(&key);
    let api = stack.logged_activity("acme", &key);
    let logged = v1.log(&note("x")).await.expect(201);
    let id = id_of(&logged);
    revoke(&stack, &credential).await;
    v1.get("/v1/activities").await.expect(200);
    api.read(&id).await.expect(200);

    assert_eq!(CACHE_FOR, Duration::from_secs(60));
    stack.clock.advance(CACHE_FOR);
    v1.get("/v1/activities").await.expect(401);
    api.read(&id).await.expect(401);
    v1.log(&note("x")).await.expect(401);
}

#[tokio::test]
async fn a_revoked_key_that_was_not_used_before_is_refused_at_once() {
    let stack = Stack::start().await;
    let (credential, key) = stack.issue("acme", "service:crm", Scope::ALL).await;
    let v1 = stack.v1(&key);
    revoke(&stack, &credential).await;
    v1.get("/v1/activities").await.expect(401);
    // However often it is tried.
    v1.get("/v1/activities").await.expect(401);
    // Its owner's other keys go on.
    let other = stack.issue_key("acme", "service:crm", Scope::ALL).await;
    stack.v1(&other).get("/v1/activities").await.expect(200);
}

#[tokio::test]
async fn a_new_key_works_at_once_even_if_it_was_tried_before() {
    let stack = Stack::start().await;
    let (credential, key) = Credential::issue(
        stack.ctx.environment.as_ref(),
        TenantId::parse("acme").expect("the id is valid"),
        Actor::parse("service:crm").expect("the actor is valid"),
        Scope::ALL.iter().copied().collect(),
    )
    .expect("the clock is right");
    stack.v1(&key.reveal()).get("/v1/activities").await.expect(401);
    stack.ctx.store.put_credential(&credential, RemovedTenant::Refuse).await.expect("it is stored");
    stack.v1(&key.reveal()).get("/v1/activities").await.expect(200);
}

#[tokio::test]
async fn a_known_key_id_with_a_wrong_secret_is_refused_whether_cached_or_not() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let (prefix, _) = key.rsplit_once('.').expect("a key has three parts");
    let wrong = format!("{prefix}.{}", "A".repeat(43));
    stack.v1(&wrong).get("/v1/activities").await.expect(401);
    v1.get("/v1/activities").await.expect(200);
    stack.v1(&wrong).get("/v1/activities").await.expect(401);
}

#[tokio::test]
async fn a_refused_key_takes_the_same_calls_whatever_is_wrong_with_it() {
    let (stack, engine) = Stack::start_faulty().await;
    let known = stack.service_key("acme").await;
    let unused = stack.service_key("acme").await;
    let (revoked, revoked_key) = stack.issue("acme", "service:old", Scope::ALL).await;
    revoke(&stack, &revoked).await;
    let of_other = stack.service_key("other").await;
    stack.v1(&known).get("/v1/activities").await.expect(200);
    let with_secret = |key: &str, secret: &str| {
        let (prefix, _) = key.rsplit_once('.').expect("a key has three parts");
        format!("{prefix}.{secret}")
    };
    let wrong = "A".repeat(43);
    let right = known.rsplit('.').next().expect("a key has three parts");
    let refused = [
        ("an absent id", format!("alk_acme.0123456789abcdef.{wrong}")),
        ("an absent tenant", format!("alk_nobody.0123456789abcdef.{wrong}")),
        ("a known id, remembered", with_secret(&known, &wrong)),
        ("a known id, with a short secret", with_secret(&known, "x")),
        ("a known id, never used", with_secret(&unused, &wrong)),
        ("a revoked id", with_secret(&revoked_key, &wrong)),
        ("another tenant's", with_secret(&of_other, &wrong)),
        ("another tenant's id in this one", of_other.replacen("other", "acme", 1)),
        ("another id's secret", with_secret(&unused, right)),
    ];
    let calls = |engine: &FaultyEngine| -> Vec<(String, bool)> {
        let calls = engine.calls();
        engine.reset_calls();
        let of_credential = |call: &TableCall| call.request.to_string().contains("#KEY");
        calls.iter().map(|call| (call.operation.clone(), of_credential(call))).collect()
    };
    calls(&engine);
    // However often each is tried, by either dialect.
    for _ in 0..3 {
        for (name, key) in &refused {
            stack.v1(key).get("/v1/activities").await.expect(401);
            assert_eq!(calls(&engine), [("GetItem".to_owned(), true)], "{name}");
            let tenant = if name.contains("tenant's") { "other" } else { "acme" };
            stack.logged_activity(tenant, key).read(ABSENT_ID).await.expect(401);
            assert_eq!(calls(&engine), [("GetItem".to_owned(), true)], "{name}");
        }
        // None of them has emptied what is remembered, and none has filled it.
        stack.v1(&known).get("/v1/activities").await.expect(200);
        assert!(calls(&engine).iter().all(|(_, of_credential)| !of_credential));
    }
    // Who has the secret of a key that is revoked learns no more than who has it. The trail
    // does, and the look for the tenant's tombstone comes before it.
    drop(stack.v1(&revoked_key).get("/v1/activities").await.expect(401));
    let of_revoked = calls(&engine);
    assert_eq!(of_revoked[..2], [("GetItem".to_owned(), true), ("GetItem".to_owned(), false)]);
    stack.v1(&unused).get("/v1/activities").await.expect(200);
    let first_use = calls(&engine);
    assert_eq!(first_use.iter().filter(|(_, of_credential)| *of_credential).count(), 1);
}

/// The path of a route with an id in place of each parameter.
fn path_of(route: &Route) -> String {
    let segments: Vec<&str> = route
        .template
        .split('/')
        .map(|segment| if segment.starts_with('{') { ABSENT_ID } else { segment })
        .collect();
    segments.join("/")
}

#[tokio::test]
async fn every_route_refuses_a_caller_without_credential_or_without_its_scope() {
    let stack = Stack::start().await;
    let mut checked = 0;
    for route in ROUTES {
        let Some(scope) = route.scope else { continue };
        let name = format!("{} {}", route.method, route.template);
        let (method, path) = (|| route.method.clone(), path_of(route));
        let answer = stack.anonymous(method(), &path).send().await;
        assert_eq!(answer.status, 401, "{name}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");

        let others: Vec<Scope> =
            Scope::ALL.iter().copied().filter(|other| *other != scope).collect();
        let key = stack.issue_key("acme", "service:crm", &others).await;
        let answer = stack.call("acme", &key, method(), &path).send().await;
        assert_eq!(answer.status, 403, "{name}");
        if dialect_of(route.template) == Dialect::V1 {
            assert_eq!(answer.json()["error"]["required_scope"], scope.as_str());
        }

        // With it, and it alone, the refusal is gone.
        if let Some(second) = route.second_scope {
            let key = stack.issue_key("acme", "service:crm", &[scope]).await;
            let answer = stack.call("acme", &key, method(), &path).send().await;
            assert_eq!(answer.status, 403, "{name}");
            assert_eq!(answer.json()["error"]["required_scope"], second.as_str());
        }
        let all: Vec<Scope> = route.scopes().collect();
        let key = stack.issue_key("acme", "service:crm", &all).await;
        let answer = stack.call("acme", &key, method(), &path).send().await;
        assert!(!matches!(answer.status.as_u16(), 401 | 403), "{name}: {}", answer.status);
        checked += 1;
    }
    assert!(checked >= 5, "the table of routes has them");
}

#[tokio::test]
async fn each_route_asks_for_the_scope_of_the_contract() {
    for (method, template, scope) in [
        (Method::POST, "/v1/activities", Scope::ActivityWrite),
        (Method::GET, "/v1/activities", Scope::ActivityRead),
        (Method::GET, "/v1/activities/{id}", Scope::ActivityRead),
        (Method::GET, "/api/activities/logged/{id}", Scope::ActivityRead),
        (Method::POST, "/api/activities/{activity_identifier}/log-activity", Scope::ActivityWrite),
        (Method::POST, "/api/activities/{activity_identifier}/responses", Scope::ActivityRead),
        (Method::GET, "/api/activities", Scope::ActivityRead),
        (Method::GET, "/api/activities/{activity_identifier}", Scope::ActivityRead),
        (Method::GET, "/api/activities/{activity_identifier}/fields", Scope::ActivityRead),
        (Method::GET, "/v1/audit-events", Scope::AuditRead),
        (Method::GET, "/v1/audit-events/{id}/proof", Scope::AuditRead),
        (Method::GET, "/v1/audit-log/checkpoint", Scope::AuditRead),
        (Method::GET, "/v1/audit-log/checkpoints", Scope::AuditRead),
        (Method::GET, "/v1/audit-log/tile/{tile+}", Scope::AuditRead),
        (Method::GET, "/v1/audit-log/disclosures/{tile+}", Scope::AuditRead),
        (Method::GET, "/v1/audit-log/records/{tile+}", Scope::AuditRead),
        (Method::POST, "/v1/keys", Scope::KeysManage),
        (Method::GET, "/v1/keys", Scope::KeysManage),
        (Method::GET, "/v1/keys/{key_id}", Scope::KeysManage),
        (Method::DELETE, "/v1/keys/{key_id}", Scope::KeysManage),
        (Method::POST, "/v1/keys/{key_id}/rotate", Scope::KeysManage),
        (Method::POST, "/v1/viewer-tokens", Scope::ActivityRead),
    ] {
        let route =
            ROUTES.iter().find(|route| route.method == method && route.template == template);
        assert_eq!(route.and_then(|route| route.scope), Some(scope), "{method} {template}");
    }
}

#[tokio::test]
async fn a_key_without_scopes_is_authenticated_and_may_do_nothing() {
    let stack = Stack::start().await;
    let key = stack.issue_key("acme", "user:jo", &[]).await;
    let v1 = stack.v1(&key);
    v1.log(&note("x")).await.expect(403);
    v1.get("/v1/activities").await.expect(403);
    v1.read(ABSENT_ID).await.expect(403);
    v1.get("/v1/audit-events").await.expect(403);
    stack.logged_activity("acme", &key).as_user("jo").read(ABSENT_ID).await.expect(403);
    let reader = stack.service_key("acme").await;
    assert!(summaries(&stack.v1(&reader).search(&[]).await.expect(200)).is_empty());
}

#[tokio::test]
async fn the_secret_is_stored_nowhere() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let secret = key.rsplit('.').next().expect("a key has three parts");
    v1.log(&note("x")).await.expect(201);
    let stored = RawTable::of(&stack).await.items().await;
    assert!(stored.values().all(|item| !format!("{item:?}").contains(secret)));
    assert!(stored.values().any(|item| item.contains_key("secret_hash")));
}

/// What the actor of an activity, of its row, of its event and of its replay is, and who
/// stands beside it.
async fn assert_attributed(stack: &Stack, logged: &Value, by: &Value) {
    let reader = stack.v1(&stack.service_key("acme").await);
    let id = logged["id"].as_str().expect("it has an id");
    let read = reader.read(id).await.expect(200).json()["activity"].clone();
    let found = reader.search(&[("limit", "100")]).await.expect(200).json();
    let found = found["activities"].as_array().cloned().unwrap_or_default();
    let row = found.into_iter().find(|row| row["id"] == id).expect("it is found");
    let trail = reader.audit_events(&[("resource_id", id)]).await.expect(200).json();
    for shown in [logged, &read, &row, &trail["audit_events"][0]] {
        for name in ["actor", "authenticated_as", "on_behalf_of"] {
            assert_eq!(shown.get(name), by.get(name), "{name} of {shown}");
        }
    }
}

#[tokio::test]
async fn a_service_acts_for_the_user_that_it_names_in_v1_and_over_mcp() {
    let stack = Stack::start().await;
    let service = stack.issue_key("acme", "service:crm", Scope::ALL).await;
    let (v1, mcp) = (stack.v1(&service), stack.mcp(&service));
    let by = json!({
        "actor": { "type": "user", "id": "zoë" },
        "authenticated_as": { "type": "service", "id": "crm" },
    });
    let call = v1.call(Method::POST, "/v1/activities").header("x-user-id", "zoë");
    let logged = call.json(&note("For a user")).send().await.expect(201).json();
    assert_attributed(&stack, &logged["activity"], &by).await;
    let params = json!({ "name": "log_activity", "arguments": note("For a user") });
    let call = mcp.request("2025-11-25", "tools/call", params).header("x-user-id", "zoë");
    let logged = call.send().await.expect(200).json()["result"]["structuredContent"].clone();
    assert_attributed(&stack, &logged["activity"], &by).await;
    let own = v1.log(&note("For itself")).await.expect(201).json();
    let by = json!({ "actor": { "type": "service", "id": "crm" } });
    assert_attributed(&stack, &own["activity"], &by).await;
}

#[tokio::test]
async fn an_agent_acts_on_behalf_of_the_user_that_it_names() {
    let stack = Stack::start().await;
    let agent = stack.issue_key("acme", "agent:scout", Scope::ALL).await;
    let by = json!({
        "actor": { "type": "agent", "id": "scout" },
        "on_behalf_of": { "type": "user", "id": "jane" },
    });
    let params = json!({ "name": "log_activity", "arguments": note("Asked to") });
    let call = stack.mcp(&agent).request("2026-07-28", "tools/call", params);
    let answer = call.header("x-user-id", "jane").send().await.expect(200).json();
    let logged = &answer["result"]["structuredContent"]["activity"];
    assert_eq!(logged["last_agent_actor_id"], "scout");
    assert_attributed(&stack, logged, &by).await;
    // The longest ids, and a body that is an item of its own.
    let (longest, user) = ("a".repeat(255), "u".repeat(255));
    let agent = stack.issue_key("acme", &format!("agent:{longest}"), Scope::ALL).await;
    let mut input = note(&"\u{1f511}".repeat(500));
    input["body"] = "long ".repeat(5_000).into();
    let call = stack.v1(&agent).call(Method::POST, "/v1/activities").header("x-user-id", &user);
    let logged = call.json(&input).send().await.expect(201).json();
    let by = json!({
        "actor": { "type": "agent", "id": longest },
        "on_behalf_of": { "type": "user", "id": user },
    });
    assert_attributed(&stack, &logged["activity"], &by).await;
}

#[tokio::test]
async fn a_user_names_only_itself_and_a_name_that_is_none_is_401() {
    let stack = Stack::start().await;
    let jane = stack.issue_key("acme", "user:jane", Scope::ALL).await;
    let service = stack.service_key("acme").await;
    let too_long = "u".repeat(256);
    for (key, user, status) in [
        (&jane, "jane", 201),
        (&jane, "Jane", 401),
        (&jane, "bob", 401),
        (&service, "", 401),
        (&service, "jane,bob", 401),
        (&service, &too_long, 401),
    ] {
        let call = stack.v1(key).call(Method::POST, "/v1/activities").header("x-user-id", user);
        let answer = call.json(&note("x")).send().await.expect(status);
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }).to_string();
        let ping = stack.mcp(key).post().header("x-user-id", user).body(message).send().await;
        assert_eq!(ping.status.as_u16(), if status == 201 { 200 } else { 401 }, "{user}");
        if status == 401 {
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
    let twice = stack.v1(&service).call(Method::POST, "/v1/activities");
    let twice = twice.header("x-user-id", "jane").header("x-user-id", "jane");
    let _ = twice.json(&note("x")).send().await.expect(401);
}
