//! `POST /api/activities/{activity_identifier}/responses`, and that what is
//! logged in one dialect is found and read in the other.

use activity_log_tests::client::logged_activity::{
    about, assert_refused, empty, id_of, ids, notes, refused_fields,
};
use activity_log_tests::client::v1::{note_with, rows};
use activity_log_tests::workspace::{TENANT, Workspace, built_in_id, own_id, type_of};
use http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_page_has_the_activities_of_one_type_newest_first() {
    let workspace = Workspace::start().await;
    let field = json!({"name": "result", "display_name": "Result", "field_type": "text"});
    workspace.define_fields("site_visit", json!([field])).await;
    workspace.define_fields("other", json!([])).await;
    let mut input = about(&[("contact", "con_1")]);
    input["fields"] = json!([{"id": own_id("site_visit/result"), "value": "fine"}]);
    let first = workspace.api.log("site_visit", &input).await.expect(201);
    workspace.api.log("other", &empty()).await.expect(201);
    workspace.api.log("note", &empty()).await.expect(201);
    let second = workspace.api.log("site_visit", &empty()).await.expect(201);
    let page = workspace.api.responses("site_visit", &json!({})).await.expect(200);
    assert_eq!(ids(&page), [id_of(&second), id_of(&first)]);
    let read = workspace.api.read(&id_of(&first)).await.expect(200).json();
    let body = page.json();
    assert_eq!(
        body["results"][1],
        json!({
            "id": id_of(&first),
            "logged_at": read["logged_at"],
            "logged_by": read["logged_by"],
            "associated_entities": read["associated_entities"],
            "fields_with_values": read["fields"],
        })
    );
    assert_eq!(body["results"][0]["fields_with_values"], json!([]));
    assert_eq!((&body["next"], &body["previous"]), (&Value::Null, &Value::Null));
    assert_eq!((&body["errors"], body.get("count")), (&json!([]), None));
    let by_id = workspace.api.responses(&own_id("site_visit"), &json!({})).await.expect(200);
    assert_eq!(by_id.json(), body);
    workspace.api.responses("nothing", &json!({})).await.expect(404);
}

#[tokio::test]
async fn a_built_in_type_lists_what_every_dialect_logged_and_no_own_type() {
    let workspace = Workspace::start().await;
    workspace.define_fields("site_visit", json!([])).await;
    let v1 = workspace.v1.log(&note_with(json!({}))).await.expect(201);
    let v1 = v1.json()["activity"]["id"].as_str().unwrap().to_owned();
    workspace.api.log("site_visit", &empty()).await.expect(201);
    let own = id_of(&workspace.api.log("note", &empty()).await.expect(201));
    let page = workspace.api.responses("note", &json!({})).await.expect(200);
    assert_eq!(ids(&page), [own, v1]);
    assert_eq!(ids(&workspace.api.responses("email", &json!({})).await), Vec::<String>::new());
}

#[tokio::test]
async fn pages_follow_each_other_by_their_links_with_or_without_the_body() {
    let workspace = Workspace::start().await;
    workspace.define_fields("t", json!([])).await;
    let mut logged = Vec::new();
    for n in 0..7 {
        logged.push(id_of(
            &workspace.api.log("t", &notes(&format!("visit {n} & more"))).await.expect(201),
        ));
    }
    logged.reverse();
    for repeat_body in [true, false] {
        let input = json!({"page": 1, "page_size": 3, "search": "visit & more",
            "custom_object_id": null});
        let mut found = Vec::new();
        let mut page = workspace.api.responses("t", &input).await.expect(200);
        loop {
            assert!(ids(&page).len() <= 3);
            found.extend(ids(&page));
            let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
            // What is logged meanwhile is newer, and moves nothing.
            workspace.api.log("t", &notes("visit & more")).await.expect(201);
            page = workspace.api.follow(&next, repeat_body.then_some(&input)).await.expect(200);
        }
        let newest = found.len() - 7;
        assert_eq!(found[newest..], logged, "{repeat_body}");
        let all = workspace.api.responses("t", &json!({"page_size": 1000})).await.expect(200);
        logged = ids(&all);
        logged.retain(|id| found.contains(id));
    }
}

