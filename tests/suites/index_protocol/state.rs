//! What a state of the protocol is made of: the items of one tenant's index,
//! and how far everybody is who works on it.
//!
//! Fields that no longer matter are set back, so that states which differ in
//! them alone are one.

/// Positions (of activities) at most.
pub(super) const POSITIONS: u8 = 3;
/// Runs of the compactor at most.
pub(super) const RUNS: u8 = 4;
/// Segments: one that each run flushes, one that each run's merge makes, two
/// that are there at the beginning, and one of `reindex`.
pub(super) const SEGMENTS: u8 = 2 * RUNS + 3;
pub(super) const SEEDED: [u8; 2] = [2 * RUNS, 2 * RUNS + 1];
pub(super) const REINDEXED: u8 = 2 * RUNS + 2;

pub(super) const fn flushed_by(run: u8) -> u8 {
    run
}

pub(super) const fn merged_by(run: u8) -> u8 {
    RUNS + run
}

/// The output of a merge is written in two steps. All else is written in one:
/// what a manifest does not name yet, only `sweep` looks at, and it leaves
/// alone what belongs to a run that goes on.
pub(super) const fn parts_of(segment: u8) -> u8 {
    if segment >= RUNS && segment < 2 * RUNS { 2 } else { 1 }
}

/// A set of small numbers: positions, segments or shards.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Set(pub(super) u16);

impl Set {
    pub(super) const EMPTY: Self = Self(0);

    pub(super) fn of(members: &[u8]) -> Self {
        members.iter().fold(Self::EMPTY, |set, &member| set.with(member))
    }

    pub(super) fn up_to(end: u8) -> Self {
        Self((1 << end) - 1)
    }

    pub(super) fn has(self, member: u8) -> bool {
        self.0 & (1 << member) != 0
    }

    pub(super) fn with(self, member: u8) -> Self {
        Self(self.0 | (1 << member))
    }

    pub(super) fn without(self, member: u8) -> Self {
        Self(self.0 & !(1 << member))
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn is_within(self, other: Self) -> bool {
        self.minus(other).is_empty()
    }

    pub(super) fn members(self) -> impl Iterator<Item = u8> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let member = left.trailing_zeros() as u8;
            left &= left.wrapping_sub(1);
            (member < 16).then_some(member)
        })
    }
}

/// A merge that is under way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Job {
    pub(super) owner: u8,
    pub(super) output: u8,
    /// Parts that are known to be written.
    pub(super) progress: u8,
}

/// For how long nothing has what was struck, as the manifest tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) enum Nowhere {
    #[default]
    Unseen,
    Seen,
    ForAnHour,
}

/// The manifest, without its version: whoever holds one notes whether it is
/// still the current one, so no number has to tell two of them apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Manifest {
    pub(super) shards: u8,
    pub(super) segments: Set,
    /// Positions whose entries a flush took, and may not have deleted yet.
    pub(super) pending: Set,
    pub(super) garbage: Set,
    pub(super) job: Option<Job>,
    pub(super) struck: Set,
    pub(super) nowhere: Nowhere,
    /// The segments whose `number` is below the `before` of what was struck:
    /// all that these two numbers are compared for.
    pub(super) older: Set,
}

impl Manifest {
    /// What is listed, and the output of the merge under way.
    pub(super) fn segments_and_output(&self) -> Set {
        self.job.map_or(self.segments, |job| self.segments.with(job.output))
    }
}

