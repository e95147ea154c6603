//! The body of every error, whole, in both dialects; and what is answered when
//! the table throttles, is gone, or holds what can't be read.

use activity_log_core::Error;
use activity_log_core::domain::error::FieldError;
use activity_log_core::domain::idempotency::IdempotencyKey;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::logged_activity;
use activity_log_tests::client::v1::{note, note_with};
use activity_log_tests::client::{ABSENT_ID, MIB, REQUEST_ID};
use activity_log_tests::faulty_engine::{Fault, FaultKind, When};
use activity_log_tests::raw_table::RawTable;
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::{Value, json};

/// The envelope of a `/v1` error with these members beside the request's id.
fn envelope(members: Value) -> Value {
    let mut error = members;
    error["request_id"] = json!(REQUEST_ID);
    json!({ "error": error })
}

const TOO_MANY_VALUES: &str =
    "The request body has more than 65,536 values and names of properties.";

#[tokio::test]
async fn every_refusal_in_v1_has_just_this_body() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let reader = stack.issue_key("acme", "service:reader", &[Scope::ActivityRead]).await;
    let json_type = "application/json";

    let answer = v1.log_bytes(json_type, "{").await.expect(400);
    let malformed =
        |message: &str| envelope(json!({"code": "malformed_request", "message": message}));
    assert_eq!(
        answer.pinned(),
        malformed("The input is not valid JSON: an object that does not end, at line 1, column 1.")
    );
    let answer = v1.log_bytes(json_type, b"\xff").await.expect(400);
    assert_eq!(
        answer.pinned(),
        malformed("The input is not valid JSON: bytes that are not UTF-8, at line 1, column 1.")
    );
    let answer = v1.log_bytes(json_type, r#"{"a":1,"a":1}"#).await.expect(400);
    assert_eq!(
        answer.pinned(),
        malformed(
            "The input is not valid JSON: a duplicate name in an object, at line 1, column 10."
        )
    );
    let answer = v1.get("/v1/activities?query=%zz").await.expect(400);
    assert_eq!(
        answer.pinned(),
        malformed(
            "The query string is not valid: it has a % without two hexadecimal digits behind it."
        )
    );

    let answer = stack.anonymous(Method::GET, "/v1/activities").send().await.expect(401);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let unauthorized =
        json!({"code": "unauthorized", "message": "A valid credential is required."});
    assert_eq!(answer.pinned(), envelope(unauthorized));

    let answer = stack.v1(&reader).log(&note("x")).await.expect(403);
    let missing_scope = json!({
        "code": "missing_required_scope",
        "message": "The credential does not include the scope required for this operation.",
        "required_scope": "activity:write",
    });
    assert_eq!(answer.pinned(), envelope(missing_scope));

    let answer = v1.read(ABSENT_ID).await.expect(404);
    let not_found = json!({
        "code": "resource_not_found",
        "message": "The requested resource does not exist in this workspace.",
    });
    assert_eq!(answer.pinned(), envelope(not_found));

    let answer = v1.call(Method::PUT, "/v1/activities").send().await.expect(405);
    let not_allowed = json!({
        "code": "method_not_allowed", "message": "The method is not allowed for this path.",
    });
    assert_eq!(answer.pinned(), envelope(not_allowed));

    v1.log(&note_with(json!({"idempotency_key": "k1"}))).await.expect(201);
    let other = note_with(json!({"idempotency_key": "k1", "body": "other"}));
    let answer = v1.log(&other).await.expect(409);
    let conflict = json!({
        "code": "idempotency_conflict",
        "message": "The idempotency key was already used with a different input.",
        "idempotency_key": "k1",
    });
    assert_eq!(answer.pinned(), envelope(conflict));

    let answer = v1.log_bytes(json_type, vec![b' '; MIB + 1]).await.expect(413);
    let too_large = json!({
        "code": "payload_too_large", "message": "The request body is larger than 1 MiB.",
    });
    assert_eq!(answer.pinned(), envelope(too_large));

    let answer = v1.log_bytes(json_type, format!("[{}0]", "0,".repeat(65_536))).await.expect(413);
    let too_many = json!({ "code": "payload_too_large", "message": TOO_MANY_VALUES });
    assert_eq!(answer.pinned(), envelope(too_many));

    let answer = v1.log_bytes("text/plain", "{}").await.expect(415);
    let unsupported = json!({
        "code": "unsupported_media_type",
        "message": "The request body must be application/json in UTF-8 without a content encoding.",
    });
    assert_eq!(answer.pinned(), envelope(unsupported));

    let answer = v1.log(&json!({"type": "note"})).await.expect(422);
    let invalid = json!({
        "code": "validation_failed",
        "message": "The request failed validation.",
        "field_errors": [{"field": "summary", "message": "is required"}],
    });
    assert_eq!(answer.pinned(), envelope(invalid));
}

#[tokio::test]
async fn every_refusal_in_the_logged_activity_dialect_has_just_this_body() {
    let stack = Stack::start().await;
    let writer = stack.issue_key("acme", "user:jo", &[Scope::ActivityWrite]).await;
    let key = stack.service_key("acme").await;

    let answer = stack.logged_activity("acme", "alk_acme.0.0").read(ABSENT_ID).await.expect(401);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let unauthorized = json!({"code": "unauthorized", "detail": "A valid credential is required."});
    assert_eq!(answer.json(), unauthorized);

    let answer =
        stack.logged_activity("acme", &writer).as_user("jo").read(ABSENT_ID).await.expect(403);
    let detail = "The credential does not include the scope required for this operation.";
    assert_eq!(answer.json(), json!({"code": "permission_required", "detail": detail}));

    let answer = stack.logged_activity("acme", &key).read(ABSENT_ID).await.expect(404);
    let detail = "The requested resource does not exist in this workspace.";
    assert_eq!(answer.json(), json!({"code": "not_found", "detail": detail}));
    let answer = stack.anonymous(Method::GET, "/api/activities/logged").send().await.expect(404);
    let detail =
        "There is no such path. Paths have no slash at the end; GET /openapi.json lists them.";
    assert_eq!(answer.json(), json!({"code": "not_found", "detail": detail}));

    let path = format!("/api/activities/logged/{ABSENT_ID}");
    let answer = stack.anonymous(Method::PATCH, &path).send().await.expect(405);
    assert_eq!(answer.header("allow"), "GET, HEAD");
    let detail = "The method is not allowed for this path.";
    assert_eq!(answer.json(), json!({"code": "method_not_allowed", "detail": detail}));
}

