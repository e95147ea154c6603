//! `GET /v1/activities`: what a type, an actor, a date and a related resource
//! find, what parameters may be, and what rows show. Texts are in `queries`.

use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_tests::client::v1::{
    V1, assert_violations, id_of, note, note_with, rows, summaries,
};
use activity_log_tests::faulty_engine::{Fault, FaultKind, Gate, When};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::{Value, json};

use super::idempotency_spaces::import;

#[tokio::test]
async fn a_type_restricts_to_that_category() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for name in ["note", "call", "email", "meeting", "agent_action"] {
        let input = json!({"type": name, "summary": format!("a {name}")});
        v1.log(&input).await.expect(201);
    }
    for name in ["note", "call", "email", "meeting", "agent_action"] {
        let found = v1.search(&[("type", name)]).await.expect(200);
        assert_eq!(rows(&found, "activities", "type"), [name]);
    }
    for wrong in ["", "Note", "note ", "note,call", "agent-action"] {
        let answer = v1.search(&[("type", wrong)]).await;
        let rule = "must be one of: note call email meeting agent_action";
        assert_violations(&answer, &[("type", rule)]);
    }
}

#[tokio::test]
async fn several_types_find_what_has_one_of_them() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for name in ["note", "call", "email", "meeting", "agent_action", "call"] {
        stack.clock.advance(Duration::from_millis(1));
        let input = json!({"type": name, "summary": format!("a {name}")});
        v1.log(&input).await.expect(201);
    }
    let types = |names: &[&'static str]| -> Vec<(&str, &str)> {
        names.iter().map(|name| ("type", *name)).collect()
    };
    for (asked, expected) in [
        (&["call", "email"][..], &["call", "email", "call"][..]),
        (&["email", "call"], &["call", "email", "call"]),
        (&["note", "note"], &["note"]),
        (&["meeting", "agent_action", "note"], &["agent_action", "meeting", "note"]),
        (
            &["note", "call", "email", "meeting", "agent_action"],
            &["call", "agent_action", "meeting", "email", "call", "note"],
        ),
    ] {
        let found = v1.search(&types(asked)).await.expect(200);
        assert_eq!(rows(&found, "activities", "type"), expected, "{asked:?}");
        let with_words = [types(asked), vec![("query", "a"), ("source", "api")]].concat();
        let found = v1.search(&with_words).await.expect(200);
        assert_eq!(rows(&found, "activities", "type"), expected, "{asked:?}");
    }
    // A cursor is bound to the set and not to how it was written.
    let page = [types(&["email", "call"]), vec![("limit", "1")]].concat();
    let cursor = v1.search(&page).await.expect(200).json()["next_cursor"].clone();
    let cursor = ("cursor", cursor.as_str().expect("there is more"));
    let rest = [types(&["call", "email", "call"]), vec![cursor]].concat();
    let found = v1.search(&rest).await.expect(200);
    assert_eq!(rows(&found, "activities", "type"), ["email", "call"]);
    for other in [&["call"][..], &[], &["call", "email", "note"]] {
        let answer = v1.search(&[types(other), vec![cursor]].concat()).await;
        let rule = "must be a next_cursor of the same search";
        assert_violations(&answer, &[("cursor", rule)]);
    }
    for (asked, rule) in [
        (&["call", "fax"][..], "must be one of: note call email meeting agent_action"),
        (&["call", ""], "must be one of: note call email meeting agent_action"),
        (&["call"; 6], "must not be given more than 5 times"),
    ] {
        assert_violations(&v1.search(&types(asked)).await, &[("type", rule)]);
    }
    let answer = v1.search(&[("types", "call")]).await;
    assert_violations(&answer, &[("types", "is not a known parameter")]);
}

#[tokio::test]
async fn related_resource_filters_go_together() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for (kind, id) in [("contact", "1"), ("deal", "1"), ("contact", "2")] {
        stack.put_resource("acme", kind, id, None).await;
        let related = json!({"related_resource_type": kind, "related_resource_id": id});
        let mut input = note_with(related);
        input["summary"] = json!(format!("{kind} {id}"));
        v1.log(&input).await.expect(201);
    }
    v1.log(&note("contact 1 unrelated")).await.expect(201);
    let related =
        |kind, id| [("related_resource_type", kind), ("related_resource_id", id)].to_vec();
    let found = v1.search(&related("contact", "1")).await.expect(200);
    assert_eq!(summaries(&found), ["contact 1"]);
    // A resource that is not known is no error: there may have been one.
    let found = v1.search(&related("task", "1")).await.expect(200);
    assert!(summaries(&found).is_empty());

    let answer = v1.search(&related("contact", "1")[..1]).await;
    let missing = [("related_resource_id", "is required with related_resource_type")];
    assert_violations(&answer, &missing);
    let answer = v1.search(&related("contact", "1")[1..]).await;
    let missing = [("related_resource_type", "is required with related_resource_id")];
    assert_violations(&answer, &missing);
    let answer = v1.search(&related("person", "")).await;
    let rule = "must be one of: contact company deal task support_ticket";
    let id_rule = ("related_resource_id", "must have 1 to 255 bytes");
    assert_violations(&answer, &[("related_resource_type", rule), id_rule]);
}

