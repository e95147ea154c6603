//! A client of `/v1`, its smallest inputs, and the parts of its answers that
//! suites look at.

use activity_log_core::domain::client::Client;
use activity_log_core::http::message::Request;
use activity_log_core::http::request_body::RequestBody;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Value, json};

use super::{Answer, Http, HttpCall, with_query};

/// The path of the activities.
pub const ACTIVITIES: &str = "/v1/activities";
/// The path of the audit trail.
pub const AUDIT_EVENTS: &str = "/v1/audit-events";

/// A caller with a bearer key.
#[derive(Clone, Debug)]
pub struct V1 {
    http: Http,
    key: String,
}

impl V1 {
    pub(crate) fn new(http: Http, key: &str) -> Self {
        Self { http, key: key.to_owned() }
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// A call of any path with the key.
    #[must_use]
    pub fn call(&self, method: Method, path: &str) -> HttpCall {
        self.http.call(method, path).header("authorization", &format!("Bearer {}", self.key))
    }

    /// `GET` of any path.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    /// Logs an activity.
    pub async fn log(&self, input: &Value) -> Answer {
        self.call(Method::POST, ACTIVITIES).json(input).send().await
    }

    /// Logs with the header `Idempotency-Key`.
    pub async fn log_with_key(&self, input: &Value, idempotency_key: &str) -> Answer {
        let call = self.call(Method::POST, ACTIVITIES);
        call.header("idempotency-key", idempotency_key).json(input).send().await
    }

    /// Sends a body of any bytes where an activity is logged.
    pub async fn log_bytes(&self, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let call = self.call(Method::POST, ACTIVITIES).header("content-type", content_type);
        call.body(body.into()).send().await
    }

    /// Reads an activity by its id.
    pub async fn read(&self, id: &str) -> Answer {
        self.get(&path_of(id)).await
    }

    /// A page of the activities that all parameters match.
    pub async fn search(&self, parameters: &[(&str, &str)]) -> Answer {
        self.get(&with_query(ACTIVITIES, parameters)).await
    }

    /// A page of the audit trail.
    pub async fn audit_events(&self, parameters: &[(&str, &str)]) -> Answer {
        self.get(&with_query(AUDIT_EVENTS, parameters)).await
    }

    /// All pages of a search, as one list.
    pub async fn every_activity(&self, parameters: &[(&str, &str)]) -> Vec<Value> {
        self.every_row(ACTIVITIES, parameters).await
    }

    /// All pages of the audit trail, as one list, without the event that tells of such
    /// reads.
    pub async fn every_audit_event(&self, parameters: &[(&str, &str)]) -> Vec<Value> {
        let mut events = self.every_row(AUDIT_EVENTS, parameters).await;
        events.retain(|event| event["action"] != "audit_event.read");
        events
    }

    /// All pages of a listing, as one list. A page that is refused for now is
    /// asked for again.
    pub async fn every_row(&self, path: &str, parameters: &[(&str, &str)]) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor: Option<String> = None;
        let mut refusals = 0;
        loop {
            let mut parameters = parameters.to_vec();
            if !parameters.iter().any(|(name, _)| *name == "limit") {
                parameters.push(("limit", "100"));
            }
            if let Some(cursor) = &cursor {
                parameters.push(("cursor", cursor));
            }
            let page = self.get(&with_query(path, &parameters)).await;
            if is_refused_for_now(&page) && refusals < 20 {
                refusals += 1;
                continue;
            }
            let page = page.expect(200).json();
            let list = page.get("activities").or_else(|| page.get("audit_events"));
            rows.extend(list.and_then(Value::as_array).expect("a page has rows").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return rows,
            }
        }
    }
}

/// The path of an activity.
#[must_use]
pub fn path_of(id: &str) -> String {
    format!("{ACTIVITIES}/{id}")
}

/// The request that logs an activity, as a function receives it.
///
/// # Panics
///
/// When the key is not ASCII.
#[must_use]
pub fn log_request(key: &str, input: &Value) -> Request {
    let authorization = HeaderValue::try_from(format!("Bearer {key}"));
    Request {
        method: Method::POST,
        prefix: String::new(),
        path: ACTIVITIES.to_owned(),
        query: String::new(),
        headers: HeaderMap::from_iter([
            (header::AUTHORIZATION, authorization.expect("a key is ASCII")),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        ]),
        body: RequestBody::of(input.to_string().into()),
        client: Client::default(),
    }
}

/// The smallest input.
#[must_use]
pub fn note(summary: &str) -> Value {
    json!({ "type": "note", "summary": summary })
}

/// The smallest input with further properties.
///
/// # Panics
///
/// When they are not an object.
#[must_use]
pub fn note_with(further: Value) -> Value {
    let mut input = note("Renewal");
    let properties = input.as_object_mut().expect("an input is an object");
    properties.extend(further.as_object().expect("properties are an object").clone());
    input
}

/// The id of the one activity in an answer.
#[must_use]
#[track_caller]
pub fn id_of(answer: &Answer) -> String {
    let id = answer.json()["activity"]["id"].as_str().map(str::to_owned);
    id.expect("the answer has an activity")
}

/// The public part of a key, by which the trail names its credential.
///
/// # Panics
///
/// When it is no key.
#[must_use]
pub fn key_id_of(key: &str) -> &str {
    key.split('.').nth(1).expect("a key has three parts")
}

/// One property of every row of a page.
#[must_use]
#[track_caller]
pub fn rows(answer: &Answer, list: &str, property: &str) -> Vec<String> {
    let body = answer.json();
    let rows = body[list].as_array().unwrap_or_else(|| panic!("no {list} in {body}"));
    rows.iter()
        .map(|row| row[property].as_str().expect("the row has the property").to_owned())
        .collect()
}

/// The summaries of a page of activities, newest first.
#[must_use]
#[track_caller]
pub fn summaries(answer: &Answer) -> Vec<String> {
    rows(answer, "activities", "summary")
}

/// The cursor of a page, where there is one.
#[must_use]
pub fn next_cursor(answer: &Answer) -> Option<String> {
    answer.json()["next_cursor"].as_str().map(str::to_owned)
}

/// Whether the same request can succeed later.
#[must_use]
pub fn is_refused_for_now(answer: &Answer) -> bool {
    [429, 503].contains(&answer.status.as_u16())
}

/// Asserts that an answer is a `validation_failed` with just these violations,
/// in any order.
#[track_caller]
pub fn assert_violations(answer: &Answer, expected: &[(&str, &str)]) {
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
