//! What an operator reads where a command can't do its work: what is wrong, and what to
//! set or start. Each is a sentence, and none says to retry what no retry mends.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};

use super::rig::{Api, Door, Operator, Server, beside, binary, directory, stderr, text};

/// The binary without AWS's address for credentials, which only an instance has.
fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = binary();
    command.args(arguments).env("AWS_EC2_METADATA_DISABLED", "true");
    command.envs(environment.iter().copied());
    command
}

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    command(arguments, environment).output().expect("the binary runs")
}

/// Holds that a command fails with one line that has these parts.
#[track_caller]
fn assert_told(output: &Output, parts: &[&str]) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(output.stdout.is_empty(), "nothing is printed as a result");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.starts_with("activity-log: "), "{message}");
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
    for part in
        ["etry later", "internal_error", "unavailable", "IMDS", "dispatch failure", "cargo feature"]
    {
        assert!(!message.contains(part), "{part:?} is in {message:?}");
    }
}

const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];
const REGION: (&str, &str) = ("AWS_REGION", "us-east-1");
const LIST: [&str; 4] = ["keys", "list", "--tenant", "acme"];
/// One of each command that works on a table.
const COMMANDS: [&[&str]; 9] = [
    &LIST,
    &["table", "create"],
    &["table", "describe"],
    &["resources", "put", "--tenant", "acme", "--type", "deal", "--id", "1"],
    &["types", "list", "--tenant", "acme"],
    &["sweep"],
    &["reindex"],
    &["tenant", "remove", "--tenant", "acme", "--dry-run"],
    &["activities", "import", "--tenant", "acme", "Cargo.toml"],
];

#[test]
fn no_region_and_no_credentials_are_told_with_what_to_set() {
    for arguments in COMMANDS {
        let output = run(arguments, &[]);
        assert_told(&output, &["no AWS region is set", "AWS_REGION", "--local"]);
        let output = run(arguments, &[REGION]);
        let parts = ["no AWS credentials", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "--local"];
        assert_told(&output, &parts);
    }
    let named = run(&LIST, &[("AWS_REGION", "US East (Ohio)"), KEYS[0], KEYS[1]]);
    assert_told(&named, &["\"US East (Ohio)\" is no AWS region", "AWS_REGION"]);
    let profile = run(&LIST, &[REGION, ("AWS_PROFILE", "nobody")]);
    assert_told(&profile, &["\"nobody\"", "AWS_PROFILE"]);
    let half = run(&LIST, &[REGION, KEYS[0]]);
    assert_told(&half, &["AWS_SECRET_ACCESS_KEY"]);
}

/// A machine that is no instance of AWS may have something at that address.
#[test]
fn an_instance_that_gives_no_credentials_is_no_credentials() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        listener.local_addr().expect("it has an address")
    };
    let forbidding = answering("403 Forbidden", "no");
    for address in [closed, forbidding, answering("404 Not Found", "")] {
        let url = format!("http://{address}");
        let metadata = ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &*url);
        let output = command(&LIST, &[REGION, metadata])
            .env_remove("AWS_EC2_METADATA_DISABLED")
            .output()
            .expect("the binary runs");
        assert_told(&output, &["there are no AWS credentials", "AWS_ACCESS_KEY_ID", "--local"]);
    }
}

#[test]
fn credentials_of_a_profile_that_can_not_be_had_are_told() {
    let directory = directory();
    let file = directory.path().join("config");
    for (profile, part) in [
        ("[profile broken]\ncredential_process = /no/such/program\n", "kind is unknown"),
        (
            "[profile broken]\nsso_session = a\nsso_account_id = 1\nsso_role_name = b\n\
          [sso-session a]\nsso_region = us-east-1\nsso_start_url = https://a.example\n",
            "aws configure export-credentials",
        ),
        ("[profile broken]\nsource_profile = gone\nrole_arn = arn:aws:iam::1:role/r\n", "broken"),
        ("[profile broken\n", "AWS_PROFILE"),
    ] {
        std::fs::write(&file, profile).expect("it is written");
        let environment = [REGION, ("AWS_CONFIG_FILE", text(&file)), ("AWS_PROFILE", "broken")];
        assert_told(&run(&LIST, &environment), &["AWS credentials", part, "AWS_PROFILE"]);
    }
}

