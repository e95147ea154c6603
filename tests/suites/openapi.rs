//! The description of the API is true: it is well-formed, it lists what there
//! is, real answers are as described, and what it says of inputs is what the
//! functions take.

use std::collections::{BTreeMap, BTreeSet};

use activity_log_core::activity::{RelatedResourceId, Summary};
use activity_log_core::config::RelatedResourceCheck;
use activity_log_core::error::ErrorCode;
use activity_log_core::http::logged_activity;
use activity_log_core::http::routes::{Dialect, Operation, Route, described_routes, dialect_of};
use activity_log_core::principal::Scope;
use activity_log_core::store::client::connect_local;
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::faulty_engine::{Fault, FaultKind, FaultyEngine, When};
use activity_log_tests::stack::{Answer, Call, Stack, encode};
use futures_util::future::join_all;
use http::Method;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// Sent by the server itself, or what the media type of the content says.
const UNDESCRIBED_HEADERS: [&str; 3] = ["content-length", "content-type", "date"];
const ABSENT_ID: &str = "00000000-0000-7000-8000-000000000000";

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
        let operation =
            &self.document["paths"][route.template][route.method.as_str().to_ascii_lowercase()];
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
        self.assert_valid(schema, &answer.json());

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
            (None, _) => json!([]),
            (Some(scope), Dialect::V1 | Dialect::Mcp) => json!([{ "bearer": [scope] }]),
            (Some(scope), Dialect::LoggedActivity) => json!([
                { "X-API-KEY": [scope], "X-BUSINESS-ID": [scope], "X-USER-ID": [scope] }
            ]),
        };
        assert_eq!(operation["security"], security, "{}", route.template);
        match route.scope {
            Some(scope) => assert!(words.contains(&format!("`{scope}`")), "{words}"),
            None => assert!(words.contains("No credential"), "{words}"),
        }
        let in_braces: BTreeSet<String> = route
            .template
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
            if *code == ErrorCode::ValidationFailed { 400 } else { code.status().as_u16() };
        let names =
            [format!("v1_{}", code.status().as_u16()), format!("logged_activity_{logged_status}")];
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

/// A call of a route with a credential, if there is one, in its dialect.
fn call<'a>(stack: &'a Stack, route: &Route, id: &str, query: &str, key: Option<&str>) -> Call<'a> {
    // What is no activity's id is no type either.
    let identifier = if id == ABSENT_ID || id == "act_123" { id } else { "email" };
    let path = route.template.replace("{id}", id).replace("{activity_identifier}", identifier);
    let path = format!("{path}{query}");
    let call = stack.anonymous(route.method.clone(), &path);
    let call = match (key, dialect_of(route.template)) {
        (None, _) => call,
        (Some(key), Dialect::V1 | Dialect::Mcp) => {
            call.header("authorization", &format!("Bearer {key}"))
        }
        (Some(key), Dialect::LoggedActivity) => call
            .header("x-api-key", key)
            .header("x-business-id", "acme")
            .header("x-user-id", "user_1"),
    };
    match route.operation {
        Operation::LogActivity => call.json(&email()),
        Operation::LogTypedActivity => call.json(&json!({ "related_objects": [] })),
        _ => call,
    }
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

/// Statuses that were met, by route.
type Met = BTreeSet<(&'static str, Method, u16)>;

fn meet(met: &mut Met, description: &Description, route: &'static Route, answer: &Answer) {
    description.assert_answer(route, answer);
    met.insert((route.template, route.method.clone(), answer.status.as_u16()));
}

/// Every status that is described can be met, and every answer is as described.
#[tokio::test]
async fn answers_are_as_described_in_every_status() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let mut met = Met::new();
    meet_successes(&stack, &description, &mut met).await;
    meet_refusals(&stack, &description, &mut met).await;
    meet_refused_writes(&stack, &description, &mut met).await;
    meet_failures(&description, &mut met).await;

    let mut described = Met::new();
    for route in described_routes() {
        for status in object(&description.operation(route)["responses"]).keys() {
            described.insert((route.template, route.method.clone(), status.parse().unwrap()));
        }
    }
    // It asks the table for nothing, so that nothing in it can be made to fail.
    let openapi = route_of(Operation::GetOpenApi);
    assert!(described.remove(&(openapi.template, openapi.method.clone(), 500)));
    assert_eq!(met, described);
}

