//! Keys: made over `/v1/keys` and never wider than their maker, taken within their
//! limits alone, listed with their last use, rotated and revoked.

use std::collections::BTreeSet;
use std::time::Duration;

use activity_log_core::app::credential_cache::CACHE_FOR;
use activity_log_core::app::note_use::USE_NOT_NOTED;
use activity_log_core::domain::address_range::AddressRange;
use activity_log_core::domain::credential::Grant;
use activity_log_core::domain::principal::{Actor, ActorId, Scope};
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::v1::{V1, assert_violations, note};
use activity_log_tests::client::{ABSENT_ID, Answer};
use activity_log_tests::faulty_engine::{Fault, FaultKind, When};
use activity_log_tests::gateway::{CALLER, GATEWAYS, Gateway, Sent};
use activity_log_tests::raw_table::RawTable;
use activity_log_tests::stack::Stack;
use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What a service may do that may do everything.
fn everything(actor: &str) -> Grant {
    let actor = Actor::parse(actor).expect("the actor is valid");
    Grant::plain(actor, Scope::ALL.iter().copied().collect())
}

fn users(ids: &[&str]) -> Option<BTreeSet<ActorId>> {
    Some(ids.iter().map(|id| ActorId::parse(id).expect("the id is valid")).collect())
}

fn ranges(texts: &[&str]) -> BTreeSet<AddressRange> {
    texts.iter().map(|text| AddressRange::parse(text).expect("the range is valid")).collect()
}

async fn create(v1: &V1, input: &Value) -> Answer {
    v1.call(Method::POST, "/v1/keys").json(input).send().await
}

async fn rotate(v1: &V1, key_id: &str, input: &Value) -> Answer {
    v1.call(Method::POST, &format!("/v1/keys/{key_id}/rotate")).json(input).send().await
}

async fn revoke(v1: &V1, key_id: &str) -> Answer {
    v1.call(Method::DELETE, &format!("/v1/keys/{key_id}")).send().await
}

async fn get(v1: &V1, key_id: &str) -> Answer {
    v1.get(&format!("/v1/keys/{key_id}")).await
}

fn text(value: &Value) -> String {
    value.as_str().expect("it is text").to_owned()
}

fn key_id(answer: &Answer) -> String {
    text(&answer.json()["key"]["key_id"])
}

fn bot() -> Value {
    json!({ "actor": { "type": "agent", "id": "bot" }, "scopes": ["activity:read"] })
}

/// The least input with further properties.
fn bot_with(further: Value) -> Value {
    let mut input = bot();
    let properties = input.as_object_mut().expect("an input is an object");
    properties.extend(further.as_object().expect("properties are an object").clone());
    input
}

#[tokio::test]
async fn a_key_is_made_shown_once_used_and_read() {
    let stack = Stack::start().await;
    let service = stack.service_key("acme").await;
    let v1 = stack.v1(&service);
    let input = json!({
        "actor": { "type": "agent", "id": "scout" },
        "scopes": ["activity:read", "activity:write"],
        "name": " Scout, production ",
        "expires_at": "2999-01-31T00:00:00+01:00",
        "address_ranges": ["2001:db8::/32", "127.0.0.0/8"],
        "users": ["zoë", "ann"],
    });
    let made = create(&v1, &input).await.expect(201);
    let (id, secret) = (key_id(&made), text(&made.json()["secret"]));
    assert_eq!(made.header("location"), format!("/v1/keys/{id}"));
    let mut expected = json!({
        "key_id": id,
        "name": "Scout, production",
        "actor": input["actor"],
        "scopes": ["activity:write", "activity:read"],
        "users": ["ann", "zoë"],
        "address_ranges": ["127.0.0.0/8", "2001:db8::/32"],
        "created_at": made.json()["key"]["created_at"],
        "expires_at": "2999-01-30T23:00:00.000Z",
    });
    assert_eq!(made.json()["key"], expected);
    assert!(secret.starts_with(&format!("alk_acme.{id}.")));
    let logged = stack.v1(&secret).log(&note("by the new key")).await.expect(201).json();
    assert_eq!(logged["activity"]["last_agent_actor_id"], "scout");

    let read = get(&v1, &id).await.expect(200);
    let hour = read.json()["key"]["last_used_at"].clone();
    assert!(text(&hour).ends_with(":00:00.000Z"), "{hour}");
    expected["last_used_at"] = hour;
    assert_eq!(read.json()["key"], expected);
    let listed = v1.get("/v1/keys").await.expect(200).json();
    let listed = listed["keys"].as_array().cloned().expect("there are keys");
    assert!(listed.contains(&expected), "{listed:?}");
    // Its secret is nowhere but in the answer that made it.
    let part = secret.rsplit('.').next().expect("a key has parts");
    for answer in [&read, &v1.get("/v1/keys").await, &v1.audit_events(&[]).await] {
        assert!(!String::from_utf8_lossy(&answer.body).contains(part));
    }
    let stored = RawTable::of(&stack).await.items().await;
    assert!(stored.values().all(|item| !format!("{item:?}").contains(part)));
}

