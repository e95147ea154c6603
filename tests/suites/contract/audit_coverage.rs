//! The control trail is whole: each write and each refused write of an
//! authenticated caller has one event, with nothing of the input in it, and
//! everything else has none.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use activity_log_core::Context;
use activity_log_core::app::audited::NOT_AUDITED;
use activity_log_core::domain::activity::Source;
use activity_log_core::domain::audit::{Action, AuditEvent, AuditStatus, Call, Door, EntryPoint};
use activity_log_core::domain::caller::Principal;
use activity_log_core::domain::client::Client;
use activity_log_core::domain::clock::{
    ClockOutOfRange, Environment, SystemEnvironment, Timestamp,
};
use activity_log_core::domain::credential::Credential;
use activity_log_core::domain::idempotency::{
    IdempotencyKey, IdempotencySpace, InputHash, KeyInSpace,
};
use activity_log_core::domain::principal::{Actor, Attribution, Scope, TenantId};
use activity_log_core::domain::salt::Salts;
use activity_log_core::http::message::Response;
use activity_log_core::platform::config::Config;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::table::{self, ChangeStream};
use activity_log_core::store::{RemovedTenant, Store};
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::v1::{V1, id_of, log_request, note, rows};
use activity_log_tests::client::{ABSENT_ID, Answer, MIB};
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::faulty_engine::{Fault, FaultKind, When};
use activity_log_tests::raw_table::{Item, RawTable};
use activity_log_tests::stack::Stack;
use aws_sdk_dynamodb::types::AttributeValue;
use http::Method;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};
use uuid::Uuid;

/// What must not be found in the trail: every text that the requests of these
/// tests bring along.
const PRIVATE: [&str; 5] =
    ["private-summary", "private-body", "private-key", "private-property", "private-resource"];

/// An input that holds all of [`PRIVATE`] but the property.
fn private_input() -> Value {
    json!({
        "type": "note",
        "summary": "private-summary",
        "body": "private-body",
        "related_resource_type": "deal",
        "related_resource_id": "private-resource",
        "idempotency_key": "private-key",
    })
}

/// The hash that an event of this input has.
fn hash_of(input: &Value) -> String {
    let object = input.as_object().expect("an input is an object");
    InputHash::of(object).expect("it has a canonical form").as_str().to_owned()
}

/// What a refused or done write is to leave behind.
struct Expected<'a> {
    status: &'a str,
    error_code: Option<&'a str>,
    input_hash: Option<String>,
    resource_id: Option<String>,
    fields: &'a [&'a str],
}

impl<'a> Expected<'a> {
    fn with_fields(self, fields: &'a [&'a str]) -> Self {
        Self { fields, ..self }
    }
}

/// A tenant whose keys may do all, only read, or only read the trail.
struct Tenant {
    stack: Stack,
    credential: Credential,
    key: String,
    v1: V1,
    reader_credential: Credential,
    reader: String,
    auditor: String,
}

impl Tenant {
    async fn start() -> Self {
        let stack = Stack::start().await;
        let (credential, key) = stack.issue("acme", "agent:bot", Scope::ALL).await;
        let (reader_credential, reader) =
            stack.issue("acme", "user:jo", &[Scope::ActivityRead]).await;
        let auditor = stack.issue_key("acme", "service:audit", &[Scope::AuditRead]).await;
        stack.put_resource("acme", "deal", "private-resource", None).await;
        let v1 = stack.v1(&key);
        Self { stack, credential, key, v1, reader_credential, reader, auditor }
    }

    async fn events_of(&self, request_id: &str) -> Vec<Value> {
        let parameters = [("request_id", request_id)];
        let page = self.stack.v1(&self.auditor).audit_events(&parameters).await.expect(200);
        page.json()["audit_events"].as_array().expect("there is a list").clone()
    }

    /// Asserts that just this event was written for a request, and every field
    /// of it.
    async fn assert_event(&self, answer: &Answer, by: &Credential, expected: Expected<'_>) {
        let request_id = answer.header("x-request-id");
        let mut events = self.events_of(request_id).await;
        assert_eq!(events.len(), 1, "{expected:?}");
        let mut event = events.remove(0);
        let id = event["id"].take();
        assert!(id.as_str().is_some_and(|id| Uuid::try_parse(id).is_ok()));
        let occurred_at = event["occurred_at"].take();
        let occurred_at: Timestamp = serde_json::from_value(occurred_at).expect("it is a time");
        assert!(occurred_at <= self.stack.clock.time());
        let mut whole = json!({
            "id": null,
            "tenant_id": "acme",
            "actor": by.grant.actor,
            "credential_id": by.key_id,
            "source": "api",
            "api_route": "/v1/activities",
            "client_address": "127.0.0.1",
            "resource_type": "activity",
            "action": "activity.logged",
            "status": expected.status,
            "request_id": request_id,
            "occurred_at": null,
        });
        for (name, value) in [
            ("error_code", expected.error_code.map(str::to_owned)),
            ("input_hash", expected.input_hash),
            ("resource_id", expected.resource_id),
        ] {
            if let Some(value) = value {
                whole[name] = json!(value);
            }
        }
        if !expected.fields.is_empty() {
            whole["fields"] = json!(expected.fields);
        }
        assert_eq!(event, whole);
    }

