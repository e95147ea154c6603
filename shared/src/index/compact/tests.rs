use std::collections::BTreeSet;
use std::task::{Context, Waker};
use std::time::Duration;

use uuid::{Builder, Uuid};

use super::memory::{Fault, Memory, Records};
use super::model::{TestEnvironment, block_on};
use super::operate::{add_segment, drop_segments, strike};
use super::sweep::sweep;
use super::{Limits, Ran, SET_ASIDE, run, settle, settle_within};
use crate::domain::clock::{Environment, Timestamp};
use crate::index::Position;
use crate::index::entry::{Entry, EntryPart};
use crate::index::manifest::{Manifest, MergeJob, TailKey};
use crate::index::segment::build::{Built, build};
use crate::index::segment::{Birth, Collection, MERGE_VERSION, Part, PartName, Segment, SegmentId};
use crate::index::store::IndexStore;
use crate::index::term::Term;

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
fn four_of_a_tier_become_one_of_the_next_and_a_later_run_deletes_them() {
    let tenant = Tenant::new();
    for first in [0, 8, 16] {
        tenant.log(first..first + 8);
        assert_eq!(tenant.run().merges, 0);
    }
    assert_eq!(tenant.tiers(), [0, 0, 0]);
    let before = tenant.listing();
    tenant.log(24..32);
    // One of each collection.
    assert_eq!(tenant.run().merges, 2);
    assert_eq!(tenant.tiers(), [1]);
    // Searches with the manifest of before go on.
    assert!(before.iter().all(|name| tenant.listing().contains(name)));
    assert_eq!(tenant.memory.records(), records(0..32));
    tenant.log(32..40);
    let ran = tenant.run();
    assert!(ran.parts_deleted > 0);
    assert!(tenant.memory.manifest_now().garbage.is_empty());
    assert_eq!(tenant.listing(), tenant.listed());
    assert_eq!(tenant.memory.records(), records(0..40));
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

/// Limits under which each merge is one of several runs.
fn slow() -> Limits {
    Limits { slice_bytes: 0, run: Duration::from_millis(7), ..Limits::default() }
}

#[test]
fn a_large_merge_goes_on_in_later_runs() {
    let tenant = Tenant { limits: slow(), ..Tenant::new() };
    tenant.env.tick(1);
    let mut was_left = false;
    for round in 0..8 {
        tenant.log(round * 8..round * 8 + 8);
        let ran = tenant.run();
        was_left |= ran.merge_left;
        assert_eq!(tenant.memory.records(), records(0..round * 8 + 8));
    }
    let owner = |tenant: &Tenant| tenant.memory.manifest_now().merge.map(|job| job.owner);
    let first = owner(&tenant);
    assert!(was_left && first.is_some());
    let mut merges = 0;
    for _ in 0..20 {
        merges += tenant.run().merges;
    }
    assert!(merges > 0 && owner(&tenant).is_none());
    assert_eq!(tenant.settle().merges, 0);
    assert_eq!(tenant.listing(), tenant.listed());
}

/// A tenant with four segments of each collection, and limits under which their merge is claimed.
fn with_large_merge_due() -> Tenant {
    let tenant = Tenant { limits: Limits { slice_bytes: 0, ..Limits::default() }, ..Tenant::new() };
    for first in [0, 8, 16, 24] {
        tenant.log(first..first + 8);
        let limits = Limits { fan: 9, ..tenant.limits };
        block_on(run(&tenant.memory, &tenant.env, &limits)).unwrap();
    }
    tenant
}

#[test]
fn of_two_runs_that_do_one_merge_the_former_owner_ends() {
    let tenant = with_large_merge_due();
    let slow = tenant.memory.pausing();
    let mut former = Box::pin(run(&slow, &tenant.env, &tenant.limits));
    let context = &mut Context::from_waker(Waker::noop());
    while tenant.memory.manifest_now().merge.is_none() {
        assert!(former.as_mut().poll(context).is_pending());
    }
    tenant.env.pass(Duration::from_secs(5));
    let claimed = tenant.memory.manifest_now().merge.unwrap();
    // Another one does it all.
    assert_eq!(tenant.settle().merges, 2);
    assert!(tenant.segments().iter().any(|segment| segment.id == claimed.output.id));
    let ran = block_on(former).unwrap();
    assert_eq!(ran.merges, 0);
    assert_eq!(tenant.memory.records(), records(0..32));
}

#[test]
fn a_merge_that_another_build_began_is_begun_anew() {
    let tenant = with_large_merge_due();
    let process = tenant.memory.pausing();
    let mut begun = Box::pin(run(&process, &tenant.env, &tenant.limits));
    let context = &mut Context::from_waker(Waker::noop());
    let has_progress = |job: MergeJob| job.progress.positions > 0;
    while !tenant.memory.manifest_now().merge.is_some_and(has_progress) {
        assert!(begun.as_mut().poll(context).is_pending());
    }
    drop(begun);
    tenant.env.pass(Duration::from_secs(60));
    put(&tenant, |manifest| manifest.merge.as_mut().unwrap().version = MERGE_VERSION + 1);
    let expected = tenant.memory.records();
    let begun = tenant.memory.manifest_now().merge.unwrap();
    let is_there =
        |tenant: &Tenant| tenant.listing().iter().any(|name| name.segment == begun.output.id);
    assert!(is_there(&tenant));
    tenant.settle();
    assert!(tenant.segments().iter().all(|segment| segment.id != begun.output.id));
    assert!(tenant.segments().iter().all(|segment| !begun.inputs.contains(&segment.id)));
    assert_eq!(tenant.memory.records(), expected);
    // What was written of it nobody deletes but `sweep`.
    assert!(is_there(&tenant));
    tenant.sweep_later();
    assert_eq!(tenant.listing(), tenant.listed());
}

/// Merges with a segment whose part was changed by `harm`.
fn merge_with_harmed(harm: impl FnOnce(&Tenant, &Segment), slice_bytes: usize) {
    let limits = Limits { slice_bytes, ..Limits::default() };
    let tenant = Tenant { limits, ..Tenant::new() };
    for first in [0, 8, 16] {
        tenant.log(first..first + 8);
        tenant.run();
    }
    let harmed = tenant.segments()[2].clone();
    assert_eq!(harmed.collection, Collection::Activities);
    harm(&tenant, &harmed);
    tenant.log(24..32);
    let ran = tenant.run();
    // The events are merged.
    assert_eq!((ran.entries_flushed, ran.merges, ran.segments_set_aside), (8, 1, 1));
    tenant.log(32..40);
    let ran = tenant.run();
    assert_eq!((ran.merges, ran.segments_set_aside), (1, 1));
    let segments = tenant.segments();
    let mut tiers: Vec<(u8, bool)> = segments
        .iter()
        .filter(|it| it.collection == Collection::Activities)
        .map(|it| (it.tier, it.id == harmed.id))
        .collect();
    tiers.sort();
    assert_eq!(tiers, [(1, false), (SET_ASIDE, true)]);
    assert!(tenant.memory.manifest_now().merge.is_none());
}

#[test]
fn a_segment_with_a_broken_part_is_set_aside_and_stops_nobody() {
    let remove = |tenant: &Tenant, segment: &Segment| {
        tenant.memory.table().parts.remove(&segment.name(Part::Bucket(0))).unwrap();
    };
    let spoil = |tenant: &Tenant, segment: &Segment| {
        let name = segment.name(Part::Positions(0));
        *tenant.memory.table().parts.get_mut(&name).unwrap() = b"no positions".to_vec();
    };
    for slice_bytes in [0, 1 << 20] {
        merge_with_harmed(remove, slice_bytes);
        merge_with_harmed(spoil, slice_bytes);
    }
}

#[test]
fn a_table_that_does_not_answer_sets_nothing_aside() {
    let tenant = Tenant::new();
    for first in [0, 8, 16] {
        tenant.log(first..first + 8);
        tenant.run();
    }
    tenant.log(24..32);
    for step in 0.. {
        let process = tenant.memory.process();
        process.plan(step, Fault::Refused);
        let outcome = block_on(run(&process, &tenant.env, &tenant.limits));
        assert!(tenant.segments().iter().all(|segment| segment.tier != SET_ASIDE));
        if process.steps() <= step {
            outcome.unwrap();
            break;
        }
        tenant.env.pass(Duration::from_secs(60));
    }
}

/// What a run does when all of its kinds of work are due.
fn with_everything_due() -> Tenant {
    let tenant =
        Tenant { limits: Limits { slice_bytes: 100, ..Limits::default() }, ..Tenant::new() };
    let other = entry(100);
    tenant.memory.log(0, &Entry { event: None, analyzer: 2, ..other });
    for first in (0..56).step_by(8) {
        tenant.log(first..first + 8);
        tenant.run();
    }
    let is_other = |segment: &Segment| segment.analyzer == 2;
    assert_eq!(block_on(drop_segments(&tenant.memory, &tenant.env, is_other)).unwrap(), 1);
    block_on(strike(&tenant.memory, Collection::Activities, activity(3))).unwrap();
    tenant.log(56..64);
    tenant
}

#[test]
fn every_call_of_a_run_may_fail_or_be_lost_or_repeated_or_come_late() {
    let mut expected = records(0..64);
    expected.remove(&(Collection::Activities, activity(3)));
    for fault in [Fault::Refused, Fault::Unanswered, Fault::Repeated, Fault::Late, Fault::Dead] {
        for step in 0.. {
            let tenant = with_everything_due();
            let process = tenant.memory.process();
            process.plan(step, fault);
            let outcome = block_on(run(&process, &tenant.env, &tenant.limits));
            assert_eq!(tenant.memory.records(), expected, "{fault:?} {step}");
            if process.steps() <= step {
                outcome.unwrap();
                assert!(step > 40, "{step}");
                break;
            }
            assert!(outcome.is_err() || fault == Fault::Repeated || process.steps() == step + 1);
            // One that is late at the worst moment: after everything is done.
            tenant.settle();
            tenant.memory.be_late(0);
            assert_eq!(tenant.memory.records(), expected, "{fault:?} {step}");
            tenant.settle();
            tenant.sweep_later();
            assert_eq!(tenant.memory.records(), expected, "{fault:?} {step}");
            assert_eq!(tenant.listing(), tenant.listed(), "{fault:?} {step}");
            assert!(tenant.memory.table().tail.is_empty(), "{fault:?} {step}");
        }
    }
}

#[test]
fn what_is_struck_is_found_by_nothing_and_in_nothing_once_settled() {
    let tenant = Tenant::new();
    tenant.log(0..8);
    tenant.run();
    tenant.log(8..10);
    let mut expected = records(0..10);
    for number in [2, 9] {
        block_on(strike(&tenant.memory, Collection::Activities, activity(number))).unwrap();
        block_on(strike(&tenant.memory, Collection::AuditEvents, event(number))).unwrap();
        expected.remove(&(Collection::Activities, activity(number)));
        expected.remove(&(Collection::AuditEvents, event(number)));
    }
    // A second time changes nothing.
    block_on(strike(&tenant.memory, Collection::AuditEvents, event(9))).unwrap();
    assert_eq!(tenant.memory.manifest_now().struck.len(), 4);
    assert_eq!(tenant.memory.records(), expected);
    tenant.settle();
    put(&tenant, |manifest| manifest.struck.clear());
    assert_eq!(tenant.memory.records(), expected);
}

fn struck(tenant: &Tenant) -> Vec<Position> {
    tenant.memory.manifest_now().struck.iter().map(|struck| struck.position).collect()
}

/// A tenant of whose eight entries two were struck, and are in nothing any more.
fn with_two_struck() -> Tenant {
    let tenant = Tenant::new();
    tenant.log(0..8);
    tenant.run();
    for number in [3, 5] {
        block_on(strike(&tenant.memory, Collection::Activities, activity(number))).unwrap();
    }
    tenant.settle();
    tenant
}

#[test]
fn what_was_struck_is_forgotten_an_hour_after_nothing_has_it_but_for_the_last() {
    let tenant = with_two_struck();
    tenant.env.pass(Duration::from_secs(60 * 60 - 1));
    tenant.settle();
    assert_eq!(struck(&tenant), [activity(3), activity(5)]);
    tenant.env.pass(Duration::from_secs(1));
    tenant.settle();
    assert_eq!(struck(&tenant), [activity(5)], "it tells that something was struck");
}

#[test]
fn the_hour_begins_anew_when_an_entry_of_what_was_struck_is_put_again() {
    let tenant = with_two_struck();
    tenant.env.pass(Duration::from_secs(59 * 60));
    // A search may read it now.
    tenant.log([3]);
    tenant.settle();
    tenant.env.pass(Duration::from_secs(59 * 60));
    tenant.settle();
    assert_eq!(struck(&tenant), [activity(3), activity(5)]);
    tenant.env.pass(Duration::from_secs(60));
    tenant.settle();
    assert_eq!(struck(&tenant), [activity(5)]);
}

#[test]
fn an_entry_of_what_was_struck_is_deleted_behind_a_put_that_says_that_it_was_there() {
    let tenant = with_two_struck();
    let since = tenant.memory.manifest_now().struck[0].nowhere_since;
    assert!(since.is_some());
    let [key] = tenant.log([3])[..] else { unreachable!() };
    put(&tenant, |manifest| manifest.pending.push(key));
    tenant.log(8..16);
    tenant.env.tick(1);
    let process = tenant.memory.pausing();
    let mut run = Box::pin(run(&process, &tenant.env, &tenant.limits));
    while run.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
        let is_there = tenant.memory.table().tail.contains_key(&key);
        assert!(is_there || tenant.memory.manifest_now().struck[0].nowhere_since != since);
    }
    assert!(tenant.memory.table().tail.is_empty());
    tenant.settle();
    assert!(tenant.memory.manifest_now().pending.is_empty());
}

