//! Putting an activity type, with its audit event.

use super::audited::new_event;
use super::context::Context;
use crate::domain::activity_type::TypeDefinition;
use crate::domain::audit::{Action, AuditEvent, Call};
use crate::domain::error::Result;

/// Defines a type, in the place of what its name stood for before.
pub async fn put_activity_type(
    ctx: &Context,
    call: &Call,
    definition: &TypeDefinition,
) -> Result<()> {
    let action = match definition.summary.enabled {
        true => Action::ActivityTypeUpdated,
        false => Action::ActivityTypeDisabled,
    };
    let event = AuditEvent {
        resource_id: Some(definition.summary.api_name.as_str().to_owned()),
        ..new_event(ctx, call, action)?
    };
    ctx.store.put_activity_type(&call.principal.tenant_id, definition, &event).await
}
