//! IAM, as far as the roles of the functions need it: whether a call to the
//! table is allowed on the keys that it touches.
//!
//! No engine knows `dynamodb:LeadingKeys`, so that a role which allows too little
//! would show on AWS alone. Here the calls are taken from the wire, and decided
//! on as IAM would.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use serde_json::{Value, json};

use crate::faulty_engine::{FaultyEngine, TableCall};
use crate::template::{Template, text};

/// An action, and the pattern of the keys that it is allowed on.
pub type Grant = (String, String);

/// What a role allows on a table.
#[derive(Debug)]
pub struct Role {
    statements: Vec<Statement>,
}

/// What the functions of a template may do with its table, by the names of their
/// binaries.
#[must_use]
pub fn roles_of(template: &Template) -> BTreeMap<String, Role> {
    let table = json!({ "Fn::GetAtt": ["Table", "Arn"] });
    let roles = template.roles().into_iter();
    roles.map(|(binary, role)| (binary, Role::on(&table, role))).collect()
}

/// Actions, each on the keys that match a pattern.
#[derive(Debug)]
struct Statement {
    actions: BTreeSet<String>,
    patterns: Vec<String>,
}

impl Role {
    /// What the properties of a role say of a table.
    ///
    /// # Panics
    ///
    /// When it has policies from elsewhere, or a statement allows more than
    /// actions on keys that match a pattern.
    #[must_use]
    pub fn on(table: &Value, role: &Value) -> Self {
        assert_eq!(role["ManagedPolicyArns"], Value::Null, "a role has what is written here");
        let policies = role["Policies"].as_array().expect("a role has policies").iter();
        let statements = policies
            .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().expect("a list"))
            .filter(|statement| statement["Resource"] == *table);
        Self { statements: statements.map(Statement::parse).collect() }
    }

    /// What allows a request: grants of one statement, as IAM has it.
    #[must_use]
    pub fn grants_for(&self, request: &Request) -> Option<Vec<Grant>> {
        self.statements.iter().find_map(|statement| statement.grants_for(request))
    }

    /// All that is allowed.
    #[must_use]
    pub fn grants(&self) -> BTreeSet<Grant> {
        let mut grants = BTreeSet::new();
        for Statement { actions, patterns } in &self.statements {
            for action in actions {
                grants.extend(patterns.iter().map(|one| (action.clone(), one.clone())));
            }
        }
        grants
    }
}

impl Statement {
    fn parse(statement: &Value) -> Self {
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
        Self { actions, patterns }
    }

    /// A grant for each key of a request. A request without keys has none.
    fn grants_for(&self, request: &Request) -> Option<Vec<Grant>> {
        if !self.actions.contains(&request.action) || request.keys.is_empty() {
            return None;
        }
        let grant = |key: &String| {
            let pattern = self.patterns.iter().find(|pattern| is_like(pattern, key))?;
            Some((request.action.clone(), pattern.clone()))
        };
        request.keys.iter().map(grant).collect()
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Such as `dynamodb:GetItem`.
    pub action: String,
    /// The partition keys.
    pub keys: Vec<String>,
}

impl Request {
    /// A request of an operation.
    #[must_use]
    pub fn new(operation: &str, keys: Vec<String>) -> Self {
        Self { action: format!("dynamodb:{operation}"), keys }
    }

    /// The requests of a call: each item of a transaction is one of its own.
    #[must_use]
    pub fn all_of(call: &TableCall) -> Vec<Self> {
        let input = call.request.as_ref();
        let one = |keys| vec![Self::new(&call.operation, keys)];
        match call.operation.as_str() {
            "GetItem" => one(vec![pk(&input["Key"])]),
            "PutItem" => one(vec![pk(&input["Item"])]),
            "UpdateItem" | "DeleteItem" => one(vec![pk(&input["Key"])]),
            "Query" => one(vec![partition_of(input)]),
            "BatchGetItem" => one(list(&entries_of(input)["Keys"]).iter().map(pk).collect()),
            "BatchWriteItem" => one(list(entries_of(input)).iter().map(key_of_write).collect()),
            "TransactWriteItems" => {
                list(&input["TransactItems"]).iter().map(Self::of_part).collect()
            }
            _ => one(Vec::new()),
        }
    }