#[test]
fn an_address_that_is_none_is_told_with_what_says_it() {
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"] {
        for value in ["localhost:8000", "8000", "ftp://127.0.0.1", "http://"] {
            let output = run(&LIST, &[(name, value), REGION, KEYS[0], KEYS[1]]);
            assert_told(&output, &[&format!("{name} must be an http or https address")]);
        }
    }
    let table = run(&LIST, &[("ACTIVITY_LOG_TABLE", "a table")]);
    assert_told(&table, &["ACTIVITY_LOG_TABLE must have 3 to 255"]);
    let table = run(&[&LIST[..], &["--table", "a table"]].concat(), &[]);
    assert_told(&table, &["--table must have 3 to 255"]);
    let two = run(&[&["--local"][..], &LIST, &["--data-dir", "x"]].concat(), &[]);
    assert_told(&two, &["--local and --data-dir both say where the table is"]);
}

#[test]
fn an_engine_that_is_not_there_is_told_by_its_address() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        listener.local_addr().expect("it has an address")
    };
    let door = Door {
        endpoint_url: format!("http://{address}"),
        access_key_id: "a".to_owned(),
        secret_access_key: "s".to_owned(),
    };
    let parts =
        [&*door.endpoint_url, "which --endpoint-url says", "refused", "start what is to answer"];
    let operator = Operator { door: door.clone(), table: "any-table".to_owned() };
    for arguments in COMMANDS {
        assert_told(&operator.output(arguments), &parts);
    }
    assert_told(&beside(&door, &["--demo"]).output().expect("the binary runs"), &parts);
    let output = run(&LIST, &[("AWS_ENDPOINT_URL", &door.endpoint_url)]);
    assert_told(&output, &["which AWS_ENDPOINT_URL says"]);
    let nowhere = [("AWS_ENDPOINT_URL", "http://no-such-host.invalid:8000"), REGION];
    let output = run(&LIST, &[&nowhere[..], &KEYS].concat());
    assert_told(&output, &["http://no-such-host.invalid:8000"]);
}

/// Answers every request with a status and a body, until the test ends.
fn answering(status: &str, body: &str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/x-amz-json-1.0\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            // A client that is gone needs no answer.
            let mut request = [0; 8_192];
            if stream.read(&mut request).is_ok() {
                drop(stream.write_all(answer.as_bytes()));
            }
        }
    });
    address
}

/// What a command says at an endpoint that answers so.
fn told_of(status: &str, body: &str) -> Output {
    let url = format!("http://{}", answering(status, body));
    run(&[&LIST[..], &["--endpoint-url", &url]].concat(), &[])
}

fn refusal(code: &str, message: &str) -> String {
    format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"{message}"}}"#)
}

#[test]
fn what_aws_refuses_is_told_with_what_to_do() {
    let bad = "400 Bad Request";
    for (code, message, parts) in [
        (
            "ExpiredTokenException",
            "The token is expired",
            &["have expired", "export-credentials"][..],
        ),
        (
            "UnrecognizedClientException",
            "The security token is invalid",
            &["nobody is known", "AWS_ACCESS_KEY_ID", "The security token is invalid"],
        ),
        ("InvalidSignatureException", "It does not match", &["AWS_SECRET_ACCESS_KEY"]),
        ("InvalidSignatureException", "Signature expired: 2026", &["clock of this machine"]),
        ("IncompleteSignature", "incomplete", &["AWS_ACCESS_KEY_ID"]),
        (
            "AccessDeniedException",
            "User: x is not authorized to perform: dynamodb:GetItem",
            &["may not do GetItem", "AWS_PROFILE", "dynamodb:GetItem"],
        ),
        ("ResourceNotFoundException", "", &["there is no table activity-log", "table create"]),
        ("LimitExceededException", "Too many", &["did not do what was asked", "Too many"]),
    ] {
        assert_told(&told_of(bad, &refusal(code, message)), parts);
    }
}

