//! JSON, read strictly: no object has the same key twice, and there are only so
//! many values. A byte of text can be a value, which takes a hundred times as
//! much memory. What is wrong is told by its kind and its place.

mod malformed;

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use self::malformed::Malformed;
use crate::domain::error::{Error, Result};

/// The most values that an input has, the names of properties and what holds
/// values included: twice as many as `fields` has room for.
pub const MAX_VALUES: usize = 65_536;

/// An object as it was given.
pub type Object = Map<String, Value>;

/// The field of a violation that is about an input as a whole.
pub const WHOLE: &str = "$";
/// The rule that any other JSON breaks.
pub const NOT_AN_OBJECT: &str = "must be a JSON object";

/// What editors and some libraries write in front of UTF-8; it is no part of it
/// ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-8.1) lets a parser skip
/// it).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A text without the byte order mark that it may begin with.
#[must_use]
pub fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// Parses JSON in which no object has the same key twice. A byte order mark in front
/// of it is skipped.
///
/// # Errors
///
/// [`Error::MalformedRequest`] for bytes that are not UTF-8, for JSON syntax
/// and for duplicate keys, [`Error::TooManyValues`] before these two.
pub fn parse(bytes: &[u8]) -> Result<Value> {
    parse_from_line(without_byte_order_mark(bytes), 1)
}

/// Parses JSON whose first line is not the first of where it is from.
fn parse_from_line(bytes: &[u8], first_line: u64) -> Result<Value> {
    let malformed = Malformed { first_line };
    let text = std::str::from_utf8(bytes).map_err(|error| malformed.not_utf8(bytes, &error))?;
    expect_bounded(text)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    UniqueKeys
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| malformed.not_json(text, &error))
}

/// The same, where it is an object.
///
/// # Errors
///
/// Those of [`parse`], and [`Error::ValidationFailed`] for any other JSON.
pub fn parse_object(bytes: &[u8]) -> Result<Object> {
    object_of(parse(bytes)?)
}

/// The same of one line of several, whose number an error names.
///
/// # Errors
///
/// Those of [`parse_object`].
pub fn parse_object_of_line(line: &[u8], number: u64) -> Result<Object> {
    object_of(parse_from_line(line, number)?)
}

fn object_of(value: Value) -> Result<Object> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(Error::invalid(WHOLE, NOT_AN_OBJECT)),
    }
}

/// Some properties of an object, without making anything of the others; `None` where
/// it does not have them, or is no object: serde would take the elements of a list
/// for them.
pub fn properties_of<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    let json = without_byte_order_mark(json);
    let is_object = json.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(json).ok()).flatten()
}

/// Takes out every property that is null, at any depth: what has nulls in the place of
/// what may be left out says the same without them.
pub fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(remove_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}

/// Refuses JSON with more than [`MAX_VALUES`] before anything is made of it.
///
/// # Errors
///
/// [`Error::TooManyValues`].
pub fn expect_bounded(json: &str) -> Result<()> {
    // There can't be more values than bytes.
    if json.len() > MAX_VALUES && count_values(json) > MAX_VALUES {
        return Err(Error::TooManyValues);
    }
    Ok(())
}

/// How many values and names a text has if it is JSON.
fn count_values(json: &str) -> usize {
    #[derive(Clone, Copy)]
    enum Within {
        Nothing,
        Word,
        String,
        Escape,
    }
    let (mut count, mut within) = (0, Within::Nothing);
    for byte in json.as_bytes() {
        within = match (within, byte) {
            (Within::String, b'"') => Within::Nothing,
            (Within::String, b'\\') => Within::Escape,
            (Within::String | Within::Escape, _) => Within::String,
            (_, b'}' | b']' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t') => Within::Nothing,
            (Within::Word, b'"' | b'{' | b'[') | (Within::Nothing, _) => {
                count += 1;
                match byte {
                    b'"' => Within::String,
                    b'{' | b'[' => Within::Nothing,
                    _ => Within::Word,
                }
            }
            (Within::Word, _) => Within::Word,
        };
    }
    count
}

/// An object within other JSON, in which none has the same key twice, however deep.
#[derive(Clone, Debug, PartialEq)]
pub struct UniqueObject(pub Object);

impl<'de> Deserialize<'de> for UniqueObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match UniqueKeys.deserialize(deserializer)? {
            Value::Object(object) => Ok(Self(object)),
            _ => Err(D::Error::custom(NOT_AN_OBJECT)),
        }
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
            // Before the value, so that the place is that of the name.
            if object.contains_key(&key) {
                return Err(A::Error::custom("duplicate key"));
            }
            let value = map.next_value_seed(UniqueKeys)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
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
            b"\xef\xbb\xbf",
            b"\xef\xbb\xbf\xef\xbb\xbf{}",
            b" \xef\xbb\xbf{}",
            b"{\"a\":\"\\ud800\"}",
            deep.as_bytes(),
        ] {
            let error = parse_object(bytes).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedRequest, "{bytes:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_in_front_is_skipped() {
        let marked = b"\xef\xbb\xbf {\"id\":1}";
        assert_eq!(parse_object(marked).unwrap()["id"], 1);
        let id: Option<std::collections::HashMap<String, u8>> = properties_of(marked);
        assert_eq!(id.unwrap()["id"], 1);
    }

    #[test]
    fn properties_are_those_of_an_object() {
        #[derive(Deserialize)]
        struct Named<'a> {
            name: &'a str,
        }
        let name = |json: &'static str| properties_of::<Named<'_>>(json.as_bytes());
        assert_eq!(name(" \n{\"more\":[{}],\"name\":\"a\"}").unwrap().name, "a");
        for json in ["[\"a\"]", "{}", "", "\"a\"", "{\"name\":1}"] {
            assert!(name(json).is_none(), "{json}");
        }
    }

    #[test]
    fn every_value_and_every_name_counts() {
        for (text, count) in [
            ("", 0),
            (" 1 ", 1),
            ("[]", 1),
            ("[1,-2.5e3,true,null,\"a\"]", 6),
            (r#"{"a":{"":[{}]}}"#, 6),
            (r#"["a\"b","\\",",[{"]"#, 4),
            ("[[ ] , [\n1\t] ]", 4),
            ("\"never ended [1,2", 1),
        ] {
            assert_eq!(count_values(text), count, "{text}");
        }
    }

    #[test]
    fn values_are_bounded_whatever_they_are() {
        let list = |value: &str, count: usize| format!("[{}]", vec![value; count].join(","));
        assert!(parse(list("0", MAX_VALUES - 1).as_bytes()).is_ok());
        for (value, values) in [
            ("0", 1),
            ("[]", 1),
            ("{}", 1),
            ("\"\"", 1),
            ("null", 1),
            (r#"{"":0}"#, 3),
            (r#"{"a":1,"a":2}"#, 5),
            ("x", 1),
        ] {
            let text = list(value, MAX_VALUES / values + 1);
            assert!(matches!(parse(text.as_bytes()), Err(Error::TooManyValues)), "{value}");
        }
        // A long text is one value.
        assert!(parse(format!("[\"{}\"]", "x".repeat(MAX_VALUES)).as_bytes()).is_ok());
    }

    #[test]
    fn what_is_json_but_not_an_object_fails_validation() {
        for text in ["[]", "null", "1", "\"x\""] {
            let error = parse_object(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::ValidationFailed);
        }
    }
}
