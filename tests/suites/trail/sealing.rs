//! What sealing makes, what it costs, and what it refuses to go on with.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use activity_log_core::app::log_reader::LogReader;
use activity_log_core::app::put_aside::put_aside;
use activity_log_core::app::seal_backlog::{seal_backlog, unsealed_events};
use activity_log_core::app::seal_events::{SealError, Sealed, Sealer, seal_events};
use activity_log_core::domain::audit::{Action, AuditEvent};
use activity_log_core::domain::audit_log::{AuditLog, Generation, LogName};
use activity_log_core::domain::credential::{Credential, Grant};
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::domain::principal::{Actor, Scope, TenantId};
use activity_log_core::store::operator::remove_tenant::{self, AuditTrail};
use activity_log_core::store::{ItemKind, RemovedTenant, UnsealedEvent};
use activity_log_core::trail::edge::Edge;
use activity_log_core::trail::entry::{WrittenAt, sealed_event};
use activity_log_core::trail::hash::TreeHash;
use activity_log_core::trail::note::SignedNote;
use activity_log_core::trail::seal::Seal;
use activity_log_core::trail::signer::{Signature, Signer};
use activity_log_core::trail::tree::{inclusion_proof, root_of_inclusion};
use activity_log_tests::measured::MeasuredStack;
use activity_log_tests::raw_table::{self, RawTable, with};
use activity_log_tests::sealing::{TestSigner, ids_of_trail, seal_all};
use activity_log_tests::stack::Stack;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tokio::time::Instant;

fn acme() -> TenantId {
    TenantId::parse("acme").expect("it is an id")
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// A stack whose tenant `acme` has logged so many notes.
async fn stack_with(notes: usize) -> Stack {
    let stack = Stack::start().await;
    log_some(&stack, notes).await;
    stack
}

async fn log_some(stack: &Stack, notes: usize) {
    let v1 = stack.v1(&stack.service_key("acme").await);
    for n in 0..notes {
        drop(v1.log(&json!({ "type": "note", "summary": format!("note {n}") })).await.expect(201));
    }
}

async fn unsealed(stack: &Stack) -> Vec<UnsealedEvent> {
    let ids = ids_of_trail(stack, &acme()).await;
    let events = stack.ctx.store.audit_events(&acme(), &ids).await.expect("they are read");
    events.into_values().map(|event| UnsealedEvent { event, written_at: None }).collect()
}

async fn seals(stack: &Stack) -> Vec<Seal> {
    stack.ctx.store.seals_from(&acme(), Generation::FIRST, 0, 1_000).await.expect("they are read")
}

/// The seals of the table with one of them changed.
async fn change_seal(stack: &Stack, first: u64, name: &str, value: AttributeValue) {
    let table = RawTable::of(stack).await;
    let key = ("T#acme#SEAL#1".to_owned(), format!("{first:012}"));
    let item = table.items().await.remove(&key).expect("there is such a seal");
    table.put(with(&item, name, value)).await;
}

#[tokio::test]
async fn events_are_leaves_once_and_each_is_proved_by_the_newest_note() {
    let stack = stack_with(5).await;
    let sealer = TestSigner::sealer(1);
    let first = seal_all(&stack, "acme", &sealer).await;
    assert_eq!((first.seals, first.known), (1, 0));
    log_some(&stack, 3).await;
    let second = seal_all(&stack, "acme", &sealer).await;
    assert_eq!((second.seals, second.known), (1, first.sealed));
    let nothing = seal_all(&stack, "acme", &sealer).await;
    assert_eq!((nothing.seals, nothing.sealed), (0, 0));
    assert_eq!(nothing.size as usize, first.sealed + second.sealed);

    let seals = seals(&stack).await;
    let mut edge = Edge::default();
    for seal in &seals {
        assert_eq!(seal.first, edge.size());
        for leaf in &seal.leaves {
            edge.append(leaf.hash);
        }
        let note = SignedNote::parse(&seal.note).unwrap();
        note.verify_any(&sealer.verifier_keys("activity-log.local/acme")).unwrap();
        let checkpoint = note.checkpoint().unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (edge.size(), edge.root()));
    }
    let tenant = acme();
    let mut reader = LogReader::new(&stack.ctx.store, &tenant, Generation::FIRST, edge.size());
    for leaf in reader.leaves(0..edge.size()).await.unwrap() {
        let (_, sealed) = leaf.event.expect("its event is there");
        let hash = TreeHash::of_leaf(&sealed.entry);
        assert_eq!(hash, leaf.leaf.hash);
        let proof = reader.proof(inclusion_proof(leaf.index, edge.size())).await.unwrap();
        let root = root_of_inclusion(hash, leaf.index, edge.size(), &proof);
        assert_eq!(root, Some(edge.root()));
    }
}

