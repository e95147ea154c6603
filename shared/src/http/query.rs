//! The query string, read strictly: every parameter known, and given once unless it may
//! be repeated.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use percent_encoding::percent_decode_str;

use crate::app::input::{Source, parse_digits};
use crate::domain::error::{Error, Result};
use crate::domain::value::Refusal;

/// The longest query string, in bytes: a URI has no more either.
pub const MAX_QUERY_BYTES: usize = 65_535;

/// The parameters of a query string, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Decodes a query string as `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    ///
    /// [`Error::MalformedRequest`] for bytes that a URI can't have, for broken
    /// percent-encoding, for what is not UTF-8, and for what is too long.
    pub fn parse(query: &str) -> Result<Self> {
        if query.len() > MAX_QUERY_BYTES {
            return Err(TOO_LONG);
        }
        let known = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>".contains(&byte);
        if !query.bytes().all(known) {
            return Err(NOT_ENCODED);
        }
        if has_broken_escape(query) {
            return Err(BROKEN_ESCAPE);
        }
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        };
        query.split('&').filter(|text| !text.is_empty()).map(pair).collect::<Result<_>>().map(Self)
    }

    /// Whether a parameter is given more than once.
    #[must_use]
    pub fn repeated(&self, name: &str) -> bool {
        self.values(name).nth(1).is_some()
    }

    /// The names of all parameters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Every value of a parameter.
    pub fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

const TOO_LONG: Error =
    Error::MalformedRequest(Cow::Borrowed("The query string is longer than 65,535 bytes."));
const NOT_ENCODED: Error = Error::MalformedRequest(Cow::Borrowed(
    "The query string is not valid: it has a character that must be percent-encoded.",
));
const BROKEN_ESCAPE: Error = Error::MalformedRequest(Cow::Borrowed(
    "The query string is not valid: it has a % without two hexadecimal digits behind it.",
));
const NOT_UTF8: Error = Error::MalformedRequest(Cow::Borrowed(
    "The query string is not valid: what it has in percent-encoding is not UTF-8.",
));

fn decode(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| NOT_UTF8)?;
    Ok(decoded.into_owned())
}

fn has_broken_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(index, byte)| {
        let digits = bytes.get(index + 1..index + 3);
        *byte == b'%' && !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

impl Source for &Query {
    const UNKNOWN: &'static str = UNKNOWN_PARAMETER;

    fn text(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>> {
        let value = self.values(name).next()?;
        Some(if self.repeated(name) { Err(REPEATED.into()) } else { Ok(Cow::Borrowed(value)) })
    }

    fn texts(&self, name: &str) -> Option<Result<Vec<Cow<'_, str>>, Refusal>> {
        let texts: Vec<Cow<'_, str>> = self.values(name).map(Cow::Borrowed).collect();
        (!texts.is_empty()).then_some(Ok(texts))
    }

    fn time(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>> {
        Some(self.text(name)?.map(|text| with_plus(&text).map_or(text, Cow::Owned)))
    }

    fn number(&self, name: &str, range: &RangeInclusive<usize>) -> Option<Result<usize, Refusal>> {
        Some(self.text(name)?.and_then(|text| parse_digits(&text, range)))
    }

    fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    fn names(&self) -> BTreeSet<&str> {
        Query::names(self).collect()
    }
}

/// The same, where a parameter that nobody asked for is nobody's business.
#[derive(Clone, Copy, Debug)]
pub struct KnownOnly<'a>(pub &'a Query);

impl Source for KnownOnly<'_> {
    const UNKNOWN: &'static str = UNKNOWN_PARAMETER;

    fn text(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>> {
        Source::text(&self.0, name)
    }

    fn time(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>> {
        Source::time(&self.0, name)
    }

    fn number(&self, name: &str, range: &RangeInclusive<usize>) -> Option<Result<usize, Refusal>> {
        Source::number(&self.0, name, range)
    }

    fn has(&self, name: &str) -> bool {
        Source::has(&self.0, name)
    }

    fn names(&self) -> BTreeSet<&str> {
        BTreeSet::new()
    }
}

/// A time whose offset lost its plus: in a query string, `+` is a space.
fn with_plus(time: &str) -> Option<String> {
    let (time, offset) = time.split_once(' ')?;
    offset.starts_with(|first: char| first.is_ascii_digit()).then(|| format!("{time}+{offset}"))
}

/// The rule that a parameter breaks which an endpoint does not have.
pub const UNKNOWN_PARAMETER: &str = "is not a known parameter";
/// The rule of every value that is given once.
pub const REPEATED: &str = "is given more than once";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let Query(pairs) = Query::parse("query=a+b%2Bc&type=note&x&=y&&z=%C3%A9").unwrap();
        let expected = [("query", "a b+c"), ("type", "note"), ("x", ""), ("", "y"), ("z", "é")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn the_plus_of_an_offset_is_read_as_such_in_a_time_alone() {
        let query = Query::parse("at=2026-03-01T09:30:00+02:00&to=2026-03-01T09:30%2B02").unwrap();
        let source = &query;
        assert_eq!(source.time("at").unwrap().unwrap(), "2026-03-01T09:30:00+02:00");
        assert_eq!(source.text("at").unwrap().unwrap(), "2026-03-01T09:30:00 02:00");
        assert_eq!(source.time("to").unwrap().unwrap(), "2026-03-01T09:30+02");
        for other in ["a+b", "2026-03-01T09:30:00++02:00", "2026-03-01T09:30:00+Z", "+"] {
            let query = Query::parse(&format!("at={other}")).unwrap();
            let source = &query;
            let (time, text) = (source.time("at"), source.text("at"));
            assert_eq!(time.unwrap().unwrap(), text.unwrap().unwrap(), "{other}");
        }
    }

    #[test]
    fn the_length_is_bounded() {
        assert!(Query::parse(&"a".repeat(MAX_QUERY_BYTES)).is_ok());
        let refused = Query::parse(&"a&".repeat(MAX_QUERY_BYTES)).unwrap_err();
        assert_eq!(refused.public_message(), "The query string is longer than 65,535 bytes.");
    }

    #[test]
    fn raw_bytes_broken_escapes_and_invalid_utf8_are_malformed() {
        for (query, why) in [
            ("query=a b", "must be percent-encoded"),
            ("query=\"a\"", "must be percent-encoded"),
            ("query=<a>", "must be percent-encoded"),
            ("query=a#b", "must be percent-encoded"),
            ("query=é", "must be percent-encoded"),
            ("a\u{0}", "must be percent-encoded"),
            ("query=%", "two hexadecimal digits"),
            ("query=%4", "two hexadecimal digits"),
            ("query=%zz", "two hexadecimal digits"),
            ("query=%ff", "is not UTF-8"),
            ("%c3%28=x", "is not UTF-8"),
        ] {
            let error = Query::parse(query).unwrap_err();
            assert!(matches!(error, Error::MalformedRequest(_)), "{query}");
            assert!(error.public_message().contains(why), "{query}: {error}");
        }
    }
}