/// The codes that no route of this dialect answers with on the way of a read.
#[test]
fn the_logged_activity_dialect_writes_every_other_code_as_v1_names_it() {
    let written = |error: &Error| {
        let response = logged_activity::error(error);
        let body: Value = serde_json::from_slice(response.body()).expect("the body is JSON");
        (response.status().as_u16(), body)
    };
    let violations = Error::ValidationFailed(vec![
        FieldError::new("notes", "must be a string"),
        FieldError::new("notes", "must be shorter"),
        FieldError::new("fields", "is required"),
    ]);
    let by_field =
        json!({"fields": ["is required"], "notes": ["must be a string", "must be shorter"]});
    assert_eq!(written(&violations), (400, by_field));

    let key = IdempotencyKey::parse("k1").expect("the key is valid");
    for (error, status, code, detail) in [
        (Error::MalformedRequest("Why.".into()), 400, "malformed_request", "Why."),
        (
            Error::IdempotencyConflict(key),
            409,
            "idempotency_conflict",
            "The idempotency key was already used with a different input.",
        ),
        (
            Error::PayloadTooLarge,
            413,
            "payload_too_large",
            "The request body is larger than 1 MiB.",
        ),
        (Error::TooManyValues, 413, "payload_too_large", TOO_MANY_VALUES),
        (
            Error::UnsupportedMediaType,
            415,
            "unsupported_media_type",
            "The request body must be application/json in UTF-8 without a content encoding.",
        ),
    ] {
        assert_eq!(written(&error), (status, json!({"code": code, "detail": detail})));
    }
}

#[tokio::test]
async fn a_throttled_table_is_429_with_a_time_to_retry_in_both_dialects() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    v1.search(&[]).await.expect(200);
    let fault = engine.inject(Fault::on_any(When::Always, FaultKind::Throttle));

    let api = stack.logged_activity("acme", &key);
    let (found, logged) = tokio::join!(v1.get("/v1/activities"), api.read(ABSENT_ID));
    assert!(fault.fired() > 0);
    let message = "Too many requests. Retry later.";
    let (found, logged) = (found.expect(429), logged.expect(429));
    let members = json!({"code": "rate_limited", "message": message, "retry_after_seconds": 1});
    assert_eq!(found.pinned(), envelope(members));
    assert_eq!(logged.json(), json!({"code": "rate_limited", "detail": message}));
    for answer in [found, logged] {
        assert_eq!(answer.header("retry-after"), "1");
    }
}

#[tokio::test]
async fn a_table_that_is_gone_is_503_with_a_time_to_retry_in_both_dialects() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    v1.search(&[]).await.expect(200);
    drop(engine);

    let api = stack.logged_activity("acme", &key);
    let (found, logged, write) =
        tokio::join!(v1.get("/v1/activities"), api.read(ABSENT_ID), async {
            // The write has a deadline of its own, and staging waits for it.
            let input = note_with(json!({"idempotency_key": "k"}));
            v1.log(&input).await
        },);
    let message = "The service is unavailable. Retry later.";
    let (found, logged, write) = (found.expect(503), logged.expect(503), write.expect(503));
    let members = json!({"code": "unavailable", "message": message, "retry_after_seconds": 1});
    assert_eq!(found.pinned(), envelope(members.clone()));
    assert_eq!(write.pinned(), envelope(members));
    assert_eq!(logged.json(), json!({"code": "unavailable", "detail": message}));
    for answer in [found, logged, write] {
        assert_eq!(answer.header("retry-after"), "1");
    }
}

#[tokio::test]
async fn a_fault_of_this_service_is_500_with_constant_text_in_both_dialects() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    RawTable::of(&stack).await.corrupt(&format!("T#acme#ACT#{ABSENT_ID}"), "HEAD").await;

    let read = v1.read(ABSENT_ID).await.expect(500);
    let message = "An internal error occurred.";
    let members = json!({"code": "internal_error", "message": message});
    assert_eq!(read.pinned(), envelope(members.clone()));
    let logged = stack.logged_activity("acme", &key).read(ABSENT_ID).await.expect(500);
    assert_eq!(logged.json(), json!({"code": "internal_error", "detail": message}));
    // What is no position is not taken as absent.
    RawTable::of(&stack).await.corrupt("T#acme#IX", "2026-03-01").await;
    let found = v1.search(&[]).await.expect(500);
    assert_eq!(found.pinned(), envelope(members));
    for answer in [read, logged, found] {
        assert!(!answer.headers.contains_key("retry-after"));
    }
}

#[tokio::test]
async fn what_needs_no_table_is_answered_without_one() {
    let (stack, engine) = Stack::start_faulty().await;
    drop(engine);
    stack.anonymous(Method::GET, "/v1/activities").send().await.expect(401);
    stack.v1("alk_a.b").get("/v1/activities").await.expect(401);
    stack.v1("").get("/nothing").await.expect(404);
    stack.v1("").get("/v1/activities/").await.expect(404);
}
