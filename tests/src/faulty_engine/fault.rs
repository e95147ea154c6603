//! What shall go wrong, in which calls, and when.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::batch::{BATCH_GET, BATCH_WRITE};

/// How long [`Gate::arrived`] waits before it fails the test.
const GATE_TIMEOUT: Duration = Duration::from_secs(30);

/// A condition on the body of a call.
pub type Condition = Arc<dyn Fn(&Value) -> bool + Send + Sync>;

/// What shall go wrong, and in which calls.
#[derive(Clone)]
pub struct Fault {
    /// The operation it is meant for, such as `TransactWriteItems`; `None` for
    /// all that its kind applies to.
    pub operation: Option<&'static str>,
    /// Which of the matching calls fail.
    pub when: When,
    /// Counts only calls whose body satisfies this.
    pub only_if: Option<Condition>,
    /// What happens to them.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault in calls of one operation.
    pub fn on(operation: &'static str, when: When, kind: FaultKind) -> Self {
        Self { operation: Some(operation), when, only_if: None, kind }
    }

    /// A fault in calls of every operation that its kind applies to.
    pub fn on_any(when: When, kind: FaultKind) -> Self {
        Self { operation: None, when, only_if: None, kind }
    }

    /// Counts only calls whose body satisfies `condition`.
    #[must_use]
    pub fn only_if(mut self, condition: impl Fn(&Value) -> bool + Send + Sync + 'static) -> Self {
        self.only_if = Some(Arc::new(condition));
        self
    }

    pub(super) fn matches(&self, operation: &str, input: &Value) -> bool {
        self.operation.is_none_or(|named| named == operation)
            && self.kind.applies_to(operation, input)
            && self.only_if.as_ref().is_none_or(|condition| condition(input))
    }
}

/// Which of the calls that match a fault fail, counted from its injection on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The n-th only, counted from 1.
    Nth(usize),
    /// The first n.
    First(usize),
    /// The n-th, and every n-th after it.
    Every(usize),
    /// All.
    Always,
    /// So many of a hundred, chosen by the seed: the same calls in each run.
    Seeded {
        /// Another seed chooses other calls.
        seed: u64,
        /// From 0 (none) to 100 (all).
        probability_percent: u8,
    },
}

impl When {
    /// Whether the `count`-th matching call fails, counted from 1.
    pub(super) fn fires(self, count: usize) -> bool {
        match self {
            When::Nth(n) => count == n,
            When::First(n) => count <= n,
            When::Every(n) => n > 0 && count.is_multiple_of(n),
            When::Always => true,
            When::Seeded { seed, probability_percent } => {
                scramble(seed, count as u64) % 100 < u64::from(probability_percent)
            }
        }
    }
}

/// The `count`-th number of the SplitMix64 sequence that starts at `seed`.
pub fn scramble(seed: u64, count: u64) -> u64 {
    let mut z = seed.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What happens to a call.
///
/// Delays and holds come first, and all that fire apply; of the others, the
/// one injected first decides.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// The engine carries the call out, and the connection is closed before
    /// its answer: the caller can't know that it happened.
    LoseAnswer,
    /// The connection is closed, and the engine never sees the call.
    DropRequest,
    /// The call waits so many milliseconds before it is forwarded.
    DelayMs(u64),
    /// 400 `ProvisionedThroughputExceededException`.
    Throttle,
    /// 500 `InternalServerError`.
    ServerError,
    /// 507 `StorageUnavailable`, as the embedded engine says of a full disk.
    StorageUnavailable,
    /// `BatchWriteItem` of more than `keep` items: the first `keep` are
    /// written, the others come back as `UnprocessedItems`.
    UnprocessedItems {
        /// How many items are written.
        keep: usize,
    },
    /// `BatchGetItem` of more than `keep` keys: the first `keep` are read, the
    /// others come back as `UnprocessedKeys`.
    UnprocessedKeys {
        /// How many keys are read.
        keep: usize,
    },
    /// Another transaction holds the item: `TransactWriteItems` and
    /// `TransactGetItems` are cancelled with that reason for the first item, a
    /// single write is refused with `TransactionConflictException`.
    TransactionConflict,
    /// `TransactWriteItems` and `TransactGetItems` are cancelled because the
    /// first item is throttled, which is how DynamoDB throttles most of them.
    TransactionThrottled,
    /// `TransactWriteItems`: 400 `TransactionInProgressException`, an earlier
    /// attempt with the same token isn't decided yet.
    TransactionInProgress,
    /// `TransactWriteItems`: forwarded without its `ClientRequestToken`, as if
    /// the ten minutes were over for which the engine honours it.
    ForgetToken,
    /// `Query` and `Scan`: a page ends after `limit` items and carries a
    /// `LastEvaluatedKey`, as it would at 1 MB.
    ShortPage {
        /// At least 1.
        limit: usize,
    },
    /// The call waits at the gate before it is forwarded, until the test opens
    /// it. If the caller gives up meanwhile, the call has no effect.
    Hold(Gate),
}

