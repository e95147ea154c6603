//! Bodies of 65,536 characters, in every script: logged whole, read back whole,
//! and found by their last word.

use std::time::Duration;

use activity_log_core::store::operator::sweep::{GRACE, sweep};
use activity_log_core::text::index_terms;
use activity_log_tests::faulty_engine::{Fault, FaultKind, When};
use activity_log_tests::rig::{Rig, input, long_keyed_input};
use activity_log_tests::stack::Stack;
use serde_json::{Value, json};

const MAX_CHARS: usize = 65_536;
const MAX_TERMS: usize = 32_768;

/// A text of exactly the longest length that ends with a word.
fn fill(mut words: impl FnMut(usize) -> String, last_word: &str) -> String {
    let end = last_word.chars().count();
    let mut text = String::new();
    let mut chars = 0;
    for n in 0.. {
        let word = words(n);
        let length = word.chars().count();
        if chars + length + end > MAX_CHARS {
            break;
        }
        text.push_str(&word);
        chars += length;
    }
    text.push_str(&" ".repeat(MAX_CHARS - chars - end));
    text.push_str(last_word);
    assert_eq!(text.chars().count(), MAX_CHARS);
    text
}

/// A number that looks random, the same in each run: the `n`-th of SplitMix64.
fn scatter(n: usize) -> usize {
    let mut z = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((z ^ (z >> 31)) >> 33).expect("31 bits fit")
}

/// A character of Chinese, one of the first `count` common ones.
fn han(n: usize, count: usize) -> char {
    let code = 0x4e00 + u32::try_from(n % count).expect("it is small");
    char::from_u32(code).expect("the block has no gaps")
}

/// Logs a body, reads it back and finds it by its last word.
async fn log_read_and_find(body: &str, last_word: &str) {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let mut input = input("w");
    input["body"] = json!(body);
    let logged = v1.log(&input).await.expect(201).json();
    assert_eq!(logged["activity"]["body"], body);
    let id = logged["activity"]["id"].as_str().expect("there is an id");
    let read = v1.read(id).await.expect(200).json();
    assert!(read["activity"]["body"] == body, "it is read back whole");
    for query in [last_word, "ledger w"] {
        let found = v1.search(&[("query", query)]).await.expect(200).json();
        assert_eq!(found["activities"].as_array().map(Vec::len), Some(1), "{query}");
        assert_eq!(found["activities"][0]["id"], id);
        let snippet = found["activities"][0]["snippet"].as_str().expect("there is a snippet");
        assert!(body.starts_with(snippet) && !snippet.is_empty());
    }
    let missing = v1.search(&[("query", "absent")]).await.expect(200).json();
    assert_eq!(missing["activities"], json!([]));
}

#[tokio::test]
async fn a_body_of_65536_characters_of_english_is_logged_read_and_found() {
    // Some thousand words that recur, as words of a text do.
    let words = |n: usize| format!("word{} ", scatter(n) % 2_000);
    log_read_and_find(&fill(words, "zymurgy"), "zymurgy").await;
}

#[tokio::test]
async fn a_body_of_65536_characters_of_chinese_is_logged_read_and_found() {
    let text = fill(|n| han(scatter(n), 60).to_string(), "龍鳳");
    log_read_and_find(&text, "龍鳳").await;
}

#[tokio::test]
async fn a_body_of_65536_characters_with_emoji_is_logged_read_and_found() {
    let emoji = ["😀", "👩‍👩‍👧‍👦", "🇯🇵", "👍🏽", "❤️"];
    let words = |n: usize| format!("{} party{} ", emoji[n % emoji.len()], scatter(n) % 500);
    log_read_and_find(&fill(words, "confetti"), "confetti").await;
}

