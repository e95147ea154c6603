//! What stands around an operand of a query and is none of it: the hyphen that excludes,
//! brackets, and the punctuation of prose.

use unicode_normalization::char::is_combining_mark;

use super::lexer::{CLOSING_BRACKETS, OPENING, OPENING_BRACKETS, Piece, is_quote, narrowed};
use super::query_error::QueryError;

/// Brackets around something, but for pairs that surround it alone.
#[derive(Clone, Copy, Default)]
pub(super) struct Brackets {
    pub(super) opened: usize,
    pub(super) closed: usize,
}

impl Brackets {
    pub(super) fn without_pairs(opened: usize, closed: usize) -> Self {
        let pairs = opened.min(closed);
        Self { opened: opened - pairs, closed: closed - pairs }
    }
}

/// What stands around an operand and is none of it.
pub(super) struct Affixes {
    pub(super) is_excluding: bool,
    pub(super) brackets: Brackets,
}

impl Affixes {
    pub(super) fn of(chunk: &[Piece<'_>]) -> Result<Self, QueryError> {
        let is_behind_piece = |(at, piece): (usize, &Piece<'_>)| {
            at > 0 && !piece.is_quoted && excluding(piece.text, chunk.get(at + 1).is_some())
        };
        // `"Paris"-"London"`: a range, or a space was forgotten.
        if chunk.iter().enumerate().any(is_behind_piece) {
            return Err(QueryError::MisplacedExclusion);
        }
        let mut affixes = Self { is_excluding: false, brackets: Brackets::default() };
        let (first, last) = (chunk[0], chunk[chunk.len() - 1]);
        let mut opened = 0;
        let mut opened_behind_hyphen = 0;
        if !first.is_quoted {
            let lead = narrowed(lead(first.text));
            let (before, behind) = lead.split_once('-').unwrap_or((&lead, ""));
            affixes.is_excluding = excluding(first.text, chunk.len() > 1);
            if affixes.is_excluding {
                opened_behind_hyphen = behind.matches(OPENING_BRACKETS).count();
                opened = before.matches(OPENING_BRACKETS).count();
            } else {
                opened = lead.matches(OPENING_BRACKETS).count();
                // A phrase that does not end, and a group.
                let is_operator = |c| is_quote(c) || OPENING_BRACKETS.contains(&c);
                let opens_nothing = |c| OPENING.contains(&c) || is_quote(c);
                if before.trim_start_matches(OPENING_BRACKETS).is_empty()
                    && behind.contains(is_operator)
                    && behind.chars().all(opens_nothing)
                {
                    return Err(QueryError::MisplacedExclusion);
                }
            }
        }
        let trail = if last.is_quoted { "" } else { trail(last.text) };
        let closed = narrowed(trail).matches(CLOSING_BRACKETS).count();
        // Within the operand, as in `f(x)`.
        let of_all = |brackets: &[char]| -> usize {
            let texts = chunk.iter().filter(|piece| !piece.is_quoted);
            texts.map(|piece| narrowed(piece.text).matches(brackets).count()).sum()
        };
        let opened_within = of_all(OPENING_BRACKETS) - opened - opened_behind_hyphen;
        let closed_within = of_all(CLOSING_BRACKETS) - closed;
        let opened_within = opened_within.saturating_sub(closed_within);
        let Some(closed) = closed.checked_sub(opened_behind_hyphen) else {
            return Err(QueryError::Group);
        };
        affixes.brackets = Brackets::without_pairs(opened + opened_within, closed);
        Ok(affixes)
    }
}

/// Whether a text, in front of a phrase or not, begins as what excludes.
fn excluding(text: &str, is_before_phrase: bool) -> bool {
    let lead_text = lead(text);
    let goes_on = lead_text.len() < text.len() || is_before_phrase;
    let lead = narrowed(lead_text);
    let behind = lead.trim_start_matches(OPENING_BRACKETS).strip_prefix('-');
    goes_on && behind.is_some_and(|behind| behind.trim_start_matches(OPENING).is_empty())
}

/// What stands in front of the first letter or digit.
fn lead(text: &str) -> &str {
    &text[..text.find(char::is_alphanumeric).unwrap_or(text.len())]
}

/// What stands behind the last letter or digit, and its marks.
fn trail(text: &str) -> &str {
    let last = text.char_indices().rev().find(|(_, c)| is_of_word(*c));
    &text[last.map_or(0, |(at, c)| at + c.len_utf8())..]
}

pub(super) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}
