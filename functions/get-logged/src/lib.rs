//! The function `get-logged`: one activity by its id, in both dialects, and the
//! activity types of the logged-activity dialect.

use activity_log_core::app::get_logged_activity::get_logged_activity;
use activity_log_core::app::list_activity_types::{get_activity_type, list_activity_types};
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::logged_activity::{self, types};
use activity_log_core::http::routes::Operation;
use activity_log_core::http::{Exchange, Request, Response, v1};
use activity_log_core::{Context, Error, Result};
use http::StatusCode;

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx, request);
    exchange.answer(dispatch(ctx, &exchange)).await
}

async fn dispatch(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    match exchange.route()?.operation {
        Operation::GetActivity => get_activity(ctx, exchange).await,
        Operation::GetLoggedActivity => get_logged(ctx, exchange).await,
        Operation::ListActivityTypes => get_types(ctx, exchange).await,
        Operation::GetActivityType => get_type(ctx, exchange).await,
        Operation::ListActivityTypeFields => get_fields(ctx, exchange).await,
        _ => Err(Error::ResourceNotFound),
    }
}

async fn get_activity(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = v1::authenticate(ctx, exchange).await?;
    principal.require(Scope::ActivityRead)?;
    v1::no_parameters(exchange)?;
    let id = v1::activity_id(exchange)?;
    let activity = get_logged_activity(ctx, &principal, id).await?;
    v1::activity(StatusCode::OK, &activity, exchange)
}

async fn get_logged(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = logged_activity::authenticate(ctx, exchange).await?;
    principal.require(Scope::ActivityRead)?;
    v1::no_parameters(exchange)?;
    let id = logged_activity::activity_id(exchange)?;
    let activity = get_logged_activity(ctx, &principal, id).await?;
    logged_activity::logged_activity(&activity)
}

async fn get_types(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = logged_activity::authenticate(ctx, exchange).await?;
    principal.require(Scope::ActivityRead)?;
    let listing = types::parse_listing(exchange, &principal.tenant_id)?;
    let (size, after) = (listing.page_size, listing.after.as_ref());
    let page = list_activity_types(ctx, &principal, &listing.filters, size, after).await?;
    types::activity_types(&page, &listing, &principal.tenant_id, exchange)
}

async fn get_type(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = logged_activity::authenticate(ctx, exchange).await?;
    principal.require(Scope::ActivityRead)?;
    v1::no_parameters(exchange)?;
    let activity_type = get_activity_type(ctx, &principal, exchange.path_parameter(0)).await?;
    types::activity_type(&activity_type, &principal.tenant_id)
}

async fn get_fields(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = logged_activity::authenticate(ctx, exchange).await?;
    principal.require(Scope::ActivityRead)?;
    v1::no_parameters(exchange)?;
    let activity_type = get_activity_type(ctx, &principal, exchange.path_parameter(0)).await?;
    types::fields(&activity_type, &principal.tenant_id)
}
