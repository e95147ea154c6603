//! `GET /api/activities/{activity_identifier}/fields`.

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::view::RecordTypeView;
use crate::app::permit::Permit;
use crate::domain::activity_type::{FieldDefinition, FieldOption, FieldType, TypeDefinition};
use crate::domain::principal::TenantId;
use crate::http::describe::{Described, LOGGED_ACTIVITIES, activity_identifier, success};
use crate::http::examples::{activity_type, tenant};
use crate::http::message::{Response, json};

pub use super::get_type::parse;

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
    pub fn all_of(definition: &'a TypeDefinition, tenant: &TenantId) -> Vec<Self> {
        let view = |(order, field)| Self::of(order, field, tenant);
        definition.fields.iter().enumerate().map(view).collect()
    }

    fn of(order: usize, field: &'a FieldDefinition, tenant: &TenantId) -> Self {
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
            relation: field.relation.as_ref().map(|kind| RecordTypeView::of(kind, tenant)),
        }
    }
}

/// Writes the fields of a type.
#[must_use]
pub fn respond(permit: Permit<'_>, definition: &TypeDefinition) -> Response {
    json(StatusCode::OK, &FieldDefinitionView::all_of(definition, permit.tenant_id()))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    let (definition, tenant) = (activity_type(), tenant());
    Described {
        id: "list_activity_type_fields",
        tag: LOGGED_ACTIVITIES,
        summary: "List the fields of an activity type",
        description: "In their order, with their options.",
        parameters: vec![activity_identifier()],
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "The fields.",
            &[],
            json!({
                "type": "array",
                "items": schemas.subschema_for::<FieldDefinitionView<'static>>(),
            }),
            json!(FieldDefinitionView::all_of(&definition, &tenant)),
        ),
    }
}
