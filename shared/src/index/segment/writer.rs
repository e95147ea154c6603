//! Writes the parts of a segment: the positions, and the lists in the order of their terms.
//!
//! What it writes depends on the terms and lists alone, and on nothing about when it was
//! stopped: it can be gone on with only where a term fence was completed.

use super::bucket::BucketWriter;
use super::fence::{TermFenceWriter, TimeFence, separator};
use super::ordinals::{Encoder, Form};
use super::{
    Birth, POSITIONS_A_PART, POSITIONS_PARTS_A_TIME_FENCE, Part, Progress, Segment, positions,
};
use crate::index::Position;
use crate::index::term::Term;

/// A segment whose lists are written.
#[derive(Debug)]
pub(super) struct Writer {
    segment_len: u32,
    encoder: Encoder,
    bucket: BucketWriter,
    fence: TermFenceWriter,
    written: Progress,
    checkpoint: Option<Progress>,
    parts: Vec<(Part, Vec<u8>)>,
}

impl Writer {
    /// A writer that goes on behind what was written of a segment of so many positions.
    pub(super) fn new(segment_len: u32, written: Progress) -> Self {
        Self {
            segment_len,
            encoder: Encoder::default(),
            bucket: BucketWriter::new(),
            fence: TermFenceWriter::new(written.buckets),
            written,
            checkpoint: None,
            parts: Vec::new(),
        }
    }

    /// Writes the list of the next term: ascending, and with at least one ordinal.
    pub(super) fn add(&mut self, term: &[u8], ordinals: &[u32]) {
        let form = self.encoder.encode(ordinals, self.segment_len);
        let blocks = match form {
            Form::Blocks => Encoder::blocks(ordinals, self.segment_len),
            Form::One(_) | Form::Inline(_) => Vec::new(),
        };
        let list = (ordinals.len() as u32, self.written.blocks);
        if !self.bucket.add(term, &form, &blocks, list) {
            end_bucket(&mut self.bucket, &mut self.written, &mut self.parts);
            let last = self.written.last_term.as_ref().map_or(&[][..], Term::as_bytes);
            let separator = separator(last, term);
            if !self.fence.add(separator) {
                let next = TermFenceWriter::new(self.written.buckets);
                let fence = std::mem::replace(&mut self.fence, next);
                let part = Part::TermFence(self.written.fences.len() as u32);
                put(&mut self.written, &mut self.parts, part, fence.finish());
                self.written.fences.push(separator.into());
                self.checkpoint = Some(self.written.clone());
            }
            let added = self.bucket.add(term, &form, &blocks, list);
            assert!(added, "an entry fits into a bucket of its own");
        }
        for block in blocks {
            let part = Part::Block(self.written.blocks);
            self.written.blocks += 1;
            put(&mut self.written, &mut self.parts, part, block.bytes);
        }
    }

    /// Where the writer can be gone on with, if there is such a place that was not taken
    /// before. All parts that it needs are among those that were taken or can be.
    pub(super) fn take_checkpoint(&mut self) -> Option<Progress> {
        self.checkpoint.take()
    }

    /// How many parts there are that were not taken.
    pub(super) fn parts_len(&self) -> usize {
        self.parts.len()
    }

    /// What was written so far and not taken.
    pub(super) fn take_parts(&mut self) -> Vec<(Part, Vec<u8>)> {
        std::mem::take(&mut self.parts)
    }

    /// Payload of all parts so far.
    pub(super) fn bytes(&self) -> u64 {
        self.written.bytes
    }

    /// Ends the last bucket, of which there is always one, and the last fence. The rest of
    /// the parts is added to `parts`.
    pub(super) fn finish(
        mut self,
        birth: Birth,
        positions: &[Position],
        parts: &mut Vec<(Part, Vec<u8>)>,
    ) -> Segment {
        end_bucket(&mut self.bucket, &mut self.written, &mut self.parts);
        if self.written.buckets > 1 {
            let part = Part::TermFence(self.written.fences.len() as u32);
            put(&mut self.written, &mut self.parts, part, self.fence.finish());
        }
        parts.append(&mut self.parts);
        let Birth { id, collection, analyzer, tier, number } = birth;
        let Progress { buckets, blocks, fences, bytes, .. } = self.written;
        let time_of = |position: Option<&Position>| position.expect("there is one").time;
        Segment {
            id,
            collection,
            analyzer,
            tier,
            number,
            len: self.segment_len,
            newest: time_of(positions.first()),
            oldest: time_of(positions.last()),
            buckets,
            blocks,
            bytes,
            fences,
        }
    }
}

/// Adds the next parts with positions, at most `limit`, and the time fences of those whose
/// last part is among them.
pub(super) fn add_positions(
    positions: &[Position],
    limit: usize,
    written: &mut Progress,
    parts: &mut Vec<(Part, Vec<u8>)>,
) {
    let of_parts = || positions.chunks(POSITIONS_A_PART as usize);
    let count = of_parts().len() as u32;
    for of_part in of_parts().skip(written.positions as usize).take(limit) {
        put(written, parts, Part::Positions(written.positions), positions::encode(of_part));
        written.positions += 1;
        let fence = (written.positions - 1) / POSITIONS_PARTS_A_TIME_FENCE;
        let is_last = written.positions == count
            || written.positions.is_multiple_of(POSITIONS_PARTS_A_TIME_FENCE);
        if count > 1 && is_last {
            let first = (fence * POSITIONS_PARTS_A_TIME_FENCE) as usize;
            let of_fence = of_parts().skip(first).take(POSITIONS_PARTS_A_TIME_FENCE as usize);
            let fence_bytes = TimeFence::encode(of_fence.map(|of_part| of_part[0].time));
            put(written, parts, Part::TimeFence(fence), fence_bytes);
        }
    }
}

fn end_bucket(bucket: &mut BucketWriter, written: &mut Progress, parts: &mut Vec<(Part, Vec<u8>)>) {
    written.last_term = Term::new(bucket.last());
    let part = Part::Bucket(written.buckets);
    written.buckets += 1;
    put(written, parts, part, bucket.take());
}

fn put(written: &mut Progress, parts: &mut Vec<(Part, Vec<u8>)>, part: Part, bytes: Vec<u8>) {
    written.bytes += bytes.len() as u64;
    parts.push((part, bytes));
}
