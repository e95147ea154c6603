//! The logged-activity dialect, `/api/activities/...`: three headers, errors of
//! its own shape, and the vendor's view of an activity.

use std::collections::BTreeMap;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use uuid::Uuid;

use super::exchange::Exchange;
use super::{Response, json, json_bytes};
use crate::Context;
use crate::activity::{Activity, ActivityId, ActivityType, Body, RelatedResourceType, Source};
use crate::authenticate::authenticate_on_behalf;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::principal::{Actor, Principal};

/// The namespace of the UUIDv5 (RFC 9562) ids of activity types and record
/// types: the id of a built-in one is `UUIDv5(NAMESPACE, api_name)`.
pub const NAMESPACE: Uuid = Uuid::from_u128(0x0f5b_6c1e_93a4_4d0b_8f6e_2c7d_51a9_e340);

/// The body of every error of one cause.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LoggedActivityError")]
pub struct ErrorBody {
    /// What went wrong, for people.
    detail: &'static str,
    /// What went wrong, for programs.
    #[schemars(schema_with = "codes_schema")]
    code: &'static str,
}

/// The body of field errors: for each field, the rules that it breaks.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(rename = "LoggedActivityFieldErrors")]
pub struct FieldErrorsBody<'a>(BTreeMap<&'a str, Vec<&'a str>>);

fn codes_schema(_: &mut SchemaGenerator) -> Schema {
    let coded = ErrorCode::ALL.iter().filter(|code| **code != ErrorCode::ValidationFailed);
    let words: Vec<&str> = coded.map(|code| code_word(*code)).collect();
    json_schema!({ "type": "string", "enum": words })
}

/// The word of this dialect for a code.
#[must_use]
pub fn code_word(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ResourceNotFound => "not_found",
        ErrorCode::MissingRequiredScope => "permission_required",
        code => code.as_str(),
    }
}

/// The status of this dialect for a code.
#[must_use]
pub fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::ValidationFailed => StatusCode::BAD_REQUEST,
        code => code.status(),
    }
}

/// Writes an error: field errors as `{"field": ["..."]}`, every other as
/// `{"detail", "code"}`.
#[must_use]
pub fn error(error: &Error) -> Response {
    let body = if let Error::ValidationFailed(errors) = error {
        let mut fields = FieldErrorsBody::default();
        for violation in errors {
            fields.0.entry(&violation.field).or_default().push(&violation.message);
        }
        serde_json::to_vec(&fields)
    } else {
        let code = code_word(error.code());
        serde_json::to_vec(&ErrorBody { detail: error.public_message(), code })
    };
    let body = body.expect("an error has a JSON form");
    json_bytes(status(error.code()), body.into())
}

/// The caller, from `X-API-KEY`, `X-BUSINESS-ID` and `X-USER-ID`.
///
/// # Errors
///
/// [`Error::Unauthorized`], whatever is missing or does not match.
pub async fn authenticate(ctx: &Context, exchange: &Exchange<'_>) -> Result<Principal> {
    let header = |name| exchange.header(name).ok_or(Error::Unauthorized);
    let (key, business, user) =
        (header("x-api-key")?, header("x-business-id")?, header("x-user-id")?);
    authenticate_on_behalf(ctx, key, business, user).await
}

/// A logged activity as the vendor's clients read it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LoggedActivity")]
pub struct LoggedActivityView<'a> {
    id: ActivityId,
    /// The body, or the summary where there is none.
    notes: &'a str,
    /// The activity's type.
    activity_object: ActivityObject,
    /// The related records.
    associated_entities: Vec<AssociatedEntity<'a>>,
    /// When the record was created.
    logged_at: Timestamp,
    /// Who logged it.
    logged_by: Person<'a>,
    /// Null unless the activity was explicitly completed.
    completed_at: Option<Timestamp>,
    /// Null unless the activity was explicitly completed.
    completed_by: Option<Person<'a>>,
    /// The scheduled activity that it came from, or null.
    #[schemars(extend("format" = "uuid"))]
    scheduled_activity_id: Option<String>,
    /// Who is mentioned.
    #[schemars(extend("items" = { "type": "string", "format": "uuid" }))]
    mentions: Vec<String>,
    /// The category, as in `/v1`.
    #[serde(rename = "type")]
    activity_type: ActivityType,
    /// What happened, in a line.
    summary: &'a str,
    /// What happened, at length; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    body: Option<&'a str>,
    /// The way by which it came in.
    source: Source,
    /// When it happened, in UTC.
    occurred_at: Timestamp,
}

