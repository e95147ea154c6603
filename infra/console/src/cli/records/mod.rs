//! Going through a file of records: JSON lines or CSV, bounded, several records
//! at a time, with a progress bar.
//!
//! What was done is found done by the next run, so that a run that was cut off
//! is simply run again. Records that are refused are reported and kept beside
//! the file, and the others go on.

mod csv_quotes;
mod csv_rows;
pub(super) mod format;
mod json_lines;
mod record;
mod refused;
mod snapshot;

use std::cell::Cell;
use std::fs::File;
use std::future::Future;
use std::io::{BufRead, BufReader};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::pin::pin;

use activity_log_core::app::json::Object;
use activity_log_core::app::record_act::record_act;
use activity_log_core::domain::audit::{Action, AuditStatus, Call, Data};
use activity_log_core::domain::error::FieldError;
use activity_log_core::{Context, Error};
use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use self::csv_rows::CsvRows;
use self::format::{Format, NotRecords};
use self::json_lines::JsonLines;
pub(super) use self::record::Outcome;
use self::record::{Next, Original, Record};
use self::refused::Refused;
use self::snapshot::Snapshot;
use super::error::CliError;
use super::output::Output;
use super::signals::Signals;

/// Records between two looks at what became of them.
const BATCH_RECORDS: usize = 256;
/// So many bytes of records are in memory at once, and the last of them.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;
/// More would wait for each other: the table takes so many calls at once.
const MAX_CONCURRENCY: usize = 64;
/// How much of a file is looked at to tell what it is.
const START_BYTES: usize = 64 * 1024;

/// The file, and how to go through it.
#[derive(Clone, Debug, Args)]
pub(super) struct RecordsArgs {
    /// The file.
    file: PathBuf,
    /// How the file is written; a file named .csv is CSV, and any other JSON lines, by default.
    #[arg(long)]
    format: Option<Format>,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// List the records that were there already.
    #[arg(long)]
    verbose: bool,
    /// How many records are worked on at once.
    #[arg(long, value_name = "N", default_value = "8", value_parser = concurrency)]
    concurrency: NonZeroUsize,
}

fn concurrency(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= MAX_CONCURRENCY);
    number.ok_or_else(|| format!("must be a whole number from 1 to {MAX_CONCURRENCY}"))
}

enum Source {
    JsonLines(JsonLines<BufReader<File>>),
    Csv(CsvRows<BufReader<File>>),
}

impl Source {
    /// Reads a file that begins as its format does. `columns` are the properties
    /// that its records may have.
    fn of(file: File, args: &RecordsArgs, columns: &[&str]) -> Result<Self, CliError> {
        let path = &args.file;
        let mut input = BufReader::with_capacity(START_BYTES, file);
        let start = input.fill_buf().map_err(CliError::io(path.display()))?;
        let whole = start.len() < START_BYTES;
        let is_csv = path.extension().is_some_and(|name| name.eq_ignore_ascii_case("csv"));
        let format = args.format.unwrap_or(if is_csv { Format::Csv } else { Format::Jsonl });
        Ok(match format {
            Format::Jsonl => {
                format::check_json_lines(start, whole, columns)?;
                Self::JsonLines(JsonLines::new(input))
            }
            Format::Csv => {
                let delimiter = format::check_csv(start, whole, columns)?;
                Self::Csv(CsvRows::new(input, delimiter, columns)?)
            }
        })
    }

    fn next(&mut self, path: &Path) -> Result<Next, CliError> {
        match self {
            Self::JsonLines(lines) => lines.next().map_err(CliError::io(path.display())),
            Self::Csv(rows) => rows.next(),
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::JsonLines(lines) => lines.bytes(),
            Self::Csv(rows) => rows.bytes(),
        }
    }
}