#[test]
fn what_is_no_engine_or_no_log_is_told() {
    let no_dynamodb = ["is no DynamoDB", "which --endpoint-url says", "--local"];
    assert_told(&told_of("404 Not Found", "<html>nothing here</html>"), &no_dynamodb);
    assert_told(&told_of("200 OK", "<html>welcome</html>"), &no_dynamodb);
    let functions = Server::without_door(&["--in-memory"]);
    let url = functions.announced("url");
    let output = run(&[&LIST[..], &["--endpoint-url", &url]].concat(), &[]);
    assert_told(&output, &[&no_dynamodb[..], &[&url]].concat());

    let keys = |pk: &str| {
        format!(
            r#"{{"Table":{{"TableName":"activity-log","TableStatus":"ACTIVE","KeySchema":[
            {{"AttributeName":"{pk}","KeyType":"HASH"}}]}}}}"#
        )
    };
    let other = ["has other keys", "--table", "ACTIVITY_LOG_TABLE"];
    assert_told(&told_of("200 OK", &keys("id")), &other);
    assert_told(&told_of("200 OK", &keys("pk")), &other);
    let deleting = r#"{"Table":{"TableName":"activity-log","TableStatus":"DELETING"}}"#;
    assert_told(&told_of("200 OK", deleting), &["is DELETING", "table describe"]);
}

#[test]
fn certificates_that_are_none_are_told() {
    let directory = directory();
    let file = directory.path().join("bundle.pem");
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        .expect("it is written");
    let missing = directory.path().join("missing.pem");
    for (path, part) in [(&file, "no file of certificates"), (&missing, "can't be read")] {
        let environment = [REGION, KEYS[0], KEYS[1], ("AWS_CA_BUNDLE", text(path))];
        assert_told(&run(&LIST, &environment), &["AWS_CA_BUNDLE", text(path), part]);
    }
    let plain = answering("200 OK", "{}");
    let url = format!("https://{plain}");
    let output = run(&[&LIST[..], &["--endpoint-url", &url]].concat(), &[REGION, KEYS[0], KEYS[1]]);
    assert_told(&output, &[&url, "https", "AWS_CA_BUNDLE"]);
}

#[test]
fn a_table_that_is_not_there_is_told_by_every_command() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator { table: "mistyped".to_owned(), ..Operator::on(&server) };
    for arguments in COMMANDS.iter().filter(|arguments| ***arguments != ["table", "create"]) {
        let output = operator.output(arguments);
        let parts = ["no table mistyped at http://127.0.0.1:", "`activity-log table create`"];
        assert_told(&output, &[&parts[..], &["--table", "ACTIVITY_LOG_TABLE"]].concat());
    }
}

/// The table was there when the command began.
#[tokio::test]
async fn what_ends_a_command_in_its_midst_is_told_as_well() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let directory = directory();
    let file = directory.path().join("slow.jsonl");
    let lines: String =
        (0..20_000).map(|n| format!("{{\"type\":\"note\",\"summary\":\"n{n}\"}}\n")).collect();
    std::fs::write(&file, lines).expect("it is written");
    let import = ["activities", "import", "--tenant", "acme", text(&file), "--concurrency", "1"];
    let mut command = operator.command(&import);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("the binary starts");
    let client = operator.door.client();
    let logged = async || {
        let scan = client.scan().table_name("activity-log").send().await.expect("it is scanned");
        let is_head = |pk: &str| pk.starts_with("T#acme#ACT#");
        scan.items().iter().any(|item| item["pk"].as_s().is_ok_and(|pk| is_head(pk)))
    };
    while !logged().await {
        tokio::task::yield_now().await;
    }
    client.delete_table().table_name("activity-log").send().await.expect("it is removed");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    let last = message.lines().last().expect("it says something");
    for part in ["cut off at line", "run it again to go on: there is no table activity-log at"] {
        assert!(last.contains(part), "{part:?} is not in {last:?}");
    }
}

