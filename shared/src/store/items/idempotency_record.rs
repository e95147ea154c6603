//! An idempotency record. DynamoDB removes it some time after `expires_at`.

use crate::domain::activity::ActivityId;
use crate::domain::clock::Timestamp;
use crate::domain::idempotency::{IdempotencyKey, IdempotencyRecord, InputHash};
use crate::domain::principal::TenantId;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::keys;

/// The attribute that the table's time to live watches, in whole seconds.
pub(in crate::store) const EXPIRES_AT: &str = "expires_at";

pub(in crate::store) fn write(
    tenant: &TenantId,
    key: &IdempotencyKey,
    record: &IdempotencyRecord,
) -> Item {
    ItemWriter::new(keys::idempotency(tenant, key))
        .text("activity_id", record.activity_id)
        .text("input_hash", &record.input_hash)
        .number(EXPIRES_AT, record.expires_at.as_seconds())
        .finish()
}

pub(in crate::store) fn read(item: &Item) -> Result<IdempotencyRecord, CorruptItem> {
    let reader = ItemReader::new(item);
    let seconds = reader.number(EXPIRES_AT)?;
    Ok(IdempotencyRecord {
        activity_id: reader.parsed("activity_id", |text| ActivityId::parse(text).ok_or(()))?,
        input_hash: InputHash::from_stored(reader.text("input_hash")?.to_owned()),
        expires_at: seconds
            .checked_mul(1000)
            .and_then(Timestamp::from_millis)
            .ok_or_else(|| reader.corrupt("expires_at is out of range"))?,
    })
}
