//! Whose keys are whose. Every door of this log, and every kind of caller, is
//! held against every other one: a key is the same for both exactly where they
//! are of one space.

use std::collections::HashMap;

use activity_log_core::Context;
use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::input::Reader;
use activity_log_core::app::log_activity::log_activity;
use activity_log_core::app::write_activity::Replay;
use activity_log_core::domain::activity::Source;
use activity_log_core::domain::audit::{self, Action, Call, EntryPoint};
use activity_log_core::domain::caller::Principal;
use activity_log_core::domain::client::Client;
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::domain::idempotency::InputHash;
use activity_log_core::domain::principal::{Actor, Attribution, KeyId, Scope, Scopes, TenantId};
use activity_log_core::http::v1;
use activity_log_tests::client::logged_activity::{self, notes};
use activity_log_tests::client::v1::{id_of, note, note_with};
use activity_log_tests::faulty_engine::FaultyEngine;
use activity_log_tests::lambda::{batch_failures, invocation};
use activity_log_tests::raw_table::RawTable;
use activity_log_tests::stack::Stack;
use serde_json::{Value, json};
use tokio::time::Duration;

const TENANT: &str = "acme";

/// How a door is asked to log.
#[derive(Clone, Debug)]
enum Door {
    V1 {
        api_key: String,
    },
    Mcp {
        api_key: String,
    },
    /// The logged-activity dialect, as a user.
    Typed {
        api_key: String,
        user: &'static str,
    },
    /// An event, by its id.
    Event {
        actor: &'static str,
    },
    /// An event of a queue, whose activity names a key.
    EventWithKey {
        actor: &'static str,
    },
    Import {
        actor: &'static str,
    },
}

/// A caller at a door, and the space that its keys have to be of.
#[derive(Clone, Debug)]
struct Caller {
    tenant: &'static str,
    space: &'static str,
    door: Door,
}

/// What became of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Logged(String),
    Replayed(String),
    Conflict,
}

/// An activity that a key stands for.
#[derive(Clone, Debug)]
struct Remembered {
    /// Inputs of the typed dialect have another form.
    typed: bool,
    text: String,
    id: String,
}

