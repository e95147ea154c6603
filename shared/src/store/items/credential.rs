//! A credential.

use crate::domain::clock::Timestamp;
use crate::domain::principal::{
    Actor, ActorId, ActorType, Credential, KeyId, KeyName, Scope, Scopes, TenantId,
};
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter, SK};
use crate::store::keys;

const NAME: &str = "name";

/// Its name is for operators: no function reads it.
pub(in crate::store) fn write(credential: &Credential, name: Option<&KeyName>) -> Item {
    let scopes: Vec<&str> = credential.scopes.iter().map(|scope| scope.as_str()).collect();
    ItemWriter::new(keys::credential(&credential.tenant_id, &credential.key_id))
        .text("secret_hash", &credential.secret_hash)
        .text("actor_type", credential.actor.actor_type)
        .text("actor_id", credential.actor.id.as_str())
        .text("scopes", scopes.join(" "))
        .text("created_at", credential.created_at)
        .text_if_some("revoked_at", credential.revoked_at)
        .text_if_some(NAME, name.map(KeyName::as_str))
        .finish()
}

pub(in crate::store) fn read(tenant: &TenantId, item: &Item) -> Result<Credential, CorruptItem> {
    let reader = ItemReader::new(item);
    Ok(Credential {
        tenant_id: tenant.clone(),
        key_id: reader.parsed(SK, KeyId::parse)?,
        secret_hash: reader.text("secret_hash")?.to_owned(),
        actor: Actor {
            actor_type: reader.parsed("actor_type", ActorType::parse)?,
            id: reader.parsed("actor_id", ActorId::parse)?,
        },
        scopes: reader.parsed("scopes", |text| {
            text.split(' ')
                .filter(|word| !word.is_empty())
                .map(Scope::parse)
                .collect::<Result<Scopes, _>>()
        })?,
        created_at: reader.timestamp("created_at")?,
        revoked_at: reader.timestamp_if_some("revoked_at")?,
    })
}

/// What a credential is called, where it has a name.
pub(in crate::store) fn read_name(item: &Item) -> Result<Option<KeyName>, CorruptItem> {
    ItemReader::new(item).parsed_if_some(NAME, KeyName::parse)
}

/// Since when a credential is revoked, of one that is.
pub(in crate::store) fn read_revoked_at(item: &Item) -> Result<Timestamp, CorruptItem> {
    ItemReader::new(item).timestamp("revoked_at")
}
