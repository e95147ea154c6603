//! The words of a text: what a record is filed under, and what a query asks
//! for.
//!
//! A text is folded (`fold`: case, accents, marks, compatibility forms), split
//! (`token`: at everything that is no letter, digit or mark; scripts without
//! spaces into single characters), read (`reading`: what several words are as one, of
//! `compound` and `numbers`) and turned into terms (`term`: English inflections, and a
//! bound on length). A query ([`TextQuery`], by the grammar of `grammar`, and what it asks
//! for by `asking`) walks the same way, so index and query cannot disagree.
//!
//! Guarantees: a text is found by each of its words, by the beginnings of them and by
//! every phrase of them; the time for a text grows with its length, whatever is in it;
//! nothing here panics or keeps a text in an error.
//!
//! Left out on purpose: ranking, synonyms, the inflections of languages other than
//! English, and dictionaries. The bounds on a text's length are the caller's.
//!
//! The terms are stored. Any change of what comes out of here, be it by code or
//! by an update of the stemmer, is a new [`ANALYZER_VERSION`] with a new golden
//! file; records under the old version have to be indexed again. Updates of
//! Unicode, which come with Rust and with the normalization tables, are not:
//! they only concern characters that no one could have written before.

mod affixes;
mod asking;
mod charset;
mod closed_compound;
mod compound;
mod digits;
mod fold;
mod grammar;
mod hangul;
pub(crate) mod html;
mod indic;
mod lemma;
mod letters;
mod lexer;
mod lexicon;
mod matcher;
pub(crate) mod mime;
mod number_run;
mod numbers;
mod operands;
mod optional_marks;
mod phrase;
mod query;
mod query_error;
mod reading;
mod respelling;
mod script;
mod snippet;
mod spelling;
mod term;
mod token;
mod transfer;
mod unstemmed;

use std::ops::Range;

pub use operands::Operands;
pub use query::{AllOf, AnyOf, TextQuery, Word, WordExpression};
pub use query_error::{MIN_BEGINNING_LETTERS, QueryError};
pub use snippet::{Snippet, snippet};
pub use term::MAX_TERM_BYTES;

use reading::{FoundAs, Reader, read};
use term::{exact_term, form_term, hidden_term, word_term};
use token::{Kind, Token, tokens};

/// The version of the analyzer. It is stored with each record, and the terms
/// are stored under `w<version>=`.
pub const ANALYZER_VERSION: u32 = 2;

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

/// What a record is filed under, without prefix: sorted and distinct.
///
/// A word is a term, and so is what it is found as beside itself. Each unit of a run of an
/// unspaced script is one, and so is each pair of units that follow each other. And there
/// are its words as they are written, folded, with a `*` behind them, where that is not
/// their term: the beginning of a word is the beginning of its term or of its form.
/// Of longer words it is the beginning of [`MAX_TERM_BYTES`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexTerms(Vec<String>);

impl IndexTerms {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// What a record of these texts is filed under.
///
/// # Errors
///
/// When there are more than [`MAX_DISTINCT_TERMS`]. Forms are not counted: a text has at
/// most one for each word.
pub fn index_terms(texts: impl IntoIterator<Item: AsRef<str>>) -> Result<IndexTerms, TooManyTerms> {
    let mut filing = Filing::default();
    for text in texts {
        read(tokens(text.as_ref()), &mut filing);
    }
    filing.terms()
}

/// Collects what a record is filed under.
#[derive(Default)]
struct Filing {
    /// What was found, behind each other.
    chars: String,
    found: Vec<Found>,
    previous_unit: String,
}

/// Something that was found. Most words of a text are in it several times, and are told
/// from others by their first bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    first_bytes: u64,
    becomes: Becomes,
    start: usize,
    end: usize,
}

/// What term something has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Becomes {
    Word,
    Exact,
    Hidden,
}

impl Filing {
    fn add(&mut self, text: &[&str], becomes: Becomes) {
        let start = self.chars.len();
        text.iter().for_each(|part| self.chars.push_str(part));
        let bytes = &self.chars.as_bytes()[start..];
        let mut first_bytes = [0; 8];
        let len = bytes.len().min(first_bytes.len());
        first_bytes[..len].copy_from_slice(&bytes[..len]);
        let first_bytes = u64::from_be_bytes(first_bytes);
        self.found.push(Found { first_bytes, becomes, start, end: self.chars.len() });
    }

