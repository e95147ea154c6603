//! Reading activity types: the list, one of it, and its fields.

use activity_log_tests::client::logged_activity::{assert_refused, empty, refused_fields};
use activity_log_tests::faulty_engine::{Fault, FaultKind, When};
use activity_log_tests::stack::Stack;
use activity_log_tests::workspace::{Workspace, built_in_id, own_id, type_of};
use http::Method;
use serde_json::{Value, json};

const BUILT_IN: [&str; 5] = ["agent_action", "call", "email", "meeting", "note"];

async fn names(workspace: &Workspace, parameters: &str) -> Vec<String> {
    let answer =
        workspace.api.get(&format!("/api/activities{parameters}")).await.expect(200).json();
    assert_eq!((&answer["previous"], &answer["errors"]), (&Value::Null, &json!([])));
    let results = answer["results"].as_array().expect("there are results");
    let name = |row: &Value| row["api_name"].as_str().expect("it has a name").to_owned();
    results.iter().map(name).collect()
}

async fn workspace_of_three() -> Workspace {
    let workspace = Workspace::start().await;
    let mut visit = type_of("a_visit", json!([]));
    visit["association_mode"] = json!("selected_objects_associated");
    visit["selected_objects"] = json!(["property", "contact"]);
    visit["description"] = json!("A look at a house");
    workspace.define(visit).await;
    let mut memo = type_of("memo", json!([]));
    memo["name"] = json!("MÉMO");
    memo["association_mode"] = json!("no_objects_associated");
    memo["enabled"] = json!(false);
    workspace.define(memo).await;
    workspace.define_fields("visit", json!([])).await;
    workspace
}

