//! Two stacks on one table: one whose engine fails on request, and one beside
//! it that sees what is there.
//!
//! [`Trail`] is all that a caller can see of a tenant, read in every way there
//! is, and [`Trail::read`] fails the test where two of these ways disagree: an
//! activity that one shows and another does not is half-visible.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use activity_log_core::platform::config::Config;
use serde_json::{Value, json};

use crate::client::Answer;
use crate::client::v1::{V1, is_refused_for_now, log_request};
use crate::engine::{Engine, unique_name};
use crate::faulty_engine::{FaultyEngine, Gate};
use crate::stack::Stack;

/// The tenant of every rig.
pub const TENANT: &str = "acme";
/// A word that every summary of these suites has, so that a search by text can
/// be held against the others.
pub const COMMON_WORD: &str = "ledger";

/// A table between a failing stack and a sound one.
pub struct Rig {
    /// What stands between the failing stack and the engine.
    pub proxy: FaultyEngine,
    /// The stack whose calls go through the proxy. It has read the credential,
    /// so that the calls of a request are those of its own work.
    pub faulty: Stack,
    /// The stack that speaks to the engine itself.
    pub direct: Stack,
    /// A service key with every scope.
    pub key: String,
    /// A caller of the failing stack with that key.
    pub faulty_v1: V1,
    /// A caller of the sound stack with that key.
    pub direct_v1: V1,
}

