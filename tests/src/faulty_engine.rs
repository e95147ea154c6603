//! A proxy that stands between the SDK and an engine, and fails on request.
//!
//! The local engines never throttle, never conflict, never lose an answer and
//! never return a stale read. DynamoDB does all of that, so a test puts this
//! proxy in between and names what shall go wrong ([`FaultyEngine::inject`]).
//! It speaks DynamoDB's JSON protocol: the SDK is the real one and retries as
//! it would in production.
//!
//! What it guarantees:
//!
//! - A read that doesn't ask for consistency is refused, always, and fails the
//!   test when the proxy is dropped: the local engines would answer it as if it
//!   had asked, and only production would be wrong.
//! - A call that it has begun to forward is carried out, even if its caller
//!   gives up; a call that it holds, delays or refuses has no effect.
//! - Faults are decided by the calls alone, never by chance or time: the same
//!   calls in the same order meet the same faults.
//! - A call is recorded as ended before its caller can see the answer, so that
//!   calls made one after the other never look like calls side by side.
//!
//! Left out on purpose: TLS, streaming (bodies are buffered whole, up to what
//! the engine takes) and PartiQL, which this project doesn't use: its reads are
//! not checked.

use std::error::Error;
use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
    TRANSFER_ENCODING,
};
use http::{HeaderMap, Request, Response, StatusCode, Uri, request};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Map, Value, json};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};

use crate::engine::expect_listener;

const CRC32: HeaderName = HeaderName::from_static("x-amz-crc32");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// Shorter than any engine keeps an idle connection, so that no call is sent
/// on one that the engine is closing: that call would fail without a fault.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(5);

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

    fn matches(&self, operation: &str, input: &Value) -> bool {
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
    fn fires(self, count: usize) -> bool {
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
pub(crate) fn scramble(seed: u64, count: u64) -> u64 {
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

    fn is_wait(&self) -> bool {
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

    async fn pass(&self) {
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
    fired: Arc<AtomicUsize>,
}

impl Injected {
    /// How many calls it has happened to so far.
    pub fn fired(&self) -> usize {
        self.fired.load(Ordering::SeqCst)
    }
}

/// A call that the proxy saw.
#[derive(Clone, Debug)]
pub struct Call {
    /// Such as `TransactWriteItems`; empty for a request that names none.
    pub operation: String,
    /// The body as the caller sent it.
    pub request: Arc<Value>,
    /// What the caller was answered. `None` while the call runs, and when it
    /// never got an answer.
    pub status: Option<u16>,
    /// What the engine answered. `None` until then, and when it never saw the
    /// call. With [`FaultKind::LoseAnswer`] this is the answer that was lost.
    pub engine_status: Option<u16>,
    /// Units that the engine says the call consumed, in sum, if it says so: see
    /// [`FaultyEngine::measure_capacity`].
    pub consumed_capacity: Option<f64>,
    /// Bytes of the engine's answer.
    pub response_bytes: usize,
    /// The moment it came, as a number that grows with each call that comes
    /// and each that ends.
    pub started: u64,
    /// The moment it ended, on the same scale; `None` while it runs.
    pub ended: Option<u64>,
}

/// The proxy. It ends when it is dropped; share it in an `Arc`.
///
/// # Panics
///
/// Dropping it panics when a read came by that didn't ask for consistency: see
/// [`FaultyEngine::assert_consistent`]. A test that wants such reads takes them
/// with [`FaultyEngine::take_violations`].
#[derive(Debug)]
pub struct FaultyEngine {
    /// Where it answers: `http://127.0.0.1:<port>`, without a trailing slash.
    pub endpoint: String,
    proxy: Arc<Proxy>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl FaultyEngine {
    /// Starts a proxy to the engine at `upstream` (`http://<host>:<port>`), on
    /// a thread and runtime of its own.
    ///
    /// # Panics
    ///
    /// When nothing listens there.
    pub async fn start(upstream: &str) -> Self {
        expect_listener(upstream).await;
        let upstream: Uri = upstream.parse().expect("it was just connected to");
        // Bound here, so that a caller can connect as soon as this returns.
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
        listener.set_nonblocking(true).expect("a listener can be made non-blocking");
        let address = listener.local_addr().expect("a bound listener has an address");
        let proxy = Arc::new(Proxy::to(upstream));
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("faulty-engine".to_owned())
            .spawn({
                let proxy = Arc::clone(&proxy);
                move || serve(proxy, listener, stopped)
            })
            .expect("a thread can be started");
        Self {
            endpoint: format!("http://{address}"),
            proxy,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Adds a fault behind those that are there.
    ///
    /// Each call is shown to the faults in the order of their injection, until
    /// one decides it; only what a fault is shown counts for its [`When`]. So
    /// `First(2)` of one and then `First(1)` of another of the same operation
    /// happen to the first two calls and to the third.
    pub fn inject(&self, fault: Fault) -> Injected {
        let fired = Arc::new(AtomicUsize::new(0));
        lock(&self.proxy.rules).push(Rule { fault, seen: 0, fired: Arc::clone(&fired) });
        Injected { fired }
    }

    /// Removes all faults. Calls that are being held stay held.
    pub fn clear(&self) {
        lock(&self.proxy.rules).clear();
    }

    /// The calls that came since the last [`FaultyEngine::reset_calls`], in the
    /// order in which they came.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.proxy.calls).iter().map(|call| lock(call).clone()).collect()
    }

    /// Forgets the calls so far. Violations and faults stay.
    pub fn reset_calls(&self) {
        lock(&self.proxy.calls).clear();
    }

    /// How often a caller had to wait for an answer before it could go on: the
    /// length of the longest chain of calls in which each starts after the one
    /// before has ended. Calls side by side count once.
    ///
    /// Calls that are sent side by side may still arrive one after the other
    /// has been answered, the engine being that fast. Inject a
    /// [`FaultKind::DelayMs`] of some 50 ms into all calls first, so that they
    /// overlap here as they would on a network.
    pub fn sequential_round_trips(&self) -> usize {
        longest_chain(self.calls().iter().map(|call| (call.started, call.ended)))
    }

    /// From now on asks the engine for the consumed capacity of each call whose
    /// caller doesn't, for [`Call::consumed_capacity`].
    pub fn measure_capacity(&self) {
        self.proxy.measures_capacity.store(true, Ordering::SeqCst);
    }

    /// The reads so far that didn't ask for consistency, in words.
    pub fn violations(&self) -> Vec<String> {
        lock(&self.proxy.violations).clone()
    }

    /// Like [`FaultyEngine::violations`], and forgets them, for a test that
    /// provokes them.
    pub fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.proxy.violations))
    }

    /// Asserts that every read so far asked for consistency.
    ///
    /// # Panics
    ///
    /// When one didn't.
    pub fn assert_consistent(&self) {
        let violations = self.violations();
        assert!(
            violations.is_empty(),
            "reads that don't ask for consistency:\n{}",
            violations.join("\n")
        );
    }
}

impl Drop for FaultyEngine {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Waited for, so that nothing is forwarded after the drop. A panic on
        // the thread has been printed there.
        drop(self.thread.take().map(JoinHandle::join));
        // A test that already fails has a better reason than this one, and a
        // second panic would end the process.
        if !thread::panicking() {
            self.assert_consistent();
        }
    }
}

/// The connection is closed without an answer.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed without an answer")
    }
}

