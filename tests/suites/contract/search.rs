//! `GET /v1/activities`: what a text, a type, a date and a related resource
//! find, and what parameters may be.

use std::time::Duration;

use activity_log_core::domain::principal::Scope;
use activity_log_core::store::operator::{old_words, reindex};
use activity_log_tests::client::logged_activity;
use activity_log_tests::client::v1::{
    V1, assert_violations, id_of, note, note_with, rows, summaries,
};
use activity_log_tests::faulty_engine::{Fault, FaultKind, Gate, When};
use activity_log_tests::raw_table::RawTable;
use activity_log_tests::rig::Rig;
use activity_log_tests::stack::Stack;
use activity_log_tests::workspace::{Workspace, own_id};
use http::Method;
use serde_json::{Value, json};

use super::idempotency_spaces::import;

const NO_WORD: &str = "must contain a word to search for: at least one letter or digit";

/// Asserts which of the texts a query finds, each text being a summary.
async fn assert_finds(texts: &[&str], cases: &[(&str, &[&str])]) {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for text in texts {
        v1.log(&note(text)).await.expect(201);
    }
    for (query, expected) in cases {
        let mut found = summaries(&v1.search(&[("query", query)]).await.expect(200));
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn every_word_must_match_in_summary_or_body() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for (summary, body) in [
        ("Jane asked", "for pricing details"),
        ("Jane called", "about the weather"),
        ("Joe asked", "for a refund of Jane"),
    ] {
        let input = json!({"type": "note", "summary": summary, "body": body});
        v1.log(&input).await.expect(201);
        stack.clock.advance(Duration::from_millis(1));
    }
    let both: &[&str] = &["Joe asked", "Jane asked"];
    for (query, expected) in [
        ("jane pricing", &["Jane asked"][..]),
        ("jane asked", both),
        ("asked jane", both),
        ("jane jane jane", &["Joe asked", "Jane called", "Jane asked"]),
        ("jane pricing weather", &[]),
        ("nothing", &[]),
    ] {
        let found = v1.search(&[("query", query)]).await.expect(200);
        assert_eq!(summaries(&found), expected, "{query}");
        assert!(found.json().get("next_cursor").is_none());
    }
}

#[tokio::test]
async fn words_are_whole_words() {
    let texts = ["Unprecedented priceless cart"];
    let cases: &[(&str, &[&str])] =
        &[("cart", &texts), ("car", &[]), ("cartoon", &[]), ("precedent", &[]), ("less", &[])];
    assert_finds(&texts, cases).await;
}

#[tokio::test]
async fn case_accents_and_punctuation_are_ignored() {
    let cafe = "Café-Müller: straße (№7), o\u{301}pera";
    let id = "Order con_123 is late";
    let cases: &[(&str, &[&str])] = &[
        ("CAFE muller", &[cafe]),
        ("café, MÜLLER!", &[cafe]),
        ("strasse", &[cafe]),
        ("STRAẞE", &[cafe]),
        ("opéra", &[cafe]),
        ("cafe\u{301}", &[cafe]),
        ("ＣＡＦＥ", &[cafe]),
        ("con_123", &[id]),
        ("con 123", &[id]),
        ("123-con", &[id]),
    ];
    assert_finds(&[cafe, id], cases).await;
}

#[tokio::test]
async fn english_inflections_are_folded() {
    let asked = "Jane asked for pricing details";
    let meetings = "Two meetings scheduled";
    let cases: &[(&str, &[&str])] = &[
        ("price", &[asked]),
        ("prices", &[asked]),
        ("priced", &[asked]),
        ("ask detail", &[asked]),
        ("meeting", &[meetings]),
        ("schedule", &[meetings]),
        ("schedules meets", &[meetings]),
    ];
    assert_finds(&[asked, meetings], cases).await;
}

#[tokio::test]
async fn a_phrase_in_quotes_of_any_kind_stands_as_such_folded_and_not_inflected() {
    let exact = "The PRICE list, final";
    let plural = "The prices list final";
    let apart = "The list of a price";
    let cases: &[(&str, &[&str])] = &[
        ("\"price list\"", &[exact]),
        ("“price list”", &[exact]),
        ("„price list“", &[exact]),
        ("«price list»", &[exact]),
        ("＂price list＂", &[exact]),
        ("\"LIST, FINAL\" the", &[exact, plural]),
        ("\"prices\"", &[plural]),
        ("price list", &[exact, plural, apart]),
        ("\"list price\"", &[]),
        ("\"price list", &[exact, plural, apart]),
        ("\"price list\" \"list of\"", &[]),
    ];
    assert_finds(&[exact, plural, apart], cases).await;
}

#[tokio::test]
async fn a_phrase_does_not_reach_from_summary_to_body() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let long = format!("list {} closing words", "filler ".repeat(2_000));
    let input = json!({"type": "note", "summary": "The price", "body": long});
    v1.log(&input).await.expect(201);
    for (query, count) in [("\"price list\"", 0), ("\"closing words\"", 1), ("\"the price\"", 1)] {
        let found = v1.search(&[("query", query)]).await.expect(200);
        assert_eq!(summaries(&found).len(), count, "{query}");
    }
}