#[tokio::test]
async fn a_page_cannot_be_jumped_to_and_parameters_are_checked() {
    let workspace = Workspace::start().await;
    workspace.define_fields("t", json!([])).await;
    for _ in 0..3 {
        workspace.api.log("t", &empty()).await.expect(201);
    }
    for (input, field) in [
        (json!({"page": 2}), "page"),
        (json!({"page": 0}), "page"),
        (json!({"page": "x"}), "page"),
        (json!({"page_size": 0}), "page_size"),
        (json!({"page_size": 1001}), "page_size"),
        (json!({"page_size": [1]}), "page_size"),
        (json!({"search": "?!"}), "search"),
        (json!({"custom_object_id": "Contact"}), "custom_object_id"),
        (json!({"cursor": "x"}), "cursor"),
        (json!({"order": "id"}), "order"),
    ] {
        assert_refused(&workspace.api.responses("t", &input).await, field);
    }
    let both = workspace.api.responses("t", &json!({"page": 9, "x": 1, "page_size": "many"})).await;
    assert_eq!(refused_fields(&both), ["page", "page_size", "x"]);
    let path = "/api/activities/t/responses?page_size=2";
    let answer = workspace.api.call(Method::POST, path).json(&json!({"page_size": 3})).send().await;
    assert_refused(&answer, "page_size");
    // Any number goes with a cursor, which is what counts.
    let first = workspace.api.responses("t", &json!({"page_size": 2})).await.expect(200);
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = workspace.api.follow(&next, Some(&json!({"page": 2, "page_size": 2}))).await;
    assert_eq!(ids(&second.expect(200)).len(), 1);
    // A cursor belongs to its list, type and filters.
    let cursor = next.split("cursor=").nth(1).unwrap();
    for (identifier, input) in
        [("note", json!({"cursor": cursor})), ("t", json!({"cursor": cursor, "search": "x"}))]
    {
        assert_refused(&workspace.api.responses(identifier, &input).await, "cursor");
    }
    let text =
        workspace.api.call(Method::POST, path).header("content-type", "text/plain").body("x");
    text.send().await.expect(415);
}

#[tokio::test]
async fn a_search_finds_words_of_notes_and_of_text_fields() {
    let workspace = Workspace::start().await;
    let fields: Vec<Value> = ["text", "longtext", "email", "wysiwyg", "phonenumber"]
        .iter()
        .map(|kind| json!({"name": kind, "display_name": kind, "field_type": kind}))
        .collect();
    workspace.define_fields("t", json!(fields)).await;
    let value = |name: &str, text: &str| json!({"id": own_id(&format!("t/{name}")), "value": text});
    let input = json!({
        "related_objects": [],
        "notes": "Pricing was discussed",
        "fields": [
            value("text", "green roof"),
            value("longtext", &format!("{} blue gutters", "long ".repeat(2_000))),
            value("email", "jane@example.org"),
            value("wysiwyg", "<b>yellow</b> door"),
            value("phonenumber", "+4930123456"),
        ],
    });
    let id = id_of(&workspace.api.log("t", &input).await.expect(201));
    for (search, found) in [
        ("price", true),
        ("roofs gutter", true),
        ("\"green roof\"", true),
        ("\"blue gutters\"", true),
        ("\"pricing was\" \"yellow\"", true),
        ("jane example", true),
        ("\"roof green\"", false),
        ("4930123456", false),
        ("red", false),
    ] {
        let expected: &[&str] = if found { &[&id] } else { &[] };
        let page = workspace.api.responses("t", &json!({ "search": search })).await.expect(200);
        assert_eq!(ids(&page), expected, "{search}");
        let v1 = workspace.v1.search(&[("query", search)]).await.expect(200);
        assert_eq!(rows(&v1, "activities", "id"), expected, "{search}");
    }
    // An empty search is none.
    assert_eq!(ids(&workspace.api.responses("t", &json!({"search": " "})).await), [id.as_str()]);
}

