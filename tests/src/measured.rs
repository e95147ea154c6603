//! A stack whose every call to the table is counted: read and write units, and
//! sequential round trips.

use std::future::Future;

use activity_log_core::app::compact_index::settle_index;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::store::client::connect_local;
use aws_sdk_dynamodb::Client;

use crate::client::v1::V1;
use crate::client::{ABSENT_ID, Answer};
use crate::engine::{Engine, unique_name};
use crate::faulty_engine::{Fault, FaultKind, FaultyEngine, TableCall, When};
use crate::history::{SHORT_SUMMARY_CHARS, Template, past};
use crate::raw_table::RawTable;
use crate::stack::Stack;

/// The tenant that [`MeasuredStack::key`] belongs to.
pub const TENANT: &str = "measured";

/// A stack, the proxy through which it speaks to its engine, and a key that it
/// has seen: a credential costs a read in the first request only.
pub struct MeasuredStack {
    pub stack: Stack,
    /// A key of [`TENANT`] with every scope.
    pub key: String,
    /// The same key in `/v1`.
    pub v1: V1,
    /// Speaks to the table past the proxy.
    pub client: Client,
    proxy: FaultyEngine,
    engine: Engine,
}

/// What one request, or other work, cost.
#[derive(Clone, Debug)]
pub struct Measured<T = Answer> {
    /// What it was answered.
    pub answer: T,
    pub read_units: f64,
    pub write_units: f64,
    /// Calls to the table.
    pub calls: Vec<TableCall>,
}

impl MeasuredStack {
    /// A stack on an engine, with a table of its own. What units a call
    /// consumed is only right on an embedded engine: see
    /// [`Engine::is_embedded`].
    pub async fn start(engine: Engine) -> Self {
        Self::start_on(engine, &unique_name("measured")).await
    }

    /// The same on a table of that name, which may be there.
    pub async fn start_on(engine: Engine, table_name: &str) -> Self {
        let proxy = FaultyEngine::start(&engine.endpoint).await;
        proxy.measure_capacity();
        let stack = Stack::start_on(&proxy.endpoint, table_name, |_| {}).await;
        // The first use of a key is noted once an hour. None of a test is to be met by the
        // end of one that it did not wait for.
        stack.clock.advance_to_an_hour();
        let key = known_key(&stack).await;
        let (v1, client) = (stack.v1(&key), connect_local(&engine.endpoint));
        Self { stack, key, v1, client, proxy, engine }
    }

    /// The same, on an engine of its own, with a history of so many activities.
    ///
    /// # Panics
    ///
    /// When there are less than a hundred.
    pub async fn with_history(count: usize) -> Self {
        assert!(count >= 100, "a history is longer than a page");
        let mut measured = Self::start(Engine::fresh().await).await;
        let Self { stack, key, client, engine, .. } = &measured;
        let template = Template::record(stack, key, client).await;
        let database = engine.database().expect("a fresh engine is embedded");
        let history = past(count, SHORT_SUMMARY_CHARS);
        template.write_history(database, stack.ctx.store.table_name(), history);
        // As it is when the compactor has caught up, but for the newest.
        let tenant = TenantId::parse(TENANT).expect("it is an id");
        settle_index(&stack.ctx, &tenant).await.expect("the index is settled");
        // On a slow machine the process has forgotten the first one by now.
        measured.key = known_key(stack).await;
        measured.v1 = measured.stack.v1(&measured.key);
        measured
    }

    /// Its table, past the proxy.
    #[must_use]
    pub fn table(&self) -> RawTable<'_> {
        RawTable::through(&self.client, &self.stack)
    }

    /// What a request costs, or other work of any process that speaks through the proxy.
    pub async fn measure<T>(&self, request: impl Future<Output = T>) -> Measured<T> {
        self.proxy.reset_calls();
        let answer = request.await;
        let calls = self.proxy.calls();
        let (mut read_units, mut write_units) = (0.0, 0.0);
        for call in &calls {
            let units = call.consumed_capacity;
            let units = units.unwrap_or_else(|| panic!("no units are known of {call:?}"));
            match call.operation.as_str() {
                "GetItem" | "BatchGetItem" | "Query" => read_units += units,
                "BatchWriteItem" | "TransactWriteItems" | "PutItem" | "UpdateItem"
                | "DeleteItem" => write_units += units,
                other => panic!("a request calls {other}"),
            }
        }
        Measured { answer, read_units, write_units, calls }
    }

    /// How often a request has to wait for the table before it can go on.
    pub async fn round_trips(&self, request: impl Future<Output = Answer>) -> (Answer, usize) {
        // Long enough that calls side by side overlap, on a busy machine too.
        self.proxy.inject(Fault::on_any(When::Always, FaultKind::DelayMs(50)));
        self.proxy.reset_calls();
        let answer = request.await;
        let round_trips = self.proxy.sequential_round_trips();
        self.proxy.clear();
        (answer, round_trips)
    }

    /// Both: what a request costs, and how often it has to wait for the table.
    pub async fn measure_with_round_trips(
        &self,
        request: impl Future<Output = Answer>,
    ) -> (Measured, usize) {
        self.proxy.inject(Fault::on_any(When::Always, FaultKind::DelayMs(50)));
        let measured = self.measure(request).await;
        let round_trips = self.proxy.sequential_round_trips();
        self.proxy.clear();
        (measured, round_trips)
    }

    /// The same for a search.
    pub async fn search(&self, parameters: &[(&str, &str)]) -> Measured {
        self.measure(self.v1.search(parameters)).await
    }
}

/// A key of [`TENANT`] that the process has just read.
async fn known_key(stack: &Stack) -> String {
    let key = stack.service_key(TENANT).await;
    drop(stack.v1(&key).read(ABSENT_ID).await.expect(404));
    key
}
