//! What logs of given texts write, and how many bytes their words take.

use std::path::Path;

use activity_log_core::index::compact::Limits;
use activity_log_tests::engine::Engine;
use activity_log_tests::measured::{MeasuredStack, TENANT};
use activity_log_tests::raw_table::size_bytes;
use activity_log_tests::stack::Stack;
use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::keep;

/// What DynamoDB adds to each item that it stores.
const STORED_BYTES: usize = 100;

/// Logs the texts of a file, each a summary, a line feed, a body and a NUL.
pub(crate) async fn run(path: &Path) -> Result<()> {
    let texts = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let texts: Vec<(&str, &str)> =
        texts.split('\0').filter_map(|text| text.split_once('\n')).collect();
    ensure!(!texts.is_empty(), "there is no text");
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    let compactor = Stack::start_beside(&measured.stack).await;
    let limits = Limits::default();
    let (mut of_logs, mut of_runs, mut chars) = (0.0, 0.0, 0);
    for (summary, body) in &texts {
        let mut input = json!({ "type": "email", "summary": summary });
        if !body.is_empty() {
            input["body"] = json!(body);
        }
        chars += summary.chars().count() + body.chars().count();
        let log = measured.measure(measured.v1.log(&input)).await;
        of_logs += log.write_units;
        let asks_for_run = log.calls.iter().any(|call| has_mark(&call.request));
        drop(log.answer.expect(201));
        if asks_for_run {
            let run = measured.measure(compactor.compact(TENANT, &limits)).await;
            run.answer.context("a run of the compactor fails")?;
            of_runs += run.write_units;
        }
    }
    measured.stack.settle(TENANT).await.context("the index can't be settled")?;
    let items = measured.table().items().await;
    let parts = items.iter().filter(|((pk, _), _)| pk.contains("#SEG#"));
    let stored: usize = parts.map(|(_, item)| size_bytes(item) + STORED_BYTES).sum();
    let all: usize = items.values().map(|item| size_bytes(item) + STORED_BYTES).sum();

    let count = texts.len() as f64;
    let (logs, runs) = (of_logs / count, of_runs / count);
    println!(
        "| texts | characters | write units a log | of the log itself | of the compactor | bytes of the index | bytes in all |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let cell = |number: f64| number / count;
    let (chars, stored, all) = (cell(chars as f64), cell(stored as f64), cell(all as f64));
    println!(
        "| {count} | {chars:.0} | {:.1} | {logs:.1} | {runs:.1} | {stored:.0} | {all:.0} |",
        logs + runs
    );
    keep("texts", &json!({ "count": count, "write_units": logs + runs, "index_bytes": stored }))
}

/// Whether a call writes an entry that asks for a run of the compactor.
fn has_mark(call: &serde_json::Value) -> bool {
    let tables = call["RequestItems"].as_object().into_iter().flatten();
    let mut writes = tables.flat_map(|(_, writes)| writes.as_array().into_iter().flatten());
    writes.any(|write| write["PutRequest"]["Item"].get("m").is_some())
}
