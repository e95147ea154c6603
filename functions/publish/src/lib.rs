//! The function `publish`: events out. It reads the table's stream, and puts an
//! `activity.logged` on a bus of EventBridge for every activity that was logged. It also
//! hands on what asks for a run of the index's compactor, as `index.requested`.
//!
//! Delivery is at least once. What could not be delivered is named to Lambda by
//! its place in the stream, from which the batch is then read again; so events
//! that had arrived arrive once more, with the same id. Nothing is left out: an
//! item that can't be read is named like what the bus refuses, until the
//! mapping gives up and hands the place to its queue.

pub mod activity_logged;
mod delivery;
mod event;
mod event_bus;
mod index_requested;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::audited::look_after_refusal_tallies;
use activity_log_core::app::name_actors::names_by_tenant;
use activity_log_core::domain::activity::Activity;
use activity_log_core::domain::actor_names::ActorNames;
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::{Error, ErrorCode, chain};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::lambda::batch::BatchAnswer;
use activity_log_core::lambda::{Invocation, InvocationError};
use activity_log_core::platform::usage::Usage;
use activity_log_core::store::stream::{StreamBatch, StreamRecord};
use tokio::time::{Instant, timeout_at};

use crate::activity_logged::activity_logged;
use crate::delivery::deliver;
use crate::event::Event;
pub use crate::event_bus::EventBus;
use crate::index_requested::request_runs;

/// How long a batch is tried at most. What it holds up is read again.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How many items a line of the log names.
const LOGGED_ITEMS: usize = 100;

/// A record whose event was not published.
struct Failure<'a> {
    record: &'a StreamRecord<'a>,
    reason: String,
}

/// Publishes what a batch of the stream tells of.
///
/// # Errors
///
/// A payload that is no batch. The records that fail are in the answer.
pub async fn handle(
    ctx: &Context,
    bus: &EventBus,
    invocation: Invocation,
) -> Result<BatchAnswer, InvocationError> {
    let batch: StreamBatch<'_> = serde_json::from_str(invocation.payload.get()).map_err(|_| {
        tracing::error!(aws_request_id = invocation.request_id, "the payload is no batch");
        InvocationError {
            code: ErrorCode::MalformedRequest.as_str(),
            message: "The payload must be a batch of records of a DynamoDB stream.".to_owned(),
        }
    })?;
    let of_activities = |record: &&StreamRecord<'_>| record.is_of_a_logged_activity();
    let records: Vec<&StreamRecord<'_>> = batch.records.iter().filter(of_activities).collect();
    let tenants: BTreeSet<TenantId> =
        batch.records.iter().filter_map(StreamRecord::tenant_to_compact).collect();
    let now = begin(ctx, &invocation)?;
    let deadline = Instant::now() + invocation.time_left(now, TIME_LIMIT);
    let usage = Usage::default();
    // Side by side, so that neither waits for the other.
    let (failures, runs_requested) = tokio::join!(
        usage.of(publish(ctx, bus, &records, deadline)),
        request_runs(bus, &tenants, now, deadline, &invocation.request_id),
    );
    usage.of(look_after_refusals(ctx, &records, deadline, &invocation.request_id)).await;
    let used = usage.used();

    log_failures(&invocation.request_id, &failures);
    tracing::info!(
        aws_request_id = invocation.request_id,
        records = batch.records.len(),
        published = records.len() - failures.len(),
        failed = failures.len(),
        runs_requested,
        table_calls = used.table_calls,
        round_trips = used.round_trips,
        read_units = used.read_units,
        write_units = used.write_units,
        "batch published"
    );
    let places = failures.iter().map(|failure| failure.record.sequence_number().to_owned());
    Ok(BatchAnswer::of_failures(places))
}

/// Closes what was counted of refusals of the tenants of a batch, and not told by those
/// who were refused.
async fn look_after_refusals(
    ctx: &Context,
    records: &[&StreamRecord<'_>],
    deadline: Instant,
    request_id: &str,
) {
    let tenants: BTreeSet<TenantId> = records.iter().filter_map(|record| record.tenant()).collect();
    for tenant in &tenants {
        let look = look_after_refusal_tallies(ctx, tenant, request_id);
        if timeout_at(deadline, look).await.is_err() {
            // The next batch looks.
            break;
        }
    }
}

/// Logs each reason once, with the first of the items.
fn log_failures(aws_request_id: &str, failures: &[Failure<'_>]) {
    let mut by_reason: BTreeMap<&str, Vec<&StreamRecord<'_>>> = BTreeMap::new();
    for Failure { record, reason } in failures {
        by_reason.entry(reason).or_default().push(record);
    }
    for (reason, records) in by_reason {
        let items: Vec<&str> =
            records.iter().take(LOGGED_ITEMS).map(|record| record.pk()).collect();
        tracing::error!(
            aws_request_id,
            failed = records.len(),
            sequence_number = records[0].sequence_number(),
            items = items.join(" "),
            error = reason,
            "events not published"
        );
    }
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

async fn publish<'a>(
    ctx: &Context,
    bus: &EventBus,
    records: &[&'a StreamRecord<'a>],
    deadline: Instant,
) -> Vec<Failure<'a>> {
    let failure = |record: &&'a StreamRecord<'a>, reason| Failure { record, reason };
    let Ok(read) = timeout_at(deadline, read_events(ctx, records)).await else {
        let reason = "the table did not answer in time";
        return records.iter().map(|record| failure(record, reason.to_owned())).collect();
    };
    let mut failures = Vec::new();
    let mut events = Vec::new();
    for (record, event) in records.iter().zip(read) {
        match event {
            Ok(event) => events.push((record, event)),
            Err(reason) => failures.push(failure(record, reason)),
        }
    }
    let left = deliver(bus, events, deadline).await;
    failures.extend(left.into_iter().map(|(record, not_taken)| failure(record, not_taken.reason)));
    failures
}

/// The event of each record, with the names of those who acted, or why there is none.
async fn read_events(ctx: &Context, records: &[&StreamRecord<'_>]) -> Vec<Result<Event, String>> {
    let activities = ctx.store.logged_activities(records).await;
    let known: Vec<&Activity> = activities.iter().flatten().collect();
    let names = names_by_tenant(ctx, &known).await;
    let event = |activity: &Result<Activity, Arc<Error>>| {
        let activity = activity.as_ref().map_err(|error| chain(&**error))?;
        let names = names.as_ref().map_err(|error| chain(error))?.get(&activity.tenant_id);
        match names {
            Some(Ok(names)) => Ok(activity_logged(activity, names)),
            Some(Err(error)) => Err(chain(error)),
            None => Ok(activity_logged(activity, &ActorNames::none())),
        }
    };
    activities.iter().map(event).collect()
}
