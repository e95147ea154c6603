//! An actor as a filter names it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::domain::principal::{Actor, ActorId};
use crate::domain::value::{MAX_ID_BYTES, Refusal};

/// An actor as a filter names it: by its id, or in full, `service:crm`. An id may
/// have that form itself, so that such a text names an actor of that id, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedActor {
    text: String,
    by_id: Option<ActorId>,
    in_full: Option<Actor>,
}

impl NamedActor {
    /// Reads an id, or what [`Actor::parse`] reads.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let in_full = Actor::parse(text).ok();
        let by_id = match ActorId::parse(text) {
            Err(refusal) if in_full.is_none() => return Err(refusal),
            id => id.ok(),
        };
        Ok(Self { text: text.to_owned(), by_id, in_full })
    }

    /// The text that it was read from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The ids that those who are named have.
    pub fn ids(&self) -> impl Iterator<Item = &ActorId> {
        self.by_id.iter().chain(self.in_full.as_ref().map(|actor| &actor.id))
    }

    /// Whether it names an actor.
    #[must_use]
    pub fn names(&self, actor: &Actor) -> bool {
        self.by_id.as_ref() == Some(&actor.id) || self.in_full.as_ref() == Some(actor)
    }
}

impl JsonSchema for NamedActor {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NamedActor".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": "service:".len() + MAX_ID_BYTES,
            "pattern": r"^((user|agent|service):)?[^\u0000-\u001f\u007f-\u009f]{1,255}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_names_an_actor_in_full_names_one_of_that_id_too() {
        let actor = |text| Actor::parse(text).unwrap();
        let named = NamedActor::parse("service:crm").unwrap();
        let ids: Vec<&str> = named.ids().map(ActorId::as_str).collect();
        assert_eq!((named.as_str(), ids), ("service:crm", vec!["service:crm", "crm"]));
        for (other, expected) in [
            ("service:crm", true),
            ("user:service:crm", true),
            ("service:service:crm", true),
            ("user:crm", false),
            ("service:crm2", false),
        ] {
            assert_eq!(named.names(&actor(other)), expected, "{other}");
        }
        for text in ["crm", "robot:1", "user:", ":", "Service:crm"] {
            let named = NamedActor::parse(text).unwrap();
            assert_eq!(named.ids().map(ActorId::as_str).collect::<Vec<_>>(), [text]);
        }
        let longest = format!("service:{}", "x".repeat(255));
        assert_eq!(NamedActor::parse(&longest).unwrap().ids().count(), 1);
        for text in ["", "a\nb", "service:a\nb", &"x".repeat(256), &format!("{longest}x")] {
            assert!(NamedActor::parse(text).is_err(), "{text}");
        }
    }
}
