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

use std::collections::BTreeMap;
use std::sync::LazyLock;

use activity_log_core::domain::error::{Error, ErrorCode, FieldError};
use activity_log_core::domain::idempotency::IdempotencyKey;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::describe::{
    ACTIVITIES, AUDIT, AUDIT_LOG, Described, KEYS, LOGGED_ACTIVITIES, acting_for,
    header_references, success,
};
use activity_log_core::http::examples::{ACTIVITY_ID, IDEMPOTENCY_KEY, REQUEST_ID};
use activity_log_core::http::routes::{Dialect, Operation, Route, described_routes, dialect_of};
use activity_log_core::http::{logged_activity, status, v1};
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
encoding, up to 1 MiB, with up to 65,536 values and names of properties.
* Every response has an `x-request-id`, which names the request in the audit trail and in the log; \
the one of a caller is ignored.
* Times are RFC 3339. They are written in UTC with milliseconds, and read with any offset, which may \
also be `+0200` or `+02`, and with or without seconds.
* Unknown query parameters are rejected, and so are repeated ones that are no lists, and unknown \
properties of an input; under `/api`, unknown query parameters are ignored.
* HEAD is answered as GET, without a body.
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
        let path = paths.entry(route.described_path()).or_insert_with(|| json!({}));
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
            {
                "name": KEYS,
                "description": "Make, read, rotate and revoke the keys of the workspace.",
            },
            { "name": AUDIT, "description": "The trail of every write and every refused write." },
            {
                "name": AUDIT_LOG,
                "description": "The signed log that the trail is sealed in, as tools for \
                    transparency logs read it.",
            },
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

const DESCRIPTION: &str = "Description";

/// What the endpoint of an operation says of itself.
fn describe(operation: Operation, schemas: &mut SchemaGenerator) -> Described {
    match operation {
        Operation::LogActivity => v1::log::describe(schemas),
        Operation::SearchActivity => v1::search::describe(schemas),
        Operation::GetActivity => v1::get::describe(schemas),
        Operation::ListAuditEvents => v1::audit::describe(schemas),
        Operation::GetProof => v1::proof::describe(schemas),
        Operation::GetCheckpoint => v1::audit_log::checkpoint::describe(),
        Operation::ListCheckpoints => v1::audit_log::checkpoints::describe(schemas),
        Operation::GetTile => v1::audit_log::tile::describe(),
        Operation::GetDisclosures => v1::audit_log::disclosures::describe(),
        Operation::GetRecords => v1::audit_log::records::describe(schemas),
        Operation::LogTypedActivity => logged_activity::log::describe(schemas),
        Operation::ListActivitiesOfType => logged_activity::list::describe(schemas),
        Operation::GetLoggedActivity => logged_activity::get::describe(schemas),
        Operation::ListActivityTypes => logged_activity::list_types::describe(schemas),
        Operation::GetActivityType => logged_activity::get_type::describe(schemas),
        Operation::ListActivityTypeFields => logged_activity::list_fields::describe(schemas),
        Operation::CreateKey => v1::keys::create::describe(schemas),
        Operation::ListKeys => v1::keys::list::describe(schemas),
        Operation::GetKey => v1::keys::get::describe(schemas),
        Operation::RevokeKey => v1::keys::revoke::describe(schemas),
        Operation::RotateKey => v1::keys::rotate::describe(schemas),
        Operation::CreateViewerToken => v1::viewer_tokens::describe(schemas),
        Operation::GetMe => v1::me::describe(schemas),
        Operation::GetOpenApi => describe_openapi(schemas),
        Operation::CallMcp | Operation::GetPages | Operation::GetDocs | Operation::GetAsset => {
            unreachable!("it is not one of the described routes")
        }
    }
}

fn describe_openapi(schemas: &mut SchemaGenerator) -> Described {
    Described {
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
            schemas.subschema_for::<OpenApi>(),
            json!({ "openapi": "3.1.1", "info": {}, "paths": {}, "components": {} }),
        ),
    }
}

