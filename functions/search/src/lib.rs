//! The function `search`: activities by words and filters in `/v1`, or those of a
//! type in the logged-activity dialect.

use activity_log_core::app::list_activities_of_type::list_responses;
use activity_log_core::app::list_activity_types::get_activity_type;
use activity_log_core::app::search_activity::search_activity;
use activity_log_core::domain::principal::Scope;
use activity_log_core::http::logged_activity::{self, list};
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
        Operation::SearchActivity => search_activities(ctx, exchange).await,
        Operation::ListResponses => post_responses(ctx, exchange).await,
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

async fn post_responses(ctx: &Context, exchange: &Exchange<'_>) -> Result<Response> {
    let principal = logged_activity::authenticate(ctx, exchange).await?;
    principal.require(Scope::ActivityRead)?;
    let activity_type = get_activity_type(ctx, &principal, exchange.path_parameter(0)).await?;
    let name = &activity_type.summary.api_name;
    let listing = list::parse(exchange, &principal.tenant_id, name)?;
    let (size, after) = (listing.page_size, listing.after);
    let page = list_responses(ctx, &principal, name, &listing.filters, size, after).await?;
    list::responses(&page, &listing, exchange)
}
