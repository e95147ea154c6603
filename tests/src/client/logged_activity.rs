//! A client of the logged-activity dialect, inputs without fields, and the parts
//! of its answers that suites look at.

use http::Method;
use serde_json::{Value, json};

use super::{Answer, Http, HttpCall};

/// A caller with the three headers of the dialect.
#[derive(Clone, Debug)]
pub struct LoggedActivity {
    http: Http,
    tenant: String,
    key: String,
    user: String,
}

impl LoggedActivity {
    pub(crate) fn new(http: Http, tenant: &str, key: &str) -> Self {
        Self { http, tenant: tenant.to_owned(), key: key.to_owned(), user: "jane".to_owned() }
    }

    /// The same for another user than `jane`.
    #[must_use]
    pub fn as_user(mut self, user: &str) -> Self {
        user.clone_into(&mut self.user);
        self
    }

    /// The three headers.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 3] {
        [("x-api-key", &self.key), ("x-business-id", &self.tenant), ("x-user-id", &self.user)]
    }

    /// A call of any path with the three headers.
    #[must_use]
    pub fn call(&self, method: Method, path: &str) -> HttpCall {
        let call = self.http.call(method, path);
        self.headers().into_iter().fold(call, |call, (name, value)| call.header(name, value))
    }

    /// `GET` of any path.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    /// Logs an activity of a type.
    pub async fn log(&self, identifier: &str, input: &Value) -> Answer {
        self.call(Method::POST, &log_path(identifier)).json(input).send().await
    }

    /// Logs with the header `Idempotency-Key`.
    pub async fn log_with_key(&self, identifier: &str, input: &Value, key: &str) -> Answer {
        let call = self.call(Method::POST, &log_path(identifier));
        call.header("idempotency-key", key).json(input).send().await
    }

    /// Reads a logged activity by its id.
    pub async fn read(&self, id: &str) -> Answer {
        self.get(&path_of(id)).await
    }

    /// Logs, and reads what was logged.
    pub async fn log_and_read(&self, identifier: &str, input: &Value) -> Value {
        let id = id_of(&self.log(identifier, input).await.expect(201));
        self.read(&id).await.expect(200).json()
    }

    /// A page of the activities of a type.
    pub async fn responses(&self, identifier: &str, input: &Value) -> Answer {
        let path = format!("/api/activities/{identifier}/responses");
        self.call(Method::POST, &path).json(input).send().await
    }

    /// The page that a link leads to, with the same body or with none.
    pub async fn follow(&self, link: &str, input: Option<&Value>) -> Answer {
        let call = self.call(Method::POST, link);
        match input {
            Some(input) => call.json(input).send().await,
            None => call.send().await,
        }
    }
}

/// The path at which activities of a type are logged.
#[must_use]
pub fn log_path(identifier: &str) -> String {
    format!("/api/activities/{identifier}/log-activity")
}

/// The path of a logged activity.
#[must_use]
pub fn path_of(id: &str) -> String {
    format!("/api/activities/logged/{id}")
}

/// The id of what was logged.
#[must_use]
#[track_caller]
pub fn id_of(answer: &Answer) -> String {
    answer.json()["id"].as_str().expect("there is an id").to_owned()
}

/// The ids of a page of responses.
#[must_use]
#[track_caller]
pub fn ids(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let results = body["results"].as_array().expect("there are results");
    results.iter().map(|row| row["id"].as_str().expect("it has an id").to_owned()).collect()
}

/// The input without anything.
#[must_use]
pub fn empty() -> Value {
    json!({ "related_objects": [] })
}

/// An input of related objects.
#[must_use]
pub fn about(objects: &[(&str, &str)]) -> Value {
    let objects: Vec<Value> = objects
        .iter()
        .map(|(kind, id)| json!({ "custom_object": kind, "entity_id": id }))
        .collect();
    json!({ "related_objects": objects })
}

/// An input of notes.
#[must_use]
pub fn notes(text: &str) -> Value {
    json!({ "related_objects": [], "notes": text })
}

/// The fields that a 400 names.
#[must_use]
#[track_caller]
pub fn refused_fields(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(&answer.body));
    let body = answer.json();
    let fields = body.as_object().expect("field errors are an object");
    for messages in fields.values() {
        assert!(messages.as_array().is_some_and(|messages| !messages.is_empty()));
    }
    fields.keys().cloned().collect()
}

/// Asserts that just one field was refused.
#[track_caller]
pub fn assert_refused(answer: &Answer, field: &str) {
    assert_eq!(refused_fields(answer), [field], "{}", String::from_utf8_lossy(&answer.body));
}
