//! `GET /api/activities`.

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::json;

use super::ordering::Ordering;
use super::page::{ListRequest, PageBody, PageNumber, PageSize, parse_record_type, read_cursor};
use super::view::TypeView;
use crate::app::find_page::MAX_QUERY_CHARS;
use crate::app::input::{Reader, any_text};
use crate::app::list_activity_types::ActivityTypeFilters;
use crate::app::listing::Page;
use crate::app::permit::Permit;
use crate::domain::activity_type::{TypeName, TypeSummary};
use crate::domain::error::Result;
use crate::domain::record_type::{Identifier, RecordType};
use crate::domain::record_type_ids::RecordTypeIds;
use crate::http::describe::{Described, LOGGED_ACTIVITIES, query_parameters, success};
use crate::http::examples::{activity_type, record_type_ids};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::query::KnownOnly;
use crate::input;

input! {
    /// Which types to list.
    pub struct ListActivityTypesInput {
        /// Only 1, or any number together with a cursor: pages can't be jumped to.
        optional "page" => page: PageNumber;
        /// Types of the page, 100 by default.
        optional "page_size" => page_size: PageSize;
        /// A part of the name, whatever its case.
        optional "search" => search: NamePart;
        /// The id or the api_name of a record type that the type goes with.
        optional "custom_object_id" => custom_object: Identifier<RecordType> = parse_record_type;
        /// What to order them by, where all are on one page: `name`, `api_name` (by default), `created`, `category`, or several of these between commas; `-` in front for the other way round.
        optional "ordering" => ordering: Ordering;
        /// Where the page begins: a part of the link of the page before.
        optional "cursor" => cursor: String = any_text;
    }
}

/// A part of a name.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(inline)]
pub struct NamePart(#[schemars(length(max = MAX_QUERY_CHARS))] String);

impl NamePart {
    fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > MAX_QUERY_CHARS {
            return Err(format!("must have at most {MAX_QUERY_CHARS} characters"));
        }
        Ok(Self(text.trim().to_owned()))
    }
}

/// What a request asks for.
pub type ListTypes = ListRequest<ActivityTypeFilters, TypeName>;

/// Reads a request.
///
/// # Errors
///
/// 400 with every violation.
pub fn parse(exchange: &Exchange<'_>, permit: Permit<'_>) -> Result<ListTypes> {
    let tenant = permit.tenant_id();
    let query = exchange.query()?;
    let mut reader = Reader::new(KnownOnly(&query));
    let input = ListActivityTypesInput::read(&mut reader);
    let search = input.search.map(|part| part.0).filter(|part| !part.is_empty());
    let filters = ActivityTypeFilters {
        search: search.clone(),
        custom_object: input.custom_object.as_ref().map(|object| object.id(tenant)),
    };
    let position = |cursor: &str| filters.position(tenant, cursor);
    let after = read_cursor(&mut reader, input.page, input.cursor.as_deref(), position);
    let page_size = input.page_size.unwrap_or_default();
    let (custom_object, ordering) = (input.custom_object, input.ordering.unwrap_or_default());
    let request = ListTypes { filters, page_size, after, search, custom_object, ordering };
    reader.finish(Ok(request))
}

/// Writes a page.
#[must_use]
pub fn respond(
    exchange: &Exchange<'_>,
    request: &ListTypes,
    page: Page<TypeSummary>,
    ids: &RecordTypeIds,
) -> Response {
    let tenant = ids.tenant();
    let page = request.in_order(page, |row, name| match name {
        "name" => Some(row.name.as_str().to_owned()),
        "api_name" => Some(row.api_name.as_str().to_owned()),
        "category" => Some(row.category.as_str().to_owned()),
        "created" => Some(row.created_at.map_or_else(String::new, |time| time.to_string())),
        _ => None,
    });
    let write = |rows: &[TypeSummary], next| {
        let views = rows.iter().map(|summary| TypeView::of(summary, ids)).collect();
        json(StatusCode::OK, &PageBody::new(views, next))
    };
    request.respond(exchange, &page, write, |row| request.filters.cursor_after(tenant, row))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    let (definition, ids) = (activity_type(), record_type_ids());
    Described {
        id: "list_activity_types",
        tag: LOGGED_ACTIVITIES,
        summary: "List activity types",
        description: "The built-in types and the workspace's own, by name. A page may have fewer \
            types than its size and still a next one. Pages can't be jumped to.",
        parameters: query_parameters::<ListActivityTypesInput>(schemas),
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "A page of the types.",
            &[],
            schemas.subschema_for::<PageBody<TypeView<'static>>>(),
            json!(PageBody::new(vec![TypeView::of(&definition.summary, &ids)], None)),
        ),
    }
}
