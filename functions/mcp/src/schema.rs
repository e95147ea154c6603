//! Schemas of tools, from the types that the use cases read and write.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Value, json};

use crate::failure::ToolError;

/// The schema of a tool's arguments.
pub(crate) fn input<T: JsonSchema>() -> JsonObject {
    schema::<T>(Contract::Deserialize)
}

/// The same with the properties of another input.
pub(crate) fn with_properties(mut schema: JsonObject, mut other: JsonObject) -> JsonObject {
    if let Some(Value::Object(properties)) = schema.get_mut("properties")
        && let Some(Value::Object(more)) = other.remove("properties")
    {
        properties.extend(more);
    }
    schema
}

/// The schema of a tool's result: what it gives back, or what is wrong. Clients
/// hold failures against it as well.
pub(crate) fn output<T: JsonSchema>() -> JsonObject {
    let mut schema = schema::<T>(Contract::Serialize);
    let success = schema.remove("required").unwrap_or_else(|| json!([]));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let error = self::schema::<ToolError<'static>>(Contract::Serialize);
        properties.insert("error".to_owned(), Value::Object(error));
    }
    schema.insert("oneOf".to_owned(), json!([{ "required": success }, { "required": ["error"] }]));
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// Everything in one place, without references: not every client follows them.
fn schema<T: JsonSchema>(contract: Contract) -> JsonObject {
    let mut settings = SchemaSettings::draft2020_12();
    settings.contract = contract;
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let Value::Object(mut schema) = Value::from(schema) else { return JsonObject::new() };
    // What the tool is for stands in its own description.
    schema.remove("description");
    tidy(&mut schema);
    schema
}

/// Leaves out what says nothing to an agent: titles, which repeat the names of
/// types, a default of null, which stands for none, and formats that JSON
/// Schema does not know. A choice of constants becomes a plain list of words.
fn tidy(schema: &mut JsonObject) {
    let unknown_format = |format: &str| format.starts_with("uint") || format.starts_with("int");
    schema.retain(|keyword, value| match keyword.as_str() {
        "title" => !value.is_string(),
        "default" => !value.is_null(),
        "format" => !value.as_str().is_some_and(unknown_format),
        _ => true,
    });
    if let Some(words) = schema.get("oneOf").and_then(constants) {
        schema.remove("oneOf");
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("enum".to_owned(), words);
    }
    for value in schema.values_mut() {
        match value {
            Value::Object(object) => tidy(object),
            Value::Array(values) => {
                values.iter_mut().filter_map(Value::as_object_mut).for_each(tidy);
            }
            _ => {}
        }
    }
}

/// The constants of a choice, where it is one of nothing else.
fn constants(choices: &Value) -> Option<Value> {
    let choices = choices.as_array()?.iter();
    choices.map(|choice| choice.get("const").cloned()).collect()
}
