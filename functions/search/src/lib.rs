//! The function `search`: `GET /v1/activities`.

use activity_log_core::http::routes::Operation;
use activity_log_core::http::{Exchange, Request, Response, v1};
use activity_log_core::principal::Scope;
use activity_log_core::search_activity::search_activity;
use activity_log_core::{Context, Error, Result};

/// Answers a request.
pub async fn handle(ctx: &Context, request: Request) -> Response {
    let exchange = Exchange::begin(ctx, request);
    exchange.answer(dispatch(ctx, &exchange)).await
}

async fn dispatch(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    match exchange.route()?.operation {
        Operation::SearchActivity => search_activities(ctx, exchange).await,
        _ => Err(Error::ResourceNotFound),
    }
}

async fn search_activities(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = v1::authenticate(ctx, exchange).await?;
    principal.require(Scope::ActivityRead)?;
    let search = v1::parse_search(exchange, &principal.tenant_id)?;
    let page =
        search_activity(ctx, &principal, &search.filters, search.limit, search.after).await?;
    v1::activities(&page, exchange)
}
