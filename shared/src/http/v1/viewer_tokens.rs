//! `POST /v1/viewer-tokens`.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;

use super::search::{MAX_TYPES, SeveralTypes, expect_one_type, read_types};
use crate::app::audited::Attempt;
use crate::app::input::{Given, Reader, Violations};
use crate::app::json::Object;
use crate::app::listing::{parse_bound, read_range};
use crate::app::make_viewer_token::{
    DEFAULT_LIFETIME, MAX_LIFETIME, MadeViewerToken, MakeViewerToken,
};
use crate::domain::activity::{self, RelatedResourceId};
use crate::domain::activity_filters::ActivityFilters;
use crate::domain::activity_type::Category;
use crate::domain::clock::{Bound, Timestamp};
use crate::domain::error::Result;
use crate::domain::idempotency::InputHash;
use crate::domain::named_actor::NamedActor;
use crate::domain::principal::{ActorId, ActorType};
use crate::domain::record_type::BuiltInRecordType;
use crate::http::body;
use crate::http::describe::{Described, JsonBody, KEYS, success};
use crate::http::examples::{REQUEST_ID, RESOURCE_ID, VIEWER_TOKEN, time};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::input;

/// [`MAX_LIFETIME`], as a range has it.
const MAX_LIFETIME_SECONDS: usize = 60 * 60;
const _: () = assert!(MAX_LIFETIME_SECONDS as u64 == MAX_LIFETIME.as_secs());

input! {
    /// What a viewer is shown: activities that match all of this. Everything else is to the viewer as absent. The filters are those of a search, with the same meaning.
    pub struct ViewerFiltersInput of Object {
        /// One activity category.
        optional "type" => category: Category;
        /// Several activity categories: one of these. Goes in the place of `type`.
        list "types" => types: SeveralTypes = read_types, up to MAX_TYPES;
        /// What one actor logged: its id, 1 to 255 bytes without control characters, or its type and id, as in `service:crm`.
        optional "actor_id" => actor: NamedActor;
        /// The type of the actor with that id; goes only together with `actor_id`.
        optional "actor_type" => actor_type: ActorType;
        /// What came in one way: `api` (HTTP and events), `mcp`, or `admin` (an import).
        optional "source" => source: activity::Source;
        /// One related resource: its type; goes together with `related_resource_id`.
        optional "related_resource_type" => related_resource_type: BuiltInRecordType;
        /// One related resource: its id, 1 to 255 bytes without control characters; goes together with `related_resource_type`.
        optional "related_resource_id" => related_resource_id: RelatedResourceId;
        /// Only what happened then or later: RFC 3339 with an offset, from 1970 on.
        time "occurred_after" => occurred_after: Bound = parse_bound;
        /// Only what happened earlier: RFC 3339 with an offset, later than `occurred_after`.
        time "occurred_before" => occurred_before: Bound = parse_bound;
        together "related_resource_type", "related_resource_id";
        only_with "actor_type", "actor_id";
    }
}

input! {
    /// The token that is to be made. Additional properties are rejected, null for an optional property included.
    pub struct CreateViewerTokenInput of Object {
        /// The user who is to view: one whom the key may name.
        required "user_id" => user: ActorId;
        /// How long the token lasts, in seconds: up to an hour, 15 minutes by default. It ends with its key in any case.
        number "expires_in_seconds" => expires_in_seconds: LifetimeSeconds = 1..=MAX_LIFETIME_SECONDS;
        /// What the viewer is shown; all activities, where it is left out.
        optional_object "filters" => filters: GivenFilters = read_filters;
    }
}

/// What is shown, as it was read.
#[derive(Clone, Debug)]
pub struct GivenFilters(ActivityFilters);

impl JsonSchema for GivenFilters {
    fn schema_name() -> Cow<'static, str> {
        ViewerFiltersInput::schema_name()
    }
    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        ViewerFiltersInput::json_schema(schemas)
    }
}

