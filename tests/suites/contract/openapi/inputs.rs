//! What is described of inputs is what the functions take.

use std::collections::BTreeSet;

use activity_log_core::domain::activity::{RelatedResourceId, Summary};
use activity_log_core::http::routes::{Dialect, Operation, described_routes, dialect_of};
use activity_log_core::platform::config::RelatedResourceCheck;
use activity_log_tests::client::{ABSENT_ID, encode};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::{Map, Value, json};

use super::{Description, absent_id, array, call, route_of, typed};

/// What becomes of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Schema and function take it.
    Taken,
    /// Both refuse it.
    Refused,
    /// The schema has no words for the rule, but the description has.
    RefusedInWords,
    /// It is taken too, as the description says, but what is described is the
    /// standard form alone.
    TakenInWords,
}
use Verdict::{Refused, RefusedInWords, Taken, TakenInWords};

/// Times, and whether they are RFC 3339 with an offset and within the years
/// that a record can have.
const TIMES: &[(&str, Verdict)] = &[
    ("2026-03-01T09:30:00Z", Taken),
    ("2026-03-01T09:30:00.123456789Z", Taken),
    ("2026-03-01t09:30:00z", Taken),
    ("2026-03-01T09:30:00+05:30", Taken),
    ("2026-03-01T09:30:00-00:00", Taken),
    ("1970-01-01T00:00:00Z", Taken),
    ("2016-12-31T23:59:60Z", Taken),
    ("1969-12-31T23:59:59Z", RefusedInWords),
    ("1970-01-01T00:00:00+01:00", RefusedInWords),
    ("2026-03-01 09:30:00Z", Refused),
    ("2026-03-01T09:30:00", Refused),
    ("2026-03-01T09:30Z", TakenInWords),
    ("2026-03-01T09:30:00+0530", TakenInWords),
    ("2026-03-01T09:30+05", TakenInWords),
    ("2026-03-01T09:30:00\u{2212}05:00", Refused),
    ("2026-03-01T24:00:00Z", Refused),
    ("2026-02-30T09:30:00Z", Refused),
    ("2026-03-01", Refused),
    ("yesterday", Refused),
    ("", Refused),
];

/// Texts as ids and keys of a caller.
fn ids() -> Vec<(String, Verdict)> {
    vec![
        ("x".repeat(255), Taken),
        ("é".repeat(127), Taken),
        (" ".to_owned(), Taken),
        ("\u{2028}".to_owned(), Taken),
        (String::new(), Refused),
        ("x".repeat(256), Refused),
        ("a\nb".to_owned(), Refused),
        ("\u{0}".to_owned(), Refused),
        ("\u{7f}".to_owned(), Refused),
        ("\u{9f}".to_owned(), Refused),
        ("é".repeat(128), RefusedInWords),
    ]
}

