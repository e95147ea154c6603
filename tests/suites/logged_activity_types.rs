//! Reading activity types: the list, one of it, and its fields.

use activity_log_tests::faulty_engine::{Fault, FaultKind, When};
use serde_json::{Value, json};

use crate::contract::faulty_stack;
use crate::logged_activity::{
    Dialect, assert_refused, built_in_id, own_id, refused_fields, type_of,
};

const BUILT_IN: [&str; 5] = ["agent_action", "call", "email", "meeting", "note"];

async fn names(dialect: &Dialect, parameters: &str) -> Vec<String> {
    let answer = dialect.get(&format!("/api/activities{parameters}")).await.expect(200).json();
    assert_eq!((&answer["previous"], &answer["errors"]), (&Value::Null, &json!([])));
    let results = answer["results"].as_array().expect("there are results");
    let name = |row: &Value| row["api_name"].as_str().expect("it has a name").to_owned();
    results.iter().map(name).collect()
}

async fn dialect_of_three() -> Dialect {
    let dialect = Dialect::start().await;
    let mut visit = type_of("a_visit", json!([]));
    visit["association_mode"] = json!("selected_objects_associated");
    visit["selected_objects"] = json!(["property", "contact"]);
    visit["description"] = json!("A look at a house");
    dialect.define(visit).await;
    let mut memo = type_of("memo", json!([]));
    memo["name"] = json!("MÉMO");
    memo["association_mode"] = json!("no_objects_associated");
    memo["enabled"] = json!(false);
    dialect.define(memo).await;
    dialect.define_fields("visit", json!([])).await;
    dialect
}

