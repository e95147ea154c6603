//! That a scheduled activity was completed, and by which activity.

use crate::domain::activity::ActivityId;
use crate::domain::principal::TenantId;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::keys;

pub(in crate::store) fn write(
    tenant: &TenantId,
    scheduled_activity_id: uuid::Uuid,
    completed_by: ActivityId,
) -> Item {
    ItemWriter::new(keys::scheduled_completion(tenant, scheduled_activity_id))
        .text("activity_id", completed_by)
        .finish()
}

pub(in crate::store) fn read(item: &Item) -> Result<ActivityId, CorruptItem> {
    ItemReader::new(item).parsed("activity_id", |text| ActivityId::parse(text).ok_or(()))
}
