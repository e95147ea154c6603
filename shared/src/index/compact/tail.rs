//! Reading of the tail.

use futures_util::future::try_join_all;

use crate::domain::error::Result;
use crate::index::entry::Entry;
use crate::index::manifest::TailKey;
use crate::index::store::IndexStore;

/// How much that can't be read is gone through to what can. Runs tell of it long before, and
/// what is behind waits until somebody has seen to it.
const UNREADABLE_BYTES: usize = 16 << 20;

/// What was read of the tail.
#[derive(Debug, Default)]
pub(super) struct TailRead {
    pub(super) entries: Vec<(TailKey, Entry)>,
    pub(super) unreadable: Vec<TailKey>,
    pub(super) unnamed: usize,
    pub(super) bytes: usize,
    /// By shard: through which key it was read, or all of it.
    read_through: Vec<Option<TailKey>>,
}

impl TailRead {
    /// Reads all shards side by side, until there are some `max_bytes` of entries that can be
    /// read. Those that can't be read stand in nobody's way, as long as they are within
    /// [`UNREADABLE_BYTES`].
    pub(super) async fn read<S: IndexStore>(
        store: &S,
        shards: u8,
        max_bytes: usize,
    ) -> Result<Self> {
        let mut read = Self { read_through: vec![None; usize::from(shards)], ..Self::default() };
        let mut open: Vec<u8> = (0..shards).collect();
        let mut left = max_bytes;
        let mut unreadable_left = UNREADABLE_BYTES;
        while !open.is_empty() && left > 0 && unreadable_left > 0 {
            let a_shard = (left / open.len()).max(1);
            let after = &read.read_through;
            let pages =
                open.iter().map(|shard| store.tail(*shard, after[usize::from(*shard)], a_shard));
            let pages = try_join_all(pages).await?;
            let mut still_open = Vec::new();
            for (shard, page) in open.into_iter().zip(pages) {
                let counts = if page.entries.is_empty() { &mut unreadable_left } else { &mut left };
                *counts = counts.saturating_sub(page.bytes);
                read.bytes += page.bytes;
                read.entries.extend(page.entries);
                read.unreadable.extend(page.unreadable);
                read.unnamed += page.unnamed;
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::clock::Timestamp;
    use crate::index::Position;
    use crate::index::compact::memory::Memory;
    use crate::index::compact::model::block_on;
    use crate::index::entry::EntryPart;

    fn key(shard: u8, number: u128) -> TailKey {
        let position = Position { time: Timestamp::MIN, id: Uuid::from_u128(number) };
        TailKey { shard, position }
    }

    fn log(memory: &Memory, key: TailKey) {
        let part = EntryPart { position: key.position, terms: Vec::new() };
        memory.log(key.shard, &Entry { activity: Some(part), event: None, analyzer: 1 });
    }

    fn read(memory: &Memory, shards: u8, max_bytes: usize) -> TailRead {
        block_on(TailRead::read(memory, shards, max_bytes)).unwrap()
    }

    #[test]
    fn shards_are_read_side_by_side_to_about_so_many_bytes() {
        let memory = Memory::new();
        (0..300).for_each(|number| log(&memory, key((number % 3) as u8, number)));
        let all = read(&memory, 3, 1 << 20);
        assert!(all.is_whole() && all.entries.len() == 300);
        assert!(all.covers(key(2, 5_000)) && !all.covers(key(3, 5)));
        let one = all.bytes / 300;

        let some = read(&memory, 3, one * 30);
        assert!(!some.is_whole() && (30..=33).contains(&some.entries.len()));
        for shard in 0..3 {
            let last = some.entries.iter().rfind(|(key, _)| key.shard == shard);
            let (last, _) = last.unwrap();
            assert!(some.covers(*last) && !some.covers(key(shard, 299)));
        }
        // One that ends early leaves its share to the others.
        (0..90).for_each(|number| {
            memory.table().tail.remove(&key(0, number * 3));
        });
        assert!(read(&memory, 3, one * 60).entries.len() >= 60);
    }

    #[test]
    fn what_cannot_be_read_stands_in_nobodys_way() {
        let memory = Memory::new();
        (0..100).for_each(|number| {
            memory.table().tail.insert(key(0, number), vec![0xff; 500]);
        });
        log(&memory, key(0, 100));
        let read = read(&memory, 1, 600);
        assert_eq!((read.entries.len(), read.unreadable.len()), (1, 100));
    }

    #[test]
    fn what_cannot_be_read_is_gone_through_to_a_bound() {
        let memory = Memory::new();
        for number in 0..20 {
            memory.table().tail.insert(key(0, number), vec![0xff; 1 << 20]);
        }
        log(&memory, key(0, 20));
        let read = read(&memory, 1, 600);
        assert_eq!((read.entries.len(), read.unreadable.len()), (0, 16));
        assert!(!read.is_whole());
    }
}
