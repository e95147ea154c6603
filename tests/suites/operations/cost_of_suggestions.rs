//! What the suggestions of a search that finds nothing cost, and that other searches cost what
//! they would without them.
//!
//! Always on the embedded engine.

use activity_log_tests::client::v1::V1;
use activity_log_tests::history::{
    ALSO_COMMON, ALSO_TENTH, COMMON, NORTHERN, RARE, SOUTHERN, TENTH, UNCOMMON,
};
use activity_log_tests::measured::MeasuredStack;
use serde_json::Value;

const COUNT: usize = 10_000;

/// A search: its answer, and its read units and round trips.
async fn searched(measured: &MeasuredStack, v1: &V1, query: &str) -> (Value, f64, usize) {
    let parameters = [("query", query)];
    let (page, trips) = measured.measure_with_round_trips(v1.search(&parameters)).await;
    (page.answer.expect(200).json(), page.read_units, trips)
}

#[tokio::test]
async fn suggestions_are_within_400_units_and_24_round_trips_and_mostly_cost_few() {
    let measured = MeasuredStack::with_history(COUNT).await;
    let v1 = &measured.v1;
    let sixteen = "ta sa ra na la ma ca pa da ba fa ga te se re absent";
    let cases: [(&[&str], f64, usize); 6] = [
        // One word is nowhere.
        (&[TENTH, ALSO_TENTH, COMMON, "nowhere"], 40.0, 14),
        // Several are.
        (&["what", "did", "we", "tell", RARE, "about", "the", TENTH], 40.0, 14),
        // All are somewhere, in lists that are long.
        (&[NORTHERN, SOUTHERN, COMMON, ALSO_COMMON], 200.0, 20),
        (&[NORTHERN, SOUTHERN, TENTH, ALSO_TENTH, UNCOMMON, RARE], 100.0, 20),
        (&[sixteen], 400.0, 24),
        (&[sixteen, "-quarterly"], 400.0, 24),
    ];
    for (words, most_units, most_trips) in cases {
        let query = words.join(" ");
        let (answer, units, trips) = searched(&measured, v1, &query).await;
        let suggested = answer["suggested_queries"].clone();
        println!("{query}: {units} units, {trips} round trips: {suggested}");
        assert_eq!(answer["activities"], serde_json::json!([]), "{query}");
        assert!(units <= most_units && trips <= most_trips, "{query}: {units}, {trips}");
    }
}

/// Words with a comma between them and no space are one operand, so nothing is suggested.
#[tokio::test]
async fn what_is_found_costs_what_it_does_without_suggestions() {
    let measured = MeasuredStack::with_history(COUNT).await;
    let found = [COMMON, ALSO_COMMON, TENTH, ALSO_TENTH];
    for words in [&found[..], &[RARE, COMMON, "nowhere"]] {
        let mut costs = Vec::new();
        for separator in [",", " "] {
            let query = words.join(separator);
            // What a process reads once, it has.
            let _ = searched(&measured, &measured.v1, &query).await;
            let (answer, units, trips) = searched(&measured, &measured.v1, &query).await;
            assert_eq!(answer.get("suggested_queries"), None, "{query}");
            costs.push((units, trips));
        }
        assert_eq!(costs[0], costs[1], "{words:?}");
    }
}
