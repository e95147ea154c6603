//! The ids that a tenant's record types have in its other systems.
//!
//! A record type has an id by its name. Programs that were written for another system
//! know that system's ids, so a tenant can register them: they are read wherever a
//! record type is named, and written wherever its id is.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::domain::principal::TenantId;
use crate::domain::record_type::{ApiNamed, Identifier, RecordType};
use crate::domain::value::Refusal;

/// The most ids that a tenant registers: requests of the logged-activity dialect read
/// all of them.
pub const MAX_REGISTERED: usize = 200;

/// The ids of the record types of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordTypeIds {
    tenant: TenantId,
    registered: BTreeMap<String, Uuid>,
}

/// Why an id was not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRegistered {
    /// There would be two record types of one id.
    #[error("it is the id of another record type")]
    Taken,
    /// There are [`MAX_REGISTERED`] already.
    #[error("a tenant registers up to {MAX_REGISTERED} ids")]
    TooMany,
}

impl RecordTypeIds {
    /// Those of a tenant that registered some, by the names of the record types.
    #[must_use]
    pub fn of(tenant: TenantId, registered: BTreeMap<String, Uuid>) -> Self {
        Self { tenant, registered }
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// What was registered, by the names of the record types.
    #[must_use]
    pub fn registered(&self) -> &BTreeMap<String, Uuid> {
        &self.registered
    }

    /// The id of a record type: the registered one, or else that of its name.
    #[must_use]
    pub fn id(&self, record_type: &RecordType) -> Uuid {
        let registered = self.registered.get(record_type.as_str());
        registered.copied().unwrap_or_else(|| record_type.id(&self.tenant))
    }

    /// The id by its name of the record type that an id names.
    #[must_use]
    pub fn computed_id(&self, id: Uuid) -> Uuid {
        self.record_type(id).map_or(id, |record_type| record_type.id(&self.tenant))
    }

    /// The name in the place of a registered id.
    #[must_use]
    pub fn resolve(&self, identifier: Identifier<RecordType>) -> Identifier<RecordType> {
        let Identifier::Id(id) = identifier else { return identifier };
        self.record_type(id).map_or(identifier, Identifier::Name)
    }

    /// Reads a record type by its name, or by an id that is built in or registered.
    pub fn parse(&self, text: &str) -> Result<RecordType, Refusal> {
        match Identifier::parse(text) {
            Some(named) => {
                let known = self.resolve(named).known();
                known.ok_or_else(|| "is no registered id of a record type".into())
            }
            None => RecordType::parse(text),
        }
    }

    fn record_type(&self, id: Uuid) -> Option<RecordType> {
        let (name, _) = self.registered.iter().find(|(_, registered)| **registered == id)?;
        RecordType::parse(name).ok()
    }

    /// Registers an id, in the place of one that the record type had.
    pub fn register(&mut self, record_type: &RecordType, id: Uuid) -> Result<(), NotRegistered> {
        let name = record_type.as_str();
        let taken = self.registered.iter().any(|(other, known)| *known == id && other != name)
            || Identifier::Id(id).known().is_some_and(|built_in| built_in != *record_type)
            || self.registered.keys().any(|other| {
                other != name && RecordType::parse(other).is_ok_and(|t| t.id(&self.tenant) == id)
            });
        if taken {
            return Err(NotRegistered::Taken);
        }
        if self.registered.len() >= MAX_REGISTERED && !self.registered.contains_key(name) {
            return Err(NotRegistered::TooMany);
        }
        self.registered.insert(name.to_owned(), id);
        Ok(())
    }

    /// Forgets the id that was registered for a record type, and tells whether one was.
    pub fn forget(&mut self, record_type: &RecordType) -> bool {
        self.registered.remove(record_type.as_str()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record_type(name: &str) -> RecordType {
        RecordType::parse(name).unwrap()
    }

    #[test]
    fn a_registered_id_names_its_record_type_and_is_shown_for_it() {
        let tenant = TenantId::parse("acme").unwrap();
        let (own, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut ids = RecordTypeIds::of(tenant.clone(), BTreeMap::new());
        let property = record_type("property");
        assert_eq!(ids.id(&property), property.id(&tenant));
        assert_eq!(ids.resolve(Identifier::Id(own)), Identifier::Id(own));

        ids.register(&property, own).unwrap();
        ids.register(&record_type("contact"), other).unwrap();
        assert_eq!(ids.id(&property), own);
        assert_eq!(ids.computed_id(own), property.id(&tenant));
        assert_eq!(ids.resolve(Identifier::Id(own)), Identifier::Name(property.clone()));
        assert_eq!(ids.resolve(Identifier::Id(other)), Identifier::Name(record_type("contact")));
        assert_eq!(ids.parse(&own.to_string()), Ok(property.clone()));
        assert_eq!(ids.parse("property"), Ok(property.clone()));
        for text in [Uuid::from_u128(9).to_string(), "Property".to_owned()] {
            assert!(ids.parse(&text).is_err(), "{text}");
        }
        // The id of its name goes on to be one.
        let by_name = property.id(&tenant);
        assert_eq!(ids.computed_id(by_name), by_name);
        assert_eq!(ids.resolve(Identifier::Id(by_name)), Identifier::Id(by_name));

        ids.register(&property, Uuid::from_u128(3)).unwrap();
        assert_eq!(ids.resolve(Identifier::Id(own)), Identifier::Id(own));
        assert!(ids.forget(&property) && !ids.forget(&property));
        assert_eq!(ids.id(&property), property.id(&tenant));
    }

    #[test]
    fn no_two_record_types_have_one_id_and_there_are_not_too_many() {
        let tenant = TenantId::parse("acme").unwrap();
        let mut ids = RecordTypeIds::of(tenant.clone(), BTreeMap::new());
        let (property, house) = (record_type("property"), record_type("house"));
        ids.register(&property, Uuid::from_u128(1)).unwrap();
        ids.register(&property, Uuid::from_u128(1)).unwrap();
        for id in [Uuid::from_u128(1), property.id(&tenant), record_type("contact").id(&tenant)] {
            assert_eq!(ids.register(&house, id), Err(NotRegistered::Taken), "{id}");
        }
        for number in 2..=MAX_REGISTERED {
            let id = Uuid::from_u128(number as u128);
            ids.register(&record_type(&format!("t{number}")), id).unwrap();
        }
        assert_eq!(ids.register(&house, Uuid::from_u128(0)), Err(NotRegistered::TooMany));
        ids.register(&property, Uuid::from_u128(0)).unwrap();
    }
}