    fn terms(mut self) -> Result<IndexTerms, TooManyTerms> {
        let Self { chars, found, .. } = &mut self;
        let text = |it: &Found| &chars[it.start..it.end];
        let key = |it: &Found| (it.first_bytes, it.becomes);
        found.sort_unstable_by(|one, other| {
            key(one).cmp(&key(other)).then_with(|| text(one).cmp(text(other)))
        });
        found.dedup_by(|one, other| key(one) == key(other) && text(one) == text(other));

        let (mut terms, mut forms) = (Vec::with_capacity(found.len()), Vec::new());
        for it in &*found {
            let text = text(it);
            terms.push(match it.becomes {
                Becomes::Word => {
                    let term = word_term(text);
                    if term != text {
                        forms.push(form_term(text));
                    }
                    term.into_owned()
                }
                Becomes::Exact => exact_term(text).into_owned(),
                Becomes::Hidden => hidden_term(text),
            });
        }
        terms.sort_unstable();
        terms.dedup();
        if terms.len() > MAX_DISTINCT_TERMS {
            return Err(TooManyTerms);
        }
        terms.append(&mut forms);
        terms.sort_unstable();
        terms.dedup();
        Ok(IndexTerms(terms))
    }
}

impl Reader for Filing {
    fn token(&mut self, Token { text, kind }: Token<'_>, is_hidden: bool, _: Range<usize>) {
        let becomes = match kind {
            Kind::Word if is_hidden => Becomes::Hidden,
            Kind::Word => Becomes::Word,
            Kind::RunStart | Kind::RunOn => Becomes::Exact,
        };
        self.add(&[text], becomes);
        if kind == Kind::Word {
            return;
        }
        let previous = std::mem::take(&mut self.previous_unit);
        if kind == Kind::RunOn {
            self.add(&[&previous, text], Becomes::Exact);
        }
        self.previous_unit = previous;
        self.previous_unit.clear();
        self.previous_unit.push_str(text);
    }