#[tokio::test]
async fn a_seal_that_this_deployment_did_not_sign_stops_its_log_and_nothing_is_put_behind_it() {
    let sealer = TestSigner::sealer(1);
    let note_of = |seal: &Seal| AttributeValue::S(seal.note.clone());
    for what in ["unsigned", "of another seal", "of another key", "of another tenant", "an edge"] {
        let stack = stack_with(2).await;
        seal_all(&stack, "acme", &sealer).await;
        log_some(&stack, 2).await;
        seal_all(&stack, "acme", &sealer).await;
        let sealed = seals(&stack).await;
        let last = &sealed[1];
        match what {
            "unsigned" => {
                let text = last.note.split_once("\n\n").unwrap().0;
                change_seal(&stack, last.first, "note", AttributeValue::S(format!("{text}\n")))
                    .await;
            }
            "of another seal" => change_seal(&stack, last.first, "note", note_of(&sealed[0])).await,
            "of another key" | "of another tenant" => {
                let beside = Stack::start_with(|config| {
                    if what == "of another tenant" {
                        config.audit_log = AuditLog {
                            generation: Generation::new(7).unwrap(),
                            ..AuditLog::default()
                        };
                    }
                })
                .await;
                log_some(&beside, 2).await;
                seal_all(&beside, "acme", &TestSigner::sealer(2)).await;
                let generation = beside.ctx.config.audit_log.generation;
                let other = beside.ctx.store.seals_from(&acme(), generation, 0, 1).await.unwrap();
                change_seal(&stack, last.first, "note", note_of(&other[0])).await;
            }
            _ => {
                let mut roots: Vec<u8> = Vec::new();
                for root in last.edge.roots() {
                    roots.extend(root.as_bytes());
                }
                roots[0] ^= 1;
                change_seal(&stack, last.first, "edge", AttributeValue::B(roots.into())).await;
            }
        }
        log_some(&stack, 1).await;
        let before = seals(&stack).await;
        let refused =
            seal_events(&stack.ctx, &sealer, &acme(), unsealed(&stack).await, soon()).await;
        assert!(matches!(refused, Err(SealError::Foreign(_))), "{what}: {refused:?}");
        assert_eq!(seals(&stack).await, before, "{what}");
    }
}

/// Fails so many times, and counts.
struct Failing {
    signer: TestSigner,
    failures: usize,
    asked: AtomicUsize,
}

impl Signer for Failing {
    fn public_key(&self) -> [u8; 32] {
        self.signer.public_key()
    }

    fn sign<'a>(
        &'a self,
        text: &'a [u8],
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Signature>> + Send + 'a>> {
        if self.asked.fetch_add(1, Ordering::SeqCst) < self.failures {
            return Box::pin(async { Err(Error::Unavailable("no key service".into())) });
        }
        self.signer.sign(text)
    }
}

#[tokio::test]
async fn while_the_key_is_away_nothing_is_sealed_and_nothing_is_lost() {
    let stack = stack_with(3).await;
    let failing = |failures| {
        let signer = TestSigner::new(1);
        Sealer::new(vec![Arc::new(Failing { signer, failures, asked: AtomicUsize::new(0) })])
    };
    let events = unsealed(&stack).await;
    let deadline = Instant::now() + Duration::from_millis(200);
    let refused = seal_events(&stack.ctx, &failing(1_000), &acme(), events.clone(), deadline).await;
    assert!(matches!(refused, Err(SealError::Failed(Error::Unavailable(_)))), "{refused:?}");
    assert_eq!(seals(&stack).await, []);
    let sealed = seal_events(&stack.ctx, &failing(2), &acme(), events.clone(), soon()).await;
    assert_eq!(sealed.unwrap().sealed, events.len());
}

#[tokio::test]
async fn a_clock_that_is_minutes_behind_seals_nothing() {
    let stack = stack_with(1).await;
    let sealer = TestSigner::sealer(1);
    stack.clock.advance(Duration::from_secs(3_600));
    seal_all(&stack, "acme", &sealer).await;
    let behind = Stack::start_beside(&stack).await;
    // The newest seal is of an hour later.
    let cold = Stack::start_cold(&behind).await;
    log_some(&cold, 1).await;
    let refused = seal_events(&cold.ctx, &sealer, &acme(), unsealed(&cold).await, soon()).await;
    assert!(matches!(refused, Err(SealError::SealToCome(_))), "{refused:?}");
    // One that is a little behind seals no earlier than the newest seal.
    behind.clock.advance(Duration::from_secs(1));
    let sealed = seal_events(&behind.ctx, &sealer, &acme(), unsealed(&behind).await, soon()).await;
    sealed.unwrap();
    assert!(seals(&stack).await.is_sorted_by_key(|seal| seal.sealed_at));
}