async fn meet_successes(stack: &Stack, description: &Description, met: &mut Met) {
    let service = stack.service_key("acme").await;
    let agent = stack.issue_key("acme", "agent:agent_7", Scope::ALL).await;
    stack.put_resource("acme", "contact", "con_123", Some("Jane Doe")).await;
    let mut whole = email();
    whole["body"] = "She has 40 seats in mind. ".repeat(20).into();
    whole["occurred_at"] = "2026-03-01T09:30:00+02:00".into();
    whole["idempotency_key"] = "once".into();
    let least = json!({ "type": "note", "summary": "x" });
    let log = route_of(Operation::LogActivity);
    let mut ids = Vec::new();
    for (key, input, replayed) in
        [(&agent, &whole, ""), (&agent, &whole, "true"), (&service, &least, "")]
    {
        let answer = stack.log(key, input).await.expect(201);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
        meet(met, description, log, &answer);
        ids.push(text(&answer.json()["activity"]["id"]).to_owned());
    }
    // A rejected and a denied write, for the audit trail to have one of each.
    let _ = stack.log(&service, &json!({})).await.expect(422);
    let reader = stack.issue_key("acme", "user:user_1", &[Scope::ActivityRead]).await;
    let _ = stack.log(&reader, &least).await.expect(403);

    let typed = route_of(Operation::LogTypedActivity);
    for replayed in ["", "true"] {
        let call = call(stack, typed, "", "", Some(&service)).header("idempotency-key", "typed");
        let answer = call.send().await.expect(201);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
        meet(met, description, typed, &answer);
    }

    for route in described_routes().filter(|route| route.scope != Some(Scope::ActivityWrite)) {
        let key = route.scope.map(|_| service.as_str());
        for id in &ids {
            meet(
                met,
                description,
                route,
                &call(stack, route, id, "", key).send().await.expect(200),
            );
        }
        // A page in the middle has a cursor.
        if description.parameters(route, "query").contains_key("limit") {
            let answer = call(stack, route, "", "?limit=1", key).send().await.expect(200);
            assert!(answer.json()["next_cursor"].is_string());
            meet(met, description, route, &answer);
        }
        if description.parameters(route, "query").contains_key("page_size") {
            let answer = call(stack, route, "", "?page_size=1", key).send().await.expect(200);
            assert!(answer.json()["next"].is_string());
            meet(met, description, route, &answer);
        }
    }
}

async fn meet_refusals(stack: &Stack, description: &Description, met: &mut Met) {
    let service = stack.service_key("acme").await;
    for route in described_routes() {
        let key = route.scope.map(|_| service.as_str());
        let field_errors = match dialect_of(route.template) {
            Dialect::V1 | Dialect::Mcp => 422,
            Dialect::LoggedActivity => 400,
        };
        let mut cases = vec![("?verbose=1", key, field_errors)];
        // A write reads its body first.
        if route.method == Method::GET {
            cases.push(("?a=%zz", key, 400));
        }
        let lacking;
        if let Some(scope) = route.scope {
            let others: Vec<Scope> =
                Scope::ALL.iter().copied().filter(|other| *other != scope).collect();
            lacking = stack.issue_key("acme", "service:other", &others).await;
            cases.push(("", None, 401));
            cases.push(("", Some("alk_acme.0.0"), 401));
            cases.push(("", Some(&lacking), 403));
        }
        // The type is looked for before what is asked of it.
        let id = if route.template.contains("{id}") { ABSENT_ID } else { "" };
        for (query, key, status) in cases {
            let answer = call(stack, route, id, query, key).send().await.expect(status);
            meet(met, description, route, &answer);
        }
        if route.template.contains('{') {
            for id in [ABSENT_ID, "act_123"] {
                let answer = call(stack, route, id, "", key).send().await.expect(404);
                meet(met, description, route, &answer);
            }
        }
    }
}

