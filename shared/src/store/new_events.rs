//! Audit events that were just written, for a process that seals them itself. Where there is
//! a stream of the table, a function of its own reads that.

use std::sync::OnceLock;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;
use crate::trail::entry::WrittenAt;

/// How many wait. What has no room is found in the table.
const WAITING: usize = 10_000;

/// An event that the table has taken.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub event: AuditEvent,
    /// When the table had taken it.
    written: Instant,
}

impl NewEvent {
    /// When the table took it, by the time that it is now. It may have waited for long.
    #[must_use]
    pub fn written_at(&self, now: Timestamp) -> Option<WrittenAt> {
        WrittenAt::of(now.minus(self.written.elapsed()))
    }
}

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
        let Some(sender) = self.0.get() else { return };
        let new = NewEvent { event: event.clone(), written: Instant::now() };
        if sender.try_send(new).is_err() {
            tracing::debug!(tenant = %event.tenant_id, "an event is sealed when the table is read");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::domain::audit::{Action, Call};
    use crate::domain::principal::{Actor, TenantId};
    use crate::domain::salt::Salts;

    #[test]
    fn an_event_was_written_when_it_was_handed_on_however_long_it_waits() {
        let tenant = TenantId::parse("acme").unwrap();
        let actor = Actor::parse("service:suite").unwrap();
        let call = Call::of_operator(tenant, actor, "seal", "req_1".to_owned());
        let occurred_at = Timestamp::from_millis(1_700_000_000_000).unwrap();
        let event =
            AuditEvent::of(&call, Action::KeyCreated, Uuid::nil(), occurred_at, Salts::default());
        let new_events = NewEvents::default();
        new_events.hand_on(&event);
        let mut receiver = new_events.receive().unwrap();
        assert!(receiver.try_recv().is_err(), "nobody was there to take it");
        new_events.hand_on(&event);
        let mut new = receiver.try_recv().unwrap();
        let waits = Duration::from_secs(150);
        new.written = new.written.checked_sub(waits).unwrap();
        let now = occurred_at.plus(waits);
        let written_at = new.written_at(now).unwrap().time();
        // The test takes some time as well.
        assert!(written_at <= occurred_at && written_at > occurred_at.minus(waits));
        assert_eq!(new.event, event);
        assert!(new_events.receive().is_none(), "somebody else has them");
    }
}
