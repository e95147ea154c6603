//! The pages of this dialect's lists.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::ordering::Ordering;
use crate::app::input::{Reader, Source, parse_digits};
use crate::app::list_activities_of_type::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};
use crate::app::listing::Page;
use crate::domain::record_type::{Identifier, RecordType};
use crate::domain::value::Refusal;
use crate::http::exchange::Exchange;
use crate::http::message::Response;
use crate::http::page::respond_with_page;

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct PageBody<T> {
    /// The link of the next page, without a host unless the deployment has a public address; null on the last one.
    #[schemars(extend("format" = "uri-reference"))]
    next: Option<String>,
    /// Null: lists are read forwards.
    previous: Option<String>,
    /// There may be fewer than the page's size, even none, before the end.
    results: Vec<T>,
    /// Empty: a page is whole or refused.
    errors: Vec<String>,
}

impl<T> PageBody<T> {
    /// A page, and where its next one is.
    pub(super) fn new(results: Vec<T>, next: Option<String>) -> Self {
        Self { next, previous: None, results, errors: Vec::new() }
    }
}

/// The number of a page, as a caller names it.
#[derive(Clone, Copy, Debug)]
pub struct PageNumber(usize);

impl PageNumber {
    /// Reads a number.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let number = parse_digits(text, &(1..=usize::MAX));
        number.map(Self).map_err(|_| "must be a whole number from 1 on".into())
    }
}

impl JsonSchema for PageNumber {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PageNumber".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1 })
    }
}

/// How many rows a page has at most.
#[derive(Clone, Copy, Debug)]
pub struct PageSize(usize);

impl PageSize {
    /// Reads a number.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        parse_digits(text, &(1..=MAX_PAGE_SIZE)).map(Self)
    }

    /// The number.
    #[must_use]
    pub fn rows(self) -> usize {
        self.0
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(DEFAULT_PAGE_SIZE)
    }
}

impl JsonSchema for PageSize {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PageSize".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE })
    }
}

/// Reads how a caller names a record type.
pub fn parse_record_type(text: &str) -> Result<Identifier<RecordType>, &'static str> {
    Identifier::parse(text).ok_or("must be the id or the api_name of a record type")
}

/// Reads where a page begins. Pages follow each other and can't be jumped to.
pub(super) fn read_cursor<S: Source, P>(
    reader: &mut Reader<S>,
    page: Option<PageNumber>,
    cursor: Option<&str>,
    position: impl FnOnce(&str) -> Option<P>,
) -> Option<P> {
    let after = cursor.and_then(|cursor| {
        let after = position(cursor).ok_or("must be that of a next link of the same list");
        reader.take("cursor", after).ok()
    });
    if after.is_none() && page.is_some_and(|page| page.0 > 1) {
        reader.refuse("page", "must be 1: follow next, pages can't be jumped to");
    }
    after
}

/// What a request for a list asks for.
#[derive(Clone, Debug)]
pub struct ListRequest<F, P> {
    /// What the rows have to match.
    pub filters: F,
    /// Rows of the page.
    pub page_size: PageSize,
    /// Where the page begins.
    pub after: Option<P>,
    pub(super) search: Option<String>,
    pub(super) custom_object: Option<Identifier<RecordType>>,
    pub(super) ordering: Ordering,
}

impl<F, P> ListRequest<F, P> {
    /// The page in the order that was asked for, where it is the whole list: the
    /// order of pages is that in which they are read.
    pub(super) fn in_order<T, K: Ord>(
        &self,
        mut page: Page<T>,
        key: impl Fn(&T, &str) -> Option<K>,
    ) -> Page<T> {
        if self.after.is_none() && page.next_cursor.is_none() {
            self.ordering.sort(&mut page.rows, key);
        }
        page
    }

    /// Writes a page, with a row for each of what was found.
    pub(super) fn respond<T>(
        &self,
        exchange: &Exchange<'_>,
        page: &Page<T>,
        write: impl Fn(&[T], Option<String>) -> Response,
        cursor_after: impl Fn(&T) -> String,
    ) -> Response {
        let next_link = |cursor: &str| self.next_link(exchange, cursor);
        let write = |rows: &[T], cursor: Option<&str>| write(rows, cursor.map(next_link));
        respond_with_page(page, write, cursor_after)
    }

    /// The link of the next page.
    fn next_link(&self, exchange: &Exchange<'_>, cursor: &str) -> String {
        let page_size = self.page_size.rows().to_string();
        let custom_object = self.custom_object.as_ref().map(ToString::to_string);
        let parameters = [
            ("page_size", Some(page_size.as_str())),
            ("search", self.search.as_deref()),
            ("custom_object_id", custom_object.as_deref()),
        ];
        next_link(exchange, &parameters, cursor)
    }
}

/// The link of the next page: the address of this one, with other parameters.
fn next_link(exchange: &Exchange<'_>, parameters: &[(&str, Option<&str>)], cursor: &str) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    let pairs: Vec<String> = given
        .chain([("cursor", cursor)])
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    format!("{}?{}", exchange.link(&exchange.request().path), pairs.join("&"))
}

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
