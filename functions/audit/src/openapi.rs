//! The description of the HTTP API: an OpenAPI 3.1 document.
//!
//! It is made of what the functions run on: paths, methods and scopes are those
//! of [`described_routes`], schemas come from the types that are read and written, and
//! the examples of errors are written by the code that writes the errors. A
//! route without a description does not compile.
//!
//! Left out on purpose: what is no route of the deployed functions (the local
//! server's health check), `/mcp`, which describes itself in its own protocol,
//! and rules that JSON Schema has no words for, such as a limit in bytes; they
//! stand in the descriptions.

mod typed;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use activity_log_core::activity::{
    Activity, ActivityId, Body, BodyText, NamedResource, RelatedResource, RelatedResourceId,
    Source, Submitted, Summary,
};
use activity_log_core::activity_type::ActivityType;
use activity_log_core::audit::{AuditEvent, AuditEventView, Call, EntryPoint};
use activity_log_core::clock::{Rounding, Timestamp};
use activity_log_core::error::{Error, ErrorCode, FieldError};
use activity_log_core::http::logged_activity::{self, LoggedActivityView};
use activity_log_core::http::routes::{Dialect, Operation, Route, described_routes, dialect_of};
use activity_log_core::http::v1::{self, ActivityView};
use activity_log_core::idempotency::{IdempotencyKey, InputHash};
use activity_log_core::log_activity::LogActivityInput;
use activity_log_core::principal::{Actor, ActorId, KeyId, Principal, Scope, Scopes, TenantId};
use activity_log_core::record_type::RelatedResourceType;
use activity_log_core::search_activity::SearchActivityInput;
use bytes::Bytes;
use http::StatusCode;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The document, written once.
pub(crate) fn document() -> Bytes {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| build().to_string().into());
    DOCUMENT.clone()
}

const ABOUT: &str = "The timeline of business context: notes, calls, emails, meetings and agent \
actions, with an audit event for every write.

Every route belongs to one tenant, that of the credential. Another tenant's records can't be told \
from absent ones.

* Requests and responses are JSON in UTF-8. A request body is `application/json` without a content \
encoding, up to 1 MiB.
* Every response has an `x-request-id`, which names the request in the audit trail and in the log; \
the one of a caller is ignored.
* Times are RFC 3339. They are written in UTC with milliseconds, and read with any offset.
* Unknown and repeated query parameters are rejected, and so are unknown properties of an input.
* A path that is not listed here is answered with 404, and a method that is not with 405 \
(`#/components/responses/v1_405`, and under `/api` `#/components/responses/logged_activity_405`).
* 429 and 503 say in `Retry-After` when to try again. A write with an idempotency key is safe to \
retry.";

fn build() -> Value {
    let mut schemas = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .for_serialize()
        .into_generator();
    let mut paths = Map::new();
    for route in described_routes() {
        let path = paths.entry(route.template).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation(route, &mut schemas);
    }
    let responses = error_responses(&mut schemas);
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Activity Log",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Log, search and read activities, and the audit trail of their writes.",
            "description": ABOUT,
            "license": { "name": "Apache License 2.0", "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "servers": [{ "url": "/", "description": "Where this document came from." }],
        "tags": [
            { "name": ACTIVITIES, "description": "Log, search and read activities." },
            {
                "name": LOGGED_ACTIVITIES,
                "description": "The same activities, as clients of `/api/activities` know them.",
            },
            { "name": AUDIT, "description": "The trail of every write and every refused write." },
            { "name": DESCRIPTION, "description": "This document." },
        ],
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "responses": responses,
            "headers": headers(),
            "securitySchemes": security_schemes(),
        },
    })
}

const ACTIVITIES: &str = "Activities";
const LOGGED_ACTIVITIES: &str = "Logged activities";
const AUDIT: &str = "Audit";
const DESCRIPTION: &str = "Description";

/// What the table of routes does not say of an operation.
struct Described {
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: Vec<Value>,
    request_body: Option<Value>,
    status: StatusCode,
    success: Value,
    errors: &'static [ErrorCode],
}

