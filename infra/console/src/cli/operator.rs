//! Who runs a command, for the audit trail.

use activity_log_core::Context;
use activity_log_core::domain::audit::Call;
use activity_log_core::domain::error::Result;
use activity_log_core::domain::principal::{Actor, TenantId};
use activity_log_core::http::exchange::new_request_id;
use clap::Args;

use super::arguments::actor;

/// Who runs a command. Rights come from the table's owner, so it is a name and no proof.
#[derive(Clone, Debug, Args)]
pub(super) struct Operator {
    /// Who runs the command, as the audit trail is to name them: user:ID, agent:ID or
    /// service:ID.
    // Arguments of commands are called `actor`, and a global one takes the value of its name.
    #[arg(
        id = "operator",
        long,
        global = true,
        value_name = "ACTOR",
        value_parser = actor,
        env = "ACTIVITY_LOG_OPERATOR",
        default_value = "service:console"
    )]
    actor: Actor,
}

impl Operator {
    /// A command, as the audit trail names it, for a tenant.
    pub(super) fn call(&self, ctx: &Context, tenant: &TenantId, command: &str) -> Call {
        let request_id = new_request_id(ctx.environment.as_ref());
        Call::of_operator(tenant.clone(), self.actor.clone(), command, request_id)
    }

    /// A command that reads. No credential tells whether the tenant's trail is to have it,
    /// so its settings are asked.
    pub(super) async fn call_to_read(
        &self,
        ctx: &Context,
        tenant: &TenantId,
        command: &str,
    ) -> Result<Call> {
        let mut call = self.call(ctx, tenant, command);
        call.principal.audit_reads = ctx.store.tenant_settings(tenant).await?.audit_reads;
        Ok(call)
    }
}
