//! Reading a text query.
//!
//! Guarantees: what [`index_terms`](super::index_terms) makes of a text, the
//! query makes of the same words, so a text is found by any of its words and by
//! any phrase of them; the terms alone never exclude a record that matches.
//!
//! Left out on purpose: operators. There is no OR, no NOT and no wildcard;
//! every word is asked for, and what looks like an operator is refused instead of
//! being taken for a word. How long a query may be is the caller's rule.

use std::borrow::Cow;
use std::collections::BTreeSet;

use unicode_normalization::char::is_combining_mark;

use super::MAX_QUERY_WORDS;
use super::phrase::Phrases;
use super::term::{is_inflected, pair_term, unit_term, word_term};
use super::token::{Kind, Token, tokens};

/// The most terms that a run of an unspaced script is looked up by. Each term
/// is a list to read, all side by side; a longer run is held against the text
/// anyway, so further terms would narrow the candidates and decide nothing.
const MAX_RUN_TERMS: usize = 8;

/// Why a query was refused. The texts are fit for a caller and hold nothing of
/// the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is no letter and no digit in the query.
    #[error("must contain a word to search for: at least one letter or digit")]
    NoSearchableWord,
    /// There are more than [`MAX_QUERY_WORDS`] words in the query.
    #[error("must not have more than {MAX_QUERY_WORDS} words")]
    TooManyWords,
    /// A word or a phrase is to be excluded.
    #[error(
        "must not have - in front of a word or a phrase: nothing can be excluded, and every word \
         must match. In double quotes it is punctuation"
    )]
    Exclusion,
    /// There is a word of other query languages.
    #[error(
        "must not have OR, AND or NOT in capitals: every word must match. In small letters or in \
         double quotes it is a word"
    )]
    Operator,
    /// A word is to match by a part of it.
    #[error(
        "must not have * beside a word: whole words match, in any inflection. In double quotes it \
         is punctuation"
    )]
    Wildcard,
}

/// A query: words that a record must all have, and phrases that must stand in
/// it as they are.
///
/// Words between double quotes (`"`, `“`, `”`, `„`, `‟`, `«`, `»`, `＂`) are a
/// phrase. Each quote, of whatever shape, closes the one before; the last one
/// of an odd number is punctuation, and so is one between two Hebrew letters,
/// where it marks an abbreviation.
#[derive(Clone, Debug)]
pub struct TextQuery {
    terms: BTreeSet<String>,
    phrases: Phrases,
}

impl TextQuery {
    /// Reads a query.
    ///
    /// # Errors
    ///
    /// When there is nothing to search for, more than [`MAX_QUERY_WORDS`]
    /// words, those in quotes included, or what looks like an operator. Punctuation separates words here as in
    /// a text, so `con_123` is two; a run of a script without spaces is one.
    pub fn parse(query: &str) -> Result<Self, QueryError> {
        let mut parsed = Self { terms: BTreeSet::new(), phrases: Phrases::default() };
        let mut word_count = 0;
        let segments = segments(query);
        for (index, segment) in segments.iter().enumerate() {
            if segment.is_quoted {
                let tokens = collect_tokens(segment.text, &mut word_count)?;
                parsed.add_terms(&tokens);
                parsed.add_phrase(&tokens);
            } else {
                // A phrase stands between any two others.
                refuse_operators(segment.text, index > 0, index + 1 < segments.len())?;
                let text = without_possessives(segment.text);
                let tokens = collect_tokens(&text, &mut word_count)?;
                parsed.add_terms(&tokens);
                for run in tokens.chunk_by(|_, next| next.kind == Kind::RunOn) {
                    if run[0].kind == Kind::RunStart {
                        parsed.add_phrase(run);
                    }
                }
            }
        }
        if parsed.terms.is_empty() { Err(QueryError::NoSearchableWord) } else { Ok(parsed) }
    }

    /// The distinct index terms, without prefix, that a matching record has all
    /// of.
    #[must_use]
    pub fn terms(&self) -> &BTreeSet<String> {
        &self.terms
    }

