//! The event: one form, whatever way it comes.
//!
//! It is read strictly, and every violation is found at once. Envelopes around it
//! are taken off here: that of EventBridge, since a rule may hand one to the
//! function itself or through a queue, and that of SNS, which a subscription
//! without raw delivery puts around a message.

use activity_log_core::app::input::{Given, Reader, UNKNOWN_PROPERTY, Violations, any_text};
use activity_log_core::app::json::{Object, parse_object};
use activity_log_core::app::log_activity::{LogActivity, parse_occurred_at};
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::actor_names::ActorRecord;
use activity_log_core::domain::audit::{Action, EventSource};
use activity_log_core::domain::caller::Principal;
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::domain::idempotency::{IdempotencyKey, InputHash};
use activity_log_core::domain::principal::{
    Actor, ActorId, ActorType, Attribution, KeyId, Scope, Scopes, TenantId,
};
use activity_log_core::domain::record_type::RecordType;
use activity_log_core::domain::registry::{DisplayName, Presence, ResourceRecord};
use activity_log_core::http::request_body::MAX_BYTES;
use activity_log_core::http::v1;
use serde_json::Value;

/// What the audit trail names as credential of an event.
pub(crate) const CREDENTIAL_ID: &str = "event";

/// The objects within an event.
pub(crate) const PARTS: [&str; 3] = ["activity", "actor", "resource"];

/// What an event asks for.
#[derive(Debug)]
pub(crate) enum Event {
    /// To log an activity.
    LogActivity(LogActivityEvent),
    /// To note what became of a resource.
    PutResource(TenantId, ResourceRecord),
    /// To note what an actor is called.
    PutActor(TenantId, ActorRecord),
}

