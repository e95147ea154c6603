//! The trail is sealed as the table's stream tells it: each event once, whatever fails and
//! however often it is delivered, and no tenant waits for another.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use activity_log::audit_key::FileKey;
use activity_log_core::Context;
use activity_log_core::app::seal_events::Sealer;
use activity_log_core::domain::clock::{Rounding, SystemEnvironment, Timestamp};
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::lambda::{Invocation, InvocationError};
use activity_log_core::platform::config::Config;
use activity_log_core::store::Store;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::table::{self, ChangeStream};
use activity_log_core::trail::note::SignedNote;
use activity_log_core::trail::seal::{Seal, SealedLeaf};
use activity_log_core::trail::signer::{Signature, Signer};
use activity_log_tests::captured_log::CapturedLog;
use activity_log_tests::client::v1::{V1, id_of, note};
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, Gate, TableCall, When};
use activity_log_tests::lambda::{batch_failures, invocation, sample};
use activity_log_tests::raw_table::{Item, RawTable, text, with};
use activity_log_tests::stack::Stack;
use activity_log_tests::stream::Stream;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use uuid::Uuid;

const ACME: &str = "acme";
const OTHER: &str = "other";
/// A text that no log may have.
const SECRET: &str = "marzipan";
/// Long enough for whatever is to be done.
const LONG: Duration = Duration::from_secs(40);

/// A key that can be out of reach.
struct Key {
    key: FileKey,
    is_down: AtomicBool,
    signatures: AtomicUsize,
}

impl Key {
    fn make() -> Arc<Self> {
        let key = FileKey::in_memory(&SystemEnvironment);
        Arc::new(Self { key, is_down: AtomicBool::new(false), signatures: AtomicUsize::new(0) })
    }

    fn signatures(&self) -> usize {
        self.signatures.load(Ordering::SeqCst)
    }
}

impl Signer for Key {
    fn public_key(&self) -> [u8; 32] {
        self.key.public_key()
    }

    fn sign<'a>(
        &'a self,
        text: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = Result<Signature>> + Send + 'a>> {
        Box::pin(async move {
            if self.is_down.load(Ordering::SeqCst) {
                return Err(Error::Unavailable("the key is out of reach".into()));
            }
            self.signatures.fetch_add(1, Ordering::SeqCst);
            self.key.sign(text).await
        })
    }
}

/// A table with a stream, two tenants, and a key.
struct Sealing {
    stack: Stack,
    stream: Stream,
    /// The engine itself, past every proxy.
    endpoint: String,
    key: Arc<Key>,
    sealer: Sealer,
}

impl Sealing {
    async fn start() -> Self {
        let engine = Engine::start().await;
        let name = unique_name("seal");
        let store = Store::new(connect_local(&engine.endpoint), &name);
        table::create(&store, ChangeStream::On).await.expect("the engine makes a table");
        let stack = Stack::start_on(&engine.endpoint, &name, |_| {}).await;
        let stream = Stream::of(&engine.endpoint, &store).await;
        let key = Key::make();
        let sealer = Sealer::new(vec![Arc::clone(&key) as Arc<dyn Signer>]);
        Self { stack, stream, endpoint: engine.endpoint, key, sealer }
    }

    async fn caller(&self, tenant: &str) -> V1 {
        self.stack.v1(&self.stack.service_key(tenant).await)
    }

    /// Logs some notes for a tenant, and returns the ids of the activities.
    async fn log(&self, tenant: &str, count: usize) -> Vec<String> {
        let v1 = self.caller(tenant).await;
        let mut ids = Vec::new();
        for n in 0..count {
            ids.push(id_of(&v1.log(&note(&format!("note {n}"))).await.expect(201)));
        }
        ids
    }

    /// All that the stream tells, as soon as so many audit events were written.
    async fn records(&self, events: usize) -> Vec<Value> {
        let count = |records: &[Value]| records.iter().filter(|one| is_of_an_event(one)).count();
        self.stream.records_once(|records| count(records) >= events).await
    }

    /// The same, as soon as so many items were changed or removed.
    async fn records_of_touches(&self, touches: usize) -> Vec<Value> {
        let count = |records: &[Value]| records.iter().filter(|one| is_a_touch(one)).count();
        self.stream.records_once(|records| count(records) >= touches).await
    }

