//! `activity-log index`.

use activity_log_core::Context;
use activity_log_core::app::compact_index::{Ran, index_status, settle_index};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::index::status::{IndexStatus, TierStatus};
use activity_log_core::store::operator::indexed_tenants::indexed_tenants;
use clap::Subcommand;
use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::arguments::tenant;
use super::columns::columns;
use super::error::CliError;
use super::output::Output;

#[derive(Debug, Subcommand)]
pub(super) enum IndexCommand {
    /// Finish the compaction of an index: merge what its tail has, however little it is, do
    /// all merges that are due, and delete what was merged away. It can be done at any time,
    /// beside writes, searches and other runs.
    Settle {
        /// The tenant; every one that has an index by default, which scans the table.
        #[arg(long, value_parser = tenant)]
        tenant: Option<TenantId>,
    },
    /// Print what an index is made of: how long its tail is, and how many segments it has.
    Status {
        /// The tenant; every one that has an index by default, which scans the table.
        #[arg(long, value_parser = tenant)]
        tenant: Option<TenantId>,
    },
}

pub(super) async fn run(
    command: IndexCommand,
    ctx: &Context,
    output: Output,
) -> Result<(), CliError> {
    match command {
        IndexCommand::Settle { tenant } => settle(ctx, tenant, output).await,
        IndexCommand::Status { tenant } => status(ctx, tenant, output).await,
    }
}

async fn settle(ctx: &Context, tenant: Option<TenantId>, output: Output) -> Result<(), CliError> {
    let tenants = tenants(ctx, tenant).await?;
    let bar = ProgressBar::new(tenants.len() as u64);
    let mut settled = Vec::new();
    let mut sum = (0, 0);
    for tenant in &tenants {
        let ran = settle_index(ctx, tenant).await?;
        sum = (sum.0 + ran.entries_flushed, sum.1 + ran.merges);
        settled.push(settled_json(tenant, &ran));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let (entries, merges) = sum;
    output.print(
        format_args!("{} tenants, {entries} entries flushed, {merges} merges.", tenants.len()),
        &Value::Array(settled),
    )
}

fn settled_json(tenant: &TenantId, ran: &Ran) -> Value {
    json!({
        "tenant_id": tenant,
        "entries_flushed": ran.entries_flushed,
        "merges": ran.merges,
        "bytes_written": ran.bytes_written,
        "parts_deleted": ran.parts_deleted,
        "unreadable_entries": ran.unreadable_entries,
        "segments_set_aside": ran.segments_set_aside,
    })
}

async fn status(ctx: &Context, tenant: Option<TenantId>, output: Output) -> Result<(), CliError> {
    let mut rows = Vec::new();
    let mut all = Vec::new();
    for tenant in tenants(ctx, tenant).await? {
        let status = index_status(ctx, &tenant).await?;
        rows.push(row(&tenant, &status));
        all.push(json!({ "tenant_id": tenant, "index": status }));
    }
    let header =
        ["TENANT", "TAIL", "BYTES", "SHARDS", "SEGMENTS", "BYTES", "PENDING", "STRUCK", "TIERS"];
    output.print(columns(header, &rows), &Value::Array(all))
}

fn row(tenant: &TenantId, status: &IndexStatus) -> [String; 9] {
    let IndexStatus { tail_entries, tail_bytes, shards, pending, struck, .. } = status;
    let segments: usize = status.tiers.iter().map(|tier| tier.segments).sum();
    let bytes: u64 = status.tiers.iter().map(|tier| tier.bytes).sum();
    [
        tenant.to_string(),
        tail_entries.to_string(),
        tail_bytes.to_string(),
        shards.to_string(),
        segments.to_string(),
        bytes.to_string(),
        pending.to_string(),
        struck.to_string(),
        status.tiers.iter().map(tier_text).collect::<Vec<_>>().join(" "),
    ]
}

/// As in `activities:2=3`: three segments of activities in tier 2.
fn tier_text(tier: &TierStatus) -> String {
    let number = tier.tier.map_or_else(|| "set-aside".to_owned(), |number| number.to_string());
    format!("{}:{number}={}", tier.collection, tier.segments)
}

/// The tenant that is named, or all that have an index.
async fn tenants(ctx: &Context, tenant: Option<TenantId>) -> Result<Vec<TenantId>, CliError> {
    if let Some(tenant) = tenant {
        return Ok(vec![tenant]);
    }
    let bar = ProgressBar::new_spinner();
    let report = |scanned| {
        bar.set_message(format!("{scanned} items scanned"));
        bar.tick();
    };
    let tenants = indexed_tenants(&ctx.store, report).await?;
    bar.finish_and_clear();
    Ok(tenants.into_iter().collect())
}
