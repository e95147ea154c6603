//! Searches against a plain model, while flushes, merges and deletions happen between any
//! two calls.

mod instead;
mod lists;
mod tails;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::clock::Timestamp;
use crate::index::entry::EntryPart;
use crate::index::expression::{AnyOf, Leaf};
use crate::index::manifest::{Manifest, Struck};
use crate::index::segment::build::build;
use crate::index::segment::{Birth, Part, Segment, SegmentId};

/// As much as any search here needs.
const PLENTY: Budget = Budget { units: 100_000, trips: 10_000 };

fn term(text: &str) -> Term {
    Term::new(text.as_bytes()).unwrap()
}

fn at(millis: i64, id: u128) -> Position {
    // Ids as they are in practice, with a time in front.
    let id = Uuid::from_u128(((millis as u128) << 80) | id);
    Position { time: Timestamp::from_millis(millis).unwrap(), id }
}

/// Records by their positions, with the terms that they are filed under.
type Records = BTreeMap<Position, BTreeSet<Term>>;

/// What happens to an index beside its searches.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// A new segment has all of the tail.
    Flush,
    /// What a segment has leaves the tail.
    Clear,
    /// The two oldest segments of the list become one.
    Merge,
    /// What was merged away is deleted.
    Collect,
    /// Records are written to the tail.
    Write,
    Nothing,
}

#[derive(Default)]
struct State {
    tail: BTreeMap<Position, Vec<Term>>,
    shards: u8,
    cleared: Vec<Position>,
    content: HashMap<SegmentId, Records>,
    manifest: Manifest,
    version: u128,
    parts: HashMap<PartName, Vec<u8>>,
    garbage: Vec<SegmentId>,
    kept: Option<Current>,
    acts: Vec<Act>,
    /// Records that are not written yet.
    later: Vec<(Position, Vec<Term>)>,
    calls: usize,
    /// Of these, those for pages of the tail.
    tail_calls: usize,
    units: usize,
    /// What was asked for in each call for parts.
    reads: Vec<Vec<PartName>>,
    /// What was said of the tail last.
    tail_bytes: usize,
    /// How many entries a page of the tail has.
    tail_page: Option<usize>,
    /// Whether the process keeps what it read.
    keeps: bool,
}

/// An index in memory.
#[derive(Default)]
struct Memory(Mutex<State>);

impl Memory {
    /// What a record is filed under.
    fn terms_of(&self, position: Position) -> Vec<Term> {
        let state = self.0.lock().unwrap();
        let of_segments = state.content.values().find_map(|records| records.get(&position));
        let in_tail = || state.tail.get(&position).cloned();
        of_segments.map(|terms| terms.iter().cloned().collect()).or_else(in_tail).unwrap()
    }
}

impl State {
    fn shard_of(&self, position: Position) -> u8 {
        (position.id.as_u128() % u128::from(self.shards.max(1))) as u8
    }

    fn put_manifest(&mut self) {
        self.version += 1;
    }

    fn current(&self) -> Option<Current> {
        (self.version > 0).then(|| Current {
            version: Version(Uuid::from_u128(self.version)),
            manifest: Arc::new(self.manifest.clone()),
            units: 1,
        })
    }

    fn add_segment(&mut self, records: Records) -> Segment {
        let number = self.manifest.next_number;
        self.manifest.next_number += 1;
        let id = SegmentId(Uuid::from_u128(0xabc_0000 + u128::from(number)));
        let birth = Birth { id, collection: Collection::Activities, analyzer: 1, tier: 0, number };
        let parts = records.iter().map(|(position, terms)| EntryPart {
            position: *position,
            terms: terms.iter().cloned().collect(),
        });
        let built = build(birth, parts.collect());
        for (part, bytes) in built.parts {
            self.parts.insert(PartName { segment: id, part }, bytes);
        }
        self.content.insert(id, records);
        self.manifest.segments.push(built.segment.clone());
        built.segment
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Flush if !self.tail.is_empty() => {
                let records = self.tail.iter();
                let records: Records =
                    records.map(|(at, terms)| (*at, terms.iter().cloned().collect())).collect();
                self.cleared.extend(records.keys());
                self.add_segment(records);
                self.put_manifest();
            }
            Act::Clear => {
                for position in std::mem::take(&mut self.cleared) {
                    self.tail.remove(&position);
                }
            }
            Act::Merge if self.manifest.segments.len() > 1 => {
                let inputs: Vec<SegmentId> =
                    self.manifest.segments.drain(..2).map(|segment| segment.id).collect();
                let mut records = Records::new();
                for input in &inputs {
                    records.extend(self.content[input].clone());
                }
                self.garbage.extend(inputs);
                self.add_segment(records);
                self.put_manifest();
            }
            Act::Collect => {
                for id in std::mem::take(&mut self.garbage) {
                    self.parts.retain(|name, _| name.segment != id);
                }
            }
            Act::Write => {
                if let Some((position, terms)) = self.later.pop() {
                    self.tail.insert(position, terms);
                }
            }
            Act::Flush | Act::Merge | Act::Nothing => {}
        }
    }

    /// Does what comes next before a call.
    fn call(&mut self) {
        self.calls += 1;
        if let Some(act) = self.acts.pop() {
            self.act(act);
        }
    }
}

