//! The words of a text: what a record is filed under, and what a query asks
//! for.
//!
//! A text is folded (`fold`: case, accents, compatibility forms), split
//! (`token`: at everything that is no letter, digit or mark; scripts without
//! spaces into single characters) and turned into terms (`term`: English
//! inflections, and a bound on length). A query ([`TextQuery`]) walks the same
//! way, so index and query cannot disagree.
//!
//! Guarantees: a text is found by each of its words and by every phrase of
//! them; the time for a text grows with its length, whatever is in it; nothing
//! here panics or keeps a text in an error.
//!
//! Left out on purpose: ranking, synonyms, prefixes, languages other than
//! English, and dictionaries. The bounds on a text's length are the caller's.
//!
//! The terms are stored. Any change of what comes out of here, be it by code or
//! by an update of the stemmer, is a new [`ANALYZER_VERSION`] with a new golden
//! file; records under the old version have to be indexed again. Updates of
//! Unicode, which come with Rust and with the normalization tables, are not:
//! they only concern characters that no one could have written before.

mod fold;
pub(crate) mod html;
mod phrase;
mod query;
mod script;
mod term;
mod token;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use query::{QueryError, TextQuery};
pub use term::MAX_TERM_BYTES;
use term::{pair_term, unit_term, word_term};
use token::{Kind, Token};

/// The version of the analyzer. It is stored with each record, and the terms
/// are stored under `w<version>=`.
pub const ANALYZER_VERSION: u32 = 1;

/// The most distinct terms that a record may have, summary and body together.
pub const MAX_DISTINCT_TERMS: usize = 32_768;

/// The most words that a query may have, those in quotes included.
pub const MAX_QUERY_WORDS: usize = 16;

/// A record has more than [`MAX_DISTINCT_TERMS`] distinct terms. The text is
/// fit for a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "summary and body together must not have more than {MAX_DISTINCT_TERMS} distinct words; \
     in scripts without spaces, each character and each pair of characters counts as one"
)]
pub struct TooManyTerms;

/// The distinct terms of a record's texts, without prefix.
///
/// A word is one term. Each unit of a run of an unspaced script is one, and so
/// is each pair of units that follow each other.
///
/// # Errors
///
/// When there are more than [`MAX_DISTINCT_TERMS`].
pub fn index_terms(
    texts: impl IntoIterator<Item: AsRef<str>>,
) -> Result<BTreeSet<String>, TooManyTerms> {
    let mut terms = BTreeSet::new();
    let mut previous_unit = String::new();
    for text in texts {
        let mut tokens = token::tokens(text.as_ref());
        while let Some(Token { text, kind }) = tokens.next_token() {
            if kind == Kind::Word {
                add_term(&mut terms, word_term(text))?;
                continue;
            }
            add_term(&mut terms, unit_term(text))?;
            if kind == Kind::RunOn {
                add_term(&mut terms, pair_term(&previous_unit, text))?;
            }
            previous_unit.clear();
            previous_unit.push_str(text);
        }
    }
    Ok(terms)
}

