//! What is known of the disk under the embedded engine.
//!
//! An engine that can't write says so in each of its answers, at once. The log
//! names the cause where it begins and where it ends, and not once a call.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dynoxide::DynoxideError;

use crate::data_folder::has_room;

/// What is wrong with a disk or with the database on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no room left.
    Full,
    /// It does not read or write.
    Broken,
    /// It takes no writes.
    ReadOnly,
    /// The database is not what was written.
    Damaged,
}

/// SQLite's own texts for its result codes, and the database's for those that
/// it puts in words of its own. See
/// [`sqlite3_errstr`](https://www.sqlite.org/c3ref/errcode.html).
const TEXTS: [(&str, Fault); 7] = [
    ("database or disk is full", Fault::Full),
    ("I/O error", Fault::Broken),
    ("unable to open database file", Fault::Broken),
    ("attempt to write a readonly database", Fault::ReadOnly),
    ("database disk image is malformed", Fault::Damaged),
    ("file is not a database", Fault::Damaged),
    ("not a valid database", Fault::Damaged),
];

impl Fault {
    /// The fault that a failed operation met. An operation that was refused met
    /// none, whatever its text quotes.
    pub(super) fn of(error: &DynoxideError) -> Option<Self> {
        if error.status_code() < 500 {
            return None;
        }
        let text = error.to_string();
        TEXTS.iter().find(|(part, _)| text.contains(part)).map(|(_, fault)| *fault)
    }
}

/// A fault with the place where it is, in words for operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    fault: Fault,
    place: PathBuf,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.display();
        match self.fault {
            Fault::Full => write!(f, "the disk that holds {place} is full"),
            Fault::Broken => write!(f, "the disk that holds {place} can't be read or written"),
            Fault::ReadOnly => write!(f, "the disk that holds {place} can't be written"),
            Fault::Damaged => write!(f, "the database in {place} is damaged"),
        }
    }
}

/// How long a fault is told after it was met last, if small writes succeed beside
/// large ones that don't.
const SETTLED_AFTER: Duration = Duration::from_secs(5);

/// The disk under a database.
#[derive(Debug)]
pub struct Disk {
    place: PathBuf,
    /// The fault that was met last, and when.
    fault: Mutex<Option<(Fault, Instant)>>,
}

impl Disk {
    /// A disk that nothing is known of yet.
    #[must_use]
    pub fn holding(place: &Path) -> Self {
        Self { place: place.to_owned(), fault: Mutex::default() }
    }

    /// What is wrong with it.
    pub fn trouble(&self) -> Option<Trouble> {
        let (fault, _) = (*self.lock())?;
        Some(self.trouble_of(fault))
    }

    /// What is wrong with it now: a disk that was full may have room again.
    pub fn look_again(&self) -> Option<Trouble> {
        let trouble = self.trouble()?;
        if trouble.fault == Fault::Full && has_room(&self.place).is_ok() {
            self.recover(|_| true);
        }
        self.trouble()
    }

    /// An operation met a fault.
    pub(super) fn met(&self, fault: Fault) -> Trouble {
        let trouble = self.trouble_of(fault);
        let before = self.lock().replace((fault, Instant::now()));
        if before.is_none_or(|(before, _)| before != fault) {
            tracing::error!(disk = %self.place.display(), "the engine can't work: {trouble}");
        }
        trouble
    }

    /// An operation has written.
    pub(super) fn wrote(&self) {
        self.recover(|met| met.elapsed() >= SETTLED_AFTER);
    }

    /// Damage stays: what is damaged may be elsewhere.
    fn recover(&self, settled: impl FnOnce(Instant) -> bool) {
        let mut fault = self.lock();
        if fault.is_some_and(|(fault, met)| fault != Fault::Damaged && settled(met)) {
            *fault = None;
            tracing::info!(disk = %self.place.display(), "the engine works again");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Fault, Instant)>> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trouble_of(&self, fault: Fault) -> Trouble {
        Trouble { fault, place: self.place.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(text: &str) -> DynoxideError {
        DynoxideError::InternalServerError(text.to_owned())
    }

    #[test]
    fn a_fault_is_told_from_what_the_database_says() {
        for (text, fault) in [
            ("Internal error: database or disk is full", Some(Fault::Full)),
            ("backend: I/O error: disk I/O error", Some(Fault::Broken)),
            ("backend: attempt to write a readonly database", Some(Fault::ReadOnly)),
            ("backend: database disk image is malformed", Some(Fault::Damaged)),
            ("backend: not a valid database", Some(Fault::Damaged)),
            ("backend: database is locked or busy", None),
            ("Missing partition key", None),
        ] {
            assert_eq!(Fault::of(&failed(text)), fault, "{text}");
        }
        let quoted = DynoxideError::ValidationException("database or disk is full".to_owned());
        assert_eq!(Fault::of(&quoted), None, "a refusal is none");
    }

    #[test]
    fn room_that_comes_back_ends_the_trouble_and_damage_does_not_end() {
        let directory = tempfile::tempdir().unwrap();
        let disk = Disk::holding(directory.path());
        assert_eq!(disk.trouble(), None);
        disk.wrote();
        let place = directory.path().display();
        let full = disk.met(Fault::Full).to_string();
        assert_eq!(full, format!("the disk that holds {place} is full"));
        disk.wrote();
        assert!(disk.trouble().is_some(), "a small write beside a large one says little");
        assert_eq!(disk.look_again(), None, "there is room");
        disk.met(Fault::Broken);
        assert!(disk.look_again().is_some(), "room is not all that it takes");
        disk.recover(|_| true);
        assert_eq!(disk.trouble(), None);
        disk.met(Fault::Damaged);
        disk.recover(|_| true);
        let trouble = disk.look_again().unwrap();
        assert_eq!(trouble.to_string(), format!("the database in {place} is damaged"));
    }
}
