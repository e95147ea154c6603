//! What a search of many words suggests where nothing matches all of them.

use activity_log_core::index::compact::Limits;
use activity_log_tests::client::v1::{V1, next_cursor, note, note_with, summaries};
use activity_log_tests::faulty_engine::{Fault, FaultKind, Gate, When};
use activity_log_tests::stack::Stack;
use futures_util::future::join_all;
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

/// Parameters of a search, and what is suggested.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

/// Asserts what is suggested, from the tail and from a segment.
async fn assert_suggests(notes: &[Value], cases: &[Case<'_>]) {
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

#[tokio::test]
async fn what_is_suggested_keeps_operators_filters_and_spelling() {
    let mut notes = notes();
    notes.push(note_with(json!({ "type": "call", "summary": "Globex sold the plan" })));
    notes.push(note_with(json!({ "type": "call", "summary": "Berlin and the plan: a draft" })));
    assert_suggests(
        &notes,
        &[
            (
                &[("query", "“Large plan” GLOBEX  bought Berlin OR Paris -draft")],
                &["“Large plan” GLOBEX Berlin OR Paris -draft"],
            ),
            (&[("query", "globex want* zzz* berl*")], &["globex want* berl*"]),
            // All of its words are there, but not as the phrase has them.
            (&[("query", "\"plan large\" globex wants berlin")], &["globex wants berlin"]),
            (&[("query", "\"plan large\" \"berlin for\" globex wants")], &["globex wants"]),
            (&[("query", "globex plan berlin sold"), ("type", "call")], &["globex plan sold"]),
            // Without the exclusion there would be three words of it.
            (&[("query", "berlin plan draft paris -and"), ("type", "call")], &[]),
        ],
    )
    .await;
}

#[tokio::test]
async fn nothing_is_suggested_where_something_is_found_or_nothing_is_near() {
    assert_suggests(
        &notes(),
        &[
            (&[("query", "globex wants a large plan")], &[]),
            (&[("query", "globex wants nowhere")], &[]),
            // What is asked for twice is one word.
            (&[("query", "globex wants nowhere globex")], &[]),
            (&[("query", "globex,wants,large nowhere")], &[]),
            (&[("query", "zeppelin airship balloon glider")], &[]),
            (&[("query", "zeppelin airship balloon globex")], &[]),
            (&[("query", "invoice courier sold renewal")], &[]),
            (
                &[
                    ("query", "globex plan berlin sold"),
                    ("occurred_before", "2000-01-01T00:00:00Z"),
                ],
                &[],
            ),
        ],
    )
    .await;
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    for _ in 0..2 {
        v1.log(&note("one two three four")).await.expect(201);
    }
    let parameters = [("query", "one two three four"), ("limit", "1")];
    let first = v1.search(&parameters).await.expect(200);
    let cursor = next_cursor(&first).expect("there is another page");
    let further = [parameters[0], parameters[1], ("cursor", &cursor)];
    assert_eq!(suggested(&v1, &further).await, [""; 0]);
}

/// What others have is nowhere to a viewer, in the tail as in segments.
#[tokio::test]
async fn a_viewer_is_suggested_what_it_may_see_alone() {
    let of = |contact: &str, summary: &str| {
        note_with(json!({
            "summary": summary,
            "related_resource_type": "contact",
            "related_resource_id": contact,
        }))
    };
    let mine = [
        of("con_1", "one two elsewhere"),
        of("con_1", "one nothing"),
        of("con_1", "three nothing"),
    ];
    let others = [of("con_2", "one two three"), of("con_2", "two three four five")];
    let queries = [
        "one two three four",
        "two three four five",
        "one two three elsewhere",
        "\"two one\" elsewhere one two",
    ];
    for logged in [&mine[..], &[&mine[..], &others[..]].concat()] {
        let stack = Stack::start().await;
        let key = stack.service_key(TENANT).await;
        let v1 = stack.v1(&key);
        for contact in ["con_1", "con_2"] {
            stack.put_resource(TENANT, "contact", contact, None).await;
        }
        for input in logged {
            v1.log(input).await.expect(201);
        }
        let filters = json!({ "related_resource_type": "contact", "related_resource_id": "con_1" });
        let token = v1
            .call(Method::POST, "/v1/viewer-tokens")
            .json(&json!({ "user_id": "ann", "filters": filters }));
        let token = token.send().await.expect(201).json();
        let viewer = stack.v1(token["viewer_token"].as_str().expect("there is a token"));
        for is_compacted in [false, true] {
            for query in queries {
                let suggested = suggested(&viewer, &[("query", query)]).await;
                let expected: &[&str] = match query {
                    "one two three four" => &["one two"],
                    "one two three elsewhere" => &["one two elsewhere"],
                    "two three four five" => &[],
                    _ => &["elsewhere one two"],
                };
                assert_eq!(suggested, expected, "{query}, compacted: {is_compacted}");
            }
            let _ = stack.compact(TENANT, &Limits::default()).await.expect("it is compacted");
        }
    }
}

/// What is under way is looked at and passed over, and an activity behind it is found.
#[tokio::test]
async fn what_was_not_written_whole_is_suggested_to_nobody() {
    let (stack, engine) = Stack::start_faulty().await;
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    let near = json!({ "summary": "one two three", "occurred_at": "2020-01-01T00:00:00Z" });
    v1.log(&note_with(near)).await.expect(201);
    let gate = Gate::closed();
    engine.inject(Fault::on("TransactWriteItems", When::Always, FaultKind::Hold(gate.clone())));
    let (nearer, as_near) = (note("one two four five"), note("one two three six"));
    let logs =
        join_all([&nearer, &as_near, &as_near, &as_near, &as_near].map(|input| v1.log(input)));
    let searches = async {
        gate.arrived(5).await;
        for (query, expected) in [
            ("one two four six", "one two"),
            ("one two three four", "one two three"),
            ("\"one two\" three four seven", "\"one two\" three"),
        ] {
            assert_eq!(suggested(&v1, &[("query", query)]).await, [expected], "{query}");
        }
        engine.clear();
        gate.open();
    };
    let (logged, ()) = tokio::join!(logs, searches);
    assert!(logged.iter().all(|answer| answer.status == 201));
    let suggested = suggested(&v1, &[("query", "one two four six")]).await;
    assert_eq!(suggested, ["one two four", "one two six"]);
}
