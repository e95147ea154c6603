//! `activity-log audit seal`.

use std::time::Duration;

use activity_log_core::app::seal_backlog::seal_backlog;
use activity_log_core::app::seal_events::expect_own_log;
use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::domain::principal::TenantId;
use clap::Args;
use serde::{Deserialize, Serialize};
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
    // Also where nothing is left to seal: another key is told at once.
    expect_own_log(ctx, &sealer, tenant).await?;
    let backlog = seal_backlog(ctx, &sealer, tenant, args.since, deadline).await?;
    forget(connected, tenant, &backlog.put_aside).await?;
    let sealed = backlog.sealed;
    let run = Run {
        sealed: sealed.sealed,
        seals: sealed.seals,
        size: sealed.size,
        put_aside: backlog.put_aside.len(),
        unreadable: backlog.unreadable + sealed.unsealable,
        finished: backlog.finished,
    };
    run.print(output)
}

/// What a run came to; the function says the same of its own.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Run {
    sealed: usize,
    seals: usize,
    size: u64,
    put_aside: usize,
    unreadable: usize,
    finished: bool,
}

impl Run {
    /// Adds what the next one came to. It looks at all that is put aside, once more.
    fn add(&mut self, next: &Self) {
        *self = Self { sealed: self.sealed + next.sealed, seals: self.seals + next.seals, ..*next };
    }

    fn print(&self, output: Output) -> Result<(), CliError> {
        let Self { sealed, seals, size, unreadable, .. } = *self;
        let mut text =
            format!("{sealed} audit events sealed in {seals} seals; the log has {size} leaves.");
        if unreadable > 0 {
            text += &format!(
                " {unreadable} are not: they can't be read, or nobody who signs this log has put \
                 them aside."
            );
        }
        output.print(format_args!("{text}"), &json!(self))?;
        if self.finished { Ok(()) } else { Err(CliError::NotSealedInTime) }
    }
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
    let mut after: Option<String> = None;
    loop {
        let store = &connected.ctx.store;
        let page = store.events_put_aside(tenant, after.as_deref(), FORGOTTEN_AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.key.clone());
        put_aside.extend(page.iter().filter_map(|aside| Some(aside.unsealed.as_ref()?.event.id)));
    }
    let mut payload = json!({ "tenant_id": tenant });
    if let Some(since) = args.since {
        payload["since"] = json!(since);
    }
    let deadline = Instant::now() + TIME_LIMIT;
    let mut run = Run::default();
    while !run.finished && Instant::now() < deadline {
        run.add(&invoke(function, &payload).await?);
    }
    // What it does not know to be put aside by itself is kept for whoever looks into it.
    if run.finished && run.unreadable == 0 {
        forget(connected, tenant, &put_aside).await?;
    }
    run.print(output)
}
