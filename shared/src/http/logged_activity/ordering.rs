//! How a client wants a list to be ordered.

use std::cmp::{Ordering as Order, Reverse};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::domain::value::Refusal;

/// The properties that a list is to be ordered by, the first before the second, each
/// from its smallest value on, or from its largest with a `-` in front. What a row
/// does not have orders nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ordering(Vec<(String, Direction)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

impl Ordering {
    /// Reads names between commas. Any text is taken: unknown names order nothing.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let property = |name: &str| match name.strip_prefix('-') {
            Some(name) => (name.to_owned(), Direction::Descending),
            None => (name.to_owned(), Direction::Ascending),
        };
        Ok(Self(names.map(property).collect()))
    }

    /// Orders rows by what `key` has of them under a name.
    pub(super) fn sort<T, K: Ord>(&self, rows: &mut [T], key: impl Fn(&T, &str) -> Option<K>) {
        rows.sort_by(|one, other| {
            let compared = self.0.iter().map(|(name, direction)| {
                let (one, other) = (key(one, name), key(other, name));
                match direction {
                    Direction::Ascending => one.cmp(&other),
                    Direction::Descending => Reverse(one).cmp(&Reverse(other)),
                }
            });
            compared.into_iter().find(|order| order.is_ne()).unwrap_or(Order::Equal)
        });
    }
}

impl JsonSchema for Ordering {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Ordering".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(ordering: &str) -> Vec<(i32, &'static str)> {
        let mut rows = vec![(2, "b"), (1, "b"), (3, "a")];
        Ordering::parse(ordering).unwrap().sort(&mut rows, |(number, text), name| match name {
            "number" => Some(format!("{number}")),
            "text" => Some((*text).to_owned()),
            _ => None,
        });
        rows
    }

    #[test]
    fn rows_are_ordered_by_what_they_have() {
        assert_eq!(sorted("number"), [(1, "b"), (2, "b"), (3, "a")]);
        assert_eq!(sorted("-number"), [(3, "a"), (2, "b"), (1, "b")]);
        assert_eq!(sorted("text,-number"), [(3, "a"), (2, "b"), (1, "b")]);
        assert_eq!(sorted(" -text , number "), [(1, "b"), (2, "b"), (3, "a")]);
        // As they were.
        for ordering in ["", ",", "-", "colour", "-colour", "text,colour,"] {
            let expected = if ordering.starts_with("text") {
                [(3, "a"), (2, "b"), (1, "b")]
            } else {
                [(2, "b"), (1, "b"), (3, "a")]
            };
            assert_eq!(sorted(ordering), expected, "{ordering}");
        }
    }
}
