//! What a query finds in texts, and what it may be.

use std::time::Duration;

use activity_log_core::store::operator::{old_words, reindex};
use activity_log_tests::client::logged_activity;
use activity_log_tests::client::v1::{assert_violations, id_of, note, note_with, rows, summaries};
use activity_log_tests::raw_table::RawTable;
use activity_log_tests::rig::Rig;
use activity_log_tests::stack::Stack;
use activity_log_tests::workspace::{Workspace, own_id};
use serde_json::json;

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
        ("con-123 CON123", &[id]),
        // What is written as one stands in this order.
        ("123-con", &[]),
        ("mueller", &[cafe]),
    ];
    assert_finds(&[cafe, id], cases).await;
}

#[tokio::test]
async fn what_is_written_in_several_ways_is_found_by_each() {
    let mail = "An e-mail from jane.doe@mail.globex.com of R&D, by Wi-Fi";
    let code = "C++ and Node.js v2.3.1 on an iPhone15; not vitamin c";
    let paid = "Paid 1,299.99 for PO-2024-0815, +44 20 7946 0958";
    let bank = "IBAN DE89 3704 0044 0532 0130 00 of Mrs O'Brien-Mueller";
    let cases: &[(&str, &[&str])] = &[
        ("email", &[mail]),
        ("e-mail wifi", &[mail]),
        ("\"e mail\"", &[mail]),
        ("jane.doe@mail.globex.com", &[mail]),
        ("jane.doe", &[mail]),
        ("globex.com", &[mail]),
        ("globex", &[mail]),
        ("jane.d*", &[mail]),
        ("jane.doe@mail.glo*", &[mail]),
        ("jane.doe@initech.com", &[]),
        ("R&D", &[mail]),
        ("R & D", &[mail]),
        ("r", &[]),
        ("c++", &[code]),
        ("C#", &[]),
        ("nodejs", &[code]),
        ("2.3.1", &[code]),
        ("iphone 15", &[code]),
        ("iPhone15", &[code]),
        ("vitamin-c", &[code]),
        ("1299.99", &[paid]),
        ("1.299,99", &[paid]),
        ("1299", &[paid]),
        ("299.99", &[]),
        ("PO20240815", &[paid]),
        ("PO/2024/0815", &[paid]),
        ("po 2024 0815", &[paid]),
        ("02079460958", &[paid]),
        ("020 7946 0958", &[paid]),
        ("+442079460958", &[paid]),
        ("7946 0958 2020", &[]),
        ("DE89370400440532013000", &[bank]),
        ("DE89 3704 0044 0532 0130 00", &[bank]),
        ("OBrien", &[bank]),
        ("Müller", &[bank]),
        ("muller", &[bank]),
        ("email -wifi", &[]),
        ("nodejs OR obrien", &[bank, code]),
    ];
    assert_finds(&[mail, code, paid, bank], cases).await;
}

#[tokio::test]
async fn marks_letters_and_digits_of_a_script_do_not_matter() {
    let arabic = "اتصل محمد بخصوص الطلب ٠٩١";
    let hebrew = "שיחה עם צה״ל על שלום";
    let hindi = "हिन्दी में बातचीत";
    let cases: &[(&str, &[&str])] = &[
        ("مُحَمَّد", &[arabic]),
        ("091", &[arabic]),
        ("صهل", &[]),
        ("צהל", &[hebrew]),
        ("שָׁלוֹם", &[hebrew]),
        ("हिंदी", &[hindi]),
    ];
    assert_finds(&[arabic, hebrew, hindi], cases).await;
}

#[tokio::test]
async fn irregular_forms_and_spellings_are_one_word() {
    let bought = "The children bought two licences in our favourite colour";
    let custom = "A custom made for customers";
    let cases: &[(&str, &[&str])] = &[
        ("buy child", &[bought]),
        ("license", &[bought]),
        ("favorite color", &[bought]),
        ("\"children buy\"", &[]),
        ("customer", &[custom]),
        ("customs", &[custom]),
    ];
    assert_finds(&[bought, custom], cases).await;
}

#[tokio::test]
async fn korean_is_found_without_particles_and_in_compounds() {
    let meeting = "고객과 화상회의를 했다";
    let report = "보고서를 AWS에서 받았다";
    let cases: &[(&str, &[&str])] = &[
        ("회의", &[meeting]),
        ("회의에서", &[meeting]),
        ("화상회의", &[meeting]),
        ("고객", &[meeting]),
        ("보고서", &[report]),
        ("서를", &[]),
        ("aws", &[report]),
        ("\"화상회의를 했다\"", &[meeting]),
        ("\"회의를 했다\"", &[]),
    ];
    assert_finds(&[meeting, report], cases).await;
}

#[tokio::test]
async fn a_pasted_mail_is_found_by_what_it_says() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    let mail = "From: Jane\nMIME-Version: 1.0\n\
        Content-Type: text/plain; charset=utf-8\n\
        Content-Transfer-Encoding: quoted-printable\n\n\
        M=C3=BCller fragt nach der Liefe=\nrung.\n";
    let text = "Content-Type: text/plain is a header; a=3D1";
    for (summary, body) in [("mail", mail), ("text", text)] {
        let input = json!({"type": "email", "summary": summary, "body": body});
        v1.log(&input).await.expect(201);
    }
    for (query, expected) in
        [("müller lieferung", &["mail"][..]), ("liefe", &[]), ("header 3d1", &["text"])]
    {
        let found = v1.search(&[("query", query)]).await.expect(200);
        assert_eq!(summaries(&found), expected, "{query}");
    }
    // It is kept as it was sent.
    let page = v1.search(&[("query", "lieferung")]).await.expect(200);
    let id = rows(&page, "activities", "id").remove(0);
    assert_eq!(v1.read(&id).await.expect(200).json()["activity"]["body"], mail);
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
            assert_eq!(found(query).await, all(&[&body, &page, &notes]), "{query}");
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
