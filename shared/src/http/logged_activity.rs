//! The logged-activity dialect, `/api/activities/...`: three headers, errors of
//! its own shape, and the vendor's view of activities and their types.

pub mod page;
pub mod responses;
pub mod types;
pub mod write;

use std::collections::BTreeMap;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::exchange::Exchange;
use super::{Response, json, json_bytes};
use crate::Context;
use crate::activity::{Activity, ActivityId, Body, NamedResource, RelatedResource, Source};
use crate::activity_type::{ActivityType, AssociationMode, FieldType, TypeName, TypeSummary};
use crate::authenticate::authenticate_on_behalf;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::principal::{Actor, Principal};
use crate::record_type::{Kind, RecordType};
use crate::submission::SubmittedField;

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
    // With a comma it may be two that a gateway has joined.
    let once = |value: &&str| !value.contains(',');
    let header = |name| exchange.header(name).filter(once).ok_or(Error::Unauthorized);
    let (key, business, user) =
        (header("x-api-key")?, header("x-business-id")?, header("x-user-id")?);
    authenticate_on_behalf(ctx, key, business, user).await
}

/// A logged activity as the vendor's clients read it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LoggedActivity")]
pub struct LoggedActivityView<'a> {
    id: ActivityId,
    /// As they were sent; of an activity of another dialect the body, or the summary where there is none.
    notes: &'a str,
    /// The activity's type, as it was when the activity was logged.
    activity_object: ActivityObject<'a>,
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
    scheduled_activity_id: Option<Uuid>,
    /// Who is mentioned.
    mentions: &'a [Uuid],
    /// The values of the type's fields. Left out when none were submitted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldView<'a>>,
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

/// The activity's type when the activity was logged.
#[derive(Debug, Serialize, JsonSchema)]
struct ActivityObject<'a> {
    id: Uuid,
    name: &'a str,
    api_name: &'a str,
    association_mode: AssociationMode,
}

/// A related record.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AssociatedEntity<'a> {
    object_api_name: &'a RecordType,
    entity_id: &'a str,
    /// Its name when the activity was logged, or its id where none was known.
    display_name: &'a str,
    custom_object: Uuid,
}

impl<'a> AssociatedEntity<'a> {
    /// Every related record of an activity.
    pub(super) fn all_of(activity: &'a Activity) -> Vec<Self> {
        let view = |named: &'a NamedResource| {
            let RelatedResource { resource_type, id } = &named.resource;
            Self {
                object_api_name: resource_type,
                entity_id: id.as_str(),
                display_name: named.display_name.as_deref().unwrap_or(id.as_str()),
                custom_object: resource_type.id(&activity.tenant_id),
            }
        };
        activity.related.iter().map(view).collect()
    }
}

/// A field with its value, under the names that it had when the activity was
/// logged.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FieldView<'a> {
    id: Uuid,
    name: &'a str,
    display_name: &'a str,
    field_type: FieldType,
    custom_field_type: Option<FieldType>,
    /// In the form of its `field_type`.
    value: &'a Value,
}

impl<'a> FieldView<'a> {
    /// Every field of an activity that has a value.
    pub(super) fn all_of(activity: &'a Activity) -> Vec<Self> {
        let view = |field: &'a SubmittedField| Self {
            id: field.id,
            name: &field.name,
            display_name: &field.display_name,
            field_type: field.field_type,
            custom_field_type: field.custom_field_type,
            value: &field.value,
        };
        let submission = activity.submitted.whole();
        submission.map_or_else(Vec::new, |whole| whole.fields.iter().map(view).collect())
    }
}

/// Who logged or completed an activity.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Person<'a> {
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

impl<'a> From<&'a Activity> for LoggedActivityView<'a> {
    fn from(activity: &'a Activity) -> Self {
        let body = activity.body.whole().map(Body::as_str);
        let submission = activity.submitted.whole();
        let notes = match submission {
            // Notes that were not sent are empty; the summary is the type's name.
            Some(_) => body.unwrap_or_default(),
            None => body.unwrap_or(activity.summary.as_str()),
        };
        let activity_object = match submission {
            Some(submission) => ActivityObject {
                id: submission.object.id,
                name: &submission.object.name,
                api_name: submission.object.api_name.as_str(),
                association_mode: submission.object.association_mode,
            },
            None => ActivityObject {
                id: TypeName::from(activity.activity_type).id(&activity.tenant_id),
                name: TypeSummary::built_in_name(activity.activity_type),
                api_name: activity.activity_type.as_str(),
                association_mode: AssociationMode::All,
            },
        };
        let completed_at = submission.and_then(|submission| submission.completed_at);
        Self {
            id: activity.id,
            notes,
            activity_object,
            associated_entities: AssociatedEntity::all_of(activity),
            logged_at: activity.logged_at,
            logged_by: Person::from(&activity.logged_by),
            completed_at,
            completed_by: completed_at.map(|_| Person::from(&activity.logged_by)),
            scheduled_activity_id: submission
                .and_then(|submission| submission.scheduled_activity_id),
            mentions: submission.map_or(&[], |submission| &submission.mentions),
            fields: FieldView::all_of(activity),
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
