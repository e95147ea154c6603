//! The grammar of a text query.
//!
//! ```text
//! query   = clause, all of which must hold, and none of the excluded operands
//! clause  = operand { "OR" operand }         one of them; binds tighter than the space
//! exclude = "-" operand                      never beside OR
//! operand = words, word*, "a phrase", or several of them without a space between
//! ```
//!
//! Guarantees: a query means what is seen of it, whatever invisible marks are in it.
//! What looks like an operator and is none is refused, and the list of
//! that is closed: the variants of [`QueryError`]. All else is text, so that
//! punctuation needs no escape; in double quotes everything is.
//!
//! Left out on purpose: groups. Parentheses are punctuation, and are refused where
//! they would mean something else than the same query without them.
//! How long a query may be is the caller's rule.

use std::borrow::Cow;
use std::ops::Range;

use super::MAX_QUERY_WORDS;
use super::affixes::{Affixes, Brackets, is_of_word};
use super::compound::Compound;
use super::fold::{fold_into, is_ignorable, parts_words};
use super::lexer::{Operator, Piece, chunks, narrow, operator, with_joined_ampersands};
use super::query_error::{MIN_BEGINNING_LETTERS, QueryError};
use super::reading::{Visitor, visit};
use super::token::{Kind, Token, tokens};

/// A query as it was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Clauses {
    /// Of each of these, one operand must match.
    pub(super) all: Vec<Vec<Operand>>,
    /// None of these may match.
    pub(super) none: Vec<Operand>,
}

/// Sequences of tokens that must all match. It has at least one.
pub(super) type Operand = Vec<Sequence>;

/// Tokens that follow each other in a query, at least one.
#[derive(Debug)]
pub(super) struct Sequence {
    /// What they were read from, without the punctuation around it.
    pub(super) source: String,
    pub(super) tokens: Vec<OwnedToken>,
    pub(super) form: Form,
}

/// Two are the same where their source is, whatever its case: tokens alone don't tell `C++`
/// from `C`.
impl PartialEq for Sequence {
    fn eq(&self, other: &Self) -> bool {
        let folded = |sequence: &Self| {
            let mut folded = String::new();
            fold_into(&mut folded, &sequence.source);
            folded
        };
        self.form == other.form && self.tokens == other.tokens && folded(self) == folded(other)
    }
}

impl Eq for Sequence {}

/// How the tokens of a sequence are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Each word and run by itself.
    Words,
    /// The same, and the last word is the beginning of one.
    LastIsBeginning,
    /// All of them behind each other.
    Phrase,
}

/// A [`Token`] that is kept while its neighbours are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnedToken {
    pub(super) text: String,
    pub(super) kind: Kind,
}

impl OwnedToken {
    pub(super) fn as_token(&self) -> Token<'_> {
        Token { text: &self.text, kind: self.kind }
    }
}

impl From<Token<'_>> for OwnedToken {
    fn from(token: Token<'_>) -> Self {
        Self { text: token.text.to_owned(), kind: token.kind }
    }
}

/// Reads a query.
pub(super) fn read(query: &str) -> Result<Clauses, QueryError> {
    let items = items(&with_joined_ampersands(&without_ignorable(query)))?;
    refuse_groups(&items)?;
    let mut clauses = Clauses::default();
    let mut continues = false;
    let mut before = None;
    let mut items = items.into_iter().peekable();
    while let Some(item) = items.next() {
        match item {
            Item::Or => {
                match (before, items.peek().and_then(Item::is_excluded)) {
                    (Some(false), Some(false)) => continues = true,
                    (Some(_), Some(_)) => return Err(QueryError::ExcludedAlternative),
                    _ => return Err(QueryError::MisplacedOr),
                }
                before = None;
            }
            Item::Operand(read) => {
                before = Some(read.is_excluded);
                match clauses.all.last_mut().filter(|_| continues) {
                    Some(clause) => clause.push(read.operand),
                    None if read.is_excluded => clauses.none.push(read.operand),
                    None => clauses.all.push(vec![read.operand]),
                }
                continues = false;
            }
        }
    }
    if clauses.all.is_empty() && clauses.none.is_empty() {
        return Err(QueryError::NoSearchableWord);
    }
    Ok(clauses)
}