    /// A part of a transaction is the call that it stands for.
    fn of_part(part: &Value) -> Self {
        let parts = [
            ("PutItem", &part["Put"]["Item"]),
            ("DeleteItem", &part["Delete"]["Key"]),
            ("UpdateItem", &part["Update"]["Key"]),
            ("ConditionCheckItem", &part["ConditionCheck"]["Key"]),
        ];
        match parts.into_iter().find(|(_, key)| !key.is_null()) {
            Some((operation, key)) => Self::new(operation, vec![pk(key)]),
            None => Self::new("an unknown part of a transaction", Vec::new()),
        }
    }
}

fn pk(item: &Value) -> String {
    text(&item["pk"]["S"])
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// What a batch asks of its one table.
fn entries_of(input: &Value) -> &Value {
    let tables = input["RequestItems"].as_object().expect("a batch names its table");
    tables.values().next().expect("there is one")
}

fn key_of_write(write: &Value) -> String {
    match &write["PutRequest"]["Item"] {
        Value::Null => pk(&write["DeleteRequest"]["Key"]),
        item => pk(item),
    }
}

/// The one partition of a query.
fn partition_of(input: &Value) -> String {
    let condition = text(&input["KeyConditionExpression"]);
    let name = condition.strip_prefix("pk = ").and_then(|rest| rest.split(' ').next());
    let name = name.expect("a query is of one partition");
    text(&input["ExpressionAttributeValues"][name]["S"])
}

/// The calls of functions, each held against the role of its function.
pub struct Roles<'a> {
    engine: &'a FaultyEngine,
    roles: BTreeMap<String, Role>,
    needed: BTreeMap<String, BTreeSet<Grant>>,
}

impl<'a> Roles<'a> {
    /// The roles of a template, and the engine that sees the calls.
    #[must_use]
    pub fn of(template: &Template, engine: &'a FaultyEngine) -> Self {
        Self { engine, roles: roles_of(template), needed: BTreeMap::new() }
    }

    /// Lets a function do its work.
    ///
    /// # Panics
    ///
    /// When it makes a call that its role does not allow.
    pub async fn run<T>(&mut self, function: &str, work: impl Future<Output = T>) -> T {
        self.engine.reset_calls();
        let done = work.await;
        let role = &self.roles[function];
        let needed = self.needed.entry(function.to_owned()).or_default();
        for request in self.engine.calls().iter().flat_map(Request::all_of) {
            let grants = role.grants_for(&request);
            needed.extend(grants.unwrap_or_else(|| panic!("{function} may not {request:?}")));
        }
        done
    }

