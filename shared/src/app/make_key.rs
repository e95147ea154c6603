//! What creating and rotating a key have in common.
//!
//! ```text
//! scope ─▶ shape ─▶ own width ─▶ replay or conflict ─▶ write
//!  403     4xx/422     422          201 or 409          503
//! ```

use std::time::Duration;

use tokio::time::Instant;

use super::audited::new_event;
use super::authenticate::refuse_ended;
use super::context::Context;
use super::get_key::{KeyDetails, find_key};
use crate::domain::audit::{Action, AuditEvent, Call, Data};
use crate::domain::clock::{Rounding, Timestamp};
use crate::domain::credential::{ApiKey, Credential, Grant};
use crate::domain::error::{Error, FieldError, Result};
use crate::domain::idempotency::{IdempotencyKey, IdempotencyRecord, InputHash, Made, TakenKey};
use crate::domain::principal::ActorType;
use crate::domain::width::Width;
use crate::store::{Added, NewCredential, PutCredentialError, RemovedTenant, Replaced};

/// A key that was made, by this call or an earlier one.
#[derive(Clone, Debug)]
pub struct MadeKey {
    pub details: KeyDetails,
    /// The key in full, which only the call has that made it. An earlier one made a key
    /// that is without: its secret is not kept.
    pub secret: Option<ApiKey>,
}

/// Who makes a key, and so how wide it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// The key of the call. Nothing that it makes is wider than itself.
    Caller,
    /// An operator, whom nothing limits.
    Operator(RemovedTenant),
}

/// A caller of a tenant that was removed has a key that is about to be revoked.
impl From<PutCredentialError> for Error {
    fn from(error: PutCredentialError) -> Self {
        match error {
            PutCredentialError::TenantRemoved | PutCredentialError::RemovalNotEnded => {
                Self::Unauthorized
            }
            PutCredentialError::Failed(error) => error,
        }
    }
}

/// Reads when a key is to end.
pub fn parse_expires_at(text: &str, now: Timestamp) -> Result<Timestamp, &'static str> {
    let time = Timestamp::parse(text, Rounding::Down)
        .ok_or("must be an RFC 3339 date-time with an offset")?;
    if time <= now { Err("must be in the future") } else { Ok(time) }
}

impl Maker {
    /// The credential that a call is made with, as it is now and not as it is
    /// remembered: a key makes nothing any more from the moment on that it is revoked.
    pub(crate) async fn credential(self, ctx: &Context, call: &Call) -> Result<Option<Credential>> {
        if self != Self::Caller {
            return Ok(None);
        }
        let principal = &call.principal;
        let known = ctx.store.credential(&principal.tenant_id, &principal.credential_id).await?;
        let now = ctx.environment.now()?;
        match known.filter(|known| known.ended(now).is_none()) {
            Some(known) => Ok(Some(known)),
            None => Err(refuse_ended(ctx, call).await),
        }
    }

    fn removed(self) -> RemovedTenant {
        match self {
            Self::Caller => RemovedTenant::Refuse,
            Self::Operator(removed) => removed,
        }
    }
}

/// All that is wrong with a grant, by itself and for its maker.
pub(crate) fn check_grant(call: &Call, maker: Option<&Credential>, grant: &Grant) -> Result<()> {
    let mut violations = Vec::new();
    if let Some(credential) = maker {
        violations = Width { by: &call.principal.by, credential }.violations(grant);
    }
    if grant.actor.actor_type == ActorType::User && grant.users.is_some() {
        let message = "must be left out: a user's key names nobody but its user";
        violations.push(FieldError::new("users", message));
    }
    if violations.is_empty() { Ok(()) } else { Err(Error::ValidationFailed(violations)) }
}

/// A key that is about to be made.
pub(crate) struct Order {
    pub(crate) grant: Grant,
    /// The key in whose place it is made.
    pub(crate) replaced: Option<Replaced>,
    pub(crate) idempotency_key: Option<IdempotencyKey>,
    pub(crate) input_hash: InputHash,
}

