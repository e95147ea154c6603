//! An audit event.

use crate::domain::activity::{ActivityId, Source};
use crate::domain::audit::{AuditEvent, AuditStatus, EntryPoint};
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
        .text_if_some("resource_id", event.resource_id)
        .text_if_some("input_hash", event.input_hash.as_ref())
        .text("status", event.status)
        .text_if_some("error_code", event.error_code)
        .text("request_id", &event.request_id)
        .text("occurred_at", event.occurred_at)
        .finish()
}

pub(in crate::store) fn read(tenant: &TenantId, item: &Item) -> Result<AuditEvent, CorruptItem> {
    let reader = ItemReader::new(item);
    let id = parse_uuid(reader.key_part()?)
        .ok_or_else(|| reader.corrupt("the key does not name an audit event"))?;
    let entry_point = match (reader.text_if_some("tool_name")?, reader.text_if_some("api_route")?) {
        (Some(tool), None) => EntryPoint::Tool(tool.to_owned()),
        (None, Some(route)) => EntryPoint::of_api_route(route),
        _ => return Err(reader.corrupt("it names not just one entry point")),
    };
    Ok(AuditEvent {
        id,
        tenant_id: tenant.clone(),
        by: attribution::read(&reader)?,
        credential_id: reader.parsed("credential_id", KeyId::parse)?,
        source: reader.parsed("source", Source::parse)?,
        entry_point,
        resource_id: reader
            .parsed_if_some("resource_id", |text| ActivityId::parse(text).ok_or(()))?,
        input_hash: reader
            .text_if_some("input_hash")?
            .map(|text| InputHash::from_stored(text.to_owned())),
        status: reader.parsed("status", AuditStatus::parse)?,
        error_code: reader.parsed_if_some("error_code", ErrorCode::parse)?,
        request_id: reader.text("request_id")?.to_owned(),
        occurred_at: reader.timestamp("occurred_at")?,
    })
}
