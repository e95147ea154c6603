//! What these tests run: the binary as a server, as a command, and callers of what it
//! serves.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::Duration;

use activity_log_core::store::client::connect_local;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a process may take to do what it is waited for, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The binary, in an environment of nothing but this.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_activity-log"));
    command.env_clear().stdin(Stdio::null());
    command
}

/// A server that is killed when it is dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) announced: Value,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let door = ["--dynamodb-listen", "127.0.0.1:0"];
        Self::without_door(&[&door[..], arguments].concat())
    }

    /// A server whose engine is not to be reached over the network.
    pub(crate) fn without_door(arguments: &[&str]) -> Self {
        let serve = ["serve", "--json", "--empty", "--listen", "127.0.0.1:0"];
        Self::run(binary().args(serve).args(arguments))
    }

    /// A server on the engine of another.
    pub(crate) fn beside(door: &Door, arguments: &[&str]) -> Self {
        Self::run(&mut beside(door, arguments))
    }

    /// Waits until a server has announced itself.
    pub(crate) fn run(command: &mut Command) -> Self {
        Self::announced_by(command.stderr(Stdio::null()))
    }

    /// The same, with what it logs.
    pub(crate) fn run_with_log(command: &mut Command) -> (Self, ChildStderr) {
        let mut server = Self::announced_by(command.stderr(Stdio::piped()));
        let log = server.child.stderr.take().expect("it is piped");
        (server, log)
    }

    pub(crate) fn announced_by(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
        let stdout = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("it prints a line");
        let announced = serde_json::from_str(&line).unwrap_or_else(|error| {
            panic!("the first line is JSON ({error}): {line:?}");
        });
        Self { child, announced }
    }

    pub(crate) fn in_directory(directory: &Path) -> Self {
        Self::start(&["--data-dir", text(directory)])
    }

    pub(crate) fn announced(&self, name: &str) -> String {
        self.announced[name].as_str().unwrap_or_else(|| panic!("{name} is announced")).to_owned()
    }

    pub(crate) fn api(&self) -> Api {
        Api::new(&self.announced("url"), &self.announced("demo_key"))
    }

    /// Sends a signal, and waits for the end. Tells the exit status; `None` is
    /// an end by a signal.
    pub(crate) fn end_by(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended where a test waited for that.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary path is text")
}

/// A caller of the HTTP functions.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) client: Client<HttpConnector, Full<Bytes>>,
    pub(crate) url: String,
    pub(crate) key: String,
}

pub(crate) type Answer =
    Result<(u16, http::HeaderMap, Value), Box<dyn std::error::Error + Send + Sync>>;

