//! The entry of an event, version 1: what a leaf of the tree is the hash of.
//!
//! It is RFC 8785 canonical JSON. What names nobody is in it as it is; of what can be taken
//! back it has the digests (`_sd`). There are three clocks in it: `occurred_at` is the
//! writer's, `written_at` the table's, in whole seconds, and `sealed_at` the sealer's. An
//! event that did not come by the table's stream has no `written_at`; its `data` says
//! `backfill`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;
use crate::trail::TrailError;
use crate::trail::disclosure::{Disclosure, disclosures};

/// The version of the entry's form.
pub const ENTRY_VERSION: u8 = 1;
/// What `data` says of an event that did not come by the stream.
pub const BACKFILL: &str = "backfill";
/// What `data` has of the properties that broke a rule.
const FIELDS: &str = "fields";

/// When an event was written and sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealingTimes {
    /// When the table took it, where the stream told it.
    pub written_at: Option<WrittenAt>,
    /// When it was sealed.
    pub sealed_at: Timestamp,
}

/// A time of the table's clock: whole seconds since 1970, and never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WrittenAt(u32);

impl WrittenAt {
    /// From seconds since 1970; `None` for 0.
    #[must_use]
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        (seconds > 0).then_some(Self(seconds))
    }

    /// The second that a time is in; `None` for times that no table told.
    #[must_use]
    pub fn of(time: Timestamp) -> Option<Self> {
        Self::from_seconds(u32::try_from(time.as_seconds()).ok()?)
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn as_seconds(self) -> u32 {
        self.0
    }

    /// The beginning of that second.
    #[must_use]
    pub fn time(self) -> Timestamp {
        Timestamp::from_millis(i64::from(self.0) * 1_000).unwrap_or(Timestamp::MIN)
    }
}

/// An entry. Its members stand in the order of the canonical form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry<'a> {
    /// The digests of the disclosures, sorted.
    #[serde(rename = "_sd")]
    pub digests: Vec<Cow<'a, str>>,
    pub action: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_route: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Cow<'a, str>>,
    /// What else the event tells, by its action.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<Cow<'a, str>>,
    pub id: Cow<'a, str>,
    pub occurred_at: Cow<'a, str>,
    pub request_id: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<Cow<'a, str>>,
    pub resource_type: Cow<'a, str>,
    pub sealed_at: Cow<'a, str>,
    pub source: Cow<'a, str>,
    pub status: Cow<'a, str>,
    pub tenant_id: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_name: Option<Cow<'a, str>>,
    #[serde(rename = "v")]
    pub version: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_at: Option<Cow<'a, str>>,
}

/// An event as it is sealed: its entry, and what is disclosed beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEvent {
    /// The bytes that the leaf is the hash of.
    pub entry: Vec<u8>,
    /// The disclosures, in the order of their names in the documentation.
    pub disclosures: Vec<Disclosure>,
}

/// The entry of an event and its disclosures.
///
/// # Errors
///
/// What disclosures fail of, and an entry that is too long for a bundle.
pub fn sealed_event(event: &AuditEvent, times: SealingTimes) -> Result<SealedEvent, TrailError> {
    let disclosures = disclosures(event)?;
    let mut digests: Vec<Cow<'_, str>> =
        disclosures.iter().map(|disclosure| disclosure.digest().into()).collect();
    digests.sort();
    let entry = Entry {
        digests,
        action: event.action.to_string().into(),
        api_route: event.entry_point.api_route().map(Cow::from),
        command: event.entry_point.command().map(Cow::from),
        data: data(event, times)?,
        error_code: event.error_code.map(|code| code.to_string().into()),
        id: event.id.to_string().into(),
        occurred_at: event.occurred_at.to_string().into(),
        request_id: event.request_id.as_str().into(),
        resource_id: event
            .resource_id
            .as_deref()
            .filter(|_| event.subject_id().is_none())
            .map(Cow::from),
        resource_type: event.action.resource_type().to_string().into(),
        sealed_at: times.sealed_at.to_string().into(),
        source: event.source.to_string().into(),
        status: event.status.to_string().into(),
        tenant_id: event.tenant_id.as_str().into(),
        tool_name: event.entry_point.tool_name().map(Cow::from),
        version: ENTRY_VERSION,
        written_at: times.written_at.map(|written_at| written_at.time().to_string().into()),
    };
    let entry = serde_json_canonicalizer::to_vec(&entry)?;
    if entry.len() > crate::trail::tile::MAX_ENTRY_BYTES {
        return Err(TrailError::TooLong);
    }
    Ok(SealedEvent { entry, disclosures })
}

fn data(event: &AuditEvent, times: SealingTimes) -> Result<BTreeMap<String, Value>, TrailError> {
    let mut data = event.data.without_keys()?;
    if !event.fields.is_empty() {
        data.insert(FIELDS.to_owned(), event.fields.clone().into());
    }
    if times.written_at.is_none() {
        data.insert(BACKFILL.to_owned(), true.into());
    }
    Ok(data)
}

/// Why bytes are no entry of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// They are not JSON in the canonical form.
    #[error("is not canonical JSON of an entry")]
    Malformed,
    /// They may be one of a later version.
    #[error("is of another version, or has a property that is not known")]
    Unknown,
}

impl Entry<'_> {
    /// Reads an entry, in the one form that it has.
    ///
    /// # Errors
    ///
    /// [`EntryError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let Ok(entry) = serde_json::from_slice::<Self>(bytes) else {
            return Err(Self::why_none(bytes));
        };
        if entry.version != ENTRY_VERSION {
            return Err(EntryError::Unknown);
        }
        let is_canonical = serde_json::to_vec(&entry).is_ok_and(|again| again == bytes)
            && (is_written_alike(&entry.data) || is_canonical(bytes));
        if is_canonical { Ok(entry) } else { Err(EntryError::Malformed) }
    }

    fn why_none(bytes: &[u8]) -> EntryError {
        let object: Result<serde_json::Map<String, Value>, _> = serde_json::from_slice(bytes);
        match object {
            Ok(_) if !is_canonical(bytes) => EntryError::Malformed,
            Ok(object) if object.get("v").is_some_and(Value::is_u64) => EntryError::Unknown,
            _ => EntryError::Malformed,
        }
    }
}

/// Whether serde writes members as the canonical form has them: it does, but for fractions,
/// numbers beyond what fractions tell apart, and the order of names that are not ASCII.
fn is_written_alike(data: &BTreeMap<String, Value>) -> bool {
    const EXACT_UP_TO: u64 = 1 << 53;
    fn is_alike(value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) | Value::String(_) => true,
            Value::Number(number) => number.as_u64().is_some_and(|number| number <= EXACT_UP_TO),
            Value::Array(values) => values.iter().all(is_alike),
            Value::Object(_) => false,
        }
    }
    data.iter().all(|(name, value)| name.is_ascii() && is_alike(value))
}

fn is_canonical(bytes: &[u8]) -> bool {
    let again = serde_json::from_slice::<Value>(bytes)
        .ok()
        .and_then(|value| serde_json_canonicalizer::to_vec(&value).ok());
    again.is_some_and(|again| again == bytes)
}
