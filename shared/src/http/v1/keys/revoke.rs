//! `DELETE /v1/keys/{key_id}`.

use http::StatusCode;
use schemars::SchemaGenerator;

/// A key is named, and shown as it is now, as where it is read.
pub use super::get::{parse, respond};
use super::{describe_key_id, describe_one};
use crate::http::describe::{Described, KEYS};

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "revoke_key",
        tag: KEYS,
        summary: "Revoke a key",
        description: "Ends a key for good. It makes no keys any more from then on, and is \
            refused everywhere after 60 seconds at the latest. It stays in the list. A key that \
            is revoked already keeps its first time.",
        parameters: vec![describe_key_id(schemas)],
        request_body: None,
        status: StatusCode::OK,
        success: describe_one(schemas, "The key as it is now."),
    }
}
