//! `audit seal` and `audit vkey` with `--function`: what is asked of the function `seal`, and
//! what becomes of its answers.

use std::collections::VecDeque;
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde_json::{Value, json};

use super::rig::{Operator, Server, directory, stderr};

/// Longer than any call of the table is waited for.
const LONG: Duration = Duration::from_secs(9);

/// What stands in for Lambda: it answers invocations one by one, and keeps what was asked.
#[derive(Clone, Default)]
struct Lambda(Arc<Mutex<Invocations>>);

#[derive(Default)]
struct Invocations {
    answers: VecDeque<Answer>,
    asked: Vec<(String, Value)>,
}

enum Answer {
    Result(Value),
    After(Duration, Value),
    /// What the function ended with.
    Error(&'static str),
    /// Lambda refuses the call.
    Refusal,
}

impl Lambda {
    async fn start(answers: impl IntoIterator<Item = Answer>) -> (Self, String) {
        let lambda = Self::default();
        lambda.0.lock().expect("no test panicked with it").answers.extend(answers);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let served = lambda.clone();
        let router = Router::new().fallback(move |uri: Uri, payload: String| async move {
            served.answer(&uri, &payload).await
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        (lambda, url)
    }

    async fn answer(&self, uri: &Uri, payload: &str) -> Response {
        let answer = {
            let mut invocations = self.0.lock().expect("no test panicked with it");
            let payload = serde_json::from_str(payload).expect("it is JSON");
            invocations.asked.push((uri.path().to_owned(), payload));
            invocations.answers.pop_front()
        };
        match answer.expect("it is not invoked more often") {
            Answer::Result(result) => result.to_string().into_response(),
            Answer::After(delay, result) => {
                tokio::time::sleep(delay).await;
                result.to_string().into_response()
            }
            Answer::Error(payload) => {
                let headers = AppendHeaders([("x-amz-function-error", "Unhandled")]);
                (headers, payload).into_response()
            }
            Answer::Refusal => {
                let headers = AppendHeaders([("x-amzn-errortype", "ResourceNotFoundException")]);
                let body = r#"{"Message":"Function not found","Type":"User"}"#;
                (StatusCode::NOT_FOUND, headers, body).into_response()
            }
        }
    }

    fn asked(&self) -> Vec<(String, Value)> {
        self.0.lock().expect("no test panicked with it").asked.clone()
    }
}

async fn run(operator: &Operator, url: &str, arguments: &[&str]) -> Output {
    let common = ["--tenant", "demo", "--function", "my-seal", "--json"];
    let mut command = operator.command(&[&["audit"], arguments, &common].concat());
    command.env("AWS_ENDPOINT_URL_LAMBDA", url).env("AWS_REGION", "eu-central-1");
    let output = tokio::task::spawn_blocking(move || command.output());
    output.await.expect("it does not panic").expect("the binary runs")
}

fn said(output: &Output) -> Value {
    assert!(output.status.success(), "{}", stderr(output));
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

/// What the function answers, and what nobody asked for.
fn result(sealed: usize, size: u64, finished: bool) -> Value {
    json!({
        "tenant_id": "demo", "finished": finished, "sealed": sealed, "seals": 1, "size": size,
        "put_aside": 2, "unreadable": 0, "verifier_keys": ["a+1+b", "a+2+c"], "later": null,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_function_is_invoked_until_it_is_done_and_however_long_that_takes() {
    let folder = directory();
    let server = Server::in_directory(folder.path());
    let operator = Operator::on(&server);
    let answers = [Answer::Result(result(5, 5, false)), Answer::After(LONG, result(3, 8, true))];
    let (lambda, url) = Lambda::start(answers).await;
    let sealed = run(&operator, &url, &["seal", "--since", "2026-03-01T09:30:00Z"]).await;
    let expected = json!({
        "sealed": 8, "seals": 2, "size": 8, "put_aside": 2, "unreadable": 0, "finished": true,
    });
    assert_eq!(said(&sealed), expected);
    let payload = json!({ "tenant_id": "demo", "since": "2026-03-01T09:30:00.000Z" });
    let asked = ("/2015-03-31/functions/my-seal/invocations".to_owned(), payload);
    assert_eq!(lambda.asked(), [asked.clone(), asked]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_function_tells_its_keys() {
    let folder = directory();
    let server = Server::in_directory(folder.path());
    let operator = Operator::on(&server);
    let (lambda, url) = Lambda::start([Answer::Result(result(0, 8, true))]).await;
    let keys = run(&operator, &url, &["vkey"]).await;
    assert_eq!(said(&keys), json!({ "verifier_keys": ["a+1+b", "a+2+c"] }));
    let [(_, payload)] = lambda.asked().try_into().expect("it is invoked once");
    assert_eq!(payload["tenant_id"], "demo");
    assert!(payload["since"].is_string(), "it looks at no event of before: {payload}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_does_not_do_it_is_told() {
    let folder = directory();
    let server = Server::in_directory(folder.path());
    let operator = Operator::on(&server);
    let failed = r#"{"errorType":"internal_error","errorMessage":"The clock is wrong."}"#;
    for (answer, expected) in [
        (Answer::Error(failed), "The clock is wrong."),
        (Answer::Error("<html>"), "it says nothing"),
        (Answer::Result(json!({ "finished": true })), "its answer can't be read"),
        (Answer::Refusal, "Function not found"),
    ] {
        let (_lambda, url) = Lambda::start([answer]).await;
        let output = run(&operator, &url, &["seal"]).await;
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("my-seal") && told.contains(expected), "{expected}: {told}");
    }
}
