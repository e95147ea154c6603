//! What is searched for.

use activity_log_core::index::expression::{AnyOf, Expression, Leaf};
use activity_log_core::index::term::Term;
use activity_log_core::text::{ANALYZER_VERSION, TextQuery, Word};
use activity_log_tests::history::{
    ALSO_COMMON, ALSO_TENTH, COMMON, NORTHERN, RARE, SOUTHERN, TENTH,
};
use anyhow::Result;

/// Each kind of search: what it is called, and the query.
pub(crate) fn all() -> [(&'static str, String); 10] {
    let together = |words: &[&str]| words.join(" ");
    [
        ("a common word (1 of 2)", together(&[COMMON])),
        ("a rare word (6 in all)", together(&[RARE])),
        ("a rare word and a common one", together(&[RARE, COMMON])),
        ("two words (each 1 of 10)", together(&[TENTH, ALSO_TENTH])),
        ("two words that never meet (each 1 of 5)", together(&[NORTHERN, SOUTHERN])),
        ("four words (1 of 600)", together(&[COMMON, ALSO_COMMON, TENTH, ALSO_TENTH])),
        ("a word that nothing has", together(&["nowhere"])),
        ("a prefix of one word", together(&["qua*"])),
        ("a prefix of two words", together(&["ren*"])),
        ("a prefix of many words", together(&["ste*"])),
    ]
}

/// What the index is asked for.
pub(crate) fn expression(query: &str) -> Result<Expression> {
    let query = TextQuery::parse(query)?;
    let leaf = |word: &Word| match word {
        Word::Whole(term) => Leaf::Term(Term::word(term)),
        Word::Beginning(beginning) => Leaf::Beginning(Term::word(beginning)),
    };
    let clause = |any: &Vec<Vec<Word>>| {
        AnyOf(any.iter().map(|all| all.iter().map(leaf).collect()).collect())
    };
    let words = query.words();
    Ok(Expression {
        all: words.all.iter().map(clause).collect(),
        none: words.none.iter().map(clause).collect(),
        analyzer: Some(ANALYZER_VERSION),
        ..Expression::default()
    })
}
