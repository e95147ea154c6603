//! What a listing asks for and gives back: a range of time, and pages.
//!
//! Every listing reads these here, so that all have the same limits.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::input::{Reader, Source};
use crate::domain::clock::{Bound, Timestamp};
use crate::domain::value::Refusal;
use crate::index::Position;

/// Rows of a page, where none are asked for.
pub const DEFAULT_LIMIT: usize = 20;
/// Rows of a page at most.
pub const MAX_LIMIT: usize = 100;

/// What a listing asks for.
#[derive(Clone, Debug)]
pub struct Listing<F> {
    /// What the rows have to match.
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

/// How many rows a caller asks for: its description.
#[derive(Debug)]
pub struct Limit;

impl JsonSchema for Limit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_LIMIT,
            "default": DEFAULT_LIMIT,
            "examples": [10],
        })
    }
}

/// A cursor as a caller gives it back, before it is held against the filters.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(inline)]
pub struct GivenCursor(#[schemars(length(min = 1))] String);

impl GivenCursor {
    /// Takes any text: only the filters tell whether it is a cursor of theirs.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Ok(Self(text.to_owned()))
    }
}

/// Reads a bound of a range of time.
pub fn parse_bound(text: &str) -> Result<Bound, &'static str> {
    Bound::parse(text).ok_or("must be an RFC 3339 date-time with an offset, from 1970 on")
}

/// Reads the range of time that two bounds make.
pub fn read_range<S: Source>(
    reader: &mut Reader<S>,
    after: Option<Bound>,
    before: Option<Bound>,
) -> (Option<Timestamp>, Option<Timestamp>) {
    if let (Some(after), Some(before)) = (after, before)
        && before <= after
    {
        reader.refuse("occurred_before", "must be later than occurred_after");
    }
    (after.map(Bound::time), before.map(Bound::time))
}

/// Reads where a page begins. A cursor is held against filters that are all
/// valid: with others it can't be its own.
pub fn read_cursor<S: Source, P>(
    reader: &mut Reader<S>,
    cursor: Option<&GivenCursor>,
    position: impl FnOnce(&str) -> Option<P>,
) -> Option<P> {
    let position = position(&cursor?.0).ok_or("must be a next_cursor of the same search");
    reader.take("cursor", position).ok()
}
