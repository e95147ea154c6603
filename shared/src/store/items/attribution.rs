//! Who acted, as attributes of an activity or of an audit event.

use crate::domain::principal::{Actor, ActorId, ActorType, Attribution};
use crate::store::failure::CorruptItem;
use crate::store::item::{ItemReader, ItemWriter};

pub(in crate::store) fn write(item: ItemWriter, by: &Attribution) -> ItemWriter {
    let (service, user) = (by.other_credential(), by.on_behalf_of.as_ref());
    item.text("actor_type", by.actor.actor_type)
        .text("actor_id", by.actor.id.as_str())
        .text_if_some("authenticated_as_type", service.map(|actor| actor.actor_type))
        .text_if_some("authenticated_as_id", service.map(|actor| actor.id.as_str()))
        .text_if_some("on_behalf_of_type", user.map(|actor| actor.actor_type))
        .text_if_some("on_behalf_of_id", user.map(|actor| actor.id.as_str()))
}

pub(in crate::store) fn read(reader: &ItemReader<'_>) -> Result<Attribution, CorruptItem> {
    let actor = Actor {
        actor_type: reader.parsed("actor_type", ActorType::parse)?,
        id: reader.parsed("actor_id", ActorId::parse)?,
    };
    let service = read_other(reader, "authenticated_as_type", "authenticated_as_id")?;
    Ok(Attribution {
        authenticated_as: service.unwrap_or_else(|| actor.clone()),
        actor,
        on_behalf_of: read_other(reader, "on_behalf_of_type", "on_behalf_of_id")?,
    })
}

fn read_other(
    reader: &ItemReader<'_>,
    type_name: &str,
    id_name: &str,
) -> Result<Option<Actor>, CorruptItem> {
    let actor_type = reader.parsed_if_some(type_name, ActorType::parse)?;
    let id = reader.parsed_if_some(id_name, ActorId::parse)?;
    match (actor_type, id) {
        (None, None) => Ok(None),
        (Some(actor_type), Some(id)) => Ok(Some(Actor { actor_type, id })),
        _ => Err(reader.corrupt(format!("it has just one of {type_name} and {id_name}"))),
    }
}
