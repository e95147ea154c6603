//! Each function may make the calls to the table that it makes, on the kinds of
//! items that it makes them on, and no others.
//!
//! A role that allows too little would show on AWS alone, since no engine knows
//! `dynamodb:LeadingKeys`. So here every function does all that it can do, and
//! its calls are held against its role as IAM would: and then the role against
//! the calls, so that it has nothing which was not needed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use activity_log_core::app::seal_events::Sealer;
use activity_log_core::domain::principal::Scope;
use activity_log_core::trail::signer::Signer;
use activity_log_tests::client::logged_activity::{self, id_of};
use activity_log_tests::client::v1;
use activity_log_tests::event_bus::StubBus;
use activity_log_tests::faulty_engine::FaultyEngine;
use activity_log_tests::iam::{Request, Roles, roles_of};
use activity_log_tests::lambda::invocation;
use activity_log_tests::pages::PAGES;
use activity_log_tests::sealing::TestSigner;
use activity_log_tests::stack::Stack;
use activity_log_tests::template::{Template, text};
use activity_log_tests::workspace::{TENANT, Workspace, objects_beyond_a_head, own_id, type_of};
use fn_publish::EventBus;
use http::Method;
use serde_json::{Value, json};

const RARE: &str = "zeppelin";
const COMMON: &str = "quarterly";
/// After how many writes for a tenant a process looks for shards.
const EVENTS_A_LOOK: usize = 64;
/// How many segments are merged.
const FAN: usize = 4;
/// Entries that are worth a run.
const ENTRIES_A_RUN: usize = 8;
/// How many leaves fill a tile.
const LEAVES_OF_A_TILE: u64 = 256;

/// Every function doing all that it can do, in a tenant with a history that lets
/// every path of the code be taken.
struct Rehearsal<'a> {
    workspace: Workspace,
    engine: &'a FaultyEngine,
    roles: Roles<'a>,
}

impl<'a> Rehearsal<'a> {
    async fn on(stack: Stack, engine: &'a FaultyEngine, template: &Template) -> Self {
        let workspace = Workspace::on(stack).await;
        workspace.define(type_of("site_visit", json!([]))).await;
        workspace.stack.name_actor(TENANT, "agent:scout", "Scout").await;
        fill(&workspace).await;
        Self { workspace, engine, roles: Roles::of(template, engine) }
    }

    /// A key that no function has seen, so that it is read.
    async fn fresh_key(&self) -> String {
        self.workspace.stack.issue_key(TENANT, "agent:scout", Scope::ALL).await
    }

    async fn fresh_service_key(&self) -> String {
        self.workspace.stack.issue_key(TENANT, "service:ops", Scope::ALL).await
    }

    /// So many refusals that the last ones are counted, and the call after their minute,
    /// which tells their number; and so many events that a writer looks how many shards
    /// the index's tail has.
    async fn refusals<T>(&mut self, function: &str, refused: impl AsyncFn() -> T) {
        let clock = self.workspace.stack.clock.clone();
        for _ in 0..12 {
            self.roles.run(function, refused()).await;
        }
        clock.advance(Duration::from_secs(91));
        for _ in 0..EVENTS_A_LOOK {
            self.roles.run(function, refused()).await;
            // A minute of its own, so that it is an event.
            clock.advance(Duration::from_secs(61));
        }
    }

    /// A caller with a key of one scope.
    async fn caller_with(&self, scope: Scope) -> String {
        self.workspace.stack.issue_key(TENANT, "service:narrow", &[scope]).await
    }

    /// With everything, again, in conflict, and in the other dialect.
    async fn log(&mut self) -> (String, String) {
        let v1 = self.workspace.stack.v1(&self.fresh_key().await);
        let input = full_input("log");
        let logged = self.roles.run("log", v1.log(&input)).await.expect(201);
        self.roles.run("log", v1.log(&input)).await.expect(201);
        let other = json!({"type": "note", "summary": "another", "idempotency_key": "log"});
        self.roles.run("log", v1.log(&other)).await.expect(409);
        let input = typed_input();
        let typed = self.workspace.api.log("site_visit", &input);
        let typed = self.roles.run("log", typed).await.expect(201);
        let reader = self.workspace.stack.v1(&self.caller_with(Scope::ActivityRead).await);
        self.refusals("log", async || reader.log(&input).await.expect(403)).await;
        (v1::id_of(&logged), id_of(&typed))
    }

