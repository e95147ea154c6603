//! The uses of keys that a process has noted, so that it notes one an hour and key.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::clock::Timestamp;
use crate::domain::principal::{KeyId, TenantId};

/// The memory is emptied when it would outgrow this, which bounds it.
const MEMORY_KEYS: usize = 10_000;

/// The hour in which this process has noted a use of each key.
#[derive(Debug, Default)]
pub(crate) struct NotedUses(Mutex<HashMap<(TenantId, KeyId), Timestamp>>);

impl NotedUses {
    /// Whether there is something to note, which is noted from here on.
    pub(crate) fn begin(&self, tenant: &TenantId, key_id: &KeyId, hour: Timestamp) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() >= MEMORY_KEYS {
            noted.clear();
        }
        noted.insert((tenant.clone(), key_id.clone()), hour) != Some(hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_noted_once_an_hour_and_key() {
        let noted = NotedUses::default();
        let tenant = |id: &str| TenantId::parse(id).unwrap();
        let key = |id: &str| KeyId::parse(id).unwrap();
        let hour = |hours: i64| Timestamp::from_millis(hours * 60 * 60 * 1000).unwrap();
        assert!(noted.begin(&tenant("a"), &key("1"), hour(1)));
        assert!(!noted.begin(&tenant("a"), &key("1"), hour(1)));
        assert!(noted.begin(&tenant("b"), &key("1"), hour(1)));
        assert!(noted.begin(&tenant("a"), &key("2"), hour(1)));
        assert!(noted.begin(&tenant("a"), &key("1"), hour(2)));
        for n in 0..=MEMORY_KEYS {
            assert!(noted.begin(&tenant("a"), &key(&format!("k{n}")), hour(2)));
        }
        assert!(noted.0.lock().unwrap().len() <= MEMORY_KEYS, "its memory is bounded");
    }
}
