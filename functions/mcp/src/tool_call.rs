//! Calls of tools: from arguments to a use case, and to a result that an agent
//! can act on.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::found_activity::FoundActivity;
use activity_log_core::app::get_logged_activity::get_logged_activity;
use activity_log_core::app::input::Reader;
use activity_log_core::app::json::Object;
use activity_log_core::app::listing::Page;
use activity_log_core::app::log_activity::log_activity;
use activity_log_core::app::name_actors::{with_names, with_names_of_caller};
use activity_log_core::app::search_activity::{Found, search_activity};
use activity_log_core::app::write_activity::Replay;
use activity_log_core::domain::activity::ActivityId;
use activity_log_core::domain::actor_names::ActorNames;
use activity_log_core::domain::audit::{Call, EntryPoint};
use activity_log_core::domain::caller::Principal;
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::domain::idempotency::InputHash;
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::v1;
use activity_log_core::http::v1::search::{ActivitiesBody, SeveralTypesInput};
use activity_log_core::http::view::{ActivityBody, ActivityView, ErrorDetail};
use activity_log_core::platform::guard::guard;
use rmcp::model::{CallToolResult, ContentBlock, MetaObject};
use serde::Serialize;
use serde_json::{Value, json};

use crate::arguments::{as_meant, with_advice};
use crate::failure::ToolError;
use crate::tools::{GetLoggedActivityInput, ToolName};

/// Less than the request may take, so that a caller reads which call it was.
const CALL_TIMEOUT: Duration = Duration::from_secs(26);
/// Rows of a page, in bytes of JSON: what an agent can read at once.
const MAX_PAGE_BYTES: usize = 40_000;

/// Runs a tool. What goes wrong is a result too, but for the missing scope.
pub(crate) async fn run(
    ctx: &Context,
    exchange: &Exchange<'_>,
    principal: Principal,
    tool: ToolName,
    arguments: Result<Object>,
) -> Result<CallToolResult> {
    exchange.note_tool(tool.as_str());
    let arguments = arguments.map(|arguments| as_meant(arguments, tool));
    let call = &call_of(exchange, principal, tool);
    // On the heap: the state of a use case is large, and every future around it
    // would carry it over the stack.
    let call: Pin<Box<dyn Future<Output = Result<CallToolResult>> + Send + '_>> = match tool {
        ToolName::Log => Box::pin(log(ctx, exchange, call, arguments)),
        ToolName::Search => Box::pin(search(ctx, exchange, call, arguments)),
        ToolName::GetLogged => Box::pin(get_logged(ctx, exchange, call, arguments)),
    };
    match guard(CALL_TIMEOUT, call).await {
        Ok(result) => Ok(result),
        Err(error @ Error::MissingRequiredScope(_)) => Err(error),
        Err(error) => {
            let error = with_advice(error, tool);
            exchange.log_failure(&error);
            let detail = ErrorDetail::of(&error, exchange.request_id());
            let (retryable, hint) = (error.retryable(), hint(&error, tool));
            let error = to_value(&ToolError { detail, retryable, hint });
            Ok(CallToolResult::structured_error(json!({ "error": error })))
        }
    }
}

/// The call of a tool, for the trail.
pub(crate) fn call_of(exchange: &Exchange<'_>, principal: Principal, tool: ToolName) -> Call {
    let mut call = exchange.call(principal);
    call.door.entry_point = EntryPoint::Tool(tool.as_str().to_owned());
    call
}

async fn log(
    ctx: &Context,
    exchange: &Exchange<'_>,
    call: &Call,
    arguments: Result<Object>,
) -> Result<CallToolResult> {
    let attempt = Attempt::of(call, ToolName::Log.action());
    let logged = audited(ctx, &attempt, async {
        // Hashed before the scope is asked for: a denied write names its input.
        let hashed =
            arguments.and_then(|object| Ok((attempt.note(InputHash::of(&object))?, object)));
        let permit = attempt.permit_write(ToolName::Log.scope())?;
        let (input_hash, arguments) = hashed?;
        let mut reader = Reader::new(&arguments);
        let input = v1::log::read(&mut reader, None, input_hash, ctx.environment.now()?);
        let log = log_activity(ctx, permit, reader.finish(input)?);
        with_names_of_caller(ctx, call, log).await
    });
    let (logged, names) = logged.await?;
    let body = ActivityBody::of(&logged.activity, &names, exchange.request_id());
    let result = CallToolResult::structured(to_value(&body));
    // The result itself is that of the first call, so this stands beside it.
    let replayed = (logged.replay == Replay::Replayed).then(|| {
        let mut meta = MetaObject::default();
        meta.0.insert("idempotency_replayed".to_owned(), Value::Bool(true));
        meta
    });
    Ok(result.with_meta(replayed))
}

