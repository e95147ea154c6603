//! A record type of a tenant's own, by the id that its name has.

use crate::domain::principal::TenantId;
use crate::domain::record_type::{ApiNamed, RecordType};
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::keys;

pub(in crate::store) fn write(tenant: &TenantId, record_type: &RecordType) -> Item {
    ItemWriter::new(keys::record_type(tenant, record_type.id(tenant)))
        .text("api_name", record_type)
        .finish()
}

pub(in crate::store) fn read(item: &Item) -> Result<RecordType, CorruptItem> {
    ItemReader::new(item).parsed("api_name", RecordType::parse)
}
