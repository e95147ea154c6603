//! The DynamoDB engine that the suites run on.
//!
//! By default that is the engine that the console embeds, in the test process, in
//! memory, on a loopback port, so that `cargo test` needs nothing installed. The variable
//! `ACTIVITY_LOG_TEST_ENDPOINT` names another one, such as DynamoDB Local: the
//! suites are the same, and both are spoken to over the wire.
//!
//! Tests share one engine and keep apart by the names of their tables
//! ([`unique_name`]). An engine lives on a thread and runtime of its own,
//! because the runtime of the test that happened to start it ends with that
//! test.
//!
//! Left out on purpose: tables and clients. What a table of this project looks
//! like is known to the project, not to its engine.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::{env, fmt, process};

use activity_log::engine::Service;
use dynoxide::Database;
use http::Uri;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// The variable that names the endpoint of an engine to use instead of the
/// embedded one.
pub const ENDPOINT_VARIABLE: &str = "ACTIVITY_LOG_TEST_ENDPOINT";

/// Beyond what two cores need: a call holds its worker while it waits for the
/// engine's one lock, and the others go on reading requests.
const WORKER_THREADS: usize = 4;

/// An engine that answers at `endpoint`.
#[derive(Debug)]
pub struct Engine {
    /// Where it answers: `http://127.0.0.1:<port>`, without a trailing slash.
    pub endpoint: String,
    embedded: Option<Arc<Embedded>>,
}

impl Engine {
    /// The engine of this test run: the one that [`ENDPOINT_VARIABLE`] names,
    /// else one embedded engine that all tests of the process share.
    ///
    /// # Panics
    ///
    /// When nothing listens at the endpoint that the variable names.
    pub async fn start() -> Self {
        static SHARED: OnceLock<Arc<Embedded>> = OnceLock::new();
        if let Some(endpoint) = named_endpoint(env::var(ENDPOINT_VARIABLE).ok()) {
            expect_listener(&endpoint).await;
            return Self { endpoint, embedded: None };
        }
        let start = || {
            let database = Database::memory().expect("a database in memory can be opened");
            Arc::new(Embedded::start(database))
        };
        Self::of(Arc::clone(SHARED.get_or_init(start)))
    }

    /// An embedded engine that no one else uses, whatever the variable says.
    /// It ends, with its data, when it is dropped.
    pub async fn fresh() -> Self {
        Self::on(Database::memory().expect("a database in memory can be opened")).await
    }

    /// An embedded engine on a database of the caller's, such as a file.
    pub async fn on(database: Database) -> Self {
        Self::of(Arc::new(Embedded::start(database)))
    }

    /// Whether this is the embedded engine. A test of what the engines disagree
    /// on (consumed capacity) asks before it asserts.
    pub fn is_embedded(&self) -> bool {
        self.embedded.is_some()
    }

    /// The database of an embedded engine, to fill it faster than over the
    /// wire. A table that is written to this way is read as any other.
    pub fn database(&self) -> Option<&Database> {
        self.embedded.as_ref().map(|embedded| &embedded.database)
    }

    fn of(embedded: Arc<Embedded>) -> Self {
        Self { endpoint: embedded.endpoint.clone(), embedded: Some(embedded) }
    }
}

/// A name for a table that no other test, process or earlier run uses: the
/// engine may outlive the process. What DynamoDB doesn't take in a name
/// becomes `-`.
pub fn unique_name(prefix: &str) -> String {
    static COUNTER: AtomicUsize = AtomicUsize::new(0);
    /// DynamoDB takes 255 characters; the rest of the name needs at most 60.
    const PREFIX_MAX_CHARACTERS: usize = 190;
    let prefix: String = prefix
        .chars()
        .take(PREFIX_MAX_CHARACTERS)
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' | '-' => c,
            _ => '-',
        })
        .collect();
    let process = process::id();
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    // The standard library seeds each `RandomState` differently, which is
    // random enough for a name and needs no dependency.
    let random = RandomState::new().build_hasher().finish();
    format!("{prefix}-{process}-{count}-{random:016x}")
}