    async fn invoke(&self, payload: &Value) -> Result<Value, InvocationError> {
        invoke(&self.stack.ctx, &self.sealer, payload, LONG).await
    }

    /// The places that the function names to Lambda.
    async fn seal(&self, records: &[Value]) -> Vec<String> {
        seal(&self.stack.ctx, &self.sealer, records, LONG).await
    }

    async fn seals(&self, tenant: &str) -> Vec<Seal> {
        let tenant = TenantId::parse(tenant).expect("it is valid");
        let generation = self.stack.ctx.config.audit_log.generation;
        let mut seals = self.stack.ctx.store.seals_before(&tenant, generation, None, 100).await;
        seals.as_mut().expect("they are read").reverse();
        seals.expect("they are read")
    }

    /// The leaves of a tenant's log, which is signed and whole.
    async fn leaves(&self, tenant: &str) -> Vec<SealedLeaf> {
        let origin = {
            let tenant = TenantId::parse(tenant).expect("it is valid");
            self.stack.ctx.config.audit_log.origin(&tenant)
        };
        let mut leaves = Vec::new();
        for seal in self.seals(tenant).await {
            assert_eq!(seal.first, leaves.len() as u64);
            let note = SignedNote::parse(&seal.note).expect("it is a note");
            note.verify_any(&self.sealer.verifier_keys(&origin)).expect("it is signed");
            let checkpoint = note.checkpoint().expect("it is a checkpoint");
            assert_eq!((checkpoint.size, checkpoint.root), (seal.size(), seal.edge.root()));
            leaves.extend(seal.leaves);
        }
        leaves
    }

    async fn sealed_ids(&self, tenant: &str) -> Vec<Uuid> {
        let mut ids: Vec<Uuid> =
            self.leaves(tenant).await.iter().map(|leaf| leaf.event_id).collect();
        ids.sort();
        ids
    }

    async fn put_aside(&self, tenant: &str) -> Vec<Uuid> {
        let tenant = TenantId::parse(tenant).expect("it is valid");
        let aside = self.stack.ctx.store.events_put_aside(&tenant, None, 1_000).await;
        let unsealed = aside.expect("they are listed").into_iter().map(|aside| aside.unsealed);
        unsealed.map(|unsealed| unsealed.expect("it is read").event.id).collect()
    }

    /// What the trail tells of items that were touched.
    async fn told(&self, tenant: &str) -> Vec<Value> {
        let reader = self.caller(tenant).await;
        let answer = reader.audit_events(&[("resource_type", "trail")]).await.expect(200);
        let mut events = answer.json()["audit_events"].take();
        std::mem::take(events.as_array_mut().expect("it is a list"))
    }

    /// A context whose calls to the table go through a proxy.
    async fn faulty(&self) -> (FaultyEngine, Context) {
        let proxy = FaultyEngine::start(&self.endpoint).await;
        let table = self.stack.ctx.store.table_name();
        let store = Store::new(connect_local(&proxy.endpoint), table);
        (proxy, Context::new(store, Config::for_table(table)))
    }

    async fn item(&self, pk: &str, sk: &str) -> Item {
        let items = RawTable::of(&self.stack).await.items().await;
        items[&(pk.to_owned(), sk.to_owned())].clone()
    }
}

async fn invoke(
    ctx: &Context,
    sealer: &Sealer,
    payload: &Value,
    left: Duration,
) -> Result<Value, InvocationError> {
    let deadline = ctx.environment.now().ok().map(|now| now.plus(left));
    let invocation = Invocation { deadline, ..invocation(&payload.to_string()) };
    let answer = fn_seal::handle(ctx, sealer, invocation).await?;
    Ok(serde_json::to_value(answer).expect("an answer has a JSON form"))
}

async fn seal(ctx: &Context, sealer: &Sealer, records: &[Value], left: Duration) -> Vec<String> {
    let answer = invoke(ctx, sealer, &json!({ "Records": records }), left).await;
    batch_failures(&answer.expect("the batch can be read"))
}

fn pk_of(record: &Value) -> &str {
    record["dynamodb"]["Keys"]["pk"]["S"].as_str().expect("a record has a key")
}

