//! Logging an activity: the one write of this log, whatever dialect it came
//! through.
//!
//! ```text
//! scope ─▶ shape ─▶ replay or conflict ─▶ related resource ─▶ stage ─▶ commit
//!  403     4xx/422    200s or 409               404             503
//! ```
//!
//! A request that is refused before `stage` writes nothing but the audit event
//! of its refusal. After `commit` the activity is durable, audited and found by
//! every search.

use std::collections::BTreeSet;
use std::time::Duration;

use schemars::JsonSchema;
use tokio::time::Instant;

use crate::Context;
use crate::app::input::{Fields, Object, ObjectReader};
use crate::domain::activity::{
    Activity, ActivityId, Body, BodyText, NamedResource, RelatedResource, RelatedResourceId,
    Submitted, Summary, searched_texts,
};
use crate::domain::activity_type::Category;
use crate::domain::audit::{AuditEvent, AuditStatus, Call};
use crate::domain::clock::{Rounding, Timestamp};
use crate::domain::error::{Error, Result, chain};
use crate::domain::idempotency::{IdempotencyKey, IdempotencyRecord, InputHash};
use crate::domain::principal::{ActorType, Scope};
use crate::domain::record_type::BuiltInRecordType;
use crate::domain::registry::{DisplayName, Presence};
use crate::index::terms_of;
use crate::platform::config::RelatedResourceCheck;
use crate::store::{Commit, Outcome, Staging};
use crate::text;

/// How far ahead of now an activity may occur, for clocks that are fast and
/// meetings that are about to begin.
const MAX_AHEAD: Duration = Duration::from_secs(24 * 60 * 60);

/// The input as callers write it, for the descriptions of the dialects.
/// [`LogActivity::parse`] reads just these properties.
///
/// An optional property says so twice: for what is read (`default`), and so
/// that the default is not described as null, which is refused.
#[derive(JsonSchema)]
#[schemars(
    deny_unknown_fields,
    rename = "LogActivityInput",
    description = "What happened. Additional properties are rejected, null for an optional property included.",
    extend("dependentRequired" = {
        "related_resource_type": ["related_resource_id"],
        "related_resource_id": ["related_resource_type"],
    })
)]
#[expect(dead_code, reason = "it describes the input; the parser reports every violation at once")]
pub struct LogActivityInput {
    /// Activity category used for filtering and audit review.
    #[schemars(rename = "type")]
    category: Category,
    /// Short human-readable activity summary.
    summary: Summary,
    /// Optional detailed note, transcript excerpt, or structured context.
    #[schemars(with = "Body", default, skip_serializing_if = "Option::is_none")]
    body: Option<Body>,
    /// Resource type this activity should be attached to; goes together with `related_resource_id`.
    #[schemars(with = "BuiltInRecordType", default, skip_serializing_if = "Option::is_none")]
    related_resource_type: Option<BuiltInRecordType>,
    /// Resource ID matching `related_resource_type`.
    #[schemars(with = "RelatedResourceId", default, skip_serializing_if = "Option::is_none")]
    related_resource_id: Option<RelatedResourceId>,
    /// When the activity happened: RFC 3339 with an offset, from 1970 to 24 hours from now; now by default.
    #[schemars(with = "Timestamp", default, skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Timestamp>,
    /// Stable client-generated key that makes retries safe for this write.
    #[schemars(with = "IdempotencyKey", default, skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<IdempotencyKey>,
}

/// An input that was read and is within every limit.
#[derive(Clone, Debug)]
pub struct LogActivity {
    category: Category,
    summary: Summary,
    body: Option<Body>,
    related_resource: Option<RelatedResource>,
    occurred_at: Option<Timestamp>,
    idempotency_key: Option<IdempotencyKey>,
    words: BTreeSet<String>,
}

impl LogActivity {
    /// Reads an input object. `header_key` is the key of an `Idempotency-Key`
    /// header, where the dialect has headers.
    ///
    /// # Errors
    ///
    /// [`Error::ValidationFailed`] with every violation.
    pub fn parse(object: &Object, header_key: Option<&[u8]>, now: Timestamp) -> Result<Self> {
        let mut reader = ObjectReader::new(object);
        let category = reader.required("type", Category::parse);
        let summary = reader.required("summary", Summary::parse);
        let body = reader.optional("body", Body::parse);
        let resource_type = reader.optional("related_resource_type", BuiltInRecordType::parse);
        let resource_id = reader.optional("related_resource_id", RelatedResourceId::parse);
        let occurred_at = reader.optional("occurred_at", |text| parse_occurred_at(text, now));
        let body_key = reader.optional("idempotency_key", IdempotencyKey::parse);

        reader.expect_together("related_resource_type", "related_resource_id");
        let header_key = header_key.and_then(|bytes| {
            let parsed = std::str::from_utf8(bytes)
                .map_err(|_| "must be UTF-8".into())
                .and_then(IdempotencyKey::parse);
            reader.violations.take("Idempotency-Key", parsed)
        });
        if let (Some(in_body), Some(in_header)) = (&body_key, &header_key)
            && in_body != in_header
        {
            reader.violations.push("idempotency_key", "must equal the Idempotency-Key header");
        }
        let words = text::index_terms(searched_texts(summary.as_ref(), body.as_ref(), &[]));
        let words = reader.violations.take("body", words.map_err(|error| error.to_string()));
        reader.finish()?;

        let missing = || Error::Internal("an input without violations lacks a property".into());
        Ok(Self {
            category: category.ok_or_else(missing)?,
            summary: summary.ok_or_else(missing)?,
            body,
            related_resource: resource_type
                .zip(resource_id)
                .map(|(kind, id)| RelatedResource { resource_type: kind.into(), id }),
            occurred_at,
            idempotency_key: body_key.or(header_key),
            words: words.ok_or_else(missing)?,
        })
    }
}

