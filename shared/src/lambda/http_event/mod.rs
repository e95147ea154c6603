//! HTTP events and the answers to them, through `lambda_http`: HTTP API (payload
//! 2.0), function URL, REST API (payload 1.0) and Application Load Balancer.
//!
//! An event is answered in the form that its gateway takes, and so is one that
//! is no valid request, with a 400. Only what is no HTTP event at all fails as
//! an invocation.
//!
//! How much there is in an event is judged before anything is made of it.
//!
//! A gateway that sends one value a name has decided by itself, and nothing here
//! can tell: API Gateway joins the values of a header with commas, and a load
//! balancer sends the last value of a header or parameter.

mod conversion;
mod mount;

use std::borrow::Cow;
use std::convert::Infallible;
use std::future::{Future, ready};
use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderValue, Method, header};
use lambda_http::request::{LambdaRequest, RequestOrigin};
use lambda_http::{Body, TransformResponse};
use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde::ser::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

pub use self::conversion::silence_panics;
use self::conversion::{convert, guarded};
use self::mount::Mount;
use crate::app::context::Setting;
use crate::app::json::{expect_bounded, properties_of, remove_nulls};
use crate::domain::client::Client;
use crate::domain::error::Error;
use crate::http::answer;
use crate::http::exchange::Exchange;
use crate::http::message::{Request, Response, client_of};
use crate::http::request_body::RequestBody;

/// No gateway sends so much: a body, however long, is one value of an event.
const OVERFULL: Error =
    Error::MalformedRequest(Cow::Borrowed("The request has too many headers and parameters."));
const X_FORWARDED_FOR: &str = "x-forwarded-for";
const UNREADABLE: Error = Error::MalformedRequest(Cow::Borrowed("The request is not valid HTTP."));

/// A request as a gateway hands it over.
#[derive(Debug)]
pub struct HttpEvent {
    origin: RequestOrigin,
    mount: Mount,
    /// The request without query and body, and with no header but `Origin`:
    /// enough for an answer, whatever the rest is.
    outline: Request,
    /// Or why it is refused.
    event: Result<Box<LambdaRequest>, Error>,
}

impl<'de> Deserialize<'de> for HttpEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Borrowed, so that the event is not copied before it is read.
        let text = <&RawValue>::deserialize(deserializer)?.get();
        let event = match expect_bounded(text) {
            Ok(()) => Self::read(text).or_else(|| Self::read_leniently(text)),
            Err(_) => Self::refused(text, OVERFULL),
        };
        event.ok_or_else(|| de::Error::custom("the event is no HTTP request"))
    }
}

impl HttpEvent {
    /// The kinds of event are told apart by what their context must have. The
    /// library would read them in the same way, but from a copy of the text.
    fn read(text: &str) -> Option<Self> {
        let event = guarded(|| {
            let event = serde_json::from_str(text).map(LambdaRequest::ApiGatewayV2);
            event
                .or_else(|_| serde_json::from_str(text).map(LambdaRequest::ApiGatewayV1))
                .or_else(|_| serde_json::from_str(text).map(LambdaRequest::Alb))
        });
        let event = event?.ok()?;
        let address = peer_of(&event);
        let (method, path, origin_header, mount) = match &event {
            LambdaRequest::ApiGatewayV2(event) => {
                let context = &event.request_context;
                let (stage, name) = (context.stage.as_deref(), context.domain_name.as_deref());
                let origin_header = event.headers.get(header::ORIGIN);
                let mount = Mount::of_http_api(stage, name);
                (&context.http.method, &event.raw_path, origin_header, mount)
            }
            LambdaRequest::ApiGatewayV1(event) => {
                let context = &event.request_context;
                let (stage, name) = (context.stage.as_deref(), context.domain_name.as_deref());
                let origin_header = event.headers.get(header::ORIGIN);
                (&event.http_method, &event.path, origin_header, Mount::of_rest_api(stage, name))
            }
            LambdaRequest::Alb(event) => {
                let origin_header = event.headers.get(header::ORIGIN);
                let origin_header =
                    origin_header.or_else(|| event.multi_value_headers.get(header::ORIGIN));
                (&event.http_method, &event.path, origin_header, Mount::AsCalled)
            }
            _ => return None,
        };
        let path = path.clone().unwrap_or_default();
        let mut outline = outline(method.clone(), path, origin_header.cloned());
        outline.client.address = address;
        Some(Self { origin: event.request_origin(), mount, outline, event: Ok(Box::new(event)) })
    }

    /// The library refuses the whole event for a null in the place of what may be
    /// left out, and for a method or header that can't be one. So nulls are taken
    /// out; what it refuses then is no valid request.
    fn read_leniently(text: &str) -> Option<Self> {
        let mut event: Value = serde_json::from_str(text).ok()?;
        remove_nulls(&mut event);
        Self::read(&event.to_string()).or_else(|| Self::refused(text, UNREADABLE))
    }

