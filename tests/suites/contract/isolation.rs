//! Tenants are apart: the same words, ids and keys in two of them never meet,
//! and what belongs to another is answered, and looked for, as what never was.

use std::collections::BTreeMap;

use activity_log_core::domain::principal::Scope;
use activity_log_tests::client::logged_activity;
use activity_log_tests::client::v1::{
    ACTIVITIES, AUDIT_EVENTS, V1, assert_violations, id_of, next_cursor, note_with, path_of, rows,
    summaries,
};
use activity_log_tests::client::{ABSENT_ID, Answer, HttpCall, with_query};
use activity_log_tests::compaction::small;
use activity_log_tests::faulty_engine::FaultyEngine;
use activity_log_tests::sealing::{TestSigner, seal_all};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::{Value, json};

/// Tenants whose ids are nearly each other's.
const TENANTS: [&str; 4] = ["acme", "acme2", "ACME", "acme-"];

/// An input that is the same in every tenant.
fn input() -> Value {
    note_with(json!({
        "body": "Pricing was agreed",
        "related_resource_type": "contact",
        "related_resource_id": "con_1",
        "occurred_at": "2026-03-01T09:00:00Z",
        "idempotency_key": "k",
    }))
}

/// Each tenant with a key of the same actor, and the same activity logged.
async fn same_in_every_tenant(stack: &Stack) -> Vec<(&'static str, String, String)> {
    let mut tenants = Vec::new();
    for tenant in TENANTS {
        let key = stack.issue_key(tenant, "service:crm", Scope::ALL).await;
        let v1 = stack.v1(&key);
        stack.put_resource(tenant, "contact", "con_1", Some(tenant)).await;
        let answer = v1.log(&input()).await.expect(201);
        assert!(!answer.headers.contains_key("idempotency-replayed"));
        assert_eq!(answer.json()["activity"]["tenant_id"], tenant);
        tenants.push((tenant, key, id_of(&answer)));
    }
    tenants
}

#[tokio::test]
async fn the_same_words_ids_and_keys_stay_in_their_tenants() {
    let stack = Stack::start().await;
    let tenants = same_in_every_tenant(&stack).await;
    for (tenant, key, id) in &tenants {
        let (v1, api) = (stack.v1(key), stack.logged_activity(tenant, key));
        let related = [("related_resource_type", "contact"), ("related_resource_id", "con_1")];
        for parameters in [
            &[][..],
            &[("query", "price")],
            &[("query", "\"pricing was agreed\"")],
            &[("type", "note")],
            &[("actor_id", "crm")],
            &[("actor_id", "service:crm"), ("source", "api")],
            &related,
            &[("occurred_after", "2026-03-01T09:00:00Z")],
        ] {
            let page = v1.search(parameters).await.expect(200);
            assert_eq!(rows(&page, "activities", "id"), [id.as_str()], "{tenant} {parameters:?}");
            assert_eq!(rows(&page, "activities", "tenant_id"), [*tenant]);
            assert!(next_cursor(&page).is_none());
        }
        for filter in [("actor_id", "crm"), ("status", "succeeded"), ("source", "api")] {
            let page = v1.audit_events(&[filter, ("action", "activity.logged")]).await.expect(200);
            assert_eq!(rows(&page, "audit_events", "resource_id"), [id.as_str()]);
            assert_eq!(rows(&page, "audit_events", "tenant_id"), [*tenant]);
        }
        // The key is a replay of this tenant's own, and a conflict in it alone.
        assert_eq!(id_of(&v1.log(&input()).await.expect(201)), *id);
        let entity = api.read(id).await.expect(200).json();
        assert_eq!(entity["associated_entities"][0]["display_name"], *tenant);
        for (other, _, foreign) in tenants.iter().filter(|(other, ..)| other != tenant) {
            v1.read(foreign).await.expect(404);
            api.read(foreign).await.expect(404);
            stack.logged_activity(other, key).read(foreign).await.expect(401);
        }
    }
}

