//! `activity-log serve`: what it announces, keeps and survives.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};

use super::rig::{Api, Door, PATIENCE, Server, beside, binary, directory, note, stderr};

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

/// What `serve` prints before its first calls, and what it answers at `/`.
async fn printed_and_answered(pages: &str) -> (Vec<String>, u16) {
    let mut command = binary();
    command.args(["serve", "--empty", "--in-memory", "--listen", "0"]).env("WEB_PAGES", pages);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary starts");
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let lines = lines.map(|line| line.expect("it is text"));
    let printed: Vec<String> = lines.take_while(|line| line != "Try it:").collect();
    let server = Server { child, announced: Value::Null };
    let url = printed[0].rsplit(' ').next().expect("it names its address").to_owned();
    let request = Request::get(format!("{url}/")).body(Full::default()).expect("it is valid");
    let answer = Api::new(&url, "").client.request(request).await.expect("it answers");
    drop(server);
    (printed, answer.status().as_u16())
}

#[tokio::test]
async fn serve_says_what_to_open_where_there_are_pages() {
    let (printed, status) = printed_and_answered("on").await;
    let url = printed[0].strip_prefix("The activity log listens at ").expect("it says where");
    assert_eq!(printed[1], format!("Open {url}"));
    assert_eq!(status, 200);
    let (printed, status) = printed_and_answered("off").await;
    assert!(!printed.iter().any(|line| line.starts_with("Open")), "{printed:?}");
    assert_eq!(status, 404);
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