impl Rig {
    /// A rig on the engine of this run.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same, with another configuration of the failing stack.
    pub async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        let engine = Engine::start().await;
        let proxy = FaultyEngine::start(&engine.endpoint).await;
        let table = unique_name("rig");
        let direct = Stack::start_on(&engine.endpoint, &table, |_| {}).await;
        let faulty = Stack::start_on(&proxy.endpoint, &table, configure).await;
        let key = direct.service_key(TENANT).await;
        direct.put_resource(TENANT, "contact", "con_1", Some("Jane Doe")).await;
        let (faulty_v1, direct_v1) = (faulty.v1(&key), direct.v1(&key));
        let rig = Self { proxy, faulty, direct, key, faulty_v1, direct_v1 };
        // An id that is none: the credential is read, and nothing else.
        drop(rig.faulty_v1.read("x").await.expect(404));
        rig.proxy.reset_calls();
        rig
    }

    /// What a caller can see.
    pub async fn trail(&self) -> Trail {
        Trail::read(&self.direct, &self.key).await
    }

    /// The one activity whose summary has a word, found through the sound stack,
    /// with its one audit event.
    ///
    /// # Panics
    ///
    /// When there is not just one of each.
    pub async fn only(&self, word: &str) -> (Value, Value) {
        let found = self.direct_v1.every_activity(&[("query", word)]).await;
        assert_eq!(found.len(), 1, "activities with {word}: {found:?}");
        let id = found[0]["id"].as_str().expect("a row has an id");
        let events = self.direct_v1.every_audit_event(&[("resource_id", id)]).await;
        assert_eq!(events.len(), 1, "audit events of {word}: {events:?}");
        let read = self.direct_v1.read(id).await.expect(200);
        (read.json()["activity"].clone(), events[0].clone())
    }

    /// Logs through the failing stack until it is acknowledged.
    ///
    /// # Panics
    ///
    /// When it is refused for good, or for now twenty times.
    pub async fn log_until_acknowledged(&self, input: &Value) -> Answer {
        for _ in 0..20 {
            let answer = self.faulty_v1.log(input).await;
            if !is_refused_for_now(&answer) {
                return answer.expect(201);
            }
        }
        panic!("the engine did not recover");
    }

    /// Lets the failing stack log, on a task that can be aborted as a process
    /// can be killed, until one of its calls has come to `gate`; then it is
    /// aborted. The held call has no effect, and all calls before it have.
    ///
    /// # Panics
    ///
    /// When the call does not come.
    pub async fn crash_at(&self, gate: &Gate, input: &Value) {
        let ctx = Arc::clone(&self.faulty.ctx);
        let request = log_request(&self.key, input);
        let task = tokio::spawn(async move { activity_log::stack::answer(&ctx, request).await });
        gate.arrived(1).await;
        task.abort();
        assert!(task.await.expect_err("it does not finish").is_cancelled());
        // Until what it had sent is carried out, and what is held is given up.
        loop {
            self.proxy.settled().await;
            let calls = self.proxy.calls();
            if calls.iter().filter(|call| call.engine_status.is_none()).count() == 1 {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// An input with a word of its own, by which it can be found.
#[must_use]
pub fn input(word: &str) -> Value {
    json!({ "type": "note", "summary": format!("{COMMON_WORD} {word}") })
}

/// The same with a key of its own, attached to the rig's contact, and with a
/// body that does not fit the head and takes several batches to stage.
#[must_use]
pub fn long_keyed_input(word: &str) -> Value {
    let mut input = input(word);
    let body: Vec<String> = (0..60).map(|n| format!("detail{n} {}", "-".repeat(72))).collect();
    input["body"] = json!(body.join(" "));
    input["related_resource_type"] = json!("contact");
    input["related_resource_id"] = json!("con_1");
    input["idempotency_key"] = json!(format!("key of {word}"));
    input
}

/// Everything that a tenant can see.
#[derive(Debug)]
pub struct Trail {
    /// The activities by id, with their bodies.
    pub activities: BTreeMap<String, Value>,
    /// The audit events, newest first.
    pub events: Vec<Value>,
}

impl Trail {
    /// Reads everything, in every way there is.
    ///
    /// # Panics
    ///
    /// When an activity is there in one way and not in another, lacks its
    /// audit event, has two, or stands twice in a listing.
    pub async fn read(stack: &Stack, key: &str) -> Self {
        let v1 = stack.v1(key);
        let rows = v1.every_activity(&[]).await;
        let ids = distinct_ids(&rows);

        let by_word = v1.every_activity(&[("query", COMMON_WORD)]).await;
        assert_eq!(distinct_ids(&by_word), ids, "by text and in the whole list");
        let mut by_type = Vec::new();
        for category in ["note", "call", "email", "meeting", "agent_action"] {
            by_type.extend(v1.every_activity(&[("type", category)]).await);
        }
        assert_eq!(distinct_ids(&by_type), ids, "by type and in the whole list");

        let events = v1.every_audit_event(&[]).await;
        distinct_ids(&events);
        let succeeded: Vec<&str> = events
            .iter()
            .filter(|event| event["status"] == "succeeded")
            .map(|event| event["resource_id"].as_str().expect("it names the activity"))
            .collect();
        let audited: BTreeSet<String> = succeeded.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(audited.len(), succeeded.len(), "an activity has one audit event");
        assert_eq!(audited, ids, "every activity is audited, and every event has its activity");

        let mut activities = BTreeMap::new();
        for id in &ids {
            let read = v1.read(id).await.expect(200);
            activities.insert(id.clone(), read.json()["activity"].clone());
        }

        let keys = stack.keys_in_table().await;
        let count = |sk: &str| keys.iter().filter(|key| key.1 == sk).count();
        assert_eq!(count("HEAD"), ids.len(), "what no listing shows is not in the table either");
        assert_eq!(count("EVENT"), events.len(), "the audit listing shows every event");
        Self { activities, events }
    }

    /// The activities whose summary ends with a word.
    #[must_use]
    pub fn with_word(&self, word: &str) -> Vec<&Value> {
        let summary = format!("{COMMON_WORD} {word}");
        self.activities.values().filter(|activity| activity["summary"] == *summary).collect()
    }

    /// How many audit events have a status.
    #[must_use]
    pub fn events_with_status(&self, status: &str) -> usize {
        self.events.iter().filter(|event| event["status"] == status).count()
    }
}

/// The ids of some rows.
///
/// # Panics
///
/// When one stands there twice.
pub fn distinct_ids(rows: &[Value]) -> BTreeSet<String> {
    let ids: BTreeSet<String> =
        rows.iter().map(|row| row["id"].as_str().expect("a row has an id").to_owned()).collect();
    assert_eq!(ids.len(), rows.len(), "a row is repeated");
    ids
}