#[tokio::test]
async fn counts_and_pages_never_include_anothers() {
    let stack = Stack::start().await;
    let mut callers = Vec::new();
    for tenant in TENANTS {
        callers.push((tenant, stack.v1(&stack.service_key(tenant).await)));
    }
    for n in 0..7 {
        for (tenant, v1) in &callers {
            let input = json!({
                "type": "note",
                "summary": format!("{tenant} {n}"),
                "body": "shared",
                "occurred_at": "2026-03-01T09:00:00Z",
            });
            v1.log(&input).await.expect(201);
        }
    }
    for (tenant, v1) in &callers {
        for query in ["shared", "\"shared\""] {
            let mut sizes = Vec::new();
            let mut cursor: Option<String> = None;
            loop {
                let mut parameters = vec![("query", query), ("limit", "2")];
                parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
                let page = v1.search(&parameters).await.expect(200);
                let found = summaries(&page);
                assert!(found.iter().all(|text| text.starts_with(&format!("{tenant} "))));
                sizes.push(found.len());
                cursor = next_cursor(&page);
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(sizes, [2, 2, 2, 1]);
        }
    }
}

/// One call to the engine, without what differs between any two requests: the
/// operation, the kinds of key in it, the outcome and the size of the answer.
type Shape = (String, Vec<String>, Option<u16>, usize);

/// The kinds of all keys in a call, `T#<tenant>#<kind>`, sorted. Names of terms
/// stay, their values don't.
fn key_kinds(value: &Value, kinds: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("T#") => {
            let kind: Vec<&str> = text.split('#').take(3).collect();
            let term = text.split('#').nth(3).and_then(|term| term.split_once('='));
            kinds.push(format!("{} {}", kind.join("#"), term.map_or("", |(name, _)| name)));
        }
        Value::Array(values) => values.iter().for_each(|value| key_kinds(value, kinds)),
        Value::Object(members) => members.values().for_each(|value| key_kinds(value, kinds)),
        _ => {}
    }
    kinds.sort();
}

/// Sends a request and says what it took, in no order, since calls go side by
/// side.
async fn recorded(engine: &FaultyEngine, call: HttpCall) -> (Answer, Vec<Shape>) {
    engine.reset_calls();
    let answer = call.send().await;
    let mut shapes: Vec<Shape> = engine
        .calls()
        .into_iter()
        .map(|call| {
            let mut kinds = Vec::new();
            key_kinds(&call.request, &mut kinds);
            (call.operation, kinds, call.engine_status, call.response_bytes)
        })
        .collect();
    shapes.sort();
    (answer, shapes)
}

/// The headers that say something of the request.
fn headers(answer: &Answer) -> BTreeMap<String, String> {
    answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
        .map(|(name, value)| (name.to_string(), value.to_str().expect("it is text").to_owned()))
        .collect()
}

