//! One process of a function, as Lambda would run it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use tokio::process::{Child, Command};

use crate::runtime_api::{Invocation, RuntimeApi};
use crate::table_stub::{Scheme, TableStub};

/// No start and no invocation takes longer, on a busy machine too.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The key that `seal` signs with. The stub has but one.
const SIGNING_KEY_ARN: &str = "arn:aws:kms:us-east-1:123456789012:key/1";

/// What is run.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) command: Vec<OsString>,
    pub(crate) env: Vec<(OsString, OsString)>,
}

impl Program {
    pub(crate) fn new(name: &str, path: impl Into<PathBuf>) -> Self {
        Self { name: name.to_owned(), command: vec![path.into().into()], env: Vec::new() }
    }

    pub(crate) fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.command.push(arg.into());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// The same under another command.
    pub(crate) fn under(mut self, wrapper: &[OsString]) -> Self {
        self.command.splice(0..0, wrapper.iter().cloned());
        self
    }
}

/// A process that is waiting for its next event.
pub(crate) struct Sandbox {
    /// From the start of the process to its first poll.
    pub(crate) init: Duration,
    child: Child,
    pid: u32,
    api: RuntimeApi,
    log: PathBuf,
}

impl Sandbox {
    /// Starts a process before the stub; what it prints goes to a file in
    /// `logs`.
    pub(crate) async fn start(
        program: &Program,
        stub: &TableStub,
        scheme: Scheme,
        logs: &Path,
    ) -> Result<Self> {
        let mut api = RuntimeApi::start().await?;
        let log = logs.join(format!("{}.log", program.name));
        let out = std::fs::File::create(&log)?;
        let url = stub.url(scheme);
        let (executable, args) = program.command.split_first().context("there is a command")?;
        let mut command = Command::new(executable);
        command
            .args(args)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", &program.name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
            .env("AWS_SESSION_TOKEN", "session")
            .env("AWS_ENDPOINT_URL", &url)
            .env("AUDIT_SIGNING_KEY_ARNS", SIGNING_KEY_ARN)
            .env("AWS_CA_BUNDLE", &stub.ca_file)
            .env("NODE_EXTRA_CA_CERTS", &stub.ca_file)
            .envs(program.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .kill_on_drop(true);
        let started = Instant::now();
        let mut child =
            command.spawn().with_context(|| format!("{executable:?} can't be started"))?;
        let pid = child.id().context("a process that was started has an id")?;
        let polled = tokio::select! {
            polled = tokio::time::timeout(TIMEOUT, api.poll()) => polled,
            ended = child.wait() => bail!("{} ended at its start: {}\n{}", program.name, ended?, tail(&log)),
        };
        let polled = match polled {
            Ok(Ok(polled)) => polled,
            Ok(Err(error)) => return Err(error.context(tail(&log))),
            Err(_) => bail!("{} does not start\n{}", program.name, tail(&log)),
        };
        Ok(Self { init: polled - started, child, pid, api, log })
    }

    /// Feeds it one event.
    pub(crate) async fn invoke(&mut self, event: &Bytes) -> Result<Invocation> {
        let invoked = tokio::select! {
            invoked = tokio::time::timeout(TIMEOUT, self.api.invoke(event.clone())) => invoked,
            ended = self.child.wait() => bail!("it ended: {}\n{}", ended?, tail(&self.log)),
        };
        match invoked {
            Ok(Ok(invocation)) => Ok(invocation),
            Ok(Err(error)) => Err(error.context(tail(&self.log))),
            Err(_) => bail!("it does not respond\n{}", tail(&self.log)),
        }
    }

    /// The processor time of its threads so far, the kernel's for it included.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let mut nanos = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let stat = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            let on_cpu = stat.split(' ').next().context("schedstat has fields")?;
            nanos += on_cpu.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// The most memory that it has had resident.
    pub(crate) fn peak_rss_kib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let digits = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(digits.context("status has VmHWM")?.parse()?)
    }

    /// Ends it by SIGTERM, and waits.
    pub(crate) async fn terminate(mut self) -> Result<()> {
        let kill = Command::new("kill").arg(self.pid.to_string()).status().await?;
        if !kill.success() {
            bail!("the process can't be told to end");
        }
        tokio::time::timeout(TIMEOUT, self.child.wait()).await??;
        Ok(())
    }
}

/// The end of what a process printed.
fn tail(log: &Path) -> String {
    const LINES: usize = 20;
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
