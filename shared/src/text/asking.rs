//! What an operand of a query asks for: alternatives, since one thing is written in
//! several ways.
//!
//! Guarantees: where a text has an operand as it is written, one of its alternatives
//! holds of the text. A word by itself has mostly one, which costs one list of the index.

use std::ops::Range;

use super::compound::{Asked, Compound, Key};
use super::grammar::{Form, Operand, OwnedToken, Sequence};
use super::hangul;
use super::numbers::digit_keys;
use super::query_error::MIN_BEGINNING_LETTERS;
use super::reading::{self, FoundAs, Reader, Visitor, pieces};
use super::respelling::contracted_name;
use super::term::{exact_term, word_term};
use super::token::{Kind, Token, tokens};

/// The most alternatives of an operand. One with more asks for its words.
const MAX_ALTERNATIVES: usize = 16;
/// Digits that are told from others without the letters beside them, at least.
const MIN_TELLING_DIGITS: usize = 5;

/// Of which one must hold: all of what it asks for.
pub(super) type Alternatives = Vec<Vec<Ask>>;

/// What is looked for in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// What has a term.
    Whole(String),
    /// Words with a beginning.
    Beginning(String),
    /// Korean words with this in them, and its pairs.
    Inner(String, Vec<String>),
    /// Tokens behind each other.
    Tokens(Vec<OwnedToken>),
}

/// What an operand asks for.
pub(super) fn alternatives(operand: &Operand) -> Alternatives {
    let parts: Vec<Alternatives> = operand.iter().flat_map(parts_of_sequence).collect();
    let count = parts.iter().fold(1, |count: usize, any| count.saturating_mul(any.len()));
    let mut all: Alternatives = vec![Vec::new()];
    for any in &parts {
        // The last one asks for the words.
        let any = if count > MAX_ALTERNATIVES { &any[any.len() - 1..] } else { &any[..] };
        let with = |asks: &Vec<Ask>| -> Alternatives {
            any.iter().map(|further| [&asks[..], &further[..]].concat()).collect()
        };
        all = all.iter().flat_map(with).collect();
    }
    all
}

/// What each part of a sequence asks for.
fn parts_of_sequence(sequence: &Sequence) -> Vec<Alternatives> {
    if sequence.form == Form::Phrase {
        return vec![vec![vec![Ask::Tokens(sequence.tokens.clone())]]];
    }
    let mut elements = Elements::default();
    reading::visit(tokens(&sequence.source), &mut elements);
    let count = elements.0.len();
    let parts = elements.0.iter().enumerate().flat_map(|(at, element)| match element {
        Element::Run(units) => vec![vec![vec![Ask::Tokens(units.clone())]]],
        Element::Compound(compound) => {
            let is_beginning = at + 1 == count && sequence.form == Form::LastIsBeginning;
            parts_of_compound(compound, is_beginning)
        }
    });
    parts.collect()
}

/// What a chunk of a query consists of.
#[derive(Default)]
struct Elements(Vec<Element>);

enum Element {
    Compound(Compound),
    Run(Vec<OwnedToken>),
}

impl Visitor for Elements {
    fn compound(&mut self, compound: &Compound) {
        self.0.push(Element::Compound(compound.clone()));
    }

    fn unit(&mut self, unit: Token<'_>, _: Range<usize>) {
        match self.0.last_mut() {
            Some(Element::Run(units)) if unit.kind == Kind::RunOn => units.push(unit.into()),
            _ => self.0.push(Element::Run(vec![unit.into()])),
        }
    }
}

fn parts_of_compound(compound: &Compound, last_is_beginning: bool) -> Vec<Alternatives> {
    let keys = compound.keys();
    let mut asked: Vec<&Key> = keys.iter().filter(|key| key.asked != Asked::Never).collect();
    // The longest first; of several with one range, the last is asked for.
    asked.reverse();
    asked.sort_by_key(|key| std::cmp::Reverse(key.parts.len()));
    let beginning = if last_is_beginning { compound.beginning() } else { compound.len() };
    let mut key_of: Vec<Option<&Key>> = vec![None; compound.len()];
    for key in asked {
        if key.parts.end <= beginning && key_of[key.parts.clone()].iter().all(Option::is_none) {
            key_of[key.parts.clone()].fill(Some(key));
        }
    }
    let mut parts = Vec::new();
    let mut at = 0;
    while at < compound.len() {
        let is_beginning = at >= beginning;
        at = match key_of[at] {
            _ if is_beginning => {
                parts.push(beginnings(compound));
                compound.len()
            }
            Some(key) => {
                parts.push(whole(compound, key));
                key.parts.end
            }
            None => {
                if !compound.is_hidden(at, &keys) && !compound.is_www(at) {
                    parts.push(word(compound, at));
                }
                at + 1
            }
        };
    }
    parts
}

fn term(text: &str, is_word: bool) -> String {
    if is_word { word_term(text) } else { exact_term(text) }.into_owned()
}

