//! The function `get-logged`: one activity by its id, in both dialects.

use activity_log_core::get_logged_activity::get_logged_activity;
use activity_log_core::http::routes::Operation;
use activity_log_core::http::{Exchange, Request, Response, logged_activity, v1};
use activity_log_core::principal::Scope;
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
