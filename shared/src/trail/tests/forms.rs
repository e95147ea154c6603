//! Entries, disclosures and records: their bytes are kept for good, so files pin them.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::json;
use uuid::Uuid;

use crate::domain::activity::{
    Activity, ActivityId, Body, BodyText, NamedResource, RelatedResource, RelatedResourceId,
    Source, Submitted, Summary,
};
use crate::domain::activity_type::Category;
use crate::domain::audit::{Action, AuditEvent, AuditStatus, Call, Data, EntryPoint, RecordHash};
use crate::domain::client::Client;
use crate::domain::clock::{Environment, Rounding, Timestamp};
use crate::domain::error::ErrorCode;
use crate::domain::idempotency::InputHash;
use crate::domain::principal::{Actor, Attribution, KeyId, TenantId};
use crate::domain::record_type::BuiltInRecordType;
use crate::domain::salt::Salts;
use crate::trail::TrailError;
use crate::trail::disclosure::{Disclosed, Disclosure, digest_of, disclosures};
use crate::trail::entry::{Entry, EntryError, SealingTimes, WrittenAt, sealed_event};
use crate::trail::record::{record, record_hash};

/// Random bytes that count.
struct Counting(std::sync::atomic::AtomicU8);

impl Environment for Counting {
    fn now(&self) -> Result<Timestamp, crate::domain::clock::ClockOutOfRange> {
        Ok(at("2026-09-21T14:13:20.331Z"))
    }
    fn fill_random(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text, Rounding::Down).unwrap()
}

fn salts() -> Salts {
    Salts::random(&Counting(1.into()))
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

fn activity() -> Activity {
    let time = at("2026-09-21T14:13:20.331Z");
    Activity {
        id: ActivityId(id("01a0c450-6d4b-76f0-8a5e-d2a2f1c3b4e5")),
        tenant_id: TenantId::parse("acme").unwrap(),
        category: Category::Email,
        summary: Summary::parse("Jane asked for pricing details").unwrap(),
        body: BodyText::Whole(Body::parse("40 seats, \u{20ac} 1,200\n\u{1f600}").unwrap()),
        related: vec![NamedResource {
            resource: RelatedResource {
                resource_type: BuiltInRecordType::Contact.into(),
                id: RelatedResourceId::parse("contact_9").unwrap(),
            },
            display_name: Some("Jane Doe".to_owned()),
        }],
        occurred_at: at("1970-01-01T00:00:00.000Z"),
        source: Source::Api,
        last_agent_actor_id: None,
        logged_by: Attribution::of(Actor::parse("agent:agent_7").unwrap()),
        logged_at: time,
        request_id: "req_1".to_owned(),
        submitted: Submitted::Nothing,
    }
}

fn event() -> AuditEvent {
    let activity = activity();
    let mut call = Call::of_operator(
        activity.tenant_id.clone(),
        activity.logged_by.actor.clone(),
        "",
        activity.request_id.clone(),
    );
    call.principal.credential_id = KeyId::parse("0f3a").unwrap();
    call.door.source = Source::Api;
    call.door.entry_point = EntryPoint::ApiRoute("/v1/activities".to_owned());
    call.door.client = Client::new(None, Some("crm-sync/2.1"));
    let event_id = id("01a0c450-6d4b-7951-9d9d-c9f81818e811");
    let event =
        AuditEvent::of(&call, Action::ActivityLogged, event_id, activity.logged_at, salts());
    AuditEvent {
        resource_id: Some(activity.id.to_string()),
        input_hash: Some(InputHash::of_canonical(&json!({ "type": "email" })).unwrap()),
        record_hash: Some(record_hash(&activity, &event.salts, &event.credential_id).unwrap()),
        ..event
    }
}

/// An event that has every part that one can have.
fn fullest_event() -> AuditEvent {
    let mut event = event();
    event.by.on_behalf_of = Some(Actor::parse("user:j\u{e4}ne/\"").unwrap());
    event.client.address = Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)));
    event.action = Action::KeyRotated;
    event.resource_id = Some("key-1".to_owned());
    event.entry_point = EntryPoint::Tool("log_activity".to_owned());
    event.status = AuditStatus::Rejected;
    event.error_code = Some(ErrorCode::ValidationFailed);
    event.fields = vec!["limit".to_owned(), "$".to_owned()];
    event.data = Data::default().word("replaced_by", "key-2").number("count", 15);
    event
}

fn times() -> SealingTimes {
    SealingTimes {
        written_at: WrittenAt::of(at("2026-09-21T14:13:21.999Z")),
        sealed_at: at("2026-09-21T14:13:30.000Z"),
    }
}

/// An entry and the JSON of its disclosures, a line each.
fn lines_of(event: &AuditEvent, times: SealingTimes) -> String {
    let sealed = sealed_event(event, times).unwrap();
    let mut lines = String::from_utf8(sealed.entry).unwrap();
    for disclosure in &sealed.disclosures {
        lines += &format!("\n{} {}", disclosure.digest(), disclosure.as_str());
    }
    lines
}