    /// So many runs, with entries between them, that segments are merged, and merged ones
    /// deleted.
    async fn index(&mut self) {
        let mut merges = 0;
        for _ in 0..=FAN + 1 {
            for _ in 0..ENTRIES_A_RUN {
                self.workspace.v1.log(&v1::note(COMMON)).await.expect(201);
            }
            let event = json!({ "tenant_id": TENANT }).to_string();
            let done = fn_index::handle(&self.workspace.stack.ctx, invocation(&event));
            let done = self.roles.run("index", done).await.expect("it is done");
            let done = serde_json::to_value(done).expect("it has a JSON form");
            assert_ne!(done["entries_flushed"], 0);
            merges += done["merges"].as_u64().expect("it is a number");
        }
        assert_ne!(merges, 0);
    }

    /// Words far apart, a phrase in long bodies, the responses of a type.
    async fn search(&mut self) {
        let v1 = self.workspace.stack.v1(&self.fresh_key().await);
        for query in queries() {
            let by_text = [("query", query.as_str())];
            let page = self.roles.run("search", v1.search(&by_text)).await.expect(200);
            assert_ne!(page.json()["activities"], json!([]), "{query}");
        }
        self.roles.run("search", v1.search(&[])).await.expect(200);
        let everything = json!({});
        let listed = self.workspace.api.responses("site_visit", &everything);
        self.roles.run("search", listed).await.expect(200);
        let writer = self.workspace.stack.v1(&self.caller_with(Scope::ActivityWrite).await);
        self.refusals("search", async || writer.search(&[]).await.expect(403)).await;
    }

    /// An activity with a body of its own, and types.
    async fn get_logged(&mut self, id: &str, typed_id: &str) {
        let v1 = self.workspace.stack.v1(&self.fresh_key().await);
        self.roles.run("get-logged", v1.read(id)).await.expect(200);
        for path in [
            logged_activity::path_of(typed_id),
            "/api/activities".to_owned(),
            "/api/activities/site_visit".to_owned(),
            "/api/activities/site_visit/fields".to_owned(),
        ] {
            self.roles.run("get-logged", self.workspace.api.get(&path)).await.expect(200);
        }
        let writer = self.workspace.stack.v1(&self.caller_with(Scope::ActivityWrite).await);
        self.refusals("get-logged", async || writer.read(id).await.expect(403)).await;
    }

    /// Everything, a rare actor among many events, what is no route, and all of the log.
    async fn audit(&mut self) {
        let v1 = self.workspace.stack.v1(&self.fresh_key().await);
        for parameters in [&[][..], &[("actor_id", "rare"), ("status", "succeeded")]] {
            let page = self.roles.run("audit", v1.audit_events(parameters)).await.expect(200);
            assert_ne!(page.json()["audit_events"], json!([]));
        }
        self.roles.run("audit", v1.get("/nowhere")).await.expect(404);
        let page = v1.audit_events(&[("action", "activity.logged")]).await.expect(200);
        let event_id = v1::rows(&page, "audit_events", "id").remove(0);
        for path in [
            &format!("/v1/audit-events/{event_id}/proof"),
            "/v1/audit-log/checkpoint",
            "/v1/audit-log/checkpoints",
            "/v1/audit-log/tile/0/000",
            "/v1/audit-log/tile/1/000.p/1",
            "/v1/audit-log/tile/entries/000",
            "/v1/audit-log/disclosures/000",
            "/v1/audit-log/records/000",
        ] {
            self.roles.run("audit", v1.get(path)).await.expect(200);
        }
        let writer = self.workspace.stack.v1(&self.caller_with(Scope::ActivityWrite).await);
        self.refusals("audit", async || writer.audit_events(&[]).await.expect(403)).await;
    }

