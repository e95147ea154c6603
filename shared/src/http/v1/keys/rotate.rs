//! `POST /v1/keys/{key_id}/rotate`.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::{
    Received, describe_idempotency_key, describe_key_id, describe_made, key_id, one_key,
    respond_made,
};
use crate::app::audited::Attempt;
use crate::app::input::Reader;
use crate::app::json::Object;
use crate::app::make_key::{MadeKey, parse_expires_at};
use crate::app::rotate_key::{DEFAULT_OVERLAP, MAX_OVERLAP, RotateKey};
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::idempotency::{IdempotencyKey, InputHash};
use crate::http::describe::{Described, JsonBody, KEYS};
use crate::http::exchange::Exchange;
use crate::http::message::Response;
use crate::input;

/// [`MAX_OVERLAP`], as a range has it.
const MAX_OVERLAP_SECONDS: usize = 30 * 24 * 60 * 60;
const _: () = assert!(MAX_OVERLAP_SECONDS as u64 == MAX_OVERLAP.as_secs());

input! {
    /// How a key is to be rotated. Additional properties are rejected, null for an optional property included.
    pub struct RotateKeyInput of Object (now: Timestamp) {
        /// For how long the old key is taken beside its successor, in seconds: up to 30 days, 24 hours by default. Zero ends it at once.
        number "overlap_seconds" => overlap_seconds: OverlapSeconds = 0..=MAX_OVERLAP_SECONDS;
        /// When the successor ends: RFC 3339 with an offset, in the future, and not later than the key of the call. By default it lives as long as the old one was to live, within that limit.
        time "expires_at" => expires_at: Timestamp = |text| parse_expires_at(text, now);
        /// Stable client-generated key that makes retries safe for this write.
        optional "idempotency_key" => idempotency_key: IdempotencyKey;
    }
}

/// How long two keys overlap: its description.
#[derive(Debug)]
pub struct OverlapSeconds;

impl JsonSchema for OverlapSeconds {
    fn schema_name() -> Cow<'static, str> {
        "OverlapSeconds".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "minimum": 0,
            "maximum": MAX_OVERLAP_SECONDS,
            "default": DEFAULT_OVERLAP.as_secs(),
        })
    }
}

/// Receives a request. Its input is the key that it names, too.
///
/// # Errors
///
/// 415, 413, 400, and 422 for what is no object.
pub fn receive(exchange: &Exchange<'_>, attempt: &Attempt<'_>) -> Result<Received> {
    Received::of(exchange, |object| {
        let without_key: Object = object
            .iter()
            .filter(|(name, _)| *name != "idempotency_key")
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let input = json!({ "key_id": exchange.path_parameter(0), "rotate": without_key });
        attempt.note(InputHash::of_canonical(&input))
    })
}

/// Reads what was received.
///
/// # Errors
///
/// 422 with every violation of body, header and query, and 404 for what is not an id at
/// all.
pub fn parse(exchange: &Exchange<'_>, received: Received, now: Timestamp) -> Result<RotateKey> {
    let Received { object, key, input_hash, beside } = received;
    let mut reader = Reader::new(&object).beside(beside);
    let input = RotateKeyInput::read(&mut reader, now);
    let idempotency_key = one_key(&mut reader, input.idempotency_key, key);
    reader.finish(Ok(()))?;
    let overlap = input.overlap_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    Ok(RotateKey {
        key_id: key_id(exchange)?,
        overlap: overlap.map_or(DEFAULT_OVERLAP, Duration::from_secs),
        expires_at: input.expires_at,
        idempotency_key,
        input_hash,
    })
}

/// Writes the successor.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, made: &MadeKey) -> Response {
    respond_made(exchange, made)
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "rotate_key",
        tag: KEYS,
        summary: "Rotate a key",
        description: "Makes a successor of a key: for the same actor, with the same scopes, \
            ranges, users and name, and with a secret of its own, which is shown this once. \
            The old key ends after the overlap, if it does not end before. The successor may not \
            be wider than the key of the call, but a key may rotate itself. A key that is \
            revoked, or that was rotated already, is a violation of `key_id`.",
        parameters: vec![describe_key_id(schemas), describe_idempotency_key(schemas)],
        request_body: Some(JsonBody {
            description: "How to rotate it, up to 1 MiB.",
            required: true,
            schema: schemas.subschema_for::<RotateKeyInput>(),
            example: ("two days", json!({ "overlap_seconds": 172_800 })),
        }),
        status: StatusCode::CREATED,
        success: describe_made(schemas),
    }
}