    /// How many events the trail has, by its items, without those of reading it.
    async fn count(&self) -> usize {
        let items = RawTable::of(&self.stack).await.items().await;
        let events = items.iter().filter(|((pk, _), _)| pk.contains("#AUD#"));
        let is_read =
            |item: &Item| item["action"] == AttributeValue::S("audit_event.read".to_owned());
        events.filter(|(_, item)| !is_read(item)).count()
    }
}

impl std::fmt::Debug for Expected<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.status, self.error_code)
    }
}

fn rejected<'a>(error_code: &'a str, input: Option<&Value>) -> Expected<'a> {
    Expected {
        status: "rejected",
        error_code: Some(error_code),
        input_hash: input.map(hash_of),
        resource_id: None,
        fields: &[],
    }
}

#[tokio::test]
async fn a_write_has_one_event_and_its_replay_none() {
    let tenant = Tenant::start().await;
    let input = private_input();
    let answer = tenant.v1.log(&input).await.expect(201);
    let expected = Expected {
        status: "succeeded",
        error_code: None,
        input_hash: Some(hash_of(&input)),
        resource_id: Some(id_of(&answer)),
        fields: &[],
    };
    tenant.assert_event(&answer, &tenant.credential, expected).await;
    let replay = tenant.v1.log(&input).await.expect(201);
    assert_eq!(replay.header("idempotency-replayed"), "true");
    assert!(tenant.events_of(replay.header("x-request-id")).await.is_empty());
    assert_eq!(tenant.count().await, 1);
}

#[tokio::test]
async fn a_write_without_the_scope_has_one_denied_event() {
    let tenant = Tenant::start().await;
    let input = private_input();
    let denied = |input: Option<&Value>| Expected {
        status: "denied",
        error_code: Some("missing_required_scope"),
        input_hash: input.map(hash_of),
        resource_id: None,
        fields: &[],
    };
    let answer = tenant.stack.v1(&tenant.reader).log(&input).await.expect(403);
    tenant.assert_event(&answer, &tenant.reader_credential, denied(Some(&input))).await;
    // Without the hash of what could not be read.
    for (content_type, body) in [("application/json", "{"), ("text/plain", "{}")] {
        let answer = tenant.stack.v1(&tenant.reader).log_bytes(content_type, body).await;
        tenant.assert_event(&answer.expect(403), &tenant.reader_credential, denied(None)).await;
    }
    assert_eq!(tenant.count().await, 3);
}

