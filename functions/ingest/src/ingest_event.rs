//! The use case: what an event asks for is done.

use std::convert::Infallible;
use std::future::ready;

use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::log_activity::log_activity;
use activity_log_core::app::put_actor::put_actor;
use activity_log_core::app::put_resource::put_resource;
use activity_log_core::app::write_activity::Replay;
use activity_log_core::domain::activity::{ActivityId, Source};
use activity_log_core::domain::audit::{Action, Call, Door, EntryPoint, EventSource};
use activity_log_core::domain::caller::Principal;
use activity_log_core::domain::client::Client;
use activity_log_core::domain::error::{Error, FieldError};
use activity_log_core::domain::idempotency::InputHash;
use activity_log_core::domain::principal::{
    Actor, ActorId, ActorType, Attribution, KeyId, Scope, Scopes, TenantId,
};
use activity_log_core::store::Registered;
use activity_log_core::{Context, Result};

use crate::event::{CREDENTIAL_ID, Event, Head, LogActivityEvent, read_activity};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ingested {
    /// This event logged the activity.
    Logged(ActivityId),
    /// An earlier one, or another event with its key, did.
    Replayed(ActivityId),
    /// The registry has the news.
    Applied,
    /// The registry knew something newer, or just this.
    Outdated,
}

impl Ingested {
    /// The word for it.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Logged(_) => "logged",
            Self::Replayed(_) => "replayed",
            Self::Applied => "applied",
            Self::Outdated => "outdated",
        }
    }

    /// The activity that it is about.
    pub(crate) fn activity_id(self) -> Option<ActivityId> {
        match self {
            Self::Logged(id) | Self::Replayed(id) => Some(id),
            Self::Applied | Self::Outdated => None,
        }
    }
}

/// What is said of an event for a tenant that was removed.
const REMOVED: &str = "names a workspace that was removed";

/// Does what an event asks for.
///
/// The trail of a tenant that was removed gets no more events, so a late event for
/// it is refused before the frame that audits. There is no credential that could
/// have been revoked, so this is looked for each time; a removal waits for those
/// who looked before it.
///
/// # Errors
///
/// Every refusal, and what the table could not do. The same event again is done
/// once.
pub(crate) async fn ingest_event(
    ctx: &Context,
    event: Event,
    source: EventSource,
    request_id: &str,
) -> Result<Ingested> {
    if ctx.store.is_removed(event.tenant_id()).await? {
        return Err(Error::invalid("tenant_id", REMOVED));
    }
    match event {
        Event::LogActivity(event) => log(ctx, event, source, request_id).await,
        Event::PutResource(tenant_id, record) => {
            let call = call_of(system(tenant_id), source, request_id);
            Ok(put_resource(ctx, &call, &record).await?.into())
        }
        Event::PutActor(tenant_id, record) => {
            let call = call_of(system(tenant_id), source, request_id);
            Ok(put_actor(ctx, &call, &record).await?.into())
        }
    }
}

impl From<Registered> for Ingested {
    fn from(registered: Registered) -> Self {
        match registered {
            Registered::Applied => Self::Applied,
            Registered::Outdated => Self::Outdated,
        }
    }
}

/// Records in the trail that news of a registry was refused, where it names the tenant:
/// as far as there is one.
pub(crate) async fn audit_refused_news(
    ctx: &Context,
    head: &Head,
    request_id: &str,
    error: Error,
) -> Error {
    let (Some(tenant), Some(action)) = (&head.tenant_id, head.news) else { return error };
    match ctx.store.is_removed(tenant).await {
        Ok(true) => return error,
        Ok(false) => {}
        // The refusal is told, and its event is delivered again.
        Err(failure) => return failure,
    }
    let call = call_of(system(tenant.clone()), head.source, request_id);
    let attempt = Attempt::of(&call, action);
    match audited(ctx, &attempt, ready(Err::<Infallible, _>(error))).await {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

fn call_of(principal: Principal, source: EventSource, request_id: &str) -> Call {
    Call {
        principal,
        door: Door {
            source: Source::Api,
            entry_point: EntryPoint::Event(source),
            client: Client::default(),
            request_id: request_id.to_owned(),
        },
    }
}

/// Who sends news of a registry: events of that kind name nobody.
fn system(tenant_id: TenantId) -> Principal {
    let id = ActorId::parse("event").expect("the id is valid");
    Principal {
        tenant_id,
        by: Attribution::of(Actor { actor_type: ActorType::Service, id }),
        credential_id: KeyId::parse(CREDENTIAL_ID).expect("the id is valid"),
        scopes: Scopes::new(),
        audit_reads: None,
        expires_at: None,
        bound_to: None,
    }
}

/// The resource is named by the event's activity.
fn within_activity(error: Error) -> Error {
    match error {
        Error::NamedResourceNotFound(FieldError { field, message, .. }) => {
            Error::NamedResourceNotFound(FieldError::new(&format!("activity.{field}"), message))
        }
        error => error,
    }
}

async fn log(
    ctx: &Context,
    event: LogActivityEvent,
    source: EventSource,
    request_id: &str,
) -> Result<Ingested> {
    let LogActivityEvent { id, principal, activity, beside } = event;
    let call = call_of(principal, source, request_id);
    let attempt = Attempt::of(&call, Action::ActivityLogged);
    let logged = audited(ctx, &attempt, async {
        let permit = attempt.permit_write(Scope::ActivityWrite)?;
        let activity = activity?;
        let input_hash = attempt.note(InputHash::of(&activity))?;
        let now = ctx.environment.now()?;
        let input = read_activity(&activity, id, beside, input_hash, now)?;
        log_activity(ctx, permit, input).await.map_err(within_activity)
    });
    let logged = logged.await?;
    let activity_id = logged.activity.id;
    Ok(match logged.replay {
        Replay::First => Ingested::Logged(activity_id),
        Replay::Replayed => Ingested::Replayed(activity_id),
    })
}