#[tokio::test]
async fn text_without_spaces_is_found_by_its_parts() {
    let japanese = "来週の値下げについて会議";
    let chinese = "客户询问价格详情";
    let thai = "ลูกค้าสอบถามราคา";
    let mixed = "iPhone値下げセール";
    let cases: &[(&str, &[&str])] = &[
        ("値下げ", &[japanese, mixed]),
        ("会議", &[japanese]),
        ("会", &[japanese]),
        ("来週 会議", &[japanese]),
        ("会来", &[]),
        ("値げ", &[]),
        ("价格", &[chinese]),
        ("询问价格", &[chinese]),
        ("格价", &[]),
        ("ราคา", &[thai]),
        ("สอบถาม", &[thai]),
        ("iphone セール", &[mixed]),
    ];
    assert_finds(&[japanese, chinese, thai, mixed], cases).await;
}

#[tokio::test]
async fn a_query_without_a_searchable_word_is_a_validation_error() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for query in ["", " ", "\"\"", "…!?", "🙂", "_-_", "\u{301}"] {
        let answer = v1.search(&[("query", query)]).await;
        assert_violations(&answer, &[("query", NO_WORD)]);
    }
    let answer = v1.get("/v1/activities?query").await;
    assert_violations(&answer, &[("query", NO_WORD)]);
}

#[tokio::test]
async fn a_query_has_up_to_500_characters_and_16_words() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for character in ["x", "é", "語", "😀"] {
        let longest = format!("a {}", character.repeat(498));
        v1.search(&[("query", &longest)]).await.expect(200);
        let answer = v1.search(&[("query", &format!("{longest}x"))]).await;
        assert_violations(&answer, &[("query", "must have at most 500 characters")]);
    }
    let sixteen = "a b c d e f g h i j k l m n o p";
    v1.search(&[("query", sixteen)]).await.expect(200);
    for more in [format!("{sixteen} q"), format!("{sixteen} a"), format!("{sixteen} \"q\"")] {
        let answer = v1.search(&[("query", &more)]).await;
        assert_violations(&answer, &[("query", "must not have more than 16 words")]);
    }
}

#[tokio::test]
async fn the_longest_query_without_spaces_finds_its_record() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let run: String = (0x4E00..).filter_map(char::from_u32).take(500).collect();
    v1.log(&note_with(json!({"body": format!("「{run}」")}))).await.expect(201);
    let found = v1.search(&[("query", &run)]).await.expect(200);
    assert_eq!(summaries(&found), ["Renewal"]);
    let reversed: String = run.chars().rev().collect();
    let found = v1.search(&[("query", &reversed)]).await.expect(200);
    assert!(summaries(&found).is_empty());
}

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
async fn a_possessive_finds_its_noun_and_a_text_with_one() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    for summary in
        ["Customer wants a refund", "The customer's refund", "A customer’s refund", "Refund"]
    {
        let _ = v1.log(&note(summary)).await.expect(201);
    }
    for query in ["customer refund", "customer's refund", "customer’s refund", "CUSTOMER'S refunds"]
    {
        assert_eq!(
            summaries(&v1.search(&[("query", query)]).await.expect(200)).len(),
            3,
            "{query}"
        );
    }
    let phrase = v1.search(&[("query", "\"customer's refund\"")]).await.expect(200);
    assert_eq!(summaries(&phrase), ["A customer’s refund", "The customer's refund"]);
}