#[test]
fn nothing_struck_is_forgotten_while_an_entry_of_the_tail_cannot_be_read() {
    let tenant = with_two_struck();
    let [key] = tenant.log([8])[..] else { unreachable!() };
    tenant.memory.table().tail.insert(key, b"no entry".to_vec());
    tenant.env.pass(Duration::from_secs(2 * 60 * 60));
    tenant.settle();
    assert_eq!(struck(&tenant), [activity(3), activity(5)]);
}

#[test]
fn a_run_that_slept_behind_its_reading_of_the_tail_forgets_nothing_that_came_since() {
    for steps in 1_usize.. {
        let tenant = with_two_struck();
        tenant.log(8..16);
        let process = tenant.memory.pausing();
        let mut stopped = Box::pin(run(&process, &tenant.env, &tenant.limits));
        let context = &mut Context::from_waker(Waker::noop());
        if (0..steps).any(|_| stopped.as_mut().poll(context).is_ready()) {
            assert!(steps > 15, "{steps}");
            return;
        }
        tenant.log([3]);
        tenant.env.pass(Duration::from_secs(2 * 60 * 60));
        drop(block_on(stopped));
        let found = tenant.memory.records();
        assert!(!found.contains_key(&(Collection::Activities, activity(3))), "{steps}");
    }
}

