//! The function `audit`: the audit trail, the description of the API, and the
//! answer to everything that is not routed.

mod openapi;

use activity_log_core::app::list_audit_events::list_audit_events;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::routes::Operation;
use activity_log_core::http::{Exchange, Request, Response, json_bytes, v1};
use activity_log_core::{Context, Error, Result};
use http::StatusCode;

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx, request);
    exchange.answer(dispatch(ctx, &exchange)).await
}

async fn dispatch(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    if let Some(response) = exchange.preflight() {
        return Ok(response);
    }
    match exchange.route()?.operation {
        Operation::ListAuditEvents => get_audit_events(ctx, exchange).await,
        Operation::GetOpenApi => get_openapi(exchange),
        _ => Err(Error::ResourceNotFound),
    }
}

async fn get_audit_events(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = v1::authenticate(ctx, exchange).await?;
    principal.require(Scope::AuditRead)?;
    let listing = v1::parse_audit_listing(exchange, &principal.tenant_id)?;
    let page =
        list_audit_events(ctx, &principal, &listing.filters, listing.limit, listing.after).await?;
    v1::audit_events(&page, exchange)
}

fn get_openapi(exchange: &Exchange<'_>) -> Result<Response> {
    v1::no_parameters(exchange)?;
    Ok(json_bytes(StatusCode::OK, openapi::document()))
}
