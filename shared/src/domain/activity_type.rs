//! Activity types: what can be logged, with which fields, about which records.
//!
//! Every tenant has the five built-in types, which have no fields, go with
//! every record type and are never disabled, and defines its own. A type is
//! never deleted, only disabled, and what was logged keeps a snapshot of the
//! definition of its day.

use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::clock::Timestamp;
use crate::domain::principal::TenantId;
use crate::domain::record_type::{
    ApiNamed, Identifier, RecordType, api_name_schema, check_api_name,
};
use crate::domain::value::{Refusal, text, word_enum};

word_enum! {
    /// What kind of thing happened.
    Category as "ActivityCategory" {
        Note = "note",
        /// A telephone or video call.
        Call = "call",
        Email = "email",
        Meeting = "meeting",
        /// Something that an agent did.
        AgentAction = "agent_action",
    }
}

/// The most fields that a type can have.
pub const MAX_FIELDS: usize = 100;
/// The most options that a field can have.
pub const MAX_OPTIONS: usize = 1_000;
/// The largest definition, in bytes of JSON: it is kept in one piece.
pub const MAX_DEFINITION_BYTES: usize = 256 * 1024;
/// The most record types that a type can be limited to.
pub const MAX_SELECTED_OBJECTS: usize = 100;

/// What stands in the place of a type in a path and is none.
pub const RESERVED_WORDS: [&str; 2] = ["logged", "scheduled-activity"];

text! {
    /// The name of an activity type.
    TypeName, check_type_name, api_name_schema, Display
}

text! {
    /// The name of a field of a type.
    FieldName, check_api_name, api_name_schema, Display
}

fn check_type_name(text: &str) -> Result<(), Refusal> {
    check_api_name(text)?;
    if RESERVED_WORDS.contains(&text) {
        return Err("is a reserved word".into());
    }
    Ok(())
}

impl TypeName {
    /// The built-in type that it names, if it names one.
    #[must_use]
    pub fn built_in(&self) -> Option<Category> {
        Category::parse(self.as_str()).ok()
    }
}

impl From<Category> for TypeName {
    fn from(built_in: Category) -> Self {
        Self(built_in.as_str().to_owned())
    }
}

impl ApiNamed for TypeName {
    fn from_api_name(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
    fn api_name(&self) -> &str {
        self.as_str()
    }
    fn is_built_in(&self) -> bool {
        self.built_in().is_some()
    }
}

/// How callers name an activity type.
pub type TypeIdentifier = Identifier<TypeName>;

text! {
    /// A name for people: 1 to 200 characters, not only white space, without
    /// control characters.
    Label, check_label, label_schema
}

const MAX_LABEL_CHARS: usize = 200;

fn check_label(text: &str) -> Result<(), Refusal> {
    if text.chars().all(char::is_whitespace) || text.chars().count() > MAX_LABEL_CHARS {
        return Err("must have 1 to 200 characters, and not only white space".into());
    }
    if text.chars().any(char::is_control) {
        return Err("must not have control characters".into());
    }
    Ok(())
}

fn label_schema() -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_LABEL_CHARS })
}

word_enum! {
    /// Which records an activity of a type can be about.
    AssociationMode {
        /// Records of any record type.
        All = "all_objects_associated",
        /// Records of the record types that the type names.
        Selected = "selected_objects_associated",
        /// None.
        No = "no_objects_associated",
    }
}

word_enum! {
    /// What a field holds.
    FieldType {
        /// A short text.
        Text = "text",
        LongText = "longtext",
        /// An email address.
        Email = "email",
        /// A formatted text.
        Wysiwyg = "wysiwyg",
        /// A whole number.
        Integer = "integer",
        /// A number on a scale.
        Rating = "rating",
        /// A number that keeps its digits.
        Decimal = "decimal",
        /// An amount of the field's currency.
        Money = "money",
        /// A day.
        Date = "date",
        /// A moment.
        DateTime = "datetime",
        /// One option.
        Dropdown = "dropdown",
        /// One option.
        Radio = "radio",
        /// One option.
        Choices = "choices",
        /// One option.
        Status = "status",
        /// One option.
        Selector = "selector",
        /// Several options.
        Checkboxes = "checkboxes",
        /// Several options.
        DynamicTags = "dynamictags",
        /// True or false.
        Checkbox = "checkbox",
        /// Yes, no or maybe.
        YesNoMaybe = "yesnomaybe",
        /// A record.
        Relationship = "relationship",
        /// Several files.
        Files = "files",
        /// A telephone number.
        PhoneNumber = "phonenumber",
        /// A time zone.
        Timezone = "timezone",
        /// An employee.
        TeamSelector = "team_selector",
    }
}

