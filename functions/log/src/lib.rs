//! The function `log`: an activity in `/v1`, or of a type in the logged-activity
//! dialect.

use activity_log_core::app::log_activity::log_activity;
use activity_log_core::app::log_typed_activity::log_typed_activity;
use activity_log_core::http::logged_activity::{self, log};
use activity_log_core::http::routes::Operation;
use activity_log_core::http::{Exchange, Request, Response, v1};
use activity_log_core::{Context, Error, Result};

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx, request);
    exchange.answer(dispatch(ctx, &exchange)).await
}

async fn dispatch(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    match exchange.route()?.operation {
        Operation::LogActivity => post_activity(ctx, exchange).await,
        Operation::LogTypedActivity => post_typed_activity(ctx, exchange).await,
        _ => Err(Error::ResourceNotFound),
    }
}

async fn post_activity(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = v1::authenticate(ctx, exchange).await?;
    let call = v1::call(exchange, principal)?;
    let now = ctx.environment.now();
    let parse = |object: &_| v1::parse_log_activity(exchange, object, now);
    let logged = log_activity(ctx, &call, v1::input_object(exchange), parse).await?;
    v1::logged(&logged, exchange)
}

async fn post_typed_activity(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = logged_activity::authenticate(ctx, exchange).await?;
    let call = v1::call(exchange, principal)?;
    let identifier = exchange.path_parameter(0);
    let logged = log_typed_activity(ctx, &call, identifier, log::input(exchange)).await?;
    log::logged(&logged, exchange)
}