    /// A key made, again and in conflict, listed, rotated and revoked.
    async fn keys(&mut self) {
        let v1 = self.workspace.stack.v1(&self.fresh_service_key().await);
        let input = json!({
            "actor": {"type": "service", "id": "billing"},
            "scopes": ["activity:read"],
            "idempotency_key": "key",
        });
        let post = |path: &str, input: &Value| v1.call(Method::POST, path).json(input).send();
        let made = self.roles.run("keys", post("/v1/keys", &input)).await.expect(201);
        self.roles.run("keys", post("/v1/keys", &input)).await.expect(201);
        let other =
            json!({"actor": input["actor"], "scopes": ["audit:read"], "idempotency_key": "key"});
        self.roles.run("keys", post("/v1/keys", &other)).await.expect(409);
        let path = made.header("location").to_owned();
        self.roles.run("keys", v1.get("/v1/keys")).await.expect(200);
        self.roles.run("keys", v1.get(&path)).await.expect(200);
        let rotation = json!({"idempotency_key": "rotation"});
        let rotate = format!("{path}/rotate");
        for _ in 0..2 {
            self.roles.run("keys", post(&rotate, &rotation)).await.expect(201);
        }
        for _ in 0..2 {
            let revoke = v1.call(Method::DELETE, &path).send();
            self.roles.run("keys", revoke).await.expect(200);
        }
        // The tally of the conflict is closed when its minute is over.
        self.workspace.stack.clock.advance(Duration::from_secs(180));
        self.roles.run("keys", v1.get(&path)).await.expect(200);
        let writer = self.workspace.stack.v1(&self.caller_with(Scope::ActivityWrite).await);
        self.refusals("keys", async || writer.get("/v1/keys").await.expect(403)).await;
    }

    /// A page and what it uses, by a caller with a key.
    async fn web(&mut self) {
        let v1 = self.workspace.stack.v1(&self.fresh_key().await);
        for path in PAGES {
            self.roles.run("web", v1.get(path)).await.expect(200);
        }
        self.roles.run("web", v1.get("/assets/another/app.js")).await.expect(404);
    }

    /// Each tool.
    async fn mcp(&mut self) {
        let mcp = self.workspace.stack.mcp(&self.fresh_key().await);
        let (input, mut logged) = (full_input("mcp"), Value::Null);
        for _ in 0..2 {
            logged = self.roles.run("mcp", mcp.tool("log_activity", &input)).await;
        }
        // A process that remembers no segments, and everything without a word.
        let cold = Stack::start_cold(&self.workspace.stack).await;
        let searching = cold.mcp(&self.fresh_key().await);
        let by_text = queries().map(|query| json!({ "query": query }));
        for arguments in by_text.iter().chain([&json!({})]) {
            let found = searching.tool("search_activity", arguments);
            let found = self.roles.run("mcp", found).await;
            assert_ne!(found["activities"], json!([]), "{arguments}");
        }
        let arguments = json!({ "id": logged["activity"]["id"] });
        self.roles.run("mcp", mcp.tool("get_logged_activity", &arguments)).await;
        let reader = self.workspace.stack.mcp(&self.caller_with(Scope::ActivityRead).await);
        let params = json!({ "name": "log_activity", "arguments": input });
        let call = async || {
            reader.request("2025-11-25", "tools/call", params.clone()).send().await.expect(403)
        };
        self.refusals("mcp", call).await;
    }

    /// An activity, again, and news of a resource of the tenant's own type and of an actor
    /// of a tenant that named nobody before.
    async fn ingest(&mut self) {
        let event = json!({
            "id": "event",
            "type": "activity.log",
            "tenant_id": TENANT,
            "actor": { "type": "service", "id": "billing" },
            "activity": full_input("ingest"),
        });
        let news = json!({
            "type": "resource.created",
            "tenant_id": TENANT,
            "resource": { "type": "property", "id": "pro_9" },
            "changed_at": "2026-03-01T09:30:00Z",
        });
        let name = json!({
            "type": "actor.updated",
            "tenant_id": "another",
            "actor": { "type": "user", "id": "jane", "display_name": "Jane Doe" },
            "changed_at": "2026-03-01T09:30:00Z",
        });
        for (event, status) in
            [(&event, "logged"), (&event, "replayed"), (&news, "applied"), (&name, "applied")]
        {
            let event = invocation(&event.to_string());
            let done = fn_ingest::handle(&self.workspace.stack.ctx, event);
            let done = self.roles.run("ingest", done).await.expect("it is done");
            let done = serde_json::to_value(done).expect("it has a JSON form");
            assert_eq!(done["status"], status);
        }
        let mut unknown = event.clone();
        unknown["id"] = json!("unknown");
        unknown["activity"]["related_resource_id"] = json!("nobody");
        let ctx = self.workspace.stack.ctx.clone();
        let refused = async || fn_ingest::handle(&ctx, invocation(&unknown.to_string())).await;
        self.refusals("ingest", async || refused().await.expect_err("it is refused")).await;
    }

