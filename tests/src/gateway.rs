//! The doors of AWS: a call as an event that a gateway would hand to a function,
//! answered by the code that answers it there.
//!
//! The events are those of AWS's documentation: what each gateway decodes, joins,
//! leaves out and repeats of a request.

use std::collections::BTreeMap;

use activity_log_core::lambda::http_event::{self, HttpEvent};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::stack::Stack;

/// What stands between a caller and a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gateway {
    /// An HTTP API, payload format 2.0, at its own name.
    HttpApi {
        /// The stage, `$default` or a named one.
        stage: &'static str,
    },
    /// The same at a custom domain, with the key of its mapping.
    HttpApiDomain {
        stage: &'static str,
        /// The key, as `/crm`.
        key: &'static str,
    },
    FunctionUrl,
    /// A REST API, payload format 1.0, at its own name.
    RestApi {
        stage: &'static str,
    },
    /// The same at a custom domain, with the path of its mapping.
    RestApiDomain {
        stage: &'static str,
        /// The path, as `/crm`.
        key: &'static str,
    },
    LoadBalancer {
        /// Whether its target group has multi-value headers on.
        multi_value: bool,
    },
}

/// The gateways at which every promise holds.
pub const GATEWAYS: [Gateway; 6] = [
    Gateway::HttpApi { stage: "$default" },
    Gateway::HttpApi { stage: "prod" },
    Gateway::FunctionUrl,
    Gateway::RestApi { stage: "prod" },
    Gateway::LoadBalancer { multi_value: false },
    Gateway::LoadBalancer { multi_value: true },
];

/// A request as a caller makes it, behind the stage or the key of a mapping.
#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case, in the order in which they are sent.
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

impl Sent {
    /// A request without a header and a body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        let (method, target) = (method.to_owned(), target.to_owned());
        Self { method, target, headers: Vec::new(), body: Bytes::new() }
    }

    /// Adds a header; the same name again adds a value.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// A body of JSON, with its media type.
    #[must_use]
    pub fn json(mut self, value: &Value) -> Self {
        self.body = value.to_string().into();
        self.header("content-type", "application/json")
    }

    /// Sends it to the local server.
    pub async fn to_console(&self, stack: &Stack) -> Answer {
        let method = self.method.parse().expect("the method is a token");
        let mut call = stack.anonymous(method, &self.target).body(self.body.clone());
        for (name, value) in &self.headers {
            call = call.header(name, value);
        }
        call.send().await
    }

    fn path_and_query(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }

    /// The headers, with those that a gateway adds. It appends the caller's address to
    /// what the caller says that it is forwarded for.
    fn headers_by(&self, host: &str) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> = vec![("x-forwarded-proto".into(), "https".into())];
        if !self.headers.iter().any(|(name, _)| *name == "host") {
            headers.push(("host".into(), host.into()));
        }
        headers
            .extend(self.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        match headers.iter_mut().rev().find(|(name, _)| name == "x-forwarded-for") {
            Some((_, path)) => path.push_str(&format!(", {CALLER}")),
            None => headers.push(("x-forwarded-for".into(), CALLER.into())),
        }
        headers
    }

    /// The body as text, or in base64 where it is none.
    fn written_body(&self) -> (Value, bool) {
        if self.body.is_empty() {
            return (Value::Null, false);
        }
        match std::str::from_utf8(&self.body) {
            Ok(text) => (json!(text), false),
            Err(_) => (json!(BASE64.encode(&self.body)), true),
        }
    }
}

impl Gateway {
    /// What the caller's path has before the routes.
    #[must_use]
    pub fn prefix(self) -> String {
        match self {
            Self::HttpApi { stage: "$default" } | Self::FunctionUrl | Self::LoadBalancer { .. } => {
                String::new()
            }
            Self::HttpApi { stage } | Self::RestApi { stage } => format!("/{stage}"),
            Self::HttpApiDomain { key, .. } | Self::RestApiDomain { key, .. } => key.to_owned(),
        }
    }

    /// Whether a function can tell that a header or parameter was given twice.
    #[must_use]
    pub fn shows_repetition(self) -> bool {
        self != Self::LoadBalancer { multi_value: false }
    }

