//! Leaving words out of a query, in the spelling of whoever wrote it.
//!
//! Guarantees: what is left reads as the query does, but for the operands that are gone.
//! It is read again to know that, so a query that can't be cut like that is not cut.

use std::ops::Range;

use super::grammar::{self, Clauses};
use super::lexer::{Operator, operator, spans};
use super::query_error::QueryError;

/// The operands of a query that a record must have: words, phrases, and alternatives of
/// them as one. What is asked for twice is one operand.
#[derive(Debug)]
pub struct Operands<'q> {
    query: &'q str,
    read: Clauses,
    /// The operand that each clause of it is.
    of_clauses: Vec<usize>,
    parts: Vec<Part>,
}

/// What stands between two spaces of the query.
#[derive(Debug)]
struct Part {
    span: Range<usize>,
    is: Is,
}

#[derive(Clone, Copy, Debug)]
enum Is {
    /// A part of this clause.
    OfClause(usize),
    Exclusion,
    /// It asks for nothing.
    Punctuation,
}

impl<'q> Operands<'q> {
    /// Looks for the operands of a query; `None` where its text can't be cut into them.
    #[must_use]
    pub fn of(query: &'q str) -> Option<Self> {
        let read = grammar::read(query).ok()?;
        let parts = parts(query)?;
        let clauses = parts.iter().filter_map(|part| match part.is {
            Is::OfClause(clause) => Some(clause + 1),
            Is::Exclusion | Is::Punctuation => None,
        });
        if clauses.max().unwrap_or_default() != read.all.len() {
            return None;
        }
        let mut of_clauses: Vec<usize> = Vec::new();
        let mut count = 0;
        for (at, clause) in read.all.iter().enumerate() {
            let same = read.all[..at].iter().position(|known| known == clause);
            of_clauses.push(same.map_or(count, |same| of_clauses[same]));
            count += usize::from(same.is_none());
        }
        Some(Self { query, read, of_clauses, parts })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.of_clauses.iter().max().map_or(0, |last| last + 1)
    }

    /// The query with some of its operands, and with all that it excludes.
    #[must_use]
    pub fn only(&self, is_kept: impl Fn(usize) -> bool) -> Option<String> {
        let is_clause_kept = |clause: usize| is_kept(self.of_clauses[clause]);
        let mut text = String::new();
        let mut last: Option<(usize, usize)> = None;
        for (at, Part { span, is }) in self.parts.iter().enumerate() {
            let is_left = match *is {
                Is::OfClause(clause) => is_clause_kept(clause),
                Is::Exclusion => true,
                Is::Punctuation => false,
            };
            if !is_left {
                continue;
            }
            match last {
                Some((before, end)) if before + 1 == at => {
                    text.push_str(&self.query[end..span.start])
                }
                Some(_) => text.push(' '),
                None => {}
            }
            text.push_str(&self.query[span.clone()]);
            last = Some((at, span.end));
        }
        let read = grammar::read(&text).ok()?;
        let clauses = self.read.all.iter().enumerate();
        let kept = clauses.filter(|(at, _)| is_clause_kept(*at)).map(|(_, clause)| clause);
        (read.none == self.read.none && read.all.iter().eq(kept)).then_some(text)
    }
}

/// What stands between the spaces of a query; `None` where something of it can't be read by
/// itself.
fn parts(query: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut clauses: usize = 0;
    let mut continues = false;
    for span in spans(query) {
        let text = &query[span.clone()];
        let is = if matches!(operator(text), Some(Operator::Or)) {
            continues = true;
            Is::OfClause(clauses.checked_sub(1)?)
        } else {
            match grammar::read(text) {
                Ok(read) if read.all.is_empty() => Is::Exclusion,
                Ok(_) => {
                    clauses += usize::from(!continues);
                    continues = false;
                    Is::OfClause(clauses.checked_sub(1)?)
                }
                Err(QueryError::NoSearchableWord) => Is::Punctuation,
                Err(_) => return None,
            }
        };
        parts.push(Part { span, is });
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::any_text;
    use super::*;

    /// The query without each of its operands.
    fn without_each(query: &str) -> Vec<Option<String>> {
        let operands = Operands::of(query).expect("it can be cut");
        (0..operands.count()).map(|left_out| operands.only(|operand| operand != left_out)).collect()
    }

    fn assert_without_each(query: &str, expected: &[&str]) {
        let expected: Vec<Option<String>> =
            expected.iter().map(|text| Some((*text).to_owned())).collect();
        assert_eq!(without_each(query), expected, "{query}");
    }

    #[test]
    fn each_operand_is_left_out_and_the_rest_stays_as_it_was_written() {
        assert_without_each("Tom's  Invoice", &["Invoice", "Tom's"]);
        assert_without_each(
            "“large plan” pric* con_123 -draft",
            &["pric* con_123 -draft", "“large plan” con_123 -draft", "“large plan” pric* -draft"],
        );
        assert_without_each("値下げ セール", &["セール", "値下げ"]);
        assert_without_each("\u{AD}ren\u{AD}ewal\u{200B} x", &["x", "\u{AD}ren\u{AD}ewal"]);
    }

    #[test]
    fn alternatives_are_one_operand_with_their_operators() {
        assert_without_each(
            "acme invoice OR bill OR \"credit note\" paid",
            &[
                "invoice OR bill OR \"credit note\" paid",
                "acme paid",
                "acme invoice OR bill OR \"credit note\"",
            ],
        );
        assert_without_each("\"a b\"OR\"c d\" e", &["e", "\"a b\"OR\"c d\""]);
        assert_without_each("(a OR b) c", &["c", "(a OR b)"]);
        // In small letters, or quoted, it is a word.
        assert_without_each("a or \"OR\"", &["or \"OR\"", "a \"OR\"", "a or"]);
    }

    #[test]
    fn what_is_asked_for_twice_is_one_operand() {
        assert_without_each(
            "what we told Tom, what?",
            &["we told Tom,", "what told Tom, what?", "what we Tom, what?", "what we told what?"],
        );
        assert_without_each(
            "the The C c++ X",
            &["C c++ X", "the The c++ X", "the The C X", "the The C c++"],
        );
    }

    #[test]
    fn punctuation_goes_with_what_is_left_out() {
        assert_without_each("tom & jerry — call ?", &["jerry call", "tom call", "tom jerry"]);
    }

    #[test]
    fn what_is_refused_or_only_excludes_has_no_operands() {
        assert!(Operands::of("a AND b").is_none());
        assert!(Operands::of("?").is_none());
        assert_eq!(Operands::of("-a -b").map(|operands| operands.count()), Some(0));
    }

    proptest! {
        #[test]
        fn what_is_left_reads_as_meant(
            words in prop::collection::vec(any_text(), 1..5),
            kept in any::<u32>(),
        ) {
            let query = words.join(" ");
            if let Some(operands) = Operands::of(&query) {
                let is_kept = |operand: usize| kept >> operand & 1 == 1;
                if let Some(text) = operands.only(is_kept) {
                    let read = Operands::of(&text).expect("it is read again");
                    let expected = (0..operands.count()).filter(|operand| is_kept(*operand)).count();
                    prop_assert_eq!(read.count(), expected);
                }
            }
        }
    }
}
