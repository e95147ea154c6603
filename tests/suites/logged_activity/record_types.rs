//! Record types that a tenant knows by ids of its own: they are named by these ids, and
//! shown with them.

use activity_log_tests::client::logged_activity::{assert_refused, id_of, ids};
use activity_log_tests::workspace::{TENANT, Workspace, built_in_id, own_id, type_of};
use serde_json::{Value, json};
use uuid::Uuid;

const PROPERTY: Uuid = Uuid::from_u128(0x1111_2222_3333_4444_5555_6666_7777_8888);
const CONTACT: Uuid = Uuid::from_u128(0x2111_2222_3333_4444_5555_6666_7777_8888);

async fn workspace() -> Workspace {
    let workspace = Workspace::start().await;
    workspace.stack.register_record_type(TENANT, "property", PROPERTY).await;
    workspace.stack.register_record_type(TENANT, "contact", CONTACT).await;
    let mut visit = type_of(
        "visit",
        json!([{
            "name": "house", "display_name": "House", "field_type": "relationship",
            "relation": PROPERTY,
        }]),
    );
    visit["association_mode"] = json!("selected_objects_associated");
    visit["selected_objects"] = json!([PROPERTY, built_in_id("contact"), "company"]);
    workspace.define(visit).await;
    workspace
}

fn about(objects: &[(String, &str)]) -> Value {
    let object = |(kind, id): &(String, &str)| json!({ "custom_object": kind, "entity_id": id });
    json!({ "related_objects": objects.iter().map(object).collect::<Vec<_>>() })
}

#[tokio::test]
async fn an_activity_is_logged_about_records_of_registered_ids() {
    let Workspace { api, v1, .. } = workspace().await;
    let by_any_name = [
        (PROPERTY.to_string(), CONTACT.to_string()),
        (PROPERTY.to_string().to_uppercase(), "contact".to_owned()),
        ("property".to_owned(), CONTACT.to_string()),
        // The ids of their names go on to be theirs.
        (own_id("property"), built_in_id("contact")),
    ];
    for (property, contact) in &by_any_name {
        let input = about(&[(property.clone(), "pro_1"), (contact.clone(), "con_1")]);
        let id = id_of(&api.log("visit", &input).await.expect(201));
        let read = api.read(&id).await.expect(200).json();
        let shown: Vec<Value> = read["associated_entities"].as_array().cloned().unwrap_or_default();
        let expected = [
            json!({ "object_api_name": "property", "entity_id": "pro_1",
                "display_name": "12 Hill Road", "custom_object": PROPERTY }),
            json!({ "object_api_name": "contact", "entity_id": "con_1",
                "display_name": "Jane Doe", "custom_object": CONTACT }),
        ];
        assert_eq!(shown, expected, "{property}");
        assert_eq!(
            v1.read(&id).await.expect(200).json()["activity"]["related_resource_type"],
            "contact"
        );
    }
    let twice = about(&[(PROPERTY.to_string(), "pro_1"), ("property".to_owned(), "pro_2")]);
    assert_refused(&api.log("visit", &twice).await, "related_objects");
    for (kind, id) in [(PROPERTY.to_string(), "pro_9"), (Uuid::from_u128(9).to_string(), "pro_1")] {
        assert_refused(&api.log("visit", &about(&[(kind, id)])).await, "related_objects");
    }
}

#[tokio::test]
async fn lists_are_filtered_by_registered_ids_and_show_them() {
    let Workspace { api, .. } = workspace().await;
    let property = about(&[(PROPERTY.to_string(), "pro_1")]);
    let logged = id_of(&api.log("visit", &property).await.expect(201));
    let _ = api.log("visit", &about(&[("company".to_owned(), "com_1")])).await.expect(201);
    for kind in [PROPERTY.to_string(), own_id("property"), "property".to_owned()] {
        let page = api.responses("visit", &json!({ "custom_object_id": kind })).await.expect(200);
        assert_eq!(ids(&page), [logged.as_str()], "{kind}");
        let shown = &page.json()["results"][0]["associated_entities"][0]["custom_object"];
        assert_eq!(shown, &json!(PROPERTY));

        let types = api.get(&format!("/api/activities?custom_object_id={kind}")).await.expect(200);
        let types = types.json()["results"].as_array().cloned().unwrap_or_default();
        let visit = types.iter().find(|row| row["api_name"] == "visit").expect("it is listed");
        assert_eq!(visit["custom_objects"], json!([PROPERTY, CONTACT, built_in_id("company")]));
    }
    let one = api.get("/api/activities/visit").await.expect(200).json();
    let selected = json!({ "id": PROPERTY, "api_name": "property" });
    assert_eq!(one["selected_objects"][0], selected);
    let fields = api.get("/api/activities/visit/fields").await.expect(200).json();
    assert_eq!(fields[0]["relation"], selected);
}

#[tokio::test]
async fn the_ids_of_a_tenant_are_its_own() {
    let Workspace { stack, .. } = workspace().await;
    let key = stack.service_key("globex").await;
    stack.put_resource("globex", "property", "pro_1", None).await;
    let other = stack.logged_activity("globex", &key);
    let refused = other.log("note", &about(&[(PROPERTY.to_string(), "pro_1")])).await;
    let absent = other.log("note", &about(&[(Uuid::from_u128(9).to_string(), "pro_1")])).await;
    assert_refused(&refused, "related_objects");
    assert_eq!(refused.json(), absent.json());
    let logged = other.log("note", &about(&[("property".to_owned(), "pro_1")])).await.expect(201);
    let read = other.read(&id_of(&logged)).await.expect(200).json();
    assert_ne!(read["associated_entities"][0]["custom_object"], json!(PROPERTY));
}
