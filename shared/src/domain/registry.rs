//! The registry of related resources: what a tenant's activities can be
//! attached to.
//!
//! It is fed from outside, in whatever order news arrives, so each entry
//! carries the time of its change and the newest wins. A deletion stays as a
//! tombstone, or a late event would bring the resource back.

use std::borrow::Cow;

use crate::domain::activity::RelatedResource;
use crate::domain::clock::Timestamp;
use crate::domain::value::Refusal;

/// The name of a related resource: 1 to 200 characters. With the longest summary, ids and a beginning of
/// the body it still fits an activity of one read unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// Checks the limits.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        const MAX_CHARS: usize = 200;
        if text.is_empty() || text.chars().count() > MAX_CHARS {
            return Err(Cow::Borrowed("must have 1 to 200 characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the registry knows of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRecord {
    /// The resource.
    pub resource: RelatedResource,
    /// Its name, where one was given.
    pub display_name: Option<DisplayName>,
    /// When it last changed in its own system.
    pub changed_at: Timestamp,
    /// Whether it exists.
    pub presence: Presence,
}

/// Whether a resource exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It does.
    Present,
    /// It did; this is its tombstone.
    Deleted,
}
