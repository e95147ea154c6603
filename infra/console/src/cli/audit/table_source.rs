//! What is exported of a log, read from the table.

use std::collections::{BTreeMap, HashSet};

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
use activity_log_core::trail::hash::TreeHash;
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

/// What the table has of a tenant's logs, of all generations.
pub(super) struct TableSource<'a> {
    ctx: &'a Context,
    tenant: &'a TenantId,
    /// The activities that leaves told of.
    told_of: HashSet<Uuid>,
}

/// One of its logs, as it was at a size.
pub(super) struct TableLog<'s, 'a> {
    source: &'s mut TableSource<'a>,
    generation: Generation,
    size: u64,
    /// The lines of witnesses, by the sizes of the trees that they signed.
    cosignatures: BTreeMap<u64, String>,
    newest_note: String,
}

impl<'a> TableLog<'_, 'a> {
    /// The first leaf that there is: those before it went with a removed tenant.
    pub(super) async fn first(&self) -> Result<u64> {
        Ok(self.reader().tombstone().await?.map_or(0, |tombstone| tombstone.first))
    }

    /// How many leaves it has.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// One that has read no tile yet, of which it keeps each.
    fn reader(&self) -> LogReader<'a> {
        let TableSource { ctx, tenant, .. } = *self.source;
        LogReader::new(&ctx.store, tenant, self.generation, self.size)
    }

    /// The newest note, as witnesses have signed it.
    pub(super) fn newest_note(&self) -> String {
        self.cosigned(self.size, self.newest_note.clone())
    }

    fn cosigned(&self, size: u64, note: String) -> String {
        match self.cosignatures.get(&size) {
            Some(lines) => note + lines,
            None => note,
        }
    }

    /// The notes of the trees that end within some leaves.
    pub(super) async fn notes(&self, name: TileName) -> Result<Vec<(u64, String)>> {
        let seals = self.reader().seals(name.start()..name.end()).await?;
        let ends_here = |size: &u64| (name.start() + 1..=name.end()).contains(size);
        let notes = seals.into_iter().map(|seal| (seal.size(), seal.note));
        let notes = notes.filter(|(size, _)| ends_here(size));
        Ok(notes.map(|(size, note)| (size, self.cosigned(size, note))).collect())
    }

    /// The hashes of a tile, as the log shows them.
    pub(super) async fn tile(&self, level: u8, name: TileName) -> Result<Vec<TreeHash>> {
        self.reader().tile(level, name).await
    }

    /// The leaves of a bundle, with the records of their activities where these are wanted.
    pub(super) async fn leaves(
        &mut self,
        name: TileName,
        with_records: bool,
    ) -> Result<Vec<ExportedLeaf>> {
        let leaves = self.reader().leaves(name.start()..name.end()).await?;
        let source: &TableSource<'a> = self.source;
        let exported = stream::iter(leaves)
            .map(|leaf| source.exported(leaf, with_records))
            .buffered(READS_IN_FLIGHT)
            .try_collect::<Vec<_>>()
            .await?;
        self.source.told_of.extend(exported.iter().filter_map(|(_, activity)| *activity));
        Ok(exported.into_iter().map(|(leaf, _)| leaf).collect())
    }
}

impl<'a> TableSource<'a> {
    pub(super) fn new(ctx: &'a Context, tenant: &'a TenantId) -> Self {
        Self { ctx, tenant, told_of: HashSet::new() }
    }

    /// The log of a generation, as it is now; `None` where there is none.
    pub(super) async fn log<'s>(
        &'s mut self,
        generation: Generation,
    ) -> Result<Option<TableLog<'s, 'a>>> {
        let (store, tenant) = (&self.ctx.store, self.tenant);
        let newest = store.seals_before(tenant, generation, None, 1).await?.pop();
        let Some(newest) = newest else { return Ok(None) };
        let size = newest.size();
        let cosignatures = store.cosignatures(tenant, generation, 0..=size).await?;
        let newest_note = newest.note;
        Ok(Some(TableLog { source: self, generation, size, cosignatures, newest_note }))
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
        let leaf = ExportedLeaf { event_id: read.leaf.event_id, event, record };
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

    /// The activities that no leaf of any log told of, as lines with their ids.
    pub(super) async fn activities_without_leaf(&self) -> Result<Vec<Value>> {
        let mut lines = Vec::new();
        let mut range = Range { newest: Position::NEWEST, oldest: Position::OLDEST };
        loop {
            let store = &self.ctx.store;
            let step = store.listed(self.tenant, Collection::Activities, range, AT_ONCE).await?;
            for position in step.matches {
                let is_new = !self.told_of.contains(&position.id);
                if !is_new {
                    continue;
                }
                // What was staged and never committed is no activity.
                let activity = store.activity(self.tenant, ActivityId(position.id)).await;
                if let Some(activity) = activity? {
                    let (id, logged_at) = (activity.id, activity.logged_at);
                    let line = json!({ "id": id, "logged_at": logged_at, "without_event": true });
                    lines.push(line);
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

    /// The events that are not among the first so many leaves, nor in a log of before, as
    /// lines.
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
