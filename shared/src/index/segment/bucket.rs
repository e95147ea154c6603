//! Buckets: terms in order, front-coded, each with its list.
//!
//! Behind a term stands a number. Even, it is twice the only ordinal. With `01` as its last
//! bits it is the length of the ordinals that follow. With `11` it is how many blocks the
//! list is in; then follow how many ordinals it has, the number of its first block, and
//! with which page each block begins.

use std::ops::Range;

use super::ordinals::{self, Block, Form, PAGE};
use super::varint::{self, Reader};
use super::{Corrupt, front_coding};
use crate::index::term::Term;

const VERSION: u8 = 1;

/// The list of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum List {
    /// Its ordinals, ascending.
    Inline(Vec<u32>),
    /// It is in consecutive blocks.
    Blocks {
        /// How many ordinals it has.
        len: u32,
        first_block: u32,
        /// With which page each block begins, ascending.
        first_pages: Vec<u32>,
    },
}

impl List {
    /// How many ordinals it has.
    #[expect(clippy::len_without_is_empty, reason = "there is no list without ordinals")]
    #[must_use]
    pub fn len(&self) -> u32 {
        match self {
            Self::Inline(ordinals) => ordinals.len() as u32,
            Self::Blocks { len, .. } => *len,
        }
    }
}

/// The list of a term, where the bucket has the term.
pub fn find(bytes: &[u8], segment_len: u32, term: &[u8]) -> Result<Option<List>, Corrupt> {
    let mut entries = Entries::new(bytes, segment_len)?;
    while entries.next()? {
        if entries.term() == term {
            return entries.list().map(Some);
        }
        if entries.term() > term {
            break;
        }
    }
    Ok(None)
}

/// The lists of all terms that begin with `prefix`, in the order of the terms.
pub fn with_prefix(bytes: &[u8], segment_len: u32, prefix: &[u8]) -> Result<Vec<List>, Corrupt> {
    let mut entries = Entries::new(bytes, segment_len)?;
    let mut lists = Vec::new();
    while entries.next()? {
        if entries.term().starts_with(prefix) {
            lists.push(entries.list()?);
        } else if entries.term() > prefix {
            break;
        }
    }
    Ok(lists)
}

/// All terms with their lists, in order.
pub fn entries(bytes: &[u8], segment_len: u32) -> Result<Vec<(Term, List)>, Corrupt> {
    let mut entries = Entries::new(bytes, segment_len)?;
    let mut all = Vec::new();
    while entries.next()? {
        let term = Term::new(entries.term()).ok_or(Corrupt("a term is too long"))?;
        all.push((term, entries.list()?));
    }
    Ok(all)
}

/// Where a list is, in the bytes of its bucket.
#[derive(Clone, Debug)]
pub(super) enum Place {
    One(u32),
    Inline(Range<usize>),
    Blocks(BlockPlace),
}

/// Where a list in blocks is.
#[derive(Clone, Debug)]
pub(super) struct BlockPlace {
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) len: u32,
    first_pages: Range<usize>,
}

/// The entries of a bucket, one after the other, without memory of their own.
#[derive(Debug)]
pub(super) struct Entries<B> {
    bytes: B,
    segment_len: u32,
    at: usize,
    term: Vec<u8>,
    place: Place,
}

impl<B: AsRef<[u8]>> Entries<B> {
    /// Those of a bucket, before its first one.
    pub(super) fn new(bytes: B, segment_len: u32) -> Result<Self, Corrupt> {
        let at = Reader::of_version(bytes.as_ref(), VERSION)?.position();
        Ok(Self { bytes, segment_len, at, term: Vec::new(), place: Place::One(0) })
    }

    /// Goes to the next entry, where there is one.
    pub(super) fn next(&mut self) -> Result<bool, Corrupt> {
        let mut reader = Reader::at(self.bytes.as_ref(), self.at);
        if reader.is_at_end() {
            return Ok(false);
        }
        front_coding::read(&mut reader, &mut self.term)?;
        self.place = read_place(&mut reader, self.segment_len)?;
        self.at = reader.position();
        Ok(true)
    }

    /// The entry's term.
    pub(super) fn term(&self) -> &[u8] {
        &self.term
    }

    /// Where the entry's list is.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Adds the ordinals of a list that is not in blocks.
    pub(super) fn decode_inline(
        &self,
        place: &Range<usize>,
        into: &mut Vec<u32>,
    ) -> Result<(), Corrupt> {
        ordinals::decode_inline(&self.bytes.as_ref()[place.clone()], self.segment_len, into)
    }

    fn list(&self) -> Result<List, Corrupt> {
        Ok(match &self.place {
            Place::One(ordinal) => List::Inline(vec![*ordinal]),
            Place::Inline(place) => {
                let mut ordinals = Vec::new();
                self.decode_inline(place, &mut ordinals)?;
                List::Inline(ordinals)
            }
            Place::Blocks(blocks) => {
                let mut reader = Reader::new(&self.bytes.as_ref()[blocks.first_pages.clone()]);
                let mut first_pages = Vec::with_capacity(blocks.count as usize);
                let mut least = 0;
                while !reader.is_at_end() {
                    let page = reader.small::<u32>()?.saturating_add(least);
                    first_pages.push(page);
                    least = page.saturating_add(1);
                }
                List::Blocks { len: blocks.len, first_block: blocks.first, first_pages }
            }
        })
    }
}

