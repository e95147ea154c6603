//! What of a batch is to be read again.

use activity_log_core::store::stream::StreamRecord;

/// A record that is to be read again.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Its place in the stream.
    pub(crate) place: String,
    /// The item that it is about.
    pub(crate) pk: String,
    pub(crate) reason: String,
}

impl Failure {
    pub(crate) fn of(record: &StreamRecord<'_>, reason: &str) -> Self {
        Self {
            place: record.sequence_number().to_owned(),
            pk: record.pk().to_owned(),
            reason: reason.to_owned(),
        }
    }
}
