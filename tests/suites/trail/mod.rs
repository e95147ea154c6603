//! The provable trail: how it is sealed, and what an export says to an auditor when somebody
//! has tampered with it.

mod benign;
mod documents;
mod flips;
mod generations;
mod listing;
mod many_sealers;
mod report;
mod sealing;
mod tampered_content;
mod tampered_files;
mod tampering;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use activity_log::verify::report::{Outcome, Report};
use activity_log::verify::{Remembered, Request, verify};
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::trail::note::VerifierKey;
use activity_log_tests::trail_log::TrailLog;
use tempfile::TempDir;

/// An export on the disk, and what an auditor holds it against.
struct Export {
    folder: TempDir,
    keys: Vec<VerifierKey>,
    witnesses: Vec<VerifierKey>,
    since: Vec<Remembered>,
    listing: Option<PathBuf>,
}

impl Export {
    /// The export of a log, beside the auditor's own files.
    fn of(log: &TrailLog) -> Self {
        let folder = tempfile::tempdir().expect("there is room");
        log.export(&folder.path().join("export"));
        let keys = log.verifier_keys();
        Self { folder, keys, witnesses: Vec::new(), since: Vec::new(), listing: None }
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("export")
    }

    /// A file of the export.
    fn file(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.file(name)).expect("it is there")
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        write(&self.file(name), bytes);
    }

    /// Changes the text of a file of the export.
    fn edit(&self, name: &str, edit: impl FnOnce(String) -> String) {
        self.write(name, edit(String::from_utf8(self.read(name)).expect("it is text")));
    }

    /// A file of the auditor's own.
    fn own(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        write(&path, bytes);
        path
    }

    /// The auditor remembers a note.
    fn remember(&mut self, note: &str, time: Option<Timestamp>) {
        let file = self.own(&format!("remembered-{}", self.since.len()), note);
        self.since.push(Remembered { file, time });
    }

    fn verify(&self) -> Report {
        let request = Request::new(&self.dir(), self.keys.clone(), self.witnesses.clone());
        let mut request = request.expect("its keys belong together");
        request.since.clone_from(&self.since);
        request.listing.clone_from(&self.listing);
        verify(&request, &|_, _| {})
    }

    /// Verifies, where nothing is wrong.
    fn proved(&self) -> Report {
        let report = self.verify();
        assert_eq!(report.outcome(), Outcome::Proved, "{}", report.text());
        report
    }

    /// Verifies, where something is tampered with: the codes of what was found.
    fn tampered(&self) -> BTreeSet<&'static str> {
        let report = self.verify();
        assert_eq!(report.outcome(), Outcome::Tampered, "{}", report.text());
        found(&report)
    }

    /// The same, where it is one thing that is found.
    fn tampered_by(&self, code: &str) -> Report {
        let report = self.verify();
        assert_eq!(report.outcome(), Outcome::Tampered, "{}", report.text());
        assert_eq!(found(&report), BTreeSet::from([code]), "{}", report.text());
        report
    }
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it is made");
    fs::write(path, bytes).expect("it is written");
}

fn found(report: &Report) -> BTreeSet<&'static str> {
    report.findings.counts().keys().map(|code| code.as_str()).collect()
}

fn told(report: &Report) -> BTreeSet<&'static str> {
    report.listed.counts().keys().map(|code| code.as_str()).collect()
}

/// A log of some hundred events, of all kinds, in several seals and tiles.
fn some_log() -> TrailLog {
    TrailLog::of("acme", 600, 70)
}
