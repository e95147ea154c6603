//! The merge of segments into one.

use std::collections::BTreeSet;
use std::future::Future;

use super::{Birth, Part, PartName, Segment, SegmentId};
use crate::domain::error::{Error, Result};
use crate::index::Position;
use crate::index::term::Term;

/// Where parts of segments are kept.
pub trait Parts: Sync {
    /// The parts of these names, in their order. An error where one is absent.
    fn read(&self, names: &[PartName]) -> impl Future<Output = Result<Vec<Vec<u8>>>> + Send;

    /// Writes parts of one segment.
    fn write(
        &self,
        segment: SegmentId,
        parts: Vec<(Part, Vec<u8>)>,
    ) -> impl Future<Output = Result<()>> + Send;
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

/// What a step of a merge came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advance {
    /// There is more to do, from here on.
    Paused(Progress),
    /// All is written; `None` where every position was dropped, and nothing written.
    Done(Option<Segment>),
}

/// A merge: a pure function of its inputs and of what was decided when it was begun.
#[derive(Debug)]
pub struct Merge {
    birth: Birth,
    inputs: Vec<Segment>,
    dropped: BTreeSet<Position>,
    progress: Progress,
}

impl Merge {
    /// A merge that goes on from `progress`. Whoever goes on names the same birth, inputs,
    /// order of them and dropped positions.
    #[must_use]
    pub fn new(
        birth: Birth,
        inputs: Vec<Segment>,
        dropped: BTreeSet<Position>,
        progress: Progress,
    ) -> Self {
        Self { birth, inputs, dropped, progress }
    }

    /// Goes on until it is done or has written some more than `max_bytes_written`. After a
    /// pause it goes on with what it has in memory.
    ///
    /// # Errors
    ///
    /// Those of `parts`, and where a part can't be read.
    pub async fn advance(
        &mut self,
        parts: &impl Parts,
        max_bytes_written: usize,
    ) -> Result<Advance> {
        let (_, _) = (parts, max_bytes_written);
        Err(Error::Internal(
            format!("{:?} {:?} {:?} {:?}", self.birth, self.inputs, self.dropped, self.progress)
                .into(),
        ))
    }
}
