//! `activity-log tenant`.

use std::io::{BufRead, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::credential_cache::CACHE_FOR;
use activity_log_core::app::record_act::{close_every_refusal_tally, record_act};
use activity_log_core::app::seal_backlog::expect_newest;
use activity_log_core::app::set_tenant::set_tenant;
use activity_log_core::domain::audit::{Action, Call, Data};
use activity_log_core::domain::audit_reads::AuditReads;
use activity_log_core::domain::clock::{ClockOutOfRange, Timestamp};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::domain::tenant_settings::TenantSettings;
use activity_log_core::index::segment::Collection;
use activity_log_core::index::{Position, Range};
use activity_log_core::store::operator::remove_tenant::{self, AuditTrail, Counts, TenantItems};
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use serde_json::json;

use super::arguments::tenant;
use super::error::CliError;
use super::operator::Operator;
use super::output::Output;

/// A function takes a key for so long after it was revoked, and then ends what
/// it has begun within half a minute.
const DRAIN_SECONDS: u64 = CACHE_FOR.as_secs() + 30;

#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// Set what a tenant wants otherwise than the deployment has it. A warm process may
    /// work with the old setting for 60 seconds more.
    Set {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        /// Which reads of records the audit trail has: denied, all, or default for what
        /// the deployment has.
        #[arg(long, value_parser = audit_reads)]
        audit_reads: Setting,
    },
    /// Remove everything of a tenant, for good: activities, bodies, what they are found by,
    /// idempotency records, related resources, names of actors, types and credentials.
    ///
    /// A tombstone comes first, and stays: the id gets no new keys and no events, unless
    /// `keys create --reopen-removed-tenant` says otherwise. Then the credentials are
    /// revoked. After a wait, in which functions may still
    /// take them, everything is removed. A run that was cut off is done again;
    /// one that removes nothing says that nothing is left.
    Remove(RemoveArgs),
}

#[derive(Debug, Args)]
pub(super) struct RemoveArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// Remove the audit events too, which are kept otherwise.
    #[arg(long)]
    include_audit_events: bool,
    /// Only count, by kind, what would be removed and what kept.
    #[arg(long)]
    dry_run: bool,
    /// Don't ask for the tenant's id.
    #[arg(long)]
    yes: bool,
    /// How long to wait after the tombstone was left and the last credential revoked.
    #[arg(long, value_name = "SECONDS", default_value_t = DRAIN_SECONDS)]
    drain_seconds: u64,
}

