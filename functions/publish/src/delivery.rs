//! Delivery: as many events as the bus takes in the time that there is.
//!
//! ```text
//! round   calls of up to 10 events, 4 side by side
//!         ── taken: done; refused for good: failed
//! wait    exponential backoff with jitter
//! round   the others, and so on, until the deadline
//! ```
//!
//! An event whose answer is lost is put again, so it may arrive twice, with one
//! id.

use activity_log_core::platform::backoff::Backoff;
use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use crate::event::Event;
use crate::event_bus::{EventBus, NotTaken};

/// The events that one PutEvents takes. It takes 256 KB of them, and ten of the
/// largest are smaller.
pub(crate) const CALL_EVENTS: usize = 10;
const CALLS_IN_FLIGHT: usize = 4;

/// Delivers events, and returns those that failed by what the caller knows them
/// by.
pub(crate) async fn deliver<T>(
    bus: &EventBus,
    mut pending: Vec<(T, Event)>,
    deadline: Instant,
) -> Vec<(T, NotTaken)> {
    let mut failed = Vec::new();
    let mut backoff = Backoff::until(deadline);
    loop {
        let (tags, events): (Vec<T>, Vec<Event>) = pending.into_iter().unzip();
        let calls = events.chunks(CALL_EVENTS).map(|call| bus.put(call, deadline));
        let outcomes: Vec<_> = stream::iter(calls).buffered(CALLS_IN_FLIGHT).collect().await;
        let refused = tags.into_iter().zip(events).zip(outcomes.into_iter().flatten()).filter_map(
            |((tag, event), outcome)| outcome.err().map(|not_taken| (tag, event, not_taken)),
        );
        pending = Vec::new();
        let mut last_reasons = Vec::new();
        for (tag, event, not_taken) in refused {
            if not_taken.retryable {
                pending.push((tag, event));
                last_reasons.push(not_taken);
            } else {
                failed.push((tag, not_taken));
            }
        }
        if pending.is_empty() || !backoff.wait().await {
            let tags = pending.into_iter().map(|(tag, _)| tag);
            failed.extend(tags.zip(last_reasons));
            return failed;
        }
    }
}
