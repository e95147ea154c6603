//! Every listener of the console: which there are, and what each refuses.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use serde_json::{Value, json};

use super::rig::{Door, Operator, PATIENCE, Server, binary, directory, note, stderr, text};

/// Names that a web page can give this machine, and that are not its own.
const FOREIGN_HOSTS: [&str; 7] = [
    "rebind.evil.example",
    "rebind.evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "10.0.0.1",
    "0.0.0.0",
    "[::ffff:10.0.0.1]",
];
const FOREIGN_ORIGINS: [&str; 4] =
    ["https://evil.example", "http://localhost:8000", "http://127.0.0.1", "null"];

/// What a server answers to a request that is written by hand: its status, its
/// head, its body.
fn raw(address: &str, request: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out is set");
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers and closes");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("a status"), head.to_ascii_lowercase(), body.to_owned())
}

fn address_of(url: &str) -> &str {
    url.strip_prefix("http://").expect("plain HTTP")
}

/// A call of DynamoDB as a client signs one, with what is foreign put in.
fn call(method: &str, host: &str, origin: Option<&str>, access_key_id: Option<&str>) -> String {
    let body = r#"{"TableName":"activity-log"}"#;
    let origin = origin.map_or(String::new(), |origin| format!("Origin: {origin}\r\n"));
    let authorization = access_key_id.map_or(String::new(), |id| {
        format!(
            "Authorization: AWS4-HMAC-SHA256 Credential={id}/20260101/us-east-1/dynamodb/\
             aws4_request, SignedHeaders=host, Signature=00\r\n"
        )
    });
    format!(
        "{method} / HTTP/1.1\r\nHost: {host}\r\n{origin}{authorization}\
         X-Amz-Target: DynamoDB_20120810.Scan\r\nX-Amz-Date: 20260101T000000Z\r\n\
         Content-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn the_line_for_programs_has_all_that_a_client_needs() {
    let server = Server::start(&["--in-memory"]);
    let announced = server.announced.as_object().expect("an object");
    let names: Vec<&String> = announced.keys().collect();
    let expected = [
        "aws_access_key_id",
        "aws_region",
        "aws_secret_access_key",
        "demo_key",
        "demo_vkey",
        "dynamodb_url",
        "table",
        "url",
    ];
    assert_eq!(names, expected);
    for name in ["aws_access_key_id", "aws_secret_access_key"] {
        let value = server.announced(name);
        let alphanumeric = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        assert!(alphanumeric && value.len() >= 32, "{name}");
    }
    assert_eq!(server.announced("table"), "activity-log");
    assert!(!server.announced("dynamodb_url").ends_with(":0"));

    let closed = Server::without_door(&["--in-memory"]);
    for name in ["dynamodb_url", "aws_access_key_id", "aws_secret_access_key", "aws_region"] {
        assert_eq!(closed.announced[name], Value::Null, "{name}");
    }
}

#[test]
fn a_call_to_the_engine_is_refused_that_a_web_page_or_another_user_could_make() {
    let server = Server::start(&["--in-memory"]);
    let url = server.announced("dynamodb_url");
    let (address, id) = (address_of(&url), server.announced("aws_access_key_id"));
    let (status, _, body) = raw(address, &call("POST", address, None, Some(&id)));
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("T#demo#KEY"), "the table is read");

    let refused = |request: &str| {
        let (status, head, body) = raw(address, request);
        assert!((400..500).contains(&status), "{request} {status}");
        assert!(!body.contains("T#demo"), "{request} {body}");
        assert!(!head.contains("access-control"), "{request} {head}");
    };
    for method in ["POST", "OPTIONS", "GET", "PUT"] {
        for host in FOREIGN_HOSTS {
            refused(&call(method, host, None, Some(&id)));
        }
        for origin in FOREIGN_ORIGINS {
            refused(&call(method, address, Some(origin), Some(&id)));
        }
        let secret = server.announced("aws_secret_access_key");
        for other in [None, Some(""), Some("local"), Some(&*secret), Some(&id[1..])] {
            refused(&call(method, address, None, other));
        }
    }
    // The host that the first line names counts as well.
    let named = call("POST", address, None, Some(&id));
    refused(&named.replacen("POST /", "POST http://rebind.evil.example/", 1));
    refused(&named.replacen("Connection", "Host: rebind.evil.example\r\nConnection", 1));
}

