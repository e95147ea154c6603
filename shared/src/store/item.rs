//! An item, the key that it begins with, and how its attributes are written and
//! read.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::failure::CorruptItem;
use crate::domain::clock::{Rounding, Timestamp};

/// An item as DynamoDB has it.
pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    /// The key of an item; `None` where it is no text.
    pub(super) fn of(item: &Item) -> Option<Self> {
        let part = |name: &str| item.get(name)?.as_s().ok().cloned();
        Some(Self { pk: part(PK)?, sk: part(SK)? })
    }

    /// The key as attributes of an item.
    pub(super) fn into_item(self) -> Item {
        Item::from([
            (PK.to_owned(), AttributeValue::S(self.pk)),
            (SK.to_owned(), AttributeValue::S(self.sk)),
        ])
    }
}

/// The projection that reads keys alone.
pub(super) fn keys_only() -> String {
    format!("{PK}, {SK}")
}

/// What DynamoDB takes of an item at most: [400 KB of names and
/// values](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items).
pub(super) const MAX_ITEM_BYTES: usize = 400 * 1024;

/// How many bytes a strongly consistent read unit is for.
pub(super) const READ_UNIT_BYTES: usize = 4_096;

/// How many bytes a write unit is for. In a transaction a write takes two of each.
pub(super) const WRITE_UNIT_BYTES: usize = 1_024;

/// The units of a write of so many bytes.
pub(super) fn write_units(bytes: usize) -> usize {
    bytes.div_ceil(WRITE_UNIT_BYTES)
}

/// The size that DynamoDB counts: the bytes of names and values, for the texts,
/// numbers and binary values that items here are made of.
pub(super) fn size_bytes(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| {
            let value_bytes = match value {
                AttributeValue::S(text) => text.len(),
                // Two digits a byte and a byte, at most 21.
                AttributeValue::N(digits) => (digits.len() / 2 + 2).min(21),
                AttributeValue::B(bytes) => bytes.as_ref().len(),
                _ => 0,
            };
            name.len() + value_bytes
        })
        .sum()
}

/// Builds an item from its key on.
pub(super) struct ItemWriter(Item);

impl ItemWriter {
    pub(super) fn new(key: Key) -> Self {
        Self(key.into_item())
    }

    /// Some attributes of an item whose key is known elsewhere.
    pub(super) fn of_attributes() -> Self {
        Self(Item::new())
    }

    pub(super) fn text(mut self, name: &str, value: impl ToString) -> Self {
        self.0.insert(name.to_owned(), AttributeValue::S(value.to_string()));
        self
    }

    pub(super) fn text_if_some(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub(super) fn binary(mut self, name: &str, value: &[u8]) -> Self {
        self.0.insert(name.to_owned(), AttributeValue::B(value.into()));
        self
    }

    pub(super) fn binary_if_some(self, name: &str, value: Option<&[u8]>) -> Self {
        match value {
            Some(value) => self.binary(name, value),
            None => self,
        }
    }

    /// A value as JSON text. All that is stored so has a JSON form.
    pub(super) fn json(self, name: &str, value: &impl serde::Serialize) -> Self {
        let text = serde_json::to_string(value).expect("the value has a JSON form");
        self.text(name, text)
    }

    pub(super) fn json_if_some(self, name: &str, value: Option<&impl serde::Serialize>) -> Self {
        match value {
            Some(value) => self.json(name, value),
            None => self,
        }
    }

    pub(super) fn number(mut self, name: &str, value: i64) -> Self {
        self.0.insert(name.to_owned(), AttributeValue::N(value.to_string()));
        self
    }

    pub(super) fn number_if_some(self, name: &str, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.number(name, value),
            None => self,
        }
    }

    pub(super) fn size_bytes(&self) -> usize {
        size_bytes(&self.0)
    }

    pub(super) fn finish(self) -> Item {
        self.0
    }
}

/// Reads an item, and names its key when something is wrong with it.
pub(super) struct ItemReader<'a>(&'a Item);

