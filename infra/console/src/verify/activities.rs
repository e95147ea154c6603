//! `activities.jsonl`: the record of each activity, beside the leaves that have its hash.

use std::collections::VecDeque;
use std::fs::File;
use std::io::BufReader;

use activity_log_core::domain::audit::RecordHash;
use activity_log_core::trail::entry::{BACKFILL, Entry};
use activity_log_core::trail::record::RECORD_VERSION;
use serde::Deserialize;
use uuid::Uuid;

use super::clocks::Times;
use super::code::Code;
use super::disclosures::Parts;
use super::erasures::Erasures;
use super::files::{FileError, Folder, LineError, Lines};
use super::report::{Finding, Report};
use super::times::{millis, uuid};
use super::unsealed::Unsealed;

pub(super) const ACTIVITIES: &str = "activities.jsonl";
/// A request has up to 1 MiB, and an escape six bytes for one.
const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;
/// How far an activity is looked for behind lines that are of no leaf.
const LINES_AHEAD: usize = 4;

/// What is looked at of a record. Its hash holds everything.
#[derive(Deserialize)]
struct Record {
    #[serde(rename = "_sd")]
    digests: Option<Vec<String>>,
    id: String,
    logged_at: Option<String>,
    tenant_id: Option<String>,
    #[serde(rename = "v")]
    version: Option<u64>,
}

impl Record {
    /// Whether it is the line of an activity that is not there.
    fn is_missing(&self, line: &[u8]) -> bool {
        uuid(&self.id).is_some() && line == format!(r#"{{"id":"{}"}}"#, self.id).as_bytes()
    }
}

/// A line that was read ahead, and what it says.
struct Ahead {
    number: u64,
    line: Vec<u8>,
    record: Option<Record>,
}

/// An activity that no leaf is of.
struct Extra {
    id: Uuid,
    logged_at: Option<i64>,
}

/// Whether a leaf is that of an activity.
pub(super) fn is_of_an_activity(entry: &Entry<'_>) -> bool {
    entry.action == "activity.logged" && entry.status == "succeeded"
}

pub(super) struct Activities {
    lines: Lines<BufReader<File>>,
    file: String,
    /// Lines that are not those of the leaf at which they were read.
    ahead: VecDeque<Ahead>,
    extra: Vec<Extra>,
    is_ended: bool,
}

impl Activities {
    /// `None` where the export has none.
    pub(super) fn open(folder: &Folder, report: &mut Report) -> Option<Self> {
        match folder.lines(ACTIVITIES) {
            Ok(lines) => {
                let file = folder.name(ACTIVITIES);
                Some(Self {
                    lines,
                    file,
                    ahead: VecDeque::new(),
                    extra: Vec::new(),
                    is_ended: false,
                })
            }
            Err(FileError::Missing) => {
                report.not_checked.push(format!(
                    "there are no activities in the export ({}): whether they are what was logged",
                    folder.name(ACTIVITIES)
                ));
                None
            }
            Err(error) => {
                report.add(error.finding().file(folder.name(ACTIVITIES)));
                None
            }
        }
    }

    /// Reads a line ahead. Whether there is one.
    fn read_ahead(&mut self, report: &mut Report) -> bool {
        let mut line = Vec::new();
        let read = if self.is_ended { None } else { self.lines.read(MAX_LINE_BYTES, &mut line) };
        match read {
            None => false,
            Some(Ok(())) => {
                let record = serde_json::from_slice(&line).ok();
                let number = self.lines.number();
                self.ahead.push_back(Ahead { number, line, record });
                true
            }
            Some(Err(error)) => {
                self.is_ended = !matches!(error, LineError::Cut);
                report.add(error.finding(self.lines.number()).file(&self.file));
                false
            }
        }
    }

    /// Passes over lines that are of no leaf, where that of an activity is close behind.
    fn find(&mut self, activity: &str, report: &mut Report) -> Option<(Vec<u8>, Record)> {
        for n in 0..=LINES_AHEAD {
            if n == self.ahead.len() && !self.read_ahead(report) {
                return None;
            }
            if self.ahead[n].record.as_ref().is_some_and(|record| record.id == activity) {
                for _ in 0..n {
                    self.pass_over(report);
                }
                let Ahead { line, record, .. } = self.ahead.pop_front()?;
                return Some((line, record?));
            }
        }
        None
    }

    /// Takes note of a line that is of no leaf.
    fn pass_over(&mut self, report: &mut Report) {
        let Some(Ahead { number, record, .. }) = self.ahead.pop_front() else { return };
        let extra = record.and_then(|record| {
            let logged_at = record.logged_at.as_deref().and_then(millis);
            Some(Extra { id: uuid(&record.id)?, logged_at })
        });
        match extra {
            Some(extra) => self.extra.push(extra),
            None => {
                let finding = Finding::new(Code::FileMalformed).file(&self.file);
                report.add(finding.found(format_args!("line {number}")));
            }
        }
    }

    /// Holds the activity of a leaf that is of one.
    pub(super) fn check(
        &mut self,
        (index, entry, times): (u64, &Entry<'_>, Option<&Times>),
        parts: Option<&Parts<'_>>,
        erasures: &mut Erasures,
        report: &mut Report,
    ) {
        let finding = |code| Finding::new(code).index(index).id(&entry.id);
        let activity = entry.resource_id.as_deref().unwrap_or_default();
        let Some((line, record)) = self.find(activity, report) else {
            let finding = finding(Code::ActivityMissing).file(&self.file);
            report.add(finding.expected(format_args!("the activity {activity}")));
            return;
        };
        report.checked.activities += 1;
        if record.is_missing(&line) {
            erasures.expect(Code::ActivityMissing, index, entry, times, report);
            return;
        }
        erasures.note_present(times);
        let Some(parts) = parts else { return };
        let hash = RecordHash::of(&line).to_string();
        match parts.member("content", "record_hash") {
            // It was logged before records were hashed.
            None if parts.has("content") && entry.data.contains_key(BACKFILL) => {
                report.add(finding(Code::ActivityOfBefore).found(activity));
            }
            None => {
                let finding = finding(Code::ActivityNotProved).expected("no record of it");
                report.add(finding.found(activity));
            }
            Some(sealed) if sealed != hash => {
                let finding =
                    finding(Code::ActivityChanged).found(format_args!("{activity} {hash}"));
                report.add(finding.expected(format_args!("a record of the hash {sealed}")));
            }
            Some(_) if record.version != Some(u64::from(RECORD_VERSION)) => {
                report.add(finding(Code::RecordUnknown).found(activity));
            }
            Some(_) => {
                let digests = record.digests.unwrap_or_default();
                if record.tenant_id.as_deref() != Some(&entry.tenant_id)
                    || digests != parts.digests_of_persons()
                {
                    let finding = finding(Code::ActivityChanged).found(activity);
                    report.add(finding.expected("the tenant and the persons of the event"));
                }
            }
        }
    }

    /// Reports the activities that no leaf is of. Those whose event waits to be sealed are
    /// told.
    pub(super) fn finish(&mut self, unsealed: &mut Unsealed, report: &mut Report) {
        while !self.ahead.is_empty() || self.read_ahead(report) {
            self.pass_over(report);
        }
        for Extra { id, logged_at } in self.extra.drain(..) {
            let code = match unsealed.tells_of(id, logged_at) {
                true => Code::ActivityNotSealedYet,
                false => Code::ActivityWithoutEvent,
            };
            report.checked.activities += 1;
            report.add(Finding::new(code).file(&self.file).id(id));
        }
    }
}
