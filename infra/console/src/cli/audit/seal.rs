//! `activity-log audit seal`.

use std::time::Duration;

use activity_log_core::app::seal_backlog::seal_backlog;
use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::domain::principal::TenantId;
use clap::Args;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::function::invoke;
use super::key::SignerArgs;
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
    signer: SignerArgs,
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
    if let Some(function) = &args.signer.function {
        return seal_by_function(&args, function, connected, output).await;
    }
    let sealer = args.signer.key.sealer(connected)?;
    let deadline = Instant::now() + TIME_LIMIT;
    let backlog = seal_backlog(ctx, &sealer, tenant, args.since, deadline).await?;
    forget(connected, tenant, &backlog.put_aside).await?;
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

/// The events that were put aside and are sealed now are kept no longer.
async fn forget(connected: &Connected, tenant: &TenantId, ids: &[Uuid]) -> Result<(), CliError> {
    for ids in ids.chunks(FORGOTTEN_AT_ONCE) {
        connected.ctx.store.forget_put_aside(tenant, ids).await?;
    }
    Ok(())
}

/// Has the function seal, as often as it has time for a part of it only.
async fn seal_by_function(
    args: &SealArgs,
    function: &str,
    connected: &Connected,
    output: Output,
) -> Result<(), CliError> {
    let tenant = &args.tenant;
    // What is put aside from here on is none of what it seals.
    let mut put_aside: Vec<Uuid> = Vec::new();
    loop {
        let after = put_aside.last().copied();
        let page = connected.ctx.store.events_put_aside(tenant, after, FORGOTTEN_AT_ONCE).await?;
        if page.is_empty() {
            break;
        }
        put_aside.extend(page.iter().map(|aside| aside.event.id));
    }
    let mut payload = json!({ "tenant_id": tenant });
    if let Some(since) = args.since {
        payload["since"] = json!(since);
    }
    let deadline = Instant::now() + TIME_LIMIT;
    let mut sealed = 0;
    loop {
        let answer = invoke(function, &payload).await?;
        sealed += answer["sealed"].as_u64().unwrap_or(0);
        if answer["finished"] == json!(true) {
            forget(connected, tenant, &put_aside).await?;
            return output.print(
                format_args!(
                    "{sealed} audit events sealed; the log has {} leaves.",
                    answer["size"]
                ),
                &answer,
            );
        }
        if Instant::now() >= deadline {
            return Err(CliError::NotSealedInTime);
        }
    }
}
