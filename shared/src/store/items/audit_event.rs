//! An audit event.

use crate::domain::activity::Source;
use crate::domain::audit::{Action, AuditEvent, AuditStatus, EntryPoint, RecordHash};
use crate::domain::client::Client;
use crate::domain::error::ErrorCode;
use crate::domain::idempotency::InputHash;
use crate::domain::principal::{KeyId, TenantId};
use crate::domain::salt::{Salt, Salts};
use crate::domain::value::parse_uuid;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::items::attribution;
use crate::store::keys;

const ACTOR_SALT: &str = "actor_salt";
const AUTHENTICATED_AS_SALT: &str = "authenticated_as_salt";
const ON_BEHALF_OF_SALT: &str = "on_behalf_of_salt";
const CLIENT_SALT: &str = "client_salt";
const SUBJECT_SALT: &str = "subject_salt";
const CONTENT_SALT: &str = "content_salt";

pub(in crate::store) fn write(event: &AuditEvent) -> Item {
    let item = ItemWriter::new(keys::audit_event(&event.tenant_id, event.id));
    let item = write_salts(item, event);
    attribution::write(item, &event.by)
        .text("credential_id", &event.credential_id)
        .text("source", event.source)
        .text_if_some("tool_name", event.entry_point.tool_name())
        .text_if_some("api_route", event.entry_point.api_route())
        .text_if_some("command", event.entry_point.command())
        .text_if_some("client_address", event.client.address)
        .text_if_some("user_agent", event.client.user_agent.as_ref())
        .text("action", event.action)
        .text_if_some("resource_id", event.resource_id.as_ref())
        .text_if_some("input_hash", event.input_hash.as_ref())
        .binary_if_some("record_hash", event.record_hash.as_ref().map(RecordHash::as_bytes))
        .text("status", event.status)
        .text_if_some("error_code", event.error_code)
        .json_if_some("fields", Some(&event.fields).filter(|fields| !fields.is_empty()))
        .json_if_some("data", Some(&event.data).filter(|data| !data.is_empty()))
        .text("request_id", &event.request_id)
        .text("occurred_at", event.occurred_at)
        .finish()
}

/// The salts of the parts that the event has.
fn write_salts(item: ItemWriter, event: &AuditEvent) -> ItemWriter {
    let Salts { actor, authenticated_as, on_behalf_of, client, subject, content } = &event.salts;
    let has_client = event.client != Client::default();
    let has_content = event.input_hash.is_some() || event.record_hash.is_some();
    [
        (ACTOR_SALT, actor, true),
        (AUTHENTICATED_AS_SALT, authenticated_as, true),
        (ON_BEHALF_OF_SALT, on_behalf_of, event.by.on_behalf_of.is_some()),
        (CLIENT_SALT, client, has_client),
        (SUBJECT_SALT, subject, event.subject_id().is_some()),
        (CONTENT_SALT, content, has_content),
    ]
    .into_iter()
    .fold(item, |item, (name, salt, is_used)| {
        item.binary_if_some(name, salt.as_ref().filter(|_| is_used).map(Salt::as_bytes))
    })
}

fn read_salts(reader: &ItemReader<'_>) -> Result<Salts, CorruptItem> {
    let salt = |name| reader.bytes_if_some(name, Salt::from_bytes);
    Ok(Salts {
        actor: salt(ACTOR_SALT)?,
        authenticated_as: salt(AUTHENTICATED_AS_SALT)?,
        on_behalf_of: salt(ON_BEHALF_OF_SALT)?,
        client: salt(CLIENT_SALT)?,
        subject: salt(SUBJECT_SALT)?,
        content: salt(CONTENT_SALT)?,
    })
}

pub(in crate::store) fn read(tenant: &TenantId, item: &Item) -> Result<AuditEvent, CorruptItem> {
    let reader = ItemReader::new(item);
    let id = parse_uuid(reader.key_part()?)
        .ok_or_else(|| reader.corrupt("the key does not name an audit event"))?;
    let entry_point = EntryPoint::of_names(
        reader.text_if_some("tool_name")?,
        reader.text_if_some("api_route")?,
        reader.text_if_some("command")?,
    )
    .ok_or_else(|| reader.corrupt("it names not just one entry point"))?;
    Ok(AuditEvent {
        id,
        tenant_id: tenant.clone(),
        by: attribution::read(&reader)?,
        credential_id: reader.parsed("credential_id", KeyId::parse)?,
        source: reader.parsed("source", Source::parse)?,
        entry_point,
        client: Client {
            address: reader.parsed_if_some("client_address", str::parse)?,
            user_agent: reader.text_if_some("user_agent")?.map(str::to_owned),
        },
        action: reader.parsed("action", Action::parse)?,
        resource_id: reader.text_if_some("resource_id")?.map(str::to_owned),
        input_hash: reader
            .text_if_some("input_hash")?
            .map(|text| InputHash::from_stored(text.to_owned())),
        record_hash: reader.bytes_if_some("record_hash", RecordHash::from_bytes)?,
        salts: read_salts(&reader)?,
        status: reader.parsed("status", AuditStatus::parse)?,
        error_code: reader.parsed_if_some("error_code", ErrorCode::parse)?,
        fields: reader.json_if_some("fields")?.unwrap_or_default(),
        data: reader.json_if_some("data")?.unwrap_or_default(),
        request_id: reader.text("request_id")?.to_owned(),
        occurred_at: reader.timestamp("occurred_at")?,
    })
}