#[test]
fn so_much_may_be_struck_at_once_and_no_more() {
    let tenant = Tenant::new();
    for number in 0..2_000 {
        block_on(strike(&tenant.memory, Collection::Activities, activity(number))).unwrap();
    }
    let more = block_on(strike(&tenant.memory, Collection::Activities, activity(2_000)));
    assert!(more.unwrap_err().retryable());
    assert!(tenant.memory.manifest_now().encode().len() < 100_000);
    // Nothing has any of them, for an hour.
    tenant.settle();
    tenant.env.pass(Duration::from_secs(60 * 60));
    tenant.settle();
    block_on(strike(&tenant.memory, Collection::Activities, activity(2_000))).unwrap();
    assert_eq!(tenant.memory.manifest_now().struck.len(), 2);
}

fn built(tenant: &Tenant, numbers: impl IntoIterator<Item = u64>, number: u64) -> Built {
    let id = SegmentId(tenant.env.new_uuid().unwrap());
    let birth = Birth { id, collection: Collection::Activities, analyzer: 2, tier: 0, number };
    build(birth, numbers.into_iter().map(|number| entry(number).activity.unwrap()).collect())
}

#[test]
fn a_segment_that_was_built_from_the_records_is_added_beside_those_of_the_tail() {
    let tenant = Tenant::new();
    tenant.log(0..8);
    tenant.run();
    let number = tenant.memory.manifest_now().next_number;
    // Others put the manifest meanwhile.
    let built = built(&tenant, 0..8, number);
    let id = built.segment.id;
    let process = tenant.memory.process();
    process.plan(built.parts.len() + 1, Fault::Repeated);
    tenant.log(8..16);
    tenant.run();
    block_on(add_segment(&process, &tenant.env, built)).unwrap();
    let manifest = tenant.memory.manifest_now();
    assert_eq!(manifest.segments.iter().filter(|segment| segment.id == id).count(), 1);
    assert!(manifest.next_number > number);
    let mut expected = records(0..16);
    for number in 0..8 {
        let part = entry(number).activity.unwrap();
        let terms = part.terms.into_iter().map(|term| (2, term));
        expected.get_mut(&(Collection::Activities, part.position)).unwrap().extend(terms);
    }
    assert_eq!(tenant.memory.records(), expected);
    // Those of the old analyzer go.
    let old = |segment: &Segment| segment.analyzer == 1;
    assert_eq!(block_on(drop_segments(&tenant.memory, &tenant.env, old)).unwrap(), 2);
    assert_eq!(block_on(drop_segments(&tenant.memory, &tenant.env, old)).unwrap(), 0);
    tenant.settle();
    assert_eq!(tenant.listing(), tenant.listed());
    assert!(tenant.memory.records().values().flatten().all(|(analyzer, _)| *analyzer != 1));
}

