//! The tombstone of a tenant: since when it is removed, and since when nothing is
//! left of it but what was to be kept.

use crate::domain::clock::Timestamp;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader};

/// When the removal began: from then on the tenant gets no new keys.
pub(in crate::store) const BEGAN_AT: &str = "began_at";
/// When it ended, where it did.
pub(in crate::store) const ENDED_AT: &str = "ended_at";

pub(in crate::store) fn read_began_at(item: &Item) -> Result<Timestamp, CorruptItem> {
    ItemReader::new(item).timestamp(BEGAN_AT)
}
