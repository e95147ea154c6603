//! How long it takes to prove an export of the audit trail: `bench-trail CONSOLE FOLDER
//! EVENTS` makes one of so many events, with a seal for each hundred, and lets the console
//! prove it. The folder is kept, and taken again by the next run.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use activity_log_tests::trail_log::export_of;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

const EVENTS_A_SEAL: u64 = 100;
/// Beside the export, since no key belongs into it.
const KEY: &str = "key";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.as_slice() {
        [console, folder, events] => run(Path::new(console), Path::new(folder), events),
        _ => Err(anyhow::anyhow!("expected CONSOLE FOLDER EVENTS")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-trail: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(console: &Path, folder: &Path, events: &str) -> Result<()> {
    let count: u64 = events.parse().context("EVENTS is no number")?;
    let folder = folder.join(events);
    let (export, key) = (folder.join("export"), folder.join(KEY));
    if !key.exists() {
        let made = export_of(&export, count, EVENTS_A_SEAL)?;
        // The mark that the export is whole.
        std::fs::write(&key, made.to_string())?;
    }
    let key = std::fs::read_to_string(key)?;
    let mut command = Command::new(console);
    command.args(["audit", "verify", "--json", "--vkey", &key]).arg(&export);
    let begun = Instant::now();
    let output = command.output().with_context(|| console.display().to_string())?;
    let seconds = begun.elapsed().as_secs_f64();
    let processor_seconds = processor_seconds_of_children()?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    if report["result"] != "proved" {
        bail!("it was not proved: {report}");
    }
    let checked = &report["checked"];
    ensure!(checked["events"] == count, "{checked}");
    let result = json!({
        "events": count,
        "activities": checked["activities"],
        "checkpoints": checked["checkpoints"],
        "seconds": seconds,
        "processor_seconds": processor_seconds,
        "events_a_second": (count as f64 / processor_seconds).round(),
    });
    println!("{result:#}");
    if let Some(results) = std::env::var_os("BENCH_RESULTS") {
        std::fs::create_dir_all(&results)?;
        let file = Path::new(&results).join("trail.json");
        std::fs::write(file, serde_json::to_vec_pretty(&result)?)?;
    }
    Ok(())
}

/// What the processes took that this one has started and waited for, the kernel's share
/// included (proc_pid_stat(5): `cutime` and `cstime`, in hundredths of a second).
fn processor_seconds_of_children() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program stands in parentheses, and may have spaces.
    let (_, fields) = stat.rsplit_once(") ").context("/proc/self/stat has no name")?;
    let mut fields = fields.split(' ').skip(13);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    let (user, system) = ticks().zip(ticks()).context("/proc/self/stat has no times")?;
    Ok((user + system) / 100.0)
}
