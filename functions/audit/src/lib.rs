//! The function `audit`: the audit trail; and the answer to everything that no
//! other function is routed for, the description of the API included.

mod openapi;

use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::list_audit_events::list_audit_events;
use activity_log_core::app::name_actors::with_names;
use activity_log_core::domain::audit::Action;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::answer::{answer, preflight};
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::message::{Request, Response, json_bytes};
use activity_log_core::http::routes::Operation;
use activity_log_core::http::v1;
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
    match (route.operation, route.scope) {
        (Operation::ListAuditEvents, Some(scope)) => get_audit_events(ctx, exchange, scope).await,
        (Operation::GetOpenApi, None) => get_openapi(exchange),
        _ => Err(Error::UnknownPath),
    }
}

async fn get_audit_events(
    ctx: &Context,
    exchange: &Exchange<'_>,
    scope: Scope,
) -> Result<Response> {
    let call = exchange.call(v1::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::AuditEventsRead);
    audited(ctx, &attempt, async {
        let permit = attempt.permit(scope)?;
        let listing = v1::audit::parse(exchange, permit)?;
        let list = list_audit_events(ctx, permit, call.request_id(), &listing);
        let (page, names) = with_names(ctx, permit.tenant_id(), list).await?;
        Ok(v1::audit::respond(exchange, &listing, &page, &names))
    })
    .await
}

fn get_openapi(exchange: &Exchange<'_>) -> Result<Response> {
    exchange.expect_no_parameters()?;
    Ok(json_bytes(StatusCode::OK, openapi::document()))
}
