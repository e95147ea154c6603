//! Sizes, memory, dependencies and calls of each function, against its budget.
//! Nothing here is measured in seconds, so it holds on any machine.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use zip::write::SimpleFileOptions;

use crate::Bench;
use crate::budget::{Budget, Request};
use crate::sandbox::{Program, Sandbox};
use crate::table_stub::Scheme;

/// As many as a busy sandbox sees before it is replaced, and enough for what is
/// kept per request to show.
pub(crate) const INVOCATIONS: usize = 2_000;
/// Long enough for calls side by side to overlap, on a busy machine too.
const OVERLAP: Duration = Duration::from_millis(40);

/// What a request to the table names as its target, so that whatever has a client of it
/// has this text.
const CLIENT_OF_THE_TABLE: &[u8] = b"DynamoDB_20120810";

/// Prints what each function costs. Returns how often that is not what its
/// budget says.
pub(crate) async fn check(bench: &Bench) -> Result<usize> {
    let mut problems = Vec::new();
    println!("| function | zip, bytes | peak RSS, KiB | crates |");
    println!("| --- | ---: | ---: | ---: |");
    for function in functions(&bench.root)? {
        let Some(budget) = bench.budgets.get(&function) else {
            problems.push(format!("{function} has no budget"));
            continue;
        };
        let program = bench.function(&function);
        let size = zip_bytes(Path::new(&program.command[0]))?;
        let crates = crates(&bench.root, &function)?;
        let rss = peak_rss_kib(bench, &program, budget).await.with_context(|| function.clone())?;
        println!("| {function} | {size} | {rss} | {crates} |");
        let mut hold = |what: &str, is: u64, budget: u64| {
            if is > budget {
                problems.push(format!("{function}: {is} {what}, the budget is {budget}"));
            }
        };
        hold("bytes of zip", size, budget.zip_bytes);
        hold("KiB of memory", rss, budget.rss_kib);
        hold("crates", crates as u64, budget.crates as u64);
        match (has_client(Path::new(&program.command[0]))?, budget.calls_aws) {
            (true, false) => problems.push(format!("{function} has a client of the table")),
            (false, true) => problems.push(format!("{function} has no client of the table")),
            (true, true) | (false, false) => {}
        }
    }
    for function in bench.budgets.keys() {
        if !functions(&bench.root)?.contains(function) {
            problems.push(format!("there is a budget for {function}, which is no function"));
        }
    }

    println!();
    println!("| request | calls | round trips |");
    println!("| --- | --- | ---: |");
    for (function, budget) in &bench.budgets {
        let program = bench.function(function);
        for request in &budget.requests {
            let what = format!("{function}, {}", request.name);
            let (calls, round_trips) =
                count(bench, &program, request).await.with_context(|| what.clone())?;
            let listed: Vec<String> =
                calls.iter().map(|(operation, count)| format!("{operation} {count}")).collect();
            println!("| {what} | {} | {round_trips} |", listed.join(", "));
            if calls != request.calls {
                problems
                    .push(format!("{what}: calls {calls:?}, the budget is {:?}", request.calls));
            }
            if round_trips != request.round_trips {
                problems.push(format!(
                    "{what}: {round_trips} round trips, the budget is {}",
                    request.round_trips
                ));
            }
        }
    }
    for problem in &problems {
        eprintln!("over budget: {problem}");
    }
    Ok(problems.len())
}

/// The functions of the project, by their folders.
fn functions(root: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in std::fs::read_dir(root.join("functions"))? {
        let folder = folder?;
        if folder.path().join("Cargo.toml").is_file() {
            names.insert(folder.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// The size of a package with just this file, as it is uploaded.
pub(crate) fn zip_bytes(bootstrap: &Path) -> Result<u64> {
    let file =
        std::fs::read(bootstrap).with_context(|| format!("{} is missing", bootstrap.display()))?;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // The best level is within a hundredth of what the SAM CLI uploads; this
    // library's ordinary one is a thirtieth bigger.
    let options = SimpleFileOptions::default().unix_permissions(0o755).compression_level(Some(9));
    zip.start_file("bootstrap", options)?;
    zip.write_all(&file)?;
    Ok(zip.finish()?.into_inner().len() as u64)
}

/// Whether a program has a client of the table in it.
fn has_client(bootstrap: &Path) -> Result<bool> {
    let file = std::fs::read(bootstrap)?;
    Ok(file.windows(CLIENT_OF_THE_TABLE.len()).any(|part| part == CLIENT_OF_THE_TABLE))
}

/// How many crates are compiled into a function, its own included.
fn crates(root: &Path, function: &str) -> Result<usize> {
    let tree = Command::new("cargo")
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}"])
        .args(["--package", &format!("fn-{function}")])
        .current_dir(root)
        .output()
        .context("cargo can't be started")?;
    ensure!(tree.status.success(), "cargo tree: {}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout)?;
    let name_and_version = |line: &str| {
        let mut words = line.split(' ');
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    };
    Ok(tree.lines().filter_map(name_and_version).collect::<BTreeSet<_>>().len())
}

/// The memory of a process that has answered its requests in turns.
pub(crate) async fn peak_rss_kib(bench: &Bench, program: &Program, budget: &Budget) -> Result<u64> {
    let mut sandbox =
        Sandbox::start(program, &bench.stub, Scheme::Https, bench.scratch.path()).await?;
    let events: Vec<(&Request, Bytes)> = budget
        .requests
        .iter()
        .map(|request| Ok((request, bench.event(request)?)))
        .collect::<Result<_>>()?;
    ensure!(!events.is_empty(), "it has no requests in the budget");
    for (request, event) in events.iter().cycle().take(INVOCATIONS) {
        request.check(&sandbox.invoke(event).await?.body)?;
    }
    sandbox.peak_rss_kib()
}

/// The calls of a request, and in how many rounds they come.
async fn count(
    bench: &Bench,
    program: &Program,
    request: &Request,
) -> Result<(std::collections::BTreeMap<String, usize>, usize)> {
    let recorded = record(bench, program, request).await?;
    Ok((recorded.by_operation(), recorded.rounds().len()))
}

/// The calls of a process from its start to the end of its first request.
pub(crate) async fn record_from_start(
    bench: &Bench,
    program: &Program,
    request: &Request,
) -> Result<crate::table_stub::Recorded> {
    let event = bench.event(request)?;
    bench.stub.record(OVERLAP);
    let mut sandbox =
        Sandbox::start(program, &bench.stub, Scheme::Http, bench.scratch.path()).await?;
    request.check(&sandbox.invoke(&event).await?.body)?;
    Ok(bench.stub.recorded())
}

/// The calls of a request whose credential the process knows.
pub(crate) async fn record(
    bench: &Bench,
    program: &Program,
    request: &Request,
) -> Result<crate::table_stub::Recorded> {
    let mut sandbox =
        Sandbox::start(program, &bench.stub, Scheme::Http, bench.scratch.path()).await?;
    let event = bench.event(request)?;
    request.check(&sandbox.invoke(&event).await?.body)?;
    bench.stub.record(OVERLAP);
    request.check(&sandbox.invoke(&event).await?.body)?;
    Ok(bench.stub.recorded())
}