impl Error for Cut {}

struct Rule {
    fault: Fault,
    /// Matching calls that it was shown.
    seen: usize,
    fired: Arc<AtomicUsize>,
}

struct Proxy {
    upstream: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
    rules: Mutex<Vec<Rule>>,
    calls: Mutex<Vec<Arc<Mutex<Call>>>>,
    violations: Mutex<Vec<String>>,
    measures_capacity: AtomicBool,
    ticks: AtomicU64,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("upstream", &self.upstream).finish_non_exhaustive()
    }
}

impl Proxy {
    fn to(upstream: Uri) -> Self {
        let mut connector = HttpConnector::new();
        // Small calls, answered at once: waiting to fill a packet would add
        // tens of milliseconds to each.
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .build(connector);
        Self {
            upstream,
            client,
            rules: Mutex::default(),
            calls: Mutex::default(),
            violations: Mutex::default(),
            measures_capacity: AtomicBool::new(false),
            ticks: AtomicU64::new(0),
        }
    }

    /// The next moment; the first is 1.
    fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::SeqCst) + 1
    }

    async fn serve(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Cut> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let call = Recorded::new(&self, operation_of(&head.headers), &body);
        let request = Forwarded { proxy: Arc::clone(&self), call: Arc::clone(&call.call), head };
        let answer = self.answer(&call.operation, &call.request, body, request).await?;
        lock(&call.call).status = Some(answer.status().as_u16());
        Ok(answer.map(Full::new))
    }

    async fn answer(
        &self,
        operation: &str,
        input: &Value,
        body: Bytes,
        request: Forwarded,
    ) -> Result<Response<Bytes>, Cut> {
        if !asks_for_consistency(operation, input) {
            lock(&self.violations).push(format!("{operation} {input}"));
            return Ok(refusal(
                "com.amazon.coral.validate#ValidationException",
                "The read doesn't set ConsistentRead, which every read of this project does",
            ));
        }
        for fault in self.faults_of(operation, input) {
            match fault {
                FaultKind::DelayMs(delay_ms) => {
                    tokio::time::sleep(Duration::from_millis(delay_ms)).await;
                }
                FaultKind::Hold(gate) => gate.pass().await,
                FaultKind::LoseAnswer => {
                    request.send(body).await;
                    return Err(Cut);
                }
                FaultKind::DropRequest => return Err(Cut),
                FaultKind::Throttle => {
                    return Ok(refusal(
                        "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
                        "The level of configured provisioned throughput for the table was exceeded",
                    ));
                }
                FaultKind::ServerError => return Ok(server_error("Internal server error")),
                FaultKind::UnprocessedItems { keep } => {
                    return Ok(BATCH_WRITE.answer_partly(input, keep, request).await);
                }
                FaultKind::UnprocessedKeys { keep } => {
                    return Ok(BATCH_GET.answer_partly(input, keep, request).await);
                }
                FaultKind::TransactionConflict => {
                    return Ok(match input["TransactItems"].as_array() {
                        Some(items) => cancellation(
                            items.len(),
                            "TransactionConflict",
                            "Transaction is ongoing for the item",
                        ),
                        None => refusal(
                            "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
                            "Transaction is ongoing for the item",
                        ),
                    });
                }
                FaultKind::TransactionThrottled => {
                    let items = input["TransactItems"].as_array().map_or(0, Vec::len);
                    return Ok(cancellation(
                        items,
                        "ThrottlingError",
                        "Throughput exceeds the current capacity of your table or index",
                    ));
                }
                FaultKind::TransactionInProgress => {
                    return Ok(transaction_in_progress());
                }
                FaultKind::ForgetToken => {
                    let mut input = input.clone();
                    if let Some(input) = input.as_object_mut() {
                        input.remove("ClientRequestToken");
                    }
                    return Ok(request.send(bytes_of(&input)).await);
                }
                FaultKind::ShortPage { limit } => {
                    let mut input = input.clone();
                    input["Limit"] = json!(limit);
                    return Ok(request.send(bytes_of(&input)).await);
                }
            }
        }
        Ok(request.send(body).await)
    }

    /// What happens to this call, in order: waits, then at most one other.
    fn faults_of(&self, operation: &str, input: &Value) -> Vec<FaultKind> {
        let mut waits = Vec::new();
        let mut decided = None;
        for rule in lock(&self.rules).iter_mut() {
            let kind = &rule.fault.kind;
            if (decided.is_some() && !kind.is_wait()) || !rule.fault.matches(operation, input) {
                continue;
            }
            rule.seen += 1;
            if rule.fault.when.fires(rule.seen) {
                rule.fired.fetch_add(1, Ordering::SeqCst);
                if kind.is_wait() {
                    waits.push(kind.clone());
                } else {
                    decided = Some(kind.clone());
                }
            }
        }
        waits.extend(decided);
        waits
    }
}

