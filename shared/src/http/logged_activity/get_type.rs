//! `GET /api/activities/{activity_identifier}`.

use http::StatusCode;
use schemars::SchemaGenerator;
use serde_json::json;

use super::view::TypeView;
use crate::domain::activity_type::{TypeDefinition, TypeIdentifier};
use crate::domain::error::{Error, Result};
use crate::domain::record_type_ids::RecordTypeIds;
use crate::http::describe::{Described, LOGGED_ACTIVITIES, activity_identifier, success};
use crate::http::examples::{activity_type, record_type_ids};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};

/// Reads a request.
///
/// # Errors
///
/// 400 for a query that can't be decoded, and [`Error::ResourceNotFound`] for what
/// names no type.
pub fn parse(exchange: &Exchange<'_>) -> Result<TypeIdentifier> {
    exchange.expect_no_parameters()?;
    identifier(exchange)
}

/// The type that a path names.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for what is neither an id nor a name.
pub fn identifier(exchange: &Exchange<'_>) -> Result<TypeIdentifier> {
    TypeIdentifier::parse(exchange.path_parameter(0)).ok_or(Error::ResourceNotFound)
}

/// Writes a type.
#[must_use]
pub fn respond(definition: &TypeDefinition, ids: &RecordTypeIds) -> Response {
    json(StatusCode::OK, &TypeView::of(&definition.summary, ids))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "get_activity_type",
        tag: LOGGED_ACTIVITIES,
        summary: "Read an activity type",
        description: "What the type is, without its fields.",
        parameters: vec![activity_identifier()],
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "The type.",
            &[],
            schemas.subschema_for::<TypeView<'static>>(),
            json!(TypeView::of(&activity_type().summary, &record_type_ids())),
        ),
    }
}
