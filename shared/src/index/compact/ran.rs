//! What a run did.

/// What a run did, for a line in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Bytes of the tail, as far as it read them, when it found most.
    pub tail_bytes_found: usize,
    /// Bytes of the tail that it read and left there, about.
    pub tail_bytes_left: usize,
    /// Entries that are in segments now.
    pub entries_flushed: usize,
    /// Entries that can't be read, and stay in the tail.
    pub unreadable_entries: usize,
    /// Segments that it added, by flushes.
    pub segments_flushed: usize,
    /// Merges that it finished.
    pub merges: usize,
    /// Payload of the segments that it added, by flushes and merges.
    pub bytes_written: u64,
    /// Parts of merged segments that it deleted.
    pub parts_deleted: usize,
    /// Listed segments that are merged no more because a part of them can't be read.
    pub segments_set_aside: usize,
    /// Whether a merge is under way that it left to the next run.
    pub merge_left: bool,
    /// Whether it ended early because another one is at work.
    pub ended_for_another: bool,
}

impl Ran {
    /// The two together, `later` being the one that ended last.
    pub(super) fn and(self, later: Self) -> Self {
        Self {
            tail_bytes_found: self.tail_bytes_found.max(later.tail_bytes_found),
            tail_bytes_left: later.tail_bytes_left,
            entries_flushed: self.entries_flushed + later.entries_flushed,
            unreadable_entries: later.unreadable_entries,
            segments_flushed: self.segments_flushed + later.segments_flushed,
            merges: self.merges + later.merges,
            bytes_written: self.bytes_written + later.bytes_written,
            parts_deleted: self.parts_deleted + later.parts_deleted,
            segments_set_aside: later.segments_set_aside,
            merge_left: later.merge_left,
            ended_for_another: self.ended_for_another || later.ended_for_another,
        }
    }
}
