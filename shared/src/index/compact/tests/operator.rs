//! What an operator does to an index beside runs: segments that are added or dropped, and
//! parts that are swept.

use super::*;

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
    let process = tenant.memory.process();
    process.plan(built.parts.len() + 1, Fault::Repeated);
    tenant.log(8..16);
    tenant.run();
    block_on(add_segment(&process, &tenant.env, built)).unwrap();
    let manifest = tenant.memory.manifest_now();
    assert_eq!(manifest.segments.iter().filter(|segment| segment.analyzer == 2).count(), 1);
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
}

/// Lets somebody who adds a segment stop before each of the calls in turn, while others do
/// something. The put may be done twice, as by a client that got no answer to it.
fn stop_before_each_call_of_adding(
    is_repeated: bool,
    others: impl Fn(&Tenant),
    check: impl Fn(&Tenant, &Result<()>),
) {
    for steps in 1.. {
        let tenant = Tenant::new();
        for first in [0, 8, 16] {
            tenant.log(first..first + 8);
            tenant.run();
        }
        let mut built = built(&tenant, 0..8, tenant.memory.manifest_now().next_number);
        built.segment.analyzer = 1;
        let process = tenant.memory.pausing();
        let calls = built.parts.len() + 2;
        if is_repeated {
            process.plan(calls - 1, Fault::Repeated);
        }
        let mut stopped = Box::pin(add_segment(&process, &tenant.env, built));
        let context = &mut Context::from_waker(Waker::noop());
        if (0..steps).any(|_| stopped.as_mut().poll(context).is_ready()) {
            assert_eq!(steps, calls + 1 + usize::from(is_repeated));
            return;
        }
        others(&tenant);
        let outcome = block_on(stopped);
        check(&tenant, &outcome);
    }
}

#[test]
fn a_segment_that_was_merged_away_is_not_listed_again() {
    for (runs, is_repeated) in (0..4).flat_map(|runs| [(runs, false), (runs, true)]) {
        let others = |tenant: &Tenant| {
            tenant.log(24..32);
            for _ in 0..runs {
                tenant.settle();
            }
        };
        let check = |tenant: &Tenant, outcome: &Result<()>| {
            assert!(outcome.is_ok(), "{outcome:?}");
            tenant.settle();
            // Nothing that is listed is absent.
            assert_eq!(tenant.memory.records(), records(0..32));
        };
        stop_before_each_call_of_adding(is_repeated, others, check);
    }
}

#[test]
fn a_segment_that_nobody_listed_for_an_hour_is_not_listed() {
    let check = |tenant: &Tenant, _: &Result<()>| {
        assert_eq!(tenant.memory.records(), records(0..24));
    };
    for is_repeated in [false, true] {
        stop_before_each_call_of_adding(is_repeated, sleep_and_sweep, check);
    }
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
fn a_manifest_that_cannot_be_read_is_replaced_when_everything_is_dropped() {
    let tenant = Tenant::new();
    tenant.log(0..8);
    tenant.run();
    tenant.log(8..11);
    let number = tenant.memory.manifest_now().next_number;
    tenant.memory.table().manifest.as_mut().unwrap().1[0] = 0xff;
    let failed = block_on(run(&tenant.memory, &tenant.env, &tenant.limits)).unwrap_err();
    assert!(is_damage(&failed));
    assert_eq!(block_on(drop_all(&tenant.memory, &tenant.env)).unwrap(), 0);
    let manifest = tenant.memory.manifest_now();
    assert_eq!((manifest.shards, manifest.segments.len()), (MAX_SHARDS, 0));
    assert!(manifest.next_number > number);
    assert_eq!(tenant.memory.records(), records(8..11));
    // It goes on with what the tail has, and the rest is built anew.
    tenant.settle();
    assert!(tenant.sweep_later() > 0);
    assert_eq!(tenant.listing(), tenant.listed());
    assert_eq!(tenant.memory.records(), records(8..11));
    assert_eq!(block_on(drop_all(&tenant.memory, &tenant.env)).unwrap(), 2);
}

#[test]
fn a_manifest_that_somebody_replaced_meanwhile_is_not_replaced_again() {
    let tenant = Tenant::new();
    tenant.log(0..8);
    tenant.run();
    tenant.memory.table().manifest.as_mut().unwrap().1[0] = 0xff;
    let process = tenant.memory.pausing();
    let mut stopped = Box::pin(drop_all(&process, &tenant.env));
    let context = &mut Context::from_waker(Waker::noop());
    // It has read the manifest and is about to put one.
    assert!((0..2).all(|_| stopped.as_mut().poll(context).is_pending()));
    block_on(drop_all(&tenant.memory, &tenant.env)).unwrap();
    tenant.log(8..16);
    tenant.run();
    assert_eq!(block_on(stopped).unwrap(), 2);
    assert!(tenant.segments().is_empty());
    assert_eq!(tenant.memory.manifest_now().garbage.len(), 2);
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
