//! Making a viewer token: what a service lets one of its users see for a while.
//!
//! ```text
//! scope ─▶ shape ─▶ the key as it is in the table ─▶ event ─▶ sign
//!  403    4xx/422              401, 422                503
//! ```
//!
//! Nothing of a token is kept. What is left of it is the event, which is written before
//! the token is shown.

use std::time::Duration;

use tokio::time::Instant;

use super::audited::{WritePermit, new_event};
use super::context::Context;
use super::make_key::Maker;
use crate::domain::activity_filters::ActivityFilters;
use crate::domain::audit::{Action, AuditEvent, Data};
use crate::domain::clock::Timestamp;
use crate::domain::credential::{ApiKey, Credential};
use crate::domain::error::{Error, FieldError, Result};
use crate::domain::idempotency::InputHash;
use crate::domain::principal::{Actor, ActorId, ActorType};
use crate::domain::viewer_token::ViewerClaims;

/// The longest time that a token lasts.
pub const MAX_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long it lasts where nothing is said.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// The token that is to be made.
#[derive(Clone, Debug)]
pub struct MakeViewerToken {
    /// Who is to view.
    pub user: ActorId,
    pub lifetime: Duration,
    /// What is shown.
    pub filters: ActivityFilters,
    /// The input that it was read from.
    pub input_hash: InputHash,
}

/// A token that was made. It has no `Debug`: whoever has it may read.
pub struct MadeViewerToken {
    pub token: String,
    pub expires_at: Timestamp,
}

impl MakeViewerToken {
    /// Whom the token is about, as the trail names it.
    #[must_use]
    pub fn viewer(&self) -> Actor {
        Actor { actor_type: ActorType::User, id: self.user.clone() }
    }
}

/// Makes a viewer token with the key of the call. It ends no later than the key.
///
/// # Errors
///
/// [`Error::ValidationFailed`] where the key is not a service's or may not name the
/// user, [`Error::Unauthorized`] where it has ended meanwhile, and what the table could
/// not do.
pub async fn make_viewer_token(
    ctx: &Context,
    permit: WritePermit<'_>,
    key: &ApiKey,
    input: MakeViewerToken,
) -> Result<MadeViewerToken> {
    let call = permit.call();
    let now = ctx.environment.now()?;
    let credential = Maker::Caller.credential(ctx, call).await?;
    let credential = credential.ok_or(Error::Unauthorized)?;
    let expires_at = check(&credential, &input.user, now.plus(input.lifetime))?;
    let event = AuditEvent {
        resource_id: Some(input.viewer().to_string()),
        input_hash: Some(input.input_hash),
        data: Data::default().time("expires_at", expires_at),
        ..new_event(ctx, call, Action::ViewerTokenCreated)?
    };
    let deadline = Instant::now() + ctx.config.write_timeouts.commit;
    ctx.store.put_audit_event(&event, deadline).await?;
    let claims = ViewerClaims { user: input.user, expires_at, filters: input.filters };
    Ok(MadeViewerToken { token: claims.sign(key), expires_at })
}

/// When a token for a user ends, where the credential may make one.
fn check(credential: &Credential, user: &ActorId, expires_at: Timestamp) -> Result<Timestamp> {
    let refuse = |message: &str| {
        Error::ValidationFailed(vec![FieldError::new("user_id", message.to_owned())])
    };
    if credential.grant.actor.actor_type != ActorType::Service {
        return Err(refuse("can only be named with a service's key"));
    }
    if credential.viewer_key.is_none() {
        return Err(refuse("can't be named yet: the key is older than viewer tokens. Rotate it"));
    }
    if !credential.grant.may_name(user) {
        return Err(refuse("must be a user whom your own key may name"));
    }
    Ok(credential.grant.expires_at.map_or(expires_at, |ends_at| ends_at.min(expires_at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::SystemEnvironment;
    use crate::domain::principal::{Scope, Scopes, TenantId};

    #[test]
    fn a_key_that_is_older_than_viewer_tokens_is_to_be_rotated() {
        let tenant = TenantId::parse("acme").unwrap();
        let actor = Actor::parse("service:portal").unwrap();
        let scopes = Scopes::from([Scope::ActivityRead]);
        let (mut credential, _) =
            Credential::issue(&SystemEnvironment, tenant, actor, scopes).unwrap();
        let user = ActorId::parse("ann").unwrap();
        assert_eq!(check(&credential, &user, Timestamp::MAX).unwrap(), Timestamp::MAX);
        credential.viewer_key = None;
        let Err(Error::ValidationFailed(errors)) = check(&credential, &user, Timestamp::MAX) else {
            panic!("it is refused");
        };
        assert!(errors[0].message.contains("Rotate it"), "{errors:?}");
    }
}
