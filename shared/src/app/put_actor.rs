//! Changing the registry of actors: for every door, in this one place.

use super::audited::new_event;
use super::context::Context;
use crate::domain::actor_names::ActorRecord;
use crate::domain::audit::{Action, AuditEvent, Call};
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::domain::registry::Presence;
use crate::store::Registered;

/// Notes the name of an actor, or that it is gone, unless the registry has newer news.
/// The audit event of it is written with it.
pub async fn put_actor(ctx: &Context, call: &Call, record: &ActorRecord) -> Result<Registered> {
    let action = match record.presence {
        Presence::Present => Action::ActorUpdated,
        Presence::Deleted => Action::ActorDeleted,
    };
    let event =
        AuditEvent { resource_id: Some(record.actor.to_string()), ..new_event(ctx, call, action)? };
    ctx.store.put_actor(&call.principal.tenant_id, record, Some(&event)).await
}

/// The same for one of many, of which a single event tells in the end.
pub async fn put_actor_of_run(
    ctx: &Context,
    tenant: &TenantId,
    record: &ActorRecord,
) -> Result<Registered> {
    ctx.store.put_actor(tenant, record, None).await
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