    /// An activity whose head has no room for its related records.
    async fn publish(&mut self) {
        let Workspace { stack, api, .. } = &self.workspace;
        let objects = objects_beyond_a_head();
        for object in &objects {
            let (kind, id) = (text(&object["custom_object"]), text(&object["entity_id"]));
            stack.put_resource(TENANT, &kind, &id, None).await;
        }
        let input = json!({ "related_objects": objects });
        self.roles.run("log", api.log("site_visit", &input)).await.expect(201);
        let batch = json!({ "Records": [last_put(self.engine, "HEAD", "INSERT")] });
        let reader = stack.v1(&stack.issue_key(TENANT, "user:jo", &[Scope::ActivityRead]).await);
        for _ in 0..12 {
            drop(reader.log(&input).await.expect(403));
        }
        stack.clock.advance(Duration::from_secs(91));
        let stub = StubBus::start().await;
        let bus = EventBus::connect_local(&stub.url, "bus");
        let done = fn_publish::handle(&stack.ctx, &bus, invocation(&batch.to_string()));
        self.roles.run("publish", done).await.expect("the batch can be read");
        assert_eq!(stub.details().len(), 1);
    }

    /// What the stream has lost, of which tiles are full; a batch that is known; a second key;
    /// events behind a foreign seal; and an activity that somebody has removed.
    async fn seal(&mut self) {
        let sealer = TestSigner::sealer(1);
        let request = json!({ "tenant_id": TENANT });
        let done = self.invoke_seal(&sealer, &request).await;
        assert!(done["size"].as_u64().is_some_and(|size| size > LEAVES_OF_A_TILE), "{done}");
        self.workspace.v1.log(&v1::note(COMMON)).await.expect(201);
        let batch = json!({ "Records": [last_put(self.engine, "EVENT", "INSERT")] });
        for _ in 0..2 {
            self.invoke_seal(&sealer, &batch).await;
        }
        self.workspace.v1.log(&v1::note(COMMON)).await.expect(201);
        let batch = json!({ "Records": [last_put(self.engine, "EVENT", "INSERT")] });
        let both: [Arc<dyn Signer>; 2] = [1, 2].map(|seed| Arc::new(TestSigner::new(seed)) as _);
        let with_both = Sealer::new(both.into());
        self.invoke_seal(&with_both, &batch).await;

        self.workspace.v1.log(&v1::note(COMMON)).await.expect(201);
        let batch = json!({ "Records": [
            last_put(self.engine, "EVENT", "INSERT"), last_put(self.engine, "HEAD", "REMOVE"),
        ] });
        let stranger = TestSigner::sealer(3);
        // By a process that has not looked at the table yet.
        let cold = Stack::start_cold(&self.workspace.stack).await;
        let done = fn_seal::handle(&cold.ctx, &stranger, invocation(&batch.to_string()));
        let done = self.roles.run("seal", done).await.expect("it is done");
        assert_eq!(serde_json::to_value(done).ok(), Some(json!({ "batchItemFailures": [] })));
        self.invoke_seal(&with_both, &request).await;
    }

    /// One that fails of nothing.
    async fn invoke_seal(&mut self, sealer: &Sealer, payload: &Value) -> Value {
        let ctx = &self.workspace.stack.ctx;
        let done = fn_seal::handle(ctx, sealer, invocation(&payload.to_string()));
        let done = self.roles.run("seal", done).await.expect("it is done");
        let done = serde_json::to_value(done).expect("it has a JSON form");
        assert!(done["finished"] == true || done["batchItemFailures"] == json!([]), "{done}");
        done
    }