    fn also(&mut self, found_as: FoundAs<'_>, _: usize) {
        match found_as {
            FoundAs::Word(word) => self.add(&[word], Becomes::Word),
            FoundAs::Exactly(text) => self.add(&[text], Becomes::Exact),
        }
    }
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
        let found = is_found(query.words(), &index_terms(texts.iter().copied()).unwrap());
        // The index alone never excludes what matches, and finds no more where nothing has
        // to be verified.
        assert!(found || !matches);
        assert!(matches || !found || query.needs_verification());
        Some(matches)
    }

    /// What the index answers.
    fn is_found(words: &WordExpression, indexed: &IndexTerms) -> bool {
        let has = |word: &Word| match word {
            Word::Whole(term) => indexed.iter().any(|it| it == term),
            Word::Beginning(beginning) => {
                assert!((1..=MAX_TERM_BYTES).contains(&beginning.len()));
                indexed.iter().any(|it| it.starts_with(beginning))
            }
        };
        let holds = |any: &AnyOf| any.iter().any(|all| all.iter().all(has));
        words.all.iter().all(holds) && !words.none.iter().any(holds)
    }

    fn terms_and_forms(text: &str) -> (Vec<String>, Vec<String>) {
        index_terms([text]).unwrap().0.into_iter().partition(|it| !it.ends_with('*'))
    }

    /// How many terms there are, without forms.
    fn term_count(texts: &[&str]) -> Result<usize, TooManyTerms> {
        index_terms(texts).map(|terms| terms.iter().filter(|it| !it.ends_with('*')).count())
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
        let golden = include_str!("golden/w2.txt");
        assert!(golden.starts_with(&format!("# analyzer version {ANALYZER_VERSION}\n")));

        let mut lines = golden.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut count = 0;
        while let Some(line) = lines.next() {
            let text = line.strip_prefix("> ").expect("a text stands behind `> `");
            let expected = lines.next().expect("its terms stand on the next line");
            let expected_forms = lines.next().expect("its forms stand on the line behind");
            let (terms, forms) = terms_and_forms(text);
            assert_eq!(terms.join(" "), expected, "{text}");
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
    fn what_stands_beside_something_else_is_found_and_what_is_alike_is_not() {
        for (text, query, expected) in [
            ("a driver's-license", "driver's-license", true),
            ("a driver's-license", "-driver's-license x", false),
            ("O'Brien's-law", "o'brien's-law", true),
            ("(Java, C++), and more", "c++", true),
            ("by \"C++\", then", "c++", true),
            ("for - \".NET\"", ".net", true),
            ("for - \".NET\"", "net", false),
            ("Phone:     +49 30 1234567", "030 1234567", true),
            ("Tel. +49 30 1234567 / 1234568", "030 1234567", true),
            ("Tel. +49 (0)89 / 1234-567", "+49891234567", true),
            ("10.000-15.000 EUR", "15000", true),
            ("1,500/2,000", "1500", true),
            ("jane.doe@globex.com's manager", "jane.doe@globex.com", true),
            ("INV-2024-0317", "2024-0317", true),
            ("at 2024-05-12T10:00:00Z", "2024-05-12", true),
            ("on 2024-05-12", "2024-05", true),
            ("10:30:00", "10:30", true),
            ("Frau Müller-Lüdenscheidt", "Mueller-Luedenscheidt", true),
            ("می‌خواهد", "\"می‌خواهد\"", true),
            ("می خواهد", "می‌خواهد", true),
            ("میخواهد", "می‌خواهد", true),
            ("QA팀 회의", "QA팀", true),
            ("HA팀 회의", "QA팀", false),
            ("13월 31일까지", "3월", false),
            ("13월 31일까지", "1일", false),
            ("13월 31일까지", "31일", true),
            ("1994년에", "2024년", false),
        ] {
            assert_eq!(finds(query, &[text]), Some(expected), "{query} in {text}");
        }
    }

    #[test]
    fn as_many_terms_as_allowed_pass_and_one_more_is_refused() {
        let body = (1..MAX_DISTINCT_TERMS).map(|n| n.to_string()).collect::<Vec<_>>().join("; ");
        assert_eq!(term_count(&["summary", &body]).unwrap(), MAX_DISTINCT_TERMS);
        assert_eq!(term_count(&["summary 1; 2; 3", &body]).unwrap(), MAX_DISTINCT_TERMS);
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
        for (unit, count, query_chars) in [
            ("a", 1, 65_536),
            ("é", 1, 65_536),
            ("न\u{94D}", 1, 65_536),
            ("値", 2, 500),
            ("ก\u{E47}", 2, 500),
        ] {
            let text: String = unit.chars().cycle().take(65_536).collect();
            assert_eq!(term_count(&[&text]), Ok(count), "{unit}");
            let query: String = text.chars().take(query_chars).collect();
            assert_eq!(finds(&format!("\"{query}\""), &[&text]), Some(true), "{unit}");
            let query = TextQuery::parse(&format!("absent OR \"{query}\"")).unwrap();
            assert!(!query.places(&text).is_empty());
        }
        // One letter under very many marks.
        for base in ["a", "क", "値"] {
            let text = format!("{base}{}", "\u{94D}\u{301}\u{323}".repeat(20_000));
            assert_eq!(term_count(&[&*text]).unwrap(), 1);
            assert_eq!(finds(&text, &[&text]), Some(true));
        }
    }

    proptest! {
        #[test]
        fn terms_are_bounded_and_need_no_escape(text in any_text()) {
            let is_of_term =
                |c: char| "~=@&.:/#+".contains(c) || c.is_alphanumeric() || is_combining_mark(c);
            let (terms, forms) = terms_and_forms(&text);
            for term in &terms {
                prop_assert!((1..=MAX_TERM_BYTES).contains(&term.len()));
                prop_assert!(term.chars().all(is_of_term));
            }
            for form in &forms {
                let word = form.strip_suffix('*').unwrap();
                prop_assert!((1..=MAX_TERM_BYTES).contains(&word.len()));
                prop_assert!(word.chars().all(is_of_term));
            }
            let all = index_terms([&*text]).unwrap().0;
            prop_assert!(all.is_sorted_by(|one, other| one < other));
            prop_assert_eq!(all.len(), terms.len() + forms.len());
        }

        #[test]
        fn every_word_of_a_text_finds_it(text in any_text()) {
            for word in text.split_whitespace() {
                let expected = TextQuery::parse(word).ok().map(|query| !query.has_exclusions());
                prop_assert_eq!(finds(word, &["", &text]), expected, "{}", word);
            }
            for (word, _) in all_tokens(&text) {
                // A letter may be hidden in another word.
                let found = finds(&word, &[&text]);
                prop_assert!(word.len() == 1 || found == Some(true), "{}", word);
                let quoted = format!("“{word}”");
                prop_assert_eq!(finds(&quoted, &[&text, ""]), Some(true), "{}", word);
            }
            let tokens = all_tokens(&text);
            let words = tokens.iter().filter(|(word, _)| word.len() > 1);
            for (word, _) in words.step_by(7) {
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