async fn meet_refused_writes(stack: &Stack, description: &Description, met: &mut Met) {
    let key = stack.service_key("acme").await;
    let log = route_of(Operation::LogActivity);
    let post = || stack.call(&key, Method::POST, log.template);
    let as_json = || post().header("content-type", "application/json");
    let mut unknown = email();
    unknown["related_resource_id"] = "con_404".into();
    let first = json!({ "type": "note", "summary": "x", "idempotency_key": "conflict" });
    let other = json!({ "type": "call", "summary": "x", "idempotency_key": "conflict" });
    let _ = stack.log(&key, &first).await.expect(201);
    for (call, status) in [
        (as_json().body("{"), 400),
        (as_json().body(r#"{"type":"note","type":"note"}"#), 400),
        (post().json(&unknown), 404),
        (post().json(&other), 409),
        (as_json().body(vec![b' '; 1024 * 1024 + 1]), 413),
        (post().header("content-type", "text/plain").body("{}"), 415),
        (as_json().body("[]"), 422),
        (post().json(&json!({ "type": 1, "verbose": true })), 422),
    ] {
        meet(met, description, log, &call.send().await.expect(status));
    }
    let typed = route_of(Operation::LogTypedActivity);
    let call = |route| call(stack, route, "", "", Some(&key));
    let conflict = call(typed).header("idempotency-key", "conflict").send().await.expect(409);
    meet(met, description, typed, &conflict);
    for route in [typed, route_of(Operation::ListResponses)] {
        let bytes = |body: Vec<u8>| {
            let path = route.template.replace("{activity_identifier}", "email");
            let call = stack.anonymous(Method::POST, &path).header("x-api-key", &key);
            call.header("x-business-id", "acme").header("x-user-id", "user_1").body(body)
        };
        for (call, status) in [
            (bytes(vec![b' '; 1024 * 1024 + 1]).header("content-type", "application/json"), 413),
            (bytes(b"{}".to_vec()).header("content-type", "text/plain"), 415),
        ] {
            meet(met, description, route, &call.send().await.expect(status));
        }
    }
}

/// The table throttles, can't be reached, or is gone.
async fn meet_failures(description: &Description, met: &mut Met) {
    let engine = Engine::start().await;
    let faulty = FaultyEngine::start(&engine.endpoint).await;
    let table_name = unique_name("suite");
    let stack = Stack::start_on(&faulty.endpoint, &table_name, |_| {}).await;
    // The credential is what every route reads first.
    let key = stack.service_key("acme").await;
    let secured = || described_routes().filter(|route| route.scope.is_some());
    for (kind, status) in [(FaultKind::Throttle, 429), (FaultKind::ServerError, 503)] {
        faulty.inject(Fault::on("GetItem", When::Always, kind));
        // Side by side, since each is only given up after some attempts.
        let answers = secured().map(async |route| {
            let answer = call(&stack, route, ABSENT_ID, "", Some(&key)).send().await;
            (route, answer.expect(status))
        });
        for (route, answer) in join_all(answers).await {
            meet(met, description, route, &answer);
        }
        faulty.clear();
    }
    let client = connect_local(&engine.endpoint);
    let deleted = client.delete_table().table_name(&table_name).send().await;
    deleted.expect("the engine deletes the table");
    for route in secured() {
        let answer = call(&stack, route, ABSENT_ID, "", Some(&key)).send().await.expect(500);
        meet(met, description, route, &answer);
    }
}

/// What is no route is answered as the text of the document says.
#[tokio::test]
async fn unknown_paths_and_methods_are_as_described() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    for (method, path, name) in [
        (Method::GET, "/v1/nothing", "v1_404"),
        (Method::DELETE, "/v1/activities", "v1_405"),
        (Method::GET, "/api/activities/logged", "logged_activity_404"),
        (Method::PUT, "/api/activities/logged/1", "logged_activity_405"),
    ] {
        let answer = stack.anonymous(method, path).send().await;
        let response = &description.document["components"]["responses"][name];
        assert!(name.ends_with(answer.status.as_str()), "{path}");
        description
            .assert_valid(&response["content"]["application/json"]["schema"], &answer.json());
        for header in object(&response["headers"]).keys() {
            assert!(!answer.header(header).is_empty(), "{path} has no {header}");
        }
    }
}

/// What becomes of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Schema and function take it.
    Taken,
    /// Both refuse it.
    Refused,
    /// The schema has no words for the rule, but the description has.
    RefusedInWords,
}
use Verdict::{Refused, RefusedInWords, Taken};

/// Times, and whether they are RFC 3339 with an offset and within the years
/// that a record can have.
const TIMES: &[(&str, Verdict)] = &[
    ("2026-03-01T09:30:00Z", Taken),
    ("2026-03-01T09:30:00.123456789Z", Taken),
    ("2026-03-01t09:30:00z", Taken),
    ("2026-03-01T09:30:00+05:30", Taken),
    ("2026-03-01T09:30:00-00:00", Taken),
    ("1970-01-01T00:00:00Z", Taken),
    ("2016-12-31T23:59:60Z", Taken),
    ("1969-12-31T23:59:59Z", RefusedInWords),
    ("1970-01-01T00:00:00+01:00", RefusedInWords),
    ("2026-03-01 09:30:00Z", Refused),
    ("2026-03-01T09:30:00", Refused),
    ("2026-03-01T09:30Z", Refused),
    ("2026-03-01T09:30:00+0530", Refused),
    ("2026-03-01T09:30:00\u{2212}05:00", Refused),
    ("2026-03-01T24:00:00Z", Refused),
    ("2026-02-30T09:30:00Z", Refused),
    ("2026-03-01", Refused),
    ("yesterday", Refused),
    ("", Refused),
];

