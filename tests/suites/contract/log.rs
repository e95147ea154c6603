//! `POST /v1/activities`: a strict schema, every limit at and beyond it, and
//! what is answered.

use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_core::platform::config::RelatedResourceCheck;
use activity_log_tests::client::v1::{assert_violations, id_of, note, note_with, summaries};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_secs(60 * 60);
const ONE_OF_TYPES: &str = "must be one of: note call email meeting agent_action";
const ONE_OF_RESOURCES: &str = "must be one of: contact company deal task support_ticket";
const BAD_TIME: &str = "must be an RFC 3339 date-time with an offset, from 1970 on";

#[tokio::test]
async fn a_full_input_is_201_with_every_field_and_a_location() {
    let stack = Stack::start().await;
    let key = stack.issue_key("acme", "user:jo", Scope::ALL).await;
    let v1 = stack.v1(&key);
    stack.put_resource("acme", "support_ticket", "t#1 %é", None).await;
    let input = json!({
        "type": "agent_action",
        "summary": "Renewal",
        "body": "Line one\nline two",
        "related_resource_type": "support_ticket",
        "related_resource_id": "t#1 %é",
        "occurred_at": "2026-03-01T09:30:00.123456+02:00",
        "idempotency_key": "k",
    });
    let before = stack.clock.time();
    let answer = v1.log(&input).await.expect(201);
    let after = stack.clock.time();
    let id = id_of(&answer);
    let mut body = answer.pinned();
    let logged_at = body["activity"]["logged_at"].take();
    assert_eq!(
        body,
        json!({
            "activity": {
                "id": id,
                "tenant_id": "acme",
                "type": "agent_action",
                "summary": "Renewal",
                "body": "Line one\nline two",
                "related_resource_type": "support_ticket",
                "related_resource_id": "t#1 %é",
                "occurred_at": "2026-03-01T07:30:00.123Z",
                "source": "api",
                "actor": { "type": "user", "id": "jo" },
                "logged_at": null,
            },
            "request_id": "<request id>",
        })
    );
    let logged_at = logged_at.as_str().expect("it is text").to_owned();
    assert!(before.to_string() <= logged_at && logged_at <= after.to_string());
    assert_eq!(answer.header("location"), format!("/v1/activities/{id}"));
    assert!(!answer.headers.contains_key("idempotency-replayed"));
}

#[tokio::test]
async fn absent_optional_fields_are_left_out_and_occurred_at_is_now() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let body = v1.log(&note("x")).await.expect(201).json();
    let activity = body["activity"].as_object().expect("there is an activity");
    let names: Vec<&str> = activity.keys().map(String::as_str).collect();
    let mut expected =
        ["actor", "id", "logged_at", "occurred_at", "source", "summary", "tenant_id", "type"]
            .to_vec();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(activity["occurred_at"], activity["logged_at"]);
}

#[tokio::test]
async fn an_agent_that_logs_is_the_last_agent_actor() {
    let stack = Stack::start().await;
    let key = stack.issue_key("acme", "agent:assistant-7", Scope::ALL).await;
    let v1 = stack.v1(&key);
    let body = v1.log(&note("x")).await.expect(201).json();
    assert_eq!(body["activity"]["last_agent_actor_id"], "assistant-7");
}

#[tokio::test]
async fn null_and_wrong_types_are_violations_of_each_property() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for value in [json!(null), json!(1), json!(true), json!([]), json!({}), json!(["note"])] {
        let names = [
            "type",
            "summary",
            "body",
            "related_resource_type",
            "related_resource_id",
            "occurred_at",
            "idempotency_key",
        ];
        let input: Value = names.iter().map(|name| ((*name).to_owned(), value.clone())).collect();
        let answer = v1.log(&input).await;
        assert_violations(&answer, &names.map(|name| (name, "must be a string")));
    }
}

