//! `GET /api/activities/logged/{id}`.

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::view::{AssociatedEntity, FieldView, Person};
use crate::domain::activity::{Activity, ActivityId, Body, Source};
use crate::domain::activity_type::{AssociationMode, Category, TypeName, TypeSummary};
use crate::domain::clock::Timestamp;
use crate::domain::record_type::ApiNamed;
use crate::domain::record_type_ids::RecordTypeIds;
use crate::http::describe::{Described, LOGGED_ACTIVITIES, activity_id, success};
use crate::http::examples::{activity, record_type_ids};
use crate::http::message::{Response, json};

pub use crate::http::v1::get::parse;

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
    category: Category,
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

impl<'a> LoggedActivityView<'a> {
    fn of(activity: &'a Activity, ids: &RecordTypeIds) -> Self {
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
                id: TypeName::from(activity.category).id(&activity.tenant_id),
                name: TypeSummary::built_in_name(activity.category),
                api_name: activity.category.as_str(),
                association_mode: AssociationMode::All,
            },
        };
        let completed_at = submission.and_then(|submission| submission.completed_at);
        Self {
            id: activity.id,
            notes,
            activity_object,
            associated_entities: AssociatedEntity::all_of(activity, ids),
            logged_at: activity.logged_at,
            logged_by: Person::from(&activity.logged_by.actor),
            completed_at,
            completed_by: completed_at.map(|_| Person::from(&activity.logged_by.actor)),
            scheduled_activity_id: submission
                .and_then(|submission| submission.scheduled_activity_id),
            mentions: submission.map_or(&[], |submission| &submission.mentions),
            fields: FieldView::all_of(activity),
            category: activity.category,
            summary: activity.summary.as_str(),
            body,
            source: activity.source,
            occurred_at: activity.occurred_at,
        }
    }
}

/// Writes an activity.
#[must_use]
pub fn respond(activity: &Activity, ids: &RecordTypeIds) -> Response {
    json(StatusCode::OK, &LoggedActivityView::of(activity, ids))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
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
            json!(LoggedActivityView::of(&activity(), &record_type_ids())),
        ),
    }
}
