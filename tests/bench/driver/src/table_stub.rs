//! A stand-in for DynamoDB, for the bus of `publish` and the key of `seal`, that answers at once,
//! over HTTP and HTTPS, so that what is measured is a program's own cost.
//!
//! At first it hands everything on to the embedded engine, for a history to be
//! made. From [`TableStub::freeze`] on, its answers to reads are still those of the
//! engine: a request that it has not seen is forwarded, and answered by itself from
//! then on. Writes are answered as DynamoDB answers those that succeed, and change
//! nothing, so that the thousandth invocation finds the table that the first one
//! found.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::console::Console;

/// What a key of Ed25519 says of itself.
const PUBLIC_KEY: &str =
    r#"{"PublicKey":"MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#;
/// As long as a signature of it. Nobody verifies it, since no seal is read again.
const SIGNATURE: &str = r#"{"Signature":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="}"#;

/// A call that was answered.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TableCall {
    pub(crate) operation: String,
    /// The request's body.
    pub(crate) body: Value,
    /// Logical time: calls that overlap were under way side by side.
    started: u64,
    ended: Option<u64>,
}

/// The stub.
pub(crate) struct TableStub {
    http: SocketAddr,
    https: SocketAddr,
    /// The certificate that clients have to trust.
    pub(crate) ca_file: PathBuf,
    state: Arc<State>,
}

/// How it is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

struct State {
    engine: String,
    access_key_id: String,
    client: Client<HttpConnector, Full<Bytes>>,
    frozen: AtomicBool,
    /// By operation and body, whatever order the client's maps have.
    answers: Mutex<HashMap<(String, Value), Answer>>,
    forwarded: AtomicUsize,
    recorder: Mutex<Option<Recorder>>,
    delay_ms: AtomicU64,
}

#[derive(Clone)]
struct Answer {
    status: StatusCode,
    crc32: u32,
    body: Bytes,
}

#[derive(Default)]
struct Recorder {
    time: u64,
    calls: Vec<TableCall>,
}

impl TableStub {
    /// Starts it before an engine. The certificate is written to `directory`.
    pub(crate) async fn start(console: &Console, directory: &Path) -> Result<Self> {
        let state = Arc::new(State {
            engine: console.engine.clone(),
            access_key_id: console.access_key_id.clone(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            frozen: AtomicBool::new(false),
            answers: Mutex::default(),
            forwarded: AtomicUsize::new(0),
            recorder: Mutex::default(),
            delay_ms: AtomicU64::new(0),
        });
        let ca_file = directory.join("ca.pem");
        let acceptor = acceptor(&ca_file)?;
        let http = listen(Arc::clone(&state), None).await?;
        let https = listen(Arc::clone(&state), Some(acceptor)).await?;
        Ok(Self { http, https, ca_file, state })
    }

    pub(crate) fn url(&self, scheme: Scheme) -> String {
        match scheme {
            Scheme::Http => format!("http://{}", self.http),
            Scheme::Https => format!("https://{}", self.https),
        }
    }

    /// Keeps the table as it is.
    pub(crate) fn freeze(&self) {
        self.state.frozen.store(true, Ordering::SeqCst);
    }

    /// How many reads it had no answer to, so far.
    pub(crate) fn forwarded(&self) -> usize {
        self.state.forwarded.load(Ordering::SeqCst)
    }

    /// Records calls until [`TableStub::recorded`] is asked. Each is answered
    /// after `delay`, so that calls side by side overlap.
    pub(crate) fn record(&self, delay: Duration) {
        let delay_ms = u64::try_from(delay.as_millis()).expect("a delay is short");
        self.state.delay_ms.store(delay_ms, Ordering::SeqCst);
        *lock(&self.state.recorder) = Some(Recorder::default());
    }

    /// What was recorded.
    pub(crate) fn recorded(&self) -> Recorded {
        self.state.delay_ms.store(0, Ordering::SeqCst);
        let recorder = lock(&self.state.recorder).take().unwrap_or_default();
        Recorded(recorder.calls)
    }
}

/// The calls of one request.
pub(crate) struct Recorded(pub(crate) Vec<TableCall>);

impl Recorded {
    /// How many calls of each operation there were.
    pub(crate) fn by_operation(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.0 {
            *counts.entry(call.operation.clone()).or_default() += 1;
        }
        counts
    }

    /// The calls in rounds: those of a round were under way side by side.
    pub(crate) fn rounds(&self) -> Vec<Vec<&TableCall>> {
        let mut rounds: Vec<Vec<&TableCall>> = Vec::new();
        let mut round_ends = 0;
        for call in &self.0 {
            let ended = call.ended.unwrap_or(u64::MAX);
            match rounds.last_mut() {
                // It began before a call of this round had ended.
                Some(round) if call.started < round_ends => {
                    round.push(call);
                    round_ends = round_ends.min(ended);
                }
                _ => {
                    rounds.push(vec![call]);
                    round_ends = ended;
                }
            }
        }
        rounds
    }
}

async fn listen(state: Arc<State>, tls: Option<TlsAcceptor>) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (state, tls) = (Arc::clone(&state), tls.clone());
            tokio::spawn(async move {
                if stream.set_nodelay(true).is_err() {
                    return;
                }
                match tls {
                    None => serve(&state, stream).await,
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => serve(&state, stream).await,
                        Err(error) => eprintln!("a TLS handshake failed: {error}"),
                    },
                }
            });
        }
    });
    Ok(address)
}