#[tokio::test]
async fn what_looks_like_an_operator_is_refused_with_what_there_is() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let (v1, api) = (stack.v1(&key), stack.logged_activity("acme", &key));
    let _ = v1.log(&note("Invoice for globex")).await.expect(201);
    for (query, rule) in [
        (
            "invoice AND globex",
            "must not have AND or NOT in capitals as a word of its own: all words must match anyway, and -word is without a word. In small letters or in double quotes it is a word",
        ),
        (
            "globex OR",
            "must have a word or a phrase on both sides of OR, as in invoice OR bill. In small letters or in double quotes it is a word",
        ),
        (
            "globex OR -initech",
            "must not have an excluded word or phrase beside OR: -word stands on its own, and holds for the whole query",
        ),
        (
            "invoice (globex paid) OR bill",
            "must not have several words in parentheses beside OR or behind -: there are no groups. OR binds tighter than a space, so a b OR c is a with one of b and c; each word that is excluded has a - of its own",
        ),
        (
            "invoice -\u{201c}globex",
            "must have - only in front of a word or of a phrase in double quotes, behind a space: -globex or -\"globex inc\". In double quotes it is punctuation",
        ),
        (
            "*voice",
            "must have * only at the end of a word, which finds what begins with it, as in pric*. In double quotes it is punctuation",
        ),
        ("in*", "must have at least 3 letters or digits of a word in front of *"),
        (
            "-globex",
            "must have a word or a phrase that is to be found, or stand beside another filter: it only excludes",
        ),
    ] {
        let answer = v1.search(&[("query", query)]).await;
        assert_violations(&answer, &[("query", rule)]);
        let error = stack.mcp(&key).tool_error("search_activity", &json!({ "query": query })).await;
        assert_eq!(error["field_errors"], json!([{ "field": "query", "message": rule }]));
        let quoted = format!("\"{}\"", query.replace('\u{201c}', ""));
        let _ = v1.search(&[("query", &quoted)]).await.expect(200);
        // There, the type is something to find.
        if query != "-globex" {
            let answer = api.responses("note", &json!({ "search": query })).await.expect(400);
            assert_eq!(answer.json(), json!({ "search": [rule] }));
        }
    }
    let answer = api.responses("note", &json!({ "search": "-initech" })).await.expect(200);
    assert_eq!(answer.json()["results"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn beginnings_exclusions_and_alternatives_find_what_they_say() {
    let texts = [
        "Pricing for globex",
        "The price of an invoice, globex inc",
        "A bill for initech",
        "Priceless: an invoice for initech",
        "Prize draw at globex inc",
    ];
    let [pricing, invoice, bill, priceless, prize] = texts;
    assert_finds(
        &texts,
        &[
            ("pric*", &[pricing, invoice, priceless]),
            ("prici*", &[pricing]),
            ("PRI*", &[pricing, invoice, priceless, prize]),
            ("price", &[pricing, invoice]),
            ("inv* initech", &[priceless]),
            ("globex -invoice", &[pricing, prize]),
            ("-invoice globex -draw", &[pricing]),
            ("globex -\"globex inc\"", &[pricing]),
            ("invoice -pric*", &[]),
            ("globex -prices", &[prize]),
            ("invoice OR bill", &[invoice, bill, priceless]),
            ("initech invoice OR bill", &[bill, priceless]),
            ("invoice OR bill globex OR initech", &[invoice, bill, priceless]),
            ("draw OR bill OR prici*", &[pricing, bill, prize]),
            ("\"an invoice\" OR dra* -initech", &[invoice, prize]),
            ("invoice or bill", &[]),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_only_excludes_needs_another_filter() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let (v1, mcp) = (stack.v1(&key), stack.mcp(&key));
    for (name, summary) in [("call", "globex"), ("call", "initech"), ("note", "initech")] {
        stack.clock.advance(Duration::from_millis(1));
        let _ = v1.log(&json!({ "type": name, "summary": summary })).await.expect(201);
    }
    let rule = "must have a word or a phrase that is to be found, or stand beside another filter: it only excludes";
    for query in ["-globex", "-\"globex\"", "-glob*", "-globex -initech"] {
        assert_violations(&v1.search(&[("query", query)]).await, &[("query", rule)]);
        // How many rows are asked for is no filter.
        let answer = v1.search(&[("query", query), ("limit", "5")]).await;
        assert_violations(&answer, &[("query", rule)]);
    }
    // A filter that is given and wrong is one to mend, and there is nothing else to mend.
    let no_type = "must be one of: note call email meeting agent_action";
    let answer = v1.search(&[("query", "-globex"), ("type", "calls")]).await;
    assert_violations(&answer, &[("type", no_type)]);
    let arguments = json!({ "query": "-globex", "types": ["calls"] });
    let error = mcp.tool_error("search_activity", &arguments).await;
    let rule = format!("element 0: {no_type}");
    assert_eq!(error["field_errors"], json!([{ "field": "types", "message": rule }]));
    for (filter, value, found) in [
        ("type", "call", &["initech"][..]),
        ("type", "note", &["initech"]),
        ("type", "email", &[]),
        ("source", "api", &["initech", "initech"]),
        ("actor_id", "suite", &["initech", "initech"]),
        ("occurred_after", "2000-01-01T00:00:00Z", &["initech", "initech"]),
        ("occurred_before", "2000-01-01T00:00:00Z", &[]),
    ] {
        for query in ["-globex", "-\"globex\"", "-glob*"] {
            let answer = v1.search(&[("query", query), (filter, value)]).await.expect(200);
            assert_eq!(summaries(&answer), found, "{query} {filter}={value}");
        }
    }
}

#[tokio::test]
async fn html_is_found_by_what_its_reader_sees() {
    let rig = Rig::start().await;
    let workspace = Workspace::on(rig.direct).await;
    let fields = json!([
        {"name": "page", "display_name": "Page", "field_type": "wysiwyg"},
        {"name": "text", "display_name": "Text", "field_type": "longtext"},
    ]);
    workspace.define_fields("visit", fields).await;
    let (v1, api) = (&workspace.v1, &workspace.api);
    let html = "<div><p>Herr M&uuml;ller wants a re<em>fund</em></p>\
        <img src=\"data:image/png;base64,iVBORw0KGgo=\"></div>";
    let body = note_with(json!({ "summary": "body", "body": html }));
    let body = id_of(&v1.log(&body).await.expect(201));
    // Too long for the head, and the last word is behind what it keeps.
    let long = format!(
        "<!DOCTYPE html><title>Untold</title>{}<p>the &Eacute;clair</p>",
        "<p>x</p>".repeat(2_000)
    );
    let long =
        id_of(&v1.log(&note_with(json!({ "summary": "long", "body": long }))).await.expect(201));
    let value = json!({ "id": own_id("visit/page"), "value": format!("so: {html}") });
    let page = json!({ "related_objects": [], "fields": [value] });
    let page = logged_activity::id_of(&api.log("visit", &page).await.expect(201));
    // Where nobody writes HTML, tags are text.
    let text = json!({ "id": own_id("visit/text"), "value": "<p>literally</p>" });
    let text = json!({ "related_objects": [], "notes": "if a <b and c> d", "fields": [text] });
    let text = logged_activity::id_of(&api.log("visit", &text).await.expect(201));
    // Its summary is the first line that is seen of its notes.
    let notes = json!({ "related_objects": [], "notes": format!("<style>p {{}}</style>{html}<p>and waits") });
    let notes = logged_activity::id_of(&api.log("visit", &notes).await.expect(201));
    let read = v1.read(&notes).await.expect(200).json();
    assert_eq!(read["activity"]["summary"], "Herr Müller wants a refund");

    let found = async |query: &str| {
        let page = v1.search(&[("query", query)]).await.expect(200);
        let mut ids = rows(&page, "activities", "id");
        ids.sort();
        ids
    };
    let check = async || {
        let all = |ids: &[&String]| {
            let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
            ids.sort();
            ids
        };
        for query in ["Müller", "refund", "\"wants a refund\"", "herr mueller"] {
            let none = query.contains("mueller");
            let expected = if none { vec![] } else { all(&[&body, &page, &notes]) };
            assert_eq!(found(query).await, expected, "{query}");
        }
        assert_eq!(found("\"the éclair\"").await, all(&[&long]));
        assert_eq!(found("\"p literally p\"").await, all(&[&text]));
        assert_eq!(found("\"a b and c d\"").await, all(&[&text]));
        for query in ["div", "png", "src", "iVBORw0KGgo", "uuml", "untold", "doctype"] {
            assert_eq!(found(query).await, [""; 0], "{query}");
        }
    };
    check().await;
    // What was logged stays as it was, and a reindex finds the same words.
    let read = v1.read(&body).await.expect(200).json();
    assert_eq!(read["activity"]["body"], html);
    let table = RawTable::of(&workspace.stack).await;
    table.file_under_version(0).await;
    let (store, env) = (&workspace.stack.ctx.store, workspace.stack.ctx.environment.as_ref());
    let (selection, pace) = (reindex::Selection::Outdated, reindex::Pace::default());
    let done = reindex::reindex(store, env, selection, pace, |_| {}).await;
    assert_eq!(done.expect("it is indexed").failed, 0);
    let dropped = old_words::remove_old_words(store, env, pace.commits_within, |_| {}).await;
    assert!(matches!(dropped, Ok(old_words::OldWords::Dropped { segments: 1.. })), "{dropped:?}");
    check().await;
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