#[tokio::test]
async fn every_violation_of_a_new_key_is_told_at_once() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let input = json!({
        "actor": { "type": "robot", "name": "x" },
        "scopes": ["activity:read", "activity:erase", "activity:read", 1],
        "name": "",
        "expires_at": "2020-01-01T00:00:00Z",
        "address_ranges": ["10.0.0.1/8", "192.0.2.1", "192.0.2.1/32", "home"],
        "users": ["jo", "jo", "", null],
        "color": "red",
    });
    let scopes = Scope::parse("x").expect_err("it is none");
    let no_range = "must be an address, or a range such as 192.0.2.0/24 or 2001:db8::/32";
    assert_violations(
        &create(&v1, &input).await,
        &[
            ("actor.type", "must be one of: user agent service"),
            ("actor.id", "is required"),
            ("actor.name", "is not a known property"),
            ("scopes", &format!("element 1: {scopes}")),
            ("scopes", "element 2: is there already"),
            ("scopes", "element 3: must be a string"),
            ("name", "must have 1 to 100 characters"),
            ("expires_at", "must be in the future"),
            ("address_ranges", "element 0: has bits beyond its prefix: 10.0.0.0/8 begins there"),
            ("address_ranges", "element 2: is there already"),
            ("address_ranges", &format!("element 3: {no_range}")),
            ("users", "element 1: is there already"),
            ("users", "element 2: must have 1 to 255 bytes"),
            ("users", "element 3: must be a string"),
            ("color", "is not a known property"),
        ],
    );
    let many: Vec<String> = (0..=100).map(|n| format!("u{n}")).collect();
    let addresses: Vec<String> = (0..=20).map(|n| format!("10.0.0.{n}")).collect();
    let too_many = bot_with(json!({ "users": many, "address_ranges": addresses }));
    assert_violations(
        &create(&v1, &too_many).await,
        &[
            ("users", "must have at most 100 elements"),
            ("address_ranges", "must have at most 20 elements"),
        ],
    );
    let of_user = json!({
        "actor": { "type": "user", "id": "jo" }, "scopes": [], "users": ["jo"],
    });
    assert_violations(
        &create(&v1, &of_user).await,
        &[("users", "must be left out: a user's key names nobody but its user")],
    );
    assert_violations(
        &create(&v1, &json!({})).await,
        &[("actor", "is required"), ("scopes", "is required")],
    );
}

