//! The frame around every write: a refusal leaves an audit event.
//!
//! What succeeds is audited in the transaction of the write itself.

use std::future::Future;
use std::sync::OnceLock;

use tokio::time::Instant;

use super::context::Context;
use crate::domain::audit::{AuditEvent, AuditStatus, Call};
use crate::domain::error::{Error, Result, chain};
use crate::domain::idempotency::InputHash;
use crate::domain::principal::Scope;

/// An attempt to write, by an authenticated caller.
#[derive(Debug)]
pub struct Attempt<'a> {
    call: &'a Call,
    input_hash: OnceLock<InputHash>,
}

/// The proof that a call has the scope of the write that it asks for. Only
/// [`Attempt::permit`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct WritePermit<'a>(&'a Call);

impl<'a> Attempt<'a> {
    /// An attempt whose input is not known yet.
    #[must_use]
    pub fn of(call: &'a Call) -> Self {
        Self { call, input_hash: OnceLock::new() }
    }

    /// Lets the call write what a scope allows.
    pub fn permit(&self, scope: Scope) -> Result<WritePermit<'a>> {
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

    /// The call that it is made by.
    #[must_use]
    pub fn call(&self) -> &'a Call {
        self.call
    }
}

impl<'a> WritePermit<'a> {
    /// Whose permit it is.
    #[must_use]
    pub fn call(self) -> &'a Call {
        self.0
    }
}

/// Does the work of an attempt, and records its refusal in the audit trail.
///
/// # Errors
///
/// Those of the work. A refusal that can't be recorded stays the same refusal.
pub async fn audited<T>(
    ctx: &Context,
    attempt: &Attempt<'_>,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let outcome = work.await;
    if let Err(error) = &outcome
        && let Some(status) = AuditStatus::of_refusal(error)
    {
        record_refusal(ctx, attempt, status, error).await;
    }
    outcome
}

async fn record_refusal(ctx: &Context, attempt: &Attempt<'_>, status: AuditStatus, error: &Error) {
    if let Err(failure) = put_refusal(ctx, attempt, status, error).await {
        tracing::error!(
            request_id = attempt.call.request_id,
            error = chain(&failure),
            "a refusal could not be audited"
        );
    }
}

async fn put_refusal(
    ctx: &Context,
    attempt: &Attempt<'_>,
    status: AuditStatus,
    error: &Error,
) -> Result<()> {
    let mut event =
        AuditEvent::of(attempt.call, ctx.environment.new_uuid()?, ctx.environment.now()?);
    event.status = status;
    event.error_code = Some(error.code());
    event.input_hash = attempt.input_hash.get().cloned();
    ctx.store.put_audit_event(&event, Instant::now() + ctx.config.write_timeouts.refusal).await
}
