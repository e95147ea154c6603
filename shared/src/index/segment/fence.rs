//! Fences: in which bucket a term is, and in which part the positions of a time are.
//!
//! Buckets are ranges of terms. What stands between two is a *separator*: the shortest
//! byte string that is behind every term of the one and not behind the first term of the
//! other. A term fence has the separators of up to 512 buckets, and the manifest those
//! between term fences. So a bucket is found for terms that no bucket has, too.

use std::ops::RangeInclusive;

use super::varint::{self, Reader};
use super::{Corrupt, POSITIONS_PARTS_A_TIME_FENCE, Segment, front_coding};
use crate::domain::clock::Timestamp;

const VERSION: u8 = 1;
/// The most buckets of a term fence.
pub(super) const MAX_BUCKETS: u32 = 512;

/// The shortest byte string that is behind `last` and not behind `next`, which is behind
/// `last` itself.
pub(super) fn separator<'a>(last: &[u8], next: &'a [u8]) -> &'a [u8] {
    &next[..(front_coding::shared(last, next) + 1).min(next.len())]
}

/// Which of a row of ranges a term is in, by the separators between them.
fn range_of(separators: &[Box<[u8]>], term: &[u8]) -> u32 {
    separators.partition_point(|separator| **separator <= *term) as u32
}

/// Which of them may have terms that begin like this.
fn ranges_of_prefix(separators: &[Box<[u8]>], prefix: &[u8]) -> RangeInclusive<u32> {
    let is_within = |separator: &[u8]| separator <= prefix || separator.starts_with(prefix);
    let last = separators.partition_point(|separator| is_within(separator));
    range_of(separators, prefix)..=last as u32
}

/// The term fence that a term's bucket is found with.
#[must_use]
pub fn fence_of(segment: &Segment, term: &[u8]) -> u32 {
    range_of(&segment.fences, term)
}

/// The term fences that the buckets of all terms that begin with `prefix` are found with.
#[must_use]
pub fn fences_of_prefix(segment: &Segment, prefix: &[u8]) -> RangeInclusive<u32> {
    ranges_of_prefix(&segment.fences, prefix)
}

/// At which terms some buckets begin that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermFence {
    first: u32,
    separators: Vec<Box<[u8]>>,
}

impl TermFence {
    /// Reads a fence.
    pub fn parse(bytes: &[u8]) -> Result<Self, Corrupt> {
        let mut reader = Reader::of_version(bytes, VERSION)?;
        let first: u32 = reader.small()?;
        let (mut separators, mut separator) = (Vec::new(), Vec::new());
        while !reader.is_at_end() {
            front_coding::read(&mut reader, &mut separator)?;
            separators.push(separator.as_slice().into());
        }
        let last = u32::try_from(separators.len()).ok().and_then(|more| first.checked_add(more));
        last.ok_or(Corrupt("more buckets than there can be"))?;
        Ok(Self { first, separators })
    }

    /// Its first bucket.
    #[must_use]
    pub fn first(&self) -> u32 {
        self.first
    }

    /// Its last bucket.
    #[must_use]
    pub fn last(&self) -> u32 {
        self.first + self.separators.len() as u32
    }

    /// The only one of its buckets that may have a term.
    #[must_use]
    pub fn bucket_of(&self, term: &[u8]) -> u32 {
        self.first + range_of(&self.separators, term)
    }

    /// Those of its buckets that may have terms that begin with `prefix`, at least one.
    #[must_use]
    pub fn buckets_of_prefix(&self, prefix: &[u8]) -> RangeInclusive<u32> {
        let (first, last) = ranges_of_prefix(&self.separators, prefix).into_inner();
        self.first + first..=self.first + last
    }
}

/// A term fence that is written, separator by separator.
#[derive(Debug)]
pub(super) struct TermFenceWriter {
    bytes: Vec<u8>,
    buckets: u32,
    last: Vec<u8>,
}

impl TermFenceWriter {
    /// A fence that begins with this bucket.
    pub(super) fn new(first: u32) -> Self {
        let mut bytes = vec![VERSION];
        varint::put(&mut bytes, u64::from(first));
        Self { bytes, buckets: 1, last: Vec::new() }
    }

    /// Adds a bucket that begins with `separator`. It is not added where the fence is full.
    #[must_use]
    pub(super) fn add(&mut self, separator: &[u8]) -> bool {
        let len = self.bytes.len();
        front_coding::put(&mut self.bytes, &self.last, separator);
        if self.bytes.len() > super::MAX_PART_BYTES || self.buckets == MAX_BUCKETS {
            self.bytes.truncate(len);
            return false;
        }
        self.buckets += 1;
        self.last.clear();
        self.last.extend_from_slice(separator);
        true
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// At which times some parts with positions begin that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeFence(Vec<Timestamp>);

impl TimeFence {
    /// The fence of parts that begin with these times, newest first.
    pub(super) fn encode(times: impl IntoIterator<Item = Timestamp>) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        let mut before = None;
        for time in times {
            let millis = time.as_millis();
            varint::put(&mut bytes, before.map_or(millis, |before| before - millis) as u64);
            before = Some(millis);
        }
        bytes
    }

    /// Reads a fence.
    pub fn parse(bytes: &[u8]) -> Result<Self, Corrupt> {
        let mut reader = Reader::of_version(bytes, VERSION)?;
        let mut times: Vec<Timestamp> = Vec::new();
        while !reader.is_at_end() {
            let since = i64::try_from(reader.number()?).map_err(|_| Corrupt("no time"))?;
            let millis = times.last().map_or(since, |before| before.as_millis() - since);
            times.push(Timestamp::from_millis(millis).ok_or(Corrupt("no time"))?);
        }
        if times.len() > POSITIONS_PARTS_A_TIME_FENCE as usize {
            return Err(Corrupt("more times than a fence has"));
        }
        Ok(Self(times))
    }

    /// The time of the first position of each part, newest first.
    #[must_use]
    pub fn times(&self) -> &[Timestamp] {
        &self.0
    }
}
