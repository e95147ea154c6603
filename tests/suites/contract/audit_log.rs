//! The signed log of the trail over `/v1`: its files are those of a tree whose root is
//! signed, and the proof of an event leads there.

use std::time::Duration;

use activity_log_core::app::find_leaf::{find_leaf, find_leaf_within};
use activity_log_core::domain::audit_log::Generation;
use activity_log_core::domain::error::Error;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::trail::disclosure::{Disclosed, digest_of};
use activity_log_core::trail::edge::Edge;
use activity_log_core::trail::entry::Entry;
use activity_log_core::trail::hash::{TreeHash, concatenated};
use activity_log_core::trail::note::{Checkpoint, SignedNote, VerifierKey};
use activity_log_core::trail::signer::Signer as _;
use activity_log_core::trail::tree::root_of_inclusion;
use activity_log_tests::client::ABSENT_ID;
use activity_log_tests::client::v1::{
    V1, assert_violations, id_of, next_cursor, note, note_with, rows,
};
use activity_log_tests::raw_table::RawTable;
use activity_log_tests::sealing::{TestSigner, ids_of_trail, seal_all, seal_events_of};
use activity_log_tests::stack::Stack;
use futures_util::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const TENANT: &str = "acme";
const ORIGIN: &str = "activity-log.local/acme";
const CHECKPOINT: &str = "/v1/audit-log/checkpoint";
const CHECKPOINTS: &str = "/v1/audit-log/checkpoints";
const SEED: u8 = 1;

/// A stack, and a caller of it with every scope.
async fn start() -> (Stack, V1) {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key(TENANT).await);
    (stack, v1)
}

async fn log(v1: &V1, count: usize) {
    let logs = (0..count).map(async |n| v1.log(&note(&format!("number {n}"))).await);
    for answer in join_all(logs).await {
        answer.expect(201);
    }
}

async fn seal(stack: &Stack) {
    seal_all(stack, TENANT, &TestSigner::sealer(SEED)).await;
}

fn key_of(origin: &str) -> VerifierKey {
    VerifierKey::of_log(origin, TestSigner::new(SEED).public_key())
}

/// The checkpoint of a note that the key of these tests signed.
#[track_caller]
fn verified(note: &str, origin: &str) -> Checkpoint {
    let note = SignedNote::parse(note).expect("it is a note");
    note.verify(&key_of(origin)).expect("it is signed");
    let checkpoint = note.checkpoint().expect("it is of a tree");
    assert_eq!(checkpoint.origin, origin);
    checkpoint
}

async fn newest(v1: &V1) -> Checkpoint {
    let answer = v1.get(CHECKPOINT).await.expect(200);
    verified(str::from_utf8(&answer.body).expect("it is text"), ORIGIN)
}

async fn file(v1: &V1, name: &str) -> Vec<u8> {
    v1.get(&format!("/v1/audit-log/tile/{name}")).await.expect(200).body.to_vec()
}

/// The entries of a bundle.
fn entries(mut bundle: &[u8]) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at(usize::from(u16::from_be_bytes(*length)));
        entries.push(entry.to_vec());
        bundle = rest;
    }
    assert!(bundle.is_empty(), "nothing is behind the last entry");
    entries
}

