//! Records that are struck: found by nothing, and forgotten only when nothing has them.

use super::*;

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
