//! Reading one activity by its id.

use super::context::Context;
use super::permit::Permit;
use crate::domain::activity::{Activity, ActivityId};
use crate::domain::error::{Error, Result};

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