#[tokio::test]
async fn every_violation_is_listed_at_once() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    assert_violations(
        &v1.log(&json!({})).await,
        &[("type", "is required"), ("summary", "is required")],
    );
    let input = json!({
        "type": "Note",
        "summary": " \t\u{3000}\n",
        "body": "b".repeat(65_537),
        "related_resource_type": "person",
        "occurred_at": "yesterday",
        "idempotency_key": "",
        "tenant_id": "other",
        "id": 7,
    });
    let answer = v1.log(&input).await;
    assert_violations(
        &answer,
        &[
            ("type", ONE_OF_TYPES),
            ("summary", "must not be empty or only white space"),
            ("body", "must have at most 65536 characters"),
            ("related_resource_type", ONE_OF_RESOURCES),
            ("related_resource_id", "is required with related_resource_type"),
            ("occurred_at", BAD_TIME),
            ("idempotency_key", "must have 1 to 255 bytes"),
            ("tenant_id", "is not a known property"),
            ("id", "is not a known property"),
        ],
    );
}

#[tokio::test]
async fn what_is_not_an_object_and_unknown_properties_are_refused() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for body in ["null", "[]", "\"note\"", "1", "true", "[{\"type\":\"note\",\"summary\":\"x\"}]"] {
        let answer = v1.log_bytes("application/json", body).await;
        assert_violations(&answer, &[("$", "must be a JSON object")]);
    }
    for name in ["source", "dry_run", "Type", "summary ", "", "tenant_id", "fields", "$"] {
        let answer = v1.log(&note_with(json!({ name: "x" }))).await;
        assert_violations(&answer, &[(name, "is not a known property")]);
    }
    // A number that no double can hold as it is: refused, and no fault.
    let text = r#"{"type":"note","summary":"x","n":18446744073709551615,"m":-0.0,"o":1e308}"#;
    let answer = v1.log_bytes("application/json", text).await;
    let unknown = "is not a known property";
    assert_violations(&answer, &[("n", unknown), ("m", unknown), ("o", unknown)]);
}

#[tokio::test]
async fn every_type_and_every_kind_of_related_resource_is_taken() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for name in ["note", "call", "email", "meeting", "agent_action"] {
        let answer = v1.log(&json!({"type": name, "summary": "x"})).await.expect(201);
        assert_eq!(answer.json()["activity"]["type"], name);
    }
    for kind in ["contact", "company", "deal", "task", "support_ticket"] {
        stack.put_resource("acme", kind, "r1", None).await;
        let related = json!({"related_resource_type": kind, "related_resource_id": "r1"});
        let answer = v1.log(&note_with(related)).await.expect(201);
        assert_eq!(answer.json()["activity"]["related_resource_type"], kind);
    }
}

#[tokio::test]
async fn a_summary_has_1_to_500_characters_of_any_script() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for character in ["x", "é", "語", "😀"] {
        let longest = character.repeat(500);
        let answer = v1.log(&note(&longest)).await.expect(201);
        assert_eq!(answer.json()["activity"]["summary"], longest);
        let answer = v1.log(&note(&character.repeat(501))).await;
        assert_violations(&answer, &[("summary", "must have at most 500 characters")]);
    }
    for blank in ["", " ", "\u{a0}\u{2003}\r\n"] {
        let answer = v1.log(&note(blank)).await;
        assert_violations(&answer, &[("summary", "must not be empty or only white space")]);
    }
    v1.log(&note(" . ")).await.expect(201);
}

#[tokio::test]
async fn a_body_has_up_to_65536_characters_of_any_script_and_reads_back_whole() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for character in ["x", "é", "語", "😀"] {
        let longest = character.repeat(65_536);
        let answer = v1.log(&note_with(json!({"body": longest}))).await.expect(201);
        let read = v1.get(answer.header("location")).await.expect(200).json();
        assert_eq!(read["activity"]["body"], longest);
        let beyond = note_with(json!({"body": character.repeat(65_537)}));
        let answer = v1.log(&beyond).await;
        assert_violations(&answer, &[("body", "must have at most 65536 characters")]);
    }
    let answer = v1.log(&note_with(json!({"body": ""}))).await.expect(201);
    assert_eq!(answer.json()["activity"]["body"], "");
}

