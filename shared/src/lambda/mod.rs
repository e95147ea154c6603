//! Lambda: from an invocation to a handler and back.
//!
//! HTTP events are read and answered through `lambda_http`. Other events are
//! handed over as they are, because what Lambda's own types would make of them
//! has lost duplicate keys.

pub mod batch;
pub mod http_event;

use std::convert::Infallible;
use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::runtime::LocalOptions;

use self::http_event::HttpEvent;
use crate::app::context::{Context, Setting};
use crate::domain::clock::{SystemEnvironment, Timestamp};
use crate::domain::error::{Error, FieldError};
use crate::http::message::{Request, Response};
use crate::platform::aws::Endpoint;
use crate::platform::config::Config;
use crate::store::Store;
use crate::store::client::connect;

/// An invocation with an event that is no HTTP request.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The event as it was sent: JSON.
    pub payload: Box<RawValue>,
    /// Lambda's name for the invocation, the same for each of its attempts.
    pub request_id: String,
    /// When Lambda ends it, where that is known.
    pub deadline: Option<Timestamp>,
}

/// What is left of an invocation for its answer.
const TIME_TO_ANSWER: Duration = Duration::from_secs(1);

impl Invocation {
    /// How long its work may take from `now` on: what Lambda leaves for it, and at most a
    /// limit.
    #[must_use]
    pub fn time_left(&self, now: Timestamp, limit: Duration) -> Duration {
        let Some(deadline) = self.deadline else { return limit };
        let left_ms = u64::try_from(deadline.as_millis() - now.as_millis()).unwrap_or(0);
        Duration::from_millis(left_ms).saturating_sub(TIME_TO_ANSWER).min(limit)
    }
}

/// Why an invocation failed: what its caller, or the queue of failed
/// invocations, reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvocationError {
    /// What went wrong, for programs.
    pub code: &'static str,
    /// What went wrong, for people. No cause and no value of the input.
    pub message: String,
}

impl InvocationError {
    /// What is said of an error, with every violation of an input.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        let message = describe(error, |violation| violation.field.as_str());
        Self { code: error.code().as_str(), message }
    }
}

/// The public message of an error, and every violation after the name that `name` has for
/// its property.
pub fn describe<'a>(error: &'a Error, name: impl Fn(&'a FieldError) -> &'a str) -> String {
    let mut text = error.public_message().to_owned();
    for violation in error.field_errors().unwrap_or_default() {
        text.push_str(&format!(" {}: {}.", name(violation), violation.message));
    }
    text
}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        Self { error_type: error.code.to_owned(), error_message: error.message }
    }
}

/// Starts a function of HTTP requests.
pub fn main<H, F>(handler: H) -> ExitCode
where
    H: Fn(&'static Context, Request) -> F + Copy,
    F: Future<Output = Response>,
{
    http_event::silence_panics();
    start(async |ctx| {
        warm_up(ctx).await;
        lambda_runtime::run(service_fn(|event: LambdaEvent<HttpEvent>| async move {
            let handler = move |request| handler(ctx, request);
            Ok::<_, Infallible>(http_event::answer(ctx.setting(), handler, event.payload).await)
        }))
        .await
    })
}

/// Starts a function of HTTP requests that has no table. It is built without the client
/// of one, and calls nobody at its start.
pub fn main_without_table<H, F>(handler: H) -> ExitCode
where
    H: Fn(Setting<'static>, Request) -> F + Copy,
    F: Future<Output = Response>,
{
    http_event::silence_panics();
    run(async {
        let config: &'static Config = Box::leak(Box::new(Config::from_env()?));
        let setting = Setting { environment: &SystemEnvironment, config };
        lambda_runtime::run(service_fn(|event: LambdaEvent<HttpEvent>| async move {
            let handler = move |request| handler(setting, request);
            Ok::<_, Infallible>(http_event::answer(setting, handler, event.payload).await)
        }))
        .await
    })
}

/// Starts a function of other events.
pub fn main_of_events<H, F, A>(handler: H) -> ExitCode
where
    H: Fn(&'static Context, Invocation) -> F + Copy,
    F: Future<Output = Result<A, InvocationError>>,
    A: Serialize,
{
    start(async |ctx| {
        warm_up(ctx).await;
        lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
            handler(ctx, to_invocation(event, ctx.environment.now().ok()))
        }))
        .await
    })
}