/// The insertion of an audit event.
fn is_of_an_event(record: &Value) -> bool {
    record["eventName"] == "INSERT" && record["dynamodb"]["Keys"]["sk"]["S"] == "EVENT"
}

fn is_a_touch(record: &Value) -> bool {
    let sk = &record["dynamodb"]["Keys"]["sk"]["S"];
    record["eventName"] != "INSERT" && (sk == "EVENT" || sk == "HEAD")
}

/// The records of a tenant's events.
fn events_of(records: &[Value], tenant: &str) -> Vec<Value> {
    let prefix = format!("T#{tenant}#AUD#");
    let of_tenant = |record: &&Value| is_of_an_event(record) && pk_of(record).starts_with(&prefix);
    records.iter().filter(of_tenant).cloned().collect()
}

fn ids(records: &[Value]) -> Vec<Uuid> {
    let id = |record: &Value| pk_of(record).rsplit('#').next().and_then(|id| id.parse().ok());
    let mut ids: Vec<Uuid> = records.iter().map(|one| id(one).expect("it is an id")).collect();
    ids.sort();
    ids
}

fn places(records: &[Value]) -> Vec<String> {
    let place = |record: &Value| record["dynamodb"]["SequenceNumber"].as_str().map(str::to_owned);
    let mut places: Vec<String> =
        records.iter().map(|one| place(one).expect("a record has a place")).collect();
    places.sort();
    places
}

fn sorted(mut places: Vec<String>) -> Vec<String> {
    places.sort();
    places
}

#[tokio::test]
async fn the_events_of_a_batch_become_leaves_of_their_tenants_logs() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 3).await;
    sealing.log(OTHER, 2).await;
    let records = sealing.records(5).await;
    assert!(records.len() > 5, "a batch may have other records");
    let (log, guard) = CapturedLog::start();
    assert_eq!(sealing.seal(&records).await, [""; 0]);
    drop(guard);
    for tenant in [ACME, OTHER] {
        let events = events_of(&records, tenant);
        assert_eq!(sealing.sealed_ids(tenant).await, ids(&events), "{tenant}");
        assert_eq!(sealing.seals(tenant).await.len(), 1, "{tenant}");
        for leaf in sealing.leaves(tenant).await {
            let record = events.iter().find(|one| pk_of(one).ends_with(&leaf.event_id.to_string()));
            let told = &record.expect("it has a record")["dynamodb"]["ApproximateCreationDateTime"];
            let told = told.as_f64().expect("it is a number").floor();
            assert_eq!(leaf.written_at.map(|at| f64::from(at.as_seconds())), Some(told));
        }
    }
    let lines = log.fields_with("batch sealed");
    assert_eq!(lines.len(), 1);
    for (name, count) in
        [("tenants", 2), ("sealed", 5), ("seals", 2), ("known", 0), ("put_aside", 0), ("failed", 0)]
    {
        assert_eq!(lines[0][name], count, "{name}");
    }
}

#[tokio::test]
async fn the_sample_batch_is_sealed() {
    let sealing = Sealing::start().await;
    let batch = sample("seal.json");
    assert_eq!(sealing.invoke(&batch).await, Ok(json!({ "batchItemFailures": [] })));
    let records = batch["Records"].as_array().expect("there are records");
    assert_eq!(sealing.sealed_ids(ACME).await, ids(records));
}

#[tokio::test]
async fn a_batch_that_is_delivered_again_is_known() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 2).await;
    let records = sealing.records(2).await;
    for _ in 0..3 {
        assert_eq!(sealing.seal(&records).await, [""; 0]);
    }
    assert_eq!(sealing.leaves(ACME).await.len(), 2);
    assert_eq!(sealing.key.signatures(), 1);
    // Some of it with what is new.
    sealing.log(ACME, 1).await;
    let records = sealing.records(3).await;
    let events = events_of(&records, ACME);
    assert_eq!(sealing.seal(&events[1..]).await, [""; 0]);
    assert_eq!(sealing.sealed_ids(ACME).await, ids(&events));
    assert_eq!(sealing.seals(ACME).await.len(), 2);
}

