//! Hashes of a Merkle tree as [RFC 6962, section 2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1)
//! has it, with SHA-256. Leaves and inner nodes are hashed behind different bytes, so that
//! no leaf is taken for a node.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A hash of the tree: 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreeHash([u8; Self::BYTES]);

impl TreeHash {
    /// Its length.
    pub const BYTES: usize = 32;

    /// Of a leaf, by its entry.
    #[must_use]
    pub fn of_leaf(entry: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update([0]);
        hash.update(entry);
        Self(hash.finalize().into())
    }

    /// Of a node, by those below it.
    #[must_use]
    pub fn of_node(left: Self, right: Self) -> Self {
        let mut hash = Sha256::new();
        hash.update([1]);
        hash.update(left.0);
        hash.update(right.0);
        Self(hash.finalize().into())
    }

    /// Of the tree without leaves: SHA-256 of nothing.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// Of a perfect tree over so many hashes: a power of two.
    #[must_use]
    pub fn of_perfect(hashes: &[Self]) -> Self {
        match hashes {
            [] => Self::of_nothing(),
            [one] => *one,
            _ => {
                let (left, right) = hashes.split_at(hashes.len() / 2);
                Self::of_node(Self::of_perfect(left), Self::of_perfect(right))
            }
        }
    }

    /// From its bytes; `None` where there are not 32.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Some of them, one behind the other; `None` where the last one is cut off.
    #[must_use]
    pub fn all_from_bytes(bytes: &[u8]) -> Option<Vec<Self>> {
        let (hashes, rest) = bytes.as_chunks::<{ Self::BYTES }>();
        rest.is_empty().then(|| hashes.iter().copied().map(Self).collect())
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads what [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn parse(base64: &str) -> Option<Self> {
        Self::from_bytes(&STANDARD.decode(base64).ok()?)
    }
}

/// The bytes of hashes, one behind the other.
#[must_use]
pub fn concatenated(hashes: &[TreeHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Base 64, as notes and proofs have it.
impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
