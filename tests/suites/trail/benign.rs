//! What happens without anybody tampering is proved, and told where a reader wants to know.

use std::collections::BTreeSet;

use activity_log_core::domain::activity::{Body, BodyText};
use activity_log_core::domain::audit::{Action, AuditEvent, Data, computed_event_id};
use activity_log_core::trail::entry::{SealingTimes, WrittenAt};
use activity_log_core::trail::record::record_hash;
use activity_log_tests::trail_log::{BEGIN_MS, Leaf, SigningKey, TrailLog, at};

use super::tampered_content::{erase, erasure, removal, remove_activities};
use super::tampering::HOUR_MS;
use super::{Export, some_log, told};

#[test]
fn a_log_of_any_length_is_proved() {
    for (events, a_seal) in [(1, 1), (2, 1), (255, 100), (256, 256), (257, 100), (512, 7)] {
        let report = Export::of(&TrailLog::of("acme", events, a_seal)).proved();
        assert_eq!(report.checked.events, events);
    }
}

#[test]
fn a_log_with_three_levels_of_tiles_is_proved() {
    // Made of one event, since the tree is what matters here.
    let mut log = TrailLog::of("acme", 1, 1);
    log.has_activities = false;
    let (id, leaf) = (log.leaves[0].event.id.to_string(), log.leaves[0].clone());
    for n in 1..65_537_u32 {
        let mut next = leaf.clone();
        let last = format!("{}{n:08x}", &id[..id.len() - 8]);
        next.change(&id, &last);
        next.event.id = last.parse().unwrap();
        next.seal();
        log.leaves.push(next);
    }
    log.seals = vec![1, 65_535, 65_536, 65_537];
    let export = Export::of(&log);
    assert!(export.file("tile/2/000.p/1").exists() && export.file("tile/1/000").exists());
    assert_eq!(export.proved().checked.tiles, 257 + 1 + 1);
    log.leaves.pop();
    log.seals.pop();
    assert_eq!(Export::of(&log).proved().checked.events, 65_536);
}

#[test]
fn a_tenant_without_an_event_has_an_export_that_proves_nothing_and_says_so() {
    let report = Export::of(&TrailLog::empty("acme")).proved();
    assert_eq!(report.checked.events, 0);
    assert!(report.not_checked[0].contains("nothing is signed yet"), "{:?}", report.not_checked);
    // A signed tree of nothing is one.
    let log = TrailLog::empty("acme");
    let export = Export::of(&log);
    export.write("checkpoint", log.note(0));
    assert_eq!(export.proved().checked.checkpoints, 1);
}

#[test]
fn an_event_that_was_sealed_twice_is_told() {
    let mut log = some_log();
    let newest = log.leaves[599].times.sealed_at;
    for (n, written_at) in [(300, log.leaves[300].times.written_at), (310, None)] {
        let leaf = &log.leaves[n];
        let again =
            Leaf::of(leaf.event.clone(), None, SealingTimes { written_at, sealed_at: newest });
        log.leaves.push(Leaf { record: leaf.record.clone(), ..again });
    }
    log.seals.push(602);
    let report = Export::of(&log).proved();
    assert_eq!(told(&report), BTreeSet::from(["backfilled", "sealed_twice"]));
}

#[test]
fn leaves_come_in_any_order() {
    let mut log = TrailLog::empty("acme");
    let mut events: Vec<_> = (0..300).map(|n| log.events.nth(n)).collect();
    events.sort_by_key(|(event, _)| event.id.as_u128() as u64);
    let sealed_at = BEGIN_MS + 300 * 250;
    log.seal_at(sealed_at, events);
    Export::of(&log).proved();
}

#[test]
fn clocks_may_differ_by_a_minute_and_a_commit_may_take_one() {
    for (written_behind, sealed_behind) in [(-61, -61), (121, 121), (59, 60), (0, -299), (0, 900)] {
        let mut log = TrailLog::empty("acme");
        let (event, activity) = log.events.logged(BEGIN_MS, "A note");
        let times = SealingTimes {
            written_at: WrittenAt::of(at(BEGIN_MS + written_behind * 1_000)),
            sealed_at: at(BEGIN_MS + sealed_behind * 1_000),
        };
        log.leaves.push(Leaf::of(event, Some(&activity), times));
        log.seals.push(1);
        let report = Export::of(&log).proved();
        assert!(told(&report).is_empty(), "{}", report.text());
    }
}