/// What every call of the table can end in.
const READ_ERRORS: &[ErrorCode] = &[
    ErrorCode::MalformedRequest,
    ErrorCode::Unauthorized,
    ErrorCode::MissingRequiredScope,
    ErrorCode::ValidationFailed,
    ErrorCode::RateLimited,
    ErrorCode::InternalError,
    ErrorCode::Unavailable,
];
const READ_ONE_ERRORS: &[ErrorCode] = &[
    ErrorCode::MalformedRequest,
    ErrorCode::Unauthorized,
    ErrorCode::MissingRequiredScope,
    ErrorCode::ResourceNotFound,
    ErrorCode::ValidationFailed,
    ErrorCode::RateLimited,
    ErrorCode::InternalError,
    ErrorCode::Unavailable,
];
const WRITE_ERRORS: &[ErrorCode] = &[
    ErrorCode::MalformedRequest,
    ErrorCode::Unauthorized,
    ErrorCode::MissingRequiredScope,
    ErrorCode::ResourceNotFound,
    ErrorCode::IdempotencyConflict,
    ErrorCode::PayloadTooLarge,
    ErrorCode::UnsupportedMediaType,
    ErrorCode::ValidationFailed,
    ErrorCode::RateLimited,
    ErrorCode::InternalError,
    ErrorCode::Unavailable,
];
const STATIC_ERRORS: &[ErrorCode] =
    &[ErrorCode::MalformedRequest, ErrorCode::ValidationFailed, ErrorCode::InternalError];

