//! Reading a caller's JSON strictly: no duplicate keys, no unknown properties,
//! and every violation at once.

use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::domain::error::{Error, FieldError, Result};
use crate::domain::value::Refusal;

/// An input object as it was given.
pub type Object = Map<String, Value>;

/// More violations than this are not listed; a caller that sends so many
/// mends them in rounds.
pub const MAX_FIELD_ERRORS: usize = 100;

/// The rule that a property breaks which an object does not have. Its name is
/// the caller's.
pub const UNKNOWN_PROPERTY: &str = "is not a known property";

/// Parses JSON in which no object has the same key twice.
///
/// # Errors
///
/// [`Error::MalformedRequest`] for bytes that are not UTF-8, for JSON syntax
/// and for duplicate keys; [`Error::ValidationFailed`] for JSON that is not an
/// object.
pub fn parse_object(bytes: &[u8]) -> Result<Object> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::MalformedRequest("The request body is not valid UTF-8."))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = UniqueKeys
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| {
            if error.is_data() {
                Error::MalformedRequest("The request body has an object with a duplicate key.")
            } else {
                Error::MalformedRequest("The request body is not valid JSON.")
            }
        })?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(Error::invalid("$", "must be a JSON object")),
    }
}

/// Builds a [`Value`] and refuses duplicate keys, which `serde_json` would
/// resolve silently: two parsers that resolve them differently would see two
/// different inputs.
struct UniqueKeys;

impl<'de> DeserializeSeed<'de> for UniqueKeys {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueKeys {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate keys")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(UniqueKeys)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(UniqueKeys)?;
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("duplicate key"));
            }
        }
        Ok(Value::Object(object))
    }
}

/// Collects violations until everything was looked at.
#[derive(Debug, Default)]
pub struct Violations(Vec<FieldError>);

impl Violations {
    /// Notes one.
    pub fn push(&mut self, field: &str, message: impl Into<Refusal>) {
        if self.0.len() < MAX_FIELD_ERRORS {
            self.0.push(FieldError::new(field, message));
        }
    }

    /// Notes those that were found elsewhere.
    pub fn extend(&mut self, other: Self) {
        let room = MAX_FIELD_ERRORS.saturating_sub(self.0.len());
        self.0.extend(other.0.into_iter().take(room));
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps what was accepted, notes what was not.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, impl Into<Refusal>>) -> Option<T> {
        parsed.map_err(|message| self.push(field, message)).ok()
    }

    /// `Ok` when there is none.
    pub fn into_result(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::ValidationFailed(self.0)) }
    }
}

/// Named values that are read one by one: the properties of an object or the
/// parameters of a query string, so that both are held to the same rules.
pub trait Fields {
    /// A text that may be absent.
    fn optional<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T>;

    /// A whole number that may be absent.
    fn optional_number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<usize>,
    ) -> Option<usize>;

    /// Whether there is such a value, right or wrong.
    fn has(&self, name: &str) -> bool;

    /// Notes what is wrong with one.
    fn refuse(&mut self, name: &str, message: impl Into<Refusal>);

    /// Notes the missing one of two values that only come together.
    fn expect_together(&mut self, one: &str, other: &str) {
        for (given, missing) in [(one, other), (other, one)] {
            if self.has(given) && !self.has(missing) {
                self.refuse(missing, format!("is required with {given}"));
            }
        }
    }
}

/// The rule that a number broke.
pub(crate) fn out_of_range(range: &RangeInclusive<usize>) -> Refusal {
    format!("must be a whole number from {} to {}", range.start(), range.end()).into()
}

/// `parsed`, unless `other` was refused; the violations of both where both
/// were.
///
/// # Errors
///
/// Those of `parsed`, then those of `other`.
pub fn with_violations_of<T>(parsed: Result<T>, other: Result<()>) -> Result<T> {
    match (parsed, other) {
        (parsed, Ok(())) => parsed,
        (Err(Error::ValidationFailed(mut errors)), Err(Error::ValidationFailed(more))) => {
            errors.extend(more);
            errors.truncate(MAX_FIELD_ERRORS);
            Err(Error::ValidationFailed(errors))
        }
        (Ok(_), Err(error)) | (Err(error), Err(_)) => Err(error),
    }
}

/// Reads the properties of an object one by one, then names what is left over.
#[derive(Debug)]
pub struct ObjectReader<'a> {
    object: &'a Object,
    /// Where the object stands within the input, with a dot behind; empty for
    /// the input itself.
    prefix: String,
    known: Vec<&'static str>,
    /// What was found wrong so far.
    pub violations: Violations,
}

