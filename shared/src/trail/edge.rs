//! The right edge of a tree: what is needed of it to add leaves and to tell the root.
//! A tree of `n` leaves is a row of perfect trees, one for each bit of `n` that is set
//! (a *compact range*; Crosby and Wallach's [history tree](https://static.usenix.org/event/sec09/tech/full_papers/crosby.pdf)).

use crate::trail::hash::TreeHash;
use crate::trail::tree::root_of;

/// The roots of the perfect trees that a tree is made of, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    roots: Vec<TreeHash>,
}

impl Edge {
    /// Of a tree of so many leaves; `None` where their number needs another number of
    /// roots.
    #[must_use]
    pub fn new(size: u64, roots: Vec<TreeHash>) -> Option<Self> {
        (roots.len() == size.count_ones() as usize).then_some(Self { size, roots })
    }

    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the perfect trees, the largest first.
    #[must_use]
    pub fn roots(&self) -> &[TreeHash] {
        &self.roots
    }

    /// Adds a leaf, by its hash.
    pub fn append(&mut self, leaf: TreeHash) {
        let mut root = leaf;
        // Each perfect tree of the size of the new one makes one of twice the size with it.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.roots.pop() else { break };
            root = TreeHash::of_node(left, root);
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        root_of(&self.roots)
    }
}
