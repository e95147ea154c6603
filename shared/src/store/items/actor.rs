//! An entry of the registry of actors, or its tombstone, and the sign that there are
//! some.

use crate::domain::actor_names::ActorRecord;
use crate::domain::principal::{Actor, TenantId};
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::items::news;
use crate::store::keys;

pub(in crate::store) fn write(tenant: &TenantId, record: &ActorRecord) -> Item {
    let item = ItemWriter::new(keys::actor(tenant, &record.actor));
    news::write(item, record.display_name.as_ref(), record.changed_at, record.presence).finish()
}

pub(in crate::store) fn read(actor: Actor, item: &Item) -> Result<ActorRecord, CorruptItem> {
    let (display_name, changed_at, presence) = news::read(&ItemReader::new(item))?;
    Ok(ActorRecord { actor, display_name, changed_at, presence })
}

/// The sign that there may be entries. It is its key and nothing else.
pub(in crate::store) fn write_registry(tenant: &TenantId) -> Item {
    ItemWriter::new(keys::actor_registry(tenant)).finish()
}
