//! Record types, and the ids of what programs call by a name.
//!
//! The five record types of `/v1` are built in; any other is a tenant's own, and
//! is known as soon as its registry has a record of it. The id of a record type
//! is the UUIDv5 (RFC 9562) of its name in [`NAMESPACE`], so that nobody has to
//! hand out ids and every caller can compute them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use uuid::Uuid;

use crate::domain::principal::TenantId;
use crate::domain::value::{Refusal, parse_uuid, text, word_enum};

word_enum! {
    /// The record types that every tenant has.
    BuiltInRecordType as "RelatedResourceType" {
        /// A person.
        Contact = "contact",
        /// An organisation.
        Company = "company",
        /// An opportunity.
        Deal = "deal",
        /// A to-do.
        Task = "task",
        /// A support case.
        SupportTicket = "support_ticket",
    }
}

/// The namespace of the ids of record types, activity types and their fields:
/// `UUIDv5(NAMESPACE, api_name)` for what is built in, and
/// `UUIDv5(NAMESPACE, "<tenant>/<api_name>")` for what is a tenant's own. Ids of
/// published events are in it too, under names that no tenant can have.
pub const NAMESPACE: Uuid = Uuid::from_u128(0x0f5b_6c1e_93a4_4d0b_8f6e_2c7d_51a9_e340);

/// The longest name that programs use, in characters.
pub const MAX_API_NAME_CHARS: usize = 64;

/// The rule of every name that programs use: 1 to 64 of `a-z 0-9 _`.
pub(crate) fn check_api_name(text: &str) -> Result<(), Refusal> {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if (1..=MAX_API_NAME_CHARS).contains(&text.len()) && text.bytes().all(known) {
        Ok(())
    } else {
        Err("must have 1 to 64 of a-z 0-9 _".into())
    }
}

/// How such a name is described.
pub(crate) fn api_name_schema() -> Schema {
    let max = MAX_API_NAME_CHARS;
    json_schema!({
        "type": "string", "minLength": 1, "maxLength": max, "pattern": "^[a-z0-9_]+$",
    })
}

text! {
    /// A kind of record that activities can be attached to: one of the five of
    /// `/v1`, or a tenant's own.
    RecordType, check_api_name, api_name_schema, Display
}

impl RecordType {
    /// The built-in one that it is, if it is one.
    #[must_use]
    pub fn built_in(&self) -> Option<BuiltInRecordType> {
        BuiltInRecordType::parse(&self.0).ok()
    }
}

impl From<BuiltInRecordType> for RecordType {
    fn from(built_in: BuiltInRecordType) -> Self {
        Self(built_in.as_str().to_owned())
    }
}

impl PartialEq<BuiltInRecordType> for RecordType {
    fn eq(&self, other: &BuiltInRecordType) -> bool {
        self.0 == other.as_str()
    }
}

/// What programs call by a name, and what has an id within a tenant that follows
/// from it.
pub trait ApiNamed: Sized {
    /// Reads a name.
    fn from_api_name(text: &str) -> Option<Self>;
    fn api_name(&self) -> &str;
    /// Whether every tenant has it.
    fn is_built_in(&self) -> bool;

    /// Its id within a tenant.
    fn id(&self, tenant: &TenantId) -> Uuid {
        let name = self.api_name();
        if self.is_built_in() { stable_id(name) } else { own_id(tenant, &[name]) }
    }
}

impl ApiNamed for RecordType {
    fn from_api_name(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
    fn api_name(&self) -> &str {
        &self.0
    }
    fn is_built_in(&self) -> bool {
        self.built_in().is_some()
    }
}

/// The id of what is built in.
fn stable_id(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// The id of what is a tenant's own, by the path of its names. No name has a
/// slash in it, so no two paths are the same text.
pub(crate) fn own_id(tenant: &TenantId, path: &[&str]) -> Uuid {
    stable_id(&format!("{tenant}/{}", path.join("/")))
}

/// How callers name a type: by its id or by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier<K> {
    Id(Uuid),
    Name(K),
}

impl<K> JsonSchema for Identifier<K> {
    fn schema_name() -> Cow<'static, str> {
        "Identifier".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl<K: ApiNamed> Identifier<K> {
    /// Reads a hyphenated UUID or a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match parse_uuid(text) {
            Some(id) => Some(Self::Id(id)),
            None => K::from_api_name(text).map(Self::Name),
        }
    }

    /// The id that it means within a tenant.
    #[must_use]
    pub fn id(&self, tenant: &TenantId) -> Uuid {
        match self {
            Self::Id(id) => *id,
            Self::Name(name) => name.id(tenant),
        }
    }
}

impl Identifier<RecordType> {
    /// The record type, where that needs no look at the registry.
    #[must_use]
    pub fn known(&self) -> Option<RecordType> {
        match self {
            Self::Name(record_type) => Some(record_type.clone()),
            Self::Id(id) => BuiltInRecordType::ALL
                .iter()
                .find(|built_in| stable_id(built_in.as_str()) == *id)
                .map(|built_in| (*built_in).into()),
        }
    }
}

impl<K: ApiNamed> fmt::Display for Identifier<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => fmt::Display::fmt(id, f),
            Self::Name(name) => f.write_str(name.api_name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_64_of_lower_case_letters_digits_and_underscores() {
        assert!(RecordType::parse("property_2").is_ok());
        assert!(RecordType::parse(&"x".repeat(64)).is_ok());
        for text in ["", "Property", "a-b", "a b", "a#b", "é", &"x".repeat(65)] {
            assert!(RecordType::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_built_in_id_is_the_same_for_all_tenants_and_an_own_one_is_not() {
        let [one, two] = ["one", "two"].map(|text| TenantId::parse(text).unwrap());
        let contact = RecordType::from(BuiltInRecordType::Contact);
        assert_eq!(contact.id(&one), Uuid::new_v5(&NAMESPACE, b"contact"));
        assert_eq!(contact.id(&one), contact.id(&two));
        let own = RecordType::parse("property").unwrap();
        assert_eq!(own.id(&one), Uuid::new_v5(&NAMESPACE, b"one/property"));
        assert_ne!(own.id(&one), own.id(&two));
    }

    #[test]
    fn an_identifier_is_a_uuid_or_a_name() {
        let tenant = TenantId::parse("acme").unwrap();
        let deal = RecordType::from(BuiltInRecordType::Deal);
        let by_id = Identifier::<RecordType>::parse(&deal.id(&tenant).to_string()).unwrap();
        let by_name = Identifier::<RecordType>::parse("deal").unwrap();
        assert_eq!(by_id.id(&tenant), by_name.id(&tenant));
        assert_eq!((by_id.known(), by_name.known()), (Some(deal.clone()), Some(deal)));
        let own = RecordType::parse("property").unwrap().id(&tenant);
        assert_eq!(Identifier::<RecordType>::Id(own).known(), None);
        assert_eq!(Identifier::<RecordType>::parse("no such-name"), None);
    }
}
