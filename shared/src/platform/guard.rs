//! What a request and an event run within: a time limit, and a stop for panics.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use crate::domain::error::{Error, Result};

/// How long a request or an event may take in all: staging, commit and a
/// clean-up, and less than the functions' time-out of 28 s.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(27);

#[derive(Debug, thiserror::Error)]
#[error("the handler panicked")]
struct Panicked;

#[derive(Debug, thiserror::Error)]
#[error("the request took longer than {} s", .0.as_secs())]
struct RequestTimedOut(Duration);

/// Runs a piece of work within a time limit; a panic is an error.
///
/// # Errors
///
/// Its own, and 500 and 503.
pub async fn guard<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(_panic)) => Err(Error::Internal(Box::new(Panicked))),
        Err(_) => Err(Error::Unavailable(Box::new(RequestTimedOut(limit)))),
    }
}
