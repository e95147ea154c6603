//! Stage, then commit.
//!
//! ```text
//! stage   entry of the tail,       BatchWriteItem, mostly one call
//!         places in lists, long body
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
use super::items::tail_entry::TailShards;
use super::keys;
use super::measured::Measured as _;
use crate::domain::activity::{Activity, ActivityId};
use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::idempotency::{KeyInSpace, Made, TakenKey};
use crate::domain::principal::TenantId;
use crate::index::Position;
use crate::index::entry::{Entry, EntryPart};
use crate::index::filed::{entry_of_activity, entry_of_event};
use crate::index::segment::Collection;
use crate::platform::backoff::Backoff;

/// What is written before a commit, and means nothing without it.
#[derive(Clone, Debug, Default)]
pub struct Staging {
    items: Vec<StagedItem>,
    is_marked: bool,
}

/// Something that is staged.
#[derive(Clone, Debug)]
pub(super) struct StagedItem {
    key: Key,
    item: Item,
}

impl StagedItem {
    fn new(key: Key, item: Item) -> Self {
        Self { key, item }
    }

    /// A place in a list, which is nothing but its key.
    fn listed(tenant: &TenantId, collection: Collection, position: Position) -> Self {
        let key = keys::listed(tenant, collection, position);
        Self { item: key.clone().into_item(), key }
    }

    pub(super) fn item(&self) -> &Item {
        &self.item
    }
}

/// The head of an activity that is not there yet.
#[derive(Clone, Debug)]
pub struct NewHead<'a> {
    activity: &'a Activity,
    item: Item,
}

impl Staging {
    /// What an activity and the audit event of its log are found by, its places in the
    /// lists of all, and its body where that is an item of its own; and the head, which is
    /// for the commit.
    ///
    /// # Errors
    ///
    /// Long parts that don't fit an item. Every other item fits, however long its
    /// values may be.
    pub fn of_activity<'a>(
        activity: &'a Activity,
        found_by: EntryPart,
        event: &AuditEvent,
        shards: TailShards,
    ) -> Result<(Self, NewHead<'a>), ItemTooLarge> {
        let tenant = &activity.tenant_id;
        let ActivityItems { head, body } = items::activity::write(activity)?;
        let mut staging = Self::default();
        if let Some(body) = body {
            staging.items.push(StagedItem::new(keys::body(tenant, activity.id), body));
        }
        let position = found_by.position;
        staging.items.push(StagedItem::listed(tenant, Collection::Activities, position));
        staging.add_event(event, position, &entry_of_activity(found_by, event), shards);
        Ok((staging, NewHead { activity, item: head }))
    }

    /// The same of an audit event that has no activity.
    #[must_use]
    pub fn of_audit_event(event: &AuditEvent, shards: TailShards) -> Self {
        let mut staging = Self::default();
        let position = Position::of_audit_event(event);
        staging.add_event(event, position, &entry_of_event(event), shards);
        staging
    }

    /// Whether a run of the compactor is asked for.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.is_marked
    }

    /// What is to be written.
    pub(super) fn items(&self) -> &[StagedItem] {
        &self.items
    }

    fn add_event(
        &mut self,
        event: &AuditEvent,
        position: Position,
        entry: &Entry,
        shards: TailShards,
    ) {
        let tenant = &event.tenant_id;
        let at = Position::of_audit_event(event);
        self.items.push(StagedItem::listed(tenant, Collection::AuditEvents, at));
        let written = items::tail_entry::write(tenant, position, entry, shards);
        self.items.push(StagedItem::new(written.key, written.item));
        self.is_marked = written.is_marked;
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
    pub async fn stage(
        &self,
        tenant: &TenantId,
        staging: &Staging,
        deadline: Instant,
    ) -> Result<()> {
        let put = self.batch_put(&staging.items, |staged| staged.item.clone(), deadline);
        // It is written by what is known, and looked beside that for the next one.
        let look = tokio::time::timeout_at(deadline, self.look_for_shards(tenant));
        tokio::join!(put, look).0
    }

    /// Removes what was staged, after it is final that it won't be committed.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] when not everything was removed by the deadline;
    /// `sweep` removes the rest.
    pub async fn unstage(&self, staging: &Staging, deadline: Instant) -> Result<()> {
        let keys = staging.items.iter().map(|staged| staged.key.clone().into_item());
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
