//! What the suites of the logged-activity dialect share: a tenant with types
//! of its own, and calls with the three headers.

use activity_log_core::activity_type::TypeDefinition;
use activity_log_core::principal::{Scope, TenantId};
use activity_log_core::record_type::NAMESPACE;
use activity_log_tests::stack::{Answer, Call, Stack};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// The tenant of these suites.
pub(crate) const TENANT: &str = "acme";

/// A stack with a service's key and what activities of it are about.
pub(crate) struct Dialect {
    pub(crate) stack: Stack,
    pub(crate) key: String,
}

impl Dialect {
    pub(crate) async fn start() -> Self {
        Self::on(Stack::start().await).await
    }

    pub(crate) async fn on(stack: Stack) -> Self {
        let key = stack.service_key(TENANT).await;
        for (kind, id, name) in [
            ("contact", "con_1", Some("Jane Doe")),
            ("company", "com_1", Some("Acme Ltd")),
            ("property", "pro_1", Some("12 Hill Road")),
            ("property", "pro_2", None),
        ] {
            stack.put_resource(TENANT, kind, id, name).await;
        }
        Self { stack, key }
    }

    /// Defines a type as `activity-log types put` does.
    pub(crate) async fn define(&self, definition: Value) {
        self.define_for(TENANT, definition).await;
    }

    pub(crate) async fn define_for(&self, tenant: &str, definition: Value) {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        let Value::Object(object) = definition else { panic!("a definition is an object") };
        let now = self.stack.ctx.environment.now();
        let definition =
            TypeDefinition::parse(&object, &tenant, now).expect("the definition is valid");
        let put = self.stack.ctx.store.put_activity_type(&tenant, &definition).await;
        put.expect("the type is defined");
    }

    /// A type that goes with everything, of the fields that are given.
    pub(crate) async fn define_fields(&self, api_name: &str, fields: Value) {
        self.define(type_of(api_name, fields)).await;
    }

    /// A call with the three headers.
    pub(crate) fn call(&self, method: Method, path: &str) -> Call<'_> {
        self.call_as(TENANT, &self.key, method, path)
    }

    pub(crate) fn call_as<'a>(
        &'a self,
        tenant: &str,
        key: &str,
        method: Method,
        path: &str,
    ) -> Call<'a> {
        self.stack
            .anonymous(method, path)
            .header("x-api-key", key)
            .header("x-business-id", tenant)
            .header("x-user-id", "jane")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    pub(crate) async fn log(&self, identifier: &str, input: &Value) -> Answer {
        self.call(Method::POST, &log_path(identifier)).json(input).send().await
    }

    pub(crate) async fn log_with_key(&self, identifier: &str, input: &Value, key: &str) -> Answer {
        let call = self.call(Method::POST, &log_path(identifier));
        call.header("idempotency-key", key).json(input).send().await
    }

    /// Logs, and reads what was logged.
    pub(crate) async fn log_and_read(&self, identifier: &str, input: &Value) -> Value {
        let id = id_of(&self.log(identifier, input).await.expect(201));
        self.read(&id).await
    }

    pub(crate) async fn read(&self, id: &str) -> Value {
        self.get(&format!("/api/activities/logged/{id}")).await.expect(200).json()
    }

    pub(crate) async fn responses(&self, identifier: &str, input: &Value) -> Answer {
        let path = format!("/api/activities/{identifier}/responses");
        self.call(Method::POST, &path).json(input).send().await
    }

    /// The page that a link leads to, with the same body or with none.
    pub(crate) async fn follow(&self, link: &str, input: Option<&Value>) -> Answer {
        let call = self.call(Method::POST, link);
        match input {
            Some(input) => call.json(input).send().await,
            None => call.send().await,
        }
    }

    /// A key without the scopes to write.
    pub(crate) async fn reader_key(&self) -> String {
        self.stack.issue_key(TENANT, "service:reader", &[Scope::ActivityRead]).await
    }
}

fn log_path(identifier: &str) -> String {
    format!("/api/activities/{identifier}/log-activity")
}

/// A definition that goes with everything.
pub(crate) fn type_of(api_name: &str, fields: Value) -> Value {
    json!({
        "name": "Site visit",
        "api_name": api_name,
        "association_mode": "all_objects_associated",
        "fields": fields,
    })
}

/// The id that a tenant's own name has, or the name of one of its fields.
pub(crate) fn own_id(path: &str) -> String {
    Uuid::new_v5(&NAMESPACE, format!("{TENANT}/{path}").as_bytes()).to_string()
}

/// The id of what is built in.
pub(crate) fn built_in_id(name: &str) -> String {
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}

pub(crate) fn id_of(answer: &Answer) -> String {
    answer.json()["id"].as_str().expect("there is an id").to_owned()
}

/// The input without anything.
pub(crate) fn empty() -> Value {
    json!({ "related_objects": [] })
}

/// An input of related objects.
pub(crate) fn about(objects: &[(&str, &str)]) -> Value {
    let objects: Vec<Value> = objects
        .iter()
        .map(|(kind, id)| json!({ "custom_object": kind, "entity_id": id }))
        .collect();
    json!({ "related_objects": objects })
}

/// An input of notes.
pub(crate) fn notes(text: &str) -> Value {
    json!({ "related_objects": [], "notes": text })
}

/// The fields that a 400 names.
#[track_caller]
pub(crate) fn refused_fields(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(&answer.body));
    let body = answer.json();
    let fields = body.as_object().expect("field errors are an object");
    for messages in fields.values() {
        assert!(messages.as_array().is_some_and(|messages| !messages.is_empty()));
    }
    fields.keys().cloned().collect()
}

/// Refused on just one field.
#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, field: &str) {
    assert_eq!(refused_fields(answer), [field], "{}", String::from_utf8_lossy(&answer.body));
}

/// The ids of a page of responses.
pub(crate) fn ids(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let results = body["results"].as_array().expect("there are results");
    results.iter().map(|row| row["id"].as_str().expect("it has an id").to_owned()).collect()
}
