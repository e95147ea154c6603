//! Why a command fails.

use std::error::Error as _;
use std::fmt::Display;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use activity_log_core::domain::clock::ClockOutOfRange;
use activity_log_core::domain::error::{FieldError, chain};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::domain::record_type_ids::NotRegistered;
use activity_log_core::platform::aws::StartError;
use activity_log_core::platform::aws_check::Lack;
use activity_log_core::platform::config::ConfigError;
use activity_log_core::store::PutCredentialError;
use activity_log_core::store::operator::obstacle::Obstacle;
use uuid::Uuid;

use super::obstacle::{Place, describe, describe_lack, missing};
use crate::demo::DemoError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Clock(#[from] ClockOutOfRange),
    #[error("the configuration is not valid")]
    Config(#[from] ConfigError),
    #[error("{name} {rule}")]
    Setting { name: &'static str, rule: String },
    #[error("{0} and {1} both say where the table is: leave one out")]
    TwoPlaces(&'static str, &'static str),
    #[error("the table can't be connected to")]
    Connect(#[from] StartError),
    #[error("{}", describe_lack(.0))]
    Lacks(Lack),
    #[error("{}", describe(.0, .1))]
    Obstacle(Obstacle, Place),
    /// Its cause is told, and not what callers of the functions read instead.
    #[error("the table did not do what was asked: {}", cause_of(.0))]
    Failed(activity_log_core::Error),
    #[error(transparent)]
    Refused(activity_log_core::Error),
    #[error(transparent)]
    AuditKey(#[from] crate::audit_key::AuditKeyError),
    #[error("not all audit events are sealed")]
    NotSealed(#[from] activity_log_core::app::seal_events::SealError),
    #[error(
        "the end of the tenant's log was not sealed in time, and its trail is still there: look \
         whether the function `seal`, or `activity-log serve`, runs, and run it again"
    )]
    EndNotSealed,
    #[error("not all audit events were sealed in time: run it again to go on")]
    NotSealedInTime,
    #[error("{} is not empty, and an export is a folder of its own", .0.display())]
    NotEmpty(PathBuf),
    #[error("the tenant {0} has no log yet: nothing of it was sealed. `audit seal` does it")]
    NoLog(TenantId),
    #[error(transparent)]
    Http(#[from] crate::http_client::HttpError),
    #[error("the API answers {path}: {problem}")]
    ApiAnswer { path: String, problem: String },
    #[error("there is no log yet: nothing was sealed")]
    NothingSealed,
    #[error("the function {name} did not do what was asked: {problem}")]
    Function { name: String, problem: String },
    #[error(
        "the log of generation {generation} begins with leaf {first}: those before it are not \
         there. That is so where the tenant was removed with its trail; else somebody has \
         removed them. Such a log can't be exported, but each of its events has a proof"
    )]
    LogBeginsLater { generation: u16, first: u64 },
    #[error("the witness refuses the checkpoint: {0}")]
    WitnessRefused(String),
    #[error(
        "the witness remembers {other} leaves, and the log has {size}: the log went back, or is \
         not the one that the witness knows"
    )]
    WitnessAhead { other: u64, size: u64 },
    #[error("the demo tenant is not made")]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Folder(#[from] crate::data_folder::DataFolderError),
    #[error("the embedded engine could not start")]
    Engine(#[from] crate::engine::EngineError),
    #[error("can't listen at {address}, which {option} says: {}", not_listening(.error, .option))]
    Listen { address: SocketAddr, option: &'static str, error: std::io::Error },
    #[error("{}", not_served(.folder, *.local, .error))]
    NotServed { folder: PathBuf, local: bool, error: std::io::Error },
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
    #[error("{}", missing(.0, "--create-table"))]
    NoTable(Place),
    #[error("--in-memory keeps nothing, and --data-dir names where to keep it: leave one out")]
    MemoryAndFolder,
    #[error("{what}")]
    Io { what: String, source: std::io::Error },
    #[error("there is no {0}")]
    Missing(&'static str),
    #[error("nothing was done{}", list(.0))]
    KeyRefused(Vec<FieldError>),
    #[error("the file is refused{}", list(.0))]
    FileRefused(Vec<FieldError>),
    #[error("nothing was imported")]
    NotRecords(#[from] super::records::format::NotRecords),
    #[error("{refused} of {lines} lines were refused{kept}")]
    LinesRefused { refused: usize, lines: usize, kept: String },
    #[error("{} was changed while it was read; run it again to import the rest", .0.display())]
    FileChanged(PathBuf),
    #[error("cut off at line {line}; run it again to go on")]
    CutOff { line: u64, source: Box<CliError> },
    #[error("it was asked to end")]
    AskedToEnd,
    #[error("{id} is not registered")]
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

/// Why a failure of the core happened, or what it is where nothing is said.
fn cause_of(error: &activity_log_core::Error) -> String {
    error.source().map_or_else(|| error.to_string(), chain)
}

fn not_listening(error: &std::io::Error, option: &str) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "the port is in use. End the program that has it, or name another port, as in \
             `{option} 8081`; port 0 takes a free one"
        ),
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address. Name one that it has, or a port alone".to_owned()
        }
        ErrorKind::PermissionDenied => format!(
            "only an administrator may listen at this port. Name one above 1023, as in \
             `{option} 8080`"
        ),
        _ => format!("{error}. Name another address or port"),
    }
}

fn not_served(folder: &Path, local: bool, error: &std::io::Error) -> String {
    let folder = folder.display();
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused if local => format!(
            "no `activity-log serve` is running in this folder ({folder}): start it in another \
             terminal, or name the folder of one that runs with --data-dir"
        ),
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => format!(
            "no `activity-log serve --data-dir {folder}` is running: start it in another \
             terminal, or name the folder of one that runs"
        ),
        ErrorKind::PermissionDenied => format!(
            "the server in {folder} is another user's ({error}): name the folder of one of yours \
             with --data-dir"
        ),
        _ => format!(
            "the server in {folder} can't be reached ({error}): name another folder with --data-dir"
        ),
    }
}

