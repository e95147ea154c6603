use std::collections::BTreeSet;
use std::task::{Context, Waker};
use std::time::Duration;

use uuid::{Builder, Uuid};

use super::memory::{Fault, Memory, Records};
use super::model::{TestEnvironment, block_on};
use super::operate::{add_segment, drop_all, drop_segments, strike};
use super::sweep::sweep;
use super::{Limits, Ran, SET_ASIDE, run, settle, settle_within};
use crate::domain::clock::{Environment, Timestamp};
use crate::domain::error::Result;
use crate::index::Position;
use crate::index::entry::{Entry, EntryPart};
use crate::index::manifest::{MAX_SHARDS, Manifest, MergeJob, TailKey};
use crate::index::segment::build::{Built, build};
use crate::index::segment::{Birth, Collection, MERGE_VERSION, Part, PartName, Segment, SegmentId};
use crate::index::store::{IndexStore, is_damage};
use crate::index::term::Term;

mod interrupted;
mod merges;
mod operator;
mod striking;

struct Tenant {
    memory: Memory,
    env: TestEnvironment,
    limits: Limits,
}

impl Tenant {
    fn new() -> Self {
        let limits = Limits::default();
        Self { memory: Memory::new(), env: TestEnvironment::new(), limits }
    }

    /// Logs entries, each with an activity and an event.
    fn log(&self, numbers: impl IntoIterator<Item = u64>) -> Vec<TailKey> {
        numbers.into_iter().map(|number| self.memory.log(0, &entry(number))).collect()
    }

    fn run(&self) -> Ran {
        block_on(run(&self.memory, &self.env, &self.limits)).unwrap()
    }

    fn settle(&self) -> Ran {
        block_on(settle_within(&self.memory, &self.env, &self.limits)).unwrap()
    }

    fn segments(&self) -> Vec<Segment> {
        self.memory.manifest_now().segments
    }

    /// The tiers of the segments of activities.
    fn tiers(&self) -> Vec<u8> {
        let segments = self.segments().into_iter();
        segments.filter(|it| it.collection == Collection::Activities).map(|it| it.tier).collect()
    }

    fn listing(&self) -> Vec<PartName> {
        self.memory.table().parts.keys().copied().collect()
    }

    fn listed(&self) -> Vec<PartName> {
        let segments = self.segments();
        let mut listed: Vec<PartName> = segments
            .iter()
            .flat_map(|segment| segment.parts().map(|part| segment.name(part)))
            .collect();
        listed.sort();
        listed
    }

    fn sweep_later(&self) -> usize {
        let later = self.env.now().unwrap().plus(Duration::from_secs(2 * 60 * 60));
        block_on(sweep(&self.memory, self.listing(), later)).unwrap()
    }
}

fn id(number: u64, kind: u8) -> Uuid {
    let random = (u128::from(number) << 8 | u128::from(kind)).to_be_bytes();
    Builder::from_unix_timestamp_millis(1_780_000_000_000 + number, random[6..].try_into().unwrap())
        .into_uuid()
}

fn activity(number: u64) -> Position {
    Position { time: Timestamp::from_millis(1_000 + number as i64).unwrap(), id: id(number, 1) }
}

fn event(number: u64) -> Position {
    let time = Timestamp::from_millis(1_780_000_000_000 + number as i64).unwrap();
    Position { time, id: id(number, 2) }
}

fn terms(words: &[String]) -> Vec<Term> {
    let terms: BTreeSet<Term> =
        words.iter().map(|word| Term::new(word.as_bytes()).unwrap()).collect();
    terms.into_iter().collect()
}

fn entry(number: u64) -> Entry {
    let words = [format!("wword{number}"), format!("wcommon{}", number % 3), "wall".to_owned()];
    let filters = [format!("a{}", number % 2)];
    Entry {
        activity: Some(EntryPart { position: activity(number), terms: terms(&words) }),
        event: Some(EntryPart { position: event(number), terms: terms(&filters) }),
        analyzer: 1,
    }
}

