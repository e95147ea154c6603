//! Reading the names of those who acted, for what is shown with them.
//!
//! ```text
//! read:   rows ┐
//!   has actors ┴─▶ names, where it has          write:  look up ─▶ stage ─▶ commit
//!                                                        names ──────────────────
//! ```
//!
//! Nothing is remembered, so that a name that was just put shows at once. A page of a
//! hundred rows names at most three hundred actors.

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;

use super::context::Context;
use super::listing::Page;
use super::write_activity::Logged;
use crate::domain::activity::Activity;
use crate::domain::actor_names::{ActorNames, Attributed};
use crate::domain::audit::Call;
use crate::domain::error::{Result, chain};
use crate::domain::principal::{Actor, Attribution, TenantId};

/// Reads something, and then the names of those whom it names. A tenant without a
/// registry waits for nothing more.
///
/// # Errors
///
/// Those of the read, and what the table could not do.
pub async fn with_names<T: Attributed>(
    ctx: &Context,
    tenant: &TenantId,
    read: impl Future<Output = Result<T>>,
) -> Result<(T, ActorNames)> {
    // Both are waited for, so that what is not there takes the calls of what is another's.
    let (found, has_actors) = tokio::join!(read, ctx.store.has_actors(tenant));
    let found = found?;
    let actors = found.actors();
    let names = match has_actors? && !actors.is_empty() {
        true => ctx.store.actor_names(tenant, actors).await?,
        false => ActorNames::none(),
    };
    Ok((found, names))
}

/// Logs something, and reads the names of its caller meanwhile, who is known before:
/// it takes no time of its own, so nobody asks first whether there is a registry.
///
/// # Errors
///
/// Those of the write alone. What was logged is acknowledged also where its names
/// can't be read, and then shown without them.
pub async fn with_names_of_caller(
    ctx: &Context,
    call: &Call,
    write: impl Future<Output = Result<Logged>>,
) -> Result<(Logged, ActorNames)> {
    let (tenant, by) = (&call.principal.tenant_id, &call.principal.by);
    let (logged, names) = tokio::join!(write, ctx.store.actor_names(tenant, by.actors()));
    let logged = logged?;
    // Of a replay, the agent may have named another user.
    let actors = logged.activity.actors();
    let names = match actors.is_subset(&by.actors()) {
        true => names,
        false => ctx.store.actor_names(tenant, actors).await,
    };
    let names = names.unwrap_or_else(|error| {
        tracing::warn!(
            request_id = call.request_id(),
            error = chain(&error),
            "the names of actors could not be read"
        );
        ActorNames::none()
    });
    Ok((logged, names))
}

/// The names for activities of any tenants, by tenant. That takes one call, and one
/// for each tenant that has a registry. What can't be read of one tenant keeps nothing
/// of another from being shown.
///
/// # Errors
///
/// Whose registries there are can't be read.
pub async fn names_by_tenant<'a>(
    ctx: &Context,
    activities: &[&'a Activity],
) -> Result<HashMap<&'a TenantId, Result<ActorNames>>> {
    let mut by_tenant: HashMap<&TenantId, HashSet<&Actor>> = HashMap::new();
    for activity in activities {
        by_tenant.entry(&activity.tenant_id).or_default().extend(activity.actors());
    }
    let has_actors = ctx.store.tenants_with_actors(by_tenant.keys().copied().collect()).await?;
    let names = by_tenant.into_iter().map(|(tenant, actors)| {
        let has_actors = has_actors.contains(tenant);
        async move {
            let names = match has_actors {
                true => ctx.store.actor_names(tenant, actors).await,
                false => Ok(ActorNames::none()),
            };
            (tenant, names)
        }
    });
    Ok(join_all(names).await.into_iter().collect())
}

impl<T: Attributed> Attributed for Page<T> {
    fn attributions(&self) -> impl Iterator<Item = &Attribution> {
        self.rows.iter().flat_map(T::attributions)
    }
}
