//! Changing the settings of a tenant.

use super::audited::new_event;
use super::context::Context;
use crate::domain::audit::{Action, AuditEvent, Call, Data};
use crate::domain::audit_reads::AuditReads;
use crate::domain::error::Result;
use crate::domain::tenant_settings::TenantSettings;

/// Changes the settings of a tenant, with the event that tells of it. Processes that have
/// taken a key take it with the old ones for as long as they remember it.
pub async fn set_tenant(ctx: &Context, call: &Call, settings: TenantSettings) -> Result<()> {
    let reads = settings.audit_reads.map_or("default", AuditReads::as_str);
    let event = AuditEvent {
        data: Data::default().word("audit_reads", reads),
        ..new_event(ctx, call, Action::TenantUpdated)?
    };
    ctx.store.put_tenant_settings(&call.principal.tenant_id, settings, &event).await
}