impl Event {
    /// The tenant that it belongs to.
    pub(crate) fn tenant_id(&self) -> &TenantId {
        match self {
            Self::LogActivity(event) => &event.principal.tenant_id,
            Self::PutResource(tenant_id, _) | Self::PutActor(tenant_id, _) => tenant_id,
        }
    }
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
    pub(crate) beside: Violations,
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
    /// What the trail calls it, where it is news of a registry.
    pub(crate) news: Option<Action>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EventType {
    ActivityLog,
    /// Created or updated is the same to the registry.
    Resource(Presence),
    Actor(Presence),
}

impl EventType {
    /// What the trail calls it, where it is news of a registry.
    fn news(self) -> Option<Action> {
        Some(match self {
            Self::ActivityLog => return None,
            Self::Resource(Presence::Present) => Action::ResourceUpdated,
            Self::Resource(Presence::Deleted) => Action::ResourceDeleted,
            Self::Actor(Presence::Present) => Action::ActorUpdated,
            Self::Actor(Presence::Deleted) => Action::ActorDeleted,
        })
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "activity.log" => Ok(Self::ActivityLog),
            "resource.created" | "resource.updated" => Ok(Self::Resource(Presence::Present)),
            "resource.deleted" => Ok(Self::Resource(Presence::Deleted)),
            "actor.updated" => Ok(Self::Actor(Presence::Present)),
            "actor.deleted" => Ok(Self::Actor(Presence::Deleted)),
            _ => Err("must be one of: \
                activity.log resource.created resource.updated resource.deleted \
                actor.updated actor.deleted"),
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
    let (object, notification_id) = match Notification::of(&object) {
        Some(notification) => {
            let notification = notification?;
            (parse_object(notification.message.as_bytes())?, notification.id)
        }
        None => (object, None),
    };
    let carrier_id = notification_id.as_deref().unwrap_or(carrier_id);
    let (mut object, envelope) = open_envelope(object, head)?;
    // Not copied: it is nearly all of the event.
    let activity = object.remove("activity");
    let mut reader = Reader::new(&object);
    let (mut envelope_id, mut detail_type) = (None, None);
    if let Some(envelope) = envelope {
        reader.note(envelope.violations);
        (envelope_id, detail_type) = (envelope.id, envelope.detail_type);
    }

    head.id = reader.optional("id", IdempotencyKey::parse);
    if !reader.has("id") {
        let carrier_id = || reader.take("id", IdempotencyKey::parse(carrier_id)).ok();
        head.id = envelope_id.or_else(carrier_id);
    }
    let tenant_id = reader.required("tenant_id", TenantId::parse);
    head.tenant_id = tenant_id.as_ref().ok().cloned();
    let event_type = read_type(&mut reader, detail_type.as_deref());
    head.news = event_type.as_ref().ok().and_then(|event_type| event_type.news());
    match event_type {
        Ok(EventType::ActivityLog) => read_activity_log(reader, tenant_id, activity, now, head),
        Ok(EventType::Resource(presence)) => {
            refuse_activity(&mut reader, activity.as_ref());
            read_resource(reader, tenant_id, presence, now)
        }
        Ok(EventType::Actor(presence)) => {
            refuse_activity(&mut reader, activity.as_ref());
            read_actor(reader, tenant_id, presence, now)
        }
        Err(noted) => {
            // Which properties are too many depends on the type.
            for name in ["actor", "resource", "changed_at"] {
                reader.any(name);
            }
            reader.finish(Err(noted))
        }
    }
}

/// News of a registry has no activity.
fn refuse_activity(reader: &mut Reader<&Object>, activity: Option<&Value>) {
    if activity.is_some() {
        reader.refuse("activity", UNKNOWN_PROPERTY);
    }
}

/// What SNS delivers to a queue that has not asked for the message alone
/// ([its properties](https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html)).
struct Notification {
    /// The same for each delivery, by whatever message of the queue.
    id: Option<String>,
    message: String,
}

impl Notification {
    /// The notification that an object is; `None` where it is none: no event has
    /// properties of these names.
    fn of(object: &Object) -> Option<Result<Self>> {
        if !(object.contains_key("TopicArn") && object.contains_key("Type")) {
            return None;
        }
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        if text("Type") != Some("Notification") {
            return Some(Err(Error::invalid("Type", "must be Notification")));
        }
        let message = text("Message").ok_or(Error::invalid("Message", "must be a string"));
        let id = text("MessageId").map(str::to_owned);
        Some(message.map(|message| Self { id, message: message.to_owned() }))
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
    let mut reader = Reader::new(&object);
    let id = reader.optional("id", IdempotencyKey::parse);
    let detail_type = reader.optional("detail-type", any_text);
    let detail = take_object(&mut reader, "detail", detail);
    let violations = reader.into_noted();
    match detail {
        Ok(detail) => Ok((detail, Some(Envelope { id, detail_type, violations }))),
        Err(noted) => violations.finish(Err(noted)),
    }
}

/// The type that the event or its envelope names; one word where both do.
fn read_type(reader: &mut Reader<&Object>, detail_type: Option<&str>) -> Given<EventType> {
    let Some(detail_type) = detail_type else { return reader.required("type", EventType::parse) };
    if !reader.has("type") {
        return reader.take("detail-type", EventType::parse(detail_type));
    }
    reader.required("type", |text| {
        if text == detail_type { EventType::parse(text) } else { Err("must equal detail-type") }
    })
}

/// An object that was taken out of the one that is read.
fn take_object(
    reader: &mut Reader<&Object>,
    name: &'static str,
    value: Option<Value>,
) -> Given<Object> {
    match value {
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(reader.refuse(name, "must be an object")),
        None => Err(reader.refuse(name, "is required")),
    }
}

fn read_activity_log(
    mut reader: Reader<&Object>,
    tenant_id: Given<TenantId>,
    activity: Option<Value>,
    now: Timestamp,
    head: &Head,
) -> Result<Event> {
    let actor = reader.object("actor", |actor| {
        let actor_type = actor.required("type", ActorType::parse);
        let id = actor.required("id", ActorId::parse);
        Ok(Actor { actor_type: actor_type?, id: id? })
    });
    let activity = take_object(&mut reader, "activity", activity);
    let mut beside = reader.into_violations();
    let id = head.id.clone();
    let principal = || {
        Ok(Principal {
            by: Attribution::of(actor?),
            tenant_id: tenant_id?,
            credential_id: KeyId::parse(CREDENTIAL_ID).expect("the id is valid"),
            scopes: Scopes::from([Scope::ActivityWrite]),
            audit_reads: None,
            expires_at: None,
            bound_to: None,
        })
    };
    match principal() {
        Ok(principal) => {
            let activity = match activity {
                Ok(activity) => Ok(activity),
                Err(noted) => std::mem::take(&mut beside).finish(Err(noted)),
            };
            Ok(Event::LogActivity(LogActivityEvent { id, principal, activity, beside }))
        }
        // Nobody is known to be audited, but all is told that is wrong.
        Err(noted) => match activity {
            Ok(activity) => {
                let hash =
                    InputHash::of(&activity).map_err(|error| Error::Internal(error.into()))?;
                let mut reader = Reader::new(&activity).within("activity").beside(beside);
                let _ = v1::log::read(&mut reader, key_of(&activity, id), hash, now);
                reader.finish(Err(noted))
            }
            Err(noted) => beside.finish(Err(noted)),
        },
    }
}

/// Reads the activity of an event, in which other violations may have been found.
///
/// # Errors
///
/// [`Error::ValidationFailed`] with all of them.
pub(crate) fn read_activity(
    activity: &Object,
    id: Option<IdempotencyKey>,
    beside: Violations,
    input_hash: InputHash,
    now: Timestamp,
) -> Result<LogActivity> {
    let mut reader = Reader::new(activity).within("activity").beside(beside);
    let read = v1::log::read(&mut reader, key_of(activity, id), input_hash, now);
    reader.finish(read)
}

/// The id of an event is the key of an activity that has none of its own.
fn key_of(activity: &Object, id: Option<IdempotencyKey>) -> Option<IdempotencyKey> {
    id.filter(|_| !activity.contains_key("idempotency_key"))
}

fn read_resource(
    mut reader: Reader<&Object>,
    tenant_id: Given<TenantId>,
    presence: Presence,
    now: Timestamp,
) -> Result<Event> {
    let named = reader.object("resource", |resource| {
        let resource_type = resource.required("type", RecordType::parse);
        let id = resource.required("id", RelatedResourceId::parse);
        let display_name = resource.optional("display_name", DisplayName::parse);
        Ok((RelatedResource { resource_type: resource_type?, id: id? }, display_name))
    });
    let changed_at = read_changed_at(&mut reader, now);
    let event = || {
        let (resource, display_name) = named?;
        // The name of what is gone is not kept.
        let display_name = display_name.filter(|_| presence == Presence::Present);
        let record = ResourceRecord { resource, display_name, changed_at: changed_at?, presence };
        Ok(Event::PutResource(tenant_id?, record))
    };
    reader.finish(event())
}

fn read_actor(
    mut reader: Reader<&Object>,
    tenant_id: Given<TenantId>,
    presence: Presence,
    now: Timestamp,
) -> Result<Event> {
    let named = reader.object("actor", |actor| {
        let actor_type = actor.required("type", ActorType::parse);
        let id = actor.required("id", ActorId::parse);
        let display_name = actor.optional("display_name", DisplayName::parse);
        Ok((Actor { actor_type: actor_type?, id: id? }, display_name))
    });
    let changed_at = read_changed_at(&mut reader, now);
    let event = || {
        let (actor, display_name) = named?;
        // The name of who is gone is not kept.
        let display_name = display_name.filter(|_| presence == Presence::Present);
        let record = ActorRecord { actor, display_name, changed_at: changed_at?, presence };
        Ok(Event::PutActor(tenant_id?, record))
    };
    reader.finish(event())
}

/// News of the future would hold off all that comes until then.
fn read_changed_at(reader: &mut Reader<&Object>, now: Timestamp) -> Given<Timestamp> {
    reader.required("changed_at", |text| parse_occurred_at(text, now))
}
