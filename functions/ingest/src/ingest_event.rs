//! The use case: what an event asks for is done.

use activity_log_core::app::log_activity::{Replay, log_activity};
use activity_log_core::domain::activity::{ActivityId, Source};
use activity_log_core::domain::audit::{Call, EntryPoint};
use activity_log_core::store::Registered;
use activity_log_core::{Context, Result};

use crate::event::{Event, EventSource, LogActivityEvent, parse_activity};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ingested {
    /// This event logged the activity.
    Logged(ActivityId),
    /// An earlier one, or another call with its key, did.
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

/// Does what an event asks for.
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
    match event {
        Event::LogActivity(event) => log(ctx, event, source, request_id).await,
        Event::PutResource(tenant_id, record) => {
            Ok(match ctx.store.put_related_resource(&tenant_id, &record).await? {
                Registered::Applied => Ingested::Applied,
                Registered::Outdated => Ingested::Outdated,
            })
        }
    }
}

async fn log(
    ctx: &Context,
    event: LogActivityEvent,
    source: EventSource,
    request_id: &str,
) -> Result<Ingested> {
    let LogActivityEvent { id, principal, activity, violations } = event;
    let call = Call {
        principal,
        source: Source::Api,
        entry_point: EntryPoint::ApiRoute(source.entry_point().to_owned()),
        request_id: request_id.to_owned(),
    };
    let now = ctx.environment.now();
    let parse = |object: &_| parse_activity(object, id.as_ref(), violations, now);
    let logged = log_activity(ctx, &call, activity, parse).await?;
    let activity_id = logged.activity.id;
    Ok(match logged.replay {
        Replay::First => Ingested::Logged(activity_id),
        Replay::Replayed => Ingested::Replayed(activity_id),
    })
}