fn add_term(terms: &mut BTreeSet<String>, term: Cow<'_, str>) -> Result<(), TooManyTerms> {
    if terms.contains(&*term) {
        return Ok(());
    }
    if terms.len() == MAX_DISTINCT_TERMS {
        return Err(TooManyTerms);
    }
    terms.insert(term.into_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::char::is_combining_mark;

    use super::*;

    /// Texts of any characters, those that are hard to analyze preferred.
    pub(super) fn any_text() -> impl Strategy<Value = String> {
        let hard = "aZé ß İıſ’'\"“»_-.,½™ﬁＡ\
            \u{301}\u{308}\u{327}\u{345}\u{338}\u{20DD}\u{AD}\u{34F}\u{200B}\u{200D}\u{FE0F}\
            ςΣᾳΐжЙё אשּ\u{5B8}״أـ\u{64E}ﷺकि\u{94D}\u{1100}\u{1161}\u{11A8}한ㄱ\
            値々ーｶﾞか\u{3099}゛ไม่ำ\u{E33}ដំ\u{17D2}က\u{1039}🙂1²①＂";
        let char = prop_oneof![
            6 => prop::sample::select(hard.chars().collect::<Vec<_>>()),
            2 => prop::char::range(' ', '~'),
            1 => prop::char::any(),
        ];
        prop::collection::vec(char, 0..60).prop_map(String::from_iter)
    }

    /// Whether a search for `query` finds a record of these texts. `None` where
    /// the query is refused.
    fn finds(query: &str, texts: &[&str]) -> Option<bool> {
        let query = TextQuery::parse(query).ok()?;
        let indexed = index_terms(texts.iter().copied()).unwrap();
        Some(query.terms().is_subset(&indexed) && query.matches(texts.iter().copied()))
    }

    fn all_tokens(text: &str) -> Vec<(String, Kind)> {
        let mut all = Vec::new();
        let mut tokens = token::tokens(text);
        while let Some(token) = tokens.next_token() {
            all.push((token.text.to_owned(), token.kind));
        }
        all
    }

    // A changed golden file means a new ANALYZER_VERSION: stored records hold
    // terms of the old one. Only a file for a version that was never released
    // may be edited; after that, a new version gets a file of its own.
    #[test]
    fn the_analyzer_does_what_its_golden_file_says() {
        let golden = include_str!("golden/w1.txt");
        assert!(golden.starts_with(&format!("# analyzer version {ANALYZER_VERSION}\n")));

        let mut lines = golden.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut count = 0;
        while let Some(line) = lines.next() {
            let text = line.strip_prefix("> ").expect("a text stands behind `> `");
            let expected = lines.next().expect("its terms stand on the next line");
            let terms: Vec<String> = index_terms([text]).unwrap().into_iter().collect();
            assert_eq!(terms.join(" "), expected, "{text}");
            count += 1;
        }
        assert!(count > 40);
    }

    #[test]
    fn a_record_is_found_by_words_in_another_form() {
        let texts = ["Naïve pricing at Jane’s CAFÉ", "東京で会議。Ｍｅｅｔｉｎｇｓ"];
        for query in [
            "price",
            "prices cafe",
            "meeting",
            "naive jane",
            "jane's",
            "東京",
            "会",
            "東京で会議",
            "\"at janes\" cafe",
            "\"at jane's café\"",
        ] {
            let expected = query != "\"at janes\" cafe";
            assert_eq!(finds(query, &texts), Some(expected), "{query}");
        }
        assert_eq!(finds("café tea", &texts), Some(false));
        assert_eq!(finds("京都", &texts), Some(false));
        assert_eq!(finds("pric", &texts), Some(false));
    }

    #[test]
    fn as_many_terms_as_allowed_pass_and_one_more_is_refused() {
        let body = (1..MAX_DISTINCT_TERMS).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(index_terms(["summary", &body]).unwrap().len(), MAX_DISTINCT_TERMS);
        assert_eq!(index_terms(["summary 1 2 3", &body]).unwrap().len(), MAX_DISTINCT_TERMS);
        assert_eq!(index_terms(["summary 0", &body]), Err(TooManyTerms));
        assert_eq!(index_terms([&*body, "summary", "値"]), Err(TooManyTerms));
        assert_eq!(
            TooManyTerms.to_string(),
            "summary and body together must not have more than 32768 distinct words; in scripts \
             without spaces, each character and each pair of characters counts as one"
        );
    }

    #[test]
    fn a_long_text_without_any_space_is_analyzed_in_one_go() {
        for (unit, term_count, query_chars) in [
            ("a", 1, 65_536),
            ("é", 1, 65_536),
            ("न\u{94D}", 1, 65_536),
            ("値", 2, 500),
            ("ก\u{E47}", 2, 500),
        ] {
            let text: String = unit.chars().cycle().take(65_536).collect();
            assert_eq!(index_terms([&*text]).unwrap().len(), term_count, "{unit}");
            let query: String = text.chars().take(query_chars).collect();
            assert_eq!(finds(&format!("\"{query}\""), &[&text]), Some(true), "{unit}");
        }
        // One letter under very many marks.
        for base in ["a", "क", "値"] {
            let text = format!("{base}{}", "\u{94D}\u{301}\u{323}".repeat(20_000));
            assert_eq!(index_terms([&*text]).unwrap().len(), 1);
            assert_eq!(finds(&text, &[&text]), Some(true));
        }
    }

    proptest! {
        #[test]
        fn terms_are_bounded_and_need_no_escape(text in any_text()) {
            for term in index_terms([&*text]).unwrap() {
                prop_assert!((1..=MAX_TERM_BYTES).contains(&term.len()));
                prop_assert!(
                    term.chars().all(|c| c == '~' || c.is_alphanumeric() || is_combining_mark(c))
                );
            }
        }

        #[test]
        fn every_word_of_a_text_finds_it(text in any_text()) {
            for word in text.split_whitespace() {
                prop_assert_ne!(finds(word, &["", &text]), Some(false), "{}", word);
            }
            for (word, _) in all_tokens(&text) {
                prop_assert_eq!(finds(&word, &[&text]), Some(true), "{}", word);
                let quoted = format!("“{word}”");
                prop_assert_eq!(finds(&quoted, &[&text, ""]), Some(true), "{}", word);
            }
        }

        #[test]
        fn every_phrase_of_a_text_finds_it(
            text in any_text(),
            start in any::<prop::sample::Index>(),
            len in 1..=MAX_QUERY_WORDS,
        ) {
            // A word in front, so that there is always a phrase.
            let text = format!("word {text}");
            let all = all_tokens(&text);
            let mut quoted = "\"".to_owned();
            for (word, kind) in all.iter().skip(start.index(all.len())).take(len) {
                quoted.push_str(if *kind == Kind::RunOn { "" } else { ", " });
                quoted.push_str(word);
            }
            quoted.push('"');
            prop_assert_eq!(finds(&quoted, &[&text]), Some(true), "{}", quoted);
        }

        #[test]
        fn every_quoted_part_of_a_text_finds_it(
            text in any_text(),
            start in any::<prop::sample::Index>(),
            len in 1_usize..20,
        ) {
            // From one space to another: a cut within a word is another word.
            let parts: Vec<&str> = text.split(' ').collect();
            let start = start.index(parts.len());
            let end = parts.len().min(start + len);
            let quoted = format!("«{}»", parts[start..end].join(" "));
            prop_assert_ne!(finds(&quoted, &[&text]), Some(false), "{}", quoted);
        }

        #[test]
        fn any_query_is_answered(query in any_text(), text in any_text()) {
            if let Ok(query) = TextQuery::parse(&query) {
                prop_assert!(!query.terms().is_empty());
                prop_assert!(query.needs_verification() || query.matches([&*text]));
            }
        }
    }
}
