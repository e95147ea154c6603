//! The positions of up to 256 ordinals, newest first, in some 15 bytes each.
//!
//! Ids of version 7 begin with a time, so of the first 48 bits of an id only the distance
//! is written: from the time of its own record, or from the same bits of the id before,
//! whichever is shorter for all. The first is for what was logged when it happened, the
//! second for what was imported in the order of time. Other ids read back as well, and
//! take up to 23 bytes: a part of such positions may be longer than
//! [`MAX_PART_BYTES`](super::MAX_PART_BYTES).

use uuid::Uuid;

use super::varint::{self, Reader};
use super::{Corrupt, POSITIONS_A_PART};
use crate::domain::clock::Timestamp;
use crate::index::Position;

/// Distances are from the record's own time.
const VERSION: u8 = 1;
/// Distances are from the id before.
const VERSION_OF_IDS: u8 = 2;
const TIME_BYTES: usize = 6;
const REST_BYTES: usize = 10;

fn time_of(id: Uuid) -> i64 {
    (id.as_u128() >> 80) as i64
}

/// Writes positions, which are newest first.
#[must_use]
pub fn encode(positions: &[Position]) -> Vec<u8> {
    let [by_times, by_ids] = [VERSION, VERSION_OF_IDS].map(|version| {
        let mut bytes = Vec::with_capacity(1 + positions.len() * 16);
        bytes.push(version);
        let mut before: Option<Position> = None;
        for position in positions {
            put(&mut bytes, *position, before, version);
            before = Some(*position);
        }
        bytes
    });
    if by_ids.len() < by_times.len() { by_ids } else { by_times }
}

fn put(bytes: &mut Vec<u8>, position: Position, before: Option<Position>, version: u8) {
    let millis = position.time.as_millis();
    let since = before.map_or(millis, |before| before.time.as_millis() - millis);
    varint::put(bytes, since as u64);
    let base = match before {
        Some(before) if version == VERSION_OF_IDS => time_of(before.id),
        _ => millis,
    };
    varint::put_signed(bytes, time_of(position.id) - base);
    bytes.extend_from_slice(&position.id.as_bytes()[TIME_BYTES..]);
}

/// Reads positions.
pub fn decode(bytes: &[u8]) -> Result<Vec<Position>, Corrupt> {
    let version = *bytes.first().ok_or(Corrupt("bytes are missing"))?;
    if ![VERSION, VERSION_OF_IDS].contains(&version) {
        return Err(Corrupt("another version of the codec"));
    }
    let mut reader = Reader::of_version(bytes, version)?;
    let mut positions = Vec::with_capacity((bytes.len() / 12).min(POSITIONS_A_PART as usize));
    let mut before: Option<Position> = None;
    while !reader.is_at_end() {
        let position = read(&mut reader, before, version)?;
        if before.is_some_and(|before| before <= position) {
            return Err(Corrupt("positions are out of order"));
        }
        if positions.len() == POSITIONS_A_PART as usize {
            return Err(Corrupt("more positions than a part has"));
        }
        positions.push(position);
        before = Some(position);
    }
    Ok(positions)
}

fn read(
    reader: &mut Reader<'_>,
    before: Option<Position>,
    version: u8,
) -> Result<Position, Corrupt> {
    let since = i64::try_from(reader.number()?).map_err(|_| Corrupt("no time"))?;
    let millis = before.map_or(since, |before| before.time.as_millis() - since);
    let time = Timestamp::from_millis(millis).ok_or(Corrupt("no time"))?;
    let base = match before {
        Some(before) if version == VERSION_OF_IDS => time_of(before.id),
        _ => millis,
    };
    let first = base.checked_add(reader.signed()?).filter(|first| first >> 48 == 0);
    let first = first.ok_or(Corrupt("no id"))?.to_be_bytes();
    let mut id = [0; TIME_BYTES + REST_BYTES];
    id[..TIME_BYTES].copy_from_slice(&first[first.len() - TIME_BYTES..]);
    id[TIME_BYTES..].copy_from_slice(&reader.array::<REST_BYTES>()?);
    Ok(Position { time, id: Uuid::from_bytes(id) })
}

/// Writes a position by itself.
pub fn put_one(bytes: &mut Vec<u8>, position: Position) {
    put(bytes, position, None, VERSION);
}

/// Reads a position of [`put_one`].
pub fn read_one(reader: &mut Reader<'_>) -> Result<Position, Corrupt> {
    read(reader, None, VERSION)
}
