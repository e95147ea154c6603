//! An entry of the tail: what a record is found by, before a segment has it.

use super::Position;
use super::term::Term;

/// What one write is found by: an activity with its audit event, or an event alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub activity: Option<EntryPart>,
    pub event: Option<EntryPart>,
    /// The version of the analyzer that the words are of.
    pub analyzer: u32,
}

/// What a record of one collection is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPart {
    pub position: Position,
    /// Sorted and distinct.
    pub terms: Vec<Term>,
}