#[test]
fn what_was_sealed_hours_late_or_caught_up_is_told() {
    let mut log = some_log();
    let written = log.leaves[599].event.occurred_at.as_millis() + 1_000;
    let late = (0..5).map(|n| log.events.logged(written + n, "Late")).map(|(e, a)| (e, Some(a)));
    let late = late.collect();
    log.seal_at(written + 3 * HOUR_MS, late);
    let report = Export::of(&log).proved();
    assert_eq!(report.listed.total(), 5);
    assert_eq!(told(&report), BTreeSet::from(["sealed_late"]));
    // The stream has lost them: they come from the table.
    let sealed_at = at(written + 25 * HOUR_MS);
    for n in 0..5 {
        let (event, activity) = log.events.logged(written + 100 + n, "Lost");
        let times = SealingTimes { written_at: None, sealed_at };
        log.leaves.push(Leaf::of(event, Some(&activity), times));
    }
    log.seals.push(log.size());
    assert_eq!(told(&Export::of(&log).proved()), BTreeSet::from(["backfilled", "sealed_late"]));
}

#[test]
fn events_of_the_time_before_have_no_hash_of_a_record() {
    let mut log = TrailLog::empty("acme");
    let (event, activity) = log.events.logged(BEGIN_MS, "Of before");
    let event = AuditEvent { record_hash: None, ..event };
    let times = SealingTimes { written_at: None, sealed_at: at(BEGIN_MS + 90 * 24 * HOUR_MS) };
    log.leaves.push(Leaf::of(event, Some(&activity), times));
    log.seals.push(1);
    let report = Export::of(&log).proved();
    assert_eq!(told(&report), BTreeSet::from(["activity_of_before", "backfilled"]));
}

#[test]
fn an_erased_activity_is_told_on_whichever_side_its_erasure_was_sealed() {
    for is_before in [false, true] {
        let mut log = some_log();
        let activity = erase(&mut log.leaves[599]);
        let occurred = log.leaves[599].event.occurred_at.as_millis() + 2_000;
        let mut leaf = erasure(&log, occurred, &activity);
        if is_before {
            // Another shard of the stream was faster.
            let sealed_at = log.leaves[598].times.sealed_at.max(at(occurred));
            leaf.change(&leaf.times.sealed_at.to_string(), &sealed_at.to_string());
            leaf.seal();
            log.leaves.insert(599, leaf);
        } else {
            log.leaves.push(leaf);
        }
        log.seals.pop();
        log.seals.push(601);
        let report = Export::of(&log).proved();
        assert_eq!(told(&report), BTreeSet::from(["erased"]));
    }
}

#[test]
fn activities_that_went_with_their_tenant_are_told() {
    let mut log = some_log();
    remove_activities(&mut log);
    let newest = log.leaves[599].event.occurred_at.as_millis();
    log.leaves.push(removal(&log, newest, "tenant.removed"));
    log.seals.push(601);
    let report = Export::of(&log).proved();
    assert_eq!(told(&report), BTreeSet::from(["removed_with_tenant"]));
    // It came back, and what it logs since is there.
    let later = (1_000..1_010).map(|n| log.events.nth(n)).collect();
    log.seal(later);
    let report = Export::of(&log).proved();
    assert_eq!(told(&report), BTreeSet::from(["removed_with_tenant"]));
}

#[test]
fn the_longest_texts_of_every_script_are_proved() {
    let mut log = TrailLog::empty("acme");
    let scripts = ["\u{20ac}", "\u{1f600}", "\u{5de5}", "\u{627}", "\u{1}", "\"", "\\", "\u{2028}"];
    let longest = scripts.iter().enumerate().map(|(n, text)| {
        let millis = BEGIN_MS + i64::try_from(n).unwrap();
        let (event, mut activity) = log.events.logged(millis, &format!("x{}x", text.repeat(400)));
        activity.body = BodyText::Whole(Body::parse(&text.repeat(65_536)).unwrap());
        let hash = record_hash(&activity, &event.salts, &event.credential_id).unwrap();
        (AuditEvent { record_hash: Some(hash), ..event }, Some(activity))
    });
    let longest = longest.collect();
    log.seal(longest);
    Export::of(&log).proved();
}

#[test]
fn a_key_follows_another_under_two_signatures() {
    let mut log = some_log();
    log.keys.push(SigningKey::new(2));
    let export = Export::of(&log);
    for keys in [vec![0, 1], vec![0], vec![1]] {
        let mut known = Export { keys: Vec::new(), ..Export::of(&log) };
        known.keys = keys.iter().map(|n| export.keys[*n].clone()).collect();
        known.proved();
    }
    // The older notes are the old key's alone.
    let old = some_log();
    for size in &old.seals[..5] {
        export.write(&format!("checkpoints/{size}"), old.note(*size));
    }
    export.proved();
}