    /// Whether a record that has all the [terms](Self::terms) may still not
    /// match, so that [`matches`](Self::matches) has to be asked: for phrases of
    /// several words, for runs of more than two units, and for a quoted word
    /// that shares its term with inflections.
    #[must_use]
    pub fn needs_verification(&self) -> bool {
        !self.phrases.is_empty()
    }

    /// Whether each phrase and run of the query stands within one of the texts.
    ///
    /// A phrase stands where its words follow each other in this form, whatever
    /// their case and accents and the punctuation between them. The single
    /// words are not looked at again; the index has answered for them.
    #[must_use]
    pub fn matches(&self, texts: impl IntoIterator<Item: AsRef<str>>) -> bool {
        self.phrases.are_in(texts)
    }

    fn add_terms(&mut self, tokens: &[OwnedToken]) {
        for run in tokens.chunk_by(|_, next| next.kind == Kind::RunOn) {
            match run {
                [word] if word.kind == Kind::Word => {
                    self.terms.insert(word_term(&word.text).into_owned());
                }
                [unit] => {
                    self.terms.insert(unit_term(&unit.text).into_owned());
                }
                // The pairs are rarer than the units and imply them.
                _ => {
                    let step = (run.len() - 1).div_ceil(MAX_RUN_TERMS);
                    let pairs = run.windows(2).step_by(step);
                    self.terms.extend(
                        pairs.map(|pair| pair_term(&pair[0].text, &pair[1].text).into_owned()),
                    );
                }
            }
        }
    }

    /// Adds a sequence of tokens to verify, unless its terms say it all.
    fn add_phrase(&mut self, tokens: &[OwnedToken]) {
        let is_decided_by_terms = match tokens {
            [] => true,
            [only] => !(only.kind == Kind::Word && is_inflected(&only.text)),
            [_, second] => second.kind == Kind::RunOn,
            _ => false,
        };
        if !is_decided_by_terms {
            self.phrases.add(tokens.iter().map(|t| Token { text: &t.text, kind: t.kind }));
        }
    }
}

/// A [`Token`] that is kept while its neighbours are read.
struct OwnedToken {
    text: String,
    kind: Kind,
}

fn collect_tokens(text: &str, word_count: &mut usize) -> Result<Vec<OwnedToken>, QueryError> {
    let mut collected = Vec::new();
    let mut tokens = tokens(text);
    while let Some(Token { text, kind }) = tokens.next_token() {
        if kind != Kind::RunOn {
            *word_count += 1;
        }
        if *word_count > MAX_QUERY_WORDS {
            return Err(QueryError::TooManyWords);
        }
        collected.push(OwnedToken { text: text.to_owned(), kind });
    }
    Ok(collected)
}

/// Refuses what other query languages have for operators: it would be a word, or
/// nothing, and the answer another than was asked for.
fn refuse_operators(
    text: &str,
    behind_phrase: bool,
    before_phrase: bool,
) -> Result<(), QueryError> {
    for word in text.split_whitespace() {
        let word: String = word.chars().map(narrow).collect();
        let word = word.trim_start_matches(OPENING).trim_end_matches([')', ']', '}']);
        if matches!(word, "OR" | "AND" | "NOT") {
            return Err(QueryError::Operator);
        }
        let excluded = word.strip_prefix('-').map(|rest| rest.trim_start_matches(OPENING));
        if excluded.is_some_and(|rest| rest.starts_with(char::is_alphanumeric)) {
            return Err(QueryError::Exclusion);
        }
        if word.contains('*') && word.contains(char::is_alphanumeric) {
            return Err(QueryError::Wildcard);
        }
    }
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    if before_phrase && last.trim_start_matches(OPENING).trim_end_matches(OPENING) == "-" {
        return Err(QueryError::Exclusion);
    }
    if behind_phrase && text.starts_with('*') || before_phrase && text.ends_with('*') {
        return Err(QueryError::Wildcard);
    }
    Ok(())
}

