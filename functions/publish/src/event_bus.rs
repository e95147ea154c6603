//! The bus, and what its answers mean.

use std::time::Duration;

use activity_log_core::domain::error::chain;
use activity_log_core::platform::aws::{self, Endpoint, Service, StartError};
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_eventbridge::operation::RequestId;
use aws_sdk_eventbridge::operation::put_events::{PutEventsError, PutEventsOutput};
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use tokio::time::{Instant, timeout_at};

use crate::event::{Event, SOURCE};

/// An answer that takes longer is taken as lost.
const CALL_TIMEOUT: Duration = Duration::from_secs(3);
/// The codes of entries that no later attempt would make better. Any other is
/// tried again.
const PERMANENT_CODES: [&str; 8] = [
    "AccessDeniedException",
    "InvalidAccountIdException",
    "InvalidArgument",
    "MalformedDetail",
    "NotAuthorizedForDetailTypeException",
    "NotAuthorizedForSourceException",
    "RedactionFailure",
    "ResourceNotFoundException",
];

/// A bus of EventBridge.
#[derive(Clone, Debug)]
pub struct EventBus {
    client: Client,
    name: String,
}

/// Why an event was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotTaken {
    /// The reason, for the log.
    pub(crate) reason: String,
    /// Whether the same event may be taken later.
    pub(crate) retryable: bool,
}

impl EventBus {
    /// The bus of a name or ARN, as the environment says.
    pub async fn connect(name: &str) -> Result<Self, StartError> {
        let config = aws::config(Service::EventBridge, &Endpoint::default()).await?;
        Ok(Self::new(&config, name))
    }

    /// A bus on this machine, which takes any credentials.
    #[must_use]
    pub fn connect_local(url: &str, name: &str) -> Self {
        Self::new(&aws::local_config(url), name)
    }

    fn new(config: &aws::SdkConfig, name: &str) -> Self {
        // Calls are tried again here, with the entries that were not taken.
        let config = aws_sdk_eventbridge::config::Builder::from(config)
            .retry_config(RetryConfig::disabled())
            .build();
        Self { client: Client::from_conf(config), name: name.to_owned() }
    }

    /// Puts events in one call, and says of each whether it was taken.
    pub(crate) async fn put(
        &self,
        events: &[Event],
        deadline: Instant,
    ) -> Vec<Result<(), NotTaken>> {
        let later = |reason: &str| NotTaken { reason: reason.to_owned(), retryable: true };
        let now = Instant::now();
        if now >= deadline {
            return vec![Err(later("there was no time left for a call")); events.len()];
        }
        let entries = events.iter().map(|event| self.entry(event)).collect();
        let call = self.client.put_events().set_entries(Some(entries)).send();
        match timeout_at(deadline.min(now + CALL_TIMEOUT), call).await {
            Ok(Ok(answer)) => outcomes(&answer, events.len()),
            Ok(Err(error)) => vec![Err(not_taken_by_call(&error)); events.len()],
            Err(_) => vec![Err(later("there was no answer in time")); events.len()],
        }
    }

    fn entry(&self, event: &Event) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(event.detail_type)
            .time(DateTime::from_millis(event.time.as_millis()))
            .detail(&event.detail)
            .build()
    }
}

fn outcomes(answer: &PutEventsOutput, events: usize) -> Vec<Result<(), NotTaken>> {
    if answer.entries().len() != events {
        let reason = "the answer has not one entry for each event".to_owned();
        return vec![Err(NotTaken { reason, retryable: true }); events];
    }
    answer.entries().iter().map(outcome).collect()
}

/// Only an event that got an id was taken.
fn outcome(entry: &PutEventsResultEntry) -> Result<(), NotTaken> {
    if entry.event_id().is_some() {
        return Ok(());
    }
    let code = entry.error_code().unwrap_or("unknown");
    Err(NotTaken { reason: code.to_owned(), retryable: !PERMANENT_CODES.contains(&code) })
}

fn not_taken_by_call(error: &SdkError<PutEventsError>) -> NotTaken {
    let SdkError::ServiceError(service) = error else {
        let retryable = !matches!(error, SdkError::ConstructionFailure(_));
        return NotTaken { reason: format!("PutEvents failed: {}", chain(error)), retryable };
    };
    let code = service.err().code().unwrap_or("unknown");
    let denied = code.contains("AccessDenied");
    // Others may quote what they were sent.
    let message = service.err().message().filter(|_| denied).unwrap_or("(no text)");
    let request_id = error.request_id().unwrap_or("unknown");
    NotTaken {
        reason: format!("PutEvents failed: {code}: {message} (request id {request_id})"),
        retryable: code.contains("Throttl") || service.raw().status().is_server_error(),
    }
}