async fn lines(v1: &V1, path: &str) -> Vec<String> {
    let answer = v1.get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/jsonl");
    let text = String::from_utf8(answer.body.to_vec()).expect("it is text");
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn before_anything_is_sealed_there_is_nothing_of_a_log() {
    let (stack, v1) = start().await;
    log(&v1, 1).await;
    for path in [CHECKPOINT, "/v1/audit-log/tile/0/000.p/1", "/v1/audit-log/tile/0/000"] {
        let answer = v1.get(path).await.expect(404);
        assert_eq!(answer.error_code(), "resource_not_found", "{path}");
    }
    let page = v1.get(CHECKPOINTS).await.expect(200).json();
    assert_eq!((&page["checkpoints"], page.get("next_cursor")), (&json!([]), None));
    let events = v1.audit_events(&[]).await.expect(200);
    let id = rows(&events, "audit_events", "id").pop().expect("there is one");
    let answer = v1.get(&format!("/v1/audit-events/{id}/proof")).await.expect(200);
    let shown = events.json()["audit_events"].as_array().and_then(|all| all.last().cloned());
    let expected = json!({
        "audit_event": shown,
        "sealed": false,
        "request_id": answer.header("x-request-id"),
    });
    assert_eq!(answer.json(), expected);
    // Another tenant's log is not its own.
    let other = stack.v1(&stack.service_key("other").await);
    log(&other, 1).await;
    seal_all(&stack, "other", &TestSigner::sealer(SEED)).await;
    v1.get(CHECKPOINT).await.expect(404);
}

#[tokio::test]
async fn the_files_of_a_log_are_those_of_the_tree_that_is_signed() {
    let (stack, v1) = start().await;
    for count in [1, 200, 100] {
        log(&v1, count).await;
        seal(&stack).await;
    }
    let checkpoint = newest(&v1).await;
    assert_eq!(checkpoint.size, 301);
    let full = file(&v1, "entries/000").await;
    let rest = file(&v1, "entries/001.p/45").await;
    let all: Vec<Vec<u8>> = [entries(&full), entries(&rest)].concat();
    assert_eq!(all.len(), 301);
    let mut edge = Edge::default();
    let leaves: Vec<TreeHash> = all.iter().map(|entry| TreeHash::of_leaf(entry)).collect();
    for leaf in &leaves {
        edge.append(*leaf);
    }
    assert_eq!(edge.root(), checkpoint.root);
    for entry in &all {
        assert_eq!(Entry::parse(entry).expect("it is an entry").tenant_id, TENANT);
    }

    // Every width that the log has had is served, also of what is full by now.
    assert_eq!(file(&v1, "0/000").await, concatenated(&leaves[..256]));
    for width in [1, 7, 255] {
        let name = format!("0/000.p/{width}");
        assert_eq!(file(&v1, &name).await, concatenated(&leaves[..width]), "{name}");
    }
    for width in [1, 45] {
        let name = format!("0/001.p/{width}");
        assert_eq!(file(&v1, &name).await, concatenated(&leaves[256..256 + width]), "{name}");
    }
    assert_eq!(entries(&file(&v1, "entries/000.p/9").await), all[..9]);
    let mut perfect = Edge::default();
    leaves[..256].iter().for_each(|leaf| perfect.append(*leaf));
    assert_eq!(file(&v1, "1/000.p/1").await, concatenated(perfect.roots()));
    for absent in [
        "0/001",
        "0/001.p/46",
        "0/002.p/1",
        "1/000",
        "1/000.p/2",
        "2/000.p/1",
        "7/000.p/1",
        "entries/001",
        "entries/001.p/46",
        "0/x999/x999/x999/x999/x999/999",
        "7/x001/x000/000",
        // Other forms of names.
        "0/0",
        "0/000.p/256",
        "0/000.p/0",
        "0/000.p/01",
        "00/000",
        "8/000.p/1",
        "0/x000/000",
        "entries/000.p",
        "entries",
        "0",
        "0/000/",
        "/0/000",
        "0//000",
        "../checkpoint",
        "%ff/000",
    ] {
        let answer = v1.get(&format!("/v1/audit-log/tile/{absent}")).await.expect(404);
        assert_eq!(answer.error_code(), "resource_not_found", "{absent}");
    }
    let answer = v1.get("/v1/audit-log/tile/0/000?size=1").await;
    assert_violations(&answer, &[("size", "is not a known parameter")]);
}

#[tokio::test]
async fn a_file_has_the_headers_of_its_kind_and_is_kept_nowhere() {
    let (stack, v1) = start().await;
    log(&v1, 2).await;
    seal(&stack).await;
    for (path, media_type) in [
        (CHECKPOINT, "text/plain; charset=utf-8"),
        (CHECKPOINTS, "application/json"),
        ("/v1/audit-log/tile/0/000.p/2", "application/octet-stream"),
        ("/v1/audit-log/tile/entries/000.p/2", "application/octet-stream"),
        ("/v1/audit-log/disclosures/000.p/2", "application/jsonl"),
        ("/v1/audit-log/records/000.p/2", "application/jsonl"),
    ] {
        let answer = v1.get(path).await.expect(200);
        assert_eq!(answer.header("content-type"), media_type, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        let head = v1.call(http::Method::HEAD, path).send().await.expect(200);
        assert!(head.body.is_empty() && !answer.body.is_empty(), "{path}");
        assert_eq!(head.header("content-length"), answer.header("content-length"), "{path}");
    }
    let sealed_at = v1.get(CHECKPOINT).await.expect(200).header("last-modified").to_owned();
    let entry = entries(&file(&v1, "entries/000.p/1").await).remove(0);
    let entry = Entry::parse(&entry).expect("it is an entry");
    assert!(sealed_at.ends_with(" GMT"));
    assert_eq!(sealed_at[17..25], entry.sealed_at[11..19]);
}

#[tokio::test]
async fn disclosures_and_records_are_those_that_entries_have_digests_of() {
    let (stack, v1) = start().await;
    let body = "long ".repeat(2_000);
    let input = note_with(json!({ "body": body, "occurred_at": "2026-03-01T09:00:00Z" }));
    let long = id_of(&v1.log(&input).await.expect(201));
    v1.log(&json!({})).await.expect(422);
    let short = id_of(&v1.log(&note("short")).await.expect(201));
    seal(&stack).await;
    let bundle = entries(&file(&v1, "entries/000.p/3").await);
    let disclosed = lines(&v1, "/v1/audit-log/disclosures/000.p/3").await;
    let mut records = lines(&v1, "/v1/audit-log/records/000.p/3").await.into_iter();
    assert_eq!((bundle.len(), disclosed.len()), (3, 3));
    for (index, (entry, line)) in bundle.iter().zip(&disclosed).enumerate() {
        let entry = Entry::parse(entry).expect("it is an entry");
        let line: Value = serde_json::from_str(line).expect("it is JSON");
        assert_eq!((&line["id"], &line["index"]), (&json!(entry.id), &json!(index)));
        let texts = line["disclosures"].as_array().expect("there are some").iter();
        let texts: Vec<&str> = texts.map(|text| text.as_str().expect("it is text")).collect();
        let mut digests: Vec<String> = texts.iter().map(|text| digest_of(text)).collect();
        digests.sort();
        assert_eq!(digests, entry.digests);
        let parts = texts.iter().map(|text| Disclosed::parse(text).expect("it has one form"));
        let content = parts.into_iter().find(|part| part.name == "content");
        let hash = content.and_then(|part| part.value["record_hash"].as_str().map(str::to_owned));
        assert_eq!(hash.is_some(), entry.status == "succeeded");
        if let Some(hash) = hash {
            let record = records.next().expect("each log of an activity has a record");
            let digest = Sha256::digest(&record);
            assert_eq!(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), hash);
            let record: Value = serde_json::from_str(&record).expect("it is JSON");
            assert_eq!(record["id"], json!(entry.resource_id));
            assert!([&long, &short].iter().any(|id| record["id"] == json!(id)));
            assert_eq!(record.get("body").is_some(), record["id"] == json!(long));
        }
    }
    assert_eq!(records.next(), None);
    for path in [
        "/v1/audit-log/disclosures/000.p/4",
        "/v1/audit-log/records/000",
        "/v1/audit-log/records/0",
    ] {
        v1.get(path).await.expect(404);
    }
    let answer = v1.get("/v1/audit-log/records/000.p/3?skip=256").await.expect(422);
    assert_eq!(answer.json()["error"]["field_errors"][0]["field"], "skip");
}

#[tokio::test]
async fn what_somebody_removed_leaves_a_gap_and_keeps_nothing_else_from_being_read() {
    let (stack, v1) = start().await;
    let ids = [
        id_of(&v1.log(&note("a")).await.expect(201)),
        id_of(&v1.log(&note("b")).await.expect(201)),
        id_of(&v1.log(&note("c")).await.expect(201)),
    ];
    seal(&stack).await;
    let tenant = TenantId::parse(TENANT).expect("it is valid");
    let events = ids_of_trail(&stack, &tenant).await;
    let table = RawTable::of(&stack).await;
    let items = table.items().await;
    let item = |pk: String, sk: &str| items[&(pk, sk.to_owned())].clone();
    table.delete(&item(format!("T#{TENANT}#AUD#{}", events[0]), "EVENT")).await;
    table.delete(&item(format!("T#{TENANT}#ACT#{}", ids[1]), "HEAD")).await;
    table.corrupt(&format!("T#{TENANT}#ACT#{}", ids[2]), "HEAD").await;

    let bundle = entries(&file(&v1, "entries/000.p/3").await);
    assert!(bundle[0].is_empty() && !bundle[1].is_empty() && !bundle[2].is_empty());
    let disclosed = lines(&v1, "/v1/audit-log/disclosures/000.p/3").await;
    assert_eq!(disclosed[0], json!({ "id": events[0], "index": 0 }).to_string());
    assert!(disclosed[1].starts_with("{\"disclosures\":[\""));
    let records = lines(&v1, "/v1/audit-log/records/000.p/3").await;
    assert_eq!(records, [&ids[1], &ids[2]].map(|id| json!({ "id": id }).to_string()));
    // The tree is that of before.
    assert_eq!(newest(&v1).await.size, 3);
    v1.get(&format!("/v1/audit-events/{}/proof", events[0])).await.expect(404);
    assert_proven(&v1, &events[1].to_string(), ORIGIN).await;
}

/// Records of which not all have room are read to the end by what each answer says.
#[tokio::test]
async fn records_that_are_too_long_for_one_answer_are_read_in_several() {
    let (stack, v1) = start().await;
    // Four bytes each, so that a dozen of them are more than an answer has.
    let body = "\u{1f4c5}".repeat(65_536);
    const COUNT: usize = 15;
    for n in 0..COUNT {
        v1.log(&json!({ "type": "note", "summary": n.to_string(), "body": body }))
            .await
            .expect(201);
    }
    seal(&stack).await;
    let mut path = format!("/v1/audit-log/records/000.p/{COUNT}");
    let (mut read, mut answers) = (0, 0);
    loop {
        let answer = v1.get(&path).await.expect(200);
        assert!(answer.body.len() < 3_000_000);
        let text = str::from_utf8(&answer.body).expect("it is text");
        for line in text.lines() {
            let record: Value = serde_json::from_str(line).expect("it is JSON");
            assert_eq!(record["summary"], read.to_string());
            read += 1;
        }
        answers += 1;
        let link = answer.header("link");
        if link.is_empty() {
            break;
        }
        let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
        path = next.expect("it says where to go on").to_owned();
        assert_eq!(path, format!("/v1/audit-log/records/000.p/{COUNT}?skip={read}"));
    }
    assert_eq!((read, answers), (COUNT, 2));
}

/// Reads the proof of an event, and follows it from the entry to the signed root.
async fn assert_proven(v1: &V1, id: &str, origin: &str) -> u64 {
    let answer = v1.get(&format!("/v1/audit-events/{id}/proof")).await.expect(200).json();
    assert_eq!(answer["sealed"], true);
    let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("there is {name}"));
    let index = answer["index"].as_u64().expect("it is a number");
    let (path, note) = text("proof").split_once("\n\n").expect("a note is behind the path");
    let mut path = path.lines();
    assert_eq!(path.next(), Some("c2sp.org/tlog-proof@v1"));
    assert_eq!(path.next(), Some(format!("index {index}").as_str()));
    let hashes: Vec<TreeHash> =
        path.map(|line| TreeHash::parse(line).expect("a line is a hash")).collect();
    let checkpoint = verified(note, origin);
    let leaf = TreeHash::of_leaf(text("entry").as_bytes());
    let root = root_of_inclusion(leaf, index, checkpoint.size, &hashes);
    assert_eq!(root, Some(checkpoint.root), "leaf {index} of {}", checkpoint.size);
    let entry = Entry::parse(text("entry").as_bytes()).expect("it is an entry");
    assert_eq!((&*entry.id, &*entry.sealed_at), (id, text("sealed_at")));
    let disclosures = answer["disclosures"].as_array().expect("there are some");
    let digests = disclosures.iter().map(|text| digest_of(text.as_str().expect("it is text")));
    let mut digests: Vec<String> = digests.collect();
    digests.sort();
    assert_eq!(digests, entry.digests);
    let shown = &answer["audit_event"];
    for (name, sealed) in [
        ("id", &entry.id),
        ("action", &entry.action),
        ("occurred_at", &entry.occurred_at),
        ("request_id", &entry.request_id),
    ] {
        assert_eq!(shown[name], json!(sealed));
    }
    index
}

