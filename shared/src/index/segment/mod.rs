//! Segments: what many records are found by, in a few items that never change.
//!
//! A segment has the records of some entries of the tail, newest first. A record's rank
//! is its *ordinal*, which is what lists are made of. Its parts are items of the table:
//!
//! ```text
//! Segment (in the manifest) ── fences: at which term each term fence begins
//!   TermFence(j)   at which term each of its buckets begins      (where there are several)
//!   Bucket(k)      terms in order, each with its list
//!   Block(b)       pages of a list that is too long for its bucket
//!   TimeFence(i)   at which time each of its positions items begins (where there are several)
//!   Positions(p)   the positions of 256 ordinals
//! ```
//!
//! Every part begins with the version of its codec. No part is ever written again with
//! other bytes: its segment's id is never used twice. So a part that is absent says that
//! the manifest was stale, and never that a term is in no record.

use uuid::Uuid;

use super::term::Term;
use crate::domain::clock::Timestamp;
use crate::domain::error::Error;

pub mod bucket;
pub mod build;
pub mod fence;
pub(super) mod front_coding;
mod input;
pub mod merge;
pub mod ordinals;
pub mod positions;
pub(super) mod varint;
mod writer;

/// Payload of a part, in bytes: with its key and the names of its attributes the item
/// is within 4,096 bytes, which are one read unit.
pub const MAX_PART_BYTES: usize = 3_960;
/// How many ordinals have their positions in one part.
pub const POSITIONS_A_PART: u32 = 256;
/// How many parts with positions a time fence is for. With 1,024 it could be longer than
/// [`MAX_PART_BYTES`].
pub const POSITIONS_PARTS_A_TIME_FENCE: u32 = 512;

/// The most positions of a segment. The directory of its longest list is still within a
/// bucket.
pub const MAX_SEGMENT_LEN: u32 = 1 << 26;

/// Which records are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collection {
    Activities,
    AuditEvents,
}

/// Names a segment. It is minted for one and never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentId(pub Uuid);

/// What is decided of a segment before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth {
    pub id: SegmentId,
    pub collection: Collection,
    pub analyzer: u32,
    pub tier: u8,
    pub number: u64,
}

/// What the manifest says of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub id: SegmentId,
    pub collection: Collection,
    /// The version of the analyzer that its words are of; 0 for audit events.
    pub analyzer: u32,
    /// How often it was merged, about: four of a tier become one of the next.
    pub tier: u8,
    /// Its place in the order in which the manifest's segments were begun.
    pub number: u64,
    /// How many positions it has, which is at least one.
    pub len: u32,
    /// The time of its first position.
    pub newest: Timestamp,
    /// The time of its last position.
    pub oldest: Timestamp,
    pub buckets: u32,
    pub blocks: u32,
    /// Payload of all its parts.
    pub bytes: u64,
    /// At which terms its term fences begin, but for the first.
    pub fences: Vec<Box<[u8]>>,
}

impl Segment {
    /// What was decided of it before it was written.
    #[must_use]
    pub fn birth(&self) -> Birth {
        let Self { id, collection, analyzer, tier, number, .. } = *self;
        Birth { id, collection, analyzer, tier, number }
    }

    /// How many of each kind of part it has.
    #[must_use]
    pub fn counts(&self) -> PartCounts {
        let term_fences = if self.buckets > 1 { self.fences.len() as u32 + 1 } else { 0 };
        PartCounts { len: self.len, buckets: self.buckets, blocks: self.blocks, term_fences }
    }

    /// Every part that it has.
    pub fn parts(&self) -> impl Iterator<Item = Part> + use<> {
        self.counts().parts()
    }

    /// Says which part of it is corrupt.
    pub fn corrupt(&self, part: Part) -> impl Fn(Corrupt) -> CorruptPart + use<> {
        let name = self.name(part);
        move |source| CorruptPart { name, source }
    }

    /// The name of a part of it.
    #[must_use]
    pub fn name(&self, part: Part) -> PartName {
        PartName { segment: self.id, part }
    }
}

/// What is needed to name all parts of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartCounts {
    /// How many positions it has.
    pub len: u32,
    pub buckets: u32,
    pub blocks: u32,
    pub term_fences: u32,
}

impl PartCounts {
    /// How many parts with positions there are.
    #[must_use]
    pub fn positions(&self) -> u32 {
        self.len.div_ceil(POSITIONS_A_PART)
    }

    /// How many time fences there are: none where one part has all positions.
    #[must_use]
    pub fn time_fences(&self) -> u32 {
        match self.positions() {
            0 | 1 => 0,
            several => several.div_ceil(POSITIONS_PARTS_A_TIME_FENCE),
        }
    }

    /// Every part.
    pub fn parts(self) -> impl Iterator<Item = Part> {
        (0..self.term_fences)
            .map(Part::TermFence)
            .chain((0..self.buckets).map(Part::Bucket))
            .chain((0..self.blocks).map(Part::Block))
            .chain((0..self.time_fences()).map(Part::TimeFence))
            .chain((0..self.positions()).map(Part::Positions))
    }
}

/// A part of a segment: one item of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Bucket(u32),
    Block(u32),
    Positions(u32),
    TermFence(u32),
    TimeFence(u32),
}

/// Names a part among all segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartName {
    pub segment: SegmentId,
    pub part: Part,
}

/// How far a merge came. What it counts is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Parts with positions.
    pub positions: u32,
    pub buckets: u32,
    pub blocks: u32,
    /// The last term of the last bucket.
    pub last_term: Option<Term>,
    /// At which terms the term fences begin, but for the first; the last one begins
    /// with the next bucket.
    pub fences: Vec<Box<[u8]>>,
    /// Payload of all parts so far.
    pub bytes: u64,
}

/// Bytes that are not what the index writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not bytes that the index writes: {0}")]
pub struct Corrupt(pub &'static str);

/// A part that can't be read.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("{:?} of segment {} is corrupt", name.part, name.segment.0)]
pub struct CorruptPart {
    pub name: PartName,
    pub source: Corrupt,
}

impl From<CorruptPart> for Error {
    fn from(corrupt: CorruptPart) -> Self {
        Self::Internal(Box::new(corrupt))
    }
}
