//! The pages of this dialect's lists.

use schemars::JsonSchema;
use serde::Serialize;

use crate::http::exchange::Exchange;
use crate::record_type::{Identifier, RecordType};

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
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

/// The link of the next page: the address of this one, with other parameters.
pub(super) fn next_link(
    exchange: &Exchange<'_>,
    parameters: &[(&str, Option<&str>)],
    cursor: &str,
) -> String {
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

/// Reads a number of rows.
pub(super) fn parse_page_size(text: &str, max: usize) -> Result<usize, String> {
    match parse_digits(text) {
        Some(size) if (1..=max).contains(&size) => Ok(size),
        _ => Err(format!("must be a whole number from 1 to {max}")),
    }
}

/// Reads the number of a page.
pub(super) fn parse_page(text: &str) -> Result<usize, &'static str> {
    parse_digits(text).filter(|page| *page > 0).ok_or("must be a whole number from 1 on")
}

/// Why a page is refused that is asked for by its number alone.
pub(super) const PAGE_WITHOUT_CURSOR: &str = "must be 1: follow next, pages can't be jumped to";

fn parse_digits(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Reads a record type.
pub(super) fn parse_custom_object(text: &str) -> Result<Identifier<RecordType>, &'static str> {
    Identifier::parse(text).ok_or("must be the id or the api_name of a record type")
}