#[tokio::test]
async fn nothing_that_a_key_makes_is_wider_than_itself() {
    let stack = Stack::start().await;
    let expires_at = stack.clock.time().plus(DAY);
    let own = Grant {
        scopes: [Scope::ActivityRead, Scope::KeysManage].into(),
        expires_at: Some(expires_at),
        address_ranges: ranges(&["127.0.0.0/8"]),
        users: users(&["ann"]),
        ..everything("service:crm")
    };
    let (_, key) = stack.grant("acme", own).await;
    let v1 = stack.v1(&key);
    let wider = json!({
        "actor": { "type": "agent", "id": "bot" },
        "scopes": ["activity:read", "audit:read"],
        "address_ranges": ["0.0.0.0/0"],
        "users": ["ann", "jo"],
    });
    let end = format!("is required, and must not be later than your own key's: {expires_at}");
    assert_violations(
        &create(&v1, &wider).await,
        &[
            ("scopes", "must be scopes of your own key, which lacks audit:read"),
            ("expires_at", &end),
            ("address_ranges", "are required, and each must lie in one of your own key's"),
            ("users", "is required, with none but users whom your own key may name"),
        ],
    );
    let of_other = json!({
        "actor": { "type": "user", "id": "jo" },
        "scopes": [],
        "expires_at": expires_at,
        "address_ranges": ["127.0.0.1"],
    });
    let rule = "must be a user whom your own key may name";
    assert_violations(&create(&v1, &of_other).await, &[("actor", rule)]);
    let narrower = json!({
        "actor": { "type": "service", "id": "other" },
        "scopes": ["keys:manage"],
        "expires_at": expires_at,
        "address_ranges": ["127.0.0.1"],
        "users": ["ann"],
    });
    let made = create(&v1, &narrower).await.expect(201);
    // What it has made is no wider either.
    let made = stack.v1(&text(&made.json()["secret"]));
    let fields = create(&made, &bot()).await.expect(422).json()["error"]["field_errors"].clone();
    let fields = fields.as_array().cloned().unwrap_or_default();
    let fields: BTreeSet<String> = fields.iter().map(|error| text(&error["field"])).collect();
    assert_eq!(
        fields,
        ["scopes", "expires_at", "address_ranges", "users"].map(str::to_owned).into()
    );
}

#[tokio::test]
async fn a_user_makes_keys_of_its_own_and_of_programs_that_may_name_it() {
    let stack = Stack::start().await;
    let jane = stack.issue_key("acme", "user:jane", Scope::ALL).await;
    let service = stack.service_key("acme").await;
    let post = |key: &str, user: Option<&str>, input: &Value| {
        let call = stack.v1(key).call(Method::POST, "/v1/keys");
        let call = match user {
            Some(user) => call.header("x-user-id", user),
            None => call,
        };
        call.json(input).send()
    };
    for (key, user) in [(&jane, None), (&jane, Some("jane")), (&service, Some("jane"))] {
        let own = json!({ "actor": { "type": "user", "id": "jane" }, "scopes": [] });
        post(key, user, &own).await.expect(201);
        let of_other = json!({ "actor": { "type": "user", "id": "bob" }, "scopes": [] });
        let rule = "must be the user that makes it, or a service or an agent";
        assert_violations(&post(key, user, &of_other).await, &[("actor", rule)]);
        post(key, user, &bot_with(json!({ "users": ["jane"] }))).await.expect(201);
        let rule = "is required, with just the user that makes the key";
        for input in [bot(), bot_with(json!({ "users": ["jane", "bob"] }))] {
            assert_violations(&post(key, user, &input).await, &[("users", rule)]);
        }
    }
}

#[tokio::test]
async fn a_key_is_refused_from_its_end_on() {
    let stack = Stack::start().await;
    let expires_at = stack.clock.time().plus(HOUR);
    let limited = Grant { expires_at: Some(expires_at), ..everything("service:crm") };
    let (_, key) = stack.grant("acme", limited).await;
    let v1 = stack.v1(&key);
    v1.get("/v1/activities").await.expect(200);
    // What is remembered ends as well.
    stack.clock.advance(HOUR);
    let refused = v1.get("/v1/activities").await.expect(401);
    let unknown = stack.v1("alk_acme.0123.x").get("/v1/activities").await.expect(401);
    assert_eq!(refused.pinned(), unknown.pinned(), "it never says which part was wrong");
    stack.logged_activity("acme", &key).read(ABSENT_ID).await.expect(401);
}

