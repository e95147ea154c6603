//! What a search of many words suggests where nothing matches all of them.

use activity_log_core::index::compact::Limits;
use activity_log_tests::client::v1::{V1, note, note_with, summaries};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::{Value, json};

const TENANT: &str = "acme";

const NOTES: [&str; 8] = [
    "Tom called about the invoice: we pay twice",
    "We told Ann about the pricing",
    "What Jane said about the renewal",
    "The plan that we sold to Globex",
    "Did the courier call? We wait",
    "The renewal: Ann signs on Monday",
    "Invoice 4711 is with the bank",
    "Globex wants a large plan for Berlin",
];

async fn suggested(v1: &V1, parameters: &[(&str, &str)]) -> Vec<String> {
    let page = v1.search(parameters).await.expect(200).json();
    let Some(suggested) = page.get("suggested_queries") else { return Vec::new() };
    assert_ne!(*suggested, json!([]), "{parameters:?}");
    assert_eq!(page["activities"], json!([]), "{parameters:?}");
    assert_eq!(page.get("next_cursor"), None, "{parameters:?}");
    serde_json::from_value(suggested.clone()).expect("it is a list of texts")
}

/// Asserts what is suggested, from the tail and from a segment.
async fn assert_suggests(notes: &[Value], cases: &[(&[(&str, &str)], &[&str])]) {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    for note in notes {
        v1.log(note).await.expect(201);
    }
    for is_compacted in [false, true] {
        for (parameters, expected) in cases {
            let suggested = suggested(&v1, parameters).await;
            assert_eq!(suggested, *expected, "{parameters:?}, compacted: {is_compacted}");
            for query in &suggested {
                let mut parameters = parameters.to_vec();
                let given = parameters.iter_mut().find(|(name, _)| *name == "query");
                given.expect("there is a query").1 = query;
                let found = summaries(&v1.search(&parameters).await.expect(200));
                assert!(!found.is_empty(), "{query} finds nothing");
            }
        }
        let _ = stack.compact(TENANT, &Limits::default()).await.expect("it is compacted");
    }
}

fn notes() -> Vec<Value> {
    NOTES.iter().map(|text| note(text)).collect()
}

#[tokio::test]
async fn where_nothing_matches_all_of_many_words_the_nearest_queries_are_named() {
    assert_suggests(
        &notes(),
        &[
            // One word is in no note.
            (&[("query", "Tom's  invoice: pay Friday!")], &["Tom's  invoice: pay"]),
            // All of them are in some; the most common is left out first.
            (&[("query", "globex plan berlin sold")], &["globex plan berlin", "globex plan sold"]),
            // A question has several words that a note lacks.
            (&[("query", "what did we tell tom about the invoice")], &["we tom about the invoice"]),
            (&[("query", "zeppelin airship monday renewal balloon")], &["monday renewal"]),
        ],
    )
    .await;
}
