//! Letters that are also written as two: `Müller` and `Mueller`, `Åse` and `Aase`.
//!
//! Folding makes `u` of `ü`; here is the other spelling, which a word is filed under as
//! well. A name that is written with two letters is filed under one: `Muller`.
//!
//! Left out on purpose: two letters within other words than capitalized ones, since
//! `does` is not `dös`.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Marks that stand on a letter which is also written as two, if they are not composed.
const DIAERESIS: char = '\u{308}';
const RING: char = '\u{30A}';

/// The same text with the other spelling of such letters, where it has one. It has as many
/// words, at the same places.
pub(super) fn respelled(text: &str) -> Option<String> {
    if text.is_ascii() {
        return text.starts_with(|c: char| !c.is_ascii_lowercase()).then(|| contracted(text))?;
    }
    let composed = if text.contains([DIAERESIS, RING]) {
        Cow::Owned(text.nfc().collect::<String>())
    } else {
        Cow::Borrowed(text)
    };
    if !composed.contains(|c| in_two_letters(c).is_some()) {
        return None;
    }
    let mut other = String::with_capacity(composed.len() + 8);
    for c in composed.chars() {
        match in_two_letters(c) {
            Some(two) => other.push_str(two),
            None => other.push(c),
        }
    }
    Some(other)
}

/// How a letter is written where its key is missing. The letters that fold to two anyway
/// are none of these.
fn in_two_letters(c: char) -> Option<&'static str> {
    match c {
        'ä' | 'Ä' => Some("ae"),
        'ö' | 'Ö' | 'ø' | 'Ø' => Some("oe"),
        'ü' | 'Ü' => Some("ue"),
        'å' | 'Å' => Some("aa"),
        _ => None,
    }
}

/// A folded word of a query with one letter for two, if it may be a name.
pub(super) fn contracted_name(word: &str) -> Option<String> {
    let at = contracted_at(word)?;
    Some([&word[..=at], &word[at + 2..]].concat())
}

/// The text with one letter for two in each of its names.
fn contracted(text: &str) -> Option<String> {
    let mut other = String::new();
    let mut from = 0;
    let mut start = 0;
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let is_name = word.starts_with(|c: char| c.is_ascii_uppercase());
        if let Some(at) = contracted_at(word).filter(|_| is_name) {
            let at = start + at;
            other.push_str(&text[from..=at]);
            from = at + 2;
        }
        start += word.len() + 1;
    }
    (from > 0).then(|| other + &text[from..])
}

/// Where the first of two letters stands that a name may be spelled with one of. As in
/// Snowball's German stemmer, `ue` behind a vowel or a `q` is none.
fn contracted_at(word: &str) -> Option<usize> {
    const MIN_CHARS: usize = 5;
    let bytes = word.as_bytes();
    // `Michael` is not `Michal`.
    if bytes.len() < MIN_CHARS || word.to_ascii_lowercase().ends_with("el") {
        return None;
    }
    let is_vowel = |b: u8| matches!(b.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u');
    // The two letters, with one in front and one behind them.
    bytes
        .windows(4)
        .position(|four| {
            let [before, first, second, behind] = four.to_ascii_lowercase()[..] else {
                return false;
            };
            matches!(first, b'a' | b'o' | b'u')
                && second == b'e'
                && behind.is_ascii_alphabetic()
                && !is_vowel(behind)
                && !is_vowel(before)
                && before != b'q'
        })
        .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_is_also_written_as_two_is_respelled() {
        for (text, other) in [
            ("Müller", "Mueller"),
            ("Mu\u{308}ller", "Mueller"),
            ("GÖTZ-Å", "GoeTZ-aa"),
            ("Søren", "Soeren"),
            ("Mueller", "Muller"),
            ("Schroeder,", "Schroder,"),
            ("MUELLER/Koehler", "MULLER/Kohler"),
        ] {
            assert_eq!(respelled(text).as_deref(), Some(other), "{text}");
        }
    }

    #[test]
    fn other_words_stay_as_they_are() {
        for text in [
            "",
            "mueller",
            "does",
            "Does",
            "Value",
            "Issue",
            "Queue",
            "Question",
            "Bauer",
            "Neue",
            "Blue",
            "straße",
            "Æro",
            "naïve",
            "東京",
            "A",
            "Joe",
            "MÄRZ".to_lowercase().as_str(),
        ] {
            let expected = text.contains('ä').then_some("maerz");
            assert_eq!(respelled(text).as_deref(), expected, "{text}");
        }
        assert_eq!(contracted_name("mueller").as_deref(), Some("muller"));
        for word in ["muller", "question", "blue", "michael", "müller"] {
            assert_eq!(contracted_name(word), None);
        }
    }
}
