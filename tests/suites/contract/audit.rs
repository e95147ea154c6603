//! `GET /v1/audit-events`: the control trail, its filters, its order.

use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_tests::client::logged_activity::notes;
use activity_log_tests::client::v1::{
    AUDIT_EVENTS, V1, assert_violations, id_of, next_cursor, note, note_with, rows,
};
use activity_log_tests::stack::Stack;
use serde_json::json;

#[tokio::test]
async fn an_event_has_every_field_of_the_contract() {
    let stack = Stack::start().await;
    let (credential, key) = stack.issue("acme", "agent:bot", Scope::ALL).await;
    let v1 = stack.v1(&key);
    let input = json!({
        "type": "note",
        "summary": "Renewal",
        "occurred_at": "2026-03-01T09:00:00Z",
        "idempotency_key": "k",
    });
    let logged = v1.log(&input).await.expect(201).json();
    let page = v1.audit_events(&[]).await.expect(200);
    let mut body = page.json();
    assert_eq!(body["request_id"], page.header("x-request-id"));
    let mut event = body["audit_events"][0].take();
    let id = event["id"].take();
    let id = uuid::Uuid::try_parse(id.as_str().expect("it is text")).expect("it is a UUID");
    assert_eq!(id.get_version_num(), 7);
    assert_eq!(
        event,
        json!({
            "id": null,
            "tenant_id": "acme",
            "actor": {"type": "agent", "id": "bot"},
            "credential_id": credential.key_id.as_str(),
            "source": "api",
            "api_route": "/v1/activities",
            "client_address": "127.0.0.1",
            "resource_type": "activity",
            "resource_id": logged["activity"]["id"],
            "action": "activity.logged",
            // SHA-256 of {"occurred_at":"2026-03-01T09:00:00Z","summary":"Renewal","type":"note"}
            "input_hash": "318acf52ce97765c81701f415c3df8e74a520b1356b1e6e9239a53cf25ddda3c",
            "status": "succeeded",
            "request_id": logged["request_id"],
            "occurred_at": logged["activity"]["logged_at"],
        })
    );
}

#[tokio::test]
async fn an_event_names_whom_the_credential_stands_for_where_that_is_not_the_actor() {
    let stack = Stack::start().await;
    let service = stack.issue_key("acme", "service:crm", Scope::ALL).await;
    let jane = stack.issue_key("acme", "user:jane", Scope::ALL).await;
    let crm = json!({ "type": "service", "id": "crm" });
    let user = json!({ "type": "user", "id": "jane" });
    let v1 = stack.v1(&service);
    for (key, input, status, authenticated_as) in [
        (&service, notes("x"), 201, Some(&crm)),
        (&service, json!({}), 400, Some(&crm)),
        (&jane, notes("x"), 201, None),
        (&jane, json!({}), 400, None),
    ] {
        let answer = stack.logged_activity("acme", key).log("call", &input).await;
        let request_id = answer.expect(status).header("x-request-id").to_owned();
        let page = v1.audit_events(&[("request_id", &request_id)]).await.expect(200).json();
        let event = &page["audit_events"][0];
        assert_eq!(event["actor"], user);
        assert_eq!(event.get("authenticated_as"), authenticated_as, "{event}");
    }
    let own = v1.log(&note("x")).await.expect(201).header("x-request-id").to_owned();
    let page = v1.audit_events(&[("request_id", &own)]).await.expect(200).json();
    assert_eq!(page["audit_events"][0]["actor"], crm);
    assert_eq!(page["audit_events"][0].get("authenticated_as"), None);
}

/// One event of each status, and the ids of their requests, newest first.
async fn three_events(stack: &Stack) -> (V1, [String; 3]) {
    let v1 = stack.v1(&stack.service_key("acme").await);
    let reader = stack.v1(&stack.issue_key("acme", "user:jo", &[Scope::ActivityRead]).await);
    let mut request_ids = Vec::new();
    for (caller, input) in [(&v1, note("x")), (&reader, note("x")), (&v1, json!({}))] {
        let answer = caller.log(&input).await;
        request_ids.insert(0, answer.header("x-request-id").to_owned());
        stack.clock.advance(Duration::from_millis(10));
    }
    let request_ids = request_ids.try_into().expect("there are three");
    (v1, request_ids)
}

