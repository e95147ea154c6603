//! Audit events that were just written, for a process that seals them itself. Where there is
//! a stream of the table, a function of its own reads that.

use std::sync::OnceLock;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::domain::audit::AuditEvent;

/// How many wait. What has no room is found in the table.
const WAITING: usize = 10_000;

/// An event that the table has taken.
#[derive(Clone, Debug)]
pub struct NewEvent(pub AuditEvent);

/// Where they are handed on.
#[derive(Debug, Default)]
pub(super) struct NewEvents(OnceLock<Sender<NewEvent>>);

impl NewEvents {
    /// From now on they are handed on; `None` where that was said before.
    pub(super) fn receive(&self) -> Option<Receiver<NewEvent>> {
        let (sender, receiver) = channel(WAITING);
        self.0.set(sender).ok().map(|()| receiver)
    }

    pub(super) fn hand_on(&self, event: &AuditEvent) {
        if let Some(sender) = self.0.get()
            && sender.try_send(NewEvent(event.clone())).is_err()
        {
            tracing::debug!(tenant = %event.tenant_id, "an event is sealed when the table is read");
        }
    }
}
