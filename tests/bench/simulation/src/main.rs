//! What the index costs in histories that are too long for an engine: the project's own
//! codec, compactor and search, over a table in memory that counts units.
//!
//! Everything is the same in each run, and the processor's time does not matter. Left out:
//! what logs and rows cost beside the index, which the suites measure on an engine.

mod grow;
mod load;
mod reader;
mod searches;
mod table;
mod texts;
mod units;

use std::process::ExitCode;

use activity_log_tests::history::SHORT_SUMMARY_CHARS;
use anyhow::{Result, bail};
use texts::Entries;

/// Of a log, in characters.
const SUMMARY_CHARS: usize = 60;
const USAGE: &str = "\
bench-simulation write BODY-CHARACTERS COUNT    what the index writes for each log
bench-simulation search COUNT                   what a page of 20 reads, after short logs
bench-simulation load RATE BODY-CHARACTERS COUNT    what a tenant's logs write a second";

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-simulation: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &[&str]) -> Result<()> {
    match args {
        ["write", chars, count] => {
            let count = count.parse()?;
            grow::write(Entries::new(count, SUMMARY_CHARS, chars.parse()?).await, count)
        }
        ["search", count] => {
            let count = count.parse()?;
            grow::search(Entries::new(count, SHORT_SUMMARY_CHARS, 0).await, count)
        }
        ["load", rate, chars, count] => {
            let count = count.parse()?;
            let entries = Entries::new(count, SUMMARY_CHARS, chars.parse()?).await;
            load::run(entries, rate.parse()?, count)
        }
        _ => bail!("expected one of\n{USAGE}"),
    }
}
