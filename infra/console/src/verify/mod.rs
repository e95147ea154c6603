//! Verifying an export of the audit trail, offline: no table, no network, and no key but
//! those that the caller gives.
//!
//! ```text
//! keys ─▶ notes ─▶ sizes and roots ─┐
//! bundles ─▶ entries ─▶ leaf hashes ┴▶ the tree, made anew: tiles are compared and never
//!    ║                                 trusted
//! events.jsonl ─▶ disclosures ─▶ activities.jsonl, a saved listing
//! ```
//!
//! It is one pass. What is kept in memory are the ids of events, and what was erased; of
//! everything else there is a bound. What a finding means is in `docs/verifying.md`.

mod activities;
mod clocks;
pub mod code;
mod disclosures;
mod erasures;
mod event_lines;
mod files;
mod ids;
pub mod keys;
mod listing;
mod log;
mod notes;
mod plain;
pub mod report;
mod tiles;
mod times;
mod trees;
mod unsealed;

use std::path::{Path, PathBuf};

use activity_log_core::domain::clock::Timestamp;
use activity_log_core::trail::hash::TreeHash;
use activity_log_core::trail::note::{Checkpoint, MAX_NOTE_BYTES, SignedNote, VerifierKey};

use self::activities::ACTIVITIES;
use self::clocks::RememberedAt;
use self::code::Code;
use self::event_lines::EVENTS;
use self::files::{Folder, Kind, read_named};
use self::keys::{KeysError, LogKeys, previous_origin};
use self::listing::Listing;
use self::log::{Anchor, LogEnd, LogToVerify, Shared, verify_log};
use self::notes::{CHECKPOINT, CHECKPOINTS, Notaries, Witness, check_witnesses};
use self::report::{Finding, Report};
use self::unsealed::{UNSEALED, Unsealed};

/// The folder of earlier generations.
const GENERATIONS: &str = "generations";
/// What an export has.
const NAMES: [&str; 7] =
    [CHECKPOINT, CHECKPOINTS, "tile", EVENTS, ACTIVITIES, UNSEALED, GENERATIONS];

/// A checkpoint that somebody remembered.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// The note, in a file.
    pub file: PathBuf,
    /// When it was the newest one, where that is known.
    pub time: Option<Timestamp>,
}

/// What is to be verified, and by what.
#[derive(Clone, Debug)]
pub struct Request {
    folder: PathBuf,
    keys: LogKeys,
    witnesses: Vec<VerifierKey>,
    /// Checkpoints that have to be the beginning of the log.
    pub since: Vec<Remembered>,
    /// A saved listing of the API.
    pub listing: Option<PathBuf>,
}

impl Request {
    /// A folder, by the keys of its log.
    ///
    /// # Errors
    ///
    /// Keys that make no sense together.
    pub fn new(
        folder: &Path,
        keys: Vec<VerifierKey>,
        witnesses: Vec<VerifierKey>,
    ) -> Result<Self, KeysError> {
        if let Some(key) = witnesses.iter().find(|key| !key.is_of_a_witness()) {
            return Err(KeysError::OfALog(key.name().to_owned()));
        }
        let keys = LogKeys::new(keys)?;
        let folder = folder.to_owned();
        Ok(Self { folder, keys, witnesses, since: Vec::new(), listing: None })
    }
}