#[tokio::test]
async fn an_event_that_is_removed_before_it_is_sealed_is_sealed_and_told_of() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 2).await;
    let events = events_of(&sealing.records(2).await, ACME);
    let removed = sealing.item(pk_of(&events[0]), "EVENT").await;
    RawTable::of(&sealing.stack).await.delete(&removed).await;
    let records = sealing.records_of_touches(1).await;
    assert_eq!(sealing.seal(&records).await, [""; 0]);
    assert_eq!(sealing.sealed_ids(ACME).await, ids(&events));
    let told = sealing.told(ACME).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["action"], "trail.item_removed");
    assert_eq!(told[0]["resource_id"], ids(&events[..1])[0].to_string());
}

#[tokio::test]
async fn a_batch_without_events_makes_no_call() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 1).await;
    let mut others = sealing.records(1).await;
    others.retain(|record| !is_of_an_event(record));
    assert!(!others.is_empty());
    let (proxy, ctx) = sealing.faulty().await;
    for records in [&[][..], &others] {
        assert_eq!(seal(&ctx, &sealing.sealer, records, LONG).await, [""; 0]);
    }
    assert_eq!(proxy.calls().len(), 0);
    assert_eq!(sealing.key.signatures(), 0);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_fails_alone_and_holds_up_the_others_for_minutes() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 7).await;
    let mut events = events_of(&sealing.records(7).await, ACME);
    let image = |record: &mut Value| record["dynamodb"]["NewImage"].take();
    let mut without_action = image(&mut events[1]);
    without_action.as_object_mut().expect("it is an object").remove("action");
    events[1]["dynamodb"]["NewImage"] = without_action;
    events[2]["dynamodb"]["NewImage"]["action"] = json!({ "BOOL": SECRET });
    // A stream that hands over keys only.
    image(&mut events[3]);
    events[4]["dynamodb"]["Keys"]["pk"]["S"] = json!(format!("T#a_b#AUD#{}", Uuid::max()));
    events[5]["dynamodb"]["NewImage"]["actor_salt"] = json!({ "B": SECRET });
    let (log, guard) = CapturedLog::start();
    let failed = sealing.seal(&events).await;
    drop(guard);
    assert_eq!(sorted(failed), places(&events[1..6]));
    let whole = [&events[..1], &events[6..]].concat();
    assert_eq!(sealing.sealed_ids(ACME).await, ids(&whole));
    let reasons = log.fields_with("events not sealed");
    assert_eq!(reasons.len(), 5);
    assert!(reasons.iter().all(|reason| reason.to_string().contains("is corrupt")));
    assert!(log.lines_with(SECRET).is_empty(), "the log quotes no values");

    sealing.stack.clock.advance(Duration::from_secs(16 * 60));
    // One whose age is not known is not given up.
    let change = events[2]["dynamodb"].as_object_mut().expect("it is an object");
    change.remove("ApproximateCreationDateTime");
    let (log, guard) = CapturedLog::start();
    assert_eq!(sealing.seal(&events).await, places(&events[2..3]));
    drop(guard);
    assert_eq!(log.fields_with("an event can't be read, and is not sealed").len(), 4);
    assert_eq!(log.fields_with("batch sealed")[0]["unsealable"], 4);
    assert!(log.lines_with(SECRET).is_empty(), "the log quotes no values");
}

#[tokio::test]
async fn the_time_of_a_record_is_whole_seconds_or_is_not_known() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 5).await;
    let mut events = events_of(&sealing.records(5).await, ACME);
    let now = sealing.stack.clock.time().as_seconds();
    let times = [json!(now), json!(now as f64 + 0.999), json!(-1), json!(1e300), json!("noon")];
    for (event, time) in events.iter_mut().zip(&times) {
        event["dynamodb"]["ApproximateCreationDateTime"] = time.clone();
    }
    assert_eq!(sealing.seal(&events).await, [""; 0]);
    let leaves = sealing.leaves(ACME).await;
    let written = |event: &Value| {
        let leaf = leaves.iter().find(|leaf| pk_of(event).ends_with(&leaf.event_id.to_string()));
        leaf.expect("it is sealed").written_at.map(|at| i64::from(at.as_seconds()))
    };
    let written: Vec<Option<i64>> = events.iter().map(written).collect();
    assert_eq!(written, [Some(now), Some(now), None, None, None]);
}

