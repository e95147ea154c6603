//! How often a request waits for the table, one call after the other, with a
//! credential that the process knows. Calls side by side are one round trip.

use std::time::Duration;

use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::domain::principal::{Scope, TenantId};
use activity_log_tests::client::{ABSENT_ID, Answer};
use activity_log_tests::engine::Engine;
use activity_log_tests::history::{COMMON, RARE, RARE_COUNT};
use activity_log_tests::measured::{MeasuredStack, TENANT};
use activity_log_tests::sealing::{TestSigner, ids_of_trail, seal_all};
use serde_json::{Value, json};

async fn start() -> MeasuredStack {
    let measured = MeasuredStack::start(Engine::start().await).await;
    measured.stack.put_resource(TENANT, "contact", "con_123", Some("Jane Doe")).await;
    measured
}

async fn log(measured: &MeasuredStack, input: &Value) -> (Answer, usize) {
    let (answer, round_trips) = measured.round_trips(measured.v1.log(input)).await;
    (answer.expect(201), round_trips)
}

#[tokio::test]
async fn a_get_is_one_round_trip_and_a_long_body_another() {
    let measured = start().await;
    for (body, expected) in
        [(None, 1), (Some("short".to_owned()), 1), (Some("long ".repeat(900)), 2)]
    {
        let mut input = json!({ "type": "note", "summary": "a summary" });
        input
            .as_object_mut()
            .expect("it is an object")
            .extend(body.map(|b| ("body".to_owned(), json!(b))));
        let logged = measured.v1.log(&input).await.expect(201);
        let path = logged.header("location").to_owned();
        let (read, round_trips) = measured.round_trips(measured.v1.get(&path)).await;
        assert_eq!(read.expect(200).json()["activity"]["body"], input["body"]);
        assert_eq!(round_trips, expected);
    }
    let absent = "/v1/activities/01890a5d-ac96-774b-bcce-b302099a8057";
    let (read, round_trips) = measured.round_trips(measured.v1.get(absent)).await;
    assert_eq!((read.status.as_u16(), round_trips), (404, 1));
}

#[tokio::test]
async fn a_log_is_two_round_trips_and_one_more_for_what_it_has_to_look_up() {
    let measured = start().await;
    let long: Vec<String> = (0..6_000).map(|n| format!("word{n}")).collect();
    let plain = json!({ "type": "note", "summary": "a summary", "body": long.join(" ") });
    let key = json!({ "idempotency_key": "key" });
    let related = json!({ "related_resource_type": "contact", "related_resource_id": "con_123" });
    let both = json!({
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
        "idempotency_key": "another key",
    });
    for (more, expected) in [(json!({}), 2), (key, 3), (related, 3), (both, 3)] {
        let mut input = plain.clone();
        let more = more.as_object().expect("it is an object").clone();
        input.as_object_mut().expect("it is an object").extend(more);
        let (_, round_trips) = log(&measured, &input).await;
        assert_eq!(round_trips, expected, "{:?}", input.as_object().map(|object| object.keys()));
    }
}

#[tokio::test]
async fn a_replay_is_two_round_trips_and_a_conflict_reads_once() {
    let measured = start().await;
    let mut input = json!({ "type": "note", "summary": "once", "idempotency_key": "key" });
    drop(measured.v1.log(&input).await.expect(201));
    let (replay, round_trips) = log(&measured, &input).await;
    assert_eq!(replay.header("idempotency-replayed"), "true");
    assert_eq!(round_trips, 2);
    // The read, and the audit event of the refusal: its count, what it is found by, itself.
    input["summary"] = json!("twice");
    let conflict = measured.v1.log(&input);
    let (conflict, round_trips) = measured.round_trips(conflict).await;
    assert_eq!((conflict.status.as_u16(), round_trips), (409, 4));
}

