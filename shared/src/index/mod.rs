//! One index for every search: posting lists, newest first.
//!
//! Everything that can be searched for is a [`Term`], and every term has one
//! list of the records that have it. A search is the intersection of its
//! terms' lists within a range of time ([`join`]), and its cursor is the last
//! position that was decided ([`cursor`]), which stays valid whatever is
//! written meanwhile.
//!
//! All lists share one order, [`Position`]: time, then id. The module knows
//! nothing of the table; it reads through [`PostingLists`].

pub mod compact;
pub mod cursor;
pub mod entry;
pub mod join;
pub mod led_join;
pub mod manifest;
pub mod segment;
pub mod store;
pub mod term;
pub mod visible_text;

use std::collections::BTreeSet;
use std::future::Future;

use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::{Engine as _, alphabet};
use uuid::Uuid;

use crate::domain::activity::{Activity, RelatedResource, Source};
use crate::domain::activity_type::{Category, TypeName};
use crate::domain::audit::{Action, AuditEvent, AuditStatus};
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::{Actor, ActorType, KeyId};
use crate::text::ANALYZER_VERSION;

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

    /// The sort key of its postings: a text of 30 characters, in the order of the
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
}

/// The name of a posting list within its index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(String);

impl Term {
    /// Every activity.
    #[must_use]
    pub fn all() -> Self {
        Self("*".to_owned())
    }

    /// Activities of a type that came in one way. One list for both costs a write no
    /// more than one for the type, and a search for either reads a union of few.
    #[must_use]
    pub fn category(category: Category, source: Source) -> Self {
        Self(format!("type={category}#{source}"))
    }

    /// The lists of activities of one type, where it is said, that came in one way,
    /// where that is.
    #[must_use]
    pub fn categories(category: Option<Category>, source: Option<Source>) -> Vec<Self> {
        let categories = category.as_ref().map_or(Category::ALL, std::slice::from_ref);
        let sources = source.as_ref().map_or(Source::ALL, std::slice::from_ref);
        let of_category = |category: &Category| {
            let category = *category;
            sources.iter().map(move |source| Self::category(category, *source))
        };
        categories.iter().flat_map(of_category).collect()
    }

    /// Activities of an actor.
    #[must_use]
    pub fn actor(actor: &Actor) -> Self {
        Self(format!("actor={actor}"))
    }

    /// Activities attached to a resource.
    #[must_use]
    pub fn related(resource: &RelatedResource) -> Self {
        Self(format!("rel={}#{}", resource.resource_type, resource.id.as_str()))
    }

    /// Activities of a type of the tenant's own.
    #[must_use]
    pub fn own_type(name: &TypeName) -> Self {
        Self(format!("object={name}"))
    }

    /// Activities with a word, under the current analyzer.
    #[must_use]
    pub fn word(word: &str) -> Self {
        Self(format!("w{ANALYZER_VERSION}={word}"))
    }

    /// Audit events of a status.
    #[must_use]
    pub fn audit_status(status: AuditStatus) -> Self {
        Self(format!("status={status}"))
    }

    /// Audit events of an action.
    #[must_use]
    pub fn audit_action(action: Action) -> Self {
        Self(format!("action={action}"))
    }

    /// Audit events of what came in one way from one kind of actor.
    #[must_use]
    pub fn audit_origin(source: Source, actor_type: ActorType) -> Self {
        Self(format!("origin={source}#{actor_type}"))
    }

    /// Audit events of an actor.
    #[must_use]
    pub fn audit_actor(actor: &Actor) -> Self {
        Self(format!("actor={actor}"))
    }

    /// Audit events of a credential.
    #[must_use]
    pub fn audit_credential(id: &KeyId) -> Self {
        Self(format!("credential={id}"))
    }

    /// Audit events about a resource.
    #[must_use]
    pub fn audit_resource(id: &str) -> Self {
        Self(format!("resource={id}"))
    }

    /// Audit events of a request.
    #[must_use]
    pub fn audit_request(request_id: &str) -> Self {
        Self(format!("request={request_id}"))
    }

    /// The name, before it is escaped for a key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Every list that an activity is found in; `words` are those of its texts.
#[must_use]
pub fn terms_of(activity: &Activity, words: &BTreeSet<String>) -> Vec<Term> {
    let mut terms = vec![
        Term::all(),
        Term::category(activity.category, activity.source),
        Term::actor(&activity.logged_by.actor),
    ];
    let own_type = activity.submitted.type_name().filter(|name| name.built_in().is_none());
    terms.extend(own_type.map(Term::own_type));
    // Searches know the five built-in record types; nobody would read the other lists.
    let searched = activity.related.iter().map(|named| &named.resource);
    let searched = searched.filter(|resource| resource.resource_type.built_in().is_some());
    terms.extend(searched.map(Term::related));
    terms.extend(words.iter().map(|word| Term::word(word)));
    terms
}

/// Every list that an audit event is found in. The kind of resource is that of the
/// action.
#[must_use]
pub fn terms_of_audit_event(event: &AuditEvent) -> Vec<Term> {
    let mut terms = vec![
        Term::audit_status(event.status),
        Term::audit_action(event.action),
        Term::audit_origin(event.source, event.by.actor.actor_type),
        Term::audit_actor(&event.by.actor),
        Term::audit_credential(&event.credential_id),
        Term::audit_request(&event.request_id),
    ];
    terms.extend(event.resource_id.as_deref().map(Term::audit_resource));
    terms
}

/// Some positions of a list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostingPage {
    pub positions: Vec<Position>,
    /// How far the page reaches.
    pub extent: Extent,
}

/// How far a page of a list reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Everything in the range was read.
    #[default]
    Whole,
    /// Everything down to this position, inclusive, was read.
    Through(Position),
}

/// Where posting lists are read from.
pub trait PostingLists: Sync {
    /// The newest positions of a list within a range, at most `limit`.
    fn page(
        &self,
        term: &Term,
        range: Range,
        limit: usize,
    ) -> impl Future<Output = Result<PostingPage>> + Send;

    /// Which of the positions the list has.
    fn contained(
        &self,
        term: &Term,
        positions: &[Position],
    ) -> impl Future<Output = Result<std::collections::HashSet<Position>>> + Send;
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
