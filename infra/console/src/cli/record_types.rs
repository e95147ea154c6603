//! `activity-log resources types`.

use activity_log_core::Context;
use activity_log_core::app::put_resource::put_record_type_ids;
use activity_log_core::domain::audit::Call;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::domain::record_type::RecordType;
use activity_log_core::domain::record_type_ids::{NotRegistered, RecordTypeIds};
use activity_log_core::domain::value::parse_uuid;
use activity_log_core::store::Registered;
use clap::Subcommand;
use serde_json::{Value, json};
use uuid::Uuid;

use super::arguments::tenant;
use super::columns::columns;
use super::error::CliError;
use super::operator::Operator;
use super::output::Output;
use super::tenant::refuse_removed;

#[derive(Debug, Subcommand)]
pub(super) enum RecordTypesCommand {
    /// Register the id that a kind of record has in other systems, so that their
    /// programs can name it by that id, and read it.
    Put {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        /// The id. It takes the place of one that was registered before.
        #[arg(long, value_parser = uuid)]
        id: Uuid,
        /// The kind of record: contact, company, deal, task, support_ticket, or one of
        /// the tenant's own.
        #[arg(long, value_parser = api_name)]
        api_name: RecordType,
    },
    /// List the ids that are registered.
    List {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
    },
    /// Forget the id that is registered for a kind of record.
    Delete {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        /// The kind of record.
        #[arg(long, value_parser = api_name)]
        api_name: RecordType,
    },
}

pub(super) async fn run(
    command: RecordTypesCommand,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    match command {
        RecordTypesCommand::Put { tenant, id, api_name } => {
            refuse_removed(ctx, &tenant).await?;
            // The id of its name goes on to name a type that the registry has seen.
            let seen = ctx.store.record_types(&tenant, &[id].into()).await?;
            if seen.values().any(|other| *other != api_name) {
                return Err(CliError::IdRefused { id, source: NotRegistered::Taken });
            }
            let register = |ids: &mut RecordTypeIds| {
                ids.register(&api_name, id).map_err(|source| CliError::IdRefused { id, source })
            };
            let call = operator.call(ctx, &tenant, "resources types put");
            change(ctx, &call, &api_name, register).await?;
            let value = json!({ "api_name": api_name, "id": id });
            output.print(format_args!("{api_name} has the id {id}."), &value)?;
        }
        RecordTypesCommand::List { tenant } => {
            let ids = ctx.store.record_type_ids(&tenant).await?;
            let rows: Vec<[String; 2]> = ids
                .registered()
                .iter()
                .map(|(name, id)| [id.to_string(), name.to_string()])
                .collect();
            let text = match rows.as_slice() {
                [] => "There are no ids registered.".to_owned(),
                rows => columns(["ID", "API NAME"], rows),
            };
            let values: Vec<Value> = ids
                .registered()
                .iter()
                .map(|(name, id)| json!({ "api_name": name, "id": id }))
                .collect();
            output.print(text, &json!({ "record_types": values }))?;
        }
        RecordTypesCommand::Delete { tenant, api_name } => {
            let forget = |ids: &mut RecordTypeIds| match ids.forget(&api_name) {
                true => Ok(()),
                false => Err(CliError::Missing("id registered for this kind of record")),
            };
            let call = operator.call(ctx, &tenant, "resources types delete");
            change(ctx, &call, &api_name, forget).await?;
            let value = json!({ "api_name": api_name });
            output.print(format_args!("{api_name} has the id of its name again."), &value)?;
        }
    }
    Ok(())
}

/// Changes what is registered, unless somebody else does at the same time.
async fn change(
    ctx: &Context,
    call: &Call,
    api_name: &RecordType,
    edit: impl FnOnce(&mut RecordTypeIds) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let before = ctx.store.record_type_ids(&call.principal.tenant_id).await?;
    let mut after = before.clone();
    edit(&mut after)?;
    match put_record_type_ids(ctx, call, api_name.as_str(), &before, &after).await? {
        Registered::Applied => Ok(()),
        Registered::Outdated => Err(CliError::ChangedMeanwhile),
    }
}

fn uuid(text: &str) -> Result<Uuid, String> {
    parse_uuid(text).ok_or_else(|| "must be a UUID with its hyphens".to_owned())
}

fn api_name(text: &str) -> Result<RecordType, String> {
    RecordType::parse(text).map_err(|error| error.to_string())
}
