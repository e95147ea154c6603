//! Reading one activity by its id.

use crate::Context;
use crate::domain::activity::{Activity, ActivityId};
use crate::domain::error::{Error, Result};
use crate::domain::principal::{Principal, Scope};

/// An activity with its whole body.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for an id that is absent or another tenant's:
/// the two take the same call.
pub async fn get_logged_activity(
    ctx: &Context,
    principal: &Principal,
    id: ActivityId,
) -> Result<Activity> {
    principal.require(Scope::ActivityRead)?;
    ctx.store.activity(&principal.tenant_id, id).await?.ok_or(Error::ResourceNotFound)
}
