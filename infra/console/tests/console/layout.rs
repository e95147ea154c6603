//! The layout of the table: who begins an empty one, and what is said of one that has
//! another.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

use super::rig::{Door, Operator, Server, beside, binary, directory, note, stderr, text};

const LIST: [&str; 4] = ["keys", "list", "--tenant", "acme"];
const CREATE: [&str; 8] = [
    "keys",
    "create",
    "--tenant",
    "acme",
    "--actor",
    "service:crm",
    "--scopes",
    "activity:write,activity:read",
];

/// Has a table say that it has a layout, or none.
async fn say_layout(door: &Door, table: &str, version: Option<i64>) {
    let (client, key) = (door.client(), AttributeValue::S("LAYOUT".to_owned()));
    match version {
        None => {
            let delete = client.delete_item().table_name(table);
            let delete = delete.key("pk", key.clone()).key("sk", key).send().await;
            delete.expect("it is removed");
        }
        Some(version) => {
            let put = client.put_item().table_name(table).item("pk", key.clone()).item("sk", key);
            let put = put.item("version", AttributeValue::N(version.to_string())).send().await;
            put.expect("it is written");
        }
    }
}

#[tokio::test]
async fn the_first_command_that_writes_begins_a_table_that_was_made_elsewhere() {
    let server = Server::start(&["--in-memory"]);
    for (n, writing) in [
        &CREATE[..],
        &["types", "put", "--tenant", "acme", "types.json"],
        &["activities", "import", "--tenant", "acme", "absent.jsonl"],
        &["sweep"],
    ]
    .into_iter()
    .enumerate()
    {
        let table = format!("elsewhere-{n}");
        let operator = Operator { table: table.clone(), ..Operator::on(&server) };
        operator.json(&["table", "create"]);
        say_layout(&operator.door, &table, None).await;
        assert_eq!(operator.json(&LIST)["keys"], json!([]));
        assert_eq!(operator.json(&["table", "describe"])["layout"], json!(null), "it only reads");
        assert!(operator.text(&["table", "describe"]).contains("\nlayout        none\n"));
        // Some lack their file, which is looked for behind that.
        let _ = operator.output(writing);
        assert_eq!(operator.json(&["table", "describe"])["layout"], 2, "{writing:?}");
        assert!(operator.text(&["table", "describe"]).contains("\nlayout        2\n"));
    }
}

#[tokio::test]
async fn every_command_refuses_a_table_of_another_layout() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator { table: "other".to_owned(), ..Operator::on(&server) };
    operator.json(&["table", "create"]);
    operator.json(&CREATE);
    for (says, has) in [(None, 1), (Some(1), 1), (Some(3), 3)] {
        say_layout(&operator.door, "other", says).await;
        for arguments in [
            &LIST[..],
            &CREATE,
            &["table", "create"],
            &["resources", "put", "--tenant", "acme", "--type", "deal", "--id", "1"],
            &["types", "list", "--tenant", "acme"],
            &["sweep"],
            &["reindex"],
            &["tenant", "remove", "--tenant", "acme", "--yes"],
            &["activities", "import", "--tenant", "acme", "Cargo.toml"],
        ] {
            let output = operator.output(arguments);
            let message = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}: {message}");
            assert_eq!(message.lines().count(), 1, "{message}");
            for part in [
                "nothing is done with the table other at http",
                &format!("has layout {has}, and this build reads and writes layout 2"),
                "import them with this one",
                "a new table",
            ] {
                assert!(message.contains(part), "{arguments:?}: {part} is not in {message}");
            }
        }
        assert_eq!(operator.json(&["table", "describe"])["layout"], json!(says), "it is told");
        for options in [&[][..], &["--create-table"], &["--demo"]] {
            let serve = [&["--table", "other"], options].concat();
            let output = beside(&operator.door, &serve).output().expect("the binary runs");
            let message = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{message}");
            assert!(output.stdout.is_empty(), "nothing is announced");
            assert!(message.contains(&format!("has layout {has}, and this build")), "{message}");
        }
    }
}

#[tokio::test]
async fn serve_refuses_a_folder_of_another_layout_and_touches_nothing_in_it() {
    let directory = directory();
    let server = Server::in_directory(directory.path());
    server.api().log(&note("of an older build")).await;
    say_layout(&Door::of(&server), "activity-log", None).await;
    assert_eq!(server.end_by("INT"), Some(0));

    let mut serve = binary();
    serve.args(["serve", "--listen", "0", "--data-dir", text(directory.path())]);
    for _ in 0..2 {
        let output = serve.output().expect("the binary runs");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(output.stdout.is_empty(), "nothing is announced");
        let last = message.lines().last().expect("it says something");
        let place = directory.path().display();
        for part in [
            &format!("nothing is done with the table activity-log in {place}"),
            "has layout 1, and",
        ] {
            assert!(last.contains(part), "{part} is not in {message}");
        }
    }
}
