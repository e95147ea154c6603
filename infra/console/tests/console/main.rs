//! The binary `activity-log` from end to end: what it prints, what it keeps,
//! and what it survives.

mod acts;
mod data_folder;
mod demo;
mod doors;
mod imports;
mod keys;
mod messages;
mod operations;
mod shell;
mod sizes;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary, in an environment of nothing but this.
fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_activity-log"));
    command.env_clear().stdin(Stdio::null());
    command
}

/// A server that is killed when it is dropped.
struct Server {
    child: Child,
    announced: Value,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let door = ["--dynamodb-listen", "127.0.0.1:0"];
        Self::without_door(&[&door[..], arguments].concat())
    }

    /// A server whose engine is not to be reached over the network.
    fn without_door(arguments: &[&str]) -> Self {
        let serve = ["serve", "--json", "--empty", "--listen", "127.0.0.1:0"];
        Self::run(binary().args(serve).args(arguments))
    }

    /// A server on the engine of another.
    fn beside(door: &Door, arguments: &[&str]) -> Self {
        Self::run(&mut beside(door, arguments))
    }

    /// Waits until a server has announced itself.
    fn run(command: &mut Command) -> Self {
        Self::announced_by(command.stderr(Stdio::null()))
    }

    /// The same, with what it logs.
    fn run_with_log(command: &mut Command) -> (Self, ChildStderr) {
        let mut server = Self::announced_by(command.stderr(Stdio::piped()));
        let log = server.child.stderr.take().expect("it is piped");
        (server, log)
    }

    fn announced_by(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
        let stdout = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("it prints a line");
        let announced = serde_json::from_str(&line).unwrap_or_else(|error| {
            panic!("the first line is JSON ({error}): {line:?}");
        });
        Self { child, announced }
    }

    fn in_directory(directory: &Path) -> Self {
        Self::start(&["--data-dir", text(directory)])
    }

    fn announced(&self, name: &str) -> String {
        self.announced[name].as_str().unwrap_or_else(|| panic!("{name} is announced")).to_owned()
    }

    fn api(&self) -> Api {
        Api::new(&self.announced("url"), &self.announced("demo_key"))
    }

    /// Sends a signal, and waits for the end. Tells the exit status; `None` is
    /// an end by a signal.
    fn end_by(mut self, signal: &str) -> Option<i32> {
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

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary path is text")
}

/// A caller of the HTTP functions.
#[derive(Clone)]
struct Api {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
    key: String,
}

type Answer = Result<(u16, http::HeaderMap, Value), Box<dyn std::error::Error + Send + Sync>>;

