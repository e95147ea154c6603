//! What searches cost as a history grows, in read units, round trips and time,
//! and beside Postgres full text on the same rows; and what logs write.
//!
//! The histories are on the embedded engine, those that are searched in files that are kept
//! between runs.

mod logs;
mod past;
mod postgres;
mod searches;
mod sweep;
mod texts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

/// A path that `tests/bench/run` names.
fn folder(variable: &str) -> Result<PathBuf> {
    let path = std::env::var_os(variable).with_context(|| format!("{variable} is not set"))?;
    Ok(PathBuf::from(path))
}

/// Keeps a result for the report.
fn keep(name: &str, result: &serde_json::Value) -> Result<()> {
    let results = folder("BENCH_RESULTS")?;
    std::fs::create_dir_all(&results)?;
    let path = results.join(name).with_extension("json");
    std::fs::write(&path, serde_json::to_vec_pretty(result)?)
        .with_context(|| path.display().to_string())
}

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-history: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &[&str]) -> Result<()> {
    match args {
        ["fill", count] => drop(past::open(count.parse()?).await?),
        ["logs"] => logs::run().await?,
        ["sweep"] => sweep::run().await?,
        ["texts", path] => texts::run(Path::new(path)).await?,
        ["postgres", socket] => postgres::run(Path::new(socket)).await?,
        _ => bail!("expected fill COUNT, logs, sweep, texts FILE or postgres SOCKET"),
    }
    Ok(())
}
