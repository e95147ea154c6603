//! Cutting a query into what stands between its spaces and quotes.
//!
//! Guarantees: what is quoted is one piece, whatever is in it, and every other
//! character but spaces is in a piece that is not quoted. Words between double quotes
//! (`"`, `“`, `”`, `„`, `‟`, `«`, `»`, `＂`) are quoted. Each quote, of whatever shape,
//! closes the one before; the last one of an odd number is punctuation, and so is one
//! between two Hebrew letters, where it marks an abbreviation. A zero width space around
//! a piece is none of it, as it is seen by nobody.

use std::borrow::Cow;
use std::ops::Range;

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
    cut(query).into_iter().map(|(pieces, _)| pieces).collect()
}

/// Where in a query these stand, quotes included.
pub(super) fn spans(query: &str) -> Vec<Range<usize>> {
    cut(query).into_iter().map(|(_, span)| span).collect()
}

fn cut(query: &str) -> Vec<(Vec<Piece<'_>>, Range<usize>)> {
    let mut chunks: Vec<(Vec<Piece<'_>>, Range<usize>)> = Vec::new();
    let mut is_glued = false;
    let mut push =
        |piece, span: Range<usize>, is_glued| match chunks.last_mut().filter(|_| is_glued) {
            Some((pieces, of_chunk)) => {
                pieces.push(piece);
                of_chunk.end = span.end;
            }
            None => chunks.push((vec![piece], span)),
        };
    for (segment, span) in segments(query) {
        if segment.is_quoted {
            push(segment, span, is_glued);
            is_glued = true;
            continue;
        }
        let mut start = span.start;
        for part in segment.text.split_inclusive(char::is_whitespace) {
            let word = part.trim_end_matches(char::is_whitespace);
            let behind_space = word.trim_start_matches(ZERO_WIDTH_SPACE);
            let text = behind_space.trim_end_matches(ZERO_WIDTH_SPACE);
            if !text.is_empty() {
                let at = start + word.len() - behind_space.len();
                let is_operator = operator(text).is_some();
                let piece = Piece { text, is_quoted: false };
                push(piece, at..at + text.len(), is_glued && !is_operator);
                is_glued = !is_operator;
            }
            is_glued &= word.len() == part.len();
            start += part.len();
        }
    }
    chunks
}

/// `R & D` is `R&D`, as it is in a text: by itself, an ampersand is punctuation.
pub(super) fn with_joined_ampersands(query: &str) -> Cow<'_, str> {
    const SPACED: &str = " & ";
    let mut joined = Cow::Borrowed("");
    let mut start = 0;
    for (at, _) in query.match_indices(SPACED) {
        let before = query[start..at].rsplit(char::is_whitespace).next();
        let behind = query[at + SPACED.len()..].split(char::is_whitespace).next();
        let is_short = |word: Option<&str>| {
            word.is_some_and(|word| {
                matches!(word.chars().count(), 1 | 2) && word.chars().all(char::is_alphabetic)
            })
        };
        if is_short(before) && is_short(behind) {
            joined.to_mut().push_str(&query[start..at]);
            joined.to_mut().push('&');
            start = at + SPACED.len();
        }
    }
    if start == 0 {
        return Cow::Borrowed(query);
    }
    joined.to_mut().push_str(&query[start..]);
    joined
}

/// What is quoted and what is not, by turns, and where that stands with its quotes.
fn segments(query: &str) -> Vec<(Piece<'_>, Range<usize>)> {
    let mut quotes = quotes(query);
    if quotes.len() % 2 == 1 {
        quotes.pop();
    }
    let mut segments = Vec::with_capacity(quotes.len() + 1);
    let mut start = 0;
    let mut opened = 0;
    for (i, (at, quote)) in quotes.into_iter().enumerate() {
        let is_quoted = i % 2 == 1;
        let behind = at + quote.len_utf8();
        let span = if is_quoted { opened..behind } else { start..at };
        segments.push((Piece { text: &query[start..at], is_quoted }, span));
        (start, opened) = (behind, at);
    }
    segments.push((Piece { text: &query[start..], is_quoted: false }, start..query.len()));
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
