//! `POST /api/activities/{activity_identifier}/log-activity`.

use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::activity::{ActivityId, Body};
use crate::activity_type::MAX_FIELDS;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::http::exchange::{Exchange, header_value};
use crate::http::{IDEMPOTENCY_REPLAYED, Response, body, json, v1};
use crate::log_activity::{Logged, Replay};
use crate::log_typed_activity::{MAX_MENTIONS, MAX_RELATED_OBJECTS, TypedInput};

/// The input as callers write it, for the description of the API.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "LogTypedActivityInput")]
#[expect(dead_code, reason = "it describes the input; the parser reports every violation at once")]
pub struct LogTypedActivityInput {
    /// The records that the activity is about, at most one of each kind.
    #[schemars(length(max = MAX_RELATED_OBJECTS))]
    related_objects: Vec<RelatedObjectInput>,
    /// What happened.
    #[schemars(with = "Body", default, skip_serializing_if = "Option::is_none")]
    notes: Option<Body>,
    /// The scheduled activity that this one completes. Each can be completed once.
    #[schemars(default, skip_serializing_if = "Option::is_none")]
    scheduled_activity_id: Option<Uuid>,
    /// When the activity was completed, where it was; now for a scheduled one.
    #[schemars(default, skip_serializing_if = "Option::is_none")]
    completed_at: Option<Timestamp>,
    /// Who is mentioned.
    #[schemars(length(max = MAX_MENTIONS), default, skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Uuid>,
    /// Values of the type's fields, up to 64 KB.
    #[schemars(length(max = MAX_FIELDS), default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldInput>,
}

/// A record that an activity is about.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it describes the input")]
struct RelatedObjectInput {
    /// The id or the api_name of a record type.
    custom_object: String,
    /// The id of the record.
    #[schemars(length(min = 1, max = 255))]
    entity_id: String,
}

/// A value of a field.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it describes the input")]
struct FieldInput {
    /// The field's id.
    id: Uuid,
    /// In the form of the field's type.
    value: serde_json::Value,
}

/// What was logged, in the words of the caller.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LoggedTypedActivity")]
pub struct EchoBody<'a> {
    id: ActivityId,
    #[schemars(with = "String")]
    notes: Echo<'a>,
    #[schemars(with = "Vec<serde_json::Value>")]
    related_objects: Echo<'a>,
    #[schemars(with = "Option<Uuid>")]
    scheduled_activity_id: Echo<'a>,
    #[schemars(with = "Vec<Uuid>")]
    mentions: Echo<'a>,
    #[schemars(with = "Vec<serde_json::Value>")]
    fields: Echo<'a>,
}

/// JSON text of the request, or what stands for a property that it lacks.
#[derive(Debug)]
enum Echo<'a> {
    Given(&'a RawValue),
    Null,
    Empty,
    EmptyList,
}

impl Serialize for Echo<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Given(raw) => raw.serialize(serializer),
            Self::Null => serializer.serialize_unit(),
            Self::Empty => serializer.serialize_str(""),
            Self::EmptyList => serializer.collect_seq(std::iter::empty::<()>()),
        }
    }
}

/// The texts of the properties of a request, as they were written.
#[derive(Debug, Default, Deserialize)]
struct RawInput<'a> {
    #[serde(borrow)]
    notes: Option<&'a RawValue>,
    #[serde(borrow)]
    related_objects: Option<&'a RawValue>,
    #[serde(borrow)]
    scheduled_activity_id: Option<&'a RawValue>,
    #[serde(borrow)]
    mentions: Option<&'a RawValue>,
    #[serde(borrow)]
    fields: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct RawField<'a> {
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// The input of a request, which takes no parameters.
///
/// # Errors
///
/// 415, 413 and 400.
pub fn input(exchange: &Exchange<'_>) -> Result<TypedInput> {
    let request = exchange.request();
    let object = body::object(request)?;
    let violations = match v1::no_parameters(exchange) {
        Ok(()) => Vec::new(),
        Err(Error::ValidationFailed(violations)) => violations,
        Err(error) => return Err(error),
    };
    // The object was read, so that what is not to be had here has another
    // shape, and is refused for it.
    let raw: RawInput<'_> = serde_json::from_slice(&request.body).unwrap_or_default();
    let fields: Vec<RawField<'_>> =
        raw.fields.and_then(|fields| serde_json::from_str(fields.get()).ok()).unwrap_or_default();
    let literal = |field: RawField<'_>| {
        let text = field.value?.get();
        text.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then(|| text.to_owned())
    };
    let keys = request.headers.get_all("idempotency-key").iter();
    Ok(TypedInput {
        object,
        number_literals: fields.into_iter().map(literal).collect(),
        idempotency_keys: keys.map(|key| key.as_bytes().to_vec()).collect(),
        violations,
    })
}

/// Writes a logged activity as it was sent.
///
/// # Errors
///
/// None in practice: what was logged was read before.
pub fn logged(logged: &Logged, exchange: &Exchange<'_>) -> Result<Response> {
    let raw: RawInput<'_> = serde_json::from_slice(&exchange.request().body)
        .map_err(|error| Error::Internal(error.into()))?;
    let id = logged.activity.id;
    let body = EchoBody {
        id,
        notes: raw.notes.map_or(Echo::Empty, Echo::Given),
        related_objects: raw.related_objects.map_or(Echo::EmptyList, Echo::Given),
        scheduled_activity_id: raw.scheduled_activity_id.map_or(Echo::Null, Echo::Given),
        mentions: raw.mentions.map_or(Echo::EmptyList, Echo::Given),
        fields: raw.fields.map_or(Echo::EmptyList, Echo::Given),
    };
    let mut response = json(StatusCode::CREATED, &body)?;
    let headers = response.headers_mut();
    let location = exchange.link(&format!("/api/activities/logged/{id}"));
    headers.insert(header::LOCATION, header_value(&location));
    if logged.replay == Replay::Replayed {
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
