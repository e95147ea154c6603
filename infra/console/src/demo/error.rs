//! Why the demo tenant is not made.

use activity_log_core::Error;
use activity_log_core::domain::clock::ClockOutOfRange;
use activity_log_core::store::PutCredentialError;

/// Why the tenant was not made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Key(#[from] PutCredentialError),
    #[error(transparent)]
    Store(#[from] Error),
    #[error(transparent)]
    Clock(#[from] ClockOutOfRange),
    /// An activity of the week was answered with something else than was expected.
    #[error("activity {number} of its week is {code}, see the log; --empty leaves the week out")]
    NotLogged { number: usize, code: String },
}
