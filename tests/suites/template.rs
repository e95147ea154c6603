//! `infra/template.yaml` says what the code does: its routes are those of the
//! table of routes, and each function may make the calls to the table that it
//! makes, on the kinds of items that it makes them on, and no others.
//!
//! A role that allows too little would show on AWS alone, since no engine knows
//! `dynamodb:LeadingKeys`. So here every function does all that it can do, and
//! its calls are held against its role as IAM would: and then the role against
//! the calls, so that it has nothing which was not needed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use activity_log_core::http::routes::{Function, ROUTES};
use activity_log_core::lambda::Invocation;
use activity_log_core::principal::Scope;
use activity_log_tests::event_bus::StubBus;
use activity_log_tests::faulty_engine::{Call, FaultyEngine};
use activity_log_tests::mcp::tool;
use activity_log_tests::stack::{Answer, Stack, encode};
use fn_publish::EventBus;
use http::Method;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::contract::faulty_stack;
use crate::logged_activity::{Dialect, TENANT, id_of, own_id, type_of};
use crate::publish::objects;

/// What SAM calls a route for all that no other route takes.
const NOT_ROUTED: (&str, &str) = ("ANY", "$default");

fn template() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
    let text = fs::read_to_string(path).expect("there is a template");
    let documents = Yaml::load_from_str(&text).expect("it is YAML");
    to_json(&documents[0])
}

/// A node with the short forms of CloudFormation's functions written out.
fn to_json(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Sequence(nodes) => nodes.iter().map(to_json).collect(),
        Yaml::Mapping(properties) => {
            let property = |(name, value): (&Yaml<'_>, &Yaml<'_>)| {
                (name.as_str().expect("a name is text").to_owned(), to_json(value))
            };
            Value::Object(properties.iter().map(property).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tag, node) => match (tag.suffix.as_str(), to_json(node)) {
            ("Ref", name) => json!({ "Ref": name }),
            ("GetAtt", Value::String(path)) => {
                let (resource, attribute) = path.split_once('.').expect("it has two parts");
                json!({ "Fn::GetAtt": [resource, attribute] })
            }
            (function, argument) => json!({ format!("Fn::{function}"): argument }),
        },
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => {
            panic!("{node:?} has no place in a template")
        }
    }
}

/// The functions of the template, by the names of their binaries.
fn functions(template: &Value) -> BTreeMap<String, &Value> {
    let resources = template["Resources"].as_object().expect("there are resources");
    resources
        .values()
        .filter(|resource| resource["Type"] == "AWS::Serverless::Function")
        .map(|function| (text(&function["Metadata"]["BuildProperties"]["Binary"]), function))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not text")).to_owned()
}

fn binary_of(function: Function) -> &'static str {
    match function {
        Function::Log => "log",
        Function::Search => "search",
        Function::GetLogged => "get-logged",
        Function::Mcp => "mcp",
        Function::Audit => "audit",
    }
}

#[test]
fn the_gateway_has_the_routes_of_the_table_of_routes() {
    let template = template();
    let mut routed = BTreeSet::new();
    for (binary, function) in functions(&template) {
        let events = function["Properties"]["Events"].as_object().expect("it has events");
        for event in events.values().filter(|event| event["Type"] == "HttpApi") {
            let properties = &event["Properties"];
            assert_eq!(properties["ApiId"], json!({ "Ref": "HttpApi" }));
            let route = match (&properties["Method"], &properties["Path"]) {
                (Value::Null, Value::Null) => (NOT_ROUTED.0.to_owned(), NOT_ROUTED.1.to_owned()),
                (method, path) => (text(method), text(path)),
            };
            assert!(routed.insert((binary.clone(), route)), "a route is there twice");
        }
    }
    let expected: BTreeSet<(String, (String, String))> = ROUTES
        .iter()
        .map(|route| (route.function, (route.method.as_str(), route.template)))
        .chain([(Function::Audit, NOT_ROUTED)])
        .map(|(function, (method, path))| {
            (binary_of(function).to_owned(), (method.to_owned(), path.to_owned()))
        })
        .collect();
    assert_eq!(routed, expected);
}

