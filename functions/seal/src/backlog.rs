//! What an operator invokes the function for: events that the stream has lost, and those
//! that were put aside.

use activity_log_core::Context;
use activity_log_core::app::seal_backlog::{Backlog, seal_backlog};
use activity_log_core::app::seal_events::{SealError, Sealer};
use activity_log_core::domain::error::{Error, ErrorCode, chain};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::lambda::InvocationError;
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use crate::request::Request;

/// What a run came to, for whoever invoked it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BacklogAnswer {
    tenant_id: TenantId,
    /// Whether there was time for all of it. Else the function is to be invoked again.
    finished: bool,
    /// Events that are sealed now, and how many seals were made for them.
    sealed: usize,
    seals: usize,
    /// How many leaves the log has.
    size: u64,
    /// Events that were put aside once and are sealed now.
    put_aside: usize,
    /// Events that can't be read, or that this project has not written.
    unreadable: usize,
    /// The keys that verify its log.
    verifier_keys: Vec<String>,
}

/// Seals what is in no seal yet, as far as there is time.
///
/// # Errors
///
/// A log that is not what was signed, and what the table or the key could not do.
pub(crate) async fn seal(
    ctx: &Context,
    sealer: &Sealer,
    request: Request,
    deadline: Instant,
    aws_request_id: &str,
) -> Result<BacklogAnswer, InvocationError> {
    let Request { tenant, since } = request;
    // On the heap: the state of a sealing is large.
    let sealing = Box::pin(seal_backlog(ctx, sealer, &tenant, since, deadline));
    let late =
        || SealError::from(Error::Unavailable("what is unsealed was not known in time".into()));
    let sealed = timeout_at(deadline, sealing).await.unwrap_or_else(|_| Err(late()));
    let backlog = sealed.map_err(|error| {
        tracing::error!(aws_request_id, %tenant, error = chain(&error), "backlog not sealed");
        failure(&error)
    })?;
    let Backlog { sealed, put_aside, unreadable, finished } = backlog;
    let origin = ctx.config.audit_log.origin(&tenant);
    let keys = sealer.verifier_keys(&origin);
    let answer = BacklogAnswer {
        verifier_keys: keys.iter().map(ToString::to_string).collect(),
        tenant_id: tenant,
        finished,
        sealed: sealed.sealed,
        seals: sealed.seals,
        size: sealed.size,
        put_aside: put_aside.len(),
        unreadable: unreadable + sealed.unsealable,
    };
    tracing::info!(
        aws_request_id,
        tenant_id = answer.tenant_id.as_str(),
        finished = answer.finished,
        sealed = answer.sealed,
        seals = answer.seals,
        put_aside = answer.put_aside,
        unreadable = answer.unreadable,
        "backlog sealed"
    );
    Ok(answer)
}

/// What the operator reads. The cause is in the log.
fn failure(error: &SealError) -> InvocationError {
    let internal = |message: &str| InvocationError {
        code: ErrorCode::InternalError.as_str(),
        message: message.to_owned(),
    };
    match error {
        SealError::Foreign(_) => internal(
            "The log is not what this deployment has signed, so nothing is signed behind it.",
        ),
        SealError::ClockIsWrong => internal("The clock of this machine is wrong."),
        SealError::SealToCome(_) => {
            internal("The newest seal says that it was made at a time to come.")
        }
        SealError::Superseded(_) => {
            internal("The log of a later generation has begun: this function seals an earlier one.")
        }
        SealError::Failed(error) => InvocationError::of(error),
    }
}
