//! Rotating a key: it gets a successor, and an end.
//!
//! Both are one principal, so what was made with the one's idempotency keys is found
//! with the other. They overlap, for as long as it takes to bring the successor to
//! where the old one is used.

use std::time::Duration;

use super::audited::WritePermit;
use super::context::Context;
use super::make_key::{MadeKey, Maker, Order, check_grant, make_key, replay_key};
use super::write_activity::find_taken_key;
use crate::domain::clock::Timestamp;
use crate::domain::credential::{Credential, Grant};
use crate::domain::error::{Error, Result};
use crate::domain::idempotency::{IdempotencyKey, InputHash};
use crate::domain::principal::KeyId;
use crate::store::{PutCredentialError, Replaced};

/// The longest time for which a key and its successor are both taken.
pub const MAX_OVERLAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The same where none is asked for.
pub const DEFAULT_OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);

/// How a key is to be rotated.
#[derive(Clone, Debug)]
pub struct RotateKey {
    /// The key.
    pub key_id: KeyId,
    /// How long it is taken beside its successor.
    pub overlap: Duration,
    /// When the successor ends. Where this is not said it lives as long as the old one.
    pub expires_at: Option<Timestamp>,
    /// What makes a retry safe.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The input that it was read from.
    pub input_hash: InputHash,
}

/// Rotates a key, or tells of the successor that the idempotency key already made.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] where there is no such key, and a violation of `key_id`
/// where it is revoked or was rotated before.
pub async fn rotate_key(
    ctx: &Context,
    permit: WritePermit<'_>,
    maker: Maker,
    input: RotateKey,
) -> Result<MadeKey, PutCredentialError> {
    let call = permit.call();
    let tenant = &call.principal.tenant_id;
    let now = ctx.environment.now().map_err(Error::from)?;
    let (caller, old, taken) = tokio::join!(
        maker.credential(ctx, call),
        ctx.store.credential(tenant, &input.key_id),
        find_taken_key(ctx, call, input.idempotency_key.as_ref()),
    );
    let caller = caller?;
    let old = old?.ok_or(Error::ResourceNotFound)?;
    let grant = successor_of(&old, caller.as_ref(), input.expires_at, now);
    match &caller {
        // A key is no wider than itself, but for its end.
        Some(caller) if caller.key_id == old.key_id => check_own_end(caller, &grant)?,
        _ => check_grant(call, caller.as_ref(), &grant)?,
    }
    if let Some(taken) = taken? {
        return Ok(replay_key(ctx, call, &input.input_hash, taken).await?);
    }
    if let Err(refused) = check_replaceable(&old) {
        // It may have been replaced between the two reads, by a call with the same key.
        let taken = find_taken_key(ctx, call, input.idempotency_key.as_ref()).await?;
        let Some(taken) = taken else { return Err(refused.into()) };
        return Ok(replay_key(ctx, call, &input.input_hash, taken).await?);
    }
    let end = now.plus(input.overlap);
    let order = Order {
        grant,
        replaced: Some(Replaced {
            key_id: input.key_id.clone(),
            ends_at: old.grant.expires_at.map_or(end, |expires_at| expires_at.min(end)),
        }),
        idempotency_key: input.idempotency_key,
        input_hash: input.input_hash,
    };
    match make_key(ctx, call, maker, order, now).await? {
        Some(made) => Ok(made),
        None => {
            // Somebody else was faster, and there is a reason by now.
            let old = ctx.store.credential(tenant, &input.key_id).await?;
            check_replaceable(&old.ok_or(Error::ResourceNotFound)?)?;
            Err(Error::Unavailable("a key was refused its successor".into()).into())
        }
    }
}

/// What the successor of a key is for. It has the old one's lifetime again, where that
/// has one, and does not outlive the key that it is made with.
fn successor_of(
    old: &Credential,
    caller: Option<&Credential>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Grant {
    let lifetime = |end: Timestamp| {
        let lifetime_ms = end.as_millis() - old.created_at.as_millis();
        Duration::from_millis(u64::try_from(lifetime_ms).unwrap_or(0))
    };
    let again = || old.grant.expires_at.map(|end| now.plus(lifetime(end)));
    let limit = caller.and_then(|caller| caller.grant.expires_at);
    let by_default = || match (again(), limit) {
        (Some(again), Some(limit)) => Some(again.min(limit)),
        (again, limit) => again.or(limit),
    };
    Grant { expires_at: expires_at.or_else(by_default), ..old.grant.clone() }
}

fn check_own_end(caller: &Credential, grant: &Grant) -> Result<()> {
    match (caller.grant.expires_at, grant.expires_at) {
        (Some(own), wanted) if wanted.is_none_or(|wanted| wanted > own) => {
            let message = format!("must not be later than your own key's: {own}");
            Err(Error::invalid("expires_at", message))
        }
        _ => Ok(()),
    }
}

fn check_replaceable(old: &Credential) -> Result<()> {
    let message = match (old.revoked_at, &old.replaced_by) {
        (Some(_), _) => "is revoked, and can't be rotated".to_owned(),
        (None, Some(successor)) => format!("was rotated already, and replaced by {successor}"),
        (None, None) => return Ok(()),
    };
    Err(Error::invalid("key_id", message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::SystemEnvironment;
    use crate::domain::principal::{Actor, Scopes, TenantId};

    fn credential(created: i64, expires: Option<i64>) -> Credential {
        let tenant = TenantId::parse("acme").unwrap();
        let actor = Actor::parse("service:crm").unwrap();
        let issued = Credential::issue(&SystemEnvironment, tenant, actor, Scopes::new());
        let (mut credential, _) = issued.unwrap();
        credential.created_at = at(created);
        credential.grant.expires_at = expires.map(at);
        credential
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    #[test]
    fn a_successor_has_the_lifetime_of_the_old_key_within_that_of_the_callers() {
        for (expires, caller, wanted, expected) in [
            (None, None, None, None),
            (Some(150), None, None, Some(1_050)),
            (Some(150), Some(2_000), None, Some(1_050)),
            (Some(150), Some(1_020), None, Some(1_020)),
            (None, Some(1_020), None, Some(1_020)),
            (None, None, Some(1_500), Some(1_500)),
            (Some(150), None, Some(1_500), Some(1_500)),
            // It is judged later.
            (Some(150), Some(1_020), Some(1_500), Some(1_500)),
        ] {
            let (old, caller) = (credential(100, expires), credential(0, caller));
            let grant = successor_of(&old, Some(&caller), wanted.map(at), at(1_000));
            assert_eq!(grant.expires_at, expected.map(at), "{expires:?} {wanted:?}");
            assert_eq!(
                Grant { expires_at: None, ..grant },
                Grant { expires_at: None, ..old.grant }
            );
        }
        let old = credential(100, Some(150));
        let grant = successor_of(&old, None, None, at(1_000));
        assert_eq!(grant.expires_at, Some(at(1_050)), "an operator has no end");
    }
}
