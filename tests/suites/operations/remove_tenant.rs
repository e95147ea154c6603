//! A tenant that leaves: everything of it goes, nothing of another is touched,
//! and the audit trail goes only where that is said.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::compact_index::{index_status, settle_index};
use activity_log_core::app::credential_cache::CACHE_FOR;
use activity_log_core::domain::audit_log::Generation;
use activity_log_core::domain::audit_reads::AuditReads;
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::credential::Credential;
use activity_log_core::domain::principal::{Actor, Scope, TenantId};
use activity_log_core::index::Position;
use activity_log_core::index::manifest::Manifest;
use activity_log_core::index::store::IndexStore as _;
use activity_log_core::store::operator::remove_tenant::{self, AuditTrail, TenantItems};
use activity_log_core::store::{ItemKind, PutCredentialError, RemovedTenant, TenantIndex};
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, Gate, TableCall, When};
use activity_log_tests::lambda::invocation;
use activity_log_tests::raw_table::{Item, Items, RawTable, text, with};
use activity_log_tests::rig::{Rig, input, long_keyed_input};
use activity_log_tests::stack::Stack;
use activity_log_tests::workspace::{TENANT, Workspace, own_id, type_of};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use uuid::Uuid;

/// Tenants whose ids are nearly each other's.
const OTHERS: [&str; 4] = ["acme2", "ACME", "acme-", "acm"];
/// Where the tombstone is.
const TOMBSTONE: &str = "T#acme#REMOVED";
const SCHEDULED: &str = "6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a19";

fn tenant() -> TenantId {
    TenantId::parse(TENANT).expect("the tenant id is valid")
}

/// Leaves the tombstone, and revokes.
async fn close(stack: &Stack) -> Timestamp {
    let closed = remove_tenant::close(&stack.ctx.store, &tenant(), stack.clock.time()).await;
    closed.expect("the tenant is closed")
}

async fn remove(stack: &Stack, audit_trail: AuditTrail) -> TenantItems {
    let (tenant, env) = (tenant(), &*stack.ctx.environment);
    let removed = remove_tenant::remove(&stack.ctx.store, &tenant, audit_trail, env, |_| {});
    removed.await.expect("the tenant is removed")
}

/// All items but the tombstone.
async fn items(table: &RawTable<'_>) -> Items {
    let mut items = table.items().await;
    items.retain(|(pk, _), _| !pk.ends_with("#REMOVED"));
    items
}

/// The items of a tenant, or those that are not.
fn of_tenant(items: &Items, is: bool) -> Items {
    let prefix = format!("T#{TENANT}#");
    let chosen = items.iter().filter(|((pk, _), _)| pk.starts_with(&prefix) == is);
    chosen.map(|(key, item)| (key.clone(), item.clone())).collect()
}

fn is_audit(pk: &str) -> bool {
    pk.contains("#AUD#") || pk.ends_with("#AX")
}

/// Whether an item is part of the index.
fn is_of_index(pk: &str) -> bool {
    ["#TAIL", "#SEG"].iter().any(|kind| pk.contains(kind))
}

/// Items of every kind, in the tenant and in those that are nearly it.
async fn populate(stack: Stack) -> Workspace {
    let workspace = Workspace::on(stack).await;
    let stack = &workspace.stack;
    workspace.define_fields("visit", json!([])).await;
    stack.set_audit_reads(TENANT, Some(AuditReads::Denied)).await;
    stack.register_record_type(TENANT, "property", Uuid::from_u128(1)).await;
    let mut visit = json!({
        "related_objects": [{"custom_object": own_id("property"), "entity_id": "pro_1"}],
        "notes": "seen", "scheduled_activity_id": SCHEDULED,
    });
    drop(workspace.api.log("visit", &visit).await.expect(201));
    stack.name_actor(TENANT, "user:jane", "Jane Doe").await;
    let mut callers = vec![workspace.v1.clone()];
    for other in OTHERS {
        let key = stack.service_key(other).await;
        stack.put_resource(other, "contact", "con_1", None).await;
        stack.name_actor(other, "user:jane", "Jane Doe").await;
        stack.put_resource(other, "property", "pro_1", None).await;
        stack.define_type(other, type_of("visit", json!([]))).await;
        stack.set_audit_reads(other, Some(AuditReads::Denied)).await;
        visit["related_objects"] = json!([]);
        drop(stack.logged_activity(other, &key).log("visit", &visit).await.expect(201));
        callers.push(stack.v1(&key));
    }
    for v1 in &callers {
        drop(v1.log(&input("short")).await.expect(201));
        drop(v1.log(&long_keyed_input("long")).await.expect(201));
    }
    for tenant in [TENANT].iter().chain(&OTHERS) {
        let tenant = TenantId::parse(tenant).expect("the id is valid");
        settle_index(&stack.ctx, &tenant).await.expect("the index is settled");
    }
    for v1 in &callers {
        drop(v1.log(&json!({"type": "unknown"})).await.expect(422));
    }
    workspace
}

