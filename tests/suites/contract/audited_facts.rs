//! What the trail has of each call: every door and every outcome, held against the
//! published table of facts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use activity_log_core::app::credential_cache::CACHE_FOR;
use activity_log_core::domain::address_range::AddressRange;
use activity_log_core::domain::audit::{Action, ResourceType};
use activity_log_core::domain::audit_reads::AuditReads;
use activity_log_core::domain::credential::{Credential, Grant};
use activity_log_core::domain::principal::{Actor, ActorId, Scope, TenantId};
use activity_log_core::http::routes::{Operation, ROUTES};
use activity_log_core::platform::config::AuditClient;
use activity_log_core::store::RemovedTenant;
use activity_log_tests::client::logged_activity::notes;
use activity_log_tests::client::mcp::SELF_CONTAINED;
use activity_log_tests::client::v1::{id_of, key_id_of, note, rows};
use activity_log_tests::client::{ABSENT_ID, Answer, HttpCall, MIB};
use activity_log_tests::markdown::Document;
use activity_log_tests::sealing::{TestSigner, seal_all};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::{Value, json};

const TENANT: &str = "acme";
const DOCUMENT: &str = "docs/api/audit-trail.md";

/// A row of the table of facts: the kind of resource, and when it is recorded.
fn published() -> BTreeMap<String, (String, String)> {
    let document = Document::read(DOCUMENT);
    let rows = document.rows();
    let plain = |cell: &str| cell.trim().trim_matches('`').to_owned();
    rows.iter()
        .filter(|cells| cells.len() == 4 && cells[0].contains('.'))
        .map(|cells| (plain(cells[0]), (plain(cells[1]), plain(cells[3]))))
        .collect()
}

#[test]
fn every_action_is_in_the_published_table_with_what_it_is_about() {
    let published: BTreeMap<String, String> =
        published().into_iter().map(|(action, (about, _))| (action, about)).collect();
    let decided = Action::ALL
        .iter()
        .map(|action| (action.as_str().to_owned(), action.resource_type().as_str().to_owned()));
    assert_eq!(published, decided.collect());
    let named = std::fs::read_to_string(activity_log_tests::markdown::root().join(DOCUMENT));
    let named = named.expect("the document is there");
    for resource_type in ResourceType::ALL {
        assert!(named.contains(&format!("`{resource_type}`")), "{resource_type}");
    }
}

/// A door: what it is called by the trail, and what a call of it asks for.
struct Door {
    action: &'static str,
    route: Option<&'static str>,
    tool: Option<&'static str>,
    scope: Scope,
    call: Box<Caller>,
}

/// What makes a call, with a key.
type Caller = dyn Fn(&Stack, &str) -> HttpCall;

impl Door {
    fn route(
        action: &'static str,
        route: &'static str,
        scope: Scope,
        call: impl Fn(&Stack, &str) -> HttpCall + 'static,
    ) -> Self {
        Self { action, route: Some(route), tool: None, scope, call: Box::new(call) }
    }

    fn tool(action: &'static str, tool: &'static str, scope: Scope, arguments: Value) -> Self {
        let call = move |stack: &Stack, key: &str| {
            let params = json!({ "name": tool, "arguments": arguments });
            stack.mcp(key).request("2025-11-25", "tools/call", params)
        };
        Self { action, route: None, tool: Some(tool), scope, call: Box::new(call) }
    }

    fn name(&self) -> &'static str {
        self.tool.or(self.route).expect("a door has a name")
    }
}

