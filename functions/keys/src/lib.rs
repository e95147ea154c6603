//! The function `keys`: keys are made, listed, rotated and revoked, and viewer tokens are
//! made. No other function writes credentials.

use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::create_key::create_key;
use activity_log_core::app::get_key::get_key;
use activity_log_core::app::list_keys::list_keys;
use activity_log_core::app::make_key::Maker;
use activity_log_core::app::make_viewer_token::make_viewer_token;
use activity_log_core::app::revoke_key::revoke_key;
use activity_log_core::app::rotate_key::rotate_key;
use activity_log_core::domain::audit::Action;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::answer::answer;
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::message::{Request, Response};
use activity_log_core::http::routes::Operation;
use activity_log_core::http::v1::{self, keys, viewer_tokens};
use activity_log_core::{Context, Error, Result};

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx.setting(), request);
    answer(&exchange, dispatch(ctx, &exchange)).await
}

async fn dispatch(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let route = exchange.route()?;
    match (route.operation, route.scope) {
        (Operation::CreateKey, Some(scope)) => post_key(ctx, exchange, scope).await,
        (Operation::ListKeys, Some(scope)) => get_keys(ctx, exchange, scope).await,
        (Operation::GetKey, Some(scope)) => get_one_key(ctx, exchange, scope).await,
        (Operation::RevokeKey, Some(scope)) => delete_key(ctx, exchange, scope).await,
        (Operation::RotateKey, Some(scope)) => post_rotation(ctx, exchange, scope).await,
        (Operation::CreateViewerToken, Some(scope)) => {
            post_viewer_token(ctx, exchange, scope).await
        }
        _ => Err(Error::UnknownPath),
    }
}

async fn post_key(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(v1::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::KeyCreated);
    let made = audited(ctx, &attempt, async {
        let received = keys::create::receive(exchange, &attempt);
        let permit = attempt.permit_write(scope)?;
        let input = keys::create::parse(received?, ctx.environment.now()?)?;
        Ok(create_key(ctx, permit, Maker::Caller, input).await?)
    });
    Ok(keys::create::respond(exchange, &made.await?))
}

async fn get_keys(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(v1::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::KeyRead);
    audited(ctx, &attempt, async {
        let permit = attempt.permit(scope)?;
        let listing = keys::list::parse(exchange, permit)?;
        let page = list_keys(ctx, permit, &listing).await?;
        Ok(keys::list::respond(exchange, &page))
    })
    .await
}

async fn get_one_key(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(v1::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::KeyRead);
    attempt.note_named(keys::named(exchange));
    audited(ctx, &attempt, async {
        let permit = attempt.permit(scope)?;
        let key_id = keys::get::parse(exchange)?;
        let details = get_key(ctx, permit, &key_id).await?;
        Ok(keys::get::respond(exchange, &details))
    })
    .await
}

async fn delete_key(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(v1::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::KeyRevoked);
    attempt.note_named(keys::named(exchange));
    let details = audited(ctx, &attempt, async {
        let permit = attempt.permit_write(scope)?;
        let key_id = keys::revoke::parse(exchange)?;
        revoke_key(ctx, permit, Maker::Caller, &key_id).await
    });
    Ok(keys::revoke::respond(exchange, &details.await?))
}

async fn post_rotation(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(v1::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::KeyRotated);
    attempt.note_named(keys::named(exchange));
    let made = audited(ctx, &attempt, async {
        let received = keys::rotate::receive(exchange, &attempt);
        let permit = attempt.permit_write(scope)?;
        let input = keys::rotate::parse(exchange, received?, ctx.environment.now()?)?;
        Ok(rotate_key(ctx, permit, Maker::Caller, input).await?)
    });
    Ok(keys::rotate::respond(exchange, &made.await?))
}

async fn post_viewer_token(
    ctx: &Context,
    exchange: &Exchange<'_>,
    scope: Scope,
) -> Result<Response> {
    let call = exchange.call(v1::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ViewerTokenCreated);
    let made = audited(ctx, &attempt, async {
        let received = viewer_tokens::receive(exchange, &attempt);
        let permit = attempt.permit_write(scope)?;
        let input = viewer_tokens::parse(received?)?;
        attempt.note_resource(input.viewer());
        let key = v1::presented_key(exchange)?;
        make_viewer_token(ctx, permit, &key, input).await
    });
    Ok(viewer_tokens::respond(exchange, &made.await?))
}