/// Makes a key; none, where the one that it was to replace can't be replaced any more.
/// `now` is the time that it was ordered.
pub(crate) async fn make_key(
    ctx: &Context,
    call: &Call,
    maker: Maker,
    order: Order,
    now: Timestamp,
) -> Result<Option<MadeKey>, PutCredentialError> {
    let tenant = call.principal.tenant_id.clone();
    let (mut credential, key) =
        Credential::grant(ctx.environment.as_ref(), tenant, order.grant).map_err(Error::from)?;
    // Its end was counted from then.
    credential.created_at = now;
    credential.audit_reads = ctx.store.tenant_settings(&credential.tenant_id).await?.audit_reads;
    let idempotency = order.idempotency_key.map(|key| {
        let key = call.key(key);
        let retention = key.space.retention(ctx.config.idempotency_retention);
        let record = IdempotencyRecord {
            made: Made::Key(credential.key_id.clone()),
            input_hash: order.input_hash.clone(),
            expires_at: retention.map(|retention| now.plus(retention)),
        };
        TakenKey { key, record }
    });
    let event = event_of(ctx, call, maker, &credential, order.replaced.as_ref())?;
    let event =
        AuditEvent { input_hash: Some(order.input_hash.clone()), occurred_at: now, ..event };
    let new = NewCredential {
        credential: &credential,
        removed: maker.removed(),
        replaced: order.replaced,
        idempotency,
        now,
    };
    let deadline = Instant::now() + ctx.config.write_timeouts.commit;
    Ok(match ctx.store.add_credential(&new, &event, deadline).await? {
        Added::Added => {
            let details = KeyDetails { credential, last_used_at: None };
            Some(MadeKey { details, secret: Some(key) })
        }
        Added::KeyTaken(taken) => Some(replay_key(ctx, call, &order.input_hash, taken).await?),
        Added::NotReplaced => None,
    })
}

/// The event of a key that is made. That of a rotation is about the old key.
fn event_of(
    ctx: &Context,
    call: &Call,
    maker: Maker,
    credential: &Credential,
    replaced: Option<&Replaced>,
) -> Result<AuditEvent> {
    let key_id = &credential.key_id;
    let (action, about, data) = match replaced {
        None => {
            let grant = &credential.grant;
            let scopes: Vec<&str> = grant.scopes.iter().map(|scope| scope.as_str()).collect();
            let data = Data::default().word("actor_type", grant.actor.actor_type.as_str());
            (Action::KeyCreated, key_id, data.word("scopes", &scopes.join(" ")))
        }
        Some(old) => {
            let data = Data::default().word("replaced_by", key_id.as_str());
            (Action::KeyRotated, &old.key_id, data.time("ends_at", old.ends_at))
        }
    };
    let data = match maker.removed() {
        RemovedTenant::Refuse => data,
        RemovedTenant::Reopen => data.word("removed_tenant", "reopened"),
    };
    let resource_id = Some(about.to_string());
    Ok(AuditEvent { resource_id, data, ..new_event(ctx, call, action)? })
}

/// The key that an idempotency key made, as it is now, or the conflict of another input.
pub(crate) async fn replay_key(
    ctx: &Context,
    call: &Call,
    input_hash: &InputHash,
    taken: TakenKey,
) -> Result<MadeKey> {
    let TakenKey { key, record } = taken;
    let made = record.made.key().filter(|_| record.input_hash == *input_hash);
    let Some(key_id) = made else { return Err(Error::IdempotencyConflict(key.key)) };
    // Record and credential are of one transaction, but a read of the one right after
    // the other may come before it is to be seen.
    for wait_ms in [0, 10, 40, 160, 640] {
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        if let Some(details) = find_key(ctx, &call.principal.tenant_id, key_id).await? {
            return Ok(MadeKey { details, secret: None });
        }
    }
    Err(Error::Internal("an idempotency record names a key that does not exist".into()))
}