/// A call on record while it runs. However it ends, and if only by its caller
/// going away, dropping this marks the end.
struct Recorded {
    proxy: Arc<Proxy>,
    operation: String,
    request: Arc<Value>,
    call: Arc<Mutex<Call>>,
}

impl Recorded {
    fn new(proxy: &Arc<Proxy>, operation: String, body: &[u8]) -> Self {
        let request: Arc<Value> = Arc::new(serde_json::from_slice(body).unwrap_or_default());
        // The lock makes the order on record the order of the moments.
        let mut calls = lock(&proxy.calls);
        let call = Arc::new(Mutex::new(Call {
            operation: operation.clone(),
            request: Arc::clone(&request),
            status: None,
            engine_status: None,
            consumed_capacity: None,
            response_bytes: 0,
            started: proxy.tick(),
            ended: None,
        }));
        calls.push(Arc::clone(&call));
        Self { proxy: Arc::clone(proxy), operation, request, call }
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        lock(&self.call).ended = Some(self.proxy.tick());
    }
}

/// A call that may be forwarded: all of it but the body.
struct Forwarded {
    proxy: Arc<Proxy>,
    call: Arc<Mutex<Call>>,
    head: request::Parts,
}

impl Forwarded {
    /// The engine's answer to the call with this body. An engine that is gone
    /// answers as a server error that says so.
    async fn send(self, body: Bytes) -> Response<Bytes> {
        // On a task of its own, which the caller's going away doesn't end: what
        // is on its way to DynamoDB can't be called back either.
        let task = tokio::spawn(async move {
            self.exchange(body).await.unwrap_or_else(|error| {
                server_error(&format!("the engine behind the proxy failed: {error}"))
            })
        });
        task.await.unwrap_or_else(|error| server_error(&format!("the proxy failed: {error}")))
    }

    async fn exchange(self, body: Bytes) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
        let Self { proxy, call, head } = self;
        let measures_capacity = proxy.measures_capacity.load(Ordering::SeqCst);
        let body = if measures_capacity {
            asking_for_capacity(&operation_of(&head.headers), body)
        } else {
            body
        };
        let mut uri = proxy.upstream.clone().into_parts();
        uri.path_and_query = head.uri.path_and_query().cloned();
        let mut request = Request::builder()
            .method(head.method)
            .uri(Uri::from_parts(uri)?)
            .body(Full::new(body))?;
        *request.headers_mut() = head.headers;
        // Compressed answers could not be read here; the others are about the
        // caller's connection and body, not the engine's.
        for name in [ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING] {
            request.headers_mut().remove(name);
        }

        let (mut head, body) = proxy.client.request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        for name in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
            head.headers.remove(name);
        }
        let mut call = lock(&call);
        call.engine_status = Some(head.status.as_u16());
        // Read only where it is there: an answer may be a megabyte.
        if measures_capacity || call.request.get("ReturnConsumedCapacity").is_some() {
            call.consumed_capacity = consumed_capacity(&body);
        }
        call.response_bytes = body.len();
        Ok(Response::from_parts(head, body))
    }
}

/// An operation on many entries, some of which DynamoDB may leave undone.
struct Batch {
    operation: &'static str,
    /// The name of the list of entries within a table's part; none where that
    /// part is the list.
    list: Option<&'static str>,
    /// Where the answer names what was left undone.
    unprocessed: &'static str,
}

const BATCH_WRITE: Batch =
    Batch { operation: "BatchWriteItem", list: None, unprocessed: "UnprocessedItems" };

const BATCH_GET: Batch =
    Batch { operation: "BatchGetItem", list: Some("Keys"), unprocessed: "UnprocessedKeys" };

impl Batch {
    fn list_of<'a>(&self, part: &'a mut Value) -> Option<&'a mut Vec<Value>> {
        match self.list {
            Some(name) => part.get_mut(name)?.as_array_mut(),
            None => part.as_array_mut(),
        }
    }

    /// How many entries a call has, in all tables.
    fn entries(&self, input: &Value) -> usize {
        let lists = input["RequestItems"].as_object().into_iter().flatten();
        lists
            .filter_map(|(_, part)| match self.list {
                Some(name) => part[name].as_array(),
                None => part.as_array(),
            })
            .map(Vec::len)
            .sum()
    }

    /// The parts with the first `keep` entries, and the parts with the others.
    /// What else a table's part says (`ConsistentRead`, the projection) is in
    /// both, as DynamoDB returns it.
    fn split(&self, input: &Value, keep: usize) -> (Map<String, Value>, Map<String, Value>) {
        let (mut kept, mut rest) = (Map::new(), Map::new());
        let mut left = keep;
        for (table, part) in input["RequestItems"].as_object().into_iter().flatten() {
            let (mut first, mut second) = (part.clone(), part.clone());
            let (Some(first_list), Some(second_list)) =
                (self.list_of(&mut first), self.list_of(&mut second))
            else {
                continue;
            };
            let count = left.min(first_list.len());
            left -= count;
            first_list.truncate(count);
            second_list.drain(..count);
            let (first_is_empty, second_is_empty) = (first_list.is_empty(), second_list.is_empty());
            if !first_is_empty {
                kept.insert(table.clone(), first);
            }
            if !second_is_empty {
                rest.insert(table.clone(), second);
            }
        }
        (kept, rest)
    }

    /// Has the engine do the first `keep` entries, and answers that the others
    /// are left.
    async fn answer_partly(
        &self,
        input: &Value,
        keep: usize,
        request: Forwarded,
    ) -> Response<Bytes> {
        let (kept, rest) = self.split(input, keep);
        if kept.is_empty() {
            // The engine would refuse an empty call. DynamoDB answers one that
            // it did nothing of like this.
            let mut output = json!({ self.unprocessed: rest });
            if self.operation == BATCH_GET.operation {
                output["Responses"] = json!({});
            }
            return reply(StatusCode::OK, &output);
        }
        let mut part = input.clone();
        part["RequestItems"] = Value::Object(kept);
        let answer = request.send(bytes_of(&part)).await;
        if answer.status() != StatusCode::OK {
            return answer;
        }
        let (mut head, body) = answer.into_parts();
        let mut output: Value =
            serde_json::from_slice(&body).expect("an engine answers a batch in JSON");
        self.add_unprocessed(&mut output, rest);
        head.headers.remove(CRC32);
        Response::from_parts(head, bytes_of(&output))
    }

    /// Adds to what the engine itself has left undone.
    fn add_unprocessed(&self, output: &mut Value, rest: Map<String, Value>) {
        for (table, mut part) in rest {
            let left = &mut output[self.unprocessed][&table];
            match (self.list_of(left), self.list_of(&mut part)) {
                (Some(left), Some(more)) => left.append(more),
                _ => *left = part,
            }
        }
    }
}

