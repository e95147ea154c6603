//! A seal: what is kept of some events when they become leaves. Every seal has the signed
//! checkpoint of the tree that ends with it.

use uuid::Uuid;

use crate::domain::clock::Timestamp;
use crate::trail::edge::Edge;
use crate::trail::entry::{SealingTimes, WrittenAt};
use crate::trail::hash::TreeHash;

/// A leaf, as a seal keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedLeaf {
    /// The event.
    pub event_id: Uuid,
    /// When the table took it, where the stream told it.
    pub written_at: Option<WrittenAt>,
    /// The hash of its entry.
    pub hash: TreeHash,
}

/// Some leaves and the signed checkpoint of the tree that ends with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The index of the first of its leaves.
    pub first: u64,
    /// When it was made.
    pub sealed_at: Timestamp,
    /// Its leaves.
    pub leaves: Vec<SealedLeaf>,
    /// The right edge of the tree that ends with them.
    pub edge: Edge,
    /// The signed checkpoint of that tree.
    pub note: String,
}

/// A seal without its leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealHead {
    /// The index of the first of its leaves.
    pub first: u64,
    /// How many leaves the tree has that ends with it.
    pub size: u64,
    /// When it was made.
    pub sealed_at: Timestamp,
    /// The signed checkpoint of that tree.
    pub note: String,
}

impl Seal {
    /// How many leaves the tree has that ends with it.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.first + self.leaves.len() as u64
    }

    /// The times of one of its leaves.
    #[must_use]
    pub fn times(&self, leaf: &SealedLeaf) -> SealingTimes {
        SealingTimes { written_at: leaf.written_at, sealed_at: self.sealed_at }
    }

    /// The seal without its leaves.
    #[must_use]
    pub fn head(&self) -> SealHead {
        let (first, size) = (self.first, self.size());
        SealHead { first, size, sealed_at: self.sealed_at, note: self.note.clone() }
    }
}
