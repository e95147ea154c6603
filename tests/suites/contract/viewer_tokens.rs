//! Viewer tokens: who may make one, what is seen with it, and where it is refused; and
//! `GET /v1/me`, which tells of any credential.

use std::collections::BTreeSet;
use std::time::Duration;

use activity_log_core::app::credential_cache::CACHE_FOR;
use activity_log_core::domain::address_range::AddressRange;
use activity_log_core::domain::credential::Grant;
use activity_log_core::domain::principal::{Actor, ActorId, Scope};
use activity_log_core::http::routes::{Dialect, Operation, ROUTES, dialect_of};
use activity_log_tests::client::v1::{V1, assert_violations, id_of, key_id_of, note, summaries};
use activity_log_tests::client::{ABSENT_ID, Answer};
use activity_log_tests::gateway::{Gateway, Sent};
use activity_log_tests::history::{COMMON, Past, SHORT_SUMMARY_CHARS, UNCOMMON, past};
use activity_log_tests::measured::MeasuredStack;
use activity_log_tests::stack::Stack;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const TENANT: &str = "acme";
const PATH: &str = "/v1/viewer-tokens";

async fn make(v1: &V1, input: &Value) -> Answer {
    v1.call(Method::POST, PATH).json(input).send().await
}

/// A viewer who is shown what filters match.
async fn viewer(stack: &Stack, key: &str, user: &str, filters: Value) -> V1 {
    let input = json!({ "user_id": user, "filters": filters });
    let made = make(&stack.v1(key), &input).await.expect(201).json();
    stack.v1(made["viewer_token"].as_str().expect("there is a token"))
}

fn portal(actor: &str) -> Grant {
    Grant::plain(Actor::parse(actor).expect("it is an actor"), [Scope::ActivityRead].into())
}

/// A history in which each filter tells two halves apart.
async fn history(stack: &Stack) -> Vec<(String, Value)> {
    let service = stack.v1(&stack.service_key(TENANT).await);
    let agent = stack.v1(&stack.issue_key(TENANT, "agent:scout", Scope::ALL).await);
    let mcp = stack.mcp(agent.key());
    for id in ["con_1", "con_2"] {
        stack.put_resource(TENANT, "contact", id, None).await;
    }
    let mut logged = Vec::new();
    for n in 0..24_u32 {
        let mut input = json!({
            "type": if n % 2 == 0 { "call" } else { "email" },
            "summary": format!("number {n}"),
            "body": "pricing ".repeat(if n == 7 { 1_000 } else { 1 }),
            "occurred_at": format!("2026-03-{:02}T00:00:00Z", n + 1),
        });
        if n % 3 != 0 {
            input["related_resource_type"] = "contact".into();
            input["related_resource_id"] = format!("con_{}", n % 3).into();
        }
        let answer = match n % 4 {
            0 => mcp.call_tool("log_activity", &input).await.json()["result"]["structuredContent"]
                .clone(),
            1 => agent.log(&input).await.expect(201).json(),
            _ => service.log(&input).await.expect(201).json(),
        };
        let activity = answer["activity"].clone();
        logged.push((activity["id"].as_str().expect("it has an id").to_owned(), activity));
    }
    logged
}

/// What a filter means, said once more.
fn matches(activity: &Value, filters: &Value) -> bool {
    let is = |name: &str, value: &Value| filters.get(name).is_none_or(|wanted| wanted == value);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let actor = &activity["actor"];
    let in_full = format!("{}:{}", text(&actor["type"]), text(&actor["id"]));
    is("type", &activity["type"])
        && filters["types"].as_array().is_none_or(|types| types.contains(&activity["type"]))
        && is("source", &activity["source"])
        && is("related_resource_type", &activity["related_resource_type"])
        && is("related_resource_id", &activity["related_resource_id"])
        && is("actor_type", &actor["type"])
        && filters.get("actor_id").is_none_or(|id| *id == actor["id"] || *id == in_full.as_str())
        && filters.get("occurred_after").is_none_or(|at| text(at) <= text(&activity["occurred_at"]))
        && filters.get("occurred_before").is_none_or(|at| text(&activity["occurred_at"]) < text(at))
}

