//! The function `index`: a run for the tenant that an event names, told in one line.

use activity_log_core::Context;
use activity_log_core::lambda::InvocationError;
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::v1::note;
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, Gate, When};
use activity_log_tests::lambda::{AWS_REQUEST_ID, invocation, sample};
use activity_log_tests::stack::Stack;
use activity_log_tests::workspace::{TENANT, Workspace};
use serde_json::{Value, json};

/// A text that no log may have.
const SECRET: &str = "marzipan";
/// How many activities are logged: more than a run needs to begin.
const LOGGED: usize = 20;

async fn logged() -> (Workspace, FaultyEngine) {
    let (stack, engine) = Stack::start_faulty().await;
    let workspace = Workspace::on(stack).await;
    for n in 0..LOGGED {
        workspace.v1.log(&note(&format!("{SECRET} n{n}"))).await.expect(201);
    }
    (workspace, engine)
}

async fn run(ctx: &Context, event: &Value) -> Result<Value, InvocationError> {
    let answer = fn_index::handle(ctx, invocation(&event.to_string())).await?;
    Ok(serde_json::to_value(answer).expect("an answer has a JSON form"))
}

fn bare() -> Value {
    json!({ "tenant_id": TENANT })
}

async fn assert_all_found(workspace: &Workspace) {
    let page = workspace.v1.search(&[("query", SECRET), ("limit", "100")]).await.expect(200).json();
    assert_eq!(page["activities"].as_array().map(Vec::len), Some(LOGGED));
}

#[tokio::test]
async fn a_run_merges_the_tail_and_says_so_in_one_line() {
    let (workspace, engine) = logged().await;
    let mut event = sample("index.json");
    event["detail"]["tenant_id"] = json!(TENANT);
    engine.reset_calls();
    let (log, guard) = CapturedLog::start();
    let answer = run(&workspace.stack.ctx, &event).await.expect("it is done");
    drop(guard);
    let flushed = answer["entries_flushed"].as_u64().expect("it is a number");
    assert!(flushed >= LOGGED as u64, "{answer}");
    let names = ["tenant_id", "busy", "tail_bytes_left", "merge_left"];
    let expected = [json!(TENANT), json!(false), json!(0), json!(false)];
    assert_eq!(names.map(|name| answer[name].clone()), expected);

    let lines = log.fields_with("index compacted");
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(
        (&line["tenant_id"], &line["aws_request_id"]),
        (&json!(TENANT), &AWS_REQUEST_ID.into())
    );
    assert_eq!(line["entries_flushed"], flushed);
    assert_eq!(line["table_calls"], engine.calls().len());
    for name in ["segments_flushed", "bytes_written", "tail_bytes_found", "round_trips"] {
        assert!(line[name].as_u64().is_some_and(|number| number > 0), "{name} in {line}");
    }
    for name in ["unreadable_entries", "segments_set_aside", "tail_bytes_left"] {
        assert_eq!(line[name], 0, "{name}");
    }
    for name in ["read_units", "write_units"] {
        assert!(line[name].as_f64().is_some_and(|units| units > 0.0), "{name} in {line}");
    }
    assert!(log.lines_with(SECRET).is_empty(), "the log quotes nothing");
    assert_all_found(&workspace).await;

    // There is too little for another one.
    let answer = run(&workspace.stack.ctx, &bare()).await.expect("it is done");
    assert_eq!((&answer["entries_flushed"], &answer["busy"]), (&json!(0), &json!(false)));
}

#[tokio::test]
async fn an_event_that_cannot_be_read_fails_and_touches_nothing() {
    let (workspace, engine) = logged().await;
    let long = json!({ "tenant_id": "a".repeat(20_000) });
    for (event, code) in [
        (json!({}), "validation_failed"),
        (json!([]), "validation_failed"),
        (json!({ "tenant_id": TENANT, "all": true }), "validation_failed"),
        (json!({ "detail-type": "activity.logged", "detail": bare() }), "validation_failed"),
        (long, "payload_too_large"),
    ] {
        engine.reset_calls();
        let (log, guard) = CapturedLog::start();
        let error = run(&workspace.stack.ctx, &event).await.expect_err("it is refused");
        drop(guard);
        assert_eq!(error.code, code, "{event}");
        assert_eq!(log.fields_with("index not compacted").len(), 1, "{event}");
        assert!(engine.calls().is_empty(), "{event}");
    }
}

#[tokio::test]
async fn a_run_that_fails_says_why_once_and_the_next_one_goes_on() {
    let (workspace, engine) = logged().await;
    let of_manifest = |request: &Value| request["Item"]["sk"]["S"] == "SEGS";
    let refuse = Fault::on("PutItem", When::Always, FaultKind::Throttle);
    engine.inject(refuse.only_if(of_manifest));
    let (log, guard) = CapturedLog::start();
    let error = run(&workspace.stack.ctx, &bare()).await.expect_err("it fails");
    drop(guard);
    assert_eq!(error.code, "rate_limited");
    let lines = log.fields_with("index not compacted");
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (&lines[0]["tenant_id"], &lines[0]["code"]),
        (&json!(TENANT), &json!("rate_limited"))
    );
    assert!(
        lines[0]["error"].as_str().is_some_and(|error| error.contains("PutItem failed")),
        "{}",
        lines[0]
    );
    assert_all_found(&workspace).await;

    engine.clear();
    let answer = run(&workspace.stack.ctx, &bare()).await.expect("it is done");
    assert_ne!(answer["entries_flushed"], 0);
    assert_all_found(&workspace).await;
}

#[tokio::test]
async fn a_second_run_leaves_the_work_to_the_first() {
    let (workspace, engine) = logged().await;
    let gate = Gate::closed();
    let of_segments = |request: &Value| request.to_string().contains("#SEG#");
    let hold = Fault::on("BatchWriteItem", When::Nth(1), FaultKind::Hold(gate.clone()));
    engine.inject(hold.only_if(of_segments));
    let ctx = workspace.stack.ctx.clone();
    let first = tokio::spawn(async move { run(&ctx, &bare()).await });
    gate.arrived(1).await;
    engine.reset_calls();
    let second = run(&workspace.stack.ctx, &bare()).await.expect("it is done");
    assert_eq!((&second["busy"], &second["entries_flushed"]), (&json!(true), &json!(0)));
    assert_eq!(engine.calls().len(), 1, "it asks, and ends");
    gate.open();
    let first = first.await.expect("it ends").expect("it is done");
    assert_eq!(first["busy"], false);
    assert_all_found(&workspace).await;
}