/// What is fixed when a merge is claimed, by the run that mints its output. Who
/// works on it has read that in the manifest, and goes by it whatever happens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Claim {
    pub(super) inputs: Set,
    /// What the inputs have, without what was struck.
    pub(super) content: Set,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) enum WriterPhase {
    #[default]
    Idle,
    /// The entry is in the tail, as its answer said.
    Staged,
    /// The head is there, and the caller knows it.
    Committed,
    /// The key was another's, or the process died: there will be no head.
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Writer {
    pub(super) phase: WriterPhase,
    pub(super) shard: u8,
    /// No put of it is on its way any more.
    pub(super) over: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) enum RunPhase {
    #[default]
    Idle,
    /// Deletes `todo`, the entries that the manifest has as pending.
    Pending,
    /// Deletes `garbage`.
    Garbage,
    /// Reads the shards from `part` on.
    Tail,
    /// Has written its segment, and is to put the manifest.
    Flush,
    /// Heard that its put was refused, though it was not.
    Misled,
    /// Deletes `todo`, the entries that it has flushed.
    Delete,
    /// Looks for a merge.
    Merge,
    /// Is to write part number `part` of `output`.
    Write,
    /// Is to note that part number `part` is written, or to end the merge.
    Note,
    Ended,
}

/// A run of the compactor. It crashes by taking no further step. Only where
/// somebody waits for its end is that a step of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Run {
    pub(super) phase: RunPhase,
    /// The manifest that it read last is still the current one.
    pub(super) current: bool,
    /// The positions whose entries it is to delete.
    pub(super) todo: Set,
    /// The garbage of the manifest that it began with.
    pub(super) garbage: Set,
    /// The positions whose entries it read.
    pub(super) read: Set,
    /// What only variants need: the segments, or what was struck, when it read
    /// the manifest.
    pub(super) base: Set,
    pub(super) output: u8,
    pub(super) part: u8,
    /// When it began to read the tail, nothing had had for an hour what was struck.
    pub(super) waited: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) enum SearchPhase {
    #[default]
    Idle,
    /// A process that remembers a manifest, and reads parts for other searches.
    Warm,
    /// Reads the tail.
    Tail,
    /// Has the manifest that counts.
    Parts,
    Done,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Search {
    pub(super) phase: SearchPhase,
    /// It has a manifest, whose fields follow.
    pub(super) knows: bool,
    pub(super) shards: u8,
    pub(super) segments: Set,
    pub(super) struck: Set,
    /// That manifest is still the current one.
    pub(super) current: bool,
    /// What it has read of the tail: positions, or shards where there are two.
    pub(super) looked: Set,
    pub(super) seen: Set,
    /// The segments of which it has the first and the second part.
    pub(super) parts: [Set; 2],
    /// What it has to find, and what it may not find.
    pub(super) acknowledged: Set,
    pub(super) forbidden: Set,
    /// It had begun when what was struck was seen to be nowhere, or soon after.
    pub(super) began_before: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) enum Stage {
    #[default]
    Idle,
    Under,
    Done,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Sweep {
    pub(super) phase: Stage,
    pub(super) target: u8,
    /// Of a variant: what the manifest named when it was read.
    pub(super) named: Set,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Reindex {
    pub(super) phase: Stage,
    /// Something was struck since it began to read heads.
    pub(super) outdated: bool,
}

/// What a step did that no step may do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) enum Fault {
    #[default]
    None,
    Missed,
    Uncommitted,
    Twice,
    Struck,
    Absent,
    Rewritten,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct State {
    pub(super) tail: Set,
    pub(super) heads: Set,
    pub(super) manifest: Manifest,
    /// The segments whose first and second part are there.
    pub(super) parts: [Set; 2],
    /// What stands, or stood, in each part of each segment.
    pub(super) contents: [[Set; 2]; SEGMENTS as usize],
    pub(super) claims: [Claim; RUNS as usize],
    pub(super) writers: [Writer; POSITIONS as usize],
    pub(super) runs: [Run; RUNS as usize],
    pub(super) search: Search,
    pub(super) sweep: Sweep,
    pub(super) reindex: Reindex,
    pub(super) ever_struck: Set,
    pub(super) fault: Fault,
}

impl State {
    pub(super) fn has_parts(&self, segment: u8) -> bool {
        (0..parts_of(segment)).all(|part| self.parts[usize::from(part)].has(segment))
    }

    /// What is found by a segment: what all of its parts have.
    pub(super) fn content(&self, segment: u8) -> Set {
        let [first, second] = self.contents[usize::from(segment)];
        if parts_of(segment) == 2 { first.common(second) } else { first }
    }

    pub(super) fn claim(&self, output: u8) -> Claim {
        self.claims[usize::from(output - RUNS)]
    }

    pub(super) fn content_of_all(&self, segments: Set) -> Set {
        segments.members().fold(Set::EMPTY, |all, segment| all.and(self.content(segment)))
    }

    /// The tail as far as the manifest's shards go.
    pub(super) fn tail_of(&self, shards: u8) -> Set {
        self.tail
            .members()
            .filter(|&position| self.writers[usize::from(position)].shard < shards)
            .fold(Set::EMPTY, Set::with)
    }

    /// Everybody's manifest but that of `by`, who put a new one, is now an old
    /// one.
    pub(super) fn put_by(&mut self, by: Option<u8>) {
        for (run, at) in self.runs.iter_mut().zip(0..) {
            run.current &= by == Some(at);
        }
        self.search.current = false;
        let kept = self.manifest.segments_and_output();
        self.manifest.older = if self.manifest.struck.is_empty() {
            Set::EMPTY
        } else {
            self.manifest.older.common(kept)
        };
    }

    /// Sets back what nobody can come to any more, after a step from `before`:
    /// contents of segments that are neither there nor in the hands of the
    /// search, and claims that nobody works on.
    pub(super) fn forget_what_is_over(&mut self, before: &Self) {
        if self.parts != before.parts || self.search.parts != before.search.parts {
            let [first, second] = self.search.parts;
            let kept = self.parts[0].and(self.parts[1]).and(first).and(second);
            for segment in Set::up_to(SEGMENTS).minus(kept).members() {
                self.contents[usize::from(segment)] = [Set::EMPTY; 2];
            }
        }
        for run in 0..RUNS {
            let at = usize::from(run);
            if self.claims[at] != Claim::default() && !self.is_worked_on(merged_by(run)) {
                self.claims[at] = Claim::default();
            }
        }
    }

    fn is_worked_on(&self, output: u8) -> bool {
        self.manifest.job.is_some_and(|job| job.output == output)
            || self.runs.iter().any(|run| {
                matches!(run.phase, RunPhase::Write | RunPhase::Note) && run.output == output
            })
    }

    pub(super) fn write(&mut self, segment: u8, part: u8, content: Set) {
        let at = usize::from(part);
        let there = &mut self.contents[usize::from(segment)][at];
        if self.parts[at].has(segment) && *there != content {
            self.fault = Fault::Rewritten;
        }
        *there = content;
        self.parts[at] = self.parts[at].with(segment);
    }

    pub(super) fn delete(&mut self, segment: u8) {
        self.parts = self.parts.map(|there| there.without(segment));
    }
}
