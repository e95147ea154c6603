//! What texts cost that have as many terms as a text can have, in units written: the log, the
//! runs of the compactor and all deletions.
//!
//! Always on the embedded engine.

use activity_log_core::domain::activity::Body;
use activity_log_core::index::compact::Limits;
use activity_log_core::text::MAX_DISTINCT_TERMS;
use activity_log_tests::engine::Engine;
use activity_log_tests::faulty_engine::scramble;
use activity_log_tests::measured::{MeasuredStack, TENANT};
use serde_json::json;

/// So many segments of a tier become one of the next.
const FAN: usize = 4;

/// What one text costs.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// Until it is in a segment.
    unmerged: f64,
    /// Until that and others like it are a segment of the next tier, and deleted.
    a_tier: f64,
}

/// Logs texts of one kind until they are a tier.
async fn cost_of(text: impl Fn(u64) -> String) -> Cost {
    let measured = MeasuredStack::start(Engine::fresh().await).await;
    let (mut logs, mut runs) = (Vec::new(), Vec::new());
    for n in 0..FAN {
        let input = json!({ "type": "note", "summary": format!("{n}"), "body": text(n as u64) });
        let log = measured.measure(measured.v1.log(&input)).await;
        drop(log.answer.expect(201));
        logs.push(log.write_units);
        let run = measured.measure(measured.stack.compact(TENANT, &Limits::default())).await;
        assert!(run.answer.expect("a run succeeds").entries_flushed > 0, "it is worth a flush");
        runs.push(run.write_units);
    }
    // What was merged away is deleted by the next run.
    let rest = measured.measure(measured.stack.settle(TENANT)).await;
    rest.answer.expect("the index is settled");
    let all = logs.iter().chain(&runs).sum::<f64>() + rest.write_units;
    let unmerged = logs[0] + runs[0];
    Cost { unmerged, a_tier: all / FAN as f64 - unmerged }
}

/// All characters of a range, in an order that looks like none.
fn shuffled(range: std::ops::RangeInclusive<char>, seed: u64) -> Vec<char> {
    let mut chars: Vec<char> = range.collect();
    chars.sort_by_key(|c| scramble(seed, u64::from(u32::from(*c))));
    chars
}

/// So many words of so many `letters`, by chance.
fn words(letters: &[char], length: usize, count: usize, seed: u64) -> String {
    let mut text = String::new();
    for n in 0..count * length {
        text.push(letters[(scramble(seed, n as u64) % letters.len() as u64) as usize]);
        if n % length == length - 1 {
            text.push(' ');
        }
    }
    text
}

#[tokio::test]
async fn a_text_of_16_384_chinese_characters_costs_at_most_350_units() {
    let cost = cost_of(|n| shuffled('\u{4e00}'..='\u{9fff}', n)[..16_384].iter().collect()).await;
    println!("16,384 different Chinese characters: {cost:?}");
    assert!(cost.unmerged <= 350.0, "{cost:?}");
    assert!(cost.a_tier <= 350.0, "{cost:?}");
}

/// So many different characters of four bytes, without spaces.
fn unspaced_text(n: u64, count: usize) -> String {
    shuffled('\u{20000}'..='\u{2a6d6}', n)[..count].iter().collect()
}

/// Characters without spaces between them are two terms each, and words that are too long
/// for a term are one with a hash and one as they are written. Four bytes a character are
/// what most deflates least.
fn worst(n: u64) -> String {
    /// Letters of one word, and the space behind it.
    const LONG: usize = 17;
    let letters = shuffled('\u{17000}'..='\u{187f7}', n);
    // As many of either kind as fill a body and have no more terms than a text may have.
    let long = (2 * Body::MAX_CHARS - MAX_DISTINCT_TERMS).div_ceil(2 * (LONG + 1) - 1);
    let unspaced = Body::MAX_CHARS - 1 - long * (LONG + 1);
    format!("{} {}", unspaced_text(n, unspaced), words(&letters, LONG, long, n))
}

#[tokio::test]
async fn no_kind_of_text_costs_more_than_the_published_worst_one() {
    let tangut = shuffled('\u{17000}'..='\u{187f7}', 0);
    let digits: Vec<char> = ('a'..='z').chain('0'..='9').collect();
    let costs = [
        ("characters without spaces and long words", cost_of(worst).await),
        ("long words", cost_of(|n| words(&tangut, 17, 3_640, n)).await),
        ("short words of four bytes a letter", cost_of(|n| words(&tangut, 2, 21_845, n)).await),
        ("short words of letters and digits", cost_of(|n| words(&digits, 3, 16_384, n)).await),
        ("characters without spaces", cost_of(|n| unspaced_text(n, 16_000)).await),
    ];
    let worst = costs[0].1;
    for (name, cost) in costs {
        println!("{name}: {cost:?}");
        assert!(cost.unmerged <= worst.unmerged && cost.a_tier <= worst.a_tier, "{name}");
    }
    assert!(worst.unmerged <= 1_100.0 && worst.a_tier <= 1_100.0, "{worst:?}");
}
