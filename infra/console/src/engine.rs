//! The embedded engine: a DynamoDB on this machine, in memory or in a file.
//!
//! It is spoken to over DynamoDB's wire protocol, by this process as by any
//! other client, so nothing above it knows that it is embedded.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The file in the data directory that holds the table.
const DATABASE_FILE: &str = "activity-log.sqlite3";
/// How often expired items are removed, which the engine does not do by itself.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(60);
/// How long calls under way may go on at the end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// What the engine can't be started with.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database can't be opened.
    #[error("the embedded engine can't open its database: {0}")]
    Open(String),
    /// The address can't be listened at.
    #[error("the embedded engine can't listen at {address}")]
    Listen {
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

/// Where the embedded engine keeps its table.
#[derive(Clone, Copy, Debug)]
pub enum Storage<'a> {
    /// Gone with the process.
    Memory,
    /// In a directory that exists.
    Directory(&'a Path),
}

/// A running engine.
#[derive(Debug)]
pub struct Engine {
    address: SocketAddr,
    shutdown: oneshot::Sender<()>,
    server: JoinHandle<Result<(), String>>,
    expiry: JoinHandle<()>,
}

impl Engine {
    /// Starts the engine at an address.
    ///
    /// # Errors
    ///
    /// A database that can't be opened, an address that is taken.
    pub async fn start(storage: Storage<'_>, address: SocketAddr) -> Result<Self, EngineError> {
        let database = match storage {
            Storage::Memory => Database::memory(),
            Storage::Directory(directory) => {
                Database::new(&directory.join(DATABASE_FILE).to_string_lossy())
            }
        }
        .map_err(|error| EngineError::Open(error.to_string()))?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| EngineError::Listen { address, source })?;
        let address =
            listener.local_addr().map_err(|source| EngineError::Listen { address, source })?;
        let (shutdown, stopped) = oneshot::channel();
        let expiring = database.clone();
        let server =
            tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, async move {
                // A sender that is gone means the same as one that sent.
                let _ = stopped.await;
            }));
        let expiry = tokio::spawn(async move {
            let mut interval = tokio::time::interval(EXPIRY_INTERVAL);
            loop {
                interval.tick().await;
                let database = expiring.clone();
                match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
                    Ok(Ok(removed)) => tracing::debug!(removed, "removed expired items"),
                    Ok(Err(error)) => tracing::warn!(%error, "expired items were not removed"),
                    Err(error) => tracing::warn!(%error, "expired items were not removed"),
                }
            }
        });
        Ok(Self { address, shutdown, server, expiry })
    }

    /// The engine's endpoint.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops taking calls, and lets those under way finish.
    pub async fn stop(self) {
        self.expiry.abort();
        if self.shutdown.send(()).is_err() {
            tracing::warn!("the embedded engine had stopped before");
        }
        // Clients keep connections open; what is not finished by then is cut.
        if tokio::time::timeout(SHUTDOWN_TIMEOUT, self.server).await.is_err() {
            tracing::debug!("the embedded engine still had connections open");
        }
    }
}
