//! Merges: what is due, what goes on later, and what is set aside.

use super::*;

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
