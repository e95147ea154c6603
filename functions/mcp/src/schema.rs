//! Schemas of tools, from the types that the use cases read and write.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Value, json};

use crate::tool_call::ToolError;

/// The schema of a tool's arguments.
pub(crate) fn input<T: JsonSchema>() -> JsonObject {
    schema::<T>(Contract::Deserialize)
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
    let mut schema = Value::from(settings.into_generator().into_root_schema_for::<T>());
    tidy(&mut schema);
    match schema {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}

/// Titles repeat the names of types, and a default of null stands for none.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("title").is_some_and(Value::is_string) {
                object.remove("title");
            }
            if object.get("default").is_some_and(Value::is_null) {
                object.remove("default");
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(values) => values.iter_mut().for_each(tidy),
        _ => {}
    }
}