/// Puts what another deployment has signed at the next place of a tenant's log.
async fn seal_as_a_stranger(sealing: &Sealing, tenant: &str) {
    let stranger = Sealer::new(vec![Key::make() as Arc<dyn Signer>]);
    let request = json!({ "tenant_id": tenant });
    let answer = invoke(&sealing.stack.ctx, &stranger, &request, LONG).await;
    assert_ne!(answer.expect("it is sealed")["seals"], 0);
}

#[tokio::test]
async fn a_log_with_a_foreign_seal_holds_up_no_other_and_goes_on_when_it_is_mended() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 2).await;
    seal_as_a_stranger(&sealing, ACME).await;
    sealing.log(ACME, 1).await;
    sealing.log(OTHER, 1).await;
    let records = sealing.records(4).await;
    let events = events_of(&records, ACME);
    for _ in 0..2 {
        let (log, guard) = CapturedLog::start();
        assert_eq!(sealing.seal(&records).await, [""; 0]);
        drop(guard);
        let lines = log.fields_with("events put aside");
        assert_eq!(lines.len(), 1, "it is told once");
        assert_eq!((&lines[0]["tenant"], &lines[0]["events"]), (&json!(ACME), &json!(3)));
        assert_eq!(log.fields_with("batch sealed")[0]["put_aside"], 3);
    }
    assert_eq!(sealing.put_aside(ACME).await, ids(&events));
    assert_eq!(sealing.sealed_ids(OTHER).await, ids(&events_of(&records, OTHER)));
    assert_eq!(sealing.seals(ACME).await.len(), 1, "nothing is signed behind it");
    let refused = sealing.invoke(&json!({ "tenant_id": ACME })).await;
    let refused = refused.expect_err("the log is not mended");
    assert_eq!(refused.code, "internal_error");
    assert!(refused.message.starts_with("The log is not what this deployment has signed"));

    let foreign = sealing.item(&format!("T#{ACME}#SEAL#1"), "000000000000").await;
    RawTable::of(&sealing.stack).await.delete(&foreign).await;
    let mut answer = sealing.invoke(&json!({ "tenant_id": ACME })).await.expect("it is sealed");
    let keys = answer.as_object_mut().and_then(|answer| answer.remove("verifier_keys"));
    let keys: Vec<String> = serde_json::from_value(keys.expect("they are told")).expect("texts");
    assert!(keys[0].starts_with("activity-log.local/acme+"), "{keys:?}");
    assert_eq!(
        answer,
        json!({
            "tenant_id": ACME, "finished": true, "sealed": 3, "seals": 1, "size": 3,
            "put_aside": 3, "unreadable": 0,
        })
    );
    assert_eq!(sealing.sealed_ids(ACME).await, ids(&events));
    let leaves = sealing.leaves(ACME).await;
    assert!(leaves.iter().all(|leaf| leaf.written_at.is_some()), "their times were kept");
}

/// What somebody may do to the newest seal.
async fn tamper_with_the_newest_seal(change: impl Fn(&Item) -> Item) {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 1).await;
    assert_eq!(sealing.seal(&sealing.records(1).await).await, [""; 0]);
    let newest = sealing.item(&format!("T#{ACME}#SEAL#1"), "000000000000").await;
    RawTable::of(&sealing.stack).await.put(change(&newest)).await;
    sealing.log(ACME, 1).await;
    sealing.log(OTHER, 1).await;
    let records = sealing.records(3).await;
    assert_eq!(sealing.seal(&records).await, [""; 0]);
    let expected = ids(&events_of(&records, ACME));
    let aside = sealing.put_aside(ACME).await;
    assert!(aside.len() == 2 && aside == expected, "{aside:?}");
    assert_eq!(sealing.sealed_ids(OTHER).await.len(), 1);
    // Each that was put aside is signed, too.
    assert_eq!(sealing.key.signatures(), 2 + 2, "nothing was signed behind it");
}

#[tokio::test]
async fn nothing_is_signed_behind_a_seal_that_cannot_be_read() {
    tamper_with_the_newest_seal(|seal| with(seal, "edge", AttributeValue::B(vec![7].into()))).await;
}

#[tokio::test]
async fn nothing_is_signed_behind_a_seal_that_says_a_time_to_come() {
    let to_come = Timestamp::MAX.to_string();
    tamper_with_the_newest_seal(|seal| with(seal, "sealed_at", text(&to_come))).await;
}

