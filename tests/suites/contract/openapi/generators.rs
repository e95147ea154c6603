//! What generators of clients rely on: they name what has a name, and guess at the
//! rest. `tests/clients/run` tries them.

use std::collections::BTreeSet;

use activity_log_tests::stack::Stack;
use serde_json::{Map, Value, json};

use super::{Description, array, object, text, walk};

/// Where schemas have names.
const NAMED: &str = "/components/schemas/";
/// The formats of strings and numbers that generators know, of those that are used.
const FORMATS: [&str; 5] = ["binary", "date-time", "int32", "uri-reference", "uuid"];
/// Words that JavaScript, TypeScript or Python has for something else.
const TAKEN: [&str; 9] =
    ["Array", "Date", "Error", "Exception", "Map", "Object", "Record", "Response", "Set"];
/// Answers to methods that are not described, so that no operation has them.
const OF_NO_OPERATION: [&str; 2] = ["v1_405", "logged_activity_405"];

/// Whether a place is that of a schema with a name, and not one within it.
fn is_named(place: &str) -> bool {
    place.strip_prefix(NAMED).is_some_and(|name| !name.contains('/'))
}

/// Calls `visit` with every schema of a document and its place.
fn walk_schemas(document: &Value, visit: &mut impl FnMut(&Value, &str)) {
    for (name, schema) in object(&document["components"]["schemas"]) {
        walk_schema(schema, &format!("{NAMED}{name}"), visit);
    }
    walk(document, "", &mut |value, place| {
        if let Some(schema) = value.get("schema").filter(|_| !place.contains(NAMED)) {
            walk_schema(schema, &format!("{place}/schema"), visit);
        }
    });
}

fn walk_schema(schema: &Value, place: &str, visit: &mut impl FnMut(&Value, &str)) {
    visit(schema, place);
    for keyword in ["items", "contains", "not", "if", "then", "else", "propertyNames"] {
        if let Some(inner) = schema.get(keyword) {
            walk_schema(inner, &format!("{place}/{keyword}"), visit);
        }
    }
    // Whether there may be others is the one choice that is a boolean everywhere.
    if let Some(inner) = schema.get("additionalProperties").filter(|inner| !inner.is_boolean()) {
        walk_schema(inner, &format!("{place}/additionalProperties"), visit);
    }
    for keyword in ["allOf", "anyOf", "oneOf", "prefixItems"] {
        let inner = schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
        for (index, inner) in inner.enumerate() {
            walk_schema(inner, &format!("{place}/{keyword}/{index}"), visit);
        }
    }
    for keyword in ["properties", "patternProperties", "dependentSchemas", "$defs"] {
        let inner = schema.get(keyword).and_then(Value::as_object).into_iter().flatten();
        for (name, inner) in inner {
            walk_schema(inner, &format!("{place}/{keyword}/{name}"), visit);
        }
    }
}

/// What of a schema a generator would have to find a name for, or not understand.
fn objection(schema: &Value, place: &str) -> Option<&'static str> {
    let Some(schema) = schema.as_object() else { return Some("is a boolean") };
    let has = |keyword: &str| schema.contains_key(keyword);
    let format = schema.get("format").and_then(Value::as_str);
    if has("allOf") {
        return Some("merges schemas");
    }
    if has("const") && !has("type") {
        return Some("is a constant without a type");
    }
    if format.is_some_and(|format| !FORMATS.contains(&format)) {
        return Some("has a format that is not widely known");
    }
    if is_named(place) {
        return None;
    }
    if has("enum") {
        return Some("is an enumeration without a name");
    }
    if has("properties") || schema.get("type") == Some(&json!("object")) {
        return Some("is an object without a name");
    }
    let choices = ["anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword));
    choices
        .into_iter()
        .any(|choices| !is_nullable_reference(choices))
        .then_some("is a choice without a name")
}

/// Whether a choice is between one schema with a name and null.
fn is_nullable_reference(choices: &Value) -> bool {
    match array(choices).as_slice() {
        [reference, null] => reference.get("$ref").is_some() && *null == json!({ "type": "null" }),
        _ => false,
    }
}