impl IndexReader for Memory {
    fn last_manifest(&self) -> Option<Current> {
        self.0.lock().unwrap().kept.clone()
    }

    async fn manifest(&self) -> Result<Option<Current>> {
        let mut state = self.0.lock().unwrap();
        state.call();
        state.kept = state.current();
        Ok(state.current())
    }

    async fn tail(&self, query: TailQuery<'_>) -> Result<TailRead> {
        // Pages of three entries, unless they may be longer, so that there are several.
        let mut state = self.0.lock().unwrap();
        state.call();
        let state = &mut *state;
        state.tail_calls += 1;
        let of_shard = state.tail.iter().rev().filter(|(position, _)| {
            state.shard_of(**position) == query.shard
                && query.range.is_none_or(|range| range.has(**position))
                && query.start.is_none_or(|start| **position < start)
        });
        let most = state.tail_page.unwrap_or(3).min(query.most.unwrap_or(usize::MAX));
        let page: Vec<_> = of_shard.take(most + 1).collect();
        let entries = page.len().min(most);
        let mut read =
            TailRead { units: entries.div_ceil(3).max(1), entries, ..TailRead::default() };
        if page.len() > most {
            read.next = Some(*page[most - 1].0);
        }
        state.units += read.units;
        for (position, terms) in page.into_iter().take(most) {
            if (query.matches)(1, *position, terms) {
                read.found.push(*position);
            }
        }
        Ok(read)
    }

    fn note_tail(&self, bytes: usize) {
        self.0.lock().unwrap().tail_bytes = bytes;
    }

    fn kept(&self, name: &PartName) -> Option<Arc<[u8]>> {
        let state = self.0.lock().unwrap();
        let was_read = state.keeps && state.reads.iter().flatten().any(|read| read == name);
        // What is kept is right for ever, wherever the table is.
        let bytes = was_read.then(|| state.parts.get(name)).flatten()?;
        Some(bytes.as_slice().into())
    }

    async fn parts(&self, names: &[PartName]) -> Result<PartsRead> {
        let mut state = self.0.lock().unwrap();
        state.call();
        state.units += names.len();
        state.reads.push(names.to_vec());
        let parts =
            names.iter().map(|name| state.parts.get(name).map(|bytes| bytes.as_slice().into()));
        Ok(PartsRead { parts: parts.collect(), units: names.len() })
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

const EVERYTHING: Range = Range { newest: Position::NEWEST, oldest: Position::OLDEST };

/// Pages through a search, each page a search of its own that goes on where the last one
/// ended.
fn page_through(
    memory: &Memory,
    expression: &Expression,
    range: Range,
    wanted: usize,
    budget: Budget,
) -> Vec<Position> {
    let mut found = Vec::new();
    let mut left = Some(range);
    while let Some(range) = left {
        let collection = Collection::Activities;
        let mut search = Search::new(memory, collection, expression.clone(), range, budget);
        let step = block_on(search.step(wanted)).unwrap();
        assert!(step.matches.len() <= wanted);
        let holds = |position: &Position| expression.holds_of(&memory.terms_of(*position));
        found.extend(step.matches.into_iter().filter(|at| step.is_exact || holds(at)));
        left = match step.progress {
            Progress::Finished => None,
            Progress::DecidedTo(position) => {
                assert!(position <= range.newest, "every page decides something");
                position.older().map(|newest| Range { newest, ..range })
            }
        };
    }
    found
}

fn any_leaf() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        4 => prop::sample::select(vec!["wa", "wab", "wabc", "wb", "wbc", "wz"])
            .prop_map(|text| Leaf::Term(term(text))),
        1 => prop::sample::select(vec!["wa", "wab", "wb", "wq"])
            .prop_map(|text| Leaf::Beginning(term(text))),
    ]
}

