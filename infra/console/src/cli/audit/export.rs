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
    for (level, name) in TileName::of_tree(size) {
        directory.add_tile(level, name, &source.tile(level, name).await?)?;
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
    let ctx = &connected.ctx;
    let newest = ctx.config.audit_log.generation;
    let mut source = TableSource::new(ctx, tenant);
    let export = Export::of_log(&args, &mut source, newest, &args.out).await?;
    let Some(export) = export else { return Err(CliError::NoLog(tenant.clone())) };
    let mut generation = newest.previous();
    while let Some(earlier) = generation {
        let folder = args.out.join("generations").join(earlier.number().to_string());
        match Export::of_log(&args, &mut source, earlier, &folder).await {
            Ok(Some(export)) => export.end()?,
            Ok(None) => {}
            Err(error @ CliError::LogBeginsLater { .. }) => eprintln!("{error}"),
            Err(error) => return Err(error),
        }
        generation = earlier.previous();
    }
    // What no log tells of, this one or one before it.
    let size = export.size;
    export.end_with_the_rest(&args, &source).await?;
    print(size, &args.out, output)
}

fn print(size: u64, out: &Path, output: Output) -> Result<(), CliError> {
    output.print(
        format_args!("{size} leaves written to {}.", out.display()),
        &json!({ "size": size, "out": out }),
    )
}

/// A log in its folder, but for the newest note, which ends it.
struct Export {
    directory: Directory,
    size: u64,
    note: String,
}

impl Export {
    /// Writes the leaves of a log; `None` where there is none.
    async fn of_log(
        args: &ExportArgs,
        source: &mut TableSource<'_>,
        generation: Generation,
        folder: &Path,
    ) -> Result<Option<Self>, CliError> {
        let Some(mut log) = source.log(generation).await? else { return Ok(None) };
        let first = log.first().await?;
        if first > 0 {
            return Err(CliError::LogBeginsLater { generation: generation.number(), first });
        }
        let mut directory = Directory::begin(folder, args.activities)?;
        let size = log.size();
        let bar = ProgressBar::new(size);
        for name in TileName::all(size) {
            for (size, note) in log.notes(name).await? {
                directory.add_note(size, &note)?;
            }
            directory.add_bundle(name, &log.leaves(name, args.activities).await?)?;
            bar.inc(u64::from(name.width));
        }
        for (level, name) in TileName::of_tree(size) {
            directory.add_tile(level, name, &log.tile(level, name).await?)?;
        }
        bar.finish_and_clear();
        Ok(Some(Self { directory, size, note: log.newest_note() }))
    }

    /// Adds what is in no seal, and ends it.
    async fn end_with_the_rest(
        mut self,
        args: &ExportArgs,
        source: &TableSource<'_>,
    ) -> Result<(), CliError> {
        if args.activities {
            for line in source.activities_without_leaf().await? {
                self.directory.add_record(line.to_string().as_bytes())?;
            }
        }
        self.directory.add_unsealed(&source.unsealed(self.size).await?)?;
        self.end()
    }

    fn end(self) -> Result<(), CliError> {
        self.directory.end(&self.note)
    }
}
