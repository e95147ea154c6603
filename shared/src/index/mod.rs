//! One index for every search.
//!
//! Everything that can be searched for is a [`term::Term`]. What a record is filed under
//! is first one entry of the *tail* ([`entry`]), written with the record. A run of the
//! compactor ([`compact`]) takes entries into *segments* ([`segment`]), which never change,
//! and merges these. The *manifest* ([`manifest`]) names the segments that there are.
//!
//! ```text
//! write ─▶ entry in the tail ─▶ flush ─▶ segment ─▶ merge ─▶ larger segment
//!                  │                        │                     │
//! search ◀─────────┴────────────────────────┴─────────────────────┘
//! ```
//!
//! A search ([`search`]) judges an expression ([`expression`]) of the tail's entries and
//! of the segments that the manifest names. All of them share one order, [`Position`]:
//! time, then id. A cursor ([`cursor`]) is the last position that was decided, which stays
//! valid whatever is written meanwhile.
//!
//! The module knows nothing of the table: it reads and writes through traits.

pub mod compact;
pub mod cursor;
pub mod entry;
pub mod expression;
pub mod filed;
pub mod manifest;
mod page_set;
mod plan;
pub mod search;
pub mod segment;
mod segment_search;
pub mod status;
pub mod store;
pub mod term;
pub mod visible_text;

use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::{Engine as _, alphabet};
use uuid::Uuid;

use crate::domain::activity::Activity;
use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;

/// The alphabet of `crypt(3)` is sorted as ASCII is, so texts of one length are in
/// the order of the bytes that they stand for.
const SORTED_BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::CRYPT, NO_PAD);
/// Milliseconds in 48 bits, which last beyond the year 9999; UUIDs of version 7
/// begin with the same (RFC 9562).
const TIME_BYTES: usize = 6;

/// Where a record stands in every list that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The record's time.
    pub time: Timestamp,
    /// The record's id, which orders records of the same time.
    pub id: Uuid,
}

impl Position {
    /// Older than every other position.
    pub const OLDEST: Self = Self { time: Timestamp::MIN, id: Uuid::nil() };
    /// Newer than every other position.
    pub const NEWEST: Self = Self { time: Timestamp::MAX, id: Uuid::max() };

    /// Where an activity stands.
    #[must_use]
    pub fn of_activity(activity: &Activity) -> Self {
        Self { time: activity.occurred_at, id: activity.id.0 }
    }

    /// Where an audit event stands.
    #[must_use]
    pub fn of_audit_event(event: &AuditEvent) -> Self {
        Self { time: event.occurred_at, id: event.id }
    }

    /// The oldest position of a time.
    #[must_use]
    pub fn start_of(time: Timestamp) -> Self {
        Self { time, id: Uuid::nil() }
    }

    /// The sort key of what it is listed and found by: a text of 30 characters, in the order of the
    /// positions. It is base 64 of time and id, with the alphabet of `crypt(3)`. What
    /// callers get is [`cursor::encode`].
    #[must_use]
    pub fn encode(self) -> String {
        let millis = self.time.as_millis().to_be_bytes();
        let mut bytes = [0; TIME_BYTES + size_of::<Uuid>()];
        bytes[..TIME_BYTES].copy_from_slice(&millis[millis.len() - TIME_BYTES..]);
        bytes[TIME_BYTES..].copy_from_slice(self.id.as_bytes());
        SORTED_BASE64.encode(bytes)
    }

    /// Reads what [`Self::encode`] wrote; `None` for anything else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = SORTED_BASE64.decode(text).ok()?;
        let (time, id) = bytes.split_first_chunk::<TIME_BYTES>()?;
        let mut millis = [0; size_of::<i64>()];
        millis[size_of::<i64>() - TIME_BYTES..].copy_from_slice(time);
        Some(Self {
            time: Timestamp::from_millis(i64::from_be_bytes(millis))?,
            id: Uuid::from_slice(id).ok()?,
        })
    }

    /// The next newer position. `None` after [`Self::NEWEST`].
    #[must_use]
    pub fn newer(self) -> Option<Self> {
        match self.id.as_u128().checked_add(1) {
            Some(id) => Some(Self { time: self.time, id: Uuid::from_u128(id) }),
            None => {
                let time = Timestamp::from_millis(self.time.as_millis() + 1)?;
                Some(Self { time, id: Uuid::nil() })
            }
        }
    }

    /// The next older position, which makes an exclusive bound inclusive.
    /// `None` before [`Self::OLDEST`].
    #[must_use]
    pub fn older(self) -> Option<Self> {
        match self.id.as_u128().checked_sub(1) {
            Some(id) => Some(Self { time: self.time, id: Uuid::from_u128(id) }),
            None => {
                let time = Timestamp::from_millis(self.time.as_millis() - 1)?;
                Some(Self { time, id: Uuid::max() })
            }
        }
    }
}