#[tokio::test]
async fn nothing_is_signed_behind_a_seal_of_another_tree() {
    let bytes = |seal: &Item| seal["edge"].as_b().expect("it is binary").as_ref().to_vec();
    tamper_with_the_newest_seal(|seal| {
        let other: Vec<u8> = bytes(seal).iter().map(|byte| !byte).collect();
        with(seal, "edge", AttributeValue::B(other.into()))
    })
    .await;
}

#[tokio::test]
async fn a_machine_whose_clock_is_minutes_behind_seals_nothing() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 1).await;
    let mut records = sealing.records(1).await;
    let ahead = sealing.stack.clock.time().plus(Duration::from_secs(400)).as_seconds();
    for record in &mut records {
        record["dynamodb"]["ApproximateCreationDateTime"] = json!(ahead);
    }
    let events = events_of(&records, ACME);
    assert_eq!(sealing.seal(&records).await, places(&events));
    assert_eq!((sealing.seals(ACME).await.len(), sealing.key.signatures()), (0, 0));
    assert_eq!(sealing.put_aside(ACME).await, [] as [Uuid; 0]);
    sealing.stack.clock.advance(Duration::from_secs(400));
    assert_eq!(sealing.seal(&records).await, [""; 0]);
    assert_eq!(sealing.sealed_ids(ACME).await, ids(&events));
}

#[tokio::test]
async fn a_key_out_of_reach_loses_nothing() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 2).await;
    let records = sealing.records(2).await;
    let events = events_of(&records, ACME);
    sealing.key.is_down.store(true, Ordering::SeqCst);
    let (log, guard) = CapturedLog::start();
    let left = Duration::from_millis(1_500);
    let failed = seal(&sealing.stack.ctx, &sealing.sealer, &records, left).await;
    drop(guard);
    assert_eq!(sorted(failed), places(&events));
    let reasons = log.fields_with("events not sealed");
    assert_eq!((reasons.len(), &reasons[0]["failed"]), (1, &json!(2)));
    assert_eq!(sealing.put_aside(ACME).await, [] as [Uuid; 0]);
    sealing.key.is_down.store(false, Ordering::SeqCst);
    assert_eq!(sealing.seal(&records).await, [""; 0]);
    assert_eq!(sealing.sealed_ids(ACME).await, ids(&events));
}

#[tokio::test]
async fn a_tenant_that_fails_is_named_and_the_others_are_sealed() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 2).await;
    sealing.log(OTHER, 2).await;
    let records = sealing.records(4).await;
    let (proxy, ctx) = sealing.faulty().await;
    let of_acme = |request: &Value| request.to_string().contains("T#acme#SEAL");
    let refuse = Fault::on("PutItem", When::Always, FaultKind::Throttle).only_if(of_acme);
    proxy.inject(refuse);
    let left = Duration::from_secs(3);
    let failed = seal(&ctx, &sealing.sealer, &records, left).await;
    assert_eq!(sorted(failed), places(&events_of(&records, ACME)));
    assert_eq!(sealing.sealed_ids(OTHER).await, ids(&events_of(&records, OTHER)));
    proxy.clear();
    assert_eq!(seal(&ctx, &sealing.sealer, &records, LONG).await, [""; 0]);
    assert_eq!(sealing.sealed_ids(ACME).await, ids(&events_of(&records, ACME)));
}

#[tokio::test]
async fn a_table_that_does_not_answer_in_time_is_asked_again_by_the_next_invocation() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 1).await;
    let records = sealing.records(1).await;
    let (proxy, ctx) = sealing.faulty().await;
    let gate = Gate::closed();
    proxy.inject(Fault::on("Query", When::Always, FaultKind::Hold(gate.clone())));
    let left = Duration::from_millis(1_300);
    let failed = seal(&ctx, &sealing.sealer, &records, left).await;
    assert_eq!(failed, places(&events_of(&records, ACME)));
    gate.open();
    assert_eq!(seal(&ctx, &sealing.sealer, &records, LONG).await, [""; 0]);
    assert_eq!(sealing.leaves(ACME).await.len(), 1);
}

