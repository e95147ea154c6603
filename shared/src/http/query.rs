//! The query string, read strictly: every parameter known and given once.

use std::ops::RangeInclusive;

use percent_encoding::percent_decode_str;

use crate::error::{Error, Result};
use crate::input::{Fields, Violations, out_of_range};
use crate::value::Refusal;

/// Decodes a query string as `application/x-www-form-urlencoded`.
///
/// # Errors
///
/// [`Error::MalformedRequest`] for bytes that a URI can't have, for broken
/// percent-encoding and for what is not UTF-8.
pub fn parse(query: &str) -> Result<Vec<(String, String)>> {
    let known = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>".contains(&byte);
    if !query.bytes().all(known) || has_broken_escape(query) {
        return Err(MALFORMED);
    }
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

const MALFORMED: Error = Error::MalformedRequest("The query string is not valid.");

fn decode(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| MALFORMED)?;
    Ok(decoded.into_owned())
}

fn has_broken_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(index, byte)| {
        let digits = bytes.get(index + 1..index + 3);
        *byte == b'%' && !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Reads parameters one by one, then names what is left over or repeated.
#[derive(Debug)]
pub struct QueryReader {
    pairs: Vec<(String, String)>,
    known: Vec<&'static str>,
    /// What was found wrong so far.
    pub violations: Violations,
}

impl QueryReader {
    /// # Errors
    ///
    /// [`Error::MalformedRequest`] for a query string that can't be decoded.
    pub fn new(query: &str) -> Result<Self> {
        Ok(Self { pairs: parse(query)?, known: Vec::new(), violations: Violations::default() })
    }

    /// A parameter that may be absent.
    pub fn optional<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.known.push(name);
        let mut values = self.pairs.iter().filter(|(given, _)| given == name);
        let (_, value) = values.next()?;
        if values.next().is_some() {
            self.violations.push(name, "is given more than once");
            return None;
        }
        self.violations.take(name, parse(value))
    }

    /// Whether a parameter is given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(given, _)| given == name)
    }

    /// The names that were asked for so far.
    #[must_use]
    pub fn known(&self) -> &[&'static str] {
        &self.known
    }

    /// Notes every parameter that was not read.
    ///
    /// # Errors
    ///
    /// [`Error::ValidationFailed`] with every violation.
    pub fn finish(mut self) -> Result<()> {
        let mut unknown: Vec<&String> = self.pairs.iter().map(|(name, _)| name).collect();
        unknown.retain(|name| !self.known.contains(&name.as_str()));
        unknown.sort();
        unknown.dedup();
        for name in unknown {
            self.violations.push(name, "is not a known parameter");
        }
        self.violations.into_result()
    }
}

impl Fields for QueryReader {
    fn optional<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.optional(name, parse)
    }

    fn optional_number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<usize>,
    ) -> Option<usize> {
        self.optional(name, |text| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            match text.parse() {
                Ok(number) if digits && range.contains(&number) => Ok(number),
                _ => Err(out_of_range(&range)),
            }
        })
    }

    fn has(&self, name: &str) -> bool {
        self.has(name)
    }

    fn refuse(&mut self, name: &str, message: impl Into<Refusal>) {
        self.violations.push(name, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let pairs = parse("query=a+b%2Bc&type=note&x&=y&&z=%C3%A9").unwrap();
        let expected = [("query", "a b+c"), ("type", "note"), ("x", ""), ("", "y"), ("z", "é")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn raw_bytes_broken_escapes_and_invalid_utf8_are_malformed() {
        for query in [
            "query=a b",
            "query=\"a\"",
            "query=<a>",
            "query=a#b",
            "query=é",
            "query=%",
            "query=%4",
            "query=%zz",
            "query=%ff",
            "a\u{0}",
        ] {
            assert!(matches!(parse(query), Err(Error::MalformedRequest(_))), "{query}");
        }
    }
}
