//! Prints what requests cost in DynamoDB's units, and how often they wait for
//! it:
//!
//! ```text
//! cargo run --bin capacity
//! ```
//!
//! Everything is measured through HTTP on the embedded engine. The texts and
//! the history are the same in each run.

use std::future::Future;

use activity_log_tests::client::Answer;
use activity_log_tests::engine::Engine;
use activity_log_tests::history::{ALSO_COMMON, COMMON, PHRASE, RARE, UNCOMMON, Vocabulary};
use activity_log_tests::measured::{MeasuredStack, TENANT};
use serde_json::json;

const BODY_CHARS: [usize; 5] = [0, 100, 1_000, 10_000, 65_536];
const HISTORIES: [usize; 3] = [1_000, 10_000, 50_000];

#[tokio::main]
async fn main() {
    print_logs_and_gets().await;
    println!();
    print_searches().await;
}

async fn print_logs_and_gets() {
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    let MeasuredStack { stack, key, .. } = &measured;
    let mut vocabulary = Vocabulary::new(7);
    println!(
        "| body, characters | log, write units | log, round trips | get, read units | get, round trips |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: |");
    for chars in BODY_CHARS {
        let mut input = json!({ "type": "note", "summary": vocabulary.text(60) });
        if chars > 0 {
            input["body"] = json!(vocabulary.text(chars));
        }
        let log = measured.measure(stack.v1(key).log(&input)).await;
        let path = log.answer.expect(201).header("location").to_owned();
        let get = measured.measure(stack.v1(key).get(&path)).await;
        let log_trips = trips(&measured, stack.v1(key).log(&input)).await;
        let get_trips = trips(&measured, stack.v1(key).get(&path)).await;
        let (written, read) = (log.write_units, get.read_units);
        println!("| {chars} | {written} | {log_trips} | {read} | {get_trips} |");
    }

    stack.put_resource(TENANT, "contact", "con_123", None).await;
    let mut input = json!({
        "type": "note",
        "summary": vocabulary.text(60),
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
        "idempotency_key": "key",
    });
    println!();
    println!("| log, without a body | read units | write units | round trips |");
    println!("| --- | ---: | ---: | ---: |");
    for name in ["with a key and a related resource", "replayed"] {
        let log = measured.measure(stack.v1(key).log(&input)).await;
        if name != "replayed" {
            input["idempotency_key"] = json!("another key");
        }
        let log_trips = trips(&measured, stack.v1(key).log(&input)).await;
        println!("| {name} | {} | {} | {log_trips} |", log.read_units, log.write_units);
    }
}

async fn print_searches() {
    let rare_and_common = format!("{RARE} {COMMON}");
    let uncommon_and_common = format!("{UNCOMMON} {COMMON}");
    let common_and_common = format!("{COMMON} {ALSO_COMMON}");
    let searches: [(&str, &[(&str, &str)]); 8] = [
        ("all", &[]),
        ("type", &[("type", "email")]),
        ("a common word (1 of 2)", &[("query", COMMON)]),
        ("a rare word (6 in all)", &[("query", RARE)]),
        ("rare and common word", &[("query", &rare_and_common)]),
        ("uncommon (1 of 40), always with common", &[("query", &uncommon_and_common)]),
        ("two common words (1 of 6)", &[("query", &common_and_common)]),
        ("phrase (1 of 10)", &[("query", PHRASE)]),
    ];
    let mut lines: Vec<String> = searches.iter().map(|(name, _)| format!("| {name}")).collect();
    let mut head = "| search, page of 20".to_owned();
    for count in HISTORIES {
        let measured = MeasuredStack::with_history(count).await;
        head.push_str(&format!(" | read units at {count} | round trips"));
        for (line, (_, parameters)) in lines.iter_mut().zip(searches) {
            let page = measured.search(parameters).await;
            drop(page.answer.expect(200));
            let search = measured.v1.search(parameters);
            let trips = trips(&measured, search).await;
            line.push_str(&format!(" | {} | {trips}", page.read_units));
        }
    }
    println!("{head} |");
    println!("| ---{} |", " | ---: | ---:".repeat(HISTORIES.len()));
    for line in lines {
        println!("{line} |");
    }
}

async fn trips(measured: &MeasuredStack, request: impl Future<Output = Answer>) -> usize {
    let (answer, round_trips) = measured.round_trips(request).await;
    assert!(answer.status.is_success(), "{answer:?}");
    round_trips
}
