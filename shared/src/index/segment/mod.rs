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
//!
//! Bytes have no checksum, as the table keeps them whole. What is damaged all the same is
//! corrupt, or reads as something else; it is nothing that panics or takes long.

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
/// The version of all that a merge writes. A new version of the codec of any part is a new one
/// of this, and so is anything else by which the same inputs become other bytes: a merge that
/// was begun is gone on with by those alone who would have written what is there.
pub const MERGE_VERSION: u8 = 1;
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
        Self::Unavailable(Box::new(corrupt))
    }
}

#[cfg(test)]
mod tests {
    use super::fence::{TermFenceWriter, TimeFence};
    use super::ordinals::Encoder;
    use super::*;
    use crate::index::Position;
    use crate::index::entry::{Entry, EntryPart};
    use crate::index::manifest::{Garbage, Manifest, MergeJob, Struck, TailKey};

    fn at(millis: i64, id: u128) -> Position {
        Position { time: Timestamp::from_millis(millis).unwrap(), id: Uuid::from_u128(id) }
    }

    fn part(millis: i64, terms: &[&str]) -> EntryPart {
        let terms = terms.iter().map(|term| Term::new(term.as_bytes()).unwrap());
        let id = (millis as u128 + 3) << 80 | 0x7abc_8def_0123_4567_89ab;
        EntryPart::new(at(millis, id), terms.collect())
    }

    fn birth(id: u128) -> Birth {
        Birth {
            id: SegmentId(Uuid::from_u128(id)),
            collection: Collection::AuditEvents,
            analyzer: 1,
            tier: 2,
            number: 300,
        }
    }

    /// Some bytes of every kind.
    fn golden() -> Vec<(&'static str, Vec<u8>)> {
        let now = 1_772_357_400_000;
        let records = [
            part(now, &["a1", "wprice", "wpricing*", "wprint"]),
            part(now + 500, &["a1", "wprice"]),
            part(now + 1_000, &["wa term that is rather long"]),
        ];
        let [activity, _, event] = &records;
        let entry =
            Entry { activity: Some(activity.clone()), event: Some(event.clone()), analyzer: 1 };
        let built = build::build(birth(1), records.to_vec());
        let of_segment = |part| {
            let found = built.parts.iter().find(|(named, _)| *named == part);
            found.unwrap().1.clone()
        };
        let segment_len = 3 * ordinals::PAGE;
        let of_page = |n: &u32| n / ordinals::PAGE != 1 && (n % 1_024 < 4 || n % 4_096 < 600);
        let list: Vec<u32> = (0..segment_len - 4_000).filter(of_page).collect();
        let blocks = Encoder::blocks(&list, segment_len);
        let mut bucket = bucket::BucketWriter::new();
        assert!(bucket.add(b"w", &ordinals::Form::Blocks, &blocks, (list.len() as u32, 7)));
        let mut fence = TermFenceWriter::new(512);
        assert!(fence.add(b"wpr") && fence.add(b"wpricin"));
        let imported = [at(now, 9 << 80), at(now - 86_400_000, 8 << 80), at(now - 90_000_000, 7)];
        let progress = Progress {
            positions: 4,
            buckets: 512,
            blocks: 3,
            last_term: Term::new(*b"wprice"),
            fences: vec![b"wpricin".as_slice().into()],
            bytes: 2_000_000,
        };
        let run = Uuid::from_u128(5);
        let manifest = Manifest {
            shards: 2,
            next_number: 301,
            segments: vec![Segment { fences: progress.fences.clone(), ..built.segment.clone() }],
            pending: vec![TailKey { shard: 1, position: imported[0] }],
            garbage: vec![Garbage { segment: birth(2).id, parts: built.segment.counts(), run }],
            merge: Some(MergeJob {
                owner: run,
                output: birth(3),
                inputs: vec![birth(1).id, birth(2).id],
                version: MERGE_VERSION,
                progress,
            }),
            struck: vec![Struck {
                collection: Collection::Activities,
                position: imported[1],
                before: 300,
                nowhere_since: Some(imported[0].time),
            }],
        };
        vec![
            ("entry", entry.encode()),
            ("bucket", of_segment(Part::Bucket(0))),
            ("bucket of a list in blocks", bucket.take()),
            ("block", blocks[0].bytes.clone()),
            ("positions", of_segment(Part::Positions(0))),
            ("positions that were imported", positions::encode(&imported)),
            ("term fence", fence.finish()),
            ("time fence", TimeFence::encode(imported.map(|position| position.time))),
            ("manifest", manifest.encode()),
        ]
    }

    /// Changed bytes are a new version of a codec: tables have what the old one wrote.
    #[test]
    fn the_bytes_of_every_kind_are_those_of_the_golden_file() {
        let written = golden();
        let lines = written.iter().map(|(name, bytes)| format!("{name}: {}\n", hex::encode(bytes)));
        let golden = include_str!("golden/v1.txt");
        let (_, golden) = golden.split_once("\n\n").expect("a heading");
        assert_eq!(lines.collect::<String>(), golden);
    }

    /// How it is deflated may change with the library, what it inflates to may not.
    #[test]
    fn a_deflated_entry_of_the_golden_file_is_read() {
        let deflated = include_str!("golden/v1-deflated-entry.txt");
        let entry = Entry::decode(&hex::decode(deflated.trim()).unwrap()).unwrap();
        assert_eq!(entry, deflated_entry());
    }

    fn deflated_entry() -> Entry {
        let words: Vec<_> = (0..60).map(|n| format!("wword{n}")).collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        Entry { activity: Some(part(1_772_357_400_000, &words)), event: None, analyzer: 1 }
    }

    #[test]
    fn a_segment_has_fences_only_where_there_are_several() {
        let parts = |len, buckets, term_fences| {
            PartCounts { len, buckets, blocks: 1, term_fences }.parts().collect::<Vec<_>>()
        };
        assert_eq!(parts(256, 1, 0), [Part::Bucket(0), Part::Block(0), Part::Positions(0)]);
        let several = parts(257, 2, 1);
        assert!(several.contains(&Part::TermFence(0)) && several.contains(&Part::TimeFence(0)));
        let many = parts(512 * 256 + 1, 1, 0);
        assert!(many.contains(&Part::TimeFence(1)) && many.contains(&Part::Positions(512)));
    }

    #[test]
    fn a_corrupt_part_says_which_it_is_and_is_not_told_to_callers() {
        let corrupt = CorruptPart {
            name: PartName { segment: birth(7).id, part: Part::Block(3) },
            source: Corrupt("bytes are missing"),
        };
        assert_eq!(
            corrupt.to_string(),
            "Block(3) of segment 00000000-0000-0000-0000-000000000007 is corrupt"
        );
        let error = Error::from(corrupt);
        assert!(!error.public_message().contains("segment"));
        assert!(std::error::Error::source(&error).is_some());
    }
}
