//! Compaction in the process of a server: what the function `index` does on AWS.
//!
//! One task takes the tenants whose writes asked for a run, and does one run after the
//! other. What asks while a run is at work is one run more, however often it asks. The task
//! ends with the server, in the middle of a run where there is one: a run that is cut off
//! loses nothing, and the tenant's next one goes on with it.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use activity_log_core::Context;
use activity_log_core::app::compact_index::{Ran, compact_index};
use activity_log_core::domain::error::{Result, chain};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::platform::guard::guard;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;

/// How long a run may take at most: as long as on AWS.
const RUN_TIMEOUT: Duration = Duration::from_secs(55);

/// The task.
#[derive(Debug)]
pub struct Compaction(JoinHandle<()>);

impl Compaction {
    /// Begins to do the runs that writes of this process ask for; `None` where something
    /// else in it does them.
    #[must_use]
    pub fn start(ctx: &Arc<Context>) -> Option<Self> {
        let asked = ctx.store.runs_asked_for()?;
        let ctx = Arc::clone(ctx);
        Some(Self(tokio::spawn(async move {
            as_asked(asked, |tenant| {
                let ctx = Arc::clone(&ctx);
                async move { guard(RUN_TIMEOUT, compact_index(&ctx, &tenant)).await }
            })
            .await;
        })))
    }

    /// Ends it.
    pub async fn stop(self) {
        self.0.abort();
        // That it was ended is no news.
        let _ = self.0.await;
    }
}

/// Does runs for as long as somebody may ask for one.
async fn as_asked<F>(mut asked: Receiver<TenantId>, run: impl Fn(TenantId) -> F)
where
    F: Future<Output = Result<Ran>>,
{
    while let Some(first) = asked.recv().await {
        let mut tenants = BTreeSet::from([first]);
        while let Ok(tenant) = asked.try_recv() {
            tenants.insert(tenant);
        }
        for tenant in tenants {
            let ran = run(tenant.clone()).await;
            log(&tenant, &ran);
        }
    }
}

fn log(tenant: &TenantId, ran: &Result<Ran>) {
    let tenant_id = tenant.as_str();
    match ran {
        Ok(ran) => tracing::debug!(
            tenant_id,
            busy = ran.ended_for_another,
            entries_flushed = ran.entries_flushed,
            merges = ran.merges,
            tail_bytes_left = ran.tail_bytes_left,
            unreadable_entries = ran.unreadable_entries,
            segments_set_aside = ran.segments_set_aside,
            "index compacted"
        ),
        Err(error) => tracing::error!(tenant_id, error = chain(error), "index not compacted"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use activity_log_core::domain::error::Error;
    use tokio::sync::mpsc::channel;
    use tokio::sync::{Semaphore, mpsc};

    use super::*;

    fn tenant(id: &str) -> TenantId {
        TenantId::parse(id).unwrap()
    }

    #[tokio::test]
    async fn what_asks_while_a_run_is_at_work_is_one_run_more() {
        let (ask, asked) = channel(8);
        let (begun, mut begins) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(0));
        let may_end = Arc::clone(&gate);
        let task = tokio::spawn(async move {
            as_asked(asked, |tenant| {
                let (begun, may_end) = (begun.clone(), Arc::clone(&may_end));
                async move {
                    begun.send(tenant.to_string()).unwrap();
                    may_end.acquire().await.unwrap().forget();
                    Ok(Ran::default())
                }
            })
            .await;
        });
        ask.send(tenant("acme")).await.unwrap();
        assert_eq!(begins.recv().await.unwrap(), "acme");
        for id in ["acme", "other", "acme", "acme"] {
            ask.send(tenant(id)).await.unwrap();
        }
        drop(ask);
        gate.add_permits(8);
        task.await.unwrap();
        assert_eq!(begins.recv().await.unwrap(), "acme");
        assert_eq!(begins.recv().await.unwrap(), "other");
        assert_eq!(begins.recv().await, None);
    }

    #[tokio::test]
    async fn a_run_that_fails_is_no_end() {
        let (ask, asked) = channel(8);
        for id in ["a", "b", "c"] {
            ask.send(tenant(id)).await.unwrap();
        }
        drop(ask);
        let ran = Mutex::new(Vec::new());
        as_asked(asked, |tenant| {
            ran.lock().unwrap().push(tenant.to_string());
            async { Err(Error::Unavailable("no table".into())) }
        })
        .await;
        assert_eq!(*ran.lock().unwrap(), ["a", "b", "c"]);
    }
}
