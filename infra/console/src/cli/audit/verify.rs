//! `activity-log audit verify`.

use std::path::PathBuf;
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
    #[arg(long = "vkey", value_name = "VKEY", required = true, value_parser = key)]
    keys: Vec<VerifierKey>,
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

/// `FILE`, or `FILE@TIME` where what is behind the last `@` is a time.
fn remembered(text: &str) -> Result<Remembered, String> {
    let with_time = text.rsplit_once('@').and_then(|(file, time)| {
        let time = Timestamp::parse(time, Rounding::Down)?;
        Some(Remembered { file: file.into(), time: Some(time) })
    });
    Ok(with_time.unwrap_or_else(|| Remembered { file: text.into(), time: None }))
}

/// Verifies, and ends with the status that tells what it came to.
pub(in crate::cli) fn run(args: VerifyArgs, output: Output) -> ExitCode {
    let mut request = match Request::new(&args.folder, args.keys, args.witnesses) {
        Ok(request) => request,
        Err(error) => {
            eprintln!("activity-log: {error}");
            return ExitCode::from(Outcome::Unknown.exit_status());
        }
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
    fn a_checkpoint_may_have_a_time() {
        for (text, file, time) in [
            ("note", "note", None),
            ("a@b/note", "a@b/note", None),
            ("note@2026-03-01T09:30:00Z", "note", Some(1_772_357_400_000)),
            ("a@b@2026-03-01T10:30:00+01:00", "a@b", Some(1_772_357_400_000)),
            ("note@yesterday", "note@yesterday", None),
        ] {
            let read = remembered(text).unwrap();
            let millis = read.time.map(Timestamp::as_millis);
            assert_eq!((read.file, millis), (PathBuf::from(file), time), "{text}");
        }
    }
}