/// Goes through the records of a file. `prepare` sees each in the order of the
/// file, and `work` does what it made of it; a refusal is reported, counted and
/// kept, any other error ends the run.
pub(super) async fn for_each_record<T, F>(
    args: &RecordsArgs,
    columns: &[&str],
    audited: &AuditedRun<'_>,
    output: Output,
    mut prepare: impl FnMut(Result<Object, Error>) -> T,
    work: impl Fn(T) -> F,
) -> Result<(), CliError>
where
    F: Future<Output = Result<Outcome, Error>>,
{
    let mut run = Run::begin(args, columns)?;
    let asked_to_end = Cell::new(false);
    let mut signals = Signals::listen()?;
    let went_through = {
        let mut going = pin!(go_through(args, &mut run, &asked_to_end, &mut prepare, &work));
        tokio::select! {
            went_through = &mut going => went_through,
            () = signals.next() => {
                asked_to_end.set(true);
                // What is under way is waited for, unless it is asked to end again.
                tokio::select! {
                    went_through = going => went_through,
                    () = signals.next() => Err(CliError::AskedToEnd),
                }
            }
        }
    };
    // A run that was cut off has done something as well.
    let recorded = match args.dry_run {
        true => Ok(()),
        false => audited.record(run.counts).await,
    };
    went_through?;
    recorded?;
    run.end(output)
}

async fn go_through<T, F>(
    args: &RecordsArgs,
    run: &mut Run<'_>,
    asked_to_end: &Cell<bool>,
    prepare: &mut impl FnMut(Result<Object, Error>) -> T,
    work: &impl Fn(T) -> F,
) -> Result<(), CliError>
where
    F: Future<Output = Result<Outcome, Error>>,
{
    while let Some(batch) = run.next_batch()? {
        let works = batch.into_iter().map(|record| {
            let done = work(prepare(record.object));
            async move {
                let line = record.number;
                let cut_off = |reason| Err(CliError::CutOff { line, source: Box::new(reason) });
                if asked_to_end.get() {
                    return cut_off(CliError::AskedToEnd);
                }
                match done.await {
                    Err(error) if AuditStatus::of_refusal(&error).is_none() => {
                        cut_off(error.into())
                    }
                    result => Ok((line, record.original, result)),
                }
            }
        });
        let results = stream::iter(works).buffered(args.concurrency.get());
        let noted = results.try_for_each(|result| {
            let noted = run.note(result);
            async move { noted }
        });
        noted.await?;
        run.show_progress()?;
    }
    Ok(())
}

/// What the trail calls a run through a file: it has one event, with the counts.
pub(super) struct AuditedRun<'a> {
    pub(super) ctx: &'a Context,
    pub(super) call: &'a Call,
    pub(super) action: Action,
}

impl AuditedRun<'_> {
    async fn record(&self, counts: Counts) -> Result<(), CliError> {
        let Counts { applied, unchanged, refused } = counts;
        let data = Data::default()
            .number("applied", applied as u64)
            .number("unchanged", unchanged as u64)
            .number("refused", refused as u64);
        record_act(self.ctx, self.call, self.action, data).await?;
        Ok(())
    }
}

/// The line of a record, how it was given, and what became of it, or why it was
/// refused.
type RecordResult = (u64, Original, Result<Outcome, Error>);

/// A file on its way through.
struct Run<'a> {
    args: &'a RecordsArgs,
    source: Source,
    before: Snapshot,
    counts: Counts,
    /// Nothing is kept of a run that does nothing.
    refused: Option<Refused>,
    bar: ProgressBar,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    applied: usize,
    unchanged: usize,
    refused: usize,
}

impl<'a> Run<'a> {
    fn begin(args: &'a RecordsArgs, columns: &[&str]) -> Result<Self, CliError> {
        let path = &args.file;
        let file = open(path)?;
        let before = Snapshot::of(&file.metadata().map_err(CliError::io(path.display()))?);
        let again = file.try_clone().map_err(CliError::io(path.display()))?;
        let source = Source::of(file, args, columns)?;
        let refused = match args.dry_run {
            true => None,
            false => Some(Refused::of(path, again).map_err(CliError::io(path.display()))?),
        };
        let bar = bar_of(before.bytes());
        Ok(Self { args, source, before, counts: Counts::default(), refused, bar })
    }

    /// The next records but for lines that are blank. `None` at the end.
    fn next_batch(&mut self) -> Result<Option<Vec<Record>>, CliError> {
        let mut batch = Vec::new();
        let begin = self.source.bytes();
        for read in 0..BATCH_RECORDS {
            if self.source.bytes() - begin > BATCH_BYTES {
                break;
            }
            match self.source.next(&self.args.file)? {
                Next::Record(record) => batch.push(record),
                Next::Blank => {}
                Next::End if read == 0 => return Ok(None),
                Next::End => break,
            }
        }
        Ok(Some(batch))
    }

