//! What a text query asks the index for, and what it asks of a text.
//!
//! Guarantees: what [`index_terms`](super::index_terms) makes of a text, the
//! query makes of the same words, so a text is found by any of its words and by
//! any phrase of them. The words that the index is asked for never exclude a record that
//! matches; where nothing has to be verified, they find no other.
//! [`TextQuery::matches`] is exact by itself.

use std::ops::Range;

use super::asking::{Alternatives, Ask, across_clauses, alternatives};
use super::compound::{DOT_NET, is_digits};
use super::grammar::{self, Clauses, Operand, OwnedToken};
use super::matcher::{Finding, Matcher};
use super::query_error::QueryError;
use super::term::{MAX_TERM_BYTES, exact_term, hidden_term, pair_term, word_term};
use super::token::{Kind, tokens, tokens_with_spans};

/// The most terms that a run of an unspaced script is looked up by. Each term
/// is a list to read, all side by side; a longer run is held against the text
/// anyway, so further terms would narrow the candidates and decide nothing.
const MAX_RUN_TERMS: usize = 8;
/// Letters and numbers of a phrase that the index is asked for: each in two ways.
const MAX_HIDEABLE: usize = 2;

/// What the index is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// One term of the index.
    Whole(String),
    /// Every term that begins with this, of at most [`MAX_TERM_BYTES`].
    Beginning(String),
}

/// Words that a record has all of.
pub type AllOf = Vec<Word>;
/// Of which one holds.
pub type AnyOf = Vec<AllOf>;

/// The words of a query, for the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordExpression {
    /// What holds of every record that matches.
    pub all: Vec<AnyOf>,
    /// What holds of no record that matches. What the index can't decide is left out.
    pub none: Vec<AnyOf>,
}

/// A query that was read: words, phrases and beginnings of words that a record must
/// have, one of several that it must have, and what it must not have.
#[derive(Clone, Debug)]
pub struct TextQuery {
    words: WordExpression,
    is_decided_by_words: bool,
    matcher: Matcher,
    /// Of each of these, one must have all its parts.
    all: Vec<Vec<Vec<usize>>>,
    /// None of these may have all its parts.
    none: Vec<Vec<usize>>,
}

impl TextQuery {
    /// Reads a query.
    ///
    /// Punctuation separates words here as in a text, so `con_123` is two; a run of a
    /// script without spaces is one.
    ///
    /// # Errors
    ///
    /// When there is nothing to search for, more than
    /// [`MAX_QUERY_WORDS`](super::MAX_QUERY_WORDS) words, those in quotes and the
    /// excluded ones included, or what looks like an operator and is none.
    pub fn parse(query: &str) -> Result<Self, QueryError> {
        let clauses = grammar::read(query)?;
        let mut parsed = Self {
            words: WordExpression::default(),
            is_decided_by_words: true,
            matcher: Matcher::default(),
            all: Vec::new(),
            none: Vec::new(),
        };
        for alternatives in positive(&clauses) {
            let (mut any_words, mut any_parts) = (AnyOf::new(), Vec::new());
            for asks in &alternatives {
                let Asked { any_words: words, parts, is_exact } = parsed.ask(asks);
                words.into_iter().for_each(|all| push_new(&mut any_words, all));
                any_parts.push(parts);
                parsed.is_decided_by_words &= is_exact;
            }
            push_new(&mut parsed.words.all, any_words);
            parsed.all.push(any_parts);
        }
        for asks in clauses.none.iter().flat_map(alternatives) {
            let Asked { any_words, parts, is_exact } = parsed.ask(&asks);
            if is_exact {
                push_new(&mut parsed.words.none, any_words);
            }
            parsed.none.push(parts);
            parsed.is_decided_by_words &= is_exact;
        }
        Ok(parsed)
    }

    /// What the index is asked for.
    #[must_use]
    pub fn words(&self) -> &WordExpression {
        &self.words
    }

    /// Whether there is anything that a record must have. Where there is not, and no
    /// other filter, a search is refused with [`QueryError::OnlyExclusions`].
    #[must_use]
    pub fn has_positive(&self) -> bool {
        !self.all.is_empty()
    }

    /// Whether there is anything that a record must not have.
    #[cfg(test)]
    pub(super) fn has_exclusions(&self) -> bool {
        !self.none.is_empty()
    }

