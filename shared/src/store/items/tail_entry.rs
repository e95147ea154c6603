//! An entry of the index's tail, and the mark that asks for a run of the compactor.
//!
//! A mark is drawn by chance, from the random bits of the record's id: no counter has to
//! be read or written for it, and a retry writes the same item. On average every 16 KB of
//! entries have one, and at most every eighth entry has.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest, Sha256};

use crate::domain::principal::TenantId;
use crate::index::Position;
use crate::index::entry::Entry;
use crate::index::manifest::TailKey;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, Key};
use crate::store::keys;

/// The attribute of the bytes of an entry, of the manifest and of a segment's part.
pub(in crate::store) const BYTES: &str = "b";
/// The attribute that the stream's filter looks for.
pub(in crate::store) const MARK: &str = "m";
/// How many bytes of entries a run is for, on average.
const BYTES_A_RUN: u64 = 16 * 1024;
/// How many entries a run is for at least, on average.
const ENTRIES_A_RUN: u64 = 8;
/// What an item has beside an entry, in bytes: key and names.
const KEY_BYTES: u64 = 90;

/// How many shards of the tail a writer may use: those of a manifest that it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TailShards(u8);

impl TailShards {
    /// What a manifest says. Without one there is one shard.
    #[must_use]
    pub fn new(shards: u8) -> Self {
        Self(shards.max(1))
    }

    /// How many there are.
    #[must_use]
    pub fn count(self) -> u8 {
        self.0
    }
}

/// An entry, as it is to be written.
pub(in crate::store) struct WrittenEntry {
    pub(in crate::store) key: Key,
    pub(in crate::store) item: Item,
    /// Whether it asks for a run.
    pub(in crate::store) is_marked: bool,
}

/// Lays an entry out.
pub(in crate::store) fn write(
    tenant: &TenantId,
    position: Position,
    entry: &Entry,
    shards: TailShards,
) -> WrittenEntry {
    let bytes = entry.encode();
    // The random bits of a UUID are not in the same place in each version.
    let drawn = Sha256::digest(position.id.as_bytes());
    let shard = drawn[0] % shards.count();
    let draw = drawn[1..5].iter().fold(0, |draw, byte| draw << 8 | u64::from(*byte));
    let is_marked = draw < threshold(bytes.len() as u64 + KEY_BYTES);
    let key = keys::tail_entry(tenant, TailKey { shard, position });
    let mut item = key.clone().into_item();
    item.insert(BYTES.to_owned(), AttributeValue::B(Blob::new(bytes)));
    if is_marked {
        item.insert(MARK.to_owned(), AttributeValue::S("1".to_owned()));
    }
    WrittenEntry { key, item, is_marked }
}

/// Below which of 2^32 numbers an entry of this size is marked.
fn threshold(bytes: u64) -> u64 {
    let all = 1_u64 << 32;
    (all / BYTES_A_RUN * bytes).min(all / ENTRIES_A_RUN)
}

/// Reads an entry and its position.
pub(in crate::store) fn read(item: &Item) -> Result<(Position, Entry), CorruptItem> {
    let reader = ItemReader::new(item);
    let position = read_position(item)?;
    let bytes = reader.bytes(BYTES)?;
    let entry = Entry::decode(bytes).map_err(|corrupt| reader.corrupt(corrupt.to_string()))?;
    Ok((position, entry))
}

/// Reads the position alone.
pub(in crate::store) fn read_position(item: &Item) -> Result<Position, CorruptItem> {
    let reader = ItemReader::new(item);
    let sk = reader.text("sk")?;
    Position::decode(sk).ok_or_else(|| reader.corrupt("the sort key is not a position"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_as_many_as_runs_are_wanted() {
        let all = 1_u64 << 32;
        assert_eq!(threshold(1_024), all / 16);
        assert_eq!(threshold(100), all / 16_384 * 100);
        for bytes in [2_048, 10_000, 300_000] {
            assert_eq!(threshold(bytes), all / 8, "{bytes}");
        }
    }
}