#[tokio::test]
async fn a_custom_object_filters_what_is_about_records_of_it() {
    let workspace = Workspace::start().await;
    workspace.define_fields("t", json!([])).await;
    let both = id_of(
        &workspace
            .api
            .log("t", &about(&[("contact", "con_1"), ("property", "pro_1")]))
            .await
            .expect(201),
    );
    let contact = id_of(&workspace.api.log("t", &about(&[("contact", "con_1")])).await.expect(201));
    workspace.api.log("t", &empty()).await.expect(201);
    for (object, expected) in [
        ("contact".to_owned(), vec![&contact, &both]),
        (built_in_id("contact"), vec![&contact, &both]),
        (own_id("property"), vec![&both]),
        ("property".to_owned(), vec![&both]),
        ("company".to_owned(), vec![]),
        (own_id("boat"), vec![]),
    ] {
        let page = workspace.api.responses("t", &json!({ "custom_object_id": object })).await;
        assert_eq!(ids(&page.expect(200)).iter().collect::<Vec<_>>(), expected, "{object}");
    }
}

#[tokio::test]
async fn a_page_is_bounded_in_bytes_and_goes_on_behind_them() {
    let workspace = Workspace::start().await;
    let field = json!({"name": "long", "display_name": "Long", "field_type": "longtext"});
    workspace.define_fields("t", json!([field])).await;
    let value = "x".repeat(60_000);
    let mut logged = Vec::new();
    for _ in 0..40 {
        let input = json!({"related_objects": [],
            "fields": [{"id": own_id("t/long"), "value": value}]});
        logged.push(id_of(&workspace.api.log("t", &input).await.expect(201)));
    }
    logged.reverse();
    let mut page = workspace.api.responses("t", &json!({"page_size": 1000})).await.expect(200);
    let mut found = Vec::new();
    let mut pages = 0;
    loop {
        pages += 1;
        assert!(page.body.len() < 1_200_000, "{}", page.body.len());
        found.extend(ids(&page));
        let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
        page = workspace.api.follow(&next, None).await.expect(200);
    }
    assert_eq!(found, logged);
    assert_eq!(pages, 3);
}

#[tokio::test]
async fn what_the_dialect_logs_is_found_and_read_in_v1() {
    let workspace = Workspace::start().await;
    let mut definition = type_of("site_visit", json!([]));
    definition["category"] = json!("meeting");
    workspace.define(definition).await;
    let mut input = about(&[("property", "pro_1"), ("company", "com_1"), ("contact", "con_1")]);
    input["notes"] = json!("Roof inspected\nGutters cleaned");
    let id = id_of(&workspace.api.log("site_visit", &input).await.expect(201));
    let read = workspace.v1.read(&id).await.expect(200);
    let activity = read.json()["activity"].clone();
    assert_eq!(
        activity,
        json!({
            "id": id,
            "tenant_id": TENANT,
            "type": "meeting",
            "submission": {
                "activity_object": {
                    "id": own_id("site_visit"), "name": "Site visit", "api_name": "site_visit",
                },
                "mentions": [],
                "fields": [],
            },
            "summary": "Roof inspected",
            "body": "Roof inspected\nGutters cleaned",
            "related_resource_type": "company",
            "related_resource_id": "com_1",
            "related_objects": [
                {"type": "property", "id": "pro_1", "display_name": "12 Hill Road"},
                {"type": "company", "id": "com_1", "display_name": "Acme Ltd"},
                {"type": "contact", "id": "con_1", "display_name": "Jane Doe"},
            ],
            "related_resource_display_name": "Acme Ltd",
            "actor": {"type": "user", "id": "jane"},
            "authenticated_as": {"type": "service", "id": "suite"},
            "occurred_at": activity["occurred_at"],
            "source": "api",
            "logged_at": activity["logged_at"],
        })
    );
    let mut row = activity.clone();
    row["snippet"] = row["body"].take();
    for only_by_id in ["body", "submission"] {
        row.as_object_mut().unwrap().remove(only_by_id);
    }
    for (parameters, places) in [
        (&[][..], None),
        (&[("query", "gutter inspect")], Some(json!([[5, 14], [15, 22]]))),
        (&[("query", "\"roof inspected\"")], Some(json!([[0, 14]]))),
        (&[("type", "meeting")], None),
        (&[("related_resource_type", "company"), ("related_resource_id", "com_1")], None),
        (&[("related_resource_type", "contact"), ("related_resource_id", "con_1")], None),
    ] {
        let mut page = workspace.v1.search(parameters).await.expect(200).json();
        let found = page["activities"][0].as_object_mut().expect("a row is found").remove("match");
        let ends = |place: &Value| json!([place["start"], place["end"]]);
        let found = found.and_then(|found| Some(found.as_array()?.iter().map(ends).collect()));
        assert_eq!((found, &page["activities"]), (places, &json!([row])), "{parameters:?}");
    }
    let none = workspace.v1.search(&[("type", "note")]).await.expect(200).json();
    assert_eq!(none["activities"], json!([]));
    // Only records of other types: no related resource in `/v1`.
    let input = about(&[("property", "pro_1")]);
    let id = id_of(&workspace.api.log("site_visit", &input).await.expect(201));
    let read = workspace.v1.read(&id).await.expect(200);
    let activity = read.json()["activity"].clone();
    assert_eq!(activity.get("related_resource_type"), None);
    assert_eq!(
        activity["related_objects"],
        json!([{"type": "property", "id": "pro_1", "display_name": "12 Hill Road"}])
    );
    assert_eq!((&activity["summary"], activity.get("body")), (&json!("Site visit"), None));
}