/// What may stand between an operator and its word.
const OPENING: &[char] = &['(', '[', '{', '\'', '‘', '’', '$', '€', '£', '#', '@', '+'];

/// The ASCII character of a full-width one.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    }
}

/// A possessive asks for its noun. A text has the `s` behind it as a word of its own,
/// which a text without a possessive lacks.
fn without_possessives(text: &str) -> Cow<'_, str> {
    let mut kept = Cow::Borrowed("");
    let mut start = 0;
    for (at, apostrophe) in text.match_indices(is_apostrophe) {
        let noun = text[..at].chars().next_back();
        let mut behind = text[at + apostrophe.len()..].chars();
        let s = behind.next().filter(|c| matches!(c, 's' | 'S'));
        let goes_on = behind.next().is_some_and(is_of_word);
        if let Some(s) = s
            && noun.is_some_and(is_of_word)
            && !goes_on
        {
            kept.to_mut().push_str(&text[start..at]);
            start = at + apostrophe.len() + s.len_utf8();
        }
    }
    if start == 0 {
        return Cow::Borrowed(text);
    }
    kept.to_mut().push_str(&text[start..]);
    kept
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '‛' | 'ʹ' | 'ʼ' | '′' | '＇' | '`' | '´')
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// A part of a query between quotes, or between phrases.
struct Segment<'q> {
    text: &'q str,
    is_quoted: bool,
}

