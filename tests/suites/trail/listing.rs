//! A saved listing of the API holds just what was sealed.

use std::collections::BTreeSet;

use activity_log_core::domain::actor_names::ActorNames;
use activity_log_core::domain::audit::Action;
use activity_log_core::http::view::AuditEventView;
use activity_log_tests::trail_log::TrailLog;
use serde_json::{Value, json};

use super::{Export, some_log, told};

/// An export with a listing that somebody may have changed.
fn listed(log: &TrailLog, change: impl FnOnce(&mut Vec<Value>)) -> Export {
    let mut export = Export::of(log);
    let mut pages = log.listing();
    change(&mut pages);
    // Pages are saved one behind the other, and each may have several lines.
    let text: String = pages.iter().map(|page| format!("{page:#}\n")).collect();
    export.listing = Some(export.own("listing", text));
    export
}

fn events(page: &mut Value) -> &mut Vec<Value> {
    page["audit_events"].as_array_mut().expect("a page has events")
}

#[test]
fn a_listing_of_all_or_of_a_part_is_what_was_sealed() {
    let log = some_log();
    let report = listed(&log, |_| {}).proved();
    assert_eq!(report.checked.listed_events, 600);
    let report = listed(&log, |pages| drop(pages.drain(2..))).proved();
    assert_eq!(report.checked.listed_events, 200);
    let sentences = report.not_checked.join("\n");
    assert!(sentences.contains("400 events are from before the first event of the listing"));
    listed(&log, |pages| drop(pages.drain(..2))).proved();
    // A page that was saved twice, and names of today.
    let report = listed(&log, |pages| {
        events(&mut pages[1])[3]["actor"]["display_name"] = json!("The CRM");
        pages.push(pages[1].clone());
    });
    report.proved();
}

#[test]
fn a_listing_that_hides_an_event_is_found() {
    let log = some_log();
    let hidden = log.leaves[300].event.id.to_string();
    let export = listed(&log, |pages| {
        pages.iter_mut().for_each(|page| events(page).retain(|event| event["id"] != *hidden));
    });
    let report = export.tampered_by("listing_lacks_event");
    let finding = &report.findings.first()[0];
    assert_eq!((finding.index, finding.id.as_deref()), (Some(300), Some(hidden.as_str())));
}

#[test]
fn a_listing_in_which_any_property_differs_is_found() {
    let log = some_log();
    for (property, value) in [
        ("actor", json!({ "type": "user", "id": "other" })),
        ("authenticated_as", json!({ "type": "user", "id": "other" })),
        ("on_behalf_of", json!({ "type": "user", "id": "other" })),
        ("credential_id", json!("other")),
        ("source", json!("mcp")),
        ("tool_name", json!("log_activity")),
        ("api_route", json!("/v1/other")),
        ("command", json!("sweep")),
        ("client_address", json!("192.0.2.1")),
        ("user_agent", json!("other")),
        ("resource_type", json!("key")),
        ("resource_id", json!("other")),
        ("action", json!("activity.read")),
        ("input_hash", json!("0".repeat(64))),
        ("status", json!("denied")),
        ("error_code", json!("unauthorized")),
        ("fields", json!(["limit"])),
        ("data", json!({ "count": 1 })),
        ("request_id", json!("other")),
        ("tenant_id", json!("other")),
    ] {
        let export = listed(&log, |pages| events(&mut pages[2])[50][property] = value);
        export.tampered_by("listing_differs");
    }
    // Hour, count, names of fields, the key that follows: all are what was sealed.
    for property in ["data", "fields", "resource_id"] {
        let export = listed(&log, |pages| {
            let all = pages.iter_mut().flat_map(events);
            let mut with = all.filter(|event| event.get(property).is_some());
            drop(with.next().unwrap().as_object_mut().unwrap().remove(property));
        });
        export.tampered_by("listing_differs");
    }
}

#[test]
fn a_page_that_was_saved_twice_says_the_same_twice() {
    let log = some_log();
    let twice = |input_hash: Option<Value>| {
        listed(&log, |pages| {
            let mut again = pages[1].clone();
            let logged =
                events(&mut again).iter_mut().find(|event| event["input_hash"] != json!(null));
            let logged = logged.unwrap().as_object_mut().unwrap();
            match input_hash {
                Some(hash) => logged.insert("input_hash".to_owned(), hash),
                None => logged.remove("input_hash"),
            };
            pages.push(again);
        })
    };
    twice(Some(json!("0".repeat(64)))).tampered_by("listing_differs");
    // Meanwhile it was erased.
    twice(None).proved();
}

#[test]
fn what_is_said_to_wait_excuses_no_event_of_another_time() {
    let mut log = some_log();
    let newest = log.leaves[599].times.sealed_at.as_millis();
    let event = log.events.event(Action::ToolCalled, newest - 16 * 60 * 1_000);
    let line = |time| format!(r#"{{"id":"{}","occurred_at":"{time}"}}"#, event.id);
    let show = |log: &TrailLog| {
        let view = json!(AuditEventView::of(&event, &ActorNames::none()));
        listed(log, |pages| events(&mut pages[0]).push(view))
    };
    log.unsealed = vec![line(event.occurred_at)];
    assert!(told(&show(&log).proved()).contains("listed_not_sealed_yet"));
    log.unsealed = vec![line(log.leaves[599].times.sealed_at)];
    show(&log).tampered_by("listing_not_sealed");
}

#[test]
fn a_listing_that_shows_what_was_never_sealed_is_found() {
    let log = some_log();
    let show = |age: i64| {
        listed(&log, |pages| {
            let newest = log.leaves[599].times.sealed_at.as_millis();
            let event = log.events.event(Action::ToolCalled, newest - age);
            let view = json!(AuditEventView::of(&event, &ActorNames::none()));
            // At whichever place: the order is looked after by the times.
            events(&mut pages[0]).push(view);
        })
    };
    show(16 * 60 * 1_000).tampered_by("listing_not_sealed");
    assert_eq!(told(&show(60_000).proved()), BTreeSet::from(["listed_not_sealed_yet"]));
}

#[test]
fn a_listing_that_is_none_cannot_be_told() {
    let log = some_log();
    let mut export = Export::of(&log);
    for text in [
        "",
        "{",
        "[]",
        r#"{"audit_events":[]}"#,
        r#"{"audit_events":[{"id":"x"}]}"#,
        r#"{"activities":[]}"#,
    ] {
        export.listing = Some(export.own("listing", text));
        let report = export.verify();
        assert_eq!(report.outcome().exit_status(), 2, "{text}: {}", report.text());
    }
    let export = listed(&log, |pages| events(&mut pages[2])[50]["mood"] = json!("good"));
    assert_eq!(super::found(&export.verify()), BTreeSet::from(["listing_not_read"]));
    // Other readers of JSON may have taken the first of two.
    let mut export = listed(&log, |_| {});
    let text = std::fs::read_to_string(export.listing.as_ref().expect("a listing")).expect("it");
    let first = text.replacen("\"status\":", "\"status\": \"denied\", \"status\":", 1);
    export.listing = Some(export.own("listing", first));
    assert_eq!(super::found(&export.verify()), BTreeSet::from(["listing_not_read"]));
    let mut export = Export::of(&log);
    export.listing = Some(export.folder.path().join("missing"));
    assert_eq!(export.verify().outcome().exit_status(), 2);
}