    /// Whether a record that the [words](Self::words) find may still not match, so that
    /// [`matches`](Self::matches) has to be asked: for phrases of several words, for runs
    /// of more than two units, for a quoted word that shares its term with inflections,
    /// and for a beginning longer than [`MAX_TERM_BYTES`].
    #[must_use]
    pub fn needs_verification(&self) -> bool {
        !self.is_decided_by_words
    }

    /// Whether a record of these texts matches.
    ///
    /// A phrase stands within one text, where its words follow each other in this form,
    /// whatever their case and accents and the punctuation between them.
    #[must_use]
    pub fn matches(&self, texts: impl IntoIterator<Item: AsRef<str>>) -> bool {
        let mut matching = Matching { query: self, found: vec![false; self.matcher.len()] };
        for text in texts {
            if matching.is_done() {
                break;
            }
            self.matcher.read(tokens(text.as_ref()), &mut matching);
        }
        self.holds(&matching.found) && !self.is_excluded(&matching.found)
    }

    fn holds(&self, found: &[bool]) -> bool {
        self.all.iter().all(|any| any.iter().any(|parts| parts.iter().all(|part| found[*part])))
    }

    fn is_excluded(&self, found: &[bool]) -> bool {
        self.none.iter().any(|parts| parts.iter().all(|part| found[*part]))
    }

    /// Where in a text stands what the query looks for, in bytes, in order and without
    /// overlap: words, words with a beginning, phrases, runs. What it excludes is no
    /// place; what stands on either side of `OR` is one, whatever stands on the other.
    #[must_use]
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut is_positive = vec![false; self.matcher.len()];
        for part in self.all.iter().flatten().flatten() {
            is_positive[*part] = true;
        }
        let mut placing = Placing { is_positive, spans: Vec::new(), places: Vec::new() };
        self.matcher.read(tokens_with_spans(text), &mut placing);
        placing.places
    }

    /// Looks in texts for what must be there together, and says what to ask the index for.
    fn ask(&mut self, asks: &[Ask]) -> Asked {
        let mut asked = Asked { any_words: vec![AllOf::new()], parts: Vec::new(), is_exact: true };
        for ask in asks {
            let (part, is_exact, mut words) = self.ask_one(ask);
            asked.parts.push(part);
            asked.is_exact &= is_exact;
            if let [only] = &mut words[..] {
                asked.any_words.iter_mut().for_each(|all| all.extend_from_slice(only));
            } else if !words.is_empty() {
                asked.any_words = product(&asked.any_words, &words);
            }
        }
        for all in &mut asked.any_words {
            all.sort_unstable();
            all.dedup();
        }
        asked
    }

    /// The part of the matcher, whether the words decide it, and alternatives of words.
    fn ask_one(&mut self, ask: &Ask) -> (usize, bool, AnyOf) {
        match ask {
            Ask::Whole(term) => {
                let words = vec![vec![Word::Whole(term.clone())]];
                (self.matcher.add_whole(term), true, words)
            }
            Ask::Beginning(beginning) => {
                let bound = beginning.floor_char_boundary(MAX_TERM_BYTES);
                let words = vec![vec![Word::Beginning(beginning[..bound].to_owned())]];
                (self.matcher.add_beginning(beginning), bound == beginning.len(), words)
            }
            Ask::Inner(inner, pairs) => {
                let step = pairs.len().div_ceil(MAX_RUN_TERMS);
                let words = pairs.iter().step_by(step).cloned().map(Word::Whole).collect();
                (self.matcher.add_inner(inner), pairs.len() == 1, vec![words])
            }
            Ask::Tokens(tokens) => {
                let is_exact = match &tokens[..] {
                    // Its term is that of other words, too.
                    [only] => only.kind != Kind::Word,
                    [_, second] => second.kind == Kind::RunOn,
                    _ => false,
                };
                (self.matcher.add_phrase(tokens), is_exact, words_of_phrase(tokens))
            }
        }
    }
}

/// What must be there: of each clause its alternatives, and of what is written in several
/// clauses and is one to others, that or all of these.
fn positive(clauses: &Clauses) -> Vec<Alternatives> {
    let mut all = Vec::new();
    let mut at = 0;
    for (range, key) in across_clauses(&clauses.all) {
        all.extend(clauses.all[at..range.start].iter().map(|any| any_of(any)));
        at = range.end;
        let words = clauses.all[range].iter().flatten().flat_map(alternatives).flatten();
        all.push(vec![vec![Ask::Whole(key)], words.collect()]);
    }
    all.extend(clauses.all[at..].iter().map(|any| any_of(any)));
    all
}

fn any_of(operands: &[Operand]) -> Alternatives {
    operands.iter().flat_map(alternatives).collect()
}

