//! Cutting a query into what stands between its spaces and quotes.
//!
//! Guarantees: what is quoted is one piece, whatever is in it, and every other
//! character but spaces is in a piece that is not quoted. Words between double quotes
//! (`"`, `“`, `”`, `„`, `‟`, `«`, `»`, `＂`) are quoted. Each quote, of whatever shape,
//! closes the one before; the last one of an odd number is punctuation, and so is one
//! between two Hebrew letters, where it marks an abbreviation. A zero width space around
//! a piece is none of it, as it is seen by nobody.

use super::fold::ZERO_WIDTH_SPACE;

/// A part of a query between quotes, or between phrases and spaces.
#[derive(Clone, Copy)]
pub(super) struct Piece<'q> {
    pub(super) text: &'q str,
    pub(super) is_quoted: bool,
}

/// What stands between spaces that are not quoted: pieces without a space between
/// them, at least one. An operator stands by itself also beside a quote.
pub(super) fn chunks(query: &str) -> Vec<Vec<Piece<'_>>> {
    let mut chunks: Vec<Vec<Piece<'_>>> = Vec::new();
    let mut is_glued = false;
    let mut push = |piece, is_glued| match chunks.last_mut().filter(|_| is_glued) {
        Some(chunk) => chunk.push(piece),
        None => chunks.push(vec![piece]),
    };
    for segment in segments(query) {
        if segment.is_quoted {
            push(segment, is_glued);
            is_glued = true;
            continue;
        }
        for (count_before, text) in segment.text.split(char::is_whitespace).enumerate() {
            is_glued &= count_before == 0;
            let text = text.trim_matches(ZERO_WIDTH_SPACE);
            if !text.is_empty() {
                let is_operator = operator(text).is_some();
                push(Piece { text, is_quoted: false }, is_glued && !is_operator);
                is_glued = !is_operator;
            }
        }
    }
    chunks
}

fn segments(query: &str) -> Vec<Piece<'_>> {
    let mut quotes = quotes(query);
    if quotes.len() % 2 == 1 {
        quotes.pop();
    }
    let mut segments = Vec::with_capacity(quotes.len() + 1);
    let mut start = 0;
    for (i, (at, quote)) in quotes.into_iter().enumerate() {
        segments.push(Piece { text: &query[start..at], is_quoted: i % 2 == 1 });
        start = at + quote.len_utf8();
    }
    segments.push(Piece { text: &query[start..], is_quoted: false });
    segments
}

fn quotes(query: &str) -> Vec<(usize, char)> {
    let is_hebrew = |c: Option<char>| c.is_some_and(|c| matches!(c, '\u{590}'..='\u{5FF}'));
    let mut quotes = Vec::new();
    let mut chars = query.char_indices().peekable();
    let mut previous = None;
    while let Some((at, c)) = chars.next() {
        let is_gershayim =
            c == '"' && is_hebrew(previous) && is_hebrew(chars.peek().map(|(_, next)| *next));
        if is_quote(c) && !is_gershayim {
            quotes.push((at, c));
        }
        previous = Some(c);
    }
    quotes
}

pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}

/// What stands between operands by itself.
pub(super) enum Operator {
    Or,
    OrInBrackets,
    AndOrNot,
}

/// The operator that a piece is, if it is one.
pub(super) fn operator(text: &str) -> Option<Operator> {
    let narrowed = narrowed(text);
    match narrowed.trim_start_matches(OPENING_BRACKETS).trim_end_matches(CLOSING_BRACKETS) {
        "OR" if narrowed.len() == "OR".len() => Some(Operator::Or),
        "OR" => Some(Operator::OrInBrackets),
        "AND" | "NOT" => Some(Operator::AndOrNot),
        _ => None,
    }
}

pub(super) const OPENING_BRACKETS: &[char] = &['(', '[', '{'];
pub(super) const CLOSING_BRACKETS: &[char] = &[')', ']', '}'];
/// What may stand between a hyphen and its word. In front of a hyphen only brackets may,
/// since `+-5` and `$-100` are amounts.
pub(super) const OPENING: &[char] = &['(', '[', '{', '\'', '‘', '’', '$', '€', '£', '#', '@', '+'];

pub(super) fn narrowed(text: &str) -> String {
    text.chars().map(narrow).collect()
}

/// The ASCII character of a full-width one.
pub(super) fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    }
}
