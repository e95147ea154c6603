//! Every limit filled at once, with the characters that take the most bytes: what
//! is written fits the items of the table or is refused by name, and what is
//! answered fits an answer of Lambda.

use std::collections::BTreeSet;

use activity_log_tests::client::Answer;
use activity_log_tests::client::logged_activity::{id_of, ids, path_of, refused_fields};
use activity_log_tests::client::v1::rows;
use activity_log_tests::lambda::invocation;
use activity_log_tests::longest::{
    Filled, QUOTE, TAGS, TENANT, TEXT, TYPE, WIDE, all_options, id, longest_activity,
    longest_submission, longest_type,
};
use activity_log_tests::raw_table::{Item, RawTable};
use aws_sdk_dynamodb::types::AttributeValue;
use http::Method;
use miniz_oxide::inflate::decompress_to_vec;
use serde_json::json;

/// What [Lambda](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)
/// takes of a response.
const MAX_LAMBDA_RESPONSE_BYTES: usize = 6_291_556;
/// What [DynamoDB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items)
/// takes of an item.
const MAX_ITEM_BYTES: usize = 400 * 1024;
/// How long the body of a response is for Lambda, which takes it as a text within
/// JSON.
#[track_caller]
fn assert_fits_lambda(answer: &Answer) {
    let text = std::str::from_utf8(&answer.body).expect("a body is text");
    let escaped = serde_json::to_string(text).expect("a text has a JSON form");
    // Beside the body there are some headers.
    assert!(escaped.len() + 10_000 < MAX_LAMBDA_RESPONSE_BYTES, "{} bytes", escaped.len());
}

#[tokio::test]
async fn the_longest_activity_is_logged_read_and_found_through_every_door() {
    let filled = Filled::start().await;
    let input = longest_activity();
    let logged = filled.v1.log(&input).await.expect(201);
    let activity = logged.json()["activity"].clone();
    assert_eq!(activity["body"], input["body"]);
    let path = format!("/v1/activities/{}", activity["id"].as_str().expect("an id"));
    assert_fits_lambda(&filled.v1.get(&path).await.expect(200));
    let mcp = filled.stack.mcp(&filled.key);
    let mut over_mcp = input.clone();
    over_mcp["idempotency_key"] = json!(format!("{}m", "#".repeat(254)));
    assert_fits_lambda(&mcp.call_tool("log_activity", &over_mcp).await.expect(200));
    let read = mcp.call_tool("get_logged_activity", &json!({"id": activity["id"]})).await;
    assert_fits_lambda(&read.expect(200));

    // An event's id is its key.
    let mut activity = longest_activity();
    activity.as_object_mut().expect("an object").remove("idempotency_key");
    let event = json!({
        "id": format!("{}e", "#".repeat(254)),
        "type": "activity.log",
        "tenant_id": TENANT,
        "actor": {"type": "agent", "id": id("#")},
        "activity": activity,
    });
    let done = fn_ingest::handle(&filled.stack.ctx, invocation(&event.to_string())).await;
    done.expect("an event is done");
    let resource = json!({
        "id": id("#"),
        "type": "resource.updated",
        "tenant_id": TENANT,
        "resource": {"type": "a".repeat(64), "id": id("#"), "display_name": WIDE.repeat(200)},
        "changed_at": "2026-03-01T09:30:00Z",
    });
    let done = fn_ingest::handle(&filled.stack.ctx, invocation(&resource.to_string())).await;
    done.expect("an event is done");

    let about = [("related_resource_type", "contact"), ("related_resource_id", &*id("#"))];
    assert_eq!(filled.v1.every_activity(&about).await.len(), 3);
    assert_eq!(filled.v1.every_audit_event(&[("actor_id", &*id("#"))]).await.len(), 3);
}

#[tokio::test]
async fn what_does_not_fit_an_item_is_refused_by_name() {
    let filled = Filled::start().await;
    filled.stack.define_type(TENANT, longest_type()).await;
    let text = |bytes: usize| json!({"id": TEXT, "value": "t".repeat(bytes)});
    // Each of them fits.
    for (notes, fields) in [
        (WIDE.repeat(65_536), vec![text(50_000)]),
        ("short".to_owned(), vec![all_options(), text(50_000)]),
    ] {
        let input = longest_submission(&notes, fields);
        let read = filled.typed.log_and_read(TYPE, &input).await;
        assert_eq!(read["notes"], notes);
    }
    // All of them do not.
    let input = longest_submission(&WIDE.repeat(65_536), vec![all_options(), text(50_000)]);
    let refused = filled.typed.log(TYPE, &input).await.expect(400);
    assert_eq!(refused_fields(&refused), ["fields"]);
    let rejected = filled.v1.every_audit_event(&[("status", "rejected")]).await;
    assert_eq!(rejected.len(), 1, "it is audited");
    assert_eq!(filled.v1.every_activity(&[]).await.len(), 2, "nothing of it is there");
}

