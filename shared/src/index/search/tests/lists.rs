//! What a search reads of segments, and that it ends within its budget.

use super::*;

#[test]
fn lists_in_blocks_are_searched_as_short_ones_are() {
    let (memory, records) = long(&[20_000, 9_000, 4_097, 300, 5], filed);
    for words in [
        &["wcommon"][..],
        &["wrare"],
        &["wrare", "wcommon"],
        &["wbursts", "wfifth"],
        &["wfifth", "wother"],
        &["wnowhere"],
        &["wcommon", "wfifth", "wbursts"],
    ] {
        let expression = of_all(words);
        for range in [
            EVERYTHING,
            Range { newest: at(21_500, 7), oldest: at(3_000, 7) },
            Range { newest: at(19_000, 7), ..EVERYTHING },
        ] {
            let found = page_through(&memory, &expression, range, 1_000, PLENTY);
            assert_eq!(found, expected(&records, &expression, range), "{words:?}");
        }
    }
    let without = Expression {
        none: vec![AnyOf(vec![vec![Leaf::Beginning(term("wf"))]])],
        ..of_all(&["wbursts"])
    };
    let found = page_through(&memory, &without, EVERYTHING, 10, PLENTY);
    assert_eq!(found, expected(&records, &without, EVERYTHING));
}

#[test]
fn positions_are_read_beside_the_blocks_that_tell_them() {
    // The rare word is in pages that others of before have nothing in.
    for (lengths, words) in [
        (&[60_000][..], &["wrare", "wcommon"][..]),
        (&[60_000, 30_000], &["wrare", "wcommon"]),
        (&[60_000, 30_000], &["wfifth", "wcommon"]),
    ] {
        let (found, reads) = page_of(lengths, words, 20);
        assert!(found.len() > 5, "{words:?}");
        let last = reads.last().unwrap();
        assert!(last.iter().any(is_block) && last.iter().any(is_position), "{words:?}");
        // Fences, buckets, and these.
        assert_eq!(reads.len(), 3, "{words:?}");
    }
}

#[test]
fn guesses_that_were_wrong_are_not_made_again() {
    let (found, reads) = page_of(&[60_000], &["wfifth", "wother"], 20);
    assert_eq!(found, []);
    let guesses: Vec<usize> =
        reads.iter().map(|names| names.iter().filter(|name| is_position(name)).count()).collect();
    assert_eq!(guesses.iter().filter(|guessed| **guessed > 0).count(), 1, "{guesses:?}");
    assert!(guesses.iter().sum::<usize>() <= 16, "{guesses:?}");
}

#[test]
fn words_that_hardly_meet_in_one_segment_are_read_far_ahead_in_the_others() {
    // Each of these alone is expected to have a page of matches.
    let lengths = [9_000, 8_000, 7_000, 6_000, 5_000];
    let (_, reads) = page_of(&lengths, &["wfifth", "wother"], 20);
    let with_blocks =
        |reads: &[Vec<PartName>]| reads.iter().filter(|names| names.iter().any(is_block)).count();
    assert!(with_blocks(&reads) <= 2, "{reads:?}");
    // Those that meet are read one after another.
    let (found, reads) = page_of(&lengths, &["wfifth", "wcommon"], 20);
    assert_eq!((found.len(), with_blocks(&reads)), (20, 1), "{reads:?}");
    let newest = |name: &PartName| is_block(name).then_some(name.segment);
    let segments: BTreeSet<SegmentId> = reads.iter().flatten().filter_map(newest).collect();
    assert_eq!(segments.len(), 1, "{reads:?}");
}

#[test]
fn what_is_at_hand_is_evaluated_before_a_search_pauses() {
    let (memory, records) = long(&[20_000], filed);
    let expression = of_all(&["wrare", "wcommon"]);
    let search = |budget| {
        let collection = Collection::Activities;
        let mut search = Search::new(&memory, collection, expression.clone(), EVERYTHING, budget);
        let step = block_on(search.step(20)).unwrap();
        (step, PLENTY.units - search.budget.units, PLENTY.trips - search.budget.trips)
    };
    let (step, units, trips) = search(PLENTY);
    assert_eq!(step.progress, Progress::Finished);
    assert_eq!(step.matches, expected(&records, &expression, EVERYTHING));
    // With just that much, the last read counts like any other.
    memory.0.lock().unwrap().kept = None;
    let (just_enough, ..) = search(Budget { units, trips });
    assert_eq!(just_enough, step);
}

#[test]
fn what_a_process_has_kept_costs_a_search_nothing() {
    let (memory, records) = long(&[20_000, 3_000], filed);
    memory.0.lock().unwrap().keeps = true;
    let expression = of_all(&["wfifth", "wcommon"]);
    let calls_for_parts = || memory.0.lock().unwrap().reads.len();
    for round in 0..2 {
        let before = calls_for_parts();
        let mut search =
            Search::new(&memory, Collection::Activities, expression.clone(), EVERYTHING, PLENTY);
        let found = block_on(search.step(20)).unwrap().matches;
        assert_eq!(found[..], expected(&records, &expression, EVERYTHING)[..20]);
        let reads = calls_for_parts() - before;
        let spent = PLENTY.units - search.budget.units;
        // The tail, and the manifest once where the last one is known.
        assert_eq!((reads == 0, spent == 2), (round == 1, round == 1), "{reads} {spent}");
    }
}