fn describe(operation: Operation, schemas: &mut SchemaGenerator) -> Described {
    match operation {
        Operation::LogActivity => Described {
            id: "log_activity",
            tag: ACTIVITIES,
            summary: "Log an activity",
            description: "Records a workspace activity such as a note, call, email, meeting, or \
                agent action. The related resource must exist. A retry with the same idempotency \
                key and the same input writes nothing and answers with the same activity and \
                `Idempotency-Replayed: true`; the same key with another input is a conflict.",
            parameters: vec![idempotency_key(schemas)],
            request_body: Some(json!({
                "description": "The activity, up to 1 MiB.",
                "required": true,
                "content": { "application/json": {
                    "schema": schemas.subschema_for::<LogActivityInput>(),
                    "examples": { "email": { "value": input_example() } },
                } },
            })),
            status: StatusCode::CREATED,
            success: success(
                "The activity was logged, now or by an earlier call with the same key.",
                &["Location", "Idempotency-Replayed"],
                schemas.subschema_for::<v1::ActivityBody<'static>>(),
                json!({
                    "activity": ActivityView::record(&activity_example()),
                    "request_id": REQUEST_ID,
                }),
            ),
            errors: WRITE_ERRORS,
        },
        Operation::SearchActivity => Described {
            id: "search_activity",
            tag: ACTIVITIES,
            summary: "Search activities",
            description: "Searches activity records by text, type, date, or related resource, \
                newest first. A page may have fewer rows than `limit` and still a `next_cursor`; \
                only its absence means the end.",
            parameters: query_parameters::<SearchActivityInput>(schemas),
            request_body: None,
            status: StatusCode::OK,
            success: success(
                "A page of the activities that match.",
                &[],
                schemas.subschema_for::<v1::ActivitiesBody<'static>>(),
                json!({
                    "activities": [ActivityView::row(&activity_example())],
                    "next_cursor": CURSOR,
                    "request_id": REQUEST_ID,
                }),
            ),
            errors: READ_ERRORS,
        },
        Operation::GetActivity => Described {
            id: "get_activity",
            tag: ACTIVITIES,
            summary: "Read an activity",
            description: "The whole record. An id that is not a UUID is answered with 404, like \
                any other that is not there.",
            parameters: vec![activity_id(schemas)],
            request_body: None,
            status: StatusCode::OK,
            success: success(
                "The activity.",
                &[],
                schemas.subschema_for::<v1::ActivityBody<'static>>(),
                json!({
                    "activity": ActivityView::record(&activity_example()),
                    "request_id": REQUEST_ID,
                }),
            ),
            errors: READ_ONE_ERRORS,
        },
        Operation::GetLoggedActivity => Described {
            id: "get_logged_activity",
            tag: LOGGED_ACTIVITIES,
            summary: "Get logged activity record by ID",
            description: "The full details of a logged activity. `logged_at` is when the record \
                was created; `completed_at` is null unless the activity was explicitly completed; \
                `scheduled_activity_id` is null unless it came from a scheduled activity.",
            parameters: vec![activity_id(schemas)],
            request_body: None,
            status: StatusCode::OK,
            success: success(
                "The logged activity.",
                &[],
                schemas.subschema_for::<LoggedActivityView<'static>>(),
                json!(LoggedActivityView::from(&activity_example())),
            ),
            errors: READ_ONE_ERRORS,
        },
        Operation::LogTypedActivity => typed::log(schemas),
        Operation::ListResponses => typed::responses(schemas),
        Operation::ListActivityTypes => typed::types(schemas),
        Operation::GetActivityType => typed::activity_type(schemas),
        Operation::ListActivityTypeFields => typed::fields(schemas),
        Operation::ListAuditEvents => Described {
            id: "list_audit_events",
            tag: AUDIT,
            summary: "List audit events",
            description: "What became of every write, newest first by the time it was decided. \
                For those who synchronise it is the feed: a search orders by when things happened, \
                so that a poller of it would miss what was logged late.",
            parameters: query_parameters::<v1::AuditListingParameters>(schemas),
            request_body: None,
            status: StatusCode::OK,
            success: success(
                "A page of the audit events that match.",
                &[],
                schemas.subschema_for::<v1::AuditEventsBody<'static>>(),
                json!({
                    "audit_events": [AuditEventView::from(&audit_event_example())],
                    "next_cursor": CURSOR,
                    "request_id": REQUEST_ID,
                }),
            ),
            errors: READ_ERRORS,
        },
        Operation::CallMcp => unreachable!("it is not one of the described routes"),
        Operation::GetOpenApi => Described {
            id: "get_openapi",
            tag: DESCRIPTION,
            summary: "Describe the API",
            description: "This document, OpenAPI 3.1.",
            parameters: Vec::new(),
            request_body: None,
            status: StatusCode::OK,
            success: success(
                "The description.",
                &[],
                json!({
                    "type": "object",
                    "required": ["openapi", "info", "paths", "components"],
                    "properties": { "openapi": { "type": "string", "pattern": r"^3\.1\." } },
                }),
                json!({ "openapi": "3.1.1", "info": {}, "paths": {}, "components": {} }),
            ),
            errors: STATIC_ERRORS,
        },
    }
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let dialect = dialect_of(route.template);
    let described = describe(route.operation, schemas);
    let mut responses = Map::new();
    responses.insert(described.status.as_str().to_owned(), described.success);
    for code in described.errors {
        let status = status(dialect, *code);
        let reference = format!("#/components/responses/{}", response_name(dialect, status));
        responses.insert(status.as_str().to_owned(), json!({ "$ref": reference }));
    }
    let required = match route.scope {
        Some(scope) => format!("Required scope: `{scope}`."),
        None => "No credential is required.".to_owned(),
    };
    let mut operation = json!({
        "operationId": described.id,
        "tags": [described.tag],
        "summary": described.summary,
        "description": format!("{}\n\n{required}", described.description),
        "security": security(dialect, route.scope),
        "responses": responses,
    });
    if let Some(scope) = route.scope {
        operation["x-required-scope"] = json!(scope);
    }
    if !described.parameters.is_empty() {
        operation["parameters"] = described.parameters.into();
    }
    if let Some(body) = described.request_body {
        operation["requestBody"] = body;
    }
    operation
}

// Credentials.

const BEARER: &str = "bearer";
const API_KEY_HEADERS: [(&str, &str); 3] = [
    ("X-API-KEY", "The key."),
    ("X-BUSINESS-ID", "The tenant that the key belongs to."),
    ("X-USER-ID", "The user on whose behalf the call is made: the key's own, where it has one."),
];

