//! Many sealers and writers at once, while the table fails and processes end anywhere.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use activity_log_core::app::seal_events::seal_events;
use activity_log_core::domain::audit_log::Generation;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::store::UnsealedEvent;
use activity_log_core::trail::edge::Edge;
use activity_log_core::trail::entry::{SealingTimes, WrittenAt, sealed_event};
use activity_log_core::trail::hash::TreeHash;
use activity_log_core::trail::note::SignedNote;
use activity_log_tests::faulty_engine::{Fault, FaultKind, When, scramble};
use activity_log_tests::sealing::TestSigner;
use activity_log_tests::stack::Stack;
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::{Instant, timeout};

const SEALERS: u64 = 24;
const WRITERS: usize = 64;
const LOGS_A_WRITER: usize = 5;
/// The longest batch of the stream.
const BATCH: usize = 20;
/// Of a hundred batches, how many are delivered again, and how many end a process.
const DELIVERED_AGAIN: u64 = 15;
const CRASHES: u64 = 10;

/// The batches of a stream that are not done yet.
#[derive(Default)]
struct Stream {
    batches: Mutex<VecDeque<Vec<UnsealedEvent>>>,
    decisions: AtomicU64,
}

impl Stream {
    fn next(&self) -> Option<Vec<UnsealedEvent>> {
        self.batches.lock().expect("no holder of it panics").pop_front()
    }

    fn push(&self, batch: Vec<UnsealedEvent>) {
        self.batches.lock().expect("no holder of it panics").push_back(batch);
    }

    /// A number below a hundred: another one each time.
    fn dice(&self) -> u64 {
        scramble(19, self.decisions.fetch_add(1, Ordering::Relaxed)) % 100
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_lost_doubled_or_out_of_the_tree() {
    let (stack, engine) = Stack::start_faulty().await;
    let key = stack.service_key("acme").await;
    let mut new_events = stack.ctx.store.new_events().expect("nobody else has them");
    let writers = (0..WRITERS).map(|writer| {
        let v1 = stack.v1(&key);
        async move {
            for n in 0..LOGS_A_WRITER {
                let input = json!({ "type": "note", "summary": format!("note {n} of {writer}") });
                drop(v1.log(&input).await.expect(201));
            }
        }
    });
    join_all(writers).await;

    let mut events = BTreeMap::new();
    let stream = Arc::new(Stream::default());
    let mut batch = Vec::new();
    while let Ok(new) = new_events.try_recv() {
        let event = new.event;
        let written_at = WrittenAt::of(event.occurred_at);
        events.insert(event.id, event.clone());
        batch.push(UnsealedEvent { event, written_at });
        if batch.len() as u64 > stream.dice() % BATCH as u64 {
            stream.push(std::mem::take(&mut batch));
        }
    }
    stream.push(batch);
    assert_eq!(events.len(), WRITERS * LOGS_A_WRITER);

    for fault in [
        Fault::on("PutItem", When::Every(7), FaultKind::LoseAnswer),
        Fault::on("PutItem", When::Every(11), FaultKind::Throttle),
        Fault::on("Query", When::Every(13), FaultKind::ServerError),
        Fault::on("Query", When::Every(5), FaultKind::ShortPage { limit: 1 }),
        Fault::on("PutItem", When::Every(3), FaultKind::DelayMs(5)),
    ] {
        engine.inject(fault);
    }
    let tenant = TenantId::parse("acme").unwrap();
    let sealers = (0..SEALERS).map(|_| {
        let (stream, tenant, ctx) = (Arc::clone(&stream), tenant.clone(), Arc::clone(&stack.ctx));
        tokio::spawn(async move {
            let sealer = TestSigner::sealer(1);
            while let Some(batch) = stream.next() {
                let deadline = Instant::now() + Duration::from_secs(30);
                let sealing = seal_events(&ctx, &sealer, &tenant, batch.clone(), deadline);
                let dice = stream.dice();
                // A process ends somewhere in between, and its batch is read again.
                let is_done = if dice < CRASHES {
                    let ended = Duration::from_millis(stream.dice());
                    timeout(ended, sealing).await.is_ok_and(|sealed| sealed.is_ok())
                } else {
                    sealing.await.is_ok()
                };
                if !is_done || stream.dice() < DELIVERED_AGAIN {
                    stream.push(batch);
                }
            }
        })
    });
    for sealer in join_all(sealers).await {
        sealer.unwrap();
    }
    engine.clear();

    let store = &stack.ctx.store;
    let mut edge = Edge::default();
    let mut sealed = BTreeSet::new();
    let mut last_sealed_at = None;
    let key = TestSigner::sealer(1).verifier_keys("activity-log.local/acme");
    while let Some(seal) =
        store.seals_from(&tenant, Generation::FIRST, edge.size(), 1).await.unwrap().pop()
    {
        if seal.size() <= edge.size() {
            break;
        }
        assert_eq!(seal.first, edge.size(), "there is no hole");
        assert!(last_sealed_at <= Some(seal.sealed_at));
        last_sealed_at = Some(seal.sealed_at);
        for leaf in &seal.leaves {
            let times = SealingTimes { written_at: leaf.written_at, sealed_at: seal.sealed_at };
            let entry = sealed_event(&events[&leaf.event_id], times).unwrap().entry;
            assert_eq!(TreeHash::of_leaf(&entry), leaf.hash);
            assert!(sealed.insert(leaf.event_id), "no event is a leaf twice");
            edge.append(leaf.hash);
        }
        let note = SignedNote::parse(&seal.note).unwrap();
        note.verify_any(&key).unwrap();
        assert_eq!(note.checkpoint().unwrap().root, edge.root());
    }
    assert_eq!(sealed, events.keys().copied().collect());
}
