//! How an endpoint describes itself, in the terms of OpenAPI 3.1.
//!
//! Paths, methods, scopes and errors are not described: they follow from the
//! table of [routes](super::routes). The function `audit` assembles the whole.

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::examples::{ACTIVITY_ID, AUDIT_EVENT_ID, IDEMPOTENCY_KEY, query_parameter};
use super::message::MediaType;
use crate::domain::activity::ActivityId;
use crate::domain::idempotency;
use crate::domain::principal::ActorId;

/// The tag of `/v1/activities`.
pub const ACTIVITIES: &str = "Activities";
/// The tag of the logged-activity dialect.
pub const LOGGED_ACTIVITIES: &str = "Logged activities";
/// The tag of `/v1/keys`.
pub const KEYS: &str = "Keys";
/// The tag of the audit trail.
pub const AUDIT: &str = "Audit";
/// The tag of the log that the audit trail is sealed in.
pub const AUDIT_LOG: &str = "Audit log";

/// What the table of routes does not say of an endpoint.
#[derive(Debug)]
pub struct Described {
    /// What generators name it by.
    pub id: &'static str,
    /// What it is listed under.
    pub tag: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What it does, at length.
    pub description: &'static str,
    /// Its parameters, in path, query and header.
    pub parameters: Vec<Value>,
    /// What it takes as JSON.
    pub request_body: Option<JsonBody>,
    /// The status of a success.
    pub status: StatusCode,
    /// The response of a success: [`success`].
    pub success: Value,
}

/// What an endpoint takes as JSON.
#[derive(Debug)]
pub struct JsonBody {
    /// What it is.
    pub description: &'static str,
    /// Whether a request must have it.
    pub required: bool,
    pub schema: Schema,
    /// An example, with its name.
    pub example: (&'static str, Value),
}

/// The header of `/v1` that names the user whom a call is made for.
#[must_use]
pub fn acting_for(schemas: &mut SchemaGenerator) -> Value {
    json!({
        "name": "X-USER-ID",
        "in": "header",
        "required": false,
        "description": "The user whom the call is made for. A service acts for the user, who \
            is then the actor; an agent stays the actor and acts on the user's behalf; a user \
            can only name itself. It has no comma, with which gateways join repeated headers.",
        "schema": schemas.subschema_for::<ActorId>(),
        "example": "jane",
    })
}

/// The parameter of the path that names an activity.
pub fn activity_id(schemas: &mut SchemaGenerator) -> Value {
    json!({
        "name": "id",
        "in": "path",
        "required": true,
        "description": "A UUID string identifying this activity.",
        "schema": schemas.subschema_for::<ActivityId>(),
        "example": ACTIVITY_ID,
    })
}

/// The parameter of the path that names an activity type.
#[must_use]
pub fn activity_identifier() -> Value {
    json!({
        "name": "activity_identifier",
        "in": "path",
        "required": true,
        "description": "The id or the api_name of an activity type.",
        "schema": { "type": "string" },
        "example": "call",
    })
}

/// The header that makes a retry safe.
pub fn idempotency_key(schemas: &mut SchemaGenerator, description: &str) -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": description,
        "schema": schemas.subschema_for::<idempotency::IdempotencyKey>(),
        "example": IDEMPOTENCY_KEY,
    })
}

/// The properties of a type as parameters of the query.
///
/// # Panics
///
/// Where there is no example of one.
pub fn query_parameters<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Vec<Value> {
    let mut described = T::json_schema(schemas);
    let required = described.remove("required").unwrap_or_default();
    let Some(Value::Object(properties)) = described.remove("properties") else { return Vec::new() };
    let is_required =
        |name: &str| required.as_array().is_some_and(|names| names.iter().any(|n| n == name));
    properties
        .into_iter()
        .map(|(name, mut schema)| {
            let description =
                schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let example = query_parameter(&name);
            let example = example.unwrap_or_else(|| panic!("there is no example of {name}"));
            json!({
                "name": name,
                "in": "query",
                "required": is_required(&name),
                "description": description,
                "schema": schema,
                "example": example,
            })
        })
        .collect()
}

/// Describes a parameter of the query as one that may be given up to so many times.
///
/// # Panics
///
/// Where there is no such parameter.
pub fn allow_repeated(parameters: &mut [Value], name: &str, max: usize) {
    let parameter = parameters.iter_mut().find(|parameter| parameter["name"] == name);
    let parameter = parameter.unwrap_or_else(|| panic!("there is no parameter {name}"));
    let (one, example) = (parameter["schema"].take(), parameter["example"].take());
    parameter["schema"] = json!({ "type": "array", "items": one, "minItems": 1, "maxItems": max });
    let about = parameter["description"].as_str().unwrap_or_default();
    parameter["description"] = format!("{about} Given several times, one of these.").into();
    parameter["style"] = json!("form");
    parameter["explode"] = json!(true);
    parameter["example"] = json!([example]);
}

/// The headers of every response.
const COMMON_HEADERS: [&str; 2] = ["x-request-id", "Cache-Control"];

/// References to the headers of a response: those of all, and some more.
#[must_use]
pub fn header_references(special: &[&str]) -> Value {
    let names = COMMON_HEADERS.iter().chain(special);
    let reference = |name: &&str| {
        (String::from(*name), json!({ "$ref": format!("#/components/headers/{name}") }))
    };
    names.map(reference).collect::<Map<_, _>>().into()
}

/// The response of a success.
pub fn success(
    description: &str,
    headers: &[&str],
    schema: impl Into<Value>,
    example: Value,
) -> Value {
    success_in(MediaType::Json, description, headers, schema, Some(example))
}

/// The same in any media type.
pub fn success_in(
    media_type: MediaType,
    description: &str,
    headers: &[&str],
    schema: impl Into<Value>,
    example: Option<Value>,
) -> Value {
    let mut content = json!({ "schema": schema.into() });
    if let Some(example) = example {
        content["example"] = example;
    }
    json!({
        "description": description,
        "headers": header_references(headers),
        "content": { media_type.as_str(): content },
    })
}

/// The parameter of the path that names an audit event.
#[must_use]
pub fn audit_event_id() -> Value {
    json!({
        "name": "id",
        "in": "path",
        "required": true,
        "description": "The id of an audit event.",
        "schema": { "type": "string", "format": "uuid" },
        "example": AUDIT_EVENT_ID,
    })
}

/// The parameter of the path that names a file of the log.
#[must_use]
pub fn tile(description: &str, example: &str) -> Value {
    json!({
        "name": "tile",
        "in": "path",
        "required": true,
        "description": format!(
            "{description} It may have slashes, which may be percent-encoded."
        ),
        "schema": { "type": "string" },
        "example": example,
    })
}