#[tokio::test]
async fn a_key_with_ranges_is_taken_from_within_them_at_every_gateway() {
    let stack = Stack::start().await;
    let limited =
        |texts: &[&str]| Grant { address_ranges: ranges(texts), ..everything("service:crm") };
    let (_, within) = stack.grant("acme", limited(&[CALLER, "10.0.0.0/8"])).await;
    let (_, outside) = stack.grant("acme", limited(&["10.0.0.0/8", "2001:db8::/32"])).await;
    let sent = |key: &str| {
        Sent::new("GET", "/v1/activities").header("authorization", &format!("Bearer {key}"))
    };
    for gateway in GATEWAYS {
        gateway.send(&stack, &sent(&within)).await.expect(200);
        let refused = gateway.send(&stack, &sent(&outside)).await.expect(401);
        assert_eq!(refused.header("www-authenticate"), "Bearer");
        // What a caller says of itself is nothing.
        let spoofed = sent(&outside).header("x-forwarded-for", "10.0.0.1");
        gateway.send(&stack, &spoofed).await.expect(401);
        let logged = Sent::new("GET", &format!("/api/activities/logged/{ABSENT_ID}"))
            .header("x-api-key", &outside)
            .header("x-business-id", "acme")
            .header("x-user-id", "jane");
        gateway.send(&stack, &logged).await.expect(401);
    }
    // An address that is not known is in no range.
    let mut event = Gateway::RestApi { stage: "prod" }.event(&sent(&within));
    event["requestContext"]["identity"]["sourceIp"] = json!("test-invoke-source-ip");
    Gateway::RestApi { stage: "prod" }.invoke(&stack, &event).await.expect(401);
}

#[tokio::test]
async fn a_key_names_only_users_of_its_list_in_every_dialect() {
    let stack = Stack::start().await;
    let limited = |actor: &str| Grant { users: users(&["ann"]), ..everything(actor) };
    let (_, service) = stack.grant("acme", limited("service:crm")).await;
    let (_, agent) = stack.grant("acme", limited("agent:bot")).await;
    for (key, user, status) in
        [(&service, "ann", 201), (&service, "jo", 401), (&agent, "ann", 201), (&agent, "jo", 401)]
    {
        let call = stack.v1(key).call(Method::POST, "/v1/activities").header("x-user-id", user);
        call.json(&note("x")).send().await.expect(status);
    }
    for (user, status) in [("ann", 404), ("jo", 401)] {
        let api = stack.logged_activity("acme", &service).as_user(user);
        api.read(ABSENT_ID).await.expect(status);
    }
    stack.v1(&service).log(&note("as itself")).await.expect(201);
}

#[tokio::test]
async fn a_retry_shows_the_same_key_without_its_secret_and_other_input_is_a_conflict() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let input = bot_with(json!({ "idempotency_key": "k" }));
    let made = create(&v1, &input).await.expect(201);
    let before = stack.keys_in_table().await;
    let with_header = v1.call(Method::POST, "/v1/keys").header("idempotency-key", "k");
    for again in [create(&v1, &input).await, with_header.json(&bot()).send().await] {
        let again = again.expect(201);
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.header("location"), made.header("location"));
        assert_eq!(again.json()["key"], made.json()["key"]);
        assert!(again.json().get("secret").is_none());
    }
    assert_eq!(stack.keys_in_table().await, before, "nothing is written");
    let mut other = input.clone();
    other["name"] = json!("other");
    assert_eq!(create(&v1, &other).await.expect(409).error_code(), "idempotency_conflict");
    // A retry after it was revoked shows that.
    revoke(&v1, &key_id(&made)).await.expect(200);
    assert!(create(&v1, &input).await.expect(201).json()["key"]["revoked_at"].is_string());
}

