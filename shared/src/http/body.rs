//! The body of a request: its media type, its size, its JSON.

use http::{HeaderMap, header};
use serde_json::Value;

use super::exchange::Exchange;
use super::message::Request;
use crate::app::input::{Reader, Violations};
use crate::app::json::{NOT_AN_OBJECT, Object, WHOLE, parse, parse_object};
use crate::domain::error::{Error, Result};

/// Reads the JSON object of a request.
///
/// # Errors
///
/// 415, 413, 400 and 422, in this order.
pub fn object(request: &Request) -> Result<Object> {
    parse_object(bytes(request)?)
}

/// Reads the JSON object of a request that takes no parameters. Those that it
/// has are violations beside the object.
///
/// # Errors
///
/// 415, 413, 400 of the body and of the query, and 422, in this order.
pub fn object_without_parameters(exchange: &Exchange<'_>) -> Result<(Object, Violations)> {
    let value = parse(bytes(exchange.request())?)?;
    let parameters = Reader::new(&exchange.query()?).into_violations();
    match value {
        Value::Object(object) => Ok((object, parameters)),
        _ => {
            let mut violations = Violations::default();
            let noted = violations.push(WHOLE, NOT_AN_OBJECT);
            violations.extend(parameters);
            violations.finish(Err(noted))
        }
    }
}

fn bytes(request: &Request) -> Result<&[u8]> {
    if !is_plain_json(&request.headers) {
        return Err(Error::UnsupportedMediaType);
    }
    request.body.read()
}

/// Exactly one `application/json`, in UTF-8 where it says so, and no content
/// encoding.
fn is_plain_json(headers: &HeaderMap) -> bool {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return false;
    }
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Ok(value) = value.to_str() else { return false };
    let mut parts = value.split(';').map(str::trim);
    if !parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json")) {
        return false;
    }
    parts.all(|parameter| {
        parameter.split_once('=').is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("charset")
                && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn json_in_utf8_is_plain_and_nothing_else() {
        let is_plain = |value: &'static str| {
            let value = HeaderValue::from_static(value);
            is_plain_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, value)]))
        };
        for value in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert!(is_plain(value), "{value}");
        }
        for value in [
            "",
            "text/plain",
            "application/jsonx",
            "application/ld+json",
            "application/json; charset=latin1",
            "application/json; version=1",
            "application/json, application/json",
        ] {
            assert!(!is_plain(value), "{value}");
        }
        assert!(!is_plain_json(&HeaderMap::new()));
    }
}