/// Verifies an export. `progress` is told how many leaves of how many were checked.
#[must_use]
pub fn verify(request: &Request, progress: &dyn Fn(u64, u64)) -> Report {
    let mut report = Report::default();
    let folder = Folder::new(&request.folder);
    // What the caller names may be a link.
    if !request.folder.is_dir() {
        report.add(Finding::new(Code::FileNotRead).file(request.folder.display()));
        return report;
    }
    let of_the_newest = |key: &VerifierKey| Witness::new(key.clone(), request.keys.origin());
    let mut witnesses: Vec<Witness> = request.witnesses.iter().map(of_the_newest).collect();
    let since = read_remembered(request, &mut witnesses, &mut report);
    let listing = request.listing.as_deref().map(|path| Listing::read(path, &mut report));
    let unsealed = Unsealed::read(&folder, &mut report);
    let mut shared = Shared { listing, unsealed, ..Shared::default() };
    let mut logs = Logs { request, since, witnesses, later: Vec::new(), progress };
    let newest = logs.verify_newest(&folder, &mut shared, &mut report);
    shared.unsealed.check(&newest.ids, newest.newest_sealed_at, &mut report);
    let first_sealed_at = logs.verify_earlier(&folder, &newest, &mut shared, &mut report);
    logs.tell_not_held(&mut report);
    if let Some(listing) = &shared.listing {
        let range = (first_sealed_at, newest.newest_sealed_at);
        listing.finish(&shared.unsealed, &newest.ids, range, &mut report);
    }
    shared.erasures.finish(&mut report);
    check_witnesses(&logs.witnesses, newest.size, &mut report);
    not_given(request, &mut report);
    progress(newest.size, newest.size);
    report
}

fn not_given(request: &Request, report: &mut Report) {
    let mut not_checked = |sentence: &str| report.not_checked.push(sentence.to_owned());
    if request.since.is_empty() {
        not_checked(
            "no remembered checkpoint was given (--since): a tail that was cut off, or a log \
             that was made anew with the same key, would not show",
        );
    } else if request.since.iter().all(|since| since.time.is_none()) {
        not_checked(
            "it was not said when a checkpoint was remembered (--since FILE@TIME): whether \
             later events say that they were sealed later",
        );
    }
    if request.witnesses.is_empty() {
        not_checked("no witness was given (--witness): whether others are shown the same log");
    }
    if request.listing.is_none() {
        not_checked("no listing was given (--listing): whether the API shows what was sealed");
    }
}

/// Tells what a folder has beside the files of a log. A key among it is never used.
fn check_names(folder: &Folder, report: &mut Report) {
    check_each_name(folder, |name| NAMES.contains(&name), report);
    let generations = folder.within(GENERATIONS);
    if generations.is_there() {
        let is_number = |name: &str| {
            name.parse().is_ok_and(|number: u16| number >= 1 && number.to_string() == name)
        };
        check_each_name(&generations, is_number, report);
    }
}

fn check_each_name(folder: &Folder, is_known: impl Fn(&str) -> bool, report: &mut Report) {
    let mut count = 0;
    let listed = folder.list(|name, kind| {
        let code = match is_known(name) {
            true if kind == Kind::Other => Some(Code::FileNotRead),
            true => None,
            false => Some(Code::FileNotKnown),
        };
        if let Some(code) = code {
            report.add(Finding::new(code).file(folder.name(name)));
        }
        count += 1;
        count < report::MAX_SHOWN
    });
    if let Err(error) = listed {
        report.add(error.finding().file(folder.name("")));
    }
}

/// A note that was remembered.
struct Since {
    checkpoint: Checkpoint,
    file: String,
    time: Option<i64>,
    /// The log that it is of was held against it.
    is_held: bool,
}

/// Reads the notes that the caller remembered. They have to be signed too: what nobody
/// signed accuses nobody.
fn read_remembered(
    request: &Request,
    witnesses: &mut [Witness],
    report: &mut Report,
) -> Vec<Since> {
    let mut all = Vec::new();
    for remembered in &request.since {
        let file = remembered.file.display().to_string();
        let unusable = |why: &str| Finding::new(Code::RememberedNotUsable).file(&file).found(why);
        let Ok(bytes) = read_named(&remembered.file, MAX_NOTE_BYTES) else {
            report.add(unusable("it can't be read"));
            continue;
        };
        let origin = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| Some(SignedNote::parse(text).ok()?.checkpoint().ok()?.origin));
        let Some(origin) = origin else {
            report.add(unusable("it is not a signed note of a log"));
            continue;
        };
        let keys = request.keys.of(&origin);
        if keys.is_empty() {
            report.add(unusable(&format!("it is of {origin}, of which no key was given")));
            continue;
        }
        let mut read = Report::default();
        let note =
            Notaries { origin: &origin, keys: &keys, witnesses }.read(&bytes, &file, &mut read);
        match note.filter(|_| read.findings.total() == 0) {
            Some(checkpoint) => {
                report.checked.checkpoints += 1;
                report.checked.remembered += 1;
                report.checked.cosignatures += read.checked.cosignatures;
                let time = remembered.time.map(Timestamp::as_millis);
                let is_held = checkpoint.size == 0;
                all.push(Since { checkpoint, file, time, is_held });
            }
            None => report.add(unusable("its signatures don't prove it")),
        }
    }
    all
}

