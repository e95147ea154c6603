//! The registry of related resources: what a tenant's activities can be
//! attached to.
//!
//! It is fed from outside, in whatever order news arrives, so each entry
//! carries the time of its change and the newest wins. A deletion stays as a
//! tombstone, or a late event would bring the resource back.

use schemars::{Schema, json_schema};

use crate::domain::activity::RelatedResource;
use crate::domain::clock::Timestamp;
use crate::domain::value::{Refusal, text};

text! {
    /// The name of a related resource or of an actor: 1 to 200 characters. With the
    /// longest summary, ids and a beginning of the body, a row of a search stays short.
    DisplayName, check_display_name, display_name_schema
}

const MAX_DISPLAY_NAME_CHARS: usize = 200;

fn check_display_name(text: &str) -> Result<(), Refusal> {
    if text.is_empty() || text.chars().count() > MAX_DISPLAY_NAME_CHARS {
        return Err("must have 1 to 200 characters".into());
    }
    Ok(())
}

fn display_name_schema() -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_DISPLAY_NAME_CHARS })
}

/// What the registry knows of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRecord {
    pub resource: RelatedResource,
    /// Its name, where one was given.
    pub display_name: Option<DisplayName>,
    /// When it last changed in its own system.
    pub changed_at: Timestamp,
    /// Whether it exists.
    pub presence: Presence,
}

/// Whether what a registry has an entry of exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It does.
    Present,
    /// It did; this is its tombstone.
    Deleted,
}
