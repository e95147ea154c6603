//! From a token to the term that it is filed under.
//!
//! Guarantees: a term has 1 to [`MAX_TERM_BYTES`] bytes of letters, digits,
//! marks and, where it was shortened, one `~`; so it needs no escape in a key.
//! Equal tokens have equal terms. Different tokens share a term only as
//! inflections of one English word, or by a collision of 128 bits.
//!
//! Left out on purpose: languages other than English are not inflected, since
//! a text does not say which language it is in. A stop list, too: every word
//! can be searched for.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use sha2::{Digest, Sha256};

use super::lemma::lemma;
use super::spelling::common_spelling;
use super::unstemmed::unstemmed;

/// The longest term, in bytes of UTF-8.
pub const MAX_TERM_BYTES: usize = 64;
/// Hexadecimal digits of 128 bits.
const HASH_BYTES: usize = 32;

/// The term of a word.
pub(super) fn word_term(word: &str) -> Cow<'_, str> {
    if !is_inflected(word) {
        return exact_term(word);
    }
    if let Some(term) = unstemmed(word) {
        return Cow::Borrowed(term);
    }
    let stem = Stemmer::new(Algorithm::English).stem(lemma(word).unwrap_or(word));
    common_spelling(&stem).map_or(stem, Cow::Borrowed)
}

/// With what words begin that have this term, or a term that begins like this: mostly
/// with the same letter.
pub(super) fn first_bytes(term: &str) -> impl Iterator<Item = u8> {
    let other: &[u8] = match term.as_bytes().first() {
        // `ate`, `oestrogen`.
        Some(b'e') => b"ao",
        // `went`.
        Some(b'g') => b"w",
        _ => b"",
    };
    term.bytes().take(1).chain(other.iter().copied())
}

/// The term of something that is found just as it is.
pub(super) fn exact_term(text: &str) -> Cow<'_, str> {
    shorten(Cow::Borrowed(text))
}

/// The term of a word that is found in phrases alone.
pub(super) fn hidden_term(word: &str) -> String {
    exact_term(&format!("={word}")).into_owned()
}

/// What a word is filed under as it is written, so that it is found by its beginnings of
/// up to [`MAX_TERM_BYTES`]. No term ends so.
pub(super) fn form_term(word: &str) -> String {
    format!("{}*", &word[..word.floor_char_boundary(MAX_TERM_BYTES)])
}

/// The term of two units that follow each other in a run.
pub(super) fn pair_term(first: &str, second: &str) -> Cow<'static, str> {
    shorten(Cow::Owned([first, second].concat()))
}

/// Whether other tokens may share the term of this one. Words too long for a
/// term are no English, and the stemmer's time grows with their square.
pub(super) fn is_inflected(token: &str) -> bool {
    token.len() <= MAX_TERM_BYTES && token.bytes().all(|b| b.is_ascii_lowercase())
}

fn shorten(term: Cow<'_, str>) -> Cow<'_, str> {
    if term.len() <= MAX_TERM_BYTES {
        return term;
    }
    let digest = Sha256::digest(term.as_bytes());
    let hash = digest.first_chunk().expect("SHA-256 has more than 128 bits");
    let prefix = &term[..term.floor_char_boundary(MAX_TERM_BYTES - HASH_BYTES - 1)];
    Cow::Owned(format!("{prefix}~{:0HASH_BYTES$x}", u128::from_be_bytes(*hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_inflections_share_a_term() {
        for word in ["price", "prices", "priced", "pricing"] {
            assert_eq!(word_term(word), "price");
        }
        for word in ["run", "runs", "running"] {
            assert_eq!(word_term(word), "run");
        }
    }

    #[test]
    fn digits_and_other_scripts_are_not_inflected() {
        for word in ["con123s", "2nds", "цены", "preços"] {
            assert_eq!(word_term(word), word);
        }
    }

    #[test]
    fn a_term_of_64_bytes_stays_and_a_longer_one_is_hashed() {
        let longest = "1".repeat(64);
        assert_eq!(word_term(&longest), longest);

        let longer = "1".repeat(65);
        let term = word_term(&longer);
        let digest = Sha256::digest(longer.as_bytes());
        let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(term, format!("{}~{hex}", "1".repeat(31)));
        assert_ne!(term, word_term(&"1".repeat(66)));
    }

    #[test]
    fn a_form_has_every_beginning_of_64_bytes() {
        assert_eq!(form_term("pricing"), "pricing*");
        assert_eq!(form_term(&"1".repeat(64)), format!("{}*", "1".repeat(64)));
        assert_eq!(form_term(&"1".repeat(65)), format!("{}*", "1".repeat(64)));
        assert_eq!(form_term(&"ка".repeat(33)), format!("{}*", "ка".repeat(16)));
        assert_eq!(form_term(&"कि".repeat(33)), format!("{}क*", "कि".repeat(10)));
    }

    #[test]
    fn no_inflection_changes_the_first_letter() {
        let letters = || (b'a'..=b'z').map(char::from);
        let endings = ["", "s", "es", "ing", "ying", "ed", "ied", "ly", "ion", "y", "is", "sses"];
        let starts = letters().flat_map(|first| letters().map(move |next| [first, next]));
        for word in starts.flat_map(|two| endings.map(|ending| String::from_iter(two) + ending)) {
            assert_eq!(word_term(&word).as_bytes()[0], word.as_bytes()[0], "{word}");
        }
    }

    #[test]
    fn a_shortened_term_is_cut_between_characters() {
        // 31 bytes would cut the eleventh three-byte character in two.
        let term = exact_term("ก็็็็็็็็็็็็็็็็็็็็็็็็็็็").into_owned();
        assert!(term.starts_with("ก็็็็็็็็็~"));
        assert_eq!(term.len(), 30 + 1 + HASH_BYTES);
        let pair = pair_term(&"1".repeat(40), &"2".repeat(40));
        assert_eq!(pair.len(), MAX_TERM_BYTES);
    }
}
