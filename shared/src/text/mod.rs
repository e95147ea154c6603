//! The words of a text: what a record is filed under, and what a query asks
//! for.
//!
//! A text is folded (`fold`: case, accents, compatibility forms), split
//! (`token`: at everything that is no letter, digit or mark; scripts without
//! spaces into single characters) and turned into terms (`term`: English
//! inflections, and a bound on length). A query ([`TextQuery`], by the grammar of
//! `grammar`) walks the same way, so index and query cannot disagree.
//!
//! Guarantees: a text is found by each of its words, by the beginnings of them and by
//! every phrase of them; the time for a text grows with its length, whatever is in it;
//! nothing here panics or keeps a text in an error.
//!
//! Left out on purpose: ranking, synonyms, languages other than English, and
//! dictionaries. The bounds on a text's length are the caller's.
//!
//! The terms are stored. Any change of what comes out of here, be it by code or
//! by an update of the stemmer, is a new [`ANALYZER_VERSION`] with a new golden
//! file; records under the old version have to be indexed again. Updates of
//! Unicode, which come with Rust and with the normalization tables, are not:
//! they only concern characters that no one could have written before.

mod fold;
mod grammar;
pub(crate) mod html;
mod lexer;
mod matcher;
mod operands;
mod phrase;
mod query;
mod query_error;
mod script;
mod snippet;
mod term;
mod token;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use operands::Operands;
pub use query::{AllOf, AnyOf, TextQuery, Word, WordExpression};
pub use query_error::{MIN_BEGINNING_LETTERS, QueryError};
pub use snippet::{Snippet, snippet};
pub use term::MAX_TERM_BYTES;
use term::{form_term, pair_term, unit_term, word_term};
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

/// What a record is filed under, without prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexTerms {
    /// Its distinct terms. A word is one term. Each unit of a run of an unspaced script
    /// is one, and so is each pair of units that follow each other.
    pub terms: BTreeSet<String>,
    /// Its words as they are written, folded, with a `*` behind them, where that is not
    /// their term: the beginning of a word is the beginning of its term or of its form.
    /// Of longer words it is the beginning of [`MAX_TERM_BYTES`].
    pub forms: BTreeSet<String>,
}

impl IndexTerms {
    /// Everything that a record is filed under.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().chain(&self.forms).map(String::as_str)
    }
}

/// The distinct terms of a record's texts, without prefix.
///
/// # Errors
///
/// When there are more than [`MAX_DISTINCT_TERMS`].
pub fn index_terms(
    texts: impl IntoIterator<Item: AsRef<str>>,
) -> Result<BTreeSet<String>, TooManyTerms> {
    index_terms_and_forms(texts).map(|both| both.terms)
}