#[tokio::test]
async fn the_list_has_the_built_in_types_and_the_tenants_own_by_name() {
    let workspace = workspace_of_three().await;
    let expected = ["a_visit", "agent_action", "call", "email", "meeting", "memo", "note", "visit"];
    assert_eq!(names(&workspace, "").await, expected);
    for size in 1..=9 {
        let mut found: Vec<String> = Vec::new();
        let mut path = format!("/api/activities?page_size={size}");
        loop {
            let page = workspace.api.get(&path).await.expect(200).json();
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
    let workspace = workspace_of_three().await;
    assert_eq!(names(&workspace, "?search=VISIT").await, ["a_visit", "visit"]);
    assert_eq!(names(&workspace, "?search=m%C3%A9mo").await, ["memo"]);
    assert_eq!(names(&workspace, "?search=").await.len(), 8);
    let of = |object: String| format!("?custom_object_id={object}");
    let mut with_all: Vec<&str> = BUILT_IN.to_vec();
    with_all.push("visit");
    assert_eq!(names(&workspace, &of("company".into())).await, with_all);
    with_all.insert(0, "a_visit");
    assert_eq!(names(&workspace, &of(own_id("property"))).await, with_all);
    assert_eq!(names(&workspace, &of(built_in_id("contact"))).await, with_all);
    let filtered =
        workspace.api.get("/api/activities?search=visit&page_size=3").await.expect(200).json();
    let next = filtered["next"].as_str().unwrap();
    workspace.api.get(next).await.expect(200);
    let other = next.replace("search=visit", "search=other");
    assert_refused(&workspace.api.get(&other).await, "cursor");
}

#[tokio::test]
async fn parameters_are_checked() {
    let workspace = Workspace::start().await;
    let answer = workspace
        .api
        .get("/api/activities?page=2&page_size=0&custom_object_id=A&cursor=x&ordering=y")
        .await;
    assert_eq!(refused_fields(&answer), ["cursor", "custom_object_id", "page", "page_size"]);
    for path in
        ["/api/activities?ordering=a&ordering=b", "/api/activities/note/fields?ordering=&ordering="]
    {
        assert_refused(&workspace.api.get(path).await, "ordering");
    }
}

#[tokio::test]
async fn what_the_vendors_client_sends_beside_is_ignored() {
    let workspace = workspace_of_three().await;
    let id = workspace.api.log("visit", &empty()).await.expect(201).json()["id"].clone();
    let id = id.as_str().expect("it has an id");
    for path in [
        "/api/activities".to_owned(),
        "/api/activities/note".to_owned(),
        "/api/activities/visit/fields".to_owned(),
        format!("/api/activities/logged/{id}"),
    ] {
        let plain = workspace.api.get(&path).await.expect(200);
        let more = "show_no_objects_associated=true&ordering=order&_=1700000000&x=1&x=2&=";
        let more = workspace.api.get(&format!("{path}?{more}")).await.expect(200);
        assert_eq!(more.json(), plain.json(), "{path}");
        let _ = workspace.api.get(&format!("{path}?x=%zz")).await.expect(400);
    }
    for path in ["visit/log-activity", "visit/responses"] {
        let path = format!("/api/activities/{path}?x=1&show_no_objects_associated=true");
        let answer = workspace.api.call(Method::POST, &path).json(&empty()).send().await;
        // An unknown property is no parameter.
        let status = if path.contains("responses") { 400 } else { 201 };
        let _ = answer.expect(status);
    }
}

#[tokio::test]
async fn a_list_that_is_on_one_page_can_be_ordered() {
    let workspace = workspace_of_three().await;
    let by_name = names(&workspace, "").await;
    let mut turned = by_name.clone();
    turned.reverse();
    assert_eq!(names(&workspace, "?ordering=api_name").await, by_name);
    assert_eq!(names(&workspace, "?ordering=-api_name").await, turned);
    let of_one_name = ["visit", "a_visit"];
    assert_eq!(names(&workspace, "?ordering=name,-api_name").await[6..], of_one_name);
    assert_eq!(names(&workspace, "?ordering=colour,-created").await[3..], BUILT_IN);
    // Pages are read in the order of the list.
    assert_eq!(names(&workspace, "?ordering=-api_name&page_size=3").await, by_name[..3]);

    workspace
        .define_fields(
            "t",
            json!([
                {"name": "b", "display_name": "2", "field_type": "text"},
                {"name": "c", "display_name": "1", "field_type": "integer", "required": true},
                {"name": "a", "display_name": "3", "field_type": "text"},
            ]),
        )
        .await;
    for (ordering, expected) in [
        ("", "bca"),
        ("order", "bca"),
        ("-order", "acb"),
        ("name", "abc"),
        ("display_name", "cba"),
        ("-is_required,-name", "cba"),
        ("field_type,name", "cab"),
        ("colour", "bca"),
    ] {
        let path = format!("/api/activities/t/fields?ordering={ordering}");
        let fields = workspace.api.get(&path).await.expect(200).json();
        let name = |field: &Value| field["name"].as_str().expect("it has a name").to_owned();
        let found: String = fields.as_array().expect("it is a list").iter().map(name).collect();
        assert_eq!(found, expected, "{ordering}");
    }
}

#[tokio::test]
async fn null_in_a_definition_is_absence() {
    let workspace = Workspace::start().await;
    workspace
        .define(json!({
            "name": "Site visit",
            "api_name": "visit",
            "association_mode": "all_objects_associated",
            "description": null,
            "selected_objects": null,
            "category": null,
            "enabled": null,
            "created_by": null,
            "fields": [{
                "id": null, "name": "roof", "display_name": "Roof", "field_type": "text",
                "custom_field_type": null, "required": null, "options": null, "relation": null,
                "currency": null, "symbol": null, "custom_object_field": null,
            }, {
                "name": "state", "display_name": "State", "field_type": "dropdown",
                "options": [{"id": null, "code": "new", "name": "New"}],
            }],
        }))
        .await;
    let fields = workspace.api.get("/api/activities/visit/fields").await.expect(200).json();
    assert_eq!(fields[0]["custom_field_type"], Value::Null);
    assert_eq!(fields[1]["options"][0]["code"], "new");
}

#[tokio::test]
async fn a_type_is_read_by_its_api_name_or_uuid() {
    let workspace = workspace_of_three().await;
    let read = workspace.api.get("/api/activities/a_visit").await.expect(200).json();
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
    let by_id =
        workspace.api.get(&format!("/api/activities/{}", own_id("a_visit"))).await.expect(200);
    assert_eq!(by_id.json(), read);
    let memo = workspace.api.get("/api/activities/memo").await.expect(200).json();
    assert_eq!((&memo["deleted"], &memo["description"]), (&json!(true), &Value::Null));
    for name in BUILT_IN {
        let by_name =
            workspace.api.get(&format!("/api/activities/{name}")).await.expect(200).json();
        let path = format!("/api/activities/{}", built_in_id(name));
        assert_eq!(workspace.api.get(&path).await.expect(200).json(), by_name);
        assert_eq!((&by_name["category"], &by_name["created"]), (&json!(name), &Value::Null));
        let fields = workspace.api.get(&format!("/api/activities/{name}/fields")).await.expect(200);
        assert_eq!(fields.json(), json!([]));
    }
    for path in ["nothing", "nothing/fields", "logged", "logged/fields", "memo/"] {
        workspace.api.get(&format!("/api/activities/{path}")).await.expect(404);
    }
}

#[tokio::test]
async fn the_fields_of_a_type_are_a_plain_list_in_their_order() {
    let workspace = Workspace::start().await;
    let options = json!([{"id": "o1", "code": "won", "name": "Won"}]);
    workspace
        .define_fields("t", json!([
            {"name": "result", "display_name": "Result", "field_type": "radio", "required": true,
                "options": options},
            {"id": "0193C1D2-0000-7000-8000-000000000001", "name": "of", "display_name": "Of",
                "field_type": "relationship", "relation": "property"},
        ]))
        .await;
    let fields = workspace.api.get("/api/activities/t/fields").await.expect(200).json();
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
    let (stack, engine) = Stack::start_faulty().await;
    let workspace = Workspace::on(stack).await;
    workspace.define_fields("t", json!([])).await;
    let input = json!({
        "related_objects": [
            {"custom_object": "contact", "entity_id": "con_1"},
            {"custom_object": "property", "entity_id": "pro_1"},
        ],
        "scheduled_activity_id": "6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a19",
    });
    workspace.api.log_with_key("t", &empty(), "warm").await.expect(201);
    // Long enough for what is asked side by side to overlap on any machine.
    engine.inject(Fault::on_any(When::Always, FaultKind::DelayMs(100)));
    engine.reset_calls();
    // Type, key, completion and records side by side; staging; the commit.
    workspace.api.log_with_key("t", &input, "k").await.expect(201);
    assert_eq!(engine.sequential_round_trips(), 3);
    engine.reset_calls();
    // The type, the tail, the manifest, the heads.
    workspace.api.responses("t", &json!({})).await.expect(200);
    assert_eq!(engine.sequential_round_trips(), 4);
    workspace.api.get("/api/activities").await.expect(200);
    workspace.api.get("/api/activities/t/fields").await.expect(200);
    engine.assert_consistent();
}