#[tokio::test]
async fn keys_and_activities_share_one_space_of_idempotency_keys() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    create(&v1, &bot_with(json!({ "idempotency_key": "of a key" }))).await.expect(201);
    v1.log_with_key(&note("x"), "of an activity").await.expect(201);
    v1.log_with_key(&note("x"), "of a key").await.expect(409);
    let input = bot_with(json!({ "idempotency_key": "of an activity" }));
    create(&v1, &input).await.expect(409);
    // Another principal's are its own.
    let other = stack.v1(&stack.issue_key("acme", "service:other", Scope::ALL).await);
    create(&other, &input).await.expect(201);
}

#[tokio::test]
async fn two_creations_with_one_idempotency_key_make_one_key() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let input = bot_with(json!({ "idempotency_key": "k" }));
    let answers = join_all((0..8).map(|_| create(&v1, &input))).await;
    let ids: BTreeSet<String> =
        answers.iter().map(|answer| key_id(&answer.clone().expect(201))).collect();
    assert_eq!(ids.len(), 1);
    let shown = answers.iter().filter(|answer| answer.json().get("secret").is_some()).count();
    assert_eq!(shown, 1, "one of them has made it");
    let keys = v1.get("/v1/keys").await.expect(200).json()["keys"].clone();
    assert_eq!(keys.as_array().map(Vec::len), Some(2), "it, and the one of the calls");
}

#[tokio::test]
async fn a_list_has_every_key_once_whatever_is_made_meanwhile() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    stack.service_key("acme2").await;
    let mut there = BTreeSet::new();
    for _ in 0..7 {
        there.insert(key_id(&create(&v1, &bot()).await.expect(201)));
    }
    let (mut listed, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let cursor_parameter = cursor.as_ref().map(|cursor| format!("&cursor={cursor}"));
        let path = format!("/v1/keys?limit=2{}", cursor_parameter.unwrap_or_default());
        let page = v1.get(&path).await.expect(200).json();
        let keys = page["keys"].as_array().cloned().expect("there are keys");
        assert!(keys.len() <= 2);
        listed.extend(keys.iter().map(|key| text(&key["key_id"])));
        create(&v1, &bot()).await.expect(201);
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() || listed.len() > 40 {
            break;
        }
    }
    let once: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(once.len(), listed.len(), "none is there twice");
    assert!(there.is_subset(&once), "none is left out");
    assert!(listed.is_sorted());
    let foreign = v1.get("/v1/keys?cursor=AgAA").await;
    assert_violations(&foreign, &[("cursor", "must be a next_cursor of the same search")]);
}

#[tokio::test]
async fn a_revoked_key_is_gone_within_a_minute_and_keeps_its_first_time() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let made = create(&v1, &bot_with(json!({ "scopes": ["keys:manage"] }))).await.expect(201);
    let (id, own) = (key_id(&made), stack.v1(&text(&made.json()["secret"])));
    own.get("/v1/keys").await.expect(200);
    let revoked = revoke(&v1, &id).await.expect(200).json()["key"].clone();
    assert!(revoked["revoked_at"].is_string());
    // It is remembered for a minute, and makes no key any more.
    own.get("/v1/keys").await.expect(200);
    create(&own, &json!({ "actor": { "type": "agent", "id": "b" }, "scopes": [] }))
        .await
        .expect(401);
    rotate(&own, &id, &json!({})).await.expect(401);
    let other = key_id(&create(&v1, &bot()).await.expect(201));
    revoke(&own, &other).await.expect(401);
    assert!(get(&v1, &other).await.expect(200).json()["key"]["revoked_at"].is_null());
    let refused = [("action", "key.refused"), ("credential_id", id.as_str())];
    assert_eq!(v1.every_audit_event(&refused).await.len(), 3, "each is in the trail");
    stack.clock.advance(CACHE_FOR);
    own.get("/v1/keys").await.expect(401);
    let before = stack.keys_in_table().await;
    let again = revoke(&v1, &id).await.expect(200).json()["key"].clone();
    assert_eq!(again["revoked_at"], revoked["revoked_at"]);
    assert_eq!(get(&v1, &id).await.expect(200).json()["key"], again);
    assert_eq!(stack.keys_in_table().await, before, "nothing is written");
}

