//! Stage, then commit.
//!
//! ```text
//! stage   postings, long body      BatchWriteItem, 25 a call, 16 calls side by side
//!         ── a crash here leaves items that name a head that is not there:
//!            no search shows them, and `sweep` removes them
//! commit  head, audit event,       TransactWriteItems
//!         idempotency record,
//!         scheduled completion
//!         ── from here on every search finds the activity
//! ```
//!
//! An activity is laid out as items once: [`Staging::of_activity`] gives what is
//! staged, and the head, which only a commit takes.
//!
//! The commit carries a client request token, and its parameters do not change
//! between attempts, so that a retry after a lost answer is the same commit.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};
use tokio::time::Instant;
use uuid::Uuid;

use super::calls::Store;
use super::failure::{
    CONDITION_FAILED, Class, CorruptItem, DeadlinePassed, ItemTooLarge, TRANSACTION_CONFLICT,
    classify, is_passing, to_error,
};
use super::item::{Item, Key};
use super::items;
use super::items::activity::ActivityItems;
use super::keys::{self, Index};
use super::measured::Measured as _;
use crate::domain::activity::{Activity, ActivityId};
use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::idempotency::{KeyInSpace, Made, TakenKey};
use crate::domain::principal::TenantId;
use crate::index::{Position, Term, terms_of_audit_event};
use crate::platform::backoff::Backoff;

/// What is written before a commit, and means nothing without it.
#[derive(Clone, Debug, Default)]
pub struct Staging {
    items: Vec<StagedItem>,
}

/// Something that is staged.
#[derive(Clone, Debug)]
pub(super) enum StagedItem {
    /// A posting, which is nothing but its key.
    Posting(Key),
    /// The item of an activity's long parts.
    Body(Key, Item),
}

impl StagedItem {
    pub(super) fn key(&self) -> &Key {
        match self {
            Self::Posting(key) | Self::Body(key, _) => key,
        }
    }

    fn to_item(&self) -> Item {
        match self {
            Self::Posting(key) => key.clone().into_item(),
            Self::Body(_, item) => item.clone(),
        }
    }
}

/// The head of an activity that is not there yet.
#[derive(Clone, Debug)]
pub struct NewHead<'a> {
    activity: &'a Activity,
    item: Item,
}

impl Staging {
    /// The postings of an activity under some terms, and its body where that
    /// is an item of its own; and the head, which is for the commit.
    ///
    /// # Errors
    ///
    /// Long parts that don't fit an item. Every other item fits, however long its
    /// values may be.
    pub fn of_activity(
        activity: &Activity,
        terms: impl IntoIterator<Item = Term>,
    ) -> Result<(Self, NewHead<'_>), ItemTooLarge> {
        let position = Position::of_activity(activity);
        let ActivityItems { head, body } = items::activity::write(activity)?;
        let mut staging = Self::default();
        if let Some(body) = body {
            let key = keys::body(&activity.tenant_id, activity.id);
            staging.items.push(StagedItem::Body(key, body));
        }
        staging.add(&activity.tenant_id, Index::Activities, terms, position);
        Ok((staging, NewHead { activity, item: head }))
    }

    /// The postings of an audit event.
    #[must_use]
    pub fn of_audit_event(event: &AuditEvent) -> Self {
        let mut staging = Self::default();
        staging.add_audit_event(event);
        staging
    }

    /// Adds the postings of an audit event.
    pub fn add_audit_event(&mut self, event: &AuditEvent) {
        let position = Position::of_audit_event(event);
        self.add(&event.tenant_id, Index::AuditEvents, terms_of_audit_event(event), position);
    }

    /// What is to be written.
    pub(super) fn items(&self) -> &[StagedItem] {
        &self.items
    }

    /// Some of what is to be written.
    pub(super) fn from_items(items: Vec<StagedItem>) -> Self {
        Self { items }
    }

    fn add(
        &mut self,
        tenant: &TenantId,
        index: Index,
        terms: impl IntoIterator<Item = Term>,
        position: Position,
    ) {
        let postings = keys::postings(tenant, index, terms, position);
        self.items.extend(postings.map(StagedItem::Posting));
    }
}

/// What becomes visible at once.
#[derive(Clone, Debug)]
pub struct Commit<'a> {
    /// The activity's head. What was laid out with it is staged.
    pub head: NewHead<'a>,
    pub event: &'a AuditEvent,
    /// The caller's key and what it is to remember.
    pub idempotency: Option<TakenKey>,
    /// The time that decides whether an older record of the key has expired.
    pub now: Timestamp,
}

