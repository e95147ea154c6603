//! The function `seal`: the trail's events become leaves of their tenants' signed logs.
//!
//! It reads the table's stream, and not the table: an event that is removed before it is
//! sealed is sealed all the same, and its absence then shows. It also tells the trail of
//! every activity and every audit event that somebody changes or removes.
//!
//! Delivery is at least once, and an event that is sealed is known again. What failed is
//! named to Lambda by its place in the stream, from which the batch is then read again. A
//! tenant whose log is not what was signed holds up no other: its events are put aside.
//!
//! An operator invokes it with `{"tenant_id": "acme"}` for what the stream has lost, and for
//! what was put aside.

mod batch;
mod kms_signer;
mod trip_wire;

use std::collections::BTreeMap;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::seal_events::Sealer;
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::{ErrorCode, chain};
use activity_log_core::lambda::batch::BatchAnswer;
use activity_log_core::lambda::{Invocation, InvocationError};
use activity_log_core::platform::telemetry::{Metric, measure};
use activity_log_core::platform::usage::Usage;
use activity_log_core::store::stream::StreamBatch;
use tokio::time::Instant;

use crate::batch::{Failure, SealedBatch, seal_batch};
pub use crate::kms_signer::{KmsError, SignerError, connect, connect_local};

/// How long a batch is tried at most, less than the function's time-out of 60 s. What is
/// not sealed then is read again.
const TIME_LIMIT: Duration = Duration::from_secs(50);
/// How many items a line of the log names.
const LOGGED_ITEMS: usize = 100;

/// Seals what a batch of the stream tells of.
///
/// # Errors
///
/// A payload that is no batch. The records that fail are in the answer.
pub async fn handle(
    ctx: &Context,
    sealer: &Sealer,
    invocation: Invocation,
) -> Result<BatchAnswer, InvocationError> {
    let batch: StreamBatch<'_> = serde_json::from_str(invocation.payload.get()).map_err(|_| {
        tracing::error!(aws_request_id = invocation.request_id, "the payload is no batch");
        InvocationError {
            code: ErrorCode::MalformedRequest.as_str(),
            message: "The payload must be a batch of records of a DynamoDB stream.".to_owned(),
        }
    })?;
    let now = begin(ctx, &invocation)?;
    let deadline = Instant::now() + invocation.time_left(now, TIME_LIMIT);
    let usage = Usage::default();
    let sealed = usage.of(seal_batch(ctx, sealer, &batch.records, deadline)).await;
    log_batch(&invocation.request_id, &batch, &sealed, &usage);
    Ok(BatchAnswer::of_failures(sealed.failures.into_iter().map(|failure| failure.place)))
}

/// When a batch is begun.
///
/// # Errors
///
/// A clock that tells no time: the batch is read again.
fn begin(ctx: &Context, invocation: &Invocation) -> Result<Timestamp, InvocationError> {
    ctx.environment.now().map_err(|error| {
        let (aws_request_id, cause) = (&invocation.request_id, chain(&error));
        tracing::error!(aws_request_id, error = cause, "the batch can't be begun");
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