#[test]
fn the_bytes_of_version_1_are_those_of_the_file() {
    let not_by_the_stream = SealingTimes { written_at: None, ..times() };
    let event = event();
    let record = record(&activity(), &event.salts, &event.credential_id).unwrap();
    let typed = record_of_a_typed_activity();
    let now = [
        lines_of(&event, times()),
        lines_of(&fullest_event(), not_by_the_stream),
        String::from_utf8(record).unwrap(),
        String::from_utf8(typed).unwrap(),
    ];
    let now = now.join("\n\n") + "\n";
    assert_eq!(now, include_str!("../golden/v1.txt"));
}

fn record_of_a_typed_activity() -> Vec<u8> {
    record_of_a_visit(90)
}

fn record_of_a_visit(minutes: i64) -> Vec<u8> {
    try_record_of_a_visit(&json!(minutes)).unwrap()
}

fn try_record_of_a_visit(minutes: &serde_json::Value) -> Result<Vec<u8>, TrailError> {
    let submission = json!({
        "object": {
            "id": "6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a19", "name": "Site visit",
            "api_name": "site_visit", "association_mode": "no_objects_associated",
        },
        "completed_at": "2026-09-21T14:13:20.331Z",
        "mentions": ["6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a20"],
        "fields": [
            { "id": "6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a21", "name": "rating",
              "display_name": "Rating", "field_type": "decimal", "value": "4.50" },
            { "id": "6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a22", "name": "minutes",
              "display_name": "Minutes", "field_type": "integer", "value": minutes },
        ],
    });
    let submitted = Submitted::Whole(serde_json::from_value(submission).unwrap());
    let event = event();
    record(&Activity { submitted, ..activity() }, &event.salts, &event.credential_id)
}

