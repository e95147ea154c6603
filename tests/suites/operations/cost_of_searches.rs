//! What searches cost while a history grows, in read units and round trips.
//!
//! Always on the embedded engine.

use activity_log_core::index::compact::Limits;
use activity_log_tests::client::v1::{V1, next_cursor, summaries};
use activity_log_tests::growing::GrowingHistory;
use activity_log_tests::history::{
    ALSO_COMMON, ALSO_TENTH, COMMON, NORTHERN, PHRASE, RARE, RARE_COUNT, SOUTHERN, TENTH, UNCOMMON,
};
use activity_log_tests::measured::MeasuredStack;

/// The activities of the history, and those that are there when it is first looked at.
const COUNT: usize = 5_000;
const FIRST: usize = 2_000;
/// So many states of it are looked at.
const STATES: usize = 30;
/// Every so many states, round trips are counted as well.
const STATES_A_COUNT_OF_TRIPS: usize = 10;

/// Nothing has it. Whoever asks for it knows the manifest, and where terms are.
const NOWHERE: &str = "nowhere";

/// What a page of 20 may cost: read units on average, and round trips of a process that
/// knows only the key, and of one that searched for something else before.
struct Wanted {
    query: String,
    units: f64,
    cold: usize,
    warm: usize,
}

fn wanted() -> Vec<Wanted> {
    let wanted = |query: &[&str], units, cold, warm| {
        let query = query.join(" ");
        Wanted { query, units, cold, warm }
    };
    vec![
        wanted(&[COMMON], 42.0, 5, 3),
        wanted(&[RARE], 32.0, 5, 3),
        wanted(&[RARE, COMMON], 42.0, 5, 3),
        wanted(&[TENTH, ALSO_TENTH], 62.0, 5, 3),
        wanted(&[NORTHERN, SOUTHERN], 130.0, 8, 8),
        wanted(&[COMMON, ALSO_COMMON, TENTH, ALSO_TENTH], 220.0, 5, 3),
        // Of one word, and of many.
        wanted(&["qua*"], 60.0, 5, 3),
        wanted(&["ste*"], 60.0, 5, 3),
    ]
}

/// Of one process, what a search cost in each state.
#[derive(Default)]
struct Costs {
    units: Vec<f64>,
    trips: usize,
}

impl Costs {
    /// Searches, and counts round trips where they are asked for.
    async fn add(&mut self, measured: &MeasuredStack, process: &V1, query: &str, trips: bool) {
        let query = [("query", query)];
        let search = process.search(&query);
        let page = if trips {
            let (page, trips) = measured.measure_with_round_trips(search).await;
            self.trips = self.trips.max(trips);
            page
        } else {
            measured.measure(search).await
        };
        drop(page.answer.expect(200));
        self.units.push(page.read_units);
    }

    fn assert_within(&self, query: &str, units: f64, trips: usize) {
        let mean = self.units.iter().sum::<f64>() / self.units.len() as f64;
        let most = self.units.iter().copied().fold(0.0, f64::max);
        println!("{query}: {mean:.1} units, at most {most}, and {} round trips", self.trips);
        assert!(mean <= units, "{query}: {mean} units");
        assert!(most <= 2.0 * units, "{query}: {most} units");
        assert!(self.trips <= trips, "{query}: {} round trips", self.trips);
    }
}

#[tokio::test]
async fn a_page_of_20_costs_few_units_and_round_trips_while_a_history_grows() {
    let wanted = wanted();
    let mut history = GrowingHistory::start(COUNT, 0).await;
    history.grow(FIRST).await;
    let mut costs: Vec<[Costs; 2]> = wanted.iter().map(|_| Default::default()).collect();
    let MeasuredStack { v1: known, .. } = &history.measured;
    let known = known.clone();
    for state in 0..STATES {
        history.grow((COUNT - FIRST) / STATES).await;
        let trips = state % STATES_A_COUNT_OF_TRIPS == 0;
        drop(known.search(&[("query", NOWHERE)]).await.expect(200));
        for (Wanted { query, .. }, [cold, warm]) in wanted.iter().zip(&mut costs) {
            let process = history.cold().await;
            cold.add(&history.measured, &process, query, trips).await;
            // The other one knows what it read in earlier states, but round trips are counted
            // of one that knows nothing of these words.
            if trips {
                let process = history.cold().await;
                drop(process.search(&[("query", NOWHERE)]).await.expect(200));
                warm.add(&history.measured, &process, query, trips).await;
            } else {
                warm.add(&history.measured, &known, query, trips).await;
            }
        }
    }
    for (Wanted { query, units, cold, warm }, [of_cold, of_warm]) in wanted.iter().zip(&costs) {
        of_cold.assert_within(&format!("{query}, cold"), *units, *cold);
        of_warm.assert_within(&format!("{query}, warm"), *units, *warm);
    }
}