#[test]
fn functions_behind_the_gateway_know_where_their_routes_begin() {
    let template = template();
    for (binary, function) in functions(&template) {
        let properties = &function["Properties"];
        let events = properties["Events"].as_object().expect("it has events");
        let routed = events.values().any(|event| event["Type"] == "HttpApi");
        let base_path = &properties["Environment"]["Variables"]["BASE_PATH"];
        let expected = if routed { json!({ "Ref": "BasePath" }) } else { Value::Null };
        assert_eq!(base_path, &expected, "{binary}");
    }
}

#[test]
fn the_table_is_the_one_that_the_console_makes() {
    let table = &template()["Resources"]["Table"]["Properties"];
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(
        table["KeySchema"],
        json!([
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ])
    );
    assert_eq!(
        table["TimeToLiveSpecification"],
        json!({ "AttributeName": "expires_at", "Enabled": true })
    );
    assert_eq!(table["StreamSpecification"], json!({ "StreamViewType": "NEW_IMAGE" }));
}

/// What a role allows on the table: actions, each on the keys that match a
/// pattern.
#[derive(Debug)]
struct Allowed {
    statements: Vec<(BTreeSet<String>, Vec<String>)>,
}

impl Allowed {
    /// What the role of a function says.
    fn of(template: &Value, function: &Value) -> Self {
        let role = text(&function["Properties"]["Role"]["Fn::GetAtt"][0]);
        let properties = &template["Resources"][&role]["Properties"];
        assert_eq!(properties["ManagedPolicyArns"], Value::Null, "{role} has what is written here");
        let policies = properties["Policies"].as_array().expect("a role has policies");
        let statements = policies
            .iter()
            .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().expect("a list"))
            .filter(|statement| statement["Resource"] == json!({ "Fn::GetAtt": ["Table", "Arn"] }));
        Self { statements: statements.map(Self::statement).collect() }
    }

    fn statement(statement: &Value) -> (BTreeSet<String>, Vec<String>) {
        assert_eq!(statement["Effect"], "Allow");
        let actions = match &statement["Action"] {
            Value::Array(actions) => actions.iter().map(text).collect(),
            action => BTreeSet::from([text(action)]),
        };
        let when = &statement["Condition"]["Fn::If"];
        let patterns = &when[1]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
        // A call without a key would satisfy a condition on all of its keys.
        let expected = json!([
            "ConditionsAreEnforced",
            {
                "ForAllValues:StringLike": { "dynamodb:LeadingKeys": patterns },
                "Null": { "dynamodb:LeadingKeys": "false" },
            },
            { "Ref": "AWS::NoValue" },
        ]);
        assert_eq!(when, &expected);
        let patterns = patterns.as_array().expect("there are patterns").iter().map(text).collect();
        (actions, patterns)
    }

    /// The patterns that allow a request: of one statement, as IAM has it.
    fn patterns_for(&self, request: &Request) -> Option<Vec<&str>> {
        self.statements.iter().find_map(|(actions, patterns)| {
            let matching = |key: &String| {
                let pattern = patterns.iter().find(|pattern| is_like(pattern, key));
                pattern.map(String::as_str)
            };
            let keys = request.keys.iter().map(matching);
            let allowed = actions.contains(&request.action) && !request.keys.is_empty();
            keys.collect::<Option<Vec<_>>>().filter(|_| allowed)
        })
    }

    /// Every action with every pattern that it is allowed on.
    fn all(&self) -> BTreeSet<(String, String)> {
        let pairs = |(actions, patterns): &(BTreeSet<String>, Vec<String>)| {
            let pair = |action: &String| {
                let action = action.clone();
                patterns.clone().into_iter().map(move |pattern| (action.clone(), pattern))
            };
            actions.iter().flat_map(pair).collect::<Vec<_>>()
        };
        self.statements.iter().flat_map(pairs).collect()
    }
}

/// IAM's `StringLike`, whose `*` stands for any text.
fn is_like(pattern: &str, value: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == value,
        Some((start, rest)) => value.strip_prefix(start).is_some_and(|value| {
            (0..=value.len())
                .filter(|at| value.is_char_boundary(*at))
                .any(|at| is_like(rest, &value[at..]))
        }),
    }
}

/// What IAM decides on: an action and the partition keys that it touches.
#[derive(Debug)]
struct Request {
    action: String,
    keys: Vec<String>,
}

