//! Logging an activity.
//!
//! ```text
//! scope ─▶ shape ─▶ replay or conflict ─▶ related resource ─▶ write
//!  403     4xx/422    200s or 409               404             503
//! ```

use std::time::Duration;

use super::audited::WritePermit;
use super::context::Context;
use super::write_activity::{Draft, Logged, find_taken_key, replay, write_activity};
use crate::domain::activity::{
    ActivityId, Body, NamedResource, RelatedResource, Submitted, Summary, searched_texts,
};
use crate::domain::activity_type::Category;
use crate::domain::audit::Call;
use crate::domain::clock::{Rounding, Timestamp};
use crate::domain::error::{Error, FieldError, Result};
use crate::domain::idempotency::{IdempotencyKey, InputHash, TakenKey};
use crate::domain::principal::TenantId;
use crate::domain::registry::{DisplayName, Presence};
use crate::index::visible_text::visible_text;
use crate::platform::config::RelatedResourceCheck;
use crate::text::{self, IndexTerms};

/// How far ahead of now an activity may occur, for clocks that are fast and
/// meetings that are about to begin.
const MAX_AHEAD: Duration = Duration::from_secs(24 * 60 * 60);

/// What is to be logged, within every limit.
#[derive(Clone, Debug)]
pub struct LogActivity {
    /// What kind of thing happened.
    pub category: Category,
    /// What happened, in a line.
    pub summary: Summary,
    /// What happened, at length.
    pub body: Option<Body>,
    /// The record that it is attached to.
    pub related_resource: Option<RelatedResource>,
    /// When it happened; now, where it is not known.
    pub occurred_at: Option<Timestamp>,
    /// What makes a retry safe.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The input that it was read from.
    pub input_hash: InputHash,
    /// The words of its texts, under which it is found.
    pub words: IndexTerms,
}

/// Reads when something happened.
pub fn parse_occurred_at(text: &str, now: Timestamp) -> Result<Timestamp, &'static str> {
    let time = Timestamp::parse(text, Rounding::Down)
        .ok_or("must be an RFC 3339 date-time with an offset, from 1970 on")?;
    if time > now.plus(MAX_AHEAD) {
        return Err("must be at most 24 hours from now");
    }
    Ok(time)
}

/// The words of the texts of an activity.
pub fn words_of(summary: Option<&Summary>, body: Option<&Body>) -> Result<IndexTerms, String> {
    text::index_terms(searched_texts(summary, body, &[]).map(visible_text))
        .map_err(|error| error.to_string())
}

/// Logs an activity, or returns the one that the key already made.
pub async fn log_activity(
    ctx: &Context,
    permit: WritePermit<'_>,
    input: LogActivity,
) -> Result<Logged> {
    let related = match look_up(ctx, permit.call(), &input).await? {
        Found::Taken(taken) => return replay(ctx, permit.call(), &input.input_hash, taken).await,
        Found::New(related) => related,
    };
    let draft = Draft {
        category: input.category,
        summary: input.summary,
        body: input.body,
        related,
        occurred_at: input.occurred_at,
        submitted: Submitted::Nothing,
        idempotency_key: input.idempotency_key,
        input_hash: input.input_hash,
        words: input.words,
    };
    write_activity(ctx, permit, draft).await
}

/// What logging would come to, without doing it: the activity that the key
/// already made, or none.
///
/// # Errors
///
/// Those that logging would have before it writes.
pub async fn check_activity(
    ctx: &Context,
    call: &Call,
    input: &LogActivity,
) -> Result<Option<ActivityId>> {
    match look_up(ctx, call, input).await? {
        Found::Taken(TakenKey { key, record }) => match record.made.activity() {
            Some(id) if record.input_hash == input.input_hash => Ok(Some(id)),
            _ => Err(Error::IdempotencyConflict(key.key)),
        },
        Found::New(_) => Ok(None),
    }
}

/// What is there before a write.
enum Found {
    /// The key has made an activity.
    Taken(TakenKey),
    /// What the activity will be attached to.
    New(Vec<NamedResource>),
}

async fn look_up(ctx: &Context, call: &Call, input: &LogActivity) -> Result<Found> {
    let (taken, related_resource) = tokio::join!(
        find_taken_key(ctx, call, input.idempotency_key.as_ref()),
        find_related_resource(ctx, &call.principal.tenant_id, input.related_resource.as_ref()),
    );
    Ok(match taken? {
        Some(taken) => Found::Taken(taken),
        None => Found::New(related_resource?.into_iter().collect()),
    })
}

/// The related resource as the registry knows it now. It is read before the
/// transaction and not checked in it, where a popular one would make every
/// writer conflict; a deletion that races this write is harmless.
async fn find_related_resource(
    ctx: &Context,
    tenant: &TenantId,
    resource: Option<&RelatedResource>,
) -> Result<Option<NamedResource>> {
    let Some(resource) = resource else { return Ok(None) };
    if ctx.config.related_resource_check == RelatedResourceCheck::Off {
        return Ok(Some(NamedResource { resource: resource.clone(), display_name: None }));
    }
    let known = ctx.store.related_resource(tenant, resource).await?;
    let present = known.filter(|record| record.presence == Presence::Present);
    let record = present.ok_or_else(|| {
        let message = "there is no such resource in this workspace";
        Error::NamedResourceNotFound(FieldError::new("related_resource_id", message))
    })?;
    Ok(Some(NamedResource {
        resource: record.resource,
        display_name: record.display_name.as_ref().map(DisplayName::as_str).map(str::to_owned),
    }))
}
