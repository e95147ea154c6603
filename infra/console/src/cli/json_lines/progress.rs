//! What a run has done, kept beside the file until its end.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::lines::LineOutcome;
use crate::cli::error::CliError;

/// What is known of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    file_sha256: String,
    purpose: String,
    /// Lines that need no second look.
    pub(super) lines: usize,
    pub(super) applied: usize,
    pub(super) unchanged: usize,
    pub(super) refused: usize,
}

impl Progress {
    /// What an earlier run of the same file for the same purpose has kept, or
    /// nothing. Progress of another file or purpose, or half-written, is no
    /// progress: lines that were done are found done.
    pub(super) fn resume(path: &Path, file_sha256: &str, purpose: &str) -> Result<Self, CliError> {
        let fresh = Self {
            file_sha256: file_sha256.to_owned(),
            purpose: purpose.to_owned(),
            ..Self::default()
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(fresh),
            Err(error) => return Err(CliError::io(path.display())(error)),
        };
        let saved = serde_json::from_str::<Self>(&text).ok();
        let ours = saved.filter(|it| it.file_sha256 == file_sha256 && it.purpose == purpose);
        if let Some(progress) = &ours {
            eprintln!("going on after line {}", progress.lines);
        }
        Ok(ours.unwrap_or(fresh))
    }

    /// Counts a line that was not refused.
    pub(super) fn count(&mut self, outcome: LineOutcome) {
        match outcome {
            LineOutcome::Applied => self.applied += 1,
            LineOutcome::Unchanged => self.unchanged += 1,
        }
    }

    /// Lines that were not blank.
    pub(super) fn counted(&self) -> usize {
        self.applied + self.unchanged + self.refused
    }

    pub(super) fn save(&self, path: &Path) -> Result<(), CliError> {
        let text = serde_json::to_string(self)
            .map_err(|error| CliError::io(path.display())(error.into()))?;
        let temporary = with_suffix(path, ".new");
        std::fs::write(&temporary, text).map_err(CliError::io(path.display()))?;
        std::fs::rename(&temporary, path).map_err(CliError::io(path.display()))
    }
}

/// Where the progress of a file is kept.
pub(super) fn path_of(file: &Path) -> PathBuf {
    with_suffix(file, ".progress")
}

/// Removes what was kept. A run of no lines has kept nothing.
pub(super) fn forget(path: &Path) -> Result<(), CliError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(CliError::io(path.display())(error))
        }
        _ => Ok(()),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
