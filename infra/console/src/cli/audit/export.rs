//! `activity-log audit export`.

use std::path::{Path, PathBuf};

use activity_log_core::domain::audit_log::Generation;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::trail::tile::TileName;
use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;

use super::directory::Directory;
use super::table_source::TableSource;
use crate::cli::arguments::tenant;
use crate::cli::connection::Connected;
use crate::cli::error::CliError;
use crate::cli::output::Output;

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// The folder that is written: a new one, or an empty one.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write the activities as well, which proves that they are as they were logged.
    #[arg(long)]
    activities: bool,
}

pub(super) async fn run(
    args: ExportArgs,
    connected: &Connected,
    output: Output,
) -> Result<(), CliError> {
    let ctx = &connected.ctx;
    let newest = ctx.config.audit_log.generation;
    let size = export(&args, connected, newest, &args.out).await?;
    let Some(size) = size else { return Err(CliError::NoLog(args.tenant)) };
    let mut generation = newest.previous();
    while let Some(earlier) = generation {
        let folder = args.out.join("generations").join(earlier.number().to_string());
        export(&args, connected, earlier, &folder).await?;
        generation = earlier.previous();
    }
    output.print(
        format_args!("{size} leaves written to {}.", args.out.display()),
        &json!({ "size": size, "out": args.out }),
    )
}

/// Exports a log, and says how many leaves it has; `None` where there is none.
async fn export(
    args: &ExportArgs,
    connected: &Connected,
    generation: Generation,
    folder: &Path,
) -> Result<Option<u64>, CliError> {
    let ctx = &connected.ctx;
    let mut source = TableSource::new(ctx, &args.tenant, generation);
    let Some((size, note)) = source.newest_note().await? else { return Ok(None) };
    let cosignatures = ctx.store.cosignatures(&args.tenant, generation).await?;
    let cosigned = |size: u64, note: String| match cosignatures.get(&size) {
        Some(lines) => note + lines,
        None => note,
    };
    let mut directory = Directory::begin(folder, args.activities)?;
    let bar = ProgressBar::new(size);
    for name in TileName::all(size) {
        for (size, note) in source.notes(name, size).await? {
            directory.add_note(size, &cosigned(size, note))?;
        }
        let leaves = source.leaves(name, size, args.activities).await?;
        directory.add_bundle(name, &leaves)?;
        bar.inc(u64::from(name.width));
    }
    if generation == ctx.config.audit_log.generation {
        if args.activities {
            for line in source.activities_without_leaf().await? {
                directory.add_record(line.to_string().as_bytes())?;
            }
        }
        directory.add_unsealed(&source.unsealed().await?)?;
    }
    bar.finish_and_clear();
    directory.end(&cosigned(size, note))?;
    Ok(Some(size))
}
