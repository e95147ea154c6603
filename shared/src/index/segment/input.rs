//! One input of a merge: its lists in the order of their terms, with ordinals of the output.
//!
//! It reads nothing by itself: it says which of its parts come next, and is given them.

use std::collections::VecDeque;
use std::ops::Range;

use super::bucket::{Entries, Place};
use super::{Corrupt, CorruptPart, Part, Segment, ordinals};

/// Stands for the ordinal of a position that the output has not.
pub(super) const DROPPED: u32 = u32::MAX;
/// How many buckets, and how many blocks, are read ahead.
const AHEAD: u32 = 16;

/// An input of a merge.
#[derive(Debug)]
pub(super) struct Input {
    segment: Segment,
    /// What each of its ordinals is in the output, ascending but for [`DROPPED`].
    ordinals: Vec<u32>,
    /// The bucket whose entries are gone through; none before the first and at the end.
    entries: Option<Entries<Vec<u8>>>,
    buckets: Ahead,
    /// All blocks are used in their order, since they are numbered in the order of the terms.
    blocks: Ahead,
    /// The last term of the bucket before.
    last_term: Vec<u8>,
    scratch: Vec<u32>,
}

/// Parts of one kind that were read ahead.
#[derive(Debug, Default)]
struct Ahead {
    /// The number of the first of them.
    first: u32,
    parts: VecDeque<Vec<u8>>,
    /// Up to which number they are needed now.
    needed: u32,
}

impl Ahead {
    fn end(&self) -> u32 {
        self.first + self.parts.len() as u32
    }

    fn wanted(&self, count: u32) -> Range<u32> {
        self.end()..self.first.saturating_add(AHEAD).max(self.needed).min(count)
    }

    fn pop(&mut self) -> Option<Vec<u8>> {
        let part = self.parts.pop_front()?;
        self.first += 1;
        Some(part)
    }
}

impl Input {
    /// The lists of a segment, from the first on.
    pub(super) fn new(segment: Segment, ordinals: Vec<u32>) -> Self {
        Self {
            segment,
            ordinals,
            entries: None,
            buckets: Ahead::default(),
            blocks: Ahead::default(),
            last_term: Vec::new(),
            scratch: Vec::new(),
        }
    }

    pub(super) fn segment(&self) -> &Segment {
        &self.segment
    }

    /// Begins with this bucket instead. Nothing was read yet.
    pub(super) fn begin_at(&mut self, bucket: u32) {
        self.buckets.first = bucket;
        // Which block comes first is known at the first list in blocks.
        self.blocks.first = self.segment.blocks;
    }

    /// Whether its next bucket must be read before it has a term.
    pub(super) fn is_behind(&self) -> bool {
        self.entries.is_none() && self.buckets.first < self.segment.buckets
    }

    /// Which of its parts are to be read next.
    pub(super) fn wanted(&self) -> impl Iterator<Item = Part> + use<> {
        let buckets = self.buckets.wanted(self.segment.buckets).map(Part::Bucket);
        buckets.chain(self.blocks.wanted(self.segment.blocks).map(Part::Block))
    }

    /// Takes a part that it wanted, in their order.
    pub(super) fn give(&mut self, part: Part, bytes: Vec<u8>) {
        let ahead =
            if matches!(part, Part::Block(_)) { &mut self.blocks } else { &mut self.buckets };
        ahead.parts.push_back(bytes);
    }

    /// The term that it is at; none at its end.
    pub(super) fn term(&self) -> Option<&[u8]> {
        self.entries.as_ref().map(Entries::term)
    }

    /// Goes to the next term, as far as its buckets are there.
    pub(super) fn proceed(&mut self) -> Result<(), CorruptPart> {
        loop {
            if let Some(entries) = &mut self.entries {
                let corrupt = self.segment.corrupt(Part::Bucket(self.buckets.first - 1));
                let is_first = entries.term().is_empty();
                if entries.next().map_err(&corrupt)? {
                    if is_first && *entries.term() <= *self.last_term {
                        return Err(corrupt(Corrupt("buckets are out of order")));
                    }
                    return Ok(());
                }
                self.last_term.clear();
                self.last_term.extend_from_slice(entries.term());
                self.entries = None;
            }
            let Some(bytes) = self.buckets.pop() else { return Ok(()) };
            let corrupt = self.segment.corrupt(Part::Bucket(self.buckets.first - 1));
            self.entries = Some(Entries::new(bytes, self.segment.len).map_err(corrupt)?);
        }
    }

    /// Goes on to the first term behind this one, as far as its buckets are there.
    pub(super) fn proceed_behind(&mut self, term: &[u8]) -> Result<(), CorruptPart> {
        while self.term().is_some_and(|own| own <= term) {
            self.proceed()?;
        }
        Ok(())
    }

    /// Whether all of its term's list is there.
    pub(super) fn has_list(&mut self) -> Result<bool, CorruptPart> {
        let Some(Place::Blocks(place)) = self.entries.as_ref().map(Entries::place) else {
            return Ok(true);
        };
        if self.blocks.parts.is_empty() {
            self.blocks.first = place.first;
        }
        self.blocks.needed = place.first + place.count;
        if self.blocks.first != place.first || self.blocks.needed > self.segment.blocks {
            let bucket = Part::Bucket(self.buckets.first - 1);
            return Err(self.segment.corrupt(bucket)(Corrupt("blocks are out of order")));
        }
        Ok(self.blocks.end() >= self.blocks.needed)
    }

    /// Adds what its term's list, all of which is there, has in the output.
    pub(super) fn add_list(&mut self, into: &mut Vec<u32>) -> Result<(), CorruptPart> {
        let Some(entries) = &self.entries else { return Ok(()) };
        let corrupt = self.segment.corrupt(Part::Bucket(self.buckets.first - 1));
        self.scratch.clear();
        match entries.place() {
            Place::One(ordinal) => self.scratch.push(*ordinal),
            Place::Inline(place) => {
                entries.decode_inline(place, &mut self.scratch).map_err(corrupt)?;
            }
            Place::Blocks(place) => {
                for block in place.first..place.first + place.count {
                    let bytes = self.blocks.pop().unwrap_or_default();
                    ordinals::decode_block(&bytes, self.segment.len, &mut self.scratch)
                        .map_err(self.segment.corrupt(Part::Block(block)))?;
                }
                let is_whole = self.scratch.len() == place.len as usize;
                if !is_whole || !self.scratch.is_sorted_by(|a, b| a < b) {
                    return Err(corrupt(Corrupt("blocks of another list")));
                }
            }
        }
        let in_output = self.scratch.iter().map(|ordinal| self.ordinals[*ordinal as usize]);
        into.extend(in_output.filter(|ordinal| *ordinal != DROPPED));
        Ok(())
    }
}
