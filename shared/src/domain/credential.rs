//! Credentials: what they allow, the keys that prove them, and when one is taken.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::address_range::AddressRange;
use crate::domain::audit_reads::AuditReads;
use crate::domain::clock::{ClockOutOfRange, Environment, Timestamp};
use crate::domain::principal::{Actor, ActorId, ActorType, Attribution, KeyId, Scopes, TenantId};
use crate::domain::value::Refusal;
use crate::domain::viewer_key::{ViewerKey, ViewerSigner};

/// What people call a key, to tell it from others: 1 to 100 characters without
/// control characters, and without white space around them.
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

impl JsonSchema for KeyName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KeyName".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_KEY_NAME_CHARS })
    }
}

/// The ranges that a key may have.
pub const MAX_ADDRESS_RANGES: usize = 20;
/// The users that a key may be limited to.
pub const MAX_USERS: usize = 100;

/// What a key is made for: who it stands for, what it may do, and within which limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who it stands for.
    pub actor: Actor,
    /// What it may do.
    pub scopes: Scopes,
    /// What people call it.
    pub name: Option<KeyName>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// From where it is taken; from everywhere, where there are none.
    pub address_ranges: BTreeSet<AddressRange>,
    /// Whom it may name as the user that it acts for; anybody, where there is no list.
    pub users: Option<BTreeSet<ActorId>>,
}

impl Grant {
    /// A grant without a name and without limits.
    #[must_use]
    pub fn plain(actor: Actor, scopes: Scopes) -> Self {
        Self {
            actor,
            scopes,
            name: None,
            expires_at: None,
            address_ranges: BTreeSet::new(),
            users: None,
        }
    }

    /// Whether it lets a user be named.
    #[must_use]
    pub fn may_name(&self, user: &ActorId) -> bool {
        self.users.as_ref().is_none_or(|users| users.contains(user))
    }

    /// Whether it lets somebody call from an address. One that is not known is in no
    /// range.
    fn may_come_from(&self, address: Option<IpAddr>) -> bool {
        self.address_ranges.is_empty()
            || address.is_some_and(|known| self.address_ranges.iter().any(|one| one.has(known)))
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
    /// What the viewer tokens that the key makes are checked with, where it is a
    /// service's.
    pub viewer_key: Option<ViewerKey>,
    /// What it was made for.
    pub grant: Grant,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked, where it was.
    pub revoked_at: Option<Timestamp>,
    /// The key that was made in its place, where it was rotated.
    pub replaced_by: Option<KeyId>,
    /// Which reads of records the trail has, where its tenant has set that.
    pub audit_reads: Option<AuditReads>,
}

/// Why the holder of a key is refused. For the caller all of them are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    /// The key is revoked.
    Revoked,
    /// It has ended.
    Expired,
    /// It is not taken from this address, or the address is not known.
    Address,
    /// It may not name this user.
    User,
}

impl Credential {
    /// Makes a credential without limits, and the key that proves it.
    pub fn issue(
        environment: &dyn Environment,
        tenant_id: TenantId,
        actor: Actor,
        scopes: Scopes,
    ) -> Result<(Self, ApiKey), ClockOutOfRange> {
        Self::grant(environment, tenant_id, Grant::plain(actor, scopes))
    }

