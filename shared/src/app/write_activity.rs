//! The one write of this log, whatever dialect an activity came through.
//!
//! ```text
//! replay or conflict ─▶ stage ─▶ commit
//!     200s or 409        503
//! ```
//!
//! Before `stage` nothing is written. After `commit` the activity is durable,
//! audited and found by every search.

use std::time::Duration;

use tokio::time::Instant;

use super::audited::{WritePermit, new_event};
use super::context::Context;
use crate::domain::activity::{
    Activity, ActivityId, Body, BodyText, NamedResource, Submitted, Summary,
};
use crate::domain::activity_type::Category;
use crate::domain::audit::{Action, AuditEvent, Call};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result, chain};
use crate::domain::idempotency::{IdempotencyKey, IdempotencyRecord, InputHash, Made, TakenKey};
use crate::domain::principal::ActorType;
use crate::index::filed::activity_part;
use crate::store::{Commit, Outcome, Staging};
use crate::text::IndexTerms;
use crate::trail::record::record_hash;

/// A logged activity, and whether this call logged it.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    pub activity: Activity,
    /// Whether this call logged it.
    pub replay: Replay,
}

/// Whether a call did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It did.
    First,
    /// An earlier call with the same key did.
    Replayed,
}

/// What every dialect's input comes down to: an activity, but for what the
/// write itself decides.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) category: Category,
    pub(crate) summary: Summary,
    pub(crate) body: Option<Body>,
    pub(crate) related: Vec<NamedResource>,
    /// Now, where it is not known.
    pub(crate) occurred_at: Option<Timestamp>,
    pub(crate) submitted: Submitted,
    pub(crate) idempotency_key: Option<IdempotencyKey>,
    pub(crate) input_hash: InputHash,
    /// The words of its texts, under which it is found.
    pub(crate) words: IndexTerms,
}

/// What is remembered of a key, where it has not expired.
pub(crate) async fn find_taken_key(
    ctx: &Context,
    call: &Call,
    key: Option<&IdempotencyKey>,
) -> Result<Option<TakenKey>> {
    let Some(key) = key else { return Ok(None) };
    let key = call.key(key.clone());
    let record = ctx.store.idempotency_record(&call.principal.tenant_id, &key).await?;
    let now = ctx.environment.now()?;
    let live = record.filter(|record| record.is_live(now));
    Ok(live.map(|record| TakenKey { key, record }))
}

/// Stages and commits an activity with its audit event.
pub(crate) async fn write_activity(
    ctx: &Context,
    permit: WritePermit<'_>,
    mut draft: Draft,
) -> Result<Logged> {
    let call = permit.call();
    let words = std::mem::take(&mut draft.words);
    let key = draft.idempotency_key.take();
    let input_hash = draft.input_hash.clone();
    // From here on nothing changes between attempts: a retry is the same commit.
    let now = ctx.environment.now()?;
    let activity = activity_of(call, draft, ActivityId(ctx.environment.new_uuid()?), now);
    let event = new_event(ctx, call, Action::ActivityLogged)?;
    let event = AuditEvent {
        resource_id: Some(activity.id.to_string()),
        input_hash: Some(input_hash.clone()),
        record_hash: Some(record_hash(&activity, &event.salts, &event.credential_id)?),
        occurred_at: now,
        ..event
    };

    let (staging, head) = ctx
        .store
        .staging_of(&activity, activity_part(&activity, words.iter()), &event)
        .map_err(|_| Error::invalid(FIELDS, TOO_LARGE))?;
    let staging_deadline = Instant::now() + ctx.config.write_timeouts.staging;
    if let Err(error) = ctx.store.stage(&activity.tenant_id, &staging, staging_deadline).await {
        unstage(ctx, call, &staging).await;
        return Err(error);
    }

    let idempotency = key.map(|key| {
        let key = call.key(key);
        let retention = key.space.retention(ctx.config.idempotency_retention);
        let record = IdempotencyRecord {
            made: Made::Activity(activity.id),
            input_hash: input_hash.clone(),
            expires_at: retention.map(|retention| now.plus(retention)),
        };
        TakenKey { key, record }
    });
    let commit = Commit { head, event: &event, idempotency, now };
    match ctx.store.commit(commit, Instant::now() + ctx.config.write_timeouts.commit).await {
        Ok(Outcome::Committed) => {
            ctx.store.note_committed(&event, &staging);
            Ok(Logged { activity, replay: Replay::First })
        }
        Ok(Outcome::KeyTaken(taken)) => {
            unstage(ctx, call, &staging).await;
            replay(ctx, call, &input_hash, taken).await
        }
        Ok(Outcome::AlreadyCompleted) => {
            unstage(ctx, call, &staging).await;
            Err(Error::invalid(SCHEDULED_ACTIVITY_ID, ALREADY_COMPLETED))
        }
        // It may have been done: what was staged stays, and `sweep` decides.
        Err(error) => Err(error),
    }
}