/// What is read of a list, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub newest: Position,
    pub oldest: Position,
}

impl Range {
    /// From `after` (inclusive) to `before` (exclusive), and beyond `cursor`
    /// (exclusive) where there is one. `None` when nothing can be in it.
    #[must_use]
    pub fn new(
        after: Option<Timestamp>,
        before: Option<Timestamp>,
        cursor: Option<Position>,
    ) -> Option<Self> {
        let oldest = after.map_or(Position::OLDEST, Position::start_of);
        let mut newest = Position::NEWEST;
        if let Some(before) = before {
            newest = newest.min(Position::start_of(before).older()?);
        }
        if let Some(cursor) = cursor {
            newest = newest.min(cursor.older()?);
        }
        (oldest <= newest).then_some(Self { newest, oldest })
    }

    /// Whether a position is in it.
    #[must_use]
    pub fn has(&self, position: Position) -> bool {
        (self.oldest..=self.newest).contains(&position)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64, id: u128) -> Position {
        Position { time: Timestamp::from_millis(millis).unwrap(), id: Uuid::from_u128(id) }
    }

    #[test]
    fn a_text_that_is_no_position_is_none() {
        let text = at(1_772_357_400_000, 7).encode();
        let beyond_9999 = SORTED_BASE64.encode([0xff; 22]);
        // The last character has four bits that must be zero.
        let not_canonical = format!("{}R", &text[..text.len() - 1]);
        let padded = format!("{text}==");
        let (shorter, longer) = (&text[..28], format!("{text}.."));
        let legible = "2026-03-01T09:30:00.000Z#00000000-0000-0000-0000-000000000007";
        for damaged in
            ["", "é", &text[1..], shorter, &longer, &beyond_9999, &not_canonical, &padded, legible]
        {
            assert_eq!(Position::decode(damaged), None, "{damaged}");
        }
    }

    #[test]
    fn the_ends_of_a_list_and_of_a_millisecond_are_in_order() {
        let inside = [at(1, 0), at(1, u128::MAX), at(2, 0), at(2, 1)];
        let all = [&[Position::OLDEST], &inside[..], &[Position::NEWEST]].concat();
        assert!(all.iter().map(|position| position.encode()).is_sorted());
        assert!(all.iter().all(|position| Position::decode(&position.encode()) == Some(*position)));
    }

    proptest! {
        #[test]
        fn texts_are_in_the_order_of_positions(
            a in (0..=Timestamp::MAX.as_millis(), any::<u128>()),
            b in (0..=Timestamp::MAX.as_millis(), any::<u128>()),
            (same_time, near) in (any::<bool>(), any::<bool>()),
        ) {
            let a = at(a.0, a.1);
            let b = at(if same_time { a.time.as_millis() } else { b.0 }, b.1);
            let b = if near { a.older().unwrap_or(b) } else { b };
            prop_assert_eq!(a.cmp(&b), a.encode().cmp(&b.encode()));
            prop_assert_eq!(Position::decode(&a.encode()), Some(a));
            prop_assert_eq!(a.encode().len(), 30);
        }
    }

    #[test]
    fn older_and_newer_are_the_very_next_positions() {
        for (older, newer) in [(at(5, 6), at(5, 7)), (at(4, u128::MAX), at(5, 0))] {
            assert_eq!((newer.older(), older.newer()), (Some(older), Some(newer)));
        }
        assert_eq!((Position::OLDEST.older(), Position::NEWEST.newer()), (None, None));
    }

    #[test]
    fn a_range_includes_after_and_excludes_before_and_cursor() {
        let time = |millis| Timestamp::from_millis(millis);
        let range = Range::new(time(10), time(20), None).unwrap();
        assert_eq!((range.oldest, range.newest), (at(10, 0), at(19, u128::MAX)));
        let range = Range::new(time(10), time(20), Some(at(15, 3))).unwrap();
        assert_eq!(range.newest, at(15, 2));
        assert_eq!(Range::new(time(10), None, Some(at(10, 0))), None);
        assert_eq!(Range::new(None, time(0), None), None);
    }
}
