//! Writes that share a transaction with the audit event that tells of them.
//!
//! What the event is found by is in it too, where a log stages it: acts of
//! administration are rare, and nothing of them is left behind when they are refused.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Put, TransactWriteItem};
use tokio::time::{Duration, Instant};

use super::calls::Store;
use super::failure::{CONDITION_FAILED, DeadlinePassed, TRANSACTION_CONFLICT, classify, to_error};
use super::item::Item;
use super::items;
use super::measured::Measured as _;
use crate::domain::audit::{AuditEvent, computed_event_id};
use crate::domain::error::{Error, Result};
use crate::platform::backoff::Backoff;
use crate::store::commit::Staging;

/// How a transaction with an event ended.
#[derive(Debug)]
pub(super) enum AuditedWrite {
    /// It was done, by this attempt or an earlier one.
    Done,
    /// There is such an event, which somebody else wrote.
    EventExists,
    /// A condition of one of the writes did not hold.
    Refused(RefusedWrites),
}

/// Which of the writes were refused.
#[derive(Debug)]
pub(super) struct RefusedWrites(Vec<CancellationReason>);

/// How long an act of administration may take.
pub(super) const AUDITED_DEADLINE: Duration = Duration::from_secs(10);

/// An event whose id is new was there already.
pub(super) fn not_new() -> Error {
    Error::Internal("an audit event of a new id was there already".into())
}

/// Where the put of the event is: before the writes.
const EVENT: usize = 0;

impl RefusedWrites {
    /// Whether the condition of a write, by its place, did not hold.
    pub(super) fn is_refused(&self, write: usize) -> bool {
        self.reason(write).is_some()
    }

    /// The item that was in the way of a write whose condition did not hold.
    pub(super) fn item(&self, write: usize) -> Option<&Item> {
        self.reason(write)?.item()
    }

    fn reason(&self, write: usize) -> Option<&CancellationReason> {
        // The event comes before them.
        self.0.get(write + 1).filter(|reason| reason.code() == Some(CONDITION_FAILED))
    }
}

impl Store {
    /// Makes some writes and the event that tells of them exist, all or none.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::RateLimited`] when it is not known by the
    /// deadline whether it was done.
    pub(super) async fn write_audited(
        &self,
        writes: Vec<TransactWriteItem>,
        event: &AuditEvent,
        deadline: Instant,
    ) -> Result<AuditedWrite> {
        let own = items::audit_event::write(event);
        let mut items = vec![self.put_new(own.clone())?];
        items.extend(writes);
        let found_by = Staging::of_audit_event(event, self.tail_shards(&event.tenant_id));
        for staged in found_by.items() {
            items.push(self.put(staged.item().clone())?);
        }
        // An attempt after a lost answer is the same transaction. Those who write an
        // event of a computed id side by side have one of their own each.
        let salt = event.salts.actor.map(|salt| salt.to_string()).unwrap_or_default();
        let token = computed_event_id(
            event.occurred_at,
            &[event.id.to_string().as_str(), event.request_id.as_str(), salt.as_str()],
        );
        let mut backoff = Backoff::until(deadline);
        // What the table answered last says more than that time is up.
        let mut last_error = Error::from(DeadlinePassed("an audited write"));
        loop {
            let call = self
                .client
                .transact_write_items()
                .client_request_token(token.to_string())
                .set_transact_items(Some(items.clone()))
                .measured();
            let error = match tokio::time::timeout_at(deadline, call).await {
                Ok(Ok(_)) => {
                    self.note_written(event, found_by.is_marked());
                    return Ok(AuditedWrite::Done);
                }
                Ok(Err(error)) => error,
                Err(_) => return Err(last_error),
            };
            let failure = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    let has = |code| reasons.iter().any(|reason| reason.code() == Some(code));
                    let event_in_the_way =
                        reasons.get(EVENT).filter(|reason| reason.code() == Some(CONDITION_FAILED));
                    if let Some(reason) = event_in_the_way {
                        return Ok(match reason.item() {
                            Some(existing) if *existing == own => AuditedWrite::Done,
                            _ => AuditedWrite::EventExists,
                        });
                    }
                    if has(CONDITION_FAILED) {
                        return Ok(AuditedWrite::Refused(RefusedWrites(reasons.to_vec())));
                    }
                    let passing = has(TRANSACTION_CONFLICT)
                        || has("ThrottlingError")
                        || has("ProvisionedThroughputExceeded");
                    (to_error("TransactWriteItems", &error), passing)
                }
                _ => (to_error("TransactWriteItems", &error), classify(&error).is_passing()),
            };
            let (error, passing) = failure;
            if !passing {
                return Err(error);
            }
            // A conflict of transactions is none of a caller's mistakes.
            last_error = match error {
                Error::Internal(cause) => Error::Unavailable(cause),
                error => error,
            };
            if !backoff.wait().await {
                return Err(last_error);
            }
        }
    }

    /// A put that replaces what is there.
    pub(super) fn put(&self, item: Item) -> Result<TransactWriteItem, BuildError> {
        let put = Put::builder().table_name(&self.table_name).set_item(Some(item)).build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// A put of what is not there yet.
    pub(super) fn put_new(&self, item: Item) -> Result<TransactWriteItem, BuildError> {
        let put = self.put_once(item)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}
