//! Reading one activity by its id.

use super::context::Context;
use super::permit::View;
use crate::domain::activity::{Activity, ActivityId};
use crate::domain::error::{Error, Result};
use crate::domain::record_type_ids::RecordTypeIds;

/// An activity with its whole body.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for an id that is absent, another tenant's, or outside
/// what a viewer is bound to: all take the same call.
pub async fn get_logged_activity(
    ctx: &Context,
    view: View<'_>,
    id: ActivityId,
) -> Result<Activity> {
    let filters = view.bound_to().map(|bounds| &bounds.filters);
    let seen = ctx.store.activity_within(view.tenant_id(), id, filters).await?;
    seen.ok_or(Error::ResourceNotFound)
}

/// The same, and the ids of record types, which the logged-activity dialect shows.
pub async fn get_with_record_type_ids(
    ctx: &Context,
    view: View<'_>,
    id: ActivityId,
) -> Result<(Activity, RecordTypeIds)> {
    let (activity, ids) = tokio::join!(
        get_logged_activity(ctx, view, id),
        ctx.store.record_type_ids(view.tenant_id()),
    );
    Ok((activity?, ids?))
}
