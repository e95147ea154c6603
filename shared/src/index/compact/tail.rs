//! Reading of the tail.

use futures_util::future::try_join_all;

use crate::domain::error::Result;
use crate::index::entry::Entry;
use crate::index::manifest::TailKey;
use crate::index::store::IndexStore;

/// What was read of the tail.
#[derive(Debug, Default)]
pub(super) struct TailRead {
    pub(super) entries: Vec<(TailKey, Entry)>,
    pub(super) unreadable: Vec<TailKey>,
    pub(super) bytes: usize,
    /// By shard: through which key it was read, or all of it.
    read_through: Vec<Option<TailKey>>,
}

impl TailRead {
    /// Reads all shards side by side, until there are some `max_bytes` of entries that can be
    /// read. Those that can't be read don't count, so they stand in nobody's way.
    pub(super) async fn read<S: IndexStore>(
        store: &S,
        shards: u8,
        max_bytes: usize,
    ) -> Result<Self> {
        let mut read = Self { read_through: vec![None; usize::from(shards)], ..Self::default() };
        let mut open: Vec<u8> = (0..shards).collect();
        let mut left = max_bytes;
        while !open.is_empty() && left > 0 {
            let a_shard = (left / open.len()).max(1);
            let after = &read.read_through;
            let pages =
                open.iter().map(|shard| store.tail(*shard, after[usize::from(*shard)], a_shard));
            let pages = try_join_all(pages).await?;
            let mut still_open = Vec::new();
            for (shard, page) in open.into_iter().zip(pages) {
                if !page.entries.is_empty() {
                    left = left.saturating_sub(page.bytes);
                }
                read.bytes += page.bytes;
                read.entries.extend(page.entries);
                read.unreadable.extend(page.unreadable);
                read.read_through[usize::from(shard)] = page.next;
                if page.next.is_some() {
                    still_open.push(shard);
                }
            }
            open = still_open;
        }
        Ok(read)
    }

    /// Whether nothing is behind what was read.
    pub(super) fn is_whole(&self) -> bool {
        self.read_through.iter().all(Option::is_none)
    }

    /// Whether an entry of this key would have been met.
    pub(super) fn covers(&self, key: TailKey) -> bool {
        let read_through = self.read_through.get(usize::from(key.shard));
        read_through.is_some_and(|last| last.is_none_or(|last| key <= last))
    }
}