#[tokio::test]
async fn occurred_after_is_inclusive_and_occurred_before_exclusive() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for time in ["08:59:59.999", "09:00:00.000", "09:00:00.001", "10:00:00.000"] {
        let occurred_at = format!("2026-03-01T{time}Z");
        let input = json!({"type": "note", "summary": time, "occurred_at": occurred_at});
        v1.log(&input).await.expect(201);
    }
    let all = ["10:00:00.000", "09:00:00.001", "09:00:00.000", "08:59:59.999"];
    for (after, before, expected) in [
        ("2026-03-01T09:00:00Z", "2026-03-01T10:00:00Z", &all[1..3]),
        ("2026-03-01T10:00:00+01:00", "2026-03-01T11:00:00.001+01:00", &all[..3]),
        ("2026-03-01T08:59:59.9990Z", "2026-03-01T09:00:00.0005Z", &all[2..]),
        ("2026-03-01T08:59:59.9991Z", "2026-03-01T09:00:00Z", &[]),
        ("2026-03-01T09:00:00.0001Z", "2026-03-01T10:00:00.000001Z", &all[..2]),
        ("2026-03-01T09:00:00.0001Z", "2026-03-01T09:00:00.0002Z", &[]),
        ("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", &all[..]),
    ] {
        let bounds = [("occurred_after", after), ("occurred_before", before)];
        let found = v1.search(&bounds).await.expect(200);
        assert_eq!(summaries(&found), expected, "{after} {before}");
    }
    let found = v1.search(&[("occurred_after", "2026-03-01T09:00:00.001Z")]).await;
    assert_eq!(summaries(&found.expect(200)), &all[..2]);
    let found = v1.search(&[("occurred_before", "2026-03-01T09:00:00Z")]).await;
    assert_eq!(summaries(&found.expect(200)), &all[3..]);
    let found = v1.search(&[("occurred_before", "1970-01-01T00:00:00Z")]).await;
    assert!(summaries(&found.expect(200)).is_empty());
}

#[tokio::test]
async fn a_bound_may_have_its_offset_in_any_form_also_with_the_plus_as_it_is() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let at = note_with(json!({ "occurred_at": "2026-03-01T07:30Z" }));
    let _ = v1.log(&at).await.expect(201);
    for bound in [
        "2026-03-01T09:30:00+02:00",
        "2026-03-01T09:30:00%2B02:00",
        "2026-03-01T09:30:00.000+0200",
        "2026-03-01T09:30+02",
        "2026-03-01T02:00-0530",
        "2026-03-01T07:30Z",
    ] {
        for path in ["/v1/activities", "/v1/audit-events"] {
            let _ = v1.get(&format!("{path}?occurred_after={bound}")).await.expect(200);
        }
        let from = v1.get(&format!("/v1/activities?occurred_after={bound}")).await.expect(200);
        let until = v1.get(&format!("/v1/activities?occurred_before={bound}")).await.expect(200);
        assert_eq!((summaries(&from).len(), summaries(&until).len()), (1, 0), "{bound}");
    }
    let rule = "must be an RFC 3339 date-time with an offset, from 1970 on";
    let answer = v1.get("/v1/activities?occurred_after=2026-03-01+09:30:00Z").await;
    assert_violations(&answer, &[("occurred_after", rule)]);
}

#[tokio::test]
async fn bounds_need_an_offset_and_must_not_be_empty_or_reversed() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let rule = "must be an RFC 3339 date-time with an offset, from 1970 on";
    let bad = [("occurred_after", "2026-03-01"), ("occurred_before", "2026-03-01T09:00:00")];
    let answer = v1.search(&bad).await;
    assert_violations(&answer, &[("occurred_after", rule), ("occurred_before", rule)]);
    let answer = v1.search(&[("occurred_after", "1969-12-31T23:59:59Z")]).await;
    assert_violations(&answer, &[("occurred_after", rule)]);
    for (after, before) in [
        ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z"),
        ("2026-03-01T09:00:00Z", "2026-03-01T10:00:00+01:00"),
        ("2026-03-01T09:00:00.0002Z", "2026-03-01T09:00:00.0001Z"),
        ("2026-03-01T09:00:00Z", "2025-03-01T09:00:00Z"),
    ] {
        let bounds = [("occurred_after", after), ("occurred_before", before)];
        let answer = v1.search(&bounds).await;
        assert_violations(&answer, &[("occurred_before", "must be later than occurred_after")]);
    }
}

