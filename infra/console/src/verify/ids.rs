//! Each event is sealed once; or twice, and then it says the same. The ids of all leaves
//! are kept: 40 bytes each.

use std::collections::HashMap;
use std::collections::hash_map::{Entry as Slot, RandomState};
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use activity_log_core::trail::entry::{BACKFILL, Entry};
use uuid::Uuid;

use super::code::Code;
use super::report::{Finding, Report};

#[derive(Default)]
pub(super) struct Ids {
    /// The first leaf of each, and a hash of what it says.
    seen: HashMap<Uuid, (u64, u64)>,
    /// Its keys are random, so nobody makes two entries of one hash.
    hasher: RandomState,
}

impl Ids {
    pub(super) fn check(&mut self, index: u64, id: Uuid, entry: &Entry<'_>, report: &mut Report) {
        let said = self.hash(entry);
        match self.seen.entry(id) {
            Slot::Vacant(slot) => {
                slot.insert((index, said));
            }
            Slot::Occupied(slot) => {
                let (first, said_first) = *slot.get();
                let is_same = said == said_first;
                let code = if is_same { Code::SealedTwice } else { Code::IdTwice };
                let finding = Finding::new(code).index(index).id(id);
                report.add(finding.found(format_args!("it is at index {first} too")));
            }
        }
    }

    pub(super) fn contains(&self, id: Uuid) -> bool {
        self.seen.contains_key(&id)
    }

    /// A hash of all that has to be the same when an event is sealed again: not when it
    /// was, and not whether the stream told of it.
    fn hash(&self, entry: &Entry<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        let Entry {
            digests,
            action,
            api_route,
            command,
            data,
            error_code,
            id,
            occurred_at,
            request_id,
            resource_id,
            resource_type,
            sealed_at: _,
            source,
            status,
            tenant_id,
            tool_name,
            version,
            written_at: _,
        } = entry;
        (digests, action, api_route, command, error_code, id).hash(&mut hasher);
        (occurred_at, request_id, resource_id, resource_type).hash(&mut hasher);
        (source, status, tenant_id, tool_name, version).hash(&mut hasher);
        for (name, value) in data.iter().filter(|(name, _)| *name != BACKFILL) {
            (name, value.to_string()).hash(&mut hasher);
        }
        hasher.finish()
    }
}
