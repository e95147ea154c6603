//! What may be missing because it was erased: the content of an activity's log event, and
//! the activity. And the activities that went with a tenant, whose trail stays.
//!
//! An erasure is an event of its own, as the removal of a tenant is. Its leaf may stand
//! before or behind that of what it erases, since two shards of a stream can be sealed the
//! other way round; so everything is held against all erasures at the end. It may not be
//! older than what it erases.

use std::collections::HashMap;

use activity_log_core::trail::entry::Entry;

use super::clocks::Times;
use super::code::Code;
use super::report::{Finding, Report};

const ACTIVITY_ERASED: &str = "activity.erased";
const TENANT_REMOVED: &str = "tenant.removed";
const SUCCEEDED: &str = "succeeded";

/// What is missing.
struct Missing {
    origin: Option<String>,
    code: Code,
    index: u64,
    id: String,
    activity: String,
    /// When it was written, in seconds.
    written: i64,
}

#[derive(Default)]
pub(super) struct Erasures {
    /// The newest erasure of each activity, in seconds.
    newest: HashMap<String, i64>,
    /// When the tenant was removed last, at the latest, in seconds.
    tenant_removed: Option<i64>,
    /// When the oldest activity was logged that is there, in seconds.
    oldest_present: Option<i64>,
    missing: Vec<Missing>,
}

impl Erasures {
    /// Takes note of an event, where it is an erasure.
    pub(super) fn note(&mut self, entry: &Entry<'_>, times: &Times) {
        if entry.status != SUCCEEDED {
            return;
        }
        if entry.action == TENANT_REMOVED {
            self.tenant_removed = self.tenant_removed.max(Some(times.latest_second()));
        }
        if entry.action == ACTIVITY_ERASED
            && let Some(activity) = &entry.resource_id
        {
            let newest = self.newest.entry(activity.clone().into_owned()).or_insert(i64::MIN);
            *newest = (*newest).max(times.written_second());
        }
    }

    /// Takes note of an activity that is there.
    pub(super) fn note_present(&mut self, times: Option<&Times>) {
        let written = times.map_or(i64::MIN, Times::written_second);
        self.oldest_present =
            Some(self.oldest_present.map_or(written, |oldest| oldest.min(written)));
    }

    /// When the tenant was removed with all that it had logged until then. Where something of
    /// it is there, it was not.
    fn removed_with_all(&self) -> Option<i64> {
        let is_all = |removed: &i64| self.oldest_present.is_none_or(|oldest| oldest > *removed);
        self.tenant_removed.filter(is_all)
    }

    /// Takes note of what has to have been erased, or is missing.
    pub(super) fn expect(
        &mut self,
        code: Code,
        index: u64,
        entry: &Entry<'_>,
        times: Option<&Times>,
        report: &Report,
    ) {
        self.missing.push(Missing {
            origin: report.earlier.clone(),
            code,
            index,
            id: entry.id.clone().into_owned(),
            activity: entry.resource_id.clone().unwrap_or_default().into_owned(),
            // Of an event without times nothing is excused.
            written: times.map_or(i64::MAX, Times::written_second),
        });
    }

    /// Reports what no erasure covers.
    pub(super) fn finish(&mut self, report: &mut Report) {
        let removed_with_all = self.removed_with_all();
        for missing in self.missing.drain(..) {
            let Missing { origin, code, index, id, activity, written } = missing;
            let erased = self.newest.get(&activity).is_some_and(|erased| *erased >= written);
            // Its events keep what they disclose.
            let with_tenant = code == Code::ActivityMissing
                && removed_with_all.is_some_and(|removed| removed >= written);
            report.earlier = origin;
            let finding = |code| Finding::new(code).index(index).id(&id);
            report.add(match (erased, with_tenant) {
                (true, _) => finding(Code::Erased),
                (false, true) => finding(Code::RemovedWithTenant),
                _ => finding(code).expected(format_args!("an erasure of {activity} behind it")),
            });
        }
        report.earlier = None;
    }
}