/// Every choice of one of each.
fn product(some: &AnyOf, others: &AnyOf) -> AnyOf {
    let with = |all: &AllOf| -> AnyOf {
        others.iter().map(|other| [&all[..], &other[..]].concat()).collect()
    };
    some.iter().flat_map(with).collect()
}

/// What the index has of every text with a phrase.
fn words_of_phrase(tokens: &[OwnedToken]) -> AnyOf {
    let mut words = AllOf::new();
    let mut hideable: Vec<&str> = Vec::new();
    for run in tokens.chunk_by(|_, next| next.kind == Kind::RunOn) {
        match run {
            [word] if may_be_hidden(&word.text) => hideable.push(&word.text),
            run => add_words(run, &mut words),
        }
    }
    // The longest tell most. Beside a word, a letter tells nothing.
    hideable.sort_unstable_by_key(|word| (std::cmp::Reverse(word.len()), *word));
    hideable.dedup();
    hideable.truncate(MAX_HIDEABLE);
    let has_words = !words.is_empty();
    let mut any = vec![words];
    for word in hideable.into_iter().filter(|word| !has_words || word.len() > 1) {
        let both = [word_term(word).into_owned(), hidden_term(word)];
        any = product(&any, &both.map(|term| vec![Word::Whole(term)]).to_vec());
    }
    any
}

/// Whether a word may be found as part of something else alone.
fn may_be_hidden(word: &str) -> bool {
    is_digits(word)
        || word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase()
        || *word == DOT_NET[1..]
}

/// Whether a query holds of some texts.
struct Matching<'q> {
    query: &'q TextQuery,
    found: Vec<bool>,
}

impl Finding for Matching<'_> {
    fn found(&mut self, part: usize, _: usize) {
        self.found[part] = true;
    }

    fn is_done(&self) -> bool {
        let Self { query, found } = self;
        query.is_excluded(found) || query.none.is_empty() && query.holds(found)
    }
}

/// Where parts of a query stand in a text.
struct Placing {
    is_positive: Vec<bool>,
    /// Of the words so far.
    spans: Vec<Range<usize>>,
    places: Vec<Range<usize>>,
}

impl Finding for Placing {
    fn word(&mut self, span: Range<usize>) {
        self.spans.push(span);
    }

    fn found(&mut self, part: usize, words: usize) {
        let Some(last) = self.spans.last().filter(|_| self.is_positive[part]) else { return };
        let mut place = self.spans[self.spans.len() - words].start..last.end;
        while let Some(last) = self.places.pop_if(|last| last.end > place.start) {
            place = place.start.min(last.start)..place.end.max(last.end);
        }
        self.places.push(place);
    }
}

/// What is asked for together.
struct Asked {
    any_words: AnyOf,
    /// Of the matcher.
    parts: Vec<usize>,
    /// Whether the words say it all.
    is_exact: bool,
}

fn push_new<T: PartialEq>(clauses: &mut Vec<T>, clause: T) {
    if !clauses.contains(&clause) {
        clauses.push(clause);
    }
}