#[test]
fn a_segment_is_not_added_when_records_were_struck_since_it_was_begun() {
    let tenant = Tenant::new();
    let number = tenant.memory.manifest_now().next_number;
    let early = built(&tenant, 0..8, number);
    block_on(strike(&tenant.memory, Collection::Activities, activity(3))).unwrap();
    // Nothing has it, so it could be forgotten.
    tenant.settle();
    tenant.env.pass(Duration::from_secs(60 * 60));
    tenant.settle();
    let outcome = block_on(add_segment(&tenant.memory, &tenant.env, early));
    assert!(outcome.unwrap_err().retryable());
    assert!(tenant.segments().is_empty());
    assert!(tenant.sweep_later() > 0);
    let number = tenant.memory.manifest_now().next_number;
    let late = built(&tenant, [0, 1], number);
    block_on(add_segment(&tenant.memory, &tenant.env, late)).unwrap();
    assert_eq!(tenant.segments().len(), 1);
    // And none that took an hour.
    let slow = built(&tenant, [5], tenant.memory.manifest_now().next_number);
    tenant.env.pass(Duration::from_secs(60 * 60));
    block_on(add_segment(&tenant.memory, &tenant.env, slow)).unwrap_err();
    assert_eq!(tenant.segments().len(), 1);
}