#[tokio::test]
async fn the_proof_of_every_event_leads_to_the_signed_root() {
    let (stack, v1) = start().await;
    for count in [1, 2, 40, 7] {
        log(&v1, count).await;
        seal(&stack).await;
        stack.clock.advance(Duration::from_secs(600));
    }
    let tenant = TenantId::parse(TENANT).expect("it is valid");
    let ids = ids_of_trail(&stack, &tenant).await;
    let mut indices = Vec::new();
    for id in &ids {
        indices.push(assert_proven(&v1, &id.to_string(), ORIGIN).await);
    }
    indices.sort_unstable();
    assert_eq!(indices, (0..50).collect::<Vec<u64>>());
    // The same id in capitals, and what is no id, and none of an event.
    let capitals = ids[3].to_string().to_uppercase();
    let answer = v1.get(&format!("/v1/audit-events/{capitals}/proof")).await.expect(200);
    assert_eq!(answer.json()["audit_event"]["id"], ids[3].to_string());
    for absent in [ABSENT_ID, "evt_1"] {
        let answer = v1.get(&format!("/v1/audit-events/{absent}/proof")).await.expect(404);
        assert_eq!(answer.error_code(), "resource_not_found");
    }
    let answer = v1.get(&format!("/v1/audit-events/{ABSENT_ID}/proof?x=1")).await;
    assert_violations(&answer, &[("x", "is not a known parameter")]);
}

