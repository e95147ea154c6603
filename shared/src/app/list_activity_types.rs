//! Reading the activity types of a tenant: the built-in ones and its own.

use uuid::Uuid;

use super::context::Context;
use super::listing::Page;
use super::permit::Permit;
use crate::domain::activity_type::{
    Category, TypeDefinition, TypeIdentifier, TypeName, TypeSummary,
};
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::domain::record_type_ids::RecordTypeIds;
use crate::index::cursor::{self, Binding};

/// Which types to list. Absent filters match everything.
#[derive(Clone, Debug, Default)]
pub struct ActivityTypeFilters {
    /// A part of the name, whatever its case.
    pub search: Option<String>,
    /// The id of a record type that the type goes with.
    pub custom_object: Option<Uuid>,
}

impl ActivityTypeFilters {
    fn binding(&self, tenant: &TenantId) -> Binding {
        Binding::new("activity_types", tenant)
            .with("search", self.search.as_deref())
            .with("custom_object", self.custom_object.map(|id| id.to_string()).as_deref())
    }

    /// The type that a cursor stands behind; `None` when it is not one of this
    /// listing.
    #[must_use]
    pub fn position(&self, tenant: &TenantId, cursor: &str) -> Option<TypeName> {
        let name = cursor::decode_name(cursor, &self.binding(tenant))?;
        TypeName::parse(&name).ok()
    }

    /// The cursor that continues after a type that was found.
    #[must_use]
    pub fn cursor_after(&self, tenant: &TenantId, row: &TypeSummary) -> String {
        cursor::encode_name(row.api_name.as_str(), &self.binding(tenant))
    }

    fn matches(&self, ids: &RecordTypeIds, summary: &TypeSummary) -> bool {
        let named = self.search.as_ref().is_none_or(|search| {
            let search = search.to_lowercase();
            summary.name.as_str().to_lowercase().contains(&search)
                || summary.api_name.as_str().contains(&search)
        });
        named
            && self.custom_object.is_none_or(|id| summary.takes(ids.tenant(), ids.computed_id(id)))
    }
}

/// A page of the types that match, by name, and the ids of record types. It may have
/// fewer than `page_size`, even none, and still not be the last.
pub async fn list_activity_types(
    ctx: &Context,
    permit: Permit<'_>,
    filters: &ActivityTypeFilters,
    page_size: usize,
    after: Option<&TypeName>,
) -> Result<(Page<TypeSummary>, RecordTypeIds)> {
    let tenant = permit.tenant_id();
    let (own, ids) = tokio::join!(
        ctx.store.activity_types(tenant, after, page_size),
        ctx.store.record_type_ids(tenant),
    );
    let (own, ids) = (own?, ids?);
    let reached = own.more.then(|| own.types.last().map(|last| last.api_name.clone())).flatten();
    let mut types = own.types;
    types.extend(
        Category::ALL
            .iter()
            .map(|built_in| TypeSummary::built_in(*built_in))
            .filter(|built_in| after.is_none_or(|after| built_in.api_name > *after))
            // Those behind the last own type are for the next page.
            .filter(|built_in| reached.as_ref().is_none_or(|reached| built_in.api_name < *reached)),
    );
    types.sort_by(|one, other| one.api_name.cmp(&other.api_name));
    let more = reached.is_some() || types.len() > page_size;
    types.truncate(page_size);
    let last = types.last().map(|last| last.api_name.clone());
    types.retain(|summary| filters.matches(&ids, summary));
    let next = last.filter(|_| more);
    let binding = filters.binding(tenant);
    let next_cursor = next.map(|name| cursor::encode_name(name.as_str(), &binding));
    Ok((Page { rows: types, next_cursor }, ids))
}

/// The type that an identifier names, and the ids of record types.
pub async fn get_activity_type(
    ctx: &Context,
    permit: Permit<'_>,
    identifier: &TypeIdentifier,
) -> Result<(TypeDefinition, RecordTypeIds)> {
    let tenant = permit.tenant_id();
    let (definition, ids) = tokio::join!(
        find_activity_type(ctx, tenant, identifier.id(tenant)),
        ctx.store.record_type_ids(tenant),
    );
    Ok((definition?.ok_or(Error::ResourceNotFound)?, ids?))
}

/// The type that has an id: a built-in one, or one of the tenant's own.
pub(crate) async fn find_activity_type(
    ctx: &Context,
    tenant: &TenantId,
    id: Uuid,
) -> Result<Option<TypeDefinition>> {
    match TypeDefinition::built_in(id, tenant) {
        Some(built_in) => Ok(Some(built_in)),
        None => ctx.store.activity_type(tenant, id).await,
    }
}