/// Reads when something happened.
///
/// # Errors
///
/// The rule that the text breaks.
pub fn parse_occurred_at(text: &str, now: Timestamp) -> Result<Timestamp, &'static str> {
    let time = Timestamp::parse(text, Rounding::Down)
        .ok_or("must be an RFC 3339 date-time with an offset, from 1970 on")?;
    if time > now.plus(MAX_AHEAD) {
        return Err("must be at most 24 hours from now");
    }
    Ok(time)
}

/// A logged activity, and whether this call logged it.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// The activity.
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

/// Logs an activity, or returns the one that the key already made, and records
/// a refusal in the audit trail.
///
/// `object` is the input as the dialect received it, or why it could not;
/// `parse` reads it, [`LogActivity::parse`] in most dialects.
///
/// # Errors
///
/// Every refusal, and what the table could not do.
pub async fn log_activity(
    ctx: &Context,
    call: &Call,
    object: Result<Object>,
    parse: impl FnOnce(&Object) -> Result<LogActivity>,
) -> Result<Logged> {
    let input_hash = match &object {
        Ok(object) => Some(InputHash::of(object).map_err(|error| Error::Internal(error.into()))?),
        Err(_) => None,
    };
    let outcome = attempt(ctx, call, object, parse, input_hash.as_ref()).await;
    record_refusal(ctx, call, &outcome, input_hash).await;
    outcome
}

/// Records a refusal in the audit trail, where the outcome is one.
pub(crate) async fn record_refusal(
    ctx: &Context,
    call: &Call,
    outcome: &Result<Logged>,
    input_hash: Option<InputHash>,
) {
    if let Err(error) = outcome
        && let Some(status) = AuditStatus::of_refusal(error)
    {
        audit_refusal(ctx, call, status, error, input_hash).await;
    }
}

async fn attempt(
    ctx: &Context,
    call: &Call,
    object: Result<Object>,
    parse: impl FnOnce(&Object) -> Result<LogActivity>,
    input_hash: Option<&InputHash>,
) -> Result<Logged> {
    call.principal.require(Scope::ActivityWrite)?;
    let input = parse(&object?)?;
    let input_hash =
        input_hash.ok_or_else(|| Error::Internal("a parsed input has no hash".into()))?;
    let (record, related_resource) = tokio::join!(
        find_record(ctx, call, input.idempotency_key.as_ref()),
        find_related_resource(ctx, call, input.related_resource.as_ref()),
    );
    if let Some(record) = record? {
        return replay(ctx, call, input.idempotency_key.as_ref(), input_hash, record).await;
    }
    let draft = Draft {
        category: input.category,
        summary: input.summary,
        body: input.body,
        related: related_resource?.into_iter().collect(),
        occurred_at: input.occurred_at,
        submitted: Submitted::Nothing,
        idempotency_key: input.idempotency_key,
        words: input.words,
    };
    write(ctx, call, draft, input_hash).await
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
    pub(crate) words: BTreeSet<String>,
}

/// What is remembered of a key, where it has not expired.
pub(crate) async fn find_record(
    ctx: &Context,
    call: &Call,
    key: Option<&IdempotencyKey>,
) -> Result<Option<IdempotencyRecord>> {
    let Some(key) = key else { return Ok(None) };
    let record = ctx.store.idempotency_record(&call.principal.tenant_id, key).await?;
    let now = ctx.environment.now();
    Ok(record.filter(|record| record.is_live(now)))
}

/// The related resource as the registry knows it now. It is read before the
/// transaction and not checked in it, where a popular one would make every
/// writer conflict; a deletion that races this write is harmless.
async fn find_related_resource(
    ctx: &Context,
    call: &Call,
    resource: Option<&RelatedResource>,
) -> Result<Option<NamedResource>> {
    let Some(resource) = resource else { return Ok(None) };
    if ctx.config.related_resource_check == RelatedResourceCheck::Off {
        return Ok(Some(NamedResource { resource: resource.clone(), display_name: None }));
    }
    let known = ctx.store.related_resource(&call.principal.tenant_id, resource).await?;
    let present = known.filter(|record| record.presence == Presence::Present);
    let record = present.ok_or(Error::ResourceNotFound)?;
    Ok(Some(NamedResource {
        resource: record.resource,
        display_name: record.display_name.as_ref().map(DisplayName::as_str).map(str::to_owned),
    }))
}

