//! The folder of an export: the files of a static log, so that the tools of others read it,
//! and beside them what only this project has.
//!
//! | file | holds |
//! | --- | --- |
//! | `checkpoint` | the newest signed note |
//! | `checkpoints/<size>` | every signed note, by the size of its tree |
//! | `tile/<level>/<n>` | hashes of the tree |
//! | `tile/entries/<n>` | entries |
//! | `events.jsonl` | a line a leaf: its entry and its disclosures |
//! | `activities.jsonl` | the records of the activities that the leaves tell of, in their order |
//! | `unsealed.jsonl` | events that were in no seal yet |
//! | `generations/<number>/` | the same of a log before a restore |

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use activity_log_core::trail::hash::{TreeHash, concatenated};
use activity_log_core::trail::tile::{TileName, add_to_bundle};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cli::error::CliError;

/// A leaf, with what there is of it.
#[derive(Clone, Debug)]
pub(super) struct ExportedLeaf {
    pub(super) event_id: Uuid,
    /// Its entry and its disclosures, where its event is still there.
    pub(super) event: Option<(Vec<u8>, Vec<String>)>,
    /// The record of its activity, where the leaf tells of one and records are exported.
    pub(super) record: Option<Vec<u8>>,
}

/// An export that is being written.
pub(super) struct Directory {
    path: PathBuf,
    events: BufWriter<File>,
    activities: Option<BufWriter<File>>,
    size: u64,
}

impl Directory {
    /// Begins one in a folder, which is made where it is missing and has to be empty.
    pub(super) fn begin(path: &Path, with_activities: bool) -> Result<Self, CliError> {
        make(path)?;
        let mut entries = fs::read_dir(path).map_err(failed(path))?;
        if entries.next().is_some() {
            return Err(CliError::NotEmpty(path.to_owned()));
        }
        // Without it, one that is not written to its end would be that of a log without events.
        make(&path.join("tile"))?;
        let create = |name: &str| {
            let path = path.join(name);
            Ok::<_, CliError>(BufWriter::new(File::create(&path).map_err(failed(&path))?))
        };
        Ok(Self {
            path: path.to_owned(),
            events: create("events.jsonl")?,
            activities: if with_activities { Some(create("activities.jsonl")?) } else { None },
            size: 0,
        })
    }

    /// Keeps a note.
    pub(super) fn add_note(&self, size: u64, note: &str) -> Result<(), CliError> {
        self.write(&format!("checkpoints/{size}"), note.as_bytes())
    }

    /// Keeps the leaves of a bundle, from its first one on.
    pub(super) fn add_bundle(
        &mut self,
        name: TileName,
        leaves: &[ExportedLeaf],
    ) -> Result<(), CliError> {
        let mut bundle = Vec::new();
        for leaf in leaves {
            let entry = leaf.event.as_ref().map(|(entry, _)| entry.as_slice());
            add_to_bundle(&mut bundle, entry.unwrap_or_default());
            let line = line_of(self.size, leaf);
            let written = writeln!(self.events, "{line}");
            written.map_err(failed(&self.path.join("events.jsonl")))?;
            if let Some(record) = &leaf.record {
                self.add_record(record)?;
            }
            self.size += 1;
        }
        self.write(&format!("tile/entries/{}", name.path()), &bundle)
    }

    /// Keeps the line of an activity.
    pub(super) fn add_record(&mut self, record: &[u8]) -> Result<(), CliError> {
        let Some(file) = &mut self.activities else { return Ok(()) };
        let written = file.write_all(record).and_then(|()| file.write_all(b"\n"));
        written.map_err(failed(&self.path.join("activities.jsonl")))
    }

    /// Keeps what is in no seal.
    pub(super) fn add_unsealed(&self, unsealed: &[Value]) -> Result<(), CliError> {
        if unsealed.is_empty() {
            return Ok(());
        }
        let lines: String = unsealed.iter().map(|line| format!("{line}\n")).collect();
        self.write("unsealed.jsonl", lines.as_bytes())
    }

    /// Ends it with the newest note.
    pub(super) fn end(mut self, note: &str) -> Result<(), CliError> {
        self.events.flush().map_err(failed(&self.path))?;
        if let Some(activities) = &mut self.activities {
            activities.flush().map_err(failed(&self.path))?;
        }
        self.write("checkpoint", note.as_bytes())
    }

    /// Keeps a tile, as the log has it: whoever verifies an export holds it against the leaves.
    pub(super) fn add_tile(
        &self,
        level: u8,
        name: TileName,
        hashes: &[TreeHash],
    ) -> Result<(), CliError> {
        self.write(&format!("tile/{level}/{}", name.path()), &concatenated(hashes))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), CliError> {
        let path = self.path.join(name);
        if let Some(folder) = path.parent() {
            make(folder)?;
        }
        fs::write(&path, bytes).map_err(failed(&path))
    }
}

/// The line of a leaf. Its entry is canonical JSON already, and disclosures are base 64.
fn line_of(index: u64, leaf: &ExportedLeaf) -> String {
    let Some((entry, disclosures)) = &leaf.event else {
        return json!({ "id": leaf.event_id, "index": index }).to_string();
    };
    let entry = String::from_utf8_lossy(entry);
    let disclosures = serde_json::to_string(disclosures).expect("texts have a JSON form");
    format!(r#"{{"disclosures":{disclosures},"entry":{entry},"index":{index}}}"#)
}

fn make(folder: &Path) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(failed(folder))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> CliError {
    let what = format!("{} can't be written", path.display());
    move |source| CliError::Io { what, source }
}
