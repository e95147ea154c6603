//! Changing the registry of related resources: for every door, in this one place.

use super::audited::new_event;
use super::context::Context;
use crate::domain::audit::{Action, AuditEvent, Call};
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::domain::record_type_ids::RecordTypeIds;
use crate::domain::registry::{Presence, ResourceRecord};
use crate::store::Registered;

/// Notes a resource or its deletion, unless the registry has newer news. The audit event
/// of it is written with it.
pub async fn put_resource(
    ctx: &Context,
    call: &Call,
    record: &ResourceRecord,
) -> Result<Registered> {
    let action = match record.presence {
        Presence::Present => Action::ResourceUpdated,
        Presence::Deleted => Action::ResourceDeleted,
    };
    let resource = &record.resource;
    let event = AuditEvent {
        resource_id: Some(format!("{}:{}", resource.resource_type, resource.id.as_str())),
        ..new_event(ctx, call, action)?
    };
    ctx.store.put_related_resource(&call.principal.tenant_id, record, Some(&event)).await
}

/// The same for one of many, of which a single event tells in the end.
pub async fn put_resource_of_run(
    ctx: &Context,
    tenant: &TenantId,
    record: &ResourceRecord,
) -> Result<Registered> {
    ctx.store.put_related_resource(tenant, record, None).await
}

/// What putting a resource would come to, without doing it.
pub async fn check_resource(
    ctx: &Context,
    tenant: &TenantId,
    record: &ResourceRecord,
) -> Result<Registered> {
    let known = ctx.store.related_resource(tenant, &record.resource).await?;
    let newest = known.is_none_or(|known| known.changed_at < record.changed_at);
    Ok(if newest { Registered::Applied } else { Registered::Outdated })
}

/// Puts the ids that are registered for record types in the place of those that were read
/// before, unless others are there by now; with the event of the record type that
/// changed.
pub async fn put_record_type_ids(
    ctx: &Context,
    call: &Call,
    changed: &str,
    before: &RecordTypeIds,
    after: &RecordTypeIds,
) -> Result<Registered> {
    let event = AuditEvent {
        resource_id: Some(changed.to_owned()),
        ..new_event(ctx, call, Action::RecordTypesUpdated)?
    };
    ctx.store.put_record_type_ids(before, after, Some(&event)).await
}