    /// Asserts that the work that was done needed all that the roles allow.
    ///
    /// # Panics
    ///
    /// When it did not.
    pub fn assert_all_needed(&self) {
        for (function, role) in &self.roles {
            let needed = &self.needed[function];
            assert_eq!(role.grants(), *needed, "{function} is allowed just what it needs");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const TABLE: &str = "the table";

    fn statement(actions: Value, patterns: Value) -> Value {
        json!({
            "Effect": "Allow",
            "Action": actions,
            "Resource": TABLE,
            "Condition": { "Fn::If": [
                "ConditionsAreEnforced",
                {
                    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": patterns },
                    "Null": { "dynamodb:LeadingKeys": "false" },
                },
                { "Ref": "AWS::NoValue" },
            ] },
        })
    }

    fn role(statements: Value) -> Role {
        let policy = json!({ "PolicyDocument": { "Statement": statements } });
        Role::on(&json!(TABLE), &json!({ "Policies": [policy] }))
    }

    fn request(operation: &str, keys: &[&str]) -> Request {
        Request::new(operation, keys.iter().map(|key| (*key).to_owned()).collect())
    }

    fn call(operation: &str, input: Value) -> TableCall {
        TableCall {
            operation: operation.to_owned(),
            request: Arc::new(input),
            status: None,
            engine_status: None,
            consumed_capacity: None,
            response_bytes: 0,
            started: 0,
            ended: None,
        }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, value, matches) in [
            ("T#*#KEY", "T#acme#KEY", true),
            ("T#*#KEY", "T#acme#KEY#x", false),
            ("T#*#SEG#*", "T#acme#SEG#1#b0", true),
            ("T#*#SEG#*", "T#acme#SEGS", false),
            ("*", "", true),
        ] {
            assert_eq!(is_like(pattern, value), matches, "{pattern} {value}");
        }
    }

    #[test]
    fn a_request_is_allowed_by_one_statement_on_all_of_its_keys() {
        let role = role(json!([
            statement(json!(["dynamodb:GetItem", "dynamodb:Query"]), json!(["T#*#ACT#*"])),
            statement(json!("dynamodb:GetItem"), json!(["T#*#KEY", "T#*#BODY#*"])),
            { "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "a queue" },
        ]));
        let allowed = |operation, keys: &[&str]| {
            let grants = role.grants_for(&request(operation, keys))?;
            Some(grants.into_iter().map(|(_, pattern)| pattern).collect::<Vec<_>>())
        };
        let patterns = |texts: &[&str]| Some(texts.iter().map(|&one| one.to_owned()).collect());
        assert_eq!(allowed("Query", &["T#a#ACT#1"]), patterns(&["T#*#ACT#*"]));
        let both = ["T#a#BODY#1", "T#a#KEY"];
        assert_eq!(allowed("GetItem", &both), patterns(&["T#*#BODY#*", "T#*#KEY"]));
        assert_eq!(allowed("Query", &["T#a#KEY"]), None, "another action's key");
        assert_eq!(allowed("PutItem", &["T#a#ACT#1"]), None, "an action of none");
        assert_eq!(allowed("GetItem", &["T#a#ACT#1", "T#a#KEY"]), None, "of two statements");
        assert_eq!(allowed("GetItem", &[]), None, "without a key");
        let grants: Vec<Grant> = role.grants().into_iter().collect();
        assert_eq!(grants.len(), 4, "{grants:?}");
    }

    #[test]
    #[should_panic(expected = "assertion")]
    fn a_statement_without_its_condition_is_no_statement_on_keys() {
        let mut unconditional = statement(json!("dynamodb:GetItem"), json!(["*"]));
        unconditional["Condition"] = Value::Null;
        let _ = role(json!([unconditional]));
    }

    #[test]
    fn every_key_of_a_call_is_asked_for() {
        let key = |pk: &str| json!({ "pk": { "S": pk }, "sk": { "S": "x" } });
        let put = |pk: &str| json!({ "Put": { "Item": key(pk) } });
        for (operation, input, expected) in [
            ("GetItem", json!({ "Key": key("a") }), vec![request("GetItem", &["a"])]),
            ("PutItem", json!({ "Item": key("a") }), vec![request("PutItem", &["a"])]),
            (
                "Query",
                json!({
                    "KeyConditionExpression": "pk = :list AND sk < :from",
                    "ExpressionAttributeValues": { ":list": { "S": "a" }, ":from": { "S": "b" } },
                }),
                vec![request("Query", &["a"])],
            ),
            (
                "BatchGetItem",
                json!({ "RequestItems": { "t": { "Keys": [key("a"), key("b")] } } }),
                vec![request("BatchGetItem", &["a", "b"])],
            ),
            (
                "BatchWriteItem",
                json!({ "RequestItems": { "t": [
                    { "PutRequest": { "Item": key("a") } },
                    { "DeleteRequest": { "Key": key("b") } },
                ] } }),
                vec![request("BatchWriteItem", &["a", "b"])],
            ),
            (
                "TransactWriteItems",
                json!({ "TransactItems": [
                    put("a"),
                    put("b"),
                    { "Delete": { "Key": key("c") } },
                    { "Update": { "Key": key("d") } },
                    { "ConditionCheck": { "Key": key("e") } },
                    { "Something": { "Key": key("f") } },
                ] }),
                vec![
                    request("PutItem", &["a"]),
                    request("PutItem", &["b"]),
                    request("DeleteItem", &["c"]),
                    request("UpdateItem", &["d"]),
                    request("ConditionCheckItem", &["e"]),
                    request("an unknown part of a transaction", &[]),
                ],
            ),
            ("Scan", json!({}), vec![request("Scan", &[])]),
        ] {
            assert_eq!(Request::all_of(&call(operation, input)), expected);
        }
    }
}
