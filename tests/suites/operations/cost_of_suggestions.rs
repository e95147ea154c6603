//! What the suggestions of a search that finds nothing cost, and that other searches cost what
//! they would without them.
//!
//! Always on the embedded engine.

use activity_log_core::index::compact::Limits;
use activity_log_tests::client::v1::V1;
use activity_log_tests::growing::GrowingHistory;
use activity_log_tests::history::{
    ALSO_COMMON, ALSO_TENTH, COMMON, NORTHERN, RARE, SOUTHERN, TENTH, UNCOMMON,
};
use activity_log_tests::measured::MeasuredStack;
use serde_json::{Value, json};

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
    let fifteen = "ta sa ra na la ma ca pa da ba fa ga te se absent";
    let cases: [(&[&str], f64, usize); 6] = [
        // One word is nowhere.
        (&[TENTH, ALSO_TENTH, COMMON, "nowhere"], 20.0, 5),
        // Several are.
        (&["what", "did", "we", "tell", RARE, "about", "the", TENTH], 20.0, 5),
        // All are somewhere, in lists that are long.
        (&[NORTHERN, SOUTHERN, COMMON, ALSO_COMMON], 20.0, 5),
        (&[NORTHERN, SOUTHERN, TENTH, ALSO_TENTH, UNCOMMON, RARE], 30.0, 8),
        (&[fifteen, RARE], 40.0, 10),
        (&[fifteen, "-quarterly"], 40.0, 10),
    ];
    for (words, most_units, most_trips) in cases {
        let query = words.join(" ");
        let (answer, units, trips) = searched(&measured, v1, &query).await;
        let suggested = answer["suggested_queries"].clone();
        println!("{query}: {units} units, {trips} round trips: {suggested}");
        assert_eq!(answer["activities"], json!([]), "{query}");
        assert!(units <= most_units && trips <= most_trips, "{query}: {units}, {trips}");
    }
}

/// The long words, which are looked up first, are all in one bucket of each of many segments, and
/// nothing has them. The others are in all other buckets: more than there are units for.
#[tokio::test]
async fn suggestions_end_with_the_budget_and_the_answer_is_none_the_worse() {
    let limits = Limits { max_flushed_entries: 16, fan: usize::MAX, ..Limits::default() };
    let mut history = GrowingHistory::start(2_400, 1_000).await.compacted_within(limits);
    history.grow(2_400).await;
    let mut words: Vec<String> = (0..8).map(|n| format!("zyzzyvazyzzyva{n}")).collect();
    words.extend([COMMON, RARE, "axle", "dodo", "gnu", "kiwi", "moth", "ta"].map(str::to_owned));
    let query = words.join(" ");
    let process = history.cold().await;
    let (answer, units, trips) = searched(&history.measured, &process, &query).await;
    println!("{units} units, {trips} round trips: {answer}");
    assert!(units > 350.0, "the budget is not reached: {units}");
    assert!(units <= 400.0 && trips <= 24, "{units}, {trips}");
    assert_eq!(answer["activities"], json!([]));
    assert_eq!(answer.get("next_cursor"), None);
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
