//! Lambda: from an HTTP API event (payload format 2.0) to a handler and back.
//!
//! The event is read here and not by `lambda_http`, which builds a URI of path
//! and query and panics where their bytes can't stand in one; such a request
//! has to be answered with a 400.

pub mod http_event;

use std::future::Future;
use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use tokio::runtime::LocalOptions;

use self::http_event::{HttpEvent, HttpEventAnswer};
use crate::Context;
use crate::config::Config;
use crate::http::{Request, Response};
use crate::store::Store;
use crate::store::client::{Endpoint, connect};

/// Starts a function: logging, configuration, the table, one request after the
/// other on the current thread.
pub fn main<H, F>(handler: H) -> ExitCode
where
    H: Fn(&'static Context, Request) -> F + Copy,
    F: Future<Output = Response>,
{
    crate::telemetry::init_json();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
    {
        Ok(runtime) => runtime,
        Err(error) => return give_up(&error),
    };
    match runtime.block_on(run(handler)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => give_up(error.as_ref()),
    }
}

fn give_up(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    tracing::error!(error = crate::error::chain(error), "the function could not start");
    ExitCode::FAILURE
}

async fn run<H, F>(handler: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn(&'static Context, Request) -> F + Copy,
    F: Future<Output = Response>,
{
    let config = Config::from_env()?;
    let store = Store::new(connect(&Endpoint::default()).await?, &config.table_name);
    if let Err(error) = store.warm_up().await {
        // The first request will find out whether it still holds.
        tracing::warn!(error = crate::error::chain(&error), "the table did not answer at start");
    }
    // It lives as long as the process, and handlers borrow it for their futures.
    let ctx: &'static Context = Box::leak(Box::new(Context::new(store, config)));
    lambda_runtime::run(service_fn(|event: LambdaEvent<HttpEvent>| async move {
        let response = handler(ctx, event.payload.into()).await;
        Ok::<_, std::convert::Infallible>(HttpEventAnswer::from(response))
    }))
    .await
}