/// How a commit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, by this attempt or an earlier one.
    Committed,
    /// Another write has the key.
    KeyTaken(TakenKey),
    /// Another activity completed the scheduled one.
    AlreadyCompleted,
}

/// A commit as the table is asked for it, in every attempt: the client request
/// token, the activity's id, stands for these very parameters.
struct Transaction<'a> {
    activity: &'a Activity,
    key: Option<KeyInSpace>,
    now: Timestamp,
    /// Their order is that of the cancellation reasons.
    puts: Vec<TransactWriteItem>,
}

/// Where the put of the head is.
const HEAD: usize = 0;
/// Where the put of the idempotency record is, behind those of the head and of
/// the audit event.
const IDEMPOTENCY_RECORD: usize = 2;

impl Transaction<'_> {
    /// Where the put of the scheduled completion is; it is the last one.
    fn scheduled_completion(&self) -> Option<usize> {
        scheduled_activity(self.activity).map(|_| self.puts.len() - 1)
    }

    /// Whether it made the head that is in its way. Only this commit writes this
    /// id; an earlier attempt that the token no longer covers did it.
    fn made(&self, head: Option<&Item>) -> Result<bool, CorruptItem> {
        let head = head.map(|item| items::activity::read(&self.activity.tenant_id, item));
        let head = head.transpose()?;
        Ok(head.is_some_and(|head| head.activity.request_id == self.activity.request_id))
    }

    /// How it ended: a taken key is that of an earlier attempt, or another's.
    fn outcome(&self, taken: TakenKey) -> Outcome {
        if taken.record.made == Made::Activity(self.activity.id) {
            Outcome::Committed
        } else {
            Outcome::KeyTaken(taken)
        }
    }
}

/// What an attempt to commit told.
enum Attempt {
    Done(Outcome),
    /// Whether it was done is open, or will be decided by another writer.
    Again(Error),
}

/// Why a commit was cancelled: one reason a put, in their order.
struct Reasons<'a>(&'a [CancellationReason]);

/// A commit that can't be explained by what it was given.
#[derive(Debug, thiserror::Error)]
#[error("the commit was cancelled: {0}")]
struct UnexpectedCancellation(String);

impl Reasons<'_> {
    /// The reason of a put, where that is its condition.
    fn failed_condition(&self, put: usize) -> Option<&CancellationReason> {
        self.0.get(put).filter(|reason| reason.code() == Some(CONDITION_FAILED))
    }

    fn has(&self, code: &str) -> bool {
        self.0.iter().any(|reason| reason.code() == Some(code))
    }

    fn unexpected(&self) -> Box<UnexpectedCancellation> {
        let codes: Vec<&str> =
            self.0.iter().map(|reason| reason.code().unwrap_or("none")).collect();
        Box::new(UnexpectedCancellation(codes.join(", ")))
    }
}

impl Store {
    /// Writes what means nothing yet.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] when not everything was taken by the deadline.
    pub async fn stage(&self, staging: &Staging, deadline: Instant) -> Result<()> {
        self.batch_put(&staging.items, StagedItem::to_item, deadline).await
    }

    /// Removes what was staged, after it is final that it won't be committed.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] when not everything was removed by the deadline;
    /// `sweep` removes the rest.
    pub async fn unstage(&self, staging: &Staging, deadline: Instant) -> Result<()> {
        let keys = staging.items.iter().map(|item| item.key().clone().into_item());
        self.batch_delete(&keys.collect::<Vec<_>>(), deadline).await
    }

    /// Makes an activity, its audit event and its idempotency record exist, all
    /// or none.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::RateLimited`] when it is not known by
    /// the deadline whether it was done: what was staged has to stay.
    pub async fn commit(&self, commit: Commit<'_>, deadline: Instant) -> Result<Outcome> {
        let transaction = self.transaction(commit)?;
        let mut backoff = Backoff::until(deadline);
        // What the table answered last says more than that time is up.
        let mut last_error = Error::from(DeadlinePassed("the commit"));
        loop {
            let attempt = tokio::time::timeout_at(deadline, self.attempt(&transaction)).await;
            last_error = match attempt {
                Ok(Ok(Attempt::Done(outcome))) => return Ok(outcome),
                Ok(Ok(Attempt::Again(error))) => error,
                Ok(Err(error)) if is_passing(&error) => error,
                Ok(Err(error)) => return Err(error),
                Err(_) => return Err(last_error),
            };
            if !backoff.wait().await {
                return Err(last_error);
            }
        }
    }

