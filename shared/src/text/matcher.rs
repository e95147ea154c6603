//! Finding what a query asks for in a text: its words, beginnings of words, and
//! phrases.
//!
//! Guarantees: a text is read once, whatever is asked for, and only words that begin
//! as one that is asked for are inflected again. A word is found here where the index
//! finds it, by the same terms.

use std::ops::Range;

use super::grammar::OwnedToken;
use super::hangul::{filed_part, has_units};
use super::phrase::{self, Phrases};
use super::reading::{self, FoundAs};
use super::term::{MAX_TERM_BYTES, exact_term, first_bytes, word_term};
use super::token::{Kind, Token, Tokens};

/// Parts of a query, numbered as they are added.
#[derive(Clone, Debug, Default)]
pub(super) struct Matcher {
    /// Terms.
    wholes: Vec<(String, usize)>,
    /// Folded beginnings of words.
    beginnings: Vec<(String, usize)>,
    /// Folded parts of Korean words.
    inner: Vec<(String, usize)>,
    phrases: Phrases,
    phrase_numbers: Vec<usize>,
    /// With what the words of these terms and beginnings begin.
    first_bytes: Vec<u8>,
    len: usize,
}

/// Who is told of what is found in a text.
pub(super) trait Finding {
    /// The next word or unit stands here.
    fn word(&mut self, _span: Range<usize>) {}
    /// A part ends with the last word, and has so many words.
    fn found(&mut self, part: usize, words: usize);
    /// Whether it needs to be told of no more.
    fn is_done(&self) -> bool {
        false
    }
}

impl Matcher {
    /// Looks for what has this term.
    pub(super) fn add_whole(&mut self, term: &str) -> usize {
        self.first_bytes.extend(first_bytes(term));
        Self::add(&mut self.wholes, term, &mut self.len)
    }

    /// Looks for words that begin with this.
    pub(super) fn add_beginning(&mut self, beginning: &str) -> usize {
        // The index has the stem as well as the written word.
        self.first_bytes.extend(first_bytes(beginning));
        Self::add(&mut self.beginnings, beginning, &mut self.len)
    }

    /// Looks for words that have this in them.
    pub(super) fn add_inner(&mut self, inner: &str) -> usize {
        Self::add(&mut self.inner, inner, &mut self.len)
    }

    fn add(parts: &mut Vec<(String, usize)>, text: &str, len: &mut usize) -> usize {
        if let Some((_, number)) = parts.iter().find(|(known, _)| known == text) {
            return *number;
        }
        parts.push((text.to_owned(), *len));
        *len += 1;
        *len - 1
    }

    /// Looks for these tokens behind each other, of which there is at least one.
    pub(super) fn add_phrase(&mut self, tokens: &[OwnedToken]) -> usize {
        self.phrases.add(tokens.iter().map(OwnedToken::as_token));
        self.phrase_numbers.push(self.len);
        self.len += 1;
        self.len - 1
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Reads a text.
    pub(super) fn read(&self, tokens: Tokens<'_>, finding: &mut impl Finding) {
        let phrases = self.phrases.reader();
        reading::read(tokens, &mut Reader { matcher: self, phrases, finding });
    }
}

/// What reads a text.
struct Reader<'m, F> {
    matcher: &'m Matcher,
    phrases: phrase::Reader<'m>,
    finding: &'m mut F,
}

impl<F: Finding> Reader<'_, F> {
    fn word(&mut self, word: &str, words: usize) {
        let first = word.bytes().next();
        if first.is_some_and(|first| self.matcher.first_bytes.contains(&first)) {
            self.term(word, &word_term(word), words);
        }
    }

    /// A word, and the term that it is filed under.
    fn term(&mut self, word: &str, term: &str, words: usize) {
        let Matcher { wholes, beginnings, .. } = self.matcher;
        for (_, number) in wholes.iter().filter(|(whole, _)| whole == term) {
            self.finding.found(*number, words);
        }
        for (beginning, number) in beginnings {
            let begins = word.starts_with(beginning)
                || beginning.len() <= MAX_TERM_BYTES && term.starts_with(beginning);
            if begins {
                self.finding.found(*number, words);
            }
        }
    }
}

impl<F: Finding> reading::Reader for Reader<'_, F> {
    fn token(&mut self, token: Token<'_>, is_hidden: bool, span: Range<usize>) {
        self.finding.word(span);
        if token.kind == Kind::Word && !is_hidden {
            self.word(token.text, 1);
            for (inner, number) in &self.matcher.inner {
                if has_units(filed_part(token.text), inner) {
                    self.finding.found(*number, 1);
                }
            }
        }
        let Self { matcher, phrases, finding } = self;
        phrases.read(token, |phrase, len| finding.found(matcher.phrase_numbers[phrase], len));
    }

    fn also(&mut self, found_as: FoundAs<'_>, words: usize) {
        match found_as {
            FoundAs::Word(word) => self.word(word, words),
            FoundAs::Exactly(text) => self.term(text, &exact_term(text), words),
        }
    }

    fn is_done(&self) -> bool {
        self.finding.is_done()
    }
}
