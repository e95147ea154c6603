//! The manifest of a tenant: which segments there are, and what is under way.

use uuid::Uuid;

use super::Position;
use super::segment::merge::Progress;
use super::segment::{Birth, Collection, PartCounts, Segment, SegmentId};
use crate::domain::clock::Timestamp;

/// What one item says of all segments of a tenant, of both collections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Shards of the tail, 1 to 16. It never falls.
    pub shards: u8,
    /// The number of the next segment that is begun.
    pub next_number: u64,
    pub segments: Vec<Segment>,
    /// Entries of the tail that segments have, and whose deletion is not known to be done.
    pub pending: Vec<TailKey>,
    pub garbage: Vec<Garbage>,
    pub merge: Option<MergeJob>,
    pub struck: Vec<Struck>,
    pub rebuilt: Option<Rebuilt>,
}

/// Names an entry of the tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TailKey {
    pub shard: u8,
    pub position: Position,
}

/// A segment that was merged away, and whose parts may still be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Garbage {
    pub segment: SegmentId,
    pub parts: PartCounts,
    /// The run that merged it away: a later one deletes it.
    pub run: Uuid,
}

/// A merge under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeJob {
    /// The run that does it. Another one takes it over by writing its own id here.
    pub owner: Uuid,
    /// What its output will be. What was struck at a number up to this one's is dropped.
    pub output: Birth,
    /// In the order in which they are merged.
    pub inputs: Vec<SegmentId>,
    pub progress: Progress,
}

/// A record that must be found by nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Struck {
    pub collection: Collection,
    pub position: Position,
    /// [`Manifest::next_number`] when it was struck: segments of lower numbers may have it.
    pub before: u64,
}

/// How far the segments were built anew from the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    pub analyzer: u32,
    pub through: Timestamp,
}

impl Default for Manifest {
    /// That of a tenant without segments.
    fn default() -> Self {
        Self {
            shards: 1,
            next_number: 0,
            segments: Vec::new(),
            pending: Vec::new(),
            garbage: Vec::new(),
            merge: None,
            struck: Vec::new(),
            rebuilt: None,
        }
    }
}
