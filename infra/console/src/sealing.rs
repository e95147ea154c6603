//! Sealing in the process of a server: what the function `seal` does on AWS.
//!
//! Events are sealed as this process writes them, so one that somebody deletes before it is
//! sealed is sealed all the same. What it was not handed (there was no room, or another
//! process wrote it) is found in the table: at the start, and from time to time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::seal_backlog::seal_backlog;
use activity_log_core::app::seal_events::{SealError, Sealer, seal_events};
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::chain;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::store::operator::indexed_tenants::indexed_tenants;
use activity_log_core::store::{NewEvent, UnsealedEvent};
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How long events are gathered for a seal.
const WINDOW: Duration = Duration::from_secs(1);
/// How often the table is looked at for what was not handed over.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// What a look goes back to: a commit comes at most a minute behind the time of its event.
const LOOK_BACK: Duration = Duration::from_secs(240);
/// How long a tenant's events are tried at a time.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// Events that wait at most for a tenant that can't be sealed. The table has them as well.
const MAX_WAITING: usize = 10_000;

/// The task.
#[derive(Debug)]
pub struct Sealing(JoinHandle<()>);

impl Sealing {
    /// Begins to seal what this process writes; `None` where something else in it does.
    #[must_use]
    pub fn start(ctx: &Arc<Context>, sealer: Sealer) -> Option<Self> {
        let new_events = ctx.store.new_events()?;
        let worker = Worker {
            ctx: Arc::clone(ctx),
            sealer,
            tenants: BTreeMap::new(),
            waiting: BTreeMap::new(),
            failures: LoggedFailures::default(),
        };
        Some(Self(tokio::spawn(worker.run(new_events))))
    }

    /// Ends it. What was not sealed yet is, at the next start.
    pub async fn stop(self) {
        self.0.abort();
        // That it was ended is no news.
        let _ = self.0.await;
    }
}

struct Worker {
    ctx: Arc<Context>,
    sealer: Sealer,
    /// The tenants that are known of, and until when all of their events were looked at.
    tenants: BTreeMap<TenantId, Option<Timestamp>>,
    waiting: BTreeMap<TenantId, Vec<UnsealedEvent>>,
    failures: LoggedFailures,
}

/// Why tenants are not sealed for. Each is told once, until it is another one or is over.
#[derive(Default)]
struct LoggedFailures(BTreeMap<TenantId, String>);

impl LoggedFailures {
    fn note<T>(&mut self, tenant: &TenantId, sealed: Result<T, SealError>) -> Option<T> {
        match sealed {
            Ok(sealed) => {
                self.0.remove(tenant);
                Some(sealed)
            }
            Err(error) => {
                let error = chain(&error);
                if self.0.get(tenant) != Some(&error) {
                    tracing::error!(%tenant, error, "audit events are not sealed");
                    self.0.insert(tenant.clone(), error);
                }
                None
            }
        }
    }
}

impl Worker {
    async fn run(mut self, mut new_events: Receiver<NewEvent>) {
        self.find_tenants().await;
        self.look().await;
        let mut window = interval(WINDOW);
        window.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut next_look = Instant::now() + LOOK_EVERY;
        loop {
            tokio::select! {
                event = new_events.recv() => match event {
                    Some(new) => self.take(new),
                    None => return,
                },
                _ = window.tick() => {
                    self.seal_waiting().await;
                    if Instant::now() >= next_look {
                        self.look().await;
                        next_look = Instant::now() + LOOK_EVERY;
                    }
                }
            }
        }
    }

    fn take(&mut self, new: NewEvent) {
        let now = self.ctx.environment.now().ok();
        let written_at = now.and_then(|now| new.written_at(now));
        let event = new.event;
        self.tenants.entry(event.tenant_id.clone()).or_default();
        let waiting = self.waiting.entry(event.tenant_id.clone()).or_default();
        if waiting.len() < MAX_WAITING {
            waiting.push(UnsealedEvent { event, written_at });
        }
    }

    /// Seals what waits, one tenant after the other. What fails waits on.
    async fn seal_waiting(&mut self) {
        for (tenant, events) in std::mem::take(&mut self.waiting) {
            let deadline = Instant::now() + TIME_LIMIT;
            let sealed =
                seal_events(&self.ctx, &self.sealer, &tenant, events.clone(), deadline).await;
            if self.failures.note(&tenant, sealed).is_none() {
                self.waiting.insert(tenant, events);
            }
        }
    }

    /// The tenants of a table that was there before.
    async fn find_tenants(&mut self) {
        match indexed_tenants(&self.ctx.store, |_| {}).await {
            Ok(tenants) => self.tenants.extend(tenants.into_iter().map(|tenant| (tenant, None))),
            Err(error) => {
                tracing::error!(error = chain(&error), "the tenants to seal for are not known");
            }
        }
    }

    /// Seals what the table has of the tenants that are known of: everything the first time,
    /// and what is new after that.
    async fn look(&mut self) {
        let Ok(now) = self.ctx.environment.now() else { return };
        for (tenant, looked_until) in &mut self.tenants {
            let since = looked_until.map(|until| until.minus(LOOK_BACK));
            let deadline = Instant::now() + TIME_LIMIT;
            let sealed = seal_backlog(&self.ctx, &self.sealer, tenant, since, deadline).await;
            if self.failures.note(tenant, sealed).is_some_and(|backlog| backlog.finished) {
                *looked_until = Some(now);
            }
        }
    }
}
