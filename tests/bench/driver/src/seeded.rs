//! The embedded engine with a tenant that has logged something, made through
//! the front door: the console serves, and activities are logged over HTTP. So
//! what the stub answers has the layout that the store writes, whatever that is.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Two pages of a search and more.
const ACTIVITIES: usize = 60;
/// What every summary begins with: the word of the sample events is in it.
const SUMMARY: &str = "Jane asked for pricing details";
/// Longer than fits beside the rest of an activity.
const LONG_BODY_CHARS: usize = 10_000;

/// A running console with a seeded table. It ends when this is dropped.
pub(crate) struct Seeded {
    /// The engine's endpoint.
    pub(crate) engine: String,
    /// The access key that it takes.
    pub(crate) access_key_id: String,
    /// The tenant's key.
    pub(crate) key: String,
    /// An activity that is one item.
    pub(crate) id: String,
    /// An activity whose body is an item of its own.
    pub(crate) long_id: String,
    _console: Child,
}

impl Seeded {
    /// Starts `console`, the binary `activity-log`.
    pub(crate) async fn start(console: &Path) -> Result<Self> {
        let mut child = Command::new(console)
            .args(["serve", "--json", "--empty", "--in-memory"])
            .args(["--listen", "127.0.0.1:0", "--dynamodb-listen", "127.0.0.1:0"])
            .env("LOG_LEVEL", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} can't be started", console.display()))?;
        let announced = announcement(&mut child).await?;
        let text = |name: &str| {
            let value = announced[name].as_str().map(str::to_owned);
            value.with_context(|| format!("the console does not say its {name}"))
        };
        let (url, engine, key) = (text("url")?, text("dynamodb_url")?, text("demo_key")?);
        let access_key_id = text("aws_access_key_id")?;
        let client: Client<HttpConnector, Full<Bytes>> =
            Client::builder(TokioExecutor::new()).build_http();
        let mut ids = Vec::new();
        for n in 0..ACTIVITIES {
            let mut input = json!({
                "type": "email",
                "summary": format!("{SUMMARY} {n}"),
                "related_resource_type": "contact",
                "related_resource_id": "con_123",
            });
            if n == 1 {
                input["body"] = json!("She wants an offer soon. ".repeat(LONG_BODY_CHARS / 25));
            }
            let request = Request::post(format!("{url}/v1/activities"))
                .header("authorization", format!("Bearer {key}"))
                .header("content-type", "application/json")
                .body(Full::new(Bytes::from(input.to_string())))?;
            let response = client.request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            if status != 201 {
                bail!("an activity is not logged: {status} {}", String::from_utf8_lossy(&body));
            }
            let answer: Value = serde_json::from_slice(&body)?;
            let id = answer["activity"]["id"].as_str().context("an activity has an id")?;
            ids.push(id.to_owned());
        }
        let (id, long_id) = (ids[0].clone(), ids[1].clone());
        Ok(Self { engine, access_key_id, key, id, long_id, _console: child })
    }

    /// A text with the placeholders `<key>`, `<id>` and `<long id>` filled in.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("<key>", &self.key)
            .replace("<id>", &self.id)
            .replace("<long id>", &self.long_id)
    }
}

/// The JSON that the console prints when it is up.
async fn announcement(child: &mut Child) -> Result<Value> {
    let stdout = child.stdout.take().context("the output is piped")?;
    let mut lines = BufReader::new(stdout).lines();
    let mut text = String::new();
    while let Some(line) = lines.next_line().await? {
        text.push_str(&line);
        if let Ok(announced) = serde_json::from_str(&text) {
            // Read on, so that the console never waits for its output.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(announced);
        }
    }
    bail!("the console ended at its start: {text}")
}
