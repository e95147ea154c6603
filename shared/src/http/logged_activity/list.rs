//! `POST /api/activities/{activity_identifier}/responses`.
//!
//! The parameters of the list can be in the body or in the query, where the
//! link of the next page has them. A client may send its body again with the
//! link: the same parameter twice is fine as long as the values agree.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::page::{
    PAGE_WITHOUT_CURSOR, PageBody, next_link, parse_custom_object, parse_page, parse_page_size,
};
use super::{AssociatedEntity, FieldView, Person};
use crate::app::input::{Object, Violations};
use crate::app::list_activities_of_type::{DEFAULT_PAGE_SIZE, Filters, MAX_PAGE_SIZE};
use crate::app::listing::Page;
use crate::app::search_activity::{MAX_QUERY_CHARS, Query};
use crate::domain::activity::{Activity, ActivityId};
use crate::domain::activity_type::TypeName;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::domain::record_type::{ApiNamed, Identifier, RecordType};
use crate::domain::value::Refusal;
use crate::http::exchange::Exchange;
use crate::http::{Response, body, json, query};
use crate::index::Position;

/// An activity in the list of a type.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ActivityTypeResponse")]
pub struct ResponseView<'a> {
    id: ActivityId,
    /// When the record was created.
    logged_at: Timestamp,
    logged_by: Person<'a>,
    associated_entities: Vec<AssociatedEntity<'a>>,
    fields_with_values: Vec<FieldView<'a>>,
}

impl<'a> From<&'a Activity> for ResponseView<'a> {
    fn from(activity: &'a Activity) -> Self {
        Self {
            id: activity.id,
            logged_at: activity.logged_at,
            logged_by: Person::from(&activity.logged_by),
            associated_entities: AssociatedEntity::all_of(activity),
            fields_with_values: FieldView::all_of(activity),
        }
    }
}

/// What the list takes, for its description.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "ListResponsesInput")]
#[expect(dead_code, reason = "it describes the input")]
pub struct ListResponsesInput {
    /// Only 1, or any number together with a cursor: pages can't be jumped to.
    #[schemars(with = "u32", range(min = 1), default, skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    /// Rows of the page, 100 by default.
    #[schemars(
        with = "u32",
        range(min = 1, max = MAX_PAGE_SIZE),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    page_size: Option<u32>,
    /// Words and phrases that notes or text fields have.
    #[schemars(
        with = "String",
        length(max = MAX_QUERY_CHARS),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    search: Option<String>,
    /// The id or the api_name of a record type that the activities are about.
    #[schemars(with = "String", default, skip_serializing_if = "Option::is_none")]
    custom_object_id: Option<String>,
    /// Where the page begins: a part of the link of the page before.
    #[schemars(with = "String", default, skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// What a request asks for.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The filters.
    pub filters: Filters,
    /// Rows of the page.
    pub page_size: usize,
    /// Where the page begins.
    pub after: Option<Position>,
    custom_object: Option<Identifier<RecordType>>,
}

/// Reads the parameters of the list, in body and query.
///
/// # Errors
///
/// 415, 413 and 400 with every violation.
pub fn parse(exchange: &Exchange<'_>, tenant: &TenantId, name: &TypeName) -> Result<Listing> {
    let request = exchange.request();
    // A client that follows a link needs no body.
    let body = if request.body.is_empty() { Object::new() } else { body::object(request)? };
    let mut reader =
        Reader { body, query: query::parse(&request.query)?, violations: Violations::default() };
    let page = reader.take("page", parse_page);
    let page_size = reader.take("page_size", |text| parse_page_size(text, MAX_PAGE_SIZE));
    let query = reader.take("search", parse_search);
    let custom_object = reader.take("custom_object_id", parse_custom_object);
    let filters = Filters {
        query: query.flatten(),
        custom_object: custom_object.as_ref().map(|object| object.id(tenant)),
    };
    let after = reader.take("cursor", |text| {
        let position = filters.position(tenant, name.id(tenant), text);
        position.ok_or("must be that of a next link of the same list")
    });
    if page.is_some_and(|page| page > 1) && after.is_none() {
        reader.violations.push("page", PAGE_WITHOUT_CURSOR);
    }
    reader.finish()?;
    Ok(Listing { filters, page_size: page_size.unwrap_or(DEFAULT_PAGE_SIZE), after, custom_object })
}

/// An empty search finds everything.
fn parse_search(text: &str) -> Result<Option<Query>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Query::parse(text).map(Some)
}

/// Reads parameters one by one, then names what is left over.
struct Reader {
    body: Object,
    query: Vec<(String, String)>,
    violations: Violations,
}

impl Reader {
    /// A parameter of body or query; `null` stands for absent.
    fn take<T, E: Into<Refusal>>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let mut texts: Vec<String> = Vec::new();
        match self.body.remove(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => texts.push(text),
            Some(Value::Number(number)) => texts.push(number.to_string()),
            Some(_) => self.violations.push(name, "must be a string or a number"),
        }
        let in_body = texts.len();
        self.query.retain(|(given, value)| {
            if given == name {
                texts.push(value.clone());
            }
            given != name
        });
        if texts.len() > in_body + 1 {
            self.violations.push(name, "is given more than once");
            return None;
        }
        // The link of the next page has no page number, but cursors follow each
        // other: that of the link counts.
        let text = texts.pop()?;
        if name != "cursor" && texts.iter().any(|other| *other != text) {
            self.violations.push(name, "is another one in the body than in the query");
            return None;
        }
        self.violations.take(name, parse(&text))
    }

    fn finish(mut self) -> Result<()> {
        let names = self.body.keys().chain(self.query.iter().map(|(name, _)| name));
        let unknown: std::collections::BTreeSet<&String> = names.collect();
        for name in unknown {
            self.violations.push(name, "is not a known parameter");
        }
        self.violations.into_result()
    }
}

/// Writes a page.
///
/// # Errors
///
/// None in practice: the view has a JSON form.
pub fn responses(
    page: &Page<Activity>,
    listing: &Listing,
    exchange: &Exchange<'_>,
) -> Result<Response> {
    let size = listing.page_size.to_string();
    let object = listing.custom_object.as_ref().map(ToString::to_string);
    let parameters = [
        ("page_size", Some(size.as_str())),
        ("search", listing.filters.query.as_ref().map(Query::text)),
        ("custom_object_id", object.as_deref()),
    ];
    let next = page.next_cursor.as_deref().map(|cursor| next_link(exchange, &parameters, cursor));
    let results = page.rows.iter().map(ResponseView::from).collect();
    json(StatusCode::OK, &PageBody::new(results, next))
}