#[test]
fn whole_numbers_that_a_double_does_not_tell_apart_make_records_that_differ() {
    const EXACT: i64 = (1 << 53) - 1;
    let numbers = [EXACT - 1, EXACT, EXACT + 1, EXACT + 2, EXACT + 3, i64::MAX - 1, i64::MAX];
    let numbers: Vec<i64> = numbers.iter().flat_map(|number| [*number, -number]).collect();
    let records: std::collections::BTreeSet<_> =
        numbers.iter().map(|number| record_of_a_visit(*number)).collect();
    assert_eq!(records.len(), numbers.len());
    let text = |number| String::from_utf8(record_of_a_visit(number)).unwrap();
    assert!(text(EXACT).contains(r#""value":9007199254740991}"#));
    assert!(text(-EXACT).contains(r#""value":-9007199254740991}"#));
    assert!(text(EXACT + 1).contains(r#""value":"9007199254740992"}"#));
    assert!(text(i64::MIN).contains(r#""value":"-9223372036854775808"}"#));
    // The text of one would have its record.
    let text = try_record_of_a_visit(&json!("9007199254740992"));
    assert!(matches!(text, Err(TrailError::NotWhole)));
}

#[test]
fn every_property_of_an_event_is_in_its_entry_or_its_disclosures() {
    let event = fullest_event();
    let sealed = sealed_event(&event, times()).unwrap();
    let entry = Entry::parse(&sealed.entry).unwrap();
    let digests: Vec<String> = {
        let mut digests: Vec<_> = sealed.disclosures.iter().map(Disclosure::digest).collect();
        digests.sort();
        digests
    };
    assert_eq!(entry.digests, digests);
    let disclosed = |name: &str| {
        let all = sealed.disclosures.iter().map(|text| Disclosed::parse(text.as_str()).unwrap());
        all.into_iter().find(|disclosed| disclosed.name == name).unwrap().value
    };
    let by = &event.by;
    assert_eq!(disclosed("actor"), json!({ "id": by.actor.id, "type": by.actor.actor_type }));
    assert_eq!(disclosed("authenticated_as")["credential_id"], json!(event.credential_id));
    assert_eq!(disclosed("on_behalf_of")["id"], json!("j\u{e4}ne/\""));
    assert_eq!(disclosed("client")["address"], json!("203.0.113.7"));
    assert_eq!(disclosed("client")["user_agent"], json!("crm-sync/2.1"));
    assert_eq!(disclosed("subject"), json!({ "id": "key-1", "replaced_by": "key-2" }));
    let content = disclosed("content");
    assert_eq!(content["input_hash"], json!(event.input_hash.as_ref().unwrap().as_str()));
    assert_eq!(content["record_hash"], json!(event.record_hash.unwrap().to_string()));
    // Keys and persons are in nothing else.
    let text = String::from_utf8(sealed.entry).unwrap();
    for hidden in ["key-1", "key-2", "203.0.113.7", "crm-sync", by.actor.id.as_str()] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    assert_eq!(entry.data["fields"], json!(["limit", "$"]));
    assert_eq!(entry.data["count"], json!(15));
    assert_eq!(entry.tool_name.as_deref(), Some("log_activity"));
    assert_eq!(entry.written_at.as_deref(), Some("2026-09-21T14:13:21.000Z"));
}

#[test]
fn a_disclosure_is_that_of_the_standard() {
    // The example of RFC 9901, section 4.2.1, whose form is not canonical, has a digest.
    let example = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    assert_eq!(digest_of(example), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
    assert_eq!(Disclosed::parse(example), None);
    for text in ["", "x", "W10", "e30", &format!("{example}=")] {
        assert_eq!(Disclosed::parse(text), None, "{text}");
    }
}

#[test]
fn what_has_no_salt_any_more_makes_no_leaf() {
    let mut event = event();
    event.salts.content = None;
    assert!(matches!(sealed_event(&event, times()), Err(TrailError::MissingSalt)));
    // What an event has no part of needs no salt.
    event.salts.content = salts().content;
    event.salts.subject = None;
    assert!(sealed_event(&event, times()).is_ok());
    assert_eq!(disclosures(&event).unwrap().len(), 4);
}

#[test]
fn a_record_changes_with_every_value_that_was_stored() {
    let event = event();
    let hash =
        |activity: &Activity| record_hash(activity, &event.salts, &event.credential_id).unwrap();
    let activity = activity();
    let changes: [fn(&mut Activity); 8] = [
        |activity| activity.id.0 = Uuid::nil(),
        |activity| activity.summary = serde_json::from_value(json!("Another")).unwrap(),
        |activity| activity.body = BodyText::Whole(serde_json::from_value(json!("x")).unwrap()),
        |activity| activity.related.clear(),
        |activity| activity.occurred_at = Timestamp::MAX,
        |activity| activity.logged_at = Timestamp::MIN,
        |activity| activity.request_id = "req_2".to_owned(),
        |activity| activity.logged_by.actor = Actor::parse("user:other").unwrap(),
    ];
    for (n, change) in changes.iter().enumerate() {
        let mut changed = activity.clone();
        change(&mut changed);
        assert_ne!(hash(&changed), hash(&activity), "change {n}");
    }
    let mut partial = activity;
    partial.submitted = Submitted::TypeOnly(serde_json::from_value(json!("visit")).unwrap());
    let refused = record_hash(&partial, &event.salts, &event.credential_id);
    assert!(matches!(refused, Err(TrailError::NotWhole)));
    assert_eq!(RecordHash::from_bytes(&[0; 31]), None);
}

#[test]
fn an_entry_has_one_form() {
    let sealed = sealed_event(&fullest_event(), times()).unwrap();
    let text = String::from_utf8(sealed.entry).unwrap();
    assert!(Entry::parse(text.as_bytes()).is_ok());
    for (what, changed) in [
        ("a space", text.replacen(',', ", ", 1)),
        (
            "an order",
            text.replacen(r#""status":"rejected","#, "", 1).replacen(
                r#""v":1"#,
                r#""status":"rejected","v":1"#,
                1,
            ),
        ),
        (
            "an escape",
            text.replacen("/", r"\/", 1).replacen("log_activity", r"log\u005factivity", 1),
        ),
        ("a number", text.replacen(r#""count":15"#, r#""count":15.0"#, 1)),
        ("an exponent", text.replacen(r#""count":15"#, r#""count":1.5e1"#, 1)),
        ("a name twice", text.replacen(r#""v":1"#, r#""v":1,"v":1"#, 1)),
        ("a name twice in data", text.replacen(r#""count":15"#, r#""count":15,"count":15"#, 1)),
        (
            "a null",
            text.replacen(r#""v":1"#, r#""v":1,"written":null"#, 1).replacen(
                "written\":null",
                "tool_name\":null",
                1,
            ),
        ),
        ("an end", format!("{text} ")),
        ("nothing", String::new()),
    ] {
        assert_ne!(changed, text, "{what}");
        assert_eq!(Entry::parse(changed.as_bytes()), Err(EntryError::Malformed), "{what}");
    }
    for unknown in [
        text.replacen(r#""v":1"#, r#""v":2"#, 1),
        text.replacen(r#","v":1"#, r#","v":1,"zone":"x""#, 1).replacen(
            r#","written_at":"2026-09-21T14:13:21.000Z","#,
            ",",
            1,
        ),
    ] {
        let refused = Entry::parse(unknown.as_bytes());
        assert!(matches!(refused, Err(EntryError::Unknown | EntryError::Malformed)), "{unknown}");
    }
    let unknown = text.replace(r#""v":1,"#, r#""v":1,"waived":true,"#);
    assert_eq!(Entry::parse(unknown.as_bytes()), Err(EntryError::Unknown));
    let member = text.replacen(r#""count":15"#, r#""count":15,"days":1.5"#, 1);
    assert!(Entry::parse(member.as_bytes()).is_ok(), "data is an open set");
}
