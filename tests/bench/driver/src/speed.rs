//! Cold starts and warm invocations beside the peers.
//!
//! Only ratios carry over to other machines. What is compared runs in turns, so
//! that whatever else the machine does hits both sides, and medians are taken.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::budget::Request;
use crate::limits::{self, INVOCATIONS};
use crate::sandbox::{Program, Sandbox};
use crate::table_stub::{Recorded, Scheme};
use crate::{Bench, folder, keep};

/// Rounds of cold starts; the quick ones start several times in each.
const COLD_ROUNDS: usize = 12;
const QUICK_STARTS_A_ROUND: usize = 4;
/// Rounds of warm invocations, and invocations in each.
const WARM_ROUNDS: usize = 16;
const INVOCATIONS_A_ROUND: usize = 125;
/// What is not measured at first.
const WARM_UP: usize = 250;
/// Invocations whose instructions are counted, and those before them.
const COUNTED: usize = 200;
const UNCOUNTED: usize = 50;

/// The request that every peer of `log` answers too.
const LOG: &str = "with a key";
const RAW_CALLS: &str = "raw-calls";

fn floor() -> Result<Program> {
    Ok(Program::new("floor", folder("BENCH_PEERS")?.join("floor/bootstrap")))
}

/// The program that makes some calls and nothing else. `name` is that of the
/// file it reads them from.
fn calls_alone(bench: &Bench, name: &str, recorded: &Recorded) -> Result<Program> {
    let calls = bench.scratch.path().join(format!("{name}-calls.json"));
    std::fs::write(&calls, serde_json::to_vec(&recorded.rounds())?)?;
    let bootstrap = folder("BENCH_PEERS")?.join(RAW_CALLS).join("bootstrap");
    Ok(Program::new(RAW_CALLS, bootstrap).env("BENCH_CALLS", calls))
}

fn python(bench: &Bench) -> Result<Program> {
    let peer = bench.root.join("tests/bench/peers/python");
    Ok(Program::new("python", folder("BENCH_PYTHON")?.join("bin/python"))
        .arg("-m")
        .arg("awslambdaric")
        .arg("handler.lambda_handler")
        .env("PYTHONPATH", &peer)
        .env("LAMBDA_TASK_ROOT", &peer)
        // Where Lambda has the compiled modules, too.
        .env("PYTHONPYCACHEPREFIX", bench.scratch.path().join("pycache")))
}

fn node() -> Result<Program> {
    let bundle = folder("BENCH_NODE")?.join("bundle.mjs");
    Ok(Program::new("node", "node").arg(bundle))
}

