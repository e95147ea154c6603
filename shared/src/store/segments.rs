//! The index of a tenant, as it is in the table.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::mpsc::Receiver;

use super::calls::Store;
use super::commit::{NewHead, Staging};
use super::failure::{ItemTooLarge, to_error};
use super::item::{Item, ItemReader, Key, READ_UNIT_BYTES, size_bytes};
use super::items::manifest;
use super::items::tail_entry::{self, BYTES, TailShards};
use super::keys;
use super::measured::Measured as _;
use crate::domain::activity::Activity;
use crate::domain::audit::AuditEvent;
use crate::domain::error::{Result, chain};
use crate::domain::principal::TenantId;
use crate::index::entry::EntryPart;
use crate::index::manifest::TailKey;
use crate::index::search::{Current, IndexReader, PartsRead, TailQuery, TailRead};
use crate::index::segment::{Collection, Corrupt, CorruptPart, PartName};
use crate::platform::telemetry::{Metric, measure};

/// From how many bytes of the tail on it is told: a run of the compactor would have left less.
const LONG_TAIL_BYTES: usize = 500_000;
/// What an item has beside its bytes: key and names, about.
const KEY_BYTES: usize = 100;

/// The index of a tenant.
#[derive(Clone, Copy, Debug)]
pub struct TenantIndex<'a> {
    /// The table.
    pub store: &'a Store,
    pub tenant: &'a TenantId,
}

impl Store {
    /// The shards of a tenant's tail that are known of.
    pub(super) fn tail_shards(&self, tenant: &TenantId) -> TailShards {
        self.memory.tail_shards(tenant)
    }

    /// What is staged for an activity and the event of its log; see
    /// [`Staging::of_activity`].
    pub fn staging_of<'a>(
        &self,
        activity: &'a Activity,
        found_by: EntryPart,
        event: &AuditEvent,
    ) -> Result<(Staging, NewHead<'a>), ItemTooLarge> {
        let shards = self.tail_shards(&activity.tenant_id);
        Staging::of_activity(activity, found_by, event, shards)
    }

    /// Notes that what was staged was committed.
    pub fn note_committed(&self, event: &AuditEvent, staging: &Staging) {
        self.note_written(event, staging.is_marked());
    }

    /// Notes that something was written with an event, and whether it asks for a run.
    pub(super) fn note_written(&self, event: &AuditEvent, is_marked: bool) {
        self.new_events.hand_on(event);
        if is_marked {
            self.memory.ask_for_run(&event.tenant_id);
        }
    }

    /// Looks from time to time how many shards a tail has. Where that fails, those that
    /// are known are right as well.
    pub(super) async fn look_for_shards(&self, tenant: &TenantId) {
        if !self.memory.is_look_due(tenant) {
            return;
        }
        if let Err(error) = (TenantIndex { store: self, tenant }).manifest().await {
            tracing::warn!(%tenant, error = chain(&error), "the manifest could not be read");
        }
    }

    /// The tenants for which runs are asked for, in a process that does them itself;
    /// `None` where another part of it does.
    #[must_use]
    pub fn runs_asked_for(&self) -> Option<Receiver<TenantId>> {
        self.memory.do_runs()
    }
}

impl IndexReader for TenantIndex<'_> {
    fn last_manifest(&self) -> Option<Current> {
        self.store.memory.last_manifest(self.tenant)
    }

    async fn manifest(&self) -> Result<Option<Current>> {
        let item = self.store.get(keys::manifest(self.tenant)).await?;
        let current = item.as_ref().map(manifest::read_current).transpose()?;
        self.store.memory.keep_manifest(self.tenant, current.as_ref());
        Ok(current)
    }

    async fn tail(&self, query: TailQuery<'_>) -> Result<TailRead> {
        let TailQuery { collection, shard, range, start, most, matches } = query;
        let pk = keys::tail(self.tenant, shard);
        let start = start
            .map(|position| keys::tail_entry(self.tenant, TailKey { shard, position }).into_item());
        let answer = self
            .store
            .query_range(&pk, range, start)
            .set_limit(most.map(|most| i32::try_from(most).unwrap_or(i32::MAX)))
            .measured()
            .await
            .map_err(|error| to_error("Query", &error))?;
        let mut read = TailRead::default();
        for item in answer.items.unwrap_or_default() {
            read.bytes += size_bytes(&item);
            read.entries += 1;
            let entry = match tail_entry::read(&item) {
                Ok((_, entry)) => entry,
                // One that can't be read stands in the way of no other.
                Err(corrupt) => {
                    tracing::error!(error = chain(&corrupt), "an entry of the tail is left out");
                    continue;
                }
            };
            let part = match collection {
                Collection::Activities => entry.activity,
                Collection::AuditEvents => entry.event,
            };
            let found = part.filter(|part| matches(entry.analyzer, part.position, &part.terms));
            read.found.extend(found.map(|part| part.position));
        }
        read.units = read.bytes.div_ceil(READ_UNIT_BYTES).max(1);
        read.next =
            answer.last_evaluated_key.as_ref().map(tail_entry::read_position).transpose()?;
        Ok(read)
    }

    fn note_tail(&self, bytes: usize) {
        if bytes >= LONG_TAIL_BYTES {
            measure(Metric::TailBytes, bytes as u64);
        }
    }

    fn kept(&self, name: &PartName) -> Option<Arc<[u8]>> {
        self.store.memory.part(name)
    }

    async fn parts(&self, names: &[PartName]) -> Result<PartsRead> {
        let kept: Vec<Option<Arc<[u8]>>> =
            names.iter().map(|name| self.store.memory.part(name)).collect();
        let wanted: Vec<Key> = names
            .iter()
            .zip(&kept)
            .filter(|(_, kept)| kept.is_none())
            .map(|(name, _)| keys::part(self.tenant, *name))
            .collect();
        let mut found: HashMap<PartName, Arc<[u8]>> = HashMap::new();
        let mut units = 0;
        for item in self.store.batch_get(wanted, None).await? {
            let (name, bytes) = read_part(&item)?;
            units += (bytes.len() + KEY_BYTES).div_ceil(READ_UNIT_BYTES);
            self.store.memory.keep_part(name, Arc::clone(&bytes));
            found.insert(name, bytes);
        }
        let parts = names.iter().zip(kept);
        let parts = parts.map(|(name, kept)| kept.or_else(|| found.get(name).cloned())).collect();
        Ok(PartsRead { parts, units })
    }
}

pub(super) fn read_part(item: &Item) -> Result<(PartName, Arc<[u8]>)> {
    let reader = ItemReader::new(item);
    let (_, name) = keys::part_name(reader.text("pk")?)
        .ok_or_else(|| reader.corrupt("the key names no part of a segment"))?;
    let source = Corrupt("it has no bytes");
    let bytes = reader.bytes(BYTES).map_err(|_| CorruptPart { name, source })?;
    Ok((name, bytes.into()))
}
