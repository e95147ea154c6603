//! What a listing asks for and gives back: filters, a range of time, pages.
//!
//! Every listing reads these here, whether they come as parameters of a query
//! string or as properties of a JSON object, so that all have the same limits.

use schemars::{Schema, SchemaGenerator, json_schema};

use crate::app::input::Fields;
use crate::domain::clock::{Bound, Timestamp};
use crate::index::Position;

/// Rows of a page, where none are asked for.
pub const DEFAULT_LIMIT: usize = 20;
/// Rows of a page at most.
pub const MAX_LIMIT: usize = 100;

/// What a listing asks for.
#[derive(Clone, Debug)]
pub struct Listing<F> {
    /// The filters.
    pub filters: F,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page begins.
    pub after: Option<Position>,
}

/// A page of rows, newest first.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows. There may be fewer than the limit, even none, before the end.
    pub rows: Vec<T>,
    /// Where the next page begins; absent at the end.
    pub next_cursor: Option<String>,
}

/// Reads `occurred_after` and `occurred_before`.
pub fn read_dates(fields: &mut impl Fields) -> (Option<Timestamp>, Option<Timestamp>) {
    let bound = |text: &str| {
        Bound::parse(text).ok_or("must be an RFC 3339 date-time with an offset, from 1970 on")
    };
    let after = fields.optional("occurred_after", bound);
    let before = fields.optional("occurred_before", bound);
    if let (Some(after), Some(before)) = (after, before)
        && before <= after
    {
        fields.refuse("occurred_before", "must be later than occurred_after");
    }
    (after.map(Bound::time), before.map(Bound::time))
}

/// Reads `limit` and `cursor`. A cursor is held against filters that are all
/// valid: with others it can't be its own.
pub fn read_page(
    fields: &mut impl Fields,
    position: impl FnOnce(&str) -> Option<Position>,
) -> (usize, Option<Position>) {
    let limit = fields.optional_number("limit", 1..=MAX_LIMIT);
    let after = fields.optional("cursor", |text| {
        position(text).ok_or("must be a next_cursor of the same search")
    });
    (limit.unwrap_or(DEFAULT_LIMIT), after)
}

/// How the limit is described.
pub(crate) fn limit_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "integer",
        "minimum": 1,
        "maximum": MAX_LIMIT,
        "default": DEFAULT_LIMIT,
        "examples": [10],
    })
}