    /// What an answer needs of an event that is not taken: nothing else is read.
    fn refused(text: &str, error: Error) -> Option<Self> {
        let event: Outline<'_> = properties_of(text.as_bytes())?;
        let context: OutlineContext<'_> = properties_of(event.context.get().as_bytes())?;
        let (stage, name) = (text_of(context.stage), text_of(context.domain_name));
        let (stage, name) = (stage.as_deref(), name.as_deref());
        let (origin, method, path, mount) = if let Some(http) = context.http {
            let http: OutlineHttp<'_> = properties_of(http.get().as_bytes()).unwrap_or_default();
            let mount = Mount::of_http_api(stage, name);
            (RequestOrigin::ApiGatewayV2, http.method, event.raw_path, mount)
        } else if context.elb.is_some() {
            (RequestOrigin::Alb, event.method, event.path, Mount::AsCalled)
        } else {
            let method = Some(event.method?);
            (RequestOrigin::ApiGatewayV1, method, event.path, Mount::of_rest_api(stage, name))
        };
        // The log has a hyphen for a method that is none.
        let method = text_of(method).unwrap_or_default();
        let method = method.parse().or_else(|_| "-".parse()).unwrap_or_default();
        let outline = outline(method, text_of(path).unwrap_or_default(), None);
        Some(Self { origin, mount, outline, event: Err(error) })
    }
}

/// The parts of an event that its answer depends on, whatever they are.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow, rename = "requestContext")]
    context: &'a RawValue,
    #[serde(borrow, rename = "httpMethod")]
    method: Option<&'a RawValue>,
    #[serde(borrow)]
    path: Option<&'a RawValue>,
    #[serde(borrow, rename = "rawPath")]
    raw_path: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct OutlineContext<'a> {
    #[serde(borrow)]
    stage: Option<&'a RawValue>,
    #[serde(borrow, rename = "domainName")]
    domain_name: Option<&'a RawValue>,
    #[serde(borrow)]
    http: Option<&'a RawValue>,
    #[serde(borrow)]
    elb: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct OutlineHttp<'a> {
    #[serde(borrow)]
    method: Option<&'a RawValue>,
}

fn text_of(value: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(value?.get()).ok()
}

fn outline(method: Method, path: String, origin_header: Option<HeaderValue>) -> Request {
    let headers = origin_header.map(|value| (header::ORIGIN, value));
    Request {
        method,
        prefix: String::new(),
        path,
        query: String::new(),
        headers: HeaderMap::from_iter(headers),
        body: RequestBody::EMPTY,
        client: Client::default(),
    }
}

/// The address that a gateway took the connection from. It is in the event's context;
/// a load balancer has none there, and appends it to a header, before whose last entry
/// is what the caller, or a proxy of its choice, wrote.
fn peer_of(event: &LambdaRequest) -> Option<IpAddr> {
    let text = match event {
        LambdaRequest::ApiGatewayV2(event) => event.request_context.http.source_ip.as_deref(),
        LambdaRequest::ApiGatewayV1(event) => event.request_context.identity.source_ip.as_deref(),
        LambdaRequest::Alb(event) => {
            let mut all = event.multi_value_headers.get_all(X_FORWARDED_FOR).iter();
            let last = all.next_back().or_else(|| event.headers.get(X_FORWARDED_FOR));
            last.and_then(|value| value.to_str().ok()?.rsplit(',').next())
        }
        _ => None,
    };
    let text = text?.trim();
    // A load balancer can be told to write the port as well.
    let with_port = || text.parse::<SocketAddr>().ok().map(|peer| peer.ip());
    text.parse().ok().or_else(with_port)
}

/// Answers an event through the handler of a function.
pub async fn answer<F>(
    setting: Setting<'_>,
    handler: impl FnOnce(Request) -> F,
    event: HttpEvent,
) -> impl Serialize
where
    F: Future<Output = Response>,
{
    let HttpEvent { origin, mount, outline, event } = event;
    let is_head = outline.method == Method::HEAD;
    let place = |request| mount.place(request, &setting.config.base_path);
    let response = match event.and_then(|event| convert(*event).ok_or(UNREADABLE)) {
        Ok((query, headers, body)) => {
            let client = client_of(outline.client.address, &headers);
            let request = Request { query, headers, body, client, ..outline };
            handler(place(request)).await
        }
        Err(error) => {
            let refused = Exchange::begin(setting, place(outline));
            answer::answer(&refused, ready(Err(error))).await
        }
    };
    let mut written = response_of(response);
    if is_head {
        // A server leaves it out by itself, a gateway may not.
        *written.body_mut() = Body::Empty;
    }
    let written = Box::pin(ready(written));
    // The library's own writing, behind a handler's part that is already done.
    let Ok(answer) = TransformResponse::<String, Infallible>::Response(origin, written).await;
    answer
}

/// Bodies are text, but for pages that are compressed. Headers are given once: the library
/// would write the first of several.
fn response_of(response: Response) -> http::Response<Body> {
    let (mut parts, body) = response.into_parts();
    if parts.headers.keys_len() < parts.headers.len() {
        parts.headers = joined(&parts.headers);
    }
    let body = match String::from_utf8(body.into()) {
        Ok(text) if text.is_empty() => Body::Empty,
        Ok(text) => Body::Text(text),
        Err(error) => Body::Binary(error.into_bytes()),
    };
    http::Response::from_parts(parts, body)
}

/// Values of one name are joined, as HTTP allows it
/// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-5.3)).
fn joined(headers: &HeaderMap) -> HeaderMap {
    let join = |name: &http::HeaderName| {
        let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        let value = HeaderValue::from_bytes(&values.join(b", ".as_slice()));
        (name.clone(), value.expect("values of headers are one when they are joined"))
    };
    headers.keys().map(join).collect()
}