#[tokio::test]
async fn a_refusal_is_three_round_trips_and_one_beyond_ten_a_minute() {
    let measured = start().await;
    let key = measured.stack.issue_key(TENANT, "user:jo", &[Scope::ActivityRead]).await;
    let reader = measured.stack.v1(&key);
    let input = json!({ "type": "note", "summary": "refused" });
    measured.stack.clock.advance_to_a_minute();
    drop(reader.read(ABSENT_ID).await.expect(404));
    for n in 1..=12 {
        let (refused, round_trips) = measured.round_trips(reader.log(&input)).await;
        drop(refused.expect(403));
        // Its count, what it is found by, and its event. What is to be closed is looked for beside.
        assert_eq!(round_trips, if n <= 10 { 3 } else { 1 }, "the {n}th");
    }
    // The call that closes: the credential again, the activity, what is to be closed, and
    // the transaction.
    measured.stack.clock.advance(Duration::from_secs(91));
    for expected in [4, 1] {
        let (absent, round_trips) = measured.round_trips(reader.read(ABSENT_ID)).await;
        drop(absent.expect(404));
        assert_eq!(round_trips, expected);
    }
}

#[tokio::test]
async fn the_first_use_of_a_key_in_an_hour_is_noted_beside_the_request() {
    let measured = start().await;
    // The credential is read again, and the note is beside the read of the activity.
    for (advance, expected) in [(true, 2), (false, 1)] {
        if advance {
            measured.stack.clock.advance_to_an_hour();
        }
        let (absent, round_trips) = measured.round_trips(measured.v1.read(ABSENT_ID)).await;
        drop(absent.expect(404));
        assert_eq!(round_trips, expected);
    }
}

#[tokio::test]
async fn a_search_is_three_round_trips_and_a_list_of_all_is_two() {
    let measured = start().await;
    for n in 0..30 {
        let input = json!({
            "type": "email",
            "summary": format!("number {n}"),
            "related_resource_type": "contact",
            "related_resource_id": "con_123",
        });
        drop(measured.v1.log(&input).await.expect(201));
    }
    let searches: [&[(&str, &str)]; 11] = [
        &[],
        &[("type", "email")],
        &[("source", "api")],
        &[("actor_id", "suite")],
        &[("actor_id", "service:suite"), ("source", "api"), ("type", "email")],
        &[("actor_id", "suite"), ("actor_type", "service"), ("query", "number")],
        &[("actor_id", "suite"), ("source", "api"), ("query", "number 7"), ("limit", "100")],
        &[("related_resource_type", "contact"), ("related_resource_id", "con_123")],
        &[("query", "number")],
        &[("query", "number 7"), ("type", "email")],
        &[("query", "number"), ("limit", "100")],
    ];
    for parameters in searches {
        let search = measured.v1.search(parameters);
        let (page, round_trips) = measured.round_trips(search).await;
        let rows = page.expect(200).json()["activities"].as_array().map(Vec::len);
        assert!(rows > Some(0), "{parameters:?} finds nothing");
        // The list of all, or the tail and then the manifest; and the rows.
        let expected = if parameters.is_empty() { 2 } else { 3 };
        assert_eq!(round_trips, expected, "{parameters:?}");
    }
    let nothing = measured.v1.search(&[("query", "absent")]);
    let (page, round_trips) = measured.round_trips(nothing).await;
    assert_eq!(page.expect(200).json()["activities"], json!([]));
    assert_eq!(round_trips, 2, "there are no rows to read");
}

#[tokio::test]
async fn a_phrase_search_reads_as_many_long_bodies_at_a_time_as_it_can_surely_pay() {
    let measured = start().await;
    for n in 0..15 {
        let filler: Vec<String> =
            (0..3_000_u64).map(|word| format!("{:x}", word * 0x9e37_79b9)).collect();
        let filler = filler.join(" ");
        let input = json!({
            "type": "note",
            "summary": format!("number {n}"),
            "body": format!("{filler} a signed copy"),
        });
        drop(measured.v1.log(&input).await.expect(201));
    }
    // The tail, the manifest, rows, and rounds of bodies: three at first, and fewer as the
    // budget is spent.
    let search = measured.v1.search(&[("query", "\"signed copy\"")]);
    let (page, round_trips) = measured.round_trips(search).await;
    assert_eq!(page.expect(200).json()["activities"].as_array().map(Vec::len), Some(15));
    assert_eq!(round_trips, 10);
}