#[tokio::test]
async fn a_foreign_id_is_answered_and_looked_for_exactly_as_an_absent_one() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.issue_key("acme", "service:crm", Scope::ALL).await;
    let (acme, api) = (stack.v1(&key), stack.logged_activity("acme", &key));
    let other = stack.v1(&stack.issue_key("other", "service:crm", Scope::ALL).await);
    stack.put_resource("other", "deal", "theirs", Some("Theirs")).await;
    let related = json!({
        "related_resource_type": "deal",
        "related_resource_id": "theirs",
        "body": "long ".repeat(2_000),
        "idempotency_key": "theirs",
    });
    let foreign = id_of(&other.log(&note_with(related)).await.expect(201));
    let of_other = other.audit_events(&[("resource_id", &foreign)]).await.expect(200);
    let foreign_event = rows(&of_other, "audit_events", "id").remove(0);
    seal_all(&stack, "other", &TestSigner::sealer(1)).await;
    // Credentials are remembered from here on, and that the trail was read in this hour.
    // It begins here, so that it does not end before the test.
    stack.clock.advance_to_an_hour();
    acme.audit_events(&[]).await.expect(200);
    acme.get(&format!("/v1/audit-events/{ABSENT_ID}/proof")).await.expect(404);
    // The first refusal of a minute looks for those of minutes before.
    let unknown = json!({"related_resource_type": "deal", "related_resource_id": "unknown"});
    acme.log(&note_with(unknown)).await.expect(404);

    let get = |path: String| acme.call(Method::GET, &path);
    let logged = |id: &str| api.call(Method::GET, &logged_activity::path_of(id));
    let search = |id: &str| {
        let related = [("related_resource_type", "deal"), ("related_resource_id", id)];
        get(with_query(ACTIVITIES, &related))
    };
    let log = |id: &str, key: &str| {
        let input = json!({
            "type": "note",
            "summary": "x",
            "related_resource_type": "deal",
            "related_resource_id": id,
            "idempotency_key": key,
        });
        acme.call(Method::POST, ACTIVITIES).json(&input)
    };
    let (theirs, _) = stack.issue("other", "service:crm", Scope::ALL).await;
    let (theirs, none) = (theirs.key_id.as_str(), "0123456789abcdef");
    let of_key = |method: Method, id: &str| acme.call(method, &format!("/v1/keys/{id}"));
    let rotate =
        |id: &str| acme.call(Method::POST, &format!("/v1/keys/{id}/rotate")).json(&json!({}));
    let pairs = [
        (404, of_key(Method::GET, theirs), of_key(Method::GET, none)),
        (404, of_key(Method::DELETE, theirs), of_key(Method::DELETE, none)),
        (404, rotate(theirs), rotate(none)),
        (404, get(path_of(&foreign)), get(path_of(ABSENT_ID))),
        (404, logged(&foreign), logged(ABSENT_ID)),
        (
            200,
            get(format!("/v1/audit-events?resource_id={foreign}")),
            get(format!("/v1/audit-events?resource_id={ABSENT_ID}")),
        ),
        (
            404,
            get(format!("/v1/audit-events/{foreign_event}/proof")),
            get(format!("/v1/audit-events/{ABSENT_ID}/proof")),
        ),
        (200, search("theirs"), search("absent")),
        (404, log("theirs", "theirs"), log("absent", "absent")),
    ];
    for (status, foreign, absent) in pairs {
        let (foreign, foreign_calls) = recorded(&engine, foreign).await;
        let (absent, absent_calls) = recorded(&engine, absent).await;
        assert_eq!(foreign.status, status);
        assert_eq!(absent.status, status);
        assert_eq!(foreign.body_without_request_id(), absent.body_without_request_id());
        assert_eq!(headers(&foreign), headers(&absent));
        assert!(!foreign_calls.is_empty(), "the engine was asked");
        assert_eq!(foreign_calls, absent_calls);
        let of_acme = |shape: &Shape| shape.1.iter().all(|kind| kind.starts_with("T#acme#"));
        assert!(foreign_calls.iter().all(of_acme), "{foreign_calls:?}");
    }
}

#[tokio::test]
async fn a_foreign_credential_is_answered_and_looked_for_exactly_as_an_absent_one() {
    let (stack, engine) = Stack::start_faulty().await;
    let other = stack.issue_key("other", "service:crm", Scope::ALL).await;
    let (_, secret) = other.rsplit_once('.').expect("a key has three parts");
    let key_id = other.split('.').nth(1).expect("a key has three parts");
    // The layout of the table, which is no tenant's, is looked at once.
    stack.ctx.store.warm_up().await.expect("the table answers");
    let with = |key: String| stack.v1(&key).call(Method::GET, "/v1/activities");
    // The other tenant's key id and secret, under the name of this one.
    let (foreign, foreign_calls) =
        recorded(&engine, with(format!("alk_acme.{key_id}.{secret}"))).await;
    let (absent, absent_calls) =
        recorded(&engine, with(format!("alk_acme.{}.{secret}", "0".repeat(key_id.len())))).await;
    assert_eq!((foreign.status.as_u16(), absent.status.as_u16()), (401, 401));
    assert_eq!(foreign.body_without_request_id(), absent.body_without_request_id());
    assert_eq!(headers(&foreign), headers(&absent));
    assert_eq!(foreign_calls.len(), 1);
    assert_eq!(foreign_calls, absent_calls);
}