fn any_clause() -> impl Strategy<Value = AnyOf> {
    prop::collection::vec(prop::collection::vec(any_leaf(), 1..3), 1..3).prop_map(AnyOf)
}

fn any_expression() -> impl Strategy<Value = Expression> {
    let clauses = |most: usize| prop::collection::vec(any_clause(), 0..=most);
    (clauses(1), clauses(3), clauses(1)).prop_map(|(bounds, all, none)| Expression {
        bounds,
        all,
        none,
        analyzer: Some(1),
    })
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Nothing),
        1 => Just(Act::Flush),
        1 => Just(Act::Clear),
        1 => Just(Act::Merge),
        1 => Just(Act::Collect),
        1 => Just(Act::Write),
    ]
}

fn any_records() -> impl Strategy<Value = Vec<(Position, Vec<Term>)>> {
    let terms = prop::collection::btree_set(
        prop::sample::select(vec!["wa", "wab", "wabc", "wb", "wbc", "wbcd", "wc", "t1"]),
        0..6,
    );
    let record = ((1_i64..40, 0_u128..6), terms).prop_map(|((millis, id), terms)| {
        (at(millis, id), terms.into_iter().map(term).collect::<Vec<Term>>())
    });
    prop::collection::vec(record, 0..120).prop_map(|records| {
        let distinct: BTreeMap<Position, Vec<Term>> = records.into_iter().collect();
        distinct.into_iter().collect()
    })
}

fn expected(records: &Records, expression: &Expression, range: Range) -> Vec<Position> {
    let matching = records.iter().rev().filter(|(position, terms)| {
        let terms: Vec<Term> = terms.iter().cloned().collect();
        range.has(**position) && expression.holds_of(&terms)
    });
    matching.map(|(position, _)| *position).collect()
}

proptest! {
    #[test]
    fn a_search_finds_what_a_plain_model_has_whatever_happens_meanwhile(
        records in any_records(),
        late in 0_usize..6,
        before in prop::collection::vec(any_act(), 0..12),
        meanwhile in prop::collection::vec(any_act(), 0..60),
        expression in any_expression(),
        (newest, oldest) in (1_i64..45, 0_i64..40),
        wanted in 1_usize..30,
        shards in 1_u8..4,
        is_warm in any::<bool>(),
        keeps in any::<bool>(),
    ) {
        let mut state = State { shards, keeps, ..State::default() };
        state.manifest.shards = shards;
        let split = records.len().saturating_sub(late);
        let mut there = Records::new();
        for (n, (position, terms)) in records[..split].iter().enumerate() {
            state.tail.insert(*position, terms.clone());
            there.insert(*position, terms.iter().cloned().collect());
            if n % 10 == 9 {
                state.act(*before.get(n / 10).unwrap_or(&Act::Nothing));
            }
        }
        before.iter().skip(8).for_each(|act| state.act(*act));
        if shards > 1 && state.version == 0 {
            state.put_manifest();
        }
        state.kept = state.current().filter(|_| is_warm);
        state.acts = meanwhile;
        state.later = records[split..].to_vec();
        let memory = Memory(Mutex::new(state));

        let newest = Position { id: Uuid::max(), ..at(newest, 0) };
        let range = Range { newest, oldest: at(oldest, 0) };
        let found = page_through(&memory, &expression, range, wanted, PLENTY);
        // What is written meanwhile may be found, and must not be twice.
        let late: BTreeSet<Position> =
            records[split..].iter().map(|(position, _)| *position).collect();
        prop_assert!(found.is_sorted_by(|newer, older| newer > older));
        let found: Vec<Position> =
            found.into_iter().filter(|position| !late.contains(position)).collect();
        prop_assert_eq!(found, expected(&there, &expression, range));
    }
}

