//! `activity-log resources`.

use activity_log_core::Context;
use activity_log_core::app::input::Reader;
use activity_log_core::app::json::Object;
use activity_log_core::app::put_resource::{check_resource, put_resource, put_resource_of_run};
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::audit::{Action, Call};
use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::domain::error::Result as CoreResult;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::domain::record_type::{Identifier, RecordType};
use activity_log_core::domain::record_type_ids::RecordTypeIds;
use activity_log_core::domain::registry::{DisplayName, Presence, ResourceRecord};
use activity_log_core::store::Registered;
use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::{display_name, tenant};
use super::error::CliError;
use super::operator::Operator;
use super::output::Output;
use super::record_types::RecordTypesCommand;
use super::records::{AuditedRun, Outcome, RecordsArgs, for_each_record};
use super::tenant::refuse_removed;

/// The properties of a record in a file.
const COLUMNS: [&str; 4] = ["type", "id", "display_name", "changed_at"];

#[derive(Debug, Subcommand)]
pub(super) enum ResourcesCommand {
    /// Make a resource known, or its name.
    Put {
        #[command(flatten)]
        resource: ResourceArgs,
        /// Its name, as activities will show it.
        #[arg(long, value_parser = display_name)]
        display_name: Option<DisplayName>,
    },
    /// Make every resource of a file of JSON lines or CSV known:
    /// type, id, and, where they are known, display_name and changed_at.
    Import {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        #[command(flatten)]
        records: RecordsArgs,
    },
    /// Register ids of kinds of records.
    Types {
        #[command(subcommand)]
        command: RecordTypesCommand,
    },
    /// Make a resource unknown. Activities that are attached to it stay.
    Delete {
        #[command(flatten)]
        resource: ResourceArgs,
    },
}

/// A resource as the command line names it.
#[derive(Clone, Debug, Args)]
pub(super) struct ResourceArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// A kind of record: contact, company, deal, task, support_ticket, or one of
    /// the tenant's own. A kind that the registry has seen can be named by its UUID, and
    /// so can one whose UUID was registered.
    #[arg(long = "type", value_parser = record_type)]
    record_type: Identifier<RecordType>,
    /// Its id.
    #[arg(long, value_parser = resource_id)]
    id: RelatedResourceId,
}

pub(super) async fn run(
    command: ResourcesCommand,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    match command {
        ResourcesCommand::Put { resource, display_name } => {
            let call = operator.call(ctx, &resource.tenant, "resources put");
            put(ctx, &call, resource, display_name, Presence::Present, output).await
        }
        ResourcesCommand::Delete { resource } => {
            let call = operator.call(ctx, &resource.tenant, "resources delete");
            put(ctx, &call, resource, None, Presence::Deleted, output).await
        }
        ResourcesCommand::Types { command } => {
            super::record_types::run(command, ctx, operator, output).await
        }
        ResourcesCommand::Import { tenant, records } => {
            refuse_removed(ctx, &tenant).await?;
            let ids = ctx.store.record_type_ids(&tenant).await?;
            // Records without a time of their own changed when this began.
            let now = ctx.environment.now()?;
            let put = async |object: CoreResult<Object>| {
                put_record(ctx, &tenant, &parse_record(&object?, &ids, now)?, records.dry_run).await
            };
            let run = AuditedRun {
                ctx,
                call: &operator.call(ctx, &tenant, "resources import"),
                action: Action::ResourcesImported,
            };
            for_each_record(&records, &COLUMNS, &run, output, |object| object, put).await
        }
    }
}

async fn put(
    ctx: &Context,
    call: &Call,
    args: ResourceArgs,
    display_name: Option<DisplayName>,
    presence: Presence,
    output: Output,
) -> Result<(), CliError> {
    refuse_removed(ctx, &args.tenant).await?;
    let resource_type = find_record_type(ctx, &args).await?;
    let record = ResourceRecord {
        resource: RelatedResource { resource_type: resource_type.clone(), id: args.id },
        display_name,
        changed_at: ctx.environment.now()?,
        presence,
    };
    let registered = put_resource(ctx, call, &record).await?;
    let (text, applied) = match (registered, presence) {
        (Registered::Applied, Presence::Present) => ("is known", true),
        (Registered::Applied, Presence::Deleted) => ("is deleted", true),
        (Registered::Outdated, _) => ("was changed since by newer news", false),
    };
    output.print(
        format_args!("{resource_type} {} {text}.", record.resource.id.as_str()),
        &json!({ "type": resource_type, "id": record.resource.id, "applied": applied }),
    )?;
    Ok(())
}

/// The record type that the arguments name. A UUID tells no name, so it has to
/// be that of a type that the registry has seen.
async fn find_record_type(ctx: &Context, args: &ResourceArgs) -> Result<RecordType, CliError> {
    let ids = ctx.store.record_type_ids(&args.tenant).await?;
    if let Some(known) = ids.resolve(args.record_type.clone()).known() {
        return Ok(known);
    }
    let id = args.record_type.id(&args.tenant);
    let mut seen = ctx.store.record_types(&args.tenant, &[id].into()).await?;
    seen.remove(&id).ok_or(CliError::Missing(
        "record type of this UUID yet: name it once, or register it with `activity-log resources types put`",
    ))
}

async fn put_record(
    ctx: &Context,
    tenant: &TenantId,
    record: &ResourceRecord,
    dry_run: bool,
) -> CoreResult<Outcome> {
    let registered = match dry_run {
        true => check_resource(ctx, tenant, record).await?,
        false => put_resource_of_run(ctx, tenant, record).await?,
    };
    Ok(match registered {
        Registered::Applied => Outcome::Applied,
        Registered::Outdated => Outcome::Unchanged("with newer news".to_owned()),
    })
}

fn parse_record(
    object: &Object,
    ids: &RecordTypeIds,
    now: Timestamp,
) -> CoreResult<ResourceRecord> {
    let mut reader = Reader::new(object);
    let resource_type = reader.required("type", |text| ids.parse(text));
    let id = reader.required("id", RelatedResourceId::parse);
    let display_name = reader.optional("display_name", DisplayName::parse);
    let changed_at = reader.optional("changed_at", |text| {
        Timestamp::parse(text, Rounding::Down).ok_or("must be an RFC 3339 date-time with an offset")
    });
    let record = || {
        Ok(ResourceRecord {
            resource: RelatedResource { resource_type: resource_type?, id: id? },
            display_name,
            changed_at: changed_at.unwrap_or(now),
            presence: Presence::Present,
        })
    };
    reader.finish(record())
}

fn record_type(text: &str) -> Result<Identifier<RecordType>, String> {
    Identifier::parse(text)
        .ok_or_else(|| "must be a UUID, or a name of 1 to 64 of a-z 0-9 _".to_owned())
}

fn resource_id(text: &str) -> Result<RelatedResourceId, String> {
    RelatedResourceId::parse(text).map_err(|error| error.to_string())
}