/// Every door that asks for a scope, with a call that it takes. `id` is an activity's,
/// `event_id` that of its event, and `key_id` that of a key which may be ended.
fn doors(id: &str, event_id: &str, key_id: &str) -> Vec<Door> {
    use Scope::{ActivityRead, ActivityWrite, AuditRead, KeysManage};
    let v1 = |method: Method, path: String| {
        move |stack: &Stack, key: &str| stack.v1(key).call(method.clone(), &path)
    };
    let get = |path: &str| v1(Method::GET, path.to_owned());
    let send = |method: Method, path: String, input: Value| {
        move |stack: &Stack, key: &str| stack.v1(key).call(method.clone(), &path).json(&input)
    };
    let api = |method: Method, path: String, input: Option<Value>| {
        move |stack: &Stack, key: &str| {
            let call = stack.logged_activity(TENANT, key).call(method.clone(), &path);
            match &input {
                Some(input) => call.json(input),
                None => call,
            }
        }
    };
    let read = |path: &str| api(Method::GET, path.to_owned(), None);
    let activity = format!("/v1/activities/{id}");
    let logged = format!("/api/activities/logged/{id}");
    let of_key = format!("/v1/keys/{key_id}");
    let bot = json!({ "actor": { "type": "agent", "id": "bot" }, "scopes": ["activity:read"] });
    let post = |path: &str, input: Value| send(Method::POST, path.to_owned(), input);
    vec![
        Door::route(
            "activity.logged",
            "/v1/activities",
            ActivityWrite,
            post("/v1/activities", note("x")),
        ),
        Door::route("activity.searched", "/v1/activities", ActivityRead, get("/v1/activities")),
        Door::route("activity.read", "/v1/activities/{id}", ActivityRead, get(&activity)),
        Door::route(
            "activity.logged",
            "/api/activities/{activity_identifier}/log-activity",
            ActivityWrite,
            api(Method::POST, "/api/activities/call/log-activity".to_owned(), Some(notes("x"))),
        ),
        Door::route(
            "activity.searched",
            "/api/activities/{activity_identifier}/responses",
            ActivityRead,
            api(Method::POST, "/api/activities/call/responses".to_owned(), Some(json!({}))),
        ),
        Door::route("activity.read", "/api/activities/logged/{id}", ActivityRead, read(&logged)),
        Door::route("activity_type.read", "/api/activities", ActivityRead, read("/api/activities")),
        Door::route(
            "activity_type.read",
            "/api/activities/{activity_identifier}",
            ActivityRead,
            read("/api/activities/call"),
        ),
        Door::route(
            "activity_type.read",
            "/api/activities/{activity_identifier}/fields",
            ActivityRead,
            read("/api/activities/call/fields"),
        ),
        Door::route(
            "audit_event.read",
            "/v1/audit-events",
            AuditRead,
            get("/v1/audit-events?limit=1"),
        ),
        Door::route(
            "audit_event.read",
            "/v1/audit-events/{id}/proof",
            AuditRead,
            get(&format!("/v1/audit-events/{event_id}/proof")),
        ),
        Door::route(
            "audit_event.read",
            "/v1/audit-log/checkpoint",
            AuditRead,
            get("/v1/audit-log/checkpoint"),
        ),
        Door::route(
            "audit_event.read",
            "/v1/audit-log/checkpoints",
            AuditRead,
            get("/v1/audit-log/checkpoints"),
        ),
        Door::route(
            "audit_event.read",
            "/v1/audit-log/tile/{tile+}",
            AuditRead,
            get("/v1/audit-log/tile/0/000.p/1"),
        ),
        Door::route(
            "audit_event.read",
            "/v1/audit-log/disclosures/{tile+}",
            AuditRead,
            get("/v1/audit-log/disclosures/000.p/1"),
        ),
        Door::route(
            "audit_event.read",
            "/v1/audit-log/records/{tile+}",
            AuditRead,
            get("/v1/audit-log/records/000.p/1"),
        ),
        Door::route("key.created", "/v1/keys", KeysManage, post("/v1/keys", bot)),
        Door::route("key.read", "/v1/keys", KeysManage, get("/v1/keys")),
        Door::route("key.read", "/v1/keys/{key_id}", KeysManage, get(&of_key)),
        Door::route(
            "key.rotated",
            "/v1/keys/{key_id}/rotate",
            KeysManage,
            post(&format!("{of_key}/rotate"), json!({})),
        ),
        Door::route("key.revoked", "/v1/keys/{key_id}", KeysManage, v1(Method::DELETE, of_key)),
        Door::route(
            "actor.viewer_token_created",
            "/v1/viewer-tokens",
            ActivityRead,
            post("/v1/viewer-tokens", json!({ "user_id": "jane" })),
        ),
        Door::tool("activity.logged", "log_activity", ActivityWrite, note("x")),
        Door::tool("activity.searched", "search_activity", ActivityRead, json!({})),
        Door::tool("activity.read", "get_logged_activity", ActivityRead, json!({ "id": id })),
    ]
}

/// A tenant with an activity, and an auditor who reads by requests.
struct Walk {
    stack: Stack,
    all: String,
    auditor: String,
    doors: Vec<Door>,
}

