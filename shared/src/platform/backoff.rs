//! Waits between attempts at what another service may do the next time.

use std::time::Duration;

use tokio::time::Instant;

/// Waits between attempts: exponential, capped, with full jitter, as in AWS's
/// "Exponential Backoff And Jitter".
#[derive(Debug)]
pub struct Backoff {
    ceiling: Duration,
    deadline: Instant,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(25);
    const MAX: Duration = Duration::from_secs(1);

    /// The first wait is short, and none goes beyond `deadline`.
    #[must_use]
    pub fn until(deadline: Instant) -> Self {
        Self { ceiling: Self::FIRST, deadline }
    }

    /// Waits. `false`, without waiting, when the deadline would pass.
    pub async fn wait(&mut self) -> bool {
        let mut random = [0; 4];
        getrandom::fill(&mut random).expect("the operating system has randomness");
        let share = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX);
        let delay = self.ceiling.mul_f64(share);
        self.ceiling = (self.ceiling * 2).min(Self::MAX);
        if Instant::now() + delay >= self.deadline {
            return false;
        }
        tokio::time::sleep(delay).await;
        true
    }
}