#[test]
fn cosignatures_are_proved_and_those_of_nobody_known_are_passed_over() {
    let log = some_log();
    let (witness, name) = (SigningKey::new(5), "witness.example");
    let mut export = Export::of(&log);
    let cosigned = log.checkpoint(560);
    let line = witness.cosignature(name, &cosigned, 1_790_000_000);
    let unknown = SigningKey::new(6).cosignature("other.example", &cosigned, 1_790_000_000);
    export.write("checkpoints/560", log.note_of(&cosigned) + &unknown + &line);
    assert_eq!(export.proved().checked.cosignatures, 0);
    export.witnesses = vec![witness.witness(name)];
    let report = export.proved();
    assert_eq!(report.checked.cosignatures, 1);
    assert!(report.not_checked.iter().any(|text| text.contains("cosigned 560 events of 600")));
    let wrong = witness.cosignature(name, &log.checkpoint(600), 1_790_000_000);
    export.write("checkpoints/560", log.note_of(&cosigned) + &wrong);
    assert!(export.tampered().contains("note_wrong_signature"));
}

#[test]
fn an_export_without_activities_or_earlier_checkpoints_says_what_was_not_checked() {
    let mut log = some_log();
    log.has_activities = false;
    let export = Export::of(&log);
    std::fs::remove_dir_all(export.file("checkpoints")).unwrap();
    let sentences = export.proved().not_checked.join("\n");
    for part in ["no activities", "no earlier checkpoints", "--since", "--witness", "--listing"] {
        assert!(sentences.contains(part), "{part}: {sentences}");
    }
}

#[test]
fn an_activity_whose_event_waits_to_be_sealed_is_told() {
    let mut log = some_log();
    let millis = log.leaves[599].times.sealed_at.as_millis() + 5_000;
    let (event, activity) = log.events.logged(millis, "Just now");
    let times = SealingTimes { written_at: None, sealed_at: event.occurred_at };
    let (id, occurred_at) = (event.id, event.occurred_at);
    let line =
        format!(r#"{{"activity":"{}","id":"{id}","occurred_at":"{occurred_at}"}}"#, activity.id);
    let record = Leaf::of(event, Some(&activity), times).record.unwrap();
    log.unsealed.push(line);
    log.more_activities.push(record.clone());
    assert_eq!(told(&Export::of(&log).proved()), BTreeSet::from(["activity_not_sealed_yet"]));
    // It excuses no other activity. And one that can't be read has the time of its id.
    log.more_activities.push(record.replace(&activity.id.to_string(), &id.to_string()));
    Export::of(&log).tampered_by("activity_without_event");
    log.more_activities.clear();
    log.unsealed = vec![format!(r#"{{"id":"{id}","occurred_at":null}}"#)];
    Export::of(&log).proved();
}

#[test]
fn what_a_later_release_adds_is_told_or_cannot_be_told() {
    let mut log = some_log();
    log.leaves[300].change(r#""id":""#, r#""data":{"days":30},"id":""#);
    log.leaves[300].seal();
    assert_eq!(told(&Export::of(&log).proved()), BTreeSet::from(["data_not_known"]));
    let mut log = some_log();
    log.leaves[300].change(r#""v":1"#, r#""v":2"#);
    log.leaves[300].seal();
    // What follows the entry is another's: the activity has no leaf that is known.
    log.has_activities = false;
    let report = Export::of(&log).verify();
    assert_eq!(report.outcome().exit_status(), 2, "{}", report.text());
    assert_eq!(super::found(&report), BTreeSet::from(["entry_unknown"]));
}

#[test]
fn events_of_other_actions_are_proved() {
    let mut log = TrailLog::empty("acme");
    let events = Action::ALL.iter().enumerate().filter(|(_, action)| {
        // Some have times of their own, and a restore its place.
        let others = [Action::RefusalsCounted, Action::LogRestored];
        !others.contains(action) && !TOUCHED.contains(action)
    });
    let events = events.map(|(n, action)| {
        let event = log.events.event(*action, BEGIN_MS + i64::try_from(n).unwrap());
        (
            AuditEvent { status: activity_log_core::domain::audit::AuditStatus::Rejected, ..event },
            None,
        )
    });
    let events = events.collect();
    log.seal(events);
    Export::of(&log).proved();
}

const TOUCHED: [Action; 2] = [Action::TrailItemRemoved, Action::TrailItemChanged];

#[test]
fn what_the_log_tells_of_the_table_is_told_however_late() {
    let mut log = TrailLog::empty("acme");
    let touched = TOUCHED.map(|action| {
        let touched_at = at(BEGIN_MS);
        let event = log.events.event(action, BEGIN_MS + 5 * HOUR_MS);
        let id = computed_event_id(touched_at, &[action.as_str()]);
        let data = Data::default().word("item", "activity").time("first_at", touched_at);
        (AuditEvent { id, data, ..event }, None)
    });
    log.seal(touched.into());
    let export = Export::of(&log);
    assert_eq!(told(&export.proved()), BTreeSet::from(["item_touched"]));
    for leaf in &mut log.leaves {
        let first_at = at(BEGIN_MS).to_string();
        leaf.change(&first_at, &at(BEGIN_MS + 1).to_string());
        leaf.seal();
    }
    Export::of(&log).tampered_by("id_time_differs");
}
