//! `activity-log audit verify`.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::trail::note::VerifierKey;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output::Output;
use crate::verify::report::Outcome;
use crate::verify::{Remembered, Request, verify};

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct VerifyArgs {
    /// The export.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The key of the log, as `audit vkey` prints it. It comes from elsewhere than the
    /// export. Give several while one key follows another, or for earlier generations.
    #[arg(
        long = "vkey", value_name = "VKEY", value_parser = key,
        required_unless_present = "key_files"
    )]
    keys: Vec<VerifierKey>,
    /// A file with such keys, a line each.
    #[arg(long = "vkey-file", value_name = "FILE")]
    key_files: Vec<PathBuf>,
    /// A checkpoint that you remember: it has to be the beginning of the log. With the
    /// time at which you fetched it, later events have to say that they are later.
    #[arg(long, value_name = "FILE[@TIME]", value_parser = remembered)]
    since: Vec<Remembered>,
    /// The key of a witness, which has to have cosigned the log.
    #[arg(long = "witness", value_name = "VKEY", value_parser = key)]
    witnesses: Vec<VerifierKey>,
    /// Saved pages of `GET /v1/audit-events` without filters, one behind the other.
    #[arg(long, value_name = "FILE")]
    listing: Option<PathBuf>,
}

fn key(text: &str) -> Result<VerifierKey, String> {
    VerifierKey::parse(text).map_err(|error| error.to_string())
}

/// The longest file of keys that is read.
const MAX_KEY_FILE_BYTES: u64 = 64 * 1024;

/// The keys of a file, a line each.
fn keys_of(file: &Path) -> Result<Vec<VerifierKey>, String> {
    let place = file.display();
    let read = || -> std::io::Result<String> {
        let mut text = String::new();
        File::open(file)?.take(MAX_KEY_FILE_BYTES).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|error| format!("{place} can't be read: {error}"))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| key(line).map_err(|problem| format!("a line of {place} {problem}"))).collect()
}

/// `FILE`, or `FILE@TIME` where what is behind the last `@` is a time.
fn remembered(text: &str) -> Result<Remembered, String> {
    let whole = || Remembered { file: text.into(), time: None };
    let Some((file, behind)) = text.rsplit_once('@') else { return Ok(whole()) };
    match Timestamp::parse(behind, Rounding::Down) {
        Some(time) => Ok(Remembered { file: file.into(), time: Some(time) }),
        None if behind.contains('/') || Path::new(text).exists() => Ok(whole()),
        None => {
            Err(format!("has {behind} behind the @, and not a time such as 2026-10-01T09:00:00Z"))
        }
    }
}

/// Verifies, and ends with the status that tells what it came to.
pub(in crate::cli) fn run(args: VerifyArgs, output: Output) -> ExitCode {
    let unusable = |error: &dyn std::fmt::Display| {
        eprintln!("activity-log: {error}");
        ExitCode::from(Outcome::Unknown.exit_status())
    };
    let mut keys = args.keys;
    for file in &args.key_files {
        match keys_of(file) {
            Ok(more) => keys.extend(more),
            Err(problem) => return unusable(&problem),
        }
    }
    let mut request = match Request::new(&args.folder, keys, args.witnesses) {
        Ok(request) => request,
        Err(error) => return unusable(&error),
    };
    (request.since, request.listing) = (args.since, args.listing);
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} events, {eta} to go")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    let report = verify(&request, &|done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    match output.print(report.text(), &report.json()) {
        Ok(()) => ExitCode::from(report.outcome().exit_status()),
        Err(error) => {
            eprintln!("activity-log: {error}");
            ExitCode::from(Outcome::Unknown.exit_status())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_of_a_file_a_line_each() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys");
        let one = VerifierKey::of_log("log.example/acme", [1; 32]).to_string();
        std::fs::write(&file, format!("{one}\n\n  {one}\n")).unwrap();
        let keys = keys_of(&file).unwrap();
        assert_eq!(keys.iter().map(ToString::to_string).collect::<Vec<_>>(), [one.as_str(); 2]);
        std::fs::write(&file, "no key\n").unwrap();
        assert!(keys_of(&file).unwrap_err().contains("is not a verifier key"));
        assert!(keys_of(&folder.path().join("none")).unwrap_err().contains("can't be read"));
    }

    #[test]
    fn a_checkpoint_may_have_a_time() {
        for (text, file, time) in [
            ("note", "note", None),
            ("a@b/note", "a@b/note", None),
            ("note@2026-03-01T09:30:00Z", "note", Some(1_772_357_400_000)),
            ("a@b@2026-03-01T10:30:00+01:00", "a@b", Some(1_772_357_400_000)),
        ] {
            let read = remembered(text).unwrap();
            let millis = read.time.map(Timestamp::as_millis);
            assert_eq!((read.file, millis), (PathBuf::from(file), time), "{text}");
        }
        for text in ["note@2026-03-01", "note@yesterday", "note@"] {
            assert!(remembered(text).unwrap_err().contains("not a time"), "{text}");
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("note@home");
        std::fs::write(&file, "").unwrap();
        assert_eq!(remembered(file.to_str().unwrap()).unwrap().file, file);
    }
}