fn activity_of(call: &Call, draft: Draft, id: ActivityId, now: Timestamp) -> Activity {
    let principal = &call.principal;
    Activity {
        id,
        tenant_id: principal.tenant_id.clone(),
        category: draft.category,
        summary: draft.summary,
        body: draft.body.map_or(BodyText::Absent, BodyText::Whole),
        related: draft.related,
        occurred_at: draft.occurred_at.unwrap_or(now),
        source: call.door.source,
        last_agent_actor_id: (principal.by.actor.actor_type == ActorType::Agent)
            .then(|| principal.by.actor.id.clone()),
        logged_by: principal.by.clone(),
        logged_at: now,
        request_id: call.door.request_id.clone(),
        submitted: completed_now(draft.submitted, now),
    }
}

/// The property of the values of fields, which alone can be too long for an item:
/// the longest body and the most records leave room for some.
const FIELDS: &str = "fields";
const TOO_LARGE: &str = "must have, as they are read back and with the notes, at most 400 KB";

/// The property that names a scheduled activity.
pub(crate) const SCHEDULED_ACTIVITY_ID: &str = "scheduled_activity_id";
/// What a scheduled activity can't be logged for.
pub(crate) const ALREADY_COMPLETED: &str = "was completed by another activity";

/// Logging a scheduled activity completes it, at the time of the record where
/// the caller names no other.
fn completed_now(mut submitted: Submitted, now: Timestamp) -> Submitted {
    if let Submitted::Whole(submission) = &mut submitted
        && submission.scheduled_activity_id.is_some()
    {
        submission.completed_at.get_or_insert(now);
    }
    submitted
}

async fn unstage(ctx: &Context, call: &Call, staging: &Staging) {
    let deadline = Instant::now() + ctx.config.write_timeouts.unstaging;
    if let Err(error) = ctx.store.unstage(staging, deadline).await {
        tracing::warn!(
            request_id = call.request_id(),
            error = chain(&error),
            "staged items were left for sweep"
        );
    }
}

/// The activity that a key made, or the conflict of another input.
pub(crate) async fn replay(
    ctx: &Context,
    call: &Call,
    input_hash: &InputHash,
    taken: TakenKey,
) -> Result<Logged> {
    let TakenKey { key, record } = taken;
    let made = record.made.activity().filter(|_| record.input_hash == *input_hash);
    let Some(activity_id) = made else { return Err(Error::IdempotencyConflict(key.key)) };
    // The record and the head are of one transaction, but a read of the head
    // right after one of the record may come before the head is to be seen.
    for wait_ms in [0, 10, 40, 160, 640] {
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        let found = ctx.store.activity(&call.principal.tenant_id, activity_id).await?;
        if let Some(activity) = found {
            return Ok(Logged { activity, replay: Replay::Replayed });
        }
    }
    Err(Error::Internal("an idempotency record names an activity that does not exist".into()))
}