impl From<activity_log_core::Error> for CliError {
    fn from(error: activity_log_core::Error) -> Self {
        if error.is_failure() { Self::Failed(error) } else { Self::Refused(error) }
    }
}

impl CliError {
    /// The failure of the table that it is.
    pub(super) fn failure(&self) -> Option<&activity_log_core::Error> {
        match self {
            Self::Failed(error) | Self::Demo(DemoError::Store(error)) => Some(error),
            Self::CutOff { source, .. } => source.failure(),
            _ => None,
        }
    }

    /// The same, with what it comes from.
    pub(super) fn because(self, reason: Self) -> Self {
        match self {
            Self::CutOff { line, .. } => Self::CutOff { line, source: Box::new(reason) },
            _ => reason,
        }
    }

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

#[cfg(test)]
mod tests {
    use std::io::Error;

    use super::*;

    #[test]
    fn why_it_can_not_listen_or_be_reached_is_told_with_what_to_do() {
        for (kind, part) in [
            (ErrorKind::AddrInUse, "`--listen 8081`"),
            (ErrorKind::AddrNotAvailable, "no such address"),
            (ErrorKind::PermissionDenied, "above 1023"),
            (ErrorKind::Unsupported, "Name another address or port"),
        ] {
            let said = not_listening(&Error::from(kind), "--listen");
            assert!(said.contains(part), "{kind}: {said}");
        }
        for (kind, local, part) in [
            (ErrorKind::NotFound, true, "in this folder (f)"),
            (ErrorKind::ConnectionRefused, false, "`activity-log serve --data-dir f` is running"),
            (ErrorKind::PermissionDenied, false, "another user's"),
            (ErrorKind::InvalidInput, true, "name another folder with --data-dir"),
        ] {
            let said = not_served(Path::new("f"), local, &Error::from(kind));
            assert!(said.contains(part), "{kind}: {said}");
        }
    }
}