#[test]
fn a_port_that_can_not_be_had_is_told_with_the_option_once() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it has an address").to_string();
    let port = address.rsplit(':').next().expect("it has a port");
    for (option, other) in [("--listen", "--dynamodb-listen"), ("--dynamodb-listen", "--listen")] {
        for value in [&*address, port, &format!("localhost:{port}")] {
            let output = run(&["serve", "--in-memory", "--empty", other, "0", option, value], &[]);
            assert_told(&output, &[&address, &format!("which {option} says"), "in use"]);
            assert_eq!(stderr(&output).matches("in use").count(), 1);
            let example = format!("`{option} 8081`");
            assert!(stderr(&output).contains(&example), "{}", stderr(&output));
        }
    }
    // TEST-NET-1 of RFC 5737, which no machine has.
    let output = run(&["serve", "--in-memory", "--listen", "192.0.2.1:8080"], &[]);
    assert_told(&output, &["no such address", "--listen"]);
}

#[tokio::test]
async fn a_port_alone_and_localhost_are_loopback() {
    for value in ["0", "localhost:0"] {
        let serve = ["serve", "--json", "--empty", "--in-memory", "--listen", value];
        let server = Server::run(binary().args(serve));
        assert!(server.announced("url").starts_with("http://127.0.0.1:"));
        assert_eq!(server.api().get("/v1/activities").await.0, 200);
    }
    for value in ["http://127.0.0.1:0", "127.0.0.1", "port", "65536", ""] {
        let output = run(&["serve", "--in-memory", "--listen", value], &[]);
        assert_eq!(output.status.code(), Some(2), "{value}");
        let message = stderr(&output);
        assert!(message.contains("must be a port or ADDRESS:PORT"), "{value}: {message}");
    }
}

#[test]
fn a_folder_that_can_not_be_had_is_told_with_the_option() {
    let directory = directory();
    let file = directory.path().join("file");
    std::fs::write(&file, "x").expect("it is written");
    let long = directory.path().join("x".repeat(120));
    for folder in [&file, &file.join("below"), Path::new("/proc/none"), &long] {
        let output = run(&["serve", "--listen", "0", "--data-dir", text(folder)], &[]);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        let last = message.lines().last().expect("it says something");
        for part in [text(folder), "--data-dir"] {
            assert!(last.contains(part), "{part} is not in {last}");
        }
    }
    let none = run(&[&LIST[..], &["--data-dir", text(&long)]].concat(), &[]);
    assert_told(&none, &[text(&long), "--data-dir"]);
}

#[tokio::test]
async fn local_finds_the_server_of_this_folder_for_every_command() {
    let directory = directory();
    let within = |arguments: &[&str]| {
        let mut command = command(arguments, &[]);
        command.current_dir(directory.path());
        command
    };
    let nobody = within(&[&["--local"][..], &LIST].concat()).output().expect("the binary runs");
    let parts = ["no `activity-log serve` is running in this folder", "--data-dir", "start it"];
    assert_told(&nobody, &parts);

    let serve = ["serve", "--json", "--empty", "--listen", "0"];
    let server = Server::run(&mut within(&serve));
    std::fs::write(directory.path().join("Cargo.toml"), "{\"type\":\"note\",\"summary\":\"x\"}")
        .expect("it is written");
    for arguments in COMMANDS {
        let mut command = within(&[arguments, &["--local"]].concat());
        let output = command.output().expect("the binary runs");
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    }
    let beside = Server::run(&mut within(&[&serve[..], &["--local"]].concat()));
    let key = server.announced("demo_key");
    let api = Api::new(&beside.announced("url"), &key);
    assert_eq!(api.get("/v1/activities").await.0, 200, "another serves the same table");

    let second = within(&serve).output().expect("the binary runs");
    assert_eq!(second.status.code(), Some(1));
    for part in ["another `activity-log serve` uses .activity-log", "--data-dir"] {
        assert!(stderr(&second).contains(part), "{}", stderr(&second));
    }
    assert_eq!(server.end_by("KILL"), None);
    let after = within(&[&["--local"][..], &LIST].concat()).output().expect("the binary runs");
    assert_told(&after, &parts);
}