impl Api {
    pub(crate) fn new(url: &str, key: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, url: url.to_owned(), key: key.to_owned() }
    }

    pub(crate) async fn call(&self, request: http::request::Builder, body: String) -> Answer {
        let request = request
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let response: Response<_> = self.client.request(request).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok((head.status.as_u16(), head.headers, serde_json::from_slice(&body)?))
    }

    pub(crate) async fn try_log(&self, input: &Value) -> Answer {
        let request = Request::post(format!("{}/v1/activities", self.url));
        self.call(request, input.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.call(Request::get(format!("{}{path}", self.url)), String::new()).await;
        let (status, _, body) = answer.expect("it answers");
        (status, body)
    }

    pub(crate) async fn log(&self, input: &Value) -> Value {
        let (status, _, body) = self.try_log(input).await.expect("it answers");
        assert_eq!(status, 201, "{body}");
        body["activity"].clone()
    }

    /// All rows of a listing, with a filter such as `&status=denied`.
    pub(crate) async fn rows(&self, path: &str, filter: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let (status, page) = self.get(&format!("{path}?limit=100{filter}{cursor}")).await;
            assert_eq!(status, 200, "{page}");
            let list = page.get("activities").or_else(|| page.get("audit_events"));
            rows.extend(list.and_then(Value::as_array).expect("rows").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    pub(crate) async fn activities(&self) -> Vec<Value> {
        self.rows("/v1/activities", "").await
    }

    /// The whole trail, but for the reads of it.
    pub(crate) async fn events(&self) -> Vec<Value> {
        let mut events = self.rows("/v1/audit-events", "").await;
        events.retain(|event| event["action"] != "audit_event.read");
        events
    }

    /// What the trail has of one action.
    pub(crate) async fn events_of(&self, action: &str) -> Vec<Value> {
        self.rows("/v1/audit-events", &format!("&action={action}")).await
    }

    /// Every activity by id, after it was found that each has one succeeded
    /// audit event, and each such event its activity.
    pub(crate) async fn audited_activities(&self) -> BTreeMap<String, Value> {
        let rows = self.activities().await;
        let by_id: BTreeMap<String, Value> = rows
            .iter()
            .map(|row| (row["id"].as_str().expect("an id").to_owned(), row.clone()))
            .collect();
        assert_eq!(by_id.len(), rows.len(), "no row is repeated");
        let audited: Vec<String> = self
            .events_of("activity.logged")
            .await
            .iter()
            .filter(|event| event["status"] == "succeeded")
            .map(|event| event["resource_id"].as_str().expect("an id").to_owned())
            .collect();
        let distinct: BTreeSet<&String> = audited.iter().collect();
        assert_eq!(distinct.len(), audited.len(), "an activity has one audit event");
        assert_eq!(distinct, by_id.keys().collect(), "every activity is audited");
        by_id
    }
}

/// What opens the engine of a server to DynamoDB clients.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) endpoint_url: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
}

impl Door {
    pub(crate) fn of(server: &Server) -> Self {
        Self {
            endpoint_url: server.announced("dynamodb_url"),
            access_key_id: server.announced("aws_access_key_id"),
            secret_access_key: server.announced("aws_secret_access_key"),
        }
    }

    /// What a command and a client need of it in their environment.
    pub(crate) fn credentials(&self) -> [(&'static str, &str); 2] {
        [
            ("AWS_ACCESS_KEY_ID", &self.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", &self.secret_access_key),
        ]
    }

    /// A client of the table beside the functions.
    pub(crate) fn client(&self) -> aws_sdk_dynamodb::Client {
        let local = connect_local(&self.endpoint_url);
        let credentials = aws_sdk_dynamodb::config::Credentials::new(
            &self.access_key_id,
            &self.secret_access_key,
            None,
            None,
            "announced",
        );
        let config = local.config().to_builder().credentials_provider(credentials);
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }
}

/// The command for a server on the engine of another.
pub(crate) fn beside(door: &Door, arguments: &[&str]) -> Command {
    let mut command = binary();
    command.args(["serve", "--json", "--empty", "--listen", "127.0.0.1:0"]);
    command.args(["--endpoint-url", &door.endpoint_url]).args(arguments);
    command.args(AUDIT_KEY);
    command.envs(door.credentials());
    command
}

/// Where a server that has no folder keeps the key of the audit logs.
pub(crate) const AUDIT_KEY: [&str; 2] =
    ["--audit-key", concat!(env!("CARGO_TARGET_TMPDIR"), "/audit-key.pem")];

/// A command on the engine of a server.
pub(crate) struct Operator {
    pub(crate) door: Door,
    pub(crate) table: String,
}

impl Operator {
    pub(crate) fn on(server: &Server) -> Self {
        Self { door: Door::of(server), table: "activity-log".to_owned() }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binary();
        command.args(arguments);
        command.args(["--endpoint-url", &self.door.endpoint_url, "--table", &self.table]);
        command.envs(self.door.credentials());
        command
    }

    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// What a command prints that succeeds.
    #[track_caller]
    pub(crate) fn text(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).expect("it prints text")
    }

    /// The same with --json.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        let printed = self.text(&arguments);
        assert_eq!(printed.lines().count(), 1, "one line: {printed}");
        serde_json::from_str(&printed).expect("it prints JSON")
    }

    /// Makes a key, and tells what is told of it.
    #[track_caller]
    pub(crate) fn create_key(&self, tenant: &str, actor: &str, scopes: &str) -> Value {
        let create = ["keys", "create", "--tenant", tenant, "--actor", actor, "--scopes", scopes];
        self.json(&create)
    }
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn note(summary: &str) -> Value {
    json!({ "type": "note", "summary": summary })
}

pub(crate) fn directory() -> TempDir {
    tempfile::tempdir().expect("there is room for a directory")
}