impl Api {
    fn new(url: &str, key: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, url: url.to_owned(), key: key.to_owned() }
    }

    async fn call(&self, request: http::request::Builder, body: String) -> Answer {
        let request = request
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let response: Response<_> = self.client.request(request).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok((head.status.as_u16(), head.headers, serde_json::from_slice(&body)?))
    }

    async fn try_log(&self, input: &Value) -> Answer {
        let request = Request::post(format!("{}/v1/activities", self.url));
        self.call(request, input.to_string()).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.call(Request::get(format!("{}{path}", self.url)), String::new()).await;
        let (status, _, body) = answer.expect("it answers");
        (status, body)
    }

    async fn log(&self, input: &Value) -> Value {
        let (status, _, body) = self.try_log(input).await.expect("it answers");
        assert_eq!(status, 201, "{body}");
        body["activity"].clone()
    }

    /// All rows of a listing, with a filter such as `&status=denied`.
    async fn rows(&self, path: &str, filter: &str) -> Vec<Value> {
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

    async fn activities(&self) -> Vec<Value> {
        self.rows("/v1/activities", "").await
    }

    /// The whole trail, but for the reads of it.
    async fn events(&self) -> Vec<Value> {
        let mut events = self.rows("/v1/audit-events", "").await;
        events.retain(|event| event["action"] != "audit_event.read");
        events
    }

    /// What the trail has of one action.
    async fn events_of(&self, action: &str) -> Vec<Value> {
        self.rows("/v1/audit-events", &format!("&action={action}")).await
    }

    /// Every activity by id, after it was found that each has one succeeded
    /// audit event, and each such event its activity.
    async fn audited_activities(&self) -> BTreeMap<String, Value> {
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
struct Door {
    endpoint_url: String,
    access_key_id: String,
    secret_access_key: String,
}

impl Door {
    fn of(server: &Server) -> Self {
        Self {
            endpoint_url: server.announced("dynamodb_url"),
            access_key_id: server.announced("aws_access_key_id"),
            secret_access_key: server.announced("aws_secret_access_key"),
        }
    }

    /// What a command and a client need of it in their environment.
    fn credentials(&self) -> [(&'static str, &str); 2] {
        [
            ("AWS_ACCESS_KEY_ID", &self.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", &self.secret_access_key),
        ]
    }

    /// A client of the table beside the functions.
    fn client(&self) -> aws_sdk_dynamodb::Client {
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
fn beside(door: &Door, arguments: &[&str]) -> Command {
    let mut command = binary();
    command.args(["serve", "--json", "--empty", "--listen", "127.0.0.1:0"]);
    command.args(["--endpoint-url", &door.endpoint_url]).args(arguments);
    command.envs(door.credentials());
    command
}

/// A command on the engine of a server.
struct Operator {
    door: Door,
    table: String,
}

impl Operator {
    fn on(server: &Server) -> Self {
        Self { door: Door::of(server), table: "activity-log".to_owned() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binary();
        command.args(arguments);
        command.args(["--endpoint-url", &self.door.endpoint_url, "--table", &self.table]);
        command.envs(self.door.credentials());
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// What a command prints that succeeds.
    #[track_caller]
    fn text(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).expect("it prints text")
    }

    /// The same with --json.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        let printed = self.text(&arguments);
        assert_eq!(printed.lines().count(), 1, "one line: {printed}");
        serde_json::from_str(&printed).expect("it prints JSON")
    }

    /// Makes a key, and tells what is told of it.
    #[track_caller]
    fn create_key(&self, tenant: &str, actor: &str, scopes: &str) -> Value {
        let create = ["keys", "create", "--tenant", tenant, "--actor", actor, "--scopes", scopes];
        self.json(&create)
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn note(summary: &str) -> Value {
    json!({ "type": "note", "summary": summary })
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("there is room for a directory")
}

#[tokio::test]
async fn serve_announces_itself_in_one_line_and_its_demo_key_works() {
    let directory = directory();
    let data = directory.path().join("data");
    let server = Server::in_directory(&data);
    let api = server.api();
    let (status, health) = api.get("/healthz").await;
    assert_eq!((status, health), (200, json!({ "status": "ok" })));
    let mut input = note("Jane asked for pricing");
    input["related_resource_type"] = json!("contact");
    input["related_resource_id"] = json!("con_123");
    let logged = api.log(&input).await;
    assert_eq!(logged["tenant_id"], "demo");
    assert!(server.announced("dynamodb_url").starts_with("http://127.0.0.1:"));

    let key_file = data.join("demo-key");
    let mode = |path: &Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&key_file), mode(&data)), (0o600, 0o700));
    let key = std::fs::read_to_string(&key_file).expect("it can be read");
    assert_eq!(key.trim(), server.announced("demo_key"));
}

#[tokio::test]
async fn ctrl_c_ends_it_with_status_0_and_a_second_start_goes_on() {
    let directory = directory();
    for signal in ["INT", "TERM"] {
        let server = Server::in_directory(directory.path());
        let (api, key) = (server.api(), server.announced("demo_key"));
        let logged = api.log(&note(signal)).await;
        assert_eq!(server.end_by(signal), Some(0), "{signal}");

        let server = Server::in_directory(directory.path());
        assert_eq!(server.announced("demo_key"), key, "the key is reused");
        let id = logged["id"].as_str().expect("an id");
        let (status, read) = server.api().get(&format!("/v1/activities/{id}")).await;
        assert_eq!((status, &read["activity"]), (200, &logged));
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_under_load() {
    const CALLERS: usize = 6;
    let directory = directory();
    let server = Server::in_directory(directory.path());
    let api = server.api();
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let long_body = "a body that does not fit the head ".repeat(200);
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (api, acknowledged, body) = (api.clone(), acknowledged.clone(), long_body.clone());
            tokio::spawn(async move {
                let mut logged: Vec<(Value, Value)> = Vec::new();
                for n in 0.. {
                    let mut input = note(&format!("caller{caller} n{n}"));
                    if caller % 2 == 0 {
                        input["idempotency_key"] = json!(format!("{caller}/{n}"));
                    }
                    if caller % 3 == 0 {
                        input["body"] = json!(body);
                    }
                    // The first call that gets no answer is the end.
                    let Ok((status, _, answer)) = api.try_log(&input).await else { break };
                    assert_eq!(status, 201, "{answer}");
                    logged.push((input, answer["activity"].clone()));
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
                logged
            })
        })
        .collect();
    let deadline = Instant::now() + PATIENCE;
    while acknowledged.load(Ordering::SeqCst) < 150 {
        assert!(Instant::now() < deadline, "a hundred and fifty are logged in a minute");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.end_by("KILL"), None);
    let mut logged = Vec::new();
    for caller in callers {
        logged.extend(caller.await.expect("a caller ends"));
    }
    assert!(logged.len() >= 150);

    let server = Server::in_directory(directory.path());
    let api = server.api();
    let there = api.audited_activities().await;
    // Each caller had one call under way, which may have been done or not.
    assert!((logged.len()..=logged.len() + CALLERS).contains(&there.len()));
    for (input, activity) in &logged {
        let id = activity["id"].as_str().expect("an id");
        assert!(there.contains_key(id), "{input} was acknowledged");
        let (status, read) = api.get(&format!("/v1/activities/{id}")).await;
        assert_eq!((status, &read["activity"]), (200, activity));
    }
    // Whatever is listed can be read whole and is found by its words.
    for (id, row) in &there {
        let (status, read) = api.get(&format!("/v1/activities/{id}")).await;
        assert_eq!(status, 200);
        let has_body = read["activity"].get("body").is_some();
        assert_eq!(has_body, row.get("snippet").is_some());
        let words = row["summary"].as_str().expect("a summary").replace(' ', "+");
        let (_, found) = api.get(&format!("/v1/activities?query={words}")).await;
        assert_eq!(found["activities"].as_array().map(Vec::len), Some(1), "{words}");
    }
    let mut keyed = 0;
    for (input, activity) in
        logged.iter().filter(|(input, _)| input.get("idempotency_key").is_some())
    {
        let (status, headers, answer) = api.try_log(input).await.expect("it answers");
        assert_eq!((status, &answer["activity"]), (201, activity));
        assert_eq!(headers["idempotency-replayed"], "true");
        keyed += 1;
    }
    assert!(keyed > 0);
    assert_eq!(api.activities().await.len(), there.len(), "replays log nothing");
}

#[tokio::test]
async fn in_memory_keeps_nothing() {
    let directory = directory();
    let mut command = binary();
    command.current_dir(directory.path()).args(["serve", "--json", "--empty", "--in-memory"]);
    command.args(["--listen", "127.0.0.1:0"]);
    let server = Server::run(&mut command);
    server.api().log(&note("forgotten")).await;
    assert_eq!(server.end_by("INT"), Some(0));
    let left: Vec<PathBuf> = std::fs::read_dir(directory.path())
        .expect("it is a directory")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert!(left.is_empty(), "{left:?}");

    let both = ["serve", "--in-memory", "--data-dir", "x", "--listen", "127.0.0.1:0"];
    let output = binary().args(both).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "the two exclude each other");
    assert!(stderr(&output).contains("leave one out"), "{}", stderr(&output));
}

#[tokio::test]
async fn a_second_server_serves_the_table_of_the_first() {
    let first = Server::start(&["--in-memory"]);
    let logged = first.api().log(&note("shared")).await;
    let door = Door::of(&first);
    let second = Server::beside(&door, &[]);
    assert_eq!(second.announced["demo_key"], Value::Null, "it makes no tenant unasked");
    assert_eq!(second.announced["dynamodb_url"], Value::Null, "it has no engine");
    let api = Api::new(&second.announced("url"), &first.announced("demo_key"));
    assert_eq!(api.activities().await[0]["id"], logged["id"]);

    let third = Server::beside(&door, &["--demo"]);
    assert_ne!(third.announced("demo_key"), first.announced("demo_key"));
    assert_eq!(third.api().activities().await[0]["id"], logged["id"]);

    let other = ["--table", "other", "--demo"];
    let refused = beside(&door, &other).output().expect("the binary runs");
    assert_eq!(refused.status.code(), Some(1), "a mistyped table is not made");
    let message = format!(
        "activity-log: there is no table other at {}: --create-table makes it; --table or \
         ACTIVITY_LOG_TABLE names another\n",
        door.endpoint_url
    );
    assert_eq!(stderr(&refused), message);
    let fourth = Server::beside(&door, &[&other[..], &["--create-table"]].concat());
    assert_eq!(fourth.announced("table"), "other");
    assert_eq!(fourth.api().activities().await, Vec::<Value>::new());
}

#[test]
fn table_makes_and_describes_a_table() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator { table: "made".to_owned(), ..Operator::on(&server) };
    let missing = operator.output(&["table", "describe"]);
    assert_eq!(missing.status.code(), Some(1));
    let message = "activity-log: there is no table made at http://127.0.0.1:";
    assert!(stderr(&missing).starts_with(message), "{}", stderr(&missing));
    assert_eq!(operator.json(&["table", "create"]), json!({ "table": "made", "created": true }));
    assert_eq!(operator.json(&["table", "create"]), json!({ "table": "made", "created": false }));
    let described = operator.json(&["table", "describe"]);
    assert_eq!(described["status"], "ACTIVE");
    assert_eq!(described["time_to_live_attribute"], "expires_at");
    assert!(described["stream_arn"].is_string());
    assert!(operator.text(&["table", "describe"]).contains("status        ACTIVE"));
    assert_eq!(operator.text(&["table", "create"]), "The table made was there.\n");
}

#[tokio::test]
async fn resources_are_put_imported_and_deleted() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let api = server.api();
    let related = |id: &str| {
        let mut input = note("about it");
        input["related_resource_type"] = json!("deal");
        input["related_resource_id"] = json!(id);
        input
    };
    let status = async |id: &str| api.try_log(&related(id)).await.expect("it answers").0;
    let resource = ["--tenant", "demo", "--type", "deal", "--id", "d1"];
    assert_eq!(status("d1").await, 404);
    let put = [&["resources", "put"][..], &resource, &["--display-name", "Renewal"]].concat();
    assert_eq!(operator.json(&put), json!({ "type": "deal", "id": "d1", "applied": true }));
    assert_eq!(status("d1").await, 201);
    let delete = [&["resources", "delete"][..], &resource].concat();
    assert_eq!(operator.text(&delete), "deal d1 is deleted.\n");
    assert_eq!(status("d1").await, 404);

    let directory = directory();
    let file = directory.path().join("resources.jsonl");
    let lines = [
        r#"{"type":"deal","id":"d2","display_name":"Two"}"#,
        r#"{"type":"deal","id":"d1","changed_at":"2020-01-01T00:00:00Z"}"#,
        r#"{"type":"Planet","id":"d3"}"#,
        r#"{"type":"deal","id":"d4"}"#,
    ];
    std::fs::write(&file, lines.join("\n")).expect("it is written");
    let import = ["resources", "import", "--tenant", "demo", text(&file), "--json"];
    let output = operator.output(&import);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("line 3: "), "{}", stderr(&output));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let refused_file = format!("{}.refused.jsonl", text(&file));
    assert_eq!(
        summary,
        json!({ "lines": 4, "applied": 2, "unchanged": 1, "refused": 1, "refused_file": refused_file })
    );
    let refused = std::fs::read_to_string(&refused_file).expect("it is kept");
    assert_eq!(refused, format!("{}\n", lines[2]));
    assert_eq!((status("d2").await, status("d4").await), (201, 201));
    assert_eq!(status("d1").await, 404, "a deletion is newer than old news");
}

#[tokio::test]
async fn actors_are_named_imported_and_forgotten() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let api = server.api();
    api.log(&note("by somebody")).await;
    let of_demo = |words: &[&str]| -> Vec<String> {
        let all = [&["actors"][..], words, &["--tenant", "demo"]].concat();
        all.into_iter().map(str::to_owned).collect()
    };
    let run = |words: &[&str]| {
        let words = of_demo(words);
        operator.json(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let text_of = |words: &[&str]| {
        let words = of_demo(words);
        operator.text(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let shown = async || api.activities().await[0]["actor"].clone();
    let nameless = shown().await;
    let actor = format!(
        "{}:{}",
        nameless["type"].as_str().expect("it has a type"),
        nameless["id"].as_str().expect("it has an id")
    );
    assert_eq!(nameless.get("display_name"), None);

    let put = run(&["put", &actor, "--name", "Jane Doe"]);
    let expected = json!({ "type": nameless["type"], "id": nameless["id"], "applied": true });
    assert_eq!(put, expected);
    assert_eq!(shown().await["display_name"], "Jane Doe");
    let known = run(&["get", &actor]);
    assert_eq!(known["display_name"], "Jane Doe");
    assert!(known["changed_at"].is_string());
    assert_eq!(text_of(&["get", &actor]), "Jane Doe\n");

    let directory = directory();
    let file = directory.path().join("actors.jsonl");
    let lines = [
        format!(
            r#"{{"type":{},"id":{},"display_name":"Old","changed_at":"2020-01-01T00:00:00Z"}}"#,
            nameless["type"], nameless["id"]
        ),
        r#"{"type":"agent","id":"scout","display_name":"Scout"}"#.to_owned(),
        r#"{"type":"robot","id":"r2"}"#.to_owned(),
    ];
    std::fs::write(&file, lines.join("\n")).expect("it is written");
    for (dry, scout) in [(true, None), (false, Some("Scout"))] {
        let mut import = vec!["actors", "import", "--tenant", "demo", text(&file), "--json"];
        import.extend(dry.then_some("--dry-run"));
        let output = operator.output(&import);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("line 3: "), "{}", stderr(&output));
        let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let counts = ["applied", "unchanged", "refused"].map(|name| summary[name].clone());
        assert_eq!(counts, [json!(1), json!(1), json!(1)]);
        let get = operator.output(&["actors", "get", "agent:scout", "--tenant", "demo"]);
        assert_eq!(get.status.success(), scout.is_some(), "{}", stderr(&get));
    }
    assert_eq!(run(&["get", "agent:scout"])["display_name"], "Scout");
    assert_eq!(shown().await["display_name"], "Jane Doe", "old news changes nothing");

    assert_eq!(text_of(&["delete", &actor]), format!("{actor} has no name.\n"));
    assert_eq!(shown().await, nameless);
    let gone = operator.output(&["actors", "get", &actor, "--tenant", "demo"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(stderr(&gone).contains("there is no name of this actor"), "{}", stderr(&gone));
}

#[tokio::test]
async fn types_are_put_listed_and_disabled_and_resources_are_of_any_kind() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let directory = directory();
    let file = directory.path().join("type.json");
    let write = |definition: Value| std::fs::write(&file, definition.to_string());
    let put = ["types", "put", text(&file), "--tenant", "demo"];
    write(json!({"name": "Visit", "api_name": "note"})).expect("it is written");
    let refused = operator.output(&put);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("\n  api_name: is the name"), "{}", stderr(&refused));
    let visit = json!({"name": "Visit", "api_name": "visit", "fields": [
        {"name": "cost", "display_name": "Cost", "field_type": "money", "required": true}],
        "association_mode": "all_objects_associated"});
    write(visit).expect("it is written");
    let first = operator.json(&put);
    assert_eq!((&first["enabled"], &first["fields"][0]["name"]), (&json!(true), &json!("cost")));
    assert_eq!(operator.json(&put), first, "id and time of creation stay");
    let id = first["id"].as_str().expect("an id");
    let listed = operator.json(&["types", "list", "--tenant", "demo"]);
    assert_eq!(
        (listed["types"].as_array().map(Vec::len), &listed["types"][5]["id"]),
        (Some(6), &first["id"])
    );
    assert_eq!(operator.json(&["types", "disable", id, "--tenant", "demo"])["enabled"], false);
    assert!(operator.text(&["types", "list", "--tenant", "demo"]).ends_with("disabled\n"));
    let built_in = operator.output(&["types", "disable", "call", "--tenant", "demo"]);
    assert_eq!(built_in.status.code(), Some(1));

    let put = |record_type: &str| {
        operator.output(&[
            "resources",
            "put",
            "--tenant",
            "demo",
            "--type",
            record_type,
            "--id",
            "1",
        ])
    };
    // UUIDv5 of `demo/boat` in the namespace that docs/api/logged-activity.md names.
    let boat = "f03f1b93-34c6-5c73-ade7-0fc80ef7dae9";
    assert_eq!(put(boat).status.code(), Some(1), "no record type of this id was seen");
    assert!(put("boat").status.success() && put(boat).status.success());
}

/// The blocks for a shell of a document.
fn shell_blocks(document: &str) -> impl Iterator<Item = &str> {
    let blocks = document.split("\n```bash\n").skip(1);
    blocks.map(|block| block.split("\n```").next().unwrap_or_default())
}

#[tokio::test]
async fn the_commands_that_the_page_of_the_console_prints_do_what_it_says() {
    let directory = directory();
    let data = directory.path().join(".activity-log");
    let server = Server::in_directory(&data);
    let page = include_str!("../../../../docs/console.md");
    // A program of that name, for the alias that a script does not have.
    let is_setting = |line: &&str| line.starts_with("alias ");
    assert!(page.contains("alias activity-log='cargo run -q -- --local'"));
    let bin = directory.path().join("bin");
    std::fs::create_dir(&bin).expect("it is made");
    let alias =
        format!("#!/bin/sh\nexec '{}' --local \"$@\"\n", env!("CARGO_BIN_EXE_activity-log"));
    let aliased = bin.join("activity-log");
    std::fs::write(&aliased, alias).expect("it is written");
    std::fs::set_permissions(&aliased, std::fs::Permissions::from_mode(0o700)).expect("it is one");
    for block in shell_blocks(page) {
        let script: Vec<&str> = block.lines().filter(|line| !is_setting(line)).collect();
        let output = Command::new("sh")
            .args(["-euc", &script.join("\n")])
            .current_dir(directory.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", text(&bin)))
            .output()
            .expect("there is a shell");
        assert!(output.status.success(), "{}\n{block}", stderr(&output));
    }
    let operator = Operator::on(&server);
    let types = operator.json(&["types", "list", "--tenant", "acme"]);
    let visit = types["types"].as_array().and_then(|types| types.last()).expect("there are types");
    assert_eq!((&visit["api_name"], &visit["enabled"]), (&json!("site_visit"), &json!(false)));
    let keys = operator.json(&["keys", "list", "--tenant", "acme"]);
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(2), "{keys}");
}

#[tokio::test]
async fn sweep_leaves_what_is_committed() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    server.api().log(&note("kept")).await;
    let swept = operator.json(&["sweep"]);
    assert_eq!(swept["removed"], 0);
    assert!(swept["scanned"].as_u64().is_some_and(|scanned| scanned > 5));
    assert!(operator.text(&["sweep"]).ends_with("items scanned, 0 removed.\n"));
    assert_eq!(server.api().activities().await.len(), 1);
}

#[test]
fn what_a_command_cannot_be_asked_is_a_usage_error() {
    let asked: [&[&str]; 19] = [
        &["actors", "put", "--tenant", "a", "robot:1", "--name", "x"],
        &["actors", "put", "--tenant", "a", "user:1", "--name", ""],
        &["keys", "list", "--tenant", "a_b"],
        &["keys", "list", "--tenant", ""],
        &["keys", "list"],
        &["keys", "create", "--tenant", "a", "--actor", "robot:1", "--scopes", "audit:read"],
        &["keys", "create", "--tenant", "a", "--actor", "user:1", "--scopes", "audit:write"],
        &["keys", "create", "--tenant", "a", "--actor", "user:1"],
        &["resources", "put", "--tenant", "a", "--type", "Planet", "--id", "1"],
        &["resources", "put", "--tenant", "a", "--type", "deal", "--id", ""],
        &["activities", "import", "--tenant", "a#b", "file"],
        &[
            "keys",
            "create",
            "--tenant",
            "a",
            "--actor",
            "user:1",
            "--scopes",
            "audit:read",
            "--name",
            " ",
        ],
        &["serve", "--listen", "nowhere"],
        &["serve", "--local", "--in-memory"],
        &["sweep", "--local", "--data-dir", "x"],
        &["completions", "cmd"],
        &["sweep", "--endpoint-url", "localhost:8000"],
        &["table"],
        &["unknown"],
    ];
    for arguments in asked {
        let output = binary().args(arguments).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn every_command_takes_endpoint_url_local_table_operator_and_json() {
    let commands: [&[&str]; 14] = [
        &["serve"],
        &["table", "create"],
        &["table", "describe"],
        &["keys", "create"],
        &["keys", "list"],
        &["keys", "revoke"],
        &["resources", "put"],
        &["resources", "import"],
        &["actors", "put"],
        &["actors", "import"],
        &["actors", "get"],
        &["types", "put"],
        &["sweep"],
        &["activities", "import"],
    ];
    for command in commands {
        let output = binary().args(command).arg("--help").output().expect("the binary runs");
        let help = String::from_utf8(output.stdout).expect("help is text");
        for option in ["--endpoint-url", "--local", "--table", "--json", "--operator"] {
            assert!(help.contains(option), "{command:?} {option}");
        }
    }
}

#[test]
fn a_configuration_that_is_not_valid_is_named() {
    let mut child = binary()
        .args([
            "serve",
            "--in-memory",
            "--listen",
            "127.0.0.1:0",
            "--dynamodb-listen",
            "127.0.0.1:0",
        ])
        .env("IDEMPOTENCY_RETENTION_DAYS", "0")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut message = String::new();
    let mut pipe = child.stderr.take().expect("it is piped");
    pipe.read_to_string(&mut message).expect("it is text");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert!(message.contains("IDEMPOTENCY_RETENTION_DAYS must be"), "{message}");
}