    /// A key that is revoked, and proven: its use is recorded, where the tenant is one.
    async fn revoked_keys(&mut self) {
        for function in ["log", "search", "get-logged", "mcp", "audit", "keys"] {
            let stack = &self.workspace.stack;
            let (credential, key) =
                stack.issue(TENANT, "service:old", &[Scope::ActivityRead]).await;
            let (tenant, key_id) = (&credential.tenant_id, &credential.key_id);
            let revoked = stack.ctx.store.revoke_credential(tenant, key_id, stack.clock.time());
            revoked.await.expect("it is revoked");
            let v1 = stack.v1(&key);
            self.roles.run(function, v1.search(&[])).await.expect(401);
        }
    }

    /// Each start of the others opens a connection by a read, and looks at the layout.
    async fn warm_up(&mut self) {
        for function in ["log", "search", "get-logged", "mcp", "audit", "keys", "ingest", "index"] {
            let cold = Stack::start_cold(&self.workspace.stack).await;
            let warm_up = cold.ctx.store.warm_up();
            self.roles.run(function, warm_up).await.expect("the table answers");
        }
    }
}

/// Two old activities with a rare word, and so many newer ones without it that
/// the common lists are asked for the rare ones' positions alone.
async fn fill(workspace: &Workspace) {
    const NEWER: usize = 200;
    let stack = &workspace.stack;
    let rare = stack.v1(&stack.issue_key(TENANT, "user:rare", Scope::ALL).await);
    for day in ["01", "02"] {
        let occurred_at = format!("2025-01-{day}T00:00:00Z");
        let summary = format!("{RARE} {COMMON}");
        let input = json!({"type": "note", "summary": summary, "occurred_at": occurred_at});
        rare.log(&input).await.expect(201);
        // Audit events have the time of the write.
        stack.clock.advance(Duration::from_secs(24 * 60 * 60));
    }
    for _ in 0..NEWER {
        workspace.v1.log(&v1::note(COMMON)).await.expect(201);
    }
}

fn queries() -> [String; 2] {
    [format!("{RARE} {COMMON}"), "\"signed copy\"".to_owned()]
}

/// An input with everything in it: a key, a related resource, and a body
/// that is an item of its own.
fn full_input(key: &str) -> Value {
    json!({
        "type": "note",
        "summary": format!("with everything {key}"),
        "body": format!("{} a signed copy", "filler ".repeat(900)),
        "idempotency_key": key,
        "related_resource_type": "contact",
        "related_resource_id": "con_1",
    })
}

/// The same in the logged-activity dialect, which looks up a type, record
/// types, and a scheduled activity.
fn typed_input() -> Value {
    json!({
        "related_objects": [
            {"custom_object": "contact", "entity_id": "con_1"},
            {"custom_object": own_id("property"), "entity_id": "pro_1"},
        ],
        "notes": "Roof inspected",
        "scheduled_activity_id": "6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a19",
    })
}

/// A change of the item of a sort key that a log has put last, as the stream hands it over.
fn last_put(engine: &FaultyEngine, sk: &str, event_name: &str) -> Value {
    let calls = engine.calls();
    let commit = calls.iter().rfind(|call| call.operation == "TransactWriteItems");
    let items = commit.expect("something was logged").request["TransactItems"].clone();
    let items = items.as_array().expect("it has items");
    let item = items.iter().map(|item| &item["Put"]["Item"]).find(|item| item["sk"]["S"] == sk);
    let item = item.unwrap_or_else(|| panic!("no {sk} was put"));
    json!({
        "eventName": event_name,
        "dynamodb": {
            "ApproximateCreationDateTime": 1_772_357_400,
            "Keys": { "pk": item["pk"], "sk": item["sk"] },
            "NewImage": item,
            "SequenceNumber": "1",
        },
    })
}

