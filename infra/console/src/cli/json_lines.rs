//! Going through a file of JSON lines: bounded, several lines at a time, with a
//! progress bar, and resumable.
//!
//! What was done is kept beside the file, in `FILE.progress`, after every batch
//! of lines, and forgotten at the end. A run of the same file for the same
//! purpose goes on from there.

use std::fs::File;
use std::future::Future;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use activity_log_core::Error;
use activity_log_core::app::json::{Object, parse_object};
use activity_log_core::domain::audit::AuditStatus;
use activity_log_core::domain::error::FieldError;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{CliError, Output};

/// The longest line, in bytes, as long as the longest body of a request.
const MAX_LINE_BYTES: usize = activity_log_core::http::body::MAX_BYTES;
/// Lines between two notes of the progress.
const BATCH_LINES: usize = 256;
/// Lines that are worked on side by side.
const LINES_IN_FLIGHT: usize = 8;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineOutcome {
    /// It was new.
    Applied,
    /// It had been done before, or something newer had.
    Unchanged,
}

/// A line with its number, from 1.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: usize,
    /// The object, or why the line is none.
    pub(super) object: Result<Object, Error>,
}

/// What is known of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    file_sha256: String,
    purpose: String,
    lines: usize,
    applied: usize,
    unchanged: usize,
    refused: usize,
}

/// The SHA-256 of a file, in hex.
pub(super) fn file_hash(path: &Path) -> Result<String, CliError> {
    let mut file = open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer).map_err(CliError::io(path.display()))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
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
    let progress_path = progress_path(path);
    let mut progress = resume(&progress_path, file_sha256, purpose)?;
    let mut reader = LineReader { input: BufReader::new(open(path)?), number: 0 };
    let bar =
        ProgressBar::new(std::fs::metadata(path).map_err(CliError::io(path.display()))?.len());
    bar.set_style(
        ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {msg} eta {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut bytes_read = 0;
    while reader.number < progress.lines {
        match reader.next(path)? {
            Some((_, bytes)) => bytes_read += bytes,
            None => break,
        }
    }
    loop {
        let mut batch = Vec::new();
        while batch.len() < BATCH_LINES {
            let Some((line, bytes)) = reader.next(path)? else { break };
            bytes_read += bytes;
            batch.push(line);
        }
        if batch.is_empty() {
            break;
        }
        let results: Vec<(usize, Result<LineOutcome, Error>)> =
            stream::iter(batch.into_iter().flatten().map(|line| {
                let number = line.number;
                let done = work(line);
                async move {
                    match done.await {
                        Err(error) if AuditStatus::of_refusal(&error).is_none() => {
                            Err(CliError::Core(error))
                        }
                        result => Ok((number, result)),
                    }
                }
            }))
            .buffered(LINES_IN_FLIGHT)
            .try_collect()
            .await?;
        for (number, result) in results {
            match result {
                Ok(LineOutcome::Applied) => progress.applied += 1,
                Ok(LineOutcome::Unchanged) => progress.unchanged += 1,
                Err(error) => {
                    progress.refused += 1;
                    bar.suspend(|| eprintln!("line {number}: {}", describe(&error)));
                }
            }
        }
        progress.lines = reader.number;
        save(&progress_path, &progress)?;
        bar.set_position(bytes_read);
        bar.set_message(format!("{} lines", progress.lines));
    }
    bar.finish_and_clear();
    std::fs::remove_file(&progress_path)
        .or_else(
            |error| if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) },
        )
        .map_err(CliError::io(progress_path.display()))?;
    let lines = progress.applied + progress.unchanged + progress.refused;
    output.print(
        format_args!(
            "{lines} lines: {} applied, {} unchanged, {} refused.",
            progress.applied, progress.unchanged, progress.refused
        ),
        &json!({
            "lines": lines,
            "applied": progress.applied,
            "unchanged": progress.unchanged,
            "refused": progress.refused,
        }),
    );
    if progress.refused > 0 {
        return Err(CliError::LinesRefused { refused: progress.refused, lines });
    }
    Ok(())
}

fn open(path: &Path) -> Result<File, CliError> {
    File::open(path).map_err(CliError::io(path.display()))
}

fn progress_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".progress");
    name.into()
}

fn resume(path: &Path, file_sha256: &str, purpose: &str) -> Result<Progress, CliError> {
    let fresh = || Progress {
        file_sha256: file_sha256.to_owned(),
        purpose: purpose.to_owned(),
        ..Progress::default()
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(fresh()),
        Err(error) => return Err(CliError::io(path.display())(error)),
    };
    // Progress of another file or purpose, or half-written, is no progress:
    // lines that were done are found done.
    let saved = serde_json::from_str::<Progress>(&text).ok();
    let ours = saved.filter(|saved| saved.file_sha256 == file_sha256 && saved.purpose == purpose);
    if let Some(progress) = &ours {
        eprintln!("going on after line {}", progress.lines);
    }
    Ok(ours.unwrap_or_else(fresh))
}

fn save(path: &Path, progress: &Progress) -> Result<(), CliError> {
    let text = serde_json::to_string(progress)
        .map_err(|error| CliError::io(path.display())(error.into()))?;
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    std::fs::write(&temporary, text).map_err(CliError::io(path.display()))?;
    std::fs::rename(&temporary, path).map_err(CliError::io(path.display()))
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

struct LineReader<R> {
    input: R,
    number: usize,
}

impl<R: BufRead> LineReader<R> {
    /// The next line with its length in bytes; an empty line is `None` inside.
    fn next(&mut self, path: &Path) -> Result<Option<(Option<Line>, u64)>, CliError> {
        let mut bytes = Vec::new();
        let limit = MAX_LINE_BYTES as u64 + 1;
        let mut length = (&mut self.input)
            .take(limit)
            .read_until(b'\n', &mut bytes)
            .map_err(CliError::io(path.display()))? as u64;
        if length == 0 {
            return Ok(None);
        }
        self.number += 1;
        let too_long = length == limit && bytes.last() != Some(&b'\n');
        if too_long {
            length += self.input.skip_until(b'\n').map_err(CliError::io(path.display()))? as u64;
        }
        let object = if too_long {
            Err(Error::PayloadTooLarge)
        } else if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Some((None, length)));
        } else {
            parse_object(&bytes)
        };
        Ok(Some((Some(Line { number: self.number, object }), length)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_bounded_and_may_be_empty() {
        let long = "x".repeat(MAX_LINE_BYTES + 10);
        let text = format!("{{\"a\":1}}\n\n{long}\nnot json\n{{}}");
        let mut reader = LineReader { input: text.as_bytes(), number: 0 };
        let mut lines = Vec::new();
        let mut bytes = 0;
        while let Some((line, length)) = reader.next(Path::new("test")).unwrap() {
            bytes += length;
            lines.extend(line);
        }
        let numbers: Vec<usize> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 3, 4, 5]);
        assert_eq!(bytes, text.len() as u64);
        assert!(matches!(lines[1].object, Err(Error::PayloadTooLarge)));
        assert!(matches!(lines[2].object, Err(Error::MalformedRequest(_))));
        assert!(lines[3].object.is_ok());
    }
}
