//! What is put on the bus.

use activity_log_core::domain::clock::Timestamp;
use serde::Serialize;

/// The source that rules match.
pub(crate) const SOURCE: &str = "activity-log";

/// An event that is to be put on the bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) detail_type: &'static str,
    pub(crate) time: Timestamp,
    /// JSON.
    pub(crate) detail: String,
}

impl Event {
    pub(crate) fn new(detail_type: &'static str, time: Timestamp, detail: &impl Serialize) -> Self {
        let detail = serde_json::to_string(detail).expect("an event has a JSON form");
        Self { detail_type, time, detail }
    }
}
