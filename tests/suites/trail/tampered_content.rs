//! Tampering with what events disclose, with activities, and with what is said to wait.

use std::collections::BTreeSet;

use activity_log_core::domain::audit::{Action, AuditEvent};
use activity_log_core::trail::entry::{SealingTimes, WrittenAt};
use activity_log_tests::trail_log::{BEGIN_MS, Leaf, TrailLog, at};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::tampering::{HOUR_MS, changed, names};
use super::{some_log, told};

#[test]
fn a_disclosure_has_to_be_of_its_event_once_and_all_of_them_there() {
    let log = some_log();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        changed(|log| change(&mut log.leaves[300].disclosures)).tampered()
    };
    let foreign = log.leaves[301].disclosures[0].clone();
    assert!(with(&|all| all.push(foreign.clone())).contains("disclosure_foreign"));
    let codes = with(&|all| all[0].clone_from(&foreign));
    assert!(codes.is_superset(&BTreeSet::from(["disclosure_foreign", "disclosure_missing"])));
    assert!(with(&|all| all.push(all[0].clone())).contains("disclosure_twice"));
    // Another value, with a fresh salt.
    let other = URL_SAFE_NO_PAD
        .encode(r#"["AAAAAAAAAAAAAAAAAAAAAA","actor",{"id":"other","type":"user"}]"#);
    assert!(with(&|all| all[0].clone_from(&other)).contains("disclosure_foreign"));
    for place in 0..log.leaves[300].disclosures.len() {
        let codes = with(&|all| drop(all.remove(place)));
        assert!(codes.contains("disclosure_missing"), "{place}: {codes:?}");
    }
}