pub(super) async fn run(
    command: TenantCommand,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    let args = match command {
        TenantCommand::Set { tenant, audit_reads } => {
            return set(ctx, &operator.call(ctx, &tenant, "tenant set"), audit_reads, output).await;
        }
        TenantCommand::Remove(args) => args,
    };
    let call = operator.call(ctx, &args.tenant, "tenant remove");
    let generation = ctx.config.audit_log.generation;
    let audit_trail = match args.include_audit_events {
        true => AuditTrail::RemovedUpTo(generation),
        false => AuditTrail::Kept,
    };
    let bar = ProgressBar::new_spinner();
    if args.dry_run {
        let found =
            remove_tenant::count(&ctx.store, &args.tenant, audit_trail, |found| show(&bar, found));
        let found = found.await?;
        bar.finish_and_clear();
        return print(&args, "would be removed", &found, End::DryRun, None, output);
    }
    if !args.yes && !confirm(&args.tenant, ctx.store.table_name())? {
        return Err(CliError::NotConfirmed);
    }
    // What stays of the logs is the newest seal of the newest one.
    expect_newest(ctx, &args.tenant).await?;
    // Before it begins, so that nothing is removed without a trace. A further run that
    // removes the trail as well would find nothing but that, and never be the last one.
    if audit_trail == AuditTrail::Kept || !ctx.store.is_removed(&args.tenant).await? {
        record_act(ctx, &call, Action::TenantClosed, Data::default()).await?;
    }
    let closed_at = remove_tenant::close(&ctx.store, &args.tenant, ctx.environment.now()?).await?;
    drain(ctx, closed_at, Duration::from_secs(args.drain_seconds)).await?;
    if audit_trail == AuditTrail::Kept {
        close_every_refusal_tally(ctx, &args.tenant).await?;
    }
    let so_far = Mutex::new(TenantItems::default());
    let report = |found: &TenantItems| {
        so_far.lock().unwrap_or_else(PoisonError::into_inner).clone_from(found);
        show(&bar, found);
    };
    let (store, environment) = (&ctx.store, &*ctx.environment);
    // The trail goes last, and not before what it tells of its end is signed.
    let mut last_note = None;
    if audit_trail != AuditTrail::Kept {
        let kept = AuditTrail::Kept;
        let found = remove_tenant::remove(store, &args.tenant, kept, environment, &report).await?;
        last_note = end_log(ctx, &call, &found).await?;
    }
    let removed =
        remove_tenant::remove(store, &args.tenant, audit_trail, environment, &report).await;
    bar.finish_and_clear();
    if let (Ok(found), AuditTrail::Kept) = (&removed, audit_trail) {
        let data = Data::default().number("removed", sum(&found.removed) as u64);
        record_act(ctx, &call, Action::TenantRemoved, data).await?;
    }
    match removed {
        Ok(found) => print(&args, "removed", &found, End::Complete, last_note, output),
        Err(error) => {
            // What is gone is said all the same.
            let found = so_far.into_inner().unwrap_or_else(PoisonError::into_inner);
            print(&args, "removed before it failed", &found, End::CutOff, None, output)?;
            Err(error.into())
        }
    }
}

/// Tells the log that its tenant is removed, and waits until that is sealed: the note that
/// signs it is what is left as a proof. None where nothing of the tenant was ever sealed.
async fn end_log(
    ctx: &Context,
    call: &Call,
    found: &TenantItems,
) -> Result<Option<String>, CliError> {
    let (tenant, generation) = (&call.principal.tenant_id, ctx.config.audit_log.generation);
    let seals = async |limit| ctx.store.seals_before(tenant, generation, None, limit).await;
    let Some(newest) = seals(1).await?.pop() else { return Ok(None) };
    // A further run finds the trail gone.
    let any = Range { newest: Position::NEWEST, oldest: Position::OLDEST };
    let listed = ctx.store.listed(tenant, Collection::AuditEvents, any, 1).await?;
    if listed.matches.is_empty() {
        return Ok(Some(newest.note));
    }
    let data = Data::default().number("removed", sum(&found.removed) as u64);
    let last = record_act(ctx, call, Action::TenantRemoved, data).await?;
    eprintln!("Waiting until the end of the tenant's log is sealed.");
    for _ in 0..SEALED_WITHIN_SECONDS {
        for seal in seals(SEALS_LOOKED_AT).await? {
            if seal.leaves.iter().any(|leaf| leaf.event_id == last) {
                return Ok(seals(1).await?.pop().map(|seal| seal.note));
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(CliError::EndNotSealed)
}

/// How long the end of a log may take to be sealed: a window of some minutes.
const SEALED_WITHIN_SECONDS: usize = 600;
/// The newest seals, which the end of a log is looked for in.
const SEALS_LOOKED_AT: usize = 4;

/// Which reads the trail has; none for the deployment's choice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting(Option<AuditReads>);

fn audit_reads(text: &str) -> Result<Setting, String> {
    match text {
        "default" => Ok(Setting(None)),
        word => AuditReads::parse(word)
            .map(|reads| Setting(Some(reads)))
            .map_err(|rule| format!("{rule} default")),
    }
}

async fn set(
    ctx: &Context,
    call: &Call,
    Setting(audit_reads): Setting,
    output: Output,
) -> Result<(), CliError> {
    let tenant = &call.principal.tenant_id;
    refuse_removed(ctx, tenant).await?;
    set_tenant(ctx, call, TenantSettings { audit_reads }).await?;
    let word = audit_reads.map_or("default", AuditReads::as_str);
    output.print(
        format_args!("Tenant {tenant}: audit reads {word}."),
        &json!({ "tenant": tenant, "audit_reads": audit_reads }),
    )
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    DryRun,
    Complete,
    CutOff,
}

/// Whether a person at a terminal names the tenant.
fn confirm(tenant: &TenantId, table: &str) -> Result<bool, CliError> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Ok(false);
    }
    eprintln!("Everything of the tenant {tenant} in the table {table} will be removed, for good.");
    eprintln!("To go on, type the tenant's id:");
    names(&mut stdin.lock(), tenant).map_err(CliError::io("the terminal"))
}

/// Whether the next line is the tenant's id.
fn names(input: &mut impl BufRead, tenant: &TenantId) -> std::io::Result<bool> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']) == tenant.as_str())
}