fn records(numbers: impl IntoIterator<Item = u64>) -> Records {
    let mut records = Records::new();
    for number in numbers {
        let Entry { activity, event, analyzer } = entry(number);
        for (collection, analyzer, part) in
            [(Collection::Activities, analyzer, activity), (Collection::AuditEvents, 0, event)]
        {
            let part = part.unwrap();
            let terms = part.terms.into_iter().map(|term| (analyzer, term)).collect();
            records.insert((collection, part.position), terms);
        }
    }
    records
}

/// Limits under which each merge is one of several runs.
fn slow() -> Limits {
    Limits { slice_bytes: 0, run: Duration::from_millis(7), ..Limits::default() }
}

fn sleep_and_sweep(tenant: &Tenant) {
    tenant.env.pass(Duration::from_secs(2 * 60 * 60));
    let now = tenant.env.now().unwrap();
    block_on(sweep(&tenant.memory, tenant.listing(), now)).unwrap();
}

fn put(tenant: &Tenant, change: impl FnOnce(&mut Manifest)) {
    let mut manifest = tenant.memory.manifest_now();
    change(&mut manifest);
    let version = tenant.memory.table().manifest.as_ref().map(|(version, _)| *version);
    block_on(tenant.memory.put_manifest(version, &manifest)).unwrap().unwrap();
}

#[test]
fn a_flush_makes_a_segment_for_each_collection_and_analyzer() {
    let tenant = Tenant::new();
    tenant.log(0..9);
    tenant.memory.log(0, &Entry { analyzer: 2, ..entry(9) });
    let ran = tenant.run();
    assert_eq!((ran.entries_flushed, ran.segments_flushed, ran.merges), (10, 3, 0));
    assert!(ran.tail_bytes_found > 0 && ran.tail_bytes_left == 0);
    assert!(tenant.memory.table().tail.is_empty());
    let segments = tenant.segments();
    let kinds: Vec<_> = segments.iter().map(|it| (it.collection, it.analyzer, it.len)).collect();
    let (activities, events) = (Collection::Activities, Collection::AuditEvents);
    assert_eq!(kinds, [(activities, 1, 9), (activities, 2, 1), (events, 0, 10)]);
    assert!(segments.iter().all(|segment| segment.tier == 0));
    assert_eq!(tenant.listing(), tenant.listed());
}

#[test]
fn too_little_is_left_where_it_is() {
    let tenant = Tenant::new();
    tenant.log(0..7);
    let ran = tenant.run();
    assert_eq!((ran.entries_flushed, ran.segments_flushed), (0, 0));
    assert!(ran.tail_bytes_left > 0);
    assert_eq!(tenant.memory.table().manifest, None);
    tenant.log(7..8);
    assert_eq!(tenant.run().entries_flushed, 8);
    // One long entry is enough.
    let long: Vec<String> = (0..2_000).map(|n| format!("w{}", n * 7_919)).collect();
    let part = EntryPart { position: activity(8), terms: terms(&long) };
    tenant.memory.log(0, &Entry { activity: Some(part), event: None, analyzer: 1 });
    assert_eq!(tenant.run().entries_flushed, 1);
}

#[test]
fn a_run_leaves_a_tenant_to_the_run_that_is_at_it() {
    let tenant = Tenant::new();
    tenant.log(0..8);
    let now = tenant.env.now().unwrap();
    let until = now.plus(Duration::from_secs(30));
    assert!(block_on(tenant.memory.begin(Uuid::max(), now, until)).unwrap());
    let ran = tenant.run();
    assert_eq!(ran, Ran { ended_for_another: true, ..Ran::default() });
    tenant.env.pass(Duration::from_secs(31));
    assert_eq!(tenant.run().entries_flushed, 8);
    // It said that it was done.
    tenant.log(8..16);
    assert_eq!(tenant.run().entries_flushed, 8);
}

