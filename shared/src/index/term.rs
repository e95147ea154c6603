//! What records are found by: byte strings, in the order of their bytes.

use std::fmt;

/// The longest term, in bytes.
pub const MAX_TERM_BYTES: usize = 255;

/// A term: a byte string whose first byte says what kind of term it is, so that terms
/// of a kind are neighbours.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(Box<[u8]>);

impl Term {
    /// A term of these bytes; `None` where there is none, or more than [`MAX_TERM_BYTES`].
    #[must_use]
    pub fn new(bytes: impl Into<Box<[u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        (1..=MAX_TERM_BYTES).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_has_1_to_255_bytes() {
        for (len, is_term) in [(0, false), (1, true), (MAX_TERM_BYTES, true), (256, false)] {
            assert_eq!(Term::new(vec![b'w'; len]).is_some(), is_term, "{len}");
        }
        assert_eq!(format!("{:?}", Term::new(*b"w\0\xff").unwrap()), r"w\x00\xff");
    }
}
