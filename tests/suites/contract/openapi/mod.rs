//! The description of the API is true: it is well-formed, it lists what there
//! is, real answers are as described, and what it says of inputs is what the
//! functions take.

mod answers;
mod generators;
mod inputs;

use std::collections::{BTreeMap, BTreeSet};

use activity_log_core::domain::error::ErrorCode;
use activity_log_core::http::logged_activity;
use activity_log_core::http::routes::{Dialect, Operation, Route, described_routes, dialect_of};
use activity_log_core::http::status::status;
use activity_log_tests::client::{ABSENT_ID, Answer, HttpCall};
use activity_log_tests::stack::Stack;
use activity_log_tests::{description, markdown};
use http::Method;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// Sent by the server itself, or what the media type of the content says.
const UNDESCRIBED_HEADERS: [&str; 3] = ["content-length", "content-type", "date"];

/// The document as a caller gets it.
struct Description {
    document: Value,
    strict_components: Value,
}

impl Description {
    async fn of(stack: &Stack) -> Self {
        let answer = stack.anonymous(Method::GET, "/openapi.json").send().await.expect(200);
        let document = answer.json();
        let mut strict_components = document["components"].clone();
        let schemas = strict_components["schemas"].as_object_mut();
        for schema in schemas.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut)
        {
            if schema.contains_key("properties") {
                schema.entry("additionalProperties").or_insert(json!(false));
            }
        }
        Self { document, strict_components }
    }

    /// What a reference leads to, or the value itself.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            None => value,
            Some(reference) => self.target(reference).expect(reference),
        }
    }

    fn target(&self, reference: &str) -> Option<&Value> {
        self.document.pointer(reference.strip_prefix('#')?)
    }

    fn operation(&self, route: &Route) -> &Value {
        let operation = &self.document["paths"][route.described_path()]
            [route.method.as_str().to_ascii_lowercase()];
        assert!(operation.is_object(), "{route:?} is not described");
        operation
    }

    fn operations(&self) -> Vec<&Value> {
        let paths = object(&self.document["paths"]);
        paths.values().flat_map(|path| object(path).values()).collect()
    }

    /// Described parameters of one place.
    fn parameters(&self, route: &Route, place: &str) -> BTreeMap<String, &Value> {
        let parameters = self.operation(route).get("parameters").and_then(Value::as_array);
        let here = parameters.into_iter().flatten().filter(|parameter| parameter["in"] == place);
        here.map(|parameter| (text(&parameter["name"]).to_owned(), parameter)).collect()
    }

    /// A validator of a schema of the document that also refuses properties
    /// that no schema names.
    fn validator(&self, schema: &Value) -> Validator {
        let whole = json!({ "components": self.strict_components, "allOf": [schema] });
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&whole)
            .unwrap_or_else(|error| panic!("{schema} is not a schema: {error}"))
    }

    #[track_caller]
    fn assert_valid(&self, schema: &Value, value: &Value) {
        if let Err(error) = self.validator(schema).validate(value) {
            panic!("{value} is not as described at {}: {error}", error.instance_path());
        }
    }

    /// Holds an answer against the response of its status: headers and body.
    #[track_caller]
    fn assert_answer(&self, route: &Route, answer: &Answer) {
        let status = answer.status.as_str();
        let Some(response) = self.operation(route)["responses"].get(status) else {
            panic!("{status} of {} is not described: {}", route.template, answer.json());
        };
        let response = self.resolve(response);
        let media_type = answer.header("content-type");
        let schema = &response["content"][media_type]["schema"];
        assert!(!schema.is_null(), "{media_type:?} is not described");
        let body = match (media_type, schema["format"].as_str()) {
            ("application/json", _) => answer.json(),
            // JSON has no bytes, so nothing more is said of them.
            (_, Some("binary")) => json!(""),
            _ => json!(str::from_utf8(&answer.body).expect("the body is text")),
        };
        self.assert_valid(schema, &body);
        assert_is_like_an_example(&response["content"][media_type], &body);

        let headers = object(&response["headers"]);
        for (name, header) in headers {
            let header = self.resolve(header);
            let value = match answer.headers.get(name) {
                Some(_) => answer.header(name),
                None if header["required"] == false => continue,
                None => panic!("{status} of {} has no {name}", route.template),
            };
            self.assert_valid(&header["schema"], &typed(&header["schema"], value));
        }
        for name in answer.headers.keys().map(http::HeaderName::as_str) {
            let described = headers.keys().any(|header| header.eq_ignore_ascii_case(name));
            assert!(described || UNDESCRIBED_HEADERS.contains(&name), "{name} is not described");
        }
    }
}

