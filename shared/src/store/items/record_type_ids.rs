//! The ids that a tenant registered for its record types: one item, since all of them
//! are read together.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::domain::principal::TenantId;
use crate::domain::record_type_ids::RecordTypeIds;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::keys;

/// The attribute that has all of them.
pub(in crate::store) const IDS: &str = "ids";

pub(in crate::store) fn write(ids: &RecordTypeIds) -> Item {
    ItemWriter::new(keys::record_type_ids(ids.tenant())).json(IDS, ids.registered()).finish()
}

pub(in crate::store) fn read(
    tenant: &TenantId,
    item: Option<&Item>,
) -> Result<RecordTypeIds, CorruptItem> {
    let registered: BTreeMap<String, Uuid> = match item {
        Some(item) => ItemReader::new(item).json(IDS)?,
        None => BTreeMap::new(),
    };
    Ok(RecordTypeIds::of(tenant.clone(), registered))
}
