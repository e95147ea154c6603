//! An idempotency record. DynamoDB removes it some time after `expires_at`, where
//! it has one.

use crate::domain::activity::ActivityId;
use crate::domain::clock::Timestamp;
use crate::domain::idempotency::{IdempotencyRecord, InputHash, KeyInSpace, Made};
use crate::domain::principal::{KeyId, TenantId};
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::keys;

/// The attribute that the table's time to live watches, in whole seconds.
pub(in crate::store) const EXPIRES_AT: &str = "expires_at";
const ACTIVITY_ID: &str = "activity_id";
const KEY_ID: &str = "key_id";

pub(in crate::store) fn write(
    tenant: &TenantId,
    key: &KeyInSpace,
    record: &IdempotencyRecord,
) -> Item {
    ItemWriter::new(keys::idempotency(tenant, key))
        .text_if_some(ACTIVITY_ID, record.made.activity())
        .text_if_some(KEY_ID, record.made.key())
        .text("input_hash", &record.input_hash)
        .number_if_some(EXPIRES_AT, record.expires_at.map(Timestamp::as_seconds))
        .finish()
}

pub(in crate::store) fn read(item: &Item) -> Result<IdempotencyRecord, CorruptItem> {
    let reader = ItemReader::new(item);
    let expires_at = |seconds: i64| {
        seconds
            .checked_mul(1000)
            .and_then(Timestamp::from_millis)
            .ok_or_else(|| reader.corrupt("expires_at is out of range"))
    };
    let activity_id =
        reader.parsed_if_some(ACTIVITY_ID, |text| ActivityId::parse(text).ok_or(()))?;
    let made = match (activity_id, reader.parsed_if_some(KEY_ID, KeyId::parse)?) {
        (Some(id), None) => Made::Activity(id),
        (None, Some(id)) => Made::Key(id),
        _ => return Err(reader.corrupt("it names not just one thing that was made")),
    };
    Ok(IdempotencyRecord {
        made,
        input_hash: InputHash::from_stored(reader.text("input_hash")?.to_owned()),
        expires_at: reader.number_if_some(EXPIRES_AT)?.map(expires_at).transpose()?,
    })
}
