//! Changing the registry of actors: for every door, in this one place.

use super::context::Context;
use crate::domain::actor_names::ActorRecord;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::store::Registered;

/// Notes the name of an actor, or that it is gone, unless the registry has newer news.
pub async fn put_actor(
    ctx: &Context,
    tenant: &TenantId,
    record: &ActorRecord,
) -> Result<Registered> {
    ctx.store.put_actor(tenant, record).await
}

/// What putting an actor would come to, without doing it.
pub async fn check_actor(
    ctx: &Context,
    tenant: &TenantId,
    record: &ActorRecord,
) -> Result<Registered> {
    let known = ctx.store.actor(tenant, &record.actor).await?;
    let newest = known.is_none_or(|known| known.changed_at < record.changed_at);
    Ok(if newest { Registered::Applied } else { Registered::Outdated })
}
