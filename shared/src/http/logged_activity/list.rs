//! `POST /api/activities/{activity_identifier}/responses`: the activities of a
//! type.
//!
//! The parameters of the list can be in the body or in the query, where the
//! link of the next page has them. A client may send its body again with the
//! link: the same parameter twice is fine as long as the values agree.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use super::ordering::Ordering;
use super::page::{ListRequest, PageBody, PageNumber, PageSize, parse_record_type, read_cursor};
use super::view::{AssociatedEntity, FieldView, Person};
use crate::app::find_page::{MAX_QUERY_CHARS, SearchQuery};
use crate::app::input::{Reader, Source, any_text, parse_digits};
use crate::app::json::Object;
use crate::app::list_activities_of_type::TypedActivityFilters;
use crate::app::listing::Page;
use crate::app::permit::Permit;
use crate::domain::activity::{Activity, ActivityId};
use crate::domain::activity_type::TypeName;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::record_type::{ApiNamed, Identifier, RecordType};
use crate::domain::record_type_ids::RecordTypeIds;
use crate::domain::value::Refusal;
use crate::http::body;
use crate::http::describe::{
    Described, JsonBody, LOGGED_ACTIVITIES, activity_identifier, query_parameters, success,
};
use crate::http::examples::{activity, record_type_ids};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::query::{Query, REPEATED, UNKNOWN_PARAMETER};
use crate::index::Position;
use crate::input;

input! {
    /// Which activities to list.
    pub struct ListResponsesInput {
        /// Only 1, or any number together with a cursor: pages can't be jumped to.
        optional "page" => page: PageNumber;
        /// Rows of the page, 100 by default.
        optional "page_size" => page_size: PageSize;
        /// Words and phrases that notes or text fields have.
        optional "search" => search: Search;
        /// The id or the api_name of a record type that the activities are about.
        optional "custom_object_id" => custom_object: Identifier<RecordType> = parse_record_type;
        /// What to order them by, where all are on one page: `logged_at`, with `-` in front for the newest first. By default they are listed by when they happened, newest first.
        optional "ordering" => ordering: Ordering;
        /// Where the page begins: a part of the link of the page before.
        optional "cursor" => cursor: String = any_text;
    }
}

/// A query. An empty one finds everything.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(inline)]
pub struct Search(#[schemars(with = "String", length(max = MAX_QUERY_CHARS))] Option<SearchQuery>);

impl Search {
    fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        SearchQuery::parse(text).map(Some).map(Self)
    }
}

/// What a request asks for.
pub type ListActivities = ListRequest<TypedActivityFilters, Position>;

/// Reads a request for the activities of a type.
///
/// # Errors
///
/// 415, 413, and 400 with every violation.
pub fn parse(
    exchange: &Exchange<'_>,
    permit: Permit<'_>,
    name: &TypeName,
) -> Result<ListActivities> {
    let tenant = permit.tenant_id();
    let request = exchange.request();
    // A client that follows a link needs no body.
    let body = if request.body.is_empty() { Object::new() } else { body::object(request)? };
    let source = BodyAndQuery { body, query: exchange.query()? };
    let mut reader = Reader::new(&source);
    let input = ListResponsesInput::read(&mut reader);
    let filters = TypedActivityFilters {
        query: input.search.and_then(|search| search.0),
        custom_object: input.custom_object.as_ref().map(|object| object.id(tenant)),
    };
    let position = |cursor: &str| filters.position(tenant, name.id(tenant), cursor);
    let after = read_cursor(&mut reader, input.page, input.cursor.as_deref(), position);
    let search = filters.query.as_ref().map(|query| query.text().to_owned());
    let page_size = input.page_size.unwrap_or_default();
    let (custom_object, ordering) = (input.custom_object, input.ordering.unwrap_or_default());
    let request = ListActivities { filters, page_size, after, search, custom_object, ordering };
    reader.finish(Ok(request))
}