fn some_filters() -> Vec<Value> {
    let related = json!({ "related_resource_type": "contact", "related_resource_id": "con_1" });
    vec![
        json!({}),
        json!({ "type": "call" }),
        json!({ "types": ["call", "email", "call"] }),
        json!({ "source": "mcp" }),
        json!({ "actor_id": "scout" }),
        json!({ "actor_id": "agent:scout", "actor_type": "agent" }),
        related.clone(),
        json!({ "occurred_after": "2026-03-05T00:00:00.000Z" }),
        json!({ "occurred_before": "2026-03-09T00:00:00.000Z" }),
        json!({
            "type": "email",
            "actor_id": "scout",
            "source": "api",
            "related_resource_type": "contact",
            "related_resource_id": "con_1",
            "occurred_after": "2026-03-02T00:00:00.000Z",
            "occurred_before": "2026-03-20T00:00:00.000Z",
        }),
        json!({ "actor_id": "nobody" }),
    ]
}

/// A viewer's search is that of a key among what the viewer is bound to, and what it finds
/// is just what can be read: for each pair of bounds and filters.
#[tokio::test]
async fn a_viewer_finds_and_reads_what_it_is_bound_to_and_nothing_else() {
    let stack = Stack::start().await;
    let logged = history(&stack).await;
    let key = stack.service_key(TENANT).await;
    for bounds in some_filters() {
        let viewer = viewer(&stack, &key, "ann", bounds.clone()).await;
        for (id, activity) in &logged {
            let answer = viewer.read(id).await;
            if matches(activity, &bounds) {
                assert_eq!(answer.expect(200).json()["activity"]["id"], *id);
            } else {
                let absent = viewer.read(ABSENT_ID).await.expect(404);
                assert_eq!(
                    answer.expect(404).body_without_request_id(),
                    absent.body_without_request_id()
                );
            }
        }
        for asked in some_filters() {
            let mut parameters: Vec<(&str, &str)> = asked
                .as_object()
                .expect("it is an object")
                .iter()
                .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
                .collect();
            // What is a list in an object is a repeated parameter.
            let types = asked["types"].as_array().into_iter().flatten();
            parameters.extend(types.filter_map(|one| Some(("type", one.as_str()?))));
            parameters.extend([("limit", "4"), ("query", "price")]);
            let found = viewer.every_activity(&parameters).await;
            let found: Vec<&str> = found.iter().filter_map(|row| row["id"].as_str()).collect();
            let mut expected: Vec<&str> = logged
                .iter()
                .filter(|(_, one)| matches(one, &bounds) && matches(one, &asked))
                .map(|(id, _)| id.as_str())
                .collect();
            expected.reverse();
            assert_eq!(found, expected, "{bounds} {asked}");
        }
    }
}

#[tokio::test]
async fn a_cursor_is_of_the_viewer_that_it_was_made_for() {
    let stack = Stack::start().await;
    let _ = history(&stack).await;
    let key = stack.service_key(TENANT).await;
    let all = stack.v1(&key);
    let calls = viewer(&stack, &key, "ann", json!({ "type": "call" })).await;
    let emails = viewer(&stack, &key, "ann", json!({ "type": "email" })).await;
    let unbound = viewer(&stack, &key, "ann", json!({})).await;
    let page = [("limit", "3")];
    let callers = [&all, &calls, &emails, &unbound];
    for made_for in callers {
        let cursor = made_for.search(&page).await.expect(200).json()["next_cursor"].clone();
        let cursor = cursor.as_str().expect("there is more");
        for used_by in callers {
            let answer = used_by.search(&[("limit", "3"), ("cursor", cursor)]).await;
            let is_its_own = std::ptr::eq(made_for, used_by);
            assert_eq!(answer.status, if is_its_own { 200 } else { 422 });
        }
    }
    // What a viewer may not see is asked for in vain, and costs no search.
    let asked = calls.search(&[("type", "email")]).await.expect(200);
    assert_eq!(summaries(&asked), Vec::<String>::new());
    assert!(asked.json().get("next_cursor").is_none());
}

