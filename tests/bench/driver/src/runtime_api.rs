//! A stand-in for the Lambda Runtime API: one function process polls it, and is
//! fed one event after the other.
//!
//! Times are taken here: an init ends when the first poll arrives, and an
//! invocation lasts from the answer to a poll until the function's response
//! has been received whole.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// A year: no deadline passes while something is measured.
const DEADLINE_MS: &str = "4102444800000";

/// The Runtime API of one process.
pub(crate) struct RuntimeApi {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    events: mpsc::UnboundedSender<Bytes>,
    polls: mpsc::UnboundedReceiver<Instant>,
    sent: mpsc::UnboundedReceiver<Instant>,
    answers: mpsc::UnboundedReceiver<Answer>,
    server: JoinHandle<()>,
}

struct Answer {
    at: Instant,
    outcome: Outcome,
    body: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Response,
    Error,
}

/// One event and what became of it.
pub(crate) struct Invocation {
    /// From the event to the whole response.
    pub(crate) took: std::time::Duration,
    /// What the function responded.
    pub(crate) body: Bytes,
}

struct Shared {
    events: Mutex<mpsc::UnboundedReceiver<Bytes>>,
    polls: mpsc::UnboundedSender<Instant>,
    sent: mpsc::UnboundedSender<Instant>,
    answers: mpsc::UnboundedSender<Answer>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (events, events_in) = mpsc::unbounded_channel();
        let (polls_out, polls) = mpsc::unbounded_channel();
        let (sent_out, sent) = mpsc::unbounded_channel();
        let (answers_out, answers) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            events: Mutex::new(events_in),
            polls: polls_out,
            sent: sent_out,
            answers: answers_out,
        });
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    if stream.set_nodelay(true).is_err() {
                        return;
                    }
                    let service = service_fn(|request| answer(&shared, request));
                    // A process that ends cuts its connection.
                    let _cut = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(Self { address, events, polls, sent, answers, server })
    }

    /// The next poll: the function is ready for an event.
    pub(crate) async fn poll(&mut self) -> Result<Instant> {
        tokio::select! {
            poll = self.polls.recv() => poll.context("the Runtime API has ended"),
            Some(answer) = self.answers.recv() => {
                bail!("init failed: {}", String::from_utf8_lossy(&answer.body))
            }
        }
    }

    /// Feeds one event and waits for its response.
    pub(crate) async fn invoke(&mut self, event: Bytes) -> Result<Invocation> {
        self.events.send(event)?;
        let sent = self.sent.recv().await.context("the Runtime API has ended")?;
        let answer = self.answers.recv().await.context("the Runtime API has ended")?;
        if answer.outcome == Outcome::Error {
            bail!("the function failed: {}", String::from_utf8_lossy(&answer.body));
        }
        Ok(Invocation { took: answer.at - sent, body: answer.body })
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let response = Response::builder();
    if request.method() == Method::GET && path.ends_with("/invocation/next") {
        // Nobody is left to tell when the receiver is gone.
        let _gone = shared.polls.send(Instant::now());
        let Some(event) = shared.events.lock().await.recv().await else {
            return Ok(status(StatusCode::GONE));
        };
        let response = response
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            .header("lambda-runtime-deadline-ms", DEADLINE_MS)
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:123456789012:function:bench",
            )
            .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700")
            .body(Full::new(event))
            .expect("the headers are valid");
        let _gone = shared.sent.send(Instant::now());
        return Ok(response);
    }
    let outcome = if path.ends_with("/response") { Outcome::Response } else { Outcome::Error };
    let body = match request.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(status(StatusCode::BAD_REQUEST)),
    };
    let _gone = shared.answers.send(Answer { at: Instant::now(), outcome, body });
    Ok(status(StatusCode::ACCEPTED))
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