impl Walk {
    async fn start(audit_reads: AuditReads) -> Self {
        let stack = Stack::start_with(|config| config.audit_reads = audit_reads).await;
        let all = stack.service_key(TENANT).await;
        let auditor = stack.issue_key(TENANT, "user:auditor", &[Scope::AuditRead]).await;
        let id = id_of(&stack.v1(&all).log(&note("x")).await.expect(201));
        let old = stack.issue_key(TENANT, "service:old", &[Scope::ActivityRead]).await;
        // The auditor's reads are told of already, and are not told of again.
        drop(stack.v1(&auditor).audit_events(&[]).await.expect(200));
        let events = stack.v1(&auditor).audit_events(&[("resource_id", &id)]).await.expect(200);
        let event_id = rows(&events, "audit_events", "id").remove(0);
        seal_all(&stack, TENANT, &TestSigner::sealer(1)).await;
        let doors = doors(&id, &event_id, key_id_of(&old));
        Self { stack, all, auditor, doors }
    }

    /// The events of the request that an answer is of.
    async fn events_of(&self, answer: &Answer) -> Vec<Value> {
        let of_request = [("request_id", answer.header("x-request-id"))];
        let page = self.stack.v1(&self.auditor).audit_events(&of_request).await.expect(200).json();
        page["audit_events"].as_array().expect("a page has events").clone()
    }

    async fn assert_event(&self, door: &Door, answer: &Answer, key: &str, status: &str) -> Value {
        let mut events = self.events_of(answer).await;
        assert_eq!(events.len(), 1, "{} {status}: {answer:?} {events:?}", door.name());
        let event = events.remove(0);
        assert_eq!(event["action"], door.action, "{event}");
        assert_eq!(event["status"], status, "{event}");
        assert_eq!(event["credential_id"], key_id_of(key));
        assert_eq!(event["client_address"], "127.0.0.1");
        assert_eq!(event["user_agent"], "suite/1");
        assert_eq!(event.get("api_route"), door.route.map(|route| json!(route)).as_ref());
        assert_eq!(event.get("tool_name"), door.tool.map(|tool| json!(tool)).as_ref());
        assert_eq!(event.get("command"), None);
        assert_eq!(event["source"], if door.tool.is_some() { "mcp" } else { "api" });
        let about = event["resource_type"].as_str().expect("it is text");
        assert!(door.action.starts_with(&format!("{about}.")), "{event}");
        event
    }
}

fn by(call: HttpCall) -> HttpCall {
    call.header("user-agent", "suite/1")
}

#[tokio::test]
async fn the_doors_of_this_suite_are_all_that_ask_for_a_scope() {
    let walked: BTreeSet<(&str, Scope)> = doors(ABSENT_ID, ABSENT_ID, "0")
        .iter()
        .filter_map(|door| Some((door.route?, door.scope)))
        .collect();
    let routed: BTreeSet<(&str, Scope)> = ROUTES
        .iter()
        .filter(|route| route.operation != Operation::CallMcp)
        .filter_map(|route| Some((route.template, route.scope?)))
        .collect();
    assert_eq!(walked, routed);
    assert_eq!(
        doors(ABSENT_ID, ABSENT_ID, "0").iter().filter(|door| door.route.is_some()).count(),
        { ROUTES.iter().filter(|route| route.scope.is_some()).count() }
    );
}

#[tokio::test]
async fn what_is_done_is_recorded_as_the_table_says() {
    let table = published();
    for reads in [AuditReads::Denied, AuditReads::All] {
        let walk = Walk::start(reads).await;
        for door in &walk.doors {
            let answer = by((door.call)(&walk.stack, &walk.all)).send().await;
            assert!(answer.status.is_success(), "{} {answer:?}", door.name());
            let (_, recorded) = &table[door.action];
            if recorded.starts_with("done") || recorded.starts_with("one event an hour") {
                let event = walk.assert_event(door, &answer, &walk.all, "succeeded").await;
                assert_eq!(event.get("error_code"), None);
                let merged = door.action == "audit_event.read";
                assert_eq!(event["data"].get("hour").is_some(), merged, "{event}");
            } else if reads == AuditReads::All {
                assert!(recorded.contains("with audit reads `all` always"), "{recorded}");
                let event = walk.assert_event(door, &answer, &walk.all, "succeeded").await;
                // What was searched for is nowhere in it.
                assert_eq!(event.get("input_hash"), None);
            } else {
                assert_eq!(walk.events_of(&answer).await, [] as [Value; 0], "{}", door.name());
            }
        }
    }
}

