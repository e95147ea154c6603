//! The body of a request: its media type, its size, its JSON.

use http::{HeaderMap, header};
use serde_json::Value;

use super::exchange::Exchange;
use super::message::Request;
use crate::app::input::Violations;
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
    let parameters = exchange.unknown_parameters()?;
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

/// Exactly one `application/json`, in UTF-8 where it says so, and not encoded.
fn is_plain_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let is_encoded = headers.get_all(header::CONTENT_ENCODING).iter().any(|value| {
        let mut codings = value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        codings.any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
    });
    !is_encoded && value.to_str().is_ok_and(is_json_in_utf8)
}

/// Parameters other than the character set are nobody's business
/// ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-11) defines none), and
/// neither is a semicolon with nothing behind it.
fn is_json_in_utf8(media_type: &str) -> bool {
    let mut parts = split_parameters(media_type).into_iter().map(str::trim);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = value.trim().trim_matches('"');
            !name.trim().eq_ignore_ascii_case("charset")
                || ["utf-8", "utf8"].iter().any(|known| value.eq_ignore_ascii_case(known))
        })
}

/// Splits at semicolons that are not within a quoted value.
fn split_parameters(media_type: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    media_type
        .split(|c| {
            let ends = c == ';' && !quoted;
            quoted ^= c == '"' && !escaped;
            escaped = c == '\\' && quoted && !escaped;
            ends
        })
        .collect()
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
            "application/json;",
            "application/json ; ; ",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/json; charset=utf8",
            "application/json; Charset=UTF8;",
            "application/json; version=1",
            "application/json; profile=\"a; charset=latin1\"",
            "application/json; profile=\"a\\\"; charset=latin1\"; charset=utf-8",
            "application/json; odata.metadata=minimal; IEEE754Compatible=true; charset=utf-8",
            "application/json; boundary",
        ] {
            assert!(is_plain(value), "{value}");
        }
        for value in [
            "",
            ";",
            "text/plain",
            "application/jsonx",
            "application/ld+json",
            "application/json; charset=latin1",
            "application/json; charset=utf-16",
            "application/json; charset",
            "application/json; charset=",
            "application/json; charset=utf-8; charset=latin1",
            "application/json; a=\"b\"; charset = latin1",
            "application/json, application/json",
        ] {
            assert!(!is_plain(value), "{value}");
        }
        assert!(!is_plain_json(&HeaderMap::new()));
    }

    #[test]
    fn what_is_not_encoded_may_say_so() {
        let is_plain = |encodings: &[&'static str]| {
            let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let encoding =
                |value: &&'static str| (header::CONTENT_ENCODING, HeaderValue::from_static(value));
            is_plain_json(&std::iter::once(json).chain(encodings.iter().map(encoding)).collect())
        };
        for encodings in [&["identity"][..], &["Identity"], &["identity, identity"], &[""]] {
            assert!(is_plain(encodings), "{encodings:?}");
        }
        for encodings in [&["gzip"][..], &["identity, gzip"], &["identity", "br"], &["utf-8"]] {
            assert!(!is_plain(encodings), "{encodings:?}");
        }
    }
}