#[tokio::test]
async fn everything_that_a_client_has_a_type_for_has_a_name() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let (mut schemas, mut objections) = (0, Vec::new());
    walk_schemas(&description.document, &mut |schema, place| {
        schemas += 1;
        objections.extend(objection(schema, place).map(|why| format!("{place} {why}")));
    });
    assert!(objections.is_empty(), "{}", objections.join("\n"));
    assert!(schemas > 200, "{schemas} schemas");
}

#[test]
fn what_a_client_would_have_to_guess_is_objected_to() {
    let inner = format!("{NAMED}Activity/properties/type");
    for (schema, place) in [
        (json!(true), inner.as_str()),
        (json!(false), inner.as_str()),
        (json!({ "type": "string", "enum": ["a"] }), &inner),
        (json!({ "type": "object", "properties": {} }), &inner),
        (json!({ "type": "object", "additionalProperties": { "type": "string" } }), &inner),
        (json!({ "oneOf": [{ "$ref": "#/a" }, { "$ref": "#/b" }] }), &inner),
        (json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }), &inner),
        (json!({ "allOf": [{ "$ref": "#/a" }, { "properties": {} }] }), &inner),
        (json!({ "allOf": [{ "$ref": "#/a" }] }), "/components/schemas/Activity"),
        (json!({ "const": "a" }), "/components/schemas/Activity"),
        (json!({ "type": "integer", "format": "uint32" }), &inner),
    ] {
        assert!(objection(&schema, place).is_some(), "{schema} at {place}");
    }
}

#[tokio::test]
async fn no_name_is_there_twice_or_taken_or_numbered() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let mut names = BTreeSet::new();
    let mut lists = BTreeSet::new();
    for (name, schema) in object(&description.document["components"]["schemas"]) {
        // Languages differ in what they make of capitals.
        assert!(names.insert(name.to_ascii_lowercase()), "{name} is there twice");
        assert!(!TAKEN.contains(&name.as_str()), "{name} is the name of something else");
        // A second type of one name gets a number.
        assert!(!name.ends_with(|last: char| last.is_ascii_digit()), "{name}");
        if let Some(words) = schema.get("enum") {
            assert!(lists.insert(words.to_string()), "the words of {name} are there twice");
        }
    }
    assert!(lists.len() > 5, "{} enumerations", lists.len());
}

/// Whoever reads it, or tries it from a page, sees what each value looks like.
#[tokio::test]
async fn every_parameter_body_and_answer_has_an_example() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let has_example = |value: &Map<String, Value>| {
        value.contains_key("example")
            || value.get("examples").and_then(Value::as_object).is_some_and(|list| !list.is_empty())
    };
    let (mut parameters, mut bodies) = (0, 0);
    walk(&description.document, "", &mut |value, place| {
        if value.contains_key("in") && value.contains_key("schema") {
            assert!(has_example(value), "{place}, {}, has no example", value["name"]);
            parameters += 1;
        }
        if place.ends_with("/content/application/json") {
            assert!(has_example(value), "{place} has no example");
            bodies += 1;
        }
    });
    assert!(parameters > 20 && bodies > 20, "{parameters} parameters, {bodies} bodies");
}

#[tokio::test]
async fn every_error_of_an_operation_is_a_reference_to_a_named_answer() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let mut used = BTreeSet::new();
    for operation in description.operations() {
        let id = text(&operation["operationId"]);
        for (status, response) in object(&operation["responses"]) {
            if status.starts_with('2') {
                continue;
            }
            let reference = response.get("$ref").unwrap_or_else(|| panic!("{status} of {id}"));
            used.insert(text(reference).trim_start_matches("#/components/responses/").to_owned());
        }
    }
    used.extend(OF_NO_OPERATION.map(str::to_owned));
    let responses = object(&description.document["components"]["responses"]);
    assert_eq!(used, responses.keys().cloned().collect());
    for (name, response) in responses {
        let schema = &response["content"]["application/json"]["schema"];
        assert!(schema.get("$ref").is_some(), "{name} has {schema}");
    }
}