#[tokio::test]
async fn an_event_that_was_sealed_late_is_found_or_it_is_not_known() {
    let (stack, v1) = start().await;
    log(&v1, 1).await;
    seal(&stack).await;
    let late = id_of(&v1.log(&note("late")).await.expect(201));
    let event = v1.audit_events(&[("resource_id", &late)]).await.expect(200);
    let late = rows(&event, "audit_events", "id").remove(0).parse().expect("it is an id");
    let tenant = TenantId::parse(TENANT).expect("it is valid");
    let events = stack.ctx.store.audit_events(&tenant, &[late]).await.expect("they are read");
    let event = &events[&late];
    // What comes behind it is sealed first.
    let sealer = TestSigner::sealer(SEED);
    for n in 0..20 {
        log(&v1, 1).await;
        let ids = ids_of_trail(&stack, &tenant).await;
        let ids: Vec<_> = ids.into_iter().filter(|id| *id != late).collect();
        seal_events_of(&stack, &tenant, &ids, &sealer).await;
        stack.clock.advance(Duration::from_secs(60 * n));
    }
    assert_eq!(find_leaf(&stack.ctx, event).await.expect("all is read"), None);
    // With less than all read, nothing is said.
    for _ in 0..2 {
        let unknown = find_leaf_within(&stack.ctx, event, 1).await;
        assert!(matches!(unknown, Err(Error::Unavailable(_))), "{unknown:?}");
        seal(&stack).await;
    }
    assert!(find_leaf_within(&stack.ctx, event, 2).await.expect("it is found").is_some());
    assert_proven(&v1, &late.to_string(), ORIGIN).await;
}