fn read_filters(reader: &mut Reader<&Object>) -> Given<GivenFilters> {
    let input = ViewerFiltersInput::read(reader);
    let (occurred_after, occurred_before) =
        read_range(reader, input.occurred_after, input.occurred_before);
    expect_one_type(reader, input.actor.as_ref(), input.actor_type);
    let mut categories = input.types.0;
    categories.extend(input.category);
    Ok(GivenFilters(ActivityFilters {
        categories,
        actor: input.actor,
        actor_type: input.actor_type,
        source: input.source,
        related_resource: input.related_resource_type.zip(input.related_resource_id),
        occurred_after,
        occurred_before,
    }))
}

/// How long a token lasts: its description.
#[derive(Debug)]
pub struct LifetimeSeconds;

impl JsonSchema for LifetimeSeconds {
    fn schema_name() -> Cow<'static, str> {
        "LifetimeSeconds".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_LIFETIME_SECONDS,
            "default": DEFAULT_LIFETIME.as_secs(),
        })
    }
}

/// A request as it came in: it is received before the scope is asked for.
pub struct Received {
    object: Object,
    input_hash: InputHash,
    beside: Violations,
}

/// Receives a request.
///
/// # Errors
///
/// 415, 413, 400, and 422 for what is no object.
pub fn receive(exchange: &Exchange<'_>, attempt: &Attempt<'_>) -> Result<Received> {
    let (object, beside) = body::object_without_parameters(exchange)?;
    let input_hash = attempt.note(InputHash::of_canonical(&object))?;
    Ok(Received { object, input_hash, beside })
}

/// Reads what was received.
///
/// # Errors
///
/// 422 with every violation of body and query.
pub fn parse(received: Received) -> Result<MakeViewerToken> {
    let Received { object, input_hash, beside } = received;
    let mut reader = Reader::new(&object).beside(beside);
    let input = CreateViewerTokenInput::read(&mut reader);
    let filters = input.filters.transpose();
    let seconds = input.expires_in_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    reader.finish(input.user.and_then(|user| {
        Ok(MakeViewerToken {
            user,
            lifetime: seconds.map_or(DEFAULT_LIFETIME, Duration::from_secs),
            filters: filters?.map(|given| given.0).unwrap_or_default(),
            input_hash,
        })
    }))
}

/// A token that was made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ViewerTokenResponse")]
pub struct ViewerTokenBody<'a> {
    /// The token, which is presented in the place of a key. It is kept nowhere.
    viewer_token: &'a str,
    /// When it ends, in UTC.
    expires_at: Timestamp,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

/// Writes the token.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, made: &MadeViewerToken) -> Response {
    let body = ViewerTokenBody {
        viewer_token: &made.token,
        expires_at: made.expires_at,
        request_id: exchange.request_id(),
    };
    json(StatusCode::CREATED, &body)
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "create_viewer_token",
        tag: KEYS,
        summary: "Create a viewer token",
        description: "Makes a token with which one user may read activities for a while, from a \
            browser for instance: those that match the filters, with `GET /v1/activities`, \
            `GET /v1/activities/{id}` and `GET /v1/me`; every other route refuses it. It is made \
            with the key of a service, holds where that key is taken, and ends with it. Nothing \
            of it is kept but an event of the trail, so a retry makes another one.",
        parameters: Vec::new(),
        request_body: Some(JsonBody {
            description: "The token, up to 1 MiB.",
            required: true,
            schema: schemas.subschema_for::<CreateViewerTokenInput>(),
            example: (
                "a contact's timeline",
                json!({
                    "user_id": "jane",
                    "filters": {
                        "related_resource_type": BuiltInRecordType::Contact,
                        "related_resource_id": RESOURCE_ID,
                    },
                }),
            ),
        }),
        status: StatusCode::CREATED,
        success: success(
            "The token was made.",
            &[],
            schemas.subschema_for::<ViewerTokenBody<'static>>(),
            json!({
                "viewer_token": VIEWER_TOKEN,
                "expires_at": time(),
                "request_id": REQUEST_ID,
            }),
        ),
    }
}
