//! A history that is made quickly is what logging it would have made.

use activity_log_tests::engine::Engine;
use activity_log_tests::history::{Past, Template};
use activity_log_tests::measured::MeasuredStack;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

#[tokio::test]
async fn a_history_is_laid_out_as_the_store_writes_it() {
    let engine = Engine::fresh().await;
    let database = engine.database().expect("it is embedded").clone();
    let measured = MeasuredStack::start(engine).await;
    let MeasuredStack { stack, key, v1, client, .. } = &measured;
    let table = measured.table();
    // The first read of the trail leaves an event.
    drop(v1.audit_events(&[]).await.expect(200));
    let template = Template::record(stack, key, client).await;

    let before = table.items().await;
    let input = json!({
        "type": "meeting",
        "summary": "Renewals, 2 cafés; and a renewal",
        "occurred_at": "2020-01-02T03:04:05.678Z",
    });
    let answer = v1.log(&input).await.expect(201).json();
    let written = table.items_since(&before).await;

    let text = |value: &Value| value.as_str().expect("it is text").to_owned();
    let events =
        v1.audit_events(&[("limit", "1"), ("action", "activity.logged")]).await.expect(200).json();
    let past = Past {
        id: text(&answer["activity"]["id"]),
        event_id: text(&events["audit_events"][0]["id"]),
        request_id: text(&answer["request_id"]),
        category: text(&input["type"]),
        summary: text(&input["summary"]),
        body: String::new(),
        occurred_at: text(&input["occurred_at"]),
        logged_at: text(&answer["activity"]["logged_at"]),
    };
    // What is copied from the template: the hashes, and the salts, which are random.
    let mut made = template.items_of(&past);
    let event = written.values().find(|item| item.contains_key("input_hash"));
    let event = event.expect("there is an event");
    for item in made.iter_mut().filter(|item| item.contains_key("input_hash")) {
        for (name, value) in item.iter_mut() {
            let is_copied = name.ends_with("_hash") || name.ends_with("_salt");
            match event.get(name).filter(|_| is_copied) {
                Some(AttributeValue::S(text)) => *value = dynoxide::AttributeValue::S(text.clone()),
                Some(AttributeValue::B(bytes)) => {
                    *value = dynoxide::AttributeValue::B(bytes.clone().into_inner());
                }
                _ => {}
            }
        }
    }
    for (pk, sk) in written.keys().cloned() {
        let key = [("pk", pk), ("sk", sk)];
        let key = key.map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
        table.delete(&key.into()).await;
    }
    assert_eq!(table.items().await, before);
    let name = stack.ctx.store.table_name();
    database.import_items(name, made, Default::default()).expect("the engine takes the items");
    assert_eq!(table.items_since(&before).await, written);
}
