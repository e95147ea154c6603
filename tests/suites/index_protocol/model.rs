//! Which participants there are in a walk, and which of the protocol's rules is
//! broken in it.

use std::fmt;

use super::check;
use super::state::{
    Claim, Fault, Manifest, Nowhere, POSITIONS, RUNS, Reindex, Run, RunPhase, SEEDED, SEGMENTS,
    Search, Set, State, Sweep, Writer, WriterPhase,
};

/// Rules of the protocol, each broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Broken {
    /// A head is put before the answer to the entry's put.
    CommitBeforeStage,
    /// A writer takes a shard that no manifest names.
    ShardBeyond,
    /// A flush deletes its entries before it puts the manifest.
    DeleteBeforePut,
    /// The manifest is put without a condition.
    UnconditionalPut,
    /// Who is told that its put was refused deletes its segment, without
    /// looking whether the manifest names it.
    RefusalBelieved,
    /// A flush deletes all entries that it finds, not those that it read.
    WholeTailDeleted,
    /// A flush keeps what is struck.
    StruckFlushed,
    /// A merge keeps what is struck.
    StruckMerged,
    /// A run leaves out of a merge what was struck when it read the manifest,
    /// not what was struck when the merge was claimed.
    DroppedNotFixed,
    /// A merge gets its number at its end.
    NumberedAtEnd,
    /// Progress is noted before the part is written.
    ProgressFirst,
    /// Whom a merge was taken from deletes the output.
    LoserDeletesOutput,
    /// A merge is ended without looking whether its inputs are still listed.
    EndedBlindly,
    /// Struck positions are forgotten while segments may have them.
    ForgottenByAge,
    /// Struck positions are forgotten while the tail may have them.
    TailNotAsked,
    /// Struck positions are forgotten as soon as nothing has them.
    HourNotAwaited,
    /// The hour in which nothing has a struck position goes on when it comes again.
    HourGoesOn,
    /// The hour may end after the run has read the tail.
    HourEndsAtPut,
    /// A search does not look at what is struck.
    StruckShown,
    /// An absent part is taken for an empty one.
    AbsentIsEmpty,
    /// The manifest is not read again after the tail.
    ManifestNotReread,
    /// A search stays with the shards that it knew.
    NewShardsIgnored,
    /// What is found in the tail and in segments is put together as a list.
    RowsNotUnited,
    /// Rows are shown without their heads.
    HeadsNotAsked,
    /// `sweep` deletes segments whose run goes on.
    SweptYoung,
    /// `sweep` reads the manifest once for all that it deletes.
    SweptByOldManifest,
    /// `sweep` deletes what only a merge under way names.
    SweptOutput,
    /// `sweep` deletes entries without a head whose writer goes on.
    SweptEntries,
    /// `reindex` adds what it built, whatever was struck meanwhile.
    ReindexIgnoresStrikes,
    /// Garbage is deleted by the run that made it. It is a matter of cost.
    GarbageAtOnce,
    /// What is pending is not deleted. It is a matter of cost.
    PendingForgotten,
}

/// A walk: who takes part, and what is broken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    /// Positions, of which the first `seeded` are committed at the beginning,
    /// in a segment each.
    pub(super) positions: u8,
    pub(super) seeded: u8,
    pub(super) runs: u8,
    /// Shards of the tail at the end; at the beginning there is one.
    pub(super) shards: u8,
    /// Entries are put again, by retries that arrive late.
    pub(super) late_puts: bool,
    /// Answers to puts of the manifest are lost.
    pub(super) lost_answers: bool,
    /// Writers lose their keys, and unstage.
    pub(super) refusals: bool,
    pub(super) merges: bool,
    pub(super) search: bool,
    /// The search's process may remember a manifest and parts.
    pub(super) cached: bool,
    pub(super) sweep: bool,
    pub(super) erasure: bool,
    pub(super) reindex: bool,
    pub(super) broken: Option<Broken>,
}

impl Walk {
    pub(super) const NOBODY: Self = Self {
        positions: 0,
        seeded: 0,
        runs: 0,
        shards: 1,
        late_puts: false,
        lost_answers: false,
        refusals: false,
        merges: false,
        search: false,
        cached: false,
        sweep: false,
        erasure: false,
        reindex: false,
        broken: None,
    };

