//! `activity-log reindex`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::record_act::record_act;
use activity_log_core::domain::audit::{Action, Data};
use activity_log_core::domain::error::chain;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::store::operator::commits::COMMITS_WITHIN;
use activity_log_core::store::operator::old_words::{OldWords, remove_old_words};
use activity_log_core::store::operator::reindex::{Pace, Reindexed, Selection, Step, reindex};
use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;

use super::error::CliError;
use super::operator::Operator;
use super::output::Output;

#[derive(Debug, Args)]
pub(super) struct ReindexArgs {
    /// Drop the index and build it anew from all activities and audit events: after a
    /// restore. Until it ends, searches find what is built and what was just logged.
    #[arg(long, conflicts_with = "remove_old")]
    all: bool,
    /// Drop what older versions filed, unless an activity would not be found by its words.
    #[arg(long)]
    remove_old: bool,
    /// How long to wait for writes that began before something was dropped, with `--all`, or
    /// is to be dropped, with `--remove-old`, where there may be any. Less is safe only where
    /// nothing else writes to the table.
    #[arg(long, value_name = "SECONDS", default_value_t = COMMITS_WITHIN.as_secs())]
    drain_seconds: u64,
}

pub(super) async fn run(
    args: ReindexArgs,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    let commits_within = Duration::from_secs(args.drain_seconds);
    if args.remove_old {
        return remove_old(ctx, commits_within, output).await;
    }
    let selection = if args.all { Selection::All } else { Selection::Outdated };
    let bar = ProgressBar::new_spinner();
    let filed = Mutex::new(BTreeMap::<TenantId, u64>::new());
    let report = |step: Step<'_>| match step {
        Step::Filed { tenant, records } => {
            let mut filed = filed.lock().unwrap_or_else(PoisonError::into_inner);
            *filed.entry(tenant.clone()).or_default() += records as u64;
        }
        Step::Progress(so_far) => {
            bar.set_message(text(&so_far));
            bar.tick();
        }
        Step::Failed(error) => bar.suspend(|| eprintln!("{}", chain(error))),
    };
    let pace = Pace { commits_within, ..Pace::default() };
    let done = reindex(&ctx.store, ctx.environment.as_ref(), selection, pace, report).await;
    bar.finish_and_clear();
    // One event a tenant of which something was filed, also where the run was cut off.
    for (tenant, records) in filed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let call = operator.call(ctx, &tenant, "reindex");
        let data = Data::default().number("records", records);
        record_act(ctx, &call, Action::ActivitiesReindexed, data).await?;
    }
    let done = done?;
    output.print(format_args!("{}.", text(&done)), &json!(done))?;
    match done.failed {
        0 => Ok(()),
        failed => Err(CliError::NotIndexed { failed }),
    }
}

fn text(so_far: &Reindexed) -> String {
    format!(
        "{} items scanned, {} activities and {} audit events indexed, {} failed",
        so_far.scanned, so_far.activities, so_far.audit_events, so_far.failed,
    )
}

async fn remove_old(
    ctx: &Context,
    commits_within: Duration,
    output: Output,
) -> Result<(), CliError> {
    let bar = ProgressBar::new_spinner();
    let report = |scanned| {
        bar.set_message(format!("{scanned} items scanned"));
        bar.tick();
    };
    let env = ctx.environment.as_ref();
    let old_words = remove_old_words(&ctx.store, env, commits_within, report).await?;
    bar.finish_and_clear();
    match old_words {
        OldWords::InUse { activities } => Err(CliError::OldWordsInUse { activities }),
        OldWords::Dropped { segments } => output
            .print(format_args!("{segments} segments dropped."), &json!({ "segments": segments })),
    }
}