fn whole(compound: &Compound, key: &Key) -> Alternatives {
    let mut any = vec![vec![Ask::Whole(term(&key.text, key.is_word))]];
    if key.asked == Asked::OrPhrase {
        let tokens = key.parts.clone().map(|part| compound.token(part).into());
        any.push(vec![Ask::Tokens(tokens.collect())]);
    }
    any
}

/// What begins like the end of a compound, or has its words and ends with the beginning of
/// one.
fn beginnings(compound: &Compound) -> Alternatives {
    let parts = compound.beginning()..compound.len();
    let mut any: Vec<Vec<Ask>> =
        compound.beginnings().into_iter().map(|it| vec![Ask::Beginning(it)]).collect();
    let last = compound.text(parts.end - 1);
    if parts.len() > 1 && hangul::letters(last) >= MIN_BEGINNING_LETTERS {
        let words = parts.start..parts.end - 1;
        let mut all: Vec<Ask> =
            words.map(|part| Ask::Whole(term(compound.text(part), true))).collect();
        all.push(Ask::Beginning(last.to_owned()));
        any.push(all);
    }
    any
}

/// What a word by itself asks for.
fn word(compound: &Compound, part: usize) -> Alternatives {
    let text = compound.text(part);
    if compound.len() == 1 && compound.is_digits() {
        let key = digit_keys(&[(0, text)], compound.has_plus()).pop();
        return vec![vec![Ask::Whole(key.unwrap_or_else(|| term(text, true)))]];
    }
    if hangul::is_korean(text) {
        return vec![vec![korean_word(text)]];
    }
    let mut any = vec![vec![Ask::Whole(term(text, true))]];
    let other = compound.other(part).map(str::to_owned);
    if let Some(other) = other.or_else(|| contracted_name(text)) {
        any.push(vec![Ask::Whole(term(&other, true))]);
    }
    let pieces: Vec<&str> = pieces(text).collect();
    let is_digits = |piece: &&&str| piece.bytes().all(|b| b.is_ascii_digit());
    if pieces.iter().filter(is_digits).any(|piece| piece.len() >= MIN_TELLING_DIGITS) {
        any.push(pieces.iter().map(|piece| Ask::Whole(term(piece, true))).collect());
    } else if !pieces.is_empty() {
        let tokens = pieces.iter().map(|text| Token { text, kind: Kind::Word }.into());
        any.push(vec![Ask::Tokens(tokens.collect())]);
    }
    any
}

/// A noun without its particles, wherever it stands in a word.
fn korean_word(word: &str) -> Ask {
    const MIN_CHARS: usize = 2;
    let noun = hangul::without_particles(word, MIN_CHARS).unwrap_or(word);
    let pairs: Vec<String> = hangul::pairs(noun).collect();
    if pairs.is_empty() { Ask::Whole(term(noun, true)) } else { Ask::Inner(noun.to_owned(), pairs) }
}

/// Numbers and compounds that a query has in several clauses: these, and what to ask for.
pub(super) fn across_clauses(clauses: &[Vec<Operand>]) -> Vec<(Range<usize>, String)> {
    let mut numbers: Vec<(Range<usize>, String)> = Vec::new();
    let source = |clause: &Vec<Operand>| match &clause[..] {
        [operand] => match &operand[..] {
            [Sequence { source, form: Form::Words, tokens }] => {
                Some((source.clone(), tokens.len()))
            }
            _ => None,
        },
        _ => None,
    };
    let mut start = 0;
    while start < clauses.len() {
        let sources: Vec<(String, usize)> = clauses[start..].iter().map_while(source).collect();
        let mut ends = vec![0];
        for (_, count) in &sources {
            ends.push(ends[ends.len() - 1] + count);
        }
        let text: Vec<String> = sources.into_iter().map(|(source, _)| source).collect();
        let mut across = Across { words: 0, found: Vec::new() };
        reading::read(tokens(&text.join(" ")), &mut across);
        for (words, key) in across.found {
            let at = |word: usize| ends.binary_search(&word).ok().map(|clause| start + clause);
            let (Some(first), Some(end)) = (at(words.start), at(words.end)) else { continue };
            if end - first < 2 {
                continue;
            }
            match numbers.last_mut() {
                Some((range, last)) if *range == (first..end) => *last = key,
                Some((range, _)) if range.end > first => {}
                _ => numbers.push((first..end, key)),
            }
        }
        start += text.len().max(1);
    }
    numbers
}

/// Finds what is read of several words.
struct Across {
    words: usize,
    found: Vec<(Range<usize>, String)>,
}

impl Reader for Across {
    fn token(&mut self, _: Token<'_>, _: bool, _: Range<usize>) {
        self.words += 1;
    }

