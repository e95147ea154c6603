//! Order, limits and cursors of `GET /v1/activities`.

use std::time::Duration;

use activity_log_tests::client::v1::{V1, assert_violations, next_cursor, note, rows, summaries};
use activity_log_tests::stack::Stack;
use serde_json::json;

const FOREIGN: (&str, &str) = ("cursor", "must be a next_cursor of the same search");

/// Logs notes that occurred so many seconds after nine o'clock.
async fn log_at(v1: &V1, seconds: impl IntoIterator<Item = u32>) {
    for second in seconds {
        let occurred_at = format!("2026-03-01T09:{:02}:{:02}Z", second / 60, second % 60);
        let summary = format!("entry {second}");
        let input = json!({"type": "note", "summary": summary, "occurred_at": occurred_at});
        v1.log(&input).await.expect(201);
    }
}

/// One property of all rows, page by page, each with its own limit in turn.
async fn follow(
    v1: &V1,
    filters: &[(&str, &str)],
    limits: &[&str],
    property: &str,
) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut cursor = None;
    loop {
        let mut parameters = filters.to_vec();
        parameters.push(("limit", limits[pages.len() % limits.len()]));
        parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = v1.search(&parameters).await.expect(200);
        pages.push(rows(&page, "activities", property));
        assert!(pages.len() < 100, "the pages have an end");
        cursor = next_cursor(&page);
        if cursor.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn newest_first_and_ties_by_id_descending() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    log_at(&v1, [5, 1, 3, 3, 3, 9, 3, 1]).await;
    let found = v1.search(&[]).await.expect(200);
    let times = rows(&found, "activities", "occurred_at");
    let ids = rows(&found, "activities", "id");
    let order: Vec<_> = times.iter().zip(&ids).collect();
    let mut sorted = order.clone();
    sorted.sort();
    sorted.reverse();
    assert_eq!(order, sorted);
    assert_eq!(order.len(), 8);
    // Ties stay in order across pages.
    let pages = follow(&v1, &[], &["1"], "id").await;
    assert_eq!(pages.concat(), ids);
}

#[tokio::test]
async fn a_limit_is_1_to_100_and_20_by_default() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    log_at(&v1, 0..101).await;
    for (limit, count) in [(None, 20), (Some("1"), 1), (Some("100"), 100), (Some("7"), 7)] {
        let parameters: Vec<_> = limit.map(|limit| ("limit", limit)).into_iter().collect();
        let page = v1.search(&parameters).await.expect(200);
        assert_eq!(summaries(&page).len(), count);
        assert!(next_cursor(&page).is_some());
    }
    let rest = follow(&v1, &[], &["100"], "summary").await;
    assert_eq!(rest.iter().map(Vec::len).collect::<Vec<_>>(), [100, 1]);
    for limit in ["0", "101", "-1", "", "x", "1.0", "1e1", " 1", "99999999999999999999"] {
        let answer = v1.search(&[("limit", limit)]).await;
        assert_violations(&answer, &[("limit", "must be a whole number from 1 to 100")]);
    }
}

#[tokio::test]
async fn next_cursor_is_absent_on_the_last_page() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    let empty = v1.search(&[]).await.expect(200);
    assert_eq!(empty.json()["activities"], json!([]));
    assert!(empty.json().get("next_cursor").is_none());
    log_at(&v1, 0..4).await;
    // Also where a page ends exactly at the last row.
    for filters in [&[][..], &[("query", "entry")], &[("query", "\"entry\"")], &[("type", "note")]]
    {
        for (limit, sizes) in [("2", &[2, 2][..]), ("3", &[3, 1]), ("4", &[4]), ("5", &[4])] {
            let pages = follow(&v1, filters, &[limit], "summary").await;
            let found: Vec<usize> = pages.iter().map(Vec::len).collect();
            assert_eq!(found, sizes, "{filters:?} by {limit}");
        }
    }
}

#[tokio::test]
async fn the_limit_may_change_between_pages() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    log_at(&v1, 0..12).await;
    let expected: Vec<String> = (0..12).rev().map(|second| format!("entry {second}")).collect();
    let filters = [("query", "entry"), ("occurred_before", "2026-03-01T10:00:00Z")];
    let pages = follow(&v1, &filters, &["1", "5", "2", "100"], "summary").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [1, 5, 2, 4]);
    assert_eq!(pages.concat(), expected);
}