fn input_cases() -> Vec<(Value, Verdict)> {
    let with = |name: &str, value: Value| {
        let mut input = json!({ "type": "note", "summary": "x" });
        input[name] = value;
        input
    };
    let related = |kind: Value, id: Value| {
        let mut input = with("related_resource_type", kind);
        input["related_resource_id"] = id;
        input
    };
    let mut cases = vec![
        (json!({}), Refused),
        (json!([]), Refused),
        (json!("x"), Refused),
        (json!(null), Refused),
        (json!({ "type": "note" }), Refused),
        (json!({ "summary": "x" }), Refused),
        (with("verbose", json!(true)), Refused),
        (with("id", json!(ABSENT_ID)), Refused),
        (with("type", json!("Note")), Refused),
        (with("type", json!("sms")), Refused),
        (with("summary", json!("")), Refused),
        (with("summary", json!(" \t\n\u{85}\u{3000}")), Refused),
        (with("summary", json!("\u{feff}")), Taken),
        (with("summary", json!("語".repeat(500))), Taken),
        (with("summary", json!("😀".repeat(500))), Taken),
        (with("summary", json!("x".repeat(501))), Refused),
        (with("summary", json!("😀".repeat(501))), Refused),
        (with("body", json!("")), Taken),
        (with("body", json!("語".repeat(65_536))), Taken),
        (with("body", json!("x".repeat(65_537))), Refused),
        (related(json!("contact"), json!("con_123")), Taken),
        (related(json!("lead"), json!("con_123")), Refused),
        (with("related_resource_type", json!("contact")), Refused),
        (with("related_resource_id", json!("con_123")), Refused),
        (with("occurred_at", json!("2999-01-01T00:00:00Z")), RefusedInWords),
    ];
    for word in ["call", "email", "meeting", "agent_action"] {
        cases.push((with("type", json!(word)), Taken));
    }
    for word in ["company", "deal", "task", "support_ticket"] {
        cases.push((related(json!(word), json!("1")), Taken));
    }
    for (time, verdict) in TIMES {
        cases.push((with("occurred_at", json!(time)), *verdict));
    }
    for (id, verdict) in ids() {
        cases.push((related(json!("deal"), json!(id)), verdict));
        cases.push((with("idempotency_key", json!(id)), verdict));
    }
    for name in ["type", "summary", "body", "occurred_at", "idempotency_key"] {
        for value in [json!(null), json!(1), json!(true), json!([]), json!({})] {
            cases.push((with(name, value), Refused));
        }
    }
    for value in [json!(null), json!(1)] {
        cases.push((related(value.clone(), json!("1")), Refused));
        cases.push((related(json!("deal"), value), Refused));
    }
    cases
}

