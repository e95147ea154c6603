//! The whole stack on loopback: the local server over an engine, with a table
//! of its own, and what an operator does to it. Its callers are in
//! [`client`](crate::client).

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::define_activity_type::read_definition;
use activity_log_core::app::put_activity_type::put_activity_type;
use activity_log_core::app::put_actor::put_actor_of_run;
use activity_log_core::app::set_tenant::set_tenant;
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::actor_names::ActorRecord;
use activity_log_core::domain::audit::Call;
use activity_log_core::domain::audit_reads::AuditReads;
use activity_log_core::domain::clock::{
    ClockOutOfRange, Environment, SystemEnvironment, Timestamp,
};
use activity_log_core::domain::credential::{Credential, Grant};
use activity_log_core::domain::principal::{Actor, Scope, TenantId};
use activity_log_core::domain::record_type::RecordType;
use activity_log_core::domain::registry::{DisplayName, Presence, ResourceRecord};
use activity_log_core::domain::tenant_settings::TenantSettings;
use activity_log_core::http::routes::{Dialect, dialect_of};
use activity_log_core::index::Position;
use activity_log_core::platform::config::Config;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::table::{self, ChangeStream};
use activity_log_core::store::{Registered, RemovedTenant, Store};
use aws_sdk_dynamodb::types::AttributeValue;
use http::Method;
use serde_json::Value;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::client::logged_activity::LoggedActivity;
use crate::client::mcp::Mcp;
use crate::client::v1::V1;
use crate::client::{Http, HttpCall};
use crate::engine::{Engine, unique_name};
use crate::faulty_engine::FaultyEngine;

/// A clock that tests can move, on top of the machine's.
#[derive(Debug, Default)]
pub struct MovableClock {
    ahead_ms: AtomicI64,
}

impl MovableClock {
    /// What the clock tells.
    ///
    /// # Panics
    ///
    /// When it is out of range.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.now().expect("the clock is within range")
    }

    /// Sets the clock before 1970, or puts it right again.
    pub fn set_before_1970(&self, before: bool) {
        let ahead_ms = if before { -Timestamp::MAX.as_millis() } else { 0 };
        self.ahead_ms.store(ahead_ms, Ordering::SeqCst);
    }

    /// Moves the clock ahead to the beginning of a minute, so that what is done at once
    /// is done within one.
    pub fn advance_to_a_minute(&self) {
        self.advance_to_a_multiple_of(60 * 1_000);
    }

    /// The same with an hour.
    pub fn advance_to_an_hour(&self) {
        self.advance_to_a_multiple_of(60 * 60 * 1_000);
    }

    fn advance_to_a_multiple_of(&self, step_ms: i64) {
        let millis = step_ms - self.time().as_millis() % step_ms;
        self.ahead_ms.fetch_add(millis, Ordering::SeqCst);
    }

    /// Moves the clock ahead.
    pub fn advance(&self, duration: Duration) {
        let millis = i64::try_from(duration.as_millis()).expect("a duration of a test is short");
        self.ahead_ms.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Environment for MovableClock {
    fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
        let now = SystemEnvironment.now()?.as_millis() + self.ahead_ms.load(Ordering::SeqCst);
        Timestamp::from_millis(now).ok_or(ClockOutOfRange)
    }
    fn fill_random(&self, bytes: &mut [u8]) {
        SystemEnvironment.fill_random(bytes);
    }
}

/// A running stack. It ends with the test's runtime.
pub struct Stack {
    /// Where it listens, `http://127.0.0.1:<port>`.
    pub url: String,
    pub address: SocketAddr,
    /// Where its engine answers.
    pub endpoint: String,
    /// What the handlers run on.
    pub ctx: Arc<Context>,
    pub clock: Arc<MovableClock>,
    http: Http,
    table: aws_sdk_dynamodb::Client,
}