    fn also(&mut self, found_as: FoundAs<'_>, words: usize) {
        let term = match found_as {
            FoundAs::Word(word) => word_term(word),
            FoundAs::Exactly(key) => exact_term(key),
        };
        if words > 1 {
            self.found.push((self.words - words..self.words, term.into_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::grammar;
    use super::*;

    /// What a query asks for: alternatives with `|` between, all of which with `+`.
    fn asked(query: &str) -> String {
        let ask = |ask: &Ask| match ask {
            Ask::Whole(term) => term.clone(),
            Ask::Beginning(beginning) => format!("{beginning}*"),
            Ask::Inner(inner, _) => format!("*{inner}*"),
            Ask::Tokens(tokens) => {
                let words: Vec<&str> = tokens.iter().map(|token| &*token.text).collect();
                format!("\"{}\"", words.join(" "))
            }
        };
        let all = |asks: &Vec<Ask>| asks.iter().map(ask).collect::<Vec<_>>().join("+");
        let any = |operands: &Vec<Operand>| {
            let any: Vec<Vec<Ask>> = operands.iter().flat_map(alternatives).collect();
            any.iter().map(all).collect::<Vec<_>>().join(" | ")
        };
        let clauses = grammar::read(query).unwrap();
        clauses.all.iter().map(any).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_word_asks_for_its_term_alone() {
        for (query, expected) in [
            ("pricing meetings", "price, meet"),
            ("children", "child"),
            ("colour", "color"),
            ("globex:", "globex"),
            ("(globex)", "globex"),
            ("4711", "4711"),
            ("東京", "\"東 京\""),
        ] {
            assert_eq!(asked(query), expected);
        }
    }

    #[test]
    fn what_is_written_in_several_ways_is_asked_for_in_each() {
        for (query, expected) in [
            // A key, or the words where a text has spaces between them.
            ("e-mail", "email"),
            ("cost-effective", "costeffect | \"cost effective\""),
            ("Node.js", "nodej | \"node js\""),
            ("O'Brien's", "obrien | \"o brien\""),
            ("I.B.M.", "ibm"),
            ("R&D AT & T", "r&d, at&t"),
            ("C++ C# .NET", "c++, c#, .net"),
            ("con_123", "con123 | \"con 123\""),
            ("PO20240815", "po20240815 | po+20240815"),
            ("iPhone15", "iphone15 | \"iphone 15\""),
            ("Müller", "muller | mueller"),
            ("mueller", "mueller | muller"),
            // Numbers are asked for in one way, which texts have in all.
            ("1,299.99 1.299", "1299.99, 1299"),
            ("v2.3.1 2.3.1 10:30 24/7", "2.3.1, 2.3.1, 10:30, 24/7"),
            ("+442079460958 02079460958", "2079460958, 2079460958"),
            ("2024-03-01", "20240301"),
            ("INV/2024/00317", "inv202400317 | \"inv 2024 00317\""),
            // Addresses.
            ("jane.doe@globex.com", "janedoe@globexcom"),
            ("www.globex.com", "globexcom | \"globex com\""),
            ("https://globex.com/a-b/c", "https+globexcom+a+b+c | https+\"globex com\"+a+b+c"),
            // Korean.
            ("회의를", "*회의*"),
            ("AWS에서", "aw"),
            ("돈", "돈"),
        ] {
            assert_eq!(asked(query), expected, "{query}");
        }
    }

    #[test]
    fn a_beginning_goes_back_to_where_its_word_begins() {
        for (query, expected) in [
            ("pric*", "pric*"),
            ("e-mai*", "emai* | e+mai*"),
            ("jane.d*", "janed*"),
            ("jane.doe+c*", "janedoec*"),
            ("jane.doe@glo*", "janedoe@glo* | jane+doe+glo*"),
            ("4711-08*", "471108*"),
            ("Mülle*", "mulle* | muelle*"),
            ("회의*", "회의*"),
        ] {
            assert_eq!(asked(query), expected, "{query}");
        }
    }

    #[test]
    fn what_has_too_many_alternatives_asks_for_its_words() {
        let some = asked("a-b/c-d/e-f/g-h");
        assert_eq!(some.matches(" | ").count() + 1, MAX_ALTERNATIVES);
        let more = asked("a-b/c-d/e-f/g-h/i-j");
        assert_eq!(more, "\"a b\"+\"c d\"+\"e f\"+\"g h\"+\"i j\"");
    }

    #[test]
    fn what_several_clauses_have_is_one() {
        let across = |query: &str| across_clauses(&grammar::read(query).unwrap().all);
        for (query, expected) in [
            ("call 020 7946 0958 today", Some((1..4, "2079460958"))),
            ("+44 (0)20 7946 0958", Some((0..4, "2079460958"))),
            ("DE89 3704 0044 0532 0130 00", Some((0..6, "de89370400440532013000"))),
            ("paid 1 299,99", Some((1..3, "1299.99"))),
            ("a follow up", Some((1..3, "followup"))),
            ("follow -up", None),
            ("follow OR up", None),
            ("\"follow\" up", None),
            ("12 345", Some((0..2, "12345"))),
            ("12 34", None),
            ("2024-03-01 12", None),
        ] {
            let expected = expected.map(|(range, key)| (range, key.to_owned()));
            assert_eq!(across(query), Vec::from_iter(expected), "{query}");
        }
    }
}