/// The logs of an export, and what is known of them from elsewhere.
struct Logs<'a> {
    request: &'a Request,
    since: Vec<Since>,
    witnesses: Vec<Witness>,
    /// The logs that were verified already: those that follow the next one.
    later: Vec<String>,
    progress: &'a dyn Fn(u64, u64),
}

impl Logs<'_> {
    fn verify_newest(
        &mut self,
        folder: &Folder,
        shared: &mut Shared,
        report: &mut Report,
    ) -> LogEnd {
        let origin = self.request.keys.origin().to_owned();
        let anchors = self.anchors(&origin, u64::MAX);
        self.verify_one(folder, &origin, anchors, shared, report)
    }

    /// What the caller remembers of a log, up to a size.
    fn anchors(&mut self, origin: &str, max_size: u64) -> Vec<Anchor> {
        let of_log = self
            .since
            .iter_mut()
            .filter(|since| since.checkpoint.origin == origin && since.checkpoint.size <= max_size);
        let anchors = of_log.map(|since| {
            since.is_held = true;
            Anchor {
                size: since.checkpoint.size,
                root: since.checkpoint.root,
                source: since.file.clone(),
                code: Code::RememberedDiffers,
            }
        });
        anchors.collect()
    }

    fn verify_one(
        &mut self,
        folder: &Folder,
        origin: &str,
        anchors: Vec<Anchor>,
        shared: &mut Shared,
        report: &mut Report,
    ) -> LogEnd {
        let keys = self.request.keys.of(origin);
        // Where one of an earlier log was the newest, there was no leaf of this one yet.
        let remembered_at = self.since.iter().filter_map(|since| {
            let Checkpoint { origin: of_log, size, .. } = &since.checkpoint;
            let size = match of_log == origin {
                true => *size,
                false if self.later.contains(of_log) => return None,
                false => 0,
            };
            Some(RememberedAt { size, time: since.time? })
        });
        let remembered_at = remembered_at.collect();
        self.later.push(origin.to_owned());
        check_names(folder, report);
        let notaries = Notaries { origin, keys: &keys, witnesses: &mut self.witnesses };
        let progress = self.progress;
        let log = LogToVerify { folder, notaries, anchors, remembered_at, progress };
        verify_log(log, shared, report)
    }

    /// Follows what the first leaf of each log says of the one before. Answers since when
    /// there are leaves, where earlier ones are not in the export.
    fn verify_earlier(
        &mut self,
        folder: &Folder,
        newest: &LogEnd,
        shared: &mut Shared,
        report: &mut Report,
    ) -> Option<i64> {
        let mut origin = self.request.keys.origin().to_owned();
        let mut number = newest.generation?;
        let mut before = newest.before.clone();
        let mut first_sealed_at = newest.first_sealed_at;
        while let Some(mut previous) = previous_origin(&origin, number) {
            number -= 1;
            let folder_of = |number: u16| folder.within(GENERATIONS).within(&number.to_string());
            let named = before.as_ref().and_then(|said| said.origin.as_deref());
            // Of a tenant that did nothing in a generation there is no log of it.
            while named.is_some_and(|named| named != previous)
                && !folder_of(number).is_there()
                && !self.remembers(&previous)
                && let Some(before_that) = previous_origin(&previous, number)
            {
                previous = before_that;
                number -= 1;
            }
            let earlier = folder_of(number);
            let Some(said) = before.take() else {
                self.check_that_none_is_before(&earlier, &origin, &previous, report);
                return first_sealed_at;
            };
            let contradicts = |expected: &str| {
                let finding = Finding::new(Code::RestoreContradicts).index(0);
                finding.expected(expected)
            };
            let (Some(size), Some(root)) = (said.size, said.root) else {
                report.add(contradicts("the size and the root of the log before"));
                return first_sealed_at;
            };
            if said.origin.as_deref() != Some(&previous) {
                let found = said.origin.unwrap_or_default();
                report.add(contradicts(&format!("the log {previous} before it")).found(found));
                return first_sealed_at;
            }
            report.add(
                Finding::new(Code::Restored)
                    .index(0)
                    .found(format_args!("{origin} goes on where {previous} ended at {size}")),
            );
            self.tell_what_was_lost(&previous, size, report);
            if !earlier.is_there() {
                self.hold_last(&previous, size, root, &origin, report);
                report.not_checked.push(format!(
                    "the events of {previous} are not in the export ({})",
                    earlier.name("")
                ));
                return first_sealed_at;
            }
            if self.request.keys.of(&previous).is_empty() {
                report.not_checked.push(format!(
                    "no key of {previous} was given: its notes, though the next generation \
                     proves its events up to {size}"
                ));
            }
            let mut anchors = self.anchors(&previous, size);
            let source = format!("the first event of {origin}");
            anchors.push(Anchor { size, root, source, code: Code::RestoreContradicts });
            report.earlier = Some(previous.clone());
            // What waits to be sealed is the newest log's.
            let unsealed = std::mem::take(&mut shared.unsealed);
            let end = self.verify_one(&earlier, &previous, anchors, shared, report);
            shared.unsealed = unsealed;
            report.earlier = None;
            (origin, before, first_sealed_at) = (previous, end.before, end.first_sealed_at);
        }
        None
    }

    /// A later generation that follows no restore says that there was no log before it.
    fn check_that_none_is_before(
        &self,
        earlier: &Folder,
        origin: &str,
        previous: &str,
        report: &mut Report,
    ) {
        if earlier.is_there() || self.remembers(previous) {
            let finding = Finding::new(Code::RestoreContradicts).index(0);
            report.add(finding.expected(format_args!("{previous} to be named by {origin}")));
        } else {
            report.not_checked.push(format!("{origin} says that there was no log before it"));
        }
    }

    /// Whether a checkpoint of a log that has leaves was given.
    fn remembers(&self, origin: &str) -> bool {
        let is_of_it =
            |since: &Since| since.checkpoint.origin == origin && since.checkpoint.size > 0;
        self.since.iter().any(is_of_it)
    }

    /// Holds what the next log says of the end of one that is not in the export.
    fn hold_last(
        &mut self,
        previous: &str,
        size: u64,
        root: TreeHash,
        next: &str,
        report: &mut Report,
    ) {
        for since in &mut self.since {
            let remembered = &since.checkpoint;
            if remembered.origin == previous && remembered.size == size {
                since.is_held = true;
                if remembered.root != root {
                    let finding = Finding::new(Code::RememberedDiffers).file(&since.file);
                    let expected = format_args!("the root {} of {size} events", remembered.root);
                    report.add(
                        finding.expected(expected).found(format_args!("{root}, as {next} says")),
                    );
                }
            }
        }
    }

    /// Tells the checkpoints that no log of the export was held against, where nothing that
    /// was found says why.
    fn tell_not_held(&self, report: &mut Report) {
        if report.findings.counts().contains_key(&Code::RestoreContradicts) {
            return;
        }
        for since in self.since.iter().filter(|since| !since.is_held) {
            let finding = Finding::new(Code::RememberedNotUsable).file(&since.file);
            report.add(finding.found(format_args!(
                "the events of {} are not in the export, so it was held against nothing",
                since.checkpoint.origin
            )));
        }
    }

    fn tell_what_was_lost(&mut self, previous: &str, size: u64, report: &mut Report) {
        for since in self.since.iter_mut().filter(|since| since.checkpoint.origin == previous) {
            if let Some(lost) = since.checkpoint.size.checked_sub(size).filter(|lost| *lost > 0) {
                since.is_held = true;
                let finding = Finding::new(Code::RestoreLostEvents).file(&since.file);
                report.add(finding.found(format_args!(
                    "{previous} ended at {size}; your checkpoint of {} covers {lost} events that \
                     the restore lost",
                    since.checkpoint.size
                )));
            }
        }
    }
}
