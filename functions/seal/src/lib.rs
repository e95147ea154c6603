//! The function `seal`: the trail's events become leaves of their tenants' signed logs.
//!
//! It reads the table's stream, and not the table: an event that is removed before it is
//! sealed is sealed all the same, and its absence then shows. It also tells the trail of
//! every activity and every audit event that somebody changes or removes.
//!
//! Delivery is at least once, and an event that is sealed is known again. What failed is
//! named to Lambda by its place in the stream, from which the batch is then read again. A
//! tenant whose log is not what was signed holds up no other: its events are put aside. An
//! event that can't be read is handed over again for some minutes, and then left out.
//!
//! An operator invokes it with `{"tenant_id": "acme"}` for what the stream has lost, and for
//! what was put aside.

mod backlog;
mod batch;
mod failure;
mod kms_signer;
mod request;
mod trip_wire;

use std::collections::BTreeMap;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::json::properties_of;
use activity_log_core::app::seal_events::Sealer;
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::{ErrorCode, chain};
use activity_log_core::lambda::batch::BatchAnswer;
use activity_log_core::lambda::{Invocation, InvocationError};
use activity_log_core::platform::telemetry::{Metric, measure};
use activity_log_core::platform::usage::Usage;
use activity_log_core::store::stream::StreamBatch;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

pub use crate::backlog::BacklogAnswer;
use crate::batch::{SealedBatch, seal_batch};
use crate::failure::Failure;
pub use crate::kms_signer::{KmsError, SignerError, connect, connect_local};
use crate::request::Request;

/// How long a batch is tried at most, less than the function's time-out of 60 s. What is
/// not sealed then is read again.
const TIME_LIMIT: Duration = Duration::from_secs(50);
/// How many items a line of the log names.
const LOGGED_ITEMS: usize = 100;

/// What an invocation answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Of a batch of the stream: which records to hand over again.
    Batch(BatchAnswer),
    /// Of an operator's request.
    Backlog(BacklogAnswer),
}

/// Seals what a batch of the stream tells of, or what an operator asks for.
///
/// # Errors
///
/// A payload that is neither, and what a request failed of. The records that fail are in
/// the answer.
pub async fn handle(
    ctx: &Context,
    sealer: &Sealer,
    invocation: Invocation,
) -> Result<Answer, InvocationError> {
    let payload = read(&invocation)?;
    let now = begin(ctx, &invocation)?;
    let deadline = Instant::now() + invocation.time_left(now, TIME_LIMIT);
    let request_id = &invocation.request_id;
    match payload {
        Payload::Batch(batch) => {
            let usage = Usage::default();
            let sealed = usage.of(seal_batch(ctx, sealer, &batch.records, now, deadline)).await;
            log_batch(request_id, &batch, &sealed, &usage);
            let places = sealed.failures.into_iter().map(|failure| failure.place);
            Ok(Answer::Batch(BatchAnswer::of_failures(places)))
        }
        Payload::Request(request) => {
            let sealed = backlog::seal(ctx, sealer, request, deadline, request_id);
            sealed.await.map(Answer::Backlog)
        }
    }
}

/// What the function is invoked with.
enum Payload<'a> {
    Batch(StreamBatch<'a>),
    Request(Request),
}

/// # Errors
///
/// What is wrong with a request, and a payload that is none and no batch.
fn read(invocation: &Invocation) -> Result<Payload<'_>, InvocationError> {
    /// No batch has it.
    #[derive(Deserialize)]
    struct OfRequest {
        #[serde(rename = "tenant_id")]
        _tenant_id: IgnoredAny,
    }
    let (json, aws_request_id) = (invocation.payload.get(), &invocation.request_id);
    if properties_of::<OfRequest>(json.as_bytes()).is_some() {
        return request::read(json.as_bytes()).map(Payload::Request).map_err(|error| {
            tracing::error!(aws_request_id, error = chain(&error), "the request can't be read");
            InvocationError::of(&error)
        });
    }
    serde_json::from_str(json).map(Payload::Batch).map_err(|_| {
        // What the parser says would quote the batch.
        tracing::error!(aws_request_id, "the payload is no batch");
        InvocationError {
            code: ErrorCode::MalformedRequest.as_str(),
            message: "The payload must be a batch of records of a DynamoDB stream, \
                      or name a tenant_id."
                .to_owned(),
        }
    })
}

/// When an invocation begins.
///
/// # Errors
///
/// A clock that tells no time: a batch is read again.
fn begin(ctx: &Context, invocation: &Invocation) -> Result<Timestamp, InvocationError> {
    ctx.environment.now().map_err(|error| {
        let (aws_request_id, cause) = (&invocation.request_id, chain(&error));
        tracing::error!(aws_request_id, error = cause, "the invocation can't be begun");
        InvocationError::of(&error.into())
    })
}

/// Logs what became of a batch, and each reason of a failure once.
fn log_batch(aws_request_id: &str, batch: &StreamBatch<'_>, sealed: &SealedBatch, usage: &Usage) {
    let mut by_reason: BTreeMap<&str, Vec<&Failure>> = BTreeMap::new();
    for failure in &sealed.failures {
        by_reason.entry(&failure.reason).or_default().push(failure);
    }
    for (reason, failures) in by_reason {
        let items: Vec<&str> =
            failures.iter().take(LOGGED_ITEMS).map(|failure| &*failure.pk).collect();
        tracing::error!(
            aws_request_id,
            failed = failures.len(),
            sequence_number = failures[0].place,
            items = items.join(" "),
            error = reason,
            "events not sealed"
        );
    }
    let waiting = sealed.put_aside + sealed.unsealable;
    for (metric, count) in
        [(Metric::PutAside, waiting), (Metric::TrailTampering, sealed.touched_items)]
    {
        if count > 0 {
            measure(metric, count as u64);
        }
    }
    let used = usage.used();
    tracing::info!(
        aws_request_id,
        records = batch.records.len(),
        tenants = sealed.tenants,
        sealed = sealed.sealed,
        known = sealed.known,
        seals = sealed.seals,
        conflicts = sealed.conflicts,
        put_aside = sealed.put_aside,
        unsealable = sealed.unsealable,
        touched_items = sealed.touched_items,
        failed = sealed.failures.len(),
        table_calls = used.table_calls,
        round_trips = used.round_trips,
        read_units = used.read_units,
        write_units = used.write_units,
        "batch sealed"
    );
}
