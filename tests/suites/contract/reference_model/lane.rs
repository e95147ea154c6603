//! Where cases run: two processes on one table, one of which has trouble with it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use activity_log_core::index::compact::{Limits, Ran};
use activity_log_tests::compaction::{claiming, small};
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, Gate, When};
use activity_log_tests::stack::Stack;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::operations::{Compaction, How, Trouble};

/// Two processes on one table. Cases in it come one after the other.
pub(super) struct Lane {
    /// The calls of the first one go through the proxy.
    pub(super) processes: [Stack; 2],
    proxy: FaultyEngine,
    is_troubled: AtomicBool,
    /// Merges so far.
    merges: AtomicUsize,
}

impl Lane {
    pub(super) async fn start() -> Self {
        let engine = Engine::start().await;
        let proxy = FaultyEngine::start(&engine.endpoint).await;
        let table = unique_name("model");
        let second = Stack::start_on(&engine.endpoint, &table, |_| {}).await;
        let first = Stack::start_on(&proxy.endpoint, &table, |_| {}).await;
        Self {
            processes: [first, second],
            proxy,
            is_troubled: AtomicBool::new(false),
            merges: AtomicUsize::new(0),
        }
    }

    /// Forgets the calls of the case before.
    pub(super) fn begin_case(&self) {
        self.mend();
        self.proxy.reset_calls();
    }

    pub(super) fn trouble(&self, trouble: &Trouble) {
        let Trouble { kind, when } = trouble.clone();
        self.proxy.inject(Fault::on_any(when, kind));
        self.is_troubled.store(true, Ordering::SeqCst);
    }

    /// Ends all trouble; whether there was any.
    pub(super) fn mend(&self) -> bool {
        self.proxy.clear();
        self.is_troubled.swap(false, Ordering::SeqCst)
    }

    async fn run(
        &self,
        tenant: &str,
        compaction: &Compaction,
    ) -> activity_log_core::domain::error::Result<Ran> {
        let process = &self.processes[compaction.process];
        match compaction.how {
            How::Run => process.compact(tenant, &small()).await,
            How::RunClaiming => process.compact(tenant, &claiming()).await,
            How::Settle => process.settle(tenant).await,
        }
    }

    /// Compacts the index of a tenant, which fails only where there is trouble.
    pub(super) async fn compact(
        &self,
        tenant: &str,
        compaction: &Compaction,
        is_troubled: bool,
    ) -> TestCaseResult {
        match self.run(tenant, compaction).await {
            Ok(ran) => {
                self.merges.fetch_add(ran.merges, Ordering::SeqCst);
                prop_assert_eq!(ran.segments_set_aside, 0, "nothing is broken: {:?}", ran);
                prop_assert_eq!(ran.unreadable_entries, 0, "nothing is broken: {:?}", ran);
            }
            Err(error) => prop_assert!(is_troubled, "{:?} failed: {:?}", compaction, error),
        }
        Ok(())
    }

    /// Lets the first process compact the index, and end when it makes its n-th call.
    pub(super) async fn compact_and_die(
        &self,
        tenant: &str,
        compaction: &Compaction,
        nth: usize,
    ) -> TestCaseResult {
        let compaction = Compaction { process: 0, ..compaction.clone() };
        let gate = Gate::closed();
        self.proxy.inject(Fault::on_any(When::Nth(nth), FaultKind::Hold(gate.clone())));
        tokio::select! {
            ran = self.compact(tenant, &compaction, false) => ran?,
            () = gate.arrived(1) => {}
        }
        // What was sent is carried out, and what is held is given up.
        self.proxy.settled().await;
        self.mend();
        Ok(())
    }

    /// How many merges there were so far.
    pub(super) fn merges(&self) -> usize {
        self.merges.load(Ordering::SeqCst)
    }

    /// Settles an index for good: nothing of it is left in the tail.
    pub(super) async fn settle(&self, tenant: &str) -> TestCaseResult {
        // What is under way of the trouble before.
        self.proxy.settled().await;
        let ran = self.processes[1].settle(tenant).await;
        let ran = ran.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert_eq!((ran.tail_bytes_left, ran.segments_set_aside), (0, 0), "{:?}", ran);
        Ok(())
    }
}

/// The limits of a run in a longer history, in which little is much.
pub(super) fn of_a_longer_history() -> Limits {
    Limits { max_flushed_entries: 4_000, ..claiming() }
}
