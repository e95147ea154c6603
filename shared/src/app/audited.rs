//! The frame around every call of an authenticated caller: the trail gets what it is to
//! have of it.
//!
//! [`Action::recording`] decides what that is. A change is recorded in the transaction
//! of the change itself; everything else is recorded here, after the work and before the
//! answer. What can't be recorded is logged, and the answer stands.

use std::future::Future;
use std::sync::OnceLock;

use tokio::time::Instant;

use super::context::Context;
use super::permit::{Permit, View};
use crate::domain::audit::{
    Action, AuditEvent, AuditStatus, Call, Data, Recording, computed_event_id,
};
use crate::domain::client::Client;
use crate::domain::clock::HOUR;
use crate::domain::error::{Error, Result, chain};
use crate::domain::idempotency::InputHash;
use crate::domain::principal::{Scope, TenantId};
use crate::domain::refusal_tally::{TallyId, closable_before};
use crate::domain::salt::Salts;
use crate::platform::config::AuditClient;
use crate::platform::telemetry::{Metric, count};
use crate::store::CLOSED_AT_ONCE;

/// What the log says where something should be in the trail and is not. Alarms count
/// these lines.
pub const NOT_AUDITED: &str = "an audit event could not be written";

/// An attempt to do something, by an authenticated caller.
#[derive(Debug)]
pub struct Attempt<'a> {
    call: &'a Call,
    action: Action,
    input_hash: OnceLock<InputHash>,
    resource_id: OnceLock<String>,
}

/// The proof that a call has the scope of the write that it asks for. Only
/// [`Attempt::permit_write`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct WritePermit<'a>(&'a Call);

impl<'a> Attempt<'a> {
    /// An attempt of which nothing is known yet but what it is for.
    #[must_use]
    pub fn of(call: &'a Call, action: Action) -> Self {
        Self { call, action, input_hash: OnceLock::new(), resource_id: OnceLock::new() }
    }

    /// Lets the call read what a scope allows.
    pub fn permit(&self, scope: Scope) -> Result<Permit<'a>> {
        self.call.principal.permit(scope)
    }

    /// Lets the call read the activities that it may see.
    pub fn view(&self, scope: Scope) -> Result<View<'a>> {
        self.call.principal.view(scope)
    }

    /// Lets the call write what a scope allows.
    pub fn permit_write(&self, scope: Scope) -> Result<WritePermit<'a>> {
        self.call.principal.permit(scope).map(|_| WritePermit(self.call))
    }

    /// Notes the hash of the input. From here on a refusal names what was
    /// refused.
    ///
    /// # Errors
    ///
    /// A number that RFC 8785 has no form for; the JSON parser takes none.
    pub fn note(&self, hash: Result<InputHash, serde_json::Error>) -> Result<InputHash> {
        let hash = hash.map_err(|error| Error::Internal(error.into()))?;
        Ok(self.input_hash.get_or_init(|| hash).clone())
    }

    /// Notes what is asked for: an id of the tenant's, whether there is such a thing or
    /// not.
    pub fn note_resource(&self, id: impl ToString) {
        self.resource_id.get_or_init(|| id.to_string());
    }

    /// The same of what the call names before it is known whether it may: nothing, where
    /// that is no id.
    pub fn note_named(&self, id: Option<impl ToString>) {
        if let Some(id) = id {
            self.note_resource(id);
        }
    }

    /// The call that it is made by.
    #[must_use]
    pub fn call(&self) -> &'a Call {
        self.call
    }

    /// The event of it, as far as it is known.
    fn event(&self, ctx: &Context) -> Result<AuditEvent> {
        Ok(AuditEvent {
            input_hash: self.input_hash.get().cloned(),
            resource_id: self.resource_id.get().cloned(),
            ..new_event(ctx, self.call, self.action)?
        })
    }
}

impl<'a> WritePermit<'a> {
    /// Whose permit it is.
    #[must_use]
    pub fn call(self) -> &'a Call {
        self.0
    }
}

/// An event of a call that is done, now. Every event begins here.
pub(super) fn new_event(ctx: &Context, call: &Call, action: Action) -> Result<AuditEvent> {
    let (id, now) = (ctx.environment.new_uuid()?, ctx.environment.now()?);
    let salts = Salts::random(ctx.environment.as_ref());
    let mut event = AuditEvent::of(call, action, id, now, salts);
    if ctx.config.audit_client == AuditClient::Off {
        event.client = Client::default();
    }
    Ok(event)
}

/// Does the work of an attempt, and records in the trail what is to be recorded of it.
///
/// # Errors
///
/// Those of the work. What can't be recorded changes no answer.
pub async fn audited<T>(
    ctx: &Context,
    attempt: &Attempt<'_>,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let outcome = work.await;
    if let Err(failure) = record(ctx, attempt, outcome.as_ref().err()).await {
        log_not_audited(attempt.call.request_id(), &failure);
    }
    outcome
}

/// Says that something should be in the trail and is not.
pub(super) fn log_not_audited(request_id: &str, failure: &Error) {
    tracing::error!(request_id, error = chain(failure), "{}", NOT_AUDITED);
    count(Metric::Unrecorded);
}

