//! The events of an HTTP API and the answers to them, payload format 2.0
//! ([AWS](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html)).
//!
//! Only what a handler needs is read. The types of `aws_lambda_events` read
//! everything that any gateway sends, which is a fortieth of a function's size,
//! and refuse an event for a part that nobody asked for.

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::de::{self, Deserializer};
use serde::ser::{SerializeMap as _, Serializer};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use crate::http::message::{Request, Response};

/// A request as an HTTP API hands it to a function.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpEvent {
    #[serde(default)]
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    #[serde(default, deserialize_with = "read_headers")]
    headers: HeaderMap,
    request_context: RequestContext,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Debug, Deserialize)]
struct RequestContext {
    http: RequestLine,
}

#[derive(Debug, Deserialize)]
struct RequestLine {
    #[serde(deserialize_with = "read_method")]
    method: Method,
}

fn read_method<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Method, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| de::Error::custom("the method is not a token"))
}

/// A header that can't be one is left out, as a server would not have taken it.
fn read_headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderMap, D::Error> {
    let texts = Option::<HashMap<String, String>>::deserialize(deserializer)?.unwrap_or_default();
    let header = |(name, value): (String, String)| {
        Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
    };
    Ok(texts.into_iter().filter_map(header).collect())
}

impl From<HttpEvent> for Request {
    fn from(event: HttpEvent) -> Self {
        let body = match event.body {
            None => Bytes::new(),
            Some(text) if event.is_base64_encoded => {
                // What the gateway encoded can be decoded; what a test event
                // claims to be base64 and is not stays as it is, and is no JSON.
                base64::engine::general_purpose::STANDARD
                    .decode(&text)
                    .map_or_else(|_| Bytes::from(text), Bytes::from)
            }
            Some(text) => Bytes::from(text),
        };
        Self {
            method: event.request_context.http.method,
            path: event.raw_path,
            query: event.raw_query_string,
            headers: event.headers,
            body,
        }
    }
}

/// An answer as an HTTP API takes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpEventAnswer {
    status_code: u16,
    #[serde(serialize_with = "write_headers")]
    headers: HeaderMap,
    body: String,
    is_base64_encoded: bool,
}

/// One text a name: values of the same name are joined, as HTTP allows it
/// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-5.3)).
fn write_headers<S: Serializer>(headers: &HeaderMap, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(headers.keys_len()))?;
    for name in headers.keys() {
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        map.serialize_entry(name.as_str(), &values.join(", "))?;
    }
    map.end()
}

impl From<Response> for HttpEventAnswer {
    fn from(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status_code: parts.status.as_u16(),
            headers: parts.headers,
            // Every body of this crate is JSON, and so UTF-8.
            body: String::from_utf8(body.into())
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            is_base64_encoded: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(event: Value) -> Request {
        serde_json::from_value::<HttpEvent>(event).unwrap().into()
    }

    #[test]
    fn an_event_is_read_with_as_little_as_a_method() {
        let request = read(json!({ "requestContext": { "http": { "method": "GET" } } }));
        assert_eq!((request.method, request.path.as_str()), (Method::GET, ""));
        let nulls = json!({ "headers": null, "body": null,
            "requestContext": { "http": { "method": "BREW" }, "authorizer": 1 } });
        assert_eq!(read(nulls).method.as_str(), "BREW");
    }

    #[test]
    fn a_header_that_cannot_be_one_is_left_out_and_the_others_stay() {
        let request = read(json!({
            "headers": { "a b": "x", "x-bad": "a\nb", "x-good": "clé" },
            "requestContext": { "http": { "method": "GET" } },
        }));
        assert_eq!(request.headers.len(), 1);
        assert_eq!(request.headers["x-good"].as_bytes(), "clé".as_bytes());
    }

    #[test]
    fn an_event_without_a_method_is_not_a_request() {
        for event in [json!({}), json!({ "requestContext": { "http": { "method": "a b" } } })] {
            assert!(serde_json::from_value::<HttpEvent>(event).is_err());
        }
    }

    #[test]
    fn a_body_that_only_claims_to_be_base64_stays_as_it_is() {
        let request = read(json!({
            "body": "{}", "isBase64Encoded": true,
            "requestContext": { "http": { "method": "POST" } },
        }));
        assert_eq!(request.body, "{}");
    }

    #[test]
    fn headers_of_one_name_are_joined() {
        let mut response = Response::new(Bytes::from_static(b"{}"));
        for value in ["a", "b"] {
            response.headers_mut().append("vary", HeaderValue::from_static(value));
        }
        let answer = serde_json::to_value(HttpEventAnswer::from(response)).unwrap();
        let expected = json!({
            "statusCode": 200, "headers": { "vary": "a, b" }, "body": "{}", "isBase64Encoded": false,
        });
        assert_eq!(answer, expected);
    }
}
