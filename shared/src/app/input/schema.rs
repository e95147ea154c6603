//! The JSON Schema of an input.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::app::json::Object;

/// The JSON Schema of an input, as [`input!`](crate::input) makes it.
#[derive(Debug)]
pub struct InputSchema(Schema);

impl InputSchema {
    /// Of an input without properties.
    #[must_use]
    pub fn new(about: &[&str]) -> Self {
        Self(json_schema!({
            "type": "object",
            "description": prose(about),
            "properties": {},
            "additionalProperties": false,
        }))
    }

    /// Adds a property.
    pub fn add<T: JsonSchema>(
        &mut self,
        generator: &mut SchemaGenerator,
        name: &str,
        required: bool,
        doc: &[&str],
        max_items: Option<usize>,
    ) {
        let mut schema = generator.subschema_for::<T>();
        schema.insert("description".to_owned(), prose(doc).into());
        if let Some(max) = max_items {
            schema.insert("maxItems".to_owned(), max.into());
        }
        self.object("properties").insert(name.to_owned(), schema.into());
        if required {
            let names = self
                .0
                .ensure_object()
                .entry("required")
                .or_insert_with(|| Vec::<Value>::new().into());
            names.as_array_mut().expect("it was made as a list").push(name.into());
        }
    }

    /// Adds that two properties only come together.
    pub fn add_together(&mut self, one: &str, other: &str) {
        self.add_only_with(one, other);
        self.add_only_with(other, one);
    }

    /// Adds that a property only comes with another.
    pub fn add_only_with(&mut self, dependent: &str, needed: &str) {
        self.object("dependentRequired").insert(dependent.to_owned(), vec![needed].into());
    }

    /// The whole.
    #[must_use]
    pub fn finish(self) -> Schema {
        self.0
    }

    fn object(&mut self, keyword: &str) -> &mut Object {
        let value = self.0.ensure_object().entry(keyword).or_insert_with(|| Object::new().into());
        value.as_object_mut().expect("it was made as an object")
    }
}

/// The text of a documentation comment.
fn prose(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
