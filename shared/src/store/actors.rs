//! The registry of actors.
//!
//! A tenant that names nobody pays for it no round trip and one read unit a call: an
//! item says that there may be entries, is read beside whatever else a call begins
//! with, and only where it is there are entries looked for.

use std::collections::{HashMap, HashSet};

use super::calls::Store;
use super::failure::to_error;
use super::item::{Item, Key};
use super::measured::Measured as _;
use super::registry::Registered;
use super::{items, keys};
use crate::domain::actor_names::{ActorNames, ActorRecord};
use crate::domain::audit::AuditEvent;
use crate::domain::error::Result;
use crate::domain::principal::{Actor, TenantId};

impl Store {
    /// Whether the registry of a tenant may have entries.
    pub async fn has_actors(&self, tenant: &TenantId) -> Result<bool> {
        Ok(self.get(keys::actor_registry(tenant)).await?.is_some())
    }

    /// The same for several tenants: those whose registry may have entries.
    pub async fn tenants_with_actors<'a>(
        &self,
        tenants: HashSet<&'a TenantId>,
    ) -> Result<HashSet<&'a TenantId>> {
        let mut by_key: HashMap<Key, &TenantId> =
            tenants.into_iter().map(|tenant| (keys::actor_registry(tenant), tenant)).collect();
        let items = self.batch_get(by_key.keys().cloned().collect(), None).await?;
        Ok(items.iter().filter_map(|item| by_key.remove(&Key::of(item)?)).collect())
    }

    /// What the registry knows of an actor, tombstones included.
    pub async fn actor(&self, tenant: &TenantId, actor: &Actor) -> Result<Option<ActorRecord>> {
        let item = self.get(keys::actor(tenant, actor)).await?;
        let read = |item| items::actor::read(actor.clone(), item);
        Ok(item.as_ref().map(read).transpose()?)
    }

    /// The names of some actors, side by side for each hundred of them.
    pub async fn actor_names(
        &self,
        tenant: &TenantId,
        actors: HashSet<&Actor>,
    ) -> Result<ActorNames> {
        let mut by_key: HashMap<Key, &Actor> =
            actors.into_iter().map(|actor| (keys::actor(tenant, actor), actor)).collect();
        let items = self.batch_get(by_key.keys().cloned().collect(), None).await?;
        let record = |item: &Item| {
            // Every item is one of those that were asked for.
            let actor = by_key.remove(&Key::of(item)?)?;
            Some(items::actor::read(actor.clone(), item))
        };
        let records = items.iter().filter_map(record);
        Ok(records.collect::<std::result::Result<_, _>>()?)
    }

    /// Puts an actor or a tombstone, unless the registry has newer news. News of the
    /// same moment: the first stays. The event that tells of it, where it is told by itself,
    /// is written with it or not at all.
    pub async fn put_actor(
        &self,
        tenant: &TenantId,
        record: &ActorRecord,
        event: Option<&AuditEvent>,
    ) -> Result<Registered> {
        // Before the entry, so that no entry is ever without it. It is looked for first,
        // because a read costs less than a write, and one item may take only so many of
        // these a second.
        if !self.has_actors(tenant).await? {
            self.client
                .put_item()
                .table_name(&self.table_name)
                .set_item(Some(items::actor::write_registry(tenant)))
                .measured()
                .await
                .map_err(|error| to_error("PutItem", &error))?;
        }
        self.put_news(items::actor::write(tenant, record), record.changed_at, event).await
    }
}