#[tokio::test]
async fn a_query_ends_with_a_cursor_within_400_units_and_24_round_trips() {
    // Nothing is merged, so there are many segments of many buckets, and each word is looked
    // for in a bucket of its own.
    let limits = Limits { max_flushed_entries: 16, fan: usize::MAX, ..Limits::default() };
    let mut history = GrowingHistory::start(2_400, 1_000).await.compacted_within(limits);
    history.grow(2_400).await;
    let apart = ["axle", "bough", "chasm", "dwarf", "eclipse", "fjord", "gnu", "hedge", "igloo"];
    let query = apart.into_iter().chain([RARE, "jigsaw", "kiwi", "lynx", "moth", "nymph", "oxide"]);
    let query = query.collect::<Vec<_>>().join(" OR ");
    let MeasuredStack { v1, .. } = &history.measured;
    let (mut cursor, mut pages, mut found) = (None, 0, 0);
    loop {
        let mut parameters = vec![("query", query.as_str())];
        parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let search = history.measured.measure_with_round_trips(v1.search(&parameters));
        let (page, trips) = search.await;
        println!("a page of {query}: {} units, {trips} round trips", page.read_units);
        assert!(page.read_units <= 400.0, "{} units", page.read_units);
        assert!(trips <= 24, "{trips} round trips");
        let page = page.answer.expect(200);
        (pages, found) = (pages + 1, found + summaries(&page).len());
        match next_cursor(&page) {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert!(pages > 1, "one page looked at everything");
    assert_eq!(found, RARE_COUNT);
}

#[tokio::test]
async fn a_search_of_a_tenfold_history_costs_hardly_more() {
    let rare_and_common = format!("{RARE} {COMMON}");
    let uncommon_and_common = format!("{UNCOMMON} {COMMON}");
    let two_common = format!("{COMMON} {ALSO_COMMON}");
    let searches: [(&[(&str, &str)], usize); 13] = [
        (&[], 20),
        (&[("type", "email")], 20),
        (&[("source", "api")], 20),
        (&[("source", "api"), ("type", "email")], 20),
        (&[("actor_id", "suite")], 20),
        (&[("actor_id", "service:suite"), ("query", COMMON)], 20),
        (&[("actor_id", "suite"), ("source", "mcp")], 0),
        (&[("query", COMMON)], 20),
        (&[("query", PHRASE)], 20),
        (&[("query", RARE)], RARE_COUNT),
        (&[("query", &rare_and_common)], RARE_COUNT / 2),
        (&[("query", &uncommon_and_common)], 20),
        (&[("query", &two_common)], 20),
    ];
    let mut units = Vec::new();
    for count in [1_000, 10_000] {
        let measured = MeasuredStack::with_history(count).await;
        let mut of_history = Vec::new();
        for (parameters, rows) in &searches {
            let page = measured.search(parameters).await;
            let answer = page.answer.expect(200).json();
            let found = answer["activities"].as_array().map(Vec::len);
            assert_eq!(found, Some(*rows), "{parameters:?} in {count}");
            assert_eq!(page.write_units, 0.0);
            of_history.push(page.read_units);
        }
        units.push(of_history);
    }
    for (n, (parameters, _)) in searches.iter().enumerate() {
        let (short, long) = (units[0][n], units[1][n]);
        assert!(long <= short + 10.0, "{parameters:?}: {short} and {long} units");
        assert!(long <= 50.0, "{parameters:?}: {long} units");
    }
}
