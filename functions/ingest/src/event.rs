//! The event: one form, whatever way it comes.
//!
//! It is read strictly, and every violation is found at once. An EventBridge
//! envelope around it is taken off here, since a rule may hand one to the
//! function itself or through a queue.

use activity_log_core::app::input::{
    Object, ObjectReader, UNKNOWN_PROPERTY, Violations, parse_object, with_violations_of,
};
use activity_log_core::app::log_activity::{LogActivity, parse_occurred_at};
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::{Error, FieldError, Result};
use activity_log_core::domain::idempotency::IdempotencyKey;
use activity_log_core::domain::principal::{
    Actor, ActorId, ActorType, KeyId, Principal, Scope, Scopes, TenantId,
};
use activity_log_core::domain::record_type::RecordType;
use activity_log_core::domain::registry::{DisplayName, Presence, ResourceRecord};
use activity_log_core::http::body::MAX_BYTES;
use serde_json::Value;

/// What the audit trail names as credential of an event.
const CREDENTIAL_ID: &str = "event";

/// The objects within an event.
pub(crate) const PARTS: [&str; 3] = ["activity", "actor", "resource"];

/// The way by which an event came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventSource {
    /// A message of a queue.
    Sqs,
    /// A rule of a bus, also where a queue is in between.
    EventBridge,
    /// An invocation of the function.
    Invoke,
}

impl EventSource {
    /// What the audit trail names as route.
    pub(crate) fn entry_point(self) -> &'static str {
        match self {
            Self::Sqs => "event:sqs",
            Self::EventBridge => "event:eventbridge",
            Self::Invoke => "event:invoke",
        }
    }
}

/// What an event asks for.
#[derive(Debug)]
pub(crate) enum Event {
    /// To log an activity.
    LogActivity(LogActivityEvent),
    /// To note what became of a resource.
    PutResource(TenantId, ResourceRecord),
}

/// An activity by somebody who is known, so that a refusal is audited: what is
/// wrong with the event is decided with what is wrong with the activity.
#[derive(Debug)]
pub(crate) struct LogActivityEvent {
    /// The key of an activity that has none of its own.
    pub(crate) id: Option<IdempotencyKey>,
    /// Whom the event names.
    pub(crate) principal: Principal,
    /// The input of `POST /v1/activities`, as it was given, where it was.
    pub(crate) activity: Result<Object>,
    /// What is wrong with the rest of the event.
    pub(crate) violations: Violations,
}

/// What is known of an event, whatever becomes of it.
#[derive(Debug)]
pub(crate) struct Head {
    /// The way by which it came.
    pub(crate) source: EventSource,
    /// Its id.
    pub(crate) id: Option<IdempotencyKey>,
    /// The tenant that it belongs to.
    pub(crate) tenant_id: Option<TenantId>,
}

/// The types of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EventType {
    ActivityLog,
    /// Created or updated is the same to the registry.
    Resource(Presence),
}

impl EventType {
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "activity.log" => Ok(Self::ActivityLog),
            "resource.created" | "resource.updated" => Ok(Self::Resource(Presence::Present)),
            "resource.deleted" => Ok(Self::Resource(Presence::Deleted)),
            _ => Err("must be one of: \
                activity.log resource.created resource.updated resource.deleted"),
        }
    }
}

/// Reads an event, or the envelope of one. An event without an id has that of
/// its envelope, or else of what carried it.
///
/// # Errors
///
/// 413, 400 and 422. What is wrong with an activity of somebody who is known is
/// no error yet.
pub(crate) fn read(
    bytes: &[u8],
    carrier_id: &str,
    now: Timestamp,
    head: &mut Head,
) -> Result<Event> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::PayloadTooLarge);
    }
    let object = parse_object(bytes)?;
    let (mut object, envelope) = open_envelope(object, head)?;
    // Not copied: it is nearly all of the event.
    let activity = object.remove("activity");
    let mut reader = ObjectReader::new(&object);
    let (mut envelope_id, mut detail_type) = (None, None);
    if let Some(envelope) = envelope {
        reader.violations.extend(envelope.violations);
        (envelope_id, detail_type) = (envelope.id, envelope.detail_type);
    }

    head.id = reader.optional("id", IdempotencyKey::parse);
    if !reader.has("id") {
        let carrier_id = || reader.violations.take("id", IdempotencyKey::parse(carrier_id));
        head.id = envelope_id.or_else(carrier_id);
    }
    head.tenant_id = reader.required("tenant_id", TenantId::parse);
    match read_type(&mut reader, detail_type.as_deref()) {
        Some(EventType::ActivityLog) => read_activity_log(reader, activity, now, head),
        Some(EventType::Resource(presence)) => {
            if activity.is_some() {
                reader.refuse("activity", UNKNOWN_PROPERTY);
            }
            read_resource(reader, presence, now, head)
        }
        None => {
            // Which properties are too many depends on the type.
            for name in ["actor", "resource", "changed_at"] {
                reader.any(name);
            }
            Err(refusal(reader.into_violations()))
        }
    }
}

/// What an envelope says of the event in it.
#[derive(Debug)]
struct Envelope {
    id: Option<IdempotencyKey>,
    detail_type: Option<String>,
    violations: Violations,
}

