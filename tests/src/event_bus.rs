//! A bus that speaks EventBridge's wire protocol, and fails on request.
//!
//! It refuses calls of more than ten entries or 256 KB, as the service does.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What happens to a call.
#[derive(Clone, Debug)]
pub enum BusFault {
    /// The entries whose detail contains the text are not taken, for the reason
    /// of the code.
    FailEntries {
        /// A part of the detail.
        with: String,
        /// Why, as the service words it.
        code: &'static str,
    },
    /// The call is refused.
    Refuse {
        status: u16,
        code: &'static str,
        /// What it says.
        message: String,
    },
    /// The connection ends, and nothing was taken.
    HangUp,
    /// Everything is taken, and the connection ends before the answer.
    LoseAnswer,
    /// Everything is taken, and the answer has no entry for the last.
    CutAnswer,
    /// There never is an answer.
    Stall,
}

/// A bus on loopback. It ends with the test's runtime.
pub struct StubBus {
    /// Where it listens.
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    log: Mutex<Log>,
    /// How many calls have come.
    arrivals: watch::Sender<usize>,
}

#[derive(Default)]
struct Log {
    calls: Vec<Vec<Value>>,
    taken: Vec<Value>,
    faults: VecDeque<BusFault>,
    gather: usize,
    in_flight: usize,
    most_in_flight: usize,
}

impl State {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().expect("no test panicked with it")
    }
}

impl StubBus {
    /// A bus that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let state = Arc::new(State::default());
        let served = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&served);
                let service = service_fn(move |request| answer(Arc::clone(&state), request));
                // A connection that a fault ends is an error of it.
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { url: format!("http://{address}"), state }
    }

    /// Lets the next calls fail, one after the other.
    pub fn fail(&self, faults: impl IntoIterator<Item = BusFault>) {
        self.state.log().faults.extend(faults);
    }

    /// Answers no call until so many are in flight, or came after one another.
    pub fn gather(&self, calls: usize) {
        self.state.log().gather = calls;
    }

    /// The entries of each call, in the order in which they came.
    #[must_use]
    pub fn calls(&self) -> Vec<Vec<Value>> {
        self.state.log().calls.clone()
    }

    /// The entries that were taken.
    #[must_use]
    pub fn taken(&self) -> Vec<Value> {
        self.state.log().taken.clone()
    }

    /// The entries that were taken of logged activities. Beside them runs of the compactor may
    /// be asked for, which is by chance.
    #[must_use]
    pub fn logged(&self) -> Vec<Value> {
        let mut taken = self.taken();
        taken.retain(|entry| entry["DetailType"] == "activity.logged");
        taken
    }

    /// The details of these.
    ///
    /// # Panics
    ///
    /// When one is no JSON.
    #[must_use]
    pub fn details(&self) -> Vec<Value> {
        self.logged().iter().map(detail).collect()
    }

    /// The most calls that there were at a time.
    #[must_use]
    pub fn most_in_flight(&self) -> usize {
        self.state.log().most_in_flight
    }
}

/// The detail of an entry.
///
/// # Panics
///
/// When it is no JSON.
#[must_use]
pub fn detail(entry: &Value) -> Value {
    let text = entry["Detail"].as_str().expect("an entry has a detail");
    serde_json::from_str(text).expect("a detail is JSON")
}

type Answer = Result<Response<Full<Bytes>>, HungUp>;

#[derive(Debug)]
struct HungUp;

impl std::fmt::Display for HungUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection ends")
    }
}

impl std::error::Error for HungUp {}

async fn answer(state: Arc<State>, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    assert_eq!(header("x-amz-target"), Some("AWSEvents.PutEvents"));
    assert_eq!(header("content-type"), Some("application/x-amz-json-1.1"));
    assert!(header("authorization").is_some_and(|value| value.contains("/events/aws4_request")));
    let body = body.collect().await.expect("the body comes").to_bytes();
    let input: Value = serde_json::from_slice(&body).expect("it is JSON");
    let entries = input["Entries"].as_array().expect("there are entries").clone();
    let (fault, gathered) = {
        let mut log = state.log();
        log.calls.push(entries.clone());
        log.in_flight += 1;
        log.most_in_flight = log.most_in_flight.max(log.in_flight);
        let gathered = log.calls.len().next_multiple_of(log.gather.max(1));
        (log.faults.pop_front(), gathered)
    };
    state.arrivals.send_modify(|arrivals| *arrivals += 1);
    if state.log().gather > 0 {
        let mut arrivals = state.arrivals.subscribe();
        arrivals.wait_for(|arrivals| *arrivals >= gathered).await.expect("the bus is there");
    }
    let answer = carry_out(&state, entries, fault).await;
    state.log().in_flight -= 1;
    answer
}

async fn carry_out(state: &State, entries: Vec<Value>, fault: Option<BusFault>) -> Answer {
    if let Some(message) = violation(&entries) {
        return Ok(reply(400, &json!({ "__type": "ValidationException", "message": message })));
    }
    let mut results = Vec::new();
    let mut taken = Vec::new();
    for (n, entry) in entries.into_iter().enumerate() {
        match &fault {
            Some(BusFault::FailEntries { with, code })
                if entry["Detail"].as_str().is_some_and(|detail| detail.contains(with)) =>
            {
                results.push(json!({ "ErrorCode": code, "ErrorMessage": "it was not taken" }));
            }
            _ => {
                results.push(json!({ "EventId": format!("event-{n}") }));
                taken.push(entry);
            }
        }
    }
    let failed = results.iter().filter(|result| result.get("ErrorCode").is_some()).count();
    match fault {
        Some(BusFault::Refuse { status, code, message }) => {
            return Ok(reply(status, &json!({ "__type": code, "message": message })));
        }
        Some(BusFault::HangUp) => return Err(HungUp),
        Some(BusFault::Stall) => return pending().await,
        Some(BusFault::CutAnswer) => drop(results.pop()),
        _ => {}
    }
    state.log().taken.extend(taken);
    if let Some(BusFault::LoseAnswer) = fault {
        return Err(HungUp);
    }
    Ok(reply(200, &json!({ "FailedEntryCount": failed, "Entries": results })))
}

/// The rule of the service that a call breaks.
fn violation(entries: &[Value]) -> Option<&'static str> {
    let text = |entry: &Value, name: &str| entry[name].as_str().map_or(0, str::len);
    let size = |entry: &Value| {
        14 + text(entry, "Source") + text(entry, "DetailType") + text(entry, "Detail")
    };
    if !(1..=10).contains(&entries.len()) {
        return Some("1 to 10 entries");
    }
    (entries.iter().map(size).sum::<usize>() > 256 * 1024).then_some("256 KB")
}

fn reply(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let response = Response::builder()
        .status(StatusCode::from_u16(status).expect("it is a status"))
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amzn-requestid", "stub-request")
        .body(Full::new(Bytes::from(body.to_string())));
    response.expect("it is a response")
}
