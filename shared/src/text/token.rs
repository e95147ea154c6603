//! Splitting a text into tokens.
//!
//! Guarantees: every letter, digit and kept mark of the folded text is in
//! exactly one token, in order; a token is never empty; a text is walked once,
//! and only the part of it up to the next ASCII separator is held folded.
//!
//! Left out on purpose: there is no dictionary. A run of a script that is
//! written without spaces falls into units, and where its words begin and end
//! is not decided here or anywhere.

use unicode_normalization::char::is_combining_mark;

use super::fold::{SPACE, ZERO_WIDTH_SPACE, first_part_len, fold_into};
use super::script::is_unspaced;

/// A piece of a folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// The folded characters, not inflected and not shortened.
    pub(super) text: &'a str,
    /// What kind of token it is.
    pub(super) kind: Kind,
}

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of a script that puts something between words.
    Word,
    /// The first unit of a run: one character of an unspaced script with the
    /// marks that stand on it.
    RunStart,
    /// A further unit of a run, with nothing between it and the one before.
    RunOn,
}

/// The tokens of one text. It lends each token, which is why it is no
/// [`Iterator`].
pub(super) struct Tokens<'t> {
    /// What is not folded yet.
    rest: &'t str,
    /// The part that is being split, folded.
    part: String,
    /// The end of the last token in `part`.
    at: usize,
    in_run: bool,
}

/// Splits a text.
pub(super) fn tokens(text: &str) -> Tokens<'_> {
    Tokens { rest: text, part: String::new(), at: 0, in_run: false }
}

impl Tokens<'_> {
    /// The next token, valid until the next call.
    pub(super) fn next_token(&mut self) -> Option<Token<'_>> {
        let first = loop {
            match self.part[self.at..].chars().next() {
                // It invites a line break; a run goes on beyond it.
                Some(ZERO_WIDTH_SPACE) => self.at += ZERO_WIDTH_SPACE.len_utf8(),
                Some(SPACE) => {
                    self.at += SPACE.len_utf8();
                    self.in_run = false;
                }
                Some(first) => break first,
                None => self.fold_next_part()?,
            }
        };
        let start = self.at;
        let behind_first = start + first.len_utf8();
        let (len, kind) = if is_unspaced(first) {
            let kind = if self.in_run { Kind::RunOn } else { Kind::RunStart };
            (self.part[behind_first..].find(|c| !is_mark(c)), kind)
        } else {
            (self.part[behind_first..].find(ends_word), Kind::Word)
        };
        self.at = len.map_or(self.part.len(), |len| behind_first + len);
        self.in_run = kind != Kind::Word;
        Some(Token { text: &self.part[start..self.at], kind })
    }

    /// Goes on to the next part of the text, if there is one.
    fn fold_next_part(&mut self) -> Option<()> {
        if self.rest.is_empty() {
            return None;
        }
        let (part, rest) = self.rest.split_at(first_part_len(self.rest));
        self.part.clear();
        self.at = 0;
        fold_into(&mut self.part, part);
        self.rest = rest;
        Some(())
    }
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_combining_mark(c)
}

fn ends_word(c: char) -> bool {
    c == SPACE || c == ZERO_WIDTH_SPACE || (is_unspaced(c) && !is_mark(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as they are, the units of a run joined by `+`.
    fn split(text: &str) -> String {
        let mut split = String::new();
        let mut tokens = tokens(text);
        while let Some(token) = tokens.next_token() {
            split.push_str(if token.kind == Kind::RunOn { "+" } else { " " });
            split.push_str(token.text);
        }
        split.trim_start().to_owned()
    }

    #[test]
    fn words_end_at_everything_that_is_no_letter_digit_or_mark() {
        assert_eq!(split("Jane's con_123: 1,000.50 v2.3"), "jane s con 123 1 000 50 v2 3");
        assert_eq!(split("a.b@example.com"), "a b example com");
        assert_eq!(split("…!? -- 🙂"), "");
    }

    #[test]
    fn runs_part_from_their_neighbours_and_fall_into_units() {
        assert_eq!(split("iPhone値下げ2024年"), "iphone 値+下+げ 2024 年");
        assert_eq!(split("東京、大阪"), "東+京 大+阪");
        assert_eq!(split("人々のデーター"), "人+々+の+デ+ー+タ+ー");
        assert_eq!(split("ไม่ดี"), "ไ+ม่+ดี");
    }

    #[test]
    fn a_zero_width_space_parts_words_but_not_a_run() {
        assert_eq!(split("ab\u{200B}cd"), "ab cd");
        assert_eq!(split("ដំ\u{200B}បូង"), "ដំ+បូ+ង");
        assert_eq!(split("ដំ \u{200B}បូ"), "ដំ បូ");
    }

    #[test]
    fn spaced_scripts_keep_their_words_whole() {
        assert_eq!(split("हिन्दी में"), "हिन्दी में");
        assert_eq!(split("회의를 했다"), "회의를 했다");
        assert_eq!(split("мʼята м’ята"), "м ята м ята");
    }
}