fn security_schemes() -> Value {
    let mut schemes = Map::new();
    schemes.insert(
        BEARER.to_owned(),
        json!({
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "alk_<tenant>.<key id>.<secret>",
            "description": "A key of one tenant, with its scopes.",
        }),
    );
    for (name, description) in API_KEY_HEADERS {
        let scheme =
            json!({ "type": "apiKey", "in": "header", "name": name, "description": description });
        schemes.insert(name.to_owned(), scheme);
    }
    schemes.into()
}

/// Schemes that are named side by side are required together.
fn security(dialect: Dialect, scope: Option<Scope>) -> Value {
    let Some(scope) = scope else { return json!([]) };
    let names = match dialect {
        Dialect::V1 | Dialect::Mcp => vec![BEARER],
        Dialect::LoggedActivity => API_KEY_HEADERS.map(|(name, _)| name).to_vec(),
    };
    let required: Map<String, Value> =
        names.into_iter().map(|name| (name.to_owned(), json!([scope]))).collect();
    json!([required])
}

// Parameters.

fn activity_id(schemas: &mut SchemaGenerator) -> Value {
    json!({
        "name": "id",
        "in": "path",
        "required": true,
        "description": "A UUID string identifying this activity.",
        "schema": schemas.subschema_for::<ActivityId>(),
        "example": ACTIVITY_ID,
    })
}

fn idempotency_key(schemas: &mut SchemaGenerator) -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "The idempotency key, in place of the property `idempotency_key` or equal \
            to it. It has no comma, with which gateways join repeated headers; a key that has \
            one goes into the body.",
        "schema": schemas.subschema_for::<IdempotencyKey>(),
        "example": IDEMPOTENCY_KEY,
    })
}

/// The properties of a type as parameters of the query.
fn query_parameters<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Vec<Value> {
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
            json!({
                "name": name,
                "in": "query",
                "required": is_required(&name),
                "description": description,
                "schema": schema,
            })
        })
        .collect()
}

// Responses.

/// In every response.
const COMMON_HEADERS: [&str; 2] = ["x-request-id", "Cache-Control"];

fn headers() -> Value {
    json!({
        "x-request-id": {
            "description": "Names the request in the audit trail and in the log.",
            "required": true,
            "schema": { "type": "string", "pattern": "^req_[0-9a-f]{32}$" },
            "example": REQUEST_ID,
        },
        "Cache-Control": {
            "description": "No response may be kept by a cache.",
            "required": true,
            "schema": { "const": "no-store" },
        },
        "Location": {
            "description": "Where the activity can be read: a reference without a host, unless \
                the deployment has a public address.",
            "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
            "example": format!("/v1/activities/{ACTIVITY_ID}"),
        },
        "Idempotency-Replayed": {
            "description": "Only where an earlier call with the same key did the write.",
            "required": false,
            "schema": { "const": "true" },
        },
        "Retry-After": {
            "description": "When to try again, in seconds.",
            "required": true,
            "schema": { "type": "integer", "minimum": 0 },
            "example": 1,
        },
        "WWW-Authenticate": {
            "description": "How to authenticate.",
            "required": true,
            "schema": { "const": "Bearer" },
        },
        "Allow": {
            "description": "The methods that the path is known with.",
            "required": true,
            "schema": { "type": "string" },
            "example": "GET, POST",
        },
    })
}

fn header_references(special: &[&str]) -> Value {
    let names = COMMON_HEADERS.iter().chain(special);
    let reference = |name: &&str| {
        (String::from(*name), json!({ "$ref": format!("#/components/headers/{name}") }))
    };
    names.map(reference).collect::<Map<_, _>>().into()
}

fn success(description: &str, headers: &[&str], schema: impl Into<Value>, example: Value) -> Value {
    json!({
        "description": description,
        "headers": header_references(headers),
        "content": { "application/json": { "schema": schema.into(), "example": example } },
    })
}

fn response_name(dialect: Dialect, status: StatusCode) -> String {
    match dialect {
        Dialect::V1 | Dialect::Mcp => format!("v1_{}", status.as_str()),
        Dialect::LoggedActivity => format!("logged_activity_{}", status.as_str()),
    }
}

