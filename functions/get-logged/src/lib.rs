//! The function `get-logged`: one activity by its id, in both dialects, and the
//! activity types of the logged-activity dialect.

use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::get_logged_activity::{get_logged_activity, get_with_record_type_ids};
use activity_log_core::app::list_activity_types::{get_activity_type, list_activity_types};
use activity_log_core::app::name_actors::with_names;
use activity_log_core::domain::audit::Action;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::answer::answer;
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::logged_activity::{self, get, get_type, list_fields, list_types};
use activity_log_core::http::message::{Request, Response};
use activity_log_core::http::routes::Operation;
use activity_log_core::http::v1;
use activity_log_core::{Context, Error, Result};

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx.setting(), request);
    answer(&exchange, dispatch(ctx, &exchange)).await
}

async fn dispatch(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let route = exchange.route()?;
    match (route.operation, route.scope) {
        (Operation::GetActivity, Some(scope)) => get_activity(ctx, exchange, scope).await,
        (Operation::GetLoggedActivity, Some(scope)) => get_logged(ctx, exchange, scope).await,
        (Operation::GetMe, None) => get_me(ctx, exchange).await,
        (Operation::ListActivityTypes, Some(scope)) => get_types(ctx, exchange, scope).await,
        (Operation::GetActivityType, Some(scope)) => get_one_type(ctx, exchange, scope).await,
        (Operation::ListActivityTypeFields, Some(scope)) => get_fields(ctx, exchange, scope).await,
        _ => Err(Error::UnknownPath),
    }
}

async fn get_activity(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(v1::authenticate_viewer(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ActivityRead);
    attempt.note_named(v1::get::named(exchange));
    audited(ctx, &attempt, async {
        let view = attempt.view(scope)?;
        let id = v1::get::parse(exchange)?;
        let read = get_logged_activity(ctx, view, id);
        let (activity, names) = with_names(ctx, view.tenant_id(), read).await?;
        Ok(v1::get::respond(exchange, &activity, &names))
    })
    .await
}

/// Any credential reads who it stands for: there is no scope of it.
async fn get_me(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let call = exchange.call(v1::authenticate_viewer(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::KeyRead);
    attempt.note_resource(&call.principal.credential_id);
    audited(ctx, &attempt, async {
        v1::me::parse(exchange)?;
        let principal = &call.principal;
        let found = async { Ok(principal.by.clone()) };
        let (_, names) = with_names(ctx, &principal.tenant_id, found).await?;
        Ok(v1::me::respond(exchange, principal, &names))
    })
    .await
}

async fn get_logged(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(logged_activity::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ActivityRead);
    attempt.note_named(v1::get::named(exchange));
    audited(ctx, &attempt, async {
        let view = attempt.view(scope)?;
        let id = get::parse(exchange)?;
        let (activity, ids) = get_with_record_type_ids(ctx, view, id).await?;
        Ok(get::respond(&activity, &ids))
    })
    .await
}

async fn get_types(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(logged_activity::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ActivityTypeRead);
    audited(ctx, &attempt, async {
        let permit = attempt.permit(scope)?;
        let request = list_types::parse(exchange, permit)?;
        let (size, after) = (request.page_size.rows(), request.after.as_ref());
        let (page, ids) = list_activity_types(ctx, permit, &request.filters, size, after).await?;
        Ok(list_types::respond(exchange, &request, page, &ids))
    })
    .await
}

async fn get_one_type(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(logged_activity::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ActivityTypeRead);
    audited(ctx, &attempt, async {
        let permit = attempt.permit(scope)?;
        let identifier = get_type::parse(exchange)?;
        let (activity_type, ids) = get_activity_type(ctx, permit, &identifier).await?;
        Ok(get_type::respond(&activity_type, &ids))
    })
    .await
}

async fn get_fields(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(logged_activity::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ActivityTypeRead);
    audited(ctx, &attempt, async {
        let permit = attempt.permit(scope)?;
        let (identifier, ordering) = list_fields::parse(exchange)?;
        let (activity_type, ids) = get_activity_type(ctx, permit, &identifier).await?;
        Ok(list_fields::respond(&activity_type, &ordering, &ids))
    })
    .await
}
