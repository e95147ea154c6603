//! Credentials: from a presented key to a principal.

use super::audited::{log_not_audited, new_event, record_refusal};
use super::context::Context;
use crate::domain::audit::{Action, AuditEvent, AuditStatus, Call, Door};
use crate::domain::clock::Timestamp;
use crate::domain::credential::{ApiKey, Credential, NotAdmitted};
use crate::domain::error::{Error, ErrorCode, Result};
use crate::domain::principal::{ActorId, ActorType, Attribution, Principal};

/// What a caller presents.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// The key.
    pub key: &'a str,
    /// The header that the key came in.
    pub key_header: &'static str,
    /// The user whom the caller names, where it names one.
    pub user: Option<&'a str>,
    /// The business, where the dialect has the caller name it. It knows no agents.
    pub business: Option<&'a str>,
    /// How the call came in.
    pub door: &'a Door,
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
    let proven = prove(ctx, presented.key, now).await?;
    match admit(&presented, proven.credential(), now) {
        Ok(by) => {
            let credential = proven.admitted(ctx, now);
            Ok(Principal {
                tenant_id: credential.tenant_id,
                by,
                credential_id: credential.key_id,
                scopes: credential.grant.scopes,
                audit_reads: credential.audit_reads,
            })
        }
        Err(wrong) => {
            let call = Call { principal: whose(proven.credential()), door: presented.door.clone() };
            record_refused_key(ctx, &call, wrong).await;
            let proven = Some(Box::new(call.principal));
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
    match prove(ctx, key, now).await {
        Ok(proven) => Ok(proven.credential().ended(now).is_none()),
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

fn admit(
    presented: &Presented<'_>,
    credential: &Credential,
    now: Timestamp,
) -> Result<Attribution, Wrong> {
    let wrong = |field| Wrong { field, is_revoked: false };
    let user = presented.user.map(ActorId::parse).transpose().map_err(|_| wrong(USER))?;
    let by =
        credential.admit(now, presented.door.client.address, user).map_err(
            |reason| match reason {
                NotAdmitted::Revoked => Wrong { field: presented.key_header, is_revoked: true },
                NotAdmitted::Expired => wrong(presented.key_header),
                NotAdmitted::Address => wrong(ADDRESS),
                NotAdmitted::User => wrong(USER),
            },
        )?;
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

/// A credential that was proven, by what is remembered or by the table.
enum Proven {
    Remembered(Credential),
    Read(Credential),
}

impl Proven {
    fn credential(&self) -> &Credential {
        let (Self::Remembered(credential) | Self::Read(credential)) = self;
        credential
    }

    /// Remembers a credential that was read, now that it is taken.
    fn admitted(self, ctx: &Context, now: Timestamp) -> Credential {
        match self {
            Self::Remembered(credential) => credential,
            Self::Read(credential) => {
                ctx.credentials.put(&credential, now);
                credential
            }
        }
    }
}

/// The credential that a key proves.
///
/// What is remembered answers only those who have the secret. Everybody else
/// costs the same read of the table and the same comparison, whether there is
/// such a key id, whether it was used, and whether it is revoked; so how long a
/// refusal takes tells nothing of that. A refused key leaves nothing behind.
async fn prove(ctx: &Context, key: &str, now: Timestamp) -> Result<Proven> {
    let key = ApiKey::parse(key).ok_or(Error::Unauthorized)?;
    let known = ctx.credentials.get(&key, now);
    if let Some(credential) = key.prove(known) {
        return Ok(Proven::Remembered(credential));
    }
    let stored = ctx.store.credential(&key.tenant_id, &key.key_id).await?;
    key.prove(stored).map(Proven::Read).ok_or(Error::Unauthorized)
}
