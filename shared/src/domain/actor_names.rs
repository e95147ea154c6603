//! The registry of actors: the names by which a tenant's readers know those who
//! act.
//!
//! A name is a label of today. It is read when something is shown and is no part
//! of what was recorded, so a rename shows at once, in old records too, and changes
//! none of them. Like that of related resources the registry is fed from outside, in
//! whatever order news arrives: the newest wins, and a deletion leaves a tombstone.

use std::collections::{HashMap, HashSet};

use crate::domain::activity::Activity;
use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;
use crate::domain::principal::{Actor, Attribution};
use crate::domain::registry::{DisplayName, Presence};

/// What the registry knows of one actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorRecord {
    pub actor: Actor,
    /// Its name, where it has one.
    pub display_name: Option<DisplayName>,
    /// When it last changed in its own system.
    pub changed_at: Timestamp,
    /// Whether it is known.
    pub presence: Presence,
}

/// The names of some actors of one tenant, those that have one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActorNames(HashMap<Actor, DisplayName>);

impl ActorNames {
    /// Where nobody has a name.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The name of an actor, where it has one.
    #[must_use]
    pub fn of(&self, actor: &Actor) -> Option<&DisplayName> {
        self.0.get(actor)
    }
}

impl FromIterator<ActorRecord> for ActorNames {
    /// The names that records have. What is gone has none.
    fn from_iter<T: IntoIterator<Item = ActorRecord>>(records: T) -> Self {
        let name = |record: ActorRecord| {
            let present = record.presence == Presence::Present;
            Some((record.actor, record.display_name.filter(|_| present)?))
        };
        Self(records.into_iter().filter_map(name).collect())
    }
}

/// What names those who acted.
pub trait Attributed {
    /// Who acted, once for each thing that was done.
    fn attributions(&self) -> impl Iterator<Item = &Attribution>;

    /// Everybody who is named, each once.
    fn actors(&self) -> HashSet<&Actor> {
        self.attributions().flat_map(Attribution::everybody).collect()
    }
}

impl Attributed for Activity {
    fn attributions(&self) -> impl Iterator<Item = &Attribution> {
        std::iter::once(&self.logged_by)
    }
}

impl Attributed for AuditEvent {
    fn attributions(&self) -> impl Iterator<Item = &Attribution> {
        std::iter::once(&self.by)
    }
}

impl Attributed for Attribution {
    fn attributions(&self) -> impl Iterator<Item = &Attribution> {
        std::iter::once(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(text: &str) -> Actor {
        Actor::parse(text).unwrap()
    }

    #[test]
    fn who_is_gone_or_nameless_has_no_name() {
        let record = |text: &str, name: Option<&str>, presence| ActorRecord {
            actor: actor(text),
            display_name: name.map(|name| DisplayName::parse(name).unwrap()),
            changed_at: Timestamp::MIN,
            presence,
        };
        let names: ActorNames = [
            record("user:jane", Some("Jane Doe"), Presence::Present),
            record("user:nameless", None, Presence::Present),
            record("user:gone", Some("Gone"), Presence::Deleted),
        ]
        .into_iter()
        .collect();
        assert_eq!(names.of(&actor("user:jane")).unwrap().as_str(), "Jane Doe");
        for other in ["user:nameless", "user:gone", "agent:jane"] {
            assert_eq!(names.of(&actor(other)), None, "{other}");
        }
    }

    #[test]
    fn everybody_who_is_named_is_there_once() {
        let by = Attribution {
            actor: actor("agent:scout"),
            authenticated_as: actor("agent:scout"),
            on_behalf_of: Some(actor("user:jane")),
        };
        assert_eq!(by.everybody().count(), 3);
        assert_eq!(by.actors(), [&actor("agent:scout"), &actor("user:jane")].into());
    }
}
