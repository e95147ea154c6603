//! `GET /v1/activities`.
//!
//! Its input is also what the tool `search_activity` takes.

use std::collections::BTreeSet;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;

use crate::app::find_page::{SearchQuery, only_exclusions};
use crate::app::found_activity::FoundActivity;
use crate::app::input::{Reader, Source};
use crate::app::json::Object;
use crate::app::listing::{
    DEFAULT_LIMIT, GivenCursor, Limit, Listing, MAX_LIMIT, parse_bound, read_cursor, read_range,
};
use crate::app::permit::View;
use crate::app::search_activity::{Found, MOST_SUGGESTIONS, Search};
use crate::domain::activity::{self, RelatedResourceId};
use crate::domain::activity_filters::ActivityFilters;
use crate::domain::activity_type::Category;
use crate::domain::actor_names::ActorNames;
use crate::domain::clock::Bound;
use crate::domain::error::Result;
use crate::domain::named_actor::NamedActor;
use crate::domain::principal::ActorType;
use crate::domain::record_type::BuiltInRecordType;
use crate::http::describe::{ACTIVITIES, Described, allow_repeated, query_parameters, success};
use crate::http::examples::{self, CURSOR, REQUEST_ID};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::page::respond_with_page;
use crate::http::view::ActivityView;
use crate::input;

/// Types that a search takes at most: each of those that there are.
pub(super) const MAX_TYPES: usize = Category::ALL.len();

input! {
    /// What to search for. All filters must match.
    pub struct SearchActivityInput {
        /// Free-text search across activity summary and body: at least one word, up to 16. Every word must match, in summary or body; a phrase in double quotes must stand as such. `pric*` finds words that begin so, `-word` leaves out, and `OR` finds either.
        optional "query" => query: SearchQuery;
        /// Restrict results to one activity category.
        repeatable "type" => categories: Category, up to MAX_TYPES;
        /// Restrict results to what one actor logged: its id, 1 to 255 bytes without control characters, or its type and id, as in `service:crm`.
        optional "actor_id" => actor: NamedActor;
        /// The type of the actor with that id; goes only together with `actor_id`.
        optional "actor_type" => actor_type: ActorType;
        /// Restrict results to what came in one way: `api` (HTTP and events), `mcp`, or `admin` (an import).
        optional "source" => source: activity::Source;
        /// Restrict results to one related resource; goes together with `related_resource_id`.
        optional "related_resource_type" => related_resource_type: BuiltInRecordType;
        /// Restrict results to one related resource: its id, 1 to 255 bytes without control characters; goes together with `related_resource_type`.
        optional "related_resource_id" => related_resource_id: RelatedResourceId;
        /// Only what happened then or later: RFC 3339 with an offset, from 1970 on.
        time "occurred_after" => occurred_after: Bound = parse_bound;
        /// Only what happened earlier: RFC 3339 with an offset, later than `occurred_after`.
        time "occurred_before" => occurred_before: Bound = parse_bound;
        /// Maximum number of activities to return; 20 by default.
        number "limit" => limit: Limit = 1..=MAX_LIMIT;
        /// Opaque cursor from a previous response's `next_cursor`, with the same filters.
        optional "cursor" => cursor: GivenCursor;
        together "related_resource_type", "related_resource_id";
        only_with "actor_type", "actor_id";
    }
}

input! {
    /// What an object has beside it: a name can't be repeated there.
    pub struct SeveralTypesInput of Object {
        /// Restrict results to several activity categories: one of these. Goes in the place of `type`.
        list "types" => types: SeveralTypes = read_types, up to MAX_TYPES;
    }
}

/// A list of types.
#[derive(Clone, Debug, Default)]
pub struct SeveralTypes(pub BTreeSet<Category>);

impl JsonSchema for SeveralTypes {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SeveralTypes".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let items = schemas.subschema_for::<Category>();
        json_schema!({ "type": "array", "items": items, "minItems": 1 })
    }
}

/// Reads a list of types, which says for itself what one `type` would.
pub(super) fn read_types(
    reader: &mut Reader<&Object>,
    name: &'static str,
    max: usize,
) -> SeveralTypes {
    if reader.has(name) && reader.has("type") {
        reader.refuse(name, "is not taken beside type: list all types here, and leave type out");
    }
    if reader.any(name) == Some(&json!([])) {
        reader.refuse(name, "must have at least one element");
    }
    let items = reader.list(name, max);
    let mut types = BTreeSet::new();
    for (index, item) in items.iter().enumerate() {
        match item.as_str().ok_or("must be a string").and_then(Category::parse) {
            Ok(category) => {
                types.insert(category);
            }
            Err(problem) => {
                reader.refuse(name, format!("element {index}: {problem}"));
            }
        }
    }
    SeveralTypes(types)
}

