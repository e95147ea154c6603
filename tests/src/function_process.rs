//! A function as Lambda runs it: its own program, which is fed one event after the
//! other by a stand-in for the Runtime API.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// How long an invocation may take before the test fails, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// The year 2100: no deadline passes during a test.
const DEADLINE_MS: &str = "4102444800000";

/// What an invocation ended in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What the function responded.
    Response(Bytes),
    /// What it said of itself when it failed.
    Error(Bytes),
}

/// A running function. It is killed when it is dropped.
pub struct FunctionProcess {
    name: String,
    child: Child,
    events: mpsc::UnboundedSender<Bytes>,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
}

struct RuntimeApi {
    events: Mutex<mpsc::UnboundedReceiver<Bytes>>,
    outcomes: mpsc::UnboundedSender<Outcome>,
}

impl FunctionProcess {
    /// Starts a function with these variables and Lambda's own. What it logs below
    /// an error is thrown away.
    ///
    /// # Panics
    ///
    /// When the programs can't be built.
    pub async fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (events, events_in) = mpsc::unbounded_channel();
        let (outcomes_out, outcomes) = mpsc::unbounded_channel();
        let api = Arc::new(RuntimeApi { events: Mutex::new(events_in), outcomes: outcomes_out });
        tokio::spawn(serve(listener, api));
        let child = Command::new(program(name))
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "suite")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "suite")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        Self { name: name.to_owned(), child, events, outcomes }
    }

    /// Hands it an event, and waits for what becomes of it.
    ///
    /// # Panics
    ///
    /// When the process ends, or says nothing.
    pub async fn invoke(&mut self, event: impl Into<Bytes>) -> Outcome {
        self.events.send(event.into()).expect("the Runtime API runs as long as the test");
        match tokio::time::timeout(PATIENCE, self.outcomes.recv()).await {
            Ok(outcome) => outcome.expect("the Runtime API runs as long as the test"),
            Err(_) => {
                panic!("{} says nothing; its process: {:?}", self.name, self.child.try_wait())
            }
        }
    }

    /// The most memory that it has had resident so far, in KiB; nothing on a system
    /// that does not tell.
    ///
    /// # Panics
    ///
    /// When a system that tells stops telling.
    #[must_use]
    pub fn peak_kib(&self) -> Option<u64> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the process runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let digits = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Some(digits.and_then(|digits| digits.parse().ok()).expect("the kernel counts in kB"))
    }
}

impl Drop for FunctionProcess {
    fn drop(&mut self) {
        // It may have ended by itself, and is gone either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn serve(listener: TcpListener, api: Arc<RuntimeApi>) {
    while let Ok((stream, _)) = listener.accept().await {
        let api = Arc::clone(&api);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&api, request));
            // A process that is killed cuts its connection.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    api: &RuntimeApi,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    if request.method() == Method::GET && path.ends_with("/invocation/next") {
        let Some(event) = api.events.lock().await.recv().await else {
            return Ok(status(StatusCode::GONE));
        };
        let response = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", crate::lambda::AWS_REQUEST_ID)
            .header("lambda-runtime-deadline-ms", DEADLINE_MS)
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:123456789012:function:suite",
            )
            .body(Full::new(event));
        return Ok(response.expect("the headers are valid"));
    }
    let Ok(body) = request.into_body().collect().await else {
        return Ok(status(StatusCode::BAD_REQUEST));
    };
    let body = body.to_bytes();
    let outcome =
        if path.ends_with("/response") { Outcome::Response(body) } else { Outcome::Error(body) };
    // Nobody waits any more where the test has failed.
    let _ = api.outcomes.send(outcome);
    Ok(status(StatusCode::ACCEPTED))
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

/// The program of a function. `cargo test` builds none of them, so the first test
/// that asks for one builds them all, as far as they are not built yet.
fn program(function: &str) -> &'static Path {
    static PROGRAMS: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let programs = PROGRAMS.get_or_init(build_programs);
    programs.get(function).unwrap_or_else(|| panic!("there is no program {function}"))
}

fn build_programs() -> HashMap<String, PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--workspace", "--bins", "--message-format=json"]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    build.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).stderr(Stdio::inherit());
    let built = build.output().expect("cargo can be started");
    assert!(built.status.success(), "the programs can't be built");
    let messages = String::from_utf8(built.stdout).expect("messages are text");
    messages.lines().filter_map(program_of).collect()
}

/// The program that a message of cargo tells of.
fn program_of(message: &str) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_str(message).expect("messages are JSON");
    let path = message["executable"].as_str()?;
    Some((message["target"]["name"].as_str()?.to_owned(), path.into()))
}