#[test]
fn a_search_that_finds_nothing_pauses_within_its_budget_and_goes_on() {
    let (memory, records) = long(&[30_000, 8_000], filed);
    let expression = of_all(&["wfifth", "wother"]);
    let budget = Budget { units: 10, trips: 100 };
    let mut search =
        Search::new(&memory, Collection::Activities, expression.clone(), EVERYTHING, budget);
    let step = block_on(search.step(21)).unwrap();
    assert!(step.matches.is_empty());
    let Progress::DecidedTo(position) = step.progress else { panic!("it had to pause") };
    assert!(position < at(38_000, 7));
    assert!(memory.0.lock().unwrap().units < 20);
    for budget in [budget, Budget { units: 1_000, trips: 6 }] {
        let found = page_through(&memory, &of_all(&["wrare"]), EVERYTHING, 2, budget);
        assert_eq!(found, expected(&records, &of_all(&["wrare"]), EVERYTHING));
    }
}

#[test]
fn a_part_that_is_gone_fails_a_search_where_the_manifest_still_names_it() {
    let (memory, _) = long(&[3_000], filed);
    {
        let mut state = memory.0.lock().unwrap();
        state.parts.retain(|name, _| matches!(name.part, Part::TermFence(_)));
    }
    let expression = of_all(&["wcommon"]);
    let mut search = Search::new(&memory, Collection::Activities, expression, EVERYTHING, PLENTY);
    let error = block_on(search.step(5)).unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}

#[test]
fn a_position_that_is_struck_out_is_found_by_nothing() {
    let (memory, records) = long(&[100], filed);
    let struck = *records.keys().nth(49).unwrap();
    {
        let mut state = memory.0.lock().unwrap();
        let collection = Collection::Activities;
        state.manifest.struck.push(Struck {
            collection,
            position: struck,
            before: 9,
            nowhere_since: None,
        });
        state.put_manifest();
        // A late put brings its entry back.
        state.tail.insert(struck, vec![term("wcommon")]);
    }
    let found = page_through(&memory, &of_all(&["wcommon"]), EVERYTHING, 7, PLENTY);
    let mut without = expected(&records, &of_all(&["wcommon"]), EVERYTHING);
    assert!(without.contains(&struck));
    without.retain(|position| *position != struck);
    assert_eq!(found, without);
}

#[test]
fn what_is_filed_outside_of_bounds_changes_no_call_and_no_unit_of_a_search() {
    // Whatever else has the word, and however many have it.
    for (mine, asked) in [
        (AnyOf::terms([term("rmine")]), Leaf::Term(term("wsecret"))),
        (AnyOf::terms([term("rmine")]), Leaf::Beginning(term("wsec"))),
        (AnyOf::everything(), Leaf::Term(term("wsecret"))),
    ] {
        let costs = [0, 1, 2, 1_000].map(|share| {
            let (memory, records) = long(&[20_000, 300], |n| {
                let mut terms = Vec::new();
                if n % 2_000 == 3 {
                    terms.push("rmine");
                } else if share > 0 && n.is_multiple_of(share * 2) {
                    terms.push("wsecret");
                }
                terms
            });
            let expression = Expression {
                bounds: vec![mine.clone()],
                all: vec![AnyOf(vec![vec![asked.clone()]])],
                ..Expression::default()
            };
            let range = match mine == AnyOf::everything() {
                // Nobody in this time has it.
                true => Range { newest: at(3, 9), ..EVERYTHING },
                false => EVERYTHING,
            };
            let found = page_through(&memory, &expression, range, 20, PLENTY);
            assert_eq!(found, expected(&records, &expression, range));
            let state = memory.0.lock().unwrap();
            (state.calls, state.units)
        });
        assert!(costs.iter().all(|cost| *cost == costs[0]), "{asked:?}: {costs:?}");
    }
}

#[test]
fn a_beginning_of_very_many_words_is_searched_within_the_budget() {
    let numbers: Vec<&str> =
        (0..60_000).map(|n| &*format!("winv{:07}", n * 7_919 % 9_999_991).leak()).collect();
    let filed =
        |n: usize| vec![numbers[n % numbers.len()], if n.is_multiple_of(3) { "wa" } else { "wb" }];
    let (memory, records) = long(&[60_000, 9_000, 20], filed);
    let beginning = |text| AnyOf(vec![vec![Leaf::Beginning(term(text))]]);
    let beginnings = ["winv", "winv0", "winv1", "winv00", "wi"].map(beginning);
    let budget = Budget { units: 400, trips: 22 };
    let mut candidates = 0;
    for (all, none) in [
        (vec![beginnings[0].clone()], vec![]),
        (beginnings.to_vec(), vec![]),
        (vec![AnyOf::terms([term("wa")]), beginnings[2].clone()], vec![]),
        (vec![AnyOf::terms([term("wb")])], vec![beginnings[0].clone()]),
        (vec![beginnings[3].clone()], vec![AnyOf::terms([term("wa")])]),
    ] {
        let expression = Expression { all, none, ..Expression::default() };
        memory.0.lock().unwrap().units = 0;
        let mut search =
            Search::new(&memory, Collection::Activities, expression.clone(), EVERYTHING, budget);
        let step = block_on(search.step(21)).unwrap();
        assert!(memory.0.lock().unwrap().units <= 440, "{expression:?}");
        candidates += usize::from(!step.is_exact && step.matches.len() == 21);
        // Ten pages of it are those of the model.
        let newest = expected(&records, &expression, EVERYTHING);
        let end = newest.get(210).copied().unwrap_or(Position::OLDEST);
        let range = Range { oldest: end, ..EVERYTHING };
        let found = page_through(&memory, &expression, range, 500, budget);
        assert_eq!(found, expected(&records, &expression, range), "{expression:?}");
    }
    // Alone, and left out.
    assert_eq!(candidates, 2);
}
