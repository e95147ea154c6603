//! What is to be given once, and what gateways decode, join, repeat and drop.

use activity_log_tests::client::Answer;
use activity_log_tests::client::logged_activity::{assert_refused, empty};
use activity_log_tests::client::v1::{assert_violations, note, summaries};
use activity_log_tests::gateway::{GATEWAYS, Gateway, Sent};
use serde_json::json;

use super::Doors;

const COMMA: &str =
    "must not have a comma: in /v1, such a key goes into the body, as idempotency_key";

/// The answers of every door, and of the local server first.
async fn answers(doors: &Doors, sent: &Sent) -> Vec<(Option<Gateway>, Answer)> {
    let mut answers = vec![(None, sent.to_console(doors.stack()).await)];
    for gateway in GATEWAYS {
        answers.push((Some(gateway), gateway.send(doors.stack(), sent).await));
    }
    answers
}

#[tokio::test]
async fn a_key_with_a_comma_is_refused_in_the_header_and_taken_in_the_body() {
    let doors = Doors::open().await;
    let log = doors.bearer(Sent::new("POST", "/v1/activities"));
    let with_header = log.clone().header("idempotency-key", "a,b").json(&note("x"));
    let with_property =
        log.json(&json!({ "type": "note", "summary": "x", "idempotency_key": "a,b" }));
    for (_, answer) in answers(&doors, &with_header).await {
        assert_violations(&answer, &[("Idempotency-Key", COMMA)]);
    }
    for (_, answer) in answers(&doors, &with_property).await {
        let _ = answer.expect(201);
    }
    let typed = doors.on_behalf(Sent::new("POST", "/api/activities/site_visit/log-activity"));
    let typed = typed.header("idempotency-key", "a,b").json(&empty());
    for (_, answer) in answers(&doors, &typed).await {
        assert_refused(&answer, "Idempotency-Key");
    }
}

#[tokio::test]
async fn a_key_that_is_given_twice_is_refused_where_that_can_be_seen() {
    let doors = Doors::open().await;
    let log = doors.bearer(Sent::new("POST", "/v1/activities")).json(&note("x"));
    let twice = log.header("idempotency-key", "first").header("idempotency-key", "second");
    for (gateway, answer) in answers(&doors, &twice).await {
        let message = match gateway {
            // Its last value is all that it sends.
            Some(Gateway::LoadBalancer { multi_value: false }) => {
                let _ = answer.expect(201);
                continue;
            }
            Some(Gateway::HttpApi { .. } | Gateway::FunctionUrl) => COMMA,
            _ => "is given more than once",
        };
        assert_violations(&answer, &[("Idempotency-Key", message)]);
    }
}

#[tokio::test]
async fn a_credential_that_is_given_twice_is_401_where_that_can_be_seen() {
    let doors = Doors::open().await;
    let bearer = doors.bearer(Sent::new("GET", "/v1/activities"));
    let on_behalf = doors.on_behalf(Sent::new("GET", "/api/activities"));
    for (sent, name) in [
        (bearer, "authorization"),
        (on_behalf.clone(), "x-api-key"),
        (on_behalf.clone(), "x-business-id"),
        (on_behalf, "x-user-id"),
    ] {
        let (_, value) = sent.headers.iter().find(|(given, _)| *given == name).expect("it has it");
        let twice = sent.clone().header(name, &value.clone());
        for (gateway, answer) in answers(&doors, &twice).await {
            let shown = gateway.is_none_or(Gateway::shows_repetition);
            let status = if shown { 401 } else { 200 };
            assert_eq!(answer.status.as_u16(), status, "{gateway:?} {name}");
        }
    }
}

#[tokio::test]
async fn a_credential_with_a_comma_is_401_at_every_door() {
    let doors = Doors::open().await;
    let on_behalf = doors.on_behalf(Sent::new("GET", "/api/activities"));
    for name in ["x-api-key", "x-business-id", "x-user-id"] {
        let mut sent = on_behalf.clone();
        let header = sent.headers.iter_mut().find(|(given, _)| *given == name);
        header.expect("it has it").1.push_str(",jane");
        assert_eq!(doors.assert_equal(&sent).await.status, 401, "{name}");
    }
    let key = &doors.workspace.key;
    let joined = Sent::new("GET", "/v1/activities")
        .header("authorization", &format!("Bearer {key}, Bearer {key}"));
    assert_eq!(doors.assert_equal(&joined).await.status, 401);
}