#[tokio::test]
async fn each_role_allows_what_its_function_calls_and_nothing_else() {
    let (stack, engine) = Stack::start_faulty().await;
    let mut rehearsal = Rehearsal::on(stack, &engine, &Template::read()).await;
    let (id, typed_id) = rehearsal.log().await;
    rehearsal.index().await;
    rehearsal.search().await;
    rehearsal.get_logged(&id, &typed_id).await;
    rehearsal.seal().await;
    // It reads what is sealed.
    rehearsal.audit().await;
    rehearsal.keys().await;
    rehearsal.web().await;
    rehearsal.mcp().await;
    rehearsal.ingest().await;
    rehearsal.publish().await;
    rehearsal.revoked_keys().await;
    rehearsal.warm_up().await;
    rehearsal.roles.assert_all_needed();
}

#[test]
fn one_role_alone_may_write_credentials() {
    let operations = ["PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem", "PartiQLUpdate"];
    let mut may_write = BTreeSet::new();
    for (binary, role) in roles_of(&Template::read()) {
        for operation in operations {
            if role.grants_for(&Request::new(operation, vec!["T#acme#KEY".to_owned()])).is_some() {
                may_write.insert((binary.clone(), operation));
            }
        }
    }
    let expected = ["PutItem", "UpdateItem"].map(|operation| ("keys".to_owned(), operation));
    assert_eq!(may_write, expected.into());
}

#[test]
fn one_role_alone_may_write_segments_and_it_writes_no_record() {
    let operations = ["PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem", "PartiQLUpdate"];
    let may_write = |key: &str| {
        let mut may_write = BTreeSet::new();
        for (binary, role) in roles_of(&Template::read()) {
            for operation in operations {
                if role.grants_for(&Request::new(operation, vec![key.to_owned()])).is_some() {
                    may_write.insert((binary.clone(), operation));
                }
            }
        }
        may_write
    };
    let only = |operation| BTreeSet::from([("index".to_owned(), operation)]);
    assert_eq!(may_write("T#acme#SEGS"), only("PutItem"));
    assert_eq!(
        may_write("T#acme#SEG#0193c1d2-0000-7000-8000-000000000001#b0"),
        only("BatchWriteItem")
    );
    for record in ["ACT#1", "BODY#1", "AUD#1", "IX", "AX", "KEY", "IDEM#1", "RES#contact#1"] {
        let writers = may_write(&format!("T#acme#{record}"));
        assert!(!writers.iter().any(|(binary, _)| binary == "index"), "{record}");
    }
}

#[test]
fn one_role_alone_may_put_seals_and_none_may_change_them() {
    let operations = ["PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem", "PartiQLUpdate"];
    for key in ["T#acme#SEAL#1", "T#acme#TILE#1", "T#acme#UNSEALED"] {
        let mut may_write = BTreeSet::new();
        for (binary, role) in roles_of(&Template::read()) {
            for operation in operations {
                if role.grants_for(&Request::new(operation, vec![key.to_owned()])).is_some() {
                    may_write.insert((binary.clone(), operation));
                }
            }
        }
        assert_eq!(may_write, BTreeSet::from([("seal".to_owned(), "PutItem")]), "{key}");
    }
}

#[test]
fn the_role_of_pages_reaches_no_table() {
    let template = Template::read();
    let role = template.roles()["web"];
    let policies = role["Policies"].as_array().expect("it has policies");
    let statements = policies.iter().flat_map(|policy| {
        policy["PolicyDocument"]["Statement"].as_array().expect("a policy has statements")
    });
    let mut services = BTreeSet::new();
    for statement in statements {
        for action in statement["Action"].as_array().expect("it lists actions") {
            services.insert(text(action).split_once(':').expect("it names one").0.to_owned());
        }
    }
    assert_eq!(services, ["logs", "xray"].map(str::to_owned).into());
}

#[test]
fn no_role_may_update_or_delete_an_audit_event() {
    let event = "T#acme#AUD#0193c1d2-0000-7000-8000-000000000001";
    let operations = ["PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem", "PartiQLDelete"];
    let mut may_put = BTreeSet::new();
    for (binary, role) in roles_of(&Template::read()) {
        for operation in operations {
            if role.grants_for(&Request::new(operation, vec![event.to_owned()])).is_some() {
                assert_eq!(operation, "PutItem", "{binary}");
                may_put.insert(binary.clone());
            }
        }
    }
    let all = ["audit", "get-logged", "ingest", "keys", "log", "mcp", "publish", "seal", "search"];
    assert_eq!(may_put, all.map(str::to_owned).into());
}