#[tokio::test]
async fn what_v1_logs_is_read_in_the_dialect() {
    let workspace = Workspace::start().await;
    let input = json!({
        "type": "email", "summary": "Asked for pricing", "body": "At length",
        "related_resource_type": "contact", "related_resource_id": "con_1",
    });
    let answer = workspace.v1.log(&input).await.expect(201).json();
    let id = answer["activity"]["id"].as_str().unwrap();
    assert_eq!(answer["activity"].get("related_objects"), None);
    let read = workspace.api.read(id).await.expect(200).json();
    assert_eq!(read["notes"], "At length");
    assert_eq!(read["activity_object"]["id"], json!(built_in_id("email")));
    assert_eq!(read["associated_entities"][0]["display_name"], "Jane Doe");
    assert_eq!((read.get("fields"), &read["mentions"]), (None, &json!([])));
    let page =
        workspace.api.responses("email", &json!({"search": "price"})).await.expect(200).json();
    assert_eq!(page["results"][0]["associated_entities"], read["associated_entities"]);
    assert_eq!(page["results"][0]["fields_with_values"], json!([]));
}

#[tokio::test]
async fn tenants_types_records_and_activities_are_apart() {
    let workspace = Workspace::start().await;
    workspace.define_fields("t", json!([])).await;
    workspace.stack.define_type("other", type_of("t", json!([]))).await;
    let id = id_of(&workspace.api.log("t", &about(&[("property", "pro_1")])).await.expect(201));
    let key = workspace.stack.service_key("other").await;
    let call =
        |method, path: &str| workspace.stack.logged_activity("other", &key).call(method, path);
    let foreign = call(Method::GET, &format!("/api/activities/logged/{id}")).send().await;
    let absent = "/api/activities/logged/018f3c5e-0000-7000-8000-000000000000";
    let absent = call(Method::GET, absent).send().await.expect(404);
    assert_eq!(foreign.expect(404).body, absent.body);
    let page = call(Method::POST, "/api/activities/t/responses").send().await.expect(200);
    assert_eq!(ids(&page), Vec::<String>::new());
    for path in ["", "/fields"] {
        let path = format!("/api/activities/{}{path}", own_id("t"));
        call(Method::GET, &path).send().await.expect(404);
    }
    for kind in ["property".to_owned(), own_id("property")] {
        let input = about(&[(&kind, "pro_1")]);
        let log = call(Method::POST, "/api/activities/t/log-activity").json(&input);
        assert_refused(&log.send().await, "related_objects");
    }
}