async fn serve(state: &State, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let service = service_fn(|request| answer(state, request));
    // A process that ends cuts its connections.
    let _cut = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    state: &State,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    let target = target.unwrap_or_default().to_owned();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let body = match request.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    let call = begin(state, &operation, &body);
    let answer = match state.answer(&target, operation, body).await {
        Ok(answer) => answer,
        Err(error) => {
            eprintln!("the table stub can't answer {target}: {error:#}");
            Answer::new(StatusCode::BAD_REQUEST, Bytes::from_static(b"{\"__type\":\"Stub\"}"))
        }
    };
    let delay_ms = state.delay_ms.load(Ordering::SeqCst);
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    if let Some(call) = call {
        end(state, call);
    }
    Ok(Response::builder()
        .status(answer.status)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amzn-requestid", "D2FBVQ5VEQQNOCJGQLHKEFPOVRVV4KQNSO5AEMVJF66Q9ASUAAJG")
        .header("x-amz-crc32", answer.crc32)
        .body(Full::new(answer.body))
        .expect("the headers are valid"))
}

fn begin(state: &State, operation: &str, body: &Bytes) -> Option<usize> {
    let mut recorder = lock(&state.recorder);
    let recorder = recorder.as_mut()?;
    recorder.time += 1;
    recorder.calls.push(TableCall {
        operation: operation.to_owned(),
        body: serde_json::from_slice(body).unwrap_or_default(),
        started: recorder.time,
        ended: None,
    });
    Some(recorder.calls.len() - 1)
}

fn end(state: &State, call: usize) {
    if let Some(recorder) = lock(&state.recorder).as_mut() {
        recorder.time += 1;
        if let Some(call) = recorder.calls.get_mut(call) {
            call.ended = Some(recorder.time);
        }
    }
}

impl State {
    async fn answer(&self, target: &str, operation: String, body: Bytes) -> Result<Answer> {
        if !self.frozen.load(Ordering::SeqCst) {
            return self.forward(target, body).await;
        }
        match operation.as_str() {
            "BatchWriteItem" => Ok(Answer::ok(r#"{"UnprocessedItems":{}}"#)),
            "TransactWriteItems" | "PutItem" | "UpdateItem" | "DeleteItem" => Ok(Answer::ok("{}")),
            "PutEvents" => put_events(&body),
            "GetPublicKey" => Ok(Answer::ok(PUBLIC_KEY)),
            "Sign" => Ok(Answer::ok(SIGNATURE)),
            _ => {
                let key = (operation, serde_json::from_slice(&body)?);
                if let Some(answer) = lock(&self.answers).get(&key) {
                    return Ok(answer.clone());
                }
                self.forwarded.fetch_add(1, Ordering::SeqCst);
                let answer = self.forward(target, body).await?;
                lock(&self.answers).insert(key, answer.clone());
                Ok(answer)
            }
        }
    }

    async fn forward(&self, target: &str, body: Bytes) -> Result<Answer> {
        let request = Request::post(&self.engine)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", target)
            .header("x-amz-date", "20260101T000000Z")
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/dynamodb/aws4_request, \
                     SignedHeaders=host;x-amz-date, Signature=0",
                    self.access_key_id
                ),
            )
            .body(Full::new(body))?;
        let response = self.client.request(request).await.context("the engine is gone")?;
        let status = response.status();
        Ok(Answer::new(status, response.into_body().collect().await?.to_bytes()))
    }
}

impl Answer {
    fn new(status: StatusCode, body: Bytes) -> Self {
        Self { status, crc32: crc32fast::hash(&body), body }
    }

    fn ok(body: &'static str) -> Self {
        Self::new(StatusCode::OK, Bytes::from_static(body.as_bytes()))
    }
}

/// What a bus answers that took every event.
fn put_events(body: &Bytes) -> Result<Answer> {
    let request: Value = serde_json::from_slice(body)?;
    let events = request["Entries"].as_array().context("events are entries")?;
    let entry = json!({ "EventId": "11710aed-b79e-4468-a20b-bb3c0c3b4860" });
    let answer = json!({ "FailedEntryCount": 0, "Entries": vec![entry; events.len()] });
    Ok(Answer::new(StatusCode::OK, answer.to_string().into()))
}

/// A certificate for loopback, of an authority of its own.
fn acceptor(ca_file: &Path) -> Result<TlsAcceptor> {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let ca_key = KeyPair::generate()?;
    let mut ca = CertificateParams::new(Vec::new())?;
    ca.distinguished_name.push(rcgen::DnType::CommonName, "bench");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    let ca_certificate = ca.self_signed(&ca_key)?;
    std::fs::write(ca_file, ca_certificate.pem())?;
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate()?;
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut parameters = CertificateParams::new(names)?;
    parameters.use_authority_key_identifier_extension = true;
    parameters.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = parameters.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(spans: &[(u64, u64)]) -> Vec<usize> {
        let call = |(started, ended): &(u64, u64)| TableCall {
            operation: "GetItem".to_owned(),
            body: Value::Null,
            started: *started,
            ended: Some(*ended),
        };
        let recorded = Recorded(spans.iter().map(call).collect());
        recorded.rounds().iter().map(Vec::len).collect()
    }

    #[test]
    fn calls_that_overlap_are_one_round() {
        assert_eq!(rounds(&[]), [0; 0]);
        assert_eq!(rounds(&[(1, 2), (3, 4)]), [1, 1]);
        assert_eq!(rounds(&[(1, 4), (2, 5), (3, 6), (7, 8)]), [3, 1]);
        // The third began when the first had ended: it may have waited for it.
        assert_eq!(rounds(&[(1, 3), (2, 6), (4, 5)]), [2, 1]);
    }
}