#[tokio::test]
async fn all_filters_together_must_hold() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    stack.put_resource("acme", "deal", "d", None).await;
    let full = json!({
        "type": "email",
        "summary": "Pricing agreed",
        "related_resource_type": "deal",
        "related_resource_id": "d",
        "occurred_at": "2026-03-01T09:00:00Z",
    });
    let matching = id_of(&v1.log(&full).await.expect(201));
    for (name, value) in [
        ("type", json!("call")),
        ("summary", json!("Weather agreed")),
        ("occurred_at", json!("2026-03-02T09:00:00Z")),
    ] {
        let mut other = full.clone();
        other[name] = value;
        v1.log(&other).await.expect(201);
    }
    let mut unrelated = full.as_object().expect("an input is an object").clone();
    unrelated.retain(|name, _| !name.starts_with("related"));
    v1.log(&Value::Object(unrelated)).await.expect(201);
    let by_another = stack.v1(&stack.issue_key("acme", "agent:suite", Scope::ALL).await);
    by_another.log(&full).await.expect(201);
    let key = stack.service_key("acme").await;
    let _ = stack.mcp(&key).tool("log_activity", &full).await;
    let filters = [
        ("query", "price"),
        ("type", "email"),
        ("actor_id", "suite"),
        ("actor_type", "service"),
        ("source", "api"),
        ("related_resource_type", "deal"),
        ("related_resource_id", "d"),
        ("occurred_after", "2026-03-01T00:00:00Z"),
        ("occurred_before", "2026-03-02T00:00:00Z"),
    ];
    let found = v1.search(&filters).await.expect(200);
    assert_eq!(rows(&found, "activities", "id"), [matching]);
}

#[tokio::test]
async fn an_actor_is_found_by_its_id_and_by_its_type_with_it() {
    let stack = Stack::start().await;
    // An id may look like an actor in full.
    for (actor, summary) in [
        ("service:crm", "service"),
        ("user:crm", "user"),
        ("agent:crm", "agent"),
        ("user:service:crm", "looks like one"),
        ("service:crm2", "another"),
    ] {
        let v1 = stack.v1(&stack.issue_key("acme", actor, Scope::ALL).await);
        v1.log(&note(summary)).await.expect(201);
        stack.clock.advance(Duration::from_millis(1));
    }
    let key = stack.service_key("acme").await;
    let for_jane = stack.v1(&key).call(Method::POST, "/v1/activities");
    let for_jane = for_jane.header("x-user-id", "jane").json(&note("for jane"));
    let _ = for_jane.send().await.expect(201);
    let v1 = stack.v1(&key);
    for (parameters, expected) in [
        (&[("actor_id", "crm")][..], &["agent", "user", "service"][..]),
        (&[("actor_id", "service:crm")], &["looks like one", "service"]),
        (&[("actor_id", "user:service:crm")], &["looks like one"]),
        (&[("actor_id", "crm"), ("actor_type", "user")], &["user"]),
        (&[("actor_id", "service:crm"), ("actor_type", "service")], &["service"]),
        (&[("actor_id", "crm"), ("query", "agent")], &["agent"]),
        (&[("actor_id", "jane")], &["for jane"]),
        // It authenticated, and somebody else is the actor.
        (&[("actor_id", "suite")], &[]),
        (&[("actor_id", "nobody")], &[]),
    ] {
        let found = v1.search(parameters).await.expect(200);
        assert_eq!(summaries(&found), expected, "{parameters:?}");
    }
}

#[tokio::test]
async fn an_actors_type_is_taken_only_beside_its_id_and_must_not_contradict_it() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let answer = v1.search(&[("actor_type", "user")]).await;
    assert_violations(&answer, &[("actor_type", "is only taken with actor_id")]);
    let answer = v1.search(&[("actor_id", "service:crm"), ("actor_type", "user")]).await;
    assert_violations(&answer, &[("actor_type", "must be the type that actor_id begins with")]);
    let answer = v1.search(&[("actor_id", ""), ("actor_type", "robot"), ("source", "ui")]).await;
    assert_violations(
        &answer,
        &[
            ("actor_id", "must have 1 to 255 bytes"),
            ("actor_type", "must be one of: user agent service"),
            ("source", "must be one of: api mcp admin"),
        ],
    );
}