/// The endpoint in the variable's value; an empty one counts as unset.
fn named_endpoint(value: Option<String>) -> Option<String> {
    let endpoint = value?.trim().trim_end_matches('/').to_owned();
    (!endpoint.is_empty()).then_some(endpoint)
}

/// Fails at once and by name, where the SDK would retry for a while and then
/// speak of a dispatch failure.
pub(crate) async fn expect_listener(endpoint: &str) {
    let uri: Uri =
        endpoint.parse().unwrap_or_else(|error| panic!("{endpoint} is not a URL: {error}"));
    assert_eq!(uri.scheme_str(), Some("http"), "{endpoint}: an engine is spoken to in plain HTTP");
    let host = uri.host().expect("a URL with a scheme has a host");
    if let Err(error) = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await {
        panic!("no engine listens at {endpoint}: {error}");
    }
}

struct Embedded {
    endpoint: String,
    database: Database,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Embedded {
    fn start(database: Database) -> Self {
        // Bound here and not on the thread, so that a caller can connect as
        // soon as this returns: the system queues it until the engine accepts.
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
        listener.set_nonblocking(true).expect("a listener can be made non-blocking");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let served = database.clone();
        let thread = thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || serve(listener, served, stopped))
            .expect("a thread can be started");
        Self {
            endpoint: format!("http://{address}"),
            database,
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Embedded {
    /// Waits for the thread, so that nothing answers at the endpoint any more.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic on the thread has been printed there.
            drop(thread.join());
        }
    }
}

fn serve(listener: TcpListener, database: Database, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .enable_all()
        .build()
        .expect("a runtime can be started");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .expect("a non-blocking listener can be registered");
        let router = Service::new(database, None).router();
        // Not the listener's own end: it waits for its clients, and a client that
        // keeps a connection busy would keep the thread for ever.
        tokio::select! {
            () = activity_log::listener::serve(listener, router, std::future::pending()) => {}
            _ = stopped => {}
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_embedded_engine_outlives_the_runtime_that_started_it() {
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime can be started")
        };
        let endpoints = thread::spawn(move || {
            let first = runtime().block_on(Engine::start()).endpoint;
            let second = runtime().block_on(Engine::start()).endpoint;
            (first, second)
        })
        .join()
        .expect("the thread ends");

        assert_eq!(endpoints.0, endpoints.1, "one engine for all tests");
        expect_listener(&endpoints.0).await;
    }

    #[tokio::test]
    async fn a_fresh_engine_ends_when_it_is_dropped() {
        let (first, second) = (Engine::fresh().await, Engine::fresh().await);
        assert!(first.is_embedded());
        assert_ne!(first.endpoint, second.endpoint);
        expect_listener(&first.endpoint).await;

        let address = first.endpoint.trim_start_matches("http://").to_owned();
        drop(first);
        TcpStream::connect(&address).await.expect_err("nothing listens");
        expect_listener(&second.endpoint).await;
    }

    #[test]
    fn unique_names_are_table_names_and_differ() {
        let long = "x".repeat(300);
        for prefix in ["search", "suites::search", "", "é", &long] {
            let (first, second) = (unique_name(prefix), unique_name(prefix));
            assert_ne!(first, second);
            assert!((3..=255).contains(&first.len()), "{first}");
            assert!(
                first.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)),
                "{first}"
            );
        }
        assert!(unique_name("search").starts_with("search-"));
    }

    #[test]
    fn an_empty_endpoint_counts_as_unset() {
        let named = |value: &str| named_endpoint(Some(value.to_owned()));
        assert_eq!(named_endpoint(None), None);
        assert_eq!(named(""), None);
        assert_eq!(named("http://127.0.0.1:8000/"), Some("http://127.0.0.1:8000".to_owned()));
    }
}
