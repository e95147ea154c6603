//! What every use case is given first: store, time, configuration and the
//! credentials that this process has seen.

use std::sync::Arc;

use super::credential_cache::CredentialCache;
use super::noted_uses::NotedUses;
use super::refusal_watch::{HourlyEvents, RefusalWatch};
use crate::domain::clock::{Environment, SystemEnvironment};
use crate::platform::config::Config;
use crate::store::Store;

/// What a request is answered with where nothing is asked of the table: time,
/// randomness and configuration.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Time and randomness.
    pub environment: &'a dyn Environment,
    /// What the deployment set.
    pub config: &'a Config,
}

/// Made once per process and shared by all requests.
#[derive(Debug)]
pub struct Context {
    /// The table.
    pub store: Store,
    /// Time and randomness.
    pub environment: Arc<dyn Environment>,
    /// What the deployment set.
    pub config: Config,
    pub(crate) credentials: CredentialCache,
    pub(crate) noted_uses: NotedUses,
    pub(crate) refusals: RefusalWatch,
    pub(crate) hourly_events: HourlyEvents,
}

impl std::fmt::Debug for dyn Environment + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Environment")
    }
}

impl Context {
    /// What of this a request is answered with, whoever answers it.
    #[must_use]
    pub fn setting(&self) -> Setting<'_> {
        Setting { environment: self.environment.as_ref(), config: &self.config }
    }

    /// A context on the machine's own clock.
    #[must_use]
    pub fn new(store: Store, config: Config) -> Self {
        Self::with_environment(store, config, Arc::new(SystemEnvironment))
    }

    /// A context with a clock of the caller's.
    #[must_use]
    pub fn with_environment(
        store: Store,
        config: Config,
        environment: Arc<dyn Environment>,
    ) -> Self {
        Self {
            store,
            environment,
            config,
            credentials: CredentialCache::default(),
            noted_uses: NotedUses::default(),
            refusals: RefusalWatch::default(),
            hourly_events: HourlyEvents::default(),
        }
    }
}