#[tokio::test]
async fn a_related_id_has_1_to_255_bytes_without_control_characters() {
    let stack = Stack::start_with(|config| {
        config.related_resource_check = RelatedResourceCheck::Off;
    })
    .await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let related =
        |id: &str| note_with(json!({"related_resource_type": "deal", "related_resource_id": id}));
    let longest = format!("{}x", "é".repeat(127));
    let escaped = "#%".repeat(127);
    for id in ["x", " ", "a/b?c#d%e", longest.as_str(), escaped.as_str()] {
        let answer = v1.log(&related(id)).await.expect(201);
        assert_eq!(answer.json()["activity"]["related_resource_id"], id);
        let parameters = [("related_resource_type", "deal"), ("related_resource_id", id)];
        let found = v1.search(&parameters).await.expect(200);
        assert_eq!(summaries(&found), ["Renewal"], "{id}");
    }
    for id in ["", &"é".repeat(128), &"x".repeat(256)] {
        let answer = v1.log(&related(id)).await;
        assert_violations(&answer, &[("related_resource_id", "must have 1 to 255 bytes")]);
    }
    for id in ["a\u{0}", "a\nb", "\u{7f}", "\u{85}"] {
        let answer = v1.log(&related(id)).await;
        assert_violations(&answer, &[("related_resource_id", "must not have control characters")]);
    }
}

#[tokio::test]
async fn related_type_and_id_come_together_or_not_at_all() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let answer = v1.log(&note_with(json!({"related_resource_type": "deal"}))).await;
    let missing = [("related_resource_id", "is required with related_resource_type")];
    assert_violations(&answer, &missing);
    let answer = v1.log(&note_with(json!({"related_resource_id": "d1"}))).await;
    let missing = [("related_resource_type", "is required with related_resource_id")];
    assert_violations(&answer, &missing);
}

#[tokio::test]
async fn an_idempotency_key_has_1_to_255_bytes_without_control_characters() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for given in ["x", "é".repeat(127).as_str(), "x".repeat(255).as_str()] {
        let input = note_with(json!({"idempotency_key": given}));
        v1.log(&input).await.expect(201);
        let call = v1.call(Method::POST, "/v1/activities");
        let answer = call.header("idempotency-key", given).json(&note("Renewal")).send().await;
        assert_eq!(answer.expect(201).header("idempotency-replayed"), "true");
    }
    let long = "x".repeat(256);
    for given in ["", long.as_str(), "é".repeat(128).as_str()] {
        let answer = v1.log(&note_with(json!({"idempotency_key": given}))).await;
        assert_violations(&answer, &[("idempotency_key", "must have 1 to 255 bytes")]);
        let call = v1.call(Method::POST, "/v1/activities");
        let answer = call.header("idempotency-key", given).json(&note("x")).send().await;
        assert_violations(&answer, &[("Idempotency-Key", "must have 1 to 255 bytes")]);
    }
    let answer = v1.log(&note_with(json!({"idempotency_key": "a\tb"}))).await;
    assert_violations(&answer, &[("idempotency_key", "must not have control characters")]);
}

/// A run of so many different ideographs is one term for each and one for each
/// pair of neighbours.
fn ideographs(count: u32) -> String {
    (0x4E00..0x4E00 + count).filter_map(char::from_u32).collect()
}

/// What is within the limit is told from what is beyond it by the check that
/// comes next: writing so many terms takes an embedded engine half a minute.
#[tokio::test]
async fn a_record_has_up_to_32768_distinct_terms_with_its_summary() {
    const TOO_MANY: &str = "summary and body together must not have more than 32768 distinct \
        words; in scripts without spaces, each character and each pair of characters counts as one";
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let input = |summary: &str, body: String| {
        json!({
            "type": "note",
            "summary": summary,
            "body": body,
            "related_resource_type": "deal",
            "related_resource_id": "unknown",
        })
    };
    // 16,384 units, 16,383 pairs, and one word of the summary.
    v1.log(&input("Renewal, RENEWALS", ideographs(16_384))).await.expect(404);
    let answer = v1.log(&input("Renewal signed", ideographs(16_384))).await;
    assert_violations(&answer, &[("body", TOO_MANY)]);
    // The body alone may have too many, whatever else is wrong.
    let answer = v1.log(&input("", ideographs(16_385))).await;
    let blank = ("summary", "must not be empty or only white space");
    assert_violations(&answer, &[blank, ("body", TOO_MANY)]);
}

#[tokio::test]
async fn a_record_of_a_thousand_terms_is_found_by_its_last() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let body = ideographs(500);
    v1.log(&note_with(json!({"body": body}))).await.expect(201);
    let last: String = body.chars().skip(497).collect();
    let found = v1.search(&[("query", &format!("renewal {last}"))]).await.expect(200);
    assert_eq!(summaries(&found), ["Renewal"]);
}

