//! A tenant with what the logged-activity dialect needs: types of its own, and
//! what its activities are about.

use activity_log_core::domain::principal::Scope;
use activity_log_core::domain::record_type::NAMESPACE;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::logged_activity::LoggedActivity;
use crate::client::v1::V1;
use crate::stack::Stack;

/// The tenant of every workspace.
pub const TENANT: &str = "acme";

/// A stack with a service's key, and things that the registry knows.
pub struct Workspace {
    pub stack: Stack,
    /// A service key with every scope.
    pub key: String,
    /// The logged-activity dialect with that key.
    pub api: LoggedActivity,
    /// The same key in `/v1`.
    pub v1: V1,
}

impl Workspace {
    /// On a stack of its own.
    pub async fn start() -> Self {
        Self::on(Stack::start().await).await
    }

    /// On a stack.
    pub async fn on(stack: Stack) -> Self {
        let key = stack.service_key(TENANT).await;
        for (kind, id, name) in [
            ("contact", "con_1", Some("Jane Doe")),
            ("company", "com_1", Some("Acme Ltd")),
            ("property", "pro_1", Some("12 Hill Road")),
            ("property", "pro_2", None),
        ] {
            stack.put_resource(TENANT, kind, id, name).await;
        }
        let (api, v1) = (stack.logged_activity(TENANT, &key), stack.v1(&key));
        Self { stack, key, api, v1 }
    }

    /// Defines a type as `activity-log types put` does.
    pub async fn define(&self, definition: Value) {
        self.stack.define_type(TENANT, definition).await;
    }

    /// Defines a type that goes with everything, of these fields.
    pub async fn define_fields(&self, api_name: &str, fields: Value) {
        self.define(type_of(api_name, fields)).await;
    }

    /// A key without the scopes to write.
    pub async fn reader_key(&self) -> String {
        self.stack.issue_key(TENANT, "service:reader", &[Scope::ActivityRead]).await
    }
}

/// A definition that goes with everything.
#[must_use]
pub fn type_of(api_name: &str, fields: Value) -> Value {
    json!({
        "name": "Site visit",
        "api_name": api_name,
        "association_mode": "all_objects_associated",
        "fields": fields,
    })
}

/// 20 records whose ids don't fit a head.
#[must_use]
pub fn objects_beyond_a_head() -> Vec<Value> {
    let object = |n: usize| {
        let id = format!("{n}{}", "\"".repeat(250));
        json!({ "custom_object": format!("{}{n}", "k".repeat(60)), "entity_id": id })
    };
    (10..30).map(object).collect()
}

/// The id that a name of [`TENANT`] has, or the name of a field of a type.
#[must_use]
pub fn own_id(path: &str) -> String {
    Uuid::new_v5(&NAMESPACE, format!("{TENANT}/{path}").as_bytes()).to_string()
}

/// The id of what is built in.
#[must_use]
pub fn built_in_id(name: &str) -> String {
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}