#[tokio::test]
async fn who_lacks_the_scope_is_recorded_at_every_door() {
    let walk = Walk::start(AuditReads::Denied).await;
    for door in &walk.doors {
        let others: Vec<Scope> =
            Scope::ALL.iter().copied().filter(|scope| *scope != door.scope).collect();
        // A key of its own, so that none is refused more than ten times.
        let key = walk.stack.issue_key(TENANT, "service:narrow", &others).await;
        let answer = by((door.call)(&walk.stack, &key)).send().await.expect(403);
        let event = walk.assert_event(door, &answer, &key, "denied").await;
        assert_eq!(event["error_code"], "missing_required_scope");
        // What was asked for is named, where that is one thing.
        let named =
            ["{id}", "{key_id}", "get_logged"].iter().any(|part| door.name().contains(part));
        assert_eq!(event.get("resource_id").is_some(), named, "{event}");
        // In the dialect that has the caller name a user, that one acts.
        let acts_for = door.route.is_some_and(|route| route.starts_with("/api/"));
        let (narrow, jane) =
            (json!({"type": "service", "id": "narrow"}), json!({"type": "user", "id": "jane"}));
        assert_eq!(event["actor"], if acts_for { jane } else { narrow.clone() });
        assert_eq!(event.get("authenticated_as"), acts_for.then_some(&narrow));
    }
}

#[tokio::test]
async fn a_foreign_id_and_an_absent_one_leave_the_same() {
    for reads in [AuditReads::Denied, AuditReads::All] {
        let walk = Walk::start(reads).await;
        let other = walk.stack.v1(&walk.stack.issue_key("other", "service:x", Scope::ALL).await);
        let foreign = id_of(&other.log(&note("theirs")).await.expect(201));
        let foreign_key = key_id_of(other.key()).to_owned();
        let v1 = walk.stack.v1(&walk.all);
        let api = walk.stack.logged_activity(TENANT, &walk.all);
        let mcp = walk.stack.mcp(&walk.all);
        for (foreign, absent) in [
            (v1.read(&foreign).await, v1.read(ABSENT_ID).await),
            (api.read(&foreign).await, api.read(ABSENT_ID).await),
            (
                mcp.call_tool("get_logged_activity", &json!({ "id": foreign })).await,
                mcp.call_tool("get_logged_activity", &json!({ "id": ABSENT_ID })).await,
            ),
            (
                v1.get(&format!("/v1/keys/{foreign_key}")).await,
                v1.get("/v1/keys/0123456789abcdef").await,
            ),
        ] {
            let shape = |events: Vec<Value>| {
                let mut events = events;
                for event in &mut events {
                    for name in ["id", "occurred_at", "request_id", "resource_id"] {
                        assert!(event[name].is_string(), "{event}");
                        event[name].take();
                    }
                }
                events
            };
            let of_foreign = shape(walk.events_of(&foreign).await);
            assert_eq!(of_foreign, shape(walk.events_of(&absent).await));
            assert_eq!(of_foreign.len(), usize::from(reads == AuditReads::All));
        }
        // And nothing in the trail of the tenant that was asked for.
        let theirs = other.every_audit_event(&[]).await;
        assert_eq!(theirs.len(), 1, "{theirs:?}");
    }
}

