//! The function `log`: an activity in `/v1`, or of a type in the logged-activity
//! dialect.

use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::log_activity::log_activity;
use activity_log_core::app::log_typed_activity::log_typed_activity;
use activity_log_core::app::name_actors::with_names_of_caller;
use activity_log_core::domain::audit::Action;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::answer::answer;
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::message::{Request, Response};
use activity_log_core::http::routes::Operation;
use activity_log_core::http::{logged_activity, v1};
use activity_log_core::{Context, Error, Result};

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx.setting(), request);
    answer(&exchange, dispatch(ctx, &exchange)).await
}

async fn dispatch(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let route = exchange.route()?;
    match (route.operation, route.scope) {
        (Operation::LogActivity, Some(scope)) => post_activity(ctx, exchange, scope).await,
        (Operation::LogTypedActivity, Some(scope)) => {
            post_typed_activity(ctx, exchange, scope).await
        }
        _ => Err(Error::UnknownPath),
    }
}

async fn post_activity(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(v1::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ActivityLogged);
    let logged = audited(ctx, &attempt, async {
        let received = v1::log::receive(exchange, &attempt);
        let permit = attempt.permit_write(scope)?;
        let input = v1::log::parse(received?, ctx.environment.now()?)?;
        with_names_of_caller(ctx, &call, log_activity(ctx, permit, input)).await
    });
    let (logged, names) = logged.await?;
    Ok(v1::log::respond(exchange, &logged, &names))
}

async fn post_typed_activity(
    ctx: &Context,
    exchange: &Exchange<'_>,
    scope: Scope,
) -> Result<Response> {
    let call = exchange.call(logged_activity::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ActivityLogged);
    let logged = audited(ctx, &attempt, async {
        let received = logged_activity::log::receive(exchange, &attempt);
        let permit = attempt.permit_write(scope)?;
        let (type_id, input) = logged_activity::log::parse(received?, ctx.environment.now()?)?;
        log_typed_activity(ctx, permit, type_id, input).await
    });
    Ok(logged_activity::log::respond(exchange, &logged.await?))
}