#[tokio::test]
async fn every_refused_write_has_one_rejected_event_with_the_hash_where_it_was_read() {
    let tenant = Tenant::start().await;
    let (v1, by) = (&tenant.v1, &tenant.credential);
    let json_type = "application/json";

    let answer = v1.log_bytes(json_type, "{\"private-property\"").await.expect(400);
    tenant.assert_event(&answer, by, rejected("malformed_request", None)).await;
    let answer = v1.log_bytes(json_type, b"\xff").await.expect(400);
    tenant.assert_event(&answer, by, rejected("malformed_request", None)).await;
    let answer = v1.log_bytes("text/plain", "private-body").await.expect(415);
    tenant.assert_event(&answer, by, rejected("unsupported_media_type", None)).await;
    let answer = v1.log_bytes(json_type, vec![b' '; MIB + 1]).await.expect(413);
    tenant.assert_event(&answer, by, rejected("payload_too_large", None)).await;
    let answer = v1.log_bytes(json_type, "[\"private-body\"]").await.expect(422);
    let expected = rejected("validation_failed", None).with_fields(&["$"]);
    tenant.assert_event(&answer, by, expected).await;

    let invalid = json!({"private-property": "private-body", "summary": "private-summary"});
    let answer = v1.log(&invalid).await.expect(422);
    // What is no property of the schema has no name in the trail.
    let expected = rejected("validation_failed", Some(&invalid)).with_fields(&["type", "$"]);
    tenant.assert_event(&answer, by, expected).await;
    // The input was read, and what is wrong is beside it.
    let call = v1.call(Method::POST, "/v1/activities?private-property=1");
    let answer = call.json(&private_input()).send().await.expect(422);
    let expected = rejected("validation_failed", Some(&private_input())).with_fields(&["$"]);
    tenant.assert_event(&answer, by, expected).await;
    let call = v1.call(Method::POST, "/v1/activities").header("idempotency-key", "a");
    let answer = call.header("idempotency-key", "b").json(&private_input()).send().await;
    let expected = rejected("validation_failed", Some(&private_input()));
    let expected = expected.with_fields(&["Idempotency-Key"]);
    tenant.assert_event(&answer.expect(422), by, expected).await;

    let mut unknown = private_input();
    unknown["related_resource_id"] = json!("private-resource-2");
    let answer = v1.log(&unknown).await.expect(404);
    let expected = rejected("resource_not_found", Some(&unknown));
    tenant.assert_event(&answer, by, expected.with_fields(&["related_resource_id"])).await;

    v1.log(&private_input()).await.expect(201);
    let mut other = private_input();
    other["body"] = json!("private-body, another");
    let answer = v1.log(&other).await.expect(409);
    tenant.assert_event(&answer, by, rejected("idempotency_conflict", Some(&other))).await;
    assert_eq!(tenant.count().await, 11);
}

#[tokio::test]
async fn what_is_not_authenticated_or_no_route_or_no_refused_scope_has_no_event() {
    let tenant = Tenant::start().await;
    let (stack, key, v1) = (&tenant.stack, &tenant.key, &tenant.v1);
    let before = stack.keys_in_table().await;
    stack.v1("alk_acme.0.0").log(&private_input()).await.expect(401);
    let secret_of_none = format!("{key}x");
    stack.v1(&secret_of_none).log(&private_input()).await.expect(401);
    stack.v1("none").log_bytes("text/plain", "{").await.expect(401);
    v1.call(Method::PUT, "/v1/activities").json(&note("x")).send().await.expect(405);
    v1.call(Method::POST, "/v1/activities/").json(&note("x")).send().await.expect(404);

    // Reads that find nothing, or whose parameters are wrong.
    let item = format!("/v1/activities/{ABSENT_ID}");
    for (path, status) in [
        ("/v1/activities?limit=0", 422),
        ("/v1/activities?query=%zz", 400),
        (item.as_str(), 404),
        ("/v1/audit-events?status=x", 422),
    ] {
        assert_eq!(stack.v1(key).get(path).await.status, status, "{path}");
    }
    assert_eq!(stack.keys_in_table().await, before);
}

#[tokio::test]
async fn a_write_that_fails_for_a_fault_of_this_service_has_no_event() {
    let tenant = Tenant::start().await;
    let actor = tenant.credential.grant.actor.clone();
    let key = KeyInSpace {
        space: IdempotencySpace::Caller { authenticated_as: actor.clone(), actor },
        key: IdempotencyKey::parse("private-key").expect("the key is valid"),
    };
    let digest = key.digest();
    RawTable::of(&tenant.stack).await.corrupt(&format!("T#acme#IDEM#{digest}"), "IDEM").await;
    let before = tenant.stack.keys_in_table().await;
    tenant.v1.log(&private_input()).await.expect(500);
    assert_eq!(tenant.stack.keys_in_table().await, before);

    let (stack, engine) = Stack::start_faulty().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    v1.search(&[]).await.expect(200);
    let before = stack.keys_in_table().await;
    let asks_for_record = |input: &Value| input.to_string().contains("#IDEM#");
    let fault = Fault::on("GetItem", When::Always, FaultKind::Throttle).only_if(asks_for_record);
    let fault = engine.inject(fault);
    let input = json!({"type": "note", "summary": "x", "idempotency_key": "private-key"});
    v1.log(&input).await.expect(429);
    assert!(fault.fired() > 0);
    assert_eq!(stack.keys_in_table().await, before);
}

