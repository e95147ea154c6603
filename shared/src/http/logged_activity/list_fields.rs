//! `GET /api/activities/{activity_identifier}/fields`.

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::get_type::identifier;
use super::ordering::Ordering;
use super::view::RecordTypeView;
use crate::app::input::Reader;
use crate::domain::activity_type::{
    FieldDefinition, FieldOption, FieldType, TypeDefinition, TypeIdentifier,
};
use crate::domain::error::Result;
use crate::domain::record_type_ids::RecordTypeIds;
use crate::http::describe::{
    Described, LOGGED_ACTIVITIES, activity_identifier, query_parameters, success,
};
use crate::http::examples::{activity_type, record_type_ids};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::query::KnownOnly;
use crate::input;

input! {
    /// How to list them.
    pub struct ListFieldsInput {
        /// What to order them by: `order` (their own order, by default), `name`, `display_name`, `field_type`, `is_required`, or several of these between commas; `-` in front for the other way round.
        optional "ordering" => ordering: Ordering;
    }
}

/// Reads a request: the type, and the order of its fields.
///
/// # Errors
///
/// 400 for a query that can't be decoded or has a parameter twice, and
/// [`Error::ResourceNotFound`](crate::domain::error::Error::ResourceNotFound) for what
/// names no type.
pub fn parse(exchange: &Exchange<'_>) -> Result<(TypeIdentifier, Ordering)> {
    let query = exchange.query()?;
    let mut reader = Reader::new(KnownOnly(&query));
    let input = ListFieldsInput::read(&mut reader);
    let ordering = reader.finish(Ok(input.ordering.unwrap_or_default()))?;
    Ok((identifier(exchange)?, ordering))
}

/// A field of a type.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ActivityTypeField")]
pub struct FieldDefinitionView<'a> {
    id: Uuid,
    name: &'a str,
    display_name: &'a str,
    field_type: FieldType,
    /// Null: fields are the type's own.
    custom_object_field: Option<Uuid>,
    custom_field_type: Option<FieldType>,
    is_default: bool,
    is_required: bool,
    is_read_only: bool,
    is_hidden: bool,
    is_deletable: bool,
    /// From 0.
    #[schemars(extend("format" = "int32"))]
    order: usize,
    options: &'a [FieldOption],
    /// What kind of record a relationship leads to.
    relation: Option<RecordTypeView<'a>>,
}

impl<'a> FieldDefinitionView<'a> {
    /// The fields of a type, in their order.
    #[must_use]
    pub fn all_of(definition: &'a TypeDefinition, ids: &RecordTypeIds) -> Vec<Self> {
        let view = |(order, field)| Self::of(order, field, ids);
        definition.fields.iter().enumerate().map(view).collect()
    }

    fn of(order: usize, field: &'a FieldDefinition, ids: &RecordTypeIds) -> Self {
        Self {
            id: field.id,
            name: field.name.as_str(),
            display_name: field.display_name.as_str(),
            field_type: field.field_type,
            custom_object_field: None,
            custom_field_type: field.custom_field_type,
            is_default: false,
            is_required: field.required,
            is_read_only: false,
            is_hidden: false,
            is_deletable: false,
            order,
            options: &field.options,
            relation: field.relation.as_ref().map(|kind| RecordTypeView::of(kind, ids)),
        }
    }

    fn sort_key(&self, name: &str) -> Option<(usize, String)> {
        match name {
            "order" => Some((self.order, String::new())),
            "is_required" => Some((usize::from(self.is_required), String::new())),
            "name" => Some((0, self.name.to_owned())),
            "display_name" => Some((0, self.display_name.to_owned())),
            "field_type" => Some((0, self.field_type.as_str().to_owned())),
            _ => None,
        }
    }
}

/// Writes the fields of a type.
#[must_use]
pub fn respond(definition: &TypeDefinition, ordering: &Ordering, ids: &RecordTypeIds) -> Response {
    let mut fields = FieldDefinitionView::all_of(definition, ids);
    ordering.sort(&mut fields, FieldDefinitionView::sort_key);
    json(StatusCode::OK, &fields)
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    let (definition, ids) = (activity_type(), record_type_ids());
    let parameters = query_parameters::<ListFieldsInput>(schemas);
    Described {
        id: "list_activity_type_fields",
        tag: LOGGED_ACTIVITIES,
        summary: "List the fields of an activity type",
        description: "With their options, in their own order or another.",
        parameters: [vec![activity_identifier()], parameters].concat(),
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "The fields.",
            &[],
            json!({
                "type": "array",
                "items": schemas.subschema_for::<FieldDefinitionView<'static>>(),
            }),
            json!(FieldDefinitionView::all_of(&definition, &ids)),
        ),
    }
}
