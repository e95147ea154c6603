//! The contract of `/v1`, and what holds at every door: tenants are apart, the
//! audit trail is whole, and the description is true.
//!
//! Here is what these suites share: inputs, the parts of answers that they look
//! at, and stacks on an engine that fails.

mod audit;
mod audit_coverage;
mod credentials;
mod errors;
mod http;
mod idempotency;
mod isolation;
mod log;
mod openapi;
mod paging;
mod read;
mod reference_model;
mod search;

use std::collections::HashMap;
use std::time::Duration;

use ::http::Method;
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::domain::record_type::RecordType;
use activity_log_core::domain::registry::{Presence, ResourceRecord};
use activity_log_core::store::client::connect_local;
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::faulty_engine::FaultyEngine;
use activity_log_tests::stack::{Answer, Stack};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

/// An id of the right form that no activity has.
pub(crate) const ABSENT_ID: &str = "018f3c5e-0000-7000-8000-000000000000";

/// What stands in a pinned body for the id of its request.
pub(crate) const REQUEST_ID: &str = "<request id>";

/// The longest body of a request.
pub(crate) const MIB: usize = 1024 * 1024;

/// The smallest input.
pub(crate) fn note(summary: &str) -> Value {
    json!({ "type": "note", "summary": summary })
}

/// The smallest input with further properties.
pub(crate) fn note_with(further: Value) -> Value {
    let mut input = note("Renewal");
    let properties = input.as_object_mut().expect("an input is an object");
    properties.extend(further.as_object().expect("properties are an object").clone());
    input
}

/// The id of the one activity in an answer.
#[track_caller]
pub(crate) fn id_of(answer: &Answer) -> String {
    let id = answer.json()["activity"]["id"].as_str().map(str::to_owned);
    id.expect("the answer has an activity")
}

/// One property of every row of a page.
#[track_caller]
pub(crate) fn rows(answer: &Answer, list: &str, property: &str) -> Vec<String> {
    let body = answer.json();
    let rows = body[list].as_array().unwrap_or_else(|| panic!("no {list} in {body}"));
    rows.iter()
        .map(|row| row[property].as_str().expect("the row has the property").to_owned())
        .collect()
}

/// The summaries of a page of activities, newest first.
#[track_caller]
pub(crate) fn summaries(answer: &Answer) -> Vec<String> {
    rows(answer, "activities", "summary")
}

/// The cursor of a page, where there is one.
pub(crate) fn next_cursor(answer: &Answer) -> Option<String> {
    answer.json()["next_cursor"].as_str().map(str::to_owned)
}

/// The whole body, its request's id replaced.
pub(crate) fn pinned(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body_without_request_id()).expect("the body is JSON")
}

/// Asserts that an answer is a `validation_failed` of `/v1` with just these
/// violations, in any order.
#[track_caller]
pub(crate) fn assert_violations(answer: &Answer, expected: &[(&str, &str)]) {
    let body = answer.json();
    assert_eq!((answer.status.as_u16(), answer.error_code().as_str()), (422, "validation_failed"));
    let errors = body["error"]["field_errors"].as_array().expect("there are field errors").iter();
    let text = |error: &Value, name: &str| error[name].as_str().expect("it is text").to_owned();
    let mut found: Vec<(String, String)> =
        errors.map(|error| (text(error, "field"), text(error, "message"))).collect();
    let mut expected: Vec<(String, String)> = expected
        .iter()
        .map(|(field, message)| ((*field).to_owned(), (*message).to_owned()))
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

/// A stack on the engine of this run, which fails on request.
pub(crate) async fn faulty_stack() -> (Stack, FaultyEngine) {
    let engine = FaultyEngine::start(&Engine::start().await.endpoint).await;
    let stack = Stack::start_on(&engine.endpoint, &unique_name("faulty"), |_| {}).await;
    (stack, engine)
}

/// A client of the engine of this run, for what no function does.
pub(crate) async fn raw_client() -> Client {
    connect_local(&Engine::start().await.endpoint)
}

/// Makes an item unreadable.
pub(crate) async fn corrupt(stack: &Stack, pk: &str, sk: &str) {
    let client = raw_client().await;
    let put = client
        .put_item()
        .table_name(stack.ctx.store.table_name())
        .item("pk", AttributeValue::S(pk.to_owned()))
        .item("sk", AttributeValue::S(sk.to_owned()));
    put.send().await.expect("the item is written over");
}

/// `POST /v1/activities` with a body of any bytes.
pub(crate) async fn post_bytes(
    stack: &Stack,
    key: &str,
    content_type: &str,
    body: impl Into<Vec<u8>>,
) -> Answer {
    stack
        .call(key, Method::POST, "/v1/activities")
        .header("content-type", content_type)
        .body(body.into())
        .send()
        .await
}

/// `GET /api/activities/logged/{id}` with the three headers, in the tenant
/// `acme`.
pub(crate) async fn get_logged(stack: &Stack, key: &str, id: &str) -> Answer {
    stack
        .anonymous(Method::GET, &format!("/api/activities/logged/{id}"))
        .header("x-api-key", key)
        .header("x-business-id", "acme")
        .header("x-user-id", "jo")
        .send()
        .await
}

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Every item of a stack's table, whole.
pub(crate) async fn all_items(stack: &Stack) -> Vec<Item> {
    let client = raw_client().await;
    let pages = client
        .scan()
        .table_name(stack.ctx.store.table_name())
        .consistent_read(true)
        .into_paginator()
        .items()
        .send();
    pages.collect::<Result<_, _>>().await.expect("the table is scanned")
}

/// Leaves a tombstone in the place of a related resource, a minute from now.
pub(crate) async fn delete_resource(stack: &Stack, tenant: &str, kind: &str, id: &str) {
    let record = ResourceRecord {
        resource: RelatedResource {
            resource_type: RecordType::parse(kind).expect("the name is valid"),
            id: RelatedResourceId::parse(id).expect("the id is valid"),
        },
        display_name: None,
        changed_at: stack.ctx.environment.now().plus(Duration::from_secs(60)),
        presence: Presence::Deleted,
    };
    let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
    stack.ctx.store.put_related_resource(&tenant, &record).await.expect("it is registered");
}
