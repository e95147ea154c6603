//! A credential. What is not limited has no attribute, so that a plain one costs what
//! it says.

use std::collections::BTreeSet;

use crate::domain::address_range::AddressRange;
use crate::domain::audit_reads::AuditReads;
use crate::domain::clock::Timestamp;
use crate::domain::credential::{Credential, Grant, KeyName};
use crate::domain::principal::{Actor, ActorId, ActorType, KeyId, Scope, TenantId};
use crate::domain::viewer_key::ViewerKey;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter, SK};
use crate::store::items::tenant_settings::AUDIT_READS;
use crate::store::keys;

/// When it ends. It is not the attribute of the time to live: a credential that has
/// ended stays, and is listed.
pub(in crate::store) const ENDS_AT: &str = "ends_at";
pub(in crate::store) const REVOKED_AT: &str = "revoked_at";
pub(in crate::store) const REPLACED_BY: &str = "replaced_by";
pub(in crate::store) const SECRET_HASH: &str = "secret_hash";

pub(in crate::store) fn write(credential: &Credential) -> Item {
    let grant = &credential.grant;
    let scopes: Vec<&str> = grant.scopes.iter().map(|scope| scope.as_str()).collect();
    let ranges: Vec<String> = grant.address_ranges.iter().map(AddressRange::to_string).collect();
    ItemWriter::new(keys::credential(&credential.tenant_id, &credential.key_id))
        .text(SECRET_HASH, &credential.secret_hash)
        .text("actor_type", grant.actor.actor_type)
        .text("actor_id", grant.actor.id.as_str())
        .text("scopes", scopes.join(" "))
        .text("created_at", credential.created_at)
        .text_if_some("viewer_key", credential.viewer_key)
        .text_if_some("name", grant.name.as_ref().map(KeyName::as_str))
        .text_if_some(ENDS_AT, grant.expires_at)
        .text_if_some("address_ranges", (!ranges.is_empty()).then(|| ranges.join(" ")))
        .json_if_some("users", grant.users.as_ref())
        .text_if_some(REVOKED_AT, credential.revoked_at)
        .text_if_some(REPLACED_BY, credential.replaced_by.as_ref())
        .text_if_some(AUDIT_READS, credential.audit_reads)
        .finish()
}

pub(in crate::store) fn read(tenant: &TenantId, item: &Item) -> Result<Credential, CorruptItem> {
    let reader = ItemReader::new(item);
    let address_ranges = reader.parsed_if_some("address_ranges", words_of(AddressRange::parse))?;
    let grant = Grant {
        actor: Actor {
            actor_type: reader.parsed("actor_type", ActorType::parse)?,
            id: reader.parsed("actor_id", ActorId::parse)?,
        },
        scopes: reader.parsed("scopes", words_of(Scope::parse))?,
        name: reader.parsed_if_some("name", KeyName::parse)?,
        expires_at: reader.timestamp_if_some(ENDS_AT)?,
        address_ranges: address_ranges.unwrap_or_default(),
        users: reader.json_if_some("users")?,
    };
    Ok(Credential {
        tenant_id: tenant.clone(),
        key_id: reader.parsed(SK, KeyId::parse)?,
        secret_hash: reader.text(SECRET_HASH)?.to_owned(),
        viewer_key: reader.parsed_if_some("viewer_key", ViewerKey::parse)?,
        grant,
        created_at: reader.timestamp("created_at")?,
        revoked_at: reader.timestamp_if_some(REVOKED_AT)?,
        replaced_by: reader.parsed_if_some(REPLACED_BY, KeyId::parse)?,
        audit_reads: reader.parsed_if_some(AUDIT_READS, AuditReads::parse)?,
    })
}

/// Reads words with blanks between them.
fn words_of<T: Ord, E>(
    parse: impl Fn(&str) -> Result<T, E>,
) -> impl FnOnce(&str) -> Result<BTreeSet<T>, E> {
    move |text| text.split(' ').filter(|word| !word.is_empty()).map(parse).collect()
}

/// Since when a credential is revoked, of one that is.
pub(in crate::store) fn read_revoked_at(item: &Item) -> Result<Timestamp, CorruptItem> {
    ItemReader::new(item).timestamp(REVOKED_AT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::SystemEnvironment;
    use crate::domain::principal::Scopes;

    #[test]
    fn a_credential_reads_back_and_has_no_attribute_that_it_does_not_need() {
        let tenant = TenantId::parse("acme").unwrap();
        let actor = Actor::parse("user:jo").unwrap();
        let scopes = Scopes::from([Scope::ActivityRead, Scope::KeysManage]);
        let grant = Grant::plain(actor, scopes);
        let (plain, _) =
            Credential::grant(&SystemEnvironment, tenant.clone(), grant.clone()).unwrap();
        let item = write(&plain);
        let mut names: Vec<&str> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected =
            ["actor_id", "actor_type", "created_at", "pk", "scopes", "secret_hash", "sk"];
        assert_eq!(names, expected);
        assert_eq!(read(&tenant, &item).unwrap(), plain);

        let users = |ids: &[&str]| ids.iter().map(|id| ActorId::parse(id).unwrap()).collect();
        for users in [users(&["jo", "an id, with blanks"]), users(&[])] {
            let mut whole = plain.clone();
            whole.viewer_key = ViewerKey::parse(&"0f".repeat(32)).ok();
            whole.grant = Grant {
                name: KeyName::parse("CRM, production").ok(),
                expires_at: Timestamp::from_millis(7),
                address_ranges: ["192.0.2.0/24", "2001:db8::1"]
                    .map(|text| AddressRange::parse(text).unwrap())
                    .into(),
                users: Some(users),
                ..grant.clone()
            };
            whole.revoked_at = Timestamp::from_millis(8);
            whole.replaced_by = KeyId::parse("0123").ok();
            whole.audit_reads = Some(AuditReads::All);
            assert_eq!(read(&tenant, &write(&whole)).unwrap(), whole);
        }
    }
}