#[test]
fn after_a_restore_everything_is_dropped_and_only_the_tail_is_found() {
    let tenant = Tenant { limits: slow(), ..Tenant::new() };
    tenant.env.tick(1);
    let mut number = 0;
    while tenant.memory.manifest_now().merge.is_none() {
        tenant.log(number..number + 8);
        tenant.run();
        number += 8;
    }
    tenant.log(number..number + 3);
    // Parts are of another moment than the manifest.
    let some = tenant.listing()[1];
    tenant.memory.table().parts.remove(&some);
    let listed = tenant.segments().len();
    assert_eq!(block_on(drop_segments(&tenant.memory, &tenant.env, |_| true)).unwrap(), listed);
    let manifest = tenant.memory.manifest_now();
    assert!(manifest.segments.is_empty() && manifest.merge.is_none());
    assert!(manifest.pending.is_empty());
    assert_eq!(tenant.memory.records(), records(number..number + 3));
    tenant.settle();
    tenant.sweep_later();
    assert_eq!(tenant.listing(), tenant.listed());
}

#[test]
fn what_nobody_lists_is_swept_after_an_hour_and_nothing_else() {
    let tenant = Tenant::new();
    for first in [0, 8, 16, 24] {
        tenant.log(first..first + 8);
        tenant.run();
    }
    let Built { segment, parts } = built(&tenant, 0..3, 9);
    block_on(crate::index::segment::merge::Parts::write(&tenant.memory, segment.id, parts))
        .unwrap();
    let now = tenant.env.now().unwrap();
    let at = |seconds| now.plus(Duration::from_secs(seconds));
    let sweep_at = |time| block_on(sweep(&tenant.memory, tenant.listing(), time)).unwrap();
    let version = || tenant.memory.table().manifest.as_ref().unwrap().0;
    let before = version();
    assert_eq!(sweep_at(at(60 * 60 - 1)), 0);
    assert_eq!(version(), before);
    // What was merged away is for the next run.
    let garbage = tenant.memory.manifest_now().garbage.len();
    assert!(garbage > 0);
    assert_eq!(sweep_at(at(60 * 60)), segment.parts().count());
    assert_ne!(version(), before);
    assert_eq!(tenant.memory.manifest_now().garbage.len(), garbage);
    assert_eq!(sweep_at(at(60 * 60 * 24)), 0);
    assert_eq!(tenant.memory.records(), records(0..32));
}

