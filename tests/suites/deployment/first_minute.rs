//! A stranger's first minute: log, find, read, see the audit trail.

use activity_log_tests::stack::Stack;
use serde_json::json;

#[tokio::test]
async fn an_activity_is_logged_found_read_and_audited() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    stack.put_resource("acme", "contact", "con_123", Some("Jane Doe")).await;
    let input = json!({
        "type": "email",
        "summary": "Jane asked for pricing details",
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
    });
    let logged = v1.log(&input).await.expect(201);
    let id = logged.json()["activity"]["id"].as_str().expect("there is an id").to_owned();
    assert_eq!(logged.header("location"), format!("/v1/activities/{id}"));

    let found = v1.search(&[("query", "price")]).await.expect(200).json();
    assert_eq!(found["activities"][0]["id"], *id);
    assert_eq!(found.get("next_cursor"), None);

    let read = v1.read(&id).await.expect(200).json();
    assert_eq!(read["activity"]["summary"], input["summary"]);

    let audit = v1.audit_events(&[("resource_id", &id)]).await.expect(200).json();
    assert_eq!(audit["audit_events"][0]["status"], "succeeded");
    assert_eq!(audit["audit_events"][0]["request_id"], logged.json()["request_id"]);
}