/// The schema of errors is one for all codes. Which properties a code always has is
/// what the examples of a response show, one for each code.
#[track_caller]
fn assert_is_like_an_example(content: &Value, error: &Value) {
    let Some(examples) = content.get("examples") else { return };
    let detail = |error: &Value| object(error.get("error").unwrap_or(error)).clone();
    let error = detail(error);
    let known = object(examples).values().map(|example| detail(&example["value"])).any(|example| {
        // Field errors of the logged-activity dialect have the names of fields, and no code.
        let of_fields = !example.contains_key("code");
        example.get("code") == error.get("code")
            && (of_fields || example.keys().all(|name| error.contains_key(name)))
    });
    assert!(known, "{error:?} is like none of {examples}");
}

#[track_caller]
fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object is described there")
}

#[track_caller]
fn array(value: &Value) -> &Vec<Value> {
    value.as_array().expect("an array is described there")
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().expect("a text is described there")
}

/// A value of a header or a parameter in the type that its schema asks for.
fn typed(schema: &Value, text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(number) if schema["type"] == "integer" => json!(number),
        _ => json!(text),
    }
}

/// Calls `visit` with every object of a document and its place.
fn walk(value: &Value, place: &str, visit: &mut impl FnMut(&Map<String, Value>, &str)) {
    match value {
        Value::Object(object) => {
            visit(object, place);
            for (name, value) in object {
                walk(value, &format!("{place}/{name}"), visit);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                walk(value, &format!("{place}/{index}"), visit);
            }
        }
        _ => {}
    }
}

/// A call of a route with a credential, if there is one, in its dialect.
fn call(stack: &Stack, route: &Route, id: &str, query: &str, key: Option<&str>) -> HttpCall {
    // What is no activity's id is no type either.
    let identifier = if id == ABSENT_ID || id == "act_123" { id } else { "email" };
    let path = route.template.replace("{id}", id).replace("{key_id}", id);
    let path = path.replace("{activity_identifier}", identifier);
    let path = path
        .replace("{tile+}", if id == ABSENT_ID || id == "act_123" { id } else { tile_of(route) });
    let path = format!("{path}{query}");
    let method = route.method.clone();
    let call = match key {
        None => stack.anonymous(method, &path),
        Some(key) => stack.call("acme", key, method, &path),
    };
    match route.operation {
        Operation::LogActivity => call.json(&email()),
        Operation::LogTypedActivity => call.json(&json!({ "related_objects": [] })),
        Operation::CreateKey => {
            call.json(&json!({ "actor": { "type": "agent", "id": "bot" }, "scopes": [] }))
        }
        Operation::RotateKey => call.json(&json!({})),
        Operation::CreateViewerToken => call.json(&json!({ "user_id": "jane" })),
        _ => call,
    }
}

/// What a log of some events has of the files that a route reads.
fn tile_of(route: &Route) -> &'static str {
    if route.operation == Operation::GetTile { "entries/000.p/1" } else { "000.p/1" }
}

/// An id that nothing has, for a route that names something by one.
fn absent_id(route: &Route) -> &'static str {
    let names = ["{id}", "{key_id}", "{tile+}"].iter().any(|name| route.template.contains(name));
    if names { ABSENT_ID } else { "" }
}

fn email() -> Value {
    json!({
        "type": "email",
        "summary": "Jane asked for pricing details",
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
    })
}

fn route_of(operation: Operation) -> &'static Route {
    described_routes().find(|route| route.operation == operation).expect("it has a route")
}

#[tokio::test]
async fn the_document_is_well_formed() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let document = &description.document;
    assert!(text(&document["openapi"]).starts_with("3.1."));
    assert_eq!(document["info"]["title"], "Activity Log");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["info"]["license"]["identifier"], "Apache-2.0");
    assert_eq!(document["servers"][0]["url"], "/");

    let tags: BTreeSet<&str> =
        array(&document["tags"]).iter().map(|tag| text(&tag["name"])).collect();
    let schemes = object(&document["components"]["securitySchemes"]);
    let mut ids = BTreeSet::new();
    for operation in description.operations() {
        let id = text(&operation["operationId"]);
        assert!(ids.insert(id), "{id} is there twice");
        for name in ["summary", "description"] {
            assert!(!text(&operation[name]).is_empty(), "{id} has no {name}");
        }
        for tag in array(&operation["tags"]) {
            assert!(tags.contains(text(tag)), "the tag {tag} is not described");
        }
        for requirement in array(&operation["security"]) {
            assert!(object(requirement).keys().all(|name| schemes.contains_key(name)));
        }
        for response in object(&operation["responses"]).values() {
            let response = description.resolve(response);
            assert!(!text(&response["description"]).is_empty());
        }
    }
    let used: BTreeSet<&str> = description
        .operations()
        .into_iter()
        .flat_map(|operation| array(&operation["tags"]))
        .map(|tag| text(tag))
        .collect();
    assert_eq!(used, tags);

    let components = object(&document["components"]);
    for name in components.values().flat_map(|kind| object(kind).keys()) {
        let known = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        assert!(name.chars().all(known), "{name} is not the name of a component");
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_schema_is_one() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let (mut references, mut schemas) = (0, 0);
    walk(&description.document, "", &mut |object, place| {
        if let Some(Value::String(reference)) = object.get("$ref") {
            assert!(
                description.target(reference).is_some(),
                "{reference} of {place} leads nowhere"
            );
            references += 1;
        }
        if let Some(schema) = object.get("schema") {
            assert!(jsonschema::draft202012::meta::is_valid(schema), "{place} is not a schema");
            schemas += 1;
        }
        // An absent property has no default of null: null is refused.
        assert_ne!(object.get("default"), Some(&Value::Null), "{place}");
    });
    for (name, schema) in object(&description.document["components"]["schemas"]) {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{name} is not a schema");
    }
    assert!(references > 50 && schemas > 20, "{references} references, {schemas} schemas");
}