/// Starts each program before a fresh process's first request.
pub(crate) async fn cold(bench: &Bench) -> Result<usize> {
    let request = bench.request("log", LOG)?;
    let event = bench.event(request)?;
    let recorded = limits::record_from_start(bench, &bench.function("log"), request).await?;
    let compiled = |program, status| Starter { program, compiled: true, status };
    let interpreted = |program| Starter { program, compiled: false, status: 201 };
    let starters = [
        compiled(floor()?, 200),
        compiled(calls_alone(bench, "log-start", &recorded)?, 200),
        compiled(bench.function("log"), 201),
        interpreted(python(bench)?),
        interpreted(node()?),
    ];
    let mut samples: Vec<Vec<Cold>> = vec![Vec::new(); starters.len()];
    // The first round is for the page cache.
    for round in 0..=COLD_ROUNDS {
        for (starter, samples) in starters.iter().zip(&mut samples) {
            for _ in 0..if starter.compiled { QUICK_STARTS_A_ROUND } else { 1 } {
                let cold = start_cold(bench, starter, &event)
                    .await
                    .with_context(|| starter.program.name.clone())?;
                if round > 0 {
                    samples.push(cold);
                }
            }
        }
    }
    println!("| program | init, ms | first log, ms | sum, ms | CPU, ms | instructions |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    let mut result = json!({});
    for (Starter { program, compiled, .. }, samples) in starters.iter().zip(&samples) {
        let of = |what: fn(&Cold) -> Duration| median_ms(samples.iter().map(what));
        let (init, first, sum) = (of(|c| c.init), of(|c| c.first), of(|c| c.init + c.first));
        let cpu = of(|c| c.cpu);
        let instructions = match *compiled && has_valgrind() {
            true => Some(total_instructions(bench, program, &event, Scheme::Https, 1).await?),
            false => None,
        };
        let counted = instructions.map_or("-".to_owned(), |count| count.to_string());
        let name = &program.name;
        println!("| {name} | {init:.2} | {first:.2} | {sum:.2} | {cpu:.2} | {counted} |");
        result[name] = json!({
            "init_ms": init, "first_ms": first, "sum_ms": sum, "cpu_ms": cpu,
            "instructions": instructions, "samples": samples.len(),
        });
    }
    println!();
    for (column, what) in [("sum_ms", "sum"), ("cpu_ms", "CPU")] {
        let of = |name: &str| result[name][column].as_f64().unwrap_or(f64::NAN);
        println!(
            "{what}: log / floor {:.2}, log / its calls alone {:.2}, python / log {:.0}, node / log {:.0}",
            of("log") / of("floor"),
            of("log") / of(RAW_CALLS),
            of("python") / of("log"),
            of("node") / of("log"),
        );
    }
    keep(&bench.results, "cold", &result)?;
    Ok(0)
}

/// What is started cold.
struct Starter {
    program: Program,
    /// It starts quickly, and its instructions can be counted.
    compiled: bool,
    /// What it answers.
    status: u16,
}

#[derive(Clone, Copy)]
struct Cold {
    init: Duration,
    first: Duration,
    cpu: Duration,
}

async fn start_cold(bench: &Bench, starter: &Starter, event: &Bytes) -> Result<Cold> {
    let Starter { program, status, .. } = starter;
    let mut sandbox =
        Sandbox::start(program, &bench.stub, Scheme::Https, bench.scratch.path()).await?;
    let invocation = sandbox.invoke(event).await?;
    let response: Value = serde_json::from_slice(&invocation.body)?;
    ensure!(response["statusCode"] == *status, "expected {status}, got {response}");
    Ok(Cold { init: sandbox.init, first: invocation.took, cpu: sandbox.cpu()? })
}

/// Warm invocations: each function beside its calls alone, and `log` beside the
/// other languages.
pub(crate) async fn warm(bench: &Bench) -> Result<usize> {
    let mut result = json!({});
    println!(
        "| request | own CPU, us | calls alone, us | ratio | instructions | calls alone | ratio |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (function, name) in [
        ("log", "a summary"),
        ("log", "1,000 characters"),
        ("log", LOG),
        ("get-logged", "an activity"),
        ("search", "a word, page of 20"),
    ] {
        let request = bench.request(function, name)?;
        let what = format!("{function}, {name}");
        let pair = beside_calls_alone(bench, function, request).await.context(what.clone())?;
        let instructions = |pair: Option<[u64; 2]>| match pair {
            Some([own, alone]) => {
                format!("{own} | {alone} | {:.2}", own as f64 / alone as f64)
            }
            None => "- | - | -".to_owned(),
        };
        println!(
            "| {what} | {:.0} | {:.0} | {:.2} | {} |",
            pair.cpu_us[0],
            pair.cpu_us[1],
            pair.cpu_ratio,
            instructions(pair.instructions),
        );
        result["pairs"][&what] = json!({
            "cpu_us": pair.cpu_us[0], "calls_alone_cpu_us": pair.cpu_us[1],
            "cpu_ratio": pair.cpu_ratio,
            "instructions": pair.instructions.map(|[own, _]| own),
            "calls_alone_instructions": pair.instructions.map(|[_, alone]| alone),
        });
    }

    println!();
    println!("| log with a key | p50, ms | p99, ms | CPU, ms | peak RSS, MiB | zip, MB |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    let event = bench.event(bench.request("log", LOG)?)?;
    for program in [floor()?, bench.function("log"), python(bench)?, node()?] {
        let mut warm = Warm::start(bench, &program, &event).await?;
        for _ in 0..INVOCATIONS / INVOCATIONS_A_ROUND {
            warm.round().await?;
        }
        let [p50, p99] = [0.50, 0.99].map(|share| quantile_ms(&warm.took, share));
        let cpu_ms = median(&warm.cpu_us) / 1_000.0;
        let rss_mib = warm.sandbox.peak_rss_kib()? as f64 / 1_024.0;
        let compiled = Path::new(&program.command[0]).ends_with("bootstrap");
        let zip_mb = compiled
            .then(|| limits::zip_bytes(Path::new(&program.command[0])))
            .transpose()?
            .map(|bytes| bytes as f64 / 1e6);
        let zip = zip_mb.map_or("-".to_owned(), |mb| format!("{mb:.1}"));
        let name = &program.name;
        println!("| {name} | {p50:.2} | {p99:.2} | {cpu_ms:.2} | {rss_mib:.1} | {zip} |");
        result["programs"][name] = json!({
            "p50_ms": p50, "p99_ms": p99, "cpu_ms": cpu_ms, "rss_mib": rss_mib, "zip_mb": zip_mb,
        });
    }
    keep(&bench.results, "warm", &result)?;
    Ok(0)
}

struct Pair {
    /// Of the function, and of its calls alone.
    cpu_us: [f64; 2],
    /// The median of the rounds' ratios.
    cpu_ratio: f64,
    /// The same, where valgrind is installed.
    instructions: Option<[u64; 2]>,
}

async fn beside_calls_alone(bench: &Bench, function: &str, request: &Request) -> Result<Pair> {
    let event = bench.event(request)?;
    let program = bench.function(function);
    let recorded = limits::record(bench, &program, request).await?;
    let alone = calls_alone(bench, function, &recorded)?;

    let mut own = Warm::start(bench, &program, &event).await?;
    let mut raw = Warm::start(bench, &alone, &event).await?;
    let forwarded = bench.stub.forwarded();
    for _ in 0..WARM_ROUNDS {
        own.round().await?;
        raw.round().await?;
    }
    ensure!(bench.stub.forwarded() == forwarded, "the stub has not seen all of its reads before");
    let ratios: Vec<f64> = own.cpu_us.iter().zip(&raw.cpu_us).map(|(o, r)| o / r).collect();
    let instructions = match has_valgrind() {
        true => Some([
            instructions(bench, &program, &event).await?,
            instructions(bench, &alone, &event).await?,
        ]),
        false => None,
    };
    Ok(Pair {
        cpu_us: [median(&own.cpu_us), median(&raw.cpu_us)],
        cpu_ratio: median(&ratios),
        instructions,
    })
}

/// A process that is invoked again and again.
struct Warm {
    sandbox: Sandbox,
    event: Bytes,
    /// The processor time of an invocation, by round.
    cpu_us: Vec<f64>,
    took: Vec<Duration>,
}

impl Warm {
    async fn start(bench: &Bench, program: &Program, event: &Bytes) -> Result<Self> {
        let mut sandbox =
            Sandbox::start(program, &bench.stub, Scheme::Https, bench.scratch.path()).await?;
        for _ in 0..WARM_UP {
            sandbox.invoke(event).await?;
        }
        Ok(Self { sandbox, event: event.clone(), cpu_us: Vec::new(), took: Vec::new() })
    }

    async fn round(&mut self) -> Result<()> {
        let before = self.sandbox.cpu()?;
        for _ in 0..INVOCATIONS_A_ROUND {
            self.took.push(self.sandbox.invoke(&self.event).await?.took);
        }
        let cpu = self.sandbox.cpu()? - before;
        self.cpu_us.push(cpu.as_secs_f64() * 1e6 / INVOCATIONS_A_ROUND as f64);
        Ok(())
    }
}

fn has_valgrind() -> bool {
    let mut version = Command::new("valgrind");
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

/// The instructions of one warm invocation, which are the same on a busy
/// machine: the difference between two runs of different lengths.
async fn instructions(bench: &Bench, program: &Program, event: &Bytes) -> Result<u64> {
    // Plain HTTP: what TLS costs depends on the instructions that a machine has.
    let total = |invocations| total_instructions(bench, program, event, Scheme::Http, invocations);
    let few = total(UNCOUNTED).await?;
    let many = total(UNCOUNTED + COUNTED).await?;
    Ok(many.saturating_sub(few) / COUNTED as u64)
}

async fn total_instructions(
    bench: &Bench,
    program: &Program,
    event: &Bytes,
    scheme: Scheme,
    invocations: usize,
) -> Result<u64> {
    let out = bench.scratch.path().join("callgrind.out");
    let mut option = OsString::from("--callgrind-out-file=");
    option.push(&out);
    let wrapper = ["valgrind".into(), "--tool=callgrind".into(), option];
    let program = program.clone().under(&wrapper);
    let mut sandbox = Sandbox::start(&program, &bench.stub, scheme, bench.scratch.path()).await?;
    for _ in 0..invocations {
        sandbox.invoke(event).await?;
    }
    sandbox.terminate().await?;
    let out = std::fs::read_to_string(&out).context("callgrind wrote nothing")?;
    let total = out.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(total.context("callgrind wrote no total")?.trim().parse()?)
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn median_ms(values: impl Iterator<Item = Duration>) -> f64 {
    median(&values.map(|value| value.as_secs_f64() * 1e3).collect::<Vec<_>>())
}

fn quantile_ms(values: &[Duration], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort();
    let index = ((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1));
    values.get(index).map_or(f64::NAN, |value| value.as_secs_f64() * 1e3)
}