/// Takes off the envelope of EventBridge, where there is one: no event has a
/// property `detail-type`. What else an envelope has is not looked at.
fn open_envelope(mut object: Object, head: &mut Head) -> Result<(Object, Option<Envelope>)> {
    if !object.contains_key("detail-type") {
        return Ok((object, None));
    }
    head.source = EventSource::EventBridge;
    let detail = object.remove("detail");
    let mut reader = ObjectReader::new(&object);
    let id = reader.optional("id", IdempotencyKey::parse);
    let detail_type = reader.optional("detail-type", |text| Ok::<_, &str>(text.to_owned()));
    let detail = take_object(&mut reader, "detail", detail);
    let violations = reader.violations;
    match detail {
        Some(detail) => Ok((detail, Some(Envelope { id, detail_type, violations }))),
        None => Err(refusal(violations)),
    }
}

/// The type that the event or its envelope names; one word where both do.
fn read_type(reader: &mut ObjectReader<'_>, detail_type: Option<&str>) -> Option<EventType> {
    let Some(detail_type) = detail_type else { return reader.required("type", EventType::parse) };
    if !reader.has("type") {
        return reader.violations.take("detail-type", EventType::parse(detail_type));
    }
    reader.optional("type", |text| {
        if text == detail_type { EventType::parse(text) } else { Err("must equal detail-type") }
    })
}

/// An object that was taken out of the one that is read.
fn take_object(
    reader: &mut ObjectReader<'_>,
    name: &'static str,
    value: Option<Value>,
) -> Option<Object> {
    match value {
        Some(Value::Object(object)) => return Some(object),
        Some(_) => reader.refuse(name, "must be an object"),
        None => reader.refuse(name, "is required"),
    }
    None
}

/// Reads an object within the event.
fn read_within<'a, T>(
    reader: &mut ObjectReader<'a>,
    name: &'static str,
    read: impl FnOnce(&mut ObjectReader<'a>) -> Option<T>,
) -> Option<T> {
    match reader.any(name) {
        Some(Value::Object(object)) => {
            let mut nested = reader.nested(object, name);
            let value = read(&mut nested);
            reader.violations.extend(nested.into_violations());
            value
        }
        Some(_) => {
            reader.refuse(name, "must be an object");
            None
        }
        None => {
            reader.refuse(name, "is required");
            None
        }
    }
}

fn read_activity_log(
    mut reader: ObjectReader<'_>,
    activity: Option<Value>,
    now: Timestamp,
    head: &Head,
) -> Result<Event> {
    let actor = read_within(&mut reader, "actor", |actor| {
        let actor_type = actor.required("type", ActorType::parse);
        let id = actor.required("id", ActorId::parse);
        Some(Actor { actor_type: actor_type?, id: id? })
    });
    let activity = take_object(&mut reader, "activity", activity);
    let mut violations = reader.into_violations();
    let activity = activity.ok_or_else(|| refusal(std::mem::take(&mut violations)));
    let id = head.id.clone();
    if let (Some(tenant_id), Some(actor)) = (head.tenant_id.clone(), actor) {
        let principal = Principal {
            tenant_id,
            actor,
            credential_id: KeyId::parse(CREDENTIAL_ID).expect("the id is valid"),
            scopes: Scopes::from([Scope::ActivityWrite]),
        };
        return Ok(Event::LogActivity(LogActivityEvent { id, principal, activity, violations }));
    }
    parse_activity(&activity?, id.as_ref(), violations, now)?;
    Err(no_violations())
}

/// Reads the activity of an event in which other violations may have been found.
///
/// # Errors
///
/// [`Error::ValidationFailed`] with all of them.
pub(crate) fn parse_activity(
    activity: &Object,
    id: Option<&IdempotencyKey>,
    violations: Violations,
    now: Timestamp,
) -> Result<LogActivity> {
    let key = id.filter(|_| !activity.contains_key("idempotency_key"));
    let key = key.map(|id| id.as_str().as_bytes());
    let parsed = LogActivity::parse(activity, key, now).map_err(|error| match error {
        Error::ValidationFailed(errors) => {
            let within = |error: FieldError| {
                FieldError::new(&format!("activity.{}", error.field), error.message)
            };
            Error::ValidationFailed(errors.into_iter().map(within).collect())
        }
        other => other,
    });
    with_violations_of(parsed, violations.into_result())
}

fn read_resource(
    mut reader: ObjectReader<'_>,
    presence: Presence,
    now: Timestamp,
    head: &Head,
) -> Result<Event> {
    let named = read_within(&mut reader, "resource", |resource| {
        let resource_type = resource.required("type", RecordType::parse);
        let id = resource.required("id", RelatedResourceId::parse);
        let display_name = resource.optional("display_name", DisplayName::parse);
        Some((RelatedResource { resource_type: resource_type?, id: id? }, display_name))
    });
    // News of the future would hold off all that comes until then.
    let changed_at = reader.required("changed_at", |text| parse_occurred_at(text, now));
    reader.finish()?;
    let (Some(tenant_id), Some((resource, display_name)), Some(changed_at)) =
        (head.tenant_id.clone(), named, changed_at)
    else {
        return Err(no_violations());
    };
    // The name of what is gone is not kept.
    let display_name = display_name.filter(|_| presence == Presence::Present);
    let record = ResourceRecord { resource, display_name, changed_at, presence };
    Ok(Event::PutResource(tenant_id, record))
}

fn refusal(violations: Violations) -> Error {
    violations.into_result().err().unwrap_or_else(no_violations)
}

fn no_violations() -> Error {
    Error::Internal("an event without violations lacks a property".into())
}
