//! A page as an answer, with as many of its rows as the answer can have.
//!
//! How long a row is depends on what callers wrote, and a limit of rows alone says
//! little about the bytes. So every list writes its pages here.

use super::message::Response;
use crate::app::listing::Page;

/// The longest body that a page may have: Lambda takes [6 MB of an
/// answer](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html),
/// which has the body as a text in JSON, and JSON written once more is at most twice
/// as long. What is left over is for the headers.
pub(super) const MAX_BODY_BYTES: usize = 3_000_000;

/// Writes a page. Where it is too long it ends earlier, behind the last row that
/// it shows, but never without a row, so that paging gets on. One row alone always
/// fits: it was read from an item of the table.
pub(super) fn respond_with_page<T>(
    page: &Page<T>,
    write: impl Fn(&[T], Option<&str>) -> Response,
    cursor_after: impl Fn(&T) -> String,
) -> Response {
    let mut rows = page.rows.as_slice();
    let mut response = write(rows, page.next_cursor.as_deref());
    while response.body().len() > MAX_BODY_BYTES && rows.len() > 1 {
        rows = &rows[..rows.len() / 2];
        response = write(rows, rows.last().map(&cursor_after).as_deref());
    }
    response
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::{Value, json};

    use super::*;
    use crate::http::message;

    /// The rows of the page that is written of some, and its cursor.
    fn written(rows: &[String]) -> (usize, Value) {
        let page = Page { rows: rows.to_vec(), next_cursor: Some("its own".to_owned()) };
        let write = |rows: &[String], cursor: Option<&str>| {
            message::json(StatusCode::OK, &json!({ "rows": rows, "cursor": cursor }))
        };
        let response = respond_with_page(&page, write, |row| format!("after {}", &row[..1]));
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        (body["rows"].as_array().unwrap().len(), body["cursor"].clone())
    }

    #[test]
    fn a_page_ends_where_its_answer_is_full_and_always_has_a_row() {
        let row = |name: &str, bytes: usize| format!("{name}{}", "x".repeat(bytes));
        let short = [row("a", 10), row("b", 10)];
        assert_eq!(written(&short), (2, json!("its own")));
        let half = MAX_BODY_BYTES / 2;
        let long = [row("a", half), row("b", half), row("c", 10)];
        assert_eq!(written(&long), (1, json!("after a")));
        assert_eq!(written(&[row("a", MAX_BODY_BYTES)]), (1, json!("its own")));
        assert_eq!(written(&[]), (0, json!("its own")));
    }
}
