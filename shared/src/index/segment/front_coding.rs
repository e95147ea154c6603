//! Front coding: of each byte string in a sorted row only what the one before has not.
//!
//! A byte holds how many bytes are shared, up to 15, and how many follow, up to 14; 15
//! says that a number follows, by how much there are more. A row is strictly ascending
//! and its strings are at most [`MAX_TERM_BYTES`] long; anything else is corrupt.

use super::Corrupt;
use super::varint::{self, Reader};
use crate::index::term::MAX_TERM_BYTES;

const MAX_SHARED: usize = 15;
const LONG: usize = 15;

/// How many bytes two strings begin with in common.
pub(super) fn shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Writes a string that stands behind `previous` in its row; the first stands behind
/// the empty one.
pub(crate) fn put(out: &mut Vec<u8>, previous: &[u8], string: &[u8]) {
    let kept = shared(&previous[..previous.len().min(MAX_SHARED)], string);
    let rest = &string[kept..];
    out.push((kept << 4 | rest.len().min(LONG)) as u8);
    if rest.len() >= LONG {
        varint::put(out, (rest.len() - LONG) as u64);
    }
    out.extend_from_slice(rest);
}

/// Reads the string behind `string` in its row into it.
pub(crate) fn read(reader: &mut Reader<'_>, string: &mut Vec<u8>) -> Result<(), Corrupt> {
    let head = usize::from(reader.byte()?);
    let (kept, mut len) = (head >> 4, head & LONG);
    if len == LONG {
        len = reader.small::<usize>()?.saturating_add(LONG);
    }
    let rest = reader.take(len)?;
    let follows = string.get(kept..).is_some_and(|before| before < rest);
    if !follows || kept + len > MAX_TERM_BYTES {
        return Err(Corrupt("strings are out of order or too long"));
    }
    string.truncate(kept);
    string.extend_from_slice(rest);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn written(row: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut previous: &[u8] = &[];
        for string in row {
            put(&mut bytes, previous, string);
            previous = string;
        }
        bytes
    }

    fn read_all(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Corrupt> {
        let (mut reader, mut string, mut row) = (Reader::new(bytes), Vec::new(), Vec::new());
        while !reader.is_at_end() {
            read(&mut reader, &mut string)?;
            row.push(string.clone());
        }
        Ok(row)
    }

    #[test]
    fn a_row_that_does_not_ascend_is_corrupt() {
        for row in [["b", "a"], ["a", "a"], ["ab", "a"], ["", ""]] {
            let bytes = written(&row.map(|string| string.as_bytes().to_vec()));
            assert!(read_all(&bytes).is_err(), "{row:?}");
        }
        // It shares more than there is.
        assert!(read_all(&[0x01, b'a', 0x21, b'b']).is_err());
    }

    #[test]
    fn a_string_of_most_bytes_is_read_and_a_longer_one_is_not() {
        for (len, is_read) in [(14, true), (15, true), (16, true), (255, true), (256, false)] {
            let row = vec![vec![b'a'; len]];
            assert_eq!(read_all(&written(&row)).ok(), is_read.then_some(row), "{len}");
        }
    }

    proptest! {
        #[test]
        fn rows_read_back(row in prop::collection::btree_set(
            prop::collection::vec(prop_oneof![8 => Just(b'a'), 1 => any::<u8>()], 1..40), 0..60,
        )) {
            let row: Vec<_> = BTreeSet::into_iter(row).collect();
            prop_assert_eq!(read_all(&written(&row)), Ok(row));
        }

        #[test]
        fn any_bytes_are_a_row_or_corrupt(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(row) = read_all(&bytes) {
                prop_assert!(row.is_sorted());
            }
        }
    }
}