#[tokio::test]
async fn of_two_insertions_of_one_event_the_first_is_sealed_and_a_later_one_does_not_replace_it() {
    let stack = stack_with(1).await;
    let sealer = TestSigner::sealer(1);
    let first = UnsealedEvent {
        written_at: WrittenAt::from_seconds(1_700_000_000),
        ..unsealed(&stack).await.remove(0)
    };
    // Deleted, and put again otherwise, before anybody sealed it.
    let event = AuditEvent { request_id: "req_forged".to_owned(), ..first.event.clone() };
    let again = UnsealedEvent { event, written_at: WrittenAt::from_seconds(1_700_000_010) };
    let read_back = UnsealedEvent { written_at: None, ..again.clone() };
    let leaves = async |batch: Vec<UnsealedEvent>| {
        seal_events(&stack.ctx, &sealer, &acme(), batch, soon()).await.unwrap();
        let seals = seals(&stack).await;
        let leaf = |seal: &Seal| (seal.leaves[0], seal.times(&seal.leaves[0]));
        assert!(seals.iter().all(|seal| seal.leaves.len() == 1));
        seals.iter().map(leaf).collect::<Vec<_>>()
    };
    let [(leaf, times)] = leaves(vec![read_back, first.clone(), again.clone()]).await[..] else {
        panic!("it is one leaf")
    };
    assert_eq!(leaf.written_at, first.written_at);
    let entry = sealed_event(&first.event, times).unwrap().entry;
    assert_eq!(TreeHash::of_leaf(&entry), leaf.hash);
    // That two were inserted is sealed, once, and shows: they are of one id.
    for batch in [vec![again.clone()], vec![again, first]] {
        let [one, (other, _)] = leaves(batch).await[..] else { panic!("they are two") };
        assert_eq!(one, (leaf, times));
        assert_eq!(other.event_id, leaf.event_id);
        assert_ne!(other.hash, leaf.hash);
    }
}

/// A log of so many seals, each of one leaf.
async fn stack_with_seals(seals: usize) -> (Stack, Sealer) {
    let (stack, sealer) = (Stack::start().await, TestSigner::sealer(1));
    for _ in 0..seals {
        log_some(&stack, 1).await;
        seal_all(&stack, "acme", &sealer).await;
    }
    (stack, sealer)
}

fn seal_item(items: &raw_table::Items, first: u64) -> &raw_table::Item {
    &items[&("T#acme#SEAL#1".to_owned(), format!("{first:012}"))]
}

fn bytes(value: Vec<u8>) -> AttributeValue {
    AttributeValue::B(value.into())
}

#[tokio::test]
async fn an_id_that_somebody_writes_into_a_seal_keeps_no_event_from_being_sealed() {
    let (stack, sealer) = stack_with_seals(3).await;
    let table = RawTable::of(&stack).await;
    for first in 0..3 {
        log_some(&stack, 1).await;
        let sealed: Vec<_> = seals(&stack).await.into_iter().flat_map(|seal| seal.leaves).collect();
        let mut waiting = unsealed(&stack).await;
        waiting.retain(|one| sealed.iter().all(|leaf| leaf.event_id != one.event.id));
        let items = table.items().await;
        let seal = seal_item(&items, first);
        let id = waiting[0].event.id.as_bytes().to_vec();
        table.put(with(seal, "ids", bytes(id))).await;
        let id = waiting[0].event.id;
        let done = seal_events(&stack.ctx, &sealer, &acme(), waiting, soon()).await.unwrap();
        assert_eq!((done.sealed, done.known), (1, 0), "seal {first}");
        table.put(seal.clone()).await;
        let newest = seals(&stack).await.pop().unwrap();
        assert_eq!(newest.leaves[0].event_id, id);
    }
}

