//! What records are filed under.
//!
//! The first byte of a term says what it is of. Values that are identifiers are kept as
//! their bytes, since nobody asks for parts of them: a UUID takes 16 instead of 36.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Position;
use super::entry::{Entry, EntryPart};
use super::term::Term;
use crate::domain::activity::{Activity, RelatedResource, Source};
use crate::domain::activity_type::{Category, TypeName};
use crate::domain::audit::{Action, AuditEvent, AuditStatus, ResourceType};
use crate::domain::principal::{Actor, ActorType, KeyId};
use crate::text::ANALYZER_VERSION;

/// The longest value that is kept as it is, in bytes. Of a longer one its SHA-256 is.
const MAX_VALUE_BYTES: usize = 96;
/// What stands before the bytes of a UUID, of a request id, and of a hash. No value
/// begins like them, since none has control characters.
const UUID: u8 = 0;
const REQUEST: u8 = 1;
const HASH: u8 = 2;

/// What a request id begins with, before a UUID without hyphens.
const REQUEST_PREFIX: &str = "req_";

/// A term of a kind.
fn term(kind: u8, value: &str) -> Term {
    let mut bytes = vec![kind];
    if let Some(uuid) = exact_uuid(value) {
        bytes.push(UUID);
        bytes.extend(uuid.as_bytes());
    } else if let Some(uuid) = request_uuid(value) {
        bytes.push(REQUEST);
        bytes.extend(uuid.as_bytes());
    } else if value.len() > MAX_VALUE_BYTES {
        bytes.push(HASH);
        bytes.extend(Sha256::digest(value));
    } else {
        bytes.extend(value.as_bytes());
    }
    Term::new(bytes).expect("a value is short or hashed")
}

/// A UUID whose text is the very value.
fn exact_uuid(value: &str) -> Option<Uuid> {
    let uuid = Uuid::try_parse(value).ok()?;
    (uuid.hyphenated().to_string() == value).then_some(uuid)
}

fn request_uuid(value: &str) -> Option<Uuid> {
    let digits = value.strip_prefix(REQUEST_PREFIX)?;
    let uuid = Uuid::try_parse(digits).ok()?;
    (uuid.simple().to_string() == digits).then_some(uuid)
}

impl Term {
    /// Records with a word, or with what stands for one.
    #[must_use]
    pub fn word(word: &str) -> Self {
        let bytes = [b"w", word.as_bytes()].concat();
        Self::new(bytes).expect("the analyzer bounds its terms")
    }

    /// Activities of a type.
    #[must_use]
    pub fn category(category: Category) -> Self {
        term(b't', category.as_str())
    }

    /// Activities that are listed under a type's name: one of the tenant's own, or a
    /// built-in one.
    #[must_use]
    pub fn listed_as(name: &TypeName) -> Self {
        term(b'o', name.as_str())
    }

    /// Records that came in one way.
    #[must_use]
    pub fn source(source: Source) -> Self {
        term(b's', source.as_str())
    }

    /// Records of an actor.
    #[must_use]
    pub fn actor(actor: &Actor) -> Self {
        term(b'a', &actor.to_string())
    }

    /// Activities attached to a resource.
    #[must_use]
    pub fn related(resource: &RelatedResource) -> Self {
        term(b'r', &format!("{}#{}", resource.resource_type, resource.id.as_str()))
    }

    /// Audit events of a status.
    #[must_use]
    pub fn status(status: AuditStatus) -> Self {
        term(b'u', status.as_str())
    }

    /// Audit events of an action.
    #[must_use]
    pub fn action(action: Action) -> Self {
        term(b'c', action.as_str())
    }

    /// Audit events of actions about a kind of resource.
    #[must_use]
    pub fn resource_type(resource_type: ResourceType) -> Self {
        term(b'x', resource_type.as_str())
    }

    /// Audit events of a kind of actor.
    #[must_use]
    pub fn actor_type(actor_type: ActorType) -> Self {
        term(b'k', actor_type.as_str())
    }

    /// Audit events of a credential.
    #[must_use]
    pub fn credential(id: &KeyId) -> Self {
        term(b'y', id.as_str())
    }

    /// Audit events about a resource.
    #[must_use]
    pub fn resource(id: &str) -> Self {
        term(b'r', id)
    }

    /// Audit events of a request.
    #[must_use]
    pub fn request(request_id: &str) -> Self {
        term(b'q', request_id)
    }
}

/// What an activity is found by; `words` are those of its texts.
#[must_use]
pub fn activity_part<'a>(
    activity: &Activity,
    words: impl IntoIterator<Item = &'a str>,
) -> EntryPart {
    let mut terms = BTreeSet::from([
        Term::category(activity.category),
        Term::source(activity.source),
        Term::actor(&activity.logged_by.actor),
    ]);
    terms.insert(match activity.submitted.type_name() {
        Some(name) => Term::listed_as(name),
        None => term(b'o', activity.category.as_str()),
    });
    // Searches know the five built-in record types; nobody would ask for the others.
    let searched = activity.related.iter().map(|named| &named.resource);
    let searched = searched.filter(|resource| resource.resource_type.built_in().is_some());
    terms.extend(searched.map(Term::related));
    terms.extend(words.into_iter().map(Term::word));
    EntryPart { position: Position::of_activity(activity), terms: terms.into_iter().collect() }
}

/// What an audit event is found by.
#[must_use]
pub fn event_part(event: &AuditEvent) -> EntryPart {
    let mut terms = BTreeSet::from([
        Term::status(event.status),
        Term::action(event.action),
        Term::resource_type(event.action.resource_type()),
        Term::source(event.source),
        Term::actor_type(event.by.actor.actor_type),
        Term::actor(&event.by.actor),
        Term::credential(&event.credential_id),
        Term::request(&event.request_id),
    ]);
    terms.extend(event.resource_id.as_deref().map(Term::resource));
    EntryPart { position: Position::of_audit_event(event), terms: terms.into_iter().collect() }
}

/// The entry of an activity with the audit event of its log.
#[must_use]
pub fn entry_of_activity(activity: EntryPart, event: &AuditEvent) -> Entry {
    Entry { activity: Some(activity), event: Some(event_part(event)), analyzer: ANALYZER_VERSION }
}

/// The entry of an audit event that has no activity.
#[must_use]
pub fn entry_of_event(event: &AuditEvent) -> Entry {
    Entry { activity: None, event: Some(event_part(event)), analyzer: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_kept_as_their_bytes_and_other_values_as_they_are() {
        let uuid = "019ca8a2-7c3f-7a41-b2c3-d4e5f6071829";
        for (value, bytes) in [
            (uuid, 18),
            ("req_019ca8a27c3f7a41b2c3d4e5f6071829", 18),
            ("019CA8A2-7C3F-7A41-B2C3-D4E5F6071829", 37),
            ("019ca8a27c3f7a41b2c3d4e5f6071829", 33),
            ("req_019CA8A27C3F7A41B2C3D4E5F6071829", 37),
            ("req_1", 6),
            ("con_1", 6),
        ] {
            assert_eq!(term(b'q', value).as_bytes().len(), bytes, "{value}");
        }
        let (longest, longer) = ("x".repeat(MAX_VALUE_BYTES), "x".repeat(MAX_VALUE_BYTES + 1));
        assert_eq!(term(b'r', &longest).as_bytes().len(), 1 + MAX_VALUE_BYTES);
        assert_eq!(term(b'r', &longer).as_bytes().len(), 34);
        assert_ne!(term(b'r', &longer), term(b'r', &format!("{longer}x")));
    }
}