fn serve(proxy: Arc<Proxy>, listener: TcpListener, stopped: oneshot::Receiver<()>) {
    // One thread: the work is small, and a suite has a proxy for each of the
    // tests that run side by side.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be started");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .expect("a non-blocking listener can be registered");
        tokio::select! {
            () = accept(proxy, listener) => {}
            _ = stopped => {}
        }
    });
}

async fn accept(proxy: Arc<Proxy>, listener: tokio::net::TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve_connection(Arc::clone(&proxy), stream));
            }
            Err(error) => {
                // Most likely too many open files, which passes.
                eprintln!("faulty engine: a connection can't be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

async fn serve_connection(proxy: Arc<Proxy>, stream: TcpStream) {
    // A connection on which this fails serves all the same, only slower.
    drop(stream.set_nodelay(true));
    let service = service_fn(|request| Arc::clone(&proxy).serve(request));
    // It ends in an error when a fault cuts it or its caller goes away, both of
    // which are on record.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

/// The operation that a request names: `DynamoDB_20120810.<operation>`.
fn operation_of(headers: &HeaderMap) -> String {
    headers
        .get(TARGET)
        .and_then(|target| target.to_str().ok())
        .and_then(|target| target.rsplit('.').next())
        .unwrap_or_default()
        .to_owned()
}

/// Whether a call is no read, or a read that asks for consistency in all that
/// it reads. `TransactGetItems` is always consistent.
fn asks_for_consistency(operation: &str, input: &Value) -> bool {
    let asks = |part: &Value| part["ConsistentRead"] == json!(true);
    match operation {
        "GetItem" | "Query" | "Scan" => asks(input),
        "BatchGetItem" => {
            input["RequestItems"].as_object().is_none_or(|tables| tables.values().all(asks))
        }
        _ => true,
    }
}

/// The body with a wish for `ReturnConsumedCapacity`, where the operation has
/// one and the caller has none.
fn asking_for_capacity(operation: &str, body: Bytes) -> Bytes {
    let has_capacity = matches!(
        operation,
        "GetItem"
            | "PutItem"
            | "UpdateItem"
            | "DeleteItem"
            | "Query"
            | "Scan"
            | "BatchGetItem"
            | "BatchWriteItem"
            | "TransactGetItems"
            | "TransactWriteItems"
    );
    if !has_capacity {
        return body;
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(mut input)) => {
            input.entry("ReturnConsumedCapacity").or_insert_with(|| json!("TOTAL"));
            bytes_of(&Value::Object(input))
        }
        _ => body,
    }
}

/// The units in an answer, in sum: one table's, or a list of each table's.
fn consumed_capacity(body: &[u8]) -> Option<f64> {
    let output: Value = serde_json::from_slice(body).ok()?;
    let consumed = output.get("ConsumedCapacity")?;
    let tables = consumed.as_array().map_or(std::slice::from_ref(consumed), Vec::as_slice);
    tables.iter().map(|table| table["CapacityUnits"].as_f64()).sum()
}

/// The most of these spans that can follow one another. Taking the one that
/// ends first, time and again, is optimal. A span without an end ends last.
fn longest_chain(spans: impl Iterator<Item = (u64, Option<u64>)>) -> usize {
    let mut spans: Vec<(u64, u64)> =
        spans.map(|(started, ended)| (ended.unwrap_or(u64::MAX), started)).collect();
    spans.sort_unstable();
    let mut length = 0;
    let mut last_end = 0;
    for (ended, started) in spans {
        if started > last_end {
            length += 1;
            last_end = ended;
        }
    }
    length
}

fn refusal(error: &str, message: &str) -> Response<Bytes> {
    reply(StatusCode::BAD_REQUEST, &json!({ "__type": error, "message": message }))
}

fn server_error(message: &str) -> Response<Bytes> {
    reply(
        StatusCode::INTERNAL_SERVER_ERROR,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
            "message": message,
        }),
    )
}

fn transaction_in_progress() -> Response<Bytes> {
    // Unlike in most other errors, this `Message` has a capital letter.
    reply(
        StatusCode::BAD_REQUEST,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionInProgressException",
            "Message": "The transaction with the given request token is already in progress.",
        }),
    )
}

