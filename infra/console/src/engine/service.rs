//! DynamoDB's wire protocol over the embedded database, whatever carries it.
//!
//! A call is JSON in and JSON out, and the header `X-Amz-Target` names its
//! operation. Who may call is decided by those who carry the calls.

use std::sync::Arc;

use activity_log_core::domain::clock::{Environment, SystemEnvironment};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use bytes::Bytes;
use dynoxide::{Database, DynoxideError};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::disk::{Disk, Fault, Trouble};
use super::operations::Operation;
use crate::listener::read_body;

/// The longest body that DynamoDB takes.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");

/// A database that answers DynamoDB's calls.
#[derive(Clone)]
pub struct Service {
    database: Database,
    disk: Option<Arc<Disk>>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("disk", &self.disk).finish_non_exhaustive()
    }
}

impl Service {
    /// Calls to a database, and to the disk under it where it is on one.
    #[must_use]
    pub fn new(database: Database, disk: Option<Arc<Disk>>) -> Self {
        Self { database, disk }
    }

    /// Answers every call that comes, at `/`: whoever serves this decides who
    /// may call.
    pub fn router(self) -> Router {
        Router::new().fallback(receive).with_state(self)
    }

    /// Answers a call.
    pub(super) async fn answer(&self, headers: &HeaderMap, input: Bytes) -> Response<Bytes> {
        let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        let Some(operation) = target.and_then(Operation::of_target) else {
            return refusal(StatusCode::BAD_REQUEST, "UnknownOperationException", "");
        };
        let database = self.database.clone();
        // It takes the database's lock and waits for the disk.
        let done = tokio::task::spawn_blocking(move || operation.perform(&database, &input)).await;
        match done {
            Ok(Ok(output)) => {
                if let Some(disk) = self.disk.as_ref().filter(|_| operation.writes()) {
                    disk.wrote();
                }
                response(StatusCode::OK, output.into())
            }
            Ok(Err(error)) => self.failure(&error),
            Err(panic) => {
                tracing::error!(%panic, "the embedded engine failed");
                refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "")
            }
        }
    }

    fn failure(&self, error: &DynoxideError) -> Response<Bytes> {
        let fault = self.disk.as_ref().zip(Fault::of(error));
        if let Some((disk, fault)) = fault {
            return unavailable(&disk.met(fault));
        }
        let status =
            StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response(status, error.to_json().into())
    }
}

/// No status that an SDK takes for a passing one: it would ask again, for as long
/// as a caller waits, what can't be done.
fn unavailable(trouble: &Trouble) -> Response<Bytes> {
    refusal(
        StatusCode::INSUFFICIENT_STORAGE,
        activity_log_core::store::STORAGE_UNAVAILABLE,
        &trouble.to_string(),
    )
}

/// An error as DynamoDB writes one.
pub(super) fn refusal(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    let body = json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
        "message": message,
    });
    response(status, body.to_string().into())
}

fn response(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, CONTENT_TYPE);
    // What an SDK names a failed call by.
    let id = SystemEnvironment.new_name().to_string();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

async fn receive(State(service): State<Service>, request: Request) -> Response<Body> {
    let (parts, mut body) = request.into_parts();
    match read_body(&mut body, MAX_BODY_BYTES).await {
        Ok(input) => service.answer(&parts.headers, input).await.map(Body::from),
        Err(problem) => problem.response().map(Body::from),
    }
}
