//! `activity-log actors`.

use activity_log_core::Context;
use activity_log_core::app::input::Reader;
use activity_log_core::app::json::Object;
use activity_log_core::app::put_actor::{check_actor, put_actor, put_actor_of_run};
use activity_log_core::domain::actor_names::ActorRecord;
use activity_log_core::domain::audit::{Action, Call};
use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::domain::error::Result as CoreResult;
use activity_log_core::domain::principal::{Actor, ActorId, ActorType, TenantId};
use activity_log_core::domain::registry::{DisplayName, Presence};
use activity_log_core::store::Registered;
use activity_log_core::store::operator::layout::Intent;
use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::{actor, display_name, tenant};
use super::error::CliError;
use super::operator::Operator;
use super::output::Output;
use super::records::{AuditedRun, Outcome, RecordsArgs, for_each_record};
use super::tenant::refuse_removed;

/// The properties of a record in a file.
const COLUMNS: [&str; 4] = ["type", "id", "display_name", "changed_at"];

#[derive(Debug, Subcommand)]
pub(super) enum ActorsCommand {
    /// Name an actor. The name shows at once, wherever the actor does.
    Put {
        #[command(flatten)]
        named: ActorArgs,
        /// Its name.
        #[arg(long = "name", value_parser = display_name)]
        display_name: DisplayName,
    },
    /// Name every actor of a file of JSON lines or CSV:
    /// type, id, and, where they are known, `display_name` and `changed_at`.
    Import {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        #[command(flatten)]
        records: RecordsArgs,
    },
    /// Print the name of an actor.
    Get {
        #[command(flatten)]
        named: ActorArgs,
    },
    /// Forget the name of an actor. What it did stays, and shows its type and id.
    Delete {
        #[command(flatten)]
        named: ActorArgs,
    },
}

impl ActorsCommand {
    /// Whether it writes.
    pub(super) fn intent(&self) -> Intent {
        match self {
            Self::Get { .. } => Intent::Read,
            Self::Put { .. } | Self::Import { .. } | Self::Delete { .. } => Intent::Write,
        }
    }
}

/// An actor as the command line names it.
#[derive(Clone, Debug, Args)]
pub(super) struct ActorArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// The actor: `user:ID`, `agent:ID` or `service:ID`.
    #[arg(value_parser = actor)]
    actor: Actor,
}

pub(super) async fn run(
    command: ActorsCommand,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    match command {
        ActorsCommand::Put { named, display_name } => {
            let call = operator.call(ctx, &named.tenant, "actors put");
            put(ctx, &call, named, Some(display_name), output).await
        }
        ActorsCommand::Delete { named } => {
            let call = operator.call(ctx, &named.tenant, "actors delete");
            put(ctx, &call, named, None, output).await
        }
        ActorsCommand::Get { named } => get(ctx, &named, output).await,
        ActorsCommand::Import { tenant, records } => {
            refuse_removed(ctx, &tenant).await?;
            // Records without a time of their own changed when this began.
            let now = ctx.environment.now()?;
            let put = async |object: CoreResult<Object>| {
                put_record(ctx, &tenant, &parse_record(&object?, now)?, records.dry_run).await
            };
            let run = AuditedRun {
                ctx,
                call: &operator.call(ctx, &tenant, "actors import"),
                action: Action::ActorsImported,
            };
            for_each_record(&records, &COLUMNS, &run, output, |object| object, put).await
        }
    }
}

/// Names an actor, or leaves a tombstone where there is no name.
async fn put(
    ctx: &Context,
    call: &Call,
    args: ActorArgs,
    display_name: Option<DisplayName>,
    output: Output,
) -> Result<(), CliError> {
    let ActorArgs { tenant, actor } = args;
    refuse_removed(ctx, &tenant).await?;
    let presence = if display_name.is_some() { Presence::Present } else { Presence::Deleted };
    let changed_at = ctx.environment.now()?;
    let record = ActorRecord { actor, display_name, changed_at, presence };
    let registered = put_actor(ctx, call, &record).await?;
    let (text, applied) = match (registered, presence) {
        (Registered::Applied, Presence::Present) => ("has its name", true),
        (Registered::Applied, Presence::Deleted) => ("has no name", true),
        (Registered::Outdated, _) => ("was changed since by newer news", false),
    };
    let Actor { actor_type, id } = &record.actor;
    output.print(
        format_args!("{} {text}.", record.actor),
        &json!({ "type": actor_type, "id": id, "applied": applied }),
    )?;
    Ok(())
}

async fn get(ctx: &Context, args: &ActorArgs, output: Output) -> Result<(), CliError> {
    let known = ctx.store.actor(&args.tenant, &args.actor).await?;
    let known = known.filter(|record| record.presence == Presence::Present);
    let named = known.and_then(|record| Some((record.display_name?, record.changed_at)));
    let (name, changed_at) = named.ok_or(CliError::Missing("name of this actor"))?;
    let Actor { actor_type, id } = &args.actor;
    let value = json!({
        "type": actor_type, "id": id, "display_name": name, "changed_at": changed_at,
    });
    output.print(name.as_str(), &value)?;
    Ok(())
}

async fn put_record(
    ctx: &Context,
    tenant: &TenantId,
    record: &ActorRecord,
    dry_run: bool,
) -> CoreResult<Outcome> {
    let registered = match dry_run {
        true => check_actor(ctx, tenant, record).await?,
        false => put_actor_of_run(ctx, tenant, record).await?,
    };
    Ok(match registered {
        Registered::Applied => Outcome::Applied,
        Registered::Outdated => Outcome::Unchanged("with newer news".to_owned()),
    })
}

fn parse_record(object: &Object, now: Timestamp) -> CoreResult<ActorRecord> {
    let mut reader = Reader::new(object);
    let actor_type = reader.required("type", ActorType::parse);
    let id = reader.required("id", ActorId::parse);
    let display_name = reader.optional("display_name", DisplayName::parse);
    let changed_at = reader.optional("changed_at", |text| {
        Timestamp::parse(text, Rounding::Down).ok_or("must be an RFC 3339 date-time with an offset")
    });
    let record = || {
        Ok(ActorRecord {
            actor: Actor { actor_type: actor_type?, id: id? },
            display_name,
            changed_at: changed_at.unwrap_or(now),
            presence: Presence::Present,
        })
    };
    reader.finish(record())
}