/// Reads a request.
///
/// # Errors
///
/// 400 for a query that can't be decoded, and 422 with every violation.
pub fn parse<'a>(exchange: &Exchange<'_>, view: View<'a>) -> Result<Listing<Search<'a>>> {
    let query = exchange.query()?;
    let mut reader = Reader::new(&query);
    let listing = read(&mut reader, view, SeveralTypes::default());
    reader.finish(Ok(listing))
}

/// Reads what to search for, with types that were read elsewhere. What is wrong is noted
/// in the reader.
pub fn read<'a, S: Source>(
    reader: &mut Reader<S>,
    view: View<'a>,
    SeveralTypes(mut categories): SeveralTypes,
) -> Listing<Search<'a>> {
    let input = SearchActivityInput::read(reader);
    let (occurred_after, occurred_before) =
        read_range(reader, input.occurred_after, input.occurred_before);
    expect_one_type(reader, input.actor.as_ref(), input.actor_type);
    categories.extend(input.categories);
    let filters = ActivityFilters {
        categories,
        actor: input.actor,
        actor_type: input.actor_type,
        source: input.source,
        related_resource: input.related_resource_type.zip(input.related_resource_id),
        occurred_after,
        occurred_before,
    };
    let only_excludes = input.query.as_ref().is_some_and(|query| !query.has_positive());
    if only_excludes && !is_filtered(reader, view) {
        reader.refuse("query", only_exclusions());
    }
    let search = Search { view, query: input.query, filters };
    let after = read_cursor(reader, input.cursor.as_ref(), |cursor| search.position(cursor));
    Listing { filters: search, limit: input.limit.unwrap_or(DEFAULT_LIMIT), after }
}

/// Whether anything beside the query says what to find: a filter that is given, right or
/// wrong, or what a viewer is bound to.
fn is_filtered<S: Source>(reader: &Reader<S>, view: View<'_>) -> bool {
    let names = SearchActivityInput::NAMES.iter().chain(SeveralTypesInput::NAMES);
    let mut filters = names.filter(|name| !["query", "limit", "cursor"].contains(name));
    let bounds = view.bound_to();
    bounds.is_some_and(|bounds| bounds.filters != ActivityFilters::default())
        || filters.any(|name| reader.has(name))
}

/// Notes an actor whose type is named twice, in two ways.
pub(super) fn expect_one_type<S: Source>(
    reader: &mut Reader<S>,
    actor: Option<&NamedActor>,
    actor_type: Option<ActorType>,
) {
    if let Some(known) = actor.and_then(NamedActor::actor_type)
        && actor_type.is_some_and(|asked| asked != known)
    {
        reader.refuse("actor_type", "must be the type that actor_id begins with");
    }
}

/// A page of a search.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ActivitiesResponse")]
pub struct ActivitiesBody<'a> {
    activities: Vec<ActivityView<'a>>,
    /// Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    next_cursor: Option<&'a str>,
    /// Where no activity matches all of four words or more: the nearest queries that match, with one word less, or with several less where none of those does. Left out else, and where looking for them would read too much.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schemars(length(min = 1, max = MOST_SUGGESTIONS))]
    suggested_queries: &'a [String],
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

impl<'a> ActivitiesBody<'a> {
    /// Rows, and where to go on.
    #[must_use]
    pub fn of(
        rows: &'a [FoundActivity],
        names: &'a ActorNames,
        next_cursor: Option<&'a str>,
        suggested_queries: &'a [String],
        request_id: &'a str,
    ) -> Self {
        let row = |row| ActivityView::row(row, names);
        let activities = rows.iter().map(row).collect();
        Self { activities, next_cursor, suggested_queries, request_id }
    }
}

/// Writes a page.
#[must_use]
pub fn respond(
    exchange: &Exchange<'_>,
    listing: &Listing<Search<'_>>,
    found: &Found,
    names: &ActorNames,
) -> Response {
    let write = |rows: &[FoundActivity], next_cursor: Option<&str>| {
        let Found { suggested_queries, .. } = found;
        let request_id = exchange.request_id();
        let body = ActivitiesBody::of(rows, names, next_cursor, suggested_queries, request_id);
        json(StatusCode::OK, &body)
    };
    respond_with_page(&found.page, write, |row| listing.filters.cursor_after(row))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    let mut parameters = query_parameters::<SearchActivityInput>(schemas);
    allow_repeated(&mut parameters, "type", MAX_TYPES);
    Described {
        id: "search_activity",
        tag: ACTIVITIES,
        summary: "Search activities",
        description: "Searches activity records by text, type, actor, source, date, or related resource, \
            newest first. A page may have fewer rows than `limit` and still a `next_cursor`; \
            only its absence means the end.",
        parameters,
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "A page of the activities that match.",
            &[],
            schemas.subschema_for::<ActivitiesBody<'static>>(),
            json!({
                "activities": [ActivityView::row(&examples::found_activity(), &examples::actor_names())],
                "next_cursor": CURSOR,
                "request_id": REQUEST_ID,
            }),
        ),
    }
}
