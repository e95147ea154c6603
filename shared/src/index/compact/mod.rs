//! Compaction: entries of the tail become segments, and segments become fewer.
//!
//! ```text
//! tail ──flush──▶ tier 0 ──merge of four──▶ tier 1 ──merge of four──▶ tier 2 …
//! ```
//!
//! What holds, whichever runs are at work side by side, wherever they end, and whatever
//! answers are lost:
//!
//! - An entry is at every moment in the tail, or in a whole segment that the manifest lists, or
//!   in both. So a reader that ends its reading of the tail before it reads the manifest misses
//!   nothing.
//! - Nothing of a listed segment is deleted, and no part is ever written with other bytes.
//! - What was struck is in nothing that is written later.
//!
//! It depends on no lease, and on clocks for two things that wait an hour for what takes less
//! than a minute: what nobody lists is deleted by [`sweep::sweep`] an hour after its id was
//! minted, and what was struck is forgotten an hour after nothing had it any more. The hint that
//! a run is at work only spares others the same work.
//!
//! Deliberately absent: how fast the table may be written. A run does one thing after the
//! other and ends after some seconds, and the store paces its batches.

mod current;
mod done;
mod due;
mod flush;
mod garbage;
mod limits;
mod merge_tiers;
mod ran;
mod rate;
mod session;
mod struck;
mod tail;

pub mod operate;
pub mod sweep;

#[cfg(test)]
pub(in crate::index) mod memory;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

pub use limits::{Limits, SET_ASIDE};
pub use ran::Ran;

use std::time::Duration;

use flush::Flushed;
use merge_tiers::Merged;
use session::Session;

use crate::domain::clock::Environment;
use crate::domain::error::{Error, Result};
use crate::index::store::IndexStore;

/// Does what is due for a tenant, unless another run is at it.
///
/// # Errors
///
/// A failed call. A later run goes on from what was done until then.
pub async fn run(store: &impl IndexStore, env: &dyn Environment, limits: &Limits) -> Result<Ran> {
    let id = env.new_uuid()?;
    let now = env.now()?;
    if !store.begin(id, now, now.plus(limits.busy)).await? {
        return Ok(Ran { ended_for_another: true, ..Ran::default() });
    }
    let outcome = async {
        let mut session = Session::begin(store, env, limits, id, now, false).await?;
        work(&mut session).await?;
        Ok(session.ran)
    };
    let outcome = outcome.await;
    // The hint ends by itself; what the run came to matters more than that it failed to.
    let _ = store.end(id).await;
    outcome
}

/// How often [`settle`] begins anew at most. Each time leaves less, unless others write
/// faster.
const MAX_ROUNDS: usize = 1_000;

/// There was something to do each time.
#[derive(Debug, thiserror::Error)]
#[error("others write faster than can be settled")]
struct NeverSettled;

/// Does everything that there is to do, however little: the tail is flushed, all due merges are
/// done, what was struck is in no segment, and nothing is left of what was merged away. It does
/// not look at whether a run is at work.
///
/// # Errors
///
/// A failed call; and when others write faster than this.
pub async fn settle(store: &impl IndexStore, env: &dyn Environment) -> Result<Ran> {
    settle_within(store, env, &Limits::default()).await
}

async fn settle_within(
    store: &impl IndexStore,
    env: &dyn Environment,
    limits: &Limits,
) -> Result<Ran> {
    let limits = Limits { run: Duration::MAX, ..*limits };
    let mut ran: Option<Ran> = None;
    for _ in 0..MAX_ROUNDS {
        // What one round leaves as garbage the next one deletes, since it is another run.
        let (id, now) = (env.new_uuid()?, env.now()?);
        let mut session = Session::begin(store, env, &limits, id, now, true).await?;
        work(&mut session).await?;
        let changed = session.changed;
        ran = Some(ran.map_or(session.ran, |earlier| earlier.and(session.ran)));
        if !changed {
            return Ok(ran.unwrap_or_default());
        }
    }
    Err(Error::Unavailable(Box::new(NeverSettled)))
}

/// So many keys take half a read unit of the manifest.
const MANY_KEYS: usize = 100;

/// Flushes and merges in turn, so that neither waits for all of the other, and deletes what is
/// left of earlier runs.
async fn work<S: IndexStore>(session: &mut Session<'_, S>) -> Result<()> {
    let mut attempts = session.limits.attempts;
    let mut may_be_more = true;
    while session.may_go_on().await? {
        if may_be_more {
            may_be_more = match flush::flush(session).await? {
                Flushed::Nothing | Flushed::All => false,
                Flushed::Much => true,
                Flushed::Lost if attempts > 0 => {
                    attempts -= 1;
                    continue;
                }
                Flushed::Lost => {
                    session.ran.ended_for_another = true;
                    break;
                }
            };
        }
        match merge_tiers::merge_one(session).await? {
            Merged::Nothing if !may_be_more => break,
            Merged::Nothing | Merged::Little => {}
            Merged::Much => may_be_more = true,
        }
    }
    garbage::delete_rest(session).await?;
    // The next put would say it. But whoever reads the manifest until then pays for it.
    if session.settles || session.done.gone.len() > MANY_KEYS {
        session.say_what_is_done().await?;
    }
    session.sum_up();
    Ok(())
}