#[tokio::test]
async fn what_a_viewer_is_bound_to_is_a_filter_beside_which_a_query_may_only_exclude() {
    let stack = Stack::start().await;
    let key = stack.service_key(TENANT).await;
    let logged = history(&stack).await;
    for filters in [
        json!({ "type": "call" }),
        json!({ "occurred_after": "2026-03-05T00:00:00Z" }),
        json!({ "related_resource_type": "contact", "related_resource_id": "con_1" }),
    ] {
        let viewer = viewer(&stack, &key, "jane", filters.clone()).await;
        let mut expected: Vec<&str> = logged
            .iter()
            .filter(|(_, activity)| matches(activity, &filters))
            .map(|(_, activity)| activity["summary"].as_str().expect("it has a summary"))
            .filter(|summary| *summary != "number 4")
            .collect();
        expected.reverse();
        let page = viewer.search(&[("query", "-\"number 4\""), ("limit", "100")]).await;
        assert_eq!(summaries(&page.expect(200)), expected, "{filters}");
    }
    let bound_to_nothing = viewer(&stack, &key, "jane", json!({})).await;
    let refused = bound_to_nothing.search(&[("query", "-pricing")]).await.expect(422).json();
    assert_eq!(refused["error"]["field_errors"][0]["field"], "query");
}

/// What a word is filed under by others costs a viewer nothing, pauses no page, and is
/// named by no cursor.
#[tokio::test]
async fn a_viewers_search_tells_nothing_of_what_it_may_not_see() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key(TENANT).await;
    let ours = stack.v1(&stack.issue_key(TENANT, "user:ann", Scope::ALL).await);
    let theirs = stack.v1(&stack.issue_key(TENANT, "user:bob", Scope::ALL).await);
    for n in 0..70 {
        let mut input = note(if n % 7 == 0 { "renewal" } else { "figures" });
        input["occurred_at"] = format!("2026-03-01T00:{n:02}:00Z").into();
        if n < 60 {
            drop(ours.log(&input).await.expect(201));
        }
        input["summary"] = "bankruptcy".into();
        input["occurred_at"] = format!("2026-03-01T01:{:02}:30Z", n % 60).into();
        drop(theirs.log(&input).await.expect(201));
    }
    let viewer = viewer(&stack, &key, "ann", json!({ "actor_id": "user:ann" })).await;
    viewer.search(&[]).await.expect(200);
    let mut costs = Vec::new();
    for word in ["bankruptcy", "nobodyhasthis"] {
        engine.reset_calls();
        let page = viewer.search(&[("query", word)]).await.expect(200).json();
        assert_eq!((&page["activities"], page.get("next_cursor")), (&json!([]), None), "{word}");
        costs.push(engine.calls().len());
    }
    assert_eq!(costs[0], costs[1]);
    let both = [("query", "renewal"), ("limit", "4")];
    let page = viewer.search(&both).await.expect(200).json();
    let cursor = page["next_cursor"].as_str().expect("there are nine");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).expect("it is base 64");
    for row in page["activities"].as_array().expect("there are some") {
        let id = row["id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
        let id = id.expect("it is an id").into_bytes();
        let is_named = bytes.windows(id.len()).any(|part| part == id);
        assert!(!is_named, "not even what is seen is named");
    }
    assert_eq!(viewer.every_activity(&both).await.len(), 9);
}

