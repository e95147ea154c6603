//! How fast a tenant logs, and how many shards of the tail that takes.
//!
//! A shard is one partition, which takes 1,000 write units a second. An entry takes its
//! units twice there, to be put and to be deleted. So a shard that is put 300 units a second
//! is used to three fifths, and four of them are enough for 1,000 short logs a second.
//!
//! Time is read from the ids of the records, which were minted when they were written. A
//! record that is logged of last year is as fast as any.

use std::collections::BTreeMap;

use crate::domain::activity::minted_at;
use crate::index::manifest::{MAX_SHARDS, TailKey};

/// Write units of puts, a second and shard, from which on a tail is divided.
const UNITS_A_SHARD: u64 = 300;
const STEP_MILLIS: i64 = 100;
const STEPS_A_SECOND: i64 = 1_000 / STEP_MILLIS;

/// What was written when, as far as a run saw it.
#[derive(Clone, Debug, Default)]
pub(super) struct Rate(BTreeMap<i64, u64>);

impl Rate {
    /// Notes entries that took some bytes together.
    pub(super) fn note(&mut self, keys: impl ExactSizeIterator<Item = TailKey>, bytes: usize) {
        let mean_bytes = bytes.checked_div(keys.len()).unwrap_or_default();
        let units = mean_bytes.div_ceil(1024).max(1) as u64;
        for key in keys {
            if let Some(minted) = minted_at(key.position.id) {
                *self.0.entry(minted.as_millis() / STEP_MILLIS).or_default() += units;
            }
        }
    }

    /// How many units were put in the busiest second.
    fn units_a_second(&self) -> u64 {
        let seconds = self.0.keys().map(|first| *first..*first + STEPS_A_SECOND);
        seconds
            .map(|second| self.0.range(second).map(|(_, units)| units).sum())
            .max()
            .unwrap_or_default()
    }

    /// How many shards a tail of so many shards should have: as many, or twice as many.
    pub(super) fn shards(&self, shards: u8) -> u8 {
        let is_too_fast = self.units_a_second() > UNITS_A_SHARD * u64::from(shards);
        if is_too_fast { shards.saturating_mul(2).min(MAX_SHARDS).max(shards) } else { shards }
    }
}

#[cfg(test)]
mod tests {
    use uuid::{Builder, Uuid};

    use super::*;
    use crate::domain::clock::Timestamp;
    use crate::index::Position;

    /// Notes so many entries a second, for some milliseconds.
    fn rate(a_second: u64, millis: u64, bytes: usize) -> Rate {
        let key = |n: u64| {
            let id = Builder::from_unix_timestamp_millis(5_000_000 + n * 1000 / a_second, &[7; 10]);
            TailKey { shard: 0, position: Position { time: Timestamp::MIN, id: id.into_uuid() } }
        };
        let mut rate = Rate::default();
        let count = a_second * millis / 1_000;
        // Several flushes see a second together.
        for chunk in (0..count).collect::<Vec<_>>().chunks(50) {
            rate.note(chunk.iter().copied().map(key), chunk.len() * bytes);
        }
        rate
    }

    fn growth(rate: &Rate) -> Vec<u8> {
        let mut shards = vec![1];
        while shards.len() < 8 {
            shards.push(rate.shards(shards[shards.len() - 1]));
        }
        shards.dedup();
        shards
    }

    #[test]
    fn a_thousand_short_logs_a_second_need_four_shards_and_no_more() {
        assert_eq!(growth(&rate(1_000, 3_000, 700)), [1, 2, 4]);
        assert_eq!(growth(&rate(290, 3_000, 700)), [1]);
        assert_eq!(growth(&rate(500, 3_000, 700)), [1, 2]);
    }

    #[test]
    fn long_entries_count_by_their_units() {
        assert_eq!(growth(&rate(250, 3_000, 1_024)), [1]);
        assert_eq!(growth(&rate(250, 3_000, 1_025)), [1, 2]);
    }

    #[test]
    fn there_are_sixteen_shards_at_most_and_never_fewer_than_there_were() {
        assert_eq!(growth(&rate(50_000, 1_000, 100)), [1, 2, 4, 8, 16]);
        let rate = rate(50_000, 1_000, 100);
        assert_eq!([rate.shards(12), rate.shards(16), rate.shards(200)], [16, 16, 200]);
    }

    #[test]
    fn a_burst_within_a_second_is_no_rate() {
        assert_eq!(growth(&rate(10_000, 29, 100)), [1]);
        assert_eq!(growth(&rate(100, 60_000, 100)), [1]);
    }

    #[test]
    fn an_id_that_tells_no_time_counts_for_nothing() {
        let key =
            TailKey { shard: 0, position: Position { time: Timestamp::MAX, id: Uuid::max() } };
        let mut rate = Rate::default();
        rate.note(vec![key; 5_000].into_iter(), 500_000);
        assert_eq!(rate.shards(1), 1);
    }
}
