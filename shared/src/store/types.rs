//! Activity types of a tenant's own.

use tokio::time::Instant;
use uuid::Uuid;

use super::audited_write::{AUDITED_DEADLINE, AuditedWrite, not_new};
use super::calls::Store;
use super::{items, keys};
use crate::domain::activity_type::{TypeDefinition, TypeName, TypeSummary};
use crate::domain::audit::AuditEvent;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;

/// Some types, by name.
#[derive(Clone, Debug)]
pub struct TypePage {
    pub types: Vec<TypeSummary>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

impl Store {
    /// Defines a type, in the place of what the name stood for before, with the event
    /// that tells of it.
    pub async fn put_activity_type(
        &self,
        tenant: &TenantId,
        definition: &TypeDefinition,
        event: &AuditEvent,
    ) -> Result<()> {
        let written = items::activity_type::write(tenant, definition);
        let puts = vec![self.put(written.row)?, self.put(written.definition)?];
        match self.write_audited(puts, event, Instant::now() + AUDITED_DEADLINE).await? {
            AuditedWrite::Done => Ok(()),
            AuditedWrite::EventExists | AuditedWrite::Refused(_) => Err(not_new()),
        }
    }

    /// A type of the tenant's own.
    pub async fn activity_type(
        &self,
        tenant: &TenantId,
        id: Uuid,
    ) -> Result<Option<TypeDefinition>> {
        let item = self.get(keys::activity_type(tenant, id)).await?;
        Ok(item.as_ref().map(items::activity_type::read).transpose()?)
    }

    /// The types of the tenant's own whose names come after `after`, at most
    /// `limit`. A megabyte of them ends a page earlier.
    pub async fn activity_types(
        &self,
        tenant: &TenantId,
        after: Option<&TypeName>,
        limit: usize,
    ) -> Result<TypePage> {
        // A key after every name that is `after` or before it, and before every
        // other: no name has a character as low.
        let start = after.map_or_else(|| " ".to_owned(), |name| format!("{name} "));
        let (items, more) = self.items_after(keys::activity_types(tenant), start, limit).await?;
        let types: Result<Vec<TypeSummary>, _> =
            items.iter().map(items::activity_type::read_row).collect();
        Ok(TypePage { types: types?, more })
    }
}
