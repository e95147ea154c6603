//! The whole stack on loopback: the local server over an engine, with a table
//! of its own, and a client that speaks HTTP to it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use activity_log_core::Context;
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::clock::{Environment, SystemEnvironment, Timestamp};
use activity_log_core::domain::principal::{Actor, Credential, Scope, Scopes, TenantId};
use activity_log_core::domain::record_type::RecordType;
use activity_log_core::domain::registry::{DisplayName, Presence, ResourceRecord};
use activity_log_core::platform::config::Config;
use activity_log_core::store::Store;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::table::{self, ChangeStream};
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::engine::{Engine, unique_name};

/// A clock that tests can move, on top of the machine's.
#[derive(Debug, Default)]
pub struct MovableClock {
    ahead_ms: AtomicI64,
}

impl MovableClock {
    /// Moves the clock ahead.
    pub fn advance(&self, duration: std::time::Duration) {
        let millis = i64::try_from(duration.as_millis()).expect("a duration of a test is short");
        self.ahead_ms.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Environment for MovableClock {
    fn now(&self) -> Timestamp {
        let now = SystemEnvironment.now().as_millis() + self.ahead_ms.load(Ordering::SeqCst);
        Timestamp::from_millis(now).expect("the clock is within this millennium")
    }
    fn fill_random(&self, bytes: &mut [u8]) {
        SystemEnvironment.fill_random(bytes);
    }
}

/// A running stack. It ends with the test's runtime.
pub struct Stack {
    /// Where it listens, `http://127.0.0.1:<port>`.
    pub url: String,
    /// Its address.
    pub address: SocketAddr,
    /// What the handlers run on.
    pub ctx: Arc<Context>,
    /// Its clock.
    pub clock: Arc<MovableClock>,
    client: Client<HttpConnector, Full<Bytes>>,
    table: aws_sdk_dynamodb::Client,
}

impl Stack {
    /// A stack on the engine of this run, with a table of its own.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with another configuration.
    pub async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        let engine = Engine::start().await;
        Self::start_on(&engine.endpoint, &unique_name("suite"), configure).await
    }

    /// A stack on a table of an endpoint, which it makes if it is missing.
    pub async fn start_on(
        endpoint: &str,
        table_name: &str,
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let table = connect_local(endpoint);
        let store = Store::new(table.clone(), table_name);
        table::create(&store, ChangeStream::Off).await.expect("the engine makes a table");
        let mut config = Config::for_table(table_name);
        configure(&mut config);
        let clock = Arc::new(MovableClock::default());
        let ctx = Arc::new(Context::with_environment(store, config, clock.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        tokio::spawn(activity_log::stack::serve(listener, ctx.clone(), std::future::pending()));
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { url: format!("http://{address}"), address, ctx, clock, client, table }
    }

    /// Issues a key for an actor written `user:ID`, `agent:ID` or `service:ID`.
    pub async fn issue_key(&self, tenant: &str, actor: &str, scopes: &[Scope]) -> String {
        self.issue(tenant, actor, scopes).await.1
    }

    /// The same, with the credential that was stored.
    pub async fn issue(&self, tenant: &str, actor: &str, scopes: &[Scope]) -> (Credential, String) {
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        let actor = Actor::parse(actor).expect("the actor is valid");
        let scopes: Scopes = scopes.iter().copied().collect();
        let (credential, key) =
            Credential::issue(self.ctx.environment.as_ref(), tenant, actor, scopes);
        self.ctx.store.put_credential(&credential).await.expect("the credential is stored");
        (credential, key.reveal())
    }

    /// A service key with every scope.
    pub async fn service_key(&self, tenant: &str) -> String {
        self.issue_key(tenant, "service:suite", Scope::ALL).await
    }

    /// Makes a related resource known.
    pub async fn put_resource(&self, tenant: &str, kind: &str, id: &str, name: Option<&str>) {
        let record = ResourceRecord {
            resource: RelatedResource {
                resource_type: RecordType::parse(kind).expect("the name is valid"),
                id: RelatedResourceId::parse(id).expect("the id is valid"),
            },
            display_name: name.map(|name| DisplayName::parse(name).expect("the name is valid")),
            changed_at: self.ctx.environment.now(),
            presence: Presence::Present,
        };
        let tenant = TenantId::parse(tenant).expect("the tenant id is valid");
        self.ctx.store.put_related_resource(&tenant, &record).await.expect("it is registered");
    }

    /// A call with a bearer key.
    #[must_use]
    pub fn call<'a>(&'a self, key: &str, method: Method, path: &str) -> Call<'a> {
        self.anonymous(method, path).header("authorization", &format!("Bearer {key}"))
    }

    /// A call without a credential.
    #[must_use]
    pub fn anonymous(&self, method: Method, path: &str) -> Call<'_> {
        let request = http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        Call { stack: self, request, body: Bytes::new() }
    }

