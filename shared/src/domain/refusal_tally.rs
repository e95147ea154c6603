//! Refusals, counted: the first of a minute have events of their own, and the others
//! one event that tells their number.
//!
//! Nobody can fill the trail, or run up the bill of a table, by being refused.

use std::time::Duration;

use crate::domain::activity::Source;
use crate::domain::audit::{
    Action, AuditEvent, AuditStatus, Call, Data, EntryPoint, computed_event_id,
};
use crate::domain::client::Client;
use crate::domain::clock::Timestamp;
use crate::domain::error::ErrorCode;
use crate::domain::principal::{Attribution, KeyId, TenantId};
use crate::domain::salt::Salts;

/// How many refusals of a credential, with one code and in one minute, have events of
/// their own.
pub const EVENTS_A_MINUTE: u64 = 10;
/// How long after its minute a tally is closed: clocks differ, and calls take time.
const CLOSES_AFTER: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyId {
    /// The tenant.
    pub tenant_id: TenantId,
    /// When the minute begins.
    pub minute: Timestamp,
    /// The credential that was refused.
    pub credential_id: KeyId,
    /// Why it was.
    pub code: ErrorCode,
}

impl TallyId {
    /// What a refusal of a call is counted in.
    #[must_use]
    pub fn of(call: &Call, code: ErrorCode, now: Timestamp) -> Self {
        Self {
            tenant_id: call.principal.tenant_id.clone(),
            minute: now.start_of(MINUTE),
            credential_id: call.principal.credential_id.clone(),
            code,
        }
    }
}

/// How often a credential was refused with a code within a minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalTally {
    /// What it counts.
    pub id: TallyId,
    /// How many refusals there were.
    pub refusals: u64,
    /// When the first one was.
    pub first_at: Timestamp,
    /// When the last one was.
    pub last_at: Timestamp,
    /// Whom the credential stands for.
    pub by: Attribution,
    /// The way by which the first one came in.
    pub source: Source,
    /// The door of the first one.
    pub entry_point: EntryPoint,
    /// The request of the last one.
    pub request_id: String,
}

impl RefusalTally {
    /// Whether the refusal that was counted last has an event of its own.
    #[must_use]
    pub fn last_has_an_event(&self) -> bool {
        self.refusals <= EVENTS_A_MINUTE
    }

    /// The event of those that have none; `None` where each has one.
    ///
    /// Its id is computed, so that those who close a tally side by side write one, and
    /// has the last request in it: a tally that is begun when this one is closed is
    /// another one.
    #[must_use]
    pub fn event(&self, now: Timestamp, salts: Salts) -> Option<AuditEvent> {
        let count = self.refusals.checked_sub(EVENTS_A_MINUTE).filter(|count| *count > 0)?;
        let TallyId { tenant_id, minute, credential_id, code } = &self.id;
        let first_at = self.first_at.to_string();
        let in_common = [
            tenant_id.as_str(),
            credential_id.as_str(),
            code.as_str(),
            first_at.as_str(),
            self.request_id.as_str(),
        ];
        let status = match code {
            ErrorCode::MissingRequiredScope | ErrorCode::Unauthorized => AuditStatus::Denied,
            _ => AuditStatus::Rejected,
        };
        Some(AuditEvent {
            id: computed_event_id(*minute, &in_common),
            tenant_id: tenant_id.clone(),
            by: self.by.clone(),
            credential_id: credential_id.clone(),
            source: self.source,
            entry_point: self.entry_point.clone(),
            client: Client::default(),
            action: Action::RefusalsCounted,
            resource_id: Some(credential_id.as_str().to_owned()),
            input_hash: None,
            record_hash: None,
            salts,
            status,
            error_code: Some(*code),
            fields: Vec::new(),
            data: Data::default()
                .number("count", count)
                .time("first_at", self.first_at)
                .time("last_at", self.last_at),
            request_id: self.request_id.clone(),
            occurred_at: now,
        })
    }
}

/// The minute before which every tally can be closed.
#[must_use]
pub fn closable_before(now: Timestamp) -> Timestamp {
    now.minus(CLOSES_AFTER).start_of(MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::principal::Actor;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_772_357_400_000 + millis).unwrap()
    }

    fn tally(refusals: u64) -> RefusalTally {
        RefusalTally {
            id: TallyId {
                tenant_id: TenantId::parse("acme").unwrap(),
                minute: at(0),
                credential_id: KeyId::parse("1").unwrap(),
                code: ErrorCode::MissingRequiredScope,
            },
            refusals,
            first_at: at(1_000),
            last_at: at(59_000),
            by: Attribution::of(Actor::parse("service:crm").unwrap()),
            source: Source::Api,
            entry_point: EntryPoint::ApiRoute("/v1/activities".to_owned()),
            request_id: "req_1".to_owned(),
        }
    }

    #[test]
    fn the_event_tells_those_that_have_none() {
        assert!(tally(10).last_has_an_event() && !tally(11).last_has_an_event());
        assert_eq!(tally(10).event(at(90_000), Salts::default()), None);
        let event = tally(25).event(at(90_000), Salts::default()).unwrap();
        assert_eq!(event.data, {
            let data = Data::default().number("count", 15);
            data.time("first_at", at(1_000)).time("last_at", at(59_000))
        });
        assert_eq!((event.status, event.occurred_at), (AuditStatus::Denied, at(90_000)));
        // Whoever closes it, and whenever: it is the same event.
        assert_eq!(tally(25).event(at(95_000), Salts::default()).unwrap().id, event.id);
        // One that is begun later in the minute has other requests.
        let next = RefusalTally { request_id: "req_2".to_owned(), ..tally(25) };
        assert_ne!(next.event(at(95_000), Salts::default()).unwrap().id, event.id);
    }

    #[test]
    fn a_tally_is_closed_half_a_minute_after_its_minute() {
        assert_eq!(closable_before(at(89_999)), at(0));
        assert_eq!(closable_before(at(90_000)), at(60_000));
    }
}