impl FaultKind {
    /// Whether it can happen to such a call and would change it: a fault that
    /// fired has been felt.
    fn applies_to(&self, operation: &str, input: &Value) -> bool {
        match self {
            FaultKind::LoseAnswer
            | FaultKind::DropRequest
            | FaultKind::DelayMs(_)
            | FaultKind::Throttle
            | FaultKind::ServerError
            | FaultKind::StorageUnavailable
            | FaultKind::Hold(_) => true,
            FaultKind::UnprocessedItems { keep } => {
                operation == BATCH_WRITE.operation && BATCH_WRITE.entries(input) > *keep
            }
            FaultKind::UnprocessedKeys { keep } => {
                operation == BATCH_GET.operation && BATCH_GET.entries(input) > *keep
            }
            FaultKind::TransactionConflict => matches!(
                operation,
                "TransactWriteItems" | "TransactGetItems" | "PutItem" | "UpdateItem" | "DeleteItem"
            ),
            FaultKind::TransactionThrottled => {
                matches!(operation, "TransactWriteItems" | "TransactGetItems")
            }
            FaultKind::TransactionInProgress => operation == "TransactWriteItems",
            FaultKind::ForgetToken => {
                operation == "TransactWriteItems" && input.get("ClientRequestToken").is_some()
            }
            FaultKind::ShortPage { limit } => {
                matches!(operation, "Query" | "Scan")
                    && input["Limit"].as_u64().is_none_or(|asked| asked > *limit as u64)
            }
        }
    }

    pub(super) fn is_wait(&self) -> bool {
        matches!(self, FaultKind::DelayMs(_) | FaultKind::Hold(_))
    }
}

/// Where held calls wait until the test lets them go.
///
/// ```text
/// test    inject(Hold(gate))          arrived(1)   look, or write    open()
/// caller                      call ------>|                            |----> answer
/// ```
#[derive(Clone, Debug)]
pub struct Gate {
    arrivals: Arc<watch::Sender<usize>>,
    open: Arc<watch::Sender<bool>>,
}

impl Gate {
    /// A gate that holds every call that comes.
    pub fn closed() -> Self {
        Self {
            arrivals: Arc::new(watch::Sender::new(0)),
            open: Arc::new(watch::Sender::new(false)),
        }
    }

    /// Waits until so many calls have come to the gate, those included whose
    /// callers have given up since.
    ///
    /// # Panics
    ///
    /// When they don't come within 30 seconds.
    pub async fn arrived(&self, calls: usize) {
        let mut arrivals = self.arrivals.subscribe();
        let arrived = arrivals.wait_for(|arrived| *arrived >= calls);
        if tokio::time::timeout(GATE_TIMEOUT, arrived).await.is_err() {
            panic!(
                "{} of {calls} calls came to the gate within {GATE_TIMEOUT:?}",
                *self.arrivals.borrow()
            );
        }
    }

    /// Lets the calls at the gate go, and all that come later.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    pub(super) async fn pass(&self) {
        self.arrivals.send_modify(|arrived| *arrived += 1);
        let mut open = self.open.subscribe();
        // An error would mean that the gate is gone, which `self` rules out.
        drop(open.wait_for(|open| *open).await);
    }
}

/// A fault that was injected: a test that never asks whether it fired may pass
/// without it.
#[derive(Clone, Debug)]
pub struct Injected {
    pub(super) fired: Arc<AtomicUsize>,
}

impl Injected {
    /// How many calls it has happened to so far.
    pub fn fired(&self) -> usize {
        self.fired.load(Ordering::SeqCst)
    }
}
