//! How much one run does.

use std::time::Duration;

/// How much one run does, and from when on.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the tail that one flush is for, on average. A run that finds less than a
    /// quarter of it, and fewer than [`Self::least_entries`], has been told twice.
    pub flush_bytes: usize,
    /// Entries that are worth a flush, however short they are.
    pub least_entries: usize,
    /// Bytes of the tail that one flush reads.
    pub max_tail_bytes: usize,
    /// Entries that one flush takes: the manifest names each of them until it is deleted.
    pub max_flushed_entries: usize,
    /// How many segments of a tier become one of the next.
    pub fan: usize,
    /// Segments of fewer bytes together are merged in one go. A larger merge saves how far
    /// it came whenever it has written as many.
    pub slice_bytes: usize,
    /// Positions of a merged segment: a merge has all of them in memory.
    pub max_positions: u64,
    /// Parts of merged segments that are deleted before a flush, and then at a time.
    pub garbage_parts: usize,
    /// How long a run begins further work.
    pub run: Duration,
    /// How long others keep away from a run that says nothing more.
    pub busy: Duration,
    /// How often something is tried again that others were faster with.
    pub attempts: usize,
}

impl Default for Limits {
    /// 16 KB and a fan of four are where writes and reads of e-mails cost least together.
    /// 2 MB of long entries are some 100 MB while a segment is built of them, as are the
    /// positions of the longest merge. 4,000 entries are some 90 KB of the manifest. Ten
    /// seconds are what other tenants may wait for a process.
    fn default() -> Self {
        Self {
            flush_bytes: 16 << 10,
            least_entries: 8,
            max_tail_bytes: 2 << 20,
            max_flushed_entries: 4_000,
            fan: 4,
            slice_bytes: 2 << 20,
            max_positions: 4_000_000,
            garbage_parts: 500,
            run: Duration::from_secs(10),
            busy: Duration::from_secs(30),
            attempts: 8,
        }
    }
}

impl Limits {
    /// The tier of a segment that was not merged: that of merged ones of its size. Large
    /// flushes, and what is built anew from the records, would be merged again and again
    /// otherwise.
    pub(super) fn tier(&self, bytes: u64) -> u8 {
        let mut tier = 0;
        let mut least = self.flush_bytes as u64;
        while bytes > least.saturating_mul(2) && tier < MAX_TIER {
            least = least.saturating_mul(self.fan as u64);
            tier += 1;
        }
        tier
    }
}

/// The last tier: 4^20 flushes are more than a tenant can log.
pub(super) const MAX_TIER: u8 = 20;
/// The tier of segments that are merged no more, because a part of them is absent or can't
/// be read. Searches meet them as before.
pub const SET_ASIDE: u8 = u8::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_belongs_where_merged_ones_of_its_size_are() {
        let limits = Limits::default();
        let tiers = [0, 16 << 10, 32 << 10, (32 << 10) + 1, 128 << 10, (128 << 10) + 1, u64::MAX];
        assert_eq!(tiers.map(|bytes| limits.tier(bytes)), [0, 0, 0, 1, 1, 2, MAX_TIER]);
    }
}
