//! Runs that fail, sleep or are overtaken at any of their calls.

use super::*;

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