proptest! {
    #[test]
    fn a_search_instead_finds_what_is_there_and_reads_the_tail_no_second_time(
        records in any_records(),
        before in prop::collection::vec(any_act(), 0..12),
        meanwhile in prop::collection::vec(any_act(), 0..60),
        mut expression in any_expression(),
        more in prop::collection::vec(any_clause(), 2..4),
        wanted in 1_usize..30,
        shards in 1_u8..4,
        keeps in any::<bool>(),
    ) {
        let mut state = State { shards, keeps, ..State::default() };
        state.manifest.shards = shards;
        for (n, (position, terms)) in records.iter().enumerate() {
            state.tail.insert(*position, terms.clone());
            if n % 10 == 9 {
                state.act(*before.get(n / 10).unwrap_or(&Act::Nothing));
            }
        }
        state.put_manifest();
        state.acts = meanwhile;
        let memory = Memory(Mutex::new(state));
        let there: Records = records
            .iter()
            .map(|(position, terms)| (*position, terms.iter().cloned().collect()))
            .collect();

        expression.all.extend(more);
        let (collection, whole) = (Collection::Activities, expression.clone());
        let search = Search::new(&memory, collection, whole, EVERYTHING, PLENTY);
        let mut search = search.remembering();
        while block_on(search.step(wanted)).unwrap().progress != Progress::Finished {}
        let tail_calls = memory.0.lock().unwrap().tail_calls;

        let less = |left_out: usize| {
            let mut less = expression.clone();
            less.all.remove(left_out);
            less
        };
        let less: Vec<Expression> = (0..expression.all.len()).map(less).collect();
        let mut searches: Vec<_> = less.iter().map(|less| search.instead(less.clone())).collect();
        let at_hand = block_on(search.glance_at(&mut searches)).unwrap();
        block_on(search.find_for(&mut searches, 100_000)).unwrap();
        let is_gone = search.is_spent();
        let matched = expected(&there, &expression, EVERYTHING);
        for ((less, search), at_hand) in less.iter().zip(&searches).zip(at_hand) {
            let holds = |position: &Position| less.holds_of(&memory.terms_of(*position));
            let mut found = search.known();
            prop_assert!(found.is_sorted_by(|newer, older| newer > older));
            found.retain(|position| search.knows_for_certain() || holds(position));
            let expected = expected(&there, less, EVERYTHING);
            prop_assert!(found.iter().all(|position| expected.contains(position)));
            if is_gone || !less.bounds.is_empty() {
                continue;
            }
            prop_assert!(search.is_finished());
            let new = expected.iter().filter(|position| !matched.contains(position));
            prop_assert!(new.clone().all(|position| found.contains(position)));
            prop_assert!(at_hand.likely.is_some() || found.is_empty());
            prop_assert!(!at_hand.is_all || at_hand.places.len() >= new.count());
        }
        prop_assert_eq!(memory.0.lock().unwrap().tail_calls, tail_calls);
    }
}

/// A long history: `count` records in segments of these lengths, the newest last.
fn long(lengths: &[usize], filed: impl Fn(usize) -> Vec<&'static str>) -> (Memory, Records) {
    let mut state = State::default();
    let mut all = Records::new();
    let mut n = 0;
    for len in lengths {
        let records: Records = (0..*len)
            .map(|_| {
                n += 1;
                let mut terms: BTreeSet<Term> = filed(n).into_iter().map(term).collect();
                // So that there are many buckets.
                terms.insert(term(&format!("x{:06}", n * 7_919 % 999_983)));
                (at(n as i64, 7), terms)
            })
            .collect();
        all.extend(records.clone());
        state.add_segment(records);
    }
    state.put_manifest();
    (Memory(Mutex::new(state)), all)
}

fn of_all(words: &[&str]) -> Expression {
    let clauses = words.iter().map(|word| AnyOf::terms([term(word)]));
    Expression { all: clauses.collect(), ..Expression::default() }
}

fn filed(n: usize) -> Vec<&'static str> {
    let marks = [
        (n.is_multiple_of(2), "wcommon"),
        (n % 5 == 1, "wfifth"),
        (n % 5 == 2, "wother"),
        (n % 4_999 == 7, "wrare"),
        (n % 1_000 < 3, "wbursts"),
    ];
    marks.into_iter().filter_map(|(is, word)| is.then_some(word)).collect()
}

/// A page of a long history, by a process that knows the manifest: what it found, and what it
/// asked for, call by call.
fn page_of(
    lengths: &[usize],
    words: &[&str],
    wanted: usize,
) -> (Vec<Position>, Vec<Vec<PartName>>) {
    let (memory, records) = long(lengths, filed);
    let expression = of_all(words);
    let known = memory.0.lock().unwrap().current();
    memory.0.lock().unwrap().kept = known;
    let mut search =
        Search::new(&memory, Collection::Activities, expression.clone(), EVERYTHING, PLENTY);
    let found = block_on(search.step(wanted)).unwrap().matches;
    let mut all = expected(&records, &expression, EVERYTHING);
    all.truncate(wanted);
    assert_eq!(found, all, "{words:?}");
    let reads = std::mem::take(&mut memory.0.lock().unwrap().reads);
    (found, reads)
}

fn is_block(name: &PartName) -> bool {
    matches!(name.part, Part::Block(_))
}

fn is_position(name: &PartName) -> bool {
    matches!(name.part, Part::Positions(_))
}
