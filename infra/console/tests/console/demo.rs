//! The demo tenant: a week of activities that a first search finds something in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::rig::{AUDIT_KEY, Api, Operator, Server, binary, directory, note, text};

/// A server with the week, on a folder.
fn serve(folder: &std::path::Path, arguments: &[&str]) -> Server {
    let serve = ["serve", "--json", "--listen", "0", "--dynamodb-listen", "0"];
    Server::run(binary().args(serve).args(["--data-dir", text(folder)]).args(arguments))
}

fn count_by(rows: &[Value], name: impl Fn(&Value) -> String) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(name(row)).or_default() += 1;
    }
    counts
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_first_start_has_a_week_of_people_an_agent_and_a_service() {
    let directory = directory();
    let server = serve(directory.path(), &[]);
    let api = server.api();
    let rows = api.activities().await;
    assert_eq!(rows.len(), 41);
    assert_eq!(
        count_by(&rows, |row| word(&row["type"])).into_keys().collect::<Vec<_>>(),
        ["agent_action", "call", "email", "meeting", "note"]
    );
    assert_eq!(
        count_by(&rows, |row| word(&row["source"])),
        [("api".to_owned(), 33), ("mcp".to_owned(), 8)].into()
    );
    let now = word(&api.log(&note("now")).await["logged_at"]);
    let trail = api.events_of("activity.logged").await;
    for row in rows.iter().chain(&trail[1..]) {
        let at = word(&row["occurred_at"]);
        assert!(at < now && ("08".."18").contains(&&at[11..13]), "{row}");
    }
    let days = count_by(&rows, |row| word(&row["occurred_at"])[..10].to_owned());
    assert_eq!(days.len(), 5, "{days:?}");

    for (path, least) in [
        ("query=price", 5),
        ("query=%22single+sign-on%22", 3),
        ("related_resource_type=contact&related_resource_id=con_123", 6),
    ] {
        let (_, found) = api.get(&format!("/v1/activities?{path}")).await;
        let found = found["activities"].as_array().map_or(0, Vec::len);
        assert!(found >= least, "{path} finds {found} rows");
    }
    let (_, visits) = typed(&api, &server).await;
    assert_eq!(visits.as_array().map(Vec::len), Some(3));
    assert!(visits.to_string().contains("Come again"), "{visits}");
}

/// The visits, as clients of the logged-activity API read them.
async fn typed(api: &Api, server: &Server) -> (u16, Value) {
    let path = format!("{}/api/activities/site_visit/responses", server.announced("url"));
    let request = http::Request::post(path)
        .header("x-api-key", &api.key)
        .header("x-business-id", "demo")
        .header("x-user-id", "jane");
    let (status, _, body) = api.call(request, "{}".to_owned()).await.expect("it answers");
    (status, body["results"].clone())
}

