//! `GET /v1/me`.

use http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;

use crate::domain::activity_filters::WrittenFilters;
use crate::domain::actor_names::ActorNames;
use crate::domain::caller::Principal;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::{Actor, KeyId, Scopes, TenantId};
use crate::http::describe::{Described, KEYS, success};
use crate::http::examples::{CREDENTIAL_ID, REQUEST_ID, actor_names, audit_event};
use crate::http::exchange::Exchange;
use crate::http::message::{Response, json};
use crate::http::view::ActorView;

/// Reads a request.
///
/// # Errors
///
/// 400 and 422 for parameters.
pub fn parse(exchange: &Exchange<'_>) -> Result<()> {
    exchange.expect_no_parameters()
}

/// Who calls, and what the credential of the call allows.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MeResponse")]
pub struct MeBody<'a> {
    /// Who acts in calls with this credential.
    actor: ActorView<'a>,
    /// Whom the credential stands for, where that is not the actor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActorView")]
    authenticated_as: Option<ActorView<'a>>,
    /// The user for whom an agent acts, where it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActorView")]
    on_behalf_of: Option<ActorView<'a>>,
    /// The workspace that the credential belongs to.
    tenant_id: &'a TenantId,
    /// The id of the key, or of the key that made the viewer token.
    credential_id: &'a KeyId,
    /// What it may do.
    scopes: &'a Scopes,
    /// When it ends, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    expires_at: Option<Timestamp>,
    /// What a viewer token is bound to. Only with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "WrittenFilters")]
    filters: Option<WrittenFilters>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

impl<'a> MeBody<'a> {
    fn of(principal: &'a Principal, names: &'a ActorNames, request_id: &'a str) -> Self {
        let by = &principal.by;
        let actor = |actor: &'a Actor| ActorView::of(actor, names);
        Self {
            actor: actor(&by.actor),
            authenticated_as: by.other_credential().map(actor),
            on_behalf_of: by.on_behalf_of.as_ref().map(actor),
            tenant_id: &principal.tenant_id,
            credential_id: &principal.credential_id,
            scopes: &principal.scopes,
            expires_at: principal.expires_at,
            filters: principal
                .bound_to
                .as_ref()
                .map(|bounds| WrittenFilters::from(&bounds.filters)),
            request_id,
        }
    }
}

/// Writes who calls.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, principal: &Principal, names: &ActorNames) -> Response {
    json(StatusCode::OK, &MeBody::of(principal, names, exchange.request_id()))
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    let event = audit_event();
    Described {
        id: "get_me",
        tag: KEYS,
        summary: "Read who calls",
        description: "Tells whose credential the call has, what it may do, and until when: of a \
            key of any scopes, or of a viewer token.",
        parameters: Vec::new(),
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "Who calls.",
            &[],
            schemas.subschema_for::<MeBody<'static>>(),
            json!({
                "actor": ActorView::of(&event.by.actor, &actor_names()),
                "tenant_id": event.tenant_id,
                "credential_id": CREDENTIAL_ID,
                "scopes": ["activity:write", "activity:read"],
                "request_id": REQUEST_ID,
            }),
        ),
    }
}
