//! Values of every field type: taken, refused, and read back.

use activity_log_tests::client::Answer;
use activity_log_tests::client::logged_activity::{assert_refused, empty, id_of, refused_fields};
use activity_log_tests::workspace::{Workspace, own_id, type_of};
use http::Method;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

const UUID: &str = "0193c1d2-0000-7000-8000-00000000000a";

/// Options as a definition has them and as values are read.
fn options() -> Value {
    json!([
        {"id": "o1", "code": "won", "name": "Won"},
        {"id": "o2", "code": "lost", "name": "Lost"},
    ])
}

fn has_options(field_type: &str) -> bool {
    ["dropdown", "radio", "choices", "status", "selector", "checkboxes", "dynamictags"]
        .contains(&field_type)
}

/// A field of a type, under its own name.
fn field(field_type: &str) -> Value {
    let mut field =
        json!({"name": field_type, "display_name": field_type, "field_type": field_type});
    if has_options(field_type) {
        field["options"] = options();
    }
    field
}

/// A field type, what is taken with what it is read as, and what is refused.
type Row = (&'static str, Vec<(String, String)>, Vec<&'static str>);
/// A value as it is written and as it is read.
type Written = (Value, Value);

/// For each field type what is taken and what that is read as, and what is
/// refused. Everything is JSON text, since a number has more than its value.
fn table() -> Vec<Row> {
    let same = |values: &[&str]| -> Vec<(String, String)> {
        values.iter().map(|value| ((*value).to_owned(), (*value).to_owned())).collect()
    };
    let pairs = |values: &[(&str, &str)]| -> Vec<(String, String)> {
        values.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
    };
    let texts =
        || (same(&[r#""""#, r#""Ünï \"x\" 東京\n""#]), vec!["1", "true", "[]", "{}", "null"]);
    let won = r#"{"id":"o1","code":"won","name":"Won"}"#;
    let lost = r#"{"id":"o2","code":"lost","name":"Lost"}"#;
    let one_option =
        || (pairs(&[(r#""o1""#, won)]), vec![r#""won""#, r#""o3""#, r#"["o1"]"#, "1", "null", won]);
    let several_options = || {
        let both = format!("[{lost},{won}]");
        let taken = pairs(&[("[]", "[]"), (r#"["o2","o1"]"#, &both)]);
        (taken, vec![r#""o1""#, r#"["o1","o1"]"#, r#"["o3"]"#, "[1]", "null"])
    };
    let mut rows = Vec::new();
    for name in ["text", "longtext", "email", "wysiwyg"] {
        let (taken, refused) = texts();
        rows.push((name, taken, refused));
    }
    for name in ["dropdown", "radio", "choices", "status", "selector"] {
        let (taken, refused) = one_option();
        rows.push((name, taken, refused));
    }
    for name in ["checkboxes", "dynamictags"] {
        let (taken, refused) = several_options();
        rows.push((name, taken, refused));
    }
    rows.push((
        "integer",
        same(&["0", "-1", "9007199254740993", "-9223372036854775808", "9223372036854775807"]),
        vec!["1.0", "1.5", "1e2", "9223372036854775808", r#""1""#, "true", "null"],
    ));
    rows.push((
        "rating",
        same(&["0", "-2", "4.5", "123456789012345"]),
        vec!["1234567890123456", "0.1234567890123456", r#""4""#, "null"],
    ));
    rows.push((
        "decimal",
        pairs(&[
            ("0", r#""0""#),
            ("12.50", r#""12.50""#),
            ("-1e3", r#""-1000""#),
            ("0.1234567890123456789012345", r#""0.1234567890123456789012345""#),
            ("123456789012345678901234567890", r#""123456789012345678901234567890""#),
        ]),
        vec![r#""12.50""#, "1e100", "[]", "null"],
    ));
    rows.push((
        "money",
        pairs(&[
            ("12.5", r#"{"currency":"USD","symbol":"$","amount":12.5}"#),
            ("-3", r#"{"currency":"USD","symbol":"$","amount":-3}"#),
        ]),
        vec!["0.1234567890123456", r#""12.5""#, r#"{"amount":1}"#, "null"],
    ));
    rows.push((
        "date",
        same(&[r#""2024-02-29""#, r#""0001-01-01""#]),
        vec![r#""2023-02-29""#, r#""2024-2-9""#, r#""2024-02-29T00:00:00Z""#, r#""""#, "20240229"],
    ));
    rows.push((
        "datetime",
        pairs(&[
            (r#""2026-03-01T09:30:00+02:00""#, r#""2026-03-01T07:30:00.000Z""#),
            (r#""2016-12-31T23:59:60.5Z""#, r#""2017-01-01T00:00:00.500Z""#),
            (r#""1901-12-31T23:59:59.1239Z""#, r#""1901-12-31T23:59:59.123Z""#),
        ]),
        vec![
            r#""2026-03-01T09:30:00""#,
            r#""2026-03-01 09:30:00Z""#,
            r#""2026-03-01""#,
            r#""9999-12-31T23:59:59-01:00""#,
            "1772357400",
        ],
    ));
    rows.push(("checkbox", same(&["true", "false"]), vec!["1", r#""true""#, "null"]));
    rows.push((
        "yesnomaybe",
        same(&[r#""yes""#, r#""no""#, r#""maybe""#]),
        vec![r#""Yes""#, "true", "null"],
    ));
    rows.push((
        "relationship",
        same(&[r#""con_1""#]),
        vec![r#""""#, r#""a\nb""#, "1", r#"["con_1"]"#],
    ));
    let file = format!(r#"["{UUID}"]"#);
    rows.push((
        "files",
        pairs(&[("[]", "[]"), (&file.to_uppercase(), &file)]),
        vec![r#""x""#, r#"["x"]"#, r#"[1]"#, "null"],
    ));
    rows.push((
        "phonenumber",
        same(&[r#""+4930123456""#, r#""+12""#, r#""+123456789012345""#]),
        vec![r#""030123456""#, r#""+0301234""#, r#""+1234567890123456""#, r#""+49 30""#, "49"],
    ));
    rows.push((
        "timezone",
        same(&[r#""Europe/Berlin""#, r#""UTC""#]),
        vec![r#""Europe/Atlantis""#, r#""europe/berlin""#, r#""+02:00""#, "2"],
    ));
    let employee = format!(r#""{UUID}""#);
    rows.push((
        "team_selector",
        pairs(&[(&employee.to_uppercase(), &employee)]),
        vec![r#""jane""#, "1", "null"],
    ));
    rows
}

/// Logs an activity of one field, whose value is JSON text.
async fn log_value(workspace: &Workspace, field: &str, value: &str) -> Answer {
    let id = own_id(&format!("all/{field}"));
    let body = format!(r#"{{"related_objects":[],"fields":[{{"id":"{id}","value":{value}}}]}}"#);
    let call = workspace.api.call(Method::POST, "/api/activities/all/log-activity");
    call.header("content-type", "application/json").body(body).send().await
}

async fn workspace_of_all_fields() -> Workspace {
    let workspace = Workspace::start().await;
    let fields: Vec<Value> = table().iter().map(|(name, ..)| field(name)).collect();
    assert_eq!(fields.len(), 24, "every field type is in the table");
    workspace.define_fields("all", json!(fields)).await;
    workspace
}

#[tokio::test]
async fn every_field_type_takes_its_values_and_reads_them_in_its_form() {
    let workspace = workspace_of_all_fields().await;
    for (name, taken, _) in table() {
        for (written, read) in taken {
            let answer = log_value(&workspace, name, &written).await.expect(201);
            let path = format!("/api/activities/logged/{}", id_of(&answer));
            let logged = workspace.api.get(&path).await.expect(200);
            let body = String::from_utf8(logged.body.to_vec()).unwrap();
            let value = &logged.json()["fields"][0]["value"];
            assert_eq!(*value, serde_json::from_str::<Value>(&read).unwrap(), "{name} {written}");
            if read.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
                assert!(body.contains(&format!(r#""value":{read}}}"#)), "{body}");
            }
        }
    }
}

#[tokio::test]
async fn every_field_type_refuses_other_values_on_its_field() {
    let workspace = workspace_of_all_fields().await;
    for (name, _, refused) in table() {
        for value in refused {
            let answer = log_value(&workspace, name, value).await;
            let fields = refused_fields(&answer);
            assert_eq!(fields, [format!("fields.{}", own_id(&format!("all/{name}")))], "{value}");
        }
    }
}

#[tokio::test]
async fn money_is_in_the_currency_of_its_field() {
    let workspace = Workspace::start().await;
    let money = json!({"name": "price", "display_name": "Price", "field_type": "money",
        "custom_field_type": "decimal", "currency": "EUR", "symbol": "€"});
    workspace.define_fields("all", json!([money])).await;
    let id = id_of(&log_value(&workspace, "price", "10.25").await.expect(201));
    let field = workspace.api.read(&id).await.expect(200).json()["fields"][0].clone();
    assert_eq!(field["value"], json!({"currency": "EUR", "symbol": "€", "amount": 10.25}));
    assert_eq!(field["custom_field_type"], "decimal");
}

#[tokio::test]
async fn a_required_field_has_to_say_something() {
    let workspace = Workspace::start().await;
    let mut text = field("text");
    let mut tags = field("dynamictags");
    let mut number = field("integer");
    for field in [&mut text, &mut tags, &mut number] {
        field["required"] = json!(true);
    }
    workspace.define_fields("all", json!([text, tags, number])).await;
    let named = |name: &str| own_id(&format!("all/{name}"));
    let input = json!({"related_objects": [], "fields": [
        {"id": named("text"), "value": ""},
        {"id": named("dynamictags"), "value": []},
    ]});
    let mut expected: Vec<String> =
        ["text", "dynamictags", "integer"].map(|name| format!("fields.{}", named(name))).into();
    expected.sort();
    assert_eq!(refused_fields(&workspace.api.log("all", &input).await), expected);
    let input = json!({"related_objects": [], "fields": [
        {"id": named("text"), "value": "x"},
        {"id": named("dynamictags"), "value": ["o1"]},
        {"id": named("integer"), "value": 0},
    ]});
    workspace.api.log("all", &input).await.expect(201);
}

#[tokio::test]
async fn a_field_is_given_once_and_is_one_of_the_type() {
    let workspace = Workspace::start().await;
    workspace.define_fields("all", json!([field("text")])).await;
    workspace.define_fields("other", json!([field("text")])).await;
    let id = own_id("all/text");
    let twice = json!([{"id": id, "value": "a"}, {"id": id, "value": "b"}]);
    let with = |fields: Value| json!({"related_objects": [], "fields": fields});
    assert_refused(&workspace.api.log("all", &with(twice)).await, &format!("fields.{id}"));
    let foreign = own_id("other/text");
    let answer = workspace.api.log("all", &with(json!([{"id": foreign, "value": "a"}]))).await;
    assert_refused(&answer, &format!("fields.{foreign}"));
    let answer = workspace.api.log("note", &with(json!([{"id": id, "value": "a"}]))).await;
    assert_refused(&answer, &format!("fields.{id}"));
    for fields in [json!({}), json!([1]), json!([{"id": id}]), json!([{"value": "a"}]), json!(null)]
    {
        assert_refused(&workspace.api.log("all", &with(fields)).await, "fields");
    }
}

#[tokio::test]
async fn fields_have_up_to_64_kb_in_all() {
    let workspace = Workspace::start().await;
    workspace.define_fields("all", json!([field("longtext")])).await;
    let around = format!(r#"[{{"id":"{}","value":""}}]"#, own_id("all/longtext")).len();
    let input = |bytes: usize| {
        let value = "x".repeat(bytes - around);
        json!({"related_objects": [],
            "fields": [{"id": own_id("all/longtext"), "value": value}]})
    };
    let read = workspace.api.log_and_read("all", &input(64 * 1024)).await;
    assert_eq!(read["fields"][0]["value"].as_str().map(str::len), Some(64 * 1024 - around));
    assert_refused(&workspace.api.log("all", &input(64 * 1024 + 1)).await, "fields");
}

#[tokio::test]
async fn a_definition_changed_after_logging_does_not_change_what_was_logged() {
    let workspace = Workspace::start().await;
    workspace.define_fields("all", json!([field("radio"), field("money")])).await;
    let input = json!({"related_objects": [{"custom_object": "contact", "entity_id": "con_1"}],
    "fields": [
        {"id": own_id("all/radio"), "value": "o1"},
        {"id": own_id("all/money"), "value": 5},
    ]});
    let id = id_of(&workspace.api.log("all", &input).await.expect(201));
    let (read, listed) = (
        workspace.api.read(&id).await.expect(200).json(),
        workspace.api.responses("all", &json!({})).await,
    );
    let mut radio = field("radio");
    radio["display_name"] = json!("Another");
    radio["options"] = json!([{"id": "o1", "code": "x", "name": "Another"}]);
    let mut changed = type_of("all", json!([radio]));
    changed["name"] = json!("Another");
    changed["association_mode"] = json!("no_objects_associated");
    changed["category"] = json!("meeting");
    workspace.define(changed).await;
    workspace.stack.put_resource("acme", "contact", "con_1", Some("Another")).await;
    assert_eq!(workspace.api.read(&id).await.expect(200).json(), read);
    assert_eq!(workspace.api.responses("all", &json!({})).await.json(), listed.json());
    let input = json!({"related_objects": [],
        "fields": [{"id": own_id("all/radio"), "value": "o1"}]});
    let new = workspace.api.log_and_read("all", &input).await;
    assert_eq!(new["fields"][0]["value"]["name"], "Another");
    assert_eq!(
        (&new["activity_object"]["name"], &new["type"]),
        (&json!("Another"), &json!("meeting"))
    );
}

/// Random valid values of a field type, written and read.
fn valid(field_type: &'static str) -> BoxedStrategy<Written> {
    let same = |value: Value| (value.clone(), value);
    let option = |index: usize| options()[index].clone();
    match field_type {
        "text" | "longtext" | "email" | "wysiwyg" => {
            "\\PC{1,40}".prop_map(move |text| same(json!(text))).boxed()
        }
        "integer" => any::<i64>().prop_map(move |number| same(json!(number))).boxed(),
        "rating" => (-99_999_i32..99_999, 0_u32..4)
            .prop_map(move |(number, places)| {
                same(json!(f64::from(number) / f64::from(10_u32.pow(places))))
            })
            .prop_map(|(value, _)| {
                // A whole number is one, with or without a point.
                let number = value.as_f64().unwrap_or_default();
                (json!(number), plain(number))
            })
            .boxed(),
        "decimal" => (any::<i32>(), 0_u32..4)
            .prop_map(|(number, places)| {
                let number = f64::from(number) / f64::from(10_u32.pow(places));
                (json!(number), json!(format!("{number:?}").replace("-0.0", "0.0")))
            })
            .boxed(),
        "money" => (-99_999_i32..99_999)
            .prop_map(|cents| {
                let amount = f64::from(cents) / 100.0;
                let read = json!({"currency": "USD", "symbol": "$", "amount": plain(amount)});
                (json!(amount), read)
            })
            .boxed(),
        "date" => (1_u32..10_000, 1_u32..13, 1_u32..29)
            .prop_map(move |(y, m, d)| same(json!(format!("{y:04}-{m:02}-{d:02}"))))
            .boxed(),
        "datetime" => (1_u32..10_000, 0_u32..24, 0_u32..1_000)
            .prop_map(move |(year, hour, ms)| {
                same(json!(format!("{year:04}-06-15T{hour:02}:00:00.{ms:03}Z")))
            })
            .boxed(),
        "dropdown" | "radio" | "choices" | "status" | "selector" => {
            (0_usize..2).prop_map(move |index| (option(index)["id"].clone(), option(index))).boxed()
        }
        "checkboxes" | "dynamictags" => prop::sample::subsequence(vec![0_usize, 1], 1..=2)
            .prop_shuffle()
            .prop_map(move |chosen| {
                let ids: Vec<Value> = chosen.iter().map(|n| option(*n)["id"].clone()).collect();
                let read: Vec<Value> = chosen.iter().map(|n| option(*n)).collect();
                (json!(ids), json!(read))
            })
            .boxed(),
        "checkbox" => any::<bool>().prop_map(move |value| same(json!(value))).boxed(),
        "yesnomaybe" => prop::sample::select(vec!["yes", "no", "maybe"])
            .prop_map(move |word| same(json!(word)))
            .boxed(),
        "relationship" => "[a-z]{1,9}_[0-9]{1,9}".prop_map(move |id| same(json!(id))).boxed(),
        "files" => prop::collection::vec(any::<u128>(), 1..4)
            .prop_map(move |ids| {
                let ids: Vec<String> =
                    ids.into_iter().map(|id| uuid::Uuid::from_u128(id).to_string()).collect();
                same(json!(ids))
            })
            .boxed(),
        "phonenumber" => "\\+[1-9][0-9]{1,14}".prop_map(move |text| same(json!(text))).boxed(),
        "timezone" => prop::sample::select(vec!["Europe/Berlin", "Asia/Tokyo", "UTC"])
            .prop_map(move |zone| same(json!(zone)))
            .boxed(),
        "team_selector" => any::<u128>()
            .prop_map(move |id| same(json!(uuid::Uuid::from_u128(id).to_string())))
            .boxed(),
        other => panic!("there is no field type {other}"),
    }
}

/// A number as it is read: without a point where it is whole.
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}

/// A random type: some fields, required or not, with a value or none.
#[derive(Clone, Debug)]
struct Sample {
    fields: Vec<(&'static str, bool, Option<Written>)>,
    notes: String,
    spoilt: prop::sample::Index,
    wrong: prop::sample::Index,
}

fn sample() -> impl Strategy<Value = Sample> {
    let names: Vec<&'static str> = table().into_iter().map(|(name, ..)| name).collect();
    let field = |name: &'static str| {
        (Just(name), any::<bool>(), prop::option::of(valid(name))).prop_flat_map(
            move |(name, required, value)| match value {
                // What is required is there.
                None if required => {
                    valid(name).prop_map(move |value| (name, true, Some(value))).boxed()
                }
                value => Just((name, required, value)).boxed(),
            },
        )
    };
    let fields = prop::sample::subsequence(names, 1..=24)
        .prop_flat_map(move |names| names.into_iter().map(field).collect::<Vec<_>>());
    (fields, "\\PC{0,80}", any::<prop::sample::Index>(), any::<prop::sample::Index>())
        .prop_map(|(fields, notes, spoilt, wrong)| Sample { fields, notes, spoilt, wrong })
}

/// Defines a type, logs random valid values, and reads them equal; with one
/// value made invalid, exactly that field is refused.
#[tokio::test]
async fn random_values_of_random_types_read_back_equal_and_one_bad_value_is_named() {
    let cases = std::env::var("ACTIVITY_LOG_TEST_CASES").ok();
    let cases: usize = cases.and_then(|text| text.parse().ok()).unwrap_or(64);
    let workspace = Workspace::start().await;
    let mut runner = TestRunner::deterministic();
    for case in 0..cases.min(2_000) {
        let sample = sample().new_tree(&mut runner).expect("a sample is made").current();
        check(&workspace, &format!("t{case}"), &sample).await;
    }
}

async fn check(workspace: &Workspace, api_name: &str, sample: &Sample) {
    let definitions: Vec<Value> = sample
        .fields
        .iter()
        .map(|(name, required, _)| {
            let mut definition = field(name);
            definition["required"] = json!(required);
            definition
        })
        .collect();
    workspace.define_fields(api_name, json!(definitions)).await;
    let field_id = |name: &str| own_id(&format!("{api_name}/{name}"));
    let given: Vec<(&str, &Value, &Value)> = sample
        .fields
        .iter()
        .filter_map(|(name, _, value)| value.as_ref().map(|(one, two)| (*name, one, two)))
        .collect();
    let mut fields: Vec<Value> = given
        .iter()
        .map(|(name, written, _)| json!({"id": field_id(name), "value": written}))
        .collect();
    let input = json!({"related_objects": [], "notes": sample.notes, "fields": fields});
    let read = workspace.api.log_and_read(api_name, &input).await;
    let values = read.get("fields").and_then(Value::as_array).cloned().unwrap_or_default();
    assert_eq!(read["notes"], json!(sample.notes), "{sample:?}");
    assert_eq!(values.len(), given.len(), "{sample:?}");
    for (value, (name, _, expected)) in values.iter().zip(&given) {
        assert_eq!((&value["name"], &value["value"]), (&json!(name), *expected), "{sample:?}");
    }
    if given.is_empty() {
        return;
    }
    let index = sample.spoilt.index(given.len());
    let name = given[index].0;
    let row = table().into_iter().find(|(other, ..)| *other == name).expect("it is in the table");
    let wrong = row.2[sample.wrong.index(row.2.len())];
    // A number that JSON's doubles can't hold is another one by the time that
    // it is sent from here; the table above sends it as text.
    let wrong: Value = serde_json::from_str(wrong).expect("it is JSON");
    fields[index]["value"] = if wrong.is_f64() { json!({}) } else { wrong };
    let input = json!({"related_objects": [], "fields": fields});
    let answer = workspace.api.log(api_name, &input).await;
    assert_refused(&answer, &format!("fields.{}", field_id(name)));
}

#[tokio::test]
async fn an_input_of_fields_alone_needs_no_notes() {
    let workspace = Workspace::start().await;
    workspace.define_fields("all", json!([field("email")])).await;
    workspace.api.log("all", &empty()).await.expect(201);
}
