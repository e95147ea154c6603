//! Deletion of segments that were merged away.
//!
//! A run deletes what earlier ones left, and nothing of its own: searches that go by the
//! manifest of before still read it. A large segment is deleted in several steps, and the
//! manifest says what is left, because a deletion costs as much where nothing is.

use super::current::Change;
use super::session::Session;
use crate::domain::error::Result;
use crate::index::segment::{POSITIONS_A_PART, Part, PartCounts, PartName};
use crate::index::store::IndexStore;

/// Deletes a bounded part of what earlier runs left; whether there was anything. The next
/// put of the manifest says so.
pub(super) async fn delete_some<S: IndexStore>(session: &mut Session<'_, S>) -> Result<bool> {
    let mut names = Vec::new();
    let mut left = Vec::new();
    for garbage in &session.current.manifest.garbage {
        let room = session.limits.garbage_parts.saturating_sub(names.len());
        let counts = match session.done.garbage.get(&garbage.segment) {
            Some(None) => continue,
            Some(Some(counts)) => *counts,
            None => garbage.parts,
        };
        if garbage.run == session.id || room == 0 {
            continue;
        }
        let (parts, rest) = first_parts(counts, room);
        let segment = garbage.segment;
        names.extend(parts.into_iter().map(|part| PartName { segment, part }));
        left.push((segment, rest));
    }
    if left.is_empty() {
        return Ok(false);
    }
    session.store.delete_parts(&names).await?;
    session.ran.parts_deleted += names.len();
    session.changed = true;
    session.done.garbage.extend(left);
    Ok(true)
}

/// Deletes the rest, as long as the run may go on.
pub(super) async fn delete_rest<S: IndexStore>(session: &mut Session<'_, S>) -> Result<()> {
    while session.may_go_on().await? && delete_some(session).await? {
        session.change(|_| Change::Put).await?;
    }
    Ok(())
}

/// So many parts of a segment, and how many of each kind are left. Time fences are few, and
/// come on top of it.
fn first_parts(counts: PartCounts, room: usize) -> (Vec<Part>, Option<PartCounts>) {
    let mut left = counts;
    let mut parts: Vec<Part> = (0..counts.time_fences()).map(Part::TimeFence).collect();
    let room = parts.len() + room;
    let mut positions = counts.positions();
    while parts.len() < room {
        let part = if let Some(last) = left.term_fences.checked_sub(1) {
            left.term_fences = last;
            Part::TermFence(last)
        } else if let Some(last) = left.buckets.checked_sub(1) {
            left.buckets = last;
            Part::Bucket(last)
        } else if let Some(last) = left.blocks.checked_sub(1) {
            left.blocks = last;
            Part::Block(last)
        } else if let Some(last) = positions.checked_sub(1) {
            positions = last;
            Part::Positions(last)
        } else {
            return (parts, None);
        };
        parts.push(part);
    }
    left.len = left.len.min(positions.saturating_mul(POSITIONS_A_PART));
    let is_empty = left.buckets == 0 && left.blocks == 0 && positions == 0;
    (parts, (!is_empty).then_some(left))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::index::segment::MAX_SEGMENT_LEN;

    #[test]
    fn a_segment_is_deleted_in_steps_that_leave_nothing() {
        let counts = PartCounts { len: 5_000, buckets: 70, blocks: 30, term_fences: 2 };
        for room in [1, 2, 3, 7, 10, 95, 104, 1_000] {
            let mut deleted = BTreeSet::new();
            let mut left = Some(counts);
            let mut steps = 0;
            while let Some(counts) = left {
                let (parts, rest) = first_parts(counts, room);
                assert!(!parts.is_empty() && parts.len() <= room + 3, "{room}");
                deleted.extend(parts);
                left = rest;
                steps += 1;
                assert!(steps <= 130, "{room}");
            }
            assert_eq!(deleted, counts.parts().collect(), "{room}");
        }
    }

    /// What damaged numbers name is deleted step by step as well.
    #[test]
    fn a_step_has_no_more_parts_for_more_of_any_kind() {
        let most = 1 << 30;
        for counts in [(most, 1), (1, most)].map(|(buckets, blocks)| PartCounts {
            len: MAX_SEGMENT_LEN,
            buckets,
            blocks,
            term_fences: buckets,
        }) {
            let (parts, left) = first_parts(counts, 500);
            assert_eq!(parts.len(), 500 + counts.time_fences() as usize);
            assert!(left.is_some());
        }
    }

    #[test]
    fn a_segment_without_parts_is_done_with() {
        let counts = PartCounts { len: 0, buckets: 0, blocks: 0, term_fences: 0 };
        assert_eq!(first_parts(counts, 5), (Vec::new(), None));
    }
}
