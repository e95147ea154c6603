//! What a page may cost where little of what is read becomes a row of it.

use activity_log_tests::client::logged_activity::{LoggedActivity, ids};
use activity_log_tests::client::v1::{next_cursor, rows};
use activity_log_tests::engine::Engine;
use activity_log_tests::faulty_engine::scramble;
use activity_log_tests::history::PHRASE;
use activity_log_tests::measured::{Measured, MeasuredStack, TENANT};
use serde_json::{Value, json};

/// What a page spends at most, and how often it waits for the table.
const UNITS: f64 = 400.0;
const TRIPS: usize = 24;
/// Of each of five types.
const OF_A_TYPE: usize = 500;

fn api_of(measured: &MeasuredStack) -> LoggedActivity {
    measured.stack.logged_activity(TENANT, &measured.key)
}

#[tokio::test]
async fn a_page_of_a_type_has_one_budget_for_all_its_rounds() {
    let measured = MeasuredStack::with_history(5 * OF_A_TYPE).await;
    let api = api_of(&measured);
    // A row that is given out costs its unit, and none is left out.
    let all = json!({ "page_size": 1_000 });
    let page = measured.measure(api.responses("note", &all)).await;
    let found = ids(&page.answer);
    assert!(found.len() >= OF_A_TYPE, "{}", found.len());
    assert_eq!(page.answer.json()["next"], Value::Null);
    assert!(page.read_units <= found.len() as f64 + 100.0, "{} units", page.read_units);

    // Nothing is about a company, so every row is left out.
    let filtered = json!({ "page_size": 1_000, "custom_object_id": "company" });
    let (page, trips) = measured.measure_with_round_trips(api.responses("note", &filtered)).await;
    assert!(page.read_units <= UNITS, "{} units", page.read_units);
    assert!(trips <= TRIPS, "{trips} round trips");
    let mut answer = page.answer.expect(200);
    assert!(answer.json()["next"].is_string(), "there is more to look through");
    let mut page_count = 1;
    while let Some(next) = answer.json()["next"].as_str() {
        assert_eq!(ids(&answer), Vec::<String>::new());
        let page = measured.measure(api.follow(next, Some(&filtered))).await;
        assert!(page.read_units <= UNITS, "{} units", page.read_units);
        answer = page.answer.expect(200);
        page_count += 1;
    }
    assert!(page_count <= OF_A_TYPE / 100, "{page_count} pages");
}

/// A body that no compression makes short, of characters that are no words.
fn long_body(n: u64, words: &str) -> String {
    let private = |at| {
        let offset = u32::try_from(scramble(n, at) % 0xFFFE).expect("it is small");
        char::from_u32(0xF_0000 + offset).expect("it is for private use")
    };
    let body: String = (0..50_000).map(private).collect();
    format!("{body} {words}")
}

#[tokio::test]
async fn long_bodies_are_read_for_a_phrase_as_far_as_the_budget_reaches() {
    const BODIES: u64 = 30;
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    let mut expected = Vec::new();
    for n in 0..BODIES {
        let has_phrase = n % 29 == 0;
        let words = if has_phrase { "the price list" } else { "the list of the price" };
        let input = json!({
            "type": "note",
            "summary": format!("entry {n}"),
            "body": long_body(n, words),
            "occurred_at": format!("2026-03-01T09:{:02}:00Z", 59 - n),
        });
        drop(measured.v1.log(&input).await.expect(201));
        expected.extend(has_phrase.then(|| format!("entry {n}")));
    }
    let mut found = Vec::new();
    let mut units = Vec::new();
    let mut cursor = None;
    loop {
        let mut parameters = vec![("query", "\"price list\"")];
        parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let (page, trips) =
            measured.measure_with_round_trips(measured.v1.search(&parameters)).await;
        assert!(trips <= TRIPS, "{trips} round trips");
        let Measured { answer, read_units, .. } = page;
        units.push(read_units);
        let answer = answer.expect(200);
        found.extend(rows(&answer, "activities", "summary"));
        cursor = next_cursor(&answer);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, expected);
    // The last body of a page may be the longest that there is.
    assert!(units.iter().all(|units| *units <= UNITS + 100.0), "{units:?}");
    assert!(units.iter().sum::<f64>() > 2.0 * UNITS, "they are long enough to tell: {units:?}");
}

#[tokio::test]
async fn texts_that_their_heads_have_are_held_against_a_phrase_without_a_round_trip() {
    let measured = MeasuredStack::with_history(2_500).await;
    let swapped = PHRASE.trim_matches('"').split(' ').rev().collect::<Vec<_>>().join(" ");
    let query = format!("\"{swapped}\"");
    let search = measured.search(&[("query", query.as_str())]).await;
    // Each of the 250 that have both words costs its head, and the page goes on to the end.
    assert_eq!(search.answer.json()["activities"], json!([]));
    assert_eq!(next_cursor(&search.answer), None);
    assert!((250.0..=UNITS).contains(&search.read_units), "{} units", search.read_units);
}