#[tokio::test]
async fn a_message_that_no_tool_sees_is_recorded_by_the_tool_that_it_names() {
    let walk = Walk::start(AuditReads::Denied).await;
    let mcp = walk.stack.mcp(&walk.all);
    let call = |name: &str, arguments: &str| {
        let params = format!("{{\"name\":\"{name}\",\"arguments\":{arguments}}}");
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#)
    };
    let twice = r#"{"type":"note","summary":"a","summary":"b"}"#;
    let plain = r#"{"type":"note","summary":"a"}"#;
    let post = |body: String| by(mcp.post()).body(body);
    let unserved = |revision: &str| {
        by(mcp.request(revision, "tools/call", json!({"name": "log_activity", "arguments": {}})))
    };
    let cases = [
        (post(call("log_activity", twice)), Some("log_activity"), "malformed_request"),
        (
            post(call("log_activity", plain)).header("mcp-protocol-version", "1999-01-01"),
            Some("log_activity"),
            "malformed_request",
        ),
        (
            unserved(SELF_CONTAINED).header("mcp-name", "other"),
            Some("log_activity"),
            "malformed_request",
        ),
        (
            by(mcp.call(Method::POST))
                .header("accept", "text/html")
                .header("content-type", "application/json")
                .body(call("log_activity", plain)),
            Some("log_activity"),
            "malformed_request",
        ),
        (
            by(mcp.call(Method::POST))
                .header("content-type", "text/plain")
                .body(call("log_activity", plain)),
            Some("log_activity"),
            "unsupported_media_type",
        ),
        (post(format!("[{}]", call("log_activity", plain))), None, "validation_failed"),
        (post("{".to_owned()), None, "malformed_request"),
        (post(" ".repeat(MIB + 1)), None, "payload_too_large"),
        (post(call("drop_table", plain)), None, "malformed_request"),
    ];
    for (call, tool, code) in cases {
        let answer = call.send().await;
        let events = walk.events_of(&answer).await;
        assert_eq!(events.len(), 1, "{answer:?} {events:?}");
        let event = &events[0];
        assert_eq!(event["status"], "rejected", "{event}");
        assert_eq!(event["error_code"], code, "{event}");
        match tool {
            Some(tool) => {
                assert_eq!(
                    (&event["tool_name"], &event["action"]),
                    (&json!(tool), &json!("activity.logged"))
                );
            }
            None => {
                assert_eq!(
                    (&event["api_route"], &event["action"]),
                    (&json!("/mcp"), &json!("tool.called"))
                );
            }
        }
    }
    // What describes the server, and tools that read, leave nothing.
    for method in ["tools/list", "ping", "initialize", "no/such"] {
        let answer = mcp.request("2025-11-25", method, json!({})).send().await;
        assert!(walk.events_of(&answer).await.is_empty(), "{method}");
    }
    let answer = post(call("search_activity", r#"{"query":"a","query":"b"}"#)).send().await;
    assert!(walk.events_of(&answer.expect(400)).await.is_empty());
}

#[tokio::test]
async fn a_key_that_holds_and_is_refused_leaves_an_event_that_names_the_reason_alone() {
    let walk = Walk::start(AuditReads::Denied).await;
    let stack = &walk.stack;
    let grant = async |grant: Grant| {
        let tenant = TenantId::parse(TENANT).expect("the id is valid");
        let (credential, key) = Credential::grant(stack.ctx.environment.as_ref(), tenant, grant)
            .expect("the clock is right");
        let put = stack.ctx.store.put_credential(&credential, RemovedTenant::Refuse).await;
        put.expect("it is stored");
        key.reveal()
    };
    let plain = |actor: &str| {
        let actor = Actor::parse(actor).expect("the actor is valid");
        Grant::plain(actor, Scope::ALL.iter().copied().collect())
    };
    let service = grant(plain("service:crm")).await;
    let user = grant(plain("user:jane")).await;
    let agent = grant(plain("agent:bot")).await;
    let jane = ActorId::parse("jane").expect("the id is valid");
    let limited = grant(Grant { users: Some([jane].into()), ..plain("service:crm") }).await;
    let range = AddressRange::parse("192.0.2.0/24").expect("the range is valid");
    let elsewhere = grant(Grant { address_ranges: [range].into(), ..plain("service:crm") }).await;
    let soon = stack.clock.time().plus(Duration::from_secs(60));
    let expired = grant(Grant { expires_at: Some(soon), ..plain("service:crm") }).await;
    let revoked = grant(plain("service:crm")).await;
    let path = format!("/v1/keys/{}", key_id_of(&revoked));
    stack.v1(&walk.all).call(Method::DELETE, &path).send().await.expect(200);
    stack.clock.advance(CACHE_FOR + Duration::from_secs(1));

    let v1 = |key: &str| by(stack.v1(key).call(Method::GET, "/v1/activities"));
    let api = |tenant: &str, key: &str, user: &str| {
        let api = stack.logged_activity(tenant, key).as_user(user);
        by(api.call(Method::GET, "/api/activities"))
    };
    let mcp = |key: &str| by(stack.mcp(key).request("2025-11-25", "tools/list", json!({})));
    for (key, call, field, route) in [
        (&service, api("other", &service, "jane"), "X-BUSINESS-ID", "/api/activities"),
        (&user, api(TENANT, &user, "bob"), "X-USER-ID", "/api/activities"),
        (&agent, api(TENANT, &agent, "jane"), "X-API-KEY", "/api/activities"),
        (&limited, api(TENANT, &limited, "bob"), "X-USER-ID", "/api/activities"),
        (&user, v1(&user).header("x-user-id", "bob"), "X-USER-ID", "/v1/activities"),
        (&limited, v1(&limited).header("x-user-id", "bob"), "X-USER-ID", "/v1/activities"),
        (&service, v1(&service).header("x-user-id", "jane,bob"), "X-USER-ID", "/v1/activities"),
        (&limited, mcp(&limited).header("x-user-id", "bob"), "X-USER-ID", "/mcp"),
        (&elsewhere, v1(&elsewhere), "client_address", "/v1/activities"),
        (&expired, v1(&expired), "Authorization", "/v1/activities"),
        (&revoked, v1(&revoked), "Authorization", "/v1/activities"),
    ] {
        let answer = call.send().await.expect(401);
        let events = walk.events_of(&answer).await;
        assert_eq!(events.len(), 1, "{field} {answer:?}");
        let event = &events[0];
        assert_eq!(event["action"], "key.refused");
        assert_eq!(
            (&event["status"], &event["error_code"]),
            (&json!("denied"), &json!("unauthorized"))
        );
        assert_eq!(event["fields"], json!([field]));
        assert_eq!(event["api_route"], route);
        assert_eq!(
            (&event["resource_type"], &event["resource_id"]),
            (&json!("key"), &json!(key_id_of(key)))
        );
        assert_eq!(event["credential_id"], key_id_of(key));
        // Nothing of what was named, and nobody for whom it was not.
        let text = event.to_string();
        assert!(!text.contains("bob") && !text.contains("other"), "{text}");
        assert_eq!(event.get("on_behalf_of"), None);
    }
    // Who has no key that holds leaves nothing, and the other tenant hears of nothing.
    let before = stack.keys_in_table().await;
    for key in ["alk_acme.0.x".to_owned(), format!("{service}x")] {
        api("other", &key, "jane").send().await.expect(401);
        v1(&key).header("x-user-id", "bob").send().await.expect(401);
    }
    assert_eq!(stack.keys_in_table().await, before);
    assert!(before.iter().all(|(pk, _)| !pk.starts_with("T#other#")));
}

#[tokio::test]
async fn a_tenant_can_have_all_its_reads_recorded_and_the_clients_end_can_be_left_out() {
    let stack = Stack::start_with(|config| config.audit_client = AuditClient::Off).await;
    let walk = {
        let all = stack.service_key(TENANT).await;
        let auditor = stack.issue_key(TENANT, "user:auditor", &[Scope::AuditRead]).await;
        Walk { stack, all, auditor, doors: Vec::new() }
    };
    let search = || async { walk.stack.v1(&walk.all).search(&[("query", "secret")]).await };
    let other = walk.stack.v1(&walk.stack.service_key("other").await);
    assert!(walk.events_of(&search().await.expect(200)).await.is_empty());
    for (reads, recorded) in [
        (Some(AuditReads::All), 1),
        (Some(AuditReads::Denied), 0),
        (Some(AuditReads::All), 1),
        (None, 0),
    ] {
        walk.stack.set_audit_reads(TENANT, reads).await;
        walk.stack.clock.advance(CACHE_FOR + Duration::from_secs(1));
        let answer = search().await.expect(200);
        let events = walk.events_of(&answer).await;
        assert_eq!(events.len(), recorded, "{reads:?}");
        for event in &events {
            assert_eq!(event["action"], "activity.searched");
            assert!(!event.to_string().contains("secret"), "{event}");
            assert_eq!((event.get("client_address"), event.get("user_agent")), (None, None));
        }
        // A key that is made since has the setting, too.
        let new = walk.stack.issue_key(TENANT, "user:new", &[Scope::ActivityRead]).await;
        let answer = walk.stack.v1(&new).search(&[]).await.expect(200);
        assert_eq!(walk.events_of(&answer).await.len(), recorded);
        let theirs = other.search(&[]).await.expect(200);
        let of_request = [("request_id", theirs.header("x-request-id"))];
        assert!(other.every_audit_event(&of_request).await.is_empty());
    }
    let changes =
        walk.stack.v1(&walk.auditor).every_audit_event(&[("action", "tenant.updated")]).await;
    let set: Vec<&Value> =
        changes.iter().rev().map(|event| &event["data"]["audit_reads"]).collect();
    assert_eq!(set, ["all", "denied", "all", "default"]);
}