/// Texts as ids and keys of a caller.
fn ids() -> Vec<(String, Verdict)> {
    vec![
        ("x".repeat(255), Taken),
        ("é".repeat(127), Taken),
        (" ".to_owned(), Taken),
        ("\u{2028}".to_owned(), Taken),
        (String::new(), Refused),
        ("x".repeat(256), Refused),
        ("a\nb".to_owned(), Refused),
        ("\u{0}".to_owned(), Refused),
        ("\u{7f}".to_owned(), Refused),
        ("\u{9f}".to_owned(), Refused),
        ("é".repeat(128), RefusedInWords),
    ]
}

fn input_cases() -> Vec<(Value, Verdict)> {
    let with = |name: &str, value: Value| {
        let mut input = json!({ "type": "note", "summary": "x" });
        input[name] = value;
        input
    };
    let related = |kind: Value, id: Value| {
        let mut input = with("related_resource_type", kind);
        input["related_resource_id"] = id;
        input
    };
    let mut cases = vec![
        (json!({}), Refused),
        (json!([]), Refused),
        (json!("x"), Refused),
        (json!(null), Refused),
        (json!({ "type": "note" }), Refused),
        (json!({ "summary": "x" }), Refused),
        (with("verbose", json!(true)), Refused),
        (with("id", json!(ABSENT_ID)), Refused),
        (with("type", json!("Note")), Refused),
        (with("type", json!("sms")), Refused),
        (with("summary", json!("")), Refused),
        (with("summary", json!(" \t\n\u{85}\u{3000}")), Refused),
        (with("summary", json!("\u{feff}")), Taken),
        (with("summary", json!("語".repeat(500))), Taken),
        (with("summary", json!("😀".repeat(500))), Taken),
        (with("summary", json!("x".repeat(501))), Refused),
        (with("summary", json!("😀".repeat(501))), Refused),
        (with("body", json!("")), Taken),
        (with("body", json!("語".repeat(65_536))), Taken),
        (with("body", json!("x".repeat(65_537))), Refused),
        (related(json!("contact"), json!("con_123")), Taken),
        (related(json!("lead"), json!("con_123")), Refused),
        (with("related_resource_type", json!("contact")), Refused),
        (with("related_resource_id", json!("con_123")), Refused),
        (with("occurred_at", json!("2999-01-01T00:00:00Z")), RefusedInWords),
    ];
    for word in ["call", "email", "meeting", "agent_action"] {
        cases.push((with("type", json!(word)), Taken));
    }
    for word in ["company", "deal", "task", "support_ticket"] {
        cases.push((related(json!(word), json!("1")), Taken));
    }
    for (time, verdict) in TIMES {
        cases.push((with("occurred_at", json!(time)), *verdict));
    }
    for (id, verdict) in ids() {
        cases.push((related(json!("deal"), json!(id)), verdict));
        cases.push((with("idempotency_key", json!(id)), verdict));
    }
    for name in ["type", "summary", "body", "occurred_at", "idempotency_key"] {
        for value in [json!(null), json!(1), json!(true), json!([]), json!({})] {
            cases.push((with(name, value), Refused));
        }
    }
    for value in [json!(null), json!(1)] {
        cases.push((related(value.clone(), json!("1")), Refused));
        cases.push((related(json!("deal"), value), Refused));
    }
    cases
}