#[tokio::test]
async fn no_input_key_or_secret_is_in_the_trail() {
    let tenant = Tenant::start().await;
    let (stack, key, v1) = (&tenant.stack, &tenant.key, &tenant.v1);
    v1.log(&private_input()).await.expect(201);
    let mut other = private_input();
    other["body"] = json!("private-body, another");
    v1.log(&other).await.expect(409);
    v1.log(&json!({"private-property": "private-body"})).await.expect(422);
    stack.v1(&tenant.reader).log(&private_input()).await.expect(403);
    v1.log_bytes("application/json", "{\"private-property\": \"").await.expect(400);

    let items = RawTable::of(stack).await.items().await;
    let trail = items.iter().filter(|((pk, _), _)| pk.contains("#AUD#") || pk.ends_with("#AX"));
    let trail: Vec<_> = trail.map(|(_, item)| item).collect();
    assert!(trail.len() >= 5 * 2, "events, and their places in the list");
    let mut private: Vec<String> = PRIVATE.map(str::to_owned).to_vec();
    private.extend(
        [key, &tenant.reader]
            .map(|key| key.rsplit('.').next().expect("a key has three parts").to_owned()),
    );
    for item in trail {
        let text = format!("{item:?}");
        assert!(private.iter().all(|private| !text.contains(private)), "{text}");
    }
    // The key that makes a retry safe is in no item at all.
    assert!(items.values().all(|item| !format!("{item:?}").contains("private-key")));
}

fn event() -> AuditEvent {
    let call = Call {
        principal: Principal {
            tenant_id: TenantId::parse("acme").expect("the id is valid"),
            by: Attribution::of(Actor::parse("service:crm").expect("the actor is valid")),
            credential_id: activity_log_core::domain::principal::KeyId::parse("1")
                .expect("it is valid"),
            scopes: Scope::ALL.iter().copied().collect(),
            audit_reads: None,
            expires_at: None,
            bound_to: None,
        },
        door: Door {
            source: Source::Api,
            entry_point: EntryPoint::ApiRoute("/v1/activities".to_owned()),
            client: Client::default(),
            request_id: "req_1".to_owned(),
        },
    };
    let now = Timestamp::from_millis(1_772_357_400_000).expect("it is within range");
    let salts = Salts::default();
    AuditEvent::of(&call, Action::ActivityLogged, Uuid::from_u128(7), now, salts)
}

#[tokio::test]
async fn an_event_is_never_written_over() {
    let stack = Stack::start().await;
    let deadline = Instant::now() + Duration::from_secs(30);
    let put = |event: AuditEvent| {
        let stack = &stack;
        async move { stack.ctx.store.put_audit_event(&event, deadline).await }
    };
    put(event()).await.expect("it is new");
    // The same again is a retry after a lost answer.
    put(event()).await.expect("it is the same");
    let before = RawTable::of(&stack).await.items().await;
    let stored =
        before.values().find(|item| item["pk"].as_s().is_ok_and(|pk| pk.contains("#AUD#")));
    for change in [
        |event: &mut AuditEvent| event.status = AuditStatus::Denied,
        |event: &mut AuditEvent| event.request_id = "req_2".to_owned(),
        |event: &mut AuditEvent| {
            event.occurred_at = Timestamp::MAX;
        },
    ] {
        let mut changed = event();
        change(&mut changed);
        let error = put(changed).await.expect_err("its condition fails");
        assert_eq!(error.code().as_str(), "internal_error");
        let after = RawTable::of(&stack).await.items().await;
        assert!(after.values().any(|item| Some(item) == stored));
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_refusals_event_is_one_event_and_no_complaint() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let lost = engine.inject(Fault::on("PutItem", When::Nth(1), FaultKind::LoseAnswer));
    let (log, _guard) = CapturedLog::start();
    let response = post(&stack.ctx, &key, &json!({})).await;
    assert_eq!((response.status().as_u16(), lost.fired()), (422, 1));
    assert!(!log.lines_with("answered").is_empty());
    assert!(log.lines_with(NOT_AUDITED).is_empty());
    let page = v1.audit_events(&[]).await.expect(200);
    assert_eq!(rows(&page, "audit_events", "status"), ["rejected"]);
}

/// Hands out the ids that a test chose, then random ones.
#[derive(Default)]
struct ChosenIds(Mutex<VecDeque<Uuid>>);

impl ChosenIds {
    fn choose(&self, ids: &[u128]) {
        let mut queue = self.0.lock().expect("no test panicked with it");
        *queue = ids.iter().map(|id| Uuid::from_u128(*id)).collect();
    }
}

impl Environment for ChosenIds {
    fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
        SystemEnvironment.now()
    }
    fn fill_random(&self, bytes: &mut [u8]) {
        SystemEnvironment.fill_random(bytes);
    }
    fn new_uuid(&self) -> Result<Uuid, ClockOutOfRange> {
        let chosen = self.0.lock().expect("no test panicked with it").pop_front();
        chosen.map_or_else(|| SystemEnvironment.new_uuid(), Ok)
    }
}

