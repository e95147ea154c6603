//! `activity-log activities`.

use std::path::PathBuf;

use activity_log_core::Context;
use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::input::Reader;
use activity_log_core::app::log_activity::log_activity;
use activity_log_core::app::write_activity::Replay;
use activity_log_core::domain::activity::Source;
use activity_log_core::domain::audit::{Call, EntryPoint};
use activity_log_core::domain::idempotency::{IdempotencyKey, InputHash};
use activity_log_core::domain::principal::{Actor, KeyId, Principal, Scope, Scopes, TenantId};
use activity_log_core::http::exchange::new_request_id;
use activity_log_core::http::v1;
use clap::Subcommand;

use super::arguments::{actor, tenant};
use super::error::CliError;
use super::json_lines::{Line, LineOutcome, file_hash, for_each_line};
use super::output::Output;
use super::tenant::refuse_removed;

/// What the audit trail names as credential of an import.
const CREDENTIAL_ID: &str = "console";

#[derive(Debug, Subcommand)]
pub(super) enum ActivitiesCommand {
    /// Log every line of a file of JSON lines, each an input of POST /v1/activities.
    ///
    /// A line without an idempotency_key gets one of the file's hash and its
    /// number, so that a second run logs nothing twice. Refused lines are
    /// reported, and the others go on.
    Import {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        /// Who the audit trail names.
        #[arg(long, value_parser = actor, default_value = "service:import")]
        actor: Actor,
        /// The file.
        file: PathBuf,
    },
}

pub(super) async fn run(
    command: ActivitiesCommand,
    ctx: &Context,
    output: Output,
) -> Result<(), CliError> {
    let ActivitiesCommand::Import { tenant, actor, file } = command;
    refuse_removed(ctx, &tenant).await?;
    let hash = file_hash(&file)?;
    let purpose = format!("activities of {tenant} into {}", ctx.store.table_name());
    let principal = Principal {
        tenant_id: tenant,
        authenticated_as: actor.clone(),
        actor,
        credential_id: KeyId::parse(CREDENTIAL_ID).expect("the id is valid"),
        scopes: Scopes::from([Scope::ActivityWrite]),
    };
    for_each_line(&file, &hash, &purpose, output, |line| log_line(ctx, &principal, &hash, line))
        .await
}

async fn log_line(
    ctx: &Context,
    principal: &Principal,
    file_sha256: &str,
    line: Line,
) -> activity_log_core::Result<LineOutcome> {
    let call = Call {
        principal: principal.clone(),
        source: Source::Admin,
        entry_point: EntryPoint::Import,
        request_id: new_request_id(ctx.environment.as_ref()),
    };
    let key = IdempotencyKey::parse(&format!("import:{file_sha256}:{}", line.number))
        .expect("a hash and a number are a key");
    let attempt = Attempt::of(&call);
    let logged = audited(ctx, &attempt, async {
        let permit = attempt.permit(Scope::ActivityWrite)?;
        let object = line.object?;
        let input_hash = attempt.note(InputHash::of(&object))?;
        let key = (!object.contains_key("idempotency_key")).then_some(key);
        let mut reader = Reader::new(&object);
        let input = v1::log::read(&mut reader, key, input_hash, ctx.environment.now()?);
        log_activity(ctx, permit, reader.finish(input)?).await
    });
    let logged = logged.await?;
    Ok(match logged.replay {
        Replay::First => LineOutcome::Applied,
        Replay::Replayed => LineOutcome::Unchanged,
    })
}
