//! Noting that a key was used, to the hour.
//!
//! The note is written beside the calls of the request, which waits for it before it
//! answers: on Lambda nothing goes on behind an answer. It is no part of the request,
//! so a note that fails costs no more than itself.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::context::Context;
use crate::domain::caller::Principal;
use crate::domain::clock::HOUR;
use crate::domain::error::{Error, Result};
use crate::platform::usage::Usage;

/// How long a note may take. It begins with the request, so only a quick one waits.
const NOTE_TIMEOUT: Duration = Duration::from_secs(2);
/// What the log says of a note that failed.
pub const USE_NOT_NOTED: &str = "a use of a key could not be noted";

#[derive(Debug, thiserror::Error)]
#[error("it took longer than {} s", .0.as_secs())]
struct NoteTimedOut(Duration);

#[derive(Debug, thiserror::Error)]
#[error("its task ended without a result")]
struct NoteCutOff;

/// A note that is being written.
#[derive(Debug)]
pub struct UseNote(JoinHandle<Result<()>>);

impl UseNote {
    /// Waits until it is written, or is given up.
    ///
    /// # Errors
    ///
    /// Why it is not written.
    pub async fn written(self) -> Result<()> {
        self.0.await.unwrap_or_else(|_| Err(Error::Unavailable(Box::new(NoteCutOff))))
    }
}

/// Begins to note that a principal's key is used. Nothing, where this process has noted
/// it within the hour, or where the clock tells no time.
#[must_use]
pub fn note_use(ctx: &Context, principal: &Principal) -> Option<UseNote> {
    let hour = ctx.environment.now().ok()?.start_of(HOUR);
    let (tenant, key_id) = (&principal.tenant_id, &principal.credential_id);
    if !ctx.noted_uses.begin(tenant, key_id, hour) {
        return None;
    }
    let (store, tenant, key_id) = (ctx.store.clone(), tenant.clone(), key_id.clone());
    let write = async move {
        let put = store.put_key_use(&tenant, &key_id, hour);
        let timed_out = |_| Err(Error::Unavailable(Box::new(NoteTimedOut(NOTE_TIMEOUT))));
        tokio::time::timeout(NOTE_TIMEOUT, put).await.unwrap_or_else(timed_out)
    };
    Some(UseNote(tokio::spawn(Usage::carry(write))))
}