/// What a record of these texts is filed under.
///
/// # Errors
///
/// When there are more than [`MAX_DISTINCT_TERMS`]. Forms are not counted: a text has at
/// most one for each word.
pub fn index_terms_and_forms(
    texts: impl IntoIterator<Item: AsRef<str>>,
) -> Result<IndexTerms, TooManyTerms> {
    let IndexTerms { mut terms, mut forms } = IndexTerms::default();
    let mut previous_unit = String::new();
    for text in texts {
        let mut tokens = token::tokens(text.as_ref());
        while let Some(Token { text, kind }) = tokens.next_token() {
            if kind == Kind::Word {
                let term = word_term(text);
                if term != text {
                    forms.insert(form_term(text));
                }
                add_term(&mut terms, term)?;
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
    Ok(IndexTerms { terms, forms })
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
    pub(super) fn finds(query: &str, texts: &[&str]) -> Option<bool> {
        let query = TextQuery::parse(query).ok()?;
        let matches = query.matches(texts.iter().copied());
        let found = is_found(query.words(), &index_terms_and_forms(texts.iter().copied()).unwrap());
        // The index alone never excludes what matches, and finds no more where nothing has
        // to be verified.
        assert!(found || !matches);
        assert!(matches || !found || query.needs_verification());
        Some(matches)
    }

    /// What the index answers.
    fn is_found(words: &WordExpression, indexed: &IndexTerms) -> bool {
        let has = |word: &Word| match word {
            Word::Whole(term) => indexed.terms.contains(term),
            Word::Beginning(beginning) => {
                assert!((1..=MAX_TERM_BYTES).contains(&beginning.len()));
                indexed.terms.iter().chain(&indexed.forms).any(|it| it.starts_with(beginning))
            }
        };
        let holds = |any: &AnyOf| any.iter().any(|all| all.iter().all(has));
        words.all.iter().all(holds) && !words.none.iter().any(holds)
    }

    pub(super) fn all_tokens(text: &str) -> Vec<(String, Kind)> {
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
            let expected_forms = lines.next().expect("its forms stand on the line behind");
            let IndexTerms { terms, forms } = index_terms_and_forms([text]).unwrap();
            assert_eq!(Vec::from_iter(terms).join(" "), expected, "{text}");
            let forms: String = forms.iter().map(|form| format!(" {form}")).collect();
            assert_eq!(format!("*{forms}"), expected_forms, "{text}");
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
            let is_of_term = |c: char| c == '~' || c.is_alphanumeric() || is_combining_mark(c);
            let IndexTerms { terms, forms } = index_terms_and_forms([&*text]).unwrap();
            for term in &terms {
                prop_assert!((1..=MAX_TERM_BYTES).contains(&term.len()));
                prop_assert!(term.chars().all(is_of_term));
            }
            for form in &forms {
                let word = form.strip_suffix('*').unwrap();
                prop_assert!((1..=MAX_TERM_BYTES).contains(&word.len()));
                prop_assert!(word.chars().all(is_of_term));
            }
            prop_assert_eq!(index_terms([&*text]), Ok(terms));
        }

        #[test]
        fn every_word_of_a_text_finds_it(text in any_text()) {
            for word in text.split_whitespace() {
                let expected = TextQuery::parse(word).ok().map(|query| !query.has_exclusions());
                prop_assert_eq!(finds(word, &["", &text]), expected, "{}", word);
            }
            for (word, _) in all_tokens(&text) {
                prop_assert_eq!(finds(&word, &[&text]), Some(true), "{}", word);
                let quoted = format!("“{word}”");
                prop_assert_eq!(finds(&quoted, &[&text, ""]), Some(true), "{}", word);
            }
            for (word, _) in all_tokens(&text).iter().step_by(7) {
                let either = format!("{word} OR absent");
                prop_assert_eq!(finds(&either, &[&text]), Some(true), "{}", word);
                for excluded in [format!("-{word}"), format!("-“{word}”")] {
                    prop_assert_eq!(finds(&excluded, &["", &text]), Some(false), "{}", word);
                    prop_assert_eq!(finds(&excluded, &["", "+"]), Some(true), "{}", word);
                }
            }
        }

        #[test]
        fn every_beginning_of_a_word_finds_it(
            text in any_text(),
            long in "[a-z1é]{60,80}",
            first in 0_usize..5,
        ) {
            let text = format!("{long} {text}");
            for (word, kind) in all_tokens(&text).into_iter().step_by(5) {
                let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
                let ends = ends.skip(first).step_by(5);
                // In front of a mark, composing could make another letter.
                for end in ends.filter(|end| !word[*end..].starts_with(is_combining_mark)) {
                    let beginning = format!("{}*", &word[..end]);
                    let is_long_enough = kind != Kind::Word
                        || beginning.chars().count() > MIN_BEGINNING_LETTERS;
                    match finds(&beginning, &[&text]) {
                        None => prop_assert!(!is_long_enough, "{}", beginning),
                        found => prop_assert_eq!(found, Some(true), "{}", beginning),
                    }
                    let excluded = format!("-{beginning}");
                    prop_assert_ne!(finds(&excluded, &[&text]), Some(true), "{}", beginning);
                }
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
            // A quote within ends the phrase, and what is behind it may be excluded.
            let expected = TextQuery::parse(&quoted).ok().map(|query| !query.has_exclusions());
            prop_assert_eq!(finds(&quoted, &[&text]), expected, "{}", quoted);
        }

        #[test]
        fn any_query_is_answered(query in any_text(), text in any_text()) {
            if let Ok(query) = TextQuery::parse(&query) {
                prop_assert!(query.has_positive() || query.has_exclusions());
                prop_assert_eq!(query.has_positive(), !query.words().all.is_empty());
            }
            let _ = finds(&query, &[&text]);
        }
    }
}
