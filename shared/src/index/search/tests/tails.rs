//! Searches while the tail is long.

use super::*;

/// Entries of the tail that were not flushed yet, in pages of three.
fn with_tail(memory: &Memory, records: &mut Records, times: impl Iterator<Item = i64>) {
    let mut state = memory.0.lock().unwrap();
    for millis in times {
        let position = at(millis, 9);
        let terms: Vec<Term> = filed(millis as usize).into_iter().map(term).collect();
        let terms: BTreeSet<Term> = terms.into_iter().collect();
        state.tail.insert(position, terms.iter().cloned().collect());
        records.insert(position, terms);
    }
}

#[test]
fn a_long_tail_ends_pages_within_their_budget() {
    let (memory, mut records) = long(&[10], filed);
    with_tail(&memory, &mut records, 5_000..5_120);
    let expression = of_all(&["wrare"]);
    let budget = Budget { units: 5, trips: 100 };
    let mut search =
        Search::new(&memory, Collection::Activities, expression.clone(), EVERYTHING, budget);
    let step = block_on(search.step(21)).unwrap();
    assert_eq!(step.matches, []);
    let Progress::DecidedTo(position) = step.progress else { panic!("it had to pause") };
    assert!(position < at(5_115, 9) && position > at(5_090, 9), "{position:?}");
    assert!(memory.0.lock().unwrap().calls < 12);
    let found = page_through(&memory, &expression, EVERYTHING, 21, budget);
    assert_eq!(found, expected(&records, &expression, EVERYTHING));
    assert_eq!(found.len(), 2);
}

#[test]
fn a_long_tail_of_many_shards_costs_hardly_more_than_the_budget() {
    let (memory, mut records) = long(&[10], filed);
    with_tail(&memory, &mut records, 0..9_000);
    {
        let mut state = memory.0.lock().unwrap();
        (state.tail_page, state.shards, state.manifest.shards) = (Some(3_000), 4, 4);
        state.put_manifest();
        state.kept = state.current();
    }
    let expression = of_all(&["wnowhere"]);
    let budget = Budget { units: 1_000, trips: 20 };
    let collection = Collection::Activities;
    let mut search = Search::new(&memory, collection, expression, EVERYTHING, budget);
    let step = block_on(search.step(20)).unwrap();
    assert_ne!(step.progress, Progress::Finished);
    let state = memory.0.lock().unwrap();
    // Entries cost a third each, and a call at least a few of them.
    assert!((1_000..1_040).contains(&state.units), "{}", state.units);
}

#[test]
fn a_tail_too_long_for_the_trips_fails_a_search_of_audit_events() {
    // Three entries a page.
    for (entries, is_read) in [(60, true), (61, false)] {
        let (memory, mut records) = long(&[], filed);
        with_tail(&memory, &mut records, 0..entries);
        let expression = of_all(&["wfifth"]);
        let collection = Collection::AuditEvents;
        // However little of it is found, and whatever it costs.
        let budget = Budget { units: 1, trips: 20 };
        let mut search = Search::new(&memory, collection, expression.clone(), EVERYTHING, budget);
        match block_on(search.step(100)) {
            Ok(step) => {
                assert!(is_read && step.progress == Progress::Finished, "{entries}");
                assert_eq!(step.matches, expected(&records, &expression, EVERYTHING));
            }
            Err(error) => assert!(!is_read && matches!(error, Error::Unavailable(_)), "{error:?}"),
        }
    }
}

#[test]
fn a_tail_that_takes_the_budget_leaves_segments_to_be_searched() {
    let (memory, mut records) = long(&[3_000, 2_000], filed);
    with_tail(&memory, &mut records, (4_000..5_040).step_by(20));
    for words in [&["wfifth"][..], &["wrare"], &["wfifth", "wother"], &["wbursts", "wcommon"]] {
        let expression = of_all(words);
        for budget in [
            Budget { units: 1, trips: 1 },
            Budget { units: 2, trips: 100 },
            Budget { units: 6, trips: 100 },
            Budget { units: 100, trips: 3 },
        ] {
            let found = page_through(&memory, &expression, EVERYTHING, 100, budget);
            assert_eq!(found, expected(&records, &expression, EVERYTHING), "{words:?} {budget:?}");
        }
    }
}