async fn search(
    ctx: &Context,
    exchange: &Exchange<'_>,
    call: &Call,
    arguments: Result<Object>,
) -> Result<CallToolResult> {
    let attempt = Attempt::of(call, ToolName::Search.action());
    let found = audited(ctx, &attempt, async {
        let view = attempt.view(ToolName::Search.scope())?;
        let arguments = arguments?;
        let mut reader = Reader::new(&arguments);
        let SeveralTypesInput { types } = SeveralTypesInput::read(&mut reader);
        let listing = v1::search::read(&mut reader, view, types);
        let listing = reader.finish(Ok(listing))?;
        let search = search_activity(ctx, &listing);
        let (found, names) = with_names(ctx, view.tenant_id(), search).await?;
        Ok((listing, found, names))
    });
    let (listing, Found { mut page, suggested_queries }, names) = found.await?;
    let kept = rows_within(&page, &names, MAX_PAGE_BYTES);
    if kept < page.rows.len() {
        page.rows.truncate(kept);
        let last = page.rows.last();
        page.next_cursor = last.map(|row| listing.filters.cursor_after(row));
    }
    let next_cursor = page.next_cursor.as_deref();
    let suggested = &suggested_queries;
    let body =
        ActivitiesBody::of(&page.rows, &names, next_cursor, suggested, exchange.request_id());
    let mut result = CallToolResult::structured(to_value(&body));
    if !suggested_queries.is_empty() {
        result.content.push(ContentBlock::text(nothing_matches(&suggested_queries)));
    }
    Ok(result)
}

/// What an agent is told beside an empty page, where other queries match.
fn nothing_matches(suggested_queries: &[String]) -> String {
    let mut text = "Nothing matches all words of this query. These queries match:".to_owned();
    for query in suggested_queries {
        text.push('\n');
        text.push_str(query);
    }
    text
}

/// How many rows fit, at least one, so that paging gets on.
fn rows_within(page: &Page<FoundActivity>, names: &ActorNames, max_bytes: usize) -> usize {
    let mut bytes = 0;
    for (index, row) in page.rows.iter().enumerate() {
        bytes += to_value(&ActivityView::row(row, names)).to_string().len() + 1;
        if bytes > max_bytes {
            return index.max(1);
        }
    }
    page.rows.len()
}

async fn get_logged(
    ctx: &Context,
    exchange: &Exchange<'_>,
    call: &Call,
    arguments: Result<Object>,
) -> Result<CallToolResult> {
    let attempt = Attempt::of(call, ToolName::GetLogged.action());
    let named = arguments.as_ref().ok().and_then(|arguments| arguments.get("id")?.as_str());
    attempt.note_named(named.and_then(ActivityId::parse));
    let read = audited(ctx, &attempt, async {
        let view = attempt.view(ToolName::GetLogged.scope())?;
        let arguments = arguments?;
        let mut reader = Reader::new(&arguments);
        let input = GetLoggedActivityInput::read(&mut reader);
        let id = reader.finish(input.id)?.activity_id().ok_or(Error::ResourceNotFound)?;
        with_names(ctx, view.tenant_id(), get_logged_activity(ctx, view, id)).await
    });
    let (activity, names) = read.await?;
    let body = ActivityBody::of(&activity, &names, exchange.request_id());
    Ok(CallToolResult::structured(to_value(&body)))
}

fn to_value(view: &impl Serialize) -> Value {
    serde_json::to_value(view).expect("a view has a JSON form")
}

/// What an agent should do about an error.
fn hint(error: &Error, tool: ToolName) -> &'static str {
    match (error, tool) {
        (Error::ValidationFailed(_), ToolName::Log) => {
            "Mend every field that field_errors names, then call again. Nothing was written."
        }
        (Error::ValidationFailed(_), _) => {
            "Mend every field that field_errors names, then call again."
        }
        (Error::NamedResourceNotFound(_), _) => {
            "This workspace has no such related resource. Check related_resource_type and related_resource_id, or leave both out and name the record in the summary. Nothing was written."
        }
        (Error::ResourceNotFound, _) => {
            "Use an id that log_activity or search_activity returned, exactly as it was."
        }
        (Error::IdempotencyConflict(_), _) => {
            "This key already logged another activity. To log a new one, use a new idempotency_key; to retry, send exactly the arguments of the first call."
        }
        (Error::RateLimited(_) | Error::Unavailable(_), ToolName::Log) => {
            "Wait retry_after_seconds, then call again with the same arguments and the same idempotency_key. Without a key, first search whether the activity is there already."
        }
        (Error::RateLimited(_) | Error::Unavailable(_), _) => {
            "Wait retry_after_seconds, then call again with the same arguments."
        }
        (
            Error::MalformedRequest(_)
            | Error::Unauthorized
            | Error::MissingRequiredScope(_)
            | Error::UnknownPath
            | Error::MethodNotAllowed
            | Error::PayloadTooLarge
            | Error::TooManyValues
            | Error::UnsupportedMediaType
            | Error::Internal(_),
            _,
        ) => "Calling again is unlikely to help. Tell the user, with the request_id.",
    }
}
