//! What logs write while a history grows, the compactor and all deletions included.

use activity_log_tests::growing::GrowingHistory;
use anyhow::Result;
use serde_json::{Value, json};

use crate::keep;

/// Characters of a body, and how long a history is.
const LENGTHS: [(usize, usize); 5] =
    [(0, 100_000), (100, 100_000), (1_000, 100_000), (10_000, 10_000), (65_536, 10_000)];
const STATES: usize = 30;

pub(crate) async fn run() -> Result<()> {
    println!(
        "| body, characters | logs | write units a log | of the log itself | of the compactor | a fourfold history adds | bytes of segments |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut results: Vec<Value> = Vec::new();
    for (body_chars, count) in LENGTHS {
        let cost = GrowingHistory::start(count, body_chars).await.cost_of_logs(STATES).await;
        let (all, added) = (cost.log + cost.compactor, cost.compactor - cost.first_quarter);
        println!(
            "| {body_chars} | {count} | {all:.1} | {:.1} | {:.1} | {added:.1} | {:.0} |",
            cost.log, cost.compactor, cost.index_bytes
        );
        results.push(json!({ "chars": body_chars, "count": count, "write_units": all }));
    }
    keep("logs", &json!(results))
}