#[tokio::test]
async fn a_source_and_a_type_are_one_list_or_a_union() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let (v1, mcp) = (stack.v1(&key), stack.mcp(&key));
    import(&stack.ctx, "acme", "user:jane", "k", "note admin").await.expect("it is logged");
    for category in ["note", "call"] {
        let input = |summary: &str| json!({ "type": category, "summary": summary });
        v1.log(&input(&format!("{category} api"))).await.expect(201);
        let _ = mcp.tool("log_activity", &input(&format!("{category} mcp"))).await;
    }
    let all = ["call api", "call mcp", "note admin", "note api", "note mcp"];
    let matching = |part: &'static str| all.iter().copied().filter(move |it| it.contains(part));
    for (parameters, expected) in [
        (&[][..], all.to_vec()),
        (&[("type", "note")], matching("note").collect()),
        (&[("source", "admin")], matching("admin").collect()),
        (&[("source", "mcp")], matching("mcp").collect()),
        (&[("source", "api"), ("type", "call")], vec!["call api"]),
        (&[("source", "admin"), ("actor_id", "user:jane")], matching("admin").collect()),
        (&[("source", "api"), ("actor_id", "jane")], vec![]),
        (&[("source", "api"), ("query", "note")], vec!["note api"]),
        (&[("source", "api"), ("type", "email")], vec![]),
    ] {
        let mut found = summaries(&v1.search(parameters).await.expect(200));
        found.sort();
        assert_eq!(found, expected, "{parameters:?}");
    }
}

#[tokio::test]
async fn unknown_and_repeated_parameters_are_violations_with_all_others() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let unknown = "is not a known parameter";
    let twice = "is given more than once";
    let answer = v1.get("/v1/activities?q=x&limit=0&query=a&query=a&type=none&Type=note&q=y&=&offset&occurred_after=x")
        .await;
    assert_violations(
        &answer,
        &[
            ("q", unknown),
            ("Type", unknown),
            ("", unknown),
            ("offset", unknown),
            ("query", twice),
            ("limit", "must be a whole number from 1 to 100"),
            ("type", "must be one of: note call email meeting agent_action"),
            ("occurred_after", "must be an RFC 3339 date-time with an offset, from 1970 on"),
        ],
    );
}

#[tokio::test]
async fn a_row_has_every_field_but_the_body_and_a_snippet_of_up_to_240_characters() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    stack.put_resource("acme", "contact", "c", None).await;
    let related = json!({"related_resource_type": "contact", "related_resource_id": "c"});
    for (body, snippet) in [
        ("short".to_owned(), Some("short".to_owned())),
        ("😀".repeat(240), Some("😀".repeat(240))),
        (format!("{}y", "語".repeat(240)), Some("語".repeat(240))),
        ("word ".repeat(10_000), Some("word ".repeat(48).trim_end().to_owned())),
        (String::new(), None),
    ] {
        let mut input = note_with(related.clone());
        input["body"] = json!(body);
        stack.clock.advance(Duration::from_millis(1));
        let logged = v1.log(&input).await.expect(201).json();
        let found = v1.search(&[("limit", "1")]).await.expect(200).json();
        let mut expected = logged["activity"].as_object().expect("an object").clone();
        expected.remove("body");
        expected.extend(snippet.map(|snippet| ("snippet".to_owned(), json!(snippet))));
        assert_eq!(found["activities"], json!([expected]));
    }
    v1.log(&note("bodiless")).await.expect(201);
    let found = v1.search(&[("query", "bodiless")]).await.expect(200).json();
    assert!(found["activities"][0].get("snippet").is_none());
}

/// The snippet of the only row that a query finds, with what is marked in brackets.
async fn marked(v1: &V1, query: &str) -> String {
    let found = v1.search(&[("query", query)]).await.expect(200).json();
    let [row] = found["activities"].as_array().expect("there are rows").as_slice() else {
        panic!("{query} finds {found}")
    };
    let mut marked = String::new();
    let snippet = row["snippet"].as_str().expect("there is a snippet");
    assert!(snippet.chars().count() <= 240, "{query}");
    let none = Vec::new();
    let places = row.get("match").map_or(&none, |places| places.as_array().expect("a list"));
    assert!(row.get("match").is_none() || !places.is_empty(), "{query}");
    for (at, c) in snippet.chars().chain([' ']).enumerate() {
        marked.extend(places.iter().filter(|place| place["end"] == at).map(|_| ']'));
        marked.extend(places.iter().filter(|place| place["start"] == at).map(|_| '['));
        marked.push(c);
    }
    marked.pop();
    marked
}