impl Stack {
    /// A stack on the engine of this run, with a table of its own.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with another configuration.
    pub async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        let engine = Engine::start().await;
        Self::start_on(&engine.endpoint, &unique_name("suite"), configure).await
    }

    /// A stack on the engine of this run, which fails on request.
    pub async fn start_faulty() -> (Self, FaultyEngine) {
        let engine = FaultyEngine::start(&Engine::start().await.endpoint).await;
        let stack = Self::start_on(&engine.endpoint, &unique_name("faulty"), |_| {}).await;
        (stack, engine)
    }

    /// Another process on the same table, which remembers nothing. Its clock is as far
    /// ahead.
    pub async fn start_beside(other: &Self) -> Self {
        let table_name = other.ctx.store.table_name();
        let beside = Self::start_on(&other.endpoint, table_name, |_| {}).await;
        let ahead_ms = other.clock.ahead_ms.load(Ordering::SeqCst);
        beside.clock.ahead_ms.store(ahead_ms, Ordering::SeqCst);
        beside
    }

    /// A process on the same table that has not looked at it yet, as a function that has
    /// just started.
    pub async fn start_cold(other: &Self) -> Self {
        let table = connect_local(&other.endpoint);
        let config = Config::for_table(other.ctx.store.table_name());
        let store = Store::new(table.clone(), &config.table_name);
        Self::serve(&other.endpoint, table, config, store).await
    }

    /// A stack on a table of an endpoint, which it makes if it is missing.
    pub async fn start_on(
        endpoint: &str,
        table_name: &str,
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let table = connect_local(endpoint);
        let store = Store::new(table.clone(), table_name);
        table::create(&store, ChangeStream::Off).await.expect("the engine makes a table");
        let mut config = Config::for_table(table_name);
        configure(&mut config);
        Self::serve(endpoint, table, config, store).await
    }

    async fn serve(
        endpoint: &str,
        table: aws_sdk_dynamodb::Client,
        config: Config,
        store: Store,
    ) -> Self {
        let clock = Arc::new(MovableClock::default());
        let ctx = Arc::new(Context::with_environment(store, config, clock.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        tokio::spawn(activity_log::stack::serve(
            listener,
            ctx.clone(),
            None,
            std::future::pending(),
        ));
        let url = format!("http://{address}");
        let endpoint = endpoint.to_owned();
        Self { http: Http::to(&url), url, address, endpoint, ctx, clock, table }
    }

    /// Issues a key for an actor written `user:ID`, `agent:ID` or `service:ID`.
    pub async fn issue_key(&self, tenant: &str, actor: &str, scopes: &[Scope]) -> String {
        self.issue(tenant, actor, scopes).await.1
    }

    /// The same, with the credential that was stored.
    pub async fn issue(&self, tenant: &str, actor: &str, scopes: &[Scope]) -> (Credential, String) {
        let actor = Actor::parse(actor).expect("the actor is valid");
        self.grant(tenant, Grant::plain(actor, scopes.iter().copied().collect())).await
    }

    /// Makes a key for a grant.
    pub async fn grant(&self, tenant: &str, grant: Grant) -> (Credential, String) {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        let (credential, key) = Credential::grant(self.ctx.environment.as_ref(), tenant, grant)
            .expect("the clock is within range");
        self.ctx
            .store
            .put_credential(&credential, RemovedTenant::Refuse)
            .await
            .expect("the credential is stored");
        (credential, key.reveal())
    }

    /// A service key with every scope.
    pub async fn service_key(&self, tenant: &str) -> String {
        self.issue_key(tenant, "service:suite", Scope::ALL).await
    }

    /// Makes a related resource known.
    pub async fn put_resource(&self, tenant: &str, kind: &str, id: &str, name: Option<&str>) {
        let record = ResourceRecord {
            resource: resource(kind, id),
            display_name: name.map(|name| DisplayName::parse(name).expect("the name is valid")),
            changed_at: self.clock.time(),
            presence: Presence::Present,
        };
        self.register(tenant, &record).await;
    }

    /// Leaves a tombstone in the place of a related resource, a minute from now.
    pub async fn delete_resource(&self, tenant: &str, kind: &str, id: &str) {
        let record = ResourceRecord {
            resource: resource(kind, id),
            display_name: None,
            changed_at: self.clock.time().plus(Duration::from_secs(60)),
            presence: Presence::Deleted,
        };
        self.register(tenant, &record).await;
    }

    async fn register(&self, tenant: &str, record: &ResourceRecord) {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        self.ctx.store.put_related_resource(&tenant, record, None).await.expect("it is registered");
    }

    /// Names an actor, written `user:ID`, `agent:ID` or `service:ID`, now.
    pub async fn name_actor(&self, tenant: &str, actor: &str, name: &str) {
        let name = DisplayName::parse(name).expect("the name is valid");
        let changed_at = self.clock.time();
        let registered = self.put_actor(tenant, actor, Some(name), changed_at).await;
        assert_eq!(registered, Registered::Applied);
    }

    /// Leaves a tombstone in the place of the name of an actor, a minute from now.
    pub async fn forget_actor(&self, tenant: &str, actor: &str) {
        let changed_at = self.clock.time().plus(Duration::from_secs(60));
        let registered = self.put_actor(tenant, actor, None, changed_at).await;
        assert_eq!(registered, Registered::Applied);
    }

    async fn put_actor(
        &self,
        tenant: &str,
        actor: &str,
        display_name: Option<DisplayName>,
        changed_at: Timestamp,
    ) -> Registered {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        let actor = Actor::parse(actor).expect("the actor is valid");
        let presence = if display_name.is_some() { Presence::Present } else { Presence::Deleted };
        let record = ActorRecord { actor, display_name, changed_at, presence };
        put_actor_of_run(&self.ctx, &tenant, &record).await.expect("it is registered")
    }

    /// Registers the id of a record type as `activity-log resources types put` does.
    ///
    /// # Panics
    ///
    /// When it can't be registered.
    pub async fn register_record_type(&self, tenant: &str, api_name: &str, id: Uuid) {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        let record_type = RecordType::parse(api_name).expect("the name is valid");
        let before = self.ctx.store.record_type_ids(&tenant).await.expect("they are read");
        let mut after = before.clone();
        after.register(&record_type, id).expect("the id is free");
        let put = self.ctx.store.put_record_type_ids(&before, &after, None).await;
        assert_eq!(put.expect("they are put"), Registered::Applied);
    }

    /// Sets which reads the trail has, as `activity-log tenant set` does.
    ///
    /// # Panics
    ///
    /// When it can't be set.
    pub async fn set_audit_reads(&self, tenant: &str, audit_reads: Option<AuditReads>) {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        let operator = Actor::parse("service:console").expect("the actor is valid");
        let call = Call::of_operator(tenant, operator, "tenant set", "req_set".to_owned());
        let set = set_tenant(&self.ctx, &call, TenantSettings { audit_reads }).await;
        set.expect("it is set");
    }

    /// Defines a type as `activity-log types put` does.
    ///
    /// # Panics
    ///
    /// When the definition is not valid.
    pub async fn define_type(&self, tenant: &str, definition: Value) {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        let Value::Object(object) = definition else { panic!("a definition is an object") };
        let now = self.clock.time();
        let ids = self.ctx.store.record_type_ids(&tenant).await.expect("they are read");
        let definition = read_definition(object, &ids, now).expect("the definition is valid");
        let operator = Actor::parse("service:console").expect("the actor is valid");
        let call = Call::of_operator(tenant, operator, "types put", "req_types".to_owned());
        let put = put_activity_type(&self.ctx, &call, &definition).await;
        put.expect("the type is defined");
    }

    /// A caller of `/v1`.
    #[must_use]
    pub fn v1(&self, key: &str) -> V1 {
        V1::new(self.http.clone(), key)
    }

    /// A caller of the logged-activity dialect: the user `jane` of a tenant.
    #[must_use]
    pub fn logged_activity(&self, tenant: &str, key: &str) -> LoggedActivity {
        LoggedActivity::new(self.http.clone(), tenant, key)
    }

    /// A caller of the MCP endpoint.
    #[must_use]
    pub fn mcp(&self, key: &str) -> Mcp {
        Mcp::new(self.http.clone(), key)
    }

    /// A call of any path, with a key as the dialect of that path has it.
    #[must_use]
    pub fn call(&self, tenant: &str, key: &str, method: Method, path: &str) -> HttpCall {
        match dialect_of(path) {
            Dialect::V1 => self.v1(key).call(method, path),
            Dialect::LoggedActivity => self.logged_activity(tenant, key).call(method, path),
            Dialect::Mcp => self.mcp(key).call(method),
        }
    }

    /// A call without a credential.
    #[must_use]
    pub fn anonymous(&self, method: Method, path: &str) -> HttpCall {
        self.http.call(method, path)
    }

    /// Every item of the table as `(pk, sk)`, sorted, but for those that tell of reads of
    /// the trail, and of uses of keys.
    pub async fn keys_in_table(&self) -> Vec<(String, String)> {
        keys_in_table(&self.table, self.ctx.store.table_name()).await
    }
}

fn resource(kind: &str, id: &str) -> RelatedResource {
    RelatedResource {
        resource_type: RecordType::parse(kind).expect("the name is valid"),
        id: RelatedResourceId::parse(id).expect("the id is valid"),
    }
}

/// Every item of a table as `(pk, sk)`, sorted, but for the audit events that tell of
/// reads of the trail, which tests make by looking, and for the notes that keys are
/// used, which are there whatever a request does.
pub async fn keys_in_table(
    client: &aws_sdk_dynamodb::Client,
    table_name: &str,
) -> Vec<(String, String)> {
    let scan = client
        .scan()
        .table_name(table_name)
        .projection_expression("pk, sk, #action")
        .expression_attribute_names("#action", "action");
    let pages = scan.consistent_read(true).into_paginator().items().send();
    let items = pages.collect::<Result<Vec<_>, _>>().await.expect("the table is scanned");
    let part = |value: &AttributeValue| value.as_s().expect("a key is text").clone();
    let event = |pk: &str| pk.split_once("#AUD#").and_then(|(_, id)| id.parse::<Uuid>().ok());
    let is_read = |item: &&HashMap<String, AttributeValue>| {
        let action = item.get("action").and_then(|action| action.as_s().ok());
        action.is_some_and(|action| action == "audit_event.read")
    };
    let reads: HashSet<Uuid> =
        items.iter().filter(is_read).filter_map(|item| event(&part(&item["pk"]))).collect();
    let mut keys: Vec<_> =
        items.iter().map(|item| (part(&item["pk"]), part(&item["sk"]))).collect();
    keys.retain(|(pk, sk)| {
        // What an event is found by has its position for a sort key.
        let id = event(pk).or_else(|| Position::decode(sk).map(|position| position.id));
        !id.is_some_and(|id| reads.contains(&id))
    });
    keys.retain(|(pk, _)| !pk.contains("#USED#"));
    keys.sort();
    keys
}
