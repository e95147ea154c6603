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
pub(in crate::index) const MAX_BUCKETS: u32 = 512;

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

/// The term fence that a term's bucket is found with, in a segment of several buckets.
#[must_use]
pub fn fence_of(segment: &Segment, term: &[u8]) -> u32 {
    range_of(&segment.fences, term)
}

/// The term fences that the buckets of all terms that begin with `prefix` are found with,
/// in a segment of several buckets.
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
    /// Reads a fence of a segment that has so many buckets.
    pub fn parse(bytes: &[u8], buckets: u32) -> Result<Self, Corrupt> {
        let mut reader = Reader::of_version(bytes, VERSION)?;
        let first: u32 = reader.small()?;
        let (mut separators, mut separator) = (Vec::new(), Vec::new());
        while !reader.is_at_end() {
            front_coding::read(&mut reader, &mut separator)?;
            separators.push(separator.as_slice().into());
        }
        let last = u32::try_from(separators.len()).ok().and_then(|more| first.checked_add(more));
        last.filter(|last| *last < buckets).ok_or(Corrupt("a bucket that the segment has not"))?;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::index::segment::MAX_PART_BYTES;

    fn written(first: u32, separators: &[&[u8]]) -> Vec<u8> {
        let mut writer = TermFenceWriter::new(first);
        for separator in separators {
            assert!(writer.add(separator));
        }
        writer.finish()
    }

    fn time(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    #[test]
    fn a_separator_is_as_short_as_it_can_be() {
        for (last, next, expected) in
            [("price", "pricing", "prici"), ("a", "b", "b"), ("a", "ab", "ab"), ("", "word", "w")]
        {
            assert_eq!(separator(last.as_bytes(), next.as_bytes()), expected.as_bytes());
        }
    }

    #[test]
    fn a_prefix_is_in_all_buckets_that_may_have_it_and_no_others() {
        let fence =
            TermFence::parse(&written(7, &[b"b", b"car", b"cat", b"cb", b"d"]), 13).unwrap();
        assert_eq!((fence.first(), fence.last()), (7, 12));
        for (prefix, first, last) in [
            ("a", 7, 7),
            ("b", 8, 8),
            ("ba", 8, 8),
            ("c", 8, 11),
            ("ca", 8, 10),
            ("car", 9, 9),
            ("cat", 10, 10),
            ("cars", 9, 9),
            ("e", 12, 12),
            ("", 7, 12),
        ] {
            assert_eq!(fence.buckets_of_prefix(prefix.as_bytes()), first..=last, "{prefix}");
        }
    }

    #[test]
    fn a_fence_takes_512_buckets_and_no_part_is_too_long() {
        for suffix in [0, 250] {
            let mut writer = TermFenceWriter::new(0);
            let separator = |n: u32| [&n.to_be_bytes()[..], &vec![b'x'; suffix]].concat();
            let added = (0..).take_while(|n| writer.add(&separator(*n))).count();
            let bytes = writer.finish();
            assert!(bytes.len() <= MAX_PART_BYTES);
            let fence = TermFence::parse(&bytes, MAX_BUCKETS).unwrap();
            assert_eq!(fence.last() as usize, added);
            assert_eq!(fence.last() == MAX_BUCKETS - 1, suffix == 0);
            assert_eq!(fence.bucket_of(&separator(5)), 6);
        }
    }

    #[test]
    fn a_damaged_fence_is_corrupt() {
        let bytes = written(1, &[b"b", b"c"]);
        assert!(TermFence::parse(&bytes, 4).is_ok());
        assert!(TermFence::parse(&bytes, 3).is_err(), "its last bucket is number 3");
        assert!(TermFence::parse(&bytes[..bytes.len() - 1], 4).is_err());
        assert!(TermFence::parse(&[], 4).is_err());
        assert!(TermFence::parse(&[VERSION + 1, 0], 4).is_err());
        assert!(TermFence::parse(&written(u32::MAX, &[b"b"]), u32::MAX).is_err());
        assert!(TimeFence::parse(&[VERSION, 5, 6]).is_err(), "a time before 1970");
        assert!(TimeFence::parse(&[VERSION, 0x80]).is_err());
        assert!(TimeFence::parse(&[VERSION + 1]).is_err());
        assert!(TimeFence::parse(&TimeFence::encode(vec![time(5); 513])).is_err());
    }

    #[test]
    fn the_longest_time_fence_is_a_part() {
        let step = Timestamp::MAX.as_millis() / 512;
        let times: Vec<_> = (0..512).rev().map(|n| time(n * step)).collect();
        let bytes = TimeFence::encode(times.iter().copied());
        assert!(bytes.len() <= MAX_PART_BYTES, "{}", bytes.len());
        assert_eq!(TimeFence::parse(&bytes).unwrap().times(), times);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_fence_or_corrupt(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let bytes = [&[VERSION][..], &bytes].concat();
            if let Ok(fence) = TermFence::parse(&bytes, 90) {
                prop_assert!(fence.first() <= fence.last() && fence.last() < 90);
                let buckets = fence.buckets_of_prefix(b"a");
                prop_assert!(*buckets.start() >= fence.first() && *buckets.end() <= fence.last());
            }
            if let Ok(fence) = TimeFence::parse(&bytes) {
                prop_assert!(fence.times().is_sorted_by(|a, b| a >= b));
            }
        }

        #[test]
        fn a_term_is_in_the_bucket_between_its_separators(
            terms in prop::collection::btree_set("[a-c]{1,4}", 1..40),
            size in 1usize..6,
        ) {
            let terms: Vec<_> = terms.iter().map(String::as_bytes).collect();
            let buckets: Vec<_> = terms.chunks(size).collect();
            let separators: Vec<_> = buckets
                .windows(2)
                .map(|pair| separator(pair[0][pair[0].len() - 1], pair[1][0]))
                .collect();
            let fence = TermFence::parse(&written(3, &separators), 43).unwrap();
            for (number, terms) in (3..).zip(&buckets) {
                for term in *terms {
                    prop_assert_eq!(fence.bucket_of(term), number);
                    for len in 0..=term.len() {
                        prop_assert!(fence.buckets_of_prefix(&term[..len]).contains(&number));
                    }
                }
            }
        }
    }
}
