//! How often a credential was refused with a code within a minute.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::audit::Call;
use crate::domain::clock::{Rounding, Timestamp};
use crate::domain::error::ErrorCode;
use crate::domain::principal::{Attribution, KeyId, TenantId};
use crate::domain::refusal_tally::{RefusalTally, TallyId};
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter, SK};
use crate::store::items::{attribution, audit_event};

/// How many there were.
pub(in crate::store) const REFUSALS: &str = "refusals";
/// The door of the first one.
const DOOR: &str = "door";
/// When the first one was.
const FIRST_AT: &str = "first_at";
/// When the last one was.
pub(in crate::store) const LAST_AT: &str = "last_at";
/// The request of the last one.
pub(in crate::store) const REQUEST_ID: &str = "request_id";

/// What a tally has of the first refusal that it counts, and keeps: whom the
/// credential stands for, the door, and the time.
pub(in crate::store) fn of_first_refusal(call: &Call, now: Timestamp) -> Item {
    let whom = Attribution::of(call.principal.by.authenticated_as.clone());
    // One attribute, since each is kept by itself: the doors of two refusals would else be
    // mixed.
    let door = audit_event::write_entry_point(
        ItemWriter::of_attributes(),
        call.door.source,
        &call.door.entry_point,
    );
    let door: BTreeMap<String, String> = door
        .finish()
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_s().ok()?.clone())))
        .collect();
    attribution::write(ItemWriter::of_attributes(), &whom)
        .json(DOOR, &door)
        .text(FIRST_AT, now)
        .finish()
}

pub(in crate::store) fn read(tenant: &TenantId, item: &Item) -> Result<RefusalTally, CorruptItem> {
    let reader = ItemReader::new(item);
    let id = reader.parsed(SK, |sk| read_sk(tenant, sk).ok_or(()))?;
    let door: BTreeMap<String, String> = reader.json(DOOR)?;
    let door: Item =
        door.into_iter().map(|(name, value)| (name, AttributeValue::S(value))).collect();
    let (source, entry_point) = audit_event::read_entry_point(&ItemReader::new(&door))
        .map_err(|_| reader.corrupt("it names no door"))?;
    let refusals = u64::try_from(reader.number(REFUSALS)?)
        .map_err(|_| reader.corrupt("it counts less than nothing"))?;
    Ok(RefusalTally {
        id,
        refusals,
        first_at: reader.timestamp(FIRST_AT)?,
        last_at: reader.timestamp(LAST_AT)?,
        by: attribution::read(&reader)?,
        source,
        entry_point,
        request_id: reader.text(REQUEST_ID)?.to_owned(),
    })
}

fn read_sk(tenant: &TenantId, sk: &str) -> Option<TallyId> {
    let mut parts = sk.split('#');
    let (minute, key_id, code) = (parts.next()?, parts.next()?, parts.next()?);
    Some(TallyId {
        tenant_id: tenant.clone(),
        minute: Timestamp::parse(minute, Rounding::Down)?,
        credential_id: KeyId::parse(key_id).ok()?,
        code: ErrorCode::parse(code).ok()?,
    })
}
