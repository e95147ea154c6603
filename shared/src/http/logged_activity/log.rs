//! `POST /api/activities/{activity_identifier}/log-activity`.

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::page::parse_record_type;
use crate::app::audited::Attempt;
use crate::app::input::{Reader, Violations, any_text};
use crate::app::json::Object;
use crate::app::log_activity::parse_occurred_at;
use crate::app::log_typed_activity::{
    GivenField, LogTypedActivity, MAX_FIELDS_BYTES, MAX_MENTIONS, MAX_RELATED_OBJECTS,
    RelatedObject, hash_input,
};
use crate::app::write_activity::Logged;
use crate::domain::activity::{ActivityId, Body, RelatedResourceId};
use crate::domain::activity_type::{MAX_FIELDS, TypeIdentifier};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::idempotency::{IdempotencyKey, InputHash};
use crate::domain::record_type::{Identifier, RecordType};
use crate::domain::value::{Refusal, parse_uuid};
use crate::http::body;
use crate::http::describe::{
    Described, JsonBody, LOGGED_ACTIVITIES, activity_identifier, idempotency_key, success,
};
use crate::http::examples::{ACTIVITY_ID, RESOURCE_ID};
use crate::http::exchange::{Exchange, IDEMPOTENCY_KEY};
use crate::http::message::{Response, json};
use crate::http::v1::log::mark;
use crate::input;

input! {
    /// What happened, in the form of its type.
    pub struct LogTypedActivityInput of Object (now: Timestamp) {
        /// The records that the activity is about, at most one of each kind.
        required_list "related_objects" => related_objects: Vec<RelatedObjectInput>
            = read_related, up to MAX_RELATED_OBJECTS;
        /// What happened.
        optional "notes" => notes: Body;
        /// The scheduled activity that this one completes. Each can be completed once.
        nullable "scheduled_activity_id" => scheduled_activity_id: Uuid = parse_id;
        /// When the activity was completed, where it was; now for a scheduled one.
        nullable "completed_at" => completed_at: Timestamp = |text| parse_occurred_at(text, now);
        /// Who is mentioned.
        list "mentions" => mentions: Vec<Uuid> = read_mentions, up to MAX_MENTIONS;
        /// Values of the type's fields, up to 64 KB.
        list "fields" => fields: Vec<FieldInput> = read_fields, up to MAX_FIELDS;
    }
}

input! {
    /// A record that an activity is about.
    pub struct RelatedObjectInput of Object {
        /// The id or the api_name of a record type.
        required "custom_object" => custom_object: Identifier<RecordType> = parse_record_type;
        /// The id of the record.
        required "entity_id" => entity_id: RelatedResourceId;
    }
}

input! {
    /// A value of a field.
    pub struct FieldInput of Object {
        /// The field's id.
        required "id" => id: FieldReference;
        /// In the form of the field's type.
        value "value" => value: Value;
    }
}

/// The id of a field, as a caller names it: only the type knows whether there is
/// such a field.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(inline)]
pub struct FieldReference(#[schemars(extend("format" = "uuid"))] String);

impl FieldReference {
    fn parse(text: &str) -> Result<Self, Refusal> {
        any_text(text).map(Self)
    }
}

fn parse_id(text: &str) -> Result<Uuid, &'static str> {
    parse_uuid(text).ok_or("must be a UUID")
}

fn read_related(
    reader: &mut Reader<&Object>,
    name: &'static str,
    max: usize,
) -> Vec<RelatedObjectInput> {
    let items = reader.list(name, max);
    reader.elements(name, items, "object", RelatedObjectInput::read)
}

fn read_mentions(reader: &mut Reader<&Object>, name: &'static str, max: usize) -> Vec<Uuid> {
    let items = reader.list(name, max);
    let ids: Option<Vec<Uuid>> =
        items.iter().map(|item| item.as_str().and_then(parse_uuid)).collect();
    reader.take(name, ids.ok_or("must be a list of UUIDs")).unwrap_or_default()
}

fn read_fields(reader: &mut Reader<&Object>, name: &'static str, max: usize) -> Vec<FieldInput> {
    let items = reader.list(name, max);
    if serde_json::to_vec(items).map_or(0, |json| json.len()) > MAX_FIELDS_BYTES {
        reader.refuse(name, "must have at most 64 KB in all");
        return Vec::new();
    }
    reader.elements(name, items, "element", FieldInput::read)
}

/// A request as it came in: it is received before the scope is asked for, so that
/// the audit event of a denied write names its input.
#[derive(Debug)]
pub struct Received {
    /// The type that the path names; nothing where it can't name one.
    type_id: Option<Uuid>,
    object: Object,
    number_literals: Vec<Option<String>>,
    key: Option<IdempotencyKey>,
    input_hash: InputHash,
    /// What is wrong beside the object.
    beside: Violations,
}

/// Receives a request.
///
/// # Errors
///
/// 415, 413, and 400 for what is no object.
pub fn receive(exchange: &Exchange<'_>, attempt: &Attempt<'_>) -> Result<Received> {
    let (object, mut beside) = body::object_without_parameters(exchange)?;
    let number_literals = number_literals(exchange.request().body.read()?);
    let tenant = &attempt.call().principal.tenant_id;
    let type_id = TypeIdentifier::parse(exchange.path_parameter(0)).map(|named| named.id(tenant));
    let input_hash = attempt.note(hash_input(&object, &number_literals, type_id))?;
    let key = beside.take(IDEMPOTENCY_KEY, exchange.idempotency_key()).ok().flatten();
    Ok(Received { type_id, object, number_literals, key, input_hash, beside })
}