/// The same of segments in which lists are long, and of beginnings.
#[tokio::test]
async fn a_viewers_search_of_a_long_history_tells_nothing_of_others_words() {
    const COUNT: usize = 10_000;
    let measured = MeasuredStack::with_history(COUNT).await;
    // Only meetings have the word.
    let bounds = json!({ "type": "call" });
    let viewer = viewer(&measured.stack, &measured.key, "ann", bounds).await;
    viewer.search(&[]).await.expect(200);
    let mut costs = Vec::new();
    for word in [UNCOMMON, "nobodyhasthis", "escal*", "nobodyh*"] {
        let parameters = [("query", word), ("type", "call")];
        let (page, trips) = measured.measure_with_round_trips(viewer.search(&parameters)).await;
        let answer = page.answer.expect(200).json();
        assert_eq!(answer["activities"], json!([]), "{word}");
        assert!(answer["next_cursor"].is_string(), "there are more than a page reads");
        assert!(page.read_units <= 400.0 && trips <= 24, "{} {trips}", page.read_units);
        costs.push((page.read_units as u64, page.calls.len(), trips));
    }
    // What is at hand of the first one is so for all of them.
    assert!(costs[1..].iter().all(|cost| *cost == costs[1]), "{costs:?}");
    let found = viewer.every_activity(&[("query", COMMON), ("limit", "100")]).await;
    let has_word = |past: &Past| past.summary.split(' ').any(|word| word == COMMON);
    let calls = past(COUNT, SHORT_SUMMARY_CHARS).filter(|past| past.category == "call");
    assert_eq!(found.len(), calls.filter(has_word).count());
}

/// Every route and every tool but the three, with a token that is bound to nothing.
#[tokio::test]
async fn every_other_route_and_tool_refuses_a_viewer() {
    let stack = Stack::start().await;
    let key = stack.service_key(TENANT).await;
    let id = id_of(&stack.v1(&key).log(&note("x")).await.expect(201));
    let viewer = viewer(&stack, &key, "ann", json!({})).await;
    let before: BTreeSet<_> = stack.keys_in_table().await.into_iter().collect();
    let shown = [Operation::SearchActivity, Operation::GetActivity, Operation::GetMe];
    let mut refused = 0;
    for route in ROUTES.iter().filter(|route| !route.is_open()) {
        let path = route.template.replace("{id}", &id).replace("{key_id}", key_id_of(&key));
        let path = path.replace("{activity_identifier}", "call");
        let call = viewer.call(route.method.clone(), &path).json(&json!({ "user_id": "ann" }));
        let answer = call.send().await;
        if shown.contains(&route.operation) {
            answer.expect(200);
            continue;
        }
        let answer = answer.expect(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        refused += 1;
        if dialect_of(route.template) == Dialect::LoggedActivity {
            let api = stack.logged_activity(TENANT, viewer.key()).as_user("ann");
            api.call(route.method.clone(), &path).json(&json!({})).send().await.expect(401);
        }
    }
    let closed = ROUTES.iter().filter(|route| !route.is_open()).count();
    assert_eq!(refused, closed - shown.len());
    let mcp = stack.mcp(viewer.key());
    for tool in ["log_activity", "search_activity", "get_logged_activity"] {
        let answer =
            mcp.call_tool(tool, &json!({ "id": id, "type": "note", "summary": "x" })).await;
        assert_eq!(answer.status, 401, "{tool}");
    }
    let later: BTreeSet<_> = stack.keys_in_table().await.into_iter().collect();
    assert!(before.is_subset(&later));
    assert!(later.difference(&before).all(|(pk, _)| pk.contains("USED")), "nothing was written");
}

#[tokio::test]
async fn what_is_no_token_of_a_key_that_holds_is_refused_with_the_same_bytes() {
    let stack = Stack::start().await;
    let key = stack.service_key(TENANT).await;
    let other = stack.service_key("other").await;
    let id = id_of(&stack.v1(&key).log(&note("ours")).await.expect(201));
    let token_of = async |key: &str| viewer(&stack, key, "ann", json!({})).await.key().to_owned();
    let (token, foreign) = (token_of(&key).await, token_of(&other).await);
    let parts = |token: &str| -> [String; 4] {
        let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        parts.try_into().expect("a token has four parts")
    };
    let [tenant, key_id, claims, signature] = parts(&token);
    let [other_tenant, other_key_id, other_claims, other_signature] = parts(&foreign);
    let wider = |change: &dyn Fn(&mut Value)| {
        let read = URL_SAFE_NO_PAD.decode(&claims).expect("it is base 64");
        let mut read: Value = serde_json::from_slice(&read).expect("it is JSON");
        change(&mut read);
        URL_SAFE_NO_PAD.encode(read.to_string())
    };
    let later = wider(&|claims| claims["expires_at"] = "2999-01-01T00:00:00.000Z".into());
    let scoped = wider(&|claims| claims["scopes"] = json!(["audit:read"]));
    let as_jo = wider(&|claims| claims["user_id"] = "jo".into());
    let mut refusals = Vec::new();
    for forged in [
        format!("{tenant}.{key_id}.{later}.{signature}"),
        format!("{tenant}.{key_id}.{scoped}.{signature}"),
        format!("{tenant}.{key_id}.{as_jo}.{signature}"),
        format!("{tenant}.{key_id}.{claims}.{other_signature}"),
        format!("{tenant}.{other_key_id}.{claims}.{signature}"),
        format!("{other_tenant}.{key_id}.{claims}.{signature}"),
        format!("{tenant}.{key_id}.{other_claims}.{other_signature}"),
        format!("{other_tenant}.{other_key_id}.{claims}.{signature}"),
        format!("{tenant}.0123456789abcdef.{claims}.{signature}"),
        format!("{tenant}.{key_id}.{claims}."),
        format!("{tenant}.{key_id}.{claims}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{tenant}.{key_id}.{claims}"),
        format!("{token}.x"),
        token.replace("alv_", "alk_"),
        token.to_uppercase(),
        // Signed with what the table has: the public half is no seed.
        key.replace("alk_", "alv_"),
    ] {
        for path in [format!("/v1/activities/{id}"), "/v1/activities".into(), "/v1/me".into()] {
            refusals.push(stack.v1(&forged).get(&path).await.expect(401).pinned());
        }
    }
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "a refusal never says what was wrong");
    // Each sees its own tenant alone.
    stack.v1(&token).read(&id).await.expect(200);
    stack.v1(&foreign).read(&id).await.expect(404);
    assert!(summaries(&stack.v1(&foreign).search(&[]).await.expect(200)).is_empty());
}

