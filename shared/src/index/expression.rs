//! What is searched for, as the index knows it.
//!
//! An expression is judged of one record by the terms that it is filed under
//! ([`Expression::holds_of`]), and of a whole segment by lists (`segment_search`).
//! Both mean the same.

use super::term::Term;

/// A term, or all that begin like one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leaf {
    /// A record is filed under this term.
    Term(Term),
    /// A record is filed under a term that begins with this one.
    Beginning(Term),
}

/// Leaves, all of which hold.
pub type AllOf = Vec<Leaf>;

/// Alternatives, one of which holds at least. Without any, nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnyOf(pub Vec<AllOf>);

impl AnyOf {
    /// One of some terms.
    pub fn terms(terms: impl IntoIterator<Item = Term>) -> Self {
        Self(terms.into_iter().map(|term| vec![Leaf::Term(term)]).collect())
    }

    /// What holds of every record.
    #[must_use]
    pub fn everything() -> Self {
        Self(vec![AllOf::new()])
    }

    /// The leaves of all alternatives.
    pub fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.0.iter().flatten()
    }

    fn holds_of(&self, terms: &[Term]) -> bool {
        self.0.iter().any(|all| all.iter().all(|leaf| leaf.holds_of(terms)))
    }
}

impl Leaf {
    /// Whether it holds of a record that is filed under some terms, which are sorted.
    pub(super) fn holds_of(&self, terms: &[Term]) -> bool {
        match self {
            Self::Term(term) => terms.binary_search(term).is_ok(),
            Self::Beginning(beginning) => {
                let at = terms.partition_point(|term| term < beginning);
                terms.get(at).is_some_and(|term| term.as_bytes().starts_with(beginning.as_bytes()))
            }
        }
    }
}

/// What records are searched for: those of which all of [`Self::bounds`] and [`Self::all`]
/// hold, and none of [`Self::none`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expression {
    /// What may be seen at all. Where there is any, segments are asked for nothing else, and
    /// the rest is told of each record: so what is filed outside of it costs a search nothing.
    pub bounds: Vec<AnyOf>,
    /// What is asked for.
    pub all: Vec<AnyOf>,
    /// What is left out.
    pub none: Vec<AnyOf>,
    /// The analyzer that the words are of, where there are any: what another one filed is
    /// not looked at.
    pub analyzer: Option<u32>,
}

impl Expression {
    /// Whether it holds of a record that is filed under some terms, which are sorted.
    #[must_use]
    pub fn holds_of(&self, terms: &[Term]) -> bool {
        let mut positive = self.bounds.iter().chain(&self.all);
        positive.all(|clause| clause.holds_of(terms))
            && !self.none.iter().any(|clause| clause.holds_of(terms))
    }

    /// Whether what an analyzer filed is looked at. 0 stands for records without words.
    #[must_use]
    pub fn is_of(&self, analyzer: u32) -> bool {
        self.analyzer.is_none_or(|asked| asked == analyzer)
    }
}
