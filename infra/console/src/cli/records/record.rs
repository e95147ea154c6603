//! A record of a file, and what becomes of it.

use std::ops::Range;

use activity_log_core::Error;
use activity_log_core::app::json::Object;

/// A record as its file has it.
#[derive(Clone, Debug)]
pub(super) enum Original {
    /// In a line.
    Text(Vec<u8>),
    /// In a part of the file that is too long to be kept.
    Within(Range<u64>),
}

/// A record of a file.
#[derive(Debug)]
pub(super) struct Record {
    /// The line on which it begins, from 1.
    pub(super) number: u64,
    /// The object, or why it is none.
    pub(super) object: Result<Object, Error>,
    pub(super) original: Original,
}

/// What became of a record that was not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Outcome {
    /// It was new.
    Applied,
    /// It had been done before, or something newer had: what is there.
    Unchanged(String),
}

/// What comes next in a file.
#[derive(Debug)]
pub(super) enum Next {
    Record(Record),
    Blank,
    End,
}
