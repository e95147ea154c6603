//! What the logged-activity dialect keeps with an activity: a snapshot of its
//! type, the values of its fields as they are read, and how it was completed.
//!
//! A definition that changes after an activity was logged changes nothing of
//! the activity, so names and labels are kept with the values.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::activity_type::{
    AssociationMode, FieldDefinition, FieldType, TypeName, TypeSummary,
};
use crate::domain::clock::Timestamp;
use crate::domain::principal::TenantId;
use crate::domain::record_type::ApiNamed;
use crate::domain::searched_text::SearchedText;

/// An activity's type as it was when the activity was logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeSnapshot {
    pub id: Uuid,
    /// What people knew it by.
    pub name: String,
    /// What programs know it by.
    pub api_name: TypeName,
    /// Which records its activities could be about.
    pub association_mode: AssociationMode,
}

impl TypeSnapshot {
    /// A type as it is now.
    #[must_use]
    pub fn of(summary: &TypeSummary, tenant: &TenantId) -> Self {
        Self {
            id: summary.api_name.id(tenant),
            name: summary.name.as_str().to_owned(),
            api_name: summary.api_name.clone(),
            association_mode: summary.association_mode,
        }
    }
}

/// A field's value, with the field as it was when the activity was logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubmittedField {
    /// The field's id.
    pub id: Uuid,
    /// What programs knew it by.
    pub name: String,
    /// What people knew it by.
    pub display_name: String,
    /// What it holds.
    pub field_type: FieldType,
    /// The type of the record's field that it stood for, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_field_type: Option<FieldType>,
    /// The value as callers read it.
    pub value: Value,
}

impl SubmittedField {
    /// A value of a field as it is now.
    #[must_use]
    pub fn of(field: &FieldDefinition, value: Value) -> Self {
        Self {
            id: field.id,
            name: field.name.as_str().to_owned(),
            display_name: field.display_name.as_str().to_owned(),
            field_type: field.field_type,
            custom_field_type: field.custom_field_type,
            value,
        }
    }

    /// The value, where its words are searched.
    #[must_use]
    pub fn searched_text(&self) -> Option<SearchedText<'_>> {
        let text = self.value.as_str().filter(|_| self.field_type.is_text())?;
        let is_html = self.field_type == FieldType::Wysiwyg;
        Some(if is_html { SearchedText::Html(text) } else { SearchedText::Plain(text) })
    }
}

/// What was submitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    pub object: TypeSnapshot,
    /// When the activity was completed, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// The scheduled activity that it completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_activity_id: Option<Uuid>,
    /// Who is mentioned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Uuid>,
    /// The fields that have a value, in the order of the type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<SubmittedField>,
}
