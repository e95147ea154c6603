//! The positions of up to 256 ordinals, newest first, in some 15 bytes each.
//!
//! Ids of version 7 begin with a time, so of the first 48 bits of an id only the distance
//! is written: from the time of its own record, or from the same bits of the id before,
//! whichever is shorter for all. The first is for what was logged when it happened, the
//! second for what was imported in the order of time. Other ids read back as well, and
//! take up to 24 bytes: a part of such positions may be longer than
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::index::segment::MAX_PART_BYTES;

    fn at(millis: i64, id: u128) -> Position {
        Position { time: Timestamp::from_millis(millis).unwrap(), id: Uuid::from_u128(id) }
    }

    fn sorted(mut positions: Vec<Position>) -> Vec<Position> {
        positions.sort_unstable();
        positions.dedup();
        positions.reverse();
        positions
    }

    fn version_7(millis: i64, rest: u128) -> u128 {
        (millis as u128) << 80 | 7 << 76 | rest >> 48
    }

    #[test]
    fn what_was_logged_as_it_happened_or_imported_in_order_takes_some_15_bytes() {
        let now = 1_772_357_400_000;
        let rest = |n: i64| u128::MAX / 300 * n as u128;
        let live = (0..256).map(|n| at(now + n * 90_000, version_7(now + n * 90_000 + n, rest(n))));
        let imported = (0..256).map(|n| at(now / 3 + n * 90_000, version_7(now + n, rest(n))));
        for (positions, at_most) in [(live.collect(), 3_850), (imported.collect(), 3_850)] {
            let positions = sorted(positions);
            let bytes = encode(&positions);
            assert!(bytes.len() <= at_most && at_most < MAX_PART_BYTES, "{}", bytes.len());
            assert_eq!(decode(&bytes), Ok(positions));
        }
    }

    #[test]
    fn positions_out_of_order_or_beyond_a_part_are_corrupt() {
        for positions in [[at(1, 1), at(1, 1)], [at(1, 1), at(1, 2)]] {
            assert!(decode(&encode(&positions)).is_err());
        }
        let many = |count| sorted((0..count).map(|n| at(n, 0)).collect());
        assert!(decode(&encode(&many(256))).is_ok());
        assert!(decode(&encode(&many(257))).is_err());
        for version in [0, 3, 0xff] {
            assert!(decode(&[version]).is_err());
        }
        assert!(decode(&[]).is_err());
    }

    #[test]
    fn a_time_or_an_id_that_there_is_not_is_corrupt() {
        let mut beyond = vec![VERSION];
        varint::put(&mut beyond, Timestamp::MAX.as_millis() as u64 + 1);
        beyond.extend([0; 11]);
        let mut before_zero = vec![VERSION, 5];
        varint::put_signed(&mut before_zero, -6);
        before_zero.extend([0; 10]);
        let mut too_large = vec![VERSION, 5];
        varint::put_signed(&mut too_large, 1 << 48);
        too_large.extend([0; 10]);
        let mut largest = vec![VERSION, 5];
        varint::put_signed(&mut largest, i64::MAX);
        largest.extend([0; 10]);
        let mut largest_time = vec![VERSION];
        varint::put(&mut largest_time, u64::MAX);
        for damaged in [beyond, before_zero, too_large, largest, largest_time] {
            assert!(decode(&damaged).is_err(), "{damaged:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_positions_read_back(
            positions in prop::collection::vec(
                (0..=Timestamp::MAX.as_millis(), any::<u128>(), any::<bool>()), 0..256,
            ),
        ) {
            let position = |(millis, id, is_7)| at(millis, if is_7 { version_7(millis, id) } else { id });
            let positions = sorted(positions.into_iter().map(position).collect());
            let bytes = encode(&positions);
            prop_assert!(bytes.len() <= 1 + 24 * positions.len());
            for len in (0..bytes.len()).step_by(11) {
                prop_assert_ne!(decode(&bytes[..len]), Ok(positions.clone()));
            }
            prop_assert_eq!(decode(&bytes), Ok(positions));
        }

        #[test]
        fn any_bytes_are_positions_or_corrupt(mut bytes in prop::collection::vec(any::<u8>(), 1..100)) {
            bytes[0] = bytes[0] % 2 + 1;
            if let Ok(positions) = decode(&bytes) {
                prop_assert!(positions.is_sorted_by(|a, b| a > b));
            }
        }
    }
}