#[test]
fn the_functions_name_no_foreign_host_and_let_no_page_read() {
    let server = Server::without_door(&["--in-memory"]);
    let (url, key) = (server.announced("url"), server.announced("demo_key"));
    let address = address_of(&url);
    for path in [
        "/v1/activities?limit=1",
        "/v1/audit-events",
        "/api/activities",
        "/openapi.json",
        "/healthz",
        "/mcp",
        "/nothing",
    ] {
        for method in ["GET", "OPTIONS", "POST"] {
            for host in FOREIGN_HOSTS {
                for origin in FOREIGN_ORIGINS {
                    let (_, head, body) = raw(
                        address,
                        &format!(
                            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n\
                             Authorization: Bearer {key}\r\nContent-Length: 0\r\n\
                             Connection: close\r\n\r\n"
                        ),
                    );
                    assert!(!head.contains("access-control"), "{method} {path} {head}");
                    assert!(!head.contains("evil") && !body.contains("evil"), "{method} {path}");
                }
            }
        }
    }
    let tools = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    for (header, value) in [("Host", FOREIGN_HOSTS[0]), ("Origin", FOREIGN_ORIGINS[0])] {
        let host = if header == "Host" { String::new() } else { format!("Host: {address}\r\n") };
        let (status, ..) = raw(
            address,
            &format!(
                "POST /mcp HTTP/1.1\r\n{host}{header}: {value}\r\n\
                 Authorization: Bearer {key}\r\nContent-Type: application/json\r\n\
                 Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{tools}",
                tools.len()
            ),
        );
        assert_eq!(status, 403, "{header}");
    }
}

/// The addresses that a process listens at.
#[cfg(target_os = "linux")]
fn listened_at(pid: u32) -> Vec<u16> {
    const LISTENING: &str = "0A";
    let sockets: Vec<String> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .expect("it runs")
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.replace(']', "")))
        .collect();
    let mut ports = Vec::new();
    for table in ["tcp", "tcp6"] {
        let Ok(lines) = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")) else {
            continue;
        };
        for line in lines.lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            if columns[3] == LISTENING && sockets.iter().any(|inode| inode == columns[9]) {
                let port = columns[1].rsplit(':').next().expect("an address has a port");
                ports.push(u16::from_str_radix(port, 16).expect("a port"));
            }
        }
    }
    ports
}

#[cfg(target_os = "linux")]
#[test]
fn it_listens_where_it_says_and_nowhere_else() {
    let directory = directory();
    let port = |server: &Server, name: &str| -> u16 {
        let url = server.announced(name);
        url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
    };
    let kept = ["--data-dir", text(directory.path())];
    for arguments in [&["--in-memory"][..], &kept] {
        let server = Server::without_door(arguments);
        assert_eq!(listened_at(server.child.id()), [port(&server, "url")]);
    }
    let open = Server::start(&["--in-memory"]);
    let mut expected = [port(&open, "url"), port(&open, "dynamodb_url")];
    let mut ports = listened_at(open.child.id());
    expected.sort_unstable();
    ports.sort_unstable();
    assert_eq!(ports, expected);
}

#[tokio::test]
async fn a_client_with_the_pair_may_do_everything() {
    let server = Server::start(&["--in-memory"]);
    let client = Door::of(&server).client();
    let key = |name: &str| KeySchemaElement::builder().attribute_name(name).key_type(KeyType::Hash);
    let attribute = AttributeDefinition::builder()
        .attribute_name("id")
        .attribute_type(ScalarAttributeType::S)
        .build()
        .expect("it is whole");
    client
        .create_table()
        .table_name("theirs")
        .key_schema(key("id").build().expect("it is whole"))
        .attribute_definitions(attribute)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .expect("a table is made");
    let id = AttributeValue::S("1".to_owned());
    let put = client.put_item().table_name("theirs").item("id", id.clone());
    put.send().await.expect("an item is put");
    let read = client.get_item().table_name("theirs").key("id", id.clone()).send().await;
    assert_eq!(read.expect("it is read").item.expect("it is there")["id"], id);
    let again = client
        .put_item()
        .table_name("theirs")
        .item("id", id.clone())
        .condition_expression("attribute_not_exists(id)")
        .send()
        .await
        .expect_err("its condition fails");
    let again = again.into_service_error();
    assert!(again.is_conditional_check_failed_exception(), "{again}");
    client.delete_table().table_name("theirs").send().await.expect("the table is removed");
    let tables = client.list_tables().send().await.expect("tables are listed").table_names;
    assert_eq!(tables.expect("there are some"), ["activity-log"]);
}

