//! What this process remembers of the trail: tallies that it has counted in and that are
//! to be closed, and hourly events that are there.
//!
//! It only spares calls. What is to be closed is known by the table.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use crate::domain::clock::Timestamp;
use crate::domain::principal::TenantId;
use crate::domain::refusal_tally::closable_before;

/// What bounds the memory: who is forgotten here is found by another call.
const MAX_REMEMBERED: usize = 1_000;

/// The tenants whose refusals were counted, with the first minute that is not closed;
/// and those that were looked at, with the minute of the last time.
#[derive(Debug, Default)]
pub(crate) struct RefusalWatch {
    counted: Mutex<HashMap<TenantId, Timestamp>>,
    looked: Mutex<HashMap<TenantId, Timestamp>>,
}

impl RefusalWatch {
    /// Notes that refusals of a tenant were counted in a minute.
    pub(crate) fn note(&self, tenant: &TenantId, minute: Timestamp) {
        let mut watched = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.contains_key(tenant) || watched.len() < MAX_REMEMBERED {
            watched.entry(tenant.clone()).or_insert(minute);
        }
    }

    /// Whether there is something to be closed.
    pub(crate) fn is_due(&self, tenant: &TenantId, now: Timestamp) -> bool {
        let watched = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        watched.get(tenant).is_some_and(|minute| *minute < closable_before(now))
    }

    /// Whether nobody has looked for something to be closed in this minute; from now on
    /// somebody has.
    pub(crate) fn begin_look(&self, tenant: &TenantId, now: Timestamp) -> bool {
        let minute = closable_before(now);
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.get(tenant) == Some(&minute) {
            return false;
        }
        if looked.len() >= MAX_REMEMBERED {
            looked.clear();
        }
        looked.insert(tenant.clone(), minute);
        true
    }

    /// Notes that what was counted before a minute is closed.
    pub(crate) fn closed(&self, tenant: &TenantId, before: Timestamp) {
        let mut watched = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.get(tenant).is_some_and(|minute| *minute < before) {
            watched.remove(tenant);
        }
    }
}

/// The events of an hour that are there.
#[derive(Debug, Default)]
pub(crate) struct HourlyEvents(Mutex<HashSet<Uuid>>);

impl HourlyEvents {
    pub(crate) fn contains(&self, id: Uuid) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    pub(crate) fn insert(&self, id: Uuid) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(id);
    }
}