#[tokio::test]
async fn newest_first_and_without_a_filter_everything() {
    let stack = Stack::start().await;
    let (v1, request_ids) = three_events(&stack).await;
    let page = v1.audit_events(&[]).await.expect(200);
    assert_eq!(rows(&page, "audit_events", "request_id"), request_ids);
    assert_eq!(rows(&page, "audit_events", "status"), ["rejected", "denied", "succeeded"]);
    assert!(next_cursor(&page).is_none());
}

#[tokio::test]
async fn each_filter_and_all_together_restrict() {
    let stack = Stack::start().await;
    let (v1, [rejected, denied, succeeded]) = three_events(&stack).await;
    let logged = ("action", "activity.logged");
    let page = v1.audit_events(&[logged]).await.expect(200);
    let times = rows(&page, "audit_events", "occurred_at");
    let credential = rows(&page, "audit_events", "credential_id").remove(0);
    let found = v1.search(&[]).await.expect(200);
    let activity = rows(&found, "activities", "id").remove(0);
    let upper = activity.to_uppercase();
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a String]);
    let cases: &[Case<'_>] = &[
        (&[("status", "rejected")], &[&rejected]),
        (&[("status", "denied")], &[&denied]),
        (&[("status", "succeeded")], &[&succeeded]),
        (&[("actor_id", "suite")], &[&rejected, &succeeded]),
        (&[("actor_id", "jo")], &[&denied]),
        (&[("actor_id", "nobody")], &[]),
        (&[("resource_id", &activity)], &[&succeeded]),
        (&[("resource_id", &upper)], &[&succeeded]),
        (&[("request_id", &denied)], &[&denied]),
        (&[("request_id", "req_0")], &[]),
        (&[("occurred_after", &times[1])], &[&rejected, &denied]),
        (&[("occurred_before", &times[1])], &[&succeeded]),
        (&[("occurred_after", &times[1]), ("occurred_before", &times[0])], &[&denied]),
        (&[("status", "rejected"), ("actor_id", "jo")], &[]),
        (&[("actor_type", "service")], &[&rejected, &succeeded]),
        (&[("actor_type", "agent")], &[]),
        (&[("actor_type", "user"), ("actor_id", "jo")], &[&denied]),
        (&[("actor_type", "service"), ("actor_id", "user:jo")], &[]),
        (&[("resource_type", "activity")], &[&rejected, &denied, &succeeded]),
        (&[("resource_type", "key")], &[]),
        (&[("credential_id", &credential)], &[&rejected, &succeeded]),
        (&[("credential_id", "0")], &[]),
        (&[("source", "api")], &[&rejected, &denied, &succeeded]),
        (&[("source", "mcp")], &[]),
        (&[("source", "api"), ("actor_type", "user")], &[&denied]),
        (
            &[
                ("status", "succeeded"),
                ("actor_id", "suite"),
                ("resource_id", &activity),
                ("request_id", &succeeded),
                ("actor_type", "service"),
                ("resource_type", "activity"),
                ("credential_id", &credential),
                ("source", "api"),
                ("occurred_after", &times[2]),
                ("occurred_before", &times[1]),
            ],
            &[&succeeded],
        ),
    ];
    for (filters, expected) in cases {
        // Without the event that tells of these very reads.
        let filters = &[filters, &[logged][..]].concat();
        let page = v1.audit_events(filters).await.expect(200);
        let found = rows(&page, "audit_events", "request_id");
        assert_eq!(found.iter().collect::<Vec<_>>(), *expected, "{filters:?}");
    }
}

/// One event of each of these actors, and what the trail has of an actor.
async fn events_of(actors: &[&str]) -> (Stack, V1) {
    let stack = Stack::start().await;
    for actor in actors {
        let key = stack.issue_key("acme", actor, &[Scope::ActivityWrite]).await;
        stack.v1(&key).log(&note("x")).await.expect(201);
        stack.clock.advance(Duration::from_millis(10));
    }
    let auditor = stack.issue_key("acme", "user:auditor", &[Scope::AuditRead]).await;
    let v1 = stack.v1(&auditor);
    (stack, v1)
}