    /// The event of a request.
    #[must_use]
    pub fn event(self, sent: &Sent) -> Value {
        match self {
            Self::HttpApi { stage } => http_api(sent, stage, OWN_NAME),
            Self::HttpApiDomain { stage, .. } => http_api(sent, stage, CUSTOM_DOMAIN),
            Self::FunctionUrl => http_api(sent, "$default", "abc.lambda-url.eu-west-1.on.aws"),
            Self::RestApi { stage } => rest_api(sent, stage, "", OWN_NAME),
            Self::RestApiDomain { stage, key } => rest_api(sent, stage, key, CUSTOM_DOMAIN),
            Self::LoadBalancer { multi_value } => load_balancer(sent, multi_value),
        }
    }

    /// Sends a request.
    ///
    /// # Panics
    ///
    /// When the invocation fails, or the answer is in no form of this gateway.
    pub async fn send(self, stack: &Stack, sent: &Sent) -> Answer {
        self.invoke(stack, &self.event(sent)).await
    }

    /// Hands over an event.
    ///
    /// # Panics
    ///
    /// When the invocation fails, or the answer is in no form of this gateway.
    pub async fn invoke(self, stack: &Stack, event: &Value) -> Answer {
        let written = invoke(stack, &event.to_string()).await;
        self.read(&written.unwrap_or_else(|error| panic!("{error}: {event}")))
    }

    /// What the caller gets of an answer.
    fn read(self, written: &Value) -> Answer {
        let status = written["statusCode"].as_u64().expect("it has a status");
        let status = u16::try_from(status).expect("a status is short");
        let headers = match self {
            Self::HttpApi { .. } | Self::HttpApiDomain { .. } | Self::FunctionUrl => {
                assert_eq!(written["cookies"], json!([]));
                one_each(&written["headers"])
            }
            Self::RestApi { .. } | Self::RestApiDomain { .. } => {
                // It would send what is in both twice.
                assert_eq!(written["headers"], json!({}));
                several_each(&written["multiValueHeaders"])
            }
            Self::LoadBalancer { multi_value } => {
                let description = written["statusDescription"].as_str().expect("it has one");
                assert!(description.starts_with(&format!("{status} ")), "{description}");
                if multi_value {
                    several_each(&written["multiValueHeaders"])
                } else {
                    one_each(&written["headers"])
                }
            }
        };
        let body = match &written["body"] {
            Value::Null => Bytes::new(),
            body => {
                let text = body.as_str().expect("a body is text, or written as such");
                match written["isBase64Encoded"].as_bool().expect("it says which") {
                    true => BASE64.decode(text).expect("it is base64").into(),
                    false => Bytes::from(text.to_owned()),
                }
            }
        };
        Answer { status: StatusCode::from_u16(status).expect("it is a status"), headers, body }
    }
}

/// Hands an event to the functions, in the way in which Lambda does.
///
/// # Errors
///
/// What is no HTTP event.
pub async fn invoke(stack: &Stack, event: &str) -> serde_json::Result<Value> {
    let event: HttpEvent = serde_json::from_str(event)?;
    let ctx = &stack.ctx;
    let handler = |request| activity_log::stack::answer(ctx, request);
    serde_json::to_value(http_event::answer(ctx.setting(), handler, event).await)
}

/// The address that a caller of every gateway has.
pub const CALLER: &str = "192.0.2.1";
const OWN_NAME: &str = "a1b2c3.execute-api.eu-west-1.amazonaws.com";
const CUSTOM_DOMAIN: &str = "api.example.com";

fn http_api(sent: &Sent, stage: &str, name: &str) -> Value {
    let (path, query) = sent.path_and_query();
    let path = if stage == "$default" { path.to_owned() } else { format!("/{stage}{path}") };
    let headers: BTreeMap<String, String> = by_name(sent.headers_by(name))
        .into_iter()
        .map(|(name, values)| (name, values.join(",")))
        .collect();
    let (body, is_base64_encoded) = sent.written_body();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3",
            "domainName": name,
            "domainPrefix": name.split('.').next(),
            "http": {
                "method": sent.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": CALLER,
                "userAgent": "suite",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": stage,
            "time": "01/Mar/2026:09:30:00 +0000",
            "timeEpoch": 1_772_357_400_000_u64,
        },
        "isBase64Encoded": is_base64_encoded,
    });
    if !body.is_null() {
        event["body"] = body;
    }
    event
}

