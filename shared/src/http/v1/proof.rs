//! `GET /v1/audit-events/{id}/proof`.

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::app::prove_event::ProvenEvent;
use crate::domain::actor_names::ActorNames;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::value::parse_uuid;
use crate::http::describe::{AUDIT, Described, audit_event_id, success};
use crate::http::examples::{DISCLOSURES, ENTRY, PROOF, REQUEST_ID, actor_names, audit_event};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::routes::Operation;
use crate::http::view::AuditEventView;
use crate::trail::disclosure::Disclosure;

/// The audit event that the path names, where it names one.
#[must_use]
pub fn named(exchange: &Exchange<'_>) -> Option<Uuid> {
    let is_named = exchange.operation() == Some(Operation::GetProof);
    parse_uuid(exchange.path_parameter(0)).filter(|_| is_named)
}

/// Reads a request.
///
/// # Errors
///
/// 400 and 422 for parameters, and [`Error::ResourceNotFound`] for what is not an id at all.
pub fn parse(exchange: &Exchange<'_>) -> Result<Uuid> {
    exchange.expect_no_parameters()?;
    named(exchange).ok_or(Error::ResourceNotFound)
}

/// An audit event, and the proof that it is in the log. Until it is sealed there is the event alone.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEventProofResponse")]
pub struct ProofBody<'a> {
    audit_event: AuditEventView<'a>,
    /// Whether it is in the log. It is within minutes.
    sealed: bool,
    /// Its place in the log, from 0 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "index_schema")]
    index: Option<u64>,
    /// When it was sealed, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    sealed_at: Option<Timestamp>,
    /// The exact text whose hash is the leaf: canonical JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    entry: Option<&'a str>,
    /// What the entry has digests of, in `_sd`: disclosures of SD-JWT.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>")]
    disclosures: Option<Vec<&'a str>>,
    /// The path from the leaf to the root of a signed checkpoint: a text of `c2sp.org/tlog-proof`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    proof: Option<String>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

fn index_schema(_: &mut SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "integer", "minimum": 0 })
}

/// Writes an event with its proof.
///
/// # Errors
///
/// None: an entry is JSON, and so is text.
pub fn respond(
    exchange: &Exchange<'_>,
    proven: &ProvenEvent,
    names: &ActorNames,
) -> Result<Response> {
    let proof = proven.proof.as_ref();
    let entry = proof.map(|proof| std::str::from_utf8(&proof.sealed.entry)).transpose();
    let view = ProofBody {
        audit_event: AuditEventView::of(&proven.event, names),
        sealed: proof.is_some(),
        index: proof.map(|proof| proof.inclusion.index),
        sealed_at: proof.map(|proof| proof.sealed_at),
        entry: entry.map_err(|error| Error::Internal(error.into()))?,
        disclosures: proof
            .map(|proof| proof.sealed.disclosures.iter().map(Disclosure::as_str).collect()),
        proof: proof.map(|proof| proof.inclusion.to_string()),
        request_id: exchange.request_id(),
    };
    Ok(json(StatusCode::OK, &view))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "get_proof",
        tag: AUDIT,
        summary: "Prove an audit event",
        description: "What proves offline that an audit event is in the log: `entry`, whose hash \
            is the leaf, and `proof`, which leads from the leaf to a signed checkpoint. With a \
            key of the log that you did not get from here, anybody's tools for \
            [tlog-proof](https://c2sp.org/tlog-proof) can check it.",
        parameters: vec![audit_event_id()],
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "The audit event, with its proof where it is sealed.",
            &[],
            schemas.subschema_for::<ProofBody<'static>>(),
            json!({
                "audit_event": AuditEventView::of(&audit_event(), &actor_names()),
                "sealed": true,
                "index": 0,
                "sealed_at": "2026-03-01T09:30:21.000Z",
                "entry": ENTRY,
                "disclosures": DISCLOSURES,
                "proof": PROOF,
                "request_id": REQUEST_ID,
            }),
        ),
    }
}