impl FieldType {
    /// Whether its values are options of the field.
    #[must_use]
    pub fn has_options(self) -> bool {
        matches!(
            self,
            Self::Dropdown
                | Self::Radio
                | Self::Choices
                | Self::Status
                | Self::Selector
                | Self::Checkboxes
                | Self::DynamicTags
        )
    }

    /// Whether the words of its values are searched.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::LongText | Self::Email | Self::Wysiwyg)
    }
}

/// One of the values that a field can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldOption {
    /// What callers write.
    pub id: String,
    /// What programs know it by.
    pub code: String,
    /// What people know it by.
    pub name: String,
}

/// A field of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDefinition {
    pub id: Uuid,
    /// What programs know it by.
    pub name: FieldName,
    /// What people know it by.
    pub display_name: Label,
    /// What it holds.
    pub field_type: FieldType,
    /// The type of the record's field that it stands for, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_field_type: Option<FieldType>,
    /// Whether every activity of the type has to have it.
    pub required: bool,
    /// The values that it can have, where they are options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<FieldOption>,
    /// The record type that a relationship leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<RecordType>,
    /// What money is in, where it is not [`DEFAULT_CURRENCY`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The sign of the currency, where it is not [`DEFAULT_SYMBOL`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
}

/// The currency of a money field that names none.
pub const DEFAULT_CURRENCY: &str = "USD";
/// The sign of a money field that names none.
pub const DEFAULT_SYMBOL: &str = "$";

/// A type without its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeSummary {
    /// What people know it by.
    pub name: Label,
    /// What programs know it by.
    pub api_name: TypeName,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which records its activities can be about.
    pub association_mode: AssociationMode,
    /// The record types, where only some are allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selected_objects: Vec<RecordType>,
    /// Which of the five types its activities have in `/v1`.
    pub category: Category,
    /// Whether it can be logged.
    pub enabled: bool,
    /// When it was defined first; nothing for the built-in ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

impl TypeSummary {
    /// What people know a built-in type by.
    #[must_use]
    pub fn built_in_name(category: Category) -> &'static str {
        match category {
            Category::Note => "Note",
            Category::Call => "Call",
            Category::Email => "Email",
            Category::Meeting => "Meeting",
            Category::AgentAction => "Agent action",
        }
    }

    /// A built-in type.
    #[must_use]
    pub fn built_in(category: Category) -> Self {
        Self {
            name: Label(Self::built_in_name(category).to_owned()),
            api_name: category.into(),
            description: None,
            association_mode: AssociationMode::All,
            selected_objects: Vec::new(),
            category,
            enabled: true,
            created_at: None,
        }
    }

    /// Its id within a tenant.
    #[must_use]
    pub fn id(&self, tenant: &TenantId) -> Uuid {
        self.api_name.id(tenant)
    }

    /// Whether its activities can be about records of a record type.
    #[must_use]
    pub fn takes(&self, tenant: &TenantId, record_type_id: Uuid) -> bool {
        match self.association_mode {
            AssociationMode::All => true,
            AssociationMode::No => false,
            AssociationMode::Selected => {
                self.selected_objects.iter().any(|selected| selected.id(tenant) == record_type_id)
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDefinition {
    /// All but its fields.
    pub summary: TypeSummary,
    /// Its fields, in their order.
    pub fields: Vec<FieldDefinition>,
}

impl TypeDefinition {
    /// The built-in type that has an id.
    #[must_use]
    pub fn built_in(id: Uuid, tenant: &TenantId) -> Option<Self> {
        let built_in =
            Category::ALL.iter().find(|built_in| TypeName::from(**built_in).id(tenant) == id)?;
        Some(Self { summary: TypeSummary::built_in(*built_in), fields: Vec::new() })
    }

    /// A field by its id.
    #[must_use]
    pub fn field(&self, id: Uuid) -> Option<&FieldDefinition> {
        self.fields.iter().find(|field| field.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserved_word_is_no_type() {
        for word in RESERVED_WORDS {
            assert!(TypeName::parse(word).is_err(), "{word}");
            assert_eq!(TypeIdentifier::parse(word), None);
        }
    }

    #[test]
    fn the_built_in_types_have_one_id_for_all_tenants() {
        let [one, two] = ["one", "two"].map(|text| TenantId::parse(text).unwrap());
        for built_in in Category::ALL {
            let id = TypeName::from(*built_in).id(&one);
            assert_eq!(id, TypeName::from(*built_in).id(&two));
            let definition = TypeDefinition::built_in(id, &two).unwrap();
            assert_eq!(definition.summary.category, *built_in);
        }
        let own = TypeName::parse("site_visit").unwrap().id(&one);
        assert_eq!(TypeDefinition::built_in(own, &one), None);
    }
}
