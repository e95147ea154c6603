//! `POST /v1/activities`.
//!
//! Its input is also what the tool `log_activity`, events and imports take.

use http::{HeaderValue, StatusCode, header};
use schemars::SchemaGenerator;
use serde_json::json;

use crate::app::audited::Attempt;
use crate::app::input::{Given, Reader, Source, Violations};
use crate::app::json::Object;
use crate::app::log_activity::{LogActivity, parse_occurred_at, words_of};
use crate::app::write_activity::{Logged, Replay};
use crate::domain::activity::{Body, RelatedResource, RelatedResourceId, Summary};
use crate::domain::activity_type::Category;
use crate::domain::actor_names::ActorNames;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::idempotency::{IdempotencyKey, InputHash};
use crate::domain::record_type::BuiltInRecordType;
use crate::http::body;
use crate::http::describe::{ACTIVITIES, Described, JsonBody, idempotency_key, success};
use crate::http::examples::{REQUEST_ID, activity, actor_names, log_activity_input};
use crate::http::exchange::{Exchange, IDEMPOTENCY_KEY};
use crate::http::message::{IDEMPOTENCY_REPLAYED, Response, header_value, json};
use crate::http::view::{ActivityBody, ActivityView};
use crate::input;

input! {
    /// What happened. Additional properties are rejected, null for an optional property included.
    pub struct LogActivityInput (now: Timestamp) {
        /// Activity category used for filtering and audit review.
        required "type" => category: Category;
        /// Short human-readable activity summary.
        required "summary" => summary: Summary;
        /// Optional detailed note, transcript excerpt, or structured context.
        optional "body" => body: Body;
        /// Resource type this activity should be attached to; goes together with `related_resource_id`.
        optional "related_resource_type" => related_resource_type: BuiltInRecordType;
        /// Resource ID matching `related_resource_type`.
        optional "related_resource_id" => related_resource_id: RelatedResourceId;
        /// When the activity happened: RFC 3339 with an offset, from 1970 to 24 hours from now; now by default.
        optional "occurred_at" => occurred_at: Timestamp = |text| parse_occurred_at(text, now);
        /// Stable client-generated key that makes retries safe for this write.
        optional "idempotency_key" => idempotency_key: IdempotencyKey;
        together "related_resource_type", "related_resource_id";
    }
}

/// A request as it came in: it is received before the scope is asked for, so that
/// the audit event of a denied write names its input.
#[derive(Debug)]
pub struct Received {
    object: Object,
    key: Option<IdempotencyKey>,
    input_hash: InputHash,
    /// What is wrong beside the object.
    beside: Violations,
}

/// Receives a request.
///
/// # Errors
///
/// 415, 413, 400, and 422 for what is no object.
pub fn receive(exchange: &Exchange<'_>, attempt: &Attempt<'_>) -> Result<Received> {
    let (object, mut beside) = body::object_without_parameters(exchange)?;
    let key = beside.take(IDEMPOTENCY_KEY, exchange.idempotency_key()).ok().flatten();
    let input_hash = attempt.note(InputHash::of(&object))?;
    Ok(Received { object, key, input_hash, beside })
}

/// Reads what was received.
///
/// # Errors
///
/// 422 with every violation of body, header and query.
pub fn parse(received: Received, now: Timestamp) -> Result<LogActivity> {
    let mut reader = Reader::new(&received.object).beside(received.beside);
    let input = read(&mut reader, received.key, received.input_hash, now);
    reader.finish(input)
}

/// Reads an input. `key` is the idempotency key that stands beside it, where one
/// does. What is wrong is noted in the reader.
pub fn read<S: Source>(
    reader: &mut Reader<S>,
    key: Option<IdempotencyKey>,
    input_hash: InputHash,
    now: Timestamp,
) -> Given<LogActivity> {
    let input = LogActivityInput::read(reader, now);
    if let (Some(in_body), Some(beside)) = (&input.idempotency_key, &key)
        && in_body != beside
    {
        reader.refuse("idempotency_key", "must equal the Idempotency-Key header");
    }
    let words = words_of(input.summary.as_ref().ok(), input.body.as_ref());
    let words = reader.take("body", words);
    let related_resource = input.related_resource_type.zip(input.related_resource_id);
    Ok(LogActivity {
        category: input.category?,
        summary: input.summary?,
        body: input.body,
        related_resource: related_resource
            .map(|(built_in, id)| RelatedResource { resource_type: built_in.into(), id }),
        occurred_at: input.occurred_at,
        idempotency_key: input.idempotency_key.or(key),
        input_hash,
        words: words?,
    })
}

/// Writes the activity.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, logged: &Logged, names: &ActorNames) -> Response {
    let view = ActivityBody::of(&logged.activity, names, exchange.request_id());
    let mut response = json(StatusCode::CREATED, &view);
    let location = exchange.link(&format!("/v1/activities/{}", logged.activity.id));
    mark(&mut response, &location, logged.replay);
    response
}

/// Says where what was logged can be read, and whether an earlier call logged it.
pub(in crate::http) fn mark(response: &mut Response, location: &str, replay: Replay) {
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, header_value(location));
    if replay == Replay::Replayed {
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "log_activity",
        tag: ACTIVITIES,
        summary: "Log an activity",
        description: "Records a workspace activity such as a note, call, email, meeting, or \
            agent action. The related resource must exist. A retry with the same idempotency \
            key and the same input writes nothing and answers with the same activity and \
            `Idempotency-Replayed: true`; the same key with another input is a conflict.",
        parameters: vec![idempotency_key(
            schemas,
            "The idempotency key, in place of the property `idempotency_key` or equal to it. It \
             belongs to the caller: to the principal of the credential and the actor. It has \
             no comma, with which gateways join repeated headers; a key that has one goes into the \
             body.",
        )],
        request_body: Some(JsonBody {
            description: "The activity, up to 1 MiB.",
            required: true,
            schema: schemas.subschema_for::<LogActivityInput>(),
            example: ("email", log_activity_input().into()),
        }),
        status: StatusCode::CREATED,
        success: success(
            "The activity was logged, now or by an earlier call with the same key.",
            &["Location", "Idempotency-Replayed"],
            schemas.subschema_for::<ActivityBody<'static>>(),
            json!({
                "activity": ActivityView::record(&activity(), &actor_names()),
                "request_id": REQUEST_ID,
            }),
        ),
    }
}
