//! Searches in the place of one that found nothing.

use super::*;

#[test]
fn searches_side_by_side_read_what_they_share_once_and_end_with_the_budget() {
    let (memory, _) = long(&[20_000, 9_000, 300], filed);
    let words = ["wcommon", "wfifth", "wother"];
    let collection = Collection::Activities;
    let search = Search::new(&memory, collection, of_all(&words), EVERYTHING, PLENTY);
    let mut search = search.remembering();
    let step = block_on(search.step(1)).unwrap();
    assert_eq!((step.matches.len(), step.progress), (0, Progress::Finished));
    let pairs = [["wcommon", "wfifth"], ["wcommon", "wother"], ["wfifth", "wother"]];
    fn make<'a>(search: &Search<'a, Memory>, pairs: [[&str; 2]; 3]) -> [Search<'a, Memory>; 3] {
        pairs.map(|pair| search.instead(of_all(&pair)))
    }

    let reads = memory.0.lock().unwrap().reads.len();
    let mut searches = make(&search, pairs);
    block_on(search.find_for(&mut searches, 5)).unwrap();
    assert_eq!(searches.map(|search| search.known().len() >= 5), [true, true, false]);
    let read = memory.0.lock().unwrap().reads[reads..].concat();
    let distinct: HashSet<&PartName> = read.iter().collect();
    assert_eq!(distinct.len(), read.len(), "a part was read twice");

    for budget in [Budget { units: 0, trips: 5 }, Budget { units: 5, trips: 0 }] {
        let reads = memory.0.lock().unwrap().reads.len();
        search.set_budget(budget);
        let mut searches = make(&search, pairs);
        block_on(search.find_for(&mut searches, 100_000)).unwrap();
        assert_eq!(memory.0.lock().unwrap().reads.len(), reads);
    }
    search.set_budget(Budget { units: 3, trips: 5 });
    let mut searches = make(&search, pairs);
    block_on(search.find_for(&mut searches, 100_000)).unwrap();
    assert!(search.is_spent());
}

#[test]
fn a_segment_that_was_merged_meanwhile_ends_the_searches_instead() {
    let (memory, _) = long(&[9_000, 300], filed);
    let collection = Collection::Activities;
    let expression = of_all(&["wcommon", "wfifth", "wother"]);
    let mut search = Search::new(&memory, collection, expression, EVERYTHING, PLENTY).remembering();
    block_on(search.step(1)).unwrap();
    let mut searches = [search.instead(of_all(&["wcommon", "wfifth"]))];
    memory.0.lock().unwrap().parts.clear();
    block_on(search.find_for(&mut searches, 100_000)).unwrap();
    assert!(search.is_spent() && !searches[0].is_finished());
}
