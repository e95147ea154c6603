//! The function `search`: activities by words and filters in `/v1`, or those of a
//! type in the logged-activity dialect.

use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::list_activities_of_type::list_activities_of_type;
use activity_log_core::app::list_activity_types::get_activity_type;
use activity_log_core::app::name_actors::with_names;
use activity_log_core::app::search_activity::search_activity;
use activity_log_core::domain::audit::Action;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::answer::answer;
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::logged_activity::{self, get_type, list};
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
        (Operation::SearchActivity, Some(scope)) => search_activities(ctx, exchange, scope).await,
        (Operation::ListActivitiesOfType, Some(scope)) => list_typed(ctx, exchange, scope).await,
        _ => Err(Error::UnknownPath),
    }
}

async fn search_activities(
    ctx: &Context,
    exchange: &Exchange<'_>,
    scope: Scope,
) -> Result<Response> {
    let call = exchange.call(v1::authenticate_viewer(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ActivitiesSearched);
    audited(ctx, &attempt, async {
        let view = attempt.view(scope)?;
        let listing = v1::search::parse(exchange, view)?;
        let search = search_activity(ctx, &listing);
        let (found, names) = with_names(ctx, view.tenant_id(), search).await?;
        Ok(v1::search::respond(exchange, &listing, &found, &names))
    })
    .await
}

async fn list_typed(ctx: &Context, exchange: &Exchange<'_>, scope: Scope) -> Result<Response> {
    let call = exchange.call(logged_activity::authenticate(ctx, exchange).await?);
    let attempt = Attempt::of(&call, Action::ActivitiesSearched);
    audited(ctx, &attempt, async {
        let permit = attempt.permit(scope)?;
        let identifier = get_type::identifier(exchange)?;
        let (activity_type, ids) = get_activity_type(ctx, permit, &identifier).await?;
        let name = &activity_type.summary.api_name;
        let request = list::parse(exchange, permit, name)?;
        let (size, after) = (request.page_size.rows(), request.after);
        let page =
            list_activities_of_type(ctx, permit, name, &request.filters, &ids, size, after).await?;
        Ok(list::respond(exchange, name, &request, page, &ids))
    })
    .await
}
