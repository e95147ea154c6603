//! The folder in which `serve` keeps its table and its keys.
//!
//! It holds business history and credentials. So every file in it is its
//! owner's alone, whatever the folder and the umask allow, and one server at a
//! time uses it. What is wrong with the database is said before it is opened:
//! an engine on a damaged file answers some calls and fails others.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use rustix::fs::Mode;

/// The database. SQLite keeps two more files beside it.
const DATABASE: &str = "activity-log.sqlite3";
const WRITE_AHEAD_LOG: &str = "activity-log.sqlite3-wal";
const SHARED_MEMORY: &str = "activity-log.sqlite3-shm";
/// What a server has locked while it runs.
const LOCK: &str = "lock";
/// Where the engine of a running server listens.
const SOCKET: &str = "engine.sock";
/// The key of the demo tenant.
const DEMO_KEY: &str = "demo-key";
/// How other DynamoDB clients reach the engine, as lines for a shell.
const DYNAMODB_ENV: &str = "dynamodb.env";
/// The key that signs the audit logs.
const AUDIT_KEY: &str = "audit-key.pem";
/// Files that may be there from before, with the modes of then.
const PRIVATE_FILES: [&str; 7] =
    [DATABASE, WRITE_AHEAD_LOG, SHARED_MEMORY, LOCK, DEMO_KEY, DYNAMODB_ENV, AUDIT_KEY];

/// How long the check of the database may take: a long history is begun with
/// when a part of it has been looked at.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);
/// What has to fit on a disk that has room again.
const PROBE_BYTES: usize = 64 * 1024;

/// Why a folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// A file can't be read, written or changed.
    #[error("{} can't be used, and --data-dir names another folder", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// Another server uses it.
    #[error(
        "another `activity-log serve` uses {place}: end it, or name another folder with \
         --data-dir; other commands work on its table with --data-dir {place}",
        place = .0.display()
    )]
    InUse(PathBuf),
    /// The database was emptied, or never came to be.
    #[error(
        "{} is empty. It was a log, or was cut off when it was made: bring a copy of it back, \
         or remove it to begin a new log", .0.display()
    )]
    Empty(PathBuf),
    /// The database is gone, and a part of it is left.
    #[error(
        "{} is there without its database: bring that back, or remove it to begin a new log",
        .0.display()
    )]
    Orphan(PathBuf),
    /// The database is not what was written.
    #[error(
        "{} is damaged ({found}): bring a copy of it back, or move it away to begin a new log; \
         `sqlite3 FILE .recover` may save what is left", .path.display()
    )]
    Damaged {
        path: PathBuf,
        /// What the check found first.
        found: String,
    },
    /// The check could not be done.
    #[error("{} can't be checked", .0.display())]
    Check(PathBuf, #[source] rusqlite::Error),
}

type Result<T, E = DataFolderError> = std::result::Result<T, E>;

/// What is in a folder at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// No database.
    Nothing,
    /// One that was looked at as a whole.
    Sound,
    /// One in whose first part nothing is wrong.
    SoundSoFar,
}

/// A folder that no other server uses.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder where it is missing, and takes it.
    ///
    /// From here on this process makes no file that others can read.
    ///
    /// # Errors
    ///
    /// A folder that can't be written, or that another server uses.
    pub fn open(path: &Path) -> Result<Self> {
        rustix::process::umask(Mode::RWXG | Mode::RWXO);
        let io = |source| DataFolderError::Io(path.to_owned(), source);
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io)?;
        let lock_path = path.join(LOCK);
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&lock_path);
        let lock = lock.map_err(|source| DataFolderError::Io(lock_path, source))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataFolderError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let folder = Self { path: path.to_owned(), _lock: lock };
        for name in PRIVATE_FILES {
            folder.make_private(name)?;
        }
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of the database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Where the engine listens.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        socket_in(&self.path)
    }

    /// The file with the key of the demo tenant.
    #[must_use]
    pub fn demo_key(&self) -> PathBuf {
        self.path.join(DEMO_KEY)
    }

    /// The file with what other DynamoDB clients need.
    #[must_use]
    pub fn dynamodb_env(&self) -> PathBuf {
        self.path.join(DYNAMODB_ENV)
    }

    /// Looks at the database before anybody opens it.
    ///
    /// # Errors
    ///
    /// A database that is empty, damaged, or can't be read.
    pub fn check_database(&self) -> Result<Found> {
        let path = self.database();
        match std::fs::metadata(&path) {
            Ok(file) if file.len() == 0 => Err(DataFolderError::Empty(path)),
            Ok(_) => check(&path, CHECK_TIMEOUT),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let log = self.path.join(WRITE_AHEAD_LOG);
                if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
                    return Err(DataFolderError::Orphan(log));
                }
                Ok(Found::Nothing)
            }
            Err(error) => Err(DataFolderError::Io(path, error)),
        }
    }

    /// Replaces a file of the folder. A file that is there would keep its mode
    /// if it were opened.
    ///
    /// # Errors
    ///
    /// A disk that takes no more.
    pub fn write_private(&self, path: &Path, text: &str) -> Result<()> {
        let temporary = path.with_extension("new");
        let write = || {
            remove(&temporary)?;
            let mut file =
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&temporary, path)
        };
        write().map_err(|source| DataFolderError::Io(path.to_owned(), source))
    }

    /// Removes a socket that a server left behind.
    ///
    /// # Errors
    ///
    /// A folder that can't be changed.
    pub fn remove_socket(&self) -> Result<()> {
        let path = self.socket();
        remove(&path).map_err(|source| DataFolderError::Io(path, source))
    }

    fn make_private(&self, name: &str) -> Result<()> {
        let path = self.path.join(name);
        let tighten = || -> io::Result<()> {
            let file = std::fs::metadata(&path)?;
            if file.permissions().mode() & 0o077 != 0 {
                std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            }
            Ok(())
        };
        match tighten() {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(DataFolderError::Io(path, error))
            }
            _ => Ok(()),
        }
    }
}