#[tokio::test]
async fn a_token_ends_by_its_time_and_with_its_key() {
    let stack = Stack::start().await;
    let key = stack.service_key(TENANT).await;
    let v1 = stack.v1(&key);
    let made = make(&v1, &json!({ "user_id": "ann", "expires_in_seconds": 60 })).await;
    let made = made.expect(201).json();
    let viewer = stack.v1(made["viewer_token"].as_str().expect("it is text"));
    assert_eq!(viewer.get("/v1/me").await.expect(200).json()["expires_at"], made["expires_at"]);
    stack.clock.advance(Duration::from_secs(30));
    viewer.search(&[]).await.expect(200);
    stack.clock.advance(Duration::from_secs(30));
    let late = viewer.search(&[]).await.expect(401);
    let as_jo = viewer.call(Method::GET, "/v1/activities").header("x-user-id", "jo");
    let as_jo = as_jo.send().await.expect(401);
    // Whoever has a token is a stranger, who must not fill the trail of the key.
    for refused in [late, as_jo] {
        let of_request = [("request_id", refused.header("x-request-id"))];
        assert_eq!(v1.every_audit_event(&of_request).await, [] as [Value; 0]);
    }

    let keys = stack.v1(&stack.issue_key(TENANT, "user:boss", Scope::ALL).await);
    let viewer = self::viewer(&stack, &key, "ann", json!({})).await;
    viewer.get("/v1/me").await.expect(200);
    let path = format!("/v1/keys/{}", key_id_of(&key));
    keys.call(Method::DELETE, &path).send().await.expect(200);
    stack.clock.advance(CACHE_FOR);
    viewer.get("/v1/me").await.expect(401);
    viewer.search(&[]).await.expect(401);
    make(&v1, &json!({ "user_id": "ann" })).await.expect(401);
}

#[tokio::test]
async fn a_revoked_key_makes_no_token_even_where_it_is_remembered() {
    let stack = Stack::start().await;
    let key = stack.service_key(TENANT).await;
    let v1 = stack.v1(&key);
    v1.get("/v1/me").await.expect(200);
    let keys = stack.v1(&stack.issue_key(TENANT, "user:boss", Scope::ALL).await);
    let path = format!("/v1/keys/{}", key_id_of(&key));
    keys.call(Method::DELETE, &path).send().await.expect(200);
    v1.get("/v1/me").await.expect(200);
    make(&v1, &json!({ "user_id": "ann" })).await.expect(401);
}

