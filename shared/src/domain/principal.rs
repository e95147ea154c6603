//! Who calls: tenant, actor, scopes, and the credential that proves them.

use std::collections::BTreeSet;
use std::fmt;

use schemars::{Schema, json_schema};
use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::clock::{ClockOutOfRange, Environment, Timestamp};
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

/// What an operator calls a credential, to tell it from others: 1 to 100 characters
/// without control characters, and without white space around them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyName(String);

const MAX_KEY_NAME_CHARS: usize = 100;

impl KeyName {
    /// Reads a name. White space around it is left out.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let name = text.trim();
        if name.is_empty() || name.chars().count() > MAX_KEY_NAME_CHARS {
            return Err("must have 1 to 100 characters".into());
        }
        if name.chars().any(char::is_control) {
            return Err("must not have control characters".into());
        }
        Ok(Self(name.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An authenticated caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The tenant that everything of this call belongs to.
    pub tenant_id: TenantId,
    /// Who calls, and for whom.
    pub by: Attribution,
    /// The credential that proved it.
    pub credential_id: KeyId,
    /// What it may do.
    pub scopes: Scopes,
}

/// A secret as a caller presents it: `alk_<tenant>.<key id>.<secret>`.
///
/// It has no `Display`, and its `Debug` hides the secret.
#[derive(Clone)]
pub struct ApiKey {
    /// The tenant that it claims.
    pub tenant_id: TenantId,
    /// The credential that it claims.
    pub key_id: KeyId,
    secret: String,
}

impl ApiKey {
    /// Splits a presented key. `None` when it does not have the form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("alk_")?.split('.');
        let (tenant, key_id, secret) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || secret.is_empty() || secret.len() > 128 {
            return None;
        }
        Some(Self {
            tenant_id: TenantId::parse(tenant).ok()?,
            key_id: KeyId::parse(key_id).ok()?,
            secret: secret.to_owned(),
        })
    }

    /// The credential, where this key proves it and it is not revoked.
    ///
    /// The secret is hashed and compared in constant time, with nothing's hash
    /// where there is no credential: that takes as long.
    #[must_use]
    pub fn prove(&self, credential: Option<Credential>) -> Option<Credential> {
        let presented = hash_secret(&self.secret);
        let stored = credential.as_ref().map_or(NO_HASH, |known| known.secret_hash.as_str());
        let equal: bool = presented.as_bytes().ct_eq(stored.as_bytes()).into();
        credential.filter(|known| equal && known.revoked_at.is_none())
    }

    /// The key in full, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("alk_{}.{}.{}", self.tenant_id, self.key_id, self.secret)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alk_{}.{}.<secret>", self.tenant_id, self.key_id)
    }
}

/// A credential as it is stored: the SHA-256 of the secret, never the secret.
///
/// The secret has 256 random bits, so a plain hash cannot be searched, and a
/// slow password hash would only cost every request its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The tenant that it belongs to.
    pub tenant_id: TenantId,
    /// Its public part.
    pub key_id: KeyId,
    /// SHA-256 of the secret, in hex.
    pub secret_hash: String,
    /// Who it stands for.
    pub actor: Actor,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked, where it was.
    pub revoked_at: Option<Timestamp>,
}

impl Credential {
    /// Makes a credential and the key that proves it.
    pub fn issue(
        environment: &dyn Environment,
        tenant_id: TenantId,
        actor: Actor,
        scopes: Scopes,
    ) -> Result<(Self, ApiKey), ClockOutOfRange> {
        use base64::Engine as _;
        let mut id_bytes = [0; 8];
        environment.fill_random(&mut id_bytes);
        let mut secret_bytes = [0; 32];
        environment.fill_random(&mut secret_bytes);
        let key_id = KeyId(hex::encode(id_bytes));
        let secret = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret_bytes);
        let credential = Self {
            tenant_id: tenant_id.clone(),
            key_id: key_id.clone(),
            secret_hash: hash_secret(&secret),
            actor,
            scopes,
            created_at: environment.now()?,
            revoked_at: None,
        };
        Ok((credential, ApiKey { tenant_id, key_id, secret }))
    }
}

/// As long as the hash of a secret, and that of none.
const NO_HASH: &str = "----------------------------------------------------------------";

fn hash_secret(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::SystemEnvironment;

    fn issue() -> (Credential, ApiKey) {
        let tenant = TenantId::parse("acme").unwrap();
        let actor = Actor::parse("service:crm").unwrap();
        let scopes = Scopes::from([Scope::ActivityRead]);
        Credential::issue(&SystemEnvironment, tenant, actor, scopes).unwrap()
    }

    #[test]
    fn a_key_proves_its_own_credential_until_it_is_revoked() {
        let (mut credential, key) = issue();
        let presented = ApiKey::parse(&key.reveal()).unwrap();
        assert_eq!(presented.prove(Some(credential.clone())), Some(credential.clone()));
        assert_eq!(issue().1.prove(Some(credential.clone())), None);
        assert_eq!(presented.prove(None), None);
        credential.revoked_at = Some(Timestamp::MIN);
        assert_eq!(presented.prove(Some(credential)), None);
    }

    #[test]
    fn what_stands_for_no_hash_is_as_long_as_one_and_is_none() {
        assert_eq!(NO_HASH.len(), hash_secret("x").len());
        assert!(NO_HASH.bytes().all(|byte| !byte.is_ascii_hexdigit()));
    }

    #[test]
    fn a_secret_has_256_bits_and_is_neither_stored_nor_printed() {
        let (credential, key) = issue();
        let secret = key.reveal().rsplit('.').next().unwrap().to_owned();
        assert_eq!(secret.len(), 43);
        assert!(!format!("{credential:?} {key:?}").contains(&secret));
    }

    #[test]
    fn what_does_not_have_the_form_of_a_key_is_none() {
        for text in
            ["", "alk_", "alk_a.b", "alk_a.b.", "alk_a.b.c.d", "a.b.c", "alk_a#.b.c", "alk_a.B.c"]
        {
            assert!(ApiKey::parse(text).is_none(), "{text}");
        }
    }

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

    #[test]
    fn the_name_of_a_key_is_a_line_of_1_to_100_characters() {
        let longest = "\u{1f511}".repeat(100);
        for (text, name) in [(" CRM, production\n", "CRM, production"), (&longest, &longest)] {
            assert_eq!(KeyName::parse(text).unwrap().as_str(), name);
        }
        for text in ["", " \t\n", "a\nb", "a\u{1b}[2J", &"x".repeat(101)] {
            assert!(KeyName::parse(text).is_err(), "{text:?}");
        }
    }
}