/// Adds the words of a word or of a run.
fn add_words(run: &[OwnedToken], words: &mut AllOf) {
    match run {
        [word] if word.kind == Kind::Word => {
            words.push(Word::Whole(word_term(&word.text).into_owned()));
        }
        [unit] => words.push(Word::Whole(exact_term(&unit.text).into_owned())),
        // The pairs are rarer than the units and imply them.
        _ => {
            let step = (run.len() - 1).div_ceil(MAX_RUN_TERMS);
            let pairs = run.windows(2).step_by(step);
            words.extend(
                pairs.map(|pair| Word::Whole(pair_term(&pair[0].text, &pair[1].text).into_owned())),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::MAX_QUERY_WORDS;
    use super::super::reading::pieces;
    use super::super::tests::{all_tokens, any_text, finds};
    use super::*;

    fn parse(query: &str) -> TextQuery {
        TextQuery::parse(query).unwrap()
    }

    /// The words of a query that all must match.
    fn terms(query: &str) -> Vec<String> {
        let words = parse(query).words;
        assert_eq!(words.none, [] as [AnyOf; 0]);
        let terms: BTreeSet<String> = words
            .all
            .into_iter()
            .flat_map(|any| <[AllOf; 1]>::try_from(any).unwrap())
            .flatten()
            .map(|word| match word {
                Word::Whole(term) => term,
                Word::Beginning(beginning) => format!("{beginning}*"),
            })
            .collect();
        terms.into_iter().collect()
    }

    #[test]
    fn words_are_folded_and_inflected() {
        assert_eq!(terms("  Pricing, MEETINGS cafés "), ["cafe", "meet", "price"]);
        assert_eq!(terms("price prices"), ["price"]);
        assert!(!parse("Pricing, MEETINGS").needs_verification());
        assert!(parse("price").matches(["the prices"]));
        assert!(!parse("price").matches(["the pricey"]));
        assert!(!parse("price").matches([""; 0]));
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
        assert_eq!(terms(&run(9)).len(), 8);
        for count in [10, 17, 18, 100, 500] {
            let query = parse(&run(count));
            let terms = terms(&run(count));
            assert!((4..=8).contains(&terms.len()), "{count}");
            let indexed = super::super::index_terms([run(500).as_str()]).unwrap();
            assert!(terms.iter().all(|term| indexed.iter().any(|it| it == term)));
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
        // They are found as part of others, too.
        assert!(parse("\"123\"").needs_verification() && parse("\"цены\"").needs_verification());
        assert!(!parse("\"値下\" \"値\"").needs_verification());
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
        assert_eq!(phrase.words().all[0][0].len(), 2);
        assert!(phrase.matches([format!("The {}!", long.to_uppercase()).as_str()]));
        assert!(!phrase.matches([format!("the {other}").as_str()]));
    }

    #[test]
    fn every_kind_of_double_quote_opens_and_closes() {
        for query in
            ["\"a b\"", "“a b”", "„a b“", "”a b”", "‟a b”", "«a b»", "»a b«", "＂a b＂", "x “a b\""]
        {
            assert!(parse(query).matches(["x", "a b"]), "{query}");
            assert!(!parse(query).matches(["a x b"]), "{query}");
        }
    }

    #[test]
    fn a_lone_quote_is_punctuation() {
        assert!(!parse("5\" steel pipe").needs_verification());
        assert!(parse("\"steel pipe\" of 5\"").matches(["5 m of steel pipe"]));
        assert!(!parse("\"steel pipe\" of 5\"").matches(["5 m of pipe steel"]));
        assert_eq!(terms("\"steel pipe\" of 5\""), ["5", "of", "pipe", "steel"]);
        assert_eq!(terms("a\"b"), ["a", "b"]);
        assert_eq!(terms("\"\" a"), ["a"]);
    }

    #[test]
    fn a_quote_within_a_hebrew_abbreviation_is_punctuation() {
        assert!(parse("צה\"ל וארה\"ב").matches(["של צה״ל בארה״ב וארה''ב", "וארה\"ב"]));
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
            assert_eq!(terms(query), ["customer", "refund"], "{query}");
        }
        assert_eq!(terms("jose\u{301}'s"), ["jose"]);
        assert_eq!(terms("80's"), ["80"]);
        // What is none.
        assert_eq!(terms("'s"), ["s"]);
        assert_eq!(terms("x 's y"), ["s", "x", "y"]);
        assert_eq!(terms("customers' refund"), ["customer", "refund"]);
        // In a phrase it stands as it is written.
        let phrase = parse("\"customer's refund\"");
        assert!(phrase.matches(["the customer’s refund"]));
        assert!(!phrase.matches(["the customer refund"]));
    }

    fn whole(term: &str) -> Word {
        Word::Whole(term.to_owned())
    }

    #[test]
    fn the_index_is_asked_for_all_that_it_can_decide() {
        let query =
            parse("invoices con_1 OR \"con 2\" pric* -spam -\"jane doe\" -con_3 -値下げ -値下");
        let con1 = vec![whole("con1")];
        assert_eq!(
            query.words(),
            &WordExpression {
                all: vec![
                    vec![vec![whole("invoic")]],
                    vec![con1, vec![whole("con")]],
                    vec![vec![Word::Beginning("pric".to_owned())]],
                ],
                none: ["spam", "con3", "値下"].map(|word| vec![vec![whole(word)]]).to_vec(),
            }
        );
        assert!(query.needs_verification() && query.has_positive() && query.has_exclusions());

        let excluding = parse("-spam -con_3 -spam");
        assert_eq!(excluding.words().all, [] as [AnyOf; 0]);
        assert_eq!(excluding.words().none.len(), 2);
        assert!(excluding.needs_verification() && !excluding.has_positive());
        assert!(parse("a -\"b c\"").needs_verification());
        assert!(parse("a OR \"b c\"").needs_verification());
        assert!(!parse("a OR bc -def* -値").needs_verification());
    }

    #[test]
    fn a_beginning_is_found_in_words_as_they_are_written_and_in_their_stems() {
        for (beginning, expected) in [
            ("pri*", true),
            ("pric*", true),
            ("price*", true),
            ("pricing*", true),
            ("pricings*", false),
            ("prix*", false),
            ("PRÍC*", true),
        ] {
            assert_eq!(parse(beginning).matches(["our Pricing!"]), expected, "{beginning}");
        }
        // The stem is `happi`.
        assert!(parse("happi*").matches(["happy"]));
        assert!(!parse("값 회의*").matches(["회의를"]));
        assert!(parse("회의*").matches(["회의를"]));
    }

    #[test]
    fn a_beginning_longer_than_a_term_is_asked_for_by_as_much_of_it_and_verified() {
        let long = "कि".repeat(40);
        let query = parse(&format!("{long}*"));
        let asked = format!("{}क", "कि".repeat(10));
        assert_eq!(query.words().all, [[[Word::Beginning(asked)]]]);
        assert!(query.needs_verification());
        assert!(query.matches([format!("{long}क").as_str()]));
        assert!(!query.matches(["कि".repeat(39).as_str()]));
        assert!(!parse(&format!("{}*", "1".repeat(64))).needs_verification());
        assert!(parse(&format!("{}*", "1".repeat(65))).needs_verification());
    }

    #[test]
    fn exclusions_and_alternatives_hold_over_all_texts() {
        let query = parse("invoice globex OR \"initech inc\" -\"paid up\" -over*");
        for (texts, expected) in [
            (["Invoice", "for globex"], true),
            (["invoices", "Initech, Inc."], true),
            (["invoice", "initech"], false),
            (["globex", "initech inc"], false),
            (["invoice globex", "paid up"], false),
            (["invoice globex paid", "up"], true),
            (["overdue invoice", "globex"], false),
            (["invoice", "globex is over"], false),
        ] {
            assert_eq!(query.matches(texts), expected, "{texts:?}");
        }
        assert!(parse("-paid").matches(["invoice"]));
        assert!(parse("-paid").matches([""; 0]));
        assert!(!parse("paid -paid").matches(["paid"]));
    }

    #[test]
    fn places_are_what_was_looked_for_and_found() {
        for (query, text, expected) in [
            ("price", "Prices and PRICING, pricey", "Prices|PRICING"),
            ("pric*", "Prices and PRICING, pricey", "Prices|PRICING|pricey"),
            ("\"large plan\" plan", "a Large — PLAN, a plan", "Large — PLAN|plan"),
            ("jane -doe", "Jane Doe", "Jane"),
            ("a OR b -c", "b c a", "b|a"),
            ("京都 東京", "東京都、京都", "東京都|京都"),
            ("京都 都で", "東京都で", "京都で"),
            ("東京 大阪", "東京大阪", "東京|大阪"),
            ("con_1", "con_1 con", "con_1"),
            ("cafe", "cafe\u{301} x", "cafe\u{301}"),
            ("2", "2½", "2|½"),
            ("c++ c# c", "C, C++ and C#", "C|C++|C#"),
            (".net", "net .NET, ＮＥＴ", ".NET"),
            ("email", "an e-mail, an email", "e-mail|email"),
            ("x", "nothing", ""),
        ] {
            let places = parse(query).places(text);
            let found: Vec<&str> = places.into_iter().map(|place| &text[place]).collect();
            assert_eq!(found.join("|"), expected, "{query}");
        }
        assert_eq!(parse("price").places(""), [] as [Range<usize>; 0]);
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

    /// What a query is made of, to be evaluated in the plainest way.
    #[derive(Clone, Debug)]
    enum Plain {
        Word(&'static str),
        Beginning(&'static str),
        Phrase(Vec<&'static str>),
    }

    impl Plain {
        fn written(&self) -> String {
            match self {
                Self::Word(word) => (*word).to_owned(),
                Self::Beginning(beginning) => format!("{beginning}*"),
                Self::Phrase(words) => format!("\"{}\"", words.join(", ")),
            }
        }

        fn holds(&self, texts: &[&str]) -> bool {
            match self {
                Self::Word(word) => {
                    let asked = all_tokens(word);
                    let same = |token: &str| word_term(token) == word_term(&asked[0].0);
                    any_word(texts, &asked, same)
                }
                Self::Beginning(beginning) => {
                    let begins = |token: &str| {
                        token.starts_with(beginning) || word_term(token).starts_with(beginning)
                    };
                    any_word(texts, &all_tokens(beginning), begins)
                }
                Self::Phrase(words) => stands_in(&all_tokens(&words.join(" ")), texts),
            }
        }
    }

    /// Whether a text has such a word, or a run of the units that are asked for.
    fn any_word(texts: &[&str], asked: &[(String, Kind)], is_it: impl Fn(&str) -> bool) -> bool {
        if asked[0].1 != Kind::Word {
            return stands_in(asked, texts);
        }
        let mut tokens = texts.iter().flat_map(|text| all_tokens(text));
        tokens.any(|(token, kind)| {
            kind == Kind::Word && (is_it(&token) || pieces(&token).any(&is_it))
        })
    }

    fn stands_in(phrase: &[(String, Kind)], texts: &[&str]) -> bool {
        texts.iter().any(|text| {
            all_tokens(text).windows(phrase.len()).any(|window| {
                window.iter().zip(phrase).enumerate().all(|(at, (found, asked))| {
                    let is_joined = at == 0 || asked.1 != Kind::RunOn || found.1 == Kind::RunOn;
                    found.0 == asked.0 && is_joined
                })
            })
        })
    }

    const WORDS: [&str; 12] = [
        "price",
        "pricing",
        "prices",
        "pricey",
        "con",
        "123",
        "is",
        "値下げ",
        "値下",
        "下げ",
        "値",
        "東京",
    ];

    fn some_words(max: usize) -> impl Strategy<Value = Vec<&'static str>> {
        prop::collection::vec(prop::sample::select(&WORDS[..]), 1..=max)
    }

    fn plain() -> impl Strategy<Value = Plain> {
        prop_oneof![
            3 => prop::sample::select(&WORDS[..]).prop_map(Plain::Word),
            1 => prop::sample::select(&["pri", "pric", "pricin", "123", "値", "値下"][..])
                .prop_map(Plain::Beginning),
            1 => some_words(3).prop_map(Plain::Phrase),
        ]
    }

    /// Texts of the words that queries are made of.
    fn texts() -> impl Strategy<Value = [String; 2]> {
        let between = prop::sample::select(&[" ", ", ", "-", "、", ""][..]);
        let text = prop::collection::vec((prop::sample::select(&WORDS[..]), between), 0..8)
            .prop_map(|parts| {
                parts.into_iter().flat_map(|(word, behind)| [word, behind]).collect()
            });
        [text.clone(), text]
    }

    proptest! {
        #[test]
        fn a_query_is_answered_as_in_the_plainest_way(
            clauses in prop::collection::vec(
                prop_oneof![
                    3 => prop::collection::vec(plain(), 1..3).prop_map(|any| (false, any)),
                    1 => plain().prop_map(|one| (true, vec![one])),
                ],
                1..4,
            ),
            texts in texts(),
        ) {
            let texts = texts.each_ref().map(String::as_str);
            let written: Vec<String> = clauses
                .iter()
                .map(|(is_excluded, any)| {
                    let any: Vec<String> = any.iter().map(Plain::written).collect();
                    format!("{}{}", if *is_excluded { "-" } else { "" }, any.join(" OR "))
                })
                .collect();
            let expected = clauses.iter().all(|(is_excluded, any)| {
                any.iter().any(|plain| plain.holds(&texts)) != *is_excluded
            });
            // At most 18 words: two more than a query may have.
            let found = finds(&written.join(" "), &texts);
            prop_assert!(found.is_none_or(|found| found == expected), "{:?}", written);
        }

        #[test]
        fn each_place_of_a_text_is_found_alone(text in any_text(), query in any_text()) {
            let words: Vec<String> = all_tokens(&text).into_iter().map(|(word, _)| word).collect();
            let some: Vec<&str> = words.iter().step_by(3).take(8).map(String::as_str).collect();
            for query in [&query, &some.join(" OR "), &format!("«{}»", some.concat()), &text] {
                let Ok(mut query) = TextQuery::parse(query) else { continue };
                let places = query.places(&text);
                // Anything that it looks for.
                let parts = query.all.concat().concat();
                query.all = vec![parts.into_iter().map(|part| vec![part]).collect()];
                query.none.clear();
                let mut last = 0;
                for place in &places {
                    prop_assert!(last <= place.start && place.start < place.end);
                    last = place.end;
                    prop_assert!(query.matches([&text[place.clone()]]));
                }
                prop_assert_eq!(!places.is_empty(), query.matches([&*text]));
            }
        }
    }
}