#[tokio::test]
async fn a_token_is_never_wider_than_its_key() {
    let stack = Stack::start().await;
    let ends_at = stack.clock.time().plus(Duration::from_secs(30));
    let grant = Grant {
        expires_at: Some(ends_at),
        address_ranges: [AddressRange::parse("127.0.0.0/8").expect("it is a range")].into(),
        users: Some([ActorId::parse("ann").expect("it is an id")].into()),
        ..portal("service:portal")
    };
    let (_, key) = stack.grant(TENANT, grant).await;
    let v1 = stack.v1(&key);
    let made = make(&v1, &json!({ "user_id": "ann" })).await.expect(201).json();
    assert_eq!(made["expires_at"], ends_at.to_string());
    let refused = make(&v1, &json!({ "user_id": "jo" })).await;
    assert_violations(&refused, &[("user_id", "must be a user whom your own key may name")]);
    let viewer = stack.v1(made["viewer_token"].as_str().expect("it is text"));
    viewer.search(&[]).await.expect(200);
    for (user, status) in [("ann", 200), ("jo", 401), ("", 401)] {
        let call = viewer.call(Method::GET, "/v1/activities").header("x-user-id", user);
        assert_eq!(call.send().await.status, status, "{user}");
    }
    stack.clock.advance(Duration::from_secs(30));
    viewer.search(&[]).await.expect(401);

    // Made where the key is taken, and taken there alone.
    let elsewhere = Grant {
        address_ranges: [AddressRange::parse("192.0.2.0/24").expect("it is a range")].into(),
        ..portal("service:portal")
    };
    let (_, secret) = stack.grant(TENANT, elsewhere).await;
    let there = Gateway::HttpApi { stage: "$default" };
    let bearer = |key: &str| ("authorization", format!("Bearer {key}"));
    let post = Sent { headers: vec![bearer(&secret)], ..Sent::new("POST", PATH) };
    let made = there.send(&stack, &post.json(&json!({ "user_id": "ann" }))).await.expect(201);
    let made = made.json();
    let token = made["viewer_token"].as_str().expect("it is text");
    let get = Sent { headers: vec![bearer(token)], ..Sent::new("GET", "/v1/activities") };
    there.send(&stack, &get).await.expect(200);
    stack.v1(token).search(&[]).await.expect(401);
}

#[tokio::test]
async fn only_a_services_key_makes_tokens() {
    let stack = Stack::start().await;
    for actor in ["user:ann", "agent:bot"] {
        let v1 = stack.v1(&stack.issue_key(TENANT, actor, Scope::ALL).await);
        assert_violations(
            &make(&v1, &json!({ "user_id": "ann" })).await,
            &[("user_id", "can only be named with a service's key")],
        );
    }
    // A service that acts for a user makes them as well; the trail has both.
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    let call = v1.call(Method::POST, PATH).header("x-user-id", "boss");
    let made = call.json(&json!({ "user_id": "ann" })).send().await.expect(201);
    let events = v1.every_audit_event(&[("request_id", made.header("x-request-id"))]).await;
    assert_eq!(events[0]["resource_id"], "user:ann");
    assert_eq!(events[0]["actor"], json!({ "type": "user", "id": "boss" }));
    assert_eq!(events[0]["data"], json!({ "expires_at": made.json()["expires_at"] }));
    assert!(!events[0].to_string().contains("alv_"));
}