impl<'a> ItemReader<'a> {
    pub(super) fn new(item: &'a Item) -> Self {
        Self(item)
    }

    /// Compares names, which for the few of an item is quicker than hashing.
    pub(super) fn get(&self, name: &str) -> Option<&'a AttributeValue> {
        self.0.iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    pub(super) fn corrupt(&self, problem: impl Into<String>) -> CorruptItem {
        let part = |name| self.get(name).and_then(|value| value.as_s().ok()).cloned();
        CorruptItem {
            pk: part(PK).unwrap_or_default(),
            sk: part(SK).unwrap_or_default(),
            problem: problem.into(),
        }
    }

    pub(super) fn text_if_some(&self, name: &str) -> Result<Option<&'a str>, CorruptItem> {
        match self.get(name) {
            None => Ok(None),
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            Some(_) => Err(self.corrupt(format!("{name} is not a string"))),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, CorruptItem> {
        self.text_if_some(name)?.ok_or_else(|| self.corrupt(format!("{name} is missing")))
    }

    /// Bytes.
    pub(super) fn bytes(&self, name: &str) -> Result<&'a [u8], CorruptItem> {
        match self.get(name) {
            Some(AttributeValue::B(bytes)) => Ok(bytes.as_ref()),
            Some(_) => Err(self.corrupt(format!("{name} is not binary"))),
            None => Err(self.corrupt(format!("{name} is missing"))),
        }
    }

    /// Bytes that have to be read as a domain type.
    pub(super) fn bytes_if_some<T>(
        &self,
        name: &str,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, CorruptItem> {
        if self.get(name).is_none() {
            return Ok(None);
        }
        let read = read(self.bytes(name)?);
        read.map(Some).ok_or_else(|| self.corrupt(format!("{name} has another length")))
    }

    /// A text that has to parse as a domain type. The problem names the
    /// attribute and not its value.
    pub(super) fn parsed<T, E>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, CorruptItem> {
        self.parse_text(name, self.text(name)?, parse)
    }

    pub(super) fn parse_text<T, E>(
        &self,
        name: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, CorruptItem> {
        parse(text).map_err(|_| self.corrupt(format!("{name} is not valid")))
    }

    pub(super) fn parsed_if_some<T, E>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, CorruptItem> {
        let text = self.text_if_some(name)?;
        text.map(|text| self.parse_text(name, text, parse)).transpose()
    }

    pub(super) fn json<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<T, CorruptItem> {
        self.parsed(name, |text| serde_json::from_str(text))
    }

    pub(super) fn json_if_some<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, CorruptItem> {
        self.parsed_if_some(name, |text| serde_json::from_str(text))
    }

    pub(super) fn timestamp(&self, name: &str) -> Result<Timestamp, CorruptItem> {
        self.parsed(name, |text| Timestamp::parse(text, Rounding::Down).ok_or(()))
    }

    pub(super) fn timestamp_if_some(&self, name: &str) -> Result<Option<Timestamp>, CorruptItem> {
        self.parsed_if_some(name, |text| Timestamp::parse(text, Rounding::Down).ok_or(()))
    }

    pub(super) fn number(&self, name: &str) -> Result<i64, CorruptItem> {
        self.number_if_some(name)?.ok_or_else(|| self.corrupt(format!("{name} is missing")))
    }

    pub(super) fn number_if_some(&self, name: &str) -> Result<Option<i64>, CorruptItem> {
        match self.get(name) {
            None => Ok(None),
            Some(AttributeValue::N(digits)) => match digits.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(self.corrupt(format!("{name} is not a whole number"))),
            },
            Some(_) => Err(self.corrupt(format!("{name} is not a number"))),
        }
    }

    /// The last part of the partition key, which names the record.
    pub(super) fn key_part(&self) -> Result<&'a str, CorruptItem> {
        let pk = self.text(PK)?;
        pk.rsplit('#').next().ok_or_else(|| self.corrupt("pk has no parts"))
    }
}
