//! An expression, made ready for lists: its leaves, each once, and its clauses by the
//! numbers of their leaves.

use super::expression::{AnyOf, Expression, Leaf};

/// The most leaves whose lists are looked up at once. Where there are more, the first
/// clauses are looked up alone, and the others where these have something in common.
const LEAVES_AT_ONCE: usize = 8;

/// Alternatives, each of which is the numbers of its leaves.
pub(super) type Clause = Vec<Vec<usize>>;

/// An expression, made ready for lists.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) expression: Expression,
    /// Each leaf once.
    pub(super) leaves: Vec<Leaf>,
    pub(super) bounds: Vec<Clause>,
    pub(super) all: Vec<Clause>,
    pub(super) none: Vec<Clause>,
    /// The leaves that are looked up first.
    pub(super) first: Vec<usize>,
}

impl Plan {
    pub(super) fn new(expression: Expression) -> Self {
        let mut leaves: Vec<Leaf> = Vec::new();
        let mut number = |leaf: &Leaf| {
            leaves.iter().position(|known| known == leaf).unwrap_or_else(|| {
                leaves.push(leaf.clone());
                leaves.len() - 1
            })
        };
        let mut clauses = |of: &[AnyOf]| -> Vec<Clause> {
            of.iter()
                .map(|any| any.0.iter().map(|all| all.iter().map(&mut number).collect()).collect())
                .collect()
        };
        let bounds = clauses(&expression.bounds);
        let all = clauses(&expression.all);
        let none = clauses(&expression.none);
        let first = first_of(&leaves, &bounds, &all);
        Self { expression, leaves, bounds, all, none, first }
    }

    /// Whether a leaf is one of the bounds.
    pub(super) fn is_bound(&self, leaf: usize) -> bool {
        self.bounds.iter().flatten().flatten().any(|of_bounds| *of_bounds == leaf)
    }

    /// The clauses that have to hold.
    pub(super) fn positive(&self) -> impl Iterator<Item = &Clause> {
        self.bounds.iter().chain(&self.all)
    }
}

/// The leaves that are looked up first: all, where they are few.
fn first_of(leaves: &[Leaf], bounds: &[Clause], all: &[Clause]) -> Vec<usize> {
    if leaves.len() <= LEAVES_AT_ONCE {
        return (0..leaves.len()).collect();
    }
    let mut first: Vec<usize> = Vec::new();
    // Long words are rare ones.
    let mut by_length: Vec<&Clause> = all.iter().collect();
    let shortest = |clause: &Clause| {
        let leaf = |number: &usize| match &leaves[*number] {
            Leaf::Term(term) => term.as_bytes().len(),
            Leaf::Beginning(_) => 0,
        };
        clause.iter().flatten().map(leaf).min().unwrap_or_default()
    };
    by_length.sort_by_key(|clause| std::cmp::Reverse(shortest(clause)));
    for clause in bounds.iter().chain(by_length) {
        let mut more: Vec<usize> = clause.iter().flatten().copied().collect();
        more.retain(|leaf| !first.contains(leaf));
        if !first.is_empty() && first.len() + more.len() > LEAVES_AT_ONCE {
            break;
        }
        first.extend(more);
    }
    first
}
