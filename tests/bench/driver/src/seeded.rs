//! A tenant in the middle of its life: two segments of its index, and a tail.
//!
//! The function `log` has logged it, so that what the stub answers has the layout that the
//! store writes, whatever that is. The console would compact it meanwhile, whenever that is
//! due, and each run of the benchmark would find another index.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::console::Console;
use crate::sandbox::Sandbox;

/// How many activities are logged before each segment. A position block has 256, so that a
/// segment has several. There are two segments, because four of a size are merged: a run
/// that is measured adds one, and could not read back what the stub did not keep.
const ACTIVITIES_OF_SEGMENTS: [usize; 2] = [300, 300];
/// How many are logged behind them: fewer than the rows of a page, so that each page has some
/// of a segment, and more than the eight that are worth a run. A run that finds 32 looks for
/// more behind them, and would find them again, since the stub deletes nothing.
const ACTIVITIES_OF_TAIL: usize = 12;
/// A tenant that logs more than 300 a second gets further shards of its tail, which would be
/// further calls of each search.
const PAUSE: Duration = Duration::from_millis(5);
/// What every summary begins with: the word of the sample events is in it.
const SUMMARY: &str = "Jane asked for pricing details";
/// Longer than fits beside the rest of an activity.
const LONG_BODY_CHARS: usize = 10_000;

/// What events have in the place of names.
pub(crate) struct Seeded {
    /// The tenant's key.
    key: String,
    /// An activity that is one item.
    id: String,
    /// An activity whose body is an item of its own.
    long_id: String,
}

impl Seeded {
    /// Logs the activities with `log`, a process before the table of `console`. `event` is an
    /// event of it, whose body is replaced.
    pub(crate) async fn log(console: &Console, log: &mut Sandbox, event: &str) -> Result<Self> {
        let mut event: Value = serde_json::from_str(&event.replace("<key>", &console.key))?;
        let mut ids = Vec::new();
        for count in ACTIVITIES_OF_SEGMENTS {
            for _ in 0..count {
                ids.push(log_one(log, &mut event, ids.len()).await?);
            }
            console.settle().await?;
        }
        for n in 0..ACTIVITIES_OF_TAIL {
            log_one(log, &mut event, ids.len() + n).await?;
        }
        let mut first = ids.into_iter();
        let (id, long_id) = first.next().zip(first.next()).context("some are in a segment")?;
        Ok(Self { key: console.key.clone(), id, long_id })
    }

    /// A text with the placeholders `<key>`, `<id>` and `<long id>` filled in.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("<key>", &self.key)
            .replace("<id>", &self.id)
            .replace("<long id>", &self.long_id)
    }
}

/// Logs the activity of a number; its id. The second one has a long body.
async fn log_one(log: &mut Sandbox, event: &mut Value, n: usize) -> Result<String> {
    let mut input = json!({
        "type": "email",
        "summary": format!("{SUMMARY} {n}"),
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
    });
    if n == 1 {
        input["body"] = json!("She wants an offer soon. ".repeat(LONG_BODY_CHARS / 25));
    }
    event["body"] = input.to_string().into();
    let response = log.invoke(&Bytes::from(event.to_string())).await?.body;
    let response: Value = serde_json::from_slice(&response)?;
    ensure!(response["statusCode"] == 201, "an activity is not logged: {response}");
    let body = response["body"].as_str().context("the response has a body")?;
    let body: Value = serde_json::from_str(body)?;
    let id = body["activity"]["id"].as_str().context("an activity has an id")?;
    tokio::time::sleep(PAUSE).await;
    Ok(id.to_owned())
}