#[tokio::test]
async fn every_violation_of_a_token_is_told_at_once() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    let input = json!({
        "user_id": "",
        "expires_in_seconds": 3_601,
        "scopes": ["audit:read"],
        "filters": {
            "type": "letter",
            "query": "price",
            "actor_type": "user",
            "related_resource_id": "con_1",
            "occurred_after": "2026-03-02T00:00:00Z",
            "occurred_before": "2026-03-01T00:00:00Z",
        },
    });
    let answer = make(&v1, &input).await.expect(422).json();
    let fields: BTreeSet<&str> = answer["error"]["field_errors"]
        .as_array()
        .expect("there are some")
        .iter()
        .filter_map(|error| error["field"].as_str())
        .collect();
    let expected = [
        "user_id",
        "expires_in_seconds",
        "scopes",
        "filters.type",
        "filters.query",
        "filters.actor_type",
        "filters.related_resource_type",
        "filters.occurred_before",
    ];
    assert_eq!(fields, expected.into());
    for (input, field) in [
        (json!({}), "user_id"),
        (json!({ "user_id": "ann", "filters": null }), "filters"),
        (json!({ "user_id": "ann", "filters": [] }), "filters"),
        (json!({ "user_id": "ann", "expires_in_seconds": 0 }), "expires_in_seconds"),
        (
            json!({ "user_id": "a", "filters": { "actor_id": "user:a", "actor_type": "agent" } }),
            "filters.actor_type",
        ),
    ] {
        let answer = make(&v1, &input).await.expect(422).json();
        assert_eq!(answer["error"]["field_errors"][0]["field"], field, "{input}");
    }
}

#[tokio::test]
async fn a_token_is_checked_with_the_read_of_its_key_alone() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key(TENANT).await;
    let viewer = viewer(&stack, &key, "ann", json!({})).await;
    let mut calls = Vec::new();
    for caller in [&stack.v1(&key), &viewer] {
        // Nothing is remembered, and the use of the key is noted already.
        stack.clock.advance(CACHE_FOR);
        engine.reset_calls();
        caller.search(&[]).await.expect(200);
        calls.push(engine.calls().len());
        engine.reset_calls();
        caller.search(&[]).await.expect(200);
        calls.push(engine.calls().len());
    }
    assert_eq!(calls[..2], calls[2..]);
}

#[tokio::test]
async fn anybody_who_is_known_is_told_who_they_are() {
    let stack = Stack::start().await;
    let me = async |v1: &V1| {
        let mut me = v1.get("/v1/me").await.expect(200).json();
        let request_id = me["request_id"].take();
        assert!(request_id.is_string());
        me
    };
    let plain = stack.issue_key(TENANT, "user:jo", &[]).await;
    assert_eq!(
        me(&stack.v1(&plain)).await,
        json!({
            "actor": { "type": "user", "id": "jo" },
            "tenant_id": TENANT,
            "credential_id": key_id_of(&plain),
            "scopes": [],
            "request_id": null,
        })
    );
    let expires_at = stack.clock.time().plus(Duration::from_secs(60));
    let grant = Grant { expires_at: Some(expires_at), ..portal("service:portal") };
    let (_, key) = stack.grant(TENANT, grant).await;
    let call = stack.v1(&key).call(Method::GET, "/v1/me").header("x-user-id", "ann");
    let answer = call.send().await.expect(200).json();
    assert_eq!(answer["actor"], json!({ "type": "user", "id": "ann" }));
    assert_eq!(answer["authenticated_as"], json!({ "type": "service", "id": "portal" }));
    assert_eq!(answer["expires_at"], expires_at.to_string());
    assert!(answer.get("filters").is_none());

    stack.name_actor(TENANT, "user:ann", "Ann Lee").await;
    let viewer = viewer(&stack, &key, "ann", json!({ "type": "call" })).await;
    assert_eq!(
        me(&viewer).await,
        json!({
            "actor": { "type": "user", "id": "ann", "display_name": "Ann Lee" },
            "authenticated_as": { "type": "service", "id": "portal" },
            "tenant_id": TENANT,
            "credential_id": key_id_of(&key),
            "scopes": ["activity:read"],
            "expires_at": expires_at.to_string(),
            "filters": { "type": "call" },
            "request_id": null,
        })
    );
    let several = json!({ "types": ["email", "call", "email"] });
    let several = self::viewer(&stack, &key, "ann", several).await;
    assert_eq!(me(&several).await["filters"], json!({ "types": ["call", "email"] }));
    let one = self::viewer(&stack, &key, "ann", json!({ "types": ["call"] })).await;
    assert_eq!(me(&one).await["filters"], json!({ "type": "call" }));
    stack.anonymous(Method::GET, "/v1/me").send().await.expect(401);
}
