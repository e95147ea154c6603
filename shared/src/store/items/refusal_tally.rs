//! How often a credential was refused with a code within a minute.

use serde::{Deserialize, Serialize};

use crate::domain::activity::Source;
use crate::domain::audit::{Call, Door, EntryPoint};
use crate::domain::clock::{Rounding, Timestamp};
use crate::domain::error::ErrorCode;
use crate::domain::principal::{Attribution, KeyId, TenantId};
use crate::domain::refusal_tally::{RefusalTally, TallyId};
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter, SK};
use crate::store::items::attribution;

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

/// The door of a refusal, in one attribute: each is kept by itself, so that those of two
/// doors would be mixed.
#[derive(Deserialize, Serialize)]
struct StoredDoor {
    source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_route: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

impl StoredDoor {
    fn of(door: &Door) -> Self {
        let owned = |name: Option<&str>| name.map(str::to_owned);
        Self {
            source: door.source,
            tool_name: owned(door.entry_point.tool_name()),
            api_route: owned(door.entry_point.api_route()),
            command: owned(door.entry_point.command()),
        }
    }

    fn entry_point(&self) -> Option<EntryPoint> {
        let [tool, route, command] =
            [&self.tool_name, &self.api_route, &self.command].map(Option::as_deref);
        EntryPoint::of_names(tool, route, command)
    }
}

/// What a tally has of the first refusal that it counts, and keeps: whom the
/// credential stands for, the door, and the time.
pub(in crate::store) fn of_first_refusal(call: &Call, now: Timestamp) -> Item {
    let whom = Attribution::of(call.principal.by.authenticated_as.clone());
    attribution::write(ItemWriter::of_attributes(), &whom)
        .json(DOOR, &StoredDoor::of(&call.door))
        .text(FIRST_AT, now)
        .finish()
}

pub(in crate::store) fn read(tenant: &TenantId, item: &Item) -> Result<RefusalTally, CorruptItem> {
    let reader = ItemReader::new(item);
    let id = reader.parsed(SK, |sk| read_sk(tenant, sk).ok_or(()))?;
    let door: StoredDoor = reader.json(DOOR)?;
    let entry_point = door.entry_point().ok_or_else(|| reader.corrupt("it names no door"))?;
    let refusals = u64::try_from(reader.number(REFUSALS)?)
        .map_err(|_| reader.corrupt("it counts less than nothing"))?;
    Ok(RefusalTally {
        id,
        refusals,
        first_at: reader.timestamp(FIRST_AT)?,
        last_at: reader.timestamp(LAST_AT)?,
        by: attribution::read(&reader)?,
        source: door.source,
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
