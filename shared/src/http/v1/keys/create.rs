//! `POST /v1/keys`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use super::{Received, describe_idempotency_key, describe_made, one_key, respond_made};
use crate::app::audited::Attempt;
use crate::app::create_key::CreateKey;
use crate::app::input::Reader;
use crate::app::json::Object;
use crate::app::make_key::{MadeKey, parse_expires_at};
use crate::domain::address_range::AddressRange;
use crate::domain::clock::Timestamp;
use crate::domain::credential::{Grant, KeyName, MAX_ADDRESS_RANGES, MAX_USERS};
use crate::domain::error::Result;
use crate::domain::idempotency::{IdempotencyKey, InputHash};
use crate::domain::principal::{Actor, ActorId, ActorType, Scope, Scopes};
use crate::domain::value::Refusal;
use crate::http::describe::{Described, JsonBody, KEYS};
use crate::http::examples::create_key_input;
use crate::http::exchange::Exchange;
use crate::http::message::Response;
use crate::input;

input! {
    /// Who a key stands for.
    pub struct KeyActorInput of Object {
        /// What kind of caller it is.
        required "type" => actor_type: ActorType;
        /// Its id.
        required "id" => id: ActorId;
    }
}

input! {
    /// The key that is to be made. Nothing of it is wider than the key that it is made with.
    /// Additional properties are rejected, null for an optional property included.
    pub struct CreateKeyInput of Object (now: Timestamp) {
        /// Who it stands for.
        object "actor" => actor: KeyActorInput;
        /// What it may do: scopes of the key that it is made with.
        required_list "scopes" => scopes: Scopes = read_scopes, up to Scope::ALL.len();
        /// What people call it: 1 to 100 characters.
        optional "name" => name: KeyName;
        /// When it ends: RFC 3339 with an offset, in the future. Required where the key that it is made with ends, and not later than that one.
        time "expires_at" => expires_at: Timestamp = |text| parse_expires_at(text, now);
        /// Where it is taken from: ranges in CIDR notation, or addresses. Required where the key that it is made with has some, and each within one of those.
        list "address_ranges" => address_ranges: BTreeSet<AddressRange> = read_ranges, up to MAX_ADDRESS_RANGES;
        /// The users whom it may name with `X-USER-ID`; anybody, where it is left out. Required where the key that it is made with has a list, and none but users of that; and where a user makes it, with just that user.
        list "users" => users: GivenUsers = read_users, up to MAX_USERS;
        /// Stable client-generated key that makes retries safe for this write.
        optional "idempotency_key" => idempotency_key: IdempotencyKey;
    }
}

/// A list of users, or none, which is another thing than an empty list.
#[derive(Clone, Debug)]
pub struct GivenUsers(Option<BTreeSet<ActorId>>);

impl JsonSchema for GivenUsers {
    fn schema_name() -> Cow<'static, str> {
        "GivenUsers".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        BTreeSet::<ActorId>::json_schema(schemas)
    }
}

fn read_scopes(reader: &mut Reader<&Object>, name: &'static str, max: usize) -> Scopes {
    read_set(reader, name, max, Scope::parse)
}

fn read_ranges(
    reader: &mut Reader<&Object>,
    name: &'static str,
    max: usize,
) -> BTreeSet<AddressRange> {
    read_set(reader, name, max, AddressRange::parse)
}

fn read_users(reader: &mut Reader<&Object>, name: &'static str, max: usize) -> GivenUsers {
    let users = read_set(reader, name, max, |text| match text.contains(',') {
        // A header with one may be two that a gateway has joined, so nobody can be named so.
        true => Err("must not have a comma".into()),
        false => ActorId::parse(text),
    });
    GivenUsers(reader.has(name).then_some(users))
}

/// Reads a list of texts, none of which is there twice. What is wrong with one is noted
/// under the name of the list, with its place.
fn read_set<T: Ord, E: Into<Refusal>>(
    reader: &mut Reader<&Object>,
    name: &'static str,
    max: usize,
    parse: impl Fn(&str) -> Result<T, E>,
) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    let read = |item: &Value| match item.as_str() {
        Some(text) => parse(text).map_err(Into::into),
        None => Err(Refusal::from("must be a string")),
    };
    for (index, item) in reader.list(name, max).iter().enumerate() {
        let problem = match read(item) {
            Ok(value) => match set.insert(value) {
                true => continue,
                false => "is there already".into(),
            },
            Err(problem) => problem,
        };
        reader.refuse(name, format!("element {index}: {problem}"));
    }
    set
}

/// Receives a request.
///
/// # Errors
///
/// 415, 413, 400, and 422 for what is no object.
pub fn receive(exchange: &Exchange<'_>, attempt: &Attempt<'_>) -> Result<Received> {
    Received::of(exchange, |object| attempt.note(InputHash::of(object)))
}

/// Reads what was received.
///
/// # Errors
///
/// 422 with every violation of body, header and query.
pub fn parse(received: Received, now: Timestamp) -> Result<CreateKey> {
    let Received { object, key, input_hash, beside } = received;
    let mut reader = Reader::new(&object).beside(beside);
    let input = CreateKeyInput::read(&mut reader, now);
    let idempotency_key = one_key(&mut reader, input.idempotency_key, key);
    let actor =
        input.actor.and_then(|actor| Ok(Actor { actor_type: actor.actor_type?, id: actor.id? }));
    let grant = actor.map(|actor| Grant {
        actor,
        scopes: input.scopes,
        name: input.name,
        expires_at: input.expires_at,
        address_ranges: input.address_ranges,
        users: input.users.0,
    });
    reader.finish(grant.map(|grant| CreateKey { grant, idempotency_key, input_hash }))
}

/// Writes the key.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, made: &MadeKey) -> Response {
    respond_made(exchange, made)
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "create_key",
        tag: KEYS,
        summary: "Create a key",
        description: "Makes a key that is not wider than the one of the call: in what it may do, \
            until when, from where, and whom it stands for or may name. A service makes keys of \
            services, of agents, and of users whom it may name; a user those of its own, and \
            of services and agents that may name just this user; an agent those of agents. The \
            key in full is shown this once. A retry with the same idempotency key and the \
            same input answers with the same key without its secret.",
        parameters: vec![describe_idempotency_key(schemas)],
        request_body: Some(JsonBody {
            description: "The key, up to 1 MiB.",
            required: true,
            schema: schemas.subschema_for::<CreateKeyInput>(),
            example: ("agent", create_key_input().into()),
        }),
        status: StatusCode::CREATED,
        success: describe_made(schemas),
    }
}
