//! A tenant in which every limit is filled at once, with the characters that take
//! the most bytes.

use activity_log_core::domain::principal::Scope;
use serde_json::{Value, json};

use crate::client::logged_activity::LoggedActivity;
use crate::client::v1::V1;
use crate::stack::Stack;

/// The longest tenant id.
pub const TENANT: &str = "tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt";
/// Four bytes in the table, and no word.
pub const WIDE: &str = "\u{1f600}";
/// Escaped in JSON, and again in the JSON around it.
pub const QUOTE: &str = "\"";
/// The name of the [`longest_type`].
pub const TYPE: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// The field of that type that has options.
pub const TAGS: &str = "0193c1d2-0000-7000-8000-00000000000a";
/// The field of that type that has a text.
pub const TEXT: &str = "0193c1d2-0000-7000-8000-00000000000b";

/// The longest id. Keys of the table escape a `#`.
#[must_use]
pub fn id(character: &str) -> String {
    character.repeat(255)
}

/// A tenant with the longest names for everything.
pub struct Filled {
    pub stack: Stack,
    pub v1: V1,
    pub typed: LoggedActivity,
    /// A key of the tenant, with every scope.
    pub key: String,
}

impl Filled {
    /// A stack with such a tenant.
    pub async fn start() -> Self {
        let stack = Stack::start().await;
        let key = stack.issue_key(TENANT, &format!("service:{}", id("#")), Scope::ALL).await;
        for (actor, name) in [("service", WIDE), ("user", QUOTE)] {
            stack.name_actor(TENANT, &format!("{actor}:{}", id("#")), &name.repeat(200)).await;
        }
        for resource in [id("#"), id(QUOTE)] {
            stack.put_resource(TENANT, "contact", &resource, Some(&WIDE.repeat(200))).await;
        }
        for kind in 0..20 {
            stack.put_resource(TENANT, &kind_of(kind), &id(QUOTE), Some(&QUOTE.repeat(200))).await;
        }
        let (v1, typed) = (stack.v1(&key), stack.logged_activity(TENANT, &key).as_user(&id("#")));
        Self { stack, v1, typed, key }
    }
}

/// The longest name of a record type, one of twenty.
#[must_use]
pub fn kind_of(n: usize) -> String {
    format!("{:a<64}", format!("kind{n:02}"))
}

/// The longest input of `/v1`.
#[must_use]
pub fn longest_activity() -> Value {
    json!({
        "type": "agent_action",
        "summary": WIDE.repeat(500),
        "body": WIDE.repeat(65_536),
        "related_resource_type": "contact",
        "related_resource_id": id("#"),
        "occurred_at": "2026-03-01T09:30:00.123+00:00",
        "idempotency_key": id("#"),
    })
}

/// Twenty related objects with the longest names, and a hundred mentions.
#[must_use]
pub fn longest_submission(notes: &str, fields: Vec<Value>) -> Value {
    let related: Vec<Value> =
        (0..20).map(|n| json!({"custom_object": kind_of(n), "entity_id": id(QUOTE)})).collect();
    let mention = |n: usize| json!(format!("0193c1d2-0000-7000-8000-{n:012}"));
    json!({
        "related_objects": related,
        "notes": notes,
        "mentions": (0..100).map(mention).collect::<Vec<_>>(),
        "fields": fields,
    })
}

/// A type with as many options as a definition takes, all of which can be chosen.
#[must_use]
pub fn longest_type() -> Value {
    let option = |n: usize| json!({"id": format!("o{n:03}"), "code": format!("c{n:03}"), "name": WIDE.repeat(44)});
    json!({
        "name": WIDE.repeat(200),
        "api_name": TYPE,
        "description": QUOTE.repeat(1_000),
        "association_mode": "selected_objects_associated",
        "selected_objects": (0..20).map(kind_of).collect::<Vec<_>>(),
        "fields": [
            {"name": "tags", "display_name": WIDE.repeat(200), "field_type": "dynamictags",
             "id": TAGS, "options": (0..1_000).map(option).collect::<Vec<_>>()},
            {"name": "text", "display_name": QUOTE.repeat(200), "field_type": "longtext",
             "id": TEXT},
        ],
    })
}

/// A type of so many options that memory has several times their bytes, and a value
/// of each of its fields.
#[must_use]
pub fn type_of_most_options() -> (Value, Vec<Value>) {
    const FIELDS: usize = 6;
    let option = |n: usize| json!({"id": format!("o{n}"), "code": format!("c{n}"), "name": "n"});
    let field_id = |field: usize| format!("0193c1d2-0000-7000-8000-0000000000f{field}");
    let field = |field: usize| {
        json!({"name": format!("f{field}"), "display_name": "F", "field_type": "dynamictags",
            "id": field_id(field), "options": (0..1_000).map(option).collect::<Vec<_>>()})
    };
    let value = |field: usize| {
        let chosen: Vec<String> = (0..1_000).map(|n| format!("o{n}")).collect();
        json!({"id": field_id(field), "value": chosen})
    };
    let mut definition = longest_type();
    definition["fields"] = (0..FIELDS).map(field).collect();
    (definition, (0..FIELDS).map(value).collect())
}

/// The value of every option of that type.
#[must_use]
pub fn all_options() -> Value {
    let chosen: Vec<String> = (0..1_000).map(|n| format!("o{n:03}")).collect();
    json!({"id": TAGS, "value": chosen})
}