fn rest_api(sent: &Sent, stage: &str, key: &str, name: &str) -> Value {
    let (path, query) = sent.path_and_query();
    let path = format!("{key}{path}");
    let called = if key.is_empty() { format!("/{stage}{path}") } else { path.clone() };
    let decoded = form_urlencoded::parse(query.as_bytes()).into_owned();
    let (mut parameters, mut all_parameters) = last_and_all(decoded);
    if query.is_empty() {
        (parameters, all_parameters) = (Value::Null, Value::Null);
    }
    let (headers, all_headers) = last_and_all(sent.headers_by(name));
    let (body, is_base64_encoded) = sent.written_body();
    json!({
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": sent.method,
        "headers": headers,
        "multiValueHeaders": all_headers,
        "queryStringParameters": parameters,
        "multiValueQueryStringParameters": all_parameters,
        "pathParameters": { "proxy": path.trim_start_matches('/') },
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3",
            "authorizer": null,
            "domainName": name,
            "domainPrefix": name.split('.').next(),
            "httpMethod": sent.method,
            "identity": { "sourceIp": CALLER, "userAgent": "suite", "apiKey": null },
            "path": called,
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "01/Mar/2026:09:30:00 +0000",
            "requestTimeEpoch": 1_772_357_400_000_u64,
            "resourceId": "us4z18",
            "resourcePath": "/{proxy+}",
            "stage": stage,
        },
        "body": body,
        "isBase64Encoded": is_base64_encoded,
    })
}

fn load_balancer(sent: &Sent, multi_value: bool) -> Value {
    let (path, query) = sent.path_and_query();
    // It parts the parameters and leaves them as they are.
    let parameters = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    });
    let (parameters, all_parameters) = last_and_all(parameters);
    let (headers, all_headers) =
        last_and_all(sent.headers_by("log-1234567890.eu-west-1.elb.amazonaws.com"));
    let (body, is_base64_encoded) = sent.written_body();
    let mut event = json!({
        "requestContext": { "elb": {
            "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/log/6d0ecf831eec9f09",
        } },
        "httpMethod": sent.method,
        "path": path,
        "body": body.as_str().unwrap_or_default(),
        "isBase64Encoded": is_base64_encoded,
    });
    if multi_value {
        event["multiValueHeaders"] = all_headers;
        event["multiValueQueryStringParameters"] = all_parameters;
    } else {
        event["headers"] = headers;
        event["queryStringParameters"] = parameters;
    }
    event
}

/// Names with their last value, and with all of them.
fn last_and_all(pairs: impl IntoIterator<Item = (String, String)>) -> (Value, Value) {
    let all = by_name(pairs);
    let last = |(name, values): (&String, &Vec<String>)| (name.clone(), values.last().cloned());
    let last: BTreeMap<String, Option<String>> = all.iter().map(last).collect();
    (json!(last), json!(all))
}

fn by_name(pairs: impl IntoIterator<Item = (String, String)>) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        all.entry(name).or_default().push(value);
    }
    all
}

fn one_each(headers: &Value) -> HeaderMap {
    let headers = headers.as_object().expect("headers are an object").iter();
    headers.map(|(name, value)| header(name, value)).collect()
}

fn several_each(headers: &Value) -> HeaderMap {
    let headers = headers.as_object().expect("headers are an object").iter();
    let values = |(name, values): (&String, &Value)| {
        let values = values.as_array().expect("values are a list").clone();
        let name = name.clone();
        values.into_iter().map(move |value| header(&name, &value))
    };
    headers.flat_map(values).collect()
}

fn header(name: &str, value: &Value) -> (HeaderName, HeaderValue) {
    let name = name.parse().expect("it is a name");
    let value = value.as_str().expect("a value is text").parse().expect("it is a value");
    (name, value)
}
