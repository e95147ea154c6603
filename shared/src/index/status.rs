//! What an index is made of, for operators.

use std::collections::BTreeMap;

use futures_util::stream::{StreamExt, TryStreamExt, iter};
use serde::Serialize;

use super::compact::SET_ASIDE;
use super::segment::Collection;
use super::store::IndexStore;
use crate::domain::error::Result;

/// Bytes of a shard that are read at a time.
const PAGE_BYTES: usize = 1 << 20;
/// Shards that are read side by side.
const SHARDS_IN_FLIGHT: usize = 4;

/// What an index is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IndexStatus {
    /// Shards of the tail.
    pub shards: u8,
    /// Entries of the tail that can be read.
    pub tail_entries: usize,
    /// What the entries take, in bytes.
    pub tail_bytes: usize,
    /// Entries of the tail that can't be read.
    pub unreadable_entries: usize,
    /// Its segments.
    pub tiers: Vec<TierStatus>,
    /// Whether a merge is under way, done by some run or left to the next one.
    pub merge_under_way: bool,
    /// Entries that segments have, and that may still be in the tail.
    pub pending: usize,
    /// Segments that were merged away, and are not deleted yet.
    pub garbage: usize,
    /// Records that nothing finds, and that segments may still have.
    pub struck: usize,
}

/// The segments of a tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TierStatus {
    /// What they are of: `activities` or `audit_events`.
    pub collection: &'static str,
    /// The version of the analyzer whose words they have; 0 for audit events.
    pub analyzer: u32,
    /// Its number; `None` for segments that are merged no more, since a part of them is absent
    /// or can't be read.
    pub tier: Option<u8>,
    pub segments: usize,
    pub positions: u64,
    pub bytes: u64,
}

/// Looks at a tenant's index. What others change meanwhile may be in it or not.
///
/// # Errors
///
/// A failed call, and a manifest that can't be read.
pub async fn status(store: &impl IndexStore) -> Result<IndexStatus> {
    let manifest = store.manifest().await?.map(|(_, manifest)| manifest).unwrap_or_default();
    let mut tiers: BTreeMap<(&str, u32, u8), TierStatus> = BTreeMap::new();
    for segment in &manifest.segments {
        let collection = match segment.collection {
            Collection::Activities => "activities",
            Collection::AuditEvents => "audit_events",
        };
        let (analyzer, tier) = (segment.analyzer, segment.tier);
        let status = tiers.entry((collection, analyzer, tier)).or_insert_with(|| TierStatus {
            collection,
            analyzer,
            tier: (tier != SET_ASIDE).then_some(tier),
            segments: 0,
            positions: 0,
            bytes: 0,
        });
        status.segments += 1;
        status.positions += u64::from(segment.len);
        status.bytes += segment.bytes;
    }
    let shards = iter(0..manifest.shards).map(|shard| shard_status(store, shard));
    let tail: Vec<IndexStatus> = shards.buffered(SHARDS_IN_FLIGHT).try_collect().await?;
    Ok(IndexStatus {
        shards: manifest.shards,
        tail_entries: tail.iter().map(|shard| shard.tail_entries).sum(),
        tail_bytes: tail.iter().map(|shard| shard.tail_bytes).sum(),
        unreadable_entries: tail.iter().map(|shard| shard.unreadable_entries).sum(),
        tiers: tiers.into_values().collect(),
        merge_under_way: manifest.merge.is_some(),
        pending: manifest.pending.len(),
        garbage: manifest.garbage.len(),
        struck: manifest.struck.len(),
    })
}

/// The same of one shard alone, page by page.
async fn shard_status(store: &impl IndexStore, shard: u8) -> Result<IndexStatus> {
    let mut status = IndexStatus::default();
    let mut after = None;
    loop {
        let page = store.tail(shard, after, PAGE_BYTES).await?;
        status.tail_entries += page.entries.len();
        status.unreadable_entries += page.unreadable.len() + page.unnamed;
        status.tail_bytes += page.bytes;
        after = page.next;
        if after.is_none() {
            return Ok(status);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::clock::{SystemEnvironment, Timestamp};
    use crate::index::Position;
    use crate::index::compact::memory::Memory;
    use crate::index::compact::operate::strike;
    use crate::index::compact::settle;
    use crate::index::entry::{Entry, EntryPart};
    use crate::index::term::Term;

    fn entry(number: u64) -> Entry {
        let position = Position { time: Timestamp::MIN, id: Uuid::from_u128(number.into()) };
        let part = || EntryPart::new(position, vec![Term::new(b"wword".as_slice()).unwrap()]);
        Entry { activity: Some(part()), event: Some(part()), analyzer: 7 }
    }

    #[tokio::test]
    async fn a_tenant_without_anything_has_one_shard_and_no_more() {
        let status = status(&Memory::new()).await.unwrap();
        assert_eq!(status, IndexStatus { shards: 1, ..IndexStatus::default() });
    }

    #[tokio::test]
    async fn what_is_merged_is_told_by_collection_and_tier_and_the_rest_is_the_tail() {
        let memory = Memory::new();
        for number in 0..30 {
            memory.log(0, &entry(number));
        }
        settle(&memory, &SystemEnvironment).await.unwrap();
        for number in 30..35 {
            memory.log(0, &entry(number));
        }
        strike(&memory, Collection::Activities, entry(3).event.unwrap().position).await.unwrap();
        let status = status(&memory).await.unwrap();
        assert_eq!((status.tail_entries, status.unreadable_entries), (5, 0));
        assert!(status.tail_bytes > 0);
        let told: Vec<_> = status
            .tiers
            .iter()
            .map(|tier| (tier.collection, tier.analyzer, tier.tier, tier.segments, tier.positions))
            .collect();
        assert_eq!(told, [("activities", 7, Some(0), 1, 30), ("audit_events", 0, Some(0), 1, 30)]);
        assert!(status.tiers.iter().all(|tier| tier.bytes > 0));
        assert_eq!((status.struck, status.garbage, status.merge_under_way), (1, 0, false));
    }
}
