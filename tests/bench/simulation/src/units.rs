//! What is counted.

use std::collections::BTreeMap;

/// Units of an item of so many bytes, and how many they are of what.
const WRITE_UNIT_BYTES: usize = 1024;
const READ_UNIT_BYTES: usize = 4096;

pub(crate) fn write_units(bytes: usize) -> u64 {
    bytes.div_ceil(WRITE_UNIT_BYTES).max(1) as u64
}

pub(crate) fn read_units(bytes: usize) -> u64 {
    bytes.div_ceil(READ_UNIT_BYTES).max(1) as u64
}

/// What was written of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Written {
    Entries,
    EntriesDeleted,
    Segments,
    SegmentsDeleted,
    ManifestAndHint,
}

/// Units by what they were spent on.
pub(crate) type Units = BTreeMap<Written, u64>;

/// A partition of the table that may be written often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Partition {
    Tail(u8),
    Manifest,
}

/// Some numbers of which the mean and the greatest matter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers(Vec<f64>);

impl Numbers {
    pub(crate) fn add(&mut self, number: f64) {
        self.0.push(number);
    }

    pub(crate) fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    pub(crate) fn most(&self) -> f64 {
        self.0.iter().copied().fold(0.0, f64::max)
    }
}