#[tokio::test]
async fn a_key_and_its_successor_overlap_and_are_one_principal() {
    let stack = Stack::start().await;
    let limited = Grant {
        users: users(&["ann"]),
        address_ranges: ranges(&["127.0.0.0/8"]),
        ..everything("service:crm")
    };
    let (old, old_key) = stack.grant("acme", limited).await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let first = stack.v1(&old_key).log_with_key(&note("x"), "k").await.expect(201);
    let rotated = rotate(&v1, old.key_id.as_str(), &json!({ "overlap_seconds": 3_600 })).await;
    let rotated = rotated.expect(201);
    let (id, successor) = (key_id(&rotated), text(&rotated.json()["secret"]));
    let mut expected = get(&v1, old.key_id.as_str()).await.expect(200).json()["key"].clone();
    assert_eq!(expected["replaced_by"], id);
    for name in ["replaced_by", "expires_at", "last_used_at", "key_id", "created_at"] {
        expected.as_object_mut().expect("it is an object").remove(name);
    }
    let mut shown = rotated.json()["key"].clone();
    for name in ["key_id", "created_at"] {
        shown.as_object_mut().expect("it is an object").remove(name);
    }
    assert_eq!(shown, expected, "actor, scopes, users and ranges are those of the old one");
    // Both are taken, and share their idempotency keys.
    let replay = stack.v1(&successor).log_with_key(&note("x"), "k").await.expect(201);
    assert_eq!(replay.json()["activity"], first.json()["activity"]);
    assert_eq!(replay.header("idempotency-replayed"), "true");
    // It is remembered without its end, for a minute at most.
    stack.clock.advance(HOUR + CACHE_FOR);
    stack.v1(&old_key).log(&note("x")).await.expect(401);
    stack.v1(&successor).log(&note("x")).await.expect(201);
}

#[tokio::test]
async fn a_key_is_rotated_once_and_not_when_it_is_revoked() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let (old, _) = stack.issue("acme", "service:crm", &[]).await;
    let id = old.key_id.as_str();
    let input = json!({ "idempotency_key": "k", "overlap_seconds": 0 });
    let answers = join_all((0..4).map(|_| rotate(&v1, id, &input))).await;
    let successors: BTreeSet<String> =
        answers.iter().map(|answer| key_id(&answer.clone().expect(201))).collect();
    assert_eq!(successors.len(), 1, "one idempotency key makes one successor");
    let successor = successors.first().expect("there is one").clone();
    let again = rotate(&v1, id, &json!({})).await;
    let rule = format!("was rotated already, and replaced by {successor}");
    assert_violations(&again, &[("key_id", &rule)]);
    let mut conflict = input.clone();
    conflict["overlap_seconds"] = json!(1);
    rotate(&v1, id, &conflict).await.expect(409);
    // The same key and input for another key is another input.
    rotate(&v1, &successor, &input).await.expect(409);
    revoke(&v1, &successor).await.expect(200);
    let refused = rotate(&v1, &successor, &json!({})).await;
    assert_violations(&refused, &[("key_id", "is revoked, and can't be rotated")]);
    // Of two who rotate at once, with nothing in common, one does.
    let (old, _) = stack.issue("acme", "service:crm", &[]).await;
    let nothing = json!({});
    let both = join_all((0..2).map(|_| rotate(&v1, old.key_id.as_str(), &nothing))).await;
    let mut statuses: Vec<u16> = both.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
    assert_violations(
        &rotate(&v1, id, &json!({ "overlap_seconds": 2_592_001, "x": 1 })).await,
        &[
            ("overlap_seconds", "must be a whole number from 0 to 2592000"),
            ("x", "is not a known property"),
        ],
    );
}