    /// Counts and reports what became of a record.
    fn note(&mut self, (number, original, result): RecordResult) -> Result<(), CliError> {
        match result {
            Ok(Outcome::Applied) => self.counts.applied += 1,
            Ok(Outcome::Unchanged(existing)) => {
                self.counts.unchanged += 1;
                if self.args.verbose {
                    self.say(format_args!("line {number}: was there already, {existing}"));
                }
            }
            Err(refusal) => {
                self.counts.refused += 1;
                self.say(format_args!("line {number}: {}", describe(&refusal)));
                if let Some(refused) = &mut self.refused {
                    refused.keep(&original).map_err(CliError::io("a refused line is not kept"))?;
                }
            }
        }
        Ok(())
    }

    fn say(&self, what: std::fmt::Arguments<'_>) {
        self.bar.suspend(|| eprintln!("{what}"));
    }

    fn show_progress(&mut self) -> Result<(), CliError> {
        let Counts { applied, unchanged, refused } = self.counts;
        self.bar.set_position(self.source.bytes());
        self.bar.set_message(format!("{} records", applied + unchanged + refused));
        let flushed = self.refused.as_mut().map_or(Ok(()), Refused::flush);
        flushed.map_err(CliError::io("refused lines are not kept"))
    }

    /// Prints the counts. A run that refused a record has failed.
    fn end(self, output: Output) -> Result<(), CliError> {
        self.bar.finish_and_clear();
        let Counts { applied, unchanged, refused } = self.counts;
        let lines = applied + unchanged + refused;
        let path = self.refused.as_ref().and_then(Refused::path);
        let would = if self.args.dry_run { "would be " } else { "" };
        let mut counted = json!({
            "lines": lines,
            "applied": applied,
            "unchanged": unchanged,
            "refused": refused,
        });
        if self.args.dry_run {
            counted["dry_run"] = json!(true);
        }
        if let Some(path) = path {
            counted["refused_file"] = json!(path.display().to_string());
        }
        output.print(
            format_args!(
                "{lines} lines: {applied} {would}applied, {unchanged} unchanged, {refused} refused."
            ),
            &counted,
        )?;
        // Whatever was read of it is done, and found done by the next run.
        if !self.before.is_still(&self.args.file) {
            return Err(CliError::FileChanged(self.args.file.clone()));
        }
        match refused {
            0 => Ok(()),
            _ => {
                let kept = path.map(|path| format!("; they are in {}", path.display()));
                Err(CliError::LinesRefused { refused, lines, kept: kept.unwrap_or_default() })
            }
        }
    }
}

fn bar_of(bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {msg} eta {eta}");
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Opens what can be read more than once. A pipe is not opened, since that would
/// wait for its other end.
fn open(path: &Path) -> Result<File, CliError> {
    if path == Path::new("-") {
        return Err(NotRecords::NotAFile.into());
    }
    let kind = std::fs::metadata(path).map_err(CliError::io(path.display()))?.file_type();
    if !kind.is_file() && !kind.is_dir() {
        return Err(NotRecords::NotAFile.into());
    }
    File::open(path).map_err(CliError::io(path.display()))
}

fn describe(error: &Error) -> String {
    let fields = error.field_errors().unwrap_or_default();
    let describe_field = |field: &FieldError| format!("{}: {}", field.field, field.message);
    let fields: Vec<String> = fields.iter().map(describe_field).collect();
    if fields.is_empty() { error.to_string() } else { format!("{error} {}", fields.join("; ")) }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::json_lines::MAX_LINE_BYTES;
    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        records: RecordsArgs,
    }

    #[test]
    fn a_batch_is_bounded_in_records_and_in_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let long = format!("{{\"a\":\"{}\"}}\n", "x".repeat(MAX_LINE_BYTES - 100));
        for (line, lines, largest) in [("{}\n", 600, BATCH_RECORDS), (&long, 12, 5)] {
            std::fs::write(&path, line.repeat(lines)).unwrap();
            let args = Command::parse_from(["import".as_ref(), path.as_os_str()]).records;
            let mut run = Run::begin(&args, &[]).unwrap();
            let mut sizes = Vec::new();
            while let Some(batch) = run.next_batch().unwrap() {
                sizes.push(batch.len());
            }
            assert_eq!(sizes.iter().sum::<usize>(), lines, "{sizes:?}");
            assert_eq!(sizes.iter().max(), Some(&largest), "{sizes:?}");
        }
    }
}
