//! `unsealed.jsonl`: the events that were in no seal when the export was made. Nobody signed
//! the file; what is in it is held against the log.

use std::collections::HashMap;

use serde::Deserialize;
use uuid::Uuid;

use super::clocks::{ID_DIFFERS_BY, LATE_AFTER};
use super::code::Code;
use super::files::{FileError, Folder};
use super::ids::Ids;
use super::report::{Finding, Report};
use super::times::{millis, time_of, uuid};

pub(super) const UNSEALED: &str = "unsealed.jsonl";
const MAX_LINE_BYTES: usize = 256;
/// The stream has an event for a day. What is older, while later ones were sealed, never
/// was in the stream, or was lost from it.
const STREAM_HAS_FOR: i64 = 24 * 60 * 60 * 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    id: &'a str,
    /// None where the event can't be read.
    occurred_at: Option<&'a str>,
    /// The activity that it tells of as logged.
    #[serde(default)]
    activity: Option<&'a str>,
}

/// Events that wait to be sealed.
#[derive(Debug, Default)]
pub(super) struct Unsealed {
    /// When each occurred.
    events: HashMap<Uuid, i64>,
    /// The activities that they tell of, and when that was.
    activities: HashMap<Uuid, i64>,
}

/// What a line says.
struct Waiting {
    id: Uuid,
    occurred_at: i64,
    activity: Option<Uuid>,
}

impl Waiting {
    /// `None` where it is no line.
    fn read(line: &[u8]) -> Option<Self> {
        let line: Line<'_> = serde_json::from_slice(line).ok()?;
        let id = uuid(line.id)?;
        Some(Self {
            id,
            occurred_at: line.occurred_at.map_or_else(|| time_of(id), millis)?,
            activity: match line.activity {
                Some(activity) => Some(uuid(activity)?),
                None => None,
            },
        })
    }

    /// Whether it may be what it says. An activity and its event get their ids when it is
    /// logged; other events may tell of something earlier.
    fn is_of_its_time(&self) -> bool {
        let is_near = |id: Uuid| is_near(time_of(id), self.occurred_at);
        self.activity.is_none_or(|activity| is_near(activity) && is_near(self.id))
    }
}

fn is_near(time: Option<i64>, other: i64) -> bool {
    time.is_some_and(|time| time.abs_diff(other) <= ID_DIFFERS_BY.unsigned_abs())
}

impl Unsealed {
    pub(super) fn read(folder: &Folder, report: &mut Report) -> Self {
        let mut unsealed = Self::default();
        let mut lines = match folder.lines(UNSEALED) {
            Ok(lines) => lines,
            Err(FileError::Missing) => return Self::default(),
            Err(error) => {
                report.add(error.finding().file(folder.name(UNSEALED)));
                return Self::default();
            }
        };
        while let Some(line) = lines.next(MAX_LINE_BYTES) {
            let read = line.map(Waiting::read);
            let number = lines.number();
            match read {
                Ok(Some(waiting)) => unsealed.add(&waiting, report),
                Ok(None) => report.add(
                    Finding::new(Code::FileMalformed)
                        .file(folder.name(UNSEALED))
                        .found(format_args!("line {number}")),
                ),
                Err(error) => {
                    report.add(error.finding(number).file(folder.name(UNSEALED)));
                    break;
                }
            }
        }
        unsealed
    }

    fn add(&mut self, waiting: &Waiting, report: &mut Report) {
        let Waiting { id, occurred_at, activity } = *waiting;
        let is_new = self.events.insert(id, occurred_at).is_none();
        if !is_new || !waiting.is_of_its_time() {
            let finding = Finding::new(Code::UnsealedContradicts).file(UNSEALED).id(id);
            report.add(finding.expected("each event once, and of the time of its id"));
            return;
        }
        if let Some(activity) = activity {
            self.activities.insert(activity, occurred_at);
        }
    }

    /// Whether an event waits that occurred at a time.
    pub(super) fn contains(&self, id: Uuid, occurred_at: i64) -> bool {
        self.events.get(&id) == Some(&occurred_at)
    }

    /// Takes note of an activity that a leaf tells of: none that waits tells of it again.
    pub(super) fn note_sealed(&mut self, activity: &str) {
        if !self.activities.is_empty()
            && let Some(activity) = uuid(activity)
        {
            self.activities.remove(&activity);
        }
    }

    /// Whether an event waits that tells of an activity which was logged then. It tells of
    /// it once.
    pub(super) fn tells_of(&mut self, activity: Uuid, logged_at: Option<i64>) -> bool {
        let told = self.activities.remove(&activity);
        told.is_some_and(|told| is_near(logged_at, told))
    }

    /// Holds them against the log.
    pub(super) fn check(&self, ids: &Ids, newest_sealed_at: Option<i64>, report: &mut Report) {
        let mut events: Vec<_> = self.events.iter().collect();
        events.sort_unstable_by_key(|(id, time)| (**time, **id));
        for (id, occurred_at) in events {
            let behind = newest_sealed_at.map_or(0, |newest| newest - occurred_at);
            let finding = |code| Finding::new(code).file(UNSEALED).id(id);
            if ids.contains(*id) {
                report.add(
                    finding(Code::UnsealedContradicts).expected("an event that no leaf is of"),
                );
            } else if behind > STREAM_HAS_FOR {
                report.add(finding(Code::UnsealedTooLong).found(format_args!(
                    "it is {} hours older than the newest seal",
                    behind / (60 * 60 * 1_000)
                )));
            } else if behind > LATE_AFTER {
                report.add(finding(Code::NotSealedYet).found(format_args!(
                    "it is {} minutes older than the newest seal",
                    behind / (60 * 1_000)
                )));
            }
        }
    }
}