fn status(dialect: Dialect, code: ErrorCode) -> StatusCode {
    match dialect {
        Dialect::V1 | Dialect::Mcp => code.status(),
        Dialect::LoggedActivity => logged_activity::status(code),
    }
}

/// Every error of both dialects, by its status.
fn error_responses(schemas: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    for dialect in [Dialect::V1, Dialect::LoggedActivity] {
        let mut by_status: BTreeMap<StatusCode, Vec<ErrorCode>> = BTreeMap::new();
        for code in ErrorCode::ALL {
            by_status.entry(status(dialect, *code)).or_default().push(*code);
        }
        for (status, codes) in by_status {
            let response = error_response(dialect, &codes, schemas);
            responses.insert(response_name(dialect, status), response);
        }
    }
    responses.into()
}

/// The codes of one status: what each means, its schema, and an example that
/// the dialect wrote.
fn error_response(dialect: Dialect, codes: &[ErrorCode], schemas: &mut SchemaGenerator) -> Value {
    let (mut meanings, mut choices, mut examples) = (Vec::new(), Vec::new(), Map::new());
    let mut special = Vec::new();
    for code in codes {
        let error = error_example(*code);
        let (schema, written) = match dialect {
            Dialect::V1 | Dialect::Mcp => {
                (v1_error_schema(*code, schemas), v1::error(&error, REQUEST_ID))
            }
            Dialect::LoggedActivity => {
                (logged_activity_error_schema(*code, schemas), logged_activity::error(&error))
            }
        };
        let example: Value = serde_json::from_slice(written.body()).expect("an error is JSON");
        meanings.push(error.public_message());
        choices.push(schema);
        examples.insert(code.as_str().to_owned(), json!({ "value": example }));
        special.extend(match error {
            Error::Unauthorized => Some("WWW-Authenticate"),
            Error::MethodNotAllowed(_) => Some("Allow"),
            _ if error.retryable() => Some("Retry-After"),
            _ => None,
        });
    }
    let schema = if choices.len() == 1 { choices.remove(0) } else { json!({ "oneOf": choices }) };
    json!({
        "description": meanings.join(" Or: "),
        "headers": header_references(&special),
        "content": { "application/json": { "schema": schema, "examples": examples } },
    })
}

fn v1_error_schema(code: ErrorCode, schemas: &mut SchemaGenerator) -> Value {
    let mut required = vec!["code"];
    required.extend(match code {
        ErrorCode::MissingRequiredScope => Some("required_scope"),
        ErrorCode::ValidationFailed => Some("field_errors"),
        ErrorCode::IdempotencyConflict => Some("idempotency_key"),
        ErrorCode::RateLimited | ErrorCode::Unavailable => Some("retry_after_seconds"),
        ErrorCode::MalformedRequest
        | ErrorCode::Unauthorized
        | ErrorCode::ResourceNotFound
        | ErrorCode::MethodNotAllowed
        | ErrorCode::PayloadTooLarge
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::InternalError => None,
    });
    json!({ "allOf": [
        schemas.subschema_for::<v1::ErrorBody<'static>>(),
        { "properties": { "error": {
            "properties": { "code": { "const": code } },
            "required": required,
        } } },
    ] })
}