#[tokio::test]
async fn a_successor_lives_as_long_again_and_a_key_rotates_itself_within_its_end() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let end = stack.clock.time().plus(10 * DAY);
    let limited = Grant {
        scopes: [Scope::KeysManage].into(),
        expires_at: Some(end),
        ..everything("user:jo")
    };
    let (old, _) = stack.grant("acme", limited.clone()).await;
    let (own, own_key) = stack.grant("acme", limited.clone()).await;
    stack.clock.advance(4 * DAY);
    let rotated = rotate(&v1, old.key_id.as_str(), &json!({})).await.expect(201).json();
    let shown = text(&rotated["key"]["expires_at"]);
    let (created, shown) = (text(&rotated["key"]["created_at"]), shown);
    let millis = |text: &str| {
        use activity_log_core::domain::clock::{Rounding, Timestamp};
        Timestamp::parse(text, Rounding::Down).expect("it is a time").as_millis()
    };
    let lifetime = end.as_millis() - old.created_at.as_millis();
    assert_eq!(millis(&shown) - millis(&created), lifetime);
    // The old one ends after a day, and not at its own end.
    let ended = get(&v1, old.key_id.as_str()).await.expect(200).json()["key"]["expires_at"].clone();
    assert_eq!(millis(&text(&ended)) - millis(&created), 24 * 60 * 60 * 1_000);

    let own_v1 = stack.v1(&own_key);
    let id = own.key_id.as_str();
    let later = json!({ "expires_at": end.plus(HOUR) });
    let rule = format!("must not be later than your own key's: {end}");
    assert_violations(&rotate(&own_v1, id, &later).await, &[("expires_at", &rule)]);
    let rotated = rotate(&own_v1, id, &json!({})).await.expect(201).json();
    assert_eq!(rotated["key"]["expires_at"], json!(end), "it does not outlive itself");
    // Another user's is none of its business.
    let (other, _) = stack.grant("acme", everything("user:ann")).await;
    let refused = rotate(&own_v1, other.key_id.as_str(), &json!({})).await.expect(422).json();
    let fields = refused["error"]["field_errors"].as_array().cloned().unwrap_or_default();
    let fields: Vec<String> = fields.iter().map(|error| text(&error["field"])).collect();
    assert_eq!(fields, ["scopes", "actor"]);
}

#[tokio::test]
async fn a_last_use_is_noted_once_an_hour_and_beside_the_request() {
    let (stack, engine) = Stack::start_faulty().await;
    let manager = stack.v1(&stack.service_key("acme").await);
    let (credential, key) = stack.issue("acme", "service:crm", Scope::ALL).await;
    let id = credential.key_id.as_str();
    assert!(get(&manager, id).await.expect(200).json()["key"].get("last_used_at").is_none());
    let noted = || {
        let calls = engine.calls();
        engine.reset_calls();
        calls.iter().filter(|call| call.request.to_string().contains("#USED#")).count()
    };
    noted();
    let v1 = stack.v1(&key);
    v1.get("/v1/activities").await.expect(200);
    assert_eq!(noted(), 1);
    v1.get("/v1/activities").await.expect(200);
    v1.log(&json!({})).await.expect(422);
    assert_eq!(noted(), 0, "once an hour");
    let first = text(&get(&manager, id).await.expect(200).json()["key"]["last_used_at"]);
    stack.clock.advance(HOUR);
    noted();
    // A refused request of an authenticated caller is a use, too.
    v1.log(&json!({})).await.expect(422);
    assert_eq!(noted(), 1);
    let second = text(&get(&manager, id).await.expect(200).json()["key"]["last_used_at"]);
    assert!(first < second, "{first} {second}");
    // A wrong secret is none.
    let (_, unused) = stack.issue("acme", "service:crm", Scope::ALL).await;
    noted();
    stack.v1(&format!("{unused}x")).get("/v1/activities").await.expect(401);
    assert_eq!(noted(), 0);
}

