//! The settings of a tenant.

use crate::domain::audit_reads::AuditReads;
use crate::domain::principal::TenantId;
use crate::domain::tenant_settings::TenantSettings;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::keys;

/// Which reads of records the trail has; of a credential, too.
pub(in crate::store) const AUDIT_READS: &str = "audit_reads";

pub(in crate::store) fn write(tenant: &TenantId, settings: TenantSettings) -> Item {
    ItemWriter::new(keys::tenant_settings(tenant))
        .text_if_some(AUDIT_READS, settings.audit_reads)
        .finish()
}

pub(in crate::store) fn read(item: &Item) -> Result<TenantSettings, CorruptItem> {
    let reader = ItemReader::new(item);
    Ok(TenantSettings { audit_reads: reader.parsed_if_some(AUDIT_READS, AuditReads::parse)? })
}