#[tokio::test]
async fn the_described_input_is_the_one_that_is_taken() {
    let stack =
        Stack::start_with(|config| config.related_resource_check = RelatedResourceCheck::Off).await;
    let description = Description::of(&stack).await;
    let key = stack.service_key("acme").await;
    let body = &description.operation(route_of(Operation::LogActivity))["requestBody"];
    assert_eq!(body["required"], true);
    let validator = description.validator(&body["content"]["application/json"]["schema"]);
    let mut wrong = Vec::new();
    for (number, (mut input, expected)) in input_cases().into_iter().enumerate() {
        let described = validator.is_valid(&input);
        // Keys are shared, and one of another input would be a conflict.
        let key = if expected == Taken && input.get("idempotency_key").is_some() {
            stack.service_key(&format!("tenant-{number}")).await
        } else {
            key.clone()
        };
        let status = stack.log(&key, &input).await.status.as_u16();
        let taken = match status {
            201 => true,
            422 => false,
            other => panic!("{other}"),
        };
        let verdict = match (described, taken) {
            (true, true) => Taken,
            (false, false) => Refused,
            (true, false) => RefusedInWords,
            (false, true) => {
                wrong.push(format!("{input} is taken, but not as described"));
                continue;
            }
        };
        if verdict != expected {
            for value in input.as_object_mut().into_iter().flat_map(Map::values_mut) {
                if let Value::String(text) = value {
                    *text = text.chars().take(40).collect();
                }
            }
            wrong.push(format!("{input} is {verdict:?} and not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_described_idempotency_key_header_is_the_one_that_is_taken() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let key = stack.service_key("acme").await;
    let log = route_of(Operation::LogActivity);
    let header = description.parameters(log, "header")["Idempotency-Key"];
    assert_eq!(header["required"], false);
    let validator = description.validator(&header["schema"]);
    let input = json!({ "type": "note", "summary": "x" });
    for (value, expected) in [
        ("k", true),
        (&"x".repeat(255), true),
        ("a b", true),
        ("é", true),
        ("", false),
        (&"x".repeat(256), false),
    ] {
        assert_eq!(validator.is_valid(&json!(value)), expected, "{value}");
        let call = stack.call(&key, Method::POST, log.template).header("idempotency-key", value);
        let status = if expected { 201 } else { 422 };
        let _ = call.json(&input).send().await.expect(status);
    }
}

/// Each property of an input is described alone, so that what goes together is
/// said in words.
fn parameter_cases(operation: Operation) -> Vec<(Vec<(&'static str, String)>, Verdict)> {
    let one = |name: &'static str, value: &str, verdict| (vec![(name, value.to_owned())], verdict);
    let mut cases = vec![
        one("limit", "1", Taken),
        one("limit", "100", Taken),
        one("limit", "0", Refused),
        one("limit", "101", Refused),
        one("limit", "-1", Refused),
        one("limit", "1.5", Refused),
        one("limit", "", Refused),
        one("limit", "ten", Refused),
        one("cursor", "", Refused),
        one("cursor", "damaged", RefusedInWords),
        (
            vec![
                ("occurred_after", "2026-03-01T00:00:00Z".to_owned()),
                ("occurred_before", "2026-03-01T00:00:00Z".to_owned()),
            ],
            RefusedInWords,
        ),
    ];
    for (time, verdict) in TIMES {
        cases.push(one("occurred_after", time, *verdict));
        cases.push(one("occurred_before", time, *verdict));
    }
    if operation == Operation::SearchActivity {
        let related = |kind: &str, id: &str| {
            vec![("related_resource_type", kind.to_owned()), ("related_resource_id", id.to_owned())]
        };
        cases.extend([
            one("query", "pricing", Taken),
            one("query", &format!("x {}", " ".repeat(498)), Taken),
            one("query", &format!("x {}", " ".repeat(499)), Refused),
            one("query", "", Refused),
            one("query", "?!", RefusedInWords),
            one("query", &"x ".repeat(17), RefusedInWords),
            one("type", "note", Taken),
            one("type", "agent_action", Taken),
            one("type", "sms", Refused),
            one("type", "", Refused),
            one("related_resource_type", "contact", RefusedInWords),
            one("related_resource_id", "con_123", RefusedInWords),
            (related("lead", "1"), Refused),
        ]);
        for (id, verdict) in ids() {
            cases.push((related("support_ticket", &id), verdict));
        }
    } else {
        cases.extend([
            one("resource_id", ABSENT_ID, Taken),
            one("resource_id", &ABSENT_ID.replace('7', "F"), Taken),
            one("resource_id", &ABSENT_ID.replace('-', ""), Refused),
            one("resource_id", "act_123", Refused),
            one("status", "succeeded", Taken),
            one("status", "denied", Taken),
            one("status", "rejected", Taken),
            one("status", "failed", Refused),
        ]);
        for (id, verdict) in ids() {
            cases.push(one("actor_id", &id, verdict));
            cases.push(one("request_id", &id, verdict));
        }
    }
    cases
}

#[tokio::test]
async fn the_described_parameters_are_those_that_are_taken() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let key = stack.service_key("acme").await;
    let mut wrong = Vec::new();
    for operation in [Operation::SearchActivity, Operation::ListAuditEvents] {
        let route = route_of(operation);
        let parameters = description.parameters(route, "query");
        let mut tried = BTreeSet::new();
        for (pairs, expected) in parameter_cases(operation) {
            let described = pairs.iter().all(|(name, value)| {
                let schema = &parameters[*name]["schema"];
                description.validator(schema).is_valid(&typed(schema, value))
            });
            let pairs: Vec<(&str, &str)> =
                pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            tried.extend(pairs.iter().map(|(name, _)| (*name).to_owned()));
            let query = format!("?{}", encode(&pairs));
            let answer = call(&stack, route, "", &query, Some(&key)).send().await;
            let verdict = match (described, answer.status.as_u16()) {
                (true, 200) => Taken,
                (false, 422) => Refused,
                (true, 422) => RefusedInWords,
                (_, status) => {
                    wrong.push(format!("{pairs:?}: {status}, described: {described}"));
                    continue;
                }
            };
            if verdict != expected {
                wrong.push(format!("{pairs:?} is {verdict:?} and not {expected:?}"));
            }
        }
        assert_eq!(tried, parameters.into_keys().collect());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn parameters_that_are_not_described_are_refused_everywhere() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let key = stack.service_key("acme").await;
    let everywhere: BTreeSet<String> = described_routes()
        .flat_map(|route| description.parameters(route, "query").into_keys())
        .chain(["verbose".to_owned(), "Limit".to_owned(), String::new()])
        .collect();
    for route in described_routes() {
        let described = description.parameters(route, "query");
        let id = if route.template.contains("{id}") { ABSENT_ID } else { "" };
        for name in everywhere.iter().filter(|name| !described.contains_key(*name)) {
            let query = format!("?{}", encode(&[(name, "1")]));
            let key = route.scope.map(|_| key.as_str());
            let answer = call(&stack, route, id, &query, key).send().await;
            let status = match dialect_of(route.template) {
                Dialect::V1 | Dialect::Mcp => 422,
                Dialect::LoggedActivity => 400,
            };
            let answer = answer.expect(status);
            assert!(String::from_utf8_lossy(&answer.body).contains("is not a known parameter"));
        }
        for name in described.into_keys() {
            let query = format!("?{}", encode(&[(&name, "1"), (&name, "1")]));
            let answer = call(&stack, route, id, &query, Some(&key)).send().await;
            let (errors, repeated) = match dialect_of(route.template) {
                Dialect::V1 | Dialect::Mcp => (
                    answer.expect(422).json()["error"]["field_errors"].clone(),
                    json!({ "field": name, "message": "is given more than once" }),
                ),
                Dialect::LoggedActivity => {
                    (answer.expect(400).json()[&name].clone(), json!("is given more than once"))
                }
            };
            assert!(array(&errors).contains(&repeated), "{errors}");
        }
    }
}

/// The patterns name characters one by one, since engines differ in what `\s`
/// and the like stand for.
#[tokio::test]
async fn the_described_characters_are_those_that_are_taken() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let schema = |name: &str| {
        let properties =
            &description.document["components"]["schemas"]["LogActivityInput"]["properties"];
        description.validator(&properties[name])
    };
    let (summary, id) = (schema("summary"), schema("related_resource_id"));
    // Beyond the first plane there are neither control characters nor white space.
    for c in ('\u{0}'..='\u{ffff}').chain(['\u{10000}', char::MAX]) {
        let text = c.to_string();
        let value = json!(text);
        assert_eq!(summary.is_valid(&value), Summary::parse(&text).is_ok(), "{c:?}");
        assert_eq!(id.is_valid(&value), RelatedResourceId::parse(&text).is_ok(), "{c:?}");
    }
}

#[tokio::test]
async fn a_described_null_is_there_and_null() {
    let stack = Stack::start().await;
    let description = Description::of(&stack).await;
    let key = stack.service_key("acme").await;
    let input = json!({ "type": "note", "summary": "x" });
    let id = stack.log(&key, &input).await.expect(201).json()["activity"]["id"].clone();
    let route = route_of(Operation::GetLoggedActivity);
    let answer = call(&stack, route, text(&id), "", Some(&key)).send().await.expect(200);
    let schema = &description.document["components"]["schemas"]["LoggedActivity"];
    for name in ["completed_at", "scheduled_activity_id"] {
        assert_eq!(schema["properties"][name]["type"], json!(["string", "null"]));
        assert!(array(&schema["required"]).contains(&json!(name)));
        assert_eq!(answer.json().get(name), Some(&Value::Null));
    }
}