#[test]
fn a_disclosure_that_the_log_signed_has_its_members() {
    for (json, code) in [
        (r#"["s","client",{}]"#, "disclosure_malformed"),
        (r#"["s","subject",{"replaced_by":"x"}]"#, "disclosure_malformed"),
        (r#"["s","content",{"input_hash":"abc"}]"#, "disclosure_malformed"),
        (r#"["s","actor",{"id":"again","type":"user"}]"#, "disclosure_twice"),
        (r#"["s", "client",{"address":"x"}]"#, "disclosure_malformed"),
    ] {
        let export = changed(|log| {
            let text = URL_SAFE_NO_PAD.encode(json);
            let digest = activity_log_core::trail::disclosure::digest_of(&text);
            let leaf = &mut log.leaves[7];
            let from = leaf.text();
            let list = &from[r#"{"_sd":["#.len()..from.find(']').unwrap()];
            let mut digests: Vec<&str> = list.split(',').collect();
            let digest = format!("\"{digest}\"");
            digests.push(&digest);
            digests.sort_unstable();
            leaf.change(list, &digests.join(","));
            leaf.disclosures.push(text);
            leaf.seal();
        });
        let codes = export.tampered();
        assert!(codes.contains(code), "{json}: {codes:?}");
    }
}

/// The event of an activity's erasure.
pub(super) fn erasure(log: &TrailLog, millis: i64, activity: &str) -> Leaf {
    let event = log.events.event(Action::ActivityRead, millis);
    let event = AuditEvent { resource_id: Some(activity.to_owned()), ..event };
    let sealed_at = log.leaves.last().map_or(at(millis), |leaf| leaf.times.sealed_at);
    let sealed_at = sealed_at.max(at(millis));
    let times = SealingTimes { written_at: WrittenAt::of(event.occurred_at), sealed_at };
    let mut leaf = Leaf::of(event, None, times);
    leaf.change(r#""action":"activity.read""#, r#""action":"activity.erased""#);
    leaf.seal();
    leaf
}

/// Removes every activity of a log.
pub(super) fn remove_activities(log: &mut TrailLog) {
    for leaf in log.leaves.iter_mut().filter(|leaf| leaf.record.is_some()) {
        let id = leaf.event.resource_id.clone().expect("it is of an activity");
        leaf.record = Some(format!(r#"{{"id":"{id}"}}"#));
    }
}

/// What the log is told of the removal of its tenant.
pub(super) fn removal(log: &TrailLog, millis: i64, action: &str) -> Leaf {
    let mut leaf = erasure(log, millis, "acme");
    leaf.change("activity.erased", action);
    leaf.seal();
    leaf
}

/// Erases the activity of a leaf; its id.
pub(super) fn erase(leaf: &mut Leaf) -> String {
    let activity = leaf.event.resource_id.clone().expect("it is of an activity");
    leaf.disclosures.pop();
    leaf.record = Some(format!(r#"{{"id":"{activity}"}}"#));
    activity
}

/// What somebody puts into a log to excuse that an activity is missing.
type Excuse<'a> = &'a dyn Fn(&mut TrailLog, &str);

#[test]
fn what_is_missing_has_to_have_been_erased_and_by_a_sealed_erasure_behind_it() {
    let newest = some_log().leaves[599].event.occurred_at.as_millis();
    // None; one of another activity; an earlier one; one that was refused; none is sealed.
    let excuses: [Excuse<'_>; 5] = [
        &|_, _| {},
        &|log, _| {
            let other = log.leaves[301].event.resource_id.clone().unwrap();
            log.leaves.push(erasure(log, newest, &other));
        },
        &|log, activity| log.leaves.push(erasure(log, BEGIN_MS, activity)),
        &|log, activity| {
            let mut leaf = erasure(log, newest, activity);
            leaf.change("succeeded", "rejected");
            leaf.seal();
            log.leaves.push(leaf);
        },
        &|log, activity| {
            let leaf = erasure(log, newest, activity);
            log.unsealed.push(format!(
                r#"{{"id":"{}","occurred_at":"{}"}}"#,
                leaf.event.id, leaf.event.occurred_at
            ));
        },
    ];
    for (n, excuse) in excuses.iter().enumerate() {
        let export = changed(|log| {
            let activity = erase(&mut log.leaves[300]);
            excuse(log, &activity);
            log.seals.push(log.size());
            log.seals.dedup();
        });
        let codes = export.tampered();
        let both = BTreeSet::from(["disclosure_missing", "activity_missing"]);
        assert!(codes.is_superset(&both), "{n}: {codes:?}");
    }
    // A tenant that was removed before, or not yet, or was not; and its trail stays.
    for (millis, action, status) in [
        (BEGIN_MS, "tenant.removed", "succeeded"),
        (newest, "tenant.removed", "denied"),
        (newest, "tenant.closed", "succeeded"),
        (newest, "tenant.updated", "succeeded"),
    ] {
        let export = changed(|log| {
            remove_activities(log);
            let mut leaf = removal(log, millis, action);
            leaf.change("succeeded", status);
            leaf.seal();
            log.leaves.push(leaf);
            log.seals.push(601);
        });
        export.tampered_by("activity_missing");
    }
    // One that takes a single activity is none.
    let export = changed(|log| {
        let id = log.leaves[300].event.resource_id.clone().unwrap();
        log.leaves[300].record = Some(format!(r#"{{"id":"{id}"}}"#));
        log.leaves.push(removal(log, newest, "tenant.removed"));
        log.seals.push(601);
    });
    names(&export, "activity_missing", 300);
    // Nor one that says it was long ago, and that no clock but the sealer's speaks for.
    let export = changed(|log| {
        let id = log.leaves[4].event.resource_id.clone().unwrap();
        log.leaves[4].record = Some(format!(r#"{{"id":"{id}"}}"#));
        let millis = log.leaves[4].event.occurred_at.as_millis() + 1_000;
        let mut leaf = removal(log, millis, "tenant.removed");
        let written_at = leaf.times.written_at.unwrap().time();
        leaf.change(&format!(r#","written_at":"{written_at}""#), "");
        leaf.change(r#","id":"#, r#","data":{"backfill":true},"id":"#);
        leaf.seal();
        log.leaves.push(leaf);
        log.seals.push(601);
    });
    names(&export, "activity_missing", 4);
    let export = changed(|log| {
        remove_activities(log);
        erase(&mut log.leaves[300]);
        log.leaves.push(removal(log, newest, "tenant.removed"));
        log.seals.push(601);
    });
    names(&export, "disclosure_missing", 300);
    // Nothing else of the event is excused.
    let export = changed(|log| {
        let activity = erase(&mut log.leaves[300]);
        log.leaves[300].disclosures.pop();
        log.leaves.push(erasure(log, newest, &activity));
        log.seals.push(601);
    });
    export.tampered_by("disclosure_missing");
}

#[test]
fn an_activity_that_was_changed_is_found_whatever_of_it_was() {
    for (from, to) in [
        (r#""summary":"Note"#, r#""summary":"note"#),
        (r#""body":"40"#, r#""body":"41"#),
        ("Jane Doe", "John Doe"),
        ("contact_9", "contact_8"),
        (r#""v":1"#, r#""v":2"#),
        (r#""source":"api""#, r#""source":"mcp""#),
        (r#""type":"email""#, r#""type":"note""#),
        (r#""tenant_id":"acme""#, r#""tenant_id":"acmf""#),
    ] {
        let export = changed(|log| {
            let record = log.leaves[300].record.as_mut().unwrap();
            *record = record.replacen(from, to, 1);
        });
        names(&export, "activity_changed", 300);
    }
}

#[test]
fn an_activity_that_was_deleted_or_put_in_is_found() {
    let marked = changed(|log| {
        let id = log.leaves[300].event.resource_id.clone().unwrap();
        log.leaves[300].record = Some(format!(r#"{{"id":"{id}"}}"#));
    });
    names(&marked, "activity_missing", 300);
    let dropped = changed(|log| log.leaves[300].record = None);
    names(&dropped, "activity_missing", 300);
    let invented = changed(|log| {
        let record = log.leaves[300].record.clone().unwrap();
        let id = log.leaves[300].event.resource_id.clone().unwrap();
        log.more_activities.push(record.replace(&id, &log.leaves[300].event.id.to_string()));
    });
    invented.tampered_by("activity_without_event");
    // Whose content was erased proves no activity.
    let back = changed(|log| {
        let record = log.leaves[300].record.clone();
        let activity = erase(&mut log.leaves[300]);
        log.leaves[300].record = record;
        let newest = log.leaves[599].event.occurred_at.as_millis();
        log.leaves.push(erasure(log, newest, &activity));
        log.seals.push(601);
    });
    names(&back, "activity_not_proved", 300);
}

#[test]
fn an_event_that_is_not_sealed_for_more_than_a_day_is_found() {
    let unsealed = |log: &mut TrailLog, age: i64| {
        let newest = log.leaves[599].times.sealed_at.as_millis();
        let event = log.events.event(Action::ToolCalled, newest - age);
        log.unsealed
            .push(format!(r#"{{"id":"{}","occurred_at":"{}"}}"#, event.id, event.occurred_at));
    };
    let export = changed(|log| unsealed(log, 24 * HOUR_MS + 1_000));
    export.tampered_by("unsealed_too_long");
    let export = changed(|log| unsealed(log, 23 * HOUR_MS));
    assert!(told(&export.proved()).contains("not_sealed_yet"));
    let export = changed(|log| unsealed(log, 60_000));
    assert!(told(&export.proved()).is_empty());
    let export = changed(|log| {
        let event = &log.leaves[300].event;
        let line = format!(r#"{{"id":"{}","occurred_at":"{}"}}"#, event.id, event.occurred_at);
        log.unsealed.push(line);
    });
    export.tampered_by("unsealed_contradicts");
}

/// The line of an event that waits, and tells of an activity.
fn waiting(event: &AuditEvent, activity: &str, millis: i64) -> String {
    let (id, occurred_at) = (event.id, at(millis));
    format!(r#"{{"activity":"{activity}","id":"{id}","occurred_at":"{occurred_at}"}}"#)
}

#[test]
fn what_is_said_to_wait_excuses_no_activity_but_its_own() {
    let log = some_log();
    let newest = log.leaves[599].times.sealed_at.as_millis();
    let leaf = &log.leaves[300];
    let (sealed, then) = (leaf.event.resource_id.clone().unwrap(), leaf.event.occurred_at);
    // One that was sealed, once more: of its own time, and of now.
    for millis in [then.as_millis(), newest] {
        for again in ["again", "Note 300"] {
            let export = changed(|log| {
                let event = log.events.event(Action::ActivityLogged, millis);
                log.unsealed.push(waiting(&event, &sealed, millis));
                let record = log.leaves[300].record.clone().unwrap();
                log.more_activities.push(record.replace("Note 300", again));
            });
            assert!(export.tampered().contains("activity_without_event"), "{millis} {again}");
        }
    }
    // One of long ago, of which a line says that it was just logged; and one whose record
    // says so.
    let (event, old) = log.events.logged(newest - HOUR_MS, "Long ago");
    let times = SealingTimes { written_at: None, sealed_at: at(newest) };
    let record = Leaf::of(event.clone(), Some(&old), times).record.unwrap();
    let id = old.id.to_string();
    let export = changed(|log| {
        let event = log.events.event(Action::ActivityLogged, newest);
        log.unsealed.push(waiting(&event, &id, newest));
        log.more_activities.push(record.clone());
    });
    let both = BTreeSet::from(["activity_without_event", "unsealed_contradicts"]);
    assert_eq!(export.tampered(), both);
    let export = changed(|log| {
        log.unsealed.push(waiting(&event, &id, newest - HOUR_MS));
        let logged_at = |time| format!(r#""logged_at":"{time}""#);
        let record = record.replace(&logged_at(old.logged_at), &logged_at(at(newest)));
        log.more_activities.push(record);
    });
    export.tampered_by("activity_without_event");
    // One is told of once, and a line is no second one of an event.
    let twice = |lines: usize, activities: usize| {
        changed(|log| {
            let line = waiting(&event, &id, newest - HOUR_MS);
            log.unsealed.extend(std::iter::repeat_n(line, lines));
            log.more_activities.extend(std::iter::repeat_n(record.clone(), activities));
        })
    };
    twice(1, 1).proved();
    twice(1, 2).tampered_by("activity_without_event");
    twice(2, 1).tampered_by("unsealed_contradicts");
}

#[test]
fn a_line_of_an_activity_that_is_none_is_named() {
    for line in ["{}", r#"{"id":"x"}"#, "x"] {
        let export = changed(|log| log.more_activities.push(line.to_owned()));
        let report = export.tampered_by("file_malformed");
        let found = report.findings.first()[0].found.clone().unwrap();
        assert_eq!(found, format!("line {}", report.checked.activities + 1));
    }
}