#[tokio::test]
async fn a_filtered_audit_listing_is_three_round_trips() {
    let measured = start().await;
    for n in 0..3 {
        let input = json!({ "type": "note", "summary": format!("number {n}") });
        drop(measured.v1.log(&input).await.expect(201));
    }
    let logged = ("action", "activity.logged");
    // The first read of an hour leaves an event.
    let only_logged = [logged];
    let listing = measured.v1.audit_events(&only_logged);
    let (page, round_trips) = measured.round_trips(listing).await;
    drop(page.expect(200));
    assert_eq!(round_trips, 4);
    let two = [logged, ("actor_id", "suite")];
    for parameters in
        [&only_logged[..], &two, &[logged, ("source", "api"), ("actor_type", "service")]]
    {
        let listing = measured.v1.audit_events(parameters);
        let (page, round_trips) = measured.round_trips(listing).await;
        assert_eq!(page.expect(200).json()["audit_events"].as_array().map(Vec::len), Some(3));
        assert_eq!(round_trips, 3, "{parameters:?}");
    }
}

/// The round trips of a search of a process that knows the manifest alone, and again when it
/// knows what it read.
async fn cold_and_warm(measured: &MeasuredStack, parameters: &[(&str, &str)], rows: usize) {
    let mut round_trips = Vec::new();
    for _ in 0..2 {
        let search = measured.v1.search(parameters);
        let (page, trips) = measured.round_trips(search).await;
        let found = page.expect(200).json()["activities"].as_array().map(Vec::len);
        assert_eq!(found, Some(rows), "{parameters:?}");
        round_trips.push(trips);
    }
    assert!(round_trips[0] <= 5 && round_trips[1] <= 3, "{parameters:?}: {round_trips:?}");
}

#[tokio::test]
async fn a_rare_word_and_a_common_one_are_few_round_trips_in_a_long_history() {
    let measured = MeasuredStack::with_history(10_000).await;
    let query = format!("{RARE} {COMMON}");
    cold_and_warm(&measured, &[("query", query.as_str())], RARE_COUNT / 2).await;
}

#[tokio::test]
async fn names_are_one_round_trip_of_a_read_where_there_are_any_and_none_of_a_write() {
    let measured = start().await;
    let input = json!({ "type": "note", "summary": "a summary", "idempotency_key": "key" });
    // The first one of an hour is noted in the trail.
    drop(measured.v1.audit_events(&[]).await.expect(200));
    for (more, has_names) in [(0, false), (1, true)] {
        if has_names {
            measured.stack.name_actor(TENANT, "service:suite", "The suite").await;
        }
        let (replay_or_first, log_round_trips) = log(&measured, &input).await;
        assert_eq!(log_round_trips, if has_names { 2 } else { 3 });
        let path = replay_or_first.header("location").to_owned();
        let (read, get) = measured.round_trips(measured.v1.get(&path)).await;
        let (page, search) = measured.round_trips(measured.v1.search(&[])).await;
        let (trail, audit) = measured.round_trips(measured.v1.audit_events(&[])).await;
        assert_eq!((get, search, audit), (1 + more, 2 + more, 2 + more));
        let (read, page, trail) = (read.json(), page.json(), trail.json());
        for actor in [
            &replay_or_first.json()["activity"]["actor"],
            &read["activity"]["actor"],
            &page["activities"][0]["actor"],
            &trail["audit_events"][0]["actor"],
        ] {
            assert_eq!(actor.get("display_name").is_some(), has_names);
        }
        let nothing = measured.v1.search(&[("query", "absent")]);
        assert_eq!(measured.round_trips(nothing).await.1, 2, "there is nobody to name");
    }
}

