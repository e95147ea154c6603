//! Compaction in `serve`, which loses and doubles nothing wherever it is killed; and
//! `activity-log index`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value, json};

use super::rig::{Api, Operator, PATIENCE, Server, directory, note};

/// A word that no other activity has.
fn own_word(round: usize, caller: usize, n: usize) -> String {
    format!("round{round}caller{caller}n{n}")
}

/// A note with so many words that every eighth or so asks for a run.
fn long_note(word: &str) -> Value {
    let words: Vec<String> = (0..150).map(|n| format!("w{n}of{word}")).collect();
    json!({ "type": "note", "summary": format!("{word} lighthouse"), "body": words.join(" ") })
}

/// Logs until there is no answer, and returns the words of what was acknowledged.
async fn log_until_the_end(
    api: Api,
    round: usize,
    caller: usize,
    acknowledged: Arc<AtomicUsize>,
) -> Vec<String> {
    let mut words = Vec::new();
    for n in 0.. {
        let word = own_word(round, caller, n);
        let Ok((status, _, answer)) = api.try_log(&long_note(&word)).await else { break };
        assert_eq!(status, 201, "{answer}");
        words.push(word);
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    words
}

/// Asserts that each of these words finds one activity, and the word that all have finds
/// each once.
async fn assert_all_found(api: &Api, words: &[String]) {
    for word in words {
        let (status, page) = api.get(&format!("/v1/activities?query={word}")).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page["activities"].as_array().map(Vec::len), Some(1), "{word}");
    }
    let rows = api.rows("/v1/activities", "&query=lighthouse").await;
    let ids: BTreeSet<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "no row is repeated");
    let found: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| row["summary"].as_str()?.strip_suffix(" lighthouse"))
        .collect();
    for word in words {
        assert!(found.contains(word.as_str()), "{word} is missing in the pages of all");
    }
}

/// The status of the index of the demo tenant.
fn status(operator: &Operator) -> Value {
    let status = operator.json(&["index", "status", "--tenant", "demo"]);
    status[0]["index"].clone()
}

#[tokio::test]
async fn a_kill_in_the_middle_of_compaction_loses_and_doubles_nothing() {
    const ROUNDS: usize = 4;
    const CALLERS: usize = 4;
    let directory = directory();
    let mut words = Vec::new();
    let mut runs_were_at_work = false;
    // A run that was killed is waited for by the next ones, which are killed meanwhile on a
    // slow machine.
    let last_begin = Instant::now() + 3 * PATIENCE;
    for round in 0.. {
        if round >= ROUNDS && runs_were_at_work {
            break;
        }
        assert!(Instant::now() < last_begin, "no run came to list a segment");
        let server = Server::in_directory(directory.path());
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (api, acknowledged) = (server.api(), Arc::clone(&acknowledged));
                tokio::spawn(log_until_the_end(api, round, caller, acknowledged))
            })
            .collect();
        let deadline = Instant::now() + PATIENCE;
        // Elsewhere between two merges each time.
        while acknowledged.load(Ordering::SeqCst) < 60 + 7 * round {
            assert!(Instant::now() < deadline, "so many are logged in a minute");
            tokio::task::yield_now().await;
        }
        assert_eq!(server.end_by("KILL"), None);
        for caller in callers {
            words.extend(caller.await.expect("a caller ends"));
        }
        let server = Server::in_directory(directory.path());
        assert_all_found(&server.api(), &words).await;
        runs_were_at_work = status(&Operator::on(&server))["tiers"] != json!([]);
        assert_eq!(server.end_by("INT"), Some(0));
    }

    let server = Server::in_directory(directory.path());
    let operator = Operator::on(&server);
    let settled = operator.json(&["index", "settle", "--tenant", "demo"]);
    assert_eq!(settled[0]["unreadable_entries"], 0);
    let after = status(&operator);
    let left = ["tail_entries", "pending", "garbage"].map(|name| &after[name]);
    assert_eq!(left, [&json!(0); 3], "{after}");
    assert_all_found(&server.api(), &words).await;
}

#[tokio::test]
async fn an_index_is_settled_and_shown_of_one_tenant_or_of_all() {
    let server = Server::start(&["--in-memory"]);
    let operator = Operator::on(&server);
    let api = server.api();
    for summary in ["one", "two", "three"] {
        api.log(&note(summary)).await;
    }
    let key = operator.create_key("acme", "service:crm", "activity:write");
    let key = key["key"].as_str().expect("a key");
    Api::new(&server.announced("url"), key).log(&note("of another")).await;

    let tenants = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|one| one["tenant_id"].as_str().expect("an id").to_owned()).collect()
    };
    let all = operator.json(&["index", "status"]);
    assert_eq!(tenants(&all), ["acme", "demo"]);
    let one = operator.json(&["index", "settle", "--tenant", "demo"]);
    assert_eq!(tenants(&one), ["demo"]);
    assert_eq!(status(&operator)["tail_entries"], 0);
    let settled = operator.json(&["index", "settle"]);
    assert_eq!(tenants(&settled), ["acme", "demo"]);
    assert_ne!(settled[0]["entries_flushed"], 0);
    assert_eq!(settled[1]["entries_flushed"], 0, "it was settled before");

    let text = operator.text(&["index", "status"]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("TENANT"), "{text}");
    assert!(lines[1].starts_with("acme") && lines[2].starts_with("demo"), "{text}");
    assert!(lines[2].contains("activities:0=1"), "{text}");
    let text = operator.text(&["index", "settle"]);
    assert_eq!(text, "2 tenants, 0 entries flushed, 0 merges.\n");
    let nobody = operator.json(&["index", "status", "--tenant", "nobody"]);
    assert_eq!(
        (&nobody[0]["index"]["shards"], &nobody[0]["index"]["tiers"]),
        (&json!(1), &json!([]))
    );
    assert_eq!(api.rows("/v1/activities", "&query=two").await.len(), 1);
}
