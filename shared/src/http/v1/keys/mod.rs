//! `/v1/keys`: keys are made, listed, rotated and revoked.

pub mod create;
pub mod get;
pub mod list;
pub mod revoke;
pub mod rotate;
mod view;

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::get_key::KeyDetails;
use crate::app::input::{Reader, Violations};
use crate::app::json::Object;
use crate::app::make_key::MadeKey;
use crate::app::write_activity::Replay;
use crate::domain::credential::ApiKey;
use crate::domain::error::{Error, Result};
use crate::domain::idempotency::{IdempotencyKey, InputHash};
use crate::domain::principal::KeyId;
use crate::http::body;
use crate::http::describe::{self, success};
use crate::http::examples::{CREDENTIAL_ID, REQUEST_ID, SECRET, key_details};
use crate::http::exchange::{Exchange, IDEMPOTENCY_KEY};
use crate::http::message::{Response, json};
use crate::http::v1::log::mark;

pub use view::KeyView;

/// A request as it came in: it is received before the scope is asked for.
#[derive(Debug)]
pub struct Received {
    object: Object,
    key: Option<IdempotencyKey>,
    input_hash: InputHash,
    /// What is wrong beside the object.
    beside: Violations,
}

impl Received {
    /// Receives a request, and the key of its header. `hash` makes the hash of its
    /// input.
    fn of(
        exchange: &Exchange<'_>,
        hash: impl FnOnce(&Object) -> Result<InputHash>,
    ) -> Result<Self> {
        let (object, mut beside) = body::object_without_parameters(exchange)?;
        let key = beside.take(IDEMPOTENCY_KEY, exchange.idempotency_key()).ok().flatten();
        let input_hash = hash(&object)?;
        Ok(Self { object, key, input_hash, beside })
    }
}

/// The idempotency key of the body or of the header, which are one where both are given.
fn one_key(
    reader: &mut Reader<&Object>,
    in_body: Option<IdempotencyKey>,
    beside: Option<IdempotencyKey>,
) -> Option<IdempotencyKey> {
    if let (Some(in_body), Some(beside)) = (&in_body, &beside)
        && in_body != beside
    {
        reader.refuse("idempotency_key", "must equal the Idempotency-Key header");
    }
    in_body.or(beside)
}

/// The key that the path names, where that is an id.
#[must_use]
pub fn named(exchange: &Exchange<'_>) -> Option<KeyId> {
    KeyId::parse(exchange.path_parameter(0)).ok()
}

/// The key that the path names.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for what is not an id at all.
fn key_id(exchange: &Exchange<'_>) -> Result<KeyId> {
    named(exchange).ok_or(Error::ResourceNotFound)
}

/// A key that was made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MadeKeyResponse")]
pub struct MadeKeyBody<'a> {
    key: KeyView<'a>,
    /// The key in full, to be presented by callers. It is shown this once; a replay is
    /// without it, because it is kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    secret: Option<String>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

fn respond_made(exchange: &Exchange<'_>, made: &MadeKey) -> Response {
    let body = MadeKeyBody {
        key: KeyView::of(&made.details),
        secret: made.secret.as_ref().map(ApiKey::reveal),
        request_id: exchange.request_id(),
    };
    let mut response = json(StatusCode::CREATED, &body);
    let key_id = &made.details.credential.key_id;
    let replay = if made.secret.is_some() { Replay::First } else { Replay::Replayed };
    mark(&mut response, &exchange.link(&format!("/v1/keys/{key_id}")), replay);
    response
}

fn describe_made(schemas: &mut SchemaGenerator) -> Value {
    success(
        "The key was made, now or by an earlier call with the same idempotency key.",
        &["Location", "Idempotency-Replayed"],
        schemas.subschema_for::<MadeKeyBody<'static>>(),
        json!({
            "key": KeyView::of(&key_details()),
            "secret": SECRET,
            "request_id": REQUEST_ID,
        }),
    )
}

/// One key.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "KeyResponse")]
pub struct KeyBody<'a> {
    key: KeyView<'a>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

fn respond_one(exchange: &Exchange<'_>, details: &KeyDetails) -> Response {
    let body = KeyBody { key: KeyView::of(details), request_id: exchange.request_id() };
    json(StatusCode::OK, &body)
}

fn describe_one(schemas: &mut SchemaGenerator, description: &str) -> Value {
    success(
        description,
        &[],
        schemas.subschema_for::<KeyBody<'static>>(),
        json!({ "key": KeyView::of(&key_details()), "request_id": REQUEST_ID }),
    )
}

/// The parameter of the path that names a key.
fn describe_key_id(schemas: &mut SchemaGenerator) -> Value {
    json!({
        "name": "key_id",
        "in": "path",
        "required": true,
        "description": "The id of the key, which is the part of it between its two dots.",
        "schema": schemas.subschema_for::<KeyId>(),
        "example": CREDENTIAL_ID,
    })
}

fn describe_idempotency_key(schemas: &mut SchemaGenerator) -> Value {
    describe::idempotency_key(
        schemas,
        "The idempotency key, in place of the property `idempotency_key` or equal to it. It \
         belongs to the caller, who has one space of them for keys and activities. It has no \
         comma, with which gateways join repeated headers; a key that has one goes into the body.",
    )
}