fn read_place(reader: &mut Reader<'_>, segment_len: u32) -> Result<Place, Corrupt> {
    let head = reader.number()?;
    if head & 1 == 0 {
        let ordinal = u32::try_from(head >> 1).ok().filter(|ordinal| *ordinal < segment_len);
        return Ok(Place::One(ordinal.ok_or(Corrupt("an ordinal beyond the segment"))?));
    }
    let count = u32::try_from(head >> 2).map_err(|_| Corrupt("a list is too long"))?;
    if count == 0 {
        return Err(Corrupt("a list without ordinals"));
    }
    if head & 2 == 0 {
        let start = reader.position();
        reader.take(count as usize)?;
        return Ok(Place::Inline(start..reader.position()));
    }
    let (len, first) = (reader.small::<u32>()?, reader.small::<u32>()?);
    if len > segment_len || first.checked_add(count).is_none() {
        return Err(Corrupt("a list is too long"));
    }
    let start = reader.position();
    let mut least = 0;
    for _ in 0..count {
        let page = reader.small::<u32>()?.checked_add(least);
        let page = page.filter(|page| *page < segment_len.div_ceil(PAGE));
        least = page.ok_or(Corrupt("a page beyond the segment"))? + 1;
    }
    Ok(Place::Blocks(BlockPlace { first, count, len, first_pages: start..reader.position() }))
}

/// A bucket that is written, entry by entry.
#[derive(Debug)]
pub(super) struct BucketWriter {
    bytes: Vec<u8>,
    last: Vec<u8>,
}

impl BucketWriter {
    pub(super) fn new() -> Self {
        Self { bytes: vec![VERSION], last: Vec::new() }
    }

    /// Adds an entry; its blocks, where it has some, begin with `first_block`. It is not
    /// added where the bucket is full.
    #[must_use]
    pub(super) fn add(
        &mut self,
        term: &[u8],
        form: &Form<'_>,
        blocks: &[Block],
        (len, first_block): (u32, u32),
    ) -> bool {
        let start = self.bytes.len();
        front_coding::put(&mut self.bytes, &self.last, term);
        match form {
            Form::One(ordinal) => varint::put(&mut self.bytes, u64::from(*ordinal) << 1),
            Form::Inline(inline) => {
                varint::put(&mut self.bytes, (inline.len() as u64) << 2 | 0b01);
                self.bytes.extend_from_slice(inline);
            }
            Form::Blocks => {
                varint::put(&mut self.bytes, (blocks.len() as u64) << 2 | 0b11);
                varint::put(&mut self.bytes, u64::from(len));
                varint::put(&mut self.bytes, u64::from(first_block));
                let mut least = 0;
                for block in blocks {
                    varint::put(&mut self.bytes, u64::from(block.first_page - least));
                    least = block.first_page + 1;
                }
            }
        }
        if self.bytes.len() > super::MAX_PART_BYTES {
            self.bytes.truncate(start);
            return false;
        }
        self.last.clear();
        self.last.extend_from_slice(term);
        true
    }

    /// The term that was added last.
    pub(super) fn last(&self) -> &[u8] {
        &self.last
    }