#[tokio::test]
async fn a_use_that_can_not_be_noted_changes_no_answer_and_is_logged() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key("acme").await;
    let of_use = |input: &Value| input.to_string().contains("#USED#");
    engine.inject(Fault::on("PutItem", When::Always, FaultKind::ServerError).only_if(of_use));
    let (log, _guard) = CapturedLog::start();
    // On this thread, for its log.
    let sent = Sent::new("GET", "/v1/activities").header("authorization", &format!("Bearer {key}"));
    Gateway::FunctionUrl.send(&stack, &sent).await.expect(200);
    let lines = log.fields_with(USE_NOT_NOTED);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0]["request_id"].is_string());
    assert!(!lines[0].to_string().contains(key.rsplit('.').next().expect("a key has parts")));
    Gateway::FunctionUrl.send(&stack, &sent).await.expect(200);
    assert_eq!(log.lines_with(USE_NOT_NOTED).len(), 1, "once an hour");
}

#[tokio::test]
async fn what_is_done_with_keys_is_in_the_trail_in_the_same_transaction() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let made = create(&v1, &bot()).await.expect(201);
    let id = key_id(&made);
    let rotated = rotate(&v1, &id, &json!({})).await.expect(201);
    revoke(&v1, &id).await.expect(200);
    revoke(&v1, &id).await.expect(200);
    let event = |answer: &Answer| {
        let request_id = answer.header("x-request-id").to_owned();
        let v1 = &v1;
        async move {
            let page = v1.audit_events(&[("request_id", &request_id)]).await.expect(200).json();
            page["audit_events"].as_array().cloned().expect("there are events")
        }
    };
    for (answer, action) in [(&made, "key.created"), (&rotated, "key.rotated")] {
        let events = event(answer).await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(events[0]["action"], action);
        assert_eq!(events[0]["resource_id"], id);
        assert_eq!(events[0]["resource_type"], "key");
        assert_eq!(events[0]["status"], "succeeded");
        assert!(events[0]["input_hash"].is_string());
    }
    let successor = key_id(&rotated);
    assert_eq!(event(&rotated).await[0]["data"]["replaced_by"], successor);
    let trail = v1.audit_events(&[("resource_id", &id)]).await.expect(200).json();
    let trail = trail["audit_events"].as_array().cloned().expect("there are events");
    let actions: Vec<&str> =
        trail.iter().map(|event| event["action"].as_str().unwrap_or_default()).collect();
    assert_eq!(actions, ["key.revoked", "key.rotated", "key.created"], "one revocation");
    // Refusals leave theirs.
    let refused = create(&v1, &bot_with(json!({ "name": "" }))).await.expect(422);
    let events = event(&refused).await;
    assert_eq!(
        (&events[0]["action"], &events[0]["status"]),
        (&json!("key.created"), &json!("rejected"))
    );
    assert_eq!(events[0]["fields"], json!(["name"]));
    let reader = stack.v1(&stack.issue_key("acme", "service:reader", &[Scope::ActivityRead]).await);
    let denied = revoke(&reader, &id).await.expect(403);
    let events = event(&denied).await;
    assert_eq!(
        (&events[0]["action"], &events[0]["status"]),
        (&json!("key.revoked"), &json!("denied"))
    );
    let absent = rotate(&v1, ABSENT_ID, &json!({})).await.expect(404);
    assert_eq!(event(&absent).await[0]["resource_id"], ABSENT_ID);
}

#[tokio::test]
async fn a_lost_answer_of_a_creation_makes_one_key() {
    let (stack, engine) = Stack::start_faulty().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    engine.inject(Fault::on("TransactWriteItems", When::Nth(1), FaultKind::LoseAnswer));
    let made = create(&v1, &bot()).await.expect(201);
    assert!(made.json()["secret"].is_string(), "the second attempt is the first one");
    let keys = v1.get("/v1/keys").await.expect(200).json()["keys"].clone();
    assert_eq!(keys.as_array().map(Vec::len), Some(2));
    let events = v1.audit_events(&[("action", "key.created")]).await.expect(200).json();
    assert_eq!(events["audit_events"].as_array().map(Vec::len), Some(1));
}
