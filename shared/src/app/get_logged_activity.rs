//! Reading one activity by its id.

use super::context::Context;
use super::permit::Permit;
use crate::domain::activity::{Activity, ActivityId};
use crate::domain::error::{Error, Result};
use crate::domain::record_type_ids::RecordTypeIds;

/// An activity with its whole body.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for an id that is absent or another tenant's:
/// the two take the same call.
pub async fn get_logged_activity(
    ctx: &Context,
    permit: Permit<'_>,
    id: ActivityId,
) -> Result<Activity> {
    ctx.store.activity(permit.tenant_id(), id).await?.ok_or(Error::ResourceNotFound)
}

/// The same, and the ids of record types, which the logged-activity dialect shows.
pub async fn get_with_record_type_ids(
    ctx: &Context,
    permit: Permit<'_>,
    id: ActivityId,
) -> Result<(Activity, RecordTypeIds)> {
    let (activity, ids) = tokio::join!(
        get_logged_activity(ctx, permit, id),
        ctx.store.record_type_ids(permit.tenant_id()),
    );
    Ok((activity?, ids?))
}
