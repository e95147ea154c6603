//! `activity-log audit seal`.

use std::time::Duration;

use activity_log_core::app::seal_backlog::seal_backlog;
use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::domain::principal::TenantId;
use clap::Args;
use serde_json::json;
use tokio::time::Instant;

use super::key::AuditKeyArgs;
use crate::cli::arguments::tenant;
use crate::cli::connection::Connected;
use crate::cli::error::CliError;
use crate::cli::output::Output;

/// How long a run goes on. What is left is sealed by the next one.
const TIME_LIMIT: Duration = Duration::from_secs(60 * 60);
/// Events that were put aside and are forgotten at once.
const FORGOTTEN_AT_ONCE: usize = 1_000;

#[derive(Debug, Args)]
pub(in crate::cli) struct SealArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// Look only at events from a time on, which takes less memory and time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<Timestamp>,
    #[command(flatten)]
    key: AuditKeyArgs,
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    Timestamp::parse(text, Rounding::Down).ok_or("must be a time such as 2026-03-01T09:30:00Z")
}

pub(super) async fn run(
    args: SealArgs,
    connected: &Connected,
    output: Output,
) -> Result<(), CliError> {
    let (ctx, tenant) = (&connected.ctx, &args.tenant);
    let sealer = args.key.sealer(connected)?;
    let deadline = Instant::now() + TIME_LIMIT;
    let backlog = seal_backlog(ctx, &sealer, tenant, args.since, deadline).await?;
    for ids in backlog.put_aside.chunks(FORGOTTEN_AT_ONCE) {
        ctx.store.forget_put_aside(tenant, ids).await?;
    }
    let sealed = backlog.sealed;
    output.print(
        format_args!(
            "{} audit events sealed in {} seals; the log has {} leaves.",
            sealed.sealed, sealed.seals, sealed.size
        ),
        &json!({
            "sealed": sealed.sealed,
            "seals": sealed.seals,
            "size": sealed.size,
            "put_aside": backlog.put_aside.len(),
            "unreadable": backlog.unreadable + sealed.unsealable,
            "finished": backlog.finished,
        }),
    )?;
    if backlog.finished { Ok(()) } else { Err(CliError::NotSealedInTime) }
}
