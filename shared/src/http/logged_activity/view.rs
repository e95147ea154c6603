//! What more than one endpoint of this dialect shows.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::activity::{Activity, NamedResource, RelatedResource};
use crate::domain::activity_type::{AssociationMode, Category, FieldType, TypeName, TypeSummary};
use crate::domain::clock::Timestamp;
use crate::domain::principal::Actor;
use crate::domain::record_type::RecordType;
use crate::domain::record_type_ids::RecordTypeIds;
use crate::domain::submission::SubmittedField;

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
    pub(super) fn all_of(activity: &'a Activity, ids: &RecordTypeIds) -> Vec<Self> {
        let view = |named: &'a NamedResource| {
            let RelatedResource { resource_type, id } = &named.resource;
            Self {
                object_api_name: resource_type,
                entity_id: id.as_str(),
                display_name: named.display_name.as_deref().unwrap_or(id.as_str()),
                custom_object: ids.id(resource_type),
            }
        };
        activity.related.iter().map(view).collect()
    }
}

/// A field with its value, under the names that it had when the activity was
/// logged.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FieldWithValue")]
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

/// An activity type.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ActivityType")]
pub struct TypeView<'a> {
    id: Uuid,
    name: &'a str,
    api_name: &'a TypeName,
    description: Option<&'a str>,
    association_mode: AssociationMode,
    /// The ids of the record types that the type is limited to.
    custom_objects: Vec<Uuid>,
    /// The same, with their names.
    selected_objects: Vec<RecordTypeView<'a>>,
    /// Whether the type is disabled: types are never deleted.
    deleted: bool,
    /// When the type was defined first; null for a built-in one.
    created: Option<Timestamp>,
    /// Which of the five types its activities have in `/v1`.
    category: Category,
}

/// A kind of record.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RecordType")]
pub(super) struct RecordTypeView<'a> {
    id: Uuid,
    api_name: &'a RecordType,
}

impl<'a> RecordTypeView<'a> {
    pub(super) fn of(record_type: &'a RecordType, ids: &RecordTypeIds) -> Self {
        Self { id: ids.id(record_type), api_name: record_type }
    }
}

impl<'a> TypeView<'a> {
    /// A type of a tenant.
    #[must_use]
    pub fn of(summary: &'a TypeSummary, ids: &RecordTypeIds) -> Self {
        let selected = &summary.selected_objects;
        Self {
            id: summary.id(ids.tenant()),
            name: summary.name.as_str(),
            api_name: &summary.api_name,
            description: summary.description.as_deref(),
            association_mode: summary.association_mode,
            custom_objects: selected.iter().map(|kind| ids.id(kind)).collect(),
            selected_objects: selected.iter().map(|kind| RecordTypeView::of(kind, ids)).collect(),
            deleted: !summary.enabled,
            created: summary.created_at,
            category: summary.category,
        }
    }
}