#[tokio::test]
async fn the_operations_are_the_routes_with_their_scopes() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    assert_eq!(description.operations().len(), described_routes().count());
    for route in described_routes() {
        let operation = description.operation(route);
        assert_eq!(
            operation.get("x-required-scope"),
            route.scope.map(|scope| json!(scope)).as_ref()
        );
        let words = text(&operation["description"]);
        let security = match (route.scope, dialect_of(route.template)) {
            (None, _) if route.is_open() => json!([]),
            (None, _) => json!([{ "bearer": [] }]),
            (Some(_), Dialect::V1 | Dialect::Mcp) => {
                json!([{ "bearer": route.scopes().collect::<Vec<_>>() }])
            }
            (Some(scope), Dialect::LoggedActivity) => json!([
                { "X-API-KEY": [scope], "X-BUSINESS-ID": [scope], "X-USER-ID": [scope] }
            ]),
        };
        assert_eq!(operation["security"], security, "{}", route.template);
        match route.scope {
            Some(_) => {
                let mut scopes = route.scopes();
                assert!(scopes.all(|scope| words.contains(&format!("`{scope}`"))), "{words}");
            }
            None if route.is_open() => assert!(words.contains("No credential"), "{words}"),
            None => assert!(words.contains("Any credential"), "{words}"),
        }
        let in_braces: BTreeSet<String> = route
            .described_path()
            .split('/')
            .filter_map(|part| Some(part.strip_prefix('{')?.strip_suffix('}')?.to_owned()))
            .collect();
        let described = description.parameters(route, "path");
        assert!(described.values().all(|parameter| parameter["required"] == true));
        assert_eq!(described.into_keys().collect::<BTreeSet<_>>(), in_braces);
    }
}

#[tokio::test]
async fn every_error_code_is_described_with_its_status_in_both_dialects() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let responses = object(&description.document["components"]["responses"]);
    let mut described = BTreeSet::new();
    for (name, response) in responses {
        for (code, example) in object(&response["content"]["application/json"]["examples"]) {
            described.insert((name.clone(), code.clone()));
            let example = &example["value"];
            let code = ErrorCode::parse(code).unwrap();
            if name.starts_with("v1_") {
                assert_eq!(example["error"]["code"], code.as_str());
            } else if code == ErrorCode::ValidationFailed {
                assert!(object(example).values().all(Value::is_array));
            } else {
                assert_eq!(example["code"], logged_activity::code_word(code));
            }
        }
    }
    let expected = ErrorCode::ALL.iter().flat_map(|code| {
        let logged_status =
            if *code == ErrorCode::ValidationFailed { 400 } else { status(*code).as_u16() };
        let names =
            [format!("v1_{}", status(*code).as_u16()), format!("logged_activity_{logged_status}")];
        names.map(|name| (name, code.as_str().to_owned()))
    });
    assert_eq!(described, expected.collect());
}

#[tokio::test]
async fn every_example_is_valid() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let mut examples = 0;
    let mut check = |schema: &Value, example: &Value| {
        description.assert_valid(schema, example);
        examples += 1;
    };
    walk(&description.document, "", &mut |object, _| {
        let Some(schema) = object.get("schema") else { return };
        if let Some(example) = object.get("example") {
            check(schema, example);
        }
        for example in object.get("examples").and_then(Value::as_object).into_iter().flatten() {
            check(schema, &example.1["value"]);
        }
        for example in schema["examples"].as_array().into_iter().flatten() {
            check(schema, example);
        }
    });
    assert!(examples > 30, "{examples} examples");
}

#[tokio::test]
async fn the_description_in_docs_is_the_one_that_is_served() {
    let (served, kept) = (description::served().await, markdown::read(description::PATH));
    let pairs = served.lines().zip(kept.lines()).enumerate();
    let difference = pairs.into_iter().find(|(_, (served, kept))| served != kept);
    assert!(
        served == kept,
        "{} is not what is served, first at {difference:?}; write it anew with `{}`",
        description::PATH,
        description::COMMAND
    );
}