impl Request {
    /// The requests of a call: each item of a transaction is one of its own.
    fn all_of(call: &Call) -> Vec<Self> {
        let one = |action: &str, keys: Vec<String>| {
            vec![Self { action: format!("dynamodb:{action}"), keys }]
        };
        let pk = |item: &Value| text(&item["pk"]["S"]);
        let request = call.request.as_ref();
        let entries = || {
            let tables = request["RequestItems"].as_object().expect("a batch names its table");
            tables.values().next().expect("there is one").clone()
        };
        match call.operation.as_str() {
            "GetItem" => one("GetItem", vec![pk(&request["Key"])]),
            "PutItem" => one("PutItem", vec![pk(&request["Item"])]),
            "Query" => {
                let condition = text(&request["KeyConditionExpression"]);
                let name = condition
                    .strip_prefix("pk = ")
                    .and_then(|rest| rest.split(' ').next())
                    .expect("a query is of one partition");
                one("Query", vec![text(&request["ExpressionAttributeValues"][name]["S"])])
            }
            "BatchGetItem" => {
                let keys = entries()["Keys"].as_array().expect("there are keys").clone();
                one("BatchGetItem", keys.iter().map(pk).collect())
            }
            "BatchWriteItem" => {
                let writes = entries();
                let writes = writes.as_array().expect("there are writes").iter();
                let key = |write: &Value| match &write["PutRequest"]["Item"] {
                    Value::Null => pk(&write["DeleteRequest"]["Key"]),
                    item => pk(item),
                };
                one("BatchWriteItem", writes.map(key).collect())
            }
            "TransactWriteItems" => {
                let items = request["TransactItems"].as_array().expect("there are items").iter();
                // Of the other kinds none is known here, and so none allowed.
                items
                    .flat_map(|item| match &item["Put"]["Item"] {
                        Value::Null => one("an unknown part of a transaction", Vec::new()),
                        put => one("PutItem", vec![pk(put)]),
                    })
                    .collect()
            }
            operation => one(operation, Vec::new()),
        }
    }
}

/// Holds the calls of functions against their roles.
struct Roles<'a> {
    engine: &'a FaultyEngine,
    roles: BTreeMap<String, Allowed>,
    needed: BTreeMap<String, BTreeSet<(String, String)>>,
}

impl<'a> Roles<'a> {
    fn of(template: &Value, engine: &'a FaultyEngine) -> Self {
        let functions = functions(template);
        let roles = functions
            .iter()
            .map(|(binary, function)| (binary.clone(), Allowed::of(template, function)));
        Self { engine, roles: roles.collect(), needed: BTreeMap::new() }
    }

    /// Lets a function do its work.
    async fn run<T>(&mut self, function: &str, work: impl Future<Output = T>) -> T {
        self.engine.reset_calls();
        let done = work.await;
        let role = &self.roles[function];
        let needed = self.needed.entry(function.to_owned()).or_default();
        for request in self.engine.calls().iter().flat_map(Request::all_of) {
            let patterns = role.patterns_for(&request);
            let patterns =
                patterns.unwrap_or_else(|| panic!("{function} is not allowed {request:?}"));
            let pairs = patterns.into_iter().map(|one| (request.action.clone(), one.to_owned()));
            needed.extend(pairs);
        }
        done
    }
}

/// A tenant with a history that lets every path of the code be taken.
struct Scene {
    dialect: Dialect,
}

impl Scene {
    const RARE: &str = "zeppelin";
    const COMMON: &str = "quarterly";

    async fn set(stack: Stack) -> Self {
        let dialect = Dialect::on(stack).await;
        dialect.define(type_of("site_visit", json!([]))).await;
        Self { dialect }
    }

    fn stack(&self) -> &Stack {
        &self.dialect.stack
    }

    /// A key that no function has seen, so that it is read.
    async fn fresh_key(&self) -> String {
        self.stack().issue_key(TENANT, "agent:scout", Scope::ALL).await
    }

    /// Two old activities with a rare word, and so many newer ones without it
    /// that the common lists are asked for the rare ones' positions alone.
    async fn fill(&self) {
        const NEWER: usize = 200;
        let rare = self.stack().issue_key(TENANT, "user:rare", Scope::ALL).await;
        let summary = format!("{} {}", Self::RARE, Self::COMMON);
        for day in ["01", "02"] {
            let occurred_at = format!("2025-01-{day}T00:00:00Z");
            let input = json!({"type": "note", "summary": summary, "occurred_at": occurred_at});
            self.stack().log(&rare, &input).await.expect(201);
            // Audit events have the time of the write.
            self.stack().clock.advance(Duration::from_secs(24 * 60 * 60));
        }
        for _ in 0..NEWER {
            let input = json!({"type": "note", "summary": Self::COMMON});
            self.stack().log(&self.dialect.key, &input).await.expect(201);
        }
    }