#[tokio::test]
async fn everything_of_a_tenant_goes_and_nothing_of_another() {
    let workspace = populate(Stack::start().await).await;
    let stack = &workspace.stack;
    let table = RawTable::of(stack).await;
    let before = items(&table).await;
    let (own, others) = (of_tenant(&before, true), of_tenant(&before, false));

    let count = remove_tenant::count(
        &stack.ctx.store,
        &tenant(),
        AuditTrail::RemovedUpTo(Generation::FIRST),
        |_| {},
    )
    .await;
    let counted = count.expect("the table is scanned");
    assert_eq!(items(&table).await, before, "to count removes nothing");
    assert_eq!(counted.removed.values().sum::<usize>(), own.len());
    assert!(counted.kept.is_empty());
    let found: Vec<ItemKind> = counted.removed.keys().copied().collect();
    let known = ItemKind::ALL
        .iter()
        .copied()
        // Those of a sealed trail have a test beside its others.
        .filter(|kind| {
            !matches!(
                kind,
                ItemKind::Other
                    | ItemKind::Tombstone
                    | ItemKind::Seal
                    | ItemKind::Cosignature
                    | ItemKind::Tile
                    | ItemKind::Unsealed
            )
        });
    assert_eq!(found, known.collect::<Vec<_>>(), "there is one of every kind");
    assert_eq!(counted.removed[&ItemKind::Activity], 3);
    // Of three activities and a refusal, of the type and the settings.
    assert_eq!(counted.removed[&ItemKind::AuditEvent], 6);
    for one in [ItemKind::RefusalTally, ItemKind::TenantSettings] {
        assert_eq!(counted.removed[&one], 1, "{one}");
    }
    assert_eq!(counted.removed[&ItemKind::Credential], 1);

    let closed_at = close(stack).await;
    let removed = remove(stack, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
    assert_eq!(removed, counted, "what was counted was removed");
    assert_eq!(items(&table).await, others, "to the byte");
    stack.clock.advance(Duration::from_secs(60));
    assert_eq!(close(stack).await, closed_at, "it was closed before");
    assert_eq!(
        remove(stack, AuditTrail::RemovedUpTo(Generation::FIRST)).await,
        TenantItems::default()
    );
}

#[tokio::test]
async fn the_audit_trail_stays_and_can_be_read_with_a_new_key() {
    let workspace = populate(Stack::start().await).await;
    let (stack, v1) = (&workspace.stack, &workspace.v1);
    let mut trail = v1.every_audit_event(&[]).await;
    // And that of reading it.
    assert_eq!(trail.len() + 1, 7);
    let table = RawTable::of(stack).await;
    let before = items(&table).await;
    let mut audit = of_tenant(&before, true);
    audit.retain(|(pk, _), _| is_audit(pk));

    close(stack).await;
    stack.clock.advance(CACHE_FOR + Duration::from_secs(1));
    let removed = remove(stack, AuditTrail::Kept).await;
    assert_eq!(removed.kept[&ItemKind::AuditEvent], 7);
    assert!(!removed.removed.contains_key(&ItemKind::AuditEvent));
    let after = items(&table).await;
    let (index, rest): (Items, Items) =
        of_tenant(&after, true).into_iter().partition(|((pk, _), _)| is_of_index(pk));
    assert_eq!(rest, audit, "to the byte");
    assert_eq!(removed.kept.values().sum::<usize>(), audit.len() + index.len());
    let left = index_status(&stack.ctx, &tenant()).await.expect("the index is there");
    let collections: Vec<&str> = left.tiers.iter().map(|tier| tier.collection).collect();
    assert_eq!((collections.as_slice(), left.tail_entries), (&["audit_events"][..], 0));
    assert_eq!((left.garbage, left.pending), (0, 0), "nothing of activities is left");
    assert_eq!(of_tenant(&after, false), of_tenant(&before, false));
    drop(v1.get("/v1/audit-events").await.expect(401));

    let reader = stack.v1(&reopen(stack, "user:auditor", &[Scope::AuditRead]).await);
    // But for the names, which went with the registry.
    assert_eq!(trail[3]["actor"]["display_name"], "Jane Doe");
    for event in &mut trail {
        event["actor"].as_object_mut().expect("it is an object").remove("display_name");
    }
    assert_eq!(reader.every_audit_event(&[]).await, trail);
    let id = trail[3]["resource_id"].as_str().expect("it names an activity");
    let about = reader.every_audit_event(&[("resource_id", id)]).await;
    assert_eq!(about.len(), 1);

    close(stack).await;
    remove(stack, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
    assert_eq!(items(&table).await, of_tenant(&before, false));
}

#[tokio::test]
async fn a_tenant_that_was_removed_can_begin_anew() {
    let workspace = populate(Stack::start().await).await;
    let stack = &workspace.stack;
    close(stack).await;
    remove(stack, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
    let v1 = stack.v1(&reopen(stack, "service:suite", Scope::ALL).await);
    for path in ["/v1/activities", "/v1/audit-events"] {
        assert!(v1.every_row(path, &[]).await.is_empty(), "{path}");
    }
    stack.put_resource(TENANT, "contact", "con_1", None).await;
    let logged = v1.log(&long_keyed_input("long")).await.expect(201);
    assert_eq!(logged.header("idempotency-replayed"), "", "the key is free");
}

#[tokio::test]
async fn a_revoked_key_keeps_its_time_and_a_damaged_one_is_in_nobodys_way() {
    let stack = Stack::start().await;
    stack.service_key(TENANT).await;
    let first = close(&stack).await;
    stack.clock.advance(Duration::from_secs(3600));
    assert_eq!(close(&stack).await, first, "another run knows since when");

    let table = RawTable::of(&stack).await;
    let credential = items(&table).await.into_values().next().expect("there is a credential");
    for sk in ["damaged", "Not An Id"] {
        let item =
            Item::from([("pk".to_owned(), credential["pk"].clone()), ("sk".to_owned(), text(sk))]);
        table.put(item).await;
    }
    let undated = with(&credential, "revoked_at", text("?"));
    table.put(with(&undated, "sk", text("undated"))).await;
    let unknown = with(&credential, "pk", text("T#acme#NEWS#1"));
    table.put(unknown).await;
    stack.clock.advance(Duration::from_secs(3600));
    let now = stack.clock.time();
    assert!(close(&stack).await >= now, "it counts as revoked now");
    let removed = remove(&stack, AuditTrail::Kept).await.removed;
    assert_eq!(removed[&ItemKind::Credential], 4);
    assert_eq!(removed[&ItemKind::Other], 1, "a kind of a later version goes too");
    assert!(items(&table).await.is_empty());
}

/// The keys that a call removes, in the order of the calls' ends.
fn deletions(calls: &[TableCall]) -> Vec<Vec<(String, String)>> {
    let mut batches: Vec<_> =
        calls.iter().filter(|call| call.operation == "BatchWriteItem").collect();
    batches.sort_by_key(|call| call.started);
    let key = |request: &serde_json::Value| {
        let part = |name: &str| {
            let key = &request["DeleteRequest"]["Key"][name]["S"];
            key.as_str().expect("only keys are removed").to_owned()
        };
        (part("pk"), part("sk"))
    };
    let keys = |call: &&TableCall| {
        let tables = call.request["RequestItems"].as_object().expect("it names a table");
        let requests = tables.values().flat_map(|requests| requests.as_array()).flatten();
        requests.map(key).collect()
    };
    batches.iter().map(keys).collect()
}

/// A tenant behind a failing engine, its keys revoked.
async fn populated_rig() -> (Rig, Items, Items) {
    let rig = Rig::start().await;
    let workspace = populate(rig.direct).await;
    close(&workspace.stack).await;
    let before = items(&RawTable::of(&workspace.stack).await).await;
    let rig = Rig { direct: workspace.stack, ..rig };
    rig.proxy.reset_calls();
    let others = of_tenant(&before, false);
    (rig, before, others)
}

#[tokio::test]
async fn heads_go_before_all_else_and_credentials_after_it() {
    let (rig, before, _) = populated_rig().await;
    remove(&rig.faulty, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
    let batches = deletions(&rig.proxy.calls());
    let all: Vec<&(String, String)> = batches.iter().flatten().collect();
    assert_eq!(all.len(), of_tenant(&before, true).len(), "each is removed once");
    let rank = |(pk, sk): &(String, String)| match sk.as_str() {
        "HEAD" => 0,
        _ if pk.ends_with("#KEY") => 2,
        _ => 1,
    };
    let ranks: Vec<u8> = all.into_iter().map(rank).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    assert_eq!(ranks.iter().filter(|rank| **rank == 0).count(), 3);
    assert!(batches.iter().all(|batch| batch.len() <= 25));
}

async fn crash(rig: &Rig, operation: &'static str, n: usize) {
    let gate = Gate::closed();
    rig.proxy.inject(Fault::on(operation, When::Nth(n), FaultKind::Hold(gate.clone())));
    let ctx = Arc::clone(&rig.faulty.ctx);
    let run = tokio::spawn(async move {
        let env = &*ctx.environment;
        remove_tenant::remove(
            &ctx.store,
            &tenant(),
            AuditTrail::RemovedUpTo(Generation::FIRST),
            env,
            |_| {},
        )
        .await
    });
    gate.arrived(1).await;
    run.abort();
    assert!(run.await.is_err_and(|error| error.is_cancelled()), "{operation} {n}");
    rig.proxy.settled().await;
    gate.open();
    rig.proxy.clear();
}

#[tokio::test]
async fn a_run_that_ends_in_the_middle_leaves_no_activity_half_to_be_seen() {
    for (operation, n) in [("Scan", 2), ("BatchWriteItem", 1), ("BatchWriteItem", 9), ("Query", 1)]
    {
        let (rig, before, others) = populated_rig().await;
        let closed_at = close(&rig.direct).await;
        crash(&rig, operation, n).await;
        let table = RawTable::of(&rig.direct).await;
        let left: BTreeSet<_> = of_tenant(&items(&table).await, true).into_keys().collect();
        assert!(!left.is_empty(), "{operation} {n}");
        // Whichever head is still there has all that it had.
        let heads = left.iter().filter(|(_, sk)| sk == "HEAD");
        for id in heads.filter_map(|(pk, _)| pk.rsplit('#').next()) {
            let uuid: Uuid = id.parse().expect("a head is named by its id");
            let its = before.keys().filter(|(pk, sk)| {
                pk.ends_with(id) || Position::decode(sk).is_some_and(|at| at.id == uuid)
            });
            assert!(its.clone().count() > 1);
            assert!(its.into_iter().all(|key| left.contains(key)), "{operation} {n}: {id}");
        }
        assert_eq!(close(&rig.direct).await, closed_at, "{operation} {n}: it knows since when");
        assert!(table.items().await.keys().any(|(pk, _)| pk == TOMBSTONE), "{operation} {n}");

        remove(&rig.direct, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
        assert_eq!(items(&table).await, others, "{operation} {n}");
    }
}

#[tokio::test]
async fn a_removal_is_right_whatever_a_call_of_it_meets() {
    let kinds = [
        FaultKind::LoseAnswer,
        FaultKind::DropRequest,
        FaultKind::Throttle,
        FaultKind::ServerError,
        FaultKind::UnprocessedItems { keep: 1 },
        FaultKind::ShortPage { limit: 7 },
    ];
    for kind in kinds {
        let (rig, before, others) = populated_rig().await;
        let when = match kind {
            FaultKind::UnprocessedItems { .. } => When::First(4),
            FaultKind::ShortPage { .. } => When::Always,
            _ => When::Every(4),
        };
        let injected = rig.proxy.inject(Fault::on_any(when, kind.clone()));
        close(&rig.faulty).await;
        let removed = remove(&rig.faulty, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
        assert!(injected.fired() > 0, "{kind:?} was not met");
        let count = of_tenant(&before, true).len();
        assert_eq!(removed.removed.values().sum::<usize>(), count, "{kind:?}");
        assert_eq!(items(&RawTable::of(&rig.direct).await).await, others, "{kind:?}");
    }
}

fn throttle(proxy: &FaultyEngine, operation: &'static str, calls: usize) {
    proxy.inject(Fault::on(operation, When::First(calls), FaultKind::Throttle));
}

#[tokio::test]
async fn a_table_that_throttles_for_longer_than_a_call_is_tried_is_waited_for() {
    let (rig, _, others) = populated_rig().await;
    for (operation, calls) in
        [("Scan", 20), ("BatchWriteItem", 20), ("Query", 5), ("UpdateItem", 5)]
    {
        throttle(&rig.proxy, operation, calls);
    }
    close(&rig.faulty).await;
    remove(&rig.faulty, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
    assert_eq!(items(&RawTable::of(&rig.direct).await).await, others);
}

#[tokio::test]
async fn a_run_that_fails_says_what_is_gone_and_can_be_done_again() {
    let (rig, before, others) = populated_rig().await;
    // The table is lost when the heads are gone.
    rig.proxy.inject(
        Fault::on("Scan", When::Always, FaultKind::DropRequest)
            .only_if(|input| input.to_string().contains(":credentials")),
    );
    let told = Mutex::new(TenantItems::default());
    let report = |so_far: &TenantItems| {
        told.lock().expect("nobody panicked").clone_from(so_far);
    };
    let Context { store, environment, .. } = &*rig.faulty.ctx;
    let failed =
        remove_tenant::remove(store, &tenant(), AuditTrail::Kept, &**environment, report).await;
    assert!(failed.expect_err("the table is lost").retryable());
    let told = told.into_inner().expect("nobody panicked");
    let heads = before.keys().filter(|(pk, sk)| sk == "HEAD" && pk.starts_with("T#acme#")).count();
    assert_eq!(told.removed.into_iter().collect::<Vec<_>>(), [(ItemKind::Activity, heads)]);
    rig.proxy.clear();
    remove(&rig.faulty, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
    assert_eq!(items(&RawTable::of(&rig.direct).await).await, others);
}

/// Makes the tenant one again, and gives a key of it.
async fn reopen(stack: &Stack, actor: &str, scopes: &[Scope]) -> String {
    try_issue(stack, actor, scopes, RemovedTenant::Reopen).await.expect("it is reopened")
}

async fn try_issue(
    stack: &Stack,
    actor: &str,
    scopes: &[Scope],
    removed: RemovedTenant,
) -> Result<String, PutCredentialError> {
    let actor = Actor::parse(actor).expect("the actor is valid");
    let scopes = scopes.iter().copied().collect();
    let environment = stack.ctx.environment.as_ref();
    let (credential, key) =
        Credential::issue(environment, tenant(), actor, scopes).expect("the clock is within range");
    stack.ctx.store.put_credential(&credential, removed).await?;
    Ok(key.reveal())
}

async fn issue(stack: &Stack) -> Result<String, PutCredentialError> {
    try_issue(stack, "service:new", Scope::ALL, RemovedTenant::Refuse).await
}

#[tokio::test]
async fn a_tenant_that_was_removed_gets_no_keys_unless_it_is_reopened() {
    for audit_trail in [AuditTrail::Kept, AuditTrail::RemovedUpTo(Generation::FIRST)] {
        let workspace = populate(Stack::start().await).await;
        let stack = &workspace.stack;
        close(stack).await;
        let refused = issue(stack).await;
        assert!(matches!(refused, Err(PutCredentialError::TenantRemoved)), "{refused:?}");
        // Not even so, as long as something of it can be left.
        let early = try_issue(stack, "user:x", Scope::ALL, RemovedTenant::Reopen).await;
        assert!(matches!(early, Err(PutCredentialError::RemovalNotEnded)), "{early:?}");
        // A second removal leaves it too, whatever it removes.
        for audit_trail in [audit_trail, audit_trail, AuditTrail::RemovedUpTo(Generation::FIRST)] {
            close(stack).await;
            remove(stack, audit_trail).await;
            let refused = issue(stack).await;
            assert!(matches!(refused, Err(PutCredentialError::TenantRemoved)), "{refused:?}");
        }
        let key = reopen(stack, "service:new", Scope::ALL).await;
        assert!(stack.v1(&key).every_activity(&[]).await.is_empty());
        issue(stack).await.expect("it is a tenant again");
        // And can be removed again.
        close(stack).await;
        remove(stack, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
        assert!(issue(stack).await.is_err());
        for other in OTHERS {
            stack.service_key(other).await;
        }
    }
}

#[tokio::test]
async fn the_tombstone_is_there_before_anything_is_revoked_or_removed() {
    let rig = Rig::start().await;
    rig.proxy.reset_calls();
    let closed_at = close(&rig.faulty).await;
    let calls = rig.proxy.calls();
    assert_eq!(calls[0].operation, "UpdateItem");
    assert_eq!(calls[0].request["Key"]["pk"]["S"], TOMBSTONE);
    assert_eq!(calls.len(), 3, "and then the credentials are listed, and the one is revoked");
    // A run that was cut off before anything else has left it.
    let refused = issue(&rig.direct).await;
    assert!(matches!(refused, Err(PutCredentialError::TenantRemoved)), "{refused:?}");
    assert_eq!(close(&rig.direct).await, closed_at);
}

#[tokio::test]
async fn a_key_that_races_a_removal_is_refused_or_revoked() {
    let rig = Rig::start().await;
    // It has looked for nothing beforehand: its one call arrives when the tenant is closed.
    let gate = Gate::closed();
    let held = FaultKind::Hold(gate.clone());
    rig.proxy.inject(Fault::on("TransactWriteItems", When::Nth(1), held));
    let removal = async {
        gate.arrived(1).await;
        close(&rig.direct).await;
        remove(&rig.direct, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
        gate.open();
    };
    let (key, ()) = tokio::join!(issue(&rig.faulty), removal);
    assert!(matches!(key, Err(PutCredentialError::TenantRemoved)), "{key:?}");
    let calls = rig.proxy.calls();
    assert_eq!(calls.iter().filter(|call| call.operation == "TransactWriteItems").count(), 1);
    assert!(calls.iter().all(|call| call.operation != "PutItem"), "nothing is read, then written");
    let table = RawTable::of(&rig.direct).await;
    assert!(items(&table).await.is_empty());
}

#[tokio::test]
async fn a_late_event_builds_nothing_of_a_removed_tenant_up_again() {
    let workspace = populate(Stack::start().await).await;
    let stack = &workspace.stack;
    close(stack).await;
    remove(stack, AuditTrail::Kept).await;
    let before = RawTable::of(stack).await.items().await;
    let of_activity = |activity: serde_json::Value| {
        json!({
            "id": "late", "type": "activity.log", "tenant_id": TENANT,
            "actor": { "type": "service", "id": "billing" }, "activity": activity,
        })
    };
    let news = json!({
        "type": "resource.updated", "tenant_id": TENANT, "changed_at": "2026-03-01T09:30:00Z",
        "resource": { "type": "contact", "id": "con_1" },
    });
    for event in [of_activity(input("late")), of_activity(json!({ "type": "letter" })), news] {
        let refused = fn_ingest::handle(&stack.ctx, invocation(&event.to_string())).await;
        let refused = refused.expect_err("it is refused");
        assert_eq!(refused.code, "validation_failed");
        let reason = "tenant_id: names a workspace that was removed.";
        assert!(refused.message.ends_with(reason), "{}", refused.message);
    }
    assert_eq!(RawTable::of(stack).await.items().await, before, "not even in its trail");
    reopen(stack, "service:suite", Scope::ALL).await;
    let event = of_activity(input("late")).to_string();
    fn_ingest::handle(&stack.ctx, invocation(&event)).await.expect("it is a tenant again");
}

#[tokio::test]
async fn a_process_that_knows_of_more_shards_writes_nothing_that_is_lost_after_a_reopening() {
    let warm = Stack::start().await;
    let operator = Stack::start_beside(&warm).await;
    let first = warm.v1(&warm.service_key(TENANT).await);
    let tenant = tenant();
    for removals in 1..=2 {
        if removals == 1 {
            let index = TenantIndex { store: &operator.ctx.store, tenant: &tenant };
            let four = Manifest { shards: 4, ..Manifest::default() };
            let put = index.put_manifest(None, &four).await.expect("the table answers");
            put.expect("there was none");
            // So that it knows of them.
            drop(first.search(&[("query", "anything")]).await.expect(200));
        }
        close(&operator).await;
        remove(&operator, AuditTrail::RemovedUpTo(Generation::FIRST)).await;
        let v1 = warm.v1(&reopen(&operator, "service:suite", Scope::ALL).await);
        for n in 0..16 {
            drop(v1.log(&input(&format!("word{n}"))).await.expect(201));
        }
        let table = RawTable::of(&operator).await;
        let tails: BTreeSet<String> = table
            .items()
            .await
            .into_keys()
            .map(|(pk, _)| pk)
            .filter(|pk| pk.contains("#TAIL"))
            .collect();
        assert!(tails.len() > 1, "it writes to more than one: {tails:?}");
        let cold = Stack::start_cold(&operator).await;
        let key = operator.issue_key(TENANT, "user:reader", Scope::ALL).await;
        for settled in [false, true] {
            let found = cold.v1(&key).every_activity(&[("type", "note")]).await;
            assert_eq!(found.len(), 16, "{removals} {settled}");
            let events = cold.v1(&key).every_audit_event(&[("action", "activity.logged")]).await;
            assert_eq!(events.len(), 16, "{removals} {settled}");
            settle_index(&cold.ctx, &tenant).await.expect("the index is settled");
        }
        let left = index_status(&cold.ctx, &tenant).await.expect("the index is there");
        assert_eq!((left.shards, left.tail_entries), (4, 0));
    }
}

#[tokio::test]
async fn what_nobody_names_or_can_read_of_an_index_does_not_stay_with_the_trail() {
    let workspace = populate(Stack::start().await).await;
    let stack = &workspace.stack;
    let table = RawTable::of(stack).await;
    let before = items(&table).await;
    let of_kind = |kind: &str| {
        let mut own = before.iter().filter(|((pk, _), _)| pk.starts_with("T#acme#"));
        let found = own.find(|((pk, _), _)| pk.contains(kind));
        found.unwrap_or_else(|| panic!("there is none of {kind}"))
    };
    // A run that was cut off has left a segment, just now.
    let ((pk, _), part) = of_kind("#SEG#");
    let id = stack.ctx.environment.new_uuid().expect("the clock is within range");
    let mut key: Vec<&str> = pk.split('#').collect();
    let id = id.to_string();
    key[3] = &id;
    let orphan = key.join("#");
    table.put(with(part, "pk", text(&orphan))).await;
    let ((_, entry), item) = of_kind("#TAIL");
    table.put(with(item, "b", AttributeValue::B(b"damaged".to_vec().into()))).await;

    close(stack).await;
    let removed = remove(stack, AuditTrail::Kept).await;
    assert_eq!(removed.removed[&ItemKind::SegmentPart], 1);
    let after = items(&table).await;
    assert!(!after.keys().any(|(pk, _)| *pk == orphan), "the part is left");
    let tail = |(pk, sk): &(String, String)| pk.starts_with("T#acme#TAIL") && sk == entry;
    assert!(!after.keys().any(tail), "the entry is left");
    assert_eq!(of_tenant(&after, false), of_tenant(&before, false));
    let kept = after.keys().filter(|(pk, _)| pk.starts_with("T#acme#SEG#")).count();
    assert_eq!(removed.kept[&ItemKind::SegmentPart], kept);
    assert!(kept > 0, "and what events are found by stays");
}