#[tokio::test]
async fn nothing_is_signed_behind_seals_that_are_not_those_of_the_signed_tree() {
    let (stack, sealer) = stack_with_seals(3).await;
    let table = RawTable::of(&stack).await;
    log_some(&stack, 1).await;
    let waiting = unsealed(&stack).await;
    let items = table.items().await;
    let refused = async |what: &str| {
        let refused =
            seal_events(&stack.ctx, &sealer, &acme(), waiting.clone(), soon()).await.unwrap_err();
        assert!(matches!(&refused, SealError::Foreign(_)), "{what}: {refused}");
        assert_eq!(seals_from_newest(&stack).await.first, 2, "{what}");
    };
    for first in 0..3 {
        let seal = seal_item(&items, first);
        table.put(with(seal, "hashes", bytes(vec![7; 32]))).await;
        refused(&format!("other hashes in {first}")).await;
        let edge = seal["edge"].as_b().unwrap().as_ref().iter().map(|byte| !byte).collect();
        table.put(with(seal, "edge", bytes(edge))).await;
        refused(&format!("another edge in {first}")).await;
        table.put(seal.clone()).await;
    }
    // One that is not there, and two of one place.
    table.delete(seal_item(&items, 1)).await;
    refused("none in between").await;
    table.put(seal_item(&items, 1).clone()).await;
    let mut both = seal_item(&items, 1).clone();
    for (name, size) in [("ids", 16), ("written", 4), ("hashes", 32)] {
        both.insert(name.to_owned(), bytes(vec![7; 2 * size]));
    }
    both.insert("count".to_owned(), AttributeValue::N("2".to_owned()));
    both.insert("edge".to_owned(), seal_item(&items, 2)["edge"].clone());
    table.put(both).await;
    refused("one with the leaves of the next").await;
    table.put(seal_item(&items, 1).clone()).await;
    let done = seal_events(&stack.ctx, &sealer, &acme(), waiting, soon()).await.unwrap();
    assert_eq!((done.sealed, done.known), (1, 3));
}

#[tokio::test]
async fn what_nobody_signed_was_not_put_aside() {
    let stack = stack_with(7).await;
    let (sealer, store) = (TestSigner::sealer(1), &stack.ctx.store);
    let table = RawTable::of(&stack).await;
    let long_ago = WrittenAt::from_seconds(1_700_000_000);
    let mut events = unsealed(&stack).await.into_iter();
    let mut next = || UnsealedEvent { written_at: long_ago, ..events.next().unwrap() };
    // By nobody, by another key, at another time, as another event, for another deployment.
    store.put_aside(&next(), &[]).await.unwrap();
    store.put_aside(&next(), &[7; 64]).await.unwrap();
    put_aside(&stack.ctx, &TestSigner::sealer(2), &next()).await.unwrap();
    let (of_later, before) = (next(), table.items().await);
    let later = UnsealedEvent { written_at: WrittenAt::of(of_later.event.occurred_at), ..of_later };
    put_aside(&stack.ctx, &sealer, &later).await.unwrap();
    let item = table.items_since(&before).await.into_values().next().unwrap();
    table.put(with(&item, "written", AttributeValue::N("1700000000".to_owned()))).await;
    let before = table.items().await;
    put_aside(&stack.ctx, &sealer, &next()).await.unwrap();
    let item = table.items_since(&before).await.into_values().next().unwrap();
    table.put(with(&item, "request_id", raw_table::text("req_forged"))).await;
    let elsewhere = Stack::start_on(&stack.endpoint, store.table_name(), |config| {
        config.audit_log.name = LogName::parse("elsewhere").unwrap();
    })
    .await;
    put_aside(&elsewhere.ctx, &sealer, &next()).await.unwrap();
    table.put(with(&item, "sk", raw_table::text("no id"))).await;
    table.put(with(&item, "sk", raw_table::text("~"))).await;
    // One that is.
    let aside = next();
    put_aside(&stack.ctx, &sealer, &aside).await.unwrap();

    for sealed in [7, 0] {
        let done = seal_backlog(&stack.ctx, &sealer, &acme(), None, soon()).await.unwrap();
        assert_eq!((done.unreadable, done.sealed.sealed, done.finished), (8, sealed, true));
        assert_eq!(done.put_aside, [aside.event.id]);
    }
    let leaves: Vec<_> = seals(&stack).await.into_iter().flat_map(|seal| seal.leaves).collect();
    let timed: Vec<_> = leaves.iter().filter(|leaf| leaf.written_at.is_some()).collect();
    assert_eq!(timed.len(), 1, "the times of the others are nobody's");
    assert_eq!(timed[0].event_id, aside.event.id);
}