/// Reads what was received: the id of the type, and what is to be logged.
///
/// # Errors
///
/// 404 for a path that names no type. What is wrong with the shape of the input
/// is told with what the type finds.
pub fn parse(received: Received, now: Timestamp) -> Result<(Uuid, LogTypedActivity)> {
    let type_id = received.type_id.ok_or(Error::ResourceNotFound)?;
    let mut reader = Reader::new(&received.object).beside(received.beside);
    let input = LogTypedActivityInput::read(&mut reader, now);
    let related = |related: RelatedObjectInput| {
        Some(RelatedObject {
            record_type: related.custom_object.ok()?,
            entity_id: related.entity_id.ok()?,
        })
    };
    let field = |(field, literal): (FieldInput, Option<String>)| {
        Some(GivenField { id: field.id.ok()?.0, value: field.value.ok()?, literal })
    };
    let literals = received.number_literals.into_iter().chain(std::iter::repeat(None));
    let input = LogTypedActivity {
        notes: input.notes,
        related: input.related_objects.into_iter().filter_map(related).collect(),
        scheduled_activity_id: input.scheduled_activity_id,
        mentions: input.mentions,
        fields: input.fields.into_iter().zip(literals).filter_map(field).collect(),
        completed_at: input.completed_at,
        idempotency_key: received.key,
        input_hash: received.input_hash,
        violations: reader.into_violations(),
    };
    Ok((type_id, input))
}

/// The text of each element of `fields` that is a number, as it was written.
fn number_literals(body: &[u8]) -> Vec<Option<String>> {
    // The object was read, so that what is not to be had here has another
    // shape, and is refused for it.
    let raw: RawInput<'_> = serde_json::from_slice(body).unwrap_or_default();
    let fields = raw.fields.and_then(|fields| serde_json::from_str(fields.get()).ok());
    let fields: Vec<RawField<'_>> = fields.unwrap_or_default();
    let literal = |field: RawField<'_>| {
        let text = field.value?.get();
        text.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then(|| text.to_owned())
    };
    fields.into_iter().map(literal).collect()
}

/// What was logged, in the words of the caller.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LoggedTypedActivity")]
pub struct EchoBody<'a> {
    id: ActivityId,
    #[schemars(with = "String")]
    notes: Echo<'a>,
    #[schemars(with = "Vec<RelatedObjectInput>")]
    related_objects: Echo<'a>,
    #[schemars(with = "Option<Uuid>")]
    scheduled_activity_id: Echo<'a>,
    #[schemars(with = "Vec<Uuid>")]
    mentions: Echo<'a>,
    #[schemars(with = "Vec<FieldInput>")]
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

/// Writes what was logged as it was sent.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, logged: &Logged) -> Response {
    let body = exchange.request().body.read();
    let raw = body.ok().and_then(|body| serde_json::from_slice(body).ok());
    let raw: RawInput<'_> = raw.expect("what was logged was read before");
    let id = logged.activity.id;
    let view = EchoBody {
        id,
        notes: raw.notes.map_or(Echo::Empty, Echo::Given),
        related_objects: raw.related_objects.map_or(Echo::EmptyList, Echo::Given),
        scheduled_activity_id: raw.scheduled_activity_id.map_or(Echo::Null, Echo::Given),
        mentions: raw.mentions.map_or(Echo::EmptyList, Echo::Given),
        fields: raw.fields.map_or(Echo::EmptyList, Echo::Given),
    };
    let mut response = json(StatusCode::CREATED, &view);
    let location = exchange.link(&format!("/api/activities/logged/{id}"));
    mark(&mut response, &location, logged.replay);
    response
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    let input = json!({
        "related_objects": [{ "custom_object": "contact", "entity_id": RESOURCE_ID }],
        "notes": "Left a message",
    });
    let key = idempotency_key(
        schemas,
        "Makes a retry safe: the same key and input of the same user log once.",
    );
    Described {
        id: "log_typed_activity",
        tag: LOGGED_ACTIVITIES,
        summary: "Log an activity of a type",
        description: "The type says which fields there are, and which records the activity can be \
            about; `/fields` lists the fields with the options. A violation of a field is under \
            `fields.<id of the field>`. A scheduled activity can be completed once. A retry with \
            the same idempotency key and the same input writes nothing and answers with the same \
            activity and `Idempotency-Replayed: true`.",
        parameters: vec![activity_identifier(), key],
        success: success(
            "The activity was logged, now or by an earlier call with the same key. What was sent \
             comes back.",
            &["Location", "Idempotency-Replayed"],
            schemas.subschema_for::<EchoBody<'static>>(),
            json!({
                "id": ACTIVITY_ID,
                "notes": input["notes"],
                "related_objects": input["related_objects"],
                "scheduled_activity_id": null,
                "mentions": [],
                "fields": [],
            }),
        ),
        request_body: Some(JsonBody {
            description: "The activity, up to 1 MiB.",
            required: true,
            schema: schemas.subschema_for::<LogTypedActivityInput>(),
            example: ("call", input),
        }),
        status: StatusCode::CREATED,
    }
}
