//! A segment of records as the tail has them.

use std::cmp::Reverse;

use super::writer::{self, Writer};
use super::{Birth, MAX_SEGMENT_LEN, Part, Progress, Segment};
use crate::index::Position;
use crate::index::entry::EntryPart;

/// A segment and all its parts.
#[derive(Debug)]
pub struct Built {
    pub segment: Segment,
    pub parts: Vec<(Part, Vec<u8>)>,
}

/// A term and an ordinal that has it. The term's first bytes as a number come first:
/// they tell most terms apart at the price of one comparison.
type Pair<'a> = (u64, &'a [u8], u32);

fn pair(term: &[u8], ordinal: u32) -> Pair<'_> {
    let mut first = [0; 8];
    let len = term.len().min(first.len());
    first[..len].copy_from_slice(&term[..len]);
    (u64::from_be_bytes(first), term, ordinal)
}

/// Builds the segment of some records. Where a position is there twice, its record has the
/// terms of both.
///
/// # Panics
///
/// Where there is no record, or more than [`MAX_SEGMENT_LEN`].
#[must_use]
pub fn build(birth: Birth, mut records: Vec<EntryPart>) -> Built {
    records.sort_by_key(|record| Reverse(record.position));
    let mut positions: Vec<Position> = Vec::with_capacity(records.len());
    let mut pairs = Vec::with_capacity(records.iter().map(|record| record.terms.len()).sum());
    for record in &records {
        if positions.last() != Some(&record.position) {
            positions.push(record.position);
        }
        let ordinal = positions.len() as u32 - 1;
        pairs.extend(record.terms.iter().map(|term| pair(term.as_bytes(), ordinal)));
    }
    assert!(
        (1..=MAX_SEGMENT_LEN as usize).contains(&positions.len()),
        "a segment has records, and no more than it can have"
    );
    pairs.sort_unstable();
    pairs.dedup();

    let mut parts = Vec::new();
    let mut written = Progress::default();
    writer::add_positions(&positions, usize::MAX, &mut written, &mut parts);
    let mut writer = Writer::new(positions.len() as u32, written);
    let mut ordinals = Vec::new();
    for of_term in pairs.chunk_by(|a, b| a.0 == b.0 && a.1 == b.1) {
        ordinals.clear();
        ordinals.extend(of_term.iter().map(|(_, _, ordinal)| ordinal));
        writer.add(of_term[0].1, &ordinals);
        parts.append(&mut writer.take_parts());
    }
    let segment = writer.finish(birth, &positions, &mut parts);
    Built { segment, parts }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::clock::Timestamp;
    use crate::index::segment::bucket::{self, List};
    use crate::index::segment::{Collection, SegmentId, positions};
    use crate::index::term::Term;

    fn record(millis: i64, terms: &[&str]) -> EntryPart {
        let time = Timestamp::from_millis(millis).unwrap();
        let terms = terms.iter().map(|term| Term::new(term.as_bytes()).unwrap());
        EntryPart::new(Position { time, id: Uuid::from_u128(1) }, terms.collect())
    }

    fn birth() -> Birth {
        let id = SegmentId(Uuid::from_u128(9));
        Birth { id, collection: Collection::Activities, analyzer: 3, tier: 1, number: 7 }
    }

    #[test]
    fn records_are_newest_first_and_one_that_is_there_twice_has_the_terms_of_both() {
        let records =
            vec![record(5, &["b"]), record(9, &["a", "c"]), record(5, &["a", "b"]), record(7, &[])];
        let Built { segment, parts } = build(birth(), records.clone());
        assert_eq!(segment.birth(), birth());
        assert_eq!((segment.len, segment.buckets, segment.blocks), (3, 1, 0));
        assert!(segment.parts().eq([Part::Bucket(0), Part::Positions(0)]));
        let part = |part| &parts.iter().find(|(named, _)| *named == part).unwrap().1;
        let newest_first = [&records[1], &records[3], &records[0]].map(|record| record.position);
        assert_eq!(positions::decode(part(Part::Positions(0))).unwrap(), newest_first);
        let lists = [("a", vec![0, 2]), ("b", vec![2]), ("c", vec![0])]
            .map(|(term, list)| (Term::new(term.as_bytes()).unwrap(), List::Inline(list)));
        assert_eq!(bucket::entries(part(Part::Bucket(0)), 3).unwrap(), lists);
    }

    #[test]
    fn terms_are_in_order_whatever_their_first_eight_bytes_are() {
        let terms = ["a", "a\0", "a\0b", "abcdefgh", "abcdefgh\0", "abcdefghi", "abcdefgi", "b"];
        let Built { segment, parts } = build(birth(), vec![record(1, &terms), record(2, &terms)]);
        let (_, bytes) = parts.iter().find(|(part, _)| *part == Part::Bucket(0)).unwrap();
        let entries = bucket::entries(bytes, segment.len).unwrap();
        assert!(entries.iter().map(|(term, _)| term.as_bytes()).eq(terms.map(str::as_bytes)));
        assert!(entries.iter().all(|(_, list)| *list == List::Inline(vec![0, 1])));
    }

    #[test]
    #[should_panic(expected = "a segment has records")]
    fn there_is_no_segment_of_no_record() {
        let _ = build(birth(), Vec::new());
    }
}
