//! The function `index`: a run of the index's compactor for one tenant.
//!
//! The bus invokes it asynchronously, because `publish` has seen that a tenant's tail is
//! worth a run. A run that fails, is cut off or never begins loses nothing: what it left is
//! found by every search, and the tenant's next run goes on with it. So nothing is tried
//! again for its own sake. An operator invokes it with `{"tenant_id": "acme"}`.

mod request;

use std::time::{Duration, Instant};

use activity_log_core::Context;
use activity_log_core::app::compact_index::{Ran, compact_index};
use activity_log_core::domain::error::{Error, chain};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::lambda::{Invocation, InvocationError};
use activity_log_core::platform::guard::guard;
use activity_log_core::platform::telemetry::{Metric, measure};
use activity_log_core::platform::usage::Usage;
use serde::Serialize;

/// How long a run may take at most, less than the function's time-out of 60 s. It begins
/// nothing more after 10 s; this is for calls that the table keeps waiting.
const RUN_TIMEOUT: Duration = Duration::from_secs(55);

/// What a run came to, for whoever invoked it by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    tenant_id: TenantId,
    /// Whether another run was at it.
    busy: bool,
    entries_flushed: usize,
    merges: usize,
    tail_bytes_left: usize,
    /// Whether a merge is under way that the next run goes on with.
    merge_left: bool,
}

/// Runs the compactor for the tenant that an event names.
///
/// # Errors
///
/// An event that can't be read, and what the run failed of.
pub async fn handle(ctx: &Context, invocation: Invocation) -> Result<Answer, InvocationError> {
    let line = Line {
        aws_request_id: &invocation.request_id,
        begun: Instant::now(),
        usage: Usage::default(),
    };
    let tenant = request::read(invocation.payload.get().as_bytes())
        .map_err(|error| line.log_failure(None, &error))?;
    let run = async {
        let limit = invocation.time_left(ctx.environment.now()?, RUN_TIMEOUT);
        // On the heap: the state of a run is large.
        guard(limit, Box::pin(compact_index(ctx, &tenant))).await
    };
    let ran = line.usage.of(run).await.map_err(|error| line.log_failure(Some(&tenant), &error))?;
    line.log_run(&tenant, &ran);
    measure(Metric::TailBytes, ran.tail_bytes_left as u64);
    let damaged = ran.segments_set_aside + ran.unreadable_entries;
    if damaged > 0 {
        measure(Metric::IndexDamage, damaged as u64);
    }
    Ok(Answer {
        tenant_id: tenant,
        busy: ran.ended_for_another,
        entries_flushed: ran.entries_flushed,
        merges: ran.merges,
        tail_bytes_left: ran.tail_bytes_left,
        merge_left: ran.merge_left,
    })
}

/// The line of an invocation in the log.
struct Line<'a> {
    aws_request_id: &'a str,
    begun: Instant,
    usage: Usage,
}

impl Line<'_> {
    fn log_run(&self, tenant: &TenantId, ran: &Ran) {
        let used = self.usage.used();
        tracing::info!(
            aws_request_id = self.aws_request_id,
            tenant_id = tenant.as_str(),
            busy = ran.ended_for_another,
            entries_flushed = ran.entries_flushed,
            segments_flushed = ran.segments_flushed,
            merges = ran.merges,
            merge_left = ran.merge_left,
            bytes_written = ran.bytes_written,
            parts_deleted = ran.parts_deleted,
            tail_bytes_found = ran.tail_bytes_found,
            tail_bytes_left = ran.tail_bytes_left,
            unreadable_entries = ran.unreadable_entries,
            segments_set_aside = ran.segments_set_aside,
            duration_ms = self.duration_ms(),
            table_calls = used.table_calls,
            round_trips = used.round_trips,
            read_units = used.read_units,
            write_units = used.write_units,
            "index compacted"
        );
    }

    /// Logs the cause, and makes of it what the caller reads.
    fn log_failure(&self, tenant: Option<&TenantId>, error: &Error) -> InvocationError {
        let used = self.usage.used();
        tracing::error!(
            aws_request_id = self.aws_request_id,
            tenant_id = tenant.map(TenantId::as_str),
            code = error.code().as_str(),
            error = chain(error),
            duration_ms = self.duration_ms(),
            table_calls = used.table_calls,
            round_trips = used.round_trips,
            read_units = used.read_units,
            write_units = used.write_units,
            "index not compacted"
        );
        InvocationError::of(error)
    }

    fn duration_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