/// This document, as far as it describes itself.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
struct OpenApi {
    /// The version of OpenAPI that it is written in.
    #[schemars(extend("pattern" = r"^3\.1\."))]
    #[expect(dead_code, reason = "only its description is used")]
    openapi: String,
}

/// What a call can end in follows from its route: what it needs, what it names,
/// and what it takes.
fn errors(route: &Route, takes_body: bool, takes_parameters: bool) -> Vec<ErrorCode> {
    let ignores_unknown = dialect_of(route.template) == Dialect::LoggedActivity;
    let logs = route.scope == Some(Scope::ActivityWrite);
    let takes_key = logs || matches!(route.operation, Operation::CreateKey | Operation::RotateKey);
    // There is no checkpoint before the first.
    let is_checkpoint = route.operation == Operation::GetCheckpoint;
    let names = logs || is_checkpoint || route.template.contains('{');
    let can_be = |code: &ErrorCode| match code {
        // The length of a body is judged where nobody asks for one, too.
        ErrorCode::MalformedRequest | ErrorCode::PayloadTooLarge | ErrorCode::InternalError => true,
        // Where there are no parameters, unknown ones are all that can be wrong.
        ErrorCode::ValidationFailed => takes_body || takes_parameters || !ignores_unknown,
        ErrorCode::Unauthorized | ErrorCode::RateLimited | ErrorCode::Unavailable => {
            !route.is_open()
        }
        ErrorCode::MissingRequiredScope => route.scope.is_some(),
        ErrorCode::UnsupportedMediaType => takes_body,
        ErrorCode::ResourceNotFound => names,
        ErrorCode::IdempotencyConflict => takes_key,
        // Of another method than the described one.
        ErrorCode::MethodNotAllowed => false,
    };
    ErrorCode::ALL.iter().copied().filter(can_be).collect()
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let dialect = dialect_of(route.template);
    let mut described = describe(route.operation, schemas);
    if dialect == Dialect::V1 && !route.is_open() {
        described.parameters.push(acting_for(schemas));
    }
    let mut responses = Map::new();
    responses.insert(described.status.as_str().to_owned(), described.success);
    let takes_parameters = described.parameters.iter().any(|parameter| parameter["in"] == "query");
    for code in errors(route, described.request_body.is_some(), takes_parameters) {
        let status = status(dialect, code);
        let reference = format!("#/components/responses/{}", response_name(dialect, status));
        responses.insert(status.as_str().to_owned(), json!({ "$ref": reference }));
    }
    let required = match (route.scope, route.second_scope) {
        (Some(scope), Some(second)) => format!("Required scopes: `{scope}` and `{second}`."),
        (Some(scope), None) => format!("Required scope: `{scope}`."),
        (None, _) if route.is_open() => "No credential is required.".to_owned(),
        (None, _) => "Any credential is taken.".to_owned(),
    };
    let mut operation = json!({
        "operationId": described.id,
        "tags": [described.tag],
        "summary": described.summary,
        "description": format!("{}\n\n{required}", described.description),
        "security": security(dialect, route),
        "responses": responses,
    });
    if let Some(scope) = route.scope {
        operation["x-required-scope"] = json!(scope);
    }
    if !described.parameters.is_empty() {
        operation["parameters"] = described.parameters.into();
    }
    if let Some(body) = described.request_body {
        let (name, example) = body.example;
        operation["requestBody"] = json!({
            "description": body.description,
            "required": body.required,
            "content": { "application/json": {
                "schema": body.schema,
                "examples": { name: { "value": example } },
            } },
        });
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
            "description": "A key of one tenant, with its scopes. To search activities, to read one, \
                and to ask who calls, a viewer token (`alv_...`) is taken in its place.",
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
fn security(dialect: Dialect, route: &Route) -> Value {
    if route.is_open() {
        return json!([]);
    }
    let names = match dialect {
        Dialect::V1 | Dialect::Mcp => vec![BEARER],
        Dialect::LoggedActivity => API_KEY_HEADERS.map(|(name, _)| name).to_vec(),
    };
    let scopes = json!(Vec::from_iter(route.scopes()));
    let required: Map<String, Value> =
        names.into_iter().map(|name| (name.to_owned(), scopes.clone())).collect();
    json!([required])
}

// Responses.

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
            "schema": { "type": "string", "const": "no-store" },
        },
        "Location": {
            "description": "Where what was made can be read: a reference without a host, unless \
                the deployment has a public address.",
            "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
            "example": format!("/v1/activities/{ACTIVITY_ID}"),
        },
        "Last-Modified": {
            "description": "When it was made: a date of HTTP.",
            "required": true,
            "schema": { "type": "string" },
            "example": "Sun, 01 Mar 2026 09:30:21 GMT",
        },
        "Link": {
            "description": "Where to go on, with the relation `next`. Only where there is more.",
            "required": false,
            "schema": { "type": "string" },
            "example": "</v1/audit-log/records/000?skip=17>; rel=\"next\"",
        },
        "Idempotency-Replayed": {
            "description": "Only where an earlier call with the same key did the write.",
            "required": false,
            "schema": { "type": "string", "const": "true" },
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
            "schema": { "type": "string", "const": "Bearer" },
        },
        "Allow": {
            "description": "The methods that the path is known with.",
            "required": true,
            "schema": { "type": "string" },
            "example": "GET, POST",
        },
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
        Dialect::V1 | Dialect::Mcp => status::status(code),
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

/// The codes of one status: what each means, and an example that the dialect
/// wrote. The schema is one for all of them, since generators of clients don't
/// merge what two schemas say: which code has which properties is in their
/// descriptions.
fn error_response(dialect: Dialect, codes: &[ErrorCode], schemas: &mut SchemaGenerator) -> Value {
    let (mut meanings, mut examples, mut special) = (Vec::new(), Map::new(), Vec::new());
    for code in codes {
        let error = error_example(*code);
        let written = match dialect {
            Dialect::V1 | Dialect::Mcp => v1::error(&error, REQUEST_ID),
            Dialect::LoggedActivity => logged_activity::error(&error),
        };
        let example: Value = serde_json::from_slice(written.body()).expect("an error is JSON");
        meanings.push(error.public_message().to_owned());
        examples.insert(code.as_str().to_owned(), json!({ "value": example }));
        special.extend(match error {
            Error::Unauthorized => Some("WWW-Authenticate"),
            Error::MethodNotAllowed => Some("Allow"),
            _ if error.retryable() => Some("Retry-After"),
            _ => None,
        });
    }
    let schema = match dialect {
        Dialect::V1 | Dialect::Mcp => schemas.subschema_for::<v1::ErrorBody<'static>>(),
        // Field errors are the only ones without a code.
        Dialect::LoggedActivity if codes.contains(&ErrorCode::ValidationFailed) => {
            schemas.subschema_for::<logged_activity::BadRequestBody>()
        }
        Dialect::LoggedActivity => schemas.subschema_for::<logged_activity::ErrorBody<'static>>(),
    };
    json!({
        "description": meanings.join(" Or: "),
        "headers": header_references(&special),
        "content": { "application/json": { "schema": schema, "examples": examples } },
    })
}

/// An error of each code. The causes are for the log and are not written.
fn error_example(code: ErrorCode) -> Error {
    let cause = || "an example".into();
    match code {
        ErrorCode::MalformedRequest => Error::MalformedRequest(
            "The request body is not valid JSON: a comma is missing, at line 1, column 16.".into(),
        ),
        ErrorCode::Unauthorized => Error::Unauthorized,
        ErrorCode::MissingRequiredScope => Error::MissingRequiredScope(Scope::ActivityRead),
        ErrorCode::ResourceNotFound => Error::ResourceNotFound,
        ErrorCode::MethodNotAllowed => Error::MethodNotAllowed,
        ErrorCode::IdempotencyConflict => Error::IdempotencyConflict(
            IdempotencyKey::parse(IDEMPOTENCY_KEY).expect("the example is valid"),
        ),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_the_names_of_operations_that_the_description_has() {
        let mut schemas = SchemaGenerator::default();
        for route in described_routes() {
            assert_eq!(describe(route.operation, &mut schemas).id, route.operation.as_str());
        }
    }
}
