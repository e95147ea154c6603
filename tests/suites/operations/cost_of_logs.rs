//! What logs cost while a history grows: in units written, those of the compactor and the
//! deletions included.
//!
//! Always on the embedded engine. Histories are short here, so that the suite is quick;
//! `tests/bench/run history` has longer ones.

use activity_log_tests::growing::GrowingHistory;

/// So many states of a history are looked at.
const STATES: usize = 30;

/// What logs cost on average is at most `wanted` units, in no state twice as many, and at
/// most `fourfold` units more than in the first quarter of the history.
async fn assert_cost_of_logs(count: usize, body_chars: usize, wanted: f64, fourfold: f64) {
    let mut history = GrowingHistory::start(count, body_chars).await;
    let cost = history.cost_of_logs(STATES).await;
    println!("{body_chars} characters, {count} activities: {cost:?}");
    assert!(cost.log + cost.compactor <= wanted, "{cost:?}");
    assert!(cost.dearest_state <= 2.0 * wanted, "{cost:?}");
    assert!(cost.compactor - cost.first_quarter <= fourfold, "{cost:?}");
}

#[tokio::test]
async fn a_log_without_a_body_costs_at_most_13_units() {
    assert_cost_of_logs(4_000, 0, 13.0, 1.0).await;
}

#[tokio::test]
async fn a_log_of_100_characters_costs_at_most_14_units() {
    assert_cost_of_logs(4_000, 100, 14.0, 1.0).await;
}

#[tokio::test]
async fn a_log_of_1_000_characters_costs_at_most_17_units() {
    assert_cost_of_logs(2_400, 1_000, 17.0, 1.0).await;
}

#[tokio::test]
async fn a_log_of_10_000_characters_costs_at_most_38_units() {
    // Whether the last merge falls into so short a history is chance, and 0.6 of a unit.
    assert_cost_of_logs(960, 10_000, 38.0, 4.0).await;
}

#[tokio::test]
async fn a_log_of_65_536_characters_costs_at_most_92_units() {
    // Of such a history the first quarter is hardly compacted when it ends, so that what a
    // fourfold one adds is most of what there is.
    assert_cost_of_logs(160, 65_536, 92.0, 20.0).await;
}