impl<'a> ObjectReader<'a> {
    /// A reader that has read nothing yet.
    #[must_use]
    pub fn new(object: &'a Object) -> Self {
        Self { object, prefix: String::new(), known: Vec::new(), violations: Violations::default() }
    }

    /// A reader of an object within this one, whose violations name the way to
    /// it.
    #[must_use]
    pub fn nested<'b>(&self, object: &'b Object, path: &str) -> ObjectReader<'b> {
        let prefix = format!("{}{path}.", self.prefix);
        ObjectReader { prefix, ..ObjectReader::new(object) }
    }

    /// Notes a violation of a property of this object.
    pub fn refuse(&mut self, name: &str, message: impl Into<Refusal>) {
        self.violations.push(&format!("{}{name}", self.prefix), message);
    }

    /// Whether a property is given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    /// A property of any form.
    pub fn any(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.object.get(name)
    }

    /// A property that may be absent, and otherwise must be `true` or `false`.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.any(name)?;
        if value.as_bool().is_none() {
            self.refuse(name, "must be true or false");
        }
        value.as_bool()
    }

    /// A property that may be absent, and otherwise must be a list of at most
    /// `max` elements. Empty where it was refused.
    pub fn list(&mut self, name: &'static str, max: usize) -> &'a [Value] {
        match self.any(name) {
            None => &[],
            Some(Value::Array(items)) if items.len() <= max => items,
            Some(Value::Array(_)) => {
                self.refuse(name, format!("must have at most {max} elements"));
                &[]
            }
            Some(_) => {
                self.refuse(name, "must be a list");
                &[]
            }
        }
    }

    /// A property that must be there and be a string.
    pub fn required<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if !self.object.contains_key(name) {
            self.known.push(name);
            self.refuse(name, "is required");
            return None;
        }
        self.optional(name, parse)
    }

    /// A property that may be absent, and otherwise must be a string. `null`
    /// is not absent.
    pub fn optional<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.known.push(name);
        match self.object.get(name)? {
            Value::String(text) => match parse(text) {
                Ok(parsed) => Some(parsed),
                Err(message) => {
                    self.refuse(name, message);
                    None
                }
            },
            _ => {
                self.refuse(name, "must be a string");
                None
            }
        }
    }

    /// The same, where `null` stands for absent.
    pub fn nullable<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if self.object.get(name).is_some_and(Value::is_null) {
            self.known.push(name);
            return None;
        }
        self.optional(name, parse)
    }

    /// Notes every property that was not read.
    ///
    /// # Errors
    ///
    /// [`Error::ValidationFailed`] with every violation.
    pub fn finish(self) -> Result<()> {
        self.into_violations().into_result()
    }

    /// What was found wrong, every property that was not read included.
    #[must_use]
    pub fn into_violations(mut self) -> Violations {
        for name in self.object.keys() {
            if !self.known.contains(&name.as_str()) {
                self.refuse(name, UNKNOWN_PROPERTY);
            }
        }
        self.violations
    }
}

impl Fields for ObjectReader<'_> {
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
        // To JSON Schema, 20.0 is an integer as 20 is.
        let number = self.any(name)?.as_f64().filter(|number| number.fract() == 0.0);
        let number = number.and_then(|number| range.clone().find(|known| *known as f64 == number));
        if number.is_none() {
            self.refuse(name, out_of_range(&range));
        }
        number
    }

    fn has(&self, name: &str) -> bool {
        self.has(name)
    }

    fn refuse(&mut self, name: &str, message: impl Into<Refusal>) {
        self.refuse(name, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::error::ErrorCode;

    #[test]
    fn duplicate_keys_are_refused_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":[{"b":{"c":1,"c":2}}]}"#, r#"{"a":1,"\u0061":1}"#]
        {
            let error = parse_object(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedRequest);
            assert!(error.public_message().contains("duplicate"));
        }
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        let deep = "[".repeat(200);
        for bytes in [
            &b""[..],
            b"{",
            b"{} {}",
            b"{\"a\":1e999}",
            b"\xff",
            b"\xef\xbb\xbf{}",
            b"{\"a\":\"\\ud800\"}",
            deep.as_bytes(),
        ] {
            let error = parse_object(bytes).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedRequest, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_json_but_not_an_object_fails_validation() {
        for text in ["[]", "null", "1", "\"x\""] {
            let error = parse_object(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::ValidationFailed);
        }
    }

    #[test]
    fn the_list_of_violations_is_bounded() {
        let object: Object = (0..1000).map(|n| (format!("p{n}"), Value::Null)).collect();
        let Err(Error::ValidationFailed(errors)) = ObjectReader::new(&object).finish() else {
            panic!("unknown properties were taken");
        };
        assert_eq!(errors.len(), MAX_FIELD_ERRORS);
    }
}