/// The bytes of names and values, all of which are texts or deflated ones, in plain.
fn plain_bytes(item: &Item) -> usize {
    let bytes = |(name, value): (&String, &AttributeValue)| {
        let bytes = match value {
            AttributeValue::B(deflated) => {
                decompress_to_vec(deflated.as_ref()).expect("it can be inflated").len()
            }
            value => value.as_s().expect("the value is a text").len(),
        };
        name.len() + bytes
    };
    item.iter().map(bytes).sum()
}

#[tokio::test]
async fn long_parts_of_400_kb_are_written_and_those_of_a_byte_more_refused_by_name() {
    let filled = Filled::start().await;
    filled.stack.define_type(TENANT, longest_type()).await;
    let table = RawTable::of(&filled.stack).await;
    let chosen: Vec<String> = (0..450).map(|n| format!("o{n:03}")).collect();
    let input = |bytes: usize| {
        let fields = json!([
            {"id": TAGS, "value": chosen},
            {"id": TEXT, "value": "t".repeat(bytes)},
        ]);
        json!({"related_objects": [], "notes": WIDE.repeat(65_536), "fields": fields})
    };
    let body_bytes = async |bytes: usize| {
        let before = table.items().await;
        let logged = filled.typed.log(TYPE, &input(bytes)).await.expect(201);
        assert_eq!(filled.typed.read(&id_of(&logged)).await.expect(200).status, 200);
        let written = table.items_since(&before).await;
        let body = written.iter().find(|((_, sk), _)| sk == "BODY").expect("a body is written");
        plain_bytes(body.1)
    };

    let room = MAX_ITEM_BYTES - body_bytes(1).await;
    assert_eq!(body_bytes(1 + room).await, MAX_ITEM_BYTES);
    let before = table.items().await;
    let refused = filled.typed.log(TYPE, &input(2 + room)).await.expect(400);
    assert_eq!(refused_fields(&refused), ["fields"]);
    for (_, sk) in table.items_since(&before).await.keys() {
        assert!(sk != "BODY" && sk != "HEAD", "only the audit event is written");
    }
}

#[tokio::test]
async fn the_answers_that_escapes_make_longest_fit() {
    let filled = Filled::start().await;
    filled.stack.define_type(TENANT, longest_type()).await;
    // Each character takes six bytes in JSON, and up to ten in JSON within JSON
    // within JSON, as a tool's result has it for Lambda.
    let notes = "\u{1}".repeat(65_536);
    let quotes = json!({"id": TEXT, "value": QUOTE.repeat(32_000)});
    let logged = filled.typed.log(TYPE, &longest_submission(&notes, vec![quotes])).await;
    let logged = logged.expect(201);
    assert_fits_lambda(&logged);
    let id = id_of(&logged);
    assert_fits_lambda(&filled.typed.read(&id).await.expect(200));
    assert_fits_lambda(&filled.v1.read(&id).await.expect(200));
    assert_fits_lambda(&filled.typed.responses(TYPE, &json!({})).await.expect(200));
    let mcp = filled.stack.mcp(&filled.key);
    let mut input = json!({"type": "note", "summary": QUOTE.repeat(500), "body": notes});
    assert_fits_lambda(&mcp.call_tool("log_activity", &input).await.expect(200));
    assert_fits_lambda(&mcp.call_tool("get_logged_activity", &json!({"id": id})).await.expect(200));

    // As many violations as are listed, of names as long as a body takes.
    let mut submission = longest_submission("", Vec::new());
    for (n, quotes) in (0..100).zip(std::iter::repeat(QUOTE.repeat(5_000))) {
        input[format!("{quotes}{n}")] = json!(n);
        submission[format!("{quotes}{n}")] = json!(n);
    }
    input["body"] = json!("");
    assert_fits_lambda(&filled.v1.log(&input).await.expect(422));
    assert_fits_lambda(&filled.typed.log(TYPE, &submission).await.expect(400));
    assert_fits_lambda(&mcp.call_tool("log_activity", &input).await.expect(200));
    // What is no call of a tool, and has an id that comes back.
    let unknown = json!({
        "jsonrpc": "2.0", "id": QUOTE.repeat(250_000), "method": QUOTE.repeat(250_000),
    });
    assert_fits_lambda(&mcp.post().json(&unknown).send().await);
}