/// The one write: stages and commits an activity with its audit event.
pub(crate) async fn write(
    ctx: &Context,
    call: &Call,
    draft: Draft,
    input_hash: &InputHash,
) -> Result<Logged> {
    // From here on nothing changes between attempts: a retry is the same commit.
    let now = ctx.environment.now();
    let principal = &call.principal;
    let activity = Activity {
        id: ActivityId(ctx.environment.new_uuid()),
        tenant_id: principal.tenant_id.clone(),
        category: draft.category,
        summary: draft.summary,
        body: draft.body.map_or(BodyText::Absent, BodyText::Whole),
        related: draft.related,
        occurred_at: draft.occurred_at.unwrap_or(now),
        source: call.source,
        last_agent_actor_id: (principal.actor.actor_type == ActorType::Agent)
            .then(|| principal.actor.id.clone()),
        logged_by: principal.actor.clone(),
        logged_at: now,
        request_id: call.request_id.clone(),
        submitted: completed_now(draft.submitted, now),
    };
    let mut event = AuditEvent::of(call, ctx.environment.new_uuid(), now);
    event.resource_id = Some(activity.id);
    event.input_hash = Some(input_hash.clone());

    let (mut staging, head) = Staging::of_activity(&activity, terms_of(&activity, &draft.words));
    staging.add_audit_event(&event);
    let staging_deadline = Instant::now() + ctx.config.write_timeouts.staging;
    if let Err(error) = ctx.store.stage(&staging, staging_deadline).await {
        unstage(ctx, call, &staging).await;
        return Err(error);
    }

    let idempotency = draft.idempotency_key.as_ref().map(|key| {
        let record = IdempotencyRecord {
            activity_id: activity.id,
            input_hash: input_hash.clone(),
            expires_at: now.plus(ctx.config.idempotency_retention),
        };
        (key, record)
    });
    let commit = Commit { head, event: &event, idempotency, now };
    match ctx.store.commit(commit, Instant::now() + ctx.config.write_timeouts.commit).await {
        Ok(Outcome::Committed) => Ok(Logged { activity, replay: Replay::First }),
        Ok(Outcome::KeyTaken(record)) => {
            unstage(ctx, call, &staging).await;
            replay(ctx, call, draft.idempotency_key.as_ref(), input_hash, record).await
        }
        Ok(Outcome::AlreadyCompleted) => {
            unstage(ctx, call, &staging).await;
            Err(already_completed())
        }
        // It may have been done: what was staged stays, and `sweep` decides.
        Err(error) => Err(error),
    }
}

/// What a scheduled activity can't be logged for.
pub(crate) fn already_completed() -> Error {
    Error::invalid("scheduled_activity_id", "was completed by another activity")
}

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
            request_id = call.request_id,
            error = chain(&error),
            "staged items were left for sweep"
        );
    }
}

/// The activity that a key made, or the conflict of another input.
pub(crate) async fn replay(
    ctx: &Context,
    call: &Call,
    key: Option<&IdempotencyKey>,
    input_hash: &InputHash,
    record: IdempotencyRecord,
) -> Result<Logged> {
    if record.input_hash != *input_hash {
        return Err(key.cloned().map_or_else(
            || Error::Internal("a record without a key".into()),
            Error::IdempotencyConflict,
        ));
    }
    // The record and the head are of one transaction, but a read of the head
    // right after one of the record may come before the head is to be seen.
    for wait_ms in [0, 10, 40, 160, 640] {
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        let found = ctx.store.activity(&call.principal.tenant_id, record.activity_id).await?;
        if let Some(activity) = found {
            return Ok(Logged { activity, replay: Replay::Replayed });
        }
    }
    Err(Error::Internal("an idempotency record names an activity that does not exist".into()))
}

/// Records a refusal. The caller gets it all the same when that fails.
async fn audit_refusal(
    ctx: &Context,
    call: &Call,
    status: AuditStatus,
    error: &Error,
    input_hash: Option<InputHash>,
) {
    let mut event = AuditEvent::of(call, ctx.environment.new_uuid(), ctx.environment.now());
    event.status = status;
    event.error_code = Some(error.code());
    event.input_hash = input_hash;
    let deadline = Instant::now() + ctx.config.write_timeouts.refusal;
    if let Err(failure) = ctx.store.put_audit_event(&event, deadline).await {
        tracing::error!(
            request_id = call.request_id,
            error = chain(&failure),
            "a refusal could not be audited"
        );
    }
}