#[tokio::test]
async fn a_log_without_one_of_its_seals_is_a_failure_and_no_answer() {
    let (stack, v1) = start().await;
    for _ in 0..5 {
        log(&v1, 1).await;
        seal(&stack).await;
    }
    let tenant = TenantId::parse(TENANT).expect("it is valid");
    let ids = ids_of_trail(&stack, &tenant).await;
    let table = RawTable::of(&stack).await;
    let seal_key = (format!("T#{TENANT}#SEAL#1"), format!("{:012}", 2));
    let item = table.items().await.remove(&seal_key).expect("the seal is there");
    table.delete(&item).await;
    v1.get(&format!("/v1/audit-events/{}/proof", ids[2])).await.expect(500);
    v1.get("/v1/audit-log/tile/0/000.p/5").await.expect(500);
    v1.get("/v1/audit-log/tile/entries/000.p/3").await.expect(500);
    v1.get("/v1/audit-log/tile/0/000.p/2").await.expect(200);
    // Whoever looks for the missing one finds it missing in the list.
    let listed = v1.get(CHECKPOINTS).await.expect(200).json();
    assert_eq!(listed["checkpoints"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn a_tile_that_got_lost_is_computed() {
    let (stack, v1) = start().await;
    for _ in 0..3 {
        log(&v1, 100).await;
        seal(&stack).await;
    }
    let names = ["0/000", "1/000.p/1"];
    let mut before = Vec::new();
    for name in names {
        before.push(file(&v1, name).await);
    }
    let table = RawTable::of(&stack).await;
    let items = table.items().await;
    let tiles = items.iter().filter(|((pk, _), _)| pk.contains("#TILE#"));
    for (_, tile) in tiles {
        table.delete(tile).await;
    }
    for (name, before) in names.iter().zip(&before) {
        assert_eq!(file(&v1, name).await, *before, "{name}");
    }
    let tenant = TenantId::parse(TENANT).expect("it is valid");
    let ids = ids_of_trail(&stack, &tenant).await;
    assert_proven(&v1, &ids[0].to_string(), ORIGIN).await;
}

#[tokio::test]
async fn checkpoints_are_listed_from_the_oldest_on_each_once() {
    let (stack, v1) = start().await;
    for _ in 0..5 {
        log(&v1, 1).await;
        seal(&stack).await;
    }
    let (mut sizes, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = v1.get(&format!("{CHECKPOINTS}?limit=2{after}")).await.expect(200);
        let notes = page.json()["checkpoints"].as_array().expect("it is a list").clone();
        let size = |note: &Value| verified(note.as_str().expect("it is text"), ORIGIN).size;
        sizes.extend(notes.iter().map(size));
        cursor = next_cursor(&page);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [1, 2, 3, 4, 5]);

    let page = v1.get(&format!("{CHECKPOINTS}?limit=1")).await.expect(200);
    let cursor = next_cursor(&page).expect("there are more");
    let other = stack.v1(&stack.service_key("other").await);
    let keys = next_cursor(&v1.get("/v1/keys?limit=1").await.expect(200));
    for (caller, cursor) in
        [(&other, cursor.as_str()), (&v1, "nonsense"), (&v1, keys.as_deref().unwrap_or("x"))]
    {
        let answer = caller.get(&format!("{CHECKPOINTS}?cursor={cursor}")).await;
        assert_violations(&answer, &[("cursor", "must be a next_cursor of the same search")]);
    }
    let answer = v1.get(&format!("{CHECKPOINTS}?limit=0&size=1")).await.expect(422).json();
    assert_eq!(answer["error"]["field_errors"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn witnesses_have_their_lines_under_the_checkpoints_that_they_cosigned() {
    let (stack, v1) = start().await;
    let tenant = TenantId::parse(TENANT).expect("it is a tenant");
    let generation = stack.ctx.config.audit_log.generation;
    let line = |witness: &str, size: u64| format!("\u{2014} {witness} {size}AAAAAAA\n");
    for size in 1..=4 {
        log(&v1, 1).await;
        seal(&stack).await;
        let witnesses = if size % 2 == 0 { &["w1.example", "w2.example"][..] } else { &[] };
        for witness in witnesses {
            let line = line(witness, size);
            stack.ctx.store.put_cosignature(&tenant, generation, size, &line).await.expect("put");
        }
    }
    let of = |size: u64| format!("\n{}{}", line("w1.example", size), line("w2.example", size));
    let newest = v1.get(CHECKPOINT).await.expect(200);
    let newest = str::from_utf8(&newest.body).expect("it is text").to_owned();
    assert!(newest.ends_with(&of(4)), "{newest}");
    let notes = |page: &Value| -> Vec<String> {
        let notes = page["checkpoints"].as_array().expect("it is a list");
        notes.iter().map(|note| note.as_str().expect("it is text").to_owned()).collect()
    };
    let first = v1.get(&format!("{CHECKPOINTS}?limit=3")).await.expect(200).json();
    let first = notes(&first);
    assert!(first[1].ends_with(&of(2)), "{first:?}");
    assert!(!first[0].contains(".example") && !first[2].contains(".example"), "{first:?}");
    // They change nothing of what is signed.
    for note in first.iter().chain([&newest]) {
        verified(note, ORIGIN);
    }
}

#[tokio::test]
async fn an_event_of_a_log_before_a_restore_is_proven_by_that_log() {
    let (stack, v1) = start().await;
    log(&v1, 3).await;
    seal(&stack).await;
    let tenant = TenantId::parse(TENANT).expect("it is valid");
    let old = ids_of_trail(&stack, &tenant).await;
    stack.clock.advance(Duration::from_secs(3_600));
    let table_name = stack.ctx.store.table_name();
    let later = Stack::start_on(&stack.endpoint, table_name, |config| {
        config.audit_log.generation = Generation::new(2).expect("it is valid");
    });
    let later = later.await;
    later.clock.advance(Duration::from_secs(3_600));
    let v1 = later.v1(v1.key());
    v1.get(CHECKPOINT).await.expect(404);
    assert_proven(&v1, &old[1].to_string(), ORIGIN).await;
    log(&v1, 2).await;
    let new = ids_of_trail(&later, &tenant).await;
    let new: Vec<_> = new.into_iter().filter(|id| !old.contains(id)).collect();
    seal_events_of(&later, &tenant, &new, &TestSigner::sealer(SEED)).await;
    // The second log tells of the first in its first leaf.
    let second = format!("{ORIGIN}/2");
    let answer = v1.get(CHECKPOINT).await.expect(200);
    let note = str::from_utf8(&answer.body).expect("it is text");
    assert_eq!(verified(note, &second).size, new.len() as u64 + 1);
    for id in &new {
        assert_proven(&v1, &id.to_string(), &second).await;
    }
    for id in &old {
        assert_proven(&v1, &id.to_string(), ORIGIN).await;
    }
}
