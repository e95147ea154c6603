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