#[tokio::test]
async fn an_actor_is_named_by_its_id_or_as_its_key_was_made() {
    let actors = ["user:t", "service:t", "agent:t", "user:service:t", "user:robot:1"];
    let (_stack, v1) = events_of(&actors).await;
    for (actor_id, expected) in [
        ("t", &["agent:t", "service:t", "user:t"][..]),
        ("service:t", &["user:service:t", "service:t"]),
        ("user:t", &["user:t"]),
        ("agent:t", &["agent:t"]),
        // An id that looks like an actor is found by itself, and in full alone.
        ("user:service:t", &["user:service:t"]),
        ("agent:service:t", &[]),
        // No type of actors: an id with a colon.
        ("robot:1", &["user:robot:1"]),
        ("user:robot:1", &["user:robot:1"]),
        ("service:", &[]),
        ("service:nobody", &[]),
    ] {
        let page = v1.audit_events(&[("actor_id", actor_id)]).await.expect(200).json();
        let found = page["audit_events"].as_array().expect("a list").iter().map(|event| {
            let part = |name: &str| event["actor"][name].as_str().expect("text").to_owned();
            format!("{}:{}", part("type"), part("id"))
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{actor_id}");
    }
}

#[tokio::test]
async fn pages_of_an_actor_who_shares_its_id_have_every_event_once() {
    let actors: Vec<&str> =
        (0..24).map(|n| if n % 8 == 0 { "service:t" } else { "user:t" }).collect();
    let (stack, v1) = events_of(&actors).await;
    for (actor_id, count) in [("service:t", 3), ("user:t", 21), ("t", 24)] {
        let all = v1.every_audit_event(&[("actor_id", actor_id), ("limit", "2")]).await;
        assert_eq!(all.len(), count, "{actor_id}");
        let ids: std::collections::BTreeSet<_> =
            all.iter().map(|event| event["id"].to_string()).collect();
        assert_eq!(ids.len(), count, "{actor_id}");
    }
    let page = v1.audit_events(&[("actor_id", "service:t"), ("limit", "2")]).await.expect(200);
    assert_eq!(rows(&page, "audit_events", "id").len(), 2, "{page:?}");
    let page = v1.audit_events(&[("actor_id", "service:t")]).await.expect(200);
    assert_eq!(rows(&page, "audit_events", "id").len(), 3);
    assert!(next_cursor(&page).is_none());
    drop(stack);
}

#[tokio::test]
async fn an_activity_logged_late_is_new_in_the_trail_and_old_in_the_search() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let on_time = id_of(&v1.log(&note("on time")).await.expect(201));
    stack.clock.advance(Duration::from_secs(1));
    let late = note_with(json!({"occurred_at": "2001-01-01T00:00:00Z"}));
    let late = id_of(&v1.log(&late).await.expect(201));
    let trail = v1.audit_events(&[]).await.expect(200);
    assert_eq!(rows(&trail, "audit_events", "resource_id"), [late.as_str(), &on_time]);
    let search = v1.search(&[]).await.expect(200);
    assert_eq!(rows(&search, "activities", "id"), [on_time.as_str(), &late]);
}

#[tokio::test]
async fn pages_hold_every_event_once_while_others_write() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for n in 0..9 {
        let input = if n % 3 == 0 { json!({}) } else { note("x") };
        v1.log(&input).await;
    }
    // Not the event that tells of these reads.
    drop(v1.audit_events(&[]).await.expect(200));
    for filters in [&[][..], &[("actor_id", "suite")], &[("status", "succeeded")]] {
        let whole = v1.audit_events(filters).await.expect(200);
        let there = rows(&whole, "audit_events", "id");
        let mut seen = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut parameters = filters.to_vec();
            parameters.push(("limit", "2"));
            parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let page = v1.audit_events(&parameters).await.expect(200);
            seen.extend(rows(&page, "audit_events", "id"));
            cursor = next_cursor(&page);
            if cursor.is_none() {
                break;
            }
            stack.clock.advance(Duration::from_millis(5));
            v1.log(&note("meanwhile")).await.expect(201);
        }
        assert_eq!(seen, there, "{filters:?}");
    }
}

