//! An actor as a filter names it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use serde::{Deserialize, Serialize};

use crate::domain::principal::{Actor, ActorId, ActorType};
use crate::domain::value::{MAX_ID_BYTES, Refusal};

/// An actor as a filter names it: by its id, or in full, `service:crm`. An id may
/// have that form itself, so that such a text names an actor of that id, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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

    /// The type that is named with an id, where one is.
    #[must_use]
    pub fn actor_type(&self) -> Option<ActorType> {
        self.in_full.as_ref().map(|actor| actor.actor_type)
    }

    /// Those who are named, of one type where that is said.
    pub fn actors(&self, of_type: Option<ActorType>) -> Vec<Actor> {
        let by_id = self.by_id.iter().flat_map(|id| {
            ActorType::ALL
                .iter()
                .map(|actor_type| Actor { actor_type: *actor_type, id: id.clone() })
        });
        let named = by_id.chain(self.in_full.clone());
        named.filter(|actor| of_type.is_none_or(|known| actor.actor_type == known)).collect()
    }
}

impl TryFrom<String> for NamedActor {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<NamedActor> for String {
    fn from(named: NamedActor) -> Self {
        named.text
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
        let actors = |text, of_type| NamedActor::parse(text).unwrap().actors(of_type);
        let all = ["user:service:crm", "agent:service:crm", "service:service:crm", "service:crm"];
        assert_eq!(actors("service:crm", None), all.map(actor));
        assert_eq!(actors("service:crm", Some(ActorType::User)), [actor("user:service:crm")]);
        let actor_type = |text| NamedActor::parse(text).unwrap().actor_type();
        assert_eq!(
            (actor_type("service:crm"), actor_type("crm")),
            (Some(ActorType::Service), None)
        );
        let both = ["service:service:crm", "service:crm"].map(actor);
        assert_eq!(actors("service:crm", Some(ActorType::Service)), both);
        for text in ["crm", "robot:1", "user:", ":", "Service:crm"] {
            let [user, agent, service] = &actors(text, None)[..] else { panic!("{text}") };
            assert!([user, agent, service].iter().all(|actor| actor.id.as_str() == text));
        }
        let longest = format!("service:{}", "x".repeat(255));
        assert_eq!(actors(&longest, None).len(), 1);
        for text in ["", "a\nb", "service:a\nb", &"x".repeat(256), &format!("{longest}x")] {
            assert!(NamedActor::parse(text).is_err(), "{text}");
        }
    }
}
