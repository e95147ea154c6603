//! What a caller is made of: tenant, actor and scopes.

use std::collections::BTreeSet;
use std::fmt;

use schemars::{Schema, json_schema};
use serde::Serialize;

use crate::domain::value::{Refusal, check_id, id_schema, text, word_enum};

text! {
    /// A workspace or business: 1 to 64 of `A-Z a-z 0-9 -`.
    TenantId, check_tenant_id, tenant_id_schema, Display
}

fn check_tenant_id(text: &str) -> Result<(), Refusal> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (1..=64).contains(&text.len()) && text.bytes().all(known) {
        Ok(())
    } else {
        Err("must have 1 to 64 of A-Z a-z 0-9 -".into())
    }
}

fn tenant_id_schema() -> Schema {
    json_schema!({
        "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9-]+$",
    })
}

word_enum! {
    /// What kind of caller an actor is.
    ActorType {
        /// A person.
        User = "user",
        /// An AI agent.
        Agent = "agent",
        /// A program.
        Service = "service",
    }
}

text! {
    /// An actor's id: 1 to 255 bytes without control characters.
    ActorId, check_id, id_schema, Display
}

/// Who an audit event names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Actor {
    /// What kind of caller it is.
    #[serde(rename = "type")]
    pub actor_type: ActorType,
    /// Its id.
    pub id: ActorId,
}

impl Actor {
    /// Reads `user:ID`, `agent:ID` or `service:ID`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let (kind, id) = text.split_once(':').ok_or("must be user:ID, agent:ID or service:ID")?;
        Ok(Self { actor_type: ActorType::parse(kind)?, id: ActorId::parse(id)? })
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.actor_type, self.id)
    }
}

/// Who acted, and by what right: what a caller, a record and an event of the trail
/// have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribution {
    /// Who acted.
    pub actor: Actor,
    /// Whom the credential stands for: the actor, or the service or the import that
    /// acted for it.
    pub authenticated_as: Actor,
    /// The user for whom an agent acted, where it named one.
    pub on_behalf_of: Option<Actor>,
}

impl Attribution {
    /// An actor that acts by itself and for itself.
    #[must_use]
    pub fn of(actor: Actor) -> Self {
        Self { authenticated_as: actor.clone(), actor, on_behalf_of: None }
    }

    /// Everybody who is named, perhaps more than once.
    pub fn everybody(&self) -> impl Iterator<Item = &Actor> {
        [&self.actor, &self.authenticated_as].into_iter().chain(&self.on_behalf_of)
    }

    /// Whom the credential stands for, where that is not the actor.
    #[must_use]
    pub fn other_credential(&self) -> Option<&Actor> {
        Some(&self.authenticated_as).filter(|other| **other != self.actor)
    }
}

word_enum! {
    /// What a credential may do.
    Scope {
        /// Log activities.
        ActivityWrite = "activity:write",
        /// Search and read activities.
        ActivityRead = "activity:read",
        /// Read the audit trail.
        AuditRead = "audit:read",
        /// Make, read, rotate and revoke keys.
        KeysManage = "keys:manage",
    }
}

/// The scopes of a credential.
pub type Scopes = BTreeSet<Scope>;

text! {
    /// The public part of a credential, which names it in the audit trail: 1 to
    /// 64 of `a-z 0-9 -`.
    KeyId, check_key_id, key_id_schema, Display
}

fn check_key_id(text: &str) -> Result<(), Refusal> {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=64).contains(&text.len()) && text.bytes().all(known) {
        Ok(())
    } else {
        Err("must have 1 to 64 of a-z 0-9 -".into())
    }
}

fn key_id_schema() -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-z0-9-]+$" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_id_has_1_to_64_letters_digits_and_hyphens() {
        assert!(TenantId::parse("6f1c0c1e-7f6b-4a0e-9a52-0d8a4c3b2a19").is_ok());
        for text in ["", "a_b", "a#b", "a b", "é", &"a".repeat(65)] {
            assert!(TenantId::parse(text).is_err());
        }
    }

    #[test]
    fn an_actor_is_written_as_type_and_id() {
        let actor = Actor::parse("agent:bot:1").unwrap();
        assert_eq!((actor.actor_type, actor.id.as_str()), (ActorType::Agent, "bot:1"));
        for text in ["agent", "robot:1", "user:"] {
            assert!(Actor::parse(text).is_err());
        }
    }
}