#[tokio::test]
async fn a_cursor_of_another_tenant_is_refused_exactly_as_a_damaged_one() {
    let (stack, engine) = Stack::start_faulty().await;
    let acme = stack.v1(&stack.service_key("acme").await);
    let other = stack.v1(&stack.service_key("other").await);
    for v1 in [&acme, &acme, &other, &other] {
        let input = note_with(json!({"occurred_at": "2026-03-01T09:00:00Z"}));
        v1.log(&input).await.expect(201);
    }
    stack.service_key("other").await;
    for path in [ACTIVITIES, AUDIT_EVENTS, "/v1/keys"] {
        let page = |v1: &V1, cursor: Option<&str>| {
            let mut parameters = vec![("limit", "1")];
            parameters.extend(cursor.map(|cursor| ("cursor", cursor)));
            v1.call(Method::GET, &with_query(path, &parameters))
        };
        let theirs = page(&other, None).send().await.expect(200);
        let theirs = next_cursor(&theirs).expect("there is another page");
        page(&other, Some(&theirs)).send().await.expect(200);
        let damaged = theirs.chars().rev().collect::<String>();

        let (foreign, foreign_calls) = recorded(&engine, page(&acme, Some(&theirs))).await;
        let (damaged, damaged_calls) = recorded(&engine, page(&acme, Some(&damaged))).await;
        let rule = "must be a next_cursor of the same search";
        assert_violations(&foreign, &[("cursor", rule)]);
        assert_eq!(foreign.body_without_request_id(), damaged.body_without_request_id());
        assert_eq!(headers(&foreign), headers(&damaged));
        assert_eq!(foreign_calls, damaged_calls);
    }
}

#[tokio::test]
async fn every_call_to_the_engine_names_keys_of_the_callers_tenant_alone() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key("acme").await;
    let (acme, api) = (stack.v1(&key), stack.logged_activity("acme", &key));
    stack.service_key("other").await;
    stack.put_resource("acme", "contact", "con_1", None).await;
    // The layout of the table, which is no tenant's, is looked at once.
    stack.ctx.store.warm_up().await.expect("the table answers");
    engine.reset_calls();
    let id = id_of(&acme.log(&input()).await.expect(201));
    acme.log(&input()).await.expect(201);
    acme.log(&json!({})).await.expect(422);
    acme.search(&[("query", "price agreed"), ("type", "note")]).await.expect(200);
    acme.search(&[("query", "\"was agreed\"")]).await.expect(200);
    acme.read(&id).await.expect(200);
    api.read(&id).await.expect(200);
    acme.audit_events(&[("actor_id", "suite")]).await.expect(200);
    let calls = engine.calls();
    assert!(calls.len() > 10);
    for call in calls {
        let mut kinds = Vec::new();
        key_kinds(&call.request, &mut kinds);
        assert!(!kinds.is_empty(), "{}", call.operation);
        assert!(kinds.iter().all(|kind| kind.starts_with("T#acme#")), "{kinds:?}");
        assert_ne!(call.operation, "Scan");
    }
}

/// The kinds of all keys that were asked for since the calls were reset.
fn keys_asked_for(engine: &FaultyEngine) -> Vec<String> {
    let mut kinds = Vec::new();
    for call in engine.calls() {
        assert_ne!(call.operation, "Scan");
        key_kinds(&call.request, &mut kinds);
    }
    assert!(!kinds.is_empty(), "the engine was asked");
    kinds
}