#[tokio::test]
async fn the_longest_pages_fit_an_answer_and_show_every_row_once() {
    const ROWS: usize = 110;
    let filled = Filled::start().await;
    filled.stack.define_type(TENANT, longest_type()).await;
    let notes = format!("{} {}", QUOTE.repeat(400), "\u{1}".repeat(400));
    let mut logged = BTreeSet::new();
    for n in 0..ROWS {
        // Some with as many bytes of fields as fit, all with as many of the rest.
        let fields = if n % 5 == 0 { vec![all_options()] } else { Vec::new() };
        let input = longest_submission(&notes, fields);
        logged.insert(id_of(&filled.typed.log(TYPE, &input).await.expect(201)));
    }

    let mut found = BTreeSet::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut parameters = vec![("limit", "100")];
        parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = filled.v1.search(&parameters).await.expect(200);
        assert_fits_lambda(&page);
        for id in rows(&page, "activities", "id") {
            assert!(found.insert(id), "a row is there once");
        }
        match page.json()["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(found, logged);

    let mut found = BTreeSet::new();
    let mut page = filled.typed.responses(TYPE, &json!({"page_size": 1_000})).await.expect(200);
    loop {
        assert_fits_lambda(&page);
        for id in ids(&page) {
            assert!(found.insert(id), "a row is there once");
        }
        match page.json()["next"].as_str() {
            Some(next) => page = filled.typed.follow(next, None).await.expect(200),
            None => break,
        }
    }
    assert_eq!(found, logged);

    let trail = filled.v1.audit_events(&[("limit", "100")]).await.expect(200);
    assert_eq!(rows(&trail, "audit_events", "id").len(), 100);
    assert_fits_lambda(&trail);
    let one = found.first().expect("there is one");
    assert_fits_lambda(&filled.typed.get(&path_of(one)).await.expect(200));
    let mcp = filled.stack.mcp(&filled.key);
    assert_fits_lambda(&mcp.call_tool("search_activity", &json!({"limit": 100})).await.expect(200));
}

#[tokio::test]
async fn the_longest_lists_of_types_and_fields_fit_an_answer() {
    const TYPES: usize = 120;
    // Rows that are short in the table and long in an answer, which has two ids
    // for each of their record types.
    const SHORT_TYPES: usize = 600;
    let filled = Filled::start().await;
    filled.stack.define_type(TENANT, longest_type()).await;
    let mut longest = longest_type();
    longest["fields"] = json!([]);
    longest["selected_objects"] =
        json!((0..100).map(|n| format!("{:a<64}", format!("kind{n:03}"))).collect::<Vec<_>>());
    for n in 0..TYPES {
        longest["api_name"] = json!(format!("{:a<64}", format!("type{n:03}")));
        filled.stack.define_type(TENANT, longest.clone()).await;
    }
    longest["selected_objects"] = json!((0..100).map(|n| format!("k{n}")).collect::<Vec<_>>());
    longest["description"] = json!("");
    for n in 0..SHORT_TYPES {
        longest["api_name"] = json!(format!("short{n:03}"));
        filled.stack.define_type(TENANT, longest.clone()).await;
    }
    let mut names = BTreeSet::new();
    let mut link = "/api/activities?page_size=1000".to_owned();
    loop {
        let page = filled.typed.call(Method::GET, &link).send().await.expect(200);
        assert_fits_lambda(&page);
        for name in rows(&page, "results", "api_name") {
            assert!(names.insert(name), "a type is there once");
        }
        match page.json()["next"].as_str() {
            Some(next) => link = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(names.len(), 1 + TYPES + SHORT_TYPES + 5, "those that are built in are there, too");
    for path in [format!("/api/activities/{TYPE}"), format!("/api/activities/{TYPE}/fields")] {
        assert_fits_lambda(&filled.typed.get(&path).await.expect(200));
    }
}