    /// Makes a credential, and the key that proves it.
    pub fn grant(
        environment: &dyn Environment,
        tenant_id: TenantId,
        grant: Grant,
    ) -> Result<(Self, ApiKey), ClockOutOfRange> {
        use base64::Engine as _;
        let mut id_bytes = [0; 8];
        environment.fill_random(&mut id_bytes);
        let mut secret_bytes = [0; 32];
        environment.fill_random(&mut secret_bytes);
        let key_id = KeyId::parse(&hex::encode(id_bytes)).expect("hex is the form of a key id");
        let secret = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret_bytes);
        let is_of_a_service = grant.actor.actor_type == ActorType::Service;
        let credential = Self {
            tenant_id: tenant_id.clone(),
            key_id: key_id.clone(),
            secret_hash: hash_secret(&secret),
            viewer_key: is_of_a_service.then(|| ViewerSigner::of_secret(&secret).public()),
            grant,
            created_at: environment.now()?,
            revoked_at: None,
            replaced_by: None,
            audit_reads: None,
        };
        Ok((credential, ApiKey { tenant_id, key_id, secret }))
    }

    /// What the cursors of its viewers are encrypted with. The hash that it follows from
    /// is known to those alone who read the table.
    #[must_use]
    pub fn viewer_cursor_key(&self) -> [u8; 32] {
        Sha256::digest(format!("activity-log viewer cursors v1\n{}", self.secret_hash)).into()
    }

    /// Whether it is over, by revocation or by time.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> Option<NotAdmitted> {
        if self.revoked_at.is_some() {
            return Some(NotAdmitted::Revoked);
        }
        let expired = self.grant.expires_at.is_some_and(|expires_at| expires_at <= now);
        expired.then_some(NotAdmitted::Expired)
    }

    /// Who acts, where the key was proven: whether it is taken now, from this address,
    /// and for the user that is named.
    ///
    /// A key bound to one user accepts only that user. A service acts for the user
    /// that it names, who is then the actor. An agent stays the actor, and acts on the
    /// user's behalf.
    pub fn admit(
        &self,
        now: Timestamp,
        client_address: Option<IpAddr>,
        user: Option<ActorId>,
    ) -> Result<Attribution, NotAdmitted> {
        if let Some(ended) = self.ended(now) {
            return Err(ended);
        }
        if !self.grant.may_come_from(client_address) {
            return Err(NotAdmitted::Address);
        }
        let mut by = Attribution::of(self.grant.actor.clone());
        let Some(id) = user else { return Ok(by) };
        let named = Actor { actor_type: ActorType::User, id };
        match by.actor.actor_type {
            ActorType::User if by.actor == named => {}
            ActorType::Service if self.grant.may_name(&named.id) => by.actor = named,
            ActorType::Agent if self.grant.may_name(&named.id) => by.on_behalf_of = Some(named),
            ActorType::User | ActorType::Service | ActorType::Agent => {
                return Err(NotAdmitted::User);
            }
        }
        Ok(by)
    }
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

    /// The credential, where this key proves it, whatever became of it since:
    /// [`Credential::admit`] says whether it is taken.
    ///
    /// The secret is hashed and compared in constant time, with nothing's hash
    /// where there is no credential: that takes as long.
    #[must_use]
    pub fn prove(&self, credential: Option<Credential>) -> Option<Credential> {
        let presented = hash_secret(&self.secret);
        let stored = credential.as_ref().map_or(NO_HASH, |known| known.secret_hash.as_str());
        let equal: bool = presented.as_bytes().ct_eq(stored.as_bytes()).into();
        credential.filter(|_| equal)
    }

    /// What signs the viewer tokens of a service whose key this is.
    #[must_use]
    pub fn viewer_signer(&self) -> ViewerSigner {
        ViewerSigner::of_secret(&self.secret)
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

/// As long as the hash of a secret, and that of none.
const NO_HASH: &str = "----------------------------------------------------------------";

fn hash_secret(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::SystemEnvironment;
    use crate::domain::principal::Scope;

    fn issue() -> (Credential, ApiKey) {
        let tenant = TenantId::parse("acme").unwrap();
        let actor = Actor::parse("service:crm").unwrap();
        let scopes = Scopes::from([Scope::ActivityRead]);
        Credential::issue(&SystemEnvironment, tenant, actor, scopes).unwrap()
    }

    #[test]
    fn a_key_proves_its_own_credential_and_no_other() {
        let (mut credential, key) = issue();
        let presented = ApiKey::parse(&key.reveal()).unwrap();
        assert_eq!(presented.prove(Some(credential.clone())), Some(credential.clone()));
        assert_eq!(issue().1.prove(Some(credential.clone())), None);
        assert_eq!(presented.prove(None), None);
        // Whether a revoked one is taken is asked of those alone who have proven it.
        credential.revoked_at = Some(Timestamp::MIN);
        assert_eq!(presented.prove(Some(credential.clone())), Some(credential.clone()));
        assert_eq!(issue().1.prove(Some(credential)), None);
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
    fn the_name_of_a_key_is_a_line_of_1_to_100_characters() {
        let longest = "\u{1f511}".repeat(100);
        for (text, name) in [(" CRM, production\n", "CRM, production"), (&longest, &longest)] {
            assert_eq!(KeyName::parse(text).unwrap().as_str(), name);
        }
        for text in ["", " \t\n", "a\nb", "a\u{1b}[2J", &"x".repeat(101)] {
            assert!(KeyName::parse(text).is_err(), "{text:?}");
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000).unwrap()
    }

    fn user(id: &str) -> ActorId {
        ActorId::parse(id).unwrap()
    }

    #[test]
    fn a_key_is_admitted_until_it_ends() {
        let (mut credential, _) = issue();
        credential.grant.expires_at = Some(at(100));
        let admit = |credential: &Credential, now| credential.admit(at(now), None, None).err();
        assert_eq!(admit(&credential, 99), None);
        assert_eq!(admit(&credential, 100), Some(NotAdmitted::Expired), "its end is exclusive");
        assert_eq!(admit(&credential, 101), Some(NotAdmitted::Expired));
        credential.revoked_at = Some(at(50));
        for now in [0, 60, 200] {
            assert_eq!(admit(&credential, now), Some(NotAdmitted::Revoked));
        }
    }

    #[test]
    fn a_key_with_ranges_is_admitted_from_within_them_alone() {
        let (mut credential, _) = issue();
        let admit = |credential: &Credential, address: Option<&str>| {
            let address = address.map(|text| text.parse().unwrap());
            credential.admit(at(0), address, None).err()
        };
        for address in [None, Some("192.0.2.1"), Some("2001:db8::1")] {
            assert_eq!(admit(&credential, address), None, "without ranges, from everywhere");
        }
        let ranges = ["192.0.2.0/24", "2001:db8::/32"];
        credential.grant.address_ranges =
            ranges.iter().map(|text| AddressRange::parse(text).unwrap()).collect();
        for address in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"] {
            assert_eq!(admit(&credential, Some(address)), None, "{address}");
        }
        for address in [None, Some("192.0.3.1"), Some("2001:db9::1"), Some("::1")] {
            assert_eq!(admit(&credential, address), Some(NotAdmitted::Address), "{address:?}");
        }
    }

    #[test]
    fn who_acts_is_told_by_the_actor_of_a_key_and_the_user_that_is_named() {
        let some = |ids: &[&str]| Some(ids.iter().map(|id| user(id)).collect::<BTreeSet<_>>());
        let refused = Err(NotAdmitted::User);
        for (actor, users, named, expected) in [
            ("user:jo", None, None, Ok(("user:jo", None))),
            ("user:jo", None, Some("jo"), Ok(("user:jo", None))),
            ("user:jo", None, Some("ann"), refused),
            ("service:crm", None, None, Ok(("service:crm", None))),
            ("service:crm", None, Some("ann"), Ok(("user:ann", None))),
            ("service:crm", some(&["jo", "ann"]), Some("ann"), Ok(("user:ann", None))),
            ("service:crm", some(&["jo"]), Some("ann"), refused),
            ("service:crm", some(&["jo"]), None, Ok(("service:crm", None))),
            ("service:crm", some(&[]), Some("ann"), refused),
            ("agent:bot", None, Some("ann"), Ok(("agent:bot", Some("user:ann")))),
            ("agent:bot", some(&["ann"]), Some("ann"), Ok(("agent:bot", Some("user:ann")))),
            ("agent:bot", some(&["jo"]), Some("ann"), refused),
            ("agent:bot", some(&["jo"]), None, Ok(("agent:bot", None))),
        ] {
            let (mut credential, _) = issue();
            credential.grant.actor = Actor::parse(actor).unwrap();
            credential.grant.users = users;
            let admitted = credential.admit(at(0), None, named.map(user));
            let expected = expected.map(|(acts, on_behalf_of)| Attribution {
                actor: Actor::parse(acts).unwrap(),
                authenticated_as: Actor::parse(actor).unwrap(),
                on_behalf_of: on_behalf_of.map(|text| Actor::parse(text).unwrap()),
            });
            assert_eq!(admitted, expected, "{actor} names {named:?}");
        }
    }
}