#[test]
fn settling_looks_at_no_hint_and_leaves_nothing() {
    let tenant = Tenant::new();
    tenant.log(0..1);
    let now = tenant.env.now().unwrap();
    block_on(tenant.memory.begin(Uuid::max(), now, Timestamp::MAX)).unwrap();
    let ran = block_on(settle(&tenant.memory, &tenant.env)).unwrap();
    assert_eq!((ran.entries_flushed, ran.segments_flushed), (1, 2));
    let manifest = tenant.memory.manifest_now();
    assert!(manifest.pending.is_empty() && manifest.garbage.is_empty());
    assert_eq!(tenant.memory.records(), records(0..1));
    assert_eq!(block_on(settle(&tenant.memory, &tenant.env)).unwrap(), Ran::default());
}

#[test]
fn settling_an_index_of_nothing_writes_nothing() {
    let tenant = Tenant::new();
    assert_eq!(tenant.settle(), Ran::default());
    assert_eq!(tenant.memory.table().used.write_units, 0);
}

#[test]
fn an_entry_that_cannot_be_read_stays_and_stops_nobody() {
    let tenant = Tenant::new();
    let keys = tenant.log(0..10);
    tenant.memory.table().tail.insert(keys[4], b"no entry".to_vec());
    let ran = tenant.run();
    assert_eq!((ran.entries_flushed, ran.unreadable_entries), (9, 1));
    assert_eq!(tenant.memory.table().tail.keys().copied().collect::<Vec<_>>(), [keys[4]]);
    let ran = tenant.settle();
    assert_eq!((ran.entries_flushed, ran.unreadable_entries), (0, 1));
    assert_eq!(tenant.memory.records(), records((0..10).filter(|number| *number != 4)));
}

#[test]
fn a_long_tail_goes_straight_into_the_tier_of_its_size() {
    let tenant = Tenant::new();
    tenant.log(0..3_000);
    let ran = tenant.run();
    assert_eq!(ran.entries_flushed, 3_000);
    let [tier] = tenant.tiers()[..] else { panic!("{:?}", tenant.tiers()) };
    let activities = tenant.segments().into_iter().next().unwrap();
    assert!(tier > 0 && tier == tenant.limits.tier(activities.bytes));
    assert_eq!(tenant.memory.records(), records(0..3_000));
}

#[test]
fn a_flush_takes_no_more_entries_than_the_manifest_can_name() {
    let tenant = Tenant::new();
    tenant.log(0..9_000);
    let ran = tenant.run();
    assert_eq!(ran.entries_flushed, 9_000);
    assert_eq!(tenant.segments().len(), 6);
    // So many keys would be paid for by each search until the next flush.
    assert!(tenant.memory.manifest_now().pending.is_empty());
}

#[test]
fn a_tail_that_fills_fast_is_divided() {
    let tenant = Tenant::new();
    // The ids tell a thousand entries a second.
    tenant.log(0..900);
    tenant.run();
    assert_eq!(tenant.memory.manifest_now().shards, 2);
    tenant.log(900..2_500);
    tenant.run();
    assert_eq!(tenant.memory.manifest_now().shards, 4);
    tenant.log(2_500..5_000);
    // Of all shards.
    tenant.memory.log(3, &entry(5_000));
    tenant.run();
    assert_eq!(tenant.memory.manifest_now().shards, 4);
    assert_eq!(tenant.memory.records(), records(0..5_001));
    assert!(tenant.memory.table().tail.is_empty());
}

#[test]
fn a_word_costs_a_small_part_of_a_unit() {
    let tenant = Tenant::new();
    let mut random = 7_u64;
    let mut next = move |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) % below
    };
    for number in 0..512 {
        // Half of the words are common, and a tenth in few others.
        let words: Vec<String> = (0..100)
            .map(|at| match at % 10 {
                0 => format!("wrare{}", next(1 << 20)),
                1..5 => format!("wknown{}", next(2_000)),
                _ => format!("wcommon{}", next(150)),
            })
            .collect();
        let part = EntryPart { position: activity(number), terms: terms(&words) };
        tenant.memory.log(0, &Entry { activity: Some(part), ..entry(number) });
        if number % 32 == 31 {
            tenant.run();
        }
    }
    tenant.settle();
    let used = tenant.memory.table().used;
    assert!(used.write_units < 512 * 4, "{used:?}");
    assert!(used.read_units < 512, "{used:?}");
}