#[tokio::test]
async fn the_trail_of_the_week_names_everybody_and_one_refusal() {
    let server = Server::run(binary().args(["serve", "--json", "--listen", "0", "--in-memory"]));
    let events = server.api().events_of("activity.logged").await;
    let actors: BTreeSet<String> = events
        .iter()
        .map(|event| format!("{}:{}", word(&event["actor"]["type"]), word(&event["actor"]["id"])))
        .collect();
    let expected = ["agent:scout", "service:crm", "service:website", "user:maria", "user:tom"];
    assert_eq!(actors.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let by_status = count_by(&events, |event| word(&event["status"]));
    assert_eq!(by_status, [("denied".to_owned(), 1), ("succeeded".to_owned(), 41)].into());
    let for_people = events
        .iter()
        .filter(|event| event["authenticated_as"] == json!({ "type": "service", "id": "crm" }));
    assert_eq!(for_people.count(), 3, "visits are logged by a service for people");
    let (_, found) = server.api().get("/v1/audit-events?actor_id=service:website").await;
    assert_eq!(found["audit_events"][0]["error_code"], "missing_required_scope");
}

#[tokio::test]
async fn a_further_start_adds_nothing_whatever_became_of_the_key() {
    let directory = directory();
    let server = serve(directory.path(), &[]);
    let first = server.api().activities().await;
    let audit_key = directory.path().join("audit-key.pem");
    // When all of it is sealed: seals are items too.
    let items = |server: &Server| {
        let operator = Operator::on(server);
        let key = text(&audit_key);
        operator.json(&["audit", "seal", "--tenant", "demo", "--audit-key", key]);
        operator.json(&["sweep"])["scanned"].clone()
    };
    let before = items(&server);
    assert_eq!(server.end_by("INT"), Some(0));

    let again = serve(directory.path(), &[]);
    assert_eq!(again.api().activities().await, first);
    assert_eq!(items(&again), before, "not even a key");
    assert_eq!(again.end_by("INT"), Some(0));

    std::fs::remove_file(directory.path().join("demo-key")).expect("it is removed");
    let without_key = serve(directory.path(), &[]);
    assert_eq!(without_key.api().activities().await, first, "another key is no new tenant");
}

#[tokio::test]
async fn a_tenant_that_was_there_before_gets_no_week() {
    let directory = directory();
    let server = serve(directory.path(), &["--empty"]);
    assert_eq!(server.api().activities().await, Vec::<Value>::new());
    assert_eq!(server.api().events_of("activity.logged").await, Vec::<Value>::new());
    let keys = Operator::on(&server).json(&["keys", "list", "--tenant", "demo"]);
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(1));
    server.api().log(&note("mine")).await;
    assert_eq!(server.end_by("INT"), Some(0));
    for key_is_there in [true, false] {
        if !key_is_there {
            std::fs::remove_file(directory.path().join("demo-key")).expect("it is removed");
        }
        let server = serve(directory.path(), &[]);
        assert_eq!(server.api().activities().await.len(), 1);
        assert_eq!(server.end_by("INT"), Some(0));
    }
}

#[tokio::test]
async fn a_week_that_was_cut_off_is_gone_on_with() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator { table: "half-a-week".to_owned(), ..Operator::on(&server) };
    let arguments = ["--demo", "--create-table", "--table", "half-a-week"];
    let serve = || {
        let mut command = binary();
        command.args(["serve", "--json", "--listen", "0"]).args(AUDIT_KEY).arg("--endpoint-url");
        command.arg(&operator.door.endpoint_url).args(arguments);
        command.envs(operator.door.credentials());
        command
    };
    let whole = Server::run(&mut serve());
    let rows = whole.api().activities().await;
    // What a start leaves that ends before the tenant's own key is made.
    let keys = operator.json(&["keys", "list", "--tenant", "demo"]);
    let keys = keys["keys"].as_array().expect("there are keys");
    let own = keys.iter().find(|key| key["actor"]["id"] == "demo").expect("it has its own");
    let client = operator.door.client();
    let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let remove = async |pk: &str, sk: &str| {
        let delete = client.delete_item().table_name("half-a-week");
        delete.key("pk", text(pk)).key("sk", text(sk)).send().await.expect("it is removed");
    };
    remove("T#demo#KEY", own["key_id"].as_str().expect("an id")).await;

    let again = Server::run(&mut serve());
    assert_eq!(again.api().activities().await, rows, "what is there is not logged again");
    assert_ne!(again.announced("demo_key"), whole.announced("demo_key"));
}

#[tokio::test]
async fn the_week_does_not_depend_on_what_is_configured_for_others() {
    let server = Server::run(
        binary()
            .args(["serve", "--json", "--listen", "0", "--in-memory"])
            .env("MCP_ALLOWED_HOSTS", "mcp.example.com")
            .env("BASE_PATH", "/crm")
            .env("IDEMPOTENCY_RETENTION_DAYS", "1"),
    );
    assert_eq!(server.api().activities().await.len(), 41);
}
