//! From the library's event to the parts of a request.
//!
//! The library panics where the parts of an event make no URI, and where there are
//! more headers than a map takes. A guard stands around its reading and its
//! conversion, and around nothing else.
//!
//! Of a header that was given twice it keeps the last value, and parameters of a
//! load balancer it decodes whatever they are. So both are looked at before. Of a
//! body it makes a copy, and of a query string a map, however long they are; so
//! bodies, and query strings that are too long, never get there.

use std::borrow::Cow;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use lambda_http::Body;
use lambda_http::aws_lambda_events::query_map::QueryMap;
use lambda_http::request::LambdaRequest;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::query::MAX_QUERY_BYTES;
use crate::http::request_body::{MAX_BYTES, RequestBody};

thread_local! {
    static CONVERTING: Cell<bool> = const { Cell::new(false) };
}

/// Query, headers and body of a request; `None` where it is not valid.
pub(super) fn convert(mut event: LambdaRequest) -> Option<(String, HeaderMap, RequestBody)> {
    let query = take_query(&mut event);
    let body = take_body(&mut event)?;
    judge_headers(&mut event);
    let (parts, _) = guarded(|| http::Request::<Body>::from(event))?.into_parts();
    Some((query, parts.headers, body))
}

/// The body; `None` where base64 is none. The length is known before it is decoded.
fn take_body(event: &mut LambdaRequest) -> Option<RequestBody> {
    let (text, in_base64) = match event {
        LambdaRequest::ApiGatewayV2(event) => (event.body.take(), event.is_base64_encoded),
        LambdaRequest::ApiGatewayV1(event) => (event.body.take(), event.is_base64_encoded),
        LambdaRequest::Alb(event) => (event.body.take(), event.is_base64_encoded),
        _ => (None, false),
    };
    let text = text.unwrap_or_default();
    if !in_base64 {
        return Some(RequestBody::of(text.into()));
    }
    let padding = text.bytes().rev().take(2).take_while(|byte| *byte == b'=').count();
    if (text.len() / 4 * 3).saturating_sub(padding) > MAX_BYTES {
        return Some(RequestBody::TOO_LARGE);
    }
    STANDARD.decode(text).ok().map(|bytes| RequestBody::of(bytes.into()))
}

/// The query string, made of the parameters where an event has those in its place.
fn take_query(event: &mut LambdaRequest) -> String {
    let (one_each, all, encode): (_, _, fn(&str) -> Cow<'_, str>) = match event {
        // API Gateway has decoded them.
        LambdaRequest::ApiGatewayV1(event) => (
            &mut event.query_string_parameters,
            &mut event.multi_value_query_string_parameters,
            |text| utf8_percent_encode(text, NON_ALPHANUMERIC).into(),
        ),
        // A load balancer has not.
        LambdaRequest::Alb(event) => (
            &mut event.query_string_parameters,
            &mut event.multi_value_query_string_parameters,
            |text| text.into(),
        ),
        // It stays in the event, for the conversion to refuse what no URI takes.
        LambdaRequest::ApiGatewayV2(event) => {
            let query = event.raw_query_string.as_mut();
            let Some(query) = query else { return String::new() };
            let too_long = query.len() > MAX_QUERY_BYTES;
            return if too_long { std::mem::take(query) } else { query.clone() };
        }
        _ => return String::new(),
    };
    let (one_each, all) = (std::mem::take(one_each), std::mem::take(all));
    query_of(if all.is_empty() { &one_each } else { &all }, encode)
}

/// Sorted by name, since the map has no order and links have one.
fn query_of(parameters: &QueryMap, encode: fn(&str) -> Cow<'_, str>) -> String {
    let mut parameters: Vec<(&str, &str)> = parameters.iter().collect();
    parameters.sort_by_key(|(name, _)| *name);
    let pair = |(name, value)| format!("{}={}", encode(name), encode(value));
    parameters.into_iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Leaves a header with several values to the map that has them all. The scheme
/// of the address, which nothing is made of, is the library's to choose: where
/// proxies have written one after the other, it would be none.
fn judge_headers(event: &mut LambdaRequest) {
    let (headers, all) = match event {
        LambdaRequest::ApiGatewayV2(event) => (&mut event.headers, &HeaderMap::new()),
        LambdaRequest::ApiGatewayV1(event) => (&mut event.headers, &event.multi_value_headers),
        LambdaRequest::Alb(event) => (&mut event.headers, &event.multi_value_headers),
        _ => return,
    };
    headers.remove("x-forwarded-proto");
    for name in all.keys().filter(|name| all.get_all(*name).iter().nth(1).is_some()) {
        headers.remove(name);
    }
}

/// What the library makes of an event; `None` where it panics.
pub(super) fn guarded<T>(convert: impl FnOnce() -> T) -> Option<T> {
    CONVERTING.set(true);
    let converted = catch_unwind(AssertUnwindSafe(convert));
    CONVERTING.set(false);
    converted.ok()
}

/// Lets a panic of a conversion pass without a word: it may quote the request,
/// whose refusal is logged anyway.
pub fn silence_panics() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !CONVERTING.get() {
            others(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_panic_of_a_conversion_passes_without_a_word_and_no_other_does() {
        let heard = Arc::new(AtomicUsize::new(0));
        let counter = heard.clone();
        let this_thread = std::thread::current().id();
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == this_thread {
                counter.fetch_add(1, Ordering::SeqCst);
            } else {
                others(panic);
            }
        }));
        silence_panics();
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| -> () { panic!("of a conversion") }), None);
        assert_eq!(heard.load(Ordering::SeqCst), 0);
        assert!(catch_unwind(|| panic!("of a handler")).is_err());
        assert_eq!(heard.load(Ordering::SeqCst), 1);
    }
}
