//! `GET /v1/activities/{id}`.

use http::StatusCode;
use schemars::SchemaGenerator;
use serde_json::json;

use crate::domain::activity::{Activity, ActivityId};
use crate::domain::actor_names::ActorNames;
use crate::domain::error::{Error, Result};
use crate::http::describe::{ACTIVITIES, Described, activity_id, success};
use crate::http::examples::{REQUEST_ID, activity, actor_names};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::view::{ActivityBody, ActivityView};

/// The activity that the path names, where that is an id.
#[must_use]
pub fn named(exchange: &Exchange<'_>) -> Option<ActivityId> {
    ActivityId::parse(exchange.path_parameter(0))
}

/// Reads a request. In the logged-activity dialect it is the same.
///
/// # Errors
///
/// 400 and 422 for parameters, and [`Error::ResourceNotFound`] for what is not
/// an id at all.
pub fn parse(exchange: &Exchange<'_>) -> Result<ActivityId> {
    exchange.expect_no_parameters()?;
    named(exchange).ok_or(Error::ResourceNotFound)
}

/// Writes an activity.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, activity: &Activity, names: &ActorNames) -> Response {
    json(StatusCode::OK, &ActivityBody::of(activity, names, exchange.request_id()))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
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
            schemas.subschema_for::<ActivityBody<'static>>(),
            json!({
                "activity": ActivityView::record(&activity(), &actor_names()),
                "request_id": REQUEST_ID,
            }),
        ),
    }
}