/// Starts a function of other events, which calls another service. The table is
/// not called at the start: such a function may do without it.
pub fn main_of_events_to<C, S, E, H, F, A>(connect: C, handler: H) -> ExitCode
where
    C: AsyncFnOnce(&'static Context) -> Result<S, E>,
    S: 'static,
    E: std::error::Error + Send + Sync + 'static,
    H: Fn(&'static Context, &'static S, Invocation) -> F + Copy,
    F: Future<Output = Result<A, InvocationError>>,
    A: Serialize,
{
    start(async |ctx| {
        let service: &'static S = Box::leak(Box::new(connect(ctx).await?));
        lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
            handler(ctx, service, to_invocation(event, ctx.environment.now().ok()))
        }))
        .await
    })
}

/// What every function of the table starts with: configuration, and its client.
fn start(
    invoke: impl AsyncFnOnce(&'static Context) -> Result<(), lambda_runtime::Error>,
) -> ExitCode {
    run(async {
        // It lives as long as the process, and handlers borrow it for their futures.
        let ctx: &'static Context = Box::leak(Box::new(context().await?));
        invoke(ctx).await
    })
}

/// Runs a function: with its log, and one invocation after the other on the current
/// thread.
fn run(function: impl Future<Output = Result<(), lambda_runtime::Error>>) -> ExitCode {
    crate::platform::telemetry::init_json();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
    {
        Ok(runtime) => runtime,
        Err(error) => return give_up(&error),
    };
    match runtime.block_on(function) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => give_up(error.as_ref()),
    }
}

fn give_up(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    tracing::error!(error = crate::domain::error::chain(error), "the function could not start");
    ExitCode::FAILURE
}

async fn context() -> Result<Context, lambda_runtime::Error> {
    let config = Config::from_env()?;
    let store = Store::new(connect(&Endpoint::default()).await?, &config.table_name);
    Ok(Context::new(store, config))
}

async fn warm_up(ctx: &Context) {
    let warmed = match ctx.environment.now() {
        Ok(_) => ctx.store.warm_up().await,
        // Calls are signed with the time.
        Err(error) => Err(error.into()),
    };
    if let Err(error) = warmed {
        // The first request will find out whether it still holds.
        tracing::warn!(
            error = crate::domain::error::chain(&error),
            "the table did not answer at start"
        );
    }
}

/// Reads an invocation that begins `now`. Where the clock tells no time, it has no
/// deadline, and the handler finds out about the clock.
fn to_invocation(event: LambdaEvent<Box<RawValue>>, now: Option<Timestamp>) -> Invocation {
    // `cargo lambda watch` names a deadline in 1970.
    let deadline = i64::try_from(event.context.deadline).ok().and_then(Timestamp::from_millis);
    Invocation {
        payload: event.payload,
        request_id: event.context.request_id,
        deadline: deadline.filter(|deadline| now.is_some_and(|now| *deadline > now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_has_passed_before_an_invocation_begins_is_none() {
        let deadline_at = |deadline| {
            let mut context = lambda_runtime::Context::default();
            context.request_id = "aws-1".to_owned();
            context.deadline = deadline;
            let payload = RawValue::from_string("{}".to_owned()).unwrap();
            let event = LambdaEvent::new(payload, context);
            let invocation = to_invocation(event, Timestamp::from_millis(1_000_000));
            assert_eq!(invocation.request_id, "aws-1");
            invocation.deadline.map(Timestamp::as_millis)
        };
        assert_eq!(deadline_at(1_060_000), Some(1_060_000));
        for passed in [0, 600_000, 1_000_000] {
            assert_eq!(deadline_at(passed), None);
        }
        assert_eq!(deadline_at(u64::MAX), None);
    }

    #[test]
    fn work_has_what_the_answer_leaves_of_an_invocation() {
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let left = |deadline: Option<i64>| {
            let invocation = Invocation {
                payload: RawValue::from_string("{}".to_owned()).unwrap(),
                request_id: "aws-1".to_owned(),
                deadline: deadline.map(at),
            };
            invocation.time_left(at(1_000_000), Duration::from_secs(10)).as_millis()
        };
        assert_eq!(left(None), 10_000);
        assert_eq!(left(Some(1_060_000)), 10_000);
        assert_eq!(left(Some(1_004_000)), 3_000);
        assert_eq!((left(Some(1_000_500)), left(Some(900_000))), (0, 0));
    }

    #[test]
    fn a_failed_invocation_names_its_code_as_the_type_of_error() {
        let error = InvocationError { code: "unavailable", message: "Retry later.".to_owned() };
        let diagnostic = Diagnostic::from(error);
        assert_eq!(diagnostic.error_type, "unavailable");
        assert_eq!(diagnostic.error_message, "Retry later.");
    }
}