    /// An input with everything in it: a key, a related resource, and a body
    /// that is an item of its own.
    fn input(key: &str) -> Value {
        json!({
            "type": "note",
            "summary": format!("with everything {key}"),
            "body": format!("{} a signed copy", "filler ".repeat(900)),
            "idempotency_key": key,
            "related_resource_type": "contact",
            "related_resource_id": "con_1",
        })
    }

    /// The same in the logged-activity dialect, which looks up a type, kinds of
    /// records, and a scheduled activity.
    fn typed_input() -> Value {
        json!({
            "related_objects": [
                {"custom_object": "contact", "entity_id": "con_1"},
                {"custom_object": own_id("property"), "entity_id": "pro_1"},
            ],
            "notes": "Roof inspected",
            "scheduled_activity_id": "6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a19",
        })
    }
}

fn invocation(payload: &Value) -> Invocation {
    Invocation {
        payload: RawValue::from_string(payload.to_string()).expect("it is JSON"),
        request_id: "aws-request".to_owned(),
        deadline: None,
    }
}

/// The head that was put last, as the stream hands it over.
fn last_insertion(engine: &FaultyEngine) -> Value {
    let calls = engine.calls();
    let commit = calls.iter().rfind(|call| call.operation == "TransactWriteItems");
    let head = &commit.expect("something was logged").request["TransactItems"][0]["Put"]["Item"];
    json!({
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": { "pk": head["pk"], "sk": head["sk"] },
            "NewImage": head,
            "SequenceNumber": "1",
        },
    })
}

async fn get(stack: &Stack, key: &str, path: &str, parameters: &[(&str, &str)]) -> Answer {
    stack.get(key, &format!("{path}?{}", encode(parameters))).await.expect(200)
}

