//! Which parts of a tree prove what, as [RFC 6962, sections 2.1.1 and
//! 2.1.2](https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1) have it.
//!
//! A proof is a list of trees over consecutive leaves. Each of these is made of perfect
//! trees ([`Node`]), whose hashes stand in tiles ([`Node::in_tile`]).

use std::ops::Range;

use crate::trail::hash::TreeHash;

/// A perfect tree over `2^level` leaves, the `index`-th of its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// 0 for a leaf.
    pub level: u8,
    /// From the left, from 0 on.
    pub index: u64,
}

/// How many levels of the tree one level of tiles has.
pub const TILE_HEIGHT: u8 = 8;
/// How many hashes a full tile has.
pub const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;

impl Node {
    /// The leaves that it is over.
    #[must_use]
    pub fn leaves(self) -> Range<u64> {
        self.index << self.level..(self.index + 1) << self.level
    }

    /// The two trees that it is made of; `None` for a leaf.
    #[must_use]
    pub fn halves(self) -> Option<[Self; 2]> {
        let level = self.level.checked_sub(1)?;
        Some([self.index * 2, self.index * 2 + 1].map(|index| Self { level, index }))
    }

    /// The level of tiles where it is to be found, and the hashes of that level which it is
    /// made of. They are in one tile.
    #[must_use]
    pub fn in_tile(self) -> (u8, Range<u64>) {
        let below = self.level % TILE_HEIGHT;
        (self.level / TILE_HEIGHT, self.index << below..(self.index + 1) << below)
    }
}

/// The trees whose roots prove that a leaf is in a tree of so many leaves: its sibling
/// first. None where there is no such leaf.
#[must_use]
pub fn inclusion_proof(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut proof = Vec::new();
    if index < size {
        descend(0..size, index, &mut proof);
    }
    proof
}

fn descend(tree: Range<u64>, index: u64, proof: &mut Vec<Range<u64>>) {
    if tree.end - tree.start == 1 {
        return;
    }
    let middle = tree.start + split(tree.end - tree.start);
    let (with, sibling) = if index < middle {
        (tree.start..middle, middle..tree.end)
    } else {
        (middle..tree.end, tree.start..middle)
    };
    descend(with, index, proof);
    proof.push(sibling);
}

/// The trees whose roots prove that a tree of `old` leaves is the beginning of one of
/// `size`. None where one of them is empty, or there is nothing between them.
#[must_use]
pub fn consistency_proof(old: u64, size: u64) -> Vec<Range<u64>> {
    let mut proof = Vec::new();
    if 0 < old && old < size {
        descend_to_old(old, 0..size, true, &mut proof);
    }
    proof
}

fn descend_to_old(old: u64, tree: Range<u64>, is_known: bool, proof: &mut Vec<Range<u64>>) {
    if old == tree.end {
        if !is_known {
            proof.push(tree);
        }
        return;
    }
    let middle = tree.start + split(tree.end - tree.start);
    if old <= middle {
        descend_to_old(old, tree.start..middle, is_known, proof);
        proof.push(middle..tree.end);
    } else {
        descend_to_old(old, middle..tree.end, false, proof);
        proof.push(tree.start..middle);
    }
}

/// The largest power of two below a size of two and more.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The perfect trees that a tree over consecutive leaves is made of, the largest first.
/// The leaves begin where a proof's trees do: at a multiple of the largest.
#[must_use]
pub fn perfect_trees(leaves: Range<u64>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut start = leaves.start;
    while start < leaves.end {
        let level = (leaves.end - start).ilog2() as u8;
        nodes.push(Node { level, index: start >> level });
        start += 1 << level;
    }
    nodes
}

/// The root of a tree of perfect trees, the largest first.
#[must_use]
pub fn root_of(roots: &[TreeHash]) -> TreeHash {
    let mut smallest_first = roots.iter().rev().copied();
    let Some(last) = smallest_first.next() else { return TreeHash::of_nothing() };
    smallest_first.fold(last, |right, left| TreeHash::of_node(left, right))
}

/// The root that an inclusion proof leads to from a leaf
/// ([RFC 9162, section 2.1.3.2](https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2));
/// `None` where the proof has another length than one of that leaf.
#[must_use]
pub fn root_of_inclusion(
    leaf: TreeHash,
    index: u64,
    size: u64,
    proof: &[TreeHash],
) -> Option<TreeHash> {
    let trees = inclusion_proof(index, size);
    if index >= size || trees.len() != proof.len() {
        return None;
    }
    let root = trees.iter().zip(proof).fold(leaf, |hash, (tree, sibling)| {
        if tree.start > index {
            TreeHash::of_node(hash, *sibling)
        } else {
            TreeHash::of_node(*sibling, hash)
        }
    });
    Some(root)
}