/// Lets a run stop before each of its calls in turn, while others do something. Small merges
/// are due, or large ones.
fn stop_before_each_call(slice_bytes: usize, others: impl Fn(&Tenant), check: impl Fn(&Tenant)) {
    stop_behind_each_call(slice_bytes, None, others, check);
}

/// Stops a run behind each of its calls for an item, and before the next. The call before that
/// may go wrong.
fn stop_behind_each_call(
    slice_bytes: usize,
    fault: Option<Fault>,
    others: impl Fn(&Tenant),
    check: impl Fn(&Tenant),
) {
    for steps in 1_usize.. {
        let limits = Limits { slice_bytes, ..Limits::default() };
        let tenant = Tenant { limits, ..Tenant::new() };
        for first in [0, 8, 16] {
            tenant.log(first..first + 8);
            tenant.run();
        }
        tenant.log(24..32);
        let process = tenant.memory.pausing();
        if let (Some(fault), Some(last)) = (fault, steps.checked_sub(2)) {
            process.plan(last, fault);
        }
        let mut stopped = Box::pin(run(&process, &tenant.env, &tenant.limits));
        let context = &mut Context::from_waker(Waker::noop());
        if (0..steps).any(|_| stopped.as_mut().poll(context).is_ready()) {
            assert!(steps > 30, "{steps}");
            return;
        }
        others(&tenant);
        // It may well fail.
        drop(block_on(stopped));
        check(&tenant);
    }
}

