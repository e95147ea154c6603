//! An audit event.

use crate::domain::activity::Source;
use crate::domain::audit::{Action, AuditEvent, AuditStatus, EntryPoint};
use crate::domain::client::Client;
use crate::domain::error::ErrorCode;
use crate::domain::idempotency::InputHash;
use crate::domain::principal::{KeyId, TenantId};
use crate::domain::value::parse_uuid;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::items::attribution;
use crate::store::keys;

pub(in crate::store) fn write(event: &AuditEvent) -> Item {
    let item = ItemWriter::new(keys::audit_event(&event.tenant_id, event.id));
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
        .text("status", event.status)
        .text_if_some("error_code", event.error_code)
        .json_if_some("fields", Some(&event.fields).filter(|fields| !fields.is_empty()))
        .json_if_some("data", Some(&event.data).filter(|data| !data.is_empty()))
        .text("request_id", &event.request_id)
        .text("occurred_at", event.occurred_at)
        .finish()
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
        status: reader.parsed("status", AuditStatus::parse)?,
        error_code: reader.parsed_if_some("error_code", ErrorCode::parse)?,
        fields: reader.json_if_some("fields")?.unwrap_or_default(),
        data: reader.json_if_some("data")?.unwrap_or_default(),
        request_id: reader.text("request_id")?.to_owned(),
        occurred_at: reader.timestamp("occurred_at")?,
    })
}