#[tokio::test]
async fn parameters_come_out_as_they_were_meant() {
    let doors = Doors::open().await;
    let log = |summary: &str| {
        doors.bearer(Sent::new("POST", "/v1/activities")).json(&json!({
            "type": "note", "summary": summary, "occurred_at": "2026-01-01T00:30:00Z",
        }))
    };
    for summary in ["black&white", "one plus", "50% off", "Käse"] {
        let _ = log(summary).to_console(doors.stack()).await.expect(201);
    }
    for (query, found) in [
        ("query=black%26white", "black&white"),
        ("query=one+plus", "one plus"),
        ("query=one%20plus", "one plus"),
        ("query=50%25+off", "50% off"),
        ("query=K%C3%A4se", "Käse"),
        ("%71uery=K%c3%a4se", "Käse"),
        // Half past one in Europe is later than one there, and not than one here.
        ("query=one&occurred_after=2026-01-01T01:00:00%2B01:00", "one plus"),
        (
            "query=one&occurred_after=2026-01-01T00:00:00Z&occurred_before=2026-01-01T01:00:00Z",
            "one plus",
        ),
        (
            "query=one&occurred_after=2026-01-01T01:00:00+01:00&occurred_before=2026-01-01T02:00+01",
            "one plus",
        ),
    ] {
        let sent = doors.bearer(Sent::new("GET", &format!("/v1/activities?{query}")));
        let answer = doors.assert_equal(&sent).await.expect(200);
        assert_eq!(summaries(&answer), [found], "{query}");
    }
    for query in [
        "occurred_after=2026-01-01+00:00:00Z",
        "type=%00",
        "limit=1%2C2",
        "query=",
        "query",
        "=x",
        "a=1&b=2",
    ] {
        let sent = doors.bearer(Sent::new("GET", &format!("/v1/activities?{query}")));
        assert_eq!(doors.assert_equal(&sent).await.status, 422, "{query}");
    }
}

#[tokio::test]
async fn a_parameter_that_is_given_twice_is_refused_where_that_can_be_seen() {
    let doors = Doors::open().await;
    for query in ["source=api&source=mcp", "limit=1&limit=1", "limit=1&type=note&limit=1"] {
        let sent = doors.bearer(Sent::new("GET", &format!("/v1/activities?{query}")));
        for (gateway, answer) in answers(&doors, &sent).await {
            let shown = gateway.is_none_or(Gateway::shows_repetition);
            assert_eq!(answer.status.as_u16(), if shown { 422 } else { 200 }, "{gateway:?}");
        }
    }
}

#[tokio::test]
async fn several_types_pass_every_gateway_that_sends_what_is_repeated() {
    let doors = Doors::open().await;
    for (name, at) in [("call", "01"), ("email", "02"), ("note", "03")] {
        let input = json!({
            "type": name, "summary": name, "occurred_at": format!("2026-01-{at}T00:00:00Z"),
        });
        let sent = doors.bearer(Sent::new("POST", "/v1/activities")).json(&input);
        let _ = sent.to_console(doors.stack()).await.expect(201);
    }
    let path = "/v1/activities?type=call&type=email&query=call+OR+email+OR+note&type=call";
    for (gateway, answer) in answers(&doors, &doors.bearer(Sent::new("GET", path))).await {
        let shown = gateway.is_none_or(Gateway::shows_repetition);
        let found: &[&str] = if shown { &["email", "call"] } else { &["call"] };
        assert_eq!(summaries(&answer.expect(200)), found, "{gateway:?}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_decoded_is_400_where_it_arrives_as_it_was_written() {
    let doors = Doors::open().await;
    for query in ["query=%", "query=%4", "query=%zz", "query=%ff", "%80=x"] {
        let sent = doors.bearer(Sent::new("GET", &format!("/v1/activities?{query}")));
        for (gateway, answer) in answers(&doors, &sent).await {
            // A REST API decodes before the function can look.
            if !matches!(gateway, Some(Gateway::RestApi { .. })) {
                let code = answer.expect(400).error_code();
                assert_eq!(code, "malformed_request", "{gateway:?} {query}");
            }
        }
    }
}
