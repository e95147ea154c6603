//! A run under way: who it is, what it knows, and how long it may go on.

use uuid::Uuid;

use super::current::{Change, Current};
use super::done::Done;
use super::limits::{Limits, SET_ASIDE};
use super::ran::Ran;
use super::rate::Rate;
use crate::domain::clock::{Environment, Timestamp};
use crate::domain::error::Result;
use crate::index::manifest::Manifest;
use crate::index::segment::merge::Merge;
use crate::index::segment::{Segment, SegmentId};
use crate::index::store::IndexStore;

/// A run under way.
pub(super) struct Session<'a, S> {
    pub(super) store: &'a S,
    pub(super) env: &'a dyn Environment,
    pub(super) limits: &'a Limits,
    /// Whether everything is to be done, however little it is, and whoever else is at work.
    pub(super) settles: bool,
    pub(super) id: Uuid,
    pub(super) current: Current<'a, S>,
    pub(super) done: Done,
    pub(super) rate: Rate,
    /// The merge that it goes on with, by its output.
    pub(super) merge: Option<(SegmentId, Merge)>,
    pub(super) ran: Ran,
    /// Whether anything was changed.
    pub(super) changed: bool,
    ends: Timestamp,
    busy_until: Timestamp,
}

impl<'a, S: IndexStore> Session<'a, S> {
    /// Begins a run of some id now, and reads the manifest.
    pub(super) async fn begin(
        store: &'a S,
        env: &'a dyn Environment,
        limits: &'a Limits,
        id: Uuid,
        now: Timestamp,
        settles: bool,
    ) -> Result<Self> {
        Ok(Self {
            store,
            env,
            limits,
            settles,
            id,
            current: Current::read(store).await?,
            done: Done::default(),
            rate: Rate::default(),
            merge: None,
            ran: Ran::default(),
            changed: false,
            ends: now.plus(limits.run),
            busy_until: now.plus(limits.busy),
        })
    }

    /// Whether it may begin something more: it has time, and nobody thinks that it is dead.
    pub(super) async fn may_go_on(&mut self) -> Result<bool> {
        if self.settles {
            return Ok(true);
        }
        let now = self.env.now()?;
        if now >= self.ends {
            return Ok(false);
        }
        if now.plus(self.limits.busy / 2) >= self.busy_until {
            let until = now.plus(self.limits.busy);
            if !self.store.begin(self.id, now, until).await? {
                self.ran.ended_for_another = true;
                return Ok(false);
            }
            self.busy_until = until;
        }
        Ok(!self.ran.ended_for_another)
    }

    /// Changes the manifest, and says in it what was done; whether it is changed.
    pub(super) async fn change(
        &mut self,
        mut change: impl FnMut(&mut Manifest) -> Change + Send,
    ) -> Result<bool> {
        let (done, env) = (&self.done, self.env);
        let say_too = |manifest: &mut Manifest| {
            let outcome = change(manifest);
            done.say_in(manifest, env);
            outcome
        };
        let changed = self.current.change(self.limits.attempts, say_too).await?;
        self.changed |= changed;
        Ok(changed)
    }

    /// Says in the manifest what was done, where nothing was put since.
    pub(super) async fn say_what_is_done(&mut self) -> Result<()> {
        let mut new = self.current.manifest.clone();
        self.done.say_in(&mut new, self.env);
        if new != self.current.manifest {
            self.change(|_| Change::Put).await?;
        }
        Ok(())
    }

    /// Counts what the manifest tells in the end.
    pub(super) fn sum_up(&mut self) {
        let manifest = &self.current.manifest;
        let set_aside = |segment: &&Segment| segment.tier == SET_ASIDE;
        self.ran.segments_set_aside = manifest.segments.iter().filter(set_aside).count();
        self.ran.merge_left = manifest.merge.is_some();
    }

    /// A new id of a segment.
    pub(super) fn new_segment_id(&self) -> Result<SegmentId> {
        Ok(SegmentId(self.env.new_uuid()?))
    }
}
