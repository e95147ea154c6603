//! `activity-log audit export`.

use std::path::{Path, PathBuf};

use activity_log_core::domain::audit_log::Generation;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::trail::tile::TileName;
use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;

use super::api_source::ApiSource;
use super::directory::Directory;
use super::table_source::TableSource;
use crate::cli::arguments::{tenant, url};
use crate::cli::connection::Connected;
use crate::cli::error::CliError;
use crate::cli::output::Output;

/// The variable with the key that an export over the API is read with. A command line can
/// be read by others.
const KEY_VARIABLE: &str = "ACTIVITY_LOG_KEY";

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// The tenant. Over the API it is that of the key.
    #[arg(long, value_parser = tenant, required_unless_present = "api")]
    tenant: Option<TenantId>,
    /// The folder that is written: a new one, or an empty one.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write the activities as well, which proves that they are as they were logged.
    #[arg(long)]
    activities: bool,
    /// Read from the API at this address, with the key in the variable ACTIVITY_LOG_KEY, and
    /// not from the table. It needs the scope audit:read, and activity:read for activities.
    #[arg(long, value_name = "URL", value_parser = url, conflicts_with = "tenant")]
    pub(in crate::cli) api: Option<String>,
}

/// Exports over the API, without a table.
pub(in crate::cli) async fn run_over_api(
    args: &ExportArgs,
    output: Output,
) -> Result<(), CliError> {
    let url = args.api.as_ref().expect("it is called where an API is named");
    let key = std::env::var(KEY_VARIABLE).ok().filter(|key| !key.is_empty());
    let Some(key) = key else {
        let rule = "must have the key to export with".to_owned();
        return Err(CliError::Setting { name: KEY_VARIABLE, rule });
    };
    let mut source = ApiSource::new(url, key.trim())?;
    let Some((size, note)) = source.newest_note().await? else {
        return Err(CliError::NothingSealed);
    };
    let mut directory = Directory::begin(&args.out, args.activities)?;
    let bar = ProgressBar::new(size);
    for name in TileName::all(size) {
        for (size, note) in source.notes(name).await? {
            directory.add_note(size, &note)?;
        }
        let leaves = source.leaves(name, args.activities).await?;
        directory.add_bundle(name, &leaves)?;
        bar.inc(u64::from(name.width));
    }
    bar.finish_and_clear();
    // It may not be among those that were listed, because the log went on.
    directory.add_note(size, &note)?;
    directory.end(&note)?;
    print(size, &args.out, output)
}

pub(super) async fn run(
    args: ExportArgs,
    connected: &Connected,
    output: Output,
) -> Result<(), CliError> {
    let tenant = args.tenant.as_ref().expect("it is required where no API is named");
    let newest = connected.ctx.config.audit_log.generation;
    let size = export(&args, tenant, connected, newest, &args.out).await?;
    let Some(size) = size else { return Err(CliError::NoLog(tenant.clone())) };
    let mut generation = newest.previous();
    while let Some(earlier) = generation {
        let folder = args.out.join("generations").join(earlier.number().to_string());
        export(&args, tenant, connected, earlier, &folder).await?;
        generation = earlier.previous();
    }
    print(size, &args.out, output)
}

fn print(size: u64, out: &Path, output: Output) -> Result<(), CliError> {
    output.print(
        format_args!("{size} leaves written to {}.", out.display()),
        &json!({ "size": size, "out": out }),
    )
}

/// Exports a log, and says how many leaves it has; `None` where there is none.
async fn export(
    args: &ExportArgs,
    tenant: &TenantId,
    connected: &Connected,
    generation: Generation,
    folder: &Path,
) -> Result<Option<u64>, CliError> {
    let ctx = &connected.ctx;
    let mut source = TableSource::new(ctx, tenant, generation);
    let Some((size, note)) = source.newest_note().await? else { return Ok(None) };
    let cosignatures = ctx.store.cosignatures(tenant, generation, 0..=size).await?;
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
        directory.add_unsealed(&source.unsealed(size).await?)?;
    }
    bar.finish_and_clear();
    directory.end(&cosigned(size, note))?;
    Ok(Some(size))
}
