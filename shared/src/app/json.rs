//! JSON, read strictly: no object has the same key twice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::domain::error::{Error, Result};

/// An object as it was given.
pub type Object = Map<String, Value>;

/// The field of a violation that is about an input as a whole.
pub const WHOLE: &str = "$";
/// The rule that any other JSON breaks.
pub const NOT_AN_OBJECT: &str = "must be a JSON object";

/// Parses JSON in which no object has the same key twice.
///
/// # Errors
///
/// [`Error::MalformedRequest`] for bytes that are not UTF-8, for JSON syntax
/// and for duplicate keys.
pub fn parse(bytes: &[u8]) -> Result<Value> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::MalformedRequest("The request body is not valid UTF-8."))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    UniqueKeys
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| {
            if error.is_data() {
                Error::MalformedRequest("The request body has an object with a duplicate key.")
            } else {
                Error::MalformedRequest("The request body is not valid JSON.")
            }
        })
}

/// The same, where it is an object.
///
/// # Errors
///
/// Those of [`parse`], and [`Error::ValidationFailed`] for any other JSON.
pub fn parse_object(bytes: &[u8]) -> Result<Object> {
    match parse(bytes)? {
        Value::Object(object) => Ok(object),
        _ => Err(Error::invalid(WHOLE, NOT_AN_OBJECT)),
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
}