#[tokio::test]
async fn other_commands_reach_a_running_server_in_its_folder() {
    let directory = directory();
    let data = directory.path().join("data");
    let command = |arguments: &[&str]| {
        let mut command = binary();
        command.args(arguments).args(["--data-dir", text(&data), "--json"]);
        command.output().expect("the binary runs")
    };
    let list = ["keys", "list", "--tenant", "demo"];
    let alone = command(&list);
    assert_eq!(alone.status.code(), Some(1));
    let message = format!("activity-log: no `activity-log serve --data-dir {}`", data.display());
    assert!(stderr(&alone).starts_with(&message), "{}", stderr(&alone));

    let server = Server::without_door(&["--data-dir", text(&data)]);
    server.api().log(&note("kept")).await;
    let listed = command(&list);
    assert!(listed.status.success(), "{}", stderr(&listed));
    let keys: Value = serde_json::from_slice(&listed.stdout).expect("it prints JSON");
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(1));

    let second = binary()
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)])
        .output()
        .expect("the binary runs");
    assert_eq!(second.status.code(), Some(1));
    assert!(stderr(&second).contains("another `activity-log serve` uses"), "{}", stderr(&second));
    assert_eq!(server.api().activities().await.len(), 1, "the first is not disturbed");

    assert_eq!(server.end_by("KILL"), None);
    let after = command(&list);
    assert_eq!(after.status.code(), Some(1), "a socket that was left behind is none");
    let again = Server::in_directory(&data);
    assert_eq!(again.api().activities().await.len(), 1);
}

#[test]
fn what_is_kept_is_its_owners_whatever_the_folder_and_the_umask_allow() {
    let directory = directory();
    let path = directory.path().join("open");
    std::fs::create_dir(&path).expect("it is made");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).expect("it is opened");
    let serve = r#"umask 000; exec "$0" serve --json --listen 127.0.0.1:0 \
        --dynamodb-listen 127.0.0.1:0 --data-dir "$1""#;
    let mut shell = std::process::Command::new("sh");
    shell.env_clear().args(["-c", serve, env!("CARGO_BIN_EXE_activity-log"), text(&path)]);
    let server = Server::run(&mut shell);
    let operator = Operator::on(&server);
    operator.create_key("acme", "user:jo", "audit:read");
    let modes: Vec<(String, u32)> = std::fs::read_dir(&path)
        .expect("it is a folder")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let mode = entry.metadata().expect("it is there").permissions().mode() & 0o777;
            (entry.file_name().to_string_lossy().into_owned(), mode)
        })
        .collect();
    let names: Vec<&str> = modes.iter().map(|(name, _)| &**name).collect();
    for name in ["activity-log.sqlite3", "demo-key", "dynamodb.env", "engine.sock"] {
        assert!(names.contains(&name), "{name} {names:?}");
    }
    for (name, mode) in &modes {
        assert_eq!(mode & 0o177, 0, "{name} {mode:o}");
    }
}

#[tokio::test]
async fn the_lines_for_a_shell_open_the_engine_and_stay_the_same() {
    let directory = directory();
    let mut pairs = Vec::new();
    for _ in 0..2 {
        let server = Server::in_directory(directory.path());
        let count = r#". "$1/dynamodb.env"; exec "$0" keys list --tenant demo --json"#;
        let output = std::process::Command::new("sh")
            .env_clear()
            .args(["-ec", count, env!("CARGO_BIN_EXE_activity-log"), text(directory.path())])
            .output()
            .expect("there is a shell");
        assert!(output.status.success(), "{}", stderr(&output));
        let keys: Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
        assert_eq!(keys["keys"][0]["actor"], json!({"type": "service", "id": "demo"}), "{keys}");
        pairs.push((server.announced("aws_access_key_id"), server.announced("dynamodb_url")));
        assert_eq!(server.end_by("INT"), Some(0));
        assert!(!Path::exists(&directory.path().join("engine.sock")), "the socket is removed");
    }
    assert_eq!(pairs[0].0, pairs[1].0, "terminals stay configured");
}
