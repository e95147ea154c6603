//! The function `ingest`: events in, from a queue, a bus or an invocation.
//!
//! Delivery is at least once and in any order, so an event's id is the
//! idempotency key of its activity, and news of a resource carries its time.
//! What fails is delivered again: a message of a batch by itself, and any other
//! event as a whole. Nothing is acknowledged that was not done.

mod delivery;
mod event;
mod ingest_event;

use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::json::properties_of;
use activity_log_core::domain::activity::ActivityId;
use activity_log_core::domain::audit::EventSource;
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::lambda::batch::BatchAnswer;
use activity_log_core::lambda::{Invocation, InvocationError};
use activity_log_core::platform::guard::{REQUEST_TIMEOUT, guard};
use futures_util::stream::{self, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::delivery::Delivery;
use crate::ingest_event::{Ingested, audit_refused_news, ingest_event};

/// The most messages that Lambda hands over at once.
const MAX_MESSAGES: usize = 10_000;

/// How many messages of a batch are under way at once.
const MESSAGES_IN_FLIGHT: usize = 10;

/// What has to be left of an invocation for a message to be begun: its own time
/// limit, and a second for the answer.
const TIME_TO_BEGIN: Duration = REQUEST_TIMEOUT.saturating_add(Duration::from_secs(1));

/// What an invocation answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Of a batch of messages: which to deliver again.
    Batch(BatchAnswer),
    Event(EventAnswer),
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventAnswer {
    id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_id: Option<ActivityId>,
}

/// A message of a queue, without what is not looked at. It is not
/// `aws_lambda_events`' type, in which the id and the body may be missing.
#[derive(Debug, Deserialize)]
struct SqsMessage {
    #[serde(rename = "messageId")]
    id: String,
    body: String,
}

/// A message that is not begun, because the invocation would end before it.
#[derive(Debug, thiserror::Error)]
#[error("the invocation has too little time left to begin a message")]
struct NotBegun;

/// Does what an event, or each message of a batch, asks for.
///
/// # Errors
///
/// What an event was refused for or failed of, and a batch that can't be read.
/// The messages that fail are in the answer.
pub async fn handle(
    ctx: &Context,
    invocation: Invocation,
) -> std::result::Result<Answer, InvocationError> {
    let answer = match records(&invocation.payload) {
        Some(records) => ingest_batch(ctx, &invocation, records).await.map(Answer::Batch),
        None => ingest_payload(ctx, &invocation).await.map(Answer::Event),
    };
    answer.map_err(|error| InvocationError::of(&error))
}

/// The records of a batch, where the payload is one: no event has a property of
/// that name. Nothing is made of the others.
fn records(payload: &RawValue) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct Payload<'a> {
        #[serde(borrow, rename = "Records")]
        records: &'a RawValue,
    }
    properties_of(payload.get().as_bytes()).map(|Payload { records }| records)
}

async fn ingest_batch(
    ctx: &Context,
    invocation: &Invocation,
    records: &RawValue,
) -> Result<BatchAnswer> {
    let messages: Option<Vec<SqsMessage>> = serde_json::from_str(records.get()).ok();
    let messages = messages.filter(|messages| messages.len() <= MAX_MESSAGES);
    let messages = messages.ok_or_else(|| {
        // What the parser says would quote the batch.
        let error = Error::MalformedRequest("The records are not messages of a queue.".into());
        Delivery::begin(ctx, invocation, EventSource::Sqs, None).log_failure(&error);
        error
    })?;
    let begin_until = invocation.deadline.map(|deadline| deadline.minus(TIME_TO_BEGIN));
    let failures = stream::iter(messages).map(|message| async move {
        let delivery = Delivery::begin(ctx, invocation, EventSource::Sqs, Some(&message.id));
        let done = ingest(ctx, delivery, message.body.as_bytes(), begin_until).await;
        done.err().map(|_| message.id)
    });
    let failures: Vec<_> = failures.buffer_unordered(MESSAGES_IN_FLIGHT).collect().await;
    Ok(BatchAnswer::of_failures(failures.into_iter().flatten()))
}

async fn ingest_payload(ctx: &Context, invocation: &Invocation) -> Result<EventAnswer> {
    let delivery = Delivery::begin(ctx, invocation, EventSource::Invoke, None);
    ingest(ctx, delivery, invocation.payload.get().as_bytes(), None).await
}

/// Does what one event asks for, within its own time limit and by itself: not
/// even a panic reaches its neighbours.
async fn ingest(
    ctx: &Context,
    mut delivery: Delivery<'_>,
    event: &[u8],
    begin_until: Option<Timestamp>,
) -> Result<EventAnswer> {
    let usage = delivery.usage.clone();
    let work = async {
        let now = ctx.environment.now()?;
        if begin_until.is_some_and(|until| now > until) {
            return Err(Error::Unavailable(Box::new(NotBegun)));
        }
        let event = match event::read(event, delivery.carrier_id(), now, &mut delivery.head) {
            Ok(event) => event,
            Err(error) => {
                let (head, request_id) = (&delivery.head, &delivery.request_id);
                return Err(audit_refused_news(ctx, head, request_id, error).await);
            }
        };
        ingest_event(ctx, event, delivery.head.source, &delivery.request_id).await
    };
    // On the heap: the state of a write is large.
    match usage.of(guard(REQUEST_TIMEOUT, Box::pin(work))).await {
        Ok(ingested) => {
            delivery.log_ingested(ingested);
            Ok(EventAnswer::of(ingested, &delivery))
        }
        Err(error) => {
            delivery.log_failure(&error);
            Err(error)
        }
    }
}

impl EventAnswer {
    fn of(ingested: Ingested, delivery: &Delivery<'_>) -> Self {
        let id = delivery.head.id.as_ref().expect("an event without an id is refused");
        Self {
            id: id.as_str().to_owned(),
            status: ingested.status(),
            activity_id: ingested.activity_id(),
        }
    }
}