async fn record(ctx: &Context, attempt: &Attempt<'_>, error: Option<&Error>) -> Result<()> {
    let tenant = &attempt.call.principal.tenant_id;
    let close = async {
        if ctx.refusals.is_due(tenant, ctx.environment.now()?) {
            close_refusal_tallies(ctx, tenant).await?;
        }
        Ok::<_, Error>(())
    };
    // What can't be closed keeps nothing from being recorded.
    let (closed, recorded) = (close.await, record_attempt(ctx, attempt, error).await);
    recorded.and(closed)
}

async fn record_attempt(ctx: &Context, attempt: &Attempt<'_>, error: Option<&Error>) -> Result<()> {
    let reads = attempt.call.principal.audit_reads.unwrap_or(ctx.config.audit_reads);
    match attempt.action.recording(error, reads) {
        Recording::Nothing | Recording::Done => Ok(()),
        Recording::Event => ctx.store.put_audit_event(&attempt.event(ctx)?, deadline(ctx)).await,
        Recording::Hourly => record_hourly(ctx, attempt).await,
        Recording::Refusal => match error
            .and_then(|error| Some((AuditStatus::of_refusal(error)?, error)))
        {
            Some((status, error)) => {
                record_refusal(ctx, attempt.call, attempt.event(ctx)?.refused(status, error)).await
            }
            None => Ok(()),
        },
    }
}

/// What the log says where a refusal has an event, because it is not known whether it was
/// counted.
pub const NOT_COUNTED: &str = "it is not known whether a refusal was counted";

fn deadline(ctx: &Context) -> Instant {
    Instant::now() + ctx.config.write_timeouts.refusal
}

/// Counts a refusal, and puts its event where it is one of the first of its minute.
///
/// Where it is not known whether it was counted, the event is put as well: rather is
/// something told twice than not at all.
pub(super) async fn record_refusal(ctx: &Context, call: &Call, event: AuditEvent) -> Result<()> {
    let Some(code) = event.error_code else {
        return Err(Error::Internal("a refusal has no code".into()));
    };
    let (now, deadline) = (event.occurred_at, deadline(ctx));
    let id = TallyId::of(call, code, now);
    // A table that does not answer leaves time for the event.
    let counted_until = Instant::now() + ctx.config.write_timeouts.refusal / 2;
    match ctx.store.count_refusal(&id, call, now, counted_until).await {
        Ok(tally) => {
            ctx.refusals.note(&id.tenant_id, id.minute);
            let put = async {
                if tally.last_has_an_event() {
                    ctx.store.put_audit_event(&event, deadline).await?;
                }
                Ok::<_, Error>(())
            };
            let close = async {
                if tally.refusals == 1 {
                    // Those of processes that have ended since.
                    close_refusal_tallies(ctx, &id.tenant_id).await?;
                }
                Ok::<_, Error>(())
            };
            let (put, closed) = tokio::join!(put, close);
            put.and(closed)
        }
        Err(Error::RateLimited(cause)) => Err(Error::RateLimited(cause)),
        Err(failure) => {
            let (request_id, error) = (call.request_id(), chain(&failure));
            tracing::warn!(request_id, error, "{}", NOT_COUNTED);
            ctx.store.put_audit_event(&event, deadline).await
        }
    }
}

/// Puts one event for all reads of the trail by a credential, a route and an hour.
async fn record_hourly(ctx: &Context, attempt: &Attempt<'_>) -> Result<()> {
    let mut event = attempt.event(ctx)?;
    let hour = event.occurred_at.start_of(HOUR);
    let (tenant, credential) = (event.tenant_id.as_str(), event.credential_id.as_str());
    let in_common = [tenant, credential, event.entry_point.name()];
    event.id = computed_event_id(hour, &in_common);
    event.data = Data::default().time("hour", hour);
    // It tells of all that were read.
    event.resource_id = None;
    if ctx.hourly_events.contains(event.id) {
        return Ok(());
    }
    ctx.store.put_audit_event_once(&event, deadline(ctx)).await?;
    ctx.hourly_events.insert(event.id);
    Ok(())
}

/// The same for those who come by and have counted nothing: at most once a minute in a
/// process. What can't be closed is logged, and closed later.
pub async fn look_after_refusal_tallies(ctx: &Context, tenant: &TenantId, request_id: &str) {
    let looked = async {
        if ctx.refusals.begin_look(tenant, ctx.environment.now()?) {
            close_refusal_tallies(ctx, tenant).await?;
        }
        Ok(())
    };
    if let Err(failure) = looked.await {
        log_not_audited(request_id, &failure);
    }
}

/// Closes tallies of refusals whose minute is over, some of them where there are many.
///
/// # Errors
///
/// What the table could not do: they are closed later.
pub async fn close_refusal_tallies(ctx: &Context, tenant: &TenantId) -> Result<()> {
    let now = ctx.environment.now()?;
    let tallies = ctx.store.refusal_tallies(tenant, closable_before(now)).await?;
    let deadline = deadline(ctx);
    for tally in &tallies {
        let salts = Salts::random(ctx.environment.as_ref());
        ctx.store.close_refusal_tally(tally, now, salts, deadline).await?;
    }
    if tallies.len() < CLOSED_AT_ONCE {
        ctx.refusals.closed(tenant, closable_before(now));
    }
    Ok(())
}