#[tokio::test]
async fn the_list_has_the_built_in_types_and_the_tenants_own_by_name() {
    let dialect = dialect_of_three().await;
    let expected = ["a_visit", "agent_action", "call", "email", "meeting", "memo", "note", "visit"];
    assert_eq!(names(&dialect, "").await, expected);
    for size in 1..=9 {
        let mut found: Vec<String> = Vec::new();
        let mut path = format!("/api/activities?page_size={size}");
        loop {
            let page = dialect.get(&path).await.expect(200).json();
            let results = page["results"].as_array().unwrap();
            assert!(results.len() <= size);
            found.extend(results.iter().map(|row| row["api_name"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            path = next.to_owned();
        }
        assert_eq!(found, expected, "{size}");
    }
}

#[tokio::test]
async fn the_list_is_filtered_by_name_and_by_object() {
    let dialect = dialect_of_three().await;
    assert_eq!(names(&dialect, "?search=VISIT").await, ["a_visit", "visit"]);
    assert_eq!(names(&dialect, "?search=m%C3%A9mo").await, ["memo"]);
    assert_eq!(names(&dialect, "?search=").await.len(), 8);
    let of = |object: String| format!("?custom_object_id={object}");
    let mut with_all: Vec<&str> = BUILT_IN.to_vec();
    with_all.push("visit");
    assert_eq!(names(&dialect, &of("company".into())).await, with_all);
    with_all.insert(0, "a_visit");
    assert_eq!(names(&dialect, &of(own_id("property"))).await, with_all);
    assert_eq!(names(&dialect, &of(built_in_id("contact"))).await, with_all);
    let filtered = dialect.get("/api/activities?search=visit&page_size=3").await.expect(200).json();
    let next = filtered["next"].as_str().unwrap();
    dialect.get(next).await.expect(200);
    let other = next.replace("search=visit", "search=other");
    assert_refused(&dialect.get(&other).await, "cursor");
}

#[tokio::test]
async fn parameters_are_checked() {
    let dialect = Dialect::start().await;
    let answer = dialect
        .get("/api/activities?page=2&page_size=0&custom_object_id=A&cursor=x&ordering=y")
        .await;
    assert_eq!(
        refused_fields(&answer),
        ["cursor", "custom_object_id", "ordering", "page", "page_size"]
    );
    for path in ["/api/activities/note?x=1", "/api/activities/note/fields?x=1"] {
        assert_refused(&dialect.get(path).await, "x");
    }
}

#[tokio::test]
async fn a_type_is_read_by_its_api_name_or_uuid() {
    let dialect = dialect_of_three().await;
    let read = dialect.get("/api/activities/a_visit").await.expect(200).json();
    assert_eq!(
        read,
        json!({
            "id": own_id("a_visit"),
            "name": "Site visit",
            "api_name": "a_visit",
            "description": "A look at a house",
            "association_mode": "selected_objects_associated",
            "custom_objects": [own_id("property"), built_in_id("contact")],
            "selected_objects": [
                {"id": own_id("property"), "api_name": "property"},
                {"id": built_in_id("contact"), "api_name": "contact"},
            ],
            "deleted": false,
            "created": read["created"],
            "category": "note",
        })
    );
    assert!(read["created"].is_string());
    let by_id = dialect.get(&format!("/api/activities/{}", own_id("a_visit"))).await.expect(200);
    assert_eq!(by_id.json(), read);
    let memo = dialect.get("/api/activities/memo").await.expect(200).json();
    assert_eq!((&memo["deleted"], &memo["description"]), (&json!(true), &Value::Null));
    for name in BUILT_IN {
        let by_name = dialect.get(&format!("/api/activities/{name}")).await.expect(200).json();
        let path = format!("/api/activities/{}", built_in_id(name));
        assert_eq!(dialect.get(&path).await.expect(200).json(), by_name);
        assert_eq!((&by_name["category"], &by_name["created"]), (&json!(name), &Value::Null));
        let fields = dialect.get(&format!("/api/activities/{name}/fields")).await.expect(200);
        assert_eq!(fields.json(), json!([]));
    }
    for path in ["nothing", "nothing/fields", "logged", "logged/fields", "memo/"] {
        dialect.get(&format!("/api/activities/{path}")).await.expect(404);
    }
}

#[tokio::test]
async fn the_fields_of_a_type_are_a_plain_list_in_their_order() {
    let dialect = Dialect::start().await;
    let options = json!([{"id": "o1", "code": "won", "name": "Won"}]);
    dialect
        .define_fields("t", json!([
            {"name": "result", "display_name": "Result", "field_type": "radio", "required": true,
                "options": options},
            {"id": "0193C1D2-0000-7000-8000-000000000001", "name": "of", "display_name": "Of",
                "field_type": "relationship", "relation": "property"},
        ]))
        .await;
    let fields = dialect.get("/api/activities/t/fields").await.expect(200).json();
    assert_eq!(
        fields,
        json!([
            {
                "id": own_id("t/result"), "name": "result", "display_name": "Result",
                "field_type": "radio", "custom_field_type": null, "custom_object_field": null,
                "is_default": false, "is_required": true, "is_read_only": false,
                "is_hidden": false, "is_deletable": false, "order": 0, "options": options,
                "relation": null,
            },
            {
                "id": "0193c1d2-0000-7000-8000-000000000001", "name": "of", "display_name": "Of",
                "field_type": "relationship", "custom_field_type": null,
                "custom_object_field": null, "is_default": false, "is_required": false,
                "is_read_only": false, "is_hidden": false, "is_deletable": false, "order": 1,
                "options": [], "relation": {"id": own_id("property"), "api_name": "property"},
            },
        ])
    );
}

#[tokio::test]
async fn every_read_of_the_dialect_is_consistent_and_costs_few_round_trips() {
    let (stack, engine) = faulty_stack().await;
    let dialect = Dialect::on(stack).await;
    dialect.define_fields("t", json!([])).await;
    let input = json!({
        "related_objects": [
            {"custom_object": "contact", "entity_id": "con_1"},
            {"custom_object": "property", "entity_id": "pro_1"},
        ],
        "scheduled_activity_id": "6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a19",
    });
    dialect.log_with_key("t", &crate::logged_activity::empty(), "warm").await.expect(201);
    // Long enough for what is asked side by side to overlap on any machine.
    engine.inject(Fault::on_any(When::Always, FaultKind::DelayMs(100)));
    engine.reset_calls();
    // Type, key, completion and records side by side; staging; the commit.
    dialect.log_with_key("t", &input, "k").await.expect(201);
    assert_eq!(engine.sequential_round_trips(), 3);
    engine.reset_calls();
    // The type, the list, the heads.
    dialect.responses("t", &json!({})).await.expect(200);
    assert_eq!(engine.sequential_round_trips(), 3);
    dialect.get("/api/activities").await.expect(200);
    dialect.get("/api/activities/t/fields").await.expect(200);
    engine.assert_consistent();
}
