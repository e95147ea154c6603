//! How long a write that was begun can still be committed, and the wait for that.

use std::time::Duration;

use tokio::time::sleep;

use crate::domain::clock::Environment;
use crate::domain::error::Result;

/// Nothing is committed later than this after its id was minted.
pub const COMMITS_WITHIN: Duration = Duration::from_secs(60);
/// How often the clock is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Waits for so long, by the clock of the environment.
pub(super) async fn wait(env: &dyn Environment, duration: Duration) -> Result<()> {
    let until = env.now()?.plus(duration);
    while env.now()? < until {
        sleep(LOOK.min(duration)).await;
    }
    Ok(())
}