#[tokio::test]
async fn a_cursor_is_bound_to_each_filter() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    stack.put_resource("acme", "deal", "d", None).await;
    for _ in 0..2 {
        let input = json!({
            "type": "note",
            "summary": "Renewal agreed",
            "related_resource_type": "deal",
            "related_resource_id": "d",
            "occurred_at": "2026-03-01T09:00:00Z",
        });
        v1.log(&input).await.expect(201);
    }
    let filters = [
        ("query", "renewal"),
        ("type", "note"),
        ("related_resource_type", "deal"),
        ("related_resource_id", "d"),
        ("occurred_after", "2026-03-01T00:00:00Z"),
        ("occurred_before", "2026-03-02T00:00:00Z"),
    ];
    let mut parameters = filters.to_vec();
    parameters.push(("limit", "1"));
    let page = v1.search(&parameters).await.expect(200);
    let cursor = next_cursor(&page).expect("there is another page");
    parameters.push(("cursor", &cursor));
    assert_eq!(summaries(&v1.search(&parameters).await.expect(200)).len(), 1);

    let others = [
        ("query", "agreed"),
        ("type", "call"),
        ("related_resource_type", "task"),
        ("related_resource_id", "e"),
        ("occurred_after", "2026-03-01T00:00:01Z"),
        ("occurred_before", "2026-03-02T00:00:01Z"),
    ];
    for (index, other) in others.into_iter().enumerate() {
        let mut changed = parameters.clone();
        changed[index] = other;
        assert_violations(&v1.search(&changed).await, &[FOREIGN]);
        if !other.0.starts_with("related") {
            changed.remove(index);
            assert_violations(&v1.search(&changed).await, &[FOREIGN]);
        }
    }
    assert_violations(&v1.search(&[("cursor", &cursor)]).await, &[FOREIGN]);
    // The audit trail's cursors are others.
    let audit = v1.audit_events(&[("limit", "1")]).await.expect(200);
    let audit_cursor = next_cursor(&audit).expect("there is another page");
    assert_violations(&v1.search(&[("cursor", &audit_cursor)]).await, &[FOREIGN]);
    assert_violations(&v1.audit_events(&[("cursor", &cursor)]).await, &[FOREIGN]);
}

#[tokio::test]
async fn a_damaged_cursor_or_one_of_another_version_is_a_violation() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    log_at(&v1, 0..2).await;
    let page = v1.search(&[("limit", "1")]).await.expect(200);
    let cursor = next_cursor(&page).expect("there is another page");
    v1.search(&[("cursor", &cursor)]).await.expect(200);
    let end = cursor.len() - 1;
    let of_version_2 = cursor.replacen("AQ", "Ag", 1);
    assert_ne!(of_version_2, cursor);
    for damaged in [
        "",
        "x",
        "!",
        "é",
        &cursor[..end],
        &cursor[1..],
        &format!("{cursor}A"),
        &format!("{cursor}="),
        &format!(" {cursor}"),
        &cursor.to_lowercase(),
        &of_version_2,
        &"A".repeat(10_000),
    ] {
        assert_violations(&v1.search(&[("cursor", damaged)]).await, &[FOREIGN]);
    }
}

#[tokio::test]
async fn paging_while_others_write_never_repeats_and_never_skips() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    log_at(&v1, (0..24).map(|n| n * 10)).await;
    for filters in [&[][..], &[("query", "entry")], &[("type", "note"), ("query", "\"entry\"")]] {
        let there = follow(&v1, filters, &["100"], "id").await.concat();
        let mut seen: Vec<String> = Vec::new();
        let mut cursor: Option<String> = None;
        for round in 0.. {
            assert!(round < 100, "the pages have an end");
            let mut parameters = filters.to_vec();
            parameters.push(("limit", "5"));
            parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let page = v1.search(&parameters).await.expect(200);
            seen.extend(rows(&page, "activities", "id"));
            cursor = next_cursor(&page);
            if cursor.is_none() {
                break;
            }
            // Before, among, at the very time of, and behind what was read.
            if round < 6 {
                log_at(&v1, [3_000 + round, 125 - round * 7, 120, 1]).await;
            }
        }
        let mut distinct = seen.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), seen.len(), "no row is repeated");
        let kept: Vec<&String> = seen.iter().filter(|id| there.contains(id)).collect();
        assert_eq!(kept, there.iter().collect::<Vec<_>>(), "no row is skipped, in order");
    }
}

#[tokio::test]
async fn a_phrase_is_found_however_many_long_bodies_do_not_have_it() {
    let stack = Stack::start().await;
    let key = stack.service_key("acme").await;
    let v1 = stack.v1(&key);
    for n in 0..130 {
        let phrase = if n % 60 == 0 { "the price list" } else { "the list of the price" };
        let input = json!({
            "type": "note",
            "summary": format!("entry {n}"),
            "body": format!("{} {phrase}", "the ".repeat(1_050)),
            "occurred_at": format!("2026-03-01T09:{:02}:{:02}Z", n / 60, n % 60),
        });
        v1.log(&input).await.expect(201);
    }
    for limit in ["2", "100"] {
        let filters = [("query", "\"price list\"")];
        let pages = follow(&v1, &filters, &[limit], "summary").await;
        assert_eq!(pages.concat(), ["entry 120", "entry 60", "entry 0"], "by {limit}");
    }
}

#[tokio::test]
async fn a_cursor_stays_valid_when_what_it_stands_on_is_new_to_the_list() {
    let stack = Stack::start().await;
    let v1 = stack.v1(&stack.service_key("acme").await);
    v1.log(&note("first")).await.expect(201);
    stack.clock.advance(Duration::from_millis(1));
    v1.log(&note("second")).await.expect(201);
    let page = v1.search(&[("limit", "1")]).await.expect(200);
    let cursor = next_cursor(&page).expect("there is another page");
    for _ in 0..3 {
        let rest = v1.search(&[("cursor", &cursor)]).await.expect(200);
        assert_eq!(summaries(&rest), ["first"], "a page can be asked for again");
        v1.log(&note("later")).await.expect(201);
    }
}