/// A query without what folding drops from its words. Direction marks come with what is
/// copied from right-to-left texts, and soft hyphens with what is copied from pages.
fn without_ignorable(query: &str) -> Cow<'_, str> {
    if !query.contains(is_ignorable) {
        return Cow::Borrowed(query);
    }
    let mut kept = String::with_capacity(query.len());
    let mut chars = query.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let goes_on = chars.peek().is_some_and(|next| next.is_alphanumeric());
        let parts = goes_on && before.is_some_and(|before| parts_words(before, c));
        if parts || !is_ignorable(c) {
            kept.push(c);
        }
        before = Some(c);
    }
    Cow::Owned(kept)
}

/// What stands between spaces, once what is no operand and no operator is gone.
enum Item {
    Or,
    Operand(ReadOperand),
}

impl Item {
    /// `None` for an operator.
    fn is_excluded(&self) -> Option<bool> {
        match self {
            Self::Or => None,
            Self::Operand(operand) => Some(operand.is_excluded),
        }
    }
}

struct ReadOperand {
    operand: Operand,
    is_excluded: bool,
    brackets: Brackets,
}

fn items(query: &str) -> Result<Vec<Item>, QueryError> {
    let mut items: Vec<Item> = Vec::new();
    let mut word_count = 0;
    // Brackets that stand by themselves belong to what they open or close.
    let mut opened_before = 0;
    for chunk in chunks(query) {
        if let [Piece { text, is_quoted: false }] = chunk[..]
            && let Some(operator) = operator(text)
        {
            match operator {
                Operator::Or => items.push(Item::Or),
                Operator::OrInBrackets => return Err(QueryError::MisplacedOr),
                Operator::AndOrNot => return Err(QueryError::Operator),
            }
            continue;
        }
        let affixes = Affixes::of(&chunk)?;
        let operand = operand(&chunk, &mut word_count)?;
        if operand.is_empty() {
            if affixes.is_excluding {
                return Err(QueryError::MisplacedExclusion);
            }
            let Brackets { opened, closed } = affixes.brackets;
            let left = Brackets::without_pairs(opened_before, closed);
            opened_before = left.opened + opened;
            if let Some(Item::Operand(last)) = items.last_mut() {
                last.brackets.closed += left.closed;
            }
            continue;
        }
        let Brackets { opened, closed } = affixes.brackets;
        items.push(Item::Operand(ReadOperand {
            operand,
            is_excluded: affixes.is_excluding,
            brackets: Brackets { opened: opened + opened_before, closed },
        }));
        opened_before = 0;
    }
    Ok(items)
}

/// Refuses what parentheses give another meaning: several operands as one beside
/// `OR`. One chain of `OR` means the same without them.
fn refuse_groups(items: &[Item]) -> Result<(), QueryError> {
    let is_or = |at: usize| matches!(items.get(at), Some(Item::Or));
    let mut opened = Vec::new();
    for (end, item) in items.iter().enumerate() {
        let Item::Operand(ReadOperand { brackets, .. }) = item else { continue };
        opened.extend(std::iter::repeat_n(end, brackets.opened));
        for _ in 0..brackets.closed {
            let Some(start) = opened.pop() else { break };
            let is_beside_or = is_or(end + 1) || start.checked_sub(1).is_some_and(is_or);
            let is_chain = (start..=end).all(|at| is_or(at) == ((at - start) % 2 == 1));
            if is_beside_or && !is_chain {
                return Err(QueryError::Group);
            }
        }
    }
    Ok(())
}