#[tokio::test]
async fn occurred_at_has_an_offset_and_is_stored_in_utc_with_milliseconds() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for (given, stored) in [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
        ("1969-12-31T23:59:00-00:01", "1970-01-01T00:00:00.000Z"),
        ("2026-03-01T09:30:00.9999+05:30", "2026-03-01T04:00:00.999Z"),
        ("2026-03-01t09:30:00z", "2026-03-01T09:30:00.000Z"),
    ] {
        let answer = v1.log(&note_with(json!({"occurred_at": given}))).await.expect(201);
        assert_eq!(answer.json()["activity"]["occurred_at"], stored);
    }
    for given in [
        "",
        "now",
        "2026-03-01",
        "2026-03-01T09:30:00",
        "2026-03-01T09:30",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-03-01T24:00:01Z",
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00+00:01",
        "1772357400",
        " 2026-03-01T09:30:00Z",
    ] {
        let answer = v1.log(&note_with(json!({"occurred_at": given}))).await;
        assert_violations(&answer, &[("occurred_at", BAD_TIME)]);
    }
}

#[tokio::test]
async fn occurred_at_is_at_most_24_hours_ahead_whatever_its_offset() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let day = 24 * HOUR;
    let now = stack.clock.time();
    // The clock goes on meanwhile, so what is allowed now still is.
    let allowed = now.plus(day).to_string();
    let shifted = allowed.replace('Z', "-12:00");
    v1.log(&note_with(json!({"occurred_at": allowed}))).await.expect(201);
    // The same digits twelve hours west of Greenwich are twelve hours later.
    let too_far = [("occurred_at", "must be at most 24 hours from now")];
    let answer = v1.log(&note_with(json!({"occurred_at": shifted}))).await;
    assert_violations(&answer, &too_far);
    let hour_more = now.plus(day + HOUR).to_string();
    let answer = v1.log(&note_with(json!({"occurred_at": hour_more}))).await;
    assert_violations(&answer, &too_far);
    stack.clock.advance(HOUR);
    v1.log(&note_with(json!({"occurred_at": hour_more}))).await.expect(201);
    // East of Greenwich the same digits are earlier, and the date is tomorrow's.
    let east = now.plus(day + 13 * HOUR).to_string().replace('Z', "+14:00");
    v1.log(&note_with(json!({"occurred_at": east}))).await.expect(201);
}

#[tokio::test]
async fn the_longest_list_of_violations_is_cut_at_100() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let input: Value = (0..150).map(|n| (format!("p{n}"), json!(n))).collect();
    let answer = v1.log(&input).await.expect(422).json();
    assert_eq!(answer["error"]["field_errors"].as_array().map(Vec::len), Some(100));
}

#[tokio::test]
async fn an_unknown_deleted_or_foreign_related_resource_is_404_and_nothing_is_logged() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    stack.put_resource("other", "contact", "theirs", None).await;
    stack.put_resource("acme", "deal", "known", None).await;
    stack.put_resource("acme", "contact", "gone", Some("Jane")).await;
    stack.delete_resource("acme", "contact", "gone").await;

    let mut bodies = Vec::new();
    for (kind, id) in [
        ("contact", "never"),
        ("contact", "gone"),
        ("contact", "theirs"),
        ("contact", "known"),
        ("deal", "Known"),
    ] {
        let related = json!({"related_resource_type": kind, "related_resource_id": id});
        let answer = v1.log(&note_with(related)).await.expect(404);
        let message = "there is no such resource in this workspace";
        let named = json!([{ "field": "related_resource_id", "message": message }]);
        assert_eq!(answer.json()["error"]["field_errors"], named);
        bodies.push(answer.body_without_request_id());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "each is answered as if it had never been");
    assert!(summaries(&v1.search(&[]).await.expect(200)).is_empty());
}

#[tokio::test]
async fn with_the_check_off_any_related_resource_is_taken() {
    let stack = Stack::start_with(|config| {
        config.related_resource_check = RelatedResourceCheck::Off;
    })
    .await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let related = json!({"related_resource_type": "task", "related_resource_id": "anything"});
    let answer = v1.log(&note_with(related.clone())).await.expect(201);
    assert_eq!(answer.json()["activity"]["related_resource_id"], "anything");
}