#[tokio::test]
async fn what_makes_no_entry_is_not_sealed_and_keeps_no_other_from_it() {
    let stack = stack_with(3).await;
    let sealer = TestSigner::sealer(1);
    let mut events = unsealed(&stack).await;
    events[1].event.request_id = "x".repeat(70_000);
    let done = seal_events(&stack.ctx, &sealer, &acme(), events.clone(), soon()).await.unwrap();
    assert_eq!((done.sealed, done.unsealable), (2, 1));
    let before = stack.keys_in_table().await;
    put_aside(&stack.ctx, &sealer, &events[1]).await.unwrap();
    assert_eq!(stack.keys_in_table().await, before, "it would wait for ever");
}

#[tokio::test]
async fn tiles_are_made_of_what_was_sealed_and_not_of_a_tile_that_is_there() {
    let stack = stack_with(1).await;
    let (sealer, store) = (TestSigner::sealer(1), &stack.ctx.store);
    let wrong = vec![TreeHash::of_nothing(); 256];
    store.put_tile(&acme(), Generation::FIRST, 0, 0, &wrong).await.unwrap();
    let events = copies(&unsealed(&stack).await[0], 300);
    seal_events(&stack.ctx, &sealer, &acme(), events, soon()).await.unwrap();
    let leaves = seals(&stack).await.into_iter().flat_map(|seal| seal.leaves);
    let hashes: Vec<TreeHash> = leaves.take(256).map(|leaf| leaf.hash).collect();
    let roots = store.tile_roots(&acme(), Generation::FIRST, 1, 0..1).await.unwrap();
    assert_eq!(roots[&0], TreeHash::of_perfect(&hashes));
}