/// Where the key of the audit logs of a server with this folder is.
#[must_use]
pub fn audit_key_in(folder: &Path) -> PathBuf {
    folder.join(AUDIT_KEY)
}

/// Where the engine of a server with this folder listens.
#[must_use]
pub fn socket_in(folder: &Path) -> PathBuf {
    folder.join(SOCKET)
}

/// Whether there is room on the disk of a folder.
pub(crate) fn has_room(folder: &Path) -> io::Result<()> {
    let mut file = tempfile::tempfile_in(folder)?;
    file.write_all(&[0; PROBE_BYTES])?;
    file.sync_all()
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Lets SQLite look for damage, for a bounded time.
/// [`quick_check`](https://www.sqlite.org/pragma.html#pragma_quick_check) reads
/// every page, but does not hold the indexes against the tables.
fn check(path: &Path, timeout: Duration) -> Result<Found> {
    let damaged = |found: String| DataFolderError::Damaged { path: path.to_owned(), found };
    let failed = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => damaged(error.to_string()),
        _ => DataFolderError::Check(path.to_owned(), error),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    let interrupt = connection.get_interrupt_handle();
    let (ended, end) = channel::<()>();
    let timer = std::thread::spawn(move || {
        if end.recv_timeout(timeout) == Err(RecvTimeoutError::Timeout) {
            interrupt.interrupt();
        }
    });
    let checked = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    drop(ended);
    if timer.join().is_err() {
        tracing::warn!("the check of the database had no time limit");
    }
    match checked {
        Ok(found) if found == "ok" => Ok(Found::Sound),
        Ok(found) => Err(damaged(found)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Ok(Found::SoundSoFar)
        }
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    /// A database of some hundred pages.
    fn fill(path: &Path) {
        let connection = Connection::open(path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t (a PRIMARY KEY, b); \
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
                 INSERT INTO t SELECT i, hex(randomblob(200)) FROM n;",
            )
            .unwrap();
    }

    #[test]
    fn files_from_before_become_private_and_a_second_server_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o777)).unwrap();
        for name in PRIVATE_FILES {
            std::fs::write(path.join(name), "x").unwrap();
            std::fs::set_permissions(path.join(name), Permissions::from_mode(0o666)).unwrap();
        }
        let folder = DataFolder::open(&path).unwrap();
        for name in PRIVATE_FILES {
            assert_eq!(mode(&path.join(name)), 0o600, "{name}");
        }
        std::fs::set_permissions(folder.demo_key(), Permissions::from_mode(0o644)).unwrap();
        folder.write_private(&folder.demo_key(), "new").unwrap();
        assert_eq!(mode(&folder.demo_key()), 0o600);
        assert_eq!(std::fs::read_to_string(folder.demo_key()).unwrap(), "new");
        assert!(matches!(DataFolder::open(&path), Err(DataFolderError::InUse(_))));
        drop(folder);
        DataFolder::open(&path).unwrap();
    }

    #[test]
    fn a_database_that_is_empty_or_gone_is_not_taken_for_a_new_one() {
        let directory = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(directory.path()).unwrap();
        assert_eq!(folder.check_database().unwrap(), Found::Nothing);
        std::fs::write(folder.database(), "").unwrap();
        assert!(matches!(folder.check_database(), Err(DataFolderError::Empty(_))));
        std::fs::remove_file(folder.database()).unwrap();
        std::fs::write(directory.path().join(WRITE_AHEAD_LOG), "frames").unwrap();
        assert!(matches!(folder.check_database(), Err(DataFolderError::Orphan(_))));
    }

    #[test]
    fn damage_is_found_wherever_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(directory.path()).unwrap();
        let path = folder.database();
        fill(&path);
        assert_eq!(folder.check_database().unwrap(), Found::Sound);
        let sound = std::fs::read(&path).unwrap();
        let page = 4096;
        assert!(sound.len() > 20 * page);
        let overwritten = |range: std::ops::Range<usize>, byte| {
            let mut bytes = sound.clone();
            bytes[range].fill(byte);
            bytes
        };
        for (what, bytes) in [
            ("no database", vec![0; 8192]),
            ("text", b"this is no database".repeat(100)),
            ("the header", overwritten(0..100, 0)),
            ("a page of zeros", overwritten(5 * page..6 * page, 0)),
            ("pages of rubbish", overwritten(7 * page..12 * page, 0xa5)),
            ("the last page", overwritten(sound.len() - page..sound.len(), 0xff)),
            ("half of it", sound[..sound.len() / 2].to_vec()),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let checked = folder.check_database();
            assert!(matches!(checked, Err(DataFolderError::Damaged { .. })), "{what}: {checked:?}");
        }
    }

    #[test]
    fn a_check_that_takes_too_long_is_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        fill(&path);
        assert!(matches!(check(&path, Duration::ZERO), Ok(Found::SoundSoFar | Found::Sound)));
    }
}
