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
//! The commit carries a client request token, and its parameters do not change
//! between attempts, so that a retry after a lost answer is the same commit.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, DeleteRequest, Put, PutRequest,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, WriteRequest,
};
use futures_util::stream::{TryStreamExt, iter};
use tokio::time::Instant;

use super::failure::{Class, DeadlinePassed, classify, to_error};
use super::items;
use super::keys::{self, Index, Key};
use super::{Backoff, Item, Store};
use crate::domain::activity::Activity;
use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::idempotency::TakenKey;
use crate::index::{Position, Term};

/// The items that one BatchWriteItem takes.
const BATCH_ITEMS: usize = 25;
/// Batches in flight: 400 items are well under what a partition takes a
/// second, and the lists of one record spread over many partitions.
const BATCHES_IN_FLIGHT: usize = 16;
/// Set by the condition that guards every item that is written once.
const IF_ABSENT: &str = "attribute_not_exists(pk)";

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

impl Staging {
    /// The postings of an activity under some terms, and its body where that
    /// is an item of its own.
    #[must_use]
    pub fn of_activity(activity: &Activity, terms: impl IntoIterator<Item = Term>) -> Self {
        let position = Position { time: activity.occurred_at, id: activity.id.0 };
        let mut staging = Self::default();
        if let Some(body) = items::activity::write(activity).body {
            let key = keys::body(&activity.tenant_id, activity.id);
            staging.items.push(StagedItem::Body(key, body));
        }
        staging.add(&activity.tenant_id, Index::Activities, terms, position);
        staging
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
        let position = Position { time: event.occurred_at, id: event.id };
        let terms = [
            Some(Term::audit_status(event.status)),
            Some(Term::audit_actor(&event.actor.id)),
            event.resource_id.map(Term::audit_resource),
            Some(Term::audit_request(&event.request_id)),
        ];
        let terms = terms.into_iter().flatten();
        self.add(&event.tenant_id, Index::AuditEvents, terms, position);
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
        tenant: &crate::domain::principal::TenantId,
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
    /// The activity.
    pub activity: &'a Activity,
    /// Its audit event.
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

/// A commit that can't be explained by what it was given.
#[derive(Debug, thiserror::Error)]
#[error("the commit was cancelled: {0}")]
struct UnexpectedCancellation(String);

/// What an attempt to commit told.
enum Attempt {
    Done(Outcome),
    /// Whether it was done is open, or will be decided by another writer.
    Again(Error),
}

/// Whose a key is: that of an earlier attempt of the same commit, or another's.
fn whose(commit: &Commit<'_>, taken: TakenKey) -> Outcome {
    if taken.record.activity_id == commit.activity.id {
        Outcome::Committed
    } else {
        Outcome::KeyTaken(taken)
    }
}

impl Store {
    /// Writes what means nothing yet.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] when not everything was taken by the deadline.
    pub async fn stage(&self, staging: &Staging, deadline: Instant) -> Result<()> {
        let put = |item: &StagedItem| {
            let put = PutRequest::builder().set_item(Some(item.to_item())).build()?;
            Ok(WriteRequest::builder().put_request(put).build())
        };
        self.batch_write(&staging.items, put, deadline).await
    }

    /// Removes what was staged, after it is final that it won't be committed.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] when not everything was removed by the deadline;
    /// `sweep` removes the rest.
    pub async fn unstage(&self, staging: &Staging, deadline: Instant) -> Result<()> {
        let keys = staging.items.iter().map(|item| item.key().clone().into_item());
        self.batch_delete(keys.collect(), deadline).await
    }

    pub(super) async fn batch_delete(&self, keys: Vec<Item>, deadline: Instant) -> Result<()> {
        let delete = |key: &Item| {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build()?;
            Ok(WriteRequest::builder().delete_request(delete).build())
        };
        self.batch_write(&keys, delete, deadline).await
    }

    async fn batch_write<T>(
        &self,
        items: &[T],
        request: impl Fn(&T) -> Result<WriteRequest, BuildError> + Copy,
        deadline: Instant,
    ) -> Result<()> {
        let all = iter(items.chunks(BATCH_ITEMS).map(Ok))
            .try_for_each_concurrent(BATCHES_IN_FLIGHT, |batch| {
                self.batch_write_one(batch, request, deadline)
            });
        match tokio::time::timeout_at(deadline, all).await {
            Ok(result) => result,
            Err(_) => Err(DeadlinePassed("writing a batch").into()),
        }
    }

    async fn batch_write_one<T>(
        &self,
        items: &[T],
        request: impl Fn(&T) -> Result<WriteRequest, BuildError>,
        deadline: Instant,
    ) -> Result<()> {
        let mut backoff = Backoff::until(deadline);
        // What is left to write; everything as long as nothing was answered. The
        // client takes requests for good, and most batches need just one.
        let mut unprocessed: Option<Vec<WriteRequest>> = None;
        loop {
            let batch = match &unprocessed {
                None => items.iter().map(&request).collect::<Result<_, _>>().map_err(internal)?,
                Some(rest) => rest.clone(),
            };
            let answer =
                self.client.batch_write_item().request_items(&self.table_name, batch).send().await;
            match answer {
                Ok(answer) => {
                    let rest = answer
                        .unprocessed_items
                        .and_then(|mut tables| tables.remove(&self.table_name))
                        .unwrap_or_default();
                    if rest.is_empty() {
                        return Ok(());
                    }
                    unprocessed = Some(rest);
                }
                // A put or a delete of the same item is the same however often
                // it is done.
                Err(error) if classify(&error) != Class::Permanent => {
                    tracing::debug!(error = %crate::domain::error::chain(&to_error("BatchWriteItem", &error)), "retrying");
                }
                Err(error) => return Err(to_error("BatchWriteItem", &error)),
            }
            if !backoff.wait().await {
                return Err(DeadlinePassed("writing unprocessed items again").into());
            }
        }
    }

    /// Makes an activity, its audit event and its idempotency record exist, all
    /// or none.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::RateLimited`] when it is not known by
    /// the deadline whether it was done: what was staged has to stay.
    pub async fn commit(&self, commit: &Commit<'_>, deadline: Instant) -> Result<Outcome> {
        // Built once: the token stands for these very parameters.
        let puts = self.puts(commit)?;
        let mut backoff = Backoff::until(deadline);
        // What the table answered last says more than that time is up.
        let mut last_error = Error::from(DeadlinePassed("the commit"));
        loop {
            let attempt = tokio::time::timeout_at(deadline, self.attempt(commit, &puts)).await;
            last_error = match attempt {
                Ok(Ok(Attempt::Done(outcome))) => return Ok(outcome),
                Ok(Ok(Attempt::Again(error))) => error,
                Ok(Err(error)) if error.retryable() => error,
                Ok(Err(error)) => return Err(error),
                Err(_) => return Err(last_error),
            };
            if !backoff.wait().await {
                return Err(last_error);
            }
        }
    }

    /// The order of the puts is the order of the cancellation reasons.
    fn puts(&self, commit: &Commit<'_>) -> Result<Vec<TransactWriteItem>> {
        let tenant = &commit.activity.tenant_id;
        let mut puts = vec![
            self.put_once(items::activity::write(commit.activity).head),
            self.put_once(items::audit_event::write(commit.event)),
        ];
        if let Some(TakenKey { key, record }) = &commit.idempotency {
            puts.push(
                Put::builder()
                    .table_name(&self.table_name)
                    .set_item(Some(items::idempotency_record::write(tenant, key, record)))
                    .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
                    .expression_attribute_values(
                        ":now",
                        AttributeValue::N(commit.now.as_seconds().to_string()),
                    )
                    .return_values_on_condition_check_failure(
                        ReturnValuesOnConditionCheckFailure::AllOld,
                    )
                    .build(),
            );
        }
        if let Some(scheduled) = scheduled_activity(commit.activity) {
            let id = commit.activity.id;
            puts.push(self.put_once(items::scheduled_completion::write(tenant, scheduled, id)));
        }
        puts.into_iter()
            .map(|put| Ok(TransactWriteItem::builder().put(put.map_err(internal)?).build()))
            .collect()
    }

    fn put_once(&self, item: Item) -> Result<Put, BuildError> {
        Put::builder()
            .table_name(&self.table_name)
            .set_item(Some(item))
            .condition_expression(IF_ABSENT)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
    }

    async fn attempt(&self, commit: &Commit<'_>, puts: &[TransactWriteItem]) -> Result<Attempt> {
        let answer = self
            .client
            .transact_write_items()
            .client_request_token(commit.activity.id.to_string())
            .set_transact_items(Some(puts.to_vec()))
            .send()
            .await;
        let error = match answer {
            Ok(_) => return Ok(Attempt::Done(Outcome::Committed)),
            Err(error) => error,
        };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
            error.as_service_error()
        {
            return self.read_reasons(commit, cancelled.cancellation_reasons()).await;
        }
        match classify(&error) {
            Class::Throttled | Class::Transient => {
                Ok(Attempt::Again(to_error("TransactWriteItems", &error)))
            }
            Class::Permanent => Err(to_error("TransactWriteItems", &error)),
        }
    }

    /// Why a commit was cancelled, in the order of its puts.
    async fn read_reasons(
        &self,
        commit: &Commit<'_>,
        reasons: &[CancellationReason],
    ) -> Result<Attempt> {
        let failed = |index: usize| {
            let reason = reasons.get(index)?;
            (reason.code() == Some("ConditionalCheckFailed")).then(|| reason.item().cloned())
        };
        let codes = || {
            let codes: Vec<&str> =
                reasons.iter().map(|reason| reason.code().unwrap_or("none")).collect();
            UnexpectedCancellation(codes.join(", "))
        };
        let keyed = commit.idempotency.is_some();
        if let Some(own) = &commit.idempotency
            && let Some(item) = failed(2)
        {
            let taken = match item {
                Some(item) => {
                    let record = items::idempotency_record::read(&item)?;
                    Some(TakenKey { key: own.key.clone(), record })
                }
                None => self.taken_key(commit).await?,
            };
            return Ok(match taken {
                Some(taken) => Attempt::Done(whose(commit, taken)),
                // It expired and was removed between the two calls.
                None => Attempt::Again(Error::Unavailable(Box::new(codes()))),
            });
        }
        if let Some(item) = failed(0) {
            // Only this commit writes this id; an earlier attempt that the
            // token no longer covers did it.
            let head = item.map(|item| items::activity::read(&commit.activity.tenant_id, &item));
            let ours = head
                .transpose()?
                .is_some_and(|head| head.activity.request_id == commit.activity.request_id);
            return if ours {
                Ok(Attempt::Done(Outcome::Committed))
            } else {
                Err(internal(codes()))
            };
        }
        if scheduled_activity(commit.activity).is_some() && failed(2 + usize::from(keyed)).is_some()
        {
            return Ok(Attempt::Done(Outcome::AlreadyCompleted));
        }
        let has = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
        let error = if has("ThrottlingError") || has("ProvisionedThroughputExceeded") {
            Error::RateLimited(Box::new(codes()))
        } else if has("TransactionConflict") {
            Error::Unavailable(Box::new(codes()))
        } else {
            return Err(internal(codes()));
        };
        // The writer that this one met may have been one with the same key.
        Ok(match self.taken_key(commit).await? {
            Some(taken) if taken.record.is_live(commit.now) => Attempt::Done(whose(commit, taken)),
            _ => Attempt::Again(error),
        })
    }

    async fn taken_key(&self, commit: &Commit<'_>) -> Result<Option<TakenKey>> {
        let Some(TakenKey { key, .. }) = &commit.idempotency else { return Ok(None) };
        let record = self.idempotency_record(&commit.activity.tenant_id, key).await?;
        Ok(record.map(|record| TakenKey { key: key.clone(), record }))
    }

    /// Writes an audit event that has no transaction to share, after its
    /// postings. An event that exists is never written over.
    ///
    /// # Errors
    ///
    /// A failed call.
    pub async fn put_audit_event(&self, event: &AuditEvent, deadline: Instant) -> Result<()> {
        self.stage(&Staging::of_audit_event(event), deadline).await?;
        let mut backoff = Backoff::until(deadline);
        loop {
            let put = tokio::time::timeout_at(deadline, self.attempt_audit_event(event)).await;
            let error = match put {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => error,
                Err(_) => return Err(DeadlinePassed("writing an audit event").into()),
            };
            if !error.retryable() || !backoff.wait().await {
                return Err(error);
            }
        }
    }

    async fn attempt_audit_event(&self, event: &AuditEvent) -> Result<()> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.table_name)
            .set_item(Some(items::audit_event::write(event)))
            .condition_expression(IF_ABSENT)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = answer else { return Ok(()) };
        // An attempt after a lost answer meets its own item.
        let existing = match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => failed.item(),
            _ => None,
        };
        match existing.map(|item| items::audit_event::read(&event.tenant_id, item)).transpose()? {
            Some(existing) if existing == *event => Ok(()),
            _ => Err(to_error("PutItem", &error)),
        }
    }
}

/// The scheduled activity that an activity completes.
fn scheduled_activity(activity: &Activity) -> Option<uuid::Uuid> {
    activity.submitted.whole()?.scheduled_activity_id
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Internal(Box::new(error))
}