/// The sequences of what stands between spaces.
fn operand(chunk: &[Piece<'_>], word_count: &mut usize) -> Result<Operand, QueryError> {
    let mut operand = Vec::new();
    for piece in chunk {
        let (text, mut form) = if piece.is_quoted {
            (Cow::Borrowed(piece.text), Form::Phrase)
        } else {
            let (text, form) = without_wildcard(piece.text, chunk.len() == 1)?;
            (without_possessives(text), form)
        };
        let tokens = collect_tokens(&text, word_count)?;
        let Some(last) = tokens.last() else { continue };
        if form == Form::LastIsBeginning {
            if last.kind != Kind::Word {
                // Any part of a run is found.
                form = Form::Words;
            } else if letters_of_last_compound(&text) < MIN_BEGINNING_LETTERS {
                return Err(QueryError::ShortBeginning);
            }
        }
        operand.push(Sequence { source: without_punctuation(&text).to_owned(), tokens, form });
    }
    Ok(operand)
}

/// A text without what surrounds its words and is part of none, as the signs of `C++` and
/// `.NET` are.
fn without_punctuation(text: &str) -> &str {
    let is_punctuation = |c: char| "?!,;:()[]{}<>'…\u{2018}\u{2019}".contains(narrow(c));
    text.trim_matches(is_punctuation).trim_end_matches(|c| c == '.' || is_punctuation(c))
}

fn letters_of_last_compound(text: &str) -> usize {
    #[derive(Default)]
    struct Letters(usize);
    impl Visitor for Letters {
        fn compound(&mut self, compound: &Compound) {
            self.0 = compound.letters_of_beginning();
        }
        fn unit(&mut self, _: Token<'_>, _: Range<usize>) {
            self.0 = 0;
        }
    }
    let mut last = Letters::default();
    visit(tokens(text), &mut last);
    last.0
}

/// What stands in front of a `*` at the end of a word.
fn without_wildcard(text: &str, stands_alone: bool) -> Result<(&str, Form), QueryError> {
    let is_asterisk = |c| narrow(c) == '*';
    let Some((before, behind)) = text.split_once(is_asterisk) else {
        return Ok((text, Form::Words));
    };
    if stands_alone && !text.contains(char::is_alphanumeric) {
        return Ok((text, Form::Words));
    }
    let ends_word = before.chars().next_back().is_some_and(is_of_word);
    let is_last = !behind.contains(|c: char| c.is_alphanumeric() || is_asterisk(c));
    if stands_alone && ends_word && is_last {
        Ok((before, Form::LastIsBeginning))
    } else {
        Err(QueryError::MisplacedWildcard)
    }
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
        collected.push(Token { text, kind }.into());
    }
    Ok(collected)
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
        // In `driver's-license` it is a part of a longer word, as in a text.
        let (next, further) = (behind.next(), behind.next());
        let is_joined = next.is_some_and(|c| !c.is_whitespace()) && further.is_some_and(is_of_word);
        let goes_on = next.is_some_and(is_of_word) || is_joined;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A query as it is understood: operands behind each other, alternatives with `|`
    /// between, what is excluded behind `!`.
    fn understood(query: &str) -> Result<String, QueryError> {
        let sequence = |Sequence { tokens, form, .. }: &Sequence| {
            let between = if *form == Form::Phrase { " " } else { "+" };
            let mut text = String::new();
            for token in tokens {
                if token.kind != Kind::RunOn && !text.is_empty() {
                    text.push_str(between);
                }
                text.push_str(&token.text);
            }
            match form {
                Form::Words => text,
                Form::LastIsBeginning => text + "*",
                Form::Phrase => format!("\"{text}\""),
            }
        };
        let operand = |operand: &Operand| {
            assert!(operand.iter().all(|sequence| !sequence.tokens.is_empty()));
            operand.iter().map(sequence).collect::<Vec<_>>().join("+")
        };
        read(query).map(|clauses| {
            let any = |any: &Vec<Operand>| any.iter().map(operand).collect::<Vec<_>>().join(" | ");
            let all = clauses.all.iter().map(any);
            let none = clauses.none.iter().map(|excluded| format!("!{}", operand(excluded)));
            all.chain(none).collect::<Vec<_>>().join(", ")
        })
    }

    #[track_caller]
    fn assert_understood(queries: &[(&str, &str)]) {
        for (query, expected) in queries {
            assert_eq!(understood(query).as_deref(), Ok(*expected), "{query}");
        }
    }

    #[track_caller]
    fn assert_refused(queries: &[&str], refusal: QueryError) {
        for query in queries {
            assert_eq!(understood(query), Err(refusal), "{query}");
        }
    }

    #[test]
    fn every_word_and_phrase_is_asked_for() {
        assert_understood(&[
            ("pricing", "pricing"),
            ("  Pricing   CAFÉ ", "pricing, cafe"),
            ("\"jane doe\" pricing", "\"jane doe\", pricing"),
            ("refund \"not received\" \"order 42\"", "refund, \"not received\", \"order 42\""),
            ("e-mail", "e+mail"),
            ("con_123", "con+123"),
            ("jane.doe@globex.com", "jane+doe+globex+com"),
            ("https://globex.com/a?b=c#d", "https+globex+com+a+b+c+d"),
            ("from\"jane doe\"", "from+\"jane doe\""),
            ("東京で会議", "東京で会議"),
            ("iPhone値下げ", "iphone+値下げ"),
            ("customer's refund", "customer, refund"),
        ]);
    }

    #[test]
    fn an_asterisk_at_the_end_of_a_word_makes_it_a_beginning() {
        assert_understood(&[
            ("pric*", "pric*"),
            ("globex pric*", "globex, pric*"),
            ("PRIC* Café*", "pric*, cafe*"),
            ("invo＊", "invo*"),
            ("e-mail*", "e+mail*"),
            ("con_123*", "con+123*"),
            ("(invo*)", "invo*"),
            ("invo*, globex", "invo*, globex"),
            ("'invo*'", "invo*"),
            ("customer's*", "customer*"),
            ("-invo* globex", "globex, !invo*"),
            ("invo* OR bil*", "invo* | bil*"),
            // Any part of a run is found, so there is nothing to add.
            ("東京*", "東京"),
            ("値*", "値"),
            ("iPhone値*", "iphone+値"),
            // Two letters or three in each syllable.
            ("회의*", "회의*"),
        ]);
        assert_refused(
            &["in*", "a*", "v2*", "e-m*", "globex 42*", "-in* globex", "회*", "a OR bc*", "Å*"],
            QueryError::ShortBeginning,
        );
    }

    #[test]
    fn an_asterisk_elsewhere_is_refused_unless_no_word_is_beside_it() {
        assert_refused(
            &[
                "*voice",
                "in*ce",
                "*voice*",
                "**bold**",
                "bold**",
                "invoice*s",
                "\"invo\"*",
                "*\"invo\"",
                "\"jane d\"*",
                "'invo'*",
                "(invoice)*",
                "C++*",
                "2*3",
                "-*voice globex",
                "inv*-2024*",
                "東*京",
                "in＊ce",
            ],
            QueryError::MisplacedWildcard,
        );
        assert_understood(&[
            ("* invoice", "invoice"),
            ("5 * 3", "5, 3"),
            ("*** invoice ***", "invoice"),
            ("* \"jane doe\" *", "\"jane doe\""),
            ("\"invo*\" \"*\"", "\"invo\""),
        ]);
    }

    #[test]
    fn a_hyphen_in_front_of_a_word_or_a_phrase_excludes_it() {
        assert_understood(&[
            ("invoice -globex", "invoice, !globex"),
            ("-globex invoice", "invoice, !globex"),
            ("-globex", "!globex"),
            ("-globex -initech", "!globex, !initech"),
            ("invoice -\"globex inc\"", "invoice, !\"globex inc\""),
            ("-“globex inc” invoice", "invoice, !\"globex inc\""),
            ("invoice -“globex inc”", "invoice, !\"globex inc\""),
            ("invoice －globex", "invoice, !globex"),
            ("invoice -e-mail", "invoice, !e+mail"),
            ("invoice -jane@globex.com", "invoice, !jane+globex+com"),
            ("invoice -5", "invoice, !5"),
            ("invoice -$100", "invoice, !100"),
            ("invoice -#123", "invoice, !123"),
            ("invoice -'globex'", "invoice, !globex"),
            ("invoice (-globex)", "invoice, !globex"),
            ("invoice -(globex)", "invoice, !globex"),
            ("invoice [-globex]", "invoice, !globex"),
            ("invoice -(\"globex inc\")", "invoice, !\"globex inc\""),
            ("(invoice -globex)", "invoice, !globex"),
            ("-値下げ 東京", "東京, !値下げ"),
            ("-customer's refund", "refund, !customer"),
            ("-OR invoice", "invoice, !or"),
        ]);
    }

    #[test]
    fn a_hyphen_elsewhere_is_punctuation_and_refused_where_it_looks_like_more() {
        assert_understood(&[
            ("invoice - globex", "invoice, globex"),
            ("invoice – globex", "invoice, globex"),
            ("invoice — \"globex inc\"", "invoice, \"globex inc\""),
            ("invoice - \"globex inc\"", "invoice, \"globex inc\""),
            ("invoice- globex", "invoice, globex"),
            ("--force now", "force, now"),
            ("--\"force now\"", "\"force now\""),
            ("invoice -> globex", "invoice, globex"),
            ("invoice <- globex", "invoice, globex"),
            ("--- invoice ---", "invoice"),
            ("invoice -.5", "invoice, 5"),
            ("2024-01-05", "2024+01+05"),
            ("- [ ] call globex", "call, globex"),
            ("thanks :-( globex", "thanks, globex"),
            ("thanks ;-) globex", "thanks, globex"),
            ("\"-globex\"", "\"globex\""),
            ("x-\"globex inc\"", "x+\"globex inc\""),
            ("tolerance +-5", "tolerance, 5"),
            ("refund $-100", "refund, 100"),
            ("refund €-100 £-\"5 off\"", "refund, 100, \"5 off\""),
            ("#-globex @-globex '-globex'", "globex, globex, globex"),
            ("+-(globex)", "globex"),
        ]);
        assert_refused(
            &[
                "\"Paris\"-\"London\"",
                "\"Paris\"-London",
                "globex -\"initech",
                "globex -\"\"",
                "globex -“",
                "globex -( initech )",
                "globex -(\"initech",
            ],
            QueryError::MisplacedExclusion,
        );
    }

    #[test]
    fn or_stands_between_two_operands_and_binds_tighter_than_a_space() {
        assert_understood(&[
            ("globex OR initech", "globex | initech"),
            ("a b OR c d", "a, b | c, d"),
            ("a OR b OR c", "a | b | c"),
            ("a OR b c OR d", "a | b, c | d"),
            ("invoice\u{3000}OR\u{3000}bill", "invoice | bill"),
            ("globex ＯＲ initech", "globex | initech"),
            ("\"jane doe\" OR \"john doe\"", "\"jane doe\" | \"john doe\""),
            ("\"jane doe\"OR\"john doe\"", "\"jane doe\" | \"john doe\""),
            ("con_1 OR con_2", "con+1 | con+2"),
            ("東京 OR 大阪", "東京 | 大阪"),
            ("a OR b -c", "a | b, !c"),
            ("-c a OR b", "a | b, !c"),
            ("globex - OR initech", "globex | initech"),
            // In brackets that change nothing.
            ("(globex OR initech)", "globex | initech"),
            ("(globex OR initech) invoice", "globex | initech, invoice"),
            ("invoice (globex OR initech)", "invoice, globex | initech"),
            ("( globex OR initech ) invoice", "globex | initech, invoice"),
            ("(a OR b) (c OR d)", "a | b, c | d"),
            ("(a OR b) OR c", "a | b | c"),
            ("((a) OR (b))", "a | b"),
            ("(\"jane doe\" OR jd) -spam", "\"jane doe\" | jd, !spam"),
            ("（globex OR initech）", "globex | initech"),
            ("f(x) OR g(y)", "f+x | g+y"),
            ("(paid) invoice OR bill", "paid, invoice | bill"),
            ("(see f(x) OR y)", "see, f+x | y"),
            // In small letters, and within words, it is one.
            ("invoice, or bill", "invoice, or, bill"),
            ("this or that Or those", "this, or, that, or, those"),
            ("ORACLE ANDes NOTes", "oracle, andes, notes"),
            ("Portland, OR. Salem", "portland, or, salem"),
            ("\"globex OR\" \"OR\"", "\"globex or\", \"or\""),
            ("AND/OR", "and+or"),
        ]);
        assert_refused(
            &[
                "OR",
                "OR globex",
                "globex OR",
                "globex OR OR initech",
                "globex OR - ",
                "globex OR \"\"",
                "(OR) a",
                "a (OR b)",
                "(a OR) b",
                "Portland, OR",
            ],
            QueryError::MisplacedOr,
        );
        assert_refused(
            &["-a OR b", "a OR -b", "a OR b OR -c", "-\"a b\" OR c", "-a OR -b"],
            QueryError::ExcludedAlternative,
        );
    }

    #[test]
    fn brackets_that_would_change_the_meaning_are_refused_and_others_are_punctuation() {
        assert_refused(
            &[
                "(a b) OR c",
                "a OR (b c)",
                "a OR (b c OR d)",
                "(a OR b c) OR d",
                "(a -b) OR c",
                "[a b] OR c",
                "( a b ) OR c",
                "(a b) OR c OR d",
                "f(x y) OR z",
                "-(a b)",
                "-(a OR b) c",
                "c -(\"a b\" d)",
                "-(globex",
            ],
            QueryError::Group,
        );
        assert_understood(&[
            ("(a b) c", "a, b, c"),
            ("invoice (paid, late)", "invoice, paid, late"),
            ("1) first 2) second", "1, first, 2, second"),
            ("[globex] {initech}", "globex, initech"),
            ("(globex OR initech", "globex | initech"),
            ("globex OR initech)", "globex | initech"),
            ("f(x)", "f+x"),
            ("() a OR b", "a | b"),
        ]);
    }

    #[test]
    fn words_of_other_query_languages_are_refused_in_capitals_alone() {
        assert_refused(
            &[
                "alpha AND invoice",
                "NOT globex",
                "invoice NOT globex",
                "(alpha AND invoice)",
                "AND",
                "globex (NOT initech)",
                "\"jane doe\"AND\"john doe\"",
                "alpha ＡＮＤ beta",
            ],
            QueryError::Operator,
        );
        assert_understood(&[
            ("Not mine", "not, mine"),
            ("salt and pepper And more", "salt, and, pepper, and, more"),
            ("AND-gate", "and+gate"),
            ("#OR @AND $NOT", "or, and, not"),
            ("NOT: urgent", "not, urgent"),
        ]);
    }

    #[test]
    fn a_query_means_what_is_seen_of_it() {
        for mark in [
            "\u{200E}", "\u{200F}", "\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}", "\u{200D}",
            "\u{200C}", "\u{AD}", "\u{FEFF}", "\u{FE0F}", "\u{200B}",
        ] {
            let marked = |query: &str| understood(&query.replace('_', mark));
            for (query, expected) in [
                ("invoice _-globex", "invoice, !globex"),
                ("invoice _-_\"globex inc\"_", "invoice, !\"globex inc\""),
                ("globex OR_ initech", "globex | initech"),
                ("globex _OR_ _initech_", "globex | initech"),
                ("فاتور_*", "فاتور*"),
                ("_pric*_", "pric*"),
                ("_(globex OR initech)_ invoice", "globex | initech, invoice"),
            ] {
                // One space parts words, so it is seen within what stands together.
                if mark != "\u{200B}" || !["-_", "_*"].iter().any(|within| query.contains(within)) {
                    assert_eq!(marked(query).as_deref(), Ok(expected), "{query} {mark:?}");
                }
            }
            assert_eq!(marked("globex _AND_ initech"), Err(QueryError::Operator), "{mark:?}");
            assert_eq!(marked("globex OR _"), Err(QueryError::MisplacedOr), "{mark:?}");
            assert_eq!(marked("_"), Err(QueryError::NoSearchableWord), "{mark:?}");
        }
        assert_understood(&[
            ("in\u{AD}voice", "invoice"),
            ("ab\u{200B}cd", "ab+cd"),
            ("\u{200B}ដំ\u{200B}បូង\u{200B}", "ដំបូង"),
            ("צה\u{200F}\"\u{200F}ל", "צה+ל"),
        ]);
    }

    #[test]
    fn ordinary_punctuation_is_none_of_it() {
        assert_understood(&[
            ("+44 20 7946", "44, 20, 7946"),
            ("C++", "c"),
            ("C# F#", "c, f"),
            ("Re: invoice?", "re, invoice"),
            ("#42", "42"),
            ("@jane", "jane"),
            ("'globex' $invoice", "globex, invoice"),
            ("what's up?!", "what, up"),
            ("type:call from:jane", "type+call, from+jane"),
            ("globex | initech || x && y", "globex, initech, x, y"),
            ("50% off & more", "50, off, more"),
            ("~globex ^2 a=b", "globex, 2, a+b"),
            ("5\" pipe", "5, pipe"),
            ("AT&T R&D", "at+t, r+d"),
            ("1,000.50 €", "1+000+50"),
            ("v1.2.3-rc.1", "v1+2+3+rc+1"),
            ("\\globex\\", "globex"),
        ]);
    }
}
