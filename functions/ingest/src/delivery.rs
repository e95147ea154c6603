//! One event on its way, and its line in the log: once, done or not, and with
//! nothing of what it says but its id and its tenant.

use activity_log_core::Context;
use activity_log_core::app::input::UNKNOWN_PROPERTY;
use activity_log_core::domain::activity::ActivityId;
use activity_log_core::domain::audit::EventSource;
use activity_log_core::domain::error::{Error, FieldError, chain};
use activity_log_core::domain::idempotency::IdempotencyKey;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::http::exchange::new_request_id;
use activity_log_core::lambda::{Invocation, describe};
use activity_log_core::platform::usage::Usage;
use tokio::time::Instant;

use crate::event::{Head, PARTS};
use crate::ingest_event::Ingested;

/// An event on its way.
#[derive(Debug)]
pub(crate) struct Delivery<'a> {
    /// The id that names it in the log and the audit trail.
    pub(crate) request_id: String,
    /// What is known of it so far.
    pub(crate) head: Head,
    /// What it has cost of the table.
    pub(crate) usage: Usage,
    begun: Instant,
    aws_request_id: &'a str,
    message_id: Option<&'a str>,
}

impl<'a> Delivery<'a> {
    /// Begins the delivery of a message, or else of the payload as a whole.
    pub(crate) fn begin(
        ctx: &Context,
        invocation: &'a Invocation,
        source: EventSource,
        message_id: Option<&'a str>,
    ) -> Self {
        Self {
            request_id: new_request_id(ctx.environment.as_ref()),
            head: Head { source, id: None, tenant_id: None, news: None },
            usage: Usage::default(),
            begun: Instant::now(),
            aws_request_id: &invocation.request_id,
            message_id,
        }
    }

    /// The id of what carries the event, the same each time it is delivered.
    pub(crate) fn carrier_id(&self) -> &'a str {
        self.message_id.unwrap_or(self.aws_request_id)
    }

    /// Logs what became of the event.
    pub(crate) fn log_ingested(&self, ingested: Ingested) {
        let used = self.usage.used();
        tracing::info!(
            request_id = self.request_id,
            aws_request_id = self.aws_request_id,
            message_id = self.message_id,
            event_id = self.event_id(),
            tenant_id = self.tenant_id(),
            entry_point = self.head.source.as_str(),
            status = ingested.status(),
            activity_id = ingested.activity_id().as_ref().map(ActivityId::to_string),
            duration_ms = self.duration_ms(),
            table_calls = used.table_calls,
            round_trips = used.round_trips,
            read_units = used.read_units,
            write_units = used.write_units,
            "event ingested"
        );
    }

    /// Logs why the event was refused, or what it failed of.
    pub(crate) fn log_failure(&self, error: &Error) {
        let used = self.usage.used();
        macro_rules! log {
            ($level:ident, $reason:expr, $message:literal) => {
                tracing::$level!(
                    request_id = self.request_id,
                    aws_request_id = self.aws_request_id,
                    message_id = self.message_id,
                    event_id = self.event_id(),
                    tenant_id = self.tenant_id(),
                    entry_point = self.head.source.as_str(),
                    code = error.code().as_str(),
                    error = $reason,
                    duration_ms = self.duration_ms(),
                    table_calls = used.table_calls,
                    round_trips = used.round_trips,
                    read_units = used.read_units,
                    write_units = used.write_units,
                    $message
                )
            };
        }
        if error.is_failure() {
            log!(error, chain(error), "event failed");
        } else {
            log!(warn, describe(error, logged_name), "event refused");
        }
    }

    fn duration_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn event_id(&self) -> Option<&str> {
        self.head.id.as_ref().map(IdempotencyKey::as_str)
    }

    fn tenant_id(&self) -> Option<&str> {
        self.head.tenant_id.as_ref().map(TenantId::as_str)
    }
}

/// A property's name for the log. Those of unknown properties are the sender's.
/// What is a name by its form is told; it may also be a text or a key, and then the
/// part of the event that it is in has to do.
fn logged_name(violation: &FieldError) -> &str {
    let field = &violation.field;
    if violation.message != UNKNOWN_PROPERTY || field.split('.').all(is_plain_name) {
        return field;
    }
    let part = field.split_once('.').map(|(part, _)| part);
    part.filter(|part| PARTS.contains(part)).unwrap_or("$")
}

/// Whether a text is a name as programs have them, and shorter than a secret.
fn is_plain_name(text: &str) -> bool {
    const MAX_BYTES: usize = 40;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(known)
}