    fn transaction<'a>(&self, commit: Commit<'a>) -> Result<Transaction<'a>, BuildError> {
        let Commit { head: NewHead { activity, item }, event, idempotency, now } = commit;
        let tenant = &activity.tenant_id;
        let mut puts = vec![self.put_once(item)?, self.put_once(items::audit_event::write(event))?];
        if let Some(taken) = &idempotency {
            puts.push(self.put_idempotency_record(tenant, taken, now)?);
        }
        if let Some(scheduled) = scheduled_activity(activity) {
            let completion = items::scheduled_completion::write(tenant, scheduled, activity.id);
            puts.push(self.put_once(completion)?);
        }
        let puts = puts.into_iter().map(|put| TransactWriteItem::builder().put(put).build());
        let key = idempotency.map(|taken| taken.key);
        Ok(Transaction { activity, key, now, puts: puts.collect() })
    }

    async fn attempt(&self, transaction: &Transaction<'_>) -> Result<Attempt> {
        let answer = self
            .client
            .transact_write_items()
            .client_request_token(transaction.activity.id.to_string())
            .set_transact_items(Some(transaction.puts.clone()))
            .measured()
            .await;
        let error = match answer {
            Ok(_) => return Ok(Attempt::Done(Outcome::Committed)),
            Err(error) => error,
        };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
            error.as_service_error()
        {
            return self.read_reasons(transaction, Reasons(cancelled.cancellation_reasons())).await;
        }
        match classify(&error) {
            Class::Throttled | Class::Transient => {
                Ok(Attempt::Again(to_error("TransactWriteItems", &error)))
            }
            Class::Down | Class::Permanent => Err(to_error("TransactWriteItems", &error)),
        }
    }

    /// What a cancelled attempt told.
    async fn read_reasons(
        &self,
        transaction: &Transaction<'_>,
        reasons: Reasons<'_>,
    ) -> Result<Attempt> {
        let failed_condition = |put| reasons.failed_condition(put);
        if let Some(key) = &transaction.key
            && let Some(reason) = failed_condition(IDEMPOTENCY_RECORD)
        {
            let taken = match reason.item() {
                Some(item) => {
                    let record = items::idempotency_record::read(item)?;
                    Some(TakenKey { key: key.clone(), record })
                }
                None => self.taken_key(transaction).await?,
            };
            return Ok(match taken {
                Some(taken) => Attempt::Done(transaction.outcome(taken)),
                // It expired and was removed between the two calls.
                None => Attempt::Again(Error::Unavailable(reasons.unexpected())),
            });
        }
        if let Some(reason) = failed_condition(HEAD) {
            return if transaction.made(reason.item())? {
                Ok(Attempt::Done(Outcome::Committed))
            } else {
                Err(Error::Internal(reasons.unexpected()))
            };
        }
        if transaction.scheduled_completion().and_then(failed_condition).is_some() {
            return Ok(Attempt::Done(Outcome::AlreadyCompleted));
        }
        self.read_conflict(transaction, reasons).await
    }

    /// What an attempt told that met no item in its way, but a limit or another
    /// writer.
    async fn read_conflict(
        &self,
        transaction: &Transaction<'_>,
        reasons: Reasons<'_>,
    ) -> Result<Attempt> {
        let error =
            if reasons.has("ThrottlingError") || reasons.has("ProvisionedThroughputExceeded") {
                Error::RateLimited(reasons.unexpected())
            } else if reasons.has(TRANSACTION_CONFLICT) {
                Error::Unavailable(reasons.unexpected())
            } else {
                return Err(Error::Internal(reasons.unexpected()));
            };
        // The writer that this one met may have been one with the same key.
        Ok(match self.taken_key(transaction).await? {
            Some(taken) if taken.record.is_live(transaction.now) => {
                Attempt::Done(transaction.outcome(taken))
            }
            _ => Attempt::Again(error),
        })
    }

    async fn taken_key(&self, transaction: &Transaction<'_>) -> Result<Option<TakenKey>> {
        let Some(key) = &transaction.key else { return Ok(None) };
        let record = self.idempotency_record(&transaction.activity.tenant_id, key).await?;
        Ok(record.map(|record| TakenKey { key: key.clone(), record }))
    }

    /// The activity that completed a scheduled one, where one did.
    pub async fn scheduled_completion(
        &self,
        tenant: &TenantId,
        scheduled_activity_id: Uuid,
    ) -> Result<Option<ActivityId>> {
        let item = self.get(keys::scheduled_completion(tenant, scheduled_activity_id)).await?;
        Ok(item.as_ref().map(items::scheduled_completion::read).transpose()?)
    }
}

/// The scheduled activity that an activity completes.
fn scheduled_activity(activity: &Activity) -> Option<Uuid> {
    activity.submitted.whole()?.scheduled_activity_id
}