#[tokio::test]
async fn a_rare_actor_and_a_common_filter_are_few_round_trips_in_a_long_history() {
    let measured = MeasuredStack::with_history(10_000).await;
    let key = measured.stack.issue_key(TENANT, "agent:rare", Scope::ALL).await;
    let rare = measured.stack.v1(&key);
    // All over the history, which is a minute an activity and ends here.
    let newest = measured.v1.search(&[("limit", "1")]).await.expect(200).json();
    let newest = newest["activities"][0]["occurred_at"].as_str().expect("it is text").to_owned();
    let newest = Timestamp::parse(&newest, Rounding::Down).expect("it is a time");
    for n in 0..12 {
        let occurred_at = newest.minus(Duration::from_secs(60 * 800 * n + 30));
        let input = json!({
            "type": "email",
            "summary": format!("{COMMON} {n}"),
            "occurred_at": occurred_at.to_string(),
        });
        drop(rare.log(&input).await.expect(201));
    }
    let searches: [&[(&str, &str)]; 6] = [
        &[("actor_id", "agent:rare")],
        &[("actor_id", "rare")],
        &[("actor_id", "rare"), ("query", COMMON)],
        &[("actor_id", "agent:rare"), ("source", "api"), ("type", "email")],
        &[("actor_id", "rare"), ("source", "api")],
        &[("actor_id", "rare"), ("type", "email"), ("query", COMMON)],
    ];
    for parameters in searches {
        cold_and_warm(&measured, parameters, 12).await;
        let page = measured.search(parameters).await;
        assert!(page.read_units <= 60.0, "{parameters:?}: {} units", page.read_units);
    }
}

/// A log of a seal a minute, read by a process that knows its caller.
#[tokio::test]
async fn a_read_of_the_log_is_few_round_trips_however_long_it_is() {
    let measured = start().await;
    let sealer = TestSigner::sealer(1);
    let tenant = TenantId::parse(TENANT).expect("it is valid");
    let mut round_trips_of_proofs = Vec::new();
    for seals in [20, 60] {
        for n in 0..seals {
            let input = json!({ "type": "note", "summary": format!("number {n}") });
            drop(measured.v1.log(&input).await.expect(201));
            seal_all(&measured.stack, TENANT, &sealer).await;
            measured.stack.clock.advance(Duration::from_secs(60));
        }
        let ids = ids_of_trail(&measured.stack, &tenant).await;
        // Another credential is read, and its reads of this hour told of, before.
        let proof = |at: usize| format!("/v1/audit-events/{}/proof", ids[at]);
        let paths = ["/v1/audit-log/checkpoint", "/v1/audit-log/checkpoints"];
        let tiles = ["/v1/audit-log/tile/0/000.p/20", "/v1/audit-log/tile/entries/000.p/20"];
        for path in paths.iter().chain(&tiles).copied().chain([proof(0).as_str()]) {
            drop(measured.v1.get(path).await.expect(200));
        }
        // The notes, and what witnesses have signed of them.
        for path in paths {
            let (_, round_trips) = measured.round_trips(measured.v1.get(path)).await;
            assert_eq!(round_trips, 2, "{path}");
        }
        // The size, the first seal and those behind it; and the events.
        for (path, expected) in tiles.iter().zip([3, 4]) {
            let (_, round_trips) = measured.round_trips(measured.v1.get(path)).await;
            assert_eq!(round_trips, expected, "{path}");
        }
        let mut most = 0;
        for at in [0, ids.len() / 3, ids.len() / 2, ids.len() - 1] {
            let (answer, round_trips) = measured.round_trips(measured.v1.get(&proof(at))).await;
            assert_eq!(answer.expect(200).json()["sealed"], true);
            most = most.max(round_trips);
        }
        round_trips_of_proofs.push(most);
    }
    assert!(round_trips_of_proofs.iter().all(|most| *most <= 12), "{round_trips_of_proofs:?}");
}
