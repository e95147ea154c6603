//! Keys that speak the wire protocol of AWS KMS, and fail on request.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};

use activity_log::audit_key::FileKey;
use activity_log_core::domain::clock::SystemEnvironment;
use activity_log_core::trail::signer::Signer as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What the public key of Ed25519 begins with as X.509 has it.
const ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A service on loopback. It ends with the test's runtime.
pub struct StubKms {
    /// Where it listens.
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    keys: BTreeMap<String, Arc<FileKey>>,
    calls: Vec<(String, Value)>,
    refusal: Option<(u16, &'static str)>,
    cut_signatures: bool,
}

impl State {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no test panicked with it")
    }
}

impl StubKms {
    /// A service without a key.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let state = Arc::new(State::default());
        let served = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&served);
                let service = service_fn(move |request| answer(Arc::clone(&state), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { url: format!("http://{address}"), state }
    }

    /// Makes a key of Ed25519; its ARN, and its public half.
    #[must_use]
    pub fn make_key(&self) -> (String, [u8; 32]) {
        let key = FileKey::in_memory(&SystemEnvironment);
        let public = key.public_key();
        let mut inner = self.state.inner();
        let arn = format!("arn:aws:kms:us-east-1:000000000000:key/{}", inner.keys.len());
        inner.keys.insert(arn.clone(), Arc::new(key));
        (arn, public)
    }

    /// Refuses every call with a status and a code from now on, or takes them again.
    pub fn refuse(&self, refusal: Option<(u16, &'static str)>) {
        self.state.inner().refusal = refusal;
    }

    /// Answers signatures without their last byte.
    pub fn cut_signatures(&self) {
        self.state.inner().cut_signatures = true;
    }

    /// Each call that came: the operation and the input.
    #[must_use]
    pub fn calls(&self) -> Vec<(String, Value)> {
        self.state.inner().calls.clone()
    }
}

async fn answer(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let operation = header("x-amz-target").and_then(|target| target.strip_prefix("TrentService."));
    let operation = operation.expect("it is a call of KMS").to_owned();
    assert!(header("authorization").is_some_and(|value| value.contains("/kms/aws4_request")));
    let body = body.collect().await.expect("the body comes").to_bytes();
    let input: Value = serde_json::from_slice(&body).expect("it is JSON");
    state.inner().calls.push((operation.clone(), input.clone()));
    if let Some((status, code)) = state.inner().refusal {
        let message = format!("{code}: {}", input["Message"]);
        return Ok(reply(status, &json!({ "__type": code, "message": message })));
    }
    let arn = input["KeyId"].as_str().expect("a call names its key").to_owned();
    Ok(match operation.as_str() {
        "GetPublicKey" => get_public_key(&state, &arn),
        "Sign" => sign(&state, &arn, &input).await,
        other => panic!("{other} is not asked of KMS"),
    })
}

fn get_public_key(state: &State, arn: &str) -> Response<Full<Bytes>> {
    let inner = state.inner();
    let der = match inner.keys.get(arn) {
        Some(key) => [&ED25519[..], &key.public_key()].concat(),
        // Whatever another kind of key has.
        None => vec![0x30; 91],
    };
    reply(200, &json!({ "KeyId": arn, "PublicKey": STANDARD.encode(der) }))
}

async fn sign(state: &State, arn: &str, input: &Value) -> Response<Full<Bytes>> {
    assert_eq!(input["SigningAlgorithm"], "ED25519_SHA_512");
    assert_eq!(input["MessageType"], "RAW");
    let text = STANDARD.decode(input["Message"].as_str().expect("there is a message"));
    let text = text.expect("it is base 64");
    let key = state.inner().keys.get(arn).cloned().expect("the key is there");
    let signature = key.sign(&text).await.expect("a key in memory signs");
    let length = signature.len() - usize::from(state.inner().cut_signatures);
    let signature = STANDARD.encode(&signature[..length]);
    reply(200, &json!({ "KeyId": arn, "Signature": signature }))
}

fn reply(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let response = Response::builder()
        .status(StatusCode::from_u16(status).expect("it is a status"))
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amzn-requestid", "stub-request")
        .body(Full::new(Bytes::from(body.to_string())));
    response.expect("it is a response")
}