    pub(super) fn breaks(&self, rule: Broken) -> bool {
        self.broken == Some(rule)
    }
}

#[derive(Clone, Copy)]
pub(super) enum Actor {
    Writer(u8),
    Run(u8),
    Search,
    Sweep,
    Erasure,
    Reindex,
    Operator,
}

pub(super) struct Step {
    pub(super) actor: Actor,
    pub(super) does: &'static str,
    /// The position or the segment that it does it to.
    pub(super) to: Option<Object>,
}

#[derive(Clone, Copy)]
pub(super) enum Object {
    Position(u8),
    Segment(u8),
    Shard(u8),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.actor {
            Actor::Writer(position) => write!(f, "writer of {position}")?,
            Actor::Run(run) => write!(f, "run {run}")?,
            Actor::Search => f.write_str("search")?,
            Actor::Sweep => f.write_str("sweep")?,
            Actor::Erasure => f.write_str("erasure")?,
            Actor::Reindex => f.write_str("reindex")?,
            Actor::Operator => f.write_str("operator")?,
        }
        write!(f, " {}", self.does)?;
        match self.to {
            None => Ok(()),
            Some(Object::Position(position)) => write!(f, " (position {position})"),
            Some(Object::Segment(segment)) if segment < RUNS => {
                write!(f, " (flushed by run {segment})")
            }
            Some(Object::Segment(segment)) if segment < 2 * RUNS => {
                write!(f, " (merged by run {})", segment - RUNS)
            }
            Some(Object::Segment(segment)) if SEEDED.contains(&segment) => {
                write!(f, " (segment {} of the beginning)", segment - SEEDED[0])
            }
            Some(Object::Segment(_)) => f.write_str(" (built by reindex)"),
            Some(Object::Shard(shard)) => write!(f, " (shard {shard})"),
        }
    }
}

/// Where the steps of a state are gathered.
pub(super) struct Steps<'a> {
    pub(super) from: &'a State,
    pub(super) out: &'a mut Vec<(Step, State)>,
}

impl Steps<'_> {
    pub(super) fn add(
        &mut self,
        actor: Actor,
        does: &'static str,
        to: Option<Object>,
        change: impl FnOnce(&mut State),
    ) {
        let mut next = *self.from;
        change(&mut next);
        next.forget_what_is_over(self.from);
        self.out.push((Step { actor, does, to }, next));
    }
}

impl check::Model for Walk {
    type State = State;
    type Step = Step;

    fn initial(&self) -> State {
        let mut contents = [[Set::EMPTY; 2]; SEGMENTS as usize];
        let mut writers = [Writer::default(); POSITIONS as usize];
        let mut segments = Set::EMPTY;
        for position in 0..self.seeded {
            let segment = SEEDED[usize::from(position)];
            segments = segments.with(segment);
            contents[usize::from(segment)][0] = Set::of(&[position]);
            writers[usize::from(position)].phase = WriterPhase::Committed;
        }
        State {
            tail: Set::EMPTY,
            heads: Set::up_to(self.seeded),
            manifest: Manifest {
                shards: 1,
                segments,
                pending: Set::EMPTY,
                garbage: Set::EMPTY,
                job: None,
                struck: Set::EMPTY,
                nowhere: Nowhere::default(),
                older: Set::EMPTY,
            },
            parts: [segments, Set::EMPTY],
            contents,
            claims: [Claim::default(); RUNS as usize],
            writers,
            runs: [Run::default(); RUNS as usize],
            search: Search::default(),
            sweep: Sweep::default(),
            reindex: Reindex::default(),
            ever_struck: Set::EMPTY,
            fault: Fault::None,
        }
    }

    fn steps(&self, state: &State, out: &mut Vec<(Step, State)>) {
        let mut steps = Steps { from: state, out };
        for position in 0..self.positions {
            super::writer::steps(self, position, &mut steps);
        }
        for run in 0..self.runs {
            // Runs are alike until they begin, so they begin in order.
            let before = run.checked_sub(1).map(|before| state.runs[usize::from(before)].phase);
            if before != Some(RunPhase::Idle) {
                super::run::steps(self, run, &mut steps);
            }
        }
        if self.search {
            super::search::steps(self, &mut steps);
        }
        super::operator::steps(self, &mut steps);
    }

    fn violation(&self, state: &State) -> Option<String> {
        super::invariants::violation(state)
    }
}