#[tokio::test]
async fn every_violation_of_its_parameters_is_listed() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let long = "x".repeat(256);
    let parameters = [
        ("resource_id", ""),
        ("actor_id", long.as_str()),
        ("status", "failed"),
        ("request_id", ""),
        ("occurred_after", "yesterday"),
        ("limit", "101"),
        ("query", "x"),
        ("type", "note"),
        ("status", "denied"),
    ];
    assert_violations(
        &v1.audit_events(&parameters[..8]).await,
        &[
            ("resource_id", "must have 1 to 255 bytes"),
            ("actor_id", "must have 1 to 255 bytes"),
            ("status", "must be one of: succeeded denied rejected"),
            ("request_id", "must have 1 to 255 bytes"),
            ("occurred_after", "must be an RFC 3339 date-time with an offset, from 1970 on"),
            ("limit", "must be a whole number from 1 to 100"),
            ("query", "is not a known parameter"),
            ("type", "is not a known parameter"),
        ],
    );
    let twice = [("status", "denied"), ("status", "denied")];
    let answer = v1.audit_events(&twice).await;
    assert_violations(&answer, &[("status", "is given more than once")]);
    let same = "2026-03-01T09:00:00Z";
    let bounds = [("occurred_after", same), ("occurred_before", same)];
    let answer = v1.audit_events(&bounds).await;
    assert_violations(&answer, &[("occurred_before", "must be later than occurred_after")]);
}

#[tokio::test]
async fn a_cursor_is_bound_to_the_filters_of_the_trail() {
    let stack = Stack::start().await;
    let (v1, _) = three_events(&stack).await;
    let page = v1.audit_events(&[("limit", "1"), ("actor_id", "suite")]).await;
    let cursor = next_cursor(&page.expect(200)).expect("there is another page");
    let own = [("cursor", cursor.as_str()), ("actor_id", "suite")];
    v1.audit_events(&own).await.expect(200);
    for filters in [
        &[][..],
        &[("actor_id", "jo")],
        &[("actor_id", "suite"), ("status", "rejected")],
        &[("request_id", "suite")],
    ] {
        let mut parameters = filters.to_vec();
        parameters.push(("cursor", &cursor));
        let answer = v1.audit_events(&parameters).await;
        assert_violations(&answer, &[("cursor", "must be a next_cursor of the same search")]);
    }
}

#[tokio::test]
async fn reads_of_the_trail_are_one_event_an_hour_of_a_credential_and_a_route() {
    let stack = Stack::start().await;
    let (v1, _) = three_events(&stack).await;
    let auditor = stack.v1(&stack.issue_key("acme", "user:auditor", &[Scope::AuditRead]).await);
    let reads = || async { v1.every_row(AUDIT_EVENTS, &[("action", "audit_event.read")]).await };
    stack.clock.advance_to_an_hour();
    let hour = stack.clock.time();
    for _ in 0..5 {
        drop(v1.audit_events(&[]).await.expect(200));
        stack.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(reads().await.len(), 1);
    drop(auditor.audit_events(&[("limit", "1")]).await.expect(200));
    let of_hour = reads().await;
    assert_eq!(of_hour.len(), 2, "{of_hour:?}");
    for event in &of_hour {
        assert_eq!(event["resource_type"], "audit_event");
        assert_eq!(event["api_route"], "/v1/audit-events");
        assert_eq!(event["status"], "succeeded");
        assert_eq!(event["data"], json!({ "hour": hour }));
    }
    stack.clock.advance(Duration::from_secs(60 * 60));
    drop(v1.audit_events(&[]).await.expect(200));
    assert_eq!(reads().await.len(), 3);
    // Another process knows nothing of it, and the event is there once.
    let other = Stack::start_beside(&stack).await;
    drop(other.v1(v1.key()).audit_events(&[]).await.expect(200));
    assert_eq!(reads().await.len(), 3);
    // What is wrong with a read is nobody's deed.
    let before = stack.keys_in_table().await;
    v1.audit_events(&[("status", "none")]).await.expect(422);
    assert_eq!(stack.keys_in_table().await, before);
}
