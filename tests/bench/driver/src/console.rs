//! A console that serves an empty table: the embedded engine, with the layout that the
//! project makes, a tenant and its key.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The tenant that a console makes.
const TENANT: &str = "demo";

/// A running console. It ends when this is dropped.
pub(crate) struct Console {
    /// The engine's endpoint.
    pub(crate) engine: String,
    /// The access key that it takes.
    pub(crate) access_key_id: String,
    /// The tenant's key.
    pub(crate) key: String,
    program: PathBuf,
    _process: Child,
}

impl Console {
    /// Starts `program`, the binary `activity-log`.
    pub(crate) async fn start(program: &Path) -> Result<Self> {
        let mut process = Command::new(program)
            .args(["serve", "--json", "--empty", "--in-memory"])
            .args(["--listen", "127.0.0.1:0", "--dynamodb-listen", "127.0.0.1:0"])
            .env("LOG_LEVEL", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} can't be started", program.display()))?;
        let announced = announcement(&mut process).await?;
        let text = |name: &str| {
            let value = announced[name].as_str().map(str::to_owned);
            value.with_context(|| format!("the console does not say its {name}"))
        };
        Ok(Self {
            engine: text("dynamodb_url")?,
            access_key_id: text("aws_access_key_id")?,
            key: text("demo_key")?,
            program: program.to_owned(),
            _process: process,
        })
    }

    /// Merges all that the tail of the tenant's index has.
    pub(crate) async fn settle(&self) -> Result<()> {
        let settled = Command::new(&self.program)
            .args(["index", "settle", "--tenant", TENANT, "--endpoint-url", &self.engine])
            .env("AWS_ACCESS_KEY_ID", &self.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", "any")
            .env("AWS_REGION", "us-east-1")
            .env("LOG_LEVEL", "warn")
            .stdin(Stdio::null())
            .output()
            .await?;
        let said = String::from_utf8_lossy(&settled.stderr);
        ensure!(settled.status.success(), "the index is not settled: {said}");
        Ok(())
    }
}

/// The JSON that the console prints when it is up.
async fn announcement(process: &mut Child) -> Result<Value> {
    let stdout = process.stdout.take().context("the output is piped")?;
    let mut lines = BufReader::new(stdout).lines();
    let mut text = String::new();
    while let Some(line) = lines.next_line().await? {
        text.push_str(&line);
        if let Ok(announced) = serde_json::from_str(&text) {
            // Read on, so that the console never waits for its output.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(announced);
        }
    }
    bail!("the console ended at its start: {text}")
}
