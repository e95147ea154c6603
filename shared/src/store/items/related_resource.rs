//! An entry of the registry of related resources, or its tombstone.

use crate::domain::activity::RelatedResource;
use crate::domain::principal::TenantId;
use crate::domain::registry::ResourceRecord;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::items::news;
use crate::store::keys;

pub(in crate::store) fn write(tenant: &TenantId, record: &ResourceRecord) -> Item {
    let item = ItemWriter::new(keys::related_resource(tenant, &record.resource));
    news::write(item, record.display_name.as_ref(), record.changed_at, record.presence).finish()
}

pub(in crate::store) fn read(
    resource: RelatedResource,
    item: &Item,
) -> Result<ResourceRecord, CorruptItem> {
    let (display_name, changed_at, presence) = news::read(&ItemReader::new(item))?;
    Ok(ResourceRecord { resource, display_name, changed_at, presence })
}