/// The activity's type.
#[derive(Debug, Serialize, JsonSchema)]
struct ActivityObject {
    #[schemars(extend("format" = "uuid"))]
    id: String,
    name: &'static str,
    api_name: &'static str,
    association_mode: &'static str,
}

/// A related record.
#[derive(Debug, Serialize, JsonSchema)]
struct AssociatedEntity<'a> {
    object_api_name: RelatedResourceType,
    entity_id: &'a str,
    /// Its name when the activity was logged, or its id where none was known.
    display_name: &'a str,
    #[schemars(extend("format" = "uuid"))]
    custom_object: String,
}

/// Who logged or completed an activity.
#[derive(Debug, Serialize, JsonSchema)]
struct Person<'a> {
    id: &'a str,
    display_name: &'a str,
    email: Option<&'a str>,
    picture: Option<&'a str>,
}

impl<'a> From<&'a Actor> for Person<'a> {
    fn from(actor: &'a Actor) -> Self {
        let id = actor.id.as_str();
        Self { id, display_name: id, email: None, picture: None }
    }
}

/// The stable id of a built-in activity type or record type.
#[must_use]
pub fn built_in_id(api_name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, api_name.as_bytes())
}

fn activity_type_name(activity_type: ActivityType) -> &'static str {
    match activity_type {
        ActivityType::Note => "Note",
        ActivityType::Call => "Call",
        ActivityType::Email => "Email",
        ActivityType::Meeting => "Meeting",
        ActivityType::AgentAction => "Agent action",
    }
}

impl<'a> From<&'a Activity> for LoggedActivityView<'a> {
    fn from(activity: &'a Activity) -> Self {
        let body = activity.body.whole().map(Body::as_str);
        let api_name = activity.activity_type.as_str();
        let related = activity.related_resource.iter().map(|named| {
            let resource_type = named.resource.resource_type;
            let entity_id = named.resource.id.as_str();
            AssociatedEntity {
                object_api_name: resource_type,
                entity_id,
                display_name: named.display_name.as_deref().unwrap_or(entity_id),
                custom_object: built_in_id(resource_type.as_str()).to_string(),
            }
        });
        Self {
            id: activity.id,
            notes: body.unwrap_or(activity.summary.as_str()),
            activity_object: ActivityObject {
                id: built_in_id(api_name).to_string(),
                name: activity_type_name(activity.activity_type),
                api_name,
                association_mode: "all_objects_associated",
            },
            associated_entities: related.collect(),
            logged_at: activity.logged_at,
            logged_by: Person::from(&activity.logged_by),
            completed_at: None,
            completed_by: None,
            scheduled_activity_id: None,
            mentions: Vec::new(),
            activity_type: activity.activity_type,
            summary: activity.summary.as_str(),
            body,
            source: activity.source,
            occurred_at: activity.occurred_at,
        }
    }
}

/// The activity that a path names.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for what is not an id at all.
pub fn activity_id(exchange: &Exchange<'_>) -> Result<ActivityId> {
    ActivityId::parse(exchange.path_parameter(0)).ok_or(Error::ResourceNotFound)
}

/// Writes a logged activity.
///
/// # Errors
///
/// None in practice: the view has a JSON form.
pub fn logged_activity(activity: &Activity) -> Result<Response> {
    json(StatusCode::OK, &LoggedActivityView::from(activity))
}