/// A body that has, with the summary of [`input`], so many distinct terms.
fn body_of_terms(terms: usize) -> String {
    let summary = input("w")["summary"].as_str().expect("there is a summary").to_owned();
    let count = |body: &str| {
        let terms = index_terms([summary.as_str(), body]);
        terms.map(|terms| terms.iter().filter(|it| !it.ends_with('*')).count())
    };
    let text: Vec<char> = (0..MAX_CHARS).map(|n| han(scatter(n), 230)).collect();
    let prefix = |chars: usize| text[..chars].iter().collect::<String>();
    // Each character adds at most two terms, itself and the pair that it ends.
    let (mut enough, mut too_few) = (MAX_CHARS, 0);
    while enough - too_few > 1 {
        let middle = usize::midpoint(enough, too_few);
        match count(&prefix(middle)) {
            Ok(found) if found < terms => too_few = middle,
            _ => enough = middle,
        }
    }
    let mut body = prefix(too_few);
    let mut word = 0;
    while count(&body).is_ok_and(|found| found < terms) {
        body.push_str(&format!(" x{word}"));
        word += 1;
    }
    body
}

#[tokio::test]
async fn a_body_of_32768_distinct_terms_is_logged_read_and_found_and_one_more_is_refused() {
    let body = body_of_terms(MAX_TERMS - 1);
    let last = format!("{body} zymurgy");
    log_read_and_find(&last, "zymurgy").await;

    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let mut over = input("w");
    over["body"] = json!(format!("{last} another"));
    let refused = v1.log(&over).await.expect(422).json();
    assert_eq!(refused["error"]["field_errors"][0]["field"], "body");
}

#[tokio::test]
async fn a_character_more_than_65536_is_refused() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let mut input = input("w");
    input["body"] = json!("x".repeat(MAX_CHARS + 1));
    let refused = v1.log(&input).await.expect(422).json();
    assert_eq!(refused["error"]["field_errors"][0]["field"], "body");
}

#[tokio::test]
async fn a_write_that_cannot_be_staged_in_time_is_503_and_leaves_nothing_to_be_seen() {
    let contains = |word: &'static str| move |input: &Value| input.to_string().contains(word);
    for kind in
        [FaultKind::Throttle, FaultKind::ServerError, FaultKind::UnprocessedItems { keep: 0 }]
    {
        let rig = Rig::start_with(|config| {
            config.write_timeouts.staging = Duration::from_secs(3);
            config.write_timeouts.unstaging = Duration::from_millis(200);
        })
        .await;
        let before = rig.direct.keys_in_table().await;
        let input = long_keyed_input("w");

        // What it is found by is never taken, and what was staged can be removed.
        let stuck = Fault::on("BatchWriteItem", When::Always, kind.clone());
        let puts = contains("PutRequest");
        let entry = contains("#TAIL");
        let injected =
            rig.proxy.inject(stuck.clone().only_if(move |input| puts(input) && entry(input)));
        let answer = rig.faulty_v1.log(&input).await.expect(503);
        assert_eq!(answer.error_code(), "unavailable", "{kind:?}");
        assert!(injected.fired() > 1, "{kind:?}");
        assert!(rig.trail().await.activities.is_empty());
        assert_eq!(rig.direct.keys_in_table().await, before, "it was cleaned up: {kind:?}");
        rig.proxy.clear();

        // Nothing can be removed either: it waits for a sweep.
        let (puts, deletes) = (contains("PutRequest"), contains("DeleteRequest"));
        let staged = Fault::on("BatchWriteItem", When::Always, FaultKind::LoseAnswer);
        rig.proxy.inject(staged.only_if(puts));
        rig.proxy.inject(stuck.only_if(deletes));
        drop(rig.faulty_v1.log(&input).await.expect(503));
        rig.proxy.clear();
        let trail = rig.trail().await;
        assert_eq!((trail.activities.len(), trail.events.len()), (0, 0), "{kind:?}");
        assert_ne!(rig.direct.keys_in_table().await, before, "{kind:?}");
        let later = rig.direct.clock.time().plus(GRACE + Duration::from_secs(1));
        sweep(&rig.direct.ctx.store, later, |_| {}).await.expect("the table is swept");
        assert_eq!(rig.direct.keys_in_table().await, before, "{kind:?}");

        // The key was not taken.
        let logged = rig.faulty_v1.log(&input).await.expect(201);
        assert_eq!(logged.header("idempotency-replayed"), "");
        rig.only("w").await;
    }
}
