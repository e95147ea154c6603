//! The embedded engine: a DynamoDB on this machine, in memory or in a folder.
//!
//! It speaks DynamoDB's wire protocol, so nothing above it knows that it is
//! embedded. The functions reach it in this process, other commands at a socket
//! in the folder, which is the owner's alone. It listens on the network only
//! where that is asked for, and then behind a door of its own (`door`).

mod access_key;
mod connector;
mod disk;
mod door;
mod operations;
mod service;

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use dynoxide::Database;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use self::access_key::AccessKey;
pub(crate) use self::connector::at_socket;
pub use self::disk::Disk;
pub use self::service::Service;
use crate::data_folder::{DataFolder, DataFolderError, Found};
use crate::listener::serve;

/// How often expired items are removed, which the engine does not do by itself.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(60);

/// What the engine can't be started with.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The folder or the database in it can't be used.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    /// The database can't be opened.
    #[error("the embedded engine can't open its database: {0}")]
    Open(String),
    /// The socket can't be listened at.
    #[error(
        "the embedded engine can't listen at {socket}; --data-dir names another folder, whose \
         path is to be shorter than a hundred characters"
    )]
    Socket { socket: String, source: std::io::Error },
}

/// What the engine holds at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// What was there.
    pub found: Found,
    /// The items of all tables.
    pub items: i64,
    /// The size of the database.
    pub bytes: u64,
}

/// A running engine.
#[derive(Debug)]
pub struct Engine {
    service: Service,
    folder: Option<DataFolder>,
    disk: Option<Arc<Disk>>,
    contents: Contents,
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Engine {
    /// Starts an engine whose table is gone with the process.
    ///
    /// # Errors
    ///
    /// A database that can't be made.
    pub fn in_memory() -> Result<Self, EngineError> {
        let database = Database::memory().map_err(not_opened)?;
        Self::start(database, None, Found::Nothing)
    }

    /// Starts an engine in a folder, and listens at its socket.
    ///
    /// # Errors
    ///
    /// A database that is damaged or can't be opened, a socket that can't be made.
    pub fn in_folder(folder: DataFolder) -> Result<Self, EngineError> {
        let found = folder.check_database()?;
        let database = Database::new(&folder.database().to_string_lossy()).map_err(not_opened)?;
        folder.remove_socket()?;
        let listener = listen_privately(&folder.socket())?;
        let mut engine = Self::start(database, Some(folder), found)?;
        let router = engine.service.clone().router();
        let stopped = engine.stopped();
        engine.tasks.spawn(serve(listener, router, stopped));
        Ok(engine)
    }

    fn start(
        database: Database,
        folder: Option<DataFolder>,
        found: Found,
    ) -> Result<Self, EngineError> {
        let info = database.database_info().map_err(not_opened)?;
        let items = info.tables.iter().map(|table| table.stats.item_count).sum();
        let contents = Contents { found, items, bytes: info.size_bytes };
        let disk = folder.as_ref().map(|folder| Arc::new(Disk::holding(folder.path())));
        let service = Service::new(database.clone(), disk.clone());
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(remove_expired(database, stopped));
        Ok(Self { service, folder, disk, contents, tasks, stop })
    }

    /// Takes calls on the network, of clients that have the access key.
    pub fn listen(&mut self, listener: TcpListener, access_key: AccessKey) {
        let router = door::guarded(self.service.clone(), access_key);
        let stopped = self.stopped();
        self.tasks.spawn(serve(listener, router, stopped));
    }

    /// A client of it in this process.
    #[must_use]
    pub fn client(&self) -> Client {
        connector::in_process(&self.service)
    }

    /// What it held at its start.
    #[must_use]
    pub fn contents(&self) -> Contents {
        self.contents
    }

    /// The disk that it is on, if it is on one.
    #[must_use]
    pub fn disk(&self) -> Option<Arc<Disk>> {
        self.disk.clone()
    }

    /// The folder that it is in, if it is in one.
    #[must_use]
    pub fn folder(&self) -> Option<&DataFolder> {
        self.folder.as_ref()
    }

    /// Stops taking calls, and lets those under way finish.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::warn!(%error, "a part of the embedded engine failed");
            }
        }
        if let Some(Err(error)) = self.folder.as_ref().map(DataFolder::remove_socket) {
            tracing::warn!(%error, "the socket was left behind");
        }
    }

    fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        wait_for(self.stop.subscribe())
    }
}

/// The folder's umask has kept others out from the first moment on.
fn listen_privately(socket: &Path) -> Result<UnixListener, EngineError> {
    let failed = |source| EngineError::Socket { socket: socket.display().to_string(), source };
    let listener = UnixListener::bind(socket).map_err(failed)?;
    std::fs::set_permissions(socket, Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

/// A sender that is gone means the same as one that sent.
async fn wait_for(mut stopped: watch::Receiver<bool>) {
    drop(stopped.wait_for(|stopped| *stopped).await);
}

async fn remove_expired(database: Database, stopped: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(EXPIRY_INTERVAL);
    let mut stopped = std::pin::pin!(wait_for(stopped));
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            () = &mut stopped => return,
        }
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(removed)) => tracing::debug!(removed, "removed expired items"),
            Ok(Err(error)) => tracing::warn!(%error, "expired items were not removed"),
            Err(error) => tracing::warn!(%error, "expired items were not removed"),
        }
    }
}

fn not_opened(error: dynoxide::DynoxideError) -> EngineError {
    EngineError::Open(error.to_string())
}