#[tokio::test]
async fn no_backlog_is_sealed_in_a_log_that_another_one_follows() {
    let stack = stack_with(1).await;
    let sealer = TestSigner::sealer(1);
    seal_all(&stack, "acme", &sealer).await;
    log_some(&stack, 1).await;
    // Nothing was done in the second one.
    let restored = Stack::start_on(&stack.endpoint, stack.ctx.store.table_name(), |config| {
        config.audit_log.generation = Generation::new(3).unwrap();
    })
    .await;
    seal_backlog(&restored.ctx, &sealer, &acme(), None, soon()).await.unwrap();
    let refused = seal_backlog(&stack.ctx, &sealer, &acme(), None, soon()).await.unwrap_err();
    assert!(matches!(refused, SealError::Superseded(3)), "{refused}");
    assert_eq!(seals(&stack).await.len(), 1);
    // What was sealed before the restore does not wait in the log that follows it.
    assert_eq!(unsealed_events(&restored.ctx, &acme(), 0).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_log_follows_no_end_that_somebody_else_has_put_behind_ours() {
    let (stack, sealer) = stack_with_seals(2).await;
    let table = RawTable::of(&stack).await;
    let items = table.items().await;
    let second = Stack::start_on(&stack.endpoint, stack.ctx.store.table_name(), |config| {
        config.audit_log.generation = Generation::new(2).unwrap();
    })
    .await;
    let mut forged = seal_item(&items, 1).clone();
    forged.insert("sk".to_owned(), raw_table::text("000000000002"));
    let edge = Edge::new(3, vec![TreeHash::of_nothing(); 2]).unwrap();
    let edge: Vec<u8> = edge.roots().iter().flat_map(|root| root.as_bytes().to_vec()).collect();
    forged.insert("edge".to_owned(), bytes(edge));
    table.put(forged.clone()).await;
    let refused = seal_backlog(&second.ctx, &sealer, &acme(), None, soon()).await.unwrap_err();
    assert!(matches!(refused, SealError::Foreign(_)), "{refused}");
    table.delete(&forged).await;
    seal_backlog(&second.ctx, &sealer, &acme(), None, soon()).await.unwrap();
    // Of a key that was lost nothing can be told.
    let third = Stack::start_on(&stack.endpoint, stack.ctx.store.table_name(), |config| {
        config.audit_log.generation = Generation::new(3).unwrap();
    })
    .await;
    seal_backlog(&third.ctx, &TestSigner::sealer(7), &acme(), None, soon()).await.unwrap();
}

#[tokio::test]
async fn what_was_lost_or_put_aside_is_sealed_by_the_backlog_with_the_times_that_are_known() {
    let stack = stack_with(4).await;
    let sealer = TestSigner::sealer(1);
    let events = unsealed(&stack).await;
    let written_at = WrittenAt::of(events[0].event.occurred_at);
    let aside = UnsealedEvent { written_at, ..events[0].clone() };
    put_aside(&stack.ctx, &sealer, &aside).await.unwrap();
    // Once more is the same.
    put_aside(&stack.ctx, &sealer, &aside).await.unwrap();
    // Its event is deleted meanwhile: it is sealed all the same.
    let table = RawTable::of(&stack).await;
    let key = (format!("T#acme#AUD#{}", aside.event.id), "EVENT".to_owned());
    table.delete(&table.items().await[&key]).await;

    let backlog = seal_backlog(&stack.ctx, &sealer, &acme(), None, soon()).await.unwrap();
    assert!(backlog.finished);
    assert_eq!(backlog.sealed.sealed, events.len());
    assert_eq!(backlog.put_aside, [aside.event.id]);
    let leaves: Vec<_> = seals(&stack).await.into_iter().flat_map(|seal| seal.leaves).collect();
    let of_aside = leaves.iter().find(|leaf| leaf.event_id == aside.event.id).unwrap();
    assert_eq!(of_aside.written_at, written_at);
    let others = leaves.iter().filter(|leaf| leaf.written_at.is_none()).count();
    assert_eq!(others, events.len() - 1);

    // What waits is told as of a size: an export goes on while events are sealed.
    let all = events.len() as u64;
    let waiting = async |leaves| unsealed_events(&stack.ctx, &acme(), leaves).await.unwrap().len();
    let first_seal = seals(&stack).await[0].size();
    assert_eq!(waiting(all).await, 0);
    // One of them was deleted, and is in the list all the same.
    assert_eq!(waiting(first_seal).await as u64, all - first_seal);

    stack.ctx.store.forget_put_aside(&acme(), &backlog.put_aside).await.unwrap();
    let again = seal_backlog(&stack.ctx, &sealer, &acme(), None, soon()).await.unwrap();
    assert_eq!((again.sealed.sealed, again.sealed.seals, again.put_aside), (0, 0, vec![]));
    assert_eq!(again.sealed.size as usize, events.len());
}

#[tokio::test]
async fn tiles_that_got_lost_are_computed_and_a_full_one_is_put_again() {
    let stack = Stack::start().await;
    let sealer = TestSigner::sealer(1);
    let event = {
        log_some(&stack, 1).await;
        unsealed(&stack).await.remove(0)
    };
    let mut first = copies(&event, 600);
    let last = first.split_off(500);
    seal_events(&stack.ctx, &sealer, &acme(), first, soon()).await.unwrap();
    seal_events(&stack.ctx, &sealer, &acme(), last.clone(), soon()).await.unwrap();

    let table = RawTable::of(&stack).await;
    let tiles = async || {
        let items = table.items().await;
        items.into_iter().filter(|((pk, _), _)| pk.contains("#TILE#")).collect::<Vec<_>>()
    };
    let of_table = tiles().await;
    let names: Vec<&str> = of_table.iter().map(|((_, sk), _)| sk.as_str()).collect();
    assert_eq!(names, ["0#000000000000", "0#000000000001", "1#000000000000", "1#000000000001"]);
    let tenant = acme();
    let proof = async || {
        let mut reader = LogReader::new(&stack.ctx.store, &tenant, Generation::FIRST, 600);
        reader.proof(inclusion_proof(300, 600)).await.unwrap()
    };
    let before = proof().await;
    for (_, item) in &of_table {
        table.delete(item).await;
    }
    assert_eq!(proof().await, before);
    // Who sealed the last leaves ended before the tile was put: the events come again.
    let again = seal_events(&stack.ctx, &sealer, &acme(), last, soon()).await.unwrap();
    assert_eq!(again.sealed, 0);
    let names: Vec<String> = tiles().await.into_iter().map(|((_, sk), _)| sk).collect();
    assert_eq!(names, ["0#000000000001", "1#000000000001"]);
}

#[tokio::test]
async fn a_log_that_follows_a_restore_says_first_what_was_before_and_a_new_key_is_announced() {
    let stack = stack_with(2).await;
    let old_key = TestSigner::sealer(1);
    let before = seal_all(&stack, "acme", &old_key).await;
    // Of one key two, and of these the second alone.
    let both = Sealer::new(vec![Arc::new(TestSigner::new(1)), Arc::new(TestSigner::new(2))]);
    log_some(&stack, 1).await;
    seal_all(&stack, "acme", &both).await;
    log_some(&stack, 1).await;
    let new_key = TestSigner::sealer(2);
    let after = seal_all(&stack, "acme", &new_key).await;
    let sealed = seals(&stack).await;
    let old_note = SignedNote::parse(&sealed[1].note).unwrap();
    for key in both.verifier_keys("activity-log.local/acme") {
        old_note.verify(&key).unwrap();
    }
    let actions = async |seal: &Seal| {
        let ids: Vec<_> = seal.leaves.iter().map(|leaf| leaf.event_id).collect();
        let events = stack.ctx.store.audit_events(&acme(), &ids).await.unwrap();
        ids.iter().map(|id| events[id].clone()).collect::<Vec<_>>()
    };
    let added = &actions(&sealed[1]).await[0];
    assert_eq!(added.action, Action::LogKeyAdded);
    let key = &new_key.verifier_keys("activity-log.local/acme")[0];
    assert_eq!(serde_json::to_value(&added.data).unwrap()["verifier_key"], json!(key.to_string()));
    // It is announced once.
    let all: Vec<AuditEvent> = [actions(&sealed[1]).await, actions(&sealed[2]).await].concat();
    let announced = all.iter().filter(|event| event.action == Action::LogKeyAdded).count();
    assert_eq!(announced, 1);
    assert!(after.size > before.size);

    let second = Generation::new(2).unwrap();
    let restored = Stack::start_on(&stack.endpoint, stack.ctx.store.table_name(), |config| {
        config.audit_log.generation = second;
    })
    .await;
    log_some(&restored, 1).await;
    let sealed = seal_all(&restored, "acme", &new_key).await;
    let of_second = restored.ctx.store.seals_from(&acme(), second, 0, 10).await.unwrap();
    assert_eq!(of_second[0].size() as usize, sealed.sealed);
    let first = actions(&of_second[0]).await.remove(0);
    assert_eq!(first.action, Action::LogRestored);
    let data = serde_json::to_value(&first.data).unwrap();
    assert_eq!(data["previous_origin"], "activity-log.local/acme");
    assert_eq!(data["previous_size"], after.size);
    let note = SignedNote::parse(&of_second[0].note).unwrap();
    assert_eq!(note.checkpoint().unwrap().origin, "activity-log.local/acme/2");
}

#[tokio::test]
async fn of_a_removed_trail_the_newest_seal_stays_and_a_tenant_that_comes_back_goes_on_behind_it() {
    let stack = stack_with(2).await;
    let sealer = TestSigner::sealer(1);
    seal_all(&stack, "acme", &sealer).await;
    log_some(&stack, 2).await;
    let before = seal_all(&stack, "acme", &sealer).await.size;
    let events = unsealed(&stack).await;
    put_aside(&stack.ctx, &sealer, &events[0]).await.unwrap();
    let hash = seals(&stack).await[0].leaves[0].hash;
    stack.ctx.store.put_tile(&acme(), Generation::FIRST, 1, 0, &[hash]).await.unwrap();
    let kinds = async || {
        let keys = stack.keys_in_table().await.into_iter();
        let of_log = keys.filter(|(pk, _)| pk.starts_with("T#acme#"));
        of_log.map(|(pk, sk)| format!("{pk} {sk}")).collect::<Vec<String>>()
    };
    let (store, env) = (&stack.ctx.store, stack.ctx.environment.as_ref());
    let close = async || {
        remove_tenant::close(store, &acme(), stack.clock.time()).await.unwrap();
    };

    // The trail stays, and its log with it.
    close().await;
    remove_tenant::remove(store, &acme(), AuditTrail::Kept, env, |_| {}).await.unwrap();
    for kind in ["#SEAL#1 000000000000", "#TILE#1", "#UNSEALED", "#AUD#"] {
        assert!(kinds().await.iter().any(|key| key.contains(kind)), "{kind}");
    }
    let removal = AuditTrail::RemovedUpTo(Generation::FIRST);
    let found = remove_tenant::remove(store, &acme(), removal, env, |_| {}).await.unwrap();
    assert_eq!(found.kept[&ItemKind::Seal], 1);
    let newest = seals_from_newest(&stack).await;
    assert_eq!(newest.size(), before);
    let left = ["T#acme#REMOVED REMOVED".to_owned(), format!("T#acme#SEAL#1 {:012}", newest.first)];
    assert_eq!(kinds().await, left);

    let actor = Actor::parse("service:suite").unwrap();
    let grant = Grant::plain(actor, Scope::ALL.iter().copied().collect());
    let (credential, key) = Credential::grant(env, acme(), grant).unwrap();
    store.put_credential(&credential, RemovedTenant::Reopen).await.unwrap();
    let v1 = stack.v1(&key.reveal());
    drop(v1.log(&json!({ "type": "note", "summary": "again" })).await.expect(201));
    let proof = async || {
        let id = unsealed(&stack).await[0].event.id;
        v1.get(&format!("/v1/audit-events/{id}/proof")).await.expect(200).json()
    };
    assert_eq!(proof().await["sealed"], false);
    let after = seal_all(&stack, "acme", &sealer).await;
    // The reading of the trail is in it.
    assert_eq!((after.sealed, after.size), (2, before + 2));
    // A tile that would begin in what is gone is not made, and holds nothing up.
    let more = copies(&unsealed(&stack).await[0], 900);
    let after = seal_events(&stack.ctx, &sealer, &acme(), more, soon()).await.unwrap();
    assert_eq!((after.sealed, after.size), (899, before + 901));
    // Each of its events has a proof all the same, and what is gone is absent.
    let newest = seals_from_newest(&stack).await;
    let tenant = acme();
    for index in [before, before + 1, 127, 128, 255, 256, 257, 511, 512, after.size - 1] {
        let mut reader = LogReader::new(store, &tenant, Generation::FIRST, after.size);
        let proof = reader.proof(inclusion_proof(index, after.size)).await.unwrap();
        let seal = store.seals_from(&acme(), Generation::FIRST, index, 1).await.unwrap().remove(0);
        let leaf = seal.leaves[usize::try_from(index - seal.first).unwrap()];
        let root = root_of_inclusion(leaf.hash, index, after.size, &proof);
        assert_eq!(root, Some(newest.edge.root()), "{index}");
    }
    assert_eq!(proof().await["sealed"], true);
    for gone in ["tile/0/000", "tile/entries/000", "tile/1/000.p/3"] {
        v1.get(&format!("/v1/audit-log/{gone}")).await.expect(404);
    }
    v1.get("/v1/audit-log/tile/0/001").await.expect(200);
}

/// An event so many times, each under an id of its own; the first one is the event.
fn copies(event: &UnsealedEvent, count: u128) -> Vec<UnsealedEvent> {
    let copy = |n| {
        let id = uuid::Uuid::from_u128(event.event.id.as_u128() + n);
        UnsealedEvent { event: AuditEvent { id, ..event.event.clone() }, written_at: None }
    };
    (0..count).map(copy).collect()
}

async fn seals_from_newest(stack: &Stack) -> Seal {
    let newest = stack.ctx.store.seals_before(&acme(), Generation::FIRST, None, 1).await;
    newest.expect("they are read").pop().expect("there is one")
}

/// Sealing some events that were just written: its calls, its units, and the outcome.
async fn cost_of(events: usize) -> (usize, f64, f64, Sealed) {
    let engine = activity_log_tests::engine::Engine::fresh().await;
    let measured = MeasuredStack::start(engine).await;
    let sealer = TestSigner::sealer(1);
    let tenant = TenantId::parse(activity_log_tests::measured::TENANT).expect("it is an id");
    let stack = &measured.stack;
    // A log that has some leaves.
    for n in 0..3 {
        drop(
            measured
                .v1
                .log(&json!({ "type": "note", "summary": format!("{n}") }))
                .await
                .expect(201),
        );
    }
    seal_all(stack, tenant.as_str(), &sealer).await;
    let mut new = stack.ctx.store.new_events().expect("nobody else has them");
    for n in 0..events {
        drop(
            measured
                .v1
                .log(&json!({ "type": "note", "summary": format!("{n}") }))
                .await
                .expect(201),
        );
    }
    let mut written = Vec::new();
    while written.len() < events {
        let event = new.recv().await.expect("there are as many").event;
        written.push(UnsealedEvent { event, written_at: None });
    }
    let sealing = seal_events(&stack.ctx, &sealer, &tenant, written, soon());
    let cost = measured.measure(sealing).await;
    (cost.calls.len(), cost.read_units, cost.write_units, cost.answer.expect("they are sealed"))
}

#[tokio::test]
async fn sealing_costs_two_calls_however_many_events_there_are() {
    for (events, most_write_units) in [(1, 2.0), (10, 2.0), (100, 6.0)] {
        let (calls, read_units, write_units, sealed) = cost_of(events).await;
        println!("{events} events: {calls} calls, {read_units} read and {write_units} write units");
        assert_eq!((sealed.sealed, sealed.seals), (events, 1));
        assert_eq!(calls, 2, "one reads the newest seals, one puts");
        assert!(read_units <= 4.0 && write_units <= most_write_units);
    }
}
