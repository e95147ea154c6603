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

mod batch;
mod fault;

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
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use self::batch::{BATCH_GET, BATCH_WRITE};
pub use self::fault::{Condition, Fault, FaultKind, Gate, Injected, When, scramble};
use crate::engine::expect_listener;

const CRC32: HeaderName = HeaderName::from_static("x-amz-crc32");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// Shorter than any engine keeps an idle connection, so that no call is sent
/// on one that the engine is closing: that call would fail without a fault.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// A call that the proxy saw.
#[derive(Clone, Debug)]
pub struct TableCall {
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

    /// Waits until no call is under way: each is carried out, or was given up by its
    /// caller, which the engine only learns a moment later.
    pub async fn settled(&self) {
        while self.calls().iter().any(|call| call.ended.is_none()) {
            tokio::task::yield_now().await;
        }
    }

    /// The calls that came since the last [`FaultyEngine::reset_calls`], in the
    /// order in which they came.
    pub fn calls(&self) -> Vec<TableCall> {
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
    /// caller doesn't, for [`TableCall::consumed_capacity`].
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
    calls: Mutex<Vec<Arc<Mutex<TableCall>>>>,
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
                FaultKind::StorageUnavailable => return Ok(storage_unavailable()),
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
    call: Arc<Mutex<TableCall>>,
}

impl Recorded {
    fn new(proxy: &Arc<Proxy>, operation: String, body: &[u8]) -> Self {
        let request: Arc<Value> = Arc::new(serde_json::from_slice(body).unwrap_or_default());
        // The lock makes the order on record the order of the moments.
        let mut calls = lock(&proxy.calls);
        let call = Arc::new(Mutex::new(TableCall {
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
    call: Arc<Mutex<TableCall>>,
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

fn storage_unavailable() -> Response<Bytes> {
    reply(
        StatusCode::INSUFFICIENT_STORAGE,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#StorageUnavailable",
            "message": "the disk is full",
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
mod tests;