/// Parameters that can be in the body or in the query.
#[derive(Debug)]
struct BodyAndQuery {
    body: Object,
    query: Query,
}

impl BodyAndQuery {
    /// What the body says; `null` stands for absent.
    fn in_body(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>> {
        Some(match self.body.get(name)? {
            Value::Null => return None,
            Value::String(text) => Ok(Cow::Borrowed(text.as_str())),
            Value::Number(number) => Ok(Cow::Owned(number.to_string())),
            _ => Err("must be a string or a number".into()),
        })
    }
}

impl Source for &BodyAndQuery {
    const UNKNOWN: &'static str = UNKNOWN_PARAMETER;

    fn text(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>> {
        if self.query.repeated(name) {
            return Some(Err(REPEATED.into()));
        }
        Some(match (self.in_body(name), self.query.values(name).next()) {
            (None, None) => return None,
            (Some(in_body), None) => in_body,
            (Some(Err(refusal)), Some(_)) => Err(refusal),
            // The link of the next page has no page number, but cursors follow
            // each other: that of the link counts.
            (Some(Ok(other)), Some(text)) if name != "cursor" && other != text => {
                Err("is another one in the body than in the query".into())
            }
            (_, Some(text)) => Ok(Cow::Borrowed(text)),
        })
    }

    fn number(&self, name: &str, range: &RangeInclusive<usize>) -> Option<Result<usize, Refusal>> {
        Some(self.text(name)?.and_then(|text| parse_digits(&text, range)))
    }

    fn has(&self, name: &str) -> bool {
        self.in_body(name).is_some() || self.query.values(name).next().is_some()
    }

    fn names(&self) -> BTreeSet<&str> {
        // Unknown parameters of the query are nobody's business, as everywhere here.
        self.body.keys().map(String::as_str).collect()
    }
}

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

impl<'a> ResponseView<'a> {
    fn of(activity: &'a Activity, ids: &RecordTypeIds) -> Self {
        Self {
            id: activity.id,
            logged_at: activity.logged_at,
            logged_by: Person::from(&activity.logged_by.actor),
            associated_entities: AssociatedEntity::all_of(activity, ids),
            fields_with_values: FieldView::all_of(activity),
        }
    }
}

/// Writes a page.
#[must_use]
pub fn respond(
    exchange: &Exchange<'_>,
    name: &TypeName,
    request: &ListActivities,
    page: Page<Activity>,
    ids: &RecordTypeIds,
) -> Response {
    let type_id = name.id(ids.tenant());
    let page = request.in_order(page, |row, name| (name == "logged_at").then_some(row.logged_at));
    let write = |rows: &[Activity], next| {
        let views = rows.iter().map(|activity| ResponseView::of(activity, ids)).collect();
        json(StatusCode::OK, &PageBody::new(views, next))
    };
    request.respond(exchange, &page, write, |row| request.filters.cursor_after(type_id, row))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    let parameters = query_parameters::<ListResponsesInput>(schemas);
    Described {
        id: "list_responses",
        tag: LOGGED_ACTIVITIES,
        summary: "List the logged activities of a type",
        description: "Newest first. The parameters are in the body or in the query; `next` is a \
            link that has them in the query, to be called with POST, with or without the body. A \
            page may have fewer rows than its size and still a next one. Pages can't be jumped to.",
        parameters: [vec![activity_identifier()], parameters].concat(),
        request_body: Some(JsonBody {
            description: "The parameters, where they are not in the query.",
            required: false,
            schema: schemas.subschema_for::<ListResponsesInput>(),
            example: ("search", json!({ "page_size": 20, "search": "Jane" })),
        }),
        status: StatusCode::OK,
        success: success(
            "A page of the activities.",
            &[],
            schemas.subschema_for::<PageBody<ResponseView<'static>>>(),
            json!(PageBody::new(vec![ResponseView::of(&activity(), &record_type_ids())], None)),
        ),
    }
}