#[tokio::test]
async fn the_described_input_is_the_one_that_is_taken() {
    let stack =
        Stack::start_with(|config| config.related_resource_check = RelatedResourceCheck::Off).await;
    let description = Description::of(&stack).await;
    let key = stack.service_key("acme").await;
    let body = &description.operation(route_of(Operation::LogActivity))["requestBody"];
    assert_eq!(body["required"], true);
    let validator = description.validator(&body["content"]["application/json"]["schema"]);
    let mut wrong = Vec::new();
    for (number, (mut input, expected)) in input_cases().into_iter().enumerate() {
        let described = validator.is_valid(&input);
        // Keys are shared, and one of another input would be a conflict.
        let key = if expected == Taken && input.get("idempotency_key").is_some() {
            stack.service_key(&format!("tenant-{number}")).await
        } else {
            key.clone()
        };
        let status = stack.v1(&key).log(&input).await.status.as_u16();
        let taken = match status {
            201 => true,
            422 => false,
            other => panic!("{other}"),
        };
        let verdict = match (described, taken) {
            (true, true) => Taken,
            (false, false) => Refused,
            (true, false) => RefusedInWords,
            (false, true) => TakenInWords,
        };
        if verdict != expected {
            for value in input.as_object_mut().into_iter().flat_map(Map::values_mut) {
                if let Value::String(text) = value {
                    *text = text.chars().take(40).collect();
                }
            }
            wrong.push(format!("{input} is {verdict:?} and not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_described_idempotency_key_header_is_the_one_that_is_taken() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let log = route_of(Operation::LogActivity);
    let header = description.parameters(log, "header")["Idempotency-Key"];
    assert_eq!(header["required"], false);
    let validator = description.validator(&header["schema"]);
    let input = json!({ "type": "note", "summary": "x" });
    for (value, expected) in [
        ("k", true),
        (&"x".repeat(255), true),
        ("a b", true),
        ("é", true),
        ("", false),
        (&"x".repeat(256), false),
    ] {
        assert_eq!(validator.is_valid(&json!(value)), expected, "{value}");
        let call = v1.call(Method::POST, log.template).header("idempotency-key", value);
        let status = if expected { 201 } else { 422 };
        let _ = call.json(&input).send().await.expect(status);
    }
}

/// Each property of an input is described alone, so that what goes together is
/// said in words.
fn parameter_cases(operation: Operation) -> Vec<(Vec<(&'static str, String)>, Verdict)> {
    let one = |name: &'static str, value: &str, verdict| (vec![(name, value.to_owned())], verdict);
    let mut cases = vec![
        one("limit", "1", Taken),
        one("limit", "100", Taken),
        one("limit", "0", Refused),
        one("limit", "101", Refused),
        one("limit", "-1", Refused),
        one("limit", "1.5", Refused),
        one("limit", "", Refused),
        one("limit", "ten", Refused),
        one("cursor", "", Refused),
        one("cursor", "damaged", RefusedInWords),
        (
            vec![
                ("occurred_after", "2026-03-01T00:00:00Z".to_owned()),
                ("occurred_before", "2026-03-01T00:00:00Z".to_owned()),
            ],
            RefusedInWords,
        ),
    ];
    for (time, verdict) in TIMES {
        cases.push(one("occurred_after", time, *verdict));
        cases.push(one("occurred_before", time, *verdict));
    }
    if operation == Operation::SearchActivity {
        let related = |kind: &str, id: &str| {
            vec![("related_resource_type", kind.to_owned()), ("related_resource_id", id.to_owned())]
        };
        let types = |types: &[&str]| -> Vec<(&'static str, String)> {
            types.iter().map(|one| ("type", (*one).to_owned())).collect()
        };
        let by = |id: &str, actor_type: &str| {
            vec![("actor_id", id.to_owned()), ("actor_type", actor_type.to_owned())]
        };
        cases.extend([
            one("query", "pricing", Taken),
            one("query", &format!("x {}", " ".repeat(498)), Taken),
            one("query", &format!("x {}", " ".repeat(499)), Refused),
            one("query", "", Refused),
            one("query", "?!", RefusedInWords),
            one("query", &"x ".repeat(17), RefusedInWords),
            one("type", "note", Taken),
            one("type", "agent_action", Taken),
            one("type", "sms", Refused),
            one("type", "", Refused),
            one("type", "note,call", Refused),
            (types(&["note", "email"]), Taken),
            (types(&["call", "call", "call", "call", "call"]), Taken),
            (types(&["call", "call", "call", "call", "call", "call"]), Refused),
            (types(&["note", "sms"]), Refused),
            one("source", "admin", Taken),
            one("source", "fax", Refused),
            one("actor_type", "user", RefusedInWords),
            (by("jane", "user"), Taken),
            (by("user:jane", "user"), Taken),
            (by("service:crm", "user"), RefusedInWords),
            (by("jane", "robot"), Refused),
            one("related_resource_type", "contact", RefusedInWords),
            one("related_resource_id", "con_123", RefusedInWords),
            (related("lead", "1"), Refused),
        ]);
        for (id, verdict) in ids() {
            cases.push((related("support_ticket", &id), verdict));
            cases.push(one("actor_id", &id, verdict));
        }
    } else {
        cases.extend([
            one("resource_id", ABSENT_ID, Taken),
            one("resource_id", &ABSENT_ID.replace('7', "F"), Taken),
            one("resource_id", "contact:con_1", Taken),
            one("resource_type", "key", Taken),
            one("resource_type", "person", Refused),
            one("actor_type", "service", Taken),
            one("actor_type", "robot", Refused),
            one("action", "key.created", Taken),
            one("action", "key.lost", Refused),
            one("credential_id", "3f9c1d0a7b2e4856", Taken),
            one("credential_id", "A", Refused),
            one("source", "admin", Taken),
            one("source", "fax", Refused),
            one("status", "succeeded", Taken),
            one("status", "denied", Taken),
            one("status", "rejected", Taken),
            one("status", "failed", Refused),
        ]);
        for (id, verdict) in ids() {
            cases.push(one("actor_id", &id, verdict));
            // The longest and the shortest id are no longer and no shorter in full.
            let in_full = format!("agent:{id}");
            if verdict != Refused || id.len() > 255 || id.contains(char::is_control) {
                cases.push(one("actor_id", &in_full, verdict));
            }
            cases.push(one("request_id", &id, verdict));
        }
    }
    cases
}

#[tokio::test]
async fn the_described_parameters_are_those_that_are_taken() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let key = stack.service_key("acme").await;
    let mut wrong = Vec::new();
    for operation in [Operation::SearchActivity, Operation::ListAuditEvents] {
        let route = route_of(operation);
        let parameters = description.parameters(route, "query");
        let mut tried = BTreeSet::new();
        for (pairs, expected) in parameter_cases(operation) {
            let described = pairs.iter().all(|(name, value)| {
                let schema = &parameters[*name]["schema"];
                let value = match schema["type"] == "array" {
                    false => typed(schema, value),
                    true => {
                        let all = pairs.iter().filter(|(other, _)| other == name);
                        all.map(|(_, value)| typed(&schema["items"], value)).collect()
                    }
                };
                description.validator(schema).is_valid(&value)
            });
            let pairs: Vec<(&str, &str)> =
                pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            tried.extend(pairs.iter().map(|(name, _)| (*name).to_owned()));
            let query = format!("?{}", encode(&pairs));
            let answer = call(&stack, route, "", &query, Some(&key)).send().await;
            let verdict = match (described, answer.status.as_u16()) {
                (true, 200) => Taken,
                (false, 200) => TakenInWords,
                (false, 422) => Refused,
                (true, 422) => RefusedInWords,
                (_, status) => {
                    wrong.push(format!("{pairs:?}: {status}, described: {described}"));
                    continue;
                }
            };
            if verdict != expected {
                wrong.push(format!("{pairs:?} is {verdict:?} and not {expected:?}"));
            }
        }
        assert_eq!(tried, parameters.into_keys().collect());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn parameters_that_are_not_described_are_refused_or_ignored_everywhere() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let key = stack.service_key("acme").await;
    let everywhere: BTreeSet<String> = described_routes()
        .flat_map(|route| description.parameters(route, "query").into_keys())
        .chain(["verbose".to_owned(), "Limit".to_owned(), String::new()])
        .collect();
    for route in described_routes() {
        let described = description.parameters(route, "query");
        let id = absent_id(route);
        for name in everywhere.iter().filter(|name| !described.contains_key(*name)) {
            let query = format!("?{}", encode(&[(name, "1")]));
            let key = (!route.is_open()).then_some(key.as_str());
            let answer = call(&stack, route, id, &query, key).send().await;
            match dialect_of(route.template) {
                Dialect::V1 | Dialect::Mcp => {
                    let body = answer.expect(422).body;
                    assert!(String::from_utf8_lossy(&body).contains("is not a known parameter"));
                }
                // Its clients send some that it does not have.
                Dialect::LoggedActivity => {
                    let without = call(&stack, route, id, "", key).send().await;
                    assert_eq!(answer.status, without.status, "{query} of {route:?}");
                }
            }
        }
        let once = described.iter().filter(|(_, parameter)| parameter["schema"]["type"] != "array");
        for name in once.map(|(name, _)| name) {
            let query = format!("?{}", encode(&[(name, "1"), (name, "1")]));
            let answer = call(&stack, route, id, &query, Some(&key)).send().await;
            let (errors, repeated) = match dialect_of(route.template) {
                Dialect::V1 | Dialect::Mcp => (
                    answer.expect(422).json()["error"]["field_errors"].clone(),
                    json!({ "field": name, "message": "is given more than once" }),
                ),
                Dialect::LoggedActivity => {
                    (answer.expect(400).json()[name].clone(), json!("is given more than once"))
                }
            };
            assert!(array(&errors).contains(&repeated), "{errors}");
        }
    }
}

/// The patterns name characters one by one, since engines differ in what `\s`
/// and the like stand for.
#[tokio::test]
async fn the_described_characters_are_those_that_are_taken() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let schema = |name: &str| {
        let properties =
            &description.document["components"]["schemas"]["LogActivityInput"]["properties"];
        description.validator(&properties[name])
    };
    let (summary, id) = (schema("summary"), schema("related_resource_id"));
    // Beyond the first plane there are neither control characters nor white space.
    for c in ('\u{0}'..='\u{ffff}').chain(['\u{10000}', char::MAX]) {
        let text = c.to_string();
        let value = json!(text);
        assert_eq!(summary.is_valid(&value), Summary::parse(&text).is_ok(), "{c:?}");
        assert_eq!(id.is_valid(&value), RelatedResourceId::parse(&text).is_ok(), "{c:?}");
    }
}
