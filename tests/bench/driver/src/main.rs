//! Runs the functions and their peers as Lambda would, before a table that
//! answers at once, and measures them. `tests/bench/run` builds what this needs
//! and starts it.

mod budget;
mod console;
mod limits;
mod report;
mod runtime_api;
mod sandbox;
mod seeded;
mod speed;
mod table_stub;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use bytes::Bytes;

use budget::{Budgets, Request};
use console::Console;
use sandbox::{Program, Sandbox};
use seeded::Seeded;
use table_stub::{Scheme, TableStub};

/// What every part of the benchmark is given.
pub(crate) struct Bench {
    /// The project.
    pub(crate) root: PathBuf,
    /// `<name>/bootstrap` of every function.
    pub(crate) functions: PathBuf,
    /// Where results are kept for the report.
    pub(crate) results: PathBuf,
    pub(crate) budgets: Budgets,
    pub(crate) seeded: Seeded,
    pub(crate) stub: TableStub,
    pub(crate) scratch: tempfile::TempDir,
    _console: Console,
}

impl Bench {
    async fn start() -> Result<Self> {
        let root = folder("BENCH_ROOT")?;
        let functions = folder("BENCH_FUNCTIONS")?;
        let console = Console::start(&folder("BENCH_CONSOLE")?).await?;
        let scratch = tempfile::tempdir()?;
        let stub = TableStub::start(&console, scratch.path()).await?;
        let log = bootstrap(&functions, "log");
        let mut log = Sandbox::start(&log, &stub, Scheme::Http, scratch.path()).await?;
        let event = std::fs::read_to_string(root.join("infra/events/log.json"))?;
        let seeded = Seeded::log(&console, &mut log, &event).await?;
        stub.freeze();
        Ok(Self {
            functions,
            results: folder("BENCH_RESULTS")?,
            budgets: budget::read(&root.join("tests/bench/budget.toml"))?,
            root,
            seeded,
            stub,
            scratch,
            _console: console,
        })
    }

    /// A function as it is deployed.
    pub(crate) fn function(&self, name: &str) -> Program {
        bootstrap(&self.functions, name)
    }

    pub(crate) fn event(&self, request: &Request) -> Result<Bytes> {
        request.event(&self.root, &self.seeded)
    }

    /// A request of the budget.
    pub(crate) fn request(&self, function: &str, name: &str) -> Result<&Request> {
        let requests = self.budgets.get(function).map(|budget| budget.requests.as_slice());
        let request = requests.unwrap_or_default().iter().find(|request| request.name == name);
        request.with_context(|| format!("{function} has no request {name:?}"))
    }
}

fn bootstrap(functions: &Path, name: &str) -> Program {
    Program::new(name, functions.join(name).join("bootstrap"))
}

/// A path that `tests/bench/run` names.
pub(crate) fn folder(variable: &str) -> Result<PathBuf> {
    let path = std::env::var_os(variable).with_context(|| format!("{variable} is not set"))?;
    Ok(PathBuf::from(path))
}

/// Keeps a result for the report.
pub(crate) fn keep(results: &Path, name: &str, result: &serde_json::Value) -> Result<()> {
    std::fs::create_dir_all(results)?;
    let path = results.join(name).with_extension("json");
    std::fs::write(&path, serde_json::to_vec_pretty(result)?)
        .with_context(|| path.display().to_string())
}

#[tokio::main]
async fn main() -> ExitCode {
    let parts: Vec<String> = std::env::args().skip(1).collect();
    match run(&parts).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the number of problems.
async fn run(parts: &[String]) -> Result<usize> {
    let mut problems = 0;
    for part in parts {
        problems += match part.as_str() {
            "limits" => limits::check(&Bench::start().await?).await?,
            "cold" => speed::cold(&Bench::start().await?).await?,
            "warm" => speed::warm(&Bench::start().await?).await?,
            "report" => report::write(&folder("BENCH_ROOT")?, &folder("BENCH_RESULTS")?)?,
            other => bail!("there is no part {other:?}"),
        };
    }
    Ok(problems)
}