#[tokio::test]
async fn events_that_cannot_be_put_aside_are_read_again() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 2).await;
    seal_as_a_stranger(&sealing, ACME).await;
    let records = sealing.records(2).await;
    let events = events_of(&records, ACME);
    let (proxy, ctx) = sealing.faulty().await;
    let aside = |request: &Value| request.to_string().contains("#UNSEALED");
    proxy.inject(Fault::on("PutItem", When::Always, FaultKind::Throttle).only_if(aside));
    let failed = seal(&ctx, &sealing.sealer, &records, LONG).await;
    assert_eq!(sorted(failed), places(&events));
    proxy.clear();
    assert_eq!(seal(&ctx, &sealing.sealer, &records, LONG).await, [""; 0]);
    assert_eq!(sealing.put_aside(ACME).await, ids(&events));
}

#[tokio::test]
async fn what_is_changed_or_removed_in_the_table_is_told_of_once_and_sealed() {
    let sealing = Sealing::start().await;
    let activities = sealing.log(ACME, 2).await;
    let events = events_of(&sealing.records(2).await, ACME);
    let raw = RawTable::of(&sealing.stack).await;
    let head = |id: &str| format!("T#{ACME}#ACT#{id}");
    raw.delete(&sealing.item(&head(&activities[0]), "HEAD").await).await;
    let changed = sealing.item(&head(&activities[1]), "HEAD").await;
    raw.put(with(&changed, "summary", text("another"))).await;
    let event = sealing.item(pk_of(&events[0]), "EVENT").await;
    raw.put(with(&event, "status", text("denied"))).await;
    let records = sealing.records_of_touches(3).await;

    let (log, guard) = CapturedLog::start();
    for _ in 0..2 {
        assert_eq!(sealing.seal(&records).await, [""; 0]);
        sealing.stack.clock.advance(Duration::from_secs(600));
    }
    drop(guard);
    let lines = log.fields_with("items that the trail proves were changed or removed");
    assert_eq!((lines.len(), &lines[0]["touched"]), (2, &json!(3)));
    assert!(lines[0]["items"].as_str().is_some_and(|items| items.contains(&activities[0])));
    let told = sealing.told(ACME).await;
    let mut seen: Vec<[&str; 3]> = told
        .iter()
        .map(|event| {
            let of = [&event["action"], &event["data"]["item"], &event["resource_id"]];
            of.map(|value| value.as_str().expect("it is text"))
        })
        .collect();
    seen.sort_unstable();
    let event_id = ids(&events[..1])[0].to_string();
    let mut expected = [
        ["trail.item_changed", "activity", &activities[1]],
        ["trail.item_changed", "audit_event", &event_id],
        ["trail.item_removed", "activity", &activities[0]],
    ];
    expected.sort_unstable();
    assert_eq!(seen, expected);
    for event in &told {
        assert_eq!(event["actor"]["id"], "activity-log-seal");
        let first_at = event["data"]["first_at"].as_str().expect("it says when");
        let id: Uuid = event["id"].as_str().and_then(|id| id.parse().ok()).expect("it is an id");
        let (seconds, _) = id.get_timestamp().expect("it has a time").to_unix();
        let first_at = Timestamp::parse(first_at, Rounding::Down);
        assert_eq!(first_at.map(Timestamp::as_seconds), i64::try_from(seconds).ok());
    }

    // The stream brings what was told.
    let records = sealing.records(5).await;
    assert_eq!(sealing.seal(&records).await, [""; 0]);
    let sealed = sealing.sealed_ids(ACME).await;
    for event in &told {
        let id = event["id"].as_str().and_then(|id| id.parse().ok()).expect("it is an id");
        assert!(sealed.contains(&id), "{id}");
    }
}

