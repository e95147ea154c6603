//! Going through a file of JSON lines: bounded, several lines at a time, with a
//! progress bar, and resumable.
//!
//! What was done is kept beside the file, in `FILE.progress`, after every batch
//! of lines, and forgotten at the end. A run of the same file for the same
//! purpose goes on from there.

mod lines;
mod progress;

use std::fs::File;
use std::future::Future;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use activity_log_core::Error;
use activity_log_core::domain::audit::AuditStatus;
use activity_log_core::domain::error::FieldError;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use sha2::{Digest, Sha256};

pub(super) use self::lines::{Line, LineOutcome};
use self::lines::{LineReader, Next};
use self::progress::Progress;
use super::error::CliError;
use super::output::Output;

/// Lines between two notes of the progress.
const BATCH_LINES: usize = 256;
/// Lines that are worked on side by side.
const LINES_IN_FLIGHT: usize = 8;

/// The SHA-256 of a file, in hex.
pub(super) fn file_hash(path: &Path) -> Result<String, CliError> {
    let mut file = open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer).map_err(CliError::io(path.display()))?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}

/// Goes through the lines of a file. `work` does one line; a refusal is
/// reported and counted, any other error ends the run, which can be resumed.
/// `purpose` names what the run does and to what, so that another run does not
/// take its progress for its own.
pub(super) async fn for_each_line<F>(
    path: &Path,
    file_sha256: &str,
    purpose: &str,
    output: Output,
    work: impl Fn(Line) -> F,
) -> Result<(), CliError>
where
    F: Future<Output = Result<LineOutcome, Error>>,
{
    let mut run = Run::resume(path, file_sha256, purpose)?;
    while let Some(batch) = run.next_batch()? {
        let results = work_on(batch, &work).await?;
        run.note(results)?;
    }
    report(&run.end()?, output)
}

/// A file on its way through.
struct Run<'a> {
    path: &'a Path,
    progress_path: PathBuf,
    progress: Progress,
    reader: LineReader<BufReader<File>>,
    bar: ProgressBar,
}

impl<'a> Run<'a> {
    /// At the first line that no earlier run has done.
    fn resume(path: &'a Path, file_sha256: &str, purpose: &str) -> Result<Self, CliError> {
        let progress_path = progress::path_of(path);
        let progress = Progress::resume(&progress_path, file_sha256, purpose)?;
        let file = open(path)?;
        let bytes = file.metadata().map_err(CliError::io(path.display()))?.len();
        let reader = LineReader::new(BufReader::new(file));
        let mut run = Self { path, progress_path, progress, reader, bar: bar_of(bytes) };
        while run.reader.number < run.progress.lines {
            if let Next::End = run.next()? {
                break;
            }
        }
        Ok(run)
    }

    fn next(&mut self) -> Result<Next, CliError> {
        self.reader.next().map_err(CliError::io(self.path.display()))
    }

    /// The next lines but for those that are blank. `None` at the end.
    fn next_batch(&mut self) -> Result<Option<Vec<Line>>, CliError> {
        let mut batch = Vec::new();
        for read in 0..BATCH_LINES {
            match self.next()? {
                Next::Line(line) => batch.push(line),
                Next::Blank => {}
                Next::End if read == 0 => return Ok(None),
                Next::End => break,
            }
        }
        Ok(Some(batch))
    }

    /// Counts and reports what became of a batch, and keeps how far it is.
    fn note(&mut self, results: Vec<LineResult>) -> Result<(), CliError> {
        for (number, result) in results {
            match result {
                Ok(outcome) => self.progress.count(outcome),
                Err(refusal) => {
                    self.progress.refused += 1;
                    self.bar.suspend(|| eprintln!("line {number}: {}", describe(&refusal)));
                }
            }
        }
        self.progress.lines = self.reader.number;
        self.progress.save(&self.progress_path)?;
        self.bar.set_position(self.reader.bytes);
        self.bar.set_message(format!("{} lines", self.progress.lines));
        Ok(())
    }

    /// Forgets what was kept, since there is nothing left to resume.
    fn end(self) -> Result<Progress, CliError> {
        self.bar.finish_and_clear();
        progress::forget(&self.progress_path)?;
        Ok(self.progress)
    }
}

/// The number of a line, and what became of it, or why it was refused.
type LineResult = (usize, Result<LineOutcome, Error>);

/// Does a batch of lines, in their order, some of them side by side.
async fn work_on<F>(
    batch: Vec<Line>,
    work: &impl Fn(Line) -> F,
) -> Result<Vec<LineResult>, CliError>
where
    F: Future<Output = Result<LineOutcome, Error>>,
{
    let results = batch.into_iter().map(|line| {
        let number = line.number;
        let done = work(line);
        async move {
            match done.await {
                Err(error) if AuditStatus::of_refusal(&error).is_none() => Err(error.into()),
                result => Ok((number, result)),
            }
        }
    });
    stream::iter(results).buffered(LINES_IN_FLIGHT).try_collect().await
}

/// Prints the counts. A run that refused a line has failed.
fn report(progress: &Progress, output: Output) -> Result<(), CliError> {
    let lines = progress.counted();
    let Progress { applied, unchanged, refused, .. } = progress;
    output.print(
        format_args!("{lines} lines: {applied} applied, {unchanged} unchanged, {refused} refused."),
        &json!({
            "lines": lines,
            "applied": applied,
            "unchanged": unchanged,
            "refused": refused,
        }),
    );
    match *refused {
        0 => Ok(()),
        refused => Err(CliError::LinesRefused { refused, lines }),
    }
}

fn bar_of(bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {msg} eta {eta}");
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn open(path: &Path) -> Result<File, CliError> {
    File::open(path).map_err(CliError::io(path.display()))
}

fn describe(error: &Error) -> String {
    let fields = match error {
        Error::ValidationFailed(fields) => fields.as_slice(),
        _ => &[],
    };
    let describe_field = |field: &FieldError| format!("{}: {}", field.field, field.message);
    let fields: Vec<String> = fields.iter().map(describe_field).collect();
    if fields.is_empty() { error.to_string() } else { format!("{error} {}", fields.join("; ")) }
}