/// A transaction of so many items, cancelled for a reason in the first.
fn cancellation(items: usize, code: &str, message: &str) -> Response<Bytes> {
    let mut reasons = vec![json!({ "Code": "None" }); items];
    let mut codes = vec!["None"; items];
    if items > 0 {
        reasons[0] = json!({ "Code": code, "Message": message });
        codes[0] = code;
    }
    let codes = codes.join(", ");
    reply(
        StatusCode::BAD_REQUEST,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": format!(
                "Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
            ),
            "CancellationReasons": reasons,
        }),
    )
}

/// An answer of the proxy's own, in the headers that the SDK reads.
fn reply(status: StatusCode, output: &Value) -> Response<Bytes> {
    static COUNTER: AtomicU64 = AtomicU64::new(1);
    let request_id = format!("FAULTY-ENGINE-{}", COUNTER.fetch_add(1, Ordering::Relaxed));
    let mut response = Response::new(bytes_of(output));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    headers.insert(
        REQUEST_ID,
        HeaderValue::try_from(request_id).expect("letters and digits make a header"),
    );
    response
}

fn bytes_of(value: &Value) -> Bytes {
    Bytes::from(serde_json::to_vec(value).expect("a JSON value can be written"))
}

/// The state behind these locks is whole between statements, so a panic in one
/// test's condition need not become a panic in each later call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use futures_util::future::join_all;

    use super::*;
    use crate::engine::{Engine, unique_name};

    type Answer = Result<(u16, HeaderMap, Value), String>;

    /// A caller as plain as can be: it never retries.
    #[derive(Clone)]
    struct Caller {
        client: Client<HttpConnector, Full<Bytes>>,
        endpoint: String,
        table: String,
    }

    impl Caller {
        async fn call(&self, operation: &str, mut input: Value) -> Answer {
            if !operation.starts_with("Batch") && !operation.starts_with("Transact") {
                input["TableName"] = json!(self.table);
            }
            let request = Request::post(&self.endpoint)
                .header(CONTENT_TYPE, "application/x-amz-json-1.0")
                .header(TARGET, format!("DynamoDB_20120810.{operation}"))
                .header("x-amz-date", "20260101T000000Z")
                .header(
                    "authorization",
                    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, \
                     SignedHeaders=host;x-amz-date, Signature=00",
                )
                .body(Full::new(bytes_of(&input)))
                .expect("a request");
            let answer = self.client.request(request).await;
            let (head, body) = answer.map_err(|error| error.to_string())?.into_parts();
            let body = body.collect().await.expect("a body").to_bytes();
            let output = serde_json::from_slice(&body).expect("JSON");
            Ok((head.status.as_u16(), head.headers, output))
        }

        async fn ok(&self, operation: &str, input: Value) -> Value {
            let (status, _, output) = self.call(operation, input).await.expect("an answer");
            assert_eq!(status, 200, "{output}");
            output
        }

        async fn put(&self, sk: &str) -> Answer {
            self.call("PutItem", json!({ "Item": key(sk) })).await
        }

        async fn has(&self, sk: &str) -> bool {
            let input = json!({ "Key": key(sk), "ConsistentRead": true });
            self.ok("GetItem", input).await.get("Item").is_some()
        }

        async fn query(&self) -> Value {
            let input = json!({
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": { ":pk": { "S": "p" } },
                "ConsistentRead": true,
            });
            self.ok("Query", input).await
        }

        fn batch_write(&self, sks: &[&str]) -> Value {
            let puts: Vec<Value> =
                sks.iter().map(|sk| json!({ "PutRequest": { "Item": key(sk) } })).collect();
            json!({ "RequestItems": { &self.table: puts } })
        }

        fn batch_get(&self, sks: &[&str]) -> Value {
            let keys: Vec<Value> = sks.iter().map(|sk| key(sk)).collect();
            json!({ "RequestItems": { &self.table: {
                "Keys": keys,
                "ConsistentRead": true,
                "ProjectionExpression": "#s",
                "ExpressionAttributeNames": { "#s": "sk" },
            } } })
        }

        fn transact_write(&self, sks: &[&str]) -> Value {
            let puts: Vec<Value> = sks
                .iter()
                .map(|sk| json!({ "Put": { "TableName": self.table, "Item": key(sk) } }))
                .collect();
            json!({ "TransactItems": puts })
        }
    }

    fn key(sk: &str) -> Value {
        json!({ "pk": { "S": "p" }, "sk": { "S": sk } })
    }

    /// A proxy, a caller that goes through it, and one that doesn't.
    async fn proxied() -> (FaultyEngine, Caller, Caller) {
        proxied_to(&Engine::start().await).await
    }

    async fn proxied_to(engine: &Engine) -> (FaultyEngine, Caller, Caller) {
        let proxy = FaultyEngine::start(&engine.endpoint).await;
        let direct = Caller {
            client: Client::builder(TokioExecutor::new()).build(HttpConnector::new()),
            endpoint: engine.endpoint.clone(),
            table: unique_name("faulty-engine"),
        };
        let table = json!({
            "KeySchema": [
                { "AttributeName": "pk", "KeyType": "HASH" },
                { "AttributeName": "sk", "KeyType": "RANGE" },
            ],
            "AttributeDefinitions": [
                { "AttributeName": "pk", "AttributeType": "S" },
                { "AttributeName": "sk", "AttributeType": "S" },
            ],
            "BillingMode": "PAY_PER_REQUEST",
        });
        direct.ok("CreateTable", table).await;
        let through = Caller { endpoint: proxy.endpoint.clone(), ..direct.clone() };
        (proxy, through, direct)
    }

    fn assert_refused(answer: Answer, status: u16, error: &str) -> Value {
        let (answered, headers, output) = answer.expect("an answer");
        assert_eq!(answered, status, "{output}");
        let kind = output["__type"].as_str().expect("a type");
        assert!(kind.ends_with(&format!("#{error}")), "{kind}");
        assert!(headers.contains_key(REQUEST_ID));
        output
    }

    #[tokio::test]
    async fn a_call_passes_and_is_recorded() {
        let (proxy, caller, direct) = proxied().await;
        let (_, headers, _) = caller.put("a").await.expect("an answer");
        assert!(headers.contains_key(REQUEST_ID));
        assert!(direct.has("a").await);
        let missing = json!({ "Item": { "pk": { "S": "p" } } });
        let answer = caller.call("PutItem", missing).await;
        assert_refused(answer, 400, "ValidationException");

        let calls = proxy.calls();
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[0].operation, "PutItem");
        assert_eq!(calls[0].request["Item"], key("a"));
        assert_eq!(calls[0].status, Some(200));
        assert_eq!(calls[0].engine_status, Some(200));
        assert_eq!(calls[0].consumed_capacity, None);
        assert_eq!((calls[0].started, calls[0].ended), (1, Some(2)));
        assert_eq!(calls[1].status, Some(400));
        assert_eq!((calls[1].started, calls[1].ended), (3, Some(4)));

        proxy.reset_calls();
        assert!(proxy.calls().is_empty());
    }

    #[tokio::test]
    async fn capacity_is_measured_on_request() {
        // Embedded, because not every engine counts as DynamoDB does.
        let engine = Engine::fresh().await;
        let (proxy, caller, _) = proxied_to(&engine).await;
        let mut input = json!({ "Item": key("a") });
        input["ReturnConsumedCapacity"] = json!("TOTAL");
        caller.ok("PutItem", input).await;
        proxy.measure_capacity();
        caller.put("b").await.expect("an answer");
        caller.ok("BatchWriteItem", caller.batch_write(&["c", "d"])).await;
        caller.ok("TransactWriteItems", caller.transact_write(&["e"])).await;
        caller.query().await;
        let units: Vec<_> = proxy.calls().iter().map(|c| c.consumed_capacity).collect();
        assert_eq!(units, [Some(1.0), Some(1.0), Some(2.0), Some(2.0), Some(1.0)]);
    }

    #[tokio::test]
    async fn a_read_that_does_not_ask_for_consistency_is_refused() {
        let (proxy, caller, _) = proxied().await;
        let mut batch = caller.batch_get(&["a"]);
        batch["RequestItems"][&caller.table]["ConsistentRead"] = json!(false);
        let reads = [
            ("GetItem", json!({ "Key": key("a") })),
            ("Query", json!({ "KeyConditionExpression": "pk = :pk" })),
            ("Scan", json!({ "ConsistentRead": false })),
            ("BatchGetItem", batch),
        ];
        for (count, (operation, input)) in reads.into_iter().enumerate() {
            let answer = caller.call(operation, input).await;
            assert_refused(answer, 400, "ValidationException");
            assert_eq!(proxy.violations().len(), count + 1);
            assert!(proxy.violations()[count].starts_with(operation));
        }
        assert!(proxy.calls().iter().all(|call| call.engine_status.is_none()));
        let unwind = catch_unwind(AssertUnwindSafe(|| proxy.assert_consistent()));
        unwind.expect_err("the assertion fails");
        assert_eq!(proxy.take_violations().len(), 4);

        let transaction = json!({ "TransactItems": [
            { "Get": { "TableName": caller.table, "Key": key("a") } },
        ] });
        caller.ok("TransactGetItems", transaction).await;
        caller.ok("BatchGetItem", caller.batch_get(&["a"])).await;
        caller.query().await;
        assert!(!caller.has("a").await);
        proxy.assert_consistent();
    }

    #[tokio::test]
    async fn dropping_the_proxy_asserts_consistency_and_ends_it() {
        let (proxy, caller, _) = proxied().await;
        let input = json!({ "Key": key("a") });
        caller.call("GetItem", input).await.expect("an answer");
        let unwind = catch_unwind(AssertUnwindSafe(|| drop(proxy)));
        unwind.expect_err("the drop fails the test");
        caller.put("a").await.expect_err("nothing listens");
    }

    #[tokio::test]
    async fn a_lost_answer_has_happened_and_a_dropped_request_has_not() {
        let (proxy, caller, direct) = proxied().await;
        let lose = proxy.inject(Fault::on("PutItem", When::Nth(1), FaultKind::LoseAnswer));
        let drop = proxy.inject(Fault::on("PutItem", When::Nth(1), FaultKind::DropRequest));
        caller.put("lost").await.expect_err("no answer");
        caller.put("dropped").await.expect_err("no answer");
        caller.put("third").await.expect("an answer");
        assert!(direct.has("lost").await);
        assert!(!direct.has("dropped").await);
        assert_eq!((lose.fired(), drop.fired()), (1, 1));

        let statuses: Vec<_> =
            proxy.calls().iter().map(|call| (call.status, call.engine_status)).collect();
        assert_eq!(statuses, [(None, Some(200)), (None, None), (Some(200), Some(200))]);
        assert!(proxy.calls().iter().all(|call| call.ended.is_some()));
    }

    #[tokio::test]
    async fn a_forgotten_token_makes_a_retry_another_transaction() {
        let (proxy, caller, _) = proxied().await;
        let mut transaction = caller.transact_write(&["a"]);
        transaction["ClientRequestToken"] = json!("token");
        transaction["TransactItems"][0]["Put"]["ConditionExpression"] =
            json!("attribute_not_exists(pk)");
        caller.ok("TransactWriteItems", transaction.clone()).await;
        caller.ok("TransactWriteItems", transaction.clone()).await;
        let forget = proxy.inject(Fault::on_any(When::Always, FaultKind::ForgetToken));
        let answer = caller.call("TransactWriteItems", transaction).await;
        assert_refused(answer, 400, "TransactionCanceledException");
        assert_eq!(forget.fired(), 1);
    }

    #[tokio::test]
    async fn a_refusal_is_shaped_as_dynamodb_shapes_it_and_has_no_effect() {
        let (proxy, caller, direct) = proxied().await;
        let put = json!({ "Item": key("a") });
        let transaction = caller.transact_write(&["a", "b"]);
        let cases = [
            (FaultKind::Throttle, "PutItem", &put, 400, "ProvisionedThroughputExceededException"),
            (FaultKind::ServerError, "PutItem", &put, 500, "InternalServerError"),
            (FaultKind::TransactionConflict, "PutItem", &put, 400, "TransactionConflictException"),
            (
                FaultKind::TransactionConflict,
                "TransactWriteItems",
                &transaction,
                400,
                "TransactionCanceledException",
            ),
            (
                FaultKind::TransactionThrottled,
                "TransactWriteItems",
                &transaction,
                400,
                "TransactionCanceledException",
            ),
            (
                FaultKind::TransactionInProgress,
                "TransactWriteItems",
                &transaction,
                400,
                "TransactionInProgressException",
            ),
        ];
        for (kind, operation, input, status, error) in cases {
            proxy.clear();
            let injected = proxy.inject(Fault::on_any(When::Always, kind));
            let answer = caller.call(operation, input.clone()).await;
            let output = assert_refused(answer, status, error);
            if error == "TransactionCanceledException" {
                let reasons = &output["CancellationReasons"];
                assert_ne!(reasons[0]["Code"], "None");
                assert!(reasons[0]["Message"].is_string());
                assert_eq!(reasons[1], json!({ "Code": "None" }));
                assert_eq!(reasons.as_array().map(Vec::len), Some(2));
            }
            assert_eq!(injected.fired(), 1);
        }
        assert!(proxy.calls().iter().all(|call| call.engine_status.is_none()));
        assert!(!direct.has("a").await);
        proxy.clear();
        caller.put("a").await.expect("an answer");
        assert!(direct.has("a").await);
    }

    #[tokio::test]
    async fn unprocessed_items_and_keys_come_back_in_a_shape_that_can_be_sent_again() {
        let (proxy, caller, direct) = proxied().await;
        let keep = 2;
        let write = proxy.inject(Fault::on_any(When::Always, FaultKind::UnprocessedItems { keep }));
        let input = caller.batch_write(&["a", "b", "c"]);
        let (_, headers, output) = caller.call("BatchWriteItem", input).await.expect("an answer");
        assert!(!headers.contains_key(CRC32));
        assert!(direct.has("b").await && !direct.has("c").await);
        let rest = &output["UnprocessedItems"];
        assert_eq!(*rest, caller.batch_write(&["c"])["RequestItems"]);
        let output = caller.ok("BatchWriteItem", json!({ "RequestItems": rest })).await;
        assert_eq!(output["UnprocessedItems"], json!({}));
        assert!(direct.has("c").await);
        assert_eq!(write.fired(), 1, "a fault without an effect doesn't count");

        proxy.inject(Fault::on_any(When::Nth(1), FaultKind::UnprocessedKeys { keep }));
        let output = caller.ok("BatchGetItem", caller.batch_get(&["a", "b", "c"])).await;
        let read = output["Responses"][&caller.table].as_array();
        assert_eq!(read.map(Vec::len), Some(2));
        let rest = &output["UnprocessedKeys"];
        assert_eq!(*rest, caller.batch_get(&["c"])["RequestItems"]);
        let output = caller.ok("BatchGetItem", json!({ "RequestItems": rest })).await;
        assert_eq!(output["Responses"][&caller.table], json!([{ "sk": { "S": "c" } }]));
    }

    #[tokio::test]
    async fn a_batch_may_be_left_undone_as_a_whole() {
        let (proxy, caller, direct) = proxied().await;
        proxy.inject(Fault::on_any(When::Always, FaultKind::UnprocessedItems { keep: 0 }));
        proxy.inject(Fault::on_any(When::Always, FaultKind::UnprocessedKeys { keep: 0 }));
        let write = caller.batch_write(&["a"]);
        let output = caller.ok("BatchWriteItem", write.clone()).await;
        assert_eq!(output["UnprocessedItems"], write["RequestItems"]);
        let read = caller.batch_get(&["a"]);
        let output = caller.ok("BatchGetItem", read.clone()).await;
        assert_eq!(output["UnprocessedKeys"], read["RequestItems"]);
        assert!(!direct.has("a").await);
    }

    #[test]
    fn what_is_left_undone_adds_up_over_tables() {
        let put = |n: u8| json!({ "PutRequest": { "Item": { "n": n } } });
        let input = json!({ "RequestItems": { "a": [put(1), put(2)], "b": [put(3), put(4)] } });
        assert_eq!(BATCH_WRITE.entries(&input), 4);
        let (kept, rest) = BATCH_WRITE.split(&input, 3);
        assert_eq!(Value::Object(kept), json!({ "a": [put(1), put(2)], "b": [put(3)] }));
        assert_eq!(Value::Object(rest.clone()), json!({ "b": [put(4)] }));

        let mut output = json!({ "UnprocessedItems": { "b": [put(3)] } });
        BATCH_WRITE.add_unprocessed(&mut output, rest);
        assert_eq!(output["UnprocessedItems"], json!({ "b": [put(3), put(4)] }));
    }

    #[tokio::test]
    async fn a_short_page_says_where_to_go_on() {
        let (proxy, caller, direct) = proxied().await;
        direct.ok("BatchWriteItem", direct.batch_write(&["a", "b", "c"])).await;
        proxy.inject(Fault::on("Query", When::First(1), FaultKind::ShortPage { limit: 2 }));
        let page = caller.query().await;
        assert_eq!(page["Count"], 2);
        assert_eq!(page["LastEvaluatedKey"], key("b"));
        let page = caller.query().await;
        assert_eq!(page["Count"], 3);
        assert!(page.get("LastEvaluatedKey").is_none());
    }

    #[tokio::test]
    async fn faults_are_asked_in_the_order_of_their_injection() {
        let (proxy, caller, _) = proxied().await;
        let throttle = |n| Fault::on("PutItem", When::First(n), FaultKind::Throttle);
        proxy.inject(throttle(2).only_if(|input| input["Item"] == key("a")));
        proxy.inject(Fault::on("PutItem", When::First(1), FaultKind::ServerError));
        let mut statuses = Vec::new();
        for sk in ["a", "a", "a", "a", "b"] {
            statuses.push(caller.put(sk).await.expect("an answer").0);
        }
        assert_eq!(statuses, [400, 400, 500, 200, 200]);
    }

    #[test]
    fn each_when_chooses_its_calls() {
        let chosen = |when: When| -> Vec<usize> { (1..=9).filter(|n| when.fires(*n)).collect() };
        assert_eq!(chosen(When::Nth(3)), [3]);
        assert_eq!(chosen(When::First(3)), [1, 2, 3]);
        assert_eq!(chosen(When::Every(3)), [3, 6, 9]);
        assert!(chosen(When::Every(0)).is_empty());
        assert_eq!(chosen(When::Always).len(), 9);

        let seeded = |seed, probability_percent| When::Seeded { seed, probability_percent };
        assert!(chosen(seeded(1, 0)).is_empty());
        assert_eq!(chosen(seeded(1, 100)).len(), 9);
        assert_eq!(chosen(seeded(1, 50)), chosen(seeded(1, 50)));
        assert_ne!(chosen(seeded(1, 50)), chosen(seeded(2, 50)));
        let quarter = (1..=10_000).filter(|n| seeded(7, 25).fires(*n)).count();
        assert!((2_300..=2_700).contains(&quarter), "{quarter}");
    }

    #[tokio::test]
    async fn a_held_call_waits_for_its_gate_and_dies_with_its_caller() {
        let (proxy, caller, direct) = proxied().await;
        let gate = Gate::closed();
        let hold = Fault::on("PutItem", When::First(2), FaultKind::Hold(gate.clone()));
        proxy.inject(hold);
        let put = |sk: &'static str| {
            let caller = caller.clone();
            tokio::spawn(async move { caller.put(sk).await })
        };
        let (abandoned, held) = (put("abandoned"), put("held"));
        gate.arrived(2).await;
        assert!(!direct.has("held").await);
        abandoned.abort();
        abandoned.await.expect_err("it was aborted");
        while proxy.calls().iter().all(|call| call.ended.is_none()) {
            tokio::task::yield_now().await;
        }
        gate.open();
        held.await.expect("no panic").expect("an answer");
        assert!(direct.has("held").await);
        assert!(!direct.has("abandoned").await);
    }

    #[tokio::test]
    async fn a_forwarded_call_outlives_its_caller() {
        let (proxy, caller, direct) = proxied().await;
        // The engine behind this proxy is a proxy that holds.
        let outer = FaultyEngine::start(&proxy.endpoint).await;
        let gate = Gate::closed();
        proxy.inject(Fault::on_any(When::Always, FaultKind::Hold(gate.clone())));
        let put = tokio::spawn(async move {
            let caller = Caller { endpoint: outer.endpoint.clone(), ..caller };
            tokio::select! {
                _ = caller.put("a") => panic!("the call is held"),
                () = gate.arrived(1) => {}
            }
            drop(caller);
            while outer.calls()[0].ended.is_none() {
                tokio::task::yield_now().await;
            }
            gate.open();
            while outer.calls()[0].engine_status.is_none() {
                tokio::task::yield_now().await;
            }
            outer.calls()
        });
        let calls = put.await.expect("no panic");
        assert_eq!(calls[0].status, None);
        assert_eq!(calls[0].engine_status, Some(200));
        assert!(direct.has("a").await);
    }

    #[tokio::test]
    async fn calls_side_by_side_are_one_round_trip() {
        let (proxy, caller, _) = proxied().await;
        let delay = proxy.inject(Fault::on_any(When::Always, FaultKind::DelayMs(100)));
        join_all(["a", "b", "c"].map(|sk| caller.put(sk))).await;
        assert_eq!(proxy.sequential_round_trips(), 1);
        caller.query().await;
        assert_eq!(proxy.sequential_round_trips(), 2);
        assert_eq!(delay.fired(), 4);
        proxy.clear();
        for _ in 0..10 {
            caller.query().await;
        }
        assert_eq!(proxy.sequential_round_trips(), 12);
    }

    #[test]
    fn the_longest_chain_is_found() {
        let chain = |spans: &[(u64, Option<u64>)]| longest_chain(spans.iter().copied());
        assert_eq!(chain(&[]), 0);
        assert_eq!(chain(&[(1, None), (2, None)]), 1);
        assert_eq!(chain(&[(1, Some(2)), (3, Some(4))]), 2);
        assert_eq!(chain(&[(1, Some(3)), (2, Some(4))]), 1);
        // A long call beside three short ones, and one that still runs.
        let spans = [(1, Some(8)), (2, Some(3)), (4, Some(5)), (6, Some(7)), (9, None)];
        assert_eq!(chain(&spans), 4);
    }

    #[tokio::test]
    async fn hundreds_of_callers_are_served_side_by_side() {
        const CALLERS: usize = 300;
        let (proxy, caller, direct) = proxied().await;
        let gate = Gate::closed();
        proxy.inject(Fault::on("PutItem", When::Always, FaultKind::Hold(gate.clone())));
        let puts = (0..CALLERS).map(|n| {
            let caller = caller.clone();
            async move { caller.put(&format!("{n:03}")).await }
        });
        let opened = async {
            gate.arrived(CALLERS).await;
            gate.open();
        };
        let (answers, ()) = tokio::join!(join_all(puts), opened);
        assert!(answers.iter().all(|answer| matches!(answer, Ok((200, ..)))));
        assert_eq!(direct.query().await["Count"], CALLERS);
        assert_eq!(proxy.calls().len(), CALLERS);
        assert_eq!(proxy.sequential_round_trips(), 1);
    }
}