#[tokio::test]
async fn a_snippet_is_the_part_around_the_words_and_says_where_they_stand() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let log = async |summary: &str, body: &str| {
        let _ = v1.log(&note_with(json!({ "summary": summary, "body": body }))).await.expect(201);
    };
    let more = "and so on ".repeat(30);
    log("The quarter", &format!("😀 {more}then the PRICES rose, café by café. {more}")).await;
    for (query, expected) in [
        ("price", "the [PRICES] rose"),
        ("pric*", "the [PRICES] rose"),
        ("price cafe", "the [PRICES] rose, [café] by [café]."),
        ("\"prices rose\"", "the [PRICES rose], café"),
        ("price OR absent -globex", "the [PRICES] rose"),
        ("quarter price", "the [PRICES] rose"),
    ] {
        let snippet = marked(&v1, query).await;
        assert!(snippet.contains(expected), "{query}: {snippet}");
    }
    // Only the summary has it, or there is no query: then it is the beginning.
    let beginning = marked(&v1, "quarter").await;
    assert!(beginning.starts_with("😀 and so on") && !beginning.contains('['), "{beginning}");
    let all = v1.search(&[]).await.expect(200).json();
    assert_eq!(all["activities"][0]["snippet"], beginning);
    assert!(all["activities"][0].get("match").is_none());

    // Behind what the head of an activity has of its body.
    log("The long one", &format!("{}the Kaiser agreed", more.repeat(100))).await;
    let unread = marked(&v1, "kaiser").await;
    assert!(unread.starts_with("and so on") && !unread.contains('['), "{unread}");
    // A phrase is held against the body, so its place is known.
    let read = marked(&v1, "\"the kaiser\"").await;
    assert!(read.ends_with("and so on [the Kaiser] agreed"), "{read}");

    // The element ends behind what the head has.
    let html = "<div><style>p {}</style>\n<p>Caf&eacute;  <b>cr</b>ème</p>\n";
    let html = format!("{html}{}</div>", "<p>and more</p>\n".repeat(1_000));
    log("Of the web", &html).await;
    for (query, begins) in [
        ("creme", "Café [crème] and more and more"),
        ("\"cafe creme\"", "[Café crème] and more and more"),
        ("web", "Café crème and more and more"),
    ] {
        let snippet = marked(&v1, query).await;
        assert!(snippet.starts_with(begins), "{query}: {snippet}");
    }
}

#[tokio::test]
async fn what_was_logged_is_found_at_once_by_every_caller() {
    let stack = Stack::start().await;
    let writer = stack.v1(&stack.service_key("acme").await);
    let reader = stack.v1(&stack.issue_key("acme", "user:jo", Scope::ALL).await);
    for n in 0..10 {
        let id = id_of(&writer.log(&note(&format!("entry number{n}"))).await.expect(201));
        let query = format!("number{n}");
        let found = reader.search(&[("query", &query)]).await.expect(200);
        assert_eq!(rows(&found, "activities", "id"), [id.as_str()]);
        reader.read(&id).await.expect(200);
        let audit = reader.audit_events(&[("resource_id", &id)]).await.expect(200);
        assert_eq!(rows(&audit, "audit_events", "resource_id"), [id]);
    }
}

#[tokio::test]
async fn no_search_shows_an_activity_whose_write_did_not_complete() {
    let (stack, engine) = Stack::start_faulty().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let gate = Gate::closed();
    let kind = FaultKind::Hold(gate.clone());
    engine.inject(Fault::on("TransactWriteItems", When::Nth(1), kind));
    let input = note("half written");
    let searches = async {
        gate.arrived(1).await;
        for parameters in
            [&[][..], &[("query", "half")], &[("type", "note")], &[("query", "\"half written\"")]]
        {
            let found = v1.search(parameters).await.expect(200);
            assert!(summaries(&found).is_empty(), "{parameters:?}");
        }
        let audit = v1.audit_events(&[]).await.expect(200);
        assert!(rows(&audit, "audit_events", "id").is_empty());
        gate.open();
    };
    let (logged, ()) = tokio::join!(v1.log(&input), searches);
    let id = id_of(&logged.expect(201));
    let found = v1.search(&[("query", "half")]).await.expect(200);
    assert_eq!(rows(&found, "activities", "id"), [id]);
}