fn logged_activity_error_schema(code: ErrorCode, schemas: &mut SchemaGenerator) -> Value {
    if code == ErrorCode::ValidationFailed {
        return json!(schemas.subschema_for::<logged_activity::FieldErrorsBody<'static>>());
    }
    let word = logged_activity::code_word(code);
    json!({ "allOf": [
        schemas.subschema_for::<logged_activity::ErrorBody>(),
        { "properties": { "code": { "const": word } } },
    ] })
}

// Examples. They are made of the types that real answers are made of.

const ACTIVITY_ID: &str = "019ca8a2-7c40-7d3e-9f0b-5a1c2e4d6f80";
const AUDIT_EVENT_ID: &str = "019ca8a2-7c41-7b52-8c6d-0e9f1a2b3c4d";
const REQUEST_ID: &str = "req_019ca8a27c3f7a41b2c3d4e5f6071829";
const IDEMPOTENCY_KEY: &str = "jane-pricing-2026-03-01";
const CURSOR: &str = "AQAAAZyosmogAZyosmogfT6fC1ocLk1vgJ1vX8Jc3k0Rk0h0tZ8w";
const RESOURCE_ID: &str = "con_123";

fn input_example() -> Map<String, Value> {
    let input = json!({
        "type": ActivityType::Email,
        "summary": "Jane asked for pricing details",
        "related_resource_type": RelatedResourceType::Contact,
        "related_resource_id": RESOURCE_ID,
    });
    let Value::Object(input) = input else { unreachable!("it is written as an object") };
    input
}

fn activity_example() -> Activity {
    let time = example_time();
    Activity {
        id: ActivityId::parse(ACTIVITY_ID).expect(VALID),
        tenant_id: TenantId::parse("acme").expect(VALID),
        activity_type: ActivityType::Email,
        summary: Summary::parse("Jane asked for pricing details").expect(VALID),
        body: BodyText::Whole(Body::parse("She has 40 seats in mind.").expect(VALID)),
        related: vec![NamedResource {
            resource: RelatedResource {
                resource_type: RelatedResourceType::Contact.into(),
                id: RelatedResourceId::parse(RESOURCE_ID).expect(VALID),
            },
            display_name: Some("Jane Doe".to_owned()),
        }],
        occurred_at: time,
        source: Source::Api,
        last_agent_actor_id: Some(ActorId::parse("agent_7").expect(VALID)),
        logged_by: Actor::parse("agent:agent_7").expect(VALID),
        logged_at: time,
        request_id: REQUEST_ID.to_owned(),
        submitted: Submitted::Nothing,
    }
}

fn audit_event_example() -> AuditEvent {
    let activity = activity_example();
    let call = Call {
        principal: Principal {
            tenant_id: activity.tenant_id,
            actor: activity.logged_by,
            credential_id: KeyId::parse("3f9c1d0a7b2e4856").expect(VALID),
            scopes: Scopes::new(),
        },
        source: activity.source,
        entry_point: EntryPoint::ApiRoute("/v1/activities".to_owned()),
        request_id: REQUEST_ID.to_owned(),
    };
    let id = ActivityId::parse(AUDIT_EVENT_ID).expect(VALID).0;
    AuditEvent {
        resource_id: Some(activity.id),
        input_hash: Some(InputHash::of(&input_example()).expect(VALID)),
        ..AuditEvent::of(&call, id, activity.logged_at)
    }
}

fn example_time() -> Timestamp {
    Timestamp::parse("2026-03-01T09:30:00Z", Rounding::Down).expect(VALID)
}

/// An error of each code. The causes are for the log and are not written.
fn error_example(code: ErrorCode) -> Error {
    let cause = || "an example".into();
    match code {
        ErrorCode::MalformedRequest => {
            Error::MalformedRequest("The request body is not valid JSON.")
        }
        ErrorCode::Unauthorized => Error::Unauthorized,
        ErrorCode::MissingRequiredScope => Error::MissingRequiredScope(Scope::ActivityRead),
        ErrorCode::ResourceNotFound => Error::ResourceNotFound,
        ErrorCode::MethodNotAllowed => Error::MethodNotAllowed(&[]),
        ErrorCode::IdempotencyConflict => {
            Error::IdempotencyConflict(IdempotencyKey::parse(IDEMPOTENCY_KEY).expect(VALID))
        }
        ErrorCode::PayloadTooLarge => Error::PayloadTooLarge,
        ErrorCode::UnsupportedMediaType => Error::UnsupportedMediaType,
        ErrorCode::ValidationFailed => {
            Error::ValidationFailed(vec![FieldError::new("verbose", "is not a known parameter")])
        }
        ErrorCode::RateLimited => Error::RateLimited(cause()),
        ErrorCode::InternalError => Error::Internal(cause()),
        ErrorCode::Unavailable => Error::Unavailable(cause()),
    }
}

const VALID: &str = "the example is valid";