    /// Its bytes, and an empty bucket in its place.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.last.clear();
        let mut bytes = Vec::with_capacity(super::MAX_PART_BYTES);
        bytes.push(VERSION);
        std::mem::replace(&mut self.bytes, bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::index::segment::ordinals::Encoder;

    const SEGMENT_LEN: u32 = 10_000;

    /// A bucket of these, as far as they fit.
    fn written(rows: &[(&str, Vec<u32>)]) -> Vec<u8> {
        let (mut bucket, mut encoder, mut next_block) =
            (BucketWriter::new(), Encoder::default(), 5);
        for (term, list) in rows {
            let form = encoder.encode(list, SEGMENT_LEN);
            let blocks = match form {
                Form::Blocks => Encoder::blocks(list, SEGMENT_LEN),
                _ => Vec::new(),
            };
            let len = list.len() as u32;
            if !bucket.add(term.as_bytes(), &form, &blocks, (len, next_block)) {
                break;
            }
            next_block += blocks.len() as u32;
        }
        bucket.take()
    }

    #[test]
    fn lists_are_found_by_term_and_by_prefix() {
        let all: Vec<u32> = (0..SEGMENT_LEN).collect();
        let rows = [
            ("wcar", vec![7]),
            ("wcard", vec![1, 9_999]),
            ("wcare", all.clone()),
            ("wcat", all[1..].to_vec()),
            ("wdog", vec![3]),
        ];
        let bytes = written(&rows);
        let blocks = |len, first_block| List::Blocks { len, first_block, first_pages: vec![0] };
        let lists = [
            List::Inline(vec![7]),
            List::Inline(vec![1, 9_999]),
            blocks(10_000, 5),
            blocks(9_999, 6),
            List::Inline(vec![3]),
        ];
        for ((term, list), expected) in rows.iter().zip(&lists) {
            let found = find(&bytes, SEGMENT_LEN, term.as_bytes()).unwrap();
            assert_eq!(found.as_ref(), Some(expected));
            assert_eq!(expected.len() as usize, list.len());
        }
        for absent in ["w", "wca", "wcards", "wz", "", "x"] {
            assert_eq!(find(&bytes, SEGMENT_LEN, absent.as_bytes()), Ok(None), "{absent}");
        }
        for (prefix, range) in
            [("wcar", 0..3), ("wca", 0..4), ("wcat", 3..4), ("", 0..5), ("wce", 4..4), ("x", 5..5)]
        {
            let found = with_prefix(&bytes, SEGMENT_LEN, prefix.as_bytes()).unwrap();
            assert_eq!(found, lists[range], "{prefix}");
        }
        let names = entries(&bytes, SEGMENT_LEN).unwrap();
        assert!(
            names
                .iter()
                .map(|(term, _)| term.as_bytes())
                .eq(rows.iter().map(|row| row.0.as_bytes()))
        );
    }

    #[test]
    fn a_bucket_is_full_before_it_is_too_long() {
        let terms: Vec<String> = (0..1_000).map(|n| format!("w{n:04}")).collect();
        let rows: Vec<_> = terms.iter().map(|term| (term.as_str(), vec![1, 5_000])).collect();
        let bytes = written(&rows);
        assert!(
            (super::super::MAX_PART_BYTES - 20..=super::super::MAX_PART_BYTES)
                .contains(&bytes.len())
        );
        assert!(entries(&bytes, SEGMENT_LEN).unwrap().len() < rows.len());
    }

    #[test]
    fn what_no_writer_writes_is_corrupt() {
        let term = [0x01, b'a'];
        let entry = |list: &[u8]| entries(&[&[VERSION], &term[..], list].concat(), SEGMENT_LEN);
        assert!(entry(&[0]).is_ok());
        assert!(entry(&[0b11, 0, 0]).is_err(), "no block");
        assert!(entry(&[0b01]).is_err(), "no bytes");
        assert!(entry(&[0b101]).is_err(), "bytes that are missing");
        assert!(entry(&[0b111, 1, 0, 0]).is_ok());
        assert!(entry(&[0b111, 1, 0, 3]).is_err(), "a page beyond the segment");
        assert!(entry(&[0b111, 0xff, 0xff, 3, 0, 0]).is_err(), "longer than the segment");
        assert!(entry(&[0b111, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]).is_err(), "a last block");
        let mut ordinal = Vec::new();
        varint::put(&mut ordinal, u64::from(SEGMENT_LEN) << 1);
        assert!(entry(&ordinal).is_err(), "an ordinal beyond the segment");
        assert!(entry(&[]).is_err());
        assert!(entries(&[], SEGMENT_LEN).is_err());
        assert!(entries(&[VERSION + 1], SEGMENT_LEN).is_err());
        assert!(entries(&[VERSION, 0x00, 0], SEGMENT_LEN).is_err(), "an empty term");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_bucket_or_corrupt(
            bytes in prop::collection::vec(prop_oneof![0u8..20, any::<u8>()], 0..200),
            segment_len in prop_oneof![1u32..100, 4_090u32..100_000],
        ) {
            let bytes = [&[VERSION][..], &bytes].concat();
            if let Ok(entries) = entries(&bytes, segment_len) {
                prop_assert!(entries.is_sorted_by(|a, b| a.0 < b.0));
                prop_assert_eq!(with_prefix(&bytes, segment_len, b"").unwrap().len(), entries.len());
            }
            let _ = find(&bytes, segment_len, b"abc");
        }

        #[test]
        fn a_damaged_bucket_is_read_or_corrupt(at in 0usize..3_000, bit in 0u8..8, cut in 0usize..3_000) {
            let terms: Vec<String> = (0..200).map(|n| format!("w{n:04}")).collect();
            let rows: Vec<_> = terms.iter().zip(0..).map(|(term, n)| {
                (term.as_str(), (n..SEGMENT_LEN).step_by(1 + 100 * n as usize).collect())
            }).collect();
            let mut bytes = written(&rows);
            let (at, cut) = (at % bytes.len(), cut % bytes.len());
            if let Ok(entries) = entries(&bytes[..cut], SEGMENT_LEN) {
                prop_assert!(entries.len() < rows.len());
            }
            bytes[at] ^= 1 << bit;
            if let Ok(entries) = entries(&bytes, SEGMENT_LEN) {
                prop_assert!(entries.is_sorted_by(|a, b| a.0 < b.0));
            }
        }
    }
}