#[tokio::test]
async fn each_role_allows_what_its_function_calls_and_nothing_else() {
    let template = template();
    let (stack, engine) = faulty_stack().await;
    let scene = Scene::set(stack).await;
    scene.fill().await;
    let mut roles = Roles::of(&template, &engine);
    let search = format!("{} {}", Scene::RARE, Scene::COMMON);

    // log: with everything, again, in conflict, and in the other dialect.
    let key = scene.fresh_key().await;
    let input = Scene::input("log");
    let logged = roles.run("log", scene.stack().log(&key, &input)).await.expect(201);
    let id = text(&logged.json()["activity"]["id"]);
    roles.run("log", scene.stack().log(&key, &input)).await.expect(201);
    let other = json!({"type": "note", "summary": "another", "idempotency_key": "log"});
    roles.run("log", scene.stack().log(&key, &other)).await.expect(409);
    let input = Scene::typed_input();
    let typed = roles.run("log", scene.dialect.log("site_visit", &input)).await.expect(201);
    let typed_id = id_of(&typed);

    // search: words far apart, a phrase in long bodies, the responses of a type.
    let key = scene.fresh_key().await;
    for query in [search.as_str(), "\"signed copy\""] {
        let parameters = [("query", query)];
        let page = get(scene.stack(), &key, "/v1/activities", &parameters);
        let page = roles.run("search", page).await;
        assert_ne!(page.json()["activities"], json!([]), "{query}");
    }
    let everything = json!({});
    let listed = scene.dialect.responses("site_visit", &everything);
    roles.run("search", listed).await.expect(200);

    // get-logged: an activity with a body of its own, and types.
    let key = scene.fresh_key().await;
    let path = format!("/v1/activities/{id}");
    roles.run("get-logged", scene.stack().get(&key, &path)).await.expect(200);
    for path in [
        format!("/api/activities/logged/{typed_id}"),
        "/api/activities".to_owned(),
        "/api/activities/site_visit".to_owned(),
        "/api/activities/site_visit/fields".to_owned(),
    ] {
        roles.run("get-logged", scene.dialect.get(&path)).await.expect(200);
    }

    // audit: everything, and a rare actor among many events.
    let key = scene.fresh_key().await;
    for parameters in [&[][..], &[("actor_id", "rare"), ("status", "succeeded")]] {
        let page = get(scene.stack(), &key, "/v1/audit-events", parameters);
        let page = roles.run("audit", page).await;
        assert_ne!(page.json()["audit_events"], json!([]));
    }
    let not_routed = scene.stack().call(&key, Method::GET, "/nowhere").send();
    roles.run("audit", not_routed).await.expect(404);

    // mcp: each tool.
    let key = scene.fresh_key().await;
    let (input, mut logged) = (Scene::input("mcp"), Value::Null);
    for _ in 0..2 {
        let call = tool(scene.stack(), &key, "log_activity", &input);
        logged = roles.run("mcp", call).await;
    }
    for query in [search.as_str(), "\"signed copy\""] {
        let arguments = json!({ "query": query });
        let found = tool(scene.stack(), &key, "search_activity", &arguments);
        let found = roles.run("mcp", found).await;
        assert_ne!(found["activities"], json!([]), "{query}");
    }
    let arguments = json!({ "id": logged["activity"]["id"] });
    roles.run("mcp", tool(scene.stack(), &key, "get_logged_activity", &arguments)).await;

    // ingest: an activity, again, and news of a resource of the tenant's own kind.
    let event = json!({
        "id": "event",
        "type": "activity.log",
        "tenant_id": TENANT,
        "actor": { "type": "service", "id": "billing" },
        "activity": Scene::input("ingest"),
    });
    let news = json!({
        "type": "resource.created",
        "tenant_id": TENANT,
        "resource": { "type": "property", "id": "pro_9" },
        "changed_at": "2026-03-01T09:30:00Z",
    });
    let ctx = &scene.stack().ctx;
    for (event, status) in [(&event, "logged"), (&event, "replayed"), (&news, "applied")] {
        let done = roles.run("ingest", fn_ingest::handle(ctx, invocation(event))).await;
        let done = serde_json::to_value(done.expect("it is done")).expect("it has a JSON form");
        assert_eq!(done["status"], status);
    }

    // publish: an activity whose head has no room for its related records.
    let objects = objects();
    for object in &objects {
        let (kind, id) = (text(&object["custom_object"]), text(&object["entity_id"]));
        scene.stack().put_resource(TENANT, &kind, &id, None).await;
    }
    let input = json!({ "related_objects": objects });
    roles.run("log", scene.dialect.log("site_visit", &input)).await.expect(201);
    let batch = json!({ "Records": [last_insertion(&engine)] });
    let stub = StubBus::start().await;
    let bus = EventBus::connect_local(&stub.url, "bus");
    let done = roles.run("publish", fn_publish::handle(ctx, &bus, invocation(&batch))).await;
    done.expect("the batch can be read");
    assert_eq!(stub.details().len(), 1);

    // Each start of the others opens a connection by a read.
    for function in ["log", "search", "get-logged", "mcp", "audit", "ingest"] {
        let warm_up = ctx.store.warm_up();
        roles.run(function, warm_up).await.expect("the table answers");
    }

    for (function, role) in &roles.roles {
        assert_eq!(role.all(), roles.needed[function], "{function} is allowed just what it needs");
    }
}

#[test]
fn no_role_may_update_or_delete_an_audit_event() {
    let template = template();
    let event = "T#acme#AUD#0193c1d2-0000-7000-8000-000000000001".to_owned();
    let actions = ["PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem", "PartiQLDelete"];
    let mut may_put = BTreeSet::new();
    for (binary, function) in functions(&template) {
        let role = Allowed::of(&template, function);
        for action in actions {
            let request =
                Request { action: format!("dynamodb:{action}"), keys: vec![event.clone()] };
            if role.patterns_for(&request).is_some() {
                assert_eq!(action, "PutItem", "{binary}");
                may_put.insert(binary.clone());
            }
        }
    }
    assert_eq!(may_put, ["ingest", "log", "mcp"].map(str::to_owned).into());
}

#[test]
fn a_star_stands_for_any_text() {
    for (pattern, value, matches) in [
        ("T#*#KEY", "T#acme#KEY", true),
        ("T#*#KEY", "T#acme#KEY#x", false),
        ("T#*#IX#*", "T#acme#IX#w1=é", true),
        ("T#*#IX#*", "T#acme#AX#actor=x", false),
        ("*", "", true),
    ] {
        assert_eq!(is_like(pattern, value), matches, "{pattern} {value}");
    }
}
