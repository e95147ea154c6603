//! Finding what a query asks for in a text: its words, beginnings of words, and
//! phrases.
//!
//! Guarantees: a text is read once, whatever is asked for, and only words that begin
//! as one that is asked for are inflected again. A word is found here where the index
//! finds it, by the same terms.

use super::grammar::OwnedToken;
use super::phrase::{self, Phrases};
use super::term::{MAX_TERM_BYTES, word_term};
use super::token::{Kind, Token};

/// Parts of a query, numbered as they are added.
#[derive(Clone, Debug, Default)]
pub(super) struct Matcher {
    /// Terms of words.
    wholes: Vec<(String, usize)>,
    /// Folded beginnings of words.
    beginnings: Vec<(String, usize)>,
    phrases: Phrases,
    phrase_numbers: Vec<usize>,
    /// With what the words and beginnings begin.
    first_bytes: Vec<u8>,
    len: usize,
}

impl Matcher {
    /// Looks for words that have this term.
    pub(super) fn add_whole(&mut self, term: String) -> usize {
        if let Some((_, number)) = self.wholes.iter().find(|(known, _)| *known == term) {
            return *number;
        }
        self.first_bytes.extend(term.bytes().next());
        self.wholes.push((term, self.len));
        self.next_number()
    }

    /// Looks for words that begin with this.
    pub(super) fn add_beginning(&mut self, beginning: String) -> usize {
        self.first_bytes.extend(beginning.bytes().next());
        self.beginnings.push((beginning, self.len));
        self.next_number()
    }

    /// Looks for these tokens behind each other, of which there is at least one.
    pub(super) fn add_phrase(&mut self, tokens: &[OwnedToken]) -> usize {
        self.phrases.add(tokens.iter().map(OwnedToken::as_token));
        self.phrase_numbers.push(self.len);
        self.next_number()
    }

    fn next_number(&mut self) -> usize {
        self.len += 1;
        self.len - 1
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Begins to read a text.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { matcher: self, phrases: self.phrases.reader() }
    }
}

/// What reads a text.
pub(super) struct Reader<'m> {
    matcher: &'m Matcher,
    phrases: phrase::Reader<'m>,
}

impl Reader<'_> {
    /// Reads the next token, and tells of each part that ends with it its number and how
    /// many tokens it has.
    pub(super) fn read(&mut self, token: Token<'_>, mut found: impl FnMut(usize, usize)) {
        let Matcher { wholes, beginnings, first_bytes, phrase_numbers, .. } = self.matcher;
        // No inflection changes the first letter.
        let may_be_word = token.kind == Kind::Word
            && token.text.bytes().next().is_some_and(|first| first_bytes.contains(&first));
        if may_be_word {
            let term = word_term(token.text);
            for (_, number) in wholes.iter().filter(|(whole, _)| *whole == term) {
                found(*number, 1);
            }
            for (beginning, number) in beginnings {
                // The index has the stem as well as the written word.
                let begins = token.text.starts_with(beginning)
                    || beginning.len() <= MAX_TERM_BYTES && term.starts_with(beginning);
                if begins {
                    found(*number, 1);
                }
            }
        }
        self.phrases.read(token, |phrase, len| found(phrase_numbers[phrase], len));
    }
}
