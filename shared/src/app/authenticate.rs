//! Credentials: from a presented key or viewer token to a principal.

use super::audited::{log_not_audited, new_event, record_refusal};
use super::context::Context;
use crate::domain::audit::{Action, AuditEvent, AuditStatus, Call, Door};
use crate::domain::caller::{Bounds, Principal};
use crate::domain::clock::Timestamp;
use crate::domain::credential::{ApiKey, Credential, NotAdmitted};
use crate::domain::error::{Error, ErrorCode, Result};
use crate::domain::principal::{
    Actor, ActorId, ActorType, Attribution, KeyId, Scope, Scopes, TenantId,
};
use crate::domain::viewer_token::{ViewerClaims, ViewerToken};

/// What a caller presents.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// The key, or a viewer token.
    pub key: &'a str,
    /// Whether a viewer token is taken.
    pub viewers: Viewers,
    /// The header that the key came in.
    pub key_header: &'static str,
    /// The user whom the caller names, where it names one.
    pub user: Option<&'a str>,
    /// The business, where the dialect has the caller name it. It knows no agents.
    pub business: Option<&'a str>,
    /// How the call came in.
    pub door: &'a Door,
}

/// What becomes of viewer tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewers {
    /// They are taken, where [`Principal::bound_to`] is minded.
    Admitted,
    /// They are no keys.
    Refused,
}

/// The header by which a caller names the user that it acts for.
const USER: &str = "X-USER-ID";
/// The header by which a caller names its tenant.
const BUSINESS: &str = "X-BUSINESS-ID";
/// What an event has where the caller's address is the reason.
const ADDRESS: &str = "client_address";

/// The principal that a presented key proves, and the user that the caller names, where
/// it names one: [`Credential::admit`].
///
/// A key that holds and is refused all the same leaves an event in the trail of its own
/// tenant, which names what was wrong and never its value.
///
/// # Errors
///
/// [`Error::Unauthorized`], whatever part was wrong.
pub async fn authenticate(
    ctx: &Context,
    presented: Presented<'_>,
) -> Result<Principal, NotAuthenticated> {
    let now = ctx.environment.now().map_err(Error::from)?;
    let presents = Presents::parse(presented.key, presented.viewers).ok_or(Error::Unauthorized)?;
    let proven = prove(ctx, &presents, now).await?;
    match admit(&presented, &proven, now) {
        Ok(by) => {
            let Proven { credential, claims, is_new } = proven;
            if is_new {
                ctx.credentials.put(&credential, now);
            }
            Ok(match claims {
                None => Principal { by, ..whose(&credential) },
                Some(claims) => viewer(&credential, by, claims),
            })
        }
        Err(wrong) => {
            let principal = whose(&proven.credential);
            let principal = match proven.claims {
                // Tokens are in the hands of strangers, who must not fill the trail of
                // the key.
                Some(claims) => {
                    let actor = Actor { actor_type: ActorType::User, id: claims.user.clone() };
                    let by = Attribution { actor, ..principal.by };
                    viewer(&proven.credential, by, claims)
                }
                None => {
                    let call = Call { principal, door: presented.door.clone() };
                    record_refused_key(ctx, &call, wrong).await;
                    call.principal
                }
            };
            let proven = Some(Box::new(principal));
            Err(NotAuthenticated { error: Error::Unauthorized, proven })
        }
    }
}

/// Why there is no caller.
#[derive(Debug)]
pub struct NotAuthenticated {
    pub error: Error,
    /// Whose key it was that holds and was refused, for the log.
    pub proven: Option<Box<Principal>>,
}

impl From<Error> for NotAuthenticated {
    fn from(error: Error) -> Self {
        Self { error, proven: None }
    }
}

/// Whom a credential stands for, by itself.
fn whose(credential: &Credential) -> Principal {
    Principal {
        tenant_id: credential.tenant_id.clone(),
        by: Attribution::of(credential.grant.actor.clone()),
        credential_id: credential.key_id.clone(),
        scopes: credential.grant.scopes.clone(),
        audit_reads: credential.audit_reads,
        expires_at: credential.grant.expires_at,
        bound_to: None,
    }
}

/// A user who views what a service lets it: never more than the service's key does.
fn viewer(credential: &Credential, by: Attribution, claims: ViewerClaims) -> Principal {
    let scopes = &credential.grant.scopes & &Scopes::from([Scope::ActivityRead]);
    let ends = [Some(claims.expires_at), credential.grant.expires_at];
    Principal {
        by,
        scopes,
        expires_at: ends.into_iter().flatten().min(),
        bound_to: Some(Box::new(Bounds {
            filters: claims.filters,
            cursor_key: credential.viewer_cursor_key(),
        })),
        ..whose(credential)
    }
}

/// Refuses a call whose key has ended since it was taken, and records that.
pub(super) async fn refuse_ended(ctx: &Context, call: &Call) -> Error {
    let principal = &call.principal;
    let by = Attribution::of(principal.by.authenticated_as.clone());
    let call = Call { principal: Principal { by, ..principal.clone() }, door: call.door.clone() };
    record_refused_key(ctx, &call, Wrong { field: "Authorization", is_revoked: true }).await;
    Error::Unauthorized
}

