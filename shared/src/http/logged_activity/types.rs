//! `GET /api/activities`, one type of it, and the fields of one.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::page::{
    PAGE_WITHOUT_CURSOR, PageBody, next_link, parse_custom_object, parse_page, parse_page_size,
};
use crate::app::list_activities_of_type::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};
use crate::app::list_activity_types::Filters;
use crate::app::listing::Page;
use crate::app::search_activity::MAX_QUERY_CHARS;
use crate::domain::activity_type::{
    AssociationMode, Category, FieldDefinition, FieldOption, FieldType, TypeDefinition, TypeName,
    TypeSummary,
};
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::domain::record_type::{ApiNamed, Identifier, RecordType};
use crate::http::exchange::Exchange;
use crate::http::query::QueryReader;
use crate::http::{Response, json};

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
struct RecordTypeView<'a> {
    id: Uuid,
    api_name: &'a RecordType,
}

impl<'a> RecordTypeView<'a> {
    fn of(record_type: &'a RecordType, tenant: &TenantId) -> Self {
        Self { id: record_type.id(tenant), api_name: record_type }
    }
}

impl<'a> TypeView<'a> {
    /// A type of a tenant.
    #[must_use]
    pub fn of(summary: &'a TypeSummary, tenant: &TenantId) -> Self {
        let selected = &summary.selected_objects;
        Self {
            id: summary.id(tenant),
            name: summary.name.as_str(),
            api_name: &summary.api_name,
            description: summary.description.as_deref(),
            association_mode: summary.association_mode,
            custom_objects: selected.iter().map(|kind| kind.id(tenant)).collect(),
            selected_objects: selected
                .iter()
                .map(|kind| RecordTypeView::of(kind, tenant))
                .collect(),
            deleted: !summary.enabled,
            created: summary.created_at,
            category: summary.category,
        }
    }
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

/// The parameters of the list, for its description.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it describes the input")]
pub struct ListTypesParameters {
    /// Only 1, or any number together with a cursor: pages can't be jumped to.
    #[schemars(with = "u32", range(min = 1), default, skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    /// Types of the page, 100 by default.
    #[schemars(
        with = "u32",
        range(min = 1, max = MAX_PAGE_SIZE),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    page_size: Option<u32>,
    /// A part of the name, whatever its case.
    #[schemars(
        with = "String",
        length(max = MAX_QUERY_CHARS),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    search: Option<String>,
    /// The id or the api_name of a record type that the type goes with.
    #[schemars(with = "String", default, skip_serializing_if = "Option::is_none")]
    custom_object_id: Option<String>,
    /// Where the page begins: a part of the link of the page before.
    #[schemars(with = "String", default, skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// What a request for the list asks for.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The filters.
    pub filters: Filters,
    /// Types of the page.
    pub page_size: usize,
    /// The type that the page begins behind.
    pub after: Option<TypeName>,
    custom_object: Option<Identifier<RecordType>>,
}

/// Reads the parameters of the list.
///
/// # Errors
///
/// 400 with every violation.
pub fn parse_listing(exchange: &Exchange<'_>, tenant: &TenantId) -> Result<Listing> {
    let mut reader = QueryReader::new(&exchange.request().query)?;
    let page = reader.optional("page", parse_page);
    let page_size = reader.optional("page_size", |text| parse_page_size(text, MAX_PAGE_SIZE));
    let search = reader.optional("search", parse_search);
    let custom_object = reader.optional("custom_object_id", parse_custom_object);
    let filters = Filters {
        search: search.filter(|search| !search.is_empty()),
        custom_object: custom_object.as_ref().map(|object| object.id(tenant)),
    };
    let after = reader.optional("cursor", |text| {
        filters.position(tenant, text).ok_or("must be that of a next link of the same list")
    });
    if page.is_some_and(|page| page > 1) && after.is_none() {
        reader.violations.push("page", PAGE_WITHOUT_CURSOR);
    }
    reader.finish()?;
    Ok(Listing { filters, page_size: page_size.unwrap_or(DEFAULT_PAGE_SIZE), after, custom_object })
}

fn parse_search(text: &str) -> Result<String, String> {
    if text.chars().count() > MAX_QUERY_CHARS {
        return Err(format!("must have at most {MAX_QUERY_CHARS} characters"));
    }
    Ok(text.trim().to_owned())
}

/// Writes a page of the list.
///
/// # Errors
///
/// None in practice: the view has a JSON form.
pub fn activity_types(
    page: &Page<TypeSummary>,
    listing: &Listing,
    tenant: &TenantId,
    exchange: &Exchange<'_>,
) -> Result<Response> {
    let size = listing.page_size.to_string();
    let object = listing.custom_object.as_ref().map(ToString::to_string);
    let parameters = [
        ("page_size", Some(size.as_str())),
        ("search", listing.filters.search.as_deref()),
        ("custom_object_id", object.as_deref()),
    ];
    let next = page.next_cursor.as_deref().map(|cursor| next_link(exchange, &parameters, cursor));
    let results = page.rows.iter().map(|summary| TypeView::of(summary, tenant)).collect();
    json(StatusCode::OK, &PageBody::new(results, next))
}

/// Writes a type.
///
/// # Errors
///
/// None in practice: the view has a JSON form.
pub fn activity_type(definition: &TypeDefinition, tenant: &TenantId) -> Result<Response> {
    json(StatusCode::OK, &TypeView::of(&definition.summary, tenant))
}

/// Writes the fields of a type.
///
/// # Errors
///
/// None in practice: the view has a JSON form.
pub fn fields(definition: &TypeDefinition, tenant: &TenantId) -> Result<Response> {
    json(StatusCode::OK, &FieldDefinitionView::all_of(definition, tenant))
}