/// `POST /v1/activities`, handed to the function without a server in between,
/// so that what it logs is logged on this thread.
async fn post(ctx: &Context, key: &str, input: &Value) -> Response {
    activity_log::stack::answer(ctx, log_request(key, input)).await
}

#[tokio::test]
async fn a_write_whose_event_would_write_over_another_does_not_happen_and_is_reported() {
    let ids = Arc::new(ChosenIds::default());
    let table_name = unique_name("chosen-ids");
    let store = Store::new(connect_local(&Engine::start().await.endpoint), &table_name);
    table::create(&store, ChangeStream::On).await.expect("the engine makes a table");
    let config = Config::for_table(&table_name);
    let ctx = Context::with_environment(store, config, ids.clone());
    let tenant = TenantId::parse("acme").expect("the id is valid");
    let actor = Actor::parse("service:crm").expect("the actor is valid");
    let scopes = Scope::ALL.iter().copied().collect();
    let (credential, key) =
        Credential::issue(ids.as_ref(), tenant.clone(), actor, scopes).expect("the clock is right");
    ctx.store.put_credential(&credential, RemovedTenant::Refuse).await.expect("it is stored");
    let key = key.reveal();
    let (log, _guard) = CapturedLog::start();

    // The ids of request, activity and event.
    ids.choose(&[1, 2, 3]);
    assert_eq!(post(&ctx, &key, &note("first")).await.status(), 201);
    ids.choose(&[4, 5, 3]);
    let response = post(&ctx, &key, &note("second")).await;
    assert_eq!(response.status(), 500);
    let second = activity_log_core::domain::activity::ActivityId(Uuid::from_u128(5));
    assert_eq!(ctx.store.activity(&tenant, second).await.expect("it can be read"), None);
    let reported = log.lines_with("ConditionalCheckFailed");
    let request_id = format!("req_{}", Uuid::from_u128(4).simple());
    assert!(matches!(&reported[..], [line] if line.contains(&request_id)), "{reported:?}");

    // So is a refusal's, whose caller hears of the refusal alone.
    ids.choose(&[6, 3]);
    assert_eq!(post(&ctx, &key, &json!({})).await.status(), 422);
    let reported = log.lines_with(NOT_AUDITED);
    let request_id = format!("req_{}", Uuid::from_u128(6).simple());
    assert!(matches!(&reported[..], [line] if line.contains(&request_id)), "{reported:?}");

    let events = ctx.store.audit_events(&tenant, &[Uuid::from_u128(3)]).await;
    let events = events.expect("they can be read");
    let event = &events[&Uuid::from_u128(3)];
    assert_eq!(event.status, AuditStatus::Succeeded);
    assert_eq!(event.resource_id, Some(Uuid::from_u128(2).to_string()));
}

#[tokio::test]
async fn a_refusal_whose_audit_fails_still_reaches_the_caller_and_the_log_says_so() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let reader = stack.issue_key("acme", "user:jo", &[Scope::ActivityRead]).await;
    let taken = json!({"type": "note", "summary": "x", "idempotency_key": "k"});
    v1.log(&taken).await.expect(201);
    // One that is tried again, here and not by the SDK, until time is up.
    let fault = engine.inject(Fault::on("PutItem", When::Always, FaultKind::TransactionConflict));
    let (log, _guard) = CapturedLog::start();

    let conflicting = json!({"type": "note", "summary": "y", "idempotency_key": "k"});
    let unknown = json!({
        "type": "note",
        "summary": "private-summary",
        "related_resource_type": "deal",
        "related_resource_id": "unknown",
    });
    for (count, (key, input, status)) in [
        (&reader, &taken, 403),
        (&key, &json!({"private-property": 1}), 422),
        (&key, &conflicting, 409),
        (&key, &unknown, 404),
    ]
    .into_iter()
    .enumerate()
    {
        let tried = fault.fired();
        let response = post(&stack.ctx, key, input).await;
        assert_eq!(response.status(), status);
        // More than once: it is tried again to its deadline.
        assert!(fault.fired() > tried, "the audit was tried");
        let request_id = response.headers()["x-request-id"].to_str().expect("it is text");
        let reported = log.lines_with(NOT_AUDITED);
        assert_eq!(reported.len(), count + 1);
        assert!(reported[count].contains(request_id));
    }
    let page = v1.audit_events(&[]).await.expect(200);
    assert_eq!(rows(&page, "audit_events", "status"), ["succeeded"]);
    let log = log.lines_with("");
    assert!(log.iter().all(|line| PRIVATE.iter().all(|private| !line.contains(private))));
}