#[tokio::test]
async fn a_tenants_segments_tail_and_manifest_are_read_for_it_alone() {
    let (stack, engine) = Stack::start_faulty().await;
    let tenants = same_in_every_tenant(&stack).await;
    // One has all in its tail, one all in segments, one was merged, and one has both.
    let [_, in_segments, merged, both] = TENANTS;
    for tenant in [in_segments, merged, both] {
        engine.reset_calls();
        stack.settle(tenant).await.expect("the index is settled");
        let own = format!("T#{tenant}#");
        let kinds = keys_asked_for(&engine);
        assert!(kinds.iter().all(|kind| kind.starts_with(&own)), "{tenant}: {kinds:?}");
    }
    for (tenant, key, _) in &tenants {
        if [merged, both].contains(tenant) {
            let another = note_with(json!({"occurred_at": "2026-03-02T09:00:00Z"}));
            stack.v1(key).log(&another).await.expect(201);
        }
    }
    let ran = stack.compact(merged, &small()).await.expect("the index is compacted");
    assert!(ran.merges > 0, "{ran:?}");

    for (tenant, key, id) in &tenants {
        let v1 = stack.v1(key);
        let count = if [merged, both].contains(tenant) { 2 } else { 1 };
        engine.reset_calls();
        for (parameters, count) in [
            (&[("query", "agreed")][..], 1),
            (&[("query", "agre*")], 1),
            (&[("query", "\"was agreed\"")], 1),
            (&[("query", "agreed OR renewal"), ("source", "api")], count),
            (&[("type", "note")], count),
            (&[("actor_id", "crm")], count),
            (&[("related_resource_type", "contact"), ("related_resource_id", "con_1")], 1),
        ] {
            let page = v1.search(parameters).await.expect(200);
            let ids = rows(&page, "activities", "id");
            assert_eq!((ids.len(), ids.last()), (count, Some(id)), "{tenant} {parameters:?}");
            assert!(next_cursor(&page).is_none());
        }
        for filter in [("status", "succeeded"), ("actor_id", "crm"), ("source", "api")] {
            let filters = [filter, ("action", "activity.logged")];
            let page = v1.audit_events(&filters).await.expect(200);
            let ids = rows(&page, "audit_events", "resource_id");
            assert_eq!((ids.len(), ids.last()), (count, Some(id)), "{tenant} {filter:?}");
        }
        let own = format!("T#{tenant}#");
        let kinds = keys_asked_for(&engine);
        assert!(kinds.iter().all(|kind| kind.starts_with(&own)), "{tenant}: {kinds:?}");
    }
}

#[tokio::test]
async fn what_is_in_anothers_segments_is_looked_for_exactly_as_what_is_nowhere() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.issue_key("acme", "service:crm", Scope::ALL).await;
    let acme = stack.v1(&key);
    let other = stack.v1(&stack.issue_key("other", "service:theirs", Scope::ALL).await);
    stack.put_resource("other", "deal", "theirs", None).await;
    acme.log(&note_with(json!({"body": "ours"}))).await.expect(201);
    let related = json!({
        "related_resource_type": "deal",
        "related_resource_id": "theirs",
        "body": "foreign",
    });
    let foreign = other.log(&note_with(related)).await.expect(201);
    let request = foreign.header("x-request-id").to_owned();
    let foreign = id_of(&foreign);
    for tenant in ["acme", "other"] {
        stack.settle(tenant).await.expect("the index is settled");
    }
    stack.clock.advance_to_an_hour();
    // The manifest, the parts of the segments and that the trail was read are remembered
    // from here on.
    acme.search(&[("query", "ours")]).await.expect(200);
    acme.audit_events(&[("status", "succeeded")]).await.expect(200);

    let search =
        |parameters: &[(&str, &str)]| acme.call(Method::GET, &with_query(ACTIVITIES, parameters));
    let trail = |name: &str, value: &str| {
        acme.call(Method::GET, &with_query(AUDIT_EVENTS, &[(name, value)]))
    };
    let absent_request = format!("req_{}", "0".repeat(request.len() - "req_".len()));
    let deal = |id| search(&[("related_resource_type", "deal"), ("related_resource_id", id)]);
    for (foreign, absent) in [
        (search(&[("query", "foreign")]), search(&[("query", "nowhere")])),
        (search(&[("query", "fore*")]), search(&[("query", "nowh*")])),
        (search(&[("query", "\"foreign\"")]), search(&[("query", "\"nowhere\"")])),
        (search(&[("actor_id", "theirs")]), search(&[("actor_id", "absent")])),
        (deal("theirs"), deal("absent")),
        (trail("resource_id", &foreign), trail("resource_id", ABSENT_ID)),
        (trail("actor_id", "service:theirs"), trail("actor_id", "service:absent")),
        (trail("request_id", &request), trail("request_id", &absent_request)),
    ] {
        let (foreign, foreign_calls) = recorded(&engine, foreign).await;
        let (absent, absent_calls) = recorded(&engine, absent).await;
        assert_eq!((foreign.status.as_u16(), absent.status.as_u16()), (200, 200));
        assert_eq!(foreign.body_without_request_id(), absent.body_without_request_id());
        assert_eq!(headers(&foreign), headers(&absent));
        assert_eq!(foreign_calls, absent_calls);
        let of_acme = |shape: &Shape| shape.1.iter().all(|kind| kind.starts_with("T#acme#"));
        assert!(foreign_calls.iter().all(of_acme), "{foreign_calls:?}");
    }
}
