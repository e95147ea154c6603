//! Why a command fails.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;

use activity_log_core::domain::clock::ClockOutOfRange;
use activity_log_core::domain::error::FieldError;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::domain::record_type_ids::NotRegistered;
use activity_log_core::platform::aws::StartError;
use activity_log_core::platform::config::ConfigError;
use activity_log_core::store::PutCredentialError;
use uuid::Uuid;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Clock(#[from] ClockOutOfRange),
    #[error("the configuration is not valid")]
    Config(#[from] ConfigError),
    #[error("the table can't be connected to")]
    Connect(#[from] StartError),
    #[error("the table did not do what was asked")]
    Core(#[from] activity_log_core::Error),
    #[error(transparent)]
    Folder(#[from] crate::data_folder::DataFolderError),
    #[error("the embedded engine could not start")]
    Engine(#[from] crate::engine::EngineError),
    #[error("can't listen at {address}, which {option} says")]
    Listen { address: SocketAddr, option: &'static str, source: std::io::Error },
    #[error("no `activity-log serve --data-dir {}` is running", .folder.display())]
    NotServed { folder: PathBuf, source: std::io::Error },
    #[error(
        "the tenant {0} was removed, and nothing was done: its id is kept from being used again by \
         accident. To make it a tenant again, with all that was kept of it, such as its audit \
         trail, use `activity-log keys create --reopen-removed-tenant`"
    )]
    TenantRemoved(TenantId),
    #[error(
        "the removal of the tenant {0} has not ended, and nothing was done: \
         run `activity-log tenant remove` to its end first"
    )]
    RemovalNotEnded(TenantId),
    #[error("there is no table {0}: --create-table makes it")]
    NoTable(String),
    #[error("--in-memory keeps nothing, and --data-dir names where to keep it: leave one out")]
    MemoryAndFolder,
    #[error("{what}")]
    Io { what: String, source: std::io::Error },
    #[error("there is no {0}")]
    Missing(&'static str),
    #[error("the file is refused{}", list(.0))]
    FileRefused(Vec<FieldError>),
    #[error("nothing was imported")]
    NotRecords(#[from] super::records::format::NotRecords),
    #[error("{refused} of {lines} lines were refused{kept}")]
    LinesRefused { refused: usize, lines: usize, kept: String },
    #[error("{} was changed while it was read; run it again to import the rest", .0.display())]
    FileChanged(PathBuf),
    #[error("cut off at line {line}; run it again to go on")]
    CutOff { line: u64, source: activity_log_core::Error },
    #[error("the id {id} {source}")]
    IdRefused { id: Uuid, source: NotRegistered },
    #[error("somebody else changed it at the same time, and nothing was done: run it again")]
    ChangedMeanwhile,
    #[error("{failed} records can't be indexed")]
    NotIndexed { failed: usize },
    #[error(
        "nothing was removed: {activities} activities have only words of an older version; \
         run `activity-log reindex` first"
    )]
    OldWordsInUse { activities: usize },
    #[error(
        "nothing was removed: name the tenant at the prompt of a terminal, or confirm with --yes; \
         --dry-run counts what would be removed"
    )]
    NotConfirmed,
}

fn list(violations: &[FieldError]) -> String {
    violations.iter().map(|error| format!("\n  {}: {}", error.field, error.message)).collect()
}

impl CliError {
    /// Why a credential of a tenant was not added.
    pub(super) fn put_credential(tenant: &TenantId, error: PutCredentialError) -> Self {
        match error {
            PutCredentialError::TenantRemoved => Self::TenantRemoved(tenant.clone()),
            PutCredentialError::RemovalNotEnded => Self::RemovalNotEnded(tenant.clone()),
            PutCredentialError::Failed(error) => error.into(),
        }
    }

    pub(super) fn io(what: impl Display) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.to_string();
        move |source| Self::Io { what, source }
    }
}