/// What the keys of all spaces stand for.
#[derive(Debug, Default)]
struct Model(HashMap<(&'static str, String), Remembered>);

impl Model {
    /// Holds an outcome against what it has to be.
    fn check(&mut self, caller: &Caller, key: &str, text: &str, outcome: &Outcome) {
        let typed = matches!(caller.door, Door::Typed { .. });
        let known = self.0.get(&(caller.space, key.to_owned()));
        match (known, outcome) {
            (None, Outcome::Logged(id)) => {
                let new = self.0.values().all(|other| other.id != *id);
                assert!(new, "{caller:?} was given the activity of another: {key}");
                let remembered = Remembered { typed, text: text.to_owned(), id: id.clone() };
                self.0.insert((caller.space, key.to_owned()), remembered);
            }
            (Some(known), Outcome::Replayed(id)) => {
                assert_eq!((known.typed, &*known.text, &known.id), (typed, text, id), "{caller:?}");
            }
            (Some(known), Outcome::Conflict) => {
                assert_ne!((known.typed, &*known.text), (typed, text), "{caller:?}: {key}");
            }
            (known, outcome) => panic!("{caller:?}: {key}: {outcome:?}, where {known:?}"),
        }
    }
}

async fn callers(stack: &Stack) -> Vec<Caller> {
    let issue = |tenant, actor| stack.issue_key(tenant, actor, Scope::ALL);
    let (crm, rotated) = (issue(TENANT, "service:crm").await, issue(TENANT, "service:crm").await);
    let (jane, bob) = (issue(TENANT, "user:jane").await, issue(TENANT, "user:bob").await);
    let (agent, service) = (issue(TENANT, "agent:jane").await, issue(TENANT, "service:jane").await);
    let billing = issue(TENANT, "service:billing").await;
    let hostile = issue(TENANT, "service:crm|user:jane").await;
    let other = issue("other", "service:crm").await;
    let v1 = |api_key: &String| Door::V1 { api_key: api_key.clone() };
    let mcp = |api_key: &String| Door::Mcp { api_key: api_key.clone() };
    let typed = |api_key: &String, user| Door::Typed { api_key: api_key.clone(), user };
    let of = |space, door| Caller { tenant: TENANT, space, door };
    vec![
        of("crm", v1(&crm)),
        of("crm", v1(&rotated)),
        of("crm", mcp(&crm)),
        of("crm", mcp(&rotated)),
        of("crm for jane", typed(&crm, "jane")),
        of("crm for jane", typed(&rotated, "jane")),
        of("crm for bob", typed(&crm, "bob")),
        of("crm for crm", typed(&crm, "crm")),
        of("billing for jane", typed(&billing, "jane")),
        of("jane", v1(&jane)),
        of("jane", mcp(&jane)),
        of("jane", typed(&jane, "jane")),
        of("bob", v1(&bob)),
        of("agent jane", mcp(&agent)),
        of("service jane", v1(&service)),
        of("hostile", v1(&hostile)),
        of("events", Door::Event { actor: "service:crm" }),
        of("events", Door::Event { actor: "user:jane" }),
        of("events", Door::EventWithKey { actor: "user:jane" }),
        of("imports", Door::Import { actor: "service:crm" }),
        of("imports", Door::Import { actor: "user:jane" }),
        Caller { tenant: "other", space: "another tenant's crm", door: v1(&other) },
    ]
}

async fn log(stack: &Stack, caller: &Caller, key: &str, text: &str) -> Outcome {
    let tenant = caller.tenant;
    match &caller.door {
        Door::V1 { api_key } => {
            let answer = stack.v1(api_key).log_with_key(&note(text), key).await;
            let replayed = answer.headers.contains_key("idempotency-replayed");
            match answer.status.as_u16() {
                409 => Outcome::Conflict,
                _ => outcome(id_of(&answer.expect(201)), replayed),
            }
        }
        Door::Typed { api_key, user } => {
            let api = stack.logged_activity(tenant, api_key).as_user(user);
            let answer = api.log_with_key("call", &notes(text), key).await;
            let replayed = answer.headers.contains_key("idempotency-replayed");
            match answer.status.as_u16() {
                409 => Outcome::Conflict,
                _ => outcome(logged_activity::id_of(&answer.expect(201)), replayed),
            }
        }
        Door::Mcp { api_key } => {
            let mut arguments = note(text);
            arguments["idempotency_key"] = json!(key);
            let called = stack.mcp(api_key).call_tool("log_activity", &arguments).await;
            let result = called.expect(200).json()["result"].clone();
            if result["structuredContent"]["error"]["code"] == "idempotency_conflict" {
                return Outcome::Conflict;
            }
            let id = result["structuredContent"]["activity"]["id"].as_str();
            let replayed = result["_meta"]["idempotency_replayed"] == true;
            outcome(id.expect("it is logged").to_owned(), replayed)
        }
        Door::Event { actor } => {
            let event = event(tenant, actor, key, note(text));
            match fn_ingest::handle(&stack.ctx, invocation(&event.to_string())).await {
                Err(error) => {
                    assert_eq!(error.code, "idempotency_conflict");
                    Outcome::Conflict
                }
                Ok(answer) => {
                    let answer = serde_json::to_value(answer).expect("it has a JSON form");
                    let id = answer["activity_id"].as_str().expect("it is logged");
                    outcome(id.to_owned(), answer["status"] == "replayed")
                }
            }
        }
        Door::EventWithKey { actor } => log_by_message(stack, tenant, actor, key, text).await,
        Door::Import { actor } => match import(&stack.ctx, tenant, actor, key, text).await {
            Err(Error::IdempotencyConflict(conflicting)) => {
                assert_eq!(conflicting.as_str(), key);
                Outcome::Conflict
            }
            logged => logged.expect("it is logged"),
        },
    }
}

fn outcome(id: String, replayed: bool) -> Outcome {
    if replayed { Outcome::Replayed(id) } else { Outcome::Logged(id) }
}

fn event(tenant: &str, actor: &str, id: &str, activity: Value) -> Value {
    let (kind, actor) = actor.split_once(':').expect("an actor has a kind");
    json!({
        "id": id,
        "type": "activity.log",
        "tenant_id": tenant,
        "actor": { "type": kind, "id": actor },
        "activity": activity,
    })
}

/// A message tells only whether it failed, so what became of it is read from
/// what there was before and after.
async fn log_by_message(
    stack: &Stack,
    tenant: &str,
    actor: &str,
    key: &str,
    text: &str,
) -> Outcome {
    let mut activity = note(text);
    activity["idempotency_key"] = json!(key);
    let event = event(tenant, actor, &format!("the event of {key}"), activity);
    let batch = json!({ "Records": [{ "messageId": "m", "body": event.to_string() }] });
    let reader = stack.issue_key(tenant, "service:reader", Scope::ALL).await;
    let reader = stack.v1(&reader);
    let before = reader.every_activity(&[("query", text)]).await;
    let answer = fn_ingest::handle(&stack.ctx, invocation(&batch.to_string())).await;
    let answer = serde_json::to_value(answer.expect("it is a batch")).expect("it has a JSON form");
    if batch_failures(&answer) == ["m"] {
        return Outcome::Conflict;
    }
    let after = reader.every_activity(&[("query", text)]).await;
    let id = |row: &Value| row["id"].as_str().expect("a row has an id").to_owned();
    match after.iter().find(|row| !before.contains(row)) {
        Some(new) => Outcome::Logged(id(new)),
        // That of the event's own space can't be told from here, but by its audit event.
        None => {
            let events = reader.every_audit_event(&[("status", "succeeded")]).await;
            let ids: Vec<&Value> = events
                .iter()
                .filter(|event| {
                    event["api_route"].as_str().is_some_and(|route| route.starts_with("event:"))
                })
                .map(|event| &event["resource_id"])
                .collect();
            let mut own = after.iter().filter(|row| ids.contains(&&row["id"]));
            let replayed = own.next().expect("a message that is done is logged or replayed");
            assert!(own.next().is_none(), "one activity of this text is an event's");
            Outcome::Replayed(id(replayed))
        }
    }
}

/// What `activity-log activities import` does with a line.
pub(super) async fn import(
    ctx: &Context,
    tenant: &str,
    actor: &str,
    key: &str,
    text: &str,
) -> Result<Outcome> {
    let actor = Actor::parse(actor).expect("the actor is valid");
    let call = Call {
        principal: Principal {
            tenant_id: TenantId::parse(tenant).expect("the id is valid"),
            by: Attribution {
                actor,
                authenticated_as: Actor::parse("service:import").expect("the actor is valid"),
                on_behalf_of: None,
            },
            credential_id: KeyId::parse("console").expect("the id is valid"),
            scopes: Scopes::from([Scope::ActivityWrite]),
            audit_reads: None,
            expires_at: None,
            bound_to: None,
        },
        door: audit::Door {
            source: Source::Admin,
            entry_point: EntryPoint::Import,
            client: Client::default(),
            request_id: "req_import".to_owned(),
        },
    };
    let Value::Object(mut object) = note(text) else { panic!("an input is an object") };
    object.insert("idempotency_key".to_owned(), json!(key));
    let attempt = Attempt::of(&call, Action::ActivityLogged);
    let logged = audited(ctx, &attempt, async {
        let permit = attempt.permit_write(Scope::ActivityWrite)?;
        let input_hash = attempt.note(InputHash::of(&object))?;
        let mut reader = Reader::new(&object);
        let input = v1::log::read(&mut reader, None, input_hash, ctx.environment.now()?);
        log_activity(ctx, permit, reader.finish(input)?).await
    });
    let logged = logged.await?;
    Ok(outcome(logged.activity.id.to_string(), logged.replay == Replay::Replayed))
}

#[tokio::test]
async fn a_key_is_the_same_for_two_callers_exactly_where_they_share_a_space() {
    let stack = Stack::start().await;
    let callers = callers(&stack).await;
    let mut model = Model::default();
    for (a, first) in callers.iter().enumerate() {
        for (b, second) in callers.iter().enumerate() {
            // A key and a text that no other pair has.
            let key = format!("key {a} {b}");
            let (text, changed) = (format!("text{a}x{b}"), format!("changed{a}x{b}"));
            for (caller, text) in
                [(first, &text), (second, &text), (second, &changed), (first, &text)]
            {
                let outcome = log(&stack, caller, &key, text).await;
                model.check(caller, &key, text, &outcome);
            }
        }
    }
    let spaces = callers.iter().map(|caller| caller.space);
    let spaces: std::collections::HashSet<&str> = spaces.collect();
    assert_eq!(spaces.len(), 13);
    let pairs = callers.len() * callers.len();
    let apart = callers
        .iter()
        .flat_map(|one| callers.iter().map(move |other| one.space != other.space))
        .filter(|apart| *apart)
        .count();
    assert_eq!(model.0.len(), pairs + apart, "each space has a record of its own");
}

#[tokio::test]
async fn a_key_of_another_caller_takes_the_calls_of_an_absent_one() {
    let (stack, engine) = Stack::start_faulty().await;
    let jane = stack.v1(&stack.issue_key(TENANT, "user:jane", Scope::ALL).await);
    let bob = stack.v1(&stack.issue_key(TENANT, "user:bob", Scope::ALL).await);
    jane.log_with_key(&note("x"), "taken").await.expect(201);
    bob.log(&note("so that the credential is read")).await.expect(201);
    let calls_of = async |engine: &FaultyEngine, key: &str| {
        engine.reset_calls();
        bob.log_with_key(&note("x"), key).await.expect(201);
        let calls = engine.calls();
        let mut operations: Vec<String> = calls.into_iter().map(|call| call.operation).collect();
        operations.sort_unstable();
        operations
    };
    let absent = calls_of(&engine, "absent").await;
    assert_eq!(calls_of(&engine, "taken").await, absent);
    assert_eq!(absent.iter().filter(|operation| *operation == "GetItem").count(), 1);
}

#[tokio::test]
async fn keys_of_imports_are_kept_for_good() {
    let stack = Stack::start().await;
    let ctx = &stack.ctx;
    let first = import(ctx, TENANT, "user:jane", "k", "x").await.expect("it is logged");
    let Outcome::Logged(id) = first else { panic!("nobody has the key: {first:?}") };
    let items = RawTable::of(&stack).await.items().await;
    let records = items.iter().filter(|((pk, _), _)| pk.contains("#IDEM#"));
    for (key, record) in records {
        assert!(!record.contains_key("expires_at"), "{key:?} would be removed");
    }
    stack.clock.advance(Duration::from_secs(20 * 365 * 24 * 60 * 60));
    let again = import(ctx, TENANT, "user:bob", "k", "x").await.expect("it is replayed");
    assert_eq!(again, Outcome::Replayed(id));
    let other = import(ctx, TENANT, "user:bob", "k", "y").await;
    assert!(matches!(other, Err(Error::IdempotencyConflict(_))), "{other:?}");
}

#[tokio::test]
async fn an_event_is_not_suppressed_by_a_caller_who_claims_its_id() {
    let stack = Stack::start().await;
    let mallory = stack.v1(&stack.issue_key(TENANT, "agent:mallory", Scope::ALL).await);
    let claimed = note_with(json!({ "idempotency_key": "order-4711-paid" }));
    let of_caller = id_of(&mallory.log(&claimed).await.expect(201));
    for activity in [note("Order 4711 was paid"), note("Renewal")] {
        let event = event(TENANT, "service:billing", "order-4711-paid", activity.clone());
        let answer = fn_ingest::handle(&stack.ctx, invocation(&event.to_string())).await;
        let answer = serde_json::to_value(answer.expect("it is not refused"));
        let answer = answer.expect("it has a JSON form");
        assert_eq!(answer["status"], "logged");
        assert_ne!(answer["activity_id"], json!(of_caller));
        // The next one is another event.
        stack.clock.advance(Duration::from_secs(31 * 24 * 60 * 60));
    }
}