    /// `GET` with a bearer key.
    pub async fn get(&self, key: &str, path: &str) -> Answer {
        self.call(key, Method::GET, path).send().await
    }

    /// `POST /v1/activities` with a bearer key.
    pub async fn log(&self, key: &str, input: &Value) -> Answer {
        self.call(key, Method::POST, "/v1/activities").json(input).send().await
    }

    /// `GET /v1/activities` with parameters, percent-encoded here.
    pub async fn search(&self, key: &str, parameters: &[(&str, &str)]) -> Answer {
        self.get(key, &format!("/v1/activities?{}", encode(parameters))).await
    }

    /// `GET /v1/audit-events` with parameters, percent-encoded here.
    pub async fn audit_events(&self, key: &str, parameters: &[(&str, &str)]) -> Answer {
        self.get(key, &format!("/v1/audit-events?{}", encode(parameters))).await
    }

    /// Every item of the table as `(pk, sk)`, sorted.
    pub async fn keys_in_table(&self) -> Vec<(String, String)> {
        keys_in_table(&self.table, self.ctx.store.table_name()).await
    }
}

/// Every item of a table as `(pk, sk)`, sorted.
pub async fn keys_in_table(
    client: &aws_sdk_dynamodb::Client,
    table_name: &str,
) -> Vec<(String, String)> {
    let scan = client.scan().table_name(table_name).projection_expression("pk, sk");
    let pages = scan.consistent_read(true).into_paginator().items().send();
    let items = pages.collect::<Result<Vec<_>, _>>().await.expect("the table is scanned");
    let part = |value: &AttributeValue| value.as_s().expect("a key is text").clone();
    let mut keys: Vec<_> =
        items.iter().map(|item| (part(&item["pk"]), part(&item["sk"]))).collect();
    keys.sort();
    keys
}

/// Parameters as a query string.
#[must_use]
pub fn encode(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// A request that is being made.
pub struct Call<'a> {
    stack: &'a Stack,
    request: http::request::Builder,
    body: Bytes,
}

impl Call<'_> {
    /// Adds a header; the same name again adds a value.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value.as_bytes());
        self
    }

    /// A body of JSON, with its media type.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.header("content-type", "application/json").body(value.to_string())
    }

    /// A body of any bytes.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    pub async fn send(self) -> Answer {
        let answer = self.try_send().await;
        answer.expect("the stack answers")
    }

    /// Sends it, where the stack may be gone.
    ///
    /// # Errors
    ///
    /// A connection that breaks.
    pub async fn try_send(self) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let request = self.request.body(Full::new(self.body))?;
        let response = self.stack.client.request(request).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("not JSON ({error}): {}", String::from_utf8_lossy(&self.body))
        })
    }

    /// A header as text, empty where it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("the header is text"))
    }

    /// The same answer, after its status was checked.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status.as_u16(),
            status,
            "unexpected status; the body is {}",
            String::from_utf8_lossy(&self.body)
        );
        self
    }

    /// The code of a `/v1` error.
    #[must_use]
    pub fn error_code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The body without the request's id, for comparing answers byte by byte.
    #[must_use]
    pub fn body_without_request_id(&self) -> String {
        let id = self.header("x-request-id");
        assert!(!id.is_empty(), "every answer has a request id");
        String::from_utf8_lossy(&self.body).replace(id, "<request id>")
    }
}