#[tokio::test]
async fn what_the_removal_of_a_tenant_takes_away_is_not_told_of() {
    let sealing = Sealing::start().await;
    let activities = sealing.log(ACME, 1).await;
    let kept = sealing.log(OTHER, 1).await;
    let raw = RawTable::of(&sealing.stack).await;
    let tombstone = [("pk", "T#acme#REMOVED"), ("sk", "REMOVED")];
    let began = [("began_at", "2026-03-01T09:30:00.000Z")];
    let item = tombstone.into_iter().chain(began);
    raw.put(item.map(|(name, value)| (name.to_owned(), text(value))).collect()).await;
    for (tenant, id) in [(ACME, &activities[0]), (OTHER, &kept[0])] {
        let head = sealing.item(&format!("T#{tenant}#ACT#{id}"), "HEAD").await;
        raw.delete(&head).await;
    }
    let records = sealing.records_of_touches(2).await;
    let (proxy, ctx) = sealing.faulty().await;
    assert_eq!(seal(&ctx, &sealing.sealer, &records, LONG).await, [""; 0]);
    let written = |tenant: &str| {
        let of_tenant = |call: &&TableCall| {
            call.operation == "TransactWriteItems"
                && call.request.to_string().contains(&format!("T#{tenant}#AUD#"))
        };
        proxy.calls().iter().filter(of_tenant).count()
    };
    assert_eq!((written(ACME), written(OTHER)), (0, 1));
}

#[tokio::test]
async fn a_touched_item_that_cannot_be_told_of_is_read_again() {
    let sealing = Sealing::start().await;
    let activities = sealing.log(ACME, 1).await;
    let head = sealing.item(&format!("T#{ACME}#ACT#{}", activities[0]), "HEAD").await;
    RawTable::of(&sealing.stack).await.delete(&head).await;
    let records = sealing.records_of_touches(1).await;
    let touches: Vec<Value> = records.iter().filter(|one| is_a_touch(one)).cloned().collect();
    let (proxy, ctx) = sealing.faulty().await;
    for operation in ["GetItem", "TransactWriteItems"] {
        proxy.inject(Fault::on(operation, When::Always, FaultKind::Throttle));
        let left = Duration::from_secs(3);
        let failed = seal(&ctx, &sealing.sealer, &records, left).await;
        assert_eq!(failed, places(&touches), "{operation}");
        proxy.clear();
    }
    assert_eq!(sealing.leaves(ACME).await.len(), 1, "the events were sealed all the same");
    assert_eq!(seal(&ctx, &sealing.sealer, &records, LONG).await, [""; 0]);
    assert_eq!(sealing.told(ACME).await.len(), 1);
}

#[tokio::test]
async fn an_operator_seals_what_the_stream_has_lost() {
    let sealing = Sealing::start().await;
    sealing.log(ACME, 3).await;
    let records = sealing.records(3).await;
    let events = events_of(&records, ACME);
    assert_eq!(sealing.seal(&events[..1]).await, [""; 0]);
    let to_come = sealing.stack.clock.time().plus(Duration::from_secs(600)).to_string();
    let answer = sealing.invoke(&json!({ "tenant_id": ACME, "since": to_come })).await;
    assert_eq!(answer.expect("it is done")["sealed"], 0);
    let answer = sealing.invoke(&json!({ "tenant_id": ACME })).await.expect("it is sealed");
    assert_eq!((&answer["sealed"], &answer["size"]), (&json!(2), &json!(3)));
    assert_eq!(answer["finished"], true);
    assert_eq!(sealing.sealed_ids(ACME).await, ids(&events));
    // The stream may bring them after all.
    assert_eq!(sealing.seal(&records).await, [""; 0]);
    assert_eq!(sealing.leaves(ACME).await.len(), 3);
}

#[tokio::test]
async fn a_payload_that_is_neither_a_batch_nor_a_request_fails_the_invocation() {
    let sealing = Sealing::start().await;
    for payload in [json!({}), json!([]), json!({ "Records": [{}] }), json!({ "tenant": ACME })] {
        let (log, guard) = CapturedLog::start();
        let error = sealing.invoke(&payload).await.expect_err("it is neither");
        drop(guard);
        assert_eq!(error.code, "malformed_request", "{payload}");
        assert_eq!(log.lines_with("the payload is no batch").len(), 1);
    }
    let error = sealing.invoke(&json!({ "tenant_id": "a b" })).await.expect_err("it is no tenant");
    assert_eq!(error.code, "validation_failed");
    assert!(error.message.contains("tenant_id: "), "{}", error.message);
    sealing.stack.clock.set_before_1970(true);
    let error = sealing.invoke(&json!({ "Records": [] })).await.expect_err("it has no time");
    assert_eq!(error.code, "internal_error");
}
