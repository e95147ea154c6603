//! The function `audit`: the audit trail, and the log that it is sealed in; and the answer to everything that no
//! other function is routed for, the description of the API included.

mod openapi;

use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::checkpoints::{list_checkpoints, newest_cosigned_checkpoint};
use activity_log_core::app::list_audit_events::list_audit_events;
use activity_log_core::app::name_actors::with_names;
use activity_log_core::app::permit::Permit;
use activity_log_core::app::prove_event::prove_event;
use activity_log_core::app::read_records::read_records;
use activity_log_core::app::read_tile::{read_bundle, read_tile};
use activity_log_core::domain::audit::{Action, Call};
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::answer::{answer, preflight};
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::message::{Request, Response, json_bytes};
use activity_log_core::http::routes::Operation;
use activity_log_core::http::v1;
use activity_log_core::http::v1::audit_log::{checkpoint, checkpoints, disclosures, records, tile};
use activity_log_core::{Context, Error, Result};
use http::StatusCode;

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx.setting(), request);
    answer(&exchange, dispatch(ctx, &exchange)).await
}

async fn dispatch(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    if let Some(response) = preflight(exchange) {
        return Ok(response);
    }
    let route = exchange.route()?;
    match (route.operation, route.scope, route.second_scope) {
        (Operation::ListAuditEvents, Some(scope), None) => {
            get_audit_events(ctx, exchange, scope).await
        }
        (Operation::GetProof, Some(scope), None) => get_proof(ctx, exchange, scope).await,
        (Operation::GetCheckpoint, Some(scope), None) => get_checkpoint(ctx, exchange, scope).await,
        (Operation::ListCheckpoints, Some(scope), None) => {
            get_checkpoints(ctx, exchange, scope).await
        }
        (Operation::GetTile, Some(scope), None) => get_tile(ctx, exchange, scope).await,
        (Operation::GetDisclosures, Some(scope), None) => {
            get_disclosures(ctx, exchange, scope).await
        }
        (Operation::GetRecords, Some(scope), Some(second)) => {
            get_records(ctx, exchange, scope, second).await
        }
        (Operation::GetOpenApi, None, None) => get_openapi(exchange),
        _ => Err(Error::UnknownPath),
    }
}

/// Answers a read of the trail by a caller who has its scope.
async fn reading(
    ctx: &Context,
    exchange: &Exchange<'_>,
    scope: Scope,
    read: impl AsyncFnOnce(&Call, Permit<'_>) -> Result<Response>,
) -> Result<Response> {
    let call = exchange.call(v1::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::AuditEventsRead);
    attempt.note_named(v1::proof::named(exchange));
    audited(ctx, &attempt, async { read(&call, attempt.permit(scope)?).await }).await
}

async fn get_audit_events(
    ctx: &Context,
    exchange: &Exchange<'_>,
    scope: Scope,
) -> Result<Response> {
    reading(ctx, exchange, scope, async |call, permit| {
        let listing = v1::audit::parse(exchange, permit)?;
        let list = list_audit_events(ctx, permit, call.request_id(), &listing);
        let (page, names) = with_names(ctx, permit.tenant_id(), list).await?;
        Ok(v1::audit::respond(exchange, &listing, &page, &names))
    })
    .await
}

async fn get_proof(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    reading(ctx, exchange, scope, async |_, permit| {
        let id = v1::proof::parse(exchange)?;
        let proven = prove_event(ctx, permit, id);
        let (proven, names) = with_names(ctx, permit.tenant_id(), proven).await?;
        v1::proof::respond(exchange, &proven, &names)
    })
    .await
}

async fn get_checkpoint(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    reading(ctx, exchange, scope, async |_, permit| {
        checkpoint::parse(exchange)?;
        Ok(checkpoint::respond(newest_cosigned_checkpoint(ctx, permit).await?))
    })
    .await
}

async fn get_checkpoints(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    reading(ctx, exchange, scope, async |_, permit| {
        let listing = checkpoints::parse(ctx, exchange, permit)?;
        let page = list_checkpoints(ctx, permit, &listing).await?;
        Ok(checkpoints::respond(ctx, exchange, permit, &page))
    })
    .await
}

async fn get_tile(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    reading(ctx, exchange, scope, async |_, permit| {
        let file = tile::parse(exchange)?;
        Ok(tile::respond(read_tile(ctx, permit, file).await?))
    })
    .await
}

async fn get_disclosures(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    reading(ctx, exchange, scope, async |_, permit| {
        let name = disclosures::parse(exchange)?;
        Ok(disclosures::respond(&read_bundle(ctx, permit, name).await?))
    })
    .await
}

async fn get_records(
    ctx: &Context,
    exchange: &Exchange<'_>,
    scope: Scope,
    second_scope: Scope,
) -> Result<Response> {
    reading(ctx, exchange, scope, async |call, permit| {
        let activities = call.principal.permit(second_scope)?;
        let listing = records::parse(exchange)?;
        let records = read_records(ctx, permit, activities, &listing).await?;
        Ok(records::respond(exchange, &listing, &records))
    })
    .await
}

fn get_openapi(exchange: &Exchange<'_>) -> Result<Response> {
    exchange.expect_no_parameters()?;
    Ok(json_bytes(StatusCode::OK, openapi::document()))
}
