//! What is exported of a log, read from the table.

use std::collections::HashSet;

use activity_log_core::Context;
use activity_log_core::app::log_reader::{LogReader, ReadLeaf};
use activity_log_core::app::seal_backlog::unsealed_events;
use activity_log_core::domain::activity::ActivityId;
use activity_log_core::domain::audit::{Action, AuditEvent, AuditStatus};
use activity_log_core::domain::audit_log::Generation;
use activity_log_core::domain::error::Result;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::index::search::Progress;
use activity_log_core::index::segment::Collection;
use activity_log_core::index::{Position, Range};
use activity_log_core::trail::record::record;
use activity_log_core::trail::tile::TileName;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Value, json};
use uuid::Uuid;

use super::directory::ExportedLeaf;

/// Activities that are read side by side.
const READS_IN_FLIGHT: usize = 16;
/// Positions and events that are read at once.
const AT_ONCE: usize = 1_000;

/// A log of a tenant in the table.
pub(super) struct TableSource<'a> {
    pub(super) ctx: &'a Context,
    pub(super) tenant: &'a TenantId,
    pub(super) generation: Generation,
    /// The activities that leaves told of.
    told_of: HashSet<Uuid>,
}

impl<'a> TableSource<'a> {
    pub(super) fn new(ctx: &'a Context, tenant: &'a TenantId, generation: Generation) -> Self {
        Self { ctx, tenant, generation, told_of: HashSet::new() }
    }

    fn reader(&self, size: u64) -> LogReader<'a> {
        LogReader::new(&self.ctx.store, self.tenant, self.generation, size)
    }

    /// The newest note, with the size of its tree.
    pub(super) async fn newest_note(&self) -> Result<Option<(u64, String)>> {
        let newest = self.ctx.store.seals_before(self.tenant, self.generation, None, 1).await?;
        Ok(newest.into_iter().next().map(|seal| (seal.size(), seal.note)))
    }

    /// The notes of the trees that end within some leaves.
    pub(super) async fn notes(&self, name: TileName, size: u64) -> Result<Vec<(u64, String)>> {
        let seals = self.reader(size).seals(name.start()..name.end()).await?;
        let ends_here = |size: &u64| (name.start() + 1..=name.end()).contains(size);
        let notes = seals.into_iter().map(|seal| (seal.size(), seal.note));
        Ok(notes.filter(|(size, _)| ends_here(size)).collect())
    }

    /// The leaves of a bundle, with the records of their activities where these are wanted.
    pub(super) async fn leaves(
        &mut self,
        name: TileName,
        size: u64,
        with_records: bool,
    ) -> Result<Vec<ExportedLeaf>> {
        let leaves = self.reader(size).leaves(name.start()..name.end()).await?;
        let exported = stream::iter(leaves)
            .map(|leaf| self.exported(leaf, with_records))
            .buffered(READS_IN_FLIGHT)
            .try_collect::<Vec<_>>()
            .await?;
        self.told_of.extend(exported.iter().filter_map(|(_, activity)| *activity));
        Ok(exported.into_iter().map(|(leaf, _)| leaf).collect())
    }

    /// A leaf, and the activity that it tells of.
    async fn exported(
        &self,
        read: ReadLeaf,
        with_record: bool,
    ) -> Result<(ExportedLeaf, Option<Uuid>)> {
        let activity = read.event.as_ref().and_then(|(event, _)| logged_activity(event));
        let record = match (&read.event, activity) {
            (Some((event, _)), Some(id)) if with_record => Some(self.record(event, id).await?),
            _ => None,
        };
        let event = read.event.map(|(_, sealed)| {
            let texts = sealed.disclosures.iter().map(|text| text.as_str().to_owned());
            (sealed.entry, texts.collect())
        });
        let leaf =
            ExportedLeaf { event_id: read.leaf.event_id, hash: read.leaf.hash, event, record };
        Ok((leaf, activity.map(|id| id.0)))
    }

    /// The record of an activity as it is now, or its id where it is gone.
    async fn record(&self, event: &AuditEvent, id: ActivityId) -> Result<Vec<u8>> {
        let gone = || json!({ "id": id }).to_string().into_bytes();
        // One that can't be read is as good as gone.
        let Ok(Some(activity)) = self.ctx.store.activity(self.tenant, id).await else {
            return Ok(gone());
        };
        Ok(record(&activity, &event.salts, &event.credential_id).unwrap_or_else(|_| gone()))
    }

    /// The activities that no leaf told of, as lines with their ids.
    pub(super) async fn activities_without_leaf(&self) -> Result<Vec<Value>> {
        let mut lines = Vec::new();
        let mut range = Range { newest: Position::NEWEST, oldest: Position::OLDEST };
        loop {
            let store = &self.ctx.store;
            let step = store.listed(self.tenant, Collection::Activities, range, AT_ONCE).await?;
            for position in step.matches {
                let is_new = !self.told_of.contains(&position.id);
                // What was staged and never committed is no activity.
                if is_new && store.activity(self.tenant, ActivityId(position.id)).await?.is_some() {
                    lines.push(json!({ "id": position.id, "without_event": true }));
                }
            }
            let next = match step.progress {
                Progress::Finished => None,
                Progress::DecidedTo(last) => last.older(),
            };
            let Some(newest) = next else { return Ok(lines) };
            range.newest = newest;
        }
    }

    /// The events that are not among the first so many leaves, as lines.
    pub(super) async fn unsealed(&self, size: u64) -> Result<Vec<Value>> {
        let ids = unsealed_events(self.ctx, self.tenant, size).await?;
        let mut lines = Vec::new();
        for ids in ids.chunks(AT_ONCE) {
            let events = self.ctx.store.audit_events_as_they_are(self.tenant, ids).await?;
            for id in ids {
                if let Some(event) = events.get(id) {
                    let occurred_at = event.as_ref().map(|event| event.occurred_at);
                    let mut line = json!({ "id": id, "occurred_at": occurred_at });
                    // So that an activity whose event waits is told from one that was put in.
                    if let Some(activity) = event.as_ref().and_then(logged_activity) {
                        line["activity"] = json!(activity);
                    }
                    lines.push(line);
                }
            }
        }
        Ok(lines)
    }
}

/// The activity that an event tells of as logged.
fn logged_activity(event: &AuditEvent) -> Option<ActivityId> {
    let is_log = event.action == Action::ActivityLogged && event.status == AuditStatus::Succeeded;
    event.resource_id.as_deref().filter(|_| is_log).and_then(ActivityId::parse)
}
