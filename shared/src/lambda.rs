//! Lambda: from an HTTP API event (payload format 2.0) to a handler and back.
//!
//! The event is read here and not by `lambda_http`, which builds a URI of path
//! and query and panics where their bytes can't stand in one; such a request
//! has to be answered with a 400.

use std::future::Future;
use std::process::ExitCode;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use base64::Engine as _;
use bytes::Bytes;
use lambda_runtime::{LambdaEvent, service_fn};

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
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
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
    lambda_runtime::run(service_fn(|event: LambdaEvent<ApiGatewayV2httpRequest>| async move {
        let response = handler(ctx, to_request(event.payload)).await;
        Ok::<_, std::convert::Infallible>(from_response(response))
    }))
    .await
}

/// Reads an event.
#[must_use]
pub fn to_request(event: ApiGatewayV2httpRequest) -> Request {
    let body = match event.body {
        None => Bytes::new(),
        Some(text) if event.is_base64_encoded => {
            // What the gateway encoded can be decoded; what a test event claims
            // to be base64 and is not stays as it is, and is no JSON.
            base64::engine::general_purpose::STANDARD
                .decode(&text)
                .map_or_else(|_| Bytes::from(text), Bytes::from)
        }
        Some(text) => Bytes::from(text),
    };
    Request {
        method: event.request_context.http.method,
        path: event.raw_path.unwrap_or_default(),
        query: event.raw_query_string.unwrap_or_default(),
        headers: event.headers,
        body,
    }
}

/// Writes a response.
#[must_use]
pub fn from_response(response: Response) -> ApiGatewayV2httpResponse {
    let (parts, body) = response.into_parts();
    let mut event = ApiGatewayV2httpResponse::default();
    event.status_code = parts.status.as_u16().into();
    event.headers = parts.headers;
    // Every body of this crate is JSON, and so UTF-8.
    event.body = Some(Body::Text(String::from_utf8_lossy(&body).into_owned()));
    event
}