/// Refuses to do something for a tenant that was removed: what is not asked for
/// by a credential would begin to build it up again.
pub(super) async fn refuse_removed(ctx: &Context, tenant: &TenantId) -> Result<(), CliError> {
    if ctx.store.is_removed(tenant).await? {
        return Err(CliError::TenantRemoved(tenant.clone()));
    }
    Ok(())
}

/// Waits until nobody can be writing to a tenant that was closed then.
async fn drain(
    ctx: &Context,
    closed_at: Timestamp,
    drain: Duration,
) -> Result<(), ClockOutOfRange> {
    let left_ms = closed_at.plus(drain).as_millis() - ctx.environment.now()?.as_millis();
    // A clock that was set back must not make it longer.
    let left = Duration::from_millis(u64::try_from(left_ms).unwrap_or(0)).min(drain);
    if !left.is_zero() {
        eprintln!(
            "The tenant is closed. Waiting {} s until no function works for it any more.",
            left.as_secs_f32().ceil(),
        );
        tokio::time::sleep(left).await;
    }
    Ok(())
}

fn show(bar: &ProgressBar, found: &TenantItems) {
    bar.set_message(format!("{} items removed, {} kept", sum(&found.removed), sum(&found.kept)));
    bar.tick();
}

fn sum(counts: &Counts) -> usize {
    counts.values().sum()
}

fn print(
    args: &RemoveArgs,
    verb: &str,
    found: &TenantItems,
    end: End,
    last_note: Option<String>,
    output: Output,
) -> Result<(), CliError> {
    let list = |counts: &Counts| {
        counts.iter().map(|(kind, count)| format!("\n  {count}  {kind}")).collect::<String>()
    };
    let kept = match sum(&found.kept) {
        0 => String::new(),
        count => format!("\n{count} kept{}", list(&found.kept)),
    };
    let note = last_note.as_ref().map(|note| format!("\nThe last note of its log:\n\n{note}"));
    let mut json = json!({
        "tenant": args.tenant,
        "dry_run": end == End::DryRun,
        "complete": end == End::Complete,
        "removed": found.removed,
        "kept": found.kept,
    });
    if let Some(note) = &last_note {
        json["last_note"] = json!(note);
    }
    output.print(
        format_args!(
            "Tenant {}: {} items {verb}{}{kept}{}",
            args.tenant,
            sum(&found.removed),
            list(&found.removed),
            note.unwrap_or_default(),
        ),
        &json,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_id_in_its_own_case_confirms() {
        let tenant = TenantId::parse("acme-2").unwrap();
        let confirms = |typed: &str| names(&mut typed.as_bytes(), &tenant).unwrap();
        for typed in ["acme-2\n", "acme-2\r\n", "acme-2"] {
            assert!(confirms(typed), "{typed:?}");
        }
        for typed in ["", "\n", "y\n", "yes\n", "acme\n", "ACME-2\n", "acme-2 \n", "\nacme-2\n"] {
            assert!(!confirms(typed), "{typed:?}");
        }
    }
}