/// Whether a key is one that is taken now. Nobody calls with it, so nothing is noted.
pub async fn is_taken(ctx: &Context, key: &str) -> Result<bool> {
    let now = ctx.environment.now()?;
    let Some(presents) = Presents::parse(key, Viewers::Refused) else { return Ok(false) };
    match prove(ctx, &presents, now).await {
        Ok(proven) => Ok(proven.credential.ended(now).is_none()),
        Err(Error::Unauthorized) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Why a key that holds is refused, and the name of what was wrong.
#[derive(Clone, Copy, Debug)]
struct Wrong {
    field: &'static str,
    is_revoked: bool,
}

fn admit(presented: &Presented<'_>, proven: &Proven, now: Timestamp) -> Result<Attribution, Wrong> {
    let Proven { credential, claims, .. } = proven;
    let wrong = |field| Wrong { field, is_revoked: false };
    let mut user = presented.user.map(ActorId::parse).transpose().map_err(|_| wrong(USER))?;
    if let Some(claims) = claims {
        if user.is_some_and(|named| named != claims.user) {
            return Err(wrong(USER));
        }
        user = Some(claims.user.clone());
    }
    let by =
        credential.admit(now, presented.door.client.address, user).map_err(
            |reason| match reason {
                NotAdmitted::Revoked => Wrong { field: presented.key_header, is_revoked: true },
                NotAdmitted::Expired => wrong(presented.key_header),
                NotAdmitted::Address => wrong(ADDRESS),
                NotAdmitted::User => wrong(USER),
            },
        )?;
    if claims.as_ref().is_some_and(|claims| claims.expires_at <= now) {
        return Err(wrong(presented.key_header));
    }
    if let Some(business) = presented.business {
        if by.actor.actor_type == ActorType::Agent {
            return Err(wrong(presented.key_header));
        }
        if credential.tenant_id.as_str() != business {
            return Err(wrong(BUSINESS));
        }
    }
    Ok(by)
}

/// Leaves an event of a key that holds and was refused.
async fn record_refused_key(ctx: &Context, call: &Call, wrong: Wrong) {
    if let Err(failure) = put_refused_key(ctx, call, wrong).await {
        log_not_audited(call.request_id(), &failure);
    }
}

async fn put_refused_key(ctx: &Context, call: &Call, wrong: Wrong) -> Result<()> {
    let Principal { tenant_id, credential_id, .. } = &call.principal;
    // The trail of a tenant that is removed gets no more events.
    if wrong.is_revoked && ctx.store.is_removed(tenant_id).await? {
        return Ok(());
    }
    let event = AuditEvent {
        resource_id: Some(credential_id.to_string()),
        status: AuditStatus::Denied,
        error_code: Some(ErrorCode::Unauthorized),
        fields: vec![wrong.field.to_owned()],
        ..new_event(ctx, call, Action::KeyRefused)?
    };
    record_refusal(ctx, call, event).await
}

/// What a caller presents, by its form.
enum Presents {
    Key(ApiKey),
    Viewer(Box<ViewerToken>),
}

impl Presents {
    fn parse(text: &str, viewers: Viewers) -> Option<Self> {
        match viewers {
            Viewers::Admitted if let Some(token) = ViewerToken::parse(text) => {
                Some(Self::Viewer(Box::new(token)))
            }
            Viewers::Admitted | Viewers::Refused => ApiKey::parse(text).map(Self::Key),
        }
    }

    /// Whose it claims to be.
    fn names(&self) -> (&TenantId, &KeyId) {
        match self {
            Self::Key(key) => (&key.tenant_id, &key.key_id),
            Self::Viewer(token) => (&token.tenant_id, &token.key_id),
        }
    }

    /// The credential, where this proves it, and what a token says.
    fn prove(&self, known: Option<Credential>) -> Option<(Credential, Option<ViewerClaims>)> {
        match self {
            Self::Key(key) => Some((key.prove(known)?, None)),
            Self::Viewer(token) => {
                let (credential, claims) = token.prove(known)?;
                Some((credential, Some(claims.clone())))
            }
        }
    }
}

/// A credential that was proven.
struct Proven {
    credential: Credential,
    /// What a viewer token says, where one proved it.
    claims: Option<ViewerClaims>,
    /// Whether it was read, and is to be remembered once it is taken.
    is_new: bool,
}

/// The credential that a key or a token proves.
///
/// What is remembered answers only those who have the secret, or a token that was made
/// with it. Everybody else costs the same read of the table and the same comparison,
/// whether there is such a key id, whether it was used, and whether it is revoked; so how
/// long a refusal takes tells nothing of that. A refused key leaves nothing behind.
async fn prove(ctx: &Context, presents: &Presents, now: Timestamp) -> Result<Proven> {
    let (tenant, key_id) = presents.names();
    let known = ctx.credentials.get(tenant, key_id, now);
    if let Some((credential, claims)) = presents.prove(known) {
        return Ok(Proven { credential, claims, is_new: false });
    }
    let stored = ctx.store.credential(tenant, key_id).await?;
    let (credential, claims) = presents.prove(stored).ok_or(Error::Unauthorized)?;
    Ok(Proven { credential, claims, is_new: true })
}
