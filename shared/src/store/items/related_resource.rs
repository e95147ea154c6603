//! An entry of the registry of related resources, or its tombstone.

use crate::domain::activity::RelatedResource;
use crate::domain::principal::TenantId;
use crate::domain::registry::{DisplayName, Presence, ResourceRecord};
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::keys;

/// The attribute by which the newest news wins.
pub(in crate::store) const CHANGED_AT: &str = "changed_at";

pub(in crate::store) fn write(tenant: &TenantId, record: &ResourceRecord) -> Item {
    ItemWriter::new(keys::related_resource(tenant, &record.resource))
        .text_if_some("display_name", record.display_name.as_ref().map(DisplayName::as_str))
        .text(CHANGED_AT, record.changed_at)
        .text_if_some("deleted", (record.presence == Presence::Deleted).then_some("true"))
        .finish()
}

pub(in crate::store) fn read(
    resource: RelatedResource,
    item: &Item,
) -> Result<ResourceRecord, CorruptItem> {
    let reader = ItemReader::new(item);
    Ok(ResourceRecord {
        resource,
        display_name: reader.parsed_if_some("display_name", DisplayName::parse)?,
        changed_at: reader.timestamp(CHANGED_AT)?,
        presence: match reader.text_if_some("deleted")? {
            None => Presence::Present,
            Some("true") => Presence::Deleted,
            Some(_) => return Err(reader.corrupt("deleted is not valid")),
        },
    })
}
