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