fn sleep_and_sweep(tenant: &Tenant) {
    tenant.env.pass(Duration::from_secs(2 * 60 * 60));
    let now = tenant.env.now().unwrap();
    block_on(sweep(&tenant.memory, tenant.listing(), now)).unwrap();
}

#[test]
fn a_run_that_slept_lists_nothing_that_is_swept() {
    let check = |tenant: &Tenant| assert_eq!(tenant.memory.records(), records(0..32));
    stop_before_each_call(0, sleep_and_sweep, check);
    stop_before_each_call(1 << 20, sleep_and_sweep, check);
}

#[test]
fn a_run_that_slept_behind_a_put_that_was_done_twice_deletes_nothing_that_is_listed() {
    let check = |tenant: &Tenant| assert_eq!(tenant.memory.records(), records(0..32));
    for slice_bytes in [0, 1 << 20] {
        stop_behind_each_call(slice_bytes, Some(Fault::Repeated), sleep_and_sweep, check);
    }
}

fn put(tenant: &Tenant, change: impl FnOnce(&mut Manifest)) {
    let mut manifest = tenant.memory.manifest_now();
    change(&mut manifest);
    let version = tenant.memory.table().manifest.as_ref().map(|(version, _)| *version);
    block_on(tenant.memory.put_manifest(version, &manifest)).unwrap().unwrap();
}

#[test]
fn a_merge_that_is_named_no_more_lists_nothing() {
    let abandon = |tenant: &Tenant| {
        put(tenant, |manifest| manifest.merge = None);
        sleep_and_sweep(tenant);
    };
    let check = |tenant: &Tenant| assert_eq!(tenant.memory.records(), records(0..32));
    stop_before_each_call(0, abandon, check);
}

#[test]
fn a_merge_that_was_overtaken_brings_nothing_back() {
    let strike_and_settle = |tenant: &Tenant| {
        block_on(strike(&tenant.memory, Collection::Activities, activity(3))).unwrap();
        block_on(strike(&tenant.memory, Collection::AuditEvents, event(4))).unwrap();
        tenant.settle();
    };
    let check = |tenant: &Tenant| {
        tenant.settle();
        put(tenant, |manifest| manifest.struck.clear());
        let mut expected = records(0..32);
        expected.remove(&(Collection::Activities, activity(3)));
        expected.remove(&(Collection::AuditEvents, event(4)));
        assert_eq!(tenant.memory.records(), expected);
    };
    stop_before_each_call(0, strike_and_settle, check);
    stop_before_each_call(1 << 20, strike_and_settle, check);
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
fn segments_that_are_too_long_together_are_not_merged() {
    let limits = Limits { max_positions: 31, ..Limits::default() };
    let tenant = Tenant { limits, ..Tenant::new() };
    for first in [0, 8, 16, 24] {
        tenant.log(first..first + 8);
        assert_eq!(tenant.run().merges, 0);
    }
    assert_eq!(tenant.tiers(), [0, 0, 0, 0]);
    assert_eq!(tenant.settle().merges, 0);
}

#[test]
fn a_run_whose_hint_somebody_took_ends() {
    let tenant = Tenant::new();
    let limits = Limits { busy: Duration::from_millis(4), ..Limits::default() };
    tenant.env.tick(1);
    tenant.log(0..40);
    let slow = tenant.memory.pausing();
    let mut former = Box::pin(run(&slow, &tenant.env, &limits));
    let context = &mut Context::from_waker(Waker::noop());
    assert!(former.as_mut().poll(context).is_pending());
    assert!(former.as_mut().poll(context).is_pending());
    tenant.env.pass(Duration::from_secs(1));
    let now = tenant.env.now().unwrap();
    assert!(block_on(tenant.memory.begin(Uuid::max(), now, Timestamp::MAX)).unwrap());
    let ran = block_on(former).unwrap();
    assert!(ran.ended_for_another);
    assert_eq!(ran.entries_flushed, 0);
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
