//! `infra/template.yaml` says what the code does: its routes are those of the
//! table of routes, and its table is the one that the code reads and writes.

use std::collections::BTreeSet;

use activity_log_core::domain::audit_log::LogName;
use activity_log_core::http::routes::{Function, ROUTES};
use activity_log_core::platform::telemetry::{METRICS, Metric};
use activity_log_tests::lambda::sample;
use activity_log_tests::template::{Template, text};
use serde_json::{Value, json};

/// What SAM calls a route for all that no other route takes.
const NOT_ROUTED: (&str, &str) = ("ANY", "$default");

fn binary_of(function: Function) -> &'static str {
    match function {
        Function::Log => "log",
        Function::Search => "search",
        Function::GetLogged => "get-logged",
        Function::Mcp => "mcp",
        Function::Audit => "audit",
        Function::Keys => "keys",
        Function::Web => "web",
    }
}

#[test]
fn the_gateway_has_the_routes_of_the_table_of_routes() {
    let template = Template::read();
    let mut routed = BTreeSet::new();
    for (binary, function) in template.functions() {
        let events = function["Events"].as_object().expect("it has events");
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
        .flat_map(|route| {
            let methods = route.methods().map(|method| method.to_string());
            methods.map(|method| (route.function, method, route.template))
        })
        .chain([(Function::Audit, NOT_ROUTED.0.to_owned(), NOT_ROUTED.1)])
        .map(|(function, method, path)| (binary_of(function).to_owned(), (method, path.to_owned())))
        .collect();
    assert_eq!(routed, expected);
}

#[test]
fn functions_behind_the_gateway_know_where_their_routes_begin() {
    let template = Template::read();
    for (binary, function) in template.functions() {
        let events = function["Events"].as_object().expect("it has events");
        let routed = events.values().any(|event| event["Type"] == "HttpApi");
        let base_path = &function["Environment"]["Variables"]["BASE_PATH"];
        let expected = if routed { json!({ "Ref": "BasePath" }) } else { Value::Null };
        assert_eq!(base_path, &expected, "{binary}");
    }
}

#[test]
fn what_pages_need_is_there_only_where_they_are_on() {
    let template = Template::read();
    let (conditional, always): (Vec<_>, Vec<_>) = template
        .resources()
        .partition(|(_, resource)| resource["Condition"] == json!("HasWebPages"));
    let names: BTreeSet<&str> = conditional.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["WebFunction", "WebRole", "WebLogGroup", "WebErrorsAlarm"] {
        assert!(names.contains(name), "{name} is always there");
    }
    for (name, resource) in always {
        let resource = resource.to_string();
        for conditional in &names {
            assert!(!resource.contains(conditional), "{name} names {conditional}");
        }
    }
}

/// Whether an event has one of the values that a pattern lists wherever it lists some. It
/// is all of the language of patterns that the template uses.
fn matches(pattern: &Value, event: &Value) -> bool {
    match pattern {
        Value::Array(values) => values.contains(event),
        Value::Object(properties) => {
            properties.iter().all(|(name, pattern)| matches(pattern, &event[name]))
        }
        _ => false,
    }
}

#[test]
fn the_stream_hands_over_what_publish_reads_and_nothing_else() {
    let template = Template::read();
    let commits = &template.functions()["publish"]["Events"]["Commits"]["Properties"];
    let filters = commits["FilterCriteria"]["Filters"].as_array().expect("there are filters");
    let patterns: Vec<Value> = filters
        .iter()
        .map(|filter| serde_json::from_str(&text(&filter["Pattern"])).expect("it is JSON"))
        .collect();
    let handed_over = |record: &Value| patterns.iter().any(|pattern| matches(pattern, record));
    let batch = sample("publish.json");
    let (mut heads, mut marked, mut others) = (0, 0, 0);
    for record in batch["Records"].as_array().expect("there are records") {
        let dynamodb = &record["dynamodb"];
        let is_head = dynamodb["Keys"]["sk"]["S"] == "HEAD";
        let is_marked = dynamodb["NewImage"]["m"]["S"] == "1";
        assert_eq!(handed_over(record), is_head || is_marked, "{record}");
        for (count, is_one) in
            [(&mut heads, is_head), (&mut marked, is_marked), (&mut others, !is_head && !is_marked)]
        {
            *count += usize::from(is_one);
        }
        let mut changed = record.clone();
        changed["eventName"] = json!("MODIFY");
        assert!(!handed_over(&changed), "{changed}");
    }
    assert!(heads > 0 && marked > 0 && others > 0, "the sample has all of them");
}

#[test]
fn the_stream_hands_over_what_seal_reads_and_nothing_else() {
    let template = Template::read();
    let mapping = &template.functions()["seal"]["Events"]["Events"]["Properties"];
    let filters = mapping["FilterCriteria"]["Filters"].as_array().expect("there are filters");
    let patterns: Vec<Value> = filters
        .iter()
        .map(|filter| serde_json::from_str(&text(&filter["Pattern"])).expect("it is JSON"))
        .collect();
    let handed_over = |record: &Value| patterns.iter().any(|pattern| matches(pattern, record));
    for record in sample("seal.json")["Records"].as_array().expect("there are records") {
        assert!(handed_over(record), "{record}");
    }
    for record in sample("publish.json")["Records"].as_array().expect("there are records") {
        let sk = &record["dynamodb"]["Keys"]["sk"]["S"];
        assert_eq!(handed_over(record), sk == "EVENT", "{record}");
        for change in ["MODIFY", "REMOVE"] {
            let mut changed = record.clone();
            changed["eventName"] = json!(change);
            assert_eq!(handed_over(&changed), sk == "EVENT" || sk == "HEAD", "{changed}");
        }
    }
}

#[test]
fn the_stream_has_two_readers_and_no_room_for_another() {
    let template = Template::read();
    let stream = json!({ "Fn::GetAtt": ["Table", "StreamArn"] });
    let expected = BTreeSet::from(["publish", "seal"].map(str::to_owned));
    let reads = |function: &Value| {
        let events = function["Events"].as_object().expect("it has events");
        events.values().filter(|event| event["Properties"]["Stream"] == stream).count()
    };
    let readers = template.functions().into_iter().filter(|(_, function)| reads(function) > 0);
    assert_eq!(readers.map(|(binary, _)| binary).collect::<BTreeSet<_>>(), expected);
    let may_read = |role: &Value| role.to_string().contains("dynamodb:GetRecords");
    let may_read = template.roles().into_iter().filter(|(_, role)| may_read(role));
    assert_eq!(may_read.map(|(binary, _)| binary).collect::<BTreeSet<_>>(), expected);
    let (_, others): (Vec<_>, Vec<_>) = template.resources().partition(|(name, _)| {
        name.ends_with("Function") || name.ends_with("Role") || *name == "Table"
    });
    for (name, resource) in others {
        assert!(!resource.to_string().contains("StreamArn"), "{name} knows the stream");
    }
}

#[test]
fn what_is_sealed_and_what_is_read_of_it_are_one_log() {
    let template = Template::read();
    let functions = template.functions();
    let [sealed, read] = ["seal", "audit"].map(|binary| {
        let variables = &functions[binary]["Environment"]["Variables"];
        ["AUDIT_LOG_NAME", "AUDIT_LOG_GENERATION"].map(|name| &variables[name])
    });
    assert_eq!(sealed, read);
    assert_eq!(sealed[1], &json!({ "Ref": "AuditLogGeneration" }));
    // The default is a name as the code reads it.
    let default = text(&sealed[0]["Fn::If"][2]["Fn::Sub"])
        .replace("${AWS::AccountId}", "123456789012")
        .replace("${AWS::Region}", "eu-central-1")
        .replace("${AWS::StackName}", "activity-log");
    assert!(LogName::parse(&default).is_some(), "{default}");
}

#[test]
fn whatever_keeps_events_from_being_sealed_raises_an_alarm() {
    let template = Template::read();
    let function = json!([{ "Name": "FunctionName", "Value": { "Ref": "SealFunction" } }]);
    let table = json!([{ "Name": "TableName", "Value": { "Ref": "Table" } }]);
    let queue = json!({ "Fn::GetAtt": ["SealDeadLetters", "QueueName"] });
    let queue = json!([{ "Name": "QueueName", "Value": queue }]);
    let quarter_of_an_hour = json!(15 * 60 * 1_000);
    let resources: Vec<_> = template.resources().collect();
    for (namespace, metric, of, threshold) in [
        // Late; put aside or none that can be sealed; given up; not even that was kept.
        ("AWS/Lambda", "IteratorAge", &function, &quarter_of_an_hour),
        (METRICS, Metric::PutAside.name(), &table, &json!(1)),
        (METRICS, Metric::TrailTampering.name(), &table, &json!(1)),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", &queue, &json!(1)),
        ("AWS/Lambda", "DestinationDeliveryFailures", &function, &json!(1)),
    ] {
        let alarms: Vec<&Value> = resources
            .iter()
            .map(|(_, resource)| &resource["Properties"])
            .filter(|alarm| alarm["Namespace"] == namespace && alarm["MetricName"] == metric)
            .filter(|alarm| alarm["Dimensions"] == *of)
            .collect();
        let [alarm] = alarms[..] else { panic!("{metric} has {} alarms", alarms.len()) };
        assert_eq!(alarm["Threshold"], *threshold, "{metric}");
        assert_eq!(alarm["ComparisonOperator"], "GreaterThanOrEqualToThreshold", "{metric}");
        assert!(alarm["AlarmActions"].is_object(), "{metric} tells nobody");
    }
}

#[test]
fn what_asks_for_a_run_reaches_index_and_no_other_rule() {
    let template = Template::read();
    let requested = sample("index.json");
    let rule = &template.functions()["index"]["Events"]["Requested"]["Properties"];
    assert!(matches(&rule["Pattern"], &requested));
    assert!(!matches(&template.properties("IngestRule")["EventPattern"], &requested));
    for other in ["ingest-eventbridge.json", "publish.json"] {
        assert!(!matches(&rule["Pattern"], &sample(other)), "{other}");
    }
    // It may be put by `publish` alone, and never in the name of another source.
    let senders = template.properties("EventSenderPolicy").to_string();
    assert!(!senders.contains("index.requested"));
}

#[test]
fn the_table_is_the_one_that_the_console_makes() {
    let template = Template::read();
    let table = template.properties("Table");
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