fn segments(query: &str) -> Vec<Segment<'_>> {
    let mut quotes = quotes(query);
    if quotes.len() % 2 == 1 {
        quotes.pop();
    }
    let mut segments = Vec::with_capacity(quotes.len() + 1);
    let mut start = 0;
    for (i, (at, quote)) in quotes.into_iter().enumerate() {
        segments.push(Segment { text: &query[start..at], is_quoted: i % 2 == 1 });
        start = at + quote.len_utf8();
    }
    segments.push(Segment { text: &query[start..], is_quoted: false });
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
        if matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂') && !is_gershayim {
            quotes.push((at, c));
        }
        previous = Some(c);
    }
    quotes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> TextQuery {
        TextQuery::parse(query).unwrap()
    }

    fn terms(query: &str) -> Vec<String> {
        parse(query).terms.into_iter().collect()
    }

    #[test]
    fn words_are_folded_and_inflected() {
        assert_eq!(terms("  Pricing, MEETINGS cafés "), ["cafe", "meet", "price"]);
        assert_eq!(terms("price prices"), ["price"]);
        assert!(!parse("Pricing, MEETINGS").needs_verification());
        assert!(parse("price").matches([""; 0]));
    }

    #[test]
    fn a_run_is_asked_for_by_its_pairs() {
        assert_eq!(terms("値"), ["値"]);
        assert_eq!(terms("値下"), ["値下"]);
        assert!(!parse("値 値下").needs_verification());

        let run = parse("値下げ");
        assert_eq!(terms("値下げ"), ["下げ", "値下"]);
        assert!(run.needs_verification());
        assert!(run.matches(["", "本日の値下げです"]));
        assert!(!run.matches(["下げ値下"]));
        assert!(!run.matches(["値下、げ"]));
        assert!(!run.matches(["値", "下げ"]));
    }

    #[test]
    fn a_long_run_is_asked_for_by_eight_pairs_and_held_against_the_text() {
        let run = |count| ('\u{4E00}'..).take(count).collect::<String>();
        assert_eq!(parse(&run(9)).terms.len(), 8);
        for count in [10, 17, 18, 100, 500] {
            let query = parse(&run(count));
            assert!((4..=8).contains(&query.terms.len()), "{count}");
            let indexed = super::super::index_terms([run(500).as_str()]).unwrap();
            assert!(query.terms.is_subset(&indexed));
            assert!(query.matches([run(500).as_str()]));
            assert!(!query.matches([run(count - 1).as_str()]));
        }
    }

    #[test]
    fn a_phrase_stands_in_this_form_whatever_its_punctuation() {
        let phrase = parse("\"Price meetings\"");
        assert_eq!(terms("\"Price meetings\""), ["meet", "price"]);
        assert!(phrase.needs_verification());
        assert!(phrase.matches(["The PRICE: meetings!"]));
        assert!(!phrase.matches(["prices meetings"]));
        assert!(!phrase.matches(["price and meetings"]));
        assert!(!phrase.matches(["price", "meetings"]));
        assert!(parse("\"ids con_123\"").matches(["ids (con 123)"]));
    }

    #[test]
    fn a_quoted_word_is_not_inflected() {
        let quoted = parse("\"pricing\"");
        assert_eq!(terms("\"pricing\""), ["price"]);
        assert!(quoted.needs_verification());
        assert!(quoted.matches(["our Pricing."]));
        assert!(!quoted.matches(["our price."]));
        // No other word shares these terms.
        assert!(!parse("\"123\" \"цены\" \"値下\" \"値\"").needs_verification());
    }

    #[test]
    fn a_quoted_run_may_be_broken_where_the_quote_breaks_it() {
        let quoted = parse("\"iPhone 値下げ セール\"");
        assert_eq!(terms("\"iPhone 値下げ セール\""), ["iphon", "セー", "ール", "下げ", "値下"]);
        assert!(quoted.matches(["新型iPhone値下げセール中"]));
        assert!(quoted.matches(["iPhone、値下げ・セール"]));
        assert!(!quoted.matches(["iPhone値、下げセール"]));
        assert!(!quoted.matches(["値下げセールiPhone"]));
    }

    #[test]
    fn a_phrase_compares_words_that_are_too_long_for_a_term() {
        let (long, other) = ("a".repeat(100), "a".repeat(101));
        let phrase = parse(&format!("\"the {long}\""));
        assert_eq!(phrase.terms().len(), 2);
        assert!(phrase.matches([format!("The {}!", long.to_uppercase()).as_str()]));
        assert!(!phrase.matches([format!("the {other}").as_str()]));
    }

    #[test]
    fn every_kind_of_double_quote_opens_and_closes() {
        for query in
            ["\"a b\"", "“a b”", "„a b“", "”a b”", "‟a b”", "«a b»", "»a b«", "＂a b＂", "x “a b\""]
        {
            assert!(parse(query).matches(["a b"]), "{query}");
            assert!(!parse(query).matches(["a x b"]), "{query}");
        }
    }

    #[test]
    fn a_lone_quote_is_punctuation() {
        assert!(!parse("5\" steel pipe").needs_verification());
        assert!(parse("\"steel pipe\" of 5\"").matches(["steel pipe"]));
        assert_eq!(terms("\"steel pipe\" of 5\""), ["5", "of", "pipe", "steel"]);
        assert_eq!(terms("a\"b"), ["a", "b"]);
        assert_eq!(terms("\"\" a"), ["a"]);
    }

    #[test]
    fn a_quote_within_a_hebrew_abbreviation_is_punctuation() {
        assert!(!parse("צה\"ל וארה\"ב").needs_verification());
        let quoted = parse("\"דו\"ח שנתי\"");
        assert!(quoted.matches(["הנה דו״ח שנתי"]));
        assert!(!quoted.matches(["דו״ח לא שנתי"]));
    }

    #[test]
    fn a_query_without_a_word_is_refused() {
        for query in ["", "  ", "\"\"", "…!? -- 🙂", "\u{301}", "_", "\u{200B}\u{AD}"] {
            assert_eq!(
                TextQuery::parse(query).unwrap_err(),
                QueryError::NoSearchableWord,
                "{query}"
            );
        }
    }

    #[test]
    fn a_possessive_asks_for_its_noun() {
        for query in [
            "customer's refund",
            "customer’s refund",
            "CUSTOMER'S refund",
            "customerʼs refund",
            "customer`s refund",
            "customer´s, refund!",
            "(customer's) refund's",
        ] {
            assert_eq!(terms(query), ["custom", "refund"], "{query}");
        }
        assert_eq!(terms("jose\u{301}'s"), ["jose"]);
        assert_eq!(terms("80's"), ["80"]);
        // What is none.
        assert_eq!(terms("'s"), ["s"]);
        assert_eq!(terms("x 's y"), ["s", "x", "y"]);
        assert_eq!(terms("o'saki"), ["o", "saki"]);
        assert_eq!(terms("customers' refund"), ["custom", "refund"]);
        assert_eq!(terms("a'st 5's9"), ["5", "a", "s9", "st"]);
        // In a phrase it stands as it is written.
        let phrase = parse("\"customer's refund\"");
        assert!(phrase.matches(["the customer’s refund"]));
        assert!(!phrase.matches(["the customer refund"]));
    }

    #[test]
    fn what_looks_like_an_operator_is_refused_and_punctuation_is_not() {
        use QueryError::{Exclusion, Operator, Wildcard};
        for (query, refusal) in [
            ("invoice -globex", Exclusion),
            ("-globex", Exclusion),
            ("invoice -\"globex inc\"", Exclusion),
            ("-“globex inc” invoice", Exclusion),
            ("(-globex)", Exclusion),
            ("invoice -5", Exclusion),
            ("-値下げ", Exclusion),
            ("invoice -(globex)", Exclusion),
            ("invoice [-globex]", Exclusion),
            ("invoice -'globex'", Exclusion),
            ("invoice -$100", Exclusion),
            ("invoice -#123", Exclusion),
            ("invoice －globex", Exclusion),
            ("invoice -(\"globex inc\")", Exclusion),
            ("globex ＯＲ initech", Operator),
            ("*\"invo\"", Wildcard),
            ("invo＊", Wildcard),
            ("globex OR initech", Operator),
            ("(globex OR initech)", Operator),
            ("OR", Operator),
            ("alpha AND invoice", Operator),
            ("NOT globex", Operator),
            ("invoice\u{3000}OR\u{3000}bill", Operator),
            ("invo*", Wildcard),
            ("*voice", Wildcard),
            ("in*ce", Wildcard),
            ("**bold**", Wildcard),
            ("\"invo\"*", Wildcard),
        ] {
            assert_eq!(TextQuery::parse(query).unwrap_err(), refusal, "{query}");
        }
        for (query, expected) in [
            ("invoice - globex", ["globex", "invoic"]),
            ("e-mail", ["e", "mail"]),
            ("invoice – globex", ["globex", "invoic"]),
            ("--force now", ["forc", "now"]),
            ("invoice -> globex", ["globex", "invoic"]),
            ("'globex' $invoice", ["globex", "invoic"]),
            ("invoice- globex", ["globex", "invoic"]),
            ("* invoice globex", ["globex", "invoic"]),
            ("invoice, or", ["invoic", "or"]),
            ("Not mine", ["mine", "not"]),
            ("\"globex OR\"", ["globex", "or"]),
            ("\"-globex\" \"invo*\"", ["globex", "invo"]),
            ("ORACLE ANDes", ["andes", "oracl"]),
        ] {
            assert_eq!(terms(query), expected, "{query}");
        }
    }

    #[test]
    fn sixteen_words_are_taken_and_seventeen_refused() {
        let words = |count: usize| vec!["word"; count].join(" ");
        assert!(TextQuery::parse(&words(MAX_QUERY_WORDS)).is_ok());
        assert!(TextQuery::parse(&format!("{} \"a b\"", words(14))).is_ok());
        assert!(TextQuery::parse(&format!("{} 値下げ", words(15))).is_ok());
        for query in [
            words(MAX_QUERY_WORDS + 1),
            format!("{} \"a b\"", words(15)),
            format!("{} 値下げ", words(16)),
            format!("{} a_b", words(15)),
        ] {
            assert_eq!(TextQuery::parse(&query).unwrap_err(), QueryError::TooManyWords);
        }
    }

    #[test]
    fn refusals_name_the_rule() {
        assert_eq!(
            QueryError::NoSearchableWord.to_string(),
            "must contain a word to search for: at least one letter or digit"
        );
        assert_eq!(QueryError::TooManyWords.to_string(), "must not have more than 16 words");
    }
}
